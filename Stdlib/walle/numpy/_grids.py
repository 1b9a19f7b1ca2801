"""Grids and ranges by the syntax of slices: `mgrid`, `ogrid`, `r_`, `c_`, `s_`."""

from __future__ import annotations

import math

from walle import _tensor as _t
from walle.numpy import _dtypes
from walle.numpy._core import asarray, ndarray

TYPE_CHECKING = False
if TYPE_CHECKING:
    from walle.numpy._typing import Any

__all__ = ["c_", "index_exp", "mgrid", "ogrid", "r_", "s_"]


def _parts(key):
    """The start, the step and the number of a slice's values, and whether they are floats."""
    start, step = key.start or 0, 1 if key.step is None else key.step
    stop = key.stop
    if isinstance(step, complex):
        count = int(abs(step))
        return start, (stop - start) / float(count - 1) if count > 1 else step.real or 0.0, count, True
    is_float = any(isinstance(each, (float, _t.floating)) for each in (start, stop, step))
    return start, step, max(0, math.ceil((stop - start) / (step * 1.0))), is_float


def _values(key):
    start, step, count, is_float = _parts(key)
    values = _t.range(0, 1, count, _dtypes.float64 if is_float else _dtypes.int64)
    return values * step + start


class _Grid:
    """Grids of coordinates: ``mgrid[0:3, 0:1:5j]``, where an imaginary step says how many values there are."""

    def __init__(self, sparse: bool) -> None:
        self._sparse = sparse

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, slice):
            return _values(key)
        vectors = [_values(each) for each in key]
        kind = _dtypes.result_type(*vectors) if vectors else _dtypes.int64
        rank = len(vectors)
        grids = [
            _t.astype(v, kind, False).reshape((1,) * i + (-1,) + (1,) * (rank - i - 1)) for i, v in enumerate(vectors)
        ]
        if self._sparse:
            return tuple(grids)
        shape = tuple(len(each) for each in vectors)
        result = _t.zeros((rank, *shape), kind)
        for place, grid in enumerate(grids):
            result[place] = grid
        return result


class _Joiner:
    """Arrays one after the other by the syntax of slices: ``r_[1:4, 0, [5, 6]]``.

    A text at the front gives the axis to join along, how many axes there are at least, and where the axes of arrays
    with fewer are put: ``r_["0,2,-1", ...]``.
    """

    def __init__(self, axis: int, rank: int, place: int) -> None:
        self._defaults = axis, rank, place

    def __getitem__(self, key: Any) -> Any:
        key = key if isinstance(key, tuple) else (key,)
        axis, rank, place = self._defaults
        if key and isinstance(key[0], str):
            axis, rank, place = self._directive(key[0])
            key = key[1:]
        arrays, weak = [], []
        for each in key:
            if isinstance(each, str):
                raise ValueError("special directives must be the first entry.")
            new = _values(each) if isinstance(each, slice) else asarray(each)
            weak.append(type(each) in (int, float, complex))
            arrays.append(self._placed(new, rank, place, isinstance(each, slice) or new.ndim == 0))
        kinds = [item if is_weak else new for item, new, is_weak in zip(key, arrays, weak)]
        kind = _dtypes.result_type(*kinds) if kinds else None
        return _t.concatenate(arrays, axis, kind)

    def _directive(self, text):
        if text in ("r", "c"):
            raise ValueError(f"the directive {text!r} makes a matrix, which there is none of: use reshape")
        axis, rank, place = self._defaults
        try:
            numbers = [int(part) for part in text.split(",")]
        except ValueError:
            raise ValueError(f"unknown special directive {text!r}") from None
        if len(numbers) > 3:
            raise ValueError(f"unknown special directive {text!r}")
        return (*numbers, *(axis, rank, place)[len(numbers) :])

    @staticmethod
    def _placed(array, rank, place, is_vector):
        """The array with as many axes as wanted; its own begin at a place."""
        array = array.reshape(1) if array.ndim == 0 else array
        missing = rank - array.ndim
        if missing <= 0:
            return array
        if is_vector and place != -1 or place != -1:
            before = place if place >= 0 else missing + place + 1
            before = min(max(before, 0), missing)
        else:
            before = missing
        return array.reshape((1,) * before + array.shape + (1,) * (missing - before))


class _IndexExpression:
    """An index as an object: ``s_[1:3]`` is ``slice(1, 3)``."""

    def __init__(self, maketuple: bool) -> None:
        self._maketuple = maketuple

    def __getitem__(self, item: Any) -> Any:
        return (item,) if self._maketuple and not isinstance(item, tuple) else item


mgrid, ogrid = _Grid(False), _Grid(True)
r_, c_ = _Joiner(0, 1, -1), _Joiner(-1, 2, 0)
index_exp, s_ = _IndexExpression(True), _IndexExpression(False)
