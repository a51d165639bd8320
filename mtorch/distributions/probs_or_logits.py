"""Distributions that are given either probabilities or logits; the other is worked out when it is asked for."""
from __future__ import annotations

from typing import Any

from ..functions.arguments import Size
from ..tensor import Tensor
from .distribution import Distribution
from .utils import Shape, broadcast_all, lazy_property, logits_to_probs, probs_to_logits


class ProbsOrLogits(Distribution):
    """A distribution of two outcomes (or, where `_is_binary` is False, of as many as the last axis is long)."""

    _is_binary = True
    _param: Tensor

    def _given(self, probs: Any, logits: Any, *others: Any) -> tuple[Tensor, ...]:
        """Keep the one that was given, broadcast with the other parameters; returns these."""
        if (probs is None) == (logits is None):
            raise ValueError("Either `probs` or `logits` must be specified, but not both.")
        *rest, parameter = broadcast_all(*others, logits if probs is None else probs)
        self.__dict__["logits" if probs is None else "probs"] = self._param = parameter
        return tuple(rest)

    @lazy_property
    def logits(self) -> Tensor:
        """Log odds, or log probabilities."""
        return probs_to_logits(self.probs, is_binary=self._is_binary)

    @lazy_property
    def probs(self) -> Tensor:
        """Probabilities."""
        return logits_to_probs(self.logits, is_binary=self._is_binary)

    @property
    def param_shape(self) -> Size:
        """The shape of probs and logits."""
        return self._param.shape

    def expand(self, batch_shape: Shape, _instance: Any = None) -> Any:
        new = super().expand(batch_shape, _instance)
        new._param = new.probs if self._param is self.__dict__.get("probs") else new.logits
        return new
