// Spans of the tracing crate have their file and line by themselves; this is the default, and must not be false:
let telemetry = tracing_opentelemetry::layer()
    .with_location(true)
    .with_tracer(tracer);
