"""Values of events that functions of the script compute, a batch at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from walle.streams._expressions import Expression, Scope, expression, quoted

__all__ = ["BatchValue", "batch"]


class BatchValue(Expression):
    """A value that a function computes for all events of a batch: made by `batch`."""

    __slots__ = ("arguments", "function", "type")

    def __init__(self, function: Callable[..., Any], type: str, arguments: tuple[Expression, ...]) -> None:
        super().__init__(self, simple=True)
        self.function, self.type, self.arguments = function, type, arguments

    def _written(self, scope: Scope) -> str:
        if scope.lift is None:
            return quoted(getattr(self.function, "__name__", "function"))
        return quoted(scope.lift(self))


def batch(function: Callable[..., Any], type: str, /, *arguments: Expression | str) -> Expression:
    """Compute a value of each event by a function of yours that sees whole batches.

    Parameters
    ----------
    function : callable
        Called with a column an argument: an array for numbers, truths and times (integers), in the engine's own
        memory, a `TextColumn` for texts. It returns as many values: an array, or a list in which None is null. An event
        in which an argument is null is left out, and its value is null.
    type : str
        Of the values: "bool", "int", "float", "text" or "time".
    *arguments : Expression or str
        What it is given.

    Notes
    -----
    It is called for all events of the source, before any of them is filtered. What it raises reaches the caller of
    `Run.send`, and nothing of that batch is taken.
    """
    if not callable(function):
        raise TypeError(f"st.batch() needs a function, not {function!r}")
    return BatchValue(function, type, tuple(expression(argument) for argument in arguments))
