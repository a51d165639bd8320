"""`GraphModule`, a Module whose forward is a graph."""
from __future__ import annotations

import copy
import functools
import linecache
import sys
from itertools import count
from typing import Any

from ..nn.module import Module
from ..tensor import Parameter, Tensor
from .graph import Graph, PythonCode
from .node import Node

_number = count().__next__


class GraphModule(Module):
    """A Module that computes what its graph says.

    root: a Module that has the attributes that the graph names, or a dict of them by path
    graph: what it computes; it belongs to the GraphModule from then on
    class_name: what its class is called

    When the graph was changed, `recompile()` brings forward up to date.

    Raises: RuntimeError for an attribute of the graph's that root has not.

    >>> import mtorch
    >>> net = mtorch.fx.symbolic_trace(lambda x: x + 1)
    >>> for node in net.graph.nodes:
    ...     if node.op == "call_function":
    ...         node.args = (node.args[0], 10)
    >>> net.recompile().src == net.code
    True
    >>> net(mtorch.ones(2))
    tensor([11., 11.])
    """

    _graph: Graph
    _code: str

    def __new__(cls, *args: Any, **kwargs: Any) -> GraphModule:
        # each has a class of its own, for its own forward
        base = next(kind for kind in cls.__mro__ if kind.__qualname__ != "GraphModuleImpl")
        own = type("GraphModuleImpl", (base,), {"__module__": base.__module__, "__qualname__": "GraphModuleImpl"})
        return super().__new__(own)

    def __init__(self, root: Module | dict[str, Any], graph: Graph, class_name: str = "GraphModule") -> None:
        super().__init__()
        type(self).__name__ = class_name
        wanted = [node.target for node in graph.nodes if node.op in ("get_attr", "call_module")]
        if isinstance(root, Module):
            self.training = root.training
            for target in wanted:
                copy_attribute(root, self, target)
        elif isinstance(root, dict):
            for target in sorted(wanted, key=lambda path: path.count(".")):
                if target not in root:
                    raise RuntimeError(f"Node referenced target {target} but that target was not provided in root!")
                _assign(root[target], self, target)
        else:
            raise RuntimeError(f"Unsupported type {root} passed for root!")
        self.graph = graph
        self._tracer_cls = graph._tracer_cls
        self.meta: dict[str, Any] = {}

    @property
    def graph(self) -> Graph:
        """The graph; assigned to, forward is made anew."""
        return self._graph

    @graph.setter
    def graph(self, graph: Graph) -> None:
        assert isinstance(graph, Graph), f"Expected a Graph instance, but got {type(graph)}"
        self.__dict__["_graph"] = graph
        graph.owning_module = self
        self.recompile()

    @property
    def code(self) -> str:
        """The Python that the graph is written as."""
        return self._code

    def recompile(self) -> PythonCode:
        """Make forward anew from the graph, after changes."""
        python = self._graph.python_code("self")
        self.__dict__["_code"] = python.src
        name = f"<eval_with_key>.{_number()}"
        linecache.cache[name] = len(python.src), None, python.src.splitlines(True), name       # for tracebacks
        values: dict[str, Any] = dict(python.globals)
        exec(compile(python.src, name, "exec"), values)
        type(self).forward = values["forward"]         # type: ignore[method-assign]
        return python

    def __str__(self) -> str:
        return "\n".join([super().__repr__(), self._code, "# To see more debug info, please use `graph_module.print_readable()`"])

    def print_readable(self, print_output: bool = True, **options: Any) -> str:
        """The code as a class, printed and returned.

        options: torch's, of what comments the code has; only their defaults are supported
        """
        if any(options.values()):
            raise NotImplementedError(f"GraphModule.print_readable: the options {', '.join(options)} are not supported")
        lines = self._code.strip("\n").rstrip().split("\n")
        lines.insert(next(i for i, line in enumerate(lines) if line.startswith("def ")) + 1,
                     "    # No stacktrace found for following nodes")
        text = f"class {type(self).__name__}(torch.nn.Module):\n" + "".join([f"    {line}\n" for line in lines])
        if print_output:
            print(text)
        return text

    # ---- modules -----------------------------------------------------------------------------------

    def add_submodule(self, target: str, m: Module) -> bool:
        """Put a module at a path; False if there is something else on the way."""
        *path, last = target.split(".")
        at: Any = self
        for part in path:
            if not hasattr(at, part):
                setattr(at, part, Module())
            at = getattr(at, part)
            if not isinstance(at, Module):
                return False
        at.add_module(last, m)
        return True

    def delete_submodule(self, target: str) -> bool:
        """Take the module at a path away; False if there is none."""
        parent, _, last = target.rpartition(".")
        try:
            at = self.get_submodule(parent)
        except AttributeError:
            return False
        if not isinstance(getattr(at, last, None), Module):
            return False
        delattr(at, last)
        return True

    def delete_all_unused_submodules(self) -> None:
        """Take away the modules that the graph does not call and whose attributes it does not use."""
        used: set[str] = set()
        for node in self.graph.nodes:
            if node.op in ("get_attr", "call_module"):
                parts = node.target.split(".")
                used |= {".".join(parts[:i]) for i in range(1, len(parts) + 1)}
                if node.op == "call_module":
                    used |= {f"{node.target}.{name}" for name, _ in self.get_submodule(node.target).named_modules()}
        for name in [name for name, _ in self.named_modules() if name and name not in used]:
            self.delete_submodule(name)

    # ---- copies ------------------------------------------------------------------------------------

    def __deepcopy__(self, memo: dict) -> GraphModule:
        holder = Module()
        holder.__dict__.update(copy.deepcopy({k: v for k, v in self.__dict__.items() if k not in ("_graph", "_last")}, memo))
        result = GraphModule(holder, copy.deepcopy(self._graph), type(self).__name__)
        for name, value in holder.__dict__.items():
            if name not in result.__dict__:
                result.__dict__[name] = value
        result.training = self.training
        result.meta = dict(self.meta)
        return result

    def __copy__(self) -> GraphModule:
        return GraphModule(self, self.graph, type(self).__name__)

    def __reduce__(self) -> Any:
        state = {name: value for name, value in self.__dict__.items() if name not in ("_graph", "_last")}
        return _from_code, (state, type(self).__name__, getattr(self._graph, "_tracer_cls", None))


# Traces the code of a GraphModule that comes from a pickle; _symbolic_trace.py puts the function here.
tracing: list[Any] = []


def _from_code(state: dict[str, Any], name: str, tracer_cls: type | None) -> GraphModule:
    """A GraphModule from a pickle: its code is traced, with every module whole."""
    holder, values = Module(), {"torch": sys.modules[__name__.partition(".")[0]]}
    holder.__dict__.update(state)
    exec(compile(state["_code"], "<unpickled>", "exec"), values)
    holder.__class__ = type(name, (Module,), {"forward": values["forward"]})
    whole = type("Whole", (tracer_cls or tracing[0],), {"is_leaf_module": lambda self, m, module_qualified_name: True})
    result = GraphModule(holder, whole().trace(holder), name)
    result.training = state["training"]
    return result


def copy_attribute(source: Module, to: Module, target: str) -> None:
    """Give `to` what source has at a path, with modules on the way; nothing where there is no such path."""
    path, _, last = target.rpartition(".")
    holder = _at(source, path)
    if holder is None:
        return
    value = getattr(holder, last)
    if value is None or _at(to, target) is not value:      # it is there if it came with the whole module that it is of
        _assign(value, to, target)


def _at(module: Any, path: str) -> Any:
    """What a module has at a path, or None."""
    return functools.reduce(lambda at, part: getattr(at, part, None), path.split("."), module) if path else module


def _assign(value: Any, to: Module, target: str) -> None:
    *path, last = target.split(".")
    for part in path:
        if not hasattr(to, part):
            setattr(to, part, Module())
        to = getattr(to, part)
    if isinstance(value, Tensor) and not isinstance(value, Parameter):
        to.register_buffer(last, value)
    else:
        setattr(to, last, value)


__all__ = ["GraphModule", "Node"]
