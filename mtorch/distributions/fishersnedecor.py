"""The F distribution."""
from __future__ import annotations

import math

from ..dtypes import finfo
from ..functions.arithmetic import where
from ..tensor import Tensor
from . import constraints
from .distribution import Distribution
from .gamma import Gamma
from .utils import Numbers, Shape, broadcast_all


class FisherSnedecor(Distribution):
    """Fisher's F: the ratio of two independent chi-squared numbers, each divided by its degrees of freedom.

    p(x) = (df1 / df2)^(df1 / 2) x^(df1 / 2 - 1) (1 + df1 x / df2)^(-(df1 + df2) / 2) / B(df1 / 2, df2 / 2), x > 0

    df1: degrees of freedom above, > 0; there is a mode above 2 (else nan)
    df2: degrees of freedom below, > 0; the mean exists above 2, the variance above 4 (else nan)
    validate_args: check parameters and values; None for `Distribution`'s default

    Shape: batch_shape is what the parameters broadcast to, event_shape ().
    Raises: ValueError for parameters out of range, and in `log_prob` for values <= 0; RuntimeError for shapes that do not
    broadcast.
    Source: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, vol. 2 (1995), chapter 27.

    >>> import mtorch
    >>> mtorch.distributions.FisherSnedecor(3.0, 4.0).mean
    tensor(2.)
    """

    arg_constraints = {"df1": constraints.positive, "df2": constraints.positive}
    support = constraints.positive
    has_rsample = True

    def __init__(self, df1: Numbers, df2: Numbers, validate_args: bool | None = None) -> None:
        self.df1, self.df2 = broadcast_all(df1, df2)
        self._gamma1, self._gamma2 = Gamma(self.df1 * 0.5, self.df1), Gamma(self.df2 * 0.5, self.df2)
        super().__init__(self.df1.shape, validate_args=validate_args)

    @property
    def mean(self) -> Tensor:
        """For more than two degrees of freedom below."""
        df2 = where(self.df2 <= 2, math.nan, self.df2)
        return df2 / (df2 - 2)

    @property
    def mode(self) -> Tensor:
        """For more than two degrees of freedom above."""
        mode = (self.df1 - 2) / self.df1 * self.df2 / (self.df2 + 2)
        return where(self.df1 <= 2, math.nan, mode)

    @property
    def variance(self) -> Tensor:
        """For more than four degrees of freedom below."""
        df2 = where(self.df2 <= 4, math.nan, self.df2)
        return 2 * df2.square() * (self.df1 + df2 - 2) / (self.df1 * (df2 - 2).square() * (df2 - 4))

    def rsample(self, sample_shape: Shape = ()) -> Tensor:
        above, below = self._gamma1.rsample(sample_shape), self._gamma2.rsample(sample_shape)
        tiny = finfo(below.dtype).tiny
        return (above / below.clamp(min=tiny)).clamp(min=tiny)

    def log_prob(self, value: Tensor) -> Tensor:
        self._checked(value)
        above, below, ratio = self.df1 * 0.5, self.df2 * 0.5, self.df1 / self.df2
        norm = (above + below).lgamma() - above.lgamma() - below.lgamma()
        return norm + above * ratio.log() + (above - 1) * value.log() - (above + below) * (ratio * value).log1p()
