"""Damages files at random and loads them: only the documented errors may come, in bounded time and memory.

    python -m tests.serialization.fuzz [FILES] [--seed N]

The test suite does this with a few thousand files (test_fuzz.py, vision/test_idx.py); run by hand, with as many as it
is told.
"""

from __future__ import annotations

import argparse
import gzip
import io
import random
import resource
import tempfile
import time
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np

import mtorch
from mtorch import nn
from mtorch.serialization import FileFormatError, safetensors
from mtorch.vision.idx import read_idx, read_images, read_labels, write_idx

DOCUMENTED = (FileFormatError, EOFError, NotImplementedError)


def pt_files() -> list[bytes]:
    net = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 2))
    optimizer = mtorch.optim.Adam(net.parameters())
    net(mtorch.ones(2, 3)).sum().backward()
    optimizer.step()
    x = mtorch.arange(24.0).reshape(4, 6)
    objects = [net.state_dict(), {"model": net.state_dict(), "optimizer": optimizer.state_dict(), "epoch": 3}, net,
               {"view": x[1:3, ::2], "all": [x, x.t()], "u": mtorch.zeros(3, dtype=mtorch.uint16), "s": {1, "a"},
                "b": b"bytes", "size": x.shape, "kind": mtorch.float16, "p": nn.Parameter(x),
                "n": (1, 2.5, None, True, 2**80, 1j)}]
    files = []
    for obj in objects:
        file = io.BytesIO()
        mtorch.save(obj, file)
        files.append(file.getvalue())
    return files


def stream_files() -> list[bytes]:
    """The same objects in the form of before torch 1.6, which has no uint16."""
    files = []
    for data in pt_files():
        obj = mtorch.load(io.BytesIO(data), weights_only=False)
        if isinstance(obj, dict):
            obj.pop("u", None)
        file = io.BytesIO()
        mtorch.save(obj, file, _use_new_zipfile_serialization=False)
        files.append(file.getvalue())
    return files


def safetensors_files() -> list[bytes]:
    tensors = {"a": mtorch.ones(2, 3), "b": mtorch.arange(5), "c": mtorch.zeros(0, 2, dtype=mtorch.bool)}
    return [safetensors.save(tensors, {"k": "v"}), safetensors.save(nn.Linear(3, 2).state_dict())]


def damaged(data: bytes, rng: random.Random, other: bytes) -> bytes:
    """data with a few bytes changed, added, removed, repeated, or taken from elsewhere."""
    made = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 8))):
        at = rng.randrange(len(made) + 1)
        length = rng.choice((1, 1, 2, 4, 8, 30))
        match rng.randrange(8):
            case 0:
                made[at:at + 1] = bytes([rng.randrange(256)])
            case 1:
                made[at:at + 1] = bytes([(made[at] if at < len(made) else 0) ^ 1 << rng.randrange(8)])
            case 2:
                made[at:at] = rng.randbytes(length)
            case 3:
                del made[at:at + length]
            case 4:
                start = rng.randrange(len(other))
                made[at:at + length] = other[start:start + length]
            case 5:
                made[at:at] = made[at:at + length] * rng.choice((1, 2, 100))
            case 6:
                made[at:at + length] = rng.choice((b"\xff", b"\0", b"\x7f")) * length
            case 7:
                if rng.random() < 0.2:
                    del made[at:]
                elif made[at:at + 1].isdigit():
                    made[at:at + 1] = str(rng.choice((-1, 0, 9, 10**9, 2**63))).encode()
    return bytes(made)


def damaged_pt(data: bytes, rng: random.Random, other: bytes) -> bytes:
    """The archive damaged, or a sound archive around a damaged member, usually the pickle."""
    if rng.random() < 0.25:
        return damaged(data, rng, other)
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", rng.choice((0, 0, 8))) as new:
        names = old.namelist()
        victim = rng.choice(names) if rng.random() < 0.2 else next(n for n in names if n.endswith("data.pkl"))
        for name in names:
            content = old.read(name)
            if name == victim:
                content = damaged(content, rng, old.read(rng.choice(names)) or b"x")
            new.writestr(name, content)
    return file.getvalue()


def idx_files(folder: Path) -> list[bytes]:
    """Images, labels and other numbers, not packed."""
    numbers = np.random.default_rng(0)
    files = []
    for array in (numbers.integers(0, 256, (3, 5, 4), np.uint8), numbers.integers(0, 10, 30, np.uint8),
                  numbers.standard_normal((2, 3)), np.zeros((0, 7), np.int16)):
        write_idx(folder / "sound", array)
        files.append((folder / "sound").read_bytes())
    return files


def damaged_idx(data: bytes, rng: random.Random, other: bytes) -> bytes:
    """The plain file damaged, a sound packing of that, or a damaged packing of the sound file."""
    match rng.randrange(3):
        case 0:
            return damaged(data, rng, other)
        case 1:
            return gzip.compress(damaged(data, rng, other), rng.choice((0, 1, 9)), mtime=0)
        case _:
            return damaged(gzip.compress(data, rng.choice((0, 1, 9)), mtime=0), rng, gzip.compress(other, mtime=0))


def run_idx(count: int, seed: int) -> Counter:
    """As `run`, with files on the disk, which is where IDX is read from."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "damaged"

        def load(data: bytes) -> None:
            path.write_bytes(data)
            (read_idx, read_images, read_labels)[len(data) % 3](path)

        return run(idx_files(Path(name)), damaged_idx, load, count, seed, (ValueError,))


def run(files: list[bytes], damage: Callable, load: Callable, count: int, seed: int,
        documented: tuple[type[Exception], ...] = DOCUMENTED) -> Counter:
    """Load `count` damaged files; what came of them."""
    rng = random.Random(seed)
    outcomes: Counter = Counter()
    slowest = 0.0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for i in range(count):
            data = damage(rng.choice(files), rng, rng.choice(files))
            began = time.perf_counter()
            try:
                load(data)
                outcomes["loaded"] += 1
            except documented as error:
                outcomes[type(error).__name__] += 1
            except BaseException as error:
                error.add_note(f"file {i} of seed {seed}: {data!r}")
                raise
            slowest = max(slowest, time.perf_counter() - began)
    outcomes["slowest, ms"] = round(1000 * slowest)
    outcomes["most memory, MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return outcomes


def run_all(count: int, seed: int) -> dict[str, Counter]:
    def load_pt(data: bytes) -> None:
        mtorch.load(io.BytesIO(data), weights_only=len(data) % 2 == 0)

    return {"stream": run(stream_files(), damaged, load_pt, count, seed),
            "pt": run(pt_files(), damaged_pt, load_pt, count, seed),
            "safetensors": run(safetensors_files(), damaged, safetensors.load, count, seed)}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("files", type=int, nargs="?", default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    for name, outcomes in (run_all(options.files, options.seed) | {"idx": run_idx(options.files, options.seed)}).items():
        print(name, dict(outcomes))


if __name__ == "__main__":
    main()
