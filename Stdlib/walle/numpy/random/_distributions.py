"""The distributions with parameters that today's and the legacy generators share."""

from __future__ import annotations

from typing import Any

from walle import _tensor as _t
from walle import numpy as np

ArrayLike = Any
"""A number, an array, or nested sequences of numbers."""
Size = Any
"""The shape of the result: an integer or a sequence of integers; None for one number, or the parameters' shape."""
Reals = "float | np.ndarray"
Counts = "int | np.ndarray"

_draw, _number = _t.random_draw, _t.random_distribution
_UNIFORM, _NORMAL, _EXPONENTIAL, _GAMMA = (_number(name) for name in ("uniform", "normal", "exponential", "gamma"))
_BETA, _CHI_SQUARE, _NONCENTRAL_CHI_SQUARE = (_number(name) for name in ("beta", "chiSquare", "noncentralChiSquare"))
_FISHER, _NONCENTRAL_FISHER, _STUDENT = (_number(name) for name in ("fisher", "noncentralFisher", "student"))
_CAUCHY, _PARETO, _WEIBULL, _POWER = (_number(name) for name in ("cauchy", "pareto", "weibull", "power"))
_LAPLACE, _GUMBEL, _LOGISTIC, _LOG_NORMAL = (_number(name) for name in ("laplace", "gumbel", "logistic", "logNormal"))
_RAYLEIGH, _WALD, _TRIANGULAR, _VON_MISES = (_number(name) for name in ("rayleigh", "wald", "triangular", "vonMises"))
_BINOMIAL, _NEGATIVE_BINOMIAL, _POISSON = (_number(name) for name in ("binomial", "negativeBinomial", "poisson"))
_ZIPF, _GEOMETRIC, _LOG_SERIES = (_number(name) for name in ("zipf", "geometric", "logSeries"))
_HYPERGEOMETRIC, _STANDARD_GAMMA = (_number(name) for name in ("hypergeometric", "standardGamma"))


class Distributions:
    """Draws from distributions; parameters that are arrays broadcast with one another and into `size`."""

    _bits: Any
    _spare: Any = None

    def uniform(self, low: ArrayLike = 0.0, high: ArrayLike = 1.0, size: Size = None) -> Reals:
        """Numbers from `low` to below `high`, all as likely."""
        return _draw(self._bits, _UNIFORM, size, self._spare, low, high)

    def normal(self, loc: ArrayLike = 0.0, scale: ArrayLike = 1.0, size: Size = None) -> Reals:
        """Normal numbers of mean `loc` and standard deviation `scale`."""
        return _draw(self._bits, _NORMAL, size, self._spare, loc, scale)

    def exponential(self, scale: ArrayLike = 1.0, size: Size = None) -> Reals:
        """Waiting times of mean `scale`: density ``exp(-x / scale) / scale``."""
        return _draw(self._bits, _EXPONENTIAL, size, self._spare, scale)

    def gamma(self, shape: ArrayLike, scale: ArrayLike = 1.0, size: Size = None) -> Reals:
        """Gamma numbers: density proportional to ``x**(shape - 1) * exp(-x / scale)``."""
        return _draw(self._bits, _GAMMA, size, self._spare, shape, scale)

    def beta(self, a: ArrayLike, b: ArrayLike, size: Size = None) -> Reals:
        """Numbers of [0, 1] with density proportional to ``x**(a - 1) * (1 - x)**(b - 1)``."""
        return _draw(self._bits, _BETA, size, self._spare, a, b)

    def chisquare(self, df: ArrayLike, size: Size = None) -> Reals:
        """Sums of the squares of `df` standard normal numbers."""
        return _draw(self._bits, _CHI_SQUARE, size, self._spare, df)

    def noncentral_chisquare(self, df: ArrayLike, nonc: ArrayLike, size: Size = None) -> Reals:
        """As `chisquare` of numbers whose squared means sum to `nonc`."""
        return _draw(self._bits, _NONCENTRAL_CHI_SQUARE, size, self._spare, df, nonc)

    def f(self, dfnum: ArrayLike, dfden: ArrayLike, size: Size = None) -> Reals:
        """Fisher's distribution: ratios of chi-square numbers, each over its degrees of freedom."""
        return _draw(self._bits, _FISHER, size, self._spare, dfnum, dfden)

    def noncentral_f(self, dfnum: ArrayLike, dfden: ArrayLike, nonc: ArrayLike, size: Size = None) -> Reals:
        """As `f` with a numerator from `noncentral_chisquare`."""
        return _draw(self._bits, _NONCENTRAL_FISHER, size, self._spare, dfnum, dfden, nonc)

    def standard_t(self, df: ArrayLike, size: Size = None) -> Reals:
        """Student's distribution of `df` degrees of freedom."""
        return _draw(self._bits, _STUDENT, size, self._spare, df)

    def standard_cauchy(self, size: Size = None) -> Reals:
        """Ratios of two standard normal numbers."""
        return _draw(self._bits, _CAUCHY, size, self._spare)

    def pareto(self, a: ArrayLike, size: Size = None) -> Reals:
        """Numbers from 0 on with density ``a / (1 + x)**(a + 1)`` (Pareto II, Lomax)."""
        return _draw(self._bits, _PARETO, size, self._spare, a)

    def weibull(self, a: ArrayLike, size: Size = None) -> Reals:
        """Weibull numbers of scale 1: density ``a * x**(a - 1) * exp(-x**a)``."""
        return _draw(self._bits, _WEIBULL, size, self._spare, a)

    def power(self, a: ArrayLike, size: Size = None) -> Reals:
        """Numbers of [0, 1] with density ``a * x**(a - 1)``."""
        return _draw(self._bits, _POWER, size, self._spare, a)

    def laplace(self, loc: ArrayLike = 0.0, scale: ArrayLike = 1.0, size: Size = None) -> Reals:
        """Numbers with density ``exp(-abs(x - loc) / scale) / (2 * scale)``."""
        return _draw(self._bits, _LAPLACE, size, self._spare, loc, scale)

    def gumbel(self, loc: ArrayLike = 0.0, scale: ArrayLike = 1.0, size: Size = None) -> Reals:
        """Greatest of many numbers: the extreme value distribution of type I."""
        return _draw(self._bits, _GUMBEL, size, self._spare, loc, scale)

    def logistic(self, loc: ArrayLike = 0.0, scale: ArrayLike = 1.0, size: Size = None) -> Reals:
        """Numbers whose distribution is a logistic curve around `loc`."""
        return _draw(self._bits, _LOGISTIC, size, self._spare, loc, scale)

    def lognormal(self, mean: ArrayLike = 0.0, sigma: ArrayLike = 1.0, size: Size = None) -> Reals:
        """Numbers whose logarithms are normal, of this mean and standard deviation."""
        return _draw(self._bits, _LOG_NORMAL, size, self._spare, mean, sigma)

    def rayleigh(self, scale: ArrayLike = 1.0, size: Size = None) -> Reals:
        """Lengths of vectors of two normal numbers of standard deviation `scale`."""
        return _draw(self._bits, _RAYLEIGH, size, self._spare, scale)

    def wald(self, mean: ArrayLike, scale: ArrayLike, size: Size = None) -> Reals:
        """The inverse Gaussian distribution."""
        return _draw(self._bits, _WALD, size, self._spare, mean, scale)

    def triangular(self, left: ArrayLike, mode: ArrayLike, right: ArrayLike, size: Size = None) -> Reals:
        """Numbers from `left` to `right` whose density is a triangle with its top at `mode`."""
        return _draw(self._bits, _TRIANGULAR, size, self._spare, left, mode, right)

    def vonmises(self, mu: ArrayLike, kappa: ArrayLike, size: Size = None) -> Reals:
        """Angles from -pi to pi around `mu`, the closer the greater `kappa` is."""
        return _draw(self._bits, _VON_MISES, size, self._spare, mu, kappa)

    def binomial(self, n: ArrayLike, p: ArrayLike, size: Size = None) -> Counts:
        """How many of `n` trials succeed, each with probability `p`."""
        return _draw(self._bits, _BINOMIAL, size, self._spare, n, p)

    def negative_binomial(self, n: ArrayLike, p: ArrayLike, size: Size = None) -> Counts:
        """How many trials fail before `n` succeed, each with probability `p`."""
        return _draw(self._bits, _NEGATIVE_BINOMIAL, size, self._spare, n, p)

    def poisson(self, lam: ArrayLike = 1.0, size: Size = None) -> Counts:
        """How many events happen where `lam` are expected."""
        return _draw(self._bits, _POISSON, size, self._spare, lam)

    def zipf(self, a: ArrayLike, size: Size = None) -> Counts:
        """Integers from 1 on with probability proportional to ``k**-a``."""
        return _draw(self._bits, _ZIPF, size, self._spare, a)

    def geometric(self, p: ArrayLike, size: Size = None) -> Counts:
        """How many trials there are up to the first that succeeds with probability `p`."""
        return _draw(self._bits, _GEOMETRIC, size, self._spare, p)

    def hypergeometric(self, ngood: ArrayLike, nbad: ArrayLike, nsample: ArrayLike, size: Size = None) -> Counts:
        """How many good ones are among `nsample` that are taken without replacement."""
        return _draw(self._bits, _HYPERGEOMETRIC, size, self._spare, ngood, nbad, nsample)

    def logseries(self, p: ArrayLike, size: Size = None) -> Counts:
        """Integers from 1 on with probability proportional to ``p**k / k``."""
        return _draw(self._bits, _LOG_SERIES, size, self._spare, p)


def count_of(size: Size) -> int:
    """The number of elements of a shape; 1 for None."""
    if size is None:
        return 1
    try:
        return size.__index__()
    except AttributeError:
        count = 1
        for length in size:
            count *= length.__index__()
        return count


def with_last_axis(size: Size, length: int) -> tuple[int, ...]:
    """The shape of `size` vectors."""
    if size is None:
        return (length,)
    try:
        return (size.__index__(), length)
    except (AttributeError, TypeError):
        return (*size, length)


def probabilities(p: ArrayLike, population: int, words: dict[str, str]) -> np.ndarray:
    """Probabilities of a choice, checked.

    Parameters
    ----------
    words
        What is said of wrong ones: rank, size, nan, sign, sum.
    """
    tolerance = 1.4901161193847656e-08
    if isinstance(p, np.ndarray) and p.dtype.kind == "f":
        tolerance = max(tolerance, float(np.finfo(p.dtype).eps) ** 0.5)
    p = np.asarray(p, np.float64)
    if p.ndim != 1:
        raise ValueError(words["rank"])
    if p.size != population:
        raise ValueError(words["size"])
    total = float(p.sum())
    if total != total:
        raise ValueError(words["nan"])
    if (p < 0).any():
        raise ValueError(words["sign"])
    if abs(total - 1.0) > tolerance:
        raise ValueError(words["sum"])
    return p


def weighted(p: np.ndarray, uniform: ArrayLike) -> np.ndarray:
    """Positions of uniform numbers among the sums of probabilities."""
    sums = p.cumsum()
    sums /= sums[-1]
    return np.asarray(np.searchsorted(sums, uniform, side="right"))


def weighted_without_replacement(draw: Any, p: np.ndarray, shape: Any, count: int) -> np.ndarray:
    """Different positions: what comes twice is drawn again, without those that came."""
    if int(np.count_nonzero(p > 0)) < count:
        raise ValueError("Fewer non-zero entries in p than size")
    p = p.copy()
    found = np.zeros(count, np.int64)
    done = 0
    while done < count:
        uniform = draw((count - done,))
        if done:
            p[found[:done]] = 0
        new = weighted(p, uniform)
        first = np.sort(_t.unique(new, True, False)[1])
        found[done : done + first.size] = new[first]
        done += first.size
    return found.reshape(shape)
