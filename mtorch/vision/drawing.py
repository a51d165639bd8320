"""What a detector found, drawn on the picture: boxes with labels, and masks."""

from __future__ import annotations

import warnings
from typing import Any

from .. import dtypes
from ..autograd.mode import no_grad
from ..functions.creation import tensor
from ..tensor import Tensor
from .pillow import required

Colour = str | tuple[int, int, int]
Colours = list[Colour] | Colour | None


@no_grad()
def draw_bounding_boxes(image: Tensor, boxes: Tensor, labels: list[str] | None = None, colors: Colours = None,
                        fill: bool | None = False, width: int = 1, font: str | None = None, font_size: int | None = None,
                        label_colors: Colours = None, label_background_colors: Colours = None,
                        fill_labels: bool = False) -> Tensor:
    """A picture with boxes on it.

    image: uint8, or floating point numbers in [0, 1]; grey or of three colours
    boxes: the corners (left, top, right, bottom) of each
    labels: a text for each box, within its upper left corner
    colors: one, or a list with one for each box: names that Pillow knows, "#FF00FF" or numbers (240, 10, 157); default: a
        palette
    fill: fill the boxes, as thin as a veil
    width: of the lines
    font, font_size: a file of a TrueType font and its size; default: Pillow's own
    label_colors: of the texts; default: those of the boxes, and black on a filled ground
    label_background_colors: of the ground; default: those of the boxes
    fill_labels: put each text on a filled ground

    Shape: image (C, H, W), boxes (N, 4) -> (3, H, W), of the image's type; the image itself where there is no box.
    Raises: TypeError for no tensor; ValueError for another type or shape, boxes with the right corner first, fewer labels or
        colours than boxes; NotImplementedError for turned boxes (N, 8); ImportError without Pillow.
    """
    _require_picture(image, "Tensor expected")
    if image.size(0) not in (1, 3):
        raise ValueError("Only grayscale and RGB images are supported")
    if boxes.shape[-1] != 4 and boxes.numel():
        raise NotImplementedError(f"draw_bounding_boxes: only boxes (N, 4) are drawn, got {tuple(boxes.shape)}")
    count = boxes.shape[0]
    if count == 0:
        warnings.warn("boxes doesn't contain any box. No box was drawn", stacklevel=3)
        return image
    if bool((boxes[:, 0] > boxes[:, 2]).any() | (boxes[:, 1] > boxes[:, 3]).any()):
        raise ValueError("Boxes need to be in (xmin, ymin, xmax, ymax) format. Use torchvision.ops.box_convert to convert them")
    if labels is not None and len(labels) != count:
        raise ValueError(f"Number of boxes ({count}) and labels ({len(labels)}) mismatch. Please specify labels for each box.")
    lines = _colours(colors, count)
    texts = _colours(label_colors or "black", count) if label_colors or fill_labels else lines
    grounds = _colours(label_background_colors, count) if fill_labels and label_background_colors else lines

    required("draw_bounding_boxes")
    from PIL import ImageDraw, ImageFont

    from .transforms import functional as F

    if font is None and font_size is not None:
        warnings.warn("Argument 'font_size' will be ignored since 'font' is not set.", stacklevel=3)
    letters: Any = ImageFont.load_default() if font is None else ImageFont.truetype(font=font, size=font_size or 10)
    picture = F.to_pil_image(F.convert_image_dtype(image.expand(3, -1, -1), dtypes.uint8))
    draw = ImageDraw.Draw(picture, "RGBA" if fill else None)
    for i, (left, top, right, bottom) in enumerate(boxes.to(dtypes.int64).tolist()):
        draw.rectangle((left, top, right, bottom), fill=(*lines[i], 100) if fill else None, outline=lines[i], width=width)
        if labels is not None and labels[i] is not None:
            place = (left + width + 1, top + width + 1)
            if fill_labels:
                a, b, c, d = draw.textbbox(place, labels[i], font=letters)
                draw.rectangle((a - 1, b - 1, c + 1, d + 1), fill=grounds[i])
            draw.text(place, labels[i], fill=texts[i], font=letters)
    return F.convert_image_dtype(F.pil_to_tensor(picture), image.dtype)


@no_grad()
def draw_segmentation_masks(image: Tensor, masks: Tensor, alpha: float = 0.8, colors: Colours = None) -> Tensor:
    """A picture with masks on it; what several of them cover is black.

    image: uint8, or floating point numbers in [0, 1]
    masks: bool
    alpha: how much of a mask's colour, in [0, 1]
    colors: one, or a list with one for each mask, as for `draw_bounding_boxes`

    Shape: image (3, H, W), masks (N, H, W) or (H, W) -> (3, H, W), of the image's type; the image itself where there is no
    mask.
    Raises: TypeError for no tensor; ValueError for another type or shape, and fewer colours than masks; ImportError for a
        colour's name without Pillow.

    >>> import mtorch
    >>> draw_segmentation_masks(mtorch.ones(3, 2, 2), mtorch.eye(2) > 0, alpha=0.5, colors=(255, 0, 0))[1]
    tensor([[0.5000, 1.0000],
            [1.0000, 0.5000]])
    """
    _require_picture(image, "The image must be a tensor")
    if image.size(0) != 3:
        raise ValueError("Pass an RGB image. Other Image formats are not supported")
    if masks.dim() == 2:
        masks = masks[None]
    if masks.dim() != 3:
        raise ValueError("masks must be of shape (H, W) or (batch_size, H, W)")
    if masks.dtype != dtypes.bool:
        raise ValueError(f"The masks must be of dtype bool. Got {masks.dtype}")
    if masks.shape[-2:] != image.shape[-2:]:
        raise ValueError("The image and the masks must have the same height and width")
    if not len(masks):
        warnings.warn("masks doesn't contain any mask. No mask was drawn", stacklevel=3)
        return image
    covered = image.clone()
    for mask, colour in zip(masks, _colours(colors, len(masks))):
        part = [value / 255 for value in colour] if image.is_floating_point() else colour
        covered[:, mask] = tensor(part, dtype=image.dtype)[:, None]
    covered[:, masks.sum(0) > 1] = 0
    return (image * (1 - alpha) + covered * alpha).to(image.dtype)


def _require_picture(image: Any, what: str) -> None:
    if not isinstance(image, Tensor):
        raise TypeError(f"{what}, got {type(image)}")
    if image.dtype != dtypes.uint8 and not image.is_floating_point():
        raise ValueError(f"The image dtype must be uint8 or float, got {image.dtype}")
    if image.dim() != 3:
        raise ValueError("Pass individual images, not batches")


def _colours(colours: Colours, count: int) -> list[tuple[int, ...]]:
    """Red, green and blue for each of so many things."""
    if colours is None:
        return [tuple(i * part % 255 for part in (2 ** 25 - 1, 2 ** 15 - 1, 2 ** 21 - 1)) for i in range(count)]
    if isinstance(colours, list):
        if len(colours) < count:
            raise ValueError("Number of colors must be equal or larger than the number of objects, but got "
                             f"{len(colours)} < {count}.")
    elif not isinstance(colours, (tuple, str)):
        raise ValueError(f"colors must be a tuple or a string, or a list thereof, but got {colours}.")
    elif isinstance(colours, tuple) and len(colours) != 3:
        raise ValueError(f"If passed as tuple, colors should be an RGB triplet, but got {colours}.")
    else:
        colours = [colours] * count
    return [_parts(colour) if isinstance(colour, str) else colour for colour in colours]


def _parts(name: str) -> tuple[int, ...]:
    required("a colour's name")
    from PIL import ImageColor

    return ImageColor.getrgb(name)
