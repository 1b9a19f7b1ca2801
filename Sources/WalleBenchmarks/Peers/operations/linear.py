"""Linear algebra. Its sizes are the dimensions of the matrices."""

from operations.kinds import FLOATS, Operation, both

_FAMILY = "linear"
_SQUARES = tuple((n, n) for n in (8, 64, 128, 512))
_XY = "x = centred(1).reshape(n); y = centred(2).reshape(n)"
#: Far from singular.
_REGULAR = "x = centred(1).reshape(n) + n[0] * np.eye(n[0], dtype=dt)"


def _new(name: str, expression: str, setup: str, sizes: tuple, dtypes: tuple[str, ...] = FLOATS) -> Operation:
    return Operation(name, _FAMILY, f"r = {expression}", setup, dtypes, sizes, tolerance=10)


OPERATIONS = (
    *both("matmul", _FAMILY, "np.matmul(x, y)", _XY, dtypes=FLOATS, sizes=_SQUARES, tolerance=10),
    _new("x @ y.T", "x @ y.T", _XY, _SQUARES),
    _new("matmul of integers", "x @ y", "x = y = values(1).reshape(n)", _SQUARES[:3], ("int64",)),
    _new("many matmuls", "x @ y", _XY, ((1000, 4, 4), (64, 32, 32))),
    _new("matrix @ vector", "x @ v", "x = centred(1).reshape(n); v = centred(2)[: n[1]]", (*_SQUARES, (2048, 2048))),
    _new("outer", "np.outer(v, v)", "v = centred(1)[: n[0]]", _SQUARES[1:]),
    Operation("dot", _FAMILY, "r = np.dot(a, b)", "a = centred(1); b = centred(2)", FLOATS, tolerance=1000),
    _new("einsum ij,jk", "np.einsum('ij,jk->ik', x, y)", _XY, _SQUARES[:3]),
    _new("einsum ij,ij->i", "np.einsum('ij,ij->i', x, y)", _XY, _SQUARES),
    _new("solve", "np.linalg.solve(x, y)", _REGULAR + "; y = centred(2)[: n[0]]", _SQUARES),
    _new("inv", "np.linalg.inv(x)", _REGULAR, _SQUARES),
    _new("det", "np.linalg.slogdet(x)[1]", _REGULAR, _SQUARES),
    _new("cholesky", "np.linalg.cholesky(x)", _REGULAR + "; x = x + x.T", _SQUARES),
    # Signs of vectors are free.
    Operation(
        "qr", _FAMILY, "r = np.linalg.qr(x)", _REGULAR, FLOATS, _SQUARES[:3], result="np.abs(r[1])", tolerance=100
    ),
    Operation(
        "svd", _FAMILY, "r = np.linalg.svd(x)", _REGULAR, FLOATS, _SQUARES[:3], result="r[1]", tolerance=100
    ),
    Operation(
        "eigh", _FAMILY, "r = np.linalg.eigh(x)", _REGULAR + "; x = x + x.T", FLOATS, _SQUARES[:3], result="r[0]",
        tolerance=100,
    ),
)

#: Rows, columns and depth, as in the benchmark of matrix products alone.
_DIMENSIONS = (
    *((n, n, n) for n in (128, 192, 256, 384, 512, 768, 1024, 2048)),
    (1, 1024, 1024), (127, 129, 131), (1000, 10, 1000), (64, 3136, 576), (513, 511, 33),
)
PRODUCTS = (
    Operation(
        "GEMM", "gemm", "np.matmul(x, y, out=r)",
        "x = centred(1)[: n[0] * n[2]].reshape(n[0], n[2]); y = centred(2)[: n[2] * n[1]].reshape(n[2], n[1]); "
        "r = np.empty((n[0], n[1]), dt)",
        FLOATS, _DIMENSIONS, "out", tolerance=10, is_product=True,
    ),
)
