"""Reads OTLP protobuf requests, one in base64 a line, and writes each as one line of OTLP/JSON."""

import base64
import json
import sys

from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

ID_FIELDS = ("traceId", "spanId", "parentSpanId")


def with_hex_ids(value):
    """OTLP/JSON writes ids in hex, where protobuf's own JSON has base64."""
    if isinstance(value, list):
        return [with_hex_ids(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: base64.b64decode(item).hex() if key in ID_FIELDS else with_hex_ids(item)
        for key, item in value.items()
    }


for line in sys.stdin:
    request = ExportTraceServiceRequest.FromString(base64.b64decode(line))
    fields = MessageToDict(request, use_integers_for_enums=True)
    print(json.dumps(with_hex_ids(fields), separators=(",", ":")), flush=True)
