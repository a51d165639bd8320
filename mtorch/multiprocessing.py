"""torch.multiprocessing: Python's own `multiprocessing`, with torch's `spawn`."""
from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from multiprocessing import *  # noqa: F403
from typing import Any


class ProcessException(Exception):
    """A process that `spawn` began came to a bad end."""

    def __init__(self, msg: str, error_index: int, error_pid: int) -> None:
        super().__init__(msg)
        self.msg, self.error_index, self.error_pid = msg, error_index, error_pid


class ProcessExitedException(ProcessException):
    """A process that `spawn` began ended with an exit code that is not 0."""

    def __init__(self, msg: str, error_index: int, error_pid: int, exit_code: int) -> None:
        super().__init__(msg, error_index, error_pid)
        self.exit_code = exit_code


def spawn(fn: Callable, args: tuple = (), nprocs: int = 1, join: bool = True, daemon: bool = False,
          start_method: str = "spawn") -> Any:
    """Run fn(i, *args) in nprocs processes, i = 0 to nprocs - 1, and wait for them.

    join: whether to wait; if not, the list of processes is returned.

    Raises: ProcessExitedException when a process fails (it has shown its own traceback); the others are ended.
    """
    context: Any = multiprocessing.get_context(start_method)
    processes = [context.Process(target=fn, args=(i, *args), daemon=daemon) for i in range(nprocs)]
    for process in processes:
        process.start()
    if not join:
        return processes
    from multiprocessing.connection import wait
    waiting = {process.sentinel: i for i, process in enumerate(processes)}
    while waiting:
        for sentinel in wait(list(waiting)):
            i = waiting.pop(sentinel)
            processes[i].join()
            code = processes[i].exitcode
            if code:
                for other in processes:
                    other.terminate()
                    other.join()
                raise ProcessExitedException(f"process {i} terminated with exit code {code}", i, processes[i].pid,
                                             code)
    return None


def set_sharing_strategy(new_strategy: str) -> None:
    """The way in which torch shares memory; only "file_system" and "file_descriptor" are its names.  Nothing changes here.

    Raises: ValueError for another name.
    """
    if new_strategy not in get_all_sharing_strategies():
        raise ValueError(f"set_sharing_strategy: {new_strategy!r} came, expected one of {get_all_sharing_strategies()}")


def get_sharing_strategy() -> str:
    """'file_system'."""
    return "file_system"


def get_all_sharing_strategies() -> set[str]:
    """Torch's names of ways to share memory."""
    return {"file_descriptor", "file_system"}
