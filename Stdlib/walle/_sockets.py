"""Sockets and TLS whose waits end when the run is stopped.

A call is made without waiting, by a flag of its own, since the mode of a socket is shared with child processes; between
calls the host's wait watches the socket and the stop.
"""

import errno
import time

import _walle
from walle._descriptors import guard, owning, put, require

_IN, _OUT = 1, 4


def _left(end):
    return None if end is None else max(0.0, end - time.monotonic())


def _end(timeout):
    return None if timeout is None else time.monotonic() + timeout


def _await(descriptor, events, end):
    """Wait until a descriptor is ready; raises TimeoutError at the time `end`."""
    while not _walle.wait((descriptor, events, _left(end))):
        if end is not None and time.monotonic() >= end:
            raise TimeoutError("timed out")


def _receiving(original, position, dont_wait, wait_all):
    """Make a method that receives, with its flags at `position`."""

    def method(self, *arguments, **keywords):
        timeout = self.gettimeout()
        if timeout == 0:
            return original(self, *arguments, **keywords)
        flags = arguments[position] if len(arguments) > position else keywords.pop("flags", 0)
        given = list(arguments[:position])
        given += [keywords.pop(name, 0) for name in ("buffer", "nbytes")[len(given) : position]]
        end = _end(timeout)
        if timeout is not None or flags & wait_all:
            _await(self.fileno(), _IN, end)
        if not flags & wait_all:
            flags |= dont_wait
        while True:
            try:
                return original(self, *given, flags, **keywords)
            except BlockingIOError:
                _await(self.fileno(), _IN, end)

    return method


def _sending(original, call, dont_wait):
    def method(self, *arguments):
        timeout = self.gettimeout()
        if timeout == 0:
            return original(self, *arguments)
        end = _end(timeout)
        if timeout is not None:
            _await(self.fileno(), _OUT, end)
        while True:
            try:
                return call(self, arguments, dont_wait)
            except BlockingIOError:
                _await(self.fileno(), _OUT, end)

    return method


def _socket_class(module):
    base = module.socket
    dont_wait, wait_all = module.MSG_DONTWAIT, module.MSG_WAITALL

    class socket(base):
        __slots__ = ()

        def __init__(self, family=-1, type=-1, proto=-1, fileno=None):
            if fileno is not None:
                require("socket.socket", fileno)
            base.__init__(self, family, type, proto, fileno)
            _walle.own(base.fileno(self))

        def detach(self):
            descriptor = base.detach(self)
            return descriptor if descriptor < 0 else _walle.own(descriptor)

        def _accept(self):
            timeout = self.gettimeout()
            if timeout != 0:
                _await(self.fileno(), _IN, _end(timeout))
            descriptor, address = base._accept(self)
            return _walle.own(descriptor), address

        def connect(self, address, /):
            if self.gettimeout() == 0:
                return base.connect(self, address)
            code = self.connect_ex(address)
            if code == errno.ETIMEDOUT and self.gettimeout() is not None:
                raise TimeoutError("timed out")
            if code:
                import posix

                raise OSError(code, posix.strerror(code))

        def connect_ex(self, address, /):
            timeout = self.gettimeout()
            if timeout == 0:
                return base.connect_ex(self, address)
            end, mode = _end(timeout), base.gettimeout(self)
            base.settimeout(self, 0)
            try:
                while (code := base.connect_ex(self, address)) == errno.EAGAIN:
                    # The queue of a local server is full: there is nothing to watch.
                    if end is not None and time.monotonic() >= end:
                        return errno.ETIMEDOUT
                    time.sleep(0.005)
                if code not in (errno.EINPROGRESS, errno.EALREADY):
                    return code
                try:
                    _await(self.fileno(), _OUT, end)
                except TimeoutError:
                    return errno.ETIMEDOUT
                return self.getsockopt(module.SOL_SOCKET, module.SO_ERROR)
            finally:
                if base.fileno(self) >= 0:
                    base.settimeout(self, mode)

        def sendall(self, data, flags=0, /):
            timeout = self.gettimeout()
            if timeout == 0:
                return base.sendall(self, data, flags)
            end, fileno = _end(timeout), self.fileno()
            with memoryview(data) as view, view.cast("B") as rest:
                sent = 0
                while sent < len(rest):
                    _await(fileno, _OUT, end)
                    try:
                        sent += base.send(self, rest[sent:], flags | dont_wait)
                    except BlockingIOError:
                        pass

    for name, position in (
        ("recv", 1), ("recv_into", 2), ("recvfrom", 1), ("recvfrom_into", 2), ("recvmsg", 2), ("recvmsg_into", 2),
    ):  # fmt: skip
        _set(socket, base, name, _receiving(getattr(base, name), position, dont_wait, wait_all))

    def send(self, arguments, flag):
        return base.send(self, arguments[0], (arguments[1] if len(arguments) > 1 else 0) | flag)

    def sendto(self, arguments, flag):
        flags = arguments[1] | flag if len(arguments) > 2 else flag
        return base.sendto(self, arguments[0], flags, arguments[-1])

    def sendmsg(self, arguments, flag):
        buffers, ancillary, flags, *address = arguments + ((), 0)[len(arguments) - 1 :]
        return base.sendmsg(self, buffers, ancillary, flags | flag, *address)

    for function in (send, sendto, sendmsg):
        _set(socket, base, function.__name__, _sending(getattr(base, function.__name__), function, dont_wait))
    for name in ("_accept", "connect", "connect_ex", "detach", "sendall"):
        getattr(socket, name).__doc__ = getattr(base, name).__doc__
    socket.__module__, socket.__doc__ = base.__module__, base.__doc__
    socket.__qualname__ = "socket"
    return socket


def _set(cls, base, name, method):
    original = getattr(base, name)
    method.__name__, method.__qualname__, method.__doc__ = name, f"socket.{name}", original.__doc__
    setattr(cls, name, method)


def replace_c_socket(module):
    """Replace the type, and the functions that take or give a bare descriptor."""
    socket = _socket_class(module)
    pair = module.socketpair

    def socketpair(*arguments, **keywords):
        made = [*pair(*arguments, **keywords)]
        return tuple(socket(end.family, end.type, end.proto, _walle.own(end.detach())) for end in made)

    put(module, "socketpair", socketpair)
    module.socket = module.SocketType = socket
    put(module, "close", guard("socket", "close", module.close))
    put(module, "dup", owning(guard("socket", "dup", module.dup)))
    for name in ("getprotobyname", "getservbyname", "getservbyport"):
        put(module, name, _one_at_a_time(getattr(module, name)))


def _one_at_a_time(original):
    """The answer lies in a buffer of the process until it is copied."""

    def lookup(*arguments):
        return _walle.exclusively(lambda: original(*arguments))

    return lookup


def replace_socket(module):
    """Own what another process sends."""
    if not hasattr(module, "recv_fds"):
        return
    original = module.recv_fds

    def recv_fds(sock, bufsize, maxfds, flags=0):
        message, descriptors, flags, address = original(sock, bufsize, maxfds, flags)
        return message, [_walle.own(descriptor) for descriptor in descriptors], flags, address

    put(module, "recv_fds", recv_fds)


def replace_ssl(module):
    """Keep the socket below TLS from waiting; wait here instead."""
    cls = module.SSLSocket
    base = cls.__mro__[1]

    def gettimeout(self):
        return self.__dict__["_patience"] if "_patience" in self.__dict__ else base.gettimeout(self)

    def settimeout(self, timeout):
        base.settimeout(self, timeout)
        self._patience = base.gettimeout(self)
        base.settimeout(self, 0)

    def setblocking(self, flag):
        self.settimeout(None if flag else 0)

    def waiting(name, verb):
        original = getattr(cls, name)

        def method(self, *arguments, **keywords):
            timeout = self.gettimeout()
            end = _end(timeout)
            while True:
                try:
                    return original(self, *arguments, **keywords)
                except (module.SSLWantReadError, module.SSLWantWriteError) as want:
                    if timeout == 0:
                        raise
                    events = _IN if isinstance(want, module.SSLWantReadError) else _OUT
                try:
                    _await(self.fileno(), events, end)
                except TimeoutError:
                    raise TimeoutError(f"The {verb} operation timed out") from None

        method.__name__, method.__qualname__, method.__doc__ = name, f"SSLSocket.{name}", original.__doc__
        return method

    cls.gettimeout, cls.settimeout, cls.setblocking = gettimeout, settimeout, setblocking
    cls.getblocking = lambda self: self.gettimeout() != 0
    cls.timeout = property(gettimeout)
    for name, verb in (
        ("do_handshake", "handshake"), ("read", "read"), ("send", "write"), ("unwrap", "read"), ("write", "write"),
    ):  # fmt: skip
        setattr(cls, name, waiting(name, verb))
