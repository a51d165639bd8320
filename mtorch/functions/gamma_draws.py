"""Draws made of gamma numbers: what torch's distributions call, and programs that mix pictures by a share drawn anew."""
from __future__ import annotations

from typing import TYPE_CHECKING

from .. import random
from ..ops import sampling
from ..random import Generator
from .arguments import require_tensor
from .draws import source_of

if TYPE_CHECKING:
    from ..tensor import Tensor


def _standard_gamma(input: Tensor, generator: Generator | None = None) -> Tensor:
    """Gamma numbers of rate 1, which move with their shape parameter when that is differentiated.

    input: the shape parameters, > 0
    generator: where the randomness comes from; None for the one that `manual_seed` sets

    Shape: any -> the same.
    Raises: TypeError for what is no tensor; NotImplementedError for integers.
    Source: Marsaglia and Tsang, A simple method for generating gamma variables (2000); the gradient, Figurnov, Mohamed
    and Mnih, Implicit Reparameterization Gradients (2018).

    >>> import mtorch
    >>> bool((mtorch._standard_gamma(mtorch.ones(3)) > 0).all())
    True
    """
    a = _concentration(input, "_standard_gamma")
    return sampling.standard_gamma(input, sample=random.standard_gamma(a, source_of(generator, "_standard_gamma")))


def _sample_dirichlet(input: Tensor, generator: Generator | None = None) -> Tensor:
    """Probabilities that add up to 1 along the last axis: gamma numbers divided by their sum.

    input: the concentrations, > 0
    generator: where the randomness comes from; None for the one that `manual_seed` sets

    Shape: (..., K) -> the same.
    Raises: TypeError for what is no tensor; NotImplementedError for integers.
    Source: as `_standard_gamma`.

    >>> import mtorch
    >>> _ = mtorch.manual_seed(0)
    >>> mtorch._sample_dirichlet(mtorch.tensor([0.2, 0.2])).sum()
    tensor(1.)
    """
    a = _concentration(input, "_sample_dirichlet")
    return sampling.dirichlet(input, sample=random.dirichlet(a, source_of(generator, "_sample_dirichlet")))


def _concentration(input: Tensor, name: str):
    array = require_tensor(input, name).array
    if array.dtype.kind != "f":
        raise NotImplementedError(f"{name}: the parameters must be floating point numbers, got {input.dtype}")
    return array
