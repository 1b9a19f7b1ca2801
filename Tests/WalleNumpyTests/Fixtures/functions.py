"""Functions of whole arrays, against loops over numbers of Python and against identities: no NumPy is needed."""

import cmath
import itertools
import math
import random
import statistics

import walle.numpy as np

SEED = 20251121


def _random(*shape):
    generator = random.Random(SEED + len(shape) + sum(shape))
    count = math.prod(shape)
    return np.asarray([generator.uniform(-2, 2) for _ in range(count)]).reshape(shape)


def _integers(low, high, *shape):
    generator = random.Random(SEED + high)
    return np.asarray([generator.randrange(low, high) for _ in range(math.prod(shape))], "int64").reshape(shape)


def _raises(kind, text, function, *arguments, **names):
    try:
        function(*arguments, **names)
    except kind as error:
        assert text in str(error), error
    else:
        raise AssertionError(f"{kind.__name__} not raised")


# MARK: products


def _summed(subscripts, *arrays):
    """Einstein's summation by a loop over all indices."""
    inputs, output = subscripts.split("->")
    terms = inputs.split(",")
    lengths = {label: n for term, a in zip(terms, arrays) for label, n in zip(term, a.shape)}
    result = np.zeros(tuple(lengths[label] for label in output))
    for index in itertools.product(*(range(n) for n in lengths.values())):
        at = dict(zip(lengths, index))
        product = math.prod(float(a[tuple(at[label] for label in term)]) for term, a in zip(terms, arrays))
        result[tuple(at[label] for label in output)] += product
    return result


def test_einsum_sums_products():
    a, b, c = _random(2, 3), _random(3, 4), _random(4, 2)
    square, cube = _random(3, 3), _random(2, 3, 4)
    for subscripts, *arrays in [
        ("ij,jk->ik", a, b), ("ij,jk,kl->il", a, b, c), ("ij->ji", a), ("ii->i", square), ("ii->", square),
        ("ij,ij->i", a, a), ("ijk,jk->i", cube, b), ("ij,kl->ikjl", a, c), ("ij,jk,ki->", a, b, c),
    ]:  # fmt: skip
        for optimize in (False, True, "optimal"):
            found = np.asarray(np.einsum(subscripts, *arrays, optimize=optimize))
            assert np.allclose(found, _summed(subscripts, *arrays)), (subscripts, optimize)
    assert np.allclose(np.einsum("...j,jk", cube.mT, a.T), cube.mT @ a.T)
    assert np.allclose(np.einsum(a, [0, 1], b, [1, 2], [2, 0]), (a @ b).T)


def test_einsum_tells_what_is_wrong():
    a = np.ones((2, 3))
    for subscripts, arrays, text in [
        ("ij,jk", (a,), "fewer operands"), ("i", (a,), "more dimensions"), ("ij->ik", (a,), "never appeared"),
        ("i$", (a,), "invalid subscript"), ("ij,jk", (a, a), "could not be broadcast"), ("ii", (a,), "don't match"),
    ]:  # fmt: skip
        _raises(ValueError, text, np.einsum, subscripts, *arrays)


def test_products_agree_with_one_another():
    a, b, v = _random(2, 3, 4), _random(2, 4, 5), _random(4)
    assert np.allclose(np.dot(a, v), a @ v)
    assert np.allclose(np.tensordot(a, b, ([2], [1])), np.einsum("ijk,lkm->ijlm", a, b))
    assert np.allclose(np.inner(a, v), np.matvec(a, v))
    assert np.allclose(np.vecdot(a, v), a @ v)
    assert np.kron([1, 2], [[1], [3]]).tolist() == [[1, 2], [3, 6]]
    assert np.cross([1, 0, 0], [0, 1, 0]).tolist() == [0, 0, 1]
    assert np.vdot([1 + 2j], [3j]) == (1 - 2j) * 3j
    _raises(ValueError, "not aligned: 3 (dim 1) != 2 (dim 0)", np.dot, np.ones((2, 3)), np.ones((2, 3)))


# MARK: linear algebra


def test_factors_make_the_matrix():
    a = _random(2, 4, 3)
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    assert np.allclose((u * s[:, None, :]) @ vh, a)
    q, r = np.linalg.qr(a)
    assert np.allclose(q @ r, a) and np.allclose(np.tril(r, -1), 0)
    positive = a.mT @ a + np.eye(3)
    lower = np.linalg.cholesky(positive)
    assert np.allclose(lower @ lower.mT, positive)
    values, vectors = np.linalg.eigh(positive)
    assert np.allclose(positive @ vectors, vectors * values[:, None, :])
    values, vectors = np.linalg.eig(a[:, :3])
    assert np.allclose(a[:, :3] @ vectors, vectors * values[:, None, :])
    assert np.allclose(np.linalg.pinv(a) @ a, np.eye(3))


def test_equations():
    a, b = _random(3, 3) + 3 * np.eye(3), _random(3, 2)
    assert np.allclose(a @ np.linalg.solve(a, b), b)
    assert np.allclose(np.linalg.inv(a) @ a, np.eye(3))
    sign, logarithm = np.linalg.slogdet(a)
    assert math.isclose(sign * math.exp(logarithm), np.linalg.det(a), rel_tol=1e-12)
    x, residuals, rank, _ = np.linalg.lstsq(np.asarray([[1.0, 1], [1, 2], [1, 3]]), [1.0, 2, 2])
    assert np.allclose(x, [2 / 3, 1 / 2]) and np.allclose(residuals, [1 / 6]) and rank == 2
    assert np.allclose(np.linalg.matrix_power(a, -2) @ a @ a, np.eye(3))
    assert np.allclose(np.linalg.multi_dot([b.T, a, b]), b.T @ a @ b)
    _raises(np.linalg.LinAlgError, "Singular matrix", np.linalg.inv, np.ones((2, 2)))
    _raises(np.linalg.LinAlgError, "must be square", np.linalg.det, np.ones((2, 3)))


# MARK: transforms


def test_transforms_are_sums_of_waves():
    for n in (1, 2, 5, 8, 12):
        x = _random(n)
        waves = [sum(float(x[t]) * cmath.exp(-2j * math.pi * k * t / n) for t in range(n)) for k in range(n)]
        assert np.allclose(np.fft.fft(x), waves)
        assert np.allclose(np.fft.rfft(x), waves[: n // 2 + 1])
        assert np.allclose(np.fft.ifft(waves), x)
        assert np.allclose(np.fft.irfft(np.fft.rfft(x), n), x)
    a = _random(4, 6)
    assert np.allclose(np.fft.fft2(a), np.fft.fft(np.fft.fft(a, axis=0), axis=1))
    assert np.allclose(np.fft.irfftn(np.fft.rfftn(a, norm="ortho"), norm="ortho"), a)
    assert np.fft.fftshift(np.fft.fftfreq(4)).tolist() == [-0.5, -0.25, 0.0, 0.25]
    _raises(ValueError, "Invalid number of FFT data points (0)", np.fft.fft, [1.0], 0)


# MARK: samples


def test_medians_and_quantiles():
    for n in (1, 4, 7, 10):
        x = _random(n)
        assert math.isclose(np.median(x), statistics.median(x.tolist()))
        if n > 2:
            quarters = statistics.quantiles(x.tolist(), n=4, method="inclusive")
            assert np.allclose(np.quantile(x, [0.25, 0.5, 0.75]), quarters)
            quarters = statistics.quantiles(x.tolist(), n=4, method="exclusive")
            assert np.allclose(np.quantile(x, [0.25, 0.5, 0.75], method="weibull"), quarters)
    holes = np.asarray([[1.0, float("nan"), 3.0], [4.0, 5.0, 6.0]])
    assert np.nanmedian(holes, axis=1).tolist() == [2.0, 5.0]
    assert np.nanpercentile(holes, 50, axis=0).tolist() == [2.5, 5.0, 4.5]
    assert math.isnan(np.median(holes))
    assert np.quantile([1, 2, 3], 0.5, weights=[1, 1, 5], method="inverted_cdf") == 3
    _raises(ValueError, "must be in the range [0, 1]", np.quantile, [1.0], 2)


def test_covariances():
    x, y = _random(9), _random(9) ** 2
    found = np.cov(x, y)
    assert math.isclose(found[0, 1], statistics.covariance(x.tolist(), y.tolist()))
    assert math.isclose(found[1, 1], statistics.variance(y.tolist()))
    assert math.isclose(np.corrcoef(x, y)[0, 1], statistics.correlation(x.tolist(), y.tolist()))
    assert np.allclose(np.cov(x, fweights=[2] * 9), np.cov(np.repeat(x, 2)))


def test_sets():
    a, b = _integers(0, 6, 20), _integers(2, 9, 15)
    first, second = set(a.tolist()), set(b.tolist())
    assert np.union1d(a, b).tolist() == sorted(first | second)
    assert np.intersect1d(a, b).tolist() == sorted(first & second)
    assert np.setdiff1d(a, b).tolist() == sorted(first - second)
    assert np.setxor1d(a, b).tolist() == sorted(first ^ second)
    assert np.isin(a, b).tolist() == [x in second for x in a.tolist()]
    values, where, ranks, counts = np.unique_all(a)
    assert np.array_equal(values[ranks], a) and np.array_equal(a[where], values)
    assert counts.tolist() == [a.tolist().count(x) for x in values.tolist()]
    rows = np.asarray([[1, 2], [0, 5], [1, 2]])
    assert np.unique(rows, axis=0).tolist() == [[0, 5], [1, 2]]
    assert np.unique([float("nan"), 1.0, float("nan")]).size == 2


def test_histograms():
    x = _random(200)
    counts, edges = np.histogram(x, bins=7)
    for place in range(7):
        low, high = float(edges[place]), float(edges[place + 1])
        inside = [value for value in x.tolist() if low <= value < high or place == 6 and value == high]
        assert counts[place] == len(inside)
    assert math.isclose(float((np.histogram(x, 9, density=True)[0] * np.diff(np.histogram(x, 9)[1])).sum()), 1)
    assert np.bincount([1, 3, 1], [0.5, 2, 1]).tolist() == [0, 1.5, 0, 2]
    assert np.digitize([0.5, 3], [3, 2, 1]).tolist() == [3, 0]
    counts, _, _ = np.histogram2d([0, 1, 1], [0, 2, 2], bins=2)
    assert counts.tolist() == [[1, 0], [0, 2]]
    _raises(TypeError, "not be complex", np.digitize, [1j], [1])


# MARK: calculus and polynomials


def test_calculus():
    x = np.asarray([0.0, 1, 3, 4])
    assert np.allclose(np.gradient(x**2, x, edge_order=2), 2 * x)
    assert np.diff([1, 2, 4, 7], 2).tolist() == [1, 1]
    assert np.diff([True, False]).tolist() == [True]
    assert np.trapezoid([1, 2, 3], [0, 2, 3]) == 5.5
    assert np.interp([0.5, 3.5, 9], x, x**2, right=-1).tolist() == [0.5, 12.5, -1]
    assert np.interp(370, [10, 20], [1, 2], period=360) == 1
    _raises(ValueError, "too small", np.gradient, [1.0])


def test_convolutions():
    for n, m in ((5, 3), (2, 4), (1, 1)):
        a, v = _integers(-5, 5, n), _integers(-4, 6, m)
        full = [sum(int(a[i]) * int(v[t - i]) for i in range(n) if 0 <= t - i < m) for t in range(n + m - 1)]
        assert np.convolve(a, v).tolist() == full
        assert np.correlate(a, v[::-1], "full").tolist() == full
    _raises(ValueError, "cannot be empty", np.convolve, [], [1])


def test_polynomials():
    p = np.poly1d([1, -6, 11, -6])
    assert np.allclose(np.sort(p.roots.real), [1, 2, 3]) and np.allclose(np.poly([1, 2, 3]), p.coeffs)
    assert str(p) == "   3     2\n1 x - 6 x + 11 x - 6"
    assert p.integ().deriv() == p and (p * p)(2.5) == p(2.5) ** 2
    quotient, rest = np.polydiv([1, 0, -1], [1, 1])
    assert quotient.tolist() == [1, -1] and rest.tolist() == [0]
    x = np.asarray([0.0, 1, 2, 3, 4])
    assert np.allclose(np.polyfit(x, 2 * x**2 - 3 * x + 1, 2), [2, -3, 1])


# MARK: the rest


def test_functions_over_arrays():
    a = _random(2, 3, 4)
    assert np.array_equal(np.apply_along_axis(lambda v: v[::-1], 1, a), a[:, ::-1])
    assert np.apply_over_axes(np.sum, a, [0, 2]).shape == (1, 3, 1)
    assert np.vectorize(lambda x, y: x + y)([1, 2], [[3], [4]]).tolist() == [[4, 5], [5, 6]]
    traces = np.vectorize(lambda m: m.trace(), signature="(n,n)->()")(a[:, :, :3])
    assert np.allclose(traces, a[:, 0, 0] + a[:, 1, 1] + a[:, 2, 2])
    assert np.piecewise([-2.0, 3.0], [[True, False]], [abs, 7]).tolist() == [2, 7]
    _raises(TypeError, "use vectorize", np.frompyfunc, abs, 1, 1)


def test_bits():
    octets = _integers(0, 256, 6).astype("uint8")
    assert np.array_equal(np.packbits(np.unpackbits(octets)), octets)
    assert np.unpackbits(np.asarray([5], "uint8"), bitorder="little").tolist() == [1, 0, 1, 0, 0, 0, 0, 0]
    assert [np.binary_repr(-3, 5), np.base_repr(-10, 3), np.binary_repr(6)] == ["11101", "-101", "110"]


def test_iteration():
    a = np.arange(6).reshape(2, 3)
    with np.nditer(a, flags=["multi_index"], op_flags=["readwrite"]) as steps:
        for element in steps:
            element[...] = element + 10 * steps.multi_index[0]
    assert a.tolist() == [[0, 1, 2], [13, 14, 15]]
    assert [tuple(map(int, pair)) for pair in np.broadcast([1, 2], [[3], [4]])] == [(1, 3), (2, 3), (1, 4), (2, 4)]


def test_grids():
    assert np.mgrid[0:2, 0:1:3j].tolist() == [[[0, 0, 0], [1, 1, 1]], [[0, 0.5, 1], [0, 0.5, 1]]]
    assert np.r_[1:3, 0, [5, 6]].tolist() == [1, 2, 0, 5, 6]
    assert np.c_[[1, 2], [3, 4]].tolist() == [[1, 3], [2, 4]]
    assert np.s_[1:2, ...] == (slice(1, 2), ...)


def test_assertions_tell_what_differs():
    _raises(AssertionError, "Mismatched elements: 1 / 2 (50%)", np.testing.assert_array_equal, [1, 2], [1, 3])
    _raises(AssertionError, "nan location mismatch", np.testing.assert_allclose, [1, float("nan")], [1, 2])
    _raises(AssertionError, "Items are not equal:\nkey='a'", np.testing.assert_equal, {"a": 1}, {"a": 2})
    np.testing.assert_allclose([1.0, 2.0], [1.0, 2.0 + 1e-9])
    with np.testing.assert_raises(ValueError):
        raise ValueError


def test_missing_names_say_what_to_use():
    hints = {"float_": "use float", "matrix": "use array", "arrange": "is it 'arange'?", "in1d": "use isin"}
    for name, text in hints.items():
        _raises(AttributeError, text, getattr, np, name)
    assert not hasattr(np, "object_") and "einsum" in dir(np)
