"""Sliding products of sequences, and windows."""

from __future__ import annotations

from walle import _tensor as _t
from walle.numpy import _dtypes
from walle.numpy._core import asarray

TYPE_CHECKING = False
if TYPE_CHECKING:
    from walle.numpy._typing import ArrayLike, ndarray

__all__ = ["bartlett", "blackman", "convolve", "correlate", "hamming", "hanning", "kaiser"]

_MODES = {"valid": 0, "same": 1, "full": 2, 0: 0, 1: 1, 2: 2}
_pi = 3.141592653589793


# MARK: sliding products


def _mode(mode):
    if mode not in _MODES:
        raise ValueError(f"mode must be one of 'valid', 'same', or 'full' (got {mode!r})")
    return _MODES[mode]


def _sequence(a):
    a = asarray(a)
    if a.ndim > 1:
        raise ValueError("object too deep for desired array")
    return a.reshape(-1)


def _slid(long, short, mode):
    """The sums of products of a sequence with a shorter one at every place: c[t] = Σ long[t + j] · short[j]."""
    kind = _t.promote(long.dtype, short.dtype)
    computing = _dtypes._by_name["float32"] if kind.itemsize == 2 and kind.kind == "f" else kind
    long, short = _t.astype(long, computing, False), _t.astype(short, computing, False)
    width = short.size
    # Places count from where only the last element of the shorter one overlaps.
    first = (width - 1, (width - 1) // 2, 0)[mode]
    count = (long.size - width + 1, long.size, long.size + width - 1)[mode]
    before = width - 1 - first
    padded = long if mode == 0 and long._order & 1 else _t.zeros((count + width - 1,), computing)
    if padded is not long:
        padded[before : before + long.size] = long[: count + width - 1 - before]
    # Windows that overlap, as the rows of a matrix.
    step = computing.itemsize
    windows = _t.strided(padded, (count, width), (step, step), 0)
    return _t.astype(_t.matmul(windows, short if short._order & 1 else short.copy()), kind, False)


def correlate(a: ArrayLike, v: ArrayLike, mode: str | int = "valid") -> ndarray:
    """The sums of products of `a` with `v`, conjugated and moved along it.

    Parameters
    ----------
    mode
        ``"valid"`` where both overlap entirely, ``"same"`` as many places as the longer one has, ``"full"`` wherever
        they overlap.
    """
    mode = _mode(mode)
    a, v = _sequence(a), _sequence(v)
    for name, each in (("first", a), ("second", v)):
        if not each.size:
            raise ValueError(f"{name} array argument cannot be empty")
    if v.dtype.kind == "c":
        v = _t.conjugate(v)
    return _slid(a, v, mode) if v.size <= a.size else _slid(v, a, mode)[::-1]


def convolve(a: ArrayLike, v: ArrayLike, mode: str | int = "full") -> ndarray:
    """The sums of products of `a` with `v`, reversed and moved along it; see `correlate` for the modes."""
    a, v = _sequence(a), _sequence(v)
    for name, each in (("a", a), ("v", v)):
        if not each.size:
            raise ValueError(f"{name} cannot be empty")
    mode = _mode(mode)
    if v.size > a.size:
        a, v = v, a
    return _slid(a, v[::-1], mode)


# MARK: windows


def _window(M, function):
    """A symmetric window of M points; `function` takes the odd or even numbers from 1 - M to M - 1, and M."""
    kind = _dtypes.result_type(_dtypes.float64, asarray(M))
    if M < 1:
        return _t.zeros((0,), kind)
    if M == 1:
        return _t.full((1,), 1, kind)
    from walle.numpy._creation import arange

    M = float(M)
    return function(arange(1 - M, M, 2), M)


def bartlett(M: float) -> ndarray:
    """The triangular window of M points, zero at both ends."""
    return _window(M, lambda n, M: asarray(_t.where(n <= 0, 1 + n / (M - 1), 1 - n / (M - 1))))


def blackman(M: float) -> ndarray:
    """The window 0.42 + 0.5·cos(πn / (M−1)) + 0.08·cos(2πn / (M−1)) of M points."""
    return _window(M, lambda n, M: 0.42 + 0.5 * _t.cos(_pi * n / (M - 1)) + 0.08 * _t.cos(2.0 * _pi * n / (M - 1)))


def hamming(M: float) -> ndarray:
    """The window 0.54 + 0.46·cos(πn / (M−1)) of M points."""
    return _window(M, lambda n, M: 0.54 + 0.46 * _t.cos(_pi * n / (M - 1)))


def hanning(M: float) -> ndarray:
    """The window 0.5 + 0.5·cos(πn / (M−1)) of M points."""
    return _window(M, lambda n, M: 0.5 + 0.5 * _t.cos(_pi * n / (M - 1)))


def kaiser(M: float, beta: float) -> ndarray:
    """The window of Kaiser of M points: narrower the larger `beta` is."""
    from walle.numpy._creation import arange
    from walle.numpy._elementwise import i0

    if M < 1:
        return _t.zeros((0,), _dtypes.float64)
    if M == 1:
        return _t.full((1,), 1, _dtypes.float64)
    M, beta = float(M), float(beta)
    middle = (M - 1) / 2.0
    n = arange(0, M)
    return i0(beta * _t.sqrt(1 - ((n - middle) / middle) ** 2.0)) / i0(beta)
