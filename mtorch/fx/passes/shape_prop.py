"""`ShapeProp` runs a graph and notes at each node what comes out: its shape and type, and no numbers."""
from __future__ import annotations

from typing import Any, NamedTuple

from ...dtypes import dtype as Dtype
from ...functions.arguments import Size
from ...tensor import Tensor
from ..interpreter import Interpreter
from ..node import Node, map_aggregate


class TensorMetadata(NamedTuple):
    """What is known of a tensor without its numbers."""

    shape: Size
    dtype: Dtype
    requires_grad: bool
    stride: tuple[int, ...]
    memory_format: Any
    is_quantized: bool
    qparams: dict[str, Any]


class ShapeProp(Interpreter):
    """Runs a GraphModule and puts into each node's meta what comes out: "tensor_meta" and "type".

    gm: the GraphModule
    fake_mode: not supported

    Raises: RuntimeError for a node that cannot be run, naming it; NotImplementedError for a fake_mode.

    >>> import mtorch
    >>> net = mtorch.fx.symbolic_trace(mtorch.nn.Linear(2, 3))
    >>> y = mtorch.fx.passes.shape_prop.ShapeProp(net).propagate(mtorch.ones(4, 2))
    >>> net.graph.output_node().meta["tensor_meta"].shape
    torch.Size([4, 3])
    """

    def __init__(self, gm: Any, fake_mode: Any = None) -> None:
        if fake_mode is not None:
            raise NotImplementedError("ShapeProp: fake_mode, tensors without numbers, is not supported")
        super().__init__(gm)

    def run_node(self, n: Node) -> Any:
        result = super().run_node(n)
        met = False

        def metadata(x: Any) -> Any:
            nonlocal met
            if not isinstance(x, Tensor):
                return x
            met = True
            return TensorMetadata(x.shape, x.dtype, x.requires_grad, x.stride(), None, False, {})
        found = map_aggregate(result, metadata)
        if met:
            n.meta["tensor_meta"] = found
        n.meta["type"] = type(result)
        return result

    def propagate(self, *args: Any) -> Any:
        """Run the graph on these arguments."""
        return super().run(*args)
