"""What torch's fast path shows of itself: an encoder that predicts leaves padding out, and its places come back as zeros.

torch packs the sequences of a padded batch for it, so that nothing is computed for padding.  Here the layers run over all
of the batch, with the same numbers, and the places of the padding are blanked afterwards where torch's would be.
"""
from __future__ import annotations

from inspect import unwrap
from typing import TYPE_CHECKING, Any

from ..autograd.mode import is_grad_enabled
from ..autograd.tape import wrap
from ..tensor import Tensor
from . import functional as F
from .activation import GELU, ReLU

if TYPE_CHECKING:
    from .transformer import TransformerEncoder, TransformerEncoderLayer

_enabled = True


def get_fastpath_enabled() -> bool:
    """Whether encoders may blank padding, as torch's fast path does.

    >>> import mtorch
    >>> mtorch.backends.mha.get_fastpath_enabled()
    True
    """
    return _enabled


def set_fastpath_enabled(value: bool) -> None:
    """Have encoders give for padding what their layers compute (False), or zeros where torch's fast path does (True).

    >>> import mtorch
    >>> mtorch.backends.mha.set_fastpath_enabled(True)
    """
    global _enabled
    _enabled = value


def packs(layer: TransformerEncoderLayer) -> bool:
    """Are these layers that torch would run on packed sequences?"""
    attention: Any = layer.self_attn
    usual = unwrap(layer.activation) in (unwrap(F.relu), unwrap(F.gelu)) or isinstance(layer.activation, (ReLU, GELU))
    return (usual and not layer.norm_first and attention.batch_first and attention._qkv_same_embed_dim
            and attention.in_proj_bias is not None and layer.norm1.eps == layer.norm2.eps and attention.num_heads % 2 == 0)


def blanked(encoder: TransformerEncoder, src: Tensor, mask: Tensor | None, padding: Tensor | None) -> Tensor | None:
    """Where the output of the encoder is blank, (N, S, 1) of bools; None where torch would not pack the sequences.

    Shape: src (N, S, E), padding (N, S), numbers of which -inf, or any but 0, marks padding.
    """
    if not (_enabled and encoder.use_nested_tensor and mask is None and padding is not None and src.dim() == 3):
        return None
    first: Any = encoder.layers[0]
    if first.training or is_grad_enabled() and any(x.requires_grad for x in (src, *first.parameters())):
        return None
    empty = padding.array != 0
    if encoder.mask_check and (empty[:, :-1] & ~empty[:, 1:]).any():       # torch packs what stands at the left alone
        return None
    return wrap(empty[..., None])
