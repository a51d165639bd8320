"""The functions of torch.nn.functional that torch offers at its top too, where their arguments come in another order."""
from __future__ import annotations

from .nn import functional as F


def batch_norm(input, weight, bias, running_mean, running_var, training, momentum, eps, cudnn_enabled=False):
    """`nn.functional.batch_norm`, with every argument given.

    >>> import mtorch
    >>> mtorch.batch_norm(mtorch.tensor([[1.0], [3.0]]), None, None, None, None, True, 0.1, 0.0, False)
    tensor([[-1.],
            [ 1.]])
    """
    return F.batch_norm(input, running_mean, running_var, weight, bias, training, momentum, eps)


def instance_norm(input, weight, bias, running_mean, running_var, use_input_stats, momentum, eps, cudnn_enabled=False):
    """`nn.functional.instance_norm`, with every argument given.

    >>> import mtorch
    >>> mtorch.instance_norm(mtorch.tensor([[[1.0, 3.0]]]), None, None, None, None, True, 0.1, 0.0, False)
    tensor([[[-1.,  1.]]])
    """
    return F.instance_norm(input, running_mean, running_var, weight, bias, use_input_stats, momentum, eps)


def layer_norm(input, normalized_shape, weight=None, bias=None, eps=1e-05, cudnn_enable=True):
    """`nn.functional.layer_norm`.

    >>> import mtorch
    >>> mtorch.layer_norm(mtorch.tensor([1.0, 3.0]), (2,), eps=0.0)
    tensor([-1.,  1.])
    """
    return F.layer_norm(input, normalized_shape, weight, bias, eps)


def group_norm(input, num_groups, weight=None, bias=None, eps=1e-05, cudnn_enabled=True):
    """`nn.functional.group_norm`.

    >>> import mtorch
    >>> mtorch.group_norm(mtorch.tensor([[1.0, 3.0]]), 1, eps=0.0)
    tensor([[-1.,  1.]])
    """
    return F.group_norm(input, num_groups, weight, bias, eps)


def embedding(weight, indices, padding_idx=-1, scale_grad_by_freq=False, sparse=False):
    """`nn.functional.embedding`, the weight first; padding_idx -1 is none.

    >>> import mtorch
    >>> mtorch.embedding(mtorch.tensor([[1.0], [2.0]]), mtorch.tensor([1]))
    tensor([[2.]])
    """
    return F.embedding(indices, weight, None if padding_idx == -1 else padding_idx, None, 2.0, scale_grad_by_freq,
                       sparse)


def dropout(input, p, train):
    """`nn.functional.dropout`.

    >>> import mtorch
    >>> mtorch.dropout(mtorch.ones(2), 0.5, False)
    tensor([1., 1.])
    """
    return F.dropout(input, p, train)


def alpha_dropout(input, p, train):
    """`nn.functional.alpha_dropout`.

    >>> import mtorch
    >>> mtorch.alpha_dropout(mtorch.ones(2), 0.5, False)
    tensor([1., 1.])
    """
    return F.alpha_dropout(input, p, train)


def feature_dropout(input, p, train):
    """Whole channels dropped.

    >>> import mtorch
    >>> mtorch.feature_dropout(mtorch.ones(1, 2, 1), 0.5, False).shape
    torch.Size([1, 2, 1])
    """
    return F.dropout2d(input, p, train) if input.dim() != 3 else F.dropout1d(input, p, train)
