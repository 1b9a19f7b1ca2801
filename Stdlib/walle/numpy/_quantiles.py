"""Quantiles of samples in order, by the thirteen methods that NumPy names (Hyndman and Fan, 1996, and four more)."""

from __future__ import annotations

from walle import _tensor as _t
from walle.numpy import _dtypes
from walle.numpy._core import asarray

TYPE_CHECKING = False
if TYPE_CHECKING:
    from walle.numpy._typing import ArrayLike, DTypeLike, ndarray

# The position of a quantile `q` among `n` samples is q·n + a + q·(1 − a − b) − 1.
_PLOTTING = {
    "interpolated_inverted_cdf": (0, 1),
    "hazen": (0.5, 0.5),
    "weibull": (0, 0),
    "median_unbiased": (1 / 3.0, 1 / 3.0),
    "normal_unbiased": (3 / 8.0, 3 / 8.0),
}
METHODS = (
    "inverted_cdf", "averaged_inverted_cdf", "closest_observation", "interpolated_inverted_cdf", "hazen", "weibull",
    "linear", "median_unbiased", "normal_unbiased", "lower", "higher", "midpoint", "nearest",
)  # fmt: skip


def _whole(positions):
    return _t.astype(asarray(positions), _dtypes.int64, False)


def _stepped(position, keeps_lower):
    """The sample at or after a position."""
    lower = _t.floor(position)
    found = _whole(_t.where(keeps_lower(position - lower, lower), lower, lower + 1))
    return asarray(_t.maximum(found, 0))


def positions(n: ArrayLike, q: ArrayLike, method: str) -> ndarray:
    """Where quantiles lie among `n` samples; integers when they fall on samples."""
    if method == "linear":
        return asarray((n - 1) * q)
    if method in _PLOTTING:
        a, b = _PLOTTING[method]
        return asarray(n * q + (a + q * (1 - a - b)) - 1)
    if method == "averaged_inverted_cdf":
        return asarray(n * q - 1)
    if method == "inverted_cdf":
        return _stepped(asarray(n * q - 1), lambda part, lower: part == 0)
    if method == "closest_observation":
        return _stepped(asarray(n * q - 1 - 0.5), lambda part, lower: _t.logical_and(part == 0, lower % 2 == 1))
    between = (n - 1) * q
    if method == "midpoint":
        return asarray(0.5 * (_t.floor(between) + _t.ceil(between)))
    rounding = {"lower": _t.floor, "higher": _t.ceil, "nearest": _t.rint}[method]
    return _whole(rounding(between))


def check(method: str) -> None:
    """Raises unless there is such a method."""
    if method not in METHODS:
        raise ValueError(f"{method!r} is not a valid method. Use one of: {', '.join(METHODS)}")


def neighbours(position: ArrayLike, n: ArrayLike) -> tuple[ndarray, ndarray, ndarray]:
    """The samples before and after positions; the last one twice at the end, the first one twice before the start."""
    lower = _t.floor(position)
    upper = lower + 1
    last = position >= n - 1
    for condition, place in ((last, n - 1), (position < 0, 0)):
        lower, upper = _t.where(condition, place, lower), _t.where(condition, place, upper)
    return _whole(lower), _whole(upper), _part(position, lower, last)


def _part(position, lower, last):
    """How far positions are from the sample before, as NumPy counts it at the end."""
    return asarray(position - _t.where(last, -1, _t.astype(asarray(lower), position.dtype, False)))


def weights(part: ArrayLike, position: ArrayLike, method: str) -> ndarray:
    """The weight of the sample after a position."""
    if method == "averaged_inverted_cdf":
        part = _t.where(part == 0, 0.5, 1.0)
    elif method == "midpoint":
        part = _t.where(position % 1 == 0, 0.0, 0.5)
    return _t.astype(asarray(part), position.dtype, False)


def on_samples(position: ArrayLike, method: str) -> bool:
    """Whether positions are samples, so that nothing lies between two."""
    return position.dtype.kind in "iu" and method in (
        "linear", "inverted_cdf", "closest_observation", "lower", "higher", "nearest",
    )  # fmt: skip


def between(first: ArrayLike, second: ArrayLike, weight: ArrayLike, dtype: DTypeLike = None) -> ndarray:
    """The value between two samples, from the nearer one; with weights of a type if given."""
    step, is_upper, rest = second - first, weight >= 0.5, 1 - weight
    if dtype is not None:
        weight, rest = (_t.astype(asarray(each), dtype, False) for each in (weight, rest))
    low = asarray(first + step * weight)
    return asarray(_t.where(is_upper, _t.astype(asarray(second - step * rest), low.dtype, False), low))
