"""Medians, quantiles, covariances and correlations."""

from __future__ import annotations

from walle import _tensor as _t
from walle.numpy import _dtypes, _quantiles, _reductions
from walle.numpy._core import _axes, _NoValue, asarray

TYPE_CHECKING = False
if TYPE_CHECKING:
    from walle.numpy._typing import Array, ArrayLike, AxesLike, DTypeLike, ndarray

__all__ = [
    "corrcoef", "cov", "median", "nanmedian", "nanpercentile", "nanquantile", "percentile", "quantile",
]  # fmt: skip


# MARK: samples in order


def _columns(a, axis):
    """The array with all axes that are folded as the first, and the shape that is left, with and without them."""
    axes = tuple(range(a.ndim)) if axis is None else _axes(axis, a.ndim)
    kept = tuple(each for each in range(a.ndim) if each not in axes)
    shape = tuple(a.shape[each] for each in kept)
    wide = tuple(1 if each in axes else length for each, length in enumerate(a.shape))
    count = 1
    for each in axes:
        count *= a.shape[each]
    return _t.permute(a, (*axes, *kept)).reshape((count, *shape)), shape, wide


def _finished(result, shape, keepdims, out):
    result = asarray(result).reshape(shape)
    if out is not None:
        return _reductions._given(result, out)
    return result if keepdims else result[()]


def _warn(text):
    _reductions._warn(text, 4)


# MARK: medians


def median(
    a: ArrayLike,
    axis: AxesLike | None = None,
    out: ndarray | None = None,
    overwrite_input: bool = False,
    keepdims: bool = False,
) -> Array:
    """The middle values along some axes; the mean of both where there are two.

    Parameters
    ----------
    overwrite_input
        Accepted; the array is never changed.
    """
    a = asarray(a)
    columns, shape, wide = _columns(a, axis)
    count = columns.shape[0]
    if count == 0:
        result = _reductions.mean(columns, 0)
    else:
        middle = count // 2
        ranks = {middle, count - 1} if count % 2 else {middle - 1, middle, count - 1}
        ordered = _t.partition(columns, 0, tuple(sorted(ranks)))
        if a.dtype.kind == "f" and a.dtype.itemsize > 2:
            result = ordered[middle] if count % 2 else (ordered[middle - 1] + ordered[middle]) / 2
        else:
            result = _reductions.mean(ordered[middle - (count % 2 == 0) : middle + 1], 0)
        if a.dtype.kind in "fc":
            # NaN comes last.
            result = _t.where(_t.isnan(ordered[-1]), ordered[-1], result)
    return _finished(result, wide if keepdims else shape, keepdims, out)


def nanmedian(
    a: ArrayLike,
    axis: AxesLike | None = None,
    out: ndarray | None = None,
    overwrite_input: bool = False,
    keepdims: bool = _NoValue,
) -> Array:
    """The middle values of the elements that are not NaN."""
    a = asarray(a)
    keepdims = keepdims is not _NoValue and bool(keepdims)
    if a.size == 0:
        return _reductions.nanmean(a, axis, out=out, keepdims=keepdims)
    if a.dtype.kind not in "fc":
        return median(a, axis, out, keepdims=keepdims)
    columns, shape, wide = _columns(a, axis)
    ordered, count = _valid(columns)
    lower, upper = asarray(_t.maximum(count - 1, 0)) // 2, count // 2
    first, second = _at(ordered, lower), _at(ordered, asarray(_t.where(lower == upper, lower, upper)))
    computed = _t.astype(first, _computing(a.dtype), False), _t.astype(second, _computing(a.dtype), False)
    mean = _t.astype(asarray((computed[0] + computed[1]) / 2), a.dtype, False)
    result = _t.where(count == 0, _t.full((), float("nan"), a.dtype), _t.where(count % 2 == 1, first, mean))
    return _finished(result, wide if keepdims else shape, keepdims, out)


def _computing(dtype):
    return _dtypes._by_name["float32"] if dtype.itemsize == 2 else dtype


def _valid(columns):
    """The samples in order, NaN last, and how many there are that are not NaN; warns where there are none."""
    ordered = _t.sort(columns, 0, False, False)
    count = asarray(_reductions.count_nonzero(~asarray(_t.isnan(columns)), 0))
    if bool((count == 0).any()):
        _warn("All-NaN slice encountered")
    return ordered, count


def _at(ordered, index):
    """The samples at an index for each column."""
    from walle.numpy._indexing import take_along_axis

    index = asarray(index)
    return take_along_axis(ordered, index.reshape((1, *index.shape)), 0)[0, ...]


# MARK: quantiles


def _checked(a, q, name, most, method, weights):
    a = asarray(a)
    if a.dtype.kind == "c":
        raise TypeError("a must be an array of real numbers")
    # A number of Python lets the elements decide the type of the result.
    kind = None if type(q) not in (int, float) else a.dtype if a.dtype.kind == "f" else _dtypes.float64
    q = asarray(_t.divide(q, 100) if name == "percentile" else q)
    if q.dtype.kind == "c":
        raise TypeError("q must be an array of real numbers")
    if not bool(((q >= 0) & (q <= 1)).all()):
        raise ValueError(f"{name.capitalize()}s must be in the range [0, {most}]")
    _quantiles.check(method)
    if weights is not None:
        if method != "inverted_cdf":
            raise ValueError(f"Only method 'inverted_cdf' supports weights. Got: {method}.")
        weights = _weights(a, weights)
    return a, q, weights, kind


def _weights(a, weights):
    weights = asarray(weights)
    if bool((weights < 0).any()):
        raise ValueError("Weights must be non-negative.")
    return weights


def _broadcast_weights(a, weights, axis):
    """The weights of all elements."""
    if weights.shape == a.shape:
        return weights
    if axis is None:
        raise TypeError("Axis must be specified when shapes of a and weights differ.")
    axes = _axes(axis, a.ndim)
    if weights.shape != tuple(a.shape[each] for each in axes):
        raise ValueError("Shape of weights must be consistent with shape of a along specified axis.")
    weights = _t.permute(weights, tuple(sorted(range(len(axes)), key=axes.__getitem__)))
    shape = tuple(n if each in axes else 1 for each, n in enumerate(a.shape))
    return _t.broadcast_to(weights.reshape(shape), a.shape)


def _quantile(a, q, axis, out, method, keepdims, weights, kind, skips_nan):
    columns, shape, wide = _columns(a, axis)
    shape = q.shape + (wide if keepdims else shape)
    if columns.shape[0] == 0:
        raise IndexError("index -1 is out of bounds for axis 0 with size 0")
    if weights is not None:
        weights, _, _ = _columns(_broadcast_weights(a, weights, axis), None if axis is None else axis)
        result = _weighted(columns, weights, q.reshape(-1), skips_nan)
        result = asarray(result).reshape(shape)
        return result if out is None else _reductions._given(result, out)
    if skips_nan and a.dtype.kind == "f":
        result = _quantile_of_valid(columns, q.reshape(-1), method, kind)
    else:
        result = _quantile_of_all(columns, q.reshape(-1), method, kind)
    return _finished(result, shape, keepdims, out)


def _quantile_of_all(columns, q, method, kind):
    """The quantiles of each column; NaN where there is one."""
    count = columns.shape[0]
    place = _quantiles.positions(count, q, method)
    below = (-1,) + (1,) * (columns.ndim - 1)
    has_nan = columns.dtype.kind == "f"
    if _quantiles.on_samples(place, method):
        ranks = {*place.tolist(), *([count - 1] if has_nan else [])}
        ordered = _t.partition(columns, 0, tuple(sorted(ranks)))
        result = ordered[place]
    else:
        lower, upper, part = _quantiles.neighbours(place, count)
        ranks = {*lower.tolist(), *upper.tolist(), count - 1}
        ordered = _t.partition(columns, 0, tuple(sorted(ranks)))
        weight = _quantiles.weights(part, place, method).reshape(below)
        result = _quantiles.between(ordered[lower], ordered[upper], weight, kind)
    if has_nan:
        last = _t.astype(asarray(ordered[-1]), result.dtype, False)
        result = _t.where(_t.isnan(last), last, result)
    return result


def _quantile_of_valid(columns, q, method, kind):
    """The quantiles of the elements of each column that are not NaN."""
    from walle.numpy._indexing import take_along_axis

    ordered, count = _valid(columns)
    ordered, flat = ordered.reshape(ordered.shape[0], -1), count.reshape(-1)
    counts = _t.astype(asarray(_t.maximum(flat, 1)), q.dtype if q.dtype.kind == "f" else _dtypes.int64, False)
    place = _quantiles.positions(counts, q.reshape(-1, 1), method)
    if _quantiles.on_samples(place, method):
        result = take_along_axis(ordered, place, 0)
    else:
        lower, upper, part = _quantiles.neighbours(place, counts)
        weight = _quantiles.weights(part, place, method)
        first, second = take_along_axis(ordered, lower, 0), take_along_axis(ordered, upper, 0)
        result = _quantiles.between(first, second, weight, kind)
    return _t.where(flat == 0, _t.full((), float("nan"), result.dtype), result)


def _weighted(columns, weights, q, skips_nan):
    """The first elements in order whose weights add up to a part `q` of all."""
    from walle.numpy._indexing import take_along_axis

    shape = columns.shape[1:]
    columns, weights = columns.reshape(columns.shape[0], -1), weights.reshape(columns.shape[0], -1)
    order = _t.argsort(columns, 0, True, False)
    ordered = take_along_axis(columns, order, 0)
    weights = _t.astype(take_along_axis(weights, order, 0), _dtypes.float64, False)
    is_nan = _t.isnan(ordered) if columns.dtype.kind == "f" else _t.zeros(ordered.shape, _dtypes.bool_)
    if skips_nan:
        weights = asarray(_t.where(is_nan, 0.0, weights))
    running = _t.accumulate(_t.add, weights, 0, None)
    total = running[-1]
    if not bool(_t.isfinite(total).all()) or bool((total == 0).any()):
        raise ValueError("Weights included NaN, inf or were all zero.")
    running = running / total
    found = []
    for column in range(columns.shape[1]):
        # Values without weight at the start do not count, not even for the least quantile.
        first = int((running[:, column] <= 0).sum())
        place = asarray(_t.searchsorted(running[:, column].copy(), _t.astype(q, _dtypes.float64, False), False))
        place = asarray(_t.minimum(_t.maximum(place, first), columns.shape[0] - 1))
        values = ordered[:, column][place]
        if not skips_nan and bool(is_nan[-1, column]):
            values = _t.full(values.shape, float("nan"), values.dtype)
        found.append(values[:, None])
    return _t.concatenate(found, 1, None).reshape((q.size, *shape))


def quantile(
    a: ArrayLike,
    q: ArrayLike,
    axis: AxesLike | None = None,
    out: ndarray | None = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: bool = False,
    *,
    weights: ArrayLike | None = None,
) -> Array:
    """The values below which a part `q` of the elements lies.

    Parameters
    ----------
    q
        Numbers from 0 to 1; their axes come first in the result.
    method
        How to choose between two elements, such as ``"linear"``, ``"lower"``, ``"nearest"``, ``"median_unbiased"``.
    weights
        How much each element counts, for the method ``"inverted_cdf"``.
    """
    a, q, weights, kind = _checked(a, q, "quantile", 1, method, weights)
    return _quantile(a, q, axis, out, method, keepdims, weights, kind, False)


def percentile(
    a: ArrayLike,
    q: ArrayLike,
    axis: AxesLike | None = None,
    out: ndarray | None = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: bool = False,
    *,
    weights: ArrayLike | None = None,
) -> Array:
    """The values below which `q` per cent of the elements lie; see `quantile`."""
    a, q, weights, kind = _checked(a, q, "percentile", 100, method, weights)
    return _quantile(a, q, axis, out, method, keepdims, weights, kind, False)


def _nan_quantile(name, most, a, q, axis, out, method, keepdims, weights):
    a, q, weights, kind = _checked(a, q, name, most, method, weights)
    keepdims = keepdims is not _NoValue and bool(keepdims)
    if a.size == 0:
        return _reductions.nanmean(a, axis, out=out, keepdims=keepdims)
    return _quantile(a, q, axis, out, method, keepdims, weights, kind, True)


def nanquantile(
    a: ArrayLike,
    q: ArrayLike,
    axis: AxesLike | None = None,
    out: ndarray | None = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: bool = _NoValue,
    *,
    weights: ArrayLike | None = None,
) -> Array:
    """The quantiles of the elements that are not NaN; see `quantile`."""
    return _nan_quantile("quantile", 1, a, q, axis, out, method, keepdims, weights)


def nanpercentile(
    a: ArrayLike,
    q: ArrayLike,
    axis: AxesLike | None = None,
    out: ndarray | None = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: bool = _NoValue,
    *,
    weights: ArrayLike | None = None,
) -> Array:
    """The percentiles of the elements that are not NaN; see `quantile`."""
    return _nan_quantile("percentile", 100, a, q, axis, out, method, keepdims, weights)


# MARK: covariances


def _observations(m, y, rowvar, dtype):
    """A row for each variable, a column for each observation."""
    m = asarray(m)
    if m.ndim > 2:
        raise ValueError("m has more than 2 dimensions")
    if y is not None:
        y = asarray(y)
        if y.ndim > 2:
            raise ValueError("y has more than 2 dimensions")
    if dtype is None:
        dtype = _dtypes.result_type(m, _dtypes.float64, *(() if y is None else (y,)))
    rows = _as_rows(m, rowvar or m.ndim == 1, dtype)
    if y is None or not rows.shape[0]:
        return rows
    # As NumPy: a single row is one variable here, whatever `rowvar` says.
    return _t.concatenate([rows, _as_rows(y, rowvar or y.ndim < 2 or y.shape[0] == 1, dtype)], 0, None)


def _as_rows(m, rowvar, dtype):
    rows = _t.astype(m, _dtypes._find(dtype), True)
    rows = rows.reshape(1, -1) if m.ndim < 2 else rows
    return rows if rowvar else rows.T


def _checked_weights(weights, name, count):
    if weights is None:
        return None
    weights = asarray(weights, _dtypes.float64)
    if name == "fweights" and not bool((weights == _t.rint(weights)).all()):
        raise TypeError("fweights must be integer")
    if weights.ndim > 1:
        raise RuntimeError(f"cannot handle multidimensional {name}")
    if weights.shape[0] != count:
        raise RuntimeError(f"incompatible numbers of samples and {name}")
    if bool((weights < 0).any()):
        raise ValueError(f"{name} cannot be negative")
    return weights


def cov(
    m: ArrayLike,
    y: ArrayLike | None = None,
    rowvar: bool = True,
    bias: bool = False,
    ddof: int | None = None,
    fweights: ArrayLike | None = None,
    aweights: ArrayLike | None = None,
    *,
    dtype: DTypeLike = None,
) -> ndarray:
    """The covariances of variables.

    Parameters
    ----------
    m, y
        The variables: rows, or columns when `rowvar` is false.
    bias
        Divide by the number of observations, not by one less; `ddof` says by how much less otherwise.
    fweights
        How often each observation was made.
    aweights
        How much each observation counts.
    """
    if ddof is not None and ddof != int(ddof):
        raise ValueError("ddof must be integer")
    rows = _observations(m, y, rowvar, dtype)
    if not rows.shape[0]:
        return _t.zeros((0, 0), _dtypes.float64)
    ddof = (0 if bias else 1) if ddof is None else ddof
    often = _checked_weights(fweights, "fweights", rows.shape[1])
    much = _checked_weights(aweights, "aweights", rows.shape[1])
    weights = much if often is None else often if much is None else often * much
    average, total = _reductions.average(rows, 1, weights, returned=True)
    total = total[0]
    if weights is None:
        divisor = rows.shape[1] - ddof
    elif ddof == 0:
        divisor = total
    elif much is None:
        divisor = total - ddof
    else:
        divisor = total - ddof * (weights * much).sum() / total
    if divisor <= 0:
        _warn("Degrees of freedom <= 0 for slice")
        divisor = 0.0
    rows -= asarray(average)[:, None]
    other = rows if weights is None else rows * weights
    result = asarray(_t.matmul(rows, _t.conjugate(other.T) if other.dtype.kind == "c" else other.T))
    result *= _t.divide(1, divisor)
    return result.squeeze()


def corrcoef(x: ArrayLike, y: ArrayLike | None = None, rowvar: bool = True, *, dtype: DTypeLike = None) -> ndarray:
    """The correlation coefficients of variables; see `cov`."""
    result = cov(x, y, rowvar, dtype=dtype)
    if result.ndim == 0:
        return result / result
    from walle.numpy._creation import diag

    deviation = _t.sqrt(diag(result).real)
    result /= deviation[:, None]
    result /= deviation[None, :]
    for part in (result.real, result.imag) if result.dtype.kind == "c" else (result,):
        _t.assign(part, _t.minimum(_t.maximum(part, -1), 1))
    return result
