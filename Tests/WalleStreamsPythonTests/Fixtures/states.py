"""Runs that are saved and go on elsewhere, and what runs count."""

import random

from support import SECOND, START, raises
from walle import streams as st

SEED = 20261123
COLUMNS = {"user": "text", "price": "float", "n": "int"}
CLICKS = st.source("clicks", delay="2s", columns=COLUMNS)
UNSAID = st.source("clicks", delay="2s")


def double(n):
    return n * 2


def definitions():
    for source in (CLICKS, UNSAID):
        yield feature(source, st.tumbling("10s"), lateness="4s", emit="retractions")
        yield feature(source, st.hopping("10s", "5s"))
        yield feature(source, st.session("3s"))
        yield feature(source, st.over("5s"))
        yield feature(source, st.visit("20s", enter="view", exit="buy"))
        yield feature(source, False, ttl="20s", limit=4)
        yield source.key_by("user").window(False).rank(st.col.n.desc(), first=2, as_="place").select("n", "price")
        yield source.match("v:view+ buy (not view)", within="8s", key="user")
        busiest = st.source(feature(source, st.tumbling("5s")).named("sums"))
        yield busiest.key_by().window("source").rank("views desc", first=2, as_="place").select("user", "views")
        yield source.let(m=st.batch(double, "int", "n")).key_by().window(st.tumbling("7s")).aggregate(m=st.sum("m"))


def feature(source, window, **more):
    stream = source.key_by("user").window(window, **more)
    return stream.aggregate(views=st.count(), paid=st.sum("price"), seen=st.distinct("n"), latest=st.last("event", 3))


def random_events(generator, count):
    return [
        {
            "event": generator.choice(("view", "view", "buy")),
            "timestamp": START + i * SECOND // 2 + generator.randrange(-4, 4) * SECOND,
            "user": f"u{generator.randrange(6)}" if i else "u0",
            "price": generator.choice((None, "dear", 0.1, 0.2, 0.5, 2.5, 3)) if i else 1.5,
            "n": generator.randrange(9),
        }
        for i in range(count)
    ]


def told(rows):
    return sorted(map(str, zip(rows.changes, rows.to_dicts())))


def test_a_restored_run_gives_what_the_other_would_have():
    for number, definition in enumerate(definitions()):
        generator = random.Random(SEED + number)
        events = random_events(generator, 120)
        parts = [events[i : i + 15] for i in range(0, 120, 15)]
        whole, run = definition.open(), definition.open()
        for part in parts:
            # What is saved goes on itself as if it had not been.
            states = [whole.state(), run.state()]
            expected = told(whole.send(part))
            run = definition.open(state=generator.choice(states))
            assert told(run.send(part)) == expected, f"seed {SEED + number}: {definition}"
        rest = run.finish()
        assert told(rest) == told(whole.finish()), f"seed {SEED + number}: {definition}"
        assert rest.names == definition.columns == run.definition.columns
        assert run.counters == whole.counters and run.unfit == whole.unfit, f"{run.counters} is not {whole.counters}"
        assert run.watermark == whole.watermark and run.position == 120
        assert run.state() == run.state() and run.definition == whole.definition


def test_a_state_of_another_definition_is_refused():
    run = feature(CLICKS, st.tumbling("10s")).open()
    run.send(random_events(random.Random(SEED), 20))
    state = run.state()
    for other, field, text in [
        (feature(CLICKS, st.tumbling("20s")), "stream.stream.window", "it was window = tumbling 10000000 0"),
        (feature(CLICKS.where("n > 1"), st.tumbling("10s")), "stream.stream.where", "it was where ="),
        (feature(st.source("clicks", columns=COLUMNS), st.tumbling("10s")), "stream.stream.source.delay", "2000000"),
        (CLICKS.match("a", within="1s", key=False), "pattern.pattern", "begin anew"),
    ]:
        error = raises(st.DefinitionError, text, other.open, state=state)
        assert error.field.startswith(field) and "Put it back, or begin anew" in error.remedy, error.field
    assert feature(CLICKS, st.tumbling("10s")).named("other").open(state=state).position == 20


def test_a_damaged_state_is_refused():
    definition = feature(CLICKS, st.tumbling("10s"))
    run = definition.open()
    run.send(random_events(random.Random(SEED), 50))
    state = run.state()
    generator = random.Random(SEED)
    for _ in range(60):
        damaged = bytearray(state)
        damaged[generator.randrange(len(damaged))] ^= 1 << generator.randrange(8)
        raises(st.StateError, "", definition.open, state=bytes(damaged))
    for damaged in (state[:-1], state[:40], b"no state", state + b"\0", bytes(100)):
        error = raises(st.StateError, "state", definition.open, state=damaged)
        assert error.remedy == "Begin anew, without the state."
    raises(TypeError, "", definition.open, state="text")


def test_counters():
    run = feature(CLICKS, False, limit=2).open()
    assert run.counters == dict.fromkeys(run.counters, 0)
    assert run.state() == feature(CLICKS, False, limit=2).open().state()
    run.send([{"event": "view", "timestamp": START + i, "user": f"u{i}", "price": "dear"} for i in range(5)])
    run.send({"event": "view", "user": "u0"})
    assert run.counters == {
        "events": 5, "rows": 2, "bad": 1, "unfit": 5, "late": 0, "dropped": 3, "evicted": 0, "expired": 0, "outside": 0,
    }, run.counters  # fmt: skip
    again = feature(CLICKS, False, limit=2).open(state=run.state())
    assert (again.counters, again.bad, again.unfit) == (run.counters, {"missing_time": 1}, {"price": 5})
    run = feature(CLICKS, st.visit("5s", enter="view", exit="buy"), limit=1).open()
    names = ["buy", "view", "view", "buy"]
    run.send([{"event": name, "timestamp": START + i, "user": f"u{i}"} for i, name in enumerate(names)])
    run.send({"event": "view", "timestamp": START - 10 * SECOND, "user": "u"})
    rows = len(run.advance(START + 60 * SECOND))
    assert run.counters["rows"] == rows and run.counters["outside"] > 0 and run.counters["late"] == 1, run.counters
    run = feature(CLICKS, False, ttl="1s").open()
    run.send([{"event": "view", "timestamp": START + i * SECOND, "user": f"u{i}"} for i in range(3000)])
    assert run.counters["expired"] > 1000 and run.counters["events"] == 3000, run.counters
