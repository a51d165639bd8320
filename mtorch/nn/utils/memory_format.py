"""torch's hints how the weights of convolutions are to lie; here they lie as they do."""
from __future__ import annotations

from typing import Any

from ..module import Module


def convert_conv2d_weight_memory_format(module: Module, memory_format: Any) -> Module:
    """The module itself: memory formats are hints that change nothing.

    module: a convolution, or a net of them; memory_format: torch.channels_last or another

    >>> import mtorch
    >>> net = mtorch.nn.Conv2d(1, 1, 3)
    >>> mtorch.nn.utils.convert_conv2d_weight_memory_format(net, mtorch.channels_last) is net
    True
    """
    return module


convert_conv3d_weight_memory_format = convert_conv2d_weight_memory_format
