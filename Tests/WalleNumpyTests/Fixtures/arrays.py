"""What arrays are and do: memory, types, operators, indices, errors. The results are NumPy's."""

import gc
import math
import pickle
import warnings
import weakref

import walle.numpy as np


def raises(kind, text, function, *arguments, **names):
    """Check the class and a part of the message of what a call raises."""
    try:
        result = function(*arguments, **names)
    except kind as error:
        assert text in str(error), f"{error!s} does not say {text!r}"
        return
    except Exception as error:
        raise AssertionError(f"{type(error).__name__}: {error} is no {kind.__name__}") from error
    raise AssertionError(f"no {kind.__name__}, but {result!r}")


# MARK: memory


def test_views_alias():
    a = np.arange(12.0).reshape(3, 4).copy()
    row, column, turned, part = a[1], a[:, 2], a.T, a[::2, ::-1]
    a[1, 2] = 99
    assert row[2] == column[1] == turned[2, 1] == 99
    part[0, 0] = -1
    assert a[0, 3] == -1 and part.base is a and a.base is None
    a += 1
    assert row[0] == 5 and np.shares_memory(a, part) and not np.shares_memory(a, a.copy())


def test_a_view_keeps_the_memory():
    a = np.arange(100_000)
    view = a[10:20]
    gone = weakref.ref(a)
    del a
    gc.collect()
    assert gone() is not None and view.sum() == 145
    del view
    assert gone() is None


def test_overlapping_operations_read_before_they_write():
    a = np.arange(10)
    a[1:] = a[:-1]
    assert a.tolist() == [0, 0, 1, 2, 3, 4, 5, 6, 7, 8]
    b = np.arange(6.0)
    b[::-1] += b
    assert b.tolist() == [5.0] * 6
    c = np.arange(9.0).reshape(3, 3)
    c += c.T
    assert c.tolist() == [[0, 4, 8], [4, 8, 12], [8, 12, 16]]
    np.add(c, c[0], out=c)
    assert c[2].tolist() == [8, 16, 24]


def test_read_only():
    a = np.broadcast_to(np.arange(3), (2, 3))
    raises(ValueError, "read-only", a.__setitem__, 0, 1)
    b = np.zeros(3)
    b.flags.writeable = False
    raises(ValueError, "read-only", b.fill, 1)
    raises(BufferError, "read-only", lambda: memoryview(b).__class__ and _writable(b))
    raises(ValueError, "WRITEABLE", lambda: np.frombuffer(bytes(8)).setflags(write=True))


def _writable(array):
    import array as stdlib

    view = memoryview(array)
    if view.readonly:
        raise BufferError("the array is read-only")
    return stdlib


# MARK: types


def test_promotion_of_python_numbers():
    assert (np.float32(1) + 1.5).dtype == np.float32
    assert (np.arange(3, dtype="uint8") + 1).dtype == "uint8"
    assert (np.arange(3, dtype="int8") * 1.5).dtype == float
    assert (np.array([True]) + 1).dtype == int and (np.array([1.0], "f2") + 1j).dtype == "complex64"
    raises(OverflowError, "300 out of bounds for uint8", lambda: np.arange(3, dtype="uint8") + 300)
    assert (np.arange(3, dtype="uint8") < 300).all() and not (np.uint8(5) == -1)


def test_promotion_of_types():
    assert np.result_type("int8", "uint8") == "int16" and np.result_type("int64", "uint64") == "float64"
    assert np.result_type("int16", "float16") == "float32" and np.promote_types("f4", "c8") == "c8"
    assert np.result_type(np.float16, np.bfloat16) == np.float32
    assert np.can_cast("i4", "f8") and not np.can_cast("i8", "f4") and np.can_cast("i8", "f4", "same_kind")


def test_scalars():
    x = np.float64(1.5)
    assert isinstance(x, float) and {x: 1}[1.5] == 1 and hash(np.int8(5)) == hash(5)
    assert type(np.arange(3)[1]) is np.int64 and type(np.arange(3.0).sum()) is np.float64
    assert np.float32(3) ** 2 == 9 and type(np.float32(3) ** 2) is np.float32
    assert f"{np.float64(2.5):.2f}" == "2.50" and round(np.float32(2.5)) == 2 and int(np.uint8(7)) == 7
    assert [10, 20, 30][np.int64(1)] == 20 and pickle.loads(pickle.dumps(np.int16(-3))) == -3


def test_refused_types():
    for spec, text in (("O", "objects"), ("U5", "text"), ("M8[s]", "seconds"), (">f4", "byte order"), ("S3", "bytes")):
        raises(TypeError, text, np.dtype, spec)
    raises(TypeError, "list", np.array, ["a", "b"])
    raises(TypeError, "nan", np.array, [1.0, None])
    raises(ValueError, "inhomogeneous shape after 1 dimensions", np.array, [[1, 2], [3]])


# MARK: operators


def test_arithmetic_at_the_edges():
    with np.errstate(all="ignore"):
        assert np.array([2**63 - 1]) + 1 == -(2**63)
        assert (np.array([7, -7]) // np.array([0, 2])).tolist() == [0, -4]
        assert (np.array([7, -7]) % np.array([0, 2])).tolist() == [0, 1]
        assert (np.int8(-128) // np.int8(-1)) == -128
        assert math.copysign(1, np.multiply(-0.0, 1.0)) == -1
        assert (np.array([1.0, -1.0, 0.0]) / 0).tolist()[:2] == [math.inf, -math.inf]
        assert np.float64(5e-324) / 2 == 0 and np.isnan(np.array([math.inf]) - math.inf).all()
    raises(ValueError, "negative integer powers", lambda: np.arange(1, 3) ** -1)
    raises(TypeError, "boolean subtract", lambda: np.array([True]) - np.array([True]))


def test_floating_point_exceptions():
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        np.array([1.0]) / np.array([0.0])
        np.array([1e308]) * 10
        np.sqrt(np.array([4.0]))
    assert [str(each.message) for each in seen] == [
        "divide by zero encountered in divide", "overflow encountered in multiply",
    ]  # fmt: skip
    with np.errstate(divide="raise"):
        raises(FloatingPointError, "divide by zero", lambda: np.array([1]) // np.array([0]))
    assert np.geterr()["divide"] == "warn"


def test_out_and_where():
    a, out = np.arange(4.0), np.zeros(4)
    assert np.add(a, 1, out=out) is out and out.tolist() == [1, 2, 3, 4]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.divide(1.0, a, out=out, where=a > 0)
    assert out.tolist() == [1, 1, 0.5, 1 / 3]
    raises(TypeError, "same_kind", np.add, a, 1.5, out=np.zeros(4, int))
    raises(ValueError, "non-broadcastable output", np.add, np.zeros((2, 4)), a, out=out)
    b = np.arange(3)
    raises(TypeError, "same_kind", b.__iadd__, 1.5)


def test_functions_of_elements():
    assert np.add.reduce([[1, 2], [3, 4]]).tolist() == [4, 6] and np.multiply.accumulate([1, 2, 3]).tolist() == [1, 2, 6]
    assert np.subtract.outer([1, 2], [3, 4]).tolist() == [[-2, -3], [-1, -2]]
    counts = np.zeros(3, int)
    np.add.at(counts, [0, 2, 2, 2], 1)
    assert counts.tolist() == [1, 0, 3]
    assert np.add.reduceat(np.arange(8), [0, 4, 1, 5]).tolist() == [6, 4, 10, 18]
    assert np.add.nin == 2 and np.add.identity == 0 and np.maximum.reduce([3, 1]) == 3


# MARK: indices


def test_indices():
    a = np.arange(24).reshape(2, 3, 4)
    assert a[1, -1, 2] == 22 and a[..., 0].shape == (2, 3) and a[:, None].shape == (2, 1, 3, 4)
    assert a[[0, 1], [2, 0]].tolist() == [[8, 9, 10, 11], [12, 13, 14, 15]]
    assert a[:, [0, 2], 1].shape == (2, 2) and a[[0], :, [1, 2]].shape == (2, 3)
    assert a[a > 20].tolist() == [21, 22, 23] and a[:, np.array([True, False, True])].shape == (2, 2, 4)
    assert a[np.ix_([1], [0, 2], [3])].ravel().tolist() == [15, 23] and a[()].shape == a.shape
    assert a[np.zeros((2, 0), bool)].shape == (0, 4)
    a[a % 2 == 0] = -1
    a[0, 1] = [7, 8, 9, 10]
    assert a[0, :2].tolist() == [[-1, 1, -1, 3], [7, 8, 9, 10]]
    a[[0, 0], [0, 0], [0, 0]] = [5, 6]
    assert a[0, 0, 0] == 6


def test_wrong_indices():
    a = np.zeros((2, 3))
    raises(IndexError, "index 2 is out of bounds for axis 0 with size 2", lambda: a[2])
    raises(IndexError, "index -4 is out of bounds for axis 1 with size 3", lambda: a[0, -4])
    raises(IndexError, "array is 2-dimensional, but 3 were indexed", lambda: a[0, 0, 0])
    raises(IndexError, "only integers, slices", lambda: a["x"] if False else a[1.5])
    raises(IndexError, "single ellipsis", lambda: a[..., ...])
    raises(IndexError, "boolean index did not match", lambda: a[np.array([True, False, True])])
    raises(IndexError, "shape mismatch", lambda: a[[0, 1], [0, 1, 2]])
    raises(IndexError, "index 9 is out of bounds for axis 1", lambda: a[:, [0, 9]])
    raises(ValueError, "could not broadcast", a.__setitem__, slice(None), np.zeros(2))
    raises(ValueError, "slice step cannot be zero", lambda: a[::0])


# MARK: shapes


def test_shapes():
    a = np.arange(6)
    assert a.reshape(2, -1).shape == (2, 3) and a.reshape(3, 2).T.flags.f_contiguous
    raises(ValueError, "cannot reshape array of shape (6,) into shape (4, 2)", a.reshape, 4, 2)
    raises(ValueError, "shapes (2,) (3,)", lambda: np.zeros(2) + np.zeros(3))
    raises(ValueError, "negative", np.zeros, -1)
    raises(np.exceptions.AxisError, "axis 2 is out of bounds for array of dimension 1", np.sum, a, axis=2)
    assert np.zeros((0, 3)).sum(axis=0).tolist() == [0, 0, 0] and np.zeros((2, 0)).max(axis=0).shape == (0,)
    raises(ValueError, "no identity", np.zeros(0).max)
    assert np.concatenate([a, [9.5]]).dtype == float


def test_too_large():
    raises(MemoryError, "bytes", np.zeros, 1 << 44)
    raises(ValueError, "larger than memory", np.zeros, (1 << 40, 1 << 40))
    raises(MemoryError, "bytes", lambda: np.broadcast_to(np.float64(1), (1 << 24, 1 << 20)) + 1)
    assert np.arange(3).sum() == 3


# MARK: exchange


def test_buffers():
    import array

    numbers = array.array("d", [1, 2, 3])
    a = np.asarray(numbers)
    a[0] = 9
    assert numbers[0] == 9 and memoryview(a).format == "d" and memoryview(a).shape == (3,)
    raises(BufferError, "", numbers.append, 4)
    text = np.frombuffer(b"\x01\x00\x02\x00", "uint16")
    assert text.tolist() == [1, 2] and not text.flags.writeable
    raises(ValueError, "multiple of element size", np.frombuffer, b"abc", "uint16")
    odd = np.asarray(memoryview(bytes(9))[1:].cast("d"))
    assert odd.tolist() == [0.0] and np.frombuffer(bytes(9), "f8", 1, 1).tolist() == [0.0]
    assert bytes(memoryview(np.arange(4, dtype="u1").reshape(2, 2).T).tobytes()) == b"\x00\x02\x01\x03"
    matrix = memoryview(np.arange(6.0).reshape(2, 3)[:, ::2])
    assert matrix.strides == (24, 16) and matrix.tolist() == [[0, 2], [3, 5]]


def test_unusual_buffers():
    raises(TypeError, "other byte order", np.frombuffer, b"\0\0\0\1", ">i4")
    repeated = np.asarray(memoryview(np.broadcast_to(np.arange(3.0)[:, None], (3, 4))))
    assert repeated.strides == (8, 0) and repeated.sum() == 12
    assert np.asarray(memoryview(bytes(range(6)))[::-2]).tolist() == [5, 3, 1]
    source = bytearray(range(16))
    buffer = memoryview(source)
    view = np.frombuffer(buffer, "u1")[2:4]
    raises(BufferError, "exported", buffer.release)
    del buffer
    raises(BufferError, "", source.append, 1)
    assert view.tolist() == [2, 3]


def test_dlpack():
    a = np.arange(6.0).reshape(2, 3)
    b = np.from_dlpack(a)
    b[0, 0] = 5
    assert a[0, 0] == 5 and a.__dlpack_device__() == (1, 0)
    class Box:
        def __dlpack__(self, **names):
            return a[:, ::2].__dlpack__()
        def __dlpack_device__(self):
            return (1, 0)
    assert np.from_dlpack(Box()).tolist() == [[5, 2], [3, 5]]


def test_pickle_and_copy():
    import copy

    a = np.arange(6, dtype="int16").reshape(2, 3).T
    b = pickle.loads(pickle.dumps(a))
    assert b.tolist() == a.tolist() and b.dtype == a.dtype
    c = copy.deepcopy({"a": a})["a"]
    c[0] = 0
    assert a[0, 1] == 3 and np.dtype("f4") is pickle.loads(pickle.dumps(np.dtype("f4")))


def test_missing_names_say_what_to_use():
    raises(AttributeError, "use", lambda: np.float_)
    raises(AttributeError, "use", lambda: np.in1d)
    raises(AttributeError, "", lambda: np.no_such_name)


# MARK: cancellation


def test_a_sum_is_pairwise():
    a = np.full(1 << 20, 0.1, "float32")
    assert abs(float(a.sum()) - 0.1 * 2**20) < 0.1 and abs(float(a.reshape(-1, 1).sum(axis=0)[0]) - 0.1 * 2**20) < 0.1


def test_complex_numbers():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert (np.array([1 + 1j, 3j]) / 2).tolist() == [0.5 + 0.5j, 1.5j]
        assert np.reciprocal(np.array([2j]))[0] == -0.5j
    assert np.fmin(1 + 0j, complex(math.nan, 0)) == 1 and np.rint(np.array([1.5 - 2.5j]))[0] == 2 - 2j
    assert np.sign(np.array([3 + 4j, 0]))[0] == 0.6 + 0.8j
    assert np.reciprocal(np.array([-4, -1, 1, 2])).tolist() == [0, -1, 1, 0]
    raises(TypeError, "not defined", np.floor, np.array([1j]))


def test_folds_of_many_rows_keep_their_order():
    a = np.arange(1.0, 101.0)
    assert np.subtract.reduce(a) == 1 - a[1:].sum()
    grid = np.arange(40_000.0).reshape(200, 200)
    assert (np.subtract.reduce(grid, axis=0) == grid[0] - grid[1:].sum(axis=0)).all()
    assert np.divide.reduce(np.full(40, 2.0)) == 2.0**-38 and np.maximum.reduce(grid, axis=0)[3] == 39_803
    assert grid.astype("int8").sum(axis=0, dtype="int64").tolist() == [
        sum(row) for row in zip(*grid.astype("int8").tolist())
    ]


def test_clip():
    a = np.arange(5000)
    assert np.clip(a, 10, 4000).sum() == sum(min(max(x, 10), 4000) for x in range(5000))
    assert np.clip(a, 1.5, 3).dtype == float and np.clip(a.astype("u1"), -5, 300).max() == 255
    b = np.linspace(-1, 1, 7)
    assert np.clip(b, -0.5, 0.5, out=b) is b and b.max() == 0.5 and np.isnan(np.clip(np.array([math.nan]), 0, 1))[0]


def test_wrong_indices_leave_nothing():
    a, positions = np.zeros((2, 3)), np.zeros(100_000, "int32")
    for _ in range(1500):
        # More than the limit of this interpreter, were the positions kept.
        raises(IndexError, "only integers", lambda: a[positions, 1.5])
