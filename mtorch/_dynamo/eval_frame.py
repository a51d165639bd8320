"""The class of compiled Modules, where libraries look for it."""
from __future__ import annotations

from typing import Any

from ..nn.module import Module


class OptimizedModule(Module):
    """What torch makes of a Module that it compiles; here Modules stay what they are, and none is made."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError("OptimizedModule: nothing is compiled, torch.compile gives the Module back")
