"""The normal distribution of vectors whose covariance is of low rank, but for its diagonal."""
from __future__ import annotations

import math

from ..functions.arguments import Size
from ..functions.creation import eye
from ..functions.placing import diag_embed
from ..ops.triangular import cholesky, solve_triangular
from ..tensor import Tensor
from . import constraints
from .distribution import Distribution
from .multivariate_normal import _batch_mahalanobis, _batch_mv
from .utils import Shape, _standard_normal, a_tensor, broadcast_shapes, lazy_property


def _batch_capacitance_tril(W: Tensor, D: Tensor) -> Tensor:
    """The Cholesky factor of I + W^T D^-1 W, as small as W is narrow."""
    return cholesky((W.mT / D.unsqueeze(-2)) @ W + eye(W.shape[-1], dtype=W.dtype))


def _batch_lowrank_logdet(W: Tensor, D: Tensor, capacitance_tril: Tensor) -> Tensor:
    """log det (W W^T + D), by the matrix determinant lemma."""
    return 2 * capacitance_tril.diagonal(dim1=-2, dim2=-1).log().sum(-1) + D.log().sum(-1)


def _batch_lowrank_mahalanobis(W: Tensor, D: Tensor, x: Tensor, capacitance_tril: Tensor) -> Tensor:
    """x^T (W W^T + D)^-1 x, by Woodbury's identity."""
    inner = _batch_mv(W.mT / D.unsqueeze(-2), x)
    return (x.square() / D).sum(-1) - _batch_mahalanobis(capacitance_tril, inner)


class LowRankMultivariateNormal(Distribution):
    """Normal vectors of the covariance C = W W^T + D, W narrow and D diagonal: a few common causes, and noise.

    p(x) = exp(-(x - loc)^T C^-1 (x - loc) / 2) / sqrt((2 pi)^N det C)

    loc: the mean, any real numbers
    cov_factor: W, any real numbers
    cov_diag: D's diagonal, > 0
    validate_args: check parameters and values; None for `Distribution`'s default

    The densities need the inverse and the determinant of I + W^T D^-1 W alone, which is rank x rank.

    Shape: loc (*batch, N), cov_factor (*batch, N, rank), cov_diag (*batch, N): batch_shape is what the batches broadcast to,
    event_shape (N,).
    Raises: ValueError for another shape, parameters out of range, and in `log_prob` for nan; TypeError for what is no
    tensor.
    Source: Kotz, Balakrishnan and Johnson, Continuous Multivariate Distributions, vol. 1 (2000), chapter 45; M. Woodbury,
    Inverting modified matrices (1950); the scaled factor, Rasmussen and Williams, Gaussian Processes for Machine Learning
    (2006), 3.4.3.

    >>> import mtorch
    >>> d = mtorch.distributions.LowRankMultivariateNormal(mtorch.zeros(2), mtorch.ones(2, 1), mtorch.ones(2))
    >>> d.covariance_matrix
    tensor([[2., 1.],
            [1., 2.]])
    """

    arg_constraints = {"loc": constraints.real_vector, "cov_factor": constraints.independent(constraints.real, 2),
                       "cov_diag": constraints.independent(constraints.positive, 1)}
    support = constraints.real_vector
    has_rsample = True

    def __init__(self, loc: Tensor, cov_factor: Tensor, cov_diag: Tensor, validate_args: bool | None = None) -> None:
        for name, value in (("loc", loc), ("cov_factor", cov_factor), ("cov_diag", cov_diag)):
            a_tensor("LowRankMultivariateNormal", name, value)
        if loc.dim() < 1:
            raise ValueError("loc must be at least one-dimensional.")
        event_shape = loc.shape[-1:]
        if cov_factor.dim() < 2:
            raise ValueError("cov_factor must be at least two-dimensional, with optional leading batch dimensions")
        if cov_factor.shape[-2:-1] != event_shape:
            raise ValueError(f"cov_factor must be a batch of matrices with shape {event_shape[0]} x m")
        if cov_diag.shape[-1:] != event_shape:
            raise ValueError(f"cov_diag must be a batch of vectors with shape {event_shape}")
        try:
            batch_shape = Size(broadcast_shapes(loc.shape[:-1], cov_factor.shape[:-2], cov_diag.shape[:-1]))
        except RuntimeError:
            raise ValueError(f"Incompatible batch shapes: loc {loc.shape}, cov_factor {cov_factor.shape}, cov_diag "
                             f"{cov_diag.shape}") from None
        self.loc, self.cov_diag = loc.expand(batch_shape + (-1,)), cov_diag.expand(batch_shape + (-1,))
        self.cov_factor = cov_factor.expand(batch_shape + (-1, -1))
        self._unbroadcasted_cov_factor, self._unbroadcasted_cov_diag = cov_factor, cov_diag        # less to compute
        self._capacitance_tril = _batch_capacitance_tril(cov_factor, cov_diag)
        super().__init__(batch_shape, event_shape, validate_args=validate_args)

    mean = mode = property(lambda self: self.loc)

    def _parts(self) -> tuple[Tensor, Tensor]:
        return self._unbroadcasted_cov_factor, self._unbroadcasted_cov_diag

    def _over_batch(self, matrix: Tensor) -> Tensor:
        return matrix.expand(self._batch_shape + self._event_shape + self._event_shape)

    @lazy_property
    def variance(self) -> Tensor:
        """The variances of the elements, the diagonal of the covariance."""
        factor, diag = self._parts()
        return (factor.square().sum(-1) + diag).expand(self._batch_shape + self._event_shape)

    @lazy_property
    def scale_tril(self) -> Tensor:
        """L, lower triangular, of L L^T = covariance: that of D^-1/2 C D^-1/2, which is well conditioned, scaled."""
        factor, diag = self._parts()
        root = diag.sqrt().unsqueeze(-1)
        scaled = factor / root
        return self._over_batch(root * cholesky(scaled @ scaled.mT + eye(self._event_shape[0], dtype=diag.dtype)))

    @lazy_property
    def covariance_matrix(self) -> Tensor:
        """W W^T + D."""
        factor, diag = self._parts()
        return self._over_batch(factor @ factor.mT + diag_embed(diag))

    @lazy_property
    def precision_matrix(self) -> Tensor:
        """The inverse of the covariance, by Woodbury's identity."""
        factor, diag = self._parts()
        half = solve_triangular(self._capacitance_tril, factor.mT / diag.unsqueeze(-2))
        return self._over_batch(diag_embed(diag.reciprocal()) - half.mT @ half)

    def rsample(self, sample_shape: Shape = ()) -> Tensor:
        shape, (factor, diag) = self._extended_shape(sample_shape), self._parts()
        causes = _standard_normal(shape[:-1] + self.cov_factor.shape[-1:], self.loc.dtype)
        noise = _standard_normal(shape, self.loc.dtype)
        return self.loc + _batch_mv(factor, causes) + diag.sqrt() * noise

    def log_prob(self, value: Tensor) -> Tensor:
        self._checked(value)
        distance = _batch_lowrank_mahalanobis(*self._parts(), value - self.loc, self._capacitance_tril)
        return -0.5 * (self._event_shape[0] * math.log(2 * math.pi) + self._log_det() + distance)

    def _log_det(self) -> Tensor:
        return _batch_lowrank_logdet(*self._parts(), self._capacitance_tril)

    def entropy(self) -> Tensor:
        entropy = 0.5 * (self._event_shape[0] * (1.0 + math.log(2 * math.pi)) + self._log_det())
        return entropy.expand(self._batch_shape)
