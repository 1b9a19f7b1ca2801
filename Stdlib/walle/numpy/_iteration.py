"""Iteration over several arrays at once: `broadcast` and `nditer`."""

from __future__ import annotations

import itertools

from walle import _tensor as _t
from walle.numpy import _dtypes
from walle.numpy._core import asarray, ndarray
from walle.numpy._manipulation import broadcast_arrays, broadcast_shapes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from walle.numpy._typing import Any, ArrayLike, Casting, Order, Sequence

__all__ = ["broadcast", "nditer"]


class broadcast:
    """The elements of arrays that are broadcast, as tuples in order."""

    def __init__(self, *args: Any) -> None:
        arrays = [asarray(each) for each in args]
        self.shape = broadcast_shapes(*(each.shape for each in arrays))
        self.numiter, self.nd = len(arrays), len(self.shape)
        self.ndim = self.nd
        self._arrays = [each.reshape(-1) for each in broadcast_arrays(*arrays)]
        self.size = self._arrays[0].size if arrays else 1
        self.index = 0

    @property
    def iters(self) -> tuple[Any, ...]:
        """An iterator over the elements of each array, as often as they are repeated."""
        return tuple(iter(each) for each in self._arrays)

    def reset(self) -> None:
        """Begin again."""
        self.index = 0

    def __iter__(self) -> broadcast:
        return self

    def __next__(self) -> tuple[Any, ...]:
        if self.index >= self.size:
            raise StopIteration
        self.index += 1
        return tuple(each[self.index - 1] for each in self._arrays)


_FLAGS = {
    "buffered", "c_index", "common_dtype", "copy_if_overlap", "delay_bufalloc", "external_loop", "f_index",
    "grow_inner", "growinner", "multi_index", "ranged", "reduce_ok", "refs_ok", "zerosize_ok",
}  # fmt: skip
_OPERAND_FLAGS = {
    "aligned", "allocate", "arraymask", "contig", "copy", "nbo", "no_broadcast", "no_subtype",
    "overlap_assume_elementwise", "readonly", "readwrite", "updateifcopy", "virtual", "writemasked", "writeonly",
}  # fmt: skip


class nditer:
    """The elements of arrays that are broadcast, as arrays without axes, which can be written to.

    Parameters
    ----------
    op
        An array, or a list of several; None becomes a new array of what the others are.
    flags
        ``"multi_index"``, ``"c_index"`` or ``"f_index"`` to know where the iteration is, ``"external_loop"`` for
        vectors in place of elements, ``"zerosize_ok"``; the others of NumPy are accepted.
    op_flags
        ``"readonly"``, ``"readwrite"`` or ``"writeonly"`` for each array.
    op_dtypes
        The types that elements are seen as, for arrays that are only read; needs ``"buffered"`` or ``"copy"``.
    order
        ``"C"``, ``"F"``, or ``"K"`` for the order in memory.
    """

    def __init__(
        self,
        op: Any,
        flags: Sequence[str] | None = None,
        op_flags: Any = None,
        op_dtypes: Any = None,
        order: Order = "K",
        casting: Casting = "safe",
        op_axes: None = None,
        itershape: tuple[int, ...] | None = None,
        buffersize: int = 0,
    ) -> None:
        operands = list(op) if isinstance(op, (tuple, list)) else [op]
        self._flags = set(flags or ())
        for flag in self._flags - _FLAGS:
            raise ValueError(f'Unexpected iterator global flag "{flag}"')
        if op_axes is not None:
            raise ValueError("nditer() takes no op_axes here: give the arrays new axes by indexing with None")
        self._modes = _operand_flags(op_flags, len(operands))
        arrays = [None if each is None else asarray(each) for each in operands]
        shapes = [each.shape for each in arrays if each is not None]
        shape = broadcast_shapes(*shapes, *([itershape] if itershape else []))
        kinds = _kinds(op_dtypes, len(arrays))
        self.operands = tuple(self._operand(*each, shape, arrays) for each in zip(arrays, kinds, self._modes))
        self._cast(kinds, casting)
        self.shape, self.ndim, self.nop = shape, len(shape), len(arrays)
        self.dtypes = tuple(each.dtype for each in self._seen)
        self.itersize = _size(shape)
        if not self.itersize and "zerosize_ok" not in self._flags:
            raise ValueError("Iteration of zero-sized operands is not enabled")
        self._views = [_view(each, shape, "readonly" in mode) for each, mode in zip(self._seen, self._modes)]
        self._axes = _axis_order(self._views, order)
        self.has_multi_index, self.has_index = "multi_index" in self._flags, bool(self._flags & {"c_index", "f_index"})
        self.reset()

    # MARK: operands

    def _operand(self, array, kind, mode, shape, arrays):
        if array is None:
            found = kind or _dtypes.result_type(*(each for each in arrays if each is not None))
            mode.discard("readonly")
            return _t.zeros(shape, found)
        if "readonly" not in mode and array.shape != shape:
            raise ValueError(
                f"non-broadcastable operand with shape {array.shape} doesn't match the broadcast shape {shape}"
            )
        if "readonly" not in mode and not array._writable:
            raise ValueError("output array is read-only")
        return array

    def _cast(self, kinds, casting):
        """The operands as the types that are asked for."""
        self._seen = list(self.operands)
        for place, kind in enumerate(kinds):
            array = self._seen[place]
            if kind is None or array.dtype is kind:
                continue
            if not _dtypes.can_cast(array.dtype, kind, casting):
                raise TypeError(
                    f"Iterator operand {place} dtype could not be cast from {array.dtype!r} to {kind!r} according to "
                    f"the rule '{casting}'"
                )
            if "readonly" not in self._modes[place]:
                raise TypeError("nditer() casts only arrays that are read: write to an array of the type itself")
            if "buffered" not in self._flags and "copy" not in self._modes[place]:
                raise TypeError(
                    f"Iterator operand {place} required copying or buffering, but neither copying nor buffering was "
                    "enabled"
                )
            self._seen[place] = array.astype(kind)

    # MARK: iteration

    def reset(self) -> None:
        """Begin again."""
        lengths = [self.shape[axis] for axis in self._axes]
        if "external_loop" in self._flags:
            self._chunks = _chunks(self._views, self._axes)
            self._steps = iter(self._chunks)
        else:
            self._steps = itertools.product(*(range(length) for length in lengths))
        self.iterindex, self._is_fresh = 0, True
        self._advance()

    def _advance(self):
        step = next(self._steps, None)
        self.finished = step is None
        if step is None:
            return
        if "external_loop" in self._flags:
            self._current = step
            return
        index = [0] * self.ndim
        for axis, place in zip(self._axes, step):
            index[axis] = place
        self._index = tuple(index)
        self._current = tuple(view[(*self._index, ...)] for view in self._views)

    def iternext(self) -> bool:
        """Go on; whether there is a next element."""
        self._advance()
        self.iterindex += 1
        return not self.finished

    @property
    def multi_index(self) -> tuple[int, ...]:
        """The index of the present element."""
        if not self.has_multi_index:
            raise ValueError("Iterator is not tracking a multi-index")
        if self.finished:
            raise ValueError("Iterator is past the end")
        return self._index

    @property
    def index(self) -> int:
        """The position of the present element among all in the order of C or Fortran."""
        if not self.has_index:
            raise ValueError("Iterator does not have an index")
        axes = range(self.ndim) if "c_index" in self._flags else range(self.ndim - 1, -1, -1)
        position = 0
        for axis in axes:
            position = position * self.shape[axis] + self._index[axis]
        return position

    @property
    def value(self) -> Any:
        """The present element, or one of each array."""
        return self._current[0] if self.nop == 1 else self._current

    @property
    def itviews(self) -> tuple[Any, ...]:
        """The arrays as they are iterated over."""
        return tuple(self._views)

    def __iter__(self) -> nditer:
        return self

    def __next__(self) -> Any:
        if not self._is_fresh:
            self._advance()
            self.iterindex += 1
        self._is_fresh = False
        if self.finished:
            raise StopIteration
        return self.value

    def __len__(self) -> int:
        return self.nop

    def __getitem__(self, key: Any) -> Any:
        return self._current[key]

    def __setitem__(self, key: Any, value: ArrayLike) -> None:
        _t.assign(self._current[key], value)

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Nothing: elements are views, written where they lie."""

    def copy(self) -> nditer:
        """Another iteration over the same arrays, from the beginning."""
        return nditer(self.operands, self._flags, [tuple(mode) for mode in self._modes], order="K")


def _operand_flags(op_flags, count):
    """The flags of each operand; one list counts for all. Only None is written to where nothing is said."""
    if op_flags is None:
        return [{"readonly"} for _ in range(count)]
    given = [op_flags] * count if op_flags and isinstance(op_flags[0], str) else list(op_flags)
    for flag in itertools.chain.from_iterable(given):
        if flag not in _OPERAND_FLAGS:
            raise ValueError(f'Unexpected per-op iterator flag "{flag}"')
    return [set(each) for each in given]


def _kinds(op_dtypes, count):
    if op_dtypes is None:
        return [None] * count
    given = list(op_dtypes) if isinstance(op_dtypes, (list, tuple)) else [op_dtypes] * count
    return [None if each is None else _dtypes._find(each) for each in given]


def _size(shape):
    size = 1
    for length in shape:
        size *= length
    return size


def _view(array, shape, is_read_only):
    view = _t.broadcast_to(array, shape) if array.shape != shape else array[...]
    if is_read_only:
        view._writable = False
    return view


def _axis_order(views, order):
    """The axes from the slowest to the fastest."""
    axes = list(range(views[0].ndim))
    if order == "F" or order == "A" and all(view._order & 3 == 2 for view in views):
        return axes[::-1]
    if order != "K":
        return axes
    return sorted(axes, key=lambda axis: [-abs(view.strides[axis]) for view in views])


def _chunks(views, axes):
    """The longest vectors that each array can show as one."""
    ordered = [_t.permute(view, tuple(axes)) for view in views]
    flat = []
    for view in ordered:
        try:
            flat.append(view.reshape(-1, copy=False))
        except ValueError:
            break
    else:
        return [tuple(flat)]
    lengths = ordered[0].shape[:-1]
    return [
        tuple(view[(*index, ...)] for view in ordered) for index in itertools.product(*(range(n) for n in lengths))
    ]
