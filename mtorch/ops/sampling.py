"""Samples as functions of their parameters: what was drawn is passed in, the rule says what its gradient is.

Most samples have the gradient zero, which is what torch gives to those that cannot be differentiated.
"""
from __future__ import annotations

import numpy as np

from ..autograd.tape import op
from .elementwise import zeros


@op(keeps=False, name="BernoulliBackward0")
def bernoulli(p, *, sample):
    """0 or 1, drawn with probability p."""
    return sample, (zeros,)


@op(keeps=False, name="PoissonBackward0")
def poisson(rate, *, sample):
    """Whole numbers drawn from the Poisson distribution."""
    return sample, (zeros,)


@op(keeps=False, name="NormalBackward3")
def normal(mean, std, *, sample):
    """Numbers drawn from the normal distribution; torch lets no gradient through (`Normal.rsample` does)."""
    return sample, (zeros, zeros)


# ---- samples that move with their parameter -------------------------------------------------------

@op(name="StandardGammaBackward0")
def standard_gamma(a, *, sample):
    """Gamma numbers of shape parameter a and rate 1.

    A sample can be differentiated: as the parameter moves, it moves so that its quantile stays, dx/da = -F_a / F_x.
    Source: Figurnov, Mohamed and Mnih, "Implicit reparameterization gradients" (2018).
    """
    return sample, (lambda g: g * gamma_sensitivity(a, x=sample),)


@op(name="StandardGammaGradBackward0")
def gamma_sensitivity(a, *, x):
    """dx/da of a gamma number x."""
    return _gamma_sensitivity(getattr(a, "array", a), x), (_no_second_derivative("standard_gamma"),)


@op(name="DirichletBackward")
def dirichlet(a, *, sample):
    """Points of the simplex of concentration a, along the last axis; each coordinate is a beta number on its own."""
    x = sample

    def pullback(g):
        slope = dirichlet_sensitivity(a, x=x)
        return slope * (g - (x * g).sum(axis=-1, keepdims=True))
    return sample, (pullback,)


@op(name="DirichletGradBackward0")
def dirichlet_sensitivity(a, *, x):
    """dx/da / (1 - x) of each coordinate as the beta number it is, of parameters a and the sum of the others."""
    value = getattr(a, "array", a)
    slope = _beta_sensitivity(value, value.sum(axis=-1, keepdims=True) - value, x)
    return slope / (1 - x), (_no_second_derivative("dirichlet"),)


def _no_second_derivative(name):
    def refuse(g):
        raise NotImplementedError(f"{name}: a sample's gradient has no gradient with respect to the parameters")
    return refuse


def _gamma_sensitivity(a, x):
    from scipy.special import gammainc, gammaincc, gammaln
    dtype, a, x = a.dtype, a.astype(np.float64), x.astype(np.float64)
    with np.errstate(all="ignore"):
        density = np.exp((a - 1) * np.log(x) - x - gammaln(a))
        lower, upper = (_slope(lambda a, tail=tail: tail(a, x), a) for tail in (gammainc, gammaincc))
        slope = np.where(gammainc(a, x) < 0.5, -lower, upper) / density
    return np.nan_to_num(slope, nan=0.0, posinf=0.0, neginf=0.0).astype(dtype)


def _beta_sensitivity(a, b, x):
    from scipy.special import betainc, betaincc, betaln
    dtype, a, b, x = a.dtype, a.astype(np.float64), b.astype(np.float64), x.astype(np.float64)
    with np.errstate(all="ignore"):
        density = np.exp((a - 1) * np.log(x) + (b - 1) * np.log1p(-x) - betaln(a, b))
        lower, upper = (_slope(lambda a, tail=tail: tail(a, b, x), a) for tail in (betainc, betaincc))
        slope = np.where(betainc(a, b, x) < 0.5, -lower, upper) / density
    return np.nan_to_num(slope, nan=0.0, posinf=0.0, neginf=0.0).astype(dtype)


def _slope(f, a):
    """df/da by central differences of fourth order, the step small beside the distribution's own width."""
    h = 1e-3 * np.minimum(a, np.sqrt(a))
    return (8 * (f(a + h) - f(a - h)) - (f(a + 2 * h) - f(a - 2 * h))) / (12 * h)


@op(name="SpecialGammaincBackward0")
def gammainc(x, *, a):
    """The regularised lower incomplete gamma function of x >= 0, for parameters a that are constant."""
    def density(x):
        from scipy.special import gammaln
        return np.exp((a - 1) * np.log(x) - x - gammaln(a).astype(a.dtype))
    from scipy import special
    value = special.gammainc(a, getattr(x, "array", x))
    return value, (lambda g: g * density(x),)
