"""`replace_pattern`: each part of a graph that is like a pattern becomes another."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from .graph import Graph
from .graph_module import GraphModule
from .node import Node, map_arg
from ._symbolic_trace import symbolic_trace


class Match(NamedTuple):
    """A part of a graph like a pattern: the node that gives its result, and what each of the pattern's nodes is there."""

    anchor: Node
    nodes_map: dict[Node, Node]


def replace_pattern(gm: GraphModule, pattern: Callable | GraphModule, replacement: Callable | GraphModule) -> list[Match]:
    """Replace, in a GraphModule, what computes as one function does by what another does; returns what was found.

    gm: is changed, and recompiled
    pattern, replacement: functions of the same arguments, or GraphModules

    A part is like the pattern if it makes the same calls, of the same constants, and nothing else uses what it computes on the
    way.  Parts do not overlap.

    Raises: TraceError for functions that cannot be traced.

    >>> import mtorch
    >>> net = mtorch.fx.symbolic_trace(lambda x: mtorch.relu(x).sum())
    >>> found = mtorch.fx.replace_pattern(net, lambda x: mtorch.relu(x), lambda x: mtorch.sigmoid(x))
    >>> net(mtorch.zeros(2)), len(found)
    (tensor(1.), 1)
    """
    wanted, new = (p.graph if isinstance(p, GraphModule) else symbolic_trace(p).graph for p in (pattern, replacement))
    matches = _matches(gm.graph, wanted)
    became: dict[Node, Any] = {}                       # results that were replaced, where they are arguments of another part
    for match in matches:
        values = {theirs: match.nodes_map[ours] for ours, theirs in zip(_arguments(wanted), _arguments(new), strict=True)}
        values = {node: became.get(value, value) for node, value in values.items()}
        inner = [match.nodes_map[n] for n in wanted.nodes if n.op not in ("placeholder", "output")]
        ends = [match.nodes_map[n] for n in _listed(wanted.output_node().args[0])]
        with gm.graph.inserting_before(min(user for end in ends for user in end.users)):
            result = gm.graph.graph_copy(new, values)
        outputs = map_arg(wanted.output_node().args[0], lambda n, m=match: m.nodes_map[n])     # type: ignore[misc]
        for old, now in zip(_listed(outputs), _listed(result), strict=True):
            old.replace_all_uses_with(now)
            became[old] = now
        for node in sorted(inner, reverse=True):
            if not node.users:
                gm.graph.erase_node(node)
    gm.recompile()
    return matches


def _arguments(graph: Graph) -> list[Node]:
    return [n for n in graph.nodes if n.op == "placeholder"]


def _listed(outputs: Any) -> list[Any]:
    return list(outputs) if isinstance(outputs, (tuple, list)) else [outputs]


def _matches(graph: Graph, pattern: Graph) -> list[Match]:
    """The parts of a graph that are like the pattern, in order, without overlaps."""
    ends = _listed(pattern.output_node().args[0])
    taken: set[Node] = set()
    found: list[Match] = []
    for node in graph.nodes:
        known: dict[Node, Node] = {}
        if len(ends) != 1 or not _like(ends[0], node, known):
            continue
        inner = {known[n] for n in known if n.op != "placeholder"}
        outside = [n for n in inner if n is not node and any(user not in inner for user in n.users)]
        if outside or inner & taken:
            continue
        taken |= inner
        found.append(Match(node, known))
    return found


def _like(pattern: Node, node: Any, known: dict[Node, Node]) -> bool:
    """Is the node computed as the pattern's is?  known: what was found to be what."""
    if pattern in known:
        return known[pattern] is node
    if not isinstance(node, Node):
        return False
    if pattern.op == "placeholder":
        known[pattern] = node
        return True
    if pattern.op != node.op or pattern.target != node.target or len(pattern.args) != len(node.args) \
            or pattern.kwargs.keys() != node.kwargs.keys():
        return False
    known[pattern] = node
    return all(_alike(a, b, known) for a, b in zip([*pattern.args, *pattern.kwargs.values()],
                                                   [*node.args, *[node.kwargs[k] for k in pattern.kwargs]]))


def _alike(a: Any, b: Any, known: dict[Node, Node]) -> bool:
    if isinstance(a, Node):
        return _like(a, b, known)
    if isinstance(a, (tuple, list)):
        return isinstance(b, (tuple, list)) and len(a) == len(b) and all(_alike(x, y, known) for x, y in zip(a, b))
    return not isinstance(b, Node) and type(a) is type(b) and a == b
