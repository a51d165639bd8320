"""The chi-squared distribution."""
from __future__ import annotations

from typing import Any

from ..tensor import Tensor
from . import constraints
from .gamma import Gamma
from .utils import Numbers, Shape, broadcast_all


class Chi2(Gamma):
    """The sum of the squares of df standard normal numbers.

    p(x) = x^(df / 2 - 1) exp(-x / 2) / (2^(df / 2) Gamma(df / 2)), x > 0: the Gamma(df / 2, 1 / 2) distribution

    df: degrees of freedom, > 0, not only integers
    validate_args: check parameters and values; None for `Distribution`'s default

    Shape: batch_shape is df's shape, event_shape ().
    Raises: ValueError for df <= 0, and in `log_prob` and `cdf` for values below 0.
    Source: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, vol. 1 (1994), chapter 18.

    >>> import mtorch
    >>> mtorch.distributions.Chi2(3.0).mean
    tensor(3.)
    """

    arg_constraints = {"df": constraints.positive}

    def __init__(self, df: Numbers, validate_args: bool | None = None) -> None:
        df, = broadcast_all(df)
        super().__init__(0.5 * df, 0.5, validate_args=validate_args)

    def expand(self, batch_shape: Shape, _instance: Any = None) -> Any:
        new = super().expand(batch_shape, _instance)
        new.concentration, new.rate = self.concentration.expand(batch_shape), self.rate.expand(batch_shape)
        return new

    @property
    def df(self) -> Tensor:
        """The degrees of freedom."""
        return self.concentration * 2
