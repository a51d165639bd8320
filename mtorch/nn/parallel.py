"""`DataParallel` and `DistributedDataParallel` as they act in one CPU process: they wrap a Module and call it."""
from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Sequence
from typing import Any, NoReturn

from ..functions.joining import cat
from ..tensor import Tensor
from .module import Module

__all__ = ["DataParallel", "DistributedDataParallel", "gather", "parallel_apply", "replicate", "scatter"]


class DataParallel(Module):
    """A Module that runs another, `module`, whose parameters are named `module.…` in its state_dict.

    Without GPUs to spread a batch over, the inner module gets the whole batch, as in PyTorch.

    module: the inner one
    device_ids: the GPUs to spread the batch over: none
    output_device, dim: where results are put together and along what; they change nothing here

    Shape: what module takes -> what it gives.
    Raises: RuntimeError for device_ids, which name GPUs.
    Source: Li et al., "PyTorch Distributed: Experiences on Accelerating Data Parallel Training", VLDB 2020.

    >>> import mtorch
    >>> net = mtorch.nn.DataParallel(mtorch.nn.Linear(2, 1))
    >>> list(net.state_dict()), net(mtorch.ones(5, 2)).shape
    (['module.weight', 'module.bias'], torch.Size([5, 1]))
    """

    def __init__(self, module: Module, device_ids: Any = None, output_device: Any = None, dim: int = 0) -> None:
        super().__init__()
        _no_devices("DataParallel", device_ids)
        self.module, self.dim = module, dim
        self.device_ids: list[int] = []

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:
        """What the inner module gives."""
        return self.module(*inputs, **kwargs)


class DistributedDataParallel(Module):
    """A Module that runs another, `module`; the mean of the gradients of one process is its own gradient.

    module: the inner one
    device_ids: the GPU of this process: none
    output_device, dim, broadcast_buffers, process_group, bucket_cap_mb, find_unused_parameters, check_reduction,
    gradient_as_bucket_view, static_graph: how processes exchange gradients and buffers; they change nothing here

    Shape: what module takes -> what it gives.
    Raises: RuntimeError for device_ids, which name GPUs, and for a module without parameters that require gradients.
    Source: Li et al., "PyTorch Distributed: Experiences on Accelerating Data Parallel Training", VLDB 2020.

    >>> import mtorch
    >>> net = mtorch.nn.parallel.DistributedDataParallel(mtorch.nn.Linear(2, 1))
    >>> with net.no_sync():
    ...     net(mtorch.ones(5, 2)).sum().backward()
    >>> net.module.bias.grad
    tensor([5.])
    """

    def __init__(self, module: Module, device_ids: Any = None, output_device: Any = None, dim: int = 0,
                 broadcast_buffers: bool = True, process_group: Any = None, bucket_cap_mb: float | None = None,
                 find_unused_parameters: bool = False, check_reduction: bool = False,
                 gradient_as_bucket_view: bool = False, static_graph: bool = False) -> None:
        super().__init__()
        _no_devices("DistributedDataParallel", device_ids)
        if not any(parameter.requires_grad for parameter in module.parameters()):
            raise RuntimeError("DistributedDataParallel is not needed when a module doesn't have any parameter that "
                               "requires a gradient.")
        self.module, self.device_ids = module, None

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:
        """What the inner module gives."""
        return self.module(*inputs, **kwargs)

    @contextlib.contextmanager
    def no_sync(self) -> Iterator[None]:
        """A `with` block in which gradients are not exchanged; one process exchanges none in any case."""
        yield


def scatter(inputs: Any, target_gpus: Any, dim: int = 0) -> NoReturn:
    """Not here: an error, for there are no GPUs to spread a batch over."""
    raise NotImplementedError(f"scatter: target_gpus is {target_gpus}, but there are no GPUs here")


def replicate(network: Module, devices: Any, detach: bool = False) -> NoReturn:
    """Not here: an error, for there are no GPUs to copy a Module to."""
    raise NotImplementedError(f"replicate: devices is {devices}, but there are no GPUs here")


def parallel_apply(modules: Any, inputs: Any, kwargs_tup: Any = None, devices: Any = None) -> NoReturn:
    """Not here: an error, for there are no GPUs that each could run a Module."""
    raise NotImplementedError(f"parallel_apply: devices is {devices}, but there are no GPUs here")


def gather(outputs: Sequence[Tensor], target_device: Any = "cpu", dim: int = 0) -> Tensor:
    """The tensors put together along dim.

    >>> import mtorch
    >>> mtorch.nn.parallel.gather([mtorch.zeros(1), mtorch.ones(2)])
    tensor([0., 1., 1.])
    """
    return cat(list(outputs), dim)


class Broadcast:
    """What copies tensors to several GPUs, for programs that name it: each use is an error."""

    @classmethod
    def apply(cls, *args: Any) -> NoReturn:
        """Not here."""
        raise NotImplementedError(f"{cls.__name__}: there are no GPUs here")


class ReduceAddCoalesced(Broadcast):
    """What adds up tensors of several GPUs."""


class Gather(Broadcast):
    """What puts tensors of several GPUs together."""


class Scatter(Broadcast):
    """What spreads a tensor over several GPUs."""


def _no_devices(name: str, device_ids: Any) -> None:
    if device_ids:
        raise RuntimeError(f"{name}: device_ids is {device_ids}, but there are no GPUs here; leave it out")


distributed = scatter_gather = _functions = sys.modules[__name__]      # PyTorch's files, by whose names programs take these
