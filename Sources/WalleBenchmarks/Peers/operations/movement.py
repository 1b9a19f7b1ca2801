"""What moves elements, or only describes them anew."""

from operations.kinds import FLOATS, WIDTHS, Operation

_FAMILY = "movement"
_A = "a = values(1)"
_AB = "a = values(1); b = values(2)"
_X = "x = matrix(1)"


def _new(name: str, expression: str, setup: str = _A, dtypes: tuple[str, ...] = WIDTHS, **rest) -> Operation:
    return Operation(name, _FAMILY, f"r = {expression}", setup, dtypes, **rest)


def _view(name: str, expression: str, setup: str = _X, **rest) -> Operation:
    return Operation(name, "views", f"r = {expression}", setup, ("float64",), form="view", **rest)


OPERATIONS = (
    _new("copy", "a.copy()"),
    _new("strided copy", "a[::2].copy()"),
    _new("strided copy of columns", "x[:, ::2].copy()", _X),
    _new("transposed copy", "x.T.copy()", _X),
    _new("transposed copy", "x.T.copy()", "x = values(1).reshape(n)", FLOATS, sizes=((3000, 3000),)),
    _new(
        "permuted copy", "np.ascontiguousarray(x.transpose(2, 0, 1))", "x = values(1).reshape(n)", FLOATS,
        sizes=((224, 224, 3), (32, 64, 128)),
    ),
    _new("flipped copy", "np.flip(a).copy()"),
    _new("concatenate", "np.concatenate((a, b))", _AB),
    _new("concatenate axis 1", "np.concatenate((x, y), axis=1)", "x = matrix(1); y = matrix(2)"),
    _new("stack", "np.stack((a, b), axis=1)", _AB),
    _new("tile", "np.tile(a, 2)"),
    _new("repeat", "np.repeat(a, 2)"),
    _new("pad", "np.pad(x, 1)", _X),
    _new("roll", "np.roll(a, 3)"),
    Operation("fill", _FAMILY, "a[:] = 7", _A + ".copy()", form="in place", result="a", dtypes=WIDTHS),
    Operation(
        "assign columns", _FAMILY, "x[:, ::2] = y", "x = matrix(1).copy(); y = matrix(2)[:, ::2].copy()",
        form="in place", result="x", dtypes=WIDTHS,
    ),
    _view("reshape", "x.reshape(-1)"),
    _view("slice", "a[1:-1]", _A),
    _view("slice of a matrix", "x[1:, ::2]"),
    _view("transpose", "x.T"),
    _view("broadcast_to", "np.broadcast_to(a, (3, n))", _A),
    _view("new axis", "a[:, None]", _A),
    _view("element", "a[3]", _A),
    _view("iterate over rows", "[row for row in x[:10]]"),
)
