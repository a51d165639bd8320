"""Hooks: functions of the user's that run when a module is called, differentiated, saved or loaded.

A module has no table of hooks until somebody asks for one.  Asking for a table of hooks that run in calls is also what
takes the module off its fast path (`_plain`), so a module without hooks pays one look at one attribute.
"""
from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from ..autograd.handle import RemovableHandle, add_hook


class HookTable:
    """A table of hooks (id -> function) that comes into being, in the instance, when it is first asked for."""

    def __init__(self, in_calls: bool) -> None:
        self.in_calls = in_calls

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, module: Any, owner: type | None = None) -> Any:
        if module is None:
            return self
        if self.in_calls:
            module.__dict__["_plain"] = False
        return module.__dict__.setdefault(self.name, OrderedDict())


_NO_HOOKS: OrderedDict = OrderedDict()


def hooks_in(module: Any, table: str) -> OrderedDict:
    """A module's table of hooks, to be read: none is made where there is none."""
    return module.__dict__.get(table, _NO_HOOKS)


class Hooked:
    """The hooks of one module that run when it is called or differentiated."""

    _forward_pre_hooks = HookTable(in_calls=True)
    _forward_pre_hooks_with_kwargs = HookTable(in_calls=True)
    _forward_hooks = HookTable(in_calls=True)
    _forward_hooks_with_kwargs = HookTable(in_calls=True)
    _forward_hooks_always_called = HookTable(in_calls=True)
    _backward_pre_hooks = HookTable(in_calls=True)
    _backward_hooks = HookTable(in_calls=True)
    _is_full_backward_hook: bool | None = None

    def register_forward_pre_hook(self, hook: Callable, *, prepend: bool = False,
                                  with_kwargs: bool = False) -> RemovableHandle:
        """Run `hook(module, args)` before each call; what it returns, if not None, takes the place of the arguments.

        prepend      run it before the hooks that are there already
        with_kwargs  the hook is `hook(module, args, kwargs)` and returns None or both

        >>> import mtorch
        >>> net = mtorch.nn.Sequential()
        >>> _ = net.register_forward_pre_hook(lambda module, args: args[0] * 2)
        >>> net(mtorch.ones(1))
        tensor([2.])
        """
        return add_hook(self._forward_pre_hooks, hook, prepend=prepend,
                        flags=((self._forward_pre_hooks_with_kwargs, with_kwargs),))

    def register_forward_hook(self, hook: Callable, *, prepend: bool = False, with_kwargs: bool = False,
                              always_call: bool = False) -> RemovableHandle:
        """Run `hook(module, args, output)` after each call; what it returns, if not None, replaces the output.

        prepend      run it before the hooks that are there already
        with_kwargs  the hook is `hook(module, args, kwargs, output)`
        always_call  run it also when forward raises (output is then None)

        >>> import mtorch
        >>> net = mtorch.nn.Sequential()
        >>> _ = net.register_forward_hook(lambda module, args, output: output + 1)
        >>> net(mtorch.ones(1))
        tensor([2.])
        """
        return add_hook(self._forward_hooks, hook, prepend=prepend,
                        flags=((self._forward_hooks_with_kwargs, with_kwargs),
                               (self._forward_hooks_always_called, always_call)))

    def register_full_backward_pre_hook(self, hook: Callable, prepend: bool = False) -> RemovableHandle:
        """Run `hook(module, grad_output)` when the gradient of the output has come; a tuple it returns takes its place.

        >>> import mtorch
        >>> net = mtorch.nn.Sequential()
        >>> _ = net.register_full_backward_pre_hook(lambda module, grad_output: (grad_output[0] * 3,))
        >>> x = mtorch.ones(1, requires_grad=True)
        >>> net(x).backward()
        >>> x.grad
        tensor([3.])
        """
        return add_hook(self._backward_pre_hooks, hook, prepend=prepend)

    def register_full_backward_hook(self, hook: Callable, prepend: bool = False) -> RemovableHandle:
        """Run `hook(module, grad_input, grad_output)` when the gradients of the inputs are there.

        Both are tuples with None for what is no Tensor; a tuple the hook returns takes the place of grad_input.

        >>> import mtorch
        >>> net = mtorch.nn.Sequential()
        >>> _ = net.register_full_backward_hook(lambda module, grad_input, grad_output: print(grad_input))
        >>> net(mtorch.ones(1, requires_grad=True)).backward()
        (tensor([1.]),)
        """
        if self._is_full_backward_hook is False:
            raise RuntimeError("Cannot use both regular backward hooks and full backward hooks on a single Module. "
                               "Please use only one of them.")
        self._is_full_backward_hook = True
        return add_hook(self._backward_hooks, hook, prepend=prepend)

    def register_backward_hook(self, hook: Callable) -> RemovableHandle:
        """Run `hook(module, grad_input, grad_output)` on the gradients of the module's last operation; deprecated.

        grad_input holds the gradients of all that the operation takes, in PyTorch's order: of a convolution the input, the
        weight and the bias, of a linear layer on a matrix the bias, the input and the transposed weight.  A tuple the hook
        returns takes its place.  Where the last operation is not one of PyTorch's, the call is a NotImplementedError.

        >>> import mtorch
        >>> net = mtorch.nn.ReLU()
        >>> _ = net.register_backward_hook(lambda module, grad_input, grad_output: print(grad_input))
        >>> net(mtorch.ones(1, requires_grad=True) * 2).backward()
        (tensor([1.]),)
        """
        if self._is_full_backward_hook is True:
            raise RuntimeError("Cannot use both regular backward hooks and full backward hooks on a single Module. "
                               "Please use only one of them.")
        self._is_full_backward_hook = False
        return add_hook(self._backward_hooks, hook)


# ---- hooks on every module ---------------------------------------------------------------------

forward_pre_hooks: OrderedDict = OrderedDict()
forward_hooks: OrderedDict = OrderedDict()
forward_hooks_with_kwargs: OrderedDict = OrderedDict()
forward_hooks_always_called: OrderedDict = OrderedDict()
backward_pre_hooks: OrderedDict = OrderedDict()
backward_hooks: OrderedDict = OrderedDict()
hooks_on_every_module: OrderedDict = OrderedDict()        # the ids of all of the above: calls look here only

parameter_registration_hooks: OrderedDict = OrderedDict()
buffer_registration_hooks: OrderedDict = OrderedDict()
module_registration_hooks: OrderedDict = OrderedDict()


def register_module_forward_pre_hook(hook: Callable) -> RemovableHandle:
    """`Module.register_forward_pre_hook` on every module there is; such hooks run before a module's own."""
    return add_hook(forward_pre_hooks, hook, flags=((hooks_on_every_module, True),))


def register_module_forward_hook(hook: Callable, *, with_kwargs: bool = False,
                                 always_call: bool = False) -> RemovableHandle:
    """`Module.register_forward_hook` on every module there is; such hooks run before a module's own."""
    return add_hook(forward_hooks, hook, flags=((hooks_on_every_module, True), (forward_hooks_with_kwargs, with_kwargs),
                                                (forward_hooks_always_called, always_call)))


def register_module_full_backward_pre_hook(hook: Callable) -> RemovableHandle:
    """`Module.register_full_backward_pre_hook` on every module there is."""
    return add_hook(backward_pre_hooks, hook, flags=((hooks_on_every_module, True),))


def register_module_full_backward_hook(hook: Callable) -> RemovableHandle:
    """`Module.register_full_backward_hook` on every module there is."""
    return add_hook(backward_hooks, hook, flags=((hooks_on_every_module, True),))


def register_module_parameter_registration_hook(hook: Callable) -> RemovableHandle:
    """Run `hook(module, name, parameter)` at each registration; what it returns, if not None, is registered instead."""
    return add_hook(parameter_registration_hooks, hook)


def register_module_buffer_registration_hook(hook: Callable) -> RemovableHandle:
    """Run `hook(module, name, buffer)` at each registration; what it returns, if not None, is registered instead."""
    return add_hook(buffer_registration_hooks, hook)


def register_module_module_registration_hook(hook: Callable) -> RemovableHandle:
    """Run `hook(module, name, child)` at each registration; what it returns, if not None, is registered instead."""
    return add_hook(module_registration_hooks, hook)
