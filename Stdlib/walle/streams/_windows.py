"""Which events are aggregated together."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, TypeAlias

from walle.streams import _times

__all__ = ["Span", "Window", "calendar", "cumulating", "hopping", "over", "session", "tumbling", "visit"]

# A span of time: "10s", "1h", or a timedelta.
Span: TypeAlias = str | timedelta


class Window:
    """Which events of a key are together: made by `tumbling` and the like."""

    __slots__ = ("_fields",)

    def __init__(self, **fields: Span | None) -> None:
        self._fields: dict[str, Any] = {name: _times.span(value) for name, value in fields.items() if value is not None}

    def __repr__(self) -> str:
        kind, *others = self._fields.items()
        return f"st.{kind[0]}({', '.join([repr(kind[1]), *(f'{name}={value!r}' for name, value in others)])})"


def tumbling(size: Span, *, offset: Span | None = None) -> Window:
    """Side by side, from each multiple of the size on, perhaps plus an offset."""
    return Window(tumbling=size, offset=offset)


def hopping(size: Span, slide: Span, *, offset: Span | None = None) -> Window:
    """Of a size, one from each multiple of the slide on, which divides the size."""
    return Window(hopping=size, slide=slide, offset=offset)


def cumulating(size: Span, step: Span, *, offset: Span | None = None) -> Window:
    """From each multiple of the size on, to the end of each step within."""
    return Window(cumulating=size, step=step, offset=offset)


def session(gap: Span) -> Window:
    """As long as the next event of a key comes at most the gap after the last."""
    return Window(session=gap)


def over(size: Span) -> Window:
    """For each event those of its key in the span up to it, events of the same time included."""
    return Window(over=size)


def visit(timeout: Span, *, enter: str, exit: str) -> Window:
    """From an event of one name to the next of its key of another, or until no event came for the timeout."""
    return Window(visit=timeout, enter=enter, exit=exit)


def calendar(unit: str, zone: str = "UTC") -> Window:
    """The "hour", "day", "week" (from Monday), "month" or "year" of a time zone."""
    return Window(calendar=unit, zone=zone)
