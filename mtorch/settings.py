"""Settings of PyTorch that change nothing here: they are checked, remembered, and given back when asked for.

The number of threads is NumPy's business: OPENBLAS_NUM_THREADS and OMP_NUM_THREADS, set before Python starts, limit it.
There is one device, results are always deterministic, and float32 products are always computed in float32.
"""
from __future__ import annotations

import os
from typing import Any

from . import dtypes
from .device import device as Device, places
from .legacy import dtype_of_name

_remembered: dict[str, Any] = {"threads": 0, "interop threads": 0, "matmul precision": "highest",
                               "deterministic": False, "warn only": False, "warn always": False}
_PRECISIONS = ("highest", "high", "medium")
_DEBUG_MODES = ("default", "warn", "error")


def _cores() -> int:
    """The cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _count(function: str, number) -> int:
    if not isinstance(number, int) or isinstance(number, bool):
        raise TypeError(f"{function} expects an int, but got {type(number).__name__}")
    if number < 1:
        raise RuntimeError(f"{function} expects a positive integer, but got {number}")
    return number


def set_num_threads(number: int, /) -> None:
    """Remember a number for `get_num_threads`; NumPy's own is set before Python starts (see above)."""
    _remembered["threads"] = _count("set_num_threads", number)


def get_num_threads() -> int:
    """The number last given to `set_num_threads`, else OMP_NUM_THREADS, else the number of cores."""
    environment = os.environ.get("OMP_NUM_THREADS", "")
    return _remembered["threads"] or (int(environment) if environment.isdigit() and int(environment) else _cores())


def set_num_interop_threads(number: int, /) -> None:
    """Remember a number for `get_num_interop_threads`."""
    _remembered["interop threads"] = _count("set_num_interop_threads", number)


def get_num_interop_threads() -> int:
    """The number last given to `set_num_interop_threads`, else the number of cores."""
    return _remembered["interop threads"] or _cores()


def set_default_device(device) -> None:
    """Say where new tensors are to be: the CPU is the only place.

    Raises: RuntimeError for any other device.

    >>> import mtorch
    >>> mtorch.set_default_device("cpu")
    >>> mtorch.get_default_device()
    device(type='cpu')
    """
    if device is not None and Device(device).type != "cpu":
        raise RuntimeError(f"set_default_device: mtorch computes on the CPU, there is no device '{Device(device)}'")


def get_default_device() -> Device:
    """Where new tensors are: the CPU, but in a block of the meta device."""
    return places[-1]


def set_default_tensor_type(type, /) -> None:
    """Choose the default dtype by the old name of a type: `torch.DoubleTensor`, "torch.FloatTensor"."""
    dtypes.set_default_dtype(dtype_of_name(type))


def set_float32_matmul_precision(precision: str) -> None:
    """Remember "highest", "high" or "medium"; products of float32 are computed in float32 in any case."""
    if precision not in _PRECISIONS:
        raise ValueError(f"set_float32_matmul_precision: precision is {precision!r}, expected one of {_PRECISIONS}")
    _remembered["matmul precision"] = precision


def get_float32_matmul_precision() -> str:
    """What `set_float32_matmul_precision` was told; "highest" at first."""
    return str(_remembered["matmul precision"])


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Remember the wish; everything here is deterministic anyway."""
    _remembered["deterministic"], _remembered["warn only"] = bool(mode), bool(warn_only)


def are_deterministic_algorithms_enabled() -> bool:
    """What `use_deterministic_algorithms` was told."""
    return bool(_remembered["deterministic"])


def is_deterministic_algorithms_warn_only_enabled() -> bool:
    """What `use_deterministic_algorithms` was told of warn_only."""
    return bool(_remembered["warn only"])


def set_deterministic_debug_mode(debug_mode: int | str) -> None:
    """`use_deterministic_algorithms` by "default", "warn" or "error", or 0, 1, 2."""
    names: tuple = (*_DEBUG_MODES, 0, 1, 2)
    if debug_mode not in names:
        raise RuntimeError(f"set_deterministic_debug_mode: {debug_mode!r} came, expected one of {_DEBUG_MODES}")
    level = _DEBUG_MODES.index(debug_mode) if isinstance(debug_mode, str) else debug_mode
    use_deterministic_algorithms(level > 0, warn_only=level == 1)


def get_deterministic_debug_mode() -> int:
    """0 for not asked for, 1 for warnings, 2 for errors."""
    return 0 if not _remembered["deterministic"] else 1 if _remembered["warn only"] else 2


def set_warn_always(b: bool, /) -> None:
    """Remember whether torch's once-only warnings are wanted always; Python's own filters decide here."""
    _remembered["warn always"] = bool(b)


def is_warn_always_enabled() -> bool:
    """What `set_warn_always` was told."""
    return bool(_remembered["warn always"])


def set_flush_denormal(mode: bool, /) -> bool:
    """False, which says that it is not supported: NumPy cannot switch the processor's treatment of denormal numbers."""
    return False
