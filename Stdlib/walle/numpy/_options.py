"""How arrays are printed: options of the current context."""

from __future__ import annotations

import contextlib
import operator
from collections.abc import Callable, Iterator
from contextvars import ContextVar, Token
from typing import Any

_DEFAULTS: dict[str, Any] = {
    "edgeitems": 3,
    "threshold": 1000,
    "floatmode": "maxprec",
    "precision": 8,
    "suppress": False,
    "linewidth": 75,
    "nanstr": "nan",
    "infstr": "inf",
    "sign": "-",
    "formatter": None,
    "legacy": False,
    "override_repr": None,
}
_MODES = ("fixed", "unique", "maxprec", "maxprec_equal")

current: ContextVar[dict[str, Any]] = ContextVar("walle.numpy.printoptions", default=_DEFAULTS)


def checked(
    precision: Any = None,
    threshold: Any = None,
    edgeitems: Any = None,
    linewidth: Any = None,
    suppress: Any = None,
    nanstr: Any = None,
    infstr: Any = None,
    sign: Any = None,
    formatter: Any = None,
    floatmode: Any = None,
    legacy: Any = None,
) -> dict[str, Any]:
    """Return the options that are not None, or raise an error that says what is wrong with one."""
    given = {name: value for name, value in locals().items() if value is not None}
    if floatmode is not None and floatmode not in _MODES:
        raise ValueError("floatmode option must be one of " + ", ".join(f'"{mode}"' for mode in _MODES))
    if sign is not None and sign not in ("-", "+", " "):
        raise ValueError("sign option must be one of ' ', '+', or '-'")
    if legacy not in (None, False):
        raise ValueError(f"legacy printing modes are not offered: pass legacy=False, not {legacy!r}")
    if threshold is not None:
        if not isinstance(threshold, (int, float)) and not hasattr(threshold, "__float__"):
            raise TypeError("threshold must be numeric")
        if threshold != threshold:
            raise ValueError("threshold must be non-NAN, try sys.maxsize for untruncated representation")
    if precision is not None:
        try:
            given["precision"] = operator.index(precision)
        except TypeError as error:
            raise TypeError("precision must be an integer") from error
    if suppress is not None:
        given["suppress"] = bool(suppress)
    return given


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    suppress: bool | None = None,
    nanstr: str | None = None,
    infstr: str | None = None,
    formatter: dict[str, Callable[[Any], str]] | None = None,
    sign: str | None = None,
    floatmode: str | None = None,
    *,
    legacy: bool | None = None,
    override_repr: Callable[[Any], str] | None = None,
) -> None:
    """
    Set how arrays are printed.

    Parameters
    ----------
    precision : int or None, optional
        Digits behind the point (default 8); None when `floatmode` is not "fixed", for as many as are needed.
    threshold : int, optional
        Elements from which on an array is summarised (default 1000).
    edgeitems : int, optional
        Elements of a summary at the beginning and at the end of each axis (default 3).
    linewidth : int, optional
        Characters of a line (default 75).
    suppress : bool, optional
        Whether small numbers are printed without an exponent, as zeros if need be (default False).
    nanstr, infstr : str, optional
        How not-a-number and infinity are printed.
    formatter : dict of callables, optional
        Functions that print elements, by kind: "bool", "int", "float", "complexfloat", and for groups of these "all",
        "int_kind", "float_kind" and "complex_kind". None stands for the default.
    sign : {"-", "+", " "}, optional
        What stands before numbers that are not negative: nothing, a plus, or a space.
    floatmode : {"maxprec", "maxprec_equal", "fixed", "unique"}, optional
        Up to `precision` digits as needed; as many for all elements as one needs; always `precision`; as many as are
        needed, whatever `precision` is.
    legacy : bool, optional
        False; older forms are not offered.
    override_repr : callable, optional
        Gives the representation of every array.

    See Also
    --------
    get_printoptions, printoptions, array2string
    """
    _set(
        precision, threshold, edgeitems, linewidth, suppress, nanstr, infstr, formatter, sign, floatmode,
        legacy=legacy, override_repr=override_repr,
    )


def _set(
    precision: Any = None,
    threshold: Any = None,
    edgeitems: Any = None,
    linewidth: Any = None,
    suppress: Any = None,
    nanstr: Any = None,
    infstr: Any = None,
    formatter: Any = None,
    sign: Any = None,
    floatmode: Any = None,
    *,
    legacy: Any = None,
    override_repr: Any = None,
) -> Token[dict[str, Any]]:
    given = checked(
        precision, threshold, edgeitems, linewidth, suppress, nanstr, infstr, sign, formatter, floatmode, legacy
    )
    # These two are not kept when they are not given.
    given["formatter"] = formatter
    given["override_repr"] = override_repr
    return current.set({**current.get(), **given})


def get_printoptions() -> dict[str, Any]:
    """
    Return how arrays are printed.

    Returns
    -------
    dict
        The current options; changing it changes nothing.

    See Also
    --------
    set_printoptions, printoptions
    """
    return dict(current.get())


@contextlib.contextmanager
def printoptions(*args: Any, **kwargs: Any) -> Iterator[dict[str, Any]]:
    """
    Set how arrays are printed for the length of a `with` statement.

    Parameters
    ----------
    *args, **kwargs
        As those of `set_printoptions`.

    Examples
    --------
    >>> with np.printoptions(precision=2):
    ...     print(np.array([2.0]) / 3)
    [0.67]
    """
    token = _set(*args, **kwargs)
    try:
        yield get_printoptions()
    finally:
        current.reset(token)
