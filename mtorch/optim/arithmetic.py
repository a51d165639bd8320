"""The words that the algorithms share: a number kept from step to step, the count of the steps, a moving average."""
from __future__ import annotations

import numpy as np

from .. import dtypes


def number(value: float) -> np.ndarray:
    """A number of a parameter's state (its step, say): 0-dim, and float32 unless the default dtype is float64."""
    return np.array(value, np.float64 if dtypes.get_default_dtype() is dtypes.float64 else np.float32)


def advance(step: np.ndarray) -> float:
    """Count one more step, in place, and return its number: 1 at the first."""
    t = step.item(0) + 1.0
    step.fill(t)
    return t


def lerp(mean: np.ndarray, new: np.ndarray, weight: float) -> None:
    """mean <- (1 - weight) mean + weight new, in place and rounded as torch rounds it."""
    if weight < 0.5:
        mean += weight * (new - mean)
    else:
        np.add(new, (weight - 1) * (new - mean), out=mean)
