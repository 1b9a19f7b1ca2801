"""Waits that end when the run is stopped.

A stop raises an exception in the evaluation loop; a thread that waits in C never gets there. Locks wake by a signal and
look. The waits here watch the stop's descriptor, which becomes readable, or wait in slices.
"""

import _thread
import sys
import time

import _walle
from walle._descriptors import put

_DESCRIPTOR = _walle.descriptor
_SLICE = 0.02
_IN, _OUT = 1, 4
_FOREVER = 1e9


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
        end = None if timeout is None else time.monotonic() + max(0, timeout)
        slice_ = 0.001
        while not handle.is_done():
            left = slice_ if end is None else min(slice_, end - time.monotonic())
            if left <= 0:
                return
            handle_join(handle, left)
            slice_ = min(_SLICE, slice_ * 2)
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
    """`SimpleQueue.get` in C ignores signals outside the main interpreter."""
    base, empty = module.SimpleQueue, module.Empty

    class SimpleQueue(base):
        __slots__ = ()
        __doc__ = base.__doc__

        def get(self, block=True, timeout=None):
            if not block or (timeout is not None and timeout < 0):
                return base.get(self, block, timeout)
            end = None if timeout is None else time.monotonic() + timeout
            while True:
                left = _SLICE if end is None else min(_SLICE, max(0.0, end - time.monotonic()))
                try:
                    return base.get(self, True, left)
                except empty:
                    if end is not None and time.monotonic() >= end:
                        raise

    SimpleQueue.get.__doc__ = base.get.__doc__
    SimpleQueue.__module__, SimpleQueue.__qualname__ = "_queue", "SimpleQueue"
    module.SimpleQueue = SimpleQueue


def replace_select(module):
    """Watch the stop's descriptor beside what the caller watches."""
    original_select, original_epoll, original_poll = module.select, module.epoll, module.poll

    def select(rlist, wlist, xlist, timeout=None, /):
        rlist, wlist, xlist = list(rlist), list(wlist), list(xlist)

        def ask(seconds):
            ready = original_select([*rlist, _DESCRIPTOR], wlist, xlist, seconds)
            if _DESCRIPTOR in ready[0]:
                ready[0].remove(_DESCRIPTOR)
            return ready

        return _sliced(ask, timeout, any)

    class epoll:
        __doc__ = original_epoll.__doc__

        def __init__(self, sizehint=-1, flags=0):
            self._attach(original_epoll(sizehint, flags))

        def _attach(self, inner):
            self._inner = inner
            _walle.own(inner.fileno())
            for name in ("close", "fileno", "register", "unregister", "modify"):
                setattr(self, name, getattr(inner, name))

        @classmethod
        def fromfd(cls, fd, /):
            from walle._descriptors import require

            require("select.epoll.fromfd", fd)
            self = cls.__new__(cls)
            self._attach(original_epoll.fromfd(fd))
            return self

        @property
        def closed(self):
            return self._inner.closed

        def poll(self, timeout=None, maxevents=-1):
            if timeout is not None and timeout < 0:
                timeout = None
            if timeout != 0:
                # An epoll is ready to be read when it has events.
                _walle.wait((self._inner.fileno(), _IN, timeout))
            return self._inner.poll(0, maxevents)

        def __enter__(self):
            return self

        def __exit__(self, *exception):
            self.close()

    class poll(_Poll):
        __doc__ = original_poll.__doc__

        def __init__(self):
            super().__init__(original_poll())

    put(module, "select", select)
    poll.__module__, poll.__qualname__ = "select", "poll"
    module.poll = poll
    epoll.__module__, epoll.__qualname__ = "select", "epoll"
    module.epoll = epoll


class _Poll:
    def __init__(self, inner):
        inner.register(_DESCRIPTOR, _IN)
        self._inner = inner
        self.register, self.unregister, self.modify = inner.register, inner.unregister, inner.modify

    def poll(self, timeout=None, /):
        def ask(seconds):
            events = self._inner.poll(None if seconds is None else seconds * 1000)
            return [event for event in events if event[0] != _DESCRIPTOR]

        return _sliced(ask, None if timeout is None or timeout < 0 else timeout / 1000, bool)


def _sliced(ask, timeout, is_ready):
    """Ask in slices, as long as there is nothing: threads of a task are not woken by the stop's descriptor."""
    end = time.monotonic() + (_FOREVER if timeout is None else timeout)
    while True:
        left = end - time.monotonic()
        answer = ask(max(0.0, min(_SLICE * 2, left)))
        if left <= 0 or is_ready(answer):
            return answer
        if _walle.is_stopping(None):
            time.sleep(0)


def is_patient(module, descriptor):
    """Whether reading or writing the descriptor may wait without end."""
    import stat

    mode = module.fstat(descriptor).st_mode
    endless = stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) or stat.S_ISCHR(mode) or not stat.S_IFMT(mode)
    return endless and module.get_blocking(descriptor)


def _await(module, descriptor, events):
    if isinstance(descriptor, int) and is_patient(module, descriptor):
        while not _walle.wait((descriptor, events, None)):
            pass


def replace_posix(module):
    """Let reads and writes of pipes and terminals, waits for processes and for locks of files, end."""
    from walle import _descriptors, _processes

    for name, events in (("eventfd_read", _IN), ("read", _IN), ("readv", _IN), ("eventfd_write", _OUT)):
        if hasattr(module, name):
            put(module, name, _patient(module, getattr(module, name), events))
    _replace_writes(module)
    put(module, "lockf", _retrying(module.lockf, {module.F_LOCK: module.F_TLOCK}))
    _descriptors.replace_posix(module)
    _processes.replace_posix(module)
    put(module, "umask", lambda mask, /: _walle.umask(None))
    for name in ("mkfifo", "mknod"):
        put(module, name, _asking(getattr(module, name)))


def _patient(module, original, events):
    def patient(*arguments, **keywords):
        if arguments:
            _await(module, arguments[0], events)
        return original(*arguments, **keywords)

    return patient


def _replace_writes(module):
    """A pipe or socket that says it can be written takes this much without waiting."""
    write, writev, sendfile, splice = module.write, module.writev, module.sendfile, getattr(module, "splice", None)
    chunk = 4096

    def patient_write(fd, data, /):
        if not is_patient(module, fd):
            return write(fd, data)
        with memoryview(data) as view, view.cast("B") as rest:
            sent = 0
            while True:
                _await(module, fd, _OUT)
                sent += write(fd, rest[sent : sent + chunk])
                if sent >= len(rest):
                    return sent

    def patient_writev(fd, buffers, /):
        if not is_patient(module, fd):
            return writev(fd, buffers)
        return patient_write(fd, b"".join(buffers))

    def patient_sendfile(out_fd, in_fd, offset, count, *arguments, **keywords):
        if is_patient(module, out_fd):
            _await(module, out_fd, _OUT)
            count = min(count, 4 * chunk)
        return sendfile(out_fd, in_fd, offset, count, *arguments, **keywords)

    def patient_splice(src, dst, count, **keywords):
        _await(module, src, _IN)
        _await(module, dst, _OUT)
        return splice(src, dst, min(count, chunk), **keywords)

    put(module, "write", patient_write)
    put(module, "writev", patient_writev)
    put(module, "sendfile", patient_sendfile)
    if splice:
        put(module, "splice", patient_splice)


def _asking(original):
    """Make a function that asks for the permission to write: it makes a file without an audit event."""

    def asking(path, *arguments, dir_fd=None, **keywords):
        import posix

        if dir_fd is not None:
            raise PermissionError(f"os.{original.__name__}(dir_fd={dir_fd}): refused. Name the whole path.")
        sys.audit("open", posix.fspath(path), "x", posix.O_CREAT | posix.O_WRONLY)
        return original(path, *arguments, **keywords)

    return asking


def _retrying(original, without_waiting, flag=0, never=()):
    """Make a function for locks of files that tries again, in place of one that waits."""

    def locking(fd, command, *arguments):
        if command in never or (flag and command & flag):
            return original(fd, command, *arguments)
        if not flag and command not in without_waiting:
            return original(fd, command, *arguments)
        command = command | flag if flag else without_waiting[command]
        pause = 0.0005
        while True:
            try:
                return original(fd, command, *arguments)
            except (BlockingIOError, PermissionError) as error:
                if error.errno is None:
                    raise
            time.sleep(pause)
            pause = min(_SLICE, pause * 2)

    return locking


def replace_fcntl(module):
    """Locks of files are tried for."""
    put(module, "flock", _retrying(module.flock, {}, module.LOCK_NB, (module.LOCK_UN,)))
    put(module, "lockf", _retrying(module.lockf, {}, module.LOCK_NB, (module.LOCK_UN,)))
    waiting = {module.F_SETLKW: module.F_SETLK}
    if hasattr(module, "F_OFD_SETLKW"):
        waiting[module.F_OFD_SETLKW] = module.F_OFD_SETLK
    owning_commands = (module.F_DUPFD, module.F_DUPFD_CLOEXEC)
    locking = _retrying(module.fcntl, waiting)

    def fcntl(fd, cmd, arg=0, /):
        result = locking(fd, cmd, arg)
        return _walle.own(result) if cmd in owning_commands else result

    put(module, "fcntl", fcntl)


def replace_signal(module):
    """No signal comes to a task, so whoever waits for one waits until the run is stopped."""

    def pause():
        while True:
            time.sleep(_FOREVER)

    def sigwait(sigset, /):
        pause()

    def sigwaitinfo(sigset, /):
        pause()

    def sigtimedwait(sigset, timeout, /):
        time.sleep(timeout)

    for function in (pause, sigwait, sigwaitinfo, sigtimedwait):
        if hasattr(module, function.__name__):
            put(module, function.__name__, function)


def replace_os(module):
    """The environment is the VM's own copy."""
    environment = module._Environ

    def __delitem__(self, key):
        try:
            del self._data[self.encodekey(key)]
        except KeyError:
            raise KeyError(key) from None

    environment.__delitem__ = __delitem__

    def putenv(name, value, /):
        module.environ._data[module.fsencode(name)] = module.fsencode(value)

    def unsetenv(name, /):
        module.environ._data.pop(module.fsencode(name), None)

    for function in (putenv, unsetenv):
        for place in (module, sys.modules["posix"]):
            put(place, function.__name__, function)


def replace_locale(module):
    """The locale belongs to the process."""
    original = module.setlocale

    def setlocale(category, locale=None, /):
        present = original(category)
        if locale is None or locale == present:
            return present
        raise module.Error(f"locale.setlocale({locale!r}): refused. The locale is {present}, for the whole process.")

    put(module, "setlocale", setlocale)


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


def _patience(connection, milliseconds):
    """Set how long a connection of SQLite waits for locks of others; tells how long it did."""
    cursor = connection.cursor()
    cursor.row_factory = None
    (before,) = cursor.execute("PRAGMA busy_timeout").fetchone()
    cursor.execute(f"PRAGMA busy_timeout = {milliseconds}")
    return before


def replace_sqlite(module):
    """Let queries and backups end, and hold a database under the task's memory limit: SQLite has a heap of its own."""
    from types import MethodType

    base, original, instructions = module.Connection, module.connect, 20_000
    # Called by SQLite while it computes; no frame, which would swallow the exception that ends the run.
    is_stopping = MethodType(_walle.is_stopping, 0)

    class Connection(base):
        __doc__ = base.__doc__

        def __init__(self, *arguments, **keywords):
            super().__init__(*arguments, **keywords)
            super().set_progress_handler(is_stopping, instructions)

        def set_progress_handler(self, progress_handler, n):
            if progress_handler is None or n <= 0:
                super().set_progress_handler(is_stopping, instructions)
            else:
                super().set_progress_handler(lambda: _walle.is_stopping(None) or progress_handler(), n)

        def backup(self, target, *, pages=-1, progress=None, name="main", sleep=0.250):
            def step(*arguments):
                if progress is not None:
                    progress(*arguments)

            # A Python function, called between two pauses: there the stop is raised. What waits below it is C.
            patience = [(connection, _patience(connection, 0)) for connection in (self, target)]
            try:
                super().backup(target, pages=pages, progress=step, name=name, sleep=min(sleep, _SLICE))
            finally:
                for connection, milliseconds in patience:
                    _patience(connection, milliseconds)

    def connect(*arguments, **keywords):
        if len(arguments) < 6:
            keywords.setdefault("factory", Connection)
        connection = original(*arguments, **keywords)
        left = _walle.memory_left(None)
        if left is not None:
            page = connection.execute("PRAGMA page_size").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count = {max(16, left // 2 // page)}")
            connection.execute(f"PRAGMA cache_size = -{max(64, min(2048, left // 8 // 1024))}")
            connection.execute("PRAGMA temp_store = FILE")
        return connection

    connect.__doc__ = original.__doc__
    connect.__module__ = Connection.__module__ = "sqlite3"
    connect.__qualname__, Connection.__qualname__ = "connect", "Connection"
    for place in (module, sys.modules["sqlite3.dbapi2"], sys.modules["_sqlite3"]):
        place.connect, place.Connection = staticmethod(connect), Connection
