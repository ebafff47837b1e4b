import re
import sqlite3
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.propagate import extract
from opentelemetry.trace import Span, SpanKind, Status, StatusCode

from .app_root import as_deployed

#: The database runs inside the process: this stands in for the way to a server and back.
ROUND_TRIP_SECONDS = 0.004

tracer = trace.get_tracer("shop")


@contextmanager
def in_span(name: str, **options) -> Iterator[Span]:
    """A span around a block of code, marked as failed when the block raises."""
    with tracer.start_as_current_span(
        name, record_exception=False, set_status_on_exception=False, **options
    ) as span:
        try:
            yield span
        except Exception as error:
            record_failure(span, error)
            raise


@contextmanager
def serve_span(name: str, headers: Mapping[str, str]) -> Iterator[Span]:
    """A server span that continues the caller's trace; ``name`` is method and route."""
    method, route = name.split(" ")
    attributes = {"http.request.method": method, "http.route": route}
    caller = extract(headers)
    with in_span(name, context=caller, kind=SpanKind.SERVER, attributes=attributes) as span:
        yield span


def query(database: sqlite3.Connection, text: str, *values) -> list[sqlite3.Row]:
    """Runs one statement inside a client span and returns its rows."""
    attributes = {
        "db.system.name": "sqlite",
        "db.query.text": text,
        "db.query.summary": summary(text),
    }
    with in_span(summary(text), kind=SpanKind.CLIENT, attributes=attributes):
        time.sleep(ROUND_TRIP_SECONDS)
        return database.execute(text, values).fetchall()


def summary(text: str) -> str:
    """Operation and table, such as ``SELECT stock``."""
    table = re.search(r"(?:FROM|INTO|UPDATE) (\w+)", text)
    return f"{text.split()[0]} {table.group(1)}"


def record_failure(span: Span, error: Exception) -> None:
    """Marks the span as failed. The stack is kept once, on the innermost span that saw the error."""
    span.set_status(Status(StatusCode.ERROR, str(error)))
    span.set_attribute("error.type", type(error).__name__)
    if getattr(error, "recorded", False):
        return
    error.recorded = True
    stack = as_deployed("".join(traceback.format_exception(error)))
    span.record_exception(error, attributes={"exception.stacktrace": stack})
