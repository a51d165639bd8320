"""Changing the type of all numbers in a module: `net.double()`, `net.to(dtype)`, and what there is of devices."""
from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

from ..autograd.mode import no_grad
from ..tensor import Tensor
from .parameter import is_lazy
from .tree import Tree

if TYPE_CHECKING:
    from ..functions.hints import DeviceLike


class Convertible(Tree):
    """The part of `Module` that puts its tensors through a function."""

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Self:
        """Replace the values of every parameter, gradient and buffer by fn of it; parameters stay the same objects.

        fn is told each tensor once for each place it stands in, and gives the tensor itself back for no change.
        """
        if recurse:
            for module in self.children():
                module._apply(fn)
        for parameter in self._parameters.values():
            if parameter is None:
                continue
            with no_grad():
                parameter.data = fn(parameter.data)
                if parameter.grad is not None:
                    kept = parameter.grad.requires_grad
                    parameter.grad = fn(parameter.grad.detach()).requires_grad_(kept)
        for name, buffer in self._buffers.items():
            if is_lazy(buffer):
                buffer.data = fn(buffer.data)
            elif buffer is not None:
                self._buffers[name] = fn(buffer)
        return self

    def to(self, *args: Any, **kwargs: Any) -> Self:
        """Change the type of the floating point tensors: `to(dtype)`, `to(device)`, `to(device, dtype)`, `to(tensor)`.

        Integer buffers keep their type.  The one device is the CPU; `to("meta")` leaves everything as it is.
        Returns self.

        Raises: TypeError for a dtype that is neither floating point nor complex; AssertionError for a GPU.

        >>> import mtorch
        >>> weights = mtorch.nn.ParameterList([mtorch.ones(1)]).to(mtorch.float64)
        >>> weights[0].dtype
        torch.float64
        """
        if [*map(str, (*args, *kwargs.values()))] == ["meta"]:
            return self                                  # torch keeps the shapes alone; functional_call brings values
        probe = Tensor([0.0]).to(*args, **kwargs)        # refuses an unknown device or argument before anything changes
        if not (probe.is_floating_point() or probe.is_complex()):
            raise TypeError(f"nn.Module.to only accepts floating point or complex dtypes, but got desired "
                            f"dtype={probe.dtype}")
        if probe.is_complex():
            warnings.warn("Complex modules are new: some modules may not work as expected with complex parameters",
                          stacklevel=2)

        def convert(t: Tensor) -> Tensor:
            return t.to(*args, **kwargs) if t.is_floating_point() or t.is_complex() else t
        return self._apply(convert)

    def type(self, dst_type: Any) -> Self:
        """Change every parameter and buffer to this type, whole numbers too.  Returns self."""
        return self._apply(lambda t: t.type(dst_type))

    def float(self) -> Self:
        """Change the floating point tensors to float32.  Returns self."""
        return self._apply(lambda t: t.float() if t.is_floating_point() else t)

    def double(self) -> Self:
        """Change the floating point tensors to float64.  Returns self.

        >>> import mtorch
        >>> mtorch.nn.ParameterList([mtorch.ones(1)]).double()[0].dtype
        torch.float64
        """
        return self._apply(lambda t: t.double() if t.is_floating_point() else t)

    def half(self) -> Self:
        """Change the floating point tensors to float16.  Returns self."""
        return self._apply(lambda t: t.half() if t.is_floating_point() else t)

    def bfloat16(self) -> Self:
        """Change the floating point tensors to bfloat16.  Returns self."""
        return self._apply(lambda t: t.bfloat16() if t.is_floating_point() else t)

    def cpu(self) -> Self:
        """Nothing to do: everything is on the CPU.  Returns self."""
        return self

    def cuda(self, device: DeviceLike | None = None) -> Self:
        """There is no GPU here."""
        raise AssertionError("mtorch computes on the CPU: Torch not compiled with CUDA enabled; choose the device by "
                             "torch.device('cuda' if torch.cuda.is_available() else 'cpu')")

    def to_empty(self, *, device: Any, recurse: bool = True) -> Self:
        """Give every parameter and buffer new memory with arbitrary content.  Returns self."""
        Tensor([0.0]).to(device=device)                  # refuses another device
        return self._apply(lambda t: t.new_empty(t.shape), recurse=recurse)

    def share_memory(self) -> Self:
        """Move the parameters, their gradients and the buffers into memory that other processes see.  Returns self."""
        for parameter in self.parameters():
            parameter.share_memory_()
            if parameter.grad is not None:
                parameter.grad.share_memory_()
        for buffer in self.buffers():
            buffer.share_memory_()
        return self
