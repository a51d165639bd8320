"""`Module`, the base class of everything with parameters, put together from its parts.

Each part is a file that can be read on its own: what is registered (registry.py), walking the tree (tree.py), changing
types (conversion.py), saving and loading (state.py), being called (call.py, with hooks.py, backward_hooks.py,
last_call.py and by_hand.py), and two checks of what the constructor left (checks.py).
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .call import Called
from .conversion import Convertible
from .hooks import HookTable
from .last_call import LastCall
from .registry import KINDS
from .state import Stateful


class Module(Called, Convertible, Stateful):
    """The base class of layers and nets.

    A subclass creates its Parameters, buffers and child Modules in `__init__`, after `super().__init__()`, by assigning
    them to attributes, and computes in `forward`.  Calling the module runs forward.

    args, kwargs: none, unless the class says call_super_init

    Shape: what forward takes -> what it returns.
    Raises: NotImplementedError when called without a forward; TypeError for arguments to `Module.__init__`;
    AttributeError for a subclass whose `__init__` leaves out `super().__init__()`.

    >>> import mtorch
    >>> class Line(mtorch.nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.slope = mtorch.nn.Parameter(mtorch.tensor([2.0]))
    ...     def forward(self, x):
    ...         return self.slope * x
    >>> line = Line()
    >>> line(mtorch.tensor([3.0])).sum().backward()
    >>> line.slope.grad
    tensor([3.])
    """

    if TYPE_CHECKING:                # what is registered has no declaration that a checker could read
        def __getattr__(self, name: str) -> Any: ...

    call_super_init = False          # whether __init__ goes on to the next class, in a class of several bases

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if (args or kwargs) and not self.call_super_init:
            given = f"an unexpected keyword argument '{next(iter(kwargs))}'" if kwargs else f"{len(args)} arguments"
            raise TypeError(f"{type(self).__name__}.__init__ passes Module.__init__ {given}; it takes none")
        values = self.__dict__
        values["training"] = True
        for kind in KINDS:
            values[kind] = {}
        values["_non_persistent_buffers_set"] = set()
        values["_last"] = LastCall()
        if self.call_super_init:
            super().__init__(*args, **kwargs)

    def compile(self, *args: Any, **kwargs: Any) -> None:
        """There is nothing to compile: the module goes on running as it is."""

    # ---- copies and files ------------------------------------------------------------------

    def __getstate__(self) -> dict[str, Any]:
        return dict(self.__dict__)

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take the state of a copied or unpickled module; one that torch wrote keeps its values in three dicts."""
        Module.__init__(self)
        registered = {kind: state[kind] for kind in ("_parameters", "_buffers", "_modules") if kind in state}
        for name, value in state.items():
            if isinstance(getattr(Module, name, None), HookTable):
                if value:
                    getattr(self, name)                  # which says that there are hooks
                    self.__dict__[name] = value          # the very table, which handles in the copy take hooks out of
            elif name not in registered:
                self.__dict__[name] = value
        for kind, values in registered.items():
            setattr(self, kind, values)
        if "_last" in state:
            self.__dict__["_last"] = LastCall()          # copy.copy would share it
