"""Linear algebra on the last two axes of arrays, after `numpy.linalg`."""

from __future__ import annotations

from collections import namedtuple

from walle import _tensor as _t
from walle.numpy import _dtypes, _products, _reductions
from walle.numpy._core import LinAlgError, _axes, _axis, _NoValue, asarray
from walle.numpy._norms import cond, matrix_norm, norm, vector_norm
from walle.numpy._products import matmul, tensordot, vecdot

TYPE_CHECKING = False
if TYPE_CHECKING:
    from walle.numpy._typing import Array, ArrayLike, DTypeLike, Literal, Sequence, generic, ndarray

__all__ = [
    "LinAlgError", "cholesky", "cond", "cross", "det", "diagonal", "eig", "eigh", "eigvals", "eigvalsh", "inv", "lstsq",
    "matmul", "matrix_norm", "matrix_power", "matrix_rank", "matrix_transpose", "multi_dot", "norm", "outer", "pinv",
    "qr", "slogdet", "solve", "svd", "svdvals", "tensordot", "tensorinv", "tensorsolve", "trace", "vecdot",
    "vector_norm",
]  # fmt: skip

EigResult = namedtuple("EigResult", ("eigenvalues", "eigenvectors"), module=__name__)
EighResult = namedtuple("EighResult", ("eigenvalues", "eigenvectors"), module=__name__)
QRResult = namedtuple("QRResult", ("Q", "R"), module=__name__)
SlogdetResult = namedtuple("SlogdetResult", ("sign", "logabsdet"), module=__name__)
SVDResult = namedtuple("SVDResult", ("U", "S", "Vh"), module=__name__)


# MARK: operands


def _numbers(a):
    """The array in a type that matrices are factorized in."""
    a = asarray(a)
    if a.dtype.kind in "iub":
        return _t.astype(a, _dtypes.float64, False)
    if a.dtype.itemsize == 2:
        raise TypeError(f"array type {a.dtype.name} is unsupported in linalg")
    return a


def _matrices(a, square=False):
    a = _numbers(a)
    if a.ndim < 2:
        raise LinAlgError(f"{a.ndim}-dimensional array given. Array must be at least two-dimensional")
    if square and a.shape[-1] != a.shape[-2]:
        raise LinAlgError("Last 2 dimensions of the array must be square")
    return a


def _is_upper(UPLO):
    letter = UPLO.upper()
    if letter not in ("L", "U"):
        raise ValueError("UPLO argument must be 'L' or 'U'")
    return letter == "U"


def _adjoint(a):
    return _t.conjugate(a.mT) if a.dtype.kind == "c" else a.mT


# MARK: equations


def solve(a: ArrayLike, b: ArrayLike) -> ndarray:
    """The solutions x of a·x = b for square matrices; `b` is a vector when it has one axis, else matrices."""
    a, b = _matrices(a, square=True), _numbers(b)
    kind = _t.promote(a.dtype, b.dtype)
    return _t.linalg_solve(_t.astype(a, kind, False), _t.astype(b, kind, False))


def inv(a: ArrayLike) -> ndarray:
    """The inverses of square matrices."""
    return _t.linalg_inv(_matrices(a, square=True))


def pinv(
    a: ArrayLike, rcond: ArrayLike | None = None, hermitian: bool = False, *, rtol: ArrayLike | None = _NoValue
) -> ndarray:
    """The Moore-Penrose inverses of matrices.

    Parameters
    ----------
    rcond, rtol
        Singular values up to this part of the largest count as zero.
    """
    a, given = _numbers(a), asarray(a)
    if rcond is None:
        if rtol is _NoValue:
            rcond = 1e-15
        elif rtol is None:
            rcond = max(a.shape[-2:]) * float(_dtypes.finfo(a.dtype).eps)
        else:
            rcond = rtol
    elif rtol is not _NoValue:
        raise ValueError("`rtol` and `rcond` can't be both set.")
    rcond = asarray(rcond)
    if a.size == 0:
        return _t.zeros(a.shape[:-2] + (a.shape[-1], a.shape[-2]), given.dtype)
    u, s, vh = svd(_t.conjugate(a) if a.dtype.kind == "c" else a, full_matrices=False, hermitian=hermitian)
    cutoff = rcond[..., None] * _t.reduce(_t.maximum, s, -1, None, True, None)
    large = s > cutoff
    one = _t.full((), 1, s.dtype)
    s = _t.where(large, one / _t.where(large, s, one), one * 0)
    return _t.matmul(vh.mT, s[..., None] * u.mT)


def lstsq(a: ArrayLike, b: ArrayLike, rcond: float | None = None) -> tuple[ndarray, ndarray, generic, ndarray]:
    """The shortest x for which a·x is nearest to b, with the sums of squares of residuals, rank and singular values.

    Parameters
    ----------
    rcond
        Singular values up to this part of the largest count as zero; None means the longer side times the spacing of
        numbers near one, negative the spacing alone.
    """
    a, b = _numbers(a), _numbers(b)
    for each in (a, b[:, None] if b.ndim == 1 else b):
        if each.ndim != 2:
            raise LinAlgError(f"{each.ndim}-dimensional array given. Array must be two-dimensional")
    rows, columns = a.shape
    if rows != b.shape[0]:
        raise LinAlgError("Incompatible dimensions")
    kind = _t.promote(a.dtype, b.dtype)
    spacing = float(_dtypes.finfo(kind).eps)
    rcond = spacing * max(rows, columns) if rcond is None else float(rcond)
    rcond = spacing if rcond < 0 else rcond
    x, residuals, values, rank = _t.linalg_lstsq(_t.astype(a, kind, False), _t.astype(b, kind, False), rcond)
    if rank != columns or rows <= columns:
        residuals = residuals[:0]
    return x, residuals, _t.int32(rank), values


def tensorsolve(a: ArrayLike, b: ArrayLike, axes: Sequence[int] | None = None) -> ndarray:
    """The solution x of a·x = b, summed over all axes of x, which are the last ones of `a`."""
    from walle.numpy._manipulation import moveaxis

    a, b = asarray(a), asarray(b)
    if axes is not None:
        a = moveaxis(a, axes, range(-len(axes), 0))
    shape = a.shape[b.ndim :]
    length = _products._count(shape)
    if a.size != length**2:
        raise LinAlgError(
            "Input arrays must satisfy the requirement             prod(a.shape[b.ndim:]) == prod(a.shape[:b.ndim])"
        )
    return solve(a.reshape(length, length), b.reshape(-1)).reshape(shape)


def tensorinv(a: ArrayLike, ind: int = 2) -> ndarray:
    """The inverse of an array under `tensordot` with its first `ind` axes."""
    a = asarray(a)
    if ind <= 0:
        raise ValueError("Invalid ind argument.")
    return inv(a.reshape(_products._count(a.shape[:ind]), -1)).reshape(a.shape[ind:] + a.shape[:ind])


# MARK: factors


def cholesky(a: ArrayLike, /, *, upper: bool = False) -> ndarray:
    """The lower triangles L of L·Lᴴ = a, for positive definite matrices; or the upper ones of Uᴴ·U."""
    return _t.linalg_cholesky(_matrices(a, square=True), bool(upper))


def qr(a: ArrayLike, mode: str = "reduced") -> QRResult | ndarray | tuple[ndarray, ndarray]:
    """Matrices Q of orthonormal columns and upper triangles R with Q·R = a.

    Parameters
    ----------
    mode
        ``"reduced"`` for as many columns of Q as there are in the shorter side, ``"complete"`` for a square Q, ``"r"``
        for R alone, ``"raw"`` for the reflections and their scales as LAPACK leaves them.
    """
    if mode not in ("reduced", "complete", "r", "raw"):
        raise ValueError(f"Unrecognized mode '{mode}'")
    found = _t.linalg_qr(_matrices(a), mode)
    if mode == "r":
        return found
    q, r = found
    return (r, q) if mode == "raw" else QRResult(q, r)


def svd(
    a: ArrayLike, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False
) -> SVDResult | ndarray:
    """The factors U, S and Vh of a = U · diag(S) · Vh: singular values, descending, and their vectors."""
    a = _matrices(a)
    if hermitian:
        return _svd_hermitian(a, compute_uv)
    if not compute_uv:
        return _t.linalg_svd(a, False, False)
    return SVDResult(*_t.linalg_svd(a, bool(full_matrices), True))


def _svd_hermitian(a, compute_uv):
    """The singular values of Hermitian matrices are the sizes of their eigenvalues."""
    from walle.numpy._indexing import take_along_axis

    if not compute_uv:
        return asarray(_t.sort(_t.absolute(eigvalsh(a)), a.ndim - 2, False, False))[..., ::-1]
    values, vectors = eigh(a)
    sizes = _t.absolute(values)
    order = asarray(_t.argsort(sizes, sizes.ndim - 1, False, False))[..., ::-1]
    signs = take_along_axis(_t.sign(values), order, -1)
    vectors = take_along_axis(vectors, order[..., None, :], -1)
    return SVDResult(vectors, take_along_axis(sizes, order, -1), _adjoint(vectors * signs[..., None, :]))


def svdvals(x: ArrayLike, /) -> ndarray:
    """The singular values of matrices, descending."""
    return svd(x, compute_uv=False)


# MARK: eigenvalues


def _check_finite(a):
    if not bool(asarray(_t.isfinite(a)).all()):
        raise LinAlgError("Array must not contain infs or NaNs")


def eig(a: ArrayLike) -> EigResult:
    """The eigenvalues of square matrices and their vectors, as columns: complex numbers."""
    a = _matrices(a, square=True)
    _check_finite(a)
    return EigResult(*_t.linalg_eig(a, True))


def eigvals(a: ArrayLike) -> ndarray:
    """The eigenvalues of square matrices: complex numbers."""
    a = _matrices(a, square=True)
    _check_finite(a)
    return _t.linalg_eig(a, False)


def eigh(a: ArrayLike, UPLO: Literal['L', 'U'] = "L") -> EighResult:
    """The eigenvalues of Hermitian matrices, ascending, and their vectors, as columns; one triangle is read."""
    upper = _is_upper(UPLO)
    return EighResult(*_t.linalg_eigh(_matrices(a, square=True), upper, True))


def eigvalsh(a: ArrayLike, UPLO: Literal['L', 'U'] = "L") -> ndarray:
    """The eigenvalues of Hermitian matrices, ascending; one triangle is read."""
    upper = _is_upper(UPLO)
    return _t.linalg_eigh(_matrices(a, square=True), upper, False)


# MARK: numbers of matrices


def det(a: ArrayLike) -> Array:
    """The determinants of square matrices."""
    return _t.linalg_det(_matrices(a, square=True))[()]


def slogdet(a: ArrayLike) -> SlogdetResult:
    """The signs of determinants and the logarithms of their sizes."""
    sign, logabsdet = _t.linalg_slogdet(_matrices(a, square=True))
    return SlogdetResult(sign[()], logabsdet[()])


def matrix_rank(
    A: ArrayLike, tol: ArrayLike | None = None, hermitian: bool = False, *, rtol: ArrayLike | None = None
) -> Array:
    """How many singular values of matrices are not zero.

    Parameters
    ----------
    tol
        Values up to this count as zero.
    rtol
        Values up to this part of the largest count as zero; by default the longer side times the spacing of numbers
        near one.
    """
    if rtol is not None and tol is not None:
        raise ValueError("`tol` and `rtol` can't be both set.")
    A = asarray(A)
    if A.ndim < 2:
        return int(not bool((A == 0).all()))
    s = svd(A, compute_uv=False, hermitian=hermitian)
    if tol is None:
        if rtol is None:
            rtol = max(A.shape[-2:]) * float(_dtypes.finfo(s.dtype).eps)
        else:
            rtol = asarray(rtol)[..., None]
        tol = _t.reduce(_t.maximum, s, -1, None, True, None) * rtol if s.size else asarray(0.0)
    else:
        tol = asarray(tol)[..., None]
    return _reductions.count_nonzero(s > tol, -1)


# MARK: products


def matrix_power(a: ArrayLike, n: int) -> ndarray:
    """Square matrices multiplied `n` times by themselves; inverted first when `n` is negative."""
    a = asarray(a)
    if a.ndim < 2:
        raise LinAlgError(f"{a.ndim}-dimensional array given. Array must be at least two-dimensional")
    if a.shape[-1] != a.shape[-2]:
        raise LinAlgError("Last 2 dimensions of the array must be square")
    try:
        n = n.__index__()
    except AttributeError:
        raise TypeError("exponent must be an integer") from None
    if n == 0:
        from walle.numpy._creation import eye

        return _t.broadcast_to(eye(a.shape[-1], dtype=a.dtype), a.shape).copy()
    if n < 0:
        a, n = inv(a), -n
    result = None
    while True:
        if n & 1:
            result = a if result is None else _t.matmul(result, a)
        n >>= 1
        if not n:
            return result.copy() if result is a and n == 0 else result
        a = _t.matmul(a, a)


def multi_dot(arrays: Sequence[ArrayLike], *, out: ndarray | None = None) -> ndarray:
    """The product of several matrices, in the order that costs least; the first and the last may be vectors."""
    arrays = [asarray(each) for each in arrays]
    if len(arrays) < 2:
        raise ValueError("Expecting at least two arrays.")
    is_row, is_column = arrays[0].ndim == 1, arrays[-1].ndim == 1
    if is_row:
        arrays[0] = arrays[0][None, :]
    if is_column:
        arrays[-1] = arrays[-1][:, None]
    for each in arrays:
        if each.ndim != 2:
            raise LinAlgError(f"{each.ndim}-dimensional array given. Array must be two-dimensional")
    if len(arrays) == 2:
        result = _products.dot(*arrays)
    else:
        split = _cheapest_splits([each.shape[0] for each in arrays] + [arrays[-1].shape[1]])
        result = _chained(arrays, split, 0, len(arrays) - 1)
    if is_row:
        result = result[0]
    if is_column:
        result = result[..., 0]
    return _products._contiguous_out(result[()], out)


def _cheapest_splits(lengths):
    """Where to split each part of a chain of matrices (Cormen and others, Introduction to Algorithms, 15.2)."""
    count = len(lengths) - 1
    costs, split = {(i, i): 0 for i in range(count)}, {}
    for width in range(1, count):
        for first in range(count - width):
            last = first + width
            costs[first, last], split[first, last] = min(
                (costs[first, k] + costs[k + 1, last] + lengths[first] * lengths[k + 1] * lengths[last + 1], k)
                for k in range(first, last)
            )
    return split


def _chained(arrays, split, first, last):
    if first == last:
        return arrays[first]
    middle = split[first, last]
    return _products.dot(_chained(arrays, split, first, middle), _chained(arrays, split, middle + 1, last))


def outer(x1: ArrayLike, x2: ArrayLike, /) -> ndarray:
    """All products of an element of a vector and one of another, as a matrix."""
    x1, x2 = asarray(x1), asarray(x2)
    if x1.ndim != 1 or x2.ndim != 1:
        raise ValueError(f"Input arrays must be one-dimensional, but they are x1.ndim={x1.ndim} and x2.ndim={x2.ndim}.")
    return _products.outer(x1, x2)


def cross(x1: ArrayLike, x2: ArrayLike, /, *, axis: int | None = -1) -> ndarray:
    """The cross products of vectors of three elements, which lie along an axis."""
    x1, x2 = asarray(x1), asarray(x2)
    if x1.shape[_axis(axis, x1.ndim)] != 3 or x2.shape[_axis(axis, x2.ndim)] != 3:
        raise ValueError(
            "Both input arrays must be (arrays of) 3-dimensional vectors, but they are "
            f"{x1.shape[axis]} and {x2.shape[axis]} dimensional instead."
        )
    return _products.cross(x1, x2, axis=axis)


# MARK: parts


def matrix_transpose(x: ArrayLike, /) -> ndarray:
    """The last two axes exchanged; a view."""
    from walle.numpy._manipulation import matrix_transpose

    return matrix_transpose(x)


def diagonal(x: ArrayLike, /, *, offset: int = 0) -> ndarray:
    """The diagonals of matrices in the last two axes; a read-only view."""
    from walle.numpy._indexing import diagonal

    return diagonal(x, offset, -2, -1)


def trace(x: ArrayLike, /, *, offset: int = 0, dtype: DTypeLike = None) -> Array:
    """The sums along the diagonals of matrices in the last two axes."""
    from walle.numpy._indexing import trace

    return trace(x, offset, -2, -1, dtype)
