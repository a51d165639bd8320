"""Rules of the discrete Fourier transform.  All are linear; NumPy's pocketfft computes them in O(n log n).

J. W. Cooley, J. W. Tukey, "An Algorithm for the Machine Calculation of Complex Fourier Series", Math. of Computation 1965.
"""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..autograd.complex_numbers import AS_WRITTEN, holomorphic
from ..autograd.tape import TensorBase, op
from ..strides import empty_in_order, order_like
from .indexing import place

# The scale of a transform is 1, 1/n or 1/sqrt(n); the norm whose inverse transform has the scale that this one's forward has.
OPPOSITE = {"backward": "forward", "forward": "backward", "ortho": "ortho"}


def order_of(a: np.ndarray, dims: Sequence[int], last: Sequence[int] = ()) -> tuple[int, ...]:
    """How the axes of a transform along dims and then last follow each other in memory, as torch has them on a CPU: the others
    first, these innermost, each lot as in the input."""
    lies = order_like(a)
    return (*(d for d in lies if d not in dims and d not in last), *(d for d in lies if d in dims), *last)


def _memory(a: np.ndarray, dim: int, n: int, kind: np.dtype, order: tuple[int, ...] | None) -> np.ndarray:
    """Where the transform of a goes, which is n long along dim."""
    return empty_in_order((*a.shape[:dim], n, *a.shape[dim + 1:]), order or order_of(a, (), (dim,)), kind)


@op(name="FftC2CBackward0")
def dft(a, *, dim, inverse, norm, order=None):
    """y[k] = scale sum over j of e^(-2 pi i jk / n) a[j] (inverse: e^(+...)) along dim; the matrix of that is symmetric"""
    if isinstance(a, TensorBase):
        y = dft(a, dim=dim, inverse=inverse, norm=norm)
    else:
        to = _memory(a, dim, a.shape[dim], np.result_type(a.dtype, np.complex64), order)
        y = (np.fft.ifft if inverse else np.fft.fft)(a, axis=dim, norm=norm, out=to)
    return y, (lambda g: dft(g, dim=dim, inverse=inverse, norm=norm),)


@op(name="FftR2CBackward0", complex=AS_WRITTEN)
def real_dft(a, *, dim, norm):
    """The first n/2 + 1 numbers of the transform of n real ones; the others are their conjugates.  dL/da = Re dft(conj(g))"""
    if isinstance(a, TensorBase):
        y = real_dft(a, dim=dim, norm=norm)
    else:
        to = _memory(a, dim, a.shape[dim] // 2 + 1, np.result_type(a.dtype, np.complex64), None)
        y = np.fft.rfft(a, axis=dim, norm=norm, out=to)
    shape = tuple(a.shape)

    def pullback(g):
        half = (*(slice(None) for _ in shape[:dim]), slice(0, shape[dim] // 2 + 1))
        return dft(place(g.conj(), shape=shape, key=half), dim=dim, inverse=False, norm=norm).real
    return y, (pullback,)


@op(name="FftC2RBackward0", complex=AS_WRITTEN)
def inverse_real_dft(z, *, n, dim, norm, order=None):
    """n real numbers from the first n/2 + 1 of their transform, each of which stands for its conjugate, too, but for the
    first and, where n is even, the last:  dL/dz = real_dft(g), twice for those"""
    if isinstance(z, TensorBase):
        y = inverse_real_dft(z, n=n, dim=dim, norm=norm)
    else:
        y = np.fft.irfft(z, n, axis=dim, norm=norm, out=_memory(z, dim, n, z.real.dtype, order))
    twice = np.full(n // 2 + 1, 2.0, np.float32)
    twice[0] = 1.0
    if n % 2 == 0:
        twice[-1] = 1.0
    twice = twice.reshape(-1, *(1 for _ in z.shape[dim + 1:]))
    return y, (lambda g: real_dft(g, dim=dim, norm=OPPOSITE[norm]) * twice,)


holomorphic(dft)
