"""Names of torch's vocabulary that its own test data leaves out: one table of calls, run here and in torch."""
from __future__ import annotations

import warnings

import numpy as np
import pytest

import mtorch

X = np.array([[1.0, -2.0, 0.5], [3.0, 0.25, -1.5]])


def through(change):
    """A change in place of an intermediate result, and what comes after it."""
    def call(lib, x):
        y = x * 2
        change(y)
        return y * y
    return call


CALLS = {
    "unsqueeze_": through(lambda y: y.unsqueeze_(0)),
    "squeeze_": lambda lib, x: (x[:1] * 2).squeeze_() * x[1],
    "transpose_": through(lambda y: y.transpose_(0, 1)),
    "t_": through(lambda y: y.t_()),
    "swapdims_ and write": through(lambda y: y.swapdims_(0, 1).mul_(3)),
    "unsqueeze_ of a view, written": lambda lib, x: (lambda y: (y[0].unsqueeze_(0).mul_(2), y)[1])(x * 2) * x,
    "transpose_ of what has views": lambda lib, x: (lambda y: (lambda row: y.transpose_(0, 1)[1].sum() * row ** 2)(y[0]))(x * 2),
    "transpose_ of what has views, one of them written": lambda lib, x: (
        lambda y: (lambda row: (y.t_(), row.mul_(3), y * y)[2])(y[0]))(x * 2),
    "unsqueeze_ of what has views, and then written": lambda lib, x: (
        lambda y: (lambda row: (y.unsqueeze_(0)[0, :, 1].mul_(5), row * row * y[0, 1])[1])(y[0]))(x * 2),
    "tril_": through(lambda y: y.tril_()),
    "triu_": through(lambda y: y.triu_(1)),
    "fill_diagonal_": through(lambda y: y.fill_diagonal_(7.0)),
    "addmv_": lambda lib, x: (x[:, 0] * 1).addmv_(x, x[0]),
    "sin_": lambda lib, x: lib.sin_(x * 2),
    "exp_ and others": lambda lib, x: lib.exp_(lib.neg_(x * 2)) + lib.sigmoid_(x * 1),
    "arcsin_": lambda lib, x: (x / 4).arcsin_(),
    "as_strided": lambda lib, x: (x * 1).as_strided((2, 2), (1, 2), 1) ** 2,
    "as_strided of a transposed one": lambda lib, x: (x * 1).t().as_strided((2, 3), (1, 2)) ** 2,
    "as_strided of axes turned and cut": lambda lib, x: (x * 1).view(2, 3, 1).permute(1, 2, 0).reshape(3, 2).as_strided(
        (2, 2, 2), (3, 1, 1)) ** 2,
    "as_strided, written": lambda lib, x: (lambda y: (y.t().as_strided((2, 2), (1, 3)).mul_(3), y)[1])(x * 2) * x,
    "unfold": lambda lib, x: x.unfold(1, 2, 1) ** 2,
    "resize": lambda lib, x: (x * 1).reshape(3, 2) ** 2,
    "polygamma": lambda lib, x: x.abs().polygamma(1),
    "meshgrid": lambda lib, x: lib.meshgrid(x[0], x[1], indexing="xy")[0] ** 2,
    "repeat_interleave": lambda lib, x: x.repeat_interleave(lib.tensor([1, 0, 3]), dim=1) ** 2,
    "block_diag": lambda lib, x: lib.block_diag(x, x[0], x[0, 0]) ** 2,
    "scatter_reduce_": lambda lib, x: (x * 1).scatter_reduce_(1, lib.tensor([[0, 0], [2, 0]]), x[:, :2], "prod"),
    "norm nuc": lambda lib, x: lib.norm(x, "nuc"),
    "power of a number": lambda lib, x: 2.0 ** x,
    "quantile": lambda lib, x: lib.quantile(x, x[1, 1:2], dim=0),
}


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_values_and_gradients_are_torchs(name, dtype):
    torch = pytest.importorskip("torch")
    results = []
    for lib in (mtorch, torch):
        x = lib.tensor(X, dtype=getattr(lib, dtype), requires_grad=True)
        y = CALLS[name](lib, x)
        (y * lib.arange(y.numel(), dtype=y.dtype).reshape(y.shape)).sum().backward()
        assert str(x.grad.dtype) == str(x.dtype)
        results.append((y.detach().numpy(), x.grad.numpy(), np.asarray(y.shape)))
    for ours, theirs in zip(*results, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4 if dtype == "float32" else 1e-10, atol=1e-6)


PLAIN = {
    "eq_": lambda lib, x: x.eq_(1.0),
    "logical_not_": lambda lib, x: x.logical_not_(),
    "bitwise_and_": lambda lib, x: x.long().bitwise_and_(3),
    "searchsorted of another type": lambda lib, x: lib.searchsorted(lib.tensor([-1, 0, 2]), x),
    "resize_ smaller": lambda lib, x: x.resize_(2),
    "resize_ same": lambda lib, x: x.resize_(3, 2),
    "resize_as_": lambda lib, x: x.resize_as_(lib.zeros(3, 1)),
    "set_": lambda lib, x: x.set_(lib.ones(2, dtype=lib.float64)),
    "apply_": lambda lib, x: x.apply_(lambda v: v * 10),
    "map_": lambda lib, x: x.map_(x.clone(), lambda a, b: a * b),
    "negative powers of integers": lambda lib, x: lib.tensor([2, 1, -1, -1]) ** lib.tensor([-1, -1, -2, -3]),
    "a number to negative integers": lambda lib, x: 2 ** lib.tensor([-1, 0, 3]),
    "factors of integers": lambda lib, x: lib.addmv(lib.tensor([10]), lib.tensor([[3]]), lib.tensor([3]), beta=0.6,
                                                   alpha=1.7),
    "frombuffer": lambda lib, x: lib.frombuffer(bytearray(range(9)), dtype=lib.int16, offset=1),
    "from_dlpack": lambda lib, x: lib.from_dlpack(x.numpy()),
    "svd_lowrank": lambda lib, x: lib.svd_lowrank(x, q=2)[1],
    "pca_lowrank": lambda lib, x: lib.pca_lowrank(x, q=1)[1],
    "fill_diagonal_ wrapped": lambda lib, x: lib.zeros(5, 2).fill_diagonal_(1, wrap=True),
    "result_type": lambda lib, x: lib.tensor(str(lib.result_type(x, 1)) == "torch.float64"),
    "hann_window": lambda lib, x: lib.hann_window(5),
    "kaiser_window": lambda lib, x: lib.kaiser_window(5, True, beta=3.0),
    "hamming_window": lambda lib, x: lib.hamming_window(6, False, 0.5, 0.3),
}


@pytest.mark.parametrize("name", PLAIN)
def test_values_are_torchs(name):
    torch = pytest.importorskip("torch")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ours, theirs = (PLAIN[name](lib, lib.tensor(X)) for lib in (mtorch, torch))
    assert str(ours.dtype) == str(theirs.dtype)
    np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-6)


@pytest.mark.parametrize(("attempt", "error"), [
    (lambda: mtorch.ones(2, requires_grad=True).unsqueeze_(0), RuntimeError),
    (lambda: mtorch.ones(2, requires_grad=True).resize_(1), RuntimeError),
    (lambda: mtorch.ones(2, requires_grad=True).apply_(abs), RuntimeError),
    (lambda: mtorch.ones(2, 3).t()[:1].as_strided((2,), (1,)), NotImplementedError),
    (lambda: mtorch.ones(2).as_strided((3,), (1,)), RuntimeError),
    (lambda: mtorch.ones(4).unfold(0, 2, 1).mul_(2), (RuntimeError, ValueError)),
    (lambda: mtorch.linalg.eigenvalues, AttributeError),
    (lambda: mtorch.special.bessel_j0(mtorch.ones(1, requires_grad=True)).backward(), RuntimeError),
    (lambda: mtorch.igamma(mtorch.ones(1, requires_grad=True), mtorch.ones(1)).backward(), NotImplementedError),
])
def test_what_would_be_wrong_is_an_error(attempt, error):
    with pytest.raises(error):
        attempt()


@pytest.mark.parametrize("module", ["", "linalg", "sparse", "special", "signal", "signal.windows", "nn", "nn.functional",
                                    "nn.init", "nn.utils", "optim", "optim.lr_scheduler", "autograd", "cuda", "random",
                                    "distributed", "distributions", "utils", "utils.data", "jit", "backends"])
def test_every_name_of_torch_is_there_or_is_no_attribute(module):
    """hasattr(torch, name) is how programs ask what a version has: the answer may be no, but not an error."""
    torch = pytest.importorskip("torch")
    ours, theirs = mtorch, torch
    for part in filter(None, module.split(".")):
        ours, theirs = getattr(ours, part), getattr(theirs, part)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        left_out = [name for name in dir(theirs) if not hasattr(ours, name)]
    for name in left_out:
        with pytest.raises(AttributeError, match=name):
            getattr(ours, name)


def test_what_is_left_out_says_why():
    with pytest.raises(AttributeError, match="linalg has no 'eigvalues'; the nearest name is 'eigvals'"):
        mtorch.linalg.eigvalues
    with pytest.raises(AttributeError, match="special has no 'ndtr2'; the nearest name is 'ndtr'"):
        mtorch.special.ndtr2


def test_a_tensor_with_views_keeps_its_size():
    x = mtorch.zeros(2)
    view = x[:1]
    with pytest.raises(NotImplementedError, match="views of this one"):
        x.resize_(3)
    assert x.unsqueeze_(0).shape == (1, 2)
    x[0, 0] = 7.0
    assert view.tolist() == [7.0]


def test_a_leaf_with_views_keeps_its_shape():
    x = mtorch.zeros(2, requires_grad=True)
    view = x[:1]
    with mtorch.no_grad(), pytest.raises(NotImplementedError, match="views of this one"):
        x.unsqueeze_(0)
    assert view.tolist() == [0.0]
