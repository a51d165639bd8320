"""Transforms of a picture's colours, most of them random.

They draw the numbers that torchvision draws, in the same order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...functions.random import randperm
from ...tensor import Tensor
from .base import Sometimes, Transform, uniform
from .images import channels_of

__all__ = ["ColorJitter", "GaussianBlur", "Grayscale", "RandomAdjustSharpness", "RandomAutocontrast", "RandomEqualize",
           "RandomGrayscale", "RandomInvert", "RandomPosterize", "RandomSolarize"]


class ColorJitter(Transform):
    """The picture with its brightness, contrast, saturation and hue changed at random, in random order.

    Args:
        brightness, contrast, saturation: (least, most) of the factor, >= 0, or one number x for (1 - x, 1 + x).
        hue: (least, most) of the turns, in [-0.5, 0.5], or one number x for (-x, x).

    Shape: any picture in grey or in colour -> the same.
    Raises: ValueError for values out of range; TypeError for what is no number and no pair, and no picture.

    >>> import mtorch
    >>> from mtorch.vision import transforms
    >>> transforms.ColorJitter(brightness=(0.5, 0.5))(mtorch.tensor([[[100, 50]]], dtype=mtorch.uint8))
    tensor([[[50, 25]]], dtype=torch.uint8)
    """

    def __init__(self, brightness: float | Sequence[float] | None = 0, contrast: float | Sequence[float] | None = 0,
                 saturation: float | Sequence[float] | None = 0, hue: float | Sequence[float] | None = 0) -> None:
        super().__init__()
        self.brightness = self._limits(brightness, "brightness")
        self.contrast = self._limits(contrast, "contrast")
        self.saturation = self._limits(saturation, "saturation")
        self.hue = self._limits(hue, "hue", 0.0, (-0.5, 0.5))

    @staticmethod
    def _limits(value: float | Sequence[float] | None, name: str, center: float = 1.0,
                bound: tuple[float, float] = (0, float("inf"))) -> tuple[float, float] | None:
        """The interval that is meant; None where it holds nothing but what changes nothing."""
        if value is None:
            return None
        if isinstance(value, (int, float)):
            if value < 0:
                raise ValueError(f"If {name} is a single number, it must be non negative.")
            least, most = center - float(value), center + float(value)
            least = max(least, 0.0) if center else least
        elif isinstance(value, (tuple, list)) and len(value) == 2:
            least, most = float(value[0]), float(value[1])
        else:
            raise TypeError(f"{name} should be a single number or a list/tuple with length 2.")
        if not bound[0] <= least <= most <= bound[1]:
            raise ValueError(f"{name} values should be between {bound}, but got {[least, most]}.")
        return None if least == most == center else (least, most)

    @staticmethod
    def get_params(brightness: Sequence[float] | None, contrast: Sequence[float] | None,
                   saturation: Sequence[float] | None, hue: Sequence[float] | None,
                   ) -> tuple[Tensor, float | None, float | None, float | None, float | None]:
        """Draw the order, and the factors."""
        order = randperm(4)
        first, second, third, fourth = (None if limits is None else uniform(limits[0], limits[1])
                                        for limits in (brightness, contrast, saturation, hue))
        return order, first, second, third, fourth

    def forward(self, img: Any) -> Any:
        order, *factors = self.get_params(self.brightness, self.contrast, self.saturation, self.hue)
        changes = (self.functions.adjust_brightness, self.functions.adjust_contrast, self.functions.adjust_saturation,
                   self.functions.adjust_hue)
        for place in order.tolist():
            if factors[place] is not None:
                img = changes[place](img, factors[place])
        return img

    def __repr__(self) -> str:
        return (f"{type(self).__name__}(brightness={self.brightness}, contrast={self.contrast}, "
                f"saturation={self.saturation}, hue={self.hue})")


class Grayscale(Transform):
    """The picture in grey.

    Args:
        num_output_channels: 1, or 3 that are the same; a tensor with one channel keeps it, as in torchvision.

    Shape: a picture in grey or in colour -> the same form, with so many channels.
    Raises: TypeError for what is no picture in grey or in colour; ValueError for another number of channels.

    >>> import mtorch
    >>> from mtorch.vision import transforms
    >>> transforms.Grayscale()(mtorch.tensor([[[1.0]], [[0.0]], [[0.0]]]))
    tensor([[[0.2989]]])
    """

    def __init__(self, num_output_channels: int = 1) -> None:
        super().__init__()
        self.num_output_channels = num_output_channels

    def forward(self, img: Any) -> Any:
        return self.functions.rgb_to_grayscale(img, num_output_channels=self.num_output_channels)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(num_output_channels={self.num_output_channels})"


class RandomGrayscale(Sometimes):
    """With probability p the picture in grey, with as many channels as it has.

    Args:
        p: in [0, 1].

    Shape: any picture in grey or in colour -> the same.
    Raises: ValueError for a p out of range; TypeError for what is no picture in grey or in colour.

    >>> import mtorch
    >>> from mtorch.vision import transforms
    >>> transforms.RandomGrayscale(p=1.0)(mtorch.ones(3, 8, 8)).shape
    torch.Size([3, 8, 8])
    """

    def __init__(self, p: float = 0.1) -> None:
        super().__init__(p)

    def change(self, img: Any) -> Any:
        return self.functions.rgb_to_grayscale(img, num_output_channels=channels_of(img))


class GaussianBlur(Transform):
    """The picture blurred, more or less at random.

    Args:
        kernel_size: pixels that are averaged, odd: one number, or along x and along y.
        sigma: (least, most) in pixels, > 0, or one number.

    Shape: any picture -> the same.
    Raises: ValueError for even sizes, and a sigma that is none; TypeError for sizes that are none, and for what is no
    picture; RuntimeError for a kernel as large as twice the picture.

    >>> import mtorch
    >>> from mtorch.vision import transforms
    >>> transforms.GaussianBlur(3)(mtorch.ones(1, 8, 8)).shape
    torch.Size([1, 8, 8])
    """

    def __init__(self, kernel_size: int | Sequence[int], sigma: float | Sequence[float] = (0.1, 2.0)) -> None:
        super().__init__()
        sizes = [kernel_size] if isinstance(kernel_size, int) else kernel_size
        if not isinstance(sizes, Sequence) or len(sizes) not in (1, 2):
            raise ValueError("Kernel size should be a tuple/list of two integers")
        self.kernel_size = (sizes[0], sizes[-1]) if len(sizes) == 1 or isinstance(sizes, tuple) else sizes
        if any(size <= 0 or size % 2 == 0 for size in sizes):
            raise ValueError("Kernel size value should be an odd and positive number.")
        if isinstance(sigma, (int, float)):
            if sigma <= 0:
                raise ValueError("If sigma is a single number, it must be positive.")
            sigma = (sigma, sigma)
        elif not isinstance(sigma, Sequence) or len(sigma) != 2:
            raise ValueError("sigma should be a single number or a list/tuple with length 2.")
        elif not 0.0 < sigma[0] <= sigma[1]:
            raise ValueError("sigma values should be positive and of the form (min, max).")
        self.sigma = sigma

    @staticmethod
    def get_params(sigma_min: float, sigma_max: float) -> float:
        """Draw sigma."""
        return uniform(sigma_min, sigma_max)

    def forward(self, img: Any) -> Any:
        sigma = self.get_params(self.sigma[0], self.sigma[1])
        return self.functions.gaussian_blur(img, self.kernel_size, [sigma, sigma])

    def __repr__(self) -> str:
        return f"{type(self).__name__}(kernel_size={self.kernel_size}, sigma={self.sigma})"


class RandomInvert(Sometimes):
    """With probability p the negative of the picture.

    Args:
        p: in [0, 1].

    Shape: any picture in grey or in colour -> the same.
    Raises: ValueError for a p out of range; TypeError for what is no picture in grey or in colour.

    >>> import mtorch
    >>> from mtorch.vision import transforms
    >>> transforms.RandomInvert(p=1.0)(mtorch.tensor([[[0, 100, 200]]], dtype=mtorch.uint8))
    tensor([[[255, 155,  55]]], dtype=torch.uint8)
    """

    def change(self, img: Any) -> Any:
        return self.functions.invert(img)


class RandomPosterize(Sometimes):
    """With probability p the picture with fewer bits for each channel.

    Args:
        bits: how many are kept, 0 to 8.
        p: in [0, 1].

    Shape: any picture of bytes, in grey or in colour -> the same.
    Raises: ValueError for a p out of range; TypeError for what is no picture of bytes, in grey or in colour.

    >>> import mtorch
    >>> from mtorch.vision import transforms
    >>> transforms.RandomPosterize(bits=1, p=1.0)(mtorch.tensor([[[0, 100, 200]]], dtype=mtorch.uint8))
    tensor([[[  0,   0, 128]]], dtype=torch.uint8)
    """

    def __init__(self, bits: int, p: float = 0.5) -> None:
        super().__init__(p)
        self.bits = bits

    def change(self, img: Any) -> Any:
        return self.functions.posterize(img, self.bits)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(bits={self.bits},p={self.p})"


class RandomSolarize(Sometimes):
    """With probability p the picture with the negative of what is bright.

    Args:
        threshold: from where on it is, at most what is white.
        p: in [0, 1].

    Shape: any picture in grey or in colour -> the same.
    Raises: ValueError for a p out of range; TypeError for what is no picture in grey or in colour.

    >>> import mtorch
    >>> from mtorch.vision import transforms
    >>> transforms.RandomSolarize(threshold=150, p=1.0)(mtorch.tensor([[[0, 100, 200]]], dtype=mtorch.uint8))
    tensor([[[  0, 100,  55]]], dtype=torch.uint8)
    """

    def __init__(self, threshold: float, p: float = 0.5) -> None:
        super().__init__(p)
        self.threshold = threshold

    def change(self, img: Any) -> Any:
        return self.functions.solarize(img, self.threshold)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(threshold={self.threshold},p={self.p})"


class RandomAdjustSharpness(Sometimes):
    """With probability p the picture sharper or less sharp.

    Args:
        sharpness_factor: >= 0; at 0 it is blurred, at 1 as it was.
        p: in [0, 1].

    Shape: any picture in grey or in colour -> the same.
    Raises: ValueError for a p out of range; TypeError for what is no picture in grey or in colour.

    >>> import mtorch
    >>> from mtorch.vision import transforms
    >>> transforms.RandomAdjustSharpness(sharpness_factor=2, p=1.0)(mtorch.tensor([[[0, 100, 200]]], dtype=mtorch.uint8))
    tensor([[[  0, 100, 200]]], dtype=torch.uint8)
    """

    def __init__(self, sharpness_factor: float, p: float = 0.5) -> None:
        super().__init__(p)
        self.sharpness_factor = sharpness_factor

    def change(self, img: Any) -> Any:
        return self.functions.adjust_sharpness(img, self.sharpness_factor)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(sharpness_factor={self.sharpness_factor},p={self.p})"


class RandomAutocontrast(Sometimes):
    """With probability p the picture stretched from black to white, each channel by its own.

    Args:
        p: in [0, 1].

    Shape: any picture in grey or in colour -> the same.
    Raises: ValueError for a p out of range; TypeError for what is no picture in grey or in colour.

    >>> import mtorch
    >>> from mtorch.vision import transforms
    >>> transforms.RandomAutocontrast(p=1.0)(mtorch.tensor([[[0, 100, 200]]], dtype=mtorch.uint8))
    tensor([[[  0, 127, 255]]], dtype=torch.uint8)
    """

    def change(self, img: Any) -> Any:
        return self.functions.autocontrast(img)


class RandomEqualize(Sometimes):
    """With probability p the picture with each level of brightness as frequent as the next.

    Args:
        p: in [0, 1].

    Shape: any picture of bytes, in grey or in colour -> the same.
    Raises: ValueError for a p out of range; TypeError for what is no picture of bytes, in grey or in colour.

    >>> import mtorch
    >>> from mtorch.vision import transforms
    >>> transforms.RandomEqualize(p=1.0)(mtorch.tensor([[[0, 100, 200]]], dtype=mtorch.uint8))
    tensor([[[  0, 100, 200]]], dtype=torch.uint8)
    """

    def change(self, img: Any) -> Any:
        return self.functions.equalize(img)
