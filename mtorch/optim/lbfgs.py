"""L-BFGS: Newton's step with a curvature guessed from the last few steps; for smooth problems on the whole data set.

Sources: J. Nocedal, Updating Quasi-Newton Matrices with Limited Storage, Math. Comp. 35, 1980;
J. Nocedal, S. Wright, Numerical Optimization, 2nd ed. 2006, algorithms 7.4 (the two loops) and 7.5.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..autograd.mode import enable_grad
from ..autograd.complex_numbers import in_parts
from ..autograd.tape import wrap
from ..autograd.stamps import mark_written
from ..tensor import Tensor
from . import checks
from .optimizer import Optimizer, ParamsT
from .strong_wolfe import _cubic_interpolate, _strong_wolfe, strong_wolfe  # noqa: F401  taken from here by others

CURVATURE = 1e-10      # a pair (s, y) with less than this s.y says nothing about the curvature


class LBFGS(Optimizer):
    """x <- x + t d, with d = -H g and H made of the last pairs s (of steps) and y (of gradient changes).

    params              a Module, parameters or named parameters; one group
    lr                  step length t, or where the line search starts, >= 0
    max_iter            iterations in one step()
    max_eval            evaluations of the closure in one step(); None is 1.25 max_iter
    tolerance_grad      stop when no number of the gradient is larger
    tolerance_change    stop when neither x nor the loss moves by more
    history_size        how many pairs are kept
    line_search_fn      None for steps of length lr, or "strong_wolfe"

    Raises: ValueError for a negative lr and for several groups; TypeError for a step without closure.

    >>> import mtorch
    >>> w = mtorch.tensor([3.0, -4.0], requires_grad=True)
    >>> optimizer = mtorch.optim.LBFGS([w], line_search_fn="strong_wolfe")
    >>> def closure():
    ...     optimizer.zero_grad()
    ...     loss = ((w - 1) ** 2 * mtorch.tensor([1.0, 10.0])).sum()
    ...     loss.backward()
    ...     return loss
    >>> optimizer.step(closure).item()
    254.0
    >>> bool((w - 1).abs().max() < 1e-4)
    True
    """

    def __init__(self, params: ParamsT, lr: float | Tensor = 1, max_iter: int = 20, max_eval: int | None = None,
                 tolerance_grad: float = 1e-7, tolerance_change: float = 1e-9, history_size: int = 100,
                 line_search_fn: str | None = None) -> None:
        checks.learning_rate(lr)
        super().__init__(params, {
            "lr": lr, "max_iter": max_iter, "max_eval": max_iter * 5 // 4 if max_eval is None else max_eval,
            "tolerance_grad": tolerance_grad, "tolerance_change": tolerance_change, "history_size": history_size,
            "line_search_fn": line_search_fn,
        })
        if len(self.param_groups) != 1:
            raise ValueError("LBFGS doesn't support per-parameter options (parameter groups), "
                             f"got {len(self.param_groups)} groups")

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Iterate until a tolerance or a limit is reached.

        closure     computes the loss and its gradients (zero_grad, forward, backward) and returns it; the first
                    loss is returned
        """
        if closure is None:
            raise TypeError("LBFGS.step needs a closure that recomputes the loss and its gradients")
        group = self.param_groups[0]
        params, lr, line_search = group["params"], checks.plain(group["lr"]), group["line_search_fn"]
        if line_search not in (None, "strong_wolfe"):
            raise RuntimeError(f"only 'strong_wolfe' is supported, got line_search_fn={line_search!r}")
        tolerance = group["tolerance_change"]
        kept = self.state[params[0]]                   # the state belongs to all; torch keeps it with the first
        memory = _Memory(kept, group["history_size"])

        def evaluate() -> tuple[Any, np.ndarray]:
            with enable_grad():
                loss = closure()
            return loss, _gathered(params)

        first_loss, g = evaluate()
        loss = float(first_loss)
        kept["func_evals"] = kept.get("func_evals", 0) + 1
        kept.setdefault("n_iter", 0)
        if _largest(g) <= group["tolerance_grad"]:
            return first_loss
        evaluations = 1
        for iteration in range(1, group["max_iter"] + 1):
            kept["n_iter"] += 1
            if kept["n_iter"] == 1:
                d = -g
                memory.clear()
                t = min(1.0, 1.0 / np.abs(g).sum().item()) * lr
            else:
                memory.learn(g - memory.g, memory.d * memory.t)
                d = memory.direction(g)
                t = lr
            memory.g, last_loss = g.copy(), loss
            slope = np.dot(g, d).item()
            memory.d, memory.t, memory.loss = d, t, last_loss
            if slope > -tolerance:
                break
            evaluated = 0
            if line_search is not None:
                start = [p.array.copy() for p in params]

                def along(t: float, start: list = start, d: np.ndarray = d) -> tuple[float, np.ndarray]:
                    _move(params, d, t)
                    value, gradient = evaluate()
                    for p, array in zip(params, start, strict=True):
                        p.array[...] = array
                        mark_written(p.array)
                    return float(value), gradient

                loss, g, t, evaluated = strong_wolfe(along, t, d, loss, g, slope,
                                                     max_evaluations=group["max_eval"] - evaluations)
                memory.t = t
                _move(params, d, t)
            else:
                _move(params, d, t)
                if iteration < group["max_iter"]:      # what the last iteration finds is evaluated by the next step()
                    value, g = evaluate()
                    loss, evaluated = float(value), 1
            evaluations += evaluated
            kept["func_evals"] += evaluated
            if (iteration == group["max_iter"] or evaluations >= group["max_eval"]
                    or _largest(g) <= group["tolerance_grad"] or _largest(d * t) <= tolerance
                    or abs(loss - last_loss) < tolerance):
                break
        memory.save()
        return first_loss


class _Memory:
    """The pairs (s, y) of the last steps, and what else one iteration leaves to the next; kept in optimizer.state."""

    def __init__(self, kept: dict[str, Any], size: int) -> None:
        self.kept, self.size = kept, size
        names = "old_dirs", "old_stps", "ro"
        self.ys, self.ss, self.rhos = ([v.array for v in kept.get(name) or ()] for name in names)
        self.scale = checks.plain(kept.get("H_diag", 1))
        self.d, self.g = (v.array if isinstance(v := kept.get(name), Tensor) else v for name in ("d", "prev_flat_grad"))
        self.t, self.loss = checks.plain(kept.get("t")), kept.get("prev_loss")
        self.alphas: list[Any] | None = None                 # of the last direction

    def clear(self) -> None:
        self.ys, self.ss, self.rhos, self.scale = [], [], [], 1

    def learn(self, y: np.ndarray, s: np.ndarray) -> None:
        """Note that a step s changed the gradient by y."""
        ys = np.dot(y, s)
        if ys > CURVATURE:
            if len(self.ys) == self.size:
                del self.ys[0], self.ss[0], self.rhos[0]
            self.ys.append(y)
            self.ss.append(s)
            self.rhos.append(np.asarray(1.0 / ys, dtype=y.dtype))
            self.scale = ys / np.dot(y, y)

    def direction(self, g: np.ndarray) -> np.ndarray:
        """-H g by the two loops: down the pairs, times the scale, and up again."""
        d = -g
        alphas = []
        for y, s, rho in zip(reversed(self.ys), reversed(self.ss), reversed(self.rhos), strict=True):
            alpha = np.dot(s, d) * rho
            d -= alpha * y
            alphas.append(alpha)
        d *= self.scale
        for y, s, rho, alpha in zip(self.ys, self.ss, self.rhos, reversed(alphas), strict=True):
            d += (alpha - np.dot(y, d) * rho) * s
        self.alphas = alphas
        return d

    def save(self) -> None:
        if self.alphas is not None:              # torch keeps them, though nothing reads them, in a list as long as can be
            before = self.kept.get("al") or [None] * self.size
            self.kept["al"] = [*(wrap(np.asarray(alpha)) for alpha in reversed(self.alphas)), *before[len(self.alphas):]]
        if self.d is not None:
            self.kept.update(
                d=wrap(self.d), t=self.t, old_dirs=[wrap(y) for y in self.ys], old_stps=[wrap(s) for s in self.ss],
                ro=[wrap(rho) for rho in self.rhos],
                H_diag=self.scale if isinstance(self.scale, int) else wrap(np.asarray(self.scale, self.d.dtype)),
                prev_flat_grad=wrap(self.g), prev_loss=self.loss)


def _gathered(params: list[Tensor]) -> np.ndarray:
    """The gradients end to end, zeros for a parameter without one."""
    return np.concatenate([in_parts(np.zeros_like(p.array) if p.grad is None else p.grad.array).reshape(-1)
                           for p in params])


def _move(params: list[Tensor], d: np.ndarray, t: float) -> None:
    """x <- x + t d, cut to the parameters."""
    start = 0
    for p in params:
        x = in_parts(p.array)
        x += t * d[start:start + x.size].reshape(x.shape)
        mark_written(x)
        start += x.size


def _largest(x: np.ndarray) -> float:
    return np.abs(x).max().item()
