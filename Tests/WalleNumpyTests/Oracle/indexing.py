"""Cases of indexing: every form, what is right and what is not, read and written."""

from __future__ import annotations

from universal import Case

from operands import ALL, INTEGERS, REAL, Operands, Shape

# Where offsets and lengths overflow.
_ADVERSARIAL = (2**31 - 1, -(2**31), 2**31, 2**62, 2**63 - 1, -(2**63), 2**63, -(2**63) - 1, 2**64, 2**70, -(2**70))


def read(make: Operands) -> Case:
    a = make.array(make.random.choice(ALL), make.shape())
    lines = [f"a = {a.text}", f"r = a[{expression(make, a.shape)}]"]
    return {"lines": lines, "show": ["r"], "rule": "exact"}


def write(make: Operands) -> Case:
    dtype = make.random.choice(ALL)
    a = make.array(dtype, make.shape())
    other = dtype if make.chance(0.5) else make.random.choice(ALL)
    value = make.random.choice(
        (
            make.number(other),
            make.any(other, make.meeting(a.shape)).text,
            make.any(other, make.meeting(a.shape[1:])).text,
            make.any(other, make.shape(2)).text,
            make.random.choice(("a", "a[::-1]", "a.T", "a[..., :1]", "a[1:]")) if a.shape else "a",
            make.scalar(other).text,
        )
    )
    index = expression(make, a.shape)
    sign = "=" if make.chance(0.8) else make.random.choice(("+=", "*=", "-="))
    # NumPy fuses multiplications of complex numbers.
    how = {"modulus": 4} if sign == "*=" and "complex" in dtype + other else "exact"
    return {"lines": [f"a = {a.text}", f"a[{index}] {sign} {value}"], "show": ["a"], "rule": how}


def expression(make: Operands, shape: Shape) -> str:
    """An index for an array of a shape, right as a rule."""
    if make.chance(0.1):
        return whole_mask(make, shape)
    if make.chance(0.05):
        return str(make.random.choice(_BAD))
    axes = list(shape)
    parts: list[str] = []
    has_ellipsis = False
    together = make.filled_shape(2) if make.chance(0.7) else None
    while axes and make.chance(0.8):
        if make.chance(0.1):
            parts.append("None")
        if not has_ellipsis and make.chance(0.12):
            has_ellipsis = True
            del axes[: make.random.randint(0, len(axes))]
            parts.append("...")
            continue
        if len(axes) >= 2 and make.chance(0.05):
            parts.append(make.array("bool", (axes.pop(0), axes.pop(0))).text)
            continue
        parts.append(_part(make, axes.pop(0), together))
    if make.chance(0.04):
        parts.append(make.random.choice(("0", ":", "None", "...", "True", "False")))
    if not parts:
        return make.random.choice(("...", "()", "None", ":" if shape else "()", "True", "False"))
    return ", ".join(parts) + ("," if len(parts) == 1 and make.chance(0.3) else "")


_BAD = (
    "1.0", "'a'", "1j", "{}", "[[0, 1], [2]]", "np.array([0.5])", "np.array([])", "[]", "[[]]", "slice(0.5, 1)",
    "::0", "slice(None, None, 0)", "np.array('x') if False else 'x'", "np.float64(1)", "0, 0, 0, 0, 0, 0", "..., ...",
    "[True]", "[None]", "[slice(0, 1)]", "(0, 'a')", "np.array(1)", "np.array([1], 'uint64')", "np.bool_(True)",
    "True, True", "[0.0]", "np.zeros((0, 3), 'int64')", "()", "np.ones((2, 2, 2, 2, 2), 'bool')", "[1, True]",
    "range(2)", "b'a'", "None, None, None", "np.array(True)", "(((0,),),)", "np.array([[True], [False]])",
)  # fmt: skip


def _number(make: Operands, length: int) -> int:
    if make.chance(0.03):
        return make.random.choice(_ADVERSARIAL)
    if make.chance(0.05) or not length:
        return make.random.randint(-length - 1, length + 1)
    return make.random.randint(-length, length - 1)


def _slice(make: Operands, length: int) -> str:
    def bound() -> str:
        if make.chance(0.4):
            return ""
        if make.chance(0.05):
            return str(make.random.choice(_ADVERSARIAL))
        return str(make.random.randint(-length - 2, length + 2))

    step = make.random.choice(("", "", ":1", ":2", ":-1", ":-2", ":3", f":{make.random.choice(_ADVERSARIAL)}"))
    return f"{bound()}:{bound()}{step}"


def _part(make: Operands, length: int, together: Shape | None) -> str:
    """An index of one axis; integer arrays have a common shape as a rule."""
    form = make.random.random()
    if form < 0.3:
        return _slice(make, length)
    if form < 0.5:
        number = _number(make, length)
        return str(number) if make.chance(0.8) or abs(number) > 100 else f"np.int64({number})"
    if form < 0.6:
        return make.array("bool", (length if make.chance(0.95) else length + 1,)).text
    shape = make.meeting(together) if together is not None else make.shape(2)
    if form < 0.7:
        values = [_number(make, length) for _ in range(make.random.choice((0, 1, 2, 3)))]
        return str(values)
    return _positions(make, length, shape)


def _positions(make: Operands, length: int, shape: Shape) -> str:
    dtype = make.random.choice(("int64", "int64", "int64", *INTEGERS))
    count = 1
    for size in shape:
        count *= size
    low = 0 if dtype[0] == "u" else -length
    numbers = [make.random.randint(low, max(length - 1, low)) for _ in range(count)]
    if numbers and make.chance(0.04):
        numbers[-1] = min(max(_number(make, length), low * 3), 120)
    text = f"np.array({numbers}, '{dtype}')"
    text = text if len(shape) == 1 else f"{text}.reshape({shape})"
    return text + make.random.choice(("", "", "", "[::-1]" if shape else "", ".T"))


def whole_mask(make: Operands, shape: Shape) -> str:
    if make.chance(0.2):
        return f"a {make.random.choice(('>', '!=', '=='))} {make.random.randint(-1, 3)}"
    if make.chance(0.05):
        shape = make.shape()
    return make.array("bool", shape).text


# Functions that index


def function(make: Operands) -> Case:
    a = make.writable(make.random.choice(ALL), make.shape())
    axis = make.random.randint(-len(a.shape), len(a.shape) - 1) if a.shape else None
    length = a.shape[axis] if axis is not None else 1
    total = 1
    for size in a.shape:
        total *= size
    mode = make.random.choice(("", "", ", mode='wrap'", ", mode='clip'"))
    lines, show = [f"a = {a.text}"], ["r"]
    form = make.random.choice(_FORMS)
    if form == "take":
        where = "" if make.chance(0.4) else f", axis={axis}"
        places = _positions(make, total if not where else length, make.shape(2))
        lines.append(f"r = np.take(a, {places}{where}{mode})")
    elif form == "put":
        places = _positions(make, total, make.shape(1, 1))
        lines.append(f"np.put(a, {places}, {make.any(make.random.choice(ALL), make.shape(1, 1)).text}{mode})")
        show = ["a"]
    elif form == "take_along_axis":
        lines.append(f"r = np.take_along_axis(a, {_positions(make, length, a.shape)}, axis={axis})")
    elif form == "put_along_axis":
        lines.append(f"np.put_along_axis(a, {_positions(make, length, a.shape)}, {make.number(a.dtype)}, axis={axis})")
        show = ["a"]
    elif form == "compress":
        lines.append(f"r = np.compress({make.array('bool', make.shape(1, 1)).text}, a, axis={axis})")
    elif form == "choose":
        lines.append(f"r = np.choose({_positions(make, 2, a.shape)}, [a, {make.number(a.dtype)}]{mode})")
    elif form == "place":
        lines.append(f"np.place(a, {make.array('bool', a.shape).text}, {make.array(a.dtype, make.shape(1, 1)).text})")
        show = ["a"]
    elif form == "putmask":
        value = make.any(make.random.choice(ALL), make.shape(1, 1)).text
        lines.append(f"np.putmask(a, {make.array('bool', a.shape).text}, {value})")
        show = ["a"]
    elif form == "copyto":
        value = make.any(make.random.choice(REAL), make.meeting(a.shape)).text
        lines.append(f"np.copyto(a, {value}, where={make.array('bool', make.meeting(a.shape)).text})")
        show = ["a"]
    elif form == "item":
        lines.append(f"r = a.item({', '.join(str(_number(make, size)) for size in a.shape)})")
    elif form == "flat":
        lines.append(f"r = a.flat[{_slice(make, total) if make.chance(0.5) else _number(make, total)}]")
    elif form == "ravel_multi_index":
        parts = ", ".join(_positions(make, size, (2,)) for size in a.shape)
        lines.append(f"r = np.ravel_multi_index(({parts},), a.shape{mode})" if parts else "r = a")
    elif form == "unravel_index":
        lines.append(f"r = np.unravel_index({_positions(make, total, make.shape(1))}, a.shape)")
    elif form == "diagonal":
        lines.append(f"r = np.{make.random.choice(('diagonal', 'trace'))}(a, {make.random.randint(-2, 2)})")
    return {"lines": lines, "show": show, "rule": "exact"}


_FORMS = (
    "take", "take", "put", "take_along_axis", "put_along_axis", "compress", "choose", "place", "putmask", "copyto",
    "item", "flat", "ravel_multi_index", "unravel_index", "diagonal",
)  # fmt: skip
