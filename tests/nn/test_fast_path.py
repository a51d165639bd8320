"""An encoder that predicts gives zeros for padding where torch's does, and what its layers compute where it does not."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

PADDING = [[False] * 5, [False] * 3 + [True] * 2, [False] + [True] * 4]
GAP = [[False] * 5, [False, True, False, True, True], [False] * 5]
LAYERS: dict[str, dict[str, Any]] = {
    "relu": {"batch_first": True}, "gelu": {"batch_first": True, "activation": "gelu"}, "sequence first": {},
    "norm first": {"batch_first": True, "norm_first": True}, "no bias": {"batch_first": True, "bias": False},
    "odd heads": {"batch_first": True, "nhead": 1},
}


def outputs(t: Any, layer: dict[str, Any], **options: Any) -> list[np.ndarray]:
    """The first feature of every position, in training and predicting, with and without gradients, of several masks."""
    t.manual_seed(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")            # torch says why it does not take its fast path
        made = t.nn.TransformerEncoderLayer(**{"d_model": 8, "nhead": 2, "dim_feedforward": 16, "dropout": 0.0} | layer)
        encoder = t.nn.TransformerEncoder(made, 2, norm=t.nn.LayerNorm(8), **options)
        t.nn.init.ones_(encoder.norm.bias)
        x = t.randn(3, 5, 8)
        x = x if layer.get("batch_first") else x.transpose(0, 1)
        found = []
        for training in (True, False):
            encoder.train(training)
            for recording in (True, False):
                with t.set_grad_enabled(recording):
                    for padding in (PADDING, GAP):
                        found.append(encoder(x, src_key_padding_mask=t.tensor(padding)))
                    numbers = t.zeros(3, 5).masked_fill(t.tensor(PADDING), -t.inf)
                    found += [encoder(x, src_key_padding_mask=numbers),
                              encoder(x, mask=t.zeros(5, 5), src_key_padding_mask=numbers)]
        encoder.requires_grad_(False)
        found.append(encoder(x, src_key_padding_mask=t.tensor(PADDING)))
    return [y[..., 0].detach().numpy() for y in found]


@pytest.mark.parametrize("nested", [True, False])
@pytest.mark.parametrize("name", LAYERS)
def test_padding_is_blank_where_torchs_is(name: str, nested: bool) -> None:
    torch = pytest.importorskip("torch")
    import mtorch
    for a, b in zip(outputs(torch, LAYERS[name], enable_nested_tensor=nested),
                    outputs(mtorch, LAYERS[name], enable_nested_tensor=nested), strict=True):
        np.testing.assert_allclose(b, a, rtol=1e-4, atol=1e-5)


def test_the_fast_path_can_be_switched_off() -> None:
    torch = pytest.importorskip("torch")
    import mtorch
    found = []
    for t in (torch, mtorch):
        t.backends.mha.set_fastpath_enabled(False)
        try:
            assert not t.backends.mha.get_fastpath_enabled()
            found.append(outputs(t, LAYERS["relu"]))
        finally:
            t.backends.mha.set_fastpath_enabled(True)
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(b, a, rtol=1e-4, atol=1e-5)
        assert not (b[1, 3:] == 1).any()
