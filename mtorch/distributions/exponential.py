"""The exponential distribution."""
from __future__ import annotations

from ..functions.creation import zeros_like
from ..tensor import Tensor
from . import constraints
from .exp_family import ExponentialFamily
from .utils import Numbers, Shape, broadcast_all


class Exponential(ExponentialFamily):
    """The time until the next event, where they come independently of each other.

    p(x) = rate exp(-rate x), x >= 0

    rate: events expected in one unit of time, > 0
    validate_args: check parameters and values; None for `Distribution`'s default

    Shape: batch_shape is rate's shape, event_shape ().
    Raises: ValueError for a rate <= 0, and in `log_prob` and `cdf` for values below 0.
    Source: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, vol. 1 (1994), chapter 19.

    >>> import mtorch
    >>> mtorch.distributions.Exponential(2.0).mean
    tensor(0.5000)
    """

    arg_constraints = {"rate": constraints.positive}
    support = constraints.nonnegative
    has_rsample = True
    _mean_carrier_measure = 0

    def __init__(self, rate: Numbers, validate_args: bool | None = None) -> None:
        self.rate, = broadcast_all(rate)
        super().__init__(self.rate.shape, validate_args=validate_args)

    mean = stddev = property(lambda self: self.rate.reciprocal())
    mode = property(lambda self: zeros_like(self.rate))
    variance = property(lambda self: self.rate.pow(-2))

    def rsample(self, sample_shape: Shape = ()) -> Tensor:
        return self.rate.new_empty(self._extended_shape(sample_shape)).exponential_() / self.rate

    def log_prob(self, value: Tensor) -> Tensor:
        self._checked(value)
        return self.rate.log() - self.rate * value

    def cdf(self, value: Tensor) -> Tensor:
        self._checked(value)
        return 1 - (-self.rate * value).exp()

    def icdf(self, value: Tensor) -> Tensor:
        return -(-value).log1p() / self.rate

    def entropy(self) -> Tensor:
        return 1.0 - self.rate.log()

    @property
    def _natural_params(self) -> tuple[Tensor, ...]:
        return -self.rate,

    def _log_normalizer(self, x: Tensor) -> Tensor:               # type: ignore[override]
        return -(-x).log()
