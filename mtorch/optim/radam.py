"""RAdam: Adam that waits with the individual step sizes until enough gradients were seen to know them.

Source: L. Liu et al., On the Variance of the Adaptive Learning Rate and Beyond, ICLR 2020, algorithm 2.
"""
from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..tensor import Tensor
from . import checks
from .arithmetic import addcmul, advance, lerp, number
from .optimizer import Optimizer, ParamsT


class RAdam(Optimizer):
    """m, v as in Adam;  rho_t = rho_inf - 2 t beta2^t / (1 - beta2^t), with rho_inf = 2 / (1 - beta2) - 1;

    x <- x - lr m^ r sqrt(1 - beta2^t) / (sqrt(v) + eps) where rho_t > 5, else x <- x - lr m^;  m^ = m / (1 - beta1^t)
    and r^2 = (rho_t - 4) (rho_t - 2) rho_inf / ((rho_inf - 4) (rho_inf - 2) rho_t).

    params                  a Module, parameters, named parameters or groups of them
    lr                      learning rate, >= 0; a number or a tensor of one element
    betas                   decay rates of the means of g and g^2, each in [0, 1)
    eps                     >= 0, keeps the quotient finite
    weight_decay            >= 0; adds weight_decay x to the gradient (L2 penalty)
    decoupled_weight_decay  shrink x by lr weight_decay x instead of adding to the gradient
    foreach                 a speed hint of torch's, accepted and without effect
    maximize                go up instead
    capturable, differentiable  False: a step for CUDA graphs, or one that is recorded itself, is not supported

    Raises: ValueError for values out of range; TypeError for what is no number or no tensor; NotImplementedError for
    capturable and differentiable.

    >>> import mtorch
    >>> w = mtorch.tensor([1.0, -2.0], requires_grad=True)
    >>> optimizer = mtorch.optim.RAdam([w], lr=0.1)
    >>> w.square().sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([ 0.8000, -1.6000], requires_grad=True)
    """

    elementwise = True

    def __init__(self, params: ParamsT, lr: float | Tensor = 1e-3, betas: tuple[float, float] = (0.9, 0.999),
                 eps: float = 1e-8, weight_decay: float = 0, decoupled_weight_decay: bool = False, *,
                 foreach: bool | None = None, maximize: bool = False, capturable: bool = False,
                 differentiable: bool = False) -> None:
        checks.learning_rate(lr)
        checks.epsilon(eps)
        checks.betas(betas)
        checks.value_of("weight_decay", weight_decay)
        super().__init__(params, {
            "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "maximize": maximize,
            "foreach": foreach, "capturable": capturable, "decoupled_weight_decay": decoupled_weight_decay,
            "differentiable": differentiable,
        })

    def update(self, param: np.ndarray, grad: np.ndarray, state: dict[str, Any], *, lr: float,
               betas: tuple[float, float], eps: float, weight_decay: float, decoupled_weight_decay: bool) -> None:
        x, g, (beta1, beta2) = param, grad, betas
        if not state:
            state["step"] = number(0)
            state["exp_avg"] = np.zeros_like(x)
            state["exp_avg_sq"] = np.zeros_like(x)
        t, m, v = advance(state["step"]), state["exp_avg"], state["exp_avg_sq"]
        if weight_decay:
            if decoupled_weight_decay:
                x *= 1 - lr * weight_decay
            else:
                g = g + weight_decay * x
        lerp(m, g, 1 - beta1)
        v *= beta2
        addcmul(v, g, g, 1 - beta2)
        correction = 1 - beta2 ** t
        rho_inf = 2 / (1 - beta2) - 1
        rho = rho_inf - 2 * t * beta2 ** t / correction
        move = m / (1 - beta1 ** t) * lr
        if rho > 5:
            r = math.sqrt((rho - 4) * (rho - 2) * rho_inf / ((rho_inf - 4) * (rho_inf - 2) * rho))
            move = move * (math.sqrt(correction) / (np.sqrt(v) + eps)) * r
        x -= move
