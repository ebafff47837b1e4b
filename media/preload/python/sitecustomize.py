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


_began = ""
_foreign = [_here + os.sep]
_scripts = set()
_own_paths = {}
_most_kept = 10000


def _learn_places():
    """Where Python keeps its library, and scripts as `uvicorn` and `flask`, which installing packages makes."""
    if getattr(os, "__file__", None):
        _foreign.append(os.path.dirname(os.path.abspath(os.__file__)) + os.sep)
    site = sys.modules.get("site")
    bases = [sys.prefix, sys.exec_prefix, "/usr/local", getattr(site, "USER_BASE", None)]
    user_site = getattr(site, "USER_SITE", None)
    bases.append(user_site and os.path.dirname(user_site))
    folders = [os.path.join(base, name) for base in bases if base for name in ("bin", "Scripts")]
    _scripts.update(os.path.realpath(folder) for folder in folders)


def _is_script(path):
    """Whether a package has put it there; Windows has such a script in uvicorn.exe/__main__.py."""
    folder, name = os.path.split(path)
    if folder.endswith(".exe"):
        folder = os.path.dirname(folder)
    elif name.endswith(".py"):
        return False
    return os.path.realpath(folder) in _scripts


def _own_path(path):
    """
    The absolute path of a file of the program's; empty for a package's, Python's own, the debugger's, which is in no folder
    of packages, and text that is no file.
    """
    if path.startswith("<") or "site-packages" in path or "dist-packages" in path:
        return ""
    # Before Python 3.9 the main program's path is as it was given, and the working folder may have changed since.
    path = os.path.abspath(os.path.join(_began, path))
    if path.startswith(tuple(_foreign)) or os.sep + "debugpy" + os.sep in path or os.sep + "ms-python." in path:
        return ""
    return "" if _is_script(path) else path


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

    _learn_places()
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
    """Sees modules being imported, without importing any; forgets each that has been imported."""

    def __init__(self, tasks):
        self.tasks = tasks
        self.asking = set()

    def find_spec(self, name, path=None, target=None):
        if name not in self.tasks:
            return None
        # Another that asks all finders, as this one does, asks this one too.
        asked = (name, _thread_id())
        if asked in self.asking:
            return None
        self.asking.add(asked)
        try:
            for finder in list(sys.meta_path):
                if finder is self or not hasattr(finder, "find_spec"):
                    continue
                spec = finder.find_spec(name, path, target)
                if spec is not None:
                    try:
                        self._after_import(name, spec.loader)
                    except Exception:
                        pass
                    return spec
        finally:
            self.asking.discard(asked)
        return None

    def _after_import(self, name, loader):
        # It may only have been asked whether the module is there: the task stays until the module has run.
        tasks = self.tasks
        exec_module = loader.exec_module

        def exec_and_change(module):
            exec_module(module)
            # One loader may load all the modules of a zip file.
            if getattr(module, "__name__", None) != name:
                return
            try:
                if loader.__dict__.get("exec_module") is exec_and_change:
                    del loader.exec_module
                if name in tasks:
                    tasks.pop(name)(module)
            except Exception:
                pass

        loader.exec_module = exec_and_change


def _thread_id():
    from _thread import get_ident

    return get_ident()


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
    global _began
    try:
        _began = os.getcwd()
    except OSError:
        pass
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
