"""Adam: each number gets a step size of its own, from running means of its gradients and of their squares.

Sources: D. Kingma, J. Ba, Adam: A Method for Stochastic Optimization, ICLR 2015, algorithm 1;
S. Reddi, S. Kale, S. Kumar, On the Convergence of Adam and Beyond, ICLR 2018, for amsgrad.
"""
from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..tensor import Tensor
from . import checks
from .arithmetic import addcmul, advance, lerp, number
from .optimizer import Optimizer, ParamsT


class Adam(Optimizer):
    """m <- beta1 m + (1 - beta1) g;  v <- beta2 v + (1 - beta2) g^2;  x <- x - lr m^ / (sqrt(v^) + eps),

    where m^ = m / (1 - beta1^t) and v^ = v / (1 - beta2^t) make up for means that started from zero.

    params                  a Module, parameters, named parameters or groups of them
    lr                      learning rate, >= 0; a number or a tensor of one element
    betas                   decay rates of the two means, each in [0, 1)
    eps                     >= 0, keeps the quotient finite
    weight_decay            >= 0; adds weight_decay x to the gradient (L2 penalty)
    amsgrad                 divide by the largest v so far
    maximize                go up instead
    decoupled_weight_decay  shrink x by lr weight_decay x instead of adding to the gradient: AdamW
    foreach, fused          speed hints of torch's, accepted and without effect
    capturable, differentiable  False: a step for CUDA graphs, or one that is recorded itself, is not supported

    Raises: ValueError for values out of range; TypeError for what is no number or no tensor; NotImplementedError for
    capturable and differentiable.

    >>> import mtorch
    >>> w = mtorch.tensor([1.0, -2.0], requires_grad=True)
    >>> optimizer = mtorch.optim.Adam([w], lr=0.1)
    >>> w.square().sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([ 0.9000, -1.9000], requires_grad=True)
    >>> optimizer.state[w]["exp_avg"]
    tensor([ 0.2000, -0.4000])
    """

    elementwise = True

    def __init__(self, params: ParamsT, lr: float | Tensor = 1e-3, betas: tuple[float, float] = (0.9, 0.999),
                 eps: float = 1e-8, weight_decay: float = 0, amsgrad: bool = False, *, foreach: bool | None = None,
                 maximize: bool = False, capturable: bool = False, differentiable: bool = False,
                 fused: bool | None = None, decoupled_weight_decay: bool = False) -> None:
        checks.learning_rate(lr)
        checks.epsilon(eps)
        checks.betas(betas)
        checks.value_of("weight_decay", weight_decay)
        super().__init__(params, {
            "lr": lr, "betas": tuple(betas), "eps": eps, "weight_decay": weight_decay, "amsgrad": amsgrad,
            "maximize": maximize, "foreach": foreach, "capturable": capturable, "differentiable": differentiable,
            "fused": fused, "decoupled_weight_decay": decoupled_weight_decay,
        })

    def update(self, param: np.ndarray, grad: np.ndarray, state: dict[str, Any], *, lr: float,
               betas: tuple[float, float], eps: float, weight_decay: float, amsgrad: bool,
               decoupled_weight_decay: bool) -> None:
        x, g, (beta1, beta2) = param, grad, betas
        if not state:
            state["step"] = number(0)
            state["exp_avg"] = np.zeros_like(x)
            state["exp_avg_sq"] = np.zeros_like(x)
            if amsgrad:
                state["max_exp_avg_sq"] = np.zeros_like(x)
        t, m, v = advance(state["step"]), state["exp_avg"], state["exp_avg_sq"]
        if weight_decay:
            if decoupled_weight_decay:
                x *= 1 - lr * weight_decay
            else:
                g = g + weight_decay * x
        lerp(m, g, 1 - beta1)
        v *= beta2
        addcmul(v, g, g, 1 - beta2)
        if amsgrad:
            v = np.maximum(state["max_exp_avg_sq"], v, out=state["max_exp_avg_sq"])
        bias1, bias2 = 1 - beta1 ** t, math.sqrt(1 - beta2 ** t)
        move = np.sqrt(v)
        move += eps * bias2                            # a pass less than dividing m and v by theirs
        np.divide(m, move, out=move)
        move *= lr * bias2 / bias1
        x -= move
