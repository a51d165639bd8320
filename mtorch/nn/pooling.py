"""Pooling layers: one number for each window of a sequence, an image or a volume.

Sources: LeCun, Bottou, Bengio & Haffner, "Gradient-Based Learning Applied to Document Recognition", Proceedings of the
IEEE 1998, for averages; Riesenhuber & Poggio, "Hierarchical Models of Object Recognition in Cortex", Nature
Neuroscience 1999, for maxima.
"""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..tensor import Tensor
from . import functional as F
from .functional.images import Ints, per_axis
from .module import Module


class _MaxPoolNd(Module):
    """Max pooling."""

    _axes = 0

    def __init__(self, kernel_size: Ints, stride: Ints | None = None, padding: Ints = 0, dilation: Ints = 1,
                 return_indices: bool = False, ceil_mode: bool = False) -> None:
        super().__init__()
        self.kernel_size, self.stride = kernel_size, kernel_size if stride is None else stride
        self.padding, self.dilation = padding, dilation
        self.return_indices, self.ceil_mode = return_indices, ceil_mode

    def forward(self, input: Tensor) -> Any:
        pool = (F.max_pool1d, F.max_pool2d, F.max_pool3d)[self._axes - 1]
        return pool(input, self.kernel_size, self.stride, self.padding, self.dilation, self.ceil_mode,
                    self.return_indices)

    def extra_repr(self) -> str:
        """The options."""
        return (f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}, "
                f"dilation={self.dilation}, ceil_mode={self.ceil_mode}")


class MaxPool1d(_MaxPoolNd):
    """The largest element of each window of the sequences.

    kernel_size: length K of a window, > 0
    stride: step of the window, > 0; default kernel_size
    padding: how far windows may begin before the first element, 0 to K / 2
    dilation: distance between the elements of a window, > 0
    return_indices: also return where each of the largest stands, for MaxUnpool1d
    ceil_mode: let windows reach over the far end too

    Shape: (N, C, L) or (C, L) -> (N, C, (L + 2 padding - dilation (K - 1) - 1) / stride + 1), rounded down, or up with
    ceil_mode.
    Raises: RuntimeError for numbers out of range, an input of other dimensions, or one shorter than a window.

    >>> import mtorch
    >>> mtorch.nn.MaxPool1d(2)(mtorch.tensor([[1., 3., 2., 0.]]))
    tensor([[3., 2.]])
    """

    _axes = 1


class MaxPool2d(_MaxPoolNd):
    """The largest element of each window of the images; arguments as for MaxPool1d, sizes as one number or (height,
    width).

    Shape: (N, C, H, W) or (C, H, W) -> (N, C, H', W'), each as MaxPool1d's L.

    >>> import mtorch
    >>> mtorch.nn.MaxPool2d(2)
    MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)
    """

    _axes = 2


class MaxPool3d(_MaxPoolNd):
    """The largest element of each window of the volumes; arguments as for MaxPool1d, sizes as one number or (depth,
    height, width).

    Shape: (N, C, D, H, W) or (C, D, H, W) -> (N, C, D', H', W'), each as MaxPool1d's L.

    >>> import mtorch
    >>> mtorch.nn.MaxPool3d(2)(mtorch.randn(1, 2, 4, 4, 4)).shape
    torch.Size([1, 2, 2, 2, 2])
    """

    _axes = 3


class _MaxUnpoolNd(Module):
    """The partial inverse of max pooling."""

    _axes = 0

    def __init__(self, kernel_size: Ints, stride: Ints | None = None, padding: Ints = 0) -> None:
        super().__init__()
        name, n = type(self).__name__, self._axes
        self.kernel_size = per_axis(kernel_size, n, name, "kernel_size")
        self.stride = per_axis(kernel_size if stride is None else stride, n, name, "stride")
        self.padding = per_axis(padding, n, name, "padding")

    def forward(self, input: Tensor, indices: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        unpool = (F.max_unpool1d, F.max_unpool2d, F.max_unpool3d)[self._axes - 1]
        return unpool(input, indices, self.kernel_size, self.stride, self.padding, output_size)

    def extra_repr(self) -> str:
        """The options."""
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class MaxUnpool1d(_MaxUnpoolNd):
    """Each maximum put back where MaxPool1d(return_indices=True) found it, among zeros.

    kernel_size, stride, padding: those of the MaxPool1d

    The call takes the maxima, the indices, and an output_size, where several sizes pool to the same.

    Shape: (N, C, L) or (C, L), twice -> (N, C, (L - 1) stride - 2 padding + K), or the output_size of the call.
    Raises: RuntimeError for indices of another shape or dtype or out of range, or an input of other dimensions;
    ValueError for an output_size a stride or more away from that.
    Source: Zeiler, Taylor & Fergus, "Adaptive Deconvolutional Networks for Mid and High Level Feature Learning", ICCV
    2011.

    >>> import mtorch
    >>> y, where = mtorch.nn.MaxPool1d(2, return_indices=True)(mtorch.tensor([[1., 3., 2., 0.]]))
    >>> mtorch.nn.MaxUnpool1d(2)(y, where)
    tensor([[0., 3., 2., 0.]])
    """

    _axes = 1


class MaxUnpool2d(_MaxUnpoolNd):
    """Each maximum put back where MaxPool2d(return_indices=True) found it, among zeros; arguments as for MaxUnpool1d.

    Shape: (N, C, H, W) or (C, H, W), twice -> (N, C, H', W'), each as MaxUnpool1d's L.

    >>> import mtorch
    >>> mtorch.nn.MaxUnpool2d(2)
    MaxUnpool2d(kernel_size=(2, 2), stride=(2, 2), padding=(0, 0))
    """

    _axes = 2


class MaxUnpool3d(_MaxUnpoolNd):
    """Each maximum put back where MaxPool3d(return_indices=True) found it, among zeros; arguments as for MaxUnpool1d.

    Shape: (N, C, D, H, W) or (C, D, H, W), twice -> (N, C, D', H', W'), each as MaxUnpool1d's L.

    >>> import mtorch
    >>> mtorch.nn.MaxUnpool3d(2).stride
    (2, 2, 2)
    """

    _axes = 3


class AvgPool1d(Module):
    """The average of each window of the sequences.

    kernel_size: length K of a window, > 0
    stride: step of the window, > 0; default kernel_size
    padding: zeros added at both ends, 0 to K / 2
    ceil_mode: let windows reach over the far end too
    count_include_pad: count those zeros among what is averaged

    Shape: (N, C, L) or (C, L) -> (N, C, (L + 2 padding - K) / stride + 1), rounded down, or up with ceil_mode.
    Raises: RuntimeError for numbers out of range, an input of other dimensions, or one shorter than a window.

    >>> import mtorch
    >>> mtorch.nn.AvgPool1d(2)(mtorch.tensor([[1., 3., 2., 0.]]))
    tensor([[2., 1.]])
    """

    def __init__(self, kernel_size: Ints, stride: Ints | None = None, padding: Ints = 0, ceil_mode: bool = False,
                 count_include_pad: bool = True) -> None:
        super().__init__()
        self.kernel_size = per_axis(kernel_size, 1, "AvgPool1d", "kernel_size")
        self.stride = per_axis(kernel_size if stride is None else stride, 1, "AvgPool1d", "stride")
        self.padding = per_axis(padding, 1, "AvgPool1d", "padding")
        self.ceil_mode, self.count_include_pad = ceil_mode, count_include_pad

    def forward(self, input: Tensor) -> Tensor:
        return F.avg_pool1d(input, self.kernel_size, self.stride, self.padding, self.ceil_mode, self.count_include_pad)

    def extra_repr(self) -> str:
        """The options."""
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class _AvgPoolNd(Module):
    """Average pooling of images and volumes."""

    _axes = 0

    def __init__(self, kernel_size: Ints, stride: Ints | None = None, padding: Ints = 0, ceil_mode: bool = False,
                 count_include_pad: bool = True, divisor_override: int | None = None) -> None:
        super().__init__()
        self.kernel_size, self.stride, self.padding = kernel_size, kernel_size if stride is None else stride, padding
        self.ceil_mode, self.count_include_pad, self.divisor_override = ceil_mode, count_include_pad, divisor_override

    def forward(self, input: Tensor) -> Tensor:
        pool = (F.avg_pool2d, F.avg_pool3d)[self._axes - 2]
        return pool(input, self.kernel_size, self.stride, self.padding, self.ceil_mode, self.count_include_pad,
                    self.divisor_override)

    def extra_repr(self) -> str:
        """The options."""
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class AvgPool2d(_AvgPoolNd):
    """The average of each window of the images; arguments as for AvgPool1d, sizes as one number or (height, width).

    divisor_override: divide the sum of a window by this, not 0, not by how many elements it has

    Shape: (N, C, H, W) or (C, H, W) -> (N, C, H', W'), each as AvgPool1d's L.

    >>> import mtorch
    >>> mtorch.nn.AvgPool2d(2)(mtorch.ones(1, 1, 4, 4)).shape
    torch.Size([1, 1, 2, 2])
    """

    _axes = 2


class AvgPool3d(_AvgPoolNd):
    """The average of each window of the volumes; arguments as for AvgPool2d, sizes as one number or (depth, height,
    width).

    Shape: (N, C, D, H, W) or (C, D, H, W) -> (N, C, D', H', W'), each as AvgPool1d's L.

    >>> import mtorch
    >>> mtorch.nn.AvgPool3d(2)(mtorch.ones(1, 1, 4, 4, 4)).shape
    torch.Size([1, 1, 2, 2, 2])
    """

    _axes = 3


class _LPPoolNd(Module):
    """Power-average pooling."""

    _axes = 0

    def __init__(self, norm_type: float, kernel_size: Ints, stride: Ints | None = None,
                 ceil_mode: bool = False) -> None:
        super().__init__()
        self.norm_type, self.kernel_size, self.stride, self.ceil_mode = norm_type, kernel_size, stride, ceil_mode

    def forward(self, input: Tensor) -> Tensor:
        pool = (F.lp_pool1d, F.lp_pool2d, F.lp_pool3d)[self._axes - 1]
        return pool(input, float(self.norm_type), self.kernel_size, self.stride, self.ceil_mode)

    def extra_repr(self) -> str:
        """The options."""
        return (f"norm_type={self.norm_type}, kernel_size={self.kernel_size}, stride={self.stride}, "
                f"ceil_mode={self.ceil_mode}")


class LPPool1d(_LPPoolNd):
    """(sum of x^p)^(1/p) over each window of the sequences: between the sum, p = 1, and the largest, p = infinity.

    norm_type: p, not 0
    kernel_size: length K of a window, > 0
    stride: step of the window, > 0; default kernel_size
    ceil_mode: let windows reach over the far end too

    Where the sum is negative, which odd p make it, its sign goes before the root.

    Shape: (N, C, L) or (C, L) -> (N, C, (L - K) / stride + 1), rounded down, or up with ceil_mode.
    Raises: RuntimeError for numbers out of range, an input of other dimensions, or one shorter than a window;
    NotImplementedError for integers.
    Source: Sermanet, Chintala & LeCun, "Convolutional Neural Networks Applied to House Numbers Digit Classification",
    ICPR 2012, arXiv:1204.3968.

    >>> import mtorch
    >>> mtorch.nn.LPPool1d(2, 2)(mtorch.tensor([[3., 4.]]))
    tensor([[5.]])
    """

    _axes = 1


class LPPool2d(_LPPoolNd):
    """(sum of x^p)^(1/p) over each window of the images; arguments as for LPPool1d, sizes as one number or (height,
    width).

    Shape: (N, C, H, W) or (C, H, W) -> (N, C, H', W'), each as LPPool1d's L.

    >>> import mtorch
    >>> mtorch.nn.LPPool2d(2, 3)
    LPPool2d(norm_type=2, kernel_size=3, stride=None, ceil_mode=False)
    """

    _axes = 2


class LPPool3d(_LPPoolNd):
    """(sum of x^p)^(1/p) over each window of the volumes; arguments as for LPPool1d, sizes as one number or (depth,
    height, width).

    Shape: (N, C, D, H, W) or (C, D, H, W) -> (N, C, D', H', W'), each as LPPool1d's L.

    >>> import mtorch
    >>> mtorch.nn.LPPool3d(1, 2)(mtorch.ones(1, 2, 2, 2)).item()
    8.0
    """

    _axes = 3
