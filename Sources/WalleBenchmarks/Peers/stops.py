"""Stop a loop the way Python offers: an exception that a helper thread leaves for it."""

import ctypes
import threading
import time


class _Stopped(BaseException):
    pass


def _raise_in(thread: int) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(_Stopped))


def _stop_at(deadline: float, thread: int) -> None:
    time.sleep(max(0, deadline - time.perf_counter()))
    _raise_in(thread)


def _join(helper: threading.Thread) -> None:
    """Wait for the helper, whose exception may come only now on a busy machine."""
    while helper.is_alive():
        try:
            helper.join()
        except _Stopped:
            pass


def late(count: int, milliseconds: float) -> list[float]:
    """Milliseconds from the deadline to the exception, in a loop that does not swallow it."""
    samples = []
    for _ in range(count):
        deadline = time.perf_counter() + milliseconds / 1000
        helper = threading.Thread(target=_stop_at, args=(deadline, threading.get_ident()))
        try:
            helper.start()
            while True:
                pass
        except _Stopped:
            samples.append((time.perf_counter() - deadline) * 1000)
        _join(helper)
    return samples


def _spin(until: float) -> None:
    while time.perf_counter() < until:
        pass


def swallowed(milliseconds: float) -> float:
    """How many of the exceptions ended a loop that swallows them, within 200 ms of the deadline: 0 or 1."""
    deadline = time.perf_counter() + milliseconds / 1000
    helper = threading.Thread(target=_stop_at, args=(deadline, threading.get_ident()))
    ended = 1
    try:
        helper.start()
        while time.perf_counter() < deadline + 0.2:
            try:
                _spin(deadline + 0.2)
            except BaseException:
                pass
        ended = 0
    except _Stopped:
        pass
    _join(helper)
    return ended
