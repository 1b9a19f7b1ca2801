"""An empty call, end to end, and a new interpreter's first call."""

import functools
import multiprocessing
import multiprocessing.pool
import time

import _interpreters

from interpreters import Worker, create


def _same(value: int) -> int:
    return value


@functools.cache
def _pool() -> multiprocessing.pool.Pool:
    return multiprocessing.get_context("fork").Pool(1)


@functools.cache
def _worker() -> Worker:
    return Worker("def run(value): return value")


def _microseconds(call, count: int) -> list[float]:
    for _ in range(20):
        call()
    samples = []
    for _ in range(count):
        start = time.perf_counter_ns()
        call()
        samples.append((time.perf_counter_ns() - start) / 1000)
    return samples


def processes(count: int) -> list[float]:
    """Microseconds of `Pool.apply`."""
    return _microseconds(lambda: _pool().apply(_same, (1,)), count)


def interpreters(count: int) -> list[float]:
    """Microseconds of a call in an interpreter that another thread serves."""

    def call() -> None:
        _worker().send("run(1)")
        _worker().wait()

    return _microseconds(call, count)


def first_call() -> float:
    """Milliseconds to make an interpreter and call a function there."""
    start = time.perf_counter()
    interpreter = create("def run(value): return value")
    _interpreters.exec(interpreter, "run(1)")
    milliseconds = (time.perf_counter() - start) * 1000
    _interpreters.destroy(interpreter)
    return milliseconds
