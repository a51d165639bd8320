"""The activation functions as layers; what each computes stands at its function in functional/activation.py."""
from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from ..functions import creation
from ..tensor import Parameter, Tensor
from . import functional as F, init
from .module import Module

if TYPE_CHECKING:
    from .. import dtypes
    from ..functions.hints import DeviceLike


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
    """max(x, 0): the usual choice between layers.

    inplace: overwrite the input, which must not be a leaf that requires grad, instead of making a new tensor

    Shape: any -> the same.
    Raises: RuntimeError for bools, or a leaf that requires grad with inplace.
    Source: Nair & Hinton, "Rectified Linear Units Improve Restricted Boltzmann Machines", ICML 2010.

    >>> import mtorch
    >>> mtorch.nn.ReLU()(mtorch.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.relu(input, self.inplace)


class SELU(_InPlace):
    """scale * (x where it is positive, else alpha (e^x - 1)), with the two numbers that keep mean 0 and variance 1.

    inplace: as for ReLU

    Shape: any -> the same.
    Raises: NotImplementedError for integers and bools.
    Source: Klambauer, Unterthiner, Mayr & Hochreiter, "Self-Normalizing Neural Networks", NIPS 2017, equation 2.

    >>> import mtorch
    >>> mtorch.nn.SELU()(mtorch.tensor([1.0]))
    tensor([1.0507])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.selu(input, self.inplace)


class SiLU(_InPlace):
    """x sigmoid(x), also called swish.

    inplace: as for ReLU

    Shape: any -> the same.
    Raises: NotImplementedError for integers and bools.
    Source: Elfwing, Uchibe & Doya, "Sigmoid-Weighted Linear Units for Neural Network Function Approximation in
    Reinforcement Learning", 2017, arXiv:1702.03118.

    >>> import mtorch
    >>> mtorch.nn.SiLU()(mtorch.tensor([1.0]))
    tensor([0.7311])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.silu(input, self.inplace)


class Mish(_InPlace):
    """x tanh(softplus(x)).

    inplace: as for ReLU

    Shape: any -> the same.
    Raises: NotImplementedError for integers and bools.
    Source: Misra, "Mish: A Self Regularized Non-Monotonic Activation Function", 2019, arXiv:1908.08681.

    >>> import mtorch
    >>> mtorch.nn.Mish()(mtorch.tensor([1.0]))
    tensor([0.8651])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.mish(input, self.inplace)


class Hardswish(_InPlace):
    """x hardsigmoid(x): SiLU out of straight pieces, which cost less.

    inplace: as for ReLU

    Shape: any -> the same.
    Raises: NotImplementedError for integers and bools.
    Source: Howard et al., "Searching for MobileNetV3", 2019, arXiv:1905.02244, section 5.2.

    >>> import mtorch
    >>> mtorch.nn.Hardswish()(mtorch.tensor([1.0]))
    tensor([0.6667])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.hardswish(input, self.inplace)

    def extra_repr(self) -> str:
        return ""


class Hardsigmoid(_InPlace):
    """(x + 3) / 6 kept in [0, 1]: the sigmoid out of straight pieces.

    inplace: as for ReLU

    Shape: any -> the same.
    Raises: NotImplementedError for integers and bools.
    Source: Howard et al., "Searching for MobileNetV3", 2019, arXiv:1905.02244, section 5.2.

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

    min_val, max_val: the least and the largest value that comes out, min_val < max_val
    inplace: as for ReLU
    min_value, max_value: former names of min_val and max_val, with a FutureWarning

    Shape: any -> the same.
    Raises: AssertionError where max_val does not exceed min_val; RuntimeError for bools.
    Source: Collobert, "Large Scale Machine Learning", PhD thesis, Universite Paris VI, 2004.

    >>> import mtorch
    >>> mtorch.nn.Hardtanh()(mtorch.tensor([-3.0, 0.5]))
    tensor([-1.0000,  0.5000])
    """

    def __init__(self, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False,
                 min_value: float | None = None, max_value: float | None = None) -> None:
        super().__init__()
        if min_value is not None:
            warnings.warn("keyword argument `min_value` is deprecated and renamed to `min_val`", FutureWarning, stacklevel=2)
            min_val = min_value
        if max_value is not None:
            warnings.warn("keyword argument `max_value` is deprecated and renamed to `max_val`", FutureWarning, stacklevel=2)
            max_val = max_value
        self.min_val, self.max_val, self.inplace = min_val, max_val, inplace
        if max_val <= min_val:
            raise AssertionError(f"Hardtanh: max_val ({max_val}) must be larger than min_val ({min_val})")

    def forward(self, input: Tensor) -> Tensor:
        return F.hardtanh(input, self.min_val, self.max_val, self.inplace)

    def extra_repr(self) -> str:
        return f"min_val={self.min_val}, max_val={self.max_val}" + (", inplace=True" if self.inplace else "")


class ReLU6(Hardtanh):
    """x kept in [0, 6].

    inplace: as for ReLU

    Shape: any -> the same.
    Raises: RuntimeError for bools.
    Source: Krizhevsky, "Convolutional Deep Belief Networks on CIFAR-10", 2010.

    >>> import mtorch
    >>> mtorch.nn.ReLU6()(mtorch.tensor([-1.0, 9.0]))
    tensor([0., 6.])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__(0.0, 6.0, inplace)

    def extra_repr(self) -> str:
        return _inplace_text(self.inplace)


class LeakyReLU(Module):
    """x where it is positive, else negative_slope x, so that no unit is without gradient.

    negative_slope: usually between 0 and 1
    inplace: as for ReLU

    Shape: any -> the same.
    Raises: NotImplementedError for integers and bools.
    Source: Maas, Hannun & Ng, "Rectifier Nonlinearities Improve Neural Network Acoustic Models", 2013.

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
    """A leaky relu whose slope is drawn for each element while training, and then is (lower + upper) / 2.

    lower, upper: the range that slopes are drawn from, uniformly
    inplace: as for ReLU

    Shape: any -> the same.
    Raises: RuntimeError where lower exceeds upper; NotImplementedError for integers and bools.
    Source: Xu, Wang, Chen & Li, "Empirical Evaluation of Rectified Activations in Convolutional Network", 2015,
    arXiv:1505.00853.

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

    alpha: minus the limit for x towards -infinity
    inplace: as for ReLU

    Shape: any -> the same.
    Raises: NotImplementedError for integers and bools.
    Source: Clevert, Unterthiner & Hochreiter, "Fast and Accurate Deep Network Learning by Exponential Linear Units
    (ELUs)", ICLR 2016, arXiv:1511.07289.

    >>> import mtorch
    >>> mtorch.nn.ELU()(mtorch.tensor([-1.0]))
    tensor([-0.6321])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.elu(input, self.alpha, self.inplace)


class CELU(_Alpha):
    """max(x, 0) + min(0, alpha (e^(x/alpha) - 1)): an ELU whose slope at 0 is 1 for every alpha.

    alpha: minus the limit for x towards -infinity, not 0
    inplace: as for ReLU

    Shape: any -> the same.
    Raises: RuntimeError for alpha 0; NotImplementedError for integers and bools.
    Source: Barron, "Continuously Differentiable Exponential Linear Units", 2017, arXiv:1704.07483.

    >>> import mtorch
    >>> mtorch.nn.CELU()(mtorch.tensor([-1.0]))
    tensor([-0.6321])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.celu(input, self.alpha, self.inplace)


class PReLU(Module):
    """x where it is positive, else weight x; the weight is learnt, one for all channels or one for each.

    num_parameters: 1, or the number of channels C
    init: the first value of every weight
    device, dtype: of the weight

    Shape: any, or with C weights (N, C, ...) -> the same.
    Raises: RuntimeError for another number of channels, or another dtype than the weight's.
    Source: He, Zhang, Ren & Sun, "Delving Deep into Rectifiers", ICCV 2015, arXiv:1502.01852, section 2.1.

    >>> import mtorch
    >>> mtorch.nn.PReLU()(mtorch.tensor([-1.0])).item()
    -0.25
    """

    def __init__(self, num_parameters: int = 1, init: float = 0.25, device: DeviceLike | None = None,
                 dtype: dtypes.dtype | None = None) -> None:
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
    """x Phi(x), Phi the distribution function of the normal distribution.

    approximate: "none", or "tanh" for x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2

    Shape: any -> the same.
    Raises: RuntimeError for another approximate; NotImplementedError for integers and bools.
    Source: Hendrycks & Gimpel, "Gaussian Error Linear Units (GELUs)", 2016, arXiv:1606.08415.

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
    """1 / (1 + e^-x), in (0, 1).

    Shape: any -> the same.
    Raises: TypeError for what is no Tensor.
    Source: Rumelhart, Hinton & Williams, "Learning Representations by Back-Propagating Errors", Nature 1986, eq. 2.

    >>> import mtorch
    >>> mtorch.nn.Sigmoid()(mtorch.tensor([0.0]))
    tensor([0.5000])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.sigmoid(input)


class LogSigmoid(Module):
    """log(1 / (1 + e^-x)), finite where the sigmoid itself is too small for its type.

    Shape: any -> the same.
    Raises: NotImplementedError for integers and bools.
    Source: Rumelhart, Hinton & Williams, "Learning Representations by Back-Propagating Errors", Nature 1986, for the
    sigmoid.

    >>> import mtorch
    >>> mtorch.nn.LogSigmoid()(mtorch.tensor([0.0]))
    tensor([-0.6931])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.logsigmoid(input)


class Tanh(Module):
    """The hyperbolic tangent (e^x - e^-x) / (e^x + e^-x), in (-1, 1).

    Shape: any -> the same.
    Raises: TypeError for what is no Tensor.
    Source: LeCun, Bottou, Orr & Mueller, "Efficient BackProp", 1998, section 4.4, for units with mean 0.

    >>> import mtorch
    >>> mtorch.nn.Tanh()(mtorch.tensor([1.0]))
    tensor([0.7616])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.tanh(input)


class Tanhshrink(Module):
    """x - tanh(x).

    Shape: any -> the same.
    Raises: RuntimeError for bools.

    >>> import mtorch
    >>> mtorch.nn.Tanhshrink()(mtorch.tensor([1.0]))
    tensor([0.2384])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.tanhshrink(input)


class Softsign(Module):
    """x / (1 + |x|): like tanh, but nearing -1 and 1 slowly.

    Shape: any -> the same.
    Raises: NotImplementedError for bools.
    Source: Bergstra, Desjardins, Lamblin & Bengio, "Quadratic Polynomials Learn Better Image Features", 2009.

    >>> import mtorch
    >>> mtorch.nn.Softsign()(mtorch.tensor([1.0]))
    tensor([0.5000])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.softsign(input)


class Softplus(Module):
    """log(1 + e^(beta x)) / beta: a relu with a rounded corner.

    beta: how sharp the corner is, > 0
    threshold: where beta x exceeds it the result is x, which e^(beta x) cannot overflow then

    Shape: any -> the same.
    Raises: NotImplementedError for integers and bools.
    Source: Dugas, Bengio, Belisle, Nadeau & Garcia, "Incorporating Second-Order Functional Knowledge for Better Option
    Pricing", NIPS 2000.

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
    """x moved towards 0 by lambd, and 0 where it lies in [-lambd, lambd].

    lambd: >= 0

    Shape: any -> the same.
    Raises: RuntimeError for a negative lambd; NotImplementedError for integers and bools.
    Source: Donoho & Johnstone, "Ideal Spatial Adaptation by Wavelet Shrinkage", Biometrika 1994, soft thresholding.

    >>> import mtorch
    >>> mtorch.nn.Softshrink()(mtorch.tensor([1.0, 0.2]))
    tensor([0.5000, 0.0000])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.softshrink(input, self.lambd)


class Hardshrink(_Lambda):
    """x, but 0 where it lies in [-lambd, lambd].

    lambd: >= 0

    Shape: any -> the same.
    Raises: NotImplementedError for integers and bools.
    Source: Donoho & Johnstone, "Ideal Spatial Adaptation by Wavelet Shrinkage", Biometrika 1994, hard thresholding.

    >>> import mtorch
    >>> mtorch.nn.Hardshrink()(mtorch.tensor([1.0, 0.2]))
    tensor([1., 0.])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.hardshrink(input, self.lambd)


class Threshold(Module):
    """x where it exceeds threshold, else value.

    threshold, value: any numbers
    inplace: overwrite the input, which must not be a leaf that requires grad, instead of making a new tensor

    Shape: any -> the same.
    Raises: TypeError for what is no Tensor; RuntimeError for a leaf that requires grad with inplace.

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
    """The first half of the input along dim, times the sigmoid of the second half.

    dim: the dimension that is halved; its size is even

    Shape: (..., 2 n, ...) -> (..., n, ...).
    Raises: RuntimeError for an odd size or a 0-dim tensor; IndexError for a dim outside [-input.dim(), input.dim());
    NotImplementedError for integers and bools.
    Source: Dauphin, Fan, Auli & Grangier, "Language Modeling with Gated Convolutional Networks", ICML 2017,
    arXiv:1612.08083.

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
