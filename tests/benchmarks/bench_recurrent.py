"""Training steps of recurrent layers, forward and backward: from those that are all calls to those all products."""

from __future__ import annotations

from .measure import Step, benchmark


def _layer(cell: str, steps: int, batch: int, size: int):
    """A layer of `size` inputs and units over `steps` steps of `batch` sequences, with a gradient for every output."""
    def ready(torch) -> Step:
        torch.manual_seed(0)
        layer = getattr(torch.nn, cell)(size, size)
        x, g = torch.randn(steps, batch, size), torch.randn(steps, batch, size)

        def step():
            for p in layer.parameters():
                p.grad = None
            y, _ = layer(x)
            y.backward(g)
            return y
        return step
    return ready


for _cell, _sizes in {
    "RNN": {(128, 1, 32): 0.45, (32, 16, 64): 0.45, (32, 16, 256): 0.45, (128, 64, 256): 0.45},
    "LSTM": {(128, 1, 32): 1.8, (32, 16, 32): 1.8, (32, 16, 64): 1.3, (32, 64, 128): 1.3, (32, 16, 256): 1.0,
             (128, 64, 256): 1.0},
    "GRU": {(128, 1, 32): 1.0, (32, 16, 64): 1.0, (32, 16, 256): 1.0, (128, 64, 256): 1.0},
}.items():
    for (_T, _N, _H), _at_most in _sizes.items():
        globals()[f"{_cell.lower()}_{_T}_{_N}_{_H}"] = benchmark(
            f"{_cell}, {_T} steps, batch {_N}, {_H} units", at_most=_at_most)(_layer(_cell, _T, _N, _H))
