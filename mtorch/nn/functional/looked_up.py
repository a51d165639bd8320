"""Which rows of an embedding's weight its gradient is made of: what torch's sparse gradient holds, for SparseAdam.

The gradient itself is dense here.  A lookup with sparse=True leaves a hook on its result, which notes the rows when a
gradient comes by, and one on the weight, which writes them onto `.grad` when that is there.
"""
from __future__ import annotations

import functools
from typing import Any

import numpy as np

_ROWS = "_rows"                    # the attribute of a gradient: its rows, sorted
_PENDING = "_looked_up"            # of a weight: (its .grad before, rows) for each lookup that a sweep has passed


def remember(y: Any, weight: Any, index: np.ndarray, padding: int | None) -> None:
    """Have the gradient of weight know the rows that y was looked up in; padding's has no gradient."""
    rows = np.unique(index)
    if _PENDING not in vars(weight):
        vars(weight)[_PENDING] = []
        weight.register_post_accumulate_grad_hook(_settle)
    y.register_hook(functools.partial(_note, weight, rows if padding is None else rows[rows != padding]))


def _note(weight: Any, rows: np.ndarray, gradient: Any) -> None:
    vars(weight).setdefault(_PENDING, []).append((weight.grad, rows))


def _settle(weight: Any) -> None:
    pending, vars(weight)[_PENDING] = vars(weight).get(_PENDING, ()), []
    grad = weight.grad
    known = vars(grad).pop(_ROWS, None)
    fresh = all(before is None for before, _ in pending)
    if pending and (fresh or known is not None):        # else there was a gradient already, and a dense one
        vars(grad)[_ROWS] = functools.reduce(np.union1d, [rows for _, rows in pending],
                                             np.empty(0, np.int64) if known is None else known)


def rows_of(grad: Any) -> np.ndarray | None:
    """The rows that a gradient is made of; None where it does not know them, or is not zero elsewhere."""
    rows = vars(grad).get(_ROWS)
    if rows is None:
        return None
    others = np.ones(len(grad.array), bool)
    others[rows] = False
    return None if grad.array[others].any() else rows


def forget(grad: Any) -> None:
    """The gradient is zero now: there are no rows in it."""
    if _ROWS in vars(grad):
        vars(grad)[_ROWS] = np.empty(0, np.int64)
