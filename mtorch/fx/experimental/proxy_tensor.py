"""Whether a tracer is at work: never."""
from __future__ import annotations


def get_proxy_mode() -> None:
    """The tracer that notes down the calls of the program: None.

    >>> from mtorch.fx.experimental.proxy_tensor import get_proxy_mode
    >>> get_proxy_mode() is None
    True
    """
