"""`autograd.Function`: an operation whose forward and backward the user writes on Tensors."""
from __future__ import annotations

import functools
import inspect
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from . import stamps, tape, views
from .mode import mode, no_grad
from .replay import FREED
from .tape import Output, TensorBase, history, record, wrap

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
        self._node: Callable[[], Any] = _no_node        # a weak reference to the node, once there is one
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
        """The tensors given to `save_for_backward`.

        Raises: RuntimeError for one that was written in place after forward, and for a graph that was let go.
        """
        node = self._node()
        if node is None:
            return tuple(wrap(x.array) if isinstance(x, _SavedOutput) else x for x in self._saved)
        if node.pullback is None:
            raise RuntimeError(FREED)
        if stamps.last_write > node.order:
            stamps.check_intact(node, [x.array for x in self._saved if x is not None])
        return tuple(wrap(x.array, Output(node, x.slot)) if isinstance(x, _SavedOutput) else x for x in self._saved)

    def mark_dirty(self, *tensors: Tensor) -> None:
        """These inputs were written in place by forward, and are among its outputs."""
        self._dirty = tensors

    def mark_non_differentiable(self, *tensors: Tensor) -> None:
        """These outputs have no gradient."""
        self._constant = tensors

    def set_materialize_grads(self, value: bool) -> None:
        """Whether backward sees zeros (True, as at first) or None for outputs that no gradient came to."""
        self._materialize = value


class _SavedOutput(NamedTuple):
    """An output kept for backward: its values, and which it is.  The tensor holds the node: it would be a cycle."""

    array: np.ndarray
    slot: int


def _no_node() -> None:
    pass


class Function:
    """An operation with a backward of its own.

    Subclass it with static methods `forward(ctx, *args)` (or `forward(*args)` and `setup_context(ctx, inputs, output)`)
    and `backward(ctx, *grad_outputs)`, which returns a gradient for each argument of forward; call it by `apply`.

    Raises: NotImplementedError from apply, or later from backward, where forward or backward is not defined; RuntimeError
        from apply for a leaf that requires grad and is marked dirty; RuntimeError from backward for another number of
        gradients than forward has arguments, and a gradient that is neither a Tensor nor None, or of another shape than its
        argument, or of one that is no Tensor.
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
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        """Run forward on the arguments, recorded as one node.  Where setup_context is defined, it sees defaults too."""
        ctx, with_setup = FunctionCtx(), cls.setup_context is not Function.setup_context
        if kwargs or with_setup:
            args = _in_order(cls.forward, args, kwargs, with_setup)
        ctx.needs_input_grad = tuple(isinstance(a, TensorBase) and a._requires_grad for a in args)
        needs = mode.recording and any(ctx.needs_input_grad)
        handles = [wrap(a.array, history(a)) if need and a._node is not None else a
                   for a, need in zip(args, ctx.needs_input_grad)]     # where they stood before a dirty one is rewritten
        with no_grad():
            if with_setup:
                result = cls.forward(*args)
                cls.setup_context(ctx, args, result)
            else:
                result = cls.forward(ctx, *args)
        if not needs:
            return tuple([_unrecorded(o, args) for o in result]) if isinstance(result, tuple) else _unrecorded(result, args)
        return _recorded(cls, ctx, args, handles, result)


def _in_order(forward, args, kwargs, with_setup):
    """The arguments of forward by position: backward returns a gradient for each."""
    ctx = () if with_setup else (None,)
    bound = inspect.signature(forward).bind(*ctx, *args, **kwargs)
    if with_setup:
        bound.apply_defaults()
    return bound.args[len(ctx):]


def _unrecorded(o, args):
    """An output that is not recorded.  An argument that is returned as it came has no gradient from here on, either."""
    given = isinstance(o, TensorBase) and o._requires_grad and any(o is a for a in args)
    return wrap(o.array.view()) if given else o


def _recorded(cls, ctx, args, handles, result):
    single = not isinstance(result, tuple)
    outputs = (result,) if single else result
    places = [i for i, o in enumerate(outputs) if isinstance(o, TensorBase)]
    given, dirty, constant = set(map(id, args)), set(map(id, ctx._dirty)), set(map(id, ctx._constant))
    arrays = []
    for i in places:
        o = outputs[i]
        if id(o) not in dirty:
            arrays.append(o.array.view() if id(o) in given else o.array)
        elif o._requires_grad and o._node is None:
            raise RuntimeError("a leaf Variable that requires grad has been used in an in-place operation.")
        else:
            stamps.mark_written(o.array)                # before the node is numbered: what it saves is the new value
            arrays.append(o.array)
    made = record(cls.__name__ + "Backward", tuple(arrays), handles, _pullback(cls, ctx, args, places, arrays, len(outputs)))
    final = list(outputs)
    for slot, (i, t) in enumerate(zip(places, made)):
        o = outputs[i]
        place = t._node
        if id(o) in constant:
            final[i] = wrap(t.array) if o._requires_grad else o
        elif place is not None:
            if ctx._node is _no_node:
                place.node.op.from_user, place.node.op.ctx = True, weakref.ref(ctx)
                ctx._node = weakref.ref(place.node)
                place.node.op.replay = _replayed_by(ctx._node)
            if ctx._saved:
                ctx._saved = [_SavedOutput(t.array, slot) if s is o else s for s in ctx._saved]
            if id(o) in dirty:
                views.taken_on(o, t)
            elif type(o) is tape.Tensor and not o._requires_grad and not views.is_view(o) and id(o) not in given:
                o._node, o._requires_grad = place, True         # forward's own tensor: ctx may have it as an attribute
            else:
                final[i] = t
                views.link(t, o, place.node.op, {}, slot)       # one memory, two histories: writing in place is refused
    return final[0] if single else tuple(final)


def _pullback(cls, ctx, args, places, arrays, count):
    """The user's backward as a pullback, of arrays or, for gradients of gradients, of Tensors."""
    shapes = [(a.shape, a.dtype) for a in arrays]
    kinds = [(a.array.shape, a.array.dtype) if isinstance(a, TensorBase) else None for a in args]
    name = cls.__name__ + "Backward"

    def pullback(*gs):
        full: list = [None] * count
        for i, g, (shape, dtype) in zip(places, gs, shapes):
            if g is not None:
                full[i] = g if isinstance(g, TensorBase) else wrap(np.asarray(g))
            elif ctx._materialize:
                full[i] = wrap(np.zeros(shape, dtype))
        backward = cls.backward if cls.backward is not Function.backward else cls.vjp
        found = backward(ctx, *full)
        found = found if isinstance(found, tuple) else (found,)
        if len(found) < len(kinds) or any(f is not None for f in found[len(kinds):]):
            raise RuntimeError(f"function {name} returned an incorrect number of gradients "
                               f"(expected {len(kinds)}, got {len(found)})")
        found = [_fitting(name, i, *given) for i, given in enumerate(zip(found, kinds, ctx.needs_input_grad))]
        if mode.recording:
            return tuple(found)
        return tuple([None if f is None else f.array.view() for f in found])     # backward may have kept f: leave it alone
    return pullback


def _fitting(name, i, g, kind, need):
    """Gradient number i, checked, in the type of its argument."""
    if g is None:
        return None
    if not isinstance(g, TensorBase):
        raise RuntimeError(f"{name}: expected Variable or None (got {type(g).__name__})")
    if kind is None:
        raise RuntimeError(f"function {name} returned a gradient different than None at position {i + 1}, but the "
                           "corresponding forward input was not a Variable")
    if not need:
        return None
    shape, dtype = kind
    lead = g.array.ndim - len(shape)
    if g.array.shape != shape and (lead < 0 or any(n not in (1, m) for n, m in zip(shape, g.array.shape[lead:]))):
        raise RuntimeError(f"Function {name} returned an invalid gradient at index {i} - got {list(g.array.shape)} but "
                           f"expected shape compatible with {list(shape)}")
    return g if g.array.dtype == dtype else views.cast(g, dtype=dtype)


def _replayed_by(node):
    """What pulls back on Tensors.  It finds its way by the node: held in two places, ctx would outlive the backward."""
    return lambda *gs: node().pullback(*gs)


InplaceFunction = Function             # torch's former base class of those that write in place


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
