"""Feature pyramids: maps of several sizes, each with what the smaller ones, which see more of the picture, know.

Source: Lin, Dollar, Girshick, He, Hariharan & Belongie, "Feature Pyramid Networks for Object Detection", CVPR 2017,
arXiv:1612.03144, figure 3; the two further levels: Lin, Goyal, Girshick, He & Dollar, "Focal Loss for Dense Object Detection",
ICCV 2017, arXiv:1708.02002, section 4.
"""
from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from ... import nn
from ...nn import functional as F
from ...tensor import Tensor
from .misc import Conv2dNormActivation


class ExtraFPNBlock(nn.Module):
    """The class of what adds levels to a pyramid: a forward of the results, the maps that came in and their names, which gives
    all results and all names."""

    def forward(self, results: list[Tensor], x: list[Tensor], names: list[str]) -> tuple[list[Tensor], list[str]]:
        """What a class of this one says."""
        raise NotImplementedError(f"{type(self).__name__} has no forward")


class FeaturePyramidNetwork(nn.Module):
    """A pyramid on maps of a network, whose sizes become smaller.

    Each map gets out_channels by a convolution; from the last on it is enlarged and added to the one before; and a
    convolution of 3 x 3 of each sum is what is given.

    in_channels_list: the channels of each map
    out_channels: of all that is given
    extra_blocks: adds levels, as LastLevelMaxPool does
    norm_layer: makes a normalisation for each convolution; None for none

    Shape: {name: (N, C, H, W)} -> {name: (N, out_channels, H, W)}, in the same order.
    Raises: ValueError where a map has 0 channels; TypeError for other extra_blocks.
    Source: see this file.

    >>> import mtorch
    >>> pyramid = FeaturePyramidNetwork([10, 20], 5)
    >>> maps = pyramid({"fine": mtorch.rand(1, 10, 16, 16), "coarse": mtorch.rand(1, 20, 8, 8)})
    >>> {name: tuple(value.shape) for name, value in maps.items()}
    {'fine': (1, 5, 16, 16), 'coarse': (1, 5, 8, 8)}
    """

    _version = 2

    def __init__(self, in_channels_list: list[int], out_channels: int, extra_blocks: ExtraFPNBlock | None = None,
                 norm_layer: Callable[..., nn.Module] | None = None) -> None:
        super().__init__()
        self.inner_blocks, self.layer_blocks = nn.ModuleList(), nn.ModuleList()
        for channels in in_channels_list:
            if channels == 0:
                raise ValueError("in_channels=0 is currently not supported")
            self.inner_blocks.append(Conv2dNormActivation(channels, out_channels, 1, padding=0, norm_layer=norm_layer,
                                                          activation_layer=None))
            self.layer_blocks.append(Conv2dNormActivation(out_channels, out_channels, 3, norm_layer=norm_layer,
                                                          activation_layer=None))
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                _first_weights(layer)
        if extra_blocks is not None and not isinstance(extra_blocks, ExtraFPNBlock):
            raise TypeError(f"extra_blocks should be of type ExtraFPNBlock not {type(extra_blocks)}")
        self.extra_blocks = extra_blocks

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, local_metadata: dict, *args: Any) -> None:
        if (local_metadata.get("version") or 1) < 2:         # the convolutions were the blocks themselves
            for block in ("inner_blocks", "layer_blocks"):
                for i in range(len(self.inner_blocks)):
                    for name in ("weight", "bias"):
                        if f"{prefix}{block}.{i}.{name}" in state_dict:
                            state_dict[f"{prefix}{block}.{i}.0.{name}"] = state_dict.pop(f"{prefix}{block}.{i}.{name}")
        super()._load_from_state_dict(state_dict, prefix, local_metadata, *args)

    def get_result_from_inner_blocks(self, x: Tensor, idx: int) -> Tensor:
        """What a map gives on its way into the sums."""
        return self.inner_blocks[idx](x)

    def get_result_from_layer_blocks(self, x: Tensor, idx: int) -> Tensor:
        """What a sum gives."""
        return self.layer_blocks[idx](x)

    def forward(self, x: dict[str, Tensor]) -> dict[str, Tensor]:
        """The maps of the pyramid."""
        names, maps = list(x), list(x.values())
        above = self.get_result_from_inner_blocks(maps[-1], -1)
        results = [self.get_result_from_layer_blocks(above, -1)]
        for i in range(len(maps) - 2, -1, -1):
            here = self.get_result_from_inner_blocks(maps[i], i)
            above = here + F.interpolate(above, size=here.shape[-2:], mode="nearest")
            results.insert(0, self.get_result_from_layer_blocks(above, i))
        if self.extra_blocks is not None:
            results, names = self.extra_blocks(results, maps, names)
        return OrderedDict(zip(names, results))


def _first_weights(layer: nn.Conv2d) -> None:
    nn.init.kaiming_uniform_(layer.weight, a=1)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)


class LastLevelMaxPool(ExtraFPNBlock):
    """One more level: every other row and column of the last one.

    Shape: adds (N, C, H / 2, W / 2), rounded up, named "pool".

    >>> import mtorch
    >>> LastLevelMaxPool()([mtorch.arange(9.0).reshape(1, 1, 3, 3)], [], ["a"])[0][1]
    tensor([[[[0., 2.],
              [6., 8.]]]])
    """

    def forward(self, x: list[Tensor], y: list[Tensor],    # type: ignore[override]    # torchvision's names
                names: list[str]) -> tuple[list[Tensor], list[str]]:
        """All levels and their names."""
        names.append("pool")
        x.append(F.max_pool2d(x[-1], kernel_size=1, stride=2, padding=0))
        return x, names


class LastLevelP6P7(ExtraFPNBlock):
    """Two more levels, of convolutions with stride 2.

    in_channels: of the map that they begin with: the pyramid's last, where these are out_channels, and else the network's
    out_channels: of both

    Shape: adds (N, out_channels, H / 2, W / 2) and half of that, rounded up, named "p6" and "p7".

    >>> import mtorch
    >>> p, c = mtorch.rand(1, 4, 5, 5), mtorch.rand(1, 8, 5, 5)
    >>> [tuple(x.shape) for x in LastLevelP6P7(8, 4)([p], [c], ["p5"])[0]]
    [(1, 4, 5, 5), (1, 4, 3, 3), (1, 4, 2, 2)]
    """

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.p6 = nn.Conv2d(in_channels, out_channels, 3, 2, 1)
        self.p7 = nn.Conv2d(out_channels, out_channels, 3, 2, 1)
        for layer in (self.p6, self.p7):
            _first_weights(layer)
        self.use_P5 = in_channels == out_channels

    def forward(self, p: list[Tensor], c: list[Tensor], names: list[str]) -> tuple[list[Tensor], list[str]]:
        """All levels and their names."""
        p6 = self.p6(p[-1] if self.use_P5 else c[-1])
        p.extend([p6, self.p7(F.relu(p6))])
        names.extend(["p6", "p7"])
        return p, names
