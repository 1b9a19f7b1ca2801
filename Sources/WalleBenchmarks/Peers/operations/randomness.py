"""Random numbers. Those that need not be NumPy's are only counted."""

from operations.kinds import Operation

_FAMILY = "random"
_SETUP = "g = np.random.default_rng(7)"


def _new(name: str, expression: str, dtype: str, **rest) -> Operation:
    return Operation(name, _FAMILY, f"r = g.{expression}", _SETUP, (dtype,), **rest)


OPERATIONS = (
    _new("random", "random(n)", "float64"),
    _new("integers", "integers(0, 1000, n)", "int64"),
    _new("standard_normal", "standard_normal(n)", "float64", result="r.shape"),
    _new("permutation", "permutation(n)", "int64", result="np.sort(r)"),
)
