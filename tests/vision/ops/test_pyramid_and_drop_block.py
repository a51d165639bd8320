"""Feature pyramids and DropBlock, beside torchvision's."""

from __future__ import annotations

import pytest

import mtorch
from mtorch.vision import ops
from mtorch.vision.ops import feature_pyramid_network as fpn


@pytest.mark.parametrize("extra", ["none", "pool", "p6p7 of the pyramid", "p6p7 of the network"])
def test_a_pyramid_is_torchvisions(extra):
    torch, vision = pytest.importorskip("torch"), pytest.importorskip("torchvision")
    results = []
    for lib, their in ((mtorch, fpn), (torch, vision.ops.feature_pyramid_network)):
        lib.manual_seed(0)
        block = {"none": None, "pool": their.LastLevelMaxPool()}.get(extra)
        if extra.startswith("p6p7"):
            block = their.LastLevelP6P7(6 if "pyramid" in extra else 8, 6)
        net = their.FeaturePyramidNetwork([3, 5, 8], 6, block, norm_layer=lib.nn.BatchNorm2d if extra == "pool" else None)
        x = {"a": lib.rand(2, 3, 9, 8), "b": lib.rand(2, 5, 5, 4), "c": lib.rand(2, 8, 3, 2)}
        y = net(x)
        sum(v.pow(2).sum() for v in y.values()).backward()
        results.append(({k: v.detach().tolist() for k, v in y.items()},
                        {k: p.grad.tolist() for k, p in net.named_parameters()}))
    (ours, our_gradients), (theirs, gradients) = results
    assert list(ours) == list(theirs) and list(our_gradients) == list(gradients)
    for a, b in [(ours[k], theirs[k]) for k in ours] + [(our_gradients[k], gradients[k]) for k in gradients]:
        mtorch.testing.assert_close(mtorch.tensor(a), mtorch.tensor(b), rtol=1e-3, atol=1e-3)


def test_a_pyramid_of_an_older_file():
    net = ops.FeaturePyramidNetwork([3, 4], 2)
    old = {name.replace(".0.", ".") if ".0.0." not in name else name.replace(".0.0.", ".0."): value
           for name, value in ops.FeaturePyramidNetwork([3, 4], 2).state_dict().items()}
    old = {name.replace(".1.0.", ".1."): value for name, value in old.items()}
    assert "inner_blocks.0.weight" in old
    net.load_state_dict(old)
    assert net.inner_blocks[1][0].bias.equal(old["inner_blocks.1.bias"])


def test_what_is_no_pyramid():
    with pytest.raises(ValueError, match="in_channels=0"):
        ops.FeaturePyramidNetwork([0], 2)
    with pytest.raises(TypeError, match="ExtraFPNBlock"):
        ops.FeaturePyramidNetwork([2], 2, mtorch.nn.Identity())
    with pytest.raises(NotImplementedError):
        fpn.ExtraFPNBlock()([], [], [])


@pytest.mark.parametrize(("name", "shape", "p", "size", "inplace"), [
    ("2d", (2, 3, 9, 8), 0.3, 3, False), ("2d", (1, 2, 6, 3), 0.2, 5, True), ("2d", (1, 2, 6, 6), 1.0, 1, False),
    ("3d", (1, 2, 5, 6, 7), 0.3, 3, False), ("3d", (1, 1, 5, 6, 7), 0.1, 3, True),
])
def test_blocks_are_torchvisions(name, shape, p, size, inplace):
    torch, vision = pytest.importorskip("torch"), pytest.importorskip("torchvision")
    results = []
    for lib, their in ((mtorch, ops), (torch, vision.ops)):
        lib.manual_seed(3)
        x = lib.rand(shape)
        layer = getattr(their, f"DropBlock{name}")(p, size, inplace)
        y = layer(x)
        assert (y is x) == inplace and layer.eval()(x) is x
        results.append((y.tolist(), repr(layer), lib.rand(2).tolist()))
    (ours, *rest), (theirs, *their_rest) = results
    mtorch.testing.assert_close(mtorch.tensor(ours), mtorch.tensor(theirs))
    assert rest == their_rest


@pytest.mark.parametrize(("call", "match"), [
    (lambda: ops.drop_block2d(mtorch.ones(1, 1, 4, 4), 1.5, 3), "between 0 and 1"),
    (lambda: ops.drop_block2d(mtorch.ones(1, 4, 4), 0.5, 3), "4 dimensional"),
    (lambda: ops.drop_block3d(mtorch.ones(1, 1, 4, 4), 0.5, 3), "5 dimensional"),
    (lambda: ops.drop_block2d(mtorch.ones(1, 1, 5, 5), 0.5, 4), "odd"),
])
def test_what_drop_block_refuses(call, match):
    with pytest.raises(ValueError, match=match):
        call()


def test_gradients_of_what_is_left():
    x = mtorch.rand(1, 2, 6, 6, dtype=mtorch.float64, requires_grad=True)
    y = ops.drop_block2d(x, 0.3, 3)
    y.sum().backward()
    assert mtorch.allclose(x.grad * x, y)
