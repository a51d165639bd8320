"""torch.onnx, which is left out: a program that may export gets a clear error when it does."""
from __future__ import annotations

from typing import Any, NoReturn


def export(*args: Any, **kwargs: Any) -> NoReturn:
    """Not here: an error.

    >>> import mtorch
    >>> mtorch.onnx.export(mtorch.nn.Linear(1, 1), mtorch.ones(1), "net.onnx")
    Traceback (most recent call last):
    NotImplementedError: onnx.export: mtorch writes no ONNX; save the state_dict and export it with PyTorch
    """
    raise NotImplementedError("onnx.export: mtorch writes no ONNX; save the state_dict and export it with PyTorch")


dynamo_export = export


def is_in_onnx_export() -> bool:
    """False."""
    return False
