"""AdamW: Adam with weight decay kept apart from the gradient, so that the step sizes do not scale it.

Source: I. Loshchilov, F. Hutter, Decoupled Weight Decay Regularization, ICLR 2019, algorithm 2.
"""
from __future__ import annotations

from typing import Any

from ..tensor import Tensor
from .adam import Adam
from .optimizer import ParamsT


class AdamW(Adam):
    """x <- x - lr weight_decay x, and then Adam's step.

    params          a Module, parameters, named parameters or groups of them
    lr              learning rate, >= 0; a number or a tensor of one element
    betas           decay rates of the means of g and g^2, each in [0, 1)
    eps             >= 0, keeps the quotient finite
    weight_decay    >= 0
    amsgrad         divide by the largest v so far
    maximize        go up instead
    foreach, fused  speed hints of torch's, accepted and without effect
    capturable, differentiable  False: a step for CUDA graphs, or one that is recorded itself, is not supported

    Raises: ValueError for values out of range; TypeError for what is no number or no tensor; NotImplementedError for
    capturable and differentiable.

    >>> import mtorch
    >>> w = mtorch.tensor([1.0, -2.0], requires_grad=True)
    >>> optimizer = mtorch.optim.AdamW([w], lr=0.1, weight_decay=0.5)
    >>> w.square().sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([ 0.8500, -1.8000], requires_grad=True)
    """

    def __init__(self, params: ParamsT, lr: float | Tensor = 1e-3, betas: tuple[float, float] = (0.9, 0.999),
                 eps: float = 1e-8, weight_decay: float = 1e-2, amsgrad: bool = False, *, maximize: bool = False,
                 foreach: bool | None = None, capturable: bool = False, differentiable: bool = False,
                 fused: bool | None = None) -> None:
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, foreach=foreach, maximize=maximize,
                         capturable=capturable, differentiable=differentiable, fused=fused,
                         decoupled_weight_decay=True)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        for group in self.param_groups:                  # also where a state of plain Adam was loaded
            group["decoupled_weight_decay"] = True
