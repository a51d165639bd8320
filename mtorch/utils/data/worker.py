"""A worker: the process that fetches batches for a loader.

It reads tasks (number, indices), answers each with (number, batch) in the same order, and ends when the loader says so
or has ended itself.  A thread reads the tasks, so that the loader never waits for a busy worker when it gives out
tasks, and so that the worker learns at once when the loader is gone, whatever its main thread is doing.
"""
from __future__ import annotations

import contextlib
import os
import queue
import random
import signal
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from multiprocessing import connection, parent_process
from typing import Any

import numpy as np

from ...random import default_generator
from . import worker_info
from .fetch import EndOfStream, fetcher
from .transport import send
from .worker_info import WorkerInfo

_PARENT_CHECK = 5.0            # seconds between looks for a loader that ended without the worker being told

END = "end of stream"          # answers that are not batches
FAILED = "failed"
BATCH = "batch"
RESUME = "resume"              # a task: start the dataset anew, calling the function that comes with it
STOP = None                    # a task: end


@dataclass
class Failure:
    """An exception on its way to the loader: its type, and its traceback as text, for tracebacks do not travel."""

    kind: type[BaseException]
    name: str
    text: str
    where: str

    @classmethod
    def of(cls, error: BaseException, where: str) -> Failure:
        return cls(type(error), type(error).__name__, "".join(traceback.format_exception(error)), where)

    def reraise(self) -> None:
        """Raise the same type with the worker's traceback as its message, or RuntimeError if it cannot be made so."""
        text = f"Caught {self.name} {self.where}.\nOriginal {self.text}"
        error: BaseException = RuntimeError(text)
        if not issubclass(self.kind, StopIteration):       # which would end the loop over the loader without a word
            with contextlib.suppress(Exception):           # the constructor may want other arguments
                error = self.kind(_Text(text) if issubclass(self.kind, KeyError) else text)
        raise error from None


class _Text(str):
    """A text that `KeyError`, which shows the repr of its argument, shows as it is."""

    def __repr__(self) -> str:
        return str(self)


def run(tasks: Any, answers: Any, kind: int, dataset: Any, batched: bool, collate_fn: Callable, drop_last: bool,
        base_seed: int, worker_init_fn: Callable | None, worker_id: int, num_workers: int, inherited: list) -> None:
    """The whole life of a worker (the target of its process)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)         # Ctrl-C reaches all processes; the loader decides on it
    signal.signal(signal.SIGTERM, signal.SIG_DFL)        # a handler inherited by fork is not meant for a worker
    for end in inherited:                                # the loader's ends of pipes, which fork copied
        end.close()
    seed_all(base_seed, worker_id)
    worker_info.current = WorkerInfo(worker_id, num_workers, base_seed + worker_id, dataset)
    where = f"in DataLoader worker process {worker_id}"
    todo: queue.SimpleQueue = queue.SimpleQueue()
    todo.put((RESUME, worker_init_fn))
    threading.Thread(target=_read, args=(tasks, todo), daemon=True).start()

    fetch: Any = None
    failure = None
    while (task := todo.get()) is not STOP:
        number, content = task
        answer: tuple
        try:
            if number == RESUME:
                failure = None
                if content is not None:
                    content(worker_id)
                fetch = fetcher(kind, dataset, batched, collate_fn, drop_last)
                continue
            answer = (number, BATCH, fetch(content)) if failure is None else (number, FAILED, failure)
        except EndOfStream:
            answer = (number, END, None)
        except Exception as error:
            answer = (number, FAILED, Failure.of(error, where))
            if number == RESUME:
                failure = answer[2]                      # to be told when the first batch is asked for
                continue
        try:
            _answer(answers, answer, where)
        except (BrokenPipeError, ConnectionResetError):  # the loader has closed its end
            break
        del answer                                       # a batch is not kept while the next one is made


def _answer(answers: Any, answer: tuple, where: str) -> None:
    try:
        send(answers, answer)
    except (BrokenPipeError, ConnectionResetError):
        raise
    except Exception as error:                           # the batch, or the type of an exception, cannot be pickled
        number, kind, content = answer
        failure = replace(content, kind=RuntimeError) if kind == FAILED else Failure.of(error, where)
        send(answers, (number, FAILED, failure))


def _read(tasks: Any, todo: queue.SimpleQueue) -> None:
    parent: Any = parent_process()
    first = os.getppid()
    while True:
        ready = connection.wait([tasks, parent.sentinel], _PARENT_CHECK)
        if tasks in ready:
            try:
                task = tasks.recv()
            except (EOFError, OSError):
                task = STOP
            todo.put(task)
            if task is STOP:
                return
        elif ready or os.getppid() != first:
            os._exit(1)                                  # nobody is left to work for


def seed_all(base_seed: int, worker_id: int) -> None:
    """Seed Python's, NumPy's and mtorch's random numbers, each differently in each worker, as PyTorch does."""
    seed = base_seed + worker_id
    random.seed(seed)
    default_generator.manual_seed(seed)
    entropy = [worker_id, base_seed & 0xFFFFFFFF, base_seed >> 32, 0]
    np.random.seed(np.random.SeedSequence(entropy).generate_state(4))
