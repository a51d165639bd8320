"""Normalisation: activations brought to mean 0 and variance 1, over a batch, a sample or a group of channels."""
from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from ...autograd.naming import shown_as
from ...tensor import Tensor
from ...autograd.stamps import mark_written
from ...brain_float import FLOAT32, is_bfloat16, same
from ...functions.arguments import number_of, require_tensor, to_type
from ...ops import normalization as rules
from ...ops.pooling import window_sum
from . import advice
from .images import require_floating

__all__ = ["batch_norm", "group_norm", "instance_norm", "layer_norm", "local_response_norm", "rms_norm"]


def batch_norm(input: Tensor, running_mean: Tensor | None, running_var: Tensor | None, weight: Tensor | None = None,
               bias: Tensor | None = None, training: bool = False, momentum: float = 0.1, eps: float = 1e-5) -> Tensor:
    """(x - mean) / sqrt(var + eps) * weight + bias, for each channel, mean and var over all samples and places.

    Shape: (N, C) or (N, C, ...) -> the same; running_mean, running_var, weight, bias (C)

    Args:
        running_mean, running_var: when not training, the statistics; when training, moved towards those of the batch
        weight, bias: of each channel; 1 and 0 if not given
        training: take the statistics from the batch
        momentum: how far the running statistics move, in [0, 1]
        eps: added to the variance, > 0

    Raises:
        ValueError: in training, one value for each channel, whose variance would be 0, or an eps that is not above 0
        RuntimeError: shapes or types that do not fit, no running statistics outside training
        NotImplementedError: integers, bools and complex numbers

    Source: Ioffe & Szegedy, "Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate
        Shift", 2015, arXiv:1502.03167.

    >>> import mtorch
    >>> mtorch.nn.functional.batch_norm(mtorch.tensor([[1.], [3.]]), None, None, training=True)
    tensor([[-1.0000],
            [ 1.0000]])
    """
    require_floating(require_tensor(input, "batch_norm"), "batch_norm")
    shape = input.array.shape
    if len(shape) < 2:
        if not input.array.size:
            return input * 1.0
        raise RuntimeError(f"batch_norm: expected an input (N, C, ...), got size {list(shape)}")
    _check_channels("batch_norm", shape[1], running_mean, running_var, weight, bias)
    eps = number_of(eps, "batch_norm", "eps")
    if _widens("batch_norm", input, running_mean, running_var, weight, bias):
        return batch_norm(input.float(), running_mean, running_var, weight, bias, training, momentum, eps).to(input.dtype)
    if not training:
        if running_mean is None or running_var is None:
            raise RuntimeError("batch_norm: expected running_mean and running_var to be defined when training=False")
        return rules.fixed_norm(input, weight, bias, eps=eps, mean=running_mean.array, var=running_var.array)
    count = input.array.size // max(shape[1], 1)
    if count == 1:
        raise ValueError(f"Expected more than 1 value per channel when training, got input size {list(shape)} "
                         "(to predict for one sample, call eval() on the model first)")
    if eps <= 0.0:
        raise ValueError(f"batch_norm eps must be positive during training, but got {eps}")
    if running_mean is not None:
        advice.evaluates("batch_norm")
    mean, var = rules.channel_statistics(input.array)
    _move(running_mean, running_var, mean, var, count, momentum)
    return rules.batch_norm(input, weight, bias, eps=eps, mean=mean, var=var)


def _check_channels(function: str, channels: int, *parameters: Tensor | None) -> None:
    """Running mean and variance, weight and bias have a number for each channel."""
    expected = (channels,)
    try:
        for t in parameters:
            if t is not None and t.array.shape != expected:
                break
        else:
            return
    except AttributeError:                                 # one is no Tensor
        pass
    for name, t in zip(("running_mean", "running_var", "weight", "bias"), parameters):
        if t is not None and require_tensor(t, function, name).array.shape != expected:
            raise RuntimeError(f"{function}: {name} should contain {channels} elements, not {t.array.size}")


def _widens(function: str, input: Tensor, *parameters: Tensor | None) -> bool:
    """Is the input float16 or bfloat16 and a parameter float32?  Then all is computed in float32; other types do not mix."""
    kind = input.array.dtype
    for t in parameters:
        if t is not None and not same(t.array.dtype, kind):
            if (kind == np.float16 or is_bfloat16(kind)) and same(t.array.dtype, FLOAT32):
                return True
            raise RuntimeError(f"mixed dtype (CPU): {function} expected parameters of the input's type, {input.dtype}, got "
                               f"{t.dtype}")
    return False


def _move(running_mean: Tensor | None, running_var: Tensor | None, mean: np.ndarray, var: np.ndarray, count: int,
          momentum: float) -> None:
    """Running statistics moved towards those of a batch, the variance without its bias."""
    for running, new in ((running_mean, mean), (running_var, var * (count / (count - 1.0)) if count > 1 else var)):
        if running is not None and count:
            running.array[...] = (1.0 - momentum) * running.array + momentum * new
            mark_written(running.array)


@shown_as("ViewBackward0")
def instance_norm(input: Tensor, running_mean: Tensor | None = None, running_var: Tensor | None = None,
                  weight: Tensor | None = None, bias: Tensor | None = None, use_input_stats: bool = True,
                  momentum: float = 0.1, eps: float = 1e-5) -> Tensor:
    """(x - mean) / sqrt(var + eps) * weight + bias, for each channel of each sample.

    Shape: (N, C, ...) -> the same; running_mean, running_var, weight, bias (C)

    Args:
        running_mean, running_var: the statistics, or, where the sample's are used, moved towards their mean
        weight, bias: of each channel; 1 and 0 if not given
        use_input_stats: take the statistics from the sample, not from running_mean and running_var
        momentum: how far the running statistics move, in [0, 1]
        eps: added to the variance, > 0

    Raises:
        ValueError: one value for each channel, whose variance would be 0
        RuntimeError: shapes or types that do not fit, no running statistics where they are to be used
        NotImplementedError: integers, bools and complex numbers

    Source: Ulyanov, Vedaldi & Lempitsky, "Instance Normalization: The Missing Ingredient for Fast Stylization", 2016,
        arXiv:1607.08022.

    >>> import mtorch
    >>> mtorch.nn.functional.instance_norm(mtorch.tensor([[[1., 3.]]]))
    tensor([[[-1.0000,  1.0000]]])
    """
    require_floating(require_tensor(input, "instance_norm"), "instance_norm")
    shape = input.array.shape
    if len(shape) < 3:
        raise RuntimeError("instance_norm: expected an input (N, C, ...) with at least one more axis, got size "
                           f"{list(shape)}")
    _check_channels("instance_norm", shape[1], running_mean, running_var, weight, bias)
    eps = number_of(eps, "instance_norm", "eps")
    if _widens("instance_norm", input, running_mean, running_var, weight, bias):
        wide = instance_norm(input.float(), running_mean, running_var, weight, bias, use_input_stats, momentum, eps)
        return wide.to(input.dtype)
    if not use_input_stats:
        if running_mean is None or running_var is None:
            raise RuntimeError("Expected running_mean and running_var to be defined when use_input_stats is false")
        return rules.fixed_norm(input, weight, bias, eps=eps, mean=running_mean.array, var=running_var.array)
    axes, count = tuple(range(2, len(shape))), prod(shape[2:])
    if count == 1:
        raise ValueError(f"Expected more than 1 spatial element when training, got input size {list(shape)}")
    if running_mean is not None or running_var is not None:
        x = input.array.astype(np.float32) if input.array.dtype == np.float16 else input.array
        mean, var = x.mean(axis=axes), x.var(axis=axes)
        _move(running_mean, running_var, mean.mean(axis=0), var.mean(axis=0), count, momentum)
    return rules.group_norm(input, weight, bias, groups=shape[1], eps=eps)


@shown_as("NativeGroupNormBackward0")
def group_norm(input: Tensor, num_groups: int, weight: Tensor | None = None, bias: Tensor | None = None,
               eps: float = 1e-5) -> Tensor:
    """(x - mean) / sqrt(var + eps) * weight + bias, for groups of channels of each sample.

    Shape: (N, C, ...) -> the same; weight, bias (C)

    Args:
        num_groups: how many groups the channels are cut into; divides C
        weight, bias: of each channel; 1 and 0 if not given
        eps: added to the variance, > 0

    Raises:
        RuntimeError: channels that cannot be cut so, shapes or types that do not fit
        ValueError: one value for each group, whose variance would be 0
        NotImplementedError: integers, bools and complex numbers

    Source: Wu & He, "Group Normalization", 2018, arXiv:1803.08494.

    >>> import mtorch
    >>> mtorch.nn.functional.group_norm(mtorch.tensor([[1., 3., 5., 5.]]), 2)
    tensor([[-1.0000,  1.0000,  0.0000,  0.0000]])
    """
    require_floating(require_tensor(input, "group_norm"), "group_norm")
    eps = number_of(eps, "group_norm", "eps")
    shape = input.array.shape
    if len(shape) < 2:
        raise RuntimeError(f"Expected at least 2 dimensions for input tensor but received {len(shape)}")
    if num_groups <= 0 or shape[1] % num_groups:
        raise RuntimeError("Expected number of channels in input to be divisible by num_groups, but got input of "
                           f"shape {list(shape)} and num_groups={num_groups}")
    for name, t in (("weight", weight), ("bias", bias)):
        if t is not None and require_tensor(t, "group_norm", name).array.shape != (shape[1],):
            raise RuntimeError(f"Expected {name} to be a vector of size equal to the number of channels in input, but "
                               f"got {name} of shape {list(t.array.shape)} and input of shape {list(shape)}")
    if _widens("group_norm", input, weight, bias):
        return group_norm(input.float(), num_groups, weight, bias, eps).to(input.dtype)
    if prod(shape[1:]) == num_groups and input.array.size and shape[0] * prod(shape[2:]) * shape[1] // num_groups == 1:
        raise ValueError(f"Expected more than 1 value per channel when training, got input size {list(shape)}")
    return rules.group_norm(input, weight, bias, groups=num_groups, eps=eps)


def layer_norm(input: Tensor, normalized_shape: Sequence[int], weight: Tensor | None = None, bias: Tensor | None = None,
               eps: float = 1e-5) -> Tensor:
    """(x - mean) / sqrt(var + eps) * weight + bias over the last axes.

    Shape: (..., *normalized_shape) -> the same; weight, bias normalized_shape

    Args:
        normalized_shape: sizes of the axes that are normalised together
        weight, bias: of each number that is normalised; 1 and 0 if not given
        eps: added to the variance, > 0

    Raises:
        RuntimeError: an input, a weight or a bias of another shape, or parameters of another type
        NotImplementedError: integers, bools and complex numbers

    Source: Ba, Kiros & Hinton, "Layer Normalization", 2016, arXiv:1607.06450.

    >>> import mtorch
    >>> mtorch.nn.functional.layer_norm(mtorch.tensor([[1., 3.], [2., 2.]]), (2,))
    tensor([[-1.0000,  1.0000],
            [ 0.0000,  0.0000]])
    """
    width = _check_last_axes("layer_norm", input, normalized_shape, weight, bias)
    eps = number_of(eps, "layer_norm", "eps")
    if _widens("layer_norm", input, weight, bias):
        return layer_norm(input.float(), normalized_shape, weight, bias, eps).to(input.dtype)
    return rules.layer_norm(input, weight, bias, width=width, eps=eps)


def rms_norm(input: Tensor, normalized_shape: Sequence[int], weight: Tensor | None = None,
             eps: float | None = None) -> Tensor:
    """x / sqrt(mean of x^2 + eps) * weight over the last axes.

    Shape: (..., *normalized_shape) -> the same; weight normalized_shape

    Args:
        normalized_shape: sizes of the axes that are normalised together
        eps: added to the mean of squares, > 0; default the smallest step above 1 of the input's type

    Raises:
        RuntimeError: an input or a weight of another shape
        NotImplementedError: integers, bools and complex numbers

    Source: Zhang & Sennrich, "Root Mean Square Layer Normalization", 2019, arXiv:1910.07467.

    >>> import mtorch
    >>> mtorch.nn.functional.rms_norm(mtorch.tensor([3., 4.]), (2,))
    tensor([0.8485, 1.1314])
    """
    width = _check_last_axes("rms_norm", input, normalized_shape, weight, None)
    kind = input.array.dtype
    if kind == np.float16:
        return rms_norm(input.float(), normalized_shape, weight, eps).to(input.dtype)
    return rules.rms_norm(input, weight if weight is None else to_type(weight, kind), width=width,
                          eps=float(np.finfo(kind).eps) if eps is None else number_of(eps, "rms_norm", "eps"))


def _check_last_axes(function: str, input: Tensor, normalized_shape: Sequence[int], weight: Tensor | None,
                     bias: Tensor | None) -> int:
    """How many numbers are normalised together."""
    require_floating(require_tensor(input, function), function)
    given = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
    shape = input.array.shape
    if not given:
        raise RuntimeError(f"{function}: expected normalized_shape to be at least 1-dimensional, got []")
    if shape[len(shape) - len(given):] != given or len(shape) < len(given):
        raise RuntimeError(f"{function}: given normalized_shape={list(given)}, expected input with shape "
                           f"[*, {', '.join(map(str, given))}], but got input of size {list(shape)}")
    for name, t in (("weight", weight), ("bias", bias)):
        if t is not None and require_tensor(t, function, name).array.shape != given:
            raise RuntimeError(f"{function}: expected {name} to be of same shape as normalized_shape, but got {name} "
                               f"of shape {list(t.array.shape)} and normalized_shape={list(given)}")
    return int(prod(given))                # sizes may be NumPy's ints


def local_response_norm(input: Tensor, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> Tensor:
    """x / (k + alpha * mean of x^2 over `size` neighbouring channels)^beta.

    Shape: (N, C, ...) -> the same

    Args:
        size: how many channels, > 0; those beyond the ends count as zeros
        alpha, beta, k: numbers of the formula

    Raises:
        ValueError: an input of fewer than three dimensions
        RuntimeError: a size that is not above 0

    Source: Krizhevsky, Sutskever & Hinton, "ImageNet Classification with Deep Convolutional Neural Networks", 2012,
        section 3.3.

    >>> import mtorch
    >>> mtorch.nn.functional.local_response_norm(mtorch.ones(1, 2, 1), 2, alpha=2.0, beta=1.0).flatten()
    tensor([0.5000, 0.3333])
    """
    require_tensor(input, "local_response_norm")
    shape = input.array.shape
    if len(shape) < 3:
        raise ValueError(f"Expected 3D or higher dimensionality input (got {len(shape)} dimensions)")
    if size <= 0:
        raise RuntimeError(f"local_response_norm: size should be greater than zero, but got {size}")
    if input.array.size == 0:
        return input
    total = window_sum(input * input, axis=1, kernel=size, stride=1, padding=size // 2, out=shape[1])
    return input / (total * (alpha / size) + k) ** beta
