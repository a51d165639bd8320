"""The sweep: gradients pulled back from a result to what it was computed from.

Nodes are visited newest first (see tape.py for why that is right), each once, when everything that arrives for it has
arrived: of the nodes that a gradient has come to, the newest has no newer one left that could send it more.  Gradients
in flight live in a dictionary of the sweep, never on the nodes, so a second backward starts clean.  The engine, not
the op, undoes broadcasting, skips inputs that need no gradient, and lets the graph go as it walks.

For gradients of gradients (`create_graph=True`) each rule is *replayed*, see replay.py.
"""
from __future__ import annotations

import functools
import warnings
from collections.abc import Sequence
from heapq import heapify, heappop, heappush
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import brain_float
from . import anomaly, stamps, views
from .grad_hooks import followed, hooked, run_after, run_hooks
from .mode import mode
from .replay import FREED, in_node, recompute, replayed
from .tape import GradientEdge, Node, Output, TensorBase, history, is_handle, record, wrap

if TYPE_CHECKING:
    from ..tensor import Tensor


def backward(tensors: Tensor | Sequence[Tensor], grad_tensors: Any = None, retain_graph: bool | None = None,
             create_graph: bool = False, inputs: Tensor | Sequence[Tensor] | None = None) -> None:
    """Add the gradient of the sum of `tensors` to `.grad` of every leaf they were computed from.

    tensors: one or several that require grad
    grad_tensors: the gradient of each tensor, in its shape; may be left out for tensors of one element
    retain_graph: keep the graph for another backward; as create_graph unless given
    create_graph: record the gradients' own computation, so that they can be differentiated
    inputs: only these get a gradient

    Shape: tensors of any shapes; a leaf's .grad has the leaf's.
    Raises: RuntimeError for a tensor that does not require grad, one of several elements without its gradient, a gradient
        of another shape or one complex and the other real, empty inputs, and a graph that an earlier backward has let go;
        TypeError for what is no tensor.
    Source: Linnainmaa, "Taylor Expansion of the Accumulated Rounding Error", BIT 1976; Rumelhart, Hinton & Williams,
        "Learning Representations by Back-Propagating Errors", Nature 1986.

    >>> import mtorch
    >>> x = mtorch.tensor([1.0, 2.0], requires_grad=True)
    >>> mtorch.autograd.backward((x * x).sum()); x.grad
    tensor([2., 4.])
    """
    tensors = _listed(tensors, "backward: expected Tensors")
    wanted = None if inputs is None else _inputs(inputs, "backward")
    if wanted is not None and not wanted:
        raise RuntimeError("`inputs` argument to `backward()` cannot be empty.")
    seeds = _seeds(tensors, grad_tensors, create_graph, "backward")
    keep = create_graph if retain_graph is None else retain_graph
    targets = None if wanted is None else {_target(x) for x in wanted}
    grads = sweep(tensors, seeds, keep, create_graph, targets)
    if wanted is None:
        deposit([(x, g) for x, g in grads.items() if isinstance(x, TensorBase)], seeds)
    else:
        found = ((x, _found(grads, x)) for x in wanted)
        deposit(((x, g) for x, g in found if g is not None), seeds)


def grad(outputs: Tensor | Sequence[Tensor], inputs: Tensor | Sequence[Tensor], grad_outputs: Any = None,
         retain_graph: bool | None = None, create_graph: bool = False, only_inputs: bool = True,
         allow_unused: bool | None = None, is_grads_batched: bool = False,
         materialize_grads: bool = False) -> tuple[Any, ...]:
    """The gradients of the sum of `outputs` with respect to `inputs`, leaves or not; no `.grad` is touched.

    inputs: one or several that require grad
    grad_outputs: the gradient of each output, in its shape; may be left out for outputs of one element
    retain_graph, create_graph: as for backward
    only_inputs: True, as in torch, which took False once
    allow_unused: an input that outputs do not depend on gives None instead of an error
    is_grads_batched: grad_outputs hold several gradients of each output, one in each row: the result holds for each input the
        gradients that they give, one in each row
    materialize_grads: an input that outputs do not depend on gives zeros

    Raises: RuntimeError as for backward, and for an input that does not require grad or that outputs do not depend on, or none;
        ValueError for allow_unused=False with materialize_grads, and for batches of gradients of unequal lengths.

    >>> import mtorch
    >>> x = mtorch.tensor(3.0, requires_grad=True)
    >>> g, = mtorch.autograd.grad(x ** 3, x, create_graph=True)
    >>> mtorch.autograd.grad(g, x)
    (tensor(18.),)
    """
    if not only_inputs:
        warnings.warn("only_inputs argument is deprecated and is ignored now (defaults to True). To accumulate gradient for "
                      "other parts of the graph, please use torch.autograd.backward.", FutureWarning, stacklevel=2)
    if is_grads_batched:
        return _row_by_row(outputs, inputs, grad_outputs, create_graph if retain_graph is None else retain_graph,
                           create_graph, allow_unused, materialize_grads)
    outputs = _listed(outputs, "grad: expected outputs to be Tensors")
    inputs = _inputs(inputs, "grad", materialize_grads)
    if allow_unused is False and materialize_grads:
        raise ValueError("Expected allow_unused to be True or not passed when materialize_grads=True, but got: "
                         "allow_unused=False.")
    if not inputs:
        raise RuntimeError("`inputs` argument to `grad()` cannot be empty.")
    allow_unused = materialize_grads if allow_unused is None else allow_unused
    for x in inputs:
        if not x._requires_grad:
            raise RuntimeError("One of the differentiated Tensors does not require grad")
    seeds = _seeds(outputs, grad_outputs, create_graph, "grad")
    keep = mode.keeping or (create_graph if retain_graph is None else retain_graph)
    grads = sweep(outputs, seeds, keep, create_graph, {_target(x) for x in inputs})
    result = []
    for x in inputs:
        g = _found(grads, x)
        if g is None and not allow_unused:
            raise RuntimeError("One of the differentiated Tensors appears to not have been used in the graph. Set "
                               "allow_unused=True if this is the desired behavior.")
        if g is None:
            result.append(wrap(np.zeros_like(x.array)) if materialize_grads else None)
            continue
        g = views.of_its_type(g, x.array) if brain_float.met else g
        result.append(_in_order(g) if isinstance(g, TensorBase) else wrap(_own(g, seeds)))
    return tuple(result)


def _row_by_row(outputs, inputs, grad_outputs, keep, create_graph, allow_unused, materialize_grads) -> tuple[Any, ...]:
    """`grad` for each row of grad_outputs, and what the rows give for an input stacked."""
    batches = _listed(grad_outputs, "grad: expected batches of gradients to be Tensors")
    count = len(batches[0].array)
    if any(len(batch.array) != count for batch in batches):
        raise ValueError(f"grad: is_grads_batched expects as many gradients of each output, but got "
                         f"{[len(batch.array) for batch in batches]}")
    rows = [grad(outputs, inputs, [batch[i] for batch in batches], keep or i < count - 1, create_graph,
                 allow_unused=allow_unused, materialize_grads=materialize_grads) for i in range(count)]
    return tuple([None if found[0] is None else _stacked(found) for found in zip(*rows)])


def _stacked(gradients: tuple) -> Tensor:
    together = np.stack([g.array for g in gradients])
    if not any(g._requires_grad for g in gradients):
        return wrap(together)
    return record("StackBackward0", together, gradients, lambda g: tuple(g), lambda g: tuple(g.unbind(0)))


def backward_through(outputs: Sequence, grad_outputs: Sequence, inputs: Sequence) -> list:
    """Pull gradients back from outputs to inputs and no further; leaves met on the way get theirs in `.grad`.

    Returns the gradient for each of `inputs`, None where none arrived.  This is how a module is driven by hand.
    """
    seeds = _seeds(outputs, grad_outputs, False, "backward")
    stops = [history(x) for x in inputs if x._requires_grad]
    grads = sweep(outputs, seeds, False, False, None, {h.node if type(h) is Output else h for h in stops})
    stopped = {id(h) for h in stops}
    deposit(((x, g) for x, g in grads.items() if isinstance(x, TensorBase) and id(x) not in stopped), seeds)
    found = [_found(grads, x) if x._requires_grad else None for x in inputs]
    return [None if g is None else wrap(_own(g, seeds)) for g in found]


# ---- beginning and end -------------------------------------------------------------------------

def _inputs(given, caller: str, materialize_grads: bool = False) -> list:
    """What gradients are asked for, as a list of tensors: in place of an edge of the graph, one that comes from there."""
    several = [given] if isinstance(given, (TensorBase, GradientEdge)) else list(given)
    edges = [i for i, x in enumerate(several) if isinstance(x, GradientEdge)]
    if edges and materialize_grads:
        raise RuntimeError("materialize_grads cannot be used when the given input is a GradientEdge")
    for i in edges:
        several[i] = several[i].tensor()
    return _listed(several, f"{caller}: all inputs have to be Tensors")


def _listed(given, expected: str) -> list:
    """One tensor or several, as a list."""
    tensors = [given] if isinstance(given, TensorBase) else list(given)
    for x in tensors:
        if not isinstance(x, TensorBase):
            raise TypeError(f"{expected}, but got {type(x).__name__}")
    return tensors


def _seeds(outputs, gradients, create_graph, caller) -> list:
    """The gradients that the sweep starts with, checked."""
    if gradients is None:
        gradients = [None] * len(outputs)
    gradients = [gradients] if isinstance(gradients, TensorBase) else list(gradients)
    if len(gradients) != len(outputs):
        raise RuntimeError(f"{caller}: got {len(outputs)} tensors and {len(gradients)} gradients")
    seeds = []
    for i, (t, g) in enumerate(zip(outputs, gradients)):
        if not t._requires_grad:
            raise RuntimeError("element 0 of tensors does not require grad and does not have a grad_fn")
        if g is None:
            if t.array.dtype.kind == "c":
                raise RuntimeError("grad can be implicitly created only for real scalar outputs but got "
                                   f"{t.dtype}")
            if t.array.size != 1:
                raise RuntimeError(f"grad can be implicitly created only for scalar outputs, but {caller} got a "
                                   f"tensor of shape {list(t.array.shape)}; reduce it (.sum(), .mean()) or give the "
                                   "gradient")
            g = _one(t.array.dtype) if not t.array.ndim else np.ones_like(t.array)
        elif isinstance(g, TensorBase):
            if g.array.shape != t.array.shape:
                raise RuntimeError(f"Mismatch in shape: grad_output[{i}] has a shape of {list(g.array.shape)} and "
                                   f"output[{i}] has a shape of {list(t.array.shape)}.")
            if (g.array.dtype.kind == "c") != (t.array.dtype.kind == "c"):
                raise RuntimeError("For complex Tensors, both grad_output and output are required to have the same dtype. "
                                   f"Mismatch in dtype: grad_output[{i}] has a dtype of {g.dtype} and output[{i}] has a dtype "
                                   f"of {t.dtype}.")
            if not create_graph:
                g = g.array
        elif isinstance(g, (np.ndarray, np.number, int, float, complex)):
            g = np.broadcast_to(np.asarray(g, dtype=t.array.dtype), t.array.shape)
        else:
            raise TypeError(f"{caller}: gradients can be Tensors, arrays, numbers or None, but got {type(g).__name__}")
        if not create_graph and g.dtype != t.array.dtype:
            g = g.astype(t.array.dtype)
        seeds.append(wrap(g) if create_graph and not isinstance(g, TensorBase) else g)
    return seeds


def _target(x):
    """What stands for x in the sweep: a leaf, a node or one output of a node."""
    h = history(x)
    return h.node if type(h) is Output else h


def _found(grads, x):
    h = history(x)
    if type(h) is Output:
        return grads[h.node][h.slot] if h.node in grads else None
    return grads.get(h)


def _own(g, seeds=()) -> np.ndarray:
    """This gradient as an array that nobody else holds: the user may change it."""
    g = np.asarray(g)
    return g.copy() if g.base is not None or not g.flags.writeable or any(g is s for s in seeds) else g


def _in_order(g):
    """A recorded gradient that lies in the order of its axes: a replayed rule may have left a piece of something larger."""
    node = g._node and history(g)
    if g.array.flags.c_contiguous or not isinstance(node, (Node, Output)):
        return g
    return wrap(np.ascontiguousarray(g.array), node)


def deposit(gradients, seeds=()) -> None:
    """Add each leaf's gradient to its `.grad`."""
    given: set[int] = {id(s) for s in seeds}
    met = brain_float.met
    for leaf, g in gradients:
        g = views.of_its_type(g, leaf.array) if met else g
        if leaf._hooks:
            g = run_hooks(leaf._hooks.values(), g)
        kept = leaf._grad
        if isinstance(g, TensorBase):                  # create_graph
            leaf._grad = _in_order(g) if kept is None else kept + g
        elif kept is None:
            if id(g) in given or type(g) is not np.ndarray or g.base is not None or not g.flags.writeable:
                g = np.array(g)
            given.add(id(g))
            leaf._grad = wrap(g)
        elif kept._requires_grad:
            leaf._grad = wrap(kept.array + g)
        else:
            if kept._stepped:                          # an optimizer has used it already, see optim/forgotten.py
                kept._stepped = "added to" if kept.array.any() else ""
            kept.array += g                            # torch adds in place as well: p.grad stays the same tensor
            if stamps.last_write >= 0 or met:
                stamps.mark_written(kept.array)
        if leaf._after_grad:
            run_after(leaf, g)


@functools.cache
def _one(dtype: np.dtype) -> np.ndarray:
    """The gradient of a scalar with respect to itself; it is shared, so it cannot be written."""
    one = np.ones((), dtype)
    one.flags.writeable = False
    return one


# ---- the sweep ---------------------------------------------------------------------------------

def sweep(outputs, seeds, retain_graph, create_graph, targets=None, stops=frozenset()) -> dict:
    """Pull the seeds back; returns {leaf or target or stop: gradient}, for a node with several outputs a list.

    targets   when given, only what leads to them is walked, and they are left in the result
    stops     nodes and leaves where the walk ends
    """
    grads: dict = {}
    for t, seed in zip(outputs, seeds):
        x = history(t)
        if type(x) is Output:
            slots = grads.setdefault(x.node, [None] * len(x.node.shape))
            slots[x.slot] = seed if slots[x.slot] is None else slots[x.slot] + seed
        else:
            grads[x] = grads[x] + seed if x in grads else seed
    roots = [x for x in grads if isinstance(x, Node) and x not in stops]
    useful: Any = None                                 # when targets are given: all that is worth a gradient
    if targets is not None or create_graph:
        nodes = _newest_first(roots, stops)
        if targets is not None:
            nodes, useful = _leading_to(nodes, targets)
            roots = [r for r in roots if r in useful]
    waiting = [(-r.order, r) for r in roots]           # a heap: the nodes that a gradient has come to, newest first
    heapify(waiting)
    recording, replaying, watching = mode.recording, mode.replaying, mode.watching
    mode.recording = create_graph
    try:
        if create_graph:
            recompute(nodes)
        while waiting:
            node = heappop(waiting)[1]
            inputs = node.inputs
            kept = targets is not None and node in targets
            g = grads[node] if kept else grads.pop(node)
            pullback = node.pullback
            if node.hooks:
                g = hooked(node, g)
                if kept:
                    grads[node] = g
                if not create_graph:
                    pullback = followed(node, pullback, g, useful)
            if kept and not any(is_handle(x) and in_node(x) in useful for x in inputs):
                continue                               # the gradient wanted is here; nothing before it is asked for
            if pullback is None:
                raise RuntimeError(FREED)
            if stamps.last_write > node.order and node.op.keeps:
                stamps.check_intact(node, stamps.captured(node))
            if create_graph:
                pullback = replayed(node, inputs, g)
                if node.hooks:
                    pullback = followed(node, pullback, g, useful)
            several = type(node.shape) is list
            if several and node.op.rule is not None:
                g = _filled(g, node.shape, create_graph)
            gradients = None
            if callable(pullback):                     # one for all inputs
                gradients = pullback(*g) if several else pullback(g)
            for i, x in enumerate(inputs):
                kind = type(x)
                if kind is Node:
                    shape = x.shape
                elif isinstance(x, TensorBase):
                    shape = x.array.shape
                elif kind is Output:
                    shape = x.shape
                elif isinstance(x, Node):              # one that was shown: its class has a name
                    kind, shape = Node, x.shape
                else:
                    continue
                if useful is not None and in_node(x) not in useful:
                    continue
                if gradients is None:
                    pull = pullback[i]
                    if pull is None:
                        continue
                    gx = pull(*g) if several else pull(g)
                else:
                    gx = gradients[i]
                    if callable(gx) and not isinstance(gx, TensorBase):
                        gx = gx()
                if gx is None:
                    continue
                if gx.shape != shape:
                    gx = sum_to(gx, shape)             # undo broadcasting
                if watching:
                    anomaly.watch_gradient(node, g, i, gx)
                if kind is Output:
                    slots = grads.get(x.node)
                    if slots is None:
                        slots = grads[x.node] = [None] * len(x.node.shape)
                        if x.node not in stops:
                            heappush(waiting, (-x.node.order, x.node))
                    slots[x.slot] = gx if slots[x.slot] is None else slots[x.slot] + gx
                elif x in grads:
                    grads[x] = grads[x] + gx
                else:
                    grads[x] = gx
                    if kind is Node and x not in stops:
                        heappush(waiting, (-x.order, x))
            if not retain_graph and node.op.keeps:
                node.inputs, node.pullback, node.value = (), None, None
    finally:
        mode.recording, mode.replaying = recording, replaying
    return grads


def _newest_first(roots, stops) -> list[Node]:
    """The nodes between the roots and the leaves (or stops), newest first: reverse topological order."""
    nodes = {r for r in roots if r not in stops}
    stack = list(nodes)
    while stack:
        for x in stack.pop().inputs:
            if type(x) is Output:
                x = x.node
            elif not isinstance(x, Node):
                continue
            if x not in nodes and x not in stops:
                nodes.add(x)
                stack.append(x)
    return sorted(nodes, key=attrgetter("order"), reverse=True)


def _leading_to(nodes: list[Node], targets: set) -> tuple[list[Node], set]:
    """Of these nodes those from which a target is reached, and with them all that is worth a gradient.

    A node that was let go of no longer knows its inputs.  It counts as well where a target may be behind it, a leaf or an
    older node: what comes this way would be missing, so the sweep goes there and says that it cannot go on.
    """
    useful = set(targets)
    oldest = min((t.order if isinstance(t, Node) else -1 for t in targets), default=-1)
    for node in reversed(nodes):
        if node not in useful and (node.pullback is None and node.order > oldest
                                   or any(is_handle(x) and in_node(x) in useful for x in node.inputs)):
            useful.add(node)
    return [n for n in nodes if n in useful], useful


def _filled(slots: list, shapes: list, create_graph: bool) -> list:
    """Zeros for the outputs that no gradient came to."""
    zeros = [np.zeros(shape, dtype) if g is None else g for g, (shape, dtype) in zip(slots, shapes)]
    return [wrap(g) if create_graph and not isinstance(g, TensorBase) else g for g in zeros]


def sum_to(g, shape):
    """Sum g over the dimensions in which `shape` was broadcast."""
    lead = g.ndim - len(shape)
    axes = tuple(range(lead)) + tuple(i + lead for i, n in enumerate(shape) if n == 1 and g.shape[i + lead] != 1)
    if axes and g.dtype == np.float16:                 # 2048 + 1 is 2048
        return g.sum(axis=axes, dtype=np.float32).astype(np.float16).reshape(shape)
    return g.sum(axis=axes, keepdims=True).reshape(shape) if axes else g.reshape(shape)
