"""Pooling layers and functions: against torch, and against differences."""

from __future__ import annotations

import numpy as np
import pytest

import mtorch
from mtorch.nn import functional as F
from tests.nn.layer_twins import functions_agree, layers_agree, normal, raises_as_torch

LAYERS = {
    "max 1d": (lambda t: t.nn.MaxPool1d(3, 2, padding=1), (2, 3, 9)),
    "max 2d": (lambda t: t.nn.MaxPool2d(2), (2, 3, 6, 4)),
    "max 2d with a rest": (lambda t: t.nn.MaxPool2d(2), (2, 3, 7, 5)),
    "max 2d overlapping": (lambda t: t.nn.MaxPool2d(3, stride=2, padding=1), (2, 3, 7, 6)),
    "max 2d dilated": (lambda t: t.nn.MaxPool2d((2, 3), stride=1, dilation=(2, 1)), (3, 6, 5)),
    "max 2d ceil": (lambda t: t.nn.MaxPool2d(3, stride=2, padding=1, ceil_mode=True), (2, 3, 6, 8)),
    "max 2d with indices": (lambda t: t.nn.MaxPool2d(3, stride=2, padding=1, return_indices=True), (2, 3, 7, 6)),
    "max 3d": (lambda t: t.nn.MaxPool3d((1, 2, 2), return_indices=True), (1, 2, 3, 4, 4)),
    "avg 1d": (lambda t: t.nn.AvgPool1d(3, 2, padding=1, count_include_pad=False), (2, 3, 9)),
    "avg 2d": (lambda t: t.nn.AvgPool2d(2), (2, 3, 6, 4)),
    "avg 2d ceil": (lambda t: t.nn.AvgPool2d(3, stride=2, padding=1, ceil_mode=True), (2, 3, 6, 8)),
    "avg 2d divisor": (lambda t: t.nn.AvgPool2d(2, divisor_override=3), (3, 6, 4)),
    "avg 3d": (lambda t: t.nn.AvgPool3d((2, 1, 2), padding=(1, 0, 1), count_include_pad=False), (1, 2, 4, 3, 4)),
    "lp 1d": (lambda t: t.nn.LPPool1d(2, 3, stride=2), (2, 3, 9)),
    "lp 2d": (lambda t: t.nn.LPPool2d(2, (2, 3)), (2, 3, 4, 6)),
    "lp 2d of the largest": (lambda t: t.nn.LPPool2d(float("inf"), 2), (2, 3, 4, 6)),
    "lp 1d of the smallest": (lambda t: t.nn.LPPool1d(-float("inf"), 3, stride=2), (2, 3, 9)),
    "adaptive avg 1d": (lambda t: t.nn.AdaptiveAvgPool1d(4), (2, 3, 9)),
    "adaptive avg 2d": (lambda t: t.nn.AdaptiveAvgPool2d((3, None)), (2, 3, 7, 5)),
    "adaptive avg 2d even": (lambda t: t.nn.AdaptiveAvgPool2d((3, 2)), (2, 3, 6, 4)),
    "adaptive avg 2d global": (lambda t: t.nn.AdaptiveAvgPool2d(1), (2, 3, 7, 5)),
    "adaptive avg 2d larger": (lambda t: t.nn.AdaptiveAvgPool2d(7), (2, 3, 4, 5)),
    "adaptive avg 3d": (lambda t: t.nn.AdaptiveAvgPool3d((2, 3, 1)), (2, 3, 4, 5, 3)),
    "adaptive max 1d": (lambda t: t.nn.AdaptiveMaxPool1d(4, return_indices=True), (2, 3, 9)),
    "adaptive max 2d": (lambda t: t.nn.AdaptiveMaxPool2d((3, 4), return_indices=True), (2, 3, 7, 6)),
    "adaptive max 3d": (lambda t: t.nn.AdaptiveMaxPool3d((2, 1, 3)), (3, 4, 5, 7)),
}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", LAYERS)
def test_layer_agrees_with_torch(name: str, dtype: str) -> None:
    make, shape = LAYERS[name]
    layers_agree(make, shape, dtype=dtype)


def test_the_first_of_equals_gets_the_gradient() -> None:
    """After a ReLU most windows hold several zeros."""
    x = np.maximum(normal(2, 3, 8, 8), 0)
    functions_agree(lambda t, x: t.nn.functional.max_pool2d(x, 2), x)
    functions_agree(lambda t, x: t.nn.functional.max_pool2d(x, 3, 1, 1), x)
    functions_agree(lambda t, x: t.nn.functional.max_pool2d(x, 2, return_indices=True), np.zeros((1, 1, 4, 4)))


def test_nan_is_larger_than_anything() -> None:
    x = normal(1, 2, 4, 4)
    x[0, 0, 1, 1] = x[0, 1, 2, 2] = x[0, 1, 2, 3] = np.nan
    functions_agree(lambda t, x: t.nn.functional.max_pool2d(x, 2, return_indices=True), x, backward=False)


def test_no_sample_may_be_differentiated_twice() -> None:
    x = mtorch.zeros(0, 3, 6, requires_grad=True)
    g, = mtorch.autograd.grad(F.max_pool1d(x, 2).sum(), x, create_graph=True)
    assert mtorch.autograd.grad(g.sum(), x)[0].shape == (0, 3, 6)
    functions_agree(lambda t, x: t.nn.functional.max_unpool1d(*t.nn.functional.max_pool1d(x, 2, return_indices=True), 2),
                    normal(0, 3, 6))


def test_integers() -> None:
    x = np.arange(32, dtype=np.int64).reshape(1, 2, 4, 4) % 7
    functions_agree(lambda t, x: t.nn.functional.max_pool2d(x, 2, padding=1), x, backward=False)
    functions_agree(lambda t, x: t.nn.functional.avg_pool2d(-x, 2), x, backward=False)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_unpooling_puts_the_largest_back(n: int) -> None:
    def through(t, x):
        pool, unpool = getattr(t.nn, f"MaxPool{n}d"), getattr(t.nn, f"MaxUnpool{n}d")
        y, where = pool(2, stride=2, return_indices=True)(x)
        return unpool(2, stride=2)(y, where, output_size=x.shape)
    functions_agree(through, normal(2, 3, *(5, 4, 6)[:n]))


@pytest.mark.parametrize("n", [2, 3])
def test_fractional_windows_come_from_the_random_numbers(n: int) -> None:
    samples = np.random.default_rng(3).random((2, 3, n))
    x = normal(2, 3, *(9, 8, 7)[:n])

    def pool(t, x):
        f = getattr(t.nn.functional, f"fractional_max_pool{n}d")
        return f(x, 2, output_size=(4, 5, 3)[:n], return_indices=True, _random_samples=t.tensor(samples))
    functions_agree(pool, x)

    def drawn(t, x):
        t.manual_seed(1)
        return getattr(t.nn.functional, f"fractional_max_pool{n}d")(x, 2, output_ratio=(0.5,) * n)
    functions_agree(drawn, x)


@pytest.mark.parametrize("pool", [
    lambda x: F.max_pool2d(x, 3, 2, 1), lambda x: F.avg_pool2d(x, 3, 2, 1, count_include_pad=False),
    lambda x: F.adaptive_avg_pool2d(x, (2, 3)), lambda x: F.adaptive_max_pool2d(x, (2, 3)),
    lambda x: F.lp_pool2d(x, 3, 2),
], ids=["max", "avg", "adaptive avg", "adaptive max", "lp"])
def test_gradients_of_both_orders(pool) -> None:
    x = mtorch.tensor(np.abs(normal(1, 2, 5, 4)) + 0.1, requires_grad=True)
    assert mtorch.autograd.gradcheck(pool, x)
    assert mtorch.autograd.gradgradcheck(pool, x)


@pytest.mark.parametrize(("call", "message"), [
    (lambda t: t.nn.functional.max_pool2d(t.zeros(1, 1, 4, 4), 2, padding=2), "at most half of effective kernel size"),
    (lambda t: t.nn.functional.max_pool2d(t.zeros(1, 1, 2, 2), 3), "too small"),
    (lambda t: t.nn.functional.max_pool2d(t.zeros(4, 4), 2), r"Expected 3D \(unbatched\) or 4D"),
    (lambda t: t.nn.functional.max_pool2d(t.zeros(1, 0, 4, 4), 2), "non-zero channels"),
    (lambda t: t.nn.functional.avg_pool2d(t.zeros(1, 1, 4, 4), 2, stride=0), "stride must be greater than zero"),
    (lambda t: t.nn.functional.avg_pool2d(t.zeros(1, 1, 4, 4), 2, divisor_override=0), "divisor must be not zero"),
    (lambda t: t.nn.functional.max_unpool2d(t.zeros(1, 1, 2, 2), t.full((1, 1, 2, 2), 99), 2), "invalid index"),
    (lambda t: t.nn.functional.max_unpool2d(t.zeros(1, 1, 2, 2), t.zeros(1, 1, 2, 2), 2), "should be type int64"),
    (lambda t: t.nn.FractionalMaxPool2d(2), "either an output size, or a pooling ratio"),
    (lambda t: t.nn.FractionalMaxPool2d(2, output_ratio=1.5), "between 0 and 1"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_errors_say_what_is_wrong(call, message: str) -> None:
    raises_as_torch(call, message)


WRITES = {
    "relu": lambda t, y: t.nn.functional.relu_(y),
    "leaky relu": lambda t, y: t.nn.functional.leaky_relu_(y, 0.1),
    "dropout": lambda t, y: t.nn.functional.dropout(y, 0.0, inplace=True),
    "add": lambda t, y: y.add_(1.0) * y,
}
POOLS = {
    "1d": (lambda t, x: t.nn.functional.max_pool1d(x, 2), (2, 3, 8)),
    "1d with indices": (lambda t, x: t.nn.functional.max_pool1d(x, 3, 1, return_indices=True)[0], (2, 3, 8)),
    "2d": (lambda t, x: t.nn.functional.max_pool2d(x, 2), (2, 3, 6, 4)),
    "2d overlapping": (lambda t, x: t.nn.functional.max_pool2d(x, 3, 1, 1), (2, 3, 6, 4)),
    "2d with indices": (lambda t, x: t.nn.functional.max_pool2d(x, 2, return_indices=True)[0], (2, 3, 6, 4)),
    "2d of a convolution": (lambda t, x: t.nn.functional.max_pool2d(t.nn.functional.conv2d(x, t.ones_like(x[:, :, :2, :2])),
                                                                    2), (2, 3, 6, 4)),
    "3d": (lambda t, x: t.nn.functional.max_pool3d(x, 2), (1, 2, 4, 4, 2)),
    "adaptive 1d": (lambda t, x: t.nn.functional.adaptive_max_pool1d(x, 3), (2, 3, 8)),
    "adaptive 2d": (lambda t, x: t.nn.functional.adaptive_max_pool2d(x, (3, 2)), (2, 3, 7, 4)),
}


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("pool", POOLS)
def test_what_was_pooled_may_be_written(pool: str, write: str) -> None:
    """torch keeps the positions and not the maxima: MaxPool2d, then ReLU(inplace=True)."""
    take, shape = POOLS[pool]
    functions_agree(lambda t, x: WRITES[write](t, take(t, x)), normal(*shape))


def test_what_is_pooled_may_not_be_written() -> None:
    x = mtorch.ones(4, 2, 2, 1, requires_grad=True).permute(3, 0, 1, 2) * 1.0
    y = F.max_pool2d(x, 2)
    x += 1.0
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


@pytest.mark.parametrize("options", [(2,), (3, 1), (3, 2, 1)], ids=str)
def test_the_last_nan_of_a_window_gets_the_gradient(options: tuple) -> None:
    x = normal(1, 2, 6, 6)
    x[0, 0, 1, 1] = x[0, 1, 2, 2] = x[0, 1, 2, 3] = np.nan
    functions_agree(lambda t, x: t.nn.functional.max_pool2d(x, *options), x)
    functions_agree(lambda t, x: t.nn.functional.adaptive_max_pool2d(x, 4), x)


def test_a_window_of_zeros_has_no_gradient_under_the_root() -> None:
    x = normal(1, 2, 4, 4)
    x[0, 0, :2, :2] = 0.0
    for p in (1, 2, 3):
        functions_agree(lambda t, x, p=p: t.nn.functional.lp_pool2d(x, p, 2), np.abs(x))
    functions_agree(lambda t, x: t.nn.functional.lp_pool1d(x[0], 2, 2), x)


@pytest.mark.parametrize("out", [1, 2, 3, 5])
def test_a_nan_stays_in_the_windows_that_hold_it(out: int) -> None:
    x = normal(1, 2, 4, 7)
    x[0, 0, 1, 2] = np.nan
    functions_agree(lambda t, x: t.nn.functional.adaptive_avg_pool2d(x, out), x)
    functions_agree(lambda t, x: t.nn.functional.adaptive_avg_pool1d(x[0], out), x)
