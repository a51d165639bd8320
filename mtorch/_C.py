"""The few names of PyTorch's compiled core that programs use: the error of linear algebra, the classes behind Tensor."""
from __future__ import annotations

from .autograd.tape import TensorBase
from .functions.linalg.checks import LinAlgError as _LinAlgError
from .random import Generator

__all__ = ["Generator", "TensorBase", "_LinAlgError"]
