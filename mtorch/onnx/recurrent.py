"""Recurrent layers in ONNX's operators RNN, LSTM and GRU, a node for each layer."""
from __future__ import annotations

from typing import Any

import numpy as np

from ..nn.rnn import RNNBase
from ..nn.utils.rnn import PackedSequence
from .errors import Untranslated
from .graph import Graph, Value

# ONNX's order of the gates, as places in torch's: i o f c of i f g o, and z r h of r z n
_ORDER = {"LSTM": [0, 3, 1, 2], "GRU": [1, 0, 2]}


def translate(g: Graph, layer: RNNBase, input: Value, hx: Any = None) -> list[Value]:
    """The output and the final states of a call of the layer."""
    if isinstance(input, PackedSequence) or input.ndim != 3 or layer.proj_size:
        raise Untranslated("recurrent layers are translated for padded batches and without proj_size")
    if layer.training and layer.dropout and layer.num_layers > 1:
        raise Untranslated("dropout while training is not translated: call model.eval()")
    states = [] if hx is None else list(hx) if isinstance(hx, (tuple, list)) else [hx]
    directions = 2 if layer.bidirectional else 1
    H = layer.hidden_size
    x = _in_order(g, input, [1, 0, 2]) if layer.batch_first else input
    T, N = x.shape[:2]
    finals: list[list[Value]] = []
    for k in range(layer.num_layers):
        part = slice(k * directions, (k + 1) * directions)
        initial = [g.on_the_way("Slice", s, g.ints(part.start), g.ints(part.stop), g.ints(0), shape=(directions, N, H))
                   for s in states]
        kind, more = _kind(layer, directions)
        w, r, b = _weights(layer, k, directions)
        y, *last = _outputs(g, kind, [x, w, r, b], initial, more, (T, directions, N, H))
        finals.append(last)
        if directions == 1:
            x = g.on_the_way("Squeeze", y, g.ints(1), shape=(T, N, H))
        else:
            x = g.on_the_way("Reshape", _in_order(g, y, [0, 2, 1, 3]), g.ints(0, 0, directions * H), shape=(T, N, directions * H))
    ends = [each[0] if len(each) == 1 else g.on_the_way("Concat", *each, shape=(len(each) * directions, N, H), axis=0)
            for each in zip(*finals)]
    return [_in_order(g, x, [1, 0, 2]) if layer.batch_first else x, *ends]


def _kind(layer: RNNBase, directions: int) -> tuple[str, dict[str, Any]]:
    more: dict[str, Any] = {"hidden_size": layer.hidden_size, "direction": "bidirectional" if directions == 2 else "forward"}
    if layer.mode == "GRU":
        return "GRU", {**more, "linear_before_reset": 1}
    if layer.mode == "LSTM":
        return "LSTM", more
    return "RNN", {**more, "activations": ["Relu" if layer.mode == "RNN_RELU" else "Tanh"] * directions}


def _weights(layer: RNNBase, k: int, directions: int) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """W (directions, gates H, I), R (directions, gates H, H), and b (directions, 2 gates H): those of x, then those of h."""
    def ordered(w: np.ndarray) -> np.ndarray:
        order = _ORDER.get(layer.mode, [0])
        return w.reshape(len(order), layer.hidden_size, *w.shape[1:])[order].reshape(w.shape)

    def each(name: str) -> list[np.ndarray]:
        return [ordered(getattr(layer, f"{name}_l{k}{suffix}").array) for suffix in ("", "_reverse")[:directions]]

    bias = None
    if layer.bias:
        bias = np.stack([np.concatenate(both) for both in zip(each("bias_ih"), each("bias_hh"))])
    return np.stack(each("weight_ih")), np.stack(each("weight_hh")), bias


def _outputs(g: Graph, kind: str, given: list, initial: list[Value], more: dict[str, Any], shape: tuple[int, ...]) -> list[Value]:
    """The node, with all of its outputs: Y (T, directions, N, H), Y_h and for an LSTM Y_c (directions, N, H)."""
    x, *weights = given
    constants = [None if w is None else g.constant(w, w.dtype) for w in weights]
    lengths = None
    states = [np.empty(shape[1:], x.dtype)] * (2 if kind == "LSTM" else 1)
    g.results = [np.empty(shape, x.dtype), *states]
    return g.op(kind, x, *constants, lengths, *initial, outputs=len(g.results), **more)


def _in_order(g: Graph, x: Value, order: list[int]) -> Value:
    return g.on_the_way("Transpose", x, shape=[x.shape[d] for d in order], perm=order)
