"""Definitions step by step. Each step is checked when it is taken, so that an error names its line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from walle.streams import _times
from walle.streams._aggregates import Aggregate
from walle.streams._batch import BatchValue
from walle.streams._definition import Definition
from walle.streams._errors import DefinitionError
from walle.streams._expressions import Expression, Order, Scope, expression
from walle.streams._tree import GROUPS, RANKS, Origin, bare, definition, own_name
from walle.streams._windows import Span, Window

__all__ = ["Stream", "source"]

class Stream:
    """Events of a source and what is done with them. Every step gives a new stream and leaves the old one as it is."""

    __slots__ = ("_conditions", "_fields", "_origin", "_values")

    def __init__(self, origin: Origin) -> None:
        self._origin = origin
        self._conditions: tuple[Expression, ...] = ()
        self._values: dict[str, Expression] = {}
        self._fields: dict[str, Any] = {}

    def __repr__(self) -> str:
        return f"<stream of {self._origin.name}>"

    def _next(self, **fields: Any) -> Stream:
        new = Stream(self._origin)
        new._conditions, new._values = self._conditions, self._values
        new._fields = {**self._fields, **{name: value for name, value in fields.items() if value is not None}}
        return new

    def _checked(self) -> Stream:
        is_ranked = "rank" in self._fields or self._fields.get("window") == "source"
        definition(self, RANKS if is_ranked else GROUPS, "stream")
        return self

    def _expression(self, field: str, value: Expression | str | float) -> Expression:
        try:
            return expression(value)
        except DefinitionError as error:
            field = f"stream.{own_name(self._origin, 'stream')}.{field}"
            raise DefinitionError(f"{field}: {error}", field, error.remedy) from None

    def where(self, *conditions: Expression | str) -> Stream:
        """Keep the events where all conditions are true.

        Every value that `let` derives may be used, whether before or behind it.
        """
        new = self._next()
        new._conditions = (*self._conditions, *(self._expression("where", each) for each in conditions))
        return new._checked()

    def let(self, **values: Expression | str | float) -> Stream:
        """Derive values from each event, for the next ones, conditions, keys and aggregates."""
        new = self._next()
        new._values = dict(self._values)
        for name, value in values.items():
            # The value of a batch keeps its function.
            new._values[name] = value if isinstance(value, BatchValue) else self._expression(f"let.{name}", value)
        return new._checked()

    def key_by(self, *names: str | Expression) -> Stream:
        """Group events by columns or derived values; without any, all events are one group."""
        key = self._names(names)
        return self._next(key=key[0] if len(key) == 1 else key or False)._checked()

    def _names(self, names: tuple[str | Expression, ...]) -> list[str]:
        scope = Scope(self._origin.names)
        return [bare(each._text(scope)) if isinstance(each, Expression) else each for each in names]

    def window(
        self,
        window: Window | Literal[False, "source"],
        *,
        lateness: Span | None = None,
        ttl: Span | None = None,
        limit: int | None = None,
        emit: str | None = None,
    ) -> Stream:
        """Put the events of a key together that belong to a window.

        Parameters
        ----------
        window : Window, False or "source"
            Such as ``st.tumbling("1h")``. False for none: all events of a key, each of which changes the key's row.
            "source" for the windows that the rows of another stream are of, which are ranked then.
        lateness : str or timedelta, optional
            How long a late event still changes the row of its window.
        ttl : str or timedelta, optional
            Without a window: after so long without events a key is forgotten.
        limit : int, optional
            So many groups are remembered at most; what is lost beyond is counted.
        emit : {"final", "retractions"}, optional
            Whether a row that is given again is retracted first.
        """
        if isinstance(window, Window):
            fields: Any = dict(window._fields)
        elif window is False or window == "source":
            fields = window
        else:
            raise TypeError(f'a window is wanted, such as st.tumbling("1h"), not {window!r}')
        spans = {"lateness": _times.span(lateness), "ttl": _times.span(ttl)}
        return self._next(window=fields, limit=limit, emit=emit, **spans)._checked()

    def rank(
        self, *by: Expression | Order | str, first: int, ties: bool = False, as_: str | None = None
    ) -> Stream:
        """Keep the rows of each key and window that stand first; `select` says what a row has.

        Parameters
        ----------
        *by : Expression, Order or str
            What decides, the first before the second: ``st.col.views.desc()`` or ``"views desc"`` for the greatest
            first. A row that lacks a value of them has no place.
        first : int
            How many rows stand first.
        ties : bool
            With a window, whether those that are equal to the last stand with it.
        as_ : str, optional
            A column for the number of the row, from 1 on.
        """
        rank = {"by": [each._ordered() if isinstance(each, Expression) else each for each in by], "first": first}
        if ties is not False:
            rank["ties"] = ties
        return self._next(rank=rank if as_ is None else {**rank, "as": as_})._checked()

    def select(self, *names: str | Expression) -> Definition:
        """Give a row an event, or a row that is ranked, with these columns and derived values."""
        return definition(self, {"select": self._names(names)}, "stream")

    def aggregate(self, **aggregates: Aggregate | str) -> Definition:
        """Give a row a key and window with these values, each under its name."""
        wrong = [name for name, each in aggregates.items() if not isinstance(each, (Aggregate, str))]
        if wrong:
            raise TypeError(f"{wrong[0]} must be an aggregate, such as st.count(), not {aggregates[wrong[0]]!r}")
        return definition(self, {"aggregate": aggregates}, "stream")

    def match(
        self,
        pattern: str,
        *,
        within: Span,
        key: str | list[str] | bool | None = None,
        contiguity: str | None = None,
        skip: str | None = None,
        limit: int | None = None,
    ) -> Definition:
        """Search each key's events for those that follow each other as a pattern says.

        Parameters
        ----------
        pattern : str
            Such as ``"product_view+ add_to_cart (not purchase)"``.
        within : str or timedelta
            How long a match may take.
        key : str, list of str or False, optional
            As `key_by` does; False for one sequence of all events.
        contiguity : {"relaxed", "strict", "any"}, optional
            Which events between those of a match are skipped.
        skip : str, optional
            Where to go on after a match, such as ``"past last row"``, ``"to next row"``, ``"none"``.
        limit : int, optional
            So many keys have partial matches at most; the oldest are given up beyond.
        """
        fields = {"pattern": pattern, "within": _times.span(within), "contiguity": contiguity, "skip": skip, "key": key}
        return definition(self._next(**fields, limit=limit), {}, "pattern")


def source(
    name: str | Definition,
    *,
    event: str | None = None,
    page: str | None = None,
    time: str | None = None,
    columns: Mapping[str, str] | None = None,
    delay: Span | None = None,
    idle: Span | None = None,
    clock: str | None = None,
) -> Stream:
    """Say where events come from and what they have.

    Parameters
    ----------
    name : str or Definition
        Of the log or topic. Or a stream, whose rows are what comes then: its key, the bounds of its windows and its
        values are columns, ``st.time`` is the time of a row, and nothing else is to be said.
    event, page, time : str
        What the input calls the name of an event, "event" unless said; the page it happened on, if there is one; and
        its time, "timestamp" unless said.
    columns : dict of str to str, optional
        The other columns with their types: "bool", "int", "float", "text" or "time". Without it a run takes them from
        the first events that it is given: see `Run`.
    delay : str or timedelta, optional
        How much out of order events may come.
    idle : str or timedelta, optional
        After so long without events the watermark goes on by itself, where a host runs the stream.
    clock : {"event", "arrival"}, optional
        Whether the time of an event is its own or when it comes.

    Returns
    -------
    Stream
        Of all its events: ``.where(...).key_by(...).window(...).aggregate(...)`` define what becomes of them.
    """
    fields = {"event": event, "page": page, "time": time, "delay": _times.span(delay), "idle": _times.span(idle)}
    table: dict[str, Any] = {name: value for name, value in (fields | {"clock": clock}).items() if value is not None}
    if columns is not None:
        table["columns"] = dict(columns)
    if isinstance(name, Definition):
        return Stream(_rows(name, table))._checked()
    names = {role: table[role] for role in ("event", "page", "time") if role in table}
    return Stream(Origin(name, {"source": {name: table}}, names, table.get("columns", {})))._checked()


def _rows(stream: Definition, table: dict[str, Any]) -> Origin:
    """Read the rows of another stream."""
    if table:
        raise TypeError(f"the rows of another stream have their {next(iter(table))} already")
    if stream._kind != "stream":
        remedy = "Read the rows of a stream."
        raise DefinitionError(f"the matches of a pattern are no source of a stream. {remedy}", "source", remedy)
    return Origin(stream.name, stream._tree, {"time": stream._native.time}, stream.columns, stream._functions)
