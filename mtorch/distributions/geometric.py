"""The geometric distribution."""
from __future__ import annotations

from ..autograd import no_grad
from ..dtypes import finfo
from ..functions.arithmetic import where
from ..functions.creation import zeros_like
from ..nn.functional.loss import binary_cross_entropy_with_logits
from ..tensor import Tensor
from . import constraints
from .probs_or_logits import ProbsOrLogits
from .utils import Numbers, Shape, broadcast_all


class Geometric(ProbsOrLogits):
    """How many trials fail before the first success.

    P(x) = (1 - probs)^x probs, x = 0, 1, 2, ...

    probs: the probability that one trial succeeds, in (0, 1]
    logits: in its place, the log odds, any real numbers
    validate_args: check parameters and values; None for `Distribution`'s default

    Shape: batch_shape is the parameter's shape, event_shape ().
    Raises: ValueError for both or neither of probs and logits, probs out of range, and in `log_prob` for values but
    integers >= 0.
    Source: Johnson, Kemp and Kotz, Univariate Discrete Distributions (2005), chapter 5; samples by inversion, L.
    Devroye, Non-Uniform Random Variate Generation (1986), chapter X.2.

    >>> import mtorch
    >>> mtorch.distributions.Geometric(probs=0.25).mean
    tensor(3.)
    """

    arg_constraints = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.nonnegative_integer

    def __init__(self, probs: Numbers | None = None, logits: Numbers | None = None,
                 validate_args: bool | None = None) -> None:
        self._given(probs, logits)
        super().__init__(self._param.shape, validate_args=validate_args)
        if self._validate_args and probs is not None and not (self.probs > 0).all():
            raise ValueError(f"Expected parameter probs of distribution {self!r} to be positive but found invalid "
                             f"values:\n{self.probs}")

    mean = property(lambda self: 1.0 / self.probs - 1.0)
    mode = property(lambda self: zeros_like(self.probs))
    variance = property(lambda self: (1.0 / self.probs - 1.0) / self.probs)

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        with no_grad():
            tiny = finfo(self.probs.dtype).tiny
            u = self.probs.new_empty(self._extended_shape(sample_shape)).uniform_(tiny, 1)
            return (u.log() / (-self.probs).log1p()).floor()

    def log_prob(self, value: Tensor) -> Tensor:
        self._checked(value)
        value, probs = broadcast_all(value, self.probs)
        certain = (probs == 1) & (value == 0)                     # 0 log 0 is 0
        return value * (-where(certain, 0.0, probs)).log1p() + self.probs.log()

    def entropy(self) -> Tensor:
        return binary_cross_entropy_with_logits(self.logits, self.probs, reduction="none") / self.probs
