"""`Graph`, a program as a list of calls."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from ..class_names import ShownAsTorchs
from .names import Namespace, snake_case
from .node import Node, map_arg
from .python_code import PythonCode, Writer

if TYPE_CHECKING:
    from .graph_module import GraphModule


class NodeList:
    """The nodes of a graph, in order; they may be erased and put in while it is walked."""

    def __init__(self, graph: Graph, backwards: bool = False) -> None:
        self._graph, self._backwards = graph, backwards

    def __len__(self) -> int:
        return self._graph._length

    def __iter__(self) -> Iterator[Node]:
        node = self._graph._root
        while (node := node._prev if self._backwards else node._next) is not self._graph._root:
            if not node._erased:
                yield node

    def __reversed__(self) -> NodeList:
        return NodeList(self._graph, not self._backwards)


class _InsertPoint:
    """Where a graph puts new nodes: from when it is made to the end of the `with` block, if it is in one."""

    def __init__(self, graph: Graph, insert: Callable[[Node], None]) -> None:
        self._graph, self._before = graph, graph._insert
        graph._insert = insert

    def __enter__(self) -> None:
        pass

    def __exit__(self, *error: Any) -> None:
        self._graph._insert = self._before


class Graph(metaclass=ShownAsTorchs):
    """The calls that a program makes, in order, each a Node.

    owning_module, tracer_cls: as torch's; whom it belongs to, and what kind of Tracer made it

    Raises: RuntimeError from `lint` and `erase_node` for a graph that is not in order.
    Source: Reed et al., "torch.fx: Practical Program Capture and Transformation for Deep Learning in Python", 2021,
        arXiv:2112.08429.

    >>> import mtorch
    >>> graph = mtorch.fx.Graph()
    >>> x = graph.placeholder("x")
    >>> node = graph.output(graph.call_function(mtorch.relu, (x,)))
    >>> print(graph)
    graph():
        %x : [num_users=1] = placeholder[target=x]
        %relu : [num_users=1] = call_function[target=torch.relu](args = (%x,), kwargs = {})
        return relu
    """

    _shown = "torch.fx.graph.Graph"

    def __init__(self, owning_module: GraphModule | None = None, tracer_cls: type | None = None,
                 tracer_extras: dict[str, Any] | None = None) -> None:
        self.owning_module, self._tracer_cls, self._tracer_extras = owning_module, tracer_cls, tracer_extras
        self._namespace = Namespace()
        self._length = 0
        self._root = Node(self, "", "root", "", (), {})
        self._insert: Callable[[Node], None] = self._root.prepend
        self._return_type: Any = None

    @property
    def nodes(self) -> NodeList:
        """The nodes, in order."""
        return NodeList(self)

    def output_node(self) -> Node:
        """The node that returns."""
        node = self._root._prev
        assert node.op == "output", "the graph has no output"
        return node

    def find_nodes(self, *, op: str, target: Any = None, sort: bool = True) -> list[Node]:
        """The nodes of that op, and of that target if one is given."""
        return [n for n in self.nodes if n.op == op and (target is None or n.target == target)]

    # ---- making nodes --------------------------------------------------------------------------

    def create_node(self, op: str, target: Any, args: tuple | None = None, kwargs: dict[str, Any] | None = None,
                    name: str | None = None, type_expr: Any = None) -> Node:
        """Add a node where nodes are put just now: at the end, unless within inserting_before or inserting_after."""
        args, kwargs = () if args is None else args, {} if kwargs is None else kwargs
        assert isinstance(args, tuple), "args must be a tuple"
        assert isinstance(kwargs, dict), "kwargs must be a dict"
        candidate = name if name is not None else _candidate(target)
        node = Node(self, self._namespace.create_name(candidate), op, target, args, kwargs, type_expr)
        self._insert(node)
        self._length += 1
        return node

    def placeholder(self, name: str, type_expr: Any = None, default_value: Any = ...) -> Node:
        """An argument of the program."""
        args = () if default_value is ... else (default_value,)
        return self.create_node("placeholder", name, args, type_expr=type_expr)

    def get_attr(self, qualified_name: str, type_expr: Any = None) -> Node:
        """An attribute of the module, by its path."""
        return self.create_node("get_attr", qualified_name, type_expr=type_expr)

    def call_module(self, module_name: str, args: tuple | None = None, kwargs: dict[str, Any] | None = None,
                    type_expr: Any = None) -> Node:
        """A call of a module, by its path."""
        return self.create_node("call_module", module_name, args, kwargs, type_expr=type_expr)

    def call_method(self, method_name: str, args: tuple | None = None, kwargs: dict[str, Any] | None = None,
                    type_expr: Any = None) -> Node:
        """A call of a method of the first argument."""
        return self.create_node("call_method", method_name, args, kwargs, type_expr=type_expr)

    def call_function(self, the_function: Callable, args: tuple | None = None, kwargs: dict[str, Any] | None = None,
                      type_expr: Any = None, name: str | None = None) -> Node:
        """A call of a function."""
        return self.create_node("call_function", the_function, args, kwargs, name=name, type_expr=type_expr)

    def output(self, result: Any, type_expr: Any = None) -> Node:
        """What the program returns."""
        return self.create_node("output", "output", (result,), type_expr=type_expr)

    def node_copy(self, node: Node, arg_transform: Callable[[Node], Any] = lambda x: x) -> Node:
        """A copy of a node of another graph; arg_transform says what its arguments are here."""
        copy = self.create_node(node.op, node.target, map_arg(node.args, arg_transform), map_arg(node.kwargs, arg_transform),
                                node.name, node.type)
        copy.meta = dict(node.meta)
        return copy

    def graph_copy(self, g: Graph, val_map: dict[Node, Any], return_output_node: bool = False) -> Any:
        """Copy all of g's nodes in here; returns what stands for its output.

        val_map: what some of g's nodes are here; it is filled with the others
        """
        for node in g.nodes:
            if node in val_map:
                continue
            if node.op == "output":
                result = map_arg(node.args[0], lambda n: val_map[n])
                return (result, node) if return_output_node else result
            val_map[node] = self.node_copy(node, lambda n: val_map[n])
        return None

    # ---- where nodes are put -------------------------------------------------------------------

    def inserting_before(self, n: Node | None = None) -> _InsertPoint:
        """From now on, or in a `with` block, put new nodes before n; before all, without it."""
        if n is None:
            return self.inserting_after(self._root)
        assert n.graph is self, "Node to insert before is not in graph."
        return _InsertPoint(self, n.prepend)

    def inserting_after(self, n: Node | None = None) -> _InsertPoint:
        """From now on, or in a `with` block, put each new node right after n; after all, without it."""
        if n is None:
            return self.inserting_before(self._root)
        assert n.graph is self, "Node to insert after is not in graph."
        return _InsertPoint(self, n.append)

    def erase_node(self, to_erase: Node) -> None:
        """Take a node that nobody uses out of the graph."""
        if to_erase.users:
            raise RuntimeError(f"Tried to erase Node {to_erase} but it still had {len(to_erase.users)} users in the graph: "
                               f"{to_erase.users}!")
        if to_erase.graph is not self:
            raise RuntimeError(f"Attempting to remove {to_erase} from wrong graph!")
        if to_erase._erased:
            return
        to_erase._set((), {})
        to_erase._remove_from_list()
        to_erase._erased = True
        self._length -= 1

    def eliminate_dead_code(self, is_impure_node: Callable[[Node], bool] | None = None) -> bool:
        """Erase the nodes that nobody uses and that do nothing else; says whether there were any."""
        self.lint()
        before = len(self.nodes)
        for node in reversed(self.nodes):
            if not node.users and not (is_impure_node or Node.is_impure)(node):
                self.erase_node(node)
        return len(self.nodes) < before

    # ---- checks and text -----------------------------------------------------------------------

    def lint(self) -> None:
        """Raise RuntimeError for a graph that is not in order: a node used before it is computed, an attribute not there."""
        seen: set[Node] = set()
        names: set[str] = set()

        def check(node: Node, user: Node) -> None:
            if node.graph is not self:
                raise RuntimeError(f"Argument '{node}' of Node '{user}' does not belong to this Graph, but was used as an "
                                   "argument! If you are copying nodes from another graph, make sure to use ``arg_transform`` on "
                                   f"node_copy() to remap values\n{self}")
            if node not in seen:
                raise RuntimeError(f"Argument '{node}' of Node '{user}' was used before it has been defined! Please check that "
                                   f"Nodes in the graph are topologically ordered\n{self}")
        for node in self.nodes:
            map_arg((node.args, node.kwargs), lambda n, user=node: check(n, user))     # type: ignore[misc]
            seen.add(node)
            if node.name in names:
                raise RuntimeError(f"Node redefined name {node.name}!")
            names.add(node.name)
            if self.owning_module is not None and node.op in ("get_attr", "call_module"):
                found: Any = self.owning_module
                for part in node.target.split("."):
                    if not hasattr(found, part):
                        raise RuntimeError(f"Node {node} target {node.target} references nonexistent attribute {part} of "
                                           f"{type(found).__name__}")
                    found = getattr(found, part)

    def __str__(self) -> str:
        return "graph():" + "".join([f"\n    {node.format_node()}" for node in self.nodes])

    def print_tabular(self) -> None:
        """Print the nodes as a table; needs the library tabulate."""
        try:
            from tabulate import tabulate
        except ImportError:
            print("`print_tabular` relies on the library `tabulate`, which could not be found on this machine. Run `pip install "
                  "tabulate` to install the library.")
            raise
        print(tabulate([[n.op, n.name, n.target, n.args, n.kwargs] for n in self.nodes],
                       headers=["opcode", "name", "target", "args", "kwargs"]))

    # ---- as Python -----------------------------------------------------------------------------

    def python_code(self, root_module: str = "self", **options: Any) -> PythonCode:
        """The program, as a function `forward` of the module that it is of.

        options: torch's, of what comments the code has; only their defaults are supported
        """
        if any(options.values()):
            raise NotImplementedError(f"Graph.python_code: the options {', '.join(options)} are not supported")
        return Writer(self, root_module).code()

    def __deepcopy__(self, memo: dict) -> Graph:
        copy = Graph(tracer_cls=self._tracer_cls)
        values: dict[Node, Any] = {}
        result = copy.graph_copy(self, values, return_output_node=True)
        for old, new in values.items():
            memo[id(old)] = new
        if result is not None:
            value, node = result
            new = copy.output(value, node.type)
            new.meta = dict(node.meta)
            memo[id(node)] = new
        return copy


def _candidate(target: Any) -> str:
    """What a node of this target is called, if that is free."""
    if isinstance(target, str):
        name = target[2:-2] if target.startswith("__") and target.endswith("__") else target
    else:
        name = getattr(target, "__name__", type(target).__name__)
    return snake_case(name)
