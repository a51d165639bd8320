"""The categorical distribution over one-hot vectors, relaxed to the simplex, so that gradients flow through samples.

Source: Maddison, Mnih and Teh, The Concrete Distribution (2017); Jang, Gu and Poole, Categorical Reparameterization with
Gumbel-Softmax (2017).
"""
from __future__ import annotations

from typing import Any

from ..functions.creation import full_like
from ..functions.random import rand
from ..tensor import Tensor
from . import constraints
from .categorical import Categorical
from .distribution import Distribution
from .transformed_distribution import TransformedDistribution
from .transforms import ExpTransform
from .utils import Shape, broadcast_all, clamp_probs


class ExpRelaxedCategorical(Distribution):
    """The logarithms of RelaxedOneHotCategorical's values.

    temperature: a tensor > 0
    probs, logits, validate_args: as for OneHotCategorical

    Shape: probs or logits (*batch, K): batch_shape is batch, event_shape (K,).
    Raises: ValueError for both or neither of probs and logits, and weights that cannot be normalised; TypeError for what is
    no tensor.

    >>> import mtorch
    >>> from mtorch.distributions.relaxed_categorical import ExpRelaxedCategorical
    >>> round(ExpRelaxedCategorical(mtorch.tensor(1.0), mtorch.ones(3)).rsample().exp().sum().item(), 5)
    1.0
    """

    arg_constraints = {"probs": constraints.simplex, "logits": constraints.real_vector}
    support = constraints.real_vector
    has_rsample = True

    def __init__(self, temperature: Tensor, probs: Tensor | None = None, logits: Tensor | None = None,
                 validate_args: bool | None = None) -> None:
        self._categorical, self.temperature = Categorical(probs, logits), temperature
        super().__init__(self._categorical.batch_shape, self._categorical.param_shape[-1:], validate_args=validate_args)

    probs = property(lambda self: self._categorical.probs)
    logits = property(lambda self: self._categorical.logits)
    param_shape = property(lambda self: self._categorical.param_shape)

    def rsample(self, sample_shape: Shape = ()) -> Tensor:
        uniforms = clamp_probs(rand(self._extended_shape(sample_shape), dtype=self.logits.dtype))
        scores = (self.logits - (-uniforms.log()).log()) / self.temperature
        return scores - scores.logsumexp(-1, True)

    def log_prob(self, value: Tensor) -> Tensor:
        count = self.event_shape[0]
        self._checked(value)
        logits, value = broadcast_all(self.logits, value)
        scale = full_like(self.temperature, float(count)).lgamma() + (count - 1) * self.temperature.log()
        score = logits - value * self.temperature
        return (score - score.logsumexp(-1, True)).sum(-1) + scale


class RelaxedOneHotCategorical(TransformedDistribution):
    """Vectors of K positive numbers that add up to 1, near a one-hot vector where the temperature is low.

    x = softmax((logits + Gumbel noise) / temperature)

    temperature: a tensor > 0
    probs, logits, validate_args: as for OneHotCategorical

    Shape: probs or logits (*batch, K): batch_shape is batch, event_shape (K,).
    Raises: ValueError for both or neither of probs and logits, weights that cannot be normalised, and in `log_prob` for
    values outside the simplex; TypeError for what is no tensor.

    >>> import mtorch
    >>> logits = mtorch.zeros(3, requires_grad=True)
    >>> mtorch.distributions.RelaxedOneHotCategorical(mtorch.tensor(0.5), logits=logits).rsample().requires_grad
    True
    """

    arg_constraints = {"probs": constraints.simplex, "logits": constraints.real_vector}
    support: Any = constraints.simplex
    has_rsample: Any = True

    def __init__(self, temperature: Tensor, probs: Tensor | None = None, logits: Tensor | None = None,
                 validate_args: bool | None = None) -> None:
        super().__init__(ExpRelaxedCategorical(temperature, probs, logits, validate_args=validate_args), ExpTransform(),
                         validate_args=validate_args)

    temperature = property(lambda self: self.base_dist.temperature)
    logits = property(lambda self: self.base_dist.logits)
    probs = property(lambda self: self.base_dist.probs)
