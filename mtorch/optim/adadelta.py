"""Adadelta: steps as long as the recent ones, divided by the root mean square of the gradient: no unit is left over.

Source: M. Zeiler, ADADELTA: An Adaptive Learning Rate Method, 2012, algorithm 1.
"""
from __future__ import annotations

from typing import Any

import numpy as np

from ..tensor import Tensor
from . import checks
from .arithmetic import addcmul, advance, number
from .optimizer import Optimizer, ParamsT


class Adadelta(Optimizer):
    """v <- rho v + (1 - rho) g^2;  d = sqrt(u + eps) / sqrt(v + eps) g;  u <- rho u + (1 - rho) d^2;  x <- x - lr d.

    params          a Module, parameters, named parameters or groups of them
    lr              scales the step, >= 0; a number or a tensor of one element
    rho             decay rate of the two means, in [0, 1]
    eps             >= 0, keeps the quotient finite and the first step above zero
    weight_decay    >= 0; adds weight_decay x to the gradient (L2 penalty)
    foreach         a speed hint of torch's, accepted and without effect
    maximize        go up instead
    capturable, differentiable  False: a step for CUDA graphs, or one that is recorded itself, is not supported

    Raises: ValueError for values out of range; TypeError for what is no number or no tensor; NotImplementedError for
    capturable and differentiable.

    >>> import mtorch
    >>> w = mtorch.tensor([1.0, -2.0], requires_grad=True)
    >>> optimizer = mtorch.optim.Adadelta([w], eps=1e-2)
    >>> w.square().sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([ 0.6877, -1.6848], requires_grad=True)
    """

    elementwise = True

    def __init__(self, params: ParamsT, lr: float | Tensor = 1.0, rho: float = 0.9, eps: float = 1e-6,
                 weight_decay: float = 0, foreach: bool | None = None, *, capturable: bool = False,
                 maximize: bool = False, differentiable: bool = False) -> None:
        checks.learning_rate(lr)
        if not 0.0 <= checks.as_number("rho", rho) <= 1.0:
            raise ValueError(f"Invalid rho value: {rho} (expected 0 <= rho <= 1)")
        checks.epsilon(eps)
        checks.value_of("weight_decay", weight_decay)
        super().__init__(params, {
            "lr": lr, "rho": rho, "eps": eps, "weight_decay": weight_decay, "maximize": maximize,
            "capturable": capturable, "foreach": foreach, "differentiable": differentiable,
        })

    def update(self, param: np.ndarray, grad: np.ndarray, state: dict[str, Any], *, lr: float, rho: float, eps: float,
               weight_decay: float) -> None:
        x, g = param, grad
        if not state:
            state["step"] = number(0)
            state["square_avg"] = np.zeros_like(x)
            state["acc_delta"] = np.zeros_like(x)
        advance(state["step"])
        v, u = state["square_avg"], state["acc_delta"]
        if weight_decay:
            g = g + weight_decay * x
        v *= rho
        addcmul(v, g, g, 1 - rho)
        d = np.sqrt(u + eps) / np.sqrt(v + eps) * g
        u *= rho
        addcmul(u, d, d, 1 - rho)
        x -= lr * d
