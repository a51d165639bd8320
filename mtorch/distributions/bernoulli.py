"""The Bernoulli distribution."""
from __future__ import annotations

import math

from ..autograd import no_grad
from ..functions.arithmetic import where
from ..functions.creation import arange
from ..functions.random import bernoulli
from ..nn.functional.loss import binary_cross_entropy_with_logits
from . import constraints
from .probs_or_logits import ProbsOrLogits
from .utils import broadcast_all


class Bernoulli(ProbsOrLogits):
    """1 with probability `probs`, else 0; or given by `logits`, the logarithm of the odds.

    >>> import mtorch
    >>> mtorch.distributions.Bernoulli(probs=0.25).variance
    tensor(0.1875)
    """

    arg_constraints = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.boolean
    has_enumerate_support = True

    def __init__(self, probs=None, logits=None, validate_args=None):
        self._given(probs, logits)
        super().__init__(self._param.shape, validate_args=validate_args)

    mean = property(lambda self: self.probs)
    variance = property(lambda self: self.probs * (1 - self.probs))

    @property
    def mode(self):
        """The likelier outcome; nan where both are as likely."""
        return where(self.probs == 0.5, math.nan, (self.probs >= 0.5).to(self.probs.dtype))

    def sample(self, sample_shape=()):
        with no_grad():
            return bernoulli(self.probs.expand(self._extended_shape(sample_shape)))

    def log_prob(self, value):
        self._checked(value)
        logits, value = broadcast_all(self.logits, value)
        return -binary_cross_entropy_with_logits(logits, value, reduction="none")

    def entropy(self):
        return binary_cross_entropy_with_logits(self.logits, self.probs, reduction="none")

    def enumerate_support(self, expand=True):
        return self._along_batch(arange(2, dtype=self._param.dtype), expand)
