"""Padding layers: elements added at the ends of the last axes; a negative number takes some away."""
from __future__ import annotations

from ..tensor import Tensor
from . import functional as F
from .functional.images import Ints, per_axis
from .module import Module


class _PadNd(Module):
    """Padding of the last axes, in one mode."""

    _axes = 0
    _mode = "constant"

    def __init__(self, padding: Ints) -> None:
        super().__init__()
        self.padding = per_axis(padding, 2 * self._axes, type(self).__name__, "padding")

    def forward(self, input: Tensor) -> Tensor:
        return F.pad(input, self.padding, self._mode)

    def extra_repr(self) -> str:
        """The widths."""
        return f"{self.padding}"


class _ConstantPadNd(_PadNd):
    """Padding with one number."""

    def __init__(self, padding: Ints, value: float) -> None:
        super().__init__(padding)
        self.value = value

    def forward(self, input: Tensor) -> Tensor:
        return F.pad(input, self.padding, "constant", self.value)

    def extra_repr(self) -> str:
        """The widths and the number."""
        return f"padding={self.padding}, value={self.value}"


class _ZeroPadNd(_ConstantPadNd):
    """Padding with zeros."""

    def __init__(self, padding: Ints) -> None:
        super().__init__(padding, 0.0)

    extra_repr = _PadNd.extra_repr


class _ReflectionPadNd(_PadNd):
    """Padding with what lies inside, mirrored at the edge."""

    _mode = "reflect"


class _ReplicationPadNd(_PadNd):
    """Padding with the edge, repeated."""

    _mode = "replicate"


class _CircularPadNd(_PadNd):
    """Padding with what lies at the other end."""

    _mode = "circular"


class ConstantPad1d(_ConstantPadNd):
    """Sequences with one number added at the ends.

    padding: one width for both ends, or (before, after); a negative one cuts
    value: the number

    Shape: (N, C, L) or (C, L) -> the same, longer.  Other dimensions are left alone.
    Raises: TypeError for a padding that is neither; RuntimeError for another number of widths, or widths that cut
    more than there is.

    >>> import mtorch
    >>> mtorch.nn.ConstantPad1d((1, 2), 9.0)(mtorch.tensor([[1., 2.]]))
    tensor([[9., 1., 2., 9., 9.]])
    """

    _axes = 1


class ConstantPad2d(_ConstantPadNd):
    """Images with one number added at the ends; arguments as for ConstantPad1d, in the order (left, right, top,
    bottom).

    Shape: (N, C, H, W) or (C, H, W) -> the same, longer.

    >>> import mtorch
    >>> mtorch.nn.ConstantPad2d(2, 3.5)
    ConstantPad2d(padding=(2, 2, 2, 2), value=3.5)
    """

    _axes = 2


class ConstantPad3d(_ConstantPadNd):
    """Volumes with one number added at the ends; arguments as for ConstantPad1d, in the order (left, right, top,
    bottom, front, back).

    Shape: (N, C, D, H, W) or (C, D, H, W) -> the same, longer.

    >>> import mtorch
    >>> mtorch.nn.ConstantPad3d(1, 0.0)(mtorch.ones(1, 2, 2, 2)).shape
    torch.Size([1, 4, 4, 4])
    """

    _axes = 3


class ZeroPad1d(_ZeroPadNd):
    """Sequences with zeros added at the ends.

    padding: one width for both ends, or (before, after); a negative one cuts

    Shape: (N, C, L) or (C, L) -> the same, longer.  Other dimensions are left alone.
    Raises: TypeError for a padding that is neither; RuntimeError for another number of widths, or widths that cut
    more than there is.

    >>> import mtorch
    >>> mtorch.nn.ZeroPad1d(1)(mtorch.tensor([[1., 2.]]))
    tensor([[0., 1., 2., 0.]])
    """

    _axes = 1


class ZeroPad2d(_ZeroPadNd):
    """Images with zeros added at the ends; arguments as for ZeroPad1d, in the order (left, right, top, bottom).

    Shape: (N, C, H, W) or (C, H, W) -> the same, longer.

    >>> import mtorch
    >>> mtorch.nn.ZeroPad2d((1, 2, 3, 4))
    ZeroPad2d((1, 2, 3, 4))
    """

    _axes = 2


class ZeroPad3d(_ZeroPadNd):
    """Volumes with zeros added at the ends; arguments as for ZeroPad1d, in the order (left, right, top, bottom, front,
    back).

    Shape: (N, C, D, H, W) or (C, D, H, W) -> the same, longer.

    >>> import mtorch
    >>> mtorch.nn.ZeroPad3d(1)(mtorch.ones(1, 2, 2, 2)).sum().item()
    8.0
    """

    _axes = 3


class ReflectionPad1d(_ReflectionPadNd):
    """Sequences with what lies inside, mirrored at the edge, added at the ends.

    padding: one width for both ends, or (before, after); a negative one cuts

    Shape: (N, C, L) or (C, L) -> the same, longer.
    Raises: TypeError for a padding that is neither; RuntimeError for another number of widths, a width that is not less
    than the axis is long, or cuts more than there is; NotImplementedError for an input of other dimensions.

    >>> import mtorch
    >>> mtorch.nn.ReflectionPad1d(2)(mtorch.tensor([[1., 2., 3.]]))
    tensor([[3., 2., 1., 2., 3., 2., 1.]])
    """

    _axes = 1


class ReflectionPad2d(_ReflectionPadNd):
    """Images with what lies inside, mirrored at the edge, added at the ends; arguments as for ReflectionPad1d, in the
    order (left, right, top, bottom).

    Shape: (N, C, H, W) or (C, H, W) -> the same, longer.

    >>> import mtorch
    >>> mtorch.nn.ReflectionPad2d(1)(mtorch.ones(1, 3, 3)).shape
    torch.Size([1, 5, 5])
    """

    _axes = 2


class ReflectionPad3d(_ReflectionPadNd):
    """Volumes with what lies inside, mirrored at the edge, added at the ends; arguments as for ReflectionPad1d, in the
    order (left, right, top, bottom, front, back).

    Shape: (N, C, D, H, W) or (C, D, H, W) -> the same, longer.

    >>> import mtorch
    >>> mtorch.nn.ReflectionPad3d(1)(mtorch.ones(1, 2, 2, 2)).shape
    torch.Size([1, 4, 4, 4])
    """

    _axes = 3


class ReplicationPad1d(_ReplicationPadNd):
    """Sequences with the edge, repeated, added at the ends.

    padding: one width for both ends, or (before, after); a negative one cuts

    Shape: (N, C, L) or (C, L) -> the same, longer.
    Raises: TypeError for a padding that is neither; RuntimeError for another number of widths, or widths that cut
    more than there is; NotImplementedError for an input of other dimensions.

    >>> import mtorch
    >>> mtorch.nn.ReplicationPad1d(2)(mtorch.tensor([[1., 2., 3.]]))
    tensor([[1., 1., 1., 2., 3., 3., 3.]])
    """

    _axes = 1


class ReplicationPad2d(_ReplicationPadNd):
    """Images with the edge, repeated, added at the ends; arguments as for ReplicationPad1d, in the order (left, right,
    top, bottom).

    Shape: (N, C, H, W) or (C, H, W) -> the same, longer.

    >>> import mtorch
    >>> mtorch.nn.ReplicationPad2d(1)(mtorch.ones(1, 3, 3)).shape
    torch.Size([1, 5, 5])
    """

    _axes = 2


class ReplicationPad3d(_ReplicationPadNd):
    """Volumes with the edge, repeated, added at the ends; arguments as for ReplicationPad1d, in the order (left, right,
    top, bottom, front, back).

    Shape: (N, C, D, H, W) or (C, D, H, W) -> the same, longer.

    >>> import mtorch
    >>> mtorch.nn.ReplicationPad3d(1)(mtorch.ones(1, 2, 2, 2)).shape
    torch.Size([1, 4, 4, 4])
    """

    _axes = 3


class CircularPad1d(_CircularPadNd):
    """Sequences with what lies at the other end added at the ends.

    padding: one width for both ends, or (before, after); a negative one cuts

    Shape: (N, C, L) or (C, L) -> the same, longer.
    Raises: TypeError for a padding that is neither; RuntimeError for another number of widths, a width that exceeds the
    axis, or cuts more than there is; NotImplementedError for an input of other dimensions.

    >>> import mtorch
    >>> mtorch.nn.CircularPad1d(2)(mtorch.tensor([[1., 2., 3.]]))
    tensor([[2., 3., 1., 2., 3., 1., 2.]])
    """

    _axes = 1


class CircularPad2d(_CircularPadNd):
    """Images with what lies at the other end added at the ends; arguments as for CircularPad1d, in the order (left,
    right, top, bottom).

    Shape: (N, C, H, W) or (C, H, W) -> the same, longer.

    >>> import mtorch
    >>> mtorch.nn.CircularPad2d(1)(mtorch.ones(1, 3, 3)).shape
    torch.Size([1, 5, 5])
    """

    _axes = 2


class CircularPad3d(_CircularPadNd):
    """Volumes with what lies at the other end added at the ends; arguments as for CircularPad1d, in the order (left,
    right, top, bottom, front, back).

    Shape: (N, C, D, H, W) or (C, D, H, W) -> the same, longer.

    >>> import mtorch
    >>> mtorch.nn.CircularPad3d(1)(mtorch.ones(1, 2, 2, 2)).shape
    torch.Size([1, 4, 4, 4])
    """

    _axes = 3
