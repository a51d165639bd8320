"""The policies of `transforms.v2`, and what mixes the pictures of a batch with each other."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from ....functions.creation import arange, linspace, tensor
from ....functions.random import rand, randint
from ....nn.functional import one_hot
from ....tensor import Tensor
from ....utils._pytree import tree_leaves, tree_map
from .. import autoaugment as first
from ..colours import largest
from ..images import size_of
from .base import Transform, is_picture

__all__ = ["AutoAugment", "CutMix", "MixUp", "RandAugment", "TrivialAugmentWide"]


class _Policy(Transform, first.Augment):
    """What differs from the policies of `transforms`: how signs are drawn, and how two strengths are counted."""

    def _magnitudes(self, name: str, bins: int, height: int, width: int) -> list[float]:
        if name == "Posterize":
            return (8 - arange(bins) / ((bins - 1) / self.most["Bits"])).round().tolist()
        if name == "Solarize":
            return linspace(1.0, 0.0, bins).tolist()
        return super()._magnitudes(name, bins, height, width)

    def _is_negative(self) -> bool:
        return rand(()).item() <= 0.5

    def _changed(self, img: Any, name: str, magnitude: float) -> Any:
        if name == "Solarize":
            magnitude *= largest(img.dtype) if isinstance(img, Tensor) else 255.0
        return super()._changed(img, name, magnitude)


class AutoAugment(_Policy, first.AutoAugment):
    """As `transforms.AutoAugment`."""

    def forward(self, img: Any) -> Any:
        for name, often, which in self.policies[randint(len(self.policies), ()).item()]:
            if rand(()).item() <= often:
                magnitudes = self._magnitudes(name, 10, *size_of(img))
                magnitude = magnitudes[which] if magnitudes and which is not None else 0.0
                img = self._changed(img, name, -magnitude if name in first.SIGNED and self._is_negative() else magnitude)
        return img


class RandAugment(_Policy, first.RandAugment):
    """As `transforms.RandAugment`."""


class TrivialAugmentWide(_Policy, first.TrivialAugmentWide):
    """As `transforms.TrivialAugmentWide`."""


class _Mixture(Transform):
    """Each picture of a batch is mixed with the one before it, and their labels as much.

    alpha: > 0; how even the shares are: they are drawn from Beta(alpha, alpha)
    num_classes: of labels that are numbers of classes; they become shares of each class
    labels_getter: gives the labels of a sample; "default": the second part, or what a dict has at "labels"

    Raises: ValueError for labels that are none, and for pictures that are no batch as large; NotImplementedError for
    further parts with height and width.
    """

    def __init__(self, *, alpha: float = 1.0, num_classes: int | None = None,
                 labels_getter: Callable[[Any], Any] | str | None = "default") -> None:
        super().__init__()
        from ....distributions import Beta

        self.alpha = float(alpha)
        self._shares = Beta(tensor([float(alpha)]), tensor([float(alpha)]))
        self.num_classes = num_classes
        if labels_getter != "default" and not callable(labels_getter):
            raise ValueError(f"labels_getter should either be 'default' or a callable, but got {labels_getter}.")
        self._getter = labels_getter if callable(labels_getter) else _labels_of

    def __call__(self, *inputs: Any) -> Any:
        sample = inputs if len(inputs) > 1 else inputs[0]
        labels = self._getter(sample)
        if not isinstance(labels, Tensor):
            raise ValueError(f"The labels must be a tensor, but got {type(labels)} instead.")
        if labels.ndim not in (1, 2):
            raise ValueError("labels should be index based with shape (batch_size,) or probability based with shape "
                             f"(batch_size, num_classes), but got a tensor of shape {labels.shape} instead.")
        if labels.ndim == 2 and self.num_classes is not None and labels.shape[-1] != self.num_classes:
            raise ValueError("When passing 2D labels, the number of elements in last dimension must match num_classes: "
                             f"{labels.shape[-1]} != {self.num_classes}. You can Leave num_classes to None.")
        if labels.ndim == 1 and self.num_classes is None:
            raise ValueError("num_classes must be passed if the labels are index-based (1D)")
        pictures = [leaf for leaf in tree_leaves(sample) if is_picture(leaf) and leaf is not labels]
        if len(pictures) != 1:
            raise NotImplementedError(f"{type(self).__name__}: {len(pictures)} parts of this sample have height and width; "
                                      "here it can be one batch of pictures with its labels")
        picture = pictures[0]
        if not isinstance(picture, Tensor) or picture.ndim != 4 or len(picture) != len(labels):
            raise ValueError(f"{type(self).__name__}: expected pictures (N, C, H, W) and N labels, pictures "
                             f"{tuple(picture.shape)} and labels {tuple(labels.shape)} came" if isinstance(picture, Tensor)
                             else f"{type(self).__name__}() does not support PIL images and arrays")
        mixed, share = self.mixed(picture, self._shares.sample(()).item())
        weights = one_hot(labels, num_classes=self.num_classes or -1) if labels.ndim == 1 else labels
        weights = _mixed(weights if weights.is_floating_point() else weights.float(), share)
        return tree_map(lambda leaf: mixed if leaf is picture else weights if leaf is labels else leaf, sample)

    def mixed(self, pictures: Tensor, share: float) -> tuple[Tensor, float]:
        """The mixed pictures, and what share of each is its own."""
        raise NotImplementedError(f"{type(self).__name__} has no method mixed")


def _mixed(batch: Tensor, share: float) -> Tensor:
    return batch.roll(1, 0) * (1.0 - share) + batch * share


def _labels_of(sample: Any) -> Any:
    found = sample[1] if isinstance(sample, (tuple, list)) else sample
    if isinstance(found, Tensor):
        return found
    if not isinstance(found, dict):
        raise ValueError("When using the default labels_getter, the input passed to forward must be a dictionary or a "
                         f"two-tuple whose second item is a dictionary or a tensor, but got {found} instead.")
    names: Sequence[str] = sorted((name for name in found if "label" in name.lower()), key=lambda name: name.lower() != "labels")
    if not names:
        raise ValueError("Could not infer where the labels are in the sample. Try passing a callable as the "
                         "labels_getter parameter?")
    return found[names[0]]


class MixUp(_Mixture):
    """Each picture of a batch is a weighted sum with the one before it, and their labels as much.

    alpha, num_classes, labels_getter: as for `CutMix`

    Source: H. Zhang, M. Cisse, Y. N. Dauphin and D. Lopez-Paz, mixup: Beyond Empirical Risk Minimization, ICLR 2018.
    """

    def mixed(self, pictures: Tensor, share: float) -> tuple[Tensor, float]:
        return _mixed(pictures, share), share


class CutMix(_Mixture):
    """Each picture of a batch has a rectangle of the one before it, and their labels are mixed as much.

    alpha: > 0; how even the shares are: they are drawn from Beta(alpha, alpha)
    num_classes: of labels that are numbers of classes; they become shares of each class
    labels_getter: gives the labels of a sample; "default": the second part, or what a dict has at "labels"

    Source: S. Yun et al., CutMix: Regularization Strategy to Train Strong Classifiers with Localizable Features, ICCV
    2019.
    """

    def mixed(self, pictures: Tensor, share: float) -> tuple[Tensor, float]:
        height, width = pictures.shape[-2:]
        x, y = randint(width, size=(1,)).item(), randint(height, size=(1,)).item()
        half = 0.5 * math.sqrt(1.0 - share)
        wide, high = int(half * width), int(half * height)
        left, upper, right, lower = max(x - wide, 0), max(y - high, 0), min(x + wide, width), min(y + high, height)
        changed = pictures.clone()
        changed[..., upper:lower, left:right] = pictures.roll(1, 0)[..., upper:lower, left:right]
        return changed, 1.0 - (right - left) * (lower - upper) / (width * height)
