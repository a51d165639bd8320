"""torch.distributed.nn: the functions of distributed training that gradients pass through, for a group of one process."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import ReduceOp, _need_group

if TYPE_CHECKING:
    from ..tensor import Tensor

__all__ = ["all_gather", "all_reduce", "broadcast", "reduce"]


def all_reduce(tensor: Tensor, op: Any = ReduceOp.SUM, group: Any = None) -> Tensor:
    """The sum (or other reduction) over one process: the tensor.

    >>> import mtorch
    >>> mtorch.distributed.init_process_group("gloo", rank=0, world_size=1)
    >>> mtorch.distributed.nn.all_reduce(mtorch.ones(2))
    tensor([1., 1.])
    >>> mtorch.distributed.destroy_process_group()
    """
    _need_group()
    return tensor


def reduce(tensor: Tensor, dst: int, op: Any = ReduceOp.SUM, group: Any = None) -> Tensor:
    """The sum (or other reduction) over one process: the tensor."""
    return all_reduce(tensor)


def broadcast(tensor: Tensor, src: int, group: Any = None) -> Tensor:
    """What the one process sends itself: the tensor."""
    return all_reduce(tensor)


def all_gather(tensor: Tensor, group: Any = None) -> tuple[Tensor, ...]:
    """The tensors of all processes: this one."""
    return (all_reduce(tensor),)
