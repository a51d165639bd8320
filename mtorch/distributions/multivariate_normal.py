"""The normal distribution of vectors."""
from __future__ import annotations

import math

from ..functions.arguments import Size
from ..functions.creation import eye
from ..ops.triangular import cholesky, solve_triangular
from ..tensor import Tensor
from . import constraints
from .distribution import Distribution
from .utils import broadcast_shapes, lazy_property, standard_normal


class MultivariateNormal(Distribution):
    """Normal vectors of mean `loc` and one of: covariance_matrix, its inverse precision_matrix, or scale_tril, the
    lower triangular L of L L^T = covariance (which is the quickest: the others are brought to it).

    Shape: loc (*batch, N), the matrix (*batch, N, N), a value (N,).

    >>> import mtorch
    >>> d = mtorch.distributions.MultivariateNormal(mtorch.zeros(2), mtorch.eye(2))
    >>> d.log_prob(mtorch.zeros(2))
    tensor(-1.8379)
    """

    arg_constraints = {"loc": constraints.real_vector, "covariance_matrix": constraints.positive_definite,
                       "precision_matrix": constraints.positive_definite, "scale_tril": constraints.lower_cholesky}
    support = constraints.real_vector
    has_rsample = True

    def __init__(self, loc, covariance_matrix=None, precision_matrix=None, scale_tril=None, validate_args=None):
        if loc.dim() < 1:
            raise ValueError("loc must be at least one-dimensional.")
        matrices = {"covariance_matrix": covariance_matrix, "precision_matrix": precision_matrix,
                    "scale_tril": scale_tril}
        given = {name: matrix for name, matrix in matrices.items() if matrix is not None}
        if len(given) != 1:
            raise ValueError("Exactly one of covariance_matrix or precision_matrix or scale_tril may be specified.")
        (name, matrix), = given.items()
        if matrix.dim() < 2:
            raise ValueError(f"{name} must be at least two-dimensional, with optional leading batch dimensions")
        batch_shape = Size(broadcast_shapes(matrix.shape[:-2], loc.shape[:-1]))
        self.loc = loc.expand(batch_shape + (-1,))
        self.__dict__[name] = matrix.expand(batch_shape + (-1, -1))
        super().__init__(batch_shape, self.loc.shape[-1:], validate_args=validate_args)
        self._tril = {"scale_tril": lambda m: m, "covariance_matrix": cholesky,
                      "precision_matrix": _tril_of_precision}[name](matrix)        # not broadcast: less to compute

    def _over_batch(self, matrix: Tensor) -> Tensor:
        return matrix.expand(self._batch_shape + self._event_shape + self._event_shape)

    @lazy_property
    def scale_tril(self):
        """L, lower triangular, of L L^T = covariance."""
        return self._over_batch(self._tril)

    @lazy_property
    def covariance_matrix(self):
        """L L^T."""
        return self._over_batch(self._tril @ self._tril.mT)

    @lazy_property
    def precision_matrix(self):
        """The inverse of the covariance."""
        half = solve_triangular(self._tril, eye(self._event_shape[0], dtype=self._tril.dtype))
        return self._over_batch(half.mT @ half)

    mean = mode = property(lambda self: self.loc)
    variance = property(lambda self: self._tril.square().sum(-1).expand(self._batch_shape + self._event_shape))

    def rsample(self, sample_shape=()):
        eps = standard_normal(self._extended_shape(sample_shape), self.loc.dtype)
        return self.loc + (self._tril @ eps.unsqueeze(-1)).squeeze(-1)

    def log_prob(self, value):
        self._checked(value)
        distance = mahalanobis(self._tril, value - self.loc)
        return -0.5 * (self._event_shape[0] * math.log(2 * math.pi) + distance) - self.half_log_det()

    def half_log_det(self) -> Tensor:
        """log det L, half the logarithm of the covariance's determinant."""
        return self._tril.diagonal(dim1=-2, dim2=-1).log().sum(-1)

    def entropy(self):
        entropy = 0.5 * self._event_shape[0] * (1.0 + math.log(2 * math.pi)) + self.half_log_det()
        return entropy.expand(self._batch_shape)


def mahalanobis(tril: Tensor, difference: Tensor) -> Tensor:
    """|L^-1 d|^2 for L (*batch, N, N) and d (*samples, *batch, N): the samples are columns of one system of equations."""
    dims, n = tril.dim() - 2, difference.shape[-1]
    cut = difference.dim() - 1 - dims
    samples, batch = difference.shape[:cut], difference.shape[cut:-1]
    columns = difference.reshape((-1,) + batch + (n,)).movedim(0, -1)
    distance = solve_triangular(tril.expand(batch + (n, n)), columns).square().sum(-2)
    return distance.movedim(-1, 0).reshape(samples + batch)


def _tril_of_precision(precision: Tensor) -> Tensor:
    """L of a covariance given by its inverse: flipped, the factor of the inverse is the inverse of the factor."""
    inverse = cholesky(precision.flip(-2, -1)).flip(-2, -1).mT
    return solve_triangular(inverse, eye(precision.shape[-1], dtype=precision.dtype))
