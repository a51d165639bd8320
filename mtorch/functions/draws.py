"""Draws into an array with torch's checks of their arguments, for new tensors (random.py) and old ones
(random_inplace.py)."""
from __future__ import annotations

import math

import numpy as np

from .. import dtypes, random
from ..autograd.tape import TensorBase
from ..random import Generator, default_generator
from .creation import _placed


def source_of(generator, name: str, device=None) -> Generator:
    """The generator to draw from: the one given, or the default one.  Nothing is drawn for a device that is not here."""
    if device is not None:
        _placed(device)
    if generator is None:
        return default_generator
    if not isinstance(generator, Generator):
        raise TypeError(f"{name}(): argument 'generator' must be Generator, not {type(generator).__name__}")
    return generator


def real_number(x, name: str, argument: str) -> float:
    """x as a float."""
    if not hasattr(x, "__float__"):
        raise TypeError(f"{name}(): argument '{argument}' must be float, not {type(x).__name__}")
    return float(x)


def require_floating(array: np.ndarray, name: str) -> None:
    """Refuse what cannot hold a continuous number."""
    if array.dtype.kind not in "fc":
        raise NotImplementedError(f"{name}: not implemented for {array.dtype} tensors, it draws floating point numbers")


def _parts(array: np.ndarray) -> np.ndarray:
    """The numbers of an array: of a complex one the real and imaginary parts, along a last axis."""
    if array.dtype.kind != "c":
        return array
    real = array.real
    return np.lib.stride_tricks.as_strided(real, (*array.shape, 2), (*array.strides, real.itemsize))


def draw_uniform(array: np.ndarray, generator: Generator, low=0.0, high=1.0) -> np.ndarray:
    """Fill with numbers of [low, high)."""
    require_floating(array, "uniform_")
    parts = _parts(array)
    low, high = real_number(low, "uniform_", "from"), real_number(high, "uniform_", "to")
    limit = float(np.finfo(parts.dtype).max)
    for name, bound in (("from", low), ("to", high)):
        if not -limit <= bound <= limit:
            raise RuntimeError(f"uniform_: '{name}' is {bound}, which is out of bounds for {parts.dtype}")
    if low > high:
        raise RuntimeError(f"uniform_ expects to return a [from, to) range, but found from={low} > to={high}")
    if high - low > limit:
        raise RuntimeError(f"uniform_ expects to-from <= {limit}, but found to={high} and from={low}")
    random.uniform_(parts, generator, low, high)
    return array


def draw_normal(array: np.ndarray, generator: Generator, mean=0.0, std=1.0) -> np.ndarray:
    """Fill with normal numbers; in complex ones both parts have this mean, and each half the variance."""
    mean, std = real_number(mean, "normal_", "mean"), real_number(std, "normal_", "std")
    if not std >= 0:
        raise RuntimeError(f"normal expects std >= 0.0, but found std {std}")
    require_floating(array, "normal_")
    random.normal_(_parts(array), generator, mean, std / math.sqrt(2) if array.dtype.kind == "c" else std)
    return array


def draw_integers(array: np.ndarray, generator: Generator, low: int, high: int) -> np.ndarray:
    """Fill with whole numbers of [low, high), all of which the type must hold."""
    if low >= high:
        raise RuntimeError(f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}")
    kind = array.dtype
    if kind.kind in "biu":
        least = int(np.iinfo(kind).min) if kind.kind == "i" else 0
        greatest = int(np.iinfo(kind).max) if kind.kind != "b" else 1
    elif kind.kind == "f":
        greatest = int(dtypes.finfo(dtypes.of(kind)).max)
        least = -greatest
    else:
        raise NotImplementedError(f"random_: is not implemented for {kind} tensors")
    for name, bound in (("from", low), ("to - 1", high - 1)):
        if not least <= bound <= greatest:
            raise RuntimeError(f"{name} is out of bounds for {kind}: {bound} is not in [{least}, {greatest}]")
    return random.integers_(array, generator, low, high)


def draw_bernoulli(array: np.ndarray, generator: Generator, p=0.5) -> np.ndarray:
    """Fill with ones and zeros; p, the probability of a one, is a number or a tensor."""
    if not isinstance(p, TensorBase):
        if not 0 <= p <= 1:
            raise RuntimeError(f"bernoulli_ expects p to be in [0, 1], but got p={p}")
        return random.bernoulli_(array, generator, p)
    if p.array.dtype.kind != "f":
        raise NotImplementedError(f"bernoulli: probabilities must be floating point numbers, got {p.dtype}")
    if not ((p.array >= 0) & (p.array <= 1)).all():
        raise RuntimeError("bernoulli expects every p to be in [0, 1], but got "
                           f"p between {p.array.min()} and {p.array.max()}")
    try:
        chances = np.broadcast_to(p.array, array.shape)
    except ValueError:
        raise RuntimeError(f"bernoulli_: p of shape {list(p.array.shape)} does not expand to "
                           f"{list(array.shape)}") from None
    return random.bernoulli_each_(array, generator, chances)
