"""The rules of the tape, by what they are about; and, as `torch.ops`, the names of torch's compiled core."""
from __future__ import annotations

from typing import Any

from ..later import find as _find


def load_library(path: str) -> None:
    """Where PyTorch loads compiled ops of a library: none can be, as where the file is missing, for which libraries are ready.

    path: the file

    Raises: OSError, always.

    >>> import mtorch
    >>> try:
    ...     mtorch.ops.load_library("metrics.so")
    ... except OSError as error:
    ...     print(error)
    load_library: 'metrics.so' is compiled for PyTorch, and cannot be loaded into mtorch
    """
    raise OSError(f"load_library: {path!r} is compiled for PyTorch, and cannot be loaded into mtorch")


def __getattr__(name: str) -> Any:
    if name == "aten":
        return _find(__name__, name)
    raise AttributeError(f"{__name__} has no {name!r}")    # an import of a file in here asks first: no time for more words
