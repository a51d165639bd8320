"""The log-normal distribution."""
from __future__ import annotations

from ..tensor import Tensor
from . import constraints
from .normal import Normal
from .transformed_distribution import TransformedDistribution
from .transforms import ExpTransform
from .utils import Numbers


class LogNormal(TransformedDistribution):
    """Positive numbers whose logarithm is normal.

    p(x) = exp(-(log x - loc)^2 / (2 scale^2)) / (x scale sqrt(2 pi)), x > 0

    loc: the mean of the logarithm, any real number
    scale: the standard deviation of the logarithm, > 0
    validate_args: check parameters and values; None for `Distribution`'s default

    Shape: batch_shape is what the parameters broadcast to, event_shape ().
    Raises: ValueError for parameters out of range, in `log_prob` for values <= 0, in `cdf` below 0; RuntimeError for
    shapes that do not broadcast.
    Source: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, vol. 1 (1994), chapter 14.

    >>> import mtorch
    >>> mtorch.distributions.LogNormal(0.0, 1.0).mode
    tensor(0.3679)
    """

    arg_constraints = {"loc": constraints.real, "scale": constraints.positive}
    support = constraints.positive

    def __init__(self, loc: Numbers, scale: Numbers, validate_args: bool | None = None) -> None:
        super().__init__(Normal(loc, scale, validate_args=validate_args), ExpTransform(), validate_args=validate_args)

    loc = property(lambda self: self.base_dist.loc)
    scale = property(lambda self: self.base_dist.scale)
    mean = property(lambda self: (self.loc + self.scale.square() / 2).exp())
    mode = property(lambda self: (self.loc - self.scale.square()).exp())
    variance = property(lambda self: self.scale.square().expm1() * (2 * self.loc + self.scale.square()).exp())

    def entropy(self) -> Tensor:
        return self.base_dist.entropy() + self.loc
