"""Features of event streams: defined in Python, computed by the engine in Swift.

>>> from walle import streams as st
>>> hourly = (st.source("clicks", delay="10s", columns={"user_id": "text", "price": "float"})
...           .where(st.event == "product_view")
...           .key_by("user_id")
...           .window(st.tumbling("1h"), lateness="5min")
...           .aggregate(views=st.count(), dearest=st.max("price")))
>>> run = hourly.open()
>>> rows = run.send([{"event": "product_view", "timestamp": "2026-11-21 22:05", "user_id": "u7", "price": 9.5}])
>>> [(row["user_id"], row["views"]) for row in run.finish()]
[('u7', 1)]

Where a column or a value of events is wanted, a text is an expression in the engine's own syntax, the one that files in
TOML use: ``st.sum("price * 0.92")``. Beside an operator a text is a value: ``st.event == "product_view"``.

Times are integers, microseconds since 1970 in UTC; texts as in ISO 8601 and datetimes with a zone are taken as well.
"""

from walle._streams import Batch, Categories, Rows, TextColumn
from walle.streams._aggregates import (
    Aggregate,
    approx_distinct,
    concat,
    count,
    distinct,
    first,
    last,
    max,
    mean,
    median,
    min,
    quantile,
    stddev,
    sum,
    top,
    variance,
)
from walle.streams._batch import batch
from walle.streams._builder import Stream, source
from walle.streams._definition import Definition, load
from walle.streams._errors import DefinitionError, InputError, StateError, StreamError
from walle.streams._expressions import Expression, Order, col, event, lit, page, time
from walle.streams._functions import (
    abs,
    ceil,
    coalesce,
    contains,
    date_part,
    date_trunc,
    epoch_us,
    exp,
    floor,
    format_time,
    greatest,
    least,
    length,
    ln,
    lower,
    nullif,
    power,
    regexp_extract,
    replace,
    round,
    split_part,
    sqrt,
    starts_with,
    substring,
    trim,
    upper,
    when,
)
from walle.streams._run import Run
from walle.streams._windows import Window, calendar, cumulating, hopping, over, session, tumbling, visit

__all__ = [
    "Aggregate", "Batch", "Categories", "Definition", "DefinitionError", "Expression", "InputError", "Order", "Rows",
    "Run", "StateError", "Stream", "StreamError", "TextColumn", "Window", "abs", "approx_distinct", "batch", "calendar",
    "ceil", "coalesce", "col", "concat", "contains", "count", "cumulating", "date_part", "date_trunc", "distinct",
    "epoch_us", "event", "exp", "first", "floor", "format_time", "greatest", "hopping", "last", "least", "length",
    "lit", "ln", "load", "lower", "max", "mean", "median", "min", "nullif", "over", "page", "power", "quantile",
    "regexp_extract", "replace", "round", "session", "source", "split_part", "sqrt", "starts_with", "stddev",
    "substring", "sum", "time", "top", "trim", "tumbling", "upper", "variance", "visit", "when",
]  # fmt: skip


def __dir__() -> list[str]:
    return list(__all__)
