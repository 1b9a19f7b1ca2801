"""Where walle.numpy is meant to differ from NumPy, and why; nothing else may.

What scripts see of these is in the documentation, in "Where NumPy and the Array API standard differ".
"""

from __future__ import annotations

import re
from typing import Any

_Case = dict[str, Any]


def known(case: _Case, theirs: dict[str, Any], ours: dict[str, Any], why: str) -> str | None:
    """The reason for a difference that is meant, or None."""
    for reason, holds in _REASONS.items():
        if holds(case, theirs, ours, why):
            return reason
    return None


def _source(case: _Case) -> str:
    return "; ".join(case["lines"])


def _casts_out_of_range(case: _Case, theirs: dict[str, Any], ours: dict[str, Any], why: str) -> bool:
    """C leaves the number open that an integer gets of NaN, or of a float beyond its range."""
    invalid = "RuntimeWarning invalid value"
    is_integer = "int" in why.rpartition("(")[2]
    return why.find("element") >= 0 and is_integer and invalid in theirs["warnings"] and invalid in ours["warnings"]


def _is_two_mistakes(case: _Case, theirs: dict[str, Any], ours: dict[str, Any], why: str) -> bool:
    """An assignment with an index and a value that are both wrong: either may be told."""
    both = {theirs["error"], ours["error"]}
    return case["kind"] == "write" and "IndexError" in both and None not in both


def _is_complex_arithmetic(case: _Case, theirs: dict[str, Any], ours: dict[str, Any], why: str) -> bool:
    """Products and quotients of complex numbers are fused there: infinities appear, or do not, on the way."""
    arithmetic = r" (\*|/|\*\*|\*=|/=) |multiply|divide|square|power|prod|reciprocal|outer|product|abs"
    is_flag = "warns" in why and ("overflow" in why or "invalid" in why)
    return is_flag and "complex" in _source(case) and re.search(arithmetic, _source(case)) is not None


def _is_forged(case: _Case, theirs: dict[str, Any], ours: dict[str, Any], why: str) -> bool:
    """Headers that no program writes, but that a parser of Python would take: keys twice, signs, underscores."""
    return case["kind"] == "file" and ours["error"] == "ValueError" and "NumPy loads it" in why


def _divides_infinity(case: _Case, theirs: dict[str, Any], ours: dict[str, Any], why: str) -> bool:
    """The Array API standard: infinity // finite is infinity, where NumPy has NaN."""
    return "inf" in why and "NumPy (nan" in why and re.search(r"//|floor_divide|divmod", _source(case)) is not None


def _is_integer_reciprocal(case: _Case, theirs: dict[str, Any], ours: dict[str, Any], why: str) -> bool:
    """NumPy divides integers by way of floats and casts infinity back: its warning is one too many."""
    return "reciprocal" in _source(case) and "warns" in why


_REASONS = {
    "what an integer gets of NaN, or from beyond its range, is open in C": _casts_out_of_range,
    "an index and a value are wrong: either is told": _is_two_mistakes,
    "complex arithmetic is fused in NumPy, which raises other flags": _is_complex_arithmetic,
    "forged headers are read strictly": _is_forged,
    "infinity divided by a finite number with // is infinity, as in the Array API standard": _divides_infinity,
    "NumPy warns of an invalid number for the reciprocal of an integer 0": _is_integer_reciprocal,
}
