"""What a layer that began as a copy of PyTorch's own takes from the files of PyTorch's: checks and steps of attention."""
from __future__ import annotations

import math
import warnings

from .. import dtypes
from ..functions.creation import zeros_like
from ..tensor import Tensor
from . import _reduction as _Reduction
from .functional.attention import _mha_shape_check, _projected
from .functional.linear import linear
from .transformer import (_detect_is_causal_mask, _get_seq_len,
                          generate_square_subsequent_mask as _generate_square_subsequent_mask)

__all__ = ["_Reduction", "_detect_is_causal_mask", "_generate_square_subsequent_mask", "_get_seq_len", "_mha_shape_check"]


def _in_projection_packed(q: Tensor, k: Tensor, v: Tensor, w: Tensor, b: Tensor | None = None) -> tuple[Tensor, ...]:
    """Queries, keys and values by the three parts of one weight, (3 E, E), and of one bias, (3 E)."""
    return tuple(x.contiguous() for x in _projected(q, k, v, w, b, None))


def _in_projection(q: Tensor, k: Tensor, v: Tensor, w_q: Tensor, w_k: Tensor, w_v: Tensor, b_q: Tensor | None = None,
                   b_k: Tensor | None = None, b_v: Tensor | None = None) -> tuple[Tensor, Tensor, Tensor]:
    """Queries, keys and values, each by a weight of its own."""
    return linear(q, w_q, b_q), linear(k, w_k, b_k), linear(v, w_v, b_v)


def _canonical_mask(mask: Tensor | None, mask_name: str, other_type: dtypes.dtype | None, other_name: str,
                    target_type: dtypes.dtype, check_other: bool = True) -> Tensor | None:
    """A mask as numbers to add: -inf where a bool one is set."""
    if mask is None or mask.is_floating_point():
        wanted = mask
    elif mask.dtype is dtypes.bool:
        wanted = zeros_like(mask, dtype=target_type).masked_fill_(mask, -math.inf)
    else:
        raise AssertionError(f"only bool and floating types of {mask_name} are supported, got {mask.dtype}")
    if mask is not None and check_other and other_type not in (None, mask.dtype):
        warnings.warn(f"Support for mismatched {mask_name} and {other_name} is deprecated. Use same type for both instead.",
                      stacklevel=3)
    return wanted


def _none_or_dtype(input: Tensor | None) -> dtypes.dtype | None:
    """A tensor's type; None for None."""
    if input is not None and not isinstance(input, Tensor):
        raise RuntimeError(f"input to _none_or_dtype() must be None or torch.Tensor, got {type(input).__name__}")
    return None if input is None else input.dtype


def _verify_batch_size(size: list[int]) -> None:
    """An error for a batch with one value a channel, which has no variance."""
    if size[0] * math.prod(size[2:]) == 1:
        raise ValueError(f"Expected more than 1 value per channel when training, got input size {size}")


def _check_arg_device(x: Tensor | None) -> bool:
    """Is it where the quick path can be taken? There is one device."""
    return True


def _arg_requires_grad(x: Tensor | None) -> bool:
    """Does it require a gradient? None does not."""
    return x is not None and x.requires_grad


def _is_make_fx_tracing() -> bool:
    """False: nothing is traced."""
    return False


def apply_permutation(tensor: Tensor, permutation: Tensor, dim: int = 1) -> Tensor:
    """tensor.index_select(dim, permutation); deprecated."""
    warnings.warn("`apply_permutation` is deprecated, please use `tensor.index_select(dim, permutation)` instead",
                  FutureWarning, stacklevel=2)
    return tensor.index_select(dim, permutation)
