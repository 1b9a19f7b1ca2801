"""Functions of elements that are made of others, and other names of these."""

from __future__ import annotations

import builtins

from walle import _tensor as _t
from walle.numpy import _dtypes
from walle.numpy._core import _NoValue, asarray, ndarray

TYPE_CHECKING = False
if TYPE_CHECKING:
    from walle.numpy._typing import Any, Array, ArrayLike

__all__ = [
    "abs", "acos", "acosh", "angle", "around", "asin", "asinh", "atan", "atan2", "atanh", "bitwise_invert",
    "bitwise_left_shift", "bitwise_not", "bitwise_right_shift", "clip", "conj", "deg2rad", "degrees", "divmod",
    "fabs", "fix", "float_power", "frexp", "heaviside", "i0", "imag", "iscomplex", "iscomplexobj", "isclose",
    "allclose", "isneginf", "isposinf", "isreal", "isrealobj", "isscalar", "ldexp", "mod", "modf", "nan_to_num",
    "positive", "pow", "rad2deg", "radians", "real", "real_if_close", "round", "sinc", "spacing", "true_divide",
    "trunc", "unwrap", "where",
]  # fmt: skip

abs = _t.absolute
acos, acosh, asin, asinh = _t.arccos, _t.arccosh, _t.arcsin, _t.arcsinh
atan, atanh, atan2 = _t.arctan, _t.arctanh, _t.arctan2
bitwise_invert = bitwise_not = _t.invert
bitwise_left_shift, bitwise_right_shift = _t.left_shift, _t.right_shift
conj, mod, pow, true_divide, trunc = _t.conjugate, _t.remainder, _t.power, _t.divide, _t.trunc


def _write(result, out, where=True):
    """The result, or the given array with it."""
    if out is None:
        if where is True:
            return result
        out = _t.zeros(asarray(result).shape, result.dtype)
    if isinstance(out, tuple):
        (out,) = out
    from walle.numpy._creation import copyto

    copyto(out, result, where=where)
    return out


def where(condition: ArrayLike, x: ArrayLike = _NoValue, y: ArrayLike = _NoValue, /) -> ndarray | tuple[ndarray, ...]:
    """Elements of `x` where a condition holds, of `y` elsewhere; without these the positions where it holds."""
    if x is _NoValue and y is _NoValue:
        return _t.nonzero(asarray(condition))
    if x is _NoValue or y is _NoValue:
        raise ValueError("either both or neither of x and y should be given")
    return _t.where(condition, x, y)


def positive(x: ArrayLike, /, out: ndarray | None = None, *, where: ArrayLike = True, **kwargs: Any) -> Array:
    """The same values."""
    x = asarray(x)
    if x.dtype.kind == "b":
        raise TypeError("ufunc 'positive' is not defined for bool: cast it first, for example with astype")
    return _write(x.copy()[()], out, where)


def fabs(x: ArrayLike, /, out: ndarray | None = None, **kwargs: Any) -> Array:
    """Absolute values as floats."""
    x = asarray(x)
    if x.dtype.kind == "c":
        raise TypeError("ufunc 'fabs' is not defined for complex numbers: use absolute")
    return _t.absolute(x if x.dtype.kind == "f" else x.astype(_t.sqrt(_t.zeros((), x.dtype)).dtype), out=out, **kwargs)


def _floating(x, name=None):
    """The array as floats; complex numbers are refused in the name of a function."""
    x = asarray(x)
    if name is not None and x.dtype.kind == "c":
        raise TypeError(f"ufunc '{name}' is not defined for complex numbers")
    return x if x.dtype.kind in "fc" else x.astype(_t.sqrt(_t.zeros((), x.dtype)).dtype)


def _meeting(x1, x2, name):
    """The type of floats at which operands meet; numbers of Python give way to arrays."""
    numbers = [isinstance(each, (int, float)) and not isinstance(each, (_t.generic, bool)) for each in (x1, x2)]
    if any(numbers):
        met = _dtypes.result_type(*(each if weak else asarray(each) for each, weak in zip((x1, x2), numbers)))
        return _floating(_t.zeros((), met), name).dtype
    return _dtypes.result_type(*(_floating(each, name).dtype for each in (x1, x2)))


_DEGREE = 0.017453292519943295769  # pi / 180


def deg2rad(x: ArrayLike, /, out: ndarray | None = None, *, where: ArrayLike = True, **kwargs: Any) -> Array:
    """Degrees to radians."""
    return _write(_floating(x, "deg2rad") * _DEGREE, out, where)


def rad2deg(x: ArrayLike, /, out: ndarray | None = None, *, where: ArrayLike = True, **kwargs: Any) -> Array:
    """Radians to degrees."""
    return _write(_floating(x, "rad2deg") * (1 / _DEGREE), out, where)


radians, degrees = deg2rad, rad2deg


def divmod(
    x1: ArrayLike, x2: ArrayLike, /, out: tuple[ndarray | None, ndarray | None] = (None, None), **kwargs: Any
) -> tuple[Array, Array]:
    """Floors of quotients, and remainders."""
    quotient = _t.floor_divide(x1, x2, out=out[0], **kwargs)
    return quotient, _t.remainder(x1, x2, out=out[1], **kwargs)


def modf(
    x: ArrayLike, /, out: tuple[ndarray | None, ndarray | None] = (None, None), **kwargs: Any
) -> tuple[Array, Array]:
    """Fractional and integral parts, both of the sign of the number."""
    x = _floating(x, "modf")
    whole = _t.trunc(x)
    fraction = asarray(_t.subtract(x, _t.where(_t.isinf(x), _t.zeros((), x.dtype), whole)))
    fraction = asarray(_t.where(_t.isinf(x), _t.zeros((), x.dtype), fraction))
    return _write(_t.copysign(fraction, x), out[0]), _write(whole, out[1])


def frexp(
    x: ArrayLike, /, out: tuple[ndarray | None, ndarray | None] = (None, None), **kwargs: Any
) -> tuple[Array, Array]:
    """Fractions between one half and one, and exponents of two: x = fraction · 2**exponent."""
    x = _floating(x, "frexp")
    wide = x.astype(_dtypes.float64)
    usual = _t.isfinite(wide) & (wide != 0)
    size = _t.absolute(_t.where(usual, wide, 1.0))
    tiny = size < 2.0**-1022
    exponent = _t.floor(_t.log2(_t.where(tiny, size * 2.0**54, size))) - _t.where(tiny, 54.0, 0.0) + 1
    fraction = _scaled(asarray(size), asarray(-exponent))
    # The logarithm may round over a power of two.
    for factor, shift, wrong in ((0.5, 1, lambda f: f >= 1), (2.0, -1, lambda f: f < 0.5)):
        off = wrong(fraction)
        fraction = _t.where(off, fraction * factor, fraction)
        exponent = _t.where(off, exponent + shift, exponent)
    fraction = _t.where(usual, _t.copysign(fraction, wide), wide)
    exponent = _t.where(usual, exponent, 0.0)
    return (
        _write(asarray(fraction).astype(x.dtype)[()], out[0]),
        _write(asarray(exponent).astype(_dtypes._by_name["int32"])[()], out[1]),
    )


def _scaled(x, exponent):
    """x · 2**exponent without overflow half-way."""
    half = _t.trunc(exponent / 2)
    return x * _t.exp2(half) * _t.exp2(exponent - half)


def ldexp(
    x1: ArrayLike, x2: ArrayLike, /, out: ndarray | None = None, *, where: ArrayLike = True, **kwargs: Any
) -> Array:
    """x1 · 2**x2."""
    x1, x2 = _floating(x1, "ldexp"), asarray(x2)
    if x2.dtype.kind not in "iub" or x2.dtype.name == "uint64":
        raise TypeError(f"ufunc 'ldexp' is not defined for an exponent of {x2.dtype}: cast it to int64 first")
    from walle.numpy._core import errstate

    with errstate(under="ignore"):
        exponent = _t.minimum(_t.maximum(x2.astype(_dtypes.float64), -4000.0), 4000.0)
        wide = x1.astype(_dtypes.float64)
        for _ in range(3):
            step = _t.minimum(_t.maximum(exponent, -1000.0), 1000.0)
            wide, exponent = wide * _t.exp2(step), exponent - step
    return _write(asarray(wide).astype(x1.dtype)[()], out, where)


def heaviside(
    x1: ArrayLike, x2: ArrayLike, /, out: ndarray | None = None, *, where: ArrayLike = True, **kwargs: Any
) -> Array:
    """The step function: 0 below zero, 1 above, `x2` at zero."""
    kind = _meeting(x1, x2, "heaviside")
    x1, x2 = asarray(x1, kind), asarray(x2, kind)
    one = _t.full((), 1, kind)
    from walle.numpy._core import errstate

    with errstate(invalid="ignore"):
        result = _t.where(x1 == 0, x2, _t.where(x1 > 0, one, one * 0))
    return _write(asarray(_t.where(_t.isnan(x1), x1, result))[()], out, where)


def float_power(x1: ArrayLike, x2: ArrayLike, /, out: ndarray | None = None, **kwargs: Any) -> Array:
    """Powers in double precision."""
    x1, x2 = asarray(x1), asarray(x2)
    kind = "complex128" if "c" in x1.dtype.kind + x2.dtype.kind else "float64"
    return _t.power(x1.astype(kind), x2.astype(kind), out=out, **kwargs)


def spacing(x: ArrayLike, /, out: ndarray | None = None, *, where: ArrayLike = True, **kwargs: Any) -> Array:
    """The distance from a number to the next one away from zero."""
    x = _floating(x, "spacing")
    if x.dtype.itemsize == 2:
        # As NumPy: of 16 bits upwards, not away from zero.
        return _write(_t.subtract(_t.nextafter(x, _t.full((), float("inf"), x.dtype)), x), out, where)
    away = _t.nextafter(x, _t.copysign(_t.full((), float("inf"), x.dtype), x))
    return _write(_t.subtract(away, x), out, where)


# MARK: rounding


def round(a: ArrayLike, decimals: int = 0, out: ndarray | None = None) -> Array:
    """Rounded to a number of decimals, to even in the middle."""
    a = asarray(a)
    if a.dtype.kind == "c":
        result = _t.zeros(a.shape, a.dtype)
        result.real, result.imag = round(a.real, decimals), round(a.imag, decimals)
        return _write(result[()], out)
    if a.dtype.kind in "iub":
        if decimals and a.dtype.kind == "b":
            raise TypeError("round() has no decimals for truth values: cast them first")
        if decimals >= 0 or a.dtype.kind == "b":
            return _write(a.copy()[()] if a.dtype.kind != "b" else a.astype("float16")[()], out)
        factor = 10**-decimals
        if factor > _dtypes.iinfo(a.dtype).max:
            return _write(_t.zeros(a.shape, a.dtype)[()], out)
        halves = _t.rint(a / factor) * factor
        return _write(asarray(halves).astype(a.dtype)[()], out)
    if decimals == 0:
        return _t.rint(a, out=out)
    from walle.numpy._core import errstate

    with errstate(over="ignore"):
        factor = 10.0 ** builtins.abs(decimals)
        if decimals > 0:
            scaled = _t.rint(a * factor) / factor
        else:
            scaled = _t.rint(a / factor) * factor
    return _write(asarray(_t.where(_t.isfinite(scaled), scaled, a))[()], out)



around = round


def fix(x: ArrayLike, out: ndarray | None = None) -> Array:
    """Rounded towards zero; `trunc` by its old name."""
    import warnings

    warnings.warn(
        "numpy.fix is deprecated. Use numpy.trunc instead, which is faster and follows the Array API standard.",
        DeprecationWarning,
        stacklevel=2,
    )
    return _t.trunc(x, out=out)


def clip(
    a: ArrayLike,
    min: ArrayLike | None = _NoValue,
    max: ArrayLike | None = _NoValue,
    out: ndarray | None = None,
    *,
    a_min: ArrayLike | None = _NoValue,
    a_max: ArrayLike | None = _NoValue,
    **kwargs: Any,
) -> Array:
    """Values held between two bounds; None leaves a side open."""
    low = min if a_min is _NoValue else a_min
    high = max if a_max is _NoValue else a_max
    low, high = None if low is _NoValue else low, None if high is _NoValue else high
    result = a if type(a) is ndarray else asarray(a)
    if low is None and high is None:
        return _write(result.copy()[()], out)
    low, high = _bound(low, result, False), _bound(high, result, True)
    if low is None and high is None:
        return _write(result.copy()[()], out)
    if low is None:
        return _t.minimum(result, high, out=out, **kwargs)
    if high is None or kwargs:
        result = _t.maximum(result, low, out=out if high is None else None, **kwargs)
        return result if high is None else _t.minimum(result, high, out=out, **kwargs)
    clipped = _t.clip(result, low, high, out) if out is None or type(out) is ndarray else None
    if clipped is not None:
        return clipped
    raised = _t.maximum(result, low, out=out)
    # The second bound in place, unless it widens the type.
    place = out if out is not None else raised if _fits(raised, high) else None
    return _t.minimum(raised, high, out=place)


def _fits(result, bound):
    """Whether a function of an array and a bound can write to the array."""
    if type(result) is not ndarray:
        return False
    if isinstance(bound, (int, float)):
        return type(bound) is int or result.dtype.kind == "f"
    return isinstance(bound, (ndarray, _t.generic)) and bound.dtype is result.dtype and bound.ndim == 0


def _bound(bound, a, is_upper):
    """None for an integer that the array's type does not reach."""
    if type(bound) is int and a.dtype.kind in "iu":
        info = _dtypes.iinfo(a.dtype)
        if not info.min <= bound <= info.max:
            if (bound > info.max) == is_upper:
                return None
            return a.dtype.type(info.max if bound > info.max else info.min)
    return bound


# MARK: complex numbers and kinds


def real(val: ArrayLike) -> Array:
    """The real parts."""
    return val.real if hasattr(val, "real") else asarray(val).real[()]


def imag(val: ArrayLike) -> Array:
    """The imaginary parts."""
    return val.imag if hasattr(val, "imag") else asarray(val).imag[()]


def angle(z: ArrayLike, deg: bool = False) -> Array:
    """The angles of complex numbers."""
    z = asarray(z)
    z = z.astype(_dtypes.float64) if z.dtype.kind == "b" else z
    result = _t.arctan2(z.imag, z.real)
    return result * (180 / 3.141592653589793) if deg else result


def isscalar(element: object) -> bool:
    """Whether an object is a number or a scalar, and no array."""
    return isinstance(element, (_t.generic, int, float, complex, bool, str, bytes))


def iscomplexobj(x: ArrayLike) -> bool:
    """Whether the elements are complex numbers."""
    return asarray(x).dtype.kind == "c"


def isrealobj(x: ArrayLike) -> bool:
    """Whether the elements are no complex numbers."""
    return not iscomplexobj(x)


def iscomplex(x: ArrayLike) -> Array:
    """Where the imaginary part is not zero."""
    return (asarray(x).imag != 0)[()]


def isreal(x: ArrayLike) -> Array:
    """Where the imaginary part is zero."""
    return (asarray(x).imag == 0)[()]


def isposinf(x: ArrayLike, out: ndarray | None = None) -> Array:
    """Where elements are positive infinity."""
    return _write(_t.logical_and(_t.isinf(x), ~_t.signbit(x)), out)


def isneginf(x: ArrayLike, out: ndarray | None = None) -> Array:
    """Where elements are negative infinity."""
    return _write(_t.logical_and(_t.isinf(x), _t.signbit(x)), out)


def real_if_close(a: ArrayLike, tol: float = 100) -> ndarray:
    """The real parts, when the imaginary ones are within some epsilons of zero; else the array."""
    a = asarray(a)
    if a.dtype.kind != "c":
        return a
    limit = tol * float(_dtypes.finfo(a.dtype).eps) if tol > 1 else tol
    return a.real if (_t.absolute(a.imag) < limit).all() else a


def nan_to_num(
    x: ArrayLike,
    copy: bool = True,
    nan: ArrayLike = 0.0,
    posinf: ArrayLike | None = None,
    neginf: ArrayLike | None = None,
) -> ndarray:
    """Numbers in place of NaN and infinities."""
    x = asarray(x)
    if x.dtype.kind not in "fc":
        return x.copy()[()] if copy else x
    result = x.copy() if copy else x
    for part in (result.real, result.imag) if x.dtype.kind == "c" else (result,):
        info = _dtypes.finfo(part.dtype)
        for mask, value in (
            (_t.isnan(part), nan),
            (isposinf(part), info.max if posinf is None else posinf),
            (isneginf(part), info.min if neginf is None else neginf),
        ):
            _t.assign(part, _t.where(mask, _t.full((), value, part.dtype), part))
    return result[()]


def isclose(a: ArrayLike, b: ArrayLike, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> Array:
    """Where two arrays are equal within a tolerance: |a − b| ≤ atol + rtol · |b|."""
    from walle.numpy._core import errstate

    a, b = asarray(a), asarray(b)
    if b.dtype.kind not in "fc":
        b = b.astype(_dtypes.float64)
    with errstate(invalid="ignore"):
        result = _t.logical_and(_t.less_equal(_t.absolute(a - b), atol + rtol * _t.absolute(b)), _t.isfinite(b))
        result = _t.logical_or(result, a == b)
    if equal_nan:
        result = _t.logical_or(result, _t.logical_and(_t.isnan(a), _t.isnan(b)))
    return result


def allclose(a: ArrayLike, b: ArrayLike, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> bool:
    """Whether two arrays are equal within a tolerance everywhere."""
    return bool(asarray(isclose(a, b, rtol, atol, equal_nan)).all())


# MARK: special functions


def sinc(x: ArrayLike) -> Array:
    """sin(πx) / (πx)."""
    x = asarray(x)
    x = x if x.dtype.kind in "fc" else x.astype(_dtypes.float64)
    scaled = 3.141592653589793 * asarray(_t.where(x == 0, _dtypes.finfo(x.dtype).eps, x))
    return _t.sin(scaled) / scaled


def _bessel_series(x):
    """The modified Bessel function of order zero by its power series, which converges quickly below 15."""
    square, term, total = x * x / 4, asarray(x * 0 + 1.0), asarray(x * 0 + 1.0)
    for k in range(1, 60):
        term = term * square / (k * k)
        total = total + term
    return total


def _bessel_asymptotic(x):
    """The same by its asymptotic series (Abramowitz and Stegun 9.7.1), for large arguments."""
    term, total = asarray(x * 0 + 1.0), asarray(x * 0 + 1.0)
    for k in range(1, 26):
        term = term * (2 * k - 1) ** 2 / (8 * k * x)
        total = total + term
    return _t.exp(x) / _t.sqrt(2 * 3.141592653589793 * x) * total


def i0(x: ArrayLike) -> Array:
    """The modified Bessel function of the first kind, of order zero."""
    x = asarray(x)
    if x.dtype.kind == "c":
        raise TypeError("i0 not supported for complex values")
    kind = x.dtype if x.dtype.kind == "f" else _dtypes.float64
    x = asarray(_t.absolute(x.astype(_dtypes.float64)))
    large = x > 30
    result = _t.where(large, _bessel_asymptotic(_t.maximum(x, 30.0)), _bessel_series(_t.minimum(x, 30.0)))
    return asarray(result).astype(kind)


def unwrap(
    p: ArrayLike, discont: float | None = None, axis: int | None = -1, *, period: float = 6.283185307179586
) -> ndarray:
    """Angles without jumps of more than half a period along an axis."""
    from walle.numpy._calculus import diff
    from walle.numpy._manipulation import moveaxis

    p = asarray(p)
    if p.ndim == 0:
        raise ValueError("diff requires input that is at least one dimensional")
    moved = moveaxis(p, axis, -1)
    step = diff(moved)
    discont = period / 2 if discont is None else discont
    integral = p.dtype.kind in "iu" and isinstance(period, int)
    half, rest = (period // 2, period % 2) if integral else (period / 2, 0)
    low = -half
    wrapped = _t.remainder(step - low, period) + low
    if not (integral and rest):
        wrapped = _t.where(_t.logical_and(wrapped == low, step > 0), asarray(half, wrapped.dtype), wrapped)
    correction = asarray(_t.where(_t.absolute(step) < discont, asarray(0, wrapped.dtype), wrapped - step))
    result = (moved + 0 * period if integral else moved * 1.0).copy()
    result[..., 1:] = moved[..., 1:] + _t.accumulate(_t.add, correction, correction.ndim - 1, None)
    return moveaxis(result, -1, axis)
