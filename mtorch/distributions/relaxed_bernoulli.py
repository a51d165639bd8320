"""The Bernoulli distribution, relaxed to numbers between 0 and 1 through which gradients flow.

Source: Maddison, Mnih and Teh, The Concrete Distribution (2017); Jang, Gu and Poole, Categorical Reparameterization with
Gumbel-Softmax (2017).
"""
from __future__ import annotations

from typing import Any

from ..functions.random import rand
from ..tensor import Tensor
from . import constraints
from .probs_or_logits import ProbsOrLogits
from .transformed_distribution import TransformedDistribution
from .transforms import SigmoidTransform
from .utils import Numbers, Shape, broadcast_all, clamp_probs


class LogitRelaxedBernoulli(ProbsOrLogits):
    """The log odds of RelaxedBernoulli's values.

    temperature: a tensor > 0
    probs, logits, validate_args: as for Bernoulli

    Shape: batch_shape is the shape of probs or logits, event_shape ().
    Raises: ValueError for both or neither of probs and logits, and probs outside [0, 1].

    >>> import mtorch
    >>> from mtorch.distributions.relaxed_bernoulli import LogitRelaxedBernoulli
    >>> LogitRelaxedBernoulli(mtorch.tensor(1.0), probs=0.5).log_prob(mtorch.tensor(0.0)).exp()
    tensor(0.2500)
    """

    arg_constraints = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.real
    has_rsample = False                # as torch says, though it has

    def __init__(self, temperature: Tensor, probs: Numbers | None = None, logits: Numbers | None = None,
                 validate_args: bool | None = None) -> None:
        self.temperature = temperature
        self._given(probs, logits)
        super().__init__(self._param.shape, validate_args=validate_args)

    def rsample(self, sample_shape: Shape = ()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        p = clamp_probs(self.probs.expand(shape))
        u = clamp_probs(rand(shape, dtype=p.dtype))
        return (u.log() - (-u).log1p() + p.log() - (-p).log1p()) / self.temperature

    def log_prob(self, value: Tensor) -> Tensor:
        self._checked(value)
        logits, value = broadcast_all(self.logits, value)
        difference = logits - value * self.temperature
        return self.temperature.log() + difference - 2 * difference.exp().log1p()


class RelaxedBernoulli(TransformedDistribution):
    """Numbers in (0, 1), near 0 or 1 where the temperature is low; near 1 with probability probs.

    x = sigmoid((log odds of probs + log odds of u) / temperature), u uniform

    temperature: a tensor > 0
    probs, logits, validate_args: as for Bernoulli

    Shape: batch_shape is the shape of probs or logits, event_shape ().
    Raises: ValueError for both or neither of probs and logits, probs outside [0, 1], and in `log_prob` for values outside.

    >>> import mtorch
    >>> logits = mtorch.zeros(3, requires_grad=True)
    >>> mtorch.distributions.RelaxedBernoulli(mtorch.tensor(0.5), logits=logits).rsample().requires_grad
    True
    """

    arg_constraints = {"probs": constraints.unit_interval, "logits": constraints.real}
    support: Any = constraints.unit_interval
    has_rsample: Any = True

    def __init__(self, temperature: Tensor, probs: Numbers | None = None, logits: Numbers | None = None,
                 validate_args: bool | None = None) -> None:
        super().__init__(LogitRelaxedBernoulli(temperature, probs, logits), SigmoidTransform(), validate_args=validate_args)

    temperature = property(lambda self: self.base_dist.temperature)
    logits = property(lambda self: self.base_dist.logits)
    probs = property(lambda self: self.base_dist.probs)
