"""torch.nn._reduction: what losses that began as copies of PyTorch's own ask about their `reduction`."""
from __future__ import annotations

from .functional.loss import check_reduction, reduction_of

__all__ = ["get_enum", "legacy_get_enum", "legacy_get_string"]


def get_enum(reduction: str) -> int:
    """The number of a reduction: 0 for "none", 1 for "mean", 2 for "sum"; ValueError for another."""
    return ("none", "mean", "sum").index(check_reduction(reduction))


def legacy_get_string(size_average: bool | None, reduce: bool | None, emit_warning: bool = True) -> str:
    """The reduction that the two older arguments stand for."""
    return reduction_of(size_average, reduce, emit_warning)


def legacy_get_enum(size_average: bool | None, reduce: bool | None, emit_warning: bool = True) -> int:
    """The number of the reduction that the two older arguments stand for."""
    return get_enum(legacy_get_string(size_average, reduce, emit_warning))
