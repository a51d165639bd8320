"""The inverse gamma distribution."""
from __future__ import annotations

import math
from typing import Any

from ..functions.arithmetic import where
from ..tensor import Tensor
from . import constraints
from .gamma import Gamma
from .transformed_distribution import TransformedDistribution
from .transforms import PowerTransform
from .utils import Numbers


class InverseGamma(TransformedDistribution):
    """One over a gamma number: the usual prior of a variance.

    p(x) = rate^concentration x^(-concentration - 1) exp(-rate / x) / Gamma(concentration), x > 0

    concentration: the shape, > 0; the mean is infinite up to 1, the variance up to 2
    rate: the gamma number's rate, which is this one's scale; > 0
    validate_args: check parameters and values; None for `Distribution`'s default

    Shape: batch_shape is what the parameters broadcast to, event_shape ().
    Raises: ValueError for parameters out of range, and in `log_prob` for values <= 0; RuntimeError for shapes that do not
    broadcast.
    Source: Gelman et al., Bayesian Data Analysis (2013), appendix A.

    >>> import mtorch
    >>> mtorch.distributions.InverseGamma(3.0, 4.0).mean
    tensor(2.)
    """

    arg_constraints = {"concentration": constraints.positive, "rate": constraints.positive}
    support: Any = constraints.positive
    has_rsample: Any = True

    def __init__(self, concentration: Numbers, rate: Numbers, validate_args: bool | None = None) -> None:
        base = Gamma(concentration, rate, validate_args=validate_args)
        super().__init__(base, PowerTransform(-base.rate.new_ones(())), validate_args=validate_args)

    concentration = property(lambda self: self.base_dist.concentration)
    rate = property(lambda self: self.base_dist.rate)
    mode = property(lambda self: self.rate / (self.concentration + 1))

    @property
    def mean(self) -> Tensor:
        """Infinite for a concentration <= 1."""
        return where(self.concentration > 1, self.rate / (self.concentration - 1), math.inf)

    @property
    def variance(self) -> Tensor:
        """Infinite for a concentration <= 2."""
        a = self.concentration
        return where(a > 2, self.rate.square() / ((a - 1).square() * (a - 2)), math.inf)

    def entropy(self) -> Tensor:
        a = self.concentration
        return a + self.rate.log() + a.lgamma() - (1 + a) * a.digamma()
