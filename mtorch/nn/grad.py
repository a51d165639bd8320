"""torch.nn.grad: the gradients of convolutions by name, for layers whose backward a program writes itself."""
from __future__ import annotations

from collections.abc import Callable, Sequence

from ..autograd import enable_grad, grad, is_grad_enabled
from ..functions.creation import zeros
from ..tensor import Tensor
from .functional.conv import conv1d, conv2d, conv3d
from .functional.images import Ints

__all__ = ["conv1d_input", "conv1d_weight", "conv2d_input", "conv2d_weight", "conv3d_input", "conv3d_weight"]


def conv1d_input(input_size: Sequence[int], weight: Tensor, grad_output: Tensor, stride: Ints = 1, padding: Ints = 0,
                 dilation: Ints = 1, groups: int = 1) -> Tensor:
    """The gradient of conv1d with respect to its input; arguments as for conv2d_input.

    Shape: input_size (N, C, L), weight (O, C/groups, K), grad_output (N, O, L') -> (N, C, L)

    >>> import mtorch
    >>> mtorch.nn.grad.conv1d_input((1, 1, 3), mtorch.tensor([[[1., 2.]]]), mtorch.ones(1, 1, 2))
    tensor([[[1., 3., 2.]]])
    """
    return _of_input(conv1d, input_size, weight, grad_output, stride, padding, dilation, groups)


def conv1d_weight(input: Tensor, weight_size: Sequence[int], grad_output: Tensor, stride: Ints = 1, padding: Ints = 0,
                  dilation: Ints = 1, groups: int = 1) -> Tensor:
    """The gradient of conv1d with respect to its weight; arguments as for conv2d_weight.

    Shape: input (N, C, L), weight_size (O, C/groups, K), grad_output (N, O, L') -> (O, C/groups, K)

    >>> import mtorch
    >>> mtorch.nn.grad.conv1d_weight(mtorch.tensor([[[1., 2., 4.]]]), (1, 1, 2), mtorch.ones(1, 1, 2))
    tensor([[[3., 6.]]])
    """
    return _of_weight(conv1d, input, weight_size, grad_output, stride, padding, dilation, groups)


def conv2d_input(input_size: Sequence[int], weight: Tensor, grad_output: Tensor, stride: Ints = 1, padding: Ints = 0,
                 dilation: Ints = 1, groups: int = 1) -> Tensor:
    """The gradient of conv2d with respect to its input, which it does not depend on.

    input_size: the shape of the input
    weight: the convolution's
    grad_output: the gradient with respect to what the convolution gave
    stride, padding, dilation, groups: the convolution's

    Shape: input_size (N, C, H, W), weight (O, C/groups, kH, kW), grad_output (N, O, H', W') -> (N, C, H, W)
    Raises: RuntimeError for shapes that do not fit.

    >>> import mtorch
    >>> mtorch.nn.grad.conv2d_input((1, 1, 2, 2), mtorch.ones(1, 1, 1, 2), mtorch.ones(1, 1, 2, 1))
    tensor([[[[1., 1.],
              [1., 1.]]]])
    """
    return _of_input(conv2d, input_size, weight, grad_output, stride, padding, dilation, groups)


def conv2d_weight(input: Tensor, weight_size: Sequence[int], grad_output: Tensor, stride: Ints = 1, padding: Ints = 0,
                  dilation: Ints = 1, groups: int = 1) -> Tensor:
    """The gradient of conv2d with respect to its weight, which it does not depend on.

    input: the convolution's
    weight_size: the shape of the weight
    grad_output: the gradient with respect to what the convolution gave
    stride, padding, dilation, groups: the convolution's

    Shape: input (N, C, H, W), weight_size (O, C/groups, kH, kW), grad_output (N, O, H', W') -> (O, C/groups, kH, kW)
    Raises: RuntimeError for shapes that do not fit.

    >>> import mtorch
    >>> mtorch.nn.grad.conv2d_weight(mtorch.ones(1, 1, 2, 2), (1, 1, 1, 2), mtorch.ones(1, 1, 2, 1))
    tensor([[[[2., 2.]]]])
    """
    return _of_weight(conv2d, input, weight_size, grad_output, stride, padding, dilation, groups)


def conv3d_input(input_size: Sequence[int], weight: Tensor, grad_output: Tensor, stride: Ints = 1, padding: Ints = 0,
                 dilation: Ints = 1, groups: int = 1) -> Tensor:
    """The gradient of conv3d with respect to its input; arguments as for conv2d_input.

    Shape: input_size (N, C, D, H, W), weight (O, C/groups, kD, kH, kW), grad_output (N, O, D', H', W') -> (N, C, D, H, W)

    >>> import mtorch
    >>> mtorch.nn.grad.conv3d_input((1, 1, 1, 1, 2), mtorch.ones(1, 1, 1, 1, 2), mtorch.ones(1, 1, 1, 1, 1))
    tensor([[[[[1., 1.]]]]])
    """
    return _of_input(conv3d, input_size, weight, grad_output, stride, padding, dilation, groups)


def conv3d_weight(input: Tensor, weight_size: Sequence[int], grad_output: Tensor, stride: Ints = 1, padding: Ints = 0,
                  dilation: Ints = 1, groups: int = 1) -> Tensor:
    """The gradient of conv3d with respect to its weight; arguments as for conv2d_weight.

    Shape: input (N, C, D, H, W), weight_size (O, C/groups, kD, kH, kW), grad_output (N, O, D', H', W')
        -> (O, C/groups, kD, kH, kW)

    >>> import mtorch
    >>> mtorch.nn.grad.conv3d_weight(mtorch.ones(1, 1, 1, 1, 2), (1, 1, 1, 1, 2), mtorch.ones(1, 1, 1, 1, 1))
    tensor([[[[[1., 1.]]]]])
    """
    return _of_weight(conv3d, input, weight_size, grad_output, stride, padding, dilation, groups)


def _of_input(convolve: Callable[..., Tensor], size: Sequence[int], weight: Tensor, grad_output: Tensor, *how) -> Tensor:
    x = zeros(*size, dtype=weight.dtype, requires_grad=True)
    return _swept(lambda: convolve(x, weight, None, *how), x, weight, grad_output)


def _of_weight(convolve: Callable[..., Tensor], input: Tensor, size: Sequence[int], grad_output: Tensor, *how) -> Tensor:
    w = zeros(*size, dtype=input.dtype, requires_grad=True)
    return _swept(lambda: convolve(input, w, None, *how), w, input, grad_output)


def _swept(convolved: Callable[[], Tensor], leaf: Tensor, other: Tensor, grad_output: Tensor) -> Tensor:
    """One sweep back to the leaf, which is all zeros: the gradient does not depend on it."""
    recorded = is_grad_enabled() and (other.requires_grad or grad_output.requires_grad)
    with enable_grad():
        y = convolved()
    return grad(y, leaf, grad_output, create_graph=recorded)[0]
