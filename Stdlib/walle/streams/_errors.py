"""What `walle.streams` raises."""

from __future__ import annotations

__all__ = ["DefinitionError", "InputError", "StateError", "StreamError"]


class StreamError(ValueError):
    """Something is wrong with a definition, an input or a saved state.

    Attributes
    ----------
    field : str or None
        Which part, such as ``stream.hourly.window.tumbling``.
    remedy : str
        What to do.
    """

    field: str | None
    remedy: str

    def __init__(self, message: str, field: str | None = None, remedy: str = "") -> None:
        super().__init__(message)
        self.field = field
        self.remedy = remedy


class DefinitionError(StreamError):
    """A definition, an expression in it, or what a function of a batch returned does not fit."""


class InputError(StreamError):
    """Events cannot be read as a whole. Single bad events are counted instead."""


class StateError(StreamError):
    """What is given as a saved state is none, or is damaged."""


for _error in (StreamError, DefinitionError, InputError, StateError):
    _error.__module__ = "walle.streams"
