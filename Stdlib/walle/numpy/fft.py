"""Discrete Fourier transforms, after `numpy.fft`.

The argument ``norm`` says where the factor goes: ``"backward"`` (or None) divides inverse transforms by the length,
``"forward"`` the others, ``"ortho"`` both by its root.
"""

from __future__ import annotations

from walle import _tensor as _t
from walle.numpy import _dtypes
from walle.numpy._core import _axis, _check_device, asarray

TYPE_CHECKING = False
if TYPE_CHECKING:
    from walle.numpy._typing import ArrayLike, AxesLike, DTypeLike, Device, Sequence, ndarray

__all__ = [
    "fft", "fft2", "fftfreq", "fftn", "fftshift", "hfft", "ifft", "ifft2", "ifftn", "ifftshift", "ihfft", "irfft",
    "irfft2", "irfftn", "rfft", "rfft2", "rfftfreq", "rfftn",
]  # fmt: skip


# MARK: operands


def _factor(norm, length, is_inverse):
    if norm not in (None, "backward", "ortho", "forward"):
        raise ValueError(f'Invalid norm value {norm}; should be "backward", "ortho" or "forward".')
    if norm == "ortho":
        return 1 / length**0.5
    return 1 / length if is_inverse == (norm != "forward") else 1.0


def _length(a, n, axis, default=None):
    """The length of a transform."""
    if n is None:
        n = a.shape[axis] if default is None else default(a.shape[axis])
    try:
        n = n.__index__()
    except AttributeError:
        raise TypeError(f"{type(n).__name__!r} object cannot be interpreted as an integer") from None
    if n < 1:
        raise ValueError(f"Invalid number of FFT data points ({n}) specified.")
    return n


def _prepared(a, n, axis, norm, is_inverse, default=None):
    """The array, the length of its transform, and the factor of this."""
    a = asarray(a)
    n = _length(a, n, axis, default)
    factor = _factor(norm, n, is_inverse)
    _axis(axis, a.ndim)
    return a, n, factor


def _complex(a):
    if a.dtype.kind == "c":
        return a
    single = a.dtype.kind == "f" and a.dtype.itemsize < 8
    return _t.astype(a, _dtypes._by_name["complex64"] if single else _dtypes.complex128, False)


def _real(a):
    if a.dtype.kind == "c":
        raise TypeError("a real transform needs real numbers: use fft, or take the real part")
    if a.dtype.kind == "f":
        return _t.astype(a, _dtypes._by_name["float32"], False) if a.dtype.itemsize == 2 else a
    return _t.astype(a, _dtypes.float64, False)


def _given(result, out):
    if out is None:
        return result
    if out.shape != result.shape:
        raise ValueError("output array has wrong shape.")
    from walle.numpy._reductions import _given

    return _given(result, out)


# MARK: one axis


def fft(
    a: ArrayLike, n: int | None = None, axis: int | None = -1, norm: str | None = None, out: ndarray | None = None
) -> ndarray:
    """The Fourier transform along an axis.

    Parameters
    ----------
    n
        The length of the transform: the axis is cut, or filled with zeros.
    """
    a, n, factor = _prepared(a, n, axis, norm, False)
    return _given(_t.fft(_complex(a), axis, n, True, factor), out)


def ifft(
    a: ArrayLike, n: int | None = None, axis: int | None = -1, norm: str | None = None, out: ndarray | None = None
) -> ndarray:
    """The inverse Fourier transform along an axis."""
    a, n, factor = _prepared(a, n, axis, norm, True)
    return _given(_t.fft(_complex(a), axis, n, False, factor), out)


def rfft(
    a: ArrayLike, n: int | None = None, axis: int | None = -1, norm: str | None = None, out: ndarray | None = None
) -> ndarray:
    """The first half of the Fourier transform of real numbers; the other half are its conjugates."""
    a, n, factor = _prepared(a, n, axis, norm, False)
    return _given(_t.rfft(_real(a), axis, n, factor), out)


def irfft(
    a: ArrayLike, n: int | None = None, axis: int | None = -1, norm: str | None = None, out: ndarray | None = None
) -> ndarray:
    """Real numbers from the first half of their Fourier transform.

    Parameters
    ----------
    n
        How many, by default an even number: twice the length less one.
    """
    a, n, factor = _prepared(a, n, axis, norm, True, lambda length: 2 * (length - 1))
    result = _t.irfft(_complex(a), axis, n, factor)
    return _given(_t.astype(result, a.dtype, False) if a.dtype.name == "float16" else result, out)


_SWAPPED = {None: "forward", "backward": "forward", "ortho": "ortho", "forward": "backward"}


def _swapped(norm):
    if norm not in _SWAPPED:
        _factor(norm, 1, False)
    return _SWAPPED[norm]


def hfft(
    a: ArrayLike, n: int | None = None, axis: int | None = -1, norm: str | None = None, out: ndarray | None = None
) -> ndarray:
    """The Fourier transform, which is real, of a signal given by its first half; the other half are conjugates."""
    a = asarray(a)
    n = _length(a, n, axis, lambda length: 2 * (length - 1))
    return irfft(_t.conjugate(a) if a.dtype.kind == "c" else a, n, axis, _swapped(norm), out)


def ihfft(
    a: ArrayLike, n: int | None = None, axis: int | None = -1, norm: str | None = None, out: ndarray | None = None
) -> ndarray:
    """The first half of the inverse Fourier transform of real numbers."""
    a = asarray(a)
    return _given(_t.conjugate(rfft(a, _length(a, n, axis), axis, _swapped(norm))), out)


# MARK: several axes


def _lengths(a, s, axes, is_inverse_real=False):
    """A length for each axis."""
    if axes is None:
        if s is not None:
            import warnings

            warnings.warn(
                "`axes` should not be `None` if `s` is not `None` (Deprecated in NumPy 2.0): pass the axes",
                DeprecationWarning,
                stacklevel=3,
            )
        axes = range(a.ndim) if s is None else range(-len(s), 0)
    axes = [axis.__index__() for axis in axes]
    if s is None:
        for axis in axes:
            if not -a.ndim <= axis < a.ndim:
                raise IndexError(f"index {axis} is out of bounds for axis 0 with size {a.ndim}")
        lengths = [a.shape[axis] for axis in axes]
        if is_inverse_real and axes:
            lengths[-1] = 2 * (lengths[-1] - 1)
    else:
        lengths = list(s)
    if len(lengths) != len(axes):
        raise ValueError("Shape and axes have different lengths.")
    lengths = [a.shape[axis] if n == -1 else n for n, axis in zip(lengths, axes)]
    return lengths, axes


def _each(function, a, lengths, axes, norm):
    for n, axis in zip(lengths, axes):
        a = function(a, n, axis, norm)
    return a


def fftn(
    a: ArrayLike,
    s: Sequence[int] | None = None,
    axes: AxesLike | None = None,
    norm: str | None = None,
    out: ndarray | None = None,
) -> ndarray:
    """The Fourier transform along some axes, or all.

    Parameters
    ----------
    s
        The lengths of the transform; -1 is that of the array.
    """
    a = asarray(a)
    lengths, axes = _lengths(a, s, axes)
    return _given(_each(fft, a, lengths[::-1], axes[::-1], norm), out)


def ifftn(
    a: ArrayLike,
    s: Sequence[int] | None = None,
    axes: AxesLike | None = None,
    norm: str | None = None,
    out: ndarray | None = None,
) -> ndarray:
    """The inverse Fourier transform along some axes, or all."""
    a = asarray(a)
    lengths, axes = _lengths(a, s, axes)
    return _given(_each(ifft, a, lengths[::-1], axes[::-1], norm), out)


def rfftn(
    a: ArrayLike,
    s: Sequence[int] | None = None,
    axes: AxesLike | None = None,
    norm: str | None = None,
    out: ndarray | None = None,
) -> ndarray:
    """The Fourier transform of real numbers along some axes; of the last axis the first half."""
    a = asarray(a)
    lengths, axes = _lengths(a, s, axes)
    a = rfft(a, lengths[-1], axes[-1], norm)
    return _given(_each(fft, a, lengths[-2::-1], axes[-2::-1], norm), out)


def irfftn(
    a: ArrayLike,
    s: Sequence[int] | None = None,
    axes: AxesLike | None = None,
    norm: str | None = None,
    out: ndarray | None = None,
) -> ndarray:
    """Real numbers from their Fourier transform along some axes, of which the last is halved."""
    a = asarray(a)
    lengths, axes = _lengths(a, s, axes, True)
    a = _each(ifft, a, lengths[:-1], axes[:-1], norm)
    return irfft(a, lengths[-1], axes[-1], norm, out)


def fft2(
    a: ArrayLike,
    s: Sequence[int] | None = None,
    axes: AxesLike = (-2, -1),
    norm: str | None = None,
    out: ndarray | None = None,
) -> ndarray:
    """The Fourier transform along two axes."""
    return fftn(a, s, axes, norm, out)


def ifft2(
    a: ArrayLike,
    s: Sequence[int] | None = None,
    axes: AxesLike = (-2, -1),
    norm: str | None = None,
    out: ndarray | None = None,
) -> ndarray:
    """The inverse Fourier transform along two axes."""
    return ifftn(a, s, axes, norm, out)


def rfft2(
    a: ArrayLike,
    s: Sequence[int] | None = None,
    axes: AxesLike = (-2, -1),
    norm: str | None = None,
    out: ndarray | None = None,
) -> ndarray:
    """The Fourier transform of real numbers along two axes; of the last one the first half."""
    return rfftn(a, s, axes, norm, out)


def irfft2(
    a: ArrayLike,
    s: Sequence[int] | None = None,
    axes: AxesLike = (-2, -1),
    norm: str | None = None,
    out: ndarray | None = None,
) -> ndarray:
    """Real numbers from their Fourier transform along two axes, of which the last is halved."""
    return irfftn(a, s, axes, norm, out)


# MARK: frequencies


def _count(n):
    if not hasattr(n, "__index__"):
        raise ValueError("n should be an integer")
    return n.__index__()


def fftfreq(n: int, d: float = 1.0, device: Device = None, *, dtype: DTypeLike = None) -> ndarray:
    """The frequencies of a transform of length `n` of samples that are `d` apart: positive, then negative ones."""
    n = _count(n)
    _check_device(device)
    positive = _t.range(0, 1, (n - 1) // 2 + 1, _dtypes.int64)
    negative = _t.range(-(n // 2), 1, n // 2, _dtypes.int64)
    return (_t.concatenate([positive, negative], 0, None) * (1.0 / (n * d))).astype(dtype, copy=False)


def rfftfreq(n: int, d: float = 1.0, device: Device = None, *, dtype: DTypeLike = None) -> ndarray:
    """The frequencies of a transform of length `n` of real samples that are `d` apart."""
    n = _count(n)
    _check_device(device)
    return (_t.range(0, 1, n // 2 + 1, _dtypes.int64) * (1.0 / (n * d))).astype(dtype, copy=False)


def _rolled(x, axes, sign):
    from walle.numpy._manipulation import roll

    x = asarray(x)
    axes = tuple(range(x.ndim)) if axes is None else (axes,) if isinstance(axes, int) else tuple(axes)
    return roll(x, tuple(sign * (x.shape[axis] // 2) for axis in axes), axes)


def fftshift(x: ArrayLike, axes: AxesLike | None = None) -> ndarray:
    """The frequencies in order, zero in the middle, along some axes or all."""
    return _rolled(x, axes, 1)


def ifftshift(x: ArrayLike, axes: AxesLike | None = None) -> ndarray:
    """The inverse of `fftshift`: frequency zero first."""
    return _rolled(x, axes, -1)
