"""Products of vectors, matrices and arrays of more axes."""

from __future__ import annotations

from walle import _tensor as _t
from walle.numpy import _dtypes
from walle.numpy._core import _axis, _NoValue, asarray, ndarray

TYPE_CHECKING = False
if TYPE_CHECKING:
    from walle.numpy._typing import Any, Array, ArrayLike, AxesLike, Sequence

__all__ = ["cross", "dot", "inner", "kron", "matmul", "matvec", "outer", "tensordot", "vdot", "vecdot", "vecmat"]


# MARK: outputs and operands


def _spaceless(shape):
    return str(tuple(shape)).replace(" ", "")


def _contiguous_out(result, out):
    """Write to an array that has the type and shape of the result exactly, as `dot` asks."""
    if out is None:
        return result
    result = asarray(result)
    if type(out) is not ndarray:
        raise TypeError("'out' must be an array")
    if out.dtype is not result.dtype or out.shape != result.shape or not out._order & 1:
        raise ValueError(
            "output array is not acceptable (must have the right datatype, number of dimensions, and be a C-Array)"
        )
    _t.assign(out, result)
    return out


def _core_product(name, signature, ranks, x1, x2, function, out, options):
    """A product of vectors or matrices in the last axes, with the arguments that all functions of elements take."""
    casting, dtype = options.pop("casting", "same_kind"), options.pop("dtype", None)
    for ignored in ("order", "subok", "signature"):
        options.pop(ignored, None)
    if options:
        raise TypeError(f"{name}() got an unexpected keyword argument {next(iter(options))!r}")
    x1, x2 = asarray(x1), asarray(x2)
    for place, (each, rank) in enumerate(zip((x1, x2), ranks)):
        if each.ndim < rank:
            raise ValueError(
                f"{name}: Input operand {place} does not have enough dimensions (has {each.ndim}, gufunc core with "
                f"signature {signature} requires {rank})"
            )
    if dtype is not None:
        dtype = _dtypes._find(dtype)
        for place, each in enumerate((x1, x2)):
            if not _dtypes.can_cast(each.dtype, dtype, casting):
                raise TypeError(
                    f"Cannot cast ufunc '{name}' input {place} from {each.dtype!r} to {dtype!r} with casting rule "
                    f"'{casting}'"
                )
        x1, x2 = _t.astype(x1, dtype, False), _t.astype(x2, dtype, False)
    result = function(x1, x2)
    if isinstance(out, tuple):
        (out,) = out
    if out is None:
        return result
    result = asarray(result)
    if not _dtypes.can_cast(result.dtype, out.dtype, casting):
        raise TypeError(
            f"Cannot cast ufunc '{name}' output from {result.dtype!r} to {out.dtype!r} with casting rule '{casting}'"
        )
    if out.shape != result.shape and out.shape[out.ndim - result.ndim :] != result.shape:
        raise ValueError(f"{name}: the output has shape {out.shape}, the result {result.shape}")
    _t.assign(out, result)
    return out


def _along_axes(function, x1, x2, axes, axis, keepdims, ranks):
    """Products whose vectors and matrices do not lie in the last axes."""
    from walle.numpy._manipulation import moveaxis

    x1, x2 = asarray(x1), asarray(x2)
    if axes is _NoValue:
        axes = [axis, axis, ()]
    places = [(each,) if isinstance(each, int) else tuple(each) for each in axes]
    x1, x2 = (moveaxis(x, place, range(-len(place), 0)) for x, place in zip((x1, x2), places))
    result = asarray(function(x1, x2))
    if keepdims:
        result = result[..., None]
        return moveaxis(result, -1, places[0][0] if len(places) < 3 or not places[2] else places[2][0])
    if len(places) == 3 and places[2]:
        return moveaxis(result, range(-len(places[2]), 0), places[2])
    return result[()]


# MARK: matrices and vectors


@_t.quick
def matmul(
    x1: ArrayLike, x2: ArrayLike, /, out: ndarray | None = None, *, axes: AxesLike = _NoValue, **kwargs: Any
) -> Array:
    """The matrix product of the last two axes; the others are broadcast. An array of one axis is a vector."""
    if out is None and axes is _NoValue and not kwargs:
        return _t.matmul(x1, x2)
    if axes is _NoValue:
        return _core_product("matmul", "(n?,k),(k,m?)->(n?,m?)", (1, 1), x1, x2, _t.matmul, out, kwargs)
    moved = lambda x1, x2: _along_axes(_t.matmul, x1, x2, axes, None, False, (2, 2))  # noqa: E731
    return _core_product("matmul", "(n?,k),(k,m?)->(n?,m?)", (1, 1), x1, x2, moved, out, kwargs)


def _check_lengths(name, signature, first, second):
    if first != second:
        raise ValueError(
            f"{name}: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature {signature} (size "
            f"{second} is different from {first})"
        )


def _matvec(x1, x2):
    _check_lengths("matvec", "(m,n),(n)->(m)", x1.shape[-1], x2.shape[-1])
    return asarray(_t.matmul(x1, x2[..., None]))[..., 0]


def _vecmat(x1, x2):
    _check_lengths("vecmat", "(n),(n,m)->(m)", x1.shape[-1], x2.shape[-2])
    x1 = _t.conjugate(x1) if x1.dtype.kind == "c" else x1
    return asarray(_t.matmul(x1[..., None, :], x2))[..., 0, :]


def _vecdot(x1, x2):
    _check_lengths("vecdot", "(n),(n)->()", x1.shape[-1], x2.shape[-1])
    x1 = _t.conjugate(x1) if x1.dtype.kind == "c" else x1
    if x1.ndim == 1 and x2.ndim == 1:
        return _t.matmul(x1, x2)
    return asarray(_t.matmul(x1[..., None, :], x2[..., :, None]))[..., 0, 0][()]


def matvec(
    x1: ArrayLike, x2: ArrayLike, /, out: ndarray | None = None, *, axes: AxesLike = _NoValue, **kwargs: Any
) -> Array:
    """Matrices in the last two axes of `x1` times vectors in the last axis of `x2`."""
    function = _matvec if axes is _NoValue else lambda a, b: _along_axes(_matvec, a, b, axes, None, False, (2, 1))
    return _core_product("matvec", "(m,n),(n)->(m)", (2, 1), x1, x2, function, out, kwargs)


def vecmat(
    x1: ArrayLike, x2: ArrayLike, /, out: ndarray | None = None, *, axes: AxesLike = _NoValue, **kwargs: Any
) -> Array:
    """Vectors in the last axis of `x1`, conjugated, times matrices in the last two axes of `x2`."""
    function = _vecmat if axes is _NoValue else lambda a, b: _along_axes(_vecmat, a, b, axes, None, False, (1, 2))
    return _core_product("vecmat", "(n),(n,m)->(m)", (1, 2), x1, x2, function, out, kwargs)


def vecdot(
    x1: ArrayLike,
    x2: ArrayLike,
    /,
    out: ndarray | None = None,
    *,
    axis: int | None = _NoValue,
    axes: AxesLike = _NoValue,
    keepdims: bool = False,
    **kwargs: Any,
) -> Array:
    """The sums of products along an axis, the first conjugated."""
    function = _vecdot
    if axes is not _NoValue or keepdims or axis not in (_NoValue, -1):
        place = -1 if axis is _NoValue else axis
        function = lambda a, b: _along_axes(_vecdot, a, b, axes, place, keepdims, (1, 1))  # noqa: E731
    return _core_product("vecdot", "(n),(n)->()", (1, 1), x1, x2, function, out, kwargs)


def _aligned(a, b, axis):
    """Raises when the last axis of `a` and an axis of `b` differ in length."""
    if a.shape[-1] != b.shape[axis]:
        raise ValueError(
            f"shapes {_spaceless(a.shape)} and {_spaceless(b.shape)} not aligned: {a.shape[-1]} (dim {a.ndim - 1}) != "
            f"{b.shape[axis]} (dim {axis % b.ndim})"
        )


@_t.quick
def dot(a: ArrayLike, b: ArrayLike, out: ndarray | None = None) -> Array:
    """The sums of products over the last axis of `a` and the last but one, or only, axis of `b`."""
    a, b = asarray(a), asarray(b)
    if out is None and 0 < a.ndim <= 2 and 0 < b.ndim <= 2 and a.shape[-1] == b.shape[0]:
        return _t.matmul(a, b)
    if a.ndim == 0 or b.ndim == 0:
        return _contiguous_out(a * b if "b" != a.dtype.kind + b.dtype.kind else a & b, out)
    _aligned(a, b, -2 if b.ndim > 1 else 0)
    if a.ndim <= 2 and b.ndim <= 2:
        return _contiguous_out(_t.matmul(a, b), out)
    return _contiguous_out(_contracted(a, b, (a.ndim - 1,), (_larger(b.ndim - 2, 0),)), out)


def _larger(first, second):
    return first if first > second else second


def _contracted(a, b, axes_a, axes_b):
    """The sums of products over pairs of axes; first the axes that `a` keeps, then those of `b`."""
    return _t.contract(a, b, (), (), tuple(axes_a), tuple(axes_b))[()]


def _count(lengths):
    count = 1
    for length in lengths:
        count *= length
    return count


def vdot(a: ArrayLike, b: ArrayLike, /) -> Array:
    """The sum of products of all elements in order, those of `a` conjugated."""
    a, b = asarray(a).reshape(-1), asarray(b).reshape(-1)
    if a.size != b.size:
        raise ValueError(f"cannot reshape array of size {b.size} into shape ({a.size},)")
    return _t.matmul(_t.conjugate(a) if a.dtype.kind == "c" else a, b)


def inner(a: ArrayLike, b: ArrayLike, /) -> Array:
    """The sums of products over the last axes of both."""
    a, b = asarray(a), asarray(b)
    if a.ndim == 0 or b.ndim == 0:
        return dot(a, b)
    if a.shape[-1] != b.shape[-1]:
        # The message tells of the second array transposed, as it is multiplied.
        shape = b.shape[:-2] + b.shape[:-3:-1]
        raise ValueError(
            f"shapes {_spaceless(a.shape)} and {_spaceless(shape)} not aligned: {a.shape[-1]} (dim {a.ndim - 1}) != "
            f"{b.shape[-1]} (dim {_larger(b.ndim - 2, 0)})"
        )
    if a.ndim == 1 and b.ndim == 1:
        return _t.matmul(a, b)
    return _contracted(a, b, (a.ndim - 1,), (b.ndim - 1,))


def outer(a: ArrayLike, b: ArrayLike, out: ndarray | None = None) -> ndarray:
    """All products of an element of `a` and one of `b`, as a matrix."""
    return _t.multiply(asarray(a).reshape(-1, 1), asarray(b).reshape(1, -1), out=out)


def tensordot(a: ArrayLike, b: ArrayLike, axes: int | Sequence[Any] = 2) -> ndarray:
    """The sums of products over pairs of axes.

    Parameters
    ----------
    a, b
        The arrays.
    axes
        How many of the last axes of `a` meet the first of `b`, or the axes of `a` and those of `b` that meet.
    """
    a, b = asarray(a), asarray(b)
    try:
        iter(axes)
    except TypeError:
        axes_a, axes_b = list(range(a.ndim - axes if axes else a.ndim, a.ndim)), list(range(axes))
    else:
        axes_a, axes_b = axes
    axes_a = [axes_a] if isinstance(axes_a, int) else [int(axis) for axis in axes_a]
    axes_b = [axes_b] if isinstance(axes_b, int) else [int(axis) for axis in axes_b]
    if len(axes_a) != len(axes_b):
        raise ValueError("shape-mismatch for sum")
    if len(axes_a) > a.ndim or len(axes_b) > b.ndim:
        raise ValueError("shape-mismatch for sum")
    axes_a, axes_b = [_axis(axis, a.ndim) for axis in axes_a], [_axis(axis, b.ndim) for axis in axes_b]
    if any(a.shape[first] != b.shape[second] for first, second in zip(axes_a, axes_b)):
        raise ValueError("shape-mismatch for sum")
    if len(set(axes_a)) != len(axes_a) or len(set(axes_b)) != len(axes_b):
        raise ValueError("axes can't be repeated for tensordot")
    result = _contracted(a, b, axes_a, axes_b)
    return asarray(result)


def kron(a: ArrayLike, b: ArrayLike) -> ndarray:
    """The Kronecker product: copies of `b` multiplied by the elements of `a`."""
    a, b = asarray(a), asarray(b)
    if a.ndim == 0 or b.ndim == 0:
        return _t.multiply(a, b)
    rank = _larger(a.ndim, b.ndim)
    shape_a, shape_b = (1,) * (rank - a.ndim) + a.shape, (1,) * (rank - b.ndim) + b.shape
    left = a.reshape(tuple(part for length in shape_a for part in (length, 1)))
    right = b.reshape(tuple(part for length in shape_b for part in (1, length)))
    return (left * right).reshape(tuple(first * second for first, second in zip(shape_a, shape_b)))


def cross(
    a: ArrayLike, b: ArrayLike, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None
) -> ndarray:
    """The cross products of vectors of three elements, which lie along an axis."""
    from walle.numpy._manipulation import moveaxis

    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = asarray(a), asarray(b)
    if a.ndim < 1 or b.ndim < 1:
        raise ValueError("At least one array has zero dimension")
    a, b = moveaxis(a, axisa, -1), moveaxis(b, axisb, -1)
    if a.shape[-1] != 3 or b.shape[-1] != 3:
        raise ValueError(
            f"Both input arrays must be (arrays of) 3-dimensional vectors, but they are {a.shape[-1]} and "
            f"{b.shape[-1]} dimensional instead."
        )
    (x1, y1, z1), (x2, y2, z2) = (tuple(each[..., index] for index in range(3)) for each in (a, b))
    parts = (y1 * z2 - z1 * y2, z1 * x2 - x1 * z2, x1 * y2 - y1 * x2)
    result = _t.concatenate([asarray(part)[..., None] for part in parts], -1, _t.promote(a.dtype, b.dtype))
    return result if result.ndim == 1 else moveaxis(result, -1, axisc)
