"""The half-normal distribution."""
from __future__ import annotations

import math

from .folded import Folded
from .normal import Normal
from .transforms import AbsTransform
from .utils import Numbers


class HalfNormal(Folded):
    """The absolute value of a normal number of mean 0.

    p(x) = sqrt(2 / pi) / scale exp(-x^2 / (2 scale^2)), x >= 0

    scale: the standard deviation of the normal number, > 0
    validate_args: check parameters and values; None for `Distribution`'s default

    Shape: batch_shape is scale's shape, event_shape ().
    Raises: ValueError for a scale <= 0, and in `log_prob` and `cdf` for values below 0.
    Source: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, vol. 1 (1994), chapter 13.

    >>> import mtorch
    >>> mtorch.distributions.HalfNormal(1.0).mean
    tensor(0.7979)
    """

    def __init__(self, scale: Numbers, validate_args: bool | None = None) -> None:
        super().__init__(Normal(0, scale, validate_args=False), AbsTransform(), validate_args=validate_args)

    mean = property(lambda self: self.scale * math.sqrt(2 / math.pi))
    variance = property(lambda self: self.scale.square() * (1 - 2 / math.pi))
