"""Normalisation layers: against torch, their running statistics, and against differences."""

from __future__ import annotations

import numpy as np
import pytest

import mtorch
from mtorch.nn import functional as F
from tests.nn.layer_twins import close, functions_agree, layers_agree, normal, raises_as_torch

LAYERS = {
    "batch 1d": (lambda t: t.nn.BatchNorm1d(3), (8, 3)),
    "batch 1d of sequences": (lambda t: t.nn.BatchNorm1d(3, eps=0.1, momentum=0.3), (4, 3, 5)),
    "batch 2d": (lambda t: t.nn.BatchNorm2d(3), (4, 3, 5, 6)),
    "batch 2d averaging": (lambda t: t.nn.BatchNorm2d(3, momentum=None), (4, 3, 5, 6)),
    "batch 2d not affine": (lambda t: t.nn.BatchNorm2d(3, affine=False), (4, 3, 5, 6)),
    "batch 2d without bias": (lambda t: t.nn.BatchNorm2d(3, bias=False), (4, 3, 5, 6)),
    "batch 2d untracked": (lambda t: t.nn.BatchNorm2d(3, track_running_stats=False), (4, 3, 5, 6)),
    "batch 2d of no sample": (lambda t: t.nn.BatchNorm2d(3), (0, 3, 5, 6)),
    "batch 3d": (lambda t: t.nn.BatchNorm3d(2), (2, 2, 3, 4, 3)),
    "instance 1d": (lambda t: t.nn.InstanceNorm1d(3), (2, 3, 7)),
    "instance 2d": (lambda t: t.nn.InstanceNorm2d(3, affine=True), (2, 3, 5, 4)),
    "instance 2d of one": (lambda t: t.nn.InstanceNorm2d(3), (3, 5, 4)),
    "instance 2d tracked": (lambda t: t.nn.InstanceNorm2d(3, affine=True, track_running_stats=True), (2, 3, 5, 4)),
    "layer": (lambda t: t.nn.LayerNorm(6), (2, 5, 6)),
    "layer over two axes": (lambda t: t.nn.LayerNorm((5, 6), eps=0.1), (2, 5, 6)),
    "layer not affine": (lambda t: t.nn.LayerNorm(6, elementwise_affine=False), (2, 5, 6)),
    "layer without bias": (lambda t: t.nn.LayerNorm(6, bias=False), (2, 5, 6)),
    "group": (lambda t: t.nn.GroupNorm(2, 6), (2, 6, 5, 4)),
    "group of features": (lambda t: t.nn.GroupNorm(3, 6, affine=False), (4, 6)),
    "rms": (lambda t: t.nn.RMSNorm(6), (2, 5, 6)),
    "rms with eps": (lambda t: t.nn.RMSNorm((5, 6), eps=0.1, elementwise_affine=False), (2, 5, 6)),
    "local response": (lambda t: t.nn.LocalResponseNorm(3, alpha=0.5, beta=0.8, k=1.5), (2, 6, 4, 3)),
    "local response, even": (lambda t: t.nn.LocalResponseNorm(2, alpha=0.5), (2, 6, 4)),
}


@pytest.mark.parametrize("training", [True, False], ids=["training", "evaluation"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", LAYERS)
def test_layer_agrees_with_torch(name: str, dtype: str, training: bool) -> None:
    make, shape = LAYERS[name]
    layers_agree(make, shape, dtype=dtype, training=training)


@pytest.mark.parametrize("momentum", [0.2, None])
def test_running_statistics_follow_torch_over_several_batches(momentum: float | None) -> None:
    torch = pytest.importorskip("torch")
    layers = [t.nn.BatchNorm2d(3, momentum=momentum) for t in (mtorch, torch)]
    for seed in range(4):
        for t, layer in zip((mtorch, torch), layers):
            layer.train(seed != 2)(t.tensor(normal(4, 3, 5, 5, seed=seed).astype(np.float32) * 3 + seed))
    for (key, mine), (_, theirs) in zip(layers[0].state_dict().items(), layers[1].state_dict().items(), strict=True):
        close(mine.numpy(), theirs.numpy(), key, 1e-5)
    layers[0].reset_running_stats()
    assert layers[0].running_var.tolist() == [1.0] * 3 and layers[0].num_batches_tracked.item() == 0


def test_states_written_before_batches_were_counted_load() -> None:
    old = {key: value for key, value in mtorch.nn.BatchNorm1d(2).state_dict().items() if key != "num_batches_tracked"}
    assert str(mtorch.nn.BatchNorm1d(2).load_state_dict(old)) == "<All keys matched successfully>"


def test_synchronised_batch_norm_takes_the_place_of_the_others() -> None:
    net = mtorch.nn.Sequential(mtorch.nn.Conv2d(1, 2, 3), mtorch.nn.BatchNorm2d(2))
    changed = mtorch.nn.SyncBatchNorm.convert_sync_batchnorm(net)
    assert type(changed[1]) is mtorch.nn.SyncBatchNorm and list(changed.state_dict()) == list(net.state_dict())
    assert changed(mtorch.randn(2, 1, 5, 5)).shape == (2, 2, 3, 3)


def test_large_means_do_not_spoil_the_variance() -> None:
    x = normal(8, 3, 6, 6).astype(np.float32) + np.float32(1000)
    y = F.batch_norm(mtorch.tensor(x), None, None, training=True).numpy()
    wide = x.astype(np.float64)
    expected = (wide - wide.mean((0, 2, 3), keepdims=True)) / np.sqrt(wide.var((0, 2, 3), keepdims=True) + 1e-5)
    np.testing.assert_allclose(y, expected, atol=2e-3)


@pytest.mark.parametrize("norm", [
    lambda x, w, b: F.batch_norm(x, None, None, w, b, training=True, eps=0.1),
    lambda x, w, b: F.group_norm(x, 2, w, b, eps=0.1), lambda x, w, b: F.instance_norm(x, weight=w, bias=b, eps=0.1),
    lambda x, w, b: F.layer_norm(x.transpose(1, 2), (4,), w, b, eps=0.1),
    lambda x, w, b: F.rms_norm(x.transpose(1, 2), (4,), w, 0.1) + b,
    lambda x, w, b: F.local_response_norm(x * w.unsqueeze(1) + b.unsqueeze(1), 3, 0.5),
], ids=["batch", "group", "instance", "layer", "rms", "local response"])
def test_gradients_of_both_orders(norm) -> None:
    inputs = tuple(mtorch.tensor(a, requires_grad=True) for a in (normal(2, 4, 3), normal(4), normal(4)))
    assert mtorch.autograd.gradcheck(norm, inputs)
    assert mtorch.autograd.gradgradcheck(norm, inputs, fast_mode=True)


@pytest.mark.parametrize("name", ["layer_norm", "rms_norm", "group_norm", "batch_norm", "instance_norm"])
def test_squares_of_float16_may_add_up_to_more_than_it_holds(name: str) -> None:
    torch = pytest.importorskip("torch")
    x, results = normal(2, 2, 3000) * 8 + 5, []
    for t in (mtorch, torch):
        mean, var = t.zeros(2, dtype=t.float16), t.ones(2, dtype=t.float16)
        options = {"layer_norm": ((3000,),), "rms_norm": ((3000,),), "group_norm": (2,)}.get(name, (mean, var))
        y = getattr(t.nn.functional, name)(t.tensor(x, dtype=t.float16), *options,
                                           **({"training": True} if name == "batch_norm" else {}))
        assert y.dtype == t.float16
        results.append(np.concatenate([y.numpy().reshape(-1), mean.numpy(), var.numpy()]))
    close(results[0], results[1], name, 2e-3)


MIXED = {
    "batch_norm": lambda t, x, w: t.nn.functional.batch_norm(x, w * 0, w, w, w, training=True),
    "batch_norm, evaluated": lambda t, x, w: t.nn.functional.batch_norm(x, w, w, w, w),
    "instance_norm": lambda t, x, w: t.nn.functional.instance_norm(x, weight=w, bias=w),
    "layer_norm": lambda t, x, w: t.nn.functional.layer_norm(x, (3, 3), w.expand(3, 3), w.expand(3, 3)),
    "group_norm": lambda t, x, w: t.nn.functional.group_norm(x, 3, w, w),
    "rms_norm": lambda t, x, w: t.nn.functional.rms_norm(x, (3, 3), w.expand(3, 3)),
}


@pytest.mark.filterwarnings("ignore:Mismatch dtype")
@pytest.mark.parametrize(("input", "parameters"), [("float16", "float32"), ("float64", "float32"), ("float32", "float16")])
@pytest.mark.parametrize("name", MIXED)
def test_a_layer_of_float32_takes_float16_and_nothing_else(name: str, input: str, parameters: str) -> None:
    torch = pytest.importorskip("torch")
    if input != "float16" and name != "rms_norm":
        raises_as_torch(lambda t: MIXED[name](t, t.ones(2, 3, 3, dtype=getattr(t, input)),
                                              t.ones(3, dtype=getattr(t, parameters))), "mixed dtype")
        return
    x, results = normal(2, 3, 3), []
    for t in (mtorch, torch):
        y = MIXED[name](t, t.tensor(x, dtype=getattr(t, input)), t.full((3,), 1.5, dtype=getattr(t, parameters)))
        results.append((str(y.dtype), y.numpy()))
    assert results[0][0] == results[1][0]
    close(results[0][1], results[1][1], name, 1e-3)


def test_functions_agree_with_torch() -> None:
    x, w, b, m, v = normal(3, 4, 5), normal(4), normal(4), normal(4), np.abs(normal(4)) + 0.5
    functions_agree(lambda t, x, w, b: t.nn.functional.batch_norm(x, t.tensor(m), t.tensor(v), w, b), x, w, b)
    functions_agree(lambda t, x, w: t.nn.functional.instance_norm(x, t.tensor(m), t.tensor(v), w, use_input_stats=False), x, w)
    functions_agree(lambda t, x: t.nn.functional.group_norm(x, 4), x)


@pytest.mark.parametrize(("call", "message"), [
    (lambda t: t.nn.BatchNorm2d(3)(t.zeros(2, 3)), "expected 4D input"),
    (lambda t: t.nn.BatchNorm1d(3)(t.zeros(1, 3)), "more than 1 value per channel"),
    (lambda t: t.nn.BatchNorm1d(3)(t.zeros(2, 4)), "should contain 4 elements"),
    (lambda t: t.nn.functional.batch_norm(t.zeros(2, 3), None, None), "running_mean and running_var to be defined"),
    (lambda t: t.nn.InstanceNorm1d(3, affine=True)(t.zeros(2, 4, 5)), "to match num_features"),
    (lambda t: t.nn.InstanceNorm1d(3)(t.zeros(2, 3, 1)), "more than 1 spatial element"),
    (lambda t: t.nn.LayerNorm(3)(t.zeros(2, 4)), r"expected input with shape \[\*, 3\]"),
    (lambda t: t.nn.functional.layer_norm(t.zeros(2, 4), (4,), t.zeros(3)), "expected weight to be of same shape"),
    (lambda t: t.nn.GroupNorm(2, 3), "must be divisible"),
    (lambda t: t.nn.GroupNorm(2, 4)(t.zeros(2, 3, 5)), "divisible by num_groups"),
    (lambda t: t.nn.LocalResponseNorm(2)(t.zeros(2, 3)), "Expected 3D or higher"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_errors_say_what_is_wrong(call, message: str) -> None:
    raises_as_torch(call, message)


NORMS = {
    "batch": lambda F, x, w: F.batch_norm(x, None, None, w[:3], w[:3], True),
    "batch at rest": lambda F, x, w: F.batch_norm(x, w[:3], w[:3].exp(), w[:3], w[:3]),
    "instance": lambda F, x, w: F.instance_norm(x, weight=w[:3], bias=w[:3]),
    "group": lambda F, x, w: F.group_norm(x, 3, w[:3], w[:3]),
    "layer": lambda F, x, w: F.layer_norm(x, (4,), w, w),
    "root mean square": lambda F, x, w: F.rms_norm(x, (4,), w),
}


@pytest.mark.filterwarnings("ignore:Mismatch dtype between input and weight")
@pytest.mark.parametrize("kind", ["float16", "float32", "float64"])
@pytest.mark.parametrize("weights", ["float16", "float32", "float64"])
@pytest.mark.parametrize("name", NORMS)
def test_types_that_mix(name: str, kind: str, weights: str) -> None:
    """torch takes a float16 input with float32 parameters, and refuses the others lest they widen what goes on."""
    torch = pytest.importorskip("torch")

    def found(t) -> list:
        x = t.tensor(normal(2, 3, 4), dtype=getattr(t, kind), requires_grad=True)
        w = t.tensor(normal(4), dtype=getattr(t, weights)).requires_grad_(name != "batch at rest")
        try:
            y = NORMS[name](t.nn.functional, x, w)
        except RuntimeError as error:
            return [str(error).count("mixed dtype")]
        y.sum().backward()
        return [a.detach().numpy() for a in (y, x.grad, w.grad) if a is not None]
    for mine, theirs in zip(found(mtorch), found(torch), strict=True):
        close(mine, theirs, name, 2e-5 if "float16" not in (kind, weights) else 1e-2)


def test_channels_that_do_not_match_are_told_of_where_they_make_no_difference() -> None:
    with pytest.warns(UserWarning, match=r"num_features \(5\), but got: 3"):
        mtorch.nn.InstanceNorm1d(5)(mtorch.ones(4, 3, 2))
