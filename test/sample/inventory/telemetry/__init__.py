"""The inventory's tracing: set-up, the place of every span in the code, and spans for requests and queries."""

from .spans import in_span, query, serve_span
from .start import start_telemetry

__all__ = ["in_span", "query", "serve_span", "start_telemetry"]
