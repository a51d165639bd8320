"""Windows of signal processing: curves that are large in the middle and fall off towards both ends.

The definitions are those of Harris 1978, "On the use of windows for harmonic analysis with the discrete Fourier
transform".
"""
from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import numpy as np

from .. import dtypes
from ..autograd.tape import wrap
from .creation import _placed


def _window(name: str, M: int, curve: Callable, sym: bool, dtype, device, requires_grad):
    """curve(k, n) at k = 0 .. M - 1, of a window whose last point is n (M - 1 where symmetric, M where periodic)."""
    if device is not None:
        _placed(device)
    kind = dtypes.numpy_dtype(dtype)
    if kind not in (np.float32, np.float64):
        raise ValueError(f"{name} expects float32 or float64 dtypes, got: {dtype}")
    if M < 0:
        raise ValueError(f"{name} requires non-negative window length, got M={M}")
    if M <= 1:
        values = np.ones(M)
    else:
        values = curve(np.arange(M, dtype=np.float64), M - 1 if sym else M)
    result = wrap(np.asarray(values).astype(kind))
    return result.requires_grad_() if requires_grad else result


def _cosines(a: Iterable[float]) -> Callable:
    weights = list(a)

    def curve(k, n):
        return sum((-1) ** i * w * np.cos(2 * math.pi * i * k / n) for i, w in enumerate(weights))
    return curve


def general_cosine(M, *, a, sym=True, dtype=None, layout=None, device=None, requires_grad=False):
    """A sum of cosines: a[0] - a[1] cos(2 pi k / n) + a[2] cos(4 pi k / n) - ...

    >>> import mtorch
    >>> mtorch.signal.windows.general_cosine(3, a=[0.5, 0.5])
    tensor([0., 1., 0.])
    """
    if not isinstance(a, Iterable):
        raise TypeError("Coefficients must be a list/tuple")
    if not list(a):
        raise ValueError("Coefficients cannot be empty")
    return _window("general_cosine", M, _cosines(a), sym, dtype, device, requires_grad)


def general_hamming(M, *, alpha=0.54, sym=True, dtype=None, layout=None, device=None, requires_grad=False):
    """alpha - (1 - alpha) cos(2 pi k / n).

    >>> import mtorch
    >>> mtorch.signal.windows.general_hamming(3, alpha=0.5)
    tensor([0., 1., 0.])
    """
    return _window("general_hamming", M, _cosines([alpha, 1 - alpha]), sym, dtype, device, requires_grad)


def hamming(M, *, sym=True, dtype=None, layout=None, device=None, requires_grad=False):
    """0.54 - 0.46 cos(2 pi k / n).

    >>> import mtorch
    >>> mtorch.signal.windows.hamming(3)
    tensor([0.0800, 1.0000, 0.0800])
    """
    return _window("hamming", M, _cosines([0.54, 0.46]), sym, dtype, device, requires_grad)


def hann(M, *, sym=True, dtype=None, layout=None, device=None, requires_grad=False):
    """0.5 - 0.5 cos(2 pi k / n).

    >>> import mtorch
    >>> mtorch.signal.windows.hann(5)
    tensor([0.0000, 0.5000, 1.0000, 0.5000, 0.0000])
    """
    return _window("hann", M, _cosines([0.5, 0.5]), sym, dtype, device, requires_grad)


def blackman(M, *, sym=True, dtype=None, layout=None, device=None, requires_grad=False):
    """0.42 - 0.5 cos(2 pi k / n) + 0.08 cos(4 pi k / n).

    >>> import mtorch
    >>> mtorch.signal.windows.blackman(4, sym=False)[1:]
    tensor([0.3400, 1.0000, 0.3400])
    """
    return _window("blackman", M, _cosines([0.42, 0.5, 0.08]), sym, dtype, device, requires_grad)


def nuttall(M, *, sym=True, dtype=None, layout=None, device=None, requires_grad=False):
    """A sum of four cosines with low side lobes (Nuttall 1981).

    >>> import mtorch
    >>> mtorch.signal.windows.nuttall(3)[1]
    tensor(1.)
    """
    return _window("nuttall", M, _cosines([0.3635819, 0.4891775, 0.1365995, 0.0106411]), sym, dtype, device,
                   requires_grad)


def bartlett(M, *, sym=True, dtype=None, layout=None, device=None, requires_grad=False):
    """A triangle from 0 to 1 and back.

    >>> import mtorch
    >>> mtorch.signal.windows.bartlett(5)
    tensor([0.0000, 0.5000, 1.0000, 0.5000, 0.0000])
    """
    return _window("bartlett", M, lambda k, n: 1 - np.abs(2 * k / n - 1), sym, dtype, device, requires_grad)


def cosine(M, *, sym=True, dtype=None, layout=None, device=None, requires_grad=False):
    """Half a period of the sine.

    >>> import mtorch
    >>> mtorch.signal.windows.cosine(3)
    tensor([0.5000, 1.0000, 0.5000])
    """
    return _window("cosine", M, lambda k, n: np.sin(math.pi * (k + 0.5) / (n + 1)), sym, dtype, device, requires_grad)


def exponential(M, *, center=None, tau=1.0, sym=True, dtype=None, layout=None, device=None, requires_grad=False):
    """e^(-|k - center| / tau), the center in the middle where it is None.

    >>> import mtorch
    >>> mtorch.signal.windows.exponential(3)
    tensor([0.3679, 1.0000, 0.3679])
    """
    if tau <= 0:
        raise ValueError(f"Tau must be positive, got: {tau} instead.")
    if sym and center is not None:
        raise ValueError("Center must be None for symmetric windows")
    return _window("exponential", M, lambda k, n: np.exp(-np.abs(k - (n / 2 if center is None else center)) / tau), sym,
                   dtype, device, requires_grad)


def gaussian(M, *, std=1.0, sym=True, dtype=None, layout=None, device=None, requires_grad=False):
    """e^(-(k - n/2)^2 / (2 std^2)).

    >>> import mtorch
    >>> mtorch.signal.windows.gaussian(3)
    tensor([0.6065, 1.0000, 0.6065])
    """
    if std <= 0:
        raise ValueError(f"Standard deviation must be positive, got: {std} instead.")
    return _window("gaussian", M, lambda k, n: np.exp(-((k - n / 2) / std) ** 2 / 2), sym, dtype, device, requires_grad)


def kaiser(M, *, beta=12.0, sym=True, dtype=None, layout=None, device=None, requires_grad=False):
    """I0(beta sqrt(1 - (2 k / n - 1)^2)) / I0(beta), I0 being the modified Bessel function.

    >>> import mtorch
    >>> mtorch.signal.windows.kaiser(3, beta=0.0)
    tensor([1., 1., 1.])
    """
    if beta < 0:
        raise ValueError(f"beta must be non-negative, got: {beta} instead.")
    return _window("kaiser", M,
                   lambda k, n: np.i0(beta * np.sqrt(np.maximum(0.0, 1 - (2 * k / n - 1) ** 2))) / np.i0(beta),
                   sym, dtype, device, requires_grad)


# ---- the older forms ---------------------------------------------------------------------------

def hann_window(window_length, periodic=True, *, dtype=None, layout=None, device=None, pin_memory=False,
                requires_grad=False):
    """`signal.windows.hann`, periodic by default.

    >>> import mtorch
    >>> mtorch.hann_window(4)
    tensor([0.0000, 0.5000, 1.0000, 0.5000])
    """
    return hann(window_length, sym=not periodic, dtype=dtype, device=device, requires_grad=requires_grad)


def hamming_window(window_length, periodic=True, alpha=0.54, beta=0.46, *, dtype=None, layout=None, device=None,
                   pin_memory=False, requires_grad=False):
    """alpha - beta cos(2 pi k / n), periodic by default.

    >>> import mtorch
    >>> mtorch.hamming_window(4)
    tensor([0.0800, 0.5400, 1.0000, 0.5400])
    """
    return _window("hamming_window", window_length, _cosines([alpha, beta]), not periodic, dtype, device, requires_grad)


def blackman_window(window_length, periodic=True, *, dtype=None, layout=None, device=None, pin_memory=False,
                    requires_grad=False):
    """`signal.windows.blackman`, periodic by default.

    >>> import mtorch
    >>> mtorch.blackman_window(4)[1:]
    tensor([0.3400, 1.0000, 0.3400])
    """
    return blackman(window_length, sym=not periodic, dtype=dtype, device=device, requires_grad=requires_grad)


def bartlett_window(window_length, periodic=True, *, dtype=None, layout=None, device=None, pin_memory=False,
                    requires_grad=False):
    """`signal.windows.bartlett`, periodic by default.

    >>> import mtorch
    >>> mtorch.bartlett_window(4)
    tensor([0.0000, 0.5000, 1.0000, 0.5000])
    """
    return bartlett(window_length, sym=not periodic, dtype=dtype, device=device, requires_grad=requires_grad)


def kaiser_window(window_length, periodic=True, beta=12.0, *, dtype=None, layout=None, device=None, pin_memory=False,
                  requires_grad=False):
    """`signal.windows.kaiser`, periodic by default.

    >>> import mtorch
    >>> mtorch.kaiser_window(2, beta=0.0)
    tensor([1., 1.])
    """
    return kaiser(window_length, beta=beta, sym=not periodic, dtype=dtype, device=device, requires_grad=requires_grad)
