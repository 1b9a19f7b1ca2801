"""The edges of a histogram's bins, and rules for how many there are."""

from __future__ import annotations

import builtins
import math

from walle import _tensor as _t
from walle.numpy import _dtypes
from walle.numpy._core import asarray

TYPE_CHECKING = False
if TYPE_CHECKING:
    from walle.numpy._typing import Any, ArrayLike, ndarray


def outer_edges(a: ndarray, range: Any) -> Any:
    """The least and the greatest value that count, or the range that is given; never the same."""
    if range is not None:
        first, last = range
        if first > last:
            raise ValueError("max must be larger than min in range parameter.")
        if not (_t.isfinite(first) and _t.isfinite(last)):
            raise ValueError(f"supplied range of [{first}, {last}] is not finite")
    elif a.size == 0:
        first, last = 0, 1
    else:
        first = _t.reduce(_t.minimum, a, None, None, False, None)
        last = _t.reduce(_t.maximum, a, None, None, False, None)
        if not (_t.isfinite(first) and _t.isfinite(last)):
            raise ValueError(f"autodetected range of [{first}, {last}] is not finite")
    if first == last:
        first, last = first - 0.5, last + 0.5
    return first, last


def edges_of(a: ndarray, bins: Any, range: Any, weights: ArrayLike | None) -> Any:
    """The edges of bins; with the outer ones and their number when they have one width, else None."""
    if isinstance(bins, str):
        count, first, last = _by_rule(a, bins, range, weights)
    else:
        found = bins if isinstance(bins, int) else asarray(bins)
        if not isinstance(found, int) and found.ndim:
            if found.ndim != 1:
                raise ValueError("`bins` must be 1d, when an array")
            if bool((found[:-1] > found[1:]).any()):
                raise ValueError("`bins` must increase monotonically, when an array")
            return found, None
        try:
            count = bins.__index__()
        except (AttributeError, TypeError):
            raise TypeError("`bins` must be an integer, a string, or an array") from None
        if count < 1:
            raise ValueError("`bins` must be positive, when an integer")
        first, last = outer_edges(a, range)
    kind = _dtypes.result_type(first, last, a)
    if kind.kind in "iub":
        kind = _dtypes.result_type(kind, float)
    from walle.numpy._creation import linspace

    # Integers of Python do not wrap.
    first, last = (
        each.item() if isinstance(each, _t.generic) and each.dtype.kind in "iu" else each for each in (first, last)
    )
    return linspace(first, last, count + 1, dtype=kind), (first, last, count)


# MARK: rules


def _by_rule(a, rule, range, weights):
    if rule not in _RULES:
        raise ValueError(f"{rule!r} is not a valid estimator for `bins`")
    if weights is not None:
        raise TypeError("Automated estimation of the number of bins is not supported for weighted data")
    first, last = outer_edges(a, range)
    if range is not None:
        a = a[_t.logical_and(a >= first, a <= last)]
    if a.size == 0:
        return 1, first, last
    width = _RULES[rule](a, range)
    if width and a.dtype.kind in "iu" and width < 1:
        width = 1
    span = float(last) - float(first)
    return (math.ceil(span / width) if width else 1), first, last


def _span(a):
    low, high = (_t.reduce(function, a, None, None, False, None) for function in (_t.minimum, _t.maximum))
    return high.item() - low.item() if a.dtype.kind in "iu" else high - low


def _root(a, range):
    return _span(a) / math.sqrt(a.size)


def _sturges(a, range):
    return _span(a) / (math.log2(a.size) + 1.0)


def _rice(a, range):
    return _span(a) / (2.0 * a.size ** (1.0 / 3))


def _scott(a, range):
    return (24.0 * math.pi**0.5 / a.size) ** (1.0 / 3.0) * a.std()


def _stone(a, range):
    """The number of bins with the least estimated error, by leaving out one value at a time (Stone, 1984)."""
    from walle.numpy._histograms import histogram

    n, span = a.size, _span(a)
    if n <= 1 or span == 0:
        return 0

    def loss(count):
        part = histogram(a, count, range)[0] / n
        return (2 - (n + 1) * (part * part).sum()) * count / span

    most = builtins.max(100, int(math.sqrt(n)))
    count = builtins.min(builtins.range(1, most + 1), key=loss)
    if count == most:
        from walle.numpy._reductions import _warn

        _warn("The number of bins estimated may be suboptimal.", 6)
    return span / count


def _doane(a, range):
    """Sturges' rule, with more bins the more skewed the values are (Doane, 1976)."""
    n = a.size
    if n > 2:
        spread = math.sqrt(6.0 * (n - 2) / ((n + 1.0) * (n + 3)))
        deviation = a.std()
        if deviation > 0.0:
            skew = (((a - a.mean()) / deviation) ** 3.0).mean()
            return _span(a) / (1.0 + math.log2(n) + _t.log2(1.0 + abs(skew) / spread))
    return 0.0


def _freedman_diaconis(a, range):
    from walle.numpy._statistics import percentile

    high, low = percentile(a, [75, 25])
    return 2.0 * (high - low) * a.size ** (-1.0 / 3.0)


def _automatic(a, range):
    width = builtins.max(_freedman_diaconis(a, range), _root(a, range) / 2)
    return builtins.min(width, _sturges(a, range))


_RULES = {
    "auto": _automatic, "doane": _doane, "fd": _freedman_diaconis, "rice": _rice, "scott": _scott, "sqrt": _root,
    "stone": _stone, "sturges": _sturges,
}  # fmt: skip
