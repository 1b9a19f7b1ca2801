"""What interpreters of stock CPython hold, and what they leave behind."""

import _interpreters

from interpreters import create


def _resident_bytes() -> int:
    with open("/proc/self/status") as file:
        for line in file:
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) * 1024
    raise RuntimeError("no RssAnon")


def _setup(modules: str) -> str:
    return f"import {modules}" if modules else ""


def idle(count: int, modules: str) -> float:
    """Bytes of a live interpreter with modules imported, the mean of `count`."""
    create(_setup(modules))
    before = _resident_bytes()
    for _ in range(count):
        create(_setup(modules))
    return (_resident_bytes() - before) / count


def left(count: int, modules: str) -> float:
    """Bytes that stay when an interpreter is destroyed, the mean of `count`."""
    for _ in range(2):
        _interpreters.destroy(create(_setup(modules)))
    before = _resident_bytes()
    for _ in range(count):
        _interpreters.destroy(create(_setup(modules)))
    return (_resident_bytes() - before) / count
