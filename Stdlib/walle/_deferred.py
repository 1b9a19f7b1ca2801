"""Modules that are loaded when they are used."""

import _frozen_importlib as _bootstrap
import _thread
import sys


class Deferred(type(sys)):
    """A module that is loaded when it is first asked for one of its attributes."""

    def __getattribute__(self, name):
        of_module = super().__getattribute__
        spec = of_module("__spec__")
        # `import` itself asks for the specification; the module's own code asks while it is being loaded.
        if name != "__spec__" and spec.loader_state != _thread.get_ident():
            _load(self, spec)
        return of_module(name)

    def __setattr__(self, name, value):
        self.__dict__[name] = value

    def __delattr__(self, name):
        del self.__dict__[name]


def _load(module, spec):
    with _bootstrap._ModuleLockManager(spec.name):
        if type(module) is not Deferred:
            return
        spec.loader_state = _thread.get_ident()
        try:
            spec.loader.exec_module(module)
            type(sys).__setattr__(module, "__class__", type(sys))
        finally:
            spec.loader_state = None


def defer(name):
    """Put a module into `sys.modules` that will be loaded when it is used."""
    if name in sys.modules:
        return
    spec = _bootstrap._find_spec(name, None)
    if spec is not None:
        module = sys.modules[name] = _bootstrap.module_from_spec(spec)
        module.__class__ = Deferred
