"""Arrays from nothing, from lists, and back."""

from operations.kinds import WIDTHS, Operation

_FAMILY = "creation"
_SMALL = (10, 10_000)


def _new(name: str, expression: str, setup: str = "", dtypes: tuple[str, ...] = WIDTHS, **rest) -> Operation:
    return Operation(name, _FAMILY, f"r = {expression}", setup, dtypes, **rest)


OPERATIONS = (
    _new("zeros", "np.zeros(n, dt)"),
    _new("ones", "np.ones(n, dt)"),
    _new("full", "np.full(n, 7, dt)"),
    _new("empty", "np.empty(n, dt)", result="r.shape"),
    _new("zeros_like", "np.zeros_like(a)", "a = values(1)"),
    _new("arange", "np.arange(n, dtype=dt)"),
    _new("linspace", "np.linspace(0, 1, n)", dtypes=("float64",)),
    _new("eye", "np.eye(n[0], dtype=dt)", sizes=((10, 10), (1000, 1000))),
    _new("array from list", "np.array(a)", "a = values(1).tolist()", dtypes=("float64", "int64"), sizes=_SMALL),
    _new("tolist", "a.tolist()", "a = values(1)", sizes=_SMALL),
)
