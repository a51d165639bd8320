"""The name that a printed result shows is torch's, whatever rules computed it here."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import mtorch
from mtorch.autograd.naming import named, shown_as

# Each takes the framework, its functional and positive x (2, 4), square s (3, 3), image (2, 3, 4, 4), index (1, 4).
CALLS: dict[str, Callable[..., Any]] = {
    "addmm": lambda t, F, x, s, image, i: t.addmm(s, s, s),
    "addmv": lambda t, F, x, s, image, i: t.addmv(s[0], s, s[0]),
    "baddbmm": lambda t, F, x, s, image, i: t.baddbmm(image[0], image[0], image[0]),
    "addr": lambda t, F, x, s, image, i: t.addr(s, s[0], s[1]),
    "trace": lambda t, F, x, s, image, i: s.trace(),
    "reshape": lambda t, F, x, s, image, i: x.reshape(8),
    "reshape that copies": lambda t, F, x, s, image, i: x.t().reshape(8),
    "flatten that copies": lambda t, F, x, s, image, i: image.transpose(1, 2).flatten(1),
    "matmul of many and a matrix": lambda t, F, x, s, image, i: image @ image[0, 0],
    "RNN": lambda t, F, x, s, image, i: t.nn.RNN(4, 3)(image[0].float())[0],
    "GRU, batch first": lambda t, F, x, s, image, i: t.nn.GRU(4, 3, batch_first=True)(image[0].float())[0],
    "LSTM, batch first": lambda t, F, x, s, image, i: t.nn.LSTM(4, 3, batch_first=True)(image[0].float())[0],
    "LSTM, packed": lambda t, F, x, s, image, i: t.nn.LSTM(4, 3)(
        t.nn.utils.rnn.pack_sequence([image[0, 0].float(), x.float()]))[0].data,
    "linear, no bias": lambda t, F, x, s, image, i: F.linear(image, image[0, 0]),
    "linear, no bias, of a vector": lambda t, F, x, s, image, i: F.linear(s[0], s),
    "linear of images": lambda t, F, x, s, image, i: F.linear(image, image[0, 0], image[0, 0, 0]),
    "linear of turned images": lambda t, F, x, s, image, i: F.linear(image.mT, image[0, 0], image[0, 0, 0]),
    "linear of turned images, no bias": lambda t, F, x, s, image, i: F.linear(image.mT, image[0, 0]),
    "inner": lambda t, F, x, s, image, i: t.inner(s, s),
    "einsum": lambda t, F, x, s, image, i: t.einsum("ij,jk->ik", s, s),
    "einsum without a sum": lambda t, F, x, s, image, i: t.einsum("i,j->ij", s[0], s[0]),
    "einsum that sums": lambda t, F, x, s, image, i: t.einsum("ij->j", s),
    "einsum that permutes": lambda t, F, x, s, image, i: t.einsum("ij->ji", s),
    "tensordot": lambda t, F, x, s, image, i: t.tensordot(s, s, 1),
    "einsum of one, summed": lambda t, F, x, s, image, i: t.einsum("ii", s),
    "vecdot": lambda t, F, x, s, image, i: t.linalg.vecdot(s, s),
    "vecdot of vectors": lambda t, F, x, s, image, i: t.linalg.vecdot(s[0], s[0]),
    "block_diag": lambda t, F, x, s, image, i: t.block_diag(s, s),
    "cdist": lambda t, F, x, s, image, i: t.cdist(x, x),
    "dist": lambda t, F, x, s, image, i: t.dist(x, x),
    "norm": lambda t, F, x, s, image, i: x.norm(1),
    "clamp": lambda t, F, x, s, image, i: x.clamp(0, 1),
    "clamp by tensors": lambda t, F, x, s, image, i: x.clamp(min=x),
    "clamp_min": lambda t, F, x, s, image, i: x.clamp_min(0.5),
    "clamp_max by a tensor": lambda t, F, x, s, image, i: x.clamp_max(x),
    "round": lambda t, F, x, s, image, i: x.round(decimals=1),
    "remainder": lambda t, F, x, s, image, i: x % 2,
    "remainder of tensors": lambda t, F, x, s, image, i: x % x,
    "fmod of tensors": lambda t, F, x, s, image, i: t.fmod(x, x),
    "div rounded": lambda t, F, x, s, image, i: t.div(x, 2, rounding_mode="floor"),
    "rsub": lambda t, F, x, s, image, i: 1 - x,
    "deg2rad": lambda t, F, x, s, image, i: t.deg2rad(x),
    "var_mean": lambda t, F, x, s, image, i: t.var_mean(x)[1],
    "aminmax": lambda t, F, x, s, image, i: t.aminmax(x).max,
    "nansum": lambda t, F, x, s, image, i: x.nansum(),
    "quantile": lambda t, F, x, s, image, i: x.quantile(0.5, 1),
    "diag": lambda t, F, x, s, image, i: s.diag(),
    "diag_embed": lambda t, F, x, s, image, i: t.diag_embed(x),
    "rot90": lambda t, F, x, s, image, i: t.rot90(x),
    "gather": lambda t, F, x, s, image, i: x.gather(0, i),
    "scatter": lambda t, F, x, s, image, i: x.scatter(0, i, x),
    "scatter of a number": lambda t, F, x, s, image, i: x.scatter(0, i, 1.0),
    "scatter_add": lambda t, F, x, s, image, i: x.scatter_add(0, i, x),
    "index_add": lambda t, F, x, s, image, i: x.index_add(0, i[0, :2], x),
    "index_select": lambda t, F, x, s, image, i: x.index_select(0, i[0]),
    "masked_select": lambda t, F, x, s, image, i: x.masked_select(x > 0),
    "take": lambda t, F, x, s, image, i: x.take(i),
    "split": lambda t, F, x, s, image, i: x.split([1, 3], 1)[1],
    "split evenly": lambda t, F, x, s, image, i: x.split(2, 1)[1],
    "cholesky": lambda t, F, x, s, image, i: t.linalg.cholesky(s @ s.mT + t.eye(3)),
    "qr": lambda t, F, x, s, image, i: t.linalg.qr(s).R,
    "solve": lambda t, F, x, s, image, i: t.linalg.solve(s + 3 * t.eye(3), s),
    "cross": lambda t, F, x, s, image, i: t.linalg.cross(s, s),
    "avg_pool1d": lambda t, F, x, s, image, i: F.avg_pool1d(image[0], 2),
    "avg_pool2d": lambda t, F, x, s, image, i: F.avg_pool2d(image, 2),
    "max_pool2d": lambda t, F, x, s, image, i: F.max_pool2d(image, 2),
    "max_pool3d": lambda t, F, x, s, image, i: F.max_pool3d(image, 2),
    "adaptive_avg_pool2d": lambda t, F, x, s, image, i: F.adaptive_avg_pool2d(image, 2),
    "adaptive_avg_pool2d to one": lambda t, F, x, s, image, i: F.adaptive_avg_pool2d(image, 1),
    "adaptive_max_pool2d": lambda t, F, x, s, image, i: F.adaptive_max_pool2d(image, 2),
    "pad": lambda t, F, x, s, image, i: F.pad(image, (1, 1)),
    "pad by reflection": lambda t, F, x, s, image, i: F.pad(image, (1, 1, 1, 1), mode="reflect"),
    "pad by replication": lambda t, F, x, s, image, i: F.pad(image[0], (1, 1), mode="replicate"),
    "interpolate": lambda t, F, x, s, image, i: F.interpolate(image, scale_factor=2),
    "interpolate bilinear": lambda t, F, x, s, image, i: F.interpolate(image, scale_factor=2, mode="bilinear"),
    "interpolate antialiased": lambda t, F, x, s, image, i: F.interpolate(image, size=2, mode="bicubic", antialias=True),
    "grid_sample": lambda t, F, x, s, image, i: F.grid_sample(image, image.detach()[:, :2].permute(0, 2, 3, 1),
                                                              align_corners=False),
    "pixel_shuffle": lambda t, F, x, s, image, i: F.pixel_shuffle(image.reshape(1, 4, 6, 4), 2),
    "group_norm": lambda t, F, x, s, image, i: F.group_norm(image, 3),
    "instance_norm": lambda t, F, x, s, image, i: F.instance_norm(image),
    "rms_norm": lambda t, F, x, s, image, i: F.rms_norm(x, (4,)),
    "celu": lambda t, F, x, s, image, i: F.celu(x),
    "hardshrink": lambda t, F, x, s, image, i: F.hardshrink(x),
    "threshold": lambda t, F, x, s, image, i: F.threshold(x, 0.5, 0.0),
    "pairwise_distance": lambda t, F, x, s, image, i: F.pairwise_distance(x, x),
    "margin_ranking_loss": lambda t, F, x, s, image, i: F.margin_ranking_loss(x, x, x.detach().sign(), reduction="none"),
    "multi_margin_loss": lambda t, F, x, s, image, i: F.multi_margin_loss(x, i[0, :2]),
    "soft_margin_loss": lambda t, F, x, s, image, i: F.soft_margin_loss(x, x.detach().sign()),
    "cross_entropy": lambda t, F, x, s, image, i: F.cross_entropy(x, i[0, :2]),
    "cross_entropy, each": lambda t, F, x, s, image, i: F.cross_entropy(x, i[0, :2], reduction="none"),
    "cross_entropy, smoothed": lambda t, F, x, s, image, i: F.cross_entropy(x, i[0, :2], label_smoothing=0.1),
    "cross_entropy of images": lambda t, F, x, s, image, i: F.cross_entropy(image, (image[:, 0] * 0).long()),
    "cross_entropy of probabilities": lambda t, F, x, s, image, i: F.cross_entropy(x, x.detach().softmax(1)),
    "nll_loss, each": lambda t, F, x, s, image, i: F.nll_loss(x.log_softmax(1), i[0, :2], reduction="none"),
    "mse_loss, each": lambda t, F, x, s, image, i: F.mse_loss(x, x.detach(), reduction="none"),
    "smooth_l1_loss, each": lambda t, F, x, s, image, i: F.smooth_l1_loss(x, x.detach(), reduction="none"),
    "l1_loss, each": lambda t, F, x, s, image, i: F.l1_loss(x, x.detach(), reduction="none"),
}


@pytest.mark.parametrize("call", CALLS)
def test_shows_torchs_name(call: str) -> None:
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    arrays = [rng.random(shape) for shape in [(2, 4), (3, 3), (2, 3, 4, 4)]]

    def name(t: Any) -> str:
        x, s, image = (t.tensor(a, requires_grad=True) for a in arrays)
        return CALLS[call](t, t.nn.functional, x, s, image, t.tensor([[0, 1, 1, 0]])).grad_fn.name()
    assert name(mtorch) == name(torch)


def test_leaves_alone_what_was_there_before() -> None:
    @shown_as("NothingBackward0")
    def nothing(x: Any) -> Any:
        return x

    x = mtorch.ones(2, requires_grad=True)
    assert nothing(x).grad_fn is None
    y = x * 2
    assert nothing(y).grad_fn.name() == "MulBackward0"


def test_differentiates_as_before_to_second_order() -> None:
    x = mtorch.tensor([2.0], requires_grad=True)
    y = named(x ** 3, "CubeBackward0")
    assert "CubeBackward0" in repr(y)
    (g,) = mtorch.autograd.grad(y, x, create_graph=True)
    (h,) = mtorch.autograd.grad(g, x)
    assert (g.item(), h.item()) == (12.0, 12.0)


def test_a_printed_loss_keeps_its_name_after_the_backward() -> None:
    torch = pytest.importorskip("torch")

    def shown(t: Any, make: Callable[..., Any]) -> str:
        x = t.tensor([0.5, 0.25], requires_grad=True)
        loss = make(t, x)
        loss.backward()
        return repr(loss)
    for make in [lambda t, x: x.sum() / 2, lambda t, x: x.sum() - 1, lambda t, x: 1 - x.sum(), lambda t, x: x[0] * 2,
                 lambda t, x: x.sum() ** x.mean(), lambda t, x: x.sum() ** 2, lambda t, x: x.sum().lerp(x.mean(), 0.5),
                 lambda t, x: x[0], lambda t, x: x.prod(),
                 lambda t, x: x.max(), lambda t, x: x.amax(0), lambda t, x: x.squeeze().var()]:
        assert shown(mtorch, make) == shown(torch, make)


def test_a_number_divided_prints_after_the_backward() -> None:
    """What was freed no longer says whether a number stood first."""
    x = mtorch.tensor(4.0, requires_grad=True)
    for y in (1 / x, 2 ** x, x.lerp(x, mtorch.tensor(0.5))):
        y.backward()
        assert "Backward" in repr(y)


def test_a_view_written_in_place_by_a_named_function() -> None:
    """What `rrelu` wrote into a view has no node yet: the history of a view is looked up when it is asked for."""
    x = mtorch.tensor([[-1.0, 2.0], [3.0, -4.0]], requires_grad=True)
    y = (x * 1).t()
    assert mtorch.nn.functional.rrelu(y, 0.5, 0.5, training=True, inplace=True) is y
    y.sum().backward()
    assert x.grad.tolist() == [[0.5, 1.0], [1.0, 0.5]]


@pytest.mark.parametrize("lib", ["mtorch", "torch"])
def test_the_class_of_a_node_has_its_name(lib) -> None:
    t = mtorch if lib == "mtorch" else pytest.importorskip("torch")
    x = t.ones(2, 3, requires_grad=True)
    z = t.nn.functional.relu(x * 2)
    loss = t.nn.functional.mse_loss(z, t.zeros(2, 3)) + z.chunk(3, 1)[2].sum()
    names, nodes = [], [loss.grad_fn]                # as programs that draw graphs walk them
    while nodes:
        node = nodes.pop(0)
        names.append(type(node).__name__)
        nodes += [before for before, _ in node.next_functions if before is not None]
    assert names == ["AddBackward0", "MseLossBackward0", "SumBackward0", "ReluBackward0", "SplitBackward0", "MulBackward0",
                     "ReluBackward0", "AccumulateGrad", "MulBackward0", "AccumulateGrad"]
    assert str(type(loss.grad_fn)) == "<class 'AddBackward0'>" and loss.grad_fn is loss.grad_fn
    assert isinstance(z.grad_fn, t.autograd.graph.Node)
    loss.backward()                                   # nodes that were looked at are walked like others
    assert x.grad[1].tolist() == pytest.approx([4 / 3, 4 / 3, 10 / 3])


@pytest.mark.parametrize("lib", ["mtorch", "torch"])
def test_a_leaf_has_one_node(lib) -> None:
    t = mtorch if lib == "mtorch" else pytest.importorskip("torch")
    w = t.ones(2, requires_grad=True)
    (first, _), (second, _) = (w * w).grad_fn.next_functions
    assert first is second and first.variable is w
    (of_view, _), = w.view(2, 1).grad_fn.next_functions
    assert of_view is first


@pytest.mark.parametrize("lib", ["mtorch", "torch"])
def test_what_a_view_is_of(lib) -> None:
    t = mtorch if lib == "mtorch" else pytest.importorskip("torch")
    x = t.ones(4, requires_grad=True)
    whole, square = x * 2, t.ones(4).view(2, 2)
    assert not any(y._is_view() for y in (x, whole, t.ones(4), x.detach().clone()))
    assert x._base is whole._base is None
    assert whole[1:]._is_view() and whole[1:]._base is whole
    assert square[0]._is_view() and square[0]._base is square._base and square._base.shape == (4,)


@pytest.mark.parametrize("lib", ["mtorch", "torch"])
def test_nodes_that_were_looked_at_are_walked_like_others(lib) -> None:
    t = mtorch if lib == "mtorch" else pytest.importorskip("torch")
    x = t.tensor([1.0, 2.0], requires_grad=True)
    y = x * x
    z = y.exp()
    first, second = z.unbind()
    shown = [v.grad_fn for v in (y, z, first, second)]
    assert [type(node).__name__ for node in shown] == ["MulBackward0", "ExpBackward0", "UnbindBackward0", "UnbindBackward0"]
    g, = t.autograd.grad(first + 2 * second, x, create_graph=True)
    assert type(g.grad_fn).__name__ != "Node"
    h, = t.autograd.grad(g.sum(), x, retain_graph=True)
    e = [2.718281828, 54.59815003]
    assert g.tolist() == pytest.approx([2 * e[0], 2 * 4 * e[1]], rel=1e-5)
    assert h.tolist() == pytest.approx([6 * e[0], 2 * 18 * e[1]], rel=1e-5)
    assert t.autograd.grad(first, [y])[0].tolist() == pytest.approx([e[0], 0.0])


@pytest.mark.parametrize("lib", ["mtorch", "torch"])
def test_losses_of_a_view_that_was_written_through(lib) -> None:
    t = mtorch if lib == "mtorch" else pytest.importorskip("torch")
    x = t.zeros(2, 3, requires_grad=True)
    z = x * 2
    view = z[:, :]
    z[0] += 1
    t.nn.functional.cross_entropy(view, t.tensor([0, 1])).backward()
    assert x.grad[0].tolist() == pytest.approx([-2 / 3, 1 / 3, 1 / 3])


def test_what_is_written_in_another_type_keeps_its_name() -> None:
    x, y = mtorch.ones(2, requires_grad=True), mtorch.ones(2, dtype=mtorch.float64, requires_grad=True)
    z = x * 1
    z += y
    assert z.grad_fn.name() == "AddBackward0" and z.dtype is mtorch.float32
    assert (x * 1).mul_(y).grad_fn.name() == "MulBackward0"
    z.sum().backward()
    assert x.grad.dtype is mtorch.float32 and y.grad.dtype is mtorch.float64
