"""What a task knows of itself, and what it may ask of its host.

The same names work outside the host, under plain CPython, so that tasks can be tested with pytest: then messages go to
standard error, and `config` and resources come from the folder that holds `task.toml`.

Attributes
----------
name : str
    Name of the task.
version : str
    Version of the task.
config : dict
    `[config]` of `task.toml`.
state : dict
    Kept from run to run, one for each instance of the task.
run_id : str
    Identifier of the present run. Read it as `task.run_id`: it changes.
trace_id : str or None
    Identifier of the caller's trace.
log : Log
    The host's log.
clock : Clock
    The host's clock; simulations turn it by hand.

Examples
--------
>>> from walle import task
>>> task.log.info("ranked", user=7)
>>> deadline = task.clock.monotonic() + 0.1
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Any

if "_walle" in sys.modules:  # inside the host
    from walle import _task as _host
    from walle._vm import Stopped
else:
    from walle import _local as _host
    from walle._local import Stopped

__all__ = [
    "Clock",
    "Log",
    "Stopped",
    "clock",
    "config",
    "is_cancelled",
    "log",
    "name",
    "query",
    "remaining",
    "resource",
    "run_id",
    "send",
    "share",
    "shared",
    "state",
    "trace_id",
    "version",
]

name: str
version: str
config: dict[str, Any]
run_id: str
trace_id: str | None
state: dict[str, Any] = {}

_constant = frozenset(("name", "version", "config"))
_changing = frozenset(("run_id", "trace_id"))


def __getattr__(attribute: str) -> Any:
    # Asked when first needed: a warm VM imports this module before it belongs to a task.
    if attribute in _changing:
        return getattr(_host, attribute)()
    if attribute in _constant:
        value = globals()[attribute] = getattr(_host, attribute)()
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {attribute!r}")


def __dir__() -> list[str]:
    return sorted(__all__)


class Log:
    """The host's log. Keywords become fields of the message."""

    def debug(self, message: object, /, **fields: object) -> None:
        """Write what helps to find a fault."""
        _host.log("debug", str(message), fields)

    def info(self, message: object, /, **fields: object) -> None:
        """Write what is worth knowing."""
        _host.log("info", str(message), fields)

    def warning(self, message: object, /, **fields: object) -> None:
        """Write what somebody should look at."""
        _host.log("warning", str(message), fields)

    def error(self, message: object, /, **fields: object) -> None:
        """Write what went wrong."""
        _host.log("error", str(message), fields)


class Clock:
    """The host's clock."""

    def now(self) -> float:
        """Seconds since 1970, UTC."""
        return _host.now()

    def monotonic(self) -> float:
        """Seconds that never go back, from an arbitrary start."""
        return _host.monotonic()


log = Log()
clock = Clock()


def resource(path: str) -> str:
    """Find a file of the task's package.

    Parameters
    ----------
    path : str
        Relative to the package's `resources` folder, or to the package.

    Returns
    -------
    str
        The absolute path.

    Raises
    ------
    FileNotFoundError
        If the package has no such file.
    PermissionError
        If the path leads out of the package.
    """
    return _host.resource(path)


def share(name: str, value: Any) -> None:
    """Keep a value for all tasks of the host under a name; None takes it away.

    Arrays are shared, not copied: whoever writes to one first gets a copy of its own. Other values are copied.
    """
    _host.share(name, value)


def shared(name: str) -> Any:
    """The value that a task or the app shared under a name, or None."""
    return _host.shared(name)


def send(events: Mapping[str, Any] | Iterable[Mapping[str, Any]]) -> int:
    """Send events to the host, as the app does: they may start tasks, this one too.

    Parameters
    ----------
    events : dict or list of dict
        Each with the name of the event, its page and time by the names of the host's source, and its attributes. An
        event without a time happened now.

    Returns
    -------
    int
        The place of the first among all events of the host.

    Raises
    ------
    ValueError
        For an event that cannot be right, or when too much waits already: none of them is taken then.
    """
    return _host.send([dict(events)] if isinstance(events, Mapping) else [dict(event) for event in events])


def query(sql: str, *values: Any) -> list[dict[str, Any]]:
    """Ask what the host's streams gave until now: each stream and pattern is a table of SQLite.

    Parameters
    ----------
    sql : str
        Such as ``"SELECT views FROM hourly WHERE user_id = ?"``.
    *values
        What stands for the question marks: None, bool, int, float or str.

    Raises
    ------
    ValueError
        For a wrong query, or when the host has no store.
    """
    return _host.query(sql, list(values))


def is_cancelled() -> bool:
    """Whether the run is being stopped: its limit was reached, or nobody waits for it any more."""
    return _host.is_cancelled()


def remaining() -> float | None:
    """Seconds left of the run's time limit; None without one."""
    return _host.remaining()
