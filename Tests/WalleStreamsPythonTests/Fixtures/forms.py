"""Definitions: the same from Python and from files in TOML."""

from datetime import timedelta

from support import clicks, feature, raises
from walle import streams as st

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
SOURCE = """
        [source.clicks]
        columns = { user_id = "text", price = "float", count = "int", paid = "bool", platform = "text", seen = "time" }
        """
SPENDERS = (
    SOURCE
    + """
        [stream.euros]
        source = "clicks"
        where = "event = 'purchase'"
        let = { euro = "price * 0.92" }
        select = ["user_id", "euro"]
        """
)
euros = clicks().where(event == "purchase").let(euro=price * 0.92).select("user_id", st.col.euro).named("euros")
spenders = (
    st.source(euros).where(st.time.is_null() | (st.col.euro > 0)).key_by("user_id").window(False, ttl="30d", limit=1000, emit="retractions")
    .aggregate(buys=st.count(), dearest=st.max("euro")).named("spenders")
)  # fmt: skip
busiest = (
    st.source(feature(clicks()).named("hourly"))
    .key_by()
    .window("source", limit=50)
    .rank(st.col.views.desc(), st.col.user_id, first=10, ties=True, as_="place")
    .select(st.col.user_id, "views")
    .named("busiest")
)
FORMS += [
    (euros, SPENDERS),
    (
        spenders,
        SPENDERS
        + """
        [stream.spenders]
        source = "euros"
        where = "timestamp is null or euro > 0"
        key = "user_id"
        window = false
        ttl = "720h"
        limit = 1000
        emit = "retractions"
        aggregate = { buys = "count()", dearest = "max(euro)" }
        """,
    ),
    (
        busiest,
        SOURCE
        + """
        [stream.hourly]
        source = "clicks"
        key = "user_id"
        window = { tumbling = "1h" }
        aggregate = { views = "count()" }
        [stream.busiest]
        source = "hourly"
        key = false
        window = "source"
        rank = { by = ["views desc", "user_id"], first = 10, ties = true, as = "place" }
        limit = 50
        select = ["user_id", "views"]
        """,
    ),
    (
        clicks().key_by("platform").window(False, ttl=timedelta(days=1)).rank("price desc", first=3)
        .select("user_id", "price").named("dearest"),
        SOURCE
        + """
        [stream.dearest]
        source = "clicks"
        key = "platform"
        window = false
        ttl = "1d"
        rank = { by = "price desc", first = 3 }
        select = ["user_id", "price"]
        """,
    ),
    (
        clicks(clock="arrival").key_by("user_id").window(st.hopping("1h", "30min"), limit=7)
        .rank(price * -1, first=1).select("platform").named("arrived"),
        """
        [source.clicks]
        clock = "arrival"
        columns = { user_id = "text", price = "float", count = "int", paid = "bool", platform = "text", seen = "time" }
        [stream.arrived]
        source = "clicks"
        key = "user_id"
        window = { hopping = "1h", slide = "30min" }
        limit = 7
        rank = { by = "price * -1", first = 1 }
        select = ["platform"]
        """,
    ),
    (
        clicks().match("a b", within="1h", key=False, limit=3),
        SOURCE
        + """
        [pattern.pattern]
        source = "clicks"
        key = false
        pattern = "a b"
        within = "1h"
        limit = 3
        """,
    ),
]  # fmt: skip
for window, text in [
    (st.cumulating("1d", "1h", offset="1min"), '{ cumulating = "1d", step = "1h", offset = "1min" }'),
    (st.session(timedelta(minutes=30)), '{ session = "30min" }'),
    (st.over("1h"), '{ over = "1h" }'),
    (st.calendar("month", "Europe/Berlin"), '{ calendar = "month", zone = "Europe/Berlin" }'),
    (st.visit("9s", enter="view", exit="leave"), '{ visit = "9s", enter = "view", exit = "leave" }'),
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


def test_files_with_chains():
    text = FORMS[5][1] + FORMS[4][1].replace(SOURCE, "")
    assert st.load(text, "busiest") == busiest and st.load(text, "spenders") == spenders
    assert st.load(text, "euros") == euros and st.load(text, "hourly") == feature(clicks()).named("hourly")
    raises(st.DefinitionError, "choose one of hourly, busiest, euros, spenders", st.load, text)
    tables = [line for line in busiest.to_toml().splitlines() if line.startswith("[")]
    assert tables == ["[source.clicks]", "[stream.hourly]", "[stream.hourly.aggregate]", "[stream.busiest]"]
    stream = "[stream.{}]\nsource = '{}'\nselect = ['timestamp']\n"
    circle = "[source.a]\n" + stream.format("x", "y") + stream.format("y", "x")
    raises(st.DefinitionError, "reads its own rows: y reads x reads y", st.load, circle, "x")
    both = "[source.a]\n[source.x]\n" + stream.format("x", "a") + stream.format("y", "x")
    raises(st.DefinitionError, "is a source and a stream", st.load, both, "y")


def test_chains_name_what_has_no_name():
    first = clicks().select("user_id")
    second = st.source(first).select("user_id")
    third = st.source(second).select("user_id")
    assert [each.name for each in (first, second, third)] == ["stream", "stream_2", "stream_3"]
    assert third.columns == ["timestamp", "user_id"] and st.load(third.to_toml()) == third
    error = raises(st.DefinitionError, "is called so", third.named, "stream")
    assert error.field == "stream.stream"
    assert busiest.columns == ["window_start", "window_end", "place", "user_id", "views"]
    assert busiest.explain().splitlines()[0].startswith("hourly: events") and "rank() OVER" in busiest.sql("duckdb")
    assert repr(st.col.views.desc()) == "<views desc>"


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
