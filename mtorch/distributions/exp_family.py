"""Distributions whose density is an exponential of their parameters."""
from __future__ import annotations

from typing import Any

from ..autograd import grad
from ..tensor import Tensor
from .distribution import Distribution


class ExponentialFamily(Distribution):
    """The base of the exponential families.

    p(x) = exp(t(x) . theta - F(theta) + k(x)), theta the natural parameters, F the log normalizer, k the carrier measure

    A subclass defines `_natural_params` (theta, a tuple of tensors), `_log_normalizer` (F, a function of as many tensors)
    and `_mean_carrier_measure` (the expected k(x)); its entropy and the divergence between two of its kind then follow
    from F and the gradient of F. Arguments as for Distribution.

    Raises: NotImplementedError in `entropy` where a subclass does not define these; others as for Distribution.
    Source: F. Nielsen and R. Nock, Entropies and cross-entropies of exponential families (2010).

    >>> import mtorch
    >>> isinstance(mtorch.distributions.Normal(0.0, 1.0), mtorch.distributions.ExponentialFamily)
    True
    """

    @property
    def _natural_params(self) -> tuple[Tensor, ...]:
        raise NotImplementedError(f"{type(self).__name__} does not define its natural parameters")

    def _log_normalizer(self, *natural_params: Tensor) -> Tensor:
        raise NotImplementedError(f"{type(self).__name__} does not define its log normalizer")

    @property
    def _mean_carrier_measure(self) -> Any:
        raise NotImplementedError(f"{type(self).__name__} does not define its mean carrier measure")

    def _tangent(self) -> tuple[list[Tensor], Tensor, tuple[Tensor, ...]]:
        """The natural parameters, and the log normalizer and its gradient there."""
        parameters = [p.detach().requires_grad_() for p in self._natural_params]
        log_normalizer = self._log_normalizer(*parameters)
        return parameters, log_normalizer, grad(log_normalizer.sum(), parameters, create_graph=True)

    def entropy(self) -> Tensor:
        parameters, log_normalizer, slopes = self._tangent()
        result = -self._mean_carrier_measure + log_normalizer
        for parameter, slope in zip(parameters, slopes, strict=True):
            result = result - (parameter * slope).reshape(tuple(self._batch_shape) + (-1,)).sum(-1)
        return result
