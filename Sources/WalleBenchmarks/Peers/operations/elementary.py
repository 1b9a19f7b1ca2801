"""Element by element, by functions that are approximated."""

from operations.kinds import FLOATS, Operation, both

_FAMILY = "elementary"


def _of_one(name: str, low: float, high: float) -> Operation:
    return Operation(name, _FAMILY, f"r = np.{name}(a)", f"a = values(1, {low}, {high})", FLOATS)


def _of_two(name: str) -> Operation:
    return Operation(name, _FAMILY, f"r = np.{name}(a, b)", "a = values(1, -4, 4); b = values(2, -4, 4)", FLOATS)


OPERATIONS = (
    *both("exp", _FAMILY, "np.exp(a)", "a = values(1, -9, 9)", dtypes=FLOATS),
    *both("log", _FAMILY, "np.log(a)", "a = values(1)", dtypes=FLOATS),
    _of_one("log2", 1, 100),
    _of_one("expm1", -2, 2),
    _of_one("log1p", 0, 4),
    _of_one("sin", -9, 9),
    _of_one("cos", -9, 9),
    _of_one("tan", -1, 1),
    _of_one("arctan", -9, 9),
    _of_one("tanh", -4, 4),
    _of_one("cbrt", 1, 100),
    _of_two("arctan2"),
    _of_two("hypot"),
)
