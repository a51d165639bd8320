"""The negative binomial distribution."""
from __future__ import annotations

from ..autograd import no_grad
from ..functions.random import poisson
from ..nn.functional.activation import logsigmoid
from ..tensor import Tensor
from . import constraints
from .gamma import Gamma
from .probs_or_logits import ProbsOrLogits
from .utils import Numbers, Shape, lazy_property


class NegativeBinomial(ProbsOrLogits):
    """How many trials succeed before total_count of them have failed.

    P(x) = Gamma(total_count + x) / (x! Gamma(total_count)) (1 - probs)^total_count probs^x, x = 0, 1, 2, ...

    total_count: failures, >= 0, not only whole numbers
    probs: the probability that a trial succeeds, in [0, 1)
    logits: in its place, the log odds, any real numbers
    validate_args: check parameters and values; None for `Distribution`'s default

    A sample is a Poisson number whose rate is a sample of Gamma(total_count, (1 - probs) / probs).

    Shape: batch_shape is what the parameters broadcast to, event_shape ().
    Raises: ValueError for both or neither of probs and logits, parameters out of range, and in `log_prob` for values but
    integers >= 0; RuntimeError for shapes that do not broadcast.
    Source: Johnson, Kemp and Kotz, Univariate Discrete Distributions (2005), chapter 5.

    >>> import mtorch
    >>> mtorch.distributions.NegativeBinomial(3.0, probs=mtorch.tensor(0.5)).mean
    tensor(3.)
    """

    arg_constraints = {"total_count": constraints.greater_than_eq(0), "probs": constraints.half_open_interval(0.0, 1.0),
                       "logits": constraints.real}
    support = constraints.nonnegative_integer

    def __init__(self, total_count: Numbers, probs: Numbers | None = None, logits: Numbers | None = None,
                 validate_args: bool | None = None) -> None:
        total_count, = self._given(probs, logits, total_count)
        self.total_count = total_count.to(self._param.dtype)
        super().__init__(self._param.shape, validate_args=validate_args)

    mean = property(lambda self: self.total_count * self.logits.exp())
    mode = property(lambda self: ((self.total_count - 1) * self.logits.exp()).floor().clamp(min=0.0))
    variance = property(lambda self: self.mean / (-self.logits).sigmoid())

    @lazy_property
    def _gamma(self) -> Gamma:
        return Gamma(self.total_count, (-self.logits).exp(), validate_args=False)          # total_count may be 0

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        with no_grad():
            return poisson(self._gamma.sample(sample_shape))

    def log_prob(self, value: Tensor) -> Tensor:
        self._checked(value)
        n = self.total_count
        of_one_order = n * logsigmoid(-self.logits) + value * logsigmoid(self.logits)
        orders = -(n + value).lgamma() + (1.0 + value).lgamma() + n.lgamma()
        return of_one_order - orders.masked_fill(n + value == 0.0, 0.0)          # nothing is certain, of no trials
