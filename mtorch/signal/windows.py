"""The windows, under the names of torch.signal.windows."""
from ..functions.tapers import (bartlett, blackman, cosine, exponential, gaussian, general_cosine, general_hamming,
                                hamming, hann, kaiser, nuttall)

__all__ = ["bartlett", "blackman", "cosine", "exponential", "gaussian", "general_cosine", "general_hamming", "hamming",
           "hann", "kaiser", "nuttall"]
