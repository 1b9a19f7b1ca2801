"""Cases of `.npy` and `.npz` files: round trips, and files that are cut, flipped or forged."""

from __future__ import annotations

import io
import struct
import zipfile
from typing import Any

from universal import Case

from operands import ALL, Operands

_CODES = {
    "bool": "?", "int8": "b", "int16": "h", "int32": "i", "int64": "q", "uint8": "B", "uint16": "H", "uint32": "I",
    "uint64": "Q", "float16": "e", "float32": "f", "float64": "d", "complex64": "2f", "complex128": "2d",
}  # fmt: skip
_DESCRIPTIONS = {
    "bool": "|b1", "int8": "|i1", "int16": "<i2", "int32": "<i4", "int64": "<i8", "uint8": "|u1", "uint16": "<u2",
    "uint32": "<u4", "uint64": "<u8", "float16": "<f2", "float32": "<f4", "float64": "<f8", "complex64": "<c8",
    "complex128": "<c16",
}  # fmt: skip
_SHAPES = (
    "(-1,)", "(2, -3)", "(9999999999999,)", "(4294967296, 4294967296)", "(18446744073709551616,)", "(0, -1)", "3",
    "(3)", "[3]", "(3.0,)", "('3',)", "(True,)", "(3,,)", "((3,),)", "None", "(1e3,)", "(0x3,)", "(3", "3,",
    "(1, 9223372036854775807)", "(0, 9223372036854775807, 9223372036854775807)", "(" + "1, " * 65 + ")", "(3L,)",
    "(" * 300 + ")" * 300, "(1_000,)", "(٣,)", "(" + "9" * 5000 + ",)", "(+3,)", "(-0,)",
)  # fmt: skip
_TYPES = (
    "|O", "|V8", "<M8[s]", "|S4", "<U4", "<f16", "<f3", "", "float32", "f4, f4", "[('a', '<f4')]", "<f4\\x00", "≤f4",
    "<g", "!f4", ">f4", ">i8", "=f8", "|f8", ">c8", ">i1", "?", "<b1", "|i4", "<f8 ", "<f-8", "<f99999999999999999999",
    "d", "l", "(2,)f4", "object", "<i8" * 100,
)  # fmt: skip


def file_case(make: Operands) -> Case:
    """Load what may be no array: both must refuse, or both load the same."""
    data = _archive(make) if make.chance(0.15) else _bytes(make)
    for _ in range(make.random.choice((0, 0, 1, 1, 2))):
        data = _damaged(make, data)
    load = f"r = load({data!r})"
    return {"lines": [load], "show": ["r"], "rule": "exact", "load": True}


def _bytes(make: Operands) -> bytes:
    """A file, right or forged in its header."""
    dtype = make.random.choice(ALL)
    shape = make.shape(3)
    count = 1
    for length in shape:
        count *= length
    entries = {
        "descr": repr(_DESCRIPTIONS[dtype]), "fortran_order": make.random.choice(("True", "False")),
        "shape": repr(shape),
    }  # fmt: skip
    if make.chance(0.6):
        _forge(make, entries)
    order = list(entries)
    if make.chance(0.2):
        make.random.shuffle(order)
    if make.chance(0.05):
        order = order[1:] if make.chance(0.5) else [*order, order[0]]
    text = "{" + "".join(f"'{key}': {entries[key]}, " for key in order)
    return _assembled(make, text + "}", b"".join(_packed(make, dtype) for _ in range(count)))


def _packed(make: Operands, dtype: str) -> bytes:
    value: Any = make.value(dtype)
    parts = (value.real, value.imag) if isinstance(value, complex) else (value,)
    try:
        return struct.pack("<" + _CODES[dtype], *parts)
    except OverflowError:
        return struct.pack("<" + _CODES[dtype], *(0.0 for _ in parts))


def _forge(make: Operands, entries: dict[str, str]) -> None:
    kind = make.random.random()
    if kind < 0.4:
        entries["shape"] = make.random.choice(_SHAPES)
    elif kind < 0.75:
        forged = make.random.choice(_TYPES)
        entries["descr"] = forged if forged.startswith("[") else f"'{forged}'"
    elif kind < 0.85:
        entries["fortran_order"] = make.random.choice(("1", "None", "'True'", "0", "true"))
    else:
        entries[make.random.choice(("extra", "descr ", "Shape"))] = "1"


def _assembled(make: Operands, text: str, body: bytes) -> bytes:
    version = make.random.choice(((1, 0), (1, 0), (1, 0), (2, 0), (3, 0)))
    if make.chance(0.05):
        version = (make.random.randint(0, 255), make.random.randint(0, 255))
    raw = text.encode("utf-8")
    width = 2 if version == (1, 0) else 4
    raw += b" " * (-(8 + width + len(raw) + 1) % 64) + b"\n"
    length = len(raw)
    if make.chance(0.05):
        length = make.random.choice((0, 1, length - 1, length + 1, 65535))
    return b"\x93NUMPY" + bytes(version) + length.to_bytes(width, "little") + raw + body


def _damaged(make: Operands, data: bytes) -> bytes:
    """The same, cut, with one bit turned, longer, or with a part that is doubled."""
    kind = make.random.choice(("cut", "flip", "flip", "longer", "double", "zero"))
    place = make.random.randint(0, max(0, len(data) - 1))
    if kind == "cut" or not data:
        return data[:place]
    if kind == "flip":
        return data[:place] + bytes((data[place] ^ 1 << make.random.randint(0, 7),)) + data[place + 1 :]
    if kind == "longer":
        return data + make.random.randbytes(make.random.choice((1, 8, 100)))
    if kind == "double":
        return data[:place] + data[place // 2 :]
    return data[:place] + bytes(min(8, len(data) - place)) + data[place + 8 :]


def _archive(make: Operands) -> bytes:
    memory = io.BytesIO()
    method = make.random.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
    with zipfile.ZipFile(memory, "w", method) as archive:
        for name in make.random.sample(("a.npy", "b.npy", "c.txt", "../d.npy", "é.npy"), make.random.randint(0, 3)):
            # A time of its own: the same seed gives the same bytes.
            archive.writestr(zipfile.ZipInfo(name), _bytes(make), method)
    return memory.getvalue()


def round_trip(make: Operands) -> Case:
    """Write an array of any layout: the same bytes, and the same array when they are read again."""
    a = make.array(make.random.choice(ALL), make.shape())
    version = make.random.choice(("save", "save", "savez"))
    if version == "save":
        lines = [f"a = {a.text}", "data = saved(a)", "r = load(data)", "s = (r.strides if r.size else 0, bool(r.flags.f_contiguous))"]
        return {"lines": lines, "show": ["data", "r", "s"], "rule": "exact", "load": True}
    return {
        "lines": [f"a = {a.text}", "r = load(saved_all(a, named=a))"], "show": ["r"], "rule": "exact", "load": True,
    }  # fmt: skip
