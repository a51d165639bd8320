"""A batch norm of an evaluated net folded into the layer before it: one layer that computes the same.

Both are linear in evaluation: y = (w x + b - mean) gamma / sqrt(var + eps) + beta.  Source: Jacob et al., "Quantization and
Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference", CVPR 2018, arXiv:1712.05877, section 3.2.
"""
from __future__ import annotations

import copy
from typing import Any

from ...functions.creation import ones_like, zeros_like
from ...tensor import Parameter, Tensor
from ..module import Module

__all__ = ["fuse_conv_bn_eval", "fuse_conv_bn_weights", "fuse_linear_bn_eval", "fuse_linear_bn_weights"]


def fuse_conv_bn_eval(conv: Any, bn: Any, transpose: bool = False) -> Any:
    """A convolution that computes bn(conv(x)) of evaluated layers.

    conv: the convolution; bn: the batch norm after it, with running statistics
    transpose: conv is a transposed one

    Raises: AssertionError for a layer in training; RuntimeError for a bn without running statistics.

    >>> import mtorch
    >>> from mtorch.nn.utils.fusion import fuse_conv_bn_eval
    >>> conv, bn = mtorch.nn.Conv2d(1, 2, 3).eval(), mtorch.nn.BatchNorm2d(2).eval()
    >>> x = mtorch.ones(1, 1, 3, 3)
    >>> mtorch.allclose(fuse_conv_bn_eval(conv, bn)(x), bn(conv(x)))
    True
    """
    fused = _copy_of(conv, bn)
    fused.weight, fused.bias = fuse_conv_bn_weights(conv.weight, conv.bias, bn.running_mean, bn.running_var, bn.eps, bn.weight,
                                                    bn.bias, transpose)
    return fused


def fuse_conv_bn_weights(conv_w: Tensor, conv_b: Tensor | None, bn_rm: Tensor, bn_rv: Tensor, bn_eps: float,
                         bn_w: Tensor | None, bn_b: Tensor | None, transpose: bool = False) -> tuple[Parameter, Parameter]:
    """The weight and the bias of `fuse_conv_bn_eval`'s convolution.

    conv_w, conv_b: of the convolution; None for no bias
    bn_rm, bn_rv, bn_eps: the running mean (O) and variance (O), and what is added to it
    bn_w, bn_b: gamma (O) and beta (O); None for 1 and 0
    transpose: the output channels are in dimension 1, as in a transposed convolution

    Shape: conv_w (O, I, ...), or (I, O, ...) if transpose -> the same, and (O)
    Raises: RuntimeError for bn's values that do not fit O.

    >>> import mtorch
    >>> ones = mtorch.ones(1)
    >>> weight, bias = mtorch.nn.utils.fuse_conv_bn_weights(mtorch.ones(1, 1, 1), ones, 3 * ones, 4 * ones, 0.0, ones, ones)
    >>> weight.item(), bias.item()
    (0.5, 0.0)
    """
    scale = (ones_like(bn_rm) if bn_w is None else bn_w) * (bn_rv + bn_eps).rsqrt()
    shape = [1] * conv_w.dim()
    shape[1 if transpose else 0] = -1
    bias = (zeros_like(bn_rm) if conv_b is None else conv_b) - bn_rm
    weight = (conv_w * scale.reshape(shape)).to(conv_w.dtype)
    bias = (bias * scale + (zeros_like(bn_rm) if bn_b is None else bn_b)).to(conv_w.dtype)
    return (Parameter(weight.detach(), conv_w.requires_grad),
            Parameter(bias.detach(), conv_w.requires_grad if conv_b is None else conv_b.requires_grad))


def fuse_linear_bn_eval(linear: Any, bn: Any) -> Any:
    """A Linear that computes bn(linear(x)) of evaluated layers.

    linear: the Linear; bn: the batch norm after it, with running statistics of as many features, or of one

    Raises: AssertionError for a layer in training, and for other numbers of features.

    >>> import mtorch
    >>> linear, bn = mtorch.nn.Linear(3, 2).eval(), mtorch.nn.BatchNorm1d(2).eval()
    >>> x = mtorch.ones(1, 3)
    >>> mtorch.allclose(mtorch.nn.utils.fuse_linear_bn_eval(linear, bn)(x), bn(linear(x)))
    True
    """
    fused = _copy_of(linear, bn)
    assert bn.num_features in (linear.out_features, 1), "To fuse, linear.out_features == bn.num_features or bn.num_features == 1"
    fused.weight, fused.bias = fuse_linear_bn_weights(linear.weight, linear.bias, bn.running_mean, bn.running_var, bn.eps,
                                                      bn.weight, bn.bias)
    return fused


def fuse_linear_bn_weights(linear_w: Tensor, linear_b: Tensor | None, bn_rm: Tensor, bn_rv: Tensor, bn_eps: float,
                           bn_w: Tensor, bn_b: Tensor) -> tuple[Parameter, Parameter]:
    """The weight and the bias of `fuse_linear_bn_eval`'s Linear.

    linear_w, linear_b and the others: as for `fuse_conv_bn_weights`

    Shape: linear_w (O, I) -> the same, and (O)
    Raises: RuntimeError for bn's values that do not fit O.

    >>> import mtorch
    >>> ones = mtorch.ones(1)
    >>> weight, bias = mtorch.nn.utils.fuse_linear_bn_weights(mtorch.ones(1, 1), None, ones, 4 * ones, 0.0, ones, ones)
    >>> weight.item(), bias.item()
    (0.5, 0.5)
    """
    return fuse_conv_bn_weights(linear_w, linear_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b)


def _copy_of(layer: Module, bn: Module) -> Any:
    assert not (layer.training or bn.training), "Fusion only for eval!"
    if bn.running_mean is None or bn.running_var is None:
        raise RuntimeError(f"fusion: {type(bn).__name__} has no running statistics (track_running_stats=False)")
    return copy.deepcopy(layer)
