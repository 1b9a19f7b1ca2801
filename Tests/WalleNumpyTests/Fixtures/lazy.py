"""Lazy blocks give what eager computation gives, later and in fewer passes."""

import copy
import gc
import json
import pickle
import warnings
import weakref

import walle.numpy as np
from walle import _tensor as _t


def lazy():
    """A block in which arrays of any size are virtual."""
    return np.lazy(least=0)


def raises(kind, text, function, *arguments, **names):
    """Check the class and a part of the message of what a call raises."""
    try:
        result = function(*arguments, **names)
    except kind as error:
        assert text in str(error), f"{error!s} does not say {text!r}"
        return
    raise AssertionError(f"no {kind.__name__}, but {result!r}")


def same(found, expected):
    """Check type, dtype, shape and every bit."""
    assert type(found) is type(expected), (type(found), type(expected))
    assert found.dtype == expected.dtype and found.shape == expected.shape, (found, expected)
    assert found.tobytes() == expected.tobytes(), (found, expected)


def data(dtype, *shape):
    count = int(np.prod(np.asarray(shape)))
    values = (np.arange(count) * 37 % 23).astype(np.float64) - 7.25
    return (np.abs(values) if dtype == "bool" else values).astype(dtype).reshape(shape)


EXPRESSIONS = {
    "chain": lambda x, y: np.tanh(x * 2 + 1) * y - x,
    "comparison": lambda x, y: (x < y) | (x == 3),
    "where": lambda x, y: np.where(x > y, x * 2, y - 1),
    "astype": lambda x, y: (x + y).astype(np.float32).astype(np.int16),
    "scalar left": lambda x, y: 3 - x * np.float32(2),
    "broadcast": lambda x, y: x * y[0] + y[:, :1],
    "transpose": lambda x, y: (x + y).T * 2,
    "slice": lambda x, y: (x * y)[1:, ::-2] + 1,
    "new axis": lambda x, y: (x + 1)[:, None, :] * y[None, :, :],
    "reshape": lambda x, y: (x + y).reshape(-1)[3:] * 2,
    "concatenate": lambda x, y: np.concatenate([x + 1, y * 2], axis=1)[:, 1:-1],
    "stack": lambda x, y: np.stack([x + y, x - y], axis=1),
    "roll": lambda x, y: np.roll(x + y, 3, axis=1) - x,
    "roll flat": lambda x, y: np.roll(x + y, 5),
    "flip": lambda x, y: np.flip(x + y) + x,
    "tile": lambda x, y: np.tile(x + y, (2, 3)),
    "pad": lambda x, y: np.pad(x + y, ((1, 2), (0, 3)), constant_values=5),
    "pad edge": lambda x, y: np.pad(x + y, 2, mode="edge"),
    "broadcast_to": lambda x, y: np.broadcast_to(x + y, (3, *x.shape)) * 2,
    "max": lambda x, y: (x * y).max(axis=0) + (x + y).min(axis=1, keepdims=True),
    "any": lambda x, y: (x > y).any(axis=1) & (x + y > 3).all(),
    "swapaxes": lambda x, y: np.swapaxes(x + y, 0, 1).ravel() * 2,
    "squeeze": lambda x, y: np.squeeze((x + y)[:, None]) * 2,
    "copy": lambda x, y: (x + y).copy() * x.copy(),
    "divmod": lambda x, y: np.add(*divmod(x, abs(y) + 1)),
    "power": lambda x, y: x**2 + y**3,
    "cumulative": lambda x, y: np.cumsum(x + y, axis=1) + x,
    "sort": lambda x, y: np.sort(x * y, axis=0) - y,
    "product": lambda x, y: (x + 1) @ (y * 2).T + 1,
    "index": lambda x, y: (x + y)[[1, 0, 2]] * 2,
    "mask": lambda x, y: (x + y)[x > y],
    "clip": lambda x, y: np.clip(x + y, -1, 4) * 2,
    "split": lambda x, y: np.split(x + y, 3)[1] + np.vsplit(x, 3)[2],
    "rot90": lambda x, y: np.rot90(x + y) * 2,
    "repeat": lambda x, y: np.repeat(x + y, 2, axis=1),
}


def test_results_are_those_of_eager_calls():
    for dtype in ("float64", "float32", "float16", "int32", "uint8", "complex64"):
        x, y = data(dtype, 6, 8), data(dtype, 6, 8)[::-1] + np.ones((), dtype)
        for name, expression in EXPRESSIONS.items():
            with np.errstate(all="ignore"):
                try:
                    expected, failure = expression(x, y), None
                except Exception as error:
                    expected, failure = None, error
                try:
                    with lazy():
                        found = expression(x, y)
                except Exception as error:
                    assert type(error) is type(failure) and str(error) == str(failure), (name, dtype, error, failure)
                    continue
            assert failure is None, (name, dtype, failure)
            try:
                same(found, expected)
            except AssertionError as error:
                raise AssertionError(f"{name} of {dtype}: {error}") from None


def test_sums_are_as_accurate():
    x = data("float64", 40, 50)
    with lazy():
        found = [((x - x.mean()) / x.std()).sum(axis=0), (x * 2).sum(), np.mean(x * x, axis=1), x.var(axis=1), (x / 3).prod()]
    expected = [((x - x.mean()) / x.std()).sum(axis=0), (x * 2).sum(), np.mean(x * x, axis=1), x.var(axis=1), (x / 3).prod()]
    for one, other in zip(found, expected):
        assert type(one) is type(other) and one.dtype == other.dtype
        assert np.allclose(one, other, rtol=1e-12, atol=1e-12), (one, other)


def test_arrays_stay_virtual_until_elements_are_wanted():
    x = np.linspace(0, 1, 7)
    with lazy():
        y = x * 2 + 1
        assert isinstance(y, np.ndarray) and y.shape == (7,) and y.dtype == np.float64 and len(y) == 7
        assert y.ndim == 1 and y.size == 7 and y.nbytes == 56 and y.T.shape == (7,) and _t.is_virtual(y)
        total = y.sum()
        assert isinstance(total, np.float64) and isinstance(total, float) and _t.is_virtual(total)
        assert abs(float(total) - 14) < 1e-12 and type(total) is np.float64 and not _t.is_virtual(total)
        for use in (repr, str, list, bytes, memoryview, np.asarray, pickle.dumps, copy.copy, np.linalg.norm, lambda a: a[2]):
            each = x - 3
            assert _t.is_virtual(each)
            use(each)
            assert _t.is_virtual(each) == (use is np.asarray)
        assert hash((x * 0).sum()) == hash(0.0) and 2.0 in x * 2 and f"{(x * 0).sum():.1f}" == "0.0"
        assert complex((x * 0).sum()) == 0 and round((x + 0.4).sum()) == round(float((x + 0.4).sum()))
    assert type(y) is np.ndarray and not _t.is_virtual(y)


def test_wrong_shapes_and_types_raise_at_their_line():
    x = np.ones((2, 3))
    with lazy():
        raises(ValueError, "could not be broadcast together with shapes (2, 3) (4,)", lambda: (x + 1) + np.ones(4))
        raises(TypeError, "bitwise_and", lambda: (x + 1) & x)
        raises(ValueError, "cannot reshape", lambda: (x + 1).reshape(4, 2))
        raises(IndexError, "out of bounds", lambda: (x + 1)[5:, 7])
        raises(ValueError, "zero-size array", lambda: (x + 1)[:0].max())
        raises(OverflowError, "", lambda: np.ones(3, np.uint8) + 300)
        raises(ValueError, "axis 2", lambda: (x + 1).sum(axis=2))
        assert ((x + 1) == 2).all()


def test_writing_to_a_source_computes_what_depends_on_it():
    for write in (
        lambda a: a.__setitem__(0, 99),
        lambda a: a.__iadd__(5),
        lambda a: np.add(a, 1, out=a),
        lambda a: a.fill(3),
        lambda a: memoryview(a).cast("B").__setitem__(0, 7),
        lambda a: np.random.default_rng(1).random(out=a),
        lambda a: a.sort(),
        lambda a: np.copyto(a, 4),
    ):
        a = np.arange(5.0)[::-1].copy()
        b = np.arange(5.0)
        with lazy():
            y, z = a * 2, b * 2
            view = a[1:]
            write(a)
            assert not _t.is_virtual(y) and _t.is_virtual(z)
        assert y.tolist() == [8, 6, 4, 2, 0] and z.tolist() == [0, 2, 4, 6, 8]
        assert np.shares_memory(view, a)


def test_views_of_virtual_arrays_alias():
    with lazy():
        t = np.arange(6.0) + 1
        u, v = t[::2], t.reshape(2, 3)
        u[0] = 50
        assert t[0] == 50 and v[0, 0] == 50
        w = (np.arange(6.0) * 2)[1:]
        row, turned = w[:3], w.T
        row[0] = -1
        assert turned[0] == -1
        same_twice = np.arange(4.0) * 3, np.arange(4.0) * 3
        same_twice[0][0] = 9
        assert same_twice[1][0] == 0
    a = np.arange(40_000.0)
    with lazy():
        one, two = a * 2, a * 2
    one[0] = 5
    assert two[0] == 0 and not np.shares_memory(one, two)
    with lazy():
        read_only = np.broadcast_to(a[:4] * 2, (3, 4))
        raises(ValueError, "read-only", lambda: read_only.__setitem__(0, 1))


def test_floating_point_exceptions_name_their_function():
    zeros = np.zeros(3)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with lazy():
            y = 1 / zeros - np.log(zeros + 1)
            with np.errstate(divide="ignore"):
                quiet = 2 / zeros
    assert [str(each.message) for each in caught] == ["divide by zero encountered in divide"]
    assert quiet.tolist() == [np.inf] * 3 and y.tolist() == [np.inf] * 3
    with lazy():
        with np.errstate(all="raise"):
            bad = np.sqrt(zeros - 1)
        good = zeros + 1
        raises(FloatingPointError, "invalid value encountered in sqrt", lambda: bad[0])
        assert np.isnan(bad).all() and good.tolist() == [1, 1, 1]


def test_blocks_nest_and_end_by_exceptions():
    x = np.arange(4.0)
    with lazy():
        with lazy():
            y = x + 1
        assert _t.is_virtual(y)
    assert not _t.is_virtual(y)
    try:
        with lazy():
            z = x * 3
            raise KeyError("left")
    except KeyError:
        pass
    assert not _t.is_virtual(z) and z.tolist() == [0, 3, 6, 9] and not _t.is_lazy()

    @lazy()
    def decorated(a):
        assert _t.is_virtual(a + 1)
        return a * 2 + 1

    assert type(decorated(x)) is np.ndarray and decorated(x).tolist() == [1, 3, 5, 7]
    raises(ValueError, "no lazy block", np.lazy().__exit__, None, None, None)
    raises(TypeError, "no positional", np.lazy, 5)
    raises(TypeError, "'least'", np.lazy, most=5)

    class Named(np.lazy):
        def __init__(self, name):
            self.name = name

        def __new__(cls, name):
            return super().__new__(cls)

    with Named("one") as one, Named("two") as two:
        assert (one.name, two.name) == ("one", "two")
    assert np.lazy().least is None and np.lazy(least=7).least == 7


def test_clip_and_powers_stay_virtual():
    x, k = np.arange(12, dtype=np.int32) - 4, np.arange(12, dtype=np.int32) % 3
    y = x * 0.5
    with lazy():
        virtual = [np.clip(y, -1, 2), y.clip(0, None), (y + 1).clip(-1.5, 1.5), np.clip(x, None, 3), x**3, x**k, (x + 1) ** k]
        assert all(map(_t.is_virtual, virtual))
        assert not _t.is_virtual(x ** (k + 0)) and _t.is_virtual(x ** (k + 0).astype(np.uint8))
        raises(ValueError, "negative integer powers", lambda: x ** (k - 5))
        raises(ValueError, "negative integer powers", lambda: x**x)
        raises(ValueError, "negative integer powers", lambda: x**-1)
    eager = [np.clip(y, -1, 2), y.clip(0, None), (y + 1).clip(-1.5, 1.5), np.clip(x, None, 3), x**3, x**k, (x + 1) ** k]
    for found, expected in zip(virtual, eager):
        same(found, expected)


def test_json_asks_for_the_value_of_a_virtual_sum():
    x = np.ones(7)
    with lazy():
        total = x.sum()
        assert _t.is_virtual(total)
        assert json.dumps({"sum": total}, default=float) == '{"sum": 7.0}'
        assert json.dumps({"sum": total}) == '{"sum": 7.0}' and type(total) is np.float64
        later = (x * 2).sum()
    assert json.dumps([later]) == "[14.0]" and {later: 1}[14.0] == 1


def test_small_arrays_are_computed_at_once():
    with np.lazy():
        assert not _t.is_virtual(np.ones(100) + 1) and _t.is_virtual(np.ones(70_000) + 1)
        with lazy():
            assert _t.is_virtual(np.ones(100) + 1)
        assert not _t.is_virtual(np.ones(100) + 1) and not _t.is_virtual(np.ones(100).sum())


def test_chains_run_in_one_pass():
    x = np.linspace(0, 1, 1000)
    with lazy():
        before = _t.lazy_counters()
        y = np.tanh(x * 2 + 1) * x - x
        total = (y * y).sum()
        y.shape
        del y
        float(total)
        passes, steps, _, arrays, size, _ = (b - a for a, b in zip(before, _t.lazy_counters()))
    assert (passes, steps, arrays, size) == (1, 6, 1, 8), (passes, steps, arrays, size)
    with lazy():
        before = _t.lazy_counters()
        parts = np.concatenate([x.reshape(20, 50), x.reshape(20, 50)], axis=1)[2:5].T
        parts.strides
        _, _, regions, arrays, _, _ = (b - a for a, b in zip(before, _t.lazy_counters()))
    assert (regions, arrays) == (2, 1), (regions, arrays)


def test_no_memory_for_what_is_in_between():
    # Each array has 160 MB of the 1 GB that the interpreter may have.
    x = np.ones(20_000_000)
    with lazy():
        y = x
        parts = [x * float(k) for k in range(1, 9)]
        for part in parts:
            y = y + part
        del parts, part
        total = (y - 1).sum()
        del y
    assert total == 20_000_000 * 36.0
    gc.collect()


def test_lack_of_memory_names_the_function_and_loses_nothing():
    x = np.ones((1 << 20, 1))
    small = np.arange(3.0)
    with lazy():
        z = small * 2
        try:
            with lazy():
                y = np.tanh(np.broadcast_to(x, (1 << 20, 1 << 10)))
                y[0, 0]
        except MemoryError as error:
            assert "tanh" in str(error), error
        else:
            raise AssertionError("no MemoryError")
        part = y[:2, 0] + 0
        del y
        assert part.tolist() == [np.tanh(1.0)] * 2
    assert z.tolist() == [0, 2, 4] and small.tolist() == [0, 1, 2]


def test_nothing_is_kept_after_the_block():
    a = np.arange(1000.0)
    gone = weakref.ref(a)
    with lazy():
        b = a * 2
        c = b[::2]
        held = weakref.ref(c)
        del a
        assert held() is c
    gc.collect()
    assert gone() is None and held() is c and c[1] == 4
    del c
    gc.collect()
    assert held() is None
