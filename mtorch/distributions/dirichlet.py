"""The Dirichlet distribution."""
from __future__ import annotations

from ..functions.arithmetic import where, xlogy
from ..functions.gamma_draws import _sample_dirichlet
from ..tensor import Tensor
from . import constraints
from .exp_family import ExponentialFamily
from .utils import Shape, a_tensor, one_hot


class Dirichlet(ExponentialFamily):
    """Vectors of K numbers >= 0 that add up to 1: probabilities.

    p(x) = Gamma(sum of a) / (product of Gamma(a_k)) * product of x_k^(a_k - 1), with a = concentration

    concentration: the powers, and one, along the last axis; > 0
    validate_args: check parameters and values; None for `Distribution`'s default

    A sample is K gamma numbers, divided by their sum; its gradient is the implicit one.

    Shape: concentration (*batch, K): batch_shape is batch, event_shape (K,).
    Raises: ValueError for a concentration <= 0 or without dimensions, and in `log_prob` for values that are not >= 0 or
    do not add up to 1; TypeError for what is no tensor.
    Source: Kotz, Balakrishnan and Johnson, Continuous Multivariate Distributions, vol. 1 (2000), chapter 49; the
    gradient, Figurnov, Mohamed and Mnih, Implicit Reparameterization Gradients (2018).

    >>> import mtorch
    >>> mtorch.distributions.Dirichlet(mtorch.tensor([1.0, 3.0])).mean
    tensor([0.2500, 0.7500])
    """

    arg_constraints = {"concentration": constraints.independent(constraints.positive, 1)}
    support = constraints.simplex
    has_rsample = True

    def __init__(self, concentration: Tensor, validate_args: bool | None = None) -> None:
        if a_tensor("Dirichlet", "concentration", concentration).dim() < 1:
            raise ValueError("`concentration` parameter must be at least one-dimensional.")
        self.concentration = concentration
        super().__init__(concentration.shape[:-1], concentration.shape[-1:], validate_args=validate_args)

    mean = property(lambda self: self.concentration / self.concentration.sum(-1, True))

    @property
    def mode(self) -> Tensor:
        """The densest point; where every concentration is below 1, the first corner of the simplex, as in torch."""
        flat = (self.concentration < 1).all(-1, True)
        corner = one_hot(self.concentration.argmax(-1) * 0, self.event_shape[0], self.concentration.dtype)
        above = (self.concentration - 1).clamp(min=0.0)
        return where(flat, corner, above / where(flat, 1.0, above.sum(-1, True)))

    @property
    def variance(self) -> Tensor:
        """That of each coordinate."""
        total = self.concentration.sum(-1, True)
        return self.concentration * (total - self.concentration) / (total.square() * (total + 1))

    def rsample(self, sample_shape: Shape = ()) -> Tensor:
        return _sample_dirichlet(self.concentration.expand(self._extended_shape(sample_shape)))

    def log_prob(self, value: Tensor) -> Tensor:
        self._checked(value)
        a = self.concentration
        return xlogy(a - 1.0, value).sum(-1) + a.sum(-1).lgamma() - a.lgamma().sum(-1)

    def entropy(self) -> Tensor:
        k, total = self.concentration.shape[-1], self.concentration.sum(-1)
        return (self.concentration.lgamma().sum(-1) - total.lgamma() - (k - total) * total.digamma()
                - ((self.concentration - 1.0) * self.concentration.digamma()).sum(-1))

    @property
    def _natural_params(self) -> tuple[Tensor, ...]:
        return self.concentration,

    def _log_normalizer(self, x: Tensor) -> Tensor:               # type: ignore[override]
        return x.lgamma().sum(-1) - x.sum(-1).lgamma()
