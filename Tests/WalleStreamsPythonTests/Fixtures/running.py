"""Runs take events in every form and give rows in columns."""

import gzip
import json
import os
import tempfile
from datetime import datetime, timedelta, timezone

import walle.numpy as np
from support import SECOND, START, raises
from walle import streams as st


def hourly(**more):
    source = st.source(
        "clicks",
        page="url",
        delay="10s",
        columns={"user": "text", "price": "float", "n": "int", "ok": "bool", "at": "time"},
    )
    aggregates = {"views": st.count(), "paid": st.sum("price"), "most": st.max("n"), "when": st.last("at")}
    return source.key_by("user").window(st.tumbling("10s")).aggregate(**aggregates, **more)


def event(i, **more):
    return {"event": "view", "timestamp": START + i * SECOND, "user": f"u{i % 3}", "price": i * 0.5, "n": i, **more}


def result(definition, events, **names):
    run = definition.open()
    return run.send(events, **names).to_dicts() + run.finish().to_dicts()


def test_all_forms_of_events_give_the_same_rows():
    events = [event(i) for i in range(100)]
    expected = result(hourly(), events)
    assert len(expected) == 30 and sum(row["views"] for row in expected) == 100
    names = ("event", "timestamp", "user", "price", "n")
    lists = {name: [each[name] for each in events] for name in names}
    arrays = lists | {name: np.array(lists[name]) for name in ("timestamp", "price", "n")}
    lines = "\n".join(json.dumps(each) for each in events).encode()
    csv = "\n".join([",".join(names), *(",".join(str(each[name]) for name in names) for each in events)]).encode()
    for form in (
        tuple(events),
        lists,
        arrays,
        lists | {"event": "view"},
        lines,
        bytearray(lines),
        memoryview(csv),
        csv,
    ):
        assert result(hourly(), form) == expected, type(form)
    assert result(hourly(), gzip.compress(csv), format="csv.gz") == expected
    one = hourly().open()
    rows = [row for each in events for row in one.send(each)] + list(one.finish())
    assert rows == expected and one.position == 100 and one.counters["late"] == 0
    with tempfile.TemporaryDirectory() as folder:
        for name, data in (("a.csv", csv), ("a.jsonl.gz", gzip.compress(lines))):
            path = os.path.join(folder, name)
            with open(path, "wb") as file:
                file.write(data)
            assert result(hourly(), path) == expected


def test_files_are_opened_by_the_rules_of_the_task():
    raises(PermissionError, "/etc/passwd", hourly().open().send, "/etc/passwd", format="csv")
    raises(st.InputError, "ending", hourly().open().send, "events.parquet")
    raises(st.InputError, 'no field "timestamp"', hourly().open().send, b"time,event\n1,x\n")


def test_rows_are_columns():
    run = hourly(names=st.distinct("event"), last=st.last("event", 2), often=st.top("event", 1)).open()
    rows = run.send([event(i, price=None if i % 3 == 1 else 0.5) for i in range(40)])
    assert len(rows) == 6 and rows.names[:3] == ["user", "window_start", "window_end"]
    assert rows["views"].dtype == np.int64 and rows["views"].sum() == 20 and rows["paid"].dtype == np.float64
    assert rows["window_end"].tolist() == [START + 10 * SECOND] * 3 + [START + 20 * SECOND] * 3
    assert rows.nulls("views") is None and rows.nulls("paid").tolist() == [user == "u1" for user in rows["user"]]
    assert [rows.categories[int(code)] for code in rows.codes("user")] == rows["user"]
    assert sorted(rows["user"]) == ["u0", "u0", "u1", "u1", "u2", "u2"]
    assert "u2" in list(rows.categories) and rows.codes("user").dtype == np.uint32
    assert rows["last"][0] == ["view", "view"] and rows["often"][0] == [("view", rows["views"][0])]
    assert rows.changes == ["insert"] * 6 and rows.revisions.tolist() == [0] * 6
    paid = [row["paid"] for row in rows]
    assert paid == [row["paid"] for row in rows.to_dicts()] == [rows[i - 6]["paid"] for i in range(6)]
    assert sorted(paid, key=str) == [1.5, 1.5, 1.5, 2.0, None, None], paid
    assert rows[0]["when"] is None and rows.nulls("when").all()
    raises(KeyError, 'no column is named "vews"', rows.__getitem__, "vews")
    raises(IndexError, "out of range", rows.__getitem__, 6)
    raises(TypeError, "is no column of texts", rows.codes, "views")


def test_arrays_share_the_memory_of_the_engine():
    batch = hourly().open().batch({"event": "view", "timestamp": np.arange(5000) + START, "user": "u"})
    assert np.shares_memory(batch["timestamp"], batch["timestamp"])
    prices = np.arange(5000.0)
    batch = hourly().open().batch({"event": "view", "timestamp": np.arange(5000) + START, "price": prices})
    seen = batch["price"]
    assert np.shares_memory(seen, batch["price"]) and seen.tolist() == prices.tolist()
    # Who writes to one gets memory of his own.
    prices[0], seen[1] = 99, 99
    assert batch["price"][:3].tolist() == [0, 1, 2] and prices[1] == 1


def test_updates_and_retractions_are_told():
    source = st.source("clicks", columns={"user": "text"}).key_by("user")
    run = source.window(st.tumbling("10s"), lateness="1min", emit="retractions").aggregate(n=st.count()).open()
    run.send([event(0), event(30)])
    rows = run.send(event(1) | {"user": "u0"})
    assert rows.changes == ["retract", "insert"] or rows.changes == ["retract", "update"]
    assert rows["n"].tolist() == [1, 2]
    assert run.send(event(100)).changes == ["insert"] and run.counters["late"] == 0
    assert len(run.send(event(2))) == 0 and run.counters["late"] == 1


def test_times_are_given_in_many_ways():
    moment = datetime(2026, 11, 21, 22, 5, 7, 123456, timezone.utc)
    wanted = 1_795_298_707_123_456
    ways = [
        wanted, moment, moment.astimezone(timezone(timedelta(hours=5))), "2026-11-21T22:05:07.123456Z",
        "2026-11-21 23:05:07.123456+01:00", np.int64(wanted),
    ]  # fmt: skip
    run = hourly().open(future=None)
    batch = run.batch([event(0, timestamp=way, at=way) for way in ways])
    assert batch["timestamp"].tolist() == [wanted] * 6 == batch["at"].tolist()
    assert run.batch({"event": "x", "timestamp": ways})["timestamp"].tolist() == [wanted] * 6
    run.send(batch)
    assert len(run.advance("2026-11-21T22:05:09.9Z")) == 0 and run.watermark == 1_795_298_709_900_000
    assert len(run.advance(moment + timedelta(hours=1))) == 1
    for unit, scale in (("s", 1e-6), ("ms", 1e-3), ("ns", 1000)):
        batch = hourly().open(time_unit=unit, future=None).batch([event(0, timestamp=wanted * scale)])
        assert abs(batch["timestamp"][0] - wanted) <= 1, unit
    raises(st.DefinitionError, "this is no time", run.advance, datetime(2026, 1, 1))
    raises(st.DefinitionError, "no unit of time", hourly().open, time_unit="minutes")
    raises(st.DefinitionError, "future", hourly().open, future="soon")


def test_bad_events_are_counted_and_left_out():
    run = hourly().open()
    ahead = datetime.now(timezone.utc) + timedelta(days=40)
    bad = [
        {"event": "x"}, event(0, timestamp=None), event(0, timestamp="now"), event(0, timestamp=datetime(2024, 1, 1)),
        event(0, timestamp=-1), event(0, timestamp=ahead), event(0, event=None), event(0, event=7),
        event(0, price="a lot", n=1.5, ok=1, url=3), event(0, n=1 << 70, user="\ud800"), event(0, price=3, n=True, ok=False),
    ]  # fmt: skip
    run.send(bad)
    assert run.position == 3
    assert run.bad == {
        "missing_time": 2, "unreadable_time": 2, "negative_time": 1, "future_time": 1, "missing_event": 2,
    }, run.bad  # fmt: skip
    wanted = {"price": 1, "n": 2, "ok": 1, "url": 1, "user": 1, "event": 1, "timestamp": 2}
    assert run.unfit == wanted, run.unfit
    lines = b'{"event": "x"}\n{"event": "view", "timestamp": 1700000000000000, "price": "a"}\nnothing\n'
    run.send(lines, format="jsonl")
    assert run.bad["missing_time"] == 3 and run.bad["malformed"] == 1 and run.unfit["price"] == 2 and run.position == 4


def test_columns_that_do_not_fit_are_refused_whole():
    times = [START, START + 1]
    run = hourly().open()
    raises(st.InputError, "3 values beside 2 times", run.send, {"timestamp": times, "event": "x", "price": [1, 2, 3]})
    raises(st.InputError, 'no "event"', run.send, {"timestamp": times})
    wrong = {"timestamp": times, "event": "x", "n": np.array([0.5, 1.5])}
    error = raises(st.InputError, "no column of int values", run.send, wrong)
    assert error.field == "n"
    raises(st.InputError, "no column of float values", run.send, {"timestamp": times, "event": "x", "price": {1, 2}})
    raises(TypeError, "must be a list of dicts", run.send, 7)
    raises(TypeError, "[1] must be a dict", run.send, [event(0), 3])
    raises(ValueError, "made by another run", run.send, hourly().open().batch([event(0)]))
    assert run.position == 0 and len(run.send([])) == 0 and len(run.finish()) == 0


def test_strided_and_narrow_arrays_are_columns_too():
    times = (np.arange(20) * SECOND + START)[::-2]
    columns = {
        "event": "x",
        "timestamp": times,
        "price": np.arange(20, dtype=np.float32)[::2],
        "n": np.arange(10, dtype=np.uint8),
    }
    batch = hourly().open().batch(columns)
    assert batch["timestamp"].tolist() == times.tolist() and batch["price"].tolist() == [
        float(i) for i in range(0, 20, 2)
    ]
    assert batch["n"].dtype == np.int64 and batch["n"].tolist() == list(range(10)) and batch.nulls("user").all()


def test_patterns():
    source = st.source("clicks", columns={"user": "text"})
    run = source.match("view cart (not buy)", within="1min", key="user").open()
    rows = run.send([event(0), event(3, event="cart"), event(1), event(4, event="cart"), event(7, event="buy")])
    assert len(rows) == 0
    rows = run.advance(START + 100 * SECOND)
    assert rows.to_dicts() == [
        {
            "user": "u0",
            "match_start": START,
            "match_end": START + 3 * SECOND,
            "events": ["view", "cart"],
            "rows": [0, 1],
        }
    ], rows.to_dicts()
    assert run.watermark == START + 100 * SECOND and run.memory_bytes > 0


def test_memory_of_the_state_is_the_task_s():
    run = (
        st.source("s", columns={"user": "text"}).key_by("user").window(st.tumbling("1d")).aggregate(n=st.count()).open()
    )
    before = run.memory_bytes
    run.send({"event": "x", "timestamp": [START] * 20_000, "user": [f"user {i}" for i in range(20_000)]})
    assert run.memory_bytes > before + 20_000 * 16
