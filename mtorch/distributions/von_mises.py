"""The von Mises distribution."""
from __future__ import annotations

import math

from .. import dtypes
from ..autograd import no_grad
from ..functions.arithmetic import where
from ..functions.creation import empty, zeros
from ..functions.random import rand
from ..tensor import Tensor
from . import constraints
from .distribution import Distribution
from .utils import Numbers, Shape, broadcast_all, lazy_property

# log I_0 and log I_1, by the polynomials in (x / 3.75)^2 and in 3.75 / x of Abramowitz and Stegun, 9.8.1 to 9.8.4
_SMALL = ((1.0, 3.5156229, 3.0899424, 1.2067492, 0.2659732, 0.360768e-1, 0.45813e-2),
          (0.5, 0.87890594, 0.51498869, 0.15084934, 0.2658733e-1, 0.301532e-2, 0.32411e-3))
_LARGE = ((0.39894228, 0.1328592e-1, 0.225319e-2, -0.157565e-2, 0.916281e-2, -0.2057706e-1, 0.2635537e-1,
           -0.1647633e-1, 0.392377e-2),
          (0.39894228, -0.3988024e-1, -0.362018e-2, 0.163801e-2, -0.1031555e-1, 0.2282967e-1, -0.2895312e-1,
           0.1787654e-1, -0.420059e-2))


def _polynomial(y: Tensor, coefficients: tuple[float, ...]) -> Tensor:
    """By Horner's rule, the constant first."""
    result = y * coefficients[-1] + coefficients[-2]
    for coefficient in coefficients[-3::-1]:
        result = coefficient + y * result
    return result


def _log_modified_bessel_fn(x: Tensor, order: int = 0) -> Tensor:
    """log I_order(x) for x > 0 and the orders 0 and 1, to seven digits."""
    small = _polynomial((x / 3.75).square(), _SMALL[order])
    if order == 1:
        small = x.abs() * small
    large = x - 0.5 * x.log() + _polynomial(3.75 / x, _LARGE[order]).log()
    return where(x < 3.75, small.log(), large)


class VonMises(Distribution):
    """Angles, distributed around one as normal numbers are around their mean.

    p(x) = exp(concentration cos(x - loc)) / (2 pi I_0(concentration))

    loc: the angle around which they lie, in radians
    concentration: how near to it, > 0; much as one over a variance
    validate_args: check parameters and values; None for `Distribution`'s default

    Samples lie in [-pi, pi). mean and variance are the circular ones.

    Shape: batch_shape is what the parameters broadcast to, event_shape ().
    Raises: ValueError for parameters out of range, and in `log_prob` for nan; RuntimeError for shapes that do not
    broadcast.
    Source: K. Mardia and P. Jupp, Directional Statistics (2000), section 3.5.4; samples, D. Best and N. Fisher, Efficient
    simulation of the von Mises distribution (1979); the Bessel functions, Abramowitz and Stegun, Handbook of Mathematical
    Functions (1964), 9.8.

    >>> import mtorch
    >>> mtorch.distributions.VonMises(0.0, 1.0).log_prob(mtorch.tensor(0.0))
    tensor(-1.0738)
    """

    arg_constraints = {"loc": constraints.real, "concentration": constraints.positive}
    support = constraints.real

    def __init__(self, loc: Numbers, concentration: Numbers, validate_args: bool | None = None) -> None:
        self.loc, self.concentration = broadcast_all(loc, concentration)
        super().__init__(self.loc.shape, validate_args=validate_args)

    mean = mode = property(lambda self: self.loc)

    @lazy_property
    def variance(self) -> Tensor:
        """The circular variance, 1 - I_1 / I_0."""
        k = self.concentration
        return 1 - (_log_modified_bessel_fn(k, order=1) - _log_modified_bessel_fn(k, order=0)).exp()

    def log_prob(self, value: Tensor) -> Tensor:
        self._checked(value)
        k = self.concentration
        return k * (value - self.loc).cos() - math.log(2 * math.pi) - _log_modified_bessel_fn(k)

    # In double precision: in single, no proposal might be accepted where the concentration is small.

    @lazy_property
    def _loc(self) -> Tensor:
        return self.loc.to(dtypes.float64)

    @lazy_property
    def _concentration(self) -> Tensor:
        return self.concentration.to(dtypes.float64)

    @lazy_property
    def _proposal_r(self) -> Tensor:
        """The parameter of the wrapped Cauchy distribution that proposes; for small concentrations from its series."""
        k = self._concentration
        tau = 1 + (1 + 4 * k**2).sqrt()
        rho = (tau - (2 * tau).sqrt()) / (2 * k)
        return where(k < 1e-5, 1 / k + k, (1 + rho**2) / (2 * rho))

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        with no_grad():
            x, done = empty(shape, dtype=dtypes.float64), zeros(shape, dtype=dtypes.bool)
            while not done.all():
                u1, u2, u3 = rand((3, *shape), dtype=dtypes.float64).unbind()
                z = (math.pi * u1).cos()
                f = (1 + self._proposal_r * z) / (self._proposal_r + z)
                c = self._concentration * (self._proposal_r - f)
                accept = ((c * (2 - c) - u2) > 0) | ((c / u2).log() + 1 - c >= 0)
                x = where(accept, (u3 - 0.5).sign() * f.acos(), x)             # the latest that was accepted, as in torch
                done = done | accept
            return ((x + math.pi + self._loc) % (2 * math.pi) - math.pi).to(self.loc.dtype)
