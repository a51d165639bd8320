"""The Gumbel distribution."""
from __future__ import annotations

import math

from ..dtypes import finfo
from ..functions.creation import full_like, ones_like
from ..tensor import Tensor
from . import constraints
from .transformed_distribution import TransformedDistribution
from .transforms import AffineTransform, ExpTransform
from .uniform import Uniform
from .utils import Numbers, broadcast_all, euler_constant


class Gumbel(TransformedDistribution):
    """How the greatest of many like numbers is distributed.

    p(x) = exp(-y - exp(-y)) / scale, with y = (x - loc) / scale; x = loc - scale log(-log u) for u uniform on (0, 1)

    loc: the mode, any real number
    scale: the spread, > 0; the standard deviation is pi / sqrt(6) times as much
    validate_args: check parameters and values; None for `Distribution`'s default

    Shape: batch_shape is what the parameters broadcast to, event_shape ().
    Raises: ValueError for parameters out of range, and in `log_prob` for nan; RuntimeError for shapes that do not
    broadcast.
    Source: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, vol. 2 (1995), chapter 22.

    >>> import mtorch
    >>> mtorch.distributions.Gumbel(0.0, 1.0).mean
    tensor(0.5772)
    """

    arg_constraints = {"loc": constraints.real, "scale": constraints.positive}
    support = constraints.real

    def __init__(self, loc: Numbers, scale: Numbers, validate_args: bool | None = None) -> None:
        self.loc, self.scale = broadcast_all(loc, scale)
        limits = finfo(self.loc.dtype)
        low, high = full_like(self.loc, limits.tiny), full_like(self.loc, 1 - limits.eps)
        minus = AffineTransform(loc=0, scale=-ones_like(self.scale))
        transforms = [ExpTransform().inv, minus, ExpTransform().inv, AffineTransform(self.loc, -self.scale)]
        super().__init__(Uniform(low, high, validate_args=validate_args), transforms, validate_args=validate_args)

    mean = property(lambda self: self.loc + self.scale * euler_constant)
    mode = property(lambda self: self.loc)
    stddev = property(lambda self: (math.pi / math.sqrt(6)) * self.scale)
    variance = property(lambda self: self.stddev.square())

    def log_prob(self, value: Tensor) -> Tensor:
        self._checked(value)
        y = (self.loc - value) / self.scale
        return (y - y.exp()) - self.scale.log()

    def entropy(self) -> Tensor:
        return self.scale.log() + (1 + euler_constant)
