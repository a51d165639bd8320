"""torch.onnx: trained models as files that other programs run, such as onnxruntime.

`export` runs the model and notes what it computes (recording.py), call by call in ONNX's operators (functions.py, layers.py,
composed.py, recurrent.py); making.py sees to it that the graph is right for other inputs than those of the recording.  The
library `onnx` writes the file and checks it; it is imported when it is needed.
"""
from __future__ import annotations

import contextlib
import enum
import importlib.util
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import IO, Any

from ..nn.module import Module
from .errors import OnnxExporterError
from .program import ONNXProgram

__all__ = ["ONNXProgram", "OnnxExporterError", "TrainingMode", "export", "is_in_onnx_export"]

_exporting: list[Any] = []         # the models that are being exported


class TrainingMode(enum.Enum):
    """In which mode a model is exported; of EVAL and PRESERVE, the second leaves each module in its own."""

    EVAL, PRESERVE, TRAINING = 0, 1, 2


def export(model: Module | Callable, args: Any = (), f: str | os.PathLike | IO[bytes] | None = None, *,
           kwargs: dict[str, Any] | None = None, verbose: bool | None = None, input_names: Sequence[str] | None = None,
           output_names: Sequence[str] | None = None, opset_version: int | None = None, dynamo: bool = True,
           external_data: bool = True, dynamic_shapes: Any = None, report: bool = False, optimize: bool = True,
           verify: bool = False, export_params: bool = True, keep_initializers_as_inputs: bool = False,
           dynamic_axes: Mapping[str, Mapping[int, str] | Sequence[int]] | None = None,
           training: TrainingMode = TrainingMode.EVAL, do_constant_folding: bool = True) -> ONNXProgram | None:
    """Write a model in the ONNX format, as it computes for these arguments, in evaluation mode.

    model: a Module, or a function of tensors
    args: its arguments: a tuple, whose last one may be a dict of those by name, or one tensor
    f: where to: a path, or a file that is open for writing bytes; None for the ONNXProgram alone
    kwargs: more arguments, by name
    verbose: print the graph
    input_names, output_names: of the tensors, in order: "input", "input_1", ... and "output", ... unless given.  Names beyond
        the inputs are those of the weights, in the order of the state_dict
    opset_version: the version of ONNX's operators: 18 unless given; for others onnx's own converter is asked
    dynamic_axes: the axes of inputs and outputs whose size may be another when the file is run: {name: {axis: what to call it}}
    dynamic_shapes: the same in torch's newer form: for each argument, in order or by name, {axis: name or Dim}
    verify: run the graph by onnx's own evaluator and compare
    training: TrainingMode.TRAINING is not supported
    export_params, keep_initializers_as_inputs: weights that are not in the file, or that can be replaced, are not supported
    dynamo, external_data, report, optimize, do_constant_folding: taken, and of no effect but that with dynamo=False nothing is
        returned; there is one way to export here, and it neither optimizes nor splits the file

    What Python decides (`if`, loops, sizes) is decided for good, by these arguments.  A graph that would give other numbers than
    the model for other inputs is an error: the model is run twice, and the graphs are compared.

    Shape: any; what is no tensor among the arguments is a constant.
    Raises: OnnxExporterError, which is a NotImplementedError, for what cannot be translated, naming it, and for modes that are
        not supported; ImportError without the library onnx; AssertionError from verify=True; ValueError for more names than
        there are tensors.
    Source: https://onnx.ai

    >>> import importlib.util, mtorch
    >>> net = mtorch.nn.Sequential(mtorch.nn.Linear(3, 4), mtorch.nn.Tanh())
    >>> if importlib.util.find_spec("onnx"):
    ...     program = mtorch.onnx.export(net, mtorch.ones(2, 3), "net.onnx", dynamic_axes={"input": {0: "batch"}})
    ...     same = mtorch.allclose(*program.call_reference(mtorch.ones(5, 3)), net(mtorch.ones(5, 3)))
    ...     assert same
    """
    if importlib.util.find_spec("onnx") is None:
        raise ImportError("onnx.export needs the library onnx: pip install onnx")
    from . import making
    making.refuse(export_params, keep_initializers_as_inputs, training is TrainingMode.TRAINING)
    args = args if isinstance(args, tuple) else (args,)
    if args and isinstance(args[-1], dict) and kwargs is None:
        args, kwargs = args[:-1], args[-1]
    with _mode_of(model, training):
        program = ONNXProgram(making.make(model, args, kwargs or {}, input_names, output_names, dynamic_axes, dynamic_shapes,
                                          opset_version))
        if verify:
            making.verify(program, model, args, kwargs or {})
    if verbose:
        making.show(program.model_proto)
    if isinstance(f, (str, os.PathLike)):
        program.save(f)
    elif f is not None:
        f.write(program.model_proto.SerializeToString())
    return program if dynamo else None


@contextlib.contextmanager
def _mode_of(model: Any, training: TrainingMode) -> Iterator[None]:
    """A block in which the model is in the mode that it is exported in."""
    changed = [m for m in model.modules() if m.training] if isinstance(model, Module) and training is TrainingMode.EVAL else []
    _exporting.append(model)
    try:
        for module in changed:
            module.training = False
        yield
    finally:
        for module in changed:
            module.training = True
        _exporting.pop()


def is_in_onnx_export() -> bool:
    """Whether a model is being exported just now.

    >>> import mtorch
    >>> mtorch.onnx.is_in_onnx_export()
    False
    """
    return bool(_exporting)
