"""The `.npy` format: one array with a header (NEP 1, versions 1, 2 and 3).

What stands in a header is not trusted: it is read by a parser of its own, and nothing is allocated before the numbers
fit the bytes that are there.
"""

from __future__ import annotations

import math
import os
import re
import sys
from typing import Any, BinaryIO

MAGIC = b"\x93NUMPY"
# As NumPy's default. A header has three entries.
MAX_HEADER_SIZE = 10000
_MAX_AXES = 64
_CHUNK_BYTES = 1 << 24
# Spaces that NumPy leaves for a first axis that grows.
_GROWTH_DIGITS = 21

_NAMES = {
    "b1": "bool", "i1": "int8", "i2": "int16", "i4": "int32", "i8": "int64", "u1": "uint8", "u2": "uint16",
    "u4": "uint32", "u8": "uint64", "f2": "float16", "f4": "float32", "f8": "float64", "c8": "complex64",
    "c16": "complex128",
}  # fmt: skip
_CODES = {name: code for code, name in _NAMES.items()}
_REFUSED = {
    "O": "an array of objects is pickled, and pickles are never loaded: save numbers",
    "V": "arrays of records are not offered: save an array for each field with savez",
    "M": "dates are not offered: save them as int64 with view('i8')",
    "m": "time differences are not offered: save them as int64 with view('i8')",
    "S": "texts are not offered: save their bytes as uint8 with view('u1')",
    "a": "texts are not offered: save their bytes as uint8 with view('u1')",
    "U": "texts are not offered: save their code points as uint32 with view('u4')",
    "T": "texts are not offered: save them as JSON",
    "g": "long doubles are not offered: save them as float64",
}
_TOKEN = re.compile(r"[ \t\n\r]*(?:'([^'\\]*)'|\"([^\"\\]*)\"|(-?[0-9]+)L?|(True|False)|([{}\[\](),:]))")


# Headers


def read_header(
    file: BinaryIO, name: str, max_header_size: int = MAX_HEADER_SIZE
) -> tuple[str, bool, bool, tuple[int, ...]]:
    """Read magic, version and header.

    Returns
    -------
    dtype : str
        The name of the type.
    is_swapped : bool
        Whether its bytes are in the other order than this machine's.
    is_fortran : bool
        Whether the first axis is the fastest.
    shape : tuple of int

    Raises
    ------
    ValueError
        When it is not a header, or not of an array of numbers; the text names the file.
    EOFError
        When there is nothing at all.
    """
    start = exactly(file, len(MAGIC) + 2, name, "the magic string", may_be_empty=True)
    if start[: len(MAGIC)] != MAGIC:
        wrong = bytes(start[: len(MAGIC)])
        raise ValueError(f"{name}: the magic string is not correct; expected {MAGIC!r}, got {wrong!r}")
    version = (start[-2], start[-1])
    if version not in ((1, 0), (2, 0), (3, 0)):
        raise ValueError(f"{name}: format version {version[0]}.{version[1]} is not one of 1.0, 2.0 and 3.0")
    size = int.from_bytes(exactly(file, 2 if version == (1, 0) else 4, name, "the header's length"), "little")
    if size > max_header_size:
        raise ValueError(
            f"{name}: the header has {size} bytes, more than max_header_size={max_header_size}; honest ones are shorter"
        )
    raw = exactly(file, size, name, "the header")
    try:
        text = raw.decode("utf-8" if version == (3, 0) else "latin-1")
    except UnicodeDecodeError:
        raise ValueError(f"{name}: the header is not UTF-8") from None
    return _interpret(_Parser(text, name).dictionary(), name)


def _interpret(entries: dict[str, Any], name: str) -> tuple[str, bool, bool, tuple[int, ...]]:
    if sorted(entries) != ["descr", "fortran_order", "shape"]:
        raise ValueError(f"{name}: the header has the keys {sorted(entries)}, not descr, fortran_order and shape")
    descr, is_fortran, shape = entries["descr"], entries["fortran_order"], entries["shape"]
    if type(is_fortran) is not bool:
        raise ValueError(f"{name}: fortran_order is {is_fortran!r}, not True or False")
    if type(shape) is not tuple or any(type(length) is not int for length in shape):
        raise ValueError(f"{name}: the shape is {shape!r}, not a tuple of integers")
    if len(shape) > _MAX_AXES:
        raise ValueError(f"{name}: the shape has {len(shape)} axes, and {_MAX_AXES} are the most")
    if any(length < 0 for length in shape):
        raise ValueError(f"{name}: negative lengths in the shape {shape}")
    dtype, is_swapped = _type(descr, name)
    # Also lengths beside a 0 must be lengths.
    if math.prod(max(length, 1) for length in shape) * itemsize(dtype) > sys.maxsize:
        raise ValueError(f"{name}: an array of shape {shape} and type {dtype} is larger than any memory")
    return dtype, is_swapped, is_fortran, shape


def _type(descr: Any, name: str) -> tuple[str, bool]:
    if type(descr) is not str:
        raise ValueError(f"{name}: the type is {descr!r}, not a text")
    order, code = (descr[0], descr[1:]) if descr[:1] in ("<", ">", "|", "=") else ("=", descr)
    code = {"?": "b1"}.get(code, code)
    if code not in _NAMES:
        why = _REFUSED.get(code[:1], "only numbers and truth values are")
        raise ValueError(f"{name}: the type {descr!r} is not offered: {why}")
    native = "<" if sys.byteorder == "little" else ">"
    return _NAMES[code], order in ("<", ">") and order != native and code[1:] != "1"


class _Parser:
    """A dictionary of texts, truth values, integers and tuples, as a header may have: nothing is evaluated."""

    def __init__(self, text: str, name: str) -> None:
        self.text, self.name, self.place = text, name, 0

    def _fail(self) -> ValueError:
        near = self.text[self.place : self.place + 20]
        return ValueError(f"{self.name}: cannot parse the header at character {self.place}: {near!r}")

    def _next(self) -> re.Match[str]:
        match = _TOKEN.match(self.text, self.place)
        if match is None:
            raise self._fail()
        self.place = match.end()
        return match

    def _is(self, sign: str) -> bool:
        """Take a sign if it comes next."""
        match = _TOKEN.match(self.text, self.place)
        if match is None or match[5] != sign:
            return False
        self.place = match.end()
        return True

    def dictionary(self) -> dict[str, Any]:
        entries: dict[str, Any] = {}
        if not self._is("{"):
            raise self._fail()
        while not self._is("}"):
            key = self._next()
            if key.lastindex not in (1, 2) or not self._is(":"):
                raise self._fail()
            word = key[key.lastindex]
            if word in entries:
                raise ValueError(f"{self.name}: the header has {word!r} twice")
            entries[word] = self._value()
            if not self._is(","):
                if self._is("}"):
                    break
                raise self._fail()
        if self.text[self.place :].strip(" \t\f\r\n"):
            raise self._fail()
        return entries

    def _value(self) -> Any:
        token = self._next()
        if token.lastindex in (1, 2):
            return token[token.lastindex]
        if token[3] is not None:
            if len(token[3]) > 20:
                raise ValueError(f"{self.name}: a number of {len(token[3])} digits in the header")
            return int(token[3])
        if token[4] is not None:
            return token[4] == "True"
        if token[5] == "(":
            return self._tuple()
        if token[5] == "[":
            raise ValueError(f"{self.name}: {_REFUSED['V']}")
        raise self._fail()

    def _tuple(self) -> tuple[int, ...]:
        values: list[int] = []
        while not self._is(")"):
            token = self._next()
            if token[3] is None or len(token[3]) > 20:
                raise self._fail()
            values.append(int(token[3]))
            if not self._is(","):
                if len(values) == 1 or not self._is(")"):
                    raise self._fail()
                break
        return tuple(values)


def header(dtype: str, shape: tuple[int, ...], is_fortran: bool, version: tuple[int, int] | None = None) -> bytes:
    """Return magic, version and header, of a multiple of 64 bytes; byte for byte NumPy's.

    Raises
    ------
    TypeError
        For a type that the format does not know; the text says what to save instead.
    """
    code = _CODES.get(dtype)
    if code is None:
        remedy = "save array.astype('float32')" if dtype == "bfloat16" else "save numbers or truth values"
        raise TypeError(f"arrays of {dtype} have no .npy form here: {remedy}")
    order = "|" if code[1:] == "1" else "<" if sys.byteorder == "little" else ">"
    text = f"{{'descr': '{order}{code}', 'fortran_order': {is_fortran}, 'shape': {tuple(shape)}, }}"
    if shape:
        text += " " * (_GROWTH_DIGITS - len(repr(shape[-1 if is_fortran else 0])))
    if version is None:
        version = (1, 0) if len(text) < 65000 else (2, 0)
    if version not in ((1, 0), (2, 0), (3, 0)):
        raise ValueError(f"we only support format version (1,0), (2,0), and (3,0), not {version}")
    width = 2 if version == (1, 0) else 4
    begin = len(MAGIC) + 2 + width
    padding = -(begin + len(text) + 1) % 64
    raw = text.encode("latin-1") + b" " * padding + b"\n"
    return MAGIC + bytes(version) + len(raw).to_bytes(width, "little") + raw


def itemsize(dtype: str) -> int:
    """Bytes of an element."""
    return int(_CODES[dtype][1:])


# Data


def read_array(file: BinaryIO, name: str, max_header_size: int = MAX_HEADER_SIZE, is_whole: bool = False) -> Any:
    """Read an array where the file stands.

    Parameters
    ----------
    name : str
        What the file is called in messages.
    is_whole : bool
        Whether nothing may follow.

    Raises
    ------
    ValueError
        For a header that is not right, and data that are not as long as it says.
    EOFError
        When there is nothing at all.
    """
    dtype, is_swapped, is_fortran, shape = read_header(file, name, max_header_size)
    size = math.prod(shape) * itemsize(dtype)
    left = _left(file)
    if left is not None and left < size:
        raise ValueError(f"{name}: an array of shape {shape} and type {dtype} has {size} bytes, and {left} are left")
    data = exactly(file, size, name, f"an array of shape {shape} and type {dtype}")
    if is_whole and file.read(1):
        raise ValueError(f"{name}: there are bytes behind the array of shape {shape}")
    return array(data, dtype, is_swapped, is_fortran, shape)


def array(data: Any, dtype: str, is_swapped: bool, is_fortran: bool, shape: tuple[int, ...]) -> Any:
    """Make an array of its bytes."""
    import walle.numpy as _

    if math.prod(shape) == 0:
        return _.zeros(shape, dtype)
    if is_swapped:
        data = _swapped(data, itemsize(dtype) // (2 if dtype.startswith("complex") else 1))
    if dtype == "bool" and bytes(data).translate(None, b"\0\1"):
        data = bytearray(bytes(data).translate(b"\0" + b"\1" * 255))
    flat = _.frombuffer(data, dtype)
    return flat.reshape(shape[::-1]).T if is_fortran and len(shape) > 1 else flat.reshape(shape)


def _swapped(data: Any, width: int) -> bytearray:
    result = bytearray(len(data))
    for place in range(width):
        result[place::width] = data[width - 1 - place :: width]
    return result


def exactly(file: BinaryIO, size: int, name: str, what: str, may_be_empty: bool = False) -> bytearray:
    """Read as many bytes, a chunk at a time, so that a length that is a lie costs nothing.

    Raises
    ------
    ValueError
        When there are fewer.
    EOFError
        When there is none and `may_be_empty`.
    """
    data = bytearray()
    while len(data) < size:
        part = file.read(min(size - len(data), _CHUNK_BYTES))
        if not part:
            if may_be_empty and not data:
                raise EOFError(f"{name}: no data left in file")
            raise ValueError(f"{name}: it ends within {what}: {size} bytes were expected, {len(data)} are there")
        data += part
    return data


def _left(file: BinaryIO) -> int | None:
    """Bytes from here to the end, where that can be told."""
    try:
        place = file.tell()
        end = file.seek(0, os.SEEK_END)
        file.seek(place)
    except (AttributeError, OSError, ValueError):
        return None
    return end - place


def write_array(file: BinaryIO, a: Any, version: tuple[int, int] | None = None) -> None:
    """Write an array where the file stands.

    Raises
    ------
    TypeError
        For a type that the format does not know.
    """
    shape = tuple(a.shape)
    is_fortran = _is_fortran(a)
    file.write(header(a.dtype.name, shape, is_fortran, version))
    if 0 in shape:
        return
    data = a.T if is_fortran else a
    if _is_contiguous(data.shape, data.strides, data.dtype.itemsize):
        try:
            with memoryview(data) as view, view.cast("B") as raw:
                file.write(raw)
            return
        except (TypeError, ValueError, NotImplementedError):
            # Formats that `cast` does not know: complex numbers.
            pass
    rows = max(1, _CHUNK_BYTES // max(1, data.nbytes // max(1, shape[0]))) if shape else 1
    if not shape or rows >= data.shape[0]:
        file.write(data.tobytes())
        return
    for start in range(0, data.shape[0], rows):
        file.write(data[start : start + rows].tobytes())


def _is_fortran(a: Any) -> bool:
    """Whether the first axis is the fastest and the last is not."""
    shape, strides, size = tuple(a.shape), tuple(a.strides), a.dtype.itemsize
    return _is_contiguous(shape[::-1], strides[::-1], size) and not _is_contiguous(shape, strides, size)


def _is_contiguous(shape: tuple[int, ...], strides: tuple[int, ...], step: int) -> bool:
    if 0 in shape:
        return True
    for length, stride in zip(reversed(shape), reversed(strides)):
        if length != 1 and stride != step:
            return False
        step *= length
    return True
