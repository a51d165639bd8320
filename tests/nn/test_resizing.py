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


def test_resized_to_sizes_that_are_tensors() -> None:
    for size in (lambda t: t.tensor(3), lambda t: (t.tensor([5]), 4), lambda t: [t.tensor([2], dtype=t.int32)] * 2):
        functions_agree(lambda t, x, s=size: t.nn.functional.interpolate(x, s(t)), normal(*IMAGE))
    functions_agree(lambda t, x: t.nn.functional.pad(x, (t.tensor([1]), t.tensor(2))), normal(*IMAGE))
    functions_agree(lambda t, x: x[:, t.tensor([1]):, t.tensor(1):t.tensor(3)], normal(*IMAGE))
    for attempt in (lambda x: mtorch.nn.functional.pad(x, (mtorch.tensor(1.0), 0)), lambda x: x[mtorch.tensor(1.0):]):
        with pytest.raises(TypeError):
            attempt(mtorch.ones(2))


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


def edges(size: int, align_corners: bool) -> np.ndarray:
    """The coordinates of pixels and of what lies half between them, on the image and beside it."""
    at = np.arange(-2 * size, 3 * size, 0.5)
    return 2 * at / (size - 1) - 1 if align_corners else (2 * at + 1) / size - 1


@pytest.mark.parametrize("align_corners", [False, True])
@pytest.mark.parametrize("padding_mode", ["zeros", "border", "reflection"])
@pytest.mark.parametrize("mode", ["bilinear", "nearest", "bicubic"])
def test_grid_sample_at_the_edge(mode: str, padding_mode: str, align_corners: bool) -> None:
    """At the border itself, and on it after a reflection, the position has no gradient."""
    rng = np.random.default_rng(3)
    places = np.stack([rng.choice(edges(size, align_corners), (2, 7, 6)) for size in (4, 5)], axis=-1)
    functions_agree(lambda t, x, at: t.nn.functional.grid_sample(x, at, mode, padding_mode, align_corners),
                    normal(*IMAGE), places)
    if mode != "bicubic":
        places = np.stack([rng.choice(edges(size, align_corners), (1, 4, 5, 6)) for size in (5, 4, 3)], axis=-1)
        functions_agree(lambda t, x, at: t.nn.functional.grid_sample(x, at, mode, padding_mode, align_corners),
                        normal(1, 2, 3, 4, 5), places)


def test_the_gradient_of_a_position_at_the_border() -> None:
    x = mtorch.tensor([[[[1.0, 2.0, 4.0]]]])
    at = mtorch.zeros(1, 1, 5, 2)
    at[..., 0] = mtorch.tensor([-1.0, -0.5, 0.0, 0.5, 1.0])
    at.requires_grad_()
    F.grid_sample(x, at, padding_mode="border", align_corners=True).sum().backward()
    assert at.grad[0, 0, :, 0].tolist() == [0.0, 1.0, 2.0, 2.0, 0.0]


def test_what_lies_outside_is_zero_beside_a_nan() -> None:
    x, places = normal(1, 2, 3, 3), np.random.default_rng(2).uniform(-2.0, 2.0, (1, 5, 5, 2))
    x[0, 0, 0, 0] = np.nan
    for mode in ("bilinear", "nearest", "bicubic"):
        functions_agree(lambda t, x, at, m=mode: t.nn.functional.grid_sample(x, at, m, align_corners=False), x, places)


@pytest.mark.filterwarnings("ignore:Since version 1.3.0")
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("align_corners", [False, True])
def test_affine_grid_to_the_bit(align_corners: bool, dtype: str) -> None:
    torch = pytest.importorskip("torch")
    for batch in (1, 2, 5):
        for size in [(4, 4), (1, 5), (7, 3), (8, 8), (9, 9), (28, 28), (33, 17), (3, 4, 5), (8, 8, 8)]:
            n = len(size)
            identity = np.broadcast_to(np.eye(n, n + 1), (batch, n, n + 1))
            for theta in (identity, normal(batch, n, n + 1)):
                mine, theirs = (t.nn.functional.affine_grid(t.tensor(theta.astype(dtype)), (batch, 1, *size), align_corners)
                                for t in (mtorch, torch))
                np.testing.assert_array_equal(mine.numpy(), theirs.numpy(), err_msg=f"{batch}, {size}")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("padding_mode", ["zeros", "border", "reflection"])
@pytest.mark.parametrize("size", [(4, 4), (7, 5), (13, 11), (28, 28), (31, 57), (100, 50), (5, 4, 3)], ids=str)
def test_a_spatial_transformer_begins_at_the_identity(size: tuple[int, ...], padding_mode: str, dtype: str) -> None:
    """Each position is then a pixel, where the slope has a step: the last bit of it decides."""
    torch = pytest.importorskip("torch")
    n, gradients = len(size), []
    image, back = normal(2, 2, *size).astype(dtype), normal(2, 2, *size, seed=1).astype(dtype)
    for t in (mtorch, torch):
        theta = t.tensor(np.broadcast_to(np.eye(n, n + 1, dtype=dtype), (2, n, n + 1)).copy(), requires_grad=True)
        grid = t.nn.functional.affine_grid(theta, image.shape, align_corners=False)
        y = t.nn.functional.grid_sample(t.tensor(image), grid, padding_mode=padding_mode, align_corners=False)
        y.backward(t.tensor(back))
        gradients.append(theta.grad.numpy())
    mine, theirs = gradients
    np.testing.assert_allclose(mine, theirs, rtol=0, atol=(2e-5 if dtype == "float32" else 1e-12) * np.abs(theirs).max())


def test_affine_grid_warns_as_torch_does() -> None:
    theta = mtorch.eye(2, 3).unsqueeze(0)
    with pytest.warns(UserWarning, match="align_corners=False since 1.3.0"):
        F.affine_grid(theta, (1, 1, 2, 2))
    with pytest.warns(UserWarning, match="unit-size grids"):
        F.affine_grid(theta, (1, 1, 1, 2), align_corners=True)


RESIZED = [("linear", (7,)), ("bilinear", (6, 7)), ("bicubic", (6, 7)), ("trilinear", (4, 5, 3)), ("area", (6, 7))]


@pytest.mark.parametrize(("mode", "size"), RESIZED, ids=str)
def test_a_nan_stays_where_it_is_seen(mode: str, size: tuple[int, ...]) -> None:
    x = normal(2, 3, *size)
    x.reshape(-1)[[2, x.size // 2]] = np.nan
    n = len(size)
    for options in ({"scale_factor": 2}, {"scale_factor": 0.5}, {"size": (5,) * n}, {"size": (13, 9, 4)[:n]}):
        functions_agree(lambda t, x, o=options: t.nn.functional.interpolate(x, mode=mode, **o), x)


@pytest.mark.parametrize("align_corners", [False, True])
@pytest.mark.parametrize("mode", ["bilinear", "bicubic"])
def test_antialiased_with_align_corners(mode: str, align_corners: bool) -> None:
    for size in [(9, 11), (3, 2), (5, 4), (1, 1), (5, 9)]:
        functions_agree(lambda t, x, s=size: t.nn.functional.interpolate(x, s, mode=mode, align_corners=align_corners,
                                                                         antialias=True), normal(*IMAGE))


@pytest.mark.parametrize("mode", ["nearest", "nearest-exact", "linear", "bilinear", "trilinear"])
def test_a_scale_that_leaves_the_size_copies(mode: str) -> None:
    for n in {"linear": [1], "bilinear": [2], "trilinear": [3]}.get(mode, [1, 2, 3]):
        for factor in (1.0, 1.1, 1.15, 2.1, (1.1, 2.1, 0.6)[:n]):
            whole = mode != "nearest" or n == 2        # torch's gradient of the others is not that of their values
            functions_agree(lambda t, x, f=factor: t.nn.functional.interpolate(x, scale_factor=f, mode=mode),
                            normal(2, 3, *(5, 6, 4)[:n]), backward=whole)
        x = mtorch.zeros(1, 1, *(5, 6, 4)[:n])
        F.interpolate(x, scale_factor=1.1, mode=mode).add_(1.0)
        assert x.sum() == 0


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


@pytest.mark.parametrize("mode", ["bilinear", "bicubic"])
@pytest.mark.parametrize("options", [{"size": (7, 9)}, {"size": (30, 31)}, {"scale_factor": 2},
                                     {"size": (7, 9), "antialias": True}, {"scale_factor": 0.5, "align_corners": True}], ids=str)
def test_bytes_are_resized_to_the_bit(mode: str, options: dict) -> None:
    torch = pytest.importorskip("torch")
    image = np.random.default_rng(0).integers(0, 256, (2, 3, 13, 17)).astype(np.uint8)
    expected = torch.nn.functional.interpolate(torch.from_numpy(image), mode=mode, **options)
    found = mtorch.nn.functional.interpolate(mtorch.from_numpy(image), mode=mode, **options)
    np.testing.assert_array_equal(found.numpy(), expected.numpy())
