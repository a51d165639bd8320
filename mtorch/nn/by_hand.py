"""A layer differentiated by hand: a Module that defines `backward(self, grad)` beside `forward(self, x)`.

    >>> import mtorch
    >>> class Scale(mtorch.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.weight = mtorch.Parameter(mtorch.tensor([3.0]))
    ...     def forward(self, x):                          # x is an array
    ...         self.x = x
    ...         return self.weight.array * x
    ...     def backward(self, grad):                      # grad is an array: dL/dy
    ...         self.weight.grad += (grad * self.x).sum(keepdims=True)
    ...         return self.weight.array * grad            # dL/dx
    >>> layer, x = Scale(), mtorch.tensor([1.0, 2.0], requires_grad=True)
    >>> layer(x).sum().backward()
    >>> layer.weight.grad, x.grad
    (tensor([3.]), tensor([3., 3.]))

It is taken as it is, but in a file that calls this package `torch`, where such a method is one like any other.  Called
on arrays it is just these two methods.  Called on Tensors it is one node of the graph, whose pullback calls `backward`.
To the layer, `self.weight.grad` is always there to be added to: zeros, if it was None.  In a sweep what the layer adds
is handed to the engine as that node's gradient for the parameter, so hooks, `autograd.grad` and accumulation are what
they are for any other node.

Such a layer keeps in its attributes what its backward needs, of one call.  One that is used twice in a net is shown, in
each pullback, its attributes as that call left them.
"""
from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FunctionType
from typing import Any

import numpy as np

from ..autograd.mode import mode, no_grad
from ..autograd.tape import TensorBase, record, wrap
from .nest import tensors_in, to_arrays, to_tensors
from .registry import KINDS


def call_by_hand(module: Any, *args: Any, **kwargs: Any) -> Any:
    """Call a layer that has a backward of its own; on Tensors the call is recorded as one node."""
    tensors = [x for x in args if isinstance(x, TensorBase)]
    name = type(module).__name__
    if any(x._requires_grad for x in tensors_in((kwargs, [x for x in args if not isinstance(x, TensorBase)]))):
        raise TypeError(f"{name}: {name}.backward gives gradients of positional arguments; pass every Tensor that "
                        "requires grad as one, on its own")
    output = to_arrays(module.forward(*to_arrays(args), **to_arrays(kwargs)))
    module.__dict__["_calls"] = call = module.__dict__.get("_calls", 0) + 1
    if not tensors:
        return output
    several = isinstance(output, (tuple, list))
    values = tuple(_apart_from(tensors, np.asarray(y)) for y in (output if several else (output,)))
    parameters = [p for p in module.parameters() if p.requires_grad]
    if not (mode.recording and (parameters or any(x._requires_grad for x in tensors))):
        return tuple(map(wrap, values)) if several else wrap(values[0])
    left = _attributes(module)
    is_tensor = [isinstance(x, TensorBase) for x in args]
    inputs = [(x.array.shape, x.array.dtype, x._requires_grad) for x in tensors]
    outputs = [(y.shape, y.dtype) for y in values]

    def pullback(*gradients: np.ndarray | None) -> tuple:
        filled = [np.zeros(*kind) if g is None else g for g, kind in zip(gradients, outputs)]
        with _as_left(module, left, call), _collecting(parameters) as collected:
            found = module.backward(*filled)
        found = _one_for_each(name, found, is_tensor)
        return (*(_checked(name, g, *kind) for g, kind in zip(found, inputs)), *collected)

    return record(name + "Backward", values if several else values[0], [*tensors, *parameters], pullback)


def _apart_from(tensors: list, output: np.ndarray) -> np.ndarray:
    """The output in memory of its own: a forward may well return its input."""
    return output.copy() if any(np.may_share_memory(output, x.array) for x in tensors) else output


def takes_gradient(backward: FunctionType) -> bool:
    """Is this the backward of a layer?  A method of that name with no further argument is just a method, and so is any
    in a program that means PyTorch: there it may be the way back of a flow, or take a loss.
    """
    code = backward.__code__
    return (code.co_argcount > 1 or bool(code.co_flags & inspect.CO_VARARGS)) and not means_torch(backward.__globals__)


def means_torch(names: dict) -> bool:
    """Does the file that these names are of call this package `torch`, and not by its own name?"""
    name = __name__.partition(".")[0]
    here = sys.modules[name]
    return name not in names and (names.get("torch") is here or sys.modules.get("torch") is here)


def with_gradients(backward: Callable) -> Callable:
    """A class's own `backward` as it is run: on arrays, unrecorded, with zeros in each `.grad` that was None."""

    @functools.wraps(backward)
    def run(self: Any, *gradients: Any) -> Any:
        own = [p for p in self._parameters.values() if p is not None]
        frozen = [(p, p.grad) for p in own if not p.requires_grad]
        for p in own:
            if p.grad is None:
                p.grad = wrap(np.zeros_like(p.array))
        try:
            with no_grad():
                found = to_arrays(backward(self, *to_arrays(gradients)))
        finally:
            for p, grad in frozen:
                p.grad = grad
        return to_tensors(found) if tensors_in(gradients) else found

    return run


@contextmanager
def _collecting(parameters: list) -> Iterator[list]:
    """Yield a list that, at the end, holds what was added to the `.grad` of each parameter, which is then as before."""
    before = [p.grad for p in parameters]
    collected: list = []
    for p in parameters:
        p.grad = None
    try:
        yield collected
        collected += [None if p.grad is None else p.grad.array for p in parameters]
    finally:
        for p, grad in zip(parameters, before):
            p.grad = grad


_NOT_STATE = {*KINDS, "_non_persistent_buffers_set", "_last", "_calls", "training"}


def _attributes(module: Any) -> list[tuple[Any, dict, Any]]:
    """Of each module in the tree: what forward may have left in it."""
    left = []
    for m in module.modules():
        values = m.__dict__
        not_state = _NOT_STATE.union(*(values[kind] for kind in KINDS))
        left.append((m, {name: values[name] for name in values.keys() - not_state}, values["_last"].call))
    return left


@contextmanager
def _as_left(module: Any, left: list, call: int) -> Iterator[None]:
    """The tree's attributes as that call left them, if there has been another since."""
    if module.__dict__["_calls"] == call:
        yield
        return
    now = _attributes(module)
    _put(left)
    try:
        yield
    finally:
        _put(now)


def _put(attributes: list) -> None:
    for m, values, last in attributes:
        m.__dict__.update(values)
        m.__dict__["_last"].call = last


def _one_for_each(name: str, found: Any, tensors: list[bool]) -> list:
    """What a backward returned, as one gradient for each Tensor among the arguments."""
    found = list(found) if isinstance(found, (tuple, list)) else [found]
    if len(found) == len(tensors):                       # one for each argument: leave out those that are no Tensors
        return [g for g, tensor in zip(found, tensors) if tensor]
    if len(found) != sum(tensors):
        raise ValueError(f"{name}.backward returned {len(found)} gradients, the call had {sum(tensors)} Tensors")
    return found


def _checked(name: str, gradient: Any, shape: tuple, dtype: np.dtype, needed: bool) -> np.ndarray | None:
    if not needed:
        return None
    if gradient is None:
        raise TypeError(f"{name}.backward returned None where the input needs a gradient: return dL/dx, "
                        "or zeros where nothing depends on x")
    gradient = np.asarray(gradient)
    if gradient.shape != shape:
        raise ValueError(f"{name}.backward returned a gradient of shape {gradient.shape} for an input of shape {shape}")
    return gradient if gradient.dtype == dtype else gradient.astype(dtype)
