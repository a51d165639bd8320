"""In-place writes and views: each program gives torch's gradient, or the error torch gives."""
from __future__ import annotations

import random

import numpy as np
import pytest

import mtorch

A = np.arange(12.0).reshape(3, 4) / 7 + 0.1
B = np.cos(np.arange(4.0))
MASK = A > 0.5


def iadd(T, x, b):
    y = x * 1
    y += b
    return (y * y).sum(), y


def constants(T, x, b):
    y = x * 2
    y.mul_(3)
    y.add_(b, alpha=2)
    return (y * b).sum(), y


def set_row(T, x, b):
    y = x * 1
    y[1] = b
    return (y * y).sum(), y


def set_mask(T, x, b):
    y = x * 1
    y[T.tensor(MASK)] = b.sum()
    return (y * y).sum(), y


def set_rows_by_index(T, x, b):
    y = x * 1
    y[T.tensor([2, 0])] = b
    return (y * y * x).sum(), y


def recurrent_loop(T, x, b):
    out = T.zeros(4, 5, dtype=T.float64)
    h = b
    for t in range(5):
        h = (h * 1.1).tanh()
        out[:, t] = h
    return (out * out).sum(), out


def base_through_views(T, x, b):
    y = x * 1
    y[1].mul_(10)
    y[:, 0] += 5
    return (y * y).sum(), y


def other_views_follow(T, x, b):
    y = x * 1
    v, w = y[0], y.reshape(-1)
    y[:, 1] *= b[0]
    y.T[2].mul_(b[:3])
    return (v * v).sum() + w.tanh().sum(), v, w


def views_of_views(T, x, b):
    y = x * 1
    y[1:].T[2:][0].mul_(b[1:3])
    y.reshape(2, 6)[1][::2].add_(b[:3])
    return (y * y).sum(), y


def used_before(T, x, b):
    y = x * 1
    u = y + 1
    y[0] = b
    return (u * y).sum(), y


def fills(T, x, b):
    y = x * 1
    y[0].fill_(2.0)
    y[1].zero_()
    y[2].copy_(b)
    z = x * 1
    z.zero_()
    return (y * y).sum() + z.sum(), y


def diagonal(T, x, b):
    y = x * 1
    y[:, :3].diagonal().mul_(b[:3])
    return (y * y).sum(), y


def buffer_view(T, x, b):
    buffer = T.zeros(3, 4, dtype=T.float64)
    v = buffer[1]
    v += b
    w = buffer[1]
    return (buffer * x + w * 2).sum() + (v * v).sum(), buffer


def zero_dim(T, x, b):
    s = (x * x).sum()
    s += 3
    r = T.zeros(1, dtype=T.float64).sum()
    r += s
    return r * b[0], r


def expanded_row(T, x, b):
    y = b * 1
    y.expand(3, 4)[0].mul_(x[0])
    return (y * y).sum(), y


def under_no_grad(T, x, b):
    with T.no_grad():
        x.mul_(2)
        x[0].add_(1)
        x[:, 1] = 3.0
        x.copy_(x + 1)
    return (x * x).sum(), x


def data_written(T, x, b):
    x.data.add_(1)
    x.data[0] = 5.0
    return (x * x).sum(), x


def detached_written(T, x, b):
    x.detach().mul_(2)
    return (x * x).sum(), x


def data_written_after_use(T, x, b):
    y = x * 1
    z = y * y
    y.data.mul_(2)
    return z.sum(), z


def thousand_writes(T, x, b):
    y = x * 1
    for i in range(1000):
        y.mul_(1.001)
        y[i % 3] += b
    return (y * y).sum() * 1e-4, y


def second_order_loop(T, x, b):
    out, y = T.zeros(3, 4, dtype=T.float64), x * 1
    for i in range(3):
        out[i] = y[i].tanh() * b
        y[i] *= b
    g, = T.autograd.grad((out * out * y).sum(), [x], create_graph=True)
    return (g * g).sum(), g


def second_order_views(T, x, b):
    y = x * x
    v = y.T[1:]
    v.mul_(b[:3])
    w = y[0]
    y[1:] += w * 1
    w.add_(v[0, 0] * 1)
    g, = T.autograd.grad((y * y).sum() + (w * w).sum(), [x], create_graph=True)
    return (g * g).sum(), g


def relu_in_place(T, x, b):
    y = x - 0.5
    T.nn.functional.relu(y, inplace=True)
    return (y * b).sum(), y


def raises_input_kept(T, x, b):
    a = x * 1
    z = a * a
    a.add_(1)
    return z.sum(),


def raises_output_kept(T, x, b):
    z = (x * 1).exp()
    z.mul_(2)
    return z.sum(),


def raises_through_view(T, x, b):
    a = x * 1
    z = a * a
    a[0].add_(1)
    return z.sum(),


def raises_transposed(T, x, b):
    w = x * 1
    z = w.T @ w
    w[0] = 1.0
    return z.sum(),


def raises_constant_kept(T, x, b):
    c = T.tensor(A)
    z = x * c
    c.add_(1)
    return z.sum(),


def raises_detached_kept(T, x, b):
    y = x * 1
    z = y * y
    y.detach().mul_(2)
    return z.sum(),


def raises_no_grad_kept(T, x, b):
    z = x * x
    with T.no_grad():
        x.add_(1)
    return z.sum(),


def raises_leaf(T, x, b):
    x.add_(1)
    return x.sum(),


def raises_leaf_view(T, x, b):
    x[0].add_(1)
    return x.sum(),


def raises_leaf_setitem(T, x, b):
    x[0] = 1.0
    return x.sum(),


def raises_broadcast(T, x, b):
    y = b * 1
    y += x
    return y.sum(),


def raises_expanded(T, x, b):
    y = (b * 1).expand(3, 4)
    y.add_(1)
    return y.sum(),


def raises_unbound(T, x, b):
    y = x * 1
    y.unbind()[0].mul_(b)
    return (y * y).sum(),


def raises_second_backward(T, x, b):
    y = x * 1
    y[0] += b
    (y * y).sum().backward()
    return (y * y).sum(),


def raises_cast(T, x, b):
    n = T.tensor([1, 2])
    n.add_(1.5)
    return x.sum(),


PROGRAMS = [f for f in list(globals().values()) if callable(f) and getattr(f, "__code__", None) is not None
            and f.__code__.co_varnames[:3] == ("T", "x", "b")]


def run(T, program):
    x, b = T.tensor(A.copy(), requires_grad=True), T.tensor(B.copy(), requires_grad=True)
    try:
        results = program(T, x, b)
        values = [np.array(r.detach().numpy()) for r in results]
        results[0].backward()
    except RuntimeError as error:
        return error
    return values + [np.zeros(p.shape) if p.grad is None else np.array(p.grad.numpy()) for p in (x, b)]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_as_torch(program):
    torch = pytest.importorskip("torch")
    ours, theirs = run(mtorch, program), run(torch, program)
    assert isinstance(ours, Exception) == isinstance(theirs, Exception), (ours, theirs)
    if isinstance(ours, Exception):
        assert str(ours)[:25] == str(theirs)[:25]
    else:
        for a, b in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("program", [p for p in PROGRAMS if p.__name__.startswith("raises")], ids=lambda f: f.__name__)
def test_raises(program):
    assert isinstance(run(mtorch, program), RuntimeError)


def random_program(T, seed):
    """Views, writes through them and uses before and after, drawn by seed."""
    r = random.Random(seed)
    x, b = T.tensor(A.copy(), requires_grad=True), T.tensor(B.copy(), requires_grad=True)
    y = x * 1 if r.random() < 0.7 else T.tensor(A.copy())
    views, kept = [y], []
    try:
        for _ in range(r.randint(3, 12)):
            v = r.choice(views)
            nd, what = len(v.shape), r.randrange(9)
            if what == 0 and nd:
                views.append(v[r.randrange(v.shape[0])])
            elif what == 1 and nd == 2:
                views.append(v.T)
            elif what == 2 and nd:
                views.append(v[1:] if v.shape[0] > 1 else v[:1])
            elif what == 3:
                views.append(v.unsqueeze(0))
            elif what == 4:
                v.mul_(r.choice([1.5, -0.5]))
            elif what == 5:
                v.add_(b[r.randrange(4)] * 1)
            elif what == 6 and nd:
                v[r.randrange(v.shape[0])] = b[1] * r.random()
            elif what == 7:
                kept.append(v * b[0] if r.random() < 0.5 else v + b[0])
            elif what == 8:
                if r.random() < 0.5:
                    v.mul_(b[2] * 1)
                elif nd:
                    v[..., ::2] += (b * b).sum()
        loss = (y * x).sum()
        for i, v in enumerate(views + kept):
            loss = loss + (v * v * (i + 1)).sum()
        if r.random() < 0.5:
            g, = T.autograd.grad(loss, [x], create_graph=True)
            loss = (g * g).sum() + (x * b).sum()
        loss.backward()
    except RuntimeError as error:
        return str(error)
    return [np.array(t.detach().numpy()) for t in [loss, *views]] + \
        [np.zeros(p.shape) if p.grad is None else np.array(p.grad.numpy()) for p in (x, b)]


def test_random_programs_never_give_a_wrong_gradient():
    torch = pytest.importorskip("torch")
    same = 0
    for seed in range(600):
        ours, theirs = random_program(mtorch, seed), random_program(torch, seed)
        if isinstance(ours, list) and isinstance(theirs, list):
            for a, b in zip(ours, theirs, strict=True):
                np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12, err_msg=f"program {seed}")
            same += 1
    assert same > 350


def test_writing_a_view_of_a_leaf_made_without_recording():
    x = mtorch.ones(3, requires_grad=True)
    y = x * 1
    with mtorch.no_grad():
        v = y[0]
    with pytest.raises(RuntimeError, match="view was created in no_grad mode"):
        v.mul_(2)


def test_version_grows_with_writes():
    x = mtorch.zeros(3)
    before = x._version
    x[0] = 1
    assert x._version > before
