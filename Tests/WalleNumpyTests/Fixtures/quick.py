"""What Swift answers itself against what the function in Python gives for the same call."""

import itertools
import pickle
import random
import warnings

import walle.numpy as np
from walle import _tensor

KINDS = ("bool", "int8", "uint8", "int32", "int64", "uint64", "float16", "float32", "float64", "complex64", "complex128")


def _arrays():
    """Arrays of all types, some shapes and layouts."""
    generator = random.Random(20261121)
    for kind, shape in itertools.product(KINDS, ((), (0,), (1,), (5,), (200,), (3, 4), (0, 3), (2, 3, 2), (1, 2, 1, 3, 1))):
        count = 1
        for length in shape:
            count *= length
        numbers = [generator.randrange(0, 2 if kind == "bool" else 50) for _ in range(count)]
        array = np.asarray(numbers, kind).reshape(shape)
        yield array
        if len(shape) > 1:
            yield array.T
        if shape and shape[0] > 2:
            yield array[::-2]
            if kind.startswith("float"):
                special = array.copy()
                special.reshape(-1)[1] = float("nan")
                yield special


def _outcome(function, arguments, names):
    """What a call gives, as values that can be compared: the type, the shape, the bytes; or what it raises."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            result = function(*arguments, **names)
        except Exception as error:
            return type(error), str(error)
    categories = sorted({each.category.__name__ for each in told})
    parts = result if isinstance(result, tuple) else (result,)
    shown = [(type(part), part.dtype, part.shape, part.tobytes()) if hasattr(part, "dtype") else part for part in parts]
    return shown, categories


def _same(function, *arguments, **names):
    quick, python = (_outcome(each, arguments, names) for each in (function, function.__wrapped__))
    shown = ", ".join([repr(each) for each in arguments] + [f"{name}={value!r}" for name, value in names.items()])
    assert quick == python, f"{function.__name__}({shown}): {quick} is not {python}"


def _unlike_the_order_of_sums(array):
    """Whether sums of the array are exact, whatever the order."""
    return array.dtype.kind in "biu" or array.size < 16


def test_folds():
    folds = (np.sum, np.prod, np.max, np.min, np.any, np.all, np.argmax, np.argmin, np.count_nonzero, np.cumsum, np.cumprod)
    for array in _arrays():
        for function in folds:
            _same(function, array)
            for axis in (0, -1, 1, None, 7):
                _same(function, array, axis)
                _same(function, array, axis=axis)
        if _unlike_the_order_of_sums(array):
            for function in (np.mean, np.var, np.std):
                for axis in (0, -1, None):
                    _same(function, array, axis=axis)
        _same(np.sum, array, dtype="float64")
        _same(np.sum, array, keepdims=True)
        _same(np.sum, array, 0, nonsense=1)


def test_creation():
    for kind in (*KINDS, None, float, int, "nonsense", np.float32, np.dtype("int64")):
        for shape in (0, 3, (2, 3), (), [2, 2], -1, (2, -1), 2.5, (1, 2, 3, 4, 1)):
            for function in (np.zeros, np.ones):
                _same(function, shape, kind)
                _same(function, shape, dtype=kind)
            for value in (0, 1, -1, 2.5, True, 300, 1j, np.float32(1.5), 1 << 40):
                _same(np.full, shape, value, dtype=kind)
        for arguments in ((5,), (2, 9), (9, 2, -3), (1, 2, 0), (2.5,), (0, 1, 0.25), (-3,), (3, 3), (1 << 40, (1 << 40) + 3)):
            _same(np.arange, *arguments)
            _same(np.arange, *arguments, dtype=kind)
        for arguments in ((3,), (2, 4), (0,), (-1,), (3, 3, 1)):
            _same(np.eye, *arguments, dtype=kind)
    for arguments in ((0, 1), (0, 1, 5), (1, 1, 4), (0, 1, 1), (0, 1, 0), (2.5, -3, 7), (0, 1, -1), (0, float("inf"), 3)):
        _same(np.linspace, *arguments)
    for value in ([1, 2.5], [[1, 2], [3, 4]], [], [True, 2], [1, [2]], (1, 2), 3, ["a"]):
        _same(np.array, value)
    for array in _arrays():
        _same(np.copy, array)
        _same(np.zeros_like, array)
        _same(np.zeros_like, array, dtype="float32")
        for kind in KINDS:
            if array.dtype.kind == "f" and np.dtype(kind).kind in "iu" and array.size and np.isnan(array).any():
                continue
            _same(np.astype, array, np.dtype(kind))


def test_movement():
    for array in _arrays():
        for function in (np.ravel, np.squeeze, np.transpose, np.flip):
            _same(function, array)
        for axis in (0, 1, -1, 5):
            _same(np.expand_dims, array, axis)
            _same(np.flip, array, axis)
            for other in (array, array.copy(), array.astype("complex128")):
                _same(np.concatenate, (array, other), axis)
                _same(np.concatenate, [array, other], axis=axis)
                _same(np.stack, [array, other, array], axis)
        for times in (0, 1, 2, 3, 5, -1):
            for axis in (None, 0, -1):
                _same(np.repeat, array, times, axis)
        _same(np.concatenate, (array, array), None)


def test_selection():
    positions = (np.asarray([0]), np.asarray([1, -1, 0]), np.asarray([[0, 1], [1, 0]], "int8"), np.asarray([99]), [0, 1], 0)
    for array in _arrays():
        for each in positions:
            for axis in (None, 0, -1):
                _same(np.take, array, each, axis)
        for function in (np.sort, np.argsort, np.nonzero):
            _same(function, array)
        if array.ndim:
            for rank in (0, 1, -1, 9):
                _same(np.partition, array, rank)
        if array.ndim == 1 and array.dtype.kind in "iuf":
            ordered = np.sort(array)
            for values in (array, array[:2], 3, 2.5, np.float32(7)):
                _same(np.searchsorted, ordered, values)
            _same(np.compress, array > 3, array)


def test_products():
    generator = random.Random(5)
    for kind in KINDS:
        make = lambda *shape: np.asarray(  # noqa: E731
            [generator.randrange(0, 5) for _ in range(np.zeros(shape).size)], kind).reshape(shape)  # noqa: B023
        factors = [make(3), make(4), make(3, 4), make(4, 3), make(4, 4), make(4, 4).T, make(0, 4), make(2, 3, 4), make(8)[::2]]
        for left, right in itertools.product(factors, factors):
            _same(np.dot, left, right)
            _same(np.matmul, left, right)
        square, other = make(4, 4), make(4, 4).T
        for out in (np.zeros((4, 4), kind), np.zeros((4, 4), "float64"), np.zeros((3, 3), kind)):
            _same(np.matmul, square, other, out=out)
        expected = square @ other
        np.matmul(square, other, out=square)
        assert (square == expected).all()
        for text in ("ij,jk", "ij,jk->ik", "ij,jk->ki", "ij,ij->i", "ij,ij", "ij,ij->ij", "ij,kj->ik", "ii,ij->j", "ij,j->i", "i,j", "ij,jk->z"):
            _same(np.einsum, text, square, other)
        _same(np.einsum, "bij,bjk->bik", make(2, 3, 4), make(2, 4, 3))
        _same(np.einsum, "bij,bjk->kbi", make(2, 3, 4), make(2, 4, 3))


def test_is_a_function():
    assert np.sum.__name__ == "sum" and np.sum.__module__ == "walle.numpy._reductions"
    assert np.sum.__doc__ == np.sum.__wrapped__.__doc__
    assert callable(np.sum) and isinstance(np.sum, _tensor.quick)
    assert repr(np.sum).startswith("<function sum")
    assert pickle.loads(pickle.dumps(np.sum)) is np.sum
    array = np.arange(6.0).reshape(2, 3)
    bound = array.sum
    assert bound() == 15.0 and bound(axis=0).tolist() == [3.0, 5.0, 7.0]
    assert np.ndarray.sum(array) == 15.0
    try:
        _tensor.quick(lambda: 0)
    except ValueError as error:
        assert "<lambda>" in str(error)
    else:
        raise AssertionError("any function became quick")


def test_index_of_a_list():
    vector, matrix = np.arange(10.0), np.arange(12.0).reshape(3, 4)
    assert vector[[1, 2]].tolist() == [1, 2] and vector[[]].tolist() == [] and matrix[[]].shape == (0, 4)
    assert matrix[[True, False, True]].tolist() == [[0, 1, 2, 3], [8, 9, 10, 11]]
    vector[[0, 3]] = [7, 8]
    vector[[4]] = 9
    vector[[5, 6]] = vector[[6, 5]]
    assert vector.tolist() == [7, 1, 2, 8, 9, 6, 5, 7, 8, 9]


def test_writes_of_what_they_read():
    vector = np.arange(300)
    vector[np.arange(300)[::-1]] = vector
    assert vector.tolist() == list(range(299, -1, -1))
    matrix = np.arange(16).reshape(4, 4)
    matrix[:, 1:] = matrix[:, :-1]
    assert matrix[0].tolist() == [0, 0, 1, 2]
    vector = np.arange(8)
    vector[1:] = vector[:-1]
    assert vector.tolist() == [0, 0, 1, 2, 3, 4, 5, 6]
    vector = np.arange(8.0)
    vector[1:] += vector[:-1]
    assert vector.tolist() == [0, 1, 3, 5, 7, 9, 11, 13]
    np.add(vector[:-1], 1, out=vector[1:])
    assert vector.tolist() == [0, 1, 2, 4, 6, 8, 10, 12]


def test_spare_memory_is_not_charged_and_not_seen():
    zeros = np.zeros(10_000)
    del zeros
    full = np.full(10_000, 7.0)
    del full
    assert np.zeros(10_000).any() == False  # noqa: E712
    kept = [np.full(10_000, float(index)) for index in range(30)]
    assert all(each[0] == index and each[-1] == index for index, each in enumerate(kept))
