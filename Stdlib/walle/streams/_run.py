"""Definitions that take events."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from walle import _streams as _native
from walle.streams import _inference
from walle.streams._errors import DefinitionError, InputError

if TYPE_CHECKING:
    from walle._streams import Batch, Rows
    from walle.streams._definition import Definition

__all__ = ["Run"]

_BLOCK = 1 << 20
_END = (1 << 63) - 1
_COUNTERS = ("events", "rows", "bad", "unfit", "late", "dropped", "evicted", "expired", "outside")

Events: TypeAlias = "Sequence[Mapping[str, Any]] | Mapping[str, Any] | bytes | str | os.PathLike[str] | Batch"


class Run:
    """A definition that takes events and gives the rows that end with them.

    The state is in memory, outside of Python's heap, and counts as the task's. Made by `Definition.open`.

    Notes
    -----
    Where the source does not say its columns, those that the definition names get their types by the first events that
    are sent, of a file or bytes the first megabyte: the type that most values have, numbers being floats if one of them
    is. A text is a text, also one that looks like a time. In CSV a column has numbers or truths if all its fields are
    such. Values of another type, and later ones, are null and counted in `unfit`. A column without any value in the
    first events is refused. What was found is in `definition`.
    """

    __slots__ = ("_native", "_options", "definition")

    definition: Definition
    """What it computes, with the types of all columns once they are known."""

    def __init__(
        self, definition: Definition, *, time_unit: str, future: str | None, state: bytes | None = None
    ) -> None:
        self._options = (time_unit, future)
        # None while types are not known.
        self._native: Any = None
        if definition._native.unknown and state:
            definition = definition._with(dict(_native.state_columns(state)))
        self.definition = definition
        if not definition._native.unknown:
            self._begin(state or None)

    def _begin(self, state: bytes | None = None) -> None:
        self._native = _native.Run(self.definition._native, *self._options, state)

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
            When a function of a batch returned something else than it should, and when the types of columns that nobody
            said are not found, or do not fit.

        Notes
        -----
        What a function of a batch raises comes through. Nothing is taken then, and the same events can be sent again;
        of a file, which is taken in parts, what `position` says was taken before.
        """
        rows = self._known(self._taken, events, format)
        return _native.no_rows(self.definition.columns) if rows is None else rows

    def batch(self, events: Events, *, format: str | None = None) -> Batch:
        """Put events into columns, as `send` does before it takes them.

        Raises
        ------
        InputError
            As `send`, and for no events while the types of columns are not known.
        """
        batch = self._known(self._columns, events, format)
        if batch is None:
            remedy = "Give the source columns, or send events first."
            raise InputError(f"no events say the types of columns. {remedy}", None, remedy)
        return batch

    def advance(self, time: int | str | datetime) -> Rows:
        """Say that no earlier events will come, and give the rows that end with that.

        Before the first events of a source that does not say its columns it has no effect.
        """
        return self._advance(_native.microseconds(time))

    def finish(self) -> Rows:
        """Say that no events will come any more, and give the rows that are left."""
        return self._advance(_END)

    def state(self) -> bytes:
        """All that the run knows: ``definition.open(state=...)`` makes another that goes on where this one is.

        Events may come in between two calls of `send`; none is lost or counted twice. Functions of batches are not part
        of it, nor are `time_unit` and `future`.
        """
        return b"" if self._native is None else self._native.state()

    # What follows is called when the types of columns are known, but for `_known`.

    def _known(self, take: Callable[[Any, str | None], Any], events: Any, format: str | None) -> Any:
        """Take events once the types of columns are known; None when there are no events to know them by."""
        if self._native is not None:
            return take(events, format)
        definition = self.definition
        types = self._types(events, format)
        if types is None:
            return None
        _check(definition, types)
        try:
            self.definition = definition._with(types)
            self._begin()
            return take(events, format)
        except BaseException:
            # What was not taken decides nothing.
            if self._native is None or self.position == 0:
                self._native, self.definition = None, definition
            raise

    def _types(self, events: Any, format: str | None) -> dict[str, str] | None:
        names = self.definition._native.unknown
        if isinstance(events, (bytes, bytearray, memoryview)):
            data = bytes(memoryview(events)[:_BLOCK])
            is_whole = len(data) == memoryview(events).nbytes
            return _inference.types_of_bytes(data, format or _format(data), names, is_whole=is_whole)
        if isinstance(events, (str, os.PathLike)):
            name = _native.input_format(os.fspath(events) if format is None else f"events.{format}")
            with open(events, "rb") as file:
                data = file.read(_BLOCK)
                return _inference.types_of_bytes(data, name, names, is_whole=not file.read(1))
        if isinstance(events, _native.Batch):
            raise ValueError("the batch was made by another run: its texts have other codes")
        if isinstance(events, (list, tuple)):
            return _inference.types_of_rows(events, names) if events else None
        if not isinstance(events, dict):
            wanted = "a list of dicts, a dict, a dict of columns, bytes, a path or a Batch"
            raise TypeError(f"events must be {wanted}, not {type(events).__name__}")
        times = events.get(self.definition._native.source_time)
        if isinstance(times, (int, float, str)) or not hasattr(type(times), "__getitem__"):
            return _inference.types_of_rows([events], names)
        return _inference.types_of_columns(events, names) if len(times) else None

    def _taken(self, events: Any, format: str | None) -> Rows:
        if isinstance(events, (str, os.PathLike)):
            return self._send_file(os.fspath(events), format)
        return self._send(self._columns(events, format))

    def _columns(self, events: Any, format: str | None) -> Batch:
        if isinstance(events, (bytes, bytearray, memoryview)):
            return self._parsed(events, format)
        return self._native.batch(events)

    def _send(self, batch: Batch) -> Rows:
        return self._native.send(batch, self.definition._functions)

    def _advance(self, time: int) -> Rows:
        if self._native is None:
            return _native.no_rows(self.definition.columns)
        return self._native.advance(time, self.definition._functions)

    def _parsed(self, data: bytes | bytearray | memoryview, format: str | None) -> Batch:
        reader = _native.Input(self._native, f"events.{format or _format(data)}")
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
        return 0 if self._native is None else self._native.position

    @property
    def watermark(self) -> int | None:
        """Up to when windows have ended; None before the first event."""
        return None if self._native is None else self._native.watermark

    @property
    def counters(self) -> dict[str, int]:
        """What came, what became of it, and what was lost.

        ======== ==========================================================================================
        events   taken
        rows     given
        bad      events or lines that were left out, and texts without room: see `bad`
        unfit    values that are null since they were of another type: see `unfit`
        late     events that came too late for any window
        dropped  events that were left out, as there were too many groups
        evicted  groups, or partial matches of a pattern, that were given up early, as there were too many
        expired  groups that were forgotten after their time to live
        outside  events that belonged to no visit
        ======== ==========================================================================================
        """
        return dict.fromkeys(_COUNTERS, 0) | ({} if self._native is None else self._native.counters)

    @property
    def bad(self) -> dict[str, int]:
        """How many events or lines were left out, by reason, such as "missing_time"."""
        return {} if self._native is None else self._native.bad

    @property
    def unfit(self) -> dict[str, int]:
        """How many values are null since they were of another type, by column."""
        return {} if self._native is None else self._native.unfit

    @property
    def memory_bytes(self) -> int:
        """Memory of the state and of the texts."""
        return 0 if self._native is None else self._native.bytes

    def __repr__(self) -> str:
        return f"<run of {self.definition.name}: {self.position} events taken>"


def _format(data: bytes | bytearray | memoryview) -> str:
    """Tell JSON lines from CSV."""
    return "jsonl" if bytes(data[:64]).lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{" else "csv"


def _check(definition: Definition, types: Mapping[str, str]) -> None:
    """Look for columns that no value told the type of."""
    missing = [name for name in definition._native.unknown if name not in types]
    if not missing:
        return
    field = f"source.{next(iter(definition._tree['source']))}.columns"
    remedy = "Correct the name, send events that have it at first, or give the source columns."
    names = ", ".join(missing)
    raise DefinitionError(f"{field}: no value of {names} in the first events says its type. {remedy}", field, remedy)
