"""torch.distributed.optim: an optimizer whose state is shared out among processes; here one has it all."""
from __future__ import annotations

from typing import Any

from ..optim.optimizer import Optimizer, ParamsT

__all__ = ["ZeroRedundancyOptimizer"]


class ZeroRedundancyOptimizer(Optimizer):
    """Torch's makes each process keep a part of the optimizer's state; with one process that is the optimizer itself.

    params: as the optimizer takes them
    optimizer_class: which one
    defaults: its options

    Calling the class gives an optimizer of optimizer_class.

    >>> import mtorch
    >>> net = mtorch.nn.Linear(2, 1)
    >>> chosen = mtorch.distributed.optim.ZeroRedundancyOptimizer(net.parameters(), mtorch.optim.Adam, lr=0.01)
    >>> type(chosen).__name__
    'Adam'
    """

    def __new__(cls, params: ParamsT, optimizer_class: type[Optimizer], process_group: Any = None,
                parameters_as_bucket_view: bool = False, overlap_with_ddp: bool = False, **defaults: Any) -> Any:
        return optimizer_class(params, **defaults)
