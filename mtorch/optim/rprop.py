"""Rprop: only the signs of the gradient count; a step size grows while the sign stays and shrinks when it turns.

Source: M. Riedmiller, H. Braun, A Direct Adaptive Method for Faster Backpropagation Learning: The RPROP Algorithm,
ICNN 1993; the form without weight backtracking (iRprop-): after a change of sign the number rests for one step.
"""
from __future__ import annotations

from typing import Any

import numpy as np

from ..tensor import Tensor
from . import checks
from .arithmetic import advance, number
from .optimizer import Optimizer, ParamsT


class Rprop(Optimizer):
    """d <- d eta+ where the gradient keeps its sign, d eta- where it turns (and g <- 0 there);  x <- x - d sign(g).

    Meant for gradients of the whole data set: those of batches change their sign by chance.

    params          a Module, parameters, named parameters or groups of them
    lr              the first step size d of each number, >= 0; a number or a tensor of one element
    etas            (eta-, eta+), 0 < eta- < 1 < eta+
    step_sizes      the smallest and the largest d
    foreach         a speed hint of torch's, accepted and without effect
    maximize        go up instead
    capturable, differentiable  False: a step for CUDA graphs, or one that is recorded itself, is not supported

    Raises: ValueError for values out of range; TypeError for what is no number or no tensor; NotImplementedError for
    capturable and differentiable.

    >>> import mtorch
    >>> w = mtorch.tensor([1.0, -2.0], requires_grad=True)
    >>> optimizer = mtorch.optim.Rprop([w], lr=0.1)
    >>> for _ in range(2):
    ...     optimizer.zero_grad()
    ...     w.square().sum().backward()
    ...     optimizer.step()
    >>> w
    tensor([ 0.7800, -1.7800], requires_grad=True)
    """

    elementwise = True

    def __init__(self, params: ParamsT, lr: float | Tensor = 1e-2, etas: tuple[float, float] = (0.5, 1.2),
                 step_sizes: tuple[float, float] = (1e-6, 50), *, capturable: bool = False,
                 foreach: bool | None = None, maximize: bool = False, differentiable: bool = False) -> None:
        checks.learning_rate(lr)
        low, high = checks.pair("etas", etas)
        if not 0.0 < low < 1.0 < high:
            raise ValueError(f"Invalid eta values: {low}, {high} (expected 0 < eta- < 1 < eta+)")
        checks.pair("step_sizes", step_sizes)
        super().__init__(params, {
            "lr": lr, "etas": etas, "step_sizes": step_sizes, "foreach": foreach, "maximize": maximize,
            "differentiable": differentiable, "capturable": capturable,
        })

    def update(self, param: np.ndarray, grad: np.ndarray, state: dict[str, Any], *, lr: float,
               etas: tuple[float, float], step_sizes: tuple[float, float]) -> None:
        x, g, (eta_minus, eta_plus) = param, grad, etas
        if not state:
            state["step"] = number(0)
            state["prev"] = np.zeros_like(x)
            state["step_size"] = np.full_like(x, lr)
        advance(state["step"])
        d, last = state["step_size"], state["prev"]
        agreement = g * last
        kept, turned = agreement > 0, agreement < 0
        d[kept] *= eta_plus
        d[turned] *= eta_minus
        np.clip(d, *step_sizes, out=d)
        g = np.where(turned, 0, g)
        x -= np.where(g > 0, d, np.where(g < 0, -d, 0))
        last[...] = g
