"""torch.fx: programs as graphs of their calls, which can be looked at, changed, and run again.

`symbolic_trace` (_symbolic_trace.py) runs a program on proxies (proxy.py), which note each call as a node (node.py) of a graph
(graph.py).  A GraphModule (graph_module.py) is a Module again, whose forward is the graph written as Python; interpreter.py runs
it node by node, and subgraph_rewriter.py exchanges parts of it.
"""
from __future__ import annotations

from .graph import Graph
from .graph_module import GraphModule
from .interpreter import Interpreter, Transformer
from .node import Node, has_side_effect, map_arg
from .proxy import Proxy
from .subgraph_rewriter import replace_pattern
from ._symbolic_trace import Tracer, symbolic_trace, wrap

__all__ = ["Graph", "GraphModule", "Interpreter", "Node", "Proxy", "Tracer", "Transformer", "has_side_effect", "map_arg",
           "replace_pattern", "symbolic_trace", "wrap"]
