"""What the transforms with options are: modules that take pictures of any form, so they may stand in a Sequential."""

from __future__ import annotations

from typing import Any

from ...nn.module import Module
from ...tensor import Tensor

__all__ = ["Transform"]


class Transform(Module):
    """A module whose forward takes a picture of any form.

    Other modules make a tensor of an array; here an array (H, W, C) is a picture, and comes to forward as it is.
    """

    def __call__(self, img: Any) -> Any:
        return super().__call__(img) if isinstance(img, Tensor) else self.forward(img)
