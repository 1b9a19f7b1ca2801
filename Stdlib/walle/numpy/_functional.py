"""Functions of Python over arrays."""

from __future__ import annotations

import functools
import itertools
import re

from walle import _tensor as _t
from walle.numpy import _dtypes
from walle.numpy._core import _axis, _NoValue, asarray, ndarray

TYPE_CHECKING = False
if TYPE_CHECKING:
    from walle.numpy._typing import Any, Array, ArrayLike, AxesLike, Callable, DTypeLike, NoReturn, Sequence

__all__ = ["apply_along_axis", "apply_over_axes", "frompyfunc", "piecewise", "vectorize"]


def _positions(shape):
    return itertools.product(*(range(length) for length in shape))


# MARK: along axes


def apply_along_axis(func1d: Callable[..., Any], axis: int, arr: ArrayLike, *args: Any, **kwargs: Any) -> Array:
    """What a function makes of each vector along an axis; its results take the place of the axis.

    Parameters
    ----------
    func1d
        A function of an array of one axis, and of `args` and `kwargs`.
    """
    from walle.numpy._manipulation import moveaxis

    arr = asarray(arr)
    axis = _axis(axis, arr.ndim)
    moved = moveaxis(arr, axis, -1)
    places = _positions(moved.shape[:-1])
    try:
        first = next(places)
    except StopIteration:
        raise ValueError("Cannot apply_along_axis when any iteration dimensions are 0") from None
    made = asarray(func1d(moved[(*first, ...)], *args, **kwargs))
    result = _t.zeros(moved.shape[:-1] + made.shape, made.dtype)
    result[first] = made
    for place in places:
        result[place] = asarray(func1d(moved[(*place, ...)], *args, **kwargs))
    result = moveaxis(result, range(moved.ndim - 1, result.ndim), range(axis, axis + made.ndim))
    return result if made.ndim else result[()]


def apply_over_axes(func: Callable[..., Any], a: ArrayLike, axes: AxesLike) -> ndarray:
    """What a function of an array and an axis makes of it for one axis after the other; axes that go are kept as 1."""
    result = asarray(a)
    rank = result.ndim
    for axis in asarray(axes).reshape(-1).tolist():
        axis = axis + rank if axis < 0 else axis
        new = func(result, axis)
        if new.ndim != result.ndim:
            from walle.numpy._manipulation import expand_dims

            new = expand_dims(new, axis)
            if new.ndim != result.ndim:
                raise ValueError("function is not returning an array of the correct shape")
        result = new
    return result


# MARK: by parts


def _is_one_condition(condlist, x):
    """Whether a list of conditions is one condition alone."""
    if isinstance(condlist, ndarray):
        return condlist.ndim <= 1 and x.ndim != 0
    return not isinstance(condlist[0], (list, tuple, ndarray)) and x.ndim != 0


def piecewise(x: ArrayLike, condlist: Sequence[ArrayLike], funclist: Sequence[Any], *args: Any, **kw: Any) -> ndarray:
    """What functions, or numbers, give where conditions hold.

    Parameters
    ----------
    condlist
        The conditions; of several that hold, the last counts.
    funclist
        A function or number for each; one more is for where no condition holds, which gives zero otherwise.
    """
    x = asarray(x)
    conditions = [condlist] if isinstance(condlist, bool) or _is_one_condition(condlist, x) else list(condlist)
    conditions = [asarray(each).astype(_dtypes.bool_) for each in conditions]
    count = len(conditions)
    if count == len(funclist) - 1:
        rest = functools.reduce(_t.logical_or, conditions)
        conditions.append(asarray(_t.logical_not(rest)))
    elif count != len(funclist):
        raise ValueError(f"with {count} condition(s), either {count} or {count + 1} functions are expected")
    result = _t.zeros(x.shape, x.dtype)
    for condition, function in zip(conditions, funclist):
        if not callable(function):
            result[condition] = function
            continue
        values = x[condition]
        if values.size:
            result[condition] = function(values, *args, **kw)
    return result


# MARK: element by element


def frompyfunc(func: Callable[..., Any], /, nin: int, nout: int, *, identity: object = None) -> NoReturn:
    """Refused: results would be arrays of objects. Use `vectorize`, which makes arrays of numbers.

    Raises
    ------
    TypeError
        Always.
    """
    raise TypeError("frompyfunc() makes arrays of objects, which there are none of: use vectorize(func, otypes=...)")


_NAME = r"\w+"
_CORE = rf"\((?:{_NAME}(?:,{_NAME})*)?\)"
_SIGNATURE = re.compile(rf"^{_CORE}(?:,{_CORE})*->{_CORE}(?:,{_CORE})*$")


def _parsed(signature):
    """The names of the core axes of inputs and outputs of a signature such as ``(n,m),(m)->(n)``."""
    signature = re.sub(r"\s+", "", signature)
    if not _SIGNATURE.match(signature):
        raise ValueError(f"not a valid gufunc signature: {signature}")
    return [
        [tuple(re.findall(_NAME, core)) for core in re.findall(_CORE, side)] for side in signature.split("->")
    ]


class vectorize:
    """A function of numbers as one of arrays, which are broadcast; called once for each element.

    Parameters
    ----------
    pyfunc
        The function; without it, this makes a decorator.
    otypes
        The types of its results: codes of one letter, or a list; by default those of the first call's results.
    doc
        Its documentation, by default that of the function.
    excluded
        Positions and names of arguments that are passed on as they are.
    cache
        Accepted; the function is called once for each element in any case.
    signature
        The core axes of arguments and results, as ``"(n),(n)->()"``, for a function of arrays.
    """

    def __init__(
        self,
        pyfunc: Callable[..., Any] = _NoValue,
        otypes: str | Sequence[DTypeLike] | None = None,
        doc: str | None = None,
        excluded: set[int | str] | None = None,
        cache: bool = False,
        signature: str | None = None,
    ) -> None:
        if pyfunc is not _NoValue and not callable(pyfunc):
            raise TypeError(
                "When used as a decorator, only accepts keyword arguments." if isinstance(pyfunc, str) else
                "pyfunc must be callable"
            )  # fmt: skip
        self.pyfunc, self.cache, self.signature = pyfunc, cache, signature
        self.excluded = set() if excluded is None else set(excluded)
        self.otypes = None if otypes is None else [_dtypes._find(each) for each in otypes]
        self._core = None if signature is None else _parsed(signature)
        self._doc = doc
        if pyfunc is not _NoValue:
            self._take(pyfunc)

    def _take(self, function):
        self.pyfunc = function
        self.__name__ = getattr(function, "__name__", None)
        self.__doc__ = self._doc if self._doc is not None else getattr(function, "__doc__", None)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.pyfunc is _NoValue:
            self._take(args[0])
            return self
        names = [name for name in kwargs if name not in self.excluded]
        places = [index for index in range(len(args)) if index not in self.excluded]
        if not self.excluded and not kwargs:
            return self._applied(self.pyfunc, args)
        fixed = list(args)

        def function(*varying):
            for place, value in zip(places, varying):
                fixed[place] = value
            return self.pyfunc(*fixed, **{**kwargs, **dict(zip(names, varying[len(places) :]))})

        return self._applied(function, [args[place] for place in places] + [kwargs[name] for name in names])

    def _applied(self, function, arguments):
        if self._core is not None:
            return self._applied_to_cores(function, arguments)
        if not arguments:
            return function()
        from walle.numpy._manipulation import broadcast_arrays

        arrays = broadcast_arrays(*arguments)
        shape = arrays[0].shape
        flat = [each.reshape(-1) for each in arrays]
        # The first call gets scalars, whose types decide those of the results; the others get numbers of Python.
        results = [function(*(each[0] for each in flat))] if flat[0].size else []
        results += [function(*values) for values in zip(*(each[1:].tolist() for each in flat))]
        if not results:
            if self.otypes is None:
                raise ValueError("cannot call `vectorize` on size 0 inputs unless `otypes` is set")
            made = tuple(_t.zeros(shape, kind) for kind in self.otypes)
            return made[0] if len(made) == 1 else made
        if not isinstance(results[0], tuple):
            return _gathered(results, None if self.otypes is None else self.otypes[0], shape)
        kinds = self.otypes or [None] * len(results[0])
        return tuple(_gathered(parts, kind, shape) for parts, kind in zip(zip(*results), kinds))

    def _applied_to_cores(self, function, arguments):
        """A call for each index of the axes that are not core axes."""
        inputs, outputs = self._core
        if len(arguments) != len(inputs):
            raise TypeError(f"wrong number of positional arguments: expected {len(inputs)}, got {len(arguments)}")
        arrays = [asarray(each) for each in arguments]
        from walle.numpy._manipulation import broadcast_shapes

        lengths, loop = {}, ()
        for array, core in zip(arrays, inputs):
            _note_lengths(array, core, lengths)
            loop = broadcast_shapes(loop, array.shape[: array.ndim - len(core)])
        arrays = [
            _t.broadcast_to(array, loop + array.shape[array.ndim - len(core) :]) for array, core in zip(arrays, inputs)
        ]
        made = None
        for place in _positions(loop):
            results = function(*(array[place] for array in arrays))
            results = results if len(outputs) > 1 else (results,)
            if len(results) != len(outputs):
                raise ValueError(f"wrong number of outputs from pyfunc: expected {len(outputs)}, got {len(results)}")
            results = [asarray(each) for each in results]
            if made is None:
                made = self._outputs(results, outputs, loop, lengths)
            for target, value in zip(made, results):
                target[place] = value
        if made is None:
            made = self._empty_outputs(outputs, loop, lengths)
        return made[0] if len(outputs) == 1 else tuple(made)

    def _outputs(self, results, outputs, loop, lengths):
        for value, core in zip(results, outputs):
            _note_lengths(value, core, lengths)
        kinds = self.otypes or [value.dtype for value in results]
        return [_t.zeros(loop + value.shape, kind) for value, kind in zip(results, kinds)]

    def _empty_outputs(self, outputs, loop, lengths):
        if self.otypes is None:
            raise ValueError("cannot call `vectorize` on size 0 inputs unless `otypes` is set")
        if any(name not in lengths for core in outputs for name in core):
            raise ValueError(
                "cannot call `vectorize` with a signature including new output dimensions on size 0 inputs"
            )
        shapes = [loop + tuple(lengths[name] for name in core) for core in outputs]
        return [_t.zeros(shape, kind) for shape, kind in zip(shapes, self.otypes)]


def _gathered(values, kind, shape):
    """An array of what a function gave."""
    if kind is None:
        kind = asarray(values[0]).dtype
    return _t.astype(_t.array(list(values), None, None), kind, False).reshape(shape)


def _note_lengths(array, core, lengths):
    if array.ndim < len(core):
        raise ValueError(
            f"{array.ndim}-dimensional argument does not have enough dimensions for all core dimensions {core!r}"
        )
    for name, length in zip(core, array.shape[array.ndim - len(core) :]):
        if lengths.setdefault(name, length) != length:
            raise ValueError(f"inconsistent size for core dimension {name!r}: {length} vs {lengths[name]}")
