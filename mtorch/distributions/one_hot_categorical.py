"""The categorical distribution over vectors with a single one."""
from __future__ import annotations

from ..functions.creation import eye
from ..tensor import Tensor
from . import constraints
from .categorical import Categorical
from .distribution import Distribution
from .utils import Shape, one_hot


class OneHotCategorical(Distribution):
    """Vectors of K elements, a one at the category drawn and zeros elsewhere.

    P(x) = probs_i / sum of probs, i the place of the one

    probs: weights of the categories along the last axis, >= 0 and not all 0; kept normalised
    logits: in their place, the logarithms of weights; kept normalised
    validate_args: check parameters and values; None for `Distribution`'s default

    Shape: probs or logits (*batch, K): batch_shape is batch, event_shape (K,).
    Raises: ValueError for both or neither of probs and logits, weights that cannot be normalised, and in `log_prob` for
    values but a single one among zeros; TypeError for what is no tensor.
    Source: Johnson, Kotz and Balakrishnan, Discrete Multivariate Distributions (1997), chapter 35 (with one trial).

    >>> import mtorch
    >>> mtorch.distributions.OneHotCategorical(mtorch.tensor([0.0, 1.0])).sample()
    tensor([0., 1.])
    """

    arg_constraints = {"probs": constraints.simplex, "logits": constraints.real_vector}
    support = constraints.one_hot
    has_enumerate_support = True

    def __init__(self, probs: Tensor | None = None, logits: Tensor | None = None,
                 validate_args: bool | None = None) -> None:
        self._categorical = Categorical(probs, logits)
        super().__init__(self._categorical.batch_shape, self._categorical.param_shape[-1:], validate_args=validate_args)

    probs = property(lambda self: self._categorical.probs)
    logits = property(lambda self: self._categorical.logits)
    param_shape = property(lambda self: self._categorical.param_shape)
    mean = property(lambda self: self.probs)
    variance = property(lambda self: self.probs * (1 - self.probs))
    mode = property(lambda self: one_hot(self._categorical.mode, self.event_shape[0], self.probs.dtype))

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        return one_hot(self._categorical.sample(sample_shape), self.event_shape[0], self.probs.dtype)

    def log_prob(self, value: Tensor) -> Tensor:
        self._checked(value)
        return self._categorical.log_prob(value.argmax(-1))

    def entropy(self) -> Tensor:
        return self._categorical.entropy()

    def enumerate_support(self, expand: bool = True) -> Tensor:
        return self._along_batch(eye(self.event_shape[0], dtype=self._categorical._param.dtype), expand)


class OneHotCategoricalStraightThrough(OneHotCategorical):
    """The same samples with a gradient: that of the probabilities, taken straight through the drawing.

    Shape: arguments, shapes and errors as for OneHotCategorical.
    Source: Y. Bengio, N. Leonard and A. Courville, Estimating or Propagating Gradients Through Stochastic Neurons for
    Conditional Computation (2013).

    >>> import mtorch
    >>> p = mtorch.tensor([0.0, 1.0], requires_grad=True)
    >>> mtorch.distributions.OneHotCategoricalStraightThrough(p).rsample().requires_grad
    True
    """

    has_rsample = True

    def rsample(self, sample_shape: Shape = ()) -> Tensor:
        return self.sample(sample_shape) + (self.probs - self.probs.detach())
