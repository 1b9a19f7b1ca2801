"""Random numbers: NumPy's generators, which give NumPy's numbers from the same seeds.

>>> from walle.numpy.random import default_rng
>>> default_rng(42).integers(0, 10, 5).tolist()
[0, 7, 6, 4, 4]
"""

from walle.numpy.random import _legacy
from walle.numpy.random._bit_generators import MT19937, PCG64, PCG64DXSM, BitGenerator, SeedSequence
from walle.numpy.random._generator import Generator, default_rng
from walle.numpy.random._legacy import RandomState

__all__ = [
    "MT19937", "PCG64", "PCG64DXSM", "BitGenerator", "Generator", "RandomState", "SeedSequence", "default_rng",
    *_legacy.__all__,
]  # fmt: skip

for _name in _legacy.__all__:
    globals()[_name] = getattr(_legacy, _name)

_ALTERNATIVES = {
    "Philox": "use PCG64 and its jumped() or spawn()",
    "SFC64": "use PCG64",
}


def __getattr__(name: str) -> object:
    if name in _ALTERNATIVES:
        raise AttributeError(f"walle.numpy.random has no {name}: {_ALTERNATIVES[name]}", name=name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
