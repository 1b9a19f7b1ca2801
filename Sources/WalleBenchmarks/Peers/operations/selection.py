"""Elements by their positions or by a condition."""

from operations.kinds import WIDTHS, Operation

_FAMILY = "selection"
_TAKE = "a = values(1); i = positions(2)"
_MASK = "a = values(1); m = booleans(2)"


def _new(name: str, expression: str, setup: str, dtypes: tuple[str, ...] = WIDTHS, **rest) -> Operation:
    return Operation(name, _FAMILY, f"r = {expression}", setup, dtypes, **rest)


OPERATIONS = (
    _new("take", "np.take(a, i)", _TAKE),
    _new("a[i]", "a[i]", _TAKE),
    _new("rows by position", "x[i]", "x = matrix(1); i = positions(2, shape[0])[: shape[0]]"),
    _new("a[mask]", "a[m]", _MASK),
    _new("compress", "np.compress(m, a)", _MASK),
    _new("where", "np.where(m, a, b)", _MASK + "; b = values(3)"),
    _new("where, scalar", "np.where(m, a, 0)", _MASK),
    _new("nonzero", "np.nonzero(a)", "a = values(1, 0, 3) * booleans(2)"),
    Operation(
        "a[i] = b", _FAMILY, "a[i] = b", "a = values(1).copy(); i = permuted(2); b = values(3)", WIDTHS,
        form="in place", result="a",
    ),
    Operation("a[mask] = 0", _FAMILY, "a[m] = 0", _MASK + "; a = a.copy()", WIDTHS, form="in place", result="a"),
)
