"""From a model and its arguments to a checked ONNX graph: two recordings, compared, and sizes that may vary.

Both recordings are of the same program, so their graphs have the same nodes.  Where the numbers in the inputs differ, nothing
in the graph may.  Where a size differs that was said to vary, the shapes that tensors are brought to may, and are then
computed from the input's shape when the file is run; anything else that differs was made for the size of the example alone.
Each size that varies is multiplied by a number of its own, so that what became three times as large comes from the one that did.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ..autograd.mode import no_grad
from ..autograd.stamps import version
from ..autograd.tape import wrap
from ..nn.module import Module
from ..nn.nest import leaves, mapped
from ..tensor import Tensor
from .errors import Untranslated
from .graph import OPSET, Graph, Node, model_proto
from .program import ONNXProgram
from .recording import record

Axes = dict[str, dict[int, str]]           # input or output -> axis -> what its size is called


def named(stem: str, names: Sequence[str] | None, count: int) -> list[str]:
    """Names for the inputs or outputs; those that are missing are made."""
    given = list(names or [])
    if len(given) > count:
        raise ValueError(f"onnx.export: {len(given)} {stem}_names were given ({', '.join(given)}), and there are {count} {stem}s")
    return given + [stem if i == 0 else f"{stem}_{i}" for i in range(len(given), count)]


def axes_of(dynamic_axes: Any, dynamic_shapes: Any, names: Sequence[str]) -> Axes:
    """The axes that may vary, whichever way they were given."""
    if dynamic_shapes is not None:
        each = dynamic_shapes.values() if isinstance(dynamic_shapes, dict) else dynamic_shapes
        dynamic_axes = {name: axes for name, axes in zip(names, each) if axes is not None}
    found: Axes = {}
    for name, axes in (dynamic_axes or {}).items():
        pairs = axes.items() if isinstance(axes, Mapping) else enumerate(axes) if dynamic_shapes is not None \
            else [(axis, f"{name}_dim_{axis}") for axis in axes]
        found[name] = {axis: label if isinstance(label, str) else getattr(label, "__name__", f"{name}_dim_{axis}")
                       for axis, label in pairs if label is not None}
    return found


def make(model: Callable, args: tuple, kwargs: dict, input_names: Sequence[str] | None, output_names: Sequence[str] | None,
         dynamic_axes: Any, dynamic_shapes: Any, opset: int | None) -> Any:
    """The onnx.ModelProto of what model(*args, **kwargs) computes."""
    count = len([x for x in leaves((args, kwargs)) if isinstance(x, Tensor)])
    own = model.state_dict(keep_vars=True) if isinstance(model, Module) else {}
    given = list(input_names or [])
    names = named("input", given[:count], count)
    named("weight", given[count:], len(own))                       # for its error
    weights = {id(x): name for name, x in [*own.items(), *zip(given[count:], own.values())]}
    axes = axes_of(dynamic_axes, dynamic_shapes, names)
    versions = {name: version(x.array) for name, x in own.items()}
    graph, outputs = record(model, args, kwargs, names, weights)
    left, times = iter(names), _factors(axes)
    changed: Callable = lambda x: wrap(_other_numbers(x.array, times.get(next(left), {}))) if isinstance(x, Tensor) else x
    try:
        other_args, other_kwargs = mapped(changed, (args, kwargs))
        other, other_outputs = record(model, other_args, other_kwargs, names, weights)
    except Untranslated:
        raise
    except Exception as error:
        error.add_note("while onnx.export ran the model once more, with other numbers in its inputs" + (
            " and more of them along its dynamic axes" if axes else ""))
        raise
    written = [name for name, x in own.items() if version(x.array) != versions[name]]
    if written:
        raise Untranslated(f"the model writes into its own {', '.join(written)}, which a graph cannot")
    _reconcile(graph, other, axes)
    out_names = named("output", output_names, len(outputs))
    labels = {(v.shape[d], w.shape[d]): label for v, w in zip(graph.inputs, other.inputs)
              for d, label in axes.get(v.name, {}).items()}        # by the size in either recording
    varying = {**{name: axes[name] for name in names if name in axes},
               **{name: {d: axes.get(name, {}).get(d) or labels.get((a, b), f"{name}_dim_{d}")
                         for d, (a, b) in enumerate(zip(v.shape, w.shape)) if a != b}
                  for name, v, w in zip(out_names, outputs, other_outputs)}}
    return model_proto(graph, outputs, out_names, varying, OPSET if opset is None else opset)


_PRIMES = (2, 3, 5, 7, 11, 13)


def _factors(axes: Axes) -> dict[str, dict[int, int]]:
    """How many times as large each axis that varies is in the second recording: axes of one name alike."""
    labels = list(dict.fromkeys(label for one in axes.values() for label in one.values()))
    if len(labels) > len(_PRIMES):
        raise Untranslated(f"at most {len(_PRIMES)} sizes may vary, not {len(labels)}: {', '.join(labels)}")
    return {name: {axis: _PRIMES[labels.index(label)] for axis, label in one.items()} for name, one in axes.items()}


def _other_numbers(x: np.ndarray, times: Mapping[int, int]) -> np.ndarray:
    """Other numbers of the same kind, and so many times as many along these axes."""
    for axis, factor in times.items():
        x = np.concatenate([x] * factor, axis)
    mixed = np.random.default_rng(0).permutation(x.reshape(-1)).reshape(x.shape)
    if x.dtype.kind == "f":
        return (mixed * 0.9).astype(x.dtype)
    if np.array_equal(mixed, x):
        return ~x if x.dtype == bool else np.where(x > 0, x - 1, x + 1).astype(x.dtype)
    return mixed


# ---- the two recordings ---------------------------------------------------------------------------------

def _reconcile(graph: Graph, other: Graph, axes: Axes) -> None:
    """Make the graph right for both recordings, or raise."""
    for node, twin in zip(graph.nodes, other.nodes):
        if node != twin:
            raise Untranslated(f"{_of(node)} is another one for other inputs: the model decides by them what to compute, which a "
                               "graph cannot")
    if len(graph.nodes) != len(other.nodes) or graph.constants.keys() != other.constants.keys():
        raise Untranslated("the model computes other things for other inputs, which a graph cannot")
    differing = {name for name, a in graph.constants.items() if not _equal(a, other.constants[name])}
    nodes: list[Node] = []
    for node in graph.nodes:
        for place, name in enumerate(node.inputs):
            if name not in differing:
                continue
            if node.kind in ("Reshape", "Expand") and place == 1 and axes:
                node = _with_shape(graph, other, node, axes, nodes)
            else:
                inputs = list(node.inputs)
                inputs[place] = _expanded(graph, other, name, node, axes, nodes)
                node = node._replace(inputs=tuple(inputs))
        nodes.append(node)
    graph.nodes = nodes


def _of(node: Node) -> str:
    return f"a node {node.kind} ({', '.join(node.inputs)})"


def _equal(a: np.ndarray, b: np.ndarray) -> bool:
    return np.array_equal(a, b, equal_nan=a.dtype.kind == "f")


def _with_shape(graph: Graph, other: Graph, node: Node, axes: Axes, before: list[Node]) -> Node:
    """Reshape or Expand, to a shape that is right for every size: 0 and -1 where they can say it, else computed."""
    source, name = node.inputs
    old, new = graph.shapes[source], other.shapes[source]
    sizes = list(zip(graph.constants[name].tolist(), other.constants[name].tolist(), strict=True))
    keeps, lead = (0, 0) if node.kind == "Reshape" else (1, len(sizes) - len(old))     # what takes the size of the input
    shape: list[Any] = [a if a == b else None for a, b in sizes]
    for i, pair in enumerate(sizes):
        if shape[i] is None and 0 <= i - lead < len(old) and (old[i - lead], new[i - lead]) == pair:
            shape[i] = keeps
    if node.kind == "Reshape" and shape.count(None) == 1 and -1 not in shape:
        shape[shape.index(None)] = -1
    return node._replace(inputs=(source, _computed(graph, other, shape, sizes, node.outputs[0], node, axes, before)))


def _expanded(graph: Graph, other: Graph, name: str, node: Node, axes: Axes, before: list[Node]) -> str:
    """A constant that is the same all along the axes that vary, brought to their sizes: zeros for each sample, say."""
    a, b = graph.constants[name], other.constants[name]
    if a.ndim == b.ndim and a.shape != b.shape and axes:
        one = a[tuple(slice(None if m == n else 1) for m, n in zip(a.shape, b.shape))]
        if _equal(np.broadcast_to(one, a.shape), a) and _equal(np.broadcast_to(one, b.shape), b):
            found = f"{name}_for_{node.outputs[0]}"
            graph.constants[f"{found}_one"] = one
            shape = [m if m == n else None for m, n in zip(a.shape, b.shape)]
            shape_name = _computed(graph, other, shape, list(zip(a.shape, b.shape)), found, node, axes, before)
            before.append(Node("Expand", (f"{found}_one", shape_name), (found,), {}))
            return found
    raise Untranslated(f"{_of(node)} takes numbers that were made for the sizes of the example; leave an axis out of dynamic_axes"
                       if axes else
                       f"{_of(node)} takes numbers that change with the inputs, and were computed where this is not seen")


def _computed(graph: Graph, other: Graph, shape: list[Any], sizes: list[tuple[int, int]], stem: str, node: Node, axes: Axes,
              before: list[Node]) -> str:
    """The name of a shape, in which each None is a size that is computed when the file is run."""
    name = f"{stem}_shape"
    if None not in shape:
        graph.constants[name] = np.array(shape, np.int64)
        return name
    parts = []
    for i, n in enumerate(shape):
        part = f"{name}_{i}"
        if n is None:
            before += _size(graph, other, axes, sizes[i], part, node)
        else:
            graph.constants[part] = np.array([n], np.int64)
        parts.append(part)
    before.append(Node("Concat", tuple(parts), (name,), {"axis": 0}))
    return name


def _size(graph: Graph, other: Graph, axes: Axes, sizes: tuple[int, int], name: str, node: Node) -> Iterator[Node]:
    """Nodes that compute a size, which is that of an input's axis times a fraction, as a list of one."""
    for v, w in zip(graph.inputs, other.inputs):
        for d in axes.get(v.name, {}):
            if sizes[0] * w.shape[d] == sizes[1] * v.shape[d]:
                steps = {"axis": d, "times": sizes[0], "over": v.shape[d]}
                graph.constants.update({f"{name}_{step}": np.array([n]) for step, n in steps.items()})
                yield Node("Shape", (v.name,), (f"{name}_of",), {})
                yield Node("Gather", (f"{name}_of", f"{name}_axis"), (f"{name}_one",), {"axis": 0})
                yield Node("Mul", (f"{name}_one", f"{name}_times"), (f"{name}_more",), {})
                yield Node("Div", (f"{name}_more", f"{name}_over"), (name,), {})
                return
    raise Untranslated(f"{_of(node)} brings a tensor to a size, {sizes[0]}, that is no fixed part of a dynamic one; leave an "
                       "axis out of dynamic_axes")


# ---- what export asks for beside ------------------------------------------------------------------------

def refuse(export_params: bool, keep_initializers_as_inputs: bool, training: bool) -> None:
    """Raise for options that would give another file than the one that is made here."""
    if not export_params or keep_initializers_as_inputs:
        raise Untranslated("files without their weights, or with weights that can be replaced, are not made here")
    if training:
        raise Untranslated("TrainingMode.TRAINING is not supported: dropout and the numbers of a batch are not translated")


def verify(program: ONNXProgram, model: Callable, args: tuple, kwargs: dict) -> None:
    """AssertionError if the graph does not give what the model gives."""
    came = program.call_reference(*args, **kwargs)
    with no_grad():
        wanted = [x for x in leaves(model(*args, **kwargs)) if isinstance(x, Tensor)]
    for a, b in zip(came, wanted, strict=True):
        np.testing.assert_allclose(a.array, b.array, rtol=1e-3, atol=1e-5, err_msg="onnx.export: the graph gives other numbers")


def show(proto: Any) -> None:
    """Print the graph."""
    import onnx
    print(onnx.printer.to_text(proto.graph))
