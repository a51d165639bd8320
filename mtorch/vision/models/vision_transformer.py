"""The Vision Transformer: an image is worth 16x16 words.

A picture is cut into patches, say 14x14 of them with 16x16 pixels each, and every patch becomes a vector by one linear map,
which is a convolution whose stride is its kernel.  A further vector joins them, the class token, and to each is added a
learned vector for its place.  From here on it is the encoder of language models: in every layer each vector asks all others
by attention, and then is changed by a small network; both are added to what was there:

    x = x + attention(norm(x)),    x = x + mlp(norm(x))

What has become of the class token leads to the scores.  Nothing in it knows that pictures have two dimensions, or that what
lies near belongs together: it is learned, which takes many pictures.

A name gives the size, "b"ase, "l"arge or "h"uge, and the pixels of a patch.

Source: Dosovitskiy, Beyer, Kolesnikov, Weissenborn, Zhai, Unterthiner, Dehghani, Minderer, Heigold, Gelly, Uszkoreit &
Houlsby, "An Image Is Worth 16x16 Words: Transformers for Image Recognition at Scale", ICLR 2021, arXiv:2010.11929;
conv_stem_configs: Xiao, Singh, Mintun, Darrell, Dollár & Girshick, "Early Convolutions Help Transformers See Better",
NeurIPS 2021, arXiv:2106.14881.
"""
from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, MutableMapping
from functools import partial
from typing import Any, NamedTuple

from ... import nn
from ...functions.creation import empty, zeros
from ...functions.joining import cat
from ...nn import functional as F
from ...questions import _assert
from ...tensor import Parameter, Tensor
from ..ops.misc import MLP, Conv2dNormActivation
from ._api import Weights, WeightsEnum, register_model, trained

__all__ = ["ViT_B_16_Weights", "ViT_B_32_Weights", "ViT_H_14_Weights", "ViT_L_16_Weights", "ViT_L_32_Weights",
           "VisionTransformer", "vit_b_16", "vit_b_32", "vit_h_14", "vit_l_16", "vit_l_32"]

LAYER_NORM = partial(nn.LayerNorm, eps=1e-6)


class ConvStemConfig(NamedTuple):
    """One of the convolutions that may stand in the place of the linear map of patches.

    >>> ConvStemConfig(64, kernel_size=3, stride=2).out_channels
    64
    """

    out_channels: int
    kernel_size: int
    stride: int
    norm_layer: Callable[..., nn.Module] = nn.BatchNorm2d
    activation_layer: Callable[..., nn.Module] = nn.ReLU


class MLPBlock(MLP):
    """A linear layer to more values, GELU, a linear layer back, with dropout after each.

    in_dim: how many values come in and go out
    mlp_dim: how many there are in between
    dropout: probability

    Shape: (..., in_dim) -> the same.
    Raises: ValueError for a dropout outside [0, 1]; RuntimeError for an input of another size.

    >>> import mtorch
    >>> MLPBlock(8, 32, dropout=0.0)(mtorch.zeros(1, 5, 8)).shape
    torch.Size([1, 5, 8])
    """

    _version = 2

    def __init__(self, in_dim: int, mlp_dim: int, dropout: float) -> None:
        super().__init__(in_dim, [mlp_dim, in_dim], activation_layer=nn.GELU, inplace=None, dropout=dropout)
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.xavier_uniform_(module.weight)
                nn.init.normal_(module.bias, std=1e-6)

    def _load_from_state_dict(self, state_dict: Any, prefix: str, local_metadata: dict, *rest: Any) -> None:
        """States written before version 2, the published ones among them, name the linear layers 1 and 2."""
        if (local_metadata.get("version") or 1) < 2:
            for old, new in (("linear_1", "0"), ("linear_2", "3")):
                for kind in ("weight", "bias"):
                    if f"{prefix}{old}.{kind}" in state_dict:
                        state_dict[f"{prefix}{new}.{kind}"] = state_dict.pop(f"{prefix}{old}.{kind}")
        super()._load_from_state_dict(state_dict, prefix, local_metadata, *rest)


def _require_vectors(input: Tensor) -> None:
    _assert(input.dim() == 3, f"Expected (batch_size, seq_length, hidden_dim) got {input.shape}")


class EncoderBlock(nn.Module):
    """A layer: x = x + attention(norm(x)), then x + mlp(norm(x)).

    num_heads: of the attention
    hidden_dim: size of the vectors
    mlp_dim: of the network's inner layer
    dropout: after the attention, and in the network
    attention_dropout: of the attention's weights
    norm_layer: makes a normalisation of vectors

    Shape: (N, vectors, hidden_dim) -> the same.
    Raises: AssertionError for other dimensions, and where heads do not divide hidden_dim.

    >>> import mtorch
    >>> EncoderBlock(2, 8, 32, dropout=0.0, attention_dropout=0.0)(mtorch.zeros(1, 5, 8)).shape
    torch.Size([1, 5, 8])
    """

    def __init__(self, num_heads: int, hidden_dim: int, mlp_dim: int, dropout: float, attention_dropout: float,
                 norm_layer: Callable[..., nn.Module] = LAYER_NORM) -> None:
        super().__init__()
        self.num_heads = num_heads
        self.ln_1 = norm_layer(hidden_dim)
        self.self_attention = nn.MultiheadAttention(hidden_dim, num_heads, dropout=attention_dropout, batch_first=True)
        self.dropout = nn.Dropout(dropout)
        self.ln_2 = norm_layer(hidden_dim)
        self.mlp = MLPBlock(hidden_dim, mlp_dim, dropout)

    def forward(self, input: Tensor) -> Tensor:
        """The vectors after this layer."""
        _require_vectors(input)
        x = self.ln_1(input)
        x, _ = self.self_attention(x, x, x, need_weights=False)
        x = self.dropout(x) + input
        return x + self.mlp(self.ln_2(x))


class Encoder(nn.Module):
    """A learned vector added for each place, layers, a normalisation.

    seq_length: how many vectors
    num_layers: how many layers
    num_heads, hidden_dim, mlp_dim, dropout, attention_dropout, norm_layer: as for EncoderBlock

    Shape: (N, seq_length, hidden_dim) -> the same.
    Raises: AssertionError for other dimensions; RuntimeError for other sizes.

    >>> import mtorch
    >>> Encoder(5, 1, 2, 8, 32, dropout=0.0, attention_dropout=0.0)(mtorch.zeros(1, 5, 8)).shape
    torch.Size([1, 5, 8])
    """

    def __init__(self, seq_length: int, num_layers: int, num_heads: int, hidden_dim: int, mlp_dim: int, dropout: float,
                 attention_dropout: float, norm_layer: Callable[..., nn.Module] = LAYER_NORM) -> None:
        super().__init__()
        self.pos_embedding = Parameter(empty(1, seq_length, hidden_dim).normal_(std=0.02))
        self.dropout = nn.Dropout(dropout)
        self.layers = nn.Sequential(OrderedDict(
            (f"encoder_layer_{i}", EncoderBlock(num_heads, hidden_dim, mlp_dim, dropout, attention_dropout, norm_layer))
            for i in range(num_layers)))
        self.ln = norm_layer(hidden_dim)

    def forward(self, input: Tensor) -> Tensor:
        """The vectors after all layers."""
        _require_vectors(input)
        return self.ln(self.layers(self.dropout(input + self.pos_embedding)))


class VisionTransformer(nn.Module):
    """Patches, an encoder, a linear layer on the class token.

    image_size: of the pictures, which are square; patch_size divides it
    patch_size: of a patch
    num_layers: of the encoder
    num_heads: of the attention
    hidden_dim: size of a vector
    mlp_dim: of the inner layer of the network in each layer
    dropout, attention_dropout: probabilities
    num_classes: how many scores come out
    representation_size: of a further linear layer, with tanh, before the last; default: none
    norm_layer: makes a normalisation of vectors; default: nn.LayerNorm with eps 1e-6
    conv_stem_configs: convolutions in the place of the linear map of patches; their strides multiply to patch_size

    The last layer begins with zeros, so the first scores are all 0.

    Shape: (N, 3, image_size, image_size) -> (N, num_classes).
    Raises: AssertionError for pictures of another size, and sizes that do not divide; RuntimeError for other channels.

    >>> import mtorch
    >>> tiny = VisionTransformer(image_size=32, patch_size=8, num_layers=1, num_heads=2, hidden_dim=16, mlp_dim=32)
    >>> tiny.seq_length, tiny(mtorch.zeros(2, 3, 32, 32)).shape
    (17, torch.Size([2, 1000]))
    """

    def __init__(self, image_size: int, patch_size: int, num_layers: int, num_heads: int, hidden_dim: int, mlp_dim: int,
                 dropout: float = 0.0, attention_dropout: float = 0.0, num_classes: int = 1000,
                 representation_size: int | None = None,
                 norm_layer: Callable[..., nn.Module] = LAYER_NORM,
                 conv_stem_configs: list[ConvStemConfig] | None = None) -> None:
        super().__init__()
        if image_size % patch_size:
            raise AssertionError("Input shape indivisible by patch size!")
        self.image_size, self.patch_size = image_size, patch_size
        self.hidden_dim, self.mlp_dim = hidden_dim, mlp_dim
        self.attention_dropout, self.dropout = attention_dropout, dropout
        self.num_classes, self.representation_size = num_classes, representation_size
        self.norm_layer = norm_layer

        self.conv_proj: nn.Module
        if conv_stem_configs is None:
            self.conv_proj = nn.Conv2d(3, hidden_dim, kernel_size=patch_size, stride=patch_size)
        else:
            self.conv_proj = nn.Sequential()
            channels = 3
            for i, stem in enumerate(conv_stem_configs):
                self.conv_proj.add_module(f"conv_bn_relu_{i}", Conv2dNormActivation(
                    channels, stem.out_channels, stem.kernel_size, stem.stride, norm_layer=stem.norm_layer,
                    activation_layer=stem.activation_layer))
                channels = stem.out_channels
            self.conv_proj.add_module("conv_last", nn.Conv2d(channels, hidden_dim, kernel_size=1))

        self.class_token = Parameter(zeros(1, 1, hidden_dim))
        self.seq_length = (image_size // patch_size) ** 2 + 1
        self.encoder = Encoder(self.seq_length, num_layers, num_heads, hidden_dim, mlp_dim, dropout, attention_dropout,
                               norm_layer)
        heads: OrderedDict[str, nn.Module] = OrderedDict()
        if representation_size is not None:
            heads["pre_logits"] = nn.Linear(hidden_dim, representation_size)
            heads["act"] = nn.Tanh()
        heads["head"] = nn.Linear(representation_size or hidden_dim, num_classes)
        self.heads = nn.Sequential(heads)
        self._draw_weights()

    def _draw_weights(self) -> None:
        """First weights of the patches' map and the last layers; the layers between have theirs."""
        last = self.conv_proj
        if isinstance(last, nn.Conv2d):
            nn.init.trunc_normal_(last.weight, std=math.sqrt(1 / (last.in_channels * math.prod(last.kernel_size))))
        else:
            last = last.conv_last
            nn.init.normal_(last.weight, mean=0.0, std=math.sqrt(2.0 / last.out_channels))
        nn.init.zeros_(last.bias)
        if self.representation_size is not None:
            before = self.heads.pre_logits
            nn.init.trunc_normal_(before.weight, std=math.sqrt(1 / before.in_features))
            nn.init.zeros_(before.bias)
        nn.init.zeros_(self.heads.head.weight)
        nn.init.zeros_(self.heads.head.bias)

    def _process_input(self, x: Tensor) -> Tensor:
        """Pictures -> (N, patches, hidden_dim)."""
        n, _, height, width = x.shape
        for size, what in ((height, "height"), (width, "width")):
            _assert(size == self.image_size, f"Wrong image {what}! Expected {self.image_size} but got {size}!")
        patches = (self.image_size // self.patch_size) ** 2
        return self.conv_proj(x).reshape(n, self.hidden_dim, patches).permute(0, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        """A score for each class."""
        patches = self._process_input(x)
        token = self.class_token.expand(patches.shape[0], -1, -1)
        return self.heads(self.encoder(cat([token, patches], dim=1))[:, 0])


def interpolate_embeddings(image_size: int, patch_size: int, model_state: MutableMapping[str, Tensor],
                           interpolation_mode: str = "bicubic", reset_heads: bool = False) -> MutableMapping[str, Tensor]:
    """The state of a model for pictures of another size: its vectors for places are interpolated.

    image_size: of the new pictures
    patch_size: of a patch
    model_state: the state_dict, whose vectors for places are replaced
    interpolation_mode: a mode of nn.functional.interpolate
    reset_heads: leave out the last layers, if the number of places changes

    Raises: ValueError where the places are not those of one square picture.

    >>> tiny = VisionTransformer(image_size=32, patch_size=8, num_layers=1, num_heads=2, hidden_dim=16, mlp_dim=32)
    >>> interpolate_embeddings(48, 8, tiny.state_dict())["encoder.pos_embedding"].shape
    torch.Size([1, 37, 16])
    """
    places = model_state["encoder.pos_embedding"]
    count, length, hidden_dim = places.shape
    if count != 1:
        raise ValueError(f"Unexpected position embedding shape: {places.shape}")
    new = image_size // patch_size
    if new ** 2 + 1 == length:
        return model_state
    old = math.isqrt(length - 1)
    if old ** 2 != length - 1:
        raise ValueError("seq_length is not a perfect square! Instead got seq_length_1d * seq_length_1d = "
                         f"{old ** 2} and seq_length = {length - 1}")
    square = places[:, 1:].permute(0, 2, 1).reshape(1, hidden_dim, old, old)
    square = F.interpolate(square, size=new, mode=interpolation_mode, align_corners=True)
    square = square.reshape(1, hidden_dim, new ** 2).permute(0, 2, 1)
    model_state["encoder.pos_embedding"] = cat([places[:, :1], square], dim=1)
    if reset_heads:
        return OrderedDict((name, value) for name, value in model_state.items() if not name.startswith("heads"))
    return model_state


def _of_size(patch_size: int, num_layers: int, num_heads: int, hidden_dim: int, mlp_dim: int,
             config: dict[str, Any]) -> VisionTransformer:
    """A row of the paper's table 1, for pictures of 224x224 if nothing else is said."""
    return VisionTransformer(**{"image_size": 224, **config}, patch_size=patch_size, num_layers=num_layers,
                             num_heads=num_heads, hidden_dim=hidden_dim, mlp_dim=mlp_dim)


class ViT_B_16_Weights(WeightsEnum):
    """Trained weights of ViT-B/16."""

    IMAGENET1K_V1 = Weights("vit_b_16-c867db91.pth", 81.072, 95.318, 86_567_656)
    IMAGENET1K_SWAG_E2E_V1 = Weights("vit_b_16_swag-9ac1b537.pth", 85.304, 97.65, 86_859_496,
                                     crop_size=384, resize_size=384, interpolation="bicubic")
    IMAGENET1K_SWAG_LINEAR_V1 = Weights("vit_b_16_lc_swag-4e70ced5.pth", 81.886, 96.18, 86_567_656,
                                        resize_size=224, interpolation="bicubic")
    DEFAULT = IMAGENET1K_V1


class ViT_B_32_Weights(WeightsEnum):
    """Trained weights of ViT-B/32."""

    IMAGENET1K_V1 = Weights("vit_b_32-d86f8d99.pth", 75.912, 92.466, 88_224_232)
    DEFAULT = IMAGENET1K_V1


class ViT_L_16_Weights(WeightsEnum):
    """Trained weights of ViT-L/16."""

    IMAGENET1K_V1 = Weights("vit_l_16-852ce7e3.pth", 79.662, 94.638, 304_326_632, resize_size=242)
    IMAGENET1K_SWAG_E2E_V1 = Weights("vit_l_16_swag-4f3808c9.pth", 88.064, 98.512, 305_174_504,
                                     crop_size=512, resize_size=512, interpolation="bicubic")
    IMAGENET1K_SWAG_LINEAR_V1 = Weights("vit_l_16_lc_swag-4d563306.pth", 85.146, 97.422, 304_326_632,
                                        resize_size=224, interpolation="bicubic")
    DEFAULT = IMAGENET1K_V1


class ViT_L_32_Weights(WeightsEnum):
    """Trained weights of ViT-L/32."""

    IMAGENET1K_V1 = Weights("vit_l_32-c7638314.pth", 76.972, 93.07, 306_535_400)
    DEFAULT = IMAGENET1K_V1


class ViT_H_14_Weights(WeightsEnum):
    """Trained weights of ViT-H/14."""

    IMAGENET1K_SWAG_E2E_V1 = Weights("vit_h_14_swag-80465313.pth", 88.552, 98.694, 633_470_440,
                                     crop_size=518, resize_size=518, interpolation="bicubic")
    IMAGENET1K_SWAG_LINEAR_V1 = Weights("vit_h_14_lc_swag-c1eb923e.pth", 85.708, 97.73, 632_045_800,
                                        resize_size=224, interpolation="bicubic")
    DEFAULT = IMAGENET1K_SWAG_E2E_V1


def _with_weights(make: Callable[..., nn.Module], weights: WeightsEnum, progress: bool, config: dict[str, Any]) -> nn.Module:
    """There is a vector for each place of a patch: the pictures have the size that the weights were trained with."""
    return trained(make, weights, progress, config, num_classes=1000, image_size=weights.value.crop_size)


@register_model(load=_with_weights)
def vit_b_16(weights: ViT_B_16_Weights | None = None, progress: bool = True, **kwargs: Any) -> VisionTransformer:
    """ViT-B/16: 12 layers of 12 heads on vectors of 768, patches of 16x16 pixels; 86.6 million weights.

    weights: trained ones, which are fetched; None for first ones, drawn
    progress: show how the download goes on
    kwargs: of the class VisionTransformer, image_size, 224 if not given, and from dropout on

    Raises: OSError where weights cannot be fetched; ValueError for another number of classes than they have.

    >>> ViT_B_16_Weights.DEFAULT.url
    'https://download.pytorch.org/models/vit_b_16-c867db91.pth'
    """
    return _of_size(16, 12, 12, 768, 3072, kwargs)


@register_model(load=_with_weights)
def vit_b_32(weights: ViT_B_32_Weights | None = None, progress: bool = True, **kwargs: Any) -> VisionTransformer:
    """ViT-B/32: 12 layers of 12 heads on vectors of 768, patches of 32x32 pixels; 88.2 million weights.

    Arguments as for vit_b_16.

    >>> ViT_B_32_Weights.DEFAULT.url
    'https://download.pytorch.org/models/vit_b_32-d86f8d99.pth'
    """
    return _of_size(32, 12, 12, 768, 3072, kwargs)


@register_model(load=_with_weights)
def vit_l_16(weights: ViT_L_16_Weights | None = None, progress: bool = True, **kwargs: Any) -> VisionTransformer:
    """ViT-L/16: 24 layers of 16 heads on vectors of 1024, patches of 16x16 pixels; 304.3 million weights.

    Arguments as for vit_b_16.

    >>> ViT_L_16_Weights.DEFAULT.url
    'https://download.pytorch.org/models/vit_l_16-852ce7e3.pth'
    """
    return _of_size(16, 24, 16, 1024, 4096, kwargs)


@register_model(load=_with_weights)
def vit_l_32(weights: ViT_L_32_Weights | None = None, progress: bool = True, **kwargs: Any) -> VisionTransformer:
    """ViT-L/32: 24 layers of 16 heads on vectors of 1024, patches of 32x32 pixels; 306.5 million weights.

    Arguments as for vit_b_16.

    >>> ViT_L_32_Weights.DEFAULT.url
    'https://download.pytorch.org/models/vit_l_32-c7638314.pth'
    """
    return _of_size(32, 24, 16, 1024, 4096, kwargs)


@register_model(load=_with_weights)
def vit_h_14(weights: ViT_H_14_Weights | None = None, progress: bool = True, **kwargs: Any) -> VisionTransformer:
    """ViT-H/14: 32 layers of 16 heads on vectors of 1280, patches of 14x14 pixels; 632.0 million weights.

    Arguments as for vit_b_16.

    >>> ViT_H_14_Weights.DEFAULT.url
    'https://download.pytorch.org/models/vit_h_14_swag-80465313.pth'
    """
    return _of_size(14, 32, 16, 1280, 5120, kwargs)
