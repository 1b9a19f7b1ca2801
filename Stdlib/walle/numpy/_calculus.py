"""Differences, gradients, integrals and interpolation of sampled functions."""

from __future__ import annotations

from walle import _tensor as _t
from walle.numpy import _dtypes
from walle.numpy._core import _axes, _axis, _NoValue, asarray

TYPE_CHECKING = False
if TYPE_CHECKING:
    from walle.numpy._typing import Array, ArrayLike, AxesLike, ndarray

__all__ = ["diff", "ediff1d", "gradient", "interp", "trapezoid", "trapz"]


# MARK: differences


def diff(
    a: ArrayLike, n: int = 1, axis: int = -1, prepend: ArrayLike = _NoValue, append: ArrayLike = _NoValue
) -> ndarray:
    """The differences of neighbours along an axis, `n` times over.

    Parameters
    ----------
    prepend, append
        Values to put before and after the axis first.
    """
    if n == 0:
        return a
    if n < 0:
        raise ValueError(f"order must be non-negative but got {n!r}")
    a = asarray(a)
    if a.ndim == 0:
        raise ValueError("diff requires input that is at least one dimensional")
    axis = _axis(axis, a.ndim)
    parts = [_edge(prepend, a, axis), a, _edge(append, a, axis)]
    parts = [part for part in parts if part is not None]
    if len(parts) > 1:
        a = _t.concatenate(parts, axis, None)
    function = _t.not_equal if a.dtype.kind == "b" else _t.subtract
    before = (slice(None),) * axis
    for _ in range(n):
        a = function(a[(*before, slice(1, None))], a[(*before, slice(None, -1))])
    return a


def _edge(value, a, axis):
    """Values before or after an axis; a number becomes one of each."""
    if value is _NoValue:
        return None
    value = asarray(value)
    if value.ndim:
        return value
    return _t.broadcast_to(value, a.shape[:axis] + (1,) + a.shape[axis + 1 :])


def ediff1d(ary: ArrayLike, to_end: ArrayLike | None = None, to_begin: ArrayLike | None = None) -> ndarray:
    """The differences of neighbours among all elements in order, with other values before and after if wanted."""
    ary = asarray(ary).reshape(-1)
    parts = [ary[1:] - ary[:-1]]
    for name, values in (("to_begin", to_begin), ("to_end", to_end)):
        if values is None:
            continue
        values = asarray(values).reshape(-1)
        if not _dtypes.can_cast(values.dtype, ary.dtype, "same_kind"):
            raise TypeError(f"dtype of `{name}` must be compatible with input `ary` under the `same_kind` rule.")
        parts.insert(0 if name == "to_begin" else len(parts), values)
    return parts[0] if len(parts) == 1 else _t.concatenate(parts, 0, ary.dtype)


# MARK: gradients


def _spacing(distance, length):
    """The distance of samples: one number, or as many as there are gaps."""
    distance = asarray(distance)
    if distance.ndim == 0:
        return distance[()]
    if distance.ndim != 1:
        raise ValueError("distances must be either scalars or 1d")
    if distance.shape[0] != length:
        raise ValueError("when 1d, distances must match the length of the corresponding dimension")
    if distance.dtype.kind in "iu":
        distance = distance.astype(_dtypes.float64)
    gaps = diff(distance)
    return gaps[0] if bool((gaps == gaps[0]).all()) else gaps


def gradient(
    f: ArrayLike, *varargs: ArrayLike, axis: AxesLike | None = None, edge_order: int = 1
) -> ndarray | tuple[ndarray, ...]:
    """The slopes of sampled functions, by second-order differences inside and one-sided ones at the edges.

    Parameters
    ----------
    f
        The samples.
    varargs
        The distance of samples, or their positions: one for all axes, or one for each.
    axis
        The axes to differentiate along; all by default, which gives a tuple of arrays.
    edge_order
        The order of accuracy at the edges, 1 or 2.
    """
    f = asarray(f)
    axes = tuple(range(f.ndim)) if axis is None else _axes(axis, f.ndim)
    if not varargs:
        gaps = [1.0] * len(axes)
    elif len(varargs) == 1 and asarray(varargs[0]).ndim == 0:
        gaps = list(varargs) * len(axes)
    elif len(varargs) == len(axes):
        gaps = [_spacing(each, f.shape[axis]) for each, axis in zip(varargs, axes)]
    else:
        raise TypeError("invalid number of arguments")
    if edge_order > 2:
        raise ValueError("'edge_order' greater than 2 not supported")
    if f.dtype.kind in "iu":
        f = f.astype(_dtypes.float64)
    for each in axes:
        if f.shape[each] < edge_order + 1:
            raise ValueError(
                "Shape of array too small to calculate a numerical gradient, at least (edge_order + 1) elements are "
                "required."
            )
    results = tuple(_slope(f, each, gap, edge_order) for each, gap in zip(axes, gaps))
    return results[0] if len(axes) == 1 else results


def _slope(f, axis, gap, edge_order):
    """The slopes along one axis."""
    result = _t.zeros(f.shape, f.dtype)
    out, f = (_t.permute(each, (axis, *(x for x in range(f.ndim) if x != axis))) for each in (result, f))
    gaps = asarray(gap)
    is_even = gaps.ndim == 0
    if is_even:
        out[1:-1] = (f[2:] - f[:-2]) / (2.0 * gap)
    else:
        one, two = (each.reshape((-1,) + (1,) * (f.ndim - 1)) for each in (gaps[:-1], gaps[1:]))
        weights = (-two / (one * (one + two)), (two - one) / (one * two), one / (two * (one + two)))
        out[1:-1] = weights[0] * f[:-2] + weights[1] * f[1:-1] + weights[2] * f[2:]
    if edge_order == 1:
        out[0] = (f[1] - f[0]) / (gap if is_even else gaps[0])
        out[-1] = (f[-1] - f[-2]) / (gap if is_even else gaps[-1])
        return result
    if is_even:
        first, last = (-1.5 / gap, 2.0 / gap, -0.5 / gap), (0.5 / gap, -2.0 / gap, 1.5 / gap)
    else:
        one, two = gaps[0], gaps[1]
        first = (-(2.0 * one + two) / (one * (one + two)), (one + two) / (one * two), -one / (two * (one + two)))
        one, two = gaps[-2], gaps[-1]
        last = (two / (one * (one + two)), -(two + one) / (one * two), (2.0 * two + one) / (two * (one + two)))
    out[0] = first[0] * f[0] + first[1] * f[1] + first[2] * f[2]
    out[-1] = last[0] * f[-3] + last[1] * f[-2] + last[2] * f[-1]
    return result


# MARK: integrals


def trapezoid(y: ArrayLike, x: ArrayLike | None = None, dx: ArrayLike = 1.0, axis: int = -1) -> Array:
    """The integral of samples along an axis by the trapezoidal rule.

    Parameters
    ----------
    x
        The positions of the samples; by default they are `dx` apart.
    """
    y = asarray(y)
    axis = _axis(axis, y.ndim)
    gap = dx
    if x is not None:
        x = asarray(x)
        gap = diff(x).reshape((-1,) + (1,) * (y.ndim - axis - 1)) if x.ndim == 1 else diff(x, axis=axis)
    before = (slice(None),) * axis
    area = gap * (y[(*before, slice(1, None))] + y[(*before, slice(None, -1))]) / 2.0
    return _t.reduce(_t.add, area, axis, None, False, None)


trapz = trapezoid


# MARK: interpolation


def interp(
    x: ArrayLike,
    xp: ArrayLike,
    fp: ArrayLike,
    left: complex | None = None,
    right: complex | None = None,
    period: float | None = None,
) -> Array:
    """Piecewise linear interpolation of samples `fp` at rising positions `xp`.

    Parameters
    ----------
    left, right
        The values before the first and after the last position, by default those there.
    period
        The positions are angles of this period, and need not rise.
    """
    fp = asarray(fp)
    kind = _dtypes.complex128 if fp.dtype.kind == "c" else _dtypes.float64
    x, xp, fp = asarray(x), asarray(xp, _dtypes.float64), fp.astype(kind)
    if x.dtype.kind == "c" or xp.ndim != 1 or fp.ndim != 1:
        what = "object too deep for desired array" if period is None else "Data points must be 1-D sequences"
        raise ValueError(what)
    x = _t.astype(x, _dtypes.float64, False)
    if period is not None:
        x, xp, fp = _periodic(x, xp, fp, period)
        left = right = None
    if xp.shape != fp.shape:
        raise ValueError("fp and xp are not of the same length.")
    if not xp.size:
        raise ValueError("array of sample points is empty")
    left, right = fp[0] if left is None else left, fp[-1] if right is None else right
    left, right = kind.type(left), kind.type(right)
    if kind.kind != "c":
        return _interpolated(x, xp, fp, left, right)[()]
    result = _t.zeros(x.shape, kind)
    result.real = _interpolated(x, xp, fp.real, left.real, right.real)
    imaginary = _interpolated(x, xp, fp.imag, left.imag, right.imag)
    # NaN has no imaginary part.
    result.imag = _t.where(_t.isnan(x), 0.0, imaginary) if xp.size > 1 else imaginary
    return result[()]


def _periodic(x, xp, fp, period):
    """Positions within one period, in order, and one more sample at each end."""
    if period == 0:
        raise ValueError("period must be a non-zero value")
    if xp.shape != fp.shape:
        raise ValueError("fp and xp are not of the same length")
    period = abs(period)
    x, xp = asarray(_t.remainder(x, period)), asarray(_t.remainder(xp, period))
    order = _t.argsort(xp, 0, False, False)
    xp, fp = xp[order], fp[order]
    return (
        x,
        _t.concatenate([xp[-1:] - period, xp, xp[:1] + period], 0, None),
        _t.concatenate([fp[-1:], fp, fp[:1]], 0, None),
    )


def _interpolated(x, xp, fp, left, right):
    from walle.numpy._core import errstate

    last = xp.size - 1
    place = asarray(_t.searchsorted(xp, x, True)) - 1
    start = asarray(_t.minimum(_t.maximum(place, 0), max(last - 1, 0)))
    if last:
        with errstate(all="ignore"):
            slope = (fp[1:] - fp[:-1]) / (xp[1:] - xp[:-1])
            value = slope[start] * (x - xp[start]) + fp[start]
        if bool(asarray(_t.isfinite(value)).all()):
            value = _t.where(x >= xp[-1], _t.where(x > xp[-1], right, fp[-1]), value)
            return asarray(_t.where(place < 0, left, value))
    stop = asarray(_t.minimum(start + 1, last))
    with errstate(all="ignore"):
        x0, x1, f0, f1 = xp[start], xp[stop], fp[start], fp[stop]
        slope = (f1 - f0) / (x1 - x0)
        value = slope * (x - x0) + f0
        # Where infinities meet, from the other end; a level line needs no slope.
        value = _t.where(_t.isnan(value), slope * (x - x1) + f1, value)
        value = _t.where(_t.logical_and(_t.isnan(value), f0 == f1), f0, value)
        value = _t.where(x == x0, f0, value)
        value = _t.where(x >= xp[-1], _t.where(x > xp[-1], right, fp[-1]), value)
        value = _t.where(place < 0, left, value)
    # A single sample has no line on which NaN could lie.
    return asarray(_t.where(_t.isnan(x), x if xp.size > 1 else fp[0], value))
