"""The Pareto distribution."""
from __future__ import annotations

from typing import Any

from ..tensor import Tensor
from . import constraints
from .exponential import Exponential
from .transformed_distribution import TransformedDistribution
from .transforms import AffineTransform, ExpTransform
from .utils import Numbers, broadcast_all


class Pareto(TransformedDistribution):
    """Numbers from scale on, the greater the rarer by a power law: incomes, sizes of cities.

    p(x) = alpha scale^alpha / x^(alpha + 1), x >= scale; x = scale exp(e / alpha) for e exponential of rate 1

    scale: the least value, > 0
    alpha: the power, > 0; the mean is infinite up to 1, the variance up to 2
    validate_args: check parameters and values; None for `Distribution`'s default

    Shape: batch_shape is what the parameters broadcast to, event_shape ().
    Raises: ValueError for parameters out of range, and in `log_prob` for values below scale; RuntimeError for shapes that
    do not broadcast.
    Source: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, vol. 1 (1994), chapter 20.

    >>> import mtorch
    >>> mtorch.distributions.Pareto(1.0, 2.0).mean
    tensor(2.)
    """

    arg_constraints = {"alpha": constraints.positive, "scale": constraints.positive}

    def __init__(self, scale: Numbers, alpha: Numbers, validate_args: bool | None = None) -> None:
        self.scale, self.alpha = broadcast_all(scale, alpha)
        base, factor = Exponential(self.alpha, validate_args=validate_args), AffineTransform(loc=0, scale=self.scale)
        super().__init__(base, [ExpTransform(), factor], validate_args=validate_args)

    mode = property(lambda self: self.scale)

    @property
    def mean(self) -> Tensor:
        """Infinite for alpha <= 1."""
        a = self.alpha.clamp(min=1)
        return a * self.scale / (a - 1)

    @property
    def variance(self) -> Tensor:
        """Infinite for alpha <= 2."""
        a = self.alpha.clamp(min=2)
        return self.scale.square() * a / ((a - 1).square() * (a - 2))

    @constraints.dependent_property(is_discrete=False, event_dim=0)
    def support(self) -> Any:
        """From scale on."""
        return constraints.greater_than_eq(self.scale)

    def entropy(self) -> Tensor:
        return (self.scale / self.alpha).log() + (1 + self.alpha.reciprocal())
