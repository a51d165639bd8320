"""`autograd.Function`: an operation whose forward and backward the user writes on Tensors."""
from __future__ import annotations

import functools
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from .mode import enable_grad, mode, no_grad
from .tape import TensorBase, history, record, wrap
from .views import mark_written

if TYPE_CHECKING:
    from ..tensor import Tensor

__all__ = ["Function", "FunctionCtx", "once_differentiable"]


class FunctionCtx:
    """What forward leaves for backward: the `ctx` of a Function.  Any attribute may be set on it too.

    >>> import mtorch
    >>> class Half(mtorch.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         ctx.by = 2
    ...         return x / ctx.by
    ...     @staticmethod
    ...     def backward(ctx, g):
    ...         return g / ctx.by
    >>> x = mtorch.tensor(3.0, requires_grad=True)
    >>> Half.apply(x).backward(); x.grad
    tensor(0.5000)
    """

    def __init__(self) -> None:
        self._saved: list = []
        self._dirty: tuple = ()
        self._constant: tuple = ()
        self._materialize = True
        self.needs_input_grad: tuple[bool, ...] = ()

    def save_for_backward(self, *tensors: Tensor | None) -> None:
        """Keep inputs or outputs for backward, which finds them in saved_tensors.

        Raises: TypeError for what is neither a Tensor nor None; RuntimeError, in backward, for one that was overwritten.
        """
        for t in tensors:
            if t is not None and not isinstance(t, TensorBase):
                raise TypeError("save_for_backward can only save variables, but argument is of type "
                                f"{type(t).__name__}")
        self._saved = list(tensors)

    save_for_forward = save_for_backward

    @property
    def saved_tensors(self) -> tuple[Any, ...]:
        """The tensors given to `save_for_backward`."""
        return tuple(x() if isinstance(x, _SavedOutput) else x for x in self._saved)

    def mark_dirty(self, *tensors: Tensor) -> None:
        """These inputs were written in place by forward, and are among its outputs."""
        self._dirty = tensors

    def mark_non_differentiable(self, *tensors: Tensor) -> None:
        """These outputs have no gradient."""
        self._constant = tensors

    def set_materialize_grads(self, value: bool) -> None:
        """Whether backward sees zeros (True, as at first) or None for outputs that no gradient came to."""
        self._materialize = value


class _SavedOutput:
    """An output kept for backward: its values and, weakly, its place in the graph (a strong one would be a cycle)."""

    def __init__(self, out: Tensor) -> None:
        self.array = out.array
        self.history = weakref.ref(out)

    def __call__(self):
        out = self.history()
        return wrap(self.array) if out is None else out


class Function:
    """An operation with a backward of its own.

    Subclass it with static methods `forward(ctx, *args)` (or `forward(*args)` and `setup_context(ctx, inputs, output)`)
    and `backward(ctx, *grad_outputs)`, which returns a gradient for each argument of forward; call it by `apply`.

    Raises: NotImplementedError from apply, or later from backward, where forward or backward is not defined; RuntimeError
        for a backward that returns another number of gradients than forward has arguments; TypeError for a gradient that
        is neither a Tensor nor None.
    Source: Paszke et al., "Automatic Differentiation in PyTorch", 2017.

    >>> import mtorch
    >>> class Cube(mtorch.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         ctx.save_for_backward(x)
    ...         return x ** 3
    ...     @staticmethod
    ...     def backward(ctx, g):
    ...         x, = ctx.saved_tensors
    ...         return g * 3 * x ** 2
    >>> x = mtorch.tensor(2.0, requires_grad=True)
    >>> Cube.apply(x).backward(); x.grad
    tensor(12.)
    """

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """The operation: of ctx and the arguments of apply, or of these alone if setup_context is defined."""
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        """The gradient for each argument of forward (None where there is none), of the gradient for each output."""
        raise NotImplementedError("You must implement either the backward or vjp method for your custom "
                                  "autograd.Function to use it with backward mode AD.")

    vjp = backward

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> Any:
        """What forward would leave in ctx, where forward itself has none."""
        raise NotImplementedError("setup_context is not implemented.")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("Legacy autograd function with non-static forward method is deprecated. "
                           "Please use new-style autograd function with static forward method and call it by apply().")

    @classmethod
    def apply(cls, *args: Any) -> Any:
        """Run forward on args, recorded as one node."""
        ctx = FunctionCtx()
        ctx.needs_input_grad = tuple(isinstance(a, TensorBase) and a._requires_grad for a in args)
        needs = mode.recording and any(ctx.needs_input_grad)
        handles = [wrap(a.array, history(a)) if need and a._node is not None else a
                   for a, need in zip(args, ctx.needs_input_grad)]     # where they stood before a dirty one is rewritten
        with no_grad():
            if cls.setup_context is Function.setup_context:
                result = cls.forward(ctx, *args)
            else:
                result = cls.forward(*args)
                cls.setup_context(ctx, args, result)
        if not needs:
            return result
        return _recorded(cls, ctx, args, handles, result)


def _recorded(cls, ctx, args, handles, result):
    single = not isinstance(result, tuple)
    outputs = (result,) if single else result
    places = [i for i, o in enumerate(outputs) if isinstance(o, TensorBase)]
    dirty = {id(t) for t in ctx._dirty}
    constant = {id(t) for t in ctx._constant}
    arrays = []
    for i in places:
        o = outputs[i]
        given = any(o is a for a in args)
        arrays.append(o.array.view() if given and id(o) not in dirty else o.array)
        if id(o) in dirty:
            # before the node is numbered: what it saves is already the new value
            mark_written(o.array)
    shapes = [(a.shape, a.dtype) for a in arrays]

    def tensors_pullback(*gs):
        full: list = [None] * len(outputs)
        for i, g, (shape, dtype) in zip(places, gs, shapes):
            full[i] = wrap(np.zeros(shape, dtype)) if g is None and ctx._materialize else g
        backward = cls.backward if cls.backward is not Function.backward else cls.vjp
        found = backward(ctx, *full)
        found = found if isinstance(found, tuple) else (found,)
        if len(found) < len(args) or any(f is not None for f in found[len(args):]):
            raise RuntimeError(f"function {cls.__name__}Backward returned an incorrect number of gradients "
                               f"(expected {len(args)}, got {len(found)})")
        for f in found:
            if f is not None and not isinstance(f, TensorBase):
                raise TypeError(f"{cls.__name__}.backward returned a {type(f).__name__} where a Tensor or None was "
                                "expected")
        return found[:len(args)]

    def pullback(*gs):
        with no_grad():
            found = tensors_pullback(*(g if g is None else wrap(np.asarray(g)) for g in gs))
        return tuple(None if f is None else _fitting(f.array, need, a) for f, need, a in
                     zip(found, ctx.needs_input_grad, args))

    def replay(*gs):
        with enable_grad():
            return tensors_pullback(*gs)

    args = [None if not isinstance(a, TensorBase) else _Kind(a) for a in args]
    made = record(cls.__name__ + "Backward", tuple(arrays), handles, pullback, replay)
    node = made[0]._node.node if made and made[0]._node is not None else None
    final = list(outputs)
    for i, t in zip(places, made):
        o = outputs[i]
        if id(o) in constant:
            continue
        if id(o) in dirty:
            o._node, o._requires_grad = t._node, True
            t = o
        final[i] = t
        for j, s in enumerate(ctx._saved):
            if s is o:
                ctx._saved[j] = _SavedOutput(t)
    if node is not None:
        node.op.ctx = ctx
    return final[0] if single else tuple(final)


class _Kind:
    """The shape and type of an input: all that its gradient is checked against."""

    def __init__(self, t: Tensor) -> None:
        self.shape, self.dtype = t.array.shape, t.array.dtype


def _fitting(g, need, kind):
    if not need:
        return None
    return g.astype(kind.dtype) if g.dtype != kind.dtype else g


def once_differentiable(backward: Callable[..., Any]) -> Callable[..., Any]:
    """A decorator for a `backward` that cannot be differentiated itself.

    backward: of ctx and gradients, run without being recorded

    Raises: RuntimeError, from the backward, where it is to be recorded (create_graph=True).

    >>> import mtorch
    >>> mtorch.autograd.function.once_differentiable(lambda ctx, g: g).__name__
    '<lambda>'
    """
    @functools.wraps(backward)
    def wrapper(ctx: Any, *gradients: Any) -> Any:
        if mode.recording and any(isinstance(g, TensorBase) and g._requires_grad for g in gradients):
            raise RuntimeError("trying to differentiate twice a function that was marked with @once_differentiable")
        with no_grad():
            return backward(ctx, *gradients)
    return wrapper
