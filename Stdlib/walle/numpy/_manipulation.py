"""Arrays seen in another way, put together and taken apart."""

from __future__ import annotations

import builtins

from walle import _tensor as _t
from walle.numpy import _dtypes
from walle.numpy._core import AxisError, _axes, _axis, asarray, ndarray

TYPE_CHECKING = False
if TYPE_CHECKING:
    from walle.numpy._typing import Any, ArrayLike, AxesLike, Callable, Casting, DTypeLike, Order, Sequence, ShapeLike

__all__ = [
    "append", "array_split", "atleast_1d", "atleast_2d", "atleast_3d", "block", "broadcast_arrays",
    "broadcast_shapes", "broadcast_to", "column_stack", "concat", "concatenate", "delete", "dsplit", "dstack",
    "expand_dims", "flip", "fliplr", "flipud", "hsplit", "hstack", "insert", "matrix_transpose", "may_share_memory",
    "moveaxis", "ndim", "pad", "permute_dims", "ravel", "repeat", "require", "reshape", "resize", "roll", "rollaxis",
    "rot90", "shape", "shares_memory", "size", "split", "squeeze", "stack", "swapaxes", "tile", "transpose",
    "trim_zeros", "unstack", "vsplit", "vstack",
]  # fmt: skip

# MARK: shapes


def shape(a: ArrayLike) -> tuple[int, ...]:
    """The lengths of the axes."""
    return a.shape if hasattr(a, "shape") else asarray(a).shape


def ndim(a: ArrayLike) -> int:
    """The number of axes."""
    return a.ndim if hasattr(a, "ndim") else asarray(a).ndim


def size(a: ArrayLike, axis: AxesLike | None = None) -> int:
    """The number of elements, or the length of an axis."""
    a = asarray(a)
    if axis is None:
        return a.size
    count = 1
    for each in _axes(axis, a.ndim):
        count *= a.shape[each]
    return count


def reshape(a: ArrayLike, /, shape: ShapeLike, order: Order = "C", *, copy: bool | None = None) -> ndarray:
    """The same elements, in order, under another shape; one length may be -1."""
    return asarray(a).reshape(shape, order=order, copy=copy)


@_t.quick
def ravel(a: ArrayLike, order: Order = "C") -> ndarray:
    """All elements along one axis; a view where that is possible."""
    a = asarray(a)
    if order == "K":
        return _t.permute(a, _storage_order(a)).reshape(-1)
    return a.reshape(-1, order=order)


def _storage_order(a):
    return tuple(sorted(range(a.ndim), key=lambda axis: -abs(a.strides[axis])))


@_t.quick
def transpose(a: ArrayLike, axes: Sequence[int] | None = None) -> ndarray:
    """The axes in another order, from last to first unless given; a view."""
    return asarray(a).transpose(axes)


permute_dims = transpose


def matrix_transpose(x: ArrayLike, /) -> ndarray:
    """The last two axes exchanged; a view."""
    x = asarray(x)
    if x.ndim < 2:
        raise ValueError(f"Input array must be at least 2-dimensional, but it is {x.ndim}")
    return x.mT


def swapaxes(a: ArrayLike, axis1: int, axis2: int) -> ndarray:
    """Two axes exchanged; a view."""
    a = asarray(a)
    order = list(range(a.ndim))
    first, second = _axis(axis1, a.ndim), _axis(axis2, a.ndim)
    order[first], order[second] = second, first
    return _t.permute(a, order)


def moveaxis(a: ArrayLike, source: int | Sequence[int], destination: int | Sequence[int]) -> ndarray:
    """Some axes at other places, the others in order; a view."""
    a = asarray(a)
    from_, to = _axes(source, a.ndim, "source"), _axes(destination, a.ndim, "destination")
    if len(from_) != len(to):
        raise ValueError("`source` and `destination` arguments must have the same number of elements")
    order = [axis for axis in range(a.ndim) if axis not in from_]
    for place, axis in sorted(zip(to, from_)):
        order.insert(place, axis)
    return _t.permute(a, order)


def rollaxis(a: ArrayLike, axis: int, start: int = 0) -> ndarray:
    """An axis moved before another; a view."""
    a = asarray(a)
    axis = _axis(axis, a.ndim)
    if not -a.ndim <= start <= a.ndim:
        raise AxisError(f"'start' arg requires {-a.ndim} <= start < {a.ndim + 1}, but {start} was passed in")
    start += a.ndim if start < 0 else 0
    return moveaxis(a, axis, start - (axis < start))


@_t.quick
def expand_dims(a: ArrayLike, axis: AxesLike) -> ndarray:
    """New axes of length 1 at these places of the result; a view."""
    a = asarray(a)
    axes = axis if isinstance(axis, (tuple, list)) else (axis,)
    places = _axes(axes, a.ndim + len(axes))
    lengths = iter(a.shape)
    return a.reshape(tuple(1 if place in places else next(lengths) for place in range(a.ndim + len(axes))))


@_t.quick
def squeeze(a: ArrayLike, axis: AxesLike | None = None) -> ndarray:
    """Without axes of length 1: all of them, or those given; a view."""
    a = asarray(a)
    if axis is None:
        shape = a.shape
        return a.reshape([length for length in shape if length != 1]) if 1 in shape else a[...]
    if a.ndim == 0 and axis in (0, -1):
        return a
    axes = _axes(axis, a.ndim)
    if any(a.shape[each] != 1 for each in axes):
        raise ValueError("cannot select an axis to squeeze out which has size not equal to one")
    return a.reshape(tuple(length for each, length in enumerate(a.shape) if each not in axes))


def atleast_1d(*arys: ArrayLike) -> ndarray | tuple[ndarray, ...]:
    """Arrays of at least one axis."""
    return _at_least(arys, lambda a: a.reshape(1) if a.ndim == 0 else a)


def atleast_2d(*arys: ArrayLike) -> ndarray | tuple[ndarray, ...]:
    """Arrays of at least two axes; new ones come first."""
    return _at_least(arys, lambda a: a if a.ndim > 1 else a.reshape((1,) * (2 - a.ndim) + a.shape))


def atleast_3d(*arys: ArrayLike) -> ndarray | tuple[ndarray, ...]:
    """Arrays of at least three axes."""

    def expanded(a):
        if a.ndim == 0:
            return a.reshape(1, 1, 1)
        if a.ndim == 1:
            return a[None, :, None]
        return a[:, :, None] if a.ndim == 2 else a

    return _at_least(arys, expanded)


def _at_least(arrays, expanded):
    results = tuple(expanded(asarray(a)) for a in arrays)
    return results[0] if len(results) == 1 else results


# MARK: broadcasting


def broadcast_shapes(*args: ShapeLike) -> tuple[int, ...]:
    """The shape that arrays of these shapes are broadcast to."""
    result = ()
    for each in args:
        each = (each,) if isinstance(each, int) else tuple(each)
        try:
            result = _broadcast(result, each)
        except ValueError:
            raise ValueError(
                f"shape mismatch: objects cannot be broadcast to a single shape. The shapes are {', '.join(map(str, args))}"
            ) from None
    return result


def _broadcast(first, second):
    length = builtins.max(len(first), len(second))
    result = []
    for a, b in zip((1,) * (length - len(first)) + first, (1,) * (length - len(second)) + second):
        if a != b and 1 not in (a, b):
            raise ValueError("shape mismatch")
        result.append(b if a == 1 else a)
    return tuple(result)


def broadcast_to(array: ArrayLike, shape: ShapeLike, subok: bool = False) -> ndarray:
    """The array repeated to a larger shape; a read-only view."""
    return _t.broadcast_to(asarray(array), shape)


def broadcast_arrays(*args: ArrayLike, subok: bool = False) -> list[ndarray]:
    """Arrays repeated to one shape: a list of views, as the Array API standard 2024.12 has it."""
    arrays = [asarray(each) for each in args]
    common = broadcast_shapes(*(each.shape for each in arrays))
    return [each if each.shape == common else _t.broadcast_to(each, common) for each in arrays]


# MARK: together


@_t.quick
def concatenate(
    arrays: Sequence[ArrayLike],
    /,
    axis: int | None = 0,
    out: ndarray | None = None,
    *,
    dtype: DTypeLike = None,
    casting: Casting = "same_kind",
) -> ndarray:
    """Arrays one after the other along an axis; of all elements in order when `axis` is None."""
    if axis is None:
        arrays, axis = [asarray(a).reshape(-1) for a in arrays], 0
    found = None if dtype is None else _dtypes._find(dtype)
    if found is not None:
        arrays = [asarray(a) for a in arrays]
        for each in arrays:
            if not _dtypes.can_cast(each.dtype, found, casting):
                raise TypeError(
                    f"Cannot cast array data from {each.dtype!r} to {found!r} according to the rule '{casting}'"
                )
    result = _t.concatenate(arrays, axis, found)
    return result if out is None else _into(out, result, casting)


def _into(out, result, casting="same_kind"):
    """Write a result into a given array."""
    if out.shape != result.shape:
        raise ValueError(f"Output array is the wrong shape: {out.shape}, the result has {result.shape}")
    if not _dtypes.can_cast(result.dtype, out.dtype, casting):
        raise TypeError(f"Cannot cast array data from {result.dtype!r} to {out.dtype!r} according to the rule '{casting}'")
    _t.assign(out, result)
    return out


concat = concatenate


@_t.quick
def stack(
    arrays: Sequence[ArrayLike],
    axis: int = 0,
    out: ndarray | None = None,
    *,
    dtype: DTypeLike = None,
    casting: Casting = "same_kind",
) -> ndarray:
    """Arrays of one shape along a new axis."""
    arrays = [asarray(a) for a in arrays]
    if not arrays:
        raise ValueError("need at least one array to stack")
    if len({a.shape for a in arrays}) != 1:
        raise ValueError("all input arrays must have the same shape")
    place = _axis(axis, arrays[0].ndim + 1)
    key = (slice(None),) * place + (None,)
    return concatenate([a[key] for a in arrays], place, out, dtype=dtype, casting=casting)


def unstack(x: ArrayLike, /, *, axis: int = 0) -> tuple[ndarray, ...]:
    """The arrays along an axis, as a tuple."""
    x = asarray(x)
    if x.ndim == 0:
        raise ValueError("Input array must be at least 1-d.")
    return tuple(moveaxis(x, axis, 0)[index, ...] for index in range(x.shape[_axis(axis, x.ndim)]))


def vstack(tup: Sequence[ArrayLike], *, dtype: DTypeLike = None, casting: Casting = "same_kind") -> ndarray:
    """Arrays one below the other; those of one axis are rows."""
    return concatenate([atleast_2d(a) for a in tup], 0, dtype=dtype, casting=casting)


row_stack = vstack


def hstack(tup: Sequence[ArrayLike], *, dtype: DTypeLike = None, casting: Casting = "same_kind") -> ndarray:
    """Arrays side by side: along the second axis, or the only one."""
    arrays = [atleast_1d(a) for a in tup]
    return concatenate(arrays, 0 if arrays and arrays[0].ndim == 1 else 1, dtype=dtype, casting=casting)


def dstack(tup: Sequence[ArrayLike]) -> ndarray:
    """Arrays along the third axis."""
    return concatenate([atleast_3d(a) for a in tup], 2)


def column_stack(tup: Sequence[ArrayLike]) -> ndarray:
    """Arrays side by side; those of one axis are columns."""
    return concatenate([a if a.ndim > 1 else a.reshape(-1, 1) for a in map(asarray, tup)], 1)


def block(arrays: Any) -> ndarray:
    """An array out of nested lists of blocks."""

    def depth(each):
        return 1 + builtins.max((depth(inner) for inner in each), default=0) if isinstance(each, list) else 0

    if isinstance(arrays, tuple):
        raise TypeError("arrays is a tuple. Only lists can be used to arrange blocks, and np.block does not allow implicit conversion from tuple to ndarray.")
    levels = depth(arrays)

    def leaves(each):
        if isinstance(each, list):
            for inner in each:
                yield from leaves(inner)
        else:
            yield each

    most = builtins.max([levels, *(asarray(each).ndim for each in leaves(arrays))])

    def joined(each, level):
        if isinstance(each, list):
            if not each:
                raise ValueError("List at arrays cannot be empty")
            return concatenate([joined(inner, level + 1) for inner in each], most - levels + level)
        a = asarray(each)
        return a.reshape((1,) * (most - a.ndim) + a.shape)

    return joined(arrays, 0)


def append(arr: ArrayLike, values: ArrayLike, axis: int | None = None) -> ndarray:
    """Values after an array, along an axis or of all elements in order."""
    arr, values = asarray(arr), asarray(values)
    if axis is None:
        return concatenate((arr.reshape(-1), values.reshape(-1)))
    return concatenate((arr, values), axis)


# MARK: apart


def split(ary: ArrayLike, indices_or_sections: int | Sequence[int], axis: int = 0) -> list[ndarray]:
    """Equal parts along an axis, or the parts between some indices; views."""
    try:
        sections = indices_or_sections.__index__()
    except AttributeError:
        return array_split(ary, indices_or_sections, axis)
    ary = asarray(ary)
    if ary.shape[_axis(axis, ary.ndim)] % sections:
        raise ValueError("array split does not result in an equal division")
    return array_split(ary, sections, axis)


def array_split(ary: ArrayLike, indices_or_sections: int | Sequence[int], axis: int = 0) -> list[ndarray]:
    """Parts along an axis, as equal as can be, or those between some indices; views."""
    ary = asarray(ary)
    axis = _axis(axis, ary.ndim)
    length = ary.shape[axis]
    try:
        sections = indices_or_sections.__index__()
    except (AttributeError, TypeError):
        ends = [int(each) for each in indices_or_sections]
        bounds = [0, *ends, length]
    else:
        if sections <= 0:
            raise ValueError("number sections must be larger than 0.")
        each, more = divmod(length, sections)
        bounds = [0]
        for index in range(sections):
            bounds.append(bounds[-1] + each + (index < more))
    before = (slice(None),) * axis
    return [ary[(*before, slice(start, end))] for start, end in zip(bounds, bounds[1:])]


def hsplit(ary: ArrayLike, indices_or_sections: int | Sequence[int]) -> list[ndarray]:
    """Parts along the second axis, or the only one."""
    ary = asarray(ary)
    if ary.ndim == 0:
        raise ValueError("hsplit only works on arrays of 1 or more dimensions")
    return split(ary, indices_or_sections, 1 if ary.ndim > 1 else 0)


def vsplit(ary: ArrayLike, indices_or_sections: int | Sequence[int]) -> list[ndarray]:
    """Parts along the first axis of at least two."""
    if ndim(ary) < 2:
        raise ValueError("vsplit only works on arrays of 2 or more dimensions")
    return split(ary, indices_or_sections, 0)


def dsplit(ary: ArrayLike, indices_or_sections: int | Sequence[int]) -> list[ndarray]:
    """Parts along the third axis."""
    if ndim(ary) < 3:
        raise ValueError("dsplit only works on arrays of 3 or more dimensions")
    return split(ary, indices_or_sections, 2)


def _flat_index(obj, length):
    """Indices, slices or a condition along an axis as positions from the beginning."""
    if isinstance(obj, slice):
        return _t.range(0, 1, length, _dtypes.int64)[obj], False
    single = not isinstance(obj, (list, tuple, ndarray)) or (isinstance(obj, ndarray) and obj.ndim == 0)
    positions = asarray(obj)
    if positions.size == 0 and not isinstance(obj, ndarray):
        positions = positions.astype(_dtypes.int64)
    if positions.dtype.kind == "b":
        if positions.shape != (length,):
            raise ValueError(
                f"boolean array argument obj to delete must be one dimensional and match the axis length of {length}"
            )
        return _t.nonzero(positions)[0], False
    return positions.reshape(-1), single


def delete(arr: ArrayLike, obj: int | slice | ArrayLike, axis: int | None = None) -> ndarray:
    """The array without some indices of an axis."""
    arr = asarray(arr)
    if axis is None:
        arr, axis = arr.reshape(-1), 0
    axis = _axis(axis, arr.ndim)
    length = arr.shape[axis]
    positions, single = _flat_index(obj, length)
    for index in positions.tolist():
        if not -length <= index < length:
            raise IndexError(f"index {index} is out of bounds for axis {axis} with size {length}")
    keep = _t.full((length,), True, _dtypes.bool_)
    keep[positions] = False
    return arr[(slice(None),) * axis + (keep,)]


def insert(arr: ArrayLike, obj: int | slice | ArrayLike, values: ArrayLike, axis: int | None = None) -> ndarray:
    """The array with values before some indices of an axis."""
    arr = asarray(arr)
    if axis is None:
        arr, axis = arr.reshape(-1), 0
    axis = _axis(axis, arr.ndim)
    length = arr.shape[axis]
    positions, single = _flat_index(obj, length)
    values = asarray(values)
    if values.dtype is not arr.dtype:
        values = values.astype(arr.dtype)
    values = values.reshape((1,) * (arr.ndim - values.ndim) + values.shape)
    if single or positions.size == 1:
        # One place takes any number of values.
        values = moveaxis(values, 0, axis) if single else values
        count = values.shape[axis]
        indices = [int(positions[0])] * count
    else:
        indices = positions.tolist()
        count = len(indices)
    for index in indices:
        if not -length <= index <= length:
            raise IndexError(f"index {index} is out of bounds for axis {axis} with size {length}")
    indices = [index + length if index < 0 else index for index in indices]
    order = sorted(range(count), key=indices.__getitem__)
    places = [0] * count
    for rank, each in enumerate(order):
        places[each] = indices[each] + rank
    shape = list(arr.shape)
    shape[axis] += count
    new = _t.zeros(tuple(shape), arr.dtype)
    old = _t.full((shape[axis],), True, _dtypes.bool_)
    before = (slice(None),) * axis
    if count:
        old[places] = False
        new[(*before, asarray(places))] = values
    new[(*before, old)] = arr
    return new


def trim_zeros(filt: ArrayLike, trim: str = "fb", axis: AxesLike | None = None) -> ndarray:
    """An array without the zeros at its ends: f front, b back."""
    filt = asarray(filt)
    key = []
    for each in range(filt.ndim):
        if axis is not None and each not in _axes(axis, filt.ndim):
            key.append(slice(None))
            continue
        others = tuple(other for other in range(filt.ndim) if other != each)
        found = _t.nonzero(_t.reduce(_t.logical_or, filt, others, None, False, None))[0]
        length = filt.shape[each]
        start, stop = (int(found[0]), int(found[-1]) + 1) if found.size else (length, 0)
        key.append(slice(start if "f" in trim.lower() else 0, stop if "b" in trim.lower() else length))
    return filt[(*key, ...)]


# MARK: repeated, moved


@_t.quick
def repeat(a: ArrayLike, repeats: ArrayLike, axis: int | None = None) -> ndarray:
    """Each element several times."""
    a = asarray(a)
    if axis is None or a.ndim == 0:
        a, axis = a.reshape(-1), 0 if axis is None else axis
    axis = _axis(axis, a.ndim)
    repeats = asarray(repeats)
    if repeats.size == 0:
        repeats = repeats.astype(_dtypes.int64)
    if repeats.dtype.kind not in "iub":
        raise TypeError(f"Cannot cast array data from {repeats.dtype!r} to dtype('int64') according to the rule 'safe'")
    length = a.shape[axis]
    if repeats.size == 1:
        times = int(repeats.reshape(-1)[0])
        if times < 0:
            raise ValueError("repeats may not contain negative values.")
        shape = a.shape[:axis] + (length, times) + a.shape[axis + 1 :]
        wide = _t.broadcast_to(a[(slice(None),) * (axis + 1) + (None,)], shape)
        return wide.copy().reshape(a.shape[:axis] + (length * times,) + a.shape[axis + 1 :])
    if repeats.shape != (length,):
        raise ValueError(f"operands could not be broadcast together with shape ({length},) {repeats.shape}")
    counts = repeats.tolist()
    if builtins.min(counts, default=0) < 0:
        raise ValueError("repeats may not contain negative values.")
    positions = [index for index, times in enumerate(counts) for _ in range(times)]
    return a[(slice(None),) * axis + (asarray(positions, _dtypes.int64),)]


def tile(A: ArrayLike, reps: int | Sequence[int]) -> ndarray:
    """The array several times, along each axis."""
    A = asarray(A)
    reps = tuple(reps) if isinstance(reps, (tuple, list, ndarray)) else (reps,)
    rank = builtins.max(A.ndim, len(reps))
    lengths = (1,) * (rank - A.ndim) + A.shape
    reps = (1,) * (rank - len(reps)) + tuple(int(each) for each in reps)
    source = A.reshape(tuple(part for length in lengths for part in (1, length)))
    wide = _t.broadcast_to(source, tuple(part for pair in zip(reps, lengths) for part in pair))
    return wide.copy().reshape(tuple(length * times for length, times in zip(lengths, reps)))


@_t.quick
def flip(m: ArrayLike, axis: AxesLike | None = None) -> ndarray:
    """Some axes, or all, from last to first; a view."""
    m = asarray(m)
    axes = range(m.ndim) if axis is None else _axes(axis, m.ndim)
    if m.ndim == 0:
        return m[()]
    return m[tuple(slice(None, None, -1) if each in axes else slice(None) for each in range(m.ndim))]


def flipud(m: ArrayLike) -> ndarray:
    """The first axis from last to first; a view."""
    if ndim(m) < 1:
        raise ValueError("Input must be >= 1-d.")
    return flip(m, 0)


def fliplr(m: ArrayLike) -> ndarray:
    """The second axis from last to first; a view."""
    if ndim(m) < 2:
        raise ValueError("Input must be >= 2-d.")
    return flip(m, 1)


def rot90(m: ArrayLike, k: int = 1, axes: tuple[int, int] = (0, 1)) -> ndarray:
    """The plane of two axes turned by quarters, from the first to the second axis."""
    m = asarray(m)
    if len(axes) != 2:
        raise ValueError("len(axes) must be 2.")
    if axes[0] == axes[1] or builtins.abs(axes[0] - axes[1]) == m.ndim:
        raise ValueError("Axes must be different.")
    if not builtins.all(-m.ndim <= axis < m.ndim for axis in axes):
        raise ValueError(f"Axes={axes} out of range for array of ndim={m.ndim}.")
    first, second = _axis(axes[0], m.ndim), _axis(axes[1], m.ndim)
    k %= 4
    if k == 2:
        return flip(m, (first, second))
    if k == 0:
        return m[:]
    return swapaxes(flip(m, second), first, second) if k == 1 else flip(swapaxes(m, first, second), second)


def roll(a: ArrayLike, shift: int | Sequence[int], axis: AxesLike | None = None) -> ndarray:
    """Elements moved along axes; those that leave at one end come back at the other."""
    a = asarray(a)
    if axis is None:
        return roll(a.reshape(-1), shift if not isinstance(shift, (tuple, list)) else builtins.sum(shift), 0).reshape(a.shape)
    axes = axis if isinstance(axis, (tuple, list)) else (axis,)
    shifts = tuple(shift) if isinstance(shift, (tuple, list, ndarray)) and ndim(shift) else (shift,)
    if len(shifts) == 1:
        shifts *= len(axes)
    elif len(axes) == 1:
        axes = tuple(axes) * len(shifts)
    elif len(shifts) != len(axes):
        raise ValueError("'shift' and 'axis' should be scalars or 1D sequences")
    result = a
    for each, by in zip(axes, shifts):
        each = _axis(each, a.ndim)
        length = a.shape[each]
        by = int(by) % length if length else 0
        if by:
            before = (slice(None),) * each
            result = _t.concatenate([result[(*before, slice(-by, None))], result[(*before, slice(None, -by))]], each, None)
    return result.copy() if result is a else result


def resize(a: ArrayLike, new_shape: ShapeLike) -> ndarray:
    """The elements in order, as often as a shape needs them."""
    new_shape = (new_shape,) if isinstance(new_shape, int) else tuple(new_shape)
    a = asarray(a).reshape(-1)
    count = 1
    for length in new_shape:
        if length < 0:
            raise ValueError("all elements of `new_shape` must be non-negative")
        count *= length
    if a.size == 0 or count == 0:
        return _t.zeros(new_shape, a.dtype)
    return tile(a, -(-count // a.size))[:count].reshape(new_shape)


def require(
    a: ArrayLike, dtype: DTypeLike = None, requirements: str | Sequence[str] | None = None, *, like: None = None
) -> ndarray:
    """The object as an array with properties: C, F, A(ligned), W(riteable), O(wn memory)."""
    wanted = {each.upper()[0] for each in requirements or ()}
    if wanted <= {"E"} or not wanted:
        return asarray(a, dtype)
    if {"C", "F"} <= wanted:
        raise ValueError('Cannot specify both "C" and "F" order')
    new = asarray(a, dtype, "F" if "F" in wanted else "C" if "C" in wanted else None)
    flags = new.flags
    if "O" in wanted and not flags.owndata or "W" in wanted and not flags.writeable:
        new = new.copy()
    return new


def may_share_memory(a: ArrayLike, b: ArrayLike, /, max_work: int | None = 0) -> bool:
    """Whether the memory between the first and the last element of two arrays overlaps."""
    first, second = _t.memory(asarray(a)), _t.memory(asarray(b))
    return first[0] < second[1] and second[0] < first[1]


def shares_memory(a: ArrayLike, b: ArrayLike, /, max_work: int | None = -1) -> bool:
    """Whether two arrays have an element's memory in common."""
    a, b = asarray(a), asarray(b)
    if not may_share_memory(a, b):
        return False

    def addresses(each):
        base = _t.range(0, 1, each.itemsize, _dtypes.int64) + each._address
        for length, stride in zip(each.shape, each.strides):
            base = base[..., None] + _t.range(0, stride, length, _dtypes.int64) if stride else base
        return set(base.reshape(-1).tolist())

    if a._order & 3 and b._order & 3:
        return True
    return not addresses(a).isdisjoint(addresses(b))


# MARK: padded


def pad(
    array: ArrayLike, pad_width: ArrayLike | dict[int, Any], mode: str | Callable[..., Any] = "constant", **kwargs: Any
) -> ndarray:
    """The array with more elements before and after each axis.

    Modes: constant, edge, reflect, symmetric, wrap, linear_ramp, maximum, mean, median, minimum, empty, or a function.
    """
    array = asarray(array)
    widths = _widths(pad_width, array.ndim)
    if callable(mode):
        return _padded_by(mode, array, widths, kwargs)
    allowed = {
        "constant": {"constant_values"}, "edge": set(), "empty": set(), "wrap": set(), "linear_ramp": {"end_values"},
        "maximum": {"stat_length"}, "mean": {"stat_length"}, "median": {"stat_length"}, "minimum": {"stat_length"},
        "reflect": {"reflect_type"}, "symmetric": {"reflect_type"},
    }  # fmt: skip
    if mode not in allowed:
        raise ValueError(f"mode '{mode}' is not supported")
    unknown = set(kwargs) - allowed[mode]
    if unknown:
        raise ValueError(f"unsupported keyword arguments for mode '{mode}': {unknown}")
    if mode in ("constant", "empty"):
        return _padded_constant(array, widths, kwargs.get("constant_values", 0))
    result = array
    for axis, (before, after) in enumerate(widths):
        if before or after:
            if result.shape[axis] == 0:
                raise ValueError(f"can't extend empty axis {axis} using modes other than 'constant' or 'empty'")
            result = _pad_axis(result, axis, before, after, mode, kwargs, array.ndim)
    return result.copy() if result is array else result


def _widths(pad_width, rank, name="pad_width"):
    if isinstance(pad_width, dict):
        found = [(0, 0)] * rank
        for axis, each in pad_width.items():
            found[_axis(axis, rank)] = (each, each) if isinstance(each, int) else tuple(each)
        return found
    pairs = asarray(pad_width)
    if pairs.dtype.kind not in "iu":
        raise TypeError(f"`{name}` must be of integral type.")
    pairs = _t.broadcast_to(pairs, (rank, 2)).tolist()
    if builtins.min((builtins.min(each) for each in pairs), default=0) < 0:
        raise ValueError("index can't contain negative values")
    return pairs


def _padded_constant(array, widths, values):
    befores, afters = tuple(each[0] for each in widths), tuple(each[1] for each in widths)
    if _t.is_lazy() and isinstance(values, (int, float, complex)):
        virtual = _t.lazy_pad(array, befores, afters, values)
        if virtual is not None:
            return virtual
    if type(values) is int and 0 <= values < 128:
        # Every type has such numbers; others are cast, and may change.
        return _t.pad(array, befores, afters, values)
    shape = tuple(length + before + after for length, (before, after) in zip(array.shape, widths))
    new = _t.zeros(shape, array.dtype)
    inner = tuple(slice(before, before + length) for length, (before, _) in zip(array.shape, widths))
    pairs = _t.broadcast_to(asarray(values), (array.ndim, 2))
    for axis, (before, after) in enumerate(widths):
        key = (slice(None),) * axis
        # Corners belong to the last axis.
        new[(*key, slice(0, before))] = pairs[axis, 0]
        new[(*key, slice(shape[axis] - after, None))] = pairs[axis, 1]
    new[inner] = array
    return new


def _pad_axis(array, axis, before, after, mode, options, rank):
    length = array.shape[axis]
    key = (slice(None),) * axis
    if mode in ("maximum", "minimum", "mean", "median", "linear_ramp"):
        return _pad_computed(array, axis, before, after, mode, options, rank)
    places = range(-before, length + after)
    if mode == "edge":
        indices = [builtins.min(builtins.max(place, 0), length - 1) for place in places]
    elif mode == "wrap":
        indices = [place % length for place in places]
    elif mode == "symmetric":
        indices = [(lambda r: r if r < length else 2 * length - 1 - r)(place % (2 * length)) for place in places]
    else:
        period = builtins.max(2 * length - 2, 1)
        indices = [(lambda r: r if r < length else period - r)(place % period) for place in places]
    result = array[(*key, asarray(indices, _dtypes.int64))]
    if options.get("reflect_type") == "odd" and mode in ("reflect", "symmetric"):
        return _odd(array, axis, before, after, mode)
    return result


def _odd(array, axis, before, after, mode):
    """Reflected in value about the edges too, a period at a time."""
    key = (slice(None),) * axis
    skip = 1 if mode == "reflect" else 0
    while before or after:
        length = array.shape[axis]
        most = builtins.max(length - skip, 1)
        left, right = builtins.min(before, most), builtins.min(after, most)
        parts = [array]
        if left:
            edge = array[(*key, slice(0, 1))]
            source = array[(*key, slice(skip, skip + left))] if length > 1 or not skip else edge
            parts.insert(0, 2 * edge - flip(source, axis))
        if right:
            edge = array[(*key, slice(length - 1, length))]
            source = array[(*key, slice(length - skip - right, length - skip))] if length > 1 or not skip else edge
            parts.append(2 * edge - flip(source, axis))
        array = _t.concatenate(parts, axis, array.dtype)
        before, after = before - left, after - right
    return array


def _pad_computed(array, axis, before, after, mode, options, rank):
    key = (slice(None),) * axis
    length = array.shape[axis]
    if mode == "linear_ramp":
        from walle.numpy._creation import linspace

        ends = _t.broadcast_to(asarray(options.get("end_values", 0)), (rank, 2))
        first, last = array[(*key, 0)], array[(*key, -1)]
        left = linspace(ends[axis, 0], first, before, endpoint=False, axis=axis)
        right = flip(linspace(ends[axis, 1], last, after, endpoint=False, axis=axis), axis)
        parts = [left, array, right]
    else:
        from walle.numpy import _reductions, _statistics

        function = {
            "maximum": _reductions.max, "minimum": _reductions.min, "mean": _reductions.mean,
            "median": _statistics.median,
        }[mode]  # fmt: skip
        given = options.get("stat_length")
        counts = [[None, None]] * rank if given is None else _t.broadcast_to(asarray(given), (rank, 2)).tolist()
        parts = [array]
        for place, width in ((0, before), (1, after)):
            count = length if counts[axis][place] is None else builtins.min(counts[axis][place], length)
            chunk = array[(*key, slice(0, count) if place == 0 else slice(length - count, length))]
            value = asarray(function(chunk, axis=axis, keepdims=True))
            if array.dtype.kind in "iu" and value.dtype.kind == "f":
                value = _t.rint(value)
            shape = array.shape[:axis] + (width,) + array.shape[axis + 1 :]
            parts.insert(0 if place == 0 else len(parts), _t.broadcast_to(value, shape))
    return _t.concatenate([_t.astype(asarray(part), array.dtype, False) for part in parts], axis, array.dtype)


def _padded_by(function, array, widths, options):
    padded = _padded_constant(array, widths, 0)
    for axis, width in enumerate(widths):
        moved = moveaxis(padded, axis, -1)
        for index in _positions(moved.shape[:-1]):
            function(moved[index], tuple(width), axis, options)
    return padded


def _positions(shape):
    import itertools

    return itertools.product(*(range(length) for length in shape))


