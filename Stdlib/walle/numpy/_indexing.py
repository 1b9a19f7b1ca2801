"""Positions: elements taken, put, counted by index."""

from __future__ import annotations

import builtins

from walle import _tensor as _t
from walle.numpy import _dtypes
from walle.numpy._core import _axis, asarray, ndarray

TYPE_CHECKING = False
if TYPE_CHECKING:
    from walle.numpy._typing import (
        Any, Array, ArrayLike, Callable, DTypeLike, Iterator, Order, Sequence, ShapeLike, ufunc,
    )  # fmt: skip

__all__ = [
    "argwhere", "choose", "compress", "diag_indices", "diag_indices_from", "diagonal", "extract", "fill_diagonal",
    "flatnonzero", "indices", "ix_", "mask_indices", "ndenumerate", "ndindex", "nonzero", "place", "put",
    "put_along_axis", "putmask", "ravel_multi_index", "select", "take", "take_along_axis", "trace", "tril_indices",
    "tril_indices_from", "triu_indices", "triu_indices_from", "unravel_index",
]  # fmt: skip


def _positions(indices, length, mode, axis):
    """Integers as positions, clipped or wrapped if wanted."""
    found = asarray(indices)
    if found.dtype.kind not in "iu":
        if found.size == 0 and not isinstance(indices, (ndarray, _t.generic)):
            found = found.astype(_dtypes.int64)
        elif found.dtype.kind == "b":
            found = found.astype(_dtypes.int64)
        else:
            raise TypeError(f"Cannot cast array data from {found.dtype!r} to dtype('int64') according to the rule 'safe'")
    if mode == "raise":
        return found
    if mode not in ("wrap", "clip"):
        raise ValueError(f"clipmode must be one of 'clip', 'raise', or 'wrap' (got {mode!r})")
    if length == 0 and found.size:
        raise IndexError("cannot do a non-empty take from an empty axes.")
    found = _t.astype(found, _dtypes.int64, False)
    if mode == "wrap":
        return asarray(_t.remainder(found, length))
    return asarray(_t.minimum(_t.maximum(found, 0), length - 1))


@_t.quick
def take(
    a: ArrayLike, indices: ArrayLike, axis: int | None = None, out: ndarray | None = None, mode: str = "raise"
) -> Array:
    """The elements of an axis at some positions; of all elements in order when `axis` is None."""
    a = asarray(a)
    if axis is None or a.ndim == 0:
        a, axis = a.reshape(-1), 0 if axis is None else axis
    axis = _axis(axis, a.ndim)
    if not a.size and 0 in a.shape[:axis] + a.shape[axis + 1 :]:
        # Nothing is taken, whatever the positions; but they are looked at, unless there are no parts to take from.
        if 0 not in a.shape[:axis]:
            found = _positions(indices, a.shape[axis], mode, axis)
            if ((found < -a.shape[axis]) | (found >= a.shape[axis])).any():
                raise IndexError(f"a position is out of bounds for axis {axis} with size {a.shape[axis]}")
        result = _t.zeros(a.shape[:axis] + asarray(indices).shape + a.shape[axis + 1 :], a.dtype)
        return result if out is None else _into(out, result)
    positions = _positions(indices, a.shape[axis], mode, axis)
    result = _t.take(a, positions, axis)
    return result if out is None else _into(out, asarray(result))


def _into(out, result):
    """Write a result into a given array."""
    from walle.numpy import _manipulation

    return _manipulation._into(out, result)


def _along(a, indices, axis):
    """The index that goes along one axis and repeats the others."""
    if indices.dtype.kind not in "iu":
        raise IndexError("`indices` must be an integer array")
    if a.ndim != indices.ndim:
        raise ValueError("`indices` and `arr` must have the same number of dimensions")
    key = []
    for each in range(a.ndim):
        if each == axis:
            key.append(indices)
        else:
            shape = (1,) * each + (-1,) + (1,) * (a.ndim - each - 1)
            key.append(_t.range(0, 1, a.shape[each], _dtypes.int64).reshape(shape))
    return tuple(key)


def _safe(indices):
    """Indices as they are; `uint64` is refused where integers have to be cast safely."""
    found = asarray(indices)
    if found.dtype.name == "uint64":
        raise TypeError(f"Cannot cast array data from {found.dtype!r} to dtype('int64') according to the rule 'safe'")
    return indices


def take_along_axis(arr: ArrayLike, indices: ArrayLike, axis: int | None = -1) -> ndarray:
    """Elements at positions along an axis that differ for each index of the others, as `argsort` gives them."""
    arr, indices = asarray(arr), asarray(indices)
    if axis is None:
        if indices.ndim != 1:
            raise ValueError("when axis=None, `indices` must have a single dimension.")
        arr, axis = arr.reshape(-1), 0
    return arr[_along(arr, indices, _axis(axis, arr.ndim))]


def put_along_axis(arr: ndarray, indices: ArrayLike, values: ArrayLike, axis: int | None) -> None:
    """Write values at positions along an axis that differ for each index of the others."""
    indices = asarray(indices)
    target = arr.reshape(-1) if axis is None else arr
    target[_along(target, indices, 0 if axis is None else _axis(axis, arr.ndim))] = values
    if axis is None and target.base is not arr and target.base is not arr.base:
        _t.assign(arr, target.reshape(arr.shape))


def put(a: ndarray, ind: ArrayLike, v: ArrayLike, mode: str = "raise") -> None:
    """Write values, as often as they are needed, at positions of all elements in order."""
    positions = _positions(_safe(ind), a.size, mode, 0).reshape(-1)
    values = (_t.full((), v, a.dtype) if type(v) in (int, float, complex) else asarray(v)).reshape(-1)
    if not positions.size:
        return
    if not values.size:
        return
    from walle.numpy._manipulation import resize

    if positions.size != values.size:
        values = resize(values, (positions.size,))
    if a._order & 1:
        a.reshape(-1)[positions] = values
    else:
        flat = a.reshape(-1)
        flat[positions] = values
        _t.assign(a, flat.reshape(a.shape))


def place(arr: ndarray, mask: ArrayLike, vals: ArrayLike) -> None:
    """Write values, one after the other, where a condition holds."""
    mask = asarray(mask).astype(_dtypes.bool_)
    count = int(_t.reduce(_t.add, mask, None, None, False, None))
    values = asarray(vals).reshape(-1)
    if not count:
        return
    if not values.size:
        raise ValueError("Cannot insert from an empty array!")
    from walle.numpy._manipulation import resize

    arr[mask.reshape(arr.shape)] = resize(values, (count,))


def putmask(a: ndarray, mask: ArrayLike, values: ArrayLike) -> None:
    """Write the values at the same places where a condition holds."""
    from walle.numpy._manipulation import resize

    if isinstance(values, ndarray) and not _dtypes.can_cast(values.dtype, a.dtype, "safe"):
        raise TypeError(f"Cannot cast array data from {values.dtype!r} to {a.dtype!r} according to the rule 'safe'")
    values = asarray(values).astype(a.dtype) if isinstance(values, _t.generic) else asarray(values, a.dtype)
    mask = asarray(mask)
    if mask.size != a.size:
        raise ValueError("putmask: mask and data must be the same size")
    if values.size:
        _t.assign(a, _t.where(mask.reshape(a.shape), resize(values, a.shape), a))


def scatter(function: ufunc, a: ndarray, indices: Any, values: ArrayLike | None = None) -> None:
    """Apply a function in place at indices that may repeat."""
    positions = asarray(_t.range(0, 1, a.size, _dtypes.int64).reshape(a.shape)[indices])
    flat = a.reshape(-1)
    number = isinstance(values, (int, float, complex)) and not isinstance(values, _t.generic)
    kind = None if values is None else _dtypes.result_type(a, values if number else asarray(values))
    if values is not None:
        values = asarray(values, kind) if number else asarray(values)
        values = _t.broadcast_to(values, positions.shape).reshape(-1)
    if kind is a.dtype and function.__name__ in _SCATTERED:
        _t.scatter(function, flat, positions.reshape(-1), values)
    else:
        for turn in _turns(positions.reshape(-1)):
            place = positions.reshape(-1)[turn]
            result = function(flat[place]) if values is None else function(flat[place], values[turn])
            flat[place] = result
    if not a._order & 1:
        _t.assign(a, flat.reshape(a.shape))


# Functions that combine numbers of a type to one of the same.
_SCATTERED = frozenset(("add", "subtract", "multiply", "minimum", "maximum"))


def _turns(positions):
    """Indices of positions, in groups without repetition: of each position its first, then its second, and so on."""
    order = _t.argsort(positions, 0, True, False)
    ordered = positions[order]
    turn = _t.range(0, 1, positions.size, _dtypes.int64) - _t.searchsorted(ordered, ordered, False)
    for each in range(int(turn.max()) + 1 if positions.size else 0):
        yield order[turn == each]


@_t.quick
def compress(condition: ArrayLike, a: ArrayLike, axis: int | None = None, out: ndarray | None = None) -> ndarray:
    """The parts of an axis where a condition holds."""
    condition = asarray(condition)
    if condition.ndim != 1:
        raise ValueError("condition must be a 1-d array")
    return take(a, _t.nonzero(condition)[0], axis, out)


def extract(condition: ArrayLike, arr: ArrayLike) -> ndarray:
    """The elements where a condition holds."""
    return asarray(arr).reshape(-1)[_t.nonzero(asarray(condition).reshape(-1))[0]]


def choose(a: ArrayLike, choices: Sequence[ArrayLike], out: ndarray | None = None, mode: str = "raise") -> Array:
    """Elements of several arrays: which one, an array of integers says."""
    from walle.numpy._manipulation import broadcast_arrays

    a = asarray(a)
    kind = _dtypes.result_type(
        *(each if isinstance(each, (int, float, complex)) else asarray(each) for each in choices)
    )
    choices = [_t.astype(asarray(each), kind, False) for each in choices]
    which, *choices = broadcast_arrays(a, *choices)
    which = _positions(_safe(which), len(choices), mode, 0)
    if which.size and (int(_t.reduce(_t.minimum, which, None, None, False, None)) < 0 or int(
        _t.reduce(_t.maximum, which, None, None, False, None)
    ) >= len(choices)):
        raise ValueError("invalid entry in choice array")
    result = _t.zeros(which.shape, kind)
    for index, each in enumerate(choices):
        result = _t.where(which == index, each, result)
    result = asarray(_t.astype(asarray(result), kind, False))
    if out is None:
        return result[()]
    _t.assign(out, result)
    return out


def select(condlist: Sequence[ArrayLike], choicelist: Sequence[ArrayLike], default: ArrayLike = 0) -> ndarray:
    """Elements of the first array whose condition holds, else a default."""
    if len(condlist) != len(choicelist):
        raise ValueError("list of cases must be same length as list of conditions")
    if not condlist:
        raise ValueError("select with an empty condition list is not possible")
    for index, each in enumerate(condlist):
        if asarray(each).dtype.kind != "b":
            raise TypeError(f"invalid entry {index} in condlist: should be boolean ndarray")
    kind = _dtypes.result_type(*(each if isinstance(each, (int, float, complex)) else asarray(each) for each in (*choicelist, default)))
    result = asarray(default, kind)
    for condition, choice in zip(reversed(condlist), reversed(choicelist)):
        result = _t.where(asarray(condition), asarray(choice).astype(kind), result)
    return result


# MARK: positions


@_t.quick
def nonzero(a: ArrayLike) -> tuple[ndarray, ...]:
    """The positions of elements that are not zero, an array for each axis."""
    return _t.nonzero(asarray(a))


def flatnonzero(a: ArrayLike) -> ndarray:
    """The positions, among all elements in order, of those that are not zero."""
    return _t.nonzero(asarray(a).reshape(-1))[0]


def argwhere(a: ArrayLike) -> ndarray:
    """The indices of elements that are not zero, a row each."""
    a = asarray(a)
    if a.ndim == 0:
        return _t.zeros((int(bool(a)), 0), _dtypes.int64)
    found = _t.nonzero(a)
    return _t.concatenate([each.reshape(-1, 1) for each in found], 1, _dtypes.int64)


def unravel_index(indices: ArrayLike, shape: ShapeLike, order: Order = "C") -> tuple[ndarray, ...]:
    """Positions among all elements in order as an index for each axis."""
    shape = (shape,) if isinstance(shape, int) else tuple(shape)
    rest = asarray(indices)
    if rest.dtype.kind not in "iu":
        raise TypeError("only int indices permitted")
    if not shape and rest.ndim:
        raise ValueError("multiple indices are not supported for 0d arrays")
    rest = _t.astype(rest, _dtypes.int64, False)
    count = 1
    for length in shape:
        count *= length
    if rest.size:
        for bad in (int(_t.reduce(_t.minimum, rest, None, None, False, None)), int(_t.reduce(_t.maximum, rest, None, None, False, None))):
            if not 0 <= bad < count:
                raise ValueError(f"index {bad} is out of bounds for array with size {count}")
    found = []
    for length in reversed(shape) if order == "C" else shape:
        found.append(_t.remainder(rest, builtins.max(length, 1)))
        rest = _t.floor_divide(rest, builtins.max(length, 1))
    found = tuple(found[::-1] if order == "C" else found)
    return tuple(asarray(each)[()] for each in found)


def ravel_multi_index(
    multi_index: Sequence[ArrayLike], dims: ShapeLike, mode: str = "raise", order: Order = "C"
) -> Array:
    """An index for each axis as positions among all elements in order."""
    dims = (dims,) if isinstance(dims, int) else tuple(dims)
    modes = (mode,) * len(dims) if isinstance(mode, str) else tuple(mode)
    parts = list(multi_index)
    if len(parts) != len(dims):
        raise ValueError(f"parameter multi_index must be a sequence of length {len(dims)}")
    if 0 in dims and any(asarray(part).size for part in parts):
        raise ValueError("cannot unravel if shape has zero entries (is empty).")
    steps, step = [], 1
    for length in reversed(dims) if order == "C" else dims:
        steps.append(step)
        step *= length
    if order == "C":
        steps.reverse()
    total = 0
    for part, length, how, step in zip(parts, dims, modes, steps):
        part = _t.astype(_positions(part, length, how, 0), _dtypes.int64, False)
        if how == "raise" and part.size and (((part < 0) | (part >= length)).any()):
            raise ValueError("invalid entry in coordinates array")
        total = total + part * step
    return total[()] if isinstance(total, ndarray) else total


def indices(dimensions: Sequence[int], dtype: DTypeLike = int, sparse: bool = False) -> ndarray | tuple[ndarray, ...]:
    """An array of the indices along each axis of a grid."""
    dimensions = tuple(dimensions)
    rank = len(dimensions)
    found = _dtypes._find(dtype)
    grids = [
        _t.range(0, 1, length, found).reshape((1,) * axis + (length,) + (1,) * (rank - axis - 1))
        for axis, length in enumerate(dimensions)
    ]
    if sparse:
        return tuple(grids)
    result = _t.zeros((rank, *dimensions), found)
    for axis, grid in enumerate(grids):
        result[axis] = grid
    return result


def ix_(*args: ArrayLike) -> tuple[ndarray, ...]:
    """Indices that select the grid of some positions along each axis."""
    found = []
    for axis, each in enumerate(args):
        each = asarray(each)
        if each.ndim != 1:
            raise ValueError("Cross index must be 1 dimensional")
        if each.size == 0:
            each = each.astype(_dtypes.int64)
        if each.dtype.kind == "b":
            (each,) = _t.nonzero(each)
        found.append(each.reshape((1,) * axis + (-1,) + (1,) * (len(args) - axis - 1)))
    return tuple(found)


def ndindex(*shape: Any) -> Iterator[tuple[int, ...]]:
    """All indices of an array of a shape, in order."""
    import itertools

    if len(shape) == 1 and isinstance(shape[0], (tuple, list)):
        shape = tuple(shape[0])
    return itertools.product(*(range(length) for length in shape))


def ndenumerate(arr: ArrayLike) -> Iterator[tuple[tuple[int, ...], Any]]:
    """All indices of an array with their elements, in order."""
    arr = asarray(arr)
    return ((index, arr[index]) for index in ndindex(arr.shape))


# MARK: diagonals and triangles


def diagonal(a: ArrayLike, offset: int = 0, axis1: int = 0, axis2: int = 1) -> ndarray:
    """A diagonal of two axes, as the last axis; a read-only view."""
    from walle.numpy._creation import _diagonal_view

    a = asarray(a)
    if a.ndim < 2:
        raise ValueError("diag requires an array of at least two dimensions")
    first, second = _axis(axis1, a.ndim), _axis(axis2, a.ndim)
    if first == second:
        raise ValueError("axis1 and axis2 cannot be the same")
    view = _diagonal_view(a, offset, first, second)
    view._writable = False
    return view


def trace(
    a: ArrayLike, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: DTypeLike = None, out: ndarray | None = None
) -> Array:
    """The sum along a diagonal."""
    return _t.reduce(_t.add, diagonal(a, offset, axis1, axis2), -1, None if dtype is None else _dtypes._find(dtype), False, out)


def fill_diagonal(a: ndarray, val: ArrayLike, wrap: bool = False) -> None:
    """Write a value, or several in turn, to the diagonal of an array."""
    if a.ndim < 2:
        raise ValueError("array must be at least 2-d")
    if a.ndim == 2:
        step = a.shape[1] + 1
        stop = None if wrap else a.shape[1] * a.shape[1]
    else:
        if len(set(a.shape)) != 1:
            raise ValueError("All dimensions of input must be of equal length")
        step = 1
        for length in a.shape[:-1]:
            step = step * length + 1
        stop = None
        step = builtins.sum(a.shape[0] ** k for k in range(a.ndim))
    a.flat[:stop:step] = val


def diag_indices(n: int, ndim: int = 2) -> tuple[ndarray, ...]:
    """The indices of the diagonal of an array of `ndim` axes of length `n`."""
    return (_t.range(0, 1, n, _dtypes.int64),) * ndim


def diag_indices_from(arr: ArrayLike) -> tuple[ndarray, ...]:
    """The indices of the diagonal of an array."""
    if len(set(arr.shape)) != 1:
        raise ValueError("All dimensions of input must be of equal length")
    return diag_indices(arr.shape[0], arr.ndim)


def tril_indices(n: int, k: int = 0, m: int | None = None) -> tuple[ndarray, ...]:
    """The indices at and below a diagonal of a matrix."""
    from walle.numpy._creation import tri

    return _t.nonzero(tri(n, m, k, bool))


def triu_indices(n: int, k: int = 0, m: int | None = None) -> tuple[ndarray, ...]:
    """The indices at and above a diagonal of a matrix."""
    from walle.numpy._creation import tri

    return _t.nonzero(~tri(n, m, k - 1, bool))


def tril_indices_from(arr: ArrayLike, k: int = 0) -> tuple[ndarray, ...]:
    """The indices at and below a diagonal of a matrix of this shape."""
    return tril_indices(arr.shape[-2], k, arr.shape[-1])


def triu_indices_from(arr: ArrayLike, k: int = 0) -> tuple[ndarray, ...]:
    """The indices at and above a diagonal of a matrix of this shape."""
    return triu_indices(arr.shape[-2], k, arr.shape[-1])


def mask_indices(n: int, mask_func: Callable[..., Any], k: int = 0) -> tuple[ndarray, ...]:
    """The indices where a function such as `triu` leaves ones."""
    return _t.nonzero(mask_func(_t.full((n, n), 1, _dtypes.int64), k))
