"""torch.backends: which libraries compute.  Here it is NumPy, with the BLAS it was built with."""
from __future__ import annotations

from . import cuda, cudnn, mha, mkl, mkldnn, mps, openmp

__all__ = ["cuda", "cudnn", "mha", "mkl", "mkldnn", "mps", "openmp"]
