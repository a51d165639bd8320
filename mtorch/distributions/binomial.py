"""The binomial distribution."""
from __future__ import annotations

from ..autograd import no_grad
from ..functions.creation import arange
from ..functions.random import binomial
from ..tensor import Tensor
from . import constraints
from .probs_or_logits import ProbsOrLogits
from .utils import Numbers, Shape


class Binomial(ProbsOrLogits):
    """How many of some trials succeed.

    P(x) = total_count! / (x! (total_count - x)!) probs^x (1 - probs)^(total_count - x)

    total_count: trials, an integer >= 0 or a tensor of them
    probs: the probability that one trial succeeds, in [0, 1]
    logits: in its place, the log odds, any real numbers
    validate_args: check parameters and values; None for `Distribution`'s default

    Shape: batch_shape is what the parameters broadcast to, event_shape ().
    Raises: ValueError for both or neither of probs and logits, parameters out of range, and in `log_prob` for values
    but 0 ... total_count; RuntimeError for shapes that do not broadcast; NotImplementedError in `entropy` and
    `enumerate_support` where the total counts differ.
    Source: Johnson, Kemp and Kotz, Univariate Discrete Distributions (2005), chapter 3; samples by rejection, W.
    Hoermann, The generation of binomial random variates (1993).

    >>> import mtorch
    >>> mtorch.distributions.Binomial(10, probs=mtorch.tensor(0.5)).mean
    tensor(5.)
    """

    arg_constraints = {"total_count": constraints.nonnegative_integer, "probs": constraints.unit_interval,
                       "logits": constraints.real}
    has_enumerate_support = True

    def __init__(self, total_count: Numbers = 1, probs: Numbers | None = None,
                 logits: Numbers | None = None, validate_args: bool | None = None) -> None:
        total_count, = self._given(probs, logits, total_count)
        self.total_count = total_count.to(self._param.dtype)
        super().__init__(self._param.shape, validate_args=validate_args)

    @constraints.dependent_property(is_discrete=True, event_dim=0)
    def support(self) -> constraints.Constraint:
        """0 to total_count."""
        return constraints.integer_interval(0, self.total_count)

    mean = property(lambda self: self.total_count * self.probs)
    variance = property(lambda self: self.total_count * self.probs * (1 - self.probs))
    mode = property(lambda self: ((self.total_count + 1) * self.probs).floor().clamp(max=self.total_count))

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        with no_grad():
            return binomial(self.total_count.expand(shape), self.probs.expand(shape))

    def log_prob(self, value: Tensor) -> Tensor:
        self._checked(value)
        n, logits = self.total_count, self.logits
        # log(1 + e^logits) without overflow; the clamp is written so that its gradient at 0 is 1/2, its limits' mean
        above_zero = (logits.clamp(min=0) + logits - logits.clamp(max=0)) / 2
        norm = n * above_zero + n * (-logits.abs()).exp().log1p() - (n + 1).lgamma()
        return value * logits - (value + 1).lgamma() - (n - value + 1).lgamma() - norm

    def entropy(self) -> Tensor:
        log_prob = self.log_prob(self.enumerate_support(False))
        return -(log_prob.exp() * log_prob).sum(0)

    def enumerate_support(self, expand: bool = True) -> Tensor:
        count = int(self.total_count.max())
        if not (self.total_count == count).all():
            raise NotImplementedError("Binomial: the supports of different total counts cannot be enumerated together")
        return self._along_batch(arange(1 + count, dtype=self._param.dtype), expand)
