"""mtorch.sparse: what graph networks use of sparse tensors."""
from __future__ import annotations

from typing import Any

from ..missing import no_attribute
from .making import DoubleTensor, FloatTensor, IntTensor, LongTensor, sparse_coo_tensor, sparse_csr_tensor
from .normalizing import log_softmax, softmax
from .tensor import SparseTensor, addmm, mm, sum

__all__ = ["DoubleTensor", "FloatTensor", "IntTensor", "LongTensor", "SparseTensor", "addmm", "log_softmax", "mm",
           "softmax", "sparse_coo_tensor", "sparse_csr_tensor", "sum"]


def __getattr__(name: str) -> Any:
    """What else torch.sparse has is said to be missing."""
    raise no_attribute(__name__, name, __all__)
