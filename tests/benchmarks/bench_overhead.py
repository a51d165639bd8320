"""What recording costs: one small operation on tensors that require a gradient, over the same call on arrays."""

from __future__ import annotations

from .measure import Step, benchmark


def _operands(torch):
    torch.manual_seed(0)
    x, w = torch.randn(4, 4), torch.randn(4, 4)
    return x.numpy(), w.numpy(), x.clone().requires_grad_(), w.clone().requires_grad_()


@benchmark("recorded x * w, 4x4, over NumPy's", at_most="1.5 us")
def multiply(torch) -> tuple[Step, Step]:
    a, b, x, w = _operands(torch)
    return lambda: x * w, lambda: a * b


@benchmark("recorded x + w, 4x4, over NumPy's", at_most="1.5 us")
def add(torch) -> tuple[Step, Step]:
    a, b, x, w = _operands(torch)
    return lambda: x + w, lambda: a + b


@benchmark("recorded x @ w, 4x4, over NumPy's", at_most="1.5 us")
def matmul(torch) -> tuple[Step, Step]:
    a, b, x, w = _operands(torch)
    return lambda: x @ w, lambda: a @ b
