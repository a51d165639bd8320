"""Adagrad: the gradient divided by the root of the sum of all its squares so far; rare directions keep long steps.

Source: J. Duchi, E. Hazan, Y. Singer, Adaptive Subgradient Methods for Online Learning and Stochastic Optimization,
JMLR 12, 2011.
"""
from __future__ import annotations

from typing import Any

import numpy as np

from ..autograd.tape import wrap
from ..tensor import Tensor
from . import checks
from .arithmetic import addcdiv, advance, number
from .optimizer import Optimizer, ParamsT


class Adagrad(Optimizer):
    """s <- s + g^2;  x <- x - lr / (1 + (t - 1) lr_decay) g / (sqrt(s) + eps).

    params                      a Module, parameters, named parameters or groups of them
    lr                          learning rate, >= 0; a number or a tensor of one element
    lr_decay                    >= 0
    weight_decay                >= 0; adds weight_decay x to the gradient (L2 penalty)
    initial_accumulator_value   what s starts from, >= 0
    eps                         >= 0, keeps the quotient finite
    foreach, fused              speed hints of torch's, accepted and without effect
    maximize                    go up instead
    differentiable              False: a step that is recorded itself is not supported

    Raises: ValueError for values out of range; TypeError for what is no number or no tensor; NotImplementedError for
    differentiable.

    >>> import mtorch
    >>> w = mtorch.tensor([1.0, -2.0], requires_grad=True)
    >>> optimizer = mtorch.optim.Adagrad([w], lr=0.1)
    >>> w.square().sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([ 0.9000, -1.9000], requires_grad=True)
    """

    elementwise = True

    def __init__(self, params: ParamsT, lr: float | Tensor = 1e-2, lr_decay: float = 0, weight_decay: float = 0,
                 initial_accumulator_value: float = 0, eps: float = 1e-10, foreach: bool | None = None, *,
                 maximize: bool = False, differentiable: bool = False, fused: bool | None = None) -> None:
        checks.learning_rate(lr)
        checks.value_of("lr_decay", lr_decay)
        checks.value_of("weight_decay", weight_decay)
        checks.value_of("initial_accumulator_value", initial_accumulator_value)
        checks.epsilon(eps)
        super().__init__(params, {
            "lr": lr, "lr_decay": lr_decay, "eps": eps, "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value, "foreach": foreach, "maximize": maximize,
            "differentiable": differentiable, "fused": fused,
        })
        for group in self.param_groups:                  # the state is there before the first step, as torch has it
            for p in group["params"]:
                self.state[p]["step"] = wrap(number(0))
                of_parts = complex(initial_accumulator_value, initial_accumulator_value)
                self.state[p]["sum"] = wrap(np.full_like(p.array, of_parts if p.is_complex() else initial_accumulator_value))

    def update(self, param: np.ndarray, grad: np.ndarray, state: dict[str, Any], *, lr: float, lr_decay: float,
               weight_decay: float, eps: float, initial_accumulator_value: float) -> None:
        x, g = param, grad
        if not state:                                    # of a group that was added later
            state["step"] = number(0)
            state["sum"] = np.full_like(x, initial_accumulator_value)
        t, s = advance(state["step"]), state["sum"]
        if weight_decay:
            g = g + weight_decay * x
        s += g * g
        addcdiv(x, g, np.sqrt(s) + eps, -lr / (1 + (t - 1) * lr_decay))
