"""Definitions: the same from Python and from files in TOML."""

from datetime import timedelta

from walle import streams as st

COLUMNS = {"user_id": "text", "price": "float", "count": "int", "paid": "bool", "platform": "text", "seen": "time"}


def clicks(**more):
    return st.source("clicks", columns=COLUMNS, **more)


def feature(stream):
    return stream.key_by("user_id").window(st.tumbling("1h")).aggregate(views=st.count())


def raises(kind, text, function, *arguments, **names):
    """Give the exception of a call, after a look at its class and a part of its message."""
    try:
        result = function(*arguments, **names)
    except kind as error:
        assert text in str(error), f"{error!s} does not say {text!r}"
        return error
    raise AssertionError(f"no {kind.__name__}, but {result!r}")


price, event = st.col.price, st.event
FORMS = [
    (
        clicks(delay="10s", idle=timedelta(minutes=1))
        .where(event == "product_view", "price > 0")
        .let(euro=price * 0.92)
        .key_by("user_id")
        .window(st.tumbling("1h"), lateness="5min")
        .aggregate(
            views=st.count(), priced=st.count("price"), platforms=st.distinct("platform"), recent=st.last("event", 20),
            dear=st.count().where(price > 100).where("paid"), total=st.sum("euro"), mean=st.mean(price),
            spread=st.variance("price"), deviation=st.stddev("price"), least=st.min("price"), most=st.max("price"),
            earliest=st.first("price"), latest=st.last("price"), about=st.approx_distinct("user_id"),
            often=st.top("platform", 3), upper=st.quantile("price", 0.9), middle=st.median("price"),
            all=st.concat("platform", "', "),
        ),
        """
        [source.clicks]
        delay = "10s"
        idle = "60s"
        columns = { user_id = "text", price = "float", count = "int", paid = "bool", platform = "text", seen = "time" }
        [stream.stream]
        source = "clicks"
        where = "event = 'product_view' and price > 0"
        let = { euro = "price * 0.92" }
        key = "user_id"
        window = { tumbling = "60min" }
        lateness = "300s"
        [stream.stream.aggregate]
        views = "count()"
        priced = "count(price)"
        platforms = "distinct(platform)"
        recent = "last(event, 20)"
        dear = "count() where price > 100 and paid"
        total = "sum(euro)"
        mean = "mean(price)"
        spread = "variance(price)"
        deviation = "stddev(price)"
        least = "min(price)"
        most = "max(price)"
        earliest = "first(price)"
        latest = "last(price)"
        about = "approx_distinct(user_id)"
        often = "top(platform, 3)"
        upper = "quantile(price, 0.9)"
        middle = "median(price)"
        all = "concat(platform, ''', ')"
        """,
    ),
    (
        st.source("s", event="name", page="url", time="at", columns={"a b": "int"})
        .where((event == "x") & st.page.like("/shop/%"))
        .key_by("a b", st.page)
        .window(st.hopping("1h", "10min", offset="1min"), emit="retractions")
        .aggregate(n="count() where name = 'x'")
        .named("other"),
        """
        [source.s]
        event = "name"
        page = "url"
        time = "at"
        columns = { "a b" = "int" }
        [stream.other]
        source = "s"
        where = "name = 'x' and url like '/shop/%'"
        key = ["a b", "url"]
        window = { hopping = "1h", slide = "10min", offset = "1min" }
        emit = "retractions"
        aggregate = { n = "count() where name = 'x'" }
        """,
    ),
    (
        clicks().where("price > 1").match(
            "v:product_view[price > 3]+ -> 'add cart' (not buy)", within="10min", key=["user_id", "platform"],
            contiguity="strict", skip="to last v",
        ),
        """
        [source.clicks]
        columns = { user_id = "text", price = "float", count = "int", paid = "bool", platform = "text", seen = "time" }
        [pattern.pattern]
        source = "clicks"
        where = "price > 1"
        key = ["user_id", "platform"]
        pattern = "v:product_view[price > 3]+ -> 'add cart' (not buy)"
        within = "600s"
        contiguity = "strict"
        skip = "to last v"
        """,
    ),
]  # fmt: skip
for window, text in [
    (st.cumulating("1d", "1h"), '{ cumulating = "1d", step = "1h" }'),
    (st.session(timedelta(minutes=30)), '{ session = "30min" }'),
    (st.over("1h"), '{ over = "1h" }'),
    (st.calendar("month", "Europe/Berlin"), '{ calendar = "month", zone = "Europe/Berlin" }'),
]:
    FORMS.append(
        (
            st.source("s").key_by().window(window).aggregate(n=st.count()),
            f"[source.s]\n[stream.stream]\nsource = 's'\nkey = false\nwindow = {text}\naggregate = {{ n = 'count()' }}\n",
        )
    )


def test_forms_are_equal():
    for definition, text in FORMS:
        assert st.load(text) == definition, f"{definition.to_toml()}\nis not\n{text}"
        assert st.load(definition.to_toml()) == definition and hash(st.load(text)) == hash(definition)
        assert definition != definition.named("another")


def forms():
    """Give each definition as Python writes it in TOML, beside the text that says the same."""
    return [[definition.to_toml(), text] for definition, text in FORMS]


def test_files(tmp=None):
    import os
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "features.toml")
        with open(path, "w") as file:
            file.write(FORMS[0][1] + "\n[stream.more]\nsource = 'clicks'\nkey = false\nwindow = { over = '1h' }\n")
            file.write("aggregate = { n = 'count()' }\n")
        assert st.load(path, "stream") == FORMS[0][0] and st.load(path, "more").name == "more"
        raises(st.DefinitionError, "choose one of stream, more", st.load, path)
        raises(st.DefinitionError, "no definition is named 'x'", st.load, path, "x")
    raises(st.DefinitionError, "this is no TOML", st.load, "a = \n")
    raises(st.DefinitionError, "no stream is defined", st.load, "[source.a]\n")
    raises(OSError, "none.toml", st.load, "none.toml")


def test_steps_leave_streams_as_they_are():
    start = clicks()
    left, right = feature(start.where("price > 1")), feature(start.where("price < 1"))
    assert left != right and feature(start) == feature(clicks())


def test_explains_and_prints():
    definition = FORMS[0][0]
    assert "views int = count()" in definition.explain() and "GROUP BY" in feature(clicks()).sql("duckdb")
    assert "pattern" in FORMS[2][0].explain() and "views" in repr(definition)
    assert repr(st.hopping("1h", "10min")) == "st.hopping('1h', slide='10min')"
    assert "MATCH_RECOGNIZE" in clicks().match("view cart", within="10min", key="user_id").sql()
    error = raises(st.DefinitionError, "`not buy` at the end", FORMS[2][0].sql)
    assert error.field == "pattern"
    raises(st.DefinitionError, "no dialect", definition.sql, "oracle")
