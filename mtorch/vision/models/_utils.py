"""Small tools of the models: first weights, numbers of channels, and a model that shows what it computes on the way."""
from __future__ import annotations

from collections import OrderedDict

from ... import nn
from ...tensor import Tensor


class IntermediateLayerGetter(nn.ModuleDict):
    """A model up to the last layer that is asked for, which gives what those layers gave, by new names.

    The layers are the model's own children, and are called in the order in which they were registered.

    model: whose layers are called; they stay its own
    return_layers: the name of a child: the name that its result gets

    Shape: what the first layer takes -> an OrderedDict of what the layers gave.
    Raises: ValueError for a layer that is no child of the model.

    >>> import mtorch
    >>> from mtorch.vision.models import shufflenet_v2_x0_5
    >>> features = IntermediateLayerGetter(shufflenet_v2_x0_5(), {"stage2": "fine", "stage4": "coarse"})
    >>> {name: tuple(value.shape) for name, value in features(mtorch.zeros(1, 3, 64, 64)).items()}
    {'fine': (1, 48, 8, 8), 'coarse': (1, 192, 2, 2)}
    """

    _version = 2

    def __init__(self, model: nn.Module, return_layers: dict[str, str]) -> None:
        children = OrderedDict(model.named_children())
        if not set(return_layers) <= set(children):
            raise ValueError("return_layers are not present in model")
        names = list(children)
        last = max(map(names.index, return_layers), default=0)
        super().__init__(OrderedDict((name, children[name]) for name in names[:last + 1]))
        self.return_layers = return_layers

    def forward(self, x: Tensor) -> OrderedDict[str, Tensor]:
        """What the chosen layers gave."""
        found = OrderedDict()
        for name, layer in self.items():
            x = layer(x)
            if name in self.return_layers:
                found[self.return_layers[name]] = x
        return found


def _make_divisible(v: float, divisor: int, min_value: int | None = None) -> int:
    """The multiple of `divisor` nearest to v, at least `min_value`, and not below nine tenths of v.

    Processors like channels in eights.

    v: how many channels a formula gave
    divisor: what the answer is a multiple of
    min_value: the least answer; default: divisor

    >>> _make_divisible(32 * 0.75, 8), _make_divisible(44, 8), _make_divisible(3, 8), _make_divisible(11, 8)
    (24, 48, 8, 16)
    """
    nearest = max(divisor if min_value is None else min_value, int(v + divisor / 2) // divisor * divisor)
    return nearest + divisor if nearest < 0.9 * v else nearest


def he_init(model: nn.Module, linear_std: float | None = None) -> None:
    """First weights for a deep network of ReLUs, so that gradients neither vanish nor grow on their way back.

    A convolution's weights are normal with variance 2 / fan_out, where fan_out = out_channels * kernel height * kernel
    width; its bias is 0.  Normalisations begin with scale 1 and shift 0.

    model: whose convolutions and normalisations are filled, in the order of model.modules()
    linear_std: linear layers get normal weights with this standard deviation, and bias 0; None leaves them as they are

    Source: He, Zhang, Ren & Sun, "Delving Deep into Rectifiers", ICCV 2015, arXiv:1502.01852, equation 14.

    >>> import mtorch
    >>> layer = mtorch.nn.Conv2d(4, 200, 3)
    >>> he_init(layer)
    >>> abs(layer.weight.std().item() - (2 / (200 * 9)) ** 0.5) < 0.002, layer.bias.abs().sum().item()
    (True, 0.0)
    """
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, (nn.BatchNorm2d, nn.GroupNorm)):
            nn.init.ones_(module.weight)
            nn.init.zeros_(module.bias)
        elif linear_std is not None and isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, 0, linear_std)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
