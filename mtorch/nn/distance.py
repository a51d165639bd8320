"""Distances between vectors, as layers."""
from __future__ import annotations

from ..tensor import Tensor
from . import functional as F
from .module import Module


class CosineSimilarity(Module):
    """x1 . x2 / (|x1| |x2|): the cosine of the angle between two vectors, in [-1, 1].

    dim: the dimension along which the vectors lie
    eps: the least that each length is taken for, > 0

    Shape: x1 (..., D, ...), x2 the same or one that broadcasts to it -> (..., ...), without dim.
    Raises: RuntimeError for shapes that do not broadcast, or integers; IndexError for a dim that is not there.
    Source: Salton, Wong & Yang, "A Vector Space Model for Automatic Indexing", Communications of the ACM 1975.

    >>> import mtorch
    >>> mtorch.nn.CosineSimilarity()(mtorch.tensor([[1.0, 0.0]]), mtorch.tensor([[1.0, 1.0]]))
    tensor([0.7071])
    """

    def __init__(self, dim: int = 1, eps: float = 1e-8) -> None:
        super().__init__()
        self.dim, self.eps = dim, eps

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        return F.cosine_similarity(x1, x2, self.dim, self.eps)


class PairwiseDistance(Module):
    """The p-norm of x1 - x2 + eps, along the last dimension.

    p: the norm: 2 for the length, 1 for the sum of absolute values, inf for the largest
    eps: added to each difference, which keeps gradients finite at distance 0
    keepdim: keep the last dimension, with size 1

    Shape: x1 (N, D) or (D), x2 the same or one that broadcasts to it -> (N) or (), or with keepdim (N, 1) or (1).
    Raises: RuntimeError for shapes that do not broadcast.
    Source: Minkowski, "Geometrie der Zahlen", 1896, for the p-norms.

    >>> import mtorch
    >>> mtorch.nn.PairwiseDistance()(mtorch.tensor([[3.0, 4.0]]), mtorch.zeros(1, 2))
    tensor([5.0000])
    """

    def __init__(self, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> None:
        super().__init__()
        self.norm, self.eps, self.keepdim = p, eps, keepdim

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        return F.pairwise_distance(x1, x2, self.norm, self.eps, self.keepdim)
