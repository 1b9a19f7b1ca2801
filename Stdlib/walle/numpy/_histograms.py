"""Counts of values: by integer, by bin, in several dimensions."""

from __future__ import annotations

import builtins

from walle import _tensor as _t
from walle.numpy import _dtypes
from walle.numpy._bins import edges_of, outer_edges
from walle.numpy._core import asarray

TYPE_CHECKING = False
if TYPE_CHECKING:
    from walle.numpy._typing import Any, Array, ArrayLike, ndarray

__all__ = ["bincount", "digitize", "histogram", "histogram2d", "histogram_bin_edges", "histogramdd"]


# MARK: integers


def bincount(x: ArrayLike, /, weights: ArrayLike | None = None, minlength: int = 0) -> ndarray:
    """How often each integer from 0 on occurs, or the sum of its weights.

    Parameters
    ----------
    minlength
        The least length of the result.
    """
    found = asarray(x)
    if found.ndim == 0:
        raise ValueError("object of too small depth for desired array")
    if found.ndim > 1:
        raise ValueError("object too deep for desired array")
    if found.size == 0 and isinstance(x, (list, tuple)):
        found = _t.astype(found, _dtypes.int64, False)
    if found.dtype.kind not in "iub" or found.dtype.name == "uint64" and bool((found >> 63).any()):
        raise TypeError(f"Cannot cast array data from {found.dtype!r} to dtype('int64') according to the rule 'safe'")
    if minlength is None:
        raise TypeError("use 0 instead of None for minlength")
    if minlength < 0:
        raise ValueError("'minlength' must not be negative")
    found = _t.astype(found, _dtypes.int64, False)
    if weights is not None:
        weights = asarray(weights)
        if weights.dtype.kind == "c":
            raise TypeError(
                f"Cannot cast array data from {weights.dtype!r} to dtype('float64') according to the rule 'safe'"
            )
        weights = _t.astype(weights, _dtypes.float64, False)
        if not found.size:
            weights = None
    return _t.bincount(found, weights, minlength)


def digitize(x: ArrayLike, bins: ArrayLike, right: bool = False) -> Array:
    """The bin that each value falls into, by edges that rise or fall.

    Parameters
    ----------
    right
        A value on an edge belongs to the bin before it.
    """
    x, bins = asarray(x), asarray(bins)
    if x.dtype.kind == "c":
        raise TypeError("x may not be complex")
    if bins.ndim != 1:
        raise ValueError(f"object {'too deep' if bins.ndim else 'of too small depth'} for desired array")
    from walle.numpy._sorting import searchsorted

    differing = _t.nonzero(bins != bins[:1])[0]
    is_rising = not differing.size or bool(bins[0] < bins[differing[0]])
    wrong = bins[1:] < bins[:-1] if is_rising else bins[1:] > bins[:-1]
    if bool(wrong[differing[0] :].any() if differing.size else False):
        raise ValueError("bins must be monotonically increasing or decreasing")
    if is_rising:
        return searchsorted(bins, x, "left" if right else "right")
    return bins.size - searchsorted(bins[::-1], x, "left" if right else "right")


# MARK: one dimension


def _flat(a, weights):
    """All values and their weights along one axis."""
    a = asarray(a)
    if a.dtype.kind == "b":
        from walle.numpy._reductions import _warn

        _warn(f"Converting input from {a.dtype} to {_t.uint8} for compatibility.", 4)
        a = a.astype("uint8")
    if weights is not None:
        weights = asarray(weights)
        if weights.shape != a.shape:
            raise ValueError("weights should have the same shape as a.")
        weights = weights.reshape(-1)
    return a.reshape(-1), weights


def histogram_bin_edges(
    a: ArrayLike, bins: int | str | ArrayLike = 10, range: Any = None, weights: ArrayLike | None = None
) -> ndarray:
    """The edges of the bins that `histogram` counts with."""
    a, weights = _flat(a, weights)
    return edges_of(a, bins, range, weights)[0]


def histogram(
    a: ArrayLike,
    bins: int | str | ArrayLike = 10,
    range: Any = None,
    density: bool | None = None,
    weights: ArrayLike | None = None,
) -> tuple[ndarray, ndarray]:
    """How many values fall into each bin, and the edges of the bins; the last bin has both its edges.

    Parameters
    ----------
    bins
        How many; or their edges; or a rule to find how many: ``"auto"``, ``"fd"``, ``"doane"``, ``"scott"``,
        ``"stone"``, ``"rice"``, ``"sturges"``, ``"sqrt"``.
    range
        The outer edges; by default the smallest and the largest value.
    density
        Divide by the sum and by the widths, so that the integral is one.
    """
    a, weights = _flat(a, weights)
    edges, even = edges_of(a, bins, range, weights)
    if even is not None and (weights is None or weights.dtype.kind in "biufc"):
        counts = _counted_evenly(a, weights, edges, even)
    else:
        counts = _counted(a, weights, edges)
    if density:
        widths = _t.astype(asarray(edges[1:] - edges[:-1]), _dtypes.float64, False)
        return counts / widths / counts.sum(), edges
    return counts, edges


def _summed(indices, weights, count):
    """The number, or the sum of weights, of each index."""
    if weights is None:
        return bincount(indices, None, count)
    if weights.dtype.kind != "c":
        return _t.astype(bincount(indices, weights, count), weights.dtype, False)
    result = _t.zeros((count,), weights.dtype)
    result.real, result.imag = bincount(indices, weights.real, count), bincount(indices, weights.imag, count)
    return result


def _counted_evenly(a, weights, edges, even):
    """Counts in bins of one width, whose indices need no search."""
    first, last, count = even
    inside = _t.logical_and(a >= first, a <= last)
    a = a[inside]
    weights = None if weights is None else weights[inside]
    a = _t.astype(a, edges.dtype, False)
    place = (a - edges.dtype.type(first)) / edges.dtype.type(last - first) * count
    index = asarray(_t.minimum(_t.astype(asarray(place), _dtypes.int64, False), count - 1))
    # Rounding may put a value beside its bin.
    index = index - (a < edges[index])
    index = index + _t.logical_and(a >= edges[index + 1], index != count - 1)
    return _summed(index, weights, count)


def _counted(a, weights, edges):
    """Counts in bins of any widths."""
    from walle.numpy._sorting import searchsorted

    if weights is None:
        ordered = _t.sort(a, 0, False, False)
    else:
        order = _t.argsort(a, 0, True, False)
        ordered = a[order]
    places = _t.concatenate([searchsorted(ordered, edges[:-1]), searchsorted(ordered, edges[-1:], "right")], 0, None)
    if weights is not None:
        running = _t.accumulate(_t.add, weights[order], 0, weights.dtype)
        running = _t.concatenate([_t.zeros((1,), running.dtype), running], 0, None)
        places = running[places]
    return places[1:] - places[:-1]


# MARK: several dimensions


def _points(sample):
    """A row for each point: an array of two axes, or a sequence of the coordinates."""
    if getattr(sample, "ndim", 0) == 2:
        return asarray(sample)
    found = asarray(sample)
    return found.reshape((1,) * (2 - found.ndim) + found.shape).T


def _dimension_edges(values, bins, range, dimension):
    bins = asarray(bins) if not isinstance(bins, int) else bins
    if isinstance(bins, int) or bins.ndim == 0:
        if bins < 1:
            raise ValueError(f"`bins[{dimension}]` must be positive, when an integer")
        low, high = outer_edges(values, range)
        try:
            count = bins.__index__()
        except (AttributeError, TypeError):
            raise TypeError(f"`bins[{dimension}]` must be an integer, when a scalar") from None
        from walle.numpy._creation import linspace

        return linspace(low, high, count + 1)
    if bins.ndim != 1:
        raise ValueError(f"`bins[{dimension}]` must be a scalar or 1d array")
    if bool((bins[:-1] > bins[1:]).any()):
        raise ValueError(f"`bins[{dimension}]` must be monotonically increasing, when an array")
    return bins


def histogramdd(
    sample: ArrayLike, bins: Any = 10, range: Any = None, density: bool | None = None, weights: ArrayLike | None = None
) -> tuple[ndarray, list[ndarray]]:
    """How many points fall into each bin of a grid, and the edges of the bins along each dimension.

    Parameters
    ----------
    sample
        An array with a row for each point, or a list of the coordinates of all points.
    bins, range, density, weights
        As in `histogram`; one for all dimensions, or a list with one for each.
    """
    from walle.numpy._sorting import searchsorted

    points = _points(sample)
    rank = points.shape[1]
    try:
        count = len(bins)
    except TypeError:
        bins = [bins] * rank
    else:
        if count != rank:
            raise ValueError("The dimension of bins must be equal to the dimension of the sample x.")
    if range is None:
        range = (None,) * rank
    elif len(range) != rank:
        raise ValueError("range argument must have one entry per dimension")
    edges = [_dimension_edges(points[:, d], bins[d], range[d], d) for d in builtins.range(rank)]
    shape = tuple(len(each) + 1 for each in edges)
    index = _t.zeros((points.shape[0],), _dtypes.int64)
    for d, each in enumerate(edges):
        place = asarray(searchsorted(each, points[:, d], "right")) - (points[:, d] == each[-1])
        index = index * shape[d] + place
    size = 1
    for length in shape:
        size *= length
    weights = None if weights is None else asarray(weights)
    counts = _t.astype(bincount(index, weights, size).reshape(shape), _dtypes.float64, False)
    counts = counts[(slice(1, -1),) * rank]
    if density:
        counts = _normalized(counts, edges)
    return counts, edges


def _normalized(counts, edges):
    total = counts.sum()
    for d, each in enumerate(edges):
        widths = each[1:] - each[:-1]
        counts = counts / widths.reshape((1,) * d + (-1,) + (1,) * (len(edges) - d - 1))
    return counts / total


def histogram2d(
    x: ArrayLike,
    y: ArrayLike,
    bins: Any = 10,
    range: Any = None,
    density: bool | None = None,
    weights: ArrayLike | None = None,
) -> tuple[ndarray, ndarray, ndarray]:
    """How many points fall into each bin of a grid, and the edges along both axes; see `histogramdd`."""
    if len(x) != len(y):
        raise ValueError("x and y must have the same length.")
    try:
        count = len(bins)
    except TypeError:
        count = 1
    if count not in (1, 2):
        bins = [asarray(bins), asarray(bins)]
    counts, edges = histogramdd([x, y], bins, range, density, weights)
    return counts, edges[0], edges[1]
