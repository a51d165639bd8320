"""Rules of normalisation: y = (x - mean) / sqrt(var + eps) * w + b, over a channel, a sample or a group.

With d = x - mean, r = 1 / sqrt(var + eps) and h = w g, the gradient of what the statistics were taken over is

    gx = r (h - mean(h) - d r^2 mean(h d))

The two means are what x contributed to the mean and to the variance (S. Ioffe, C. Szegedy, "Batch normalization",
2015).
"""
from __future__ import annotations

from math import prod

import numpy as np

from ..autograd.tape import op
from .layout import batch_first, batch_last, in_axis_order, kept_order, lying
from .sums import column_sums, in_single, row_sums


def normalized_plainly(x, w, b, *, axes, eps):
    """y = (x - mean) / sqrt(var + eps) * w + b, mean and var over `axes`; w and b are broadcast (or None)"""
    n = prod(x.shape[i] for i in axes)
    d = x - x.sum(axis=axes, keepdims=True) / n
    y = d / np.sqrt((d * d).sum(axis=axes, keepdims=True) / n + eps)
    y = y if w is None else y * w
    return y if b is None else y + b


def batch_norm_plainly(x, w, b, *, eps, mean=None, var=None):
    """batch_norm, said in one line"""
    shape = (1, -1, *(1 for _ in x.shape[2:]))
    w, b = (None if p is None else p.reshape(shape) for p in (w, b))
    return normalized_plainly(x, w, b, axes=(0, *range(2, x.ndim)), eps=eps)


def channel_statistics(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(mean, var) of each channel of x (N, C, ...), over the batch and the image; var divides by the count"""
    x = _by_channel(x if x.dtype != np.float16 else x.astype(np.float32))
    n = max(x.shape[1], 1)                             # of no sample both are 0
    mean = x.sum(axis=1) / n
    d = x - mean[:, None]
    return mean, np.vecdot(d, d) / n


def _by_channel(x: np.ndarray) -> np.ndarray:
    """(N, C, ...) -> (C, everything else)"""
    return x.T if x.ndim == 2 else batch_last(x).reshape(x.shape[1], -1)


@op(reference=batch_norm_plainly, name="NativeBatchNormBackward0")
@in_single
def batch_norm(x, w, b, *, eps, mean=None, var=None):
    """y = (x - mean) / sqrt(var + eps) * w + b for each channel of x (N,C,...)

    mean, var   channel_statistics(x), where they are known already
    """
    shape = x.shape
    if mean is None:
        mean, var = channel_statistics(x)
    x = _by_channel(x)
    n = x.shape[1]
    mean, r = mean[:, None], 1.0 / np.sqrt(var + eps)[:, None]
    scale = r if w is None else r * w[:, None]
    y = x * scale
    y += (0.0 if b is None else b[:, None]) - mean * scale

    def pullback(g):
        g = _by_channel(g)
        d = x - mean
        gb = g.sum(axis=1)
        gd = np.vecdot(g, d)                           # sum of g d
        d *= (gd[:, None] * r * r) / n
        d += gb[:, None] / n
        np.subtract(g, d, out=d)
        d *= scale
        return _as_user(d, shape), None if w is None else gd * r[:, 0], None if b is None else gb
    return _as_user(y, shape), pullback


def _as_user(x: np.ndarray, shape) -> np.ndarray:
    """(C, everything else) -> (N, C, ...)"""
    return x.T if len(shape) == 2 else batch_first(x.reshape(shape[1], *shape[2:], shape[0]))


@op(name="NativeBatchNormBackward0")
@in_single
def fixed_norm(x, w, b, *, eps, mean, var):
    """batch_norm with statistics that are constants: what a trained network does"""
    shape = (1, -1, *(1 for _ in x.shape[2:]))
    axes = (0, *range(2, x.ndim))
    mean, r = mean.reshape(shape), (1.0 / np.sqrt(var + eps)).reshape(shape)
    scale = r if w is None else w.reshape(shape) * r
    y = x * scale + ((0.0 if b is None else b.reshape(shape)) - mean * scale)
    if type(y) is np.ndarray and not y.flags.c_contiguous:
        y = lying(y, kept_order(x))
    return y, (lambda g: g * scale,
               None if w is None else lambda g: (g * ((x - mean) * r)).sum(axis=axes),
               None if b is None else lambda g: g.sum(axis=axes))


def group_norm_plainly(x, w, b, *, groups, eps):
    """group_norm, said in one line"""
    per_channel = (1, -1, *(1 for _ in x.shape[2:]))
    y = normalized_plainly(x.reshape(len(x), groups, prod(x.shape[1:]) // groups), None, None, axes=(2,), eps=eps)
    y = y.reshape(x.shape) if w is None else y.reshape(x.shape) * w.reshape(per_channel)
    return y if b is None else y + b.reshape(per_channel)


@op(reference=group_norm_plainly, name="NativeGroupNormBackward0")
@in_single
def group_norm(x, w, b, *, groups, eps):
    """y = (x - mean) / sqrt(var + eps) * w + b for groups of the channels of each sample of x (N, C, ...)

    One group is a layer norm, a group for each channel an instance norm (Y. Wu, K. He, 2018).
    """
    shape = x.shape
    N, C, S = shape[0], shape[1], prod(shape[2:])
    size, n = C // groups, C // groups * S             # channels and numbers in a group
    to_channels = lambda of_group: np.repeat(of_group, size, axis=1)[:, :, None]
    x = x.reshape(N * groups, n)
    d = x - (row_sums(x) / n)[:, None]
    r = (1.0 / np.sqrt(np.vecdot(d, d) / n + eps)).reshape(N, groups)
    d = d.reshape(N, C, S)
    scale = to_channels(r) if w is None else to_channels(r) * w[:, None]
    y = d * scale
    if b is not None:
        y += b[:, None]

    def pullback(g):
        g = g.reshape(N, C, S)
        gs, gd = row_sums(g.reshape(N * C, S)).reshape(N, C), np.vecdot(g, d)       # sums of g and of g d

        def gx():
            mean_h, mean_hd = ((a if w is None else a * w).reshape(N, groups, size).sum(axis=2) / n for a in (gs, gd))
            z = g * scale
            z -= d * to_channels(r * r * r * mean_hd)
            z -= to_channels(r * mean_h)
            return z.reshape(shape)
        return gx, lambda: (gd * to_channels(r)[:, :, 0]).sum(axis=0), lambda: gs.sum(axis=0)
    return y.reshape(shape), pullback


def layer_norm_plainly(x, w, b, *, width, eps):
    """layer_norm, said in one line"""
    y = normalized_plainly(x.reshape(-1, width), None, None, axes=(1,), eps=eps)
    y = y if w is None else y * w.reshape(width)
    return (y if b is None else y + b.reshape(width)).reshape(x.shape)


@op(reference=layer_norm_plainly, name="NativeLayerNormBackward0")
@in_single
def layer_norm(x, w, b, *, width, eps):
    """y = (x - mean) / sqrt(var + eps) * w + b over the last axes of x, which hold `width` numbers (J. L. Ba et al., 2016)"""
    shape = x.shape
    x = x.reshape(-1, width)
    normal = x - (row_sums(x) / width)[:, None]
    r = np.vecdot(normal, normal)[:, None] / width
    r += eps
    np.sqrt(r, out=r)
    np.divide(1.0, r, out=r)
    normal *= r
    y = normal.copy() if w is None else normal * w.reshape(width)
    if b is not None:
        y += b.reshape(width)

    def pullback(g):
        g = g.reshape(-1, width)

        def gx():
            h = g if w is None else g * w.reshape(width)
            z = normal * (np.vecdot(h, normal)[:, None] / -width)
            z += h
            z -= (row_sums(h) / width)[:, None]
            z *= r
            return z.reshape(shape)
        return gx, lambda: column_sums(g * normal).reshape(w.shape), lambda: column_sums(g).reshape(b.shape)
    return y.reshape(shape), pullback


def rms_norm_plainly(x, w, *, width, eps):
    """rms_norm, said in one line"""
    rows = x.reshape(-1, width)
    y = rows / np.sqrt((rows * rows).sum(axis=1, keepdims=True) / width + eps)
    return (y if w is None else y * w.reshape(width)).reshape(x.shape)


@op(reference=rms_norm_plainly, name="MulBackward0")
@in_single
def rms_norm(x, w, *, width, eps):
    """y = x / sqrt(mean of x^2 + eps) * w over the last axes of x (B. Zhang, R. Sennrich, 2019)"""
    shape = x.shape
    x = x.reshape(-1, width)
    r = 1.0 / np.sqrt(np.vecdot(x, x)[:, None] / width + eps)
    normal = x * r
    y = in_axis_order(normal if w is None else normal * w.reshape(width))

    def pullback(g):
        g = g.reshape(-1, width)

        def gx():
            h = g if w is None else g * w.reshape(width)
            return ((h - normal * (np.vecdot(h, normal)[:, None] / width)) * r).reshape(shape)
        return gx, lambda: column_sums(g * normal).reshape(w.shape)
    return y.reshape(shape), pullback
