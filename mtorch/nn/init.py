"""How weights begin: filling a tensor in place, from constants to Xavier, Kaiming and orthogonal matrices.

The same seed gives the numbers that `torch.nn.init` gives (orthogonal_ up to the last digits, which are LAPACK's).
Nothing here is recorded on the tape.
"""
from __future__ import annotations

import functools
import math
import warnings

import numpy as np

from ..autograd import no_grad
from ..functions.creation import empty_like
from ..functions.random import randperm
from ..random import Generator
from ..tensor import Tensor

# ---- how large -----------------------------------------------------------------------------------

def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """The factor by which weights are to be larger so that a signal keeps its size through this nonlinearity.

    `param` is the negative slope of leaky_relu (0.01 unless given).

    >>> import mtorch
    >>> mtorch.nn.init.calculate_gain("tanh")
    1.6666666666666667
    """
    linear = {"linear", "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d"}
    if nonlinearity in linear or nonlinearity == "sigmoid":
        return 1
    if nonlinearity == "tanh":
        return 5.0 / 3
    if nonlinearity == "relu":
        return math.sqrt(2.0)
    if nonlinearity == "selu":
        return 3.0 / 4
    if nonlinearity == "leaky_relu":
        slope = 0.01 if param is None else param
        if isinstance(slope, bool) or not isinstance(slope, (int, float)):
            raise ValueError(f"calculate_gain: negative_slope {param!r} is not a valid number")
        return math.sqrt(2.0 / (1 + slope**2))
    raise ValueError(f"calculate_gain: Unsupported nonlinearity {nonlinearity!r}")


def _calculate_fan_in_and_fan_out(tensor: Tensor) -> tuple[int, int]:
    """How many inputs an output sees and how many outputs an input reaches, for a weight (O, I, *kernel)."""
    if tensor.dim() < 2:
        raise ValueError("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions, "
                         f"got shape {tuple(tensor.shape)}")
    out_features, in_features, *kernel = tensor.shape
    return in_features * math.prod(kernel), out_features * math.prod(kernel)


def _calculate_correct_fan(tensor: Tensor, mode: str) -> int:
    fans = dict(zip(("fan_in", "fan_out"), _calculate_fan_in_and_fan_out(tensor), strict=True))
    if mode.lower() not in fans:
        raise ValueError(f"Mode {mode} not supported, please use one of {list(fans)}")
    return fans[mode.lower()]


# ---- constants -----------------------------------------------------------------------------------

@no_grad()
def constant_(tensor: Tensor, val: float) -> Tensor:
    """Fill with one number.

    >>> import mtorch
    >>> mtorch.nn.init.constant_(mtorch.empty(2), 0.3)
    tensor([0.3000, 0.3000])
    """
    return tensor.fill_(val)


def ones_(tensor: Tensor) -> Tensor:
    """Fill with ones.

    >>> import mtorch
    >>> mtorch.nn.init.ones_(mtorch.empty(2))
    tensor([1., 1.])
    """
    return constant_(tensor, 1.0)


def zeros_(tensor: Tensor) -> Tensor:
    """Fill with zeros.

    >>> import mtorch
    >>> mtorch.nn.init.zeros_(mtorch.empty(2))
    tensor([0., 0.])
    """
    return constant_(tensor, 0.0)


def eye_(tensor: Tensor) -> Tensor:
    """Make a matrix the identity: a linear layer then passes on as many inputs as it can.

    >>> import mtorch
    >>> mtorch.nn.init.eye_(mtorch.empty(2, 3))
    tensor([[1., 0., 0.],
            [0., 1., 0.]])
    """
    _require_matrix(tensor, "eye_")
    return _filled(tensor, np.eye(*tensor.shape))


def dirac_(tensor: Tensor, groups: int = 1) -> Tensor:
    """Make a convolution's weight (O, I, *kernel), of 1 to 3 dimensions of kernel, pass its input on, in each group.

    >>> import mtorch
    >>> mtorch.nn.init.dirac_(mtorch.empty(1, 1, 3))
    tensor([[[0., 1., 0.]]])
    """
    if tensor.dim() not in (3, 4, 5):
        raise ValueError("dirac_: Only tensors with 3, 4, or 5 dimensions are supported, "
                         f"got shape {tuple(tensor.shape)}")
    out_channels, in_channels, *kernel = tensor.shape
    if out_channels % groups:
        raise ValueError(f"dirac_: dim 0 must be divisible by groups, got {out_channels} and {groups}")
    weight = np.zeros(tensor.shape)
    channel = np.arange(min(out_channels // groups, in_channels))
    for first in range(0, out_channels, out_channels // groups or 1):
        weight[(first + channel, channel, *(n // 2 for n in kernel))] = 1
    return _filled(tensor, weight)


# ---- simple distributions ------------------------------------------------------------------------

@no_grad()
def uniform_(tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Fill with numbers drawn evenly from [a, b).

    >>> import mtorch
    >>> _ = mtorch.manual_seed(0)
    >>> mtorch.nn.init.uniform_(mtorch.empty(2), -1, 1)
    tensor([-0.0075,  0.5364])
    """
    return tensor.uniform_(a, b, generator=generator)


@no_grad()
def normal_(tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Fill with normal numbers; std >= 0.

    >>> import mtorch
    >>> _ = mtorch.manual_seed(0)
    >>> mtorch.nn.init.normal_(mtorch.empty(2), std=0.01)
    tensor([ 0.0154, -0.0029])
    """
    return tensor.normal_(mean, std, generator=generator)


@no_grad()
def trunc_normal_(tensor: Tensor, mean: float = 0.0, std: float = 1.0, a: float = -2.0, b: float = 2.0,
                  generator: Generator | None = None) -> Tensor:
    """Fill with normal numbers of which those outside [a, b] are drawn again; best where a <= mean <= b.

    (The numbers are those of torch 2.13; before 2.10 torch drew them another way.)

    >>> import mtorch
    >>> bool((mtorch.nn.init.trunc_normal_(mtorch.empty(1000)).abs() <= 2).all())
    True
    """
    if mean < a - 2 * std or mean > b + 2 * std:
        warnings.warn("mean is more than 2 std from [a, b] in nn.init.trunc_normal_. The distribution of values may be "
                      "incorrect.", stacklevel=3)
    below, up_to = (0.5 * (1.0 + math.erf((x - mean) / std / math.sqrt(2.0))) for x in (a, b))
    redrawn = _normals_inside if up_to - below > 0.3 else _uniforms_accepted
    return tensor.copy_(redrawn(tensor, mean, std, a, b, generator))


def _normals_inside(tensor, mean, std, a, b, generator):
    """Draw from the normal distribution all over again until every number was once inside."""
    kind = tensor.array.dtype.type
    result = tensor.normal_(mean, std, generator=generator)
    while ((outside := (result < float(kind(a))) | (result > float(kind(b)))).any()):
        result = empty_like(result).normal_(mean, std, generator=generator).where(outside, result)
    return result


def _uniforms_accepted(tensor, mean, std, a, b, generator):
    """Draw evenly from [a, b) and accept a number with the ratio of its density to the greatest."""
    peak = -0.5 * ((max(a, min(mean, b)) - mean) / std) ** 2
    result, pending = tensor.uniform_(a, b, generator=generator), None
    candidates, chance = result, empty_like(tensor)
    while True:
        log_ratio = -0.5 * ((candidates - mean) / std) ** 2 - peak
        rejected = chance.uniform_(generator=generator).log() > log_ratio
        pending = rejected if pending is None else pending & rejected
        if not pending.any():
            return result
        candidates = empty_like(tensor).uniform_(a, b, generator=generator)
        result = candidates.where(pending, result)


# ---- scaled to the layer -------------------------------------------------------------------------

def xavier_uniform_(tensor: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Fill evenly from [-a, a), a = gain sqrt(6 / (fan_in + fan_out)).

    Source: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks" (2010).

    >>> import mtorch
    >>> w = mtorch.nn.init.xavier_uniform_(mtorch.empty(3, 3))
    >>> bool((w.abs() <= 1).all())
    True
    """
    bound = math.sqrt(3.0) * _xavier_std(tensor, gain)
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Fill with normal numbers of std = gain sqrt(2 / (fan_in + fan_out)).

    Source: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks" (2010).

    >>> import mtorch
    >>> mtorch.nn.init.xavier_normal_(mtorch.empty(3, 4)).shape
    torch.Size([3, 4])
    """
    return normal_(tensor, 0.0, _xavier_std(tensor, gain), generator)


def _xavier_std(tensor, gain):
    return gain * math.sqrt(2.0 / float(sum(_calculate_fan_in_and_fan_out(tensor))))


def kaiming_uniform_(tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu",
                     generator: Generator | None = None) -> Tensor:
    """Fill evenly from [-bound, bound), bound = gain sqrt(3 / fan), for a weight (O, I, *kernel).

    a             the negative slope of the leaky_relu that follows
    mode          "fan_in" keeps the size of the signal on the way forward, "fan_out" that of the gradient
    nonlinearity  what follows: see `calculate_gain`

    Source: He, Zhang, Ren and Sun, "Delving deep into rectifiers" (2015).

    >>> import mtorch
    >>> w = mtorch.nn.init.kaiming_uniform_(mtorch.empty(5, 6), nonlinearity="relu")
    >>> bool((w.abs() <= 1).all())
    True
    """
    std = _kaiming_std(tensor, a, mode, nonlinearity)
    return tensor if std is None else uniform_(tensor, -math.sqrt(3.0) * std, math.sqrt(3.0) * std, generator)


def kaiming_normal_(tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu",
                    generator: Generator | None = None) -> Tensor:
    """Fill with normal numbers of std = gain / sqrt(fan); the arguments are those of `kaiming_uniform_`.

    >>> import mtorch
    >>> mtorch.nn.init.kaiming_normal_(mtorch.empty(8, 2, 3, 3), mode="fan_out").shape
    torch.Size([8, 2, 3, 3])
    """
    std = _kaiming_std(tensor, a, mode, nonlinearity)
    return tensor if std is None else normal_(tensor, 0, std, generator)


def _kaiming_std(tensor, a, mode, nonlinearity):
    if 0 in tensor.shape:
        warnings.warn("Initializing zero-element tensors is a no-op", stacklevel=3)
        return None
    return calculate_gain(nonlinearity, a) / math.sqrt(_calculate_correct_fan(tensor, mode))


# ---- matrices ------------------------------------------------------------------------------------

def orthogonal_(tensor: Tensor, gain: float = 1, generator: Generator | None = None) -> Tensor:
    """Fill with gain times a matrix whose rows (or columns, if there are more rows) are orthonormal.

    Dimensions after the first are taken together.

    Source: Saxe, McClelland and Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep linear neural
    networks" (2014); for the signs Mezzadri, "How to generate random matrices from the classical groups" (2007).

    >>> import mtorch
    >>> w = mtorch.nn.init.orthogonal_(mtorch.empty(2, 5))
    >>> bool(mtorch.allclose(w @ w.T, mtorch.eye(2), atol=1e-6))
    True
    """
    if tensor.dim() < 2:
        raise ValueError("orthogonal_: Only tensors with 2 or more dimensions are supported, "
                         f"got shape {tuple(tensor.shape)}")
    if tensor.numel() == 0:
        return tensor
    rows = tensor.shape[0]
    drawn = tensor.new_empty(rows, tensor.numel() // rows).normal_(0, 1, generator=generator).array
    wide = drawn.shape[0] < drawn.shape[1]
    q, r = np.linalg.qr(drawn.T if wide else drawn)
    q *= np.sign(np.diagonal(r))
    q *= gain
    return _filled(tensor, (q.T if wide else q).reshape(tensor.shape))


@no_grad()
def sparse_(tensor: Tensor, sparsity: float, std: float = 0.01, generator: Generator | None = None) -> Tensor:
    """Fill a matrix with normal numbers, then set this fraction of each column, rounded up, to zero.

    (The rows are chosen by the default generator, as in torch.)

    Source: Martens, "Deep learning via Hessian-free optimization" (2010).

    >>> import mtorch
    >>> int((mtorch.nn.init.sparse_(mtorch.empty(10, 3), 0.4) == 0).sum())
    12
    """
    _require_matrix(tensor, "sparse_")
    tensor.normal_(0, std, generator=generator)
    rows, columns = tensor.shape
    for column in range(columns):
        tensor[randperm(rows)[:math.ceil(sparsity * rows)], column] = 0
    return tensor


def _require_matrix(tensor, name):
    if tensor.dim() != 2:
        raise ValueError(f"{name}: Only tensors with 2 dimensions are supported, got shape {tuple(tensor.shape)}")


@no_grad()
def _filled(tensor: Tensor, array: np.ndarray) -> Tensor:
    """The tensor, with these numbers written into it."""
    return tensor.copy_(Tensor(array.astype(tensor.array.dtype, copy=False), dtype=tensor.dtype))


# ---- names without the underscore, which torch has deprecated -----------------------------------------

def _deprecated(function):
    old = function.__name__[:-1]

    @functools.wraps(function)
    def call(*args, **kwargs):
        warnings.warn(f"`nn.init.{old}` is now deprecated in favor of `nn.init.{function.__name__}`.", FutureWarning,
                      stacklevel=2)
        return function(*args, **kwargs)

    call.__name__, call.__doc__ = old, f"The deprecated name of `{function.__name__}`."
    return call


uniform, normal, constant, eye, dirac = map(_deprecated, (uniform_, normal_, constant_, eye_, dirac_))
xavier_uniform, xavier_normal = map(_deprecated, (xavier_uniform_, xavier_normal_))
kaiming_uniform, kaiming_normal = map(_deprecated, (kaiming_uniform_, kaiming_normal_))
orthogonal, sparse = map(_deprecated, (orthogonal_, sparse_))
