"""Models by name, weights that are asked for, and parts of a model: what all families of models share."""

from __future__ import annotations

import subprocess
import sys
import warnings
from pathlib import Path

import pytest

import mtorch
from mtorch.vision import models
from mtorch.vision.models._api import register_model
from mtorch.vision.models._utils import IntermediateLayerGetter, _make_divisible


def test_what_is_none_of_the_models_weights() -> None:
    with pytest.raises(KeyError):
        models.resnet18(weights="IMAGENET1K_V2")
    with pytest.raises(TypeError, match="expected ResNet18_Weights but received ResNet50_Weights"):
        models.resnet18(weights=models.ResNet50_Weights.DEFAULT)


@pytest.mark.parametrize(("args", "kwargs"), [((), {"pretrained": False}), ((False,), {}), ((), {"weights": False})])
def test_the_old_way_to_say_no_weights(args, kwargs) -> None:
    with pytest.warns(UserWarning, match="deprecated since 0.13"):
        model = models.squeezenet1_1(*args, num_classes=3, **kwargs)
    assert model.num_classes == 3


def test_progress_is_of_downloads() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        models.squeezenet1_1(weights=None, progress=False)


def test_what_a_name_fixes() -> None:
    with pytest.raises(ValueError, match="The parameter 'groups' expected value 32 but got 4 instead"):
        models.resnext50_32x4d(groups=4)
    with pytest.raises(TypeError, match="multiple values for keyword argument 'norm_layer'"):
        models.efficientnet_b5(norm_layer=mtorch.nn.BatchNorm2d)


def test_names_of_weights() -> None:
    weights = models.MobileNet_V2_Weights
    assert weights.DEFAULT is weights.IMAGENET1K_V2
    assert models.get_weight("MobileNet_V2_Weights.DEFAULT") is weights["DEFAULT"]
    assert models.get_model_weights(models.mobilenet_v2) is models.get_model_weights("mobilenet_v2") is weights
    assert weights.verify(None) is None
    assert not hasattr(weights.DEFAULT, "no_such_thing")
    for wrong in ("MobileNet_V2_Weights", "Nothing_Weights.DEFAULT", "resnet18.DEFAULT"):
        with pytest.raises(ValueError, match="weight"):
            models.get_weight(wrong)


def test_a_picture_is_prepared_for_its_network() -> None:
    prepare = models.ConvNeXt_Tiny_Weights.DEFAULT.transforms()
    assert (prepare.resize_size, prepare.crop_size) == ([236], [224])
    picture = mtorch.full((2, 3, 300, 500), 255, dtype=mtorch.uint8)
    prepared = prepare(picture)
    assert prepared.shape == (2, 3, 224, 224)
    white = [(1 - 0.485) / 0.229, (1 - 0.456) / 0.224, (1 - 0.406) / 0.225]
    assert prepared[1, :, 100, 100].tolist() == pytest.approx(white, rel=1e-5)
    assert "236 pixels" in prepare.describe()
    assert models.ConvNeXt_Tiny_Weights.DEFAULT.transforms(crop_size=10)(picture).shape == (2, 3, 10, 10)


def test_what_is_known_of_weights() -> None:
    meta = models.get_weight("ResNet50_Weights.IMAGENET1K_V2").meta
    assert len(meta["categories"]) == len(models.VGG16_Weights.DEFAULT.meta["categories"]) == 1000
    assert [meta["categories"][i] for i in (0, 207, 999)] == ["tench", "golden retriever", "toilet tissue"]
    assert meta["num_params"] == sum(p.numel() for p in models.resnet50().parameters())
    assert meta["_metrics"] == {"ImageNet-1K": {"acc@1": 80.858, "acc@5": 95.434}}
    assert models.VGG16_Weights.IMAGENET1K_FEATURES.meta["categories"] is None


def test_weights_are_said_to_be_what_torchvision_says() -> None:
    theirs = pytest.importorskip("torchvision.models")
    count = 0
    for name in models.list_models():
        for weights in models.get_model_weights(name):
            other = theirs.get_weight(str(weights))
            assert weights.url == other.url
            assert repr(weights.transforms()) == repr(other.transforms())
            for key, value in weights.meta.items():
                assert str(value) == str(other.meta[key])              # str: nan is not nan
            count += 1
    assert count == 69


def test_every_model_has_names_of_weights() -> None:
    for name in models.list_models():
        kind = models.get_model_weights(name)
        assert getattr(models, kind.__name__) is kind
        assert kind.DEFAULT.url.endswith(".pth")


def test_models_by_name() -> None:
    functions = {name for name in vars(models)                                                   # as programs list them
                 if name.islower() and not name.startswith("__") and callable(vars(models)[name])}
    assert functions == {*models.list_models(), "get_model", "get_model_builder", "get_model_weights", "get_weight",
                         "list_models"}
    assert isinstance(models.get_model("SqueezeNet1_0", num_classes=2), models.SqueezeNet)
    assert models.list_models(module=models, include=["vgg1*", "alex*"], exclude="*_bn") == ["alexnet", "vgg11", "vgg13",
                                                                                            "vgg16", "vgg19"]
    assert models.list_models(mtorch.nn) == []
    with pytest.raises(ValueError, match="Unknown model resnet19"):
        models.get_model("ResNet19")
    with pytest.raises(ValueError, match="already registered under the name 'resnet18'"):
        register_model("resnet18")(models.resnet34)


def test_absent_names() -> None:
    with pytest.raises(AttributeError, match="no 'resnet102'; the nearest name is 'resnet"):
        models.resnet102
    with pytest.raises(AttributeError, match="no 'model'; the nearest name is 'models'"):
        mtorch.vision.model


def test_layers_on_the_way() -> None:
    model = models.resnet.ResNet(models.resnet.BasicBlock, [1, 1, 1, 1], num_classes=2).eval()
    part = IntermediateLayerGetter(model, {"layer1": "low", "layer3": "high"})
    assert list(part) == ["conv1", "bn1", "relu", "maxpool", "layer1", "layer2", "layer3"]
    found = part(mtorch.ones(1, 3, 32, 32))
    assert {name: tuple(value.shape) for name, value in found.items()} == {"low": (1, 64, 8, 8), "high": (1, 256, 2, 2)}
    assert part["layer3"] is model.layer3
    with pytest.raises(ValueError, match="return_layers are not present in model"):
        IntermediateLayerGetter(model, {"layer5": "x"})


@pytest.mark.parametrize(("channels", "expected"), [(3, 8), (11, 16), (12, 16), (44, 48), (24.0, 24), (179.2, 176)])
def test_channels_in_eights(channels: float, expected: int) -> None:
    assert _make_divisible(channels, 8) == expected


def test_a_program_subclasses_resnet() -> None:
    class Grey(models.ResNet):
        def __init__(self):
            super().__init__(models.resnet.BasicBlock, [1, 1, 1, 1], num_classes=10)
            self.conv1 = mtorch.nn.Conv2d(1, 64, 3, padding=1, bias=False)

        def forward(self, x):
            return self._forward_impl(x).softmax(1)

    assert Grey()(mtorch.ones(2, 1, 16, 16)).sum(1).tolist() == pytest.approx([1, 1])


def test_published_states_of_older_form_load() -> None:
    """DenseNet's files say norm.1 for norm1, and the vision transformer's linear_1 for the first layer of a network."""
    dense = models.DenseNet(2, (2, 1), 4, num_classes=2)
    old = {key.replace("norm1.", "norm.1.").replace("norm2.", "norm.2.").replace("conv1.", "conv.1.").replace(
        "conv2.", "conv.2."): value.clone() for key, value in dense.state_dict().items()}
    assert "features.denseblock1.denselayer2.norm.1.weight" in old
    other = models.DenseNet(2, (2, 1), 4, num_classes=2)
    other.load_state_dict(old)
    mtorch.testing.assert_close(other.state_dict(), dense.state_dict())

    block = models.vision_transformer.MLPBlock(4, 8, 0.0)
    old = {f"linear_{1 if key[0] == '0' else 2}.{key[2:]}": value.clone() for key, value in block.state_dict().items()}
    other = models.vision_transformer.MLPBlock(4, 8, 0.0)
    other.load_state_dict(old)
    mtorch.testing.assert_close(other.state_dict(), block.state_dict())


def test_vectors_for_places_of_larger_pictures() -> None:
    small, large = (models.VisionTransformer(size, 8, 1, 2, 16, 32, num_classes=2) for size in (32, 48))
    state = models.vision_transformer.interpolate_embeddings(48, 8, small.state_dict())
    large.load_state_dict(state)
    ends = [0, 5, 30, 35]                          # the corners of the square stay
    mtorch.testing.assert_close(large.encoder.pos_embedding[0, 1:][ends], small.encoder.pos_embedding[0, 1:][[0, 3, 12, 15]])
    headless = models.vision_transformer.interpolate_embeddings(48, 8, small.state_dict(), reset_heads=True)
    assert set(state) - set(headless) == {"heads.head.weight", "heads.head.bias"}
    with pytest.raises(AssertionError, match="Wrong image height! Expected 32 but got 48!"):
        small(mtorch.zeros(1, 3, 48, 48))


def test_imported_only_when_asked_for_and_under_torchvisions_names() -> None:
    program = """
import sys, mtorch.as_torch, torch, torchvision
assert "mtorch.vision.models" not in sys.modules and "mtorch.vision.ops" not in sys.modules
torchvision.models.resnet18
from torchvision.models.resnet import BasicBlock, ResNet18_Weights
from torchvision.models._utils import IntermediateLayerGetter
from torchvision.ops import nms
import torchvision.models as models
import torchvision.models.alexnet
import mtorch.vision.models.resnet as ours
assert ours.BasicBlock is BasicBlock and callable(models.alexnet) and sys.modules["torchvision.models.resnet"] is ours
try:
    import torchvision.models.detection
except ModuleNotFoundError as error:
    print(error)
"""
    answer = subprocess.run([sys.executable, "-c", program], cwd=Path(__file__).parents[3], capture_output=True,
                            text=True, check=True)
    assert "mtorch has no module 'torchvision.models.detection'" in answer.stdout
