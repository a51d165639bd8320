"""Losses of boxes: how far a predicted box is from the true one, also where they do not touch.

The overlap of boxes that lie apart is 0 wherever they lie, and gives no gradient.  Each of these losses adds what still says
where to go.

Sources: generalized: Rezatofighi, Tsoi, Gwak, Sadeghian, Reid & Savarese, "Generalized Intersection over Union", CVPR 2019,
arXiv:1902.09630; distance and complete: Zheng, Wang, Liu, Li, Ye & Ren, "Distance-IoU Loss", AAAI 2020, arXiv:1911.08287.
"""
from __future__ import annotations

import math

from ... import dtypes
from ...autograd.mode import no_grad
from ...functions.arithmetic import maximum, minimum, where
from ...tensor import Tensor
from .focal_loss import reduced

__all__ = ["complete_box_iou_loss", "distance_box_iou_loss", "generalized_box_iou_loss"]


def generalized_box_iou_loss(boxes1: Tensor, boxes2: Tensor, reduction: str = "none", eps: float = 1e-7) -> Tensor:
    """1 - overlap + the share of the smallest box around both that neither covers.

    boxes1, boxes2: (x1, y1, x2, y2), each with the one at its place in the other
    reduction: "none", "mean" or "sum"
    eps: added to areas that are divided by

    Shape: two (..., 4) -> (...), or ().
    Raises: ValueError for another reduction.

    >>> import mtorch
    >>> generalized_box_iou_loss(mtorch.tensor([0., 0., 2., 2.]), mtorch.tensor([2., 0., 4., 2.]))
    tensor(1.)
    """
    boxes1, boxes2 = _in_float(boxes1), _in_float(boxes2)
    overlap, union = _overlap_and_union(boxes1, boxes2)
    width, height = _around(boxes1, boxes2)
    around = width * height
    return _reduced(1 - (overlap / (union + eps) - (around - union) / (around + eps)), reduction)


def distance_box_iou_loss(boxes1: Tensor, boxes2: Tensor, reduction: str = "none", eps: float = 1e-7) -> Tensor:
    """1 - overlap + the squared distance of the middles, as a share of the diagonal of the smallest box around both.

    boxes1, boxes2, reduction, eps: as for `generalized_box_iou_loss`

    Shape: two (..., 4) -> (...), or ().
    Raises: ValueError for another reduction.

    >>> import mtorch
    >>> distance_box_iou_loss(mtorch.tensor([0., 0., 2., 2.]), mtorch.tensor([2., 0., 4., 2.]))
    tensor(1.2000)
    """
    return _reduced(_distance_loss(_in_float(boxes1), _in_float(boxes2), eps)[0], reduction)


def complete_box_iou_loss(boxes1: Tensor, boxes2: Tensor, reduction: str = "none", eps: float = 1e-7) -> Tensor:
    """`distance_box_iou_loss` + how much the ratios of width to height differ, which counts the more the more they overlap.

    boxes1, boxes2, reduction, eps: as for `generalized_box_iou_loss`

    Shape: two (..., 4) -> (...), or ().
    Raises: ValueError for another reduction.

    >>> import mtorch
    >>> complete_box_iou_loss(mtorch.tensor([0., 0., 2., 2.]), mtorch.tensor([0., 0., 4., 2.]))
    tensor(0.5532)
    """
    boxes1, boxes2 = _in_float(boxes1), _in_float(boxes2)
    loss, iou = _distance_loss(boxes1, boxes2, 1e-7)           # eps is for the weight below alone, as in torchvision
    lean1, lean2 = (((b[..., 2] - b[..., 0]) / (b[..., 3] - b[..., 1])).atan() for b in (boxes1, boxes2))
    ratios = 4 / math.pi ** 2 * (lean2 - lean1) ** 2
    with no_grad():
        weight = ratios / (1 - iou + ratios + eps)
    return _reduced(loss + weight * ratios, reduction)


def _in_float(boxes: Tensor) -> Tensor:
    return boxes if boxes.dtype in (dtypes.float32, dtypes.float64) else boxes.float()


def _overlap_and_union(boxes1: Tensor, boxes2: Tensor) -> tuple[Tensor, Tensor]:
    """The areas that both boxes cover, and that at least one does."""
    width = minimum(boxes1[..., 2], boxes2[..., 2]) - maximum(boxes1[..., 0], boxes2[..., 0])
    height = minimum(boxes1[..., 3], boxes2[..., 3]) - maximum(boxes1[..., 1], boxes2[..., 1])
    overlap = where((width > 0) & (height > 0), width * height, 0.0)
    area1, area2 = ((b[..., 2] - b[..., 0]) * (b[..., 3] - b[..., 1]) for b in (boxes1, boxes2))
    return overlap, area1 + area2 - overlap


def _around(boxes1: Tensor, boxes2: Tensor) -> tuple[Tensor, Tensor]:
    """Width and height of the smallest box that holds both."""
    return (maximum(boxes1[..., 2], boxes2[..., 2]) - minimum(boxes1[..., 0], boxes2[..., 0]),
            maximum(boxes1[..., 3], boxes2[..., 3]) - minimum(boxes1[..., 1], boxes2[..., 1]))


def _distance_loss(boxes1: Tensor, boxes2: Tensor, eps: float) -> tuple[Tensor, Tensor]:
    """`distance_box_iou_loss`, and the overlap as a share of the union."""
    overlap, union = _overlap_and_union(boxes1, boxes2)
    width, height = _around(boxes1, boxes2)
    apart = [(boxes1[..., i] + boxes1[..., i + 2] - boxes2[..., i] - boxes2[..., i + 2]) / 2 for i in (0, 1)]
    iou = overlap / (union + eps)
    return 1 - iou + (apart[0] ** 2 + apart[1] ** 2) / (width ** 2 + height ** 2 + eps), iou


def _reduced(loss: Tensor, reduction: str) -> Tensor:
    of_none = reduction == "mean" and not loss.numel()
    return 0.0 * loss.sum() if of_none else reduced(loss, reduction)        # of no boxes 0, and not nan
