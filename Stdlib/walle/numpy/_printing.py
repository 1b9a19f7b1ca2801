"""Texts of arrays and of single numbers, character by character those of NumPy 2.5."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

from ._digits import positional, scientific
from ._elements import texts
from ._options import checked, current, get_printoptions, printoptions, set_printoptions

__all__ = [
    "array2string",
    "array_repr",
    "array_str",
    "format_float_positional",
    "format_float_scientific",
    "get_printoptions",
    "printoptions",
    "scalar_repr",
    "scalar_str",
    "set_printoptions",
]

# Types that the texts of elements tell.
_IMPLIED = {"int64", "float64", "complex128", "bool"}
# From where on a single number is printed with an exponent.
_LARGEST = {"float16": 1e3, "bfloat16": 1e2, "float32": 1e6, "float64": 1e16}
_PARTS = {"complex64": "float32", "complex128": "float64"}


def array2string(
    a: Any,
    max_line_width: int | None = None,
    precision: int | None = None,
    suppress_small: bool | None = None,
    separator: str = " ",
    prefix: str = "",
    *,
    formatter: dict[str, Callable[[Any], str]] | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    sign: str | None = None,
    floatmode: str | None = None,
    suffix: str = "",
    legacy: bool | None = None,
) -> str:
    """
    Return a text of an array.

    Parameters
    ----------
    a : array
        What is printed.
    max_line_width : int, optional
        Characters of a line.
    precision, suppress_small, formatter, threshold, edgeitems, sign, floatmode, legacy : optional
        As for `set_printoptions`; by default what is set there.
    separator : str, optional
        What stands between elements.
    prefix, suffix : str, optional
        What will stand before and after the text: lines are indented and cut for that.

    Returns
    -------
    str

    Examples
    --------
    >>> np.array2string(np.array([1e-16, 1, 2, 3]), precision=2, separator=",", suppress_small=True)
    '[0.,1.,2.,3.]'
    """
    given = checked(
        precision, threshold, edgeitems, max_line_width, suppress_small, None, None, sign, formatter, floatmode, legacy
    )
    options = {**current.get(), **given}
    if a.size == 0:
        return "[]"
    return _text(a, options, options["linewidth"] - len(suffix), separator, len(prefix))


def array_repr(
    arr: Any,
    max_line_width: int | None = None,
    precision: int | None = None,
    suppress_small: bool | None = None,
) -> str:
    """
    Return the text of an array from which it could be made anew.

    Parameters
    ----------
    arr : array
        What is printed.
    max_line_width, precision, suppress_small : optional
        As for `array2string`.

    Returns
    -------
    str
        The elements, and the type and shape where these do not show it.

    Examples
    --------
    >>> np.array_repr(np.array([1, 2], np.int8))
    'array([1, 2], dtype=int8)'
    """
    options = current.get()
    if options["override_repr"] is not None:
        return options["override_repr"](arr)
    width = options["linewidth"] if max_line_width is None else max_line_width
    text = array2string(arr, width, precision, suppress_small, ", ", "array(", suffix=")")
    extras = []
    size, shape, name = arr.size, tuple(arr.shape), arr.dtype.name
    if size == 0 and shape != (0,) or size > options["threshold"]:
        extras.append(f"shape={shape}")
    if name not in _IMPLIED or size == 0:
        extras.append(f"dtype={name}")
    if not extras:
        return f"array({text})"
    text = f"array({text},"
    end = ", ".join(extras) + ")"
    last = len(text) - (text.rfind("\n") + 1)
    return text + ("\n      " if last + len(end) + 1 > width else " ") + end


def array_str(
    a: Any,
    max_line_width: int | None = None,
    precision: int | None = None,
    suppress_small: bool | None = None,
) -> str:
    """
    Return the text of an array's elements.

    Parameters
    ----------
    a : array
        What is printed; without axes as a single number.
    max_line_width, precision, suppress_small : optional
        As for `array2string`.

    Returns
    -------
    str

    Examples
    --------
    >>> np.array_str(np.arange(3))
    '[0 1 2]'
    """
    if a.ndim == 0:
        return scalar_str(a.item(), a.dtype.name)
    return array2string(a, max_line_width, precision, suppress_small)


# Elements


def _text(a: Any, options: dict[str, Any], width: int, separator: str, indent: int) -> str:
    edge = options["edgeitems"] if a.size > options["threshold"] else None
    shape, name = tuple(a.shape), a.dtype.name
    own = _own_formatter(name, options["formatter"]) if options["formatter"] is not None else None
    values: list[Any] = []
    _collect(a, edge, own is not None, values)
    words = [own(value) for value in values] if own is not None else texts(values, name, options, not shape)
    if not shape:
        return words[0]
    return _Layout(shape, iter(words), separator, edge).text(0, " " * (indent + 1), width)


def _own_formatter(name: str, formatter: dict[str, Callable[[Any], str]]) -> Callable[[Any], str] | None:
    """The function that a user gave for a type; what is more special wins."""
    if name == "bool":
        keys = ("all", "bool")
    elif name.startswith("complex"):
        keys = ("all", "complex_kind", "complexfloat")
    elif "float" in name:
        keys = ("all", "float_kind", "float")
    else:
        keys = ("all", "int_kind", "int")
    found = None
    for key in keys:
        found = formatter.get(key) or found
    return found


def _collect(a: Any, edge: int | None, keeps_types: bool, into: list[Any]) -> None:
    """Take the elements that are printed, in order: as Python's numbers, or as they are for a user's function."""
    if a.ndim == 0:
        into.append(a[()] if keeps_types else a.item())
        return
    length = a.shape[0]
    parts = [a] if edge is None or length <= 2 * edge else [a[:edge], a[length - max(edge, 1) :]]
    for part in parts:
        if a.ndim > 1 and (edge is not None or keeps_types):
            for index in range(part.shape[0]):
                _collect(part[index], edge, keeps_types, into)
        elif keeps_types:
            into.extend(part[index] for index in range(part.shape[0]))
        else:
            _flatten(part.tolist(), a.ndim, into)


def _flatten(values: list[Any], axes: int, into: list[Any]) -> None:
    if axes == 1:
        into.extend(values)
        return
    for row in values:
        _flatten(row, axes - 1, into)


class _Layout:
    """Words in rows and brackets."""

    def __init__(self, shape: tuple[int, ...], words: Iterator[str], separator: str, edge: int | None) -> None:
        self.shape, self.words, self.separator, self.edge = shape, words, separator, edge

    def text(self, axis: int, indent: str, width: int) -> str:
        """The text of an axis and all that follow.

        Parameters
        ----------
        indent : str
            What stands before further lines.
        width : int
            Characters of a line, without the brackets that will close outer axes.
        """
        inner = axis == len(self.shape) - 1
        body = self._row(indent, width) if inner else self._rows(axis, indent, width)
        return "[" + body[len(indent) :] + "]"

    def _places(self, axis: int) -> Iterator[bool]:
        """For each place whether it is an element; otherwise it stands for those left out."""
        length, edge = self.shape[axis], self.edge
        if edge is None or length <= 2 * edge:
            yield from (True for _ in range(length))
            return
        yield from (True for _ in range(edge))
        yield False
        # There is always a last one.
        yield from (True for _ in range(max(edge, 1)))

    def _rows(self, axis: int, indent: str, width: int) -> str:
        between = self.separator.rstrip() + "\n" * (len(self.shape) - 1 - axis)
        rows = []
        for is_element in self._places(axis):
            rows.append(indent + (self.text(axis + 1, indent + " ", width - 1) if is_element else "..."))
        return between.join(rows)

    def _row(self, indent: str, width: int) -> str:
        width -= max(len(self.separator.rstrip()), 1)
        done, line = "", indent
        is_first = True
        for is_element in self._places(len(self.shape) - 1):
            if not is_first:
                line += self.separator
            is_first = False
            word = next(self.words) if is_element else "..."
            if "\n" in word:
                done, line = self._block(done, line, word, indent, width)
                continue
            # A line that holds nothing yet does not get shorter by another.
            if len(line) + len(word) > width and len(line) > len(indent):
                done += line.rstrip() + "\n"
                line = indent
            line += word
        return done + line

    @staticmethod
    def _block(done: str, line: str, word: str, indent: str, width: int) -> tuple[str, str]:
        """A word of several lines, as a user's function may give."""
        lines = word.splitlines()
        widest = max(map(len, lines))
        column = " " * len(line)
        if len(line) + widest > width and len(line) > len(indent):
            done += line.rstrip() + "\n"
            line = column = indent
        line += lines[0]
        for part in lines[1:]:
            done += line.rstrip() + "\n"
            line = column + part
        return done, line + " " * (widest - len(lines[-1]))


# Single numbers


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
