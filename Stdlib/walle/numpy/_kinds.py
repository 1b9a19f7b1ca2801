"""Tables and questions about types of elements, and a few about objects."""

from __future__ import annotations

from walle import _tensor as _t
from walle.numpy import _dtypes
from walle.numpy._core import asarray

TYPE_CHECKING = False
if TYPE_CHECKING:
    from walle.numpy._typing import Any, ArrayLike, DTypeLike, Iterable, Order, Sequence, generic, ndarray

__all__ = [
    "ScalarType", "asarray_chkfinite", "common_type", "isfortran", "iterable", "mintypecode", "sctypeDict",
    "typecodes", "typename",
]  # fmt: skip

typecodes = {
    "Character": "c",
    "Integer": "bhilqnp",
    "UnsignedInteger": "BHILQNP",
    "Float": "efd",
    "Complex": "FD",
    "AllInteger": "bBhHiIlLqQnNpP",
    "AllFloat": "efdFD",
    "Datetime": "",
    "All": "?bhilqnpBHILQNPefdFD",
}
sctypeDict = {name: found.type for name, found in _dtypes._found.items() if isinstance(name, str)}
ScalarType = (
    int, float, complex, bool, bytes, str, memoryview, *(each.type for each in _dtypes.all_dtypes)
)  # fmt: skip

_TITLES = {
    "S1": "character", "?": "bool", "B": "unsigned char", "D": "complex double precision",
    "F": "complex single precision", "H": "unsigned short", "I": "unsigned integer", "L": "unsigned long integer",
    "O": "object", "Q": "unsigned long long integer", "S": "string", "U": "unicode", "V": "void", "b": "signed char",
    "d": "double precision", "f": "single precision", "h": "short", "i": "integer", "l": "long integer",
    "q": "long long integer",
}  # fmt: skip


def typename(char: str) -> str:
    """What the type of a code of one letter is called."""
    return _TITLES[char]


def mintypecode(typechars: Iterable[Any], typeset: str = "GDFgdf", default: str = "d") -> str:
    """The code of the smallest type, among some, that holds values of all of these types.

    Parameters
    ----------
    typechars
        Codes, or arrays.
    typeset
        The codes to choose from.
    default
        The code to give when none of them is among these.
    """
    codes = {each if isinstance(each, str) else asarray(each).dtype.char for each in typechars}
    found = codes.intersection(typeset)
    if not found:
        return default
    if "F" in found and "d" in found:
        return "D"
    return min(found, key="GDFgdf".index if found <= set("GDFgdf") else typeset.index)


_PRECISIONS = {"float16": 1, "float32": 2, "float64": 3, "complex64": 2, "complex128": 3}
_COMMON = {
    False: (None, _t.float16, _t.float32, _t.float64), True: (None, None, _t.complex64, _t.complex128),
}  # fmt: skip


def common_type(*arrays: Sequence[ArrayLike]) -> type[generic]:
    """The inexact scalar type that holds the values of all arrays; integers count as float64."""
    is_complex, precision = False, 1
    for each in arrays:
        kind = asarray(each).dtype
        if kind.kind == "b":
            raise TypeError("can't get common type for non-numeric array")
        is_complex = is_complex or kind.kind == "c"
        precision = max(precision, 3 if kind.kind in "iu" else _PRECISIONS.get(kind.name, 2))
    return _COMMON[is_complex][precision]


def iterable(y: object) -> bool:
    """Whether an object can be iterated over."""
    try:
        iter(y)
    except TypeError:
        return False
    return True


def isfortran(a: ArrayLike) -> bool:
    """Whether the first axis lies closest together in memory, and not the last."""
    return asarray(a).flags.fnc


def asarray_chkfinite(a: ArrayLike, dtype: DTypeLike = None, order: Order | None = None) -> ndarray:
    """The object as an array, if there is no NaN and no infinity in it.

    Raises
    ------
    ValueError
        For NaN or infinity.
    """
    a = asarray(a, dtype, order)
    if a.dtype.kind in "fc" and not bool(asarray(_t.isfinite(a)).all()):
        raise ValueError("array must not contain infs or NaNs")
    return a
