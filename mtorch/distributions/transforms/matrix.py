"""Transforms of matrices, and of vectors to matrices.

Source: J. Dillon et al., TensorFlow Distributions (2017), section 4, whose bijectors these are.
"""
from __future__ import annotations

import math

from ...dtypes import finfo
from ...functions.arguments import Size
from ...functions.creation import eye
from ...functions.linalg.decomposition import cholesky
from ...functions.placing import diag_embed
from ...nn.functional.activation import softplus
from ...nn.functional.padding import pad
from ...tensor import Tensor
from .. import constraints
from ..utils import Shape, tril_matrix_to_vec, vec_to_tril_matrix
from .base import Transform
from .elementwise import _Plain


class LowerCholeskyTransform(_Plain):
    """From square matrices to lower triangular ones with a positive diagonal, the exponential of the matrix's.

    Shape: (*, N, N) -> (*, N, N).
    Raises: RuntimeError for x of fewer than two dimensions; NotImplementedError by `log_abs_det_jacobian`; cache_size
    as for Transform.

    >>> import mtorch
    >>> mtorch.distributions.LowerCholeskyTransform()(mtorch.zeros(2, 2))
    tensor([[1., 0.],
            [0., 1.]])
    """

    domain, codomain = constraints.independent(constraints.real, 2), constraints.lower_cholesky

    def _call(self, x: Tensor) -> Tensor:
        return x.tril(-1) + diag_embed(x.diagonal(dim1=-2, dim2=-1).exp())

    def _inverse(self, y: Tensor) -> Tensor:
        return y.tril(-1) + diag_embed(y.diagonal(dim1=-2, dim2=-1).log())


class PositiveDefiniteTransform(_Plain):
    """From square matrices to symmetric positive definite ones: L L^T, L what LowerCholeskyTransform makes.

    Shape: (*, N, N) -> (*, N, N).
    Raises: RuntimeError for x of fewer than two dimensions, and by the inverse for what is not positive definite;
    NotImplementedError by `log_abs_det_jacobian`; cache_size as for Transform.

    >>> import mtorch
    >>> mtorch.distributions.PositiveDefiniteTransform()(mtorch.tensor([[0.0, 7.0], [2.0, 0.0]]))
    tensor([[1., 2.],
            [2., 5.]])
    """

    domain, codomain = constraints.independent(constraints.real, 2), constraints.positive_definite

    def _call(self, x: Tensor) -> Tensor:
        factor = LowerCholeskyTransform()(x)
        return factor @ factor.mT

    def _inverse(self, y: Tensor) -> Tensor:
        return LowerCholeskyTransform().inv(cholesky(y))


class CorrCholeskyTransform(Transform):
    """From vectors of N (N - 1) / 2 numbers to the Cholesky factors of N x N correlation matrices, one to one.

    The numbers fill the triangle below the diagonal, row by row. Each tanh(x) is the share, with its sign, that an element
    has of what is left of its row's length 1: y_ij = r_ij sqrt((1 - r_i1^2) ... (1 - r_i,j-1^2)), r = tanh(x), and the
    diagonal gets the rest.

    Shape: (*, N (N - 1) / 2) -> (*, N, N); `log_abs_det_jacobian` is that of the elements below the diagonal.
    Raises: ValueError for vectors of another length; cache_size as for Transform.
    Source: Lewandowski, Kurowicka and Joe, Generating random correlation matrices based on vines and extended onion
    method (2009); Stan Reference Manual, Cholesky factors of correlation matrices.

    >>> import mtorch
    >>> mtorch.distributions.CorrCholeskyTransform()(mtorch.zeros(1))
    tensor([[1., 0.],
            [0., 1.]])
    """

    domain, codomain, bijective = constraints.real_vector, constraints.corr_cholesky, True

    def _call(self, x: Tensor) -> Tensor:
        eps = finfo(x.dtype).eps
        share = vec_to_tril_matrix(x.tanh().clamp(min=-1 + eps, max=1 - eps), diag=-1)
        left = (1 - share**2).sqrt().cumprod(-1)
        share = share + eye(share.shape[-1], dtype=share.dtype)
        return share * pad(left[..., :-1], [1, 0], value=1)

    def _inverse(self, y: Tensor) -> Tensor:
        left = pad((1 - (y * y).cumsum(-1))[..., :-1], [1, 0], value=1)
        share = tril_matrix_to_vec(y, diag=-1) / tril_matrix_to_vec(left, diag=-1).sqrt()
        return (share.log1p() - (-share).log1p()) / 2                           # atanh

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        # what is left before each element but the first of its row: one column to the left, and there is all of it
        left = tril_matrix_to_vec(1 - (y * y).cumsum(-1), diag=-2)
        return 0.5 * left.log().sum(-1) - 2 * (x + softplus(-2 * x) - math.log(2.0)).sum(-1)

    def forward_shape(self, shape: Shape) -> Size:
        if len(shape) < 1:
            raise ValueError("Too few dimensions on input")
        n = round((0.25 + 2 * shape[-1]) ** 0.5 + 0.5)
        if n * (n - 1) // 2 != shape[-1]:
            raise ValueError("Input is not a flattened lower-diagonal number")
        return Size(shape[:-1]) + (n, n)

    def inverse_shape(self, shape: Shape) -> Size:
        if len(shape) < 2:
            raise ValueError("Too few dimensions on input")
        if shape[-2] != shape[-1]:
            raise ValueError("Input is not square")
        return Size(shape[:-2]) + (shape[-1] * (shape[-1] - 1) // 2,)
