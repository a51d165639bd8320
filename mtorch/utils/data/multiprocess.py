"""A walk over a dataset with worker processes.

The loader gives batch numbers and indices to the workers in turn, `prefetch_factor` of them to each ahead of time, and
returns the batches in the order of their numbers.  Each worker has two pipes of its own (tasks, answers) and no lock is
shared, so a worker may die at any moment without stopping another or the loader: the loader waits for answers and, in
the same call, for the ends of the processes.
"""
from __future__ import annotations

import contextlib
import copy
import itertools
import multiprocessing
import os
import signal
import time
import warnings
import weakref
from collections import deque
from multiprocessing import connection
from typing import Any

from ...random import default_generator
from .sampler import random_seed
from .transport import receive
from .walk import Walk, warn_if_too_many
from .worker import END, FAILED, RESUME, STOP, run

_GRACE = 5.0               # seconds that a worker which is told to stop has for ending what it is doing

_workers: weakref.WeakSet[Worker] = weakref.WeakSet()      # of all loaders: fork copies the pipes of all of them


class Worker:
    """The loader's side of one worker process."""

    def __init__(self, loader: Any, context: Any, number: int, base_seed: int) -> None:
        tasks, self.tasks = context.Pipe(duplex=False)
        self.answers, answers = context.Pipe(duplex=True)
        self.pending = 0                                     # tasks given and not yet answered
        self.ended = False                                   # its part of the stream is at its end
        _workers.add(self)
        forks = context.get_start_method() == "fork"
        self.process = context.Process(target=run, daemon=True, args=(
            tasks, answers, loader._dataset_kind, loader.dataset, loader._auto_collation, loader.collate_fn,
            loader.drop_last, base_seed, loader.worker_init_fn, number, loader.num_workers,
            [end for w in _workers for end in (w.tasks, w.answers)] if forks else []))
        try:
            with warnings.catch_warnings():
                # Python 3.12 warns of threads at a fork: here they are NumPy's, which wait for work and hold no lock.
                warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
                self.process.start()
        except BaseException as error:
            self.tasks.close()
            self.answers.close()
            if not forks:
                error.add_note("A worker that is not forked gets the dataset, collate_fn and worker_init_fn as "
                               "pickles: define them at the top level of a module (no lambda).")
            raise
        finally:
            tasks.close()
            answers.close()

    def give(self, task: Any) -> None:
        """Send a task; a worker that has died is noticed when an answer is waited for."""
        with contextlib.suppress(OSError):
            self.tasks.send(task)

    def death(self) -> str:
        """What has happened to the process, which has ended."""
        self.process.join(_GRACE)
        code = self.process.exitcode
        if code is not None and code < 0:
            return (f"DataLoader worker (pid {self.process.pid}) is killed by signal: "
                    f"{signal.strsignal(-code)} ({-code}).")
        return f"DataLoader worker (pid {self.process.pid}) exited unexpectedly with exit code {code}."


class WorkersWalk(Walk):
    """Gives the batches that its workers fetch; when it is dropped, in whatever way, the workers end."""

    def __init__(self, loader: Any) -> None:
        self._loader = copy.copy(loader)         # as it is now, and lest a loader that keeps the walk keep itself
        self._crew = Crew(self._loader)
        weakref.finalize(self, self._crew.close)
        self._crew.start()

    @property
    def closed(self) -> bool:
        """Whether the workers have ended."""
        return self._crew.closed

    def restart(self, loader: Any) -> None:
        """Begin the next walk with the same workers."""
        self._loader._IterableDataset_len_called = loader._IterableDataset_len_called
        self._crew.begin(first=False)

    def skip(self, count: int) -> None:
        """Go on as if `count` batches had been given; they are fetched, so that the workers draw what they would have."""
        for _ in itertools.islice(self, count):
            pass

    def __next__(self) -> Any:
        crew = self._crew
        del self             # lest the traceback of an exception keep the walk, and so the workers, alive
        return crew.next_batch()


class Crew:
    """The workers of a walk, the tasks they have, and the batches that came before their turn."""

    def __init__(self, loader: Any) -> None:
        self.loader = loader
        self.workers: list[Worker] = []
        self.pid = os.getpid()
        self.closed = False
        self.death = ""                          # of a worker, once there was one
        self.numbers = itertools.count()         # never used twice, so that answers to an abandoned walk are known

    def start(self) -> None:
        loader = self.loader
        iter(loader._index_sampler)              # PyTorch begins the order twice, as a sampler that draws then shows
        base_seed = random_seed(loader.generator or default_generator)
        context = loader.multiprocessing_context or multiprocessing.get_context()
        try:
            for number in range(loader.num_workers):
                self.workers.append(Worker(loader, context, number, base_seed))
            self.begin(first=True)
        except BaseException:
            self.close()
            raise

    def begin(self, first: bool) -> None:
        """Start a walk: fetch ahead."""
        self.indices = iter(self.loader._index_sampler)
        self.order: deque[int] = deque()         # the numbers given out whose batches are not returned, oldest first
        self.owners: dict[int, Worker] = {}
        self.arrived: dict[int, tuple] = {}
        self.given = 0
        self.turns = itertools.cycle(self.workers)
        for worker in self.workers:
            worker.ended = False
            if not first:
                worker.give((RESUME, None))
        for _ in range(self.loader.prefetch_factor * len(self.workers)):
            self.give_next()

    def give_next(self) -> None:
        """Give the sampler's next indices to the worker whose turn it is."""
        active = sum(not w.ended for w in self.workers)
        if not active:
            return
        try:
            indices = next(self.indices)
        except StopIteration:
            return
        share = self.loader.prefetch_factor * len(self.workers) // active
        for worker in itertools.islice(self.turns, len(self.workers)):
            if not worker.ended and (self.loader.in_order or worker.pending < share):
                break
        number = next(self.numbers)
        self.order.append(number)
        self.owners[number] = worker
        worker.pending += 1
        worker.give((number, indices))

    def next_batch(self) -> Any:
        if self.death:
            raise RuntimeError(self.death)
        while self.order:
            number = self.order[0]
            if not self.loader.in_order and self.arrived:
                number = next(iter(self.arrived))
            if number not in self.arrived:
                self.wait()
                continue
            kind, content = self.arrived.pop(number)
            self.order.remove(number)
            del self.owners[number]
            self.give_next()
            if kind == FAILED:
                content.reraise()
            self.given += 1
            warn_if_too_many(self.loader, self.given)
            return content
        if not self.loader.persistent_workers:
            self.close()
        raise StopIteration

    def wait(self) -> None:
        """Take in what the workers have answered, once there is something."""
        answers = {w.answers: w for w in self.workers}
        ends = {w.process.sentinel: w for w in self.workers}
        ready = connection.wait([*answers, *ends], self.loader.timeout or None)
        if not ready:
            raise RuntimeError(f"DataLoader timed out after {self.loader.timeout} seconds")
        talking = [answers[r] for r in ready if r in answers]
        for worker in talking:
            try:
                number, kind, content = receive(worker.answers)
            except (EOFError, OSError):
                self.died(worker)
            self.note(worker, number, kind, content)
        if not talking:                          # what a worker said before it ended has been heard
            self.died(ends[ready[0]])

    def note(self, worker: Worker, number: int, kind: str, content: Any) -> None:
        worker.pending -= 1
        if number not in self.owners:            # an answer to an abandoned walk
            return
        if kind == END:
            worker.ended = True
            self.order.remove(number)
            del self.owners[number]
            self.give_next()
        else:
            self.arrived[number] = (kind, content)

    def died(self, worker: Worker) -> None:
        self.death = worker.death()
        self.close()
        raise RuntimeError(self.death)

    def close(self) -> None:
        """End the workers: ask, wait, terminate, kill.  A child that was forked has no say in it."""
        if self.closed or os.getpid() != self.pid:
            return
        self.closed = True
        processes = [w.process for w in self.workers]
        try:
            for worker in self.workers:
                worker.give(STOP)
                worker.tasks.close()
                worker.answers.close()           # a worker that is sending a batch fails at it, and ends
            limit = time.monotonic() + _GRACE
            for process in processes:
                process.join(max(0.0, limit - time.monotonic()))
        finally:                                 # also when Ctrl-C is pressed again meanwhile
            for process in processes:
                if process.is_alive():
                    process.terminate()
            limit = time.monotonic() + 1.0
            for process in processes:
                process.join(max(0.0, limit - time.monotonic()))
                if process.is_alive():
                    process.kill()
                    process.join()
