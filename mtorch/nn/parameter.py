"""`torch.nn.parameter`: parameters and buffers, and those whose size is not known yet."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..functions.arguments import Size
from ..functions.creation import empty
from ..tensor import Buffer, Parameter, Tensor

if TYPE_CHECKING:
    from .. import dtypes
    from ..functions.hints import DeviceLike

__all__ = ["Buffer", "Parameter", "UninitializedBuffer", "UninitializedParameter", "is_lazy"]


class _Uninitialized(Tensor):
    """A tensor whose size is not known yet."""

    __slots__ = ()

    _becomes: type

    @property
    def shape(self) -> Size:
        raise RuntimeError("Can't access the shape of an uninitialized parameter or buffer. This error usually "
                           "happens in `load_state_dict` when trying to load an uninitialized parameter into an "
                           "initialized one. Call `forward` to initialize the parameters before accessing their "
                           "attributes.")

    def size(self, dim: int | None = None) -> Size:
        return self.shape

    def detach(self) -> Any:
        return self

    def materialize(self, shape: Any, device: DeviceLike | None = None, dtype: dtypes.dtype | None = None) -> None:
        """Become an ordinary parameter or buffer of this shape, its numbers not yet set."""
        self.array = empty(shape, dtype=self.dtype if dtype is None else dtype, device=device).array
        self.__class__ = self._becomes

    def __repr__(self, *, tensor_contents: Any = None) -> str:    # type: ignore[override]
        return f"<{type(self).__name__}>"


class UninitializedParameter(_Uninitialized, Parameter):    # type: ignore[misc]
    """A parameter whose size is not known yet; `materialize(shape)` makes it an ordinary one.

    requires_grad: whether it is to be trained
    device, dtype: of its numbers, once there are any

    Raises: RuntimeError for its shape, as long as there is none, for integers that require grad, a negative size, or a
    device other than the CPU.

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

    Raises: RuntimeError for its shape, as long as there is none, for integers that require grad, a negative size, or a
    device other than the CPU.

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
