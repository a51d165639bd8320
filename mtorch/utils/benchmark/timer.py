"""Timing a statement: warmed up, in runs long enough for the clock, and often enough to see how far they spread."""
from __future__ import annotations

import sys
import textwrap
import timeit
from collections.abc import Callable
from statistics import median
from typing import Any

from ... import settings
from .measurement import Measurement, TaskSpec

timer = timeit.default_timer


class Timer:
    """Measures how long a Python statement takes.

    stmt: the statement, or several
    setup: what runs once before each run
    global_setup: none: it is for C++
    timer: the clock, in seconds
    globals: the names that the statement uses; `torch` is there without being given
    label, sub_label, description, env: what a table of `Compare` calls it: a table holds one label, its rows are
        sub_labels (and envs), its columns descriptions
    num_threads: what `torch.set_num_threads` is told for the time being; NumPy's threads are set before Python starts
    language: "python", there is no other

    Raises: ValueError for a stmt that is no str, a global_setup, and an unknown language; NotImplementedError for C++.

    >>> from mtorch.utils.benchmark import Timer
    >>> m = Timer("x @ x", "x = torch.ones(8, 8)", label="product").timeit(100)
    >>> m.median > 0, m.label, m.number_per_run
    (True, 'product', 100)
    """

    _timer_cls: type[timeit.Timer] = timeit.Timer

    def __init__(self, stmt: str = "pass", setup: str = "pass", global_setup: str = "",
                 timer: Callable[[], float] = timer, globals: dict[str, Any] | None = None, label: str | None = None,
                 sub_label: str | None = None, description: str | None = None, env: str | None = None,
                 num_threads: int = 1, language: str = "python") -> None:
        if not isinstance(stmt, str):
            raise ValueError("Currently only a `str` stmt is supported.")
        if language in ("cpp", "c++"):
            raise NotImplementedError("Timer: language must be 'python', mtorch compiles no C++")
        if language not in ("py", "python"):
            raise ValueError(f"Invalid language `{language}`.")
        if global_setup:
            raise ValueError(f"global_setup is C++ only, got `{global_setup}`. Most likely this code can simply be moved to "
                             "`setup`.")
        stmt, setup = _dedented(stmt), _dedented(setup)
        names = {"torch": sys.modules[__name__.partition(".")[0]], **(globals or {})}
        self._timer = self._timer_cls(stmt, setup, timer, names)
        self._task_spec = TaskSpec(stmt, setup, global_setup, label, sub_label, description, env, num_threads)

    def timeit(self, number: int = 1000000) -> Measurement:
        """One run.

        number: how often to execute the statement, after a hundredth of that to warm up
        """
        with _Threads(self._task_spec.num_threads):
            self._time(max(number // 100, 2))
            return self._measured(number, [self._time(number)])

    def blocked_autorange(self, callback: Callable[[int, float], Any] | None = None,
                          min_run_time: float = 0.2) -> Measurement:
        """Runs for some time, each long enough that the clock does not matter.

        callback: is called after each run with the number of executions in it and its seconds
        min_run_time: seconds that all runs take together, at least
        """
        return self._repeated(self._number_per_run(min_run_time), min_run_time, None, callback, lambda m: True)

    def adaptive_autorange(self, threshold: float = 0.1, *, min_run_time: float = 0.01, max_run_time: float = 10.0,
                           callback: Callable[[int, float], Any] | None = None) -> Measurement:
        """Runs until their interquartile range is small beside their median.

        threshold: how small
        min_run_time, max_run_time: seconds that all runs take together, at least and (by a run) at most
        callback: as for `blocked_autorange`
        """
        return self._repeated(self._number_per_run(0.05), min_run_time, max_run_time, callback,
                              lambda m: len(m.raw_times) > 3 and m.meets_confidence(threshold))

    def repeat(self, repeat: int = -1, number: int = -1) -> None:
        """Not there, as in torch: see `blocked_autorange`."""
        raise NotImplementedError("See `Timer.blocked_autorange.`")

    def autorange(self, callback: Callable[[int, float], Any] | None = None) -> None:
        """Not there, as in torch: see `blocked_autorange`."""
        raise NotImplementedError("See `Timer.blocked_autorange.`")

    def collect_callgrind(self, number: int = 100, **options: Any) -> None:
        """Counting instructions by Valgrind is not supported."""
        raise NotImplementedError("Timer.collect_callgrind: mtorch does not count instructions; run the program under "
                                  "`valgrind --tool=callgrind`")

    def _time(self, number: int) -> float:
        return max(self._timer.timeit(number), 1e-9)

    def _measured(self, number: int, times: list[float]) -> Measurement:
        return Measurement(number, times, self._task_spec)

    def _number_per_run(self, min_run_time: float) -> int:
        """Executions in a run, a power of ten: so many that reading the clock takes a ten thousandth of it."""
        with _Threads(self._task_spec.num_threads):
            overhead = median(self._time(0) for _ in range(5))
            number = 1
            while (taken := self._time(number)) <= min_run_time and number * 10 < 1 << 31:
                if overhead / taken <= 1e-4 and taken >= min_run_time / 1000:
                    break
                number *= 10
        return number

    def _repeated(self, number: int, at_least: float, at_most: float | None, callback: Callable[[int, float], Any] | None,
                  enough: Callable[[Measurement], bool]) -> Measurement:
        times: list[float] = []
        total = 0.0
        with _Threads(self._task_spec.num_threads):
            while total < at_least or not enough(self._measured(number, times)):
                times.append(self._time(number))
                total += times[-1]
                if callback is not None:
                    callback(number, times[-1])
                if at_most is not None and total > at_most:
                    break
        return self._measured(number, times)


class _Threads:
    """A block for which `torch.set_num_threads` is told another number."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __enter__(self) -> None:
        self.before = settings.get_num_threads()
        settings.set_num_threads(self.number)

    def __exit__(self, *error: Any) -> None:
        settings.set_num_threads(self.before)


def _dedented(code: str) -> str:
    return textwrap.dedent(code).removeprefix("\n").rstrip()
