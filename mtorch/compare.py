"""`python -m mtorch.compare train.py --its --args`: a program under torch and under mtorch, and where its numbers part.

Both print, line by line; the numbers in each pair of lines are compared.  The program should seed what it draws.
"""
from __future__ import annotations

import argparse
import math
import os
import re
import subprocess
import sys
import time
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|inf|nan)(?![\w])")


class Run(NamedTuple):
    """What a program printed, and how it ended."""

    lines: list[str]
    errors: str
    code: int
    seconds: float


class Difference(NamedTuple):
    """A pair of numbers: the line (from 1), which number of it (from 1), torch's and mtorch's, and how far apart."""

    line: int
    place: int
    theirs: float
    ours: float
    relative: float


class Report(NamedTuple):
    """What two outputs have in common, and what not."""

    numbers: int                         # pairs of numbers compared
    equal: int                           # of them, pairs that are equal as printed
    first: Difference | None             # the first pair that is not equal
    first_beyond: Difference | None      # the first pair further apart than the tolerance
    worst: Difference | None             # the pair that is furthest apart
    text: tuple[int, str, str] | None    # the first lines that differ in more than the values of their numbers


def relative_difference(a: float, b: float) -> float:
    """|a - b| over the larger of |a| and |b|; 0 for equal numbers and for two nans, inf where one alone is not finite.

    >>> relative_difference(2.0, 1.0), relative_difference(0.0, 0.0), relative_difference(1.0, math.nan)
    (0.5, 0.0, inf)
    """
    if a == b or (math.isnan(a) and math.isnan(b)):
        return 0.0
    if not (math.isfinite(a) and math.isfinite(b)):
        return math.inf
    return abs(a - b) / max(abs(a), abs(b))


def compared(theirs: list[str], ours: list[str], rtol: float) -> Report:
    """Compare two outputs, line by line.

    >>> report = compared(["loss 1.50", "loss 0.5"], ["loss 1.50", "loss 0.6"], rtol=1e-3)
    >>> report.numbers, report.equal, report.first.line, report.first.ours
    (2, 1, 2, 0.6)
    """
    numbers = equal = 0
    first = beyond = worst = text = None
    for i, (a, b) in enumerate(zip_longest(theirs, ours), 1):
        if a is None or b is None or NUMBER.sub("#", a).split() != NUMBER.sub("#", b).split():
            text = text or (i, "(nothing)" if a is None else a, "(nothing)" if b is None else b)
            continue
        for place, (x, y) in enumerate(zip(NUMBER.findall(a), NUMBER.findall(b), strict=True), 1):
            numbers += 1
            pair = Difference(i, place, float(x), float(y), relative_difference(float(x), float(y)))
            if pair.relative == 0:
                equal += 1
                continue
            first = first or pair
            if pair.relative > rtol:
                beyond = beyond or pair
            if worst is None or pair.relative > worst.relative:
                worst = pair
    return Report(numbers, equal, first, beyond, worst, text)


def described(report: Report, rtol: float) -> str:
    """The report in words."""
    said = [f"{report.numbers} numbers compared, {report.equal} equal as printed"]

    def say(what: str, pair: Difference | None, nothing: str) -> None:
        if pair is None:
            said.append(f"{what}: {nothing}")
        else:
            said.append(f"{what}: line {pair.line}, number {pair.place}: torch {pair.theirs!r}, mtorch {pair.ours!r}, "
                        f"relative difference {pair.relative:.2g}")
    say("first difference", report.first, "none")
    if report.first is not None:
        say(f"first beyond {rtol:g}", report.first_beyond, "none")
        say("largest difference", report.worst, "none")
    if report.text is not None:
        line, theirs, ours = report.text
        said.append(f"first difference that is not of numbers: line {line}\n  torch:  {theirs}\n  mtorch: {ours}")
    return "\n".join(said)


def run(command: list[str]) -> Run:
    """Run a program; mtorch is found by it where it is found here."""
    ours = str(Path(__file__).resolve().parents[1])
    path = os.pathsep.join(part for part in (os.environ.get("PYTHONPATH"), ours) if part)
    began = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False,
                          stdin=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": path})
    return Run(done.stdout.splitlines(), done.stderr, done.returncode, time.perf_counter() - began)


def main(arguments: list[str] | None = None) -> int:
    """Run the program twice, print the report; 0 if all numbers agree to within --rtol, 1 if not, 2 if a run failed."""
    parser = argparse.ArgumentParser(
        prog="python -m mtorch.compare", description="Run a PyTorch program under torch and under mtorch, and "
        "print where its numbers first differ and by how much.")
    parser.add_argument("--rtol", type=float, default=1e-3, help="relative difference that still counts as the same "
                        "(default: %(default)s)")
    parser.add_argument("--torch-python", default=sys.executable, metavar="PYTHON",
                        help="the Python that has torch, where it is another (default: this one)")
    parser.add_argument("program", help="the program")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="its arguments")
    options = parser.parse_args(arguments)

    try:
        has_torch = run([options.torch_python, "-c", "import torch; torch.nn"]).code == 0
    except OSError as error:                             # there is no such program
        parser.error(f"argument --torch-python: {error}")
    if not has_torch:
        print(f"{options.torch_python} cannot import torch; name a Python that can by --torch-python", file=sys.stderr)
        return 2
    program = [options.program, *options.arguments]
    theirs, ours = run([options.torch_python, *program]), run([sys.executable, "-m", "mtorch", *program])
    for name, result in (("torch", theirs), ("mtorch", ours)):
        print(f"{name + ':':8}{len(result.lines)} lines in {result.seconds:.1f} s, exit code {result.code}")
        if result.code:
            print(result.errors.rstrip().rpartition("\n")[2] if name == "torch" else result.errors.rstrip())
    report = compared(theirs.lines, ours.lines, options.rtol)
    print(described(report, options.rtol))
    if theirs.code or ours.code:
        return 2
    return int(report.first_beyond is not None or report.text is not None)


if __name__ == "__main__":
    sys.exit(main())
