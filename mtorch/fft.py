"""mtorch.fft: discrete Fourier transforms, under the names of torch.fft."""
from __future__ import annotations

from typing import Any

from .functions.fourier import (fft, fft2, fftfreq, fftn, fftshift, hfft, hfft2, hfftn, ifft, ifft2, ifftn, ifftshift, ihfft,
                                ihfft2, ihfftn, irfft, irfft2, irfftn, rfft, rfft2, rfftfreq, rfftn)
from .missing import no_attribute

__all__ = ["fft", "fft2", "fftfreq", "fftn", "fftshift", "hfft", "hfft2", "hfftn", "ifft", "ifft2", "ifftn", "ifftshift",
           "ihfft", "ihfft2", "ihfftn", "irfft", "irfft2", "irfftn", "rfft", "rfft2", "rfftfreq", "rfftn"]


def __getattr__(name: str) -> Any:
    """What is left out is said to be missing."""
    raise no_attribute(__name__, name, __all__)
