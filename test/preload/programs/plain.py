"""No OpenTelemetry here: prints what a preload could disturb."""

from __future__ import print_function

import atexit
import subprocess
import sys

print(sys.path[1:], sys.flags, sys.argv[1:])
if "child" not in sys.argv:
    sys.stdout.flush()
    subprocess.call([sys.executable, __file__, "child"])
    atexit.register(print, "at exit")
    if "raise" in sys.argv:
        raise ValueError("nobody catches")
    sys.exit(5)
