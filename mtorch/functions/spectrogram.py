"""The Fourier transform of a signal through a window that moves along it, and the way back."""
from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

from ..autograd.complex_numbers import is_complex
from ..autograd.tape import wrap
from ..ops.resampling import pad_constant, pick
from ..ops.windows import overlapped
from . import fourier
from .arguments import require_tensor, whole_number
from .complex_numbers import view_as_real

if TYPE_CHECKING:
    from ..tensor import Tensor


def stft(input: Tensor, n_fft: int, hop_length: int | None = None, win_length: int | None = None,
         window: Tensor | None = None, center: bool = True, pad_mode: str = "reflect", normalized: bool = False,
         onesided: bool | None = None, return_complex: bool | None = None) -> Tensor:
    """The short-time Fourier transform: which frequencies are in a signal when.

    n_fft: length of the stretches that are transformed, > 0
    hop_length: how far one starts after the other, > 0; None for n_fft // 4
    win_length: length of the window, which zeros on both sides make as long as n_fft; None for n_fft
    window: what each stretch is multiplied by, (win_length); None for ones
    center: stretch t is centred at t * hop_length, for which the signal is made longer at both ends; False: it starts there
    pad_mode: what with: "reflect", "replicate", "circular" or "constant" (zeros)
    normalized: divide by sqrt(n_fft)
    onesided: only the first n_fft // 2 + 1 frequencies; None for True where signal and window are real
    return_complex: complex numbers, as it has to be for real signals; False for their parts in a last dimension of 2

    Shape: (T) or (B, T) -> (frequencies, stretches) or (B, frequencies, stretches)
    Raises: RuntimeError for a signal of other dimensions, lengths out of range, a window of another length, a one-sided
        transform of complex numbers, and return_complex not given; TypeError for what is no tensor.
    Source: Allen & Rabiner, "A Unified Approach to Short-Time Fourier Analysis and Synthesis", Proceedings of the IEEE 1977.

    >>> import mtorch
    >>> mtorch.stft(mtorch.ones(8), 4, 2, window=mtorch.ones(4), return_complex=True)[:, 0].abs()
    tensor([4., 0., 0.])
    """
    x = require_tensor(input, "stft")
    hop, length, window = _checked("stft", n_fft, hop_length, win_length, window)
    if window is None:
        warnings.warn("A window was not provided. A rectangular window will be applied,which is known to cause spectral leakage. "
                      "Other windows such as torch.hann_window or torch.hamming_window are recommended to reduce spectral "
                      "leakage.To suppress this warning and use a rectangular window, explicitly set `window=torch.ones("
                      "n_fft, device=<device>)`.", UserWarning, stacklevel=2)
    real = not is_complex(x) and not (window is not None and is_complex(window))
    if return_complex is None:
        if real:
            raise RuntimeError("stft requires the return_complex parameter be given for real inputs, and will further require "
                               "that return_complex=True in a future PyTorch release.")
        return_complex = True
    if x.array.ndim not in (1, 2):
        raise RuntimeError(f"stft: expected a 1D or 2D tensor, got a tensor of {x.array.ndim} dimensions")
    batched = x.array.ndim == 2
    signal = x if batched else x.unsqueeze(0)
    if center:
        signal = _longer(signal, n_fft // 2, pad_mode)
    if not 0 < n_fft <= signal.array.shape[1]:
        raise RuntimeError(f"stft: expected 0 < n_fft <= {signal.array.shape[1]}, but got n_fft={n_fft}")
    frames = signal.unfold(-1, n_fft, hop)
    if window is not None:
        frames = frames * _centred(window, length, n_fft)
    norm = "ortho" if normalized else None
    if onesided or onesided is None and real:
        if not real:
            raise RuntimeError("stft: Cannot have onesided output if window or input is complex")
        y = fourier.rfft(frames, dim=-1, norm=norm)
    else:
        y = fourier.fft(frames, dim=-1, norm=norm)
    y = y.transpose(1, 2) if batched else y.transpose(1, 2).squeeze(0)
    return y if return_complex else view_as_real(y)


def istft(input: Tensor, n_fft: int, hop_length: int | None = None, win_length: int | None = None,
          window: Tensor | None = None, center: bool = True, normalized: bool = False, onesided: bool | None = None,
          length: int | None = None, return_complex: bool = False) -> Tensor:
    """The inverse of `stft`: the stretches are added up where they overlap, and divided by the squares of the windows there.

    length: how much of the signal to give; None for all that is known
    return_complex: the signal is complex, which takes a two-sided input

    Other arguments as for `stft`.

    Shape: (frequencies, stretches) or (B, frequencies, stretches), complex -> (T) or (B, T)
    Raises: RuntimeError for real numbers, other dimensions, another number of frequencies than n_fft gives, and windows that
        leave a place uncovered; others as for `stft`.
    Source: Griffin & Lim, "Signal Estimation from Modified Short-Time Fourier Transform", IEEE Transactions on Acoustics,
        Speech and Signal Processing 1984, equation 6.

    >>> import mtorch
    >>> x, window = mtorch.arange(8.0), mtorch.hann_window(4)
    >>> mtorch.istft(mtorch.stft(x, 4, 1, window=window, return_complex=True), 4, 1, window=window).round()
    tensor([0., 1., 2., 3., 4., 5., 6., 7.])
    """
    z = require_tensor(input, "istft")
    hop, size, window = _checked("istft", n_fft, hop_length, win_length, window)
    if not is_complex(z):
        raise RuntimeError("istft requires a complex-valued input tensor matching the output from stft with "
                           "return_complex=True.")
    if z.array.ndim not in (2, 3):
        raise RuntimeError(f"istft: expected a tensor with 2 or 3 dimensions, got {z.array.ndim}")
    batched = z.array.ndim == 3
    z = z if batched else z.unsqueeze(0)
    onesided = z.array.shape[1] != n_fft if onesided is None else onesided
    if z.array.shape[1] != (n_fft // 2 + 1 if onesided else n_fft):
        raise RuntimeError(f"istft: expected the frequency dimension (3rd to the last) of the input tensor to match n_fft="
                           f"{n_fft} when onesided={onesided}, but got {z.array.shape[1]}")
    if onesided and return_complex:
        raise RuntimeError("istft: cannot have onesided input if return_complex is True")
    norm = "ortho" if normalized else None
    rows = z.transpose(1, 2)
    frames = fourier.ifft(rows, n_fft, norm=norm) if return_complex else fourier.irfft(rows[..., :n_fft // 2 + 1], n_fft,
                                                                                      norm=norm)
    shape = _centred(window, size, n_fft) if window is not None else wrap(np.ones(n_fft, frames.real.array.dtype))
    total = n_fft + hop * (frames.array.shape[1] - 1)
    y = overlapped(frames * shape, shape=(frames.array.shape[0], total), dim=1, size=n_fft, step=hop)
    squares = (shape * shape).expand(1, frames.array.shape[1], n_fft)
    envelope = overlapped(squares, shape=(1, total), dim=1, size=n_fft, step=hop)
    start = n_fft // 2 if center else 0
    end = total - (n_fft // 2 if center else 0) if length is None else min(start + length, total)
    y, envelope = y[:, start:end], envelope[:, start:end]
    if envelope.array.size and float(np.abs(envelope.array).min()) < 1e-11:
        raise RuntimeError("istft: window overlap add min: the windows leave a place of the signal uncovered")
    y = y / envelope
    if length is not None and end - start < length:
        warnings.warn("The length of signal is shorter than the length parameter. Result is being padded with zeros in the tail. "
                      "Please check your center and hop_length settings", UserWarning, stacklevel=2)
        y = pad_constant(y, before=(0, 0), after=(0, length - (end - start)), value=0.0)
    return y if batched else y.squeeze(0)


def _checked(name: str, n_fft: int, hop_length: int | None, win_length: int | None,
             window: Tensor | None) -> tuple[int, int, Tensor | None]:
    n = whole_number(n_fft, name, "n_fft")
    hop = n // 4 if hop_length is None else whole_number(hop_length, name, "hop_length")
    length = n if win_length is None else whole_number(win_length, name, "win_length")
    if hop <= 0:
        raise RuntimeError(f"{name}: expected hop_length > 0, but got hop_length={hop}")
    if not 0 < length <= n:
        raise RuntimeError(f"{name}: expected 0 < win_length <= n_fft, but got win_length={length}")
    if window is not None and require_tensor(window, name, "window").array.shape != (length,):
        raise RuntimeError(f"{name}: expected a 1D window tensor of size equal to win_length={length}, but got window with size "
                           f"{list(window.array.shape)}")
    return hop, length, window


def _longer(signal: Tensor, by: int, mode: str) -> Tensor:
    """The signals (B, T) with so many numbers more at both ends."""
    if mode == "constant":
        return pad_constant(signal, before=(0, by), after=(0, by), value=0.0)
    kinds = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}
    if mode not in kinds:
        raise NotImplementedError(f"stft: unknown pad_mode {mode!r}; there are constant, {', '.join(kinds)}")
    if by >= signal.array.shape[1]:
        raise RuntimeError(f"stft: padding size should be less than the corresponding input dimension, but got {by} and a signal "
                           f"of {signal.array.shape[1]}")
    places = np.pad(np.arange(signal.array.shape[1]), by, mode=kinds[mode])    # type: ignore[call-overload]
    return pick(signal, index=places, axis=1)


def _centred(window: Tensor, length: int, n_fft: int) -> Tensor:
    """The window with zeros on both sides."""
    left = (n_fft - length) // 2
    return window if length == n_fft else pad_constant(window, before=(left,), after=(n_fft - length - left,), value=0.0)
