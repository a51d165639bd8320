"""`utils.checkpoint`: the gradients of an ordinary call, and everything done once."""
from __future__ import annotations

import contextlib

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


@pytest.mark.parametrize("segments", [1, 2, 3])
def test_the_older_way_gives_no_gradients_where_no_input_has_any(segments: int) -> None:
    torch = pytest.importorskip("torch")
    found = []
    for T in (torch, mtorch):
        T.manual_seed(0)
        x, inner, net = T.rand(2, 3), T.nn.Linear(3, 3), T.nn.Sequential(*(T.nn.Linear(3, 3) for _ in range(4)))
        with pytest.warns(UserWarning, match="None of the inputs have requires_grad=True. Gradients will be None"):
            y = T.utils.checkpoint.checkpoint(inner, x, use_reentrant=True)
        z = T.nn.Linear(3, 1)(T.utils.checkpoint.checkpoint(inner, x, use_reentrant=False))
        with pytest.warns(UserWarning, match="None of the inputs") if segments > 1 else contextlib.nullcontext():
            w = T.utils.checkpoint.checkpoint_sequential(net, segments, x, use_reentrant=True)
        w.sum().backward()
        found.append([y.requires_grad, z.requires_grad, [p.grad is None for p in net.parameters()], round(w.sum().item(), 5)])
    assert found[0] == found[1]


def test_what_the_older_way_does_not_take() -> None:
    checkpoint, x = mtorch.utils.checkpoint.checkpoint, mtorch.ones(2, requires_grad=True)
    with pytest.warns(UserWarning, match="the use_reentrant parameter should be passed explicitly"):
        assert checkpoint(lambda x: x * 2, x).requires_grad
    with pytest.raises(ValueError, match="Unexpected keyword arguments: b"):
        checkpoint(lambda x, b: x * b, x, b=2, use_reentrant=True)
    with pytest.raises(ValueError, match="is only supported when use_reentrant=False"):
        checkpoint(lambda x: x, x, debug=True, use_reentrant=True)
    with pytest.raises(ValueError, match="Unexpected keyword arguments: b"):
        mtorch.utils.checkpoint.checkpoint_sequential([], 1, x, b=2, use_reentrant=False)


def test_running_statistics_move_once() -> None:
    net, plain = mtorch.nn.BatchNorm1d(3), mtorch.nn.BatchNorm1d(3)
    x = mtorch.arange(12.0).view(4, 3)
    mtorch.utils.checkpoint.checkpoint(net, x, use_reentrant=False).sum().backward()
    plain(x)
    assert net.num_batches_tracked == 1 and mtorch.equal(net.running_mean, plain.running_mean)
