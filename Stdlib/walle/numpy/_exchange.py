"""Arrays from the memory of other libraries and to them: DLPack, and NumPy's array interface."""

from __future__ import annotations

from walle import _tensor as _t
from walle.numpy import _dtypes
from walle.numpy._core import _check_device, _packed, asarray

TYPE_CHECKING = False
if TYPE_CHECKING:
    from walle.numpy._typing import Any, Device, ndarray

__all__ = ["from_dlpack"]

_CPU = (1, 0)  # kDLCPU, the first device


# MARK: DLPack


def from_dlpack(x: Any, /, *, device: Device = None, copy: bool | None = None) -> ndarray:
    """An array of another library's, which has `__dlpack__`: its memory, unless a copy is asked for."""
    _check_device(device)
    options = {} if device is None else {"dl_device": _CPU}
    if copy is not None:
        options["copy"] = copy
    try:
        capsule = x.__dlpack__(max_version=(1, 0), **options)
    except TypeError:
        # Libraries from before version 1.0 take neither a version, nor a device, nor whether to copy.
        if copy is False and device is not None:
            raise
        capsule = x.__dlpack__()
    result = _t.from_dlpack(capsule)
    return result.copy() if copy and _t.memory(result)[0] == _address(x) else result


def _address(x):
    """Where the memory of an array of ours begins; None for others."""
    return _t.memory(x)[0] if isinstance(x, _t.ndarray) else None


def to_dlpack(
    array: ndarray,
    stream: None = None,
    max_version: tuple[int, int] | None = None,
    dl_device: tuple[int, int] | None = None,
    copy: bool | None = None,
) -> Any:
    """The capsule of `ndarray.__dlpack__`."""
    if stream is not None:
        raise ValueError("arrays are in main memory, which has no streams: pass stream=None")
    if dl_device is not None and tuple(dl_device) != _CPU:
        raise BufferError("unsupported device requested")
    is_versioned = max_version is not None and max_version[0] >= 1
    if copy:
        array = array.copy()
    elif not is_versioned and not array._writable:
        raise BufferError(
            "Cannot export readonly array since signalling readonly is unsupported by DLPack (supported by newer "
            "DLPack version)."
        )
    return _t.to_dlpack(array, is_versioned, bool(copy))


# MARK: NumPy's interface


def from_interface(object: Any, interface: dict[str, Any]) -> ndarray:
    """An array over the memory that ``__array_interface__`` describes, which the object holds."""
    dtype = _dtypes._find(interface["typestr"])
    shape = tuple(interface["shape"])
    strides = interface.get("strides")
    strides = _packed(shape, dtype.itemsize) if strides is None else tuple(strides)
    if 0 in shape:
        return _t.zeros(shape, dtype)
    low = sum(min(0, (length - 1) * stride) for length, stride in zip(shape, strides))
    high = sum(max(0, (length - 1) * stride) for length, stride in zip(shape, strides)) + dtype.itemsize
    data = interface.get("data")
    if not isinstance(data, tuple):
        # The memory of a buffer, or of the object itself.
        octets = _t.from_buffer(object if data is None else data, _dtypes._by_name["uint8"], -1, 0)
        low, start = 0, interface.get("offset", 0)
        if not octets.size >= start + high:
            raise ValueError("the buffer of an array interface is smaller than the array")
    else:
        address, is_read_only = data
        octets, start = _t.from_address(object, address + low, high - low, bool(is_read_only)), -low
    first = _t.retype(octets[: dtype.itemsize], dtype)
    return _t.strided(first, shape, strides, start)
