"""Divergences between two distributions of one family."""
from __future__ import annotations

import math
from typing import Any

from ...functions.arithmetic import where
from ...functions.creation import full_like
from ...functions.placing import diag_embed
from ...nn.functional.activation import softplus
from ...ops.triangular import solve_triangular
from ...tensor import Tensor
from ..bernoulli import Bernoulli
from ..beta import Beta
from ..binomial import Binomial
from ..categorical import Categorical
from ..cauchy import Cauchy
from ..dirichlet import Dirichlet
from ..continuous_bernoulli import ContinuousBernoulli
from ..exp_family import ExponentialFamily
from ..exponential import Exponential
from ..gamma import Gamma
from ..geometric import Geometric
from ..gumbel import Gumbel
from ..half_normal import HalfNormal
from ..independent import Independent
from ..laplace import Laplace
from ..lowrank_multivariate_normal import LowRankMultivariateNormal, _batch_lowrank_mahalanobis
from ..multivariate_normal import MultivariateNormal, _batch_mahalanobis
from ..normal import Normal
from ..one_hot_categorical import OneHotCategorical
from ..pareto import Pareto
from ..poisson import Poisson
from ..transformed_distribution import TransformedDistribution
from ..uniform import Uniform
from ..utils import euler_constant, _sum_rightmost
from .registry import kl_divergence, register_kl


@register_kl(Normal, Normal)
def normal(p: Normal, q: Normal) -> Tensor:
    ratio = (p.scale / q.scale).square()
    return 0.5 * (ratio + ((p.loc - q.loc) / q.scale).square() - 1 - ratio.log())


@register_kl(MultivariateNormal, MultivariateNormal)
def multivariate_normal(p: MultivariateNormal, q: MultivariateNormal) -> Tensor:
    _same_size(p, q)
    trace = _trace(solve_triangular(q._unbroadcasted_scale_tril, p._unbroadcasted_scale_tril))
    distance = _batch_mahalanobis(q._unbroadcasted_scale_tril, q.loc - p.loc)
    return q.half_log_det() - p.half_log_det() + 0.5 * (trace + distance - p.event_shape[0])


def _same_size(p: Any, q: Any) -> None:
    if p.event_shape != q.event_shape:
        raise ValueError(f"KL between vectors of {p.event_shape[0]} and {q.event_shape[0]} elements cannot be computed")


def _trace(half: Tensor) -> Tensor:
    """tr(h h^T)."""
    return half.square().sum((-2, -1))


def _to_low_rank(p: Any, q: LowRankMultivariateNormal, p_log_det: Tensor, trace: Tensor) -> Tensor:
    """trace: of q's precision times p's covariance."""
    distance = _batch_lowrank_mahalanobis(*q._parts(), q.loc - p.loc, q._capacitance_tril)
    return 0.5 * (q._log_det() - p_log_det + trace + distance - p.event_shape[0])


def _whitening(q: LowRankMultivariateNormal) -> Tensor:
    """A of q's precision = D^-1 - A^T A."""
    return solve_triangular(q._capacitance_tril, q._unbroadcasted_cov_factor.mT / q._unbroadcasted_cov_diag.unsqueeze(-2))


@register_kl(LowRankMultivariateNormal, LowRankMultivariateNormal)
def low_rank(p: LowRankMultivariateNormal, q: LowRankMultivariateNormal) -> Tensor:
    _same_size(p, q)
    (factor, diag), q_diag, a = p._parts(), q._unbroadcasted_cov_diag, _whitening(q)
    trace = ((diag / q_diag).sum(-1) + _trace(factor * q_diag.rsqrt().unsqueeze(-1))
             - _trace(a * diag.sqrt().unsqueeze(-2)) - _trace(a @ factor))
    return _to_low_rank(p, q, p._log_det(), trace)


@register_kl(MultivariateNormal, LowRankMultivariateNormal)
def normal_to_low_rank(p: MultivariateNormal, q: LowRankMultivariateNormal) -> Tensor:
    _same_size(p, q)
    tril = p._unbroadcasted_scale_tril
    trace = _trace(tril * q._unbroadcasted_cov_diag.rsqrt().unsqueeze(-1)) - _trace(_whitening(q) @ tril)
    return _to_low_rank(p, q, 2 * p.half_log_det(), trace)


@register_kl(LowRankMultivariateNormal, MultivariateNormal)
def low_rank_to_normal(p: LowRankMultivariateNormal, q: MultivariateNormal) -> Tensor:
    _same_size(p, q)
    (factor, diag), tril = p._parts(), q._unbroadcasted_scale_tril
    trace = _trace(solve_triangular(tril, factor)) + _trace(solve_triangular(tril, diag_embed(diag.sqrt())))
    distance = _batch_mahalanobis(tril, q.loc - p.loc)
    return 0.5 * (2 * q.half_log_det() - p._log_det() + trace + distance - p.event_shape[0])


@register_kl(HalfNormal, HalfNormal)
def half_normal(p: HalfNormal, q: HalfNormal) -> Tensor:
    return normal(p.base_dist, q.base_dist)


@register_kl(Laplace, Laplace)
def laplace(p: Laplace, q: Laplace) -> Tensor:
    ratio, distance = p.scale / q.scale, (p.loc - q.loc).abs()
    return -ratio.log() + distance / q.scale + ratio * (-distance / p.scale).exp() - 1


@register_kl(Cauchy, Cauchy)
def cauchy(p: Cauchy, q: Cauchy) -> Tensor:
    return ((p.scale + q.scale).square() + (p.loc - q.loc).square()).log() - (4 * p.scale * q.scale).log()


@register_kl(Gumbel, Gumbel)
def gumbel(p: Gumbel, q: Gumbel) -> Tensor:
    ratio, shift = p.scale / q.scale, (q.loc - p.loc) / q.scale
    return (-ratio.log() - shift + ratio * euler_constant + (shift + (1 + ratio).lgamma()).exp()
            - (1 + euler_constant))


@register_kl(Uniform, Uniform)
def uniform(p: Uniform, q: Uniform) -> Tensor:
    outside = (q.low > p.low) | (q.high < p.high)
    return where(outside, math.inf, ((q.high - q.low) / (p.high - p.low)).log())


@register_kl(Exponential, Exponential)
def exponential(p: Exponential, q: Exponential) -> Tensor:
    ratio = q.rate / p.rate
    return -ratio.log() + ratio - 1


@register_kl(Gamma, Gamma)
def gamma(p: Gamma, q: Gamma) -> Tensor:
    a, b = p.concentration, q.concentration
    return (b * (p.rate / q.rate).log() + b.lgamma() - a.lgamma() + (a - b) * a.digamma()
            + (q.rate - p.rate) * (a / p.rate))


@register_kl(Dirichlet, Dirichlet)
def dirichlet(p: Dirichlet, q: Dirichlet) -> Tensor:
    a, b = p.concentration, q.concentration
    a_total, b_total = a.sum(-1), b.sum(-1)
    return (a_total.lgamma() - b_total.lgamma() - (a.lgamma() - b.lgamma()).sum(-1)
            + ((a - b) * (a.digamma() - a_total.digamma().unsqueeze(-1))).sum(-1))


@register_kl(Beta, Beta)
def beta(p: Beta, q: Beta) -> Tensor:
    return dirichlet(p._dirichlet, q._dirichlet)


@register_kl(Bernoulli, Bernoulli)
def bernoulli(p: Bernoulli, q: Bernoulli) -> Tensor:
    ones = p.probs * (softplus(-q.logits) - softplus(-p.logits))
    zeros = (1 - p.probs) * (softplus(q.logits) - softplus(p.logits))
    ones = where(p.probs == 0, 0.0, where(q.probs == 0, math.inf, ones))
    return ones + where(p.probs == 1, 0.0, where(q.probs == 1, math.inf, zeros))


@register_kl(Binomial, Binomial)
def binomial(p: Binomial, q: Binomial) -> Tensor:
    if (p.total_count < q.total_count).any():
        raise NotImplementedError("KL between Binomials where q.total_count > p.total_count is not implemented")
    each = p.probs * (p.logits - q.logits) + (-p.probs).log1p() - (-q.probs).log1p()
    return where(p.total_count > q.total_count, math.inf, p.total_count * each)


@register_kl(Geometric, Geometric)
def geometric(p: Geometric, q: Geometric) -> Tensor:
    return -p.entropy() - (-q.probs).log1p() / p.probs - q.logits


@register_kl(Poisson, Poisson)
def poisson(p: Poisson, q: Poisson) -> Tensor:
    return p.rate * (p.rate.log() - q.rate.log()) - (p.rate - q.rate)


@register_kl(Categorical, Categorical)
def categorical(p: Categorical, q: Categorical) -> Tensor:
    terms = p.probs * (p.logits - q.logits)
    terms = where(q.probs == 0, math.inf, terms)
    return where(p.probs == 0, 0.0, terms).sum(-1)


@register_kl(OneHotCategorical, OneHotCategorical)
def one_hot_categorical(p: OneHotCategorical, q: OneHotCategorical) -> Tensor:
    return categorical(p._categorical, q._categorical)


@register_kl(ContinuousBernoulli, ContinuousBernoulli)
def continuous_bernoulli(p: ContinuousBernoulli, q: ContinuousBernoulli) -> Tensor:
    own, other = (d._cont_bern_log_norm() + (-d.probs).log1p() for d in (p, q))
    return p.mean * (p.logits - q.logits) + own - other


@register_kl(Pareto, Pareto)
def pareto(p: Pareto, q: Pareto) -> Tensor:
    powers = q.alpha / p.alpha
    return where(p.scale < q.scale, math.inf, q.alpha * (p.scale / q.scale).log() - powers.log() + powers - 1)


@register_kl(ExponentialFamily, ExponentialFamily)
def exponential_family(p: ExponentialFamily, q: ExponentialFamily) -> Tensor:
    """The Bregman divergence of the log normalizer: how far it lies at q above its tangent at p."""
    if type(p) is not type(q):
        raise NotImplementedError("The cross KL-divergence between different exponential families cannot be computed "
                                  "using Bregman divergences")
    at_p, log_normalizer, slopes = p._tangent()
    result = q._log_normalizer(*q._natural_params) - log_normalizer
    for a, b, slope in zip(at_p, q._natural_params, slopes, strict=True):
        result = result - _sum_rightmost((b - a) * slope, len(q.event_shape))
    return result


@register_kl(Independent, Independent)
def independent(p: Independent, q: Independent) -> Tensor:
    if p.reinterpreted_batch_ndims != q.reinterpreted_batch_ndims:
        raise NotImplementedError(f"KL between Independents of {p.reinterpreted_batch_ndims} and "
                                  f"{q.reinterpreted_batch_ndims} dimensions is not implemented")
    return _sum_rightmost(kl_divergence(p.base_dist, q.base_dist), p.reinterpreted_batch_ndims)


@register_kl(TransformedDistribution, TransformedDistribution)
def transformed(p: TransformedDistribution, q: TransformedDistribution) -> Tensor:
    if p.transforms != q.transforms or p.event_shape != q.event_shape:
        raise NotImplementedError("KL between distributions transformed differently is not implemented")
    return kl_divergence(p.base_dist, q.base_dist)


def infinite_like(x: Tensor) -> Tensor:
    """Infinity for each of the batch."""
    return full_like(x, math.inf)
