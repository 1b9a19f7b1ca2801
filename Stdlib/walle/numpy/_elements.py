"""Texts of many elements that stand in columns."""

from __future__ import annotations

import math
from typing import Any

from ._digits import positional, rounded, scientific

# Decimal digits that a type keeps; numbers of more are printed with an exponent.
_PRECISION = {"float16": 3, "bfloat16": 2, "float32": 6, "float64": 15}


def texts(values: list[Any], dtype: str, options: dict[str, Any], is_scalar: bool) -> list[str]:
    """Return the texts of the elements, all of one width.

    Parameters
    ----------
    values : list
        Python's numbers.
    dtype : str
        The name of their type.
    is_scalar : bool
        Whether the array has no axes.
    """
    if dtype == "bool":
        true = "True" if is_scalar else " True"
        return [true if value else "False" for value in values]
    if dtype in _PRECISION:
        return _floats(values, dtype, options, options["sign"])
    if dtype.startswith("complex"):
        part = "float32" if dtype == "complex64" else "float64"
        real = _floats([value.real for value in values], part, options, options["sign"])
        imaginary = _floats([value.imag for value in values], part, options, "+")
        return [left + _with_unit(right) for left, right in zip(real, imaginary)]
    return _integers(values, options["sign"])


def _with_unit(text: str) -> str:
    """A `j` behind the digits, before the spaces that fill the column."""
    bare = text.rstrip()
    return bare + "j" + text[len(bare) :]


def _integers(values: list[int], sign: str) -> list[str]:
    if not values:
        return []
    largest, smallest = max(values), min(values)
    if sign == " " and smallest < 0:
        sign = "-"
    width = len(str(largest)) + (largest >= 0 and sign != "-")
    form = f"{sign}{max(width, len(str(smallest)))}d"
    return [format(value, form) for value in values]


def _floats(values: list[float], kind: str, options: dict[str, Any], sign: str) -> list[str]:
    mode = options["floatmode"]
    precision = -1 if mode == "unique" else options["precision"]
    if precision is None:
        precision = -1
    elif mode != "unique" and precision < 0:
        raise ValueError("precision must be >= 0")
    finite = [value for value in values if math.isfinite(value)]
    if not finite:
        halves, widths = [], (0, 0)
    elif _needs_exponent(finite, kind, options["suppress"]):
        halves, widths = _exponential(finite, kind, precision, mode, sign)
    else:
        halves, widths = _plain(finite, kind, precision, mode, sign)
    left, right = widths
    if sign == " " and not any(math.copysign(1, value) < 0 for value in finite):
        left += 1
    return _aligned(values, halves, left, right, sign, options)


def _needs_exponent(finite: list[float], kind: str, suppress: bool) -> bool:
    sizes = [abs(value) for value in finite if value != 0]
    if not sizes:
        return False
    largest, smallest = max(sizes), min(sizes)
    if largest >= 10.0 ** min(8, _PRECISION[kind]):
        return True
    return not suppress and (smallest < _constant(0.0001, kind) or _ratio(largest, smallest, kind) > 1000.0)


def _constant(value: float, kind: str) -> float:
    """A constant as the type holds it: comparisons are those of the type."""
    return value if kind == "float64" else rounded(value, kind)


def _ratio(largest: float, smallest: float, kind: str) -> float:
    """Infinite where it is beyond the type's range."""
    try:
        ratio = largest / smallest
    except OverflowError:
        return math.inf
    return ratio if kind == "float64" else rounded(ratio, kind)


def _signed(value: float, whole: str, sign: str) -> str:
    if math.copysign(1, value) < 0:
        return "-" + whole
    return "+" + whole if sign == "+" else whole


def _plain(
    finite: list[float], kind: str, precision: int, mode: str, sign: str
) -> tuple[list[tuple[str, str]], tuple[int, int]]:
    """What stands on both sides of the point, and the widths of that."""
    unique = mode != "fixed"
    halves = []
    left = right = 0
    for value in finite:
        whole, fraction = positional(abs(value), kind, precision, unique)
        whole = _signed(value, whole, sign)
        if unique:
            fraction = fraction.rstrip("0")
        if len(whole) > left:
            left = len(whole)
        if len(fraction) > right:
            right = len(fraction)
        halves.append((whole, "." + fraction))
    if mode == "maxprec_equal":
        halves = []
        for value in finite:
            whole, fraction = positional(abs(value), kind, right, least=right)
            halves.append((_signed(value, whole, sign), "." + fraction.ljust(right, "0")))
    return halves, (left, right)


def _exponential(
    finite: list[float], kind: str, precision: int, mode: str, sign: str
) -> tuple[list[tuple[str, str]], tuple[int, int]]:
    """As `_plain`, with exponents of one width.

    What has fewer digits than another shows those of the binary number.
    """
    digits = precision if mode == "fixed" else _longest(finite, kind, precision)
    form = f"{'+' if sign == '+' else ''}.{digits}e"
    halves = []
    left = size = 0
    for value in finite:
        text, _, exponent = format(value, form).partition("e")
        whole, _, fraction = text.partition(".")
        if mode != "fixed" and math.frexp(value)[0] in (0.5, -0.5):
            # The shortest text of a power of two may not be the nearest.
            _, fraction, _ = scientific(abs(value), kind, digits, True, digits)
            fraction = fraction.ljust(digits, "0")
        left, size = max(left, len(whole)), max(size, len(exponent))
        halves.append((whole, f".{fraction}e", exponent))
    filled = [(whole, fraction + mark[0] + mark[1:].rjust(size - 1, "0")) for whole, fraction, mark in halves]
    return filled, (left, digits + 1 + size)


def _longest(finite: list[float], kind: str, precision: int) -> int:
    """How many digits behind the point the longest number has, up to the precision."""
    longest = 0
    for value in finite:
        _, fraction, _ = scientific(abs(value), kind, precision)
        longest = max(longest, len(fraction.rstrip("0")))
        if longest == precision:
            break
    return longest


def _aligned(
    values: list[float],
    halves: list[tuple[str, str]],
    left: int,
    right: int,
    sign: str,
    options: dict[str, Any],
) -> list[str]:
    """Fill the columns; what is not finite may widen them."""
    if len(halves) < len(values):
        nan, inf = options["nanstr"], options["infstr"]
        has_sign = sign != "-" or -math.inf in values
        left = max(left, len(nan) - right - 1, len(inf) + has_sign - right - 1)
    rest = iter(halves)
    result = []
    for value in values:
        if math.isfinite(value):
            whole, fraction = next(rest)
            result.append(whole.rjust(left) + fraction.ljust(right + 1))
        else:
            text = _not_finite(value, sign, options)
            result.append(text.rjust(left + right + 1))
    return result


def _not_finite(value: float, sign: str, options: dict[str, Any]) -> str:
    if value != value:
        return ("+" if sign == "+" else "") + options["nanstr"]
    return ("-" if value < 0 else "+" if sign == "+" else "") + options["infstr"]
