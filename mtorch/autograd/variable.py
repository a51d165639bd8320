"""`Variable`, which long ago was a wrapper around a tensor, and now gives a tensor."""
from __future__ import annotations

import warnings
from typing import Any

from . import tape


class _Kind(type):
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, tape.TensorBase)


class Variable(metaclass=_Kind):
    """`Variable(tensor, requires_grad=False)`: a tensor of the same memory without history, that may require gradients.

    data: a Tensor; none for one without elements
    requires_grad: whether it is to have a gradient
    volatile: without effect, with a warning

    Raises: TypeError for a data that is no Tensor; RuntimeError for one of integers that requires grad.

    >>> import mtorch
    >>> from mtorch.autograd import Variable
    >>> x = Variable(mtorch.ones(2), requires_grad=True)
    >>> isinstance(x, Variable), x
    (True, tensor([1., 1.], requires_grad=True))
    """

    def __new__(cls, data: Any = None, requires_grad: bool = False, volatile: bool = False) -> Any:
        if volatile:
            warnings.warn("volatile was removed and now has no effect. Use `with torch.no_grad():` instead.",
                          stacklevel=2)
        if data is None:
            return tape.Tensor()
        if not isinstance(data, tape.TensorBase):
            raise TypeError(f"Variable data has to be a tensor, but got {type(data).__name__}")
        return data.detach().requires_grad_(requires_grad)
