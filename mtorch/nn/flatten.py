"""Layers that only reshape."""
from __future__ import annotations

from collections.abc import Sequence

from ..functions import shape
from ..tensor import Tensor
from .module import Module


class Flatten(Module):
    """The dimensions from start_dim to end_dim made one; the batch dimension stays.

    start_dim, end_dim: the first and the last dimension to be joined, in [-input.dim(), input.dim())

    Shape: (N, a, b, ...) -> (N, a b ...).
    Raises: IndexError for a dimension that is not there; RuntimeError where end_dim is before start_dim.

    >>> import mtorch
    >>> mtorch.nn.Flatten()(mtorch.zeros(2, 3, 4)).shape
    torch.Size([2, 12])
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim = start_dim
        self.end_dim = end_dim

    def forward(self, input: Tensor) -> Tensor:
        return shape.flatten(input, self.start_dim, self.end_dim)

    def extra_repr(self) -> str:
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


class Unflatten(Module):
    """One dimension made several.

    dim: which one, in [-input.dim(), input.dim())
    unflattened_size: what becomes of it, a tuple; one of its sizes may be -1, and is found out

    Shape: (..., n, ...) -> (..., *unflattened_size, ...), whose product is n.
    Raises: TypeError for an unflattened_size that is no tuple of ints; NotImplementedError for a dim by name;
    IndexError for a dimension that is not there; RuntimeError for sizes that do not multiply up to n.

    >>> import mtorch
    >>> mtorch.nn.Unflatten(1, (3, 4))(mtorch.zeros(2, 12)).shape
    torch.Size([2, 3, 4])
    """

    def __init__(self, dim: int, unflattened_size: Sequence[int]) -> None:
        super().__init__()
        if isinstance(dim, str):
            raise NotImplementedError("Unflatten: named dimensions are not supported, give dim as an int")
        if not isinstance(unflattened_size, (tuple, list)):
            raise TypeError("unflattened_size must be a tuple of ints, but found type "
                            f"{type(unflattened_size).__name__}")
        for i, n in enumerate(unflattened_size):
            if not isinstance(n, int):
                raise TypeError("unflattened_size must be tuple of ints, but found element of type "
                                f"{type(n).__name__} at pos {i}")
        self.dim = dim
        self.unflattened_size = unflattened_size

    def forward(self, input: Tensor) -> Tensor:
        return shape.unflatten(input, self.dim, self.unflattened_size)

    def extra_repr(self) -> str:
        return f"dim={self.dim}, unflattened_size={self.unflattened_size}"
