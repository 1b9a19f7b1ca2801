"""Element types: `dtype`, promotion and the limits of numbers."""

from __future__ import annotations

from walle import _tensor as _t

TYPE_CHECKING = False
if TYPE_CHECKING:
    from walle.numpy._typing import Any, ArrayLike, Casting, DTypeLike, generic, ndarray

__all__ = [
    "can_cast", "dtype", "finfo", "iinfo", "isdtype", "issubdtype", "min_scalar_type", "promote_types", "result_type",
]

_NAMES = (
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "bfloat16",
    "float32", "float64", "complex64", "complex128",
)  # fmt: skip
_KINDS = "b" + "i" * 4 + "u" * 4 + "f" * 4 + "c" * 2
_CHARS = "?bhilBHILeEfdFD"
_SIZES = (1, 1, 2, 4, 8, 1, 2, 4, 8, 2, 2, 4, 8, 8, 16)
_NUMBERS = (0, 1, 3, 5, 7, 2, 4, 6, 8, 23, 256, 11, 12, 14, 15)

_ALTERNATIVES = {
    "O": "there are no arrays of objects: keep objects in a list",
    "S": "arrays hold numbers: keep bytes in a list",
    "U": "arrays hold numbers: keep text in a list",
    "T": "arrays hold numbers: keep text in a list",
    "M": "use float64 seconds or int64 microseconds",
    "m": "use float64 seconds or int64 microseconds",
    "V": "there are no structured arrays: use a dict of arrays, one for each field",
    "g": "there is no longer float: use float64",
    "G": "there is no longer complex: use complex128",
}
_REFUSED = {
    "object": "O", "bytes": "S", "str": "U", "datetime64": "M", "timedelta64": "m", "void": "V",
    "longdouble": "g", "float128": "g", "clongdouble": "G", "complex256": "G",
}  # fmt: skip


class dtype:
    """The type of an array's elements; one object for each type.

    Parameters
    ----------
    dtype
        A name such as ``"float32"``, a code such as ``"<f4"``, a class such as `float32` or ``float``, or a dtype.
    """

    __slots__ = ("_index", "alignment", "char", "itemsize", "kind", "name", "num", "type")

    fields = names = subdtype = metadata = None
    hasobject = isalignedstruct = False
    isnative = True
    isbuiltin = 1
    shape = ()
    ndim = flags = 0

    def __new__(cls, dtype: DTypeLike = None, align: bool = False, copy: bool | None = False) -> dtype:
        return _find(dtype)

    @property
    def byteorder(self) -> str:
        """The order of bytes: ``"="`` that of the machine, ``"|"`` where there is one byte."""
        return "|" if self.itemsize == 1 else "="

    @property
    def str(self) -> str:
        """The code, such as ``"<f8"``."""
        return f"{'|' if self.itemsize == 1 else '<'}{self.kind}{self.itemsize}"

    @property
    def descr(self) -> list[tuple[str, str]]:
        """The type as the one field of a structure."""
        return [("", self.str)]

    @property
    def base(self) -> dtype:
        """The type itself, which is no array of others."""
        return self

    def newbyteorder(self, new_order: str = "S") -> dtype:
        """The type itself, for the order of this machine; others are refused."""
        if new_order in ("=", "|", "<", "native", "N", "I", "L", "little") or self.itemsize == 1:
            return self
        raise ValueError("arrays have the byte order of this machine: swap bytes with ndarray.byteswap()")

    def __eq__(self, other: Any) -> bool:
        if self is other:
            return True
        if other is None:
            return False
        try:
            return _find(other) is self
        except TypeError:
            return False

    def __ne__(self, other: Any) -> bool:
        return not self == other

    def __lt__(self, other: Any) -> bool:
        return self != other and can_cast(self, _find(other))

    def __le__(self, other: Any) -> bool:
        return can_cast(self, _find(other))

    def __gt__(self, other: Any) -> bool:
        return _find(other) < self

    def __ge__(self, other: Any) -> bool:
        return _find(other) <= self

    def __hash__(self) -> int:
        return hash(self.name)

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        return f"dtype('{self.name}')"

    def __str__(self) -> str:
        return self.name

    def __reduce__(self) -> Any:
        return (dtype, (self.name,))

    def __copy__(self) -> dtype:
        return self

    def __deepcopy__(self, memo: Any) -> dtype:
        return self


def _make():
    all_ = []
    for index, name in enumerate(_NAMES):
        new = object.__new__(dtype)
        new._index, new.name, new.kind, new.char = index, name, _KINDS[index], _CHARS[index]
        new.itemsize, new.num = _SIZES[index], _NUMBERS[index]
        new.alignment = new.itemsize // 2 if new.kind == "c" else new.itemsize
        new.type = getattr(_t, "bool_" if name == "bool" else name)
        all_.append(new)
    return tuple(all_)


all_dtypes = _make()
_by_name = dict(zip(_NAMES, all_dtypes))


def _table():
    table = dict(_by_name)
    for each in all_dtypes:
        table[each.type] = each
        table[each.char] = each
        if each.name != "bfloat16":
            code = f"{each.kind}{each.itemsize}"
            for order in ("", "<", "=", "|"):
                table[order + code] = each
                table[order + each.char] = each
    aliases = {
        bool: "bool", int: "int64", float: "float64", complex: "complex128", "bool_": "bool", "b1": "bool",
        "int": "int64", "float": "float64", "complex": "complex128", "intp": "int64", "uintp": "uint64", "p": "int64",
        "P": "uint64", "q": "int64", "Q": "uint64", "n": "int64", "N": "uint64", "int_": "int64", "uint": "uint64",
        "long": "int64", "ulong": "uint64", "longlong": "int64", "ulonglong": "uint64", "intc": "int32",
        "uintc": "uint32", "short": "int16", "ushort": "uint16", "byte": "int8", "ubyte": "uint8", "half": "float16",
        "single": "float32", "double": "float64", "csingle": "complex64", "cdouble": "complex128",
    }  # fmt: skip
    for alias, name in aliases.items():
        table[alias] = _by_name[name]
    return table


_found = _table()
float64, int64, bool_ = _by_name["float64"], _by_name["int64"], _by_name["bool"]
complex128 = _by_name["complex128"]


def _find(spec):
    if type(spec) is dtype:
        return spec
    if spec is None:
        return float64
    try:
        found = _found.get(spec)
    except TypeError:
        found = None
    return found or _find_other(spec)


def _find_other(spec):
    inner = getattr(spec, "dtype", None)
    if type(inner) is dtype:
        return inner
    name = spec if isinstance(spec, str) else getattr(spec, "__name__", None) or getattr(spec, "name", None)
    if not isinstance(spec, (str, type)) and isinstance(name, str) and name in _by_name:
        return _by_name[name]  # the dtype of another library
    text = str(name if name else spec)
    code = _REFUSED.get(text) or text.lstrip("<>=|")[:1]
    if text[:1] == ">" and text[1:] in _found:
        raise TypeError(
            f"data type {text!r} has the other byte order: read it with frombuffer(...).byteswap(), or as {text[1:]!r}"
        )
    rest = text.lstrip("<>=|")[1:]
    if text in _REFUSED or isinstance(spec, str) and code in _ALTERNATIVES and (not rest or rest[0] in "[0123456789"):
        raise TypeError(f"data type {text!r}: {_ALTERNATIVES[code]}")
    if isinstance(spec, (list, dict, tuple)):
        raise TypeError(f"data type {spec!r}: {_ALTERNATIVES['V']}")
    if isinstance(spec, type) and spec in _abstract:
        return _abstract[spec]
    raise TypeError(f"data type {text!r} not understood: use one of {', '.join(_NAMES)}")


_abstract = {
    _t.floating: float64, _t.inexact: float64, _t.complexfloating: complex128, _t.integer: int64,
    _t.signedinteger: int64, _t.unsignedinteger: _by_name["uint64"],
}  # fmt: skip

# MARK: promotion


def promote_types(type1: DTypeLike, type2: DTypeLike) -> dtype:
    """The smallest type to which values of both types can be cast."""
    return _t.promote(_find(type1), _find(type2))


_WEAK = {int: 1, float: 2, complex: 3}


def _meet_weak(strong, rank):
    if rank == 1:
        return int64 if strong.kind == "b" else strong
    if rank == 2:
        return float64 if strong.kind in "biu" else strong
    if strong.kind == "c":
        return strong
    return _by_name["complex64"] if strong.name in ("float16", "bfloat16", "float32") else complex128


def result_type(*arrays_and_dtypes: Any) -> dtype:
    """The type that results of operations on these arrays, scalars and types have.

    Numbers of Python give way to arrays and types, after NEP 50.
    """
    if not arrays_and_dtypes:
        raise ValueError("at least one array or dtype is required")
    strong, weak = [], 0
    for each in arrays_and_dtypes:
        rank = _WEAK.get(type(each))
        if rank:
            weak = max(weak, rank)
        else:
            strong.append(bool_ if type(each) is bool else _dtype_of(each))
    if not strong:
        return (bool_, int64, float64, complex128)[weak]
    # Floats first: each integer type meets them alone, not the integers that it would make with another.
    strong.sort(key=lambda found: "cfuib".index(found.kind))
    common = strong[0]
    for found in strong[1:]:
        common = _t.promote(common, found)
    return _meet_weak(common, weak) if weak else common


def _dtype_of(each):
    if isinstance(each, (_t.ndarray, _t.generic)):
        return each.dtype
    if isinstance(each, (list, tuple)):
        return _t.array(each, None, None).dtype
    return _find(each)


def _value_fits(value, to):
    info = iinfo(to)
    return info.min <= value <= info.max


def can_cast(from_: DTypeLike | ndarray | generic, to: DTypeLike, casting: Casting = "safe") -> bool:
    """Whether values of a type can be cast to another under a rule: no, equiv, safe, same_kind or unsafe."""
    if type(from_) in _WEAK:
        raise TypeError(
            "can_cast() does not support Python ints, floats, and complex because the result used to depend on the value.\n"
            "This change was part of adopting NEP 50, we may explicitly allow them again in the future."
        )
    source, target = _dtype_of(from_), _find(to)
    if casting == "unsafe" or source is target:
        return True
    if casting in ("no", "equiv"):
        return False
    if casting not in ("safe", "same_kind"):
        raise ValueError(f"casting must be one of 'no', 'equiv', 'safe', 'same_kind', 'unsafe' (got {casting!r})")
    if casting == "same_kind":
        order = "biufc"
        if source.kind == "u" and target.kind == "i":
            return True
        if source.kind == target.kind or order.index(source.kind) < order.index(target.kind):
            return not (source.kind == "i" and target.kind == "u")
        return False
    if source.name == "bfloat16" and target.name == "float16" or source.name == "float16" and target.name == "bfloat16":
        return False
    return _t.promote(source, target) is target


def min_scalar_type(a: ArrayLike) -> dtype:
    """The smallest type that holds the value of a scalar; of an array its own."""
    value = _t.array(a, None, None)
    if value.ndim or value.dtype.kind not in "iu":
        return value.dtype
    number = value.item()
    names = ("uint8", "uint16", "uint32", "uint64") if number >= 0 else ("int8", "int16", "int32", "int64")
    return next(_by_name[name] for name in names if _value_fits(number, name))


_CLASSES = {
    "bool": "b", "signed integer": "i", "unsigned integer": "u", "integral": "iu", "real floating": "f",
    "complex floating": "c", "numeric": "iufc",
}  # fmt: skip


def isdtype(dtype: DTypeLike, kind: DTypeLike | tuple[DTypeLike, ...]) -> bool:
    """Whether a type is of a kind: another type, a name such as ``"integral"``, or one of a tuple of these."""
    if isinstance(kind, tuple):
        return any(isdtype(dtype, each) for each in kind)
    found = _find(dtype)
    if isinstance(kind, str):
        if kind not in _CLASSES:
            raise ValueError(
                f"kind argument is a string, but {kind!r} is not a known kind name: use one of {', '.join(_CLASSES)}"
            )
        return found.kind in _CLASSES[kind]
    return found is _find(kind)


def issubdtype(arg1: DTypeLike, arg2: DTypeLike) -> bool:
    """Whether a type is below another in the tree of scalar types, as ``issubdtype(float32, floating)``."""

    def scalar_class(arg):
        if isinstance(arg, type) and issubclass(arg, _t.generic):
            return arg
        return _find(arg).type

    return issubclass(scalar_class(arg1), scalar_class(arg2))


# MARK: limits


class iinfo:
    """The limits of an integer type: `bits`, `min`, `max`."""

    __slots__ = ("bits", "dtype", "kind", "max", "min")

    def __init__(self, int_type: DTypeLike) -> None:
        found = _found.get(int_type) if isinstance(int_type, (str, type)) else _dtype_of(
            _t.array(int_type, None, None) if type(int_type) is int else int_type
        )
        found = found or _find(int_type)
        if found.kind not in "iu":
            raise ValueError(f"Invalid integer data type {found.kind!r}.")
        self.dtype, self.kind, self.bits = found, found.kind, found.itemsize * 8
        self.min = -(1 << self.bits - 1) if found.kind == "i" else 0
        self.max = (1 << self.bits - (found.kind == "i")) - 1

    def __repr__(self) -> str:
        return f"iinfo(min={self.min}, max={self.max}, dtype={self.dtype})"


# Bits of fraction, the largest and the smallest exponent.
_FLOATS = {"float16": (10, 15), "bfloat16": (7, 127), "float32": (23, 127), "float64": (52, 1023)}


class finfo:
    """The limits of a floating-point type: `eps`, `max`, `min`, `smallest_normal`, `bits` and the like.

    Those of a complex type are its parts'. The numbers are Python's, which give way to the type of an array they meet.
    """

    def __init__(self, dtype: DTypeLike) -> None:
        found = _dtype_of(dtype) if not isinstance(dtype, (float, complex)) else _find(type(dtype))
        found = _by_name.get({"complex64": "float32", "complex128": "float64"}.get(found.name, found.name))
        if found.name not in _FLOATS:
            raise ValueError(f"data type {found.type!r} not inexact")
        fraction, largest = _FLOATS[found.name]
        self.dtype, self.bits, self.nmant = found, found.itemsize * 8, fraction
        self.nexp = self.bits - fraction - 1
        self.maxexp, self.minexp, self.machep, self.negep = largest + 1, 1 - largest, -fraction, -fraction - 1
        self.iexp = self.nexp
        self.eps, self.epsneg = 2.0**-fraction, 2.0 ** (-fraction - 1)
        self.max = (2.0 - 2.0**-fraction) * 2.0**largest
        self.min = -self.max
        self.smallest_normal = self.tiny = 2.0 ** (1 - largest)
        self.smallest_subnormal = 2.0 ** (1 - largest - fraction)
        self.precision = int(fraction * 0.30102999566398119521)
        self.resolution = 10.0**-self.precision

    def __repr__(self) -> str:
        return f"finfo(resolution={self.resolution}, min={self.min}, max={self.max}, dtype={self.dtype})"
