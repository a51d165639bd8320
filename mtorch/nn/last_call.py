"""What a module remembers of its last call, so that `Module.backward(grad_output)` can go back through it.

A call on Tensors leaves weak references only: remembering keeps no memory alive.  A call on arrays, the way of the
layer-by-layer frameworks, has no graph that the caller could hold, so there the module holds it until backward.
"""
from __future__ import annotations

from typing import Any
from weakref import ref

import numpy as np

from ..autograd.engine import backward_through
from ..autograd.mode import mode
from ..autograd.tape import TensorBase, wrap
from .nest import leaves, mapped, to_arrays


class LastCall:
    """The last recorded call of a module: (outputs, inputs, whether it was on arrays), or None."""

    __slots__ = ("call",)

    def __init__(self) -> None:
        self.call: tuple | None = None

    def __reduce__(self) -> tuple:
        return LastCall, ()                              # neither a copy nor a saved module remembers calls

    def remember(self, args: tuple, kwargs: dict, outputs: Any) -> None:
        """Remember a call on Tensors."""
        inputs = args if not kwargs else (*args, *kwargs.values())
        self.call = weakly(outputs), tuple([weakly(x) for x in inputs]), False


CONSTANT = "a Tensor that needs no gradient"


def weakly(value: Any) -> Any:
    """A weak reference for each Tensor that has a gradient, CONSTANT for another, None for anything else."""
    if isinstance(value, TensorBase):
        return ref(value) if value._requires_grad else CONSTANT
    if isinstance(value, (tuple, list)):                 # plain tuples: a named one may not take references
        return tuple([weakly(item) for item in value])
    return {key: weakly(item) for key, item in value.items()} if isinstance(value, dict) else None


def _alive(reference: Any, what: str) -> Any:
    if reference is None or reference is CONSTANT:
        return reference
    tensor = reference()
    if tensor is None:
        raise RuntimeError(f"{what} is gone; keep it until backward, as y in `y = module(x)` (or call the module on "
                           "arrays: then it remembers the call by itself)")
    return tensor


def on_arrays(args: tuple, kwargs: dict) -> bool:
    """Is this a call in the layer-by-layer way: numbers in plain arrays, and no Tensor?"""
    arrays = False
    for leaf in leaves((args, kwargs)):
        if isinstance(leaf, TensorBase):
            return False
        if isinstance(leaf, np.ndarray):
            if leaf.dtype.kind not in "fciub":           # strings, objects: not for us
                return False
            arrays = True
    return arrays


def call_on_arrays(module: Any, run: Any, args: tuple, kwargs: dict) -> Any:
    """Run a module that computes on Tensors on arrays: arrays come out, and backward can follow."""
    recording = mode.recording

    def leaf(x: Any) -> Any:
        if not isinstance(x, np.ndarray):
            return x
        t = wrap(x)
        return t.requires_grad_() if recording and x.dtype.kind in "fc" else t

    args, kwargs = mapped(leaf, args), mapped(leaf, kwargs)
    outputs = run(*args, **kwargs)
    if recording:
        module.__dict__["_last"].call = outputs, (args, kwargs), True
    return to_arrays(outputs)


def backward(module: Any, grad_output: Any = None) -> Any:
    """Go back through the module's last call: add to the parameters' gradients, return the gradient of the input.

    grad_output is the gradient of the output, built as the output is: a Tensor or array, or a tuple of them with
    None where there is no gradient.  For an output of one number it may be left out: it is 1.  What comes back is
    the gradient of the input, a tuple of them where the call had several Tensors, None for one that needs none.
    The history of the input itself is left alone.

    After a call on Tensors the output must still be alive.  After a call on plain arrays, which gives arrays,
    backward gives arrays too: layer by layer, without a graph in sight.

    A subclass that defines `backward(self, grad)` is a layer differentiated by hand: see `by_hand.py`.

    Raises: RuntimeError when there was no call, or its output is gone; ValueError for another shape than the
    output's.

    >>> import mtorch
    >>> import numpy as np
    >>> class Double(mtorch.nn.Module):
    ...     def forward(self, x):
    ...         return 2 * x
    >>> net = Double()
    >>> net(np.array([1.0, 2.0]))
    array([2., 4.])
    >>> net.backward(np.array([1.0, 10.0]))
    array([ 2., 20.])
    """
    name = type(module).__name__
    last = module.__dict__["_last"]
    if last.call is None:
        raise RuntimeError(f"{name}.backward: there is no call to go back through: call the module first, with "
                           "recording on, and call backward once for each call")
    outputs, inputs, arrays = last.call
    if not arrays:
        outputs = mapped(lambda y: _alive(y, f"{name}.backward: the output of the last call"), outputs)
        inputs = mapped(lambda x: _alive(x, f"{name}.backward: an input of the last call"), inputs)
    inputs = [x for x in leaves(inputs) if isinstance(x, TensorBase) or x is CONSTANT]
    if grad_output is None and isinstance(outputs, TensorBase) and outputs.array.size == 1:
        grad_output = np.ones_like(outputs.array)
    pairs = [(y, g) for y, g in _paired(name, outputs, grad_output) if y.requires_grad]
    if not pairs:
        raise RuntimeError(f"{name}.backward: the output of the last call does not depend on anything that requires "
                           "grad, or no gradient was given for it")
    last.call = None
    needed = [x for x in inputs if x is not CONSTANT and x.requires_grad]
    found = dict(zip(map(id, needed), backward_through([y for y, _ in pairs], [g for _, g in pairs], needed)))
    gradients = tuple(_given(found.get(id(x)), x, arrays) for x in inputs)
    return gradients[0] if len(gradients) == 1 else gradients


def _given(gradient: Any, x: Any, arrays: bool) -> Any:
    """The gradient of one input as the caller gets it; zeros where x needs one and the output does not depend on it."""
    if x is CONSTANT or not x.requires_grad:
        return None
    if gradient is None:
        gradient = wrap(np.zeros_like(x.array))
    return gradient.array if arrays else gradient


def _paired(name: str, outputs: Any, gradients: Any) -> list[tuple[Any, np.ndarray]]:
    """Each output Tensor with its gradient as an array; None stands for no gradient, of one output or of several."""
    if gradients is None or not isinstance(outputs, (TensorBase, tuple, list, dict)):
        return []
    if isinstance(outputs, TensorBase):
        if isinstance(gradients, (tuple, list, dict)):
            raise ValueError(_unlike(name, outputs, gradients))
        g = np.asarray(gradients.array if isinstance(gradients, TensorBase) else gradients)
        if g.shape != outputs.array.shape:
            raise ValueError(f"{name}.backward: grad_output has shape {g.shape}, the output of the last call has "
                             f"{outputs.array.shape}")
        return [(outputs, g)]
    if isinstance(outputs, dict) and isinstance(gradients, dict) and set(gradients) <= set(outputs):
        return [pair for key, g in gradients.items() for pair in _paired(name, outputs[key], g)]
    if isinstance(outputs, (tuple, list)) and isinstance(gradients, (tuple, list)) and len(gradients) == len(outputs):
        return [pair for y, g in zip(outputs, gradients) for pair in _paired(name, y, g)]
    raise ValueError(_unlike(name, outputs, gradients))


def _unlike(name: str, outputs: Any, gradients: Any) -> str:
    return (f"{name}.backward: grad_output must be built like the output of the last call, with None where there is no "
            f"gradient; the output is a {type(outputs).__name__} and grad_output a {type(gradients).__name__}")
