"""`torch.nn.parameter`: parameters and buffers, and those whose size is not known yet."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..autograd.tape import TensorBase, wrap
from ..functions.arguments import Size
from ..functions.creation import empty
from ..tensor import Buffer, Parameter, Tensor, _disabled_torch_function_impl, _rebuilt

if TYPE_CHECKING:
    from .. import dtypes
    from ..functions.hints import DeviceLike

__all__ = ["Buffer", "Parameter", "UninitializedBuffer", "UninitializedParameter", "is_lazy"]


class _Uninitialized(Tensor):
    """A tensor whose size is not known yet: it has a type, but no numbers that anything could be computed from."""

    __slots__ = ()
    __torch_function__ = _disabled_torch_function_impl     # type: ignore[assignment]

    _becomes: type
    _nothing: Any = TensorBase.array       # where an ordinary tensor has its numbers: an empty array, of its type

    @property
    def array(self) -> Any:
        raise ValueError(f"Attempted to use an uninitialized parameter: an {type(self).__name__} has no numbers yet, call "
                         "the lazy module on an input first")

    @array.setter
    def array(self, value: Any) -> None:
        self._nothing = value

    @property
    def shape(self) -> Size:
        raise RuntimeError("Can't access the shape of an uninitialized parameter or buffer. This error usually "
                           "happens in `load_state_dict` when trying to load an uninitialized parameter into an "
                           "initialized one. Call `forward` to initialize the parameters before accessing their "
                           "attributes.")

    def size(self, dim: int | None = None) -> Any:
        return self.shape

    @property
    def data(self) -> Any:
        """An empty tensor of the same type: it is what `Module.to` converts."""
        return wrap(self._nothing)

    @data.setter
    def data(self, value: Any) -> None:
        self._nothing = value.array

    @property
    def dtype(self) -> Any:
        return self.data.dtype

    def is_floating_point(self) -> bool:
        return self.data.is_floating_point()

    def is_complex(self) -> bool:
        return self.data.is_complex()

    def requires_grad_(self, requires_grad: bool = True) -> Any:
        self._requires_grad = self.data.requires_grad_(requires_grad)._requires_grad
        return self

    def detach(self) -> Any:
        return self

    def materialize(self, shape: Any, device: DeviceLike | None = None, dtype: dtypes.dtype | None = None) -> None:
        """Become an ordinary parameter or buffer of this shape, its numbers not yet set."""
        self.array = empty(shape, dtype=self.dtype if dtype is None else dtype, device=device).array
        self.__class__ = self._becomes

    def __deepcopy__(self, memo: dict) -> Any:
        if id(self) not in memo:
            rebuild, state = self.__reduce_ex__(4)
            memo[id(self)] = rebuild(*state)
        return memo[id(self)]

    def __reduce_ex__(self, protocol: Any) -> Any:
        return _rebuilt, (type(self), self._nothing, self._requires_grad, dict(self.__dict__))

    def __repr__(self, *, tensor_contents: Any = None) -> str:    # type: ignore[override]
        return f"<{type(self).__name__}>"


class UninitializedParameter(_Uninitialized, Parameter):    # type: ignore[misc]
    """A parameter whose size is not known yet; `materialize(shape)` makes it an ordinary one.

    requires_grad: whether it is to be trained
    device, dtype: of its numbers, once there are any

    Raises: as long as it has no size, RuntimeError for its shape and ValueError for all that would use its numbers;
    RuntimeError for integers that require grad, a negative size, or a device other than the CPU.

    >>> import mtorch
    >>> weight = mtorch.nn.parameter.UninitializedParameter()
    >>> weight
    <UninitializedParameter>
    >>> weight.materialize((2, 3)); weight.shape
    torch.Size([2, 3])
    """

    __slots__ = ()
    _becomes = Parameter

    def __init__(self, requires_grad: bool = True, device: DeviceLike | None = None,
                 dtype: dtypes.dtype | None = None) -> None:
        super().__init__(empty(0, dtype=dtype, device=device), requires_grad)


class UninitializedBuffer(_Uninitialized, Buffer):
    """A buffer whose size is not known yet; `materialize(shape)` makes it an ordinary one.

    requires_grad: whether gradients are computed for it
    device, dtype: of its numbers, once there are any
    persistent: whether the state_dict has it

    Raises: as long as it has no size, RuntimeError for its shape and ValueError for all that would use its numbers;
    RuntimeError for integers that require grad, a negative size, or a device other than the CPU.

    >>> import mtorch
    >>> mtorch.nn.parameter.UninitializedBuffer()
    <UninitializedBuffer>
    """

    __slots__ = ()
    _becomes = Buffer

    def __init__(self, requires_grad: bool = False, device: DeviceLike | None = None, dtype: dtypes.dtype | None = None,
                 persistent: bool = True) -> None:
        super().__init__(empty(0, dtype=dtype, device=device), persistent=persistent)
        self.requires_grad_(requires_grad)


def is_lazy(param: Any) -> bool:
    """Is the size of this parameter or buffer still unknown?

    param: what may be one; False for anything else

    >>> import mtorch
    >>> mtorch.nn.parameter.is_lazy(mtorch.nn.LazyLinear(2).weight)
    True
    """
    return isinstance(param, _Uninitialized)
