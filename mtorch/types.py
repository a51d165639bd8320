"""The names for types that programs annotate with: `torch.types`."""
from __future__ import annotations

import builtins
import os
from collections.abc import Sequence
from typing import IO, Any, TypeAlias

from .device import device as _device
from .dtypes import dtype as _dtype
from .functions.arguments import Size
from .storage import TypedStorage, UntypedStorage
from .strides import layout as _layout
from .tensor import Tensor

_bool, _int, _float, _complex, _str, _bytes = builtins.bool, builtins.int, builtins.float, builtins.complex, str, bytes
_size: TypeAlias = Size | list[int] | tuple[int, ...]
_TensorOrTensors: TypeAlias = Tensor | Sequence[Tensor]

Number: TypeAlias = int | float | bool
Device: TypeAlias = _device | str | int | None
FileLike: TypeAlias = str | os.PathLike[str] | IO[bytes]
Storage: TypeAlias = TypedStorage | UntypedStorage
IntLikeType: TypeAlias = int
FloatLikeType: TypeAlias = float
BoolLikeType: TypeAlias = bool

__all__ = ["Any", "BoolLikeType", "Device", "FileLike", "FloatLikeType", "IntLikeType", "Number", "Size", "Storage", "Tensor",
           "_bool", "_bytes", "_complex", "_device", "_dtype", "_float", "_int", "_layout", "_size", "_str"]
