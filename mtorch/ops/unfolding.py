"""Rules that lay the patches of an image out as columns, and add columns back into an image."""
from __future__ import annotations

from math import prod

import numpy as np
from numpy.lib.stride_tricks import as_strided

from ..autograd.tape import TensorBase, op
from .layout import Taps

EVERY = (slice(None), slice(None))


@op(keeps=False, name="Im2ColBackward0")
def unfold(x, *, taps, padding):
    """(N, C, h, w) -> (N, C * taps, places): column p is the patch seen from place p"""
    size = x.shape[2:]
    if isinstance(x, TensorBase):
        y = unfold(x, taps=taps, padding=padding)
    else:
        x = np.pad(x, ((0, 0), (0, 0), *((p, p) for p in padding)))
        out = taps.outputs(x.shape[2:])
        steps = x.strides[2:]
        seen = as_strided(x, (*x.shape[:2], *taps.kernel, *out),
                          (*x.strides[:2], *(d * s for d, s in zip(taps.dilation, steps)),
                           *(t * s for t, s in zip(taps.stride, steps))), writeable=False)
        y = np.ascontiguousarray(seen).reshape(len(x), -1, prod(out)) if x.size else np.zeros(
            (len(x), x.shape[1] * prod(taps.kernel), prod(out)), x.dtype)
    return y, (lambda g: fold(g, taps=taps, padding=padding, size=size),)


@op(keeps=False, name="Col2ImBackward0")
def fold(g, *, taps: Taps, padding, size):
    """The transpose of unfold: (N, C * taps, places) -> (N, C, *size), what falls on one pixel added"""
    if isinstance(g, TensorBase):
        x = fold(g, taps=taps, padding=padding, size=size)
    else:
        wide = tuple(n + 2 * p for n, p in zip(size, padding))
        out = taps.outputs(wide)
        patches = g.reshape(len(g), g.shape[1] // prod(taps.kernel), *taps.kernel, *out)
        x = np.zeros((*patches.shape[:2], *wide), g.dtype)
        for tap in np.ndindex(*taps.kernel):
            x[(*EVERY, *taps.seen_by(tap, (0,) * len(out), out))] += patches[(*EVERY, *tap)]
        x = x[(*EVERY, *(slice(p, p + n) for p, n in zip(padding, size)))]
    return x, (lambda h: unfold(h, taps=taps, padding=padding),)
