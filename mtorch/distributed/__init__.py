"""torch.distributed for a group of one process, which is all there is: it is its own rank 0, and what it sends it has.

`is_available()` is False, so programs that ask take their way without processes; those that do not ask may still
begin a group of one.
"""
from __future__ import annotations

import os
from typing import Any, NoReturn

from ..later import find as _find

_state = {"group": False}


class ReduceOp:
    """How the values of several processes are put together; with one process each of them gives the value itself."""

    SUM, AVG, PRODUCT, MIN, MAX, BAND, BOR, BXOR = "sum", "avg", "product", "min", "max", "band", "bor", "bxor"


class group:
    """The groups that a program may name: all processes there are."""

    WORLD = None                       # as torch before a group was begun; every function takes it for the whole


class GroupMember:
    """Torch's other name for the same, and what a process outside a group holds in its place."""

    WORLD = None
    NON_GROUP_MEMBER = -100


class ProcessGroup:
    """What torch makes for processes that talk to each other; here there is one, and none is made."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError("ProcessGroup: mtorch trains in one process")


def is_available() -> bool:
    """False: there is no communication between processes here."""
    return False


def _not_here() -> bool:
    """False: this way of communicating is not here."""
    return False


is_nccl_available = is_gloo_available = is_mpi_available = is_torchelastic_launched = _not_here


def is_initialized() -> bool:
    """Whether `init_process_group` was called."""
    return _state["group"]


def init_process_group(backend: str | None = None, init_method: str | None = None, timeout: Any = None,
                       world_size: int = -1, rank: int = -1, store: Any = None, group_name: str = "",
                       **options: Any) -> None:
    """Begin a group of this one process.

    world_size: the number of processes, -1 for what the environment variable WORLD_SIZE says, or 1.

    Raises: NotImplementedError for more than one process; ValueError for a group that was begun already.

    >>> import mtorch
    >>> mtorch.distributed.init_process_group("gloo", rank=0, world_size=1)
    >>> mtorch.distributed.get_rank(), mtorch.distributed.get_world_size()
    (0, 1)
    >>> mtorch.distributed.destroy_process_group()
    """
    size = int(os.environ.get("WORLD_SIZE", 1)) if world_size < 0 else world_size
    if size != 1:
        raise NotImplementedError(f"init_process_group: world_size is {size}; mtorch trains in one process")
    if _state["group"]:
        raise ValueError("trying to initialize the default process group twice!")
    _state["group"] = True


def destroy_process_group(group: Any = None) -> None:
    """End the group."""
    _need_group()
    _state["group"] = False


def _need_group() -> None:
    if not _state["group"]:
        raise ValueError("Default process group has not been initialized, please make sure to call init_process_group.")


def get_rank(group: Any = None) -> int:
    """0."""
    _need_group()
    return 0


def get_world_size(group: Any = None) -> int:
    """1."""
    _need_group()
    return 1


def get_backend(group: Any = None) -> str:
    """'gloo', the name of torch's own way on the CPU."""
    _need_group()
    return "gloo"


def barrier(*args: Any, **kwargs: Any) -> None:
    """Nobody to wait for."""
    _need_group()


def all_reduce(tensor: Any, op: Any = ReduceOp.SUM, group: Any = None, async_op: bool = False) -> None:
    """The sum (or other reduction) over one process, in place: the tensor stays as it is."""
    _alone("all_reduce", async_op)


def reduce(tensor: Any, dst: int = 0, op: Any = ReduceOp.SUM, group: Any = None, async_op: bool = False) -> None:
    """The sum (or other reduction) over one process, in place: the tensor stays as it is."""
    _alone("reduce", async_op)


def broadcast(tensor: Any, src: int = 0, group: Any = None, async_op: bool = False) -> None:
    """What the one process sends itself, in place: the tensor stays as it is."""
    _alone("broadcast", async_op)


def all_gather(tensor_list: list, tensor: Any, group: Any = None, async_op: bool = False) -> None:
    """Write the tensor into the one tensor of the list."""
    _alone("all_gather", async_op)
    if len(tensor_list) != 1:
        raise ValueError(f"all_gather: tensor_list has {len(tensor_list)} tensors, expected one for each of 1 process")
    tensor_list[0].copy_(tensor)


def all_gather_object(object_list: list, obj: Any, group: Any = None) -> None:
    """Put the object into the list of one.

    Raises: ValueError for a list of another length.
    """
    _need_group()
    if len(object_list) != 1:
        raise ValueError(f"all_gather_object: object_list has {len(object_list)} places, expected one for each of 1 process")
    object_list[0] = obj


def gather_object(obj: Any, object_gather_list: list | None = None, dst: int = 0, group: Any = None) -> None:
    """Put the object into the list of one."""
    all_gather_object([None] if object_gather_list is None else object_gather_list, obj)


def broadcast_object_list(object_list: list, src: int = 0, group: Any = None, device: Any = None) -> None:
    """What the one process sends itself: the list stays as it is."""
    _need_group()


def _alone(function: str, async_op: bool) -> None:
    _need_group()
    if async_op:
        raise NotImplementedError(f"{function}: async_op=True; there is nothing to wait for in a group of one process")


def new_group(*args: Any, **kwargs: Any) -> NoReturn:
    """Not here: an error."""
    raise NotImplementedError("new_group: mtorch trains in one process")


def __getattr__(name: str) -> Any:
    return _find(__name__, name)
