"""Layers that learn the size of their input from the first input they are given.

Until then their parameters are there, with their names, but have no numbers. The first call, or loading a state that
knows the sizes, gives them theirs, and from that call on the layer is an ordinary one: `LazyConv2d` becomes a
`Conv2d`.

Source: PyTorch 1.8.
"""
from __future__ import annotations

from typing import Any

from ..tensor import Tensor
from .module import Module
from .parameter import is_lazy


class LazyModuleMixin(Module):
    """Mixed into a layer, before its ordinary class: the first call runs `initialize_parameters` with its input.

    A subclass names in `cls_to_become` what it turns into, makes UninitializedParameters in `__init__`, and gives them
    their sizes in `initialize_parameters`.

    args, kwargs: what the ordinary class takes

    Shape: what the ordinary class takes and gives.
    Raises: NotImplementedError, at the first call, where there is no initialize_parameters; RuntimeError where it left
    a parameter without size.

    >>> import mtorch
    >>> layer = mtorch.nn.LazyLinear(2)
    >>> layer.has_uninitialized_params(), layer(mtorch.ones(1, 5)).shape, layer.in_features
    (True, torch.Size([1, 2]), 5)
    """

    cls_to_become: type | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._load_hook = self._register_load_state_dict_pre_hook(_size_from_state, with_module=True)
        self._initialize_hook = self.register_forward_pre_hook(_size_from_input, with_kwargs=True)

    def _unsized(self) -> list[tuple[str, Any]]:
        own = [*self._parameters.items(), *self._buffers.items()]
        return [(name, value) for name, value in own if is_lazy(value)]

    def has_uninitialized_params(self) -> bool:
        """Is the size of any parameter or buffer of this module still unknown?"""
        return bool(self._unsized())

    def initialize_parameters(self, *args: Any, **kwargs: Any) -> None:
        """Give the parameters the sizes that go with this input."""
        raise NotImplementedError(f"initialize_parameters is not implemented for {type(self).__name__}")

    def reset_parameters(self) -> None:
        """Draw the parameters anew, once there are any."""
        weight = getattr(self, "weight", None)
        if not self.has_uninitialized_params() and (weight is None or weight.array.size):
            super().reset_parameters()                   # type: ignore[misc]


def _size_from_input(module: Any, args: tuple, kwargs: dict) -> None:
    """Before the first call."""
    module.initialize_parameters(*args, **kwargs)
    if module.has_uninitialized_params():
        raise RuntimeError(f"module {type(module).__name__} has not been fully initialized")
    for name in ("_initialize_hook", "_load_hook"):
        getattr(module, name).remove()
        delattr(module, name)
    if module.cls_to_become is not None:
        module.__class__ = module.cls_to_become


def _size_from_state(module: Any, state_dict: Any, prefix: str, *rest: Any) -> None:
    """Before a state is loaded."""
    for name, value in module._unsized():
        given = state_dict.get(prefix + name)
        if isinstance(given, Tensor) and not is_lazy(given):
            value.materialize(given.shape)
