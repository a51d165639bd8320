"""The networks of mtorch.vision.models are torchvision's: layers, first weights, answers and gradients.

The numbers of CASES are torchvision's own (0.29, with PyTorch 2.13), printed by `measured` below from its Python source.
They are sums in which every value has its weight, so that the order counts.
"""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import mtorch
from mtorch.vision import models


def tiny_resnet(m, block, **kwargs):
    return m.resnet.ResNet(getattr(m.resnet, block), [1, 1, 1, 1], num_classes=10, **kwargs)


def tiny_efficientnet(m):
    e = m.efficientnet
    rows = [e.FusedMBConvConfig(1, 3, 1, 8, 8, 2), e.FusedMBConvConfig(4, 3, 2, 8, 16, 1),
            e.MBConvConfig(6, 5, 2, 16, 24, 2, width_mult=1.0, depth_mult=1.4), e.MBConvConfig(1, 3, 1, 24, 24, 1)]
    return e.EfficientNet(rows, dropout=0.2, stochastic_depth_prob=0.5, num_classes=10, last_channel=32)


def tiny_vit(m, **kwargs):
    vit = m.VisionTransformer(image_size=32, patch_size=8, num_layers=2, num_heads=2, hidden_dim=16, mlp_dim=32,
                              num_classes=10, dropout=0.1, attention_dropout=0.1, **kwargs)
    vit.heads.head.weight.data.normal_()           # they begin with zeros, which would hide the rest
    return vit


def stem(m):
    return [m.vision_transformer.ConvStemConfig(8, 3, 4), m.vision_transformer.ConvStemConfig(12, 3, 2)]


def tiny_convnext(m):
    stage = m.convnext.CNBlockConfig
    return m.ConvNeXt([stage(8, 16, 2), stage(16, None, 3)], stochastic_depth_prob=0.4, layer_scale=0.3, num_classes=10)


# How to make it from torchvision.models or what is like it, the size of the pictures, and: how many weights, the sum of the
# first weights, of the answer in evaluation, the loss and the sum of the gradients of a step in training.
CASES = {
    "resnet, basic blocks": (lambda m: tiny_resnet(m, "BasicBlock", zero_init_residual=True), 64,
        (4910922, 981094.1476395, 1.943290103788, 2.25222705715, 23.83887467715)),
    "resnet, bottlenecks": (lambda m: tiny_resnet(m, "Bottleneck"), 64,
        (8036426, 5859075.445519, 3.192418931865, 2.302406389868, 12574.71242744)),
    "resnet, groups and dilation": (lambda m: tiny_resnet(m, "Bottleneck", groups=4, width_per_group=16,
                                                      replace_stride_with_dilation=[False, True, True]), 48,
        (5686346, 5890582.833379, 2.22976482229, 2.414724888252, 713.8437864565)),
    "squeezenet 1.0": (lambda m: m.squeezenet1_0(num_classes=10), 48,
        (740554, -12892.47378943, 10.54043110146, 2.374792812528, 15344.719654)),
    "squeezenet 1.1": (lambda m: m.squeezenet1_1(num_classes=10, dropout=0.2), 48,
        (727626, -5951.577937661, 22.55235249544, 2.256376707936, -6793.434008473)),
    "densenet": (lambda m: m.DenseNet(4, (2, 3), 8, drop_rate=0.2, num_classes=10), 48,
        (5650, 56301.83542886, 44.79293862122, 2.230878776992, -164.6141794177)),
    "mobilenet v2": (lambda m: m.mobilenet_v2(width_mult=0.35, num_classes=10), 64,
        (408938, 12549856.48071, 2.891297377071e-07, 2.261435231172, -24008.07087145)),
    "mobilenet v3, large": (lambda m: m.mobilenet_v3_large(width_mult=0.5, num_classes=10, reduced_tail=True), 64,
        (524434, 8073480.622363, 1.340123096685e-09, 2.30213770932, 658.1279619994)),
    "mobilenet v3, small": (lambda m: m.mobilenet_v3_small(num_classes=10, dilated=True), 64,
        (1528106, 7968071.210564, -6.824694452615e-09, 2.300889761893, -557.6571706023)),
    "shufflenet v2": (lambda m: m.shufflenet_v2_x0_5(num_classes=10), 96,
        (352042, 7582950.757279, -0.8694402740529, 2.136473985212, -19266.78418841)),
    "googlenet": (lambda m: m.googlenet(num_classes=10, transform_input=True), 64,
        (9960638, 12078890.23134, 0.2685584015715, 2.318061827498, 503100.3119374)),
    "googlenet, one classifier": (lambda m: m.googlenet(num_classes=10, aux_logits=False, init_weights=False), 64,
        (5610154, 11413794.82261, 2.227007139412, 2.408267470764, -85295.51286211)),
    "vit": (lambda m: tiny_vit(m), 32,
        (8026, 4124.890820091, 145.5700241456, 5.712556052576, -1075.576873838)),
    "vit, convolutions first": (lambda m: tiny_vit(m, representation_size=12, conv_stem_configs=stem(m)), 32,
        (6430, 12033.6133984, 54.57706715112, 4.841046084543, 3056.982132372)),
    "efficientnet": (tiny_efficientnet, 48,
        (40264, 499708.4412283, -0.05499083482916, 2.28900244396, 490.1615623895)),
    "efficientnet b0": (lambda m: m.efficientnet_b0(num_classes=10), 64,
        (4020358, 41858281.62073, -2.321622105654e-12, 4.821275505747, 144052.9688361)),
    "convnext": (tiny_convnext, 32,
        (12034, 13403.58427932, 0.2886320973261, 2.349200929123, -110.6032144747)),
}


def total(arrays) -> float:
    """The sum of all values, each with a weight of its place."""
    return sum(place * float(array.reshape(-1).astype(np.float64) @ (np.arange(array.size) % 7 + 1))
               for place, array in enumerate(arrays, 1))


def made(torch, m, make):
    torch.manual_seed(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        return make(m)


def measured(torch, m, make, size):
    model = made(torch, m, make)
    first = total(value.numpy() for value in model.state_dict().values())
    images = torch.from_numpy(np.random.default_rng(0).standard_normal((4, 3, size, size)))
    model.eval().double()
    with torch.no_grad():
        answer = total([model(images).numpy()])
    model.train()
    torch.manual_seed(1)
    logits = model(images)
    if isinstance(logits, tuple):
        logits = logits.logits + logits.aux_logits1 + logits.aux_logits2
    loss = torch.nn.functional.cross_entropy(logits, torch.tensor([0, 1, 2, 3]))
    loss.backward()
    gradient = total(p.grad.numpy() for p in model.parameters() if p.grad is not None)
    return sum(p.numel() for p in model.parameters()), first, answer, loss.item(), gradient


@pytest.mark.parametrize("name", CASES)
def test_layers_first_weights_answer_and_gradient(name: str) -> None:
    make, size, expected = CASES[name]
    count, first, answer, loss, gradient = measured(mtorch, models, make, size)
    assert count == expected[0]
    assert first == pytest.approx(expected[1], rel=1e-9)
    assert answer == pytest.approx(expected[2], rel=1e-7, abs=0)
    assert loss == pytest.approx(expected[3], rel=1e-9)
    assert gradient == pytest.approx(expected[4], rel=1e-5)


def first_weights(torch, m, monkeypatch, make) -> float:
    """With linear layers of at most 8 values, as those of AlexNet and VGG take half a gigabyte."""
    wide = torch.nn.Linear

    class Narrow(wide):
        def __init__(self, in_features, out_features):
            super().__init__(min(in_features, 8), min(out_features, 8))

    monkeypatch.setattr(torch.nn, "Linear", Narrow)
    return total(value.numpy() for value in made(torch, m, make).state_dict().values())


@pytest.mark.parametrize(("make", "expected"), [
    (lambda m: m.AlexNet(), 540.0972646981),
    (lambda m: m.vgg.VGG(m.vgg.make_layers([8, "M", 16, 16, "M"], batch_norm=True)), 3847.720244552),
    (lambda m: m.vgg.VGG(m.vgg.make_layers([8, "M", 16, 16, "M"]), init_weights=False), 74.31072116594),
])
def test_first_weights_without_the_wide_layers(make, expected: float, monkeypatch: pytest.MonkeyPatch) -> None:
    assert first_weights(mtorch, models, monkeypatch, make) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("name", CASES)
def test_beside_torchvision(name: str) -> None:
    torch, theirs = pytest.importorskip("torch"), pytest.importorskip("torchvision.models")
    make = CASES[name][0]
    here, there = made(mtorch, models, make), made(torch, theirs, make)
    assert repr(here) == repr(there)
    ours, others = here.state_dict(), there.state_dict()
    assert list(ours) == list(others)
    for key, value in ours.items():
        np.testing.assert_array_equal(value.numpy(), others[key].numpy())


# torchvision's own table, `num_params` of each weights' `meta`.
PUBLISHED = {
    "alexnet": 61100840, "convnext_tiny": 28589128, "convnext_small": 50223688, "convnext_base": 88591464,
    "convnext_large": 197767336, "densenet121": 7978856, "densenet161": 28681000, "densenet169": 14149480,
    "densenet201": 20013928, "efficientnet_b0": 5288548, "efficientnet_b1": 7794184, "efficientnet_b2": 9109994,
    "efficientnet_b3": 12233232, "efficientnet_b4": 19341616, "efficientnet_b5": 30389784, "efficientnet_b6": 43040704,
    "efficientnet_b7": 66347960, "efficientnet_v2_s": 21458488, "efficientnet_v2_m": 54139356,
    "efficientnet_v2_l": 118515272, "mobilenet_v2": 3504872, "mobilenet_v3_large": 5483032,
    "mobilenet_v3_small": 2542856, "resnet18": 11689512, "resnet34": 21797672, "resnet50": 25557032,
    "resnet101": 44549160, "resnet152": 60192808, "resnext50_32x4d": 25028904, "resnext101_32x8d": 88791336,
    "resnext101_64x4d": 83455272, "wide_resnet50_2": 68883240, "wide_resnet101_2": 126886696,
    "shufflenet_v2_x0_5": 1366792, "shufflenet_v2_x1_0": 2278604, "shufflenet_v2_x1_5": 3503624,
    "shufflenet_v2_x2_0": 7393996, "squeezenet1_0": 1248424, "squeezenet1_1": 1235496, "vgg11": 132863336,
    "vgg11_bn": 132868840, "vgg13": 133047848, "vgg13_bn": 133053736, "vgg16": 138357544, "vgg16_bn": 138365992,
    "vgg19": 143667240, "vgg19_bn": 143678248, "vit_b_16": 86567656, "vit_b_32": 88224232, "vit_l_16": 304326632,
    "vit_l_32": 306535400, "vit_h_14": 632045800, "googlenet": 13004888,
}


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """First weights are left as the memory is, which is not even asked for then."""
    for name in ("kaiming_uniform_", "kaiming_normal_", "uniform_", "normal_", "trunc_normal_", "xavier_uniform_"):
        monkeypatch.setattr(mtorch.nn.init, name, lambda tensor, *args, **kwargs: tensor)


@pytest.mark.filterwarnings("ignore:The default weight initialization of GoogleNet")
@pytest.mark.parametrize("name", PUBLISHED)
def test_as_many_weights_as_published(name: str, undrawn: None) -> None:
    assert sum(p.numel() for p in models.get_model(name).parameters()) == PUBLISHED[name]


def test_all_models_are_counted() -> None:
    assert models.list_models() == sorted(PUBLISHED)
