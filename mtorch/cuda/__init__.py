"""torch.cuda on a machine without a GPU: it says that there is none, and what needs none is done or needless.

What does need a GPU raises AssertionError, as in the builds of PyTorch for the CPU.
"""
from __future__ import annotations

import sys
from typing import Any

from ..legacy import tensor_classes
from ..missing import no_attribute
from . import amp

_NONE = "mtorch computes on the CPU: Torch not compiled with CUDA enabled"


class OutOfMemoryError(RuntimeError):
    """What programs catch around work on a GPU; never raised here."""


class CudaError(RuntimeError):
    """An error of the GPU's driver; never raised here."""


def is_available() -> bool:
    """False: there is no GPU here.

    >>> import mtorch
    >>> mtorch.device("cuda" if mtorch.cuda.is_available() else "cpu")
    device(type='cpu')
    """
    return False


def _false(*args: Any, **kwargs: Any) -> bool:
    """False: there is no GPU here."""
    return False


def _zero(*args: Any, **kwargs: Any) -> int:
    """0: there is no GPU here."""
    return 0


def _nothing(*args: Any, **kwargs: Any) -> None:
    """Nothing to do: there is no GPU here."""


def _no_states(*args: Any, **kwargs: Any) -> list:
    """No states: there is no GPU here."""
    return []


is_initialized = is_bf16_supported = is_tf32_supported = is_current_stream_capturing = _false
device_count = memory_allocated = max_memory_allocated = memory_reserved = max_memory_reserved = _zero
memory_cached = max_memory_cached = _zero
manual_seed = manual_seed_all = seed = seed_all = empty_cache = set_rng_state_all = _nothing
reset_peak_memory_stats = reset_max_memory_allocated = _nothing
get_rng_state_all = get_arch_list = get_gencode_flags = _no_states

default_generators = ()
random = sys.modules[__name__]          # torch.cuda.random, where torch keeps manual_seed and its like


def _needs_gpu(name: str):
    def function(*args: Any, **kwargs: Any):
        raise AssertionError(f"torch.cuda.{name}: {_NONE}")
    function.__name__ = function.__qualname__ = name
    function.__doc__ = "Needs a GPU: an AssertionError."
    return function


_FUNCTIONS = ["current_blas_handle", "current_device", "current_stream", "default_stream", "get_device_capability",
              "get_device_name", "get_device_properties", "get_rng_state", "init", "initial_seed", "ipc_collect",
              "mem_get_info", "memory_stats", "memory_summary", "set_device", "set_rng_state", "set_stream", "stream",
              "synchronize", "utilization", "device", "graph"]
globals().update({name: _needs_gpu(name) for name in _FUNCTIONS})
# a program may name these classes in an annotation, or ask whether a thing is one
globals().update({name: type(name, (), {"__init__": _needs_gpu(name)}) for name in
                  ("Event", "Stream", "StreamContext", "ExternalStream", "CUDAGraph")})


def _tensor_class(name: str) -> type:
    class Kind(type):
        def __call__(cls, *args, **kwargs):
            raise TypeError(f"type torch.cuda.{name} not available. {_NONE}.")

        def __instancecheck__(cls, instance) -> bool:
            return False

    return Kind(name, (), {"__doc__": "No tensor is of this type: there is no GPU here.", "__module__": __name__})


globals().update({name: _tensor_class(name) for name in tensor_classes(object)})


def __getattr__(name: str):
    raise no_attribute(__name__, name, globals())
