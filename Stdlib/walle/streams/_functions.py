"""Functions of the values of an event, as the engine has them.

What they are given is an `Expression` or a text in the engine's syntax, most often the name of a column; patterns,
separators and units are texts as they are.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from walle.streams._expressions import Expression, Value, call, expression, lit

__all__ = [
    "abs", "ceil", "coalesce", "contains", "date_part", "date_trunc", "epoch_us", "exp", "floor", "format_time",
    "greatest", "least", "length", "ln", "lower", "nullif", "power", "regexp_extract", "replace", "round", "split_part",
    "sqrt", "starts_with", "substring", "trim", "upper", "when",
]  # fmt: skip

Operand: TypeAlias = Expression | str | float


def abs(x: Operand) -> Expression:
    """Without its sign."""
    return call("abs", expression(x))


def ceil(x: Operand) -> Expression:
    """Up to a whole number."""
    return call("ceil", expression(x))


def floor(x: Operand) -> Expression:
    """Down to a whole number."""
    return call("floor", expression(x))


def round(x: Operand) -> Expression:
    """To the nearest whole number, from the middle away from zero."""
    return call("round", expression(x))


def sqrt(x: Operand) -> Expression:
    """Square root; null below zero."""
    return call("sqrt", expression(x))


def exp(x: Operand) -> Expression:
    """Power of e."""
    return call("exp", expression(x))


def ln(x: Operand) -> Expression:
    """Natural logarithm; null where there is none."""
    return call("ln", expression(x))


def power(x: Operand, exponent: Operand) -> Expression:
    """Power of a number."""
    return call("power", expression(x), expression(exponent))


def least(*values: Operand) -> Expression:
    """Smallest of several values; null when one is null."""
    return call("least", *map(expression, values))


def greatest(*values: Operand) -> Expression:
    """Greatest of several values; null when one is null."""
    return call("greatest", *map(expression, values))


def coalesce(*values: Operand) -> Expression:
    """First value that is not null."""
    return call("coalesce", *map(expression, values))


def nullif(x: Operand, other: Value) -> Expression:
    """Null where `x` is `other`."""
    return call("nullif", expression(x), lit(other))


def lower(text: Operand) -> Expression:
    """In small letters."""
    return call("lower", expression(text))


def upper(text: Operand) -> Expression:
    """In capital letters."""
    return call("upper", expression(text))


def trim(text: Operand) -> Expression:
    """Without spaces at both ends."""
    return call("trim", expression(text))


def length(text: Operand) -> Expression:
    """How many code points."""
    return call("length", expression(text))


def substring(text: Operand, start: int, count: int | None = None) -> Expression:
    """From a code point on, the first is 1, perhaps so many."""
    return call("substring", expression(text), lit(start), *([] if count is None else [lit(count)]))


def replace(text: Operand, old: str, new: str) -> Expression:
    """With another text in place of each `old`."""
    return call("replace", expression(text), lit(old), lit(new))


def split_part(text: Operand, separator: str, part: int) -> Expression:
    """Between separators the part that counts from 1; null when there are fewer."""
    return call("split_part", expression(text), lit(separator), lit(part))


def starts_with(text: Operand, start: str) -> Expression:
    """Whether the text begins so."""
    return call("starts_with", expression(text), lit(start))


def contains(text: Operand, part: str) -> Expression:
    """Whether the text has this in it."""
    return call("contains", expression(text), lit(part))


def regexp_extract(text: Operand, pattern: str, group: int | None = None) -> Expression:
    """First match of a regular expression, or a group of it; null without a match."""
    return call("regexp_extract", expression(text), lit(pattern), *([] if group is None else [lit(group)]))


def date_part(unit: str, time: Operand, zone: str | None = None) -> Expression:
    """The "year", "month", "day", "hour", "minute", "second" or "weekday" (Monday is 1) of a time, in UTC or a zone."""
    return call("date_part", lit(unit), expression(time), *_zone(zone))


def date_trunc(unit: str, time: Operand, zone: str | None = None) -> Expression:
    """Beginning of the "minute", "hour", "day", "week", "month" or "year" of a time, in UTC or a zone."""
    return call("date_trunc", lit(unit), expression(time), *_zone(zone))


def format_time(time: Operand, pattern: str, zone: str | None = None) -> Expression:
    """Write a time by a pattern of yyyy, MM, dd, HH, mm, ss, in UTC or a zone."""
    return call("format_time", expression(time), lit(pattern), *_zone(zone))


def epoch_us(time: Operand) -> Expression:
    """Microseconds since 1970 of a time."""
    return call("epoch_us", expression(time))


def when(*branches: tuple[Operand, Value], otherwise: Value | None = None) -> Expression:
    """Give the value of the first condition that is true.

    >>> st.when((st.col.price > 100, "dear"), (st.col.price > 10, "fair"), otherwise="cheap")
    <CASE WHEN price > 100 THEN 'dear' WHEN price > 10 THEN 'fair' ELSE 'cheap' END>
    """
    parts: list[Any] = ["CASE"]
    for condition, value in branches:
        parts += [" WHEN ", *expression(condition)._parts, " THEN ", *lit(value)._parts]
    if otherwise is not None:
        parts += [" ELSE ", *lit(otherwise)._parts]
    return Expression(*parts, " END", simple=True)


def _zone(zone: str | None) -> list[Expression]:
    return [] if zone is None else [lit(zone)]
