"""NAdam: Adam that looks ahead along its direction, as Nesterov's momentum does.

Source: T. Dozat, Incorporating Nesterov Momentum into Adam, ICLR 2016 workshop, algorithm 2.
"""
from __future__ import annotations

from typing import Any

import numpy as np

from ..tensor import Tensor
from . import checks
from .arithmetic import addcdiv, addcmul, advance, lerp, number
from .optimizer import Optimizer, ParamsT


class NAdam(Optimizer):
    """m, v as in Adam;  x <- x - lr m^ / (sqrt(v / (1 - beta2^t)) + eps),

    where mu_t = beta1 (1 - 0.96^(t momentum_decay) / 2)
    and m^ = mu_{t+1} m / (1 - mu_1 ... mu_{t+1}) + (1 - mu_t) g / (1 - mu_1 ... mu_t).

    params                  a Module, parameters, named parameters or groups of them
    lr                      learning rate, >= 0; a number or a tensor of one element
    betas                   decay rates of the means of g and g^2, each in [0, 1)
    eps                     >= 0, keeps the quotient finite
    weight_decay            >= 0; adds weight_decay x to the gradient (L2 penalty)
    momentum_decay          >= 0, how fast mu grows towards beta1
    decoupled_weight_decay  shrink x by lr weight_decay x instead of adding to the gradient
    foreach                 a speed hint of torch's, accepted and without effect
    maximize                go up instead
    capturable, differentiable  False: a step for CUDA graphs, or one that is recorded itself, is not supported

    Raises: ValueError for values out of range; TypeError for what is no number or no tensor; NotImplementedError for
    capturable and differentiable.

    >>> import mtorch
    >>> w = mtorch.tensor([1.0, -2.0], requires_grad=True)
    >>> optimizer = mtorch.optim.NAdam([w], lr=0.1)
    >>> w.square().sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([ 0.8944, -1.8944], requires_grad=True)
    """

    elementwise = True
    numbers = ("step", "mu_product")

    def __init__(self, params: ParamsT, lr: float | Tensor = 2e-3, betas: tuple[float, float] = (0.9, 0.999),
                 eps: float = 1e-8, weight_decay: float = 0, momentum_decay: float = 4e-3,
                 decoupled_weight_decay: bool = False, *, foreach: bool | None = None, maximize: bool = False,
                 capturable: bool = False, differentiable: bool = False) -> None:
        checks.learning_rate(lr)
        checks.epsilon(eps)
        checks.betas(betas)
        checks.value_of("weight_decay", weight_decay)
        checks.value_of("momentum_decay", momentum_decay)
        super().__init__(params, {
            "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay,
            "momentum_decay": momentum_decay, "decoupled_weight_decay": decoupled_weight_decay, "maximize": maximize,
            "foreach": foreach, "capturable": capturable, "differentiable": differentiable,
        })

    def update(self, param: np.ndarray, grad: np.ndarray, state: dict[str, Any], *, lr: float,
               betas: tuple[float, float], eps: float, weight_decay: float, momentum_decay: float,
               decoupled_weight_decay: bool) -> None:
        x, g, (beta1, beta2) = param, grad, betas
        if not state:
            state["step"] = number(0)
            state["mu_product"] = number(1)
            state["exp_avg"] = np.zeros_like(x)
            state["exp_avg_sq"] = np.zeros_like(x)
        t, m, v = advance(state["step"]), state["exp_avg"], state["exp_avg_sq"]
        if weight_decay:
            if decoupled_weight_decay:
                x *= 1 - lr * weight_decay
            else:
                g = g + weight_decay * x
        mu = beta1 * (1 - 0.5 * 0.96 ** (t * momentum_decay))
        mu_next = beta1 * (1 - 0.5 * 0.96 ** ((t + 1) * momentum_decay))
        state["mu_product"] *= mu
        mu_product = state["mu_product"].item(0)
        lerp(m, g, 1 - beta1)
        v *= beta2
        addcmul(v, g, g, 1 - beta2)
        root = np.sqrt(v / (1 - beta2 ** t)) + eps
        addcdiv(x, g, root, -lr * (1 - mu) / (1 - mu_product))
        addcdiv(x, m, root, -lr * mu_next / (1 - mu_product * mu_next))
