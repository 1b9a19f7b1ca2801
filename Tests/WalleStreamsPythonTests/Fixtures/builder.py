"""What definitions say: expressions, steps, files in TOML, errors."""

from datetime import datetime, timedelta, timezone

from support import clicks, feature, raises
from walle import streams as st


def test_names():
    assert dir(st) == sorted(dir(st)) and not [name for name in dir(st) if name.startswith("_")]
    assert all(hasattr(st, name) for name in dir(st))


# MARK: expressions

price, event = st.col.price, st.event
PRINTED = [
    (event == "product_view", "event = 'product_view'"),
    (event != "it's", "event <> 'it''s'"),
    (st.col("a b") > 1, '"a b" > 1'),
    (st.col('say "x"') > 1, '"say ""x""" > 1'),
    (st.col("select") > 1, "select > 1"),
    (st.col("and") > 1, '"and" > 1'),
    (1 < price, "price > 1"),
    (price * 0.92 + 1, "price * 0.92 + 1"),
    ((price + 1) * 2, "(price + 1) * 2"),
    (2 - (price - 1), "2 - (price - 1)"),
    (10 / price // 3 % 2, "10 / price // 3 % 2"),
    (-price, "-price"),
    (price * -1, "price * -1"),
    (abs(price - 1), "abs(price - 1)"),
    (~(price > 1), "NOT price > 1"),
    ((price > 1) & (price < 5) | ~st.col.paid, "price > 1 AND price < 5 OR NOT paid"),
    ((price > 1) & ((price < 5) | st.col.paid), "price > 1 AND (price < 5 OR paid)"),
    (price.is_null(), "price IS NULL"),
    (~price.is_null(), "price IS NOT NULL"),
    (event.isin(["a", "b'c"]), "event IN ('a', 'b''c')"),
    (event.like("%view_"), "event LIKE '%view_'"),
    (price.between(1, 2.5), "price >= 1 AND price <= 2.5"),
    (event.concat("-", st.col.platform), "event || '-' || platform"),
    (price.cast("int"), "CAST(price AS int)"),
    (st.col.paid == True, "paid = TRUE"),  # noqa: E712
    (price > 1e20, "price > 1e+20"),
    (st.col.seen > datetime(2024, 3, 31, 12, tzinfo=timezone.utc), "seen > TIMESTAMP '2024-03-31 12:00:00'"),
    (
        st.time >= datetime(2024, 3, 31, 14, 0, 0, 500, timezone(timedelta(hours=2))),
        "timestamp >= TIMESTAMP '2024-03-31 12:00:00.0005'",
    ),
    (st.time + timedelta(minutes=1), "timestamp + 60000000"),
    (st.upper("platform"), "upper(platform)"),
    (st.substring(st.col.platform, 2, 3), "substring(platform, 2, 3)"),
    (st.regexp_extract("platform", "id=([0-9]+)'", 1), "regexp_extract(platform, 'id=([0-9]+)''', 1)"),
    (st.date_part("hour", st.time, "Europe/Berlin"), "date_part('hour', timestamp, 'Europe/Berlin')"),
    (st.date_trunc("day", "seen"), "date_trunc('day', seen)"),
    (st.coalesce(price, 0), "coalesce(price, 0)"),
    (st.nullif("platform", "none"), "nullif(platform, 'none')"),
    (st.greatest(price, "price * 2", 3), "greatest(price, price * 2, 3)"),
    (
        st.when((price > 100, "dear"), ("price > 10", "fair"), otherwise="cheap"),
        "CASE WHEN price > 100 THEN 'dear' WHEN price > 10 THEN 'fair' ELSE 'cheap' END",
    ),
]


def test_expressions_print_as_the_engine_writes_them():
    for expression, text in PRINTED:
        assert str(expression) == text, f"{expression} is not {text}"


def test_every_function_fits_the_engine():
    text, number = "platform", "price"
    one = [getattr(st, name) for name in ("abs", "ceil", "floor", "round", "sqrt", "exp", "ln")]
    values = {f"n{i}": function(number) for i, function in enumerate(one)}
    values |= {f"t{i}": getattr(st, name)(text) for i, name in enumerate(("lower", "upper", "trim", "length"))}
    values |= {
        "power": st.power(number, 2), "least": st.least(number, 1), "replace": st.replace(text, "a", "b"),
        "part": st.split_part(text, "/", 2), "starts": st.starts_with(text, "a"), "has": st.contains(text, "a"),
        "shown": st.format_time(st.time, "yyyy-MM-dd", "UTC"), "micros": st.epoch_us(st.time),
    }  # fmt: skip
    assert feature(clicks().let(**values)).columns == ["user_id", "window_start", "window_end", "views"]


def test_what_is_no_expression():
    raises(TypeError, "combine with & | ~", lambda: price > 1 and price < 2)
    raises(TypeError, "write .is_null()", lambda: price == None)  # noqa: E711
    raises(ValueError, "nan cannot be written", lambda: price > float("nan"))
    raises(ValueError, "has no zone", lambda: st.time > datetime(2024, 1, 1))
    raises(TypeError, "is no value of events", st.lit, [1])
    raises(TypeError, "", lambda: price + [1])
    raises(TypeError, "unhashable", hash, price)
    # A text is no way out of its parentheses.
    raises(st.DefinitionError, "stream.stream.where", clicks().where, "price > 1) or (price < 2", price > 0)


# MARK: errors


def test_errors_name_the_field_at_the_step():
    start = clicks()
    rows = st.source(feature(start))
    cases = [
        ("source.a b", lambda: st.source("a b")),
        ("source.s.columns.x", lambda: st.source("s", columns={"x": "string"})),
        ("source.s.delay", lambda: st.source("s", delay="10 parsecs")),
        ("source.s.delay", lambda: st.source("s", delay=10)),
        ("stream.stream.where", lambda: start.where("price >")),
        ("stream.stream.where", lambda: start.where(st.col.prise > 1)),
        ("stream.stream.where", lambda: start.where(price + 1)),
        ("stream.stream.where", lambda: start.where(st.page == "x")),
        ("stream.stream.let.euro", lambda: start.let(euro="price *")),
        ("stream.stream.let.euro", lambda: start.let(euro=price + st.col.platform)),
        ("stream.stream.let.price", lambda: start.let(price=price * 2)),
        ("stream.stream.key", lambda: start.key_by("usr_id")),
        ("stream.stream.window.tumbling", lambda: start.window(st.tumbling("1 hour"))),
        ("stream.stream.window.slide", lambda: start.window(st.hopping("1h", "7min"))),
        ("stream.stream.lateness", lambda: start.window(st.over("1h"), lateness="soon")),
        ("stream.stream.emit", lambda: start.window(st.over("1h"), emit="late")),
        ("stream.stream.key", lambda: start.window(st.over("1h")).aggregate(n=st.count())),
        ("stream.stream.window", lambda: start.key_by().aggregate(n=st.count())),
        ("stream.stream.aggregate", lambda: start.key_by().window(st.over("1h")).aggregate()),
        ("stream.stream.aggregate.n", lambda: feature_of(n=st.sum("platform"))),
        ("stream.stream.aggregate.n", lambda: feature_of(n=st.last("price", 0))),
        ("stream.stream.aggregate.n", lambda: feature_of(n="some(price)")),
        ("pattern.pattern.pattern", lambda: start.match("a (", within="1h", key=False)),
        ("pattern.pattern.key", lambda: start.match("a", within="1h")),
        ("pattern.pattern.skip", lambda: start.match("a", within="1h", key=False, skip="ahead")),
        ("stream.stream.ttl", lambda: start.window(st.over("1h"), ttl="1h")),
        ("stream.stream.limit", lambda: start.window(False, limit=0)),
        ("stream.stream.rank.by", lambda: start.key_by().window(False).rank(first=1)),
        ("stream.stream.rank.by", lambda: start.key_by().window(False).rank("prise desc", first=1)),
        ("stream.stream.rank.first", lambda: start.key_by().window(False).rank(price, first=0)),
        ("stream.stream.rank.ties", lambda: start.key_by().window(False).rank(price, first=1, ties=True)),
        ("stream.stream.window", lambda: start.window("source")),
        ("stream.stream.window", lambda: start.window(st.session("1h")).rank(price, first=1)),
        ("stream.stream.select", lambda: start.select("prise")),
        ("stream.stream.select", lambda: start.select(price * 2)),
        ("stream.stream.key", lambda: start.key_by("price").select("price")),
        ("source.s.clock", lambda: st.source("s", clock="sun")),
        ("pattern.pattern.limit", lambda: start.match("a", within="1h", key=False, limit=0)),
        ("stream.stream_2.where", lambda: rows.where(st.event == "x")),
        ("stream.stream_2.let.y", lambda: rows.let(y=st.batch(len, "int", "views"))),
        ("stream.stream_2.window", lambda: rows.window(st.visit("1h", enter="a", exit="b"))),
        ("source", lambda: st.source(start.match("a", within="1h", key=False))),
        ("stream.stream.let.y.batch", lambda: start.let(y=st.batch(len, "double", "price"))),
        ("stream.stream.let.y", lambda: start.let(y=st.batch(len, "float", "prise"))),
    ]
    for field, step in cases:
        error = raises(st.DefinitionError, field, step)
        assert error.field == field and error.remedy and isinstance(error, ValueError), (error.field, field)
    raises(TypeError, "must be an aggregate", feature_of, n=3)
    raises(TypeError, "a window is wanted", start.window, "1h")
    raises(TypeError, "have their delay already", st.source, feature(start), delay="1s")
    raises(TypeError, "needs a function", st.batch, 3, "float")


def feature_of(**aggregates):
    return clicks().key_by().window(st.over("1h")).aggregate(**aggregates)
