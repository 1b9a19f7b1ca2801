"""Numbers of open files: a task may use those it opened.

The process has one table of open files for the host and all VMs, and a number raises no audit event. The functions that
take a number ask here first; those that give one say so.
"""

import sys

import _walle

# The arguments that are descriptors, where it is not the first alone.
_ARGUMENTS = {
    "copy_file_range": ("src", "dst"),
    "sendfile": ("out_fd", "in_fd"),
    "splice": ("src", "dst"),
}


def find(descriptor):
    """Look for an open file or socket of this interpreter with the number, and remember it."""
    gc = sys.modules.get("gc")
    if gc is None:
        import gc
    file_type = sys.modules["_io"].FileIO
    select, socket = sys.modules.get("select"), sys.modules.get("_socket")
    types = (file_type, *((socket.socket,) if socket else ()), *((select.epoll,) if select else ()))
    for thing in gc.get_objects():
        # Not isinstance: that asks the object for its class, which a proxy answers with code of its own.
        if not any(kind in types for kind in type(thing).__mro__):
            continue
        try:
            if thing.fileno() == descriptor:
                _walle.own(descriptor)
                return True
        except (OSError, ValueError):
            continue
    return False


def require(act, descriptor):
    """Refuse the number of a file that the task did not open. What is no number, or not open, is for the callee."""
    if not isinstance(descriptor, int):
        return
    if 0 <= descriptor <= 2 or (_walle.owns(descriptor) is False and not find(descriptor)):
        raise PermissionError(f"{act}({descriptor}): refused. The task did not open this descriptor.")


def guard(module, name, original):
    """Make a function that refuses descriptors of others."""
    names = _ARGUMENTS.get(name, ("fd",))

    def guarded(*arguments, **keywords):
        for index, key in enumerate(names):
            descriptor = arguments[index] if index < len(arguments) else keywords.get(key)
            require(f"{module}.{name}", descriptor)
        return original(*arguments, **keywords)

    return guarded


def owning(original):
    """Make a function whose results are descriptors of the task."""

    def opening(*arguments, **keywords):
        result = original(*arguments, **keywords)
        if isinstance(result, tuple):
            for descriptor in result:
                _walle.own(descriptor)
        else:
            _walle.own(result)
        return result

    return opening


def closerange(original):
    def closerange(fd_low, fd_high, /):
        """Close the descriptors of the task from `fd_low` to `fd_high`, without the latter."""
        if fd_low <= 2 and fd_high > max(0, fd_low):
            require("os.closerange", max(0, fd_low))
        for descriptor in _walle.owned(None):
            if fd_low <= descriptor < fd_high and _walle.owns(descriptor):
                original(descriptor, descriptor + 1)

    return closerange


def dup2(original):
    def dup2(fd, fd2, inheritable=True):
        """Make `fd2` the same open file as `fd`."""
        require("os.dup2", fd)
        require("os.dup2", fd2)
        return _walle.own(original(fd, fd2, inheritable))

    return dup2


def open_(original):
    def open(path, flags, mode=0o777, *, dir_fd=None):
        """Open a file for low level IO. Returns a file descriptor (integer)."""
        if dir_fd is not None:
            require("os.open", dir_fd)
            # The audit event does not tell the folder, but this path does.
            path = _below(dir_fd, path)
        return _walle.own(original(path, flags, mode))

    return open


def _below(folder, path):
    import posix

    path = posix.fspath(path)
    prefix = f"/proc/self/fd/{folder}/"
    if isinstance(path, bytes):
        return path if path.startswith(b"/") else prefix.encode() + path
    return path if path.startswith("/") else prefix + path


def replace_posix(module):
    """Guard what takes a number, and note what gives one."""
    special = {"closerange": closerange, "dup2": dup2}
    for name in _walle.descriptor_functions("posix") or ("close", "closerange", "dup", "dup2", "write"):
        original = getattr(module, name, None)
        if original is not None:
            make = special.get(name)
            put(module, name, make(original) if make else guard("os", name, original))
    for name in ("dup", "eventfd", "openpty", "pidfd_open", "pipe", "pipe2", "posix_openpt", "timerfd_create"):
        original = getattr(module, name, None)
        if original is not None:
            put(module, name, owning(original))
    put(module, "open", open_(module.open))


def put(module, name, function):
    """Put a function in the place of another, with its name and its documentation.

    As a static method: in a class it must not become a method, as those of CPython do not.
    """
    original = getattr(module, name, function)
    function.__name__ = function.__qualname__ = name
    function.__module__ = getattr(original, "__module__", module.__name__)
    function.__doc__ = getattr(original, "__doc__", None)
    text = getattr(original, "__text_signature__", None)
    if text:
        function.__text_signature__ = text
    setattr(module, name, staticmethod(function))
