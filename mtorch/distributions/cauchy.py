"""The Cauchy distribution."""
from __future__ import annotations

import math

from ..functions.creation import full_like
from ..tensor import Tensor
from . import constraints
from .distribution import Distribution
from .utils import Numbers, Shape, broadcast_all


class Cauchy(Distribution):
    """Numbers around a median, so often so far from it that they have no mean.

    p(x) = 1 / (pi scale (1 + ((x - loc) / scale)^2))

    loc: the median, any real number
    scale: half of all values are nearer than this, > 0
    validate_args: check parameters and values; None for `Distribution`'s default

    Shape: batch_shape is what the parameters broadcast to, event_shape ().
    Raises: ValueError for parameters out of range, and in `log_prob` and `cdf` for nan; RuntimeError for shapes that do
    not broadcast.
    Source: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, vol. 1 (1994), chapter 16.

    >>> import mtorch
    >>> mtorch.distributions.Cauchy(0.0, 1.0).cdf(mtorch.tensor(1.0))
    tensor(0.7500)
    """

    arg_constraints = {"loc": constraints.real, "scale": constraints.positive}
    support = constraints.real
    has_rsample = True

    def __init__(self, loc: Numbers, scale: Numbers, validate_args: bool | None = None) -> None:
        self.loc, self.scale = broadcast_all(loc, scale)
        super().__init__(self.loc.shape, validate_args=validate_args)

    mode = property(lambda self: self.loc)
    mean = property(lambda self: full_like(self.loc, math.nan))
    variance = property(lambda self: full_like(self.loc, math.inf))

    def rsample(self, sample_shape: Shape = ()) -> Tensor:
        return self.loc + self.loc.new_empty(self._extended_shape(sample_shape)).cauchy_() * self.scale

    def log_prob(self, value: Tensor) -> Tensor:
        self._checked(value)
        return -math.log(math.pi) - self.scale.log() - (((value - self.loc) / self.scale) ** 2).log1p()

    def cdf(self, value: Tensor) -> Tensor:
        self._checked(value)
        return ((value - self.loc) / self.scale).atan() / math.pi + 0.5

    def icdf(self, value: Tensor) -> Tensor:
        return (math.pi * (value - 0.5)).tan() * self.scale + self.loc

    def entropy(self) -> Tensor:
        return math.log(4 * math.pi) + self.scale.log()
