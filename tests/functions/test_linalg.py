"""Linear algebra: one table of calls, run here and in torch, with gradients; and what goes wrong."""
from __future__ import annotations

import pickle

import numpy as np
import pytest

import mtorch
from mtorch.autograd import gradcheck, gradgradcheck

RANDOM = np.random.default_rng(0)
SQUARE, BATCH, TALL = RANDOM.normal(size=(3, 3)), RANDOM.normal(size=(2, 3, 3)), RANDOM.normal(size=(2, 4, 3))
WIDE, VECTOR, RIGHT = TALL.swapaxes(-1, -2).copy(), RANDOM.normal(size=3), RANDOM.normal(size=(2, 3, 2))


def definite(a):
    """A positive definite matrix of any."""
    n = a.shape[-1]
    return a @ a.mT + n * (a * 0 + 1).tril().triu()


# name -> (function of the library and its tensors, arrays)
CALLS = {
    "inv": (lambda lib, a: lib.linalg.inv(a), BATCH),
    "inverse": (lambda lib, a: a.inverse(), SQUARE),
    "det": (lambda lib, a: lib.linalg.det(a), BATCH),
    "slogdet": (lambda lib, a: lib.linalg.slogdet(a), BATCH),
    "logdet": (lambda lib, a: lib.logdet(definite(a)), BATCH),
    "solve": (lambda lib, a, b: lib.linalg.solve(a, b), BATCH, RIGHT),
    "solve one matrix for a batch": (lambda lib, a, b: lib.linalg.solve(a, b), SQUARE, RIGHT),
    "solve a vector": (lambda lib, a, b: lib.linalg.solve(a, b), SQUARE, VECTOR),
    "solve from the right": (lambda lib, a, b: lib.linalg.solve(a, b.mT, left=False), BATCH, RIGHT),
    "cholesky": (lambda lib, a: lib.linalg.cholesky(definite(a)), BATCH),
    "cholesky upper": (lambda lib, a: lib.linalg.cholesky(definite(a), upper=True), SQUARE),
    "cholesky_solve": (lambda lib, a, b: lib.cholesky_solve(b, lib.linalg.cholesky(definite(a))), BATCH, RIGHT),
    "cholesky_inverse": (lambda lib, a: lib.cholesky_inverse(lib.linalg.cholesky(definite(a))), BATCH),
    "qr": (lambda lib, a: lib.linalg.qr(a), TALL),
    "qr wide": (lambda lib, a: lib.linalg.qr(a), WIDE),
    "svd": (lambda lib, a: lib.linalg.svd(a, full_matrices=False)[1], TALL),
    "svd reconstructed": (lambda lib, a: (lambda u, s, vh: (u * s.exp().unsqueeze(-2)) @ vh)(
        *lib.linalg.svd(a, full_matrices=False)), TALL),
    "old svd": (lambda lib, a: (lambda u, s, v: (u * s.square().unsqueeze(-2)) @ v.mT)(*lib.svd(a)), WIDE),
    "svdvals of a multiple of 1": (lambda lib, a: lib.linalg.svdvals(a * 0 + lib.eye(3, dtype=lib.float64)).sum(),
                                   SQUARE),
    "eigh": (lambda lib, a: (lambda w, v: (v * w.exp().unsqueeze(-2)) @ v.mT)(*lib.linalg.eigh(definite(a))), BATCH),
    "eigvalsh": (lambda lib, a: lib.linalg.eigvalsh(definite(a)), BATCH),
    "eigvalsh upper": (lambda lib, a: lib.linalg.eigvalsh(a, UPLO="U"), BATCH + BATCH.swapaxes(1, 2)),
    "pinv": (lambda lib, a: lib.linalg.pinv(a), TALL),
    "pinv of rank 1": (lambda lib, a: lib.linalg.pinv(a[:, :1] @ a[:1], rtol=1e-10), SQUARE),
    "pinv hermitian": (lambda lib, a: lib.linalg.pinv(definite(a), hermitian=True), BATCH),
    "lstsq": (lambda lib, a, b: lib.linalg.lstsq(a, b).solution, TALL, RANDOM.normal(size=(2, 4, 2))),
    "matrix_power": (lambda lib, a: lib.linalg.matrix_power(a, 5), BATCH),
    "matrix_power negative": (lambda lib, a: a.matrix_power(-2), BATCH),
    "matrix_exp": (lambda lib, a: lib.matrix_exp(a), BATCH),
    "multi_dot": (lambda lib, a, b, c: lib.linalg.multi_dot([a, b, c]), VECTOR, SQUARE, RIGHT[0]),
    "cross": (lambda lib, a, b: lib.linalg.cross(a, b), BATCH, VECTOR[None, None]),
    "vecdot": (lambda lib, a, b: lib.linalg.vecdot(a, b), BATCH, VECTOR),
    "lu_factor": (lambda lib, a: lib.linalg.lu_factor(a)[0], BATCH),
    "lu tall": (lambda lib, a: lib.linalg.lu(a), TALL),
    "lu wide": (lambda lib, a: lib.linalg.lu(a), WIDE),
    "lu_solve": (lambda lib, a, b: lib.linalg.lu_solve(*lib.linalg.lu_factor(a), b), BATCH, RIGHT),
    "lu_solve adjoint": (lambda lib, a, b: lib.linalg.lu_solve(*lib.linalg.lu_factor(a), b, adjoint=True), BATCH,
                         RIGHT),
    "solve_triangular": (lambda lib, a, b: lib.linalg.solve_triangular(a, b, upper=True), BATCH, RIGHT),
    "solve_triangular unit": (lambda lib, a, b: lib.linalg.solve_triangular(a, b, upper=False, unitriangular=True),
                              BATCH, RIGHT),
    "householder_product": (lambda lib, a, t: lib.linalg.householder_product(a, t), TALL[0], VECTOR),
    "tensorinv": (lambda lib, a: lib.linalg.tensorinv(a.reshape(3, 3, 1), ind=1), SQUARE),
    "tensorsolve": (lambda lib, a, b: lib.linalg.tensorsolve(a, b), SQUARE, VECTOR),
    "vander": (lambda lib, a: lib.linalg.vander(a, N=4), VECTOR),
    "cond": (lambda lib, a: lib.linalg.cond(a), BATCH),
    # torch cannot differentiate this one
    "cond 1": (lambda lib, a: lib.linalg.cond(a.detach(), 1) * a.sum(), BATCH),
    "dist": (lambda lib, a, b: lib.dist(a, b, 3), SQUARE, VECTOR),
    "renorm": (lambda lib, a: lib.renorm(a, 2, 0, 1.0), SQUARE),
    "cdist of many": (lambda lib, a, b: lib.cdist(a, b), RANDOM.normal(size=(2, 30, 4)), RANDOM.normal(size=(5, 4))),
    "cdist by products": (lambda lib, a, b: lib.cdist(a, b, compute_mode="use_mm_for_euclid_dist"), TALL, BATCH),
    "pdist": (lambda lib, a: lib.pdist(a), SQUARE),
    **{f"cdist {p}": (lambda lib, a, b, p=p: lib.cdist(a, b, p), TALL, BATCH) for p in (1.0, 2.0, 3.0, float("inf"))},
    **{f"matrix_norm {p}": (lambda lib, a, p=p: lib.linalg.matrix_norm(a, p), TALL)
       for p in ("fro", "nuc", 1, -1, 2, -2, float("inf"), -float("inf"))},
    **{f"norm {p} {dim}": (lambda lib, a, p=p, dim=dim: lib.linalg.norm(a, p, dim, keepdim=True), TALL)
       for p, dim in ((None, None), (1, 1), (3, 2), (0, 0), ("nuc", (0, 2)), (2, (1, 2)))},
}


def run(lib, function, arrays):
    """Results, and the gradients of their weighted sum."""
    xs = [lib.tensor(a, requires_grad=True) for a in arrays]
    results = function(lib, *xs)
    results = [y for y in (results if isinstance(results, (tuple, list)) else [results]) if y.requires_grad]
    total = sum((y * lib.arange(1, y.numel() + 1, dtype=y.dtype).reshape(y.shape).cos()).sum() for y in results)
    total.backward()
    grads = [np.zeros_like(a) if x.grad is None else x.grad.numpy() for x, a in zip(xs, arrays)]
    return [y.detach().numpy() for y in results], grads


@pytest.mark.parametrize("name", CALLS)
def test_values_and_gradients_are_torchs(name):
    torch = pytest.importorskip("torch")
    function, *arrays = CALLS[name]
    ours, theirs = run(mtorch, function, arrays), run(torch, function, arrays)
    for a, b in zip(ours[0] + ours[1], theirs[0] + theirs[1], strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("name", [
    "inv", "slogdet", "solve", "cholesky", "qr wide", "svd reconstructed", "eigh", "pinv", "lu_factor", "lu tall",
    "lu wide", "lu_solve", "matrix_exp", "householder_product", "cond", "lstsq"])
def test_first_and_second_derivatives(name):
    function, *arrays = CALLS[name]
    xs = tuple(mtorch.tensor(a[:1] if a.ndim == 3 else a, requires_grad=True) for a in arrays)

    def f(*xs):
        results = function(mtorch, *xs)
        return sum(y.cos().sum() for y in results) if isinstance(results, tuple) else results
    assert gradcheck(f, xs, rtol=1e-4) and gradgradcheck(f, xs, rtol=1e-3)


SINGULAR = np.ones((3, 3))


@pytest.mark.parametrize("function", [
    lambda lib, a: lib.linalg.inv(a), lambda lib, a: lib.linalg.solve(a, a[0]), lambda lib, a: lib.linalg.cholesky(-a),
    lambda lib, a: lib.linalg.inv(a[:2]), lambda lib, a: lib.linalg.inv(a[0]), lambda lib, a: lib.linalg.det(a.long()),
    lambda lib, a: lib.linalg.solve(a, a[:2]), lambda lib, a: lib.linalg.qr(a, "full"),
    lambda lib, a: lib.linalg.matrix_norm(a, 3),
    lambda lib, a: lib.linalg.norm(a[0], "fro"), lambda lib, a: lib.linalg.eigh(a, UPLO="X"),
    lambda lib, a: lib.linalg.multi_dot([a]), lambda lib, a: lib.linalg.cross(a[:, :2], a[:, :2]),
    lambda lib, a: lib.linalg.lu_factor(a), lambda lib, a: lib.linalg.eig(a[:2]), lambda lib, a: lib.linalg.eig(a[0]),
])
def test_errors_are_torchs(function):
    torch = pytest.importorskip("torch")
    with pytest.raises(Exception) as theirs:
        function(torch, torch.tensor(SINGULAR))
    with pytest.raises(RuntimeError) as ours:
        function(mtorch, mtorch.tensor(SINGULAR))
    assert (type(ours.value) is mtorch.linalg.LinAlgError) == (type(theirs.value) is torch.linalg.LinAlgError)


WRONG = [
    ("eigvals 1", lambda lib: lib.linalg.eigvals(lib.ones(2, 3)), RuntimeError, "batches of square matrices"),
    ("eigvals 2", lambda lib: lib.linalg.eigvals(lib.ones(2, 2).int()), RuntimeError, "Expected a floating point"),
    ("ldl_solve 1", lambda lib: lib.linalg.ldl_solve(lib.eye(2), lib.tensor([1, 2]).int(), lib.ones(3, 1)), RuntimeError,
     "each A matrix is 2 by 2 but each b matrix is 3 by 1"),
    ("ldl_solve 2", lambda lib: lib.linalg.ldl_solve(lib.eye(2), lib.tensor([1]).int(), lib.ones(2, 1)), RuntimeError,
     "Expected LD.shape"),
    ("pinv hermitian", lambda lib: lib.linalg.pinv(lib.ones(2, 3), hermitian=True), RuntimeError, "linalg.pinv: A must"),
    ("pinv rtol", lambda lib: lib.linalg.pinv(lib.ones(2, 3), "a"), TypeError, "argument 'rtol'"),
    ("matrix_rank", lambda lib: lib.linalg.matrix_rank(lib.ones(2, 3), hermitian=True), RuntimeError, "2 by 3"),
    ("solve", lambda lib: lib.linalg.solve(lib.eye(2), lib.ones(2), left=False), RuntimeError, "linalg.solve: Vector"),
    ("cholesky_solve", lambda lib: lib.cholesky_solve(lib.ones(3, 1), lib.eye(2)), RuntimeError, "each A matrix is 2 by 2"),
    ("lu_factor", lambda lib: lib.linalg.lu_factor(lib.zeros(2, 2)), RuntimeError, "linalg.lu_factor: U"),
    ("lu_unpack 1", lambda lib: lib.lu_unpack(lib.ones(2, 2), 3), TypeError, "must be Tensor, not int"),
    ("lu_unpack 2", lambda lib: lib.lu_unpack(lib.ones(2, 2), lib.tensor([5, 6]).int()), RuntimeError, "between 1 and 2"),
    ("lu_unpack 3", lambda lib: lib.lu_unpack(lib.ones(2, 2), lib.tensor([1]).int()), RuntimeError, "2 pivots"),
    ("lu_solve 1", lambda lib: lib.linalg.lu_solve(lib.eye(2), lib.tensor([1, 2]), lib.ones(2, 1)), RuntimeError, "int32"),
    ("lu_solve 2", lambda lib: lib.linalg.lu_solve(lib.eye(2), lib.tensor([1]).int(), lib.ones(2, 1)), RuntimeError,
     "Number of pivots"),
    ("lu_solve 3", lambda lib: lib.linalg.lu_solve(lib.eye(2), lib.tensor([7, 8]).int(), lib.ones(2, 1)), RuntimeError,
     "between 1 and 2, .*7 to 8"),
    ("householder_product", lambda lib: lib.linalg.householder_product(lib.ones(2, 2), lib.tensor(1.0)), IndexError, "tau"),
    ("dist", lambda lib: lib.dist(lib.ones(2), lib.ones(2), "a"), TypeError, r"dist\(\): argument 'p'"),
    ("renorm", lambda lib: lib.renorm(lib.ones(2, 2), "a", 0, 1), TypeError, r"renorm\(\): argument 'p'"),
    ("cdist", lambda lib: lib.cdist(lib.ones(2, 2), lib.ones(2, 2), "a"), TypeError, r"cdist\(\): argument 'p'"),
    ("pdist", lambda lib: lib.pdist(lib.ones(2, 2), "a"), TypeError, r"pdist\(\): argument 'p'"),
    ("matrix_power", lambda lib: lib.linalg.matrix_power(lib.ones(2, 2), 1.5), TypeError, "argument 'n' must be int"),
    ("multi_dot", lambda lib: lib.linalg.multi_dot([lib.ones(2, 3), 3]), TypeError, r"tensors\[1\]"),
    ("chain_matmul", lambda lib: lib.chain_matmul(), RuntimeError, "one or more"),
    ("linalg.vander", lambda lib: lib.linalg.vander(lib.ones(3), N=2.5), TypeError, "'N' must be int"),
    ("vander 1", lambda lib: lib.vander(lib.ones(2, 2)), RuntimeError, "one-dimensional"),
    ("vander 2", lambda lib: lib.vander(3), TypeError, "argument 'x'"),
    ("vander 3", lambda lib: lib.vander(lib.ones(2), -1), RuntimeError, "N must be non-negative"),
]


@pytest.mark.parametrize(("name", "call", "error", "says"), WRONG)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_wrong_calls_are_torchs_errors(name, call, error, says):
    torch = pytest.importorskip("torch")
    with pytest.raises(error):
        call(torch)
    with pytest.raises(error, match=says):
        call(mtorch)


@pytest.mark.parametrize("ord", [1, 2, np.inf, "nuc", "fro"])
@pytest.mark.parametrize("shape", [(0, 2), (2, 0), (3, 0, 2)])
def test_norms_of_nothing_are_zero(ord, shape):
    torch = pytest.importorskip("torch")
    ours = mtorch.linalg.matrix_norm(mtorch.ones(shape), ord)
    assert ours.tolist() == torch.linalg.matrix_norm(torch.ones(shape), ord).tolist()


def test_the_condition_of_nothing_is_zero():
    assert mtorch.linalg.cond(mtorch.ones(0, 0)).item() == 0
    assert mtorch.linalg.cond(mtorch.ones(3, 0, 0), 1).tolist() == [0, 0, 0]


def test_infos_instead_of_errors():
    both = np.stack([SINGULAR, np.eye(3)])
    a = mtorch.tensor(both)
    assert mtorch.linalg.inv_ex(a).info.tolist() == [2, 0]
    assert mtorch.linalg.inv_ex(a).inverse[1].tolist() == np.eye(3).tolist()
    assert mtorch.linalg.solve_ex(a, a).info.tolist() == [2, 0]
    assert mtorch.linalg.cholesky_ex(mtorch.tensor(np.stack([-SINGULAR, np.eye(3)]))).info.tolist() == [1, 0]
    assert mtorch.linalg.lu_factor_ex(a).info.tolist() == [2, 0]
    assert mtorch.linalg.matrix_rank(a).tolist() == [1, 3]


def test_float32_stays_float32():
    for name, (function, *arrays) in CALLS.items():
        if "multiple of 1" in name:
            continue
        results = function(mtorch, *(mtorch.tensor(a.astype(np.float32)) for a in arrays))
        for y in results if isinstance(results, tuple) else (results,):
            assert y.dtype != mtorch.float64, name


def failing(lib):
    """Calls that fail, each of which torch has a message of its own for."""
    L, one, ones, nan = lib.linalg, lib.eye(2), lib.ones(2, 2), lib.full((2, 2), float("nan"))
    indefinite = lib.tensor([[1.0, 2.0], [2.0, 1.0]])
    return [lambda: L.cholesky(indefinite), lambda: L.cholesky(lib.stack([one, indefinite])), lambda: L.cholesky(nan),
            lambda: L.cholesky(lib.tensor([[1.0, 0.0], [0.0, float("nan")]])), lambda: lib.cholesky(indefinite),
            lambda: L.cholesky_ex(indefinite, check_errors=True), lambda: lib.cholesky_inverse(lib.zeros(2, 2)),
            lambda: L.inv(ones), lambda: L.inv(lib.stack([one, ones])), lambda: L.inv_ex(ones, check_errors=True),
            lambda: L.solve(ones, ones), lambda: L.solve(lib.stack([one, ones]), ones), lambda: L.matrix_power(ones, -2),
            lambda: L.lu_factor(ones), lambda: L.lu_factor_ex(lib.stack([one, ones]), check_errors=True),
            *(lambda f=f: f(nan) for f in (L.svd, L.svdvals, lib.svd, L.pinv, L.matrix_rank, L.cond, L.eig)),
            lambda: L.svd(lib.stack([one, nan])), lambda: L.matrix_norm(nan, "nuc"), lambda: L.tensorsolve(ones, one[0])]


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_the_failures_are_torchs_word_for_word():
    torch = pytest.importorskip("torch")
    for ours, theirs in zip(failing(mtorch), failing(torch), strict=True):
        with pytest.raises(RuntimeError) as expected:
            theirs()
        with pytest.raises(RuntimeError) as found:
            ours()
        assert str(found.value) == str(expected.value)
        assert repr(type(found.value)) == repr(type(expected.value))


def test_the_error_is_shown_caught_and_pickled_as_torchs():
    with pytest.raises(mtorch._C._LinAlgError) as found:
        mtorch.linalg.inv(mtorch.zeros(2, 2))
    error = pickle.loads(pickle.dumps(found.value))
    assert type(error) is mtorch.linalg.LinAlgError and type(error).__name__ == "_LinAlgError"
    assert repr(type(error)) == "<class 'torch._C._LinAlgError'>"


def test_singular_values_of_inf_are_not_searched_for():
    """LAPACK does not come back."""
    with pytest.raises(mtorch.linalg.LinAlgError, match="non-finite"):
        mtorch.linalg.svdvals(mtorch.eye(3) * float("inf"))


@pytest.mark.parametrize("p", [None, 2, -2, 1, -1, np.inf, -np.inf, "fro", "nuc"])
def test_one_singular_matrix_in_a_batch_leaves_the_condition_of_the_others(p):
    torch = pytest.importorskip("torch")
    matrices = np.stack([np.eye(3), np.zeros((3, 3)), SQUARE])
    np.testing.assert_allclose(mtorch.linalg.cond(mtorch.tensor(matrices), p), torch.linalg.cond(torch.tensor(matrices), p))


def test_equal_values_have_a_gradient_where_no_vectors_are_asked_for():
    for values in (lambda a: mtorch.linalg.eigh(a).eigenvalues, lambda a: mtorch.linalg.svd(a).S,
                   lambda a: mtorch.linalg.eig(a).eigenvalues.real):
        a = mtorch.eye(3, requires_grad=True)
        values(a).sum().backward()
        assert a.grad.tolist() == np.eye(3).tolist()


@pytest.mark.parametrize("dtype", ["float32", "float64", "complex64", "complex128"])
def test_eig_gives_torchs_pairs(dtype):
    torch = pytest.importorskip("torch")
    rng, tolerance = np.random.default_rng(0), 1e-4 if dtype in ("float32", "complex64") else 1e-9
    for shape in [(1, 1), (4, 4), (3, 5, 5), (2, 2, 3, 3), (0, 2, 2), (2, 0, 0)]:
        a = (rng.normal(size=shape) + 1j * rng.normal(size=shape) * ("complex" in dtype))
        a = (a if "complex" in dtype else a.real).astype(dtype)
        ours, theirs = mtorch.linalg.eig(mtorch.tensor(a)), torch.linalg.eig(torch.tensor(a))
        for x, y in zip((*ours, mtorch.linalg.eigvals(mtorch.tensor(a))), (*theirs, theirs[0]), strict=True):
            assert str(x.dtype) == str(y.dtype) and x.shape == y.shape
        w, v = ours.eigenvalues.numpy(), ours.eigenvectors.numpy()
        np.testing.assert_allclose(a @ v, v * w[..., None, :], atol=tolerance)
        # their order, and the phase of each vector, is the library's own: so each is looked for in torch's
        for i in np.ndindex(shape[:-2] if shape[-1] else (0,)):
            gaps = np.abs(w[i][:, None] - theirs[0].numpy()[i])
            order = gaps.argmin(1)
            assert sorted(order) == list(range(shape[-1])) and (gaps.min(1) < tolerance).all()
            assert (np.abs((v[i].conj() * theirs[1].numpy()[i][:, order]).sum(0)) > 1 - tolerance).all()
            largest = v[i][np.abs(v[i]).argmax(0), np.arange(shape[-1])]
            assert (np.abs(largest.imag) < tolerance).all()


@pytest.mark.parametrize("wrong", [
    lambda lib, a: lib.linalg.cond(a, 3), lambda lib, a: lib.linalg.cond(a[:0, :0], "x"),
    lambda lib, a: lib.linalg.cond(a[:2], 1), lambda lib, a: lib.linalg.vander(a[0], N=1),
    lambda lib, a: lib.linalg.vander(a[0, 0]), lambda lib, a: lib.linalg.inv(a[:2])])
def test_wrong_arguments_are_torchs_errors_word_for_word(wrong):
    torch = pytest.importorskip("torch")
    with pytest.raises(RuntimeError) as theirs:
        wrong(torch, torch.tensor(SQUARE))
    with pytest.raises(RuntimeError) as ours:
        wrong(mtorch, mtorch.tensor(SQUARE))
    assert str(ours.value) == str(theirs.value)


def test_eig_shows_itself_as_torch_does():
    torch = pytest.importorskip("torch")
    shown = [repr(lib.linalg.eig(lib.tensor([[2.0, 0.0], [0.0, 1.0]], requires_grad=True))) for lib in (mtorch, torch)]
    assert shown[0] == shown[1]


@pytest.mark.parametrize("create_graph", [False, True])
def test_a_loss_that_changes_with_the_phase_of_eigenvectors_has_no_gradient(create_graph):
    a = mtorch.tensor(BATCH, requires_grad=True)
    v = mtorch.linalg.eig(a).eigenvectors
    for _ in range(2):
        with pytest.raises(RuntimeError, match="multiplication by e.{i phi}"):
            mtorch.autograd.grad((v * (1 + 2j)).real.sum(), a, create_graph=create_graph, retain_graph=True)


@pytest.mark.parametrize("kind", ["real", "complex", "hermitian"])
def test_ldl_is_torchs(kind):
    torch = pytest.importorskip("torch")
    a = BATCH if kind == "real" else BATCH + 1j * TALL[:, :3]
    a = a + (a.conj() if kind == "hermitian" else a).swapaxes(-1, -2)
    b = RIGHT.astype(a.dtype)
    results = []
    for lib in (mtorch, torch):
        packed, pivots, info = lib.linalg.ldl_factor_ex(lib.tensor(a), hermitian=kind == "hermitian")
        x = lib.linalg.ldl_solve(packed, pivots, lib.tensor(b), hermitian=kind == "hermitian")
        assert lib.linalg.ldl_factor(lib.tensor(a), hermitian=kind == "hermitian").pivots.tolist() == pivots.tolist()
        results.append([y.numpy() for y in (packed, pivots, info, x)])
    for ours, theirs in zip(*results, strict=True):
        assert ours.dtype == theirs.dtype
        np.testing.assert_allclose(ours, theirs, atol=1e-12)
    np.testing.assert_allclose(a @ results[0][3], b, atol=1e-12)


def test_ldl_of_nothing_of_a_singular_matrix_and_with_a_gradient():
    assert mtorch.linalg.ldl_factor(mtorch.zeros(2, 0, 0)).pivots.shape == (2, 0)
    assert mtorch.linalg.ldl_factor_ex(mtorch.zeros(2, 2)).info.item() == 1
    with pytest.raises(RuntimeError, match="singular"):
        mtorch.linalg.ldl_factor(mtorch.zeros(2, 2))
    for lib in (mtorch, pytest.importorskip("torch")):
        packed, pivots = lib.linalg.ldl_factor(lib.eye(2, requires_grad=True))
        assert packed.tolist() == [[1.0, 0.0], [0.0, 1.0]] and packed.requires_grad
        with pytest.raises(RuntimeError, match="derivative for aten::linalg_ldl_factor_ex is not implemented"):
            packed.sum().backward()
        x = lib.linalg.ldl_solve(packed.detach(), pivots, lib.ones(2, 1, requires_grad=True))
        with pytest.raises(RuntimeError, match="derivative for aten::linalg_ldl_solve is not implemented"):
            x.sum().backward()


@pytest.mark.parametrize("shape", [(3, 3), (4, 3), (3, 4), (2, 3, 3)])
def test_lu_of_a_singular_matrix_with_a_gradient(shape):
    torch = pytest.importorskip("torch")
    results = []
    for lib in (mtorch, torch):
        a = lib.ones(shape, requires_grad=True)
        results.append([y.detach().numpy() for y in (*lib.linalg.lu_factor_ex(a), *lib.linalg.lu(a))])
    for ours, theirs in zip(*results, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    with pytest.raises(mtorch.linalg.LinAlgError, match="singular"):
        mtorch.linalg.lu_factor_ex(mtorch.ones(shape, requires_grad=True)).LU.sum().backward()


@pytest.mark.parametrize("call", [
    "T.addr(x, T.ones(2), T.ones(3), beta=0)", "T.addmm(x, T.ones(2, 4), T.ones(4, 3), beta=0, alpha=2)",
    "T.addmv(x[:, 0], T.ones(2, 4), T.ones(4), beta=0)", "T.baddbmm(x, T.ones(5, 2, 4), T.ones(5, 4, 3), beta=0)"])
def test_an_input_that_does_not_count_has_a_gradient_of_zeros(call):
    for lib in (mtorch, pytest.importorskip("torch")):
        x = lib.full((2, 3), float("nan"), requires_grad=True)
        y = eval(call, {"T": lib, "x": x})
        y.sum().backward()
        assert set(y.detach().flatten().tolist()) <= {1.0, 4.0, 8.0} and x.grad.tolist() == [[0.0] * 3] * 2
        assert eval(call, {"T": lib, "x": x.detach()}).isfinite().all()
