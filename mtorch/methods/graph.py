"""What a Tensor is to autograd: whether it requires grad, its gradient, its history, and the hooks on them."""
from __future__ import annotations

import weakref
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..autograd import engine
from ..autograd.handle import RemovableHandle, add_hook
from ..autograd.tape import Node, Output, TensorBase, history, wrap
from ..autograd.views import is_view, version

if TYPE_CHECKING:
    from typing import Self

    from ..tensor import Tensor


class Differentiable(TensorBase):
    """The part of Tensor that autograd sees."""

    __slots__ = ()
    _hooks: Any = None                 # on a leaf: functions to be shown its gradient
    _after_grad: Any = None            # on a leaf: functions to be run when .grad is there
    # on what `.data` gave: writing it is not noticed by graphs that used it, as in torch
    _silent = False
    _stepped = ""                      # on a gradient: what optim/forgotten.py knows of it

    @property
    def requires_grad(self) -> bool:
        """Whether gradients are computed for this tensor."""
        return self._requires_grad

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        self.requires_grad_(value)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Say whether gradients are to be computed for this leaf; returns the tensor."""
        if requires_grad and self.array.dtype.kind not in "fc":
            raise RuntimeError("only Tensors of floating point and complex dtype can require gradients, got "
                               + repr(self.dtype))
        if not requires_grad and self._node is not None:
            raise RuntimeError("you can only change requires_grad flags of leaf variables. If you want to use a "
                               "computed variable in a subgraph that doesn't require differentiation use var_no_grad "
                               "= var.detach().")
        if requires_grad and not self._requires_grad and is_view(self):
            self._alias = None                         # a leaf of its own now
        self._requires_grad = bool(requires_grad)
        return self

    @property
    def grad(self) -> Any:
        """The gradient that backward left here, or None."""
        return self._grad

    @grad.setter
    def grad(self, value: Any) -> None:
        if value is not None:
            if not isinstance(value, TensorBase):
                raise TypeError("assigned grad expected to be a Tensor or None but got grad of type "
                                f"{type(value).__name__}")
            if value.array.shape != self.array.shape:
                raise RuntimeError(f"assigned grad has data of a different size: {list(value.array.shape)}, the "
                                   f"tensor has {list(self.array.shape)}")
            if value.array.dtype != self.array.dtype:
                raise RuntimeError(f"assigned grad has data of a different type: {value.dtype}, the tensor has "
                                   f"{self.dtype}")
        self._grad = value

    @grad.deleter
    def grad(self) -> None:
        self._grad = None

    @property
    def is_leaf(self) -> bool:
        """Whether the tensor was made by the user, not by a recorded operation."""
        return self._node is None

    @property
    def grad_fn(self) -> Node | None:
        """The node of the operation that made this tensor, None for a leaf."""
        if self._node is None:
            return None
        node = history(self)
        return node.node if type(node) is Output else node if type(node) is Node else None

    @property
    def output_nr(self) -> int:
        """Which output of its grad_fn this tensor is."""
        return self._node.slot if type(self._node) is Output else 0

    def backward(self, gradient: Any = None, retain_graph: bool | None = None, create_graph: bool = False,
                 inputs: Any = None) -> None:
        """Add the gradient of this tensor to `.grad` of every leaf it was computed from: see `autograd.backward`.

        gradient: the gradient of this tensor, in its shape; may be left out where it is one element
        """
        engine.backward(self, None if gradient is None else [gradient],     # type: ignore[arg-type]    # it is a Tensor
                        retain_graph, create_graph, inputs)

    def detach(self) -> Tensor:
        """The same memory, without history."""
        return wrap(self.array)

    def detach_(self) -> Self:
        """Forget the history, in place.

        Raises: RuntimeError for a view.
        """
        if is_view(self):
            raise RuntimeError("Can't detach views in-place. Use detach() instead. If you are using "
                               "DistributedDataParallel (DDP) for training, and gradient_as_bucket_view is set as "
                               "True, gradients are views of DDP buckets.")
        self._node, self._requires_grad = None, False
        return self

    @property
    def data(self) -> Any:
        """The same memory, without history; writes to it are not noticed by graphs that used it."""
        twin = wrap(self.array)
        twin._silent = True
        return twin

    @data.setter
    def data(self, value: Any) -> None:
        if not isinstance(value, TensorBase):
            raise TypeError(f"Variable data has to be a tensor, but got {type(value).__name__}")
        self.array = value.array

    def retain_grad(self) -> None:
        """Keep this intermediate result's gradient in `.grad` too."""
        if not self._requires_grad:
            raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
        if self._node is None or self.retains_grad:
            return
        this = weakref.ref(self)

        def keep(g: Any) -> None:
            t = this()
            if t is not None:
                t._grad = wrap(g.array.copy()) if t._grad is None else t._grad + g if not g._requires_grad else g
        self._retained = True
        _attach(self, keep)

    @property
    def retains_grad(self) -> bool:
        """Whether `retain_grad` was called on this intermediate result."""
        return self.__dict__.get("_retained", False)

    def register_hook(self, hook: Callable) -> RemovableHandle:
        """Have hook(gradient) called when this tensor's gradient is known; what it returns takes the gradient's place."""
        if not self._requires_grad:
            raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
        return _attach(self, hook)

    def register_post_accumulate_grad_hook(self, hook: Callable) -> RemovableHandle:
        """Have hook(tensor) called on this leaf when its `.grad` is there."""
        if not self._requires_grad or self._node is not None:
            raise RuntimeError("post accumulate grad hooks cannot be registered on non-leaf tensors or those that do "
                               "not require grad")
        if self._after_grad is None:
            self._after_grad = OrderedDict()
        return add_hook(self._after_grad, hook)

    @property
    def _version(self) -> int:
        """A number that grows when the memory is written in place."""
        return version(self.array)


def _attach(t: Any, hook: Callable) -> RemovableHandle:
    """Register a hook on the gradient of a leaf or of an intermediate result."""
    if t._node is None:
        if t._hooks is None:
            t._hooks = OrderedDict()
        return add_hook(t._hooks, hook)
    place = history(t)
    node, slot = (place.node, place.slot) if type(place) is Output else (place, None)
    if node.hooks is None:
        node.hooks = OrderedDict()
    return add_hook(node.hooks, (slot, hook))
