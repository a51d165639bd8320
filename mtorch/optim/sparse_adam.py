"""SparseAdam is about sparse gradients, which are not in this package: the name is here to say so, and what to use."""
from __future__ import annotations

from typing import Any

from .optimizer import Optimizer, ParamsT


class SparseAdam(Optimizer):
    """Adam for sparse gradients. Gradients are dense here, so it cannot be made.

    params, args, kwargs: torch's, not looked at

    Raises: NotImplementedError, always.
    Source: D. Kingma and J. Ba, Adam: A Method for Stochastic Optimization, ICLR 2015, on the elements that have a
    gradient alone.

    >>> import mtorch
    >>> mtorch.optim.SparseAdam([mtorch.zeros(2, requires_grad=True)])
    Traceback (most recent call last):
        ...
    NotImplementedError: SparseAdam: sparse gradients are not supported, gradients are dense here: use Adam
    """

    def __init__(self, params: ParamsT, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError(
            "SparseAdam: sparse gradients are not supported, gradients are dense here: use Adam")
