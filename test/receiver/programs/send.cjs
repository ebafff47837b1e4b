// Sends the known trace and its log record: node send.cjs grpc|http/json|http/protobuf|zipkin, with SDK, the folder of the
// exporters, and OpenTelemetry's own variables.
const { createRequire } = require("node:module");
const { join } = require("node:path");

const sdk = createRequire(join(process.env.SDK, "package.json"));
const { trace, context, SpanKind, SpanStatusCode, TraceFlags } = sdk("@opentelemetry/api");
const { BasicTracerProvider, SimpleSpanProcessor } = sdk("@opentelemetry/sdk-trace-base");
const { LoggerProvider, SimpleLogRecordProcessor } = sdk("@opentelemetry/sdk-logs");
const { resourceFromAttributes } = sdk("@opentelemetry/resources");

const packages = { grpc: "grpc", "http/json": "http", "http/protobuf": "proto" };
const protocol = process.argv[2];
const spans =
  protocol === "zipkin"
    ? new (sdk("@opentelemetry/exporter-zipkin").ZipkinExporter)()
    : new (sdk(`@opentelemetry/exporter-trace-otlp-${packages[protocol]}`).OTLPTraceExporter)();
const logs =
  protocol === "zipkin"
    ? undefined
    : new (sdk(`@opentelemetry/exporter-logs-otlp-${packages[protocol]}`).OTLPLogExporter)();

const resource = resourceFromAttributes({ "service.name": "vulture", "service.version": "1.2.3" });
const provider = new BasicTracerProvider({ resource, spanProcessors: [new SimpleSpanProcessor(spans)] });
const tracer = provider.getTracer("nest", "0.9");
const at = (nanos) => [1_700_000_000, nanos];

const root = tracer.startSpan("circle", {
  root: true,
  kind: SpanKind.SERVER,
  startTime: at(1),
  links: [
    {
      context: {
        traceId: "0af7651916cd43dd8448eb211c80319c",
        spanId: "b7ad6b7169203331",
        traceFlags: TraceFlags.SAMPLED,
      },
      attributes: { why: "follows" },
    },
  ],
});
root.setAttributes({
  text: 'naïve 日本語 🦅 "quoted"\n',
  empty: "",
  int: 42,
  large: 9007199254740991,
  negative: -7,
  double: 0.5,
  yes: true,
  no: false,
  texts: ["a", "b"],
  ints: [1, 2],
});
root.addEvent("landed", { height: 12 }, at(100_000_002));
root.setStatus({ code: SpanStatusCode.ERROR, message: "it broke" });
const within = trace.setSpan(context.active(), root);
const child = tracer.startSpan("look", { kind: SpanKind.CLIENT, startTime: at(1_001) }, within);
child.end(at(250_000_001));
root.end(at(500_000_123));

if (logs !== undefined) {
  const processor = new SimpleLogRecordProcessor({ exporter: logs });
  const loggers = new LoggerProvider({ resource, processors: [processor] });
  loggers.getLogger("nest", "0.9").emit({
    timestamp: at(200_000_003),
    severityNumber: 13,
    severityText: "WARN",
    body: "nothing to eat 🦅",
    attributes: { "code.line.number": 7 },
    context: within,
  });
  loggers.forceFlush().then(() => loggers.shutdown());
}
const { traceId, spanId } = root.spanContext();
console.log(JSON.stringify({ traceId, root: spanId, child: child.spanContext().spanId }));
provider.forceFlush().then(() => provider.shutdown());
