"""The multinomial distribution."""
from __future__ import annotations

import math

import numpy as np

from ..functions.arguments import Size
from ..functions.arithmetic import where
from ..functions.creation import from_numpy
from ..tensor import Tensor
from . import constraints
from .binomial import Binomial
from .categorical import Categorical
from .distribution import Distribution
from .utils import Shape, broadcast_all


class Multinomial(Distribution):
    """How often each of K categories comes up in some draws.

    P(x) = total_count! / (product of x_k!) * product of p_k^x_k, with p the probs, normalised

    total_count: draws, an integer >= 0
    probs: weights of the categories along the last axis, >= 0 and not all 0
    logits: in their place, the logarithms of weights
    validate_args: check parameters and values; None for `Distribution`'s default

    As in torch `log_prob` takes counts of fewer draws too: those of their own number.

    Shape: probs or logits (*batch, K): batch_shape is batch, event_shape (K,).
    Raises: ValueError for both or neither of probs and logits, a total_count < 0, weights that cannot be normalised,
    and in `log_prob` for counts below 0 or of more draws; NotImplementedError for a total_count that is no int;
    TypeError for weights that are no tensor.
    Source: Johnson, Kotz and Balakrishnan, Discrete Multivariate Distributions (1997), chapter 35.

    >>> import mtorch
    >>> mtorch.distributions.Multinomial(8, mtorch.tensor([1.0, 3.0])).mean
    tensor([2., 6.])
    """

    arg_constraints = {"probs": constraints.simplex, "logits": constraints.real_vector}

    def __init__(self, total_count: int = 1, probs: Tensor | None = None, logits: Tensor | None = None,
                 validate_args: bool | None = None) -> None:
        if not isinstance(total_count, int):
            raise NotImplementedError(f"Multinomial: total_count must be one int, got {type(total_count).__name__}")
        if total_count < 0:
            raise ValueError(f"Multinomial: total_count must be >= 0, got {total_count}")
        self.total_count = total_count
        self._categorical = Categorical(probs, logits)
        super().__init__(self._categorical.batch_shape, self._categorical.param_shape[-1:], validate_args=validate_args)

    @constraints.dependent_property(is_discrete=True, event_dim=1)
    def support(self) -> constraints.Constraint:
        """Counts that add up to no more than total_count."""
        return constraints.multinomial(self.total_count)

    probs = property(lambda self: self._categorical.probs)
    logits = property(lambda self: self._categorical.logits)
    param_shape = property(lambda self: self._categorical.param_shape)
    mean = property(lambda self: self.probs * self.total_count)
    variance = property(lambda self: self.total_count * self.probs * (1 - self.probs))

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        drawn = self._categorical.sample(Size((self.total_count,)) + Size(sample_shape)).array
        k, rows = shape[-1], math.prod(shape[:-1])
        places = drawn.reshape(self.total_count, rows) + k * np.arange(rows)    # k counters for each row
        counts = np.bincount(places.ravel(), minlength=k * rows)
        return from_numpy(counts.reshape(shape)).to(self.probs.dtype)

    def log_prob(self, value: Tensor) -> Tensor:
        self._checked(value)
        logits, value = broadcast_all(self.logits, value)
        logits = where((value == 0) & (logits == -math.inf), 0.0, logits)
        return (value.sum(-1) + 1).lgamma() - (value + 1).lgamma().sum(-1) + (logits * value).sum(-1)

    def entropy(self) -> Tensor:
        n = self.total_count
        each = Binomial(n, probs=self.probs)
        counts = each.enumerate_support(expand=False)[1:]
        return (n * self._categorical.entropy() - math.lgamma(n + 1)
                + (each.log_prob(counts).exp() * (counts + 1).lgamma()).sum((0, -1)))
