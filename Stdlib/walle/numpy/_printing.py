"""Texts of arrays, character by character those of NumPy 2.5."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ._elements import texts
from ._options import checked, current, get_printoptions, printoptions, set_printoptions
from ._scalars import format_float_positional, format_float_scientific, scalar_repr, scalar_str

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
