"""Adafactor: of a matrix of squared gradients keep only the means of rows and columns; Adam's memory shrinks to a line.

Source: N. Shazeer, M. Stern, Adafactor: Adaptive Learning Rates with Sublinear Memory Cost, ICML 2018, algorithms 4
and 5, with torch's two changes: lr bounds the relative step size, and eps1 is applied to the estimate of the variance.
"""
from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import dtypes
from ..tensor import Tensor
from . import checks
from .arithmetic import advance, lerp, number
from .optimizer import Optimizer, ParamsT


class Adafactor(Optimizer):
    """R, C <- means over rows and columns of g^2, moving with weight t^beta2_decay;  V = R C / max(mean of R, eps1);

    U = g / sqrt(max(V, eps1^2));  x <- x - a U / max(1, RMS(U) / d), with a = max(eps2, RMS(x)) min(lr, 1 / sqrt(t)).
    A vector keeps V itself.

    params          a Module, parameters, named parameters or groups of them
    lr              bound of the relative step size, >= 0; a number or a tensor of one element
    beta2_decay     <= 0
    eps             (eps1, eps2), each >= 0; eps1 None is the machine epsilon of the parameter's type
    d               clipping threshold, >= 1
    weight_decay    >= 0; shrinks x by lr weight_decay x first
    foreach         a speed hint of torch's, accepted and without effect
    maximize        go up instead

    Raises: ValueError for values out of range; RuntimeError for complex parameters.

    >>> import mtorch
    >>> w = mtorch.tensor([[1.0, -2.0]], requires_grad=True)
    >>> optimizer = mtorch.optim.Adafactor([w], lr=0.1)
    >>> w.square().sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([[ 0.8419, -1.8419]], requires_grad=True)
    """

    def __init__(self, params: ParamsT, lr: float | Tensor = 1e-2, beta2_decay: float = -0.8,
                 eps: tuple[float | None, float] = (None, 1e-3), d: float = 1.0, weight_decay: float = 0.0, *,
                 foreach: bool | None = None, maximize: bool = False) -> None:
        eps1, eps2 = checks.pair("eps", eps)
        _require(checks.as_number("lr", lr) >= 0, f"Learning rate should be >= 0 but is: {lr}")
        _require(checks.as_number("beta2_decay", beta2_decay) <= 0, f"beta2_decay should be <= 0 but is: {beta2_decay}")
        _require(eps1 is None or checks.as_number("eps[0]", eps1) >= 0, f"epsilon1 should be >= 0 but is: {eps1}")
        _require(checks.as_number("eps[1]", eps2) >= 0, f"epsilon2 should be >= 0 but is: {eps2}")
        _require(checks.as_number("d", d) >= 1, f"Clipping threshold d should be >= 1 but is: {d}")
        _require(checks.as_number("weight_decay", weight_decay) >= 0,
                 f"weight_decay should be >= 0 but is: {weight_decay}")
        super().__init__(params, {
            "lr": lr, "beta2_decay": beta2_decay, "eps": eps, "d": d, "weight_decay": weight_decay, "foreach": foreach,
            "maximize": maximize,
        })

    def _check_param(self, p: Any) -> None:
        super()._check_param(p)
        checks.real("Adafactor", p)

    def update(self, param: np.ndarray, grad: np.ndarray, state: dict[str, Any], *, lr: float, beta2_decay: float,
               eps: tuple[float | None, float], d: float, weight_decay: float) -> None:
        x, g, (eps1, eps2) = param, grad, eps
        if not state:
            state["step"] = number(0)
            if g.ndim > 1:
                state["row_var"] = np.zeros_like(g[..., :1], order="C")
                state["col_var"] = np.zeros_like(g[..., :1, :], order="C")
            else:
                state["variance"] = np.zeros_like(g)
        t = advance(state["step"])
        eps1 = dtypes.finfo(dtypes.of(x.dtype)).eps if eps1 is None else eps1
        a = max(eps2, rms(x)) * min(lr, 1 / math.sqrt(t))
        if weight_decay:
            x *= 1 - lr * weight_decay
        if g.ndim > 1:
            row, column = state["row_var"], state["col_var"]
            lerp(row, np.mean(g * g, axis=-1, keepdims=True), t ** beta2_decay)
            lerp(column, np.mean(g * g, axis=-2, keepdims=True), t ** beta2_decay)
            v = row * column / np.maximum(row.mean(axis=-2, keepdims=True), eps1)
        else:
            v = state["variance"]
            lerp(v, g * g, t ** beta2_decay)
        u = g / np.sqrt(np.maximum(v, eps1 * eps1))
        x += -a / max(1.0, rms(u) / d) * u


def rms(x: np.ndarray) -> float:
    """Root mean square."""
    return math.sqrt(np.vdot(x, x) / x.size) if x.size else math.nan


def _require(holds: bool, message: str) -> None:
    if not holds:
        raise ValueError(message)
