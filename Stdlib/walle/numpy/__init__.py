"""NumPy's names on arrays that are written in Swift, in every interpreter.

>>> import walle.numpy as np
>>> a = np.arange(6.0).reshape(2, 3)
>>> (a @ a.T).tolist()
[[5.0, 14.0], [14.0, 50.0]]

Arrays are computed at once. In a block ``with np.lazy():`` large ones are computed when their elements are wanted: chains
of functions then run in one pass, without arrays in between.
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

byte, short, intc, int_, long, longlong, intp = int8, int16, int32, int64, int64, int64, int64
ubyte, ushort, uintc, uint, ulong, ulonglong, uintp = uint8, uint16, uint32, uint64, uint64, uint64, uint64
half, single, double, csingle, cdouble = float16, float32, float64, complex64, complex128
True_, False_ = bool_(True), bool_(False)

pi, e, euler_gamma = 3.141592653589793, 2.718281828459045, 0.5772156649015329
inf, nan, newaxis = float("inf"), float("nan"), None
little_endian = True
asanyarray = asarray
ufunc = _t.ufunc

from walle.numpy import _methods
from walle.numpy._methods import flatiter
from walle.numpy._lazy import __dir__, __getattr__
