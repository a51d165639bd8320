"""Policies draw torchvision's changes with the same seed."""

from __future__ import annotations

import numpy as np
import pytest

import mtorch
from mtorch.vision import transforms

torch = pytest.importorskip("torch")
torchvision_transforms = pytest.importorskip("torchvision.transforms")
pytest.importorskip("torchvision.transforms.v2")

RANDOM = np.random.default_rng(3)
PICTURES = {"bytes": RANDOM.integers(0, 256, (3, 40, 33), np.uint8), "grey": RANDOM.integers(0, 256, (1, 21, 22), np.uint8)}
MAKES = {
    **{policy: lambda t, policy=policy: t.AutoAugment(t.AutoAugmentPolicy[policy]) for policy in ("IMAGENET", "CIFAR10", "SVHN")},
    "random": lambda t: t.RandAugment(), "strong": lambda t: t.RandAugment(3, 20, fill=[7]),
    "trivial": lambda t: t.TrivialAugmentWide(), "few": lambda t: t.TrivialAugmentWide(5, t.InterpolationMode.BILINEAR, 9),
}


def both(version):
    """The module of transforms here and there, of the first version or the second."""
    return [(mtorch, transforms.v2 if version == 2 else transforms),
            (torch, torchvision_transforms.v2 if version == 2 else torchvision_transforms)]


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("name", MAKES)
@pytest.mark.parametrize("picture", PICTURES)
def test_the_same_changes(name, picture, version):
    unequal = []
    for seed in range(60):
        results = []
        for library, module in both(version):
            library.manual_seed(seed)
            results.append(MAKES[name](module)(library.from_numpy(PICTURES[picture].copy())).numpy())
            results.append(library.rand(1).item())          # as many numbers were drawn
        assert results[1] == results[3]
        unequal.append((results[0] != results[2]).mean())
    # A sheared pixel may come from just between two; an equalized picture then differs as a whole.
    assert np.median(unequal) == 0
    assert np.mean([share > 0.03 for share in unequal]) < 0.2


def test_reprs():
    for make in MAKES.values():
        assert repr(make(transforms)) == repr(make(torchvision_transforms))


@pytest.mark.parametrize("name", ["MixUp", "CutMix"])
@pytest.mark.parametrize("shape", [(4, 3, 10, 9), (5, 1, 16, 16)])
def test_mixtures(name, shape):
    pictures, classes = RANDOM.random(shape, np.float32), RANDOM.integers(0, 6, shape[0])
    for seed in range(8):
        results = []
        for library, module in both(2):
            library.manual_seed(seed)
            mix = getattr(module, name)(alpha=0.7, num_classes=6)
            mixed, labels = mix(library.from_numpy(pictures), library.from_numpy(classes))
            sample = mix({"img": library.from_numpy(pictures), "labels": labels})
            results.append([mixed, labels, sample["img"], sample["labels"]])
        for here, there in zip(*results, strict=True):
            np.testing.assert_allclose(here.numpy(), there.numpy(), atol=1e-6)
            assert str(here.dtype) == str(there.dtype)
