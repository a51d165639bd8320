"""Running a model once and noting what it computes, call by call, for `onnx.export`.

The inputs are made tensors of a class of their own, which is asked in place of each function that it is given to
(torch_function.py).  It runs the function, has the call translated (functions.py), and makes the results tensors of its
class again.  Weights and whatever the model makes without looking at its inputs are constants of the graph.

What is computed past the public functions is not seen, and would become a constant as well.  So `export` records twice, with
other numbers in the inputs, and a constant that is not the same both times is an error.
"""
from __future__ import annotations

import contextlib
import functools
import sys
from collections.abc import Callable, Iterator
from typing import Any
from weakref import ref

from ..autograd.mode import no_grad
from ..autograd.stamps import owner
from ..fx._symbolic_trace import _Patcher
from ..nn import functional as F
from ..nn.hooks import register_module_forward_hook, register_module_forward_pre_hook
from ..nn.module import Module
from ..nn.nest import leaves, mapped
from ..nn.rnn import RNNBase
from ..ops import recurrent as steps
from ..tensor import Tensor
from ..torch_function import DisableTorchFunctionSubclass, asking, asking_for, taken_before
from . import composed, functions, recurrent
from .errors import Untranslated
from .graph import Graph, Value

# What a tensor's value decides in Python is decided for good in a graph.
_DECIDING = {"item", "tolist", "numpy", "__bool__", "__int__", "__float__", "__index__", "__complex__", "__array__", "equal",
             "allclose", "nonzero", "unique", "is_nonzero"}


@functools.cache
def recorded_class() -> type[Tensor]:
    """The class of the tensors whose calls are noted; made when it is needed, for from then on every function asks."""
    class Recorded(Tensor):
        value: Value | None            # None: its memory was written through another tensor

        @classmethod
        def __torch_function__(cls, func: Callable, types: Any, args: tuple = (), kwargs: dict | None = None) -> Any:
            return Recorder.now[-1].call(func, args, kwargs or {})
    return Recorded


class Recorder:
    """One run of a model, which fills a graph."""

    now: list[Recorder] = []               # the one that runs, last

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._live: list[ref[Any]] = []    # the tensors whose calls are noted

    def input(self, x: Tensor, name: str) -> Tensor:
        """The model's input x, as a tensor whose calls are noted."""
        return self._recorded(x.detach().clone(), self.graph.input(name, x.array))

    def output(self, x: Tensor) -> Value:
        """The Value of one of the model's results."""
        if not isinstance(x, recorded_class()):
            raise Untranslated("an output of the model does not come from its inputs by functions that are seen")
        return self.value_of(x)

    def call(self, func: Callable, args: tuple, kwargs: dict) -> Any:
        """Run func, and add to the graph what it does."""
        name = _name(func)
        if name in _DECIDING:
            raise Untranslated(f"{name}() asks for the numbers in a tensor, which are not known when the graph is made; "
                               "torch.where chooses inside a graph")
        if name == "__setitem__":
            raise Untranslated("t[...] = v writes into a part of a tensor, which a graph cannot; use cat, stack or where")
        if name in composed.FUNCTIONS:
            return composed.FUNCTIONS[name](*args, **kwargs)
        values, named_values = self._values(args), self._values(kwargs)
        translation = functions.TRANSLATIONS.get(name)
        known = translation is not None or name in _PASSED
        if not known:                                              # it may be made of functions that are
            func = getattr(func, "__wrapped__", func) if hasattr(func, "public_name") else func
        with DisableTorchFunctionSubclass() if known else contextlib.nullcontext():
            result = func(*args, **kwargs)
        if name in _PASSED or not _tensors(result):
            return result
        if translation is None:
            if all(isinstance(t, recorded_class()) for t in _tensors(result)):
                return result
            raise Untranslated(f"{name} has no translation into ONNX here")
        self.graph.results = [x.array for x in _tensors(result)]
        try:
            made = translation(self.graph, *values, **named_values)
        except TypeError as error:                                 # an argument that it does not know
            raise Untranslated(f"{name} with these arguments has no translation into ONNX here: {error}") from error
        if any(result is x for x in (*args, *kwargs.values())) and all(made is not v for v in (*values, *named_values.values())):
            self._written(result, name)
        return self.taken(result, made)

    def forget(self) -> None:
        """Make ordinary tensors of those whose calls were noted: the model may have kept some."""
        for one in self._live:
            x = one()
            if x is not None:
                x.__class__ = Tensor
                del x.value
        self._live = []

    def _written(self, x: Tensor, name: str) -> None:
        """x was written in place: what shares its memory has other numbers than the graph knows, and is not to be used again."""
        if not isinstance(x, recorded_class()):
            raise Untranslated(f"{name} writes into a tensor of the model")
        for one in self._live:
            other = one()
            if other is not None and other is not x and owner(other.array) is owner(x.array):
                other.value = None

    def taken(self, result: Any, made: Any) -> Any:
        """The result of a call as tensors whose calls are noted; made: the Value of each, in order."""
        values = iter([made] if isinstance(made, Value) else made)
        with DisableTorchFunctionSubclass():
            return mapped(lambda x: self._recorded(x, next(values)) if isinstance(x, Tensor) else x, result)

    def _recorded(self, x: Tensor, value: Value) -> Tensor:
        if not isinstance(x, recorded_class()):
            x = x if type(x) is Tensor else x.detach()             # a Parameter keeps its class
            x.__class__ = recorded_class()
            self._live.append(ref(x))
        x.value = value                                            # type: ignore[attr-defined]
        return x

    def _values(self, given: Any) -> Any:
        """The same, with the Value of each tensor in its place."""
        return mapped(lambda x: self.value_of(x) if isinstance(x, Tensor) else x, given)

    def value_of(self, x: Tensor) -> Value:
        if not isinstance(x, recorded_class()):
            return self.graph.constant_of(x)
        if x.value is None:
            raise Untranslated("a tensor is used after one that shares its memory was written in place; write into a clone(), or "
                               "use cat, stack or where")
        return x.value


_PASSED = {"requires_grad_", "dim", "size", "__len__", "numel", "nelement", "stride", "is_contiguous", "storage_offset",
           "is_floating_point", "is_complex", "is_tensor", "element_size", "__hash__", "__repr__", "zeros_like", "ones_like",
           "full_like", "empty_like", "new_zeros", "new_ones", "new_full", "new_tensor", "new_empty", "result_type", "shape",
           "dtype", "device", "ndim", "layout", "requires_grad", "is_cuda", "is_sparse", "is_quantized", "is_leaf", "grad_fn",
           "names", "itemsize", "nbytes", "is_meta", "is_nested", "is_mps", "is_xpu"}


def _name(func: Callable) -> str:
    """What a function is called in the table of translations; an attribute goes by its own name."""
    owner = getattr(func, "__self__", None)
    if isinstance(owner, property):
        assert owner.fget is not None
        return owner.fget.__name__
    return func.__name__


def _tensors(result: Any) -> list[Tensor]:
    return [x for x in leaves(result) if isinstance(x, Tensor)]


def record(model: Callable, args: tuple, kwargs: dict, names: list[str], weights: dict[int, str]) -> tuple[Graph, list[Value]]:
    """Run the model and return its graph, and the outputs.

    args, kwargs: tensors, in lists and dicts or not, and other things, which are constants
    names: of the tensors in them, in order
    weights: the names of the model's own tensors, by id
    """
    graph = Graph(weights)
    recorder = Recorder(graph)
    recorded_class()                                               # from now on functions ask
    left = iter(names)
    args, kwargs = mapped(lambda x: recorder.input(x, next(left)) if isinstance(x, Tensor) else x, (args, kwargs))
    Recorder.now.append(recorder)
    try:
        with no_grad(), _asking_everywhere(model), _whole_layers(recorder):
            result = asking_for.get(model, model)(*args, **kwargs)
        outputs = [recorder.output(x) for x in _tensors(result)]
    finally:
        Recorder.now.pop()
        asking.on = True
        recorder.forget()
    return graph, outputs


@contextlib.contextmanager
def _asking_everywhere(model: Callable) -> Iterator[None]:
    """Functions that the model's modules, or the files they stand in, took by name before they asked: they ask, too.

    So do those that this package calls inside itself, of which other functions are made.
    """
    modules = list(model.modules()) if isinstance(model, Module) else []
    package = __name__.partition(".")[0]
    files = {type(m).__module__ for m in modules} | {getattr(model, "__module__", "")} | {
        name for name in sys.modules if name.startswith((f"{package}.functions.", f"{package}.nn."))}
    with _Patcher() as patcher:
        for names in (*[vars(sys.modules[name]) for name in files if name in sys.modules], *[m.__dict__ for m in modules]):
            for name, function in taken_before(names).items():
                patcher.patch(names, name, function)
        for name in ("linear", "linear_without_bias"):             # the rules that a step of a recurrent cell is made of
            patcher.patch(vars(steps), name, F.linear)
        yield


@contextlib.contextmanager
def _whole_layers(recorder: Recorder) -> Iterator[None]:
    """Recurrent layers are run without being asked, and translated after that: ONNX has them."""
    def before(module: Module, args: tuple) -> None:
        if isinstance(module, RNNBase):
            asking.on = False

    def after(module: Module, args: tuple, kwargs: dict, result: Any) -> Any:
        if not isinstance(module, RNNBase):
            return None
        asking.on = True
        made = recurrent.translate(recorder.graph, module, *recorder._values(args), **recorder._values(kwargs))
        return recorder.taken(result, made)

    handles = register_module_forward_pre_hook(before), register_module_forward_hook(after, with_kwargs=True)
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
