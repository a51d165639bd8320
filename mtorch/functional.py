"""torch.functional: some functions of torch under another name, and `torch.nn.functional` as `F`, for programs that write so."""
from __future__ import annotations

from typing import Any

from .functions.counting import unique, unique_consecutive
from .functions.einsum import einsum, tensordot
from .functions.joining import split
from .functions.linalg.decomposition import old_lu as lu
from .functions.linalg.low_rank import pca_lowrank, svd_lowrank
from .functions.linalg.norms import cdist, old_norm as norm
from .functions.linalg.products import chain_matmul
from .functions.placing import unravel_index
from .functions.spectrogram import istft, stft
from .functions.stacking import (atleast_1d, atleast_2d, atleast_3d, block_diag, broadcast_shapes, broadcast_tensors,
                                 cartesian_prod, meshgrid)
from .missing import no_attribute
from .nn import functional as F
from .tensor import Tensor  # noqa: F401  editors import it from here for their users

__all__ = ["F", "atleast_1d", "atleast_2d", "atleast_3d", "block_diag", "broadcast_shapes", "broadcast_tensors",
           "cartesian_prod", "cdist", "chain_matmul", "einsum", "istft", "lu", "meshgrid", "norm", "pca_lowrank", "split",
           "stft", "svd_lowrank", "tensordot", "unique", "unique_consecutive", "unravel_index"]


def __getattr__(name: str) -> Any:
    """What is left out is said to be missing."""
    raise no_attribute(__name__, name, __all__)
