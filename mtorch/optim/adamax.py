"""Adamax: Adam with the largest recent gradient in the place of the root mean square.

Source: D. Kingma, J. Ba, Adam: A Method for Stochastic Optimization, ICLR 2015, algorithm 2.
"""
from __future__ import annotations

from typing import Any

import numpy as np

from ..tensor import Tensor
from . import checks
from .arithmetic import addcdiv, advance, lerp, number
from .optimizer import Optimizer, ParamsT


class Adamax(Optimizer):
    """m <- beta1 m + (1 - beta1) g;  u <- max(beta2 u, |g| + eps);  x <- x - lr / (1 - beta1^t) m / u.

    params          a Module, parameters, named parameters or groups of them
    lr              learning rate, >= 0; a number or a tensor of one element
    betas           decay rates of the mean and of the maximum, each in [0, 1)
    eps             >= 0, keeps the quotient finite
    weight_decay    >= 0; adds weight_decay x to the gradient (L2 penalty)
    foreach         a speed hint of torch's, accepted and without effect
    maximize        go up instead
    capturable, differentiable  False: a step for CUDA graphs, or one that is recorded itself, is not supported

    Raises: ValueError for values out of range; TypeError for what is no number or no tensor; NotImplementedError for
    capturable and differentiable.

    >>> import mtorch
    >>> w = mtorch.tensor([1.0, -2.0], requires_grad=True)
    >>> optimizer = mtorch.optim.Adamax([w], lr=0.1)
    >>> w.square().sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([ 0.9000, -1.9000], requires_grad=True)
    """

    elementwise = True

    def __init__(self, params: ParamsT, lr: float | Tensor = 2e-3, betas: tuple[float, float] = (0.9, 0.999),
                 eps: float = 1e-8, weight_decay: float = 0, foreach: bool | None = None, *, maximize: bool = False,
                 differentiable: bool = False, capturable: bool = False) -> None:
        checks.learning_rate(lr)
        checks.epsilon(eps)
        checks.betas(betas)
        checks.value_of("weight_decay", weight_decay)
        super().__init__(params, {
            "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "foreach": foreach,
            "maximize": maximize, "differentiable": differentiable, "capturable": capturable,
        })

    def update(self, param: np.ndarray, grad: np.ndarray, state: dict[str, Any], *, lr: float,
               betas: tuple[float, float], eps: float, weight_decay: float) -> None:
        x, g, (beta1, beta2) = param, grad, betas
        if not state:
            state["step"] = number(0)
            state["exp_avg"] = np.zeros_like(x)
            state["exp_inf"] = np.zeros_like(x)
        t, m, u = advance(state["step"]), state["exp_avg"], state["exp_inf"]
        if weight_decay:
            g = g + weight_decay * x
        lerp(m, g, 1 - beta1)
        u *= beta2
        np.maximum(u, np.abs(g) + eps, out=u)
        addcdiv(x, m, u, -lr / (1 - beta1 ** t))
