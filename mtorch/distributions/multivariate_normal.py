"""The normal distribution of vectors."""
from __future__ import annotations

import math

from ..functions.arguments import Size
from ..functions.creation import eye
from ..ops.triangular import solve_triangular
from ..tensor import Tensor
from . import constraints
from .covariance import OfCovariance, _precision_to_scale_tril, the_one_given  # noqa: F401  taken from here by others
from .distribution import Distribution
from .utils import Shape, a_tensor, broadcast_shapes, lazy_property, _standard_normal


class MultivariateNormal(OfCovariance, Distribution):
    """Normal vectors.

    p(x) = exp(-(x - loc)^T C^-1 (x - loc) / 2) / sqrt((2 pi)^N det C), C the covariance

    loc: the mean, any real numbers
    covariance_matrix: C, symmetric and positive definite
    precision_matrix: in its place, the inverse of C
    scale_tril: in its place, L of C = L L^T, lower triangular with a positive diagonal; the quickest, the others are
        brought to it
    validate_args: check parameters and values; None for `Distribution`'s default

    Shape: loc (*batch, N), the matrix (*batch, N, N): batch_shape is what both batches broadcast to, event_shape (N,).
    Raises: ValueError for none or several of the matrices, another shape, parameters out of range, and in `log_prob`
    for nan; TypeError for what is no tensor; RuntimeError for a matrix of integers, and for batches that do not
    broadcast.
    Source: Kotz, Balakrishnan and Johnson, Continuous Multivariate Distributions, vol. 1 (2000), chapter 45.

    >>> import mtorch
    >>> d = mtorch.distributions.MultivariateNormal(mtorch.zeros(2), mtorch.eye(2))
    >>> d.log_prob(mtorch.zeros(2))
    tensor(-1.8379)
    """

    arg_constraints = {"loc": constraints.real_vector, "covariance_matrix": constraints.positive_definite,
                       "precision_matrix": constraints.positive_definite, "scale_tril": constraints.lower_cholesky}
    support = constraints.real_vector
    has_rsample = True

    def __init__(self, loc: Tensor, covariance_matrix: Tensor | None = None, precision_matrix: Tensor | None = None,
                 scale_tril: Tensor | None = None, validate_args: bool | None = None) -> None:
        if a_tensor("MultivariateNormal", "loc", loc).dim() < 1:
            raise ValueError("loc must be at least one-dimensional.")
        name, matrix = the_one_given(covariance_matrix, precision_matrix, scale_tril, ValueError)
        if a_tensor("MultivariateNormal", name, matrix).dim() < 2:
            raise ValueError(f"{name} must be at least two-dimensional, with optional leading batch dimensions")
        if matrix.shape[-2:] != loc.shape[-1:] * 2:
            raise ValueError(f"MultivariateNormal: loc of shape {tuple(loc.shape)} needs a {name} of shape "
                             f"(..., {loc.shape[-1]}, {loc.shape[-1]}), got {tuple(matrix.shape)}")
        if not matrix.is_floating_point():
            raise RuntimeError(f"MultivariateNormal: {name} must be of a floating point type, got {matrix.dtype}")
        batch_shape = Size(broadcast_shapes(matrix.shape[:-2], loc.shape[:-1]))
        self.loc = loc.expand(batch_shape + (-1,))
        self.__dict__[name] = matrix.expand(batch_shape + (-1, -1))
        super().__init__(batch_shape, self.loc.shape[-1:], validate_args=validate_args)
        self._factor(name, matrix)

    @lazy_property
    def precision_matrix(self) -> Tensor:
        """The inverse of the covariance."""
        tril = self._unbroadcasted_scale_tril
        half = solve_triangular(tril, eye(self._event_shape[0], dtype=tril.dtype))
        return self._over_batch(half.mT @ half)

    mean = mode = property(lambda self: self.loc)

    @property
    def variance(self) -> Tensor:
        """The variances of the elements, the diagonal of the covariance."""
        return self._unbroadcasted_scale_tril.square().sum(-1).expand(self._batch_shape + self._event_shape)

    def rsample(self, sample_shape: Shape = ()) -> Tensor:
        eps = _standard_normal(self._extended_shape(sample_shape), self.loc.dtype)
        return self.loc + _batch_mv(self._unbroadcasted_scale_tril, eps)

    def log_prob(self, value: Tensor) -> Tensor:
        self._checked(value)
        distance = _batch_mahalanobis(self._unbroadcasted_scale_tril, value - self.loc)
        return -0.5 * (self._event_shape[0] * math.log(2 * math.pi) + distance) - self.half_log_det()

    def entropy(self) -> Tensor:
        entropy = 0.5 * self._event_shape[0] * (1.0 + math.log(2 * math.pi)) + self.half_log_det()
        return entropy.expand(self._batch_shape)


def _batch_mv(matrix: Tensor, vector: Tensor) -> Tensor:
    """Matrices times vectors, of batches that broadcast."""
    return (matrix @ vector.unsqueeze(-1)).squeeze(-1)


def _batch_mahalanobis(tril: Tensor, difference: Tensor) -> Tensor:
    """|L^-1 d|^2 for L (*batch, N, N) and d (*samples, *batch, N): the samples are columns of one system of equations."""
    dims, n = tril.dim() - 2, difference.shape[-1]
    cut = difference.dim() - 1 - dims
    samples, batch = difference.shape[:cut], difference.shape[cut:-1]
    columns = difference.reshape((-1,) + batch + (n,)).movedim(0, -1)
    distance = solve_triangular(tril.expand(batch + (n, n)), columns).square().sum(-2)
    return distance.movedim(-1, 0).reshape(samples + batch)
