"""Texts of single numbers, character by character those of NumPy 2.5."""

from __future__ import annotations

import math
from typing import Any

from ._digits import positional, scientific

# From where on a single number is printed with an exponent.
_LARGEST = {"float16": 1e3, "bfloat16": 1e2, "float32": 1e6, "float64": 1e16}
_PARTS = {"complex64": "float32", "complex128": "float64"}


def scalar_str(value: Any, dtype: str) -> str:
    """
    Return the text of a single number.

    Parameters
    ----------
    value : bool, int, float or complex
        As Python's type.
    dtype : str
        The name of its type.

    Returns
    -------
    str
    """
    if dtype in _LARGEST:
        return _number(value, dtype)
    if dtype not in _PARTS:
        return str(value)
    kind = _PARTS[dtype]
    imaginary = _number(value.imag, kind)
    if value.real == 0 and math.copysign(1, value.real) > 0:
        return imaginary.removesuffix(".0") + "j"
    if not imaginary.startswith("-"):
        imaginary = "+" + imaginary
    return f"({_number(value.real, kind).removesuffix('.0')}{imaginary.removesuffix('.0')}j)"


def scalar_repr(value: Any, dtype: str) -> str:
    """
    Return the text of a single number with its type.

    Parameters
    ----------
    value : bool, int, float or complex
        As Python's type.
    dtype : str
        The name of its type.

    Returns
    -------
    str

    Examples
    --------
    >>> scalar_repr(0.5, "float32")
    'np.float32(0.5)'
    """
    text = scalar_str(value, dtype)
    if dtype == "bool":
        return f"np.{text}_"
    return f"np.{dtype}{text}" if text.startswith("(") else f"np.{dtype}({text})"


def _number(value: float, kind: str) -> str:
    """The shortest text; with an exponent where a point would be far from the digits."""
    if kind == "float64" or not math.isfinite(value):
        return repr(value)
    sign, size = ("-" if math.copysign(1, value) < 0 else ""), abs(value)
    if size == 0 or 1e-4 <= size < _LARGEST[kind]:
        whole, fraction = positional(size, kind)
        return f"{sign}{whole}.{fraction or '0'}"
    whole, fraction, exponent = scientific(size, kind)
    point = "." if fraction else ""
    return f"{sign}{whole}{point}{fraction}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def format_float_positional(
    x: Any,
    precision: int | None = None,
    unique: bool = True,
    fractional: bool = True,
    trim: str = "k",
    sign: bool = False,
    pad_left: int | None = None,
    pad_right: int | None = None,
    min_digits: int | None = None,
) -> str:
    """
    Return the text of a number without an exponent.

    Parameters
    ----------
    x : float or scalar of a floating type
        The number.
    precision : int, optional
        Digits at most. Needed unless `unique`.
    unique : bool, optional
        Whether the shortest text that gives the number back is wanted, not the digits of the binary number.
    fractional : bool, optional
        Whether digits are counted behind the point, or all that are significant.
    trim : {"k", ".", "0", "-"}, optional
        Zeros at the end: kept, removed but for the point, removed but for one, removed with the point.
    sign : bool, optional
        Whether numbers that are not negative have a sign.
    pad_left, pad_right : int, optional
        Characters on either side of the point at least.
    min_digits : int, optional
        Digits at least, where `unique`.

    Returns
    -------
    str

    Examples
    --------
    >>> np.format_float_positional(np.float16(np.pi))
    '3.14'
    """
    most, left, right, least = _limits(precision, pad_left, pad_right, min_digits, unique)
    if not fractional and most == 0:
        raise ValueError("precision must be greater than 0 if fractional=False")
    value, kind = _value(x)
    if not math.isfinite(value):
        return _special(value, sign)
    whole, fraction = positional(abs(value), kind, most, unique, fractional, least if most else min(least, 0))
    if trim == "k":
        wanted = least if unique else most
        fraction = fraction.ljust(max(wanted, 0) if fractional else wanted - len(whole), "0")
    text, count = _trim(fraction, trim)
    whole = _lead(value, sign) + whole
    if right >= count:
        text += " " * (right - count + (trim == "-" and count == 0))
    return whole.rjust(left) + text


def format_float_scientific(
    x: Any,
    precision: int | None = None,
    unique: bool = True,
    trim: str = "k",
    sign: bool = False,
    pad_left: int | None = None,
    exp_digits: int | None = None,
    min_digits: int | None = None,
) -> str:
    """
    Return the text of a number with an exponent.

    Parameters
    ----------
    x : float or scalar of a floating type
        The number.
    precision, min_digits : int, optional
        Digits behind the point at most, and at least.
    unique, trim, sign, pad_left : optional
        As for `format_float_positional`.
    exp_digits : int, optional
        Digits of the exponent at least, up to 5.

    Returns
    -------
    str

    Examples
    --------
    >>> np.format_float_scientific(np.float32(np.pi))
    '3.1415927e+00'
    """
    most, left, size, least = _limits(precision, pad_left, exp_digits, min_digits, unique)
    value, kind = _value(x)
    if not math.isfinite(value):
        return _special(value, sign)
    whole, fraction, exponent = scientific(abs(value), kind, most, unique, least if most else min(least, 0))
    if trim == "k":
        fraction = fraction.ljust(max(least if unique else most, 0), "0")
    if trim == "-" and (least > 0 or not unique):
        # Zeros behind the last digit, or left by a carry, were never there.
        exact = f"{abs(value):.770e}".partition("e")[0][2:]
        fraction = fraction if unique and exact.startswith(fraction) else _kept(fraction, exact.rstrip("0"))
    text, _ = _trim(fraction, trim)
    if fraction and not text:
        # As NumPy: a point that had digits behind it stays.
        text = "."
    size = 2 if size < 0 else min(size, 5)
    mark = "-" if exponent < 0 else "+"
    return f"{(_lead(value, sign) + whole).rjust(left)}{text}e{mark}{abs(exponent):0{max(size, 1)}d}"


def _limits(
    precision: int | None, pad_left: int | None, third: int | None, min_digits: int | None, unique: bool
) -> tuple[int, int, int, int]:
    """Numbers for what is not given, -1 each."""
    names = ("precision", "pad_left", "pad_right", "min_digits")
    numbers = []
    for name, number in zip(names, (precision, pad_left, third, min_digits)):
        if number is not None and number < 0:
            raise ValueError(f"{name} must be >= 0")
        numbers.append(-1 if number is None else number)
    most, left, right, least = numbers
    if least > 0 and most > 0 and least > most:
        raise ValueError("min_digits must be less than or equal to precision")
    if not unique and most < 0:
        raise TypeError("in non-unique mode `precision` must be supplied")
    return most, left, right, least


def _value(x: Any) -> tuple[float, str]:
    kind = getattr(getattr(x, "dtype", None), "name", "float64")
    return float(x), kind if kind in _LARGEST else "float64"


def _special(value: float, sign: bool) -> str:
    if value != value:
        return "nan"
    return "-inf" if value < 0 else "+inf" if sign else "inf"


def _lead(value: float, sign: bool) -> str:
    return "-" if math.copysign(1, value) < 0 else "+" if sign else ""


def _kept(fraction: str, exact: str) -> str:
    return fraction if exact.startswith(fraction) else fraction.rstrip("0")


def _trim(fraction: str, trim: str) -> tuple[str, int]:
    """A point and the digits behind it, as wanted, and how many those are."""
    if trim != "k":
        fraction = fraction.rstrip("0")
    if trim == "0" and not fraction:
        fraction = "0"
    if trim == "-" and not fraction:
        return "", 0
    return "." + fraction, len(fraction)
