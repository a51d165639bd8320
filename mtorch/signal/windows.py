"""The windows, under the names of torch.signal.windows."""
from __future__ import annotations

from typing import Any

from ..functions.tapers import (bartlett, blackman, cosine, exponential, gaussian, general_cosine, general_hamming,
                                hamming, hann, kaiser, nuttall)
from ..missing import no_attribute

__all__ = ["bartlett", "blackman", "cosine", "exponential", "gaussian", "general_cosine", "general_hamming", "hamming",
           "hann", "kaiser", "nuttall"]


def __getattr__(name: str) -> Any:
    """What is left out is said to be missing."""
    raise no_attribute(__name__, name, __all__)
