import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.time.Instant;
import java.util.List;

/** Sends the known trace and its log record by the Java agent, with OpenTelemetry's own variables. */
public final class Send {
  private static Instant at(long nanos) {
    return Instant.ofEpochSecond(1_700_000_000L, nanos);
  }

  public static void main(String[] args) {
    Tracer tracer = GlobalOpenTelemetry.get().tracerBuilder("nest").setInstrumentationVersion("0.9").build();
    SpanContext linked =
        SpanContext.createFromRemoteParent(
            "0af7651916cd43dd8448eb211c80319c",
            "b7ad6b7169203331",
            TraceFlags.getSampled(),
            TraceState.getDefault());
    Span root =
        tracer
            .spanBuilder("circle")
            .setNoParent()
            .setSpanKind(SpanKind.SERVER)
            .setStartTimestamp(at(1))
            .addLink(linked, Attributes.of(AttributeKey.stringKey("why"), "follows"))
            .startSpan();
    root.setAttribute("text", "na\u00efve \u65e5\u672c\u8a9e \ud83e\udd85 \"quoted\"\n");
    root.setAttribute("empty", "");
    root.setAttribute("int", 42);
    root.setAttribute("large", 9007199254740991L);
    root.setAttribute("negative", -7);
    root.setAttribute("double", 0.5);
    root.setAttribute("yes", true);
    root.setAttribute("no", false);
    root.setAttribute(AttributeKey.stringArrayKey("texts"), List.of("a", "b"));
    root.setAttribute(AttributeKey.longArrayKey("ints"), List.of(1L, 2L));
    root.addEvent("landed", Attributes.of(AttributeKey.longKey("height"), 12L), at(100_000_002));
    root.setStatus(StatusCode.ERROR, "it broke");
    Context within = Context.root().with(root);
    Span child =
        tracer
            .spanBuilder("look")
            .setParent(within)
            .setSpanKind(SpanKind.CLIENT)
            .setStartTimestamp(at(1_001))
            .startSpan();
    child.end(at(250_000_001));
    root.end(at(500_000_123));
    GlobalOpenTelemetry.get()
        .getLogsBridge()
        .loggerBuilder("nest")
        .setInstrumentationVersion("0.9")
        .build()
        .logRecordBuilder()
        .setContext(within)
        .setTimestamp(at(200_000_003))
        .setSeverity(Severity.WARN)
        .setSeverityText("WARN")
        .setBody("nothing to eat \ud83e\udd85")
        .setAttribute(AttributeKey.longKey("code.line.number"), 7L)
        .emit();
    SpanContext own = root.getSpanContext();
    System.out.printf(
        "{\"traceId\":\"%s\",\"root\":\"%s\",\"child\":\"%s\"}%n",
        own.getTraceId(), own.getSpanId(), child.getSpanContext().getSpanId());
  }
}
