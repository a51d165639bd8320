"""The functions of torch.nn.functional that torch offers at its top too, where their arguments come in another order."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .functions.arguments import require_tensor
from .nn import functional as F

if TYPE_CHECKING:
    from .tensor import Tensor


def batch_norm(input: Tensor, weight: Tensor | None, bias: Tensor | None, running_mean: Tensor | None,
               running_var: Tensor | None, training: bool, momentum: float, eps: float,
               cudnn_enabled: bool = False) -> Tensor:
    """`nn.functional.batch_norm`, with every argument given: (x - mean) / sqrt(variance + eps) * weight + bias for each
    channel.

    weight, bias: of each channel; None for 1 and 0
    running_mean, running_var: of each channel: used, or where training brought up to date in place; None for none
    training: take the mean and the variance of input, not the running ones
    momentum: the share of input's in the new running ones
    eps: > 0, so that nothing is divided by 0
    cudnn_enabled: nothing depends on it

    Shape: (N, C, ...) -> the same; the others (C)
    Raises: TypeError where input is not a Tensor; RuntimeError where it has fewer than two dimensions, another has not
        C elements, or not training and there are no running ones; ValueError where eps is
        not > 0, or there is one value for each channel, while training.
    Source: Ioffe and Szegedy 2015, "Batch normalization: accelerating deep network training by reducing internal
        covariate shift".

    >>> import mtorch
    >>> mtorch.batch_norm(mtorch.tensor([[1.0], [3.0]]), None, None, None, None, True, 0.1, 1e-5, False)
    tensor([[-1.0000],
            [ 1.0000]])
    """
    return F.batch_norm(input, running_mean, running_var, weight, bias, training, momentum, eps)


def instance_norm(input: Tensor, weight: Tensor | None, bias: Tensor | None, running_mean: Tensor | None,
                  running_var: Tensor | None, use_input_stats: bool, momentum: float, eps: float,
                  cudnn_enabled: bool = False) -> Tensor:
    """`nn.functional.instance_norm`, with every argument given: `batch_norm` of each example by itself.

    use_input_stats: as training

    Shape: (N, C, ...) -> the same; the others (C)
    Other arguments and errors as for `batch_norm`.
    Source: Ulyanov, Vedaldi and Lempitsky 2016, "Instance normalization: the missing ingredient for fast stylization".

    >>> import mtorch
    >>> mtorch.instance_norm(mtorch.tensor([[[1.0, 3.0]]]), None, None, None, None, True, 0.1, 0.0, False)
    tensor([[[-1.,  1.]]])
    """
    return F.instance_norm(input, running_mean, running_var, weight, bias, use_input_stats, momentum, eps)


def layer_norm(input: Tensor, normalized_shape: Sequence[int], weight: Tensor | None = None, bias: Tensor | None = None,
               eps: float = 1e-05, cudnn_enable: bool = True) -> Tensor:
    """`nn.functional.layer_norm`: (x - mean) / sqrt(variance + eps) * weight + bias over the last dimensions.

    normalized_shape: the sizes of those dimensions
    weight, bias: of that shape; None for 1 and 0
    eps: > 0, so that nothing is divided by 0
    cudnn_enable: nothing depends on it

    Shape: (..., *normalized_shape) -> the same
    Raises: TypeError where input is not a Tensor; RuntimeError where its last dimensions, weight or bias are not of
        normalized_shape.
    Source: Ba, Kiros and Hinton 2016, "Layer normalization".

    >>> import mtorch
    >>> mtorch.layer_norm(mtorch.tensor([1.0, 3.0]), (2,), eps=0.0)
    tensor([-1.,  1.])
    """
    return F.layer_norm(input, normalized_shape, weight, bias, eps)


def group_norm(input: Tensor, num_groups: int, weight: Tensor | None = None, bias: Tensor | None = None,
               eps: float = 1e-05, cudnn_enabled: bool = True) -> Tensor:
    """`nn.functional.group_norm`: (x - mean) / sqrt(variance + eps) * weight + bias over each group of channels.

    num_groups: how many, > 0; the channels are divided evenly among them
    weight, bias: of each channel; None for 1 and 0
    eps: > 0, so that nothing is divided by 0
    cudnn_enabled: nothing depends on it

    Shape: (N, C, ...) -> the same; weight and bias (C)
    Raises: TypeError where input is not a Tensor; RuntimeError where num_groups does not go into C, or weight or bias
        has not C elements.
    Source: Wu and He 2018, "Group normalization".

    >>> import mtorch
    >>> mtorch.group_norm(mtorch.tensor([[1.0, 3.0]]), 1, eps=0.0)
    tensor([[-1.,  1.]])
    """
    return F.group_norm(input, num_groups, weight, bias, eps)


def embedding(weight: Tensor, indices: Tensor, padding_idx: int = -1, scale_grad_by_freq: bool = False,
              sparse: bool = False) -> Tensor:
    """`nn.functional.embedding`, the weight first: the rows of weight that indices name.

    weight: a row for each index
    indices: int64 or int32, in [0, N)
    padding_idx: the row that gets no gradient; -1 for none
    scale_grad_by_freq: divide the gradient of a row by how often it is named
    sparse: as for nn.functional.embedding

    Shape: weight (N, D), indices any -> (*indices', D)
    Raises: TypeError where one is not a Tensor; RuntimeError where weight is no matrix, or indices are not integers;
        IndexError where one is outside [0, N).

    >>> import mtorch
    >>> mtorch.embedding(mtorch.tensor([[1.0], [2.0]]), mtorch.tensor([1]))
    tensor([[2.]])
    """
    return F.embedding(indices, weight, None if padding_idx == -1 else padding_idx, None, 2.0, scale_grad_by_freq,
                       sparse)


def dropout(input: Tensor, p: float, train: bool) -> Tensor:
    """`nn.functional.dropout`: each element 0 with probability p, else divided by 1 - p.

    p: in [0, 1]
    train: False for input as it is

    Shape: any -> the same
    Raises: TypeError where input is not a Tensor; RuntimeError where p is outside [0, 1].
    Source: Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov 2014, "Dropout: a simple way to prevent neural
        networks from overfitting".

    >>> import mtorch
    >>> mtorch.dropout(mtorch.ones(2), 0.5, False)
    tensor([1., 1.])
    """
    _probability(p)
    return F.dropout(input, p, train)


def _probability(p: float) -> None:
    """A RuntimeError here, where `nn.functional` raises ValueError: as in torch."""
    if not 0 <= p <= 1:
        raise RuntimeError(f"dropout probability has to be between 0 and 1, but got {p}")


def alpha_dropout(input: Tensor, p: float, train: bool) -> Tensor:
    """`nn.functional.alpha_dropout`: dropout that keeps mean 0 and variance 1 behind SELU.

    Shape, arguments and errors as for `dropout`.
    Source: Klambauer, Unterthiner, Mayr and Hochreiter 2017, "Self-normalizing neural networks".

    >>> import mtorch
    >>> mtorch.alpha_dropout(mtorch.ones(2), 0.5, False)
    tensor([1., 1.])
    """
    _probability(p)
    return F.alpha_dropout(input, p, train)


def feature_dropout(input: Tensor, p: float, train: bool) -> Tensor:
    """Whole channels dropped: `nn.functional.dropout1d` and its kin.

    Shape: (N, C, ...) -> the same

    Arguments and errors as for `dropout`.
    Raises: RuntimeError where input has fewer than two dimensions.
    Source: Tompson, Goroshin, Jain, LeCun and Bregler 2015, "Efficient object localization using convolutional
        networks".

    >>> import mtorch
    >>> mtorch.feature_dropout(mtorch.ones(1, 2, 1), 0.5, False).shape
    torch.Size([1, 2, 1])
    """
    _probability(p)
    x = require_tensor(input, "feature_dropout")
    return F.dropout2d(x, p, train) if x.dim() != 3 else F.dropout1d(x, p, train)
