"""torch.backends.mkl: NumPy computes here, by itself and with the BLAS it was built with."""
from __future__ import annotations


def is_available() -> bool:
    """False: this library is not used.

    >>> import mtorch
    >>> mtorch.backends.mkl.is_available()
    False
    """
    return False
