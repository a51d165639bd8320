"""The graph that `onnx.export` fills, and how it becomes a file: nodes, the values between them, and constants.

ONNX: https://onnx.ai/onnx/intro/concepts.html; its operators: https://onnx.ai/onnx/operators/
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ..brain_float import is_bfloat16
from ..tensor import Tensor
from .errors import Untranslated

OPSET = 18                 # the version of the operators that the translations are written for


@dataclass(frozen=True)
class Value:
    """What goes along an edge of the graph."""

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype

    @property
    def ndim(self) -> int:
        return len(self.shape)

    def dim(self, d: int) -> int:
        """Axis d, counted from the front."""
        return d % max(1, len(self.shape))

    def dims(self, d: int | Sequence[int] | None) -> list[int]:
        """Axes counted from the front; None for all of them."""
        if d is None:
            return list(range(len(self.shape)))
        return [self.dim(one) for one in ([d] if isinstance(d, int) else d)]


class Node(NamedTuple):
    """One operator applied: the names of what goes in ("" for nothing), and of what comes out."""

    kind: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: dict[str, Any]


class Graph:
    """Nodes in the order in which they are to be run."""

    def __init__(self, weights: Mapping[int, str]) -> None:
        self.nodes: list[Node] = []
        self.inputs: list[Value] = []
        self.constants: dict[str, np.ndarray] = {}
        self.shapes: dict[str, tuple[int, ...]] = {}   # of every value
        self.results: list[np.ndarray] = []            # of the call that is being translated
        self._weights = weights
        self._of_tensor: dict[int, tuple[Tensor, Value]] = {}      # with the tensor, so that its id stays its own
        self._count = 0

    # ---- values ------------------------------------------------------------------------------------

    def input(self, name: str, array: np.ndarray) -> Value:
        value = Value(name, array.shape, _supported(array.dtype))
        self.inputs.append(value)
        self.shapes[name] = value.shape
        return value

    def constant_of(self, x: Tensor) -> Value:
        """A tensor of the model, or one that it made without its inputs."""
        known = self._of_tensor.get(id(x))
        if known is None:
            known = self._of_tensor[id(x)] = x, self._constant(x.array, self._weights.get(id(x)))
        return known[1]

    def constant(self, value: Any, dtype: Any) -> Value:
        return self._constant(np.array(value, dtype))

    def ints(self, *values: int) -> Value:
        """A list of integers, as shapes and axes are given."""
        return self._constant(np.array(values, np.int64))

    def _constant(self, array: np.ndarray, name: str | None = None) -> Value:
        _supported(array.dtype)
        name = name or self._fresh("constant")
        self.constants[name] = array
        self.shapes[name] = array.shape
        return Value(name, array.shape, array.dtype)

    def _fresh(self, stem: str) -> str:
        self._count += 1
        return f"{stem}_{self._count}"

    # ---- nodes -------------------------------------------------------------------------------------

    def op(self, kind: str, *inputs: Value | None, outputs: Any = 1, **attributes: Any) -> Any:
        """The node that gives the call's result, or with several outputs all of its results: a list."""
        shapes = [(r.shape, r.dtype) for r in self.results[:outputs]]
        return self._node(kind, inputs, shapes + [((), np.dtype(np.float32))] * (outputs - len(shapes)), attributes)

    def on_the_way(self, kind: str, *inputs: Value | None, shape: Sequence[int] | None = None, dtype: Any = None,
                   **attributes: Any) -> Value:
        """A node whose value is no result of the call: of the first input's shape and type unless given."""
        first = next(i for i in inputs if i is not None)
        return self._node(kind, inputs, [(first.shape if shape is None else tuple(shape), np.dtype(dtype or first.dtype))],
                          attributes)

    def _node(self, kind: str, inputs: Sequence[Value | None], results: list[tuple], attributes: dict[str, Any]) -> Any:
        names = tuple([self._fresh(kind.lower()) for _ in results])
        given = ["" if i is None else i.name for i in inputs]
        while not given[-1]:
            given.pop()
        self.nodes.append(Node(kind, tuple(given), names, {k: v for k, v in attributes.items() if v is not None}))
        values = [Value(name, *result) for name, result in zip(names, results, strict=True)]
        self.shapes.update({value.name: value.shape for value in values})
        return values[0] if len(values) == 1 else values

    def cast(self, x: Value, dtype: Any) -> Value:
        """x as that type; x itself if it is."""
        dtype = _supported(np.dtype(dtype))
        return x if x.dtype == dtype else self.on_the_way("Cast", x, dtype=dtype, to=_code(dtype))

    def operand(self, x: Any, dtype: Any) -> Value:
        """A tensor or a number as a Value of this type."""
        return self.cast(x, dtype) if isinstance(x, Value) else self.constant(x, dtype)


def _supported(dtype: np.dtype) -> np.dtype:
    if is_bfloat16(dtype) or dtype.kind not in "fiub" or dtype.itemsize > 8:
        raise Untranslated(f"tensors of {'bfloat16' if is_bfloat16(dtype) else dtype} are not translated")
    return dtype


def _code(dtype: np.dtype) -> int:
    """ONNX's number of an element type."""
    import onnx
    return onnx.helper.np_dtype_to_tensor_dtype(dtype)


# ---- the file ----------------------------------------------------------------------------------------

def model_proto(graph: Graph, outputs: Sequence[Value], names: Sequence[str], dynamic: Mapping[str, Mapping[int, str]],
                opset: int) -> Any:
    """An onnx.ModelProto, checked.

    names: of the outputs
    dynamic: the axes of inputs and outputs whose size may vary: {name: {axis: what it is called}}
    """
    import onnx
    from onnx import helper, numpy_helper, version_converter

    def info(name: str, value: Value) -> Any:
        axes = dynamic.get(name, {})
        return helper.make_tensor_value_info(name, _code(value.dtype), [axes.get(d, n) for d, n in enumerate(value.shape)])

    made = {name for n in graph.nodes for name in n.outputs}
    called: dict[str, str] = {}                        # what comes out has its own name, where a node gives it
    more: list[Node] = []
    for name, value in zip(names, outputs):
        if value.name in made and value.name not in called:
            called[value.name] = name
        else:                                          # an input, a constant, or what came out before
            more.append(Node("Identity", (value.name,), (name,), {}))
    renamed = lambda several: [called.get(name, name) for name in several]
    nodes = [helper.make_node(n.kind, renamed(n.inputs), renamed(n.outputs), **n.attributes) for n in [*graph.nodes, *more]]
    used = {name for n in graph.nodes for name in n.inputs} | {value.name for value in outputs}
    model = helper.make_model(
        helper.make_graph(nodes, "main_graph", [info(v.name, v) for v in graph.inputs],
                          [info(name, value) for name, value in zip(names, outputs)],
                          [numpy_helper.from_array(array.copy(order="C"), name)
                           for name, array in graph.constants.items() if name in used]),
        opset_imports=[helper.make_opsetid("", OPSET)], producer_name="mtorch")
    model.ir_version = min(model.ir_version, 10)       # what programs that run such files know for some years
    if opset != OPSET:
        try:
            model = version_converter.convert_version(model, opset)
        except RuntimeError as error:
            raise Untranslated(f"onnx's converter brings this model from opset {OPSET} not to opset_version={opset}: "
                               f"{error}") from None
    onnx.checker.check_model(model, full_check=True)
    return model
