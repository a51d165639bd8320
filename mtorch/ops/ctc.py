"""Connectionist temporal classification: the probability of a target over all its alignments.

Graves et al. 2006, https://www.cs.toronto.edu/~graves/icml_2006.pdf, equations 6-15, in logarithms.  The target is
widened with blanks between its labels; alpha[t, s] is the probability of all paths that are at place s at time t.
"""
from __future__ import annotations

import numpy as np

from ..autograd.tape import op
from .elementwise import plain


@op
def ctc_loss(log_p, *, targets, input_lengths, target_lengths, blank, zero_infinity=False):
    """-log p(target) for each sample, log_p (T, N, C);  targets a list of N label arrays

    zero_infinity: where p is 0, the loss is 0 and not inf, and its slope 0 and not nan

    d/dlog_p[t, k] = e^log_p[t, k]
                     - sum over the places s of label k of e^(alpha[t, s] + beta[t, s] - log_p[t, k] - log p(target))

    The first term is torch's: it assumes that a log_softmax made log_p, through whose gradient it vanishes.
    """
    lp = plain(log_p)
    losses = np.empty(lp.shape[1], lp.dtype)
    slopes = np.zeros_like(lp)
    for n, labels in enumerate(targets):
        losses[n], slope = _one(lp[:input_lengths[n], n].astype(np.float64), labels[:target_lengths[n]], blank)
        if zero_infinity and losses[n] == np.inf:
            losses[n] = 0.0
        else:
            slopes[:input_lengths[n], n] = slope
    if not isinstance(log_p, np.ndarray):
        raise NotImplementedError("ctc_loss: the gradient of its gradient is not implemented (nor is it in torch)")
    return losses, (lambda g: slopes * g[:, None],)


def _one(log_p, labels, blank):
    """The loss of one sample (T, C) and its slope."""
    places = np.full(2 * len(labels) + 1, blank)
    places[1::2] = labels
    size, steps = len(places), len(log_p)
    skips = np.zeros(size, bool)                       # where a path may jump over a blank: between different labels
    skips[2:] = (places[2:] != blank) & (places[2:] != places[:-2])
    if steps == 0:
        return (0.0 if len(labels) == 0 else np.inf), np.zeros_like(log_p)
    emit = log_p[:, places]
    alpha, beta = np.full((steps, size), -np.inf), np.full((steps, size), -np.inf)
    alpha[0, :2] = emit[0, :2]
    for t in range(1, steps):
        alpha[t] = _arriving(alpha[t - 1], skips) + emit[t]
    beta[-1, -2:] = emit[-1, -2:]
    leaves = np.append(skips[2:], [False, False])[::-1] if size > 1 else skips
    for t in range(steps - 2, -1, -1):
        beta[t] = _arriving(beta[t + 1, ::-1], leaves)[::-1] + emit[t]
    total = np.logaddexp.reduce(alpha[-1, -2:])
    slope = np.exp(log_p)
    if not np.isfinite(total):
        return np.inf, np.full_like(log_p, np.nan)
    share = np.exp(alpha + beta - emit - total)
    for s, label in enumerate(places):
        slope[:, label] -= share[:, s]
    return -total, slope


def _arriving(before, skips):
    """The paths that reach each place: from itself, from the one before, and over a blank where that is allowed."""
    one = np.append(-np.inf, before[:-1])
    two = np.where(skips, np.append([-np.inf, -np.inf], before[:-2])[:len(before)], -np.inf)
    return np.logaddexp(np.logaddexp(before, one), two)
