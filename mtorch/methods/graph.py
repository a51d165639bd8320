"""What a Tensor is to autograd: whether it requires grad, its gradient, its history, and the hooks on them."""
from __future__ import annotations

import warnings
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..autograd import engine
from ..autograd.handle import RemovableHandle, add_hook
from ..autograd.grad_hooks import Retained, hang
from ..autograd.tape import Node, Output, TensorBase, history, meet_complex
from ..autograd.stamps import version
from ..autograd.views import is_view
from ..caller import program_line
from ..functions.memory_order import hold, memory_to_share, of_numpy

if TYPE_CHECKING:
    from typing import Self

    from ..tensor import Tensor


class Differentiable(TensorBase):
    """The part of Tensor that autograd sees."""

    __slots__ = ()
    _hooks: Any = None                 # on a leaf: functions to be shown its gradient
    _after_grad: Any = None            # on a leaf: functions to be run when .grad is there
    _retained: Any = None              # on an intermediate result: the hook that keeps its gradient
    # on what `.data` gave: writing it is not noticed by graphs that used it, as in torch
    _silent = False
    _lent = False                      # is the memory NumPy's, too?  Then it stays where it is, see functions/memory_order.py
    _stepped = ""                      # on a gradient: what optim/forgotten.py knows of it

    @property
    def requires_grad(self) -> bool:
        """Whether gradients are computed for this tensor; it can be set on a leaf.

        Raises: where it is set, as for `requires_grad_`.

        >>> import mtorch
        >>> x = mtorch.tensor([1.0, 2.0], requires_grad=True)
        >>> (x * 2).requires_grad    # so does what is computed from it
        True
        >>> x.requires_grad = False
        >>> (x * 2).requires_grad
        False
        """
        return self._requires_grad

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        self.requires_grad_(value)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Say, in place, whether gradients are to be computed for this leaf; returns the tensor.

        requires_grad: True to have them computed

        Raises: RuntimeError for True and a tensor of integers or bools, and for False and a result that has a history.

        >>> import mtorch
        >>> mtorch.zeros(2).requires_grad_()
        tensor([0., 0.], requires_grad=True)
        """
        if requires_grad and self.array.dtype.kind not in "fc":
            raise RuntimeError("only Tensors of floating point and complex dtype can require gradients, got "
                               + repr(self.dtype))
        if not requires_grad and self._node is not None:
            raise RuntimeError("you can only change requires_grad flags of leaf variables. If you want to use a "
                               "computed variable in a subgraph that doesn't require differentiation use var_no_grad "
                               "= var.detach().")
        if requires_grad and not self._requires_grad and is_view(self):
            self._alias = None                         # a leaf of its own now
        if requires_grad and self.array.dtype.kind == "c":
            meet_complex()
        self._requires_grad = bool(requires_grad)
        return self

    @property
    def grad(self) -> Any:
        """The gradient that `backward` left on this leaf, None before; every further backward adds to it.

        It can be set, to a Tensor or to None.

        Shape: the tensor's
        Raises: TypeError where it is set to what is no Tensor; RuntimeError to one of another shape or type, and to itself.

        >>> import mtorch
        >>> x = mtorch.tensor([1.0, 2.0], requires_grad=True)
        >>> (x * x).sum().backward(); x.grad
        tensor([2., 4.])
        >>> (x * x).sum().backward(); x.grad    # added
        tensor([4., 8.])
        >>> x.grad = None    # begin anew
        """
        if self._grad is None and self._node is not None and not self.retains_grad:
            warnings.warn("The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute "
                          "won't be populated during autograd.backward(). If you indeed want the .grad field to be "
                          "populated for a non-leaf Tensor, use .retain_grad() on the non-leaf Tensor. If you access the "
                          "non-leaf Tensor by mistake, make sure you access the leaf Tensor instead.",
                          stacklevel=program_line())
        return self._grad

    @grad.setter
    def grad(self, value: Any) -> None:
        if value is not None:
            if not isinstance(value, TensorBase):
                raise TypeError("assigned grad expected to be a Tensor or None but got grad of type "
                                f"{type(value).__name__}")
            if value is self:
                raise RuntimeError("can't assign Variable as its own grad")
            if value.array.shape != self.array.shape:
                raise RuntimeError(f"attempting to assign a gradient of size '{list(value.array.shape)}' to a tensor of size "
                                   f"'{list(self.array.shape)}'. Please ensure that the gradient and the tensor are the same "
                                   "size")
            if value.array.dtype != self.array.dtype:
                raise RuntimeError(f"attempting to assign a gradient with dtype '{value.dtype}' to a tensor with grad_dtype "
                                   f"'{self.dtype}'. The gradient must match the tensor's dtype")
        self._grad = value

    @grad.deleter
    def grad(self) -> None:
        self._grad = None

    @property
    def is_leaf(self) -> bool:
        """Whether no recorded operation made the tensor: where backward ends, and leaves gradients in `.grad`.

        >>> import mtorch
        >>> x = mtorch.tensor([1.0, 2.0], requires_grad=True)
        >>> x.is_leaf, (x * 2).is_leaf
        (True, False)
        >>> mtorch.zeros(2).mul(2).is_leaf    # nothing requires grad, nothing is recorded
        True
        """
        return self._node is None

    @property
    def grad_fn(self) -> Node | None:
        """The node of the operation that made this tensor, None for a leaf.

        >>> import mtorch
        >>> x = mtorch.tensor([1.0, 2.0], requires_grad=True)
        >>> y = (x * x).sum()
        >>> y.grad_fn.name()
        'SumBackward0'
        >>> y.grad_fn.next_functions[0][0].name()    # what it was computed from
        'MulBackward0'
        """
        if self._node is None:
            return None
        node = history(self)
        return node.node.shown() if type(node) is Output else node.shown() if isinstance(node, Node) else None

    def _is_view(self) -> bool:
        """Whether this tensor was taken as a view of another, whose memory it shares."""
        return is_view(self)

    @property
    def _base(self) -> Any:
        """The tensor that this one is a view of; None where it is of none."""
        return self._alias[0] if is_view(self) else None

    @property
    def output_nr(self) -> int:
        """Which output of its grad_fn this tensor is, from 0; 0 for a leaf.

        >>> import mtorch
        >>> first, second = mtorch.ones(4, requires_grad=True).chunk(2)
        >>> first.output_nr, second.output_nr
        (0, 1)
        """
        return self._node.slot if type(self._node) is Output else 0

    def backward(self, gradient: Any = None, retain_graph: bool | None = None, create_graph: bool = False,
                 inputs: Any = None) -> None:
        """Add the gradient of this tensor to `.grad` of every leaf it was computed from: `mtorch.autograd.backward` of one.

        gradient: the gradient of this tensor, in its shape; may be left out where it is one element
        retain_graph: keep the graph for another backward; as create_graph unless given
        create_graph: record the gradients' own computation, so that they can be differentiated
        inputs: only these get a gradient

        Raises: as for `mtorch.autograd.backward`.

        >>> import mtorch
        >>> x = mtorch.tensor([1.0, 2.0], requires_grad=True)
        >>> (x * x).backward(mtorch.tensor([1.0, 10.0]))
        >>> x.grad
        tensor([ 2., 40.])
        """
        engine.backward(self, None if gradient is None else [gradient],     # type: ignore[arg-type]    # it is a Tensor
                        retain_graph, create_graph, inputs)

    def detach(self) -> Tensor:
        """The same memory, without history: no gradients flow through it.

        Shape: any -> the same

        >>> import mtorch
        >>> x = mtorch.tensor([1.0, 2.0], requires_grad=True)
        >>> (x * x.detach()).sum().backward(); x.grad    # x, and not 2 x: one factor counts as a constant
        tensor([1., 2.])
        """
        return of_numpy(memory_to_share(self))

    def detach_(self) -> Self:
        """Forget the history, in place; returns the tensor, which is a leaf then.

        Raises: RuntimeError for a view.

        >>> import mtorch
        >>> y = mtorch.tensor([1.0, 2.0], requires_grad=True) * 3
        >>> y.detach_()
        tensor([3., 6.])
        """
        if is_view(self):
            raise RuntimeError("Can't detach views in-place. Use detach() instead. If you are using "
                               "DistributedDataParallel (DDP) for training, and gradient_as_bucket_view is set as "
                               "True, gradients are views of DDP buckets.")
        self._node, self._requires_grad = None, False
        return self

    @property
    def data(self) -> Any:
        """The same memory, without history; writes to it are not noticed by graphs that used it.

        It can be set: the tensor has the memory of another then, and keeps its own history.  In new programs `detach()`,
        and writing under `no_grad()`, are safer.

        Raises: TypeError where it is set to what is no Tensor; RuntimeError to integers or bools where gradients are asked
            for.

        >>> import mtorch
        >>> x = mtorch.tensor([1.0, 2.0], requires_grad=True)
        >>> x.data *= 10.0
        >>> x
        tensor([10., 20.], requires_grad=True)
        """
        twin = of_numpy(memory_to_share(self))
        twin._silent = True
        return twin

    @data.setter
    def data(self, value: Any) -> None:
        if not isinstance(value, TensorBase):
            raise TypeError(f"Variable data has to be a tensor, but got {type(value).__name__}")
        if self._requires_grad and value.array.dtype.kind not in "fc":
            raise RuntimeError("data set to a tensor that requires gradients must be floating point or complex dtype")
        hold(self, memory_to_share(value))

    def retain_grad(self) -> None:
        """Keep this intermediate result's gradient in `.grad` too; of no effect on a leaf, which keeps its own.

        It is the gradient as hooks have left it, and of the result as it is after the last write in place.

        Raises: RuntimeError for a tensor that does not require grad.

        >>> import mtorch
        >>> x = mtorch.tensor([1.0, 2.0], requires_grad=True)
        >>> y = x * 3
        >>> y.retain_grad()
        >>> (y * y).sum().backward()
        >>> y.grad
        tensor([ 6., 12.])
        """
        if not self._requires_grad:
            raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
        if self._node is not None and not self.retains_grad:
            self._retained = Retained(self, history(self))

    @property
    def retains_grad(self) -> bool:
        """Whether `retain_grad` was called on this intermediate result; False for a leaf.

        >>> import mtorch
        >>> y = mtorch.ones(2, requires_grad=True) * 3
        >>> y.retains_grad
        False
        >>> y.retain_grad(); y.retains_grad
        True
        """
        return self._retained is not None

    def register_hook(self, hook: Callable) -> RemovableHandle:
        """Have hook(gradient) called when this tensor's gradient is known; what it returns takes the gradient's place.

        hook: a function of a Tensor, returning a Tensor of its shape, or None to leave the gradient as it is

        Returns: a handle, whose remove() takes the hook away.
        Raises: RuntimeError for a tensor that does not require grad.

        >>> import mtorch
        >>> x = mtorch.tensor([1.0, 2.0], requires_grad=True)
        >>> handle = x.register_hook(lambda gradient: gradient * 10)
        >>> x.sum().backward(); x.grad
        tensor([10., 10.])
        """
        if not self._requires_grad:
            raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
        return _attach(self, hook)

    def register_post_accumulate_grad_hook(self, hook: Callable) -> RemovableHandle:
        """Have hook(tensor) called on this leaf when a backward has added to its `.grad`.

        hook: a function of a Tensor, this one, returning None

        Returns: a handle, whose remove() takes the hook away.
        Raises: RuntimeError for a tensor that is no leaf or does not require grad.

        >>> import mtorch
        >>> x = mtorch.tensor([1.0, 2.0], requires_grad=True)
        >>> handle = x.register_post_accumulate_grad_hook(lambda leaf: print(leaf.grad))
        >>> x.sum().backward()
        tensor([1., 1.])
        """
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

    @property
    def _cdata(self) -> int:
        """A number that no other tensor has, which libraries compare."""
        return id(self)


def _attach(t: Any, hook: Callable) -> RemovableHandle:
    """Register a hook on the gradient of a leaf or of an intermediate result."""
    if t._node is None:
        if t._hooks is None:
            t._hooks = OrderedDict()
        return add_hook(t._hooks, hook)
    place = history(t)
    node, slot = (place.node, place.slot) if type(place) is Output else (place, None)
    return hang(node, slot, hook)
