"""The Wishart distribution."""
from __future__ import annotations

import math
import warnings
from typing import Any

from ..dtypes import finfo
from ..functions.arguments import Size
from ..functions.arithmetic import where
from ..functions.creation import arange, eye, tensor
from ..functions.linalg.solving import cholesky_solve, slogdet
from ..functions.placing import diag_embed, tril_indices
from ..functions.random import randn
from ..functions.special import mvlgamma
from ..tensor import Tensor
from . import constraints
from .chi2 import Chi2
from .covariance import OfCovariance, the_one_given
from .exp_family import ExponentialFamily
from .utils import Numbers, Shape, a_tensor, broadcast_shapes, lazy_property

_LOG_2 = math.log(2)


class Wishart(OfCovariance, ExponentialFamily):
    """Symmetric positive definite matrices: the sums of df products x x^T of normal vectors x of covariance C.

    p(X) = det X^((df - N - 1) / 2) exp(-tr(C^-1 X) / 2) / (2^(df N / 2) det C^(df / 2) Gamma_N(df / 2))

    df: degrees of freedom, > N - 1, not only whole numbers
    covariance_matrix: C, symmetric and positive definite
    precision_matrix: in its place, the inverse of C
    scale_tril: in its place, L of C = L L^T, lower triangular with a positive diagonal; the quickest, the others are
        brought to it
    validate_args: check parameters and values; None for `Distribution`'s default

    A sample is L A A^T L^T with Bartlett's A: roots of chi-squared numbers on the diagonal, normal numbers below. As torch
    does, `sample` warns of singular samples where there are none, and draws several times.

    Shape: df (*batch), the matrix (*batch, N, N): batch_shape is what the batches broadcast to, event_shape (N, N).
    Raises: AssertionError for none or several of the matrices; ValueError for parameters out of range, and in `log_prob` for
    what is not symmetric and positive definite; TypeError for what is no tensor; RuntimeError for batches that do not
    broadcast.
    Source: T. Anderson, An Introduction to Multivariate Statistical Analysis (2003), chapter 7; samples, P. Odell and A.
    Feiveson, A numerical procedure to generate a sample covariance matrix (1966).

    >>> import mtorch
    >>> mtorch.distributions.Wishart(3.0, mtorch.eye(2)).mean
    tensor([[3., 0.],
            [0., 3.]])
    """

    support = constraints.positive_definite
    has_rsample = True
    _mean_carrier_measure = 0

    @property
    def arg_constraints(self) -> Any:
        """The least df depends on the matrices' size."""
        return {"covariance_matrix": constraints.positive_definite, "precision_matrix": constraints.positive_definite,
                "scale_tril": constraints.lower_cholesky, "df": constraints.greater_than(self.event_shape[-1] - 1)}

    def __init__(self, df: Numbers, covariance_matrix: Tensor | None = None, precision_matrix: Tensor | None = None,
                 scale_tril: Tensor | None = None, validate_args: bool | None = None) -> None:
        name, matrix = the_one_given(covariance_matrix, precision_matrix, scale_tril, AssertionError)
        if a_tensor("Wishart", name, matrix).dim() < 2:
            raise ValueError("scale_tril must be at least two-dimensional, with optional leading batch dimensions")
        event_shape = matrix.shape[-2:]
        self.df = df if isinstance(df, Tensor) else tensor(df, dtype=matrix.dtype)
        batch_shape = Size(broadcast_shapes(matrix.shape[:-2], self.df.shape))
        self.df = self.df.expand(batch_shape)
        if (self.df <= event_shape[-1] - 1).any():
            raise ValueError(f"Value of df={df} expected to be greater than ndim - 1 = {event_shape[-1] - 1}.")
        self.__dict__[name] = matrix.expand(batch_shape + (-1, -1))
        if (self.df < event_shape[-1]).any():
            warnings.warn("Low df values detected. Singular samples are highly likely to occur for ndim - 1 < df < ndim.",
                          stacklevel=2)
        super().__init__(batch_shape, event_shape, validate_args=validate_args)
        self._factor(name, matrix)
        self._dist_chi2 = Chi2(self.df.unsqueeze(-1) - arange(event_shape[-1], dtype=matrix.dtype))

    @lazy_property
    def precision_matrix(self) -> Tensor:
        """The inverse of C."""
        tril = self._unbroadcasted_scale_tril
        return self._over_batch(cholesky_solve(eye(self._event_shape[-1], dtype=tril.dtype), tril))

    def _of_matrices(self, numbers: Tensor) -> Tensor:
        return numbers.unsqueeze(-1).unsqueeze(-1)

    mean = property(lambda self: self._of_matrices(self.df) * self.covariance_matrix)

    @property
    def mode(self) -> Tensor:
        """For df > N + 1; else nan."""
        factor = self.df - self._event_shape[-1] - 1
        return self._of_matrices(where(factor <= 0, math.nan, factor)) * self.covariance_matrix

    @property
    def variance(self) -> Tensor:
        """Of each element."""
        c = self.covariance_matrix
        diagonal = c.diagonal(dim1=-2, dim2=-1)
        return self._of_matrices(self.df) * (c.square() + diagonal.unsqueeze(-1) * diagonal.unsqueeze(-2))

    def _bartlett_sampling(self, sample_shape: Shape = ()) -> Tensor:
        n, roots = self._event_shape[-1], self._dist_chi2.rsample(sample_shape).sqrt()
        factor = diag_embed(roots.clamp(min=finfo(roots.dtype).eps))
        row, column = tril_indices(n, n, offset=-1).unbind()
        factor[..., row, column] = randn(Size(sample_shape) + self._batch_shape + (n * (n - 1) // 2,), dtype=factor.dtype)
        chol = self._unbroadcasted_scale_tril @ factor
        return chol @ chol.mT

    def rsample(self, sample_shape: Shape = (), max_try_correction: int | None = None) -> Tensor:
        """A sample that is a differentiable function of the parameters.

        max_try_correction: how often singular samples are drawn again; None for 10 times
        """
        sample = self._bartlett_sampling(Size(sample_shape))
        redrawn = self._over_one_batch(self.support.check(sample))       # torch begins with those that are not singular
        if not redrawn.any():
            return sample
        warnings.warn("Singular sample detected.", stacklevel=2)
        for _ in range(10 if max_try_correction is None else max_try_correction):
            again = self._bartlett_sampling(redrawn[redrawn].shape)
            sample[redrawn.clone()] = again                              # the mask is about to change
            redrawn[redrawn.clone()] = self._over_one_batch(~self.support.check(again))
            if not redrawn.any():
                break
        return sample

    def _over_one_batch(self, truth: Tensor) -> Tensor:
        """Whether it is so for any of the batch, which is drawn together."""
        for _ in self._batch_shape:
            truth = truth.any(-1)
        return truth

    def log_prob(self, value: Tensor) -> Tensor:
        self._checked(value)
        nu, n = self.df, self._event_shape[-1]
        trace = cholesky_solve(value, self._unbroadcasted_scale_tril).diagonal(dim1=-2, dim2=-1).sum(-1)
        return (-nu * (n * _LOG_2 / 2 + self.half_log_det()) - mvlgamma(nu / 2, n)
                + (nu - n - 1) / 2 * slogdet(value).logabsdet - trace / 2)

    def entropy(self) -> Tensor:
        nu, n = self.df, self._event_shape[-1]
        slope = ((nu / 2).unsqueeze(-1) - arange(n, dtype=nu.dtype) / 2).digamma().sum(-1)         # of mvlgamma
        return ((n + 1) * (n * _LOG_2 / 2 + self.half_log_det()) + mvlgamma(nu / 2, n)
                - (nu - n - 1) / 2 * slope + nu * n / 2)

    @property
    def _natural_params(self) -> tuple[Tensor, ...]:
        return -self.precision_matrix / 2, (self.df - self._event_shape[-1] - 1) / 2

    def _log_normalizer(self, x: Tensor, y: Tensor) -> Tensor:   # type: ignore[override]
        n = self._event_shape[-1]
        half = y + (n + 1) / 2
        return half * (-slogdet(-2 * x).logabsdet + _LOG_2 * n) + mvlgamma(half, n)
