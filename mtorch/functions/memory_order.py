"""Where a program may notice how images lie in memory: in views that only torch's order has, and in what is made like them.

The rules for images return arrays that lie with the batch innermost (ops/layout.py).  Nearly every program goes on from there
without noticing; `y.view(-1)` needs the numbers in the order of the axes, and what is computed of `y.view(2, -1, *y.shape[1:])`
would no longer show that its memory is an image's.  Such a tensor is put into that order, together with its views.  Where
something else is to hold the memory, a detached twin or NumPy, that is done before, for it cannot follow later.  And
`rand_like(y)` fills memory in torch's order.
"""
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..autograd.tape import TensorBase, wrap
from ..autograd.stamps import owner
from ..autograd.views import follow, is_view
from ..ops.layout import is_batch_last
from ..strides import memory_like

if TYPE_CHECKING:
    from ..tensor import Tensor


def lies_as_in_torch(t: TensorBase) -> bool:
    """Was t taken as a view, perhaps transposed, of a tensor that lies in order?  Then its strides are torch's."""
    return is_view(t) and t._alias[0].array.flags.c_contiguous


def memory_as_in_torch(t: TensorBase, kind: np.dtype | None = None) -> np.ndarray:
    """New memory that lies as that of torch's `empty_like(t)`."""
    return memory_like(t.array, kind, not t.array.flags.c_contiguous and lies_as_in_torch(t))


def rank_of_memory(t: TensorBase) -> int:
    """How many axes t has, or what it is a view of: a matrix may be a flattened image."""
    return (t._alias[0] if is_view(t) else t).array.ndim


def of_numpy(array: np.ndarray) -> Tensor:
    """A tensor over an array of the program's own, whose memory stays as it lies."""
    t = wrap(array)
    hold(t, array)
    return t


def hold(t: TensorBase, array: np.ndarray) -> None:
    """Make this t's array, and keep it: others hold its memory, too, or it lies as torch's."""
    t.array = array
    if not array.flags.c_contiguous:
        t._lent = True                                 # type: ignore[attr-defined]    # it is a Tensor


def memory_to_share(t: TensorBase) -> np.ndarray:
    """The memory of t, for another tensor or NumPy to hold: it lies as torch's now, and stays there."""
    if not t.array.flags.c_contiguous:
        put_in_order(t, transposed=True)
        base = t._alias[0] if is_view(t) else t
        hold(base, base.array)
    return t.array


def put_in_order(t: TensorBase, transposed: bool = False) -> bool:
    """Lay t out in the order of its axes, if it is an image of the rules, or a view of one, and with it the other views of
    that image.  Returns whether t lies in order now: a transposed view cannot, and nothing is done for it unless `transposed`.
    """
    base, path = t._alias if is_view(t) else (t, None)
    array = base.array
    if array.ndim < 2 or base._lent or not is_batch_last(array):
        return False
    if array.ndim == 2 and (array.base is not None or base._requires_grad and base._node is None):
        return False                                   # no matrix that was computed, perhaps of a flattened image
    if path and not transposed and not follow(np.empty(array.shape, array.dtype), path).flags.c_contiguous:
        return False
    in_order = np.ascontiguousarray(array)
    references = base._alias if type(base._alias) is list else ()
    views = [view for view in (reference() for reference in references) if view is not None]
    arrays = [follow(in_order, view._alias[1]) for view in views]
    if any(owner(view) is not in_order for view in arrays):
        return False                                   # one that would be a copy in this order, and be a view no more
    base.array = in_order
    for view, its_array in zip(views, arrays):
        view.array = its_array
    return t.array.flags.c_contiguous
