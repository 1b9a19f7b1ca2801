"""Windows of bytewax in one worker, with its recovery store, over the events of `StreamEvents`."""

import importlib.metadata
import tempfile
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

import bytewax.operators as op
from bytewax.connectors.files import FileSink
from bytewax.dataflow import Dataflow
from bytewax.operators import windowing
from bytewax.recovery import RecoveryConfig, init_db_dir
from bytewax.testing import TestingSource, run_main

BEGINNING = datetime(1970, 1, 1, tzinfo=timezone.utc)
State = tuple[int, float, float, float]


def version() -> str:
    return importlib.metadata.version("bytewax")


def events(count: int, keys: int, per_second: int, disorder: int, start: int) -> list[tuple[str, tuple[datetime, float]]]:
    made = []
    for i in range(count):
        key = ((i * 2654435761) & 0xFFFFFFFF) // 256 % keys
        moment = start + i * 1_000_000 // per_second - i * 40503 % 65536 * disorder // 65536
        at = BEGINNING + timedelta(microseconds=moment)
        made.append((f"user_{1_000_000 + key}", (at, i * 7919 % 1000 / 10)))
    return made


def empty() -> State:
    return (0, 0.0, float("inf"), float("-inf"))


def add(state: State, event: tuple[datetime, float]) -> State:
    count, total, least, most = state
    value = event[1]
    return (count + 1, total + value, value if value < least else least, value if value > most else most)


def merge(left: State, right: State) -> State:
    return (left[0] + right[0], left[1] + right[1], min(left[2], right[2]), max(left[3], right[3]))


def line(row: tuple[str, tuple[int, State]]) -> tuple[str, str]:
    key, (window, (count, total, least, most)) = row
    return key, f"{key},{window},{count},{total!r},{least},{most}"


def speed(count: int, keys: int, per_second: int, disorder: int, start: int, path: str) -> list[float]:
    """Microseconds an event, by the clock and of the processor; rows go to a file: the window is a number from `start` on."""
    made = events(count, keys, per_second, disorder, start)
    now = datetime.now(timezone.utc)
    clock = windowing.EventClock(
        ts_getter=lambda event: event[0],
        wait_for_system_duration=timedelta(seconds=2),
        # The events are older than the clock says: time goes on by them alone.
        now_getter=lambda: now,
    )
    windower = windowing.TumblingWindower(
        length=timedelta(seconds=10), align_to=BEGINNING + timedelta(microseconds=start)
    )
    flow = Dataflow("features")
    stream = op.input("events", flow, TestingSource(made, batch_size=8192))
    windows = windowing.fold_window("windows", stream, clock, windower, empty, add, merge)
    op.output("rows", op.map("lines", windows.down, line), FileSink(Path(path)))
    recovery = tempfile.mkdtemp(prefix="walle-bytewax-")
    init_db_dir(recovery, 1)
    begin, used = time.monotonic(), time.process_time()
    run_main(flow, epoch_interval=timedelta(seconds=1), recovery_config=RecoveryConfig(recovery))
    seconds = [time.monotonic() - begin, time.process_time() - used]
    return [each / count * 1e6 for each in seconds]
