"""The Python side of a VM: replacements that every task gets, before its own code runs.

Imports little: what is imported here costs every idle VM its memory.
"""

import _imp
import _io
import _thread
import builtins
import sys
import time

import _frozen_importlib as _bootstrap
import _frozen_importlib_external as _external
import _walle
import posix


class Stopped(BaseException):
    """The run is being stopped: its time, memory or output limit was reached, or its caller is gone.

    Derived from `BaseException`, so that `except Exception` does not swallow it. Clean up in `finally` or `with`; a run
    that goes on after the grace is stopped by force.
    """

    __module__ = "walle.task"


class _Output:
    """A text stream whose lines go to the host's log."""

    encoding = "utf-8"
    errors = "backslashreplace"
    newlines = None
    line_buffering = True
    closed = False

    def __init__(self, name, write):
        self.name = name
        self._write = write
        self.buffer = _Bytes(name, write)

    def write(self, text):
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._write(text)
        return len(text)

    def writelines(self, lines):
        for line in lines:
            self.write(line)

    def flush(self):
        pass

    def close(self):
        pass

    def isatty(self):
        return False

    def readable(self):
        return False

    def writable(self):
        return True

    def seekable(self):
        return False

    def fileno(self):
        raise OSError(f"{self.name} of a task is not a file: its lines go to the host's log")


class _Bytes(_Output):
    def __init__(self, name, write):
        self.name = name
        self._write = write

    def write(self, data):
        self._write(data)
        return len(data)


class Imports:
    """Refuses modules with a reason, and replaces functions in those that have just been imported."""

    def __init__(self):
        self._inside = set()

    def find_spec(self, name, path=None, target=None):
        why = _walle.refusal(name)
        if why is not None:
            raise ModuleNotFoundError(f"import {name}: {why}", name=name)
        is_package = _walle.is_package(name)
        if is_package is not None:
            return _specification(name, _SwiftLoader, origin="Swift", is_package=is_package)
        if name == "genericpath" and "os" not in sys.modules:
            # It imports os, which imports it: CPython imports os first, at its start.
            import os  # noqa: F401

            return _specification(name, _LoadedLoader, origin="frozen")
        if name == "inspect":
            # Half a megabyte that it, and so `dataclasses`, imports for functions which hardly a task calls.
            from walle import _deferred

            _deferred.defer("ast")
            _deferred.defer("tokenize")
        if name in _held:
            return _specification(name, _HeldLoader, origin="built-in")
        if name in _replaced or _walle.process_wide(name) or _walle.patch(name):
            return self._wrapped(name, path)
        return None

    def _wrapped(self, name, path):
        key = name, _thread.get_ident()
        if key in self._inside:
            return None
        self._inside.add(key)
        try:
            spec = _bootstrap._find_spec(name, path)
        finally:
            self._inside.discard(key)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader)
        return spec


class Missing:
    """The last to be asked: says what to use in place of well-known modules that cannot be had."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if path is None and name[0] != "_":
            from walle import _foreign

            why = _foreign.why(name)
            if why is not None:
                raise ModuleNotFoundError(f"import {name}: {why}", name=name)


def _specification(name, loader, **details):
    return _bootstrap.ModuleSpec(name, loader, **details)


class _SwiftLoader:
    """Makes the modules that the host declares in Swift."""

    @staticmethod
    def create_module(spec):
        return _walle.make_module(spec.name)

    @staticmethod
    def exec_module(module):
        pass


class _HeldLoader:
    """Gives a module that CPython imported before any task, with its replacements."""

    @staticmethod
    def create_module(spec):
        return _held[spec.name]

    @staticmethod
    def exec_module(module):
        _replace(module)
        del _held[module.__name__]


class _LoadedLoader:
    """Gives a module that was imported meanwhile."""

    @staticmethod
    def create_module(spec):
        return sys.modules[spec.name]

    @staticmethod
    def exec_module(module):
        pass


class _Loader:
    def __init__(self, loader):
        self._loader = loader

    def create_module(self, spec):
        return self._loader.create_module(spec)

    def exec_module(self, module):
        self._loader.exec_module(module)
        _replace(module)

    def __getattr__(self, name):
        return getattr(self._loader, name)


def _replace(module):
    from walle import _replace

    _replace.replace(module)


# Modules of which something is replaced, beside those that python.toml names.
_replaced = frozenset(
    (
        "_locale", "_posixsubprocess", "_queue", "_signal", "_socket", "_sqlite3", "fcntl", "mmap", "os", "select",
        "signal", "socket", "sqlite3", "ssl", "subprocess", "threading",
    )
)  # fmt: skip

# Modules that every interpreter begins with, but whose replacements would cost each idle VM its memory.
_held = {"posix": posix}


class _StandardLoader(_external.SourceFileLoader):
    """Load the standard library without docstrings: they are a tenth of an idle VM."""

    def get_code(self, fullname):
        path = self.path
        folder, _, file = path.rpartition("/")
        cached = f"{folder}/__pycache__/{file[:-3]}.{sys.implementation.cache_tag}.opt-2.pyc"
        try:
            data = self.get_data(cached)
        except OSError:
            return super().get_code(fullname)
        if data[:4] != _external.MAGIC_NUMBER:
            return super().get_code(fullname)
        return _external._compile_bytecode(memoryview(data)[16:], fullname, cached, path)


class _PackageLoader(_external.SourceFileLoader):
    """Load the `walle` package from the bytecode that the VMs share."""

    def get_code(self, fullname):
        path = self.path
        code = _walle.shared_code(path)
        if code is None:
            optimize = 2 if fullname.rpartition(".")[2].startswith("_") else -1
            code = self.source_to_code(self.get_data(path), path, _optimize=optimize)
            import marshal

            _walle.share_code((path, marshal.dumps(code)))
        return code


def _source_to_code(self, data, path, *, _optimize=-1):
    """Compile a module's source; `compile()` would make the types of the module `ast` in every VM."""
    if type(data) is bytes and type(path) is str:
        return _walle.compile((data, path, _optimize))
    return _bootstrap._call_with_frames_removed(
        compile, data, path, "exec", dont_inherit=True, optimize=_optimize
    )


def _path_hook(path):
    for folder, loader in ((_walle.standard_library, _StandardLoader), (_walle.folder, _PackageLoader)):
        if path == folder or path.startswith(folder + "/"):
            extensions = (_external.ExtensionFileLoader, _external.EXTENSION_SUFFIXES)
            return _external.FileFinder(path, extensions, (loader, _external.SOURCE_SUFFIXES))
    raise ImportError(path)


def _hook_paths():
    # Archives are not imported from, and their importer is large.
    sys.path_hooks[:] = [_path_hook, *(hook for hook in sys.path_hooks if hook.__module__ != "zipimport")]
    sys.modules.pop("zipimport", None)
    sys.path_importer_cache.clear()


def start():
    # Modules frozen into libpython find their source by it.
    sys._stdlib_dir = _walle.standard_library
    _hook_paths()
    _external.SourceLoader.source_to_code = _source_to_code
    sys.stdout = sys.__stdout__ = _Output("<stdout>", _walle.write_out)
    sys.stderr = sys.__stderr__ = _Output("<stderr>", _walle.write_err)
    sys.stdin = sys.__stdin__ = None
    time.sleep = _walle.sleep
    _thread.lock = _thread.LockType = _thread.allocate_lock = _thread.allocate = _walle.lock
    _thread.RLock = _walle.rlock
    _thread.stack_size(_walle.stack_bytes)
    time.tzset = _tzset
    builtins.open = _io.open = staticmethod(open)
    if "io" in sys.modules:  # CPython 3.13 imports it at its start
        sys.modules["io"].open = _io.open
    for module in (_imp, _thread, sys, time):
        for function in _walle.process_wide(module.__name__):
            if hasattr(module, function):
                setattr(module, function, refused(module.__name__, function))
    builtins.input = refused("builtins", "input", "A task has no terminal.")
    # Debuggers put their hook in its place.
    sys.breakpointhook = sys.__breakpointhook__ = refused("builtins", "breakpoint", "Use walle run --debug.")
    _bound_recursion()
    _explain_extensions()
    del sys.modules["posix"]
    sys.meta_path.insert(0, Imports())
    sys.meta_path.append(Missing)


def refused(module, name, why="It acts on the whole process, which other tasks share."):
    """Make a function that refuses to do what its namesake does."""

    def refuse(*arguments, **keywords):
        raise PermissionError(f"{module}.{name}: refused. {why}")

    refuse.__name__ = refuse.__qualname__ = name
    refuse.__module__ = module
    return refuse


def _tzset():
    """Do nothing: the time zone belongs to the process."""


_open = _io.open


def open(file, mode="r", buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None):
    if type(file) is int:
        from walle import _files

        return _files.open(_open, file, mode, buffering, encoding, errors, newline, closefd, opener)
    return _open(file, mode, buffering, encoding, errors, newline, closefd, opener)


open.__doc__, open.__module__ = _open.__doc__, "_io"


def _explain_extensions():
    create_module = _external.ExtensionFileLoader.create_module

    def explained(self, spec):
        try:
            return create_module(self, spec)
        except ImportError as error:
            if "subinterpreters" not in str(error):
                raise
            from walle import _foreign

            raise ImportError(_foreign.explain(spec.name), name=spec.name, path=spec.origin) from error

    _external.ExtensionFileLoader.create_module = explained


def _bound_recursion():
    set_limit = sys.setrecursionlimit

    def setrecursionlimit(limit, /):
        """Set the recursion limit, up to what the VM's stack bears."""
        if limit > 20_000:
            raise ValueError(f"sys.setrecursionlimit({limit}): a task may set at most 20000")
        set_limit(limit)

    sys.setrecursionlimit = setrecursionlimit


start()
