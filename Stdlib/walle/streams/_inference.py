"""Types of columns that nobody said, by the first events of a run.

A column has the type that most of its values have in the first events: time for datetimes, text for texts, also those
that look like times, or else that of its numbers: float if one of them is, int if one of them is, bool if all are
truths. Where as many are of two, times go before texts and texts before numbers. What is of another type is null and
counted, as later. In CSV, where all is text, a column has numbers or truths only if all its fields are such; a number
with a zero before it, such as 007, is none.
"""

from __future__ import annotations

import operator
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from walle._streams import TextColumn
from walle.streams._errors import InputError

__all__ = ["types_of_bytes", "types_of_columns", "types_of_rows"]

# The wider of those that are numbers first.
_NUMBERS = ("float", "int", "bool")
_NUMBER = re.compile(r"[+-]?(?:0|[1-9][0-9]*)(\.[0-9]*)?([eE][+-]?[0-9]+)?")
_ARRAYS = {"b": "bool", "i": "int", "u": "int", "f": "float"}

# The types by the names of columns; names without a value are not there.
Types = dict[str, str]


def types_of_rows(rows: Iterable[Any], names: list[str]) -> Types:
    """Give the types of columns of dicts; what is no dict is passed over."""
    dicts = [row for row in rows if isinstance(row, dict)]
    return _found((name, _type(row.get(name) for row in dicts)) for name in names)


def types_of_columns(columns: Mapping[str, Any], names: list[str]) -> Types:
    """Give the types of arrays, lists and texts by their names."""
    return _found((name, _type_of_column(columns.get(name))) for name in names)


def types_of_bytes(data: bytes, format: str, names: list[str], *, is_whole: bool) -> Types | None:
    """Give the types of fields of JSON lines or CSV, of which `data` is the beginning; None when there is no event."""
    if format.endswith(".gz"):
        data, is_whole = _inflated(data, is_whole)
    text = data.decode("utf-8-sig", "replace")
    if not text.strip():
        return None
    # The last line may go on.
    lines = text if is_whole else text[: text.rfind("\n") + 1]
    return _types_of_json(lines, names) if format.startswith("jsonl") else _types_of_csv(lines, names)


def _inflated(data: bytes, is_whole: bool) -> tuple[bytes, bool]:
    import zlib

    inflater = zlib.decompressobj(wbits=31)
    try:
        inflated = inflater.decompress(data, len(data))
    except zlib.error:
        remedy = "Fetch the input again, or say what it is."
        raise InputError(f"this is no gzip. {remedy}", "input", remedy) from None
    return inflated, is_whole and inflater.eof


def _found(types: Iterable[tuple[str, str | None]]) -> Types:
    return {name: type for name, type in types if type is not None}


def _type(values: Iterable[Any]) -> str | None:
    values = list(values)
    # Of each class one value is enough.
    samples = {type(value): value for value in values}
    kinds: Counter[str | None] = Counter()
    for each, count in Counter(map(type, values)).items():
        kinds[_kind(samples[each])] += count
    number = next((name for name in _NUMBERS if name in kinds), None)
    found: dict[Any, int] = {name: kinds[name] for name in ("time", "text")}
    found[number] = sum(kinds[name] for name in _NUMBERS)
    best = max(found, key=found.__getitem__)
    return best if found[best] else None


def _kind(value: Any) -> str | None:
    for kind, name in ((bool, "bool"), (int, "int"), (float, "float"), (str, "text"), (datetime, "time")):
        if isinstance(value, kind):
            return name
    try:
        operator.index(value)
    except TypeError:
        return None
    return "int"


def _type_of_column(column: Any) -> str | None:
    if isinstance(column, (str, TextColumn)):
        return "text"
    if isinstance(column, (list, tuple)):
        return _type(column)
    return _ARRAYS.get(getattr(getattr(column, "dtype", None), "kind", None))


def _types_of_json(lines: str, names: list[str]) -> Types:
    import json

    def rows() -> Iterable[Any]:
        for line in lines.split("\n"):
            try:
                yield json.loads(line)
            except (ValueError, RecursionError):
                # The reader counts it.
                continue

    return types_of_rows(rows(), names)


def _types_of_csv(lines: str, names: list[str]) -> Types | None:
    import csv

    kinds: dict[str, set[str]] = {name: set() for name in names}
    count = 0
    try:
        for record in csv.DictReader(lines.splitlines(keepends=True)):
            count += 1
            for name in names:
                if field := (record.get(name) or "").strip():
                    kinds[name].add(_kind_of_field(field))
    except csv.Error:
        # The reader counts it.
        pass
    return _found((name, _type_of_fields(kinds[name])) for name in names) if count else None


def _kind_of_field(field: str) -> str:
    if number := _NUMBER.fullmatch(field):
        return "float" if number.group(1) or number.group(2) else "int"
    return "bool" if field.lower() in ("true", "false") else "text"


def _type_of_fields(kinds: set[str]) -> str | None:
    if len(kinds) < 2:
        return next(iter(kinds), None)
    return "float" if kinds == {"int", "float"} else "text"
