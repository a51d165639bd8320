"""The dropout family: elements, or whole channels, set to zero at random while training.  The masks are torch's own.

Srivastava et al. 2014, https://jmlr.org/papers/v15/srivastava14a.html
"""
from __future__ import annotations

import warnings

import numpy as np

from ... import random
from ...autograd.views import inplace as in_place
from ...functions.arguments import require_tensor
from ...ops import activation as rules
from . import advice


def _checked(input, p, name):
    x = require_tensor(input, name)
    if p < 0.0 or p > 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    return x


def _mask(shape, dtype, p: float) -> np.ndarray:
    """Ones with probability 1 - p, else zeros, in torch's order."""
    mask = np.empty(shape, dtype)
    random.bernoulli_(mask, random.default_generator, 1.0 - p)
    return mask


def _dropped(x, p, training, inplace, shape):
    if not training or p == 0.0 or not x.array.size:
        return x if inplace or not training or p == 0.0 else x.clone()
    advice.evaluates("dropout")
    if p == 1.0:
        mask = np.zeros(shape, x.array.dtype)
    else:
        mask = _mask(shape, x.array.dtype, p)
        mask /= 1.0 - p
    apply = (lambda a: rules.scaled_mask(a, mask=mask))
    return in_place(apply)(x) if inplace else apply(x)


def dropout(input, p: float = 0.5, training: bool = True, inplace: bool = False):
    """Each element zero with probability p in [0, 1], the others divided by 1 - p; the input itself when not training.

    >>> import mtorch
    >>> mtorch.nn.functional.dropout(mtorch.ones(2), training=False)
    tensor([1., 1.])
    """
    x = _checked(input, p, "dropout")
    return _dropped(x, p, training, inplace, x.array.shape)


def _channels(x) -> tuple[int, ...]:
    """The shape of a mask with one element for each sample and channel."""
    return x.array.shape[:2] + (1,) * (x.array.ndim - 2)


def dropout1d(input, p: float = 0.5, training: bool = True, inplace: bool = False):
    """Whole channels dropped.  Shape: (N, C, L) or (C, L).

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
        return _dropped(x.unsqueeze(0), p, training, inplace, (1, x.array.shape[0], 1)).squeeze(0)
    return _dropped(x, p, training, inplace, _channels(x))


def dropout2d(input, p: float = 0.5, training: bool = True, inplace: bool = False):
    """Whole channels dropped.  Shape: (N, C, H, W) or (C, H, W), which torch takes as (N, C, L).

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
    if x.array.ndim < 2:
        raise RuntimeError(f"Feature dropout requires at least 2 dimensions in the input, got {x.array.ndim}")
    return _dropped(x, p, training, inplace, _channels(x))


def dropout3d(input, p: float = 0.5, training: bool = True, inplace: bool = False):
    """Whole channels dropped.  Shape: (N, C, D, H, W) or (C, D, H, W).

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
    if x.array.ndim < 2:
        raise RuntimeError(f"Feature dropout requires at least 2 dimensions in the input, got {x.array.ndim}")
    if x.array.ndim == 4:
        return _dropped(x.unsqueeze(0), p, training, inplace, (1, x.array.shape[0], 1, 1, 1)).squeeze(0)
    return _dropped(x, p, training, inplace, _channels(x))


_ALPHA = 1.7580993408473766            # scale * alpha of selu: what a dropped unit is set to, negated


def _alpha_dropped(x, p, training, inplace, shape):
    """Dropped elements become selu's lower limit; the rest is scaled and shifted so that mean 0, variance 1 stay."""
    if not training or p == 0.0 or not x.array.size:
        return x
    if p == 1.0:
        result = x * 0.0
        return in_place(lambda a: a * 0.0)(x) if inplace else result
    kept = _mask(shape, x.array.dtype, p)
    a = 1.0 / np.sqrt((_ALPHA * _ALPHA * p + 1) * (1 - p))
    a = float(a)
    shift = (kept - 1) * (_ALPHA * a) + _ALPHA * a * p
    scale = kept * a

    def apply(t):
        from ...autograd.tape import wrap
        return rules.scaled_mask(t, mask=scale) + wrap(shift.astype(x.array.dtype))
    return in_place(apply)(x) if inplace else apply(x)


def alpha_dropout(input, p: float = 0.5, training: bool = False, inplace: bool = False):
    """Dropout for selu networks: mean and variance stay.  Klambauer et al. 2017, arXiv:1706.02515

    >>> import mtorch
    >>> mtorch.nn.functional.alpha_dropout(mtorch.ones(2))
    tensor([1., 1.])
    """
    x = _checked(input, p, "alpha_dropout")
    return _alpha_dropped(x, p, training, inplace, x.array.shape)


def feature_alpha_dropout(input, p: float = 0.5, training: bool = False, inplace: bool = False):
    """alpha_dropout of whole channels.

    >>> import mtorch
    >>> mtorch.nn.functional.feature_alpha_dropout(mtorch.ones(1, 2, 2)).shape
    torch.Size([1, 2, 2])
    """
    x = _checked(input, p, "feature_alpha_dropout")
    if x.array.ndim < 2 and training:
        raise RuntimeError(f"Feature dropout requires at least 2 dimensions in the input, got {x.array.ndim}")
    return _alpha_dropped(x, p, training, inplace, _channels(x))
