"""What the rules of recurrent layers share: where the rows of each time step lie, and the product inside every step.

rnn.py, lstm.py and gru.py each hold one layer in one direction over all T steps.  They have one plan:

1. the products that need no earlier state, x[t] W_ih^T for all t, are one product before the loop;
2. the loop holds only what depends on the step before: one product and a handful of elementwise operations, each
   writing into memory that is there already, for at small sizes a call costs more than its arithmetic;
3. back-propagation through time is a loop of the same kind, with everything that does not depend on the step after,
   the local derivatives, computed for many steps at once;
4. the gradients of the weights are one product over all steps after the loop.

Sequences of unequal length come sorted, longest first, and packed: the rows of step 0, then those of step 1, ..., with
n_0 >= n_1 >= ... rows each (`batch_sizes`).  Row i of a step continues row i of the step before, so in either case all
steps together are one matrix of M rows, and a run of steps with equally many rows is a block of it.
"""
from __future__ import annotations

from itertools import accumulate, groupby

import numpy as np

from .matrix import UNPACKED, linear, linear_without_bias
from .shape import cat, stack

CACHED = 1 << 17            # so many numbers stay near the processor between being written and being read


def sizes_of(x, batch_sizes) -> tuple[int, ...]:
    """How many sequences each step has: all N of x (T, N, I), unless it is packed, (M, I)."""
    return (x.shape[1],) * x.shape[0] if batch_sizes is None else tuple(batch_sizes)


def runs(sizes) -> list[tuple[int, int, int]]:
    """The runs of steps with n sequences each, as (n, first row, end row)."""
    found, row = [], 0
    for n, steps in groupby(sizes):
        end = row + n * sum(1 for _ in steps)
        found += [(n, row, end)] if n else []
        row = end
    return found


def pieces(sizes, width: int) -> list[tuple[int, int, int]]:
    """The runs cut into pieces of whole steps, so that `width` numbers for each row of one stay in the cache."""
    found = []
    for n, first, end in runs(sizes):
        rows = n * max(1, CACHED // max(1, n * width))
        found += [(n, row, min(row + rows, end)) for row in range(first, end, max(1, rows))]
    return found


def rows_before(states, sizes):
    """For each of the M rows the state that it was computed from.  states: the N initial rows, then the M rows."""
    if sizes[0] == sizes[-1]:
        return states[:len(states) - sizes[0]]
    starts = [0, *accumulate(sizes[:-1], initial=sizes[0])]
    return states[np.concatenate([np.arange(start, start + n) for start, n in zip(starts, sizes)])]


def final_rows(states, sizes):
    """The state that each of the N sequences ends with: that of the last step which still has its row."""
    if sizes[0] == sizes[-1]:
        return states[len(states) - sizes[0]:].copy()
    starts = list(accumulate(sizes, initial=sizes[0]))
    lengths = [sum(n > row for n in sizes) for row in range(sizes[0])]
    return states[[starts[length - 1] + row for row, length in enumerate(lengths)]]


def reversed_rows(sizes):
    """Which rows to take so that every sequence is turned round and the packing stays the same."""
    starts = list(accumulate(sizes, initial=0))
    lengths = (np.asarray(sizes)[:, None] > np.arange(sizes[0])).sum(axis=0)
    return np.concatenate([np.take(starts, lengths[:n] - 1 - t) + np.arange(n) for t, n in enumerate(sizes)])


def transposed(w):
    """w^T in memory of its own.  In columns of 32, because NumPy's own copy runs through w against its rows."""
    out = np.empty(w.shape[::-1], w.dtype)
    for j in range(0, len(w), 32):
        out[:, j:j + 32] = w[j:j + 32].T
    return out


def step_product(w, out):
    """How out (n,M) = a (n,K) w (K,M) is computed fastest, again and again: a function, and the w and out to give it.

    A product of a few rows spends its time repacking w.  OpenBLAS leaves that out for small products, so a larger one
    is cut into panels of columns that are small enough.
    """
    n, (K, M) = len(out), w.shape
    if not 1 < n <= 20 or n * K * M <= UNPACKED:
        return np.dot, w, out
    panels = -(-n * K * M // UNPACKED)
    while M % panels:
        panels += 1
    return np.matmul, w.reshape(K, panels, -1).swapaxes(0, 1), out.reshape(n, panels, -1).swapaxes(0, 1)


# ---- for the plain references --------------------------------------------------------------------------------

def by_step(x, batch_sizes):
    """x[t] for each t."""
    return x.unbind(0) if batch_sizes is None else x.split(list(batch_sizes))


def all_steps(ys, batch_sizes):
    """The y[t] together, in the form that x came in."""
    return stack(*ys, dim=0) if batch_sizes is None else cat(*ys, dim=0)


def carried(new, old):
    """The states after a step: of the sequences that took part the new ones, of those that have ended the old."""
    return new if len(new) == len(old) else cat(new, old[len(new):], dim=0)


def affine(x, w, b):
    """x w^T + b, or x w^T where there is no b."""
    return linear_without_bias(x, w) if b is None else linear(x, w, b)
