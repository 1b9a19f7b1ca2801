"""Sources of random bits, and the seeds that they start from."""

from __future__ import annotations

import abc
import operator
import os
from collections.abc import Iterable, Sequence
from typing import Any

from walle import _tensor as _t
from walle import numpy as np
from walle.numpy import _dtypes

_uint32, _uint64 = _dtypes.dtype("uint32"), _dtypes.dtype("uint64")
_MASK32, _MASK64 = (1 << 32) - 1, (1 << 64) - 1
_POOL_WORDS = 4

Seed = Any
"""None, an integer, integers, a `SeedSequence`, or whatever has ``generate_state``."""


def _words(value: Any) -> list[int]:
    """The words of 32 bits of integers, the lowest of each first."""
    if isinstance(value, (int, _t.integer)):
        number = int(value)
        if number < 0:
            raise ValueError("expected non-negative integer")
        words = [number & _MASK32]
        number >>= 32
        while number:
            words.append(number & _MASK32)
            number >>= 32
        return words
    if isinstance(value, np.ndarray) and value.dtype is _uint32:
        return value.tolist()
    if isinstance(value, str):
        if value.startswith("0x"):
            return _words(int(value, base=16))
        if value.isdecimal():
            return _words(int(value))
        raise ValueError("unrecognized seed string")
    if isinstance(value, (float, _t.inexact)):
        raise TypeError("seed must be integer")
    words = []
    for each in value:
        if hasattr(each, "__len__") and not isinstance(each, str):
            raise TypeError("SeedSequence does not accept nested sequences.")
        words += _words(each)
    return words


class ISeedSequence(abc.ABC):
    """What a bit generator can take as its seed."""

    @abc.abstractmethod
    def generate_state(self, n_words: int, dtype: Any = _uint32) -> np.ndarray:
        """Words of uint32 or uint64 for the state of a generator."""


class ISpawnableSeedSequence(ISeedSequence):
    """A seed that can make others, independent of it."""

    @abc.abstractmethod
    def spawn(self, n_children: int) -> list:
        """As many seeds."""


class SeedSequence:
    """Mixes entropy into states of generators that have nothing to do with one another.

    Parameters
    ----------
    entropy
        An integer that is not negative, or a sequence of such; of the operating system when left out.
    spawn_key
        Where this is in the tree of sequences that `spawn` makes.
    pool_size
        Words of 32 bits that the entropy is mixed into, at least 4.
    n_children_spawned
        How many children were made before.
    """

    def __init__(
        self, entropy: Any = None, *, spawn_key: Iterable[int] = (), pool_size: int = _POOL_WORDS,
        n_children_spawned: int = 0,
    ) -> None:  # fmt: skip
        if pool_size < _POOL_WORDS:
            raise ValueError(f"The size of the entropy pool should be at least {_POOL_WORDS}")
        if entropy is None:
            entropy = int.from_bytes(os.urandom(4 * pool_size), "little")
        elif not isinstance(entropy, (int, _t.integer, list, tuple, range, np.ndarray)):
            raise TypeError(f"SeedSequence expects int or sequence of ints for entropy not {entropy}")
        self.entropy = entropy
        self.spawn_key = tuple(spawn_key)
        self.pool_size = pool_size
        self.n_children_spawned = n_children_spawned
        self._mixed = (_words(entropy), _words(self.spawn_key), pool_size)

    @property
    def pool(self) -> np.ndarray:
        """The words that all states are made of."""
        return _t.random_pool(*self._mixed)

    @property
    def state(self) -> dict[str, Any]:
        """What makes another sequence like this one."""
        return {
            "entropy": self.entropy, "spawn_key": self.spawn_key, "pool_size": self.pool_size,
            "n_children_spawned": self.n_children_spawned,
        }  # fmt: skip

    def generate_state(self, n_words: int, dtype: Any = _uint32) -> np.ndarray:
        """Words for the state of a generator: always the same of one sequence.

        Parameters
        ----------
        n_words
            How many.
        dtype
            uint32 or uint64.
        """
        found = _dtypes._find(dtype)
        if found is _uint32:
            return _t.random_seed_words(*self._mixed, n_words)
        if found is not _uint64:
            raise ValueError("only support uint32 or uint64")
        return _t.from_buffer(_t.random_seed_words(*self._mixed, 2 * n_words), _uint64, -1, 0).copy()

    def spawn(self, n_children: int) -> list[SeedSequence]:
        """New sequences, independent of this one and of all others it made."""
        if n_children < 0:
            raise ValueError("n_children must be non-negative")
        first = self.n_children_spawned
        self.n_children_spawned += n_children
        return [
            type(self)(self.entropy, spawn_key=(*self.spawn_key, child), pool_size=self.pool_size)
            for child in range(first, first + n_children)
        ]

    def __repr__(self) -> str:
        lines = [f"{type(self).__name__}(", f"    entropy={self.entropy!r},"]
        if self.spawn_key:
            lines.append(f"    spawn_key={self.spawn_key!r},")
        if self.pool_size != _POOL_WORDS:
            lines.append(f"    pool_size={self.pool_size!r},")
        if self.n_children_spawned != 0:
            lines.append(f"    n_children_spawned={self.n_children_spawned!r},")
        return "\n".join([*lines, ")"])


ISpawnableSeedSequence.register(SeedSequence)


def _new_bit_generator(kind: type[BitGenerator] | str = "MT19937") -> BitGenerator:
    """What pickles call."""
    if isinstance(kind, type):
        return kind()
    try:
        return _BY_NAME[kind]()
    except KeyError:
        raise ValueError(f"{kind} is not a known BitGenerator module.") from None


class BitGenerator:
    """A source of random bits; `Generator` draws numbers from one.

    Parameters
    ----------
    seed
        None for entropy of the operating system, an integer, a sequence of integers, or a `SeedSequence`.
    """

    _kind: int

    def __init__(self, seed: Seed = None) -> None:
        if type(self) is BitGenerator:
            raise NotImplementedError("BitGenerator is a base class and cannot be instantized")
        if type(seed) is not SeedSequence and not isinstance(seed, ISeedSequence):
            seed = SeedSequence(seed)
        self._seed_seq = seed
        words = seed.generate_state(624, _uint32) if self._kind == 2 else seed.generate_state(4, _uint64)
        self._bits = _t.random_bits(self._kind, words)

    def __getattr__(self, name: str) -> Any:
        if name == "lock":
            import threading

            self.lock = threading.RLock()
            return self.lock
        if name in ("capsule", "ctypes", "cffi"):
            raise AttributeError(f"there is no {name!r}: draw by the methods of Generator", name=name, obj=self)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)

    @property
    def seed_seq(self) -> Any:
        """The seed that this was made of."""
        return self._seed_seq

    @property
    def state(self) -> dict[str, Any]:
        """The state, as a dict in NumPy's form; it can be set."""
        raise NotImplementedError("Not implemented in base BitGenerator")

    @state.setter
    def state(self, value: dict[str, Any]) -> None:
        raise NotImplementedError("Not implemented in base BitGenerator")

    def spawn(self, n_children: int) -> list[BitGenerator]:
        """New bit generators, independent of this one.

        Raises
        ------
        TypeError
            When the seed is of a kind that cannot spawn.
        """
        if n_children < 0:
            raise ValueError("n_children must be non-negative")
        if not isinstance(self._seed_seq, ISpawnableSeedSequence):
            raise TypeError("The underlying SeedSequence does not implement spawning.")
        return [type(self)(seed) for seed in self._seed_seq.spawn(n_children)]

    def random_raw(self, size: int | Sequence[int] | None = None, output: bool = True) -> int | np.ndarray | None:
        """Words as the generator makes them: of 64 bits, 32 for `MT19937`.

        Parameters
        ----------
        size
            The shape of the array of uint64; None for one integer.
        output
            False to throw the words away.
        """
        if output:
            return _t.random_raw(self._bits, size)
        left = 1 if size is None else int(np.asarray(size).sum())
        while left > 0:
            _t.random_raw(self._bits, min(left, 1 << 20))
            left -= 1 << 20
        return None

    def __getstate__(self) -> tuple:
        return self.state, self._seed_seq

    def __setstate__(self, state: Any) -> None:
        if not isinstance(state, dict):
            state, self._seed_seq = state
        self.state = state

    def __reduce__(self) -> tuple:
        return _new_bit_generator, (type(self),), (self.state, self._seed_seq)


class _PermutedCongruential(BitGenerator):
    @property
    def state(self) -> dict[str, Any]:
        """The state, as a dict in NumPy's form; it can be set."""
        high, low, inc_high, inc_low, has_half, half = _t.random_state(self._bits)
        return {
            "bit_generator": type(self).__name__,
            "state": {"state": high << 64 | low, "inc": inc_high << 64 | inc_low},
            "has_uint32": has_half, "uinteger": half,
        }  # fmt: skip

    @state.setter
    def state(self, value: dict[str, Any]) -> None:
        if not isinstance(value, dict):
            raise TypeError("state must be a dict")
        if value.get("bit_generator", "") != type(self).__name__:
            raise ValueError(f"state must be for a {type(self).__name__} RNG")
        state, inc = int(value["state"]["state"]), int(value["state"]["inc"])
        _t.random_set_state(
            self._bits, state >> 64, state & _MASK64, inc >> 64, inc & _MASK64, int(value["has_uint32"]),
            int(value["uinteger"]),
        )  # fmt: skip

    def advance(self, delta: int) -> _PermutedCongruential:
        """Leave out as many numbers of 64 bits, or go back when negative; gives itself."""
        delta = int(delta) & (1 << 128) - 1
        _t.random_advance(self._bits, delta >> 64, delta & _MASK64)
        return self

    def jumped(self, jumps: int = 1) -> _PermutedCongruential:
        """A new bit generator as if 2**127 numbers and more had been drawn: those of as many jumps never meet."""
        other = type(self)()
        other.state = self.state
        return other.advance(0x9E3779B97F4A7C15F39CC0605CEDC835 * int(jumps))


class PCG64(_PermutedCongruential):
    """The default: a linear congruential generator of 128 bits with permuted output.

    Parameters
    ----------
    seed
        None for entropy of the operating system, an integer, a sequence of integers, or a `SeedSequence`.
    """

    _kind = 0


class PCG64DXSM(_PermutedCongruential):
    """As `PCG64`, with a stronger output function, for very many parallel streams.

    Parameters
    ----------
    seed
        None for entropy of the operating system, an integer, a sequence of integers, or a `SeedSequence`.
    """

    _kind = 1


class MT19937(BitGenerator):
    """The Mersenne Twister, for numbers that others drew from it.

    Parameters
    ----------
    seed
        None for entropy of the operating system, an integer, a sequence of integers, or a `SeedSequence`.
    """

    _kind = 2

    @property
    def state(self) -> dict[str, Any]:
        """The state, as a dict in NumPy's form; it can be set, also as the tuple of `RandomState.get_state`."""
        key, position = _t.random_state(self._bits)
        return {"bit_generator": type(self).__name__, "state": {"key": key, "pos": position}}

    @state.setter
    def state(self, value: dict[str, Any] | tuple) -> None:
        if isinstance(value, tuple):
            if value[0] != "MT19937" or len(value) not in (3, 5):
                raise ValueError("state is not a legacy MT19937 state")
            value = {"bit_generator": "MT19937", "state": {"key": value[1], "pos": value[2]}}
        if not isinstance(value, dict):
            raise TypeError("state must be a dict")
        if value.get("bit_generator", "") != type(self).__name__:
            raise ValueError(f"state must be for a {type(self).__name__} PRNG")
        key = np.ascontiguousarray(np.asarray(value["state"]["key"], _uint32))
        _t.random_set_state(self._bits, key, operator.index(value["state"]["pos"]))

    def jumped(self, jumps: int = 1) -> MT19937:
        """A new bit generator as if 2**128 words had been drawn, as many times."""
        other = type(self)()
        other.state = self.state
        for _ in range(operator.index(jumps)):
            _t.random_jump(other._bits)
        return other

    def _legacy_seeding(self, seed: Any) -> None:
        """Start as NumPy before 1.17 did: with an integer of 32 bits, or an array of them."""
        if seed is None:
            fresh = _t.random_bits(2, SeedSequence().generate_state(624))
            _t.random_set_state(self._bits, *_t.random_state(fresh))
        else:
            _t.random_legacy_seed(self._bits, _legacy_words(seed))
        self._seed_seq = None


def _legacy_words(seed: Any) -> int | list[int]:
    """An integer of 32 bits, or a list of them."""
    try:
        number = operator.index(seed.squeeze() if hasattr(seed, "squeeze") else seed)
    except TypeError:
        number = None
    if number is not None:
        if not 0 <= number <= _MASK32:
            raise ValueError("Seed must be between 0 and 2**32 - 1")
        return number
    words = np.asarray(seed)
    if words.size == 0:
        raise ValueError("Seed must be non-empty")
    if words.dtype.kind not in "biu" or words.dtype is _uint64:
        raise TypeError(
            f"Cannot cast array data from {words.dtype!r} to dtype('int64') according to the rule 'safe'"
        )
    if words.ndim != 1:
        raise ValueError("Seed array must be 1-d")
    numbers = [int(word) for word in words.tolist()]
    if min(numbers) < 0 or max(numbers) > _MASK32:
        raise ValueError("Seed must be between 0 and 2**32 - 1")
    return numbers


_BY_NAME = {"MT19937": MT19937, "PCG64": PCG64, "PCG64DXSM": PCG64DXSM}
