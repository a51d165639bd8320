"""Kills a training with SIGKILL at random moments until it has ended, and compares its weights with those of one in peace.

    python -m tests.serialization.kill [KILLS] [--workers N]

The test suite does this a few times (test_checkpoint.py); run by hand it does it as often as it is told.
"""

from __future__ import annotations

import argparse
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).parents[2]


def command(folder: str, workers: int) -> list[str]:
    return [sys.executable, "-m", "tests.serialization.training", folder, "--workers", str(workers), "--every", "1"]


def kill_until_done(folder: str, workers: int, most: int, rng: random.Random) -> int:
    """Start the training and kill it, again and again; how often it was killed before it came to its end."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    kills = 0
    began = None
    while not os.path.exists(f"{folder}/weights.pt"):
        program = subprocess.Popen(command(folder, workers), cwd=ROOT, env=environment, start_new_session=True,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if kills < most:
            before = set(os.listdir(folder)) if os.path.isdir(folder) else set()
            while program.poll() is None and (set(os.listdir(folder)) if os.path.isdir(folder) else set()) == before:
                time.sleep(0.001)                # until it has begun to save: from then on every moment is a good one
            began = began or time.monotonic()
            time.sleep(rng.expovariate(1 / 0.02))
            if program.poll() is None:
                os.killpg(program.pid, signal.SIGKILL)
                kills += 1
        _, errors = program.communicate()
        if program.returncode not in (0, -signal.SIGKILL):
            raise RuntimeError(f"the training ended with {program.returncode}: {errors.decode()}")
    return kills


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("kills", type=int, nargs="?", default=200)
    parser.add_argument("--workers", type=int, default=0)
    options = parser.parse_args()
    rng = random.Random()
    with tempfile.TemporaryDirectory() as scratch:
        kill_until_done(f"{scratch}/peace", options.workers, 0, rng)
        expected = pathlib.Path(scratch, "peace", "weights.pt").read_bytes()
        kills, runs = 0, 0
        while kills < options.kills:
            folder = f"{scratch}/{runs}"
            kills += kill_until_done(folder, options.workers, options.kills - kills, rng)
            runs += 1
            assert pathlib.Path(folder, "weights.pt").read_bytes() == expected, f"run {runs} ended with other weights"
            # A kill in the middle of the last `save` leaves its file for an hour (utils/files.py); a checkpoint clears its own.
            left = [name for name in os.listdir(folder) if name.endswith(".part") and not name.startswith(".weights.pt.")]
            assert len(left) == 0, left
            print(f"{kills} kills in {runs} runs: the same weights", flush=True)


if __name__ == "__main__":
    main()
