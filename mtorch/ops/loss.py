"""Rules of the losses whose gradient is simpler than that of their parts.

`scale` holds the reduction: 1 for a sum, 1/n for a mean.
"""
from __future__ import annotations

import numpy as np

from ..autograd.tape import op
from .activation import hardtanh
from .elementwise import log_of_1_plus_exp, plain, sigmoid, sign
from .shape import expand
from .sums import row_sums, scaled_sum


@op(name="MseLossBackward0")
def mse(y, t, *, scale):
    """L = scale sum (y - t)^2;  dL/dy = 2 scale (y - t)"""
    d = y - t
    return scaled_sum(d * d, scale), (lambda g: d * (g * (2.0 * scale)), lambda g: d * (g * (-2.0 * scale)))


@op(flat=True, name="AbsBackward0")
def l1(y, t):
    """|y - t|, elementwise"""
    d = y - t
    return np.abs(d), (lambda g: g * sign(plain(d)), lambda g: -g * sign(plain(d)))


@op(keeps=False, name=lambda node: node.kwargs["name"])
def total(losses, *, scale, name):
    """L = scale sum of the losses, under the name of what computed them"""
    shape = losses.shape
    return scaled_sum(losses, scale), (lambda g: expand(g * scale, shape=shape),)


@op(name="HuberLossBackward0")
def huber(y, t, *, delta, scale):
    """scale c (d - c/2), elementwise: d^2/2 near 0, delta (|d| - delta/2) far from it.  d = y - t, c = d kept in
    [-delta, delta], which is the gradient.  Huber 1964"""
    d = y - t
    c = hardtanh(d, low=-delta, high=delta)
    return scale * c * (d - 0.5 * c), (lambda g: g * (scale * c), lambda g: g * (-scale * c))


@op(name="NllLossBackward0")
def cross_entropy(z, *, target, weight, total):
    """L = -sum_n w[n] log_softmax(z[n])[t[n]] / total, for z (N, C);  dL/dz = w (softmax(z) - onehot(t)) / total

    target   (N), the class of each sample; weight  (N), 0 where a sample is ignored, or None for all ones
    """
    n = len(target)
    rows = np.arange(n)
    shifted = z - plain(z).max(axis=1, keepdims=True)
    e = np.exp(shifted)
    s = row_sums(e)
    picked = np.log(s) - shifted[rows, target]
    if weight is not None:
        picked = np.where(weight == 0, 0.0, picked * weight)       # a sample that is ignored may hold inf and nan
    k = 1.0 / total if total else float("nan")

    def pullback(g):
        p = e / s[:, None]
        if isinstance(p, np.ndarray):
            p[rows, target] -= 1
        else:
            onehot = np.zeros(p.shape, plain(p).dtype)
            onehot[rows, target] = 1
            p = p - onehot
        return p * (g * k) if weight is None else p * (weight * k)[:, None] * g
    return scaled_sum(picked, k), (pullback,)


@op(flat=True, name="NllLossBackward0")
def nll(a, *, target, weight):
    """-w[n] a[n, t[n]] of log-probabilities a (N, C)"""
    rows = np.arange(len(target))
    shape = a.shape

    def pullback(g):
        return _placed(g * -weight, shape, rows, target)
    return np.where(weight == 0, 0.0, -a[rows, target] * weight), (pullback,)


def _placed(g, shape, rows, columns):
    from .indexing import place
    return place(g, shape=shape, key=(rows, columns))


@op(name="BinaryCrossEntropyBackward0")
def binary_cross_entropy(y, t):
    """-(t log y + (1 - t) log(1 - y)), elementwise, the logarithms kept above -100"""
    log_y, log_1y = np.log(y), np.log1p(-y)
    value = -(t * np.maximum(log_y, -100.0) + (1.0 - t) * np.maximum(log_1y, -100.0))
    return value, (lambda g: g * (y - t) / np.maximum(y * (1.0 - y), 1e-12),
                   lambda g: g * (log_1y - log_y))


@op(name="BinaryCrossEntropyWithLogitsBackward0")
def binary_cross_entropy_with_logits(z, t, w):
    """(1 - t) z + (1 + (w - 1) t) log(1 + e^-z), elementwise; w weighs the positive class"""
    s = sigmoid(z)
    soft = log_of_1_plus_exp(-z)
    k = 1.0 + (w - 1.0) * t
    return (1.0 - t) * z + k * soft, (lambda g: g * (k * s - w * t), lambda g: g * ((w - 1.0) * soft - z),
                                     lambda g: g * t * soft)


@op(name="SubBackward0")
def kl_div(a, t):
    """t (log t - a), elementwise, 0 where t = 0; a holds log-probabilities.  At t = 0 the slope in t is nan, as in torch"""
    zero = plain(t) == 0
    log_t = np.log(np.where(zero, 1.0, t))
    slope = log_t + np.where(zero, np.nan, 1.0).astype(plain(t).dtype)
    return np.where(zero, 0.0, t * log_t) - t * a, (lambda g: -g * t, lambda g: g * (slope - a))


@op(name="MulBackward0")
def kl_div_log_target(a, t):
    """e^t (t - a), elementwise; both hold log-probabilities"""
    p = np.exp(t)
    return p * (t - a), (lambda g: -g * p, lambda g: g * p * (t - a + 1.0))
