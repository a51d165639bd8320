"""The tape: what an operation leaves behind so that gradients can be pulled back through it.  Read this first.

A *rule* is a function of arrays that returns its value and its *pullbacks*, one for each input:

    @op
    def mul(a, b):
        return a * b, (lambda g: g * b, lambda g: g * a)

`@op` makes of it a function of Tensors.  When one of them requires grad, the call is recorded: the result holds a
`Node`, the node holds the pullback and, for each input, where that input came from.  That is all; `engine.py` walks
the nodes back.  Two facts make the walk simple.  Nodes are numbered as they are made, so an operation always has a
higher number than anything it used: newest first is the right order, without recursion.  And a pullback closes over
arrays, never over the output Tensor: there are no reference cycles, and the memory of a graph goes when the graph goes.

An op called with arrays alone returns arrays, so that pullbacks may call ops.
"""
from __future__ import annotations

import functools
from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakValueDictionary

import numpy as np

from .. import brain_float
from .complex_numbers import is_complex, pullback_of
from .mismatch import mismatch
from .mode import WATCHED, mode

next_order = count().__next__          # numbers the nodes, and the in-place writes (views.py) between them


class TensorBase:
    """What the tape knows of a Tensor; `mtorch.Tensor` is the whole of it."""

    __slots__ = ("array", "_requires_grad", "_grad", "_node", "_alias", "__dict__", "__weakref__")

    array: np.ndarray                  # the values; always an array, 0-dim for a scalar
    _requires_grad: bool
    _grad: Any                         # the Tensor of the gradient, on a leaf
    _node: Any                         # the Node (or Output of one) that made this tensor; None for a leaf
    _alias: Any                        # of a view: (its base, how it was taken); of a base: its views (views.py)

    if TYPE_CHECKING:                  # every tensor is in fact a Tensor, with all of its methods
        def __getattr__(self, name: str) -> Any: ...


Tensor: type = TensorBase              # the class of results; tensor.py puts the real one here


class Node:
    """One recorded call: which op, on what, and how a gradient is pulled back through it.

    inputs holds, for each argument, a leaf Tensor, an earlier Node (or Output of one), or a constant.
    """

    __slots__ = ("order", "op", "inputs", "kwargs", "pullback", "shape", "value", "hooks", "__weakref__")

    def __init__(self, op, inputs, kwargs, pullback, shape) -> None:
        self.order = next_order()
        self.op = op
        self.inputs = inputs
        self.kwargs = kwargs
        self.pullback = pullback
        self.shape = shape             # of the output; for several outputs a list of (shape, dtype)
        self.value = None              # the output, only once a gradient of a gradient asked for it
        self.hooks: Any = None         # {id: (slot, function)}, run on the gradient that arrives

    def name(self) -> str:
        """What torch calls this node."""
        chosen = self.op.name_of
        return self.op.grad_name if chosen is None else chosen(self)

    @property
    def next_functions(self) -> tuple:
        """The nodes of the inputs as torch shows them: pairs of a node and the number of its output."""
        return tuple((i.node.shown(), i.slot) if type(i) is Output else (i.shown(), 0) if isinstance(i, Node)
                     else (AccumulateGrad.of(i), 0) for i in self.inputs if is_handle(i))

    def register_hook(self, fn: Callable) -> Any:
        """Have fn(grad_inputs, grad_outputs) called after this node's turn in a backward.

        fn: takes two tuples of tensors and None, the gradients of the inputs and of the outputs; what it returns, if not None,
            takes the place of the first

        Returns: a handle, whose remove() takes the hook away.
        """
        from .grad_hooks import AFTER, hang
        return hang(self, AFTER, fn)

    def register_prehook(self, fn: Callable) -> Any:
        """Have fn(grad_outputs) called before this node's turn; what it returns, if not None, takes their place."""
        from .grad_hooks import BEFORE, hang
        return hang(self, BEFORE, fn)

    def shown(self) -> Node:
        """The node for a program to look at: its class has the name that torch's has, `type(y.grad_fn).__name__`."""
        self.__class__ = _class_of(self.name(), getattr(self.op, "from_user", False))
        return self

    def __repr__(self) -> str:
        where = "torch.autograd.function." if getattr(self.op, "from_user", False) else ""
        return f"<{where}{self.name()} object at {id(self):#x}>"


@functools.cache
def _class_of(name: str, from_user: bool) -> type[Node]:
    own = {"__module__": "torch.autograd.function", "__getattr__": _of_ctx} if from_user else {"__module__": "builtins"}
    return type(name, (Node,), {"__slots__": (), **own})


def _of_ctx(node: Node, name: str) -> Any:
    """An attribute of the `ctx` of a user's Function, whose node it is in torch; it goes with the graph."""
    ctx = node.op.ctx()
    if ctx is None or name.startswith("__"):
        raise AttributeError(f"{node.name()!r} object has no attribute {name!r}")
    return getattr(ctx, name)


class AccumulateGrad:
    """Stands for a leaf among the `next_functions` of a node; there is one for each leaf at a time."""

    _known: WeakValueDictionary[int, AccumulateGrad] = WeakValueDictionary()

    def __init__(self, variable) -> None:
        self.variable = variable
        self.next_functions: tuple = ()

    @classmethod
    def of(cls, variable) -> AccumulateGrad:
        known = cls._known.get(id(variable))
        if known is None or known.variable is not variable:
            known = cls._known[id(variable)] = cls(variable)
        return known

    def name(self) -> str:
        return "torch::autograd::AccumulateGrad"

    def register_hook(self, fn: Callable) -> Any:
        """Have fn((), (gradient,)) called when the gradient has been added to the leaf's `.grad`."""
        from .grad_hooks import OfNode
        return self.variable.register_post_accumulate_grad_hook(OfNode(fn))

    def register_prehook(self, fn: Callable) -> Any:
        """Have fn((gradient,)) called before the gradient is added; a tuple that it returns takes its place."""
        def before(g: Any) -> Any:
            new = fn((g,))
            return new[0] if isinstance(new, tuple) else new
        return self.variable.register_hook(before)

    def __repr__(self) -> str:
        return f"<AccumulateGrad object at {id(self):#x}>"


class GradientEdge(NamedTuple):
    """Where a tensor came from: the node that made it, or that stands for a leaf, and which of its outputs it is."""

    node: Any
    output_nr: int

    def tensor(self) -> Any:
        """The leaf; of a node a tensor in whose place gradients are found, without the numbers."""
        node, slot = self
        if isinstance(node, AccumulateGrad):
            return node.variable
        several = type(node.shape) is list
        return wrap(np.broadcast_to(np.float32(0), node.shape[slot][0] if several else node.shape),
                    Output(node, slot) if several else node)


class Output:
    """Output number `slot` of a node with several outputs."""

    __slots__ = ("node", "slot", "shape")

    def __init__(self, node: Node, slot: int) -> None:
        self.node, self.slot, self.shape = node, slot, node.shape[slot][0]

    order = property(lambda self: self.node.order)
    value = property(lambda self: self.node.value[self.slot])


STALE = Node(None, (), {}, None, ())   # stands in a view whose memory was rewritten: look its history up anew

_new = object.__new__
_ndarray = np.ndarray


def wrap(array, node=None):
    """A Tensor over this array: a constant, or the result of a node."""
    t = _new(Tensor)
    t.array = array if type(array) is _ndarray else np.asarray(array)
    if brain_float.met:
        t.array = brain_float.represented(t.array)
    t._requires_grad = node is not None
    t._grad = None
    t._node = node
    t._alias = None
    return t


def grad_name_of(name: str) -> str:
    """What torch calls the node of an op: `log_softmax` -> `LogSoftmaxBackward0`."""
    return "".join(part.capitalize() for part in name.strip("_").split("_")) + "Backward0"


def op(rule: Callable | None = None, *, reference: Callable | None = None, view: bool = False,
       keeps: bool = True, flat: bool = False, name: str | Callable[[Node], str] | None = None,
       complex: str | None = None, typed: bool = False) -> Callable:
    """Make a function of Tensors from a rule.

    reference   a plain function of Tensors that says the same; a rule that writes into buffers names one, and it is
                differentiated in its place for gradients of gradients
    view        the value shares the memory of the first input
    keeps       False when the pullbacks close over no array: such a node can be walked again after a backward, as in torch
    flat        the gradients do not change with the inputs, but for kinks: those of the gradients are zeros, and are given
    name        torch's name for the node, where it is not made from the rule's own; or a function of the node that
                says it, where torch has several functions for what is one rule here
    complex     how it is differentiated with complex numbers, see complex_numbers.py; None: not at all
    typed       the rule says whether its result is of float32 or bfloat16; if not, its arguments do, see brain_float.py
    """
    if rule is None:
        return functools.partial(op, reference=reference, view=view, keeps=keeps, flat=flat, name=name,
                                 complex=complex, typed=typed)

    @functools.wraps(rule)
    def call(*args, **kwargs):
        arrays, inputs, needs, tensors = [], [], False, False
        for a in args:
            if isinstance(a, TensorBase):
                tensors = True
                arrays.append(a.array)
                if a._requires_grad:
                    needs = True
                    node = a._node
                    if node is None:
                        inputs.append(a)
                    elif node is STALE:
                        inputs.append(history(a))
                    else:
                        inputs.append(node)
                else:
                    inputs.append(a.array)
            else:
                arrays.append(a)
                inputs.append(a)
        try:
            value, pullback = rule(*arrays, **kwargs)
        except (ValueError, TypeError) as error:
            raise mismatch(error, rule.__name__, *arrays) from None
        if not tensors:
            return value
        recording = needs and mode.recording
        if type(value) is tuple:
            return _several(call, value, arrays, inputs, kwargs, pullback, recording, args)
        if type(value) is not _ndarray:
            value = np.asarray(value)
        if brain_float.met:
            value = brain_float.represented(value) if view or typed else brain_float.settled(value, args)
        out = _new(Tensor)
        out.array = value
        out._grad = out._alias = None
        if recording:
            if met_complex or value.dtype.kind == "c":
                pullback = of_complex(call, arrays, (value,), pullback)
            # Node(call, inputs, kwargs, pullback, value.shape), without the call
            node = _new(Node)
            node.order = next_order()
            node.op, node.inputs, node.kwargs, node.pullback = call, inputs, kwargs, pullback
            node.shape = value.shape
            node.value = node.hooks = None
            out._requires_grad = True
            out._node = node
            if recording is not True:
                watch(node, arrays, value)
        else:
            out._requires_grad = False
            out._node = None
        if view:
            link(out, args[0], call, kwargs, None)
        return out

    call.rule, call.reference, call.replay = rule, reference, None      # type: ignore[attr-defined]
    call.view, call.keeps = view, keeps and not view                     # type: ignore[attr-defined]
    call.grad_name = name if isinstance(name, str) else grad_name_of(rule.__name__)    # type: ignore[attr-defined]
    call.name_of = name if callable(name) else None                      # type: ignore[attr-defined]
    call.flat = flat                                                     # type: ignore[attr-defined]
    call.complex = complex                                               # type: ignore[attr-defined]
    return call


met_complex = False                    # has a complex number been recorded?  Until then no op needs to look for them


def of_complex(call, args, values, pullback):
    """The pullback of a call that may have to do with complex numbers."""
    global met_complex
    if not met_complex and any(map(is_complex, values)):
        met_complex = True
    return pullback_of(call, args, values, pullback) if met_complex else pullback


def meet_complex() -> None:
    """From now on look for complex numbers: a leaf of them requires grad."""
    global met_complex
    met_complex = True


def _several(call, values, arrays, inputs, kwargs, pullback, recording, args) -> tuple:
    """The results of an op with several outputs; those that are not floating point have no gradient."""
    values = tuple(v if type(v) is _ndarray else np.asarray(v) for v in values)
    if brain_float.met and not call.view:
        values = tuple(brain_float.settled(v, args) for v in values)
    if recording and (met_complex or any(v.dtype.kind == "c" for v in values)):
        pullback = of_complex(call, arrays, values, pullback)
    node = Node(call, inputs, kwargs, pullback, [(v.shape, v.dtype) for v in values]) if recording else None
    if recording is WATCHED:
        watch(node, arrays, *values)
    outs = tuple(wrap(v, Output(node, i) if node is not None and v.dtype.kind in "fc" else None)
                 for i, v in enumerate(values))
    if call.view:
        for i, out in enumerate(outs):
            link(out, args[0], call, kwargs, i)
    return outs


class Custom:
    """The op of a node that was not made by a rule: a user's Function, a layer differentiated by hand."""

    rule = reference = name_of = None
    view = from_user = False           # from_user: an autograd.Function
    keeps = True

    def __init__(self, name: str, replay: Callable | None = None) -> None:
        self.__name__ = name
        self.grad_name = name
        self.replay = replay


def record(name: str, value, inputs, pullback: Callable, replay: Callable | None = None):
    """Record a computation that was made elsewhere; returns its Tensor, or a tuple of them when value is a tuple.

    value       the result, an array or a tuple of arrays
    inputs      what it was computed from, Tensors or anything else
    pullback    takes the gradient of each output (arrays; None for one of several that no gradient came to), returns
                a tuple: the gradient for each input, or None
    replay      the same on Tensors, recording what it does, for gradients of gradients; None where there are none
    """
    handles = [history(x) if isinstance(x, TensorBase) and x._requires_grad else x for x in inputs]
    several = type(value) is tuple
    if brain_float.met:
        value = tuple(brain_float.settled(v, inputs) for v in value) if several else brain_float.settled(value, inputs)
    shape = [(v.shape, v.dtype) for v in value] if several else value.shape
    node = Node(Custom(name, replay), handles, {}, pullback, shape)
    node.value = value                 # no rule can compute it again
    if mode.recording is WATCHED:
        watch(node, inputs, *(value if several else (value,)))
    if not several:
        return wrap(value, node)
    return tuple(wrap(v, Output(node, i) if v.dtype.kind in "fc" else None) for i, v in enumerate(value))


def history(t):
    """Where a tensor that requires grad came from: its node, or the tensor itself when it is a leaf."""
    node = t._node
    if node is None:
        return t
    if node is STALE:
        return refreshed(t)
    return node


def is_handle(x) -> bool:
    """Is this input of a node one that a gradient goes to?"""
    return isinstance(x, (Node, Output, TensorBase))


from .anomaly import watch                            # noqa: E402  (they need Node and wrap)
from .views import link, refreshed                    # noqa: E402
