"""What a list of operations is made of."""

import math
from typing import NamedTuple

SIZES = (10, 10_000, 10_000_000)
FLOATS = ("float32", "float64")
REALS = ("float32", "float64", "int64")
#: Where only the size of an element counts.
WIDTHS = ("float32", "int64")


class Operation(NamedTuple):
    """A statement that is timed, and what it needs.

    Its names: `np`, `n` (the size), `shape` (a matrix of about `n` elements, where `n` is a number), `dt` (the type of
    the elements), and the functions of `inputs.Inputs`.
    """

    name: str
    family: str
    #: What is timed. It binds or changes arrays that live on, so their values must have been computed.
    statement: str
    #: Runs once, before.
    setup: str = ""
    dtypes: tuple[str, ...] = REALS
    #: Numbers of elements, or the dimensions of matrices.
    sizes: tuple = SIZES
    #: `new` makes an array, `out` writes to a given one, `in place` changes its operand, `view` moves no element.
    form: str = "new"
    #: What both sides must agree upon.
    result: str = "r"
    #: Rounding errors that are allowed, in multiples of what is usual for the type.
    tolerance: float = 1
    #: The size is rows, columns and depth of a product of two matrices.
    is_product: bool = False


class Case(NamedTuple):
    """An operation on elements of one type, of one size."""

    operation: Operation
    dtype: str
    size: int | tuple[int, ...]

    @property
    def elements(self) -> int:
        """Roughly how many elements are touched."""
        if self.operation.is_product:
            rows, columns, depth = self.size
            return rows * columns + rows * depth + depth * columns
        return self.size if isinstance(self.size, int) else math.prod(self.size)

    @property
    def label(self) -> str:
        """The size as text."""
        return str(self.size) if isinstance(self.size, int) else "×".join(map(str, self.size))

    @property
    def shape(self) -> tuple[int, int]:
        """A matrix of as many elements."""
        rows = {10: 2, 10_000: 100, 10_000_000: 2500}.get(self.size, 1)
        return rows, self.elements // rows


def both(name: str, family: str, expression: str, setup: str = "", **rest) -> tuple[Operation, Operation]:
    """Give a function that makes its result, and the same that writes it to a given array.

    `expression` is a call whose last character closes its arguments.
    """
    return (
        Operation(name, family, f"r = {expression}", setup, **rest),
        Operation(name, family, f"{expression[:-1]}, out=r)", f"{setup}; r = {expression}", form="out", **rest),
    )
