"""A Tensor as numbers: to Python and NumPy and back, to other types and devices."""
from __future__ import annotations

import builtins
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import dtypes, printing
from ..autograd import tape
from ..autograd.tape import TensorBase, wrap
from ..autograd.views import cast
from ..device import device as Device
from ..functions import creation, joining
from ..functions.interoperation import numpy_function, numpy_ufunc

if TYPE_CHECKING:
    from typing import Self

    from ..tensor import Tensor


class Convertible(TensorBase):
    """The part of Tensor that makes other things of it."""

    __slots__ = ()
    __array_priority__ = 1000

    # ---- to Python and NumPy and back ----------------------------------------------------------

    def numpy(self, *, force: bool = False) -> np.ndarray:
        """The array, sharing memory; a tensor that requires grad must be detached first, or force=True."""
        if self._requires_grad and not force:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
        return self.array

    def __array__(self, dtype: Any = None, copy: builtins.bool | None = None) -> np.ndarray:
        array = self.numpy()
        if dtype is not None and array.dtype != dtype:
            return array.astype(dtype)
        return array.copy() if copy else array

    __array_ufunc__ = numpy_ufunc
    __array_function__ = numpy_function

    def item(self) -> Any:
        """The only element, as a Python number."""
        if self.array.size != 1:
            raise RuntimeError(f"a Tensor with {self.array.size} elements cannot be converted to Scalar")
        return self.array.item()

    def tolist(self) -> Any:
        """The elements as nested lists of Python numbers."""
        return self.array.tolist()

    def __len__(self) -> int:
        if not self.array.ndim:
            raise TypeError("len() of a 0-d tensor")
        return self.array.shape[0]

    def __iter__(self) -> Iterator[Tensor]:
        if not self.array.ndim:
            raise TypeError("iteration over a 0-d tensor")
        return iter(joining.unbind(self))                # type: ignore[arg-type]    # it is a Tensor

    def __bool__(self) -> bool:
        if self.array.size != 1:
            raise RuntimeError("Boolean value of Tensor with "
                               f"{'more than one value' if self.array.size else 'no values'} is ambiguous")
        return bool(self.array.item())

    def __int__(self) -> int:
        return int(self.item())

    def __float__(self) -> float:
        return float(self.item())

    def __complex__(self) -> complex:
        return complex(self.item())

    def __index__(self) -> int:
        if self.array.size != 1 or self.array.dtype.kind not in "iub":
            raise TypeError("only integer tensors of a single element can be converted to an index")
        return int(self.array.item())

    def __contains__(self, x: Any) -> builtins.bool:
        return bool((self.array == (x.array if isinstance(x, TensorBase) else x)).any())

    def __repr__(self, *, tensor_contents: Any = None) -> str:
        node = self.grad_fn
        return printing.format_tensor(self.array, requires_grad=self._requires_grad,
                                      grad_fn_name=None if node is None else node.name())

    def __format__(self, spec: str) -> str:
        if not self.array.ndim and type(self) is tape.Tensor:
            return format(self.item(), spec)
        return object.__format__(self, spec)

    def __dir__(self) -> list[str]:
        return [name for name in super().__dir__() if name != "array"] + ["array"]

    # ---- types and copies ----------------------------------------------------------------------

    def to(self, *args: Any, dtype: Any = None, device: Any = None, non_blocking: builtins.bool = False,
           copy: builtins.bool = False, memory_format: Any = None) -> Any:
        """This tensor in another dtype (or that of another tensor), on the CPU."""
        for a in args:
            if isinstance(a, dtypes.dtype):
                dtype = a
            elif isinstance(a, TensorBase):
                dtype = a.dtype
            elif isinstance(a, (str, Device)) or a is None:
                device = a if a is not None else device
            elif isinstance(a, bool):
                pass                                   # non_blocking, copy: everything is in place already
            elif a in (float, int, bool):
                dtype = dtypes.of(dtypes.numpy_dtype(a))
            else:
                raise TypeError(f"to() received an invalid combination of arguments - got {type(a).__name__}")
        if device is not None:
            creation._placed(device)
        if len(args) > 0 and args[-1] is True and len(args) >= 3:
            copy = True
        kind = self.array.dtype if dtype is None else dtypes.numpy_dtype(dtype)
        if kind == self.array.dtype:
            return self.clone() if copy else self
        if self._requires_grad and kind.kind in "fc":
            return cast(self, dtype=kind)
        return wrap(self.array.astype(kind))

    def type(self, dtype: Any = None, non_blocking: builtins.bool = False) -> Any:
        """The name of the tensor's type, as 'torch.FloatTensor'; or the tensor in another type, given by dtype or name."""
        from ..legacy import dtype_of_name, type_name
        if dtype is None:
            return type_name(self.dtype)
        return self.to(dtype_of_name(dtype))

    def type_as(self, other: Tensor) -> Tensor:
        """This tensor in the type of another."""
        return self.to(other.dtype)

    def float(self, memory_format: Any = None) -> Tensor:
        """As float32."""
        return self.to(dtypes.float32)

    def double(self, memory_format: Any = None) -> Tensor:
        """As float64."""
        return self.to(dtypes.float64)

    def half(self, memory_format: Any = None) -> Tensor:
        """As float16."""
        return self.to(dtypes.float16)

    def long(self, memory_format: Any = None) -> Tensor:
        """As int64."""
        return self.to(dtypes.int64)

    def int(self, memory_format: Any = None) -> Tensor:
        """As int32."""
        return self.to(dtypes.int32)

    def short(self, memory_format: Any = None) -> Tensor:
        """As int16."""
        return self.to(dtypes.int16)

    def char(self, memory_format: Any = None) -> Tensor:
        """As int8."""
        return self.to(dtypes.int8)

    def byte(self, memory_format: Any = None) -> Tensor:
        """As uint8."""
        return self.to(dtypes.uint8)

    def bool(self, memory_format: Any = None) -> Tensor:
        """As bool."""
        return self.to(dtypes.bool)

    def cpu(self, memory_format: Any = None) -> Self:
        """The tensor itself: it is on the CPU."""
        return self

    def cuda(self, device: Any = None, non_blocking: builtins.bool = False, memory_format: Any = None) -> Tensor:
        """There is no GPU here: an error."""
        raise RuntimeError("mtorch computes on the CPU: no CUDA device is available")

    def pin_memory(self, device: Any = None) -> Self:
        """The tensor itself: there is no GPU to pin memory for."""
        return self

    def is_pinned(self) -> builtins.bool:
        """Never."""
        return False

    def is_shared(self) -> builtins.bool:
        """Whether the memory is shared between processes: never."""
        return False

    def share_memory_(self) -> Self:
        """The tensor itself: processes here get copies."""
        return self
