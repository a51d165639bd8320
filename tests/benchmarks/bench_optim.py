"""Steps of optimizers alone: on the four parameters of a tiny network, and on four million numbers."""

from __future__ import annotations

from .measure import Step, benchmark

TINY = [(8, 4), (8,), (3, 8), (3,)]
LARGE = [(2000, 2000)]


def _step_of(torch, name: str, shapes: list, **options) -> Step:
    torch.manual_seed(0)
    params = [torch.randn(*shape).requires_grad_() for shape in shapes]
    for p in params:
        p.grad = torch.randn(*p.shape)
    optimizer = getattr(torch.optim, name)(params, **options)

    def step():
        optimizer.step()
        return params[0]
    return step


@benchmark("SGD step of 4-8-3", at_most=0.4)
def sgd_tiny(torch) -> Step:
    return _step_of(torch, "SGD", TINY)


@benchmark("Adam step of 4-8-3", at_most=0.2)
def adam_tiny(torch) -> Step:
    return _step_of(torch, "Adam", TINY)


@benchmark("SGD step of 4 million, momentum", at_most=1.5)
def sgd_large(torch) -> Step:
    return _step_of(torch, "SGD", LARGE, momentum=0.9)


@benchmark("Adam step of 4 million", at_most=1.0)
def adam_large(torch) -> Step:
    return _step_of(torch, "Adam", LARGE)
