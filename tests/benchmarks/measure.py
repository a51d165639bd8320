"""One side of a benchmark: a process that holds one framework and times one function each time it is asked.

A benchmark is a function of the framework (`torch`, which may be mtorch: it is written once) that makes everything
ready and returns the call to be timed. It stands in a file bench_*.py, under the decorator `benchmark`.

    python -m tests.benchmarks.measure                                   the benchmarks there are, as JSON
    python -m tests.benchmarks.measure mtorch bench_training.tiny_mlp    one sample for each line on standard input
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Step = Callable[[], Any]


def benchmark(title: str, *, at_most: str | float | None = None, needs: str | None = None) -> Callable[[Callable], Callable]:
    """Mark a function as a benchmark; at_most is what it is meant to take, as a ratio to torch or in words.

    needs: a library that it is left out without
    """
    def mark(function: Callable) -> Callable:
        if needs is None or importlib.util.find_spec(needs):
            function.title, function.at_most = title, at_most    # type: ignore[attr-defined]
        return function
    return mark


def benchmarks() -> dict[str, Callable]:
    """All of them, by file and function."""
    found = {}
    for path in sorted(Path(__file__).parent.glob("bench_*.py")):
        module = importlib.import_module(f"{__package__}.{path.stem}")
        found.update({f"{path.stem}.{name}": function for name, function in vars(module).items()
                      if hasattr(function, "at_most")})
    return found


def seconds_of(step: Step, count: int) -> float:
    """The mean time of a call, over this many."""
    start = time.perf_counter()
    for _ in range(count):
        step()
    return (time.perf_counter() - start) / count


def calls_in(step: Step, seconds: float) -> int:
    """How many calls fill this time; making sure that the first ones, which are slower, are over."""
    count = 1
    while seconds_of(step, count) * count < seconds / 4:
        count *= 2
    return max(1, round(seconds / seconds_of(step, count)))


def serve(framework: str, name: str) -> None:
    """Tell the first call's result; then answer each line, which says for how many seconds, with a sample.

    A benchmark that returns two calls asks for the time of the first over that of the second.
    """
    steps = benchmarks()[name](importlib.import_module(framework))
    step, bare = steps if isinstance(steps, tuple) else (steps, None)
    result = step()
    print(json.dumps(None if result is None else float(result.detach().sum())), flush=True)
    counts: tuple[int, int] | None = None
    for line in sys.stdin:
        length = float(line)
        if counts is None:
            counts = calls_in(step, length), calls_in(bare, length) if bare else 0
        taken = seconds_of(step, counts[0]) - (seconds_of(bare, counts[1]) if bare else 0.0)
        print(json.dumps(taken), flush=True)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        serve(*sys.argv[1:])
    else:
        print(json.dumps({name: [function.title, function.at_most]      # type: ignore[attr-defined]
                          for name, function in benchmarks().items()}))
