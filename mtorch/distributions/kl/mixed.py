"""Divergences between distributions of different families, each the mean under p of log q(x) taken from -entropy(p)."""
from __future__ import annotations

import math
from typing import Any

from ...functions.arithmetic import where, xlogy
from ...tensor import Tensor
from ..bernoulli import Bernoulli
from ..beta import Beta
from ..binomial import Binomial
from ..continuous_bernoulli import ContinuousBernoulli
from ..exponential import Exponential
from ..gamma import Gamma
from ..gumbel import Gumbel
from ..laplace import Laplace
from ..normal import Normal
from ..pareto import Pareto
from ..poisson import Poisson
from ..uniform import Uniform
from ..utils import euler_constant
from .registry import register_kl
from .same_family import infinite_like

# ---- where p reaches further than q ----------------------------------------------------------------

for wider, narrower in [
    (Beta, (Pareto,)), (ContinuousBernoulli, (Pareto,)), (Exponential, (Beta, ContinuousBernoulli, Pareto, Uniform)),
    (Gamma, (Beta, ContinuousBernoulli, Pareto, Uniform)), (Pareto, (Beta, ContinuousBernoulli, Uniform)),
    *((whole_line, (Beta, ContinuousBernoulli, Exponential, Gamma, Pareto, Uniform))
      for whole_line in (Gumbel, Laplace, Normal)),
    (Poisson, (Bernoulli, Binomial)),
]:
    for kind in narrower:
        register_kl(wider, kind)(lambda p, q: infinite_like(p.mean))

# ---- q a normal distribution: only the mean and variance of p count ----------------------------------


def _to_normal(p: Any, q: Normal) -> Tensor:
    variance = q.scale.square()
    squared_distance = p.variance + (p.mean - q.loc).square()
    return -p.entropy() + 0.5 * (2 * math.pi * variance).log() + squared_distance / (2 * variance)


for of_finite_variance in (Beta, ContinuousBernoulli, Exponential, Gamma, Gumbel, Laplace, Uniform):
    register_kl(of_finite_variance, Normal)(_to_normal)


@register_kl(Pareto, Normal)
def _pareto_to_normal(p: Pareto, q: Normal) -> Tensor:
    return where(p.alpha <= 2, math.inf, _to_normal(p, q))

# ---- q an exponential distribution: only the mean of p counts ------------------------------------------


@register_kl(Beta, Exponential)
@register_kl(ContinuousBernoulli, Exponential)
@register_kl(Gamma, Exponential)
def _to_exponential(p: Any, q: Exponential) -> Tensor:
    return -p.entropy() - q.rate.log() + q.rate * p.mean


@register_kl(Uniform, Exponential)
def _uniform_to_exponential(p: Uniform, q: Exponential) -> Tensor:
    return where(p.low < 0, math.inf, _to_exponential(p, q))


@register_kl(Pareto, Exponential)
def _pareto_to_exponential(p: Pareto, q: Exponential) -> Tensor:
    return where(p.alpha <= 1, math.inf, _to_exponential(p, q))


# ---- q a gamma distribution: the means of x and log x -----------------------------------------------------


def _to_gamma(p: Any, q: Gamma, mean_log: Tensor) -> Tensor:
    a = q.concentration
    return -p.entropy() - (a * q.rate.log() - a.lgamma() + (a - 1) * mean_log - q.rate * p.mean)


@register_kl(Beta, Gamma)
def _beta_to_gamma(p: Beta, q: Gamma) -> Tensor:
    return _to_gamma(p, q, p.concentration1.digamma() - (p.concentration1 + p.concentration0).digamma())


@register_kl(Exponential, Gamma)
def _exponential_to_gamma(p: Exponential, q: Gamma) -> Tensor:
    return _to_gamma(p, q, -p.rate.log() - euler_constant)


@register_kl(Uniform, Gamma)
def _uniform_to_gamma(p: Uniform, q: Gamma) -> Tensor:
    return where(p.low < 0, math.inf, _to_gamma(p, q, _mean_log(p.low, p.high)))


@register_kl(Pareto, Gamma)
def _pareto_to_gamma(p: Pareto, q: Gamma) -> Tensor:
    return where(p.alpha <= 1, math.inf, _to_gamma(p, q, p.scale.log() + p.alpha.reciprocal()))


def _mean_log(low: Tensor, high: Tensor) -> Tensor:
    """The mean of log x for x uniform on [low, high]."""
    return (xlogy(high, high) - xlogy(low, low)) / (high - low) - 1


# ---- q a Gumbel distribution: the means of x and exp(-x / scale) --------------------------------------------


def _to_gumbel(p: Any, q: Gumbel, mean_exp: Tensor) -> Tensor:
    """mean_exp: of exp(-x / q.scale)."""
    shift = (p.mean - q.loc) / q.scale
    return -p.entropy() + q.scale.log() + shift + (q.loc / q.scale).exp() * mean_exp


@register_kl(Exponential, Gumbel)
def _exponential_to_gumbel(p: Exponential, q: Gumbel) -> Tensor:
    return _to_gumbel(p, q, p.rate * q.scale / (p.rate * q.scale + 1))


@register_kl(Gamma, Gumbel)
def _gamma_to_gumbel(p: Gamma, q: Gumbel) -> Tensor:
    return _to_gumbel(p, q, (1 + 1 / (p.rate * q.scale)).pow(-p.concentration))


@register_kl(Normal, Gumbel)
def _normal_to_gumbel(p: Normal, q: Gumbel) -> Tensor:
    return _to_gumbel(p, q, (-p.loc / q.scale + 0.5 * (p.scale / q.scale).square()).exp())


@register_kl(Uniform, Gumbel)
def _uniform_to_gumbel(p: Uniform, q: Gumbel) -> Tensor:
    mean_exp = q.scale / (p.high - p.low) * ((-p.low / q.scale).exp() - (-p.high / q.scale).exp())
    return _to_gumbel(p, q, mean_exp)


# ---- the rest --------------------------------------------------------------------------------------------


@register_kl(Normal, Laplace)
def _normal_to_laplace(p: Normal, q: Laplace) -> Tensor:
    z = (p.loc - q.loc) / p.scale
    mean_distance = p.scale * (math.sqrt(2 / math.pi) * (-0.5 * z.square()).exp() + z * (z / math.sqrt(2)).erf())
    return -p.entropy() + (2 * q.scale).log() + mean_distance / q.scale


@register_kl(Beta, Uniform)
def _beta_to_uniform(p: Beta, q: Uniform) -> Tensor:
    return where((q.low > 0) | (q.high < 1), math.inf, -p.entropy() + (q.high - q.low).log())


@register_kl(Uniform, Beta)
def _uniform_to_beta(p: Uniform, q: Beta) -> Tensor:
    a, b = q.concentration1, q.concentration0
    mean_log, mean_log_rest = _mean_log(p.low, p.high), _mean_log(1 - p.high, 1 - p.low)
    divergence = (-p.entropy() - (a - 1) * mean_log - (b - 1) * mean_log_rest
                  + a.lgamma() + b.lgamma() - (a + b).lgamma())
    return where((p.low < 0) | (p.high > 1), math.inf, divergence)


@register_kl(Uniform, Pareto)
def _uniform_to_pareto(p: Uniform, q: Pareto) -> Tensor:
    mean_log = _mean_log(p.low, p.high)
    divergence = -p.entropy() - (q.alpha.log() + q.alpha * q.scale.log()) + (q.alpha + 1) * mean_log
    return where(p.low < q.scale, math.inf, divergence)


# ---- on [0, 1], to a continuous Bernoulli distribution: only the mean of p counts -----------------------------


@register_kl(Beta, ContinuousBernoulli)
def _to_continuous_bernoulli(p: Beta | Uniform, q: ContinuousBernoulli) -> Tensor:
    return -p.entropy() - p.mean * q.logits - (-q.probs).log1p() - q._cont_bern_log_norm()


@register_kl(Uniform, ContinuousBernoulli)
def _uniform_to_continuous_bernoulli(p: Uniform, q: ContinuousBernoulli) -> Tensor:
    # infinite also where p fills [0, 1], as in torch
    return where((p.high >= 1) | (p.low <= 0), math.inf, _to_continuous_bernoulli(p, q))


@register_kl(ContinuousBernoulli, Uniform)
def _continuous_bernoulli_to_uniform(p: ContinuousBernoulli, q: Uniform) -> Tensor:
    # infinite also where q is [0, 1], and only where it reaches beyond neither end is it finite, as in torch
    return where((q.low >= 0) | (q.high <= 1), math.inf, -p.entropy() + (q.high - q.low).log())


@register_kl(Bernoulli, Poisson)
def _bernoulli_to_poisson(p: Bernoulli, q: Poisson) -> Tensor:
    return -p.entropy() - (p.probs * q.rate.log() - q.rate)
