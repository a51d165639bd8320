"""Stochastic depth: whole blocks of a residual network left out at random, which trains many shallower networks at once.

Source: Huang, Sun, Liu, Sedra & Weinberger, "Deep Networks with Stochastic Depth", ECCV 2016, arXiv:1603.09382.
"""
from __future__ import annotations

from ... import nn
from ...functions.creation import empty
from ...tensor import Tensor


def stochastic_depth(input: Tensor, p: float, mode: str, training: bool = True) -> Tensor:
    """The input times 0 with probability p, otherwise divided by 1 - p, so that the mean stays.

    p: the probability, in [0, 1]
    mode: "row" decides for each sample by itself, "batch" for all at once
    training: else the input is given back as it is

    Shape: (N, ...) -> the same.
    Raises: ValueError for another p or mode.
    Source: see this file.

    >>> import mtorch
    >>> mtorch.manual_seed(0)
    <...>
    >>> stochastic_depth(mtorch.ones(4, 2), 0.5, "row")
    tensor([[0., 0.],
            [0., 0.],
            [2., 2.],
            [0., 0.]])
    """
    if not 0.0 <= p <= 1.0:
        raise ValueError(f"drop probability has to be between 0 and 1, but got {p}")
    if mode not in ("batch", "row"):
        raise ValueError(f"mode has to be either 'batch' or 'row', but got {mode}")
    if not training or p == 0.0:
        return input
    kept = 1.0 - p
    size = [input.shape[0] if mode == "row" else 1] + [1] * (input.ndim - 1)
    noise = empty(size, dtype=input.dtype, device=input.device).bernoulli_(kept)
    if kept > 0.0:
        noise.div_(kept)
    return input * noise


class StochasticDepth(nn.Module):
    """`stochastic_depth` as a layer: active while training.

    p: the probability of a zero, in [0, 1]
    mode: "row" or "batch"

    Shape: (N, ...) -> the same.
    Raises: ValueError for another p or mode, when it is called.

    >>> StochasticDepth(0.2, "row")
    StochasticDepth(p=0.2, mode=row)
    """

    def __init__(self, p: float, mode: str) -> None:
        super().__init__()
        self.p, self.mode = p, mode

    def forward(self, input: Tensor) -> Tensor:
        """The input, or nothing of it."""
        return stochastic_depth(input, self.p, self.mode, self.training)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(p={self.p}, mode={self.mode})"
