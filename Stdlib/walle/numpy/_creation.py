"""New arrays: constants, ranges, grids."""

from __future__ import annotations

import builtins
import math

from walle import _tensor as _t
from walle.numpy import _dtypes
from walle.numpy._core import _check_device, _NoValue, _ordered, asarray, ndarray

TYPE_CHECKING = False
if TYPE_CHECKING:
    from walle.numpy._typing import (
        Any, ArrayLike, Buffer, Callable, Casting, DTypeLike, Device, Iterable, Literal, Order, ShapeLike,
    )  # fmt: skip

__all__ = [
    "arange", "array_equal", "array_equiv", "ascontiguousarray", "asfortranarray", "astype", "copy", "copyto", "diag",
    "diagflat", "empty", "empty_like", "eye", "frombuffer", "fromfile", "fromfunction", "fromiter", "fromstring", "full",
    "full_like", "geomspace", "identity", "linspace", "logspace", "meshgrid", "ones", "ones_like", "tri", "tril",
    "triu", "vander", "zeros", "zeros_like",
]  # fmt: skip


def _new(shape, dtype, order, fill):
    """A new array, made by `fill(shape, dtype)`."""
    found = _dtypes.float64 if dtype is None else _dtypes._find(dtype)
    if order == "F":
        shape = (shape,) if isinstance(shape, int) else tuple(shape)
        return fill(shape[::-1], found).T
    if order not in ("C", None):
        raise ValueError(f"only 'C' or 'F' order is permitted (got {order!r})")
    return fill(shape, found)


@_t.quick
def zeros(
    shape: ShapeLike, dtype: DTypeLike = float, order: Order = "C", *, device: Device = None, like: None = None
) -> ndarray:
    """A new array of zeros."""
    if device is None and order == "C":
        return _t.zeros(shape, _dtypes._find(dtype))
    _check_device(device)
    return _new(shape, dtype, order, _t.zeros)


@_t.quick
def empty(
    shape: ShapeLike, dtype: DTypeLike = float, order: Order = "C", *, device: Device = None, like: None = None
) -> ndarray:
    """A new array whose values do not matter: zeros, or what arrays of this interpreter left there."""
    if device is None and order == "C":
        return _t.empty(shape, _dtypes._find(dtype))
    _check_device(device)
    return _new(shape, dtype, order, _t.empty)


@_t.quick
def ones(
    shape: ShapeLike, dtype: DTypeLike = None, order: Order = "C", *, device: Device = None, like: None = None
) -> ndarray:
    """A new array of ones."""
    _check_device(device)
    return _new(shape, dtype, order, lambda shape, dtype: _t.full(shape, 1, dtype))


@_t.quick
def full(
    shape: ShapeLike,
    fill_value: ArrayLike,
    dtype: DTypeLike = None,
    order: Order = "C",
    *,
    device: Device = None,
    like: None = None,
) -> ndarray:
    """A new array of one value."""
    _check_device(device)
    if dtype is None:
        fill_value = asarray(fill_value)
        dtype = fill_value.dtype
    elif type(fill_value) is float:
        # Floats are cast to integers, not converted: they may lie outside the range.
        fill_value = _t.astype(asarray(fill_value), _dtypes._find(dtype), False)
    return _new(shape, dtype, order, lambda shape, dtype: _t.full(shape, fill_value, dtype))


def _like(prototype, dtype, order, shape):
    prototype = asarray(prototype)
    if order == "K":
        order = "F" if prototype._order & 3 == 2 else "C"
    elif order == "A":
        order = "F" if prototype._order & 3 == 2 else "C"
    return prototype.shape if shape is None else shape, prototype.dtype if dtype is None else dtype, order


@_t.quick
def zeros_like(
    a: ArrayLike,
    dtype: DTypeLike = None,
    order: Order = "K",
    subok: bool = True,
    shape: ShapeLike | None = None,
    *,
    device: Device = None,
) -> ndarray:
    """Zeros with the shape and type of another array."""
    _check_device(device)
    return _new(*_like(a, dtype, order, shape), _t.zeros)


def empty_like(
    prototype: ArrayLike,
    dtype: DTypeLike = None,
    order: Order = "K",
    subok: bool = True,
    shape: ShapeLike | None = None,
    *,
    device: Device = None,
) -> ndarray:
    """An array with the shape and type of another, whose values do not matter."""
    return zeros_like(prototype, dtype, order, subok, shape, device=device)


def ones_like(
    a: ArrayLike,
    dtype: DTypeLike = None,
    order: Order = "K",
    subok: bool = True,
    shape: ShapeLike | None = None,
    *,
    device: Device = None,
) -> ndarray:
    """Ones with the shape and type of another array."""
    return full_like(a, 1, dtype, order, subok, shape, device=device)


def full_like(
    a: ArrayLike,
    fill_value: ArrayLike,
    dtype: DTypeLike = None,
    order: Order = "K",
    subok: bool = True,
    shape: ShapeLike | None = None,
    *,
    device: Device = None,
) -> ndarray:
    """One value with the shape and type of another array."""
    _check_device(device)
    return _new(*_like(a, dtype, order, shape), lambda shape, dtype: _t.full(shape, fill_value, dtype))


@_t.quick
def eye(
    N: int,
    M: int | None = None,
    k: int = 0,
    dtype: DTypeLike = float,
    order: Order = "C",
    *,
    device: Device = None,
    like: None = None,
) -> ndarray:
    """Ones on the diagonal `k` of a matrix, zeros elsewhere."""
    _check_device(device)
    new = _new((N, N if M is None else M), dtype, order, _t.zeros)
    diagonal = _diagonal_view(new, k)
    diagonal[...] = 1
    return new


def identity(n: int, dtype: DTypeLike = None, *, like: None = None) -> ndarray:
    """The square identity matrix."""
    return eye(n, dtype=dtype)


def _diagonal_view(a, offset=0, axis1=0, axis2=1):
    """A view of a diagonal, in place of both axes as the last one."""
    shape, strides = list(a.shape), list(a.strides)
    rows, columns = shape[axis1], shape[axis2]
    length = builtins.max(0, builtins.min(rows + builtins.min(offset, 0), columns - builtins.max(offset, 0)))
    start = -offset * strides[axis1] if offset < 0 else offset * strides[axis2]
    step = strides[axis1] + strides[axis2]
    for axis in sorted((axis1, axis2), reverse=True):
        del shape[axis], strides[axis]
    if length == 0 or 0 in shape:
        return _t.zeros((*shape, length), a.dtype)
    return _t.strided(a, (*shape, length), (*strides, step), start)


def diag(v: ArrayLike, k: int = 0) -> ndarray:
    """The diagonal `k` of a matrix, or a matrix with this diagonal."""
    v = asarray(v)
    if v.ndim == 1:
        n = v.shape[0] + abs(k)
        new = _t.zeros((n, n), v.dtype)
        _diagonal_view(new, k)[...] = v
        return new
    if v.ndim == 2:
        return _diagonal_view(v, k).copy()
    raise ValueError("Input must be 1- or 2-d.")


def diagflat(v: ArrayLike, k: int = 0) -> ndarray:
    """A matrix whose diagonal `k` are all elements of an array."""
    return diag(asarray(v).reshape(-1), k)


@_t.quick
def arange(
    start: ArrayLike,
    stop: ArrayLike | None = _NoValue,
    step: ArrayLike = 1,
    dtype: DTypeLike = None,
    *,
    device: Device = None,
    like: None = None,
) -> ndarray:
    """The numbers from `start`, by `step`, before `stop`; from 0 when there is one argument."""
    if device is not None:
        _check_device(device)
    if stop is _NoValue or stop is None:
        start, stop = 0, start
    if step is None:
        step = 1
    if dtype is None and type(start) is int and type(stop) is int and type(step) is int and step:
        return _t.range(start, step, builtins.max(0, -((start - stop) // step)), _dtypes.int64)
    if dtype is None:
        found = _dtypes.result_type(
            *(each if isinstance(each, (int, float, complex)) else asarray(each) for each in (start, stop, step))
        )
        # As NumPy: the default type of the kind, whatever the sizes of the numbers are.
        dtype = {"c": _dtypes.complex128, "f": _dtypes.float64}.get(found.kind, _dtypes.int64)
        dtype = _dtypes.float64 if found.name == "uint64" else dtype
    else:
        dtype = _dtypes._find(dtype)
    if step == 0:
        raise ZeroDivisionError("division by zero")
    span = (stop - start) / step
    if not math.isfinite(span):
        raise ValueError("Maximum allowed size exceeded" if span == span else "arange: cannot compute length")
    count = builtins.max(0, math.ceil(span))
    if dtype.kind in "iub":
        if all(isinstance(each, int) or getattr(each, "dtype", _dtypes.float64).kind in "iub" for each in (start, stop, step)):
            start, stop, step = int(start), int(stop), int(step)
            count = builtins.max(0, -((start - stop) // step))
        else:
            first, second = int(start), int(start + step)
            start, step = first, second - first
        for each in (start, start + step)[:count] if dtype.kind in "iu" else ():
            # The first two say what the others are: they must be of the type.
            dtype.type(each)
        if dtype.kind == "b" and count > 2:
            raise TypeError("arange() is only supported for booleans when the result has at most length 2.")
        if dtype.name == "uint64" and (start + count * step) >> 63:
            return _t.range(0, step, count, dtype) + dtype.type(start)
        return _t.range(start, step, count, dtype)
    if dtype.kind == "c":
        return _t.range(0, 1, count, dtype) * step + start
    # As NumPy: from the first two values, which may round.
    first = float(start)
    return _t.range(first, float(start + step) - first, count, dtype)


@_t.quick
def linspace(
    start: ArrayLike,
    stop: ArrayLike,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: DTypeLike = None,
    axis: int | None = 0,
    *,
    device: Device = None,
) -> Any:
    """`num` numbers evenly from `start` to `stop`."""
    _check_device(device)
    num = num.__index__()
    if num < 0:
        raise ValueError(f"Number of samples, {num}, must be non-negative.")
    parts = num - 1 if endpoint else num
    start, stop = asarray(start) * 1.0, asarray(stop) * 1.0
    computed = _dtypes.result_type(start, stop, float(num))
    dtype, integral = (computed, False) if dtype is None else (_dtypes._find(dtype), _dtypes._find(dtype).kind in "iu")
    delta = asarray(stop - start)
    steps = _t.range(0, 1, num, computed).reshape((-1,) + (1,) * delta.ndim)
    if parts > 0:
        step = delta / parts
        if _t.reduce(_t.logical_or, asarray(step == 0), None, None, False, None):
            steps = steps / parts * delta
        else:
            steps = steps * step
    else:
        step = float("nan")
        steps = steps * delta
    steps = steps + start
    if endpoint and num > 1:
        steps[-1, ...] = stop
    if axis != 0:
        from walle.numpy._manipulation import moveaxis

        steps = moveaxis(steps, 0, axis)
    if integral:
        steps = _t.floor(steps)
    steps = _t.astype(asarray(steps), dtype, False)
    return (steps, step) if retstep else steps


def logspace(
    start: ArrayLike,
    stop: ArrayLike,
    num: int = 50,
    endpoint: bool = True,
    base: ArrayLike = 10.0,
    dtype: DTypeLike = None,
    axis: int | None = 0,
) -> ndarray:
    """`num` numbers evenly on a logarithmic scale, from ``base**start`` to ``base**stop``."""
    steps = _t.power(base, linspace(start, stop, num, endpoint, axis=axis))
    return steps if dtype is None else steps.astype(dtype)


def geomspace(
    start: ArrayLike,
    stop: ArrayLike,
    num: int = 50,
    endpoint: bool = True,
    dtype: DTypeLike = None,
    axis: int | None = 0,
) -> ndarray:
    """`num` numbers in geometric progression from `start` to `stop`."""
    start, stop = asarray(start), asarray(stop)
    if (start == 0).any() or (stop == 0).any():
        raise ValueError("Geometric sequence cannot include zero")
    computed = _dtypes.result_type(start, stop, float(num), _t.zeros((), _dtypes._find(dtype)))
    zero = _t.zeros((), computed)
    start, stop = (_t.astype(asarray(each + zero), computed, True) for each in (start, stop))
    sign = _t.sign(start)
    start, stop = start / sign, stop / sign
    result = asarray(logspace(_t.log10(start), _t.log10(stop), num, endpoint, 10.0))
    if num > 0:
        result[0] = start
        if num > 1 and endpoint:
            result[-1] = stop
    result = result * sign
    if axis != 0:
        from walle.numpy._manipulation import moveaxis

        result = moveaxis(result, 0, axis)
    return result.astype(computed if dtype is None else dtype, copy=False)


def meshgrid(
    *xi: ArrayLike, copy: bool = True, sparse: bool = False, indexing: Literal['xy', 'ij'] = "xy"
) -> list[ndarray]:
    """Grids of coordinates out of vectors of coordinates: a list of arrays, one for each vector."""
    if indexing not in ("xy", "ij"):
        raise ValueError("Valid values for `indexing` are 'xy' and 'ij'.")
    count = len(xi)
    grids = [asarray(x).reshape((1,) * i + (-1,) + (1,) * (count - i - 1)) for i, x in enumerate(xi)]
    if indexing == "xy" and count > 1:
        grids[0] = grids[0].reshape((1, -1) + (1,) * (count - 2))
        grids[1] = grids[1].reshape((-1, 1) + (1,) * (count - 2))
    if not sparse:
        from walle.numpy._manipulation import broadcast_arrays

        grids = broadcast_arrays(*grids)
    return [grid.copy() for grid in grids] if copy else list(grids)


def tri(N: int, M: int | None = None, k: int = 0, dtype: DTypeLike = float, *, like: None = None) -> ndarray:
    """Ones at and below the diagonal `k`, zeros above."""
    rows = _t.range(0, 1, N, _dtypes.int64).reshape(-1, 1)
    columns = _t.range(-k, 1, N if M is None else M, _dtypes.int64)
    return _t.greater_equal(rows, columns).astype(dtype, copy=False)


def tril(m: ArrayLike, k: int = 0) -> ndarray:
    """The matrix with zeros above the diagonal `k`."""
    m = asarray(m)
    mask = tri(*_two(m), k=k, dtype=bool)
    return _t.where(mask, m, _t.zeros((), m.dtype))


def triu(m: ArrayLike, k: int = 0) -> ndarray:
    """The matrix with zeros below the diagonal `k`."""
    m = asarray(m)
    mask = tri(*_two(m), k=k - 1, dtype=bool)
    return _t.where(mask, _t.zeros((), m.dtype), m)


def _two(m):
    if m.ndim == 0:
        raise TypeError("a triangle needs an array of at least one axis")
    return m.shape[-2:] if m.ndim > 1 else (m.shape[0], m.shape[0])


def vander(x: ArrayLike, N: int | None = None, increasing: bool = False) -> ndarray:
    """The matrix of the powers of a vector's elements."""
    x = asarray(x)
    if x.ndim != 1:
        raise ValueError("x must be a one-dimensional array or sequence.")
    powers = _t.range(0, 1, len(x) if N is None else N, _dtypes.int64)
    result = _t.power(x[:, None], powers)
    return result if increasing else result[:, ::-1]


def frombuffer(
    buffer: Buffer, dtype: DTypeLike = float, count: int = -1, offset: int = 0, *, like: None = None
) -> ndarray:
    """The bytes of an object as an array of one axis: a view, which is read-only when the object is."""
    return _t.from_buffer(buffer, _dtypes._find(dtype), count, offset)


def fromiter(iter: Iterable[Any], dtype: DTypeLike, count: int = -1, *, like: None = None) -> ndarray:
    """An array of one axis of what an iterable gives."""
    import itertools

    items = list(iter) if count < 0 else list(itertools.islice(iter, count))
    if count >= 0 and len(items) < count:
        raise ValueError(f"iterator too short: Expected {count} but iterator had only {len(items)} items.")
    return asarray(items, dtype)


def fromfunction(
    function: Callable[..., Any], shape: ShapeLike, *, dtype: DTypeLike = float, like: None = None, **kwargs: Any
) -> Any:
    """An array of what a function makes of the indices, given as arrays."""
    from walle.numpy._indexing import indices

    return function(*indices(shape, dtype), **kwargs)


def fromstring(string: str, dtype: DTypeLike = float, count: int = -1, *, sep: str, like: None = None) -> ndarray:
    """An array of the numbers in a text."""
    if sep == "":
        raise ValueError("the binary mode of fromstring is removed, use frombuffer instead")
    found = _dtypes._find(dtype)
    parts = string.split() if sep.isspace() else [part for part in string.split(sep.strip()) if part.strip()]
    convert = int if found.kind in "iu" else complex if found.kind == "c" else float
    return asarray([convert(part) for part in (parts if count < 0 else parts[:count])], found)


def fromfile(
    file: Any, dtype: DTypeLike = float, count: int = -1, sep: str = "", offset: int = 0, *, like: None = None
) -> ndarray:
    """An array of one axis of a file's bytes, or of the numbers in its text.

    Parameters
    ----------
    file
        A path, or an open file, which is read from where it is.
    sep
        What stands between numbers of a text; empty for bytes.
    offset
        Bytes to skip first.
    """
    if not hasattr(file, "read"):
        with open(file, "rb") as opened:
            return fromfile(opened, dtype, count, sep, offset)
    if sep and offset:
        raise TypeError("'offset' argument only permitted for binary files")
    if sep:
        data = file.read()
        return fromstring(data if isinstance(data, str) else data.decode(), dtype, count, sep=sep)
    found = _dtypes._find(dtype)
    if offset:
        file.seek(offset, 1)
    data = file.read(-1 if count < 0 else count * found.itemsize)
    whole = len(data) - len(data) % found.itemsize
    return _t.from_buffer(bytearray(memoryview(data)[:whole]), found, -1, 0)


@_t.quick
def copy(a: ArrayLike, order: Order = "K", subok: bool = False) -> ndarray:
    """The same elements in an array of their own."""
    return asarray(a).copy(order)


def copyto(dst: ndarray, src: ArrayLike, casting: Casting = "same_kind", where: ArrayLike = True) -> None:
    """Write values into an array, where a condition holds."""
    if type(dst) is not ndarray:
        raise TypeError(f"copyto() argument 1 must be an ndarray, not {type(dst).__name__}")
    if type(src) not in (int, float, complex):
        src = asarray(src)
        if not _dtypes.can_cast(src.dtype, dst.dtype, casting):
            raise TypeError(f"Cannot cast array data from {src.dtype!r} to {dst.dtype!r} according to the rule '{casting}'")
        if src.dtype.kind == "c" and dst.dtype.kind in "iuf":
            _warn_of_imaginary_part()
    elif casting != "unsafe" and "bufc".index({int: "u", float: "f", complex: "c"}[type(src)]) > "bufc".index(
        dst.dtype.kind.replace("i", "u")
    ):
        raise TypeError(f"Cannot cast scalar from {asarray(src).dtype!r} to {dst.dtype!r} according to the rule '{casting}'")
    if where is True:
        _t.assign(dst, src)
    else:
        value = _t.astype(asarray(src), dst.dtype, False)
        _t.assign(dst, _t.where(asarray(where), value, dst))


def _warn_of_imaginary_part(level=3):
    import warnings

    from walle.numpy.exceptions import ComplexWarning

    warnings.warn("Casting complex values to real discards the imaginary part", ComplexWarning, stacklevel=level + 1)


def ascontiguousarray(a: ArrayLike, dtype: DTypeLike = None, *, like: None = None) -> ndarray:
    """The object as an array of at least one axis whose elements lie in order."""
    a = asarray(a, dtype)
    a = a.reshape(1) if a.ndim == 0 else a
    return _ordered(a, "C")


def asfortranarray(a: ArrayLike, dtype: DTypeLike = None, *, like: None = None) -> ndarray:
    """The object as an array whose first axis lies closest together."""
    a = asarray(a, dtype)
    return _ordered(a.reshape(1) if a.ndim == 0 else a, "F")


@_t.quick
def astype(x: ArrayLike, dtype: DTypeLike, /, *, copy: bool | None = True, device: Device = None) -> ndarray:
    """The same values as another type."""
    if not isinstance(x, (ndarray, _t.generic)):
        raise TypeError(f"Input should be a NumPy array. It is a {type(x).__name__}.")
    _check_device(device)
    return x.astype(dtype, copy=copy)


def array_equal(a1: ArrayLike, a2: ArrayLike, equal_nan: bool = False) -> bool:
    """Whether two arrays have the same shape and the same elements."""
    try:
        a1, a2 = asarray(a1), asarray(a2)
    except (TypeError, ValueError):
        return False
    if a1.shape != a2.shape:
        return False
    same = a1 == a2
    if equal_nan:
        same = same | (_t.isnan(a1) & _t.isnan(a2))
    return bool(_t.reduce(_t.logical_and, same, None, None, False, None))


def array_equiv(a1: ArrayLike, a2: ArrayLike) -> bool:
    """Whether two arrays are equal once they are broadcast."""
    try:
        same = asarray(a1) == asarray(a2)
    except (TypeError, ValueError):
        return False
    return bool(_t.reduce(_t.logical_and, same, None, None, False, None))
