"""What the transforms with options are: modules that take pictures of any form, so they may stand in a Sequential."""

from __future__ import annotations

from types import ModuleType
from typing import Any, ClassVar

from ...functions.creation import empty
from ...functions.random import rand
from ...nn.module import Module
from ...tensor import Tensor
from . import functional

__all__ = ["Sometimes", "Transform", "probability", "several", "uniform"]


def probability(owner: str, p: float) -> float:
    """p, which has to be in [0, 1]."""
    if not isinstance(p, (int, float)) or not 0 <= p <= 1:
        raise ValueError(f"{owner}: p is {p!r}, expected a probability in [0, 1]")
    return p


def uniform(low: float, high: float) -> float:
    """A number drawn between the two."""
    return empty(1).uniform_(low, high).item()


def several(owner: str, transforms: Any) -> Any:
    """The transforms that another one applies, which have to be several, and callable."""
    if not hasattr(transforms, "__iter__"):
        raise TypeError(f"{owner}: transforms is a {type(transforms).__name__}, expected a list of transforms")
    for part in transforms if isinstance(transforms, (list, tuple)) else ():
        if not callable(part):
            raise TypeError(f"{owner}: a transform is a {type(part).__name__}, expected something to call")
    return transforms


class Transform(Module):
    """A module whose forward takes a picture of any form.

    Other modules make a tensor of an array; here an array (H, W, C) is a picture, and comes to forward as it is.
    """

    functions: ClassVar[ModuleType] = functional       # what does the work; `transforms.v2` has its own

    def __call__(self, img: Any) -> Any:
        return super().__call__(img) if isinstance(img, Tensor) else self.forward(img)


class Sometimes(Transform):
    """With probability p what `change` makes of the picture, otherwise the picture."""

    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        self.p = probability(type(self).__name__, p)

    def forward(self, img: Any) -> Any:
        return self.change(img) if rand(1).item() < self.p else img

    def change(self, img: Any) -> Any:
        """What is done to the picture."""
        raise NotImplementedError(f"{type(self).__name__} has no method change")

    def __repr__(self) -> str:
        return f"{type(self).__name__}(p={self.p})"
