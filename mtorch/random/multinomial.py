"""Indices drawn by weight: `multinomial`."""
from __future__ import annotations

import numpy as np

from .engine import Generator
from .inversion import exponential_

_MANY = 1 << 18                   # from so many comparisons on, a binary search in each row is quicker


def multinomial(weights: np.ndarray, count: int, replacement: bool, generator: Generator) -> np.ndarray:
    """Draw `count` indices from each row of weights (K,) or (N, K), which are finite, >= 0 and not all zero.

    Shape: (count,) or (N, count), int64.
    """
    if count == 1 or not replacement:
        return _exponential_race(weights, count, generator)
    rows = weights.reshape(-1, weights.shape[-1])
    cumulative = np.add.accumulate(rows, axis=1)       # one after another, in the type of the weights
    cumulative /= cumulative[:, -1:].copy()
    cumulative[:, -1] = 1
    cumulative, u = cumulative.astype(np.float64), generator.unit64(len(rows) * count).reshape(len(rows), count)
    if rows.size * count <= _MANY:
        drawn = (cumulative[:, None] < u[:, :, None]).sum(axis=2)
    else:
        drawn = np.stack([np.searchsorted(row, numbers) for row, numbers in zip(cumulative, u)])
    return drawn.reshape(*weights.shape[:-1], count)


def _exponential_race(weights, count, generator):
    """Each index arrives after an exponential time of its own rate: the first `count` to come are drawn without
    replacement.  Source: Efraimidis and Spirakis, "Weighted random sampling with a reservoir" (2006)."""
    speed = exponential_(np.empty(weights.shape, weights.dtype), generator)
    with np.errstate(divide="ignore", invalid="ignore"):
        np.divide(weights, speed, out=speed)
    if count == 1:
        return speed.argmax(axis=-1, keepdims=True)
    return np.ascontiguousarray(np.argsort(-speed, axis=-1, kind="stable")[..., :count])
