"""Cases of reductions, running sums, order, products and other functions of whole arrays."""

from __future__ import annotations

from universal import Case

from operands import ALL, COMPLEX, REAL, Operands

_SUMS = "sum mean nansum cumsum nanmean nancumsum average".split()
_EXACT = "min max any all argmin argmax ptp count_nonzero nanmin nanmax nanargmin nanargmax amin amax".split()
_PRODUCTS = "prod nanprod cumprod nancumprod".split()
_SPREADS = "std var nanstd nanvar".split()
_MIDDLES = "median nanmedian".split()
_SCALE = {"scale": "np.abs(np.nan_to_num(a.astype('complex128'))).sum() if a.size else 0"}
_SQUARES = {"scale": "2 + (np.abs(np.nan_to_num(a.astype('complex128'))) ** 2).sum() if a.size else 0"}


def reduction(make: Operands) -> Case:
    group = make.random.choice((_SUMS, _SUMS, _EXACT, _EXACT, _PRODUCTS, _SPREADS, _MIDDLES))
    name = make.random.choice(group)
    dtype = make.random.choice(ALL)
    make.is_wild = make.is_wild and group in (_SUMS, _EXACT)
    shape = make.large_shape() if make.chance(0.1) else make.shape()
    a = make.array(dtype, shape)
    words = ["a", *_axes(make, name, len(shape))]
    words += _options(make, name, dtype, shape)
    how = {"sum": _SCALE, "spread": _SQUARES}.get("spread" if group is _SPREADS else "sum")
    how = "exact" if group is _EXACT else {"modulus": 256} if group is _PRODUCTS else how
    if group is _EXACT and dtype in COMPLEX:
        how = {"modulus": 4}
    return {"lines": [f"a = {a.text}", f"r = np.{name}({', '.join(words)})"], "show": ["r"], "rule": how}


def _axes(make: Operands, name: str, rank: int) -> list[str]:
    if make.chance(0.35):
        return []
    if rank >= 2 and make.chance(0.25) and not name.startswith(("cum", "arg", "nancum", "nanarg")):
        return [f"axis={tuple(make.random.sample(range(-rank, 0), 2))}"]
    high = rank - 1 if rank and not make.chance(0.04) else rank
    return [f"axis={make.random.randint(-max(rank, 1), max(high, 0))}"]


def _options(make: Operands, name: str, dtype: str, shape: tuple[int, ...]) -> list[str]:
    words = []
    if not name.startswith(("cum", "nancum", "arg", "nanarg")) and make.chance(0.25):
        words.append("keepdims=True")
    if name in ("sum", "prod", "cumsum", "cumprod", "mean", "nansum") and make.chance(0.15):
        words.append(f"dtype='{make.random.choice(ALL)}'")
    if name in ("sum", "prod", "min", "max") and make.chance(0.2):
        words.append(f"initial={make.number(make.random.choice(('int8', dtype)))}")
    if name in ("sum", "prod", "mean", "any", "all", "std", "var") and make.chance(0.15):
        words.append(f"where={make.array('bool', make.meeting(shape)).text}")
    if name in ("std", "var") and make.chance(0.3):
        words.append(f"ddof={make.random.choice((0, 1, 2))}")
    return words


# Order


def ordering(make: Operands) -> Case:
    form = make.random.choice(_ORDERINGS)
    return form(make)


def _sort(make: Operands) -> Case:
    a = make.writable(make.random.choice(ALL), make.large_shape() if make.chance(0.2) else make.shape())
    axis = make.random.choice(("", ", axis=None", ", axis=0", ", axis=-1"))
    form = make.random.choice((f"np.sort(a{axis})", f"np.argsort(a{axis}, kind='stable')"))
    return {"lines": [f"a = {a.text}", f"r = {form}"], "show": ["r"], "rule": "exact"}


def _sort_in_place(make: Operands) -> Case:
    a = make.writable(make.random.choice(ALL), make.shape())
    return {"lines": [f"a = {a.text}", f"a.sort(axis={make.random.choice((0, -1))})"], "show": ["a"], "rule": "exact"}


def _partition(make: Operands) -> Case:
    a = make.array(make.random.choice(REAL), make.filled_shape(3, 1))
    place = make.random.randint(-a.shape[-1], a.shape[-1] - 1)
    # What is before and after the place is in no order: only the place's own element is certain.
    lines = [f"a = {a.text}", f"r = np.partition(a, {place})[..., {place}]"]
    lines.append(f"s = np.sort(np.partition(a, {place})[..., :{place}])")
    return {"lines": lines, "show": ["r", "s"], "rule": "exact"}


def _search(make: Operands) -> Case:
    dtype = make.random.choice(ALL)
    other = dtype if make.chance(0.6) else make.random.choice(REAL)
    lines = [f"a = np.sort({make.array(dtype, make.shape(1, 1)).text})", f"v = {make.any(other, make.shape(2)).text}"]
    side = make.random.choice(("", ", side='right'", ", side='left'"))
    return {"lines": [*lines, f"r = np.searchsorted(a, v{side})"], "show": ["r"], "rule": "exact"}


def _unique(make: Operands) -> Case:
    dtype = make.random.choice(ALL)
    words = [f", return_{what}=True" for what in ("index", "inverse", "counts") if make.chance(0.3)]
    lines = [f"a = {make.array(dtype, make.shape()).text}", f"r = np.unique(a{''.join(words)})"]
    return {"lines": lines, "show": ["r"], "rule": "exact"}


def _sets(make: Operands) -> Case:
    name = make.random.choice(("union1d", "intersect1d", "setdiff1d", "setxor1d", "isin"))
    first, second = (make.random.choice(REAL) for _ in range(2))
    lines = [f"a = {make.array(first, make.shape(2)).text}", f"b = {make.array(second, make.shape(2)).text}"]
    return {"lines": [*lines, f"r = np.{name}(a, b)"], "show": ["r"], "rule": "exact"}


def _lexsort(make: Operands) -> Case:
    shape = make.shape(1, 1)
    keys = [make.array(make.random.choice(REAL), shape).text for _ in range(2)]
    return {"lines": [f"r = np.lexsort(({keys[0]}, {keys[1]}))"], "show": ["r"], "rule": "exact"}


def _digitize(make: Operands) -> Case:
    dtype = make.random.choice(REAL[1:])
    lines = [f"a = {make.array(dtype, make.shape(2)).text}", f"b = np.sort({make.array(dtype, make.shape(1, 1)).text})"]
    return {"lines": [*lines, "r = np.digitize(a, b)"], "show": ["r"], "rule": "exact"}


_ORDERINGS = (_sort, _sort, _sort_in_place, _partition, _search, _search, _unique, _unique, _sets, _lexsort, _digitize)


# Products


def product(make: Operands) -> Case:
    """Cases of products of matrices and what contracts."""
    make.is_wild = False
    dtype = make.random.choice(ALL)
    other = dtype if make.chance(0.6) else make.random.choice(ALL)
    form, first, second = make.random.choice(_PRODUCT_FORMS)(make)
    lines = [f"a = {make.array(dtype, first).text}", f"b = {make.array(other, second).text}", f"r = {form}"]
    scale = "max(np.abs(a.astype('complex128')).sum(), 1) * max(np.abs(b.astype('complex128')).sum(), 1)"
    return {"lines": lines, "show": ["r"], "rule": {"scale": scale}}


def _matmul(make: Operands) -> tuple[str, tuple[int, ...], tuple[int, ...]]:
    inner = make.random.choice((0, 1, 2, 3, 5, 17))
    rows, columns = make.random.choice((1, 2, 3, 19)), make.random.choice((1, 2, 3, 20))
    first, second = (rows, inner), (inner if make.chance(0.95) else inner + 1, columns)
    if make.chance(0.3):
        first = (inner,)
    elif make.chance(0.3):
        second = second[:1]
    if make.chance(0.25):
        batch = make.shape(2)
        first, second = (*make.meeting(batch), *first), (*make.meeting(batch), *second)
    return make.random.choice(("a @ b", "np.matmul(a, b)")), first, second


def _dot(make: Operands) -> tuple[str, tuple[int, ...], tuple[int, ...]]:
    inner = make.random.choice((0, 1, 2, 3, 4))
    first, second = (*make.shape(2), inner), (*make.shape(1), inner, *make.shape(1)[:1])
    if make.chance(0.5):
        second = (inner,)
    return "np.dot(a, b)", first, second


def _contract(make: Operands) -> tuple[str, tuple[int, ...], tuple[int, ...]]:
    lengths = dict(zip("ijkl", (make.random.choice((1, 2, 3)) for _ in range(4))))
    letters = [make.random.sample("ijkl", make.random.randint(1, 3)) for _ in range(2)]
    everything = sorted(set(letters[0] + letters[1]))
    kept = [letter for letter in everything if make.chance(0.5)]
    make.random.shuffle(kept)
    text = f"{''.join(letters[0])},{''.join(letters[1])}->{''.join(kept)}"
    shapes = [tuple(lengths[letter] for letter in part) for part in letters]
    return f"np.einsum('{text}', a, b)", shapes[0], shapes[1]


def _tensordot(make: Operands) -> tuple[str, tuple[int, ...], tuple[int, ...]]:
    count = make.random.randint(0, 2)
    shared = tuple(make.random.choice((1, 2, 3)) for _ in range(count))
    return f"np.tensordot(a, b, axes={count})", (*make.shape(2), *shared), (*shared, *make.shape(2))


def _vectors(make: Operands) -> tuple[str, tuple[int, ...], tuple[int, ...]]:
    name = make.random.choice(("inner", "vdot", "outer", "vecdot", "kron"))
    shape = make.shape(1, 1)
    return f"np.{name}(a, b)", shape, shape if make.chance(0.9) else make.shape(1, 1)


_PRODUCT_FORMS = (_matmul, _matmul, _dot, _contract, _contract, _tensordot, _vectors)


# Functions of neighbours and of values


def function(make: Operands) -> Case:
    """Cases of clip, round, diff and others that are written in Python over the engine."""
    name, words = make.random.choice(_FUNCTIONS)
    dtype = make.random.choice(REAL if name not in ("diff", "round") else ALL)
    make.is_wild = make.is_wild and name in ("clip", "where", "nan_to_num", "modf", "frexp", "isclose", "copysign")
    shape = make.shape(3, 1 if name in ("diff", "gradient", "interp", "trapezoid", "convolve") else 0)
    lines = [f"a = {make.array(dtype, shape).text}"]
    if "b" in words:
        lines.append(f"b = {make.any(make.random.choice((dtype, *REAL)), make.meeting(shape)).text}")
    if "c" in words:
        lines.append(f"c = {make.any(dtype, make.meeting(shape)).text}")
    how = {"modulus": 64} if name in ("gradient", "trapezoid", "interp", "sinc", "convolve", "unwrap") else "exact"
    if name in ("gradient", "trapezoid", "convolve"):
        how = {"scale": "np.abs(a).sum() * (1 + np.abs(b).sum() if 'b' in globals() else 1)"}
    return {"lines": [*lines, f"r = np.{name}({words})"], "show": ["r"], "rule": how}


_FUNCTIONS = (
    ("clip", "a, b, c"), ("clip", "a, 1, 3"), ("clip", "a, None, b"), ("clip", "a, -1, None"), ("round", "a"),
    ("round", "a, 1"), ("round", "a, -1"), ("diff", "a"), ("diff", "a, axis=0"), ("diff", "a, n=2"),
    ("ediff1d", "a"), ("gradient", "a"), ("trapezoid", "a"), ("where", "a, a, b"), ("nan_to_num", "a"),
    ("modf", "a"), ("frexp", "a"), ("isclose", "a, b"), ("allclose", "a, b"), ("array_equal", "a, b"),
    ("bincount", "a"), ("trim_zeros", "a"), ("sinc", "a"), ("nonzero", "a"), ("argwhere", "a"), ("flatnonzero", "a"),
    ("convolve", "a, b"), ("isneginf", "a"), ("fix", "a"), ("unwrap", "a"), ("packbits", "a"), ("corrcoef", "a"),
    ("result_type", "a, b"), ("can_cast", "a.dtype, 'int16'"), ("array_equiv", "a, b"), ("extract", "a, a"),
)  # fmt: skip
