"""Points that fill a cube more evenly than random ones: `SobolEngine`."""
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from . import dtypes
from .autograd.tape import wrap
from .functions.output import into
from .functions.random import randint
from .random import Generator

if TYPE_CHECKING:
    from typing import Self

    from .tensor import Tensor

__all__ = ["SobolEngine"]


class SobolEngine:
    """Sobol's sequence of points in [0, 1)^dimension: every 2^m in a row lie evenly in each direction.

    dimension: from 1 to 21201
    scramble: shift and mix the digits at random, so that estimates from it have no bias; the points stay as even
    seed: of that randomness; None for the generator that `manual_seed` sets

    Raises: ValueError for a dimension out of range.
    Source: S. Joe and F. Y. Kuo, Constructing Sobol sequences with better two-dimensional projections, 2008, whose
        numbers SciPy has; A. Owen, On the (scrambled) Sobol points, 1998, and J. Matousek, 1998, for the scrambling.

    >>> import mtorch
    >>> mtorch.quasirandom.SobolEngine(dimension=2).draw(3)
    tensor([[0.0000, 0.0000],
            [0.5000, 0.5000],
            [0.7500, 0.2500]])
    """

    MAXBIT = 30
    MAXDIM = 21201

    def __init__(self, dimension: int, scramble: bool = False, seed: int | None = None) -> None:
        if not 1 <= dimension <= self.MAXDIM:
            raise ValueError(f"Supported range of dimensionality for SobolEngine is [1, {self.MAXDIM}], got {dimension}")
        from scipy.stats.qmc import Sobol
        self.seed, self.scramble, self.dimension = seed, scramble, dimension
        self._directions = Sobol(dimension, scramble=False, bits=self.MAXBIT)._sv.astype(np.int64)     # (dimension, bits)
        shift = self._scrambled() if scramble else np.zeros(dimension, np.int64)
        self.shift, self.sobolstate = wrap(shift), wrap(self._directions)
        self.quasi = wrap(shift.copy())
        self.num_generated = 0
        self._first_point = self.quasi / 2 ** self.MAXBIT

    def _scrambled(self) -> np.ndarray:
        """Mix the digits of the direction numbers by random triangular matrices modulo 2; the numbers to shift by."""
        generator = None if self.seed is None else Generator().manual_seed(self.seed)
        bits = np.arange(self.MAXBIT)
        shift = randint(2, (self.dimension, self.MAXBIT), generator=generator).array @ 2 ** bits
        mixing = np.tril(randint(2, (self.dimension, self.MAXBIT, self.MAXBIT), generator=generator).array, -1)
        mixing += np.eye(self.MAXBIT, dtype=np.int64)
        places = bits[::-1]                                                  # the first digit weighs most
        digits = self._directions[:, None, :] >> places[:, None] & 1        # (dimension, digit, direction)
        self._directions = ((mixing @ digits % 2) << places[:, None]).sum(1)
        return shift

    def _advance(self, n: int) -> np.ndarray:
        """The next n states (n, dimension): state i is xored with the direction of i's lowest digit that is 1."""
        first = max(self.num_generated, 1)
        if first + n > 2 ** self.MAXBIT:
            raise ValueError(f"SobolEngine: there are 2^{self.MAXBIT} points, and {self.num_generated} are drawn")
        i = np.arange(first, first + n)
        steps = self._directions[:, np.bitwise_count((i & -i) - 1)].T
        states = np.bitwise_xor.accumulate(np.concatenate([self.quasi.array[None], steps]), axis=0)[1:]
        if n:
            self.quasi.array[...] = states[-1]
        return states

    def draw(self, n: int = 1, out: Tensor | None = None, dtype: dtypes.dtype | None = None) -> Tensor:
        """The next n points.

        n: >= 1
        dtype: None for the default type

        Shape: -> (n, dimension)
        Raises: ValueError for an n below 1, and for more than 2^30 points in all.

        >>> import mtorch
        >>> mtorch.quasirandom.SobolEngine(1).draw(4).flatten()
        tensor([0.0000, 0.5000, 0.7500, 0.2500])
        """
        if n < 1:
            raise ValueError(f"SobolEngine.draw: n must be at least 1, got {n}")
        kind = dtypes.numpy_dtype(dtypes.get_default_dtype() if dtype is None else dtype)
        started = self.num_generated > 0
        states = self._advance(n if started else n - 1)
        points = states.astype(kind) * kind.type(2.0 ** -self.MAXBIT)
        if not started:
            points = np.concatenate([self._first_point.array[None].astype(kind), points])
        self.num_generated += n
        return wrap(points) if out is None else into(out, wrap(points), resizing=True)

    def draw_base2(self, m: int, out: Tensor | None = None, dtype: dtypes.dtype | None = None) -> Tensor:
        """The next 2^m points; only as many in all as make a power of 2, for which the points are even.

        Shape: -> (2^m, dimension)
        Raises: ValueError where the points drawn then are no power of 2.

        >>> import mtorch
        >>> mtorch.quasirandom.SobolEngine(3).draw_base2(4).mean(0)
        tensor([0.4688, 0.4688, 0.4688])
        """
        total = self.num_generated + 2 ** m
        if total & (total - 1):
            raise ValueError("The balance properties of Sobol' points require n to be a power of 2. "
                             f"{self.num_generated} points have been previously generated, then: "
                             f"n={self.num_generated}+2**{m}={total}. If you still want to do this, please use "
                             "'SobolEngine.draw()' instead.")
        return self.draw(2 ** m, out, dtype)

    def reset(self) -> Self:
        """Begin the sequence again.  Returns self."""
        self.quasi.array[...] = self.shift.array
        self.num_generated = 0
        return self

    def fast_forward(self, n: int) -> Self:
        """Leave out the next n points.  Returns self.

        >>> import mtorch
        >>> mtorch.quasirandom.SobolEngine(1).fast_forward(2).draw().item()
        0.75
        """
        self._advance(n if self.num_generated else n - 1)
        self.num_generated += n
        return self

    def __repr__(self) -> str:
        told = [f"dimension={self.dimension}"]
        told += ["scramble=True"] if self.scramble else []
        told += [f"seed={self.seed}"] if self.seed is not None else []
        return f"{type(self).__name__}({', '.join(told)})"
