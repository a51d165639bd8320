"""The generator: where every random number starts.

PyTorch's CPU generator is the Mersenne Twister MT19937 (Matsumoto and Nishimura, 1998), seeded as NumPy seeds its
`RandomState`, together with one normal number left over from the last pair.  NumPy therefore has the very same stream
of 32-bit words; everything else in this package is what PyTorch makes of those words, in its order.
"""
from __future__ import annotations

import os
import struct
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ..device import device as Device
    from ..tensor import Tensor

DEFAULT_SEED = 67280421310721             # what PyTorch gives a generator that nobody has seeded

_WORDS = 624                              # words in a block of MT19937
_HEAD = struct.Struct("<QiiQ")            # seed, words left, seeded?, next word
_TAIL = struct.Struct("<dddi4xf?3x")      # double normal (x, y, rho, valid), float normal (value, valid)
_STATE_BYTES = _HEAD.size + 8 * _WORDS + _TAIL.size
_LOW_HALF = 0 if np.little_endian else 1
LOW_53 = np.uint64((1 << 53) - 1)         # of a long word, the bits that make a float64


class Generator:
    """A source of random numbers that gives, from the same seed, the numbers of `torch.Generator` on the CPU.

    device: "cpu", there is no other

    Raises: NotImplementedError for another device.
    Source: Matsumoto & Nishimura, "Mersenne Twister: A 623-Dimensionally Equidistributed Uniform Pseudo-Random Number
        Generator", ACM Transactions on Modeling and Computer Simulation 1998.

    >>> import mtorch
    >>> g = mtorch.Generator().manual_seed(0)
    >>> mtorch.rand(3, generator=g)
    tensor([0.4963, 0.7682, 0.0885])
    """

    as_state: Callable = staticmethod(lambda array: array)   # functions/random.py makes a Tensor of a state with it
    as_device: Callable = staticmethod(str)                  # and a device of the word "cpu"

    def __init__(self, device: str | Device = "cpu") -> None:
        if str(device).split(":")[0] != "cpu":
            raise NotImplementedError(f"Generator: device {device!r} came, but there is only 'cpu'")
        self.manual_seed(DEFAULT_SEED)

    @property
    def device(self) -> Device:
        """Where the numbers are made: always the CPU."""
        return self.as_device("cpu")

    # -- the seed

    def manual_seed(self, seed: int) -> Generator:
        """Start the stream that belongs to `seed`, -2**63 <= seed < 2**64, and return the generator.

        Only the low 32 bits matter to the stream.  A negative seed stands for 2**64 + seed.
        """
        if isinstance(seed, bool) or not hasattr(seed, "__index__"):
            raise RuntimeError(f"manual_seed expected a long, but got {type(seed).__name__}")
        seed = seed.__index__()
        if not -(1 << 63) <= seed < 1 << 64:
            raise ValueError(f"manual_seed: Overflow when unpacking long long (seed {seed} is not in [-2**63, 2**64))")
        self._seed = seed % (1 << 64)
        self.__dict__.pop("_twister", None)
        self.__dict__.pop("_pairs", None)
        self._fresh = True                # PyTorch tells a block not yet begun from one used up
        self.cached_normal: float | None = None
        return self

    def seed(self) -> int:
        """Start a stream nobody can foresee and return its seed."""
        self.manual_seed(int.from_bytes(os.urandom(8), "little"))
        return self._seed

    def initial_seed(self) -> int:
        """The seed this stream started from."""
        return self._seed

    @cached_property
    def _twister(self) -> np.random.MT19937:
        """The stream of words, begun at the first draw: only then NumPy loads `numpy.random`, of 7 MB."""
        twister = np.random.MT19937(0)
        np.random.RandomState(twister).seed(self._seed & 0xFFFFFFFF)
        return twister

    @cached_property
    def _pairs(self) -> Callable[..., np.ndarray]:
        """NumPy's draw of integers: of all that 64 bits can say, it gives two words of the stream put together."""
        return np.random.Generator(self._twister).integers

    # -- the state

    def get_state(self) -> Tensor:
        """The state as 5056 bytes laid out as PyTorch's, so that either library goes on where the other stopped."""
        state = self._twister.state["state"]
        position = int(state["pos"])
        left, following = (_WORDS + 1 - position, position) if position < _WORDS else (1, 0 if self._fresh else _WORDS)
        cached = self.cached_normal
        blob = b"".join((
            _HEAD.pack(self._seed, left, 1, following),
            state["key"].astype("<u8").tobytes(),
            _TAIL.pack(0.0, cached or 0.0, 0.0, cached is not None, 0.0, False),
        ))
        return self.as_state(np.frombuffer(blob, np.uint8).copy())

    def set_state(self, new_state: Tensor | np.ndarray) -> Generator:
        """Go on from a state that `get_state` gave, here or in PyTorch."""
        state = np.asarray(new_state)
        if state.dtype != np.uint8:
            raise TypeError(f"set_state: RNG state must be a ByteTensor (uint8), but got {state.dtype}")
        if state.size != _STATE_BYTES:
            raise RuntimeError(f"set_state: Expected a state of size {_STATE_BYTES} but found {state.size} bytes")
        blob = state.tobytes()
        seed, left, seeded, following = _HEAD.unpack_from(blob)
        if not (seeded == 1 and 1 <= left <= _WORDS and following <= _WORDS):
            raise RuntimeError("set_state: Invalid mt19937 state")
        key = np.frombuffer(blob, "<u8", _WORDS, _HEAD.size).astype(np.uint32)
        _, cached, _, valid, _, _ = _TAIL.unpack_from(blob, _HEAD.size + 8 * _WORDS)
        self._seed = seed
        self._fresh = left == 1 and following == 0
        self._twister.state = {
            "bit_generator": "MT19937", "state": {"key": key, "pos": _WORDS if left == 1 else following},
        }
        self.cached_normal = cached if valid else None
        return self

    def clone_state(self) -> Generator:
        """Another generator in the same state."""
        return type(self)().set_state(self.get_state())

    def __reduce__(self):
        return _restored, (np.asarray(self.get_state()),)

    # -- the raw stream, from which uniform.py, normal.py, ... make their numbers

    def words(self, n: int) -> np.ndarray:
        """The next n words of 32 bits, as uint32."""
        if n:
            self._fresh = False
        return self._twister.random_raw(n).view(np.uint32)[_LOW_HALF::2]

    def long_words(self, n: int) -> np.ndarray:
        """The next n words of 64 bits, as uint64; each takes two words of 32, the high half first."""
        if n:
            self._fresh = False
        return self._pairs(0, 0xFFFFFFFFFFFFFFFF, n, np.uint64, True)

    def unit32(self, n: int) -> np.ndarray:
        """n float32 numbers in [0, 1): 24 bits of one word each."""
        return (self.words(n) & np.uint32(0xFFFFFF)).view(np.int32).astype(np.float32) * np.float32(2.0**-24)

    def unit64(self, n: int) -> np.ndarray:
        """n float64 numbers in [0, 1): 53 bits of two words each."""
        return (self.long_words(n) & LOW_53).view(np.int64).astype(np.float64) * 2.0**-53


def _restored(state: np.ndarray) -> Generator:
    return Generator().set_state(state)


default_generator = Generator()
default_generator.seed()                  # as in PyTorch, a program that sets no seed gets new numbers each time
