"""Polynomials as arrays of their coefficients, the highest power first."""

from __future__ import annotations

from walle import _tensor as _t
from walle.numpy import _dtypes
from walle.numpy._core import asarray, ndarray

TYPE_CHECKING = False
if TYPE_CHECKING:
    from walle.numpy._typing import Any, Array, ArrayLike, DTypeLike, Iterator

__all__ = [
    "poly", "poly1d", "polyadd", "polyder", "polydiv", "polyfit", "polyint", "polymul", "polysub", "polyval", "roots",
]  # fmt: skip


def _vector(a):
    a = asarray(a.coeffs if isinstance(a, poly1d) else a)
    return a.reshape(1) if a.ndim == 0 else a


def _same_kind(result, *operands):
    """As `poly1d` when an operand is one."""
    return poly1d(result) if any(isinstance(each, poly1d) for each in operands) else result


# MARK: roots


def poly(seq_of_zeros: ArrayLike) -> ndarray | float:
    """The coefficients of the polynomial with these roots, or with the eigenvalues of this matrix as roots."""
    from walle.numpy._filters import convolve
    from walle.numpy._kinds import mintypecode

    zeros = asarray(seq_of_zeros)
    zeros = zeros.reshape(1) if zeros.ndim == 0 else zeros
    if zeros.ndim == 2 and zeros.shape[0] == zeros.shape[1] and zeros.shape[0]:
        from walle.numpy.linalg import eigvals

        zeros = eigvals(zeros)
    elif zeros.ndim != 1:
        raise ValueError("input must be 1d or non-empty square 2d array.")
    else:
        zeros = zeros.astype(mintypecode(zeros.dtype.char))
    if not zeros.size:
        return 1.0
    result = _t.full((1,), 1, zeros.dtype)
    for zero in zeros:
        result = convolve(result, asarray([1, -zero], zeros.dtype))
    if result.dtype.kind == "c":
        conjugates = _t.sort(_t.conjugate(zeros), 0, False, False)
        if bool((_t.sort(zeros, 0, False, False) == conjugates).all()):
            result = result.real.copy()
    return result


def roots(p: ArrayLike) -> ndarray:
    """The roots of a polynomial: the eigenvalues of its companion matrix."""
    p = _vector(p)
    if p.ndim != 1:
        raise ValueError("Input must be a rank-1 array.")
    places = _t.nonzero(p)[0]
    if not places.size:
        return _t.zeros((0,), _dtypes.float64)
    last = int(places[-1])
    trailing = p.size - last - 1
    p = p[int(places[0]) : last + 1]
    if p.dtype.kind not in "fc":
        p = p.astype(_dtypes.float64)
    if p.size > 1:
        from walle.numpy.linalg import eigvals

        companion = _t.zeros((p.size - 1, p.size - 1), p.dtype)
        companion.reshape(-1)[p.size - 1 :: p.size] = 1
        companion[0] = -p[1:] / p[0]
        found = eigvals(companion)
        if p.dtype.kind != "c" and bool((found.imag == 0).all()):
            found = found.real
    else:
        found = _t.zeros((0,), _dtypes.float64)
    return _t.concatenate([found, _t.zeros((trailing,), found.dtype)], 0, None)


# MARK: arithmetic


def polyval(p: ArrayLike, x: Any) -> Array:
    """The values of a polynomial at some places, or at another polynomial, by Horner's scheme."""
    p = _vector(p)
    if isinstance(x, poly1d):
        result = 0
    else:
        x = asarray(x)
        result = _t.zeros(x.shape, x.dtype)
    for coefficient in p:
        result = result * x + coefficient
    return result


def _sum(a1, a2, function):
    first, second = _vector(a1), _vector(a2)
    missing = second.size - first.size
    if missing > 0:
        first = _t.concatenate([_t.zeros((missing,), first.dtype), first], 0, None)
    elif missing < 0:
        second = _t.concatenate([_t.zeros((-missing,), second.dtype), second], 0, None)
    return _same_kind(function(first, second), a1, a2)


def polyadd(a1: ArrayLike, a2: ArrayLike) -> Any:
    """The sum of two polynomials."""
    return _sum(a1, a2, _t.add)


def polysub(a1: ArrayLike, a2: ArrayLike) -> Any:
    """The difference of two polynomials."""
    return _sum(a1, a2, _t.subtract)


def _trimmed(a):
    """Without zeros at the front; at least one coefficient."""
    places = _t.nonzero(a)[0]
    return a[int(places[0]) :] if places.size else _t.zeros((1,), a.dtype)


def polymul(a1: ArrayLike, a2: ArrayLike) -> Any:
    """The product of two polynomials."""
    from walle.numpy._filters import convolve

    return _same_kind(convolve(*(poly1d(each).coeffs for each in (a1, a2))), a1, a2)


def polydiv(u: ArrayLike, v: ArrayLike) -> Any:
    """The quotient and the remainder of two polynomials."""
    first, second = _vector(u) + 0.0, _vector(v) + 0.0
    if not first.size:
        raise IndexError("index 0 is out of bounds for axis 0 with size 0")
    kind = _t.promote(first.dtype, second.dtype)
    steps, scale = first.size - second.size, 1.0 / second[0]
    quotient = _t.zeros((max(steps + 1, 1),), kind)
    rest = first.astype(kind)
    for place in range(steps + 1):
        factor = scale * rest[place]
        quotient[place] = factor
        rest[place : place + second.size] -= factor * second
    from walle.numpy._elementwise import allclose

    while rest.shape[-1] > 1 and allclose(rest[0], 0, rtol=1e-14):
        rest = rest[1:]
    return _same_kind(quotient, u, v), _same_kind(rest, u, v)


def polyder(p: ArrayLike, m: int = 1) -> Any:
    """The derivative of a polynomial, `m` times over."""
    if m < 0:
        raise ValueError("Order of derivative must be positive (see polyint)")
    result = _vector(p)
    for _ in range(m):
        result = result[:-1] * _t.range(result.size - 1, -1, max(result.size - 1, 0), _dtypes.int64)
    return _same_kind(result, p)


def polyint(p: ArrayLike, m: int = 1, k: ArrayLike | None = None) -> Any:
    """The integral of a polynomial, `m` times over.

    Parameters
    ----------
    k
        The constants of integration, of the first integral first; by default zero.
    """
    if m < 0:
        raise ValueError("Order of integral must be positive (see polyder)")
    constants = _t.zeros((m,), _dtypes.float64) if k is None else asarray(k)
    constants = constants.reshape(-1)
    if constants.size == 1 and m > 1:
        constants = _t.full((m,), constants[0], constants.dtype)
    if constants.size < m:
        raise ValueError("k must be a scalar or a rank-1 array of length 1 or >m.")
    result = _vector(p)
    for place in range(m):
        result = result / _t.range(result.size, -1, result.size, _dtypes.int64)
        result = _t.concatenate([result, constants[place : place + 1]], 0, None)
    return _same_kind(result, p)


# MARK: fits


def polyfit(
    x: ArrayLike,
    y: ArrayLike,
    deg: int,
    rcond: float | None = None,
    full: bool = False,
    w: ArrayLike | None = None,
    cov: bool | str = False,
) -> Any:
    """The polynomial of a degree that is nearest to samples, by least squares.

    Parameters
    ----------
    y
        The samples at `x`: a vector, or a matrix with a column for each fit.
    rcond
        Singular values up to this part of the largest count as zero.
    full
        Also give residuals, rank, singular values and `rcond`.
    w
        What residuals are multiplied by.
    cov
        Also give the covariances of the coefficients, scaled by the residuals unless this is ``"unscaled"``.
    """
    x, y = asarray(x) + 0.0, asarray(y) + 0.0
    _check_samples(x, y, deg)
    from walle.numpy._creation import vander
    from walle.numpy.linalg import inv, lstsq

    order = int(deg) + 1
    if rcond is None:
        rcond = x.dtype.type(x.size * _dtypes.finfo(x.dtype).eps)
    powers, values = vander(x, order), y
    if w is not None:
        w = asarray(w) + 0.0
        if w.ndim != 1:
            raise TypeError("expected a 1-d array for weights")
        if w.shape[0] != y.shape[0]:
            raise TypeError("expected w and y to have the same length")
        # In place, so that the weights do not change the types.
        powers *= w[:, None]
        values = values.copy()
        values *= w[:, None] if y.ndim == 2 else w
    # Columns of length one make the equations better conditioned.
    scale = _t.sqrt(_t.reduce(_t.add, powers * powers, 0, None, False, None))
    powers = powers / scale
    found, residuals, rank, singular = lstsq(powers, values, rcond)
    found = (found.T / scale).T
    if rank != order and not full:
        import warnings

        from walle.numpy.exceptions import RankWarning

        warnings.warn("Polyfit may be poorly conditioned", RankWarning, stacklevel=2)
    if full:
        return found, residuals, rank, singular, rcond
    if not cov:
        return found
    base = inv(_t.matmul(powers.T, powers)) / (scale[:, None] * scale)
    if isinstance(cov, str) and cov == "unscaled":
        factor = 1
    else:
        if x.size <= order:
            raise ValueError("the number of data points must exceed order to scale the covariance matrix")
        factor = residuals / (x.size - order)
    return found, base * factor if y.ndim == 1 else base[:, :, None] * factor


def _check_samples(x, y, deg):
    if deg < 0:
        raise ValueError("expected deg >= 0")
    if x.ndim != 1:
        raise TypeError("expected 1D vector for x")
    if x.size == 0:
        raise TypeError("expected non-empty vector for x")
    if not 1 <= y.ndim <= 2:
        raise TypeError("expected 1D or 2D array for y")
    if x.shape[0] != y.shape[0]:
        raise TypeError("expected x and y to have same length")


# MARK: the class


def _number_text(value):
    """A coefficient as text of four digits."""
    value = value.item() if hasattr(value, "item") else value
    if not isinstance(value, complex):
        return f"{value:.4g}"
    if value.imag == 0:
        return f"{value.real:.4g}"
    return f"{value.imag:.4g}j" if value.real == 0 else f"({value.real:.4g} + {value.imag:.4g}j)"


def _term(text, power, variable):
    """A coefficient and a power, the power apart."""
    if power == 0:
        return text, ""
    return f"{text} {variable}", str(power) if power > 1 else ""


class _Lines:
    """Two lines of text: exponents above what they belong to; a new pair where they become too long."""

    def __init__(self) -> None:
        self.done, self.upper, self.lower = "", " ", ""

    def add(self, text: str, power: str) -> None:
        """Append a term and the exponent above its end."""
        above, below = " " * (len(text) - 1) + power, text + " " * (len(power) - 1)
        if len(self.lower) + len(below) > 70 or len(self.upper) + len(above) > 70:
            self.done += f"{self.upper}\n{self.lower}\n "
            self.upper, self.lower = above, below
        else:
            self.upper, self.lower = self.upper + above, self.lower + below


class poly1d:
    """A polynomial in one variable, with arithmetic.

    Parameters
    ----------
    c_or_r
        The coefficients, the highest power first; or the roots.
    r
        Whether these are roots.
    variable
        The letter of the variable in text.
    """

    __hash__ = None

    def __init__(self, c_or_r: Any, r: bool = False, variable: str | None = None) -> None:
        if isinstance(c_or_r, poly1d):
            self._variable, self._coeffs = c_or_r._variable, c_or_r._coeffs
        else:
            coefficients = asarray(poly(c_or_r) if r else c_or_r)
            if coefficients.ndim > 1:
                raise ValueError("Polynomial must be 1d only.")
            self._variable, self._coeffs = "x", _trimmed(coefficients.reshape(-1))
        if variable is not None:
            self._variable = variable

    @property
    def coeffs(self) -> ndarray:
        """The coefficients, the highest power first."""
        return self._coeffs

    @coeffs.setter
    def coeffs(self, value: ArrayLike) -> None:
        if value is not self._coeffs:
            raise AttributeError("Cannot set attribute")

    @property
    def variable(self) -> str:
        """The letter of the variable."""
        return self._variable

    @property
    def order(self) -> int:
        """The highest power."""
        return len(self._coeffs) - 1

    @property
    def roots(self) -> ndarray:
        """The roots."""
        return roots(self._coeffs)

    r = roots
    c = coef = coefficients = coeffs
    o = order

    def __array__(self, t: DTypeLike = None, copy: bool | None = None) -> ndarray:
        return self._coeffs if t is None else self._coeffs.astype(t)

    def __repr__(self) -> str:
        return f"poly1d({repr(self._coeffs)[6:-1]})"

    def __len__(self) -> int:
        return self.order

    def __str__(self) -> str:
        lines, tail, is_first = _Lines(), "", True
        for place, value in enumerate(self._coeffs):
            text = _number_text(value)
            if text == "0" and (self.order or place):
                continue
            sign = "" if is_first else " - " if text.startswith("-") else " + "
            body, power = _term(text[1:] if sign == " - " else text, self.order - place, self._variable)
            is_first = False
            if power:
                lines.add(tail + sign + body, power)
                tail = ""
            else:
                tail += sign + body
        return f"{lines.done}{lines.upper}\n{lines.lower}{tail}"

    def __call__(self, val: Any) -> Any:
        return polyval(self._coeffs, val)

    def __neg__(self) -> poly1d:
        return poly1d(-self._coeffs)

    def __pos__(self) -> poly1d:
        return self

    def __mul__(self, other: Any) -> poly1d:
        if isinstance(other, poly1d):
            return poly1d(polymul(self._coeffs, other._coeffs))
        return poly1d(self._coeffs * other) if asarray(other).ndim == 0 else poly1d(polymul(self._coeffs, other))

    __rmul__ = __mul__

    def __add__(self, other: Any) -> poly1d:
        return poly1d(polyadd(self._coeffs, poly1d(other)._coeffs))

    __radd__ = __add__

    def __sub__(self, other: Any) -> poly1d:
        return poly1d(polysub(self._coeffs, poly1d(other)._coeffs))

    def __rsub__(self, other: Any) -> poly1d:
        return poly1d(polysub(poly1d(other)._coeffs, self._coeffs))

    def __pow__(self, val: int) -> poly1d:
        if asarray(val).ndim or int(val) != val or val < 0:
            raise ValueError("Power to non-negative integers only.")
        result = poly1d([1])
        for _ in range(int(val)):
            result = result * self
        return result

    def __truediv__(self, other: Any) -> Any:
        if not isinstance(other, poly1d) and asarray(other).ndim == 0:
            return poly1d(self._coeffs / other)
        return polydiv(self, poly1d(other))

    def __rtruediv__(self, other: Any) -> Any:
        return polydiv(poly1d(other), self)

    def __eq__(self, other: Any) -> bool:
        if not isinstance(other, poly1d):
            return NotImplemented
        return self._coeffs.shape == other._coeffs.shape and bool((self._coeffs == other._coeffs).all())

    def __getitem__(self, val: int) -> Any:
        return self._coeffs[self.order - val] if 0 <= val <= self.order else self._coeffs.dtype.type(0)

    def __setitem__(self, key: int, val: ArrayLike) -> None:
        if key < 0:
            raise ValueError("Does not support negative powers.")
        if key > self.order:
            padding = _t.zeros((key - self.order,), self._coeffs.dtype)
            self._coeffs = _t.concatenate([padding, self._coeffs], 0, None)
        self._coeffs[self.order - key] = val

    def __iter__(self) -> Iterator[Any]:
        return iter(self._coeffs)

    def integ(self, m: int = 1, k: ArrayLike = 0) -> poly1d:
        """The integral, `m` times over, with constants `k`."""
        return poly1d(polyint(self._coeffs, m, k))

    def deriv(self, m: int = 1) -> poly1d:
        """The derivative, `m` times over."""
        return poly1d(polyder(self._coeffs, m))
