"""torch.distributed.rpc: calls to functions of other processes, of which there are none."""
from __future__ import annotations

from typing import Any, NoReturn

__all__ = ["init_rpc", "is_available", "remote", "rpc_async", "rpc_sync", "shutdown"]


def is_available() -> bool:
    """False: there are no other processes to call."""
    return False


def init_rpc(*args: Any, **kwargs: Any) -> NoReturn:
    """Not here: an error."""
    raise NotImplementedError("rpc: mtorch trains in one process, there is none to call")


rpc_sync = rpc_async = remote = shutdown = init_rpc
