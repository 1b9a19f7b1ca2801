"""`Generator`: numbers drawn from bits, as NumPy's `Generator` draws them."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

from walle import _tensor as _t
from walle import numpy as np
from walle.numpy import _core, _dtypes
from walle.numpy.random import _distributions as _d
from walle.numpy.random._bit_generators import PCG64, BitGenerator, Seed
from walle.numpy.random._distributions import ArrayLike, Counts, Reals, Size

_standard, _integers, _shuffle, _ndarray = _t.random_standard, _t.random_integers, _t.random_shuffle, _t.ndarray
_float64, _int64 = _dtypes.float64, _dtypes.int64

_WORDS = {
    "rank": "p must be 1-dimensional",
    "size": "a and p must have same size",
    "nan": "Probabilities contain NaN",
    "sign": "Probabilities are not non-negative",
    "sum": "Probabilities do not sum to 1. See Notes section of docstring for more information.",
}


def _new_generator(bit_generator: BitGenerator) -> Generator:
    """What pickles call."""
    return Generator(bit_generator)


class Generator(_d.Distributions):
    """Draws numbers from the bits of a bit generator; make one by `default_rng`.

    Parameters
    ----------
    bit_generator
        Where the bits come from, as `PCG64(seed)`.
    """

    def __init__(self, bit_generator: BitGenerator) -> None:
        if not isinstance(bit_generator, BitGenerator):
            raise ValueError("Invalid bit generator. The bit generator must be instantiated.")
        self._bit_generator, self._bits = bit_generator, bit_generator._bits

    @property
    def bit_generator(self) -> BitGenerator:
        """Where the bits come from."""
        return self._bit_generator

    def spawn(self, n_children: int) -> list[Generator]:
        """New generators, independent of this one."""
        if n_children < 0:
            raise ValueError("n_children must be non-negative")
        return [type(self)(each) for each in self._bit_generator.spawn(n_children)]

    def __repr__(self) -> str:
        return f"{self} at 0x{id(self):X}"

    def __str__(self) -> str:
        return f"{type(self).__name__}({type(self._bit_generator).__name__})"

    def __getstate__(self) -> None:
        return None

    def __setstate__(self, state: Any) -> None:
        if isinstance(state, dict):
            self._bit_generator.state = state

    def __reduce__(self) -> tuple:
        return _new_generator, (self._bit_generator,), None

    # MARK: numbers

    def random(self, size: Size = None, dtype: Any = _float64, out: np.ndarray | None = None) -> Reals:
        """Numbers of [0, 1), all as likely.

        Parameters
        ----------
        size
            The shape of the result; None for one number.
        dtype
            float64 or float32.
        out
            An array to fill, of that type.
        """
        return _standard(self._bits, 0, size, dtype, out, None)

    def standard_normal(self, size: Size = None, dtype: Any = _float64, out: np.ndarray | None = None) -> Reals:
        """Normal numbers of mean 0 and standard deviation 1; parameters as in `random`."""
        return _standard(self._bits, 1, size, dtype, out, None)

    def standard_exponential(
        self, size: Size = None, dtype: Any = _float64, method: str = "zig", out: np.ndarray | None = None
    ) -> Reals:
        """Exponential numbers of mean 1; `method` is ``"zig"`` or ``"inv"``, other parameters as in `random`."""
        return _standard(self._bits, 2 if method == "zig" else 3, size, dtype, out, None)

    def standard_gamma(
        self, shape: ArrayLike, size: Size = None, dtype: Any = _float64, out: np.ndarray | None = None
    ) -> Reals:
        """Gamma numbers of scale 1; parameters as in `random`."""
        return _t.random_gamma(self._bits, shape, size, dtype, out)

    def integers(
        self, low: ArrayLike, high: ArrayLike | None = None, size: Size = None, dtype: Any = _int64,
        endpoint: bool = False,
    ) -> Counts:  # fmt: skip
        """Integers from `low` to below `high`, all as likely.

        Parameters
        ----------
        low
            The least; or, without `high`, where to end, from 0 on.
        high
            The first that does not come.
        size
            The shape of the result; None for one number, or the bounds' shape.
        dtype
            Their type: integers or bool.
        endpoint
            Whether `high` may come as well.
        """
        if high is None:
            low, high = 0, low
        result = _integers(self._bits, low, high, size, dtype, endpoint, False)
        if size is None and (dtype is int or dtype is bool) and not isinstance(result, np.ndarray):
            return dtype(result)
        return result

    def bytes(self, length: int) -> bytes:
        """Random bytes."""
        length = operator.index(length)
        if length < 0:
            raise ValueError("negative dimensions are not allowed")
        # NumPy uses a word for no bytes, too.
        return _t.random_bytes(self._bits, length or 4)[:length]

    # MARK: samples

    def choice(
        self, a: ArrayLike, size: Size = None, replace: bool = True, p: ArrayLike | None = None, axis: int = 0,
        shuffle: bool = True,
    ) -> Any:  # fmt: skip
        """Elements of an array, or integers below a limit, chosen at random.

        Parameters
        ----------
        a
            The array, or the limit.
        size
            The shape of the result, to which the other axes of `a` are added; None for one.
        replace
            Whether an element may come more than once.
        p
            How likely each is; all as likely when left out.
        axis
            Along which to choose.
        shuffle
            Whether the order is random, too, without `replace`.
        """
        if type(a) is int and p is None and replace and a > 0:
            positions = _integers(self._bits, 0, a, size, _int64, False, False)
            return int(positions) if size is None else positions
        original, a = a, np.asarray(a)
        population = self._population(original, a, size, axis)
        if p is not None:
            p = _d.probabilities(p, population, _WORDS)
        shape, count = (() if size is None else size), _d.count_of(size)
        if not replace:
            positions = self._choose(population, p, shape, count, shuffle)
        elif p is None:
            positions = _integers(self._bits, 0, population, shape, _int64, False, False)
        else:
            positions = _d.weighted(p, self.random(shape))
        if size is None:
            positions = positions.item(0)
        if a.ndim == 0:
            return positions
        if size is not None and a.ndim == 1 and positions.ndim == 0:
            return np.asarray(a[positions.item()])
        return a.take(positions, axis=axis)

    @staticmethod
    def _population(original: Any, a: np.ndarray, size: Size, axis: int) -> int:
        if a.ndim:
            if a.shape[axis] == 0 and _d.count_of(size) != 0:
                raise ValueError("a cannot be empty unless no samples are taken")
            return a.shape[axis]
        try:
            population = operator.index(a.item())
        except TypeError as error:
            raise ValueError(f"a must be a sequence or an integer, not {type(original)}") from error
        if population <= 0 and _d.count_of(size) != 0:
            raise ValueError("a must be a positive integer unless no samples are taken")
        return population

    def _choose(self, population: int, p: np.ndarray | None, shape: Any, count: int, shuffle: bool) -> np.ndarray:
        if count > population:
            raise ValueError("Cannot take a larger sample than population when replace is False")
        if count < 0:
            raise ValueError("negative dimensions are not allowed")
        if p is not None:
            return _d.weighted_without_replacement(self.random, p, shape, count)
        positions = _t.random_choose(self._bits, population, count, shuffle)
        return positions if type(shape) is int else positions.reshape(shape)

    # MARK: orders

    def shuffle(self, x: Any, axis: int = 0) -> None:
        """Change the order along an axis of an array, or of a list, in place."""
        if type(x) is _ndarray:
            if x.ndim == 1:
                _shuffle(self._bits, x, axis)
                return
            if not x.flags.writeable:
                raise ValueError("array is read-only")
            if x.ndim == 0:
                raise TypeError("len() of unsized object")
            axis = _core._axis(axis, x.ndim)
            if x.size:
                x[...] = x.take(_t.random_permutation(self._bits, x.shape[axis]), axis=axis)
            return
        _shuffle_objects(self._bits, x, axis)

    def permutation(self, x: ArrayLike, axis: int = 0) -> np.ndarray:
        """The integers below a limit, or an array's elements along an axis, in random order."""
        if isinstance(x, (int, _t.integer)):
            return _t.random_permutation(self._bits, int(x))
        array = np.asarray(x)
        axis = _core._axis(axis, array.ndim)
        if array.ndim == 1:
            array = array.copy() if array is x or np.may_share_memory(array, x) else array
            _t.random_shuffle(self._bits, array, 0)
            return array
        return array.take(_t.random_permutation(self._bits, array.shape[axis]), axis=axis)

    def permuted(self, x: ArrayLike, *, axis: int | None = None, out: np.ndarray | None = None) -> np.ndarray:
        """A copy with each row along an axis in an order of its own; all elements when `axis` is None.

        Parameters
        ----------
        x
            What is copied.
        axis
            Along which to shuffle.
        out
            The array for the copy; it may be `x`.
        """
        x = np.asarray(x)
        if out is None:
            out = x.copy(order="K")
        else:
            if type(out) is not np.ndarray:
                raise TypeError("out must be a numpy array")
            if not out.flags.writeable:
                raise ValueError("out is not writeable")
            if out.shape != x.shape:
                raise ValueError("out must have the same shape as x")
            if out is not x:
                np.copyto(out, x, casting="safe")
        if axis is not None:
            _t.random_shuffle(self._bits, out, _core._axis(axis, out.ndim))
        elif out.ndim == 1:
            _t.random_shuffle(self._bits, out, 0)
        elif out.ndim == 0:
            raise TypeError("len() of unsized object")
        elif out._order & 3:
            _t.random_shuffle(self._bits, _t.strided(out, (out.size,), (out.itemsize,), 0), 0)
        else:
            flat = out.reshape(-1)
            _t.random_shuffle(self._bits, flat, 0)
            out[...] = flat.reshape(out.shape)
        return out

    # MARK: vectors

    def multivariate_normal(
        self, mean: ArrayLike, cov: ArrayLike, size: Size = None, check_valid: str = "warn", tol: float = 1e-8, *,
        method: str = "svd",
    ) -> np.ndarray:  # fmt: skip
        """Vectors of normal numbers that hang together.

        Parameters
        ----------
        mean
            Of shape (n,).
        cov
            The covariance, symmetric and positive semidefinite, of shape (n, n).
        size
            The shape of vectors; None for one.
        check_valid
            What happens when `cov` is no covariance: ``"warn"``, ``"raise"`` or ``"ignore"``.
        tol
            How far from one it may be.
        method
            How `cov` is factored: ``"svd"``, ``"eigh"`` or ``"cholesky"``, which is fastest.
        """
        if method not in ("eigh", "svd", "cholesky"):
            raise ValueError("method must be one of {'eigh', 'svd', 'cholesky'}")
        mean, cov, shape = normal_parameters(mean, cov, size)
        x = self.standard_normal(shape).reshape(-1, mean.shape[0])
        if method == "cholesky":
            factor = _t.linalg_cholesky(cov, False)
        elif method == "eigh":
            values, vectors = _t.linalg_eigh(cov, False, True)
            checks_covariance(check_valid, lambda: not bool((values < -tol).any()))
            factor = vectors * np.sqrt(np.abs(values))
        else:
            u, values, vh = _t.linalg_svd(cov, True, True)
            checks_covariance(check_valid, lambda: np.allclose((vh.T * values) @ vh, cov, rtol=tol, atol=tol))
            factor = u * np.sqrt(values)
        return (mean + x @ factor.T).reshape(shape)

    def multinomial(self, n: ArrayLike, pvals: ArrayLike, size: Size = None) -> np.ndarray:
        """How many of `n` trials are of each kind.

        Parameters
        ----------
        n
            Trials; an array broadcasts with the other axes of `pvals`.
        pvals
            How likely each kind is, along the last axis; the last one is what is left of 1.
        size
            The shape of vectors.
        """
        n = integers_of(n)
        original, pvals = pvals, np.ascontiguousarray(np.asarray(pvals, np.float64)) if np.ndim(pvals) else None
        if pvals is None or pvals.shape[-1] == 0:
            raise ValueError(
                "pvals must have at least 1 dimension and the last dimension of pvals must be greater than 0."
            )
        check_kinds(original, pvals)
        if (n < 0).any():
            raise ValueError("n < 0")
        common = np.broadcast_shapes(n.shape, pvals.shape[:-1])
        shape = common if size is None else _d.with_last_axis(size, 0)[:-1]
        if np.broadcast_shapes(shape, common) != shape:
            raise ValueError(
                f"Output size {shape} is not compatible with broadcast dimensions of inputs "
                f"{np.broadcast_shapes(shape, common)}."
            )
        out = np.zeros((*shape, pvals.shape[-1]), np.int64)
        _t.random_multinomial(
            self._bits, _t.broadcast_to(n, shape), _t.broadcast_to(pvals, out.shape), out, None
        )
        return out

    def dirichlet(self, alpha: ArrayLike, size: Size = None) -> np.ndarray:
        """Vectors of numbers that sum to 1, as concentrated as `alpha` is great."""
        alpha = np.asarray(alpha, np.float64)
        if alpha.ndim != 1:
            raise ValueError(f"object of too {'small' if alpha.ndim < 1 else 'large a'} depth for desired array")
        alpha = np.ascontiguousarray(alpha)
        if (alpha < 0).any():
            raise ValueError("alpha < 0")
        out = np.zeros(_d.with_last_axis(size, alpha.size), np.float64)
        return _t.random_dirichlet(self._bits, alpha, out, None)

    def multivariate_hypergeometric(
        self, colors: ArrayLike, nsample: int, size: Size = None, method: str = "marginals"
    ) -> np.ndarray:
        """How many items of each colour are in a sample without replacement.

        Parameters
        ----------
        colors
            How many items there are of each colour.
        nsample
            How many are taken.
        size
            The shape of vectors.
        method
            ``"marginals"`` draws colour after colour, ``"count"`` shuffles all items.
        """
        if method not in ("count", "marginals"):
            raise ValueError('method must be "count" or "marginals".')
        try:
            nsample = operator.index(nsample)
        except TypeError:
            raise ValueError("nsample must be an integer") from None
        if nsample < 0:
            raise ValueError("nsample must be nonnegative.")
        if nsample > 2**63 - 1:
            raise ValueError(f"nsample must not exceed {2**63 - 1}")
        colors = np.asarray(colors)
        isinteger = colors.size == 0 or colors.dtype.kind in "iu"
        if colors.ndim != 1 or not isinteger or (colors < 0).any() or (colors > 2**63 - 1).any():
            raise ValueError(
                f"colors must be a one-dimensional sequence of nonnegative integers not exceeding {2**63 - 1}."
            )
        colors = np.ascontiguousarray(colors.astype(np.int64))
        out = np.zeros(_d.with_last_axis(size, colors.size), np.int64)
        return _t.random_urn(self._bits, colors, nsample, method == "count", out)


# MARK: parts that the legacy generator has, too


def _shuffle_objects(bits: Any, x: Any, axis: int = 0) -> None:
    """Shuffle what is no array by swaps."""
    if not isinstance(x, Sequence):
        import warnings

        warnings.warn(
            f"you are shuffling a '{type(x).__name__}' object which is not a subclass of 'Sequence'; `shuffle` is not "
            "guaranteed to behave correctly. E.g., non-numpy array/tensor objects with view semantics may contain "
            "duplicates after shuffling.",
            UserWarning,
            stacklevel=3,
        )
    if axis != 0:
        raise NotImplementedError("Axis argument is only supported on ndarray objects")
    place = len(x) - 1
    for other in _t.random_swaps(bits, place + 1).tolist():
        x[place], x[other] = x[other], x[place]
        place -= 1


def integers_of(n: ArrayLike) -> np.ndarray:
    """Numbers as int64, when nothing is lost."""
    n = np.asarray(n)
    if n.dtype.kind not in "biu" or n.dtype.name == "uint64":
        raise TypeError(f"Cannot cast array data from {n.dtype!r} to dtype('int64') according to the rule 'safe'")
    return n.astype(np.int64)


def check_kinds(original: ArrayLike, pvals: np.ndarray) -> None:
    """Look whether probabilities of kinds are some."""
    if not bool(((pvals >= 0) & (pvals <= 1)).all()):
        raise ValueError("pvals < 0, pvals > 1 or pvals contains NaNs")
    if bool((pvals[..., :-1].sum(axis=-1) > 1.0 + 1e-12).any()):
        place = "[:-1]" if pvals.ndim == 1 else "[...,:-1]"
        isnarrow = isinstance(original, np.ndarray) and original.dtype.kind == "f" and original.dtype is not _float64
        if isnarrow and bool(original.sum() < 1.0001):
            raise ValueError(
                f"sum(pvals{place}.astype(np.float64)) > 1.0. The pvals array is cast to 64-bit floating point prior "
                "to checking the sum. Precision changes when casting may cause problems even if the sum of the "
                "original pvals is valid."
            )
        raise ValueError(f"sum(pvals{place}) > 1.0")


def normal_parameters(mean: ArrayLike, cov: ArrayLike, size: Size) -> tuple[np.ndarray, np.ndarray, tuple]:
    """Mean and covariance of normal vectors, and the shape of the result."""
    mean, cov = np.asarray(mean), np.asarray(cov)
    if mean.dtype.kind == "c" or cov.dtype.kind == "c":
        raise TypeError("mean and cov must not be complex")
    if mean.ndim != 1:
        raise ValueError("mean must be 1 dimensional")
    if cov.ndim != 2 or cov.shape[0] != cov.shape[1]:
        raise ValueError("cov must be 2 dimensional and square")
    if mean.shape[0] != cov.shape[0]:
        raise ValueError("mean and cov must have same length")
    return mean, cov.astype(np.float64), _d.with_last_axis(size, mean.shape[0])


def checks_covariance(check_valid: str, isvalid: Any) -> None:
    """Look whether a covariance is one, as `check_valid` wants it."""
    if check_valid == "ignore":
        return
    if check_valid not in ("warn", "raise"):
        raise ValueError("check_valid must equal 'warn', 'raise', or 'ignore'")
    if isvalid():
        return
    if check_valid == "raise":
        raise ValueError("covariance is not symmetric positive-semidefinite.")
    import warnings

    warnings.warn("covariance is not symmetric positive-semidefinite.", RuntimeWarning, stacklevel=3)


def default_rng(seed: Seed | Generator = None) -> Generator:
    """A `Generator` on `PCG64`.

    Parameters
    ----------
    seed
        None for entropy of the operating system, an integer, a sequence of integers, a `SeedSequence`, or a bit
        generator; a `Generator` is given back as it is.

    Examples
    --------
    >>> default_rng(42).random()
    0.7739560485559633
    """
    if isinstance(seed, Generator):
        return seed
    if isinstance(seed, BitGenerator):
        return Generator(seed)
    inner = getattr(seed, "_bit_generator", None)
    return Generator(inner if isinstance(inner, BitGenerator) else PCG64(seed))
