"""Rules between complex numbers and their parts.  None is holomorphic: each pullback is torch's gradient as it stands."""
from __future__ import annotations

import numpy as np

from ..autograd.complex_numbers import AS_WRITTEN, is_complex
from ..autograd.tape import TensorBase, op
from .arithmetic import where
from .elementwise import plain


@op(complex=AS_WRITTEN)
def conj(z):
    """y = x - iy of z = x + iy"""
    return z.conj(), (lambda g: g.conj(),)


@op(view=True, name="ViewAsRealBackward0", complex=AS_WRITTEN)
def view_as_real(z):
    """y (..., 2): the real and the imaginary part of each number, in the same memory"""
    if isinstance(z, TensorBase):
        return view_as_real(z), (view_as_complex,)
    return z[..., None].view(z.real.dtype), (view_as_complex,)


@op(view=True, name="ViewAsComplexBackward0", complex=AS_WRITTEN)
def view_as_complex(a):
    """z (...) of a (..., 2), in the same memory where the pairs lie in it one number after the other"""
    if isinstance(a, TensorBase):
        return view_as_complex(a), (view_as_real,)
    pairs = a if a.strides[-1] == a.itemsize else np.ascontiguousarray(a)
    return pairs.view(np.result_type(a, np.complex64))[..., 0], (view_as_real,)


def T(a):
    """The transpose of matrices."""
    return np.swapaxes(a, -1, -2)


def H(a):
    """The adjoint of matrices: the transpose, conjugated."""
    return T(a).conj() if is_complex(a) else T(a)


@op(name="AbsBackward0", complex=AS_WRITTEN)
def magnitude(z):
    """y = |z|;  dL/dz = g z / |z|, 0 at 0"""
    y = magnitude(z) if isinstance(z, TensorBase) else np.abs(z)
    return y, (lambda g: z * (g / where(y, 1.0, condition=plain(y) != 0)),)
