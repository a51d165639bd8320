"""How long random numbers take beside torch's: prints a table and asserts nothing.

    python tests/benchmarks/random_numbers.py

Each library draws in a process of its own, with one thread; the table shows the best of several runs.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import timeit
from pathlib import Path

ROOT = Path(__file__).parents[2]
SIZES = (4, 100, 10_000, 1_000_000)


def ours() -> dict:
    import numpy as np

    from mtorch import random
    g = random.default_generator
    return {
        "rand float32": lambda n: random.uniform_(np.empty(n, np.float32), g),
        "rand float64": lambda n: random.uniform_(np.empty(n), g),
        "uniform_(-0.1, 0.1) float32": lambda n: random.uniform_(np.empty(n, np.float32), g, -0.1, 0.1),
        "uniform_(-0.1, 0.1) float64": lambda n: random.uniform_(np.empty(n), g, -0.1, 0.1),
        "randn float32": lambda n: random.normal_(np.empty(n, np.float32), g),
        "randn float64": lambda n: random.normal_(np.empty(n), g),
        "normal_(0.3, 0.1) float32": lambda n: random.normal_(np.empty(n, np.float32), g, 0.3, 0.1),
        "randint(10)": lambda n: random.integers_(np.empty(n, np.int64), g, 0, 10),
        "randperm": lambda n: random.permutation(n, g),
        "bernoulli_(0.3)": lambda n: random.bernoulli_(np.empty(n, np.float32), g, 0.3),
        "exponential_()": lambda n: random.exponential_(np.empty(n, np.float32), g),
        "multinomial(n weights, 1)": lambda n: random.multinomial(np.ones(n, np.float32), 1, False, g),
    }


def torchs() -> dict:
    import torch
    torch.set_num_threads(1)
    return {
        "rand float32": torch.rand,
        "rand float64": lambda n: torch.rand(n, dtype=torch.float64),
        "uniform_(-0.1, 0.1) float32": lambda n: torch.empty(n).uniform_(-0.1, 0.1),
        "uniform_(-0.1, 0.1) float64": lambda n: torch.empty(n, dtype=torch.float64).uniform_(-0.1, 0.1),
        "randn float32": torch.randn,
        "randn float64": lambda n: torch.randn(n, dtype=torch.float64),
        "normal_(0.3, 0.1) float32": lambda n: torch.empty(n).normal_(0.3, 0.1),
        "randint(10)": lambda n: torch.randint(10, (n,)),
        "randperm": torch.randperm,
        "bernoulli_(0.3)": lambda n: torch.empty(n).bernoulli_(0.3),
        "exponential_()": lambda n: torch.empty(n).exponential_(),
        "multinomial(n weights, 1)": lambda n: torch.multinomial(torch.ones(n), 1),
    }


def measure(draws: dict) -> dict[str, list[float]]:
    """Microseconds of each draw at each size."""
    def best(draw, n: int) -> float:
        repeats = max(1, min(500, 100_000 // n))
        return min(timeit.repeat(lambda: draw(n), number=repeats, repeat=5)) / repeats * 1e6
    return {name: [best(draw, n) for n in SIZES] for name, draw in draws.items()}


def in_own_process(which: str) -> dict[str, list[float]]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OPENBLAS_")}
    environment |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    answer = subprocess.run([sys.executable, __file__, which], env=environment, check=True, stdout=subprocess.PIPE)
    return json.loads(answer.stdout)


def main() -> None:
    mine, theirs = in_own_process("ours"), in_own_process("torchs")
    print("microseconds, and as a multiple of torch's".ljust(44), *(f"n = {n}".rjust(18) for n in SIZES))
    for name, times in mine.items():
        pairs = zip(times, theirs[name], strict=True)
        print(name.ljust(44), *(f"{us:10.1f} ({us / other:4.1f})".rjust(18) for us, other in pairs))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure({"ours": ours, "torchs": torchs}[sys.argv[1]]())))
    else:
        main()
