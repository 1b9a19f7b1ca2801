"""Bits of bytes as arrays, and numbers as text in other bases."""

from __future__ import annotations

import functools

from walle import _tensor as _t
from walle.numpy import _dtypes
from walle.numpy._core import _axis, asarray

TYPE_CHECKING = False
if TYPE_CHECKING:
    from walle.numpy._typing import ArrayLike, Literal, ndarray

__all__ = ["base_repr", "binary_repr", "packbits", "unpackbits"]


# What eight bytes of 0 and 1, as one integer, are multiplied by to have their bits together in the highest byte.
_GATHERING = {"big": 0x8040201008040201, "little": 0x0102040810204080}


def _check_order(bitorder):
    if bitorder not in _GATHERING:
        raise ValueError("'order' must be either 'little' or 'big'")


@functools.cache
def _bits_of_bytes(bitorder):
    """The eight bits of each byte, a row each."""
    shifts = _t.range(7, -1, 8, _dtypes.int64) if bitorder == "big" else _t.range(0, 1, 8, _dtypes.int64)
    values = _t.range(0, 1, 256, _dtypes.int64)[:, None]
    return _t.astype(asarray(_t.right_shift(values, shifts) & 1), _dtypes._by_name["uint8"], False)


def packbits(a: ArrayLike, /, axis: int | None = None, bitorder: Literal['big', 'little'] = "big") -> ndarray:
    """Truth values as the bits of bytes, eight in one, along an axis or of all elements in order.

    Parameters
    ----------
    bitorder
        Whether the first value becomes the highest bit (``"big"``) or the lowest (``"little"``).
    """
    from walle.numpy._manipulation import moveaxis

    a = asarray(a)
    if a.dtype.kind not in "iub":
        raise TypeError("Expected an input array of integer or boolean data type")
    _check_order(bitorder)
    a = a.reshape(1) if a.ndim == 0 else a
    a, axis = (a.reshape(-1), 0) if axis is None else (a, _axis(axis, a.ndim))
    truth = _t.astype(a if axis == a.ndim - 1 else moveaxis(a, axis, -1), _dtypes.bool_, False)
    missing = -truth.shape[-1] % 8
    if missing:
        truth = _t.concatenate([truth, _t.zeros(truth.shape[:-1] + (missing,), _dtypes.bool_)], truth.ndim - 1, None)
    elif not truth._order & 1 or truth._address % 8:
        truth = truth.copy()
    if not truth.size:
        packed = _t.zeros(truth.shape[:-1] + (truth.shape[-1] // 8,), _dtypes._by_name["uint8"])
        return moveaxis(packed, -1, axis)
    eights = _t.retype(truth, _dtypes._by_name["uint64"])
    packed = _t.right_shift(_t.multiply(eights, _t.uint64(_GATHERING[bitorder])), _t.uint64(56))
    packed = _t.astype(asarray(packed), _dtypes._by_name["uint8"], False)
    return packed if axis == a.ndim - 1 else moveaxis(packed, -1, axis)


def unpackbits(
    a: ArrayLike, /, axis: int | None = None, count: int | None = None, bitorder: Literal['big', 'little'] = "big"
) -> ndarray:
    """The bits of bytes as an array of zeros and ones, along an axis or of all elements in order.

    Parameters
    ----------
    count
        How many bits: more append zeros, a negative number leaves out so many at the end.
    """
    from walle.numpy._manipulation import moveaxis

    a = asarray(a)
    if a.dtype.name != "uint8":
        raise TypeError("Expected an input array of unsigned byte data type")
    _check_order(bitorder)
    a = a.reshape(1) if a.ndim == 0 else a
    a, axis = (a.reshape(-1), 0) if axis is None else (a, _axis(axis, a.ndim))
    octets = a if axis == a.ndim - 1 else moveaxis(a, axis, -1)
    length = octets.shape[-1] * 8
    bits = asarray(_t.take(_bits_of_bytes(bitorder), octets, 0)).reshape(octets.shape[:-1] + (length,))
    if count is not None:
        if count < -length:
            raise ValueError(f"-count larger than number of elements: {-count} > {length}")
        wanted = count if count >= 0 else length + count
        if wanted > length:
            padding = _t.zeros(bits.shape[:-1] + (wanted - length,), bits.dtype)
            bits = _t.concatenate([bits, padding], bits.ndim - 1, None)
        bits = bits[..., :wanted]
    result = bits if axis == a.ndim - 1 else moveaxis(bits, -1, axis)
    return result if result._order & 1 else result.copy()


def base_repr(number: int, base: ArrayLike = 2, padding: int = 0) -> str:
    """An integer as text in a base from 2 to 36, with so many zeros before it."""
    if base > 36:
        raise ValueError("Bases greater than 36 not handled in base_repr.")
    if base < 2:
        raise ValueError("Bases less than 2 not handled in base_repr.")
    rest, text = abs(int(number)), ""
    while rest:
        rest, digit = divmod(rest, base)
        text = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[digit] + text
    text = "0" * padding + text
    return ("-" if number < 0 else "") + (text or "0")


def binary_repr(num: int, width: int | None = None) -> str:
    """An integer as bits; a negative one in two's complement if `width` is given, else with a sign.

    Parameters
    ----------
    width
        The least number of bits.
    """
    number = num.__index__()
    if number >= 0:
        text, needed = f"{number:b}", number.bit_length() or 1
    elif width is None:
        return f"{number:b}"
    else:
        needed = (-number - 1).bit_length() + 1
        text = f"{number + (1 << max(width, needed)):b}"
    if width is not None and width < needed and number:
        raise ValueError(f"Insufficient bit width={width} provided for binwidth={needed}")
    return text.zfill(width or 0)
