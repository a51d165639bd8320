"""Student's t distribution."""
from __future__ import annotations

import math

from ..functions.arithmetic import where
from ..functions.creation import full_like
from ..tensor import Tensor
from . import constraints
from .chi2 import Chi2
from .distribution import Distribution
from .utils import Numbers, Shape, broadcast_all, _standard_normal


class StudentT(Distribution):
    """loc + scale t, with Student's t: a standard normal number, divided by the root of an independent Chi2(df) / df.

    p(x) = Gamma((df + 1) / 2) / (Gamma(df / 2) sqrt(pi df) scale) (1 + t^2 / df)^(-(df + 1) / 2), t = (x - loc) / scale

    df: degrees of freedom, > 0; the mean exists above 1 (else nan), the variance above 2 (else inf or nan)
    loc: the median, any real number
    scale: the spread, > 0
    validate_args: check parameters and values; None for `Distribution`'s default

    Shape: batch_shape is what the parameters broadcast to, event_shape ().
    Raises: ValueError for parameters out of range, and in `log_prob` for nan; RuntimeError for shapes that do not
    broadcast.
    Source: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, vol. 2 (1995), chapter 28.

    >>> import mtorch
    >>> mtorch.distributions.StudentT(4.0).variance
    tensor(2.)
    """

    arg_constraints = {"df": constraints.positive, "loc": constraints.real, "scale": constraints.positive}
    support = constraints.real
    has_rsample = True

    def __init__(self, df: Numbers, loc: Numbers = 0.0, scale: Numbers = 1.0,
                 validate_args: bool | None = None) -> None:
        self.df, self.loc, self.scale = broadcast_all(df, loc, scale)
        self._chi2 = Chi2(self.df)
        super().__init__(self.df.shape, validate_args=validate_args)

    mode = property(lambda self: self.loc)

    @property
    def mean(self) -> Tensor:
        """loc, for more than one degree of freedom."""
        return where(self.df <= 1, math.nan, self.loc)

    @property
    def variance(self) -> Tensor:
        """Finite for more than two degrees of freedom."""
        finite = self.scale.square() * self.df / where(self.df > 2, self.df - 2, 1.0)
        return where(self.df > 2, finite, where(self.df > 1, full_like(self.df, math.inf), math.nan))

    def rsample(self, sample_shape: Shape = ()) -> Tensor:
        x = _standard_normal(self._extended_shape(sample_shape), self.df.dtype)
        return self.loc + self.scale * (x * (self._chi2.rsample(sample_shape) / self.df).rsqrt())

    def log_prob(self, value: Tensor) -> Tensor:
        self._checked(value)
        y, half = (value - self.loc) / self.scale, 0.5 * (self.df + 1.0)
        norm = (self.scale.log() + 0.5 * self.df.log() + 0.5 * math.log(math.pi) + (0.5 * self.df).lgamma()
                - half.lgamma())
        return -half * (y**2.0 / self.df).log1p() - norm

    def entropy(self) -> Tensor:
        half, more = 0.5 * self.df, 0.5 * (self.df + 1)
        log_beta = half.lgamma() + math.lgamma(0.5) - more.lgamma()
        return self.scale.log() + more * (more.digamma() - half.digamma()) + 0.5 * self.df.log() + log_beta
