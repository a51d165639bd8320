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
