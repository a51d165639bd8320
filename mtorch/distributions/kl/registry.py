"""kl_divergence(p, q): finding the formula for two kinds of distributions.

Source: S. Kullback and R. Leibler, On Information and Sufficiency, Annals of Mathematical Statistics 22, 1951.
"""
from __future__ import annotations

import warnings
from collections.abc import Callable

from ...tensor import Tensor
from ..distribution import Distribution

_KL_REGISTRY: dict[tuple[type, type], Callable] = {}


def register_kl(type_p: type, type_q: type) -> Callable:
    """Decorate a function of (p, q) as the formula of `kl_divergence` for two classes and what is derived from them.

    type_p: the class of p, a subclass of Distribution or a class that subclasses of it derive from besides
    type_q: the class of q

    Raises: TypeError for what is no class.

    >>> import mtorch
    >>> from mtorch.distributions import Normal, register_kl
    >>> class MyNormal(Normal): pass
    >>> @register_kl(MyNormal, Normal)
    ... def zero(p, q): return mtorch.tensor(0.0)
    >>> mtorch.distributions.kl_divergence(MyNormal(0.0, 1.0), Normal(2.0, 1.0))
    tensor(0.)
    """
    for kind in (type_p, type_q):
        if not isinstance(kind, type):                 # other bases than Distribution are fine: mixins of libraries
            raise TypeError(f"register_kl: expected classes of distributions, got {kind!r}")

    def decorator(formula: Callable) -> Callable:
        _KL_REGISTRY[type_p, type_q] = formula
        return formula
    return decorator


def _formula_for(type_p: type, type_q: type) -> Callable | None:
    """The formula of the nearest classes: nearest to p's, and among these to q's."""
    pairs = [(p, q) for p in type_p.__mro__ for q in type_q.__mro__ if (p, q) in _KL_REGISTRY]
    if not pairs:
        return None
    other_way = next((p, q) for q in type_q.__mro__ for p in type_p.__mro__ if (p, q) in _KL_REGISTRY)
    if _KL_REGISTRY[pairs[0]] is not _KL_REGISTRY[other_way]:
        warnings.warn(f"Ambiguous kl_divergence({type_p.__name__}, {type_q.__name__}). Please register_kl("
                      f"{pairs[0][0].__name__}, {other_way[1].__name__})", RuntimeWarning, stacklevel=3)
    return _KL_REGISTRY[pairs[0]]


def kl_divergence(p: Distribution, q: Distribution) -> Tensor:
    """The Kullback-Leibler divergence of q from p: the mean under p of log p(x) - log q(x), in nats, >= 0.

    p: the distribution that values come from
    q: the one that they are held against
    The formula is that registered for the nearest classes of theirs.

    Shape: what the two batch_shapes broadcast to.
    Raises: NotImplementedError where no formula is known.

    >>> import mtorch
    >>> from mtorch.distributions import Normal, kl_divergence
    >>> kl_divergence(Normal(1.0, 1.0), Normal(0.0, 1.0))
    tensor(0.5000)
    """
    formula = _formula_for(type(p), type(q))
    if formula is None:
        raise NotImplementedError(f"No KL(p || q) is implemented for p type {type(p).__name__} and q type "
                                  f"{type(q).__name__}")
    return formula(p, q)
