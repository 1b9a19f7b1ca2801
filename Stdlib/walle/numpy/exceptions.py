"""Warnings and exceptions, after `numpy.exceptions`."""

from walle.numpy._core import AxisError

__all__ = [
    "AxisError", "ComplexWarning", "DTypePromotionError", "ModuleDeprecationWarning", "RankWarning", "TooHardError",
    "VisibleDeprecationWarning",
]  # fmt: skip


class ComplexWarning(RuntimeWarning):
    """The imaginary parts of complex numbers are dropped."""


class RankWarning(RuntimeWarning):
    """A fit has fewer independent samples than coefficients."""


class ModuleDeprecationWarning(DeprecationWarning):
    """A module will go."""


class VisibleDeprecationWarning(UserWarning):
    """A use that will go, and that users should know of."""


class TooHardError(RuntimeError):
    """A search that would take too long was given up."""


class DTypePromotionError(TypeError):
    """Types that no type holds the values of both."""
