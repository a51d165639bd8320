"""torch.multiprocessing: Python's own `multiprocessing`, with torch's `spawn`."""
from __future__ import annotations

import multiprocessing
import signal
import sys
import time
import traceback
from collections.abc import Callable
from multiprocessing import *  # noqa: F403
from multiprocessing.connection import wait
from typing import Any, NoReturn

from . import sharing
from .nn.parameter import Buffer, Parameter
from .tensor import Tensor

for _kind in (Tensor, Parameter, Buffer):
    sharing.send(_kind)


class ProcessException(Exception):
    """A process that `spawn` began came to a bad end."""

    def __init__(self, msg: str, error_index: int, error_pid: int) -> None:
        super().__init__(msg)
        self.msg, self.error_index, self.error_pid = msg, error_index, error_pid


class ProcessRaisedException(ProcessException):
    """The function that `spawn` ran in a process raised an error; the message holds its traceback."""


class ProcessExitedException(ProcessException):
    """A process that `spawn` began ended with an exit code that is not 0, or by a signal, whose name is signal_name."""

    def __init__(self, msg: str, error_index: int, error_pid: int, exit_code: int, signal_name: str | None = None) -> None:
        super().__init__(msg, error_index, error_pid)
        self.exit_code, self.signal_name = exit_code, signal_name


class ProcessContext:
    """The processes that `spawn(join=False)` began.

    processes: they; errors: for each the end of a pipe into which it writes the traceback of its error
    """

    def __init__(self, processes: list, errors: list) -> None:
        self.processes, self._errors = processes, errors
        self._waiting = {process.sentinel: i for i, process in enumerate(processes)}

    def pids(self) -> list[int]:
        """The processes' numbers."""
        return [process.pid for process in self.processes]

    def join(self, timeout: float | None = None, grace_period: float | None = None) -> bool:
        """Wait for one more process to end; whether all have ended: `while not context.join(): pass` waits for all.

        timeout: seconds to wait at most, without end if None
        grace_period: seconds that the others get to end by themselves where one has failed

        Raises: ProcessRaisedException where the function raised an error, ProcessExitedException where the process failed
            otherwise; the other processes are ended.
        """
        for sentinel in wait(list(self._waiting), timeout=timeout):
            i = self._waiting.pop(sentinel)
            self.processes[i].join()
            if self.processes[i].exitcode:
                self._end_others(grace_period)
                self._raise(i)
        return not self._waiting

    def _end_others(self, grace_period: float | None) -> None:
        if grace_period is not None:
            deadline = time.monotonic() + grace_period
            for process in self.processes:
                process.join(max(0.0, deadline - time.monotonic()))
        for process in self.processes:
            process.terminate()
            process.join()

    def _raise(self, i: int) -> NoReturn:
        pid, code = self.processes[i].pid, self.processes[i].exitcode
        if self._errors[i].poll():
            try:
                raise ProcessRaisedException(f"\n\n-- Process {i} terminated with the following error:\n"
                                             + self._errors[i].recv(), i, pid)
            except EOFError:                           # it wrote nothing: no Python error ended it
                pass
        if code < 0:
            name = signal.Signals(-code).name
            raise ProcessExitedException(f"process {i} terminated with signal {name}", i, pid, code, name)
        raise ProcessExitedException(f"process {i} terminated with exit code {code}", i, pid, code)


SpawnContext = ProcessContext


def _run(fn: Callable, i: int, args: tuple, errors: Any) -> None:
    try:
        fn(i, *args)
    except KeyboardInterrupt:
        pass                                           # the parent was interrupted, too, and says so
    except Exception:
        errors.send(traceback.format_exc())
        sys.exit(1)


def spawn(fn: Callable, args: tuple = (), nprocs: int = 1, join: bool = True, daemon: bool = False,
          start_method: str = "spawn") -> ProcessContext | None:
    """Run fn(i, *args) in nprocs processes, i = 0 to nprocs - 1, and wait for them.

    Tensors among the arguments share their memory with the processes.

    join: whether to wait; if not, the ProcessContext of the processes is returned

    Raises: ProcessRaisedException with the traceback when fn raises an error in a process, ProcessExitedException when a
        process fails otherwise; the others are ended.
    """
    context: Any = multiprocessing.get_context(start_method)
    processes, errors = [], []
    for i in range(nprocs):
        reader, writer = context.Pipe(duplex=False)
        process = context.Process(target=_run, args=(fn, i, args, writer), daemon=daemon)
        process.start()
        writer.close()
        processes.append(process)
        errors.append(reader)
    running = ProcessContext(processes, errors)
    if not join:
        return running
    while not running.join():
        pass
    return None


def start_processes(fn: Callable, args: tuple = (), nprocs: int = 1, join: bool = True, daemon: bool = False,
                    start_method: str = "spawn") -> ProcessContext | None:
    """`spawn`, by its other name."""
    return spawn(fn, args, nprocs, join, daemon, start_method)


def set_sharing_strategy(new_strategy: str) -> None:
    """The way in which torch shares memory, "file_system" or "file_descriptor".  Nothing changes: it is the second.

    Raises: ValueError for another name.
    """
    if new_strategy not in get_all_sharing_strategies():
        raise ValueError(f"set_sharing_strategy: {new_strategy!r} came, expected one of {get_all_sharing_strategies()}")


def get_sharing_strategy() -> str:
    """'file_descriptor'."""
    return "file_descriptor"


def get_all_sharing_strategies() -> set[str]:
    """Torch's names of ways to share memory."""
    return {"file_descriptor", "file_system"}
