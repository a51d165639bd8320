"""Filling a tensor with random numbers in place, with torch's numbers: `uniform_`, `normal_`, `random_`, ...

Elements are drawn in the order of memory, as torch does.
"""
from __future__ import annotations

import numpy as np

from .. import random
from ..autograd.mode import mode
from ..autograd.stamps import mark_written
from ..autograd.views import WHOLE, assign
from ..strides import overlaps
from .arguments import number_of, require_tensor, whole_number
from .draws import draw_bernoulli, draw_integers, draw_normal, draw_uniform, require_floating, source_of


def _fill(t, draw, generator, name: str, *args):
    """Draw into the memory of t; to the tape that is a write of constants."""
    x, source = require_tensor(t, name), source_of(generator, name)
    base = x._alias[0] if type(x._alias) is tuple else x
    if mode.recording and (x._requires_grad or base._requires_grad) or overlaps(x.array):
        return assign(x, WHOLE, draw(_laid_out_like(x.array), source, *args))
    draw(x.array, source, *args)
    if not base._silent:
        mark_written(x.array)
    return x


def _laid_out_like(array: np.ndarray) -> np.ndarray:
    """New memory with the strides of array: the order of memory is the order of the draws."""
    if 0 in array.strides or array.flags.c_contiguous:
        return np.empty(array.shape, array.dtype)
    extent = sum((n - 1) * s for n, s in zip(array.shape, array.strides, strict=True)) // array.itemsize + 1
    return np.lib.stride_tricks.as_strided(np.empty(extent, array.dtype), array.shape, array.strides)


def uniform_(input, from_=0.0, to=1.0, *, generator=None):
    """Fill with numbers drawn evenly from [from, to).

    >>> import mtorch
    >>> _ = mtorch.manual_seed(0)
    >>> mtorch.zeros(3).uniform_(-1, 1)
    tensor([-0.0075,  0.5364, -0.8230])
    """
    return _fill(input, draw_uniform, generator, "uniform_", from_, to)


def normal_(input, mean=0.0, std=1.0, *, generator=None):
    """Fill with normal numbers; std >= 0.

    >>> import mtorch
    >>> mtorch.zeros(2).normal_(3.0, 0.0)
    tensor([3., 3.])
    """
    return _fill(input, draw_normal, generator, "normal_", mean, std)


def random_(input, *limits, generator=None):
    """Fill with whole numbers: of all that the type holds (exactly), of [0, to), or of [from, to): `random_(from, to)`.

    `to` may be None: all that the type holds from `from` on.

    >>> import mtorch
    >>> mtorch.zeros(3, dtype=mtorch.int64).random_(1)
    tensor([0, 0, 0])
    """
    if not limits:
        return _fill(input, random.random_, generator, "random_")
    if len(limits) > 2:
        raise TypeError(f"random_() takes at most a from and a to, got {limits}")
    low, high = limits if len(limits) == 2 else (0, *limits)
    if high is None:
        high = random.largest_exact_integer(input.array.dtype) + 1
    low, high = whole_number(low, "random_", "from"), whole_number(high, "random_", "to")
    return _fill(input, draw_integers, generator, "random_", low, high)


def bernoulli_(input, p=0.5, *, generator=None):
    """Fill with ones, of probability p (a number or a tensor), and zeros.

    >>> import mtorch
    >>> mtorch.empty(3).bernoulli_(1.0)
    tensor([1., 1., 1.])
    """
    return _fill(input, draw_bernoulli, generator, "bernoulli_", p)


def exponential_(input, lambd=1.0, *, generator=None):
    """Fill with exponentially distributed numbers of rate lambd > 0.

    >>> import mtorch
    >>> bool((mtorch.empty(10).exponential_() >= 0).all())
    True
    """
    lambd = number_of(lambd, "exponential_", "lambd")
    if not lambd > 0:
        raise RuntimeError(f"exponential_ expects lambda > 0.0, but found lambda={lambd}")
    if input.array.dtype.kind != "f":
        raise RuntimeError("exponential_: the exponential distribution is continuous. dtype must be a floating point, "
                           f"but you specified {input.dtype}")
    return _fill(input, random.exponential_, generator, "exponential_", lambd)


def geometric_(input, p, *, generator=None):
    """Fill with numbers of trials up to the first success, of probability p in (0, 1).

    >>> import mtorch
    >>> bool((mtorch.empty(10).geometric_(0.5) >= 1).all())
    True
    """
    p = number_of(p, "geometric_", "p")
    if not 0 < p < 1:
        raise RuntimeError(f"geometric_ expects p to be in (0, 1), but got p={p}")
    if input.array.dtype.kind in "bc":
        raise NotImplementedError(f"geometric_: is not implemented for {input.dtype} tensors")
    return _fill(input, random.geometric_, generator, "geometric_", p)


def cauchy_(input, median=0.0, sigma=1.0, *, generator=None):
    """Fill with numbers of the Cauchy distribution; sigma > 0 is half its width at half its height.

    >>> import mtorch
    >>> mtorch.empty(2).cauchy_(1.0, 1e-30)
    tensor([1., 1.])
    """
    median, sigma = number_of(median, "cauchy_", "median"), number_of(sigma, "cauchy_", "sigma")
    if not sigma > 0:
        raise RuntimeError(f"cauchy_ expects sigma > 0.0, but found sigma={sigma}")
    if input.array.dtype.kind != "f":
        raise RuntimeError("cauchy_: the Cauchy distribution is continuous. dtype must be a floating point, "
                           f"but you specified {input.dtype}")
    return _fill(input, random.cauchy_, generator, "cauchy_", median, sigma)


def log_normal_(input, mean=1.0, std=2.0, *, generator=None):
    """Fill with numbers whose logarithm is normal of this mean and std > 0.

    >>> import mtorch
    >>> bool((mtorch.empty(10).log_normal_() > 0).all())
    True
    """
    mean, std = number_of(mean, "log_normal_", "mean"), number_of(std, "log_normal_", "std")
    if not std > 0:
        raise RuntimeError(f"log_normal_ expects std > 0.0, but found std={std}")
    require_floating(input.array, "log_normal_")
    return _fill(input, random.log_normal_, generator, "log_normal_", mean, std)
