"""Sparse tensors: against torch's, and against the dense computation."""
from __future__ import annotations

import copy
import io
import pickle

import numpy as np
import pytest

import mtorch
from mtorch.autograd import gradcheck, gradgradcheck

PLACES = np.array([[2, 0, 0, 1, 0], [3, 1, 2, 0, 1]])       # (0, 1) occurs twice
VALUES = np.array([0.5, -1.0, 2.0, 3.0, 0.25])
DENSE = np.random.default_rng(0).normal(size=(4, 2))


def made(lib, requires_grad=False):
    values = lib.tensor(VALUES, requires_grad=requires_grad)
    extra = {} if lib is mtorch else {"check_invariants": True}
    return lib.sparse_coo_tensor(lib.tensor(PLACES), values, (3, 4), **extra), values


CASES = {
    "dense": lambda lib, s, x: s.to_dense(),
    "coalesced": lambda lib, s, x: s.coalesce().values(),
    "matmul": lambda lib, s, x: s @ x,
    "mm": lambda lib, s, x: lib.mm(s, x),
    "spmm": lambda lib, s, x: lib.spmm(s, x),
    "torch.matmul": lambda lib, s, x: lib.matmul(s, x),
    "sparse.mm": lambda lib, s, x: lib.sparse.mm(s, x),
    "vector": lambda lib, s, x: s @ x[:, 0],
    "transposed": lambda lib, s, x: s.t() @ x[:3],
    "addmm": lambda lib, s, x: lib.sparse.addmm(x[:3], s, x, beta=2.0, alpha=0.5),
    "sum": lambda lib, s, x: lib.sparse.sum(s),
    "sum of rows": lambda lib, s, x: lib.sparse.sum(s, 1).to_dense(),
    "softmax": lambda lib, s, x: lib.sparse.softmax(s.coalesce(), 1).to_dense(),
    "log_softmax": lambda lib, s, x: lib.sparse.log_softmax(s.coalesce(), 0).to_dense(),
    "scaled": lambda lib, s, x: (s * 2).to_dense(),
    "divided": lambda lib, s, x: (s / 2).to_dense(),
    "added": lambda lib, s, x: (s + s.clone()).to_dense(),
    "a multiple added": lambda lib, s, x: s.add(s.clone(), alpha=2.5).to_dense() - lib.sub(s, s * 3, alpha=0.5).to_dense(),
    "added to a dense tensor": lambda lib, s, x: x.sum().tanh() * lib.ones(3, 4) + s,
    "a multiple added to a dense tensor": lambda lib, s, x: lib.add(x.sum() * lib.ones(3, 4), s, alpha=-0.5),
    "added by a method": lambda lib, s, x: (x.sum() * lib.ones(3, 4)).add(s, alpha=2),
    "taken away": lambda lib, s, x: lib.ones(3, 4).sub(s, alpha=2) - lib.sub(lib.ones(3, 4), s),
    "added in place": lambda lib, s, x: (x.sum().tanh() * lib.ones(3, 4)).add_(s, alpha=-0.5),
    "divided by a function": lambda lib, s, x: lib.div(lib.clone(s), 2).to_dense(),
    "taken away in place": lambda lib, s, x: (x.sum().tanh() * lib.ones(3, 4)).sub_(s),
}


# what torch has for coordinates alone
OF_COORDINATES = {
    "abs, pow and tanh": lambda lib, s, x: (s.abs() + lib.abs(s ** 2) + lib.tanh(s).relu().pow(3)).to_dense(),
    "norm": lambda lib, s, x: s.norm() + lib.norm(s),
    "times a dense one": lambda lib, s, x: lib.mul(lib.full((3, 4), 2.0, dtype=lib.float64), s.coalesce()).to_dense(),
    "multiplied": lambda lib, s, x: (s * lib.mul(s, s + s)).to_dense(),
    "picked": lambda lib, s, x: s.index_select(0, lib.tensor([2, 0, 0])).to_dense(),
    "picked columns": lambda lib, s, x: lib.index_select(s.coalesce(), 1, lib.tensor([3, 1])).to_dense(),
    "a row": lambda lib, s, x: s[0].to_dense(),
    "a column": lambda lib, s, x: s[:, 1].to_dense(),
    "an element": lambda lib, s, x: s[0, 1],
    "one below the other": lambda lib, s, x: lib.cat([s, s * 2]).to_dense(),
    "side by side": lambda lib, s, x: lib.cat((s.coalesce(), s), dim=1).to_dense(),
    "permuted": lambda lib, s, x: (s.permute(1, 0).to_dense() + s.mT.to_dense() + lib.transpose(s, 0, 1).to_dense()),
    "added by a function": lambda lib, s, x: lib.add(lib.ones(3, 4, dtype=lib.float64), s),
    "summed by a function": lambda lib, s, x: lib.sum(s) + lib.sum(s, 1).to_dense(),
}


@pytest.mark.parametrize("name", OF_COORDINATES)
def test_value_is_torchs_and_its_gradient_right(name):
    """torch has no gradient of most of these."""
    torch = pytest.importorskip("torch")
    ours, theirs = (OF_COORDINATES[name](lib, made(lib)[0], None) for lib in (mtorch, torch))
    np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-12)
    values = mtorch.tensor(VALUES, requires_grad=True)
    assert gradcheck(lambda v: OF_COORDINATES[name](mtorch, mtorch.sparse_coo_tensor(PLACES, v, (3, 4)), None), (values,))


@pytest.mark.parametrize("name", CASES)
def test_value_and_gradients_are_torchs(name):
    torch = pytest.importorskip("torch")
    results = []
    for lib in (mtorch, torch):
        s, values = made(lib, True)
        x = lib.tensor(DENSE, requires_grad=True)
        y = CASES[name](lib, s, x)
        (y * lib.arange(y.numel(), dtype=lib.float64).reshape(y.shape)).sum().backward()
        results.append((y.detach().numpy(), values.grad.numpy(), None if x.grad is None else x.grad.numpy()))
    for ours, theirs in zip(*results, strict=True):
        np.testing.assert_allclose(0.0 if ours is None else ours, 0.0 if theirs is None else theirs, rtol=1e-12)


@pytest.mark.parametrize("change", [
    lambda s: s.mul_(2.0), lambda s: s.div_(4), lambda s: s.neg_(), lambda s: s.zero_(), lambda s: s.add_(s.clone(), alpha=0.5),
    lambda s: s.sub_(s.clone() * 3), lambda s: s.add_(s.coalesce()),
])
def test_in_place_a_sparse_tensor_changes_itself(change):
    torch = pytest.importorskip("torch")
    results = []
    for lib in (mtorch, torch):
        s, _ = made(lib)
        assert change(s) is s
        results.append((s.to_dense().tolist(), s.shape))
    assert results[0] == results[1]


def test_what_is_added_to_a_parameter_is_written_into_it():
    """As optimizers of sparse gradients do, and moving averages of them."""
    s, _ = made(mtorch)
    p = mtorch.nn.Parameter(mtorch.ones(3, 4, dtype=mtorch.float64))
    p.data.add_(s, alpha=-1.0)
    before = p.data
    with mtorch.no_grad():
        p += s
        p -= 2 * s
    assert before.tolist() == p.tolist() == (1 - 2 * s.to_dense()).tolist()
    with pytest.raises(RuntimeError, match="Long"):
        mtorch.ones(3, 4, dtype=mtorch.int64).add_(s)
    with pytest.raises(RuntimeError, match="leaf"):
        p.add_(s)
    r = mtorch.sparse_csr_tensor([0, 1, 2], [1, 0], [2.0, 3.0], (2, 2))
    assert mtorch.ones(2, 2).add_(r, alpha=2).tolist() == [[1.0, 5.0], [7.0, 1.0]]


def test_empty_of_a_size_alone():
    for s in (mtorch.sparse_coo_tensor(size=(2, 3)), mtorch.sparse_coo_tensor((2, 3))):
        assert s.shape == (2, 3) and s._nnz() == 0 and s.sparse_dim() == 2
    with pytest.raises(TypeError):
        mtorch.sparse_coo_tensor()


def test_second_derivatives():
    def f(values, x):
        return mtorch.sparse_coo_tensor(PLACES, values, (3, 4)) @ x.tanh()
    inputs = mtorch.tensor(VALUES, requires_grad=True), mtorch.tensor(DENSE, requires_grad=True)
    assert gradcheck(f, inputs) and gradgradcheck(f, inputs)


def test_shows_itself_as_torch_does():
    torch = pytest.importorskip("torch")
    assert repr(made(mtorch)[0]) == repr(made(torch)[0])
    assert repr(made(mtorch)[0].float().coalesce()) == repr(made(torch)[0].float().coalesce())


def test_parts():
    s, values = made(mtorch)
    assert s.is_sparse and isinstance(s, mtorch.Tensor) and not mtorch.ones(1).is_sparse
    assert s.shape == (3, 4) and s.size(0) == 3 and s._nnz() == 5 and s.dtype == mtorch.float64
    assert s._indices().tolist() == PLACES.tolist() and s._values() is values
    with pytest.raises(RuntimeError, match="uncoalesced"):
        s.indices()
    c = s.coalesce()
    assert c.is_coalesced() and c.indices().tolist() == [[0, 0, 1, 2], [1, 2, 0, 3]]
    for again in (pickle.loads(pickle.dumps(c)), copy.deepcopy(c), c.clone(), c.detach(), c.t().t().coalesce()):
        assert again.to_dense().tolist() == c.to_dense().tolist()
    old = mtorch.sparse.FloatTensor(mtorch.tensor(PLACES), mtorch.tensor(VALUES), mtorch.Size([3, 4]))
    assert old.dtype == mtorch.float32 and old.shape == (3, 4)


def test_dense_to_sparse_and_back():
    x = mtorch.tensor([[0.0, 2.0], [3.0, 0.0]], requires_grad=True)
    s = x.to_sparse()
    assert s.indices().tolist() == [[0, 1], [1, 0]]
    (s.to_dense() * mtorch.tensor([[1.0, 2.0], [3.0, 4.0]])).sum().backward()
    assert x.grad.tolist() == [[0.0, 2.0], [3.0, 0.0]]
    assert mtorch.ones(2, 2).sparse_mask(s).to_dense().tolist() == [[0.0, 1.0], [1.0, 0.0]]
    assert (s.detach() @ s.detach()).to_dense().tolist() == [[6.0, 0.0], [0.0, 6.0]]
    assert (mtorch.eye(2) @ s).tolist() == x.tolist()


@pytest.mark.parametrize(("attempt", "error"), [
    (lambda s: s.exp(), NotImplementedError), (lambda s: mtorch.sigmoid(s), NotImplementedError),
    (lambda s: s[1:], NotImplementedError), (lambda s: s.view(-1), NotImplementedError),
    (lambda s: s.numpy(), NotImplementedError),
    (lambda s: s @ mtorch.ones(3, 1, dtype=mtorch.float64), RuntimeError),
    (lambda s: s @ mtorch.ones(4, 1), RuntimeError),
    (lambda s: mtorch.sparse_coo_tensor([[0, 5]], [1.0, 2.0], (3,)), RuntimeError),
    (lambda s: mtorch.sparse_coo_tensor([[0, -1]], [1.0, 2.0], (3,)), RuntimeError),
    (lambda s: mtorch.sparse_coo_tensor([[0]], [1.0, 2.0], (3,)), RuntimeError),
])
def test_what_there_is_not_says_so(attempt, error):
    with pytest.raises(error):
        attempt(made(mtorch)[0])


def test_there_is_no_other_device():
    with pytest.raises(AssertionError, match="not compiled with CUDA enabled"):
        mtorch.sparse_coo_tensor([[0]], [1.0], (2,), device="cuda")


@pytest.mark.parametrize("kind", ["float32", "float64", "float16", "int64", "int32", "bool", "complex64"])
@pytest.mark.parametrize("count", [0, 3, 8, 20, 1200])
@pytest.mark.filterwarnings("ignore:Sparse invariant")
def test_what_is_printed(count, kind):
    torch = pytest.importorskip("torch")

    def shown(lib, *dense):
        rng = np.random.default_rng(0)
        places = np.stack([rng.integers(0, n, count) for n in (300000, 70)])
        values = rng.normal(size=(count, *dense)).astype("float32")
        made = lib.sparse_coo_tensor(lib.tensor(places), lib.tensor(values), (300000, 70, *dense), dtype=getattr(lib, kind))
        texts = [repr(made), str([made])]
        if kind.startswith("float"):
            made.requires_grad_()
            texts += [repr(made), repr(made * 2), repr(made.coalesce())]
        return texts
    assert shown(mtorch) == shown(torch)
    if count < 20:
        assert shown(mtorch, 2, 3) == shown(torch, 2, 3)


def test_a_size_alone():
    torch = pytest.importorskip("torch")
    assert repr(mtorch.sparse_coo_tensor((2, 3))) == repr(torch.sparse_coo_tensor((2, 3)))


CROW, COLUMNS = np.array([0, 2, 2, 5]), np.array([1, 3, 0, 1, 2])
SILENT = pytest.mark.filterwarnings("ignore:Sparse")


def by_rows(lib, requires_grad=False, kind="int64"):
    """A matrix (3, 4), its second row empty, and its values."""
    values = lib.tensor(VALUES, requires_grad=requires_grad)
    crow, columns = (lib.tensor(i.astype(kind)) for i in (CROW, COLUMNS))
    return lib.sparse_csr_tensor(crow, columns, values, (3, 4)), values


BY_ROWS = {
    "dense": lambda lib, s, x: s.to_dense(),
    "values": lambda lib, s, x: s.values() * 2,
    "coordinates": lambda lib, s, x: s.to_sparse().to_dense(),
    "coordinates and back": lambda lib, s, x: s.to_sparse_coo().to_sparse_csr().values(),
    "matmul": lambda lib, s, x: s @ x,
    "mm": lambda lib, s, x: lib.mm(s, x),
    "spmm": lambda lib, s, x: lib.spmm(s, x),
    "torch.matmul": lambda lib, s, x: lib.matmul(s, x),
    "sparse.mm": lambda lib, s, x: lib.sparse.mm(s, x),
    "sum of rows": lambda lib, s, x: lib.sparse.mm(s, x, "sum"),
    "mean of rows": lambda lib, s, x: lib.sparse.mm(s, x, "mean"),
    "vector": lambda lib, s, x: s @ x[:, 0],
    "mv": lambda lib, s, x: lib.mv(s, x[:, 0]),
    "from the right": lambda lib, s, x: x[:3].T @ s,
    "transposed": lambda lib, s, x: s.t() @ x[:3],
    "addmm": lambda lib, s, x: lib.addmm(x[:3], s, x, beta=2.0, alpha=0.5),
    "sparse.addmm": lambda lib, s, x: lib.sparse.addmm(x[:3], s, x),
    "scaled": lambda lib, s, x: (-s * 2 * lib.tensor(1.5)).to_dense(),
    "times a dense one": lambda lib, s, x: (s.detach() * (x @ x.T)[:3].detach()).to_dense() + x.sum(),
    "added": lambda lib, s, x: (s + s.clone()).to_dense(),
    "and a dense one": lambda lib, s, x: s.detach() + (x @ x.T)[:3],
    "sum": lambda lib, s, x: s.sum(),
    "masked": lambda lib, s, x: (x @ x.T)[:3].detach().sparse_mask(s.detach()).values() + x.sum(),
    "of a dense one": lambda lib, s, x: x.to_sparse_csr().values(),
    "by its layout": lambda lib, s, x: x.to_sparse(layout=lib.sparse_csr).to_dense(),
}


@SILENT
@pytest.mark.parametrize("kind", ["int64", "int32"])
@pytest.mark.parametrize("name", BY_ROWS)
def test_by_rows_values_and_gradients_are_torchs(name, kind):
    torch = pytest.importorskip("torch")
    results = []
    for lib in (mtorch, torch):
        s, values = by_rows(lib, True, kind)
        x = lib.tensor(DENSE, requires_grad=True)
        y = BY_ROWS[name](lib, s, x)
        assert y.layout == lib.strided
        (y * lib.arange(y.numel(), dtype=lib.float64).reshape(y.shape)).sum().backward()
        results.append([y.detach().numpy(), *(g if g is None else g.numpy() for g in (values.grad, x.grad))])
    for ours, theirs in zip(*results, strict=True):
        np.testing.assert_allclose(0.0 if ours is None else ours, 0.0 if theirs is None else theirs, rtol=1e-12)


def test_by_rows_second_derivatives():
    def f(values, x):
        return mtorch.sparse_csr_tensor(CROW, COLUMNS, values, (3, 4)) @ x.tanh()
    inputs = mtorch.tensor(VALUES, requires_grad=True), mtorch.tensor(DENSE, requires_grad=True)
    assert gradcheck(f, inputs) and gradgradcheck(f, inputs)


@SILENT
@pytest.mark.parametrize("shown", [
    lambda lib: by_rows(lib)[0], lambda lib: by_rows(lib, kind="int32")[0].float(),
    lambda lib: by_rows(lib)[0].requires_grad_(),
    lambda lib: lib.zeros(2, 3).to_sparse_csr(), lambda lib: lib.ones(40, 40).to_sparse_csr(),
    lambda lib: by_rows(lib)[0].layout, lambda lib: by_rows(lib)[0].to_sparse(), lambda lib: by_rows(lib)[0] * 2,
    lambda lib: by_rows(lib)[0] @ lib.tensor(DENSE, requires_grad=True),
    lambda lib: by_rows(lib)[0] @ lib.tensor(DENSE[:, 0], requires_grad=True),
    lambda lib: lib.sparse.mm(by_rows(lib)[0], lib.tensor(DENSE, requires_grad=True)),
    lambda lib: lib.ones(2, 2, requires_grad=True).to_sparse_csr(), lambda lib: by_rows(lib)[0] + by_rows(lib)[0],
    lambda lib: by_rows(lib, kind="int32")[0].crow_indices(), lambda lib: by_rows(lib)[0].col_indices(),
    lambda lib: by_rows(lib)[0] @ lib.tensor(DENSE).to_sparse_csr(),
    lambda lib: lib.sparse_csr_tensor([0, 1, 2], [1, 0], [1, 2]),
    lambda lib: [(s := by_rows(lib)[0]).is_sparse, s.is_sparse_csr, s.shape, s._nnz(), s.dtype, s.size(1), s.numel()],
])
def test_by_rows_shows_itself_as_torch_does(shown):
    torch = pytest.importorskip("torch")
    assert repr(shown(mtorch)) == repr(shown(torch))


def test_by_rows_copies_and_gradient():
    s = by_rows(mtorch)[0].requires_grad_()
    s.sum().backward()
    assert s.grad.layout == mtorch.sparse_csr and s.grad.values().tolist() == [1.0] * 5
    for again in (pickle.loads(pickle.dumps(s)), copy.deepcopy(s), s.clone(), s.detach(), s.to_sparse_csr(), s.double()):
        assert again.is_sparse_csr and again.to_dense().tolist() == s.to_dense().tolist()


def test_by_rows_adds_up_what_stands_in_one_place():
    twice = mtorch.sparse_csr_tensor([0, 3], [1, 0, 1], [1.0, 2.0, 3.0], (1, 2))
    assert twice.to_dense().tolist() == [[2.0, 4.0]] and (twice @ mtorch.ones(2)).tolist() == [6.0]
    assert twice.to_sparse().to_sparse_csr().values().tolist() == [2.0, 4.0]


def made_by_rows(lib, crow=CROW, columns=COLUMNS, values=VALUES, size=(3, 4)):
    return lib.sparse_csr_tensor(lib.tensor(crow), lib.tensor(columns), lib.tensor(values), size, check_invariants=True)


@SILENT
@pytest.mark.parametrize("wrong", [
    {"columns": COLUMNS[:3]}, {"size": (4, 4)}, {"columns": COLUMNS + 2}, {"columns": COLUMNS - 1}, {"values": VALUES[:2]},
    {"columns": COLUMNS[[1, 0, 2, 3, 4]]}, {"columns": COLUMNS * 0}, {"crow": CROW + 1}, {"crow": CROW[[0, 1, 2, 1]]},
    {"crow": CROW * 1.0, "columns": COLUMNS * 1.0}, {"crow": CROW.astype(np.int32)},
])
def test_by_rows_indices_that_do_not_fit(wrong):
    torch = pytest.importorskip("torch")
    with pytest.raises(RuntimeError) as theirs:
        made_by_rows(torch, **wrong)
    with pytest.raises(RuntimeError) as ours:
        made_by_rows(mtorch, **wrong)
    assert str(ours.value) == str(theirs.value)


@pytest.mark.parametrize(("attempt", "error"), [
    (lambda s: s.coalesce(), RuntimeError), (lambda s: s.indices(), RuntimeError),
    (lambda s: s.is_coalesced(), RuntimeError),
    (lambda s: s[0], NotImplementedError),
    (lambda s: s.numpy(), NotImplementedError),
    (lambda s: mtorch.sparse_csr_tensor([[0, 1]], [[0]], [[1.0]]), NotImplementedError),
    (lambda s: mtorch.sparse_csr_tensor([0, 1], [0], [[1.0]], (1, 1, 1)), NotImplementedError),
    (lambda s: mtorch.ones(2, 2, 2).to_sparse_csr(), NotImplementedError),
    (lambda s: mtorch.ones(3).to_sparse_csr(), NotImplementedError),
    (lambda s: mtorch.ones(3, 3).to_sparse_csr(1), NotImplementedError),
    (lambda s: mtorch.ones(3, 3).to_sparse(layout="torch.sparse_csc"), NotImplementedError),
    (lambda s: mtorch.sparse.mm(s, mtorch.ones(4, 1).double(), "amax"), NotImplementedError),
    (lambda s: s @ mtorch.ones(4, 1), RuntimeError), (lambda s: s @ mtorch.ones(3, 1).double(), RuntimeError),
])
def test_by_rows_what_there_is_not_says_so(attempt, error):
    with pytest.raises(error):
        attempt(by_rows(mtorch)[0])


def test_an_ordinary_tensor_asked_as_a_sparse_one():
    x = mtorch.ones(2, 3)
    assert x.to_dense() is x and (x.sparse_dim(), x.dense_dim()) == (0, 2)
    assert x.to_dense(mtorch.float64).dtype is mtorch.float64


class Graph(mtorch.nn.Module):
    def __init__(self, edges):
        super().__init__()
        self.register_buffer("edges", edges)


@pytest.mark.parametrize("form", [lambda s: s, lambda s: s.coalesce(), lambda s: s.to_sparse_csr()])
def test_a_module_keeps_a_sparse_buffer_through_a_file(form):
    net, other = Graph(form(made(mtorch)[0])), Graph(form(made(mtorch)[0] * 0))
    file = io.BytesIO()
    mtorch.save(net.state_dict(), file)
    file.seek(0)
    other.float().load_state_dict(mtorch.load(file))
    assert other.edges.layout == net.edges.layout and other.edges.dtype == mtorch.float32
    assert other.edges.to_dense().tolist() == net.edges.to_dense().tolist()
    assert (other.edges @ mtorch.ones(4, 1)).shape == (3, 1)


@SILENT
@pytest.mark.parametrize("form", [lambda s: s, lambda s: s.coalesce(), lambda s: s.to_sparse_csr()])
def test_files_of_sparse_tensors_are_torchs(form):
    torch = pytest.importorskip("torch")
    for saver, loader in ((mtorch, torch), (torch, mtorch)):
        file = io.BytesIO()
        saver.save({"a": form(made(saver)[0])}, file)
        file.seek(0)
        found = loader.load(file)["a"]
        assert repr(found) == repr(form(made(loader)[0]))


def test_a_sparse_copy_is_of_the_same_size_and_form():
    s = made(mtorch)[0]
    with pytest.raises(RuntimeError, match="between dense and sparse"):
        s.copy_(mtorch.ones(3, 4))
    with pytest.raises(RuntimeError, match="between dense and sparse"):
        s.copy_(s.to_sparse_csr())
    with pytest.raises(RuntimeError, match="size"):
        s.copy_(s.t())
    with pytest.raises(RuntimeError, match="zeroth power"):
        s.pow(0)
    with pytest.raises(NotImplementedError, match="indexed by"):
        s[1:]


def test_a_damaged_file_of_a_sparse_tensor():
    from mtorch.serialization import FileFormatError
    from mtorch.serialization.allowed import _rebuild_sparse_tensor
    places, values = mtorch.tensor([[0, 9]]), mtorch.ones(2)
    for layout, data in [("torch.sparse_coo", (places, values, (3,), True)), ("torch.sparse_coo", (places, values)),
                         ("torch.strided", (places, values, (10,))), ("torch.sparse_coo", (places.float(), values, (10,))),
                         ("torch.sparse_coo", (places, values, (10, 2), False)), ("torch.sparse_coo", (places, values, (10,), 1)),
                         ("torch.sparse_csr", (places[0], places[0], values, (1, 1))), ("torch.sparse_coo", 3)]:
        with pytest.raises(FileFormatError):
            _rebuild_sparse_tensor(layout, data)
