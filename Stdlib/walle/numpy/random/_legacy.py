"""`RandomState` and the functions around one of them: the numbers of NumPy before 1.17, which stay as they are.

New programs use `default_rng`.
"""

from __future__ import annotations

import operator
import warnings
from typing import Any

from walle import _tensor as _t
from walle import numpy as np
from walle.numpy import _dtypes
from walle.numpy.random import _distributions as _d
from walle.numpy.random import _generator as _g
from walle.numpy.random._bit_generators import MT19937, BitGenerator
from walle.numpy.random._distributions import ArrayLike, Counts, Reals, Size

_standard, _integers = _t.random_standard, _t.random_integers
_float64, _int64 = _dtypes.float64, _dtypes.int64

_WORDS = {
    "rank": "'p' must be 1-dimensional",
    "size": "'a' and 'p' must have same size",
    "nan": "probabilities contain NaN",
    "sign": "probabilities are not non-negative",
    "sum": "probabilities do not sum to 1",
}


def _new_random_state(bit_generator: BitGenerator) -> RandomState:
    """What pickles call."""
    return RandomState(bit_generator)


class RandomState(_d.Distributions):
    """Draws NumPy's old numbers.

    Parameters
    ----------
    seed
        None for entropy of the operating system, an integer of 32 bits, an array of them, or a bit generator;
        distributions need `MT19937`.
    """

    def __init__(self, seed: Any = None) -> None:
        if isinstance(seed, BitGenerator):
            bit_generator = seed
        else:
            bit_generator = MT19937(0 if seed is not None else None)
            if seed is not None:
                bit_generator._legacy_seeding(seed)
        self._initialize(bit_generator)

    def _initialize(self, bit_generator: BitGenerator) -> None:
        self._bit_generator, self._bits = bit_generator, bit_generator._bits
        self._spare = np.zeros(2)

    def __repr__(self) -> str:
        return f"{self} at 0x{id(self):X}"

    def __str__(self) -> str:
        return f"{type(self).__name__}({type(self._bit_generator).__name__})"

    def __getstate__(self) -> dict[str, Any]:
        return self.get_state(legacy=False)

    def __setstate__(self, state: Any) -> None:
        self.set_state(state)

    def __reduce__(self) -> tuple:
        return _new_random_state, (self._bit_generator,), self.get_state(legacy=False)

    # MARK: state

    def seed(self, seed: Any = None) -> None:
        """Start again: with an integer of 32 bits, an array of them, or entropy of the operating system."""
        if not isinstance(self._bit_generator, MT19937):
            raise TypeError("can only re-seed a MT19937 BitGenerator")
        self._bit_generator._legacy_seeding(seed)
        self._spare[...] = 0

    def get_state(self, legacy: bool = True) -> dict[str, Any] | tuple:
        """The state: a tuple of name, key, position, has_gauss and gauss; a dict when not `legacy`."""
        state = self._bit_generator.state
        state["has_gauss"], state["gauss"] = int(self._spare[0]), float(self._spare[1])
        if legacy and not isinstance(self._bit_generator, MT19937):
            warnings.warn(
                "get_state and legacy can only be used with the MT19937 BitGenerator. To silence this warning, set "
                "`legacy` to False.",
                RuntimeWarning,
                stacklevel=2,
            )
            legacy = False
        if not legacy:
            return state
        inner = state["state"]
        return state["bit_generator"], inner["key"], inner["pos"], state["has_gauss"], state["gauss"]

    def set_state(self, state: dict[str, Any] | tuple) -> None:
        """Go on from what `get_state` gave."""
        if isinstance(state, dict):
            if "bit_generator" not in state or "state" not in state:
                raise ValueError("state dictionary is not valid.")
        else:
            if not isinstance(state, (tuple, list)):
                raise TypeError("state must be a dict or a tuple.")
            if state[0] != "MT19937":
                raise ValueError("set_state can only be used with legacy MT19937 state instances.")
            gauss = {"has_gauss": state[3], "gauss": state[4]} if len(state) > 3 else {}
            state = {"bit_generator": state[0], "state": {"key": state[1], "pos": state[2]}, **gauss}
        self._bit_generator.state = state
        self._spare[0], self._spare[1] = state.get("has_gauss", 0), state.get("gauss", 0.0)

    # MARK: numbers

    def random_sample(self, size: Size = None) -> Reals:
        """Numbers of [0, 1), all as likely."""
        return _standard(self._bits, 0, size, _float64, None, None)

    def random(self, size: Size = None) -> Reals:
        """Numbers of [0, 1), all as likely."""
        return self.random_sample(size)

    def rand(self, *args: int) -> Reals:
        """As `random_sample`, with the lengths of axes as arguments."""
        return self.random_sample(args or None)

    def standard_normal(self, size: Size = None) -> Reals:
        """Normal numbers of mean 0 and standard deviation 1."""
        return _standard(self._bits, 1, size, _float64, None, self._spare)

    def randn(self, *args: int) -> Reals:
        """As `standard_normal`, with the lengths of axes as arguments."""
        return self.standard_normal(args or None)

    def standard_exponential(self, size: Size = None) -> Reals:
        """Exponential numbers of mean 1."""
        return _standard(self._bits, 2, size, _float64, None, self._spare)

    def standard_gamma(self, shape: ArrayLike, size: Size = None) -> Reals:
        """Gamma numbers of scale 1."""
        return _d._draw(self._bits, _d._STANDARD_GAMMA, size, self._spare, shape)

    def randint(self, low: ArrayLike, high: ArrayLike | None = None, size: Size = None, dtype: Any = int) -> Counts:
        """Integers from `low` to below `high`, or from 0 to below `low`."""
        if high is None:
            low, high = 0, low
        result = _integers(self._bits, low, high, size, _int64 if dtype is int else dtype, False, True)
        if size is None and (dtype is int or dtype is bool) and not isinstance(result, np.ndarray):
            return dtype(result)
        return result

    def random_integers(self, low: int, high: int | None = None, size: Size = None) -> Counts:
        """Integers from `low`, or 1, to `high`, both included (deprecated)."""
        if high is None:
            low, high = 1, low
        warnings.warn(
            f"This function is deprecated. Please call randint({low}, {high} + 1) instead",
            DeprecationWarning,
            stacklevel=2,
        )
        return self.randint(low, int(high) + 1, size)

    def tomaxint(self, size: Size = None) -> Counts:
        """Integers that are not negative, of 63 bits."""
        words = _integers(self._bits, 0, 1 << 64, size, "uint64", False, True)
        return int(words) >> 1 if size is None else (words >> 1).astype(np.int64)

    def bytes(self, length: int) -> bytes:
        """Random bytes."""
        length = operator.index(length)
        if length < 0:
            raise ValueError("negative dimensions are not allowed")
        return _t.random_bytes(self._bits, length or 4)[:length]

    # MARK: samples and orders

    def choice(self, a: ArrayLike, size: Size = None, replace: bool = True, p: ArrayLike | None = None) -> Any:
        """Elements of an array of one axis, or integers below a limit, chosen at random.

        Parameters
        ----------
        a
            The array, or the limit.
        size
            The shape of the result; None for one.
        replace
            Whether an element may come more than once.
        p
            How likely each is; all as likely when left out.
        """
        a = np.asarray(a)
        population = self._population(a, size)
        if p is not None:
            p = _d.probabilities(p, population, _WORDS)
        shape, count = (() if size is None else size), _d.count_of(size)
        if not replace:
            positions = self._choose(population, p, shape, count)
        elif p is None:
            positions = np.asarray(self.randint(0, population, shape))
        else:
            positions = _d.weighted(p, self.random_sample(shape))
        if size is None:
            positions = positions.item(0)
        if a.ndim == 0:
            return positions
        if size is not None and positions.ndim == 0:
            return np.asarray(a[positions.item()])
        return a[positions]

    @staticmethod
    def _population(a: np.ndarray, size: Size) -> int:
        if a.ndim == 1:
            if a.shape[0] == 0 and _d.count_of(size) != 0:
                raise ValueError("'a' cannot be empty unless no samples are taken")
            return a.shape[0]
        if a.ndim:
            raise ValueError("a must be 1-dimensional")
        try:
            population = operator.index(a.item())
        except TypeError:
            raise ValueError("a must be 1-dimensional or an integer") from None
        if population <= 0 and _d.count_of(size) != 0:
            raise ValueError("a must be greater than 0 unless no samples are taken")
        return population

    def _choose(self, population: int, p: np.ndarray | None, shape: Any, count: int) -> np.ndarray:
        if count > population:
            raise ValueError("Cannot take a larger sample than population when 'replace=False'")
        if count < 0:
            raise ValueError("Negative dimensions are not allowed")
        if p is not None:
            return _d.weighted_without_replacement(self.random_sample, p, shape, count)
        return self.permutation(population)[:count].reshape(shape)

    def shuffle(self, x: Any) -> None:
        """Change the order along the first axis of an array, or of a list, in place."""
        if type(x) is not np.ndarray:
            return _g._shuffle_objects(self._bits, x)
        if not x.flags.writeable:
            raise ValueError("array is read-only")
        if x.ndim == 0:
            raise TypeError("len() of unsized object")
        if x.ndim == 1:
            _t.random_shuffle(self._bits, x, 0)
        elif x.size:
            x[...] = x.take(_t.random_permutation(self._bits, x.shape[0]), axis=0)

    def permutation(self, x: ArrayLike) -> np.ndarray:
        """The integers below a limit, or an array's elements along the first axis, in random order."""
        if isinstance(x, (int, _t.integer)):
            return _t.random_permutation(self._bits, int(x))
        array = np.asarray(x)
        if array.ndim < 1:
            raise IndexError("x must be an integer or at least 1-dimensional")
        if array.ndim > 1:
            return array.take(_t.random_permutation(self._bits, array.shape[0]), axis=0)
        array = array.copy() if array is x or np.may_share_memory(array, x) else array
        _t.random_shuffle(self._bits, array, 0)
        return array

    # MARK: vectors

    def multivariate_normal(
        self, mean: ArrayLike, cov: ArrayLike, size: Size = None, check_valid: str = "warn", tol: float = 1e-8
    ) -> np.ndarray:
        """Vectors of normal numbers that hang together; parameters as in `Generator.multivariate_normal`."""
        mean, cov, shape = _g.normal_parameters(mean, cov, size)
        x = self.standard_normal(shape).reshape(-1, mean.shape[0])
        _, values, vh = _t.linalg_svd(cov, True, True)
        _g.checks_covariance(check_valid, lambda: np.allclose((vh.T * values) @ vh, cov, rtol=tol, atol=tol))
        return (x @ (np.sqrt(values)[:, None] * vh) + mean).reshape(shape)

    def multinomial(self, n: int, pvals: ArrayLike, size: Size = None) -> np.ndarray:
        """How many of `n` trials are of each kind; the last kind has what is left of 1."""
        n = operator.index(n)
        original, pvals = pvals, np.ascontiguousarray(np.asarray(pvals, np.float64))
        if np.ndim(original) == 0:
            raise TypeError("pvals must be a 1-d sequence")
        if pvals.ndim != 1:
            raise ValueError("object too deep for desired array")
        _g.check_kinds(original, pvals)
        if n < 0:
            raise ValueError("n < 0")
        out = np.zeros(_d.with_last_axis(size, pvals.size), np.int64)
        return _t.random_multinomial(self._bits, np.asarray(n, np.int64), pvals, out, self._spare)

    def dirichlet(self, alpha: ArrayLike, size: Size = None) -> np.ndarray:
        """Vectors of numbers that sum to 1, as concentrated as `alpha` is great."""
        alpha = np.asarray(alpha, np.float64)
        if alpha.ndim != 1:
            raise ValueError(f"object of too {'small' if alpha.ndim < 1 else 'large a'} depth for desired array")
        alpha = np.ascontiguousarray(alpha)
        if (alpha <= 0).any():
            raise ValueError("alpha <= 0")
        out = np.zeros(_d.with_last_axis(size, alpha.size), np.float64)
        return _t.random_dirichlet(self._bits, alpha, out, self._spare)


_rand = RandomState()


def seed(seed: Any = None) -> None:
    """Start the numbers of this module's functions again; new programs use `default_rng(seed)`."""
    if isinstance(_rand._bit_generator, MT19937):
        _rand.seed(seed)
    else:
        _rand.set_state(type(_rand._bit_generator)(seed).state)


def get_bit_generator() -> BitGenerator:
    """The bit generator of this module's functions."""
    return _rand._bit_generator


def set_bit_generator(bitgen: BitGenerator) -> None:
    """Let this module's functions draw from another bit generator."""
    if not isinstance(bitgen, BitGenerator):
        raise ValueError("Invalid bit generator. The bit generator must be instantized.")
    _rand._initialize(bitgen)


_METHODS = (
    "beta", "binomial", "bytes", "chisquare", "choice", "dirichlet", "exponential", "f", "gamma", "geometric",
    "get_state", "gumbel", "hypergeometric", "laplace", "logistic", "lognormal", "logseries", "multinomial",
    "multivariate_normal", "negative_binomial", "noncentral_chisquare", "noncentral_f", "normal", "pareto",
    "permutation", "poisson", "power", "rand", "randint", "randn", "random", "random_integers", "random_sample",
    "rayleigh", "set_state", "shuffle", "standard_cauchy", "standard_exponential", "standard_gamma",
    "standard_normal", "standard_t", "triangular", "uniform", "vonmises", "wald", "weibull", "zipf",
)  # fmt: skip
for _name in _METHODS:
    globals()[_name] = getattr(_rand, _name)
ranf = sample = _rand.random_sample

__all__ = [*_METHODS, "get_bit_generator", "ranf", "sample", "seed", "set_bit_generator"]
