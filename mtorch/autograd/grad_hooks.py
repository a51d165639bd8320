"""Hooks on gradients: how they are run, and the one that `retain_grad` hangs on the history of an intermediate result."""
from __future__ import annotations

import weakref
from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

import numpy as np

from .handle import RemovableHandle, add_hook
from .tape import Node, Output, TensorBase, wrap


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
            g = new if isinstance(g, TensorBase) else new.array
    return g if isinstance(g, TensorBase) else np.array(g)     # a hook may have kept it, and .grad is added to in place


def hooked(node: Node, g: Any) -> Any:
    """The gradient of a node, of several outputs a list, as the hooks on it leave it."""
    for slot, hook in sorted(node.hooks.values(), key=lambda entry: type(entry[1]) is Retained):
        if slot is None:
            g = run_hooks([hook], g)
        elif slot < 0:                                 # a hook on the whole node: it sees the gradients of all outputs
            hook(g if type(g) is list else [g])
        elif g[slot] is not None:
            g[slot] = run_hooks([hook], g[slot])
    return g


class Retained:
    """The hook that puts a tensor's gradient into its `.grad`: last of all hooks, as they have left it."""

    def __init__(self, tensor: Any, history: Any) -> None:
        self._tensor = weakref.ref(tensor)
        self._handle = self._hang(history)

    def _hang(self, history: Any) -> RemovableHandle:
        node, slot = (history.node, history.slot) if type(history) is Output else (history, None)
        if node.hooks is None:
            node.hooks = OrderedDict()
        return add_hook(node.hooks, (slot, self))

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
