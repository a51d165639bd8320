"""The long short-term memory of Hochreiter and Schmidhuber (1997), with the forget gate of Gers et al. (2000).

    i, f, o = sigmoid(...)    g = tanh(...)       each of x[t] W_ih^T + b_ih + h[t-1] W_hh^T + b_hh
    c[t] = f c[t-1] + i g                         the cell: what is remembered
    h[t] = o tanh(c[t])                           what is shown, through W_hr if there is a projection (Sak et al. 2014)

sigmoid(a) is 1/2 + 1/2 tanh(a/2): with the halves of a already in the weights, one tanh serves all four gates.
"""
from __future__ import annotations

from itertools import repeat

import numpy as np

from ..autograd.tape import op
from .recurrent import (affine, all_steps, by_step, carried, final_rows, pieces, rows_before, runs, sizes_of,
                        step_product, transposed)
from .sums import column_sums


def lstm_step(x, h, c, w_ih, w_hh, b_ih, b_hh, w_hr=None):
    """h[t] and c[t] of x[t], h[t-1] and c[t-1]"""
    i, f, g, o = (affine(x, w_ih, b_ih) + affine(h, w_hh, b_hh)).chunk(4, 1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    h = o.sigmoid() * c.tanh()
    return h if w_hr is None else h @ w_hr.T, c


def lstm_by_steps(x, h0, c0, w_ih, w_hh, b_ih, b_hh, w_hr=None, *, batch_sizes=None):
    """The same, one step after the other in ordinary operations."""
    h, c, y = h0, c0, []
    for x_t in by_step(x, batch_sizes):
        n = len(x_t)
        h_t, c_t = lstm_step(x_t, h[:n], c[:n], w_ih, w_hh, b_ih, b_hh, w_hr)
        h, c = carried(h_t, h), carried(c_t, c)
        y.append(h_t)
    return all_steps(y, batch_sizes), h, c


@op(reference=lstm_by_steps)
def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh, w_hr=None, *, batch_sizes=None):
    """y[t] = h[t], the last h and the last c

    x (T,N,I)  h0 (N,P)  c0 (N,H)  w_ih (4H,I)  w_hh (4H,P)  b (4H) or None  w_hr (P,H), or None and P = H
    ->  y (T,N,P)  h (N,P)  c (N,H);  packed: x (M,I) -> y (M,P).  Gates stand in the order i f g o
    """
    sizes = sizes_of(x, batch_sizes)
    arguments = x, h0, c0, w_ih, w_hh, b_ih, b_hh, w_hr, sizes
    a, hs, cs = _unroll(*arguments)
    N, P = h0.shape
    H = c0.shape[1]
    kept: tuple | None = (a, hs, cs)

    def pullback(gy, gh, gc):
        nonlocal kept
        # The gradients overwrite `a`, the largest of what is kept, so going back twice means going forward twice.
        a, hs, cs = kept or _unroll(*arguments)
        kept = None
        gy, gh, gc = gy.reshape(-1, P), gh.copy(), gc.copy()       # gh, gc: what reaches h[t], c[t] from the step after
        c_before = rows_before(cs, sizes)
        shown = None if w_hr is None else np.empty((len(a), H), a.dtype)       # o tanh(c) and dL/dh of every step,
        gh_all = None if w_hr is None else np.empty((len(a), P), a.dtype)      # for the gradient of w_hr
        add, multiply, dot = np.add, np.multiply, np.dot
        for n, first, end in reversed(pieces(sizes, 10 * H)):
            piece = slice(first, end)
            f, slope = _local_derivatives(a[piece], c_before[piece], cs[N + first:N + end],
                                          None if shown is None else shown[piece])
            gh_t, gc_t, g_h, part = gh[:n], gc[:n], np.empty((n, P), a.dtype), np.empty((n, H), a.dtype)
            g_m = g_h if w_hr is None else np.empty((n, H), a.dtype)
            reach = np.empty((n, 4, H), a.dtype)                   # what reaches each gate: gc for i f g, gh for o
            reach_ifg, reach_o, reach_ifgo, gc_each = reach[:, :3], reach[:, 3], reach.reshape(n, -1), gc_t[:, None]
            product, w_q, out = step_product(w_hh, gh_t)
            g_hs = repeat(g_h) if gh_all is None else gh_all[piece].reshape(-1, n, P)[::-1]
            steps = (z.reshape(-1, n, z.shape[1])[::-1] for z in (gy[piece], slope, f, a[piece]))
            for g_t, slope_t, f_t, a_t, g_h in zip(*steps, g_hs):
                add(g_t, gh_t, g_h)                                # dL/dh[t]: from y[t], and from h[t+1]
                if w_hr is not None:
                    dot(g_h, w_hr, g_m)
                multiply(g_m, slope_t, part)
                add(gc_t, part, gc_t)                              # dL/dc[t]: from c[t+1], and from h[t]
                reach_ifg[...] = gc_each
                reach_o[...] = g_m
                multiply(reach_ifgo, a_t, a_t)                     # dL/da[t]
                multiply(gc_t, f_t, gc_t)                          # dL/dc[t-1]
                product(a_t, w_q, out)                             # gh_t = da[t] w_hh, for h[t-1]
        gb = column_sums(a)
        return ((lambda: (a @ w_ih).reshape(x.shape)), gh, gc,
                a.T @ x.reshape(-1, x.shape[-1]), a.T @ rows_before(hs, sizes), gb, gb,
                None if w_hr is None else gh_all.T @ shown)

    return (hs[N:].reshape(*x.shape[:-1], P), final_rows(hs, sizes), final_rows(cs, sizes)), pullback


def _unroll(x, h0, c0, w_ih, w_hh, b_ih, b_hh, w_hr, sizes):
    """What the gates are given at every step, (M,4H) in the order i f o g; and every h and c behind h0 and c0."""
    (N, P), H = h0.shape, c0.shape[1]
    rows = x.reshape(-1, x.shape[-1])
    a = np.dot(rows, _arranged(w_ih, H).T)
    if b_ih is not None:
        a += _arranged(b_ih + b_hh, H)[:, 0]
    hs, cs = np.empty((N + len(rows), P), x.dtype), np.empty((N + len(rows), H), x.dtype)
    hs[:N], cs[:N] = h0, c0

    add, multiply, tanh, dot, half = np.add, np.multiply, np.tanh, np.dot, np.array(0.5, x.dtype)
    w, w_shown = transposed(_arranged(w_hh, H)), None if w_hr is None else transposed(w_hr)
    h, c = hs[:N], cs[:N]
    for n, first, end in runs(sizes):
        h, c = h[:n], c[:n]
        gates, (u, v) = np.empty((4, n, H), x.dtype), np.empty((2, n, H), x.dtype)
        sigmoids, (i, f, o, g) = gates[:3], gates
        q = gates.reshape(1, -1) if n == 1 else np.empty((n, 4 * H), x.dtype)
        by_gate = None if n == 1 else q.reshape(n, 4, H).swapaxes(0, 1)
        product, w_q, out = step_product(w, q)
        steps = (z.reshape(-1, n, z.shape[1]) for z in (a[first:end], cs[N + first:N + end], hs[N + first:N + end]))
        for a_t, c_t, h_t in zip(*steps):
            product(h, w_q, out)                                   # q = h[t-1] w_hh^T
            add(a_t, q, a_t)
            tanh(a_t, q)
            if by_gate is not None:
                gates[...] = by_gate                               # so that each gate is one block of memory
            multiply(sigmoids, half, sigmoids)
            add(sigmoids, half, sigmoids)
            multiply(i, g, u)
            multiply(f, c, v)
            add(u, v, c_t)
            tanh(c_t, u)
            if w_shown is None:
                multiply(o, u, h_t)
            else:
                multiply(o, u, v)
                dot(v, w_shown, h_t)
            h, c = h_t, c_t
    return a, hs, cs


def _arranged(w, H):
    """The rows of w (4H,...) in the order i f o g, those of the sigmoids halved."""
    w = w.reshape(4, H, -1)[[0, 1, 3, 2]]
    w[:3] *= 0.5
    return w.reshape(4 * H, -1)


def _local_derivatives(a, c_before, c, shown):
    """Of many steps at once, m being o tanh(c): dc[t]/dc[t-1] = f and dm/dc; and where a (R,4H) was, dc/da and dm/da.

    dc/da = i (1-i) g, f (1-f) c[t-1], i (1-g^2)    dm/da = o (1-o) tanh(c)    dm/dc = o (1-tanh(c)^2).  m goes into shown
    """
    H = c.shape[1]
    numbers = np.empty((7, *c.shape), a.dtype)
    gates, (u, v, m) = numbers[:4], numbers[4:]
    i, f, o, g = gates
    slots = a.reshape(-1, 4, H).swapaxes(0, 1)
    gates[...] = slots
    np.tanh(gates, gates)
    gates[:3] *= 0.5
    gates[:3] += 0.5

    multiply, subtract = np.multiply, np.subtract
    multiply(i, g, u)
    subtract(1.0, i, v)
    multiply(u, v, slots[0])
    multiply(u, g, v)
    subtract(i, v, slots[2])
    multiply(f, c_before, u)
    subtract(1.0, f, v)
    multiply(u, v, slots[1])
    np.tanh(c, u)
    multiply(o, u, m)
    subtract(1.0, o, v)
    multiply(m, v, slots[3])
    multiply(m, u, v)
    subtract(o, v, v)
    if shown is not None:
        shown[...] = m
    return f, v
