"""The logistic-normal distribution."""
from __future__ import annotations

from typing import Any

from . import constraints
from .normal import Normal
from .transformed_distribution import TransformedDistribution
from .transforms import StickBreakingTransform
from .utils import Numbers


class LogisticNormal(TransformedDistribution):
    """Vectors of K probabilities that `StickBreakingTransform` makes of K - 1 normal numbers.

    loc: the normal numbers' means, any real numbers
    scale: their standard deviations, > 0
    validate_args: check parameters and values; None for `Distribution`'s default

    Shape: loc and scale broadcast to (*batch, K - 1): batch_shape is batch, event_shape (K,); single numbers are taken
    as (1,).
    Raises: ValueError for parameters out of range, and in `log_prob` for values that are not >= 0 or do not add up to 1;
    RuntimeError for shapes that do not broadcast.
    Source: J. Aitchison and S. Shen, Logistic-normal distributions: some properties and uses (1980).

    >>> import mtorch
    >>> mtorch.distributions.LogisticNormal(mtorch.zeros(3), mtorch.ones(3)).event_shape
    torch.Size([4])
    """

    arg_constraints = {"loc": constraints.real, "scale": constraints.positive}
    support: Any = constraints.simplex
    has_rsample: Any = True

    def __init__(self, loc: Numbers, scale: Numbers, validate_args: bool | None = None) -> None:
        base = Normal(loc, scale, validate_args=validate_args)
        super().__init__(base if base.batch_shape else base.expand([1]), StickBreakingTransform(),
                         validate_args=validate_args)

    loc = property(lambda self: self.base_dist.base_dist.loc)
    scale = property(lambda self: self.base_dist.base_dist.scale)
