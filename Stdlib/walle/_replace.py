"""What is replaced in a module that was just imported."""

import sys

import _walle
from walle._vm import refused

_NO_TERMINAL = "A task has no terminal: what it needs is the input of the run."
_SHARED = "Its answer lies in memory of the process, which other tasks share."
_WHY = {
    "fallback_getpass": _NO_TERMINAL,
    "getpass": _NO_TERMINAL,
    "getpwall": _SHARED,
    "unix_getpass": _NO_TERMINAL,
}

# Module → the file of this package and its function.
_FUNCTIONS = {
    "_locale": ("_waits", "replace_locale"),
    "_posixsubprocess": ("_processes", "replace_posixsubprocess"),
    "_queue": ("_waits", "replace_queue"),
    "_signal": ("_waits", "replace_signal"),
    "_socket": ("_sockets", "replace_c_socket"),
    "fcntl": ("_waits", "replace_fcntl"),
    "mmap": ("_waits", "replace_mmap"),
    "os": ("_waits", "replace_os"),
    "posix": ("_waits", "replace_posix"),
    "select": ("_waits", "replace_select"),
    "socket": ("_sockets", "replace_socket"),
    "sqlite3": ("_waits", "replace_sqlite"),
    "ssl": ("_sockets", "replace_ssl"),
    "subprocess": ("_processes", "replace_subprocess"),
    "threading": ("_waits", "replace_threading"),
}


def replace(module):
    """Replace what must not run as it is in `module`."""
    name = module.__name__
    for function in _walle.process_wide(name):
        if hasattr(module, function):
            why = _WHY.get(function)
            shown = "os" if name == "posix" else name.removeprefix("_")
            setattr(module, function, refused(shown, function, why) if why else refused(shown, function))
    _patch(module, name)
    if name == "_sqlite3":
        # Its functions are replaced together with those of the package.
        import sqlite3
    if name in _FUNCTIONS:
        file, function = _FUNCTIONS[name]
        parent = __import__(f"walle.{file}", fromlist=[file])
        getattr(parent, function)(module)


def _patch(module, name):
    path = _walle.patch(name)
    # The parts of a module share its file, which names the module.
    if path is None or path.rpartition("/")[2] != f"{name}.py":
        return
    from importlib.machinery import SourceFileLoader

    loader = SourceFileLoader(f"walle.replacements.{name}", path)
    namespace = {"__name__": loader.name, "__file__": path, "__builtins__": __builtins__}
    exec(loader.get_code(loader.name), namespace)
    namespace["install"](module)
