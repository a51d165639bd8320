"""Windows of signal processing: curves that are large in the middle and fall off towards both ends.

Source: Harris 1978, "On the use of windows for harmonic analysis with the discrete Fourier transform".
"""
from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import dtypes
from ..autograd.tape import wrap
from .arguments import whole_number
from .creation import _placed

if TYPE_CHECKING:
    from ..tensor import Tensor
    from .hints import DeviceLike


def _window(name: str, M: int, curve: Callable, sym: bool, dtype, device, requires_grad):
    """curve(k, n) at k = 0 .. M - 1, of a window whose last point is n (M - 1 where symmetric, M where periodic)."""
    if device is not None:
        _placed(device)
    kind = dtypes.numpy_dtype(dtype)
    if kind not in (np.float32, np.float64):
        raise ValueError(f"{name} expects float32 or float64 dtypes, got: {dtype}")
    if whole_number(M, name, "M") < 0:
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


def general_cosine(M: int, *, a: Iterable[float], sym: bool = True, dtype: dtypes.dtype | None = None,
                   layout: Any = None, device: DeviceLike | None = None, requires_grad: bool = False) -> Tensor:
    """A sum of cosines: a[0] - a[1] cos(2 pi k / n) + a[2] cos(4 pi k / n) - ... at k = 0 .. M - 1.

    M: how many points, >= 0
    a: the weights of the cosines, at least one
    sym: symmetric, n = M - 1, as filters take it; False for periodic, n = M, as Fourier transforms do
    dtype: float32 or float64; None for the default type

    Shape: -> (M)
    Raises: ValueError where M is negative, dtype another, or a empty; TypeError where M is not an int, or a cannot be
        iterated; RuntimeError for a device other than the CPU.

    >>> import mtorch
    >>> mtorch.signal.windows.general_cosine(3, a=[0.5, 0.5])
    tensor([0., 1., 0.])
    """
    if not isinstance(a, Iterable):
        raise TypeError("Coefficients must be a list/tuple")
    if not list(a):
        raise ValueError("Coefficients cannot be empty")
    return _window("general_cosine", M, _cosines(a), sym, dtype, device, requires_grad)


def general_hamming(M: int, *, alpha: float = 0.54, sym: bool = True, dtype: dtypes.dtype | None = None,
                    layout: Any = None, device: DeviceLike | None = None, requires_grad: bool = False) -> Tensor:
    """alpha - (1 - alpha) cos(2 pi k / n) at k = 0 .. M - 1.

    alpha: 0.5 is `hann`, 0.54 is `hamming`

    Arguments and errors as for `general_cosine`.

    >>> import mtorch
    >>> mtorch.signal.windows.general_hamming(3, alpha=0.5)
    tensor([0., 1., 0.])
    """
    return _window("general_hamming", M, _cosines([alpha, 1 - alpha]), sym, dtype, device, requires_grad)


def hamming(M: int, *, sym: bool = True, dtype: dtypes.dtype | None = None, layout: Any = None,
            device: DeviceLike | None = None, requires_grad: bool = False) -> Tensor:
    """0.54 - 0.46 cos(2 pi k / n) at k = 0 .. M - 1: never 0.

    Arguments and errors as for `general_cosine`.

    >>> import mtorch
    >>> mtorch.signal.windows.hamming(3)
    tensor([0.0800, 1.0000, 0.0800])
    """
    return _window("hamming", M, _cosines([0.54, 0.46]), sym, dtype, device, requires_grad)


def hann(M: int, *, sym: bool = True, dtype: dtypes.dtype | None = None, layout: Any = None,
         device: DeviceLike | None = None, requires_grad: bool = False) -> Tensor:
    """0.5 - 0.5 cos(2 pi k / n) at k = 0 .. M - 1: 0 at its ends.

    Arguments and errors as for `general_cosine`.

    >>> import mtorch
    >>> mtorch.signal.windows.hann(5)
    tensor([0.0000, 0.5000, 1.0000, 0.5000, 0.0000])
    """
    return _window("hann", M, _cosines([0.5, 0.5]), sym, dtype, device, requires_grad)


def blackman(M: int, *, sym: bool = True, dtype: dtypes.dtype | None = None, layout: Any = None,
             device: DeviceLike | None = None, requires_grad: bool = False) -> Tensor:
    """0.42 - 0.5 cos(2 pi k / n) + 0.08 cos(4 pi k / n) at k = 0 .. M - 1: 0 at its ends.

    Arguments and errors as for `general_cosine`.

    >>> import mtorch
    >>> mtorch.signal.windows.blackman(4, sym=False)[1:]
    tensor([0.3400, 1.0000, 0.3400])
    """
    return _window("blackman", M, _cosines([0.42, 0.5, 0.08]), sym, dtype, device, requires_grad)


def nuttall(M: int, *, sym: bool = True, dtype: dtypes.dtype | None = None, layout: Any = None,
            device: DeviceLike | None = None, requires_grad: bool = False) -> Tensor:
    """A sum of four cosines with low side lobes.

    Arguments and errors as for `general_cosine`.
    Source: Nuttall 1981, "Some windows with very good sidelobe behavior".

    >>> import mtorch
    >>> mtorch.signal.windows.nuttall(3)[1]
    tensor(1.)
    """
    return _window("nuttall", M, _cosines([0.3635819, 0.4891775, 0.1365995, 0.0106411]), sym, dtype, device,
                   requires_grad)


def bartlett(M: int, *, sym: bool = True, dtype: dtypes.dtype | None = None, layout: Any = None,
             device: DeviceLike | None = None, requires_grad: bool = False) -> Tensor:
    """A triangle from 0 to 1 and back: 1 - |2 k / n - 1| at k = 0 .. M - 1.

    Arguments and errors as for `general_cosine`.

    >>> import mtorch
    >>> mtorch.signal.windows.bartlett(5)
    tensor([0.0000, 0.5000, 1.0000, 0.5000, 0.0000])
    """
    return _window("bartlett", M, lambda k, n: 1 - np.abs(2 * k / n - 1), sym, dtype, device, requires_grad)


def cosine(M: int, *, sym: bool = True, dtype: dtypes.dtype | None = None, layout: Any = None,
           device: DeviceLike | None = None, requires_grad: bool = False) -> Tensor:
    """Half a period of the sine: sin(pi (k + 1/2) / (n + 1)) at k = 0 .. M - 1.

    Arguments and errors as for `general_cosine`.

    >>> import mtorch
    >>> mtorch.signal.windows.cosine(3)
    tensor([0.5000, 1.0000, 0.5000])
    """
    return _window("cosine", M, lambda k, n: np.sin(math.pi * (k + 0.5) / (n + 1)), sym, dtype, device, requires_grad)


def exponential(M: int, *, center: float | None = None, tau: float = 1.0, sym: bool = True,
                dtype: dtypes.dtype | None = None, layout: Any = None, device: DeviceLike | None = None,
                requires_grad: bool = False) -> Tensor:
    """e^(-|k - center| / tau) at k = 0 .. M - 1.

    center: where it is 1, of a periodic window; None for the middle, n / 2
    tau: over how many points it falls to 1/e, > 0

    Other arguments as for `general_cosine`.
    Raises: ValueError where tau is not > 0, or a symmetric window has a center; others as for `general_cosine`.

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


def gaussian(M: int, *, std: float = 1.0, sym: bool = True, dtype: dtypes.dtype | None = None, layout: Any = None,
             device: DeviceLike | None = None, requires_grad: bool = False) -> Tensor:
    """e^(-(k - n/2)^2 / (2 std^2)) at k = 0 .. M - 1.

    std: the standard deviation in points, > 0

    Other arguments as for `general_cosine`.
    Raises: ValueError where std is not > 0; others as for `general_cosine`.

    >>> import mtorch
    >>> mtorch.signal.windows.gaussian(3)
    tensor([0.6065, 1.0000, 0.6065])
    """
    if std <= 0:
        raise ValueError(f"Standard deviation must be positive, got: {std} instead.")
    return _window("gaussian", M, lambda k, n: np.exp(-((k - n / 2) / std) ** 2 / 2), sym, dtype, device, requires_grad)


def kaiser(M: int, *, beta: float = 12.0, sym: bool = True, dtype: dtypes.dtype | None = None, layout: Any = None,
           device: DeviceLike | None = None, requires_grad: bool = False) -> Tensor:
    """I0(beta sqrt(1 - (2 k / n - 1)^2)) / I0(beta) at k = 0 .. M - 1, I0 being the modified Bessel function.

    beta: the shape, >= 0: 0 is all ones; the larger, the narrower in the middle

    Other arguments as for `general_cosine`.
    Raises: ValueError where beta is negative; others as for `general_cosine`.
    Source: Kaiser and Schafer 1980, "On the use of the I0-sinh window for spectrum analysis".

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

def _checked(name: str, n: int, dtype) -> int:
    """The length, which with the type is refused by another error than that of the newer forms, as in torch."""
    if whole_number(n, name, "window_length") < 0:
        raise RuntimeError(f"{name} requires non-negative window_length, got window_length={n}")
    if dtypes.numpy_dtype(dtype) not in (np.float32, np.float64):
        raise RuntimeError(f"{name} expects floating point dtypes, float32 or float64, got: {dtype}")
    return n


def hann_window(window_length: int, periodic: bool = True, *, dtype: dtypes.dtype | None = None, layout: Any = None,
                device: DeviceLike | None = None, pin_memory: bool = False, requires_grad: bool = False) -> Tensor:
    """`signal.windows.hann`, periodic by default.

    window_length: how many points, >= 0
    periodic: n is window_length, as Fourier transforms take it; False for symmetric, n = window_length - 1
    dtype: float32 or float64; None for the default type

    Shape: -> (window_length)
    Raises: RuntimeError where window_length is negative, dtype another, or device not the CPU; TypeError where
        window_length is not an int.

    >>> import mtorch
    >>> mtorch.hann_window(4)
    tensor([0.0000, 0.5000, 1.0000, 0.5000])
    """
    n = _checked("hann_window", window_length, dtype)
    return hann(n, sym=not periodic, dtype=dtype, device=device, requires_grad=requires_grad)


def hamming_window(window_length: int, periodic: bool = True, alpha: float = 0.54, beta: float = 0.46, *,
                   dtype: dtypes.dtype | None = None, layout: Any = None, device: DeviceLike | None = None,
                   pin_memory: bool = False, requires_grad: bool = False) -> Tensor:
    """alpha - beta cos(2 pi k / n), periodic by default.

    alpha, beta: the weights of the constant and of the cosine

    Other arguments and errors as for `hann_window`.

    >>> import mtorch
    >>> mtorch.hamming_window(4)
    tensor([0.0800, 0.5400, 1.0000, 0.5400])
    """
    n = _checked("hamming_window", window_length, dtype)
    return _window("hamming_window", n, _cosines([alpha, beta]), not periodic, dtype, device, requires_grad)


def blackman_window(window_length: int, periodic: bool = True, *, dtype: dtypes.dtype | None = None, layout: Any = None,
                    device: DeviceLike | None = None, pin_memory: bool = False, requires_grad: bool = False) -> Tensor:
    """`signal.windows.blackman`, periodic by default.

    Arguments and errors as for `hann_window`.

    >>> import mtorch
    >>> mtorch.blackman_window(4)[1:]
    tensor([0.3400, 1.0000, 0.3400])
    """
    n = _checked("blackman_window", window_length, dtype)
    return blackman(n, sym=not periodic, dtype=dtype, device=device, requires_grad=requires_grad)


def bartlett_window(window_length: int, periodic: bool = True, *, dtype: dtypes.dtype | None = None, layout: Any = None,
                    device: DeviceLike | None = None, pin_memory: bool = False, requires_grad: bool = False) -> Tensor:
    """`signal.windows.bartlett`, periodic by default.

    Arguments and errors as for `hann_window`.

    >>> import mtorch
    >>> mtorch.bartlett_window(4)
    tensor([0.0000, 0.5000, 1.0000, 0.5000])
    """
    n = _checked("bartlett_window", window_length, dtype)
    return bartlett(n, sym=not periodic, dtype=dtype, device=device, requires_grad=requires_grad)


def kaiser_window(window_length: int, periodic: bool = True, beta: float = 12.0, *, dtype: dtypes.dtype | None = None,
                  layout: Any = None, device: DeviceLike | None = None, pin_memory: bool = False,
                  requires_grad: bool = False) -> Tensor:
    """`signal.windows.kaiser`, periodic by default.

    beta: the shape, >= 0

    Other arguments as for `hann_window`.
    Raises: ValueError where beta is negative; others as for `hann_window`.

    >>> import mtorch
    >>> mtorch.kaiser_window(2, beta=0.0)
    tensor([1., 1.])
    """
    n = _checked("kaiser_window", window_length, dtype)
    return kaiser(n, beta=beta, sym=not periodic, dtype=dtype, device=device, requires_grad=requires_grad)
