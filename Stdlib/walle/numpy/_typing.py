"""What annotations of `walle.numpy` are made of. Only type checkers import this."""

from collections.abc import Buffer, Callable, Iterable, Iterator, Sequence
from typing import Any, Literal, NoReturn, Protocol, TypeAlias

from walle._tensor import generic, ndarray, ufunc
from walle.numpy._dtypes import dtype

__all__ = [
    "Any", "Array", "ArrayLike", "AxesLike", "Buffer", "Callable", "Casting", "DTypeLike", "Device", "Iterable",
    "Iterator", "Literal", "NoReturn", "Order", "Sequence", "ShapeLike", "dtype", "generic", "ndarray", "ufunc",
]  # fmt: skip


class SupportsArray(Protocol):
    """An object that gives an array of itself."""

    def __array__(self) -> Any: ...


class SupportsIndex(Protocol):
    """An object that is an integer."""

    def __index__(self) -> int: ...


class HasDType(Protocol):
    """An object with a type of elements."""

    @property
    def dtype(self) -> dtype: ...


# Arrays, and scalars where a result has no axes.
Array: TypeAlias = ndarray | generic

# What becomes an array: arrays, numbers, nested sequences of numbers, buffers, arrays of other libraries.
ArrayLike: TypeAlias = (
    ndarray | generic | complex | float | int | bool | Buffer | SupportsArray | Sequence[Any]
)

# A type, its name or code, a class of numbers, an object with a type; None is float64 or whatever fits.
DTypeLike: TypeAlias = dtype | str | type | HasDType | None

ShapeLike: TypeAlias = SupportsIndex | Sequence[SupportsIndex]
AxesLike: TypeAlias = SupportsIndex | Sequence[SupportsIndex]
Order: TypeAlias = Literal["C", "F", "A", "K"] | None
Casting: TypeAlias = Literal["no", "equiv", "safe", "same_kind", "unsafe"]
Device: TypeAlias = Literal["cpu"] | None
