"""torch.autograd.forward_ad: derivatives carried along with the numbers, which is not done here; `func.jvp` gives them."""
from __future__ import annotations

from typing import Any, NamedTuple, NoReturn


class UnpackedDualTensor(NamedTuple):
    """A tensor, and its derivative in the direction that is followed."""

    primal: Any
    tangent: Any


def unpack_dual(tensor: Any, *, level: int | None = None) -> UnpackedDualTensor:
    """A tensor and the derivative that it carries: None, for none does.

    tensor: any
    level: taken, and of no effect

    >>> import mtorch
    >>> mtorch.autograd.forward_ad.unpack_dual(mtorch.ones(1)).tangent is None
    True
    """
    return UnpackedDualTensor(tensor, None)


def _not_here(*args: Any, **kwargs: Any) -> NoReturn:
    """Raises: NotImplementedError, always."""
    raise NotImplementedError("forward_ad: tensors carry no derivatives along; func.jvp and autograd.functional.jvp compute them")


dual_level = make_dual = enter_dual_level = exit_dual_level = _not_here
