"""What all families of models share: a list of them by name, and the names of weights that others have trained."""
from __future__ import annotations

import fnmatch
import functools
import math
import sys
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar, get_args, get_type_hints

from ... import nn
from ..transforms._presets import ImageClassification
from ..transforms.interpolation import InterpolationMode
from ..weights import load_state_dict_from_url

__all__ = ["Weights", "WeightsEnum", "get_model", "get_model_builder", "get_model_weights", "get_weight", "list_models"]

Builder = TypeVar("Builder", bound=Callable[..., nn.Module])

BUILTIN_MODELS: dict[str, Callable[..., nn.Module]] = {}


@functools.cache
def _categories() -> list[str]:
    """What the 1,000 classes of ImageNet are called, in the order of the outputs."""
    return Path(__file__).with_name("imagenet_classes.txt").read_text(encoding="utf-8").splitlines()


@dataclass(frozen=True, eq=False)
class Weights:
    """A file of trained weights, how pictures are prepared for them, and what is known of them.

    file: its name
    acc1, acc5: percent of ImageNet's 50,000 pictures for validation whose class is the likeliest of the model's, and among
        its five likeliest, as torchvision has measured them; None for weights that do not classify
    num_params: numbers in the file
    crop_size, resize_size, interpolation, mean, std: of `transforms`, see ImageClassification

    Raises: nothing.

    >>> from mtorch.vision.models import VGG11_Weights
    >>> VGG11_Weights.DEFAULT.value.meta["num_params"]
    132863336
    """

    file: str
    acc1: float | None
    acc5: float | None
    num_params: int
    crop_size: int = 224
    resize_size: int = 256
    interpolation: str = "bilinear"
    mean: tuple[float, ...] = (0.485, 0.456, 0.406)
    std: tuple[float, ...] = (0.229, 0.224, 0.225)

    @property
    def url(self) -> str:
        """Where the file lies."""
        return f"https://download.pytorch.org/models/{self.file}"

    @property
    def transforms(self) -> Callable[..., ImageClassification]:
        """What makes the transform that prepares pictures for the model; arguments given to it take the place of these."""
        return functools.partial(ImageClassification, crop_size=self.crop_size, resize_size=self.resize_size, mean=self.mean,
                                 std=self.std, interpolation=InterpolationMode(self.interpolation))

    @property
    def meta(self) -> dict[str, Any]:
        """`categories`, the names of the classes; `num_params`; and of the measurement, `_metrics`."""
        metrics = {"acc@1": self.acc1, "acc@5": self.acc5}
        return {"categories": None if self.acc1 is None else _categories(), "num_params": self.num_params,
                "_metrics": {"ImageNet-1K": {name: math.nan if x is None else x for name, x in metrics.items()}}}


class WeightsEnum(Enum):
    """Trained weights of one model: a member is a name for some `Weights`, and has what they have.

    Raises: KeyError for a member that there is not.

    >>> from mtorch.vision.models import ResNet50_Weights
    >>> weights = ResNet50_Weights.DEFAULT
    >>> weights, weights.url
    (ResNet50_Weights.IMAGENET1K_V2, 'https://download.pytorch.org/models/resnet50-11ad3fa6.pth')
    >>> weights.transforms()
    ImageClassification(
        crop_size=[224]
        resize_size=[232]
        mean=[0.485, 0.456, 0.406]
        std=[0.229, 0.224, 0.225]
        interpolation=InterpolationMode.BILINEAR
    )
    >>> weights.meta["categories"][:3]
    ['tench', 'goldfish', 'great white shark']
    """

    @classmethod
    def verify(cls, obj: Any) -> Any:
        """The member that is meant: None, a member, or its name, with the name of the class before it or without.

        Raises: KeyError for another name; TypeError for a member of another class.
        """
        if isinstance(obj, str):
            return cls[obj.replace(cls.__name__ + ".", "")]
        if obj is not None and not isinstance(obj, cls):
            raise TypeError(f"Invalid Weight class provided; expected {cls.__name__} but received "
                            f"{type(obj).__name__}.")
        return obj

    def get_state_dict(self, *args: Any, **kwargs: Any) -> Any:
        """The weights, fetched unless they are there; arguments as for `torch.hub.load_state_dict_from_url`."""
        return load_state_dict_from_url(self.url, *args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        if name in ("url", "transforms", "meta"):
            return getattr(self.value, name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __repr__(self) -> str:
        return f"{type(self).__name__}.{self._name_}"


def asked_for(known: type[WeightsEnum], weights: Any, config: dict[str, Any]) -> tuple[WeightsEnum | None, dict[str, Any]]:
    """Which trained weights a model is to have, None for none, and `config` without `pretrained`.

    known: the weights that there are for the model
    weights: None, a member of `known` or its name; as before there were names, False or True, for the first of them
    config: what else the function that makes the model was given

    Raises: KeyError and TypeError for what is none of the model's.

    >>> from mtorch.vision.models import AlexNet_Weights
    >>> asked_for(AlexNet_Weights, "DEFAULT", {"num_classes": 1000})
    (AlexNet_Weights.IMAGENET1K_V1, {'num_classes': 1000})
    """
    if weights is None and "pretrained" not in config or isinstance(weights, (str, WeightsEnum)):
        return known.verify(weights), config
    config = dict(config)
    wanted = weights
    if weights is None:
        wanted = config.pop("pretrained")
        warnings.warn("The parameter 'pretrained' is deprecated since 0.13 and may be removed in the future, please "
                      "use 'weights' instead.", stacklevel=3)
    chosen = next(iter(known)) if wanted else None
    warnings.warn("Arguments other than a weight enum or `None` for 'weights' are deprecated since 0.13 and may be "
                  "removed in the future. The current behavior is equivalent to passing "
                  f"`weights={chosen}`.", stacklevel=3)
    return chosen, config


def fixed(config: dict[str, Any], **values: Any) -> dict[str, Any]:
    """`config` with what makes a model the one of its name, which a program may repeat but not change.

    Raises: ValueError for another value.

    >>> fixed({"num_classes": 10}, groups=32)
    {'num_classes': 10, 'groups': 32}
    """
    for name, value in values.items():
        if config.get(name, value) != value:
            raise ValueError(f"The parameter '{name}' expected value {value} but got {config[name]} instead.")
    return {**config, **values}


def trained(make: Callable[..., nn.Module], weights: WeightsEnum, progress: bool, config: dict[str, Any],
            **needed: Any) -> nn.Module:
    """The model that `make` makes, with trained weights.

    config: its arguments, of which `needed` are as these weights need them

    Raises: ValueError for another value of what is needed; OSError where the weights cannot be fetched.
    """
    config = fixed(config, **needed)
    state = weights.get_state_dict(progress=progress, check_hash=True)       # before the work of drawing others
    model = make(None, progress, **config)
    model.load_state_dict(state)
    return model


def register_model(name: str | None = None, load: Callable[..., nn.Module] | None = None) -> Callable[[Builder], Builder]:
    """A decorator: the function's model is given the weights that are asked for, and `get_model` and `list_models` know it,
    by `name` or by its own name.

    load: makes the model with weights, from the first four arguments of `trained`; unless given, `trained` does, for 1,000
        classes

    Raises: ValueError for a name that is taken.
    """
    def register(make: Builder) -> Builder:
        @functools.wraps(make)
        def build(weights: Any = None, progress: bool = True, **config: Any) -> nn.Module:
            chosen, config = asked_for(get_model_weights(make), weights, config)
            if chosen is None:
                return make(None, progress, **config)
            if load is None:
                return trained(make, chosen, progress, config, num_classes=1000)
            return load(make, chosen, progress, config)

        key = make.__name__ if name is None else name
        if key in BUILTIN_MODELS:
            raise ValueError(f"An entry is already registered under the name '{key}'.")
        BUILTIN_MODELS[key] = build
        return build    # type: ignore[return-value]
    return register


def list_models(module: ModuleType | None = None, include: Iterable[str] | str | None = None,
                exclude: Iterable[str] | str | None = None) -> list[str]:
    """The names of the models that `get_model` makes, sorted.

    module: only those of this package
    include: only those that fit one of these patterns, in which `*` is any text
    exclude: none that fits one of these

    Raises: nothing for a pattern that no name fits.

    >>> list_models(include="resnet*", exclude=["*01", "*2"])
    ['resnet18', 'resnet34', 'resnet50']
    """
    def fits(name: str, patterns: Iterable[str] | str) -> bool:
        return any(fnmatch.fnmatch(name, pattern) for pattern in ([patterns] if isinstance(patterns, str) else patterns))

    return sorted(name for name, make in BUILTIN_MODELS.items()
                  if (module is None or make.__module__.rpartition(".")[0] == module.__name__)
                  and (not include or fits(name, include)) and not (exclude and fits(name, exclude)))


def get_model_builder(name: str) -> Callable[..., nn.Module]:
    """The function that makes a model.

    name: of it, in any case of the letters

    Raises: ValueError for a name that is not in the list.

    >>> get_model_builder("ResNet18").__name__
    'resnet18'
    """
    try:
        return BUILTIN_MODELS[name.lower()]
    except KeyError:
        raise ValueError(f"Unknown model {name.lower()}") from None


def get_model(name: str, **config: Any) -> nn.Module:
    """A model by name.

    name: of the function that makes it
    config: its arguments

    Raises: ValueError for a name that is not in the list; and what the function raises.

    >>> get_model("squeezenet1_1", num_classes=10).classifier[1]
    Conv2d(512, 10, kernel_size=(1, 1), stride=(1, 1))
    """
    return get_model_builder(name)(**config)


def get_model_weights(name: Callable[..., nn.Module] | str) -> type[WeightsEnum]:
    """The names of a model's weights.

    name: the function that makes the model, or its name

    Raises: ValueError for a name that is not in the list, and for a function without names of weights.

    >>> list(get_model_weights("mobilenet_v2"))
    [MobileNet_V2_Weights.IMAGENET1K_V1, MobileNet_V2_Weights.IMAGENET1K_V2]
    """
    make = get_model_builder(name) if isinstance(name, str) else name
    for kind in get_args(get_type_hints(make).get("weights")):
        if isinstance(kind, type) and issubclass(kind, WeightsEnum):
            return kind
    raise ValueError("The WeightsEnum class for the specific method couldn't be retrieved. Make sure the typing info is "
                     "correct.")


def get_weight(name: str) -> WeightsEnum:
    """The member of this full name.

    name: that of the class, a dot, and that of the member

    Raises: ValueError for another form, and for a class that there is not; KeyError for another member.

    >>> get_weight("ResNet50_Weights.IMAGENET1K_V1")
    ResNet50_Weights.IMAGENET1K_V1
    """
    class_name, dot, member = name.partition(".")
    if not dot or "." in member:
        raise ValueError(f"Invalid weight name provided: '{name}'.")
    kind = vars(sys.modules[__package__]).get(class_name)
    if not (isinstance(kind, type) and issubclass(kind, WeightsEnum)):
        raise ValueError(f"The weight enum '{class_name}' for the specific method couldn't be retrieved.")
    return kind[member]
