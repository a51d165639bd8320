"""Distributions with parameters and values, each built from arrays with mtorch and with torch alike."""

from __future__ import annotations

import numpy as np

import mtorch

rng = np.random.default_rng(0)


def real(*shape):
    return rng.normal(size=shape)


def positive(*shape):
    return rng.uniform(0.3, 3.0, size=shape)


def unit(*shape):
    return rng.uniform(0.05, 0.95, size=shape)


def simplex(*shape):
    return rng.dirichlet(np.ones(shape[-1]), size=shape[:-1])


def definite(*batch_and_n):
    """Symmetric positive definite matrices."""
    a = real(*batch_and_n, batch_and_n[-1])
    return a @ a.mT + 2 * np.eye(batch_and_n[-1])


def correlation_factors(*batch_and_n):
    """Cholesky factors of correlation matrices."""
    factor = np.linalg.cholesky(definite(*batch_and_n))
    return factor / np.sqrt((factor**2).sum(-1, keepdims=True))


def counts(high, *shape):
    return rng.integers(0, high, size=shape).astype(float)


def one_hots(k, *shape):
    return np.eye(k)[rng.integers(0, k, size=shape)]


def multinomial_counts(n, k, *shape):
    return rng.multinomial(n, np.ones(k) / k, shape).astype(float)


# name: (build(D, T, *parameters), parameters, values). D is a distributions module, T its library.
TABLE = {
    "Normal": (lambda D, T, m, s: D.Normal(m, s), (real(3), positive(2, 3)), real(4, 2, 3)),
    "Laplace": (lambda D, T, m, s: D.Laplace(m, s), (real(3), positive(2, 3)), real(4, 2, 3)),
    "Cauchy": (lambda D, T, m, s: D.Cauchy(m, s), (real(3), positive(2, 3)), real(4, 2, 3)),
    "Gumbel": (lambda D, T, m, s: D.Gumbel(m, s), (real(3), positive(2, 3)), real(4, 2, 3)),
    "StudentT": (lambda D, T, d, m, s: D.StudentT(d, m, s), (positive(3), real(3), positive(2, 3)), real(4, 2, 3)),
    "Uniform": (lambda D, T, a, b: D.Uniform(a, a + b), (real(3), 5 + positive(2, 3)), real(4, 2, 3) / 9 + 3),
    "Exponential": (lambda D, T, r: D.Exponential(r), (positive(2, 3),), positive(4, 2, 3)),
    "Gamma": (lambda D, T, a, r: D.Gamma(a, r), (positive(3), positive(2, 3)), positive(4, 2, 3)),
    "Chi2": (lambda D, T, d: D.Chi2(d), (3 * positive(2, 3),), positive(4, 2, 3)),
    "Beta": (lambda D, T, a, b: D.Beta(a, b), (positive(3), positive(2, 3)), unit(4, 2, 3)),
    "Dirichlet": (lambda D, T, a: D.Dirichlet(a), (positive(2, 3),), simplex(4, 2, 3)),
    "HalfNormal": (lambda D, T, s: D.HalfNormal(s), (positive(2, 3),), positive(4, 2, 3)),
    "LogNormal": (lambda D, T, m, s: D.LogNormal(m, s), (real(3), positive(2, 3)), positive(4, 2, 3)),
    "HalfCauchy": (lambda D, T, s: D.HalfCauchy(s), (positive(2, 3),), positive(4, 2, 3)),
    "Pareto": (lambda D, T, s, a: D.Pareto(s, a), (positive(3), 3 * positive(2, 3)), 3 + positive(4, 2, 3)),
    "Weibull": (lambda D, T, s, k: D.Weibull(s, k), (positive(3), positive(2, 3)), positive(4, 2, 3)),
    "InverseGamma": (lambda D, T, a, r: D.InverseGamma(a, r), (3 * positive(3), positive(2, 3)), positive(4, 2, 3)),
    "Kumaraswamy": (lambda D, T, a, b: D.Kumaraswamy(a, b), (positive(3), positive(2, 3)), unit(4, 2, 3)),
    "FisherSnedecor": (lambda D, T, a, b: D.FisherSnedecor(a, b), (2 * positive(3), 5 * positive(2, 3)),
                       positive(4, 2, 3)),
    "VonMises": (lambda D, T, m, k: D.VonMises(m, k), (real(3), 3 * positive(2, 3)), real(4, 2, 3)),
    "LogisticNormal": (lambda D, T, m, s: D.LogisticNormal(m, s), (real(2, 3), positive(2, 3)), simplex(4, 2, 4)),
    "ContinuousBernoulli": (lambda D, T, p: D.ContinuousBernoulli(p), (unit(2, 3),), unit(4, 2, 3)),
    "ContinuousBernoulli logits": (lambda D, T, z: D.ContinuousBernoulli(logits=z),
                                   (real(2, 3) * np.array([[1.0], [1e-3]]),), unit(4, 2, 3)),
    "Bernoulli": (lambda D, T, p: D.Bernoulli(p), (unit(2, 3),), counts(2, 4, 2, 3)),
    "Bernoulli logits": (lambda D, T, z: D.Bernoulli(logits=z), (real(2, 3),), counts(2, 4, 2, 3)),
    "Geometric": (lambda D, T, p: D.Geometric(p), (unit(2, 3),), counts(9, 4, 2, 3)),
    "Geometric logits": (lambda D, T, z: D.Geometric(logits=z), (real(2, 3),), counts(9, 4, 2, 3)),
    "Binomial": (lambda D, T, p: D.Binomial(9, p), (unit(2, 3),), counts(10, 4, 2, 3)),
    "Binomial logits": (lambda D, T, z: D.Binomial(30, logits=z), (real(2, 3),), counts(31, 4, 2, 3)),
    "NegativeBinomial": (lambda D, T, n, p: D.NegativeBinomial(n, p), (3 * positive(3), unit(2, 3)), counts(9, 4, 2, 3)),
    "NegativeBinomial logits": (lambda D, T, n, z: D.NegativeBinomial(n, logits=z), (3 * positive(3), real(2, 3)),
                                counts(9, 4, 2, 3)),
    "Poisson": (lambda D, T, r: D.Poisson(r), (4 * positive(2, 3),), counts(20, 4, 2, 3)),
    "Categorical": (lambda D, T, p: D.Categorical(p), (positive(2, 5),), counts(5, 4, 2)),
    "Categorical logits": (lambda D, T, z: D.Categorical(logits=z), (real(2, 5),), counts(5, 4, 2)),
    "OneHotCategorical": (lambda D, T, p: D.OneHotCategorical(p), (positive(2, 5),), one_hots(5, 4, 2)),
    "OneHotCategorical straight through": (lambda D, T, z: D.OneHotCategoricalStraightThrough(logits=z), (real(2, 5),),
                                           one_hots(5, 4, 2)),
    "Multinomial": (lambda D, T, p: D.Multinomial(7, p), (positive(2, 4),), multinomial_counts(7, 4, 3, 2)),
    "Multinomial logits": (lambda D, T, z: D.Multinomial(7, logits=z), (real(2, 4),), multinomial_counts(7, 4, 3, 2)),
    "MultivariateNormal": (lambda D, T, m, c: D.MultivariateNormal(m, c), (real(2, 3), definite(3)), real(4, 2, 3)),
    "MultivariateNormal of a batch of precisions": (lambda D, T, m, c: D.MultivariateNormal(m, precision_matrix=c),
                                                    (real(3), definite(2, 3)), real(4, 2, 3)),
    "MultivariateNormal of factors": (lambda D, T, m, c: D.MultivariateNormal(m, scale_tril=c.tril()),
                                      (real(2, 3), definite(2, 3)), real(4, 2, 3)),
    "LowRankMultivariateNormal": (lambda D, T, m, w, d: D.LowRankMultivariateNormal(m, w, d),
                                  (real(2, 3), real(3, 2), positive(3)), real(4, 2, 3)),
    "LowRankMultivariateNormal of batches": (lambda D, T, m, w, d: D.LowRankMultivariateNormal(m, w, d),
                                             (real(3), real(2, 3, 1), positive(2, 3)), real(4, 2, 3)),
    "LKJCholesky": (lambda D, T, c: D.LKJCholesky(4, c), (positive(2),), correlation_factors(5, 2, 4)),
    "Wishart": (lambda D, T, d, c: D.Wishart(d, c), (4 + positive(2), definite(3)), definite(4, 2, 3)),
    "Wishart of factors": (lambda D, T, d, c: D.Wishart(d, scale_tril=c.tril()), (4 + positive(2), definite(2, 3)),
                           definite(4, 2, 3)),
    "Wishart of precisions": (lambda D, T, d, c: D.Wishart(d, precision_matrix=c), (4 + positive(2), definite(3)),
                              definite(4, 2, 3)),
    "RelaxedBernoulli": (lambda D, T, p: D.RelaxedBernoulli(T.tensor(0.7, dtype=p.dtype), p), (unit(2, 3),), unit(4, 2, 3)),
    "RelaxedBernoulli logits": (lambda D, T, z: D.RelaxedBernoulli(T.tensor(0.7, dtype=z.dtype), logits=z), (real(2, 3),),
                                unit(4, 2, 3)),
    "RelaxedOneHotCategorical": (lambda D, T, p: D.RelaxedOneHotCategorical(T.tensor(0.7, dtype=p.dtype), p),
                                 (positive(2, 5),), simplex(4, 2, 5)),
    "RelaxedOneHotCategorical logits": (
        lambda D, T, z: D.RelaxedOneHotCategorical(T.tensor(0.7, dtype=z.dtype), logits=z), (real(2, 5),), simplex(4, 2, 5)),
    "MixtureSameFamily": (lambda D, T, p, m, s: D.MixtureSameFamily(D.Categorical(p), D.Normal(m, s)),
                          (positive(2, 4), real(2, 4), positive(2, 4)), real(3, 2)),
    "MixtureSameFamily of vectors": (
        lambda D, T, p, m, s: D.MixtureSameFamily(D.Categorical(logits=p), D.Independent(D.Normal(m, s), 1)),
        (real(2, 4), real(2, 4, 3), positive(2, 4, 3)), real(5, 2, 3)),
    "Independent": (lambda D, T, m, s: D.Independent(D.Normal(m, s), 1), (real(3), positive(2, 3)), real(4, 2, 3)),
    "Independent of two dimensions": (lambda D, T, m, s: D.Independent(D.Normal(m, s), 2), (real(3), positive(2, 3)),
                                      real(4, 2, 3)),
    "Transformed": (lambda D, T, m, s: D.TransformedDistribution(
                        D.Normal(m, s), [D.SigmoidTransform(), D.AffineTransform(1.0, -2.0)]),
                    (real(3), positive(2, 3)), -unit(4, 2, 3)),
    "Transformed by tanh": (lambda D, T, m, s: D.TransformedDistribution(D.Normal(m, s), D.TanhTransform(cache_size=1)),
                            (real(3), positive(2, 3)), unit(4, 2, 3)),
}


def built(name, D, T, dtype="float64", requires_grad=False):
    """The distribution of this row and its parameters, as tensors of library T."""
    build, parameters, _ = TABLE[name]
    kind = getattr(T, dtype)
    tensors = [T.tensor(p.tolist(), dtype=kind, requires_grad=requires_grad) for p in parameters]
    return build(D, T, *tensors), tensors


def value_of(name, T, dtype="float64"):
    return T.tensor(TABLE[name][2].tolist(), dtype=getattr(T, dtype))


def both(name, dtype="float64", requires_grad=False):
    """mtorch's and torch's distribution of this row."""
    import torch
    import torch.distributions as theirs

    import mtorch.distributions as ours
    return built(name, ours, mtorch, dtype, requires_grad), built(name, theirs, torch, dtype, requires_grad)
