"""Shapes and indexing in ONNX's operators.  See functions.py."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import dtypes
from .errors import Untranslated
from .graph import Graph, Value

def _listed(sizes: tuple) -> list[int]:
    return list(sizes[0]) if len(sizes) == 1 and isinstance(sizes[0], (tuple, list)) else list(sizes)


def _reshape(g: Graph, input: Value, *shape: Any) -> Value:
    shape = shape or (g.results[0].shape,)
    if len(shape) == 1 and isinstance(shape[0], dtypes.dtype):
        raise Untranslated("view: the bytes of a tensor seen as another type are not translated")
    return g.op("Reshape", input, g.ints(*_listed(shape)))


def _to_the_shape(g: Graph, input: Value, *args: Any, **kwargs: Any) -> Value:
    """flatten, unflatten and their like: the shape that came out."""
    return g.op("Reshape", input, g.ints(*g.results[0].shape))


def _squeeze(g: Graph, input: Value, dim: Any = None) -> Value:
    axes = [d for d in input.dims(dim) if input.shape[d] == 1]
    return g.op("Squeeze", input, g.ints(*axes)) if axes else input


def _unsqueeze(g: Graph, input: Value, dim: int) -> Value:
    return g.op("Unsqueeze", input, g.ints(dim % (input.ndim + 1)))


def _transposed(g: Graph, input: Value, dim0: int, dim1: int) -> Value:
    order = list(range(input.ndim))
    a, b = input.dim(dim0), input.dim(dim1)
    order[a], order[b] = b, a
    return g.op("Transpose", input, perm=order)


def _permute(g: Graph, input: Value, *dims: Any) -> Value:
    return g.op("Transpose", input, perm=input.dims(_listed(dims)))


def _turned_round(g: Graph, input: Value) -> Value:
    return g.op("Transpose", input, perm=list(range(input.ndim))[::-1])


def _last_two(g: Graph, input: Value) -> Value:
    return _transposed(g, input, -1, -2)


def _movedim(g: Graph, input: Value, source: Any, destination: Any) -> Value:
    sources, ends = input.dims(source), input.dims(destination)
    left = [d for d in range(input.ndim) if d not in sources]
    for end, start in sorted(zip(ends, sources)):
        left.insert(end, start)
    return g.op("Transpose", input, perm=left)


def _expand(g: Graph, input: Value, *sizes: Any) -> Value:
    shape = [1 if n == -1 else n for n in _listed(sizes)]
    return g.op("Expand", input, g.ints(*shape))


def _expand_as(g: Graph, input: Value, other: Value) -> Value:
    return _expand(g, input, *other.shape)


def _repeat(g: Graph, input: Value, *repeats: Any) -> Value:
    times = _listed(repeats)
    more = len(times) - input.ndim
    x = input
    if more > 0:
        x = g.on_the_way("Unsqueeze", input, g.ints(*range(more)), shape=(1,) * more + input.shape)
    return g.op("Tile", x, g.ints(*[1] * -more, *times))


def _cat(g: Graph, tensors: Sequence[Value], dim: int = 0, out: None = None) -> Value:
    dtype = g.results[0].dtype
    several = [g.cast(x, dtype) for x in tensors if x.shape != (0,)]
    return g.op("Concat", *several, axis=several[0].dim(dim))


def _stack(g: Graph, tensors: Sequence[Value], dim: int = 0, out: None = None) -> Value:
    axis = dim % (tensors[0].ndim + 1)
    parts = [g.on_the_way("Unsqueeze", g.cast(x, g.results[0].dtype), g.ints(axis),
                          shape=(*x.shape[:axis], 1, *x.shape[axis:])) for x in tensors]
    return g.op("Concat", *parts, axis=axis)


def _split(g: Graph, input: Value, *args: Any, dim: int = 0, **kwargs: Any) -> list[Value]:
    """split, chunk and tensor_split: into the pieces that came out."""
    dim = input.dim(args[1] if len(args) > 1 else dim)
    if len(g.results) == 1:
        return [input]
    return g.op("Split", input, g.ints(*[r.shape[dim] for r in g.results]), outputs=len(g.results), axis=dim)


def _unbind(g: Graph, input: Value, dim: int = 0) -> list[Value]:
    axis = input.dim(dim)
    return [g.op("Gather", input, g.constant(i, np.int64), axis=axis) for i in range(input.shape[axis])]


def _select(g: Graph, input: Value, dim: int, index: int) -> Value:
    return g.op("Gather", input, g.constant(index, np.int64), axis=input.dim(dim))


def _narrow(g: Graph, input: Value, dim: int, start: int, length: int) -> Value:
    start = start % input.shape[dim] if start < 0 else start
    return g.op("Slice", input, g.ints(start), g.ints(start + length), g.ints(input.dim(dim)))


def _flip(g: Graph, input: Value, *dims: Any) -> Value:
    axes = input.dims(_listed(dims))
    n = len(axes)
    return g.op("Slice", input, g.ints(*[-1] * n), g.ints(*[-(1 << 62)] * n), g.ints(*axes), g.ints(*[-1] * n))


def _roll(g: Graph, input: Value, shifts: Any, dims: Any = None) -> Value:
    if dims is None:
        raise Untranslated("roll without dims is not translated")
    x = input
    for shift, d in zip(_listed((shifts,)), input.dims(dims), strict=True):
        cut = -shift % input.shape[d] if input.shape[d] else 0
        parts = [g.on_the_way("Slice", x, g.ints(a), g.ints(b), g.ints(d)) for a, b in ((cut, 1 << 62), (0, cut))]
        x = g.on_the_way("Concat", *parts, shape=input.shape, axis=d)
    return x


# ---- indexing ---------------------------------------------------------------------------------------------

def _getitem(g: Graph, input: Value, key: Any) -> Value:
    keys = list(key) if isinstance(key, tuple) else [key]
    if any(isinstance(k, (Value, list)) for k in keys):
        return _taken(g, input, keys)
    if Ellipsis in keys:
        at = keys.index(Ellipsis)
        keys[at:at + 1] = [slice(None)] * (input.ndim - sum(k is not None for k in keys) + 1)
    x, axis = input, 0
    slices: list[tuple] = []
    gone: list[int] = []               # axes that a number takes away,
    new: list[int] = []                # and those that None adds
    for place, k in enumerate(keys):
        if k is None:
            new.append(place - len(gone))
            continue
        if isinstance(k, bool) or not isinstance(k, (int, slice)):
            raise Untranslated(f"indexing by {type(k).__name__} is not translated")
        if isinstance(k, int):
            slices.append((k, k + 1 if k != -1 else 1 << 62, axis, 1))
            gone.append(axis)
        elif k != slice(None):
            start, stop, step = k.start or 0, k.stop, k.step or 1
            slices.append((start, 1 << 62 if stop is None else stop, axis, step))
        axis += 1
    if slices:
        kept = list(np.empty(input.shape, bool)[tuple(slice(k, k + 1 or None) if isinstance(k, int) else k
                                                      for k in keys if k is not None)].shape)
        x = g.on_the_way("Slice", x, *[g.ints(*column) for column in zip(*slices)], shape=kept)
    if gone:
        x = g.on_the_way("Squeeze", x, g.ints(*gone), shape=[n for d, n in enumerate(x.shape) if d not in gone])
    if new:
        x = g.on_the_way("Unsqueeze", x, g.ints(*new), shape=g.results[0].shape)
    return x


def _taken(g: Graph, input: Value, keys: list) -> Value:
    """Indexing by one tensor of whole numbers, where all else is taken whole."""
    keys = [k for k in keys if k is not Ellipsis] if keys[-1] is Ellipsis else keys
    places = [d for d, k in enumerate(keys) if k != slice(None)]
    index = keys[places[0]]
    index = g.ints(*index) if isinstance(index, list) and all(type(i) is int for i in index) else index
    if len(places) > 1 or not isinstance(index, Value) or index.dtype.kind not in "iu" or None in keys or Ellipsis in keys:
        raise Untranslated("of tensors as indices, one of whole numbers is translated, with nothing but : "
                           "beside it; torch.where does what a mask does")
    return g.op("Gather", input, g.cast(index, np.int64), axis=places[0])


def _index_select(g: Graph, input: Value, dim: int, index: Value) -> Value:
    return g.op("Gather", input, index, axis=input.dim(dim))


def _gather(g: Graph, input: Value, dim: int, index: Value) -> Value:
    return g.op("GatherElements", input, index, axis=input.dim(dim))


# ---- all of them ------------------------------------------------------------------------------------------

TRANSLATIONS: dict[str, Callable] = {
    "view": _reshape, "reshape": _reshape, "flatten": _to_the_shape, "ravel": _to_the_shape, "unflatten": _to_the_shape,
    "view_as": lambda g, input, other: _to_the_shape(g, input), "squeeze": _squeeze, "unsqueeze": _unsqueeze,
    "transpose": _transposed, "swapaxes": _transposed, "swapdims": _transposed, "permute": _permute, "t": _turned_round,
    "T": _turned_round, "mT": _last_two, "movedim": _movedim, "moveaxis": _movedim, "expand": _expand, "expand_as": _expand_as,
    "broadcast_to": _expand, "repeat": _repeat, "tile": _repeat, "cat": _cat, "concat": _cat, "concatenate": _cat,
    "stack": _stack, "split": _split, "chunk": _split, "tensor_split": _split, "unbind": _unbind, "select": _select,
    "narrow": _narrow, "flip": _flip, "roll": _roll,

    "__getitem__": _getitem, "index_select": _index_select, "gather": _gather,
}
