"""Sets of values: arrays without repetitions, and what two of them share."""

from __future__ import annotations

from collections import namedtuple

from walle import _tensor as _t
from walle.numpy import _dtypes
from walle.numpy._core import _axis, asarray

TYPE_CHECKING = False
if TYPE_CHECKING:
    from walle.numpy._typing import ArrayLike, ndarray

__all__ = [
    "intersect1d", "isin", "setdiff1d", "setxor1d", "union1d", "unique", "unique_all", "unique_counts",
    "unique_inverse", "unique_values",
]  # fmt: skip

UniqueAllResult = namedtuple(
    "UniqueAllResult", ("values", "indices", "inverse_indices", "counts"), module="walle.numpy"
)
UniqueCountsResult = namedtuple("UniqueCountsResult", ("values", "counts"), module="walle.numpy")
UniqueInverseResult = namedtuple("UniqueInverseResult", ("values", "inverse_indices"), module="walle.numpy")


# MARK: values that differ


def unique(
    ar: ArrayLike,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
    *,
    equal_nan: bool = True,
    sorted: bool = True,
) -> ndarray | tuple[ndarray, ...]:
    """The different values in order; or the different parts along an axis.

    Parameters
    ----------
    return_index
        Also where each is first.
    return_inverse
        Also which of them each element is.
    return_counts
        Also how often each occurs.
    equal_nan
        All NaN count as one.
    sorted
        Accepted; the values are always in order.
    """
    ar = asarray(ar)
    wanted = (return_index, return_inverse, return_counts)
    if axis is None and not any(wanted):
        return _t.unique(ar, False, bool(equal_nan))[0]
    if axis is not None and ar.ndim != 1:
        return _unique_parts(ar, _axis(axis, ar.ndim), wanted)
    if axis is not None:
        _axis(axis, ar.ndim)
    found = _unique(ar.reshape(-1), wanted, equal_nan)
    if return_inverse and axis is None:
        place = 1 + return_index
        found = (*found[:place], found[place].reshape(ar.shape), *found[place + 1 :])
    return found[0] if len(found) == 1 else found


def _unique(flat, wanted, equal_nan):
    """The different values of one axis, and whichever of first positions, ranks and counts are wanted."""
    return_index, return_inverse, return_counts = wanted
    values, first, ranks, counts = _t.unique(flat, bool(return_index or return_inverse), bool(equal_nan))
    found = (values,)
    if return_index:
        found += (first,)
    if return_inverse:
        found += (ranks,)
    return found + (counts,) if return_counts else found


def _described(values, order, mask, wanted):
    return_index, return_inverse, return_counts = wanted
    found = (values,)
    if return_index:
        found += (order[mask],)
    if return_inverse:
        ranks = _t.accumulate(_t.add, mask, 0, _dtypes.int64) - 1
        inverse = _t.zeros(mask.shape, _dtypes.int64)
        inverse[order] = ranks
        found += (inverse,)
    if return_counts:
        starts = _t.nonzero(mask)[0]
        stops = _t.concatenate([starts[1:], asarray([mask.size])], 0, None) if starts.size else starts
        found += (stops - starts,)
    return found


def _unique_parts(ar, axis, wanted):
    """The different parts along an axis, in the order of their elements from the first on."""
    from walle.numpy._manipulation import moveaxis
    from walle.numpy._sorting import lexsort

    moved = moveaxis(ar, axis, 0)
    count, shape = moved.shape[0], moved.shape[1:]
    width = 1
    for length in shape:
        width *= length
    rows = moved.reshape(count, width)
    order = lexsort([rows[:, column] for column in range(width - 1, -1, -1)]) if width else _range(count)
    ordered = rows[order]
    mask = _t.full((count,), True, _dtypes.bool_)
    if count:
        mask[1:] = _t.reduce(_t.logical_or, ordered[1:] != ordered[:-1], 1, None, False, None)
    values = ordered[mask]
    found = _described(moveaxis(values.reshape(values.shape[:1] + shape), 0, axis), order, mask, wanted)
    return found[0] if len(found) == 1 else found


def _range(count):
    return _t.range(0, 1, count, _dtypes.int64)


def unique_all(x: ArrayLike) -> UniqueAllResult:
    """The different values, where each is first, which of them each element is, and how often each occurs."""
    return UniqueAllResult(*unique(x, True, True, True, equal_nan=False))


def unique_counts(x: ArrayLike) -> UniqueCountsResult:
    """The different values, and how often each occurs."""
    return UniqueCountsResult(*unique(x, return_counts=True, equal_nan=False))


def unique_inverse(x: ArrayLike) -> UniqueInverseResult:
    """The different values, and which of them each element is."""
    return UniqueInverseResult(*unique(x, return_inverse=True, equal_nan=False))


def unique_values(x: ArrayLike) -> ndarray:
    """The different values."""
    return unique(x, equal_nan=False)


# MARK: members


def _common(ar1, ar2):
    ar1, ar2 = asarray(ar1).reshape(-1), asarray(ar2).reshape(-1)
    kind = _t.promote(ar1.dtype, ar2.dtype)
    return _t.astype(ar1, kind, False), _t.astype(ar2, kind, False)


def isin(
    element: ArrayLike,
    test_elements: ArrayLike,
    assume_unique: bool = False,
    invert: bool = False,
    *,
    kind: str | None = None,
) -> ndarray:
    """Where elements of an array are among some values.

    Parameters
    ----------
    invert
        Where they are not.
    kind
        ``"sort"`` or ``"table"`` as NumPy has them, which differ in speed only; ``"table"`` needs integers.
    """
    element = asarray(element)
    if isinstance(test_elements, (set, frozenset)):
        raise TypeError("test_elements is a set, which has no order: pass list(test_elements)")
    if kind not in (None, "sort", "table"):
        raise ValueError(f"Invalid kind: '{kind}'. Please use None, 'sort' or 'table'.")
    flat, tests = _common(element, test_elements)
    if kind == "table" and not (element.dtype.kind in "iub" and asarray(test_elements).dtype.kind in "iub"):
        raise ValueError(
            "The 'table' method is only supported for boolean or integer arrays. Please select 'sort' or None for kind."
        )
    if not tests.size:
        return _t.full(element.shape, bool(invert), _dtypes.bool_)
    if tests.size < 10 * flat.size**0.145:
        # A few comparisons of everything are quicker than searches.
        found = flat == tests[0]
        for each in tests[1:]:
            found = _t.logical_or(found, flat == each)
        return asarray(_t.logical_not(found) if invert else found).reshape(element.shape)
    tests = _t.sort(tests, 0, False, False)
    place = asarray(_t.searchsorted(tests, flat, False))
    found = tests[_t.minimum(place, tests.size - 1)]
    return (found != flat if invert else found == flat).reshape(element.shape)


def intersect1d(
    ar1: ArrayLike, ar2: ArrayLike, assume_unique: bool = False, return_indices: bool = False
) -> ndarray | tuple[ndarray, ndarray, ndarray]:
    """The values that two arrays share, in order; with their first positions in both if wanted."""
    ar1, ar2 = asarray(ar1), asarray(ar2)
    if not assume_unique:
        if return_indices:
            ar1, where1 = unique(ar1, return_index=True)
            ar2, where2 = unique(ar2, return_index=True)
        else:
            ar1, ar2 = unique(ar1), unique(ar2)
    ar1, ar2 = ar1.reshape(-1), ar2.reshape(-1)
    both = _t.concatenate([ar1, ar2], 0, None)
    if not return_indices:
        both = _t.sort(both, 0, False, False)
        return both[:-1][both[1:] == both[:-1]]
    order = _t.argsort(both, 0, True, False)
    both = both[order]
    mask = both[1:] == both[:-1]
    first, second = order[:-1][mask], order[1:][mask] - ar1.size
    if not assume_unique:
        first, second = where1[first], where2[second]
    return both[:-1][mask], first, second


def union1d(ar1: ArrayLike, ar2: ArrayLike) -> ndarray:
    """The values of either array, in order."""
    return unique(_t.concatenate([asarray(ar1).reshape(-1), asarray(ar2).reshape(-1)], 0, None))


def setdiff1d(ar1: ArrayLike, ar2: ArrayLike, assume_unique: bool = False) -> ndarray:
    """The values of the first array that are not in the second, in order."""
    if assume_unique:
        ar1 = asarray(ar1).reshape(-1)
    else:
        ar1, ar2 = unique(ar1), unique(ar2)
    return ar1[isin(ar1, ar2, assume_unique=True, invert=True)]


def setxor1d(ar1: ArrayLike, ar2: ArrayLike, assume_unique: bool = False) -> ndarray:
    """The values of one array only, in order."""
    if not assume_unique:
        ar1, ar2 = unique(ar1), unique(ar2)
    both = _t.concatenate([asarray(ar1).reshape(-1), asarray(ar2).reshape(-1)], 0, None)
    if not both.size:
        return both
    both = _t.sort(both, 0, False, False)
    edges = _t.full((both.size + 1,), True, _dtypes.bool_)
    edges[1:-1] = both[1:] != both[:-1]
    return both[edges[1:] & edges[:-1]]
