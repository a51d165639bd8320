"""Feeding batches: a shuffled pass over samples that lie in memory, of the size of a digit and much smaller."""

from __future__ import annotations

from .measure import Step, benchmark


def _shuffled_pass(torch, samples) -> Step:
    dataset = torch.utils.data.TensorDataset(samples, torch.arange(len(samples)))
    torch.manual_seed(0)
    loader = torch.utils.data.DataLoader(dataset, batch_size=64, shuffle=True)

    def one_pass():
        for _, y in loader:
            last = y
        return last
    return one_pass


@benchmark("shuffled pass, 60,000 x 20 float32", at_most=0.05)
def rows(torch) -> Step:
    return _shuffled_pass(torch, torch.ones(60_000, 20))


@benchmark("shuffled pass, 60,000 x 784 uint8", at_most=0.05)
def pixels(torch) -> Step:
    return _shuffled_pass(torch, torch.ones(60_000, 784, dtype=torch.uint8))


@benchmark("shuffled pass, 60,000 x 784 float32", at_most=0.05)
def images(torch) -> Step:
    return _shuffled_pass(torch, torch.ones(60_000, 784))
