"""torch.distributed for a group of one process, which is all there is: it is its own rank 0, and what it sends it has.

`is_available()` is False, so programs that ask take their way without processes; those that do not ask may still
begin a group of one.
"""
from __future__ import annotations

import os
from typing import Any

from ..autograd.mode import no_grad
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
    """What torch makes for processes that talk to each other; here there is one, and a program makes none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError("ProcessGroup: mtorch trains in one process")

    def rank(self) -> int:
        """0, of the group that `new_group` gave."""
        return 0

    def size(self) -> int:
        """1."""
        return 1


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


monitored_barrier = barrier


class Work:
    """What a call with async_op=True gives: it has been done already."""

    def wait(self, timeout: Any = None) -> bool:
        """True: there is nothing to wait for."""
        return True

    def is_completed(self) -> bool:
        """True."""
        return True

    is_success = is_completed


def _done(async_op: bool) -> Work | None:
    _need_group()
    return Work() if async_op else None


def _copied(function: str, to: Any, source: Any, async_op: bool) -> Work | None:
    """Write what the one process sends into what it receives; either is a tensor or a list of one."""
    work = _done(async_op)
    one, other = (_only(function, x) if isinstance(x, (list, tuple)) else x for x in (to, source))
    if one.numel() != other.numel():
        raise RuntimeError(f"{function}: {list(other.shape)} is sent and {list(one.shape)} received, expected the same size")
    with no_grad():
        one.copy_(other.reshape(one.shape))
    return work


def _only(function: str, values: Any) -> Any:
    if len(values) != 1:
        raise ValueError(f"{function}: a list of {len(values)} came, expected one for each of 1 process")
    return values[0]


def all_reduce(tensor: Any, op: Any = ReduceOp.SUM, group: Any = None, async_op: bool = False) -> Work | None:
    """The sum (or other reduction) over one process, in place: the tensor stays as it is."""
    return _done(async_op)


def reduce(tensor: Any, dst: int = 0, op: Any = ReduceOp.SUM, group: Any = None, async_op: bool = False) -> Work | None:
    """The sum (or other reduction) over one process, in place: the tensor stays as it is."""
    return _done(async_op)


def broadcast(tensor: Any, src: int = 0, group: Any = None, async_op: bool = False) -> Work | None:
    """What the one process sends itself, in place: the tensor stays as it is."""
    return _done(async_op)


def all_gather(tensor_list: list, tensor: Any, group: Any = None, async_op: bool = False) -> Work | None:
    """Write the tensor into the one tensor of the list."""
    return _copied("all_gather", tensor_list, tensor, async_op)


def gather(tensor: Any, gather_list: list | None = None, dst: int = 0, group: Any = None,
           async_op: bool = False) -> Work | None:
    """Write the tensor into the one tensor of the list."""
    if not gather_list:
        raise ValueError("Argument ``gather_list`` must be specified on destination rank.")
    return _copied("gather", gather_list, tensor, async_op)


def scatter(tensor: Any, scatter_list: list | None = None, src: int = 0, group: Any = None,
            async_op: bool = False) -> Work | None:
    """Write the one tensor of the list into the tensor."""
    if not scatter_list:
        raise ValueError("Argument ``scatter_list`` must be specified on source rank.")
    return _copied("scatter", tensor, scatter_list, async_op)


def reduce_scatter(output: Any, input_list: list, op: Any = ReduceOp.SUM, group: Any = None,
                   async_op: bool = False) -> Work | None:
    """Write the one tensor of the list into output."""
    return _copied("reduce_scatter", output, input_list, async_op)


def all_to_all(output_tensor_list: list, input_tensor_list: list, group: Any = None, async_op: bool = False) -> Work | None:
    """Write the one tensor of the second list into the one of the first."""
    return _copied("all_to_all", output_tensor_list, input_tensor_list, async_op)


def all_gather_into_tensor(output_tensor: Any, input_tensor: Any, group: Any = None, async_op: bool = False) -> Work | None:
    """Write the second tensor into the first, which may have one dimension more."""
    return _copied("all_gather_into_tensor", output_tensor, input_tensor, async_op)


def reduce_scatter_tensor(output: Any, input: Any, op: Any = ReduceOp.SUM, group: Any = None,
                          async_op: bool = False) -> Work | None:
    """Write the second tensor, which may have one dimension more, into the first."""
    return _copied("reduce_scatter_tensor", output, input, async_op)


def all_to_all_single(output: Any, input: Any, output_split_sizes: Any = None, input_split_sizes: Any = None,
                      group: Any = None, async_op: bool = False) -> Work | None:
    """Write the second tensor into the first."""
    return _copied("all_to_all_single", output, input, async_op)


def all_gather_object(object_list: list, obj: Any, group: Any = None) -> None:
    """Put the object into the list of one.

    Raises: ValueError for a list of another length.
    """
    _need_group()
    _only("all_gather_object", object_list)
    object_list[0] = obj


def gather_object(obj: Any, object_gather_list: list | None = None, dst: int = 0, group: Any = None) -> None:
    """Put the object into the list of one."""
    all_gather_object([None] if object_gather_list is None else object_gather_list, obj)


def scatter_object_list(scatter_object_output_list: list, scatter_object_input_list: list | None = None, src: int = 0,
                        group: Any = None) -> None:
    """Put the one object of the second list at the beginning of the first."""
    _need_group()
    scatter_object_output_list[0] = _only("scatter_object_list", scatter_object_input_list or [])


def broadcast_object_list(object_list: list, src: int = 0, group: Any = None, device: Any = None) -> None:
    """What the one process sends itself: the list stays as it is."""
    _need_group()


def new_group(ranks: Any = None, *args: Any, **kwargs: Any) -> Any:
    """The group of all processes, or for no ranks what stands for being in none.

    Raises: ValueError for a rank other than 0.
    """
    _need_group()
    if ranks is not None and any(rank != 0 for rank in ranks):
        raise ValueError(f"new_group: the ranks are {list(ranks)}, there is one process, of rank 0")
    return ProcessGroup.__new__(ProcessGroup) if ranks is None or len(ranks) else GroupMember.NON_GROUP_MEMBER


def __getattr__(name: str) -> Any:
    return _find(__name__, name)
