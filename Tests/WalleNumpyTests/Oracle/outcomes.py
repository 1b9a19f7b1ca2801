"""Runs cases on an array library and writes what came out, exactly."""

from __future__ import annotations

import builtins
import io
import math
import warnings
from typing import Any

_FLOAT_ERRORS = ("divide by zero", "overflow", "invalid value", "underflow")


def outcome(np: Any, case: dict[str, Any], space: dict[str, Any] | None = None) -> dict[str, Any]:
    """Run a case: its lines, then the names that it shows.

    Returns
    -------
    dict
        `error`, the exception's built-in class or None; `values` of the names that are set; `warnings`.
    """
    space = {} if space is None else space
    space.update(np=np, inf=math.inf, nan=math.nan, **_file_functions(np))
    error = None
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            for line in case["lines"]:
                exec(line, space)
        except Exception as raised:
            error = _class(raised)
            space["message"] = f"{type(raised).__name__}: {raised}"
    values = {name: encoded(np, space[name]) for name in case["show"] if name in space}
    return {"error": error, "values": values, "warnings": sorted({_warning(item) for item in caught})}


def _file_functions(np: Any) -> dict[str, Any]:
    """What cases of files call: bytes in place of paths, and all members of an archive."""

    def load(data: bytes) -> Any:
        found = np.load(io.BytesIO(data))
        return found if isinstance(found, np.ndarray) else [(name, found[name]) for name in found]

    def saved(value: Any) -> bytes:
        memory = io.BytesIO()
        np.save(memory, value)
        return memory.getvalue()

    def saved_all(*values: Any, **named: Any) -> bytes:
        memory = io.BytesIO()
        np.savez(memory, *values, **named)
        return memory.getvalue()

    return {"load": load, "saved": saved, "saved_all": saved_all}


def _class(error: BaseException) -> str:
    """The built-in class that a script would catch; an axis that is not there has a name of its own."""
    if type(error).__name__ == "AxisError":
        return "AxisError"
    return next(kind.__name__ for kind in type(error).__mro__ if kind.__module__ == builtins.__name__)


def _warning(item: warnings.WarningMessage) -> str:
    text = str(item.message)
    kind = next((error for error in _FLOAT_ERRORS if text.startswith(error)), "")
    return f"{item.category.__name__} {kind}".strip()


def encoded(np: Any, value: Any) -> Any:
    """A value as JSON: arrays as type, shape and bytes in hexadecimal."""
    if isinstance(value, np.ndarray):
        if str(value.dtype).startswith(">"):
            # Arrays of Walle have the machine's byte order.
            value = value.astype(value.dtype.newbyteorder("="))
        return ["array", str(value.dtype), list(value.shape), value.tobytes().hex()]
    if isinstance(value, np.generic):
        return ["scalar", str(value.dtype), [], value.tobytes().hex()]
    if isinstance(value, (list, tuple)):
        return [type(value).__name__ if type(value) is list else "tuple", [encoded(np, item) for item in value]]
    if isinstance(value, np.dtype):
        return ["dtype", str(value)]
    if value is None or isinstance(value, (bool, int, float, complex, str, bytes)):
        return [type(value).__name__, repr(value)]
    return ["object", type(value).__name__]
