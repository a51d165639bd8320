"""What the numbers are computed with: `torch.__config__`."""
from __future__ import annotations

from .settings import get_num_interop_threads, get_num_threads
from .version import __version__


def show() -> str:
    """A text that names NumPy and its linear algebra library.

    >>> import mtorch
    >>> mtorch.__config__.show().splitlines()[0]
    'mtorch built with:'
    """
    import numpy as np
    config = np.show_config(mode="dicts")
    blas = config["Build Dependencies"]["blas"]
    return (f"mtorch built with:\n  - NumPy {np.__version__}\n  - BLAS: {blas['name']} {blas['version']}\n"
            f"  - Build settings: TORCH_VERSION={__version__}, USE_CUDA=OFF, USE_MKL=OFF, USE_MKLDNN=OFF, USE_OPENMP=OFF\n")


def parallel_info() -> str:
    """A text that says how many threads NumPy's products take."""
    return f"get_num_threads() : {get_num_threads()}\nget_num_interop_threads() : {get_num_interop_threads()}\n"
