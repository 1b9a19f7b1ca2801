"""Windows of PyFlink, on one thread of one machine: a stream that it generates itself, and SQL that a definition printed."""

import csv
import glob
import gzip
import json
import os
import tempfile
import time
from datetime import timezone

import pyflink.version
from pyflink.table import EnvironmentSettings, TableEnvironment

TICKS = os.sysconf("SC_CLK_TCK")


def environment() -> TableEnvironment:
    table = TableEnvironment.create(EnvironmentSettings.in_streaming_mode())
    settings = {
        "parallelism.default": "1",
        "table.local-time-zone": "UTC",
        "pipeline.object-reuse": "true",
        "execution.checkpointing.interval": "1s",
        "execution.checkpointing.storage": "filesystem",
        "execution.checkpointing.dir": "file://" + tempfile.mkdtemp(prefix="walle-flink-"),
    }
    for name, value in settings.items():
        table.get_config().set(name, value)
    return table


def version() -> str:
    return pyflink.version.__version__


def generated(source: str, count: int, keys: int, per_second: int, disorder: int, start: int) -> str:
    """The table of a source whose rows are those of `StreamEvents`, made where they are taken: nothing is parsed."""
    key = f"MOD(MOD(i * 2654435761, 4294967296) / 256, {keys})"
    # The rest is of the divisor's type, which the product does not fit.
    late = f"CAST(MOD(i * 40503, 65536) AS BIGINT) * {disorder} / 65536"
    moment = f"{start} + i * 1000000 / {per_second} - {late}"
    return f"""CREATE TEMPORARY TABLE `{source}` (
        i BIGINT,
        `event` AS 'view',
        `at` AS CAST(TO_TIMESTAMP_LTZ(({moment}) / 1000, 3) AS TIMESTAMP(3)),
        `user` AS CONCAT('user_', CAST(1000000 + {key} AS STRING)),
        `price` AS CAST(MOD(i * 7919, 1000) AS DOUBLE) / 10,
        WATERMARK FOR `at` AS `at` - INTERVAL '2' SECOND
    ) WITH (
        'connector' = 'datagen', 'rows-per-second' = '1000000000', 'fields.i.kind' = 'sequence',
        'fields.i.start' = '0', 'fields.i.end' = '{count - 1}'
    )"""


def processor_seconds() -> float:
    """Of the processes that this one has started: the JVM."""
    total = 0.0
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            with open(path) as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == os.getpid():
            total += (int(fields[11]) + int(fields[12])) / TICKS
    return total


def stored(table: TableEnvironment, statements: list[str], folder: str) -> tuple[float, float]:
    """Runs statements, the last a query of five columns whose rows go to files, and gives its seconds: by the clock and of the
    processor."""
    for statement in statements[:-1]:
        table.execute_sql(statement)
    table.execute_sql(
        f"""CREATE TEMPORARY TABLE rows_of_windows (
            k STRING, s TIMESTAMP(3), e TIMESTAMP(3), n BIGINT, total DOUBLE, least DOUBLE, most DOUBLE
        ) WITH ('connector' = 'filesystem', 'path' = 'file://{folder}', 'format' = 'csv')"""
    )
    start, used = time.monotonic(), processor_seconds()
    table.execute_sql(f"INSERT INTO rows_of_windows {statements[-1]}").wait()
    return time.monotonic() - start, processor_seconds() - used


def speed(
    statements: str, source: str, count: int, small: int, keys: int, per_second: int, disorder: int, start: int, path: str
) -> list[float]:
    """Microseconds an event, by the clock and of the processor, beyond those of a small job; rows go to a file.

    The small job pays for what every job does once: planning, starting, compiling.
    """
    rest = statements.split(";;")[1:]
    seconds = []
    for events in (small, small, count):
        table = environment()
        folder = tempfile.mkdtemp(prefix="walle-flink-rows-")
        first = generated(source, events, keys, per_second, disorder, start)
        seconds.append(stored(table, [first, *rest], folder))
    with open(path, "w") as rows:
        for part in glob.glob(folder + "/*"):
            with open(part) as file:
                rows.writelines(file)
    return [(large - little) / (count - small) * 1e6 for large, little in zip(seconds[2], seconds[1], strict=True)]


def sort_clicks(log: str, path: str) -> float:
    """Writes the events of a log as Flink's table of them wants them, in the order of their times, then of the log."""
    with gzip.open(log, "rt", newline="") as file:
        events = sorted(csv.DictReader(file), key=lambda event: event["timestamp"])
    with open(path, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([event[name] for name in ("event", "timestamp", "user_id", "platform")] for event in events)
    return float(len(events))


def query(statements: str, path: str) -> float:
    """Runs statements as they are and writes the rows of the last: values with tabs between them."""
    table = environment()
    parts = statements.split(";;")
    for statement in parts[:-1]:
        table.execute_sql(statement)
    count = 0
    with table.execute_sql(parts[-1]).collect() as rows, open(path, "w") as file:
        for row in rows:
            file.write("\t".join(map(text, row)) + "\n")
            count += 1
    return float(count)


def text(value: object) -> str:
    """Times as microseconds since 1970 in UTC, arrays as JSON."""
    if hasattr(value, "timetuple"):
        return str(int(value.replace(tzinfo=timezone.utc).timestamp()) * 1_000_000 + value.microsecond)
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return "" if value is None else repr(value) if isinstance(value, float) else str(value)
