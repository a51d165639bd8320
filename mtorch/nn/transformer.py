"""The Transformer: encoder, decoder, and both together.

Source: Vaswani et al., "Attention Is All You Need", NIPS 2017, arXiv:1706.03762; norm_first: Xiong et al., "On Layer
Normalization in the Transformer Architecture", ICML 2020.
"""
from __future__ import annotations

import copy
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd.tape import wrap
from ..functions import creation
from ..ops.attention import minus_infinity_where
from ..tensor import Tensor
from . import fast_path, functional as F, init
from .attention import MultiheadAttention
from .container import ModuleList
from .dropout import Dropout
from .linear import Linear
from .module import Module
from .normalization import LayerNorm

if TYPE_CHECKING:
    from .. import dtypes
    from ..functions.hints import DeviceLike


def generate_square_subsequent_mask(sz: int, device: DeviceLike | None = None,
                                    dtype: dtypes.dtype | None = None) -> Tensor:
    """The causal mask: -inf where a position would look ahead, 0 elsewhere.

    sz: how many positions, >= 0
    device, dtype: of the mask; a floating point dtype

    Shape: -> (sz, sz).
    Raises: RuntimeError for a negative size, or a device other than the CPU.
    """
    return creation.full((sz, sz), -math.inf, dtype=dtype, device=device).triu(1)


def _activation_of(activation: str | Callable) -> Callable:
    if activation == "relu":
        return F.relu
    if activation == "gelu":
        return F.gelu
    if callable(activation):
        return activation
    raise RuntimeError(f"activation should be relu/gelu, not {activation}")


def _as_numbers(mask, like: Tensor):
    """A mask in the type of the data: bool ones become 0 and -inf."""
    if mask is not None and mask.array.dtype.kind == "b":
        return wrap(minus_infinity_where(mask.array, like.array.dtype))
    return mask


def _get_seq_len(src: Tensor, batch_first: bool) -> int:
    """How long the sequences of src are: (L, E), (N, L, E) with batch_first or else (L, N, E)."""
    return src.shape[1 if batch_first and src.dim() > 2 else 0]


def _detect_is_causal_mask(mask: Tensor | None, is_causal: bool | None = None, size: int | None = None) -> bool:
    """Is it the mask that lets no position look ahead? What is_causal says, where it says something."""
    if is_causal is not None or mask is None:
        return is_causal is True
    size = mask.shape[-2] if size is None else size
    return mask.shape == (size, size) and bool(
        np.array_equal(mask.array, minus_infinity_where(~np.tri(size, dtype=bool), mask.array.dtype)))


class TransformerEncoderLayer(Module):
    """Self-attention, then two linear layers, each with dropout, a residual connection and a layer norm.

    d_model: E, features that come in and go out
    nhead: heads of the attention; divides E
    dim_feedforward: features between the two linear layers
    dropout: the probability to drop, in [0, 1]
    activation: between the two linear layers: "relu", "gelu" or a function
    layer_norm_eps: added to the variance in the layer norms
    batch_first: tensors are (N, S, E) instead of (S, N, E)
    norm_first: each norm before its block, which trains without warm-up, instead of after the residual
    bias: add biases in the linear layers and norms
    device, dtype: of the weights; a floating point dtype

    The call takes src, src_mask (S, S) or (N nhead, S, S), src_key_padding_mask (N, S), and is_causal, as
    MultiheadAttention does.

    Shape: src (S, N, E), or (N, S, E) with batch_first, or (S, E) -> the same.
    Raises: AssertionError for heads that do not divide E, or a src of other features or dimensions; RuntimeError for
    another activation, or masks that do not fit; ValueError for a dropout out of range.

    >>> import mtorch
    >>> mtorch.nn.TransformerEncoderLayer(8, 2, 16)(mtorch.ones(5, 2, 8)).shape
    torch.Size([5, 2, 8])
    """

    def __init__(self, d_model: int, nhead: int, dim_feedforward: int = 2048, dropout: float = 0.1,
                 activation: str | Callable = F.relu, layer_norm_eps: float = 1e-5, batch_first: bool = False,
                 norm_first: bool = False, bias: bool = True, device: DeviceLike | None = None,
                 dtype: dtypes.dtype | None = None) -> None:
        super().__init__()
        made: dict[str, Any] = {"device": device, "dtype": dtype}
        self.self_attn = MultiheadAttention(d_model, nhead, dropout=dropout, bias=bias, batch_first=batch_first, **made)
        self.linear1 = Linear(d_model, dim_feedforward, bias=bias, **made)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(dim_feedforward, d_model, bias=bias, **made)
        self.norm_first = norm_first
        self.norm1 = LayerNorm(d_model, eps=layer_norm_eps, bias=bias, **made)
        self.norm2 = LayerNorm(d_model, eps=layer_norm_eps, bias=bias, **made)
        self.dropout1 = Dropout(dropout)
        self.dropout2 = Dropout(dropout)
        self.activation = _activation_of(activation)

    def forward(self, src: Tensor, src_mask: Tensor | None = None, src_key_padding_mask: Tensor | None = None,
                is_causal: bool = False) -> Tensor:
        mask, padding = _as_numbers(src_mask, src), _as_numbers(src_key_padding_mask, src)
        x = src
        if self.norm_first:
            x = x + self._sa_block(self.norm1(x), mask, padding, is_causal)
            return x + self._ff_block(self.norm2(x))
        x = self.norm1(x + self._sa_block(x, mask, padding, is_causal))
        return self.norm2(x + self._ff_block(x))

    def _sa_block(self, x, mask, padding, is_causal) -> Tensor:
        y, _ = self.self_attn(x, x, x, attn_mask=mask, key_padding_mask=padding, need_weights=False,
                              is_causal=is_causal)
        return self.dropout1(y)

    def _ff_block(self, x) -> Tensor:
        return self.dropout2(self.linear2(self.dropout(self.activation(self.linear1(x)))))


class TransformerDecoderLayer(Module):
    """Self-attention, attention to the encoder's memory, then two linear layers, each with dropout, residual and norm.

    Arguments as for TransformerEncoderLayer.  The call takes tgt, memory, and for each attention a mask, a padding mask
    and whether it is causal.

    Shape: tgt (T, N, E), memory (S, N, E), or batch first, or without N -> as tgt.

    >>> import mtorch
    >>> mtorch.nn.TransformerDecoderLayer(8, 2, 16)(mtorch.ones(3, 2, 8), mtorch.ones(5, 2, 8)).shape
    torch.Size([3, 2, 8])
    """

    def __init__(self, d_model: int, nhead: int, dim_feedforward: int = 2048, dropout: float = 0.1,
                 activation: str | Callable = F.relu, layer_norm_eps: float = 1e-5, batch_first: bool = False,
                 norm_first: bool = False, bias: bool = True, device: DeviceLike | None = None,
                 dtype: dtypes.dtype | None = None) -> None:
        super().__init__()
        made: dict[str, Any] = {"device": device, "dtype": dtype}
        self.self_attn = MultiheadAttention(d_model, nhead, dropout=dropout, batch_first=batch_first, bias=bias, **made)
        self.multihead_attn = MultiheadAttention(d_model, nhead, dropout=dropout, batch_first=batch_first, bias=bias,
                                                 **made)
        self.linear1 = Linear(d_model, dim_feedforward, bias=bias, **made)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(dim_feedforward, d_model, bias=bias, **made)
        self.norm_first = norm_first
        self.norm1 = LayerNorm(d_model, eps=layer_norm_eps, bias=bias, **made)
        self.norm2 = LayerNorm(d_model, eps=layer_norm_eps, bias=bias, **made)
        self.norm3 = LayerNorm(d_model, eps=layer_norm_eps, bias=bias, **made)
        self.dropout1 = Dropout(dropout)
        self.dropout2 = Dropout(dropout)
        self.dropout3 = Dropout(dropout)
        self.activation = _activation_of(activation)

    def forward(self, tgt: Tensor, memory: Tensor, tgt_mask: Tensor | None = None, memory_mask: Tensor | None = None,
                tgt_key_padding_mask: Tensor | None = None, memory_key_padding_mask: Tensor | None = None,
                tgt_is_causal: bool = False, memory_is_causal: bool = False) -> Tensor:
        x = tgt
        if self.norm_first:
            x = x + self._sa_block(self.norm1(x), tgt_mask, tgt_key_padding_mask, tgt_is_causal)
            x = x + self._mha_block(self.norm2(x), memory, memory_mask, memory_key_padding_mask, memory_is_causal)
            return x + self._ff_block(self.norm3(x))
        x = self.norm1(x + self._sa_block(x, tgt_mask, tgt_key_padding_mask, tgt_is_causal))
        x = self.norm2(x + self._mha_block(x, memory, memory_mask, memory_key_padding_mask, memory_is_causal))
        return self.norm3(x + self._ff_block(x))

    def _sa_block(self, x, mask, padding, is_causal) -> Tensor:
        y, _ = self.self_attn(x, x, x, attn_mask=mask, key_padding_mask=padding, is_causal=is_causal,
                              need_weights=False)
        return self.dropout1(y)

    def _mha_block(self, x, memory, mask, padding, is_causal) -> Tensor:
        y, _ = self.multihead_attn(x, memory, memory, attn_mask=mask, key_padding_mask=padding, is_causal=is_causal,
                                   need_weights=False)
        return self.dropout2(y)

    def _ff_block(self, x) -> Tensor:
        return self.dropout3(self.linear2(self.dropout(self.activation(self.linear1(x)))))


def _copies(layer: Module, n: int) -> ModuleList:
    if n < 0:
        raise ValueError(f"num_layers must be 0 or more, got {n}")
    return ModuleList([copy.deepcopy(layer) for _ in range(n)])


class TransformerEncoder(Module):
    """num_layers copies of an encoder layer, one after the other, and a norm at the end when one is given.

    encoder_layer: the layer; it is copied with its weights, so the copies start alike
    num_layers: how many, >= 0
    norm: a module called at the end
    enable_nested_tensor: let padding come back as zeros where torch's fast path leaves it out: in layers of
        TransformerEncoderLayer(batch_first=True) that predict without gradients, given src_key_padding_mask alone; False
        for what the layers compute there
    mask_check: first look whether the padding stands at the end of each sequence; where not, it is kept

    Shape: src as encoder_layer takes it -> the same.
    Raises: TypeError for a layer that is no Module; ValueError for a negative num_layers.

    >>> import mtorch
    >>> layer = mtorch.nn.TransformerEncoderLayer(8, 2, 16)
    >>> mtorch.nn.TransformerEncoder(layer, 2)(mtorch.ones(5, 2, 8)).shape
    torch.Size([5, 2, 8])
    """

    def __init__(self, encoder_layer: Module, num_layers: int, norm: Module | None = None,
                 enable_nested_tensor: bool = True, mask_check: bool = True) -> None:
        super().__init__()
        self.layers = _copies(encoder_layer, num_layers)
        self.num_layers = num_layers
        self.norm = norm
        self.enable_nested_tensor = enable_nested_tensor
        self.use_nested_tensor = enable_nested_tensor and isinstance(encoder_layer, TransformerEncoderLayer) and (
            fast_path.packs(encoder_layer))
        self.mask_check = mask_check

    def forward(self, src: Tensor, mask: Tensor | None = None, src_key_padding_mask: Tensor | None = None,
                is_causal: bool | None = None) -> Tensor:
        mask, padding = _as_numbers(mask, src), _as_numbers(src_key_padding_mask, src)
        first = self.layers[0] if len(self.layers) else None
        batch_first = getattr(getattr(first, "self_attn", None), "batch_first", False)
        causal = _detect_is_causal_mask(mask, is_causal, _get_seq_len(src, batch_first))
        blank = fast_path.blanked(self, src, mask, padding)
        for layer in self.layers:
            src = layer(src, src_mask=mask, is_causal=causal, src_key_padding_mask=padding)
        src = src if blank is None else src.masked_fill(blank, 0.0)
        return src if self.norm is None else self.norm(src)


class TransformerDecoder(Module):
    """num_layers copies of a decoder layer, one after the other, and a norm at the end when one is given.

    decoder_layer: the layer; it is copied with its weights, so the copies start alike
    num_layers: how many, >= 0
    norm: a module called at the end

    Shape: tgt and memory as decoder_layer takes them -> as tgt.
    Raises: TypeError for a layer that is no Module; ValueError for a negative num_layers.

    >>> import mtorch
    >>> layer = mtorch.nn.TransformerDecoderLayer(8, 2, 16)
    >>> mtorch.nn.TransformerDecoder(layer, 2)(mtorch.ones(3, 2, 8), mtorch.ones(5, 2, 8)).shape
    torch.Size([3, 2, 8])
    """

    def __init__(self, decoder_layer: Module, num_layers: int, norm: Module | None = None) -> None:
        super().__init__()
        self.layers = _copies(decoder_layer, num_layers)
        self.num_layers = num_layers
        self.norm = norm

    def forward(self, tgt: Tensor, memory: Tensor, tgt_mask: Tensor | None = None, memory_mask: Tensor | None = None,
                tgt_key_padding_mask: Tensor | None = None, memory_key_padding_mask: Tensor | None = None,
                tgt_is_causal: bool | None = None, memory_is_causal: bool = False) -> Tensor:
        first = self.layers[0] if len(self.layers) else None
        batch_first = getattr(getattr(first, "self_attn", None), "batch_first", False)
        causal = _detect_is_causal_mask(tgt_mask, tgt_is_causal, _get_seq_len(tgt, batch_first))
        for layer in self.layers:
            tgt = layer(tgt, memory, tgt_mask=tgt_mask, memory_mask=memory_mask,
                        tgt_key_padding_mask=tgt_key_padding_mask, memory_key_padding_mask=memory_key_padding_mask,
                        tgt_is_causal=causal, memory_is_causal=memory_is_causal)
        return tgt if self.norm is None else self.norm(tgt)


class Transformer(Module):
    """An encoder of the source, and a decoder that looks at it and at what it has said so far.

    num_encoder_layers, num_decoder_layers: how many of each, >= 0
    custom_encoder, custom_decoder: modules that take the place of the encoder and the decoder

    The other arguments as for TransformerEncoderLayer.  The call takes src, tgt, and their masks; none is made by
    itself: tgt_mask=Transformer.generate_square_subsequent_mask(T) hides from each position what comes later.

    Shape: src (S, N, E), tgt (T, N, E), or batch first, or without N -> as tgt.
    Raises: RuntimeError for src and tgt of different N, or features other than d_model; AssertionError for heads that
    do not divide it; ValueError for numbers out of range.

    >>> import mtorch
    >>> net = mtorch.nn.Transformer(8, 2, 1, 1, 16)
    >>> net(mtorch.ones(5, 2, 8), mtorch.ones(3, 2, 8)).shape
    torch.Size([3, 2, 8])
    """

    def __init__(self, d_model: int = 512, nhead: int = 8, num_encoder_layers: int = 6, num_decoder_layers: int = 6,
                 dim_feedforward: int = 2048, dropout: float = 0.1, activation: str | Callable = F.relu,
                 custom_encoder: Module | None = None, custom_decoder: Module | None = None,
                 layer_norm_eps: float = 1e-5, batch_first: bool = False, norm_first: bool = False, bias: bool = True,
                 device: DeviceLike | None = None, dtype: dtypes.dtype | None = None) -> None:
        super().__init__()
        made: dict[str, Any] = {"device": device, "dtype": dtype}
        arguments = (d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first,
                     bias)
        if custom_encoder is not None:
            self.encoder = custom_encoder
        else:
            layer = TransformerEncoderLayer(*arguments, **made)
            self.encoder = TransformerEncoder(layer, num_encoder_layers,
                                              LayerNorm(d_model, eps=layer_norm_eps, bias=bias, **made))
        if custom_decoder is not None:
            self.decoder = custom_decoder
        else:
            decoder_layer = TransformerDecoderLayer(*arguments, **made)
            self.decoder = TransformerDecoder(decoder_layer, num_decoder_layers,
                                              LayerNorm(d_model, eps=layer_norm_eps, bias=bias, **made))
        self._reset_parameters()
        self.d_model, self.nhead, self.batch_first = d_model, nhead, batch_first

    def _reset_parameters(self) -> None:
        for p in self.parameters():
            if p.dim() > 1:
                init.xavier_uniform_(p)

    def forward(self, src: Tensor, tgt: Tensor, src_mask: Tensor | None = None, tgt_mask: Tensor | None = None,
                memory_mask: Tensor | None = None, src_key_padding_mask: Tensor | None = None,
                tgt_key_padding_mask: Tensor | None = None, memory_key_padding_mask: Tensor | None = None,
                src_is_causal: bool | None = None, tgt_is_causal: bool | None = None,
                memory_is_causal: bool = False) -> Tensor:
        batched = src.dim() == 3
        if batched and src.size(0 if self.batch_first else 1) != tgt.size(0 if self.batch_first else 1):
            raise RuntimeError(f"the batch number of src {tuple(src.shape)} and tgt {tuple(tgt.shape)} must be equal")
        if src.size(-1) != self.d_model or tgt.size(-1) != self.d_model:
            raise RuntimeError(f"the feature number of src {tuple(src.shape)} and tgt {tuple(tgt.shape)} must be "
                               f"equal to d_model {self.d_model}")
        memory = self.encoder(src, mask=src_mask, src_key_padding_mask=src_key_padding_mask, is_causal=src_is_causal)
        return self.decoder(tgt, memory, tgt_mask=tgt_mask, memory_mask=memory_mask,
                            tgt_key_padding_mask=tgt_key_padding_mask, memory_key_padding_mask=memory_key_padding_mask,
                            tgt_is_causal=tgt_is_causal, memory_is_causal=memory_is_causal)

    @staticmethod
    def generate_square_subsequent_mask(sz: int, device: DeviceLike | None = None,
                                        dtype: dtypes.dtype | None = None) -> Tensor:
        """The causal mask (sz, sz): -inf where a position would look ahead, 0 elsewhere."""
        return generate_square_subsequent_mask(sz, device, dtype)
