"""Waits that end when the run is stopped.

A stop raises an exception in the evaluation loop; a thread that waits in C never gets there. Locks wake by a signal and
look. The waits here watch the stop's descriptor, which becomes readable, or wait in slices.
"""

import _thread
import sys

import _walle

_DESCRIPTOR = _walle.descriptor
_SLICE = 0.02


def _checkpoint():
    """Give a stop that is due its chance to be raised: the evaluation loop looks when a function is entered."""


def replace_none(module):
    """Import the module as it is."""


def replace_threading(module):
    """Let `Thread.join` end: it ignores signals outside the main interpreter."""
    _adopt_main_thread(module)
    handle_join = _thread._ThreadHandle.join
    thread = module.Thread

    def join(self, timeout=None):
        if not self._initialized:
            raise RuntimeError("Thread.__init__() not called")
        if not self._started.is_set():
            raise RuntimeError("cannot join thread before it is started")
        if self is module.current_thread():
            raise RuntimeError("cannot join current thread")
        handle = self._os_thread_handle if hasattr(self, "_os_thread_handle") else self._handle
        import time

        end = None if timeout is None else time.monotonic() + max(0, timeout)
        slice_ = 0.001
        while not handle.is_done():
            left = slice_ if end is None else min(slice_, end - time.monotonic())
            if left <= 0:
                return
            handle_join(handle, left)
            slice_ = min(_SLICE, slice_ * 2)
            _checkpoint()
        handle_join(handle, 0)

    join.__doc__ = thread.join.__doc__
    thread.join = join

    stack_size = module.stack_size

    def bounded_stack_size(size=0, /):
        """Tell the stack size of new threads; a task cannot change it."""
        if size not in (0, _walle.stack_bytes):
            raise ValueError(f"threading.stack_size({size}): a task's threads have {_walle.stack_bytes} bytes")
        return stack_size()

    module.stack_size = _thread.stack_size = bounded_stack_size


def _adopt_main_thread(module):
    """Make the VM's thread the main one: CPython names the thread that started the process's first interpreter."""
    main, ident = module.main_thread(), _thread.get_ident()
    if main.ident != ident:
        del module._active[main.ident]
        main._ident = ident
        main._native_id = _thread.get_native_id()
        module._active[ident] = main


def replace_queue(module):
    """`SimpleQueue.get` in C ignores signals outside the main interpreter: wait in slices."""
    base = module.SimpleQueue

    class SimpleQueue(base):
        __doc__ = base.__doc__
        __slots__ = ()

        def get(self, block=True, timeout=None):
            if not block:
                return base.get(self, False)
            import time

            if timeout is not None and timeout < 0:
                raise ValueError("'timeout' must be a non-negative number")
            end = None if timeout is None else time.monotonic() + timeout
            while True:
                left = _SLICE if end is None else max(0, min(_SLICE, end - time.monotonic()))
                try:
                    return base.get(self, True, left)
                except module.Empty:
                    if end is not None and time.monotonic() >= end:
                        raise

    SimpleQueue.__module__ = base.__module__
    SimpleQueue.__qualname__ = "SimpleQueue"
    module.SimpleQueue = SimpleQueue


def replace_select(module):
    """Watch the stop's descriptor beside what the caller watches."""
    original_select, original_epoll, original_poll = module.select, module.epoll, module.poll

    def select(rlist, wlist, xlist, timeout=None, /):
        rlist = list(rlist)
        ready = original_select([*rlist, _DESCRIPTOR], wlist, xlist, timeout)
        if _DESCRIPTOR in ready[0]:
            ready[0].remove(_DESCRIPTOR)
        return ready

    select.__doc__ = original_select.__doc__
    module.select = select

    class epoll:
        __doc__ = original_epoll.__doc__

        def __init__(self, sizehint=-1, flags=0):
            self._attach(original_epoll(sizehint, flags))

        def _attach(self, inner):
            self._inner = inner
            inner.register(_DESCRIPTOR, module.EPOLLIN)
            for name in ("close", "fileno", "register", "unregister", "modify"):
                setattr(self, name, getattr(inner, name))

        @classmethod
        def fromfd(cls, descriptor):
            self = cls.__new__(cls)
            self._attach(original_epoll.fromfd(descriptor))
            return self

        @property
        def closed(self):
            return self._inner.closed

        def poll(self, timeout=None, maxevents=-1):
            events = self._inner.poll(timeout, maxevents if maxevents < 0 else maxevents + 1)
            return [event for event in events if event[0] != _DESCRIPTOR]

        def __enter__(self):
            return self

        def __exit__(self, *exception):
            self.close()

    def poll():
        return _Poll(original_poll(), module.POLLIN)

    poll.__doc__ = original_poll.__doc__
    module.epoll = epoll
    module.poll = poll


class _Poll:
    def __init__(self, inner, event):
        inner.register(_DESCRIPTOR, event)
        self._inner = inner
        self.register, self.unregister, self.modify = inner.register, inner.unregister, inner.modify

    def poll(self, timeout=None, /):
        return [event for event in self._inner.poll(timeout) if event[0] != _DESCRIPTOR]


def _wait_for(descriptor, writing=False, timeout=None):
    """Wait until a descriptor is ready or the run is stopped."""
    import select

    poll = select.poll()
    poll.register(descriptor, select.POLLOUT if writing else select.POLLIN)
    poll.poll(None if timeout is None else timeout * 1000)


def replace_os(module):
    """Let reads of pipes and terminals, and waits for processes, end; guard descriptors that are the host's."""
    import posix

    read, write, close, waitpid = posix.read, posix.write, posix.close, posix.waitpid
    import stat

    def patient_read(descriptor, length, /):
        mode = posix.fstat(descriptor).st_mode
        if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) or stat.S_ISCHR(mode):
            if module.get_blocking(descriptor):
                _wait_for(descriptor)
                _checkpoint()
        return read(descriptor, length)

    def patient_write(descriptor, data, /):
        mode = posix.fstat(descriptor).st_mode
        if not (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)) or not posix.get_blocking(descriptor):
            return write(descriptor, data)
        view = memoryview(data).cast("B")
        written = 0
        while True:
            # A pipe that can be written takes this much without waiting.
            _wait_for(descriptor, writing=True)
            _checkpoint()
            written += write(descriptor, view[written : written + 4096])
            if written >= len(view):
                return written

    def guarded_close(descriptor, /):
        if descriptor <= 2:
            raise PermissionError(f"os.close({descriptor}): refused. It is the host's, not the task's.")
        close(descriptor)

    def sliced_waitpid(pid, options, /):
        import time

        while True:
            result = waitpid(pid, options | posix.WNOHANG)
            if result[0] or options & posix.WNOHANG:
                return result
            time.sleep(0.005)

    replaced = {"read": patient_read, "write": patient_write, "close": guarded_close, "waitpid": sliced_waitpid}
    for name, function in replaced.items():
        function.__name__ = function.__qualname__ = name
        function.__doc__ = getattr(posix, name).__doc__
        setattr(module, name, function)
        setattr(posix, name, function)


def replace_socket(module):
    """Wait for a blocking socket in a poll that watches the stop as well."""
    base = module.socket

    def waiting(name, writing):
        inner = getattr(base, name)

        def method(self, *arguments, **keywords):
            timeout = self.gettimeout()
            if timeout != 0:
                _wait_for(self.fileno(), writing, timeout)
                _checkpoint()
            return inner(self, *arguments, **keywords)

        method.__name__ = name
        method.__qualname__ = f"socket.{name}"
        method.__doc__ = inner.__doc__
        return method

    for name in ("accept", "recv", "recv_into", "recvfrom", "recvfrom_into", "recvmsg", "recvmsg_into"):
        setattr(base, name, waiting(name, False))
    for name in ("sendto", "sendmsg"):
        setattr(base, name, waiting(name, True))
    base.send, base.sendall = _patient_sends(base.send)


def _patient_sends(inner):
    """Make `send` and `sendall` of a blocking socket that never wait in the kernel."""
    from _socket import MSG_DONTWAIT

    def send(self, data, flags=0, /):
        timeout = self.gettimeout()
        if timeout == 0:
            return inner(self, data, flags)
        while True:
            _wait_for(self.fileno(), True, timeout)
            _checkpoint()
            try:
                return inner(self, data, flags | MSG_DONTWAIT)
            except BlockingIOError:
                if timeout is not None:
                    raise TimeoutError("timed out") from None

    def sendall(self, data, flags=0, /):
        with memoryview(data) as view, view.cast("B") as left:
            sent = 0
            while sent < len(left):
                sent += self.send(left[sent:], flags)

    for function in (send, sendall):
        function.__qualname__ = f"socket.{function.__name__}"
    send.__doc__ = inner.__doc__
    return send, sendall


def replace_mmap(module):
    """Count maps against the task's memory."""
    original = module.mmap

    class mmap(original):
        __doc__ = original.__doc__

        def __new__(cls, fileno, length, *arguments, **keywords):
            _walle.charge(length)
            try:
                self = super().__new__(cls, fileno, length, *arguments, **keywords)
            except BaseException:
                _walle.charge(-length)
                raise
            self._charged = length
            return self

        def close(self):
            super().close()
            self._uncharge()

        def __del__(self):
            self._uncharge()

        def _uncharge(self):
            charged, self._charged = getattr(self, "_charged", 0), 0
            _walle.charge(-charged)

    module.mmap = mmap


def replace_sqlite(module):
    """Hold what a database may take from the process under the task's memory limit: SQLite has a heap of its own."""
    original = module.connect

    def connect(*arguments, **keywords):
        connection = original(*arguments, **keywords)
        left = _walle.memory_left(None)
        if left is not None:
            page = connection.execute("PRAGMA page_size").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count = {max(16, left // 2 // page)}")
            connection.execute(f"PRAGMA cache_size = -{max(64, min(2048, left // 8 // 1024))}")
            connection.execute("PRAGMA temp_store = FILE")
        return connection

    connect.__doc__ = original.__doc__
    module.connect = connect
    if "sqlite3.dbapi2" in sys.modules:
        sys.modules["sqlite3.dbapi2"].connect = connect
