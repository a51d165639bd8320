"""What a worker knows of itself, apart from worker.py because a program without workers needs only this."""
from __future__ import annotations

from typing import Any, NamedTuple


class WorkerInfo(NamedTuple):
    """What a worker may know of itself.

    id           of this worker, in [0, num_workers)
    num_workers  of the loader
    seed         that `random` and the default generator were given
    dataset      this worker's copy
    """

    id: int
    num_workers: int
    seed: int
    dataset: Any


current: WorkerInfo | None = None            # set once, in a worker


def get_worker_info() -> WorkerInfo | None:
    """In a loader's worker: who it is; elsewhere None.

    >>> from mtorch.utils.data import get_worker_info
    >>> get_worker_info() is None
    True
    """
    return current
