"""Muon: momentum whose matrix is made orthogonal before the step, so that all directions move at the same pace.

Sources: K. Jordan et al., Muon: An optimizer for hidden layers in neural networks, 2024
(https://kellerjordan.github.io/posts/muon/);
J. Liu et al., Muon is Scalable for LLM Training, 2025, for match_rms_adamw.
"""
from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..tensor import Tensor
from . import checks
from .arithmetic import lerp
from .optimizer import Optimizer, ParamsT


class Muon(Optimizer):
    """b <- momentum b + (1 - momentum) g;  O = orthogonalize(g + momentum (b - g));

    x <- (1 - lr weight_decay) x - s lr O.

    For matrices: the weights of hidden layers.  Biases, embeddings and the last layer go to another optimizer.

    params              a Module, parameters, named parameters or groups of them, all 2-dimensional
    lr                  learning rate, >= 0; a number or a tensor of one element
    weight_decay        >= 0
    momentum            how much of the last direction is kept, >= 0
    nesterov            False: orthogonalize b itself
    ns_coefficients     (a, b, c) of the Newton-Schulz iteration
    eps                 least norm to divide by
    ns_steps            iterations, below 100
    adjust_lr_fn        s of an (A, B) matrix: "original" or None: sqrt(max(1, A / B));
                        "match_rms_adamw": 0.2 sqrt(max(A, B))

    Raises: ValueError for values out of range, and for parameters that are not matrices; RuntimeError for complex ones.

    >>> import mtorch
    >>> w = mtorch.tensor([[1.0, 0.0], [0.0, 2.0]], requires_grad=True)
    >>> optimizer = mtorch.optim.Muon([w], lr=0.1, weight_decay=0.0)
    >>> w.square().sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([[0.8883, 0.0000],
            [0.0000, 1.9309]], requires_grad=True)
    """

    def __init__(self, params: ParamsT, lr: float | Tensor = 1e-3, weight_decay: float = 0.1, momentum: float = 0.95,
                 nesterov: bool = True, ns_coefficients: tuple[float, float, float] = (3.4445, -4.7750, 2.0315),
                 eps: float = 1e-7, ns_steps: int = 5, adjust_lr_fn: str | None = None) -> None:
        for words, name, value in (("Learning rate", "lr", lr), ("momentum", "momentum", momentum),
                                   ("weight decay", "weight_decay", weight_decay)):
            if not checks.as_number(name, value) >= 0:
                raise ValueError(f"{words} should be >= 0 but is: {value}")
        if adjust_lr_fn not in (None, "original", "match_rms_adamw"):
            raise ValueError(f"Adjust learning rate function {adjust_lr_fn} is not supported, "
                             "expected None, 'original' or 'match_rms_adamw'")
        if len(ns_coefficients) != 3:
            raise ValueError(f"Coefficients must be a tuple of exactly 3 values, got {ns_coefficients}")
        if ns_steps >= 100:
            raise ValueError(f"Number of steps must be less than 100 for computational efficiency, got {ns_steps}")
        super().__init__(params, {
            "lr": lr, "weight_decay": weight_decay, "momentum": momentum, "nesterov": nesterov,
            "ns_coefficients": ns_coefficients, "eps": eps, "ns_steps": ns_steps, "adjust_lr_fn": adjust_lr_fn,
        })

    def _check_param(self, p: Any) -> None:
        super()._check_param(p)
        checks.real("Muon", p)
        if p.array.ndim != 2:
            raise ValueError("Muon only supports 2D parameters whereas we found a parameter with size: "
                             f"{tuple(p.shape)}")

    def update(self, param: np.ndarray, grad: np.ndarray, state: dict[str, Any], *, lr: float, weight_decay: float,
               momentum: float, nesterov: bool, ns_coefficients: tuple[float, float, float], eps: float, ns_steps: int,
               adjust_lr_fn: str | None) -> None:
        x, g = param, grad
        if "momentum_buffer" not in state:
            state["momentum_buffer"] = np.zeros_like(g, order="C")
        b = state["momentum_buffer"]
        lerp(b, g, 1 - momentum)
        if nesterov:
            direction = g.copy()
            lerp(direction, b, momentum)
        else:
            direction = b
        rows, columns = x.shape
        s = 0.2 * math.sqrt(max(x.shape)) if adjust_lr_fn == "match_rms_adamw" else math.sqrt(max(1, rows / columns))
        x *= 1 - lr * weight_decay
        x -= lr * s * orthogonalize(direction, ns_coefficients, ns_steps, eps).astype(x.dtype)


def orthogonalize(m: np.ndarray, coefficients: tuple[float, float, float], steps: int, eps: float) -> np.ndarray:
    """A matrix with the singular vectors of m and singular values near 1, by X <- a X + (b A + c A A) X with A = X X^T.

    Every product is rounded to bfloat16, as in the source: the iteration is after speed there, and is unharmed by it.
    """
    a, b, c = coefficients
    tall = m.shape[0] > m.shape[1]
    x = bfloat16(m.T if tall else m)
    x = bfloat16(x / max(bfloat16(np.asarray(np.linalg.norm(x))).item(), eps))
    for _ in range(steps):
        gram = bfloat16(x @ x.T)
        x = bfloat16(a * x + bfloat16(b * gram + c * (gram @ gram)) @ x)
    return x.T if tall else x


def bfloat16(x: np.ndarray) -> np.ndarray:
    """x in float32, rounded (to even) to the 8 bits of precision of bfloat16."""
    bits = np.array(x, np.float32, order="C").view(np.uint32)
    bits += 0x7FFF + (bits >> 16 & 1)
    bits &= 0xFFFF0000
    return bits.view(np.float32)
