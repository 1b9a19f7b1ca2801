"""Random events in batches of random sizes, against a naive implementation in Python."""

import os
import random

import walle.numpy as np
from support import START
from walle import streams as st

# A number repeats a run, "fresh" makes another one.
WANTED = os.environ.get("WALLE_SEED", "20261122")
SEED = random.randrange(1 << 32) if WANTED == "fresh" else int(WANTED)
SIZE, DELAY = 10_000_000, 2_000_000


def random_events(generator, count):
    events = []
    for i in range(count):
        event = {
            "event": generator.choice(("view", "buy")),
            "timestamp": START + i * 50_000 + generator.randrange(-4, 4) * 700_000,
        }
        if generator.random() < 0.95:
            event["user"] = f"u{generator.randrange(7)}"
        if generator.random() < 0.9:
            event["price"] = generator.randrange(-40, 40) * 0.25
        events.append(event)
    return events


def naive(events):
    """Give the rows of tumbling windows, and how many events came too late."""
    windows, late, latest = {}, 0, None
    for event in events:
        time = event["timestamp"]
        start = time // SIZE * SIZE
        if latest is not None and start + SIZE <= latest - DELAY:
            late += 1
        else:
            windows.setdefault((event.get("user"), start), []).append(event)
        latest = time if latest is None else max(latest, time)
    rows = {}
    for key, found in windows.items():
        ordered = sorted(found, key=lambda event: event["timestamp"])
        prices = [event["price"] for event in ordered if "price" in event]
        rows[key] = (
            len(found), sum(prices) if prices else None, min(prices, default=None), max(prices, default=None),
            prices[-1] if prices else None, sum(event["event"] == "buy" for event in found),
        )  # fmt: skip
    return rows, late


def definition(double):
    stream = st.source("s", delay="2s", columns={"user": "text", "price": "float"})
    price = st.batch(lambda price: price * 1, "float", "price") if double else st.col.price
    return (
        stream.let(amount=price).key_by("user").window(st.tumbling("10s"))
        .aggregate(
            n=st.count(), total=st.sum("amount"), low=st.min("amount"), high=st.max("amount"), latest=st.last("amount"),
            bought=st.count().where(st.event == "buy"),
        )
    )  # fmt: skip


def form(generator, events):
    """Give the events in one of the forms that runs take."""
    kind = generator.randrange(3)
    if kind == 0:
        return events
    names = ("event", "timestamp", "user", "price")
    columns = {name: [event.get(name) for event in events] for name in names}
    if kind == 1 and events:
        columns["timestamp"] = np.array(columns["timestamp"])
    return columns


def test_tumbling_windows_agree():
    for seed in range(SEED, SEED + 6):
        generator = random.Random(seed)
        events = random_events(generator, 1500)
        expected, late = naive(events)
        run = definition(seed % 2 == 0).open()
        got, position = {}, 0
        while position < len(events):
            size = generator.choice((0, 1, 3, 50, 400))
            rows = run.send(form(generator, events[position : position + size]))
            position += size
            for row in [*rows, *(run.finish() if position >= len(events) else ())]:
                key = (row["user"], row["window_start"])
                assert key not in got, f"seed {seed}: {key} comes twice"
                got[key] = tuple(row[name] for name in ("n", "total", "low", "high", "latest", "bought"))
        assert run.counters["late"] == late > 0, f"seed {seed}: {run.counters['late']} late events, not {late}"
        assert got == expected, (
            f"seed {seed}: {[(k, got.get(k), v) for k, v in expected.items() if got.get(k) != v][:3]}"
        )


def test_10_000_batches_leave_nothing_behind(live=None):
    if live is None:
        return
    run = definition(True).open()
    live_bytes = []
    for i in range(10_000):
        rows = run.send([{"event": "view", "timestamp": START + i * 5_000_000, "user": "u", "price": 1.5}] * 2)
        rows["total"], rows.to_dicts()
        if i in (3_000, 9_999):
            live_bytes.append(live())
    return live_bytes


def random_text(generator):
    alphabet = "ab'\"\\%_;-*/ \t\n\x00\x1f\x7fäß😀()[]{}=#,."
    return "".join(generator.choice(alphabet) for _ in range(generator.randrange(1, 12)))


def test_any_text_is_itself_and_any_name_a_column():
    for seed in range(SEED, SEED + 60):
        generator = random.Random(seed)
        name, text = random_text(generator), random_text(generator)
        source = st.source("s", columns={name: "text"}).where(st.col(name) == text)
        definition = (
            source.let(again=st.col(name).concat(text))
            .key_by(st.col(name))
            .window(st.tumbling("1h"))
            .aggregate(n=st.count().where(st.col.again.isin([text + text])), all=st.concat(st.col(name), text))
        )
        assert st.load(definition.to_toml()) == definition, f"seed {seed}: {definition.to_toml()}"
        run = definition.open()
        run.send(
            [{"event": "x", "timestamp": START + i, name: each} for i, each in enumerate((text, text, text + "x"))]
        )
        rows = run.finish().to_dicts()
        assert [(row[name], row["n"], row["all"]) for row in rows] == [(text, 2, text * 3)], f"seed {seed}: {rows}"
