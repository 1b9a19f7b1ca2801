"""Functions of the script over whole batches."""

import gc
import math
import traceback
import weakref

import walle.numpy as np
from support import SECOND, START, raises
from walle import streams as st

CLICKS = st.source("clicks", columns={"user": "text", "price": "float", "n": "int", "ok": "bool"})


def events(count=10):
    return [
        {
            "event": "view",
            "timestamp": START + i * SECOND,
            "user": f"u{i % 3}",
            "price": i * 0.5,
            "n": i,
            "ok": i % 2 == 0,
        }
        for i in range(count)
    ]


def rows(stream, given, **aggregates):
    run = stream.key_by().window(st.tumbling("1h")).aggregate(**aggregates).open()
    run.send(given)
    return run.finish()


def test_functions_get_columns():
    seen = []

    def score(price, count, ok, time, user, twice):
        seen.extend([price, count, ok, time, user, twice])
        return price * 2

    arguments = (st.col.price, "n", "ok", st.time, "user", st.col.price * 2)
    got = rows(CLICKS.let(score=st.batch(score, "float", *arguments)), events(), total=st.sum("score"))
    price, count, ok, time, user, twice = seen
    assert got["total"][0] == 45 and price.dtype == twice.dtype == np.float64 and twice.sum() == 45
    assert (
        count.tolist() == list(range(10)) and ok.dtype == np.bool_ and ok.sum() == 5 and time[3] == START + 3 * SECOND
    )
    assert (
        isinstance(user, st.TextColumn) and len(user) == 10 and user[-1] == "u0" and user.to_list()[:2] == ["u0", "u1"]
    )
    assert [user.categories[int(code)] for code in user.codes] == user.to_list() and user.nulls is None


def test_values_of_every_type():
    given = events()
    cases = [
        ("float", lambda x: x * 2, "sum", 45.0),
        ("float", lambda x: [1, 2.5] * 5, "sum", 17.5),
        ("float", lambda x: np.arange(10), "sum", 45.0),
        ("float", lambda x: np.arange(20.0, dtype=np.float32)[::2], "sum", 90.0),
        ("int", lambda x: np.arange(10), "max", 9),
        ("int", lambda x: [None, True, 4.0, *range(7)], "max", 6),
        ("bool", lambda x: x > 1, "max", True),
        ("text", lambda x: [f"t{i % 4}" for i in range(10)], "distinct", 4),
        ("time", lambda x: ["2026-11-21"] * 10, "last", 1_795_219_200_000_000),
    ]
    for type, function, aggregate, expected in cases:
        got = rows(CLICKS.let(y=st.batch(function, type, "price")), given, y=getattr(st, aggregate)("y"))
        assert got["y"][0] == expected, (type, got[0])
    same = rows(CLICKS.let(y=st.batch(lambda user: user, "text", "user")), given, y=st.distinct("y"))
    assert same["y"][0] == 3


def test_null_is_not_nan():
    given = [each | {"price": None} if i < 4 else each for i, each in enumerate(events())]
    lengths = []

    def halves(price, n):
        lengths.append(len(price))
        return [math.nan if i == 9 else None if i == 8 else p for i, p in zip(n.tolist(), price.tolist())]

    stream = CLICKS.let(y=st.batch(halves, "float", "price", "n"))
    got = rows(stream, given, n=st.count("y"), nan=st.count().where("y <> y"), nothing=st.count().where("y is null"))
    assert lengths == [6] and got[0]["n"] == 5 and got[0]["nan"] == 1 and got[0]["nothing"] == 5
    lengths.clear()
    assert rows(stream, [each | {"price": None} for each in given], n=st.count("y"))[0]["n"] == 0 and lengths == []


def test_functions_in_conditions_keys_and_aggregates():
    even = st.batch(lambda n: n % 2 == 0, "bool", "n")
    assert rows(CLICKS.where(even), events(), n=st.count())[0]["n"] == 5
    assert rows(CLICKS.where(even & (st.col.n > 2)), events(), n=st.sum("n"))[0]["n"] == 18
    assert rows(CLICKS, events(), n=st.sum(st.batch(lambda n: n * 10, "int", "n") + 1))[0]["n"] == 460
    calls = []
    once = st.batch(lambda n: calls.append(1) or n % 2, "int", "n")
    stream = CLICKS.let(parity=once).where(once == 1).key_by("parity").window(st.tumbling("1h"))
    run = stream.aggregate(n=st.count(), m=st.max(once)).open()
    run.send(events())
    assert run.finish().to_dicts()[0] | {"window_start": 0, "window_end": 0} == {
        "parity": 1, "n": 5, "m": 1, "window_start": 0, "window_end": 0,
    } and len(calls) == 1  # fmt: skip
    chained = st.batch(lambda x: x + 1, "int", st.batch(lambda n: n * 2, "int", "n"))
    assert rows(CLICKS.let(batch_1="price", y=chained), events(), y=st.sum("y"))[0]["y"] == 100


def test_what_a_function_raises_reaches_the_caller_and_nothing_is_taken():
    broken = [True]

    def score(price):
        if broken:
            raise LookupError("no model")
        return price

    run = (
        CLICKS.let(y=st.batch(score, "float", "price"))
        .key_by()
        .window(st.tumbling("4s"))
        .aggregate(n=st.count())
        .open()
    )
    error = raises(LookupError, "no model", run.send, events())
    assert [frame.name for frame in traceback.extract_tb(error.__traceback__)][-1] == "score"
    assert run.position == 0 and run.watermark is None
    broken.clear()
    assert run.send(events())["n"].tolist() == [4, 4] and run.finish()["n"].tolist() == [2] and run.position == 10


def test_wrong_values_name_the_function():
    def short(price):
        return price[:3]

    cases = [
        ("float", short, "short() gave 3 values for 10 rows"),
        ("float", lambda p: None, "gave None, and its values are declared as float"),
        ("float", lambda p: ["a"] * 10, "10 values of other types, and its values are declared as float"),
        ("int", lambda p: p, "declared as int"),
        ("text", lambda p: p, "declared as text"),
        ("float", lambda p: p.reshape(2, 5), "declared as float"),
    ]
    for type, function, text in cases:
        stream = CLICKS.let(y=st.batch(function, type, "price")).key_by().window(st.tumbling("1h"))
        run = stream.aggregate(n=st.count()).open()
        error = raises(st.DefinitionError, text, run.send, events())
        assert error.field == "stream.stream.let.y" and run.position == 0
    raises(TypeError, "", rows, CLICKS.let(y=st.batch(lambda: 1, "int", "n")), events(), n=st.count())


def test_a_function_cannot_call_its_run():
    runs = []
    stream = CLICKS.let(y=st.batch(lambda n: runs[0].send(events()) and n, "int", "n")).key_by()
    runs.append(stream.window(st.tumbling("1h")).aggregate(n=st.count()).open())
    raises(RuntimeError, "taking events already", runs[0].send, events())
    raises(RuntimeError, "taking events already", runs[0].send, events())


def test_functions_are_only_python_s():
    definition = CLICKS.let(y=st.batch(len, "int", "user")).key_by().window(st.tumbling("1h")).aggregate(n=st.count())
    raises(st.DefinitionError, "let.y", definition.sql, "duckdb")
    raises(st.DefinitionError, "cannot be written in TOML", definition.to_toml)
    text = """
        [source.s]
        columns = { price = "float" }
        [stream.stream]
        source = "s"
        key = false
        let = { y = { batch = "float", of = ["price"] } }
        window = { tumbling = "1h" }
        aggregate = { n = "count()" }
        """
    error = raises(st.DefinitionError, "there is no function that computes it", st.load(text).open)
    assert error.field == "stream.stream.let.y"


def test_collects_a_function_that_holds_its_run():
    class Model:
        pass

    def make():
        model = Model()
        stream = CLICKS.let(y=st.batch(lambda n: n if model else None, "int", "n")).key_by()
        model.run = stream.window(st.tumbling("1h")).aggregate(n=st.count()).open()
        model.run.send(events())
        return weakref.ref(model)

    gone = make()
    gc.collect()
    assert gone() is None
