"""Matrices with orthonormal columns, made from matrices without constraint: three ways, each differentiable.

The exponential of a skew-symmetric matrix is orthogonal; so is its Cayley transform; so is a product of reflections.
Source: Lezcano-Casado and Martinez-Rubio, "Cheap orthogonal constraints in neural networks" (2019),
https://arxiv.org/abs/1901.08428.
"""
from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...autograd.function import Function
from ...autograd.mode import no_grad
from ...autograd.tape import wrap
from ...functions.creation import eye, zeros_like
from ...functions.random import randn
from ...functions.joining import cat
from ...tensor import Tensor
from ..module import Module

TAYLOR_TERMS = 14              # with a norm below 1/2 the first one left out is below 1e-15
MAPS = ("matrix_exp", "cayley", "householder")


def matrix_exp(a: Tensor) -> Tensor:
    """exp(A) = (exp(A / 2^s))^(2^s), the inner one by its Taylor series."""
    norm = float(np.abs(a.array).sum(axis=-2).max(initial=0.0))
    squarings = max(0, math.ceil(math.log2(norm)) + 1) if norm > 0 else 0
    a = a / 2.0 ** squarings
    identity = eye(a.shape[-1], dtype=a.dtype)
    result = identity + a / TAYLOR_TERMS
    for k in range(TAYLOR_TERMS - 1, 0, -1):             # Horner: 1 + A (1 + A/2 (1 + A/3 (...)))
        result = identity + (a @ result) / k
    for _ in range(squarings):
        result = result @ result
    return result


class Solve(Function):
    """X with A X = B."""

    @staticmethod
    def forward(ctx: Any, a: Tensor, b: Tensor) -> Tensor:
        x = wrap(np.linalg.solve(a.array, b.array))
        ctx.save_for_backward(a, x)
        return x

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor, Tensor]:
        a, x = ctx.saved_tensors
        gb = Solve.apply(a.mT, g)
        return -gb @ x.mT, gb


def cayley(a: Tensor) -> Tensor:
    """(I - A/2)^-1 (I + A/2)."""
    identity = eye(a.shape[-1], dtype=a.dtype).expand(a.shape)
    return Solve.apply(identity - a / 2, identity + a / 2)


def householder_product(a: Tensor, tau: Tensor) -> Tensor:
    """The first columns of H_1 H_2 ... H_k, where H_i = I - tau_i v_i v_i^T and v_i is column i of A with 1 on the diagonal.

    Shape: a (..., n, k) strictly lower triangular, tau (..., k) -> (..., n, k)
    """
    n, k = a.shape[-2:]
    columns = eye(n, k, dtype=a.dtype)
    v = a + columns
    q = columns.expand(a.shape)
    for i in reversed(range(k)):
        vi = v[..., i:i + 1]
        q = q - tau[..., i:i + 1].unsqueeze(-1) * (vi @ (vi.mT @ q))
    return q


def _qr(a: np.ndarray) -> np.ndarray:
    """The orthonormal factor of A = Q R with a positive diagonal of R."""
    q, r = np.linalg.qr(a)
    return q * np.sign(np.diagonal(r, axis1=-2, axis2=-1))[..., None, :]


def is_orthogonal(q: np.ndarray) -> bool:
    """Are the columns orthonormal, up to rounding?"""
    n, k = q.shape[-2:]
    return np.allclose(q.swapaxes(-1, -2) @ q, np.eye(k, dtype=q.dtype), atol=10.0 * n * np.finfo(q.dtype).eps)


class _Orthogonal(Module):
    """The parametrization behind `parametrizations.orthogonal`."""

    base: Tensor

    def __init__(self, weight: Tensor, orthogonal_map: str, *, use_trivialization: bool = True) -> None:
        super().__init__()
        if weight.is_complex():
            raise NotImplementedError("orthogonal: complex tensors are not supported")
        self.shape = weight.shape
        self.orthogonal_map = orthogonal_map
        # the result is base @ (what the map gives): anything can be set
        if use_trivialization:
            self.register_buffer("base", None)

    def forward(self, x: Tensor) -> Tensor:
        transposed = x.shape[-2] < x.shape[-1]
        if transposed:
            x = x.mT
        n, k = x.shape[-2:]
        if self.orthogonal_map == "householder":
            a = x.tril(-1)
            tau = 2.0 / (1.0 + (a * a).sum(dim=-2))
            q = householder_product(a, tau) * x.diagonal(dim1=-2, dim2=-1).int().unsqueeze(-2)
        else:
            x = x.tril()
            if n != k:
                x = cat([x, x.new_zeros(*x.shape[:-1], n - k)], dim=-1)
            skew = x - x.mT
            q = matrix_exp(skew) if self.orthogonal_map == "matrix_exp" else cayley(skew)
            q = q[..., :k] if n != k else q
        if hasattr(self, "base"):
            q = self.base @ q
        return q.mT if transposed else q

    @no_grad()
    def right_inverse(self, value: Tensor) -> Tensor:
        if value.shape != self.shape:
            raise ValueError(f"Expected a matrix or batch of matrices of shape {self.shape}. "
                             f"Got a tensor of shape {value.shape}.")
        transposed = value.shape[-2] < value.shape[-1]
        q = value.mT if transposed else value
        n, k = q.shape[-2:]
        if not hasattr(self, "base"):
            if self.orthogonal_map != "householder":
                raise NotImplementedError("It is not possible to assign to the matrix exponential or the Cayley "
                                          "parametrizations when use_trivialization=False.")
            a = _reflections(q.array)
            return wrap(np.ascontiguousarray(a.swapaxes(-1, -2) if transposed else a))
        if n == k:
            self.base = q.clone() if is_orthogonal(q.array) else wrap(_qr(q.array))
        else:                                            # complete it to a square matrix
            filled = cat([q, randn(*q.shape[:-2], n, n - k, dtype=q.dtype)], dim=-1)
            self.base = wrap(_qr(filled.array))
        result = zeros_like(value)
        result.diagonal(dim1=-2, dim2=-1).fill_(-1.0)    # with it every map gives the identity
        return result


def _reflections(q: np.ndarray) -> np.ndarray:
    """The reflections whose product is q, below the diagonal, and on it the signs of its columns."""
    a, tau = np.linalg.qr(q, mode="raw")
    a = a.swapaxes(-1, -2).astype(q.dtype)
    i = np.arange(a.shape[-1])
    a[..., i, i] = np.where(tau == 0.0, -1.0, 1.0) * np.sign(a[..., i, i])
    return a
