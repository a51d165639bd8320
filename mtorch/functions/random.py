"""Random tensors under torch's names, with torch's numbers: the draws of `mtorch.random` with checks and sizes.

The same seed gives the numbers that torch gives on the CPU (see mtorch/random/__init__.py for where that was measured).
"""
from __future__ import annotations

import numpy as np

from .. import dtypes, random
from ..autograd.tape import TensorBase, wrap
from ..device import device as Device
from ..ops import sampling
from ..random import Generator
from .arguments import require_tensor, whole_number
from .creation import _kind, _like, _new, _shape, _size
from .draws import draw_bernoulli, draw_integers, draw_normal, draw_uniform, source_of

Generator.as_state, Generator.as_device = staticmethod(wrap), staticmethod(Device)     # what a user of one expects


def rand(*sizes, size=None, generator=None, out=None, dtype=None, layout=None, device=None, requires_grad=False,
         pin_memory=False):
    """Numbers drawn evenly from [0, 1).

    >>> import mtorch
    >>> _ = mtorch.manual_seed(0)
    >>> mtorch.rand(2, 2)
    tensor([[0.4963, 0.7682],
            [0.0885, 0.1320]])
    """
    array = np.empty(_size(sizes, size, "rand"), _kind(dtype, out))
    return _new(draw_uniform(array, source_of(generator, "rand")), None, device, requires_grad, out)


def randn(*sizes, size=None, generator=None, out=None, dtype=None, layout=None, device=None, requires_grad=False,
          pin_memory=False):
    """Numbers drawn from the normal distribution of mean 0 and standard deviation 1.

    >>> import mtorch
    >>> _ = mtorch.manual_seed(0)
    >>> mtorch.randn(3)
    tensor([ 1.5410, -0.2934, -2.1788])
    """
    array = np.empty(_size(sizes, size, "randn"), _kind(dtype, out))
    return _new(draw_normal(array, source_of(generator, "randn")), None, device, requires_grad, out)


def randint(*args, low=None, high=None, size=None, generator=None, out=None, dtype=None, layout=None, device=None,
            requires_grad=False, pin_memory=False):
    """Whole numbers drawn evenly from [low, high): `randint(high, size)` or `randint(low, high, size)`.

    >>> import mtorch
    >>> _ = mtorch.manual_seed(0)
    >>> mtorch.randint(10, (5,)), mtorch.randint(-1, 2, (3,))
    (tensor([4, 9, 3, 0, 3]), tensor([-1,  0,  0]))
    """
    given = list(args)
    if size is None:
        if not given or not isinstance(given[-1], (tuple, list)):
            raise TypeError("randint(): argument 'size' must be tuple of ints")
        size = given.pop()
    low, high = _range(given, low, high, "randint")
    array = np.empty(_size((), size, "randint"), _kind(dtype, out, dtypes.int64))
    return _new(draw_integers(array, source_of(generator, "randint"), low, high), None, device, requires_grad, out)


def _range(given: list, low, high, name: str) -> tuple[int, int]:
    """low and high of `(high)`, `(low, high)`, and either of them by name."""
    if high is None and given:
        high = given.pop()
    if low is None and given:
        low = given.pop()
    if given or high is None:
        raise TypeError(f"{name}() takes (high, ...) or (low, high, ...)")
    return 0 if low is None else whole_number(low, name, "low"), whole_number(high, name, "high")


def randperm(n, *, generator=None, out=None, dtype=None, layout=None, device=None, requires_grad=False,
             pin_memory=False):
    """The numbers 0 to n - 1 in random order.

    >>> import mtorch
    >>> _ = mtorch.manual_seed(0)
    >>> mtorch.randperm(5)
    tensor([4, 0, 1, 3, 2])
    """
    n = whole_number(n, "randperm", "n")
    if n < 0:
        raise RuntimeError(f"Trying to create tensor with negative dimension {n}: [{n}]")
    kind = _kind(dtype, out, dtypes.int64)
    if kind.kind in "biuf" and n > random.largest_exact_integer(kind) + 1:
        raise RuntimeError(f"randperm: n = {n} is too large for {kind}, which does not hold all numbers below it")
    order = random.permutation(n, source_of(generator, "randperm")).astype(kind)
    return _new(order, None, device, requires_grad, out)


def rand_like(input, *, generator=None, dtype=None, layout=None, device=None, requires_grad=False, memory_format=None):
    """Numbers drawn evenly from [0, 1), in the shape and type of input.

    >>> import mtorch
    >>> mtorch.rand_like(mtorch.zeros(2, 3)).shape
    torch.Size([2, 3])
    """
    array, kind = _like(input, dtype, "rand_like")
    drawn = draw_uniform(np.empty_like(array, kind), source_of(generator, "rand_like"))
    return _new(drawn, None, device, requires_grad)


def randn_like(input, *, generator=None, dtype=None, layout=None, device=None, requires_grad=False, memory_format=None):
    """Normal numbers of mean 0 and standard deviation 1, in the shape and type of input.

    >>> import mtorch
    >>> mtorch.randn_like(mtorch.zeros(2, dtype=mtorch.float64)).dtype
    torch.float64
    """
    array, kind = _like(input, dtype, "randn_like")
    drawn = draw_normal(np.empty_like(array, kind), source_of(generator, "randn_like"))
    return _new(drawn, None, device, requires_grad)


def randint_like(input, *args, low=None, high=None, generator=None, dtype=None, layout=None, device=None,
                 requires_grad=False, memory_format=None):
    """Whole numbers of [low, high) in the shape and type of input: `(input, high)` or `(input, low, high)`.

    >>> import mtorch
    >>> mtorch.randint_like(mtorch.zeros(4), 1, 2)
    tensor([1., 1., 1., 1.])
    """
    array, kind = _like(input, dtype, "randint_like")
    low, high = _range(list(args), low, high, "randint_like")
    drawn = draw_integers(np.empty_like(array, kind), source_of(generator, "randint_like"), low, high)
    return _new(drawn, None, device, requires_grad)


def normal(mean=0.0, std=1.0, size=None, *, generator=None, out=None, dtype=None, layout=None, device=None,
           requires_grad=False, pin_memory=False):
    """Normal numbers: of one mean and standard deviation and the given size, or of one or both for each element.

    >>> import mtorch
    >>> _ = mtorch.manual_seed(0)
    >>> mtorch.normal(0.0, 2.0, (3,))
    tensor([ 3.0820, -0.5869, -4.3576])
    >>> mtorch.normal(mtorch.tensor([0.0, 100.0]), 1.0)
    tensor([ 0.5684, 98.9155])
    """
    source = source_of(generator, "normal")
    several = isinstance(mean, TensorBase), isinstance(std, TensorBase)
    if size is not None:
        if any(several):
            raise TypeError("normal(): a size is given together with numbers mean and std, not with tensors")
        return _new(draw_normal(np.empty(_shape((size,), "normal"), _kind(dtype, out)), source, mean, std),
                    None, device, requires_grad, out)
    if not any(several):
        raise TypeError(f"normal(): numbers mean={mean!r} and std={std!r} need a size: normal(mean, std, size)")
    if several[1] and (np.asarray(std.array) < 0).any():
        raise RuntimeError("normal expects all elements of std >= 0.0")
    means, stds = (x.array if isinstance(x, TensorBase) else x for x in (mean, std))
    try:
        shape = np.broadcast_shapes(np.shape(means), np.shape(stds))
    except ValueError:
        raise RuntimeError(f"normal: the size of mean {list(means.shape)} must match the size of std "
                           f"{list(stds.shape)}, or broadcast to it") from None
    array = np.empty(shape, (means if several[0] else stds).dtype)
    if several[1]:
        array = draw_normal(array, source)
        array *= stds
    else:
        array = draw_normal(array, source, 0.0, std)
    array += means
    drawn = sampling.normal(mean, std, sample=array)
    return _new(drawn.array, None, device, requires_grad, out) if out is not None else drawn


def bernoulli(input, p=None, *, generator=None, out=None):
    """Ones and zeros: a one with the probability that stands in input, or everywhere p.

    >>> import mtorch
    >>> mtorch.bernoulli(mtorch.tensor([0.0, 1.0]))
    tensor([0., 1.])
    """
    x = require_tensor(input, "bernoulli")
    array, source = np.empty(x.array.shape, x.array.dtype), source_of(generator, "bernoulli")
    drawn = draw_bernoulli(array, source, x if p is None else p)
    if out is not None:
        return _new(drawn, None, None, False, out)
    return sampling.bernoulli(x, sample=drawn)


def poisson(input, generator=None):
    """Whole numbers drawn from Poisson distributions of the rates input >= 0.

    >>> import mtorch
    >>> mtorch.poisson(mtorch.zeros(3))
    tensor([0., 0., 0.])
    """
    rate = require_tensor(input, "poisson").array
    if rate.dtype.kind != "f":
        raise NotImplementedError(f"poisson: rates must be floating point numbers, got {input.dtype}")
    if not (rate >= 0).all():
        raise RuntimeError("poisson: invalid Poisson rate, expected rate to be non-negative")
    return sampling.poisson(input, sample=random.poisson(rate, source_of(generator, "poisson")))


def binomial(count, prob, generator=None):
    """How many of `count` trials succeed, each with probability `prob` in [0, 1].

    >>> import mtorch
    >>> mtorch.binomial(mtorch.tensor([5.0, 5.0]), mtorch.tensor([0.0, 1.0]))
    tensor([0., 5.])
    """
    n, p = require_tensor(count, "binomial", "count").array, require_tensor(prob, "binomial", "prob").array
    if n.dtype != p.dtype or n.dtype.kind != "f":
        raise RuntimeError(f"binomial: count ({count.dtype}) and prob ({prob.dtype}) must have one floating point type")
    n, p = np.broadcast_arrays(n, p)
    return wrap(random.binomial(n, p, source_of(generator, "binomial")))


def multinomial(input, num_samples, replacement=False, *, generator=None, out=None):
    """Indices drawn from each row of input with the weights that stand there.

    Shape: input (K,) or (N, K), result (num_samples,) or (N, num_samples).

    >>> import mtorch
    >>> mtorch.multinomial(mtorch.tensor([0.0, 1.0, 0.0]), 3, replacement=True)
    tensor([1, 1, 1])
    """
    weights, count = require_tensor(input, "multinomial").array, whole_number(num_samples, "multinomial", "num_samples")
    if weights.dtype.kind != "f":
        raise RuntimeError(f"multinomial only supports floating-point dtypes for input, got: {input.dtype}")
    if weights.ndim not in (1, 2):
        raise RuntimeError(f"multinomial: prob_dist must be 1 or 2 dim, got {weights.ndim}")
    if count <= 0:
        raise RuntimeError(f"multinomial: cannot sample n_sample <= 0 samples, got {count}")
    if not replacement and count > weights.shape[-1]:
        raise RuntimeError("multinomial: cannot sample n_sample > prob_dist.size(-1) samples without replacement: "
                           f"{count} > {weights.shape[-1]}")
    if not (np.isfinite(weights) & (weights >= 0)).all():
        raise RuntimeError("multinomial: probability tensor contains either `inf`, `nan` or element < 0")
    if not (weights.sum(axis=-1) > 0).all():
        raise RuntimeError("multinomial: invalid multinomial distribution (sum of probabilities <= 0)")
    drawn = random.multinomial(weights, count, bool(replacement), source_of(generator, "multinomial"))
    return _new(drawn, None, None, False, out)
