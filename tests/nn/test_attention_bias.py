"""Causal masks of torch.nn.attention.bias beside torch's."""

from __future__ import annotations

from typing import Any

import pytest

import mtorch
from mtorch.nn.attention import bias
from tests.nn.twins import same_in_torch

pytest.importorskip("torch")


@pytest.mark.parametrize(("queries", "keys"), [(2, 5), (4, 4), (5, 3)])
@pytest.mark.parametrize("name", ["causal_upper_left", "causal_lower_right"])
@pytest.mark.filterwarnings("ignore:Lower right causal bias")
def test_attention_with_a_causal_bias(name: str, queries: int, keys: int) -> None:
    def scenario(t: Any) -> list:
        make = getattr(__import__(f"{t.__name__}.nn.attention.bias", fromlist=[name]), name)
        mask = make(queries, keys)
        t.manual_seed(0)
        q, k, v = (t.randn(2, 3, n, 4, dtype=t.float64, requires_grad=True) for n in (queries, keys, keys))
        y = t.nn.functional.scaled_dot_product_attention(q, k, v, mask)
        found = [] if name == "causal_lower_right" and queries > keys else [y, *t.autograd.grad(y.sin().sum(), (q, k, v))]
        return [*found, repr(mask), int(mask.variant), mask.seq_len_q, mask.seq_len_kv, isinstance(mask, t.Tensor)]
    same_in_torch(scenario)


def test_what_is_refused() -> None:
    with pytest.raises(AssertionError, match="only supports 2D"):
        bias.causal_upper_left(3)
    with pytest.raises(AssertionError, match="must be a CausalVariant, got int"):
        bias.CausalBias(1, 2, 2)
    with pytest.warns(UserWarning, match="seq_len_q > seq_len_kv"):
        bias.causal_lower_right(3, 2)
    assert "CausalBias" in str(type(bias.causal_upper_left(1, 1))) and mtorch.nn.attention.bias is bias
