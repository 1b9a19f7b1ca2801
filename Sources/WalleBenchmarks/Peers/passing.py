"""An array that goes from one interpreter to another."""

import time

import walle.numpy as np

_held = []


def run(request):
    """Make an array of so many bytes, or hold one that is given; else time a copy of the one held, or give it."""
    if isinstance(request, np.ndarray):
        _held[:] = [request]
    elif isinstance(request, int):
        _held[:] = [np.full(request // 4, 7, np.float32)]
    elif request == "copy":
        start = time.perf_counter_ns()
        _held[0].copy()
        return (time.perf_counter_ns() - start) / 1e3
    else:
        return _held[0]
    return float(_held[0][-1])
