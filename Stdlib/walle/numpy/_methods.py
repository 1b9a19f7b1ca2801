"""The methods of arrays, scalars and functions of elements that are written in Python."""

from __future__ import annotations

import builtins

from walle import _tensor as _t
from walle.numpy import _creation, _dtypes, _elementwise, _indexing, _manipulation, _reductions, _sorting
from walle.numpy._core import _axis, _NoValue, _ordered, asarray, generic, ndarray

TYPE_CHECKING = False
if TYPE_CHECKING:
    from walle.numpy._typing import (
        Any, Array, ArrayLike, AxesLike, Casting, DTypeLike, Device, Iterator, Literal, NoReturn, Order, Sequence,
    )  # fmt: skip


class flagsobj:
    """How the memory of an array lies."""

    def __init__(self, array: ndarray) -> None:
        self._array = array
        bits = array._order
        self.c_contiguous, self.f_contiguous = builtins.bool(bits & 1), builtins.bool(bits & 2)
        self.aligned, self.owndata = builtins.bool(bits & 4), builtins.bool(bits & 8)
        self.writebackifcopy = False
        self.contiguous = self.c_contiguous
        self.fnc = self.f_contiguous and not self.c_contiguous
        self.forc = self.c_contiguous or self.f_contiguous
        self.behaved = self.aligned and array._writable
        self.carray = self.behaved and self.c_contiguous
        self.farray = self.behaved and self.fnc
        self.num = bits & 3 | (4 if self.owndata else 0) | 0x100 | (0x400 if array._writable else 0)

    @property
    def writeable(self) -> bool:
        """Whether elements can be written."""
        return self._array._writable

    @writeable.setter
    def writeable(self, value: bool) -> None:
        self._array._writable = value

    _KEYS = {
        "C_CONTIGUOUS": "c_contiguous", "F_CONTIGUOUS": "f_contiguous", "OWNDATA": "owndata",
        "WRITEABLE": "writeable", "ALIGNED": "aligned", "WRITEBACKIFCOPY": "writebackifcopy", "C": "c_contiguous",
        "F": "f_contiguous", "O": "owndata", "W": "writeable", "A": "aligned", "CONTIGUOUS": "contiguous",
        "FORTRAN": "fnc", "FNC": "fnc", "FORC": "forc", "BEHAVED": "behaved", "CARRAY": "carray",
    }  # fmt: skip

    def __getitem__(self, key: Any) -> bool:
        if key not in self._KEYS:
            raise KeyError("Unknown flag")
        return getattr(self, self._KEYS[key])

    def __setitem__(self, key: Any, value: ArrayLike) -> None:
        setattr(self, self._KEYS[key], value)

    def __repr__(self) -> str:
        return "\n".join(f"  {key} : {self[key]}" for key in list(self._KEYS)[:6]) + "\n"


class flatiter:
    """The elements of an array one after the other; indices count them in order."""

    def __init__(self, base: ndarray) -> None:
        self.base, self.index = base, 0

    def __iter__(self) -> flatiter:
        return self

    def __next__(self) -> Any:
        if self.index >= self.base.size:
            raise StopIteration
        self.index += 1
        return self.base[_indexing.unravel_index(self.index - 1, self.base.shape)] if self.base.ndim else self.base[()]

    def __len__(self) -> int:
        return self.base.size

    @property
    def coords(self) -> tuple[int, ...]:
        """The index of the next element."""
        return tuple(int(each) for each in _indexing.unravel_index(self.index, self.base.shape))

    def copy(self) -> ndarray:
        """All elements along one axis."""
        return self.base.flatten()

    def __array__(self, dtype: DTypeLike = None, copy: bool | None = None) -> ndarray:
        return self.base.reshape(-1)

    def __getitem__(self, key: Any) -> Any:
        result = self.base.reshape(-1)[key]
        return result.copy() if isinstance(result, ndarray) else result

    def __setitem__(self, key: Any, value: ArrayLike) -> None:
        flat = self.base.reshape(-1)
        value = asarray(value).reshape(-1)
        count = flat[key].size if isinstance(flat[key], ndarray) else 1
        flat[key] = _manipulation.resize(value, (count,)) if value.size != count else value.reshape(()) if count == 1 and not isinstance(flat[key], ndarray) else value
        if flat.base is None or not _manipulation.shares_memory(flat, self.base):
            _t.assign(self.base, flat.reshape(self.base.shape))

    def __eq__(self, other: Any) -> Any:
        return self.base.reshape(-1) == other


class _Array:
    # MARK: attributes

    @property
    def flags(self) -> flagsobj:
        """How the memory lies."""
        return flagsobj(self)

    @property
    def flat(self) -> flatiter:
        """The elements one after the other."""
        return flatiter(self)

    @flat.setter
    def flat(self, value: ArrayLike) -> None:
        _t.assign(self, _manipulation.resize(asarray(value), self.shape))

    @property
    def data(self) -> memoryview:
        """The memory, for others."""
        return memoryview(self)

    @property
    def device(self) -> str:
        """Where the memory is."""
        return "cpu"

    @property
    def ctypes(self) -> NoReturn:
        """Refused: use ``memoryview``."""
        raise AttributeError("arrays have no ctypes attribute here: use memoryview(array)")

    @property
    def __array_interface__(self) -> dict[str, Any]:
        return {
            "shape": self.shape, "typestr": self.dtype.str, "data": (self._address, not self._writable),
            "strides": None if self._order & 1 else self.strides, "version": 3, "descr": self.dtype.descr,
        }  # fmt: skip

    # MARK: protocols

    def __array__(self, dtype: DTypeLike = None, *, copy: bool | None = None) -> ndarray:
        if dtype is None or _dtypes._find(dtype) is self.dtype:
            return self.copy() if copy else self
        if copy is False:
            raise ValueError("Unable to avoid copy while creating an array as requested.")
        return self.astype(dtype)

    def __array_namespace__(self, *, api_version: str | None = None) -> Any:
        if api_version not in (None, "2021.12", "2022.12", "2023.12", "2024.12"):
            raise ValueError(f'Version "{api_version}" of the Array API Standard is not supported.')
        import walle.numpy

        return walle.numpy

    def __dlpack__(
        self,
        *,
        stream: None = None,
        max_version: tuple[int, int] | None = None,
        dl_device: tuple[int, int] | None = None,
        copy: bool | None = None,
    ) -> Any:
        from walle.numpy import _exchange

        return _exchange.to_dlpack(self, stream, max_version, dl_device, copy)

    def __dlpack_device__(self) -> tuple[int, int]:
        return (1, 0)

    def to_device(self, device: Device, /, *, stream: None = None) -> ndarray:
        """The array itself, for the device that it is on."""
        if stream is not None:
            raise ValueError("The stream argument in to_device() is not supported")
        if device != "cpu":
            raise ValueError(f"Unsupported device: {device}.")
        return self

    def __copy__(self) -> ndarray:
        return self.copy("K")

    def __deepcopy__(self, memo: Any) -> ndarray:
        return self.copy("K")

    def __reduce__(self) -> Any:
        return (_rebuild, (self.tobytes(), self.dtype.name, self.shape))

    def __complex__(self) -> complex:
        return builtins.complex(self.item())

    def __format__(self, spec: str) -> str:
        if self.ndim == 0:
            return format(self.item(), spec)
        if spec:
            raise TypeError("unsupported format string passed to numpy.ndarray.__format__")
        return str(self)

    def __repr__(self) -> str:
        from walle.numpy import _printing

        return _printing.array_repr(self)

    def __str__(self) -> str:
        from walle.numpy import _printing

        return _printing.array_str(self)

    def __iter__(self) -> Iterator[Any]:
        if self.ndim == 0:
            raise TypeError("iteration over a 0-d array")
        return map(self.__getitem__, range(self.shape[0]))

    def __imatmul__(self, other: Any) -> ndarray:
        _t.assign(self, _t.matmul(self, other))
        return self

    # MARK: other forms

    @_t.quick
    def astype(
        self,
        dtype: DTypeLike,
        order: Order = "K",
        casting: Casting = "unsafe",
        subok: bool = True,
        copy: bool | None = True,
    ) -> ndarray:
        """The same values as another type."""
        found = _dtypes._find(dtype)
        if casting != "unsafe" and not _dtypes.can_cast(self.dtype, found, casting):
            raise TypeError(f"Cannot cast array data from {self.dtype!r} to {found!r} according to the rule '{casting}'")
        if found.kind in "iuf" and self.dtype.kind == "c":
            _creation._warn_of_imaginary_part()
        new = _t.astype(self, found, copy)
        return new if order == "K" else _ordered(new, order)

    def view(self, dtype: Any = None, type: Any = None) -> ndarray:
        """The same memory, as elements of another type if wanted."""
        if dtype is None or dtype is ndarray:
            return self[...]
        return _t.retype(self, _dtypes._find(dtype))

    @_t.quick
    def flatten(self, order: Order = "C") -> ndarray:
        """A copy of all elements along one axis."""
        if order == "C":
            return self.copy().reshape(-1)
        return _manipulation.ravel(self, order).copy()

    @_t.quick
    def ravel(self, order: Order = "C") -> ndarray:
        """All elements along one axis; a view where that is possible."""
        return self.reshape(-1) if order == "C" else _manipulation.ravel(self, order)

    @_t.quick
    def squeeze(self, axis: AxesLike | None = None) -> ndarray:
        """Without axes of length 1; a view."""
        return _manipulation.squeeze(self, axis)

    def swapaxes(self, axis1: int, axis2: int) -> ndarray:
        """Two axes exchanged; a view."""
        return _manipulation.swapaxes(self, axis1, axis2)

    def diagonal(self, offset: int = 0, axis1: int = 0, axis2: int = 1) -> ndarray:
        """A diagonal of two axes, as the last axis; a read-only view."""
        return _indexing.diagonal(self, offset, axis1, axis2)

    def trace(
        self, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: DTypeLike = None, out: ndarray | None = None
    ) -> Array:
        """The sum along a diagonal."""
        return _reductions.sum(_indexing.diagonal(self, offset, axis1, axis2), -1, dtype, out)

    @_t.quick
    def repeat(self, repeats: ArrayLike, axis: int | None = None) -> ndarray:
        """Each element several times."""
        return _manipulation.repeat(self, repeats, axis)

    def resize(self, *new_shape: Any, refcheck: bool = True) -> NoReturn:
        """Refused: an array does not change its size. Use `numpy.resize`."""
        raise ValueError("cannot resize this array: use numpy.resize, which makes a new one")

    def byteswap(self, inplace: bool = False) -> ndarray:
        """The bytes of each number in the other order."""
        part = 1 if self.dtype.kind != "c" else 2
        width = self.itemsize // part
        new = self if inplace else self.copy()
        packed = new if new._order & 1 else new.copy()
        octets = _t.retype(packed.reshape(-1), _dtypes._by_name["uint8"]).reshape(-1, width)
        octets[...] = octets[:, ::-1].copy()
        if packed is not new:
            _t.assign(new, packed)
        return new

    def tofile(self, fid: Any, sep: str = "", format: str = "%s") -> None:
        """Write the elements to a file, as bytes or as text."""
        data = self.tobytes() if sep == "" else sep.join(format % each for each in self.reshape(-1).tolist()).encode()
        if hasattr(fid, "write"):
            fid.write(data)
        else:
            with open(fid, "wb") as file:
                file.write(data)

    def setflags(self, write: bool | None = None, align: bool | None = None, uic: None = None) -> None:
        """Allow or forbid writing."""
        if write is not None:
            self._writable = write

    def getfield(self, dtype: DTypeLike, offset: int = 0) -> ndarray:
        """A part of each element's bytes as another type; a view."""
        found = _dtypes._find(dtype)
        octets = _t.retype(self, found) if found.itemsize == self.itemsize else None
        if octets is None:
            raise TypeError("getfield() takes a type of the same size here: use view()")
        return octets

    # MARK: folds

    @_t.quick
    def sum(
        self,
        axis: AxesLike | None = None,
        dtype: DTypeLike = None,
        out: ndarray | None = None,
        keepdims: bool = False,
        initial: ArrayLike = _NoValue,
        where: ArrayLike = True,
    ) -> Array:
        """The sum of elements along some axes."""
        if initial is _NoValue and where is True and dtype is None:
            return _t.reduce(_t.add, self, axis, None, keepdims, out)
        return _reductions.sum(self, axis, dtype, out, keepdims, initial, where)

    @_t.quick
    def prod(
        self,
        axis: AxesLike | None = None,
        dtype: DTypeLike = None,
        out: ndarray | None = None,
        keepdims: bool = False,
        initial: ArrayLike = _NoValue,
        where: ArrayLike = True,
    ) -> Array:
        """The product of elements along some axes."""
        return _reductions.prod(self, axis, dtype, out, keepdims, initial, where)

    @_t.quick
    def max(
        self,
        axis: AxesLike | None = None,
        out: ndarray | None = None,
        keepdims: bool = False,
        initial: ArrayLike = _NoValue,
        where: ArrayLike = True,
    ) -> Array:
        """The largest element along some axes."""
        return _reductions.max(self, axis, out, keepdims, initial, where)

    @_t.quick
    def min(
        self,
        axis: AxesLike | None = None,
        out: ndarray | None = None,
        keepdims: bool = False,
        initial: ArrayLike = _NoValue,
        where: ArrayLike = True,
    ) -> Array:
        """The smallest element along some axes."""
        return _reductions.min(self, axis, out, keepdims, initial, where)

    @_t.quick
    def all(
        self,
        axis: AxesLike | None = None,
        out: ndarray | None = None,
        keepdims: bool = False,
        *,
        where: ArrayLike = True,
    ) -> Array:
        """Whether all elements along some axes are true."""
        return _reductions.all(self, axis, out, keepdims, where=where)

    @_t.quick
    def any(
        self,
        axis: AxesLike | None = None,
        out: ndarray | None = None,
        keepdims: bool = False,
        *,
        where: ArrayLike = True,
    ) -> Array:
        """Whether an element along some axes is true."""
        return _reductions.any(self, axis, out, keepdims, where=where)

    @_t.quick
    def mean(
        self,
        axis: AxesLike | None = None,
        dtype: DTypeLike = None,
        out: ndarray | None = None,
        keepdims: bool = False,
        *,
        where: ArrayLike = True,
    ) -> Array:
        """The arithmetic mean along some axes."""
        return _reductions.mean(self, axis, dtype, out, keepdims, where=where)

    @_t.quick
    def var(
        self,
        axis: AxesLike | None = None,
        dtype: DTypeLike = None,
        out: ndarray | None = None,
        ddof: float = 0,
        keepdims: bool = False,
        *,
        where: ArrayLike = True,
        mean: ArrayLike = _NoValue,
        correction: float = _NoValue,
    ) -> Array:
        """The variance along some axes."""
        return _reductions.var(self, axis, dtype, out, ddof, keepdims, where=where, mean=mean, correction=correction)

    @_t.quick
    def std(
        self,
        axis: AxesLike | None = None,
        dtype: DTypeLike = None,
        out: ndarray | None = None,
        ddof: float = 0,
        keepdims: bool = False,
        *,
        where: ArrayLike = True,
        mean: ArrayLike = _NoValue,
        correction: float = _NoValue,
    ) -> Array:
        """The standard deviation along some axes."""
        return _reductions.std(self, axis, dtype, out, ddof, keepdims, where=where, mean=mean, correction=correction)

    @_t.quick
    def cumsum(self, axis: int | None = None, dtype: DTypeLike = None, out: ndarray | None = None) -> ndarray:
        """The sums of the elements so far, along an axis."""
        return _reductions.cumsum(self, axis, dtype, out)

    @_t.quick
    def cumprod(self, axis: int | None = None, dtype: DTypeLike = None, out: ndarray | None = None) -> ndarray:
        """The products of the elements so far, along an axis."""
        return _reductions.cumprod(self, axis, dtype, out)

    @_t.quick
    def argmax(self, axis: int | None = None, out: ndarray | None = None, *, keepdims: bool = False) -> Array:
        """Where the largest element is, along an axis."""
        return _reductions.argmax(self, axis, out, keepdims=keepdims)

    @_t.quick
    def argmin(self, axis: int | None = None, out: ndarray | None = None, *, keepdims: bool = False) -> Array:
        """Where the smallest element is, along an axis."""
        return _reductions.argmin(self, axis, out, keepdims=keepdims)

    # MARK: elements

    def round(self, decimals: int = 0, out: ndarray | None = None) -> Array:
        """Rounded to a number of decimals."""
        return _elementwise.round(self, decimals, out)

    def clip(
        self, min: ArrayLike | None = None, max: ArrayLike | None = None, out: ndarray | None = None, **kwargs: Any
    ) -> Array:
        """Values held between two bounds."""
        return _elementwise.clip(self, min, max, out, **kwargs)

    def conj(self) -> ndarray:
        """The complex conjugates."""
        return _t.conjugate(self) if self.dtype.kind == "c" else self

    conjugate = conj

    @_t.quick
    def dot(self, b: ArrayLike, out: ndarray | None = None) -> Array:
        """The matrix product with another array."""
        from walle.numpy import _products

        return _products.dot(self, b, out)

    # MARK: selection

    @_t.quick
    def take(
        self, indices: ArrayLike, axis: int | None = None, out: ndarray | None = None, mode: str = "raise"
    ) -> Array:
        """The elements of an axis at some positions."""
        return _indexing.take(self, indices, axis, out, mode)

    def put(self, indices: ArrayLike, values: ArrayLike, mode: str = "raise") -> None:
        """Write values at some positions of all elements in order."""
        _indexing.put(self, indices, values, mode)

    def choose(self, choices: Sequence[ArrayLike], out: ndarray | None = None, mode: str = "raise") -> Array:
        """Elements of several arrays: which one, this array says."""
        return _indexing.choose(self, choices, out, mode)

    def compress(self, condition: ArrayLike, axis: int | None = None, out: ndarray | None = None) -> ndarray:
        """The parts of an axis where a condition holds."""
        return _indexing.compress(condition, self, axis, out)

    @_t.quick
    def nonzero(self) -> tuple[ndarray, ...]:
        """The positions of elements that are not zero, an array for each axis."""
        return _t.nonzero(self)

    # MARK: order

    def sort(
        self, axis: int | None = -1, kind: str | None = None, order: Order | None = None, *, stable: bool | None = None
    ) -> None:
        """Sort along an axis, in place."""
        _t.assign(self, _sorting.sort(self, axis, kind, order, stable=stable))

    @_t.quick
    def argsort(
        self, axis: int | None = -1, kind: str | None = None, order: Order | None = None, *, stable: bool | None = None
    ) -> ndarray:
        """The positions that sort along an axis."""
        return _sorting.argsort(self, axis, kind, order, stable=stable)

    def partition(
        self, kth: ArrayLike, axis: int | None = -1, kind: str | None = "introselect", order: Order | None = None
    ) -> None:
        """Put the elements of some ranks at their places, in place."""
        _t.assign(self, _sorting.partition(self, kth, axis, kind, order))

    def argpartition(
        self, kth: ArrayLike, axis: int | None = -1, kind: str | None = "introselect", order: Order | None = None
    ) -> ndarray:
        """The positions that put the elements of some ranks at their places."""
        return _sorting.argpartition(self, kth, axis, kind, order)

    @_t.quick
    def searchsorted(
        self, v: ArrayLike, side: Literal['left', 'right'] = "left", sorter: ArrayLike | None = None
    ) -> Array:
        """Where values belong in this sorted array."""
        return _sorting.searchsorted(self, v, side, sorter)


def _rebuild(data, dtype, shape):
    """An array from its pickled form."""
    return _t.from_buffer(data, _dtypes._find(dtype), -1, 0).reshape(shape).copy()


def _rebuild_scalar(dtype, value):
    return _dtypes._find(dtype).type(value)


# MARK: scalars


def _forwarded(name):
    """A method of arrays for scalars."""

    def method(self, *arguments, **names):
        result = getattr(asarray(self), name)(*arguments, **names)
        return result[()] if isinstance(result, ndarray) and result.ndim == 0 else result

    method.__name__ = name
    method.__doc__ = getattr(ndarray, name).__doc__
    return method


class _Scalar:
    shape = property(lambda self: ())
    strides = property(lambda self: ())
    ndim = property(lambda self: 0)
    size = property(lambda self: 1)
    itemsize = property(lambda self: self.dtype.itemsize)
    nbytes = property(lambda self: self.dtype.itemsize)
    base = property(lambda self: None)
    T = property(lambda self: self)
    device = property(lambda self: "cpu")
    flags = property(lambda self: asarray(self).flags)
    flat = property(lambda self: asarray(self).flat)
    data = property(lambda self: memoryview(asarray(self)))
    real = property(lambda self: asarray(self).real[()])
    imag = property(lambda self: asarray(self).imag[()])
    __array_interface__ = property(lambda self: asarray(self).__array_interface__)
    __array_namespace__ = _Array.__array_namespace__
    __dlpack_device__ = _Array.__dlpack_device__

    def __array__(self, dtype: DTypeLike = None, *, copy: bool | None = None) -> ndarray:
        return asarray(self, dtype)

    def __complex__(self) -> complex:
        return builtins.complex(self.item())

    def __round__(self, ndigits: int | None = None) -> Any:
        if ndigits is None:
            return builtins.round(self.item())
        return _elementwise.round(self, ndigits)

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if spec else str(self)

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, (int, slice)) and not isinstance(key, builtins.bool):
            raise IndexError("invalid index to scalar variable.")
        return asarray(self)[key]

    def __reduce__(self) -> Any:
        return (_rebuild_scalar, (self.dtype.name, self.item()))

    def __copy__(self) -> generic:
        return self

    def __deepcopy__(self, memo: Any) -> generic:
        return self

    def copy(self) -> generic:
        """The scalar itself, which never changes."""
        return self

    def tolist(self) -> Any:
        """A number of Python."""
        return self.item()

    def to_device(self, device: Device, /, *, stream: None = None) -> generic:
        """The scalar itself, for the device that it is on."""
        return _Array.to_device(self, device, stream=stream)

    @classmethod
    def __class_getitem__(cls, item: Any) -> Any:
        return cls


_FORWARDED = (
    "all", "any", "argmax", "argmin", "argsort", "astype", "byteswap", "choose", "clip", "compress", "conj",
    "conjugate", "cumprod", "cumsum", "diagonal", "dot", "fill", "flatten", "max", "mean", "min", "nonzero", "prod",
    "put", "ravel", "repeat", "reshape", "round", "searchsorted", "sort", "squeeze", "std", "sum", "swapaxes", "take",
    "tobytes", "trace", "transpose", "var", "view", "__dlpack__",
)  # fmt: skip


def _is_integer(self):
    return True


# MARK: functions of elements


class _Function:
    signature = None
    ntypes = property(lambda self: builtins.len(self.types))
    __doc__ = "A function of the elements of arrays, which are broadcast: f(x1, [x2,] /, out=None, *, where=True, dtype=None)."

    @property
    def types(self) -> list[str]:
        """The codes of the types that it takes and gives."""
        found = []
        for each in _dtypes.all_dtypes:
            one = _t.full((), 1, each)
            try:
                result = self(*(one,) * self.nin)
            except TypeError:
                continue
            found.append(each.char * self.nin + "->" + asarray(result).dtype.char)
        return found

    def _two(self, method):
        if self.nin != 2:
            raise ValueError(f"{method} only supported for binary functions")

    def reduce(
        self,
        array: ArrayLike,
        axis: AxesLike | None = 0,
        dtype: DTypeLike = None,
        out: ndarray | None = None,
        keepdims: bool = False,
        initial: ArrayLike = _NoValue,
        where: ArrayLike = True,
    ) -> Array:
        """Fold elements along some axes into one."""
        self._two("reduce")
        if isinstance(out, tuple):
            (out,) = out
        if initial is None:
            initial = _NoValue
        if self.__name__ == "gcd" and asarray(array).dtype.kind == "i":
            # The divisor of one number is that without its sign.
            array = _t.absolute(array)
        return _reductions._fold(self, array, axis, dtype, out, keepdims, initial, where)

    def accumulate(
        self, array: ArrayLike, axis: int | None = 0, dtype: DTypeLike = None, out: ndarray | None = None
    ) -> ndarray:
        """The folds of the elements so far, along an axis."""
        self._two("accumulate")
        array = asarray(array)
        if array.ndim == 0:
            raise TypeError("cannot accumulate on a scalar")
        if isinstance(out, tuple):
            (out,) = out
        return _reductions._accumulate(self, array, axis, dtype, out)

    def outer(self, A: ArrayLike, B: ArrayLike, /, **kwargs: Any) -> ndarray:
        """All pairs of elements of two arrays."""
        self._two("outer")
        A, B = asarray(A), asarray(B)
        return self(A.reshape(A.shape + (1,) * B.ndim), B, **kwargs)

    def at(self, a: ndarray, indices: Any, b: ArrayLike | None = None, /) -> None:
        """Apply in place at some indices, once for each time these occur."""
        if self.nin == 1:
            return _indexing.scatter(self, a, indices)
        if b is None:
            raise ValueError("second operand needed for ufunc")
        _indexing.scatter(self, a, indices, b)

    def reduceat(
        self,
        array: ArrayLike,
        indices: ArrayLike,
        axis: int | None = 0,
        dtype: DTypeLike = None,
        out: ndarray | None = None,
    ) -> ndarray:
        """Fold slices of an axis that begin at some indices."""
        self._two("reduceat")
        array, indices = asarray(array), asarray(indices).tolist()
        axis = _axis(axis, array.ndim)
        length = array.shape[axis]
        before = (slice(None),) * axis
        if not indices:
            empty = array[(*before, slice(0, 0))]
            kind = asarray(_t.reduce(self, _t.zeros((1,), array.dtype), 0, dtype, True, None)).dtype
            return _reductions._given(_t.astype(empty, kind, False), out)
        parts = []
        for place, start in enumerate(indices):
            if not 0 <= start < length:
                raise IndexError(f"index {start} out-of-bounds in {self.__name__}.reduceat [0, {length})")
            stop = indices[place + 1] if place + 1 < len(indices) else length
            part = array[(*before, slice(start, stop if stop > start else start + 1))]
            parts.append(_t.reduce(self, part, axis, dtype, True, None))
        return _reductions._given(_t.concatenate(parts, axis, None), out)

    def __reduce__(self) -> Any:
        return self.__name__


_INHERITED = ("__dict__", "__module__", "__weakref__", "__qualname__", "__firstlineno__", "__static_attributes__", "__doc__")
for _source, _target in ((_Array, ndarray), (_Scalar, generic), (_Function, _t.ufunc)):
    for _name, _value in vars(_source).items():
        if _name not in _INHERITED:
            setattr(_target, _name, _value)
for _name in _FORWARDED:
    setattr(generic, _name, _forwarded(_name))
_t.integer.is_integer = _is_integer
_t.integer.numerator = property(lambda self: self)
_t.integer.denominator = property(lambda self: type(self)(1))
_t.floating.is_integer = lambda self: self.item().is_integer()
_t.floating.as_integer_ratio = lambda self: self.item().as_integer_ratio()
for _bits in (8, 16, 32, 64):
    for _prefix in ("int", "uint"):
        setattr(getattr(_t, f"{_prefix}{_bits}"), "bit_count", lambda self: int(_t.bitwise_count(self)))


def _settled(name):
    """A special method of virtual arrays, which get their elements first."""

    def method(self, *arguments):
        return getattr(_t.settle(self), name)(*arguments)

    return method


# Those that Python looks for in the class.
for _name in ("__array__", "__ceil__", "__complex__", "__copy__", "__deepcopy__", "__floor__", "__format__", "__imatmul__",
              "__round__", "__trunc__"):  # fmt: skip
    setattr(_t.virtual, _name, _settled(_name))
