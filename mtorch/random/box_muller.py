"""Two uniform numbers become two normal ones: sqrt(-2 log u1) (cos 2 pi u2, sin 2 pi u2).

Source: Box and Muller, "A note on the generation of random normal deviates" (1958).  PyTorch takes uniforms in blocks
of sixteen, the first eight for the radius and the last eight for the angle.  In float64 it calls the C library.  In
float32 it evaluates the polynomials of the Cephes library (Stephen L. Moshier, http://www.netlib.org/cephes/) as
arranged for vector units by Julien Pommier and Giovanni Garberoglio in `avx_mathfun.h` (zlib licence), in fused steps:
the constants below are theirs.  Every step is done here in float64 and rounded to float32, which gives the same bits.
"""
from __future__ import annotations

import math

import numpy as np

from .fused import QuickFma32, fma32, fma64, round32
from .libm import each

_PIECE = 512                      # blocks handled at a time: their temporaries stay in the cache, and few are done again
_STEPS = 17                       # fused steps that make a pair of float32 normals

_LOG = [7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
        2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1]
_LOG2_LOW, _LOG2_HIGH = -2.12194440e-4, 0.693359375
_SQRT_HALF = 0.707106781186547524
_FOUR_OVER_PI = np.float32(1.27323954473516)
_MINUS_PI_OVER_4 = [-0.78515625, -2.4187564849853515625e-4, -3.77489497744594108e-8]    # in three parts
_SIN = [-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1]
_COS = [2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2]


def _as_float32(*constants: float) -> list[float]:
    return [float(np.float32(constant)) for constant in constants]


_LOG, _SIN, _COS, _MINUS_PI_OVER_4 = (_as_float32(*p) for p in (_LOG, _SIN, _COS, _MINUS_PI_OVER_4))
_LOG2_LOW, _LOG2_HIGH, _SQRT_HALF = _as_float32(_LOG2_LOW, _LOG2_HIGH, _SQRT_HALF)
_TWO_PI = np.float32(2 * math.pi)


def normals_from_blocks(u: np.ndarray, mean: float, std: float) -> None:
    """Replace uniforms u (blocks, 16), float32 or float64, by normal numbers."""
    pieces = (u[start:start + _PIECE] for start in range(0, len(u), _PIECE))
    if u.dtype == np.float64:
        for piece in pieces:
            _transform64(piece, mean, std)
    else:
        quick = QuickFma32(_STEPS, 8 * min(len(u), _PIECE))
        for piece in pieces:
            _transform32(piece, mean, std, quick)


def _transform64(u: np.ndarray, mean: float, std: float) -> None:
    log = each(math.log, (1.0 - u[:, :8]).ravel()).reshape(-1, 8)
    radius, angle = np.sqrt(-2.0 * log), 2.0 * math.pi * u[:, 8:]
    for half, wave in ((u[:, :8], np.cos(angle)), (u[:, 8:], np.sin(angle))):
        wave *= radius
        half[...] = fma64(wave, std, mean)


def _transform32(u: np.ndarray, mean: float, std: float, quick: QuickFma32) -> None:
    mean, std = _as_float32(mean, std)
    u1, angle = (1 - u[:, :8]).ravel(), (_TWO_PI * u[:, 8:]).ravel()
    normals = _normals32(u1, angle, mean, std, quick)
    if quick.was_halfway():
        normals = _normals32(u1, angle, mean, std, fma32)
    u[:, :8], u[:, 8:] = (half.reshape(-1, 8) for half in normals)


def _normals32(u1, angle, mean, std, fma):
    radius = np.sqrt(np.float32(-2) * _log32(u1, fma).astype(np.float32))
    sine, cosine = _sincos32(angle, fma)
    cosine *= radius
    sine *= radius
    if (mean, std) == (0.0, 1.0):
        return cosine + np.float32(0), sine + np.float32(0)        # -0 + 0 is +0
    return fma(std, cosine.astype(np.float64), mean), fma(std, sine.astype(np.float64), mean)


def _log32(x: np.ndarray, fma) -> np.ndarray:
    """Natural logarithm of positive float32 numbers: x = 2**e m, log x = e log 2 + log m, m in [sqrt(1/2), sqrt 2)."""
    bits = x.view(np.int32)
    e = (bits >> 23).astype(np.float64)
    e -= 126
    m = ((bits & 0x007FFFFF) | 0x3F000000).view(np.float32).astype(np.float64)
    small = m < _SQRT_HALF
    e -= small
    m += m * small
    m -= 1.0
    m = round32(m)
    square = round32(m * m)
    y = np.full(m.size, _LOG[0])
    for coefficient in _LOG[1:]:
        y = fma(y, m, coefficient)
    y = round32(y * m)
    y = fma(y, square, round32(e * _LOG2_LOW))
    y = round32(y - 0.5 * square)                                  # exact in float64, as is the last sum
    return round32(e * _LOG2_HIGH + round32(m + y))


def _sincos32(t: np.ndarray, fma) -> tuple[np.ndarray, np.ndarray]:
    """Sine and cosine of float32 angles in [0, 2 pi], by way of the nearest even multiple j of pi/4."""
    j = (t * _FOUR_OVER_PI).astype(np.int32)
    j += 1
    j &= ~1
    turns = j.astype(np.float64)
    x = t.astype(np.float64)
    for part in _MINUS_PI_OVER_4:
        x = round32(x + turns * part)                              # exact in float64
    z = round32(x * x)
    cosine = round32(fma(fma(_COS[0], z, _COS[1]), z, _COS[2]) * z)
    cosine = round32(fma(cosine, z, -0.5 * z) + 1.0)
    sine = round32(fma(fma(_SIN[0], z, _SIN[1]), z, _SIN[2]) * z)
    sine = fma(sine, x, x)
    sine, cosine = sine.astype(np.float32), cosine.astype(np.float32)

    straight = (j & 2) == 0                                        # else sine and cosine change places
    signs = ((j & 4) << 29).view(np.uint32), ((~(j - 2) & 4) << 29).view(np.uint32)
    results = np.where(straight, sine, cosine), np.where(straight, cosine, sine)
    for result, sign in zip(results, signs, strict=True):
        result.view(np.uint32)[...] ^= sign
    return results
