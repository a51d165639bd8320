"""The half-Cauchy distribution."""
from __future__ import annotations

import math

from ..functions.creation import full_like
from .cauchy import Cauchy
from .folded import Folded
from .transforms import AbsTransform
from .utils import Numbers


class HalfCauchy(Folded):
    """The absolute value of a Cauchy number of median 0.

    p(x) = 2 / (pi scale (1 + (x / scale)^2)), x >= 0

    scale: the median, > 0
    validate_args: check parameters and values; None for `Distribution`'s default

    Shape: batch_shape is scale's shape, event_shape ().
    Raises: ValueError for a scale <= 0, and in `log_prob` and `cdf` for values below 0.
    Source: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, vol. 1 (1994), chapter 16; as a prior of
    scales, N. Polson and J. Scott, On the half-Cauchy prior for a global scale parameter (2012).

    >>> import mtorch
    >>> mtorch.distributions.HalfCauchy(2.0).cdf(mtorch.tensor(2.0))
    tensor(0.5000)
    """

    def __init__(self, scale: Numbers, validate_args: bool | None = None) -> None:
        super().__init__(Cauchy(0, scale, validate_args=False), AbsTransform(), validate_args=validate_args)

    mean = property(lambda self: full_like(self.scale, math.inf))
    variance = property(lambda self: self.base_dist.variance)
