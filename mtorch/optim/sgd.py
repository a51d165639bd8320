"""Stochastic gradient descent, with momentum: the algorithm that the others vary.

Source: I. Sutskever, J. Martens, G. Dahl, G. Hinton, On the importance of initialization and momentum in deep learning,
ICML 2013, for momentum and Nesterov's form of it.
"""
from __future__ import annotations

from typing import Any

import numpy as np

from ..tensor import Tensor
from . import checks
from .optimizer import Optimizer, ParamsT


class SGD(Optimizer):
    """Go down the gradient: x <- x - lr g, or with momentum b <- momentum b + (1 - dampening) g, x <- x - lr b.

    params          a Module, parameters, named parameters or groups of them
    lr              learning rate, >= 0; a number or a tensor of one element
    momentum        how much of the last direction is kept, >= 0
    dampening       taken off the gradient's share in the direction, from the second step on
    weight_decay    >= 0; adds weight_decay x to the gradient (L2 penalty)
    nesterov        look ahead along the direction: g + momentum b in the place of b
    maximize        go up instead
    foreach, fused  speed hints of torch's, accepted and without effect: every step here is made at once
    differentiable  False: a step that is recorded itself is not supported

    Raises: ValueError for values out of range, and for nesterov without momentum or with dampening; TypeError for what
    is no number or no tensor; NotImplementedError for differentiable.

    >>> import mtorch
    >>> w = mtorch.tensor([1.0, -2.0], requires_grad=True)
    >>> optimizer = mtorch.optim.SGD([w], lr=0.1, momentum=0.9)
    >>> for _ in range(2):
    ...     optimizer.zero_grad()
    ...     w.square().sum().backward()
    ...     optimizer.step()
    >>> w
    tensor([ 0.4600, -0.9200], requires_grad=True)
    """

    elementwise = True
    numbers = ()

    def __init__(self, params: ParamsT, lr: float | Tensor = 1e-3, momentum: float = 0, dampening: float = 0,
                 weight_decay: float = 0, nesterov: bool = False, *, maximize: bool = False,
                 foreach: bool | None = None, differentiable: bool = False, fused: bool | None = None) -> None:
        checks.learning_rate(lr)
        checks.value_of("momentum", momentum)
        checks.value_of("weight_decay", weight_decay)
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening, "
                             f"got momentum={momentum} and dampening={dampening}")
        super().__init__(params, {
            "lr": lr, "momentum": momentum, "dampening": dampening, "weight_decay": weight_decay, "nesterov": nesterov,
            "maximize": maximize, "foreach": foreach, "differentiable": differentiable, "fused": fused,
        })

    def update(self, param: np.ndarray, grad: np.ndarray, state: dict[str, Any], *, lr: float, momentum: float,
               dampening: float, weight_decay: float, nesterov: bool) -> None:
        x, g = param, grad
        if weight_decay:
            g = g + weight_decay * x
        if momentum:
            b = state.get("momentum_buffer")
            if b is None:
                b = state["momentum_buffer"] = g.copy()
            else:
                b *= momentum
                b += (1 - dampening) * g if dampening else g
            g = g + momentum * b if nesterov else b
        x -= lr * g
