# Options of the OpenTelemetry Java agent: spans of controllers, @WithSpan and others name their method.
export JAVA_TOOL_OPTIONS="-javaagent:opentelemetry-javaagent.jar \
  -Dotel.instrumentation.common.experimental.controller-telemetry.enabled=true \
  -Dotel.semconv-stability.opt-in=code"

# With the span-stacktrace extension of opentelemetry-java-contrib, spans of any length have their stack, and so the line:
#   -Dotel.java.experimental.span-stacktrace.min.duration=0ms
