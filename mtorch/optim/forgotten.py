"""A forgotten `zero_grad()`: a gradient that a step has used is added to, not replaced, and used again.

PyTorch trains on in silence, on the sum of all gradients so far.  Telling it apart from what is right takes care: adding
up several backwards before a step is right, a backward through a model that another optimizer trains is right, and
zeros written into a gradient are as good as `zero_grad()`.  So one gradient of each optimizer is marked when a step has
used it; a backward that adds to it while it is not zero (engine.py) changes the mark; and only a step that
meets that mark warns, once.
"""
from __future__ import annotations

import warnings
from typing import Any


def watch(optimizer: Any, params: list) -> None:
    """Look at the gradient that stands for all of these, before a step uses it; warn if it still has an old one in it."""
    for p in params:
        g = p._grad
        if g is None:
            continue
        if g._stepped == "added to" and not optimizer._warned and g.array.any():
            optimizer._warned = True
            name = type(optimizer).__name__
            warnings.warn(f"{name}.step: the gradients of the step before are still there, backward() has added to them: "
                          "call optimizer.zero_grad() before each backward() (after the step, if you add up several "
                          "on purpose)", UserWarning, stacklevel=4)
        g._stepped = "used"
        return
