"""Types of columns that nobody said: the first events say them."""

import gzip
import json
import os
import tempfile
from datetime import datetime, timezone

import walle.numpy as np
from support import SECOND, START, raises
from walle import streams as st

EVENTS = [
    {"event": "view", "timestamp": START + i * SECOND, "user": f"u{i % 3}", "price": i * 0.5, "n": i, "ok": i % 2 == 0}
    for i in range(40)
]
TYPES = {"user": "text", "price": "float", "n": "int", "ok": "bool"}


def feature(source):
    stream = source.key_by("user").window(st.tumbling("10s"))
    return stream.aggregate(views=st.count().where("ok"), paid=st.sum("price"), most=st.max("n"))


def rows(run, *batches, **names):
    return [row for batch in batches for row in run.send(batch, **names)] + list(run.finish())


def test_the_example_runs_as_it_is_written():
    hourly = (st.source("clicks", time="timestamp", delay="10s")
              .where(st.event == "product_view")
              .key_by("user_id")
              .window(st.tumbling("1h"), lateness="5min")
              .aggregate(views=st.count(), platforms=st.distinct("platform"), recent=st.last("event", 20)))  # fmt: skip
    run = hourly.open()
    assert hourly.columns == ["user_id", "window_start", "window_end", "views", "platforms", "recent"]
    names = ("product_view", "purchase", "product_view")
    events = [
        {"event": name, "timestamp": START + i, "user_id": 7, "platform": "web", "other": object()}
        for i, name in enumerate(names)
    ]
    assert len(run.send(events)) == 0
    (row,) = run.finish().to_dicts()
    assert (row["user_id"], row["views"], row["platforms"], row["recent"]) == (7, 2, 1, ["product_view"] * 2)
    said = st.source("clicks", time="timestamp", delay="10s", columns={"user_id": "int", "platform": "text"})
    assert run.definition != hourly and st.load(run.definition.to_toml()) == run.definition
    assert run.definition._tree["source"]["clicks"]["columns"] == {"user_id": "int", "platform": "text"}
    assert feature_of(said) == run.definition and st.load(hourly.to_toml()) == hourly


def feature_of(source):
    stream = source.where(st.event == "product_view").key_by("user_id").window(st.tumbling("1h"), lateness="5min")
    return stream.aggregate(views=st.count(), platforms=st.distinct("platform"), recent=st.last("event", 20))


def test_all_forms_say_the_same_types():
    definition, said = feature(st.source("s")), feature(st.source("s", columns=TYPES))
    expected = rows(said.open(), EVENTS)
    lists = {name: [event[name] for event in EVENTS] for name in EVENTS[0]}
    lines = "\n".join(json.dumps(event) for event in EVENTS).encode()
    csv = "\n".join([",".join(lists), *(",".join(str(value) for value in event.values()) for event in EVENTS)]).encode()
    arrays = lists | {name: np.array(lists[name]) for name in ("timestamp", "price", "n", "ok")}
    for form in (EVENTS, tuple(EVENTS), lists, arrays, lines, bytearray(csv), memoryview(csv)):
        run = definition.open()
        assert rows(run, form) == expected, type(form)
        assert sorted(run.definition._tree["source"]["s"]["columns"].items()) == sorted(TYPES.items())
    assert rows(definition.open(), *EVENTS) == expected
    assert rows(definition.open(), gzip.compress(csv), format="csv.gz") == expected
    with tempfile.TemporaryDirectory() as folder:
        for name, data in (("a.csv", csv), ("a.jsonl.gz", gzip.compress(lines))):
            path = os.path.join(folder, name)
            with open(path, "wb") as file:
                file.write(data)
            assert rows(definition.open(), path) == expected
    batch = definition.open().batch(EVENTS)
    assert batch.names[:2] == ["event", "timestamp"] and sorted(batch.names[2:]) == sorted(TYPES)


def kinds_of(*values):
    """Give the type of a column with these values, and how many are unfit."""
    run = st.source("s").key_by().window(st.tumbling("1h")).aggregate(n=st.count("x")).open()
    run.send([{"event": "e", "timestamp": START, "x": value} for value in values])
    return run.definition._tree["source"]["s"]["columns"]["x"], run.unfit.get("x", 0)


def test_the_type_of_most_of_the_first_values_counts():
    moment = datetime(2026, 11, 21, tzinfo=timezone.utc)
    for values, expected in [
        ((None, 1, 2), ("int", 0)),
        ((1, 2.5), ("float", 0)),
        ((True, None), ("bool", 0)),
        ((True, 2), ("int", 0)),
        ((True, 2.5), ("float", 1)),
        ((7, "u8", 9.5), ("float", 1)),
        ((7, "u8", None), ("text", 1)),
        (("2026-11-21",), ("text", 0)),
        ((moment, "2026-11-21", START), ("time", 0)),
        ((moment, "2026-11-21", "soon"), ("text", 1)),
        ((np.int64(3), 4), ("int", 0)),
        (([1], {}, 4), ("int", 2)),
    ]:
        assert kinds_of(*values) == expected, (values, kinds_of(*values))


def test_fields_of_csv():
    def kind(*fields):
        data = "event,timestamp,x\n" + "".join(f"e,{START},{field}\n" for field in fields)
        run = st.source("s").key_by().window(st.tumbling("1h")).aggregate(n=st.count("x")).open()
        run.send(data.encode())
        return run.definition._tree["source"]["s"]["columns"]["x"], run.counters["events"], run.counters["unfit"]

    for fields, expected in [
        (("1", "-2", ""), "int"), (("1", "2.5", "1e3"), "float"), (("true", "FALSE"), "bool"), (("007", "8"), "text"),
        (("true", "1"), "text"), (("a", "1"), "text"), (('"1,5"', "2"), "text"), (("0", " 12 "), "int"),
    ]:  # fmt: skip
        assert kind(*fields) == (expected, len(fields), 0), (fields, kind(*fields))


def test_later_values_of_another_type_are_counted():
    run = feature(st.source("s")).open()
    run.send(EVENTS)
    run.send(EVENTS[-1] | {"user": 7, "price": "dear", "n": 1.5, "ok": 1})
    assert run.unfit == {"user": 1, "price": 1, "n": 1, "ok": 1} and run.counters["unfit"] == 4


def test_what_the_first_events_do_not_say():
    run = feature(st.source("s")).open()
    without = [{name: value for name, value in event.items() if name != "price"} for event in EVENTS]
    error = raises(st.DefinitionError, "no value of price", run.send, without)
    assert error.field == "source.s.columns" and "columns" in error.remedy
    for nothing in ([], (), b"", b"\n", b"event,timestamp,user\n", {"timestamp": [], "event": "x"}):
        assert run.send(nothing).to_dicts() == [] and run.definition == feature(st.source("s"))
    none = run.finish()
    assert none.names == run.definition.columns and len(none["views"]) == 0 and run.watermark is None
    assert run.position == 0 and run.bad == run.unfit == {} and run.state() == b"" and run.memory_bytes == 0
    raises(st.InputError, "no events say", run.batch, [])
    raises(TypeError, "must be a list of dicts", run.send, 7)
    raises(TypeError, "[1] must be a dict", run.send, [EVENTS[0], 3])
    raises(ValueError, "made by another run", run.send, feature(st.source("s", columns=TYPES)).open().batch(EVENTS))
    raises(st.InputError, "ending", run.send, "events.parquet")
    raises(st.InputError, "no gzip", run.send, b"event", format="csv.gz")
    raises(st.InputError, "3 values beside 40 times", run.send, columns_of(EVENTS) | {"n": [1, 2, 3]})
    assert run._native is None and rows(run, EVENTS) == rows(feature(st.source("s", columns=TYPES)).open(), EVENTS)


def columns_of(events):
    return {name: [event[name] for event in events] for name in events[0]}


def test_types_that_do_not_fit_are_told_when_events_come():
    definition = st.source("s").key_by().window(st.tumbling("1h")).aggregate(n=st.sum("price"))
    run = definition.open()
    error = raises(st.DefinitionError, "", run.send, EVENTS[0] | {"price": "dear"})
    assert error.field == "stream.stream.aggregate.n" and run.definition == definition
    run.send(EVENTS)
    assert run.finish()["n"].tolist() == [sum(event["price"] for event in EVENTS)]
    # What needs no types is told at once.
    raises(st.DefinitionError, "stream.stream.where", st.source("s").where, "price >")
    raises(st.DefinitionError, "columns", definition.sql)
    raises(st.DefinitionError, "columns", definition.explain)
    # Who says columns says all.
    raises(st.DefinitionError, "stream.stream.where", st.source("s", columns={}).where, "price > 1")


def test_patterns_chains_and_functions():
    pattern = st.source("s").match("a:view[price > 1] view[ok]", within="1h", key="user")
    run = pattern.open()
    assert sum(len(run.send(event)) for event in EVENTS) > 3 and pattern.columns == run.definition.columns
    said = st.source("s", columns=TYPES).match("a:view[price > 1] view[ok]", within="1h", key="user")
    assert len(said.open().send(EVENTS)) == len(pattern.open().send(EVENTS))
    sums = st.source(feature(st.source("s").let(twice=st.batch(lambda n: n * 2, "int", "n"))).named("sums"))
    top = sums.key_by().window("source").rank("most desc", first=1).select("user", "most")
    run = top.open()
    assert [row["most"] for row in rows(run, EVENTS)] == [9, 19, 29, 39]
    assert "[source.s]" in feature(st.source("s")).to_toml() and "sums" in run.definition.explain()
