"""Sums, extremes and orders along dimensions, in ONNX's operators.  See functions.py."""
from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from .arithmetic import binary
from .errors import Untranslated
from .graph import Graph, Value

def _reduction(kind: str) -> Callable:
    def translation(g: Graph, input: Value, dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Value:
        dim = None if isinstance(dim, (tuple, list)) and not dim else dim
        return g.op(kind, g.cast(input, g.results[0].dtype), g.ints(*input.dims(dim)), keepdims=int(keepdim))
    return translation


def _norm(g: Graph, input: Value, p: Any = "fro", dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Value:
    kinds = {"fro": "ReduceL2", 2: "ReduceL2", 1: "ReduceL1", None: "ReduceL2"}
    if p not in kinds:
        raise Untranslated(f"norm: p={p} is not translated, 1 and 2 are")
    return _reduction(kinds[p])(g, input, dim, keepdim)


def _variance(root: bool) -> Callable:
    def translation(g: Graph, input: Value, dim: Any = None, unbiased: Any = True, keepdim: bool = False, *,
                    correction: Any = None) -> Value:
        if isinstance(dim, bool):
            dim, unbiased = None, dim
        dims = input.dims(dim)
        axes, n = g.ints(*dims), math.prod(input.shape[d] for d in dims)
        kept = [1 if d in dims else size for d, size in enumerate(input.shape)]
        off = g.on_the_way("Sub", input, g.on_the_way("ReduceMean", input, axes, shape=kept, keepdims=1))
        less = int(unbiased) if correction is None else correction
        squares = g.on_the_way("ReduceSum", g.on_the_way("Mul", off, off), axes, shape=g.results[0].shape, keepdims=int(keepdim))
        count = g.constant(max(0, n - less), input.dtype)
        if not root:
            return g.op("Div", squares, count)
        return g.op("Sqrt", g.on_the_way("Div", squares, count))
    return translation


def _extreme(kind: str) -> Callable:
    """max and min: of all, with another tensor, or along a dimension with the places."""
    along = _reduction(f"Reduce{kind}")

    def translation(g: Graph, input: Value, dim: Any = None, keepdim: bool = False, other: Any = None) -> Any:
        other = dim if isinstance(dim, Value) else other
        if other is not None:
            return binary(kind)(g, input, other)
        if dim is None:
            return along(g, input)
        place = g.op(f"Arg{kind}", input, axis=input.dim(dim), keepdims=int(keepdim))
        return [along(g, input, dim, keepdim), replace(place, dtype=np.dtype(np.int64))]
    return translation


def _arg(kind: str) -> Callable:
    def translation(g: Graph, input: Value, dim: int | None = None, keepdim: bool = False) -> Value:
        if dim is not None:
            return g.op(kind, input, axis=input.dim(dim), keepdims=int(keepdim))
        flat = g.on_the_way("Reshape", input, g.ints(-1), shape=[math.prod(input.shape)])
        return g.op(kind, flat, axis=0, keepdims=0)
    return translation


def _whether(kind: str) -> Callable:
    def translation(g: Graph, input: Value, dim: Any = None, keepdim: bool = False) -> Value:
        found = g.on_the_way(kind, g.cast(g.cast(input, bool), np.int32), g.ints(*input.dims(dim)), shape=g.results[0].shape,
                             keepdims=int(keepdim))
        return g.cast(found, bool)
    return translation


def _topk(g: Graph, input: Value, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> Any:
    return g.op("TopK", input, g.ints(k), outputs=2, axis=input.dim(dim), largest=int(largest), sorted=int(sorted))


def _sort(g: Graph, input: Value, dim: int = -1, descending: bool = False, stable: bool = False) -> Any:
    return _topk(g, input, input.shape[dim], dim, descending)


def _argsort(g: Graph, input: Value, dim: int = -1, descending: bool = False, stable: bool = False) -> Any:
    g.results = [g.results[0].astype(input.dtype), g.results[0]]
    return _sort(g, input, dim, descending)[1]


TRANSLATIONS: dict[str, Callable] = {
    "sum": _reduction("ReduceSum"), "mean": _reduction("ReduceMean"), "prod": _reduction("ReduceProd"),
    "amax": _reduction("ReduceMax"), "amin": _reduction("ReduceMin"), "logsumexp": _reduction("ReduceLogSumExp"),
    "max": _extreme("Max"), "min": _extreme("Min"), "argmax": _arg("ArgMax"), "argmin": _arg("ArgMin"), "norm": _norm,
    "var": _variance(root=False), "std": _variance(root=True), "any": _whether("ReduceMax"), "all": _whether("ReduceMin"),
    "topk": _topk, "sort": _sort, "argsort": _argsort,
}
