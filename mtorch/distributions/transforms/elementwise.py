"""Transforms of single numbers.

Source: J. Dillon et al., TensorFlow Distributions (2017), section 4, whose bijectors these are.
"""
from __future__ import annotations

import math
from typing import Any

from ...dtypes import finfo
from ...functions.arguments import Size
from ...functions.creation import as_tensor, full_like
from ...nn.functional.activation import softplus
from ...tensor import Tensor
from .. import constraints
from ..distribution import Distribution
from ..utils import Numbers, Shape, broadcast_all, broadcast_shapes
from .base import Transform


class _Plain(Transform):
    """A transform without parameters: any two of a kind are equal."""

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other)

    def __hash__(self) -> int:
        return hash(type(self))


class ExpTransform(_Plain):
    """y = exp(x), from real to positive numbers.

    Shape: any; cache_size and errors as for Transform.

    >>> import mtorch
    >>> mtorch.distributions.ExpTransform().inv(mtorch.tensor(1.0))
    tensor(0.)
    """

    domain, codomain, bijective, sign = constraints.real, constraints.positive, True, +1

    def _call(self, x: Tensor) -> Tensor:
        return x.exp()

    def _inverse(self, y: Tensor) -> Tensor:
        return y.log()

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        return x


class PowerTransform(Transform):
    """y = x^exponent, for positive numbers; others become nan.

    exponent: a number or a tensor, not 0 (which cannot be inverted)
    cache_size: as for Transform

    Shape: x broadcast with exponent.
    Raises: ValueError for an exponent that is neither.

    >>> import mtorch
    >>> mtorch.distributions.PowerTransform(2.0)(mtorch.tensor(3.0))
    tensor(9.)
    """

    domain, codomain, bijective = constraints.positive, constraints.positive, True

    def __init__(self, exponent: Numbers, cache_size: int = 0) -> None:
        super().__init__(cache_size)
        self.exponent, = broadcast_all(exponent)

    def _twin(self, cache_size: int) -> Transform:
        return PowerTransform(self.exponent, cache_size)

    sign = property(lambda self: self.exponent.sign())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PowerTransform) and bool((self.exponent == other.exponent).all())

    __hash__ = Transform.__hash__

    def _call(self, x: Tensor) -> Tensor:
        return x.pow(self.exponent)

    def _inverse(self, y: Tensor) -> Tensor:
        return y.pow(1 / self.exponent)

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        return (self.exponent * y / x).abs().log()

    def forward_shape(self, shape: Shape) -> Size:
        return Size(broadcast_shapes(shape, self.exponent.shape))

    inverse_shape = forward_shape


def _clipped_sigmoid(x: Tensor) -> Tensor:
    """The sigmoid, kept inside (0, 1)."""
    limits = finfo(x.dtype)
    return x.sigmoid().clamp(min=limits.tiny, max=1.0 - limits.eps)


class SigmoidTransform(_Plain):
    """y = 1 / (1 + exp(-x)), kept inside (0, 1), so that it can be inverted.

    Shape: any; cache_size and errors as for Transform.

    >>> import mtorch
    >>> mtorch.distributions.SigmoidTransform()(mtorch.tensor(0.0))
    tensor(0.5000)
    """

    domain, codomain, bijective, sign = constraints.real, constraints.unit_interval, True, +1

    def _call(self, x: Tensor) -> Tensor:
        return _clipped_sigmoid(x)

    def _inverse(self, y: Tensor) -> Tensor:
        limits = finfo(y.dtype)
        y = y.clamp(min=limits.tiny, max=1.0 - limits.eps)
        return y.log() - (-y).log1p()

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        return -softplus(-x) - softplus(x)


class SoftplusTransform(_Plain):
    """y = log(1 + exp(x)), from real to positive numbers.

    Shape: any; cache_size and errors as for Transform.

    >>> import mtorch
    >>> mtorch.distributions.SoftplusTransform()(mtorch.tensor(0.0))
    tensor(0.6931)
    """

    domain, codomain, bijective, sign = constraints.real, constraints.positive, True, +1

    def _call(self, x: Tensor) -> Tensor:
        return softplus(x)

    def _inverse(self, y: Tensor) -> Tensor:
        return (-(-y).expm1()).log() + y

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        return -softplus(-x)


class TanhTransform(_Plain):
    """y = tanh(x).  Give it cache_size=1 where samples are transformed back: near 1 the inverse loses all digits.

    Shape: any; cache_size and errors as for Transform.

    >>> import mtorch
    >>> mtorch.distributions.TanhTransform()(mtorch.tensor(0.0))
    tensor(0.)
    """

    domain, codomain, bijective, sign = constraints.real, constraints.interval(-1.0, 1.0), True, +1

    def _call(self, x: Tensor) -> Tensor:
        return x.tanh()

    def _inverse(self, y: Tensor) -> Tensor:
        return y.atanh()

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        return 2.0 * (math.log(2.0) - x - softplus(-2.0 * x))     # log(1 - tanh(x)^2), also for large x


class AbsTransform(_Plain):
    """y = |x|; the inverse takes the positive x. Not one to one, so it has no volume.

    Shape: any; cache_size and errors as for Transform.

    >>> import mtorch
    >>> mtorch.distributions.AbsTransform()(mtorch.tensor(-2.0))
    tensor(2.)
    """

    domain, codomain = constraints.real, constraints.positive

    def _call(self, x: Tensor) -> Tensor:
        return x.abs()

    def _inverse(self, y: Tensor) -> Tensor:
        return y


class AffineTransform(Transform):
    """y = loc + scale x.

    loc: what is added, a number or a tensor
    scale: the factor, a number or a tensor, not 0 (which cannot be inverted)
    event_dim: how many of the last dimensions are one event, >= 0
    cache_size: as for Transform

    Shape: x broadcast with loc and scale.
    Raises: ValueError for another cache_size.

    >>> import mtorch
    >>> mtorch.distributions.AffineTransform(1.0, -2.0)(mtorch.tensor(3.0))
    tensor(-5.)
    """

    bijective = True

    def __init__(self, loc: Numbers, scale: Numbers, event_dim: int = 0, cache_size: int = 0) -> None:
        super().__init__(cache_size)
        self.loc, self.scale, self._event_dim = loc, scale, event_dim

    def _twin(self, cache_size: int) -> Transform:
        return AffineTransform(self.loc, self.scale, self._event_dim, cache_size)

    @property
    def event_dim(self) -> int:
        return self._event_dim

    @property
    def domain(self):
        """All numbers."""
        return constraints.independent(constraints.real, self._event_dim) if self._event_dim else constraints.real

    codomain = domain

    @property
    def sign(self) -> Any:
        """The sign of scale."""
        scale = self.scale
        return scale.sign() if isinstance(scale, Tensor) else (scale > 0) - (scale < 0)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, AffineTransform):
            return False
        return all(bool(as_tensor(a == b).all()) for a, b in ((self.loc, other.loc), (self.scale, other.scale)))

    __hash__ = Transform.__hash__

    def _call(self, x: Tensor) -> Tensor:
        return self.loc + self.scale * x

    def _inverse(self, y: Tensor) -> Tensor:
        return (y - self.loc) / self.scale

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        scale = self.scale
        log_scale = scale.abs().log() if isinstance(scale, Tensor) else full_like(x, math.log(abs(scale)))
        log_scale = log_scale.expand(broadcast_shapes(x.shape, log_scale.shape))
        for _ in range(self._event_dim):
            log_scale = log_scale.sum(-1)
        return log_scale

    def forward_shape(self, shape: Shape) -> Size:
        return Size(broadcast_shapes(shape, getattr(self.loc, "shape", ()), getattr(self.scale, "shape", ())))

    inverse_shape = forward_shape


class CumulativeDistributionTransform(Transform):
    """y = cdf(x), which makes uniform numbers of those of a distribution; the inverse is its quantile.

    distribution: of single numbers, with a cdf (and an icdf for the inverse)
    cache_size: as for Transform

    Shape: x broadcast with the distribution's batch_shape.
    Raises: TypeError for what is no Distribution; NotImplementedError where it has no cdf or no icdf.

    >>> import mtorch
    >>> from mtorch.distributions import CumulativeDistributionTransform, Normal
    >>> CumulativeDistributionTransform(Normal(0.0, 1.0))(mtorch.tensor(0.0))
    tensor(0.5000)
    """

    bijective, codomain, sign = True, constraints.unit_interval, +1

    def __init__(self, distribution: Distribution, cache_size: int = 0) -> None:
        super().__init__(cache_size)
        if not isinstance(distribution, Distribution):
            raise TypeError("CumulativeDistributionTransform: expected a Distribution, got "
                            f"{type(distribution).__name__}")
        self.distribution = distribution

    def _twin(self, cache_size: int) -> Transform:
        return CumulativeDistributionTransform(self.distribution, cache_size)

    domain = property(lambda self: self.distribution.support)

    def _call(self, x: Tensor) -> Tensor:
        return self.distribution.cdf(x)

    def _inverse(self, y: Tensor) -> Tensor:
        return self.distribution.icdf(y)

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        return self.distribution.log_prob(x)
