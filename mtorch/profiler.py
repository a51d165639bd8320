"""`torch.profiler`: which functions the time goes to, as Python's own profiler measures it.

PyTorch's profiler records its kernels; here every operation is a Python function, so `cProfile` sees all there is.
"""
from __future__ import annotations

import contextlib
import cProfile
import enum
import functools
import time
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple, NoReturn

__all__ = ["ProfilerAction", "ProfilerActivity", "profile", "record_function", "schedule", "tensorboard_trace_handler"]


class ProfilerActivity(enum.Enum):
    """What may be watched: of these, the CPU."""

    CPU = 0
    CUDA = 1
    XPU = 2


class ProfilerAction(enum.Enum):
    """What a schedule says of a step."""

    NONE, WARMUP, RECORD, RECORD_AND_SAVE = range(4)


_NOT_RECORDED = {"record_shapes", "profile_memory", "with_stack", "with_flops", "with_modules"}
_recording: list[profile] = []                         # those that record now
_ON_DEVICES = {f"{own}{device}_time_total" for own in ("", "self_") for device in ("cuda", "device", "xpu")}
_RECORDING = (ProfilerAction.RECORD, ProfilerAction.RECORD_AND_SAVE)


def _always(step: int) -> ProfilerAction:
    return ProfilerAction.RECORD


def schedule(*, wait: int, warmup: int, active: int, repeat: int = 0, skip_first: int = 0,
             skip_first_wait: int = 0) -> Callable[[int], ProfilerAction]:
    """A schedule of cycles: `wait` steps without, `warmup` steps that do not count, `active` steps recorded.

    repeat: how many cycles; 0 for as many as there are steps
    skip_first: steps before the first cycle
    skip_first_wait: not 0: the first cycle does not wait

    Raises: AssertionError for negative numbers, and for active = 0.

    >>> import mtorch
    >>> plan = mtorch.profiler.schedule(wait=1, warmup=1, active=2)
    >>> [plan(step).name for step in range(5)]
    ['NONE', 'WARMUP', 'RECORD', 'RECORD_AND_SAVE', 'NONE']
    """
    assert min(wait, warmup, active - 1, repeat, skip_first) >= 0, (
        f"schedule: wait={wait}, warmup={warmup}, active={active}, repeat={repeat}, skip_first={skip_first}; expected "
        "active > 0, and the others >= 0")
    if not warmup:
        warnings.warn("Profiler won't be using warmup, this can skew profiler results", stacklevel=2)

    def action(step: int) -> ProfilerAction:
        step -= skip_first
        if step < 0:
            return ProfilerAction.NONE
        step += wait if skip_first_wait else 0
        cycle, place = divmod(step, wait + warmup + active)
        if place < wait or 0 < repeat <= cycle:
            return ProfilerAction.NONE
        if place < wait + warmup:
            return ProfilerAction.WARMUP
        return ProfilerAction.RECORD if place < wait + warmup + active - 1 else ProfilerAction.RECORD_AND_SAVE
    return action


def tensorboard_trace_handler(dir_name: str, worker_name: str | None = None, use_gzip: bool = False) -> NoReturn:
    """Not here: an error. cProfile adds times up and keeps no order of calls that TensorBoard could draw."""
    raise NotImplementedError("tensorboard_trace_handler: mtorch's profile has no trace; print key_averages().table()")


def kineto_available() -> bool:
    """False: torch's recorder of kernels is not here."""
    return False


class emit_nvtx:
    """A `with` block that NVIDIA's profiler sees: an error, there is no GPU here."""

    def __init__(self, enabled: bool = True, record_shapes: bool = False) -> None:
        raise AssertionError("emit_nvtx: mtorch computes on the CPU")


class Average(NamedTuple):
    """What one function took: times in microseconds, without (self) and with the functions it called."""

    key: str
    count: int              # type: ignore[assignment]    # torch's name, which hides the tuple's method
    self_cpu_time_total: float
    cpu_time_total: float


class EventList(list):
    """The functions and named parts of a profile: a list of `Average`."""

    def table(self, sort_by: str | None = None, row_limit: int = 100, **columns: Any) -> str:
        """A table for people, the longest times first.

        sort_by: cpu_time_total, self_cpu_time_total or count; by the times on a device, cuda_time_total and its kin, all
            are equal, and stay as they are

        Raises: ValueError for another sort_by; NotImplementedError for torch's other arguments.
        """
        if columns:
            raise NotImplementedError(f"table: argument {next(iter(columns))!r}; mtorch has sort_by and row_limit")
        if sort_by not in (None, *Average._fields[1:], *_ON_DEVICES):
            raise ValueError(f"table: sort_by is {sort_by!r}, expected one of {Average._fields[1:]}")
        by = "self_cpu_time_total" if sort_by is None else sort_by
        rows = list(self) if by in _ON_DEVICES else sorted(self, key=lambda row: getattr(row, by), reverse=True)
        lines = [f"{'Self CPU':>12} {'CPU total':>12} {'# of Calls':>10}  Name"]
        lines += [f"{row.self_cpu_time_total / 1e3:>10.3f}ms {row.cpu_time_total / 1e3:>10.3f}ms {row.count:>10}  "
                  f"{row.key}"
                  for row in rows[:row_limit if row_limit >= 0 else None]]
        return "\n".join(lines)


class profile:
    """A `with` block whose time is measured, function by function; `key_averages().table()` shows it.

    activities: what is watched: the CPU
    schedule: tells for the number of a step what to do; `step()` goes to the next
    on_trace_ready: called with the profile after each RECORD_AND_SAVE, and at the end of the block
    record_shapes, profile_memory, with_stack, with_flops, with_modules: taken with a warning, not recorded

    Raises: NotImplementedError for torch's other options.

    >>> import mtorch
    >>> with mtorch.profiler.profile() as prof:
    ...     y = mtorch.ones(2) + 1
    >>> any("arithmetic" in row.key for row in prof.key_averages())
    True
    """

    def __init__(self, *, activities: Any = None, schedule: Callable[[int], ProfilerAction] | None = None,
                 on_trace_ready: Callable[[profile], Any] | None = None, **options: Any) -> None:
        wanted = sorted(name for name, value in options.items() if value and name not in ("use_cpu", "enabled"))
        if set(wanted) <= _NOT_RECORDED:
            for name in wanted:
                warnings.warn(f"profile: {name}=True is not recorded; mtorch measures time on the CPU only", stacklevel=2)
        else:
            raise NotImplementedError(f"profile: {wanted[0]}={options[wanted[0]]!r}; mtorch measures time on the CPU "
                                      "only")
        self._profiler: cProfile.Profile = cProfile.Profile()
        self._parts: dict[str, tuple[int, float]] = {}          # of record_function's names: how often, and seconds
        self._schedule, self._on_trace_ready = schedule or _always, on_trace_ready
        self.step_num, self.current_action = 0, ProfilerAction.NONE

    def start(self) -> None:
        """Begin to measure, or with the schedule's first step."""
        self._go_on(self._schedule(self.step_num))

    def stop(self) -> None:
        """Stop measuring."""
        self._go_on(ProfilerAction.NONE, finished=self.current_action in _RECORDING)

    def __enter__(self) -> profile:
        self.start()
        return self

    def __exit__(self, *exception: Any) -> None:
        self.stop()

    def step(self) -> None:
        """The next step of the schedule begins."""
        self.step_num += 1
        self._go_on(self._schedule(self.step_num), finished=self.current_action is ProfilerAction.RECORD_AND_SAVE)

    def _go_on(self, action: ProfilerAction, finished: bool = False) -> None:
        """Hand over what was recorded, if that is finished, and record, or not, from now on."""
        was_recording, self.current_action = self.current_action in _RECORDING, action
        if was_recording:
            self._profiler.disable()
            _recording.remove(self)
        if finished and self._on_trace_ready is not None:
            self._on_trace_ready(self)
        if action in _RECORDING:
            if finished or not was_recording:
                self._profiler, self._parts = cProfile.Profile(), {}
            _recording.append(self)
            self._profiler.enable()

    def key_averages(self, group_by_input_shape: bool = False, group_by_stack_n: int = 0) -> EventList:
        """What each function, and each part that `record_function` names, took.

        Raises: NotImplementedError where they are to be grouped, by what was not recorded.
        """
        if group_by_input_shape or group_by_stack_n:
            raise NotImplementedError("key_averages: shapes and stacks are not recorded here, so nothing is grouped by them")
        import pstats
        stats = pstats.Stats(self._profiler).stats      # type: ignore[attr-defined]
        parts = (Average(name, calls, 0.0, total * 1e6) for name, (calls, total) in self._parts.items())
        return EventList([*parts, *(Average(_named(where), calls, own * 1e6, total * 1e6)
                                    for where, (_, calls, own, total, _) in stats.items())])

    def export_chrome_trace(self, path: str, *args: Any, **kwargs: Any) -> NoReturn:
        """Which call began when, and from where, is not recorded.

        Raises: NotImplementedError.
        """
        raise NotImplementedError("export_chrome_trace: mtorch's profile has sums and no trace; print key_averages().table()")

    export_stacks = export_memory_timeline = export_chrome_trace


def _named(where: tuple[str, int, str]) -> str:
    """A function by its file's last two parts, its line and its name."""
    path, line, name = where
    return f"{'/'.join(path.replace(chr(92), '/').split('/')[-2:])}:{line}({name})" if line else name


class record_function(contextlib.AbstractContextManager):
    """A part of a program with a name, as a `with` block or decorator: `key_averages()` has its time.

    The time is all in `cpu_time_total`: what the part itself took stands with the functions that it called.

    >>> import mtorch
    >>> with mtorch.profiler.profile() as prof:
    ...     with mtorch.profiler.record_function("forward"):
    ...         y = mtorch.ones(1)
    >>> [row.count for row in prof.key_averages() if row.key == "forward"]
    [1]
    """

    def __init__(self, name: str, args: str | None = None) -> None:
        self.name = name
        self._begun: list[float] = []                  # a decorated function may call itself

    def __enter__(self) -> record_function:
        self._begun.append(time.perf_counter())
        return self

    def __exit__(self, *exception: Any) -> None:
        seconds = time.perf_counter() - self._begun.pop()
        for running in _recording:
            calls, total = running._parts.get(self.name, (0, 0.0))
            running._parts[self.name] = calls + 1, total + seconds

    def __call__(self, function):
        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any):
            with self:
                return function(*args, **kwargs)
        return call
