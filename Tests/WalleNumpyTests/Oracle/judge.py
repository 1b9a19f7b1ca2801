"""Compares outcomes of walle.numpy with those of NumPy, case by case."""

from __future__ import annotations

import json
import math
import re
import struct
from typing import Any

import differences
import numpy as np
import outcomes

_STEPS = {"float16": 2.0**-10, "float32": 2.0**-23, "float64": 2.0**-52}
_FORMATS = {
    "float16": ("e", "H"), "float32": ("f", "I"), "float64": ("d", "Q"), "complex64": ("f", "I"),
    "complex128": ("d", "Q"),
}  # fmt: skip
# What a file that is refused may raise.
_REFUSALS = {"ValueError", "EOFError", "OSError", "MemoryError"}
_OFFERED = {"bool", "complex64", "complex128", *_STEPS} | {
    f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)
}
# Kinds of cases whose functions are made of others.
_COMPOSED = {"reduction", "function"}
# An axis that is not there is an index and a value that are wrong.
_SUBCLASSES = {("AxisError", "IndexError"), ("AxisError", "ValueError")}
# Of any one kind, so many differences are printed.
_SHOWN = 5


def judge(path: str) -> int:
    """Print what differs, the shortest cases of each kind first; return how many do."""
    _limit_memory()
    found: dict[str, list[tuple[dict[str, Any], str]]] = {}
    known: dict[str, int] = {}
    count = 0
    with open(path, encoding="utf-8") as file:
        for line in file:
            if not line.strip():
                continue
            case, _, answer = (json.loads(part) if part.strip() else "" for part in line.partition("\t"))
            if not answer:
                found.setdefault("crash", []).append((case, "the interpreter ended here"))
                continue
            count += 1
            _compare(case, answer, found, known)
    for kind, failures in sorted(found.items()):
        for case, why in sorted(failures, key=lambda failure: len("".join(failure[0]["lines"])))[:_SHOWN]:
            print(f"{kind}, case {case['number']}: {why}\n    {'; '.join(case['lines'])}")
        print(f"{kind}: {len(failures)} differences\n")
    for why, times in sorted(known.items()):
        print(f"known {times} times: {why}")
    failures = sum(len(list_) for list_ in found.values())
    print(f"judged {count} cases: {failures} differ")
    return 1 if failures else 0


def _limit_memory() -> None:
    """Forged files ask NumPy for memory that nobody has."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))


def _compare(case: dict[str, Any], ours: dict[str, Any], found: dict[str, list[Any]], known: dict[str, int]) -> None:
    space: dict[str, Any] = {}
    theirs = outcomes.outcome(np, case, space)
    why = difference(case, theirs, ours, space)
    if why is None:
        return
    reason = differences.known(case, theirs, ours, why)
    if reason is not None:
        known[reason] = known.get(reason, 0) + 1
    else:
        found.setdefault(case["kind"], []).append((case, why))


def difference(case: dict[str, Any], theirs: dict[str, Any], ours: dict[str, Any], space: dict[str, Any]) -> str | None:
    """What differs, in words; None when nothing does."""
    if case.get("load"):
        return _file_difference(theirs, ours, space)
    if theirs["error"] != ours["error"] and (ours["error"], theirs["error"]) not in _SUBCLASSES:
        return f"NumPy raises {space.get('message')}, Walle {ours['error']}"
    for name, expected in theirs["values"].items():
        actual = ours["values"].get(name)
        if actual is None:
            return f"{name} is not set"
        why = _value_difference(expected, actual, _rule(case), space)
        if why is not None:
            return f"{name}: {why}"
    # An exception says enough.
    return None if ours["error"] else _warning_difference(case, theirs["warnings"], ours["warnings"])


def _rule(case: dict[str, Any]) -> Any:
    """With an output of a wider type, results are as exact as the type that is computed with."""
    source = "; ".join(case["lines"])
    if case["rule"] == "exact" or "scale" in case["rule"] or "out=o" not in source:
        return case["rule"]
    return {"relative": 2.0**-8 if re.search("float16|int8|bool", source) else 2.0**-18}


def _warning_difference(case: dict[str, Any], theirs: list[str], ours: list[str]) -> str | None:
    if case["kind"] in _COMPOSED:
        # Which of their steps warns is their own affair.
        theirs, ours = (sorted({text.split()[0] for text in warned}) for warned in (theirs, ours))
    return None if theirs == ours else f"NumPy warns {theirs}, Walle {ours}"


def _file_difference(theirs: dict[str, Any], ours: dict[str, Any], space: dict[str, Any]) -> str | None:
    if ours["error"] is not None:
        if ours["error"] not in _REFUSALS:
            return f"Walle raises {ours['error']}"
        if theirs["error"] is not None or any(not _is_offered(value) for value in theirs["values"].values()):
            return None
        return f"NumPy loads it, Walle raises {ours['error']}"
    if theirs["error"] is not None:
        return f"NumPy raises {space.get('message')}, Walle loads {ours['values']}"
    for name, expected in theirs["values"].items():
        why = _value_difference(expected, ours["values"].get(name), "exact", space)
        if why is not None:
            return f"{name}: {why}"
    return None


def _is_offered(value: Any) -> bool:
    if value[0] in ("list", "tuple"):
        return all(_is_offered(item) for item in value[1])
    return value[0] not in ("array", "scalar") or value[1] in _OFFERED


def _value_difference(expected: Any, actual: Any, rule: Any, space: dict[str, Any]) -> str | None:
    if actual is None or expected[0] != actual[0] or len(expected) != len(actual):
        return f"NumPy gives {_shown(expected)}, Walle {_shown(actual)}"
    if expected[0] in ("list", "tuple"):
        if len(expected[1]) != len(actual[1]):
            return f"NumPy gives {len(expected[1])} items, Walle {len(actual[1])}"
        for left, right in zip(expected[1], actual[1]):
            why = _value_difference(left, right, rule, space)
            if why is not None:
                return why
        return None
    if expected[0] not in ("array", "scalar"):
        same = expected == actual or rule != "exact" and expected[0] == "float"
        return None if same else f"NumPy gives {expected[1]}, Walle {actual[1]}"
    if expected[1:3] != actual[1:3]:
        return f"NumPy gives {expected[1]} {tuple(expected[2])}, Walle {actual[1]} {tuple(actual[2])}"
    if expected[3] == actual[3]:
        return None
    return _element_difference(expected, actual, rule, space)


def _shown(value: Any) -> str:
    return "nothing" if value is None else f"{value[0]} {' '.join(str(part) for part in value[1:])}"[:200]


def _element_difference(expected: Any, actual: Any, rule: Any, space: dict[str, Any]) -> str | None:
    dtype = expected[1]
    if dtype not in _FORMATS:
        left, right = (np.frombuffer(bytes.fromhex(value[3]), dtype) for value in (expected, actual))
        places = np.flatnonzero(left != right)
        if not len(places):
            # A file's truth value may be any byte.
            return None
        place = int(places[0])
        return f"element {place}: NumPy {left[place]}, Walle {right[place]} ({dtype})"
    left, right = (_floats(dtype, value[3]) for value in (expected, actual))
    width = 2 if dtype.startswith("complex") else 1
    bound = _bound(rule, dtype, space, len(left))
    for place in range(0, len(left), width):
        if not _is_near(left[place : place + width], right[place : place + width], rule, dtype, bound):
            pair = (left[place : place + width], right[place : place + width])
            return f"element {place // width}: NumPy {pair[0]}, Walle {pair[1]} ({dtype}, {rule})"
    return None


def _floats(dtype: str, text: str) -> tuple[float, ...]:
    letter = _FORMATS[dtype][0]
    raw = bytes.fromhex(text)
    return struct.unpack(f"<{len(raw) // struct.calcsize(letter)}{letter}", raw)


def _bound(rule: Any, dtype: str, space: dict[str, Any], count: int) -> float:
    """How far apart elements may be, for rules that know the size of what was added."""
    if not isinstance(rule, dict) or "scale" not in rule:
        return 0.0
    part = {"complex64": "float32", "complex128": "float64"}.get(dtype, dtype)
    try:
        with np.errstate(all="ignore"):
            scale = float(eval(rule["scale"], space))
    except Exception:
        return 0.0
    return 16 * _STEPS[part] * scale


def _is_near(left: tuple[float, ...], right: tuple[float, ...], rule: Any, dtype: str, bound: float) -> bool:
    if all(_is_same(x, y) for x, y in zip(left, right)):
        return True
    if rule == "exact":
        return False
    part = {"complex64": "float32", "complex128": "float64"}.get(dtype, dtype)
    if "scale" in rule:
        # What overflowed on the way may have done so at another place.
        return not math.isfinite(bound) or all(_is_same(x, y) or abs(x - y) <= bound for x, y in zip(left, right))
    if "relative" in rule:
        most = rule["relative"] * math.hypot(*left)
        return all(_is_same(x, y) or abs(x - y) <= most for x, y in zip(left, right))
    if "ulp" in rule:
        most = 1 if dtype == "float16" else rule["ulp"]
        return all(_is_same(x, y) or _ulps(dtype, x, y) <= most for x, y in zip(left, right))
    size = max(math.hypot(*(x for x in left)), 0.0)
    allowed = rule["modulus"] * _STEPS[part] * size
    return all(_is_same(x, y) or abs(x - y) <= allowed for x, y in zip(left, right))


def _is_same(x: float, y: float) -> bool:
    return x != x and y != y or x == y and math.copysign(1, x) == math.copysign(1, y)


def _ulps(dtype: str, x: float, y: float) -> float:
    if x != x or y != y:
        return math.inf
    letter, whole = _FORMATS[dtype]
    places = []
    for value in (x, y):
        bits = struct.unpack("<" + whole, struct.pack("<" + letter, value))[0]
        sign = 1 << (8 * struct.calcsize(whole) - 1)
        places.append(sign - bits if bits & sign else bits)
    return abs(places[0] - places[1])
