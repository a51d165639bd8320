"""torch._utils: tensors laid end to end in one, and taken apart again, as programs do that pass gradients on together."""
from __future__ import annotations

from collections.abc import Sequence

from .functions.joining import cat
from .tensor import Tensor


def _flatten_dense_tensors(tensors: Sequence[Tensor]) -> Tensor:
    """All elements of tensors of one dtype, one tensor after the other: (N)."""
    return cat([t.reshape(-1) for t in tensors])


def _unflatten_dense_tensors(flat: Tensor, tensors: Sequence[Tensor]) -> tuple[Tensor, ...]:
    """The parts of `flat` in the shapes of `tensors`: views."""
    parts = flat[:sum(t.numel() for t in tensors)].split([t.numel() for t in tensors])
    return tuple(part.view_as(t) for part, t in zip(parts, tensors, strict=True))
