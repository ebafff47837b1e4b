import sys
from pathlib import Path
from types import FrameType

from opentelemetry.context import Context
from opentelemetry.sdk.trace import Span, SpanProcessor

from .app_root import APP_ROOT, as_deployed

TELEMETRY = str(Path(__file__).parent)


class CodeLocation(SpanProcessor):
    """Puts on every span the place in the shop's own code that started it."""

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        frame = own_frame(sys._getframe())
        if frame is None:
            return
        code = frame.f_code
        module = Path(code.co_filename).stem
        span.set_attributes(
            {
                "code.file.path": as_deployed(code.co_filename),
                "code.line.number": frame.f_lineno,
                "code.function.name": f"{module}.{getattr(code, 'co_qualname', code.co_name)}",
            }
        )


def own_frame(frame: FrameType | None) -> FrameType | None:
    """The innermost frame that is neither a library's nor this package's."""
    while frame is not None and not is_own_code(frame.f_code.co_filename):
        frame = frame.f_back
    return frame


def is_own_code(path: str) -> bool:
    return path.startswith(APP_ROOT) and not path.startswith(TELEMETRY) and "site-packages" not in path
