"""Values of events: written with Python's operators, read by the engine."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from walle import _streams as _native
from walle.streams import _times
from walle.streams._errors import DefinitionError

__all__ = [
    "Expression", "Order", "Scope", "Value", "call", "col", "event", "expression", "lit", "page", "quoted", "time",
]  # fmt: skip

# What stands beside an operator: texts are values there.
Value: TypeAlias = "Expression | str | int | float | bool | datetime | timedelta"


class Scope:
    """What expressions mean in a source: the names of its columns, and the functions that values come from."""

    def __init__(self, names: dict[str, str] | None = None, lift: Callable[[Any], str] | None = None) -> None:
        self.names = names or {}
        self.lift = lift


class Expression:
    """A value of each event: a column, or what is computed of columns.

    ``+ - * / // %`` compute, ``== != < <= > >=`` compare, ``& | ~`` combine truths. ``/`` divides as floats, ``//``
    whole numbers, towards zero. As in SQL what is computed of null is null. ``str()`` gives the text that the engine
    reads.
    """

    __slots__ = ("_parts", "_simple")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, *parts: Any, simple: bool = False) -> None:
        # Texts, marks for columns that the source names, and functions of batches.
        self._parts = parts
        # Whether it binds tighter than every operator.
        self._simple = simple

    def _text(self, scope: Scope) -> str:
        return "".join(part if isinstance(part, str) else part._written(scope) for part in self._parts)

    def _inner(self) -> tuple[Any, ...]:
        return self._parts if self._simple else ("(", *self._parts, ")")

    def _canonical(self, scope: Scope) -> str:
        """Write it without needless parentheses and quotes; what the engine cannot read is left for it to tell."""
        text = self._text(scope)
        try:
            return _native.expression(text)
        except DefinitionError:
            return text

    def __str__(self) -> str:
        return self._canonical(Scope())

    def __repr__(self) -> str:
        return f"<{self}>"

    def __bool__(self) -> bool:
        raise TypeError("whether a value of a stream is true is only known for an event: combine with & | ~")

    def _with(self, operator: str, other: Value, *, swapped: bool = False) -> Expression:
        right = _operand(other)
        if right is None:
            return NotImplemented
        left, right = (right, self) if swapped else (self, right)
        return Expression(*left._inner(), f" {operator} ", *right._inner())

    def __add__(self, other: Value) -> Expression:
        return self._with("+", other)

    def __radd__(self, other: Value) -> Expression:
        return self._with("+", other, swapped=True)

    def __sub__(self, other: Value) -> Expression:
        return self._with("-", other)

    def __rsub__(self, other: Value) -> Expression:
        return self._with("-", other, swapped=True)

    def __mul__(self, other: Value) -> Expression:
        return self._with("*", other)

    def __rmul__(self, other: Value) -> Expression:
        return self._with("*", other, swapped=True)

    def __truediv__(self, other: Value) -> Expression:
        return self._with("/", other)

    def __rtruediv__(self, other: Value) -> Expression:
        return self._with("/", other, swapped=True)

    def __floordiv__(self, other: Value) -> Expression:
        return self._with("//", other)

    def __rfloordiv__(self, other: Value) -> Expression:
        return self._with("//", other, swapped=True)

    def __mod__(self, other: Value) -> Expression:
        return self._with("%", other)

    def __rmod__(self, other: Value) -> Expression:
        return self._with("%", other, swapped=True)

    def __eq__(self, other: object) -> Expression:  # type: ignore[override]
        return self._with("=", _compared(other))

    def __ne__(self, other: object) -> Expression:  # type: ignore[override]
        return self._with("<>", _compared(other))

    def __lt__(self, other: Value) -> Expression:
        return self._with("<", other)

    def __le__(self, other: Value) -> Expression:
        return self._with("<=", other)

    def __gt__(self, other: Value) -> Expression:
        return self._with(">", other)

    def __ge__(self, other: Value) -> Expression:
        return self._with(">=", other)

    def __and__(self, other: Value) -> Expression:
        return self._with("AND", other)

    def __rand__(self, other: Value) -> Expression:
        return self._with("AND", other, swapped=True)

    def __or__(self, other: Value) -> Expression:
        return self._with("OR", other)

    def __ror__(self, other: Value) -> Expression:
        return self._with("OR", other, swapped=True)

    def __invert__(self) -> Expression:
        return Expression("NOT ", *self._inner())

    def __neg__(self) -> Expression:
        return Expression("-", *self._inner())

    def __abs__(self) -> Expression:
        return call("abs", self)

    def is_null(self) -> Expression:
        """Whether the event has no such value."""
        return Expression(*self._inner(), " IS NULL")

    def isin(self, values: Iterable[Value]) -> Expression:
        """Whether it is one of some literals."""
        return Expression(*self._inner(), " IN (", *_joined([lit(value) for value in values]), ")")

    def like(self, pattern: str) -> Expression:
        """Whether the text is as a pattern says, in which ``%`` stands for any letters and ``_`` for one."""
        return Expression(*self._inner(), " LIKE ", *lit(pattern)._parts)

    def between(self, low: Value, high: Value) -> Expression:
        """Whether it is from `low` to `high`, both included."""
        return Expression(*self._inner(), " BETWEEN ", *lit(low)._inner(), " AND ", *lit(high)._inner())

    def concat(self, *others: Value) -> Expression:
        """Put texts behind this one."""
        parts = list(self._inner())
        for other in others:
            parts += [" || ", *lit(other)._inner()]
        return Expression(*parts)

    def cast(self, type: str) -> Expression:
        """Convert to "bool", "int", "float", "text" or "time"."""
        return Expression("CAST(", *self._parts, f" AS {type})", simple=True)

    def desc(self) -> Order:
        """For `Stream.rank`: the greatest first."""
        return Order(self, descending=True)

    def _ordered(self) -> Order:
        return Order(self, descending=False)


class Order:
    """What decides which rows stand first: made by `Expression.desc`."""

    __slots__ = ("_descending", "_value")

    def __init__(self, value: Expression, *, descending: bool) -> None:
        self._value, self._descending = value, descending

    def _text(self, scope: Scope) -> str:
        return f"{self._value._canonical(scope)} {'desc' if self._descending else 'asc'}"

    def __repr__(self) -> str:
        return f"<{self._text(Scope())}>"


class _Named:
    """A column by what it is; the source says what it is called."""

    def __init__(self, role: str, name: str) -> None:
        self.role, self.name = role, name

    def _written(self, scope: Scope) -> str:
        return quoted(scope.names.get(self.role, self.name))


class _Columns:
    """Columns by their names: ``st.col("price")`` or ``st.col.price``."""

    def __call__(self, name: str) -> Expression:
        return Expression(quoted(name), simple=True)

    def __getattr__(self, name: str) -> Expression:
        if name.startswith("__"):
            raise AttributeError(name)
        return self(name)

    def __repr__(self) -> str:
        return "st.col"


def quoted(name: str) -> str:
    """Write a name so that no name is anything else."""
    if not isinstance(name, str):
        raise TypeError(f"the name of a column must be str, not {type(name).__name__}")
    return '"' + name.replace('"', '""') + '"'


def lit(value: Value) -> Expression:
    """Take a value of Python as it is: a text is that text, and no expression."""
    found = _operand(value)
    if found is None:
        raise TypeError(f"{value!r} is no value of events: give a text, a number, a truth, a datetime or a timedelta")
    return found


def _operand(value: object) -> Expression | None:
    """Give the expression of a value, None when it has none."""
    if isinstance(value, Expression):
        return value
    if isinstance(value, bool):
        return Expression("TRUE" if value else "FALSE", simple=True)
    if isinstance(value, int):
        return Expression(str(int(value)), simple=value >= 0)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{value} cannot be written in an expression")
        return Expression(repr(float(value)), simple=value >= 0)
    if isinstance(value, str):
        return Expression("'" + value.replace("'", "''") + "'", simple=True)
    if isinstance(value, datetime):
        return Expression(_times.literal(value), simple=True)
    if isinstance(value, timedelta):
        return Expression(str(value // timedelta(microseconds=1)))
    return None


def _compared(value: Any) -> Any:
    if value is None:
        raise TypeError("nothing is equal to null: write .is_null()")
    return value


def expression(value: Expression | str | float) -> Expression:
    """Give the expression of what stands where one is wanted: a text is in the engine's own syntax."""
    if isinstance(value, str):
        return Expression(_native.expression(value))
    return lit(value)


def _joined(parts: Iterable[Expression]) -> list[Any]:
    joined: list[Any] = []
    for part in parts:
        joined += [", ", *part._parts] if joined else part._parts
    return joined


def call(function: str, *arguments: Expression) -> Expression:
    """Write the call of a function of the engine."""
    return Expression(f"{function}(", *_joined(arguments), ")", simple=True)


col = _Columns()
event = Expression(_Named("event", "event"), simple=True)
page = Expression(_Named("page", "page"), simple=True)
time = Expression(_Named("time", "timestamp"), simple=True)
