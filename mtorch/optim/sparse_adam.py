"""SparseAdam: Adam on the rows of an embedding that were looked up, which leaves all the others as they are.

Source: D. Kingma and J. Ba, Adam: A Method for Stochastic Optimization, ICLR 2015, on the elements that have a gradient.
"""
from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..autograd.tape import wrap
from ..autograd.stamps import mark_written
from ..nn.functional.looked_up import forget, rows_of
from ..tensor import Tensor
from . import checks
from .optimizer import Optimizer, ParamsT, recomputed


class SparseAdam(Optimizer):
    """Adam for the weights of `nn.Embedding(sparse=True)` and `nn.EmbeddingBag(sparse=True)`.

    Adam moves every row at each step, by the mean of its past gradients, though few were looked up.  Here the rows that were
    looked up are moved, and their means alone change; the steps are counted for all.

    params      a Module, parameters, named parameters or groups of them; each the weight of a sparse embedding
    lr          learning rate, > 0
    betas       decay rates of the two means, each in [0, 1)
    eps         > 0, keeps the quotient finite
    maximize    go up instead

    Raises: ValueError for values out of range and complex parameters; RuntimeError, in the step, for a gradient that is not
    that of lookups with sparse=True alone.

    >>> import mtorch
    >>> words = mtorch.nn.Embedding.from_pretrained(mtorch.zeros(3, 1), freeze=False, sparse=True)
    >>> optimizer = mtorch.optim.SparseAdam(words.parameters(), lr=0.1)
    >>> words(mtorch.tensor([0, 2])).sum().backward()
    >>> optimizer.step()
    >>> words.weight.tolist()[1], words.weight[0] < 0
    ([0.0], tensor([True]))
    """

    def __init__(self, params: ParamsT, lr: float | Tensor = 1e-3, betas: tuple[float, float] = (0.9, 0.999),
                 eps: float = 1e-8, maximize: bool = False) -> None:
        if isinstance(lr, Tensor) and lr.numel() != 1:
            raise ValueError("Tensor lr must be 1-element")
        if not lr > 0:
            raise ValueError(f"Invalid learning rate: {lr}")
        if not eps > 0:
            raise ValueError(f"Invalid epsilon value: {eps}")
        for i, beta in enumerate(betas):
            if not 0 <= beta < 1:
                raise ValueError(f"Invalid beta parameter at index {i}: {beta}")
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "maximize": maximize})

    def _check_param(self, p: Any) -> None:
        super()._check_param(p)
        checks.real("SparseAdam", p, ValueError)

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update the rows that the gradients are made of.

        closure     recomputes the loss and its gradients; its result is returned
        """
        loss = recomputed(closure)
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    rows = rows_of(p.grad)
                    if rows is None:
                        raise RuntimeError("SparseAdam does not support dense gradients, please consider Adam instead")
                    self._update(p, rows, checks.plain(group["lr"]), group["betas"], group["eps"], group.get("maximize", False))
        return loss

    def _update(self, p: Tensor, rows: np.ndarray, lr: float, betas: tuple[float, float], eps: float,
                maximize: bool) -> None:
        x, (beta1, beta2), state = p.array, betas, self.state[p]
        if not state:
            state.update(step=0, exp_avg=wrap(np.zeros_like(x)), exp_avg_sq=wrap(np.zeros_like(x)))
        state["step"] += 1
        if not rows.size:
            return
        g, t = p.grad.array[rows], state["step"]
        g = -g if maximize else g
        m, v = state["exp_avg"].array, state["exp_avg_sq"].array
        m_rows = m[rows] + (g - m[rows]) * (1 - beta1)
        v_rows = v[rows] + (g * g - v[rows]) * (1 - beta2)
        m[rows], v[rows] = m_rows, v_rows
        x[rows] -= lr * math.sqrt(1 - beta2 ** t) / (1 - beta1 ** t) * (m_rows / (np.sqrt(v_rows) + eps))
        mark_written(x)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients, or (set_to_none=False) fill them with zeros, in place."""
        super().zero_grad(set_to_none)
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    forget(p.grad)
