"""`Loss`, what a criterion returns, and the base class of the criteria."""
from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ..autograd.tape import wrap
from ..tensor import Tensor, _disabled_torch_function_impl
from .functional.loss import reduction_of
from .module import Module


class Loss(Tensor):
    """The value of a criterion: a scalar Tensor in every way, which also knows its `.value`.

    `backward()` drives the gradient back through the modules that made it, last to first.  Criteria make it; a program
    does not.

    Raises: RuntimeError from `backward()` where nothing that it was computed from requires grad.

    >>> import mtorch
    >>> x = mtorch.tensor([3.0], requires_grad=True)
    >>> loss = mtorch.nn.MSELoss()(x, mtorch.tensor([1.0]))
    >>> loss.value
    4.0
    >>> loss.backward()
    >>> x.grad
    tensor([4.])
    """

    __slots__ = ()
    _shown = "torch.Tensor"
    __torch_function__ = _disabled_torch_function_impl     # type: ignore[assignment]

    @classmethod
    def of(cls, tensor: Tensor) -> Loss:
        """Make a Loss of a scalar tensor that was just computed: the same object, with its history, of this class."""
        if type(tensor) is Tensor:
            tensor.__class__ = cls
        return tensor                                    # type: ignore[return-value]

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec)                 # as of any scalar tensor: f"{loss:.4f}"

    @property
    def value(self) -> float:
        """The value as a Python number; the same as `item()`."""
        return self.item()

    def backward(self, gradient: Any = None, retain_graph: bool | None = None, create_graph: bool = False,
                 inputs: Any = None) -> None:
        """Add the gradient of this loss to the `.grad` of every parameter it was computed from (as `Tensor.backward`).

        Raises: RuntimeError when nothing it was computed from requires grad.
        """
        if not self.requires_grad:
            raise RuntimeError("Loss.backward: nothing that this loss was computed from requires grad. (A loss of "
                               "plain arrays does not know what made them: module.backward(criterion.backward()[0]))")
        value = self.array.item()
        if value - value != 0:                           # nan, inf
            warnings.warn(f"the loss is {value}, and so will be the gradients: bring the inputs to a size "
                          "around 1 (pixels / 255, or (x - mean) / std), or take a smaller learning rate; "
                          "mtorch.autograd.set_detect_anomaly(True) finds the operation where it began", UserWarning,
                          stacklevel=2)
        super().backward(gradient, retain_graph, create_graph, inputs)


class _Loss(Module):
    """A criterion: forward computes a loss, and the call gives it as a `Loss`.

    reduction: "mean", "sum", or "none" for a tensor of the losses of each sample.

    A criterion called on plain arrays goes back with `criterion.backward()`, which gives the gradients of its
    arguments: `module.backward(criterion.backward()[0])`.
    """

    reduction: str

    def __init__(self, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean") -> None:
        super().__init__()
        old = size_average is not None or reduce is not None
        self.reduction = reduction_of(size_average, reduce) if old else reduction

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        loss = super().__call__(*args, **kwargs)
        if isinstance(loss, np.ndarray):
            loss = wrap(loss)
        return Loss.of(loss) if isinstance(loss, Tensor) and loss.array.ndim == 0 else loss


class _WeightedLoss(_Loss):
    """A criterion with a weight for each class, which is part of its state."""

    weight: Tensor | None

    def __init__(self, weight: Tensor | None = None, size_average: bool | None = None, reduce: bool | None = None,
                 reduction: str = "mean") -> None:
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)
