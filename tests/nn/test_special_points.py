"""Gradients and values where a formula has none of its own: at 0, at ties, at nan, and of no samples; as in torch."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import mtorch
from mtorch.nn import functional as F
from tests.nn.layer_twins import functions_agree, normal, raises_as_torch

# ---- losses ---------------------------------------------------------------------------------------

LOGITS = {"(N, C)": ((4, 3), (4,)), "(C)": ((3,), ()), "(N, C, L)": ((2, 3, 4), (2, 4)),
          "(N, C, H, W)": ((2, 3, 2, 2), (2, 2, 2)),
          "no samples": ((0, 3), (0,))}


@pytest.mark.parametrize("options", [{}, {"label_smoothing": 0.1}, {"weight": [1.0, 2.0, 0.5]}, {"reduction": "sum"},
                                     {"reduction": "none"}, {"weight": [0.0, 0.0, 0.0], "label_smoothing": 0.1}], ids=str)
@pytest.mark.parametrize("shapes", LOGITS)
def test_no_sample_counts_no_gradient(shapes: str, options: dict[str, Any]) -> None:
    """The loss is nan in torch too, but the weights stay as they are."""
    shape, target = LOGITS[shapes]

    def loss(t, x):
        given = {name: t.tensor(value, dtype=t.float64) if name == "weight" else value for name, value in options.items()}
        return t.nn.functional.cross_entropy(x, t.full(target, -100), **given)
    functions_agree(loss, normal(*shape))

    def likelihood(t, x):
        given = {name: t.tensor(value, dtype=t.float64) if name == "weight" else value for name, value in options.items()}
        given.pop("label_smoothing", None)
        return t.nn.functional.nll_loss(t.nn.functional.log_softmax(x, min(x.dim() - 1, 1)), t.full(target, -100), **given)
    functions_agree(likelihood, normal(*shape))


@pytest.mark.parametrize("loss", ["mse_loss", "l1_loss", "huber_loss"])
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_weights_of_elements(loss: str, reduction: str) -> None:
    functions_agree(lambda t, x, y, w: getattr(t.nn.functional, loss)(x, y, reduction=reduction, weight=w),
                    normal(3, 2), normal(3, 2, seed=1), np.abs(normal(3, 2, seed=2)))


def test_samples_that_weigh_nothing_are_not_ignored() -> None:
    for smoothing in (0.0, 0.1):
        functions_agree(lambda t, x, s=smoothing: t.nn.functional.cross_entropy(
            x, t.tensor([0, 0, 0]), t.tensor([0.0, 1.0, 1.0], dtype=t.float64), label_smoothing=s), normal(3, 3))


def test_an_ignored_sample_may_hold_nan() -> None:
    x = normal(3, 4)
    x[1, 2] = np.nan
    for options in ({}, {"reduction": "sum"}, {"reduction": "none"}, {"label_smoothing": 0.1}):
        functions_agree(lambda t, x, o=options: t.nn.functional.cross_entropy(x, t.tensor([0, -100, 2]), **o), x)
        options.pop("label_smoothing", None)
        functions_agree(lambda t, x, o=options: t.nn.functional.nll_loss(x, t.tensor([0, -100, 2]), **o), x)


def test_classes_as_bytes_are_no_mask_when_differentiated_twice() -> None:
    def slopes(t, x):
        loss = t.nn.functional.cross_entropy(x, t.tensor([1, 2], dtype=t.uint8))
        return t.autograd.grad(loss, x, create_graph=True)[0]
    functions_agree(slopes, normal(2, 3))


NUMPY = {
    "batch_norm": lambda t, x: t.nn.functional.batch_norm(x, t.zeros(3), t.ones(3), eps=np.float64(1e-5)),
    "instance_norm": lambda t, x: t.nn.functional.instance_norm(x, t.zeros(3), t.ones(3), use_input_stats=False,
                                                                eps=np.float64(1e-5)),
    "rms_norm": lambda t, x: t.nn.functional.rms_norm(x, (4,), eps=np.float64(1e-5)),
    "gaussian_nll_loss": lambda t, x: t.nn.functional.gaussian_nll_loss(x, x, x * x, eps=np.float64(1e-3)),
    "avg_pool2d": lambda t, x: t.nn.functional.avg_pool2d(x, 2, divisor_override=np.int64(3)),
    "triplet_margin_loss": lambda t, x: t.nn.functional.triplet_margin_loss(x, x, x, margin=np.float64(0.5)),
    "cosine_embedding_loss": lambda t, x: t.nn.functional.cosine_embedding_loss(x[0], x[1], -t.ones(3), np.float64(-0.5)),
    "dropout": lambda t, x: t.nn.functional.dropout(x, np.float16(0.25)),
}


def test_a_weight_or_target_of_a_wider_type_widens_no_loss() -> None:
    wide, x = mtorch.ones(2, dtype=mtorch.float64), mtorch.tensor([0.25, 0.5])
    assert F.binary_cross_entropy(x, x, wide).dtype == F.soft_margin_loss(x, wide).dtype == mtorch.float32


@pytest.mark.parametrize("name", NUMPY)
def test_a_number_of_numpy_widens_nothing(name: str) -> None:
    torch = pytest.importorskip("torch")
    results = []
    for t in (mtorch, torch):
        t.manual_seed(0)
        results.append(NUMPY[name](t, t.arange(24.0).reshape(2, 3, 4) / 5))
    assert results[0].dtype == mtorch.float32
    assert np.allclose(results[0].numpy(), results[1].numpy(), rtol=1e-5)


def test_bags_of_nothing_but_padding_have_a_gradient_of_zeros() -> None:
    for mode in ("max", "mean", "sum"):
        functions_agree(lambda t, w, m=mode: t.nn.functional.embedding_bag(t.tensor([[1, 1], [1, 1]]), w, mode=m, padding_idx=1),
                        normal(3, 2))


def test_a_threshold_of_integers_is_one() -> None:
    for number in (-0.5, 1.5):
        functions_agree(lambda t, x, n=number: t.nn.functional.threshold(x, n, 9.0), np.arange(-2, 3), backward=False)


def test_a_weight_with_more_rows_than_the_scores_keeps_torchs_sum() -> None:
    functions_agree(lambda t, x: t.nn.functional.multilabel_soft_margin_loss(
        x, t.tensor([0.0, 1.0, 1.0], dtype=t.float64), t.arange(12.0, dtype=t.float64).reshape(4, 3)), normal(3))


def test_a_margin_that_is_just_met_has_no_gradient() -> None:
    scores = np.array([[1.0, 0.0, 0.5], [0.0, 1.0, 0.0]])
    for p in (1, 2):
        functions_agree(lambda t, x, p=p: t.nn.functional.multi_margin_loss(x, t.tensor([0, 1]), p=p), scores)
    functions_agree(lambda t, x: t.nn.functional.multilabel_margin_loss(x, t.tensor([[0, -1, 0], [1, -1, 0]])), scores)


@pytest.mark.parametrize("dtype", ["int64", "int32", "uint8", "bool"])
def test_logits_want_a_target_of_their_kind(dtype: str) -> None:
    call = "binary_cross_entropy_with_logits"
    raises_as_torch(lambda t: getattr(t.nn.functional, call)(t.zeros(2), t.ones(2, dtype=getattr(t, dtype))),
                    "can't be cast to the desired output type")
    with pytest.raises(NotImplementedError):
        getattr(F, call)(mtorch.ones(2, dtype=getattr(mtorch, dtype)), mtorch.ones(2))


@pytest.mark.parametrize(("input", "target", "weight"), [("float32", "float64", "int64"), ("float64", "float32", "float64"),
                                                        ("float32", "float32", "float64")])
def test_losses_of_logits_have_the_type_of_the_target(input: str, target: str, weight: str) -> None:
    torch = pytest.importorskip("torch")
    mine, theirs = (t.nn.functional.binary_cross_entropy_with_logits(
        t.tensor([0.5, -1.0], dtype=getattr(t, input)), t.tensor([0.0, 1.0], dtype=getattr(t, target)),
        pos_weight=t.tensor([1, 2], dtype=getattr(t, weight))) for t in (mtorch, torch))
    assert str(mine.dtype) == str(theirs.dtype)
    assert mine.item() == pytest.approx(theirs.item(), rel=1e-6)


def test_a_weight_of_another_type_leaves_the_losss() -> None:
    y = mtorch.tensor([0.25, 0.5])
    assert F.binary_cross_entropy(y, y, mtorch.ones(2, dtype=mtorch.float64)).dtype is mtorch.float32


# ---- at 0 and at ties -----------------------------------------------------------------------------

@pytest.mark.parametrize("spread", [
    lambda t, x: x.std(), lambda t, x: x.std(0), lambda t, x: t.std_mean(x, 1)[0], lambda t, x: x.std(0, unbiased=False),
    lambda t, x: x[0].std(), lambda t, x: x.var(0).sqrt(), lambda t, x: sum(t.std_mean(x, 0)),
], ids=["all", "columns", "rows with mean", "biased", "of a part", "the root of var", "and mean"])
@pytest.mark.parametrize("numbers", [[[1.0, 2.0], [1.0, 3.0]], [[2.0, 2.0], [2.0, 2.0]]], ids=["a column", "all"])
def test_the_spread_of_equal_numbers(spread, numbers: list) -> None:
    functions_agree(spread, np.array(numbers))


def test_the_spread_of_equal_numbers_differentiated_twice() -> None:
    x = mtorch.ones(3, 2, dtype=mtorch.float64, requires_grad=True)
    g, = mtorch.autograd.grad(x.std(0).sum(), x, create_graph=True)
    assert mtorch.autograd.grad((g * g).sum(), x)[0].abs().max() == 0


def test_the_origin_has_no_angle() -> None:
    functions_agree(lambda t, a, b: t.atan2(a, b), np.array([0.0, 0.0, 1.0, -1.0]), np.array([0.0, -1.0, 0.0, 2.0]))


@pytest.mark.parametrize("numbers", [[1.0, 2.0, 2.0, 2.0, 3.0], [0.1, 0.1, 0.1, 0.2], [1.0, math.nan, 2.0, math.nan, 0.0],
                                     [math.nan, math.nan]], ids=str)
def test_equal_numbers_share_the_gradient_of_their_median(numbers: list) -> None:
    for name in ("median", "nanmedian"):
        functions_agree(lambda t, x, n=name: getattr(t, n)(x), np.array(numbers))
    functions_agree(lambda t, x: t.median(x, 0).values, np.array(numbers))
    x = mtorch.tensor(numbers, requires_grad=True)
    assert x.median().grad_fn.name() == "MedianBackward0"
    assert x.median(0).values.grad_fn.name() == "MedianBackward1"


@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
@pytest.mark.parametrize("zero_infinity", [False, True])
@pytest.mark.parametrize(("steps", "labels"), [((9, 3, 5), (4, 4, 2)), ((9, 0, 5), (4, 4, 2)), ((9, 2, 5), (4, 0, 2))])
def test_ctc_of_what_is_too_short_for_its_labels(steps: tuple, labels: tuple, zero_infinity: bool, reduction: str) -> None:
    torch = pytest.importorskip("torch")

    def found(t: Any) -> list:
        x = t.tensor(normal(9, 3, 6), requires_grad=True)
        targets = t.tensor([[1, 2, 2, 3], [4, 4, 5, 1], [3, 3, 1, 2]])
        loss = t.nn.functional.ctc_loss(x.log_softmax(-1), targets, steps, labels, reduction=reduction,
                                        zero_infinity=zero_infinity)
        loss.sum().backward()
        return [loss.detach().numpy(), x.grad.numpy()]
    for a, b in zip(found(torch), found(mtorch), strict=True):
        np.testing.assert_allclose(b, a, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("zero_infinity", [False, True])
def test_ctc_of_nan(zero_infinity: bool) -> None:
    torch = pytest.importorskip("torch")

    def found(t: Any) -> list:
        x = t.tensor(normal(9, 3, 6)).log_softmax(-1)
        x[0, 0, 0] = math.nan                          # a blank at the beginning: on the way of every path
        targets = t.tensor([[1, 2, 2, 3], [4, 4, 5, 1], [3, 3, 1, 2]])
        return t.nn.functional.ctc_loss(x, targets, (9, 7, 5), (4, 4, 2), reduction="none",
                                        zero_infinity=zero_infinity).tolist()
    np.testing.assert_allclose(found(mtorch), found(torch), rtol=1e-9)


@pytest.mark.parametrize("function", [
    lambda t, x: x.prod(), lambda t, x: x.prod(0), lambda t, x: x.prod(1, True), lambda t, x: x.norm(3, dim=0),
    lambda t, x: t.nn.functional.elu(x, 0.5),
    lambda t, x: t.zeros(2, 2, dtype=x.dtype).scatter_reduce(1, t.tensor([[0, 0, 1], [1, 1, 1]]), x + 1, "prod"),
    lambda t, x: x.scatter_reduce(1, t.tensor([[0, 0, 1], [1, 1, 1]]), x + 1, "prod"),
], ids=["all", "columns", "rows", "norm", "elu", "into zeros", "into some"])
def test_second_derivatives_at_zeros(function: Any) -> None:
    torch = pytest.importorskip("torch")

    def found(t: Any) -> list:
        x = t.tensor([[1.0, 0.0, 3.0], [4.0, 0.0, 6.0]], dtype=t.float64, requires_grad=True)
        g, = t.autograd.grad(function(t, x).sum(), x, create_graph=True)
        return t.autograd.grad((g * t.arange(6.0, dtype=t.float64).view(2, 3)).sum(), x)[0].tolist()
    np.testing.assert_allclose(found(mtorch), found(torch), atol=1e-12)


def test_second_derivatives_of_products_that_meet_zeros_are_refused() -> None:
    x = mtorch.tensor([0.0, 2.0], requires_grad=True)
    y = mtorch.ones(1).scatter_reduce(0, mtorch.tensor([0, 0]), x, "prod")
    with pytest.raises(NotImplementedError, match="where zeros are multiplied"):
        mtorch.autograd.grad(mtorch.autograd.grad(y.sum(), x, create_graph=True)[0].sum(), x)


# ---- at nan and inf -------------------------------------------------------------------------------

SPECIAL = np.array([math.nan, math.inf, -math.inf, 0.0, 1.0, -1.0, 0.5, -0.5, 3.0, -3.0, 6.0])


@pytest.mark.parametrize("name", ["abs", "relu", "sign", "square", "exp", "tanh", "sigmoid", "floor"])
def test_functions_at_nan_and_inf(name: str) -> None:
    agrees(lambda t, x: getattr(t, name)(x))


@pytest.mark.parametrize("name", ["relu", "relu6", "leaky_relu", "hardtanh", "hardsigmoid", "softshrink", "softsign"])
def test_activations_at_nan_and_inf(name: str) -> None:
    agrees(lambda t, x: getattr(t.nn.functional, name)(x))


def test_elu_passes_the_gradient_at_nan() -> None:
    """As torch does in float32."""
    x = mtorch.tensor([math.nan, -1.0, 1.0], requires_grad=True)
    F.elu(x).sum().backward()
    assert x.grad.tolist() == [1.0, pytest.approx(math.exp(-1)), 1.0]


def test_l1_loss_at_nan() -> None:
    agrees(lambda t, x: t.nn.functional.l1_loss(x, t.ones_like(x), reduction="none"))


@pytest.mark.parametrize("name", ["nansum", "nanmean"])
def test_infinity_counts_where_nan_does_not(name: str) -> None:
    agrees(lambda t, x: getattr(t, name)(x))


def test_the_target_at_the_ends_of_binary_cross_entropy() -> None:
    agrees(lambda t, x: t.nn.functional.binary_cross_entropy(t.tensor([0.0, 1.0, 0.5], dtype=x.dtype), x),
           np.array([0.3, 0.4, 0.5]))


@pytest.mark.parametrize("zero_infinity", [False, True])
def test_ctc_of_nan_is_nan(zero_infinity: bool) -> None:
    """It says that a training went wrong, which 0 or inf would not."""
    assert F.ctc_loss(mtorch.full((5, 1, 3), math.nan), mtorch.tensor([[1, 2]]), (5,), (2,),
                      zero_infinity=zero_infinity).isnan()


@pytest.mark.parametrize("number", [math.nan, math.inf])
@pytest.mark.parametrize("spacing", ["1", "0.5", "[0.5]", "(t.tensor([0.0, 1.0, 2.0, 4.0, 5.0, 6.0]),)"])
def test_differences_across_nan_and_inf(spacing: str, number: float) -> None:
    numbers = np.array([1.0, number, 2.0, 3.0, 5.0, 4.0])
    for order in (1, 2):
        agrees(lambda t, x, o=order: t.gradient(x, spacing=eval(spacing, {"t": t}), edge_order=o)[0], numbers, gradient=False)


@pytest.mark.parametrize("weight", [0.3, 0.5, 0.7, 1.0, -0.7, "t.linspace(0, 1, 5, dtype=t.float64)"])
def test_lerp_starts_from_the_nearer_end(weight: Any) -> None:
    def between(t, x):
        w = eval(weight, {"t": t}) if isinstance(weight, str) else weight
        return t.lerp(x, t.tensor([0.1, -0.2, math.inf, 2.0, 1e-3], dtype=x.dtype), w)
    agrees(between, np.array([1e17, 3.0, 1.0, math.inf, -math.inf]))


@pytest.mark.parametrize("name", ["quantile", "nanquantile"])
def test_quantiles_beside_infinity(name: str) -> None:
    for numbers in ([1.0, math.inf], [-math.inf, 1.0], [1.0, 2.0, math.inf], [math.nan, 0.1, 0.7]):
        for q in (0.0, 0.3, 0.5, 0.75, 1.0):
            agrees(lambda t, x, q=q: getattr(t, name)(x, q), np.array(numbers), gradient=False)


@pytest.mark.parametrize("reduction", ["mean", "none"])
def test_margins_at_nan(reduction: str) -> None:
    scores = np.array([[math.nan, 1.0, 2.0], [1.0, math.nan, 0.0], [0.1, 0.2, 0.3]])
    for p in (1, 2):
        agrees(lambda t, x, p=p: t.nn.functional.multi_margin_loss(x, t.tensor([0, 2, 1]), p=p, reduction=reduction), scores)
    agrees(lambda t, x: t.nn.functional.multilabel_margin_loss(
        x, t.tensor([[0, -1, 0], [1, 2, -1], [2, 0, -1]]), reduction=reduction), scores)


def test_lgamma_of_infinity_is_infinity() -> None:
    agrees(lambda t, x: t.lgamma(x), np.array([math.inf, -math.inf, 0.0, 0.5, -1.0, -0.5]), gradient=False)


def test_sgn_of_nan_is_0() -> None:
    assert mtorch.sgn(mtorch.tensor([math.nan, -2.0])).tolist() == [0.0, -1.0]
    assert mtorch.sign(mtorch.tensor(math.nan)).item() == 0.0


LIMITS = {"both": (-1.0, 1.0), "the lower": (-1.0, None), "the upper": (None, 1.0), "nan": (math.nan, 1.0),
          "crossed": (2.0, 1.0)}


@pytest.mark.parametrize("limits", LIMITS)
def test_limits_that_are_tensors_at_nan_and_inf(limits: str) -> None:
    def clamped(t, x):
        low, high = (None if a is None else t.full_like(x.detach(), a) for a in LIMITS[limits])
        return t.clamp(x, low, high)
    agrees(clamped)
    agrees(clamped, SPECIAL.astype(np.float32))


def agrees(function: Any, numbers: np.ndarray = SPECIAL, gradient: bool = True) -> None:
    """The same values in the same type, and the same gradients, at nan and inf too."""
    torch = pytest.importorskip("torch")
    results = []
    for t in (mtorch, torch):
        x = t.tensor(numbers, requires_grad=True)
        y = function(t, x)
        y.sum().backward()
        results.append((y.detach().numpy(), x.grad.numpy()))
    mine, theirs = results
    for one, other in zip(mine[:1 + gradient], theirs):
        assert one.dtype == other.dtype
        np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-7)


# ---- names ----------------------------------------------------------------------------------------

@pytest.mark.parametrize("mode", ["sum", "mean", "max"])
def test_bags_show_their_name(mode: str) -> None:
    bags = mtorch.nn.EmbeddingBag(5, 3, mode=mode)
    assert bags(mtorch.tensor([[0, 1], [2, 3]])).grad_fn.name() == "EmbeddingBagBackward0"
    assert bags(mtorch.tensor([0, 1, 2]), mtorch.tensor([0, 0])).grad_fn.name() == "EmbeddingBagBackward0"


@pytest.mark.parametrize("function", ["max", "min", "maximum", "minimum"])
def test_a_nan_takes_the_gradient_of_an_extreme(function: str) -> None:
    torch = pytest.importorskip("torch")

    def gradient(t: Any) -> list:
        x = t.tensor([[1.0, math.nan, 3.0], [2.0, 2.0, 0.0]], requires_grad=True)
        y = getattr(t, function)(x, t.ones(3)) if function in ("maximum", "minimum") else getattr(t, function)(x)
        y.sum().backward()
        return x.grad.tolist()
    np.testing.assert_array_equal(gradient(mtorch), gradient(torch))


def test_products_of_nothing() -> None:
    for a, b in (((5, 4, 0), (0,)), ((0,), (5, 0, 4)), ((0, 3), (3,)), ((2, 0, 3), (3,))):
        functions_agree(lambda t, x, y: t.matmul(x, y), np.ones(a), np.ones(b))


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize(("queries", "keys"), [(0, 0), (3, 0), (0, 3)])
def test_attention_to_nothing_and_of_nothing(queries: int, keys: int, causal: bool) -> None:
    torch = pytest.importorskip("torch")

    def found(t: Any) -> list:
        q, k, v = (t.ones(2, 2, n, e).requires_grad_() for n, e in ((queries, 4), (keys, 4), (keys, 5)))
        y = t.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=causal)
        y.sum().backward()
        return [tuple(x.shape) for x in (y, q.grad, k.grad, v.grad)] + [x.detach().sum().item() for x in (y, q.grad)]
    assert found(mtorch) == found(torch)


TAILS = {
    "sigmoid": lambda t, x: x.sigmoid(), "log of sigmoid": lambda t, x: x.sigmoid().log(),
    "silu": lambda t, x: t.nn.functional.silu(x), "elu": lambda t, x: t.nn.functional.elu(x),
    "glu": lambda t, x: t.nn.functional.glu(t.cat([t.ones_like(x), x])), "mish": lambda t, x: t.nn.functional.mish(x),
    "logsigmoid": lambda t, x: t.nn.functional.logsigmoid(x), "softplus": lambda t, x: t.nn.functional.softplus(x),
    "a discriminator's loss": lambda t, x: t.nn.functional.binary_cross_entropy(x.sigmoid(), t.ones_like(x), reduction="none"),
    "bce with logits of zeros": lambda t, x: t.nn.functional.binary_cross_entropy_with_logits(
        x, t.zeros_like(x), reduction="none", pos_weight=t.tensor(3.0)),
    "bce with logits": lambda t, x: t.nn.functional.binary_cross_entropy_with_logits(x, t.ones_like(x), reduction="none"),
}


@pytest.mark.parametrize("name", TAILS)
def test_tails_are_as_exact_as_torchs(name: str) -> None:
    """sigmoid(-20) is 2e-9, and its logarithm -20: a formula that gives 0 there makes the loss inf and the gradient 0."""
    torch = pytest.importorskip("torch")
    results = []
    for t in (mtorch, torch):
        x = t.tensor([-80.0, -60.0, -30.0, -20.0, -17.5, -10.0, 0.5, 10.0, 17.5, 40.0, 80.0], requires_grad=True)
        y = TAILS[name](t, x)
        y.sum().backward()
        results.append((y.detach().numpy(), x.grad.numpy()))
    np.testing.assert_allclose(results[0][0], results[1][0], rtol=2e-5, atol=0)
    np.testing.assert_allclose(results[0][1], results[1][1], rtol=2e-5, atol=1e-35)
