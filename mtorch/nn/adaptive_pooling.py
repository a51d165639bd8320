"""Layers that pool to a size that is given.

Source: He, Zhang, Ren & Sun, "Spatial Pyramid Pooling in Deep Convolutional Networks for Visual Recognition", ECCV
2014, arXiv:1406.4729.
"""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..tensor import Tensor
from . import functional as F
from .functional.adaptive_pooling import Sizes
from .functional.images import Ints, per_axis
from .module import Module


class _AdaptiveAvgPoolNd(Module):
    """Adaptive average pooling."""

    _axes = 0

    def __init__(self, output_size: Sizes) -> None:
        super().__init__()
        self.output_size = output_size

    def forward(self, input: Tensor) -> Tensor:
        pool: Any = (F.adaptive_avg_pool1d, F.adaptive_avg_pool2d, F.adaptive_avg_pool3d)[self._axes - 1]
        return pool(input, self.output_size)

    def extra_repr(self) -> str:
        """The options."""
        return f"output_size={self.output_size}"


class AdaptiveAvgPool1d(_AdaptiveAvgPoolNd):
    """The averages of output_size windows as equal as they can be: window i is from i L / output_size, rounded down, to
    (i + 1) L / output_size, rounded up.

    output_size: how many windows, >= 0; None for as many as elements

    Shape: (N, C, L) or (C, L) -> (N, C, output_size).
    Raises: RuntimeError for an output_size out of range, or an input of other dimensions; NotImplementedError for
    integers.

    >>> import mtorch
    >>> mtorch.nn.AdaptiveAvgPool1d(2)(mtorch.tensor([[1., 3., 2., 0.]]))
    tensor([[2., 1.]])
    """

    _axes = 1


class AdaptiveAvgPool2d(_AdaptiveAvgPoolNd):
    """The averages of a grid of windows as equal as they can be.

    output_size: how many windows, one number or (height, width), each as for AdaptiveAvgPool1d

    Shape: (N, C, H, W) or (C, H, W) -> (N, C, *output_size).

    >>> import mtorch
    >>> mtorch.nn.AdaptiveAvgPool2d((1, None))(mtorch.ones(2, 3, 5, 7)).shape
    torch.Size([2, 3, 1, 7])
    """

    _axes = 2


class AdaptiveAvgPool3d(_AdaptiveAvgPoolNd):
    """The averages of a grid of windows as equal as they can be.

    output_size: how many windows, one number or (depth, height, width), each as for AdaptiveAvgPool1d

    Shape: (N, C, D, H, W) or (C, D, H, W) -> (N, C, *output_size).

    >>> import mtorch
    >>> mtorch.nn.AdaptiveAvgPool3d(1)(mtorch.ones(2, 3, 4, 5, 6)).shape
    torch.Size([2, 3, 1, 1, 1])
    """

    _axes = 3


class _AdaptiveMaxPoolNd(Module):
    """Adaptive max pooling."""

    _axes = 0

    def __init__(self, output_size: Sizes, return_indices: bool = False) -> None:
        super().__init__()
        self.output_size, self.return_indices = output_size, return_indices

    def forward(self, input: Tensor) -> Any:
        pool: Any = (F.adaptive_max_pool1d, F.adaptive_max_pool2d, F.adaptive_max_pool3d)[self._axes - 1]
        return pool(input, self.output_size, self.return_indices)

    def extra_repr(self) -> str:
        """The options."""
        return f"output_size={self.output_size}"


class AdaptiveMaxPool1d(_AdaptiveMaxPoolNd):
    """The largest in output_size windows as equal as they can be, the same as AdaptiveAvgPool1d's.

    output_size: how many windows, >= 0; None for as many as elements
    return_indices: also return where each of the largest stands

    Shape: (N, C, L) or (C, L) -> (N, C, output_size).
    Raises: RuntimeError for an output_size out of range, or an input of other dimensions.

    >>> import mtorch
    >>> mtorch.nn.AdaptiveMaxPool1d(2)(mtorch.tensor([[1., 3., 2., 0.]]))
    tensor([[3., 2.]])
    """

    _axes = 1


class AdaptiveMaxPool2d(_AdaptiveMaxPoolNd):
    """The largest in a grid of windows as equal as they can be.

    output_size: how many windows, one number or (height, width), each as for AdaptiveMaxPool1d
    return_indices: also return where each of the largest stands, for MaxUnpool2d

    Shape: (N, C, H, W) or (C, H, W) -> (N, C, *output_size).

    >>> import mtorch
    >>> mtorch.nn.AdaptiveMaxPool2d((5, 7))
    AdaptiveMaxPool2d(output_size=(5, 7))
    """

    _axes = 2


class AdaptiveMaxPool3d(_AdaptiveMaxPoolNd):
    """The largest in a grid of windows as equal as they can be.

    output_size: how many windows, one number or (depth, height, width), each as for AdaptiveMaxPool1d
    return_indices: also return where each of the largest stands, for MaxUnpool3d

    Shape: (N, C, D, H, W) or (C, D, H, W) -> (N, C, *output_size).

    >>> import mtorch
    >>> mtorch.nn.AdaptiveMaxPool3d(1)(mtorch.ones(2, 3, 4, 5, 6)).shape
    torch.Size([2, 3, 1, 1, 1])
    """

    _axes = 3


class _FractionalMaxPoolNd(Module):
    """Fractional max pooling."""

    _axes = 0

    def __init__(self, kernel_size: Ints, output_size: Ints | None = None,
                 output_ratio: float | Sequence[float] | None = None,
                 return_indices: bool = False, _random_samples: Tensor | None = None) -> None:
        super().__init__()
        name, n = type(self).__name__, self._axes
        if (output_size is None) == (output_ratio is None):
            raise ValueError(f"{name} requires specifying either an output size, or a pooling ratio, and not both")
        self.kernel_size = per_axis(kernel_size, n, name, "kernel_size")
        self.output_size = None if output_size is None else per_axis(output_size, n, name, "output_size")
        self.output_ratio = None
        if output_ratio is not None:
            self.output_ratio = tuple(output_ratio) if isinstance(output_ratio, Sequence) else (output_ratio,) * n
            if not all(0 < ratio < 1 for ratio in self.output_ratio):
                raise ValueError(f"{name}: output_ratio must be between 0 and 1 (got {output_ratio})")
        self.return_indices = return_indices
        self.register_buffer("_random_samples", _random_samples)

    def forward(self, input: Tensor) -> Any:
        pool = (F.fractional_max_pool2d, F.fractional_max_pool3d)[self._axes - 2]
        return pool(input, self.kernel_size, self.output_size, self.output_ratio, self.return_indices,
                    self._random_samples)


class FractionalMaxPool2d(_FractionalMaxPoolNd):
    """Max pooling to any size, with windows at random distances, drawn anew for each call.

    kernel_size: size of a window, > 0, one number or (height, width)
    output_size: how many windows, one number or (height, width)
    output_ratio: how many windows as a share of the input's size, in (0, 1); either this or output_size
    return_indices: also return where each of the largest stands

    Shape: (N, C, H, W) or (C, H, W) -> (N, C, *output_size).
    Raises: ValueError for both or none of output_size and output_ratio, or a ratio outside (0, 1); RuntimeError for an
    input of other dimensions, or one that the windows do not fit into.
    Source: Graham, "Fractional Max-Pooling", 2014, arXiv:1412.6071.

    >>> import mtorch
    >>> mtorch.nn.FractionalMaxPool2d(2, output_ratio=0.7)(mtorch.randn(1, 3, 10, 10)).shape
    torch.Size([1, 3, 7, 7])
    """

    _axes = 2


class FractionalMaxPool3d(_FractionalMaxPoolNd):
    """Fractional max pooling of volumes; arguments as for FractionalMaxPool2d, sizes as one number or (depth, height,
    width).

    Shape: (N, C, D, H, W) or (C, D, H, W) -> (N, C, *output_size).

    >>> import mtorch
    >>> mtorch.nn.FractionalMaxPool3d(2, output_size=3)(mtorch.randn(1, 3, 8, 8, 8)).shape
    torch.Size([1, 3, 3, 3, 3])
    """

    _axes = 3
