"""Definitions of streams and patterns, however they were written."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from typing import Any

from walle import _streams as _native
from walle.streams._errors import DefinitionError
from walle.streams._run import Run

__all__ = ["Definition", "load"]


class Definition:
    """What a stream computes, or which pattern its events are searched for.

    Definitions are equal when they compute the same under the same name, whether Python, Swift or TOML wrote them.
    """

    __slots__ = ("_functions", "_kind", "_native", "_tree", "name")

    name: str
    """Names the feature and its rows."""

    def __init__(
        self, tree: Mapping[str, Any], name: str, functions: Mapping[str, Callable[..., Any]] | None = None
    ) -> None:
        """Read the tree of tables that a file in TOML is.

        Parameters
        ----------
        tree : dict
            With one stream or pattern, and those that it reads.
        name : str
            Of that stream or pattern.
        functions : dict of str to callable, optional
            The functions of batches, by the names of the values that they derive.

        Raises
        ------
        DefinitionError
            With the field of what does not fit.
        """
        self._native = _native.Definition(tree, name)
        self._tree, self.name = tree, name
        self._kind = "stream" if name in _table_of(tree, "stream") else "pattern"
        self._functions = dict(functions or {})

    def named(self, name: str) -> Definition:
        """Give the same definition another name."""
        others = {each: body for each, body in self._tree[self._kind].items() if each != self.name}
        if name in others:
            field, remedy = f"{self._kind}.{name}", "Choose another name."
            raise DefinitionError(f"{field}: a stream that it reads is called so. {remedy}", field, remedy)
        tables = {**others, name: self._tree[self._kind][self.name]}
        return Definition({**self._tree, self._kind: tables}, name, self._functions)

    def _with(self, columns: Mapping[str, str]) -> Definition:
        """Say which columns its source has."""
        ((source, table),) = self._tree["source"].items()
        tree = {**self._tree, "source": {source: {**table, "columns": dict(columns)}}}
        return Definition(tree, self.name, self._functions)

    @property
    def columns(self) -> list[str]:
        """Names of the columns of its rows: the key, the bounds of the window, the aggregates or selected values."""
        return self._native.columns

    def open(self, *, time_unit: str = "us", future: str | None = "1d", state: bytes | None = None) -> Run:
        """Make something that takes events and gives rows.

        Parameters
        ----------
        time_unit : {"us", "ms", "s", "ns"}
            What a time counts that is given as a number.
        future : str or None
            A time further ahead of the clock is bad, as one such event would make all others late; None takes any.
        state : bytes, optional
            What `Run.state` of the same definition gave: the new run goes on where that one was.

        Raises
        ------
        DefinitionError
            For a value without its function, and for the state of a definition that computes something else.
        StateError
            For a state that is damaged.
        """
        missing = [name for name in self._native.functions if name not in self._functions]
        if missing:
            field = f"stream.{self.name}.let.{missing[0]}"
            remedy = "Define the stream with st.batch()."
            raise DefinitionError(f"{field}: there is no function that computes it. {remedy}", field, remedy)
        return Run(self, time_unit=time_unit, future=future, state=state)

    def sql(self, dialect: str = "flink") -> str:
        """Write it as a query for "flink", "duckdb" or "sqlite"; a pattern for "flink" only.

        Raises
        ------
        DefinitionError
            With everything that the dialect cannot say.
        """
        return self._native.sql(dialect)

    def explain(self) -> str:
        """Say in words what was understood."""
        return self._native.explain()

    def to_toml(self) -> str:
        """Write the definition as a file in TOML has it.

        Raises
        ------
        DefinitionError
            For a value of a function, which no file can say.
        """
        if self._functions:
            field = f"stream.{self.name}.let.{next(iter(self._functions))}"
            remedy = "Write an expression, if one can say it."
            raise DefinitionError(f"{field}: a function cannot be written in TOML. {remedy}", field, remedy)
        lines: list[str] = []
        for kind in ("source", self._kind):
            for name, fields in self._tree[kind].items():
                lines += _table(f"{kind}.{_key(name)}", fields)
        return "\n".join(lines[1:]) + "\n"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Definition):
            return NotImplemented
        return self._native == other._native and self._functions == other._functions

    def __hash__(self) -> int:
        return hash(self._native)

    def __repr__(self) -> str:
        return f"<definition of {self.name}: {', '.join(self.columns)}>"


def load(source: str | os.PathLike[str], name: str | None = None) -> Definition:
    """Read a definition from a file in TOML, or from its text.

    Parameters
    ----------
    source : str or path
        The path of a file; a str with several lines is the text itself.
    name : str, optional
        Of the stream or pattern, needed where there are several; those that a stream reads come with it.
    """
    import tomllib

    if isinstance(source, str) and "\n" in source:
        text = source
    else:
        with open(source, encoding="utf-8") as file:
            text = file.read()
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DefinitionError(f"this is no TOML: {error}", None, "Correct the text.") from None
    streams, patterns = _table_of(tree, "stream"), _table_of(tree, "pattern")
    names = [*streams, *patterns]
    read = {_source_of(body) for body in streams.values()}
    # One that another reads is part of that.
    found = [each for each in names if (each == name if name else each not in read or len(names) == 1)]
    if names and len(found) != 1:
        message = f"no definition is named {name!r}" if name else "there are several definitions"
        choice = ", ".join(names)
        raise DefinitionError(f"{message}: choose one of {choice}", None, f"Name one of {choice}.")
    # Without any, the engine tells what is missing.
    return Definition(_part(tree, found[0]), found[0]) if found else Definition(tree, "")


def _part(tree: dict[str, Any], name: str) -> dict[str, Any]:
    """Leave of a file what one definition needs."""
    streams, sources = _table_of(tree, "stream"), _table_of(tree, "source")
    chain: dict[str, Any] = {}
    source: Any = name
    while source in streams and source not in chain:
        chain[source] = streams[source]
        source = _source_of(streams[source])
    part = {"stream": dict(reversed(chain.items()))}
    if not chain:
        part = {"pattern": {name: tree["pattern"][name]}}
        source = _source_of(tree["pattern"][name])
    # A source that is called as a stream is for the engine to tell.
    kept = {each: sources[each] for each in (*chain, source) if each in sources}
    others = {each: value for each, value in tree.items() if each not in ("stream", "pattern")}
    return {**others, "source": kept or sources, **part}


def _source_of(body: Any) -> Any:
    source = body.get("source") if isinstance(body, dict) else None
    return source if isinstance(source, str) else None


def _table_of(tree: Mapping[str, Any], kind: str) -> dict[str, Any]:
    table = tree.get(kind)
    return table if isinstance(table, dict) else {}


def _table(name: str, fields: Mapping[str, Any]) -> list[str]:
    lines = ["", f"[{name}]"]
    lines += [f"{_key(key)} = {_value(value)}" for key, value in fields.items() if key != "aggregate"]
    if "aggregate" in fields:
        lines += _table(f"{name}.aggregate", fields["aggregate"])
    return lines


def _key(name: str) -> str:
    is_bare = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if is_bare else _value(name)


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(key)} = {_value(each)}" for key, each in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_value, value)) + "]"
    # What JSON escapes TOML escapes in the same way, and the character DEL besides.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
