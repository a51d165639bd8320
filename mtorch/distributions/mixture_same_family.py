"""A mixture of distributions of one kind."""
from __future__ import annotations

from typing import Any

from ..autograd import no_grad
from ..functions.arguments import Size
from ..functions.softmax import log_softmax
from ..tensor import Tensor
from . import constraints
from .categorical import Categorical
from .distribution import Distribution
from .utils import Shape


class MixtureSameFamily(Distribution):
    """A value of one of K distributions of a kind, which one is drawn first.

    p(x) = sum over k of P(k) p_k(x)

    mixture_distribution: a Categorical over the K components
    component_distribution: the components, along the last dimension of its batch
    validate_args: check values; None for `Distribution`'s default

    Shape: component_distribution's batch_shape is batch + (K,): batch_shape is batch, event_shape that of a component.
    Raises: ValueError for a mixture_distribution that is no Categorical, a component_distribution that is no Distribution,
    batches that do not broadcast, and different numbers of components.
    Source: McLachlan and Peel, Finite Mixture Models (2000), chapter 1.

    >>> import mtorch
    >>> d = mtorch.distributions
    >>> mixture = d.MixtureSameFamily(d.Categorical(mtorch.ones(2)), d.Normal(mtorch.tensor([-1.0, 1.0]), 1.0))
    >>> mixture.mean, mixture.variance
    (tensor(0.), tensor(2.))
    """

    arg_constraints: dict = {}

    def __init__(self, mixture_distribution: Categorical, component_distribution: Distribution,
                 validate_args: bool | None = None) -> None:
        if not isinstance(mixture_distribution, Categorical):
            raise ValueError(" The Mixture distribution needs to be an  instance of torch.distributions.Categorical")
        if not isinstance(component_distribution, Distribution):
            raise ValueError("The Component distribution needs to be an instance of torch.distributions.Distribution")
        of_mixture, of_component = mixture_distribution.batch_shape, component_distribution.batch_shape[:-1]
        if any(1 != n != m != 1 for n, m in zip(reversed(of_mixture), reversed(of_component), strict=False)):
            raise ValueError(f"`mixture_distribution.batch_shape` ({of_mixture}) is not compatible with "
                             f"`component_distribution.batch_shape`({of_component})")
        count, components = mixture_distribution.logits.shape[-1], component_distribution.batch_shape[-1]
        if count != components:
            raise ValueError(f"`mixture_distribution component` ({count}) does not equal "
                             f"`component_distribution.batch_shape[-1]` ({components})")
        self._mixture_distribution, self._component_distribution = mixture_distribution, component_distribution
        self._num_component, self._event_ndims = count, len(component_distribution.event_shape)
        super().__init__(of_component, component_distribution.event_shape, validate_args=validate_args)

    mixture_distribution = property(lambda self: self._mixture_distribution)
    component_distribution = property(lambda self: self._component_distribution)

    def expand(self, batch_shape: Shape, _instance: Any = None) -> Any:
        new = self._copied(_instance)
        new._batch_shape = Size(batch_shape)
        new._mixture_distribution = self._mixture_distribution.expand(batch_shape)
        new._component_distribution = self._component_distribution.expand(Size(batch_shape) + (self._num_component,))
        return new

    @constraints.dependent_property
    def support(self) -> constraints.Constraint:
        """That of the components."""
        return constraints.MixtureSameFamilyConstraint(self._component_distribution.support)

    def _weights(self) -> Tensor:
        """P(k), over the values of the components."""
        probs = self._mixture_distribution.probs
        missing = len(self._batch_shape) - len(self._mixture_distribution.batch_shape)
        return probs.reshape((1,) * missing + probs.shape + (1,) * self._event_ndims)

    def _beside(self, x: Tensor) -> Tensor:
        """x, to be compared with every component."""
        return x.unsqueeze(-1 - self._event_ndims)

    @property
    def mean(self) -> Tensor:
        """The mean of the components' means."""
        return (self._weights() * self._component_distribution.mean).sum(-1 - self._event_ndims)

    @property
    def variance(self) -> Tensor:
        """The mean of the components' variances, and the variance of their means."""
        within = (self._weights() * self._component_distribution.variance).sum(-1 - self._event_ndims)
        apart = (self._component_distribution.mean - self._beside(self.mean)).square()
        return within + (self._weights() * apart).sum(-1 - self._event_ndims)

    def cdf(self, value: Tensor) -> Tensor:
        return (self._component_distribution.cdf(self._beside(value)) * self._mixture_distribution.probs).sum(-1)

    def log_prob(self, value: Tensor) -> Tensor:
        of_components = self._component_distribution.log_prob(self._beside(self._checked(value)))
        return (of_components + log_softmax(self._mixture_distribution.logits, -1)).logsumexp(-1)

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        with no_grad():
            which = self._mixture_distribution.sample(sample_shape)
            values = self._component_distribution.sample(sample_shape)
            place = len(sample_shape) + len(self._batch_shape)
            index = which.reshape(which.shape + (1,) * (len(self._event_shape) + 1))
            return values.gather(place, index.expand(which.shape + (1,) + self._event_shape)).squeeze(place)

    def __repr__(self) -> str:
        return f"MixtureSameFamily(\n  {self._mixture_distribution},\n  {self._component_distribution})"
