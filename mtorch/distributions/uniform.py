"""The uniform distribution."""
from __future__ import annotations

import math

from ..functions.random import rand
from ..tensor import Tensor
from . import constraints
from .distribution import Distribution
from .utils import Numbers, Shape, broadcast_all


class Uniform(Distribution):
    """Numbers spread evenly over [low, high).

    p(x) = 1 / (high - low), low <= x < high

    low: the lower end, below high
    high: the upper end
    validate_args: check parameters and values; None for `Distribution`'s default

    Shape: batch_shape is what the parameters broadcast to, event_shape ().
    Raises: ValueError where low is not below high, and in `log_prob` and `cdf` for values outside [low, high];
    RuntimeError for shapes that do not broadcast.
    Source: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, vol. 2 (1995), chapter 26.

    >>> import mtorch
    >>> mtorch.distributions.Uniform(0.0, 4.0).mean
    tensor(2.)
    """

    has_rsample = True

    def __init__(self, low: Numbers, high: Numbers, validate_args: bool | None = None) -> None:
        self.low, self.high = broadcast_all(low, high)
        super().__init__(self.low.shape, validate_args=validate_args)

    @property
    def arg_constraints(self) -> dict[str, constraints.Constraint]:
        """Each bound is on its own side of the other."""
        return {"low": constraints.less_than(self.high), "high": constraints.greater_than(self.low)}

    @constraints.dependent_property(is_discrete=False, event_dim=0)
    def support(self) -> constraints.Constraint:
        """Both ends included, as rounding may reach the upper one."""
        return constraints.interval(self.low, self.high)

    mean = property(lambda self: (self.high + self.low) / 2)
    mode = property(lambda self: math.nan * self.high)
    stddev = property(lambda self: (self.high - self.low) / 12**0.5)
    variance = property(lambda self: (self.high - self.low).square() / 12)

    def rsample(self, sample_shape: Shape = ()) -> Tensor:
        u = rand(self._extended_shape(sample_shape), dtype=self.low.dtype)
        return self.low + u * (self.high - self.low)

    def log_prob(self, value: Tensor) -> Tensor:
        self._checked(value)
        inside = (self.low <= value) & (value < self.high)
        return inside.to(self.low.dtype).log() - (self.high - self.low).log()

    def cdf(self, value: Tensor) -> Tensor:
        self._checked(value)
        return ((value - self.low) / (self.high - self.low)).clamp(min=0, max=1)

    def icdf(self, value: Tensor) -> Tensor:
        return value * (self.high - self.low) + self.low

    def entropy(self) -> Tensor:
        return (self.high - self.low).log()
