"""The Bernoulli distribution."""
from __future__ import annotations

import math

from ..autograd import no_grad
from ..functions.arithmetic import where
from ..functions.creation import arange
from ..functions.random import bernoulli
from ..nn.functional.loss import binary_cross_entropy_with_logits
from ..tensor import Tensor
from . import constraints
from .exp_family import ExponentialFamily
from .probs_or_logits import ProbsOrLogits
from .utils import Numbers, Shape, broadcast_all


class Bernoulli(ProbsOrLogits, ExponentialFamily):
    """1 with probability probs, else 0.

    P(x) = probs^x (1 - probs)^(1 - x)

    probs: the probability of a 1, in [0, 1]
    logits: in its place, the log odds log(probs / (1 - probs)), any real numbers
    validate_args: check parameters and values; None for `Distribution`'s default

    Shape: batch_shape is the parameter's shape, event_shape ().
    Raises: ValueError for both or neither of probs and logits, probs outside [0, 1], and in `log_prob` for values but 0
    and 1.
    Source: Johnson, Kemp and Kotz, Univariate Discrete Distributions (2005), chapter 3.

    >>> import mtorch
    >>> mtorch.distributions.Bernoulli(probs=0.25).variance
    tensor(0.1875)
    """

    arg_constraints = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.boolean
    has_enumerate_support = True
    _mean_carrier_measure = 0

    def __init__(self, probs: Numbers | None = None, logits: Numbers | None = None,
                 validate_args: bool | None = None) -> None:
        self._given(probs, logits)
        super().__init__(self._param.shape, validate_args=validate_args)

    mean = property(lambda self: self.probs)
    variance = property(lambda self: self.probs * (1 - self.probs))

    @property
    def mode(self) -> Tensor:
        """The likelier outcome; nan where both are as likely."""
        return where(self.probs == 0.5, math.nan, (self.probs >= 0.5).to(self.probs.dtype))

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        with no_grad():
            return bernoulli(self.probs.expand(self._extended_shape(sample_shape)))

    def log_prob(self, value: Tensor) -> Tensor:
        self._checked(value)
        logits, value = broadcast_all(self.logits, value)
        return -binary_cross_entropy_with_logits(logits, value, reduction="none")

    def entropy(self) -> Tensor:
        return binary_cross_entropy_with_logits(self.logits, self.probs, reduction="none")

    @property
    def _natural_params(self) -> tuple[Tensor, ...]:
        return self.probs.logit(),

    def _log_normalizer(self, x: Tensor) -> Tensor:               # type: ignore[override]
        return x.exp().log1p()

    def enumerate_support(self, expand: bool = True) -> Tensor:
        return self._along_batch(arange(2, dtype=self._param.dtype), expand)
