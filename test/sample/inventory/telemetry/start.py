from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from .code_location import CodeLocation


def start_telemetry(service_name: str, service_version: str) -> TracerProvider:
    """Sends this process's spans to ``OTEL_EXPORTER_OTLP_ENDPOINT``, the last ones at ``shutdown()``."""
    resource = Resource.create(
        {
            "service.name": service_name,
            "service.version": service_version,
            "service.namespace": "shop",
        }
    )
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(CodeLocation())
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    return provider
