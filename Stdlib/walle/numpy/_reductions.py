"""Many elements to fewer: sums, extremes, means, and the methods of functions of elements."""

from __future__ import annotations

import builtins

from walle import _tensor as _t
from walle.numpy import _dtypes
from walle.numpy._core import _axes, _axis, _NoValue, asarray, ndarray

TYPE_CHECKING = False
if TYPE_CHECKING:
    from walle.numpy._typing import Any, Array, ArrayLike, AxesLike, DTypeLike

__all__ = [
    "all", "amax", "amin", "any", "argmax", "argmin", "average", "count_nonzero", "cumprod", "cumsum",
    "cumulative_prod", "cumulative_sum", "max", "mean", "min", "nanmax", "nanmean", "nanmin", "nanprod", "nanstd",
    "nansum", "nanvar", "nancumprod", "nancumsum", "nanargmax", "nanargmin", "prod", "ptp", "std", "sum", "var",
]  # fmt: skip

# MARK: folds


def _fold(function, a, axis, dtype, out, keepdims, initial, where):
    if keepdims is _NoValue:
        keepdims = False
    if dtype is not None:
        a, dtype = asarray(a), _dtypes._find(dtype)
        _check_cast(a, dtype)
    if initial is _NoValue and where is True:
        return _t.reduce(function, a, axis, dtype, keepdims, out)
    a = asarray(a)
    if dtype is not None:
        a = _t.astype(a, dtype, False)
    if a.ndim == 0 and axis in (0, -1):
        axis = None
    if where is not True:
        identity = function.identity
        if identity is None:
            if initial is _NoValue:
                raise ValueError(
                    f"reduction operation '{function.__name__}' does not have an identity, so to use a where mask one "
                    "has to specify 'initial'"
                )
            identity = initial
        where = asarray(where)
        chosen = asarray(_t.where(where, a, _t.full((), identity, a.dtype)))
        if chosen.shape != a.shape:
            raise ValueError(
                f"non-broadcastable operand with shape {a.shape} doesn't match the broadcast shape {chosen.shape}"
            )
        a = chosen
    if initial is _NoValue:
        return _t.reduce(function, a, axis, dtype, keepdims, out)
    folded = builtins.all(a.shape[each] for each in (range(a.ndim) if axis is None else _axes(axis, a.ndim)))
    if not folded and function.identity is None:
        shape = tuple(
            1 if axis is None or each in _axes(axis, a.ndim) else length for each, length in enumerate(a.shape)
        )
        result = _t.full(shape, initial, a.dtype)
        result = result if keepdims else result.reshape(
            tuple(n for each, n in enumerate(shape) if axis is not None and each not in _axes(axis, a.ndim))
        )
        result = result[()]
    else:
        result = _t.reduce(function, a, axis, dtype, keepdims, None)
        kind = result.dtype
        first = kind.type(int(initial) if kind.kind in "iu" else initial)
        if function.identity is None and function.__name__ not in _ORDERLESS:
            # The initial value comes first: f(f(initial, x₀), x₁)…
            axes = tuple(range(a.ndim)) if axis is None else _axes(axis, a.ndim)
            if not a.ndim:
                return function(first, result) if out is None else _given(function(first, result), out)
            if len(axes) != 1:
                raise ValueError(
                    f"reduction operation '{function.__name__}' is not reorderable, so at most one axis may be specified"
                )
            shape = tuple(1 if each in axes else length for each, length in enumerate(a.shape))
            whole = _t.concatenate((_t.full(shape, first, kind), a.astype(kind)), axes[0], None)
            result = _t.reduce(function, whole, axis, dtype, keepdims, None)
        else:
            result = function(result, first)
    if out is None:
        return result
    _t.assign(out, asarray(result))
    return out


# Functions without an identity whose result does not depend on the order.
_ORDERLESS = frozenset(("minimum", "maximum", "fmin", "fmax"))


@_t.quick
def sum(
    a: ArrayLike,
    axis: AxesLike | None = None,
    dtype: DTypeLike = None,
    out: ndarray | None = None,
    keepdims: bool = _NoValue,
    initial: ArrayLike = _NoValue,
    where: ArrayLike = True,
) -> Array:
    """The sum of elements along some axes; pairwise, so that rounding errors grow slowly."""
    return _fold(_t.add, a, axis, dtype, out, keepdims, initial, where)


@_t.quick
def prod(
    a: ArrayLike,
    axis: AxesLike | None = None,
    dtype: DTypeLike = None,
    out: ndarray | None = None,
    keepdims: bool = _NoValue,
    initial: ArrayLike = _NoValue,
    where: ArrayLike = True,
) -> Array:
    """The product of elements along some axes."""
    return _fold(_t.multiply, a, axis, dtype, out, keepdims, initial, where)


@_t.quick
def max(
    a: ArrayLike,
    axis: AxesLike | None = None,
    out: ndarray | None = None,
    keepdims: bool = _NoValue,
    initial: ArrayLike = _NoValue,
    where: ArrayLike = True,
) -> Array:
    """The largest element along some axes; NaN where there is one."""
    return _fold(_t.maximum, a, axis, None, out, keepdims, initial, where)


@_t.quick
def min(
    a: ArrayLike,
    axis: AxesLike | None = None,
    out: ndarray | None = None,
    keepdims: bool = _NoValue,
    initial: ArrayLike = _NoValue,
    where: ArrayLike = True,
) -> Array:
    """The smallest element along some axes; NaN where there is one."""
    return _fold(_t.minimum, a, axis, None, out, keepdims, initial, where)


amax, amin = max, min


@_t.quick
def all(
    a: ArrayLike,
    axis: AxesLike | None = None,
    out: ndarray | None = None,
    keepdims: bool = _NoValue,
    *,
    where: ArrayLike = True,
) -> Array:
    """Whether all elements along some axes are true."""
    return _fold(_t.logical_and, a, axis, None, out, keepdims, _NoValue, where)


@_t.quick
def any(
    a: ArrayLike,
    axis: AxesLike | None = None,
    out: ndarray | None = None,
    keepdims: bool = _NoValue,
    *,
    where: ArrayLike = True,
) -> Array:
    """Whether an element along some axes is true."""
    return _fold(_t.logical_or, a, axis, None, out, keepdims, _NoValue, where)


def ptp(a: ArrayLike, axis: AxesLike | None = None, out: ndarray | None = None, keepdims: bool = _NoValue) -> Array:
    """The largest element less the smallest, along an axis."""
    return _t.subtract(max(a, axis, keepdims=keepdims), min(a, axis, keepdims=keepdims), out=out)


@_t.quick
def count_nonzero(a: ArrayLike, axis: AxesLike | None = None, *, keepdims: bool = False) -> Array:
    """How many elements along some axes are not zero."""
    return _t.reduce(_t.add, _t.astype(asarray(a), _dtypes.bool_, False), axis, _dtypes.int64, keepdims, None)


# MARK: means


def _count(a, axis, where=True):
    """How many elements a fold takes."""
    if where is not True:
        from walle.numpy._manipulation import broadcast_to

        return _t.reduce(_t.add, broadcast_to(asarray(where), a.shape), axis, _dtypes.int64, True, None)
    count = 1
    if axis is None:
        return a.size
    for each in _axes(axis, a.ndim):
        count *= a.shape[each]
    return count


def _warn(text, level=3):
    import warnings

    warnings.warn(text, RuntimeWarning, stacklevel=level + 1)


def _mean(a, axis, dtype, keepdims, where=True):
    a = asarray(a)
    count = _count(a, axis, where)
    target = None if dtype is None else _dtypes._find(dtype)
    if dtype is None and a.dtype.kind in "iub":
        dtype = _dtypes.float64
    elif dtype is None:
        target = a.dtype
        dtype = _dtypes._by_name["float32"] if a.dtype.itemsize == 2 else None
    if where is True and count == 0:
        _warn("Mean of empty slice.")
    total = _fold(_t.add, a, axis, dtype, None, keepdims, _NoValue, where)
    if where is not True:
        if keepdims is not True:
            count = asarray(count).reshape(asarray(total).shape)
        if (asarray(count) == 0).any():
            _warn("Mean of empty slice.")
    from walle.numpy._core import errstate

    if where is True and count:
        result = total / count
    else:
        with errstate(all="ignore"):
            result = _t.divide(total, count)
    if target is None or result.dtype is target:
        return result
    return _t.astype(result, target, False) if isinstance(result, ndarray) else target.type(result)


@_t.quick
def mean(
    a: ArrayLike,
    axis: AxesLike | None = None,
    dtype: DTypeLike = None,
    out: ndarray | None = None,
    keepdims: bool = _NoValue,
    *,
    where: ArrayLike = True,
) -> Array:
    """The arithmetic mean along some axes."""
    return _given(_mean(a, axis, dtype, keepdims is True or keepdims == 1, where), out)


def _given(result, out):
    if out is None:
        return result
    from walle.numpy._manipulation import _into

    return _into(out, asarray(result))


def _variance(a, axis, dtype, ddof, keepdims, where=True, mean=_NoValue):
    a = asarray(a)
    count = _count(a, axis, where)
    if where is True and count - ddof <= 0 or where is not True and (asarray(count) - ddof <= 0).any():
        _warn("Degrees of freedom <= 0 for slice.")
    if dtype is None and a.dtype.kind in "iub":
        dtype = _dtypes.float64
    wide = dtype
    half = dtype is None and a.dtype.itemsize == 2
    if half:
        wide = _dtypes._by_name["float32"]
    from walle.numpy._core import errstate

    with errstate(all="ignore") if where is not True or not count or count - ddof <= 0 else errstate():
        if mean is _NoValue:
            center = _fold(_t.add, a, axis, wide, None, True, _NoValue, where)
            center = _t.divide(center, count)
            if wide is None:
                center = _t.astype(asarray(center), a.dtype, False)
        else:
            center = mean
        deviation = asarray(_t.subtract(a if wide is None else _t.astype(a, _dtypes._find(wide), False), center))
        if deviation.dtype.kind == "c":
            deviation = deviation.real * deviation.real + deviation.imag * deviation.imag
        elif _t.is_virtual(deviation):
            deviation = _t.multiply(deviation, deviation)
        else:
            _t.multiply(deviation, deviation, out=deviation)
        total = _fold(_t.add, deviation, axis, None, None, keepdims, _NoValue, where)
        divisor = _t.maximum(asarray(count) - ddof, 0) if where is not True else builtins.max(count - ddof, 0)
        if where is not True and not keepdims:
            divisor = asarray(divisor).reshape(asarray(total).shape)
        result = _t.divide(total, divisor)
    target = a.dtype if half else result.dtype if dtype is None or result.dtype.kind != "f" else _dtypes._find(dtype)
    if dtype is None and not half and a.dtype.kind in "f" and result.dtype is not a.dtype:
        target = a.dtype
    if target.kind == "c" or dtype is None and a.dtype.kind == "c":
        target = (a if dtype is None else _t.zeros((), target)).real.dtype
    if result.dtype is target:
        return result
    return result.astype(target) if isinstance(result, ndarray) else target.type(result)


def _ddof(ddof, correction):
    if correction is _NoValue:
        return ddof
    if ddof != 0:
        raise ValueError("ddof and correction can't be provided simultaneously.")
    return correction


@_t.quick
def var(
    a: ArrayLike,
    axis: AxesLike | None = None,
    dtype: DTypeLike = None,
    out: ndarray | None = None,
    ddof: float = 0,
    keepdims: bool = _NoValue,
    *,
    where: ArrayLike = True,
    mean: ArrayLike = _NoValue,
    correction: float = _NoValue,
) -> Array:
    """The variance along some axes; the divisor is the number of elements less `ddof`."""
    result = _variance(a, axis, dtype, _ddof(ddof, correction), keepdims is True or keepdims == 1, where, mean)
    return _given(result, out)


@_t.quick
def std(
    a: ArrayLike,
    axis: AxesLike | None = None,
    dtype: DTypeLike = None,
    out: ndarray | None = None,
    ddof: float = 0,
    keepdims: bool = _NoValue,
    *,
    where: ArrayLike = True,
    mean: ArrayLike = _NoValue,
    correction: float = _NoValue,
) -> Array:
    """The standard deviation along some axes; the divisor is the number of elements less `ddof`."""
    result = _variance(a, axis, dtype, _ddof(ddof, correction), keepdims is True or keepdims == 1, where, mean)
    return _given(_t.sqrt(result), out)


def average(
    a: ArrayLike,
    axis: AxesLike | None = None,
    weights: ArrayLike | None = None,
    returned: bool = False,
    *,
    keepdims: bool = _NoValue,
) -> Any:
    """The mean along some axes with a weight for each element."""
    a = asarray(a)
    keep = keepdims is True
    if weights is None:
        result = _mean(a, axis, None, keep)
        if not asarray(result).size:
            raise ZeroDivisionError("division by zero")
        scale = asarray(_count(a, axis), result.dtype)[()]
    else:
        weights = asarray(weights)
        if a.shape != weights.shape:
            if axis is None:
                raise TypeError("Axis must be specified when shapes of a and weights differ.")
            axes = _axes(axis, a.ndim)
            if weights.shape != tuple(a.shape[each] for each in axes):
                raise ValueError("Shape of weights must be consistent with shape of a along specified axis.")
            weights = weights.transpose(sorted(range(len(axes)), key=axes.__getitem__))
            weights = weights.reshape(tuple(n if each in axes else 1 for each, n in enumerate(a.shape)))
        kind = _dtypes.result_type(a.dtype, weights.dtype, *(("f8",) if a.dtype.kind in "iub" else ()))
        scale = sum(_t.broadcast_to(weights, a.shape), axis, kind, keepdims=keep)
        if (asarray(scale) == 0).any():
            raise ZeroDivisionError("Weights sum to zero, can't be normalized")
        result = sum(_t.multiply(a, weights, dtype=kind), axis, keepdims=keep) / scale
    if not returned:
        return result
    shape = asarray(result).shape
    return result, scale if asarray(scale).shape == shape else _t.broadcast_to(asarray(scale), shape).copy()


# MARK: running


def _accumulate(function, a, axis, dtype, out):
    a = asarray(a)
    if axis is None:
        a, axis = a.reshape(-1), 0
    elif a.ndim == 0:
        a = a.reshape(1)
    if dtype is not None:
        dtype = _dtypes._find(dtype)
        _check_cast(a, dtype)
    result = _t.accumulate(function, a, axis, dtype)
    return result if out is None else _given(result, out)


def _check_cast(a, dtype):
    """Warns when numbers lose their imaginary part."""
    if dtype is not None and a.dtype.kind == "c" and dtype.kind in "iuf":
        from walle.numpy._creation import _warn_of_imaginary_part

        _warn_of_imaginary_part()


@_t.quick
def cumsum(a: ArrayLike, axis: int | None = None, dtype: DTypeLike = None, out: ndarray | None = None) -> ndarray:
    """The sums of the elements so far, along an axis."""
    return _accumulate(_t.add, a, axis, dtype, out)


@_t.quick
def cumprod(a: ArrayLike, axis: int | None = None, dtype: DTypeLike = None, out: ndarray | None = None) -> ndarray:
    """The products of the elements so far, along an axis."""
    return _accumulate(_t.multiply, a, axis, dtype, out)


def _cumulative(function, x, axis, dtype, out, include_initial, identity):
    x = asarray(x)
    if axis is None:
        if x.ndim > 1:
            raise ValueError("For arrays which have more than one dimension ``axis`` argument is required.")
        axis = 0
    axis = _axis(axis, builtins.max(x.ndim, 1))
    x = x.reshape(1) if x.ndim == 0 else x
    result = _accumulate(function, x, axis, dtype, None)
    if include_initial:
        shape = x.shape[:axis] + (1,) + x.shape[axis + 1 :]
        result = _t.concatenate([_t.full(shape, identity, result.dtype), result], axis, result.dtype)
    return _given(result, out)


def cumulative_sum(
    x: ArrayLike,
    /,
    *,
    axis: int | None = None,
    dtype: DTypeLike = None,
    out: ndarray | None = None,
    include_initial: bool = False,
) -> ndarray:
    """The sums of the elements so far, along an axis; from zero on if wanted."""
    return _cumulative(_t.add, x, axis, dtype, out, include_initial, 0)


def cumulative_prod(
    x: ArrayLike,
    /,
    *,
    axis: int | None = None,
    dtype: DTypeLike = None,
    out: ndarray | None = None,
    include_initial: bool = False,
) -> ndarray:
    """The products of the elements so far, along an axis; from one on if wanted."""
    return _cumulative(_t.multiply, x, axis, dtype, out, include_initial, 1)


# MARK: positions of extremes


def _position(function, name, a, axis, out, keepdims):
    a = asarray(a)
    if axis is None:
        flat = a.reshape(-1)
        if not flat.size:
            raise ValueError(f"attempt to get {name} of an empty sequence")
        result = function(flat, 0)
        if keepdims is True and a.ndim:
            result = asarray(result).reshape((1,) * a.ndim)
        return _given(result, out)
    if a.ndim == 0:
        _axis(axis, 1)
        return _position(function, name, a, None, out, False)
    axis = _axis(axis, a.ndim)
    if not a.shape[axis]:
        raise ValueError(f"attempt to get {name} of an empty sequence")
    result = function(a, axis)
    if keepdims is True:
        result = asarray(result).reshape(a.shape[:axis] + (1,) + a.shape[axis + 1 :])
    return _given(result, out)


@_t.quick
def argmax(a: ArrayLike, axis: int | None = None, out: ndarray | None = None, *, keepdims: bool = _NoValue) -> Array:
    """Where the largest element is, along an axis; the first of several, NaN before all."""
    return _position(_t.argmax, "argmax", a, axis, out, keepdims)


@_t.quick
def argmin(a: ArrayLike, axis: int | None = None, out: ndarray | None = None, *, keepdims: bool = _NoValue) -> Array:
    """Where the smallest element is, along an axis; the first of several, NaN before all."""
    return _position(_t.argmin, "argmin", a, axis, out, keepdims)


# MARK: without NaN


def _replaced(a, value):
    """The array with a value in place of NaN, and where there was one; None when there cannot be."""
    a = asarray(a)
    if a.dtype.kind not in "fc":
        return a, None
    mask = _t.isnan(a)
    return asarray(_t.where(mask, _t.full((), value, a.dtype), a)), asarray(mask)


def nansum(
    a: ArrayLike,
    axis: AxesLike | None = None,
    dtype: DTypeLike = None,
    out: ndarray | None = None,
    keepdims: bool = _NoValue,
    initial: ArrayLike = _NoValue,
    where: ArrayLike = True,
) -> Array:
    """The sum of the elements that are not NaN."""
    return sum(_replaced(a, 0)[0], axis, dtype, out, keepdims, initial, where)


def nanprod(
    a: ArrayLike,
    axis: AxesLike | None = None,
    dtype: DTypeLike = None,
    out: ndarray | None = None,
    keepdims: bool = _NoValue,
    initial: ArrayLike = _NoValue,
    where: ArrayLike = True,
) -> Array:
    """The product of the elements that are not NaN."""
    return prod(_replaced(a, 1)[0], axis, dtype, out, keepdims, initial, where)


def nancumsum(a: ArrayLike, axis: int | None = None, dtype: DTypeLike = None, out: ndarray | None = None) -> ndarray:
    """The running sum, in which NaN counts as zero."""
    return cumsum(_replaced(a, 0)[0], axis, dtype, out)


def nancumprod(a: ArrayLike, axis: int | None = None, dtype: DTypeLike = None, out: ndarray | None = None) -> ndarray:
    """The running product, in which NaN counts as one."""
    return cumprod(_replaced(a, 1)[0], axis, dtype, out)


def _nan_extreme(function, a, axis, out, keepdims, initial, where):
    a = asarray(a)
    fold = {"max": _t.maximum, "min": _t.minimum}[function]
    if a.dtype.kind not in "fc":
        return _fold(fold, a, axis, None, out, keepdims, initial, where)
    if a.dtype.kind == "f":
        result = _fold({"max": _t.fmax, "min": _t.fmin}[function], a, axis, None, out, keepdims, initial, where)
    else:
        mask = asarray(_t.isnan(a))
        least = _t.full((), complex(-_inf, -_inf) if function == "max" else complex(_inf, _inf), a.dtype)
        result = _fold(fold, _t.where(mask, least, a), axis, None, None, keepdims, initial, where)
        none_left = all(mask, axis, keepdims=keepdims)
        result = _given(asarray(_t.where(none_left, _t.full((), float("nan"), a.dtype), result))[()], out)
    if asarray(_t.isnan(result)).any():
        _warn("All-NaN slice encountered")
    return result


def nanmax(
    a: ArrayLike,
    axis: AxesLike | None = None,
    out: ndarray | None = None,
    keepdims: bool = _NoValue,
    initial: ArrayLike = _NoValue,
    where: ArrayLike = True,
) -> Array:
    """The largest element that is not NaN."""
    return _nan_extreme("max", a, axis, out, keepdims, initial, where)


def nanmin(
    a: ArrayLike,
    axis: AxesLike | None = None,
    out: ndarray | None = None,
    keepdims: bool = _NoValue,
    initial: ArrayLike = _NoValue,
    where: ArrayLike = True,
) -> Array:
    """The smallest element that is not NaN."""
    return _nan_extreme("min", a, axis, out, keepdims, initial, where)


def _nan_position(function, a, axis, out, keepdims, value):
    a, mask = _replaced(a, value)
    if mask is not None and mask.size and asarray(_t.reduce(_t.logical_and, mask, axis, None, False, None)).any():
        raise ValueError("All-NaN slice encountered")
    return function(a, axis, out, keepdims=keepdims)


def nanargmax(a: ArrayLike, axis: int | None = None, out: ndarray | None = None, *, keepdims: bool = _NoValue) -> Array:
    """Where the largest element is that is not NaN."""
    return _nan_position(argmax, a, axis, out, keepdims, -_inf)


def nanargmin(a: ArrayLike, axis: int | None = None, out: ndarray | None = None, *, keepdims: bool = _NoValue) -> Array:
    """Where the smallest element is that is not NaN."""
    return _nan_position(argmin, a, axis, out, keepdims, _inf)


_inf = float("inf")


def _not_nan(a, where):
    a = asarray(a)
    if a.dtype.kind not in "fc":
        return a, where
    keep = ~asarray(_t.isnan(a))
    return a, keep if where is True else keep & asarray(where)


def nanmean(
    a: ArrayLike,
    axis: AxesLike | None = None,
    dtype: DTypeLike = None,
    out: ndarray | None = None,
    keepdims: bool = _NoValue,
    *,
    where: ArrayLike = True,
) -> Array:
    """The mean of the elements that are not NaN."""
    a, where = _not_nan(a, where)
    if dtype is not None and a.dtype.kind in "fc" and _dtypes._find(dtype).kind not in "fc":
        raise TypeError("If a is inexact, then dtype must be inexact")
    return mean(a, axis, dtype, out, keepdims, where=where)


def nanvar(
    a: ArrayLike,
    axis: AxesLike | None = None,
    dtype: DTypeLike = None,
    out: ndarray | None = None,
    ddof: float = 0,
    keepdims: bool = _NoValue,
    *,
    where: ArrayLike = True,
    mean: ArrayLike = _NoValue,
    correction: float = _NoValue,
) -> Array:
    """The variance of the elements that are not NaN."""
    a, where = _not_nan(a, where)
    result = var(a, axis, dtype, None, ddof, keepdims, where=where, mean=mean, correction=correction)
    if where is not True:
        few = asarray(_count(a, axis, where)).reshape(asarray(result).shape) <= _ddof(ddof, correction)
        result = asarray(_t.where(few, _t.full((), float("nan"), result.dtype), result))[()]
    return _given(result, out)


def nanstd(
    a: ArrayLike,
    axis: AxesLike | None = None,
    dtype: DTypeLike = None,
    out: ndarray | None = None,
    ddof: float = 0,
    keepdims: bool = _NoValue,
    *,
    where: ArrayLike = True,
    mean: ArrayLike = _NoValue,
    correction: float = _NoValue,
) -> Array:
    """The standard deviation of the elements that are not NaN."""
    return _given(_t.sqrt(nanvar(a, axis, dtype, None, ddof, keepdims, where=where, mean=mean, correction=correction)), out)
