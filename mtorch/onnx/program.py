"""`ONNXProgram`, a model as `export` has made it."""
from __future__ import annotations

import os
from typing import Any

from ..autograd.tape import wrap
from ..nn.nest import leaves
from ..tensor import Tensor
from ..utils.files import replaced


class ONNXProgram:
    """A model in ONNX's form: it can be saved, and run.

    model_proto: the library's own object, an onnx.ModelProto

    Raises: ImportError from a call without the library onnx.

    >>> import mtorch
    >>> mtorch.onnx.ONNXProgram("a ModelProto").model_proto
    'a ModelProto'
    """

    def __init__(self, model_proto: Any) -> None:
        self.model_proto = model_proto

    def save(self, destination: str | os.PathLike) -> None:
        """Write it to a file, which is whole or the old one."""
        with replaced(destination) as file:
            file.write(self.model_proto.SerializeToString())

    def __call__(self, *args: Any, **kwargs: Any) -> tuple[Tensor, ...]:
        """What the file computes, by onnxruntime, or by onnx's own evaluator where that is not installed."""
        try:
            from onnxruntime import InferenceSession
        except ImportError:
            return self.call_reference(*args, **kwargs)
        return self._run(InferenceSession(self.model_proto.SerializeToString(), providers=["CPUExecutionProvider"]), args, kwargs)

    def call_reference(self, *args: Any, **kwargs: Any) -> tuple[Tensor, ...]:
        """What the file computes, by onnx's own evaluator."""
        from onnx.reference import ReferenceEvaluator
        return self._run(ReferenceEvaluator(self.model_proto), args, kwargs)

    def _run(self, runner: Any, args: tuple, kwargs: dict) -> tuple[Tensor, ...]:
        tensors = [x.numpy() for x in leaves((args, kwargs)) if isinstance(x, Tensor)]
        names = [value.name for value in self.model_proto.graph.input]
        return tuple(wrap(y) for y in runner.run(None, dict(zip(names, tensors, strict=True))))
