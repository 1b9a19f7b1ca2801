"""Cases of functions of elements, and of what folds, accumulates and scatters by them."""

from __future__ import annotations

from typing import Any

from operands import ALL, COMPLEX, FLOATS, INTEGERS, REAL, Operand, Operands, Shape

Case = dict[str, Any]

# Correctly rounded by both, or of integers.
_EXACT_UNARY = (
    "negative positive absolute fabs sign square reciprocal sqrt floor ceil trunc rint invert conjugate bitwise_count "
    "logical_not isnan isinf isfinite signbit spacing real imag"
).split()
_ELEMENTARY = (
    "exp exp2 expm1 log log2 log10 log1p cbrt sin cos tan arcsin arccos arctan sinh cosh tanh arcsinh arccosh arctanh "
    "deg2rad rad2deg degrees radians"
).split()
_EXACT_BINARY = (
    "add subtract multiply divide floor_divide remainder fmod minimum maximum fmin fmax copysign nextafter bitwise_and "
    "bitwise_or bitwise_xor left_shift right_shift gcd lcm equal not_equal less less_equal greater greater_equal "
    "logical_and logical_or logical_xor heaviside ldexp divmod"
).split()
_ROUNDED_BINARY = "power hypot arctan2 logaddexp logaddexp2 float_power".split()
# Composed by functions of Python on either side, with no attributes of a ufunc's on ours.
_PLAIN = {"fabs", "positive", "spacing", "heaviside", "ldexp", "divmod", "real", "imag", "float_power"} | {
    "deg2rad", "rad2deg", "degrees", "radians",
}  # fmt: skip
_OF_INTEGERS = {"bitwise_and", "bitwise_or", "bitwise_xor", "left_shift", "right_shift", "gcd", "lcm", "invert"}
_OPERATORS = {
    "add": "+", "subtract": "-", "multiply": "*", "divide": "/", "floor_divide": "//", "remainder": "%",
    "power": "**", "bitwise_and": "&", "bitwise_or": "|", "bitwise_xor": "^", "left_shift": "<<",
    "right_shift": ">>", "equal": "==", "not_equal": "!=", "less": "<", "less_equal": "<=", "greater": ">",
    "greater_equal": ">=",
}  # fmt: skip
_FOLDS = "add multiply minimum maximum bitwise_and bitwise_or bitwise_xor logical_and logical_or logical_xor".split()
# How far from NumPy's results ours may be, where neither rounds correctly: units in the last place.
ELEMENTARY_ULP = 8


def rule(name: str, *dtypes: str) -> Any:
    """What a function's results are compared by."""
    if any(dtype in COMPLEX for dtype in dtypes):
        # Relative to the modulus: real and imaginary parts cancel.
        near = {"multiply", "square"}
        exact = {"add", "subtract", "negative", "positive", "conjugate", "real", "imag"}
        return "exact" if name in exact else {"modulus": 4 if name in near else 64}
    if name in _ELEMENTARY or name in _ROUNDED_BINARY:
        return {"ulp": ELEMENTARY_ULP}
    return "exact"


def unary(make: Operands) -> Case:
    name = make.random.choice(_EXACT_UNARY + _ELEMENTARY)
    dtype = make.random.choice(INTEGERS if name in _OF_INTEGERS and make.chance(0.8) else ALL)
    shape = make.large_shape() if make.chance(0.15) else make.shape()
    operand = make.any(dtype, shape)
    return _call(make, name, [operand], shape)


def binary(make: Operands) -> Case:
    name = make.random.choice(_EXACT_BINARY * 2 + _ROUNDED_BINARY)
    types = INTEGERS if name in _OF_INTEGERS and make.chance(0.8) else ALL
    first = make.random.choice(types)
    second = first if make.chance(0.5) else make.random.choice(types)
    shape = make.large_shape() if make.chance(0.15) else make.shape()
    left = make.any(first, make.meeting(shape) if make.chance(0.3) else shape)
    right = make.any(second, make.meeting(shape))
    if not left.is_array and not right.is_array and not make.chance(0.3):
        left = make.array(first, shape)
    if name in _OPERATORS and make.chance(0.4):
        return _operator(make, name, left, right)
    return _call(make, name, [left, right], shape)


def _operator(make: Operands, name: str, left: Operand, right: Operand) -> Case:
    sign = _OPERATORS[name]
    lines = [f"a = {left.text}", f"b = {right.text}"]
    how = rule(name, left.dtype, right.dtype)
    if left.is_array and left.is_writable and name not in ("equal", "less") and make.chance(0.3):
        return {"lines": [*lines, f"a {sign}= b"], "show": ["a"], "rule": how}
    return {"lines": [*lines, f"r = a {sign} b"], "show": ["r"], "rule": how}


def _call(make: Operands, name: str, operands: list[Operand], shape: Shape) -> Case:
    lines = [f"{variable} = {operand.text}" for variable, operand in zip("ab", operands)]
    words = list("ab"[: len(operands)])
    show = ["r"]
    can = name not in _PLAIN
    if can and make.chance(0.25):
        lines.append(f"o = {_target(make, operands, shape)}")
        words.append("out=o")
        show += ["a", "o"]
        if make.chance(0.4):
            lines.append(f"w = {make.array('bool', make.meeting(shape)).text}")
            words.append("where=w")
    if can and make.chance(0.08):
        words.append(f"dtype='{make.random.choice(ALL)}'")
    return {
        "lines": [*lines, f"r = np.{name}({', '.join(words)})"],
        "show": show,
        "rule": rule(name, *(operand.dtype for operand in operands)),
    }


def _target(make: Operands, operands: list[Operand], shape: Shape) -> str:
    """Where a result goes: an array of its own, an operand, or memory that an operand shares."""
    first = operands[0]
    if first.is_array and first.is_writable and make.chance(0.35):
        return make.random.choice(("a", "a", "a[::-1]" if first.shape else "a", "a.T", "a[...]"))
    dtype = make.random.choice((first.dtype, first.dtype, "float64", "complex128", *ALL))
    wanted = shape if make.chance(0.9) else make.shape()
    if make.chance(0.05):
        wanted = (2, *shape)
    return make.writable(dtype, wanted).text


# Methods of functions


def method(make: Operands) -> Case:
    """Cases of `accumulate`, `reduceat`, `outer`, `at` and `reduce`."""
    return make.random.choice((_accumulate, _reduceat, _outer, _at, _reduce))(make)


def _fold_operand(make: Operands, name: str, least: int = 0) -> Operand:
    types = ("bool", *INTEGERS) if "wise" in name else ALL
    dtype = make.random.choice(types)
    make.is_wild = make.is_wild and dtype not in COMPLEX
    return make.array(dtype, make.shape(3, least))


def _axis(make: Operands, rank: int) -> int:
    if make.chance(0.04):
        return rank + make.random.randint(0, 1)
    return make.random.randint(-rank, rank - 1) if rank else make.random.choice((0, -1))


def bounded(name: str, dtype: str) -> Any:
    """Sums and products of floats depend on the order: within the error of any order that is not foolish."""
    if dtype not in FLOATS + COMPLEX:
        return "exact"
    if name in ("add", "subtract"):
        return {"scale": "np.abs(a.astype('complex128')).sum() if a.size else 0"}
    return {"modulus": 64} if name == "multiply" else "exact"


def _accumulate(make: Operands) -> Case:
    name = make.random.choice(_FOLDS + ["subtract", "fmax"])
    a = _fold_operand(make, name)
    lines = [f"a = {a.text}", f"r = np.{name}.accumulate(a, axis={_axis(make, len(a.shape))})"]
    return {"lines": lines, "show": ["r"], "rule": bounded(name, a.dtype)}


def _reduceat(make: Operands) -> Case:
    name = make.random.choice(_FOLDS + ["subtract"])
    a = _fold_operand(make, name, 1)
    axis = _axis(make, len(a.shape))
    length = a.shape[axis] if -len(a.shape) <= axis < len(a.shape) else 1
    places = [make.random.randint(0, max(0, length - 1)) for _ in range(make.random.randint(0, 4))]
    if make.chance(0.05):
        places.append(length)
    lines = [f"a = {a.text}", f"r = np.{name}.reduceat(a, np.array({places}, 'int64'), axis={axis})"]
    return {"lines": lines, "show": ["r"], "rule": bounded(name, a.dtype)}


def _outer(make: Operands) -> Case:
    name = make.random.choice(["add", "multiply", "subtract", "maximum", "less", "logical_and"])
    types = [make.random.choice(ALL) for _ in range(2)]
    lines = [f"a = {make.any(types[0], make.shape(2)).text}", f"b = {make.any(types[1], make.shape(2)).text}"]
    return {"lines": [*lines, f"r = np.{name}.outer(a, b)"], "show": ["r"], "rule": rule(name, *types)}


def _at(make: Operands) -> Case:
    name = make.random.choice(["add", "multiply", "subtract", "maximum", "minimum", "logical_or", "negative"])
    dtype = make.random.choice(ALL)
    other = dtype if make.chance(0.7) else make.random.choice(REAL)
    a = make.writable(dtype, make.filled_shape(2, 1))
    count = make.random.randint(0, 5)
    length = a.shape[0]
    places = [make.random.randint(-length, length - 1 + (make.chance(0.03))) for _ in range(count)]
    lines = [f"a = {a.text}", f"i = np.array({places}, 'int64')"]
    if name == "negative":
        return {"lines": [*lines, "np.negative.at(a, i)"], "show": ["a"], "rule": "exact"}
    lines.append(f"b = {make.any(other, make.meeting((count, *a.shape[1:]))).text}")
    return {"lines": [*lines, f"np.{name}.at(a, i, b)"], "show": ["a"], "rule": rule(name, dtype)}


def _reduce(make: Operands) -> Case:
    name = make.random.choice(_FOLDS + ["subtract", "divide", "fmin", "hypot", "gcd"])
    a = _fold_operand(make, name if name != "gcd" else "bitwise")
    words = [f"axis={_axis(make, len(a.shape))}"]
    if name in _FOLDS and make.chance(0.3):
        words = ["axis=None"]
    if make.chance(0.3):
        words.append("keepdims=True")
    if make.chance(0.2):
        words.append(f"initial={make.number(make.random.choice((a.dtype, 'int8')))}")
    if make.chance(0.15):
        words.append(f"dtype='{make.random.choice(ALL)}'")
    if name in ("add", "multiply", "logical_and", "logical_or") and make.chance(0.2):
        words.append(f"where=np.{make.array('bool', make.meeting(a.shape)).text[3:]}")
    lines = [f"a = {a.text}", f"r = np.{name}.reduce(a, {', '.join(words)})"]
    how = {"modulus": 64} if name in ("divide", "hypot") else bounded(name, a.dtype)
    return {"lines": lines, "show": ["r"], "rule": how}
