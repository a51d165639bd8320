"""Transforms of vectors, and of several parts side by side.

Source: J. Dillon et al., TensorFlow Distributions (2017), section 4, whose bijectors these are.
"""
from __future__ import annotations

from collections.abc import Sequence

from ...dtypes import finfo
from ...functions.arguments import Size
from ...functions.joining import cat, stack
from ...nn.functional.activation import logsigmoid
from ...nn.functional.padding import pad
from ...tensor import Tensor
from .. import constraints
from ..utils import Shape, _sum_rightmost
from .base import Transform
from .elementwise import _Plain, _clipped_sigmoid


class SoftmaxTransform(_Plain):
    """From vectors to probabilities, y = softmax(x).  Not one to one, so it has no volume; see StickBreakingTransform.

    Shape: (*, K) -> (*, K).
    Raises: NotImplementedError by `log_abs_det_jacobian`; cache_size as for Transform.

    >>> import mtorch
    >>> mtorch.distributions.SoftmaxTransform()(mtorch.zeros(2))
    tensor([0.5000, 0.5000])
    """

    domain, codomain = constraints.real_vector, constraints.simplex

    def _call(self, x: Tensor) -> Tensor:
        powers = (x - x.max(-1, True)[0]).exp()
        return powers / powers.sum(-1, True)

    def _inverse(self, y: Tensor) -> Tensor:
        return y.log()

    def forward_shape(self, shape: Shape) -> Size:
        if len(shape) < 1:
            raise ValueError("Too few dimensions on input")
        return Size(shape)

    inverse_shape = forward_shape


class StickBreakingTransform(_Plain):
    """From vectors of K - 1 numbers to K probabilities, one to one: each number breaks its part off what is left.

    y_k = s_k (1 - s_1) ... (1 - s_{k-1}), with s_k = sigmoid(x_k - log(K - k)), and y_K the rest: zeros give 1 / K each

    Shape: (*, K - 1) -> (*, K).
    Raises: IndexError for x without dimensions; cache_size as for Transform.
    Source: M. Betancourt, Cruising the Simplex: Hamiltonian Monte Carlo and the Dirichlet Distribution (2012).

    >>> import mtorch
    >>> mtorch.distributions.StickBreakingTransform()(mtorch.zeros(2))
    tensor([0.3333, 0.3333, 0.3333])
    """

    domain, codomain, bijective = constraints.real_vector, constraints.simplex, True

    @staticmethod
    def _log_parts_left(vector: Tensor) -> Tensor:
        """Of K - 1 numbers, log (K - 1), ..., log 1: zeros shall give equal probabilities."""
        return (vector.shape[-1] + 1 - vector.new_ones(vector.shape[-1]).cumsum(-1)).log()

    def _call(self, x: Tensor) -> Tensor:
        if not x.dim():
            raise IndexError("StickBreakingTransform: expected vectors (..., K - 1), got a tensor without dimensions")
        broken = _clipped_sigmoid(x - self._log_parts_left(x))
        left = (1 - broken).cumprod(-1)
        return pad(broken, [0, 1], value=1) * pad(left, [1, 0], value=1)

    def _inverse(self, y: Tensor) -> Tensor:
        first = y[..., :-1]
        left = (1 - first.cumsum(-1)).clamp(min=finfo(y.dtype).tiny)
        return first.log() - left.log() + self._log_parts_left(first)

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        x = x - self._log_parts_left(x)
        return (-x + logsigmoid(x) + y[..., :-1].log()).sum(-1)

    def forward_shape(self, shape: Shape) -> Size:
        if len(shape) < 1:
            raise ValueError("Too few dimensions on input")
        return Size(shape[:-1]) + (shape[-1] + 1,)

    def inverse_shape(self, shape: Shape) -> Size:
        if len(shape) < 1:
            raise ValueError("Too few dimensions on input")
        return Size(shape[:-1]) + (shape[-1] - 1,)


class _Several(Transform):
    """Transforms side by side along one dimension."""

    def __init__(self, tseq: Sequence[Transform], dim: int = 0, cache_size: int = 0) -> None:
        if not all(isinstance(t, Transform) for t in tseq):
            kinds = ", ".join(type(t).__name__ for t in tseq)
            raise ValueError(f"{type(self).__name__}: expected Transforms, got ({kinds})")
        super().__init__(cache_size)
        self.transforms = [t.with_cache(cache_size) for t in tseq] if cache_size else list(tseq)
        self.dim = dim

    def _parts(self, x: Tensor) -> Sequence[Tensor]:
        """x, cut into what each transform gets."""
        raise NotImplementedError

    def _joined(self, parts: list[Tensor]) -> Tensor:
        """The cut undone."""
        raise NotImplementedError

    bijective = property(lambda self: all(t.bijective for t in self.transforms))

    def _call(self, x: Tensor) -> Tensor:
        return self._joined([t(part) for t, part in zip(self.transforms, self._parts(x), strict=True)])

    def _inverse(self, y: Tensor) -> Tensor:
        return self._joined([t.inv(part) for t, part in zip(self.transforms, self._parts(y), strict=True)])


class CatTransform(_Several):
    """Transforms of stretches of one dimension, joined again.

    tseq: the transforms, one for each stretch
    dim: the dimension that is cut
    lengths: of the stretches; None for one each
    cache_size: as for Transform

    Shape: any whose dimension dim is as long as all the stretches -> the same.
    Raises: ValueError for what is no Transform, another number of lengths, and for x of another length.

    >>> import mtorch
    >>> from mtorch.distributions import CatTransform, ExpTransform, AffineTransform
    >>> CatTransform([ExpTransform(), AffineTransform(1.0, 2.0)], lengths=[1, 2])(mtorch.zeros(3))
    tensor([1., 1., 1.])
    """

    def __init__(self, tseq: Sequence[Transform], dim: int = 0, lengths: Sequence[int] | None = None,
                 cache_size: int = 0) -> None:
        super().__init__(tseq, dim, cache_size)
        self.lengths = [1] * len(self.transforms) if lengths is None else list(lengths)
        if len(self.lengths) != len(self.transforms):
            raise ValueError(f"CatTransform: {len(self.lengths)} lengths for {len(self.transforms)} transforms")

    def _twin(self, cache_size: int) -> Transform:
        return CatTransform(self.transforms, self.dim, self.lengths, cache_size)

    event_dim = property(lambda self: max(t.event_dim for t in self.transforms))
    length = property(lambda self: sum(self.lengths))
    domain = property(lambda self: constraints.cat(
        [t.domain for t in self.transforms], self.dim, self.lengths))
    codomain = property(lambda self: constraints.cat(
        [t.codomain for t in self.transforms], self.dim, self.lengths))

    def _parts(self, x: Tensor) -> Sequence[Tensor]:
        if x.shape[self.dim] != self.length:
            raise ValueError(f"CatTransform: dimension {self.dim} is {x.shape[self.dim]} long, expected {self.length}")
        return x.split(self.lengths, self.dim)

    def _joined(self, parts: list[Tensor]) -> Tensor:
        return cat(parts, self.dim)

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        terms = [_sum_rightmost(t.log_abs_det_jacobian(a, b), self.event_dim - t.event_dim)
                 for t, a, b in zip(self.transforms, self._parts(x), self._parts(y), strict=True)]
        dim = (self.dim - x.dim() if self.dim >= 0 else self.dim) + self.event_dim
        return cat(terms, dim) if dim < 0 else sum(terms[1:], terms[0])


class StackTransform(_Several):
    """A transform for each slice along one dimension.

    tseq: the transforms, one for each slice
    dim: the dimension of the slices
    cache_size: as for Transform

    Shape: any whose dimension dim is as long as tseq -> the same.
    Raises: ValueError for what is no Transform, and for x of another length; IndexError for x without dimension dim.

    >>> import mtorch
    >>> from mtorch.distributions import ExpTransform, StackTransform, identity_transform
    >>> StackTransform([ExpTransform(), identity_transform])(mtorch.zeros(2))
    tensor([1., 0.])
    """

    def _twin(self, cache_size: int) -> Transform:
        return StackTransform(self.transforms, self.dim, cache_size)

    domain = property(lambda self: constraints.stack([t.domain for t in self.transforms], self.dim))
    codomain = property(lambda self: constraints.stack([t.codomain for t in self.transforms], self.dim))

    def _parts(self, x: Tensor) -> Sequence[Tensor]:
        if not -x.dim() <= self.dim < x.dim():
            raise IndexError(f"StackTransform: dimension {self.dim} is out of range for {x.dim()} dimensions")
        if x.shape[self.dim] != len(self.transforms):
            raise ValueError(f"StackTransform: dimension {self.dim} is {x.shape[self.dim]} long, there are "
                             f"{len(self.transforms)} transforms")
        return x.unbind(self.dim)

    def _joined(self, parts: list[Tensor]) -> Tensor:
        return stack(parts, self.dim)

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        return self._joined([t.log_abs_det_jacobian(a, b)
                             for t, a, b in zip(self.transforms, self._parts(x), self._parts(y), strict=True)])
