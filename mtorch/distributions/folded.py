"""What a half-normal and a half-Cauchy number have in common: each is the distance from 0 of a number that lies around 0."""
from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ..functions.arithmetic import where
from ..functions.creation import as_tensor, zeros_like
from . import constraints
from .transformed_distribution import TransformedDistribution

if TYPE_CHECKING:
    from ..tensor import Tensor


class Folded(TransformedDistribution):
    """|x| for x of a base distribution with a scale that is symmetric about 0: the density is twice the base's, above 0."""

    arg_constraints = {"scale": constraints.positive}
    support: Any = constraints.nonnegative
    has_rsample: Any = True

    scale = property(lambda self: self.base_dist.scale)
    mode = property(lambda self: zeros_like(self.scale))

    def log_prob(self, value: Tensor) -> Tensor:
        value = as_tensor(self._checked(value), dtype=self.scale.dtype)
        return where(value >= 0, self.base_dist.log_prob(value) + math.log(2), -math.inf)

    def cdf(self, value: Tensor) -> Tensor:
        self._checked(value)
        return 2 * self.base_dist.cdf(value) - 1

    def icdf(self, value: Tensor) -> Tensor:
        return self.base_dist.icdf((value + 1) / 2)

    def entropy(self) -> Tensor:
        return self.base_dist.entropy() - math.log(2)
