"""What a run needs beside the call of its entry: coroutines, generators, signatures."""

import sys

_loop = None


def _event_loop():
    """Give the VM's one event loop: making one for each run costs more than most runs."""
    global _loop
    if _loop is None or _loop.is_closed():
        import asyncio

        _loop = asyncio.new_event_loop()
        asyncio.set_event_loop(_loop)
    return _loop


def _kind(value):
    return getattr(type(value), "__name__", "")


def finish(value):
    """Await a coroutine, collect what a generator yields."""
    kind = _kind(value)
    if kind == "coroutine":
        return _event_loop().run_until_complete(value)
    if kind in ("generator", "async_generator"):
        return list(iterate(value))
    return value


def iterate(value):
    """Make an iterator of what an entry returned."""
    kind = _kind(value)
    if kind == "generator":
        return value
    if kind == "async_generator":
        return _synchronous(value)
    if kind == "coroutine":
        return iterate(finish(value))
    return iter(value if isinstance(value, (list, tuple)) else [value])


def _synchronous(generator):
    loop = _event_loop()
    try:
        while True:
            try:
                value = loop.run_until_complete(anext(generator))
            except StopAsyncIteration:
                return
            yield value
    finally:
        loop.run_until_complete(generator.aclose())


def signature(function):
    """Write a function's parameters and result as in its source."""
    import inspect

    return str(inspect.signature(function))


def seed():
    """Make random numbers repeat."""
    import random

    random.seed(0)


def close():
    """Close the event loop, at the end of the VM."""
    if _loop is not None and not _loop.is_closed() and "asyncio" in sys.modules:
        _loop.close()
