"""What the Array API standard asks a namespace about itself."""

from __future__ import annotations

from walle.numpy import _dtypes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from walle.numpy._typing import Any, Device, dtype

__all__ = ["__array_namespace_info__"]

_INTEGERS = ("int8", "int16", "int32", "int64"), ("uint8", "uint16", "uint32", "uint64")
_KINDS = {
    "bool": ("bool",),
    "signed integer": _INTEGERS[0],
    "unsigned integer": _INTEGERS[1],
    "integral": (*_INTEGERS[0], *_INTEGERS[1]),
    "real floating": ("float32", "float64"),
    "complex floating": ("complex64", "complex128"),
    "numeric": (*_INTEGERS[0], *_INTEGERS[1], "float32", "float64", "complex64", "complex128"),
}
_KINDS[None] = ("bool", *_KINDS["numeric"])


def _check(device):
    if device not in ("cpu", None):
        raise ValueError(f'Device not understood. Only "cpu" is allowed, but received: {device}')


class __array_namespace_info__:
    """What arrays can do, and which types and devices there are."""

    __module__ = "walle.numpy"

    def capabilities(self) -> dict[str, Any]:
        """What the standard leaves open: selection by conditions, shapes that depend on values, how many axes."""
        return {"boolean indexing": True, "data-dependent shapes": True, "max dimensions": 64}

    def default_device(self) -> str:
        """Where new arrays are."""
        return "cpu"

    def default_dtypes(self, *, device: Device = None) -> dict[str, dtype]:
        """The types of new arrays where none is asked for."""
        _check(device)
        return {
            "real floating": _dtypes.float64,
            "complex floating": _dtypes.complex128,
            "integral": _dtypes.int64,
            "indexing": _dtypes.int64,
        }

    def dtypes(self, *, device: Device = None, kind: str | tuple[str, ...] | None = None) -> dict[str, dtype]:
        """The types of a kind, or of several, by name."""
        _check(device)
        names = []
        for each in kind if isinstance(kind, tuple) else (kind,):
            if each not in _KINDS:
                raise ValueError(f"unsupported kind: {each!r}")
            names += _KINDS[each]
        return {name: _dtypes._by_name[name] for name in names}

    def devices(self) -> list[str]:
        """Where arrays can be."""
        return ["cpu"]
