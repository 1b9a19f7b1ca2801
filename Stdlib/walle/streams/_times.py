"""Times as the engine counts them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

__all__ = ["literal", "microseconds", "span"]

_START = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MICROSECOND = timedelta(microseconds=1)


def microseconds(value: object) -> int | None:
    """Give the microseconds since 1970 of a datetime with a zone; None for anything else."""
    if isinstance(value, datetime) and value.utcoffset() is not None:
        return (value - _START) // _MICROSECOND
    return None


def literal(value: datetime) -> str:
    """Write a datetime as the engine's expressions do."""
    if value.utcoffset() is None:
        raise ValueError(f"{value!r} has no zone: give it one, such as datetime.timezone.utc")
    utc = value.astimezone(timezone.utc).replace(tzinfo=None)
    return f"TIMESTAMP '{utc.isoformat(sep=' ')}'"


def span(value: str | timedelta | None) -> object:
    """Write a span of time as definitions do: a timedelta in microseconds."""
    return f"{value // _MICROSECOND}us" if isinstance(value, timedelta) else value
