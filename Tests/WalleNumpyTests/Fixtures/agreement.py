"""What random cases beside NumPy found, one test each: `Oracle/cases.py` finds more."""

import warnings

import walle.numpy as np


def raises(kind, function, *arguments, **names):
    try:
        function(*arguments, **names)
    except kind:
        return
    raise AssertionError(f"{kind.__name__} was not raised")


def warned(function, *arguments, **names):
    """The classes and first words of the warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        function(*arguments, **names)
    return sorted({f"{item.category.__name__} {str(item.message).split()[0]}" for item in caught})


# Indexing


def test_slices_have_steps_of_any_size():
    for step in (2**62, 2**63 - 1, -(2**63), 2**70, -(2**70)):
        assert np.arange(6).reshape(3, 2)[::step].shape == (1, 2)
        assert np.arange(6)[np.array([0, 1]), None][0, ::step].shape == (1,)
        assert np.arange(0)[::step].shape == (0,)
        target = np.zeros((3, 2))
        target[::step] = 1
        assert target.sum() == 2


def test_what_is_no_index_is_an_index_error():
    for key in ("a", {}, [slice(0, 1)], (0, "a"), [None], 1.5, [0.5]):
        raises(IndexError, lambda: np.zeros((3, 3))[key])


def test_arrays_of_one_integer_are_integers():
    a = np.arange(6).reshape(2, 3)
    one = np.array(1)
    assert isinstance(np.arange(3)[one], np.int64)
    row = a[one]
    row[0] = 9
    assert row.tolist() == [9, 4, 5] and a[1, 0] == 3
    assert a[one, :].shape == (3,) and a[:, one].tolist() == [1, 4]


def test_sort_of_all_elements_has_one_axis():
    a = np.array([[3, 1], [2, 0]])
    assert np.sort(a, axis=None).tolist() == [0, 1, 2, 3]
    assert np.argsort(a, axis=None).tolist() == [3, 1, 2, 0]


def test_positions_are_of_one_type():
    assert np.unravel_index(np.array([3], "uint8"), (2, 2))[0].dtype == "int64"
    assert np.ravel_multi_index((np.array([1], "uint8"),), (2,)).dtype == "int64"
    raises(ValueError, np.unravel_index, np.array([0, 0]), ())
    assert np.take(np.zeros((2, 0)), np.zeros((0,), "uint16"), mode="clip").shape == (0,)
    raises(IndexError, np.compress, [False, False, True], np.zeros((2, 0)), axis=0)
    assert np.compress([False, False, True], np.zeros((0, 2)), axis=1).shape == (0, 1)


def test_choices_of_python_give_way():
    assert np.choose(np.array([0, 1]), [np.array([1, 2], "uint8"), 3]).dtype == "uint8"


def test_putmask_casts_safely():
    raises(TypeError, np.putmask, np.zeros(2, "int8"), [True, False], np.array([1.5]))
    a = np.zeros(2, "int8")
    np.putmask(a, np.array([True, False]), [7])
    assert a.tolist() == [7, 0]


def test_bytes_by_columns():
    a = np.array([[1, 2], [3, 4]], "uint8")
    assert a.tobytes("F") == bytes([1, 3, 2, 4]) and a.tobytes(order="C") == bytes([1, 2, 3, 4])
    assert a.T.tobytes("A") == bytes([1, 2, 3, 4])
    raises(ValueError, a.tobytes, "X")


# Functions of elements


def test_halves_have_neighbours():
    one = np.float16(1)
    assert np.nextafter(one, np.float16(2)) == np.float16(1.001)
    assert np.nextafter(np.float16(0), np.float16(-1)) == np.float16(-6e-8)
    assert np.nextafter(np.float16(65504), np.float16(np.inf)) == np.inf
    assert np.isnan(np.nextafter(one, np.float16(np.nan))) and np.isnan(np.nextafter(np.float16(np.nan), one))
    assert np.nextafter(np.ones(3, "float16"), np.zeros(3, "float16")).dtype == "float16"
    assert np.spacing(np.float16(-1)) == 2.0**-11


def test_halves_raise_no_exceptions_of_their_own():
    for count in range(1, 40):
        halves = np.full((count, 2), 1.5, "float16")[:, 0]
        assert warned(lambda: halves >= np.array(True)) == []
        assert warned(lambda: (halves + halves).astype("int8")) == []


def test_signed_and_unsigned_integers_are_compared_as_they_are():
    large = np.array([2**63, 2**63 - 1, 0], "uint64")
    signed = np.array([2**63 - 1, 2**63 - 1, -1], "int64")
    assert (signed == large).tolist() == [False, True, False]
    assert (signed < large).tolist() == [True, False, True]
    assert (large <= signed).tolist() == [False, True, False]
    assert bool(np.int8(-1) < np.uint64(2**64 - 1)) and not bool(np.uint64(2**63) == np.int64(-(2**63)))
    out = np.zeros(3, bool)
    assert np.greater(large, signed, out=out) is out and out.tolist() == [True, False, True]


def test_dtype_says_what_is_cast():
    raises(TypeError, np.add, np.ones(2), np.ones(2), dtype="int8")
    raises(TypeError, np.less, np.ones(2), np.ones(2), dtype="int8")
    raises(TypeError, np.sin, np.ones(2, "int8"), dtype="int8")
    assert np.add(np.ones(2), 1, dtype="int8", casting="unsafe").dtype == "int8"
    assert np.less(np.array([0.5]), np.array([0.75]), dtype=bool).tolist() == [True]


def test_an_output_that_does_not_fit_is_told_by_type_first():
    raises(TypeError, np.add, np.ones(3), np.ones(3), out=np.zeros(2, "int8"))
    raises(ValueError, np.add, np.ones(3), np.ones(3), out=np.zeros(2), where=np.ones(3, bool))


def test_casts_tell_what_is_lost():
    assert warned(np.array([1j]).astype, "int8") == ["ComplexWarning Casting"]
    assert warned(np.array, np.array([1j]), "float32") == ["ComplexWarning Casting"]
    assert warned(np.int16, np.array([1j])) == ["ComplexWarning Casting"]
    assert warned(np.zeros(2).__setitem__, 0, np.complex128(1j)) == ["ComplexWarning Casting"]
    assert warned(np.zeros(2, bool).__setitem__, slice(None), np.array([1j])) == []
    assert warned(np.array([np.nan]).astype, "int32") == ["RuntimeWarning invalid"]
    assert warned(np.array([1e10]).astype, "int16") == ["RuntimeWarning invalid"]
    assert warned(np.array([1.9e19, 3.0]).astype, "uint64") in ([], ["RuntimeWarning invalid"])
    assert warned(np.array([1e19]).astype, "uint64") == []
    assert warned(np.array([70000]).astype, "float16") == ["RuntimeWarning overflow"]
    assert warned(np.array([1e300]).astype, "float32") == ["RuntimeWarning overflow"]
    assert warned(np.array([1.5, -3.0]).astype, "int8") == []


def test_functions_at_positions_that_repeat():
    a = np.array([5, 7])
    np.negative.at(a, [0, 0, 1])
    assert a.tolist() == [5, -7]
    b = np.array([0, 7], "uint16")
    np.logical_or.at(b, [1], np.uint16(0))
    assert b.tolist() == [0, 1]
    c = np.array([10, 2], "uint16")
    np.maximum.at(c, [1, 1], np.array([-3.5, 4.5]))
    assert c.tolist() == [10, 4]
    d = np.array([1.0, 2.0])
    np.add.at(d, [0, 0], 1)
    assert d.tolist() == [3.0, 2.0]


def test_folds_of_nothing_and_with_a_beginning():
    assert np.add.reduceat(np.arange(4), np.array([], "int64")).shape == (0,)
    assert np.subtract.reduce(np.array([1, 2]), initial=7) == 4
    raises(TypeError, np.add.accumulate, np.array(5))


def test_numbers_of_python_give_way_in_heaviside():
    assert np.heaviside(np.ones(2, "float32"), 0.5).dtype == "float32"
    assert np.heaviside(np.ones(2, "int8"), 7).dtype == "float16"
    assert np.heaviside(np.ones(2, bool), 0.5).dtype == "float64"
    assert warned(np.heaviside, np.array([np.nan]), 1.0) == []


def test_edges_with_nan_fall():
    assert np.digitize(np.array([1.0]), np.array([0.0, np.nan])).shape == (1,)
    raises(ValueError, np.digitize, 1.0, np.array([0.0, 2.0, 1.0]))


def test_a_plane_has_two_axes():
    raises(ValueError, np.rot90, np.arange(3))
    raises(ValueError, np.unwrap, np.array(1.0))
    assert np.imag(5) == 0 and type(np.imag(5)) is int


def test_shapes_may_be_arrays():
    shape = np.array([2, 1])
    assert np.zeros(shape).shape == (2, 1) and np.ones(2).reshape(shape).shape == (2, 1)
    assert np.random.default_rng(1).normal(size=shape).shape == (2, 1)
    assert np.random.randint(0, 4, shape).shape == (2, 1)


def test_nan_is_compared_without_warnings():
    for kind in ("float32", "float64"):
        a = np.full((40, 3), np.nan, kind)
        for operand in (a, a[:, 1], a.T):
            for function in (np.less, np.equal, np.greater_equal, np.maximum, np.fmin, np.sign, np.isnan):
                arguments = (operand,) if function.nin == 1 else (operand, operand)
                assert warned(function, *arguments) == [], function
            assert warned(np.max, operand) == [] and warned(np.nanmax, np.append(operand, 1)) == []
            assert warned(np.clip, operand, 0, 1) == [] and warned(np.maximum.accumulate, operand) == []
    assert warned(np.add, np.full(9, np.inf), np.full(9, -np.inf)) == ["RuntimeWarning invalid"]


def test_complex_numbers_with_nan_are_in_no_order():
    a = np.array([complex(-1, np.nan), complex(np.nan, 1), 1j])
    with np.errstate(invalid="ignore"):
        assert (a < 1).tolist() == [False, False, True] and (a >= -5).tolist() == [False, False, True]


def test_folds_to_truth_values():
    assert np.add.reduce(np.array([1, 0, 2], "int8"), dtype=bool) is np.True_ or np.sum([1, 0], dtype=bool)
    assert not np.multiply.reduce(np.array([1, 0, 2.5]), dtype=bool)
    assert np.nansum(np.array([[1, 2]]), axis=-1, keepdims=True, dtype="bool").tolist() == [[True]]
    raises(TypeError, np.logical_and.reduce, np.ones(3), dtype="int8")
    assert np.gcd.reduce(np.array([-3])) == 3


def test_scalars_are_checked_when_integers_take_them():
    a = np.zeros((3, 2), "int8")
    for value in (np.int32(300), np.float64(1e5), np.uint16(200), 300, [300, 1], [np.int32(300), 1]):
        raises(OverflowError, a.__setitem__, 0, value)
    raises(TypeError, a.__setitem__, slice(None), [1j, 2])
    b = np.zeros(2, "uint8")
    b[0] = np.int16(-1)
    assert b.tolist() == [255, 0] and np.array([np.int16(-1)], "uint8").tolist() == [255]
    a[:] = np.array(300)
    a[1] = np.float32(-7.9)
    assert a.tolist() == [[44, 44], [-7, -7], [44, 44]]


def test_an_element_takes_no_sequence():
    a, c = np.zeros(3), np.zeros(3, complex)
    for value in (np.ones(1), [1.0]):
        raises(ValueError, a.__setitem__, 0, value)
        raises(ValueError, np.array(0.0).__setitem__, (), value)
        raises(TypeError, c.__setitem__, 0, value)
    a[...] = np.ones(1)
    a[1:2] = [5]
    np.array(0.0)[...] = np.ones(1)
    assert a.tolist() == [1, 5, 1]


def test_masks_of_all_axes_take_vectors():
    a = np.zeros((2, 2))
    raises(TypeError, a.__setitem__, a == 0, np.ones((2, 2)))
    a[a == 0] = np.arange(4)
    assert a.tolist() == [[0, 1], [2, 3]]


def test_numbers_of_any_size_are_true():
    assert np.logical_or(35373, np.array([0], "int8")).tolist() == [True]
    assert np.logical_and(np.array([1], "uint64"), -5).tolist() == [True]


def test_narrow_results_are_rounded_before_a_wider_output():
    out = np.zeros(1)
    np.sin(np.array([True]), out=out)
    assert out[0] == np.float16(np.sin(1.0))
    np.logaddexp(np.array([6], "uint8"), np.array([-1.6], "float16"), out=out)
    assert out[0] == 6.0


def test_what_is_searched_is_not_rounded():
    assert np.searchsorted(np.array([4, 7, 9], "uint64"), -1) == 0
    assert np.searchsorted(np.array([0.1], "float32"), 0.1 + 1e-12) == 0
    assert np.searchsorted(np.array([16777216.0], "float32"), 16777217) == 1


def test_edges_of_arrays_without_elements():
    assert np.diag(np.zeros((2, 0))).shape == (0,)
    assert np.repeat(np.zeros((0, 2)), [], axis=0).shape == (0, 2)
    assert np.zeros((1, 0, 4, 0), "uint32").view("complex128").shape == (1, 0, 4, 0)
    flags = np.zeros((3, 0, 2)).flags
    assert flags.c_contiguous and flags.f_contiguous
    raises(ValueError, np.ravel_multi_index, (np.array([0]),), (0,), mode="clip")
    assert np.trim_zeros(np.array(5)).shape == ()


def test_values_and_conditions_that_do_not_fit():
    raises(ValueError, np.prod, np.ones((3, 1)), axis=0, where=np.ones((3, 2), bool))
    raises(TypeError, np.copyto, np.zeros(2, "int8"), 1.5)
    raises(TypeError, np.round, np.array([True]), 1)
    raises(TypeError, np.put, np.zeros(2), np.array([0], "uint64"), 1)
    raises(OverflowError, np.arange, -3, 5, 0.5, dtype="uint8")
    assert np.full(2, -3.9, "int8").tolist() == [-3, -3]
    assert np.sinc(np.zeros(2, "float16")).tolist() == [1, 1]


def test_comparisons_out_of_range_write_where_they_are_told():
    out = np.zeros(2, bool)
    assert np.not_equal(np.array([1, 2], "uint8"), -3, out=out) is out and out.all()
    out = np.zeros(2, "int8")
    np.less(np.array([1, 2], "uint64"), 2**70, out=out, where=np.array([True, False]))
    assert out.tolist() == [1, 0]


def test_edges_of_small_functions():
    raises(OverflowError, np.arange, -2, 5, dtype="uint8")
    assert np.arange(0, 3, dtype="uint8").tolist() == [0, 1, 2]
    assert isinstance(np.flip(np.array(5)), np.int64)
    assert np.trace(np.zeros((5, 0))[::-2]) == 0 and np.diag(np.zeros((3, 0))[::-1, ::-1]).shape == (0,)
    raises(TypeError, np.put, np.zeros(2), [0], 1j)
    raises(OverflowError, np.put, np.zeros(2, "uint8"), [0], -1)
    assert np.divide.reduce(np.array(2.0), axis=-1, initial=9) == 4.5
    flag = np.array([True, False])
    flag[0] = np.array([0])
    assert flag.tolist() == [False, False]
