"""The operations that ours and NumPy do: data that both sides read. No operation is tuned for either of them.

`cases` spreads the operations over their element types and sizes, in the same order on both sides.
"""

import functools

from operations import (
    arithmetic, creation, elementary, fourier, linear, movement, ordering, randomness, reductions, selection, sharing,
)
from operations.kinds import Case

LISTS = {
    "operations": (
        *arithmetic.OPERATIONS, *elementary.OPERATIONS, *reductions.OPERATIONS, *ordering.OPERATIONS,
        *selection.OPERATIONS, *movement.OPERATIONS, *linear.OPERATIONS, *creation.OPERATIONS, *fourier.OPERATIONS,
        *randomness.OPERATIONS,
    ),
    "gemm": linear.PRODUCTS,
    "sharing": sharing.OPERATIONS,
}


@functools.cache
def cases(name: str) -> list[Case]:
    """Give every operation of a list with each of its sizes and element types: small ones first, then by type."""
    found = [
        Case(operation, dtype, size)
        for operation in LISTS[name]
        for dtype in operation.dtypes
        for size in operation.sizes
    ]
    return sorted(found, key=lambda case: (case.elements, case.dtype))
