"""The gated recurrent unit of Cho et al. (2014), in the form with one more bias that cuDNN made common.

    r = sigmoid(x W_ir^T + b_ir + h W_hr^T + b_hr)        reset
    z = sigmoid(x W_iz^T + b_iz + h W_hz^T + b_hz)        update
    n = tanh(x W_in^T + b_in + r s),  s = h W_hn^T + b_hn     what is new
    h[t] = n + z (h[t-1] - n)

Every step holds four numbers for each unit, in the order n r z s: the first three are what x adds to, the last three
what h[t-1] adds to, so both products have their results side by side, and so have their gradients.
"""
from __future__ import annotations

import numpy as np

from ..autograd.tape import op
from .recurrent import (affine, all_steps, by_step, carried, final_rows, pieces, rows_before, runs, sizes_of,
                        step_product, transposed)
from .sums import column_sums


def gru_step(x, h, w_ih, w_hh, b_ih, b_hh):
    """h[t] of x[t] and h[t-1]"""
    x_r, x_z, x_n = affine(x, w_ih, b_ih).chunk(3, 1)
    h_r, h_z, s = affine(h, w_hh, b_hh).chunk(3, 1)
    r, z = (x_r + h_r).sigmoid(), (x_z + h_z).sigmoid()
    n = (x_n + r * s).tanh()
    return n + z * (h - n)


def gru_by_steps(x, h0, w_ih, w_hh, b_ih, b_hh, *, batch_sizes=None):
    """The same, one step after the other in ordinary operations."""
    h, y = h0, []
    for x_t in by_step(x, batch_sizes):
        h_t = gru_step(x_t, h[:len(x_t)], w_ih, w_hh, b_ih, b_hh)
        h = carried(h_t, h)
        y.append(h_t)
    return all_steps(y, batch_sizes), h


@op(reference=gru_by_steps)
def gru(x, h0, w_ih, w_hh, b_ih, b_hh, *, batch_sizes=None):
    """y[t] = h[t], and the last h

    x (T,N,I)  h0 (N,H)  w_ih (3H,I)  w_hh (3H,H)  b (3H) or None  ->  y (T,N,H)  h (N,H);  packed: x (M,I) -> y (M,H).
    Gates stand in the order r z n
    """
    sizes = sizes_of(x, batch_sizes)
    arguments = x, h0, w_ih, w_hh, b_ih, b_hh, sizes
    kept: tuple | None = _unroll(*arguments)
    N, H = h0.shape
    states = kept[1]

    def pullback(gy, gh):
        nonlocal kept
        # The gradients overwrite `a`, the largest of what is kept, so going back twice means going forward twice.
        a, states = kept or _unroll(*arguments)
        kept = None
        gy, gh = gy.reshape(-1, H), gh.copy()                      # gh: what reaches h[t] from the step after
        before = rows_before(states, sizes)
        add, multiply = np.add, np.multiply
        for n, first, end in reversed(pieces(sizes, 10 * H)):
            piece = slice(first, end)
            z = _local_derivatives(a[piece], before[piece])
            gh_t = gh[:n]
            g_h, each = np.empty((n, H), a.dtype), np.empty((n, 4, H), a.dtype)
            g_h_each, each_row = g_h[:, None], each.reshape(n, -1)
            product, w_q, out = step_product(w_hh, gh_t)
            steps = (s.reshape(-1, n, s.shape[1])[::-1] for s in (gy[piece], z, a[piece], a[piece, H:]))
            for g_t, z_t, a_t, rzs_t in zip(*steps):
                add(g_t, gh_t, g_h)                                # dL/dh[t]: from y[t], and from h[t+1]
                each[...] = g_h_each
                multiply(each_row, a_t, a_t)                       # dL/d(n r z s)[t]
                multiply(g_h, z_t, g_h)
                product(rzs_t, w_q, out)
                add(gh_t, g_h, gh_t)                               # dL/dh[t-1]: through the gates, and kept by z
        nrz, rzs, gb = a[:, :3 * H], a[:, H:], column_sums(a)
        return ((lambda: (nrz @ _n_first(w_ih, H)).reshape(x.shape)), gh,
                _n_last(nrz.T @ x.reshape(-1, x.shape[-1]), H),
                rzs.T @ before, _n_last(gb[:3 * H], H), gb[H:])

    return (states[N:].reshape(*x.shape[:-1], H), final_rows(states, sizes)), pullback


def _unroll(x, h0, w_ih, w_hh, b_ih, b_hh, sizes):
    """n, r and z as their functions are given them, and s, of every step: (M,4H); and every h behind h0."""
    N, H = h0.shape
    rows = x.reshape(-1, x.shape[-1])
    a = np.empty((len(rows), 4 * H), x.dtype)
    nrz, s = a[:, :3 * H], a[:, 3 * H:]
    np.matmul(rows, _halved(_n_first(w_ih, H), slice(H, 3 * H)).T, out=nrz)
    if b_ih is None:
        s[...] = 0.0
    else:
        b = _n_first(b_ih, H)
        b[H:] += b_hh[:2 * H]                                      # r and z take both in one pass over the memory
        nrz += _halved(b, slice(H, 3 * H))
        s[...] = b_hh[2 * H:]
    states = np.empty((N + len(rows), H), x.dtype)
    states[:N] = h0

    add, subtract, multiply, tanh, half = np.add, np.subtract, np.multiply, np.tanh, np.array(0.5, x.dtype)
    w, h = transposed(_halved(w_hh.copy(), slice(0, 2 * H))), states[:N]
    for count, first, end in runs(sizes):
        h = h[:count]
        rz, (u, n) = np.empty((2, count, H), x.dtype), np.empty((2, count, H), x.dtype)
        r, z = rz
        q = np.empty((count, 3 * H), x.dtype)
        product, w_q, out = step_product(w, q)
        run = a[first:end].reshape(-1, count, 4, H).swapaxes(1, 2)
        steps = (a[first:end, H:].reshape(-1, count, 3 * H), run[:, 1:3], run[:, 0], run[:, 3],
                 states[N + first:N + end].reshape(-1, count, H))
        for rzs_t, rz_t, n_t, s_t, h_t in zip(*steps):
            product(h, w_q, out)                                   # q = h[t-1] w_hh^T
            add(rzs_t, q, rzs_t)
            tanh(rz_t, rz)                                         # sigmoid(a) = 1/2 + 1/2 tanh(a/2); a is halved
            multiply(rz, half, rz)
            add(rz, half, rz)
            multiply(r, s_t, u)
            add(n_t, u, n_t)
            tanh(n_t, n)
            subtract(h, n, u)
            multiply(u, z, u)
            add(u, n, h_t)
            h = h_t
    return a, states


def _n_first(w, H):
    """The rows of w (3H,...) from the order r z n into n r z, copied."""
    return np.concatenate((w[2 * H:], w[:2 * H]))


def _n_last(w, H):
    """And back."""
    return np.concatenate((w[H:], w[:H]))


def _halved(w, sigmoids):
    w[sigmoids] *= 0.5
    return w


def _local_derivatives(a, before):
    """Of many steps at once: z; and where a (R,4H) was, dh/d(n r z s) of each step.

    For n (1-z)(1-n^2) =: d;  for s and r, through n, d r and d s r (1-r);  for z (h[t-1]-n) z (1-z).
    """
    H = before.shape[1]
    numbers = np.empty((7, *before.shape), a.dtype)
    (n, r, z, s), (u, v, d) = numbers[:4], numbers[4:]
    slots = a.reshape(-1, 4, H).swapaxes(0, 1)
    numbers[:4] = slots
    np.tanh(numbers[:3], numbers[:3])
    numbers[1:3] *= 0.5
    numbers[1:3] += 0.5

    multiply, subtract = np.multiply, np.subtract
    subtract(1.0, z, u)
    multiply(n, n, v)
    subtract(1.0, v, v)
    multiply(u, v, d)
    slots[0] = d
    subtract(before, n, v)
    multiply(v, z, v)
    multiply(u, v, slots[2])
    multiply(d, r, u)
    slots[3] = u
    subtract(1.0, r, v)
    multiply(v, u, v)
    multiply(v, s, slots[1])
    return z
