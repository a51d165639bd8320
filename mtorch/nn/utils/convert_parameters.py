"""All parameters as one vector, and back: for optimizers and analyses that think of a net as one point."""
from __future__ import annotations

from collections.abc import Iterable

from ...functions.joining import cat
from ...tensor import Tensor


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """The values of all parameters, one after another, in one vector; gradients pass through.

    parameters: Tensors of any shapes, contiguous

    Shape: n_1, n_2, ... values -> (n_1 + n_2 + ...).
    Raises: ValueError for no parameters; RuntimeError for one that is not contiguous.

    >>> import mtorch
    >>> mtorch.nn.utils.parameters_to_vector([mtorch.zeros(2), mtorch.ones(1, 1)])
    tensor([0., 0., 1.])
    """
    return cat([p.view(-1) for p in parameters])


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Make each parameter a view of its piece of the vector.

    vec: at least as many values as the parameters have together; what is left over does not count
    parameters: Tensors of any shapes

    Raises: TypeError when vec is not a Tensor; RuntimeError when it has fewer values than the parameters.

    >>> import mtorch
    >>> p = mtorch.nn.Parameter(mtorch.zeros(2))
    >>> mtorch.nn.utils.vector_to_parameters(mtorch.tensor([1.0, 2.0]), [p])
    >>> p.tolist()
    [1.0, 2.0]
    """
    if not isinstance(vec, Tensor):
        raise TypeError(f"expected torch.Tensor, but got: {type(vec).__name__}")
    parameters = list(parameters)
    wanted = sum(p.numel() for p in parameters)
    if vec.numel() < wanted:
        raise RuntimeError(f"vector_to_parameters: vec has {vec.numel()} values, the parameters have {wanted}")
    start = 0
    for p in parameters:
        p.data = vec[start:start + p.numel()].view_as(p).data
        start += p.numel()
