"""`walle.task` without a host: for tests and tries under plain CPython 3.11 or newer.

Has the functions of `walle._task`, written in Python.
"""

from __future__ import annotations

import logging
import os
import sys
import time
import uuid
from functools import cache
from pathlib import Path
from typing import Any

_run_id = uuid.uuid4().hex


class Stopped(BaseException):
    """The run is being stopped. Outside the host nobody raises it."""

    __module__ = "walle.task"


@cache
def _folder() -> Path:
    """The nearest folder with a `task.toml`, upward from the code that asks, the main module or the present folder."""
    starts = [Path.cwd()]
    main = getattr(sys.modules.get("__main__"), "__file__", None)
    if main is not None:
        starts.insert(0, Path(main).resolve().parent)
    caller = _caller()
    if caller is not None:
        starts.insert(0, caller)
    for start in starts:
        for folder in (start, *start.parents):
            if (folder / "task.toml").is_file():
                return folder
    return Path.cwd()


def _caller() -> Path | None:
    """The folder of the first code on the stack that is not Walle's own."""
    own = os.path.dirname(__file__)
    frame = sys._getframe()
    while frame is not None:
        file = frame.f_code.co_filename
        if os.path.isfile(file) and os.path.dirname(os.path.abspath(file)) != own:
            return Path(file).resolve().parent
        frame = frame.f_back
    return None


@cache
def _manifest() -> dict[str, Any]:
    import tomllib

    try:
        with open(_folder() / "task.toml", "rb") as file:
            return tomllib.load(file)
    except FileNotFoundError:
        return {}


def name() -> str:
    """Name of the task."""
    return _manifest().get("task", {}).get("name", _folder().name)


def version() -> str:
    """Version of the task."""
    return _manifest().get("task", {}).get("version", "0.0.0")


def config() -> dict[str, Any]:
    """`[config]` of task.toml."""
    return _manifest().get("config", {})


def resource(path: str) -> str:
    """Absolute path of a file of the task's package."""
    root = _folder().resolve()
    for base in (root / "resources", root):
        candidate = (base / path).resolve()
        if not candidate.is_relative_to(root):
            raise PermissionError(
                f'task.resource("{path}"): refused. It lies outside the package of {name()}.'
            )
        if candidate.exists():
            return str(candidate)
    raise FileNotFoundError(
        f'task.resource("{path}"): no such file in the package of {name()} or in its resources folder'
    )


@cache
def _logger() -> logging.Logger:
    logger = logging.getLogger("walle.task")
    if not logger.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
    return logger


def log(level: str, message: str, fields: dict[str, Any]) -> None:
    """Write a message with fields to standard error."""
    text = " ".join([message, *(f"{key}={value!r}" for key, value in fields.items())])
    try:
        number = {
            "debug": logging.DEBUG,
            "info": logging.INFO,
            "warning": logging.WARNING,
            "error": logging.ERROR,
        }[level]
    except KeyError:
        raise ValueError(
            f'"{level}" is no log level: use debug, info, warning or error'
        ) from None
    _logger().log(number, "%s", text)


def now() -> float:
    """Seconds since 1970, UTC."""
    return time.time()


def monotonic() -> float:
    """Seconds that never go back."""
    return time.monotonic()


def is_cancelled() -> bool:
    """Whether the run is being stopped: never, without a host."""
    return False


def run_id() -> str:
    """Identifier of this process."""
    return _run_id


def trace_id() -> str | None:
    """Identifier of the caller's trace: none, without a host."""
    return None


_shared: dict[str, Any] = {}


def share(name: str, value: Any) -> None:
    """Keep a value under a name for this process."""
    if value is None:
        _shared.pop(name, None)
    else:
        _shared[name] = value


def shared(name: str) -> Any:
    """The value kept under a name, or None."""
    return _shared.get(name)


def send(events: list[dict[str, Any]]) -> int:
    """There is nobody to take events without a host."""
    raise RuntimeError("task.send: there is no host that takes events")


def query(sql: str, values: list[Any]) -> list[dict[str, Any]]:
    """There are no streams without a host."""
    raise RuntimeError("task.query: there is no host whose streams could be asked")


def remaining() -> float | None:
    """Seconds left: None, without a host there is no limit."""
    return None


class Buffer(bytearray):
    """Bytes that a host shares with the app without a copy. Outside the host, bytes."""

    __module__ = "walle"

    @property
    def readonly(self) -> bool:
        return False
