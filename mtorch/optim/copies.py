"""What an optimizer that began as a copy of PyTorch's own takes from `torch.optim.optimizer` and `torch.utils._foreach_utils`."""
from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from ..autograd.mode import set_grad_enabled
from ..functions.complex_numbers import view_as_real
from ..tensor import Tensor


def _use_grad_for_differentiable(step: Callable) -> Callable:
    """A `step` that is recorded where the optimizer was made with differentiable=True, and only there."""
    @functools.wraps(step)
    def switched(self: Any, *args: Any, **kwargs: Any) -> Any:
        with set_grad_enabled(bool(self.defaults["differentiable"])):
            return step(self, *args, **kwargs)
    return switched


def _default_to_fused_or_foreach(params: Any, differentiable: bool, use_fused: bool = False) -> tuple[bool, bool]:
    """Whether to take the fused form, or that over lists of tensors: neither, on a CPU."""
    return False, False


def _get_value(x: Any) -> Any:
    """A tensor's number; what is a number, itself."""
    return x.item() if isinstance(x, Tensor) else x


def _to_scalar(x: Any) -> Any:
    """A tensor of one element without its dimensions; what is a number, itself."""
    return x.squeeze() if isinstance(x, Tensor) and x.dim() else x


def _stack_if_compiling(x: Any) -> Any:
    """x: nothing is compiled here."""
    return x


def _view_as_real(params: list[Tensor], *states: list[Tensor]) -> None:
    """Complex parameters, and what belongs to each, as pairs of real numbers, in place in their lists."""
    for i, p in enumerate(params):
        if p.is_complex():
            for tensors in (params, *states):
                tensors[i] = view_as_real(tensors[i])


def _group_tensors_by_device_and_dtype(tensorlistlist: list[list[Any]], with_indices: bool = False) -> dict[tuple, tuple]:
    """Lists of tensors that belong together, parted by the device and type of those in the first.

    -> (device, type): (the parts of the lists, and where in the lists their elements were, if that is asked for)
    """
    places: dict[tuple, list[int]] = {}
    for i, tensor in enumerate(tensorlistlist[0]):
        places.setdefault((tensor.device, tensor.dtype), []).append(i)
    return {key: ([[tensors[i] for i in at] if tensors else [] for tensors in tensorlistlist], at if with_indices else [])
            for key, at in places.items()}


def _get_foreach_kernels_supported_devices() -> list[str]:
    """The devices other than a CPU that have functions over lists of tensors, by name."""
    return ["cuda", "xpu", "mtia", "privateuseone"]


def _get_fused_kernels_supported_devices() -> list[str]:
    """The devices that have fused optimizers, by name."""
    return ["mps", "cuda", "xpu", "hpu", "cpu", "mtia", "privateuseone"]
