"""How arrays and single numbers are printed. The texts are those of NumPy 2.5.5."""

import walle.numpy as np

# What is made, and its representation.
REPRESENTATIONS = [
    (lambda: np.asarray([1, 2, 3]), "array([1, 2, 3])"),
    (lambda: np.asarray([1, -20, 3], dtype="int8"), "array([  1, -20,   3], dtype=int8)"),
    (lambda: np.asarray([True, False]), "array([ True, False])"),
    (lambda: np.asarray([0.1, 2.0, -3.25]), "array([ 0.1 ,  2.  , -3.25])"),
    (lambda: np.asarray([1 / 3, 2.0]), "array([0.33333333, 2.        ])"),
    (lambda: np.asarray([1 / 3, 2.0], dtype="float32"), "array([0.33333334, 2.        ], dtype=float32)"),
    (lambda: np.asarray([1 / 3, 2.0], dtype="float16"), "array([0.3333, 2.    ], dtype=float16)"),
    (lambda: np.asarray([1e-10, 1.0]), "array([1.e-10, 1.e+00])"),
    (lambda: np.asarray([1.5, float("nan"), -float("inf")]), "array([ 1.5,  nan, -inf])"),
    (lambda: np.asarray([1e300, 1e-300]), "array([1.e+300, 1.e-300])"),
    (lambda: np.asarray([2.0**-24], dtype="float16"), "array([6.e-08], dtype=float16)"),
    (lambda: np.asarray([1 + 2j, 0.5 - 1j]), "array([1. +2.j, 0.5-1.j])"),
    (lambda: np.asarray([-0.0, 0.0]), "array([-0.,  0.])"),
    (lambda: np.asarray(3.5), "array(3.5)"),
    (lambda: np.asarray(True), "array(True)"),
    (lambda: np.asarray([], dtype="float64"), "array([], dtype=float64)"),
    (lambda: np.zeros((0, 3)), "array([], shape=(0, 3), dtype=float64)"),
    (lambda: np.asarray([[1, 2], [3, 4]]), "array([[1, 2],\n       [3, 4]])"),
    (lambda: np.zeros((2, 1, 2)), "array([[[0., 0.]],\n\n       [[0., 0.]]])"),
    (lambda: np.zeros((2000,), dtype="uint8"), "array([0, 0, 0, ..., 0, 0, 0], shape=(2000,), dtype=uint8)"),
    (
        lambda: np.zeros((100, 100)),
        "array([[0., 0., 0., ..., 0., 0., 0.],\n       [0., 0., 0., ..., 0., 0., 0.],\n"
        "       [0., 0., 0., ..., 0., 0., 0.],\n       ...,\n       [0., 0., 0., ..., 0., 0., 0.],\n"
        "       [0., 0., 0., ..., 0., 0., 0.],\n       [0., 0., 0., ..., 0., 0., 0.]], shape=(100, 100))",
    ),
    (
        lambda: np.asarray([x / 7 for x in range(9)]),
        "array([0.        , 0.14285714, 0.28571429, 0.42857143, 0.57142857,\n"
        "       0.71428571, 0.85714286, 1.        , 1.14285714])",
    ),
]

# Options, what is made, and its text.
OPTIONS = [
    ({"precision": 2}, [1 / 3, 2.0], "[0.33 2.  ]"),
    ({"precision": 3, "floatmode": "fixed"}, [1.0, 2.5], "[1.000 2.500]"),
    ({"floatmode": "unique"}, [1 / 3, 2.0], "[0.3333333333333333 2.                ]"),
    ({"floatmode": "maxprec_equal"}, [0.5, 2.0], "[0.5 2.0]"),
    ({"suppress": True}, [1e-10, 1.0], "[0. 1.]"),
    ({"sign": "+"}, [1.0, -2.0], "[+1. -2.]"),
    ({"sign": " "}, [1, 2], "[ 1  2]"),
    ({"nanstr": "-", "infstr": "big"}, [float("nan"), float("inf"), 1.0], "[  - big  1.]"),
    ({"threshold": 3, "edgeitems": 1}, [1, 2, 3, 4], "[1 ... 4]"),
    ({"linewidth": 12}, [100, 200, 300], "[100 200\n 300]"),
    ({"formatter": {"int": hex}}, [10, 11], "[0xa 0xb]"),
    ({"formatter": {"float_kind": "{:.1f}!".format}}, [1.0, 2.0], "[1.0! 2.0!]"),
]

POSITIONAL = [
    ((3.14159,), {"precision": 2}, "3.14"),
    ((1e22,), {}, "10000000000000000000000."),
    ((1e22,), {"trim": "-"}, "10000000000000000000000"),
    ((0.1,), {"unique": False, "precision": 20}, "0.10000000000000000555"),
    ((12345.678,), {"precision": 3, "fractional": False}, "12300."),
    ((2.5,), {"pad_left": 4, "pad_right": 3}, "   2.5  "),
    ((9.9996,), {"precision": 3}, "10."),
    ((5.0,), {"min_digits": 3, "sign": True}, "+5.000"),
]

SCIENTIFIC = [
    ((12.5,), {}, "1.25e+01"),
    ((0.0,), {"trim": "0"}, "0.0e+00"),
    ((1234.5678,), {"precision": 2, "exp_digits": 3}, "1.23e+003"),
    ((1.0,), {"trim": "-"}, "1e+00"),
]


def test_representations():
    for make, text in REPRESENTATIONS:
        assert np.array_repr(make()) == text, np.array_repr(make())


def test_texts():
    assert np.array_str(np.asarray([[1.5, 2.0], [3.0, 4.0]])) == "[[1.5 2. ]\n [3.  4. ]]"
    assert np.array_str(np.asarray(1 / 3)) == "0.3333333333333333"
    assert np.array2string(np.asarray([1e-16, 1, 2]), precision=2, separator=",", suppress_small=True) == "[0.,1.,2.]"
    assert np.array2string(np.zeros((0,))) == "[]"


def test_options():
    for options, values, text in OPTIONS:
        with np.printoptions(**options):
            assert np.array_str(np.asarray(values)) == text, (options, np.array_str(np.asarray(values)))


def test_options_are_kept_and_given_back():
    before = np.get_printoptions()
    assert (before["precision"], before["threshold"], before["linewidth"]) == (8, 1000, 75)
    with np.printoptions(precision=3) as inside:
        assert inside["precision"] == 3
        np.set_printoptions(edgeitems=7)
        assert np.get_printoptions()["edgeitems"] == 7
    assert np.get_printoptions() == before


def test_wrong_options_are_refused():
    for options, message in [
        ({"floatmode": "x"}, 'floatmode option must be one of "fixed", "unique", "maxprec", "maxprec_equal"'),
        ({"sign": "x"}, "sign option must be one of ' ', '+', or '-'"),
        ({"threshold": float("nan")}, "threshold must be non-NAN, try sys.maxsize for untruncated representation"),
    ]:
        try:
            np.set_printoptions(**options)
        except ValueError as error:
            assert str(error) == message
        else:
            raise AssertionError(options)


def test_positional():
    for arguments, options, text in POSITIONAL:
        assert np.format_float_positional(*arguments, **options) == text, (arguments, options)


def test_scientific():
    for arguments, options, text in SCIENTIFIC:
        assert np.format_float_scientific(*arguments, **options) == text, (arguments, options)
