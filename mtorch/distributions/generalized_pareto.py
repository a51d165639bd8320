"""The generalized Pareto distribution."""
from __future__ import annotations

import math
from typing import Any

from ..functions.arithmetic import where
from ..functions.comparison import isclose
from ..functions.creation import ones_like, zeros_like
from ..functions.random import rand
from ..tensor import Tensor
from . import constraints
from .distribution import Distribution
from .utils import Numbers, Shape, broadcast_all


class GeneralizedPareto(Distribution):
    """How far numbers lie above a high threshold.

    P(X > x) = (1 + c z)^(-1 / c), z = (x - loc) / scale, c = concentration; exp(-z) for c = 0

    loc: the threshold, the least value, any real number
    scale: the spread, > 0
    concentration: c, any real number. Above 0 there is a heavy tail, as Pareto's; 0 gives the exponential distribution;
        below 0 values end at loc - scale / c, and for -1 they are uniform. The mean exists below 1, the variance below 1/2
        (else nan).
    validate_args: check parameters and values; None for `Distribution`'s default

    Shape: batch_shape is what the parameters broadcast to, event_shape ().
    Raises: ValueError for parameters out of range, and in `log_prob` and `cdf` for values outside; RuntimeError for shapes
    that do not broadcast.
    Source: J. Pickands, Statistical inference using extreme order statistics (1975).

    >>> import mtorch
    >>> mtorch.distributions.GeneralizedPareto(0.0, 1.0, 0.5).mean
    tensor(2.)
    """

    arg_constraints = {"loc": constraints.real, "scale": constraints.positive, "concentration": constraints.real}
    has_rsample = True

    def __init__(self, loc: Numbers, scale: Numbers, concentration: Numbers, validate_args: bool | None = None) -> None:
        self.loc, self.scale, self.concentration = broadcast_all(loc, scale, concentration)
        super().__init__(self.loc.shape, validate_args=validate_args)

    mode = property(lambda self: self.loc)

    @constraints.dependent_property(is_discrete=False, event_dim=0)
    def support(self) -> Any:
        """From loc on, and below a concentration of 0 up to loc - scale / concentration."""
        end = where(self.concentration < 0, self.loc - self.scale / self.concentration, math.inf)
        return constraints.interval(self.loc, end)

    @property
    def mean(self) -> Tensor:
        """For a concentration below 1."""
        exists = self.concentration < 1
        return where(exists, self.loc + self.scale / (1 - where(exists, self.concentration, 0.5)), math.nan)

    @property
    def variance(self) -> Tensor:
        """For a concentration below 1/2."""
        exists = self.concentration < 0.5
        c = where(exists, self.concentration, 0.25)
        return where(exists, self.scale**2 / ((1 - c) ** 2 * (1 - 2 * c)), math.nan)

    def _cases(self) -> tuple[Tensor, Tensor]:
        """Where the concentration counts as 0; and the concentration, with a 1 there that can be divided by."""
        is_zero = isclose(self.concentration, zeros_like(self.concentration))
        return is_zero, where(is_zero, ones_like(self.concentration), self.concentration)

    def rsample(self, sample_shape: Shape = ()) -> Tensor:
        return self.icdf(rand(self._extended_shape(sample_shape), dtype=self.loc.dtype))

    def log_prob(self, value: Tensor) -> Tensor:
        self._checked(value)
        z, (is_zero, c) = (value - self.loc) / self.scale, self._cases()
        power = 1 / c + ones_like(z)
        return -self.scale.log() - where(is_zero, z, where(power == 0, power, power * (c * z).log1p()))

    def log_survival_function(self, value: Tensor) -> Tensor:
        """The logarithm of the probability of a value greater than this one."""
        self._checked(value)
        z, (is_zero, c) = (value - self.loc) / self.scale, self._cases()
        return where(is_zero, -z, -(c * z).log1p() / c)

    def log_cdf(self, value: Tensor) -> Tensor:
        """The logarithm of the cdf."""
        return (-self.log_survival_function(value).exp()).log1p()

    def cdf(self, value: Tensor) -> Tensor:
        return self.log_cdf(value).exp()

    def icdf(self, value: Tensor) -> Tensor:
        (is_zero, c), log_rest = self._cases(), (-value).log1p()
        return where(is_zero, self.loc - self.scale * log_rest, self.loc + self.scale / c * (-c * log_rest).expm1())

    def entropy(self) -> Tensor:
        return (self.scale.log() + self.concentration + 1).expand(self._batch_shape)
