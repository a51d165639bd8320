"""Tables of hooks, on tensors, modules and optimizers alike, and the handle by which a hook is taken away again."""
from __future__ import annotations

import weakref
from collections import OrderedDict
from typing import Any


class RemovableHandle:
    """What registering a hook returns; `remove()` takes the hook away again, as does the end of a `with` block.

    hooks_dict: the table that the hook stands in, under the handle's id
    extra_dict: further tables, one or several, that have an entry under this id

    >>> import mtorch
    >>> net = mtorch.nn.Sequential()
    >>> handle = net.register_forward_hook(lambda module, args, output: print("called"))
    >>> _ = net(mtorch.ones(1))
    called
    >>> handle.remove()
    >>> _ = net(mtorch.ones(1))
    """

    next_id = 0

    def __init__(self, hooks_dict: OrderedDict, *, extra_dict: Any = None) -> None:
        extras = extra_dict if isinstance(extra_dict, (list, tuple)) else () if extra_dict is None else (extra_dict,)
        self.id = RemovableHandle.next_id
        RemovableHandle.next_id += 1
        self._tables = tuple(weakref.ref(table) for table in (hooks_dict, *extras))     # a handle keeps no module alive

    def remove(self) -> None:
        """Take the hook away; nothing happens when it is gone already."""
        for reference in self._tables:
            table = reference()
            if table is not None:
                table.pop(self.id, None)

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(self, *exception: Any) -> None:
        self.remove()

    def __getstate__(self) -> tuple:
        return self.id, tuple(reference() for reference in self._tables)

    def __setstate__(self, state: tuple) -> None:
        self.id, tables = state
        self._tables = tuple(weakref.ref(OrderedDict() if table is None else table) for table in tables)
        RemovableHandle.next_id = max(RemovableHandle.next_id, self.id + 1)


def add_hook(table: OrderedDict, hook: Any, *, prepend: bool = False, flags: tuple = ()) -> RemovableHandle:
    """Put a hook into a table; its id goes into those of the further tables that are flagged (table, flag)."""
    handle = RemovableHandle(table, extra_dict=[extra for extra, _ in flags])
    table[handle.id] = hook
    if prepend:
        table.move_to_end(handle.id, last=False)
    for extra, flag in flags:
        if flag:
            extra[handle.id] = True
    return handle
