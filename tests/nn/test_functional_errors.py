"""What nn.functional cannot compute, it refuses with torch's exception and says what came."""
from __future__ import annotations

from collections.abc import Callable

import pytest

import mtorch
from mtorch.nn import functional as F

T = mtorch.tensor

CASES: dict[str, tuple[Callable, type[Exception], str]] = {
    "hardtanh of bools": (lambda: F.hardtanh(T([True])), RuntimeError, "Bool inputs not supported for hardtanh"),
    "relu6 of complex": (lambda: F.relu6(T([1j])), NotImplementedError, "no order.*complex64"),
    "softsign of bools": (lambda: F.softsign(T([True])), NotImplementedError, "softsign.*bool"),
    "softsign of a list": (lambda: F.softsign([1.0]), TypeError, "softsign.*'input' must be Tensor, not list"),
    "softmax of a list": (lambda: F.softmax([1.0]), TypeError, "softmax.*must be Tensor, not list"),
    "softmin of a list": (lambda: F.softmin([1.0], 0), TypeError, "softmin.*must be Tensor, not list"),
    "threshold of bools": (lambda: F.threshold(T([True]), 0, 1), NotImplementedError, "threshold.*torch.bool"),
    "rrelu bounds": (lambda: F.rrelu(T([1.0]), 1.0, float("inf"), training=True), RuntimeError, "finite.*upper inf"),
    "gumbel of a list": (lambda: F.gumbel_softmax([1.0]), TypeError, "'logits' must be Tensor, not list"),
    "gumbel of ints": (lambda: F.gumbel_softmax(T([1])), RuntimeError, "floating point logits, got torch.int64"),
}


@pytest.mark.parametrize("name", CASES)
def test_it_says_what_is_wrong(name: str) -> None:
    call, kind, message = CASES[name]
    with pytest.raises(kind, match=message):
        call()
