"""Connectionist temporal classification: the probability of a target over all its alignments.

Graves et al. 2006, https://www.cs.toronto.edu/~graves/icml_2006.pdf, equations 6-15, in logarithms.  The target is
widened with blanks between its labels; alpha[t, n, s] is the probability of all paths of sample n that are at place s
at time t, beta[t, n, s] of all ways to go on from there to the end.
"""
from __future__ import annotations

import numpy as np

from ..autograd.tape import op


@op
def ctc_loss(log_p, *, targets, input_lengths, target_lengths, blank, zero_infinity=False):
    """-log p(target) for each sample, log_p (T, N, C);  targets a list of N label arrays

    zero_infinity: where p is 0, the loss is 0 and not inf, and its slope 0 and not nan

    d/dlog_p[t, n, k] = e^log_p[t, n, k]
                        - sum over the places s of label k of e^(alpha[t, n, s] + beta[t, n, s] - log_p[t, n, k] - log p(target))

    The first term is torch's: it assumes that a log_softmax made log_p, through whose gradient it vanishes.
    """
    if not isinstance(log_p, np.ndarray):
        raise NotImplementedError("ctc_loss: the gradient of its gradient is not implemented (nor is it in torch)")
    lp = log_p.astype(np.float64)
    T, N, _ = lp.shape
    samples = np.arange(N)
    places = _widened(targets, target_lengths, blank)
    skips = np.zeros(places.shape, bool)               # where a path may jump over a blank: between different labels
    skips[:, 2:] = (places[:, 2:] != blank) & (places[:, 2:] != places[:, :-2])
    emit = lp[:, samples[:, None], places]
    alpha = _alpha(emit, skips, target_lengths)
    beta = _beta(emit, skips, input_lengths, target_lengths)

    ends = alpha[input_lengths - 1, samples] if T else np.full(places.shape, -np.inf)
    total = ends[samples, 2 * target_lengths]          # the last blank, or the last label
    total = np.where(target_lengths > 0, np.logaddexp(total, ends[samples, 2 * target_lengths - 1]), total)
    total = np.where(input_lengths > 0, total, np.where(target_lengths > 0, -np.inf, 0.0))
    losses = -total

    slopes = np.exp(lp)
    shares = np.exp(alpha + beta - emit - total[:, None])
    for s in range(places.shape[1]):
        slopes[:, samples, places[:, s]] -= shares[:, :, s]
    slopes[:, ~np.isfinite(total)] = np.nan
    slopes[np.arange(T)[:, None] >= input_lengths] = 0.0
    if zero_infinity:
        slopes[:, losses == np.inf] = 0.0
        losses[losses == np.inf] = 0.0
    slopes = slopes.astype(log_p.dtype)
    return losses.astype(log_p.dtype), (lambda g: slopes * g[:, None],)


def _widened(targets, lengths, blank):
    """(N, S) labels with blanks before, between and after them; shorter targets end in more blanks."""
    places = np.full((len(targets), 2 * max(lengths, default=0) + 1), blank)
    for row, labels, length in zip(places, targets, lengths):
        row[1:2 * length:2] = labels[:length]
    return places


def _alpha(emit, skips, target_lengths):
    """A path begins with a blank or with the first label."""
    alpha = np.full(emit.shape, -np.inf)
    alpha[:1, :, 0] = emit[:1, :, 0]
    some = target_lengths > 0
    alpha[:1, some, 1:2] = emit[:1, some, 1:2]
    for t in range(1, len(emit)):
        alpha[t] = _arriving(alpha[t - 1], skips) + emit[t]
    return alpha


def _beta(emit, skips, input_lengths, target_lengths):
    """The same from the end: a path ends with the last label or with the blank after it."""
    beta = np.full(emit.shape, -np.inf)
    places = np.arange(emit.shape[2])
    final = (places <= 2 * target_lengths[:, None]) & (places >= 2 * target_lengths[:, None] - 1)
    leaves = np.zeros_like(skips)
    leaves[:, 2:] = skips[:, :1:-1]
    for t in range(len(emit) - 1, -1, -1):
        if t + 1 < len(emit):
            beta[t] = _arriving(beta[t + 1, :, ::-1], leaves)[:, ::-1] + emit[t]
        ending = input_lengths == t + 1
        beta[t, ending] = np.where(final, emit[t], -np.inf)[ending]
    return beta


def _arriving(before, skips):
    """The paths that reach each place: from itself, from the one before, and over a blank where that is allowed."""
    total = before.copy()
    total[:, 1:] = np.logaddexp(total[:, 1:], before[:, :-1])
    over = np.where(skips[:, 2:], before[:, :-2], -np.inf)
    total[:, 2:] = np.logaddexp(total[:, 2:], over)
    return total
