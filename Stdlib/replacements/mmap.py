"""Keep a map from ending the host: touching what ``resize`` adds to an anonymous map raises SIGBUS up to Python 3.13."""

from types import ModuleType


def install(module: ModuleType) -> None:
    """Replace the type ``mmap`` of the module *module*."""
    original = module.mmap

    class mmap(original):
        __doc__ = original.__doc__

        def __new__(cls, fileno: int, *arguments: object, **options: object):
            self = super().__new__(cls, fileno, *arguments, **options)
            self._anonymous = fileno == -1
            return self

        def resize(self, newsize: int) -> None:
            if self._anonymous:
                raise ValueError("an anonymous map cannot be resized: make another of the size and copy")
            super().resize(newsize)

    mmap.__module__, mmap.__qualname__ = "mmap", "mmap"
    module.mmap = mmap
