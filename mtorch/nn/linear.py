"""Layers that multiply by a matrix."""
from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ..functions import creation
from ..tensor import Parameter, Tensor
from . import functional as F, init
from .module import Module

if TYPE_CHECKING:
    from .. import dtypes
    from ..functions.hints import DeviceLike


class Identity(Module):
    """Gives its input back: it stands where a net may or may not have a layer.

    args, kwargs: anything; not used

    Shape: any -> the same.
    Raises: TypeError for a call without an input, or with several.

    >>> import mtorch
    >>> mtorch.nn.Identity(54, unused=True)(mtorch.ones(1))
    tensor([1.])
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def forward(self, input: Tensor) -> Tensor:
        return input


class Linear(Module):
    """y = x W^T + b: every output is a weighted sum of all inputs, and a bias.

    in_features: I, numbers in a sample, >= 0
    out_features: O, numbers that come out, >= 0
    bias: add b
    device, dtype: of W and b; a floating point dtype

    weight (O, I) and bias (O) start uniform in +-1/sqrt(I), torch's numbers for the same seed.

    Shape: (..., I) -> (..., O).
    Raises: RuntimeError for an input of another size or dtype, negative sizes, or a dtype that is not floating point;
    TypeError for sizes that are no ints.
    Source: Rosenblatt, "The Perceptron: A Probabilistic Model for Information Storage and Organization in the Brain",
    Psychological Review 1958; of the first weights, LeCun, Bottou, Orr & Mueller, "Efficient BackProp", 1998, section
    4.6.

    >>> import mtorch
    >>> mtorch.nn.Linear(2, 3)(mtorch.ones(1, 2)).shape
    torch.Size([1, 3])
    """

    def __init__(self, in_features: int, out_features: int, bias: bool = True, device: DeviceLike | None = None,
                 dtype: dtypes.dtype | None = None) -> None:
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = Parameter(creation.empty(out_features, in_features, dtype=dtype, device=device))
        if bias:
            self.bias = Parameter(creation.empty(out_features, dtype=dtype, device=device))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            bound = 1 / math.sqrt(self.in_features) if self.in_features > 0 else 0
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input: Tensor) -> Tensor:
        return F.linear(input, self.weight, self.bias)

    def extra_repr(self) -> str:
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"


class Bilinear(Module):
    """y[o] = x1^T W[o] x2 + b[o]: every output is a weighted sum of all products of the one's numbers with the other's.

    in1_features, in2_features: I > 0 and J, numbers in a sample of x1 and of x2
    out_features: O, numbers that come out
    bias: add b
    device, dtype: of W and b; a floating point dtype

    weight (O, I, J) and bias (O) start uniform in +-1/sqrt(I), torch's numbers for the same seed.

    Shape: (..., I), (..., J) -> (..., O).
    Raises: ValueError for in1_features <= 0; RuntimeError for inputs of other sizes or dtypes.
    Source: Tenenbaum & Freeman, "Separating Style and Content with Bilinear Models", Neural Computation 2000.

    >>> import mtorch
    >>> mtorch.nn.Bilinear(2, 3, 4)(mtorch.ones(1, 2), mtorch.ones(1, 3)).shape
    torch.Size([1, 4])
    """

    def __init__(self, in1_features: int, in2_features: int, out_features: int, bias: bool = True,
                 device: DeviceLike | None = None, dtype: dtypes.dtype | None = None) -> None:
        super().__init__()
        if in1_features <= 0:
            raise ValueError(f"in1_features must be > 0, but got {in1_features}")
        self.in1_features = in1_features
        self.in2_features = in2_features
        self.out_features = out_features
        self.weight = Parameter(creation.empty(out_features, in1_features, in2_features, dtype=dtype, device=device))
        if bias:
            self.bias = Parameter(creation.empty(out_features, dtype=dtype, device=device))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        bound = 1 / math.sqrt(self.weight.size(1))
        init.uniform_(self.weight, -bound, bound)
        if self.bias is not None:
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input1: Tensor, input2: Tensor) -> Tensor:
        return F.bilinear(input1, input2, self.weight, self.bias)

    def extra_repr(self) -> str:
        return (f"in1_features={self.in1_features}, in2_features={self.in2_features}, "
                f"out_features={self.out_features}, bias={self.bias is not None}")
