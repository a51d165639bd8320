"""Layers that pool to a size that is given."""
from __future__ import annotations

from typing import Any

from ..tensor import Tensor
from . import functional as F
from .functional.images import per_axis
from .module import Module


class _AdaptiveAvgPoolNd(Module):
    """Adaptive average pooling."""

    _axes = 0

    def __init__(self, output_size: Any) -> None:
        super().__init__()
        self.output_size = output_size

    def forward(self, input: Tensor) -> Tensor:
        pool = (F.adaptive_avg_pool1d, F.adaptive_avg_pool2d, F.adaptive_avg_pool3d)[self._axes - 1]
        return pool(input, self.output_size)

    def extra_repr(self) -> str:
        """The options."""
        return f"output_size={self.output_size}"


class AdaptiveAvgPool1d(_AdaptiveAvgPoolNd):
    """The averages of output_size windows as equal as they can be.

    Shape: (N, C, L) or (C, L) -> (N, C, output_size)

    >>> import mtorch
    >>> mtorch.nn.AdaptiveAvgPool1d(2)(mtorch.tensor([[1., 3., 2., 0.]]))
    tensor([[2., 1.]])
    """

    _axes = 1


class AdaptiveAvgPool2d(_AdaptiveAvgPoolNd):
    """The averages of a grid of windows as equal as they can be; None leaves an axis as it is.

    Shape: (N, C, H, W) or (C, H, W) -> (N, C, *output_size)

    >>> import mtorch
    >>> mtorch.nn.AdaptiveAvgPool2d((1, None))(mtorch.ones(2, 3, 5, 7)).shape
    torch.Size([2, 3, 1, 7])
    """

    _axes = 2


class AdaptiveAvgPool3d(_AdaptiveAvgPoolNd):
    """The averages of a grid of windows as equal as they can be; None leaves an axis as it is.

    Shape: (N, C, D, H, W) or (C, D, H, W) -> (N, C, *output_size)

    >>> import mtorch
    >>> mtorch.nn.AdaptiveAvgPool3d(1)(mtorch.ones(2, 3, 4, 5, 6)).shape
    torch.Size([2, 3, 1, 1, 1])
    """

    _axes = 3


class _AdaptiveMaxPoolNd(Module):
    """Adaptive max pooling."""

    _axes = 0

    def __init__(self, output_size: Any, return_indices: bool = False) -> None:
        super().__init__()
        self.output_size, self.return_indices = output_size, return_indices

    def forward(self, input: Tensor) -> Any:
        pool = (F.adaptive_max_pool1d, F.adaptive_max_pool2d, F.adaptive_max_pool3d)[self._axes - 1]
        return pool(input, self.output_size, self.return_indices)

    def extra_repr(self) -> str:
        """The options."""
        return f"output_size={self.output_size}"


class AdaptiveMaxPool1d(_AdaptiveMaxPoolNd):
    """The largest in output_size windows as equal as they can be; with return_indices also where each stands.

    Shape: (N, C, L) or (C, L) -> (N, C, output_size)

    >>> import mtorch
    >>> mtorch.nn.AdaptiveMaxPool1d(2)(mtorch.tensor([[1., 3., 2., 0.]]))
    tensor([[3., 2.]])
    """

    _axes = 1


class AdaptiveMaxPool2d(_AdaptiveMaxPoolNd):
    """The largest in a grid of windows as equal as they can be; None leaves an axis as it is.

    Shape: (N, C, H, W) or (C, H, W) -> (N, C, *output_size)

    >>> import mtorch
    >>> mtorch.nn.AdaptiveMaxPool2d((5, 7))
    AdaptiveMaxPool2d(output_size=(5, 7))
    """

    _axes = 2


class AdaptiveMaxPool3d(_AdaptiveMaxPoolNd):
    """The largest in a grid of windows as equal as they can be; None leaves an axis as it is.

    Shape: (N, C, D, H, W) or (C, D, H, W) -> (N, C, *output_size)

    >>> import mtorch
    >>> mtorch.nn.AdaptiveMaxPool3d(1)(mtorch.ones(2, 3, 4, 5, 6)).shape
    torch.Size([2, 3, 1, 1, 1])
    """

    _axes = 3


class _FractionalMaxPoolNd(Module):
    """Fractional max pooling."""

    _axes = 0

    def __init__(self, kernel_size: Any, output_size: Any = None, output_ratio: Any = None,
                 return_indices: bool = False, _random_samples: Tensor | None = None) -> None:
        super().__init__()
        name, n = type(self).__name__, self._axes
        if (output_size is None) == (output_ratio is None):
            raise ValueError(f"{name} requires specifying either an output size, or a pooling ratio, and not both")
        self.kernel_size = per_axis(kernel_size, n, name, "kernel_size")
        self.output_size = None if output_size is None else per_axis(output_size, n, name, "output_size")
        self.output_ratio = None
        if output_ratio is not None:
            self.output_ratio = tuple(output_ratio) if isinstance(output_ratio, (tuple, list)) else (output_ratio,) * n
            if not all(0 < ratio < 1 for ratio in self.output_ratio):
                raise ValueError(f"{name}: output_ratio must be between 0 and 1 (got {output_ratio})")
        self.return_indices = return_indices
        self.register_buffer("_random_samples", _random_samples)

    def forward(self, input: Tensor) -> Any:
        pool = (F.fractional_max_pool2d, F.fractional_max_pool3d)[self._axes - 2]
        return pool(input, self.kernel_size, self.output_size, self.output_ratio, self.return_indices,
                    self._random_samples)


class FractionalMaxPool2d(_FractionalMaxPoolNd):
    """Max pooling to output_size, or output_ratio times the input's, with windows at random distances (B. Graham, 2014).

    Shape: (N, C, H, W) or (C, H, W) -> (N, C, *output_size)

    >>> import mtorch
    >>> mtorch.nn.FractionalMaxPool2d(2, output_ratio=0.7)(mtorch.randn(1, 3, 10, 10)).shape
    torch.Size([1, 3, 7, 7])
    """

    _axes = 2


class FractionalMaxPool3d(_FractionalMaxPoolNd):
    """Fractional max pooling of volumes; arguments as for FractionalMaxPool2d.

    Shape: (N, C, D, H, W) or (C, D, H, W) -> (N, C, *output_size)

    >>> import mtorch
    >>> mtorch.nn.FractionalMaxPool3d(2, output_size=3)(mtorch.randn(1, 3, 8, 8, 8)).shape
    torch.Size([1, 3, 3, 3, 3])
    """

    _axes = 3
