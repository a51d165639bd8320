"""The categorical distribution."""
from __future__ import annotations

import math

from ..autograd import no_grad
from ..dtypes import finfo
from ..functions.arguments import Size
from ..functions.creation import arange, full
from ..functions.random import multinomial
from ..tensor import Tensor
from . import constraints
from .probs_or_logits import ProbsOrLogits
from .utils import Shape, a_tensor, broadcast_shapes


class Categorical(ProbsOrLogits):
    """One of K categories, 0 to K - 1.

    P(i) = probs_i / sum of probs = exp(logits_i) / sum of exp(logits)

    probs: weights of the categories along the last axis, >= 0 and not all 0; kept normalised
    logits: in their place, the logarithms of weights, any real numbers or -inf; kept normalised
    validate_args: check parameters and values; None for `Distribution`'s default

    Shape: probs or logits (*batch, K): batch_shape is batch, event_shape (). Samples are int64.
    Raises: ValueError for both or neither of probs and logits, for weights that cannot be normalised, and in `log_prob`
    for values but 0 ... K - 1; TypeError for what is no tensor.
    Source: Johnson, Kotz and Balakrishnan, Discrete Multivariate Distributions (1997), chapter 35 (with one trial).

    >>> import mtorch
    >>> m = mtorch.distributions.Categorical(mtorch.tensor([1.0, 1.0, 2.0]))
    >>> m.log_prob(mtorch.tensor(2)).exp()
    tensor(0.5000)
    """

    arg_constraints = {"probs": constraints.simplex, "logits": constraints.real_vector}
    has_enumerate_support = True
    _is_binary = False

    def __init__(self, probs: Tensor | None = None, logits: Tensor | None = None,
                 validate_args: bool | None = None) -> None:
        name, given = ("logits", logits) if probs is None else ("probs", probs)
        if given is not None:
            a_tensor("Categorical", name, given)
        self._given(probs, logits)
        weights = self._param
        if weights.dim() < 1:
            raise ValueError(f"`{name}` parameter must be at least one-dimensional.")
        normalised = weights - weights.logsumexp(-1, True) if probs is None else weights / weights.sum(-1, True)
        self.__dict__[name] = self._param = normalised
        self._num_events = weights.shape[-1]
        super().__init__(weights.shape[:-1], validate_args=validate_args)

    @constraints.dependent_property(is_discrete=True, event_dim=0)
    def support(self) -> constraints.Constraint:
        """0 to K - 1."""
        return constraints.integer_interval(0, self._num_events - 1)

    mode = property(lambda self: self.probs.argmax(-1))
    mean = variance = property(lambda self: full(self._batch_shape, math.nan, dtype=self._param.dtype),
                               doc="Undefined, nan: categories are not numbers.")

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        rows = self.probs.reshape(-1, self._num_events)
        with no_grad():
            drawn = multinomial(rows, Size(sample_shape).numel(), True).T
        return drawn.reshape(self._extended_shape(sample_shape))

    def log_prob(self, value: Tensor) -> Tensor:
        self._checked(value)
        shape = broadcast_shapes(value.shape, self._batch_shape)
        index = value.long().expand(shape).unsqueeze(-1)
        return self.logits.expand(shape + (self._num_events,)).gather(-1, index).squeeze(-1)

    def entropy(self) -> Tensor:
        least = finfo(self.logits.dtype).min      # so that 0 times -inf is 0
        return -(self.logits.clamp(min=least) * self.probs).sum(-1)

    def enumerate_support(self, expand: bool = True) -> Tensor:
        return self._along_batch(arange(self._num_events), expand)
