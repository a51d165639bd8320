"""The line search of L-BFGS: a step length that lowers the loss enough and flattens the slope enough.

Both conditions of strong Wolfe, with t the step length, f the loss along the direction and f' its slope:
f(t) <= f(0) + c1 t f'(0) and |f'(t)| <= c2 |f'(0)|.  Source: J. Nocedal, S. Wright, Numerical Optimization, 2nd ed.
2006, algorithms 3.5 (bracketing) and 3.6 (zoom); the interpolation is equation 3.59.  The safeguards are those of
M. Schmidt's minFunc, which torch follows too.
"""
from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ..autograd.tape import wrap
from ..tensor import Tensor


class Point(NamedTuple):
    """A step length that was tried: the loss there, its gradient, and the slope along the direction."""

    t: float
    f: float
    g: np.ndarray
    slope: float


def strong_wolfe(evaluate: Callable[[float], tuple[float, np.ndarray]], t: float, d: np.ndarray, f: float,
                 g: np.ndarray, slope: float, c1: float = 1e-4, c2: float = 0.9, tolerance_change: float = 1e-9,
                 max_evaluations: int = 25) -> tuple[float, np.ndarray, float, int]:
    """Search along d from a point with loss f, gradient g and this slope; returns (loss, gradient, t, evaluations).

    evaluate    step length -> (loss, gradient) there
    t           the first length to try
    """
    def look(t: float) -> Point:
        loss, gradient = evaluate(t)
        return Point(t, loss, gradient, np.dot(gradient, d).item())

    def falls_too_little(point: Point) -> bool:
        return point.f > f + c1 * point.t * slope

    def is_flat(point: Point) -> bool:
        return abs(point.slope) <= -c2 * slope

    # Go forward until the conditions hold, or a minimum lies between the last two points.
    before, new = Point(0.0, f, g, slope), look(t)
    tries = 0
    bracket: list[Point] | None = None
    done = False
    while tries < max_evaluations:
        if falls_too_little(new) or (tries > 1 and new.f >= before.f):
            bracket = [before, new]
            break
        if is_flat(new):
            bracket, done = [new], True
            break
        if new.slope >= 0:
            bracket = [before, new]
            break
        t = minimum_of_cubic(before, new, (new.t + 0.01 * (new.t - before.t), new.t * 10))
        before, new = new, look(t)
        tries += 1
    if bracket is None:
        bracket = [Point(0.0, f, g, slope), new]

    # Close in on the minimum.
    low, high = (0, 1) if bracket[0].f <= bracket[-1].f else (1, 0)
    width_of_d = np.abs(d).max().item()
    near_the_edge = False
    while not done and tries < max_evaluations:
        left, right = sorted((bracket[0].t, bracket[1].t))
        if (right - left) * width_of_d < tolerance_change:
            break
        t = minimum_of_cubic(bracket[0], bracket[1], (left, right))
        margin = 0.1 * (right - left)
        if min(right - t, t - left) < margin:            # so near an edge, the bracket would hardly shrink
            if near_the_edge or t >= right or t <= left:
                t = right - margin if abs(t - right) < abs(t - left) else left + margin
                near_the_edge = False
            else:
                near_the_edge = True
        else:
            near_the_edge = False
        new = look(t)
        tries += 1
        if falls_too_little(new) or new.f >= bracket[low].f:
            bracket[high] = new
            low, high = (0, 1) if bracket[0].f <= bracket[1].f else (1, 0)
        else:
            if is_flat(new):
                done = True
            elif new.slope * (bracket[high].t - bracket[low].t) >= 0:
                bracket[high] = bracket[low]
            bracket[low] = new
    best = bracket[low]
    return best.f, best.g, best.t, tries + 1


def minimum_of_cubic(a: Point, b: Point, bounds: tuple[float, float]) -> float:
    """Where the cubic through two points with their slopes has its minimum, kept within bounds."""
    first, second = (a, b) if a.t <= b.t else (b, a)
    d1 = a.slope + b.slope - 3 * (a.f - b.f) / (a.t - b.t)
    square = d1 * d1 - a.slope * b.slope
    bend = second.slope - first.slope + 2 * math.sqrt(square) if square >= 0 else 0.0
    if not bend:                                         # no minimum, or nan
        return (bounds[0] + bounds[1]) / 2
    t = second.t - (second.t - first.t) * ((second.slope + math.sqrt(square) - d1) / bend)
    return min(max(t, bounds[0]), bounds[1])


def _strong_wolfe(obj_func: Callable, x: Any, t: float, d: Tensor, f: Any, g: Tensor, gtd: Any, c1: float = 1e-4,
                  c2: float = 0.9, tolerance_change: float = 1e-9, max_ls: int = 25) -> tuple[Any, Tensor, float, int]:
    """The search as PyTorch calls it, on Tensors; optimizers of a program's own take it from `torch.optim.lbfgs`.

    obj_func    (x, step length, d) -> (loss, gradient) there
    """
    def evaluate(t: float) -> tuple[Any, np.ndarray]:
        loss, gradient = obj_func(x, t, d)
        return loss, gradient.detach().array.copy()

    found, gradient, t, evaluations = strong_wolfe(evaluate, t, d.detach().array, f, g.detach().array, float(gtd), c1, c2,
                                                   tolerance_change, max_ls)
    return found, wrap(gradient), t, evaluations


def _cubic_interpolate(x1: Any, f1: Any, g1: Any, x2: Any, f2: Any, g2: Any, bounds: Any = None) -> Any:
    """Where the cubic through two points with these values and slopes has its minimum, as PyTorch calls it."""
    nothing = np.empty(0)
    return minimum_of_cubic(Point(x1, f1, nothing, g1), Point(x2, f2, nothing, g2), bounds or (min(x1, x2), max(x1, x2)))
