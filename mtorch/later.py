"""Parts of the package that few programs need, imported when they are first asked for: so start-up stays fast."""
from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

from .missing import no_attribute

_SETTINGS = [
    "are_deterministic_algorithms_enabled", "get_default_device", "get_deterministic_debug_mode",
    "get_float32_matmul_precision", "get_num_interop_threads", "get_num_threads",
    "is_deterministic_algorithms_warn_only_enabled", "is_warn_always_enabled", "set_default_device",
    "set_default_tensor_type", "set_deterministic_debug_mode", "set_float32_matmul_precision", "set_flush_denormal",
    "set_num_interop_threads", "set_num_threads", "set_warn_always", "use_deterministic_algorithms",
]

_ON_EACH = """
    abs acos add addcdiv addcmul asin atan ceil clamp_max clamp_min cos cosh div erf erfc exp expm1 floor frac lerp lgamma log
    log10 log1p log2 maximum minimum mul neg pow reciprocal round rsqrt sigmoid sign sin sinh sqrt sub tan tanh trunc
""".split()
FOREACH = [f"_foreach_{name}{end}" for name in _ON_EACH for end in ("", "_")]
FOREACH += [f"_foreach_{name}" for name in ("clone", "copy_", "max", "mm", "norm", "powsum", "zero_")]

# The module below a package that has a name; where the module itself is meant, both are the same.
LATER: dict[str, dict[str, str]] = {
    "mtorch": {
        **{name: name for name in ("_C", "__config__", "_dynamo", "_inductor", "_subclasses", "_tensor_str", "_utils",
                                   "accelerator", "amp", "backends", "compiler", "cpu", "cuda", "distributed", "distributions",
                                   "fft", "func", "functional", "futures", "fx", "hub", "jit", "library", "mps",
                                   "multiprocessing", "onnx",
                                   "overrides", "profiler", "quasirandom", "serialization", "storage", "testing", "types",
                                   "version", "vision", "xpu")},
        **dict.fromkeys(["save", "load"], "serialization"),
        **dict.fromkeys(_SETTINGS, "settings"),
        **dict.fromkeys(FOREACH, "foreach"),
        "TypedStorage": "storage", "UntypedStorage": "storage",
        **dict.fromkeys(["is_complex", "is_floating_point", "is_storage", "is_tensor", "typename", "_assert", "_assert_async",
                         "_check", "_check_index", "_check_not_implemented", "_check_tensor_all", "_check_tensor_all_with",
                         "_check_type", "_check_value", "_check_with"], "questions"),
        **dict.fromkeys(["SymBool", "SymFloat", "SymInt", "sym_float", "sym_int", "sym_ite", "sym_max", "sym_min", "sym_not",
                         "sym_sum"], "symbolic"),
        "compile": "jit", "ScriptModule": "jit", "autocast": "amp", "GradScaler": "amp", "__version__": "version",
        **dict.fromkeys(["_sample_dirichlet", "_standard_gamma"], "functions.gamma_draws"),
        **dict.fromkeys(["Event", "OutOfMemoryError", "Stream"], "cuda"),
        "vmap": "func", "Future": "futures", "PyTorchFileReader": "_C", "TensorType": "_C", "DeviceObjType": "_C",
        **dict.fromkeys(["get_autocast_cpu_dtype", "get_autocast_dtype", "get_autocast_gpu_dtype", "is_autocast_available",
                         "is_autocast_cache_enabled", "is_autocast_cpu_enabled", "is_autocast_enabled"], "amp"),
    },
    "mtorch.nn": {"modules": "modules", "parallel": "parallel", "DataParallel": "parallel",
                  "_reduction": "_reduction", "common_types": "common_types", "grad": "grad",
                  "AdaptiveLogSoftmaxWithLoss": "adaptive_softmax",
                  "LinearCrossEntropyOptions": "functional.cross_entropy_options"},
    "mtorch.nn.utils": {
        **dict.fromkeys(["fuse_conv_bn_eval", "fuse_conv_bn_weights", "fuse_linear_bn_eval", "fuse_linear_bn_weights"], "fusion"),
        **dict.fromkeys(["convert_conv2d_weight_memory_format", "convert_conv3d_weight_memory_format"], "memory_format"),
        "fusion": "fusion", "init": "init", "skip_init": "init"},
    "mtorch.utils": {"_pytree": "_pytree", "benchmark": "benchmark", "checkpoint": "checkpoint",
                     "deterministic": "deterministic", "dlpack": "dlpack", "graph": "graph", "hooks": "hooks",
                     "model_zoo": "model_zoo", "tensorboard": "tensorboard"},
    "mtorch.utils.data": {"_utils": "_utils"},
    "mtorch.autograd": {"forward_ad": "forward_ad", "functional": "functional", "graph": "graph", "profiler": "mtorch.profiler",
                        "set_multithreading_enabled": "graph", "Variable": "variable",
                        "variable": "variable"},
    "mtorch.ops": {"aten": "mtorch.aten"},
    "mtorch.distributed": {name: name for name in ("device_mesh", "nn", "optim", "rpc", "tensor")},
    "mtorch.vision": {name: name for name in ("io", "models", "ops")},
    "mtorch.optim": {},
    "mtorch.optim.optimizer": dict.fromkeys(["_default_to_fused_or_foreach", "_get_value", "_stack_if_compiling", "_to_scalar",
                                             "_use_grad_for_differentiable", "_view_as_real"], "mtorch.optim.copies"),
    "mtorch.nn.functional": dict.fromkeys(["_canonical_mask", "_in_projection", "_in_projection_packed", "_mha_shape_check",
                                           "_none_or_dtype", "_Reduction", "_verify_batch_size"], "mtorch.nn.copies"),
}


def find(package: str, name: str) -> Any:
    """What a package's `__getattr__` is asked for: a name of LATER, or the error that says it is missing."""
    module = LATER[package].get(name)
    names = vars(sys.modules[package])
    if module is None:
        raise no_attribute(package, name, [*names, *LATER[package]])
    found = import_module(module if module.startswith("mtorch.") else f"{package}.{module}")
    names[name] = found if name == module.rpartition(".")[2] else getattr(found, name)
    return names[name]


def listed(package: str) -> list[str]:
    """What `dir()` of a package shows: what is there, and what is there when asked for."""
    return sorted({*vars(sys.modules[package]), *LATER[package]})
