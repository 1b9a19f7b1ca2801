"""Assertions about arrays, after `numpy.testing`."""

from __future__ import annotations

import contextlib

from walle import _tensor as _t
from walle.numpy import _dtypes
from walle.numpy._core import asarray, errstate, ndarray

TYPE_CHECKING = False
if TYPE_CHECKING:
    from walle.numpy._typing import Any, ArrayLike, Callable, DTypeLike, Iterable

__all__ = [
    "assert_", "assert_allclose", "assert_almost_equal", "assert_approx_equal", "assert_array_almost_equal",
    "assert_array_almost_equal_nulp", "assert_array_compare", "assert_array_equal", "assert_array_less",
    "assert_array_max_ulp", "assert_equal", "assert_no_warnings", "assert_raises", "assert_raises_regex",
    "assert_string_equal", "assert_warns", "build_err_msg",
]  # fmt: skip


# MARK: messages


def build_err_msg(
    arrays: Iterable[Any],
    err_msg: str,
    header: str = "Items are not equal:",
    verbose: bool = True,
    names: tuple[str, str] = ("ACTUAL", "DESIRED"),
    precision: int = 8,
) -> str:
    """The text of an assertion that failed: a header, a message, and the arrays by name."""
    lines = ["\n" + header]
    err_msg = str(err_msg)
    if err_msg:
        if "\n" not in err_msg and len(err_msg) < 79 - len(header):
            lines = [lines[0] + " " + err_msg]
        else:
            lines.append(err_msg)
    if verbose:
        for name, each in zip(names, arrays):
            text = _text(each, precision)
            if text.count("\n") > 3:
                text = "\n".join(text.splitlines()[:3]) + "..."
            lines.append(f" {name}: {text}")
    return "\n".join(lines)


def _text(each, precision):
    if not isinstance(each, ndarray):
        return repr(each)
    from walle.numpy._printing import array_repr

    return array_repr(each, precision=precision)


def assert_(val: object, msg: Any = "") -> None:
    """Fail unless a value is true."""
    __tracebackhide__ = True
    if not val:
        raise AssertionError(msg() if callable(msg) else msg)


# MARK: arrays


def _is_number(a):
    return a.dtype.kind in "biufc"


def _mismatches(comparison, x, y, names):
    """What differs: how many elements, the first of them, and how far they are apart at most."""
    wrong = asarray(_t.logical_not(comparison))
    wide = _t.broadcast_to(wrong, _shape(wrong, x, y))
    count, size = int(wide.sum()), max(wide.size, 1)
    lines = [f"Mismatched elements: {count} / {wide.size} ({100 * count / size:.3g}%)"]
    if wide.ndim:
        lines += _first_mismatches(wide, _t.broadcast_to(x, wide.shape), _t.broadcast_to(y, wide.shape), count, names)
    if x.dtype.kind != "b" or y.dtype.kind != "b":
        lines += _distances(wide, x, y)
    return lines


def _shape(wrong, x, y):
    from walle.numpy._manipulation import broadcast_shapes

    return broadcast_shapes(wrong.shape, x.shape, y.shape)


def _first_mismatches(wrong, x, y, count, names):
    from walle.numpy._indexing import argwhere

    few = "Mismatch at index:" if count == 1 else "Mismatch at indices:"
    lines = [few if count <= 5 else "First 5 mismatches are at indices:"]
    for index in argwhere(wrong)[:5].tolist():
        place = tuple(index)
        lines.append(f" {index}: {x[place]} ({names[0]}), {y[place]} ({names[1]})")
    return lines


def _distances(wrong, x, y):
    """The largest absolute and relative differences among the elements that differ."""
    with errstate(all="ignore"):
        first, second = (_t.broadcast_to(each, wrong.shape)[wrong] for each in (x, y))
        if {first.dtype.kind, second.dtype.kind} & {"b"} or first.dtype.kind == "u" or second.dtype.kind == "u":
            kind = _dtypes.result_type(first.dtype, second.dtype, "int64")
            first, second = first.astype(kind), second.astype(kind)
        distance = asarray(_t.absolute(first - second))
        usual = asarray(second != 0)
        relative = distance[usual] / _t.absolute(second[usual])
    if not distance.size:
        return []
    lines = [f"Max absolute difference among violations: {_extreme_text(distance)}"]
    if relative.size:
        return lines + [f"Max relative difference among violations: {_extreme_text(relative)}"]
    return lines + ["Max relative difference among violations: inf"]


def _extreme_text(a):
    from walle.numpy._printing import array2string

    return array2string(asarray(_t.reduce(_t.maximum, a, None, None, False, None)))


def _same_places(x, y, function, name, fail):
    """Where both are NaN, say; fails when only one is."""
    first, second = function(x), function(y)
    if not bool(asarray(first == second).all()):
        fail(f"{name} location mismatch:", x, y)
    return _t.logical_or(first, second)


def _special(x, y, equal_nan, equal_inf, fail):
    """Where NaN and infinities are, which must be at the same places of both."""
    floating = [each.dtype.kind in "fc" for each in (x, y)]
    found = False
    if equal_nan and any(floating):
        found = _same_places(x, y, _t.isnan, "nan", fail)
    if equal_inf and any(floating):
        infinite = _t.logical_or(_t.isinf(x), _t.isinf(y))
        if found is not False:
            infinite = _t.logical_and(infinite, _t.logical_not(found))
        if bool(asarray(infinite).any()):
            different = _t.logical_and(infinite, _t.not_equal(x, y))
            if bool(asarray(different).any()):
                wide = asarray(infinite)
                parts = [_t.broadcast_to(each, wide.shape)[wide] for each in (x, y)]
                fail("inf values mismatch:", *parts)
            found = infinite if found is False else _t.logical_or(found, infinite)
    return found


def assert_array_compare(
    comparison: Callable[[Any, Any], Any],
    x: ArrayLike,
    y: ArrayLike,
    err_msg: str = "",
    verbose: bool = True,
    header: str = "",
    precision: int = 6,
    equal_nan: bool = True,
    equal_inf: bool = True,
    *,
    strict: bool = False,
    names: tuple[str, str] = ("ACTUAL", "DESIRED"),
) -> None:
    """Fail unless a comparison holds for all elements of two arrays.

    Parameters
    ----------
    comparison
        A function of two arrays.
    strict
        Shapes and types must be the same too; else a number is compared with each element.
    """
    __tracebackhide__ = True
    x, y = asarray(x), asarray(y)

    def fail(reason, first=x, second=y):
        raise AssertionError(
            build_err_msg([first, second], f"{err_msg}\n{reason}", header, verbose, names, precision=precision)
        )

    same = x.shape == y.shape
    if not (same and x.dtype is y.dtype if strict else same or x.shape == () or y.shape == ()):
        kind = "dtypes" if same else "shapes"
        fail(f"({kind} {x.dtype if same else x.shape}, {y.dtype if same else y.shape} mismatch)")
    special = _special(x, y, equal_nan, equal_inf, fail)
    with errstate(all="ignore"):
        holds = asarray(comparison(x, y))
    if special is not False:
        holds = asarray(_t.logical_or(holds, special))
    if not bool(holds.all()):
        fail("\n".join(_mismatches(holds, x, y, names)))


def assert_array_equal(
    actual: ArrayLike, desired: ArrayLike, err_msg: str = "", verbose: bool = True, *, strict: bool = False
) -> None:
    """Fail unless two arrays have the same elements; NaN equals NaN."""
    __tracebackhide__ = True
    assert_array_compare(
        _t.equal, actual, desired, err_msg=err_msg, verbose=verbose, header="Arrays are not equal", strict=strict
    )


def assert_allclose(
    actual: ArrayLike,
    desired: ArrayLike,
    rtol: float = 1e-07,
    atol: float = 0,
    equal_nan: bool = True,
    err_msg: str = "",
    verbose: bool = True,
    *,
    strict: bool = False,
) -> None:
    """Fail unless two arrays are equal within a tolerance: |actual − desired| ≤ atol + rtol · |desired|."""
    __tracebackhide__ = True
    from walle.numpy._elementwise import isclose

    assert_array_compare(
        lambda x, y: isclose(x, y, rtol=rtol, atol=atol, equal_nan=equal_nan), actual, desired, err_msg=str(err_msg),
        verbose=verbose, header=f"Not equal to tolerance rtol={rtol:g}, atol={atol:g}", equal_nan=equal_nan,
        strict=strict,
    )  # fmt: skip


def assert_array_almost_equal(
    actual: ArrayLike, desired: ArrayLike, decimal: int = 6, err_msg: str = "", verbose: bool = True
) -> None:
    """Fail unless elements of two arrays differ by less than 1.5 · 10**−decimal."""
    __tracebackhide__ = True

    def close(x, y):
        kind = _dtypes.result_type(y, 1.0)
        distance = _t.absolute(_t.subtract(x.astype(_t.promote(x.dtype, kind)), y.astype(kind)))
        return distance < 1.5 * 10.0**-decimal

    assert_array_compare(
        close, actual, desired, err_msg=err_msg, verbose=verbose, precision=decimal,
        header=f"Arrays are not almost equal to {decimal} decimals",
    )  # fmt: skip


def assert_array_less(
    x: ArrayLike, y: ArrayLike, err_msg: str = "", verbose: bool = True, *, strict: bool = False
) -> None:
    """Fail unless each element of `x` is less than that of `y`."""
    __tracebackhide__ = True
    assert_array_compare(
        _t.less, x, y, err_msg=err_msg, verbose=verbose, header="Arrays are not strictly ordered `x < y`",
        equal_inf=False, strict=strict, names=("x", "y"),
    )  # fmt: skip


# MARK: objects


def _is_array(*objects):
    return any(isinstance(each, (ndarray, _t.generic)) and getattr(each, "ndim", 0) for each in objects)


def assert_equal(actual: Any, desired: Any, err_msg: str = "", verbose: bool = True, *, strict: bool = False) -> None:
    """Fail unless two objects are equal: numbers, arrays, texts, or lists and dicts of these; NaN equals NaN."""
    __tracebackhide__ = True
    if isinstance(desired, dict):
        if not isinstance(actual, dict):
            raise AssertionError(build_err_msg([actual, desired], err_msg, verbose=verbose))
        assert_equal(len(actual), len(desired), err_msg, verbose)
        for key in desired:
            if key not in actual:
                raise AssertionError(repr(key))
            assert_equal(actual[key], desired[key], f"key={key!r}\n{err_msg}", verbose)
        return
    if isinstance(desired, (list, tuple)) and isinstance(actual, (list, tuple)):
        assert_equal(len(actual), len(desired), err_msg, verbose)
        for place, (first, second) in enumerate(zip(actual, desired)):
            assert_equal(first, second, f"item={place!r}\n{err_msg}", verbose)
        return
    if strict or isinstance(actual, ndarray) or isinstance(desired, ndarray):
        return assert_array_equal(actual, desired, err_msg, verbose, strict=strict)
    if not _same_value(actual, desired):
        raise AssertionError(build_err_msg([actual, desired], err_msg, verbose=verbose))


def _same_value(actual, desired):
    """Equality in which NaN equals NaN, and 0.0 is not -0.0."""
    numbers = (int, float, complex, _t.generic)
    if not (isinstance(actual, numbers) and isinstance(desired, numbers)):
        return actual == desired
    first, second = complex(actual), complex(desired)
    return all(_same_part(*parts) for parts in ((first.real, second.real), (first.imag, second.imag)))


def _same_part(first, second):
    import math

    if first != first or second != second:
        return first != first and second != second
    return first == second and (first != 0 or math.copysign(1, first) == math.copysign(1, second))


def assert_almost_equal(actual: Any, desired: Any, decimal: int = 7, err_msg: str = "", verbose: bool = True) -> None:
    """Fail unless two numbers or arrays differ by less than 1.5 · 10**−decimal."""
    __tracebackhide__ = True
    if isinstance(actual, (ndarray, list, tuple)) or isinstance(desired, (ndarray, list, tuple)):
        return assert_array_almost_equal(actual, desired, decimal, err_msg)
    first, second = complex(actual), complex(desired)
    for one, other in ((first.real, second.real), (first.imag, second.imag)):
        special = any(each != each or each in (_inf, -_inf) for each in (one, other))
        if not (_same_part(one, other) if special else abs(other - one) < 1.5 * 10.0**-decimal):
            header = f"Arrays are not almost equal to {decimal} decimals"
            raise AssertionError(build_err_msg([actual, desired], err_msg, header, verbose))


_inf = float("inf")


def assert_approx_equal(
    actual: float, desired: float, significant: int = 7, err_msg: str = "", verbose: bool = True
) -> None:
    """Fail unless two numbers agree in so many significant digits."""
    __tracebackhide__ = True
    import math

    actual, desired = float(actual), float(desired)
    if actual == desired or actual != actual and desired != desired:
        return
    scale = 0.5 * (abs(desired) + abs(actual))
    scale = 10.0 ** math.floor(math.log10(scale)) if scale and math.isfinite(scale) else 1.0
    if not abs(desired / scale - actual / scale) < 10.0 ** -(significant - 1):
        header = f"Items are not equal to {significant} significant digits:"
        raise AssertionError(build_err_msg([actual, desired], err_msg, header, verbose))


def assert_string_equal(actual: str, desired: str) -> None:
    """Fail unless two texts are equal, and tell the lines that differ."""
    __tracebackhide__ = True
    for each in (actual, desired):
        if not isinstance(each, str):
            raise AssertionError(repr(type(each)))
    if actual == desired:
        return
    import difflib

    lines = difflib.Differ().compare(actual.splitlines(True), desired.splitlines(True))
    different = "".join(line for line in lines if not line.startswith("  "))
    raise AssertionError("Differences in strings:\n" + different.rstrip())


# MARK: units in the last place


def _ranks(x):
    """Floats as integers in the same order, of which neighbours are neighbours."""
    bits = _t.retype(x.copy(), _dtypes._by_name[f"int{x.itemsize * 8}"])
    least = _dtypes.iinfo(bits.dtype).min
    return asarray(_t.where(bits < 0, asarray(least, bits.dtype) - bits, bits))


def _distance_in_places(x, y):
    """How many floats lie between two, as floats."""
    first, second = _ranks(x), _ranks(y)
    rounded = _t.absolute(_t.subtract(first.astype("float64"), second.astype("float64")))
    # Integers are exact, but wrap where the distance is large.
    return asarray(_t.where(rounded < 2.0**52, _t.absolute(first - second), rounded))


def assert_array_almost_equal_nulp(x: ArrayLike, y: ArrayLike, nulp: float = 1) -> None:
    """Fail unless elements differ by at most so many spacings of the larger one."""
    __tracebackhide__ = True
    from walle.numpy._elementwise import spacing

    x, y = asarray(x), asarray(y)
    size = asarray(_t.maximum(_t.absolute(x), _t.absolute(y)))
    if bool((_t.absolute(x - y) <= nulp * asarray(spacing(size))).all()):
        return
    if x.dtype.kind == "c" or y.dtype.kind == "c":
        raise AssertionError(f"Arrays are not equal to {nulp} ULP")
    most = _t.reduce(_t.maximum, _distance_in_places(x, y), None, None, False, None)
    raise AssertionError(f"Arrays are not equal to {nulp} ULP (max is {most:g})")


def assert_array_max_ulp(a: ArrayLike, b: ArrayLike, maxulp: float = 1, dtype: DTypeLike = None) -> ndarray:
    """Fail unless elements have at most so many floats between them; gives how many there are."""
    __tracebackhide__ = True
    a, b = asarray(a, dtype), asarray(b, dtype)
    kind = _t.promote(a.dtype, b.dtype)
    result = _distance_in_places(a.astype(kind), b.astype(kind))
    if not bool((result <= maxulp).all()):
        most = _t.reduce(_t.maximum, result, None, None, False, None)
        raise AssertionError(f"Arrays are not almost equal up to {maxulp:g} ULP (max difference is {most:g} ULP)")
    return result


# MARK: exceptions and warnings


class _Raises:
    """A ``with`` block that must raise; `exception` is what it raised."""

    def __init__(self, expected: Any, pattern: Any = None, name: str | None = None) -> None:
        self.expected, self.pattern, self.name, self.exception = expected, pattern, name, None

    def __enter__(self) -> Any:
        return self

    def __exit__(self, kind: str | None, value: ArrayLike, trace: Any) -> bool:
        __tracebackhide__ = True
        if kind is None:
            expected = getattr(self.expected, "__name__", str(self.expected))
            raise AssertionError(f"{expected} not raised" + (f" by {self.name}" if self.name else ""))
        if not issubclass(kind, self.expected):
            return False
        self.exception = value.with_traceback(None)
        if self.pattern is not None:
            import re

            if not re.search(self.pattern, str(value)):
                pattern = getattr(self.pattern, "pattern", self.pattern)
                raise AssertionError(f'"{pattern}" does not match "{value}"') from None
        return True


def assert_raises(
    exception_class: type[BaseException] | tuple[type[BaseException], ...],
    callable: Callable[..., Any] | None = None,
    *args: Any,
    **kwargs: Any,
) -> Any:
    """Fail unless a call raises an exception; without a call, a ``with`` block that must."""
    __tracebackhide__ = True
    context = _Raises(exception_class, name=getattr(callable, "__name__", None))
    if callable is None:
        return context
    with context:
        callable(*args, **kwargs)


def assert_raises_regex(
    exception_class: type[BaseException] | tuple[type[BaseException], ...],
    expected_regexp: str,
    callable: Callable[..., Any] | None = None,
    *args: Any,
    **kwargs: Any,
) -> Any:
    """Fail unless a call raises an exception whose text has a pattern; without a call, a ``with`` block that must."""
    __tracebackhide__ = True
    context = _Raises(exception_class, expected_regexp, getattr(callable, "__name__", None))
    if callable is None:
        return context
    with context:
        callable(*args, **kwargs)


@contextlib.contextmanager
def _warns(expected, name=None):
    import warnings

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    by = f" when calling {name}" if name else ""
    if expected is None:
        if caught:
            raise AssertionError(f"Got warnings{by}: {[str(each.message) for each in caught]}")
    elif not caught:
        raise AssertionError(f"No warning raised{by}")
    elif not issubclass(caught[0].category, expected):
        raise AssertionError(f"{expected.__name__} not raised{by}: {caught[0].category.__name__} was")


def _called_with(expected, args, kwargs):
    if not args:
        return _warns(expected)
    function, *arguments = args
    with _warns(expected, getattr(function, "__name__", None)):
        return function(*arguments, **kwargs)


def assert_warns(warning_class: type[Warning], *args: Any, **kwargs: Any) -> Any:
    """Fail unless a call warns; gives its result. Without a call, a ``with`` block that must warn."""
    return _called_with(warning_class, args, kwargs)


def assert_no_warnings(*args: Any, **kwargs: Any) -> Any:
    """Fail when a call warns; gives its result. Without a call, a ``with`` block that may not warn."""
    return _called_with(None, args, kwargs)
