"""The categorical distribution."""
from __future__ import annotations

import math

import numpy as np

from ..autograd import no_grad
from ..functions.arguments import Size
from ..functions.creation import arange, full
from ..functions.random import multinomial
from . import constraints
from .probs_or_logits import ProbsOrLogits
from .utils import broadcast_shapes


class Categorical(ProbsOrLogits):
    """One of K categories, 0 to K - 1, drawn with weights `probs` >= 0, or with weights exp(logits).

    Both are normalised along the last axis.

    Shape: probs or logits (*batch, K), a value (), int64.

    >>> import mtorch
    >>> m = mtorch.distributions.Categorical(mtorch.tensor([1.0, 1.0, 2.0]))
    >>> m.log_prob(mtorch.tensor(2)).exp()
    tensor(0.5000)
    """

    arg_constraints = {"probs": constraints.simplex, "logits": constraints.real_vector}
    has_enumerate_support = True
    _is_binary = False

    def __init__(self, probs=None, logits=None, validate_args=None):
        self._given(probs, logits)
        name, weights = ("logits", logits) if probs is None else ("probs", probs)
        if weights.dim() < 1:
            raise ValueError(f"`{name}` parameter must be at least one-dimensional.")
        normalised = logits - logits.logsumexp(-1, True) if probs is None else probs / probs.sum(-1, True)
        self.__dict__[name] = self._param = normalised
        self._num_events = weights.shape[-1]
        super().__init__(weights.shape[:-1], validate_args=validate_args)

    @constraints.dependent_property(is_discrete=True, event_dim=0)
    def support(self):
        """0 to K - 1."""
        return constraints.integer_interval(0, self._num_events - 1)

    mode = property(lambda self: self.probs.argmax(-1))
    mean = variance = property(lambda self: full(self._batch_shape, math.nan, dtype=self._param.dtype),
                               doc="Undefined, nan: categories are not numbers.")

    def sample(self, sample_shape=()):
        rows = self.probs.reshape(-1, self._num_events)
        with no_grad():
            drawn = multinomial(rows, Size(sample_shape).numel(), True).T
        return drawn.reshape(self._extended_shape(sample_shape))

    def log_prob(self, value):
        self._checked(value)
        shape = broadcast_shapes(value.shape, self._batch_shape)
        index = value.long().expand(shape).unsqueeze(-1)
        return self.logits.expand(shape + (self._num_events,)).gather(-1, index).squeeze(-1)

    def entropy(self):
        least = float(np.finfo(self.logits.array.dtype).min)      # so that 0 times -inf is 0
        return -(self.logits.clamp(min=least) * self.probs).sum(-1)

    def enumerate_support(self, expand=True):
        return self._along_batch(arange(self._num_events), expand)
