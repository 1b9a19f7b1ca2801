"""Definitions that take events."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from walle import _streams as _native

if TYPE_CHECKING:
    from walle._streams import Batch, Rows
    from walle.streams._definition import Definition

__all__ = ["Run"]

_BLOCK = 1 << 20
_END = (1 << 63) - 1

Events: TypeAlias = "Sequence[Mapping[str, Any]] | Mapping[str, Any] | bytes | str | os.PathLike[str] | Batch"


class Run:
    """A definition that takes events and gives the rows that end with them.

    The state is in memory, outside of Python's heap, and counts as the task's. Made by `Definition.open`.
    """

    __slots__ = ("_functions", "_native", "definition")

    def __init__(self, definition: Definition, native: Any, functions: Mapping[str, Callable[..., Any]]) -> None:
        self.definition = definition
        self._native = native
        self._functions = dict(functions)

    def send(self, events: Events, *, format: str | None = None) -> Rows:
        """Take events and give the rows that end with them.

        Parameters
        ----------
        events : list of dict, dict, dict of columns, bytes, path or Batch
            Columns are arrays or lists, of texts also a `TextColumn` or one str for all. Bytes and files are JSON lines
            or CSV; the name of a file says which, perhaps with ``.gz`` behind.
        format : {"jsonl", "csv", "jsonl.gz", "csv.gz"}, optional
            What bytes are, or a file whose name does not say it.

        Raises
        ------
        InputError
            When columns or files cannot be read at all. Single bad events are counted in `bad` and left out.
        DefinitionError
            When a function of a batch returned something else than it should.

        Notes
        -----
        What a function of a batch raises comes through. Nothing is taken then, and the same events can be sent again;
        of a file, which is taken in parts, what `position` says was taken before.
        """
        if isinstance(events, (bytes, bytearray, memoryview)):
            return self._send(self._parsed(events, format))
        if isinstance(events, (str, os.PathLike)):
            return self._send_file(os.fspath(events), format)
        return self._send(self._native.batch(events))

    def batch(self, events: Events, *, format: str | None = None) -> Batch:
        """Put events into columns, as `send` does before it takes them."""
        if isinstance(events, (bytes, bytearray, memoryview)):
            return self._parsed(events, format)
        return self._native.batch(events)

    def advance(self, time: int | str | datetime) -> Rows:
        """Say that no earlier events will come, and give the rows that end with that."""
        return self._native.advance(_native.microseconds(time), self._functions)

    def finish(self) -> Rows:
        """Say that no events will come any more, and give the rows that are left."""
        return self._native.advance(_END, self._functions)

    def _send(self, batch: Batch) -> Rows:
        return self._native.send(batch, self._functions)

    def _parsed(self, data: bytes | bytearray | memoryview, format: str | None) -> Batch:
        if format is None:
            format = "jsonl" if bytes(data[:64]).lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{" else "csv"
        reader = _native.Input(self._native, f"events.{format}")
        batches = [*reader.read(data), *reader.finish()]
        return _native.join_batches(batches) if batches else self._native.batch([])

    def _send_file(self, path: str, format: str | None) -> Rows:
        reader = _native.Input(self._native, path if format is None else f"events.{format}")
        parts = [self._send(self._native.batch([]))]
        # Opened here, where the permissions of the task hold.
        with open(path, "rb") as file:
            while block := file.read(_BLOCK):
                parts += [self._send(batch) for batch in reader.read(block)]
        parts += [self._send(batch) for batch in reader.finish()]
        return _native.join_rows(parts)

    @property
    def position(self) -> int:
        """How many events were taken."""
        return self._native.position

    @property
    def watermark(self) -> int | None:
        """Up to when windows have ended; None before the first event."""
        return self._native.watermark

    @property
    def late(self) -> int:
        """How many events came too late for any window."""
        return self._native.late

    @property
    def bad(self) -> dict[str, int]:
        """How many events or lines were left out, by reason, such as "missing_time"."""
        return self._native.bad

    @property
    def unfit(self) -> dict[str, int]:
        """How many values are null since they were of another type, by column."""
        return self._native.unfit

    @property
    def memory_bytes(self) -> int:
        """Memory of the state and of the texts."""
        return self._native.bytes

    def __repr__(self) -> str:
        return f"<run of {self.definition.name}: {self.position} events taken>"
