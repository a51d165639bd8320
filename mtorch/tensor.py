"""Tensor: an array, whether it requires grad, and where it came from.

Its methods stand in three parts: `methods/functions.py` (what it computes), `methods/graph.py` (what autograd sees of it)
and `methods/conversion.py` (to numbers, arrays and other types).  Here is what it is: memory, its shape and type.
"""
from __future__ import annotations

import copy
import math
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from . import brain_float, dtypes
from .autograd import tape
from .autograd.naming import named
from .autograd.tape import TensorBase
from .autograd.stamps import owner
from .class_names import ShownAsTorchs, is_users
from .device import device as Device, places
from .functions import creation
from .functions.arguments import Size, axis_of
from .functions.memory_order import hold, memory_to_share
from .methods.conversion import Convertible
from .methods.functions import Functions
from .methods.graph import Differentiable
from .strides import layout as Layout

if TYPE_CHECKING:
    from typing import Self

    from .storage import TypedStorage, UntypedStorage


def _disabled_torch_function_impl(func: Any, types: Any, args: tuple = (), kwargs: dict | None = None) -> Any:
    """What a subclass of Tensor names as its `__torch_function__` so that results of it are plain Tensors."""
    return func(*args, **(kwargs or {}))


class Tensor(Functions, Differentiable, Convertible, metaclass=ShownAsTorchs):
    """An array of numbers that remembers how it was computed.

    `mtorch.tensor(data)` makes one from numbers.  The class itself, called as `Tensor(2, 3)`, gives memory of that size,
    and `Tensor([1, 2])` a tensor of the default floating point type, as in torch.

    args: sizes, >= 0, or one array, Tensor or nested list of numbers
    dtype: of the elements; the default floating point type if None
    device: the CPU, there is no other

    Raises: TypeError for sizes that are no ints, and for data that is no sequence or holds no numbers; ValueError for
        a list whose rows differ in length; RuntimeError for a negative size; AssertionError for a GPU.
    Source: Rumelhart, Hinton & Williams, "Learning Representations by Back-Propagating Errors", Nature 1986.

    >>> import mtorch
    >>> x = mtorch.tensor([1.0, 2.0], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> x.grad
    tensor([2., 4.])
    """

    __slots__ = ()
    _shown = "torch.Tensor"
    is_cpu = True
    is_cuda = is_sparse = is_sparse_csr = is_mps = is_xpu = is_xla = is_mtia = is_mkldnn = is_vulkan = is_quantized = False
    is_nested = False
    layout = Layout("torch.strided")

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if is_users(cls) and not is_users(next(kind for kind in cls.__mro__ if "__init__" in vars(kind))):
            cls.__init__ = _add_nothing                    # type: ignore[method-assign]    # __new__ makes it, see there
        if cls.__torch_function__ is not _disabled_torch_function_impl:
            from .torch_function import take_over
            take_over(cls)

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: tuple = (), kwargs: dict | None = None) -> Any:
        """What a subclass is asked when a function is called with one of it: runs it; results are of the subclass.

        func: the function, or method; of an attribute its `__get__`
        types: the classes of arguments that are asked
        args, kwargs: the arguments

        >>> import mtorch
        >>> class Metres(mtorch.Tensor):
        ...     pass
        >>> type(Metres([1.0, 2.0]) * 2).__name__
        'Metres'
        """
        from .torch_function import of_the_class
        return of_the_class(cls, func, types, args, kwargs)

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        if len(args) == 1 and isinstance(args[0], TensorBase) and not issubclass(cls, (Parameter, Buffer)):
            return args[0].as_subclass(cls)                # shares memory and history, and has no more to be made
        t = object.__new__(cls)
        if is_users(cls):                                  # as in torch made here: a program's own __init__ only adds to it
            _refuse_to_dispatch(cls)
            base: Any = next(kind for kind in cls.__mro__ if not is_users(kind))
            base.__init__(t, *args, **kwargs)
        return t

    def __init__(self, *args: Any, dtype: dtypes.dtype | None = None, device: str | Device | None = None) -> None:
        if hasattr(self, "_requires_grad"):
            return                                         # of a program's own class, see __new__
        kind = dtypes.get_default_dtype() if dtype is None else dtype
        if device is not None:
            creation._placed(device)
        if len(args) == 1 and not isinstance(args[0], (int, np.integer, Size)):
            data = args[0]
            if data is None or isinstance(data, (float, complex, np.generic)):
                raise TypeError(f"Tensor(): data must be a sequence or sizes, got {type(data).__name__}; "
                                "mtorch.tensor() takes a number")
            self.array = creation.array_of(data, kind)
        else:
            self.array = creation.empty(*args or (0,), dtype=kind).array
        self._requires_grad, self._grad, self._node, self._alias = False, None, None, None

    @staticmethod
    def _make_subclass(cls: Any, data: Tensor, require_grad: bool = False) -> Any:
        """A tensor of a program's own class over the memory of another; a leaf."""
        _refuse_to_dispatch(cls)
        t = _rebuilt(cls, data.array, require_grad, {})
        hold(t, memory_to_share(data))
        return t

    def as_subclass(self, cls: type) -> Any:
        """This tensor as one of a program's own class: the same memory, and gradients come back through it.

        cls: a subclass of Tensor

        Raises: TypeError for another class; NotImplementedError for one with a `__torch_dispatch__`.

        >>> import mtorch
        >>> class Metres(mtorch.Tensor):
        ...     pass
        >>> x = mtorch.tensor([1.0, 2.0])
        >>> y = x.as_subclass(Metres)
        >>> type(y).__name__, y.data_ptr() == x.data_ptr()
        ('Metres', True)
        """
        if not (isinstance(cls, type) and issubclass(cls, Tensor)):
            raise TypeError("Creating a Tensor subclass from a class that does not inherit from Tensor is not possible. Make "
                            "sure your class inherits from Tensor.")
        _refuse_to_dispatch(cls)
        t = self.view(self.shape)
        if t._requires_grad:
            named(t, "AliasBackward0")
        t.__class__ = cls
        return t

    # ---- what it is ----------------------------------------------------------------------------

    @property
    def shape(self) -> Size:
        """The size of each dimension: a tuple, also as `size()`.

        >>> import mtorch
        >>> mtorch.zeros(2, 3).shape
        torch.Size([2, 3])
        >>> rows, columns = mtorch.zeros(2, 3).shape
        >>> columns
        3
        """
        return tuple.__new__(Size, self.array.shape)

    @property
    def dtype(self) -> dtypes.dtype:
        """The type of the elements.

        >>> import mtorch
        >>> mtorch.tensor([1, 2]).dtype, mtorch.tensor([1.0, 2.0]).dtype
        (torch.int64, torch.float32)
        """
        return dtypes.of(self.array.dtype)

    @property
    def device(self) -> Device:
        """Where the tensor is: the CPU, though in a block of the meta device it says that it is there.

        >>> import mtorch
        >>> mtorch.zeros(2).device
        device(type='cpu')
        """
        return places[-1]

    @property
    def is_meta(self) -> bool:
        """Whether the tensor says that it is on the meta device, as all do in a block of it; it has values all the same.

        >>> import mtorch
        >>> with mtorch.device("meta"):
        ...     mtorch.zeros(2).is_meta
        True
        """
        return places[-1].type == "meta"

    @property
    def ndim(self) -> int:
        """The number of dimensions, also as `dim()`.

        >>> import mtorch
        >>> mtorch.zeros(2, 3).ndim
        2
        """
        return self.array.ndim

    @property
    def itemsize(self) -> int:
        """The bytes of one element, also as `element_size()`.

        >>> import mtorch
        >>> mtorch.zeros(2, 3).itemsize
        4
        """
        return self.dtype.itemsize

    @property
    def nbytes(self) -> int:
        """The bytes of all elements.

        >>> import mtorch
        >>> mtorch.zeros(2, 3).nbytes
        24
        """
        return self.array.size * self.itemsize

    @overload
    def size(self, dim: None = None) -> Size: ...

    @overload
    def size(self, dim: int) -> int: ...

    def size(self, dim: int | None = None) -> Any:
        """The shape, or the size of one dimension.

        dim: the dimension, in [-dim(), dim()); None for the shape

        Raises: IndexError for a dim out of range; TypeError for one that is no int.

        >>> import mtorch
        >>> mtorch.zeros(2, 3).size()
        torch.Size([2, 3])
        >>> mtorch.zeros(2, 3).size(-1)
        3
        """
        if dim is None:
            return self.shape
        return self.array.shape[axis_of(dim, self.array.ndim)]

    def dim(self) -> int:
        """The number of dimensions, also as `ndimension()` and `ndim`.

        >>> import mtorch
        >>> mtorch.zeros(2, 3).dim(), mtorch.tensor(5.0).dim()
        (2, 0)
        """
        return self.array.ndim

    ndimension = dim

    def numel(self) -> int:
        """The number of elements, also as `nelement()`.

        >>> import mtorch
        >>> mtorch.zeros(2, 3).numel()
        6
        """
        return self.array.size

    nelement = numel

    def element_size(self) -> int:
        """The bytes of one element, also as `itemsize`.

        >>> import mtorch
        >>> mtorch.zeros(2, dtype=mtorch.float64).element_size()
        8
        """
        return self.dtype.itemsize

    def stride(self, dim: int | None = None) -> Any:
        """How many elements apart neighbours along each dimension lie in memory, or along one.

        dim: the dimension, in [-dim(), dim()); None for all

        Raises: IndexError for a dim out of range; TypeError for one that is no int.

        >>> import mtorch
        >>> x = mtorch.zeros(2, 3)    # the next row begins 3 elements on
        >>> x.stride()
        (3, 1)
        >>> x.T.stride()    # the same memory, read in another order
        (1, 3)
        """
        strides = tuple(s // self.array.itemsize for s in self.array.strides)
        if self.array.size == 0 and not any(strides):     # NumPy's, when it makes an empty array; PyTorch's count 0 as 1
            strides = tuple(math.prod(max(n, 1) for n in self.shape[i + 1:]) for i in range(len(self.shape)))
        if dim is None:
            return strides
        if not strides:
            raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
        return strides[axis_of(dim, len(strides))]

    def storage_offset(self) -> int:
        """How many elements into its memory the tensor begins: not 0 for views alone.

        >>> import mtorch
        >>> x = mtorch.arange(6)
        >>> x.storage_offset(), x[2:].storage_offset()
        (0, 2)
        """
        root = owner(self.array)
        return (self.array.__array_interface__["data"][0] - root.__array_interface__["data"][0]) // self.array.itemsize

    def untyped_storage(self) -> UntypedStorage:
        """The memory that the tensor is a view of, as bytes.

        >>> import mtorch
        >>> x = mtorch.zeros(2, 3)
        >>> x[0].untyped_storage().nbytes(), x[0].untyped_storage() == x.untyped_storage()
        (24, True)
        """
        from .storage import UntypedStorage
        return UntypedStorage._of(memory_to_share(self))

    def storage(self) -> TypedStorage:
        """The memory that the tensor is a view of, as elements; torch calls it outdated, with a warning.

        >>> import mtorch, warnings
        >>> warnings.simplefilter("ignore")
        >>> mtorch.tensor([[1, 2], [3, 4]])[:, 1].storage().tolist()
        [1, 2, 3, 4]
        """
        from .storage import of
        return of(self)

    def data_ptr(self) -> int:
        """The address of the first element.

        >>> import mtorch
        >>> x = mtorch.arange(6)
        >>> x.view(2, 3).data_ptr() == x.data_ptr()    # a view shares the memory
        True
        >>> x[2:].data_ptr() - x.data_ptr()    # two elements of 8 bytes
        16
        """
        if self.array.dtype.metadata is None:
            return self.array.__array_interface__["data"][0]
        from .storage import address_of
        return address_of(self.array)

    def is_contiguous(self, memory_format: Any = None) -> bool:
        """Whether the elements lie in memory in order, the last dimension fastest.

        memory_format: torch.channels_last (of 4 dimensions) or torch.channels_last_3d (of 5) to ask whether dimension 1 is
            the fastest; else the last one

        >>> import mtorch
        >>> x = mtorch.zeros(2, 3)
        >>> x.is_contiguous(), x.T.is_contiguous(), x.T.contiguous().is_contiguous()
        (True, False, True)
        """
        if memory_format in _CHANNELS_LAST:
            return self.array.ndim == _CHANNELS_LAST[memory_format] and np.moveaxis(self.array, 1, -1).flags.c_contiguous
        return self.array.flags.c_contiguous

    def is_floating_point(self) -> bool:
        """Whether the elements are floating point numbers.

        >>> import mtorch
        >>> mtorch.tensor([1.0]).is_floating_point(), mtorch.tensor([1]).is_floating_point()
        (True, False)
        """
        return self.array.dtype.kind == "f"

    def is_complex(self) -> bool:
        """Whether the elements are complex numbers.

        >>> import mtorch
        >>> mtorch.tensor([1j]).is_complex(), mtorch.tensor([1.0]).is_complex()
        (True, False)
        """
        return self.array.dtype.kind == "c"

    def is_signed(self) -> bool:
        """Whether the type of the elements has negative numbers: all but bool and uint8 to uint64.

        >>> import mtorch
        >>> mtorch.tensor([1]).is_signed(), mtorch.tensor([True]).is_signed()
        (True, False)
        """
        return self.array.dtype.kind in "ifc"

    def is_inference(self) -> bool:
        """Always False: tensors made in inference_mode are ordinary ones here.

        >>> import mtorch
        >>> mtorch.zeros(2).is_inference()
        False
        """
        return False

    def get_device(self) -> int:
        """The number of the GPU that the tensor is on: always -1, the CPU.

        >>> import mtorch
        >>> mtorch.zeros(2).get_device()
        -1
        """
        return -1

    # ---- copies and pickles -----------------------------------------------------------------------

    def __deepcopy__(self, memo: dict) -> Self:
        if self._node is not None:
            raise RuntimeError("Only Tensors created explicitly by the user (graph leaves) support the deepcopy "
                               "protocol at the moment.")
        if id(self) in memo:
            return memo[id(self)]
        twin = object.__new__(type(self))
        memo[id(self)] = twin
        twin.array = _copied(self.array, memo)
        twin._requires_grad, twin._node, twin._alias = self._requires_grad, None, None
        twin._grad = None if self._grad is None else copy.deepcopy(self._grad, memo)
        twin.__dict__.update({k: copy.deepcopy(v, memo) for k, v in self.__dict__.items() if k not in _KEPT_HERE})
        return twin

    def __reduce_ex__(self, protocol: Any) -> tuple:
        kept = {k: v for k, v in self.__dict__.items() if k not in _KEPT_HERE}
        return _rebuilt, (type(self), self.array, self._requires_grad, kept)        # a leaf, whatever made it

    def new(self, *args: Any) -> Tensor:
        """A tensor of this type: of the given size, with whatever is in memory, or with the given data.

        args: sizes, >= 0, or one array, Tensor or nested list of numbers

        Raises: as for the class `Tensor`.

        >>> import mtorch
        >>> x = mtorch.tensor([1, 2])
        >>> x.new([3, 4])
        tensor([3, 4])
        >>> x.new(2, 3).shape
        torch.Size([2, 3])
        """
        return Tensor(*args, dtype=self.dtype)


class Parameter(Tensor):
    """A tensor that a Module registers when it is assigned to it: a weight to be trained.

    data: its values, a Tensor, whose memory it shares; none for no elements
    requires_grad: whether it is trained

    Raises: TypeError for a data that is no Tensor; RuntimeError for one of integers or bools with requires_grad.

    >>> import mtorch
    >>> mtorch.nn.Parameter(mtorch.zeros(2))
    Parameter containing:
    tensor([0., 0.], requires_grad=True)
    """

    __slots__ = ()
    _shown = "torch.nn.parameter.Parameter"
    _users_text = "Parameter({})"
    __torch_function__ = _disabled_torch_function_impl     # type: ignore[assignment]

    def __init__(self, data: Tensor | None = None, requires_grad: bool = True) -> None:
        if hasattr(self, "_requires_grad"):
            return
        if data is None:
            data = creation.empty(0)
        if not isinstance(data, TensorBase):
            raise TypeError(f"Parameter: data must be a Tensor, got {type(data).__name__}; wrap it with "
                            "mtorch.tensor()")
        if requires_grad and data.array.dtype.kind not in "fc":
            raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients, got "
                               + repr(data.dtype))
        hold(self, memory_to_share(data))
        self._requires_grad, self._grad, self._node, self._alias = requires_grad, None, None, None

    def __deepcopy__(self, memo: dict) -> Self:
        """As in torch the numbers alone: without the gradient, and what the program has put on the parameter."""
        if id(self) not in memo:
            twin = memo[id(self)] = object.__new__(type(self))
            twin.array, twin._requires_grad = self.array.copy(order="K"), self._requires_grad
            twin._grad, twin._node, twin._alias = None, None, None
            twin.__dict__.update({k: v for k, v in self.__dict__.items() if k == "_file_type"})    # see serialization/kinds.py
        return memo[id(self)]

    def __repr__(self, *, tensor_contents: Any = None) -> str:    # type: ignore[override]
        return "Parameter containing:\n" + super().__repr__()


class Buffer(Tensor):
    """A tensor that a Module registers as a buffer when it is assigned to it: state that is not trained.

    data: its values, a Tensor, whose memory it shares; none for no elements
    persistent: whether the state_dict of the Module has it

    Raises: TypeError for a data that is no Tensor.

    >>> import mtorch
    >>> mtorch.nn.Buffer(mtorch.zeros(2)).persistent
    True
    """

    __slots__ = ()
    _shown = "torch.nn.parameter.Buffer"
    __torch_function__ = _disabled_torch_function_impl     # type: ignore[assignment]

    def __init__(self, data: Tensor | None = None, *, persistent: bool = True) -> None:
        if hasattr(self, "_requires_grad"):
            return
        if data is None:
            data = creation.empty(0)
        if not isinstance(data, TensorBase):
            raise TypeError(f"Buffer: data must be a Tensor, got {type(data).__name__}; wrap it with mtorch.tensor()")
        hold(self, memory_to_share(data))
        self._requires_grad, self._grad, self._node, self._alias = False, None, None, None
        self.persistent = persistent


def _add_nothing(self: Tensor, *args: Any, **kwargs: Any) -> None:
    """The `__init__` of a program's own class that has none: its `__new__` may have taken arguments of its own."""


def _refuse_to_dispatch(cls: type) -> None:
    """Raise for a class that would have torch's kernels call it first: silence would give other results."""
    if hasattr(cls, "__torch_dispatch__"):
        raise NotImplementedError(f"{cls.__name__}: mtorch has no kernels that would ask a class for its __torch_dispatch__")


def _copied(array: np.ndarray, memo: dict) -> np.ndarray:
    """A deep copy of an array: of all its memory, once for all arrays over it, so that views share the copy too."""
    root = owner(array)
    if array.size == 0 or not root.flags.forc:
        return array.copy(order="K")
    key = id(root), "memory"
    if key not in memo:
        memo[key] = root.copy(order="K"), root             # the root is kept, for its id
    memory, _ = memo[key]
    if root is array:
        return memory
    offset = array.__array_interface__["data"][0] - root.__array_interface__["data"][0]
    return np.ndarray(array.shape, array.dtype, memory.reshape(-1, order="A"), offset, array.strides)


def _rebuilt(cls, array, requires_grad, attributes):
    """A tensor out of a pickle."""
    t = object.__new__(cls)
    t.array, t._requires_grad, t._grad, t._node, t._alias = array, requires_grad, None, None, None
    if brain_float.is_bfloat16(array.dtype):
        brain_float.meet()
    t.__dict__.update(attributes)
    return t


_KEPT_HERE = ("_hooks", "_after_grad", "_retained", "_lent")       # no copy and no file has them
_CHANNELS_LAST = {"torch.channels_last": 4, "torch.channels_last_3d": 5}
tape.Tensor = Tensor
