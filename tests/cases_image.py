"""Rows of the table of ops: convolution, pooling, normalisation, padding and resampling."""
import numpy as np

import mtorch.ops.convolution as convolution
import mtorch.ops.normalization as norm
import mtorch.ops.pooling as pooling
import mtorch.ops.resampling as resampling
import mtorch.ops.unfolding as unfolding
from mtorch.ops.layout import Taps
from tests.cases import above, call, some


def F():
    import torch.nn.functional
    return torch.nn.functional


def conv(n, x, w, b, stride=1, padding=0, dilation=1, groups=1):
    each = lambda v: v if isinstance(v, tuple) else (v,) * n
    options = {"stride": each(stride), "padding": each(padding), "dilation": each(dilation), "groups": groups}
    like = lambda *t: getattr(F(), f"conv{n}d")(t[0], t[1], t[2] if b is not None else None, **options)
    call(convolution.convolution, x, w, b, like=like, **options)


conv(1, some(2, 3, 7), some(4, 3, 3), some(4))
conv(1, some(2, 4, 9), some(6, 2, 3), None, stride=2, padding=2, dilation=2, groups=2)
conv(2, some(2, 3, 5, 6), some(4, 3, 3, 2), some(4), padding=(1, 0))
conv(2, some(2, 4, 6, 5), some(6, 2, 2, 3), some(6), stride=(2, 1), padding=1, dilation=(1, 2), groups=2)
conv(2, some(2, 3, 4, 4), some(5, 3, 1, 1), some(5))
conv(2, some(1, 3, 5, 5), some(3, 1, 3, 3), None, padding=1, groups=3)
conv(3, some(1, 2, 4, 3, 4), some(2, 2, 2, 2, 3), some(2), stride=(2, 1, 1), padding=(0, 1, 1))


def conv_transpose(n, x, w, b, stride=1, padding=0, output_padding=0, dilation=1, groups=1):
    each = lambda v: v if isinstance(v, tuple) else (v,) * n
    options = {"stride": each(stride), "padding": each(padding), "output_padding": each(output_padding),
               "dilation": each(dilation), "groups": groups}
    like = lambda *t: getattr(F(), f"conv_transpose{n}d")(t[0], t[1], t[2] if b is not None else None, **options)
    call(convolution.convolution_transpose, x, w, b, like=like, **options)


conv_transpose(1, some(2, 3, 4), some(3, 2, 3), some(2), stride=2, padding=1, output_padding=1)
conv_transpose(2, some(2, 4, 3, 4), some(4, 3, 3, 2), some(6), stride=(2, 1), dilation=(1, 2), groups=2)
conv_transpose(2, some(2, 3, 4, 4), some(3, 2, 3, 3), None, padding=1)
conv_transpose(3, some(1, 2, 2, 3, 2), some(2, 2, 2, 2, 2), some(2), stride=2, padding=(1, 0, 0))

call(convolution.convolution_weight, some(2, 4, 6), some(2, 6, 3), kernel=(2,), stride=(2,), padding=(1,), dilation=(2,),
     groups=2, like=lambda x, g: __import__("torch").nn.grad.conv1d_weight(x, (6, 2, 2), g, 2, 1, 2, 2))
call(convolution.convolution_weight, some(2, 3, 4, 5), some(2, 4, 4, 3), kernel=(1, 3), stride=(1, 1), padding=(0, 0),
     dilation=(1, 1), groups=1)

X = some(2, 3, 6, 5, apart=0.0)
call(pooling.max_pool, X, kernel=(2, 2), stride=(2, 2), padding=(0, 0), dilation=(1, 1), out=(3, 2),
     like=lambda x: F().max_pool2d(x, 2))
call(pooling.max_pool, X, kernel=(3, 2), stride=(2, 1), padding=(1, 1), dilation=(1, 2), out=(3, 5),
     like=lambda x: F().max_pool2d(x, (3, 2), (2, 1), 1, (1, 2)))
call(pooling.max_pool, X, kernel=(3, 3), stride=(2, 2), padding=(1, 1), dilation=(1, 1), out=(4, 3),
     like=lambda x: F().max_pool2d(x, 3, 2, 1, ceil_mode=True))
call(pooling.max_unpool, some(1, 2, 2, 2), where=np.array([[[[0, 3], [8, 11]], [[5, 2], [13, 14]]]]), size=(4, 4))
call(pooling.window_sum, X, axis=2, kernel=3, stride=2, padding=1, out=3,
     like=lambda x: 3 * F().avg_pool2d(x, (3, 1), (2, 1), (1, 0)))
call(pooling.window_sum, X, axis=3, kernel=2, stride=3, padding=0, out=2)
call(pooling.window_spread, some(2, 3, 3, 5), axis=2, kernel=3, stride=2, padding=1, size=6)

W3, B3, V3 = some(3), some(3), above(3)
for x in (some(2, 3, 4, 3), some(5, 3)):
    call(norm.batch_norm, x, W3, B3, eps=0.1, like=lambda x, w, b: F().batch_norm(x, None, None, w, b, True, eps=0.1))
    call(norm.batch_norm, x, None, B3, eps=0.1, like=lambda x, w,
         b: F().batch_norm(x, None, None, None, b, True, eps=0.1))
    call(norm.fixed_norm, x, W3, B3, eps=0.1, mean=W3, var=V3, float32=False,
         like=lambda x, w, b: F().batch_norm(x, x.new_tensor(W3), x.new_tensor(V3), w, b, eps=0.1))
call(norm.group_norm, some(2, 4, 3), some(4), some(4), groups=2, eps=0.1,
     like=lambda x, w, b: F().group_norm(x, 2, w, b, 0.1))
call(norm.group_norm, some(2, 4), some(4), None, groups=2, eps=0.1, like=lambda x, w, b: F().group_norm(x, 2, w, None, 0.1))
call(norm.group_norm, some(2, 3, 5), None, None, groups=3, eps=0.1, like=lambda x, w, b: F().instance_norm(x, eps=0.1))
call(norm.layer_norm, some(2, 3, 4), some(3, 4), some(3, 4), width=12, eps=0.1,
     like=lambda x, w, b: F().layer_norm(x, (3, 4), w, b, 0.1))
call(norm.layer_norm, some(3, 5), None, None, width=5, eps=0.1, like=lambda x, w, b: F().layer_norm(x, (5,), eps=0.1))
call(norm.rms_norm, some(2, 3, 4), some(4), width=4, eps=0.1, like=lambda x, w: F().rms_norm(x, (4,), w, 0.1))

MIRROR = np.array([2, 1, 0, 1, 2, 3, 4, 3])
call(resampling.pick, some(2, 3, 5), index=MIRROR, axis=2, like=lambda x: F().pad(x, (2, 1), mode="reflect"))
call(resampling.pick, some(2, 3, 2, 3), index=np.array([0, 0, 1, 1, 1]), axis=2)
call(resampling.unpick, some(2, 3, 8), index=MIRROR, axis=2, size=6)
for shares, axis in [(np.array([[0.5, 0.5, 0, 0], [0, 0, 0.25, 0.75]]), 2), (np.array([[0.5, 0.5, 0], [0, 0.25, 0.75]]), 1)]:
    call(resampling.mix, some(2, 3, 4), matrix=shares, axis=axis, seen=shares != 0, float32=False)
call(resampling.pad_constant, some(2, 3, 4), before=(0, -1, 2), after=(0, 1, 1), value=0.5,
     like=lambda x: F().pad(x, (2, 1, -1, 1), value=0.5))
TAPS = Taps((2, 3), (2, 1), (1, 2))
call(unfolding.unfold, some(2, 2, 5, 6), taps=TAPS, padding=(1, 0),
     like=lambda x: F().unfold(x, (2, 3), (1, 2), (1, 0), (2, 1)))
call(unfolding.fold, some(2, 12, 6), taps=TAPS, padding=(1, 0), size=(5, 6),
     like=lambda x: F().fold(x, (5, 6), (2, 3), (1, 2), (1, 0), (2, 1)))
