"""The same random input for ours and NumPy, made from the same bytes."""

import random
from typing import Any


class Inputs:
    """Arrays for one case. Some are kept for the next with the same size and type: cases must not change them."""

    #: As many as a case needs: those of the largest size take 80 MB each.
    _MOST_KEPT = 4

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
        make = self._integers if self._is_integer else self._fractions
        return self._kept(("values", seed, low, high), lambda: make(seed, low, high))

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

    def _integers(self, seed: int, low: int, high: int) -> Any:
        words, span = self._words(seed), high - low + 1
        numbers = (words if span == 2**32 else words % span).astype(self._np.int64)
        numbers += low
        return numbers

    def _fractions(self, seed: int, low: float, high: float) -> Any:
        numbers = self._words(seed) * ((high - low) / 2.0**32)
        numbers += low
        return numbers.astype(self._dtype, copy=False)

    def _words(self, seed: int) -> Any:
        """32 random bits for each element."""
        return self._np.frombuffer(random.Random(seed).randbytes(4 * self._count), dtype=self._np.uint32)

    def _kept(self, key: tuple, make: Any) -> Any:
        if key not in self._known:
            while len(self._known) >= self._MOST_KEPT:
                del self._known[next(iter(self._known))]
            self._known[key] = make()
        return self._known[key]
