"""`utils.checkpoint`: the gradients of an ordinary call, and everything done once."""
from __future__ import annotations

import numpy as np
import pytest

import mtorch


@pytest.mark.parametrize("use_reentrant", [False, True])
def test_values_and_gradients_are_torchs_dropout_included(use_reentrant: bool) -> None:
    torch = pytest.importorskip("torch")
    found = []
    for T in (torch, mtorch):
        T.manual_seed(3)
        net = T.nn.Sequential(T.nn.Linear(4, 8), T.nn.Dropout(0.5), T.nn.Tanh(), T.nn.Linear(8, 2))
        x = T.rand(5, 4).requires_grad_()
        y = T.utils.checkpoint.checkpoint(net, x, use_reentrant=use_reentrant)
        (y * y).sum().backward()
        z = T.utils.checkpoint.checkpoint_sequential(net, 2, x, use_reentrant=use_reentrant)
        found.append([y, z, T.rand(2), x.grad, *(p.grad for p in net.parameters())])
    for theirs, ours in zip(*found, strict=True):
        np.testing.assert_allclose(ours.detach().numpy(), theirs.detach().numpy(), rtol=1e-5, atol=1e-6)


def test_running_statistics_move_once() -> None:
    net, plain = mtorch.nn.BatchNorm1d(3), mtorch.nn.BatchNorm1d(3)
    x = mtorch.arange(12.0).view(4, 3)
    mtorch.utils.checkpoint.checkpoint(net, x, use_reentrant=False).sum().backward()
    plain(x)
    assert net.num_batches_tracked == 1 and mtorch.equal(net.running_mean, plain.running_mean)
