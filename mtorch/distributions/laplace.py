"""The Laplace distribution."""
from __future__ import annotations

from ..dtypes import finfo
from ..tensor import Tensor
from . import constraints
from .distribution import Distribution
from .utils import Numbers, Shape, broadcast_all


class Laplace(Distribution):
    """Numbers around a median, with a sharp peak and heavier tails than the normal ones'.

    p(x) = exp(-|x - loc| / scale) / (2 scale)

    loc: the median and mean, any real number
    scale: the mean distance from it, > 0
    validate_args: check parameters and values; None for `Distribution`'s default

    Shape: batch_shape is what the parameters broadcast to, event_shape ().
    Raises: ValueError for parameters out of range, and in `log_prob` and `cdf` for nan; RuntimeError for shapes that do
    not broadcast.
    Source: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, vol. 2 (1995), chapter 24.

    >>> import mtorch
    >>> mtorch.distributions.Laplace(0.0, 1.0).cdf(mtorch.tensor(0.0))
    tensor(0.5000)
    """

    arg_constraints = {"loc": constraints.real, "scale": constraints.positive}
    support = constraints.real
    has_rsample = True

    def __init__(self, loc: Numbers, scale: Numbers, validate_args: bool | None = None) -> None:
        self.loc, self.scale = broadcast_all(loc, scale)
        super().__init__(self.loc.shape, validate_args=validate_args)

    mean = mode = property(lambda self: self.loc)
    variance = property(lambda self: 2 * self.scale.square())
    stddev = property(lambda self: 2**0.5 * self.scale)

    def rsample(self, sample_shape: Shape = ()) -> Tensor:
        eps = finfo(self.loc.dtype).eps
        u = self.loc.new_empty(self._extended_shape(sample_shape)).uniform_(eps - 1, 1)
        return self.loc - self.scale * u.sign() * (-u.abs()).log1p()

    def log_prob(self, value: Tensor) -> Tensor:
        self._checked(value)
        return -(2 * self.scale).log() - (value - self.loc).abs() / self.scale

    def cdf(self, value: Tensor) -> Tensor:
        self._checked(value)
        distance = value - self.loc
        return 0.5 - 0.5 * distance.sign() * (-distance.abs() / self.scale).expm1()

    def icdf(self, value: Tensor) -> Tensor:
        term = value - 0.5
        return self.loc - self.scale * term.sign() * (-2 * term.abs()).log1p()

    def entropy(self) -> Tensor:
        return 1 + (2 * self.scale).log()
