"""Lazy blocks: arrays that are computed when somebody wants their elements."""

from __future__ import annotations

from walle import _tensor as _t

TYPE_CHECKING = False
if TYPE_CHECKING:
    from walle.numpy._typing import Any, Callable

__all__ = ["lazy"]


class lazy(_t.lazy_block):
    """Compute arrays of a ``with`` block, or of a decorated function, when their elements are wanted.

    Inside, functions of elements, ``where``, ``clip``, ``astype``, movement (slices, ``transpose``, ``reshape``, ``concatenate``,
    ``stack``, ``roll``, ``flip``, ``tile``, ``pad``, ``broadcast_to``) and ``sum``, ``prod``, ``min``, ``max``,
    ``mean``, ``any`` and ``all`` give arrays that have a shape and a type, but no elements yet. Wrong shapes and types
    raise at once. Whatever needs elements computes them: printing, ``float``, an element, a function that is not in
    the list, passing the array on. Chains of functions then run piece by piece in one pass, without arrays in between;
    what occurs twice is computed once. Writing to an array first computes what depends on its elements. At the end of
    the outermost block all that is still held is computed together, and every array is a plain one.

    Floating-point exceptions are told when elements are computed, in the name of their function and as ``errstate``
    had it at its line; under ``"raise"`` the array has its elements all the same. When memory does not suffice,
    ``MemoryError`` names the function, and all other arrays stay usable.

    Parameters
    ----------
    least
        What is computed of plain arrays of fewer elements is computed at once: they stay in the processor's cache, so
        that nothing is won by waiting. By default of those of less than 512 KiB.

    What was to be a scalar, as the sum of all elements, becomes one in place when Python asks for its value. Functions in
    C that look for a ``float`` by its memory, without asking, cannot: ``json.dumps`` of such a sum inside the block takes
    ``default=float``, or the value ``float(total)``. After the block it is a plain scalar.

    Results are those of eager computation bit by bit, but for sums and products, which add in another order, as
    accurate as before. A view of a plain array stays a view.

    Examples
    --------
    >>> import walle.numpy as np
    >>> x = np.linspace(0, 1, 5)
    >>> with np.lazy():
    ...     y = np.tanh(2 * x + 1) * 3 - x
    ...     total = (y**2).sum()
    >>> y.shape
    (5,)
    """

    __slots__ = ()

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        import functools

        @functools.wraps(function)
        def inside(*arguments, **names):
            with self:
                return function(*arguments, **names)

        return inside
