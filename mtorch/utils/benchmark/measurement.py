"""The result of a measurement: the times of many runs, and what they say together.

A run's time has a floor, which the program sets, and a tail, which the machine adds.  So the middle of the runs is told,
the median, and how far the middle half of them spreads, the interquartile range.
"""
from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

_UNITS = {-3: ("ns", 1e-9), -2: ("us", 1e-6), -1: ("ms", 1e-3)}
_SUSPECT, _GROSS = 0.1, 0.25               # spreads, as shares of the median, of which a measurement warns
_MOST_FIGURES = 4
_CLOCK = 25e-9                             # seconds that no measurement is surer of


def select_unit(seconds: float) -> tuple[str, float]:
    """The unit in which a time has one to three digits, and its seconds: of 2e-6 ('us', 1e-06)."""
    return _UNITS.get(int(math.log10(seconds) // 3), ("s", 1.0))


def trim_sigfig(x: float, n: int) -> float:
    """x rounded to n significant figures: of 3.14159 and 3, 3.14."""
    scale = 10.0 ** (math.ceil(math.log10(abs(x))) - n)
    return round(x / scale) * scale


@dataclass(frozen=True)
class TaskSpec:
    """What was measured, and what a table calls it.

    stmt, setup, global_setup, label, sub_label, description, env, num_threads: as `Timer` takes them

    >>> from mtorch.utils.benchmark import TaskSpec
    >>> print(TaskSpec("x + x", "x = torch.ones(2)", label="sum", sub_label="of two").summarize())
    sum: of two
    setup: x = torch.ones(2)
    """

    stmt: str
    setup: str
    global_setup: str = ""
    label: str | None = None
    sub_label: str | None = None
    description: str | None = None
    env: str | None = None
    num_threads: int = 1

    @property
    def title(self) -> str:
        """What to call it in a line of its own."""
        if self.label is None and "\n" in self.stmt:
            return f"stmt:{f' ({self.sub_label})' if self.sub_label else ''}\n{textwrap.indent(self.stmt, '  ')}"
        return (self.stmt if self.label is None else self.label) + (f": {self.sub_label}" if self.sub_label else "")

    def setup_str(self) -> str:
        """The setup as it is shown, nothing where there is none."""
        if self.setup in ("pass", ""):
            return ""
        return f"setup:\n{textwrap.indent(self.setup, '  ')}" if "\n" in self.setup else f"setup: {self.setup}"

    def summarize(self) -> str:
        """All of it, a part to a line."""
        parts = [part for part in (self.title, self.description, self.setup_str()) if part]
        return "\n".join(f"{part}\n" if "\n" in part else part for part in parts)


_FIELDS = {field.name for field in fields(TaskSpec)}


@dataclass(repr=False)
class Measurement:
    """The times of some runs of a statement, and their statistics; what was measured is there by the names of `TaskSpec`.

    number_per_run: how often a run executes the statement, > 0
    raw_times: seconds of each run
    task_spec: what was measured
    metadata: anything that a program wants to keep with it

    Raises: AttributeError for a name that neither it nor the TaskSpec has.

    >>> from mtorch.utils.benchmark import Measurement, TaskSpec
    >>> m = Measurement(10, [2e-5, 3e-5, 4e-5], TaskSpec("x + x", "pass"))
    >>> f"{m.median:.1e} {m.iqr:.1e} {m.stmt}"
    '3.0e-06 1.0e-06 x + x'
    """

    number_per_run: int
    raw_times: list[float]
    task_spec: TaskSpec
    metadata: dict[Any, Any] | None = None

    def __getattr__(self, name: str) -> Any:
        if name in _FIELDS:
            return getattr(self.task_spec, name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    @property
    def times(self) -> list[float]:
        """Seconds that one execution took, in each run."""
        return [t / self.number_per_run for t in self.raw_times]

    @property
    def median(self) -> float:
        return self._quantile(0.5)

    @property
    def mean(self) -> float:
        return float(np.mean(self.times))

    @property
    def iqr(self) -> float:
        """The interquartile range: the middle half of the times lies within it."""
        return self._quantile(0.75) - self._quantile(0.25)

    def _quantile(self, q: float) -> float:
        return float(np.quantile(self.times, q))

    @property
    def significant_figures(self) -> int:
        """How many figures of the median are known, roughly, 1 to 4: from the spread of the middle half of the times."""
        times = sorted(self.times)
        middle = times[len(times) // 4:math.ceil(3 * len(times) / 4)]
        unsure = max(1.645 * float(np.std(middle)) / math.sqrt(len(middle)), _CLOCK)      # 90 % lie within it, of normal ones
        return min(max(math.floor(math.log10(self.median / unsure)), 1), _MOST_FIGURES)

    def meets_confidence(self, threshold: float = _SUSPECT) -> bool:
        """Is the spread of the times less than this share of their median?"""
        return self.iqr / self.median < threshold

    @property
    def has_warnings(self) -> bool:
        """Do the times spread so far that the median says little?"""
        return not self.meets_confidence()

    @property
    def title(self) -> str:
        return self.task_spec.title

    @property
    def as_row_name(self) -> str:
        return self.sub_label or self.stmt or "[Unknown]"

    def __repr__(self) -> str:
        n, (unit, scale) = len(self.raw_times), select_unit(self.median)
        lines = [f"<torch.utils.benchmark.utils.common.Measurement object at {id(self):#x}>", self.task_spec.summarize(),
                 f"  {'Median: ' if n > 1 else ''}{self.median / scale:.2f} {unit}"]
        if n >= 4:
            quarter, three_quarters = self._quantile(0.25) / scale, self._quantile(0.75) / scale
            lines.append(f"  IQR:    {self.iqr / scale:.2f} {unit} ({quarter:.2f} to {three_quarters:.2f})")
        lines.append(f"  {n} measurement{'s' if n > 1 else ''}, {self.number_per_run} runs "
                     f"{'per measurement,' if n > 1 else ','} {self.num_threads} thread{'s' if self.num_threads > 1 else ''}")
        if self.has_warnings:
            lines.append(f"  WARNING: Interquartile range is {self.iqr / self.median * 100:.1f}% of the median measurement.")
            lines.append("           This could indicate system fluctuation." if self.meets_confidence(_GROSS)
                         else "           This suggests significant environmental influence.")
        return "\n".join(lines)

    @staticmethod
    def merge(measurements: Iterable[Measurement]) -> list[Measurement]:
        """Those of one TaskSpec as one measurement each, of single executions.

        measurements: any; their metadata is left out
        """
        times: dict[TaskSpec, list[float]] = {}
        for m in measurements:
            times.setdefault(m.task_spec, []).extend(m.times)
        return [Measurement(1, found, task) for task, found in times.items()]
