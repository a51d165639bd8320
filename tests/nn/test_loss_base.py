"""`Loss`: a Tensor in every way, and the start of the way back."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest

import mtorch
from mtorch import nn
from mtorch.nn.loss_base import _Loss
from tests.nn.twins import linear_class, same_in_torch, warned


class SquaredLoss(_Loss):
    """A criterion of a user's own."""

    def forward(self, input: Any, target: Any) -> Any:
        d = (input - target) ** 2
        return d if self.reduction == "none" else d.sum() if self.reduction == "sum" else d.mean()


def test_it_is_a_tensor_with_a_value() -> None:
    x = mtorch.tensor([1.0, 3.0], requires_grad=True)
    loss = SquaredLoss()(x, mtorch.zeros(2))
    assert isinstance(loss, nn.Loss)
    assert isinstance(loss, mtorch.Tensor)
    assert (loss.value, loss.item(), float(loss)) == (5.0, 5.0, 5.0)
    assert repr(loss) == "tensor(5., grad_fn=<MeanBackward0>)"
    assert loss.shape == ()
    total = loss + 2 * SquaredLoss()(x, mtorch.ones(2))
    total.backward()
    assert x.grad.tolist() == [1.0, 7.0]
    assert (loss.detach() < 6).item()


def test_backward_goes_through_the_modules_that_made_it() -> None:
    net = nn.Sequential(linear_class(mtorch)(2, 3), linear_class(mtorch)(3, 1))
    loss = nn.MSELoss()(net(mtorch.ones(4, 2)), mtorch.zeros(4, 1))
    loss.backward(retain_graph=True)
    first = [p.grad.clone() for p in net.parameters()]
    loss.backward()
    assert all(mtorch.allclose(p.grad, 2 * g) for p, g in zip(net.parameters(), first))


def test_second_derivatives_of_a_loss() -> None:
    x = mtorch.tensor([3.0], requires_grad=True)
    SquaredLoss()(x, mtorch.zeros(1)).backward(create_graph=True)
    x.grad.sum().backward()
    assert x.grad.tolist() == [8.0]


def test_a_loss_that_nothing_depends_on_says_so() -> None:
    with pytest.raises(RuntimeError, match="nothing that this loss was computed from requires grad"):
        SquaredLoss()(mtorch.ones(2), mtorch.zeros(2)).backward()


def test_layer_by_layer_with_a_criterion() -> None:
    net, criterion = linear_class(mtorch)(2, 1), SquaredLoss()
    x, target = np.ones((4, 2), np.float32), np.zeros((4, 1), np.float32)
    loss = criterion(net(x), target)
    assert isinstance(loss, nn.Loss)
    twin = copy.deepcopy(net)
    expected = SquaredLoss()(twin(mtorch.from_numpy(x)), mtorch.from_numpy(target))
    assert loss.value == pytest.approx(expected.value)
    with pytest.raises(RuntimeError, match=r"module.backward\(criterion.backward\(\)\[0\]\)"):
        loss.backward()
    g = criterion.backward()[0]
    net.backward(g)
    expected.backward()
    assert mtorch.allclose(net.weight.grad, twin.weight.grad)


def test_no_reduction_gives_an_ordinary_tensor() -> None:
    losses = SquaredLoss(reduction="none")(mtorch.ones(2), mtorch.zeros(2))
    assert type(losses) is mtorch.Tensor
    assert losses.tolist() == [1.0, 1.0]


def test_what_a_forward_hook_returns_is_a_loss_too() -> None:
    criterion = SquaredLoss()
    criterion.register_forward_hook(lambda module, args, output: output * 2)
    assert criterion(mtorch.ones(2), mtorch.zeros(2)).value == 2.0


def test_copies_and_pickles() -> None:
    loss = SquaredLoss()(mtorch.ones(2), mtorch.zeros(2))
    for twin in (copy.deepcopy(loss), pickle.loads(pickle.dumps(loss))):
        assert isinstance(twin, nn.Loss)
        assert twin.value == 1.0


@pytest.mark.parametrize("older", [{"size_average": True}, {"size_average": False}, {"reduce": False}, {"reduce": True},
                                   {"size_average": False, "reduce": True}, {"size_average": True, "reduce": False},
                                   {"size_average": 0}, {"reduce": 0}, {"size_average": 1, "reduce": 1}])
def test_the_older_arguments(older: dict) -> None:
    def scenario(t):
        criterion, texts = warned(t.nn.MSELoss, **older)
        return [criterion.reduction, texts]
    same_in_torch(scenario)


@pytest.mark.parametrize("name", ["MSELoss", "BCEWithLogitsLoss", "HuberLoss", "CosineEmbeddingLoss"])
def test_the_older_word_for_the_mean(name: str) -> None:
    def scenario(t):
        criterion = getattr(t.nn, name)(reduction="elementwise_mean")
        numbers = [t.tensor([[0.25, 3.0]]), t.tensor([[1.0, 0.5]]), t.tensor([1])][:3 if "Cosine" in name else 2]
        loss, texts = warned(criterion, *numbers)
        return [criterion.reduction, round(loss.item(), 5), texts]
    same_in_torch(scenario)


def test_the_older_name_for_the_loss_of_images() -> None:
    def scenario(t):
        criterion, (text,) = warned(t.nn.NLLLoss2d, ignore_index=1)
        return [criterion(t.full((1, 2, 1, 2), -0.5), t.tensor([[[0, 1]]])).item(), text[:35], repr(criterion)]
    same_in_torch(scenario)


@pytest.mark.parametrize("make", [lambda x: mtorch.nn.MSELoss()(x, mtorch.zeros(2)), lambda x: (x * x).mean()])
def test_formats_as_a_number(make):
    x = mtorch.ones(2, requires_grad=True)
    loss = make(x)
    assert f"{loss:.4f} {loss} {loss:>6.1f}" == "1.0000 1.0    1.0"
    assert f"{make(x.detach()):.3f}" == "1.000"


@pytest.mark.parametrize("log_target", [False, True])
@pytest.mark.parametrize("kinds", [("float32", "float64"), ("float64", "float32")])
def test_a_gradient_has_the_type_of_its_tensor(kinds: tuple[str, str], log_target: bool) -> None:
    def scenario(t):
        x, y = (t.tensor([0.25, 0.5], dtype=getattr(t, kind), requires_grad=True) for kind in kinds)
        loss = t.nn.functional.kl_div(x, y, reduction="sum", log_target=log_target)
        loss.backward()
        return [str(z.dtype).rpartition(".")[2] for z in (loss, x.grad, y.grad)]
    same_in_torch(scenario)
