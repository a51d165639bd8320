"""A graph written as Python: a statement for each node, and each value let go of after its last use."""
from __future__ import annotations

import math
import sys
import types
import typing
from typing import TYPE_CHECKING, Any

from .names import Namespace, qualified_name
from .node import Node, bracketed, last_uses, type_repr

if TYPE_CHECKING:
    from .graph import Graph

_INFIX = {"eq": "==", "ne": "!=", "lt": "<", "gt": ">", "le": "<=", "ge": ">=", "add": "+", "sub": "-", "mul": "*",
          "floordiv": "//", "truediv": "/", "mod": "%", "pow": "**", "lshift": "<<", "rshift": ">>", "and_": "&", "or_": "|",
          "xor": "^", "matmul": "@"}
_PREFIX = {"pos": "+", "neg": "-", "invert": "~"}
_IN_PLACE = {"iadd": "+=", "iand": "&=", "ifloordiv": "//=", "ilshift": "<<=", "imod": "%=", "imul": "*=", "imatmul": "@=",
             "ior": "|=", "ipow": "**=", "irshift": ">>=", "isub": "-=", "itruediv": "/=", "ixor": "^="}


class PythonCode:
    """A graph as Python: `src`, and the `globals` that it needs."""

    def __init__(self, src: str, globals: dict[str, Any]) -> None:
        self.src, self.globals = src, globals


class Writer:
    """Writes a graph as Python."""

    def __init__(self, graph: Graph, root: str) -> None:
        self.graph, self.root = graph, root
        self.globals: dict[str, Any] = {}
        self.whole: dict[str, None] = {}               # functions that are to stay whole if the code is traced
        self.names = Namespace()
        self.names.taken |= {n.name for n in graph.nodes}

    def code(self) -> PythonCode:
        arguments, body = [], []
        returned = ""
        used_last = last_uses(reversed(self.graph.nodes))
        for node in self.graph.nodes:
            if node.op == "placeholder":
                arguments.append(self._argument(node))
                plain = node.target.replace("*", "")
                if plain != node.name:
                    body.append(f"{node.name} = {plain}\n")
                continue
            if node.op == "output":
                if node.type is not None:
                    returned = f" -> {self._type(node.type)}"
                body.append(f"return {self.shown(node.args[0])}")
                continue
            done = used_last.get(node, []) + ([node] if not node.users else [])
            body.append(self._statement(node) + (f";  {' = '.join([n.name for n in done])} = None\n" if done else "\n"))
        text = "".join(body or ["pass\n"])
        lines = "\n".join([f"    {line}" for line in text.split("\n")])
        whole = "\n".join([f'torch.fx._symbolic_trace.wrap("{name}")' for name in self.whole])
        if whole:
            self._torch()
        head = f"def forward({', '.join([self.root, *arguments])}){returned}:"
        return PythonCode(f"\n{whole}\n\n{head}\n{lines}\n    ", self.globals)

    def _argument(self, node: Node) -> str:
        kind = f" : {self._type(node.type)}" if node.type is not None else ""
        default = f" = {self.shown(node.args[0])}" if node.args else ""
        return f"{node.target}{kind}{default}"

    def _statement(self, node: Node) -> str:
        kind = f" : {self._type(node.type)}" if node.type is not None else ""
        return f"{node.name}{kind} = {self._call(node)}" if not self._is_in_place(node) else self._write(node)

    @staticmethod
    def _is_in_place(node: Node) -> bool:
        return node.op == "call_function" and getattr(node.target, "__module__", "") == "_operator" \
            and (node.target.__name__ in _IN_PLACE or node.target.__name__ == "setitem")

    def _write(self, node: Node) -> str:
        args = [self.shown(a) for a in node.args]
        if node.target.__name__ == "setitem":
            return f"{args[0]}[{args[1]}] = {args[2]};  {node.name} = {args[0]}"
        return f"{args[0]} {_IN_PLACE[node.target.__name__]} {args[1]};  {node.name} = {args[0]}"

    def _call(self, node: Node) -> str:
        if node.op == "get_attr":
            return _path(self.root, node.target)
        if node.op == "call_module":
            return f"{_path(self.root, node.target)}({self._arguments(node.args, node.kwargs)})"
        if node.op == "call_method":
            return f"{_path(self.shown(node.args[0]), node.target)}({self._arguments(node.args[1:], node.kwargs)})"
        name = getattr(node.target, "__name__", "")
        args = [self.shown(a) for a in node.args]
        if getattr(node.target, "__module__", "") == "_operator" and not node.kwargs:
            if name in _INFIX:
                return f"{args[0]} {_INFIX[name]} {args[1]}"
            if name in _PREFIX:
                return f"{_PREFIX[name]}{args[0]}"
            if name == "getitem":
                return f"{args[0]}[{args[1]}]"
        if node.target is getattr and len(args) == 2 and str(node.args[1]).isidentifier():
            return f"{args[0]}.{node.args[1]}"
        function = self._global(node.target)
        if node.meta.get("is_wrapped"):
            self.whole.setdefault(function)
        return f"{function}({self._arguments(node.args, node.kwargs)})"

    def _arguments(self, args: tuple, kwargs: dict[str, Any]) -> str:
        return ", ".join([*map(self.shown, args), *[f"{key} = {self.shown(value)}" for key, value in kwargs.items()]])

    def shown(self, a: Any) -> str:
        """A value as it is written."""
        if isinstance(a, Node):
            return a.name
        if isinstance(a, tuple) and hasattr(a, "_fields"):
            return f"{self._global(type(a))}({', '.join(map(self.shown, a))})"
        text = bracketed(a, self.shown, repr)
        if text is not None:
            return text
        if isinstance(a, slice):
            return f"slice({self.shown(a.start)}, {self.shown(a.stop)}, {self.shown(a.step)})"
        if isinstance(a, float) and not math.isfinite(a):
            self.globals[str(abs(a))] = abs(a)
            return str(a)
        if isinstance(a, type) or callable(a) and isinstance(a, (types.FunctionType, types.BuiltinFunctionType)):
            return self._global(a)
        text = repr(a)
        if text.startswith("torch."):
            self._torch()
        elif text.startswith("device("):
            self.globals["device"] = sys.modules[__name__.partition(".")[0]].device
        return text

    def _type(self, kind: Any) -> str:
        text = type_repr(kind)
        if text.partition(".")[0] == "torch":
            self._torch()
        elif isinstance(kind, type) and kind.__module__ != "builtins":
            return self._global(kind)
        elif not isinstance(kind, type):
            self.globals.setdefault("typing", typing)
        return text

    def _torch(self) -> None:
        self.globals["torch"] = sys.modules[__name__.partition(".")[0]]

    def _global(self, thing: Any) -> str:
        """The name by which the code reaches a function or class."""
        if isinstance(thing, type):
            name = type_repr(thing)
            if thing.__module__ == "builtins":
                return name
        else:
            name = qualified_name(thing)
        if name.startswith("builtins."):
            return name.removeprefix("builtins.")
        if name.partition(".")[0] == "torch":
            self._torch()
            return name
        for known, value in self.globals.items():
            if value is thing:
                return known
        name = self.names.create_name(name.replace(".", "_"))
        self.globals[name] = thing
        return name


def _path(base: str, target: str) -> str:
    """base.a.b, and getattr where a part of the path is no name."""
    for part in target.split("."):
        base = f"{base}.{part}" if part.isidentifier() else f'getattr({base}, "{part}")'
    return base
