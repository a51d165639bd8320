"""Functions that ONNX has no operator for, and that are not computed by others here: said in functions that it has operators for.

Each is a plain function of tensors, run on the recorded ones: the calls inside it are translated in its place.
"""
from __future__ import annotations

import math
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


def multi_head_attention_forward(query: Tensor, key: Tensor, value: Tensor, embed_dim_to_check: int, num_heads: int,
                                 in_proj_weight: Tensor | None, in_proj_bias: Tensor | None, bias_k: Tensor | None,
                                 bias_v: Tensor | None, add_zero_attn: bool, dropout_p: float, out_proj_weight: Tensor,
                                 out_proj_bias: Tensor | None, training: bool = True, key_padding_mask: Tensor | None = None,
                                 need_weights: bool = True, attn_mask: Tensor | None = None,
                                 use_separate_proj_weight: bool = False, q_proj_weight: Tensor | None = None,
                                 k_proj_weight: Tensor | None = None, v_proj_weight: Tensor | None = None,
                                 static_k: Tensor | None = None, static_v: Tensor | None = None,
                                 average_attn_weights: bool = True, is_causal: bool = False) -> tuple[Tensor, Tensor | None]:
    if query.dim() != 3 or add_zero_attn or any(x is not None for x in (bias_k, bias_v, static_k, static_v)):
        raise Untranslated("attention over one sample without a batch, or with add_bias_kv, add_zero_attn or "
                                  "static keys, is not translated")
    length, batch, width = query.shape
    heads = lambda x: x.reshape(x.shape[0], batch, num_heads, width // num_heads).permute(1, 2, 0, 3)
    if use_separate_proj_weight:
        weights: Any = q_proj_weight, k_proj_weight, v_proj_weight
    else:
        assert in_proj_weight is not None
        weights = in_proj_weight.chunk(3)
    biases: Any = (None, None, None) if in_proj_bias is None else in_proj_bias.chunk(3)
    q, k, v = (heads(F.linear(x, w, b)) for x, w, b in zip((query, key, value), weights, biases))
    scores = q.matmul(k.transpose(-1, -2)) * math.sqrt(num_heads / width)
    masks = []
    if attn_mask is not None:
        masks.append(attn_mask if attn_mask.dim() == 2 else attn_mask.reshape(batch, num_heads, *attn_mask.shape[1:]))
    if key_padding_mask is not None:
        masks.append(key_padding_mask.reshape(batch, 1, 1, -1))
    for mask in masks:
        scores = scores.masked_fill(mask, -math.inf) if str(mask.dtype) == "torch.bool" else scores + mask
    attention = scores.softmax(-1)
    y = attention.matmul(v).permute(2, 0, 1, 3).reshape(length, batch, width)
    y = F.linear(y, out_proj_weight, out_proj_bias)
    if not need_weights:
        return y, None
    return y, attention.mean(1) if average_attn_weights else attention


FUNCTIONS: dict[str, Callable] = {f.__name__: f for f in (
    threshold, pairwise_distance, cosine_similarity, channel_shuffle, embedding_bag, std_mean, var_mean,
    multi_head_attention_forward)}
