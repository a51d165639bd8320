"""The generator everyone draws from who names none: its seed and its state."""
from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from .engine import Generator, default_generator

if TYPE_CHECKING:
    from ..tensor import Tensor


def manual_seed(seed: int) -> Generator:
    """Start the default generator's stream that belongs to `seed` and return the generator.

    The same seed gives the same numbers, here and in PyTorch.

    seed: in [-2^63, 2^64); a negative one stands for seed + 2^64

    Raises: ValueError for a seed outside that.
    Source: Matsumoto & Nishimura, "Mersenne Twister: A 623-Dimensionally Equidistributed Uniform Pseudo-Random Number
        Generator", 1998.

    >>> import mtorch
    >>> _ = mtorch.manual_seed(0)
    >>> mtorch.randint(10, (5,))
    tensor([4, 9, 3, 0, 3])
    """
    return default_generator.manual_seed(int(seed))


def seed() -> int:
    """Give the default generator a seed nobody can foresee, and return it.

    >>> import mtorch
    >>> mtorch.seed() == mtorch.initial_seed()
    True
    """
    return default_generator.seed()


def initial_seed() -> int:
    """The seed that the default generator's stream started from.

    >>> import mtorch
    >>> generator = mtorch.manual_seed(7)
    >>> mtorch.initial_seed()
    7
    """
    return default_generator.initial_seed()


def get_rng_state() -> Tensor:
    """The default generator's state, uint8 (5056), in PyTorch's layout.

    >>> import mtorch
    >>> state = mtorch.get_rng_state()
    >>> first = mtorch.rand(2)
    >>> mtorch.set_rng_state(state)
    >>> bool((mtorch.rand(2) == first).all())
    True
    """
    return default_generator.get_state()


def set_rng_state(new_state: Tensor) -> None:
    """Let the default generator go on from a state that `get_rng_state` gave, here or in PyTorch.

    new_state: uint8 (5056)

    Raises: TypeError for one not of uint8; RuntimeError for one of another size, or that is no state.

    >>> import mtorch
    >>> mtorch.set_rng_state(mtorch.get_rng_state())
    """
    default_generator.set_state(new_state)


@contextlib.contextmanager
def fork_rng(devices: Iterable[Any] | None = None, enabled: bool = True,
             device_type: str | None = None) -> Iterator[None]:
    """Undo, at the end of a `with` block, whatever the block did to the default generator.

    devices, device_type: further devices, of which there are none here
    enabled: whether to undo it

    Raises: NotImplementedError for devices.

    >>> import mtorch
    >>> _ = mtorch.manual_seed(0)
    >>> with mtorch.random.fork_rng():
    ...     _ = mtorch.rand(1000)
    >>> mtorch.rand(1)
    tensor([0.4963])
    """
    if devices:
        raise NotImplementedError(f"fork_rng: devices {devices!r} came, but there is only the CPU")
    if not enabled:
        yield
        return
    before = default_generator.get_state()
    try:
        yield
    finally:
        default_generator.set_state(before)
