"""Einstein's summation: `einsum` and the order in which it contracts."""

from __future__ import annotations

import itertools

from walle import _tensor as _t
from walle.numpy import _dtypes
from walle.numpy._core import asarray

TYPE_CHECKING = False
if TYPE_CHECKING:
    from walle.numpy._typing import Any, Array, Casting, DTypeLike, Iterable, ndarray, Order

__all__ = ["einsum", "einsum_path"]

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


# MARK: subscripts


def _from_sublists(operands):
    """Subscripts as text out of arrays and lists of integers in turn."""
    arrays, parts = [], []
    rest = list(operands)
    while len(rest) >= 2:
        arrays.append(rest.pop(0))
        parts.append(_sublist_text(rest.pop(0)))
    text = ",".join(parts)
    return (f"{text}->{_sublist_text(rest[0])}" if rest else text), arrays


def _sublist_text(labels):
    text = ""
    for label in labels:
        if label is Ellipsis:
            text += "..."
            continue
        try:
            index = label.__index__()
        except AttributeError:
            raise TypeError("For this input type lists must contain either int or Ellipsis") from None
        if not 0 <= index < len(_LETTERS):
            raise ValueError("subscript is not within the valid range [0, 52)")
        text += _LETTERS[index]
    return text


def _terms(text):
    """The subscripts of the operands, and of the output or None."""
    text = text.replace(" ", "")
    inputs, arrow, output = text.partition("->")
    for part in inputs.split(",") + [output]:
        for letter in part.replace("...", "", 1):
            if letter == ".":
                raise ValueError(
                    "einstein sum subscripts string contains a '.' that is not part of an ellipsis ('...')"
                )
            if letter not in _LETTERS:
                raise ValueError(
                    f"invalid subscript '{letter}' in einstein sum subscripts string, subscripts must be letters"
                )
    return inputs.split(","), output if arrow else None


def _labels(term, rank, place):
    """The labels of an operand's axes; those of an ellipsis are the negative numbers up to -1."""
    before, dots, after = term.partition("...")
    extra = rank - len(before) - len(after)
    if extra < 0:
        raise ValueError(f"einstein sum subscripts string contains too many subscripts for operand {place}")
    if extra and not dots:
        raise ValueError(
            "operand has more dimensions than subscripts given in einstein sum, but no '...' ellipsis provided to "
            "broadcast the extra dimensions."
        )
    return [*before, *range(-extra, 0), *after]


def _output_labels(output, labels):
    """The labels of the result's axes: those that occur once, in order, unless they are given."""
    every = [label for each in labels for label in each]
    dots = sorted({label for label in every if isinstance(label, int)})
    letters = [label for label in every if isinstance(label, str)]
    if output is None:
        return dots + sorted(label for label in set(letters) if letters.count(label) == 1)
    before, has_dots, after = output.partition("...")
    for label in before + after:
        if label not in letters:
            raise ValueError(
                f"einstein sum subscripts string included output subscript '{label}' which never appeared in an input"
            )
        if (before + after).count(label) > 1:
            raise ValueError(f"einstein sum subscripts string includes output subscript '{label}' multiple times")
    if dots and not has_dots:
        raise ValueError(
            "output has more dimensions than subscripts given in einstein sum, but no '...' ellipsis provided to "
            "broadcast the extra dimensions."
        )
    return [*before, *dots, *after]


class _Problem:
    """What is to be contracted: arrays, the labels of their axes and of the result's, lengths of labels."""

    def __init__(self, operands: tuple[Any, ...]) -> None:
        if len(operands) < 1 or not isinstance(operands[0], str) and len(operands) < 2:
            raise ValueError(
                "must specify the einstein sum subscripts string and at least one operand, or at least one operand and "
                "its corresponding subscripts list"
            )
        if isinstance(operands[0], str):
            text, arrays = operands[0], operands[1:]
        else:
            text, arrays = _from_sublists(operands)
        self.terms, self.output_term = _terms(text)
        if not arrays:
            raise ValueError(
                "must specify the einstein sum subscripts string and at least one operand, or at least one operand and "
                "its corresponding subscripts list"
            )
        if len(self.terms) != len(arrays):
            more, fewer = ("more", "fewer") if len(arrays) > len(self.terms) else ("fewer", "more")
            raise ValueError(
                f"{more} operands provided to einstein sum function than specified in the subscripts string"
            )
        self.arrays = [asarray(each) for each in arrays]
        self.labels = [_labels(term, a.ndim, i) for i, (term, a) in enumerate(zip(self.terms, self.arrays))]
        self.output = _output_labels(self.output_term, self.labels)
        self.lengths = self._find_lengths()

    def _find_lengths(self):
        lengths = {}
        for place, (labels, array) in enumerate(zip(self.labels, self.arrays)):
            for label, length in zip(labels, array.shape):
                known = lengths.get(label, 1)
                if known != length and 1 not in (known, length):
                    if labels.count(label) > 1 and not any(label in other for other in self.labels[:place]):
                        raise ValueError(
                            f"dimensions in operand {place} for collapsing index '{label}' don't match "
                            f"({known} != {length})"
                        )
                    shapes = " ".join(str(each.shape).replace(" ", "") for each in self.arrays)
                    raise ValueError(
                        f"operands could not be broadcast together with remapped shapes [original->remapped]: {shapes}"
                        f" (subscript '{label}' has lengths {known} and {length})"
                    )
                lengths[label] = length if known == 1 else known
        return lengths


# MARK: contraction


def _diagonal(array, labels):
    """A view in which no label occurs twice."""
    if len(set(labels)) == len(labels):
        return array, labels
    kept = list(dict.fromkeys(labels))
    shape, strides = [], []
    for label in kept:
        axes = [axis for axis, each in enumerate(labels) if each == label]
        length = max(array.shape[axis] for axis in axes)
        shape.append(length)
        strides.append(sum(array.strides[axis] for axis in axes if array.shape[axis] == length))
    return _t.strided(array, tuple(shape), tuple(strides), 0), kept


def _summed(array, labels, kept, dtype):
    """Without the labels that nothing else needs."""
    axes = tuple(axis for axis, label in enumerate(labels) if label not in kept)
    if not axes:
        return array, labels
    function = _t.logical_or if dtype.kind == "b" else _t.add
    return asarray(_t.reduce(function, array, axes, dtype, False, None)), [label for label in labels if label in kept]


def _without_ones(array, labels, other_array, other_labels):
    """Without axes of length 1 whose label is longer in the other operand."""
    longer = {label for label, length in zip(other_labels, other_array.shape) if length != 1}
    drop = [axis for axis, label in enumerate(labels) if array.shape[axis] == 1 and label in longer]
    if not drop:
        return array, labels
    shape = tuple(length for axis, length in enumerate(array.shape) if axis not in drop)
    return array.reshape(shape), [label for axis, label in enumerate(labels) if axis not in drop]


def _ordered(array, labels, wanted):
    """The axes in the order of some labels, a length of 1 for those that are missing."""
    present = [label for label in wanted if label in labels]
    array = _t.permute(array, tuple(labels.index(label) for label in present))
    if len(present) == len(wanted):
        return array
    lengths = iter(array.shape)
    return array.reshape(tuple(next(lengths) if label in present else 1 for label in wanted))


def _multiplied(first, second, kept, dtype):
    """The product of two operands, summed over the labels that are not kept."""
    (a, labels_a), (b, labels_b) = first, second
    a, labels_a = _without_ones(a, labels_a, b, labels_b)
    b, labels_b = _without_ones(b, labels_b, a, labels_a)
    a, labels_a = _summed(a, labels_a, {*kept, *labels_b}, dtype)
    b, labels_b = _summed(b, labels_b, {*kept, *labels_a}, dtype)
    both = [label for label in labels_a if label in labels_b]
    batch, contracted = [label for label in both if label in kept], [label for label in both if label not in kept]
    free_a, free_b = [x for x in labels_a if x not in both], [x for x in labels_b if x not in both]
    labels = batch + free_a + free_b
    if not contracted or batch and not free_a and not free_b or dtype.kind == "b":
        every = labels + contracted
        product = _t.multiply(_ordered(a, labels_a, every), _ordered(b, labels_b, every))
        return _summed(asarray(product), every, set(labels), dtype)
    axes = [tuple(map(each.index, wanted)) for wanted in (batch, contracted) for each in (labels_a, labels_b)]
    return _t.contract(a, b, *axes), labels


def _contract(problem, path, dtype):
    """The array of the output's labels."""
    operands = [_diagonal(_t.astype(a, dtype, False), labels) for a, labels in zip(problem.arrays, problem.labels)]
    for step in path:
        taken = [operands.pop(place) for place in sorted(step, reverse=True)][::-1]
        kept = set(problem.output).union(*(labels for _, labels in operands))
        current = taken[0]
        for place, each in enumerate(taken[1:], 1):
            later = kept.union(*(labels for _, labels in taken[place + 1 :]))
            current = _multiplied(current, each, later, dtype)
        operands.append(_summed(*current, kept, dtype))
    array, labels = operands[0]
    array = _ordered(array, labels, problem.output)
    shape = tuple(problem.lengths[label] for label in problem.output)
    return array if array.shape == shape else _t.broadcast_to(array, shape).copy()


# MARK: orders of contraction


class _Costs:
    """What contractions of sets of labels cost: an operation for each product, and one for each sum."""

    def __init__(self, output: Iterable[Any], lengths: dict[Any, int]) -> None:
        self.output, self.lengths = frozenset(output), lengths

    def size(self, labels: Iterable[Any]) -> int:
        """How many elements an array of these labels has."""
        size = 1
        for label in labels:
            size *= self.lengths[label]
        return size

    def flops(self, labels: Iterable[Any], sums: bool, count: int) -> int:
        """How many operations a contraction takes."""
        return self.size(labels) * (max(1, count - 1) + sums)

    def contract(
        self, places: tuple[int, ...], sets: list[frozenset[Any]]
    ) -> tuple[list[frozenset[Any]], frozenset[Any], frozenset[Any]]:
        """The sets that remain, the new one last; what is removed; all labels that are involved."""
        rest = [each for place, each in enumerate(sets) if place not in places]
        involved = frozenset().union(*(sets[place] for place in places))
        kept = involved & self.output.union(*rest)
        return rest + [kept], involved - kept, involved


def _optimal(sets, costs, limit):
    """The cheapest order of all, by exhaustive search."""
    partial = [(0, [], sets)]
    for _ in range(len(sets) - 1):
        found = []
        for cost, path, remaining in partial:
            for pair in itertools.combinations(range(len(remaining)), 2):
                new, removed, involved = costs.contract(pair, remaining)
                if costs.size(new[-1]) <= limit:
                    found.append((cost + costs.flops(involved, bool(removed), 2), path + [pair], new))
        if not found:
            cost, path, remaining = min(partial, key=lambda each: each[0])
            return path + [tuple(range(len(remaining)))]
        partial = found
    return min(partial, key=lambda each: each[0])[1] if partial[0][1] else [tuple(range(len(sets)))]


def _greedy(sets, costs, limit):
    """At each step the pair that removes most elements, then the cheapest."""
    _, removed, involved = costs.contract(tuple(range(len(sets))), sets)
    naive, path, spent = costs.flops(involved, bool(removed), len(sets)), [], 0
    while len(sets) > 1:
        best = _best_pair(sets, costs, limit, naive - spent)
        if best is None:
            path.append(tuple(range(len(sets))))
            break
        (_, cost), pair, sets = best
        spent += cost
        path.append(pair)
    return path


def _best_pair(sets, costs, limit, budget):
    """The next step of the greedy order; operands without a label in common only when there are no others."""
    for is_outer in (False, True):
        found = []
        for pair in itertools.combinations(range(len(sets)), 2):
            if sets[pair[0]].isdisjoint(sets[pair[1]]) and not is_outer:
                continue
            new, removed, involved = costs.contract(pair, sets)
            size, cost = costs.size(new[-1]), costs.flops(involved, bool(removed), 2)
            if size <= limit and cost <= budget:
                saved = costs.size(sets[pair[0]]) + costs.size(sets[pair[1]]) - size
                found.append(((-saved, cost), pair, new))
        if found:
            return min(found, key=lambda each: each[0])
    return None


def _path(problem, optimize):
    """The order of contraction that an argument `optimize` asks for."""
    sets = [frozenset(labels) for labels in problem.labels]
    costs = _Costs(problem.output, problem.lengths)
    # By default no intermediate is larger than the largest operand, or the result.
    limit = max(map(costs.size, (*sets, problem.output)))
    if optimize is True:
        optimize = "greedy"
    if optimize is False or optimize is None or len(sets) <= 2 or frozenset().union(*sets) == costs.output:
        return [tuple(range(len(sets)))]
    if not isinstance(optimize, str) and len(optimize) and optimize[0] == "einsum_path":
        return [tuple(step) for step in optimize[1:]]
    if not isinstance(optimize, str) and len(optimize) == 2 and isinstance(optimize[0], str):
        optimize, limit = optimize[0], int(optimize[1])
    if optimize == "greedy":
        return _greedy(sets, costs, limit)
    if optimize == "optimal":
        return _optimal(sets, costs, limit)
    raise TypeError(f"Did not understand the path (optimize): {optimize}")


# MARK: functions

# Problems that were met, with their orders of contraction, by subscripts, shapes and how to optimize.
_PLANS = {}
_MOST_PLANS = 256


def _planned(operands, optimize):
    """The problem and the order of contraction, which are found once for the same subscripts and shapes."""
    if not operands or not isinstance(operands[0], str) or not isinstance(optimize, (bool, str)):
        problem = _Problem(operands)
        return problem, _path(problem, optimize or ("greedy", 1 << 62))
    arrays = [asarray(each) for each in operands[1:]]
    key = (operands[0], optimize, *(each.shape for each in arrays))
    known = _PLANS.get(key)
    if known is None:
        problem = _Problem((operands[0], *arrays))
        path = _path(problem, optimize or ("greedy", 1 << 62))
        if len(_PLANS) >= _MOST_PLANS:
            _PLANS.clear()
        # Without the arrays, which would stay in memory.
        _PLANS[key] = problem.labels, problem.output, problem.lengths, path
        return problem, path
    problem = object.__new__(_Problem)
    problem.arrays, (problem.labels, problem.output, problem.lengths, path) = arrays, known
    return problem, path


@_t.quick
def einsum(
    *operands: Any,
    out: ndarray | None = None,
    optimize: Any = False,
    dtype: DTypeLike = None,
    order: Order = "K",
    casting: Casting = "safe",
) -> Array:
    """Sums of products after Einstein's convention: ``einsum("ij,jk->ik", a, b)`` is the matrix product.

    Parameters
    ----------
    operands
        The subscripts as text and the arrays; or each array followed by a list of numbers for its axes, and at the end
        one for the axes of the result.
    optimize
        The order of contraction: False, True, ``"greedy"``, ``"optimal"``, or what `einsum_path` gave. Two arrays at a
        time are contracted in any case, in a greedy order where none is given.
    """
    problem, path = _planned(operands, optimize)
    kind = _dtypes.result_type(*problem.arrays) if dtype is None else _dtypes._find(dtype)
    for place, array in enumerate(problem.arrays):
        if not _dtypes.can_cast(array.dtype, kind, casting):
            raise TypeError(
                f"Iterator operand {place} dtype could not be cast from {array.dtype!r} to {kind!r} according to the "
                f"rule '{casting}'"
            )
    result = _contract(problem, path, kind)
    if out is not None:
        from walle.numpy._manipulation import _into

        return _into(out, result)
    if order in ("C", "F"):
        from walle.numpy._core import _ordered as in_order

        result = in_order(result, order)
    return result[()] if result.ndim == 0 else result


def einsum_path(*operands: Any, optimize: Any = "greedy", einsum_call: bool = False) -> tuple[list[Any], str]:
    """The order in which `einsum` contracts, as a list for its argument `optimize`, and what it saves, as text."""
    problem = _Problem(operands)
    path = _path(problem, optimize)
    return ["einsum_path", *path], _report(problem, path)


def _names(problem):
    """A letter for each label: the axes of an ellipsis take letters that are free."""
    free = (letter for letter in reversed(_LETTERS) if all(letter not in labels for labels in problem.labels))
    dots = {label for labels in problem.labels for label in labels if isinstance(label, int)}
    return {**{label: next(free) for label in sorted(dots)}, **{letter: letter for letter in _LETTERS}}


def _report(problem, path):
    names = _names(problem)
    terms = ["".join(names[label] for label in labels) for labels in problem.labels]
    output = "".join(names[label] for label in problem.output)
    overall = f"{','.join(terms)}->{output}"
    costs = _Costs(problem.output, problem.lengths)
    sets = [frozenset(labels) for labels in problem.labels]
    every = frozenset().union(*sets)
    naive = costs.flops(every, sum(map(len, sets)) > len(every), len(sets))
    lengths = {names[label]: length for label, length in problem.lengths.items()}
    total, largest, deepest, lines = 0, costs.size(problem.output), 0, []
    for number, step in enumerate(path):
        places = tuple(sorted(step, reverse=True))
        sets, removed, involved = costs.contract(places, sets)
        total += costs.flops(involved, bool(removed), len(places))
        largest, deepest = max(largest, costs.size(sets[-1])), max(deepest, len(involved))
        taken = [terms.pop(place) for place in places]
        order = sorted((lengths[names[label]], names[label]) for label in sets[-1])
        new = output if number == len(path) - 1 else "".join(name for _, name in order)
        terms.append(new)
        current, remaining = f"{','.join(taken)}->{new}", f"{','.join(terms)}->{output}"
        lines.append(f"\n{len(involved):4d}    {current:>24} {remaining:>40}")
    total += 1
    rule = "-" * 74
    return (
        f"  Complete contraction:  {overall}\n"
        f"         Naive scaling:  {len(every)}\n"
        f"     Optimized scaling:  {deepest}\n"
        f"      Naive FLOP count:  {naive:.3e}\n"
        f"  Optimized FLOP count:  {total:.3e}\n"
        f"   Theoretical speedup:  {naive / total:.3f}\n"
        f"  Largest intermediate:  {largest:.3e} elements\n"
        f"{rule}\nscaling                  current                                remaining\n{rule}" + "".join(lines)
    )
