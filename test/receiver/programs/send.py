"""Sends the known trace and its log record: python send.py grpc|http/protobuf, with OpenTelemetry's own variables."""

import json
import sys

from opentelemetry import trace
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import SimpleLogRecordProcessor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags

if sys.argv[1] == "grpc":
    from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
else:
    from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

EPOCH = 1_700_000_000_000_000_000
resource = Resource({"service.name": "vulture", "service.version": "1.2.3"})
provider = TracerProvider(resource=resource)
provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter()))
tracer = provider.get_tracer("nest", "0.9")

linked = SpanContext(
    0x0AF7651916CD43DD8448EB211C80319C, 0xB7AD6B7169203331, True, TraceFlags(TraceFlags.SAMPLED)
)
root = tracer.start_span(
    "circle", kind=SpanKind.SERVER, start_time=EPOCH + 1, links=[Link(linked, {"why": "follows"})]
)
root.set_attributes(
    {
        "text": 'naïve 日本語 🦅 "quoted"\n',
        "empty": "",
        "int": 42,
        "large": 9007199254740991,
        "negative": -7,
        "double": 0.5,
        "yes": True,
        "no": False,
        "texts": ["a", "b"],
        "ints": [1, 2],
    }
)
root.add_event("landed", {"height": 12}, timestamp=EPOCH + 100_000_002)
root.set_status(Status(StatusCode.ERROR, "it broke"))
within = trace.set_span_in_context(root)
child = tracer.start_span("look", context=within, kind=SpanKind.CLIENT, start_time=EPOCH + 1_001)
child.end(EPOCH + 250_000_001)
root.end(EPOCH + 500_000_123)

loggers = LoggerProvider(resource=resource)
loggers.add_log_record_processor(SimpleLogRecordProcessor(OTLPLogExporter()))
loggers.get_logger("nest", "0.9").emit(
    LogRecord(
        timestamp=EPOCH + 200_000_003,
        context=within,
        severity_number=SeverityNumber.WARN,
        severity_text="WARN",
        body="nothing to eat 🦅",
        attributes={"code.line.number": 7},
    )
)
own = root.get_span_context()
ids = {
    "traceId": f"{own.trace_id:032x}",
    "root": f"{own.span_id:016x}",
    "child": f"{child.get_span_context().span_id:016x}",
}
print(json.dumps(ids))
provider.shutdown()
loggers.shutdown()
