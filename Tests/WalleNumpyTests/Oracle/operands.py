"""Operands of random cases, as the Python text that makes them: what fails can be pasted into a shell.

Nothing here knows an array library; `np` in the texts is whichever one runs them.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

BOOL = ("bool",)
SIGNED = ("int8", "int16", "int32", "int64")
UNSIGNED = ("uint8", "uint16", "uint32", "uint64")
INTEGERS = SIGNED + UNSIGNED
FLOATS = ("float16", "float32", "float64")
COMPLEX = ("complex64", "complex128")
REAL = BOOL + INTEGERS + FLOATS
ALL = REAL + COMPLEX

Shape = tuple[int, ...]

_LIMITS = {
    # Largest, smallest normal, smallest, distance from 1.
    "float16": (65504.0, 2.0**-14, 2.0**-24, 2.0**-10),
    "float32": ((2 - 2.0**-23) * 2.0**127, 2.0**-126, 2.0**-149, 2.0**-23),
    "float64": (1.7976931348623157e308, 2.0**-1022, 5e-324, 2.0**-52),
}


def _text(value: bool | int | float | complex) -> str:
    """As source: the form of complex numbers loses signs of zeros, and its NaN is not a name."""
    return f"complex({value.real}, {value.imag})" if isinstance(value, complex) else repr(value)


@dataclass(frozen=True)
class Operand:
    """The text of one, and what it makes."""

    text: str
    dtype: str
    shape: Shape
    is_array: bool = True
    is_writable: bool = True


class Operands:
    """Makes operands from a source of random numbers."""

    def __init__(self, source: random.Random) -> None:
        self.random = source
        # Whether values may be infinite, not a number, extreme or subnormal; settled for each case.
        self.is_wild = False

    def start(self) -> None:
        """Settle what holds for one case."""
        self.is_wild = self.random.random() < 0.3

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def pick(self, *choices: object) -> object:
        return self.random.choice(choices)

    # Values

    def value(self, dtype: str) -> bool | int | float | complex:
        """A value that the type can hold, or is rounded to."""
        if dtype == "bool":
            return self.chance(0.5)
        if dtype in INTEGERS:
            return self._integer(dtype)
        if dtype in COMPLEX:
            part = "float32" if dtype == "complex64" else "float64"
            return complex(self._float(part), self._float(part))
        return self._float(dtype)

    def _integer(self, dtype: str) -> int:
        bits = int(dtype.lstrip("uint"))
        low, high = (0, 2**bits - 1) if dtype[0] == "u" else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
        if self.is_wild and self.chance(0.3):
            return self.random.choice((low, low + 1, high, high - 1, high // 2 + 1, 0))
        if self.chance(0.2):
            return self.random.randint(low, high)
        return self.random.randint(max(low, -5), 9)

    def _float(self, dtype: str) -> float:
        largest, normal, smallest, step = _LIMITS[dtype]
        if self.is_wild and self.chance(0.3):
            size = self.random.choice(
                (0.0, math.inf, math.nan, largest, normal, smallest, 3 * smallest, 1 + step, 1 - step / 2, 1.0)
            )
            return size if self.chance(0.5) else -size
        if self.chance(0.4):
            return float(self.random.randint(-5, 9))
        if self.chance(0.1):
            return self.random.choice((-1, 1)) * 2.0 ** self.random.uniform(-10, 10)
        return round(self.random.uniform(-4, 4), self.random.choice((1, 3, 17)))

    def number(self, dtype: str) -> str:
        """A Python number of the kind of a type."""
        return _text(self.value(dtype))

    def scalar(self, dtype: str) -> Operand:
        name = "bool_" if dtype == "bool" else dtype
        return Operand(f"np.{name}({self.number(dtype)})", dtype, (), is_array=False)

    # Shapes

    def shape(self, most: int = 4, least: int = 0) -> Shape:
        rank = min(max(self.random.choice((0, 1, 1, 1, 2, 2, 2, 3, 3, 4)), least), most)
        return tuple(self.random.choice((0, 1, 1, 2, 2, 3, 3, 3, 4, 5)) for _ in range(rank))

    def filled_shape(self, most: int = 4, least: int = 0) -> Shape:
        """A shape that has elements."""
        return tuple(max(length, 1) for length in self.shape(most, least))

    def large_shape(self) -> Shape:
        """A shape whose rows are longer than vectors and do not end with one."""
        if self.chance(0.6):
            return (self.random.randint(15, 300),)
        return (self.random.randint(2, 9), self.random.randint(9, 70))

    def meeting(self, shape: Shape) -> Shape:
        """A shape that broadcasts to another, as a rule."""
        if self.chance(0.03):
            return self.shape()
        lengths = [1 if self.chance(0.15) else length for length in shape]
        drop = self.random.randint(0, len(lengths)) if self.chance(0.2) else 0
        return tuple(lengths[drop:])

    # Arrays

    def array(self, dtype: str, shape: Shape, is_plain: bool = False) -> Operand:
        """An array in any layout."""
        layouts = [self._contiguous, self._contiguous, self._columns, self._reversed, self._stepped, self._offset]
        layouts += [self._permuted, self._repeated]
        make = self._contiguous if is_plain else self.random.choice(layouts)
        return Operand(make(dtype, shape), dtype, shape, is_writable=make != self._repeated)

    def writable(self, dtype: str, shape: Shape) -> Operand:
        while not (made := self.array(dtype, shape)).is_writable:
            pass
        return made

    def any(self, dtype: str, shape: Shape) -> Operand:
        """An array, or what becomes one."""
        if self.chance(0.12):
            return self.scalar(dtype)
        if self.chance(0.12):
            return Operand(self.number(dtype), dtype, (), is_array=False)
        if self.chance(0.04) and dtype != "bool" and math.prod(shape) and len(shape) == 1:
            return Operand(self._list(dtype, shape[0]), dtype, shape, is_array=False)
        return self.array(dtype, shape)

    def _list(self, dtype: str, count: int) -> str:
        return "[" + ", ".join(_text(self.value(dtype)) for _ in range(count)) + "]"

    def _contiguous(self, dtype: str, shape: Shape) -> str:
        count = math.prod(shape)
        if count > 40:
            # A period that no vector's width divides.
            return f"np.resize(np.array({self._list(dtype, 13)}, '{dtype}'), {shape})"
        flat = f"np.array({self._list(dtype, count)}, '{dtype}')"
        return flat if len(shape) == 1 else f"{flat}.reshape({shape})"

    def _columns(self, dtype: str, shape: Shape) -> str:
        return f"{self._contiguous(dtype, shape[::-1])}.T"

    def _reversed(self, dtype: str, shape: Shape) -> str:
        steps = ["::-1" if self.chance(0.6) else ":" for _ in shape]
        return f"{self._contiguous(dtype, shape)}[{', '.join(steps) or '...'}]"

    def _stepped(self, dtype: str, shape: Shape) -> str:
        steps = [self.random.choice((1, 2, 2, 3, -2)) for _ in shape]
        whole = tuple(length * abs(step) for length, step in zip(shape, steps))
        return f"{self._contiguous(dtype, whole)}[{', '.join(f'::{step}' for step in steps) or '...'}]"

    def _offset(self, dtype: str, shape: Shape) -> str:
        if not shape:
            return f"np.array({self._list(dtype, 2)}, '{dtype}')[1:].reshape(())"
        return f"{self._contiguous(dtype, (shape[0] + 1,) + shape[1:])}[1:]"

    def _permuted(self, dtype: str, shape: Shape) -> str:
        order = self.random.sample(range(len(shape)), len(shape))
        before = [0] * len(shape)
        for axis, source in enumerate(order):
            before[source] = shape[axis]
        return f"{self._contiguous(dtype, tuple(before))}.transpose({tuple(order)})"

    def _repeated(self, dtype: str, shape: Shape) -> str:
        lengths = tuple(1 if self.chance(0.5) else length for length in shape)
        return f"np.broadcast_to({self._contiguous(dtype, lengths)}, {shape})"
