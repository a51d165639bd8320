"""`torch.profiler`: which functions the time goes to, as Python's own profiler measures it.

PyTorch's profiler records its kernels; here every operation is a Python function, so `cProfile` sees all there is.
"""
from __future__ import annotations

import contextlib
import cProfile
import enum
import functools
from typing import Any, NamedTuple

__all__ = ["ProfilerActivity", "profile", "record_function"]


class ProfilerActivity(enum.Enum):
    """What may be watched: of these, the CPU."""

    CPU = 0
    CUDA = 1
    XPU = 2


class Average(NamedTuple):
    """What one function took: times in microseconds, without (self) and with the functions it called."""

    key: str
    count: int              # type: ignore[assignment]    # torch's name, which hides the tuple's method
    self_cpu_time_total: float
    cpu_time_total: float


class EventList(list):
    """The functions of a profile: a list of `Average`."""

    def table(self, sort_by: str | None = None, row_limit: int = 100, **columns: Any) -> str:
        """A table for people, the longest times first.

        Raises: ValueError for sort_by other than cpu_time_total, self_cpu_time_total and count; NotImplementedError for
        torch's other arguments.
        """
        if columns:
            raise NotImplementedError(f"table: argument {next(iter(columns))!r}; mtorch has sort_by and row_limit")
        if sort_by not in (None, *Average._fields[1:]):
            raise ValueError(f"table: sort_by is {sort_by!r}, expected one of {Average._fields[1:]}")
        rows = sorted(self, key=lambda row: getattr(row, sort_by or "self_cpu_time_total"), reverse=True)
        lines = [f"{'Self CPU':>12} {'CPU total':>12} {'# of Calls':>10}  Name"]
        lines += [f"{row.self_cpu_time_total / 1e3:>10.3f}ms {row.cpu_time_total / 1e3:>10.3f}ms {row.count:>10}  "
                  f"{row.key}"
                  for row in rows[:row_limit if row_limit >= 0 else None]]
        return "\n".join(lines)


class profile:
    """A `with` block whose time is measured, function by function; `key_averages().table()` shows it.

    Raises: NotImplementedError for options of torch's that watch more than time on the CPU.

    >>> import mtorch
    >>> with mtorch.profiler.profile() as prof:
    ...     y = mtorch.ones(2) + 1
    >>> any("arithmetic" in row.key for row in prof.key_averages())
    True
    """

    def __init__(self, *, activities: Any = None, **options: Any) -> None:
        wanted = sorted(name for name, value in options.items() if value and name not in ("use_cpu", "enabled"))
        if wanted:
            raise NotImplementedError(f"profile: {wanted[0]}={options[wanted[0]]!r}; mtorch measures time on the CPU "
                                      "only")
        self._profiler: cProfile.Profile = cProfile.Profile()

    def start(self) -> None:
        """Begin to measure."""
        self._profiler.enable()

    def stop(self) -> None:
        """Stop measuring."""
        self._profiler.disable()

    def __enter__(self) -> profile:
        self.start()
        return self

    def __exit__(self, *exception: Any) -> None:
        self.stop()

    def step(self) -> None:
        """Nothing to do: steps matter to torch's schedules only."""

    def key_averages(self) -> EventList:
        """What each function took."""
        import pstats
        stats = pstats.Stats(self._profiler).stats      # type: ignore[attr-defined]
        return EventList(Average(_named(where), calls, own * 1e6, total * 1e6)
                        for where, (_, calls, own, total, _) in stats.items())


def _named(where: tuple[str, int, str]) -> str:
    """A function by its file's last two parts, its line and its name."""
    path, line, name = where
    return f"{'/'.join(path.replace(chr(92), '/').split('/')[-2:])}:{line}({name})" if line else name


class record_function(contextlib.AbstractContextManager):
    """A part of a program with a name, as a `with` block or decorator.

    Python's profiler knows functions only, so the name does not show.

    >>> import mtorch
    >>> with mtorch.profiler.record_function("forward"):
    ...     y = mtorch.ones(1)
    """

    def __init__(self, name: str, args: str | None = None) -> None:
        self.name = name

    def __exit__(self, *exception: Any) -> None:
        pass

    def __call__(self, function):
        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any):
            with self:
                return function(*args, **kwargs)
        return call
