"""Two CPU-bound workers on two cores against one, and what one GIL makes of two threads."""

import functools
import multiprocessing
import multiprocessing.pool
import threading
import time

import work
from interpreters import Worker


def _threads(iterations: int, workers: int) -> None:
    threads = [threading.Thread(target=work.run, args=(iterations,)) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@functools.cache
def _pool() -> multiprocessing.pool.Pool:
    return multiprocessing.get_context("fork").Pool(2)


def _processes(iterations: int, workers: int) -> None:
    _pool().map(work.run, [iterations] * workers, chunksize=1)


@functools.cache
def _workers() -> list[Worker]:
    return [Worker("import work") for _ in range(2)]


def _interpreters(iterations: int, workers: int) -> None:
    for worker in _workers()[:workers]:
        worker.send(f"work.run({iterations})")
    for worker in _workers()[:workers]:
        worker.wait()


_kinds = {"threads": _threads, "multiprocessing": _processes, "_interpreters": _interpreters}


def _seconds(kind: str, iterations: int, workers: int) -> float:
    start = time.perf_counter()
    _kinds[kind](iterations, workers)
    return time.perf_counter() - start


def speedup(kind: str, iterations: int) -> float:
    """Throughput of two workers as a multiple of one."""
    _seconds(kind, 1, 2)
    return 2 * _seconds(kind, iterations, 1) / _seconds(kind, iterations, 2)


def _share(iterations: int, count: int) -> None:
    for _ in range(count):
        work.run(iterations)


def one_gil(iterations: int, count: int) -> float:
    """Seconds that two threads under one GIL take for `count` runs, without a queue between them."""
    halves = [count // 2, count - count // 2]
    threads = [threading.Thread(target=_share, args=(iterations, half)) for half in halves]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - start
