"""How far apart or how alike two vectors are, and vectors made one long."""
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...autograd.naming import shown_as
from ...functions import elementwise, reduction as reductions
from ...functions.arguments import axis_of, number_of, numpy_names, require_tensor, result_type_of, to_type
from ...functions.output import into

if TYPE_CHECKING:
    from ...functions.hints import Dims
    from ...tensor import Tensor


def require_tensors(function: str, **tensors: Tensor) -> None:
    """A TypeError for what is no Tensor."""
    for argument, x in tensors.items():
        require_tensor(x, function, argument)


def broadcast(function: str, **tensors: Tensor) -> list[Tensor]:
    """Two tensors expanded to the shape that they broadcast to; where there is none, an error with the names of both."""
    (first, a), (second, b) = tensors.items()
    try:
        shape = np.broadcast_shapes(a.array.shape, b.array.shape)
    except ValueError:
        raise RuntimeError(f"{function}: The size of {first} {tuple(a.array.shape)} must match the size of {second} "
                           f"{tuple(b.array.shape)}") from None
    return [a.expand(shape), b.expand(shape)]


@numpy_names
def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """x1 . x2 / (|x1| |x2|) along dim: the cosine of the angle between them, from -1 to 1.

    x1, x2: of one shape, or broadcast to it
    dim: the dimension that holds the vectors
    eps: a length below it counts as eps, > 0

    Shape: (..., D, ...) with D at dim -> the same without dim.
    Raises: RuntimeError for two tensors of integers, or shapes that do not broadcast; IndexError for a dim outside
        [-n, n), n the number of dimensions.
    Source: Salton, Wong & Yang, "A Vector Space Model for Automatic Indexing", Communications of the ACM 1975.

    >>> import mtorch
    >>> mtorch.nn.functional.cosine_similarity(mtorch.tensor([[1.0, 0.0]]), mtorch.tensor([[1.0, 1.0]]))
    tensor([0.7071])
    """
    a, b = require_tensor(x1, "cosine_similarity", "x1"), require_tensor(x2, "cosine_similarity", "x2")
    if result_type_of(a, b).kind != "f":
        raise RuntimeError(f"cosine_similarity: expected floating point tensors, got {a.dtype} and {b.dtype}")
    if a.dtype is not b.dtype:
        kind = result_type_of(a, b)
        a, b = to_type(a, kind), to_type(b, kind)
    a, b = broadcast("cosine_similarity", x1=a, x2=b)
    d = axis_of(dim, a.array.ndim)
    lengths = [_at_least(reductions.norm(x, 2, d, True), eps) for x in (a, b)]
    return ((a / lengths[0]) * (b / lengths[1])).sum(d) if a.array.ndim else (a / lengths[0]) * (b / lengths[1])


def _at_least(x: Tensor, eps: float) -> Tensor:
    """x where it exceeds eps, else eps without a gradient."""
    return elementwise.clamp(x, min=eps)


@shown_as("NormBackward1")
def pairwise_distance(x1: Tensor, x2: Tensor, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Tensor:
    """The p-norm (sum |x1 - x2 + eps|^p)^(1/p) along the last dimension: how far each x1 is from its x2.

    x1, x2: of one shape, or broadcast to it
    p: 1 for steps along the axes, 2 for the straight line, inf for the largest difference
    eps: added to the differences, so that a distance of 0 has a gradient too
    keepdim: keep the last dimension, with size 1

    Shape: (..., D) -> (...), or (..., 1) if keepdim.
    Raises: RuntimeError for shapes that do not broadcast, or bools.
    Source: Minkowski, "Geometrie der Zahlen", 1896, for the p-norms.

    >>> import mtorch
    >>> mtorch.nn.functional.pairwise_distance(mtorch.tensor([[3.0, 4.0]]), mtorch.zeros(1, 2))
    tensor([5.0000])
    """
    require_tensors("pairwise_distance", x1=x1, x2=x2)
    return reductions.norm(x1 - x2 + number_of(eps, "pairwise_distance", "eps"), p, -1, keepdim)


def normalize(input: Tensor, p: float = 2.0, dim: Dims = 1, eps: float = 1e-12, out: Tensor | None = None) -> Tensor:
    """input divided by its p-norm along dim, so that it has length 1.

    p: which norm; 2 is the ordinary length
    dim: the dimension, or several, that hold the vectors
    eps: a norm below it counts as eps, > 0: a vector of zeros stays one
    out: where to write the result, not recorded for gradients

    Shape: any -> the same.
    Raises: RuntimeError for integers and bools; IndexError for a dim outside [-input.dim(), input.dim()).

    >>> import mtorch
    >>> mtorch.nn.functional.normalize(mtorch.tensor([[3.0, 4.0]]))
    tensor([[0.6000, 0.8000]])
    """
    length = reductions.norm(require_tensor(input, "normalize"), p, dim, True).clamp_min(eps)
    result = input / length
    return result if out is None else into(out, result)
