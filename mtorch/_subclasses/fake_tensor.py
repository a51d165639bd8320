"""What libraries ask before they look at a tensor's numbers: whether it has any."""
from __future__ import annotations

from typing import Any, NoReturn


class FakeTensor:
    """The class of tensors without numbers: no tensor is of it, and none can be made.

    Raises: NotImplementedError.
    """

    def __new__(cls, *args: Any, **kwargs: Any) -> NoReturn:
        raise NotImplementedError(f"{cls.__name__}: every tensor has its numbers here; nothing traces a program")


class FakeTensorMode(FakeTensor):
    """A block in which torch makes such tensors.

    Raises: NotImplementedError.
    """


def is_fake(x: object) -> bool:
    """Has this tensor no numbers?  It has.

    >>> import mtorch
    >>> from mtorch._subclasses.fake_tensor import is_fake
    >>> is_fake(mtorch.ones(2))
    False
    """
    return False
