"""Images looked at elsewhere: sampled along a grid, unfolded into patches, channels shuffled into pixels."""
from __future__ import annotations

import warnings
from collections.abc import Sequence
from itertools import product
from math import prod
from typing import Any

import numpy as np

from ...autograd.naming import shown_as
from ...tensor import Tensor
from ...autograd.tape import wrap
from ...functions.arguments import require_tensor
from ...functions.creation import linspace
from ...ops import unfolding as rules
from ...ops.activation import hardtanh
from ...ops.arithmetic import masked_fill
from ...ops.elementwise import flat, in_order
from ...ops.indexing import take
from ...ops.layout import Taps
from ...ops.shape import permute, reshape
from ...random.fused import fma32, fma64
from .images import Ints, as_batch, as_given, per_axis, positive

__all__ = ["affine_grid", "channel_shuffle", "fold", "grid_sample", "pixel_shuffle", "pixel_unshuffle", "unfold"]


def unfold(input: Tensor, kernel_size: Ints, dilation: Ints = 1, padding: Ints = 0, stride: Ints = 1) -> Tensor:
    """Lay out the patches of images as columns.

    kernel_size, dilation, padding, stride: of the patches, ints or pairs (height, width), as a convolution's: their size,
        the distance between their elements, the zeros around the image, and the step from one patch to the next

    Shape: (N, C, H, W) or (C, H, W) -> (N, C * kernel elements, places)

    Raises:
        RuntimeError: an input of other dimensions, a patch that does not fit, a size or step that is not above 0

    Source: Chellapilla, Puri & Simard, "High Performance Convolutional Neural Networks for Document Processing", 2006.

    >>> import mtorch
    >>> mtorch.nn.functional.unfold(mtorch.arange(4.).reshape(1, 1, 2, 2), (1, 2))
    tensor([[[0., 2.],
             [1., 3.]]])
    """
    require_tensor(input, "unfold")
    if input.array.ndim not in (3, 4) or prod(input.array.shape[-3:]) == 0:
        raise RuntimeError("Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero "
                           f"dimensions for input, but got: {list(input.array.shape)}")
    taps, padding = _taps("unfold", kernel_size, stride, dilation, padding)
    x, batched = as_batch(input, 2)
    if min(taps.outputs(tuple(s + 2 * p for s, p in zip(x.array.shape[2:], padding)))) < 1:
        raise RuntimeError(f"unfold: given input with spatial size {x.array.shape[2:]}, kernel_size={taps.kernel}, "
                           f"dilation={taps.dilation}, padding={padding}, no patch fits")
    return as_given(rules.unfold(x, taps=taps, padding=padding), batched)


def fold(input: Tensor, output_size: Ints, kernel_size: Ints, dilation: Ints = 1, padding: Ints = 0,
         stride: Ints = 1) -> Tensor:
    """Add columns, the patches of images, back into images of output_size.

    output_size: height and width
    kernel_size, dilation, padding, stride: as for unfold

    Shape: (N, C * kernel elements, places) or without N -> (N, C, *output_size)

    Raises:
        RuntimeError: columns that are not the patches of such an image

    >>> import mtorch
    >>> mtorch.nn.functional.fold(mtorch.ones(1, 2, 2), (1, 3), (1, 2))
    tensor([[[[1., 2., 1.]]]])
    """
    require_tensor(input, "fold")
    if input.array.ndim not in (2, 3) or prod(input.array.shape[-2:]) == 0:
        raise RuntimeError("Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and non-zero "
                           f"dimensions for input, but got: {list(input.array.shape)}")
    taps, padding = _taps("fold", kernel_size, stride, dilation, padding)
    size = positive(per_axis(output_size, 2, "fold", "output_size"), "fold", "output_size")
    x, batched = as_batch(input, 1)
    rows, columns = x.array.shape[1:]
    if rows % prod(taps.kernel):
        raise RuntimeError("Expected size of input's dimension 1 to be divisible by the product of kernel_size, but "
                           f"got input.size(1)={rows} and kernel_size={taps.kernel}.")
    places = taps.outputs(tuple(s + 2 * p for s, p in zip(size, padding)))
    if prod(places) != columns or not columns:
        raise RuntimeError(f"Given output_size={size}, kernel_size={taps.kernel}, dilation={taps.dilation}, "
                           f"padding={padding}, stride={taps.stride}, expected size of input's dimension 2 to match "
                           f"the calculated number of sliding blocks {places[0]} * {places[1]} = {prod(places)}, but "
                           f"got input.size(2)={columns}.")
    return as_given(rules.fold(x, taps=taps, padding=padding, size=size), batched)


def _taps(function: str, kernel_size: Ints, stride: Ints, dilation: Ints, padding: Ints) -> tuple[Taps, tuple[int, ...]]:
    padding = per_axis(padding, 2, function, "padding")
    if min(padding) < 0:
        raise RuntimeError(f"{function}: padding should be non-negative, but got {padding}")
    return Taps(positive(per_axis(kernel_size, 2, function, "kernel_size"), function, "kernel size"),
                positive(per_axis(stride, 2, function, "stride"), function, "stride"),
                positive(per_axis(dilation, 2, function, "dilation"), function, "dilation")), padding


@shown_as("PixelShuffleBackward0")
def pixel_shuffle(input: Tensor, upscale_factor: int) -> Tensor:
    """Turn groups of r^2 channels into images r times as wide and high, r = upscale_factor > 0.

    Shape: (..., C * r^2, H, W) -> (..., C, H * r, W * r)

    Raises:
        RuntimeError: channels that r^2 does not divide, fewer than 3 dimensions

    Source: Shi et al., "Real-Time Single Image and Video Super-Resolution Using an Efficient Sub-Pixel Convolutional Neural
        Network", 2016, arXiv:1609.05158.

    >>> import mtorch
    >>> mtorch.nn.functional.pixel_shuffle(mtorch.arange(4.).reshape(4, 1, 1), 2)
    tensor([[[0., 1.],
             [2., 3.]]])
    """
    *lead, C, H, W = _image("pixel_shuffle", input)
    r = upscale_factor
    if r <= 0 or C % (r * r):
        raise RuntimeError(f"pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of "
                           f"upscale_factor, but input.size(-3)={C} is not divisible by {r * r}")
    n = len(lead)
    x = reshape(input, shape=(*lead, C // (r * r), r, r, H, W))
    x = permute(x, dims=(*range(n), n, n + 3, n + 1, n + 4, n + 2))
    return _made(x, (*lead, C // (r * r), H * r, W * r))


@shown_as("PixelUnshuffleBackward0")
def pixel_unshuffle(input: Tensor, downscale_factor: int) -> Tensor:
    """Turn blocks of r x r pixels into channels, r = downscale_factor > 0: the inverse of pixel_shuffle.

    Shape: (..., C, H * r, W * r) -> (..., C * r^2, H, W)

    Raises:
        RuntimeError: a height or width that r does not divide, fewer than 3 dimensions

    Source: as for pixel_shuffle.

    >>> import mtorch
    >>> mtorch.nn.functional.pixel_unshuffle(mtorch.arange(4.).reshape(1, 2, 2), 2).flatten()
    tensor([0., 1., 2., 3.])
    """
    *lead, C, H, W = _image("pixel_unshuffle", input)
    r = downscale_factor
    if r <= 0 or H % r or W % r:
        raise RuntimeError("pixel_unshuffle expects height and width to be divisible by downscale_factor, but got "
                           f"{H} x {W} and {r}")
    n = len(lead)
    x = reshape(input, shape=(*lead, C, H // r, r, W // r, r))
    x = permute(x, dims=(*range(n), n, n + 2, n + 4, n + 1, n + 3))
    return _made(x, (*lead, C * r * r, H // r, W // r))


def _made(x: Tensor, shape: tuple[int, ...]) -> Tensor:
    """x in this shape, in memory of its own even where nothing had to be moved."""
    y = reshape(x, shape=shape)
    return y if y._alias is None else y.clone()


def _image(function: str, input: Tensor) -> tuple[int, ...]:
    shape = require_tensor(input, function).array.shape
    if len(shape) < 3:
        raise RuntimeError(f"{function} expects input to have at least 3 dimensions, but got input with {len(shape)}")
    return shape


@shown_as("ChannelShuffleBackward0")
def channel_shuffle(input: Tensor, groups: int) -> Tensor:
    """Deal the channels out anew: channel j of group i becomes channel i of group j.

    groups: how many groups the channels are cut into, > 0

    Shape: (N, C, ...) -> the same

    Raises:
        RuntimeError: channels that cannot be cut into `groups`, fewer than 3 dimensions

    Source: Zhang, Zhou, Lin & Sun, "ShuffleNet", 2017, arXiv:1707.01083.

    >>> import mtorch
    >>> mtorch.nn.functional.channel_shuffle(mtorch.arange(4.).reshape(1, 4, 1), 2).flatten()
    tensor([0., 2., 1., 3.])
    """
    shape = require_tensor(input, "channel_shuffle").array.shape
    if len(shape) < 3:
        raise RuntimeError(f"channel_shuffle expects input with > 2 dims, but got input with sizes {list(shape)}")
    if groups <= 0 or shape[1] % groups:
        raise RuntimeError(f"channel_shuffle: number of channels must be divisible by groups. Got {shape[1]} channels "
                           f"and {groups} groups.")
    x = reshape(input, shape=(shape[0], groups, shape[1] // groups, *shape[2:]))
    return _made(permute(x, dims=(0, 2, 1, *range(3, len(shape) + 1))), shape)


def affine_grid(theta: Tensor, size: Sequence[int], align_corners: bool | None = None) -> Tensor:
    """Where an affine map takes each pixel of an image of this size, in coordinates from -1 to 1, for grid_sample.

    Shape: theta (N, 2, 3), size (N, C, H, W) -> (N, H, W, 2); theta (N, 3, 4), size (N, C, D, H, W) -> (N, D, H, W, 3)

    Args:
        theta: the map of each image: [matrix | shift]
        size: of the image to make
        align_corners: -1 and 1 are the centres of the corner pixels, not their outer edges; False, with a warning, if None

    Raises:
        ValueError: a theta of another shape or not floating point, a size with a 0
        NotImplementedError: a size of other than 4 or 5 numbers

    Source: Jaderberg, Simonyan, Zisserman & Kavukcuoglu, "Spatial Transformer Networks", 2015, arXiv:1506.02025.

    >>> import mtorch
    >>> mtorch.nn.functional.affine_grid(mtorch.tensor([[[1., 0., 0.], [0., 1., 0.]]]), (1, 1, 1, 2), align_corners=False)
    tensor([[[[-0.5000,  0.0000],
              [ 0.5000,  0.0000]]]])
    """
    require_tensor(theta, "affine_grid", "theta")
    if theta.array.dtype.kind != "f":
        raise ValueError(f"Expected theta to have floating point type, but got {theta.dtype}")
    N, _, *sizes = size = tuple(int(s) for s in size)
    n = len(sizes)
    if n not in (2, 3):
        raise NotImplementedError(f"affine_grid: expected a size (N, C, H, W) or (N, C, D, H, W), got {size}")
    if min(size) <= 0:
        raise ValueError(f"affine_grid: expected a size without zeros, got {size}")
    if theta.array.shape != (N, n, n + 1):
        raise ValueError(f"Expected a batch of affine matrices of shape {(N, n, n + 1)} for size {size}. "
                         f"Got {tuple(theta.array.shape)}.")
    if align_corners is None:
        _warn_of_default(stacklevel=3)
    if align_corners and min(sizes) == 1:
        warnings.warn("Since version 1.3.0, affine_grid behavior has changed for unit-size grids when align_corners=True. "
                      "This is not an intended use case of affine_grid.", stacklevel=2)
    # x before y before z
    points = np.broadcast_arrays(*np.ix_(*(_centres(s, align_corners, theta.dtype) for s in sizes)))[::-1]
    base = np.stack([*points, np.ones_like(points[0])], axis=-1).reshape(1, -1, n + 1)
    return reshape(_mapped(base, theta), shape=(N, *sizes, n))


def _warn_of_default(stacklevel: int) -> None:
    warnings.warn("Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. Please "
                  "specify align_corners=True if the old behavior is desired.", stacklevel=stacklevel)


def _centres(size: int, align_corners: bool | None, dtype: Any) -> np.ndarray:
    """Where the pixels of an axis lie between -1 and 1, rounded as torch rounds."""
    if size == 1:
        return np.zeros(1, dtype.numpy)
    at = linspace(-1, 1, size, dtype=dtype).array
    return at if align_corners else at * (size - 1) / size


def _mapped(points: np.ndarray, theta: Tensor) -> Tensor:
    """theta applied to each point.  torch adds few products one by one, many in a matrix product, which rounds otherwise."""
    if points.size * theta.array.shape[1] >= 400:
        return wrap(points) @ permute(theta, dims=(0, 2, 1))
    first, *others = [wrap(points[..., k, None]) * column for k, column in enumerate(theta.unsqueeze(1).unbind(3))]
    return sum(others, first)


@shown_as(lambda y, *_, **__: f"GridSampler{y.ndim - 2}DBackward0")
def grid_sample(input: Tensor, grid: Tensor, mode: str = "bilinear", padding_mode: str = "zeros",
                align_corners: bool | None = None) -> Tensor:
    """Look at images in the places that a grid gives.

    Shape: input (N, C, H, W), grid (N, H', W', 2) -> (N, C, H', W'); input (N, C, D, H, W), grid (N, D', H', W', 3)

    Args:
        grid: places (x, y) or (x, y, z), from -1 to 1
        mode: 'bilinear', 'nearest' or 'bicubic' (images only)
        padding_mode: what lies outside: 'zeros', 'border' (the nearest pixel) or 'reflection'
        align_corners: -1 and 1 are the centres of the corner pixels, not their outer edges; False, with a warning, if None

    Raises:
        ValueError: an unknown mode or padding_mode
        RuntimeError: shapes or types that do not fit
        NotImplementedError: integers

    Source: Jaderberg, Simonyan, Zisserman & Kavukcuoglu, "Spatial Transformer Networks", 2015, arXiv:1506.02025.

    >>> import mtorch
    >>> image, places = mtorch.tensor([[[[1., 3.]]]]), mtorch.tensor([[[[0., 0.], [-0.5, 0.]]]])
    >>> mtorch.nn.functional.grid_sample(image, places, align_corners=False)
    tensor([[[[2., 1.]]]])
    """
    if mode not in ("bilinear", "nearest", "bicubic"):
        raise ValueError(f"grid_sample(): expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: '{mode}'")
    if padding_mode not in ("zeros", "border", "reflection"):
        raise ValueError(f"grid_sample(): expected padding_mode to be 'zeros', 'border', or 'reflection', but got: "
                         f"'{padding_mode}'")
    if align_corners is None:
        _warn_of_default(stacklevel=4)                 # beyond the decorator
    shape = require_tensor(input, "grid_sample").array.shape
    places = require_tensor(grid, "grid_sample", "grid").array.shape
    n = len(shape) - 2
    if n not in (2, 3) or len(places) != len(shape) or places[0] != shape[0] or places[-1] != n or prod(shape[1:]) == 0:
        raise RuntimeError("grid_sample(): expected an input (N, C, H, W) with a grid (N, H', W', 2), or (N, C, D, "
                           f"H, W) with (N, D', H', W', 3), got sizes {list(shape)} and {list(places)}")
    if mode == "bicubic" and n == 3:
        raise RuntimeError("grid_sample(): bicubic interpolation only supports 4D input")
    if input.dtype is not grid.dtype:
        raise RuntimeError(f"grid_sample(): expected input and grid to have same dtype, but input has {input.dtype} "
                           f"and grid has {grid.dtype}")
    if input.array.dtype.kind != "f":
        raise NotImplementedError(f"grid_sample(): expected floating point tensors, got {input.dtype}")
    return _sampled(input, grid, mode, padding_mode, bool(align_corners))


def _sampled(input, grid, mode, padding_mode, align_corners):
    N, C, *size = input.array.shape
    n, out = len(size), grid.array.shape[1:-1]
    inside = lambda at, s: at if padding_mode == "zeros" else _brought_inside(at, s, padding_mode, align_corners)
    positions = []                                     # in pixels, for each axis of the image
    for i, s in enumerate(size):
        at = _in_pixels(grid[..., n - 1 - i], s, align_corners)
        positions.append(at if mode == "bicubic" else inside(at, s))
    taps = [_taps_at(at, mode) for at in positions]
    pixels = reshape(permute(input, dims=(0, *range(2, n + 2), 1)), shape=(N * prod(size), C))
    image = np.arange(N).reshape(N, *(1 for _ in out))
    y = None
    for corner in product(*taps):
        row, weight, seen = image, None, np.ones((N, *out), bool)
        for (at, share), s in zip(corner, size):
            k = (inside(at, s) if mode == "bicubic" else at).array
            seen = seen & (k >= 0) & (k <= s - 1)
            row = row * s + np.clip(np.nan_to_num(k), 0, s - 1).astype(np.int64)
            weight = share if weight is None else weight * share
        values = take(pixels, key=(np.broadcast_to(row, (N, *out)).reshape(-1),)).reshape(N, *out, C)
        if not seen.all():                             # what lies outside is 0, even beside inf and nan
            values = masked_fill(values, 0.0, mask=~seen[..., None])
        values = values * weight.reshape(N, *out, 1)
        y = values if y is None else y + values
    return in_order(permute(y, dims=(0, n + 1, *range(1, n + 1))))


def _in_pixels(at: Tensor, size: int, align_corners: bool) -> Tensor:
    """Positions from -1 to 1 counted in pixels.

    Rounded as in torch: slopes have a step at each pixel, where the last bit decides.  Its loop over images multiplies
    and adds in one instruction.
    """
    if align_corners:
        return (at + 1.0) * (0.5 * (size - 1))
    if at.array.ndim > 3:
        return ((at + 1.0) * size - 1.0) * 0.5
    start = at + 1.0
    rounded_twice = start * (0.5 * size) - 0.5
    fma = fma64 if at.array.dtype == np.float64 else fma32
    once = fma(start.array.astype(np.float64).reshape(-1), 0.5 * size, -0.5).reshape(at.array.shape)
    change = np.zeros_like(at.array)
    np.subtract(once, rounded_twice.array, out=change, where=once != rounded_twice.array, casting="same_kind")
    return rounded_twice + wrap(change)


def _taps_at(at, mode):
    """[(which pixel, its weight)] around each position."""
    if mode == "nearest":                              # flat in the position: its gradient is zero, and exists
        return [(wrap(np.rint(at.array)), flat(at, function=np.ones_like))]
    first = np.floor(at.array)
    t = at - wrap(first)
    if mode == "bilinear":
        return [(wrap(first), 1.0 - t), (wrap(first + 1), t)]
    a = -0.75                                          # of the cubic convolution kernel (R. Keys, 1981)
    far = lambda d: ((a * d - 5 * a) * d + 8 * a) * d - 4 * a
    near = lambda d: ((a + 2) * d - (a + 3)) * d * d + 1.0
    return [(wrap(first - 1), far(t + 1.0)), (wrap(first), near(t)),
            (wrap(first + 1), near(1.0 - t)), (wrap(first + 2), far(2.0 - t))]


def _brought_inside(at, size: int, padding_mode: str, align_corners: bool):
    """Positions off the image moved to its border, or reflected there."""
    if padding_mode == "reflection":
        low, span = (0.0, size - 1.0) if align_corners else (-0.5, float(size))
        if span == 0:
            at = at * 0.0
        else:
            from_low = (at - low).abs()
            turns = np.floor(from_low.array / span)
            rest = from_low - wrap((turns * span).astype(at.array.dtype))
            odd = wrap((turns % 2).astype(at.array.dtype))
            at = rest * (1.0 - 2.0 * odd) + odd * span + low
    return hardtanh(at, low=0.0, high=size - 1.0)      # whose slope at the border itself is 0, as torch's is there
