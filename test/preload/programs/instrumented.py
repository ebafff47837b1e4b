"""Started by opentelemetry-instrument; starts itself a second time, as servers that reload do."""

import json
import subprocess
import sys

from opentelemetry import trace

span = trace.get_tracer("shop").start_span("work")
print(json.dumps(dict(span.attributes).get("code.line.number")), flush=True)
if len(sys.argv) == 1:
    subprocess.run([sys.executable, __file__, "again"], check=True)
