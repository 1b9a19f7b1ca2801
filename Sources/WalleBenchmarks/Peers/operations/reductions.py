"""Many elements to one, and running sums."""

from operations.kinds import FLOATS, REALS, Operation, both

_FAMILY = "reductions"
_A = "a = values(1)"
_X = "x = matrix(1)"


def _new(name: str, expression: str, setup: str = _A, dtypes: tuple[str, ...] = REALS, **rest) -> Operation:
    return Operation(name, _FAMILY, f"r = {expression}", setup, dtypes, **rest)


OPERATIONS = (
    _new("sum", "np.sum(a)"),
    _new("sum axis 0", "x.sum(axis=0)", _X),
    _new("sum axis 1", "x.sum(axis=1)", _X),
    _new("max", "a.max()"),
    _new("max axis 0", "x.max(axis=0)", _X),
    _new("max axis 1", "x.max(axis=1)", _X),
    _new("mean", "np.mean(a)"),
    _new("mean axis 0", "np.mean(x, axis=0)", _X),
    _new("std", "np.std(a)"),
    _new("var axis 1", "np.var(x, axis=1)", _X, FLOATS),
    _new("argmax", "np.argmax(a)"),
    _new("argmin axis 1", "np.argmin(x, axis=1)", _X),
    # Nothing is found before the end.
    _new("any", "a.any()", "a = values(1) > 1000", ("bool",)),
    _new("all", "a.all()", "a = values(1) < 1000", ("bool",)),
    _new("count_nonzero", "np.count_nonzero(a)", "a = booleans(1)", ("bool",)),
    # Single precision adds one after the other: the errors of 10⁷ additions remain.
    *both("cumsum", _FAMILY, "np.cumsum(a)", _A, tolerance=3000),
    _new("cumsum axis 0", "np.cumsum(x, axis=0)", _X, tolerance=100),
    _new("prod", "np.prod(a)", "a = np.ones(n, dt); a[:: n // 5] = 3"),
    _new("median", "np.median(a)", _A, FLOATS),
)
