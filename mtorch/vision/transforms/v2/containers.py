"""The transforms of `transforms.v2` that join others. They draw from mtorch's generator, as torchvision's do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ....functions.creation import tensor
from ....functions.random import multinomial, rand, randperm
from ....nn.module import Module
from ..base import probability, several

__all__ = ["Compose", "RandomApply", "RandomChoice", "RandomOrder"]


class Compose(Module):
    """One transform after another, of one sample or of several arguments.

    transforms: a list of things to call, at least one

    Raises: TypeError for what is no list, and for parts that cannot be called; ValueError for none.
    """

    def __init__(self, transforms: Sequence[Callable]) -> None:
        super().__init__()
        # underlined: there is nothing to learn in them, so they need no registration
        self._transforms = several(type(self).__name__, transforms)
        if not len(self._transforms):
            raise ValueError("Pass at least one transform")

    @property
    def transforms(self) -> Sequence[Callable]:
        """What is applied."""
        return self._transforms

    def __call__(self, *inputs: Any) -> Any:
        return self.forward(*inputs)                    # a picture that is an array stays one

    def forward(self, *inputs: Any) -> Any:
        return self._applied(self.transforms, inputs)

    @staticmethod
    def _applied(transforms: Any, inputs: tuple[Any, ...]) -> Any:
        several_came = len(inputs) > 1
        for transform in transforms:
            changed = transform(*inputs)
            inputs = changed if several_came else (changed,)
        return inputs if several_came else inputs[0]

    def extra_repr(self) -> str:
        return "\n".join(f"    {transform}" for transform in self.transforms)


class RandomApply(Compose):
    """All the transforms with probability p, otherwise none.

    transforms: a list of things to call, or a ModuleList, at least one
    p: in [0, 1]

    Raises: TypeError for what is no list, and for parts that cannot be called; ValueError for none, and a p out of range.
    """

    def __init__(self, transforms: Sequence[Callable], p: float = 0.5) -> None:
        super().__init__(transforms)
        self.p = probability("RandomApply", p)

    def forward(self, *inputs: Any) -> Any:
        return self._applied(self.transforms if rand(1).item() < self.p else [], inputs)


class RandomChoice(Compose):
    """One of the transforms.

    transforms: a list of things to call, at least one
    p: how often each, one number for each of them; None: all as often

    Raises: TypeError for what is no list, and for parts that cannot be called; ValueError for none, and for a p of another
    length.
    """

    def __init__(self, transforms: Sequence[Callable], p: Sequence[float] | None = None) -> None:
        super().__init__(transforms)
        weights = [1] * len(transforms) if p is None else p
        if len(weights) != len(transforms):
            raise ValueError("Length of p doesn't match the number of transforms: "
                             f"{len(weights)} != {len(transforms)}")
        self.p = [weight / sum(weights) for weight in weights]

    def forward(self, *inputs: Any) -> Any:
        return self.transforms[multinomial(tensor(self.p), 1).item()](*inputs)

    def extra_repr(self) -> str:
        return f"transforms={self.transforms}, p={self.p}"


class RandomOrder(Compose):
    """All the transforms, in random order.

    transforms: a list of things to call, at least one

    Raises: TypeError for what is no list, and for parts that cannot be called; ValueError for none.
    """

    def forward(self, *inputs: Any) -> Any:
        return self._applied([self.transforms[place] for place in randperm(len(self.transforms)).tolist()], inputs)

    def extra_repr(self) -> str:
        return f"transforms={self.transforms}"
