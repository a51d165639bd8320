"""Time mtorch against torch and print a table of ratios.

    python tests/benchmarks/run.py                      everything
    python tests/benchmarks/run.py mlp import           what has one of these in its name
    python tests/benchmarks/run.py --framework mtorch   one side alone (no torch needed)

Each side runs in its own process, because the idle threads of one library slow the other, and the two take turns, so
that whatever else the machine does falls on both. Both get the same number of threads, and kernels chosen for this
machine (see NOT_AS_USERS_HAVE_IT).
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import math
import os
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
FRAMEWORKS = ["mtorch", "torch"]
UNITS = [("s", 1.0), ("ms", 1e-3), ("us", 1e-6), ("ns", 1e-9)]

# Run in a fresh process for each sample. The resident size is read before anything else can grow it.
IMPORT = """
import sys, time
start = time.perf_counter()
__import__(sys.argv[1])
taken = time.perf_counter() - start
try:
    pages = int(open("/proc/self/statm").read().split()[1])
except OSError:                    # no /proc: the peak stands in for what is resident
    import resource
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
else:
    import os
    size = pages * os.sysconf("SC_PAGE_SIZE")
print(taken, size / 1e6)
"""

Samples = dict[str, list[float]]
About = tuple[str, str | float | None]    # a benchmark's title, and what it should take at most

IMPORT_ROWS: dict[str, About] = {"import.time": ("import, time", 0.12),
                                 "import.memory": ("import, resident memory", "35 MB")}


# Kernels of another machine's, and imports that compile each file anew because they may not keep what they compiled.
NOT_AS_USERS_HAVE_IT = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "PYTHONDONTWRITEBYTECODE")


def environment(threads: int) -> dict[str, str]:
    counts = dict.fromkeys(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"], str(threads))
    kept = {name: value for name, value in os.environ.items() if name not in NOT_AS_USERS_HAVE_IT}
    return {**kept, **counts}


class Side:
    """A process of measure.py, waiting with its benchmark made ready."""

    def __init__(self, framework: str, name: str, env: dict[str, str]) -> None:
        self.process = subprocess.Popen([sys.executable, "-m", "tests.benchmarks.measure", framework, name],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=env)
        self.first_result = self._read()

    def _read(self) -> float | None:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"the benchmark stopped: {' '.join(map(str, self.process.args))}")    # type: ignore[arg-type]
        return json.loads(line)

    def sample(self, seconds: float) -> float:
        assert self.process.stdin is not None
        print(seconds, file=self.process.stdin, flush=True)
        taken = self._read()
        assert taken is not None
        return taken

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


def take_samples(name: str, frameworks: list[str], rounds: int, seconds: float, env: dict[str, str]) -> Samples:
    sides = {framework: Side(framework, name, env) for framework in frameworks}
    results = [side.first_result for side in sides.values() if side.first_result is not None]
    if len(results) == 2 and not math.isclose(*results, rel_tol=1e-3, abs_tol=1e-5):
        print(f"note: {name} computes {results[0]} here and {results[1]} in torch: not the same work", file=sys.stderr)
    samples: Samples = {framework: [] for framework in frameworks}
    for _ in range(rounds):
        for framework, side in sides.items():
            samples[framework].append(side.sample(seconds))
    for side in sides.values():
        side.close()
    return samples


def import_samples(frameworks: list[str], rounds: int, env: dict[str, str]) -> tuple[Samples, Samples]:
    times: Samples = {framework: [] for framework in frameworks}
    sizes: Samples = {framework: [] for framework in frameworks}
    for turn in range(rounds + 1):
        for framework in frameworks:
            program = [sys.executable, "-c", IMPORT, framework]
            shown = subprocess.run(program, capture_output=True, text=True, check=True, cwd=ROOT, env=env).stdout
            if turn:    # the first one of each reads the files from the disk
                taken, size = map(float, shown.split())
                times[framework].append(taken)
                sizes[framework].append(size)
    return times, sizes


def shown_time(seconds: float) -> str:
    name, unit = next(((name, unit) for name, unit in UNITS if abs(seconds) >= unit), UNITS[-1])
    return f"{seconds / unit:.3g} {name}"


def shown_size(megabytes: float) -> str:
    return f"{megabytes:.1f} MB"


def row(title: str, at_most: str | float | None, samples: Samples, shown=shown_time) -> list[str]:
    """Medians of both sides; of the ratio, taken turn by turn, the median and the middle half."""
    cells = [shown(statistics.median(samples[framework])) if framework in samples else "" for framework in FRAMEWORKS]
    ratios = [ours / theirs for ours, theirs in zip(*samples.values(), strict=True)] if len(samples) == 2 else []
    spread = ""
    if len(ratios) > 1:
        low, _, high = statistics.quantiles(ratios, n=4, method="inclusive")
        spread = f"{low:.3f} - {high:.3f}"
    return [title, *cells, f"{statistics.median(ratios):.3f}" if ratios else "", spread, str(at_most or "")]


def print_row(cells: list[str]) -> None:
    title, *others = cells
    print(f"{title:<46}" + "".join(f"{cell:>{width}}" for cell, width in zip(others, (10, 10, 8, 16, 9), strict=True)),
          flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="run what has one of these in its name (default: all)")
    parser.add_argument("--framework", choices=FRAMEWORKS, help="time one side alone")
    parser.add_argument("--threads", type=int, default=1, help="threads for both (default 1)")
    parser.add_argument("--rounds", type=int, default=9, help="turns that each side takes (default 9)")
    parser.add_argument("--seconds", type=float, default=0.2, help="length of a turn (default 0.2)")
    options = parser.parse_args()
    if options.framework is None and importlib.util.find_spec("torch") is None:
        parser.error("torch is not installed here; with --framework mtorch this side is timed alone")
    frameworks = [options.framework] if options.framework else FRAMEWORKS
    env = environment(options.threads)

    listing = subprocess.run([sys.executable, "-m", "tests.benchmarks.measure"],
                             stdout=subprocess.PIPE, check=True, cwd=ROOT, env=env).stdout
    found: dict[str, About] = {**json.loads(listing), **IMPORT_ROWS}
    chosen = {name: about for name, about in found.items()
              if not options.names or any(part in name for part in options.names)}
    if not chosen:
        parser.error(f"no benchmark has {' or '.join(options.names)} in its name; there are {', '.join(found)}")

    print_row(["", *FRAMEWORKS, "ratio", "middle half", "at most"])
    for name, about in chosen.items():
        if name not in IMPORT_ROWS:
            print_row(row(*about, take_samples(name, frameworks, options.rounds, options.seconds, env)))
    if chosen.keys() & IMPORT_ROWS.keys():
        times, sizes = import_samples(frameworks, options.rounds, env)
        print_row(row(*IMPORT_ROWS["import.time"], times))
        print_row(row(*IMPORT_ROWS["import.memory"], sizes, shown_size))


if __name__ == "__main__":
    main()
