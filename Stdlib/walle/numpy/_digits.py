"""Decimal digits of floats: the shortest that give the number back, or as many as are wanted.

Python prints `float64` so itself. Shorter types are searched: the shortest text that rounds to the same number.
"""

from __future__ import annotations

import math
import struct

# Digits that always suffice, and the format to round with; bfloat16 is rounded by hand.
_LONGEST = {"float16": 5, "bfloat16": 4, "float32": 9}
_SURE = {"float16": 3, "bfloat16": 2, "float32": 6}
# Below it a type keeps fewer.
_SMALLEST = {"float16": 2.0**-14, "bfloat16": 2.0**-126, "float32": 2.0**-126}
_LARGEST_PRECISION = 16384


def rounded(value: float, kind: str) -> float:
    """Return a number as the type holds it; infinite beyond its range."""
    try:
        if kind == "bfloat16":
            if not math.isfinite(value):
                return value
            bits = struct.unpack("<I", struct.pack("<f", value))[0]
            bits = (bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF0000
            return struct.unpack("<f", struct.pack("<I", bits))[0]
        code = "<e" if kind == "float16" else "<f"
        return struct.unpack(code, struct.pack(code, value))[0]
    except OverflowError:
        return math.copysign(math.inf, value)


def shortest(value: float, kind: str) -> tuple[str, int]:
    """Return the significant digits of a finite number that is not negative, and the exponent of the first."""
    if value == 0:
        return "0", 0
    if kind == "float64":
        return _split(repr(value))
    longest = _LONGEST[kind]
    for count in range(_SURE[kind] if value >= _SMALLEST[kind] else 1, longest):
        text = f"{value:.{count - 1}e}"
        if rounded(float(text), kind) == value:
            return _split(text)
        if math.frexp(value)[0] == 0.5:
            # Below a power of two numbers are closer: a text further above may be the shortest.
            above = _following(text)
            if rounded(float(above), kind) == value:
                return _split(above)
    return _split(f"{value:.{longest - 1}e}")


def _following(text: str) -> str:
    """The next number of as many digits."""
    digits, exponent = _split(text, keep_zeros=True)
    digits = str(int(digits) + 1)
    return f"{digits}e{exponent - len(digits) + 1}"


def _split(text: str, keep_zeros: bool = False) -> tuple[str, int]:
    mantissa, _, exponent = text.partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = whole + fraction
    place = len(whole) - 1 + int(exponent or 0)
    stripped = digits.lstrip("0")
    place -= len(digits) - len(stripped)
    return (stripped if keep_zeros else stripped.rstrip("0")) or "0", place


def positional(
    value: float,
    kind: str,
    precision: int = -1,
    unique: bool = True,
    fractional: bool = True,
    least: int = -1,
) -> tuple[str, str]:
    """Return what stands before and after the point of a finite number that is not negative.

    Parameters
    ----------
    precision : int
        Digits at most, behind the point or in all (`fractional`); -1 for as many as there are.
    unique : bool
        Whether the shortest text is wanted where it is within the precision, not all digits of the binary number.
    least : int
        Digits at least, of the binary number where the shortest text has fewer.
    """
    _check(precision, least)
    if not unique:
        if fractional:
            return _halves(f"{value:.{precision}f}")
        return _cut(_significant(value, precision), f"{value:.1080f}".partition(".")[2].rstrip("0"))
    if kind == "float64" and (value == 0 or 1e-4 <= value < 1e16):
        whole, _, fraction = repr(value).partition(".")
        if fraction == "0":
            fraction = ""
    else:
        whole, fraction = _placed(*shortest(value, kind))
    if not fractional:
        # How many there are, from the first that is not zero on.
        count = len((whole.lstrip("0") + fraction).lstrip("0")) if whole == "0" else len(whole) + len(fraction)
        if not fraction:
            count = len(whole.rstrip("0"))
        if 0 <= precision < count:
            return _cut(_significant(value, precision), fraction)
        if least > count and value:
            return _significant(value, least)
        return whole, fraction
    if 0 <= precision < len(fraction):
        return _cut(_halves(f"{value:.{precision}f}"), fraction)
    if least > len(fraction) or least == 0 and not fraction:
        return _halves(f"{value:.{least}f}")
    return whole, fraction


def _cut(halves: tuple[str, str], longer: str) -> tuple[str, str]:
    """Without the zeros that a carry leaves behind it; those that were digits stay."""
    whole, fraction = halves
    return whole, fraction if longer.startswith(fraction) else fraction.rstrip("0")


def scientific(
    value: float, kind: str, precision: int = -1, unique: bool = True, least: int = -1
) -> tuple[str, str, int]:
    """Return the digit before the point, those after it, and the exponent of a finite number that is not negative."""
    _check(precision, least)
    if unique:
        digits, place = shortest(value, kind)
        count = len(digits) - 1
        if precision < 0 or count <= precision:
            if least <= count or value == 0:
                return digits[0], digits[1:], place
            # All of these are digits of the binary number.
            mantissa, _, exponent = f"{value:.{least}e}".partition("e")
            return *_halves(mantissa), int(exponent)
    mantissa, _, exponent = f"{value:.{precision}e}".partition("e")
    whole, fraction = _halves(mantissa)
    if unique:
        whole, fraction = _cut((whole, fraction), digits[1:])
    return whole, fraction, int(exponent)


def _check(precision: int, least: int) -> None:
    if max(precision, least) > _LARGEST_PRECISION:
        raise RuntimeError("Float formatting result too large")


def _halves(text: str) -> tuple[str, str]:
    whole, _, fraction = text.partition(".")
    return whole, fraction


def _significant(value: float, count: int) -> tuple[str, str]:
    text = f"{value:.{count - 1}e}"
    digits, place = _split(text, keep_zeros=True)
    return _placed(digits.ljust(count, "0") if value else digits, place)


def _placed(digits: str, place: int) -> tuple[str, str]:
    """Set the point into digits whose first has this exponent."""
    if place < 0:
        return "0", "0" * (-place - 1) + digits if digits != "0" else ""
    whole = digits[: place + 1].ljust(place + 1, "0")
    return whole, digits[place + 1 :]
