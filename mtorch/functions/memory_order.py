"""Where a program may notice how images lie in memory: when it asks for a view that only torch's order has.

The rules for images return arrays that lie with the batch innermost (ops/layout.py).  Nearly every program goes on from there
without noticing; `y.view(-1)` needs the numbers in the order of the axes.  Such a tensor is put into that order, if no
other tensor shares its memory (a detached twin keeps the memory as it was).
"""
from __future__ import annotations

import numpy as np

from ..autograd.tape import TensorBase
from ..autograd.views import is_view
from ..ops.layout import is_batch_last


def put_in_order(t: TensorBase) -> bool:
    """Lay out t in the order of its axes, if it is an image of the rules and alone has its memory; returns whether it was."""
    if t.array.ndim < 3 or not is_batch_last(t.array) or is_view(t):
        return False
    if any(view() is not None for view in t._alias or ()):
        return False
    t.array = np.ascontiguousarray(t.array)
    return True
