"""Arrays of other libraries over the same memory: `torch.utils.dlpack`."""
from __future__ import annotations

from typing import Any

from ..functions.buffers import NUMPY_IS_2_0, from_dlpack
from ..tensor import Tensor

__all__ = ["from_dlpack", "to_dlpack"]


def to_dlpack(tensor: Tensor) -> Any:
    """A capsule of the tensor's memory, for another library to make an array of.

    Raises: BufferError for a tensor that requires grad, and for memory that may not be written.
    Source: the DLPack protocol, https://dmlc.github.io/dlpack/latest

    >>> import mtorch
    >>> type(mtorch.utils.dlpack.to_dlpack(mtorch.ones(2))).__name__
    'PyCapsule'
    """
    if NUMPY_IS_2_0:
        return tensor.__dlpack__()
    return tensor.__dlpack__(max_version=(1, 0))       # NumPy takes memory of older capsules for read-only
