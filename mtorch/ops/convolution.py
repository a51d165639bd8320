"""Rules of convolution, and of its transpose, in any number of dimensions.

Each output pixel looks at a patch of the input through the weights. This is computed as matrix products: the patches of
a few rows of output pixels are laid side by side, as many as stay in the cache, and

    y = w patches           the output                      w (O, C * taps)   patches (C * taps, pixels)
    gw = g patches^T        the gradient of the weights
    w^T g                   the gradient of the patches, each added to where it was read: the gradient of the input

Arrays lie as `layout.py` says, so a patch's row is read in one run and the weights need no rearrangement.
(K. Chellapilla, S. Puri, P. Simard, "High performance convolutional neural networks for document processing", 2006.)
"""
from __future__ import annotations

from collections.abc import Iterator
from math import prod

import numpy as np
from numpy.lib.stride_tricks import as_strided

from ..autograd.complex_numbers import holomorphic
from ..autograd.tape import op
from .layout import Taps, batch_first, batch_last, padded, pieces
from .sums import row_sums

# A product is at its best with some thousand columns, and its patches in the cache nearest to a core.
PATCH_NUMBERS, MOST_COLUMNS, FEWEST_COLUMNS = 400_000, 4096, 512
EVERY = (slice(None), slice(None))


# ---- the rules ---------------------------------------------------------------------------------

@op(flat=True)
def convolution(x, w, b=None, *, stride, padding, dilation, groups):
    """y[n,o,p] = b[o] + sum over c and t of  w[o,c,t] x[n,c, p stride + t dilation - padding],  c in the group of o"""
    if type(x) is not np.ndarray:                      # replayed
        window, size, kernel = _window(stride, padding, dilation, groups), x.shape[2:], w.shape[2:]
        return x, (lambda g: _to_input(g, w, size, **window),
                   lambda g: convolution_weight(x, g, kernel=kernel, **window), _of_bias)
    taps = Taps(w.shape[2:], stride, dilation, groups)
    x = padded(batch_last(x), padding, padding)
    size = x.shape[1:-1]
    y = correlate(x, w, taps, taps.outputs(size), b)

    def pullback(g):
        g = batch_last(g)
        return (lambda: batch_first(spread(g, w, taps, size, padding)),
                lambda: weight_gradient(x, g, taps),
                lambda: row_sums(g.reshape(len(g), -1)))
    return batch_first(y), pullback


@op(flat=True, name="ConvolutionBackward0")
def convolution_transpose(x, w, b=None, *, stride, padding, output_padding, dilation, groups):
    """The gradient of a convolution's input, as a layer: x (N,C,...), w (C,O/groups,kernel) -> y (N,O,...)

    y[n,o, p stride + t dilation - padding] += w[c,o,t] x[n,c,p]: each input pixel writes a patch.
    """
    if type(x) is not np.ndarray:                      # replayed
        window, size, kernel = _window(stride, padding, dilation, groups), x.shape[2:], w.shape[2:]
        return x, (lambda g: _to_output(g, w, size, **window),
                   lambda g: convolution_weight(g, x, kernel=kernel, **window), _of_bias)
    taps = Taps(w.shape[2:], stride, dilation, groups)
    x = batch_last(x)
    size = x.shape[1:-1]
    y = spread(x, w, taps, tuple(n + extra for n, extra in zip(taps.reach(size), output_padding)), padding)
    if b is not None:
        y += b.reshape(-1, *(1 for _ in y.shape[1:]))

    def pullback(g):
        g = batch_last(g)
        wide = padded(g, padding, padding)
        return (lambda: batch_first(correlate(wide, w, taps, size)),
                lambda: weight_gradient(wide, x, taps),
                lambda: row_sums(g.reshape(len(g), -1)))
    return batch_first(y), pullback


@op(flat=True, name="ConvolutionBackward0")
def convolution_weight(x, g, *, kernel, stride, padding, dilation, groups):
    """The gradient of a convolution's weights: x (N,C,...), g (N,O,...) -> gw (O,C/groups,kernel)

    gw[o,c,t] = sum over n and p of  g[n,o,p] x[n,c, p stride + t dilation - padding]
    """
    window, size, out = _window(stride, padding, dilation, groups), x.shape[2:], g.shape[2:]
    pullbacks = lambda h: _to_input(g, h, size, **window), lambda h: _to_output(x, h, out, **window)
    if type(x) is not np.ndarray:                      # replayed
        return x, pullbacks
    wide = padded(batch_last(x), padding, padding)
    return weight_gradient(wide, batch_last(g), Taps(kernel, stride, dilation, groups)), pullbacks


# The three are each other's gradients, so that gradients of gradients are made of them, too. In a replay a rule's value
# is asked for its type alone.

def _window(stride, padding, dilation, groups) -> dict:
    return {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}


def _to_input(g, w, size, *, stride, padding, dilation, groups):
    """The gradient of the input, whose sizes are `size`, from that of the output."""
    reached = Taps(w.shape[2:], stride, dilation).reach(g.shape[2:])
    extra = tuple(n + 2 * p - r for n, p, r in zip(size, padding, reached))
    return convolution_transpose(g, w, None, output_padding=extra, **_window(stride, padding, dilation, groups))


def _to_output(x, w, size, **window):
    """The convolution's first `size` pixels; a transposed one whose output was padded may have had no more."""
    y = convolution(x, w, None, **window)
    return y if y.shape[2:] == size else y[(*EVERY, *map(slice, size))]


def _of_bias(g):
    return g.sum((0, *range(2, g.ndim)))


holomorphic(convolution, convolution_transpose, convolution_weight)


# ---- the three products, on arrays with the batch last -------------------------------------------

def correlate(x: np.ndarray, w: np.ndarray, taps: Taps, out: tuple[int, ...],
              b: np.ndarray | None = None) -> np.ndarray:
    """y (O, *out, N) = w patches + b"""
    matrix = by_group(np.ascontiguousarray(w), taps.groups).reshape(taps.groups, len(w) // taps.groups, -1)
    y = np.empty((len(w), *out, x.shape[-1]), np.result_type(x, w))
    grouped = by_group(y, taps.groups)
    for spot, patches in patches_of(x, taps, out):
        part = grouped[(*EVERY, *spot)].reshape(*grouped.shape[:2], -1)
        np.matmul(matrix, patches, out=part)
        if b is not None:
            part += b.reshape(*grouped.shape[:2], 1)
    return y


def weight_gradient(x: np.ndarray, g: np.ndarray, taps: Taps) -> np.ndarray:
    """gw (O, C/groups, *kernel) = g patches^T, summed over the pieces"""
    grouped = by_group(g, taps.groups)
    groups, o = grouped.shape[:2]
    few = prod(g.shape[1:]) <= FEWEST_COLUMNS
    total: np.ndarray | None = None
    for spot, patches in patches_of(x, taps, g.shape[1:-1]):
        part = grouped[(*EVERY, *spot)].reshape(groups, o, -1)
        product = part @ patches.mT if few else patches @ part.mT        # the latter is faster, but lies turned
        total = product if total is None else np.add(total, product, out=total)
    shape = (len(g), len(x) // groups, *taps.kernel)
    if total is None:
        return np.zeros(shape, g.dtype)
    return np.ascontiguousarray(total if few else total.mT).reshape(shape)


def spread(g: np.ndarray, w: np.ndarray, taps: Taps, size: tuple[int, ...], padding: tuple[int, ...]) -> np.ndarray:
    """Every patch w^T g added to where it was read from, in zeros (C, *size, N); returned without the padding.

    With stride 1 each input pixel can as well gather what reaches it: a convolution of g, with the kernel turned round; not
    where it would read more than it saves, or turn more weights than there are pixels.
    """
    inner = tuple(n - 2 * p for n, p in zip(size, padding))
    out = g.shape[1:-1]
    channels = w.shape[1] * taps.groups
    if max(taps.stride) == 1 and prod(inner) * len(g) <= 2 * prod(out) * channels \
            and len(g) // taps.groups <= prod(g.shape[1:]):
        before = tuple(d * (k - 1) - p for d, k, p in zip(taps.dilation, taps.kernel, padding))
        after = tuple(need - n - b for need, n, b in zip(taps.reach(inner), out, before))
        turned = np.flip(by_group(w, taps.groups), tuple(range(3, w.ndim + 1))).swapaxes(1, 2)
        return correlate(padded(g, before, after), turned.reshape(channels, -1, *taps.kernel), taps, inner)
    grouped = by_group(g, taps.groups)
    wide = np.zeros((taps.groups, w.shape[1], *size, g.shape[-1]), np.result_type(g, w))
    for spot in pieces(out, columns_of(channels * prod(taps.kernel), g.shape[-1])):
        part = grouped[(*EVERY, *spot)]
        start = tuple(s.start for s in spot)
        for tap, given in by_tap(part, w, taps):
            wide[(*EVERY, *taps.seen_by(tap, start, part.shape[2:-1]))] += given
    return wide.reshape(channels, *size, -1)[(slice(None), *(slice(p, p + n) for p, n in zip(padding, inner)))]


def by_tap(g: np.ndarray, w: np.ndarray, taps: Taps) -> Iterator[tuple[tuple[int, ...], np.ndarray]]:
    """Yield (tap, w^T g at that tap of every patch), for some output pixels g (groups, O/groups, ..., N)."""
    if len(w) == taps.groups and w.shape[1] == 1:          # depthwise: each channel on its own, and nothing to sum
        for tap in np.ndindex(*taps.kernel):
            yield tap, g * w[(*EVERY, *tap)].reshape(-1, *(1 for _ in g.shape[1:]))
        return
    matrix = by_group(np.ascontiguousarray(w), taps.groups).reshape(*g.shape[:2], -1).mT
    patches = (matrix @ g.reshape(*g.shape[:2], -1)).reshape(taps.groups, w.shape[1], *taps.kernel, *g.shape[2:])
    for tap in np.ndindex(*taps.kernel):
        yield tap, patches[(*EVERY, *tap)]


def patches_of(x: np.ndarray, taps: Taps, out: tuple[int, ...]) -> Iterator[tuple[tuple[slice, ...], np.ndarray]]:
    """Yield (spot, patches): some output pixels and, for each group, what they see, a column (C/groups * taps) for each."""
    kernel, stride, dilation, groups = taps
    channel, *steps, item = x.strides
    view = as_strided(x, (groups, len(x) // groups, *kernel, *out, x.shape[-1]),
                      (channel * (len(x) // groups), channel, *(d * s for d, s in zip(dilation, steps)),
                       *(t * s for t, s in zip(stride, steps)), item), writeable=False)
    rows = len(x) * prod(kernel)
    buffer = None
    for spot in pieces(out, columns_of(rows, x.shape[-1])):
        seen = view[(*EVERY, *(slice(None) for _ in kernel), *spot)]
        columns = prod(seen.shape[2 + len(kernel):])
        if prod(kernel) == 1 and max(stride) == 1:
            yield spot, seen.reshape(groups, rows // groups, columns)      # what a kernel of one tap sees is x itself
            continue
        if buffer is None:
            # 16: rows a power of two apart share a place in the cache
            buffer = np.empty((rows, columns + 16), x.dtype)
        patches = buffer[:, :columns]
        np.copyto(patches.reshape(seen.shape), seen)
        yield spot, patches.reshape(groups, rows // groups, columns)


def columns_of(rows: int, batch: int) -> int:
    """Over how many pixels the patches of a batch are laid out at once."""
    columns = max(FEWEST_COLUMNS, min(MOST_COLUMNS, PATCH_NUMBERS // max(rows, 1)))
    return max(1, columns // max(batch, 1))


def by_group(x: np.ndarray, groups: int) -> np.ndarray:
    """(C, ...) -> (groups, C/groups, ...)"""
    return x.reshape(groups, len(x) // groups, *x.shape[1:])
