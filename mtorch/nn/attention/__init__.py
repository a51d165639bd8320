"""MultiheadAttention; and torch's choice of how attention is computed, which is none here.

Source: Vaswani et al., "Attention Is All You Need", NIPS 2017, arXiv:1706.03762, section 3.2.
"""
from __future__ import annotations

import contextlib
import enum
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ...functions import creation
from ...functions.arguments import require_tensor
from ...tensor import Parameter, Tensor
from .. import functional as F, init
from ..linear import Linear
from ..module import Module

if TYPE_CHECKING:
    from ... import dtypes
    from ...functions.hints import DeviceLike


class SDPBackend(enum.Enum):
    """torch's ways to compute `scaled_dot_product_attention`; here there is one, and it is taken in any case."""

    ERROR, MATH, FLASH_ATTENTION, EFFICIENT_ATTENTION, CUDNN_ATTENTION, OVERRIDEABLE = -1, 0, 1, 2, 3, 4

    def __repr__(self) -> str:
        return f"<{self}: {self.value}>"


@contextlib.contextmanager
def sdpa_kernel(backends: SDPBackend | Iterable[SDPBackend], set_priority: bool = False) -> Iterator[None]:
    """A `with` block in which torch computes attention in these ways; it changes nothing here.

    Raises: AssertionError for what is no SDPBackend.
    """
    for one in [backends] if isinstance(backends, SDPBackend) or not isinstance(backends, Iterable) else backends:
        assert isinstance(one, SDPBackend), ("Backend must be an instance of SDPBackend or a list of SDPBackend instances, "
                                             f"got {type(one).__name__}")
    yield


class NonDynamicallyQuantizableLinear(Linear):
    """A Linear; torch's name for the output projection of MultiheadAttention."""


class MultiheadAttention(Module):
    """softmax(q k^T / sqrt(d)) v in num_heads heads, each on its own projection of queries, keys and values, d = E /
    num_heads.

    embed_dim: E, features of the queries and of what comes out, > 0
    num_heads: how many heads, > 0; divides E
    dropout: the probability to drop an attention weight while training, in [0, 1]
    bias: add biases in the projections
    add_bias_kv: learn one more key and one more value, that every query can look at
    add_zero_attn: one more key and value of zeros
    kdim, vdim: features of keys and of values; default E
    batch_first: tensors are (N, L, E) instead of (L, N, E)
    device, dtype: of the weights; a floating point dtype

    The call takes query, key and value, and
    key_padding_mask: (N, S), True where a key is not to be seen, or numbers to be added
    need_weights: give the attention weights, too
    attn_mask: (L, S), or (N num_heads, L, S), True where a query is not to see a key, or numbers to be added
    average_attn_weights: their mean over the heads
    is_causal: a hint that attn_mask hides what comes later; it has to be given all the same

    Shape: query (L, N, E), key (S, N, kdim), value (S, N, vdim), or without N -> (L, N, E) and, with need_weights, the
    weights (N, L, S), or (N, num_heads, L, S) where they are not averaged; without, None.
    Raises: ValueError for sizes <= 0; AssertionError for heads that do not divide E, or tensors that do not fit;
    RuntimeError for masks that do not fit, another dtype, or different N; TypeError for what is no Tensor.

    >>> import mtorch
    >>> x = mtorch.ones(5, 2, 8)
    >>> y, weights = mtorch.nn.MultiheadAttention(8, 2)(x, x, x)
    >>> y.shape, weights.shape
    (torch.Size([5, 2, 8]), torch.Size([2, 5, 5]))
    """

    in_proj_weight: Parameter | None
    q_proj_weight: Parameter | None
    k_proj_weight: Parameter | None
    v_proj_weight: Parameter | None
    in_proj_bias: Parameter | None
    bias_k: Parameter | None
    bias_v: Parameter | None

    def __init__(self, embed_dim: int, num_heads: int, dropout: float = 0.0, bias: bool = True,
                 add_bias_kv: bool = False, add_zero_attn: bool = False, kdim: int | None = None,
                 vdim: int | None = None, batch_first: bool = False,
                 device: DeviceLike | None = None, dtype: dtypes.dtype | None = None) -> None:
        if embed_dim <= 0 or num_heads <= 0:
            raise ValueError(f"embed_dim and num_heads must be greater than 0, got embed_dim={embed_dim} and "
                             f"num_heads={num_heads} instead")
        super().__init__()
        self.embed_dim, self.num_heads, self.dropout, self.batch_first = embed_dim, num_heads, dropout, batch_first
        self.kdim = embed_dim if kdim is None else kdim
        self.vdim = embed_dim if vdim is None else vdim
        self._qkv_same_embed_dim = self.kdim == embed_dim and self.vdim == embed_dim
        self.head_dim = embed_dim // num_heads
        if self.head_dim * num_heads != embed_dim:
            raise AssertionError(f"embed_dim must be divisible by num_heads: got {embed_dim} and {num_heads}")

        def empty(*size: int) -> Parameter:
            return Parameter(creation.empty(*size, dtype=dtype, device=device))
        if self._qkv_same_embed_dim:
            self.in_proj_weight = empty(3 * embed_dim, embed_dim)
            for name in ("q_proj_weight", "k_proj_weight", "v_proj_weight"):
                self.register_parameter(name, None)
        else:
            self.q_proj_weight = empty(embed_dim, embed_dim)
            self.k_proj_weight = empty(embed_dim, self.kdim)
            self.v_proj_weight = empty(embed_dim, self.vdim)
            self.register_parameter("in_proj_weight", None)
        if bias:
            self.in_proj_bias = empty(3 * embed_dim)
        else:
            self.register_parameter("in_proj_bias", None)
        self.out_proj = NonDynamicallyQuantizableLinear(embed_dim, embed_dim, bias=bias, device=device, dtype=dtype)
        if add_bias_kv:
            self.bias_k, self.bias_v = empty(1, 1, embed_dim), empty(1, 1, embed_dim)
        else:
            self.bias_k = self.bias_v = None
        self.add_zero_attn = add_zero_attn
        self._reset_parameters()

    def _reset_parameters(self) -> None:
        if self.in_proj_weight is not None:
            init.xavier_uniform_(self.in_proj_weight)
        else:
            for weight in (self.q_proj_weight, self.k_proj_weight, self.v_proj_weight):
                init.xavier_uniform_(weight)    # type: ignore[arg-type]    # there are these, or in_proj_weight
        if self.in_proj_bias is not None:
            init.constant_(self.in_proj_bias, 0.0)
            init.constant_(self.out_proj.bias, 0.0)
        if self.bias_k is not None:
            init.xavier_normal_(self.bias_k)
        if self.bias_v is not None:
            init.xavier_normal_(self.bias_v)

    def forward(self, query: Tensor, key: Tensor, value: Tensor, key_padding_mask: Tensor | None = None,
                need_weights: bool = True, attn_mask: Tensor | None = None, average_attn_weights: bool = True,
                is_causal: bool = False) -> tuple[Tensor, Tensor | None]:
        for name, x in (("query", query), ("key", key), ("value", value)):
            require_tensor(x, "MultiheadAttention", name)
        turned = self.batch_first and query.dim() == 3
        batch = 0 if self.batch_first else 1
        if query.dim() == key.dim() == 3 and query.shape[batch] != key.shape[batch]:
            raise RuntimeError(f"MultiheadAttention: {query.shape[batch]} samples of query, {key.shape[batch]} of key: "
                               f"shapes {tuple(query.shape)} and {tuple(key.shape)}, batch_first={self.batch_first}")
        if turned:
            if query is key and key is value:
                query = key = value = query.transpose(0, 1)
            else:
                query, key, value = (x.transpose(0, 1) for x in (query, key, value))
        y, weights = F.multi_head_attention_forward(
            query, key, value, self.embed_dim, self.num_heads, self.in_proj_weight, self.in_proj_bias, self.bias_k,
            self.bias_v, self.add_zero_attn, self.dropout, self.out_proj.weight, self.out_proj.bias,
            training=self.training, key_padding_mask=key_padding_mask, need_weights=need_weights, attn_mask=attn_mask,
            use_separate_proj_weight=not self._qkv_same_embed_dim, q_proj_weight=self.q_proj_weight,
            k_proj_weight=self.k_proj_weight, v_proj_weight=self.v_proj_weight,
            average_attn_weights=average_attn_weights, is_causal=is_causal)
        return (y.transpose(0, 1) if turned else y), weights
