"""What beginners get wrong is said: each mistake has its message, and right programs have none."""

from __future__ import annotations

import inspect
import warnings

import pytest

import mtorch
from mtorch import nn, optim
from mtorch.nn import functional as F


@pytest.fixture(autouse=True)
def warnings_are_errors():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def scores() -> mtorch.Tensor:
    return mtorch.randn(4, 3).requires_grad_()


CLASSES = mtorch.tensor([0, 2, 1, 1])


# ---- softmax before cross-entropy ----------------------------------------------------------------


def test_softmax_before_cross_entropy() -> None:
    with pytest.warns(UserWarning, match="cross_entropy applies softmax itself"):
        F.cross_entropy(scores().softmax(dim=1), CLASSES)
    net = nn.Sequential(nn.Linear(2, 3), nn.Softmax(dim=1))
    with pytest.warns(UserWarning, match="leave out softmax"):
        nn.CrossEntropyLoss()(net(mtorch.randn(4, 2)), CLASSES)
    with pytest.warns(UserWarning, match="nll_loss expects log-probabilities"):
        F.nll_loss(scores().softmax(dim=1), CLASSES)
    with pytest.warns(UserWarning, match="applies sigmoid itself"):
        F.binary_cross_entropy_with_logits(scores().sigmoid(), mtorch.ones(4, 3))


def test_losses_of_what_they_expect_say_nothing() -> None:
    F.cross_entropy(scores(), CLASSES)
    F.cross_entropy(scores().sigmoid(), CLASSES)
    F.cross_entropy(scores(), scores().detach().softmax(dim=1))
    F.nll_loss(scores().log_softmax(dim=1), CLASSES)
    F.binary_cross_entropy(scores().sigmoid(), mtorch.ones(4, 3))
    F.binary_cross_entropy_with_logits(scores(), mtorch.ones(4, 3))
    F.mse_loss(scores().softmax(dim=1), mtorch.ones(4, 3))


# ---- a forgotten zero_grad -----------------------------------------------------------------------


def nets() -> tuple[nn.Module, optim.Optimizer]:
    net = nn.Linear(3, 1)
    return net, optim.SGD(net, lr=0.01)


@pytest.mark.parametrize("make", [lambda net: optim.SGD(net, lr=0.01), optim.Adam])
def test_zero_grad_forgotten(make) -> None:
    net = nn.Linear(3, 1)
    optimizer = make(net)
    net(mtorch.ones(3)).sum().backward()
    optimizer.step()
    net(mtorch.ones(3)).sum().backward()
    with pytest.warns(UserWarning, match=r"call optimizer.zero_grad\(\) before each backward\(\)"):
        optimizer.step()
    net(mtorch.ones(3)).sum().backward()
    optimizer.step()                                 # said once


@pytest.mark.parametrize("zero", [
    lambda net, optimizer: optimizer.zero_grad(), lambda net, optimizer: optimizer.zero_grad(set_to_none=False),
    lambda net, optimizer: net.zero_grad(), lambda net, optimizer: net.zero_grad(set_to_none=False),
    lambda net, optimizer: [p.grad.zero_() for p in net.parameters() if p.grad is not None],
    lambda net, optimizer: [p.grad.data.zero_() for p in net.parameters() if p.grad is not None],
    lambda net, optimizer: [setattr(p, "grad", None) for p in net.parameters()],
])
@pytest.mark.parametrize("after", [False, True])
def test_every_way_of_forgetting_gradients_is_known(zero, after) -> None:
    net, optimizer = nets()
    for _ in range(4):
        if not after:
            zero(net, optimizer)
        for _ in range(2):                           # two backwards for a step are right
            net(mtorch.ones(3)).sum().backward()
        optimizer.step()
        if after:
            zero(net, optimizer)


@pytest.mark.parametrize("set_to_none", [True, False])
def test_two_nets_that_train_against_each_other(set_to_none) -> None:
    """The generator's backward goes through the discriminator, whose gradients a step has used: that is right."""
    generator, discriminator = nn.Linear(2, 3), nn.Linear(3, 1)
    of_g, of_d = optim.Adam(generator), optim.Adam(discriminator)
    for _ in range(3):
        fake = generator(mtorch.randn(4, 2))
        of_d.zero_grad(set_to_none)
        discriminator(mtorch.randn(4, 3)).mean().backward()
        (-discriminator(fake.detach()).mean()).backward()
        of_d.step()
        of_g.zero_grad(set_to_none)
        discriminator(fake).mean().backward()
        of_g.step()


def test_a_step_repeated_on_the_same_gradients_says_nothing() -> None:
    net, optimizer = nets()
    net(mtorch.ones(3)).sum().backward()
    optimizer.step()
    optimizer.step()


# ---- train and eval ------------------------------------------------------------------------------


@pytest.mark.parametrize("layer", [nn.Dropout(0.5), nn.Dropout1d(0.5), nn.BatchNorm1d(3)])
def test_eval_forgotten(layer) -> None:
    x = mtorch.randn(4, 3)
    with mtorch.inference_mode(), pytest.warns(UserWarning, match=r"call eval\(\) on the model before it predicts"):
        layer(x)
    layer(x)
    with mtorch.no_grad():
        layer(x)
    layer.eval()
    with mtorch.inference_mode():
        layer(x)


def test_one_sample_in_training() -> None:
    with pytest.raises(ValueError, match=r"Expected more than 1 value per channel.*call eval\(\)"):
        nn.BatchNorm1d(3)(mtorch.randn(1, 3))


def test_layers_without_running_statistics_are_the_same_in_both() -> None:
    with mtorch.inference_mode():
        nn.BatchNorm1d(3, track_running_stats=False)(mtorch.randn(4, 3))
        nn.LayerNorm(3)(mtorch.randn(4, 3))


# ---- data on the wrong scale ---------------------------------------------------------------------


@pytest.mark.parametrize(("layer", "size"), [(nn.Linear(4, 2), (3, 4)), (nn.Conv2d(1, 2, 3), (1, 1, 4, 4))])
def test_bytes_of_pictures(layer, size) -> None:
    with pytest.raises(RuntimeError, match=r"x.float\(\) / 255"):
        layer(mtorch.zeros(*size, dtype=mtorch.uint8))
    with pytest.raises(RuntimeError) as error:
        layer(mtorch.zeros(*size, dtype=mtorch.int64))
    assert "255" not in str(error.value)


def test_a_loss_that_is_no_number() -> None:
    w = mtorch.tensor([1e30], requires_grad=True)
    loss = nn.MSELoss()(w * 1e30, mtorch.zeros(1))
    with pytest.warns(UserWarning, match="the loss is inf.*bring the inputs to a size around 1"):
        loss.backward()


# ---- what was said already -----------------------------------------------------------------------


def test_labels() -> None:
    with pytest.raises(RuntimeError, match=r"expected scalar type Long.*target.long\(\)"):
        F.cross_entropy(scores(), CLASSES.float())
    with pytest.raises(RuntimeError, match=r"must have shape \(4,\), got \(4, 1\)"):
        F.cross_entropy(scores(), CLASSES.unsqueeze(1))
    with pytest.raises(IndexError, match="Target 3 is out of bounds: there are 3 classes"):
        F.cross_entropy(scores(), CLASSES + 1)


def test_squared_error_of_a_column_and_a_row() -> None:
    with pytest.warns(UserWarning, match="different to the input size"):
        F.mse_loss(mtorch.zeros(4, 1), mtorch.zeros(4))


def test_modules() -> None:
    class Forgets(nn.Module):
        def __init__(self):
            self.width = 3

    class AssignsToo(nn.Module):
        def __init__(self):
            self.layer = nn.Linear(1, 1)

    class Lists(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = [nn.Linear(1, 1)]

    for forgetful in (Forgets, AssignsToo):
        with pytest.raises(AttributeError, match=r"super\(\).__init__\(\)"):
            forgetful()
    with pytest.warns(UserWarning, match="Lists.layers is a plain list.*Use ModuleList"):
        Lists()


def test_writing_a_leaf() -> None:
    w = mtorch.ones(2, requires_grad=True)
    with pytest.raises(RuntimeError, match="a leaf Variable that requires grad is being used in an in-place operation"):
        w -= 0.1


# ---- what PyTorch warns of -------------------------------------------------------------------------


@pytest.mark.parametrize("mistake", [
    lambda t: (t.ones(2, requires_grad=True) * 2).grad,
    lambda t: t.tensor(t.ones(2)), lambda t: t.ones(2).new_tensor(t.ones(2)),
    lambda t: t.ones(1).std(), lambda t: t.ones(3, 1).var(dim=1), lambda t: t.std_mean(t.ones(2), correction=2),
    lambda t: t.var(t.zeros(3, 0), 1), lambda t: t.ones(2).T, lambda t: t.ones(2, 3, 4).T, lambda t: t.tensor(1.0).T,
    lambda t: t.nn.functional.mse_loss(t.ones(3, 1), t.ones(3)), lambda t: t.nn.functional.softmax(t.ones(2)),
])
def test_warns_where_torch_does(mistake) -> None:
    torch = pytest.importorskip("torch")
    texts, lines = [], []
    for framework in (mtorch, torch):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            mistake(framework)
        texts += [str(w.message) for w in caught]
        lines += [(w.filename, w.lineno) for w in caught]
    if len(texts) == 2:                              # torch gives some of them once in a process
        assert texts[1].startswith(texts[0].rstrip(".")) and lines[0] == lines[1]
    assert len(texts) in (1, 2) and lines[0][0] == __file__


@pytest.mark.parametrize("right", [
    lambda t: t.ones(2, requires_grad=True).grad, lambda t: t.ones(2).grad, lambda t: t.ones(1).std(unbiased=False),
    lambda t: t.as_tensor(t.ones(2)), lambda t: t.tensor([t.ones(()), t.ones(())]), lambda t: t.Tensor(t.ones(2)),
    lambda t: t.ones(2, 3).T, lambda t: t.ones(2, 1).var(0)])
def test_says_nothing_where_torch_says_nothing(right) -> None:
    right(mtorch)


def test_a_kept_gradient_is_no_mistake() -> None:
    y = mtorch.ones(2, requires_grad=True) * 2
    y.retain_grad()
    assert y.grad is None
    y.sum().backward()
    assert y.grad.tolist() == [1.0, 1.0]


def test_a_warning_from_within_a_layer_shows_the_programs_line() -> None:
    class Net(nn.Module):
        def forward(self, x: mtorch.Tensor) -> mtorch.Tensor:
            return nn.Softmax()(x)

    for call in (lambda: nn.MSELoss()(mtorch.ones(3, 1), mtorch.ones(3)), lambda: nn.LSTM(2, 2, dropout=0.5),
                 lambda: Net()(mtorch.ones(2, 2)), lambda: nn.CrossEntropyLoss()(scores().softmax(1), CLASSES)):
        with pytest.warns(UserWarning, match="softmax|target size|dropout") as caught:
            call()
        assert [w.filename for w in caught] == [__file__]


def test_the_checks_leave_the_constructor_s_arguments_to_be_seen():
    class Net(nn.Module):
        def __init__(self, hidden: int, *layers, act="relu", **more):
            super().__init__()

    class Deeper(Net):
        pass

    for kind in (Net, Deeper):
        found = inspect.getfullargspec(kind.__init__)
        assert (found.args, found.varargs, found.varkw, found.kwonlydefaults) == (["self", "hidden"], "layers", "more",
                                                                                  {"act": "relu"})
    assert inspect.getfullargspec(nn.Linear.__init__).args[:3] == ["self", "in_features", "out_features"]
    assert nn.Linear.__init__.__code__.co_varnames[1] == "in_features"


def test_an_image_without_a_batch_is_no_input_of_dropout2d() -> None:
    with pytest.warns(UserWarning, match="Received a 3D input to dropout2d"):
        mtorch.nn.Dropout2d()(mtorch.ones(3, 4, 4))
