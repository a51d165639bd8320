"""What `retain_grad` hangs on the history of an intermediate result: it keeps the gradient that arrives there."""
from __future__ import annotations

import weakref
from collections import OrderedDict
from typing import Any

from .handle import RemovableHandle, add_hook
from .tape import Output, wrap


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
