"""The sweep: what backward and grad do, what they refuse, and that nothing stays behind."""
from __future__ import annotations

import gc
import warnings

import numpy as np
import pytest

import mtorch
from mtorch import nn


def leaf(*values):
    return mtorch.tensor(values, dtype=mtorch.float64, requires_grad=True)


def test_gradients_add_up():
    x = leaf(1.0, 2.0)
    for _ in range(3):
        (x * x).sum().backward()
    assert x.grad.tolist() == [6.0, 12.0]


def test_accumulation_keeps_the_gradient_tensor():
    x = leaf(1.0)
    x.sum().backward()
    g = x.grad
    x.sum().backward()
    assert x.grad is g and g.item() == 2


def test_two_leaves_never_share_a_gradient():
    a, b = leaf(1.0, 2.0), leaf(3.0, 4.0)
    (a + b).sum().backward()
    a.grad.zero_()
    assert b.grad.tolist() == [1, 1]
    x, seed = leaf(1.0), mtorch.tensor([1.0], dtype=mtorch.float64)
    x.clone().backward(seed)
    x.grad.zero_()
    assert seed.item() == 1


def test_a_chain_of_200000_operations():
    x = mtorch.ones(1, requires_grad=True)
    y = x
    for _ in range(200_000):
        y = y + 1
    y.backward()
    assert x.grad.item() == 1
    del y                                               # and it is let go of without overflowing the stack


def test_letting_go_of_a_long_chain_that_was_never_walked():
    x = mtorch.ones(1, requires_grad=True)
    y = x
    for _ in range(200_000):
        y = y * 1.0
    del y
    gc.collect()


def test_a_training_step_leaves_no_cyclic_garbage():
    net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Dropout(0.5), nn.Linear(8, 3))
    optimizer = mtorch.optim.Adam(net.parameters())
    criterion = nn.CrossEntropyLoss()
    x, y = mtorch.randn(16, 4), mtorch.randint(0, 3, (16,))

    def step():
        optimizer.zero_grad()
        loss = criterion(net(x), y)
        loss.backward()
        optimizer.step()
    step()
    gc.collect()
    gc.disable()
    try:
        for _ in range(3):
            step()
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_backward_frees_the_graph():
    x = leaf(2.0)
    y = (x * x).sum()
    y.backward()
    with pytest.raises(RuntimeError, match="second time"):
        y.backward()
    y = (x * x).sum()
    y.backward(retain_graph=True)
    y.backward()
    assert x.grad.item() == 12


def freed():
    """A leaf, and what was computed of it in a graph that was let go."""
    x = leaf(2.0)
    y = (x * x).sum()
    y.backward()
    return x, y


@pytest.mark.parametrize("ask", [
    lambda x, y: mtorch.autograd.grad(y, x),
    lambda x, y: mtorch.autograd.grad(y, x, allow_unused=True),
    lambda x, y: mtorch.autograd.grad(y, x, materialize_grads=True),
    lambda x, y: y.backward(inputs=[x]),
    lambda x, y: mtorch.autograd.grad(y * 3 + x.sum(), x),               # what comes by way of y would be missing
    lambda x, y: mtorch.autograd.grad(y * y, [y, x]),
])
def test_what_lies_behind_a_freed_graph_is_an_error_also_where_targets_are_given(ask):
    with pytest.raises(RuntimeError, match="second time"):
        ask(*freed())


def test_what_lies_before_a_freed_graph_has_its_gradient():
    x, y = freed()
    assert mtorch.autograd.grad(y * y + x.sum(), y)[0].item() == 8
    assert mtorch.autograd.grad(y.detach() * x, x)[0].item() == 4


def test_a_graph_that_kept_nothing_can_be_walked_again_as_in_torch():
    x = leaf(1.0, 2.0)
    y = (x + 1).sum()
    y.backward()
    y.backward()
    assert x.grad.tolist() == [2, 2]


def test_backward_from_what_is_not_a_scalar():
    x = leaf(1.0, 2.0)
    with pytest.raises(RuntimeError, match="implicitly created only for scalar"):
        (x * x).backward()
    (x * x).backward(mtorch.tensor([1.0, 10.0], dtype=mtorch.float64))
    assert x.grad.tolist() == [2, 40]
    with pytest.raises(RuntimeError, match="Mismatch in shape"):
        (x * x).backward(mtorch.ones(3))
    with pytest.raises(RuntimeError, match="does not require grad"):
        mtorch.ones(1).backward()


def test_backward_into_chosen_inputs():
    a, b = leaf(2.0), leaf(3.0)
    (a * b).sum().backward(inputs=[a])
    assert a.grad.item() == 3 and b.grad is None
    with pytest.raises(RuntimeError, match="cannot be empty"):
        (a * b).sum().backward(inputs=[])


def test_grad_of_an_intermediate_result():
    x = leaf(1.0, 2.0)
    h = x * 3
    y = (h * h).sum()
    gh, gx = mtorch.autograd.grad(y, [h, x])
    assert gh.tolist() == [6, 12] and gx.tolist() == [18, 36] and x.grad is None


def test_grad_walks_only_what_leads_to_the_inputs():
    x, z = leaf(1.0), leaf(1.0)
    seen = []
    branch = z * 2
    branch.register_hook(lambda g: seen.append(g))
    mtorch.autograd.grad((x * branch).sum(), x)
    assert not seen


def test_unused_inputs():
    x, z = leaf(1.0), leaf(1.0)
    with pytest.raises(RuntimeError, match="not have been used"):
        mtorch.autograd.grad(x.sum(), z)
    assert mtorch.autograd.grad(x.sum(), z, allow_unused=True) == (None,)
    assert mtorch.autograd.grad(x.sum(), z, materialize_grads=True)[0].item() == 0
    with pytest.raises(RuntimeError, match="does not require grad"):
        mtorch.autograd.grad(x.sum(), mtorch.ones(1))


def test_third_derivative():
    x = leaf(2.0)
    y = x ** 4
    for expected in (32, 48, 48):
        y, = mtorch.autograd.grad(y.sum(), x, create_graph=True)
        assert y.item() == pytest.approx(expected)


def test_backward_with_create_graph_leaves_differentiable_gradients():
    x = leaf(3.0)
    (x ** 3).sum().backward(create_graph=True)
    assert x.grad.requires_grad
    g, = mtorch.autograd.grad(x.grad.sum(), x)
    assert g.item() == 18


def test_maml_step_as_torch():
    torch = pytest.importorskip("torch")
    results = []
    for T in (torch, mtorch):
        w = T.tensor([[0.5, -0.3], [0.1, 0.7]], dtype=T.float64, requires_grad=True)
        x = T.tensor([[1.0, 2.0], [3.0, -1.0]], dtype=T.float64)
        inner = ((x @ w).tanh() ** 2).mean()
        g, = T.autograd.grad(inner, w, create_graph=True)
        outer = ((x @ (w - 0.1 * g)).sigmoid()).sum()
        outer.backward()
        results.append(np.array(w.grad.numpy()))
    np.testing.assert_allclose(results[1], results[0], rtol=1e-12)


def test_hooks_on_leaves_and_on_results():
    x = leaf(1.0, 2.0)
    h = x * 2
    seen = []
    handle = h.register_hook(lambda g: seen.append(g.tolist()))
    h.register_hook(lambda g: g * 10)
    x.register_hook(lambda g: g + 1)
    h.sum().backward()
    assert seen == [[1, 1]] and x.grad.tolist() == [21, 21]
    handle.remove()
    x.grad = None
    (x * 2).sum().backward()
    assert len(seen) == 1 and x.grad.tolist() == [3, 3]


def test_what_a_hook_kept_stays_as_it_was():
    x = mtorch.ones(2, requires_grad=True)
    seen = []
    x.register_hook(seen.append)
    h = x + 0
    h.register_hook(seen.append)
    (h * 3).sum().backward()
    (x * 5).sum().backward()
    assert [g.tolist() for g in seen] == [[3.0, 3.0], [3.0, 3.0], [5.0, 5.0]]
    assert x.grad.tolist() == [8.0, 8.0]


def test_what_a_hook_on_a_node_kept_stays_as_it_was():
    w = mtorch.ones(2, requires_grad=True)
    seen = []
    y = w * mtorch.tensor([2.0, 3.0])
    y.grad_fn.register_hook(lambda gi, go: seen.extend([gi[0], go[0]]))
    y.grad_fn.register_prehook(lambda go: seen.append(go[0]))
    y.sum().backward()
    (w * 5).sum().backward()
    assert [g.tolist() for g in seen] == [[1.0, 1.0], [2.0, 3.0], [1.0, 1.0]]
    given = mtorch.ones(2)
    z = w + 0
    z.grad_fn.register_hook(lambda gi, go: (given, *gi[1:]))
    w.grad = None
    z.sum().backward()
    (w * 5).sum().backward()
    assert given.tolist() == [1.0, 1.0] and w.grad.tolist() == [6.0, 6.0]


def test_hook_that_changes_the_shape():
    x = leaf(1.0, 2.0)
    x.register_hook(lambda g: g[:1])
    with pytest.raises(RuntimeError, match="changed the size"):
        x.sum().backward()


def test_post_accumulate_hook():
    x = leaf(1.0)
    seen = []
    x.register_post_accumulate_grad_hook(lambda p: seen.append(p.grad.item()))
    (x * 5).sum().backward()
    assert seen == [5]


def test_retain_grad():
    x = leaf(1.0, 2.0)
    h = x * 3
    h.retain_grad()
    (h * h).sum().backward()
    assert h.grad.tolist() == [6, 12] and h.retains_grad and not x.retains_grad


def retained_beside_hooks(T, x):
    y = x * 2
    y.register_hook(lambda g: g * 10)
    y.retain_grad()
    y.register_hook(lambda g: g + 1)
    y.sum().backward()
    return y.grad, x.grad


def retained_and_written(T, x):
    y = x * 2
    y.retain_grad()
    y.mul_(3)
    y[:1].mul_(x[1])
    (y * y).sum().backward()
    return y.grad, x.grad


def retained_view_of_what_is_written(T, x):
    y = x * 2
    v = y[:1]
    v.retain_grad()
    y.mul_(3)
    (y.sum() + (v * v).sum()).backward()
    return v.grad, x.grad


def retained_part(T, x):
    a, b = (x * x).split(1)
    a.retain_grad()
    a.register_hook(lambda g: g * 2)
    (a * b).sum().backward()
    return a.grad, x.grad


def retained_with_its_graph(T, x):
    y = x ** 2
    y.retain_grad()
    for _ in range(2):
        (y ** 2).sum().backward(create_graph=True)
    x.grad = None
    y.grad.sum().backward()
    return y.grad.detach(), x.grad


@pytest.mark.parametrize("program", [f for name, f in list(globals().items()) if name.startswith("retained_")])
@pytest.mark.filterwarnings("ignore:Using backward:UserWarning")      # with create_graph, of a circle of references
def test_retain_grad_as_torch(program):
    torch = pytest.importorskip("torch")
    theirs, ours = (program(T, T.tensor([1.0, 2.0], requires_grad=True)) for T in (torch, mtorch))
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a.numpy(), b.numpy())


def test_assigned_grad_is_checked():
    x = leaf(1.0, 2.0)
    with pytest.raises(RuntimeError, match=r"assign a gradient of size '\[3\]' to a tensor of size '\[2\]'"):
        x.grad = mtorch.ones(3, dtype=mtorch.float64)
    with pytest.raises(RuntimeError, match="assign a gradient with dtype"):
        x.grad = mtorch.ones(2)
    with pytest.raises(RuntimeError, match="can't assign Variable as its own grad"):
        x.grad = x
    with pytest.raises(TypeError, match="Tensor or None"):
        x.grad = 1.0
    x.grad = mtorch.ones(2, dtype=mtorch.float64)
    del x.grad
    assert x.grad is None


def test_modes():
    x = leaf(1.0)
    with mtorch.no_grad():
        assert not (x * 2).requires_grad
        with mtorch.enable_grad():
            assert (x * 2).requires_grad
    with mtorch.set_grad_enabled(False):
        assert not (x * 2).requires_grad
    mtorch.set_grad_enabled(False)
    assert not (x * 2).requires_grad
    mtorch.set_grad_enabled(True)
    with mtorch.inference_mode():
        assert not (x * 2).requires_grad and mtorch.is_inference_mode_enabled()
    assert (x * 2).requires_grad


def test_modes_as_decorators():
    x = leaf(1.0)

    @mtorch.no_grad()
    def one():
        return x * 2

    @mtorch.no_grad
    def two():
        return x * 2

    @mtorch.inference_mode()
    def three():
        return x * 2

    @mtorch.set_grad_enabled(False)
    def four():
        return x * 2

    @mtorch.no_grad()
    def five():
        for _ in range(2):
            yield (x * 2).requires_grad

    @mtorch.enable_grad()
    def six():
        return x * 2
    assert not any(f().requires_grad for f in (one, two, three, four)) and list(five()) == [False, False]
    with mtorch.no_grad():
        assert six().requires_grad
    assert mtorch.is_grad_enabled()


def test_mode_is_kept_after_an_error():
    with pytest.raises(ZeroDivisionError), mtorch.no_grad():
        1 / 0
    assert mtorch.is_grad_enabled()


def test_modes_belong_to_their_thread():
    import threading
    seen = []
    with mtorch.no_grad():
        thread = threading.Thread(target=lambda: seen.append(mtorch.is_grad_enabled()))
        thread.start()
        thread.join()
    assert seen == [True]


def test_anomaly_names_the_operation_the_module_and_the_line():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = nn.Sequential(nn.Linear(2, 2), Logarithm())

        def forward(self, x):
            return self.inner(x)

    class Logarithm(nn.Module):
        def forward(self, x):
            return (x * 0 - 1).log()

    with mtorch.autograd.set_detect_anomaly(True), pytest.raises(RuntimeError, match="LogBackward0.*nan.*test_engine.py") as e:
        Net()(mtorch.ones(1, 2))
    assert "inner.1" in "".join(getattr(e.value, "__notes__", [])) + str(e.value)


def test_anomaly_in_backward():
    x = leaf(0.0)
    with mtorch.autograd.detect_anomaly():
        y = x.sqrt()
        with pytest.raises(RuntimeError, match="SqrtBackward0.*inf.*output"):
            y.sum().backward()
    assert not mtorch.is_anomaly_enabled()
    x.sqrt().sum().backward()


def test_anomaly_does_not_mind_a_mask_of_minus_infinity():
    x = leaf(1.0, 2.0)
    with mtorch.autograd.detect_anomaly():
        y = x.masked_fill(mtorch.tensor([True, False]), -float("inf")).softmax(0)
        y[1].backward()


def test_grad_fn_as_torch_shows_it():
    torch = pytest.importorskip("torch")
    for T in (torch, mtorch):
        x = T.ones(2, 3, requires_grad=True)
        names = [f(x).grad_fn.name() for f in (
            lambda x: x + 1, lambda x: x * x, lambda x: x.sum(), lambda x: x.exp(), lambda x: x.T, lambda x: x[0],
            lambda x: x.view(6), lambda x: x ** 2, lambda x: x.relu(), lambda x: x.mean(), lambda x: -x,
            lambda x: x / 2, lambda x: x.log_softmax(1), lambda x: x @ x.T, lambda x: T.cat([x, x]),
            lambda x: T.stack([x, x]), lambda x: x.unsqueeze(0), lambda x: x.tanh(), lambda x: x.sigmoid(),
            lambda x: x.clone(), lambda x: x.double())]
        if T is torch:
            expected = names
    assert names == expected
    y = (mtorch.ones(1, requires_grad=True) * 2).sum()
    assert y.grad_fn.next_functions[0][0].name() == "MulBackward0"


def test_overflow_and_division_are_silent_as_in_torch():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        x = mtorch.zeros(1)
        assert (1 / x).item() == np.inf and np.isnan((x / x).item()) and mtorch.log(x).item() == -np.inf


@pytest.mark.parametrize(("call", "words"), [
    (lambda x: mtorch.autograd.backward([1.0]), "backward: expected Tensors, but got float"),
    (lambda x: mtorch.autograd.backward(x.sum(), inputs=[3]), "all inputs have to be Tensors, but got int"),
    (lambda x: mtorch.autograd.backward(x.sum(), "a"), "gradients can be Tensors, arrays, numbers or None, but got str"),
    (lambda x: mtorch.autograd.grad([1.0], [x]), "expected outputs to be Tensors, but got float"),
    (lambda x: mtorch.autograd.grad(x.sum(), [3]), "all inputs have to be Tensors, but got int"),
])
def test_what_is_no_tensor(call, words):
    with pytest.raises(TypeError, match=words):
        call(mtorch.ones(2, requires_grad=True))


def test_a_recorded_gradient_lies_in_order():
    """A gradient penalty on a convolution's input takes its norm by `.view(n, -1)`."""
    layer, x = nn.Conv2d(1, 4, 4, stride=2, padding=1), mtorch.rand(3, 1, 8, 8, requires_grad=True)
    gradient, = mtorch.autograd.grad(layer(x).square().sum(), x, create_graph=True)
    (gradient.view(3, -1).norm(dim=1) - 1).square().mean().backward()
    assert layer.weight.grad.abs().sum() > 0
    layer(x).square().sum().backward(create_graph=True)
    assert x.grad.is_contiguous()


def test_grad_of_a_batch_of_gradients():
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    a, v, u = rng.standard_normal((3, 4)), rng.standard_normal((5, 3)), rng.standard_normal((5, 3, 4))

    def found(t):
        x = t.tensor(a, requires_grad=True)
        y, z = (x ** 3).sum(1), x.sin()
        given = (t.tensor(v), t.tensor(u))
        (g,) = t.autograd.grad((y, z), (x,), given, retain_graph=True, is_grads_batched=True)
        (h,) = t.autograd.grad((y, z), x, given, create_graph=True, is_grads_batched=True)
        (second,) = t.autograd.grad((h ** 2).sum(), x)
        return g, h, second
    for mine, theirs in zip(found(mtorch), found(torch), strict=True):
        np.testing.assert_allclose(mine.detach().numpy(), theirs.detach().numpy(), rtol=1e-12)
    x = mtorch.ones(2, requires_grad=True)
    unused = mtorch.ones(2, requires_grad=True)
    jacobian, nothing = mtorch.autograd.grad(x * 2, (x, unused), mtorch.eye(2), is_grads_batched=True, allow_unused=True)
    assert jacobian.tolist() == [[2, 0], [0, 2]] and nothing is None
    with pytest.raises(ValueError, match="as many gradients"):
        mtorch.autograd.grad((x * 2, x * 3), x, (mtorch.eye(2), mtorch.ones(3, 2)), is_grads_batched=True)


@pytest.mark.parametrize("T", ["mtorch", "torch"])
def test_what_a_post_accumulate_hook_returns(T):
    T = pytest.importorskip(T)
    for returned, error, words in ((3, TypeError, "expected Variable, but hook returned 'int'"),
                                   (T.ones(3), RuntimeError, "has changed the size of value")):
        x = T.ones(2, requires_grad=True)
        x.register_post_accumulate_grad_hook(lambda leaf: returned)
        with pytest.raises(error, match=words):
            x.sum().backward()


FLAT = ["F.relu(x)", "F.leaky_relu(x)", "F.prelu(x, T.tensor([0.2]))", "F.hardtanh(x)", "F.relu6(x)",
        "F.hardshrink(x)", "F.softshrink(x)", "F.threshold(x, 0.1, 0.0)", "F.l1_loss(x, T.zeros(1, 1, 4))", "x.abs()",
        "F.max_pool1d(x, 2)", "F.avg_pool1d(x, 2)", "F.conv1d(x, T.ones(1, 1, 2))", "F.conv_transpose1d(x, T.ones(1, 1, 2))",
        "F.pad(x, (1, 1), 'reflect')", "F.nll_loss(x[0], T.tensor([1]))"]


@pytest.mark.parametrize("call", FLAT)
def test_a_slope_that_does_not_change_has_a_gradient_of_zeros(call):
    """As in torch; u'' of a network of ReLUs is asked for by programs that know no better."""
    for lib in (mtorch, pytest.importorskip("torch")):
        x = lib.tensor([[[-2.0, -0.3, 0.6, 4.0]]], requires_grad=True)
        y = eval(call, {"T": lib, "F": lib.nn.functional, "x": x})
        g, = lib.autograd.grad(y.sum(), x, create_graph=True)
        assert g.requires_grad
        (g * lib.arange(4.0)).sum().backward()
        assert x.grad is None or (x.grad + 0).tolist() == [[[0.0] * 4]]       # for abs torch has None


def test_second_derivatives_of_a_network_of_relus():
    for lib in (mtorch, pytest.importorskip("torch")):
        lib.manual_seed(0)
        net = lib.nn.Sequential(lib.nn.Linear(1, 8), lib.nn.ReLU(), lib.nn.Linear(8, 1))
        x = lib.linspace(-1, 1, 5).reshape(5, 1).requires_grad_()
        slope, = lib.autograd.grad(net(x).sum(), x, create_graph=True)
        bend, = lib.autograd.grad(slope.sum(), x, create_graph=True)
        loss = (slope ** 2).sum() + (bend ** 2).sum()
        loss.backward()
        assert bend.tolist() == [[0.0]] * 5
        if lib is mtorch:
            ours = net[0].weight.grad.tolist()
    np.testing.assert_allclose(ours, net[0].weight.grad.tolist(), rtol=1e-5)


def test_a_retained_gradient_of_a_view_whose_base_is_written():
    x = leaf(1.0, 1.0)
    y = x * 1
    view = y[:1]
    view.retain_grad()
    y.mul_(2)
    (view * view).sum().backward()
    assert view.grad.tolist() == [4.0] and x.grad.tolist() == [8.0, 0.0]         # as in torch


def listed(gradients):
    return [None if g is None else g.tolist() for g in gradients]


@pytest.mark.parametrize("create_graph", [False, True])
def test_hooks_on_nodes_see_and_change_gradients_as_in_torch(create_graph):
    def run(lib):
        seen = []
        x = lib.tensor([1.0, 2.0], requires_grad=True)
        w = lib.tensor([[3.0], [4.0]], requires_grad=True)
        y = x * w                                                      # broadcasts both
        z = y.square().sum()
        y.grad_fn.register_hook(lambda gi, go: seen.append(("after", listed(gi), listed(go))))
        y.grad_fn.register_prehook(lambda go: (seen.append(("before", listed(go))), tuple(g * 2 for g in go))[1])
        y.register_hook(lambda g: seen.append(("tensor", g.tolist())))
        y.retain_grad()
        z.grad_fn.register_hook(lambda gi, go: tuple(g * 3 for g in gi))
        z.grad_fn.register_hook(lambda gi, go: seen.append("never")).remove()
        leaf = x.view_as(x).grad_fn.next_functions[0][0]
        leaf.register_hook(lambda gi, go: seen.append(("leaf", listed(gi), listed(go), x.grad.tolist())))
        leaf.register_prehook(lambda go: (seen.append(("leaf before", listed(go), x.grad)), (go[0] + 1,))[1])
        z.backward(create_graph=create_graph)
        found = [x.grad, w.grad, y.grad]
        return seen, listed(found + (list(lib.autograd.grad(x.grad.sum(), x)) if create_graph else []))
    torch = pytest.importorskip("torch")
    assert run(mtorch) == run(torch)


def test_hooks_on_nodes_of_several_outputs_and_of_functions():
    def run(lib):
        class Scaled(lib.autograd.Function):
            @staticmethod
            def forward(ctx, a, b):
                return a * b

            @staticmethod
            def backward(ctx, g):
                return g, None
        seen = []
        x = lib.arange(4.0, requires_grad=True)
        first, _ = x.split(2)
        first.grad_fn.register_hook(lambda gi, go: seen.append((listed(gi), listed(go))))
        first.grad_fn.register_prehook(lambda go: seen.append(listed(go)))
        (first * 2).sum().backward()
        y = Scaled.apply(x, lib.ones(4))
        y.grad_fn.register_hook(lambda gi, go: (seen.append((listed(gi), listed(go))), (gi[0] * 7, None))[1])
        y.sum().backward()
        return seen, x.grad.tolist()
    torch = pytest.importorskip("torch")
    assert run(mtorch) == run(torch)


@pytest.mark.parametrize("answer", [5, (None,) * 5])
def test_what_a_hook_on_a_node_may_not_return(answer):
    def error(lib, register):
        x = lib.ones(2, requires_grad=True)
        y = x.exp()
        getattr(y.grad_fn, register)(lambda *gradients: answer)
        with pytest.raises((TypeError, RuntimeError)) as found:
            y.sum().backward()
        return type(found.value), str(found.value)
    torch = pytest.importorskip("torch")
    for register in ("register_hook", "register_prehook"):
        assert error(mtorch, register) == error(torch, register)


def test_what_gradients_are_given_and_asked_for_is_looked_at():
    x = leaf(1.0, 2.0)
    with pytest.raises(RuntimeError, match="2 tensors and 1 gradients"):
        mtorch.autograd.grad([(x * 2).sum(), (x * 3).sum()], x, mtorch.tensor(2.0))
    with pytest.raises(RuntimeError, match="cannot be empty"):
        mtorch.autograd.grad(x.sum(), [])
    with pytest.raises(RuntimeError, match=r"For complex Tensors.*grad_output\[0\] has a dtype of torch.complex64"):
        (x * 2).backward(mtorch.ones(2, dtype=mtorch.complex64))
    with pytest.raises(RuntimeError, match="For complex Tensors"):
        mtorch.autograd.grad(mtorch.complex(x, x), x, mtorch.ones(2), create_graph=True)
    y = x * 2
    y.register_hook(lambda g: g.float())
    with pytest.raises(RuntimeError, match="has changed the type of value"):
        y.sum().backward()


@pytest.mark.parametrize("lib", ["mtorch", "torch"])
def test_gradients_at_edges_of_the_graph(lib):
    T = pytest.importorskip(lib)
    edge_of, grad = T.autograd.graph.get_gradient_edge, T.autograd.grad
    x = T.tensor([1.0, 2.0], requires_grad=True)
    y = x * 2
    parts = y.chunk(2)
    z = (parts[1] * 5).sum() + (x * 3).sum()
    found = grad(z, [edge_of(y), edge_of(x), edge_of(parts[1]), x], retain_graph=True)
    assert [g.tolist() for g in found] == [[0, 5], [3, 13], [5], [3, 13]]
    z.backward(inputs=edge_of(x), retain_graph=True)
    assert x.grad.tolist() == [3, 13] and isinstance(edge_of(x), tuple)
    with pytest.raises(RuntimeError, match="materialize_grads cannot be used"):
        grad(z, [edge_of(T.ones(2, requires_grad=True))], materialize_grads=True)
