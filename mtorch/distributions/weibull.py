"""The Weibull distribution."""
from __future__ import annotations

from typing import Any

from ..functions.creation import ones_like
from ..tensor import Tensor
from . import constraints
from .exponential import Exponential
from .transformed_distribution import TransformedDistribution
from .transforms import AffineTransform, PowerTransform, Transform
from .utils import Numbers, Shape, broadcast_all, euler_constant


class Weibull(TransformedDistribution):
    """Times until something fails, where its rate of failing grows or falls by a power law.

    p(x) = (k / scale) (x / scale)^(k - 1) exp(-(x / scale)^k), x > 0, k = concentration

    scale: the time by which 1 - 1 / e of all have failed, > 0
    concentration: k, > 0; above 1 the rate of failing grows, below 1 it falls
    validate_args: check parameters and values; None for `Distribution`'s default

    A sample is scale e^(1 / k), e exponential of rate 1.

    Shape: batch_shape is what the parameters broadcast to, event_shape ().
    Raises: ValueError for parameters out of range, and in `log_prob` for values <= 0; RuntimeError for shapes that do not
    broadcast.
    Source: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, vol. 1 (1994), chapter 21.

    >>> import mtorch
    >>> mtorch.distributions.Weibull(2.0, 1.0).mean
    tensor(2.)
    """

    arg_constraints = {"scale": constraints.positive, "concentration": constraints.positive}
    support: Any = constraints.positive

    def __init__(self, scale: Numbers, concentration: Numbers, validate_args: bool | None = None) -> None:
        self.scale, self.concentration = broadcast_all(scale, concentration)
        self.concentration_reciprocal = self.concentration.reciprocal()
        base = Exponential(ones_like(self.scale), validate_args=validate_args)
        super().__init__(base, self._steps(), validate_args=validate_args)

    def _steps(self) -> list[Transform]:
        return [PowerTransform(self.concentration_reciprocal), AffineTransform(loc=0, scale=self.scale)]

    def expand(self, batch_shape: Shape, _instance: Any = None) -> Any:
        new = super().expand(batch_shape, _instance)
        new.concentration_reciprocal = new.concentration.reciprocal()
        new.transforms = new._steps()
        return new

    mean = property(lambda self: self.scale * self._gamma(1).exp())

    def _gamma(self, n: int) -> Tensor:
        """The logarithm of the nth moment, where scale is 1."""
        return (1 + n * self.concentration_reciprocal).lgamma()

    @property
    def mode(self) -> Tensor:
        """The densest point, for a concentration from 1 on; else nan."""
        k = self.concentration
        return self.scale * ((k - 1) / k) ** k.reciprocal()

    @property
    def variance(self) -> Tensor:
        return self.scale.square() * (self._gamma(2).exp() - (2 * self._gamma(1)).exp())

    def entropy(self) -> Tensor:
        inverse = self.concentration_reciprocal
        return euler_constant * (1 - inverse) + (self.scale * inverse).log() + 1
