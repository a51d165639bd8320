"""Fused multiply-add, a*b + c rounded once, for arrays.

PyTorch's compiled loops use the processor's fused instruction, which NumPy does not offer; rounding the product first
would change the last bit of about one number in four.
"""
from __future__ import annotations

from typing import Any

import numpy as np

Numbers = np.ndarray | float


def round32(x: np.ndarray) -> np.ndarray:
    """float64 numbers rounded to the nearest float32, kept as float64."""
    return x.astype(np.float32).astype(np.float64)


def fma32(a: Numbers, b: Numbers, c: Numbers) -> np.ndarray:
    """float32(a*b + c) for flat float64 arrays, or one number, that hold float32 values; kept as float64.

    The product of two float32 numbers is exact in float64.  The sum is rounded to float64 and then to float32; rounding
    twice goes wrong only where the first rounding lands exactly halfway between two float32 numbers.
    """
    product = np.multiply(a, b)
    total = product + c
    halfway = _halfway(total)
    if halfway.any():                                     # then the exact sum is on the side of what was lost
        lost = _sum_error(product, c, total)
        total = np.where(halfway & (lost != 0), np.nextafter(total, np.copysign(np.inf, lost)), total)
    return round32(total)


def _halfway(total: np.ndarray) -> np.ndarray:
    """Where the 29 bits that float32 lacks read 1000...: shifted to the top, the least int64."""
    return (total.view(np.int64) << 35) == -(1 << 63)


class QuickFma32:
    """fma32 for a formula of `steps` on flat arrays of n elements: looks for halfway sums once, at the end of it."""

    def __init__(self, steps: int, n: int) -> None:
        self.totals = np.empty(steps * n)
        self.used = 0

    def __call__(self, a: np.ndarray, b: np.ndarray, c: Numbers) -> np.ndarray:
        total = self.totals[self.used:self.used + b.size]
        self.used += b.size
        np.multiply(a, b, out=total)
        total += c
        return round32(total)

    def was_halfway(self) -> bool:
        """Did any step since the last question land halfway?  Then the formula is to be done again by fma32."""
        totals, self.used = self.totals[:self.used], 0
        return bool(_halfway(totals).any())


def fma64(a: Any, b: Any, c: Any) -> np.ndarray:
    """a*b + c in float64, rounded once.

    Product and sum are split without error and added with the low part rounded to odd.
    Source: Boldo and Melquiond, "Emulation of FMA and correctly rounded sums", IEEE Trans. Computers 57 (2008).
    """
    if np.isscalar(b) and b == 1.0:
        return a + c
    if np.isscalar(c) and c == 0.0:
        return a * b + 0.0                                # + 0.0 makes a negative zero positive, as the sum does
    a, b, c = np.broadcast_arrays(*(np.asarray(x, np.float64) for x in (a, b, c)))
    product = a * b
    product_low = _product_error(a, b, product)
    middle = c + product_low
    middle_low = _sum_error(c, product_low, middle)
    high = product + middle
    rest = _sum_error(product, middle, high)
    low = np.atleast_1d(middle_low + rest)
    lost = _sum_error(middle_low, rest, low)
    to_odd = ((low.view(np.int64) & 1) == 0) & (lost != 0)
    low = np.where(to_odd, np.nextafter(low, np.copysign(np.inf, lost)), low)
    return high + low.reshape(high.shape)


def _sum_error(a, b, total):
    """a + b - total exactly, where total = a + b rounded.  Source: Knuth's TwoSum."""
    b_part = total - a
    return (a - (total - b_part)) + (b - b_part)


def _product_error(a, b, product):
    """a*b - product exactly, where product = a*b rounded.  Source: Dekker (1971), Veltkamp's splitting."""
    splitter = 2.0**27 + 1
    a_high = splitter * a - (splitter * a - a)
    b_high = splitter * b - (splitter * b - b)
    a_low, b_low = a - a_high, b - b_high
    return ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low
