"""Prints the attributes of the spans it starts in several ways, one JSON line each."""

import json
import sys

from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider

trace.set_tracer_provider(TracerProvider())
tracer = trace.get_tracer("shop")


def show(span):
    attributes = dict(span.attributes)
    path = attributes.get("code.file.path")
    print(json.dumps({**attributes, **({"code.file.path": "here" if path == __file__ else path} if path else {})}))


class Cart:
    def load(self):
        return tracer.start_span("load")


def checkout():
    with tracer.start_as_current_span("checkout") as span:
        show(span)


show(Cart().load())
checkout()
show(tracer.start_span("says itself", attributes={"code.filepath": "cart.py"}))
show((lambda: tracer.start_span("in a lambda"))())
print(json.dumps(any("media/preload" in entry for entry in sys.path)))
