"""NumPy's names on arrays that are written in Swift, in every interpreter.

>>> import walle.numpy as np
>>> a = np.arange(6.0).reshape(2, 3)
>>> (a @ a.T).tolist()
[[5.0, 14.0], [14.0, 50.0]]
"""

from walle import _tensor as _t
from walle.numpy import _core, _creation, _dtypes, _elementwise, _indexing, _manipulation, _reductions, _sorting
from walle.numpy._core import asarray, array, errstate, geterr, geterrcall, ndarray, seterr, seterrcall

__version__ = "2.4.0"
__array_api_version__ = "2024.12"

for _module in (_dtypes, _creation, _elementwise, _indexing, _manipulation, _reductions, _sorting):
    for _name in _module.__all__:
        globals()[_name] = getattr(_module, _name)
for _name, _value in vars(_t).items():
    if isinstance(_value, _t.ufunc) or (isinstance(_value, type) and issubclass(_value, _t.generic)):
        globals().setdefault(_name, _value)
bool = bool_
from walle.numpy import _methods

pi, e, inf, nan, newaxis, euler_gamma = 3.141592653589793, 2.718281828459045, float("inf"), float("nan"), None, 0.5772156649015329
asanyarray = asarray


def __getattr__(name):
    # Not loaded before somebody asks for it.
    if name == "random":
        import importlib

        return importlib.import_module("walle.numpy.random")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
