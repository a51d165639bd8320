"""Recurrent layers: RNN, LSTM and GRU, of any depth, in one direction or both.

One layer in one direction is one rule (ops/rnn.py, lstm.py, gru.py, with back-propagation through time by hand); here
layers and directions are put together, and inputs of all forms brought into the one that the rules take.
"""
from __future__ import annotations

import math
import numbers
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd.naming import named
from ..autograd.tape import wrap
from ..caller import program_line
from ..functions import creation, joining
from ..ops.gru import gru
from ..ops.lstm import lstm
from ..ops.recurrent import reversed_rows
from ..ops.rnn import rnn
from ..tensor import Parameter, Tensor
from . import functional as F, init
from .module import Module
from .utils.rnn import PackedSequence

if TYPE_CHECKING:
    from .. import dtypes
    from ..functions.hints import DeviceLike

GATES = {"LSTM": 4, "GRU": 3, "RNN_TANH": 1, "RNN_RELU": 1}


class RNNBase(Module):
    """What RNN, LSTM and GRU share: their arguments, their weights, and the way through layers and directions.

    mode: "RNN_TANH", "RNN_RELU", "LSTM" or "GRU"

    The other arguments as for RNN; proj_size as for LSTM.

    Shape: it is not called itself.
    Raises: ValueError for another mode, and sizes and options out of range; NotImplementedError when called.

    >>> import mtorch
    >>> isinstance(mtorch.nn.LSTM(2, 3), mtorch.nn.RNNBase)
    True
    """

    def __init__(self, mode: str, input_size: int, hidden_size: int, num_layers: int = 1, bias: bool = True,
                 batch_first: bool = False, dropout: float = 0.0, bidirectional: bool = False, proj_size: int = 0,
                 device: DeviceLike | None = None, dtype: dtypes.dtype | None = None) -> None:
        super().__init__()
        if mode not in GATES:
            raise ValueError("Unrecognized RNN mode: " + mode)
        _check_sizes(input_size, hidden_size, num_layers, proj_size)
        _check_options(bias, batch_first, dropout, num_layers)
        self.mode = mode
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.bias = bias
        self.batch_first = batch_first
        self.dropout = float(dropout)
        self.bidirectional = bidirectional
        self.proj_size = proj_size
        shown, rows = proj_size or hidden_size, GATES[mode] * hidden_size
        self._all_weights: list[list[str]] = []
        for layer in range(num_layers):
            for suffix in self._suffixes():
                width = input_size if layer == 0 else shown * len(self._suffixes())
                shapes: dict[str, tuple[int, ...]] = {"weight_ih": (rows, width), "weight_hh": (rows, shown)}
                if bias:
                    shapes |= {"bias_ih": (rows,), "bias_hh": (rows,)}
                if proj_size:
                    shapes["weight_hr"] = (proj_size, hidden_size)
                names = {f"{kind}_l{layer}{suffix}": size for kind, size in shapes.items()}
                for name, size in names.items():
                    setattr(self, name, Parameter(creation.empty(*size, dtype=dtype, device=device)))
                self._all_weights.append(list(names))
        self.reset_parameters()

    def _suffixes(self) -> list[str]:
        return ["", "_reverse"] if self.bidirectional else [""]

    def reset_parameters(self) -> None:
        bound = 1.0 / math.sqrt(self.hidden_size)
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    @property
    def all_weights(self) -> list[list[Parameter]]:
        """The weights of each layer and direction."""
        return [[getattr(self, name) for name in names] for names in self._all_weights]

    @property
    def _flat_weights_names(self) -> list[str]:
        return [name for names in self._all_weights for name in names]

    @property
    def _flat_weights(self) -> list[Parameter]:
        return [getattr(self, name) for name in self._flat_weights_names]

    def flatten_parameters(self) -> None:
        """Nothing: in torch this arranges the weights in the memory of a GPU."""

    def extra_repr(self) -> str:
        shown = [f"{self.input_size}, {self.hidden_size}"]
        usual = {"proj_size": 0, "num_layers": 1, "bias": True, "batch_first": False, "dropout": 0.0,
                 "bidirectional": False}
        shown += [f"{name}={getattr(self, name)}" for name, value in usual.items() if getattr(self, name) != value]
        return ", ".join(shown)

    # ---- the way through -----------------------------------------------------------------------

    def _state_sizes(self) -> tuple[int, ...]:
        """How wide each of a step's states is."""
        return (self.hidden_size,)

    def _layer(self, x, states, weights, batch_sizes):
        """One layer in one direction: y, and the final states."""
        if not self.bias:
            weights = [*weights[:2], None, None, *weights[2:]]
        if self.mode == "GRU":
            return gru(x, *states, *weights, batch_sizes=batch_sizes)
        if self.mode == "LSTM":
            return lstm(x, *states, *weights, batch_sizes=batch_sizes)
        return rnn(x, *states, *weights, relu=self.mode == "RNN_RELU", batch_sizes=batch_sizes)

    def _run(self, input: Any, states: tuple | None) -> tuple[Any, tuple[Tensor, ...]]:
        """(output, final states): input a Tensor of 2 or 3 dimensions or packed; states as many as _state_sizes()."""
        if isinstance(input, PackedSequence):
            return self._run_packed(input, states)
        if not isinstance(input, Tensor):
            raise TypeError(f"{type(self).__name__}: input must be a Tensor or a PackedSequence, got "
                            f"{type(input).__name__}")
        if input.dim() not in (2, 3):
            raise ValueError(f"{type(self).__name__}: Expected input to be 2D or 3D, got {input.dim()}D tensor instead")
        batched = input.dim() == 3
        if states is not None:
            self._check_dimensions(states, batched)
            states = states if batched else tuple(s.unsqueeze(1) for s in states)
        x = input.unsqueeze(1) if not batched else input.transpose(0, 1) if self.batch_first else input
        y, finals = self._through_layers(x, states, None)
        if not batched:
            return y.squeeze(1), tuple(s.squeeze(1) for s in finals)
        if self.batch_first:
            y = y.transpose(0, 1)
            y = y if self.mode == "LSTM" else named(y, "TransposeBackward1")
        return y, finals

    def _run_packed(self, input: PackedSequence, states: tuple | None) -> tuple[PackedSequence, tuple[Tensor, ...]]:
        x, batch_sizes, order, original = input
        if x.dim() != 2:
            raise RuntimeError(f"input must have 2 dimensions, got {x.dim()}: packed data has shape {tuple(x.shape)}")
        sizes = tuple(batch_sizes.array.tolist())
        if sum(sizes) != len(x) or any(a < b for a, b in zip(sizes, sizes[1:])) or sizes[-1] < 1:
            raise RuntimeError(f"{type(self).__name__}: batch_sizes {list(sizes)} do not fit packed data of shape "
                               f"{tuple(x.shape)}: they are to decrease and to add up to its rows")
        if states is not None:
            self._check_dimensions(states, True)
            states = states if order is None else tuple(s.index_select(1, order) for s in states)
        y, finals = self._through_layers(x, states, sizes)
        if original is not None:
            finals = tuple(s.index_select(1, original) for s in finals)
        return PackedSequence(named(y, "CatBackward0"), batch_sizes, order, original), finals

    def _through_layers(self, x, states, batch_sizes):
        """x (T,N,I), or packed (M,I); states each (layers * directions, N, size), or None for zeros."""
        self._check_input(x)
        N = x.shape[1] if batch_sizes is None else batch_sizes[0]
        if states is None:
            zeros = [np.zeros((N, size), x.array.dtype) for size in self._state_sizes()]
        else:
            self._check_states(states, N, x.dtype)
        suffixes, finals = self._suffixes(), []
        weights = iter(self.all_weights)
        for layer in range(self.num_layers):
            if layer and self.dropout:
                x = F.dropout(x, self.dropout, self.training)
            outputs = []
            for suffix in suffixes:
                k = len(finals)
                initial = zeros if states is None else [s[k] for s in states]
                backwards = _backwards(batch_sizes) if suffix else _unchanged
                y, *last = self._layer(backwards(x), initial, next(weights), batch_sizes)
                outputs.append(backwards(y))
                finals.append(last)
            x = outputs[0] if len(outputs) == 1 else joining.cat(outputs, -1)
        return x, tuple(joining.stack(each) for each in zip(*finals))

    # ---- checks ------------------------------------------------------------------------------------

    def _check_dimensions(self, states, batched: bool) -> None:
        expected, kind = (3, "batched 3-D") if batched else (2, "unbatched 2-D")
        if any(s.dim() != expected for s in states):
            if len(states) == 1:
                raise RuntimeError(f"For {kind} input, hx should also be {expected}-D but got {states[0].dim()}-D "
                                   "tensor")
            raise RuntimeError(f"For {kind} input, hx and cx should also be {expected}-D but got "
                               f"({states[0].dim()}-D, {states[1].dim()}-D) tensors")

    def _check_input(self, x) -> None:
        weight = getattr(self, self._all_weights[0][0])
        if x.dtype != weight.dtype:
            raise ValueError(f"RNN input dtype ({x.dtype}) does not match weight dtype ({weight.dtype}). Convert "
                             f"input: input.to({weight.dtype}), or convert model: model.to({x.dtype})")
        if x.shape[-1] != self.input_size:
            raise RuntimeError(f"input.size(-1) must be equal to input_size. Expected {self.input_size}, got "
                               f"{x.shape[-1]}: {type(self).__name__}({self.extra_repr()}) got input of shape "
                               f"{tuple(x.shape)}")
        if not len(x):
            raise RuntimeError(f"Expected sequence length to be larger than 0 in RNN: input has shape {tuple(x.shape)}")

    def _check_states(self, states, N: int, dtype) -> None:
        for i, (s, size) in enumerate(zip(states, self._state_sizes())):
            expected = (self.num_layers * len(self._suffixes()), N, size)
            if tuple(s.shape) != expected:
                name = "hidden" if len(states) == 1 else f"hidden[{i}]"
                raise RuntimeError(f"Expected {name} size {expected}, got {list(s.shape)}")
            if s.dtype != dtype:
                raise RuntimeError(f"{type(self).__name__}: input and hidden state must have the same dtype, but got "
                                   f"{dtype} and {s.dtype}")


class _OneState(RNNBase):
    """RNN and GRU: what a step hands on is what it shows."""

    def forward(self, input: Tensor | PackedSequence, hx: Tensor | None = None) -> tuple[Any, Tensor]:
        if hx is not None and not isinstance(hx, Tensor):
            raise TypeError(f"{type(self).__name__}: hx must be a Tensor, got {type(hx).__name__}")
        output, (h,) = self._run(input, None if hx is None else (hx,))
        return output, h

    def _layer(self, x, states, weights, batch_sizes):
        y, h = super()._layer(x, states, weights, batch_sizes)
        y = named(y.clone(), "StackBackward0") if y.requires_grad else y  # theirs to change in place; the rule needs its own
        return y, h


class RNN(_OneState):
    """h[t] = tanh(x[t] W_ih^T + b_ih + h[t-1] W_hh^T + b_hh), or relu: the simple recurrent layer.

    input_size, hidden_size: features of x and of h, each > 0
    num_layers: layers on top of each other, > 0
    nonlinearity: "tanh" or "relu"
    bias: whether there are b_ih and b_hh
    batch_first: x and the output are (N, T, *) instead of (T, N, *); states are not
    dropout: in [0, 1], on the output of each layer but the last, while training
    bidirectional: a second set of weights reads from the end; both outputs stand side by side
    device, dtype: of the weights; a floating point dtype
    kwargs: none; proj_size is refused by name

    Weights start uniform in +-1/sqrt(hidden_size), torch's numbers for the same seed.

    Shape: x (T, N, input_size), (T, input_size) or a PackedSequence; h0 (D num_layers, N, hidden_size), zeros if not
    given, D being 2 if bidirectional, else 1 -> output (T, N, D hidden_size), and the last h of every layer and
    direction, shaped as h0.
    Raises: ValueError for sizes and options out of range, or another number of dimensions or dtype of x; TypeError for
    sizes that are no ints, options that are no bools, x or h0 that are no Tensors; RuntimeError for inputs and states
    that do not fit.
    Source: Elman, "Finding Structure in Time", Cognitive Science 1990; bidirectional: Schuster & Paliwal,
    "Bidirectional Recurrent Neural Networks", IEEE Transactions on Signal Processing 1997; its training: Werbos,
    "Backpropagation Through Time: What It Does and How to Do It", Proceedings of the IEEE 1990.

    >>> import mtorch
    >>> output, h = mtorch.nn.RNN(3, 5, num_layers=2)(mtorch.ones(7, 1, 3))
    >>> output.shape, h.shape
    (torch.Size([7, 1, 5]), torch.Size([2, 1, 5]))
    """

    def __init__(self, input_size: int, hidden_size: int, num_layers: int = 1, nonlinearity: str = "tanh",
                 bias: bool = True, batch_first: bool = False, dropout: float = 0.0, bidirectional: bool = False,
                 device: DeviceLike | None = None, dtype: dtypes.dtype | None = None, **kwargs: Any) -> None:
        _no_projection(kwargs)
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"Unknown nonlinearity '{nonlinearity}'. Select from 'tanh' or 'relu'.")
        super().__init__("RNN_" + nonlinearity.upper(), input_size, hidden_size, num_layers, bias, batch_first, dropout,
                         bidirectional, device=device, dtype=dtype)
        self.nonlinearity = nonlinearity


class LSTM(RNNBase):
    """Long short-term memory: a cell c that gates write to, forget and read, so that gradients last over many steps.

    i = sigmoid(x[t] W_ii^T + b_ii + h[t-1] W_hi^T + b_hi), and likewise f and o; g the same with tanh
    c[t] = f c[t-1] + i g,  h[t] = o tanh(c[t])

    proj_size: in [0, hidden_size): if not 0, h is multiplied by W_hr and has this size

    The other arguments as for RNN, without nonlinearity.  Gates stand in the weights in the order i f g o.

    Shape: as for RNN, with (h0, c0) for h0 and (h, c) for h; h has proj_size features if that is not 0.
    Raises: as for RNN, and ValueError for a proj_size out of range, TypeError for states that are no pair of Tensors.
    Source: Hochreiter & Schmidhuber, "Long Short-Term Memory", Neural Computation 1997; the gate f: Gers, Schmidhuber &
    Cummins, "Learning to Forget: Continual Prediction with LSTM", Neural Computation 2000; proj_size: Sak, Senior &
    Beaufays, "Long Short-Term Memory Recurrent Neural Network Architectures for Large Scale Acoustic Modeling", 2014.

    >>> import mtorch
    >>> output, (h, c) = mtorch.nn.LSTM(3, 5, batch_first=True, bidirectional=True)(mtorch.ones(1, 7, 3))
    >>> output.shape, c.shape
    (torch.Size([1, 7, 10]), torch.Size([2, 1, 5]))
    """

    def __init__(self, input_size: int, hidden_size: int, num_layers: int = 1, bias: bool = True,
                 batch_first: bool = False, dropout: float = 0.0, bidirectional: bool = False, proj_size: int = 0,
                 device: DeviceLike | None = None, dtype: dtypes.dtype | None = None) -> None:
        super().__init__("LSTM", input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional,
                         proj_size, device, dtype)

    def _state_sizes(self) -> tuple[int, ...]:
        return self.proj_size or self.hidden_size, self.hidden_size

    def forward(self, input: Tensor | PackedSequence,
                hx: tuple[Tensor, Tensor] | None = None) -> tuple[Any, tuple[Tensor, ...]]:
        if hx is not None and (not isinstance(hx, (tuple, list)) or len(hx) != 2
                               or not all(isinstance(s, Tensor) for s in hx)):
            raise TypeError(f"LSTM: hx must be a pair of Tensors (h0, c0), got {type(hx).__name__}")
        return self._run(input, None if hx is None else tuple(hx))


class GRU(_OneState):
    """The gated recurrent unit: two gates, and no cell beside h.

    r = sigmoid(x[t] W_ir^T + b_ir + h[t-1] W_hr^T + b_hr), and likewise z
    n = tanh(x[t] W_in^T + b_in + r (h[t-1] W_hn^T + b_hn)),  h[t] = (1 - z) n + z h[t-1]

    Arguments as for RNN, without nonlinearity.  Gates stand in the weights in the order r z n.  As in PyTorch, r is
    multiplied with the product of h, where the paper has it on h itself.

    Shape: as for RNN.
    Raises: as for RNN.
    Source: Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder for Statistical Machine Translation",
    EMNLP 2014.

    >>> import mtorch
    >>> output, h = mtorch.nn.GRU(3, 5)(mtorch.ones(7, 3))
    >>> output.shape, h.shape
    (torch.Size([7, 5]), torch.Size([1, 5]))
    """

    def __init__(self, input_size: int, hidden_size: int, num_layers: int = 1, bias: bool = True,
                 batch_first: bool = False, dropout: float = 0.0, bidirectional: bool = False,
                 device: DeviceLike | None = None, dtype: dtypes.dtype | None = None, **kwargs: Any) -> None:
        _no_projection(kwargs)
        super().__init__("GRU", input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional,
                         device=device, dtype=dtype)


def _unchanged(x):
    return x


def _backwards(batch_sizes):
    """A function that turns each sequence round."""
    if batch_sizes is None:
        return lambda x: x.flip(0)
    rows = wrap(reversed_rows(batch_sizes))
    return lambda x: x[rows]


def _no_projection(kwargs: dict[str, Any]) -> None:
    if "proj_size" in kwargs:
        raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")
    if kwargs:
        raise TypeError(f"got an unexpected keyword argument '{next(iter(kwargs))}'")


def _check_sizes(input_size, hidden_size, num_layers, proj_size) -> None:
    for name, value in [("input_size", input_size), ("hidden_size", hidden_size), ("num_layers", num_layers)]:
        if not isinstance(value, (int, np.integer)):
            raise TypeError(f"{name} should be of type int, got: {type(value).__name__}")
        if value <= 0:
            raise ValueError(f"{name} must be greater than zero, got {value}")
    if proj_size < 0:
        raise ValueError("proj_size should be a positive integer or zero to disable projections")
    if proj_size >= hidden_size:
        raise ValueError(f"proj_size has to be smaller than hidden_size, got {proj_size} and {hidden_size}")


def _check_options(bias, batch_first, dropout, num_layers) -> None:
    if not isinstance(dropout, numbers.Number) or not 0 <= dropout <= 1 or isinstance(dropout, bool):   # type: ignore
        raise ValueError("dropout should be a number in range [0, 1] representing the probability of an element being "
                         f"zeroed, got {dropout!r}")
    if dropout > 0 and num_layers == 1:                                                                 # type: ignore
        warnings.warn("dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects "
                      f"num_layers greater than 1, but got dropout={dropout} and num_layers={num_layers}",
                      stacklevel=program_line())
    for name, value in [("bias", bias), ("batch_first", batch_first)]:
        if not isinstance(value, bool):
            raise TypeError(f"{name} should be of type bool, got: {type(value).__name__}")
