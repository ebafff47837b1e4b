"""Runs before every Python program that a traced terminal or debug session starts.

A program that uses OpenTelemetry's SDK gets code.file.path, code.line.number and code.function.name on its spans; any other
runs as if this were not here. Whatever goes wrong in here is kept from the program. The program's own sitecustomize runs
afterwards. The syntax is that of every Python, since any may be started.
"""

import os
import sys

_here = os.path.dirname(os.path.abspath(__file__))
_code_keys = (
    "code.file.path",
    "code.filepath",
    "code.function.name",
    "code.function",
    "code.line.number",
    "code.lineno",
)


_foreign = (os.path.dirname(os.path.abspath(os.__file__)) + os.sep, _here + os.sep)
_own_paths = {}
_most_kept = 10000


def _own_path(path):
    """The absolute path of a file of the program's; empty for a package's, Python's own, and text that is no file."""
    if path.startswith("<") or "site-packages" in path or "dist-packages" in path:
        return ""
    path = os.path.abspath(path)
    return "" if path.startswith(_foreign) else path


def _own_frame(frame):
    """The innermost frame of the program's own code and its path."""
    while frame is not None:
        given = frame.f_code.co_filename
        path = _own_paths.get(given)
        if path is None:
            if len(_own_paths) >= _most_kept:
                _own_paths.clear()
            path = _own_paths[given] = _own_path(given)
        if path:
            return frame, path
        frame = frame.f_back
    return None, ""


_names = {}


def _name(frame):
    """shop.cart.Cart.load; before Python 3.11 without the class. Empty at the top level of a module."""
    code = frame.f_code
    module = frame.f_globals.get("__name__")
    key = (code, module)
    name = _names.get(key)
    if name is None:
        parts = [part for part in getattr(code, "co_qualname", code.co_name).split(".") if part[:1] != "<"]
        if parts and isinstance(module, str) and module != "__main__":
            parts.insert(0, module)
        if len(_names) >= _most_kept:
            _names.clear()
        name = _names[key] = ".".join(parts)
    return name


def _put_place(span):
    if not span.is_recording():
        return
    attributes = span.attributes
    for key in _code_keys:
        if key in attributes:
            return
    frame, path = _own_frame(sys._getframe(2))
    if frame is None:
        return
    place = {"code.file.path": path, "code.line.number": frame.f_lineno}
    name = _name(frame)
    if name:
        place["code.function.name"] = name
    span.set_attributes(place)


def _mark_spans(module):
    """Has the SDK's tracers put a place on each span they start."""
    import functools

    tracer = module.Tracer
    start_span = tracer.start_span

    @functools.wraps(start_span)
    def marked(*args, **kwargs):
        span = start_span(*args, **kwargs)
        try:
            _put_place(span)
        except Exception:
            pass
        return span

    tracer.start_span = marked


def _stay_first(module):
    """opentelemetry-instrument puts a sitecustomize of its own in front, which calls no other: ours is put before it."""

    def first(function, when):
        def changed(*args, **kwargs):
            if when == "before":
                _come_first()
            try:
                return function(*args, **kwargs)
            finally:
                if when == "after":
                    _come_first()

        return changed

    module.execl = first(module.execl, "before")
    module.initialize = first(module.initialize, "after")


def _come_first():
    entries = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    if _here in entries:
        os.environ["PYTHONPATH"] = os.pathsep.join([_here] + [entry for entry in entries if entry != _here])


class _Watch(object):
    """Sees modules being imported, without importing any; forgets each that it has seen."""

    def __init__(self, tasks):
        self.tasks = tasks

    def find_spec(self, name, path=None, target=None):
        if name not in self.tasks:
            return None
        task = self.tasks.pop(name)
        for finder in list(sys.meta_path):
            if finder is self or not hasattr(finder, "find_spec"):
                continue
            spec = finder.find_spec(name, path, target)
            if spec is not None:
                try:
                    _after_import(spec.loader, task)
                except Exception:
                    pass
                return spec
        return None


def _after_import(loader, task):
    exec_module = loader.exec_module

    def exec_and_change(module):
        exec_module(module)
        try:
            del loader.exec_module
            task(module)
        except Exception:
            pass

    loader.exec_module = exec_and_change


def _leave_path():
    """The program looks for its modules where it would without us."""
    parts = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    for i, entry in enumerate(sys.path):
        if os.path.abspath(entry) != _here:
            continue
        # A variable that was empty got a separator behind our folder, which Python takes for the working folder.
        if parts == [parts[0], ""] and sys.path[i + 1 : i + 2] == [os.getcwd()]:
            del sys.path[i + 1]
        del sys.path[i]
        return


def _start():
    if sys.version_info >= (3, 8) and os.environ.get("TRACELINE_CODE_LOCATIONS") != "off":
        sys.meta_path.insert(
            0,
            _Watch(
                {
                    "opentelemetry.sdk.trace": _mark_spans,
                    "opentelemetry.instrumentation.auto_instrumentation": _stay_first,
                }
            ),
        )


def _own_sitecustomize():
    """Runs the sitecustomize that the program would have had; what it raises is the program's."""
    if sys.version_info[0] == 2:
        import imp

        try:
            found = imp.find_module("sitecustomize", sys.path)
        except ImportError:
            return
        imp.load_module("sitecustomize", *found)
        return
    from importlib.machinery import PathFinder
    from importlib.util import module_from_spec

    spec = PathFinder.find_spec("sitecustomize", sys.path)
    if spec is None or spec.loader is None:
        return
    module = module_from_spec(spec)
    sys.modules["sitecustomize"] = module
    spec.loader.exec_module(module)


try:
    _leave_path()
    _start()
except Exception:
    pass
_own_sitecustomize()
