"""A small training that uses all that a checkpoint holds, as a program: it is killed and started again by the tests.

    python -m tests.serialization.training FOLDER [--workers N] [--epochs N] [--every N]

It always resumes, and writes the final weights as FOLDER/weights.pt.
"""

from __future__ import annotations

import argparse
import random

import numpy as np

import mtorch
from mtorch import nn
from mtorch.serialization import Checkpoint
from mtorch.utils.data import DataLoader, Dataset


class Noisy(Dataset):
    """Samples with random noise, of NumPy's and of Python's, drawn when they are fetched."""

    def __len__(self):
        return 46

    def __getitem__(self, index):
        x = np.linspace(0, 1, 8, dtype=np.float32) * index
        return np.float32(np.sin(x) + 0.1 * np.random.randn(8) + 0.01 * random.random()), np.float32(index % 3)


def main(arguments: list[str] | None = None) -> dict:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--every", type=int, default=3)
    parser.add_argument("--stop-after", type=int, help="batches after which to break off, as if killed")
    options = parser.parse_args(arguments)

    mtorch.manual_seed(1)
    random.seed(2)
    np.random.seed(3)
    net = nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 1))
    optimizer = mtorch.optim.Adam(net.parameters(), lr=0.01)
    scheduler = mtorch.optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.5)
    generator = mtorch.Generator().manual_seed(4)
    loader = DataLoader(Noisy(), batch_size=4, shuffle=True, generator=generator, num_workers=options.workers)
    other = mtorch.Generator().manual_seed(5)
    checkpoint = Checkpoint(options.folder, model=net, optimizer=optimizer, scheduler=scheduler, loader=loader, keep=2,
                            best="min", every=options.every, other=other)
    checkpoint.resume()
    done = 0
    for _ in checkpoint.epochs(options.epochs):
        total = 0.0
        for x, y in checkpoint.batches():
            optimizer.zero_grad()
            noise = 0.01 * mtorch.randn(len(y), generator=other)
            loss = ((net(x)[:, 0] - y + noise) ** 2).mean()
            loss.backward()
            optimizer.step()
            total += loss.item()
            done += 1
            if done == options.stop_after:
                return {}
        scheduler.step()
        checkpoint.save(score=total)
    weights = net.state_dict() | {"lr": optimizer.param_groups[0]["lr"], "draw": mtorch.rand(2)}
    mtorch.save(weights, f"{options.folder}/weights.pt")
    return weights


if __name__ == "__main__":
    main()
