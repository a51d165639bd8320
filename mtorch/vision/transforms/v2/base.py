"""What the transforms of `transforms.v2` share: they find the one picture in a sample, and draw what changes it."""

from __future__ import annotations

import enum
from types import ModuleType
from typing import Any, ClassVar

import numpy as np

from ....nn.module import Module
from ....tensor import Tensor
from ....utils._pytree import tree_leaves, tree_map
from ... import pillow
from ..base import Transform as First
from . import functional

__all__ = ["Transform", "is_picture"]


def is_picture(value: Any) -> bool:
    """Whether this has height and width."""
    return pillow.is_image(value) or (isinstance(value, (Tensor, np.ndarray)) and value.ndim > 1)


class Transform(First):
    """A transform of the picture in a sample: the picture alone, or with labels in tuples, lists and dicts.

    Those of the user give `transform(inpt, params)`, and where they draw numbers `make_params(flat_inputs)`.

    args, kwargs: of the transform of the same name in `transforms`; an interpolation may be its name

    Shape: any sample with one picture -> the same, with another picture.
    Raises: NotImplementedError for a sample with more that has height and width: pictures, boxes, masks.
    """

    functions: ClassVar[ModuleType] = functional

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*map(functional.mode_of, args),
                         **{name: functional.mode_of(value) for name, value in kwargs.items()})

    def __call__(self, *inputs: Any) -> Any:
        sample = inputs if len(inputs) > 1 else inputs[0]
        leaves = tree_leaves(sample)
        if len(leaves) == 1 and leaves[0] is sample:
            return super().__call__(sample)
        pictures = [leaf for leaf in leaves if is_picture(leaf)]
        if len(pictures) != 1:
            raise NotImplementedError(
                f"{type(self).__name__}: of this sample {len(pictures)} parts have height and width; here it can be one "
                "picture with its labels, and no boxes, masks or further pictures, which torchvision changes with it")
        changed = super().__call__(pictures[0])
        return tree_map(lambda leaf: changed if leaf is pictures[0] else leaf, sample)

    def forward(self, img: Any) -> Any:
        if type(self).transform is Transform.transform:
            return super().forward(img)                 # of the transform of the same name in `transforms`
        return self.transform(img, self.make_params([img]))

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        """Draw what `transform` needs to know."""
        return {}

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        """What becomes of the picture."""
        raise NotImplementedError(f"{type(self).__name__} has no method transform")

    def extra_repr(self) -> str:
        shown = (bool, int, float, str, tuple, list, enum.Enum)
        return ", ".join(f"{name}={value.value if isinstance(value, enum.Enum) else value}"
                         for name, value in vars(self).items()
                         if not name.startswith("_") and name != "training" and isinstance(value, shown))

    def __repr__(self) -> str:
        return Module.__repr__(self)
