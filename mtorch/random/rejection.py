"""Draws that try until a candidate is accepted: `poisson`, `standard_gamma`, `dirichlet`, `binomial`.

How many words of the generator an element takes depends on the words, so the elements are drawn one after another, in a
loop: about 1 us each.
"""
from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import numpy as np

from .engine import Generator


class _Uniforms:
    """float64 uniforms one at a time; the generator moves on by as many as were taken, on leaving the `with` block."""

    def __init__(self, generator: Generator):
        self.generator = generator

    def __enter__(self):
        self.blocks: list[int] = []
        self.block: Iterator[float] = iter(())
        ahead = self.generator.clone_state()
        self.left = 0

        def supply():
            for size in itertools.chain((16, 64, 256), itertools.repeat(4096)):
                self.blocks.append(size)
                self.block = iter(ahead.unit64(size).tolist())
                yield from self.block

        return supply().__next__

    def __exit__(self, *failure):
        taken = sum(self.blocks) - sum(1 for _ in self.block)
        self.generator.words(2 * taken)


def poisson(rate: np.ndarray, generator: Generator) -> np.ndarray:
    """Poisson numbers of the given rates >= 0, in the rates' type."""
    with _Uniforms(generator) as uniform:
        counts = [_poisson_by_rejection(r, uniform) if r >= 10 else _poisson_by_products(r, uniform)
                  for r in rate.astype(np.float64).ravel().tolist()]
    return np.array(counts, np.float64).astype(rate.dtype).reshape(rate.shape)


def _poisson_by_products(rate, uniform):
    """How many uniforms can be multiplied before the product falls to exp(-rate).

    Source: Knuth, The Art of Computer Programming, vol. 2, section 3.4.1.
    """
    if rate == 0:
        return 0
    limit, product, count = math.exp(-rate), uniform(), 0
    while product > limit:
        product *= uniform()
        count += 1
    return count


def _poisson_by_rejection(rate, uniform):
    """Source: Hoermann, "The transformed rejection method for generating Poisson random variables" (1993), PTRS."""
    root, log_rate = math.sqrt(rate), math.log(rate)
    b = 0.931 + 2.53 * root
    a = -0.059 + 0.02483 * b
    inverse_alpha = 1.1239 + 1.1328 / (b - 3.4)
    squeeze = 0.9277 - 3.6224 / (b - 2)
    while True:
        u = uniform() - 0.5
        v = uniform()
        us = 0.5 - abs(u)
        if us == 0.0:
            continue
        k = math.floor((2 * a / us + b) * u + rate + 0.43)
        if us >= 0.07 and v <= squeeze:
            return k
        if k < 0 or (us < 0.013 and v > us):
            continue
        if _log(v) + math.log(inverse_alpha) - math.log(a / (us * us) + b) <= -rate + k * log_rate - math.lgamma(k + 1):
            return k


def standard_gamma(shape: np.ndarray, generator: Generator) -> np.ndarray:
    """Gamma numbers of the given shape parameters > 0 and rate 1, in the parameters' type (float32 or float64).

    Source: Marsaglia and Tsang, "A simple method for generating gamma variables" (2000).
    """
    one = shape.dtype.type(1)
    boosted = np.where(shape < 1, shape + one, shape)
    with np.errstate(divide="ignore"):
        powers = np.where(shape < 1, one / shape, 0)          # what boosting the shape is made up for with
    thirds = boosted - shape.dtype.type(np.float32(1 / 3))    # in PyTorch a float32 constant
    columns = (np.ravel(x).astype(np.float64).tolist() for x in (shape, powers, thirds))
    with _Uniforms(generator) as uniform:
        drawn = [_gamma(power, d, uniform, generator) if a != 0 else 0.0 for a, power, d in zip(*columns, strict=True)]
    values = np.array(drawn, np.float64).astype(shape.dtype).reshape(shape.shape)
    return np.maximum(values, np.finfo(shape.dtype).tiny)


_SQUEEZE = float(np.float32(0.0331))


def _gamma(power, d, uniform, generator):
    scale = (1 - uniform()) ** power if power else 1.0
    c = 1.0 / math.sqrt(9.0 * d)
    while True:
        x = _next_normal(uniform, generator)
        y = 1.0 + c * x
        if y <= 0:
            continue
        v = y * y * y
        u = 1 - uniform()
        square = x * x
        if u < 1.0 - _SQUEEZE * square * square or math.log(u) < 0.5 * square + d * (1.0 - v + math.log(v)):
            return scale * d * v


def _next_normal(uniform, generator):
    """One of the normal numbers that normal.py draws serially, sharing the one kept from the last pair."""
    if generator.cached_normal is not None:
        normal, generator.cached_normal = generator.cached_normal, None
        return normal
    angle = 2.0 * math.pi * uniform()
    radius = math.sqrt(-2.0 * math.log1p(-uniform()))
    generator.cached_normal = radius * math.sin(angle)
    return radius * math.cos(angle)


def dirichlet(concentration: np.ndarray, generator: Generator) -> np.ndarray:
    """Points of the simplex, along the last axis: gamma numbers divided by their sum.

    (PyTorch adds up in another order: in float64 the last digit may differ.)
    """
    gammas = standard_gamma(concentration.astype(np.float64), generator)
    dtype = concentration.dtype
    points = (gammas / gammas.sum(-1, keepdims=True)).astype(dtype)
    return np.clip(points, np.finfo(dtype).tiny, np.nextafter(dtype.type(1), dtype.type(0)))


def binomial(count: np.ndarray, prob: np.ndarray, generator: Generator) -> np.ndarray:
    """How many of `count` >= 0 trials succeed, each with probability `prob` in [0, 1]; both of one type and shape."""
    dtype = count.dtype
    flipped = prob > 0.5                                      # the rarer outcome is counted
    p = np.where(flipped, 1 - prob, prob)
    mean, ratio = count * p, p / (1 - p)
    deviation, mode = np.sqrt(count * p * (1 - p)), np.floor((count + 1) * p)
    columns = (np.ravel(x).astype(np.float64).tolist() for x in (count, p, mean, deviation, ratio, mode))
    with _Uniforms(generator) as uniform:
        drawn = [_binomial(n, p, mean, deviation, ratio, mode, uniform)
                 for n, p, mean, deviation, ratio, mode in zip(*columns, strict=True)]
    values = np.array(drawn, np.float64).astype(dtype).reshape(count.shape)
    return np.where(flipped, count - values, values)


def _binomial(count, p, mean, deviation, ratio, mode, uniform):
    if count <= 0 or p <= 0:
        return 0.0
    if p != p:
        return math.nan
    if mean >= 10:
        return _binomial_by_rejection(count, p, mean, deviation, ratio, mode, uniform)
    successes, trials, log_q = -1, 0.0, math.log1p(-p)        # the trials up to each success are geometric
    while trials <= count:
        trials += math.ceil(math.log(uniform() or 2.0**-1074) / log_q)
        successes += 1
    return float(successes)


def _binomial_by_rejection(count, p, mean, deviation, ratio, mode, uniform):
    """Source: Hoermann, "The generation of binomial random variates" (1993), BTRS."""
    b = 1.15 + 2.53 * deviation
    a = -0.0873 + 0.0248 * b + 0.01 * p
    squeeze = 0.92 - 4.2 / b
    alpha = (2.83 + 5.1 / b) * deviation
    at_mode = ((mode + 0.5) * math.log((mode + 1) / (ratio * (count - mode + 1)))
               + _stirling_error(mode) + _stirling_error(count - mode))
    while True:
        u = uniform() - 0.5
        v = uniform()
        us = 0.5 - abs(u)
        if us == 0.0:
            continue
        k = float(math.floor((2 * a / us + b) * u + mean + 0.5))
        if us >= 0.07 and v <= squeeze:
            return k
        if k < 0 or k > count:
            continue
        bound = (at_mode + (count + 1) * math.log((count - mode + 1) / (count - k + 1))
                 + (k + 0.5) * math.log(ratio * (count - k + 1) / (k + 1))
                 - _stirling_error(k) - _stirling_error(count - k))
        if _log(v * alpha / (a / (us * us) + b)) <= bound:
            return k


def _stirling_error(k):
    """log k! less Stirling's (k + 1/2) log(k + 1) - (k + 1) + log(2 pi) / 2."""
    n = k + 1
    if k < 10:
        return math.lgamma(n) - (k + 0.5) * math.log(n) + n - 0.5 * math.log(2 * math.pi)
    return (1 / 12 - (1 / 360 - 1 / 1260 / (n * n)) / (n * n)) / n


def _log(x):
    return math.log(x) if x > 0 else -math.inf
