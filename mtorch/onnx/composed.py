"""Functions that ONNX has no operator for, and that are not computed by others here: said in functions that it has operators for.

Each is a plain function of tensors, run on the recorded ones: the calls inside it are translated in its place.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..nn import functional as F
from ..tensor import Tensor
from .errors import Untranslated


def threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    return input.masked_fill(input <= threshold, value)


def pairwise_distance(x1: Tensor, x2: Tensor, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Tensor:
    return (x1 - x2 + eps).norm(p, -1, keepdim)


def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8) -> Tensor:
    norms = [x.norm(2, dim, True).clamp(min=eps) for x in (x1, x2)]
    return (x1 / norms[0] * (x2 / norms[1])).sum(dim)


def channel_shuffle(input: Tensor, groups: int) -> Tensor:
    n, c, *size = input.shape
    return input.reshape(n, groups, c // groups, *size).transpose(1, 2).reshape(n, c, *size)


def embedding_bag(input: Tensor, weight: Tensor, offsets: Tensor | None = None, max_norm: float | None = None,
                  norm_type: float = 2, scale_grad_by_freq: bool = False, mode: str = "mean", sparse: bool = False,
                  per_sample_weights: Tensor | None = None, include_last_offset: bool = False,
                  padding_idx: int | None = None) -> Tensor:
    if input.dim() != 2 or max_norm is not None or padding_idx is not None:
        raise Untranslated("embedding_bag with offsets, max_norm or padding_idx is not translated")
    rows = F.embedding(input, weight)
    if per_sample_weights is not None:
        rows = rows * per_sample_weights.unsqueeze(-1)
    return rows.amax(1) if mode == "max" else rows.mean(1) if mode == "mean" else rows.sum(1)


def std_mean(input: Tensor, *args: Any, **kwargs: Any) -> tuple[Tensor, Tensor]:
    return _with_mean(input, input.std(*args, **kwargs), *args, **kwargs)


def var_mean(input: Tensor, *args: Any, **kwargs: Any) -> tuple[Tensor, Tensor]:
    return _with_mean(input, input.var(*args, **kwargs), *args, **kwargs)


def _with_mean(input: Tensor, spread: Tensor, dim: Any = None, unbiased: bool = True, keepdim: bool = False, *,
               correction: Any = None) -> tuple[Tensor, Tensor]:
    return spread, input.mean() if dim is None or isinstance(dim, bool) else input.mean(dim, keepdim)


FUNCTIONS: dict[str, Callable] = {f.__name__: f for f in (
    threshold, pairwise_distance, cosine_similarity, channel_shuffle, embedding_bag, std_mean, var_mean)}
