"""The simple recurrent layer of Elman (1990): h[t] = tanh(x[t] W_ih^T + b_ih + h[t-1] W_hh^T + b_hh).

The shortest of the three recurrent rules; docs/bptt.md derives its pullback line by line.
"""
from __future__ import annotations

import numpy as np

from ..autograd.tape import op
from .recurrent import (affine, all_steps, by_step, carried, final_rows, pieces, rows_before, runs, sizes_of,
                        step_product, transposed)
from .sums import column_sums


def rnn_step(x, h, w_ih, w_hh, b_ih, b_hh, relu=False):
    """h[t] of x[t] and h[t-1]"""
    a = affine(x, w_ih, b_ih) + affine(h, w_hh, b_hh)
    return a.relu() if relu else a.tanh()


def rnn_by_steps(x, h0, w_ih, w_hh, b_ih, b_hh, *, relu=False, batch_sizes=None):
    """The same, one step after the other in ordinary operations."""
    h, y = h0, []
    for x_t in by_step(x, batch_sizes):
        h_t = rnn_step(x_t, h[:len(x_t)], w_ih, w_hh, b_ih, b_hh, relu)
        h = carried(h_t, h)
        y.append(h_t)
    return all_steps(y, batch_sizes), h


@op(reference=rnn_by_steps)
def rnn(x, h0, w_ih, w_hh, b_ih, b_hh, *, relu=False, batch_sizes=None):
    """y[t] = h[t] = tanh(x[t] w_ih^T + b_ih + h[t-1] w_hh^T + b_hh), and the last h

    x (T,N,I)  h0 (N,H)  w_ih (H,I)  w_hh (H,H)  b (H) or None  ->  y (T,N,H)  h (N,H);  packed: x (M,I) -> y (M,H)
    """
    sizes = sizes_of(x, batch_sizes)
    N, H = h0.shape
    rows = x.reshape(-1, x.shape[-1])
    states = np.empty((N + len(rows), H), x.dtype)                 # h0, then every h[t]
    states[:N] = h0
    y = states[N:]
    np.dot(rows, w_ih.T, out=y)                                    # every x[t] w_ih^T, where h[t] is to be
    if b_ih is not None:
        y += b_ih + b_hh

    add, maximum, tanh, zero = np.add, np.maximum, np.tanh, np.zeros((), x.dtype)
    w, h = transposed(w_hh), states[:N]
    for n, first, end in runs(sizes):
        h, q = h[:n], np.empty((n, H), x.dtype)
        product, w_q, out = step_product(w, q)
        for h_t in y[first:end].reshape(-1, n, H):
            product(h, w_q, out)                                   # q = h[t-1] w_hh^T
            add(h_t, q, h_t)
            if relu:
                maximum(h_t, zero, out=h_t)
            else:
                tanh(h_t, h_t)
            h = h_t

    def pullback(gy, gh):
        gy, gh = gy.reshape(-1, H), gh.copy()                      # gh: what reaches h[t] from the step after
        da = np.empty_like(y)                                      # dL/da of every step, a being what tanh was given
        multiply = np.multiply
        for n, first, end in reversed(pieces(sizes, 2 * H)):
            slope = _slope(y[first:end], relu).reshape(-1, n, H)
            gh_t = gh[:n]
            product, w_q, out = step_product(w_hh, gh_t)
            g, d = gy[first:end].reshape(-1, n, H), da[first:end].reshape(-1, n, H)
            for g_t, slope_t, da_t in zip(g[::-1], slope[::-1], d[::-1]):
                add(g_t, gh_t, da_t)                               # dL/dh[t]: from y[t], and from h[t+1]
                multiply(da_t, slope_t, da_t)
                product(da_t, w_q, out)                            # gh_t = da[t] w_hh, for h[t-1]
        gb = column_sums(da)
        return ((lambda: (da @ w_ih).reshape(x.shape)), gh, da.T @ rows, da.T @ rows_before(states, sizes), gb, gb)

    return (y.reshape(*x.shape[:-1], H), final_rows(states, sizes)), pullback


def _slope(h, relu):
    """dh/da, from h itself: 1 - tanh^2, or whether it is above 0."""
    if relu:
        return (h > 0).astype(h.dtype)
    slope = h * h
    return np.subtract(1.0, slope, slope)
