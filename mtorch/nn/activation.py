"""The activation functions as layers; what each computes stands at its function in functional/activation.py."""
from __future__ import annotations

from ..functions import creation
from ..tensor import Parameter, Tensor
from . import functional as F, init
from .module import Module


def _inplace_text(inplace: bool) -> str:
    return "inplace=True" if inplace else ""


class _InPlace(Module):
    """An activation whose only option is to overwrite its input."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def extra_repr(self) -> str:
        return _inplace_text(self.inplace)


class ReLU(_InPlace):
    """max(x, 0).

    >>> import mtorch
    >>> mtorch.nn.ReLU()(mtorch.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.relu(input, self.inplace)


class SELU(_InPlace):
    """elu with the numbers that keep mean 0 and variance 1.

    >>> import mtorch
    >>> mtorch.nn.SELU()(mtorch.tensor([1.0]))
    tensor([1.0507])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.selu(input, self.inplace)


class SiLU(_InPlace):
    """x sigmoid(x).

    >>> import mtorch
    >>> mtorch.nn.SiLU()(mtorch.tensor([1.0]))
    tensor([0.7311])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.silu(input, self.inplace)


class Mish(_InPlace):
    """x tanh(softplus(x)).

    >>> import mtorch
    >>> mtorch.nn.Mish()(mtorch.tensor([1.0]))
    tensor([0.8651])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.mish(input, self.inplace)


class Hardswish(_InPlace):
    """x hardsigmoid(x).

    >>> import mtorch
    >>> mtorch.nn.Hardswish()(mtorch.tensor([1.0]))
    tensor([0.6667])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.hardswish(input, self.inplace)

    def extra_repr(self) -> str:
        return ""


class Hardsigmoid(_InPlace):
    """(x + 3) / 6 kept in [0, 1].

    >>> import mtorch
    >>> mtorch.nn.Hardsigmoid()(mtorch.tensor([0.0]))
    tensor([0.5000])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.hardsigmoid(input, self.inplace)

    def extra_repr(self) -> str:
        return ""


class Hardtanh(Module):
    """x kept in [min_val, max_val].

    >>> import mtorch
    >>> mtorch.nn.Hardtanh()(mtorch.tensor([-3.0, 0.5]))
    tensor([-1.0000,  0.5000])
    """

    def __init__(self, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        self.min_val, self.max_val, self.inplace = min_val, max_val, inplace
        if max_val <= min_val:
            raise AssertionError(f"Hardtanh: max_val ({max_val}) must be larger than min_val ({min_val})")

    def forward(self, input: Tensor) -> Tensor:
        return F.hardtanh(input, self.min_val, self.max_val, self.inplace)

    def extra_repr(self) -> str:
        return f"min_val={self.min_val}, max_val={self.max_val}" + (", inplace=True" if self.inplace else "")


class ReLU6(Hardtanh):
    """x kept in [0, 6].

    >>> import mtorch
    >>> mtorch.nn.ReLU6()(mtorch.tensor([-1.0, 9.0]))
    tensor([0., 6.])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__(0.0, 6.0, inplace)

    def extra_repr(self) -> str:
        return _inplace_text(self.inplace)


class LeakyReLU(Module):
    """x where it is positive, else negative_slope x.

    >>> import mtorch
    >>> mtorch.nn.LeakyReLU(0.1)(mtorch.tensor([-1.0, 2.0]))
    tensor([-0.1000,  2.0000])
    """

    def __init__(self, negative_slope: float = 0.01, inplace: bool = False) -> None:
        super().__init__()
        self.negative_slope, self.inplace = negative_slope, inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.leaky_relu(input, self.negative_slope, self.inplace)

    def extra_repr(self) -> str:
        return f"negative_slope={self.negative_slope}" + (", inplace=True" if self.inplace else "")


class RReLU(Module):
    """leaky relu whose slope is drawn from [lower, upper] while training.

    >>> import mtorch
    >>> mtorch.nn.RReLU(0.5, 0.5).eval()(mtorch.tensor([-1.0]))
    tensor([-0.5000])
    """

    def __init__(self, lower: float = 1.0 / 8, upper: float = 1.0 / 3, inplace: bool = False) -> None:
        super().__init__()
        self.lower, self.upper, self.inplace = lower, upper, inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.rrelu(input, self.lower, self.upper, self.training, self.inplace)

    def extra_repr(self) -> str:
        return f"lower={self.lower}, upper={self.upper}" + (", inplace=True" if self.inplace else "")


class _Alpha(Module):
    """An activation with the factor alpha of its negative part."""

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        self.alpha, self.inplace = alpha, inplace

    def extra_repr(self) -> str:
        return f"alpha={self.alpha}" + (", inplace=True" if self.inplace else "")


class ELU(_Alpha):
    """x where it is positive, else alpha (e^x - 1).

    >>> import mtorch
    >>> mtorch.nn.ELU()(mtorch.tensor([-1.0]))
    tensor([-0.6321])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.elu(input, self.alpha, self.inplace)


class CELU(_Alpha):
    """max(x, 0) + min(0, alpha (e^(x/alpha) - 1)).

    >>> import mtorch
    >>> mtorch.nn.CELU()(mtorch.tensor([-1.0]))
    tensor([-0.6321])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.celu(input, self.alpha, self.inplace)


class PReLU(Module):
    """x where it is positive, else weight x; the weight is learnt, one or one for each channel.  He et al., arXiv:1502.01852

    >>> import mtorch
    >>> mtorch.nn.PReLU()(mtorch.tensor([-1.0])).item()
    -0.25
    """

    def __init__(self, num_parameters: int = 1, init: float = 0.25, device=None, dtype=None) -> None:
        super().__init__()
        self.num_parameters, self.init = num_parameters, init
        self.weight = Parameter(creation.empty(num_parameters, dtype=dtype, device=device))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        init.constant_(self.weight, self.init)

    def forward(self, input: Tensor) -> Tensor:
        return F.prelu(input, self.weight)

    def extra_repr(self) -> str:
        return f"num_parameters={self.num_parameters}"


class GELU(Module):
    """x Phi(x), Phi the normal distribution; approximate="tanh" takes a tanh for it.

    >>> import mtorch
    >>> mtorch.nn.GELU()(mtorch.tensor([1.0]))
    tensor([0.8413])
    """

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        self.approximate = approximate

    def forward(self, input: Tensor) -> Tensor:
        return F.gelu(input, approximate=self.approximate)

    def extra_repr(self) -> str:
        return f"approximate={self.approximate!r}"


class Sigmoid(Module):
    """1 / (1 + e^-x).

    >>> import mtorch
    >>> mtorch.nn.Sigmoid()(mtorch.tensor([0.0]))
    tensor([0.5000])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.sigmoid(input)


class LogSigmoid(Module):
    """log(1 / (1 + e^-x)).

    >>> import mtorch
    >>> mtorch.nn.LogSigmoid()(mtorch.tensor([0.0]))
    tensor([-0.6931])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.logsigmoid(input)


class Tanh(Module):
    """The hyperbolic tangent.

    >>> import mtorch
    >>> mtorch.nn.Tanh()(mtorch.tensor([1.0]))
    tensor([0.7616])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.tanh(input)


class Tanhshrink(Module):
    """x - tanh(x).

    >>> import mtorch
    >>> mtorch.nn.Tanhshrink()(mtorch.tensor([1.0]))
    tensor([0.2384])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.tanhshrink(input)


class Softsign(Module):
    """x / (1 + |x|).

    >>> import mtorch
    >>> mtorch.nn.Softsign()(mtorch.tensor([1.0]))
    tensor([0.5000])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.softsign(input)


class Softplus(Module):
    """log(1 + e^(beta x)) / beta.

    >>> import mtorch
    >>> mtorch.nn.Softplus()(mtorch.tensor([0.0]))
    tensor([0.6931])
    """

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__()
        self.beta, self.threshold = beta, threshold

    def forward(self, input: Tensor) -> Tensor:
        return F.softplus(input, self.beta, self.threshold)

    def extra_repr(self) -> str:
        return f"beta={self.beta}, threshold={self.threshold}"


class _Lambda(Module):
    """A shrinking activation with its width lambd."""

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        self.lambd = lambd

    def extra_repr(self) -> str:
        return str(self.lambd)


class Softshrink(_Lambda):
    """x moved towards 0 by lambd.

    >>> import mtorch
    >>> mtorch.nn.Softshrink()(mtorch.tensor([1.0, 0.2]))
    tensor([0.5000, 0.0000])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.softshrink(input, self.lambd)


class Hardshrink(_Lambda):
    """x, 0 where it lies in [-lambd, lambd].

    >>> import mtorch
    >>> mtorch.nn.Hardshrink()(mtorch.tensor([1.0, 0.2]))
    tensor([1., 0.])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.hardshrink(input, self.lambd)


class Threshold(Module):
    """x where it exceeds threshold, else value.

    >>> import mtorch
    >>> mtorch.nn.Threshold(0.0, 9.0)(mtorch.tensor([-1.0, 2.0]))
    tensor([9., 2.])
    """

    def __init__(self, threshold: float, value: float, inplace: bool = False) -> None:
        super().__init__()
        self.threshold, self.value, self.inplace = threshold, value, inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.threshold(input, self.threshold, self.value, self.inplace)

    def extra_repr(self) -> str:
        return f"threshold={self.threshold}, value={self.value}" + (", inplace=True" if self.inplace else "")


class GLU(Module):
    """The first half along dim, times the sigmoid of the second.

    >>> import mtorch
    >>> mtorch.nn.GLU()(mtorch.tensor([1.0, 0.0]))
    tensor([0.5000])
    """

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        return F.glu(input, self.dim)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"
