"""The continuous Bernoulli distribution."""
from __future__ import annotations

import math

from ..autograd import no_grad
from ..functions.arithmetic import where
from ..functions.creation import ones_like, zeros_like
from ..functions.random import rand
from ..nn.functional.loss import binary_cross_entropy_with_logits
from ..tensor import Tensor
from . import constraints
from .exp_family import ExponentialFamily
from .probs_or_logits import ProbsOrLogits
from .utils import Numbers, Shape, broadcast_all, clamp_probs, lazy_property, logits_to_probs


class ContinuousBernoulli(ProbsOrLogits, ExponentialFamily):
    """Numbers in [0, 1] with the density of a Bernoulli distribution, normalized: for pixels between black and white.

    p(x) = C probs^x (1 - probs)^(1 - x), C = 2 atanh(1 - 2 probs) / (1 - 2 probs)

    probs: the parameter in (0, 1), neither a probability nor the mean; kept off 0 and 1 by the least that its type can tell
    logits: in its place, log(probs / (1 - probs)), any real numbers
    lims: between these values of probs, C and the moments are taken from their series around 1/2, where they are 0 / 0
    validate_args: check parameters and values; None for `Distribution`'s default

    Shape: batch_shape is the parameter's shape, event_shape ().
    Raises: ValueError for both or neither of probs and logits, and in `log_prob` and `cdf` for values outside [0, 1].
    Source: G. Loaiza-Ganem and J. Cunningham, The continuous Bernoulli: fixing a pervasive error in variational
    autoencoders (2019).

    >>> import mtorch
    >>> mtorch.distributions.ContinuousBernoulli(probs=mtorch.tensor(0.5)).variance
    tensor(0.0833)
    """

    arg_constraints = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.unit_interval
    has_rsample = True
    _mean_carrier_measure = 0

    def __init__(self, probs: Numbers | None = None, logits: Numbers | None = None,
                 lims: tuple[float, float] = (0.499, 0.501), validate_args: bool | None = None) -> None:
        self._given(probs, logits)
        if probs is not None:
            # before they are clamped; asked for by argument alone, as in torch
            if validate_args is not None and not constraints.unit_interval.check(self.probs).all():
                raise ValueError("The parameter probs has invalid values")
            self.__dict__["probs"] = self._param = clamp_probs(self.probs)
        self._lims = lims
        super().__init__(self._param.shape, validate_args=validate_args)

    @lazy_property
    def probs(self) -> Tensor:
        """The parameter in (0, 1)."""
        return clamp_probs(logits_to_probs(self.logits, is_binary=True))

    def _far(self) -> Tensor:
        """Where probs is far enough from 1/2 for the formulas."""
        return (self.probs <= self._lims[0]) | (self.probs > self._lims[1])

    def _cut_probs(self) -> Tensor:
        """probs, with a harmless number where the formulas do not hold."""
        return where(self._far(), self.probs, self._lims[0] * ones_like(self.probs))

    def _cont_bern_log_norm(self) -> Tensor:
        p = self._cut_probs()
        below, above = where(p <= 0.5, p, zeros_like(p)), where(p >= 0.5, p, ones_like(p))
        formula = ((-p).log1p() - p.log()).abs().log() - where(
            p <= 0.5, (-2.0 * below).log1p(), (2.0 * above - 1.0).log())
        x = (self.probs - 0.5).square()
        return where(self._far(), formula, math.log(2.0) + (4.0 / 3.0 + 104.0 / 45.0 * x) * x)

    @property
    def mean(self) -> Tensor:
        """probs / (2 probs - 1) + 1 / (2 atanh(1 - 2 probs))."""
        p, x = self._cut_probs(), self.probs - 0.5
        formula = p / (2.0 * p - 1.0) + 1.0 / ((-p).log1p() - p.log())
        return where(self._far(), formula, 0.5 + (1.0 / 3.0 + 16.0 / 45.0 * x.square()) * x)

    @property
    def variance(self) -> Tensor:
        p, x = self._cut_probs(), (self.probs - 0.5).square()
        formula = p * (p - 1.0) / (1.0 - 2.0 * p).square() + 1.0 / ((-p).log1p() - p.log()).square()
        return where(self._far(), formula, 1.0 / 12.0 - (1.0 / 15.0 - 128.0 / 945.0 * x) * x)

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        with no_grad():
            return self.rsample(sample_shape)

    def rsample(self, sample_shape: Shape = ()) -> Tensor:
        return self.icdf(rand(self._extended_shape(sample_shape), dtype=self.probs.dtype))

    def log_prob(self, value: Tensor) -> Tensor:
        self._checked(value)
        logits, value = broadcast_all(self.logits, value)
        return -binary_cross_entropy_with_logits(logits, value, reduction="none") + self._cont_bern_log_norm()

    def cdf(self, value: Tensor) -> Tensor:
        self._checked(value)
        p = self._cut_probs()
        formula = (p.pow(value) * (1.0 - p).pow(1.0 - value) + p - 1.0) / (2.0 * p - 1.0)
        inside = where(self._far(), formula, value)
        return where(value <= 0.0, zeros_like(value), where(value >= 1.0, ones_like(value), inside))

    def icdf(self, value: Tensor) -> Tensor:
        p = self._cut_probs()
        formula = ((-p + value * (2.0 * p - 1.0)).log1p() - (-p).log1p()) / (p.log() - (-p).log1p())
        return where(self._far(), formula, value)

    def entropy(self) -> Tensor:
        log_zero, log_one = (-self.probs).log1p(), self.probs.log()
        return self.mean * (log_zero - log_one) - self._cont_bern_log_norm() - log_zero

    @property
    def _natural_params(self) -> tuple[Tensor, ...]:
        return self.logits,

    def _log_normalizer(self, x: Tensor) -> Tensor:               # type: ignore[override]
        low, high = (limit - 0.5 for limit in self._lims)
        far = (x <= low) | (x > high)
        cut = where(far, x, low * ones_like(x))
        formula = cut.expm1().abs().log() - cut.abs().log()
        return where(far, formula, 0.5 * x + x.square() / 24.0 - x.pow(4) / 2880.0)
