"""Rows of the table of ops: activations and losses."""
import numpy as np

import mtorch.ops.activation as act
import mtorch.ops.loss as loss
from tests.cases import above, call, some


def F():
    import torch.nn.functional
    return torch.nn.functional


A, B, W = some(3, 4, low=-4, high=4), some(3, 4), some(4)

call(act.relu, A, like=lambda a: F().relu(a))
call(act.leaky_relu, A, negative_slope=0.1, like=lambda a: F().leaky_relu(a, 0.1))
call(act.prelu, A, W, like=lambda a, w: F().prelu(a, w))
call(act.elu, A, alpha=1.5, scale=1.0, input_scale=1.0, like=lambda a: F().elu(a, 1.5))
call(act.elu, A, alpha=1.5, scale=1.0, input_scale=1 / 1.5, like=lambda a: F().celu(a, 1.5))
call(act.elu, A, alpha=1.6732632423543772, scale=1.0507009873554805, input_scale=1.0, like=lambda a: F().selu(a))
call(act.gelu, A, like=lambda a: F().gelu(a))
call(act.gelu_tanh, A, like=lambda a: F().gelu(a, approximate="tanh"))
call(act.silu, A, like=lambda a: F().silu(a))
call(act.mish, A, like=lambda a: F().mish(a))
call(act.softplus, A, beta=2.0, threshold=5.0, like=lambda a: F().softplus(a, 2.0, 5.0))
call(act.log_sigmoid, A, like=lambda a: F().logsigmoid(a))
call(act.hardtanh, A, low=-1.0, high=2.0, like=lambda a: F().hardtanh(a, -1.0, 2.0))
call(act.hardsigmoid, A, like=lambda a: (a / 6 + 0.5).clamp(0, 1))       # torch's own 1/6 is a float32
call(act.hardswish, A, like=lambda a: F().hardswish(a))
call(act.softshrink, A, lambd=0.7, like=lambda a: F().softshrink(a, 0.7))
call(act.keep_where, A, mask=np.abs(A) > 0.7, value=0.0, like=lambda a: F().hardshrink(a, 0.7))
call(act.scaled_mask, A, mask=(B > 0) * 2.0, float32=False)
call(act.glu, A, dim=1, like=lambda a: F().glu(a, 1))

call(loss.mse, A, B, scale=1 / 12, like=lambda a, b: F().mse_loss(a, b))
call(loss.mse, A, B, scale=1.0, like=lambda a, b: F().mse_loss(a, b, reduction="sum"))
call(loss.total, A, scale=1 / 12, name="MeanBackward0", like=lambda a: a.mean())
call(loss.l1, A, B, like=lambda a, b: F().l1_loss(a, b, reduction="none"))
call(loss.huber, A, B, delta=1.3, scale=1.0, like=lambda a, b: F().huber_loss(a, b, delta=1.3, reduction="none"))
call(loss.huber, A, B, delta=1.3, scale=1 / 1.3, like=lambda a, b: F().smooth_l1_loss(a, b, beta=1.3, reduction="none"))
T, EACH = np.array([1, 0, 3]), np.array([1.0, 0.0, 0.5])


def tt():
    import torch
    return torch.tensor(T)


call(loss.cross_entropy, A, target=T, weight=None, total=3.0, like=lambda a: F().cross_entropy(a, tt()))
call(loss.cross_entropy, A, target=T, weight=EACH, total=1.5, float32=False,
     like=lambda a: (F().cross_entropy(a, tt(), reduction="none") * a.new_tensor(EACH)).sum() / 1.5)
call(loss.nll, A, target=T, weight=EACH, float32=False,
     like=lambda a: F().nll_loss(a, tt(), reduction="none") * a.new_tensor(EACH))
P, Q = above(3, 4, low=0.05, high=0.95), above(3, 4, low=0.05, high=0.95)
call(loss.binary_cross_entropy, P, Q, like=lambda a, b: F().binary_cross_entropy(a, b, reduction="none"))
call(loss.binary_cross_entropy_with_logits, A, Q, above(4),
     like=lambda z, t, w: -(w * t * F().logsigmoid(z) + (1 - t) * F().logsigmoid(-z)))    # torch has no gradient for w
call(loss.kl_div, A, Q, like=lambda a, t: F().kl_div(a, t, reduction="none"))
call(loss.kl_div_log_target, A, B, like=lambda a, t: F().kl_div(a, t, reduction="none", log_target=True))

import mtorch.ops.ctc as ctc  # noqa: E402

LABELS, STEPS, LENGTHS = [np.array([1, 2, 2]), np.array([3])], np.array([6, 5]), np.array([3, 1])


def ctc_of_torch(a):
    import torch
    return F().ctc_loss(a, torch.tensor([1, 2, 2, 3]), torch.tensor(STEPS), torch.tensor(LENGTHS), reduction="none")


call(ctc.ctc_loss, np.log(above(6, 2, 4) / 10), targets=LABELS, input_lengths=STEPS, target_lengths=LENGTHS, blank=0,
     orders=0, why="its gradient holds for log-probabilities that sum to one, as in torch", like=ctc_of_torch)
