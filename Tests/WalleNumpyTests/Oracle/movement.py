"""Cases of what moves elements, makes arrays, casts and prints."""

from __future__ import annotations

from universal import Case

from operands import ALL, FLOATS, REAL, Operands, Shape


def movement(make: Operands) -> Case:
    """Cases of one array that is moved about."""
    dtype = make.random.choice(ALL)
    a = make.array(dtype, make.shape())
    rank = len(a.shape)
    form = make.random.choice(_FORMS)(make, a.shape, rank)
    return {"lines": [f"a = {a.text}", f"r = {form}"], "show": ["r"], "rule": "exact"}


def _axis(make: Operands, rank: int) -> int:
    if make.chance(0.03):
        return rank
    return make.random.randint(-rank, rank - 1) if rank else 0


def _some_axes(make: Operands, rank: int) -> str:
    if make.chance(0.4):
        return "None"
    count = make.random.randint(0, min(2, rank))
    return str(tuple(make.random.sample(range(rank), count)))


def _reshape(make: Operands, shape: Shape, rank: int) -> str:
    lengths = list(shape)
    make.random.shuffle(lengths)
    if lengths and make.chance(0.4):
        lengths[make.random.randrange(len(lengths))] = -1
    if make.chance(0.3):
        lengths.insert(make.random.randint(0, len(lengths)), 1)
    if make.chance(0.05):
        lengths.append(2)
    return f"np.reshape(a, {tuple(lengths)}{make.random.choice(('', '', ', order=' + repr('F')))})"


def _pad(make: Operands, shape: Shape, rank: int) -> str:
    mode = make.random.choice(
        ("constant", "edge", "reflect", "symmetric", "wrap", "maximum", "minimum", "empty", "constant")
    )
    mode = "constant" if mode == "empty" else mode
    width = make.random.choice((0, 1, 2, 4, (1, 2), tuple((make.random.randint(0, 3), 1) for _ in range(rank))))
    return f"np.pad(a, {width}, mode='{mode}')"


def _repeat(make: Operands, shape: Shape, rank: int) -> str:
    if rank and make.chance(0.5):
        axis = make.random.randrange(rank)
        counts = [make.random.randint(0, 3) for _ in range(shape[axis])]
        return f"np.repeat(a, {counts}, axis={axis})"
    return f"np.repeat(a, {make.random.randint(0, 3)}{make.random.choice(('', f', axis={_axis(make, rank)}'))})"


def _roll(make: Operands, shape: Shape, rank: int) -> str:
    if rank >= 2 and make.chance(0.3):
        return f"np.roll(a, ({make.random.randint(-9, 9)}, 1), axis=(0, 1))"
    shift = make.random.choice((0, 1, -1, 7, -8, 2**40))
    return f"np.roll(a, {shift}{make.random.choice(('', f', axis={_axis(make, rank)}'))})"


def _split(make: Operands, shape: Shape, rank: int) -> str:
    name = make.random.choice(("split", "array_split"))
    places = make.random.choice((1, 2, 3, [1], [0, 2], [2, 1], [-1], [5]))
    return f"np.{name}(a, {places}, axis={_axis(make, rank)})"


def _join(make: Operands, shape: Shape, rank: int) -> str:
    dtype = make.random.choice(ALL)
    other = make.array(dtype, shape if make.chance(0.9) else make.shape()).text
    axis = make.random.choice((f", axis={_axis(make, rank)}", "", ", axis=None"))
    name = make.random.choice(("concatenate", "concatenate", "stack", "vstack", "hstack", "dstack", "column_stack"))
    axis = axis if name == "concatenate" else (f", axis={_axis(make, rank + 1)}" if name == "stack" else "")
    return f"np.{name}((a, {other}){axis})"


def _insert(make: Operands, shape: Shape, rank: int) -> str:
    length = shape[0] if rank else 0
    place = make.random.choice((0, 1, -1, length, [0, 0], [0, -1], slice(0, 2)))
    if make.chance(0.5):
        return f"np.delete(a, {place}, axis={0 if rank else None})"
    return f"np.insert(a, {place}, {make.number(make.random.choice(REAL))}, axis={0 if rank else None})"


_FORMS = (
    _reshape, _reshape, _pad, _pad, _repeat, _roll, _roll, _split, _join, _join, _insert,
    lambda m, s, r: f"np.tile(a, {m.random.choice((0, 1, 2, (2,), (1, 2), (2, 1, 2), ()))})",
    lambda m, s, r: f"np.flip(a, {_some_axes(m, r)})",
    lambda m, s, r: f"np.rot90(a, {m.random.randint(-3, 5)})",
    lambda m, s, r: f"np.transpose(a, {tuple(m.random.sample(range(r), r))})",
    lambda m, s, r: f"np.moveaxis(a, {_axis(m, r)}, {_axis(m, r)})",
    lambda m, s, r: f"np.swapaxes(a, {_axis(m, r)}, {_axis(m, r)})",
    lambda m, s, r: f"np.rollaxis(a, {_axis(m, r)}, {m.random.randint(0, r)})",
    lambda m, s, r: f"np.squeeze(a{m.random.choice(('', f', axis={_axis(m, r)}'))})",
    lambda m, s, r: f"np.expand_dims(a, {m.random.choice((0, -1, r, (0, -1), (0, 0), r + 1))})",
    lambda m, s, r: f"np.ravel(a, order='{m.random.choice('CFAK')}')",
    lambda m, s, r: f"a.flatten('{m.random.choice('CFAK')}')",
    lambda m, s, r: f"a.copy('{m.random.choice('CF')}').strides if a.size else 0",
    lambda m, s, r: f"np.resize(a, {m.shape(2)})",
    lambda m, s, r: f"np.tril(a, {m.random.randint(-3, 3)})",
    lambda m, s, r: f"np.triu(a, {m.random.randint(-3, 3)})",
    lambda m, s, r: f"np.diag(a, {m.random.randint(-2, 2)})",
    lambda m, s, r: f"np.broadcast_to(a, {(*m.shape(1), *s)})",
    lambda m, s, r: f"np.atleast_{m.random.choice('123')}d(a)",
    lambda m, s, r: f"np.append(a, a, axis={m.random.choice((None, 0))})",
    lambda m, s, r: "a.tolist()",
    lambda m, s, r: f"a.view('{m.random.choice(ALL)}')",
    lambda m, s, r: "(a.real, a.imag)",
    lambda m, s, r: "a.tobytes('F')",
    lambda m, s, r: f"np.array(a.tolist(), dtype='{m.random.choice(ALL)}')",
    lambda m, s, r: f"np.empty_like(a).shape, np.zeros_like(a, dtype='{m.random.choice(ALL)}')",
)  # fmt: skip


def cast(make: Operands) -> Case:
    """Cases of casts between all types, and of arrays of Python's numbers."""
    dtype, target = make.random.choice(ALL), make.random.choice(ALL)
    if make.chance(0.25):
        count = make.random.randint(1, 3)
        values = ", ".join(make.number(make.random.choice((dtype, "int8", "float64"))) for _ in range(count))
        how = make.random.choice((f", '{target}'", ""))
        return {"lines": [f"r = np.array([{values}]{how})"], "show": ["r"], "rule": "exact"}
    a = make.array(dtype, make.large_shape() if make.chance(0.15) else make.shape())
    casting = make.random.choice(("", "", "", ", casting='safe'", ", casting='same_kind'"))
    form = make.random.choice((f"a.astype('{target}'{casting})", f"np.array(a, '{target}')", f"np.{_class(target)}(a)"))
    return {"lines": [f"a = {a.text}", f"r = {form}"], "show": ["r"], "rule": "exact"}


def _class(dtype: str) -> str:
    return "bool_" if dtype == "bool" else dtype


def creation(make: Operands) -> Case:
    """Cases of what makes arrays of numbers."""
    dtype = make.random.choice((None, None, *REAL))
    kind = f", dtype='{dtype}'" if dtype else ""
    small = make.random.choice(("int8", "int8", "float16"))
    first, last = make.number(small), make.number(small)
    step = make.random.choice(("1", "2", "-1", "0.5", "0.1", "-0.25", "3"))
    form = make.random.choice(
        (
            f"np.arange({first}{kind})",
            f"np.arange({first}, {last}{kind})",
            f"np.arange({first}, {last}, {step}{kind})",
            f"np.linspace({first}, {last}, {make.random.randint(0, 9)}{kind})",
            f"np.linspace({first}, {last}, {make.random.randint(0, 9)}, endpoint=False)",
            f"np.eye({make.random.randint(0, 4)}, {make.random.randint(0, 4)}, {make.random.randint(-3, 3)}{kind})",
            f"np.full({make.shape()}, {first}{kind})",
            f"np.ones({make.shape()}{kind})",
            f"np.tri({make.random.randint(0, 4)}, {make.random.randint(0, 4)}, {make.random.randint(-3, 3)}{kind})",
            f"np.indices({make.shape(2)}{kind.replace('bool', 'int8')})",
            f"np.vander(np.array([1, 2, 3]{kind}), {make.random.randint(0, 4)})",
            f"np.meshgrid(np.array([{first}, 1]), np.array([{last}]), indexing='{make.random.choice(('ij', 'xy'))}')",
            f"np.fromiter([{first}, {last}], '{make.random.choice(FLOATS)}')",
            f"np.frombuffer(bytes(range(64)), '{make.random.choice(ALL[1:])}')",
        )
    )
    how = {"scale": "10"} if "linspace" in form else "exact"
    if form.startswith("np.meshgrid"):
        form = f"tuple({form})"
    return {"lines": [f"r = {form}"], "show": ["r"], "rule": how}


def printing(make: Operands) -> Case:
    """Cases of `str` and `repr`, for all layouts, with and without options."""
    a = make.any(make.random.choice(ALL), make.random.choice((make.shape(), make.shape(), make.large_shape())))
    options = make.random.choice(
        (
            "", "", "", "precision=3", "suppress=True", "threshold=5, edgeitems=1", "linewidth=40", "sign='+'",
            "floatmode='fixed', precision=2", "sign=' '", "formatter={'float': '{:.2f}'.format}",
        )
    )  # fmt: skip
    form = make.random.choice(("str(a)", "repr(a)", "str(a)", "repr(a)", "np.array2string(a, separator=', ')"))
    if form.startswith("np.array2string") and not a.is_array:
        form = "repr(a)"
    lines = [f"a = {a.text}"]
    if options:
        lines += [f"with np.printoptions({options}): r = {form}"]
    else:
        lines += [f"r = {form}"]
    return {"lines": lines, "show": ["r"], "rule": "exact"}


def overlap(make: Operands) -> Case:
    """Cases that write to memory which they read from."""
    dtype = make.random.choice(("int8", "int64", "float16", "float32", "float64", "complex128"))
    make.is_wild = False
    length = make.random.choice((0, 1, 2, 5, 33, 70))
    views = ("a", "a[::-1]", "a[1:]", "a[:-1]", "a[::2]", "a[1::2]", "a[2:]", "a[:-2]", "a[:1]")
    target, left, right = (make.random.choice(views) for _ in range(3))
    lines = [f"a = np.arange({length}).astype('{dtype}')"]
    form = make.random.choice(
        (
            f"np.add({left}, {right}, out={target})",
            f"np.negative({left}, out={target})",
            f"np.copyto({target}, {left})",
            f"np.cumsum({left}, out={target})",
            f"np.multiply({left}, 2, out={target})",
            f"{target}.__setitem__(slice(None), {left})",
            f"np.clip({left}, 2, 5, out={target})",
            f"np.take(a, np.arange({length})[::-1], out={target})",
            f"np.add.accumulate({left}, out={target})",
        )
    )
    return {"lines": [*lines, form], "show": ["a"], "rule": "exact"}
