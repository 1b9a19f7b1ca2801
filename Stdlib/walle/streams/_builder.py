"""Definitions step by step. Each step is checked when it is taken, so that an error names its line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from walle.streams import _times
from walle.streams._aggregates import Aggregate
from walle.streams._batch import BatchValue
from walle.streams._definition import Definition
from walle.streams._errors import DefinitionError
from walle.streams._expressions import Expression, Scope, event, expression, page, time
from walle.streams._windows import Span, Window

__all__ = ["Stream", "source"]

# What stands for the steps that are not taken yet, while those before are checked.
_ANY = {"key": False, "window": {"tumbling": "1h"}, "aggregate": {"walle_count": "count()"}}


class Stream:
    """Events of a source and what is done with them. Every step gives a new stream and leaves the old one as it is."""

    __slots__ = ("_conditions", "_fields", "_name", "_source", "_values")

    def __init__(self, name: str, source: dict[str, Any]) -> None:
        self._name = name
        self._source = source
        self._conditions: tuple[Expression, ...] = ()
        self._values: dict[str, Expression] = {}
        self._fields: dict[str, Any] = {}

    def __repr__(self) -> str:
        return f"<stream of {self._name}>"

    def _next(self, **fields: Any) -> Stream:
        new = Stream(self._name, self._source)
        new._conditions, new._values = self._conditions, self._values
        new._fields = {**self._fields, **{name: value for name, value in fields.items() if value is not None}}
        return new

    def _checked(self) -> Stream:
        _definition(self, dict(_ANY), "stream")
        return self

    def _expression(self, field: str, value: Expression | str | float) -> Expression:
        try:
            return expression(value)
        except DefinitionError as error:
            field = f"stream.{_own_name(self, 'stream')}.{field}"
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
        return self._next(key=self._key(names))._checked()

    def _key(self, names: tuple[str | Expression, ...]) -> Any:
        scope = _scope(self._source)
        texts = [_bare(each._text(scope)) if isinstance(each, Expression) else each for each in names]
        return texts[0] if len(texts) == 1 else texts or False

    def window(self, window: Window, *, lateness: Span | None = None, emit: str | None = None) -> Stream:
        """Aggregate the events of a key that a window puts together.

        Parameters
        ----------
        window : Window
            Such as ``st.tumbling("1h")``.
        lateness : str or timedelta, optional
            How long a late event still changes the row of its window.
        emit : {"final", "retractions"}, optional
            Whether a row that is given again is retracted first.
        """
        if not isinstance(window, Window):
            raise TypeError(f'a window is wanted, such as st.tumbling("1h"), not {type(window).__name__}')
        return self._next(window=dict(window._fields), lateness=_times.span(lateness), emit=emit)._checked()

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
        """
        fields = {"pattern": pattern, "within": _times.span(within), "contiguity": contiguity, "skip": skip, "key": key}
        return _definition(self._next(**fields), {}, "pattern")


def source(
    name: str,
    *,
    event: str = "event",
    page: str | None = None,
    time: str = "timestamp",
    columns: Mapping[str, str] | None = None,
    delay: Span | None = None,
    idle: Span | None = None,
) -> Stream:
    """Say where events come from and what they have.

    Parameters
    ----------
    name : str
        Of the log or topic.
    event, page, time : str
        What the input calls the name of an event, the page it happened on, and its time.
    columns : dict of str to str, optional
        The other columns with their types: "bool", "int", "float", "text" or "time".
    delay : str or timedelta, optional
        How much out of order events may come.
    idle : str or timedelta, optional
        After so long without events the watermark goes on by itself, where a host runs the stream.

    Returns
    -------
    Stream
        Of all its events: ``.where(...).key_by(...).window(...).aggregate(...)`` define what becomes of them.
    """
    fields = {"event": event, "page": page, "time": time, "delay": _times.span(delay), "idle": _times.span(idle)}
    table: dict[str, Any] = {name: value for name, value in fields.items() if value is not None}
    if columns is not None:
        table["columns"] = dict(columns)
    return Stream(name, table)._checked()


class _Values:
    """The derived values of a definition, with those that expressions take from functions of batches."""

    def __init__(self, stream: Stream) -> None:
        self.scope = _scope(stream._source, self._lift)
        self.taken = {*stream._source.get("columns", ()), *stream._values}
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


def _scope(table: dict[str, Any], lift: Any = None) -> Scope:
    roles = {"event": event, "page": page, "time": time}
    return Scope({role: table[role] for role in roles if role in table}, lift)


def _own_name(stream: Stream, kind: str) -> str:
    """Name what has no name yet, unlike its source."""
    return kind if stream._name != kind else f"{kind}_of_{kind}"


def _bare(text: str) -> str:
    """Take the quotes from a name; any other expression is none, which the engine tells."""
    return text[1:-1].replace('""', '"') if text[:1] == text[-1:] == '"' else text


def _definition(stream: Stream, rest: dict[str, Any], kind: str) -> Definition:
    """Make the tree that files in TOML have, and let the engine read it."""
    values = _Values(stream)
    body: dict[str, Any] = {"source": stream._name}
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
    if values.tree:
        body["let"] = values.tree
    return Definition(
        {"source": {stream._name: stream._source}, kind: {_own_name(stream, kind): body}}, values.functions
    )
