"""Order: sorted arrays, ranks, sets of values."""

from __future__ import annotations

from walle import _tensor as _t
from walle.numpy import _dtypes
from walle.numpy._core import _axis, asarray

TYPE_CHECKING = False
if TYPE_CHECKING:
    from walle.numpy._typing import Array, ArrayLike, Literal, Order, ndarray

__all__ = [
    "argpartition", "argsort", "lexsort", "msort", "partition", "searchsorted", "sort", "sort_complex",
]  # fmt: skip

_KINDS = ("quicksort", "mergesort", "heapsort", "stable", "q", "m", "h", "s", None)


def _is_stable(kind, order, stable):
    if order is not None:
        raise ValueError("Cannot specify order when the array has no fields.")
    if kind not in _KINDS:
        raise ValueError(f"sort kind must be one of 'quick', 'heap', or 'stable' (got {kind!r})")
    if stable is not None and kind is not None:
        raise ValueError("`kind` and `stable` parameters can't be provided at the same time. Use only one of them.")
    return bool(stable) or kind in ("mergesort", "stable", "m", "s")


@_t.quick
def sort(
    a: ArrayLike,
    axis: int | None = -1,
    kind: str | None = None,
    order: Order | None = None,
    *,
    descending: bool | None = False,
    stable: bool | None = None,
) -> ndarray:
    """The elements sorted along an axis, NaN last; of all elements in order when `axis` is None."""
    a = asarray(a)
    a, axis = (a.reshape(-1), 0) if axis is None else (a, _axis(axis, a.ndim))
    return _t.sort(a, axis, _is_stable(kind, order, stable), descending)


@_t.quick
def argsort(
    a: ArrayLike,
    axis: int | None = -1,
    kind: str | None = None,
    order: Order | None = None,
    *,
    descending: bool | None = False,
    stable: bool | None = None,
) -> ndarray:
    """The positions that sort along an axis, NaN last; equal elements keep their order unless `stable` is False."""
    a = asarray(a)
    if a.ndim == 0:
        a = a.reshape(1)
    a, axis = (a.reshape(-1), 0) if axis is None else (a, _axis(axis, a.ndim))
    return _t.argsort(a, axis, stable is None or _is_stable(kind, order, stable), descending)


def msort(a: ArrayLike) -> ndarray:
    """The elements sorted along the first axis."""
    return sort(a, 0)


def sort_complex(a: ArrayLike) -> ndarray:
    """Complex numbers sorted by their real, then their imaginary parts."""
    a = sort(a)
    if a.dtype.kind == "c":
        return a
    return a.astype("complex64" if a.dtype.name in ("int8", "uint8", "int16", "uint16") else "complex128")


def lexsort(keys: ArrayLike, axis: int | None = -1) -> ndarray:
    """The positions that sort by several keys, the last one first."""
    keys = [asarray(each) for each in keys]
    if not keys:
        raise TypeError("need sequence of keys with len > 0 in lexsort")
    if any(each.shape != keys[0].shape for each in keys):
        raise ValueError("all keys need to be the same shape")
    if keys[0].ndim == 0:
        return _t.zeros((), _dtypes.int64)[()]
    axis = _axis(axis, keys[0].ndim)
    from walle.numpy._indexing import take_along_axis

    result = _t.argsort(keys[0], axis, True, False)
    for key in keys[1:]:
        result = take_along_axis(result, _t.argsort(take_along_axis(key, result, axis), axis, True, False), axis)
    return result


def _ranks(kth, length):
    ranks = asarray(kth).reshape(-1)
    if ranks.dtype.kind not in "iu":
        raise TypeError("Partition index must be integer")
    found = []
    for rank in ranks.tolist():
        if not -length <= rank < length:
            raise ValueError(f"kth(={rank}) out of bounds ({length})")
        found.append(rank % length)
    return tuple(sorted(set(found)))


def _partitioned(function, a, kth, axis, kind):
    if kind != "introselect":
        raise ValueError("select kind must be 'introselect'")
    a = asarray(a)
    a, axis = (a.reshape(-1), 0) if axis is None else (a, _axis(axis, a.ndim))
    return function(a, axis, _ranks(kth, a.shape[axis]) if a.size else ())


@_t.quick
def partition(
    a: ArrayLike, kth: ArrayLike, axis: int | None = -1, kind: str | None = "introselect", order: Order | None = None
) -> ndarray:
    """The elements of some ranks at their places, smaller ones before them, larger ones after."""
    return _partitioned(_t.partition, a, kth, axis, kind)


def argpartition(
    a: ArrayLike, kth: ArrayLike, axis: int | None = -1, kind: str | None = "introselect", order: Order | None = None
) -> ndarray:
    """The positions that put the elements of some ranks at their places."""
    return _partitioned(_t.argpartition, a, kth, axis, kind)


@_t.quick
def searchsorted(
    a: ArrayLike, v: ArrayLike, side: Literal['left', 'right'] = "left", sorter: ArrayLike | None = None
) -> Array:
    """Where values belong in a sorted array: before equal ones (left) or after them (right)."""
    a = asarray(a)
    if a.ndim != 1:
        raise ValueError("object too deep for desired array")
    if side not in ("left", "right"):
        raise ValueError(f"search side must be 'left' or 'right' (got {side!r})")
    if sorter is not None:
        a = a[asarray(sorter)]
    value = asarray(v)
    kind = _t.promote(a.dtype, value.dtype)
    result = _t.searchsorted(_t.astype(a, kind, False), _t.astype(value, kind, False), side == "right")
    return result[()]
