"""`Module.register_backward_hook`: hooks that see the gradients of a module's last operation, as PyTorch had them first.

What they see is what the node of the operation takes and gives in PyTorch, so the node here must be of the same operation:
a pooling that is made of three steps here shows others, and is refused.
"""
from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any

from ..autograd.tape import grad_name_of
from ..tensor import Tensor
from .hooks import hooks_in

# Rules that are PyTorch's operation under another name.
_PYTORCHS = {"batch_norm": "NativeBatchNormBackward0", "convolution_transpose": "ConvolutionBackward0",
             "fixed_norm": "NativeBatchNormBackward0", "layer_norm": "NativeLayerNormBackward0",
             "max_pool": "MaxPool2DWithIndicesBackward0", "reshape": "ViewBackward0", "unsafe_view": "UnsafeViewBackward0"}
_LINEAR = {"AddmmBackward0", "MmBackward0"}


def show_last_operation(module: Any, args: tuple, result: Any) -> None:
    """Have the module's hooks see the gradients of the node that made its (first) result."""
    while not isinstance(result, Tensor):
        result = next(v for v in result.values() if isinstance(v, Tensor)) if isinstance(result, dict) else result[0]
    node = result.grad_fn
    if node is None:
        return
    rule, name = getattr(getattr(node, "op", None), "__name__", ""), node.name()
    if name not in _LINEAR and name not in (grad_name_of(rule), _PYTORCHS.get(rule)):
        raise NotImplementedError(f"register_backward_hook: the last operation of {type(module).__name__} is not one of "
                                  "PyTorch's here, and has other gradients; use register_full_backward_hook")
    if {x.grad_fn for x in args if isinstance(x, Tensor) and x.grad_fn is not None} != {at for at, _ in node.next_functions}:
        warnings.warn("Using a non-full backward hook when the forward contains multiple autograd Nodes is deprecated and will "
                      "be removed in future versions. This hook will be missing some grad_input. Please use "
                      "register_full_backward_hook to get the documented behavior.", FutureWarning, stacklevel=5)
    for hook in list(hooks_in(module, "_backward_hooks").values()):
        node.register_hook(functools.partial(_of_linear, hook, module) if name in _LINEAR else functools.partial(hook, module))


def _of_linear(hook: Callable, module: Any, grad_inputs: tuple, grad_outputs: tuple) -> Any:
    """PyTorch computes b + x w^T: the gradients of b, x and w^T, in this order; here it is those of x, w and b."""
    x, w, *b = grad_inputs
    changed = hook(module, (*b, x, None if w is None else w.t()), grad_outputs)
    if changed is None:
        return None
    *b, x, w = changed if isinstance(changed, tuple) else (changed,)
    return (x, None if w is None else w.t(), *b)
