"""`autograd.Function`, beside torch's."""
from __future__ import annotations

import gc

import numpy as np
import pytest

import mtorch


def both():
    torch = pytest.importorskip("torch")
    return torch, mtorch


def compare(program):
    """Run program(T) under torch and here; it returns tensors that must agree."""
    results = [[np.array(t.detach().numpy()) for t in program(T)] for T in both()]
    for a, b in zip(*results, strict=True):
        np.testing.assert_allclose(b, a, rtol=1e-6)


def test_saved_inputs_and_second_order():
    def program(T):
        class Cube(T.autograd.Function):
            @staticmethod
            def forward(ctx, x, k):
                ctx.save_for_backward(x)
                ctx.k = k
                return x ** 3 * k

            @staticmethod
            def backward(ctx, g):
                x, = ctx.saved_tensors
                return g * 3 * x ** 2 * ctx.k, None
        x = T.tensor([1.0, 2.0], requires_grad=True)
        y = Cube.apply(x, 2.0)
        g, = T.autograd.grad(y.sum(), x, create_graph=True)
        second, = T.autograd.grad(g.sum(), x)
        return y, g, second
    compare(program)


def test_saved_output():
    def program(T):
        class Exp(T.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                y = x.exp()
                ctx.save_for_backward(y)
                return y

            @staticmethod
            def backward(ctx, g):
                y, = ctx.saved_tensors
                return g * y
        x = T.tensor([1.0, 2.0], requires_grad=True)
        y = Exp.apply(x)
        g, = T.autograd.grad(y.sum(), x, create_graph=True)
        second, = T.autograd.grad(g.sum(), x)
        return y, g, second
    compare(program)


def test_setup_context_several_outputs_and_none():
    def program(T):
        class Two(T.autograd.Function):
            @staticmethod
            def forward(x, y):
                return x * y, x + y

            @staticmethod
            def setup_context(ctx, inputs, output):
                ctx.save_for_backward(*inputs)

            @staticmethod
            def backward(ctx, g1, g2):
                x, y = ctx.saved_tensors
                assert ctx.needs_input_grad == (True, False)
                return g1 * y + g2, None
        x, y = T.tensor([1.0, 2.0], requires_grad=True), T.tensor([3.0, 4.0])
        a, b = Two.apply(x, y)
        a.sum().backward(retain_graph=True)
        first = x.grad.clone()
        (a + b).sum().backward()
        return first, x.grad
    compare(program)


def test_arguments_by_name_and_defaults():
    def program(T):
        class Scaled(T.autograd.Function):
            @staticmethod
            def forward(x, by=2.0):
                return x * by

            @staticmethod
            def setup_context(ctx, inputs, output):
                ctx.save_for_backward(inputs[0])
                ctx.by = inputs[1]

            @staticmethod
            def backward(ctx, g):
                return g * ctx.by, None

        class Named(T.autograd.Function):
            @staticmethod
            def forward(ctx, x, by=2.0):
                ctx.by, ctx.needed = by, ctx.needs_input_grad
                return x * by

            @staticmethod
            def backward(ctx, g):
                return g * ctx.by, None
        x = T.tensor([1.0, 2.0], requires_grad=True)
        results = []
        for y in (Scaled.apply(x), Scaled.apply(x, by=4.0), Scaled.apply(by=5.0, x=x), Named.apply(x), Named.apply(x, by=3.0),
                  Named.apply(by=6.0, x=x)):
            results += [y, *T.autograd.grad(y.sum(), x)]
        for wrong in (lambda: Scaled.apply(x, to=2.0), lambda: Scaled.apply(), lambda: Named.apply(x, to=2.0)):
            with pytest.raises(TypeError):
                wrong()
        return results
    compare(program)


def test_mark_dirty():
    def program(T):
        class Double(T.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                x.mul_(2)
                ctx.mark_dirty(x)
                return x

            @staticmethod
            def backward(ctx, g):
                return g * 2
        x = T.tensor([1.0, 2.0], requires_grad=True)
        h = x * 3
        y = Double.apply(h)
        assert y is h
        (y * y).sum().backward()
        return y, x.grad
    compare(program)


def test_non_differentiable_output():
    def program(T):
        class Sort(T.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                order = T.tensor([1, 0])
                ctx.mark_non_differentiable(order)
                ctx.order = order
                return x[order], order

            @staticmethod
            def backward(ctx, g, _):
                return g[ctx.order]
        x = T.tensor([1.0, 2.0], requires_grad=True)
        y, order = Sort.apply(x)
        assert not order.requires_grad
        (y * T.tensor([10.0, 1.0])).sum().backward()
        return x.grad, y
    compare(program)


def test_undefined_gradients_stay_none_when_asked():
    for T in both():
        seen = []

        class Pair(T.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                ctx.set_materialize_grads(False)
                return x * 1, x * 2

            @staticmethod
            def backward(ctx, g1, g2):
                seen.append((g1 is None, g2 is None))
                return g2 * 2
        x = T.ones(1, requires_grad=True)
        Pair.apply(x)[1].sum().backward()
        assert seen == [(False, False)] or seen == [(True, False)]
        assert seen == [(True, False)]


def test_once_differentiable():
    class F(mtorch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        @mtorch.autograd.function.once_differentiable
        def backward(ctx, g):
            return 2 * ctx.saved_tensors[0] * g
    x = mtorch.ones(1, requires_grad=True)
    F.apply(x).sum().backward()
    assert x.grad.item() == 2
    g, = mtorch.autograd.grad(F.apply(x).sum(), x, create_graph=True)
    if g.requires_grad:
        with pytest.raises(RuntimeError, match="twice"):
            g.sum().backward()


def test_wrong_number_and_kind_of_gradients():
    class F(mtorch.autograd.Function):
        @staticmethod
        def forward(ctx, x, y):
            return x + y

        @staticmethod
        def backward(ctx, g):
            return g
    x, y = mtorch.ones(1, requires_grad=True), mtorch.ones(1, requires_grad=True)
    with pytest.raises(RuntimeError, match="incorrect number of gradients"):
        F.apply(x, y).sum().backward()


def test_no_cycles():
    class F(mtorch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = x * x
            ctx.save_for_backward(x, y)
            return y

        @staticmethod
        def backward(ctx, g):
            return g
    x = mtorch.ones(1, requires_grad=True)
    gc.collect()
    gc.disable()
    try:
        F.apply(x).sum().backward()
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_gradcheck_finds_a_wrong_gradient():
    class Wrong(mtorch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x ** 2

        @staticmethod
        def backward(ctx, g):
            return g * ctx.saved_tensors[0]
    x = mtorch.tensor([1.0, 2.0], dtype=mtorch.float64, requires_grad=True)
    with pytest.raises(mtorch.autograd.GradcheckError, match="output 0 with respect to input 0"):
        mtorch.autograd.gradcheck(Wrong.apply, x)
    assert not mtorch.autograd.gradcheck(Wrong.apply, x, raise_exception=False)
    with pytest.raises(mtorch.autograd.GradcheckError):
        mtorch.autograd.gradcheck(Wrong.apply, x, fast_mode=True)
    assert mtorch.autograd.gradcheck(lambda x: x ** 2, x)
    assert mtorch.autograd.gradgradcheck(lambda x: x ** 3, x)
    with pytest.raises(ValueError, match="at least one input"):
        mtorch.autograd.gradcheck(lambda x: x, mtorch.ones(1))


def function(T, backward, forward=lambda ctx, *args: args[0] * 2):
    """A Function of these two, named LinF."""
    return type("LinF", (T.autograd.Function,), {"forward": staticmethod(forward), "backward": staticmethod(backward)})


def exp_by(T, how):
    """exp whose backward uses its own output: "saved" for backward, an "attribute" of ctx, or written into its "input"."""
    def forward(ctx, x):
        y = x.exp_() if how == "input" else x.exp()
        if how == "input":
            ctx.mark_dirty(x)
        if how == "attribute":
            ctx.y = y
        else:
            ctx.save_for_backward(y)
        return y

    def backward(ctx, g):
        y = ctx.y if how == "attribute" else ctx.saved_tensors[0]
        assert y.requires_grad and y.grad_fn is not None
        return g * y
    return function(T, backward, forward).apply


@pytest.mark.parametrize("how", ["saved", "attribute", "input"])
def test_second_order_through_an_output_that_nobody_else_holds(how):
    def program(T):
        t = T.tensor([0.5, 1.0], requires_grad=True)
        exp = exp_by(T, how)
        first, = T.autograd.grad((exp(t * 2) * t).sum(), t, create_graph=True)
        second, = T.autograd.grad(first.sum(), t, create_graph=True)
        third, = T.autograd.grad((second * t).sum(), t)
        alone, = T.autograd.grad(exp(t * 1).sum(), t, create_graph=True)
        again, = T.autograd.grad(alone.sum(), t)
        exp(t * 1).sum().backward()
        return first, second, third, alone, again, t.grad
    compare(program)


def test_second_order_through_one_of_several_outputs():
    def program(T):
        def forward(ctx, x):
            a, b = x.exp(), x.sin()
            ctx.save_for_backward(x, None, a, b)
            return a, b

        def backward(ctx, ga, gb):
            x, nothing, a, b = ctx.saved_tensors
            assert nothing is None
            return ga * a + gb * x.cos()
        t = T.tensor([0.5, 1.0], requires_grad=True)
        a, b = function(T, backward, forward).apply(t * 3)
        loss = (a * b).sum()
        del a, b
        first, = T.autograd.grad(loss, t, create_graph=True)
        return first, *T.autograd.grad(first.sum(), t)
    compare(program)


@pytest.mark.parametrize("how", ["saved", "attribute"])
def test_an_output_in_ctx_makes_no_garbage_once_backward_has_run(how):
    exp, t = exp_by(mtorch, how), mtorch.ones(1, requires_grad=True)
    gc.collect()
    gc.disable()
    try:
        exp(t).sum().backward()
        mtorch.autograd.grad(exp(t).sum(), t)
        assert gc.collect() == 0
    finally:
        gc.enable()


@pytest.mark.parametrize("T", ["mtorch", "torch"])
def test_a_saved_tensor_that_was_written(T):
    T = pytest.importorskip(T)
    square = function(T, lambda ctx, g: 2 * g * ctx.saved_tensors[0],
                      lambda ctx, x: ctx.save_for_backward(x) or x * x).apply
    t = T.tensor([0.5, 1.0], requires_grad=True)
    x = t * 1
    y = square(x)
    x.mul_(2)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()
    y = exp_by(T, "saved")(t)
    y.mul_(2)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


@pytest.mark.parametrize("T", ["mtorch", "torch"])
def test_saved_tensors_of_a_graph_that_was_let_go(T):
    T = pytest.importorskip(T)
    kept = []
    y = function(T, lambda ctx, g: g, lambda ctx, x: kept.append(ctx) or ctx.save_for_backward(x) or x * 1
                 ).apply(T.ones(2, requires_grad=True))
    assert len(kept[0].saved_tensors) == 1
    y.sum().backward()
    with pytest.raises(RuntimeError, match="already been freed"):
        kept[0].saved_tensors


def test_an_output_that_is_not_saved_may_be_written():
    def program(T):
        double = function(T, lambda ctx, g: g * 2).apply
        t, w = T.tensor([0.5, 1.0], requires_grad=True), T.tensor([0.3, 0.4])
        y = double(t)
        y.add_(1).mul_(3)
        first, = T.autograd.grad(y.sin().sum(), t, create_graph=True)
        second, = T.autograd.grad(first.sum(), t)
        y = double(t)
        z = y * w
        y.mul_(2)
        between, = T.autograd.grad(z.sin().sum(), t, create_graph=True)
        return first, second, between
    compare(program)


def test_an_output_written_without_a_record_before_a_gradient_of_a_gradient():
    """The gradient is computed from it again, so that it must not have changed."""
    t = mtorch.tensor([0.5, 1.0], requires_grad=True)
    y = function(mtorch, lambda ctx, g: g * 2).apply(t)
    z = (y * mtorch.tensor([0.3, 0.4])).sin()
    with mtorch.no_grad():
        y.mul_(2)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        mtorch.autograd.grad(z.sum(), t, create_graph=True)


def scaled(ctx, x):
    ctx.mark_dirty(x)
    return x.mul_(2)


def test_mark_dirty_with_views():
    def program(T):
        double = function(T, lambda ctx, g: g * 2, scaled).apply
        t = T.tensor([[0.5, 1.0], [2.0, 3.0]], requires_grad=True)
        x = t * 1
        v = x[0]
        assert double(x) is x and x._version == 2
        (v * v).sum().backward()
        y = t * 1
        double(y[1])
        (y * y).sum().backward()
        return t.grad, v, y
    compare(program)


def test_mark_dirty_makes_a_constant_a_result():
    def program(T):
        def forward(ctx, x, t):
            ctx.mark_dirty(x)
            return x.mul_(2).add_(t)
        x, t = T.ones(2), T.ones(2, requires_grad=True)
        v = x[:1]
        assert function(T, lambda ctx, g: (None, g), forward).apply(x, t) is x and x.requires_grad
        (v * v).sum().backward()
        return t.grad, v
    compare(program)


@pytest.mark.parametrize("T", ["mtorch", "torch"])
def test_mark_dirty_of_a_leaf(T):
    T = pytest.importorskip(T)
    with pytest.raises(RuntimeError, match="a leaf Variable that requires grad"):
        function(T, lambda ctx, g: g * 2, scaled).apply(T.ones(2, requires_grad=True))


@pytest.mark.parametrize("T", ["mtorch", "torch"])
@pytest.mark.parametrize("forward", [lambda ctx, x: x, lambda ctx, x: x.view(2, 1)], ids=["input", "view"])
def test_an_output_that_shares_the_memory_of_an_input(T, forward):
    T = pytest.importorskip(T)
    apply = function(T, lambda ctx, g: g.view(2), forward).apply
    t = T.ones(2, requires_grad=True)
    apply(t).sum().backward()
    assert t.grad.tolist() == [1, 1]
    with pytest.raises(RuntimeError, match="Output 0 of LinF is a view and is being modified inplace. This view was created "
                                           "inside a custom Function"):
        apply(t * 1).mul_(2)
    x = t * 1
    y = apply(x)
    x.mul_(2)
    with pytest.raises(RuntimeError, match="Output 0 of LinF is a view and its base or another view"):
        (y * y).sum().backward()


@pytest.mark.parametrize("T", ["mtorch", "torch"])
def test_an_input_returned_as_it_came_without_recording(T):
    T = pytest.importorskip(T)
    t = T.ones(2, requires_grad=True)
    with T.no_grad():
        y = function(T, lambda ctx, g: g, lambda ctx, x: x).apply(t)
    assert not y.requires_grad and y.data_ptr() == t.data_ptr()


def test_a_gradient_that_backward_keeps_is_not_added_to():
    for T in both():
        kept = T.ones(2)
        t = T.ones(2, requires_grad=True)
        for _ in range(2):
            function(T, lambda ctx, g: kept).apply(t).sum().backward()
        assert t.grad.tolist() == [2, 2] and kept.tolist() == [1, 1]


@pytest.mark.parametrize("T", ["mtorch", "torch"])
@pytest.mark.parametrize(("returned", "words"), [
    (lambda T: T.ones(1), r"Function LinFBackward returned an invalid gradient at index 0 - got \[1\] but expected shape "
                          r"compatible with \[2, 3\]"),
    (lambda T: T.ones(6), "invalid gradient at index 0"), (lambda T: T.ones(()), "invalid gradient at index 0"),
    (lambda T: T.ones(2, 1), "invalid gradient at index 0"), (lambda T: T.ones(3, 2), "invalid gradient at index 0"),
    (lambda T: 3.0, r"expected Variable or None \(got float\)"), (lambda T: [T.ones(2, 3)], r"\(got list\)"),
    (lambda T: (T.ones(2, 3), T.ones(2)), "function LinFBackward returned a gradient different than None at position 2, but "
                                          "the corresponding forward input was not a Variable"),
])
@pytest.mark.parametrize("create_graph", [False, True])
def test_a_gradient_that_does_not_fit(T, returned, words, create_graph):
    T = pytest.importorskip(T)

    def backward(ctx, g):
        found = returned(T)
        return found if isinstance(found, tuple) else (found, None)
    t = T.ones(2, 3, requires_grad=True)
    y = function(T, backward).apply(t, 3.0)
    with pytest.raises(RuntimeError, match=words):
        T.autograd.grad(y.sum(), t, create_graph=create_graph)


def test_a_gradient_of_a_broadcast_shape_or_another_type():
    def program(T):
        t = T.ones(2, 3, requires_grad=True)
        function(T, lambda ctx, g: T.ones(4, 2, 3, dtype=T.float64)).apply(t).sum().backward()
        return t.grad, t.grad.new_ones(1)
    compare(program)


@pytest.mark.parametrize("T", ["mtorch", "torch"])
def test_the_text_of_its_node(T):
    T = pytest.importorskip(T)
    y = function(T, lambda ctx, g: g).apply(T.ones(1, requires_grad=True))
    assert str(y.grad_fn).startswith("<torch.autograd.function.LinFBackward object at 0x") and "LinFBackward>" in repr(y)


def test_the_node_shows_what_forward_left():
    class Scaled(mtorch.autograd.Function):
        @staticmethod
        def forward(ctx, x, by):
            ctx.save_for_backward(x)
            ctx.by = by
            return x * by

        @staticmethod
        def backward(ctx, g):
            return g * ctx.by, None

    x = mtorch.ones(2, requires_grad=True)
    y = Scaled.apply(x, 3.0)
    assert y.grad_fn.saved_tensors[0] is x and y.grad_fn.by == 3.0 and y.grad_fn.needs_input_grad == (True, False)
    assert not hasattr(y.grad_fn, "other") and type(y.grad_fn).__name__ == "ScaledBackward"
    y.sum().backward()
    assert x.grad.tolist() == [3, 3] and not hasattr(y.grad_fn, "by")        # let go of, and ctx with it
