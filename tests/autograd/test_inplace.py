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


def frozen_layer(T, x, b):
    layer = T.nn.Linear(4, 4).double().requires_grad_(False)
    with T.no_grad():
        layer.weight.copy_(T.tensor(np.sin(np.arange(16.0)).reshape(4, 4)))
        layer.bias.fill_(0.5)
    y = x * 1
    y += layer(y)
    return (y * y).sum(), y


def frozen_layer_of_three_dimensions(T, x, b):
    layer = T.nn.Linear(4, 4, bias=False).double().requires_grad_(False)
    with T.no_grad():
        layer.weight.copy_(T.tensor(np.sin(np.arange(16.0)).reshape(4, 4)))
    y = x[None] * 1
    y += layer(y)
    return (y * y).sum(), y


def constant_products(T, x, b):
    c = T.tensor(np.sin(np.arange(16.0)).reshape(4, 4))
    y = x * 1
    y += T.nn.functional.linear(y, c)
    y += T.einsum("ij,jk->ik", y, c)
    y += T.tensordot(y, c, dims=1)
    y += T.inner(y, c)
    return (y * y).sum(), y


def einsum_of_one_operand(T, x, b):
    y = x * 1
    T.einsum("ii->i", y[:, :3]).mul_(b[:3])
    T.einsum("ij->ji", y)[1] = b[1] * 2
    T.einsum("...", y).add_(b)
    T.einsum("ij->i", y).mul_(b[0])                      # a sum is no view
    return (y * y).sum(), y


def raises_product_of_what_is_kept(T, x, b):
    y = x * 1
    z = T.einsum("ij,j->i", y, b)
    y += 1
    return z.sum(),


def window_written(T, x, b):
    y = x * 1
    y.unfold(1, 2, 1)[:, 0].mul_(3)
    y.unfold(0, 2, 1)[1] = b[:, None] * 2
    return (y * y).sum(), y


def windows_follow(T, x, b):
    y = x * 1
    v, w = y.unfold(1, 2, 1), y.as_strided((3, 2), (1, 1))
    y.mul_(b)
    return (v * v).sum() + (w * w).sum(), v, w


def windows_zeroed(T, x, b):
    y = x * 1
    y.unfold(1, 2, 1)[1].zero_()
    return (y * y).sum(), y


def raises_window_kept(T, x, b):
    c = T.ones(3, 4, dtype=T.float64)
    z = c.unfold(1, 2, 1) * b[0]
    c.mul_(2)
    return z.sum(),


def expanded_written_where_nothing_overlaps(T, x, b):
    y = x[:, :1] * 1
    v = y.expand(3, 4)
    v[:, 0] = b[:3] * 3
    v[1, 2] = 7
    return (y * y).sum() + (v * v).sum(), y, v


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


@pytest.mark.parametrize("T", ["mtorch", "torch"])
def test_version_counts_writes(T):
    T = pytest.importorskip(T)
    x = T.zeros(3, 4)
    versions = [x._version]
    for write in (x.zero_, lambda: x.add_(1), lambda: x[0].mul_(2), lambda: x.__setitem__(0, 1)):
        write()
        versions.append(x._version)
    assert versions == [0, 1, 2, 3, 4] and x[1].detach()._version == 4 and (x * 1)._version == 0


def overlapping(T):
    """Writes to tensors whose elements share memory: (what is written, the write)."""
    x, a = T.ones(3, 1), T.arange(4.0)
    wide, windows, strided = x.expand(3, 4), a.unfold(0, 2, 1), a.as_strided((3, 2), (1, 1))
    fills = {"zero": lambda v: v.zero_(), "fill": lambda v: v.fill_(2), "mask": lambda v: v.__setitem__(v >= 0, 5.0)}
    for view in (wide, windows, strided):
        for name in fills:
            yield view, fills[name]
        yield view, lambda v: v[:, 0].mul_(3)
        yield view, lambda v: v.__setitem__((slice(None), 0), 4)
        yield view, lambda v: v.__setitem__((0, 0), 6)
    yield wide, lambda v: v.__setitem__((slice(None), T.tensor([0, 1])), 5.0)
    yield windows, lambda v: v[0].mul_(2)
    yield windows, lambda v: v.__setitem__(1, T.tensor([8.0, 9.0]))


@pytest.mark.filterwarnings("ignore:Use of (index_put_|masked_fill_) on expanded tensors:UserWarning")
def test_writes_to_what_overlaps_as_torch():
    torch = pytest.importorskip("torch")
    for (ours, write), (theirs, write_there) in zip(overlapping(mtorch), overlapping(torch), strict=True):
        write(ours)
        write_there(theirs)
        np.testing.assert_array_equal(ours.numpy(), theirs.numpy())


@pytest.mark.parametrize("write", [
    lambda T, v: v.mul_(2), lambda T, v: v.add_(v), lambda T, v: v.copy_(T.ones(2)), lambda T, v: v.uniform_(),
    lambda T, v: v.__setitem__(0, 1), lambda T, v: v.__setitem__(slice(None), 1), lambda T, v: v.fill_(T.tensor(2.0)),
], ids=["mul", "add", "copy", "uniform", "row", "all", "fill"])
@pytest.mark.parametrize("T", ["mtorch", "torch"])
def test_a_write_to_an_expanded_tensor_that_has_no_one_meaning(T, write):
    T = pytest.importorskip(T)
    with pytest.raises(RuntimeError, match="more than one element of the written-to tensor refers to a single"):
        write(T, T.ones(3, 1).expand(3, 2))


@pytest.mark.parametrize("write", [lambda v: v.mul_(2), lambda v: v.copy_(mtorch.arange(6.0).view(3, 2)),
                                   lambda v: v.__setitem__(slice(None), mtorch.arange(6.0).view(3, 2))])
@pytest.mark.parametrize("view", [lambda x: x.unfold(0, 2, 1), lambda x: x.as_strided((3, 2), (1, 1))])
def test_a_write_to_all_of_the_windows_is_refused(view, write):
    """Torch writes one element after the other, so that what two windows share is changed twice."""
    x = mtorch.arange(4.0)
    with pytest.raises(RuntimeError, match="more than one element of the written-to tensor refers to a single"):
        write(view(x))
    assert x.tolist() == [0, 1, 2, 3]


ONE_OPERAND = {
    "einsum that permutes": lambda T, x: T.einsum("ij->ji", x), "einsum of a diagonal": lambda T, x: T.einsum("ii->i", x),
    "einsum that does nothing": lambda T, x: T.einsum("...->...", x), "Tensor of a tensor": lambda T, x: T.Tensor(x),
    "tensor_split": lambda T, x: T.tensor_split(x, 2)[1], "hsplit": lambda T, x: T.hsplit(x, 2)[0],
    "pixel_shuffle by 1": lambda T, x: T.nn.functional.pixel_shuffle(x[None], 1),
    "pixel_unshuffle by 1": lambda T, x: T.nn.functional.pixel_unshuffle(x[None], 1),
    "channel_shuffle of 1 group": lambda T, x: T.nn.functional.channel_shuffle(x[None, :, :], 1),
    "chain_matmul of 1": lambda T, x: T.chain_matmul(x),
}


@pytest.mark.filterwarnings("ignore:torch.chain_matmul is deprecated:UserWarning")
@pytest.mark.parametrize("name", ONE_OPERAND)
def test_a_write_reaches_the_operand_where_it_does_in_torch(name):
    """These move nothing: some are views, which a gradient has to know of, and some are copies all the same."""
    torch = pytest.importorskip("torch")

    def found(T):
        w = T.arange(16.0).view(4, 4).requires_grad_()
        x = w * 2
        y = ONE_OPERAND[name](T, x)
        y.mul_(3)
        gradients = T.autograd.grad((x * x).sum(), w, retain_graph=True) + T.autograd.grad((y * y).sum(), w)
        return [y._is_view(), x.tolist(), *(g.tolist() for g in gradients)]
    assert found(mtorch) == found(torch)


def test_a_tensor_of_an_older_class_is_of_its_type():
    x = mtorch.tensor([1, 2])
    assert mtorch.LongTensor(x).data_ptr() == x.data_ptr()
    with pytest.raises(TypeError, match="FloatTensor.*expected a tensor of torch.float32, got one of torch.int64"):
        mtorch.FloatTensor(x)


def views_of_a_parameter(lib):
    """What views taken in no_grad mode show, and where they are refused."""
    told = []
    p = lib.nn.Parameter(lib.ones(2, 2))
    z = p * 3
    with lib.no_grad():
        told += [repr(t) for t in (p[0], p.view(-1), p.t(), p.T, p[0, 0], p.unsqueeze(0), p.reshape(4), p.flatten(), z[0],
                                   p.detach()[0], p.data[0], p * 1, p.sum(), p[[0]], p.split(1)[0], p.unbind()[1])]
        told += [repr(row) for row in p]
        v = p[0]
        v.add_(1)
        told += [repr(v), repr(v.sum()), repr(v * 2), repr(v.clone()), v.tolist(), repr(p)]
        p[1].mul_(5)
        unchanged = p[1]
    told += [repr(v), v.requires_grad, repr(unchanged * 2)]
    for use in (lambda: v.sum(), lambda: v.numpy(), lambda: unchanged.numpy(), lambda: v.grad_fn):
        try:
            told.append(use())
        except RuntimeError as error:
            told.append(str(error))
    (p * 2).sum().backward()
    told.append(p.grad.tolist())
    x = lib.zeros(3)
    with lib.no_grad():
        part = x[0]
    x.mul_(lib.ones(3, requires_grad=True))
    try:
        told.append((part * 2).requires_grad)
    except RuntimeError as error:
        told.append(str(error))
    return told


def test_views_taken_in_no_grad_mode_are_torchs():
    torch = pytest.importorskip("torch")
    assert views_of_a_parameter(mtorch) == views_of_a_parameter(torch)
