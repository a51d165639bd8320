"""The nodes of a model's graph, by names as torchvision gives them, and models that give what some of these compute."""
from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ... import nn
from ...fx import Graph, GraphModule, Node, Proxy, Tracer
from ...fx.graph_module import copy_attribute
from .. import ops


_OPS = [kind for kind in vars(ops).values() if isinstance(kind, type) and issubclass(kind, nn.Module)]


class NodePathTracer(Tracer):
    """A Tracer that notes for each node where in the model it is: `layer1.0.relu_1` is the second call of layer1.0's relu.

    leaf_modules: more classes of modules that stay whole; those of vision.ops, unless given
    kwargs: as of Tracer

    Raises: TraceError from `trace` for a model that decides by values.

    >>> import mtorch
    >>> tracer = NodePathTracer()
    >>> graph = tracer.trace(mtorch.nn.Sequential(mtorch.nn.ReLU()))
    >>> list(tracer.node_to_qualname.values())
    ['input', '0']
    """

    def __init__(self, leaf_modules: Sequence[type] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._leaves = tuple(_OPS if leaf_modules is None else leaf_modules)
        self.current_module_qualname = ""
        self.node_to_qualname: OrderedDict[Node, str] = OrderedDict()

    def call_module(self, m: nn.Module, forward: Callable, args: tuple, kwargs: dict[str, Any]) -> Any:
        before, self.current_module_qualname = self.current_module_qualname, self.path_of_module(m)
        try:
            return super().call_module(m, forward, args, kwargs)
        finally:
            self.current_module_qualname = before

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        return isinstance(m, self._leaves) or super().is_leaf_module(m, module_qualified_name)

    def create_proxy(self, *args: Any, **kwargs: Any) -> Proxy:
        proxy = super().create_proxy(*args, **kwargs)
        self.node_to_qualname[proxy.node] = self._name_of_node(proxy.node)
        return proxy

    def _name_of_node(self, node: Node) -> str:
        where = self.current_module_qualname
        name = where if node.op == "call_module" else f"{where}.{node.name}" if where else node.name
        base = re.sub(r"_\d+$", "", name)                      # numbered anew, within its module
        same = [known for known in self.node_to_qualname.values() if re.fullmatch(rf"{re.escape(base)}(_\d+)?", known)]
        if not same:
            return base
        last = same[-1]
        return f"{base}_{int(last.removeprefix(base + '_')) + 1 if last != base else 1}"


def _traced(model: nn.Module, training: bool, tracer_kwargs: dict[str, Any] | None,
            concrete_args: dict[str, Any] | None) -> tuple[NodePathTracer, Graph]:
    """The model's graph in one mode."""
    was_training = {m: m.training for m in model.modules()}
    try:
        model.train(training)
        tracer = NodePathTracer(**tracer_kwargs or {})
        return tracer, tracer.trace(model, concrete_args)
    finally:
        for module, mode in was_training.items():
            module.training = mode


def get_graph_node_names(model: nn.Module, tracer_kwargs: dict[str, Any] | None = None, suppress_diff_warning: bool = False,
                         concrete_args: dict[str, Any] | None = None) -> tuple[list[str], list[str]]:
    """The names of all that a model computes: while it is training, and in evaluation.

    model: is traced, by torch.fx
    tracer_kwargs: of the Tracer
    suppress_diff_warning: taken, and of no effect: nothing is warned of
    concrete_args: values that some of the model's arguments are to have

    Raises: TraceError for a model that decides by values.

    >>> import mtorch
    >>> get_graph_node_names(mtorch.nn.Sequential(mtorch.nn.Linear(1, 1), mtorch.nn.ReLU()))[1]
    ['input', '0', '1']
    """
    training, evaluating = (list(_traced(model, mode, tracer_kwargs, concrete_args)[0].node_to_qualname.values())
                            for mode in (True, False))
    return training, evaluating


class DualGraphModule(GraphModule):
    """A GraphModule with a graph for training and another for evaluation.

    root: the model
    train_graph, eval_graph: what it computes in either mode
    class_name: what its class is called

    Raises: as GraphModule.

    >>> import mtorch
    >>> net = mtorch.nn.Sequential(mtorch.nn.ReLU())
    >>> graph = mtorch.fx.Tracer().trace(net)
    >>> DualGraphModule(net, graph, graph)(mtorch.tensor([-1.0]))
    tensor([0.])
    """

    def __init__(self, root: nn.Module, train_graph: Graph, eval_graph: Graph, class_name: str = "GraphModule") -> None:
        super().__init__(root, train_graph, class_name)
        for node in eval_graph.nodes:
            if node.op in ("get_attr", "call_module"):
                copy_attribute(root, self, node.target)
        self.train_graph, self.eval_graph = train_graph, eval_graph
        self.train(root.training)

    def train(self, mode: bool = True) -> DualGraphModule:
        """Say whether the model is learning, and take the graph of that mode."""
        self.graph = self.train_graph if mode else self.eval_graph
        return super().train(mode)


def extractor(model: nn.Module, wanted: dict[bool, dict[str, str]], tracer_kwargs: dict[str, Any] | None,
              concrete_args: dict[str, Any] | None) -> DualGraphModule:
    """A model that computes what the wanted nodes give, and no more: by mode, {node: the name of what it gives}."""
    graphs = {}
    for mode, names in wanted.items():
        tracer, graph = _traced(model, mode, tracer_kwargs, concrete_args)
        graph.owning_module = GraphModule(tracer.root, graph)
        chosen = _nodes_of(tracer, graph, names)
        for node in reversed(graph.nodes):
            if node.op == "output":
                graph.erase_node(node)
        graph.output(chosen)
        graph.eliminate_dead_code()
        graphs[mode] = graph
    return DualGraphModule(model, graphs[True], graphs[False], type(model).__name__)


def _nodes_of(tracer: NodePathTracer, graph: Graph, names: Mapping[str, str]) -> dict[str, Node]:
    """The last node of each name: of a module, the last that it computes."""
    left, found = dict(names), []
    for node in reversed(graph.nodes):
        path = tracer.node_to_qualname.get(node)
        if path is None or node.op == "output":
            continue
        for name in left:
            if path == name or path.startswith(f"{name}."):
                found.append((left.pop(name), node))
                break
    if left:
        raise ValueError(f"node: '{next(iter(left))}' is not present in model. Hint: use `get_graph_node_names` to make sure the "
                         "`return_nodes` you specified are present. It may even be that you need to specify "
                         "`train_return_nodes` and `eval_return_nodes` separately.")
    return dict(reversed(found))


__all__ = ["DualGraphModule", "NodePathTracer", "extractor", "get_graph_node_names"]
