"""Boxes in pictures, as detectors find them: areas, overlaps, and which to keep.

A box is four numbers, in one of three forms: "xyxy", two corners; "xywh", a corner, width and height; "cxcywh", the middle,
width and height.  x goes right and y down, so that (x1, y1) is the corner at the left and top.

Sources: generalized: Rezatofighi, Tsoi, Gwak, Sadeghian, Reid & Savarese, "Generalized Intersection over Union", CVPR 2019,
arXiv:1902.09630; distance and complete: Zheng, Wang, Liu, Li, Ye & Ren, "Distance-IoU Loss", AAAI 2020, arXiv:1911.08287.
"""
from __future__ import annotations

import math

import numpy as np

from ... import dtypes
from ...autograd.mode import no_grad
from ...autograd.tape import wrap
from ...functions.creation import zeros, zeros_like
from ...functions.joining import stack
from ...tensor import Tensor

FORMS = ("xyxy", "xywh", "cxcywh")
ROTATED = ("xywhr", "cxcywhr", "xyxyxyxy")


def _upcast(boxes: Tensor) -> Tensor:
    """Numbers whose products do not overflow: of at least 32 bits."""
    if boxes.dtype in (dtypes.float32, dtypes.float64, dtypes.int32, dtypes.int64):
        return boxes
    return boxes.float() if boxes.is_floating_point() else boxes.int()


def _require_form(*forms: str) -> None:
    """Raises NotImplementedError for boxes that are turned, ValueError for what is no form."""
    for form in forms:
        if form in ROTATED:
            raise NotImplementedError(f"boxes that are turned, {form!r}, are not in mtorch; there are {', '.join(FORMS)}")
        if form not in FORMS:
            raise ValueError(f"Unsupported format {form!r} of boxes, expected one of {', '.join(FORMS)}")


def box_convert(boxes: Tensor, in_fmt: str, out_fmt: str) -> Tensor:
    """The same boxes in another form.

    boxes: in the form in_fmt
    in_fmt, out_fmt: "xyxy", "xywh" or "cxcywh"

    Shape: (..., 4) -> the same.
    Raises: ValueError for another form; NotImplementedError for the forms of boxes that are turned.

    >>> import mtorch
    >>> box_convert(mtorch.tensor([[10., 10., 30., 20.]]), "xyxy", "cxcywh")
    tensor([[20., 15., 20., 10.]])
    """
    _require_form(in_fmt, out_fmt)
    if in_fmt == out_fmt:
        return boxes.clone()
    a, b, c, d = boxes.unbind(-1)
    if in_fmt == "xywh":
        a, b, c, d = a, b, a + c, b + d
    elif in_fmt == "cxcywh":
        a, b, c, d = a - 0.5 * c, b - 0.5 * d, a + 0.5 * c, b + 0.5 * d
    if out_fmt == "xywh":                          # now they are corners
        c, d = c - a, d - b
    elif out_fmt == "cxcywh":
        a, b, c, d = (a + c) / 2, (b + d) / 2, c - a, d - b
    return stack((a, b, c, d), dim=-1)


def box_area(boxes: Tensor, fmt: str = "xyxy") -> Tensor:
    """Width times height.

    boxes: where they are
    fmt: their form

    Shape: (..., 4) -> (...).
    Raises: ValueError for another form; NotImplementedError for the forms of boxes that are turned.

    >>> import mtorch
    >>> box_area(mtorch.tensor([[0., 0., 2., 3.], [1., 1., 1., 5.]]))
    tensor([6., 0.])
    """
    _require_form(fmt)
    boxes = _upcast(boxes)
    if fmt == "xyxy":
        return (boxes[..., 2] - boxes[..., 0]) * (boxes[..., 3] - boxes[..., 1])
    return boxes[..., 2] * boxes[..., 3]


def _corners(boxes: Tensor, fmt: str) -> tuple[Tensor, Tensor]:
    """The corners at the left and top, and at the right and bottom."""
    first, second = boxes[..., :2], boxes[..., 2:]
    if fmt == "xywh":
        return first, first + second
    if fmt == "cxcywh":
        return first - second / 2, first + second / 2
    return first, second


def _overlap(boxes1: Tensor, boxes2: Tensor, fmt: str = "xyxy") -> tuple[Tensor, Tensor]:
    """The areas of intersection and union of each of the first with each of the second."""
    area1, area2 = box_area(boxes1, fmt), box_area(boxes2, fmt)
    (start1, end1), (start2, end2) = _corners(boxes1, fmt), _corners(boxes2, fmt)
    start = start1[..., None, :].maximum(start2[..., None, :, :])
    end = end1[..., None, :].minimum(end2[..., None, :, :])
    size = _upcast(end - start).clamp(min=0)
    inter = size[..., 0] * size[..., 1]
    return inter, area1[..., None] + area2[..., None, :] - inter


def _hull(boxes1: Tensor, boxes2: Tensor) -> Tensor:
    """Width and height of the smallest box around each of the first and each of the second."""
    start = boxes1[..., None, :2].minimum(boxes2[..., None, :, :2])
    end = boxes1[..., None, 2:].maximum(boxes2[..., None, :, 2:])
    return _upcast(end - start).clamp(min=0)


def box_iou(boxes1: Tensor, boxes2: Tensor, fmt: str = "xyxy") -> Tensor:
    """The area of the intersection over that of the union, of each box with each: 1 for the same box, 0 for none in common.

    boxes1, boxes2: in the same form
    fmt: their form

    Shape: (..., N, 4) and (..., M, 4) -> (..., N, M).
    Raises: ValueError for another form; NotImplementedError for the forms of boxes that are turned.

    >>> import mtorch
    >>> box_iou(mtorch.tensor([[0., 0., 2., 2.]]), mtorch.tensor([[0., 0., 2., 2.], [1., 0., 3., 2.], [5., 5., 6., 6.]]))
    tensor([[1.0000, 0.3333, 0.0000]])
    """
    inter, union = _overlap(boxes1, boxes2, fmt)
    return inter / union


def generalized_box_iou(boxes1: Tensor, boxes2: Tensor) -> Tensor:
    """`box_iou`, less the part of the smallest box around both that neither fills: so boxes apart know how far.

    boxes1, boxes2: in the form xyxy

    Shape: (..., N, 4) and (..., M, 4) -> (..., N, M), in (-1, 1].
    Raises: RuntimeError for shapes that do not fit.

    >>> import mtorch
    >>> generalized_box_iou(mtorch.tensor([[0., 0., 1., 1.]]), mtorch.tensor([[2., 0., 3., 1.], [8., 0., 9., 1.]]))
    tensor([[-0.3333, -0.7778]])
    """
    inter, union = _overlap(boxes1, boxes2)
    around = _hull(boxes1, boxes2)
    area = around[..., 0] * around[..., 1]
    return inter / union - (area - union) / area


def distance_box_iou(boxes1: Tensor, boxes2: Tensor, eps: float = 1e-7) -> Tensor:
    """`box_iou`, less the squared distance of the middles over that of the far corners of the box around both.

    boxes1, boxes2: in the form xyxy
    eps: added to the latter

    Shape: (..., N, 4) and (..., M, 4) -> (..., N, M).
    Raises: RuntimeError for shapes that do not fit.

    >>> import mtorch
    >>> distance_box_iou(mtorch.tensor([[0., 0., 1., 1.]]), mtorch.tensor([[0., 0., 1., 1.], [2., 0., 3., 1.]]))
    tensor([[ 1.0000, -0.4000]])
    """
    boxes1, boxes2 = _upcast(boxes1), _upcast(boxes2)
    diagonal = (_hull(boxes1, boxes2) ** 2).sum(-1) + eps
    middle1, middle2 = (boxes1[..., :2] + boxes1[..., 2:]) / 2, (boxes2[..., :2] + boxes2[..., 2:]) / 2
    apart = ((middle1[..., None, :] - middle2[..., None, :, :]) ** 2).sum(-1)
    return box_iou(boxes1, boxes2) - apart / diagonal


def complete_box_iou(boxes1: Tensor, boxes2: Tensor, eps: float = 1e-7) -> Tensor:
    """`distance_box_iou`, less a term for another ratio of width and height.

    boxes1, boxes2: in the form xyxy
    eps: added to what is divided by

    Shape: (..., N, 4) and (..., M, 4) -> (..., N, M).
    Raises: RuntimeError for shapes that do not fit.

    >>> import mtorch
    >>> complete_box_iou(mtorch.tensor([[0., 0., 2., 1.]]), mtorch.tensor([[0., 0., 2., 1.], [0., 0., 1., 2.]]))
    tensor([[1.0000, 0.2371]])
    """
    boxes1, boxes2 = _upcast(boxes1), _upcast(boxes2)
    (wide1, high1), (wide2, high2) = ((boxes[..., 2:] - boxes[..., :2]).unbind(-1) for boxes in (boxes1, boxes2))
    angle1, angle2 = (wide1 / high1).atan(), (wide2 / high2).atan()
    v = 4 / math.pi ** 2 * (angle1[..., :, None] - angle2[..., None, :]) ** 2
    with no_grad():
        alpha = v / (1 - box_iou(boxes1, boxes2) + v + eps)
    return distance_box_iou(boxes1, boxes2, eps) - alpha * v


def clip_boxes_to_image(boxes: Tensor, size: tuple[int, int]) -> Tensor:
    """The part of each box that lies in the picture.

    boxes: in the form xyxy
    size: height and width of the picture

    Shape: (..., 4) -> the same.
    Raises: RuntimeError for boxes that are not four numbers.

    >>> import mtorch
    >>> clip_boxes_to_image(mtorch.tensor([[-5., 2., 30., 40.]]), (20, 10))
    tensor([[ 0.,  2., 10., 20.]])
    """
    height, width = size
    x, y = boxes[..., 0::2].clamp(min=0, max=width), boxes[..., 1::2].clamp(min=0, max=height)
    return stack((x, y), dim=boxes.dim()).reshape(boxes.shape)


def remove_small_boxes(boxes: Tensor, min_size: float) -> Tensor:
    """The places of the boxes whose width and height are both at least min_size.

    boxes: in the form xyxy
    min_size: of both edges

    Shape: (N, 4) -> (K,), int64.
    Raises: IndexError for boxes that are not four numbers.

    >>> import mtorch
    >>> remove_small_boxes(mtorch.tensor([[0., 0., 9., 9.], [0., 0., 1., 9.]]), 2)
    tensor([0])
    """
    sizes = boxes[..., 2] - boxes[..., 0], boxes[..., 3] - boxes[..., 1]
    return ((sizes[0] >= min_size) & (sizes[1] >= min_size)).nonzero(as_tuple=True)[0]


def masks_to_boxes(masks: Tensor) -> Tensor:
    """The smallest box around what is not zero in each mask; its ends are the last pixels, not the places after them.

    masks: one a picture; an empty one gives zeros

    Shape: (N, H, W) -> (N, 4), float32, in the form xyxy.
    Raises: ValueError for masks with other dimensions.

    >>> import mtorch
    >>> mask = mtorch.zeros(1, 5, 6)
    >>> mask[0, 1:3, 2:5] = 1
    >>> masks_to_boxes(mask)
    tensor([[2., 1., 4., 2.]])
    """
    if not masks.numel():
        return zeros(0, 4)
    count, height, width = masks.shape
    filled = masks.bool()
    rows, columns = filled.any(dim=2), filled.any(dim=1)
    first = [line.int().argmax(dim=1) for line in (columns, rows)]
    last = [size - 1 - line.int().flip(1).argmax(dim=1) for size, line in ((width, columns), (height, rows))]
    return stack((*first, *last), dim=1).float() * rows.any(dim=1)[:, None]


def nms(boxes: Tensor, scores: Tensor, iou_threshold: float) -> Tensor:
    """Non-maximum suppression: of boxes that overlap too much, only the one with the best score.

    Boxes are gone through from the best score down; each that still stands throws out all after it whose `box_iou` with it
    is above the threshold.  Detectors find the same thing many times; this is what is left of it.

    boxes: in the form xyxy
    scores: of the boxes; of equal ones the first counts as better
    iou_threshold: above which a box is thrown out

    Shape: boxes (N, 4), scores (N,) -> (K,), int64: the places of the boxes that stay, the best first.
    Raises: RuntimeError for other shapes, scores of another dtype than the boxes, and dtypes but float32 and float64.

    >>> import mtorch
    >>> boxes = mtorch.tensor([[0., 0., 10., 10.], [1., 0., 11., 10.], [20., 20., 30., 30.]])
    >>> nms(boxes, mtorch.tensor([0.8, 0.9, 0.5]), 0.5)
    tensor([1, 2])
    """
    if boxes.dim() != 2 or boxes.shape[1] != 4:
        raise RuntimeError(f"boxes should be a 2d tensor of 4 columns, got shape {tuple(boxes.shape)}")
    if scores.dim() != 1:
        raise RuntimeError(f"scores should be a 1d tensor, got {scores.dim()}D")
    if len(boxes) != len(scores):
        raise RuntimeError("boxes and scores should have same number of elements in dimension 0, got "
                           f"{len(boxes)} and {len(scores)}")
    if boxes.dtype != scores.dtype:
        raise RuntimeError(f"dets should have the same type as scores, got {boxes.dtype} and {scores.dtype}")
    if boxes.dtype not in (dtypes.float32, dtypes.float64):
        raise RuntimeError(f"nms: boxes are {boxes.dtype}, expected float32 or float64")
    corners = boxes.array
    areas = (corners[:, 2] - corners[:, 0]) * (corners[:, 3] - corners[:, 1])
    left = np.asarray(scores.detach().sort(descending=True, stable=True)[1].array)
    kept = []
    while len(left):
        best, left = left[0], left[1:]
        kept.append(best)
        size = np.minimum(corners[best, 2:], corners[left, 2:]) - np.maximum(corners[best, :2], corners[left, :2])
        inter = size.clip(min=0).prod(axis=1, dtype=size.dtype)
        with np.errstate(invalid="ignore", divide="ignore"):       # two boxes without area overlap in none
            left = left[~((inter / (areas[best] + areas[left] - inter)).astype(np.float64) > iou_threshold)]
    return wrap(np.array(kept, np.int64))


def batched_nms(boxes: Tensor, scores: Tensor, idxs: Tensor, iou_threshold: float) -> Tensor:
    """`nms` in each class by itself, as boxes of different classes do not compete.

    Few boxes are moved apart, each class to a place of its own, and done at once; more than 1000 class by class.

    boxes: in the form xyxy, from 0 on
    scores: of the boxes
    idxs: the class of each
    iou_threshold: as for nms

    Shape: boxes (N, 4), scores and idxs (N,) -> (K,), int64: the places of the boxes that stay, the best first.
    Raises: RuntimeError for other shapes, and scores of another dtype than the boxes.

    >>> import mtorch
    >>> boxes = mtorch.tensor([[0., 0., 10., 10.], [1., 0., 11., 10.], [1., 0., 11., 10.]])
    >>> batched_nms(boxes, mtorch.tensor([0.8, 0.9, 0.7]), mtorch.tensor([0, 0, 1]), 0.5)
    tensor([1, 2])
    """
    if not boxes.numel():
        return zeros(0, dtype=dtypes.int64)
    if boxes.numel() <= 4000:
        offsets = idxs.to(boxes.dtype) * (boxes.max() + 1)
        return nms(boxes + offsets[:, None], scores, iou_threshold)
    keep = zeros_like(scores, dtype=dtypes.bool)
    for kind in idxs.unique():
        places = (idxs == kind).nonzero(as_tuple=True)[0]
        keep[places[nms(boxes[places], scores[places], iou_threshold)]] = True
    kept = keep.nonzero(as_tuple=True)[0]
    return kept[scores[kept].sort(descending=True)[1]]
