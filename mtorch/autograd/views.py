"""Views and in-place writes: torch's gradient or torch's error, never a silently wrong one.

Three ideas carry it.

*History stays functional, only memory is written.*  `y.mul_(b)` runs the ordinary recorded `mul`, copies the result
into y's memory, and y takes the result's node as its own.  Whoever used y before keeps the earlier node.

*A view knows its base.*  An op marked `view=True` notes in its output the base and the path (the view ops) that leads
from there.  A write through a view, or `t[key] = v`, is one `put` node that becomes the history of the base.  The
base's other views are only marked stale; each looks its history up again, by its path, when it is next used.

*Detection.*  Each write is noted, so that a gradient is never computed from numbers that have changed since: see stamps.py.
"""
from __future__ import annotations

import weakref
from collections.abc import Callable
from copy import copy
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import brain_float
from .complex_numbers import AS_WRITTEN, holomorphic
from ..strides import overlaps
from . import naming
from .mode import mode
from .refusals import all_recorded, refuse_no_grad, refuse_several
from .stamps import captured, mark_written, owner
from .tape import STALE, Node, Output, TensorBase, history, op, wrap

if TYPE_CHECKING:
    from ..tensor import Tensor

# ---- views -------------------------------------------------------------------------------------


def is_view(t) -> bool:
    return type(t._alias) is tuple


def link(out, first, call, kwargs, slot) -> None:
    """Note that out is a view of the tensor `first`, unless NumPy had to copy, which it does in `reshape` alone."""
    if not isinstance(first, TensorBase):
        return
    memory, a = out.array.base, first.array
    if memory is not a and (memory is None or memory is not a.base) and owner(out.array) is not owner(a):
        return naming.named(out, "UnsafeViewBackward0")    # so torch calls a copy in another shape
    alias = first._alias
    base, path = alias if type(alias) is tuple else (first, None)
    recording = mode.recording
    if first._requires_grad and not recording:
        out._requires_grad = True                     # as in torch, but for what a view of it shows, it is a leaf of its own
    out._alias = base, (path, call, kwargs, slot, recording)           # a linked list: its start is shared
    views = base._alias
    if views is None:
        base._alias = [weakref.ref(out)]
    else:
        if not len(views) & (len(views) - 1):         # now and then, forget the dead
            views[:] = [r for r in views if r() is not None]
        views.append(weakref.ref(out))


def refreshed(view):
    """The history of a view whose base was rewritten: the view taken again, of the base as it is now."""
    base, path = view._alias
    if not mode.recording and not all_recorded(path):
        return view                                    # no history is asked for
    refuse_several(path, "its base or another view of its base has been modified inplace")
    refuse_no_grad(path, "its base or another view of its base has been modified inplace")
    recording, mode.recording = mode.recording, True   # whatever the mode this is first asked in
    try:
        view._node = follow(wrap(base.array, history(base) if base._requires_grad else None), path)._node
    finally:
        mode.recording = recording
    if view.array.dtype == base.array.dtype:
        naming.named(view, "AsStridedBackward0")       # so torch calls the step that it takes in place of all
    if view._retained is not None and view._node is not None:
        view._retained.move_to(view._node)
    return view if view._node is None else view._node


def follow(x, path):
    """Take the view that path describes of x, an array or a Tensor."""
    steps = []
    while path:
        path, call, kwargs, slot, _ = path
        steps.append((call, kwargs, slot))
    for call, kwargs, slot in reversed(steps):
        if call.rule is None:                              # a user's Function, or a hook on a Module: the same memory
            continue
        y = call(x, **kwargs)
        x = y if slot is None else y[slot]
    return x


def is_invalid(t) -> bool:
    """Was t taken as a view in no_grad mode, and its base written since?  Then it may be read, but has no history."""
    return t._node is STALE and not all_recorded(t._alias[1])


# ---- writes ------------------------------------------------------------------------------------

WHOLE = (Ellipsis,)


def assign(t, key: tuple, value, result=None):
    """t[key] = value, recorded.  key holds no Tensors; it is WHOLE for all of t.

    result: when t.mul_(...) and the like rewrite all of t, the recorded out-of-place result, whose history t takes on.
    """
    base, path = t._alias if type(t._alias) is tuple else (t, None)
    tensor = isinstance(value, TensorBase)
    array = value.array if tensor else value
    recording = mode.recording and (base._requires_grad or tensor and value._requires_grad)
    if recording and base._requires_grad and base._node is None:
        of = "a view of " if path or key is not WHOLE and _is_basic(key) else ""
        raise RuntimeError(f"{of}a leaf Variable that requires grad is being used in an in-place operation.")
    if not t.array.flags.forc:                         # in C's order or Fortran's no two elements share memory
        _refuse_overlap(t.array, key, value)
    if tensor and result is None and _is_itself(t, key, value, base):
        return t
    node = None
    if recording:
        if t._node is STALE:
            refreshed(t)
        refuse_several(path)
        refuse_no_grad(path)
        _keep_value(base)
        if result is not None and not path:
            node = result._node
        else:
            new = history(value) if tensor and value._requires_grad else copy(array)     # of an array, or a number
            node = _node_of_write(base, new, path, key, getattr(array, "shape", ()))
    _write(t.array, key, array)
    if not base._silent:
        mark_written(t.array)
    elif brain_float.met:
        brain_float.rewritten(t.array)
    if node is not None or recording:
        _rewritten(base, node)
    elif base._requires_grad and type(base._alias) is list:
        for v in [r() for r in base._alias]:
            if v is not None and v._requires_grad and not all_recorded(v._alias[1]):
                v._node = STALE                        # torch refuses it from now on where history is asked for
    return t


def _keep_value(base) -> None:
    """What a user's Function gave cannot be computed again: gradients of gradients find a copy once base is written."""
    h = base._node
    if type(h) is Output and h.node.op.rule is None and h.node.value is not None:
        h.node.value = tuple(v.copy() if i == h.slot else v for i, v in enumerate(h.node.value))


def taken_on(t, result) -> None:
    """A user's Function wrote to t and recorded it as result: that is t's history from now on, also where t is a view."""
    base, path = t._alias if type(t._alias) is tuple else (t, None)
    if base is t:
        _rewritten(t, result._node)
        return
    if base._requires_grad and base._node is None:
        raise RuntimeError("a view of a leaf Variable that requires grad is being used in an in-place operation.")
    refuse_several(path)
    refuse_no_grad(path)
    _rewritten(base, _node_of_write(base, result._node, path, WHOLE, t.array.shape))


def _node_of_write(base, new, path, key, shape) -> Node:
    """The record of writing new, of this shape, to [key] of the view `path` of base, made before the memory is written."""
    old = history(base) if base._requires_grad else base.array.copy()
    return Node(put, [old, new], {"path": path, "key": key}, _put_pullback(path, key, shape), base.array.shape)


def _refuse_overlap(target: np.ndarray, key: tuple, value) -> None:
    """Raise torch's error for writing to elements that share memory, but for what torch lets pass: one number that is
    written to all of t or to elements picked by arrays."""
    one = not isinstance(value, TensorBase) and not np.ndim(value) and (key is WHOLE or not _is_basic(key))
    if not one and overlaps(target[key] if _is_basic(key) else target):
        raise RuntimeError("unsupported operation: more than one element of the written-to tensor refers to a single "
                           "memory location. Please clone() the tensor before performing the operation.")


def _rewritten(base, node) -> None:
    base._node, base._requires_grad = node, node is not None
    if base._retained is not None and node is not None:
        base._retained.move_to(node)
    views = base._alias
    if type(views) is list:
        for r in views:
            v = r()
            if v is not None and type(v._alias) is tuple:
                v._node, v._requires_grad = (STALE, True) if node is not None else (None, False)


def _write(target: np.ndarray, key: tuple, array) -> None:
    if target.dtype.kind in "iu" and isinstance(array, np.ndarray) and array.dtype.kind == "f":
        array = array.astype(target.dtype)
    target[key] = array


def _is_basic(key: tuple) -> bool:
    """Does this index give a view?"""
    return not any(isinstance(k, (np.ndarray, bool)) for k in key)


def _is_itself(t, key, value, base) -> bool:
    """The second half of `t[key] += ...`: Python assigns the view that was just written back to its place."""
    if type(value._alias) is not tuple or value._alias[0] is not base or not _is_basic(key):
        return False
    place = t.array[key if Ellipsis in key else key + WHOLE]
    return place.__array_interface__ == value.array.__array_interface__


def inplace(function: Callable[..., Any]) -> Callable[..., Tensor]:
    """The in-place form of a function: `add_ = inplace(add)`."""

    def method(t: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        new = function(t, *args, **kwargs)
        if new is NotImplemented:                          # an operator's answer to what it does not know
            return new
        if new.array.shape != t.array.shape:
            raise RuntimeError(f"output with shape {list(t.array.shape)} doesn't match the broadcast shape "
                               f"{list(new.array.shape)}")
        _refuse_cast(new.array.dtype, t.array.dtype)
        node = new._node
        if node is not None:
            root = owner(t.array)
            if any(owner(a) is root for a in captured(node.node if type(node) is Output else node)):
                def old(a):                            # the pullback needs the values that are about to be overwritten
                    if not isinstance(a, TensorBase) or a._requires_grad and a._node is None or owner(a.array) is not root:
                        return a
                    return wrap(a.array.copy(), history(a) if a._requires_grad else None)
                new = function(old(t), *map(old, args), **{k: old(v) for k, v in kwargs.items()})
            if not brain_float.same(new.array.dtype, t.array.dtype):
                new = naming.named(cast(new, dtype=t.array.dtype), (node.node if type(node) is Output else node).name())
        return assign(t, WHOLE, new, result=new)

    name = getattr(function, "__name__", "op")
    method.__name__ = method.__qualname__ = name + "_"
    method.__doc__ = (f"In place: `{name}`, written into this tensor, which is returned.\n\n"
                      f"Arguments and errors as for `{name}`.  RuntimeError besides for a result of another shape, or of a "
                      "type that this\ntensor cannot hold, and for a leaf that requires grad.")
    return method


_CATEGORY = {"b": 0, "i": 1, "u": 1, "f": 2, "c": 3}


def _refuse_cast(from_: np.dtype, to: np.dtype) -> None:
    if _CATEGORY[from_.kind] > _CATEGORY[to.kind]:
        raise RuntimeError(f"result type {_LONG_NAMES.get(from_.name, from_.name)} can't be cast to the desired output "
                           f"type {_LONG_NAMES.get(to.name, to.name)}")


_LONG_NAMES = {"float32": "Float", "float64": "Double", "float16": "Half", "int64": "Long", "int32": "Int",
               "int16": "Short", "int8": "Char", "uint8": "Byte", "bool": "Bool", "complex64": "ComplexFloat",
               "complex128": "ComplexDouble"}


# ---- the ops of writing ------------------------------------------------------------------------

@op(name="CopySlices")
def put(a, b, *, path, key):
    """A copy of a in which the view `path`[key] of it holds b."""
    if isinstance(a, TensorBase) or isinstance(b, TensorBase):
        z = put(a, b, path=path, key=key)
    else:
        z = np.array(a, order="C")
        view = follow(z, path)
        if np.may_share_memory(view, z):
            view[key] = b
        else:                                          # another memory layout than when the view was taken
            z.reshape(-1)[follow(np.arange(z.size).reshape(z.shape), path)[key]] = b
    return z, _put_pullback(path, key, tuple(getattr(b, "shape", ())))


def _put_pullback(path, key, shape):
    def to_value(g):
        gb = follow(g, path)[key]
        if gb.ndim < len(shape):                       # `t[0] = value` where value has leading dimensions of one
            gb = gb.reshape((1,) * (len(shape) - gb.ndim) + tuple(gb.shape))
        return gb
    return (lambda g: put(g, 0.0, path=path, key=key), to_value)


@op(keeps=False, name="ToCopyBackward0", complex=AS_WRITTEN, typed=True)
def cast(a, *, dtype):
    """The same values in another floating point or complex type; what becomes real loses its imaginary part."""
    tensor = isinstance(a, TensorBase)                 # if not, an array, or a NumPy number that was one of no dimensions
    before = a.array.dtype if tensor else a.dtype
    if before.kind == "c" and np.dtype(dtype).kind != "c":
        a = a.real
    return (cast(a, dtype=dtype) if tensor else a.astype(dtype)), (lambda g: cast(g, dtype=before),)


def of_its_type(g, array: np.ndarray):
    """A gradient as bfloat16 or float32, whichever that is which it is the gradient of: on the way it is not rounded."""
    if not isinstance(g, TensorBase):
        return brain_float.like(np.asarray(g), array)
    return g if g.array.dtype != array.dtype or brain_float.same(g.array.dtype, array.dtype) else cast(g, dtype=array.dtype)


holomorphic(put)
