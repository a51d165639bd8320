"""ASGD: gradient descent with a shrinking step, that also keeps the average of the points it passed.

Source: B. Polyak, A. Juditsky, Acceleration of Stochastic Approximation by Averaging, SIAM J. Control Optim. 30, 1992.
"""
from __future__ import annotations

from typing import Any

import numpy as np

from ..tensor import Tensor
from . import checks
from .arithmetic import advance, number
from .optimizer import Optimizer, ParamsT


class ASGD(Optimizer):
    """x <- (1 - lambd eta) x - eta g;  ax <- ax + mu (x - ax);

    then eta = lr / (1 + lambd lr t)^alpha and mu = 1 / max(1, t - t0).

    The average `ax` is in `optimizer.state[p]["ax"]`; up to step t0 it is x itself.

    params          a Module, parameters, named parameters or groups of them
    lr              learning rate, >= 0; a number or a tensor of one element
    lambd           decay term
    alpha           power of the decay of eta
    t0              the step at which averaging begins
    weight_decay    >= 0; adds weight_decay x to the gradient (L2 penalty)
    foreach         a speed hint of torch's, accepted and without effect
    maximize        go up instead
    capturable, differentiable  False: a step for CUDA graphs, or one that is recorded itself, is not supported

    Raises: ValueError for values out of range; TypeError for what is no number or no tensor; NotImplementedError for
    capturable and differentiable.

    >>> import mtorch
    >>> w = mtorch.tensor([1.0, -2.0], requires_grad=True)
    >>> optimizer = mtorch.optim.ASGD([w], lr=0.1, t0=0)
    >>> for _ in range(2):
    ...     optimizer.zero_grad()
    ...     w.square().sum().backward()
    ...     optimizer.step()
    >>> w, optimizer.state[w]["ax"]
    (tensor([ 0.6400, -1.2800], requires_grad=True), tensor([ 0.6400, -1.2800]))
    """

    elementwise = True
    numbers = ("step", "eta", "mu")

    def __init__(self, params: ParamsT, lr: float | Tensor = 1e-2, lambd: float = 1e-4, alpha: float = 0.75,
                 t0: float = 1e6, weight_decay: float = 0, foreach: bool | None = None, maximize: bool = False,
                 differentiable: bool = False, capturable: bool = False) -> None:
        checks.learning_rate(lr)
        checks.value_of("weight_decay", weight_decay)
        for name, value in (("lambd", lambd), ("alpha", alpha), ("t0", t0)):
            checks.as_number(name, value)
        super().__init__(params, {
            "lr": lr, "lambd": lambd, "alpha": alpha, "t0": t0, "weight_decay": weight_decay, "foreach": foreach,
            "maximize": maximize, "differentiable": differentiable, "capturable": capturable,
        })

    def update(self, param: np.ndarray, grad: np.ndarray, state: dict[str, Any], *, lr: float, lambd: float,
               alpha: float, t0: float, weight_decay: float) -> None:
        x, g = param, grad
        if not state:
            state["step"] = number(0)
            state["eta"] = number(lr)
            state["mu"] = number(1)
            state["ax"] = np.zeros_like(x)
        t, eta, mu, ax = advance(state["step"]), state["eta"].item(0), state["mu"].item(0), state["ax"]
        if weight_decay:
            g = g + weight_decay * x
        x *= 1 - lambd * eta
        x -= eta * g
        if mu == 1:
            ax[...] = x
        else:
            ax += (x - ax) * mu
        state["eta"].fill(lr / (1 + lambd * lr * t) ** alpha)
        state["mu"].fill(1 / max(1, t - t0))
