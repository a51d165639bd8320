"""A Tensor as numbers: to Python and NumPy and back, to other types and devices."""
from __future__ import annotations

import builtins
import numbers
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import brain_float, dtypes, printing
from ..autograd import tape
from ..autograd.mode import mode as autograd_mode
from ..autograd.tape import TensorBase, wrap
from ..autograd.views import cast, is_invalid
from ..class_names import is_users
from ..device import device as Device
from ..functions import creation, joining, rearranging
from ..functions.interoperation import numpy_function, numpy_ufunc
from ..functions.memory_order import memory_to_share

if TYPE_CHECKING:
    from typing import Self

    from ..tensor import Tensor


def positional_to(args: tuple, device: Any = None, dtype: Any = None, non_blocking: bool = False,
                  copy: bool = False) -> tuple[Any, Any, bool, bool]:
    """What the positional arguments of `to` ask for: device, dtype, non_blocking and copy, as given where they do not say.

    They are one of torch's three forms, (other, ...), (dtype, ...) or (device, dtype, ...), with two bools at their end.
    """
    first, *flags = args
    if isinstance(first, TensorBase):
        dtype = first.dtype
    elif _is_dtype(first):
        dtype = first
    else:
        device = device if first is None else first
        if flags:
            second, *flags = flags
            dtype = dtype if second is None else second
    known = (device is None or isinstance(device, (str, Device)) or builtins.type(device) is int,
             dtype is None or _is_dtype(dtype), len(flags) <= 2, *(isinstance(flag, bool) for flag in flags))
    if not all(known):
        raise TypeError("to() received an invalid combination of arguments - got ("
                        f"{', '.join(type(a).__name__ for a in args)}), but expected (device, dtype, non_blocking, copy), "
                        "(dtype, non_blocking, copy) or (Tensor, non_blocking, copy)")
    return device, dtype, *flags, *(non_blocking, copy)[len(flags):]


def _is_dtype(value: Any) -> bool:
    return isinstance(value, dtypes.dtype) or value is float or value is int or value is bool


class Convertible(TensorBase):
    """The part of Tensor that makes other things of it."""

    __slots__ = ()
    __array_priority__ = 1000

    # ---- to Python and NumPy and back ----------------------------------------------------------

    def numpy(self, *, force: bool = False) -> np.ndarray:
        """The elements as a NumPy array over the same memory: a write to one is seen in the other.

        force: take also a tensor that requires grad, as detach().numpy() does

        Shape: any -> the same
        Raises: RuntimeError for a tensor that requires grad, unless force or nothing is recorded (`no_grad`).

        >>> import mtorch
        >>> x = mtorch.zeros(2)
        >>> x.numpy()[0] = 5.0
        >>> x
        tensor([5., 0.])
        """
        if self._requires_grad and not force and autograd_mode.recording:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
        if brain_float.met and brain_float.is_bfloat16(self.array.dtype):
            raise TypeError("Got unsupported ScalarType BFloat16: NumPy has no such type; call .float() first")
        return memory_to_share(self)

    def __array__(self, dtype: Any = None, copy: builtins.bool | None = None) -> np.ndarray:
        array = self.numpy()
        if dtype is not None and array.dtype != dtype:
            return array.astype(dtype)
        return array.copy() if copy else array

    def __dlpack__(self, **options: Any) -> Any:
        if self._requires_grad:
            raise BufferError("Can't export tensors that require gradient, use tensor.detach()")
        return self.numpy().__dlpack__(**options)

    def __dlpack_device__(self) -> tuple[int, int]:
        return self.array.__dlpack_device__()

    __array_ufunc__ = numpy_ufunc
    __array_function__ = numpy_function

    def item(self) -> Any:
        """The only element, as a Python number.

        Shape: one element, in any number of dimensions
        Raises: RuntimeError for more elements, or none.

        >>> import mtorch
        >>> mtorch.tensor([1.0, 2.0]).sum().item()
        3.0
        """
        if self.array.size != 1:
            raise RuntimeError(f"a Tensor with {self.array.size} elements cannot be converted to Scalar")
        return self.array.item()

    def tolist(self) -> Any:
        """The elements as nested lists of Python numbers; a number for a tensor of no dimensions.

        >>> import mtorch
        >>> mtorch.tensor([[1, 2], [3, 4]]).tolist()
        [[1, 2], [3, 4]]
        """
        return self.array.tolist()

    def __len__(self) -> int:
        if not self.array.ndim:
            raise TypeError("len() of a 0-d tensor")
        return self.array.shape[0]

    def __iter__(self) -> Iterator[Tensor]:
        if not self.array.ndim:
            raise TypeError("iteration over a 0-d tensor")
        return iter(joining.unbind(self))                # type: ignore[arg-type]    # it is a Tensor

    def __reversed__(self) -> Any:
        return rearranging.flip(self, 0) if self.array.ndim else self          # type: ignore[arg-type]    # it is a Tensor

    def __bool__(self) -> bool:
        if self.array.size != 1:
            raise RuntimeError("Boolean value of Tensor with "
                               f"{'more than one value' if self.array.size else 'no values'} is ambiguous")
        return bool(self.array.item())

    def _number(self) -> Any:
        """What int(), float() and complex() take: the only element."""
        if self.array.size != 1:
            raise ValueError("only one element tensors can be converted to Python scalars")
        return self.array.item()

    def _real_number(self) -> Any:
        value = self._number()
        if type(value) is complex:
            if value.imag:
                raise RuntimeError(f"value cannot be converted to a real number without overflow: {value}")
            return value.real
        return value

    def __int__(self) -> int:
        return int(self._real_number())

    def __float__(self) -> float:
        return float(self._real_number())

    def __complex__(self) -> complex:
        return complex(self._number())

    def __index__(self) -> int:
        if self.array.size != 1 or self.array.dtype.kind not in "iub":
            raise TypeError("only integer tensors of a single element can be converted to an index")
        return int(self.array.item())

    def __contains__(self, x: Any) -> builtins.bool:
        if not isinstance(x, (TensorBase, numbers.Number)):
            raise RuntimeError("Tensor.__contains__ only supports Tensor or scalar, but you passed in a "
                               f"{builtins.type(x)}.")
        return bool((self == x).array.any())             # type: ignore[attr-defined]    # == gives a Tensor

    _users_text = "{}"                  # how the text of a tensor of a user's class is shown

    def __repr__(self, *, tensor_contents: Any = None) -> str:
        invalid = is_invalid(self)
        node = None if invalid else self.grad_fn
        name = "Invalid" if invalid else None if node is None else node.name()
        users = is_users(type(self))
        text = printing.format_tensor(self.array, requires_grad=self._requires_grad, grad_fn_name=name,
                                      prefix=type(self).__name__ if users else "tensor")
        return self._users_text.format(text) if users else text

    def __format__(self, spec: str) -> str:
        if not self.array.ndim and type(self) is tape.Tensor:
            return format(self.item(), spec)
        return object.__format__(self, spec)

    def __dir__(self) -> list[str]:
        return [name for name in super().__dir__() if name != "array"] + ["array"]

    # ---- types and copies ----------------------------------------------------------------------

    def to(self, *args: Any, dtype: Any = None, device: Any = None, non_blocking: builtins.bool = False,
           copy: builtins.bool = False, memory_format: Any = None) -> Any:
        """This tensor in another dtype, or in that of another tensor; the tensor itself where nothing changes.

        args: a dtype, a device (and a dtype) or another Tensor, then non_blocking and copy
        dtype: of the elements of the result; None for this tensor's
        device: the CPU, there is no other
        non_blocking: taken, and of no effect
        copy: make a copy also where nothing changes

        Gradients flow back through a change from one floating point type to another.

        Shape: any -> the same
        Raises: TypeError for what is no dtype, device or Tensor; AssertionError for a GPU, RuntimeError for another device
            that is not here.

        >>> import mtorch
        >>> x = mtorch.tensor([1.7, -1.7])
        >>> x.to(mtorch.int64)
        tensor([ 1, -1])
        >>> x.to("cpu") is x
        True
        """
        if args:
            device, dtype, non_blocking, copy = positional_to(args, device, dtype, non_blocking, copy)
        if device is not None:
            creation._placed(device)
        kind = self.array.dtype if dtype is None else dtypes.numpy_dtype(dtype)
        if brain_float.same(kind, self.array.dtype):
            return self.clone() if copy else self
        if self._requires_grad and kind.kind in "fc":
            return cast(self, dtype=kind)
        return wrap(self.array.astype(kind))

    def type(self, dtype: Any = None, non_blocking: builtins.bool = False) -> Any:
        """The name of the tensor's type; or, given one, the tensor in that type.

        dtype: a dtype or the name of a type; None to ask for the name
        non_blocking: taken, and of no effect

        Shape: any -> the same
        Raises: ValueError for what is not the name of a type; TypeError for what is neither a name, a type nor a dtype.

        >>> import mtorch
        >>> mtorch.tensor([1.0, 2.0]).type()
        'torch.FloatTensor'
        >>> mtorch.tensor([1.0, 2.0]).type("torch.LongTensor")
        tensor([1, 2])
        """
        from ..legacy import dtype_of_name, type_name
        if dtype is None:
            return type_name(self.dtype)
        if not isinstance(dtype, (dtypes.dtype, str, builtins.type)):
            raise TypeError("dtype must be a type, str, or dtype object")
        return self.to(dtype_of_name(dtype))

    def type_as(self, other: Tensor) -> Tensor:
        """This tensor in the type of another.

        other: the tensor whose type it is

        Shape: any, and any -> the same as this tensor's

        >>> import mtorch
        >>> mtorch.tensor([1, 2]).type_as(mtorch.tensor([0.5]))
        tensor([1., 2.])
        """
        return self.to(other.dtype)

    def float(self, memory_format: Any = None) -> Tensor:
        """As float32, 32-bit floating point numbers: about 7 digits.

        Shape: any -> the same

        >>> import mtorch
        >>> mtorch.tensor([1, 2]).float()
        tensor([1., 2.])
        """
        return self.to(dtypes.float32)

    def double(self, memory_format: Any = None) -> Tensor:
        """As float64, 64-bit floating point numbers: about 16 digits.

        Shape: any -> the same

        >>> import mtorch
        >>> mtorch.tensor([1, 2]).double()
        tensor([1., 2.], dtype=torch.float64)
        """
        return self.to(dtypes.float64)

    def cfloat(self, memory_format: Any = None) -> Tensor:
        """As complex64: two float32 for each number.

        Shape: any -> the same

        >>> import mtorch
        >>> mtorch.tensor([1, 2]).cfloat()
        tensor([1.+0.j, 2.+0.j])
        """
        return self.to(dtypes.complex64)

    def cdouble(self, memory_format: Any = None) -> Tensor:
        """As complex128: two float64 for each number.

        Shape: any -> the same

        >>> import mtorch
        >>> mtorch.tensor([1j]).cdouble()
        tensor([0.+1.j], dtype=torch.complex128)
        """
        return self.to(dtypes.complex128)

    def half(self, memory_format: Any = None) -> Tensor:
        """As float16, 16-bit floating point numbers: about 3 digits, up to 65504.

        Shape: any -> the same

        >>> import mtorch
        >>> mtorch.tensor([2049.0, 70000.0]).half()
        tensor([2048.,   inf], dtype=torch.float16)
        """
        return self.to(dtypes.float16)

    def bfloat16(self, memory_format: Any = None) -> Tensor:
        """As bfloat16, float32 of which 8 bits of precision are kept: about 2 digits.

        Shape: any -> the same

        >>> import mtorch
        >>> mtorch.tensor([1.005, 70000.0]).bfloat16()
        tensor([1.0078e+00, 7.0144e+04], dtype=torch.bfloat16)
        """
        return self.to(dtypes.bfloat16)

    def long(self, memory_format: Any = None) -> Tensor:
        """As int64, whole numbers of 64 bits: fractions are cut off.

        Shape: any -> the same

        >>> import mtorch
        >>> mtorch.tensor([1.7, -1.7]).long()
        tensor([ 1, -1])
        """
        return self.to(dtypes.int64)

    def int(self, memory_format: Any = None) -> Tensor:
        """As int32, whole numbers of 32 bits: fractions are cut off.

        Shape: any -> the same

        >>> import mtorch
        >>> mtorch.tensor([1.7, -1.7]).int()
        tensor([ 1, -1], dtype=torch.int32)
        """
        return self.to(dtypes.int32)

    def short(self, memory_format: Any = None) -> Tensor:
        """As int16, whole numbers of 16 bits: integers outside [-32768, 32767] wrap around.

        Shape: any -> the same

        >>> import mtorch
        >>> mtorch.tensor([32767, 32768]).short()
        tensor([ 32767, -32768], dtype=torch.int16)
        """
        return self.to(dtypes.int16)

    def char(self, memory_format: Any = None) -> Tensor:
        """As int8, whole numbers of 8 bits: integers outside [-128, 127] wrap around.

        Shape: any -> the same

        >>> import mtorch
        >>> mtorch.tensor([127, 128]).char()
        tensor([ 127, -128], dtype=torch.int8)
        """
        return self.to(dtypes.int8)

    def byte(self, memory_format: Any = None) -> Tensor:
        """As uint8, whole numbers from 0 to 255: other integers wrap around.

        Shape: any -> the same

        >>> import mtorch
        >>> mtorch.tensor([255, 256]).byte()
        tensor([255,   0], dtype=torch.uint8)
        """
        return self.to(dtypes.uint8)

    def bool(self, memory_format: Any = None) -> Tensor:
        """As bool: False for 0, True for everything else, nan too.

        Shape: any -> the same

        >>> import mtorch
        >>> mtorch.tensor([0.0, 0.5, float("nan")]).bool()
        tensor([False,  True,  True])
        """
        return self.to(dtypes.bool)

    def to_dense(self, dtype: dtypes.dtype | None = None, *, masked_grad: builtins.bool | None = None) -> Tensor:
        """The tensor with all its elements: of a sparse one an ordinary one; of an ordinary one itself.

        dtype: of the result; None for that of the tensor
        masked_grad: of use for sparse tensors alone

        >>> import mtorch
        >>> mtorch.sparse_coo_tensor([[1]], [2.0], (2,)).to_dense()
        tensor([0., 2.])
        """
        return self if dtype is None else self.to(dtype)             # type: ignore[return-value]

    def sparse_dim(self) -> builtins.int:
        """The number of dimensions whose places a sparse tensor lists: 0 of an ordinary one.

        >>> import mtorch
        >>> mtorch.ones(2, 3).sparse_dim()
        0
        """
        return 0

    def dense_dim(self) -> builtins.int:
        """The number of dimensions that are whole: all of an ordinary tensor.

        >>> import mtorch
        >>> mtorch.ones(2, 3).dense_dim()
        2
        """
        return self.array.ndim

    def cpu(self, memory_format: Any = None) -> Self:
        """The tensor itself: it is on the CPU.

        >>> import mtorch
        >>> x = mtorch.zeros(2)
        >>> x.cpu() is x
        True
        """
        return self

    def cuda(self, device: Any = None, non_blocking: builtins.bool = False, memory_format: Any = None) -> Tensor:
        """There is no GPU here: an error.

        non_blocking: taken, and of no effect

        Raises: AssertionError, always.

        >>> import mtorch
        >>> try: mtorch.zeros(2).cuda()
        ... except AssertionError as error: print(error)
        mtorch computes on the CPU: Torch not compiled with CUDA enabled
        """
        return self.to("cuda")

    def pin_memory(self, device: Any = None) -> Self:
        """The tensor itself: there is no GPU to pin memory for.

        >>> import mtorch
        >>> x = mtorch.zeros(2)
        >>> x.pin_memory() is x
        True
        """
        return self

    def is_pinned(self) -> builtins.bool:
        """Whether the memory is pinned for a GPU: never.

        >>> import mtorch
        >>> mtorch.zeros(2).is_pinned()
        False
        """
        return False

    def is_shared(self) -> builtins.bool:
        """Whether the memory is one that other processes may see, as `share_memory_()` makes it.

        >>> import mtorch
        >>> x = mtorch.zeros(2)
        >>> x.is_shared(), x.share_memory_().is_shared()
        (False, True)
        """
        from ..sharing import is_shared                    # later: it imports multiprocessing
        return is_shared(self.array)

    def share_memory_(self) -> Self:
        """Move the memory to where other processes see it: what one of them writes, all of them read.

        Tensors that lie in the same memory go along, NumPy arrays stay where they are.  A process that is forked, and one
        that gets the tensor as an argument or from a `multiprocessing.Queue`, has the same memory then.

        Returns: the tensor itself.
        Raises: OSError where the system has no memory, or no file descriptor, left for it.

        >>> import mtorch
        >>> x = mtorch.zeros(2)
        >>> x.share_memory_() is x
        True
        """
        from ..sharing import share
        share(self)
        return self
