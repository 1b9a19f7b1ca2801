"""An array that goes from one interpreter to another."""

import time

import walle.numpy as np

_held = []


def run(request):
    """Make an array of so many bytes, give the one that is held, or hold another; or time a copy of it."""
    if isinstance(request, int):
        _held[:] = [np.full(request // 4, 7, np.float32)]
    elif request == "copy":
        start = time.perf_counter_ns()
        _held[0].copy()
        return (time.perf_counter_ns() - start) / 1e3
    elif request == "give":
        return _held[0]
    else:
        _held[:] = [request]
    return float(_held[0][-1])
