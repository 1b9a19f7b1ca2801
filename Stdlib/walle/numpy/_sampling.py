"""Draws that are made of other draws: choices with probabilities, and normal vectors.

A generator is anything with `random`, `integers` and `standard_normal`. The numbers are those of NumPy's `Generator`.
"""

from __future__ import annotations

import math
import operator
import warnings
from collections.abc import Callable
from typing import Any

# What probabilities may miss 1 by: the square root of the precision of float64.
_TOLERANCE = 2.0**-26


def choice(
    generator: Any,
    a: Any,
    size: Any = None,
    replace: bool = True,
    p: Any = None,
    axis: int = 0,
    shuffle: bool = True,
    *,
    choose: Callable[[int, int, bool], Any],
    uniform: Callable[[int, Any], Any],
) -> Any:
    """
    Return elements of an array, or numbers below an integer, chosen at random.

    Parameters
    ----------
    generator : object
        With a method `random`.
    a, size, replace, p, axis, shuffle
        As those of `numpy.random.Generator.choice`.
    choose : callable
        Gives, for a limit, a count and `shuffle`, as many different integers below the limit.
    uniform : callable
        Gives integers below a limit, of a shape.

    Raises
    ------
    ValueError
        For nothing to choose from, probabilities that are none, and more different elements than there are.
    """
    import walle.numpy as _

    source = _.asarray(a)
    count, shape = _extent(size)
    total = _population(source, a, axis, count)
    weights = None if p is None else _weights(p, total)
    if replace:
        index = uniform(total, shape) if weights is None else _find(weights, generator.random(shape))
    else:
        if count > total:
            raise ValueError("Cannot take a larger sample than population when replace is False")
        chosen = choose(total, count, shuffle) if weights is None else _different(generator, weights, count)
        index = chosen.reshape(shape)
    if size is None and getattr(index, "ndim", 0) == 0:
        index = operator.index(index.item() if hasattr(index, "item") else index)
    if source.ndim == 0:
        return index
    return _.take(source, index, axis=axis)


def _extent(size: Any) -> tuple[int, tuple[int, ...]]:
    if size is None:
        return 1, ()
    try:
        shape = (operator.index(size),)
    except TypeError:
        shape = tuple(operator.index(length) for length in size)
    if any(length < 0 for length in shape):
        raise ValueError("negative dimensions are not allowed")
    return math.prod(shape), shape


def _population(source: Any, a: Any, axis: int, count: int) -> int:
    if source.ndim > 0:
        total = source.shape[axis]
        if total == 0 and count != 0:
            raise ValueError("a cannot be empty unless no samples are taken")
        return total
    try:
        total = operator.index(source.item())
    except TypeError:
        raise ValueError(f"a must be a sequence or an integer, not {type(a)}") from None
    if total <= 0 and count != 0:
        raise ValueError("a must be a positive integer unless no samples are taken")
    return total


def _weights(p: Any, total: int) -> Any:
    import walle.numpy as _

    weights = _.asarray(p, dtype="float64")
    name = getattr(getattr(p, "dtype", None), "name", "float64")
    precision = {"float16": 2.0**-10, "bfloat16": 2.0**-7, "float32": 2.0**-23}.get(name, 2.0**-52)
    if weights.ndim != 1:
        raise ValueError("p must be 1-dimensional")
    if weights.shape[0] != total:
        raise ValueError("a and p must have same size")
    values = weights.tolist()
    sum_ = math.fsum(values) if all(map(math.isfinite, values)) else sum(values)
    if math.isnan(sum_):
        raise ValueError("Probabilities contain NaN")
    if any(value < 0 for value in values):
        raise ValueError("Probabilities are not non-negative")
    if abs(sum_ - 1) > max(_TOLERANCE, math.sqrt(precision)):
        raise ValueError("Probabilities do not sum to 1. See Notes section of docstring for more information.")
    return weights


def _find(weights: Any, numbers: Any) -> Any:
    """Where uniform numbers lie among the sums of the weights."""
    import walle.numpy as _

    sums = _.cumsum(weights)
    return _.searchsorted(sums / sums[-1], numbers, side="right")


def _different(generator: Any, weights: Any, count: int) -> Any:
    """Draw again, without those that are chosen, until there are enough."""
    import walle.numpy as _

    left = weights.tolist()
    if sum(weight > 0 for weight in left) < count:
        raise ValueError("Fewer non-zero entries in p than size")
    found: list[int] = []
    while len(found) < count:
        numbers = generator.random((count - len(found),))
        for place in found:
            left[place] = 0.0
        # Each once, in the order in which they were drawn.
        found += dict.fromkeys(_find(_.asarray(left, dtype="float64"), numbers).tolist())
    return _.asarray(found, dtype="int64")


def multivariate_normal(
    generator: Any,
    mean: Any,
    cov: Any,
    size: Any = None,
    check_valid: str = "warn",
    tol: float = 1e-8,
    *,
    method: str = "svd",
) -> Any:
    """
    Return normal vectors.

    Parameters
    ----------
    generator : object
        With a method `standard_normal`.
    mean, cov, size, check_valid, tol, method
        As those of `numpy.random.Generator.multivariate_normal`.

    Returns
    -------
    array
        Of the shape `size`, and an axis more.

    Raises
    ------
    ValueError
        For shapes that do not fit, and a covariance that is none when `check_valid` is "raise".
    """
    import walle.numpy as _

    if method not in ("eigh", "svd", "cholesky"):
        raise ValueError("method must be one of {'eigh', 'svd', 'cholesky'}")
    mean, cov = _.asarray(mean), _.asarray(cov)
    if "complex" in mean.dtype.name or "complex" in cov.dtype.name:
        raise TypeError("mean and cov must not be complex")
    if mean.ndim != 1:
        raise ValueError("mean must be 1 dimensional")
    if cov.ndim != 2 or cov.shape[0] != cov.shape[1]:
        raise ValueError("cov must be 2 dimensional and square")
    if mean.shape[0] != cov.shape[0]:
        raise ValueError("mean and cov must have same length")
    shape = (*_extent(size)[1], mean.shape[0])
    normal = generator.standard_normal(shape).reshape((-1, mean.shape[0]))
    factor = _factor(_.asarray(cov, dtype="float64"), check_valid, tol, method)
    return (mean + normal @ factor.T).reshape(shape)


def _factor(cov: Any, check_valid: str, tol: float, method: str) -> Any:
    """A matrix whose product with its transpose is the covariance."""
    import walle.numpy as _
    from . import linalg

    if method == "cholesky":
        return linalg.cholesky(cov)
    if check_valid not in ("ignore", "warn", "raise"):
        raise ValueError("check_valid must equal 'warn', 'raise', or 'ignore'")
    if method == "svd":
        vectors, values, other = linalg.svd(cov)
        is_valid = _.allclose((other.T * values) @ other, cov, rtol=tol, atol=tol)
    else:
        values, vectors = linalg.eigh(cov)
        is_valid = not _.any(values < -tol)
        values = _.abs(values)
    if not is_valid and check_valid == "raise":
        raise ValueError("covariance is not symmetric positive-semidefinite.")
    if not is_valid and check_valid == "warn":
        warnings.warn("covariance is not symmetric positive-semidefinite.", RuntimeWarning, stacklevel=3)
    return vectors * _.sqrt(values)
