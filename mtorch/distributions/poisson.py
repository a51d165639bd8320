"""The Poisson distribution."""
from __future__ import annotations

from ..autograd import no_grad
from ..functions.random import poisson
from ..tensor import Tensor
from . import constraints
from .exp_family import ExponentialFamily
from .utils import Numbers, Shape, broadcast_all


class Poisson(ExponentialFamily):
    """The number of events in one unit of time, where they come independently of each other.

    P(x) = rate^x exp(-rate) / x!, x = 0, 1, 2, ...

    rate: the expected number, >= 0
    validate_args: check parameters and values; None for `Distribution`'s default

    Shape: batch_shape is rate's shape, event_shape ().
    Raises: ValueError for a rate < 0, and in `log_prob` for values but integers >= 0.
    Source: Johnson, Kemp and Kotz, Univariate Discrete Distributions (2005), chapter 4; samples, D. Knuth, The Art of
    Computer Programming, vol. 2, section 3.4.1, and W. Hoermann, The transformed rejection method for generating
    Poisson random variables (1993).

    >>> import mtorch
    >>> mtorch.distributions.Poisson(3.5).mode
    tensor(3.)
    """

    arg_constraints = {"rate": constraints.nonnegative}
    support = constraints.nonnegative_integer

    def __init__(self, rate: Numbers, validate_args: bool | None = None) -> None:
        self.rate, = broadcast_all(rate)
        super().__init__(self.rate.shape, validate_args=validate_args)

    mean = variance = property(lambda self: self.rate)
    mode = property(lambda self: self.rate.floor())

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        with no_grad():
            return poisson(self.rate.expand(self._extended_shape(sample_shape)))

    def log_prob(self, value: Tensor) -> Tensor:
        self._checked(value)
        rate, value = broadcast_all(self.rate, value)
        return value.xlogy(rate) - rate - (value + 1).lgamma()

    @property
    def _natural_params(self) -> tuple[Tensor, ...]:
        return self.rate.log(),

    def _log_normalizer(self, x: Tensor) -> Tensor:               # type: ignore[override]
        return x.exp()
