"""How weights begin: filling a tensor in place, from constants to Xavier, Kaiming and orthogonal matrices.

The same seed gives the numbers that `torch.nn.init` gives (orthogonal_ up to the last digits, which are LAPACK's).
Nothing here is recorded on the tape.
"""
from __future__ import annotations

import functools
import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from ..autograd import no_grad
from ..caller import program_line as _program_line
from ..functions.arguments import require_tensor as _require_tensor
from ..functions.creation import empty_like
from ..functions.random import randperm
from ..random import Generator
from ..tensor import Tensor

# ---- how large -----------------------------------------------------------------------------------

def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """The factor by which weights are to be larger so that a signal keeps its size through this nonlinearity.

    1 for "linear", "sigmoid" and the convolutions, 5/3 for "tanh", sqrt(2) for "relu", 3/4 for "selu", and
    sqrt(2 / (1 + slope^2)) for "leaky_relu".

    nonlinearity: the name of the function that follows
    param: the negative slope of leaky_relu (0.01 unless given)

    Raises: ValueError for another nonlinearity, or a slope that is no number.
    Source: He, Zhang, Ren & Sun, "Delving Deep into Rectifiers", 2015, arXiv:1502.01852, section 2.2.

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

    tensor: of any type; returned
    val: the number

    Shape: any -> the same.
    Raises: TypeError for what is no Tensor; RuntimeError for a val that is a tensor of several numbers.

    >>> import mtorch
    >>> mtorch.nn.init.constant_(mtorch.empty(2), 0.3)
    tensor([0.3000, 0.3000])
    """
    return _require_tensor(tensor, "constant_", "tensor").fill_(val)


def ones_(tensor: Tensor) -> Tensor:
    """Fill with ones; tensor as for constant_.

    Shape: any -> the same.

    >>> import mtorch
    >>> mtorch.nn.init.ones_(mtorch.empty(2))
    tensor([1., 1.])
    """
    return constant_(tensor, 1.0)


def zeros_(tensor: Tensor) -> Tensor:
    """Fill with zeros; tensor as for constant_.

    Shape: any -> the same.

    >>> import mtorch
    >>> mtorch.nn.init.zeros_(mtorch.empty(2))
    tensor([0., 0.])
    """
    return constant_(tensor, 0.0)


def eye_(tensor: Tensor) -> Tensor:
    """Make a matrix the identity: a linear layer then passes on as many inputs as it can.

    Shape: (O, I) -> the same.
    Raises: ValueError for a tensor that is no matrix; TypeError for what is no Tensor.

    >>> import mtorch
    >>> mtorch.nn.init.eye_(mtorch.empty(2, 3))
    tensor([[1., 0., 0.],
            [0., 1., 0.]])
    """
    _require_matrix(tensor, "eye_")
    return _filled(tensor, np.eye(*tensor.shape))


def dirac_(tensor: Tensor, groups: int = 1) -> Tensor:
    """Make a convolution pass its input on: 1 at the middle of the kernel from channel i to channel i, else 0.

    tensor: a weight with 1 to 3 dimensions of kernel; returned
    groups: how many groups the output channels are cut into, each of which passes on all it can; > 0, divides O

    Shape: (O, I, *kernel) -> the same.
    Raises: ValueError for other dimensions, or an O that groups does not divide; ZeroDivisionError for groups 0; TypeError
        for what is no Tensor.
    Source: Zagoruyko & Komodakis, "DiracNets: Training Very Deep Neural Networks Without Skip-Connections", 2017,
        arXiv:1706.00388.

    >>> import mtorch
    >>> mtorch.nn.init.dirac_(mtorch.empty(1, 1, 3))
    tensor([[[0., 1., 0.]]])
    """
    if _require_tensor(tensor, "dirac_", "tensor").dim() not in (3, 4, 5):
        raise ValueError("dirac_: Only tensors with 3, 4, or 5 dimensions are supported, "
                         f"got shape {tuple(tensor.shape)}")
    out_channels, in_channels, *kernel = tensor.shape
    if out_channels % groups:
        raise ValueError(f"dirac_: dim 0 must be divisible by groups, got {out_channels} and {groups}")
    weight = np.zeros(tensor.shape)
    channel = np.arange(min(out_channels // groups, in_channels))
    middle: tuple = tuple(n // 2 for n in kernel)
    for first in range(0, out_channels, out_channels // groups or 1):
        weight[(first + channel, channel, *middle)] = 1
    return _filled(tensor, weight)


# ---- simple distributions ------------------------------------------------------------------------

@no_grad()
def uniform_(tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Fill with numbers drawn evenly from [a, b).

    tensor: of a floating point type; returned
    a, b: finite, a <= b
    generator: the source of the numbers; the default one if None

    Shape: any -> the same.
    Raises: RuntimeError for a above b, or one beyond the type; NotImplementedError for integers; TypeError for what is no
        Tensor.

    >>> import mtorch
    >>> _ = mtorch.manual_seed(0)
    >>> mtorch.nn.init.uniform_(mtorch.empty(2), -1, 1)
    tensor([-0.0075,  0.5364])
    """
    return _require_tensor(tensor, "uniform_", "tensor").uniform_(a, b, generator=generator)


@no_grad()
def normal_(tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Fill with numbers drawn from the normal distribution.

    tensor: of a floating point type; returned
    mean, std: its centre and its width, std >= 0
    generator: the source of the numbers; the default one if None

    Shape: any -> the same.
    Raises: RuntimeError for a negative std; NotImplementedError for integers; TypeError for what is no Tensor.

    >>> import mtorch
    >>> _ = mtorch.manual_seed(0)
    >>> mtorch.nn.init.normal_(mtorch.empty(2), std=0.01)
    tensor([ 0.0154, -0.0029])
    """
    return _require_tensor(tensor, "normal_", "tensor").normal_(mean, std, generator=generator)


@no_grad()
def trunc_normal_(tensor: Tensor, mean: float = 0.0, std: float = 1.0, a: float = -2.0, b: float = 2.0,
                  generator: Generator | None = None) -> Tensor:
    """Fill with normal numbers of which those outside [a, b] are drawn again.

    (The numbers are those of torch 2.13; before 2.10 torch drew them another way.)

    tensor: of a floating point type; returned
    mean, std: centre and width of the distribution that is cut off, std > 0; best with a <= mean <= b
    a, b: numbers, not multiples of std; a < b
    generator: the source of the numbers; the default one if None

    Shape: any -> the same.
    Raises: ZeroDivisionError for std 0; RuntimeError for a above b; NotImplementedError for integers; TypeError for what
        is no Tensor.
    Source: von Neumann, "Various Techniques Used in Connection with Random Digits", 1951, for drawing again.

    >>> import mtorch
    >>> bool((mtorch.nn.init.trunc_normal_(mtorch.empty(1000)).abs() <= 2).all())
    True
    """
    _require_tensor(tensor, "trunc_normal_", "tensor")
    if mean < a - 2 * std or mean > b + 2 * std:
        warnings.warn("mean is more than 2 std from [a, b] in nn.init.trunc_normal_. The distribution of values may be "
                      "incorrect.", stacklevel=3)
    below, up_to = (0.5 * (1.0 + math.erf((x - mean) / std / math.sqrt(2.0))) for x in (a, b))
    redrawn = _normals_inside if up_to - below > 0.3 else _uniforms_accepted
    return tensor.copy_(redrawn(tensor, mean, std, a, b, generator))


def _normals_inside(tensor: Tensor, mean: float, std: float, a: float, b: float, generator: Generator | None) -> Tensor:
    """Draw from the normal distribution all over again until every number was once inside."""
    kind = tensor.array.dtype.type
    result = tensor.normal_(mean, std, generator=generator)
    while ((outside := (result < float(kind(a))) | (result > float(kind(b)))).any()):
        result = empty_like(result).normal_(mean, std, generator=generator).where(outside, result)
    return result


def _uniforms_accepted(tensor: Tensor, mean: float, std: float, a: float, b: float,
                       generator: Generator | None) -> Tensor:
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

    With O outputs, I inputs and K elements of a kernel, fan_in = I K and fan_out = O K.

    tensor: a weight of a floating point type; returned
    gain: what the signal gains in the layer, >= 0, for the nonlinearity that follows; see calculate_gain
    generator: the source of the numbers; the default one if None

    Shape: (O, I, *kernel) -> the same.
    Raises: ValueError for fewer than 2 dimensions; RuntimeError for a negative gain; NotImplementedError for integers;
        TypeError for what is no Tensor.
    Source: Glorot & Bengio, "Understanding the Difficulty of Training Deep Feedforward Neural Networks", 2010.

    >>> import mtorch
    >>> w = mtorch.nn.init.xavier_uniform_(mtorch.empty(3, 3))
    >>> bool((w.abs() <= 1).all())
    True
    """
    bound = math.sqrt(3.0) * _xavier_std(tensor, gain, "xavier_uniform_")
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Fill with normal numbers of std = gain sqrt(2 / (fan_in + fan_out)); arguments and errors as for xavier_uniform_.

    Shape: (O, I, *kernel) -> the same.

    >>> import mtorch
    >>> mtorch.nn.init.xavier_normal_(mtorch.empty(3, 4)).shape
    torch.Size([3, 4])
    """
    return normal_(tensor, 0.0, _xavier_std(tensor, gain, "xavier_normal_"), generator)


def _xavier_std(tensor: Tensor, gain: float, name: str) -> float:
    _require_tensor(tensor, name, "tensor")
    return gain * math.sqrt(2.0 / float(sum(_calculate_fan_in_and_fan_out(tensor))))


def kaiming_uniform_(tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu",
                     generator: Generator | None = None) -> Tensor:
    """Fill evenly from [-bound, bound), bound = gain sqrt(3 / fan).

    tensor: a weight of a floating point type; returned.  Without elements it stays as it is, with a warning
    a: the negative slope of the leaky_relu that follows
    mode: "fan_in" (fan = I K) keeps the size of the signal on the way forward, "fan_out" (O K) that of the gradient
    nonlinearity: what follows, which gives the gain: see calculate_gain
    generator: the source of the numbers; the default one if None

    Shape: (O, I, *kernel), with K elements of the kernel -> the same.
    Raises: ValueError for fewer than 2 dimensions, another mode or another nonlinearity; NotImplementedError for integers;
        TypeError for what is no Tensor.
    Source: He, Zhang, Ren & Sun, "Delving Deep into Rectifiers", 2015, arXiv:1502.01852, section 2.2.

    >>> import mtorch
    >>> w = mtorch.nn.init.kaiming_uniform_(mtorch.empty(5, 6), nonlinearity="relu")
    >>> bool((w.abs() <= 1).all())
    True
    """
    std = _kaiming_std(tensor, a, mode, nonlinearity, "kaiming_uniform_")
    return tensor if std is None else uniform_(tensor, -math.sqrt(3.0) * std, math.sqrt(3.0) * std, generator)


def kaiming_normal_(tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu",
                    generator: Generator | None = None) -> Tensor:
    """Fill with normal numbers of std = gain / sqrt(fan); arguments and errors as for kaiming_uniform_.

    Shape: (O, I, *kernel) -> the same.

    >>> import mtorch
    >>> mtorch.nn.init.kaiming_normal_(mtorch.empty(8, 2, 3, 3), mode="fan_out").shape
    torch.Size([8, 2, 3, 3])
    """
    std = _kaiming_std(tensor, a, mode, nonlinearity, "kaiming_normal_")
    return tensor if std is None else normal_(tensor, 0, std, generator)


def _kaiming_std(tensor: Tensor, a: float, mode: str, nonlinearity: str, name: str) -> float | None:
    if 0 in _require_tensor(tensor, name, "tensor").shape:
        warnings.warn("Initializing zero-element tensors is a no-op", stacklevel=_program_line())
        return None
    return calculate_gain(nonlinearity, a) / math.sqrt(_calculate_correct_fan(tensor, mode))


# ---- matrices ------------------------------------------------------------------------------------

def orthogonal_(tensor: Tensor, gain: float = 1, generator: Generator | None = None) -> Tensor:
    """Fill with gain times a matrix whose rows (or columns, if there are more rows) are orthonormal.

    tensor: of a floating point type; returned.  Dimensions after the first are taken together
    gain: the length of each row
    generator: the source of the numbers; the default one if None

    Shape: (O, ...) -> the same.
    Raises: ValueError for fewer than 2 dimensions; NotImplementedError for integers; TypeError for what is no Tensor.
    Source: Saxe, McClelland & Ganguli, "Exact Solutions to the Nonlinear Dynamics of Learning in Deep Linear Neural
        Networks", 2014, arXiv:1312.6120; for the signs Mezzadri, "How to Generate Random Matrices from the Classical
        Compact Groups", 2007.

    >>> import mtorch
    >>> w = mtorch.nn.init.orthogonal_(mtorch.empty(2, 5))
    >>> bool(mtorch.allclose(w @ w.T, mtorch.eye(2), atol=1e-6))
    True
    """
    if _require_tensor(tensor, "orthogonal_", "tensor").dim() < 2:
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
    """Fill a matrix with normal numbers, then set some of each column to zero.

    (The rows are chosen by the default generator, as in torch.)

    tensor: of a floating point type; returned
    sparsity: the fraction of zeros in each column, in [0, 1]; their number is rounded up
    std: of the normal numbers, >= 0
    generator: the source of the normal numbers; the default one if None

    Shape: (O, I) -> the same.
    Raises: ValueError for a tensor that is no matrix; RuntimeError for a negative std; NotImplementedError for integers;
        TypeError for what is no Tensor.
    Source: Martens, "Deep Learning via Hessian-Free Optimization", 2010, section 5.

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


def _require_matrix(tensor: Tensor, name: str) -> None:
    if _require_tensor(tensor, name, "tensor").dim() != 2:
        raise ValueError(f"{name}: Only tensors with 2 dimensions are supported, got shape {tuple(tensor.shape)}")


@no_grad()
def _filled(tensor: Tensor, array: np.ndarray) -> Tensor:
    """The tensor, with these numbers written into it."""
    return tensor.copy_(Tensor(array.astype(tensor.array.dtype, copy=False), dtype=tensor.dtype))


# ---- names without the underscore, which torch has deprecated -----------------------------------------

def _deprecated(function: Any) -> Callable[..., Tensor]:
    old = function.__name__[:-1]

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Tensor:
        warnings.warn(f"`nn.init.{old}` is now deprecated in favor of `nn.init.{function.__name__}`.", FutureWarning,
                      stacklevel=2)
        return function(*args, **kwargs)

    call.__name__, call.__doc__ = old, f"The deprecated name of `{function.__name__}`."
    return call


uniform, normal, constant, eye, dirac = map(_deprecated, (uniform_, normal_, constant_, eye_, dirac_))
xavier_uniform, xavier_normal = map(_deprecated, (xavier_uniform_, xavier_normal_))
kaiming_uniform, kaiming_normal = map(_deprecated, (kaiming_uniform_, kaiming_normal_))
orthogonal, sparse = map(_deprecated, (orthogonal_, sparse_))

# What torch's own are made of there, which initializations of a program's own take.
_no_grad_uniform_, _no_grad_normal_, _no_grad_trunc_normal_ = uniform_, normal_, trunc_normal_
_no_grad_fill_, _no_grad_zero_ = constant_, zeros_
