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
    return "element" in why and is_integer and invalid in theirs["warnings"] + ours["warnings"]


def _is_two_mistakes(case: _Case, theirs: dict[str, Any], ours: dict[str, Any], why: str) -> bool:
    """An assignment with an index and a value that are both wrong: either may be told."""
    is_written = case["kind"] == "write" or "np.insert" in _source(case)
    return is_written and None not in (theirs["error"], ours["error"])


def _is_two_mistakes_in_call(case: _Case, theirs: dict[str, Any], ours: dict[str, Any], why: str) -> bool:
    """Operands and an output that do not fit each other, and a type that is wrong too."""
    both = {theirs["error"], ours["error"]}
    return case["kind"] in ("unary", "binary") and both <= {"TypeError", "ValueError", "OverflowError"}


def _is_huge_index(case: _Case, theirs: dict[str, Any], ours: dict[str, Any], why: str) -> bool:
    return theirs["error"] == "OverflowError" and ours["error"] == "IndexError"


def _reads_output(case: _Case, theirs: dict[str, Any], ours: dict[str, Any], why: str) -> bool:
    """Under a condition NumPy casts the output to the type of the function and back: elements that should stay lose parts,
    and it warns of that."""
    if "where=w" not in _source(case) or "out=o" not in _source(case):
        return False
    is_truth = re.search(r"np\.(logical_|is|less|greater|equal|not_equal|signbit)", _source(case)) is not None
    return "NumPy warns" in why or "element" in why and ("complex" in why or is_truth)


def _orders_complex(case: _Case, theirs: dict[str, Any], ours: dict[str, Any], why: str) -> bool:
    """NumPy keeps the flag for comparisons of complex numbers, which it clears for those of real ones, and inside others."""
    ordering = r"less|greater|[<>]|minimum|maximum|logaddexp"
    is_flag = why == "NumPy warns ['RuntimeWarning invalid value'], Walle []"
    return is_flag and re.search(ordering, _source(case)) is not None


def _takes_remainder(case: _Case, theirs: dict[str, Any], ours: dict[str, Any], why: str) -> bool:
    remainder = r"divmod|remainder|floor_divide|%|//"
    return "warns" in why and "invalid" in why and re.search(remainder, _source(case)) is not None


def _casts_on_the_way(case: _Case, theirs: dict[str, Any], ours: dict[str, Any], why: str) -> bool:
    """Operands of folds, and results of `ldexp`, are cast piece by piece."""
    told = "NumPy warns" in why and "overflow" in why and not ours["warnings"]
    return told and re.search(r"dtype='(float16|float32)'|ldexp", _source(case)) is not None


def _folds_nan(case: _Case, theirs: dict[str, Any], ours: dict[str, Any], why: str) -> bool:
    """The smallest of complex numbers that are all NaN: which of them is open."""
    return re.search(r"nan(min|max)|fmin|fmax", _source(case)) is not None and "complex" in why and "nan" in why


def _sums_halves(case: _Case, theirs: dict[str, Any], ours: dict[str, Any], why: str) -> bool:
    """Sums of float16 are computed in float32, and so overflow later."""
    return "float16" in why and "NumPy (inf" in why


def _takes_nothing(case: _Case, theirs: dict[str, Any], ours: dict[str, Any], why: str) -> bool:
    """Positions are looked at even where there is nothing to take."""
    return "np.take" in _source(case) and theirs["error"] is None and ours["error"] == "IndexError" and "[]" in _source(case)


def _is_other(case: _Case, theirs: dict[str, Any], ours: dict[str, Any], why: str) -> bool:
    """Truth values as the only index, inserted numbers that do not fit, gradients of truth values, `3L` in headers."""
    odd = r"a\[(True|False)\]|np\.insert|np\.gradient|np\.put|3L"
    return re.search(odd, _source(case)) is not None and ("raises" in why or "warns" in why)


def _scales_by_powers(case: _Case, theirs: dict[str, Any], ours: dict[str, Any], why: str) -> bool:
    return "ldexp" in _source(case) and re.search(r"[ab] = -?[\d.]+;", _source(case)) is not None


def _wraps_scalars(case: _Case, theirs: dict[str, Any], ours: dict[str, Any], why: str) -> bool:
    """Scalars are arrays without axes: integers wrap silently."""
    return "warns" in why and "overflow" in why and not ours["warnings"] and re.search(
        r"np\.u?int(8|16|32|64)\(|\(\)\)", _source(case)
    ) is not None


def _is_large_number(case: _Case, theirs: dict[str, Any], ours: dict[str, Any], why: str) -> bool:
    """NumPy converts numbers of Python to int64, or to the type of an array, where ours need not."""
    is_number = re.search(r"[ab] = -?\d{5,};", _source(case)) is not None
    told = "Overflow" in why or "NumPy warns ['RuntimeWarning overflow'], Walle []" in why
    return is_number and (told or "isclose" in _source(case))


def _searches_unsorted(case: _Case, theirs: dict[str, Any], ours: dict[str, Any], why: str) -> bool:
    return "digitize" in _source(case) and "nan" in _source(case)


def _computes_in_half(case: _Case, theirs: dict[str, Any], ours: dict[str, Any], why: str) -> bool:
    """Operands that are cast to float16 by `dtype=`: ours are computed with as they are."""
    return "dtype='float16'" in _source(case) and "element" in why


def _is_unaligned(case: _Case, theirs: dict[str, Any], ours: dict[str, Any], why: str) -> bool:
    """A view whose elements would lie at odd addresses asks for a copy first."""
    return ".view(" in _source(case) and theirs["error"] is None and ours["error"] == "ValueError"


def _is_empty(case: _Case, theirs: dict[str, Any], ours: dict[str, Any], why: str) -> bool:
    """Where there are no elements, values are cast by NumPy all the same, or not looked at."""
    shapes = [value[2] for value in ours["values"].values() if value[0] == "array"]
    if case["kind"] == "write" and why.startswith("NumPy raises None, Walle ValueError") and "[]" in _source(case):
        return True
    if case["kind"] == "write" and why == "NumPy warns ['ComplexWarning'], Walle []":
        return True
    return "warns" in why and any(0 in shape for shape in shapes)


def _is_complex_arithmetic(case: _Case, theirs: dict[str, Any], ours: dict[str, Any], why: str) -> bool:
    """Products and quotients of complex numbers are fused there: infinities appear, or do not, on the way."""
    arithmetic = r" (\*|/|\*\*|\*=|/=) |multiply|divide|square|power|reduce|accumulate|prod|reciprocal|outer|product|abs"
    is_flag = "warns" in why and ("overflow" in why or "invalid" in why or "divide by zero" in why)
    is_flag = is_flag or "element" in why and ("nan" in why or "inf" in why)
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
    "operands, output or type are wrong: either is told": _is_two_mistakes_in_call,
    "an index beyond 64 bits is an index that does not exist": _is_huge_index,
    "NumPy casts the output under a condition, and warns of it": _reads_output,
    "comparisons never warn": _orders_complex,
    "a number of Python meets integers at float64 in ldexp": _scales_by_powers,
    "scalars of integers wrap silently, as arrays do": _wraps_scalars,
    "remainders of NaN may warn": _takes_remainder,
    "casts inside folds do not tell": _casts_on_the_way,
    "which NaN remains is open": _folds_nan,
    "sums of float16 are computed in float32": _sums_halves,
    "positions are checked where nothing is taken": _takes_nothing,
    "rare forms that are refused, or told, differently": _is_other,
    "numbers of Python of any size are compared and are true": _is_large_number,
    "edges with NaN are in no order": _searches_unsorted,
    "operands are not rounded to float16 first": _computes_in_half,
    "elements lie at addresses that their type can have": _is_unaligned,
    "what is written to no elements is not cast": _is_empty,
    "complex arithmetic is fused in NumPy, which raises other flags": _is_complex_arithmetic,
    "forged headers are read strictly": _is_forged,
    "infinity divided by a finite number with // is infinity, as in the Array API standard": _divides_infinity,
    "NumPy warns of an invalid number for the reciprocal of an integer 0": _is_integer_reciprocal,
}
