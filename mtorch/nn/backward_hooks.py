"""Running the hooks of a call.

Forward hooks are plain calls around forward.  The hooks on gradients need two places in the graph: the inputs pass
through one node on their way in and the outputs through another on their way out.  The gradients of all outputs arrive
together at the outer node, those of all inputs leave together from the inner one, and there the hooks see them.
"""
from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from ..autograd.mode import enable_grad, mode, no_grad
from ..autograd.tape import record, wrap
from ..autograd.views import link
from ..tensor import Tensor
from . import hooks
from .hooks import hooks_in
from .last_operation import show_last_operation


def call_with_hooks(module: Any, run: Callable[..., Any], args: tuple, kwargs: dict) -> Any:
    """run(*args, **kwargs), a module's forward, with the hooks on every module and those of this one."""
    called: set[int] = set()
    result = None
    try:
        args, kwargs = _before(module, args, kwargs)
        gradients = _GradientHooks(module)
        if gradients.wanted:
            args = gradients.around_inputs(args)
        result = run(*args, **kwargs)
        for number, hook, with_kwargs, _ in _forward_hooks(module):
            called.add(number)
            changed = hook(module, args, kwargs, result) if with_kwargs else hook(module, args, result)
            result = result if changed is None else changed
        if gradients.wanted:
            result = gradients.around_outputs(result)
        if module._is_full_backward_hook is False:
            show_last_operation(module, args, result)
        return result
    except Exception:
        for number, hook, with_kwargs, always in _forward_hooks(module):
            if always and number not in called:
                try:
                    changed = hook(module, args, kwargs, result) if with_kwargs else hook(module, args, result)
                    result = result if changed is None else changed
                except Exception as error:
                    warnings.warn("module forward hook with ``always_call=True`` raised an exception that was silenced "
                                  f"as another error was raised in forward: {error}", stacklevel=3)
        raise


def _before(module: Any, args: tuple, kwargs: dict) -> tuple[tuple, dict]:
    for hook in list(hooks.forward_pre_hooks.values()):
        args = _as_tuple(hook(module, args), args)
    for number, hook in list(hooks_in(module, "_forward_pre_hooks").items()):
        if number not in hooks_in(module, "_forward_pre_hooks_with_kwargs"):
            args = _as_tuple(hook(module, args), args)
            continue
        changed = hook(module, args, kwargs)
        if changed is not None:
            if not (isinstance(changed, tuple) and len(changed) == 2):
                raise RuntimeError(f"forward pre-hook must return None or a tuple of (new_args, new_kwargs), but got "
                                   f"{changed}.")
            args, kwargs = changed
    return args, kwargs


def _as_tuple(changed: Any, args: tuple) -> tuple:
    return args if changed is None else changed if isinstance(changed, tuple) else (changed,)


def _forward_hooks(module: Any) -> list[tuple[int, Callable, bool, bool]]:
    """(number, hook, takes kwargs, runs even after an error) of each."""
    of_all = [(n, hook, n in hooks.forward_hooks_with_kwargs, n in hooks.forward_hooks_always_called)
              for n, hook in hooks.forward_hooks.items()]
    with_kwargs = hooks_in(module, "_forward_hooks_with_kwargs")
    always = hooks_in(module, "_forward_hooks_always_called")
    own = [(n, hook, n in with_kwargs, n in always) for n, hook in hooks_in(module, "_forward_hooks").items()]
    return of_all + own


class _GradientHooks:
    """The full backward hooks of one call."""

    def __init__(self, module: Any) -> None:
        self.module = module
        self.pre_hooks = [*hooks.backward_pre_hooks.values(), *hooks_in(module, "_backward_pre_hooks").values()]
        own = hooks_in(module, "_backward_hooks").values() if module._is_full_backward_hook else ()
        self.hooks = [*hooks.backward_hooks.values(), *own]
        self.wanted = bool(self.pre_hooks or self.hooks)
        self.grad_outputs: tuple | None = None
        self.inputs = 0
        self.inputs_need_grad = False

    def around_inputs(self, args: tuple) -> tuple:
        self.inputs = len(args)
        args, self.inputs_need_grad = _through(args, self._leaving, zeros=True)
        return args

    def around_outputs(self, result: Any) -> Any:
        if not isinstance(result, (Tensor, tuple)):
            warnings.warn("For backward hooks to be called, module output should be a Tensor or a tuple of Tensors but "
                          f"received {type(result)}", stacklevel=4)
            return result
        if isinstance(result, Tensor):
            return _through((result,), self._arriving, zeros=False)[0][0]
        outputs = _through(result, self._arriving, zeros=False)[0]
        return type(result)(*outputs) if hasattr(result, "_fields") else outputs

    def _arriving(self, gradients: tuple) -> tuple:
        """The gradients of the outputs are there."""
        for hook in self.pre_hooks:
            changed = hook(self.module, gradients)
            if changed is not None:
                gradients = _checked(changed, gradients, "Backward pre hook returned an invalid number of grad_output")
        self.grad_outputs = gradients
        if not self.inputs_need_grad:
            if self.hooks:
                warnings.warn("Full backward hook is firing when gradients are computed with respect to module outputs "
                              "since no inputs require gradients. See "
                              "https://docs.pytorch.org/docs/main/generated/torch.nn.Module.html"
                              "#torch.nn.Module.register_full_backward_hook for more details.", stacklevel=2)
            for hook in self.hooks:
                changed = hook(self.module, (None,) * self.inputs, gradients)
                if changed is not None and any(g is not None for g in changed):
                    raise RuntimeError("Backward hook for Modules where no input requires gradient should always "
                                       "return None or None for all gradients.")
            self.grad_outputs = None
        return gradients

    def _leaving(self, gradients: tuple) -> tuple:
        """The gradients of the inputs are there."""
        if self.grad_outputs is None:
            return gradients
        for hook in self.hooks:
            changed = hook(self.module, gradients, self.grad_outputs)
            if changed is not None:
                gradients = _checked(changed, gradients, "Backward hook returned an invalid number of grad_input")
        self.grad_outputs = None
        return gradients


def _checked(changed: Any, gradients: tuple, complaint: str) -> tuple:
    changed = changed if isinstance(changed, tuple) else (changed,)
    for g in changed:
        if g is not None and not isinstance(g, Tensor):
            raise TypeError(f"a backward hook of a Module returns gradients, tensors or None, got {type(g).__name__}")
    if len(changed) != len(gradients):
        raise RuntimeError(f"{complaint}, got {len(changed)}, but expected {len(gradients)}")
    return changed


def _through(values: tuple, see: Callable[[tuple], tuple], zeros: bool) -> tuple[tuple, bool]:
    """The values, the Tensors among them by way of one node that shows `see` their gradients (None elsewhere).

    zeros: whether a Tensor that no gradient came to is shown zeros rather than None.
    The second result says whether there is such a node: whether any of them has a gradient.
    """
    places = [i for i, value in enumerate(values) if isinstance(value, Tensor)]
    tensors = [values[i] for i in places]
    if not (mode.recording and any(t.requires_grad for t in tensors)):
        return tuple(values), False
    shapes = [(t.array.shape, t.array.dtype) for t in tensors]
    needed, count = [t.requires_grad for t in tensors], len(values)        # the values themselves are not kept

    def on_tensors(*gradients: Any) -> tuple:
        shown: list[Any] = [None] * count
        for i, g, (shape, dtype) in zip(places, gradients, shapes):
            shown[i] = wrap(np.zeros(shape, dtype)) if g is None and zeros else g
        seen = see(tuple(shown))
        return tuple(seen[i] if need else None for i, need in zip(places, needed))

    def on_arrays(*gradients: Any) -> tuple:
        with no_grad():
            seen = on_tensors(*(None if g is None else wrap(np.asarray(g)) for g in gradients))
        return tuple(None if g is None else g.array.view() for g in seen)     # a hook may have kept g: leave it alone

    def on_recorded_tensors(*gradients: Any) -> tuple:
        with enable_grad():
            return on_tensors(*gradients)

    passed = record("BackwardHookFunctionBackward", tuple(t.array.view() for t in tensors), tensors, on_arrays,
                    on_recorded_tensors)
    result = list(values)
    for slot, (i, before, after) in enumerate(zip(places, tensors, passed)):
        if before.requires_grad:                         # the others have no gradient, and stay as they are
            link(after, before, after._node.node.op, {}, slot)     # writing into it in place is refused, as in torch
            result[i] = after
    return tuple(result), True
