"""Norms of vectors and matrices, and condition numbers."""

from __future__ import annotations

from walle import _tensor as _t
from walle.numpy import _dtypes
from walle.numpy._core import LinAlgError, _axis, asarray

TYPE_CHECKING = False
if TYPE_CHECKING:
    from walle.numpy._typing import Array, ArrayLike, AxesLike

_inf = float("inf")


def _floats(x):
    x = asarray(x)
    return x if x.dtype.kind in "fc" else x.astype(_dtypes.float64)


def _sum(x, axis, keepdims):
    return _t.reduce(_t.add, x, axis, None, keepdims, None)


def _extreme(x, axis, keepdims, largest):
    if largest and x.size == 0:
        # The largest of no sizes is zero.
        return _sum(x, axis, keepdims)
    return _t.reduce(_t.maximum if largest else _t.minimum, x, axis, None, keepdims, None)


def _squares(x):
    """The squares of the sizes."""
    return x.real * x.real + x.imag * x.imag if x.dtype.kind == "c" else x * x


def _vector_norm(x, order, axis, keepdims):
    if order == _inf:
        return _extreme(_t.absolute(x), axis, keepdims, True)
    if order == -_inf:
        return _extreme(_t.absolute(x), axis, keepdims, False)
    if order == 0:
        return _sum((x != 0).astype(x.real.dtype), axis, keepdims)
    if order == 1:
        return _sum(_t.absolute(x), axis, keepdims)
    if order is None or order == 2:
        return _t.sqrt(_sum(_squares(x), axis, keepdims))
    if isinstance(order, str):
        raise ValueError(f"Invalid norm order '{order}' for vectors")
    total = asarray(_sum(_t.power(_t.absolute(x), order), axis, keepdims))
    return _t.power(total, _t.reciprocal(asarray(order, total.dtype)))[()]


def _matrix_norm(x, order, axes, keepdims):
    row, column = (_axis(each, x.ndim) for each in axes)
    if row == column:
        raise ValueError("Duplicate axes given.")
    if order in (2, -2, "nuc"):
        result = _singular_norm(x, order, row, column)
    elif order in (1, -1, _inf, -_inf):
        summed, other = (row, column) if order in (1, -1) else (column, row)
        sizes = asarray(_sum(_t.absolute(x), summed, True))
        result = _extreme(sizes, other, True, order > 0)
        result = asarray(result).reshape(tuple(n for axis, n in enumerate(x.shape) if axis not in (row, column)))[()]
    elif order in (None, "fro", "f"):
        result = _t.sqrt(_sum(_squares(x), (row, column), False))
    else:
        raise ValueError("Invalid norm order for matrices.")
    if not keepdims:
        return result
    return asarray(result).reshape(tuple(1 if axis in (row, column) else n for axis, n in enumerate(x.shape)))


def _singular_norm(x, order, row, column):
    from walle.numpy import linalg
    from walle.numpy._manipulation import moveaxis

    values = linalg.svdvals(moveaxis(x, (row, column), (-2, -1)))
    if order == "nuc":
        return _sum(values, -1, False)
    return _extreme(values, -1, False, order == 2)


def norm(x: ArrayLike, ord: float | str | None = None, axis: AxesLike | None = None, keepdims: bool = False) -> Array:
    """The norm of vectors or matrices, in one or two axes; by default the root of the sum of all squares.

    Parameters
    ----------
    ord
        Of vectors a number, ``inf`` or ``-inf``; of matrices 1, 2, ``inf``, their negatives, ``"fro"`` or ``"nuc"``.
    """
    x = _floats(x)
    if axis is None:
        rank = x.ndim
        if ord is None or ord in ("f", "fro") and rank == 2 or ord == 2 and rank == 1:
            # As one vector of all elements in memory.
            flat = x.reshape(-1) if x._order & 1 else x.ravel("K")
            if flat.dtype.kind == "f":
                result = _t.sqrt(_t.matmul(flat, flat))
            else:
                result = _t.sqrt(_sum(_squares(flat), None, False))
            return asarray(result).reshape((1,) * rank) if keepdims else result
        axis = tuple(range(rank))
    elif not isinstance(axis, tuple):
        try:
            axis = (axis.__index__(),)
        except AttributeError:
            raise TypeError("'axis' must be None, an integer or a tuple of integers") from None
    if len(axis) == 1:
        return _vector_norm(x, ord, _axis(axis[0], x.ndim), keepdims)
    if len(axis) == 2:
        return _matrix_norm(x, ord, axis, keepdims)
    raise ValueError("Improper number of dimensions to norm.")


def vector_norm(x: ArrayLike, /, *, axis: AxesLike | None = None, keepdims: bool = False, ord: float = 2) -> Array:
    """The norm of vectors in some axes, or of all elements."""
    x = _floats(x)
    axes = tuple(range(x.ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    axes = tuple(_axis(each, x.ndim) for each in axes)
    return _vector_norm(x, ord, axes, keepdims)


def matrix_norm(x: ArrayLike, /, *, keepdims: bool = False, ord: float | str = "fro") -> Array:
    """The norm of matrices in the last two axes."""
    x = asarray(x)
    return norm(x, ord, (-2, -1), keepdims)


def cond(x: ArrayLike, p: float | str | None = None) -> Array:
    """The condition numbers of matrices: how much solutions of equations vary with them, by a norm of `norm`."""
    from walle.numpy import linalg
    from walle.numpy._core import errstate

    x = asarray(x)
    if x.size == 0:
        raise LinAlgError("cond is not defined on empty arrays")
    with errstate(all="ignore"):
        if p is None or p in (2, -2):
            values = _singular_values(x)
            result = values[..., -1] / values[..., 0] if p == -2 else values[..., 0] / values[..., -1]
        else:
            result = _conditions_by_norm(linalg._matrices(x, square=True), p)
    result = asarray(result)
    # NaN only where the matrix has one.
    wrong = _t.isnan(result) & ~asarray(_t.reduce(_t.logical_or, _t.isnan(x), (-2, -1), None, False, None))
    return _t.where(wrong, _t.full((), _inf, result.dtype), result)[()]


def _singular_values(x):
    """The singular values of matrices; NaN for a matrix that has NaN or infinity."""
    from walle.numpy import linalg

    x = linalg._matrices(x)
    usual = asarray(_t.reduce(_t.logical_and, _t.isfinite(x), (-2, -1), None, True, None))
    values = linalg.svdvals(_t.where(usual, x, _t.zeros((), x.dtype)))
    return asarray(_t.where(usual[..., 0], values, _t.full((), float("nan"), values.dtype)))


def _conditions_by_norm(x, p):
    from walle.numpy import linalg

    if x.ndim > 2:
        parts = [_conditions_by_norm(each, p) for each in x]
        return asarray(parts, parts[0].dtype)
    try:
        inverse = linalg.inv(x)
    except LinAlgError:
        norm(x, p, (-2, -1))
        return _t.full((), _inf, x.real.dtype)
    return asarray(norm(x, p, (-2, -1)) * norm(inverse, p, (-2, -1)))
