"""Random tensors under torch's names, with torch's numbers: the draws of `mtorch.random` with checks and sizes.

The same seed gives the numbers that torch gives on the CPU (see mtorch/random/__init__.py for where that was measured).
"""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import dtypes, random
from ..autograd.tape import TensorBase, wrap
from ..device import device as Device
from ..ops import sampling
from ..random import Generator
from .arguments import number_of, require_tensor, together, whole_number
from .creation import _kind, _like, _new, _shape, _size
from .draws import draw_bernoulli, draw_integers, draw_normal, draw_uniform, source_of

if TYPE_CHECKING:
    from ..tensor import Tensor

Generator.as_state, Generator.as_device = staticmethod(wrap), staticmethod(Device)     # what a user of one expects
Device.without_drawing = staticmethod(random.fork_rng)


def rand(*sizes: Any, size: Sequence[int] | None = None, generator: Generator | None = None, out: Tensor | None = None,
         dtype: dtypes.dtype | None = None, layout: Any = None, device: str | Device | None = None,
         requires_grad: bool = False, pin_memory: bool = False) -> Tensor:
    """Numbers drawn evenly from [0, 1).

    sizes, size: the size of each dimension, >= 0, as rand(2, 3), rand((2, 3)) or rand(size=(2, 3))
    generator: where the randomness comes from; None for the one that `manual_seed` sets
    out: a tensor to write to; it takes on the size, and without dtype its type is kept
    dtype: the type of the elements, floating point or complex; None for the default one
    layout, pin_memory: taken, and of no effect

    Raises: TypeError for sizes that are no ints, or none at all, and a generator that is none; RuntimeError for a size
        below 0 and another device than the CPU; NotImplementedError for integers.

    >>> import mtorch
    >>> _ = mtorch.manual_seed(0)
    >>> mtorch.rand(2, 2)
    tensor([[0.4963, 0.7682],
            [0.0885, 0.1320]])
    """
    array = np.empty(_size(sizes, size, "rand"), _kind(dtype, out))
    return _new(draw_uniform(array, source_of(generator, "rand", device)), None, device, requires_grad, out)


def randn(*sizes: Any, size: Sequence[int] | None = None, generator: Generator | None = None, out: Tensor | None = None,
          dtype: dtypes.dtype | None = None, layout: Any = None, device: str | Device | None = None,
          requires_grad: bool = False, pin_memory: bool = False) -> Tensor:
    """Numbers drawn from the normal distribution of mean 0 and standard deviation 1.

    Of complex numbers, both parts are, each with half the variance.

    Arguments and errors as for `rand`.

    >>> import mtorch
    >>> _ = mtorch.manual_seed(0)
    >>> mtorch.randn(3)
    tensor([ 1.5410, -0.2934, -2.1788])
    """
    array = np.empty(_size(sizes, size, "randn"), _kind(dtype, out))
    return _new(draw_normal(array, source_of(generator, "randn", device)), None, device, requires_grad, out)


def randint(*args: Any, low: int | None = None, high: int | None = None, size: Sequence[int] | None = None,
            generator: Generator | None = None, out: Tensor | None = None, dtype: dtypes.dtype | None = None,
            layout: Any = None, device: str | Device | None = None, requires_grad: bool = False,
            pin_memory: bool = False) -> Tensor:
    """Whole numbers drawn evenly from [low, high): `randint(high, size)` or `randint(low, high, size)`.

    args: high and size, or low, high and size; those that are not given by name
    low: the smallest; 0 where it is not given
    high: one more than the largest
    size: the size of each dimension, a tuple or list
    dtype: the type of the elements; None for int64
    Other arguments as for `rand`.

    Raises: TypeError for numbers that are no ints, and a size that is no tuple or list; RuntimeError for a high that is
        not above low, a number that the type cannot hold, and a size below 0.

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
    drawn = draw_integers(array, source_of(generator, "randint", device), low, high)
    return _new(drawn, None, device, requires_grad, out)


def _range(given: list, low, high, name: str) -> tuple[int, int]:
    """low and high of `(high)`, `(low, high)`, and either of them by name."""
    if high is None and given:
        high = given.pop()
    if low is None and given:
        low = given.pop()
    if given or high is None:
        raise TypeError(f"{name}() takes (high, ...) or (low, high, ...)")
    return 0 if low is None else whole_number(low, name, "low"), whole_number(high, name, "high")


def randperm(n: int, *, generator: Generator | None = None, out: Tensor | None = None,
             dtype: dtypes.dtype | None = None, layout: Any = None, device: str | Device | None = None,
             requires_grad: bool = False, pin_memory: bool = False) -> Tensor:
    """The numbers 0 to n - 1 in random order, each of the n! orders as likely.

    n: how many, >= 0
    dtype: the type of the elements; None for int64
    Other arguments as for `rand`.

    Shape: (n,).
    Raises: TypeError for an n that is no int; RuntimeError for one below 0, or more than the type can tell apart.

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
    order = random.permutation(n, source_of(generator, "randperm", device)).astype(kind)
    return _new(order, None, device, requires_grad, out)


def rand_like(input: Tensor, *, generator: Generator | None = None, dtype: dtypes.dtype | None = None,
              layout: Any = None, device: str | Device | None = None, requires_grad: bool = False,
              memory_format: Any = None) -> Tensor:
    """Numbers drawn evenly from [0, 1), in the shape and type of input.

    generator: where the randomness comes from; None for the one that `manual_seed` sets
    dtype: the type of the elements; None for that of input
    layout, memory_format: taken, and of no effect

    Shape: any -> the same.
    Raises: TypeError for what is no tensor, and a generator that is none; NotImplementedError for integers.

    >>> import mtorch
    >>> mtorch.rand_like(mtorch.zeros(2, 3)).shape
    torch.Size([2, 3])
    """
    drawn = draw_uniform(_like(input, dtype, "rand_like"), source_of(generator, "rand_like", device))
    return _new(drawn, None, device, requires_grad)


def randn_like(input: Tensor, *, generator: Generator | None = None, dtype: dtypes.dtype | None = None,
               layout: Any = None, device: str | Device | None = None, requires_grad: bool = False,
               memory_format: Any = None) -> Tensor:
    """Normal numbers of mean 0 and standard deviation 1, in the shape and type of input.

    Arguments, shape and errors as for `rand_like`.

    >>> import mtorch
    >>> mtorch.randn_like(mtorch.zeros(2, dtype=mtorch.float64)).dtype
    torch.float64
    """
    drawn = draw_normal(_like(input, dtype, "randn_like"), source_of(generator, "randn_like", device))
    return _new(drawn, None, device, requires_grad)


def randint_like(input: Tensor, *args: Any, low: int | None = None, high: int | None = None,
                 generator: Generator | None = None, dtype: dtypes.dtype | None = None, layout: Any = None,
                 device: str | Device | None = None, requires_grad: bool = False, memory_format: Any = None) -> Tensor:
    """Whole numbers of [low, high) in the shape and type of input: `(input, high)` or `(input, low, high)`.

    args: high, or low and high, where they are not given by name
    low: the smallest; 0 where it is not given
    high: one more than the largest
    Other arguments as for `rand_like`.

    Shape: any -> the same.
    Raises: TypeError for what is no tensor, and numbers that are no ints; RuntimeError for a high that is not above
        low, and a number that the type cannot hold.

    >>> import mtorch
    >>> mtorch.randint_like(mtorch.zeros(4), 1, 2)
    tensor([1., 1., 1., 1.])
    """
    array = _like(input, dtype, "randint_like")
    low, high = _range(list(args), low, high, "randint_like")
    drawn = draw_integers(array, source_of(generator, "randint_like", device), low, high)
    return _new(drawn, None, device, requires_grad)


def normal(mean: float | Tensor = 0.0, std: float | Tensor = 1.0, size: Sequence[int] | None = None, *,
           generator: Generator | None = None, out: Tensor | None = None, dtype: dtypes.dtype | None = None,
           layout: Any = None, device: str | Device | None = None, requires_grad: bool = False,
           pin_memory: bool = False) -> Tensor:
    """Normal numbers: of one mean and standard deviation and the given size, or of one or both for each element.

    mean: the mean, a number or a tensor of one for each element
    std: the standard deviation, >= 0, a number or a tensor of one for each element
    size: the size of each dimension, where mean and std are numbers
    Other arguments as for `rand`.

    Shape: tensors that broadcast -> the shape that they broadcast to; else size.
    Raises: TypeError for two numbers without a size, a size or dtype beside tensors, and what is no number;
        RuntimeError for a std below 0, and shapes that do not broadcast; NotImplementedError for integers.

    >>> import mtorch
    >>> _ = mtorch.manual_seed(0)
    >>> mtorch.normal(0.0, 2.0, (3,))
    tensor([ 3.0820, -0.5869, -4.3576])
    >>> mtorch.normal(mtorch.tensor([0.0, 100.0]), 1.0)
    tensor([ 0.5684, 98.9155])
    """
    source = source_of(generator, "normal", device)
    several = isinstance(mean, TensorBase), isinstance(std, TensorBase)
    if size is not None:
        if any(isinstance(x, TensorBase) and (x.array.ndim or x._requires_grad) for x in (mean, std)):
            raise TypeError("normal(): a size is given together with numbers mean and std, not with tensors")
        mean, std = number_of(mean, "normal", "mean"), number_of(std, "normal", "std")
        return _new(draw_normal(np.empty(_shape((size,), "normal"), _kind(dtype, out)), source, mean, std),
                    None, device, requires_grad, out)
    if not any(several):
        raise TypeError(f"normal(): numbers mean={mean!r} and std={std!r} need a size: normal(mean, std, size)")
    if dtype is not None:
        raise TypeError(f"normal(): dtype ({dtype}) is given together with numbers mean and std, not with tensors")
    if isinstance(std, TensorBase) and not (std.array >= 0).all():       # nan neither
        raise RuntimeError("normal expects all elements of std >= 0.0")
    means: Any
    stds: Any
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


def bernoulli(input: Tensor, p: float | Tensor | None = None, *, generator: Generator | None = None,
              out: Tensor | None = None) -> Tensor:
    """Ones and zeros: a one with the probability that stands in input, or everywhere p. No gradient passes.

    p: a probability in [0, 1], or a tensor of them that expands to input; None for those in input
    generator: where the randomness comes from; None for the one that `manual_seed` sets

    Shape: any -> the same.
    Raises: TypeError for what is no tensor, and a p that is no number; RuntimeError for a probability outside [0, 1];
        NotImplementedError for probabilities that are integers.

    >>> import mtorch
    >>> mtorch.bernoulli(mtorch.tensor([0.0, 1.0]))
    tensor([0., 1.])
    """
    x = require_tensor(input, "bernoulli")
    array, source = np.empty(x.array.shape, x.array.dtype), source_of(generator, "bernoulli")
    chances = x if p is None else p if isinstance(p, TensorBase) else number_of(p, "bernoulli", "p")
    drawn = draw_bernoulli(array, source, chances)
    if out is not None:
        return _new(drawn, None, None, False, out)
    return sampling.bernoulli(x, sample=drawn)


def poisson(input: Tensor, generator: Generator | None = None) -> Tensor:
    """Whole numbers drawn from the Poisson distributions of the rates in input: k with probability rate^k e^-rate / k!.

    input: the rates, >= 0
    generator: where the randomness comes from; None for the one that `manual_seed` sets

    Shape: any -> the same.
    Raises: TypeError for what is no tensor; NotImplementedError for integers; RuntimeError for a rate below 0, or nan.

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


def binomial(count: Tensor, prob: Tensor, generator: Generator | None = None) -> Tensor:
    """How many of `count` trials succeed, each with probability `prob`.

    count: how many trials, floating point; below 0 there are none
    prob: of count's type; what lies above 1 counts as 1, below 0 as 0
    generator: where the randomness comes from; None for the one that `manual_seed` sets

    Shape: any two that broadcast -> the shape that they broadcast to.
    Raises: TypeError for what is no tensor; ValueError for a count of integers; RuntimeError for two types, and shapes
        that do not broadcast.

    >>> import mtorch
    >>> mtorch.binomial(mtorch.tensor([5.0, 5.0]), mtorch.tensor([0.0, 1.0]))
    tensor([0., 5.])
    """
    n, p = require_tensor(count, "binomial", "count").array, require_tensor(prob, "binomial", "prob").array
    if n.dtype.kind != "f":
        raise ValueError(f"binomial only supports floating-point dtypes for count, got: {count.dtype}")
    if n.dtype != p.dtype:
        raise RuntimeError(f"binomial: count ({count.dtype}) and prob ({prob.dtype}) must have one type")
    n, p = together(np.broadcast_arrays, "binomial", n, p)
    return wrap(random.binomial(n, p, source_of(generator, "binomial")))


def multinomial(input: Tensor, num_samples: int, replacement: bool = False, *, generator: Generator | None = None,
                out: Tensor | None = None) -> Tensor:
    """Indices drawn from each row of input with the weights that stand there.

    input: weights >= 0, which need not sum to 1
    num_samples: how many to draw, > 0
    replacement: whether an index may be drawn more than once
    generator: where the randomness comes from; None for the one that `manual_seed` sets

    Shape: input (K,) or (N, K), result (num_samples,) or (N, num_samples), of int64.
    Raises: TypeError for what is no tensor, and num_samples that are no int; RuntimeError for weights that are no
        floating point numbers, of more dimensions, below 0, not finite or without a sum, for more samples than K
        without replacement, and an out that is not int64.

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
    if out is not None and require_tensor(out, "multinomial", "out").array.dtype != np.int64:
        raise RuntimeError(f"multinomial expects an int64 tensor out, got: {out.dtype}")
    drawn = random.multinomial(weights, count, bool(replacement), source_of(generator, "multinomial"))
    return _new(drawn, None, None, False, out)
