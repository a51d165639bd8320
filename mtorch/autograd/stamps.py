"""Which memory was written when: so that a gradient is never computed from numbers that have changed since.

Each write stamps the array that owns the memory with the counter that numbers the nodes.  When gradients are asked for,
the nodes older than the newest write show the arrays that their pullbacks closed over; an array with a newer stamp was changed
after it was kept, and that is torch's error.  A training loop has no such write: it pays one comparison for a whole backward.
"""
from __future__ import annotations

import functools
import types
import weakref

import numpy as np

from .. import brain_float
from . import tape
from .tape import Node, TensorBase, next_order

# id of an owning array -> it, when it was last written in place, and how often
_stamps: dict[int, tuple[weakref.ref, int, int]] = {}
last_write = -1                        # when any array was last written in place


def owner(array: np.ndarray) -> np.ndarray:
    """The array that owns the memory."""
    base = array.base
    while base is not None:
        if isinstance(base, np.ndarray):
            array = base
        base = getattr(base, "base", None)             # as_strided leaves something that is no array between
    return array


def mark_written(*arrays: np.ndarray) -> None:
    """Note that this memory was written in place.  Whoever writes the arrays of tensors directly says so here."""
    global last_write
    last_write = now = next_order()
    if brain_float.met:
        brain_float.rewritten(*arrays)
    for array in arrays:
        root = array if array.base is None else owner(array)
        key = id(root)
        known = _stamps.get(key)
        if known:
            _stamps[key] = known[0], now, known[2] + 1
        else:
            _stamps[key] = weakref.ref(root, functools.partial(_forget, key)), now, 1


def _forget(key: int, _: object) -> None:
    _stamps.pop(key, None)


def check_intact(node: Node, arrays) -> None:
    """Raise torch's error if one of these arrays, which node relies on, was written after node was recorded."""
    for a in arrays:
        if isinstance(a, np.ndarray):
            stamp = _stamps.get(id(owner(a)))
            if stamp and stamp[1] > node.order:
                raise RuntimeError(
                    "one of the variables needed for gradient computation has been modified by an inplace operation: "
                    f"a tensor of shape {list(a.shape)}, kept by {node.op.grad_name} for its backward. "
                    "Hint: write into a clone(), or use the operation that is not in place")


def captured(node: Node):
    """The arrays that the pullbacks of this node closed over."""
    pullback = node.pullback
    if pullback is None:
        return
    todo = [pullback] if callable(pullback) else [f for x, f in zip(node.inputs, pullback) if tape.is_handle(x)]
    seen = set()
    while todo:
        f = todo.pop()
        if type(f) in _NO_ARRAYS:                          # most of what is found
            continue
        if isinstance(f, np.ndarray):
            yield f
        elif isinstance(f, types.FunctionType):
            if f not in seen:
                seen.add(f)
                todo += [cell.cell_contents for cell in f.__closure__ or () if cell != _EMPTY]
                todo += f.__defaults__ or ()
        elif isinstance(f, TensorBase):
            yield f.array
        elif isinstance(f, (tuple, list)):
            todo.extend(f)
        elif isinstance(f, dict):
            todo.extend(f.values())
        elif isinstance(f, functools.partial):
            todo += [f.func, f.args, f.keywords]
        elif isinstance(f, types.MethodType):
            todo += [f.__func__, f.__self__]


_EMPTY = types.CellType()
_NO_ARRAYS = {int, float, bool, complex, str, type(None), type, np.float32, np.float64}


def version(array: np.ndarray) -> int:
    """How often this memory was written in place."""
    stamp = _stamps.get(id(owner(array)))
    return stamp[2] if stamp else 0
