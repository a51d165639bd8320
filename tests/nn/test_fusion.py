"""A batch norm folded into the layer before it, beside torch's."""

from __future__ import annotations

import pytest

import mtorch
from mtorch.nn.utils import fusion as ours

torch = pytest.importorskip("torch")
theirs = pytest.importorskip("torch.nn.utils.fusion")


def settled(lib, bn):
    """A batch norm that has seen something."""
    with lib.no_grad():
        for i, t in enumerate([bn.running_mean, bn.running_var, bn.weight, bn.bias]):
            if t is not None:
                t.copy_(lib.linspace(0.5, 1.5 + i, t.numel()))
    return bn.eval()


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize("kind", ["Conv1d", "Conv2d", "ConvTranspose2d", "Linear"])
def test_one_layer_for_two(kind, bias, affine):
    def run(lib, fusion):
        lib.manual_seed(0)
        size = () if kind == "Linear" else (3,)
        layer = getattr(lib.nn, kind)(2, 4, *size, bias=bias).eval()
        norm = "BatchNorm1d" if kind in ("Conv1d", "Linear") else "BatchNorm2d"
        bn = settled(lib, getattr(lib.nn, norm)(4, affine=affine))
        x = lib.randn(3, 2, *{"Linear": (), "Conv1d": (7,)}.get(kind, (7, 7)))
        if kind == "Linear" and not affine:             # torch's function needs gamma and beta there
            return None
        if kind == "Linear":
            fused = fusion.fuse_linear_bn_eval(layer, bn)
        else:
            fused = fusion.fuse_conv_bn_eval(layer, bn, transpose="Transpose" in kind)
        assert type(fused) is type(layer) and fused is not layer and fused.weight.requires_grad
        assert lib.allclose(fused(x), bn(layer(x)), atol=1e-5)
        return fused.weight.detach().numpy(), fused.bias.detach().numpy()
    got, wanted = run(mtorch, ours), run(torch, theirs)
    for our, their in zip(got or (), wanted or (), strict=True):
        torch.testing.assert_close(our, their, rtol=1e-5, atol=1e-6)


def test_layers_that_train_are_refused():
    conv, bn = mtorch.nn.Conv2d(1, 2, 3), mtorch.nn.BatchNorm2d(2)
    with pytest.raises(AssertionError, match="eval"):
        ours.fuse_conv_bn_eval(conv, bn)
    with pytest.raises(RuntimeError, match="no running statistics"):
        ours.fuse_conv_bn_eval(conv.eval(), mtorch.nn.BatchNorm2d(2, track_running_stats=False).eval())
    with pytest.raises(AssertionError, match="num_features"):
        ours.fuse_linear_bn_eval(mtorch.nn.Linear(2, 3).eval(), mtorch.nn.BatchNorm1d(2).eval())
