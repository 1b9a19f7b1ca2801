"""Values of windows: functions of the values of their events."""

from __future__ import annotations

from walle.streams._expressions import Expression, Scope, expression, lit

__all__ = [
    "Aggregate", "approx_distinct", "concat", "count", "distinct", "first", "last", "max", "mean", "median", "min",
    "quantile", "stddev", "sum", "top", "variance",
]  # fmt: skip


class Aggregate:
    """A function of the values of a window's events. Nulls do not count."""

    __slots__ = ("_arguments", "_condition", "_function")

    def __init__(self, function: str, *arguments: Expression, condition: Expression | None = None) -> None:
        self._function, self._arguments, self._condition = function, arguments, condition

    def where(self, condition: Expression | str) -> Aggregate:
        """Of only the events where a condition is true."""
        condition = expression(condition)
        whole = condition if self._condition is None else self._condition & condition
        return Aggregate(self._function, *self._arguments, condition=whole)

    def _text(self, scope: Scope) -> str:
        text = f"{self._function}({', '.join(each._canonical(scope) for each in self._arguments)})"
        return text if self._condition is None else f"{text} where {self._condition._canonical(scope)}"

    def __repr__(self) -> str:
        return f"<{self._text(Scope())}>"


def count(x: Expression | str | None = None) -> Aggregate:
    """How many events, or how many values that are not null."""
    return Aggregate("count", *([] if x is None else [expression(x)]))


def sum(x: Expression | str) -> Aggregate:
    """Sum: of integers exact, of floats without what additions round away."""
    return Aggregate("sum", expression(x))


def mean(x: Expression | str) -> Aggregate:
    """Arithmetic mean."""
    return Aggregate("mean", expression(x))


def variance(x: Expression | str) -> Aggregate:
    """Variance of the sample: null for fewer than two values."""
    return Aggregate("variance", expression(x))


def stddev(x: Expression | str) -> Aggregate:
    """Standard deviation of the sample: null for fewer than two values."""
    return Aggregate("stddev", expression(x))


def min(x: Expression | str) -> Aggregate:
    """Smallest value."""
    return Aggregate("min", expression(x))


def max(x: Expression | str) -> Aggregate:
    """Greatest value."""
    return Aggregate("max", expression(x))


def first(x: Expression | str) -> Aggregate:
    """Value of the earliest event."""
    return Aggregate("first", expression(x))


def last(x: Expression | str, n: int | None = None) -> Aggregate:
    """Value of the latest event, or a list of the last `n`, the oldest first."""
    return Aggregate("last", expression(x), *([] if n is None else [lit(n)]))


def distinct(x: Expression | str) -> Aggregate:
    """How many different values, exactly."""
    return Aggregate("distinct", expression(x))


def approx_distinct(x: Expression | str) -> Aggregate:
    """About how many different values: HyperLogLog, with a standard error of 0.8 %."""
    return Aggregate("approx_distinct", expression(x))


def top(x: Expression | str, n: int) -> Aggregate:
    """List of the `n` most frequent values with their counts, the most frequent first."""
    return Aggregate("top", expression(x), lit(n))


def quantile(x: Expression | str, q: float) -> Aggregate:
    """Quantile, `q` from 0 to 1, by a t-digest."""
    return Aggregate("quantile", expression(x), lit(q))


def median(x: Expression | str) -> Aggregate:
    """Median, by a t-digest."""
    return Aggregate("median", expression(x))


def concat(x: Expression | str, separator: str = ",") -> Aggregate:
    """Join texts in the order of time."""
    return Aggregate("concat", expression(x), lit(separator))
