"""The binomial distribution."""
from __future__ import annotations

from ..autograd import no_grad
from ..functions.creation import arange
from ..functions.random import binomial
from . import constraints
from .probs_or_logits import ProbsOrLogits


class Binomial(ProbsOrLogits):
    """How many of `total_count` trials succeed, each with probability `probs` (or log odds `logits`).

    >>> import mtorch
    >>> mtorch.distributions.Binomial(10, probs=mtorch.tensor(0.5)).mean
    tensor(5.)
    """

    arg_constraints = {"total_count": constraints.nonnegative_integer, "probs": constraints.unit_interval,
                       "logits": constraints.real}
    has_enumerate_support = True

    def __init__(self, total_count=1, probs=None, logits=None, validate_args=None):
        total_count, = self._given(probs, logits, total_count)
        self.total_count = total_count.to(self._param.dtype)
        super().__init__(self._param.shape, validate_args=validate_args)

    @constraints.dependent_property(is_discrete=True, event_dim=0)
    def support(self):
        """0 to total_count."""
        return constraints.integer_interval(0, self.total_count)

    mean = property(lambda self: self.total_count * self.probs)
    variance = property(lambda self: self.total_count * self.probs * (1 - self.probs))
    mode = property(lambda self: ((self.total_count + 1) * self.probs).floor().clamp(max=self.total_count))

    def sample(self, sample_shape=()):
        shape = self._extended_shape(sample_shape)
        with no_grad():
            return binomial(self.total_count.expand(shape), self.probs.expand(shape))

    def log_prob(self, value):
        self._checked(value)
        n, logits = self.total_count, self.logits
        # log(1 + e^logits) without overflow; the clamp is written so that its gradient at 0 is 1/2, its limits' mean
        above_zero = (logits.clamp(min=0) + logits - logits.clamp(max=0)) / 2
        norm = n * above_zero + n * (-logits.abs()).exp().log1p() - (n + 1).lgamma()
        return value * logits - (value + 1).lgamma() - (n - value + 1).lgamma() - norm

    def entropy(self):
        log_prob = self.log_prob(self.enumerate_support(False))
        return -(log_prob.exp() * log_prob).sum(0)

    def enumerate_support(self, expand=True):
        count = int(self.total_count.max())
        if not (self.total_count == count).all():
            raise NotImplementedError("Binomial: the supports of different total counts cannot be enumerated together")
        return self._along_batch(arange(1 + count, dtype=self._param.dtype), expand)
