"""Layers that lay the patches of images out as columns, and add columns back into images.

Source: Chellapilla, Puri & Simard, "High Performance Convolutional Neural Networks for Document Processing", 2006.
"""
from __future__ import annotations

from ..tensor import Tensor
from . import functional as F
from .functional.images import Ints
from .module import Module


class Unfold(Module):
    """The patches of images as columns: a product with them is a convolution.

    kernel_size: size of a patch, > 0, one number or (height, width), as all of these
    dilation: distance between the elements of a patch, > 0
    padding: zeros added at all ends, >= 0
    stride: step from patch to patch, > 0

    Shape: (N, C, H, W) -> (N, C k, L), k elements in a patch, L patches; or without N.
    L is the product, over H and W, of (H + 2 padding - dilation (kernel_size - 1) - 1) / stride + 1, rounded down.
    Raises: RuntimeError for an input of other dimensions, numbers out of range, or where no patch fits.

    >>> import mtorch
    >>> mtorch.nn.Unfold(kernel_size=(2, 3))(mtorch.randn(2, 5, 3, 4)).shape
    torch.Size([2, 30, 4])
    """

    def __init__(self, kernel_size: Ints, dilation: Ints = 1, padding: Ints = 0, stride: Ints = 1) -> None:
        super().__init__()
        self.kernel_size, self.dilation, self.padding, self.stride = kernel_size, dilation, padding, stride

    def forward(self, input: Tensor) -> Tensor:
        return F.unfold(input, self.kernel_size, self.dilation, self.padding, self.stride)

    def extra_repr(self) -> str:
        """The options."""
        return f"kernel_size={self.kernel_size}, dilation={self.dilation}, padding={self.padding}, stride={self.stride}"


class Fold(Module):
    """Columns, the patches of images, added up into images of output_size: what Unfold does to gradients, as a layer.

    output_size: H and W, one number or (height, width)
    kernel_size, dilation, padding, stride: as for Unfold

    Shape: (N, C k, L) -> (N, C, H, W), k elements in a patch, L patches; or without N.
    Raises: RuntimeError for an input of other dimensions, numbers out of range, or where k or L does not fit.

    >>> import mtorch
    >>> mtorch.nn.Fold(output_size=(4, 5), kernel_size=(2, 2))(mtorch.randn(1, 12, 12)).shape
    torch.Size([1, 3, 4, 5])
    """

    def __init__(self, output_size: Ints, kernel_size: Ints, dilation: Ints = 1, padding: Ints = 0,
                 stride: Ints = 1) -> None:
        super().__init__()
        self.output_size = output_size
        self.kernel_size, self.dilation, self.padding, self.stride = kernel_size, dilation, padding, stride

    def forward(self, input: Tensor) -> Tensor:
        return F.fold(input, self.output_size, self.kernel_size, self.dilation, self.padding, self.stride)

    def extra_repr(self) -> str:
        """The options."""
        return (f"output_size={self.output_size}, kernel_size={self.kernel_size}, dilation={self.dilation}, "
                f"padding={self.padding}, stride={self.stride}")
