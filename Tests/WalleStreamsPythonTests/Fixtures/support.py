"""What several of these files need. Tests are in the others."""

from walle import streams as st

START = 1_700_000_000_000_000
SECOND = 1_000_000
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
