"""The gamma distribution."""
from __future__ import annotations

import numpy as np

from .. import random
from ..functions.arithmetic import xlogy
from ..functions.creation import as_tensor
from ..ops import sampling
from ..random import default_generator
from ..tensor import Tensor
from . import constraints
from .distribution import Distribution
from .utils import broadcast_all


class Gamma(Distribution):
    """Positive numbers of density proportional to x^(concentration - 1) exp(-rate x), both parameters > 0.

    (`cdf` is not differentiated with respect to the concentration.)

    >>> import mtorch
    >>> mtorch.distributions.Gamma(2.0, 4.0).mean
    tensor(0.5000)
    """

    arg_constraints = {"concentration": constraints.positive, "rate": constraints.positive}
    support = constraints.nonnegative
    has_rsample = True

    def __init__(self, concentration, rate, validate_args=None):
        self.concentration, self.rate = broadcast_all(concentration, rate)
        super().__init__(self.concentration.shape, validate_args=validate_args)

    mean = property(lambda self: self.concentration / self.rate)
    mode = property(lambda self: ((self.concentration - 1) / self.rate).clamp(min=0))
    variance = property(lambda self: self.concentration / self.rate.square())

    def rsample(self, sample_shape=()):
        concentration = self.concentration.expand(self._extended_shape(sample_shape))
        drawn = random.standard_gamma(concentration.array, default_generator)
        value = sampling.standard_gamma(concentration, sample=drawn) / self.rate
        np.maximum(value.array, np.finfo(value.array.dtype).tiny, out=value.array)       # 0 would have no log_prob
        return value

    def log_prob(self, value):
        value = self._checked(as_tensor(value, dtype=self.rate.dtype))
        return (xlogy(self.concentration, self.rate) + xlogy(self.concentration - 1, value) - self.rate * value
                - self.concentration.lgamma())

    def entropy(self):
        a = self.concentration
        return a - self.rate.log() + a.lgamma() + (1.0 - a) * a.digamma()

    def cdf(self, value):
        self._checked(value)
        return gammainc(self.concentration, self.rate * value)


def gammainc(a: Tensor, x: Tensor) -> Tensor:
    """The regularised lower incomplete gamma function; differentiable in x."""
    if a.requires_grad:
        raise NotImplementedError("Gamma.cdf: no gradient with respect to the concentration; detach() it")
    return sampling.gammainc(x, a=np.broadcast_to(a.array, np.broadcast_shapes(a.array.shape, x.array.shape)))
