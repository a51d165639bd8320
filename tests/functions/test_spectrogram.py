"""stft and istft beside torch's, values and gradients."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import mtorch

OPTIONS: list[dict[str, Any]] = [{}, {"center": False}, {"win_length": 12}, {"normalized": True}, {"hop_length": 3},
                                 {"onesided": False}, {"pad_mode": "constant"}]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("shape", [(100,), (2, 100)])
def test_equals_torch(shape: tuple[int, ...], options: dict[str, Any]) -> None:
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    signal, length = rng.standard_normal(shape), options.get("win_length", 16)
    back = {k: v for k, v in options.items() if k != "pad_mode"}

    def found(t: Any) -> list[np.ndarray]:
        x = t.tensor(signal, requires_grad=True)
        window = t.hann_window(length, dtype=t.float64) + 0.1
        z = t.stft(x, 16, window=window, return_complex=True, **options)
        y = t.istft(z * z.abs(), 16, window=window, **back)
        (g,) = t.autograd.grad((y ** 2).sum(), x)
        return [z.detach().resolve_conj().numpy(), y.detach().numpy(), g.numpy()]
    for mine, theirs in zip(found(mtorch), found(torch), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-9, atol=1e-9)


def test_comes_back() -> None:
    x, window = mtorch.randn(3, 50, dtype=mtorch.float64), mtorch.hann_window(8, dtype=mtorch.float64)
    z = x.stft(8, 2, window=window, return_complex=True)
    np.testing.assert_allclose(z.istft(8, 2, window=window, length=50).numpy(), x.numpy(), atol=1e-12)


def test_says_what_is_wrong() -> None:
    x, window = mtorch.randn(50), mtorch.hann_window(8)
    with pytest.raises(RuntimeError, match="return_complex parameter be given"):
        mtorch.stft(x, 8, window=window)
    with pytest.raises(RuntimeError, match="size equal to win_length=8"):
        mtorch.stft(x, 8, window=mtorch.ones(7), return_complex=True)
    with pytest.warns(UserWarning, match="A window was not provided"):
        mtorch.stft(x, 8, return_complex=True)
    with pytest.raises(RuntimeError, match="complex-valued input"):
        mtorch.istft(mtorch.zeros(5, 4, 2), 8, 2, window=window)
    with pytest.raises(RuntimeError, match="uncovered"):
        mtorch.istft(mtorch.zeros(5, 4, dtype=mtorch.complex64), 8, 8, window=window, center=False)
