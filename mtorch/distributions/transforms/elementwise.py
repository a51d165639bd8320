"""Transforms of single numbers."""
from __future__ import annotations

import math

import numpy as np

from ...functions.arguments import Size
from ...functions.creation import full_like
from ...nn.functional.activation import softplus
from .. import constraints
from ..utils import broadcast_all, broadcast_shapes, is_number
from .base import Transform


class _Plain(Transform):
    """A transform without parameters: any two of a kind are equal."""

    def __eq__(self, other):
        return type(self) is type(other)

    def __hash__(self):
        return hash(type(self))


class ExpTransform(_Plain):
    """y = exp(x).

    >>> import mtorch
    >>> mtorch.distributions.ExpTransform().inv(mtorch.tensor(1.0))
    tensor(0.)
    """

    domain, codomain, bijective, sign = constraints.real, constraints.positive, True, +1

    def _call(self, x):
        return x.exp()

    def _inverse(self, y):
        return y.log()

    def log_abs_det_jacobian(self, x, y):
        return x


class PowerTransform(Transform):
    """y = x^exponent, for positive numbers.

    >>> import mtorch
    >>> mtorch.distributions.PowerTransform(2.0)(mtorch.tensor(3.0))
    tensor(9.)
    """

    domain, codomain, bijective = constraints.positive, constraints.positive, True

    def __init__(self, exponent, cache_size: int = 0):
        super().__init__(cache_size)
        self.exponent, = broadcast_all(exponent)

    def _twin(self, cache_size):
        return PowerTransform(self.exponent, cache_size)

    sign = property(lambda self: self.exponent.sign())

    def __eq__(self, other):
        return isinstance(other, PowerTransform) and bool((self.exponent == other.exponent).all())

    __hash__ = Transform.__hash__

    def _call(self, x):
        return x.pow(self.exponent)

    def _inverse(self, y):
        return y.pow(1 / self.exponent)

    def log_abs_det_jacobian(self, x, y):
        return (self.exponent * y / x).abs().log()

    def forward_shape(self, shape):
        return Size(broadcast_shapes(shape, self.exponent.shape))

    inverse_shape = forward_shape


def clipped_sigmoid(x):
    """The sigmoid, kept inside (0, 1)."""
    limits = np.finfo(x.array.dtype)
    return x.sigmoid().clamp(min=float(limits.tiny), max=1.0 - float(limits.eps))


class SigmoidTransform(_Plain):
    """y = 1 / (1 + exp(-x)).

    >>> import mtorch
    >>> mtorch.distributions.SigmoidTransform()(mtorch.tensor(0.0))
    tensor(0.5000)
    """

    domain, codomain, bijective, sign = constraints.real, constraints.unit_interval, True, +1

    def _call(self, x):
        return clipped_sigmoid(x)

    def _inverse(self, y):
        limits = np.finfo(y.array.dtype)
        y = y.clamp(min=float(limits.tiny), max=1.0 - float(limits.eps))
        return y.log() - (-y).log1p()

    def log_abs_det_jacobian(self, x, y):
        return -softplus(-x) - softplus(x)


class SoftplusTransform(_Plain):
    """y = log(1 + exp(x)).

    >>> import mtorch
    >>> mtorch.distributions.SoftplusTransform()(mtorch.tensor(0.0))
    tensor(0.6931)
    """

    domain, codomain, bijective, sign = constraints.real, constraints.positive, True, +1

    def _call(self, x):
        return softplus(x)

    def _inverse(self, y):
        return (-(-y).expm1()).log() + y

    def log_abs_det_jacobian(self, x, y):
        return -softplus(-x)


class TanhTransform(_Plain):
    """y = tanh(x).  Give it cache_size=1 where samples are transformed back: near 1 the inverse loses all digits.

    >>> import mtorch
    >>> mtorch.distributions.TanhTransform()(mtorch.tensor(0.0))
    tensor(0.)
    """

    domain, codomain, bijective, sign = constraints.real, constraints.interval(-1.0, 1.0), True, +1

    def _call(self, x):
        return x.tanh()

    def _inverse(self, y):
        return y.atanh()

    def log_abs_det_jacobian(self, x, y):
        return 2.0 * (math.log(2.0) - x - softplus(-2.0 * x))     # log(1 - tanh(x)^2), also for large x


class AbsTransform(_Plain):
    """y = |x|; the inverse takes the positive x.

    >>> import mtorch
    >>> mtorch.distributions.AbsTransform()(mtorch.tensor(-2.0))
    tensor(2.)
    """

    domain, codomain = constraints.real, constraints.positive

    def _call(self, x):
        return x.abs()

    def _inverse(self, y):
        return y


class AffineTransform(Transform):
    """y = loc + scale * x; loc and scale are numbers or tensors.

    >>> import mtorch
    >>> mtorch.distributions.AffineTransform(1.0, -2.0)(mtorch.tensor(3.0))
    tensor(-5.)
    """

    bijective = True

    def __init__(self, loc, scale, event_dim: int = 0, cache_size: int = 0):
        super().__init__(cache_size)
        self.loc, self.scale, self._event_dim = loc, scale, event_dim

    def _twin(self, cache_size):
        return AffineTransform(self.loc, self.scale, self._event_dim, cache_size)

    @property
    def event_dim(self):
        return self._event_dim

    @property
    def domain(self):
        """All numbers."""
        return constraints.independent(constraints.real, self._event_dim) if self._event_dim else constraints.real

    codomain = domain

    @property
    def sign(self):
        """The sign of scale."""
        return (self.scale > 0) - (self.scale < 0) if is_number(self.scale) else self.scale.sign()

    def __eq__(self, other):
        if not isinstance(other, AffineTransform):
            return False
        return all(a == b if is_number(a) and is_number(b) else bool((a == b).all())
                   for a, b in ((self.loc, other.loc), (self.scale, other.scale)))

    __hash__ = Transform.__hash__

    def _call(self, x):
        return self.loc + self.scale * x

    def _inverse(self, y):
        return (y - self.loc) / self.scale

    def log_abs_det_jacobian(self, x, y):
        log_scale = full_like(x, math.log(abs(self.scale))) if is_number(self.scale) else self.scale.abs().log()
        log_scale = log_scale.expand(broadcast_shapes(x.shape, log_scale.shape))
        for _ in range(self._event_dim):
            log_scale = log_scale.sum(-1)
        return log_scale

    def forward_shape(self, shape):
        return Size(broadcast_shapes(shape, getattr(self.loc, "shape", ()), getattr(self.scale, "shape", ())))

    inverse_shape = forward_shape


class CumulativeDistributionTransform(Transform):
    """y = cdf(x) of a distribution of single numbers.

    >>> import mtorch
    >>> from mtorch.distributions import CumulativeDistributionTransform, Normal
    >>> CumulativeDistributionTransform(Normal(0.0, 1.0))(mtorch.tensor(0.0))
    tensor(0.5000)
    """

    bijective, codomain, sign = True, constraints.unit_interval, +1

    def __init__(self, distribution, cache_size: int = 0):
        super().__init__(cache_size)
        self.distribution = distribution

    def _twin(self, cache_size):
        return CumulativeDistributionTransform(self.distribution, cache_size)

    domain = property(lambda self: self.distribution.support)

    def _call(self, x):
        return self.distribution.cdf(x)

    def _inverse(self, y):
        return self.distribution.icdf(y)

    def log_abs_det_jacobian(self, x, y):
        return self.distribution.log_prob(x)
