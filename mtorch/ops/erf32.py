"""erf of float32 arrays by a rational approximation: scipy's takes 30 ns an element, which GELU would pay for each.

erf(x) = x P(x^2) / Q(x^2) for |x| <= 4, beyond which a float32 is 1.  The coefficients are those of Eigen's erf for
float32 (Eigen/src/Core/MathFunctionsImpl.h, MPL 2.0); the error is at most 8 units in the last place.
"""
from __future__ import annotations

import numpy as np

_P = (-2.72614225801306e-10, 2.77068142495902e-08, -2.10102402082508e-06, -5.69250639462346e-05, -7.34990630326855e-04,
      -2.95459980854025e-03, -1.60960333262415e-02)
_Q = (-1.45660718464996e-05, -2.13374055278905e-04, -1.68282697438203e-03, -7.37332916720468e-03, -1.42647390514189e-02)
_PIECE = 1 << 14                       # elements at a time, so that the passes below stay in the cache


def erf32(a: np.ndarray) -> np.ndarray:
    """erf of a float32 array of any shape."""
    y = np.empty_like(a, order="C")
    source, target = np.ascontiguousarray(a).reshape(-1), y.reshape(-1)
    n = min(_PIECE, source.size)
    x, square, p, q = (np.empty(n, np.float32) for _ in range(4))
    for start in range(0, source.size, _PIECE):
        out = target[start:start + _PIECE]
        if len(out) < len(x):
            x, square, p, q = (buffer[:len(out)] for buffer in (x, square, p, q))
        np.clip(source[start:start + _PIECE], -4.0, 4.0, out=x)
        np.multiply(x, x, out=square)
        _polynomial(_P, square, p)
        _polynomial(_Q, square, q)
        np.multiply(p, x, out=p)
        np.divide(p, q, out=out)
    return y


def _polynomial(coefficients, x, out) -> None:
    """Horner's rule, into out."""
    np.multiply(x, np.float32(coefficients[0]), out=out)
    for c in coefficients[1:-1]:
        out += np.float32(c)
        out *= x
    out += np.float32(coefficients[-1])
