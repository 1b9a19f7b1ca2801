"""Element by element, by the operations of the processor."""

from operations.kinds import FLOATS, REALS, Operation, both

_FAMILY = "arithmetic"
_A = "a = values(1)"
_AB = "a = values(1); b = values(2)"
_BOOLS = "a = booleans(1); b = booleans(2)"


def _new(name: str, expression: str, setup: str = _AB, dtypes: tuple[str, ...] = REALS, **rest) -> Operation:
    return Operation(name, _FAMILY, f"r = {expression}", setup, dtypes, **rest)


OPERATIONS = (
    *both("add", _FAMILY, "np.add(a, b)", _AB),
    Operation("add", _FAMILY, "a += b", "a = values(1).copy(); b = values(2)", form="in place", result="a"),
    _new("a + b", "a + b"),
    _new("a + scalar", "a + 3", _A),
    _new("matrix + row", "x + v", "x = matrix(1); v = matrix(2)[0].copy()"),
    _new("matrix + column", "x + v", "x = matrix(1); v = matrix(2)[:, :1].copy()"),
    _new("strided a + b", "a[::2] + b[::2]"),
    _new("subtract", "np.subtract(a, b)"),
    *both("multiply", _FAMILY, "np.multiply(a, b)", _AB),
    Operation("multiply by scalar", _FAMILY, "a *= 1", "a = values(1).copy()", form="in place", result="a"),
    *both("divide", _FAMILY, "np.divide(a, b)", _AB),
    _new("a * b + c", "a * b + c", _AB + "; c = values(3)"),
    _new("floor_divide", "np.floor_divide(a, b)"),
    _new("remainder", "np.remainder(a, b)"),
    _new("power", "np.power(a, b)", "a = values(1, 1, 9); b = values(2, 0, 5)"),
    _new("negative", "np.negative(a)", _A),
    *both("abs", _FAMILY, "np.abs(a)", "a = values(1, -50, 50)"),
    _new("square", "np.square(a)", _A),
    *both("sqrt", _FAMILY, "np.sqrt(a)", _A, dtypes=FLOATS),
    _new("floor", "np.floor(a)", _A, FLOATS),
    _new("maximum", "np.maximum(a, b)"),
    *both("clip", _FAMILY, "np.clip(a, 20, 60)", _A),
    _new("less", "np.less(a, b)"),
    _new("equal to scalar", "a == 7", _A),
    _new("isnan", "np.isnan(a)", _A, FLOATS),
    _new("logical_and", "np.logical_and(a, b)", _BOOLS, ("bool",)),
    _new("logical_not", "~a", _BOOLS, ("bool",)),
    _new("bitwise_and", "a & b", dtypes=("int64",)),
    _new("left_shift", "np.left_shift(a, 3)", _A, ("int64",)),
    _new("cast to float32", "a.astype(np.float32)", _A, ("float64", "int64")),
    _new("cast to float64", "a.astype(np.float64)", _A, ("float32", "int64")),
    _new("cast to int64", "a.astype(np.int64)", _A, FLOATS),
)
