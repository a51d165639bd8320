"""The dropout family: elements, or whole channels, set to zero at random while training.  The masks are torch's own.

Source: Srivastava, Hinton, Krizhevsky, Sutskever & Salakhutdinov, "Dropout: A Simple Way to Prevent Neural Networks from
    Overfitting", 2014, https://jmlr.org/papers/v15/srivastava14a.html
"""
from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

from ... import random
from ...autograd.tape import wrap
from ...autograd.views import inplace as in_place
from ...functions.arguments import require_tensor
from ...functions.memory_order import memory_as_in_torch
from ...ops import activation as rules
from . import advice

if TYPE_CHECKING:
    from ...tensor import Tensor


def _checked(input: Tensor, p: float, name: str) -> Tensor:
    x = require_tensor(input, name)
    if not 0.0 <= p <= 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    return x


def _require_floating(x: Tensor, name: str) -> None:
    if x.array.dtype.kind not in "fc":
        raise RuntimeError(f"{name}: expected a floating point tensor while training, got {x.dtype}")


def _mask(x: Tensor, shape: tuple[int, ...], p: float) -> np.ndarray:
    """Ones with probability 1 - p, else zeros, in torch's order."""
    mask = memory_as_in_torch(x) if shape == x.array.shape else np.empty(shape, x.array.dtype)
    random.bernoulli_(mask, random.default_generator, 1.0 - float(p))
    return mask


def _dropped(x: Tensor, p: float, training: bool, inplace: bool, shape: tuple[int, ...], name: str) -> Tensor:
    if not training or p == 0.0 or not x.array.size:
        return x if inplace or not training or p == 0.0 else x.clone()
    _require_floating(x, name)
    advice.evaluates("dropout")
    if p == 1.0:
        mask = np.zeros(shape, x.array.dtype)
    else:
        mask = _mask(x, shape, p)
        mask /= 1.0 - p
    apply = (lambda a: rules.scaled_mask(a, mask=mask))
    return in_place(apply)(x) if inplace else apply(x)


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """While training, each element becomes 0 with probability p, and the others are divided by 1 - p; else input itself.

    The division keeps the mean, so that nothing needs to change when the network predicts.

    p: the probability of 0, in [0, 1]
    training: whether to drop at all

    Shape: any -> the same.
    Raises: ValueError for a p outside [0, 1]; RuntimeError for integers and bools while training.

    >>> import mtorch
    >>> mtorch.nn.functional.dropout(mtorch.ones(2), training=False)
    tensor([1., 1.])
    """
    x = _checked(input, p, "dropout")
    return _dropped(x, p, training, inplace, x.array.shape, "dropout")


def _channels(x: Tensor) -> tuple[int, ...]:
    """The shape of a mask with one element for each sample and channel."""
    return x.array.shape[:2] + (1,) * (x.array.ndim - 2)


def dropout1d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """dropout of whole channels of sequences, whose neighbouring elements say nearly the same.

    p, training: as for dropout, of a channel of a sample

    Shape: (N, C, L) or (C, L) -> the same.
    Raises: RuntimeError for other dimensions.
    Source: Tompson, Goroshin, Jain, LeCun & Bregler, "Efficient Object Localization Using Convolutional Networks", 2014,
        arXiv:1411.4280, section 3.2.

    >>> import mtorch
    >>> mtorch.nn.functional.dropout1d(mtorch.ones(1, 2, 2), training=False).shape
    torch.Size([1, 2, 2])
    """
    x = _checked(input, p, "dropout1d")
    if x.array.ndim not in (2, 3):
        raise RuntimeError(f"dropout1d: Expected 2D or 3D input, but received a {x.array.ndim}D input. Note that "
                           "dropout1d exists to provide channel-wise dropout on inputs with 1 spatial dimension, a "
                           "channel dimension, and an optional batch dimension (i.e. 2D or 3D inputs).")
    if x.array.ndim == 2:
        return _dropped(x.unsqueeze(0), p, training, inplace, (1, x.array.shape[0], 1), "dropout1d").squeeze(0)
    return _dropped(x, p, training, inplace, _channels(x), "dropout1d")


def dropout2d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """dropout of whole channels of images.

    p, training: as for dropout1d, of a channel of a sample

    Shape: (N, C, H, W) -> the same.  (N, C, L) too: torch takes three dimensions so, not as (C, H, W); other numbers of
        dimensions give a warning.
    Raises: RuntimeError for fewer than two dimensions.

    >>> import mtorch
    >>> mtorch.nn.functional.dropout2d(mtorch.ones(1, 2, 2, 2), training=False).shape
    torch.Size([1, 2, 2, 2])
    """
    x = _checked(input, p, "dropout2d")
    if x.array.ndim not in (3, 4):
        warnings.warn(f"dropout2d: Received a {x.array.ndim}-D input to dropout2d, which is deprecated and will "
                      "result in an error in a future release. To retain the behavior and silence this warning, "
                      "please use dropout instead.",
                      stacklevel=2)
    if x.array.ndim == 3:
        warnings.warn("dropout2d: Received a 3D input to dropout2d and assuming that channel-wise 1D dropout behavior is "
                      "desired, of shape (N, C, L), for which there is dropout1d; an image (C, H, W) needs a batch "
                      "dimension first.", stacklevel=2)
    if x.array.ndim < 2:
        raise RuntimeError(f"Feature dropout requires at least 2 dimensions in the input, got {x.array.ndim}")
    return _dropped(x, p, training, inplace, _channels(x), "dropout2d")


def dropout3d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """dropout of whole channels of volumes.

    p, training: as for dropout1d, of a channel of a sample

    Shape: (N, C, D, H, W) or (C, D, H, W) -> the same.  Other numbers of dimensions give a warning, and the first is taken
        for the channels.
    Raises: RuntimeError for 0 dimensions.

    >>> import mtorch
    >>> mtorch.nn.functional.dropout3d(mtorch.ones(1, 2, 2, 2, 2), training=False).shape
    torch.Size([1, 2, 2, 2, 2])
    """
    x = _checked(input, p, "dropout3d")
    if x.array.ndim not in (4, 5):
        warnings.warn(f"dropout3d: Received a {x.array.ndim}-D input to dropout3d, which is deprecated and will "
                      "result in an error in a future release. To retain the behavior and silence this warning, "
                      "please use dropout instead.",
                      stacklevel=2)
    if x.array.ndim < 1:
        raise RuntimeError(f"Feature dropout requires at least 2 dimensions in the input, got {x.array.ndim + 1}")
    if x.array.ndim == 5:
        return _dropped(x, p, training, inplace, _channels(x), "dropout3d")
    one = x.unsqueeze(0)
    return _dropped(one, p, training, inplace, _channels(one), "dropout3d").squeeze(0)


_ALPHA = 1.7580993408473766            # scale * alpha of selu: what a dropped unit is set to, negated


def _alpha_dropped(x: Tensor, p: float, training: bool, inplace: bool, shape: tuple[int, ...], name: str) -> Tensor:
    """Dropped elements become selu's lower limit; the rest is scaled and shifted so that mean 0, variance 1 stay."""
    if not training or p == 0.0 or not x.array.size:
        return x
    _require_floating(x, name)
    if p == 1.0:
        result = x * 0.0
        return in_place(lambda a: a * 0.0)(x) if inplace else result
    kept = _mask(x, shape, p)
    a = 1.0 / np.sqrt((_ALPHA * _ALPHA * p + 1) * (1 - p))
    a = float(a)
    shift = (kept - 1) * (_ALPHA * a) + _ALPHA * a * p
    scale = kept * a

    def apply(t):
        return rules.scaled_mask(t, mask=scale) + wrap(np.asarray(shift).astype(x.array.dtype))
    return in_place(apply)(x) if inplace else apply(x)


def alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """Dropout for selu networks: dropped elements take selu's lower limit, and all are scaled and moved back to mean 0,
    variance 1.

    p: the probability of being dropped, in [0, 1]
    training: whether to drop at all; else input itself

    Shape: any -> the same.
    Raises: ValueError for a p outside [0, 1]; RuntimeError for integers and bools while training.
    Source: Klambauer, Unterthiner, Mayr & Hochreiter, "Self-Normalizing Neural Networks", 2017, arXiv:1706.02515.

    >>> import mtorch
    >>> mtorch.nn.functional.alpha_dropout(mtorch.ones(2))
    tensor([1., 1.])
    """
    x = _checked(input, p, "alpha_dropout")
    return _alpha_dropped(x, p, training, inplace, x.array.shape, "alpha_dropout")


def feature_alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """alpha_dropout of whole channels.

    p, training: as for alpha_dropout, of a channel of a sample

    Shape: (N, C, ...) -> the same.
    Raises: RuntimeError for fewer than two dimensions.

    >>> import mtorch
    >>> mtorch.nn.functional.feature_alpha_dropout(mtorch.ones(1, 2, 2)).shape
    torch.Size([1, 2, 2])
    """
    x = _checked(input, p, "feature_alpha_dropout")
    if x.array.ndim < 2 and training:
        raise RuntimeError(f"Feature dropout requires at least 2 dimensions in the input, got {x.array.ndim}")
    return _alpha_dropped(x, p, training, inplace, _channels(x), "feature_alpha_dropout")
