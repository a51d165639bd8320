"""A module made without its first weights."""
from __future__ import annotations

import inspect
from typing import Any

from ...device import device as Device
from ..module import Module

__all__ = ["skip_init"]


def skip_init(module_cls: type[Module], *args: Any, **kwargs: Any) -> Any:
    """A module whose parameters hold whatever is in memory, and for which no random number was drawn.

    module_cls: the class; its `__init__` takes a `device`
    args, kwargs: its arguments

    Raises: RuntimeError for what is no Module, or takes no device.

    >>> import mtorch
    >>> before = mtorch.get_rng_state()
    >>> mtorch.nn.utils.skip_init(mtorch.nn.Linear, 5, 1).weight.shape
    torch.Size([1, 5])
    >>> mtorch.equal(mtorch.get_rng_state(), before)
    True
    """
    if not issubclass(module_cls, Module):
        raise RuntimeError(f"Expected a Module; got {module_cls}")
    if "device" not in inspect.signature(module_cls).parameters:
        raise RuntimeError("Module must support a 'device' arg to skip initialization")
    where = kwargs.pop("device", "cpu")
    with Device("meta"):
        return module_cls(*args, **kwargs).to_empty(device=where)
