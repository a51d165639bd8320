"""What becomes of a distribution when its samples are transformed."""
from __future__ import annotations

from ..autograd import no_grad
from ..tensor import Tensor
from . import constraints
from .distribution import Distribution
from .independent import Independent
from .transforms import ComposeTransform, Transform
from .utils import Shape, _sum_rightmost


class TransformedDistribution(Distribution):
    """The distribution of f(x), where x is drawn from a base distribution.

    log p(y) = log base(x) - log |det df/dx|, x the inverse image of y

    base_distribution: the distribution of x
    transforms: f, a Transform or a list of them, applied from the first to the last
    validate_args: check values; None for `Distribution`'s default

    Shape: what f makes of base_distribution's batch_shape + event_shape; dimensions that a transform takes together
    belong to the event_shape.
    Raises: ValueError for what is no Transform, or takes more dimensions than there are, and in `log_prob` for values
    outside the last transform's codomain; TypeError for what is no Distribution; NotImplementedError in `entropy`, and
    for inverses and volumes that a transform does not have.
    Source: J. Dillon et al., TensorFlow Distributions (2017), section 4.

    >>> import mtorch
    >>> from mtorch.distributions import ExpTransform, Normal, TransformedDistribution
    >>> TransformedDistribution(Normal(0.0, 1.0), ExpTransform()).log_prob(mtorch.tensor(1.0))
    tensor(-0.9189)
    """

    arg_constraints: dict = {}

    def __init__(self, base_distribution: Distribution, transforms: Transform | list[Transform],
                 validate_args: bool | None = None) -> None:
        self.transforms = [transforms] if isinstance(transforms, Transform) else transforms
        if not (isinstance(self.transforms, list) and all(isinstance(t, Transform) for t in self.transforms)):
            raise ValueError(f"transforms must be a Transform or a list of Transforms, got {transforms!r}")
        if not isinstance(base_distribution, Distribution):
            raise TypeError(f"TransformedDistribution: expected a Distribution, got {type(base_distribution).__name__}")
        base_event, whole = len(base_distribution.event_shape), ComposeTransform(self.transforms)
        shape = base_distribution.batch_shape + base_distribution.event_shape
        if len(shape) < whole.domain.event_dim:
            raise ValueError(f"base_distribution needs to have shape with size at least {whole.domain.event_dim}, "
                             f"but got {shape}.")
        result_shape = whole.forward_shape(shape)
        needed = whole.inverse_shape(result_shape)
        if needed != shape:
            base_distribution = base_distribution.expand(needed[:len(needed) - base_event])
        extra = whole.domain.event_dim - base_event
        self.base_dist = Independent(base_distribution, extra) if extra > 0 else base_distribution
        event_dim = max(whole.codomain.event_dim, base_event + whole.codomain.event_dim - whole.domain.event_dim)
        cut = len(result_shape) - event_dim
        super().__init__(result_shape[:cut], result_shape[cut:], validate_args=validate_args)

    def _expanded_inner(self, inner: Distribution, batch_shape: Shape) -> Distribution:
        shape = batch_shape + self.event_shape
        for transform in reversed(self.transforms):
            shape = transform.inverse_shape(shape)
        return inner.expand(shape[:len(shape) - len(inner.event_shape)])

    has_rsample = property(lambda self: self.base_dist.has_rsample)

    @constraints.dependent_property(is_discrete=False)
    def support(self) -> constraints.Constraint:
        """Where the last transform ends."""
        if not self.transforms:
            return self.base_dist.support
        support = self.transforms[-1].codomain
        extra = len(self.event_shape) - support.event_dim
        return constraints.independent(support, extra) if extra > 0 else support

    def _transformed(self, x: Tensor) -> Tensor:
        for transform in self.transforms:
            x = transform(x)
        return x

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        with no_grad():
            return self._transformed(self.base_dist.sample(sample_shape))

    def rsample(self, sample_shape: Shape = ()) -> Tensor:
        return self._transformed(self.base_dist.rsample(sample_shape))

    def log_prob(self, value: Tensor) -> Tensor:
        log_prob: float | Tensor = 0.0
        y, event_dim = self._checked(value), len(self.event_shape)
        for transform in reversed(self.transforms):
            x = transform.inv(y)
            event_dim += transform.domain.event_dim - transform.codomain.event_dim
            log_volume = transform.log_abs_det_jacobian(x, y)
            log_prob = log_prob - _sum_rightmost(log_volume, event_dim - transform.domain.event_dim)
            y = x
        return log_prob + _sum_rightmost(self.base_dist.log_prob(y), event_dim - len(self.base_dist.event_shape))

    def cdf(self, value: Tensor) -> Tensor:
        for transform in reversed(self.transforms):
            value = transform.inv(value)
        return self._turned(self.base_dist.cdf(value))

    def icdf(self, value: Tensor) -> Tensor:
        return self._transformed(self.base_dist.icdf(self._turned(value)))

    def _turned(self, probability: Tensor) -> Tensor:
        """p, or 1 - p if the transforms as a whole decrease."""
        sign = 1
        for transform in self.transforms:
            sign = sign * transform.sign
        return probability if isinstance(sign, int) and sign == 1 else sign * (probability - 0.5) + 0.5
