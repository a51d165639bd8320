"""Gradients of gradients: pulling back, done once more on Tensors, so that it is recorded itself.

For `create_graph=True` each rule is *replayed*: called again, on Tensors, so that its pullback is made of Tensors and
everything the pullback does is recorded.  No op is written twice, and the first order pays nothing for it.
"""
from __future__ import annotations

from operator import attrgetter

import numpy as np

from . import stamps, tape
from .complex_numbers import AS_WRITTEN
from .mode import mode
from .tape import Node, Output, TensorBase, wrap

FREED = ("Trying to backward through the graph a second time (or directly access saved tensors after they have already "
         "been freed). Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). "
         "Specify retain_graph=True if you need to backward through the graph a second time or if you need to access "
         "saved tensors after calling backward.")


def in_node(x):
    return x.node if type(x) is Output else x


def recompute(nodes: list[Node]) -> None:
    """Fill in the intermediate values that the first pass let go of."""
    todo: set[Node] = set()
    stack = list(nodes)
    while stack:
        node = stack.pop()
        if node.value is None and node not in todo and node.op.rule is not None:
            todo.add(node)
            stack.extend(in_node(x) for x in node.inputs if isinstance(x, (Node, Output)))
    for node in sorted(todo, key=attrgetter("order")):
        if node.pullback is None:
            raise RuntimeError(FREED)
        check_constants(node)
        node.value = node.op.rule(*[_array(x) for x in node.inputs], **node.kwargs)[0]


def check_constants(node: Node) -> None:
    """Raise if an array was written in place that was there before this node and that running its rule again relies on."""
    if stamps.last_write > node.order:
        stamps.check_intact(node, [_array(x) for x in node.inputs
                                  if not isinstance(x, (Node, Output)) or in_node(x).op.rule is None])


def _array(x):
    return x.value if isinstance(x, (Node, Output)) else x.array if isinstance(x, TensorBase) else x


def _tensor(x):
    return wrap(np.asarray(x.value), x) if isinstance(x, (Node, Output)) else x


def replayed(node: Node, inputs, g):
    """A pullback over Tensors for this node, so that pulling back is itself recorded."""
    if node.op.rule is None:
        if node.op.replay is None:
            raise RuntimeError(f"{node.op.grad_name} has no gradient of its gradient: it was differentiated by hand, "
                               "so create_graph=True cannot go through it")
        return node.op.replay
    check_constants(node)
    args = [_tensor(x) for x in inputs]
    mode.replaying = True
    if node.op.reference is None:
        args = [wrap(x) if isinstance(x, np.ndarray) else x for x in args]
        value, pullback = node.op.rule(*args, **node.kwargs)
        pull = _while_replaying(tape.of_complex(node.op, args, value if type(value) is tuple else (value,), pullback))
        return _tied(pull, args) if node.op.flat else pull
    # the inner sweep stops here
    fresh = [identity(x) if isinstance(x, TensorBase) and x._requires_grad else x for x in args]
    outs = node.op.reference(*(wrap(x) if isinstance(x, np.ndarray) else x for x in fresh), **node.kwargs)
    outs = list(outs) if type(outs) is tuple else [outs]
    mode.replaying = False

    def of_reference(*gs):
        from .engine import grad                       # the sweep, which replays, is asked for a small one of its own
        pairs = [(o, gi) for o, gi in zip(outs, gs) if gi is not None and o._requires_grad]
        sources = [f for f in fresh if isinstance(f, TensorBase) and f._requires_grad]
        got = iter(grad([o for o, _ in pairs], sources, [gi for _, gi in pairs], create_graph=True, allow_unused=True))
        return [next(got) if isinstance(f, TensorBase) and f._requires_grad else None for f in fresh]
    return _tied(of_reference, args) if node.op.flat else of_reference


def _tied(pullback, args):
    """A replayed pullback whose gradients come from the inputs, too: in torch their gradients are zeros, and not missing."""
    def tie(g, x):
        return tied(g, x) if isinstance(g, TensorBase) and isinstance(x, TensorBase) and x._requires_grad else g
    if callable(pullback):
        return lambda *gs: [tie(g, x) for g, x in zip(pullback(*gs), args, strict=True)]
    return tuple(None if pull is None else lambda *gs, pull=pull, x=x: tie(pull(*gs), x)
                 for pull, x in zip(pullback, args, strict=True))


@tape.op(keeps=False, complex=AS_WRITTEN)
def tied(g, a):
    """g, which a has a part in: none that a small change of a would show"""
    array = a.array if isinstance(a, TensorBase) else a
    shape, kind = array.shape, array.dtype             # the pullback has no need of a's numbers

    def zeros(h):
        return wrap(np.zeros(shape, kind)) if isinstance(h, TensorBase) else np.zeros(shape, kind)
    return g, (lambda h: h, zeros)


def _while_replaying(pullback):
    """The pullbacks a replayed rule returned, run with replaying on."""
    def during(f):
        def run(*gs):
            before, mode.replaying = mode.replaying, True
            try:
                result = f(*gs)
                if type(result) is tuple:
                    result = tuple(r() if callable(r) and not isinstance(r, TensorBase) else r for r in result)
                return result
            finally:
                mode.replaying = before
        return run
    return during(pullback) if callable(pullback) else tuple(None if f is None else during(f) for f in pullback)


@tape.op(keeps=False, complex=AS_WRITTEN)
def identity(a):
    """a itself, as a place in the graph of its own."""
    return a, (lambda g: g,)
