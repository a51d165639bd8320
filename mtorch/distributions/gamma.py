"""The gamma distribution."""
from __future__ import annotations

import numpy as np

from ..dtypes import finfo
from ..functions.arithmetic import xlogy
from ..functions.creation import as_tensor
from ..functions.gamma_draws import _standard_gamma
from ..ops import sampling
from ..tensor import Tensor
from . import constraints
from .exp_family import ExponentialFamily
from .utils import Numbers, Shape, broadcast_all


class Gamma(ExponentialFamily):
    """Positive numbers; for a whole concentration, the time until so many events.

    p(x) = rate^concentration x^(concentration - 1) exp(-rate x) / Gamma(concentration), x > 0

    concentration: the shape, > 0
    rate: events expected in one unit of time, one over the scale; > 0
    validate_args: check parameters and values; None for `Distribution`'s default

    Shape: batch_shape is what the parameters broadcast to, event_shape ().
    Raises: ValueError for parameters out of range, and in `log_prob` and `cdf` for values below 0; RuntimeError for
    shapes that do not broadcast; NotImplementedError in `cdf` for a concentration that requires a gradient.
    Source: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, vol. 1 (1994), chapter 17; samples,
    Marsaglia and Tsang, A simple method for generating gamma variables (2000); their gradient, Figurnov, Mohamed and
    Mnih, Implicit Reparameterization Gradients (2018).

    >>> import mtorch
    >>> mtorch.distributions.Gamma(2.0, 4.0).mean
    tensor(0.5000)
    """

    arg_constraints = {"concentration": constraints.positive, "rate": constraints.positive}
    support = constraints.nonnegative
    has_rsample = True
    _mean_carrier_measure = 0

    def __init__(self, concentration: Numbers, rate: Numbers, validate_args: bool | None = None) -> None:
        self.concentration, self.rate = broadcast_all(concentration, rate)
        super().__init__(self.concentration.shape, validate_args=validate_args)

    mean = property(lambda self: self.concentration / self.rate)
    mode = property(lambda self: ((self.concentration - 1) / self.rate).clamp(min=0))
    variance = property(lambda self: self.concentration / self.rate.square())

    def rsample(self, sample_shape: Shape = ()) -> Tensor:
        value = _standard_gamma(self.concentration.expand(self._extended_shape(sample_shape))) / self.rate
        np.maximum(value.array, finfo(value.dtype).tiny, out=value.array)       # 0 would have no log_prob
        return value

    def log_prob(self, value: Tensor) -> Tensor:
        value = self._checked(as_tensor(value, dtype=self.rate.dtype))
        return (xlogy(self.concentration, self.rate) + xlogy(self.concentration - 1, value) - self.rate * value
                - self.concentration.lgamma())

    def entropy(self) -> Tensor:
        a = self.concentration
        return a - self.rate.log() + a.lgamma() + (1.0 - a) * a.digamma()

    def cdf(self, value: Tensor) -> Tensor:
        self._checked(value)
        return gammainc(self.concentration, self.rate * value)

    @property
    def _natural_params(self) -> tuple[Tensor, ...]:
        return self.concentration - 1, -self.rate

    def _log_normalizer(self, x: Tensor, y: Tensor) -> Tensor:               # type: ignore[override]
        return (x + 1).lgamma() + (x + 1) * (-y.reciprocal()).log()


def gammainc(a: Tensor, x: Tensor) -> Tensor:
    """The regularised lower incomplete gamma function; differentiable in x."""
    if a.requires_grad:
        raise NotImplementedError("Gamma.cdf: no gradient with respect to the concentration; detach() it")
    return sampling.gammainc(x, a=np.broadcast_to(a.array, np.broadcast_shapes(a.array.shape, x.array.shape)))
