"""SparseAdam moves the rows that were looked up, as torch's does, and those alone."""

from __future__ import annotations

import copy

import numpy as np
import pytest

import mtorch

torch = pytest.importorskip("torch")
LIBRARIES = (mtorch, torch)
ROWS, WIDTH = 7, 3


def start(lib, kind="Embedding", **options):
    layer = getattr(lib.nn, kind)(ROWS, WIDTH, sparse=True, **options)
    with lib.no_grad():
        layer.weight.copy_(lib.tensor(np.random.default_rng(0).normal(size=(ROWS, WIDTH)).astype(np.float32)))
    return layer


def lookups(steps=20):
    """Repeated and missing rows, and a step without any."""
    draw = np.random.default_rng(1)
    return [draw.integers(0, ROWS, 0 if i == 9 else draw.integers(1, 6)) for i in range(steps)]


def weights_after(lib, loss_of, layer, steps=20, **options):
    optimizer = lib.optim.SparseAdam(list(layer.parameters()), **{"lr": 0.1, **options})
    seen = []
    for i, ids in enumerate(lookups(steps)):
        optimizer.zero_grad()
        loss_of(lib, layer, lib.tensor(ids), i).backward()
        optimizer.step()
        seen.append(layer.weight.detach().numpy().copy())
    return seen, optimizer


def compare(loss_of, make=start, **options):
    found = [weights_after(lib, loss_of, make(lib), **options) for lib in LIBRARIES]
    for ours, theirs in zip(found[0][0], found[1][0], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)
    states = [optimizer.state_dict()["state"] for _, optimizer in found]
    assert states[0][0]["step"] == states[1][0]["step"]
    np.testing.assert_allclose(states[0][0]["exp_avg_sq"].numpy(), states[1][0]["exp_avg_sq"].numpy(), rtol=1e-5, atol=1e-8)
    return found


LOSSES = {
    "squares": lambda lib, layer, ids, i: (layer(ids) ** 2).sum(),
    "rows without a gradient": lambda lib, layer, ids, i: (layer(ids) * (i % 3)).sum(),
    "two lookups": lambda lib, layer, ids, i: (layer(ids) ** 2).sum() + (layer(lib.tensor([i % ROWS])) ** 3).sum(),
    "columns": lambda lib, layer, ids, i: layer(ids)[:, 1:].sin().sum(),
}


@pytest.mark.parametrize("name", LOSSES)
def test_trajectories(name):
    compare(LOSSES[name])


@pytest.mark.parametrize("options", [{"maximize": True}, {"betas": (0.5, 0.9), "eps": 1e-3}, {"lr": 0.5}])
def test_options(options):
    compare(LOSSES["squares"], **options)


def test_a_row_for_padding_stays():
    found = compare(LOSSES["squares"], lambda lib: start(lib, padding_idx=2))
    assert (found[0][0][-1][2] == found[0][0][0][2]).all()


@pytest.mark.parametrize("mode", ["sum", "mean"])
def test_bags(mode):
    compare(lambda lib, layer, ids, i: (layer(ids, lib.tensor([0, len(ids) // 2])) ** 2).sum(),
            lambda lib: start(lib, "EmbeddingBag", mode=mode))


def test_rows_that_were_not_looked_up_stay():
    seen, _ = weights_after(mtorch, lambda lib, layer, ids, i: (layer(lib.tensor([1, 4, 4])) ** 2).sum(), start(mtorch))
    same = (seen[-1] == seen[0]).all(axis=1)
    assert same.tolist() == [True, False, True, True, False, True, True]


def test_gradients_that_are_added_up():
    def train(lib):
        layer = start(lib)
        optimizer = lib.optim.SparseAdam(layer.parameters(), lr=0.1)
        for i in range(6):
            for ids in ([i], [0, 5]):
                (layer(lib.tensor(ids)) * (i + 1)).sum().backward()
            layer.weight.grad.mul_(0.5)
            optimizer.step()
            optimizer.zero_grad(set_to_none=i % 2 == 0)
        return layer.weight.detach().numpy()
    np.testing.assert_allclose(train(mtorch), train(torch), rtol=1e-4)


def test_a_skipped_step_leaves_no_rows_behind():
    def train(lib):
        layer = start(lib)
        optimizer = lib.optim.SparseAdam(layer.parameters(), lr=0.1)
        layer(lib.tensor([3])).sum().backward()
        optimizer.step()
        layer.weight.grad = None
        layer(lib.tensor([3])).sum().backward()      # not used
        layer.zero_grad()
        for _ in range(2):
            layer(lib.tensor([1])).sum().backward()
            optimizer.step()
            layer.zero_grad()
        return layer.weight.detach().numpy()
    np.testing.assert_allclose(train(mtorch), train(torch), rtol=1e-5)


@pytest.mark.parametrize("loss_of", [
    lambda lib, layer: (layer.weight ** 2).sum(),
    lambda lib, layer: (layer.weight ** 2).sum() + layer(lib.tensor([1])).sum(),
    lambda lib, layer: lib.nn.functional.embedding(lib.tensor([1]), layer.weight).sum(),
])
def test_dense_gradients_are_refused(loss_of):
    for lib in LIBRARIES:
        layer = start(lib)
        optimizer = lib.optim.SparseAdam(layer.parameters())
        loss_of(lib, layer).backward()
        with pytest.raises(RuntimeError, match="SparseAdam does not support dense gradients, please consider Adam instead"):
            optimizer.step()


def test_a_dense_gradient_after_a_sparse_one_is_refused():
    layer = start(mtorch)
    optimizer = mtorch.optim.SparseAdam(layer.parameters())
    layer(mtorch.tensor([1])).sum().backward()
    (layer.weight * 0).sum().backward()
    with pytest.raises(RuntimeError, match="dense gradients"):
        optimizer.step()


@pytest.mark.parametrize("options", [{"lr": 0.0}, {"lr": -1}, {"eps": 0.0}, {"betas": (1.0, 0.9)}, {"betas": (0.9, -0.1)}])
def test_values_out_of_range(options):
    messages = []
    for lib in LIBRARIES:
        with pytest.raises(ValueError) as caught:
            lib.optim.SparseAdam([lib.ones(2, requires_grad=True)], **options)
        messages.append(str(caught.value))
    assert messages[0] == messages[1]


def test_states_go_between_libraries():
    (_, ours), (_, theirs) = (weights_after(lib, LOSSES["squares"], start(lib), 5) for lib in LIBRARIES)
    state = theirs.state_dict()
    state["state"] = {0: {k: mtorch.tensor(v.numpy()) if k != "step" else v for k, v in state["state"][0].items()}}
    ours.load_state_dict(state)
    assert ours.state_dict()["param_groups"] == theirs.state_dict()["param_groups"]


def test_copies_of_a_layer_learn_too():
    layer = start(mtorch)
    layer(mtorch.tensor([1])).sum().backward()
    twin = copy.deepcopy(layer)
    optimizer = mtorch.optim.SparseAdam(twin.parameters())
    twin(mtorch.tensor([2])).sum().backward()
    optimizer.step()
    assert (twin.weight != layer.weight).any(1).tolist() == [False, False, True, False, False, False, False]
