"""Samples as functions of their parameters: what was drawn is passed in, the rule says what its gradient is.

Most samples have the gradient zero, which is what torch gives to those that cannot be differentiated.
"""
from __future__ import annotations

import numpy as np

from ..autograd.tape import TensorBase, op, wrap


def _zeros(g):
    zeros = np.zeros(g.shape, (g.array if isinstance(g, TensorBase) else g).dtype)
    return wrap(zeros) if isinstance(g, TensorBase) else zeros


@op(keeps=False, name="BernoulliBackward0")
def bernoulli(p, *, sample):
    """0 or 1, drawn with probability p."""
    return sample, (_zeros,)


@op(keeps=False, name="PoissonBackward0")
def poisson(rate, *, sample):
    """Whole numbers drawn from the Poisson distribution."""
    return sample, (_zeros,)


@op(keeps=False, name="NormalBackward3")
def normal(mean, std, *, sample):
    """Numbers drawn from the normal distribution; torch lets no gradient through (`Normal.rsample` does)."""
    return sample, (_zeros, _zeros)
