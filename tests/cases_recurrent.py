"""Rows of the table of ops: recurrent layers in one direction; with and without biases, packed, projected."""
import mtorch.ops.gru as gru
import mtorch.ops.lstm as lstm
import mtorch.ops.rnn as rnn
from tests.cases import call, some

T, N, I, H, P = 4, 3, 2, 5, 3
SIZES = (3, 2, 2, 1)                   # sequences of 4, 3 and 1 steps
M = sum(SIZES)


def inputs(gates, cells=0, bias=True, hidden=H, batch=N, packed=False):
    """x, h0, cells, w_ih, w_hh, b_ih, b_hh"""
    states = [some(batch, hidden), *(some(batch, H) for _ in range(cells))]
    b = [some(gates * H, low=-0.5, high=0.5) if bias else None for _ in range(2)]
    return [some(M, I) if packed else some(T, batch, I), *states,
            some(gates * H, I, low=-0.7, high=0.7), some(gates * H, hidden, low=-0.7, high=0.7), *b]


def by_torch(name, states=1, sizes=None):
    """A layer in one direction of torch's, with arguments as the rule has them."""
    def run(x, *rest):
        import torch
        hx, weights = [s[None] for s in rest[:states]], [w for w in rest[states:] if w is not None]
        hx = hx if name == "lstm" else hx[0]
        biased = rest[states + 2] is not None
        options = biased, 1, 0.0, False, False
        if sizes is None:
            y, *last = getattr(torch, name)(x, hx, weights, *options, False)
        else:
            y, *last = getattr(torch, name)(x, torch.tensor(sizes), hx, weights, *options)
        return y, *(s[0] for s in last)
    return run


for form in ({}, {"bias": False}, {"batch": 1}):
    call(rnn.rnn, *inputs(1, **form), like=by_torch("rnn_tanh"))
    call(gru.gru, *inputs(3, **form), like=by_torch("gru"))
    call(lstm.lstm, *inputs(4, cells=1, **form), like=by_torch("lstm", 2))
call(rnn.rnn, *inputs(1), relu=True, like=by_torch("rnn_relu"))
call(lstm.lstm, *inputs(4, cells=1, hidden=P), some(P, H), like=by_torch("lstm", 2))

call(rnn.rnn, *inputs(1, packed=True), batch_sizes=SIZES, like=by_torch("rnn_tanh", sizes=SIZES))
call(rnn.rnn, *inputs(1, packed=True), relu=True, batch_sizes=SIZES, like=by_torch("rnn_relu", sizes=SIZES))
call(gru.gru, *inputs(3, packed=True), batch_sizes=SIZES, like=by_torch("gru", sizes=SIZES))
call(lstm.lstm, *inputs(4, cells=1, packed=True), batch_sizes=SIZES, like=by_torch("lstm", 2, SIZES))
call(lstm.lstm, *inputs(4, cells=1, hidden=P, packed=True), some(P, H), batch_sizes=SIZES,
     like=by_torch("lstm", 2, SIZES))
