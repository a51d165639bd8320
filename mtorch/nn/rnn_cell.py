"""One step of a recurrent layer as a module of its own, for loops that the program writes itself."""
from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING

from ..functions import creation
from ..ops.gru import gru_step
from ..ops.lstm import lstm_step
from ..ops.rnn import rnn_step
from ..tensor import Parameter, Tensor
from . import init
from .module import Module

if TYPE_CHECKING:
    from .. import dtypes
    from ..functions.hints import DeviceLike


class RNNCellBase(Module):
    """The weights of a cell, and its checks.

    input_size, hidden_size: features of x and of h
    bias: whether there are b_ih and b_hh
    num_chunks: how many blocks of hidden_size rows the weights have, one for each gate
    device, dtype: of the weights; a floating point dtype

    Weights start uniform in +-1/sqrt(hidden_size), torch's numbers for the same seed.

    Shape: it is not called itself.
    Raises: RuntimeError for negative sizes; TypeError for sizes that are no ints; NotImplementedError when called.
    Source: Elman, "Finding Structure in Time", Cognitive Science 1990.

    >>> import mtorch
    >>> isinstance(mtorch.nn.GRUCell(2, 3), mtorch.nn.RNNCellBase)
    True
    """

    bias_ih: Parameter | None
    bias_hh: Parameter | None

    def __init__(self, input_size: int, hidden_size: int, bias: bool, num_chunks: int, device: DeviceLike | None = None,
                 dtype: dtypes.dtype | None = None) -> None:
        super().__init__()
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.bias = bias
        rows = num_chunks * hidden_size
        self.weight_ih = Parameter(creation.empty(rows, input_size, dtype=dtype, device=device))
        self.weight_hh = Parameter(creation.empty(rows, hidden_size, dtype=dtype, device=device))
        for name in ("bias_ih", "bias_hh"):
            bias_vector = Parameter(creation.empty(rows, dtype=dtype, device=device)) if bias else None
            self.register_parameter(name, bias_vector)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        bound = 1.0 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    def extra_repr(self) -> str:
        return f"{self.input_size}, {self.hidden_size}" + ("" if self.bias is True else f", bias={self.bias}")

    def _weights(self) -> tuple:
        return self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh

    def _step(self, step, input: Tensor, states: tuple[Tensor, ...] | None, count: int = 1):
        """step(x, *states, *weights) of x (N, I) and states (N, H); all one dimension less if input is (I)."""
        name = type(self).__name__
        try:
            states_dim = [s.dim() for s in states or ()]
            input_dim = input.dim()
        except AttributeError:
            kinds = [type(t).__name__ for t in (input, *(states or ())) if not isinstance(t, Tensor)]
            raise TypeError(f"{name}: input and states must be Tensors, got {', '.join(kinds)}") from None
        if input_dim not in (1, 2):
            raise ValueError(f"{name}: Expected input to be 1D or 2D, got {input_dim}D instead")
        batched = input_dim == 2
        x = input if batched else input.unsqueeze(0)
        if x.shape[1] != self.input_size:
            raise RuntimeError(f"input has inconsistent input_size: got {x.shape[1]} expected {self.input_size}: "
                               f"{name} got input of shape {tuple(input.shape)}")
        if states is None:
            states = (creation.zeros(x.shape[0], self.hidden_size, dtype=x.dtype),) * count
        else:
            for i, dim in enumerate(states_dim):
                if dim not in (1, 2):
                    which = "hidden" if count == 1 else f"hx[{i}]"
                    raise ValueError(f"{name}: Expected {which} to be 1D or 2D, got {dim}D instead")
            states = states if batched else tuple(s.unsqueeze(0) for s in states)
            for i, s in enumerate(states):
                self._check_state(x, s, i)
        if any(t.dtype != self.weight_ih.dtype for t in (x, *states)):
            raise RuntimeError(f"{name}: input, state and weights must have the same dtype, but got {x.dtype}, "
                               f"{states[0].dtype} and {self.weight_ih.dtype}")
        new = step(x, *states, *self._weights())
        if batched:
            return new
        return tuple(s.squeeze(0) for s in new) if isinstance(new, tuple) else new.squeeze(0)

    def _check_state(self, x: Tensor, s: Tensor, i: int) -> None:
        if s.shape[0] != x.shape[0]:
            raise RuntimeError(f"Input batch size {x.shape[0]} doesn't match hidden{i} batch size {s.shape[0]}")
        if s.dim() != 2 or s.shape[1] != self.hidden_size:
            raise RuntimeError(f"hidden{i} has inconsistent hidden_size: got {s.shape[-1]}, expected "
                               f"{self.hidden_size}")


class RNNCell(RNNCellBase):
    """h' = tanh(x W_ih^T + b_ih + h W_hh^T + b_hh), or relu: one step of an RNN.

    input_size, hidden_size, bias, device, dtype: as for RNNCellBase
    nonlinearity: "tanh" or "relu"

    Shape: x (N, input_size), h (N, hidden_size) or None for zeros -> h' (N, hidden_size); all without N, too.
    Raises: ValueError for an x or h of other dimensions; RuntimeError for other sizes or dtypes, or another
    nonlinearity; TypeError for an x or h that is no Tensor.
    Source: Elman, "Finding Structure in Time", Cognitive Science 1990.

    >>> import mtorch
    >>> mtorch.nn.RNNCell(3, 5)(mtorch.ones(2, 3)).shape
    torch.Size([2, 5])
    """

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True, nonlinearity: str = "tanh",
                 device: DeviceLike | None = None, dtype: dtypes.dtype | None = None) -> None:
        super().__init__(input_size, hidden_size, bias, 1, device, dtype)
        self.nonlinearity = nonlinearity

    def extra_repr(self) -> str:
        return super().extra_repr() + ("" if self.nonlinearity == "tanh" else f", nonlinearity={self.nonlinearity}")

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        if self.nonlinearity not in ("tanh", "relu"):
            raise RuntimeError(f"Unknown nonlinearity: {self.nonlinearity}")
        relu = self.nonlinearity == "relu"
        return self._step(functools.partial(rnn_step, relu=relu), input, None if hx is None else (hx,))


class LSTMCell(RNNCellBase):
    """One step of an LSTM: c' = f c + i g, h' = o tanh(c'), with the gates i f g o in this order in the weights.

    i, f and o are sigmoid(x W_ih^T + b_ih + h W_hh^T + b_hh), each with rows of its own; g is the same with tanh.

    input_size, hidden_size, bias, device, dtype: as for RNNCellBase

    Shape: x (N, input_size), (h, c) each (N, hidden_size) or None for zeros -> (h', c'); all without N, too.
    Raises: ValueError for an x, h or c of other dimensions; RuntimeError for other sizes or dtypes; TypeError for an x
    that is no Tensor, or states that are no pair of them.
    Source: Hochreiter & Schmidhuber, "Long Short-Term Memory", Neural Computation 1997; the gate f: Gers, Schmidhuber &
    Cummins, "Learning to Forget: Continual Prediction with LSTM", Neural Computation 2000.

    >>> import mtorch
    >>> h, c = mtorch.nn.LSTMCell(3, 5)(mtorch.ones(2, 3))
    >>> h.shape
    torch.Size([2, 5])
    """

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True, device: DeviceLike | None = None,
                 dtype: dtypes.dtype | None = None) -> None:
        super().__init__(input_size, hidden_size, bias, 4, device, dtype)

    def forward(self, input: Tensor, hx: tuple[Tensor, Tensor] | None = None) -> tuple[Tensor, Tensor]:
        if hx is not None and (not isinstance(hx, (tuple, list)) or len(hx) != 2):
            raise TypeError(f"LSTMCell: hx must be a pair of Tensors (h, c), got {type(hx).__name__}")
        return self._step(lstm_step, input, None if hx is None else tuple(hx), 2)


class GRUCell(RNNCellBase):
    """One step of a GRU: h' = (1 - z) n + z h, with the gates r z n in this order in the weights.

    r and z are sigmoid(x W_ih^T + b_ih + h W_hh^T + b_hh), each with rows of its own; n is
    tanh(x W_in^T + b_in + r (h W_hn^T + b_hn)).

    input_size, hidden_size, bias, device, dtype: as for RNNCellBase

    Shape: x (N, input_size), h (N, hidden_size) or None for zeros -> h' (N, hidden_size); all without N, too.
    Raises: ValueError for an x or h of other dimensions; RuntimeError for other sizes or dtypes; TypeError for an x or
    h that is no Tensor.
    Source: Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder for Statistical Machine Translation",
    EMNLP 2014.

    >>> import mtorch
    >>> mtorch.nn.GRUCell(3, 5)(mtorch.ones(3)).shape
    torch.Size([5])
    """

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True, device: DeviceLike | None = None,
                 dtype: dtypes.dtype | None = None) -> None:
        super().__init__(input_size, hidden_size, bias, 3, device, dtype)

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        return self._step(gru_step, input, None if hx is None else (hx,))
