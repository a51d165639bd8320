"""Keeping gradients small: clip their common norm, or each value.  Both write into `.grad`, after backward."""
from __future__ import annotations

import math
import warnings
from collections.abc import Iterable
from types import GeneratorType

import numpy as np

from ...autograd.tape import wrap
from ...autograd.stamps import mark_written
from ...functions.arguments import require_tensor
from ...tensor import Tensor

Tensors = Tensor | Iterable[Tensor]


def _listed(tensors: Tensors) -> list[Tensor]:
    return [tensors] if isinstance(tensors, Tensor) else list(tensors)


def _gradients(parameters: Tensors) -> list[np.ndarray]:
    return [p.grad.array for p in _listed(parameters) if p.grad is not None]


def _norm(x: np.ndarray, p: float) -> np.floating:
    """The p-norm of all values of x taken as one vector."""
    if x.dtype == np.float16:                              # its squares may add up to more than float16 holds
        return np.float16(_norm(x.astype(np.float32), p))
    if p == 2.0 and x.dtype.kind == "f":
        return np.sqrt(np.vdot(x, x))
    if x.dtype.kind not in "fc":
        raise RuntimeError(f"get_total_norm: expected floating point tensors, got {x.dtype}")
    size = np.abs(x)
    if not x.size and math.isinf(p):
        raise RuntimeError("get_total_norm: a tensor without elements has no largest one")
    if p == math.inf:
        return size.max()
    if p == -math.inf:
        return size.min()
    if p == 0.0:
        return (size != 0).sum(dtype=size.dtype)
    return (size ** p).sum() ** (1.0 / p)


def get_total_norm(tensors: Tensors, norm_type: float = 2.0, error_if_nonfinite: bool = False,
                   foreach: bool | None = None) -> Tensor:
    """The norm of all values of all tensors together, as if they were one long vector.

    tensors: one or several, floating point, of any shapes
    norm_type: its order p; inf for the largest absolute value
    error_if_nonfinite: refuse a norm that is nan or inf
    foreach: a choice of implementation in torch; there is one here, with the same result

    Shape: any -> ().
    Raises: RuntimeError for a norm that is not finite, if asked to, for integers, and for the largest value of none.
    Source: Minkowski, "Geometrie der Zahlen", 1896, for the p-norms.

    >>> import mtorch
    >>> mtorch.nn.utils.get_total_norm([mtorch.tensor([3.0]), mtorch.tensor([4.0])])
    tensor(5.)
    """
    p = float(norm_type)
    norms = [_norm(t.array, p) for t in _listed(tensors)]
    total = _norm(np.stack(norms), p) if norms else np.float32(0.0)
    if error_if_nonfinite and not np.isfinite(total):
        raise RuntimeError(f"The total norm of order {p} for gradients from `parameters` is non-finite, so it cannot "
                           "be clipped. To disable this error and scale the gradients by the non-finite norm anyway, "
                           "set `error_if_nonfinite=False`")
    return wrap(np.asarray(total))


def clip_grads_with_norm_(parameters: Tensors, max_norm: float, total_norm: Tensor,
                          foreach: bool | None = None) -> None:
    """Scale the gradients so that a total norm that was computed before becomes at most max_norm.

    parameters: one or several Tensors, whose grad is written
    max_norm: > 0
    total_norm: what get_total_norm gave
    foreach: a choice of implementation in torch; there is one here, with the same result

    Raises: TypeError for a total_norm that is no Tensor.
    Source: Pascanu, Mikolov & Bengio, "On the Difficulty of Training Recurrent Neural Networks", 2013, arXiv:1211.5063,
        section 3.2.

    >>> import mtorch
    >>> p = mtorch.nn.Parameter(mtorch.zeros(1))
    >>> p.grad = mtorch.tensor([10.0])
    >>> mtorch.nn.utils.clip_grads_with_norm_(p, 1.0, mtorch.tensor(5.0))
    >>> p.grad
    tensor([2.0000])
    """
    total = require_tensor(total_norm, "clip_grads_with_norm_", "total_norm").array
    scale = np.minimum(float(max_norm) / (total + 1e-6), 1.0, dtype=total.dtype)
    if scale == 1.0:
        return
    for g in _gradients(parameters):
        np.multiply(g, scale.astype(g.dtype), out=g)
        mark_written(g)


def clip_grad_norm_(parameters: Tensors, max_norm: float, norm_type: float = 2.0, error_if_nonfinite: bool = False,
                    foreach: bool | None = None) -> Tensor:
    """Scale the gradients of all parameters so that their common norm is at most max_norm; returns what it was.

    parameters: one or several Tensors, whose grad is written; those without grad do not count
    max_norm: > 0
    norm_type: the order p of the norm; inf for the largest absolute value
    error_if_nonfinite: refuse a norm that is nan or inf
    foreach: a choice of implementation in torch; there is one here, with the same result

    Raises: RuntimeError for a norm that is not finite, if asked to.
    Source: Pascanu, Mikolov & Bengio, "On the Difficulty of Training Recurrent Neural Networks", 2013, arXiv:1211.5063,
        section 3.2.

    >>> import mtorch
    >>> p = mtorch.nn.Parameter(mtorch.zeros(2))
    >>> p.grad = mtorch.tensor([30.0, 40.0])
    >>> mtorch.nn.utils.clip_grad_norm_(p, 5.0)
    tensor(50.)
    >>> p.grad
    tensor([3., 4.])
    """
    listed = _listed(parameters)
    if not listed and isinstance(parameters, GeneratorType):
        warnings.warn("`parameters` is an empty generator, no gradient clipping will occur.", stacklevel=2)
    total_norm = get_total_norm([p.grad for p in listed if p.grad is not None], norm_type, error_if_nonfinite, foreach)
    clip_grads_with_norm_(listed, max_norm, total_norm, foreach)
    return total_norm


def clip_grad_norm(parameters: Tensors, max_norm: float, norm_type: float = 2.0, error_if_nonfinite: bool = False,
                   foreach: bool | None = None) -> Tensor:
    """The old name of `clip_grad_norm_`, which says what all is for: arguments and errors as for clip_grad_norm_.

    >>> import mtorch
    >>> w = mtorch.tensor([1.0], requires_grad=True)
    >>> (3 * w).sum().backward()
    >>> import warnings
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")          # it is deprecated
    ...     norm = mtorch.nn.utils.clip_grad_norm([w], 1.0)
    >>> norm
    tensor(3.)
    """
    warnings.warn("`torch.nn.utils.clip_grad_norm` is now deprecated in favor of `torch.nn.utils.clip_grad_norm_`.",
                  FutureWarning, stacklevel=2)
    return clip_grad_norm_(parameters, max_norm, norm_type, error_if_nonfinite, foreach)


def clip_grad_value_(parameters: Tensors, clip_value: float, foreach: bool | None = None) -> None:
    """Move every value of every gradient into [-clip_value, clip_value].

    parameters: one or several Tensors, whose grad is written
    clip_value: >= 0
    foreach: a choice of implementation in torch; there is one here, with the same result

    Raises: TypeError or ValueError for a clip_value that is no number.
    Source: Mikolov, "Statistical Language Models Based on Neural Networks", PhD thesis, Brno 2012.

    >>> import mtorch
    >>> p = mtorch.nn.Parameter(mtorch.zeros(2))
    >>> p.grad = mtorch.tensor([30.0, -0.5])
    >>> mtorch.nn.utils.clip_grad_value_(p, 1.0)
    >>> p.grad
    tensor([ 1.0000, -0.5000])
    """
    bound = float(clip_value)
    for g in _gradients(parameters):
        np.clip(g, -bound, bound, out=g)
        mark_written(g)
