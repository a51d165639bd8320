"""The LKJ distribution of correlation matrices, by their Cholesky factors."""
from __future__ import annotations

import math

from ..dtypes import finfo
from ..functions.arguments import Size
from ..functions.arithmetic import where
from ..functions.creation import arange
from ..functions.joining import cat
from ..functions.placing import diag_embed
from ..functions.random import randn
from ..functions.special import mvlgamma
from ..tensor import Tensor
from . import constraints
from .beta import Beta
from .distribution import Distribution
from .utils import Numbers, Shape, broadcast_all


class LKJCholesky(Distribution):
    """Lower triangular factors L of correlation matrices L L^T whose density is proportional to det^(concentration - 1).

    p(L) = product over i >= 2 of L_ii^(dim - i + 2 concentration - 2), divided by a constant

    dim: rows and columns of the matrices, >= 2
    concentration: > 0; 1 makes all correlation matrices as likely, above 1 those near the identity are likelier
    validate_args: check parameters and values; None for `Distribution`'s default

    A sample is made row by row: a Beta number says how much of a row's length 1 lies below the diagonal, and normal numbers
    in which direction.

    Shape: batch_shape is concentration's shape, event_shape (dim, dim).
    Raises: ValueError for dim < 2, a concentration <= 0, and in `log_prob` for what is no such factor.
    Source: Lewandowski, Kurowicka and Joe, Generating random correlation matrices based on vines and extended onion
    method (2009); the factor's density, Stan Functions Reference, Cholesky LKJ correlation distribution.

    >>> import mtorch
    >>> mtorch.distributions.LKJCholesky(2, 1.0).log_prob(mtorch.eye(2))
    tensor(-0.6931)
    """

    arg_constraints = {"concentration": constraints.positive}
    support = constraints.corr_cholesky

    def __init__(self, dim: int, concentration: Numbers = 1.0, validate_args: bool | None = None) -> None:
        if dim < 2:
            raise ValueError(f"Expected dim to be an integer greater than or equal to 2. Found dim={dim}.")
        self.dim = dim
        self.concentration, = broadcast_all(concentration)
        offset = arange(dim - 1, dtype=self.concentration.dtype)
        offset = cat([offset.new_zeros((1,)), offset])
        marginal = self.concentration + 0.5 * (dim - 2)
        self._beta = Beta(offset + 0.5, marginal.unsqueeze(-1) - 0.5 * offset)
        super().__init__(self.concentration.shape, Size((dim, dim)), validate_args)

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        part = self._beta.sample(sample_shape).unsqueeze(-1)
        numbers = randn(self._extended_shape(sample_shape), dtype=part.dtype).tril(-1)
        length = numbers.norm(dim=-1, keepdim=True)
        direction = where(length == 0, 0.0, numbers / where(length == 0, 1.0, length))         # the first row has none
        below = part.sqrt() * direction
        rest = (1 - (below**2).sum(-1)).clamp(min=finfo(below.dtype).tiny)
        return below + diag_embed(rest.sqrt())

    def log_prob(self, value: Tensor) -> Tensor:
        self._checked(value)
        power = 2 * (self.concentration - 1).unsqueeze(-1) + self.dim - arange(2, self.dim + 1)
        density = (power * value.diagonal(dim1=-1, dim2=-2)[..., 1:].log()).sum(-1)
        rows = self.dim - 1
        alpha = self.concentration + 0.5 * rows
        # mvlgamma brings (rows)(rows - 1) / 4 log(pi) of the constant's dim (dim - 1) / 4 log(pi)
        return density - (0.5 * rows * math.log(math.pi) + mvlgamma(alpha - 0.5, rows) - alpha.lgamma() * rows)
