"""The few classes that programs print are shown under torch's names: `print(type(x))` is `<class 'torch.Tensor'>`."""
from __future__ import annotations


class ShownAsTorchs(type):
    """The metaclass of a class that names in `_shown` what torch calls it; a subclass goes by its own name.

    `__module__` stays, for pickle and copy look a class up there.
    """

    def __repr__(cls) -> str:
        name = cls.__dict__.get("_shown")
        return f"<class '{name}'>" if name else super().__repr__()


def is_users(cls: type) -> bool:
    """Is this class a program's own, and none of this package's?"""
    return cls.__module__.partition(".")[0] != __name__.partition(".")[0]
