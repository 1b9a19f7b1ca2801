"""What steps say, as the tree of tables that files in TOML are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from walle.streams._batch import BatchValue
from walle.streams._definition import Definition
from walle.streams._expressions import Expression, Order, Scope

if TYPE_CHECKING:
    from walle.streams._builder import Stream

__all__ = ["GROUPS", "RANKS", "Origin", "bare", "definition", "own_name"]

# What stands for the steps that are not taken yet, while those before are checked: fits whatever follows.
GROUPS = {"key": False, "window": False, "aggregate": {"walle_count": "count()"}}
RANKS = {"key": False, "window": False, "rank": {"by": "0", "first": 1}, "select": ["walle_value"]}


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


def own_name(origin: Origin, kind: str) -> str:
    """Name what has no name yet, unlike all that it reads."""
    taken = {name for tables in origin.tree.values() for name in tables}
    name, number = kind, 1
    while name in taken:
        number += 1
        name = f"{kind}_{number}"
    return name


def bare(text: str) -> str:
    """Take the quotes from a name; any other expression is none, which the engine tells."""
    return text[1:-1].replace('""', '"') if text[:1] == text[-1:] == '"' else text


def definition(stream: Stream, rest: Mapping[str, Any], kind: str) -> Definition:
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
    if rest is RANKS:
        values.tree["walle_value"] = "0"
    if values.tree:
        body["let"] = values.tree
    name = own_name(origin, kind)
    tree = {**origin.tree, kind: {**origin.tree.get(kind, {}), name: body}}
    return Definition(tree, name, {**origin.functions, **values.functions})
