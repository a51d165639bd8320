"""A covariance given by itself, by its inverse or by its triangular factor, which is the one that is computed with."""
from __future__ import annotations

from ..functions.arguments import Size
from ..functions.creation import eye
from ..ops.triangular import cholesky, solve_triangular
from ..tensor import Tensor
from .utils import lazy_property


def the_one_given(covariance_matrix: Tensor | None, precision_matrix: Tensor | None, scale_tril: Tensor | None,
                  error: type[Exception]) -> tuple[str, Tensor]:
    """The one of the three that is not None, after its name.

    Raises: `error` for none or several.
    """
    matrices = {"covariance_matrix": covariance_matrix, "precision_matrix": precision_matrix, "scale_tril": scale_tril}
    given = [(name, matrix) for name, matrix in matrices.items() if matrix is not None]
    if len(given) != 1:
        raise error("Exactly one of covariance_matrix or precision_matrix or scale_tril may be specified.")
    return given[0]


class OfCovariance:
    """The part of a distribution that knows its covariance L L^T by L, of as few batches as were given."""

    _batch_shape: Size
    _unbroadcasted_scale_tril: Tensor

    def _factor(self, name: str, matrix: Tensor) -> None:
        """Keep L of the matrix with this name."""
        tril_of = {"scale_tril": lambda m: m, "covariance_matrix": cholesky, "precision_matrix": _precision_to_scale_tril}
        self._unbroadcasted_scale_tril = tril_of[name](matrix)

    def _over_batch(self, matrix: Tensor) -> Tensor:
        return matrix.expand(self._batch_shape + matrix.shape[-2:])

    @lazy_property
    def scale_tril(self) -> Tensor:
        """L, lower triangular, of L L^T = covariance."""
        return self._over_batch(self._unbroadcasted_scale_tril)

    @lazy_property
    def covariance_matrix(self) -> Tensor:
        """L L^T."""
        return self._over_batch(self._unbroadcasted_scale_tril @ self._unbroadcasted_scale_tril.mT)

    def half_log_det(self) -> Tensor:
        """log det L, half the logarithm of the covariance's determinant."""
        return self._unbroadcasted_scale_tril.diagonal(dim1=-2, dim2=-1).log().sum(-1)


def _precision_to_scale_tril(precision: Tensor) -> Tensor:
    """L of a covariance given by its inverse: flipped, the factor of the inverse is the inverse of the factor."""
    inverse = cholesky(precision.flip(-2, -1)).flip(-2, -1).mT
    return solve_triangular(inverse, eye(precision.shape[-1], dtype=precision.dtype))
