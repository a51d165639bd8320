"""Hooks on gradients: on that of a tensor, on a node before and after its turn, and the one that `retain_grad` hangs there.

A node keeps them as {id: (slot, hook)}: the number of the output whose gradient the hook sees, None for the one output, or
BEFORE or AFTER for a hook on the node itself.
"""
from __future__ import annotations

import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from .handle import RemovableHandle, add_hook
from .mode import mode
from .replay import in_node
from .tape import Node, Output, TensorBase, is_handle, wrap

BEFORE, AFTER = -1, -2


def hang(node: Node, slot: int | None, hook: Callable) -> RemovableHandle:
    """Put a hook on a node."""
    if node.hooks is None:
        node.hooks = OrderedDict()
    return add_hook(node.hooks, (slot, hook))


def run_hooks(hooks: Iterable, g: Any) -> Any:
    """A gradient as the hooks leave it; each sees a Tensor and may return another."""
    for hook in list(hooks):
        shown = g if isinstance(g, TensorBase) else wrap(np.asarray(g))
        new = hook(shown)
        if new is not None:
            if not isinstance(new, TensorBase):
                raise TypeError(f"expected Variable, but hook returned '{type(new).__name__}'")
            if new.array.shape != shown.array.shape:
                raise RuntimeError(f"hook '{getattr(hook, '__name__', hook)}' has changed the size of value: "
                                   f"{list(shown.array.shape)} -> {list(new.array.shape)}")
            if new.array.dtype != shown.array.dtype:
                raise RuntimeError(f"hook '{getattr(hook, '__name__', hook)}' has changed the type of value (was "
                                   f"{shown.array.dtype} got {new.array.dtype})")
            g = new if isinstance(g, TensorBase) else new.array
    return _apart(g)


class OfNode:
    """A hook on the node that stands for a leaf: it sees what was added to the leaf's `.grad`."""

    def __init__(self, hook: Callable) -> None:
        self.hook = hook


def run_after(leaf: Any, g: Any) -> None:
    """Call the hooks that wait for a leaf's `.grad`, to which g was added."""
    for hook in list(leaf._after_grad.values()):
        if type(hook) is OfNode:
            hook.hook((), (g if isinstance(g, TensorBase) else wrap(np.array(g)),))
        else:
            run_hooks([hook], leaf)                    # they return None; torch checks what they return like a gradient


def hooked(node: Node, g: Any) -> Any:
    """The gradient of a node, of several outputs a list, as the hooks on it leave it."""
    for slot, hook in sorted(node.hooks.values(), key=_turn):
        if slot is None:
            g = run_hooks([hook], g)
        elif slot == BEFORE:
            several = type(g) is list
            found = _changed(hook, g if several else [g])
            g = found if several else found[0]
        elif slot != AFTER and g[slot] is not None:
            g[slot] = run_hooks([hook], g[slot])
    return g


def _turn(entry: tuple) -> int:
    """As in torch: hooks on tensors, what retain_grad keeps, hooks on the node."""
    slot, hook = entry
    return 2 if slot == BEFORE else 1 if type(hook) is Retained else 0


def followed(node: Node, pullback: Any, arrived: Any, useful: Any) -> Any:
    """The pullback of a node with the hooks behind it that see, and may change, what it gives for all inputs.

    arrived: the gradient that it is for, of several outputs a list
    useful: the nodes and leaves whose gradient is asked for; None for all
    """
    hooks = [hook for slot, hook in node.hooks.values() if slot == AFTER]
    if not hooks or pullback is None:
        return pullback
    from .engine import sum_to

    def together(*gs: Any) -> list:
        pulled = pullback(*gs) if callable(pullback) else pullback
        found: list = []
        for pull, x in zip(pulled, node.inputs):
            g = None
            if is_handle(x) and (useful is None or in_node(x) in useful):
                later = callable(pull) and not isinstance(pull, TensorBase)
                g = pull if not later else pull() if callable(pullback) else pull(*gs)
                shape = (x.array if isinstance(x, TensorBase) else x).shape
                g = g if g is None or g.shape == shape else sum_to(g, shape)
            found.append(g)
        for hook in hooks:
            found = _changed(hook, found, tuple(map(_shown, map(_apart, arrived if type(arrived) is list else [arrived]))))
        return found
    return together


def _shown(g: Any) -> Any:
    return g if g is None or isinstance(g, TensorBase) else wrap(np.asarray(g))


def _apart(g: Any) -> Any:
    """A gradient in memory of its own: a hook may have kept what it saw, and .grad is added to in place."""
    return g if g is None or isinstance(g, TensorBase) else np.array(g)


def _changed(hook: Callable, gradients: list, *more: Any) -> list:
    """What a hook makes of gradients: they themselves where it returns None."""
    new = hook(tuple(map(_shown, gradients)), *more)
    if new is None:
        return list(map(_apart, gradients))
    if not isinstance(new, (tuple, TensorBase)):
        raise TypeError(f"expected tuple, but hook returned '{type(new).__name__}'")
    new = new if isinstance(new, tuple) else (new,)
    if len(new) != len(gradients):
        raise RuntimeError(f"hook '{getattr(hook, '__name__', hook)}' has returned an incorrect number of values "
                           f"(got {len(new)}, but expected {len(gradients)})")
    return [g if g is None or mode.recording else _apart(g.array) for g in new]


class Retained:
    """The hook that puts a tensor's gradient into its `.grad`: last of all hooks, as they have left it."""

    def __init__(self, tensor: Any, history: Any) -> None:
        self._tensor = weakref.ref(tensor)
        self._handle = self._hang(history)

    def _hang(self, history: Any) -> RemovableHandle:
        node, slot = (history.node, history.slot) if type(history) is Output else (history, None)
        return hang(node, slot, self)

    def move_to(self, history: Any) -> None:
        """The tensor was written in place: its gradient is that of what it holds now."""
        self._handle.remove()
        self._handle = self._hang(history)

    def __call__(self, g: Any) -> None:
        t = self._tensor()
        if t is None:
            return
        if t._grad is not None:
            t._grad = t._grad + g
        else:                                              # with create_graph the copy is recorded, too
            t._grad = g.clone() if g._requires_grad else wrap(g.array.copy())
