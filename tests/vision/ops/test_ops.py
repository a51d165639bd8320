"""mtorch.vision.ops gives what torchvision's gives; the fixed numbers are its own (0.29, with PyTorch 2.13)."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest

import mtorch
from mtorch.vision import ops

ONES = mtorch.tensor([[0., 0., 10., 10.], [5., 2., 20., 8.], [1., 1., 1., 9.]])
OTHERS = mtorch.tensor([[2., 3., 12., 9.], [30., 30., 40., 50.]])


@pytest.mark.parametrize(("name", "expected"), [
    ("box_iou", [[0.42857143, 0.0], [0.30434781, 0.0], [0.0, 0.0]]),
    ("generalized_box_iou", [[0.36190477, -0.85], [0.21704623, -0.82738096], [-0.31818181, -0.89534277]]),
    ("distance_box_iou", [[0.40807962, -0.51829267], [0.22056764, -0.49057806], [-0.2, -0.60708821]]),
    ("complete_box_iou", [[0.40708658, -0.5199821], [0.2204155, -0.52829939], [-0.32944441, -0.61407042]]),
])
def test_overlaps(name: str, expected: list[list[float]]) -> None:
    found = getattr(ops, name)(ONES, OTHERS)
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-5, atol=1e-7)
    both = getattr(ops, name)(mtorch.stack([ONES, ONES]), mtorch.stack([OTHERS, OTHERS]))     # a batch of sets
    np.testing.assert_array_equal(both[1].numpy(), found.numpy())


@pytest.mark.parametrize(("form", "expected"), [
    ("xywh", [[0.36842105, 0.0], [0.30731708, 0.0], [0.0, 0.0]]),
    ("cxcywh", [[0.39130434, 0.0], [0.50561798, 0.00232019], [0.06363636, 0.0]]),
])
def test_overlaps_of_other_forms(form: str, expected: list[list[float]]) -> None:
    np.testing.assert_allclose(ops.box_iou(ONES, OTHERS, fmt=form).numpy(), expected, atol=1e-7)


def test_overlaps_have_gradients() -> None:
    boxes = OTHERS.clone().requires_grad_()
    (1 - ops.generalized_box_iou(ONES, boxes)).sum().backward()
    assert boxes.grad is not None and bool((boxes.grad != 0).all())


@pytest.mark.parametrize(("start", "end", "expected"), [
    ("xyxy", "xyxy", [5, 2, 20, 8]), ("xyxy", "xywh", [5, 2, 15, 6]), ("xyxy", "cxcywh", [12.5, 5, 15, 6]),
    ("xywh", "xyxy", [5, 2, 25, 10]), ("xywh", "xywh", [5, 2, 20, 8]), ("xywh", "cxcywh", [15, 6, 20, 8]),
    ("cxcywh", "xyxy", [-5, -2, 15, 6]), ("cxcywh", "xywh", [-5, -2, 20, 8]), ("cxcywh", "cxcywh", [5, 2, 20, 8]),
])
def test_forms(start: str, end: str, expected: list[float]) -> None:
    assert ops.box_convert(ONES[1:2], start, end).tolist() == [expected]


def test_the_same_form_is_a_copy() -> None:
    assert ops.box_convert(ONES, "xyxy", "xyxy").data_ptr() != ONES.data_ptr()


def test_areas_of_small_integers_do_not_overflow() -> None:
    area = ops.box_area(mtorch.tensor([[0, 0, 200, 200]], dtype=mtorch.uint8))
    assert area.dtype == mtorch.int32 and area.tolist() == [40000]


def test_forms_that_there_are_not() -> None:
    for call in (lambda form: ops.box_convert(ONES, form, "xyxy"), lambda form: ops.box_convert(ONES, "xyxy", form),
                 lambda form: ops.box_area(ONES, form), lambda form: ops.box_iou(ONES, OTHERS, form)):
        with pytest.raises(ValueError, match="xxyy"):
            call("xxyy")
        with pytest.raises(NotImplementedError, match="turned"):
            call("cxcywhr")


def test_what_lies_in_the_picture() -> None:
    boxes = mtorch.tensor([[[-5., 2., 30., 40.], [1., 1., 2., 2.]]])
    assert ops.clip_boxes_to_image(boxes, (20, 10)).tolist() == [[[0, 2, 10, 20], [1, 1, 2, 2]]]
    assert ops.remove_small_boxes(ONES, 6).tolist() == [0, 1]
    assert ops.remove_small_boxes(ONES, 6.5).tolist() == [0]


def test_boxes_around_masks() -> None:
    masks = mtorch.zeros(3, 5, 6, dtype=mtorch.bool)
    masks[0, 1:3, 2:5] = True
    masks[2, 4, 5] = True
    assert ops.masks_to_boxes(masks).tolist() == [[2, 1, 4, 2], [0, 0, 0, 0], [5, 4, 5, 4]]
    assert ops.masks_to_boxes(masks[:0]).shape == (0, 4)


def plainly_suppressed(boxes: np.ndarray, scores: np.ndarray, threshold: float) -> list[int]:
    """The definition, pair by pair, in the boxes' own precision."""
    left, kept = list(np.argsort(-scores, kind="stable")), []
    while left:
        best = left.pop(0)
        kept.append(int(best))
        iou = ops.box_iou(mtorch.from_numpy(boxes[[best]]), mtorch.from_numpy(boxes)).numpy()[0]
        left = [other for other in left if not float(iou[other]) > threshold]
    return kept


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_suppression(dtype) -> None:
    random = np.random.default_rng(0)
    for count in (1, 5, 40, 80):
        start = random.random((count, 2)) * 50
        boxes = np.concatenate([start, start + random.random((count, 2)) * 40], 1).astype(dtype)
        scores = random.integers(0, 20, count).astype(dtype)              # many are equal
        found = ops.nms(mtorch.from_numpy(boxes), mtorch.from_numpy(scores), 0.4)
        assert found.dtype == mtorch.int64
        assert found.tolist() == plainly_suppressed(boxes, scores, 0.4)


def test_suppression_at_the_threshold_and_without_area() -> None:
    boxes = mtorch.tensor([[0., 0., 2., 2.], [0., 0., 2., 1.], [1., 1., 1., 1.], [1., 1., 1., 1.]])
    scores = mtorch.tensor([0.9, 0.8, 0.7, 0.6])
    assert ops.nms(boxes, scores, 0.5).tolist() == [0, 1, 2, 3]           # an overlap of just 0.5, and of 0 / 0
    assert ops.nms(boxes, scores, 0.49).tolist() == [0, 2, 3]
    assert ops.nms(boxes[:0], scores[:0], 0.5).tolist() == []


def test_suppression_of_what_fits_not() -> None:
    for boxes, scores in ((mtorch.ones(4), mtorch.ones(1)), (mtorch.ones(2, 5), mtorch.ones(2)),
                          (mtorch.ones(2, 4), mtorch.ones(3)), (mtorch.ones(2, 4), mtorch.ones(2, 1)),
                          (mtorch.ones(2, 4), mtorch.ones(2).double()), (mtorch.ones(2, 4).int(), mtorch.ones(2).int())):
        with pytest.raises(RuntimeError):
            ops.nms(boxes, scores, 0.5)


@pytest.mark.parametrize("count", [0, 300, 1100])                         # at once; class by class
def test_suppression_in_each_class(count: int) -> None:
    random = np.random.default_rng(1)
    start = random.random((count, 2)) * 100
    boxes = np.concatenate([start, start + random.random((count, 2)) * 40], 1).astype(np.float32)
    scores, kinds = random.permutation(count).astype(np.float32), random.integers(0, 4, count)
    found = ops.batched_nms(*map(mtorch.from_numpy, (boxes, scores, kinds)), 0.5).tolist()
    expected = []
    for kind in range(4):
        places = np.flatnonzero(kinds == kind)
        expected += list(places[plainly_suppressed(boxes[places], scores[places], 0.5)])
    assert found == sorted(expected, key=lambda place: -scores[place])


def test_focal_loss() -> None:
    scores, right = mtorch.tensor([-2., 0.5, 3.]), mtorch.tensor([0., 1., 1.])
    for reduction, expected, plain in (
            ("none", [0.0013526726979762316, 0.01689337007701397, 2.7320822482579388e-05],
             [0.04382290691137314, 0.2912934720516205, 0.010581101290881634]),
            ("mean", 0.006091121584177017, 0.11523249745368958), ("sum", 0.01827336475253105, 0.3456974923610687)):
        np.testing.assert_allclose(ops.sigmoid_focal_loss(scores, right, reduction=reduction).numpy(), expected, rtol=2e-6)
        np.testing.assert_allclose(ops.sigmoid_focal_loss(scores, right, -1, 0.5, reduction).numpy(), plain, rtol=2e-6)
    with pytest.raises(ValueError, match="reduction"):
        ops.sigmoid_focal_loss(scores, right, reduction="median")
    with pytest.raises(ValueError, match="alpha"):
        ops.sigmoid_focal_loss(scores, right, alpha=2)


def test_stochastic_depth_draws_torchvisions_numbers() -> None:
    mtorch.manual_seed(5)
    found = [ops.stochastic_depth(mtorch.ones(5, 1), 0.25, "row")[:, 0].tolist() for _ in range(2)]
    np.testing.assert_allclose(found, np.array([[1, 1, 1, 1, 1], [0, 1, 1, 0, 1]]) / 0.75, rtol=1e-6)
    x = mtorch.ones(2, 3)
    assert ops.stochastic_depth(x, 1.0, "batch").tolist() == [[0, 0, 0]] * 2
    layer = ops.StochasticDepth(0.5, "row").eval()
    assert layer(x) is x
    with pytest.raises(ValueError, match="drop probability"):
        ops.stochastic_depth(x, 1.5, "row")
    with pytest.raises(ValueError, match="mode"):
        ops.stochastic_depth(x, 0.5, "column")


def test_a_convolution_and_what_follows() -> None:
    block = ops.Conv2dNormActivation(4, 6, (3, 5), dilation=(1, 2))
    assert block[0].padding == (1, 4) and block[0].bias is None and block.out_channels == 6
    assert block(mtorch.zeros(1, 4, 9, 9)).shape == (1, 6, 9, 9)
    bare = ops.Conv2dNormActivation(4, 6, norm_layer=None, activation_layer=mtorch.nn.GELU, inplace=None)
    assert bare[0].bias is not None and len(bare) == 2
    assert ops.Conv3dNormActivation(1, 2)(mtorch.zeros(1, 1, 4, 4, 4)).shape == (1, 2, 4, 4, 4)
    with pytest.warns(UserWarning, match="Don't use ConvNormActivation directly"):
        ops.misc.ConvNormActivation(1, 1)


def test_squeeze_and_excitation_weighs_channels() -> None:
    layer, x = ops.SqueezeExcitation(4, 2), mtorch.randn(2, 4, 3, 3)
    weights = layer.fc2(layer.fc1(x.mean([2, 3], keepdim=True)).relu()).sigmoid()
    mtorch.testing.assert_close(layer(x), weights * x)


def test_a_network_of_linear_layers() -> None:
    layers = ops.MLP(6, [5, 4, 3], norm_layer=mtorch.nn.LayerNorm, inplace=True, bias=False, dropout=0.3)
    kinds = [type(layer).__name__ for layer in layers]
    assert kinds == ["Linear", "LayerNorm", "ReLU", "Dropout"] * 2 + ["Linear", "Dropout"]
    assert layers(mtorch.zeros(2, 6)).shape == (2, 3)


def test_frozen_normalisation_has_the_state_of_a_normalisation() -> None:
    learned = mtorch.nn.BatchNorm2d(3)
    for _ in range(3):
        learned(mtorch.randn(4, 3, 5, 5) * 2 + 1)
    frozen = ops.FrozenBatchNorm2d(3)
    frozen.load_state_dict(learned.state_dict())
    x = mtorch.randn(2, 3, 4, 4)
    mtorch.testing.assert_close(frozen(x), learned.eval()(x))
    assert not list(frozen.parameters()) and repr(frozen) == "FrozenBatchNorm2d(3, eps=1e-05)"


LOSSES = ["generalized_box_iou_loss", "distance_box_iou_loss", "complete_box_iou_loss"]


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("options", [{}, {"reduction": "mean"}, {"reduction": "sum", "eps": 1e-3}], ids=str)
def test_losses_of_boxes_beside_torchvision(name: str, options: dict) -> None:
    torch, theirs = pytest.importorskip("torch"), pytest.importorskip("torchvision.ops")
    corners = np.random.default_rng(0).random((2, 40, 2), np.float32) * 3
    boxes = np.concatenate([corners, corners + np.random.default_rng(1).random((2, 40, 2), np.float32) * 4], axis=2)
    boxes[0, :3], boxes[1, :3] = [0, 0, 2, 2], [[2, 0, 4, 2], [0, 0, 2, 2], [3, 3, 4, 5]]       # side by side, the same, apart
    results = []
    for library, functions in ((mtorch, ops), (torch, theirs)):
        first, second = (library.from_numpy(one.copy()).requires_grad_() for one in boxes)
        loss = getattr(functions, name)(first, second, **options)
        loss.sum().backward()
        results.append([loss.detach().numpy(), first.grad.numpy(), second.grad.numpy()])
    for here, there in zip(*results, strict=True):
        np.testing.assert_allclose(here, there, rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize("name", LOSSES)
def test_losses_of_no_boxes_and_of_whole_numbers(name: str) -> None:
    loss = getattr(ops, name)
    assert loss(mtorch.zeros(0, 4), mtorch.zeros(0, 4), reduction="mean").item() == 0
    assert loss(mtorch.tensor([[0, 0, 2, 2]]), mtorch.tensor([[0, 0, 2, 2]])).dtype == mtorch.float32
    with pytest.raises(ValueError, match="Invalid Value for arg 'reduction': 'max"):
        loss(mtorch.zeros(1, 4), mtorch.zeros(1, 4), reduction="max")


@pytest.mark.parametrize("aligned", [False, True])
@pytest.mark.parametrize("ratio", [-1, 2])
def test_features_in_boxes_beside_torchvision(aligned: bool, ratio: int) -> None:
    torch = pytest.importorskip("torch")
    pytest.importorskip("torchvision.ops")
    theirs = getattr(sys.modules["torchvision.ops.roi_align"], "_roi_align", None)
    if not hasattr(theirs, "__wrapped__"):
        pytest.skip("this torchvision has no such function in Python")
    features = np.random.default_rng(0).random((2, 3, 9, 11), np.float32)
    rois = np.array([[0, 1, 2, 15, 13], [1, 0, 0, 21, 17], [1, 4, 4.5, 5, 4.75], [0, 3, 1, 19, 3]], np.float32)
    results = []
    for library, function in ((mtorch, ops.roi_align),
                              (torch, lambda x, b, size, scale, *rest: theirs.__wrapped__(x, b, scale, *size, *rest))):
        x = library.from_numpy(features.copy()).requires_grad_()
        y = function(x, library.from_numpy(rois), (3, 4), 0.5, ratio, aligned)
        (y * library.arange(float(y.numel())).view(y.shape)).sum().backward()
        results.append([y.detach().numpy(), x.grad.numpy()])
    np.testing.assert_allclose(results[0][0], results[1][0], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(results[0][1], results[1][1], rtol=1e-4, atol=1e-4)


def test_features_in_the_boxes_of_each_picture() -> None:
    x = mtorch.arange(32.0).view(2, 1, 4, 4)
    boxes = mtorch.tensor([[0.0, 0.0, 2.0, 2.0]])
    layer = ops.RoIAlign((1, 1), spatial_scale=1.0, sampling_ratio=2, aligned=True)
    assert layer(x, [boxes, boxes + 1]).flatten().tolist() == [2.5, 23.5]
    assert layer(x, [boxes[:0], boxes]).tolist() == layer(x, mtorch.tensor([[1.0, 0, 0, 2, 2]])).tolist()
    assert layer(x, [boxes[:0], boxes[:0]]).shape == (0, 1, 1, 1)
    assert layer(x, [boxes + 9]).item() == 0                       # nothing is there
    assert layer(mtorch.ones(1, 1, 4, 4), [boxes - 1]).item() == 1          # at the edge its pixels go on


@pytest.mark.parametrize(("boxes", "says"), [
    (mtorch.zeros(2, 4), r"not correct as Tensor\[K, 5\], got \[2, 4\]"), (3, "expected to be a Tensor"),
    ([mtorch.zeros(2, 5)], r"not correct as List\[Tensor\[L, 4\]\], got \[2, 5\]")])
def test_boxes_of_another_form_are_refused(boxes: Any, says: str) -> None:
    with pytest.raises(AssertionError, match=says):
        ops.roi_align(mtorch.zeros(1, 1, 4, 4), boxes, 2)


def test_absent_names() -> None:
    with pytest.raises(AttributeError, match="no 'roi_pool'"):
        ops.roi_pool
