"""A model that gives what its layers gave: beside torchvision's, and what programs do with it."""

from __future__ import annotations

import copy
import io
from typing import Any

import pytest

import mtorch
from mtorch.vision import models
from mtorch.vision.models.feature_extraction import create_feature_extractor, get_graph_node_names

nn = mtorch.nn

NAMES: list[tuple[str, Any]] = [
    ("resnet18", {"layer1": "feat1", "layer3": "feat2"}), ("resnet18", ["layer2.0.relu", "layer2.0.relu_1", "layer2.0.bn2"]),
    ("resnet18", ["layer4", "avgpool", "fc"]), ("squeezenet1_1", {"features.3.expand1x1": 0, "features.2": 1}),
    ("mobilenet_v2", ["features.4", "features.18"]), ("vgg11", ["features.7", "features.8"]),
    ("resnet18", {"layer1.0.add": "sum", "layer2": "last", "flatten": "flat"}), ("densenet121", ["features.denseblock1.cat"]),
]


@pytest.mark.parametrize(("model", "names"), NAMES)
@pytest.mark.parametrize("training", [False, True])
def test_features_are_torchvisions(model, names, training):
    torch, vision = pytest.importorskip("torch"), pytest.importorskip("torchvision")
    from torchvision.models.feature_extraction import create_feature_extractor as theirs

    pictures = mtorch.rand(2, 3, 64, 64)
    results = []
    for lib, builder, make in ((mtorch, models, create_feature_extractor), (torch, vision.models, theirs)):
        lib.manual_seed(0)
        net = getattr(builder, model)(weights=None).train(training)
        part = make(net, names)
        assert part.training == training
        y = part(lib.tensor(pictures.numpy()))
        state = {name: value.sum().item() for name, value in net.state_dict().items() if "running" in name}
        results.append(({name: value.detach().numpy() for name, value in y.items()}, state, set(part.state_dict())))
    (ours, our_state, our_keys), (expected, state, keys) = results
    assert list(ours) == list(expected)
    for name, value in ours.items():
        mtorch.testing.assert_close(mtorch.tensor(value), mtorch.tensor(expected[name]), rtol=1e-2, atol=1e-3)
    assert our_state == pytest.approx(state, rel=1e-3, abs=1e-4)      # layers after the last one asked for did not run
    assert keys <= our_keys


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.start = nn.Parameter(mtorch.ones(3))
        self.first, self.relu, self.last = nn.Linear(3, 3), nn.ReLU(), nn.Linear(3, 3)
        self.tail = nn.ModuleDict({"never": nn.Linear(3, 1)})

    def forward(self, x, scale=1.0):
        x = self.relu(self.first(x * self.start * scale))
        return self.relu(self.last(x) + x)


def test_calls_are_counted_and_the_model_stays_as_it_was():
    net = Net().eval()
    part = create_feature_extractor(net, ["relu_1", "first"])
    x = mtorch.randn(2, 3)
    found = part(x, scale=2.0)
    assert list(found) == ["first", "relu_1"] and found["relu_1"].tolist() == net(x, scale=2.0).tolist()
    assert found["first"].tolist() == net.first(x * 2.0).tolist() and not net.relu._forward_hooks
    found["first"].sum().backward()
    assert net.start.grad is not None and part.start is net.start and part.first is net.first
    for twin in (copy.deepcopy(part), _again(part)):
        with mtorch.no_grad():
            twin.first.weight.zero_()
        assert twin(x)["first"].tolist() == net.first.bias.expand(2, 3).tolist()
    assert part(x)["first"].tolist() == net.first(x).tolist() and part.train().training and net.training


def _again(part):
    file = io.BytesIO()
    mtorch.save(part, file)
    file.seek(0)
    mtorch.serialization.add_safe_globals([type(part), Net])
    return mtorch.load(file, weights_only=False)


def test_one_list_for_each_mode():
    part = create_feature_extractor(Net(), train_return_nodes={"first": "a"}, eval_return_nodes=["last"])
    assert list(part(mtorch.ones(1, 3))) == ["a"] and list(part.eval()(mtorch.ones(1, 3))) == ["last"]


@pytest.mark.parametrize(("kwargs", "error", "match"), [
    ({}, ValueError, "should be specified"), ({"train_return_nodes": ["first"]}, ValueError, "both should be specified"),
    ({"return_nodes": ["first"], "train_return_nodes": ["first"], "eval_return_nodes": []}, ValueError, "both should"),
    ({"return_nodes": ["second"]}, ValueError, "node: 'second' is not present in model"),
    ({"return_nodes": ["first.weight.x"]}, ValueError, "not present"),
    ({"return_nodes": ["mul_9"]}, ValueError, "not present"),
])
def test_names_that_are_none(kwargs, error, match):
    with pytest.raises(error, match=match):
        create_feature_extractor(Net(), **kwargs)


def test_a_layer_that_is_not_called():
    part = create_feature_extractor(Net(), ["tail.never", "first"])
    with pytest.raises(ValueError, match=r"tail\.never"):
        part(mtorch.ones(1, 3))


def test_names_of_all_that_is_computed():
    vision = pytest.importorskip("torchvision")
    from torchvision.models.feature_extraction import get_graph_node_names as theirs
    for name in ("alexnet", "densenet121", "efficientnet_b0", "squeezenet1_0", "mobilenet_v2", "resnet18", "vgg11_bn"):
        ours = get_graph_node_names(getattr(models, name)(num_classes=7, weights=None))
        assert ours == theirs(getattr(vision.models, name)(num_classes=7, weights=None))


def test_what_functions_give_between_layers():
    net = Net().eval()
    names, _ = get_graph_node_names(net)
    assert names == ["x", "scale", "start", "mul", "mul_1", "first", "relu", "last", "add", "relu_1"]
    part = create_feature_extractor(net, {"add": "sum", "mul": "scaled"})
    x = mtorch.randn(2, 3)
    h = net.relu(net.first(x))
    found = part(x)
    assert list(found) == ["scaled", "sum"] and found["sum"].tolist() == (net.last(h) + h).tolist()
    assert "tail" not in dict(part.named_children()) and not part.training and part.train().graph is part.train_graph


def test_other_nodes_of_the_same_part_in_each_mode():
    part = create_feature_extractor(models.resnet18(weights=None), train_return_nodes=["layer1.0.add"],
                                    eval_return_nodes=["layer1.1.add"])
    x = mtorch.ones(2, 3, 32, 32)
    assert list(part(x)) == ["layer1.0.add"] and list(part.eval()(x)) == ["layer1.1.add"]
