"""Functions of the user that run before and after every step(), of one optimizer or of all."""
from __future__ import annotations

import functools
from collections import OrderedDict
from collections.abc import Callable
from itertools import chain
from typing import Any

from ..nn.hooks import RemovableHandle, add_hook

_before_all: OrderedDict[int, Callable] = OrderedDict()
_after_all: OrderedDict[int, Callable] = OrderedDict()


def register_optimizer_step_pre_hook(hook: Callable) -> RemovableHandle:
    """Run `hook(optimizer, args, kwargs)` before every step of every optimizer; it may return new (args, kwargs).

    >>> import mtorch
    >>> from mtorch.optim.optimizer import register_optimizer_step_pre_hook
    >>> handle = register_optimizer_step_pre_hook(lambda optimizer, args, kwargs: print("before"))
    >>> mtorch.optim.SGD([mtorch.zeros(2, requires_grad=True)]).step()
    before
    >>> handle.remove()
    """
    return add_hook(_before_all, hook)


def register_optimizer_step_post_hook(hook: Callable) -> RemovableHandle:
    """Run `hook(optimizer, args, kwargs)` after every step of every optimizer.

    >>> import mtorch
    >>> from mtorch.optim.optimizer import register_optimizer_step_post_hook
    >>> handle = register_optimizer_step_post_hook(lambda optimizer, args, kwargs: print("after"))
    >>> mtorch.optim.SGD([mtorch.zeros(2, requires_grad=True)]).step()
    after
    >>> handle.remove()
    """
    return add_hook(_after_all, hook)


def hooked(step: Callable) -> Callable:
    """The step of a class, with its hooks around it.

    A step that calls the step of its parent runs them once.  Every step also leaves word that it was called, which
    the learning rate schedulers ask for.
    """
    if hasattr(step, "hooked"):
        return step

    @functools.wraps(step)
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        self._opt_called = True
        before, after = self._optimizer_step_pre_hooks, self._optimizer_step_post_hooks
        if not (before or after or _before_all or _after_all) or self._in_hooked_step:
            return step(self, *args, **kwargs)
        self._in_hooked_step = True
        try:
            for hook in chain(_before_all.values(), before.values()):
                changed = hook(self, (self, *args), kwargs)
                if changed is not None:
                    if not (isinstance(changed, tuple) and len(changed) == 2):
                        raise RuntimeError(f"{hook} must return None or a tuple of (new_args, new_kwargs), "
                                           f"but got {changed}.")
                    (_, *args), kwargs = changed
            result = step(self, *args, **kwargs)
            for hook in chain(after.values(), _after_all.values()):
                hook(self, (self, *args), kwargs)
        finally:
            self._in_hooked_step = False
        return result

    call.hooked = True    # type: ignore[attr-defined]
    return call
