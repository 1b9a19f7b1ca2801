"""The ground of `walle.numpy`: arrays from objects, and what the native part asks of Python."""

from __future__ import annotations

import builtins

from walle import _tensor as _t
from walle.numpy import _dtypes
from walle.numpy._dtypes import dtype

TYPE_CHECKING = False
if TYPE_CHECKING:
    from walle.numpy._typing import Any, ArrayLike, Callable, DTypeLike, Device, Order, ndarray

ndarray, generic = _t.ndarray, _t.generic


class _NoValueType:
    """Stands for an argument that was not given, where None means something."""

    def __repr__(self) -> str:
        return "<no value>"


_NoValue = _NoValueType()


class AxisError(ValueError, IndexError):
    """An axis that an array does not have."""

    def __init__(self, axis: int | str, ndim: int | None = None, msg_prefix: str | None = None) -> None:
        self.axis, self.ndim = axis, ndim
        if ndim is None:
            message = axis
        else:
            message = f"axis {axis} is out of bounds for array of dimension {ndim}"
            if msg_prefix is not None:
                message = f"{msg_prefix}: {message}"
        super().__init__(message)


class LinAlgError(ValueError):
    """A matrix for which there is no result, such as the inverse of a singular one."""


# MARK: what the native part asks for


def _exchanged(object_):
    """Make an array of an object that speaks NumPy's protocols; None when it does not."""
    cls = type(object_)
    if hasattr(cls, "__array__"):
        try:
            return asarray(object_.__array__())
        except TypeError as error:
            if "dtype" not in str(error):
                raise
            return asarray(object_.__array__(None))
    interface = getattr(object_, "__array_interface__", None) if not isinstance(object_, type) else None
    if isinstance(interface, dict):
        from walle.numpy import _exchange

        return _exchange.from_interface(object_, interface)
    return None


def _new_array(shape, dtype=float, buffer=None, offset=0, strides=None, order=None):
    if buffer is not None:
        found = _dtypes._find(dtype)
        flat = _t.from_buffer(buffer, found, -1, 0) if not offset else _t.from_buffer(
            memoryview(buffer).cast("B")[offset:], found, -1, 0
        )
        if strides is None:
            shape = (shape,) if isinstance(shape, int) else tuple(shape)
            strides = _packed(shape[::-1], found.itemsize)[::-1] if order == "F" else _packed(shape, found.itemsize)
        return _t.strided(flat, shape, strides, 0)
    new = _t.zeros(shape, _dtypes._find(dtype))
    return _t.zeros(new.shape[::-1], new.dtype).T if order == "F" else new


def _packed(shape, itemsize):
    strides = []
    for length in reversed(shape):
        strides.append(itemsize)
        itemsize *= builtins.max(length, 1)
    return tuple(reversed(strides))


def _scalar_repr(value):
    from walle.numpy import _printing

    return _printing.scalar_repr(value.item(), value.dtype.name)


def _scalar_str(value):
    from walle.numpy import _printing

    return _printing.scalar_str(value.item(), value.dtype.name)


def _imaginary_part():
    """Warn that a cast drops imaginary parts."""
    from walle.numpy import _creation

    _creation._warn_of_imaginary_part(level=2)


_error_handler = None


def _float_error(text, flag):
    """Tell of a floating-point exception under the modes call, print and log."""
    kinds = {1: ("invalid", 3), 4: ("divide", 0), 8: ("over", 1), 16: ("under", 2)}
    name, place = kinds[flag]
    mode = _MODES[_t.errors()[place]]
    if mode == "print":
        import sys

        sys.stderr.write(f"Warning: {text}\n")
    elif mode == "call" and _error_handler is not None:
        _error_handler(text.split(" encountered")[0], flag)
    elif mode == "log" and _error_handler is not None:
        _error_handler.write(f"Warning: {text}\n")


_MODES = ("ignore", "warn", "raise", "call", "print", "log")
_ERROR_NAMES = ("divide", "over", "under", "invalid")


def geterr() -> dict[str, str]:
    """How floating-point exceptions are told, by kind."""
    return {name: _MODES[mode] for name, mode in zip(_ERROR_NAMES, _t.errors())}


def seterr(
    all: str | None = None,
    divide: str | None = None,
    over: str | None = None,
    under: str | None = None,
    invalid: str | None = None,
) -> dict[str, str]:
    """Set how floating-point exceptions are told: ignore, warn, raise, call, print or log. Gives what was set."""
    before = geterr()
    wanted = []
    for name, mode in zip(_ERROR_NAMES, (divide, over, under, invalid)):
        mode = mode or all or before[name]
        if mode not in _MODES:
            raise ValueError(f"mode {mode!r} is not one of {', '.join(_MODES)}")
        wanted.append(_MODES.index(mode))
    _t.set_errors(*wanted)
    return before


def geterrcall() -> Any:
    """The function or log that `seterrcall` set."""
    return _error_handler


def seterrcall(func: Any) -> Any:
    """Set the function of the mode call, or the object with `write` of the mode log. Gives the one before."""
    global _error_handler
    before, _error_handler = _error_handler, func
    return before


class errstate:
    """How floating-point exceptions are told inside a ``with`` block, or a decorated function."""

    def __init__(self, *, call: Any = _NoValue, **modes: str) -> None:
        unknown = set(modes) - {"all", *_ERROR_NAMES}
        if unknown:
            raise TypeError(f"errstate() got an unexpected keyword argument {unknown.pop()!r}")
        self._modes, self._call = modes, call

    def __enter__(self) -> Any:
        self._before = seterr(**self._modes)
        if self._call is not _NoValue:
            self._call_before = seterrcall(self._call)

    def __exit__(self, *exception: object) -> None:
        seterr(**self._before)
        if self._call is not _NoValue:
            seterrcall(self._call_before)

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        import functools

        @functools.wraps(function)
        def inside(*arguments, **names):
            with errstate(call=self._call, **self._modes):
                return function(*arguments, **names)

        return inside


# MARK: arrays from objects


def _ordered(new, order):
    """The array with its elements in an order of axes in memory: C, F, A or K."""
    if order in (None, "K", "A"):
        return new
    if order == "C":
        return new if new._order & 1 else new.copy()
    if order == "F":
        return new if new._order & 2 else new.copy("F")
    raise ValueError(f"order must be one of 'C', 'F', 'A', or 'K' (got {order!r})")


def _check_device(device):
    if device not in (None, "cpu"):
        raise ValueError(f'Device not understood. Only "cpu" is allowed, but received: {device}')


def asarray(
    a: ArrayLike,
    dtype: DTypeLike = None,
    order: Order | None = None,
    *,
    device: Device = None,
    copy: bool | None = None,
    like: None = None,
) -> ndarray:
    """The object as an array: itself when it is one already, of that type and order."""
    if type(a) is ndarray and dtype is None and order is None and copy is None:
        return a
    _check_device(device)
    if dtype is not None:
        dtype = _dtypes._find(dtype)
    new = _t.array(a, dtype, copy)
    if order is None:
        return new
    result = _ordered(new, order)
    if copy is False and result is not new:
        raise ValueError("Unable to avoid copy while creating an array as requested.")
    return result


@_t.quick
def array(
    object: Any,
    dtype: DTypeLike = None,
    *,
    copy: bool | None = True,
    order: Order = "K",
    subok: bool = False,
    ndmin: int = 0,
    ndmax: int = 0,
    like: None = None,
) -> ndarray:
    """A new array of an object: nested sequences of numbers, another array, a buffer.

    Parameters
    ----------
    object
        What becomes the array.
    dtype
        The type of the elements; by default the smallest that holds all of them.
    copy
        True always copies, None only when it must, False never (and raises when it must).
    order
        The order of the axes in memory: ``"C"`` last axis closest, ``"F"`` first, ``"K"`` and ``"A"`` as they are.
    ndmin
        Axes of length 1 are put before until there are as many.
    ndmax
        More axes are an error; 0 means any number.
    """
    new = asarray(object, dtype, copy=None if copy is None else copy and True)
    if 0 < ndmax < new.ndim:
        raise ValueError(
            "setting an array element with a sequence. The requested array would exceed the maximum number of dimension "
            f"of {ndmax}."
        )
    new = _ordered(new, order)
    if ndmin > new.ndim:
        new = new.reshape((1,) * (ndmin - new.ndim) + new.shape)
    return new


def _axis(axis, ndim):
    """An axis counted from the beginning."""
    try:
        index = axis.__index__()
    except AttributeError:
        raise TypeError(f"an axis is an integer, not {type(axis).__name__!r}") from None
    if not -ndim <= index < ndim:
        raise AxisError(index, ndim)
    return index + ndim if index < 0 else index


def _axes(axis, ndim, name="axis"):
    """A tuple of different axes counted from the beginning."""
    wanted = (axis,) if isinstance(axis, int) or hasattr(axis, "__index__") else tuple(axis)
    found = tuple(_axis(each, ndim) for each in wanted)
    if len(set(found)) != len(found):
        raise ValueError(f"repeated axis in `{name}` argument")
    return found


_t.register(__import__("sys").modules[__name__], _dtypes.all_dtypes)
