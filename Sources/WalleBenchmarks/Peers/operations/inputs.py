"""The same random input for ours and NumPy, made from the same bytes."""

import random
from typing import Any


class Inputs:
    """Arrays for one case. They are kept for the next with the same size and type: cases must not change them."""

    def __init__(self, np: Any, dtype: str, count: int) -> None:
        self._np, self._dtype, self._count = np, getattr(np, "bool_" if dtype == "bool" else dtype), count
        self._is_integer = dtype == "int64"
        self._known = {}

    def names(self, shape: tuple[int, int]) -> dict[str, Any]:
        """What setups may call."""
        return {
            "values": self.values, "centred": lambda seed: self.values(seed, -1, 1), "wide": self.wide,
            "matrix": lambda seed: self.values(seed).reshape(shape), "booleans": self.booleans,
            "positions": self.positions, "permuted": self.permuted, "dt": self._dtype, "min": min, "shape": shape,
        }

    def values(self, seed: int, low: float = 1, high: float = 100) -> Any:
        """Numbers of the case's type, evenly from `low` to `high`, both included for integers."""
        if self._is_integer:
            make = lambda: (self._words(seed) % (high - low + 1)).astype(self._np.int64) + low
        else:
            make = lambda: (self._words(seed) * ((high - low) / 2.0**32) + low).astype(self._dtype)
        return self._kept(("values", seed, low, high), make)

    def wide(self, seed: int) -> Any:
        """Numbers of which hardly any are equal."""
        return self.values(seed, -(2**31), 2**31 - 1) if self._is_integer else self.values(seed, -1, 1)

    def booleans(self, seed: int) -> Any:
        """As often true as false."""
        return self._kept(("booleans", seed), lambda: self._words(seed) < 2**31)

    def positions(self, seed: int, limit: int | None = None) -> Any:
        """Indices into an array of `limit` elements, some of them more than once."""
        make = lambda: (self._words(seed) % (limit or self._count)).astype(self._np.int64)
        return self._kept(("positions", seed, limit), make)

    def permuted(self, seed: int) -> Any:
        """Each index once."""
        # An odd factor that no usual size shares a prime with goes through all of them.
        make = lambda: self._np.arange(self._count) * 1_000_003 % self._count
        return self._kept(("permuted", seed), make)

    def _words(self, seed: int) -> Any:
        words = random.Random(seed).randbytes(4 * self._count)
        return self._np.frombuffer(words, dtype=self._np.uint32).astype(self._np.int64)

    def _kept(self, key: tuple, make: Any) -> Any:
        if key not in self._known:
            self._known[key] = make()
        return self._known[key]
