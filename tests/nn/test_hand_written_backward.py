"""Layers differentiated by hand, alone, inside nets that are differentiated for them, and around such nets."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

import mtorch
from mtorch import nn
from tests.nn.twins import linear_class


class Linear(nn.Module):
    """The way a learner writes it: `.grad` is there to be added to."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        numbers = mtorch.arange(inputs * outputs, dtype=mtorch.float32).reshape(outputs, inputs)
        self.weight = nn.Parameter(numbers / 10 - 0.3)
        self.bias = nn.Parameter(mtorch.ones(outputs))

    def forward(self, x: np.ndarray) -> Any:
        assert type(x) is np.ndarray
        self.x = x
        return x @ self.weight.T + self.bias

    def backward(self, grad: np.ndarray) -> Any:
        assert type(grad) is np.ndarray
        self.weight.grad += grad.T @ self.x
        self.bias.grad += grad.sum(axis=0)
        return grad @ self.weight


class Tanh(nn.Module):
    def forward(self, x: np.ndarray) -> np.ndarray:
        self.y = np.tanh(x)
        return self.y

    def backward(self, grad: np.ndarray) -> np.ndarray:
        return grad * (1 - self.y ** 2)


def by_hand() -> nn.Sequential:
    return nn.Sequential(Linear(3, 4), Tanh(), Linear(4, 2))


class AutomaticTanh(nn.Module):
    def forward(self, x: Any) -> Any:
        return x.tanh()


def automatic() -> nn.Sequential:
    Layer = linear_class(mtorch)
    return nn.Sequential(Layer(3, 4), AutomaticTanh(), Layer(4, 2))


def data() -> mtorch.Tensor:
    return mtorch.linspace(-1, 1, 15).reshape(5, 3)


def gradients(net: nn.Module) -> list:
    return [p.grad.array for p in net.parameters()]


def assert_all_close(found: list, expected: list) -> None:
    assert len(found) == len(expected)
    for a, b in zip(found, expected):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)
        assert a.dtype == b.dtype


def test_gradients_equal_the_automatic_ones() -> None:
    found: list = []
    expected: list = []
    for net, result in ((by_hand(), found), (automatic(), expected)):
        x = data().requires_grad_()
        for _ in range(2):                               # and they accumulate
            y = net(x)
            (y * y).sum().backward()
        result += [y.detach().array, x.grad.array, *gradients(net)]
    assert_all_close(found, expected)


def test_a_call_is_one_node() -> None:
    y = Linear(3, 4)(data())
    assert y.grad_fn.name() == "LinearBackward"
    assert y.requires_grad
    assert not Linear(3, 4).requires_grad_(False)(data()).requires_grad
    with mtorch.no_grad():
        assert not Linear(3, 4)(data()).requires_grad
    assert not Tanh()(data()).requires_grad


def test_it_trains_with_an_optimizer() -> None:
    losses = []
    for net in (by_hand(), automatic()):
        optimizer = mtorch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
        trace = []
        for _ in range(20):
            optimizer.zero_grad()
            loss = ((net(data()) - 1) ** 2).mean()
            loss.backward()
            optimizer.step()
            trace.append(loss.item())
        losses.append(trace)
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-4)
    assert losses[0][-1] < 0.1 * losses[0][0]


def test_grad_of_parameters_alone_leaves_their_grad_alone() -> None:
    layer = Linear(3, 2)
    g, = mtorch.autograd.grad(layer(data()).sum(), layer.bias)
    assert g.tolist() == [5.0, 5.0]
    assert layer.weight.grad is None
    assert layer.bias.grad is None


def test_hooks_on_parameters_see_what_the_layer_added() -> None:
    layer, seen = Linear(3, 2), []
    layer.bias.register_hook(lambda g: seen.append(g.tolist()))
    layer(data()).sum().backward()
    assert seen == [[5.0, 5.0]]


def test_frozen_parameters_keep_no_gradient() -> None:
    layer = Linear(3, 2)
    layer.weight.requires_grad_(False)
    layer(data()).sum().backward()
    assert layer.weight.grad is None
    assert layer.bias.grad.tolist() == [5.0, 5.0]
    layer(data().array)
    layer.backward(np.ones((5, 2), np.float32))
    assert layer.weight.grad is None
    assert layer.bias.grad.tolist() == [10.0, 10.0]


def test_one_layer_used_twice() -> None:
    """It keeps its input in an attribute; each pullback finds the attribute as its own call left it."""
    found: list = []
    expected: list = []
    for layer, tanh, result in ((Linear(3, 3), Tanh(), found), (linear_class(mtorch)(3, 3), AutomaticTanh(), expected)):
        x = data().requires_grad_()
        y = tanh(layer(tanh(layer(x))))
        with mtorch.no_grad():
            layer(x * 100)                               # an evaluation in between
        y.sum().backward()
        result += [x.grad.array, *gradients(layer)]
        if layer.__class__ is Linear:
            assert layer.x[0, 0] == -100                 # and finally the layer is as its last call left it
    assert_all_close(found, expected)


def test_a_net_by_hand_of_automatic_layers() -> None:
    class Net(nn.Module):
        def __init__(self, layers: nn.Sequential) -> None:
            super().__init__()
            self.layers = layers

        def forward(self, x: np.ndarray) -> np.ndarray:
            assert type(x) is np.ndarray
            return self.layers(x)

        def backward(self, grad: np.ndarray) -> np.ndarray:
            return self.layers.backward(grad)

    expected_net = automatic()
    x = data().requires_grad_()
    expected_net(x).sum().backward()
    for layers in (automatic(), by_hand()):
        net, mine = Net(layers), data().requires_grad_()
        y = net(mine)
        assert y.grad_fn.name() == "NetBackward"
        y.sum().backward()
        assert_all_close([mine.grad.array, *gradients(net)], [x.grad.array, *gradients(expected_net)])
        net.zero_grad()
        g = None
        for _ in range(1):                               # the same, without a Tensor in sight
            net(data().array)
            g = net.backward(np.ones((5, 2), np.float32))
        assert_all_close([g, *gradients(net)], [x.grad.array, *gradients(expected_net)])


def test_layer_by_layer_on_arrays() -> None:
    expected_net = automatic()
    x = data().requires_grad_()
    expected_net(x).sum().backward()
    for layers in (by_hand(), automatic()):
        y = data().array
        for layer in layers:
            y = layer(y)
            assert type(y) is np.ndarray
        g = np.ones((5, 2), np.float32)
        for layer in reversed(list(layers)):
            g = layer.backward(g)
            assert type(g) is np.ndarray
        assert_all_close([g, *gradients(layers)], [x.grad.array, *gradients(expected_net)])


def test_several_inputs_and_outputs() -> None:
    class Mix(nn.Module):
        def forward(self, x: np.ndarray, k: float, y: np.ndarray) -> tuple:
            self.kept = x, k, y
            return x * y * k, x + y

        def backward(self, product: np.ndarray, total: np.ndarray) -> tuple:
            x, k, y = self.kept
            return product * y * k + total, product * x * k + total

    x, y = mtorch.tensor([1.0, 2.0], requires_grad=True), mtorch.tensor([3.0, 4.0], requires_grad=True)
    product, total = Mix()(x, 2.0, y)
    (product.sum() + (total * total).sum()).backward()
    assert x.grad.tolist() == [14.0, 20.0]
    assert y.grad.tolist() == [10.0, 16.0]
    x.grad = None
    Mix()(x, 2.0, y.detach())[1].sum().backward()        # nothing comes to the first output: it is shown zeros
    assert x.grad.tolist() == [1.0, 1.0]


def test_a_subclass_may_go_on_from_its_parents_backward() -> None:
    class Doubled(Linear):
        def forward(self, x: np.ndarray) -> Any:
            return 2 * super().forward(x)

        def backward(self, grad: np.ndarray) -> Any:
            return super().backward(2 * grad)

    layer = Doubled(3, 2)
    layer(data()).sum().backward()
    assert layer.bias.grad.tolist() == [10.0, 10.0]


def test_a_forward_that_returns_its_input_shares_no_memory() -> None:
    class Same(nn.Module):
        def forward(self, x: np.ndarray) -> np.ndarray:
            return x

        def backward(self, grad: np.ndarray) -> np.ndarray:
            return grad

    x = mtorch.ones(2, requires_grad=True)
    y = Same()(x)
    y += 1
    y.sum().backward()
    assert x.tolist() == [1.0, 1.0]
    assert x.grad.tolist() == [1.0, 1.0]


def test_gradients_are_made_the_type_of_the_input() -> None:
    class Wide(nn.Module):
        def forward(self, x: np.ndarray) -> np.ndarray:
            return x * 2

        def backward(self, grad: np.ndarray) -> np.ndarray:
            return grad.astype(np.float64) * 2

    x = mtorch.ones(2, requires_grad=True)
    Wide()(x).sum().backward()
    assert x.grad.dtype == mtorch.float32


# ---- misuse --------------------------------------------------------------------------------------


def layer_returning(gradient: Any, inputs: int = 1) -> Any:
    class Odd(nn.Module):
        def forward(self, *xs: np.ndarray) -> np.ndarray:
            return xs[0] * 2

        def backward(self, grad: np.ndarray) -> Any:
            return gradient

    return Odd()(*(mtorch.ones(2, requires_grad=True) for _ in range(inputs))).sum()


def test_a_forgotten_return_is_named() -> None:
    with pytest.raises(TypeError, match="Odd.backward returned None"):
        layer_returning(None).backward()


def test_a_gradient_of_another_shape_is_named() -> None:
    with pytest.raises(ValueError,
                       match=r"Odd.backward returned a gradient of shape \(3,\) for an input of shape \(2,\)"):
        layer_returning(np.ones(3)).backward()


def test_a_wrong_number_of_gradients_is_named() -> None:
    with pytest.raises(ValueError, match="Odd.backward returned 1 gradients, the call had 2 Tensors"):
        layer_returning(np.ones(2), inputs=2).backward()


def test_a_tensor_given_by_name_is_refused_when_it_needs_a_gradient() -> None:
    class Named(nn.Module):
        def forward(self, x: np.ndarray, y: Any = 1.0) -> np.ndarray:
            return x * y

        def backward(self, grad: np.ndarray) -> np.ndarray:
            return grad

    x = mtorch.ones(2, requires_grad=True)
    assert Named()(x, y=mtorch.full((2,), 3.0)).tolist() == [3.0, 3.0]
    with pytest.raises(TypeError, match="Named.backward gives gradients of positional arguments"):
        Named()(x, y=x)


def test_there_is_no_second_derivative() -> None:
    x = data().requires_grad_()
    with pytest.raises(RuntimeError, match="LinearBackward has no gradient of its gradient"):
        mtorch.autograd.grad(Linear(3, 2)(x).sum(), x, create_graph=True)


def test_a_weight_overwritten_before_backward_is_an_error() -> None:
    layer = Linear(3, 2)
    y = layer(data())
    with mtorch.no_grad():
        layer.weight.mul_(2)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


def test_an_input_overwritten_before_backward_is_an_error() -> None:
    x = data().requires_grad_() * 1
    y = Linear(3, 2)(x)
    x += 1
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


def test_an_error_in_a_backward_leaves_the_gradients_as_they_were() -> None:
    class Broken(Linear):
        def backward(self, grad: np.ndarray) -> Any:
            super().backward(grad)
            raise ZeroDivisionError

    layer = Broken(3, 2)
    layer.bias.grad = mtorch.ones(2)
    y = layer(data())
    with pytest.raises(ZeroDivisionError):
        y.sum().backward()
    assert layer.bias.grad.tolist() == [1.0, 1.0]
    assert layer.weight.grad is None


def test_a_method_named_backward_without_a_gradient_is_just_a_method() -> None:
    class Trainer(nn.Module):
        def forward(self, x: Any) -> Any:
            assert isinstance(x, mtorch.Tensor)
            self.loss = (x * 2).sum()
            return self.loss

        def backward(self) -> None:
            self.loss.backward()

    x = mtorch.ones(2, requires_grad=True)
    trainer = Trainer()
    trainer(x)
    trainer.backward()
    assert x.grad.tolist() == [2.0, 2.0]


def test_a_backward_of_any_number_of_gradients_is_by_hand() -> None:
    class Many(nn.Module):
        def forward(self, x: np.ndarray) -> np.ndarray:
            assert type(x) is np.ndarray
            return 2 * x

        def backward(self, *gradients: np.ndarray) -> np.ndarray:
            return 2 * gradients[0]

    x = mtorch.ones(2, requires_grad=True)
    Many()(x).sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]


FLOW = """
class Flow(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Linear(2, 4)

    def forward(self, x):
        s, t = self.net(x.flip(1)).split(2, dim=1)
        return x * s.exp() + t, s.sum(1)

    def backward(self, z):
        return z - 1

flow = Flow()
z, log_det = flow(torch.ones(3, 2))
(z.sum() + log_det.sum()).backward()
assert flow.net.weight.grad.shape == (4, 2)
assert flow.backward(z).requires_grad
"""


@pytest.mark.parametrize("start", [["-c", "import mtorch as torch; from mtorch import nn"],
                                   ["-m", "mtorch", "-c", "import torch; from torch import nn"]])
def test_a_backward_in_a_program_for_torch_is_just_a_method(start: list[str]) -> None:
    """As the way back of a flow, or what Lightning calls; PyTorch has nothing to do with a method of that name."""
    *options, imports = start
    done = subprocess.run([sys.executable, *options, imports + FLOW], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
