"""Rows of the table of ops: arithmetic and elementwise functions."""
import numpy as np

import mtorch.ops.arithmetic as two
import mtorch.ops.elementwise as one
from tests.cases import above, call, some

import mtorch.autograd.views as views
import mtorch.autograd.replay as replay
import mtorch.functions.reduction as reductions


def torch():
    import torch
    return torch


A, B, ROW, ONE, SCALAR = some(3, 4), some(3, 4), some(4), some(3, 1), some()
P, Q = above(3, 4), above(3, 4)
EMPTY = np.zeros((0, 3))

for op, like in [(two.add, lambda a, b: a + b), (two.sub, lambda a, b: a - b), (two.mul, lambda a, b: a * b)]:
    call(op, A, B, like=like)
    call(op, A, ROW, like=like)
    call(op, ONE, ROW, like=like)
    call(op, SCALAR, A, like=like)
    call(op, EMPTY, EMPTY, like=like)
for a, b in [(A, Q), (A, above(4)), (SCALAR, Q)]:
    call(two.div, a, b, like=lambda a, b: a / b)
call(two.floor_divide, A, Q, orders=0, why="it refuses to be differentiated, as torch's does")
call(two.floor_or_trunc_div, A, Q, trunc=False, like=lambda a, b: torch().div(a, b, rounding_mode="floor"))
call(two.floor_or_trunc_div, A, Q, trunc=True, like=lambda a, b: torch().div(a, b, rounding_mode="trunc"))
call(two.remainder, A, Q, like=lambda a, b: a % b)
call(two.fmod, A, Q, like=lambda a, b: torch().fmod(a, b))
call(two.pow, P, B, like=lambda a, b: a ** b)
call(two.pow, P, some(), like=lambda a, b: a ** b)
for exponent in (2, 3, 0, 1, -1, 0.5, -2.5):
    call(two.power, P, exponent=exponent, like=lambda a, e=exponent: a ** e)
call(two.power, A, exponent=3, like=lambda a: a ** 3)
for op, name in [(two.maximum, "maximum"), (two.minimum, "minimum"), (two.fmax, "fmax"), (two.fmin, "fmin"),
                 (two.atan2, "atan2"), (two.hypot, "hypot"), (two.logaddexp, "logaddexp"),
                 (two.logaddexp2, "logaddexp2")]:
    call(op, A, B, like=lambda a, b, n=name: getattr(torch(), n)(a, b))
    call(op, A, ROW, like=lambda a, b, n=name: getattr(torch(), n)(a, b))
call(two.share, A, B, like=lambda a, b: (a - b).sigmoid())
call(two.copysign, A, B, like=lambda a, b: torch().copysign(a, b))
call(two.xlogy, A, P, like=lambda a, b: torch().xlogy(a, b))
call(two.where, A, ROW, condition=B > 0, like=lambda a, b: torch().where(torch().tensor(B > 0), a, b))
call(two.where, A, 0.5, condition=B > 0, like=lambda a, b: torch().where(torch().tensor(B > 0), a, b))
call(two.masked_fill, A, SCALAR, mask=B > 0, like=lambda a, v: a.masked_fill(torch().tensor(B > 0), v))
call(two.masked_fill, A, -9.0, mask=ROW > 0, like=lambda a, v: a.masked_fill(torch().tensor(ROW > 0), v))
call(two.lerp, A, B, some(3, 4), like=lambda a, b, w: torch().lerp(a, b, w))
call(two.lerp, A, B, 0.3, like=lambda a, b, w: torch().lerp(a, b, w))
call(two.addcmul, A, B, ROW, value=0.5, like=lambda a, b, c: torch().addcmul(a, b, c, value=0.5))
call(two.addcdiv, A, B, Q, value=0.5, like=lambda a, b, c: torch().addcdiv(a, b, c, value=0.5))

for name in "neg abs exp exp2 expm1 sin cos tan atan sinh cosh tanh asinh sigmoid erf erfc sinc frac clone".split():
    call(getattr(one, name), A, like=lambda a, n=name: getattr(torch(), n)(a))
    call(getattr(one, name), SCALAR, like=lambda a, n=name: getattr(torch(), n)(a))
for name in "log log2 log10 log1p sqrt rsqrt reciprocal lgamma digamma".split():
    call(getattr(one, name), P, like=lambda a, n=name: getattr(torch(), n)(a), tolerance=1e-5)
for name in "asin acos atanh erfinv".split():
    call(getattr(one, name), some(3, 4, low=-0.9, high=0.9), like=lambda a, n=name: getattr(torch(), n)(a),
         tolerance=1e-5)
call(one.in_order, A.T, like=lambda a: a.clone(memory_format=torch().contiguous_format))
call(one.acosh, above(3, 4, low=1.2, high=3.0), like=lambda a: torch().acosh(a))
call(one.logit, above(3, 4, low=0.1, high=0.9), like=lambda a: torch().logit(a))
call(one.polygamma, P, n=1, like=lambda a: torch().polygamma(1, a), tolerance=1e-5)
for function, name in [(one.sign, "sign"), (np.floor, "floor"), (np.ceil, "ceil"), (np.trunc, "trunc"),
                       (np.rint, "round")]:
    call(one.flat, A, function=function, like=lambda a, n=name: getattr(torch(), n)(a))
call(one.clamp, A, min=-1.0, max=1.0, like=lambda a: a.clamp(-1, 1))
call(one.clamp, A, min=None, max=0.5, like=lambda a: a.clamp(max=0.5))
call(one.nan_to_num, A, nan=0.0, posinf=None, neginf=None, like=lambda a: a.nan_to_num())
call(views.cast, A, dtype=np.dtype(np.float64), float32=False)
call(views.put, A, ROW, path=None, key=(1,))
call(views.put, A, SCALAR, path=None, key=(slice(None), 2))
call(replay.identity, A)
call(replay.tied, A, some(2))
call(reductions.standard_deviation, P, like=lambda a: a.sqrt())
