"""The few names of PyTorch's compiled core that programs use: the error of linear algebra, the classes behind Tensor."""
from __future__ import annotations

import functools
import zipfile
from typing import Any

from .autograd.tape import TensorBase
from .device import device
from .dtypes import dtype, finfo, iinfo
from .functions.arguments import Size
from .functions.linalg.checks import LinAlgError as _LinAlgError
from .methods.conversion import positional_to
from .missing import no_attribute
from .nn import functional
from .random import Generator
from .strides import layout, memory_format
from .tensor import Tensor, _disabled_torch_function_impl

_TensorMeta = type(Tensor)

class PyTorchFileReader:
    """The records of a file of torch's: `data.pkl`, `data/0` and so on, as bytes.

    file: a path, or a file open for reading

    Raises: zipfile.BadZipFile for what is no zip file; RuntimeError for a record that there is not.

    >>> import io, mtorch
    >>> file = io.BytesIO()
    >>> mtorch.save(mtorch.ones(2), file)
    >>> reader = mtorch.PyTorchFileReader(file)
    >>> reader.has_record("data/0"), len(reader.get_record("data/0"))
    (True, 8)
    """

    def __init__(self, file: Any) -> None:
        self._zip = zipfile.ZipFile(file)
        self._files = {name.partition("/")[2]: name for name in self._zip.namelist()}

    def get_all_records(self) -> list[str]:
        """The names of the records."""
        return list(self._files)

    def has_record(self, name: str) -> bool:
        """Is there a record of this name?"""
        return name in self._files

    def get_record(self, name: str) -> bytes:
        """What a record holds."""
        if name not in self._files:
            raise RuntimeError(f"PytorchStreamReader failed locating file {name}: file not found")
        return self._zip.read(self._files[name])


class TensorType:
    """The type of tensors in compiled programs, which programs name in annotations; none is made."""


class DeviceObjType:
    """The type of devices there; none is made."""


class NoneType:
    """The type of None there; none is made."""


class Value:
    """A value in a compiled program; none is made."""


class Node:
    """An operation in one; none is made."""


class Graph:
    """The whole of one; none is made."""


def _get_tracing_state() -> None:
    """None: nothing is ever traced; libraries ask before they look at values."""


def _are_functorch_transforms_active() -> bool:
    """Is a function of torch.func's being computed, a gradient or a Jacobian?"""
    from .func.derivatives import _running
    return bool(_running.levels)


def _is_tracing() -> bool:
    """False: nothing is ever traced."""
    return False


def _parse_to(*args: Any, **kwargs: Any) -> tuple[Any, Any, bool, Any]:
    """What a Module's `to` was asked for: (device, dtype, non_blocking, memory format), None for what was not."""
    memory_format = kwargs.pop("memory_format", None)
    place, kind, non_blocking, _ = positional_to(args or (None,), **kwargs)
    if args and isinstance(args[0], Tensor):
        place = args[0].device
    return place if place is None else device(place), kind, non_blocking, memory_format


class _Nn:
    """torch._C._nn: functions of nn.functional, as graphs name them, and how Module.to reads its arguments."""

    _parse_to = staticmethod(_parse_to)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or not hasattr(functional, name):
            raise AttributeError(f"torch._C._nn has no {name}")
        return getattr(functional, name)


_nn = _Nn()


def _log_api_usage_once(event: str) -> None:
    """Nothing is told to anyone of what a program uses."""


__all__ = ["Generator", "TensorBase", "DeviceObjType", "PyTorchFileReader", "Size", "TensorType", "device", "dtype", "finfo",
           "iinfo", "layout", "memory_format", "_LinAlgError", "_TensorMeta", "_are_functorch_transforms_active",
           "_disabled_torch_function_impl", "_get_tracing_state", "_is_tracing"]


# What may be told to PyTorch's compiler of TorchScript, and what it does if it is not told; None where it does not say.
_TOLD: dict[str, Any] = {
    "_jit_set_profiling_executor": True, "_jit_set_profiling_mode": True, "_jit_set_bailout_depth": 12,
    "_jit_set_autocast_mode": True, "_jit_set_num_profiled_runs": 1,
    **dict.fromkeys(["_jit_override_can_fuse_on_cpu", "_jit_override_can_fuse_on_gpu",
                     "_jit_set_inline_everything_mode", "_jit_set_nvfuser_enabled", "_jit_set_te_must_use_llvm_cpu",
                     "_jit_set_texpr_fuser_enabled", "_set_graph_executor_optimize"])}


def _tell(name: str, value: Any) -> Any:
    """Remember a setting of the compiler, which nothing here goes by; what it was."""
    before = _TOLD[name]
    if before is not None:
        _TOLD[name] = value
    return before


def __getattr__(name: str) -> Any:
    if name in _TOLD:
        return functools.partial(_tell, name)
    if name in ("DisableTorchFunction", "DisableTorchFunctionSubclass"):
        from .torch_function import DisableTorchFunctionSubclass
        return DisableTorchFunctionSubclass
    raise no_attribute(__name__, name, globals())
