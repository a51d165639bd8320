"""The graph that an operation leaves behind, drawn: in the terminal with `text`, as a picture with `draw`.

Both show the nodes of autograd/tape.py as they are, each once, with the inputs it was computed from.
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

import numpy as np

from ..autograd import engine, replay
from ..autograd.tape import Node, Output, TensorBase, history
from ..tensor import Tensor

__all__ = ["draw", "text"]


@dataclass(eq=False)
class Vertex:
    """What is drawn at one place: an operation, a leaf (`requires_grad`) or a constant."""

    kind: str                                      # "op", "leaf" or "constant"
    label: str
    shape: tuple = ()
    inputs: list[tuple[Vertex, int | None]] = field(default_factory=list)       # with the number of the output used
    value: Any = None                              # an array; a list of arrays where there are several outputs
    gradient: Any = None


def text(tensor: Tensor, names: Any = None, *, values: bool = False, depth: int = 40) -> str:
    """The graph that `tensor` was computed by, as indented text: below each operation stand its inputs.

    tensor   the result; it requires grad, and its graph was not freed by a backward yet
    names    what to call leaves and constants: a dict name -> Tensor, or a Module, whose parameters have names
    values   show the value of everything, and the gradient of `tensor` (of its sum) with respect to it
    depth    how far to follow it; what lies further is left out, as `...`

    What is used several times is written out once and called `*1`, `*2`, ... where it comes again.

    Shape: any.
    Raises: RuntimeError when there is no graph, or no longer; TypeError for what is no tensor, and for other names.

    >>> import mtorch
    >>> w, b = mtorch.tensor(2.0, requires_grad=True), mtorch.tensor(1.0, requires_grad=True)
    >>> print(mtorch.utils.graph.text(w * 3 + b, {"w": w, "b": b}, values=True))
    add = 7, gradient 1
    ├─ mul = 6, gradient 1
    │  ├─ w = 2, gradient 3
    │  └─ 3
    └─ b = 1, gradient 1
    """
    vertices = _graph(tensor, names, values)
    top = vertices[-1]
    used = Counter(child for vertex in vertices for child, _ in vertex.inputs)
    seen: dict[Vertex, int] = {}
    lines = []
    todo: list[tuple[Vertex, int | None, str, str]] = [(top, None, "", "")]
    while todo:
        vertex, slot, before, below = todo.pop()
        again = vertex in seen
        mark = ""
        if used[vertex] > 1 and vertex.inputs:
            mark = f" *{seen.setdefault(vertex, len(seen) + 1)}"
        output = "" if slot is None else f"[{slot}]"
        lines.append(before + vertex.label + output + mark + ("" if again else _facts(vertex, slot, values)))
        if again or not vertex.inputs:
            continue
        if len(below) >= 3 * depth:
            lines.append(below + "└─ ...")
            continue
        for i, (child, child_slot) in reversed(list(enumerate(vertex.inputs))):
            last = i == len(vertex.inputs) - 1
            todo.append((child, child_slot, below + ("└─ " if last else "├─ "), below + ("   " if last else "│  ")))
    return "\n".join(lines)


def draw(tensor: Tensor, names: Any = None, *, values: bool = False, title: str = "") -> Any:
    """The same as a picture, from left to right: a matplotlib Figure, to be shown or saved (`.savefig(path)`).

    tensor, names, values   as for text
    title                   what stands above the picture

    Shape: any.
    Raises: RuntimeError when there is no graph, or no longer; TypeError for what is no tensor, and for other names;
    ImportError without matplotlib.

    >>> import mtorch
    >>> w = mtorch.tensor(2.0, requires_grad=True)
    >>> figure = mtorch.utils.graph.draw(w * 3, {"w": w})      # doctest: +SKIP
    >>> figure.savefig("graph.png")                            # doctest: +SKIP
    """
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise ImportError("utils.graph.draw: a picture needs matplotlib (pip install matplotlib); "
                          "utils.graph.text draws in the terminal") from None
    place = _layout(_graph(tensor, names, values))
    width, height = (max(place[v][k] for v in place) + 1 for k in (0, 1))
    figure = Figure(figsize=(1.7 * width + 0.6, 0.9 * height + 0.7), layout="constrained")
    axes = figure.add_subplot()
    axes.set_axis_off()
    axes.set(xlim=(-0.6, width - 0.4), ylim=(-0.7, height - 0.3), title=title)
    style = {"op": ("round,pad=0.35", "#cfe2f3"), "leaf": ("square,pad=0.35", "#fff2cc"),
             "constant": ("square,pad=0.35", "#eeeeee")}
    for vertex, (x, y) in place.items():
        for child, _ in vertex.inputs:
            axes.annotate("", (x, y), place[child], zorder=1,
                          arrowprops={"arrowstyle": "-|>", "color": "0.5", "shrinkA": 16, "shrinkB": 18})
        shape, color = style[vertex.kind]
        axes.text(x, y, vertex.label, ha="center", va="center", zorder=3, fontsize=10,
                  bbox={"boxstyle": shape, "facecolor": color, "edgecolor": "0.3"})
        if values:
            if vertex.kind != "constant" or not _is_number(vertex):
                axes.text(x, y + 0.3, _short(vertex.value), ha="center", va="bottom", fontsize=8, zorder=3)
            if vertex.gradient is not None:
                axes.text(x, y - 0.3, _short(vertex.gradient), ha="center", va="top", fontsize=8, color="tab:red",
                          zorder=3)
        elif vertex.shape:
            axes.text(x, y - 0.3, str(tuple(vertex.shape)), ha="center", va="top", fontsize=8, color="0.4", zorder=3)
    return figure


# ---- from nodes to vertices --------------------------------------------------------------------

def _graph(tensor: Tensor, names: Any, values: bool) -> list[Vertex]:
    """The vertices, inputs before what uses them, the result last."""
    if not isinstance(tensor, TensorBase):
        raise TypeError(f"utils.graph: expected a Tensor, got {type(tensor).__name__}")
    if tensor.grad_fn is None:
        raise RuntimeError("utils.graph: there is no graph: the tensor was not computed from one that requires grad")
    called = _names(names)
    nodes = _nodes(tensor.grad_fn)
    vertices: dict[Any, Vertex] = {}
    for node in nodes:
        inputs = [_input(x, vertices, called) for x in node.inputs if _drawn(x)]
        vertices[node] = Vertex("op", node.op.__name__, () if isinstance(node.shape, list) else node.shape, inputs)
    if values:
        _fill(tensor, nodes, vertices)
    return list(vertices.values())


def _nodes(top: Node) -> list[Node]:
    """All nodes below one, oldest first."""
    nodes, stack = {top}, [top]
    while stack:
        node = stack.pop()
        if node.pullback is None:
            raise RuntimeError("utils.graph: a backward has freed this graph; draw it before, or keep it with "
                               "backward(retain_graph=True)")
        for x in node.inputs:
            x = x.node if type(x) is Output else x
            if isinstance(x, Node) and x not in nodes:
                nodes.add(x)
                stack.append(x)
    return sorted(nodes, key=attrgetter("order"))


def _names(names: Any) -> dict[int, str]:
    """id of a leaf or of a constant's array -> name."""
    if names is None:
        return {}
    named = names.named_parameters() if hasattr(names, "named_parameters") else names.items() if isinstance(
        names, Mapping) else None
    if named is None:
        raise TypeError(f"utils.graph: names must be a dict name -> Tensor or a Module, got {type(names).__name__}")
    return {key: name for name, t in named for key in (id(t), id(t.array))}


def _drawn(x: Any) -> bool:
    return isinstance(x, (Node, Output, TensorBase, np.ndarray, int, float, complex, np.generic))


def _input(x: Any, vertices: dict[Any, Vertex], called: dict[int, str]) -> tuple[Vertex, int | None]:
    """The vertex of one input of a node, made where there is none yet, and the number of the output used."""
    if isinstance(x, Output):
        return vertices[x.node], x.slot
    if isinstance(x, TensorBase) and x not in vertices:
        vertices[x] = Vertex("leaf", called.get(id(x), "leaf"), x.array.shape, value=x.array)
    if isinstance(x, (Node, TensorBase)):
        return vertices[x], None
    array = np.asarray(x)
    key: Any = id(x) if isinstance(x, np.ndarray) and (array.ndim or id(x) in called) else object()
    if key not in vertices:
        label = called.get(id(x)) or ("constant" if array.ndim else _short(array))
        vertices[key] = Vertex("constant", label, array.shape, value=array)
    return vertices[key], None


def _fill(tensor: Tensor, nodes: list[Node], vertices: dict[Any, Vertex]) -> None:
    """The values, computed again by the rules, and the gradients."""
    kept = [node.value for node in nodes]
    replay.recompute(nodes)
    for node, value in zip(nodes, kept):
        vertices[node].value, node.value = node.value, value
    leaves = [x for x in vertices if isinstance(x, TensorBase)]
    grads = engine.sweep([tensor], [np.ones_like(tensor.array)], True, False, {*nodes, *leaves})
    for key, g in grads.items():
        if key in vertices:
            vertices[key].gradient = g
    end = history(tensor)
    if isinstance(end, Node):
        vertices[end].gradient = np.ones_like(tensor.array)


# ---- what is written ---------------------------------------------------------------------------

def _is_number(vertex: Vertex) -> bool:
    """Does the label say the value already?"""
    return vertex.kind == "constant" and not vertex.shape and vertex.label == _short(vertex.value)


def _facts(vertex: Vertex, slot: int | None, values: bool) -> str:
    """What stands behind the label."""
    if not values:
        return f" {tuple(vertex.shape)}" if vertex.shape else ""
    if _is_number(vertex):
        return ""
    value, gradient = (x[slot] if slot is not None and isinstance(x, (list, tuple)) else x
                       for x in (vertex.value, vertex.gradient))
    return f" = {_short(value)}" + ("" if gradient is None else f", gradient {_short(gradient)}")


def _short(value: Any) -> str:
    """A number, a few numbers, or the shape of many."""
    if isinstance(value, (list, tuple)):
        return ", ".join("-" if v is None else _short(v) for v in value)
    array = np.asarray(value)
    if array.size > 6 or array.ndim > 1:
        return "x".join(map(str, array.shape)) + " numbers"
    if array.ndim:
        return "[" + ", ".join(f"{v:.4g}" for v in array.tolist()) + "]"
    return f"{array.item():.6g}"


def _layout(vertices: list[Vertex]) -> dict[Vertex, tuple[float, float]]:
    """Where each vertex goes: its column is the longest way to a leaf, its row near those of its inputs."""
    depth: dict[Vertex, int] = {}
    first_use: dict[Vertex, int] = {}
    for vertex in vertices:
        depth[vertex] = 1 + max((depth[child] for child, _ in vertex.inputs), default=-1)
        for child, _ in vertex.inputs:
            first_use[child] = min(first_use.get(child, depth[vertex]), depth[vertex])
    columns: dict[int, list[Vertex]] = {}
    for vertex in vertices:                        # a leaf stands beside its first use
        columns.setdefault(depth[vertex] if vertex.inputs else first_use[vertex] - 1, []).append(vertex)
    tallest = max(map(len, columns.values()))
    place: dict[Vertex, tuple[float, float]] = {}
    for column in sorted(columns):
        wished = {v: float(np.mean([place[c][1] for c, _ in v.inputs] or [0.0])) for v in columns[column]}
        for i, vertex in enumerate(sorted(columns[column], key=lambda v: -wished[v])):
            place[vertex] = float(column), (tallest + len(columns[column])) / 2 - 1 - i
    return place
