"""Causal masks for `scaled_dot_product_attention` where queries and keys differ in number: torch.nn.attention.bias."""
from __future__ import annotations

import enum
import warnings
from typing import Any

from ... import dtypes
from ...caller import program_line
from ...functions import creation
from ...tensor import Tensor

__all__ = ["CausalBias", "CausalVariant", "causal_lower_right", "causal_upper_left"]


class CausalVariant(enum.IntEnum):
    """Which corner of the mask the diagonal goes through."""

    UPPER_LEFT, LOWER_RIGHT = 1, 2


class CausalBias(Tensor):
    """A mask, True where a query may look: `scaled_dot_product_attention(q, k, v, bias)`.

    variant: UPPER_LEFT, query i looks at keys 0 to i; LOWER_RIGHT, the last query looks at all keys
    seq_len_q, seq_len_kv: how many queries and keys there are

    Raises: AssertionError for another variant.

    >>> from mtorch.nn.attention.bias import causal_lower_right
    >>> causal_lower_right(2, 4)
    tensor([[ True,  True,  True, False],
            [ True,  True,  True,  True]])
    """

    _shown = "torch.nn.attention.bias.CausalBias"

    def __new__(cls, variant: CausalVariant, seq_len_q: int, seq_len_kv: int) -> Any:
        assert isinstance(variant, CausalVariant), f"variant must be a CausalVariant, got {type(variant).__name__}"
        lower_right = variant is CausalVariant.LOWER_RIGHT
        if lower_right and seq_len_q > seq_len_kv:
            warnings.warn("Lower right causal bias will produce NaNs in the output when seq_len_q > seq_len_kv!",
                          stacklevel=program_line())
        ones = creation.ones(seq_len_q, seq_len_kv, dtype=dtypes.bool)
        bias = ones.tril(seq_len_kv - seq_len_q if lower_right else 0).as_subclass(cls)
        bias.variant, bias.seq_len_q, bias.seq_len_kv = variant, seq_len_q, seq_len_kv
        return bias

    def __repr__(self) -> str:                             # type: ignore[override]
        return repr(self.as_subclass(Tensor))


def causal_upper_left(*size: int) -> CausalBias:
    """The mask that is_causal stands for: query i looks at keys 0 to i.

    size: the number of queries, the number of keys

    >>> import mtorch
    >>> from mtorch.nn.attention.bias import causal_upper_left
    >>> mtorch.nn.functional.scaled_dot_product_attention(*[mtorch.eye(3)[None]] * 3, causal_upper_left(3, 3))[0, 0]
    tensor([1., 0., 0.])
    """
    assert len(size) == 2, "causal_upper_left only supports 2D tensors"
    return CausalBias(CausalVariant.UPPER_LEFT, *size)


def causal_lower_right(*size: int) -> CausalBias:
    """The mask for queries that are the last of the keys, as when the keys before them are kept from earlier calls.

    size: the number of queries, the number of keys

    >>> from mtorch.nn.attention.bias import causal_lower_right
    >>> causal_lower_right(1, 3)
    tensor([[True, True, True]])
    """
    assert len(size) == 2, "causal_lower_right only supports 2D tensors"
    return CausalBias(CausalVariant.LOWER_RIGHT, *size)
