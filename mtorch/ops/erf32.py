"""erf of float32 arrays, fast: scipy's takes 30 ns an element, which GELU would pay for each.

erf and tanh have the same shape, and NumPy's tanh is quick: erf(x) = tanh(x P(x^2)), where P is nearly flat.  The
coefficients of P make the largest relative error of that smallest over |x| <= 4.1 (1e-7; least squares with weights that
grow where the error is large, Lawson 1961); beyond, P grows, and a float32 is 1.  Evaluated in float32 the error is at
most 4 units in the last place.
"""
from __future__ import annotations

import numpy as np

from .pieces import in_pieces

_P = tuple(map(np.float32, (1.41894555e-07, -5.66904351e-06, 8.76399699e-05, -6.19789865e-04, -1.91826554e-04,
                            1.02769055e-01, 1.12837927e+00)))      # highest power first


def erf32(a: np.ndarray) -> np.ndarray:
    """erf of a float32 array of any shape."""
    return in_pieces(_erf, a)


def _erf(x: np.ndarray) -> np.ndarray:
    square = x * x
    p = _P[0] * square
    for c in _P[1:-1]:                     # Horner's rule
        p += c
        p *= square
    p += _P[-1]
    p *= x
    return np.tanh(p)
