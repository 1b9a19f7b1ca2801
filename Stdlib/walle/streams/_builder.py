"""Definitions step by step. Each step is checked when it is taken, so that an error names its line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from walle.streams import _times
from walle.streams._aggregates import Aggregate
from walle.streams._batch import BatchValue
from walle.streams._definition import Definition
from walle.streams._errors import DefinitionError
from walle.streams._expressions import Expression, Order, Scope, expression
from walle.streams._windows import Span, Window

__all__ = ["Stream", "source"]

# What stands for the steps that are not taken yet, while those before are checked: fits whatever follows.
_GROUPS = {"key": False, "window": False, "aggregate": {"walle_count": "count()"}}
_RANKS = {"key": False, "window": False, "rank": {"by": "0", "first": 1}, "select": ["walle_value"]}


class Origin:
    """What a stream reads: the events of a source, or the rows of another stream."""

    __slots__ = ("columns", "functions", "name", "names", "tree")

    def __init__(
        self,
        name: str,
        tree: Mapping[str, Any],
        names: dict[str, str],
        columns: Mapping[str, str] | list[str],
        functions: Mapping[str, Callable[..., Any]] | None = None,
    ) -> None:
        self.name, self.functions = name, functions or {}
        # The tables of all that is read, and what events are called by what they are.
        self.tree, self.names, self.columns = tree, names, columns


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
        _definition(self, _RANKS if is_ranked else _GROUPS, "stream")
        return self

    def _expression(self, field: str, value: Expression | str | float) -> Expression:
        try:
            return expression(value)
        except DefinitionError as error:
            field = f"stream.{_own_name(self._origin, 'stream')}.{field}"
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
        return [_bare(each._text(scope)) if isinstance(each, Expression) else each for each in names]

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
            What decides, the first before the second: ``st.col.views.desc()`` or ``"views desc"`` for the greatest first.
            A row that lacks a value of them has no place.
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
        return _definition(self, {"select": self._names(names)}, "stream")

    def aggregate(self, **aggregates: Aggregate | str) -> Definition:
        """Give a row a key and window with these values, each under its name."""
        wrong = [name for name, each in aggregates.items() if not isinstance(each, (Aggregate, str))]
        if wrong:
            raise TypeError(f"{wrong[0]} must be an aggregate, such as st.count(), not {aggregates[wrong[0]]!r}")
        return _definition(self, {"aggregate": aggregates}, "stream")

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
        return _definition(self._next(**fields, limit=limit), {}, "pattern")


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
        What the input calls the name of an event, "event" unless said; the page it happened on, if there is one; and its
        time, "timestamp" unless said.
    columns : dict of str to str, optional
        The other columns with their types: "bool", "int", "float", "text" or "time". Without it a run takes them from the
        first events that it is given: see `Run`.
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


def _rows(definition: Definition, table: dict[str, Any]) -> Origin:
    """Read the rows of another stream."""
    if table:
        raise TypeError(f"the rows of another stream have their {next(iter(table))} already")
    if definition._kind != "stream":
        remedy = "Read the rows of a stream."
        raise DefinitionError(f"the matches of a pattern are no source of a stream. {remedy}", "source", remedy)
    names = {"time": definition._native.time}
    return Origin(definition.name, definition._tree, names, definition.columns, definition._functions)


class _Values:
    """The derived values of a definition, with those that expressions take from functions of batches."""

    def __init__(self, stream: Stream) -> None:
        self.scope = Scope(stream._origin.names, self._lift)
        self.taken = {*stream._origin.columns, *stream._values}
        self.tree: dict[str, Any] = {}
        self.functions: dict[str, Any] = {}
        self._lifted: list[tuple[BatchValue, str]] = []
        for name, value in stream._values.items():
            self._add(name, value)

    def _add(self, name: str, value: Expression) -> None:
        if not isinstance(value, BatchValue):
            self.tree[name] = value._canonical(self.scope)
            return
        arguments = [each._canonical(self.scope) for each in value.arguments]
        self.tree[name] = {"batch": value.type, "of": arguments}
        self.functions[name] = value.function
        self._lifted.append((value, name))

    def _lift(self, value: BatchValue) -> str:
        """Give the name of the derived value that a function computes, and derive it if nobody did."""
        for lifted, name in self._lifted:
            if lifted is value:
                return name
        number = 1
        while (name := f"batch_{number}") in self.taken:
            number += 1
        self.taken.add(name)
        self._add(name, value)
        return name


def _own_name(origin: Origin, kind: str) -> str:
    """Name what has no name yet, unlike all that it reads."""
    taken = {name for tables in origin.tree.values() for name in tables}
    name, number = kind, 1
    while name in taken:
        number += 1
        name = f"{kind}_{number}"
    return name


def _bare(text: str) -> str:
    """Take the quotes from a name; any other expression is none, which the engine tells."""
    return text[1:-1].replace('""', '"') if text[:1] == text[-1:] == '"' else text


def _definition(stream: Stream, rest: Mapping[str, Any], kind: str) -> Definition:
    """Make the tree that files in TOML have, and let the engine read it."""
    origin, values = stream._origin, _Values(stream)
    body: dict[str, Any] = {"source": origin.name}
    conditions = [each._inner() for each in stream._conditions]
    if conditions:
        parts = [part for each in conditions for part in (" AND ", *each)][1:]
        whole = stream._conditions[0] if len(conditions) == 1 else Expression(*parts)
        body["where"] = whole._canonical(values.scope)
    body.update({**rest, **stream._fields})
    if "aggregate" in rest:
        body["aggregate"] = {
            name: each if isinstance(each, str) else each._text(values.scope)
            for name, each in body["aggregate"].items()
        }
    if "rank" in stream._fields:
        orders = [each._text(values.scope) if isinstance(each, Order) else each for each in body["rank"]["by"]]
        body["rank"] = {**body["rank"], "by": orders}
    if rest is _RANKS:
        values.tree["walle_value"] = "0"
    if values.tree:
        body["let"] = values.tree
    name = _own_name(origin, kind)
    tree = {**origin.tree, kind: {**origin.tree.get(kind, {}), name: body}}
    return Definition(tree, name, {**origin.functions, **values.functions})
