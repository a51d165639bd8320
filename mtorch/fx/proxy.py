"""`Proxy`, what a program is run on while its calls are noted; and what every tracer does with them."""
from __future__ import annotations

import builtins
import dis
import inspect
import operator
from bisect import bisect_left
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import numpy as np

from ..class_names import ShownAsTorchs
from ..dtypes import dtype as Dtype
from ..device import device as Device
from ..tensor import Tensor
from ..torch_function import begin
from .graph import Graph
from .node import Node, map_aggregate

# The operators that a Proxy has, as the functions of the module operator.
_BINARY = ("add", "sub", "mul", "floordiv", "truediv", "mod", "pow", "lshift", "rshift", "and_", "or_", "xor", "matmul")
_OTHERS = ("eq", "ne", "lt", "gt", "le", "ge", "pos", "neg", "invert", "getitem")
# What torch calls the method that an operator of a tensor and something else is.
_METHOD = {"truediv": "div", "floordiv": "floor_divide", "mod": "remainder", "and_": "bitwise_and", "or_": "bitwise_or",
           "xor": "bitwise_xor"}


class TraceError(ValueError):
    """A program that cannot be traced: it asks for a value that is not there yet."""


class TracerBase:
    """What notes calls in a graph; Tracer and GraphAppendingTracer are made of it."""

    graph: Graph
    trace_asserts = False
    proxy_buffer_attributes = False

    def create_node(self, kind: str, target: Any, args: tuple, kwargs: dict[str, Any], name: str | None = None,
                    type_expr: Any = None) -> Node:
        """Add a node to the graph."""
        return self.graph.create_node(kind, target, args, kwargs, name, type_expr)

    def proxy(self, node: Node) -> Proxy:
        """The Proxy of a node."""
        return Proxy(node, self)

    def create_proxy(self, kind: str, target: Any, args: tuple, kwargs: dict[str, Any], name: str | None = None,
                     type_expr: Any = None, proxy_factory_fn: Callable[[Node], Proxy] | None = None) -> Proxy:
        """Add a node of these arguments, in which proxies may be, and return its Proxy."""
        args, kwargs = self.create_arg(args), self.create_arg(kwargs)
        assert isinstance(args, tuple) and isinstance(kwargs, dict)
        node = self.create_node(kind, target, args, kwargs, name, type_expr)
        return (proxy_factory_fn or self.proxy)(node)

    def create_arg(self, a: Any) -> Any:
        """A value as an argument of a node: for a Proxy its node."""
        if isinstance(a, Proxy):
            return a.node
        if isinstance(a, Node):
            return a
        if hasattr(a, "__fx_create_arg__"):
            return a.__fx_create_arg__(self)
        if isinstance(a, tuple) and hasattr(a, "_fields"):
            return self.create_node("call_function", type(a), tuple([self.create_arg(item) for item in a]), {})
        if isinstance(a, (tuple, list)):
            return type(a)([self.create_arg(item) for item in a])
        if isinstance(a, dict):
            for key in a:
                if isinstance(key, Proxy):
                    raise RuntimeError(f"Keys for dictionaries used as an argument cannot contain a Node. Got key: {key}")
            return {key: self.create_arg(value) for key, value in a.items()}
        if isinstance(a, slice):
            return slice(self.create_arg(a.start), self.create_arg(a.stop), self.create_arg(a.step))
        if isinstance(a, range):
            return range(a.start, a.stop, a.step)
        if a is None or a is ... or isinstance(a, (bool, int, float, complex, str, bytes, Dtype, Device, np.dtype, type)) \
                or inspect.isfunction(a) or inspect.isbuiltin(a) or type(a).__module__.endswith(("memory_format", "settings")):
            return a
        raise NotImplementedError(f"argument of type: {type(a)}")

    def to_bool(self, obj: Proxy) -> bool:
        """What a Proxy is in a condition: an error, unless a tracer knows better."""
        raise TraceError("symbolically traced variables cannot be used as inputs to control flow")

    def iter(self, obj: Proxy) -> Iterator:
        """What a Proxy is in a loop: an error, unless a tracer knows better."""
        raise TraceError("Proxy object cannot be iterated. This can be attempted when the Proxy is used in a loop or as a *args "
                         "or **kwargs function argument. See the torch.fx docs on pytorch.org for a more detailed explanation of "
                         "what types of control flow can be traced, and check out the Proxy docstring for help troubleshooting "
                         "Proxy iteration errors")

    def keys(self, obj: Proxy) -> Any:
        """What the keys of a Proxy are, as ** asks for them."""
        return Attribute(obj, "keys")()


class GraphAppendingTracer(TracerBase):
    """Notes the calls of a Proxy that was made of a node, in the node's graph.

    graph: where the calls are noted
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph


class Proxy(metaclass=ShownAsTorchs):
    """Stands for a value while a program is traced: what is done with it becomes a node, whose Proxy comes back.

    node: what it stands for
    tracer: what notes the calls; the node's own graph, unless given

    Raises: TraceError where a program asks for the value, in a condition or a loop.

    >>> import mtorch
    >>> graph = mtorch.fx.Graph()
    >>> x = mtorch.fx.Proxy(graph.placeholder("x"))
    >>> (x + 1).relu()
    Proxy(relu)
    """

    _shown = "torch.fx.proxy.Proxy"

    def __init__(self, node: Node, tracer: TracerBase | None = None) -> None:
        begin()                                        # from now on functions ask whether they are given one
        self.tracer = GraphAppendingTracer(node.graph) if tracer is None else tracer
        self.node = node

    def __repr__(self) -> str:
        return f"Proxy({self.node.name})"

    def __getattr__(self, name: str) -> Any:
        return Attribute(self, name)

    def __getstate__(self) -> dict:
        return self.__dict__

    def __deepcopy__(self, memo: dict) -> Proxy:
        copy = type(self).__new__(type(self))
        copy.__dict__.update(self.__dict__)
        return copy

    def __setstate__(self, state: dict) -> None:
        self.__dict__.update(state)

    def __call__(self, *args: Any, **kwargs: Any) -> Proxy:
        return self.tracer.create_proxy("call_method", "__call__", (self, *args), kwargs)

    def __iter__(self) -> Iterator:
        frame = inspect.currentframe()
        count = _unpacked_into(frame.f_back if frame else None)
        return self.tracer.iter(self) if count is None else iter([self[i] for i in range(count)])    # type: ignore[index]

    def __abs__(self) -> Proxy:
        return self.tracer.create_proxy("call_function", operator.abs, (self,), {})

    def __bool__(self) -> bool:
        return self.tracer.to_bool(self)

    def __len__(self) -> int:
        raise RuntimeError("'len' is not supported in symbolic tracing by default. If you want this call to be recorded, please "
                           "call torch.fx.wrap('len') at module scope")

    def keys(self) -> Any:
        return self.tracer.keys(self)

    def __setitem__(self, key: Any, value: Any) -> None:
        raise TypeError("'Proxy' object does not support item assignment")

    @classmethod
    def __torch_function__(cls, func: Callable, types: Any, args: tuple = (), kwargs: dict[str, Any] | None = None) -> Proxy:
        tracers: dict[int, TracerBase] = {}
        map_aggregate((args, kwargs or {}), lambda a: tracers.setdefault(id(a.tracer), a.tracer) if isinstance(a, Proxy) else a)
        if len(tracers) > 1:
            raise RuntimeError(f"Found multiple different tracers {list(tracers.values())} while trying to trace operations "
                               f"{func}")
        tracer = next(iter(tracers.values()))
        if not hasattr(func, "public_name") and func.__name__ != "_assert":        # a method of Tensor
            return tracer.create_proxy("call_method", func.__name__, args, kwargs or {})
        return tracer.create_proxy("call_function", func, args, kwargs or {})


def _unpacked_into(frame: FrameType | None) -> int | None:
    """Into how many names the statement that runs unpacks a value; None if it is not that kind."""
    if frame is None:
        return None
    instructions = list(dis.get_instructions(frame.f_code))
    at = instructions[bisect_left(instructions, frame.f_lasti, key=lambda i: i.offset)]
    return at.argval if at.opname == "UNPACK_SEQUENCE" else None


class Attribute(Proxy):
    """An attribute of what a Proxy stands for; called, it is a method."""

    def __init__(self, root: Proxy, attr: str) -> None:
        self.root, self.attr, self.tracer = root, attr, root.tracer
        self._node: Node | None = None

    @property
    def node(self) -> Node:                            # type: ignore[override]
        # made when it is asked for, since most are methods
        if self._node is None:
            self._node = self.tracer.create_proxy("call_function", builtins.getattr, (self.root, self.attr), {}).node
        return self._node

    def __call__(self, *args: Any, **kwargs: Any) -> Proxy:
        return self.tracer.create_proxy("call_method", self.attr, (self.root, *args), kwargs)


def _operator(name: str) -> Callable:
    function = getattr(operator, name)

    def method(self: Proxy, *args: Any) -> Proxy:
        return self.tracer.create_proxy("call_function", function, (self, *args), {})
    return method


def _reflected(name: str) -> Callable:
    function = getattr(operator, name)

    def method(self: Proxy, other: Any) -> Proxy:
        if isinstance(other, Tensor):                  # in torch the tensor's own operator notes the call
            return self.tracer.create_proxy("call_method", _METHOD.get(name, name), (other, self), {})
        return self.tracer.create_proxy("call_function", function, (other, self), {})
    return method


for _name in (*_BINARY, *_OTHERS):
    setattr(Proxy, f"__{_name.strip('_')}__", _operator(_name))
for _name in _BINARY:
    setattr(Proxy, f"__r{_name.strip('_')}__", _reflected(_name))
Proxy.__hash__ = object.__hash__                       # type: ignore[method-assign]
