"""Policies of changes that have been found to help: each picture gets some of them, at random.

They draw the numbers that torchvision draws, in the same order.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from ...functions.creation import arange, linspace
from ...functions.random import rand, randint
from .base import Transform
from .images import size_of
from .interpolation import InterpolationMode, interpolation_mode

__all__ = ["SIGNED", "Augment", "AutoAugment", "AutoAugmentPolicy", "RandAugment", "TrivialAugmentWide"]


class AutoAugmentPolicy(enum.Enum):
    """The data that a policy of AutoAugment has been found for.

    value: its name, in small letters

    Raises: ValueError for another name.

    >>> AutoAugmentPolicy("svhn")
    <AutoAugmentPolicy.SVHN: 'svhn'>
    """

    IMAGENET = "imagenet"
    CIFAR10 = "cifar10"
    SVHN = "svhn"


# A policy is pairs of changes: each has a name, how often it is applied, and which of its ten magnitudes.
_POLICIES = {
    AutoAugmentPolicy.IMAGENET: """
        Posterize 0.4 8 + Rotate 0.6 9; Solarize 0.6 5 + AutoContrast 0.6; Equalize 0.8 + Equalize 0.6; Posterize
        0.6 7 + Posterize 0.6 6; Equalize 0.4 + Solarize 0.2 4; Equalize 0.4 + Rotate 0.8 8; Solarize 0.6 3 +
        Equalize 0.6; Posterize 0.8 5 + Equalize 1.0; Rotate 0.2 3 + Solarize 0.6 8; Equalize 0.6 + Posterize 0.4 6;
        Rotate 0.8 8 + Color 0.4 0; Rotate 0.4 9 + Equalize 0.6; Equalize 0.0 + Equalize 0.8; Invert 0.6 + Equalize
        1.0; Color 0.6 4 + Contrast 1.0 8; Rotate 0.8 8 + Color 1.0 2; Color 0.8 8 + Solarize 0.8 7; Sharpness 0.4 7
        + Invert 0.6; ShearX 0.6 5 + Equalize 1.0; Color 0.4 0 + Equalize 0.6; Equalize 0.4 + Solarize 0.2 4;
        Solarize 0.6 5 + AutoContrast 0.6; Invert 0.6 + Equalize 1.0; Color 0.6 4 + Contrast 1.0 8; Equalize 0.8 +
        Equalize 0.6
        """,
    AutoAugmentPolicy.CIFAR10: """
        Invert 0.1 + Contrast 0.2 6; Rotate 0.7 2 + TranslateX 0.3 9; Sharpness 0.8 1 + Sharpness 0.9 3; ShearY 0.5
        8 + TranslateY 0.7 9; AutoContrast 0.5 + Equalize 0.9; ShearY 0.2 7 + Posterize 0.3 7; Color 0.4 3 +
        Brightness 0.6 7; Sharpness 0.3 9 + Brightness 0.7 9; Equalize 0.6 + Equalize 0.5; Contrast 0.6 7 +
        Sharpness 0.6 5; Color 0.7 7 + TranslateX 0.5 8; Equalize 0.3 + AutoContrast 0.4; TranslateY 0.4 3 +
        Sharpness 0.2 6; Brightness 0.9 6 + Color 0.2 8; Solarize 0.5 2 + Invert 0.0; Equalize 0.2 + AutoContrast
        0.6; Equalize 0.2 + Equalize 0.6; Color 0.9 9 + Equalize 0.6; AutoContrast 0.8 + Solarize 0.2 8; Brightness
        0.1 3 + Color 0.7 0; Solarize 0.4 5 + AutoContrast 0.9; TranslateY 0.9 9 + TranslateY 0.7 9; AutoContrast
        0.9 + Solarize 0.8 3; Equalize 0.8 + Invert 0.1; TranslateY 0.7 9 + AutoContrast 0.9
        """,
    AutoAugmentPolicy.SVHN: """
        ShearX 0.9 4 + Invert 0.2; ShearY 0.9 8 + Invert 0.7; Equalize 0.6 + Solarize 0.6 6; Invert 0.9 + Equalize
        0.6; Equalize 0.6 + Rotate 0.9 3; ShearX 0.9 4 + AutoContrast 0.8; ShearY 0.9 8 + Invert 0.4; ShearY 0.9 5 +
        Solarize 0.2 6; Invert 0.9 + AutoContrast 0.8; Equalize 0.6 + Rotate 0.9 3; ShearX 0.9 4 + Solarize 0.3 3;
        ShearY 0.8 8 + Invert 0.7; Equalize 0.9 + TranslateY 0.6 6; Invert 0.9 + Equalize 0.6; Contrast 0.3 3 +
        Rotate 0.8 4; Invert 0.8 + TranslateY 0.0 2; ShearY 0.7 6 + Solarize 0.4 8; Invert 0.6 + Rotate 0.8 4;
        ShearY 0.3 7 + TranslateX 0.9 3; ShearX 0.1 6 + Invert 0.6; Solarize 0.7 2 + TranslateY 0.6 7; ShearY 0.8 4
        + Invert 0.8; ShearX 0.7 9 + TranslateY 0.8 3; ShearY 0.8 5 + AutoContrast 0.7; ShearX 0.7 2 + Invert 0.1
        """,
}


def _pairs(policy: AutoAugmentPolicy) -> list[list[tuple[str, float, int | None]]]:
    pairs = [[change.split() for change in pair.split("+")] for pair in _POLICIES[policy].split(";")]
    return [[(name, float(often), int(*rest) if rest else None) for name, often, *rest in pair] for pair in pairs]


class Augment(Transform):
    """What the policies share: how strong a change can be, and what it is."""

    most: ClassVar[dict[str, float]] = {"Shear": 0.3, "Rotate": 30.0, "Colour": 0.9, "Bits": 4}

    def __init__(self, interpolation: InterpolationMode | int, fill: float | Sequence[float] | None) -> None:
        super().__init__()
        self.interpolation = interpolation_mode(interpolation)
        self.fill = fill

    def _shifts(self, height: int, width: int) -> tuple[float, float]:
        """The most that a picture is shifted to the side, and down."""
        return 150.0 / 331.0 * width, 150.0 / 331.0 * height

    def _magnitudes(self, name: str, bins: int, height: int, width: int) -> list[float]:
        """How strong a change can be, weakest first; none where it has no strength."""
        if name == "Posterize":
            return (8 - (arange(bins) / ((bins - 1) / self.most["Bits"])).round()).tolist()
        if name == "Solarize":
            return linspace(255.0, 0.0, bins).tolist()
        wide, high = self._shifts(height, width)
        most = {**dict.fromkeys(("ShearX", "ShearY"), self.most["Shear"]), "TranslateX": wide, "TranslateY": high,
                "Rotate": self.most["Rotate"],
                **dict.fromkeys(("Brightness", "Color", "Contrast", "Sharpness"), self.most["Colour"])}
        return linspace(0.0, most[name], bins).tolist() if name in most else []

    def _is_negative(self) -> bool:
        """Draw whether a change goes the other way."""
        return bool(randint(2, (1,)).item())

    def _drawn(self, img: Any, names: Sequence[str], bins: int, which: Callable[[int], int]) -> Any:
        """The picture after one of these changes."""
        name = names[randint(len(names), (1,)).item()]
        magnitudes = self._magnitudes(name, bins, *size_of(img))
        magnitude = magnitudes[which(len(magnitudes))] if magnitudes else 0.0
        if name in SIGNED and self._is_negative():
            magnitude = -magnitude
        return self._changed(img, name, magnitude)

    def _changed(self, img: Any, name: str, magnitude: float) -> Any:
        how: dict[str, Any] = {"interpolation": self.interpolation, "fill": self.fill}
        if name in ("ShearX", "ShearY"):
            angle = math.degrees(math.atan(magnitude))
            return self.functions.affine(img, 0.0, [0, 0], 1.0, [angle, 0.0] if name == "ShearX" else [0.0, angle],
                                         center=[0, 0], **how)
        if name in ("TranslateX", "TranslateY"):
            shift = [int(magnitude), 0] if name == "TranslateX" else [0, int(magnitude)]
            return self.functions.affine(img, 0.0, shift, 1.0, [0.0, 0.0], **how)
        if name == "Rotate":
            return self.functions.rotate(img, magnitude, **how)
        if name in _FACTORS:
            return getattr(self.functions, _FACTORS[name])(img, 1.0 + magnitude)
        if name == "Posterize":
            return self.functions.posterize(img, int(magnitude))
        if name == "Solarize":
            return self.functions.solarize(img, magnitude)
        return img if name == "Identity" else getattr(self.functions, name.lower())(img)


_FACTORS = {"Brightness": "adjust_brightness", "Color": "adjust_saturation", "Contrast": "adjust_contrast",
            "Sharpness": "adjust_sharpness"}
SIGNED = ("ShearX", "ShearY", "TranslateX", "TranslateY", "Rotate", *_FACTORS)
_NAMES = ("Identity", "ShearX", "ShearY", "TranslateX", "TranslateY", "Rotate", "Brightness", "Color", "Contrast",
          "Sharpness", "Posterize", "Solarize", "AutoContrast", "Equalize")


class AutoAugment(Augment):
    """The picture after a random one of the pairs of changes that have been found for some data.

    Args:
        policy: for which data.
        interpolation: NEAREST or BILINEAR.
        fill: of what comes from outside, one number or one for each channel; None: 0.

    Shape: any picture of bytes, in grey or in colour -> the same.
    Raises: TypeError for what is no picture of bytes; KeyError for another policy.
    Source: E. D. Cubuk et al., AutoAugment: Learning Augmentation Strategies from Data, CVPR 2019.

    >>> import mtorch
    >>> from mtorch.vision import transforms
    >>> transforms.AutoAugment()(mtorch.zeros(3, 8, 8, dtype=mtorch.uint8)).shape
    torch.Size([3, 8, 8])
    """

    def __init__(self, policy: AutoAugmentPolicy = AutoAugmentPolicy.IMAGENET,
                 interpolation: InterpolationMode | int = InterpolationMode.NEAREST,
                 fill: float | Sequence[float] | None = None) -> None:
        super().__init__(interpolation, fill)
        self.policy = policy
        self._policies = _pairs(policy)

    @property
    def policies(self) -> list[list[tuple[str, float, int | None]]]:
        """The pairs of changes: the name of each, how often it is applied, and which of its ten magnitudes."""
        return self._policies

    @staticmethod
    def get_params(transform_num: int) -> tuple[int, Any, Any]:
        """Draw the pair, a number for whether each change is applied, and one for whether it goes the other way."""
        return randint(transform_num, (1,)).item(), rand((2,)), randint(2, (2,))

    def forward(self, img: Any) -> Any:
        place, shares, signs = self.get_params(len(self.policies))
        height, width = size_of(img)
        pairs = zip(self.policies[place], shares.tolist(), signs.tolist(), strict=True)
        for (name, often, which), share, sign in pairs:
            if share <= often:
                magnitude = self._magnitudes(name, 10, height, width)[which] if which is not None else 0.0
                img = self._changed(img, name, -magnitude if name in SIGNED and sign == 0 else magnitude)
        return img

    def __repr__(self) -> str:
        return f"{type(self).__name__}(policy={self.policy}, fill={self.fill})"


class RandAugment(Augment):
    """The picture after some changes of the same strength, drawn at random.

    Args:
        num_ops: how many changes.
        magnitude: how strong, the place among num_magnitude_bins.
        num_magnitude_bins: how many strengths there are.
        interpolation: NEAREST or BILINEAR.
        fill: of what comes from outside, one number or one for each channel; None: 0.

    Shape: any picture of bytes, in grey or in colour -> the same.
    Raises: TypeError for what is no picture of bytes; IndexError for a magnitude that is not among them.
    Source: E. D. Cubuk, B. Zoph, J. Shlens and Q. V. Le, RandAugment: Practical Automated Data Augmentation with a
    Reduced Search Space, NeurIPS 2020.

    >>> import mtorch
    >>> from mtorch.vision import transforms
    >>> transforms.RandAugment()(mtorch.zeros(3, 8, 8, dtype=mtorch.uint8)).shape
    torch.Size([3, 8, 8])
    """

    def __init__(self, num_ops: int = 2, magnitude: int = 9, num_magnitude_bins: int = 31,
                 interpolation: InterpolationMode | int = InterpolationMode.NEAREST,
                 fill: float | Sequence[float] | None = None) -> None:
        super().__init__(interpolation, fill)
        self.num_ops = num_ops
        self.magnitude = magnitude
        self.num_magnitude_bins = num_magnitude_bins

    def forward(self, img: Any) -> Any:
        for _ in range(self.num_ops):
            img = self._drawn(img, _NAMES, self.num_magnitude_bins, lambda count: self.magnitude)
        return img

    def __repr__(self) -> str:
        return (f"{type(self).__name__}(num_ops={self.num_ops}, magnitude={self.magnitude}, "
                f"num_magnitude_bins={self.num_magnitude_bins}, interpolation={self.interpolation}, fill={self.fill})")


class TrivialAugmentWide(Augment):
    """The picture after one change, drawn at random as its strength is.

    Args:
        num_magnitude_bins: how many strengths there are.
        interpolation: NEAREST or BILINEAR.
        fill: of what comes from outside, one number or one for each channel; None: 0.

    Shape: any picture of bytes, in grey or in colour -> the same.
    Raises: TypeError for what is no picture of bytes.
    Source: S. G. Mueller and F. Hutter, TrivialAugment: Tuning-free Yet State-of-the-Art Data Augmentation, ICCV 2021.

    >>> import mtorch
    >>> from mtorch.vision import transforms
    >>> transforms.TrivialAugmentWide()(mtorch.zeros(3, 8, 8, dtype=mtorch.uint8)).shape
    torch.Size([3, 8, 8])
    """

    most: ClassVar[dict[str, float]] = {"Shear": 0.99, "Rotate": 135.0, "Colour": 0.99, "Bits": 6}

    def __init__(self, num_magnitude_bins: int = 31,
                 interpolation: InterpolationMode | int = InterpolationMode.NEAREST,
                 fill: float | Sequence[float] | None = None) -> None:
        super().__init__(interpolation, fill)
        self.num_magnitude_bins = num_magnitude_bins

    def _shifts(self, height: int, width: int) -> tuple[float, float]:
        return 32.0, 32.0

    def forward(self, img: Any) -> Any:
        return self._drawn(img, _NAMES, self.num_magnitude_bins, lambda count: randint(count, (1,)).item())

    def __repr__(self) -> str:
        return (f"{type(self).__name__}(num_magnitude_bins={self.num_magnitude_bins}, "
                f"interpolation={self.interpolation}, fill={self.fill})")
