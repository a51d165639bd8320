"""RMSprop: the gradient divided by the root of a running mean of its square.

Sources: G. Hinton, Neural Networks for Machine Learning, lecture 6e, 2012;
A. Graves, Generating Sequences With Recurrent Neural Networks, 2013, equations 38 to 45, for the centered form.
"""
from __future__ import annotations

from typing import Any

import numpy as np

from ..tensor import Tensor
from . import checks
from .arithmetic import addcdiv, addcmul, advance, lerp, number
from .optimizer import Optimizer, ParamsT


class RMSprop(Optimizer):
    """v <- alpha v + (1 - alpha) g^2;  x <- x - lr g / (sqrt(v) + eps).

    params          a Module, parameters, named parameters or groups of them
    lr              learning rate, >= 0; a number or a tensor of one element
    alpha           decay rate of the mean, >= 0
    eps             >= 0, keeps the quotient finite
    weight_decay    >= 0; adds weight_decay x to the gradient (L2 penalty)
    momentum        >= 0; above 0, x moves along b <- momentum b + g / (sqrt(v) + eps)
    centered        take the variance of g in the place of v: v - (mean of g)^2
    foreach         a speed hint of torch's, accepted and without effect
    maximize        go up instead
    capturable, differentiable  False: a step for CUDA graphs, or one that is recorded itself, is not supported

    Raises: ValueError for values out of range; TypeError for what is no number or no tensor; NotImplementedError for
    capturable and differentiable.

    >>> import mtorch
    >>> w = mtorch.tensor([1.0, -2.0], requires_grad=True)
    >>> optimizer = mtorch.optim.RMSprop([w], lr=0.01)
    >>> w.square().sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([ 0.9000, -1.9000], requires_grad=True)
    """

    elementwise = True

    def __init__(self, params: ParamsT, lr: float | Tensor = 1e-2, alpha: float = 0.99, eps: float = 1e-8,
                 weight_decay: float = 0, momentum: float = 0, centered: bool = False, capturable: bool = False,
                 foreach: bool | None = None, maximize: bool = False, differentiable: bool = False) -> None:
        checks.learning_rate(lr)
        checks.epsilon(eps)
        checks.value_of("momentum", momentum)
        checks.value_of("weight_decay", weight_decay)
        checks.value_of("alpha", alpha)
        super().__init__(params, {
            "lr": lr, "momentum": momentum, "alpha": alpha, "eps": eps, "centered": centered,
            "weight_decay": weight_decay, "capturable": capturable, "foreach": foreach, "maximize": maximize,
            "differentiable": differentiable,
        })

    def update(self, param: np.ndarray, grad: np.ndarray, state: dict[str, Any], *, lr: float, alpha: float, eps: float,
               weight_decay: float, momentum: float, centered: bool) -> None:
        x, g = param, grad
        if not state:
            state["step"] = number(0)
            state["square_avg"] = np.zeros_like(x)
            if momentum > 0:
                state["momentum_buffer"] = np.zeros_like(x)
            if centered:
                state["grad_avg"] = np.zeros_like(x)
        advance(state["step"])
        v = state["square_avg"]
        if weight_decay:
            g = g + weight_decay * x
        v *= alpha
        addcmul(v, g, g, 1 - alpha)
        if centered:
            mean = state["grad_avg"]
            lerp(mean, g, 1 - alpha)
            v = v - mean * mean
        root = np.sqrt(v) + eps
        if momentum > 0:
            b = state["momentum_buffer"]
            b *= momentum
            b += g / root
            x -= lr * b
        else:
            addcdiv(x, g, root, -lr)
