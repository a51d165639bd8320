"""Padding, resizing, sampling, unfolding and shuffling: against torch, and against differences."""

from __future__ import annotations

import numpy as np
import pytest

import mtorch
from mtorch.nn import functional as F
from tests.nn.layer_twins import functions_agree, layers_agree, normal, raises_as_torch

IMAGE = (2, 3, 5, 4)

LAYERS = {
    **{f"{kind} {n}d": (lambda t, kind=kind, n=n: getattr(t.nn, f"{kind}Pad{n}d")(tuple(range(1, 2 * n + 1)) if n < 3 else 1),
                        (2, 3, 6, 7, 5)[:n + 2])
       for kind in ("Reflection", "Replication", "Circular", "Zero") for n in (1, 2, 3)},
    "constant 2d": (lambda t: t.nn.ConstantPad2d((1, -1, 2, 0), 3.5), IMAGE),
    "constant 1d": (lambda t: t.nn.ConstantPad1d(2, -1.0), (2, 3, 4)),
    "nearest": (lambda t: t.nn.Upsample(scale_factor=2), IMAGE),
    "nearest to a size": (lambda t: t.nn.UpsamplingNearest2d(size=(7, 3)), IMAGE),
    "bilinear": (lambda t: t.nn.UpsamplingBilinear2d(scale_factor=2), IMAGE),
    "trilinear": (lambda t: t.nn.Upsample(size=(3, 5, 6), mode="trilinear"), (1, 2, 2, 3, 4)),
    "unfold": (lambda t: t.nn.Unfold((2, 3), padding=1, stride=(1, 2)), IMAGE),
    "fold": (lambda t: t.nn.Fold((5, 4), (2, 2), stride=(1, 2)), (2, 12, 8)),
    "pixel shuffle": (lambda t: t.nn.PixelShuffle(2), (2, 8, 3, 2)),
    "pixel unshuffle": (lambda t: t.nn.PixelUnshuffle(2), (2, 3, 4, 6)),
    "channel shuffle": (lambda t: t.nn.ChannelShuffle(3), (2, 6, 4, 3)),
}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", LAYERS)
def test_layer_agrees_with_torch(name: str, dtype: str) -> None:
    make, shape = LAYERS[name]
    layers_agree(make, shape, dtype=dtype)


@pytest.mark.parametrize("options", [
    {"scale_factor": 2}, {"scale_factor": 0.6}, {"size": 7}, {"scale_factor": 1.7, "recompute_scale_factor": True},
], ids=str)
@pytest.mark.parametrize("mode", ["nearest", "nearest-exact", "linear", "area"])
def test_resized_sequences(mode: str, options: dict) -> None:
    functions_agree(lambda t, x: t.nn.functional.interpolate(x, mode=mode, **options), normal(2, 3, 9))


@pytest.mark.parametrize("size", [(9, 11), (3, 2), (5, 4), (1, 1)], ids=str)
@pytest.mark.parametrize("options", [{}, {"align_corners": True}, {"antialias": True}], ids=str)
@pytest.mark.parametrize("mode", ["bilinear", "bicubic"])
def test_resized_images(mode: str, options: dict, size: tuple[int, int]) -> None:
    functions_agree(lambda t, x: t.nn.functional.interpolate(x, size, mode=mode, **options), normal(*IMAGE))


def test_resized_by_a_scale_that_does_not_divide() -> None:
    for mode in ("bilinear", "bicubic", "nearest"):
        functions_agree(lambda t, x, m=mode: t.nn.functional.interpolate(x, scale_factor=(1.3, 2.6), mode=m),
                        normal(*IMAGE))


@pytest.mark.filterwarnings("ignore:`nn.functional.upsample")
def test_former_names() -> None:
    functions_agree(lambda t, x: t.nn.functional.upsample_bilinear(x, scale_factor=3), normal(*IMAGE))
    functions_agree(lambda t, x: t.nn.functional.upsample(x, size=(6, 6), mode="bilinear"), normal(*IMAGE))
    functions_agree(lambda t, x: t.nn.functional.upsample_nearest(x, scale_factor=3), normal(*IMAGE))


@pytest.mark.parametrize("align_corners", [False, True])
@pytest.mark.parametrize("padding_mode", ["zeros", "border", "reflection"])
@pytest.mark.parametrize("mode", ["bilinear", "nearest", "bicubic"])
def test_grid_sample(mode: str, padding_mode: str, align_corners: bool) -> None:
    places = np.random.default_rng(2).uniform(-2.5, 2.5, (2, 6, 3, 2))
    functions_agree(lambda t, x, at: t.nn.functional.grid_sample(x, at, mode, padding_mode, align_corners),
                    normal(*IMAGE), places)
    if mode != "bicubic":
        places = np.random.default_rng(2).uniform(-1.5, 1.5, (1, 3, 2, 4, 3))
        functions_agree(lambda t, x, at: t.nn.functional.grid_sample(x, at, mode, padding_mode, align_corners),
                        normal(1, 2, 3, 4, 5), places)


@pytest.mark.parametrize("align_corners", [False, True])
def test_spatial_transformer(align_corners: bool) -> None:
    def transformed(t, x, theta):
        grid = t.nn.functional.affine_grid(theta, (2, 3, 4, 6), align_corners=align_corners)
        return t.nn.functional.grid_sample(x, grid, align_corners=align_corners)
    functions_agree(transformed, normal(*IMAGE), normal(2, 2, 3) * 0.5)
    functions_agree(lambda t, theta: t.nn.functional.affine_grid(theta, (2, 1, 2, 3, 4), align_corners=align_corners),
                    normal(2, 3, 4))


def test_padding_by_widths() -> None:
    for widths in [(1, 2), (1, 0, 2, 1), (-1, 2), (0, 0, -1, -1), (1, 1, 1, 1, 1, 1, 1, 1)]:
        functions_agree(lambda t, x, w=widths: t.nn.functional.pad(x, w, value=0.5), normal(*IMAGE))
    for mode in ("reflect", "replicate", "circular"):
        functions_agree(lambda t, x, m=mode: t.nn.functional.pad(x, (2, 1, 0, 3), mode=m), normal(*IMAGE))
        functions_agree(lambda t, x, m=mode: t.nn.functional.pad(x, (-1, 2), mode=m), normal(3, 5))


@pytest.mark.parametrize("function", [
    lambda x: F.interpolate(x, scale_factor=1.5, mode="bicubic"), lambda x: F.interpolate(x, (7, 3)),
    lambda x: F.pad(x, (2, 1, 1, 2), mode="reflect"), lambda x: F.pad(x, (1, -1), value=2.0),
    lambda x: F.unfold(x, (2, 3), padding=1), lambda x: F.pixel_shuffle(x, 2),
    lambda x: F.grid_sample(x, x[:, :2, :, :1].tanh().permute(0, 2, 3, 1), align_corners=False),
], ids=["bicubic", "nearest", "reflect", "constant", "unfold", "pixel shuffle", "grid sample"])
def test_gradients_of_both_orders(function) -> None:
    x = mtorch.tensor(normal(1, 4, 4, 3), requires_grad=True)
    assert mtorch.autograd.gradcheck(function, x)
    assert mtorch.autograd.gradgradcheck(lambda x: function(x) ** 2, x, fast_mode=True)


@pytest.mark.parametrize(("call", "message"), [
    (lambda t: t.nn.functional.pad(t.zeros(1, 3), (3, 0), mode="reflect"), "when mirroring"),
    (lambda t: t.nn.functional.pad(t.zeros(1, 3), (4, 0), mode="circular"), "more than once"),
    (lambda t: t.nn.functional.pad(t.zeros(1, 3), (1, 1), mode="mirror"), "unknown mode"),
    (lambda t: t.nn.functional.pad(t.zeros(1, 3), (1, 1, 1)), "even number of widths"),
    (lambda t: t.nn.functional.pad(t.zeros(1, 3), (-2, -2)), "would get the size"),
    (lambda t: t.nn.functional.interpolate(t.zeros(1, 1, 3)), "either size or scale_factor"),
    (lambda t: t.nn.functional.interpolate(t.zeros(1, 1, 3), 3, 2), "only one of size or scale_factor"),
    (lambda t: t.nn.functional.interpolate(t.zeros(1, 1, 3), 3, mode="bilinear"), "not for an input of 3 dimensions"),
    (lambda t: t.nn.functional.interpolate(t.zeros(1, 1, 3), 3, align_corners=True), "align_corners option"),
    (lambda t: t.nn.functional.interpolate(t.zeros(1, 1, 3), 3, mode="linear", antialias=True), "Anti-alias"),
    (lambda t: t.nn.functional.grid_sample(t.zeros(1, 1, 3, 3), t.zeros(2, 2, 2, 2), align_corners=True),
     "expected an input"),
    (lambda t: t.nn.functional.grid_sample(t.zeros(1, 1, 3, 3), t.zeros(1, 2, 2, 2), "cubic"), "expected mode to be"),
    (lambda t: t.nn.functional.affine_grid(t.zeros(1, 3, 3), (1, 1, 2, 2)), "affine matrices of shape"),
    (lambda t: t.nn.functional.pixel_shuffle(t.zeros(1, 3, 2, 2), 2), "divisible by the square of upscale_factor"),
    (lambda t: t.nn.functional.channel_shuffle(t.zeros(1, 3, 2), 2), "must be divisible by groups"),
    (lambda t: t.nn.functional.fold(t.zeros(1, 5, 4), (3, 3), (2, 2)), "divisible by the product of kernel_size"),
    (lambda t: t.nn.functional.fold(t.zeros(1, 8, 5), (3, 3), (2, 2)), "sliding blocks"),
    (lambda t: t.nn.functional.unfold(t.zeros(1, 2, 2, 2), 3), "no patch fits"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_errors_say_what_is_wrong(call, message: str) -> None:
    raises_as_torch(call, message)


def test_a_list_of_factors_does_as_well_as_a_tuple() -> None:
    assert mtorch.nn.Upsample(scale_factor=[2, 3])(mtorch.ones(1, 1, 2, 2)).shape == (1, 1, 4, 6)
