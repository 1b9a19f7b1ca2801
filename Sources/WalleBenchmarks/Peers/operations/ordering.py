"""Sorting, and what is found in sorted arrays."""

from operations.kinds import FLOATS, REALS, Operation

_FAMILY = "ordering"
_A = "a = wide(1)"


def _new(name: str, expression: str, setup: str = _A, dtypes: tuple[str, ...] = REALS, **rest) -> Operation:
    return Operation(name, _FAMILY, f"r = {expression}", setup, dtypes, **rest)


OPERATIONS = (
    _new("sort", "np.sort(a)"),
    _new("sort rows", "np.sort(x, axis=1)", "x = wide(1).reshape(shape)"),
    _new("sort few values", "np.sort(a)", "a = values(1)", ("int64",)),
    # Which of two equal elements comes first is free.
    _new("argsort", "np.argsort(a)", result="a[r]"),
    _new("stable argsort", "np.argsort(a, stable=True)", "a = values(1)", ("int64",)),
    _new("partition", "np.partition(a, n // 3)", result="np.sort(r[: n // 3]), r[n // 3]"),
    _new("searchsorted", "np.searchsorted(a, b)", "a = np.sort(wide(1)); b = wide(2)[: min(n, 10**6)]"),
    _new("unique", "np.unique(a)"),
    _new("unique of few values", "np.unique(a)", "a = values(1)", ("int64",)),
)
