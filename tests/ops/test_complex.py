"""Complex numbers: the gradients are those of finite differences and torch's, to second order, or there is an error."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import mtorch
from mtorch.ops import complex_parts, fourier, linalg

# The rules that the table of ops cannot hold, for what goes in or comes out is complex; CALLS has each.
RULES = [complex_parts.conj, complex_parts.view_as_real, complex_parts.view_as_complex, complex_parts.magnitude, fourier.dft,
         fourier.real_dft, fourier.inverse_real_dft, linalg.eig]

# Each takes the framework, complex z (3, 4) and w (4), and real x (3, 4).
CALLS: dict[str, Callable[..., Any]] = {
    "add": lambda t, z, w, x: z + w + x,
    "mul": lambda t, z, w, x: z * w * 2j,
    "mul of real and complex": lambda t, z, w, x: x * z,
    "div": lambda t, z, w, x: z / w - 1 / z,
    "matmul": lambda t, z, w, x: z @ z.mT @ (x + 0j),
    "matmul with its adjoint": lambda t, z, w, x: z @ z.mH,
    "einsum": lambda t, z, w, x: t.einsum("ij,j,ij->i", z, w, x + 0j),
    "exp log": lambda t, z, w, x: t.exp(1j * x) + t.log(z),
    "pow": lambda t, z, w, x: z ** 2 + z ** 3 + z ** (0.5 + 1j),
    "sin tanh sqrt": lambda t, z, w, x: t.sin(z) + t.tanh(z) * t.sqrt(w),
    "sum mean prod": lambda t, z, w, x: z.sum(0) + z.mean(0) * w.prod(),
    "index cat": lambda t, z, w, x: t.cat([z[1:, ::2], z[:2, 1:3].flip(0)]),
    "reflected": lambda t, z, w, x: t.nn.functional.pad(z, (2, 1), "reflect") * w.sum(),
    "where": lambda t, z, w, x: t.where(x > 0, z, w),
    "written in place": lambda t, z, w, x: _halved(z * 1),
    "conj": lambda t, z, w, x: z.conj() * z * w.conj(),
    "abs": lambda t, z, w, x: z.abs() * w.abs(),
    "angle": lambda t, z, w, x: z.angle(),
    "sgn": lambda t, z, w, x: t.sgn(z),
    "linear of a row and of sequences": lambda t, z, w, x: t.nn.functional.linear(z[None], z) * t.nn.functional.linear(w, z),
    "real imag": lambda t, z, w, x: z.real * z.imag,
    "view_as_real": lambda t, z, w, x: t.view_as_real(z * w) ** 2,
    "view_as_complex": lambda t, z, w, x: t.view_as_complex((x * 2).view(3, 2, 2)) * w[:2],
    "complex": lambda t, z, w, x: t.complex(x, x * x) * z,
    "polar": lambda t, z, w, x: t.polar(x.abs(), x) * z,
    "norm": lambda t, z, w, x: z.norm() + z.norm(1) + t.linalg.vector_norm(w, 3),
    "var": lambda t, z, w, x: z.var(0),
    "l1_loss": lambda t, z, w, x: t.nn.functional.l1_loss(z, z.roll(1, 0) * 2j, reduction="none"),
    "gradient": lambda t, z, w, x: t.gradient(z, spacing=0.5)[0] * t.gradient(z, dim=1, edge_order=2)[0],
    "vdot": lambda t, z, w, x: t.vdot(w, z[0]),
    "cast": lambda t, z, w, x: x.to(t.complex128) * z,
    "fft": lambda t, z, w, x: t.fft.fft(z) + t.fft.ifft(x, n=4),
    "fft longer and shorter": lambda t, z, w, x: t.fft.fft(z, n=6).sum(1) * t.fft.fft(z, n=3, dim=0, norm="ortho").sum(),
    "rfft": lambda t, z, w, x: t.fft.rfft(x) * w[:3],
    "irfft": lambda t, z, w, x: t.fft.irfft(z) + t.fft.irfft(z, n=5, norm="forward").sum(),
    "hfft": lambda t, z, w, x: t.fft.hfft(z) * t.fft.ihfft(x).abs().sum(),
    "fft2": lambda t, z, w, x: t.fft.fft2(z) * t.fft.ifft2(x),
    "rfftn": lambda t, z, w, x: t.fft.irfftn(t.fft.rfftn(x) * w[:3], s=(3, 4)),
    "eig": lambda t, z, w, x: _of_eigenvectors(*t.linalg.eig(z[:, :3])),
    "eig of real": lambda t, z, w, x: _of_eigenvectors(*t.linalg.eig(x[:, :3])),
    "eigvals": lambda t, z, w, x: (t.linalg.eigvals(z[:, :3]) ** 3).sum() + (t.linalg.eigvals(x[:, :3]) ** 3).sum(),
    "inv solve det": lambda t, z, w, x: t.linalg.solve(z[:, :3], z[:, 3:]) * t.linalg.inv(z[:, 1:]) * t.linalg.det(z[:, 1:]),
    "matrix_exp": lambda t, z, w, x: t.linalg.matrix_exp(z[:, :3]) @ t.linalg.matrix_power(z[:, 1:], -2),
    "eigh": lambda t, z, w, x: _of_eigenvectors(*t.linalg.eigh(z @ z.mH)),
    "eigh of the upper triangle": lambda t, z, w, x: _of_eigenvectors(*t.linalg.eigh(z @ z.mH, UPLO="U")),
    "eigvalsh": lambda t, z, w, x: t.linalg.eigvalsh(z @ z.mH) ** 2,
    "svd": lambda t, z, w, x: _of_singular_vectors(*t.linalg.svd(z, full_matrices=False)),
    "svd of a tall one": lambda t, z, w, x: _of_singular_vectors(*t.linalg.svd(z.mT, full_matrices=False)),
    "svdvals norms cond": lambda t, z, w, x: (t.linalg.svdvals(z) * t.linalg.norm(z, "nuc") * t.linalg.matrix_norm(z, 2)
                                              * t.linalg.cond(z)),
    "qr": lambda t, z, w, x: _of_qr(*t.linalg.qr(z.mT)) + _of_qr(*t.linalg.qr(z))[:, :3].sum(),
    "slogdet": lambda t, z, w, x: t.linalg.slogdet(z[:, 1:])[0] * t.linalg.slogdet(z[:, 1:])[1] + t.logdet(z @ z.mH),
    "cholesky": lambda t, z, w, x: t.linalg.cholesky(z @ z.mH) * t.linalg.cholesky(z @ z.mH, upper=True).mT,
    "cholesky_solve": lambda t, z, w, x: (t.cholesky_solve(z, t.linalg.cholesky(z @ z.mH)).sum()
                                          * t.cholesky_solve(z, t.linalg.cholesky(z @ z.mH, upper=True), upper=True)
                                          * t.cholesky_inverse(t.linalg.cholesky(z @ z.mH)).sum()),
    "solve_triangular": lambda t, z, w, x: (t.linalg.solve_triangular(z[:, :3].tril(), z, upper=False).sum()
                                            * t.linalg.solve_triangular(z[:, 1:].triu(), z.mT, upper=True, left=False)),
    "lu": lambda t, z, w, x: t.linalg.lu(z[:, :3])[1] @ t.linalg.lu(z)[2],
    "lu_solve": lambda t, z, w, x: (t.linalg.lu_solve(*t.linalg.lu_factor(z[:, :3]), z, adjoint=True)
                                    * t.linalg.lu_solve(*t.linalg.lu_factor(z[:, :3]), z.mT, left=False).mT
                                    * t.linalg.lu_solve(*t.linalg.lu_factor(z[:, :3]), z.mT, left=False, adjoint=True).mT),
    "pinv lstsq": lambda t, z, w, x: (t.linalg.pinv(z) @ t.linalg.pinv(z @ z.mH, hermitian=True)
                                      * t.linalg.lstsq(z.mT, w[:, None]).solution.sum()),
    "householder_product": lambda t, z, w, x: t.linalg.householder_product(z.mT, w[:3]),
    "matmul of more dimensions": lambda t, z, w, x: z.unsqueeze(1) @ z.mT * w.sum(),
    "logsumexp": lambda t, z, w, x: t.logsumexp(z * 3, 1) * t.logsumexp(z, (0, 1)),
    "conv1d": lambda t, z, w, x: t.nn.functional.conv1d(z[None], z[:, None, 1:3].expand(3, 3, 2), w[:3], stride=2, padding=1),
    "conv2d": lambda t, z, w, x: t.nn.functional.conv2d(z[None, None], z[None, None, :2, :3] * w[0]),
    "conv_transpose1d": lambda t, z, w, x: t.nn.functional.conv_transpose1d(z[None], z[:, :2, None] * z[:, 2:, None].mT, w[:2]),
    "fftshift": lambda t, z, w, x: t.fft.ifftshift(t.fft.fftshift(z) * w),
}
everything = pytest.mark.parametrize("call", CALLS)


def _halved(z: Any) -> Any:
    z[1] *= 0.5j
    z.real[0] = z.imag[0]
    return z


def _of_eigenvectors(w: Any, v: Any) -> Any:
    """What depends neither on the order of the eigenvectors nor on how each is turned."""
    return (v * (w * w + w * 1j).unsqueeze(-2)) @ v.mH


def _of_singular_vectors(u: Any, s: Any, vh: Any) -> Any:
    """What does not change where a pair of singular vectors is turned."""
    return (u * (s * s + 1j)) @ vh


def _of_qr(q: Any, r: Any) -> Any:
    """What does not change where a column of q and the row of r are turned: LAPACKs differ in that."""
    return (q[:, :1] * 2) @ r[:1] + q @ (r * r.diagonal()[:, None].conj() * r.diagonal()[:, None])


def arrays() -> list[np.ndarray]:
    rng = np.random.default_rng(1)
    return [rng.standard_normal((3, 4)) + 1j * rng.standard_normal((3, 4)),
            rng.standard_normal(4) + 1j * rng.standard_normal(4), rng.standard_normal((3, 4))]


def loss(t: Any, call: str, inputs: list) -> Any:
    y = CALLS[call](t, *inputs)
    rng = np.random.default_rng(2)
    u = rng.standard_normal(tuple(y.shape))
    if y.is_complex():
        return (y * t.tensor(u + 1j * rng.standard_normal(u.shape))).real.sum()
    return (y * t.tensor(u)).sum()


@everything
def test_gradient_is_that_of_finite_differences(call: str) -> None:
    xs = [mtorch.tensor(a, requires_grad=True) for a in arrays()]
    gradients = mtorch.autograd.grad(loss(mtorch, call, xs), xs, allow_unused=True)
    for i, g in enumerate(gradients):
        for unit in [1, 1j] if i < 2 else [1]:
            step = 1e-6 * unit * np.random.default_rng(3).standard_normal(arrays()[i].shape)
            ahead, behind = arrays(), arrays()
            ahead[i], behind[i] = ahead[i] + step, behind[i] - step
            with mtorch.no_grad():
                change = (loss(mtorch, call, [*map(mtorch.tensor, ahead)]) - loss(mtorch, call, [*map(mtorch.tensor, behind)]))
            expected = 0.0 if g is None else 2 * (g.numpy().conj() * step).real.sum()
            assert change.item() == pytest.approx(expected, rel=1e-5, abs=1e-11)


@everything
def test_equals_torch_to_second_order(call: str) -> None:
    torch = pytest.importorskip("torch")

    def found(t: Any) -> list:
        xs = [t.tensor(a, requires_grad=True) for a in arrays()]
        first = t.autograd.grad(loss(t, call, xs), xs, create_graph=True, allow_unused=True)
        size = sum((g.abs() ** 2).sum() + g.real.sum() for g in first if g is not None)
        second = t.autograd.grad(size, xs, allow_unused=True) if size.requires_grad else []
        return [None if g is None else g.detach().resolve_conj().numpy(force=True) for g in (*first, *second)]
    for mine, theirs in zip(found(mtorch), found(torch), strict=True):
        assert (mine is None) == (theirs is None) or not np.any(mine if theirs is None else theirs)
        if mine is not None and theirs is not None:
            assert mine.dtype == theirs.dtype
            np.testing.assert_allclose(mine, theirs, rtol=1e-9, atol=1e-9)


def test_a_loss_that_changes_as_vectors_are_turned_is_refused() -> None:
    z = mtorch.tensor(arrays()[0], requires_grad=True)
    with pytest.raises(RuntimeError, match="svd_backward: The singular vectors in the complex case are specified up to"):
        mtorch.linalg.svd(z, full_matrices=False)[0].imag.pow(3).sum().backward()
    with pytest.raises(RuntimeError, match="linalg_eigh_backward: The eigenvectors in the complex case are specified up to"):
        mtorch.linalg.eigh(z @ z.mH)[1].imag.pow(3).sum().backward()


@pytest.mark.parametrize("call", [
    lambda z: z.max(), lambda z: z.sort(), lambda z: z.argmax(), lambda z: z < z, lambda z: z >= 1, lambda z: z.clamp(0, 1),
    lambda z: mtorch.softmax(z, 0), lambda z: mtorch.relu(z), lambda z: mtorch.maximum(z, z), lambda z: z.unique(),
    lambda z: mtorch.erf(z), lambda z: mtorch.nn.functional.mse_loss(z, z),
])
def test_refuses_what_has_no_meaning_or_is_not_there(call: Callable) -> None:
    for requires_grad in (False, True):
        with pytest.raises((NotImplementedError, RuntimeError)):
            call(mtorch.tensor([1 + 2j, 3 - 1j], requires_grad=requires_grad))


def test_a_complex_loss_has_no_gradient() -> None:
    z = mtorch.tensor([1 + 2j], requires_grad=True)
    with pytest.raises(RuntimeError, match="only for real scalar outputs but got torch.complex64"):
        z.sum().backward()


def test_parts_are_views() -> None:
    z = mtorch.tensor([1 + 2j, 3 - 1j])
    z.real.zero_()
    z.imag[0] = 5.0
    mtorch.view_as_real(z)[1, 0] = 7.0
    assert z.tolist() == [5j, 7 - 1j]
    z.real = mtorch.tensor([1.0, 2.0])
    assert z.tolist() == [1 + 5j, 2 - 1j]
    pairs = mtorch.zeros(2, 2)
    mtorch.view_as_complex(pairs)[0] = 1 + 2j
    assert pairs.tolist() == [[1, 2], [0, 0]]


def test_rotary_embedding_trains_as_with_real_numbers() -> None:
    """As Llama computes it, by complex numbers, and as most others do, by turning halves."""
    mtorch.manual_seed(0)
    angles = mtorch.outer(mtorch.arange(5.0), 10000.0 ** -(mtorch.arange(0, 8, 2) / 8))
    q = mtorch.randn(2, 5, 8, requires_grad=True)
    turn = mtorch.polar(mtorch.ones_like(angles), angles)
    y = mtorch.view_as_real(mtorch.view_as_complex(q.reshape(2, 5, 4, 2)) * turn).flatten(2)
    (g,) = mtorch.autograd.grad((y ** 3).sum(), q)
    even, odd = q[..., ::2], q[..., 1::2]
    z = mtorch.stack([even * angles.cos() - odd * angles.sin(), even * angles.sin() + odd * angles.cos()], -1).flatten(2)
    (h,) = mtorch.autograd.grad((z ** 3).sum(), q)
    np.testing.assert_allclose(y.detach().numpy(), z.detach().numpy(), atol=1e-6)
    np.testing.assert_allclose(g.numpy(), h.numpy(), atol=1e-5)


def test_0_has_no_direction() -> None:
    z = mtorch.tensor([0j, 3 + 4j], requires_grad=True)
    mtorch.sgn(z).real.sum().backward()
    assert z.grad[0] == 0 and z.grad[1].abs() > 0.1


def test_the_jacobian_of_complex_outputs_is_torchs() -> None:
    torch = pytest.importorskip("torch")
    for t in (mtorch, torch):
        with pytest.raises(RuntimeError, match="only for real scalar outputs"):
            t.autograd.functional.jacobian(lambda x: x * 1j, t.ones(2))
    ours, theirs = (t.autograd.functional.jacobian(lambda z: z ** 2, t.tensor([1 + 2j, 3j]), vectorize=True)
                    for t in (mtorch, torch))
    np.testing.assert_allclose(ours.numpy(), theirs.resolve_conj().numpy())
