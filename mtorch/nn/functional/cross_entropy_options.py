"""The options of `linear_cross_entropy`, apart from it because few programs give any."""
from __future__ import annotations

from dataclasses import dataclass

from ... import dtypes

_POLICIES = ("auto", "accurate", "balanced", "compact")
_ACCUMULATED = (None, dtypes.float16, dtypes.float32, dtypes.float64)


@dataclass(slots=True, frozen=True)
class LinearCrossEntropyOptions:
    """How PyTorch cuts a batch into chunks in `linear_cross_entropy`, to save memory; here one chunk does for all.

    They change no value: what would change one is refused by `linear_cross_entropy`.

    allow_retain_graph: whether a second backward is possible; here it always is
    batch_chunk_size: rows in a chunk, > 0
    chunking_method: "auto", "aspect_ratio" or "aspect_ratio:N", which choose the rows; None for batch_chunk_size
    acc_policy: "auto", "accurate", "balanced" or "compact": what is kept in acc_dtype
    acc_dtype: float16, float32 or float64, in which sums are kept; None for the input's

    Raises: ValueError for other values.

    >>> import mtorch
    >>> mtorch.nn.LinearCrossEntropyOptions(batch_chunk_size=16).batch_chunk_size
    16
    """

    allow_retain_graph: bool = False
    batch_chunk_size: int | None = None
    chunking_method: str | None = "auto"
    acc_policy: str = "auto"
    acc_dtype: dtypes.dtype | None = None

    def __post_init__(self) -> None:
        if self.acc_policy not in _POLICIES:
            raise ValueError(f"LinearCrossEntropyOptions: acc_policy must be one of {_POLICIES}, got "
                             f"{self.acc_policy!r}")
        if self.chunking_method not in (None, "auto"):
            name, colon, factor = str(self.chunking_method).partition(":")
            if name != "aspect_ratio" or colon and not (factor.isdigit() and int(factor) > 0):
                raise ValueError("LinearCrossEntropyOptions: chunking_method must be 'auto', 'aspect_ratio', "
                                 f"'aspect_ratio:N' with N > 0, or None, got {self.chunking_method!r}")
        rows = self.batch_chunk_size
        if rows is not None and not (isinstance(rows, int) and rows > 0):
            raise ValueError(f"LinearCrossEntropyOptions: batch_chunk_size must be a positive int or None, got {rows!r}")
        if self.acc_dtype not in _ACCUMULATED:
            raise ValueError(f"LinearCrossEntropyOptions: acc_dtype must be one of {_ACCUMULATED}, got "
                             f"{self.acc_dtype!r}")
