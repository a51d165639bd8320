"""Attention: what each query takes from the values whose keys it matches.

Source: Vaswani et al., "Attention Is All You Need", 2017, arXiv:1706.03762; fewer heads of keys than of queries: Ainslie
    et al., "GQA", 2023, arXiv:2305.13245.
"""
from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from ... import random
from ...autograd.mismatch import mismatch
from ...autograd.tape import wrap
from ...functions import softmax as softmaxes
from ...functions.arguments import require_tensor
from ...functions.joining import cat
from ...ops import attention as rules
from .dropout import dropout
from .linear import linear

if TYPE_CHECKING:
    from ...tensor import Tensor


def scaled_dot_product_attention(query: Tensor, key: Tensor, value: Tensor, attn_mask: Tensor | None = None,
                                 dropout_p: float = 0.0, is_causal: bool = False, scale: float | None = None,
                                 enable_gqa: bool = False) -> Tensor:
    """softmax(query key^T scale + mask) value: each query takes a mean of the values, weighted by how its keys match it.

    attn_mask: True where a query may look, or numbers that are added to the products; broadcast to (..., L, S)
    dropout_p: the probability, in [0, 1], with which a weight is dropped; give 0 when not training
    is_causal: query i looks at keys 0 to i alone; with attn_mask, where both let it
    scale: 1 / sqrt(D) if None
    enable_gqa: key and value have fewer heads (dimension -3), each of which serves several of query

    Shape: query (..., L, D), key (..., S, D), value (..., S, E) -> (..., L, E).  A query that may look nowhere gives zeros.
    Raises: RuntimeError for shapes or types that do not fit, an attn_mask that is neither bool, float32 nor of query's type,
        a dropout_p outside [0, 1], and is_causal with an attn_mask where torch cannot have both: unless there are four
        dimensions and E is D, or where the attn_mask has three dimensions or requires grad, or weights are dropped.

    >>> import mtorch
    >>> q = mtorch.ones(1, 2, 4)
    >>> mtorch.nn.functional.scaled_dot_product_attention(q, q, q).shape
    torch.Size([1, 2, 4])
    """
    name = "scaled_dot_product_attention"
    q, k, v = require_tensor(query, name, "query"), require_tensor(key, name, "key"), require_tensor(value, name, "value")
    if len({x.dtype for x in (q, k, v)}) > 1:
        raise RuntimeError(f"Expected query, key, and value to have the same dtype, but got query.dtype: {q.dtype} "
                           f"key.dtype: {k.dtype} and value.dtype: {v.dtype} instead.")
    if min(x.array.ndim for x in (q, k, v)) < 2:
        raise RuntimeError(f"{name}: expected at least 2 dimensions, got shapes {tuple(q.shape)}, {tuple(k.shape)}, "
                           f"{tuple(v.shape)}")
    if q.array.shape[-1] != k.array.shape[-1] or k.array.shape[-2] != v.array.shape[-2]:
        raise RuntimeError(f"{name}: query {tuple(q.shape)}, key {tuple(k.shape)} and value {tuple(v.shape)} do not "
                           "fit: query and key need the same last size, key and value the same last but one")
    if q.array.dtype.kind != "f":
        raise RuntimeError(f"{name}: expected floating point tensors, got {q.dtype}")
    if enable_gqa:
        heads = q.array.shape[-3]
        k = k.repeat_interleave(heads // k.array.shape[-3], -3)
        v = v.repeat_interleave(heads // v.array.shape[-3], -3)
    if q.array.dtype == np.float16:                        # in float32, as torch does: e^score is soon beyond float16
        mask = attn_mask if attn_mask is None or attn_mask.dtype != q.dtype else attn_mask.float()
        return scaled_dot_product_attention(q.float(), k.float(), v.float(), mask, dropout_p, is_causal, scale).half()
    factor = 1 / math.sqrt(q.array.shape[-1]) if scale is None else scale
    queries, keys = q.array.shape[-2], k.array.shape[-2]
    dtype = q.array.dtype
    if attn_mask is not None:
        require_tensor(attn_mask, name, "attn_mask")
    in_one = _by_one_function(q, k, v, attn_mask, dropout_p)
    if is_causal and attn_mask is not None and not in_one:
        raise RuntimeError(f"_{name}: Explicit attn_mask should not be set when is_causal=True")
    bias = None
    if attn_mask is not None:
        kind = attn_mask.array.dtype.kind
        if kind != "b" and attn_mask.array.dtype not in (np.float32, dtype):
            raise RuntimeError(f"{name}: Expected attn_mask dtype to be bool or float or to match query dtype, but got "
                               f"attn_mask.dtype: {attn_mask.dtype} and query.dtype: {q.dtype} instead.")
        if kind == "b":
            bias = rules.minus_infinity_where(~attn_mask.array, dtype)
        elif attn_mask._requires_grad:
            return _by_parts(q, k, v, factor, attn_mask, dropout_p)
        else:
            bias = attn_mask.array.astype(dtype, copy=False)
    if is_causal:
        later = rules.minus_infinity_where(~np.tri(queries, keys, dtype=bool), dtype)
        bias = later if bias is None else bias + later
    dropped = None
    if dropout_p != 0.0:
        if not 0.0 <= dropout_p <= 1.0:
            raise RuntimeError(f"{name}: dropout probability has to be between 0 and 1, but got {dropout_p}")
        dropped = np.empty(_leading(name, q, k) + (queries, keys), dtype)
        random.bernoulli_(dropped, random.default_generator, 1.0 - dropout_p)
        dropped /= 1.0 - dropout_p
    if bias is not None and (nowhere := (bias == -np.inf).all(axis=-1, keepdims=True)).any():
        bias = np.where(nowhere, 0, bias).astype(dtype)
        somewhere = (~nowhere).astype(dtype)           # a query with nothing to look at gives zeros, as torch's does
        dropped = somewhere if dropped is None else dropped * somewhere
    try:
        return rules.attention(q, k, v, scale=factor, bias=bias, dropped=dropped, as_query=in_one)
    except ValueError:
        shape = _leading(name, q, k, v) + (queries, keys)
        raise RuntimeError(f"{name}: attn_mask {None if attn_mask is None else tuple(attn_mask.shape)} has more than the "
                           f"products of query and key, {shape}: output with that shape doesn't match the broadcast shape"
                           ) from None


def _leading(name: str, *tensors: Tensor) -> tuple[int, ...]:
    """The sizes before the last two, broadcast."""
    try:
        return np.broadcast_shapes(*[x.array.shape[:-2] for x in tensors])
    except ValueError as error:
        raise mismatch(error, name) from None


def _by_one_function(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None, dropout_p: float) -> bool:
    """Has torch one function for this, on a CPU?  It takes a mask and is_causal together, and its result lies as the query."""
    return (q.array.ndim == 4 and q.array.shape[:2] == k.array.shape[:2] == v.array.shape[:2] and k.array.shape == v.array.shape
            and dropout_p == 0.0 and all(x.array.strides[-1] == x.array.itemsize for x in (q, k, v))
            and (mask is None or mask.array.ndim in (2, 4) and not mask._requires_grad))


def _by_parts(q: Tensor, k: Tensor, v: Tensor, factor: float, mask: Tensor, dropout_p: float) -> Tensor:
    weights = softmaxes.softmax(q @ k.transpose(-2, -1) * factor + mask, -1)
    return dropout(weights, dropout_p, dropout_p > 0.0) @ v


def _as_bias(mask: Tensor | None, name: str, dtype: np.dtype) -> Tensor | None:
    """A mask as numbers to add: a bool one is -inf where it is set."""
    if mask is None:
        return None
    if mask.array.dtype.kind == "b":
        return wrap(rules.minus_infinity_where(mask.array, dtype))
    if mask.array.dtype.kind != "f":
        raise AssertionError(f"only bool and floating types of {name} are supported, got {mask.dtype}")
    return mask


def multi_head_attention_forward(query: Tensor, key: Tensor, value: Tensor, embed_dim_to_check: int, num_heads: int,
                                 in_proj_weight: Tensor | None, in_proj_bias: Tensor | None, bias_k: Tensor | None,
                                 bias_v: Tensor | None, add_zero_attn: bool, dropout_p: float,
                                 out_proj_weight: Tensor, out_proj_bias: Tensor | None, training: bool = True,
                                 key_padding_mask: Tensor | None = None, need_weights: bool = True,
                                 attn_mask: Tensor | None = None, use_separate_proj_weight: bool = False,
                                 q_proj_weight: Tensor | None = None, k_proj_weight: Tensor | None = None,
                                 v_proj_weight: Tensor | None = None, static_k: Tensor | None = None,
                                 static_v: Tensor | None = None, average_attn_weights: bool = True,
                                 is_causal: bool = False) -> tuple[Tensor, Tensor | None]:
    """Attention with several heads, each on a projection of its own: what MultiheadAttention computes.

    embed_dim_to_check: E, the width of query
    num_heads: H, how many parts the width is cut into; divides E
    in_proj_weight, in_proj_bias: the projections of query, key and value, (3 E, E) and (3 E), one below the other
    bias_k, bias_v: one more key and value for every sample, (1, 1, E), or None
    add_zero_attn: one more key and value of zeros, so that a query need not look anywhere
    dropout_p: the probability, in [0, 1], with which a weight is dropped while training
    out_proj_weight, out_proj_bias: the projection of the heads' outputs, (E, E) and (E)
    training: whether to drop
    key_padding_mask: (N, S) or (S); True where a key is padding, or numbers that are added
    need_weights: return the weights too; without, the faster scaled_dot_product_attention does it
    attn_mask: (L, S) or (N H, L, S); True where a query may not look (the other way round than in
        scaled_dot_product_attention), or numbers that are added
    use_separate_proj_weight: project by q_proj_weight (E, E), k_proj_weight (E, width of key) and v_proj_weight (E, width
        of value), not by in_proj_weight
    static_k, static_v: keys and values (N H, S, E / H) to take instead of the projected ones
    average_attn_weights: the mean of the heads' weights, (N, L, S), not those of each, (N, H, L, S)
    is_causal: says that attn_mask is the causal one, which must be given; changes nothing

    Shape: query (L, N, E) or (L, E), key and value (S, N, ...) or (S, ...) -> (L, N, E) and weights (N, L, S), or None.
    Raises: AssertionError for dimensions and sizes of query, key, value or key_padding_mask that do not fit, and masks of
        integers; RuntimeError for masks of another shape, and is_causal without attn_mask.

    >>> import mtorch
    >>> x, w, b = mtorch.ones(3, 1, 4), mtorch.zeros(12, 4), mtorch.zeros(12)
    >>> y, p = mtorch.nn.functional.multi_head_attention_forward(
    ...     x, x, x, 4, 2, w, b, None, None, False, 0.0, mtorch.eye(4), mtorch.zeros(4))
    >>> y.shape, p.shape
    (torch.Size([3, 1, 4]), torch.Size([1, 3, 3]))
    """
    batched = _mha_shape_check(query, key, value, key_padding_mask, attn_mask, num_heads)
    if is_causal and attn_mask is None:
        raise RuntimeError("Need attn_mask if specifying the is_causal hint.")
    if not batched:
        query, key, value = query.unsqueeze(1), key.unsqueeze(1), value.unsqueeze(1)
        if key_padding_mask is not None:
            key_padding_mask = key_padding_mask.unsqueeze(0)
    length, batch, width = query.shape
    if width != embed_dim_to_check:
        raise AssertionError(f"was expecting embedding dimension of {embed_dim_to_check}, but got {width}")
    if width % num_heads:
        raise AssertionError(f"embed_dim {width} not divisible by num_heads {num_heads}")
    head = width // num_heads
    if use_separate_proj_weight:
        if key.shape[:2] != value.shape[:2]:
            raise AssertionError(f"key's sequence and batch dims {key.shape[:2]} do not match value's "
                                 f"{value.shape[:2]}")
    elif key.shape != value.shape:
        raise AssertionError(f"key shape {key.shape} does not match value shape {value.shape}")
    q, k, v = _projected(query, key, value, in_proj_weight, in_proj_bias,
                         (q_proj_weight, k_proj_weight, v_proj_weight) if use_separate_proj_weight else None)
    dtype = q.array.dtype
    mask = _as_bias(attn_mask, "attn_mask", dtype)
    if mask is not None:
        expected = (length, key.shape[0]) if mask.dim() == 2 else (batch * num_heads, length, key.shape[0])
        if tuple(mask.shape) != expected:
            raise RuntimeError(f"The shape of the {mask.dim()}D attn_mask is {tuple(mask.shape)}, but should be "
                               f"{expected}.")
        mask = mask.unsqueeze(0) if mask.dim() == 2 else mask
    padding = _as_bias(key_padding_mask, "key_padding_mask", dtype)
    if bias_k is not None and bias_v is not None:
        k, v = cat([k, bias_k.repeat(1, batch, 1)]), cat([v, bias_v.repeat(1, batch, 1)])
        mask, padding = _one_more_key(mask), _one_more_key(padding)

    def heads_of(x):
        return x.reshape(x.shape[0], batch * num_heads, head).transpose(0, 1)
    q = heads_of(q)
    k = heads_of(k) if static_k is None else static_k
    v = heads_of(v) if static_v is None else static_v
    if add_zero_attn:
        zeros = k.new_zeros(batch * num_heads, 1, head)
        k, v = cat([k, zeros], 1), cat([v, zeros], 1)
        mask, padding = _one_more_key(mask), _one_more_key(padding)
    source = k.shape[1]
    if padding is not None:
        if tuple(padding.shape) != (batch, source):
            raise AssertionError(f"expecting key_padding_mask shape of {(batch, source)}, but got "
                                 f"{tuple(padding.shape)}")
        padding = padding.reshape(batch, 1, 1, source).expand(batch, num_heads, 1, source)
        padding = padding.reshape(batch * num_heads, 1, source)
        mask = padding if mask is None else mask + padding
    rate = dropout_p if training else 0.0
    if need_weights:
        scores = (q * math.sqrt(1.0 / head)) @ k.transpose(1, 2)
        weights = softmaxes.softmax(scores if mask is None else scores + mask, -1)
        weights = dropout(weights, rate) if rate > 0.0 else weights
        y = weights @ v
    else:
        shape = (batch, num_heads)
        if mask is not None:
            mask = mask.unsqueeze(0) if mask.shape[0] == 1 else mask.reshape(shape + tuple(mask.shape[1:]))
        y = scaled_dot_product_attention(q.reshape(shape + (length, head)), k.reshape(shape + (source, head)),
                                         v.reshape(shape + (source, head)), mask, rate)
        y = y.reshape(batch * num_heads, length, head)
    y = y.transpose(0, 1).reshape(length * batch, width)
    y = linear(y, out_proj_weight, out_proj_bias).reshape(length, batch, out_proj_weight.shape[0])
    if not need_weights:
        return (y if batched else y.squeeze(1)), None
    weights = weights.reshape(batch, num_heads, length, source)
    if average_attn_weights:
        weights = weights.mean(1)
    return (y, weights) if batched else (y.squeeze(1), weights.squeeze(0))


def _mha_shape_check(query: Tensor, key: Tensor, value: Tensor, key_padding_mask: Tensor | None,
                     attn_mask: Tensor | None, num_heads: int) -> bool:
    """Whether there is a dimension of batches; AssertionError where the dimensions do not go together."""
    batched = query.dim() == 3
    if query.dim() not in (2, 3):
        raise AssertionError(f"query should be unbatched 2D or batched 3D tensor but received {query.dim()}-D query "
                             "tensor")
    if key.dim() != query.dim() or value.dim() != query.dim():
        raise AssertionError(f"For {'batched' if batched else 'unbatched'} ({query.dim()}-D) `query`, expected `key` "
                             f"and `value` to be {query.dim()}-D but found {key.dim()}-D and {value.dim()}-D tensors "
                             "respectively")
    if key_padding_mask is not None and key_padding_mask.dim() != query.dim() - 1:
        raise AssertionError(f"For {query.dim()}-D `query`, expected `key_padding_mask` to be None or "
                             f"{query.dim() - 1}-D but found {key_padding_mask.dim()}-D tensor instead")
    if attn_mask is not None and attn_mask.dim() not in (2, 3):
        raise AssertionError(f"expected `attn_mask` to be None, 2-D or 3-D but found {attn_mask.dim()}-D tensor "
                             "instead")
    if attn_mask is not None and attn_mask.dim() == 3 and not batched:
        expected = (num_heads, query.shape[0], key.shape[0])
        if tuple(attn_mask.shape) != expected:
            raise AssertionError(f"Expected `attn_mask` shape to be {expected} but got {tuple(attn_mask.shape)}")
    return batched


def _one_more_key(mask: Tensor | None) -> Tensor | None:
    """A mask with a column of zeros for a key that was added."""
    return None if mask is None else cat([mask, mask.new_zeros(tuple(mask.shape[:-1]) + (1,))], -1)


def _projected(query, key, value, weight, bias, separate):
    """Queries, keys and values: one product when all come from one input."""
    if separate is not None:
        biases = (None, None, None) if bias is None else bias.chunk(3)
        return tuple(linear(x, w, b) for x, w, b in zip((query, key, value), separate, biases))
    width = query.shape[-1]
    if query is key and key is value:
        return linear(query, weight, bias).split(width, -1)
    biases = (None, None, None) if bias is None else bias.chunk(3)
    return tuple(linear(x, w, b) for x, w, b in zip((query, key, value), weight.chunk(3), biases))
