"""`Tracer` and `symbolic_trace`: a program is run on proxies, and the calls that it makes are its graph."""
from __future__ import annotations

import builtins
import contextlib
import functools
import inspect
import math
import sys
from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import Any

from ..nn.container import Sequential
from ..nn.module import Module
from ..nn.nest import leaves
from ..questions import _assert
from ..tensor import Parameter, Tensor
from ..torch_function import taken_before
from .graph import Graph
from .graph_module import GraphModule, tracing
from .node import Node
from .proxy import Proxy, TracerBase

_PACKAGE = __name__.partition(".")[0]
# functions of this package that torchvision wraps: they stay whole in every trace
_WHOLE = [(f"{_PACKAGE}.vision.ops.stochastic_depth", "stochastic_depth")]
_wrapped: dict[tuple[int, str], dict] = {}             # (id of a module's names, name) -> the names: functions that stay whole


def wrap(fn_or_name: str | Callable) -> str | Callable:
    """Have a function of this file stay whole in a trace: a call of it is one node, and not looked into.

    fn_or_name: the function, or its name; to be called where the file is read, as a decorator too

    Raises: RuntimeError for what is neither; NotImplementedError if it is called inside a function.

    >>> import mtorch
    >>> mtorch.fx.wrap("len")
    'len'
    """
    if not callable(fn_or_name) and not isinstance(fn_or_name, str):
        raise RuntimeError("Unsupported type for global function! Must be either a callable or string name")
    name = fn_or_name if isinstance(fn_or_name, str) else fn_or_name.__name__
    frame = inspect.currentframe()
    assert frame is not None and frame.f_back is not None
    if frame.f_back.f_code.co_name != "<module>":
        raise NotImplementedError("wrap must be called at the top level of a module")
    names = frame.f_back.f_globals
    _wrapped[id(names), name] = names
    return fn_or_name


class Tracer(TracerBase):
    """Runs a program on proxies and makes a Graph of the calls.

    autowrap_modules: modules of Python functions whose calls are nodes when they are given proxies
    autowrap_functions: more such functions
    param_shapes_constant: not supported

    A subclass says by `is_leaf_module` which modules stay whole, and may change the other methods.

    Raises: TraceError from `trace` for a program that decides by values; NotImplementedError for arguments that a graph cannot
    hold.

    >>> import mtorch
    >>> class Deep(mtorch.fx.Tracer):
    ...     def is_leaf_module(self, m, module_qualified_name):
    ...         return False
    >>> graph = Deep().trace(mtorch.nn.Sequential(mtorch.nn.ReLU()))
    >>> [node.name for node in graph.nodes]
    ['input_1', 'relu', 'output']
    """

    def __init__(self, autowrap_modules: tuple[ModuleType, ...] = (math,), autowrap_functions: tuple[Callable, ...] = (),
                 param_shapes_constant: bool = False) -> None:
        if param_shapes_constant:
            raise NotImplementedError("fx.Tracer: param_shapes_constant=True is not supported")
        self._autowrap_function_ids = {id(f) for module in autowrap_modules for name, f in vars(module).items()
                                       if not name.startswith("_") and callable(f)} | {id(f) for f in autowrap_functions}
        self._autowrap_search = list(autowrap_modules)
        self.submodule_paths: dict[Module, str] = {}
        self.root: Module = Module()
        self.tensor_attrs: dict[Tensor, str] = {}
        self.module_stack: dict[str, Any] = {}

    def create_node(self, kind: str, target: Any, args: tuple, kwargs: dict[str, Any], name: str | None = None,
                    type_expr: Any = None) -> Node:
        node = super().create_node(kind, target, args, kwargs, name, type_expr)
        if self.module_stack:
            node.meta["nn_module_stack"] = dict(self.module_stack)
        return node

    # ---- what a subclass may change ----------------------------------------------------------------

    def is_leaf_module(self, m: Module, module_qualified_name: str) -> bool:
        """Whether a module stays whole: those of torch.nn do, but Sequential does not."""
        module = type(m).__module__
        return module.startswith((f"{_PACKAGE}.nn", f"{_PACKAGE}.ao")) and not isinstance(m, Sequential)

    def path_of_module(self, mod: Module) -> str:
        """Where in the root a module is."""
        path = self.submodule_paths.get(mod)
        if path is None:
            raise NameError("module is not installed as a submodule")
        return path

    def call_module(self, m: Module, forward: Callable, args: tuple, kwargs: dict[str, Any]) -> Any:
        """What a call of a module is: a node for a leaf, and else whatever its forward does."""
        path = self.path_of_module(m)
        if self.is_leaf_module(m, path):
            return self.create_proxy("call_module", path, args, kwargs)
        return forward(*args, **kwargs)

    def getattr(self, attr: str, attr_val: Any, parameter_proxy_cache: dict[str, Any]) -> Any:
        """What an attribute of a module is: for a parameter a Proxy."""
        if isinstance(attr_val, Parameter):
            return self._attribute(attr_val, parameter_proxy_cache, self.root.named_parameters())
        if self.proxy_buffer_attributes and isinstance(attr_val, Tensor):
            return self._attribute(attr_val, parameter_proxy_cache, self.root.named_buffers())
        return attr_val

    def _attribute(self, value: Tensor, known: dict[str, Any], among: Any) -> Any:
        for name, one in among:
            if one is value:
                if name not in known:
                    known[name] = self.create_proxy("get_attr", name, (), {})
                return known[name]
        return value

    def create_arg(self, a: Any) -> Any:
        """A value as an argument of a node; a tensor of the module is an attribute, and another becomes one."""
        if isinstance(a, Parameter):
            for name, p in self.root.named_parameters():
                if a is p:
                    return self.create_node("get_attr", name, (), {})
            raise NameError("parameter is not a member of this module")
        if isinstance(a, Tensor):
            for name, buffer in self.root.named_buffers():
                if a is buffer:
                    return self.create_node("get_attr", name, (), {})
            return self.create_node("get_attr", self._name_of(a), (), {})
        if isinstance(a, Module):
            for name, module in self.root.named_modules():
                if a is module:
                    return self.create_node("get_attr", name, (), {})
        return super().create_arg(a)

    def _name_of(self, x: Tensor) -> str:
        """The attribute of the root that a tensor is, or is made."""
        name = self.tensor_attrs.get(x)
        if name is None:
            for path, module in self.root.named_modules():
                for key, value in vars(module).items():
                    if value is x:
                        return f"{path}.{key}" if path else key
            i = 0
            while hasattr(self.root, f"_tensor_constant{i}"):
                i += 1
            name = self.tensor_attrs[x] = f"_tensor_constant{i}"
            setattr(self.root, name, x)
        return name

    # ---- tracing -----------------------------------------------------------------------------------

    def trace(self, root: Module | Callable, concrete_args: dict[str, Any] | None = None) -> Graph:
        """The graph of a module's forward, or of a function.

        concrete_args: values that some arguments are to have
        """
        if isinstance(root, Module):
            function = type(root).forward
            self.root = root
            self.submodule_paths = {module: name for name, module in root.named_modules(remove_duplicate=False)}
        else:
            function, self.root = root, Module()
        self.graph = Graph(tracer_cls=getattr(self, "__class__", None))
        self.tensor_attrs = {}
        run, args = self.create_args_for_root(function, isinstance(root, Module), concrete_args)
        with _Patcher() as patcher:
            patcher.patch_method(Module, "__getattribute__", self._reading_attributes())
            patcher.patch_method(Module, "__call__", self._calling_modules())
            _patch_wrapped_functions(patcher)
            for names in [run.__globals__, *[vars(sys.modules[file]) for file in self._files()],
                          *map(vars, self._autowrap_search)]:
                _autowrap_check(patcher, names, self._autowrap_function_ids)
            result = run(*args)
        self.create_node("output", "output", (self.create_arg(result),), {}, type_expr=_annotation(function, "return"))
        self.submodule_paths = {}
        return self.graph

    def _files(self) -> list[str]:
        """The modules of Python in which the classes of the root's modules stand, but for torch.nn's own."""
        files = dict.fromkeys([type(m).__module__ for m in self.root.modules()])
        return [file for file in files if file in sys.modules and not file.startswith(f"{_PACKAGE}.nn")]

    def _reading_attributes(self) -> Callable:
        """Modules' attributes, parameters as proxies."""
        plain, cache = Module.__getattribute__, {}     # type: ignore[var-annotated]

        def read(module: Module, name: str) -> Any:
            value = plain(module, name)
            return self.getattr(name, value, cache) if isinstance(value, Tensor) else value
        return read

    def _calling_modules(self) -> Callable:
        """Calls of modules, as the tracer has them."""
        def call(module: Module, *args: Any, **kwargs: Any) -> Any:
            before, path = dict(self.module_stack), self.path_of_module(module)
            self.module_stack[path] = path, type(module)
            try:
                return self.call_module(module, functools.partial(_orig_module_call, module), args, kwargs)
            finally:
                self.module_stack = before
        return call

    def create_args_for_root(self, root_fn: Callable, is_module: bool,
                             concrete_args: dict[str, Any] | None = None) -> tuple[Callable, list[Any]]:
        """The function to run, and proxies for its arguments, with a placeholder each; *args and **kwargs are one each."""
        args: list[Any] = [self.root] if is_module else []
        parameters = list(inspect.signature(inspect.unwrap(root_fn)).parameters.values())[len(args):]
        stars = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
        for p in sorted(parameters, key=lambda p: p.kind in stars):
            if p.kind in stars:
                args.append(self.create_proxy("placeholder", stars[p.kind] + p.name, (), {}))
            else:
                args.append(self._argument(root_fn, p, concrete_args or {}))
        return _of_single_arguments(root_fn), args

    def _argument(self, function: Callable, p: inspect.Parameter, concrete: dict[str, Any]) -> Any:
        default = () if p.default is p.empty else (p.default,)
        if p.name not in concrete:
            return self.create_proxy("placeholder", p.name, default, {}, type_expr=_annotation(function, p.name))
        value = concrete[p.name]
        if isinstance(value, (tuple, list, dict)):
            raise NotImplementedError(f"fx: concrete_args of {type(value).__name__} ({p.name}) are not supported")
        proxy = self.create_proxy("placeholder", f"{p.name}_1", default, {})
        message = f"{p.name} has been specialized to have value {value} but got another value"
        if isinstance(value, (int, float, bool)):
            self.create_proxy("call_function", _assert, (proxy == value, message), {})
        elif value is None:
            self.create_proxy("call_function", _assert_is_none, (proxy, message), {})
        return value


def _of_single_arguments(function: Callable) -> Callable:
    """The function with *args, **kwargs and those that are given by name alone as ordinary arguments, so that each is a Proxy."""
    inner = inspect.unwrap(function)
    code = getattr(inner, "__code__", None)
    stars = inspect.CO_VARARGS | inspect.CO_VARKEYWORDS
    if code is None or not (code.co_kwonlyargcount or code.co_flags & stars):
        return function
    count = code.co_argcount + code.co_kwonlyargcount + bin(code.co_flags & stars).count("1")
    plain = code.replace(co_argcount=count, co_posonlyargcount=0, co_kwonlyargcount=0, co_flags=code.co_flags & ~stars)
    return FunctionType(plain, inner.__globals__, inner.__name__, inner.__defaults__, inner.__closure__)


def _assert_is_none(value: Any, msg: str) -> None:
    assert value is None, msg


def _annotation(function: Callable, name: str) -> Any:
    found = getattr(inspect.unwrap(function), "__annotations__", {}).get(name)
    if isinstance(found, str):
        with contextlib.suppress(Exception):
            found = inspect.get_annotations(inspect.unwrap(function), eval_str=True).get(name)
    return None if isinstance(found, str) or found is Any else found


class _Patcher:
    """A block in which names stand for other things: keys of dicts, and methods of classes."""

    def __enter__(self) -> _Patcher:
        self._changed: list[tuple[Any, str, Any]] = []
        self.seen: set[int] = set()
        return self

    def patch(self, frame_dict: dict[str, Any], name: str, new_fn: Any, deduplicate: bool = True) -> None:
        """Have a name of a module stand for new_fn."""
        self._changed.append((frame_dict, name, frame_dict.get(name, _ABSENT)))
        frame_dict[name] = new_fn

    def patch_method(self, cls: type, name: str, new_fn: Any, deduplicate: bool = True) -> None:
        """Have a class's method be new_fn."""
        self._changed.append((cls, name, vars(cls).get(name, _ABSENT)))
        setattr(cls, name, new_fn)

    def __exit__(self, *error: Any) -> None:
        for where, name, value in reversed(self._changed):
            if isinstance(where, dict):
                if value is _ABSENT:
                    where.pop(name, None)
                else:
                    where[name] = value
            elif value is _ABSENT:
                delattr(where, name)
            else:
                setattr(where, name, value)


_ABSENT = object()
_orig_module_call = Module.__call__


def _orig_module_getattr(module: Module, name: str) -> Any:
    """An attribute that a module has not: those that it has are found without this."""
    raise AttributeError(f"{type(module).__name__!r} object has no attribute {name!r}")


def _patch_wrapped_functions(patcher: _Patcher) -> None:
    """Have functions that were wrapped note their calls."""
    whole_here = [(name, vars(sys.modules[file])) for file, name in _WHOLE if file in sys.modules]
    for name, names in [*whole_here, *((name, names) for (_, name), names in _wrapped.items())]:
        value = names.get(name, getattr(builtins, name, None))
        if value is not None:
            patcher.patch(names, name, _whole(value))


def _autowrap_check(patcher: _Patcher, frame_dict: dict[str, Any], function_ids: Any) -> None:
    """Have functions that a file took by name note their calls, where they are to stay whole or ask their arguments."""
    if id(frame_dict) in patcher.seen:
        return
    patcher.seen.add(id(frame_dict))
    for name, function in taken_before(frame_dict).items():
        patcher.patch(frame_dict, name, function)
    for name, value in list(frame_dict.items()):
        if id(value) in function_ids and not name.startswith("_"):
            patcher.patch(frame_dict, name, _whole(value))


def compatibility(is_backward_compatible: bool) -> Callable:
    """A decorator that says of torch's own functions whether they will stay; it changes nothing."""
    return lambda f: f


class ScriptObject:
    """What torch keeps of TorchScript; there is none here."""


def _whole(function: Callable) -> Callable:
    """A function whose call is a node where one of the arguments is a Proxy."""
    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        proxy = next((a for a in leaves((args, kwargs)) if isinstance(a, Proxy)), None)
        if proxy is None:
            return function(*args, **kwargs)
        result = proxy.tracer.create_proxy("call_function", function, args, kwargs)
        result.node.meta["is_wrapped"] = True
        return result
    return call


tracing.append(Tracer)


def symbolic_trace(root: Module | Callable, concrete_args: dict[str, Any] | None = None) -> GraphModule:
    """A module or function as a GraphModule: the calls that it makes are a Graph, which can be looked at and changed.

    root: what to trace
    concrete_args: values that some of its arguments are to have, by name

    Raises: TraceError for a program that decides by values.
    Source: Reed et al., "torch.fx: Practical Program Capture and Transformation for Deep Learning in Python", 2021,
        arXiv:2112.08429.

    >>> import mtorch
    >>> print(mtorch.fx.symbolic_trace(lambda x: mtorch.relu(x) + 1).graph)
    graph():
        %x : [num_users=1] = placeholder[target=x]
        %relu : [num_users=1] = call_function[target=torch.relu](args = (%x,), kwargs = {})
        %add : [num_users=1] = call_function[target=operator.add](args = (%relu, 1), kwargs = {})
        return add
    """
    tracer = Tracer()
    graph = tracer.trace(root, concrete_args)
    name = type(root).__name__ if isinstance(root, Module) else root.__name__
    return GraphModule(tracer.root, graph, name)


__all__ = ["Node", "Tracer", "symbolic_trace", "wrap"]
