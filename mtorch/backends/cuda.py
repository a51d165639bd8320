"""torch.backends.cuda: settings of products on a GPU, which may be set and change nothing."""
from __future__ import annotations

from types import SimpleNamespace
from typing import Any

matmul = SimpleNamespace(allow_tf32=False, allow_fp16_reduced_precision_reduction=True,
                         allow_bf16_reduced_precision_reduction=True)


def is_built() -> bool:
    """False: there is no CUDA here.

    >>> import mtorch
    >>> mtorch.backends.cuda.matmul.allow_tf32 = True
    >>> mtorch.backends.cuda.is_built()
    False
    """
    return False


def _not_enabled() -> bool:
    """False: there is no GPU here."""
    return False


flash_sdp_enabled = mem_efficient_sdp_enabled = cudnn_sdp_enabled = _not_enabled


def math_sdp_enabled() -> bool:
    """True: attention is computed by its formula."""
    return True


def _remembered(enabled: bool) -> None:
    """Nothing to do: the choice is between ways on a GPU."""


enable_flash_sdp = enable_mem_efficient_sdp = enable_cudnn_sdp = enable_math_sdp = _remembered


def preferred_linalg_library(backend: Any = None) -> None:
    """None: NumPy's LAPACK is the only one."""
