"""`Node`, one line of a graph: what is called, and on what."""
from __future__ import annotations

import types
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from ..class_names import ShownAsTorchs
from .names import qualified_name

if TYPE_CHECKING:
    from .graph import Graph

Argument = Target = Any    # torch's names for what an argument and a target may be

OPS = ("placeholder", "get_attr", "call_function", "call_module", "call_method", "output", "root")
# nodes that stay though nobody uses what they give
_KEPT = {"placeholder", "output"}
_with_effects: list[Callable] = []


class _Unchanging:
    def _refuse(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError(f"{type(self).__name__!r} object does not support mutation. If you are attempting to modify the kwargs "
                        "or args of a torch.fx.Node object, instead create a new copy of it and assign the copy to the node: "
                        "new_args = ... # copy and mutate args; node.args = new_args")

    __delitem__ = __setitem__ = __iadd__ = __imul__ = append = clear = extend = insert = pop = remove = reverse = sort = _refuse
    popitem = update = setdefault = __ior__ = _refuse


class immutable_list(_Unchanging, list):
    """A list among the arguments of a node."""

    def __hash__(self) -> int:                         # type: ignore[override]
        return hash(tuple(self))

    def __reduce__(self) -> tuple:
        return immutable_list, (tuple(self),)


class immutable_dict(_Unchanging, dict):
    """A dict among the arguments of a node."""

    def __hash__(self) -> int:                         # type: ignore[override]
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple:
        return immutable_dict, (tuple(self.items()),)


def map_aggregate(a: Any, fn: Callable[[Any], Any]) -> Any:
    """The same tuples, lists, dicts and slices with fn of everything in them."""
    if isinstance(a, tuple):
        items = [map_aggregate(item, fn) for item in a]
        return type(a)(*items) if hasattr(a, "_fields") else tuple(items)
    if isinstance(a, list):
        return immutable_list([map_aggregate(item, fn) for item in a])
    if isinstance(a, dict):
        return immutable_dict({key: map_aggregate(value, fn) for key, value in a.items()})
    if isinstance(a, slice):
        return slice(map_aggregate(a.start, fn), map_aggregate(a.stop, fn), map_aggregate(a.step, fn))
    return fn(a)


def map_arg(a: Any, fn: Callable[[Node], Any]) -> Any:
    """The same with fn of every Node.

    fn: a function of a Node
    """
    assert callable(fn), "torch.fx.map_arg(a, fn): fn must be a callable"
    return map_aggregate(a, lambda x: fn(x) if isinstance(x, Node) else x)


class Node(metaclass=ShownAsTorchs):
    """A line of a Graph: an operation, its target and its arguments, which may be other nodes.

    op: "placeholder" (an argument of the whole, named target), "get_attr" (an attribute of the module, by its path),
        "call_function" (target is the function), "call_module" (by its path), "call_method" (by its name, of the first argument)
        or "output"
    args, kwargs: the arguments
    return_type: what `type` is then

    Graph makes nodes; a program reads and changes them.

    Raises: AssertionError for another op, a target of the wrong kind.

    >>> import mtorch
    >>> graph = mtorch.fx.symbolic_trace(lambda x: x + 1).graph
    >>> [(node.op, node.target) for node in graph.nodes][1]
    ('call_function', <built-in function add>)
    """

    _shown = "torch.fx.node.Node"

    def __init__(self, graph: Graph, name: str, op: str, target: Any, args: tuple, kwargs: dict[str, Any],
                 return_type: Any = None) -> None:
        assert op in OPS
        if not (callable(target) if op == "call_function" else isinstance(target, str)):
            raise ValueError(f"Node [graph = {graph}, name = '{name}'] target {target} has type {type(target).__name__} but a "
                             f"{'Callable' if op == 'call_function' else 'str'} is expected")
        self.graph, self.name, self.op, self.target, self.type = graph, name, op, target, return_type
        self.users: dict[Node, None] = {}
        self.meta: dict[str, Any] = {}
        self._inputs: dict[Node, None] = {}
        self._prev: Node = self
        self._next: Node = self
        self._erased = False
        self._set(args, kwargs)

    # ---- arguments ---------------------------------------------------------------------------------

    @property
    def args(self) -> tuple:
        """The arguments; assigned to, all are replaced."""
        return self._args

    @args.setter
    def args(self, value: tuple) -> None:
        self._set(value, self._kwargs)

    @property
    def kwargs(self) -> dict[str, Any]:
        """The arguments by name; assigned to, all are replaced."""
        return self._kwargs

    @kwargs.setter
    def kwargs(self, value: dict[str, Any]) -> None:
        self._set(self._args, value)

    @property
    def all_input_nodes(self) -> list[Node]:
        """The nodes among the arguments, each once."""
        return list(self._inputs)

    def _set(self, args: Any, kwargs: Any) -> None:
        for node in self._inputs:
            node.users.pop(self, None)
        self._inputs = {}

        def use(node: Node) -> Node:
            self._inputs.setdefault(node)
            node.users.setdefault(self)
            return node
        self._args: tuple = map_arg(tuple(args), use)
        self._kwargs: dict[str, Any] = map_arg(dict(kwargs), use)

    def update_arg(self, idx: int, arg: Any) -> None:
        """Replace argument idx."""
        args = list(self.args)
        args[idx] = arg
        self.args = tuple(args)

    def insert_arg(self, idx: int, arg: Any) -> None:
        """Put one more argument before argument idx."""
        assert 0 <= idx <= len(self.args), "insert_args index must be between 0 and len(self.args)"
        self.args = (*self.args[:idx], arg, *self.args[idx:])

    def update_kwarg(self, key: str, arg: Any) -> None:
        """Replace the argument of that name."""
        self.kwargs = {**self.kwargs, key: arg}

    def replace_all_uses_with(self, replace_with: Node, delete_user_cb: Callable[[Node], bool] = lambda user: True, *,
                              propagate_meta: bool = False) -> list[Node]:
        """Have every user of this node use another; the users are returned.

        delete_user_cb: says of each user whether to change it
        propagate_meta: replace_with takes this node's meta
        """
        if propagate_meta:
            assert not replace_with.meta, "Called node.replace_all_uses_with(replace_with, propagate_meta=True), but " \
                                          "replace_with already has .meta keys"
            replace_with.meta.update(self.meta)
        chosen = [user for user in self.users if delete_user_cb(user)]
        for user in chosen:
            user.replace_input_with(self, replace_with)
        return chosen

    def replace_input_with(self, old_input: Node, new_input: Node) -> None:
        """Replace a node wherever it is among the arguments."""
        swap = lambda n: new_input if n is old_input else n
        self._set(map_arg(self.args, swap), map_arg(self.kwargs, swap))

    # ---- its place ---------------------------------------------------------------------------------

    @property
    def next(self) -> Node:
        return self._next

    @property
    def prev(self) -> Node:
        return self._prev

    def prepend(self, x: Node) -> None:
        """Put x before this node; if it is in the graph, it moves."""
        assert self.graph is x.graph, "Attempting to move a Node into a different Graph"
        if x is self:
            return
        x._remove_from_list()
        x._prev, x._next = self._prev, self
        self._prev._next = self._prev = x

    def append(self, x: Node) -> None:
        """Put x after this node."""
        self._next.prepend(x)

    def _remove_from_list(self) -> None:
        self._prev._next, self._next._prev = self._next, self._prev

    def _place(self) -> int:
        return list(self.graph.nodes).index(self)

    def __lt__(self, other: Node) -> bool:
        return self._place() < other._place()

    def __gt__(self, other: Node) -> bool:
        return self._place() > other._place()

    def __le__(self, other: Node) -> bool:
        return self is other or self < other

    def __ge__(self, other: Node) -> bool:
        return self is other or self > other

    # ---- what it is --------------------------------------------------------------------------------

    @property
    def stack_trace(self) -> str | None:
        """Where the program called it, if a tracer noted that."""
        return self.meta.get("stack_trace")

    @stack_trace.setter
    def stack_trace(self, trace: str | None) -> None:
        self.meta["stack_trace"] = trace

    def is_impure(self, impure_random: bool = True) -> bool:
        """Whether it may not be left out though nothing uses what it gives: arguments, results, writes in place, assertions."""
        if self.op in _KEPT:
            return True
        if self.op == "call_function":
            name = getattr(self.target, "__name__", "")
            return (any(self.target is f for f in _with_effects) or name in ("_assert", "setitem", "setattr")
                    or name.endswith("_") and not name.endswith("__"))
        if self.op == "call_method":
            return self.target.endswith("_") and not self.target.endswith("__")
        if self.op == "call_module":
            assert self.graph.owning_module is not None, "self.graph.owning_module not set for purity check"
            return getattr(self.graph.owning_module.get_submodule(self.target), "_is_impure", False)
        return False

    def format_node(self, placeholder_names: list[str] | None = None,
                    maybe_return_typename: list[str] | None = None) -> str | None:
        """One line of text; that of a placeholder or an output goes into the lists, where they are given."""
        shown = "" if self.type is None else f" {type_repr(self.type)}"
        uses = f"[num_users={len(self.users)}]"
        if self.op == "placeholder":
            if placeholder_names is not None:
                placeholder_names.append(self.target + (f": {type_repr(self.type)}" if self.type else ""))
            default = f"(default={self.args[0]})" if self.args else ""
            return f"%{self.name} :{shown} {uses} = placeholder[target={self.target}]{default}"
        if self.op == "get_attr":
            return f"%{self.name} :{shown} {uses} = get_attr[target={self.target}]"
        if self.op == "output":
            if self.type and maybe_return_typename is not None:
                maybe_return_typename.append(f" -> {type_repr(self.type)}")
            return f"return {self.args[0]}"
        target = self.target if isinstance(self.target, str) else shown_target(self.target)
        return (f"%{self.name} :{shown} {uses} = {self.op}[target={target}](args = {_format_arg(self.args)}, "
                f"kwargs = {_format_arg(self.kwargs)})")

    def __repr__(self) -> str:
        return self.name

    def __deepcopy__(self, memo: dict) -> Node:
        return memo.get(id(self), self)


def last_uses(nodes: Iterable[Node]) -> dict[Node, list[Node]]:
    """For each node those that it is the last to use.

    nodes: all of a graph, the last first
    """
    seen: set[Node] = set()
    found: dict[Node, list[Node]] = {}
    for user in nodes:
        for node in user.all_input_nodes:
            if node not in seen:
                seen.add(node)
                found.setdefault(user, []).append(node)
    return found


def shown_target(target: Callable) -> str:
    """The name of a function as graphs show it."""
    name = qualified_name(target)
    return name.replace("_operator", "operator", 1) if name.startswith("_operator.") else name


def type_repr(kind: Any) -> str:
    """A type as it is written."""
    if isinstance(kind, type) and not isinstance(kind, types.GenericAlias):
        name = getattr(kind, "_shown", None)
        if isinstance(name, str):
            return name
        return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    return "..." if kind is ... else kind.__name__ if isinstance(kind, types.FunctionType) else repr(kind)


def bracketed(a: Any, shown: Callable[[Any], str], key: Callable[[Any], str]) -> str | None:
    """A list, tuple or dict as it is written, of what is in it as `shown` has it; None for anything else."""
    if isinstance(a, list):
        return f"[{', '.join(map(shown, a))}]"
    if isinstance(a, tuple):
        return f"({', '.join(map(shown, a))}{',' if len(a) == 1 else ''})"
    if isinstance(a, dict):
        return f"{{{', '.join([f'{key(k)}: {shown(value)}' for k, value in a.items()])}}}"
    return None


def _format_arg(a: Any) -> str:
    """Arguments with % before the names of nodes."""
    text = bracketed(a, _format_arg, str)
    return text if text is not None else f"%{a}" if isinstance(a, Node) else str(a)


def has_side_effect(fn: Callable) -> Callable:
    """Say that calls of a function are not to be left out of a graph though nothing uses what they give; a decorator too.

    fn: a function

    >>> import mtorch
    >>> mtorch.fx.has_side_effect(print) is print
    True
    """
    _with_effects.append(fn)
    return fn
