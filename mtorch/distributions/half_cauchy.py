"""The half-Cauchy distribution."""
from __future__ import annotations

import math
from typing import Any

from ..functions.arithmetic import where
from ..functions.creation import as_tensor, full_like, zeros_like
from ..tensor import Tensor
from . import constraints
from .cauchy import Cauchy
from .transformed_distribution import TransformedDistribution
from .transforms import AbsTransform
from .utils import Numbers


class HalfCauchy(TransformedDistribution):
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

    arg_constraints = {"scale": constraints.positive}
    support: Any = constraints.nonnegative
    has_rsample: Any = True

    def __init__(self, scale: Numbers, validate_args: bool | None = None) -> None:
        super().__init__(Cauchy(0, scale, validate_args=False), AbsTransform(), validate_args=validate_args)

    scale = property(lambda self: self.base_dist.scale)
    mean = property(lambda self: full_like(self.scale, math.inf))
    mode = property(lambda self: zeros_like(self.scale))
    variance = property(lambda self: self.base_dist.variance)

    def log_prob(self, value: Tensor) -> Tensor:
        value = as_tensor(self._checked(value), dtype=self.scale.dtype)
        return where(value >= 0, self.base_dist.log_prob(value) + math.log(2), -math.inf)

    def cdf(self, value: Tensor) -> Tensor:
        self._checked(value)
        return 2 * self.base_dist.cdf(value) - 1

    def icdf(self, value: Tensor) -> Tensor:
        return self.base_dist.icdf((value + 1) / 2)

    def entropy(self) -> Tensor:
        return self.base_dist.entropy() - math.log(2)
