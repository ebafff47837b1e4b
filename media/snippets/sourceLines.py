import sys

from opentelemetry.sdk.trace import SpanProcessor

NOT_OWN = ("site-packages", "/lib/python", "\\Lib\\", "\\Scripts\\", "debugpy", "<")


class SourceLines(SpanProcessor):
    """Puts the line of the program's own code on each span as it starts."""

    def on_start(self, span, parent_context=None):
        frame = sys._getframe(1)
        while frame is not None:
            code = frame.f_code
            path = code.co_filename
            # A server's own script has no .py, and a debugger is in no folder of packages.
            if path.endswith(".py") and not any(part in path for part in NOT_OWN):
                span.set_attributes(
                    {
                        "code.file.path": path,
                        "code.line.number": frame.f_lineno,
                        "code.function.name": getattr(code, "co_qualname", code.co_name),
                    }
                )
                return
            frame = frame.f_back


# trace.get_tracer_provider().add_span_processor(SourceLines())
