"""The checks that every op stands: its gradients, twice, against differences; float32; torch; and that it is pure."""
from __future__ import annotations

import numpy as np
import pytest

import mtorch
from mtorch.autograd import engine
from tests import cases
from tests.ops import test_complex

TABLE = cases.load()
everything = pytest.mark.parametrize("row", TABLE, ids=[str(r) for r in TABLE])


def tensors(row, dtype=np.float64, requires_grad=True):
    return [mtorch.tensor(x.astype(dtype), requires_grad=requires_grad) if is_input(x) else x for x in row.inputs]


def is_input(x) -> bool:
    return isinstance(x, np.ndarray) and x.dtype == np.float64


def outputs_of(row, xs) -> list:
    y = row.op(*xs, **row.keywords)
    return [o for o in (y if isinstance(y, tuple) else (y,)) if isinstance(o, mtorch.Tensor)
            and o.dtype.is_floating_point]


def weights_for(outs, seed=0):
    rng = np.random.RandomState(seed)
    return [mtorch.tensor(rng.standard_normal(o.shape).astype(o.array.dtype)) for o in outs]


def leaves(xs) -> list:
    return [x for x in xs if isinstance(x, mtorch.Tensor)]


def pulled_back(row, xs, create_graph=False, seed=0):
    """J^T u for a fixed u, zeros where an input has no influence."""
    outs = outputs_of(row, xs)
    outs, us = zip(*[(o, u) for o, u in zip(outs, weights_for(outs, seed)) if o.requires_grad])
    return mtorch.autograd.grad(list(outs), leaves(xs), list(us), create_graph=create_graph, materialize_grads=True,
                                allow_unused=True)


def difference(f, arrays, directions, h=1e-5):
    """(f(x + h v) - f(x - h v)) / 2h, f giving a list of arrays."""
    up = f([np.asarray(a + h * v) for a, v in zip(arrays, directions)])
    down = f([np.asarray(a - h * v) for a, v in zip(arrays, directions)])
    return [(u - d) / (2 * h) for u, d in zip(up, down)]


def with_inputs(row, arrays):
    new = iter(arrays)
    return cases.Call(row.op, tuple(next(new) if is_input(x) else x for x in row.inputs), row.keywords)


def test_every_op_is_in_the_table():
    present = {id(row.op) for row in TABLE} | {id(rule) for rule in test_complex.RULES}
    missing = [name for name, op in cases.all_ops().items() if id(op) not in present]
    assert not missing, f"ops without a row in tests/cases_*.py: {missing}"


@everything
def test_first_derivative_in_a_random_direction(row):
    if row.orders < 1:
        pytest.skip(row.why)
    arrays = [x for x in row.inputs if is_input(x)]
    rng = np.random.RandomState(1)
    vs = [rng.standard_normal(a.shape) for a in arrays]
    xs = tensors(row)
    us = [u.array for u in weights_for(outputs_of(row, xs))]

    def f(moved):
        return [o.array for o in outputs_of(row, tensors(with_inputs(row, moved), requires_grad=False))]
    jv = sum(float((u * d).sum()) for u, d in zip(us, difference(f, arrays, vs)))
    jtu = sum(float((g.array * v).sum()) for g, v in zip(pulled_back(row, xs), vs))
    assert jv == pytest.approx(jtu, rel=row.tolerance, abs=row.tolerance)


@everything
def test_second_derivative_in_a_random_direction(row):
    if row.orders < 2:
        pytest.skip(row.why)
    arrays = [x for x in row.inputs if is_input(x)]
    rng = np.random.RandomState(2)
    vs = [rng.standard_normal(a.shape) for a in arrays]
    xs = tensors(row)
    grads = pulled_back(row, xs, create_graph=True)
    assert [g.array for g in grads] == [pytest.approx(g.array, rel=1e-9, abs=1e-11)
                                        for g in pulled_back(row, tensors(row))]
    us = [rng.standard_normal(g.shape) for g in grads]

    def f(moved):
        return [g.array for g in pulled_back(row, tensors(with_inputs(row, moved)))]
    jv = sum(float((u * d).sum()) for u, d in zip(us, difference(f, arrays, vs)))
    recorded = [(g, mtorch.tensor(u)) for g, u in zip(grads, us) if g.requires_grad]
    if not recorded:
        assert jv == pytest.approx(0, abs=row.tolerance)
        return
    second = mtorch.autograd.grad([g for g, _ in recorded], leaves(xs), [u for _, u in recorded], allow_unused=True,
                                  materialize_grads=True)
    assert jv == pytest.approx(sum(float((g.array * v).sum()) for g, v in zip(second, vs)),
                               rel=20 * row.tolerance, abs=20 * row.tolerance)


@everything
def test_fused_rule_equals_its_reference(row):
    if row.op.reference is None:
        pytest.skip("not a fused rule")
    xs = tensors(row)
    given = [mtorch.tensor(x) if isinstance(x, np.ndarray) and not is_input(x) else x for x in xs]
    plain = row.op.reference(*given, **row.keywords)
    plain = [o for o in (plain if isinstance(plain, tuple) else (plain,)) if o.dtype.is_floating_point]
    fused = outputs_of(row, xs)
    assert len(plain) == len(fused)
    for a, b in zip(fused, plain):
        np.testing.assert_allclose(a.array, b.array, rtol=1e-10, atol=1e-11)
    us = weights_for(fused)
    keep = dict(allow_unused=True, materialize_grads=True)
    for a, b in zip(mtorch.autograd.grad(fused, leaves(xs), us, **keep),
                    mtorch.autograd.grad(plain, leaves(xs), us, **keep)):
        np.testing.assert_allclose(a.array, b.array, rtol=1e-9, atol=1e-10)


@everything
def test_float32_stays_float32(row):
    if not row.float32:
        pytest.skip("float64 only")
    xs = tensors(row, np.float32)
    for o in outputs_of(row, xs):
        assert o.dtype == mtorch.float32, "the value was widened"
    if row.orders:
        raw = engine.sweep
        outs = [o for o in outputs_of(row, xs) if o.requires_grad]
        grads = raw(outs, [u.array for u in weights_for(outs)], True, False)
        for x in leaves(xs):
            if x in grads:
                assert grads[x].dtype == np.float32, "a gradient was widened"


@everything
def test_bfloat16_is_float32_rounded(row):
    if not row.float32:
        pytest.skip("float64 alone")
    narrow = [x.to(mtorch.bfloat16).detach().requires_grad_() if isinstance(x, mtorch.Tensor) else x for x in tensors(row)]
    wide = [x.detach().float().requires_grad_() if isinstance(x, mtorch.Tensor) else x for x in narrow]
    if not leaves(narrow):
        pytest.skip("no input is of floating point numbers")
    for a, b in zip(outputs_of(row, narrow), outputs_of(row, wide)):
        if "dtype" not in row.keywords:                    # those change the type
            b = b.to(mtorch.bfloat16)
        assert a.dtype is b.dtype, "the value was widened"
        assert np.array_equal(a.array, b.array, equal_nan=True)
    if row.orders:
        for x, g in zip(leaves(narrow), pulled_back(row, narrow)):
            assert g.dtype is x.dtype


@everything
def test_equals_torch(row):
    torch = pytest.importorskip("torch")
    if row.like is None:
        pytest.skip("nothing in torch does exactly this")
    xs = tensors(row)
    ys = [torch.tensor(x, requires_grad=True) if is_input(x) else torch.from_numpy(x.copy())
          if isinstance(x, np.ndarray) else x
          for x in row.inputs]
    theirs = row.like(*ys)
    theirs = [o for o in (theirs if isinstance(theirs, (tuple, list)) else (theirs,)) if o.is_floating_point()]
    ours = outputs_of(row, xs)
    assert len(ours) == len(theirs)
    for a, b in zip(ours, theirs):
        np.testing.assert_allclose(a.array, b.detach().numpy(), rtol=1e-9, atol=1e-10)
    us = [u.array for u, o in zip(weights_for(ours), theirs) if o.requires_grad]
    if not us:
        return
    expected = torch.autograd.grad([o for o in theirs if o.requires_grad],
                                   [y for y in ys if isinstance(y, torch.Tensor) and y.requires_grad],
                                   [torch.tensor(u) for u in us], allow_unused=True)
    for a, b in zip(pulled_back(row, xs), expected):
        np.testing.assert_allclose(a.array, 0 if b is None else b.numpy(), rtol=1e-8, atol=1e-9)


@everything
def test_leaves_its_inputs_and_gradients_alone(row):
    xs = tensors(row)
    before = [x.array.copy() if isinstance(x, mtorch.Tensor) else x for x in xs]
    outs = outputs_of(row, xs)
    values = [o.array.copy() for o in outs]
    if row.orders:
        us = weights_for(outs)
        recorded = [(o, u) for o, u in zip(outs, us) if o.requires_grad]
        mtorch.autograd.backward([o for o, _ in recorded], [u for _, u in recorded])
        for u, again in zip(us, weights_for(outs)):
            assert np.array_equal(u.array, again.array), "an incoming gradient was written"
    for x, b in zip(xs, before):
        if isinstance(x, mtorch.Tensor):
            assert np.array_equal(x.array, b), "an input was written"
    for o, v in zip(outs, values):
        assert np.array_equal(o.array, v), "a result was written by its own pullback"


@everything
def test_inputs_that_do_not_lie_in_order(row):
    def scattered(a):
        wide = np.zeros(a.shape[::-1] + (2,)) if a.ndim else np.zeros((2,))
        wide[..., 0] = a.T
        return wide[..., 0].T
    plain, strange = tensors(row), [x if not is_input(x) else mtorch.from_numpy(scattered(x)).requires_grad_()
                                    for x in row.inputs]
    for a, b in zip(outputs_of(row, plain), outputs_of(row, strange)):
        np.testing.assert_allclose(b.array, a.array, rtol=1e-12, atol=1e-13)
    if row.orders:
        for a, b in zip(pulled_back(row, plain), pulled_back(row, strange)):
            np.testing.assert_allclose(b.array, a.array, rtol=1e-10, atol=1e-11)
