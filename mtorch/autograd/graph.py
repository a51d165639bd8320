"""torch.autograd.graph: what stands behind a tensor's history."""
from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from .mode import bool_of
from .tape import AccumulateGrad, GradientEdge, Node, Output, history
from .stamps import mark_written

if TYPE_CHECKING:
    from ..tensor import Tensor

__all__ = ["GradientEdge", "Node", "disable_saved_tensors_hooks", "get_gradient_edge", "increment_version", "save_on_cpu",
           "saved_tensors_hooks"]


def get_gradient_edge(tensor: Tensor) -> GradientEdge:
    """Where a tensor came from.

    Raises: RuntimeError for a tensor that does not require grad.

    >>> import mtorch
    >>> x = mtorch.ones(2, requires_grad=True)
    >>> edge = mtorch.autograd.graph.get_gradient_edge(x * 2)
    >>> edge.node.name()
    'MulBackward0'
    >>> mtorch.autograd.grad((x * 3).sum(), mtorch.autograd.graph.get_gradient_edge(x))
    (tensor([3., 3.]),)
    """
    if not tensor.requires_grad:
        raise RuntimeError("It is not possible to get the gradient edge for a Tensor that does not require gradients")
    found = history(tensor)
    if type(found) is Output:
        return GradientEdge(found.node.shown(), found.slot)
    return GradientEdge(found.shown() if isinstance(found, Node) else AccumulateGrad.of(found), 0)


def increment_version(tensor: Tensor | Iterable[Tensor]) -> None:
    """Note that a tensor was written in place: a gradient that needs what it held is refused.

    >>> import mtorch
    >>> x = mtorch.ones(2, requires_grad=True)
    >>> y = x * 2
    >>> z = y * y
    >>> mtorch.autograd.graph.increment_version(y)
    >>> z.sum().backward()
    Traceback (most recent call last):
    RuntimeError: one of the variables needed for gradient computation has been modified by an inplace operation...
    """
    mark_written(*[t.array for t in ([tensor] if hasattr(tensor, "array") else tensor)])


class save_on_cpu(contextlib.nullcontext):
    """A `with` block in which what backward needs is kept in the CPU's memory, where all is anyway.

    pin_memory, device_type: of GPUs; nothing depends on them
    """

    def __init__(self, pin_memory: bool = False, device_type: str = "cuda") -> None:
        super().__init__()


class saved_tensors_hooks:
    """Not here: what backward needs is in closures, which no hook can pack.

    Raises: NotImplementedError where the block is entered.
    """

    def __init__(self, pack_hook: Callable[[Any], Any], unpack_hook: Callable[[Any], Any]) -> None:
        self.pack_hook, self.unpack_hook = pack_hook, unpack_hook

    def __enter__(self) -> None:
        raise NotImplementedError("saved_tensors_hooks: what backward needs is kept in closures, which no hook can pack")

    def __exit__(self, *error: Any) -> None:
        pass


class set_multithreading_enabled(contextlib.nullcontext):
    """Whether torch goes back through the graph in several threads: here it is one, and nothing depends on it.

    Raises: TypeError for a mode that is no bool.
    """

    def __init__(self, mode: bool) -> None:
        super().__init__()
        bool_of(mode, "set_multithreading_enabled")


class disable_saved_tensors_hooks(contextlib.nullcontext):
    """A `with` block in which saved_tensors_hooks are refused, as they are anyway."""

    def __init__(self, error_message: str) -> None:
        super().__init__()
