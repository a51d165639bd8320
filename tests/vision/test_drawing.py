"""Boxes and masks on pictures, beside torchvision's."""

from __future__ import annotations

import pytest

import mtorch
from mtorch.vision.utils import draw_bounding_boxes, draw_segmentation_masks

pytest.importorskip("PIL")
BOXES = [[2.7, 3.0, 20.0, 18.0], [5.0, 8.0, 30.0, 25.0], [0.0, 0.0, 31.0, 27.0]]
OPTIONS: list[dict] = [
    {}, {"colors": "red", "width": 3}, {"colors": ["#FF00FF", "blue", (240, 10, 157)], "fill": True},
    {"labels": ["a", "cat", "x"], "colors": (0, 255, 0)}, {"labels": ["a", "b", "c"], "fill_labels": True, "colors": "yellow"},
    {"labels": ["a", None, "c"], "fill_labels": True, "label_background_colors": ["red", "blue", "green"],
     "label_colors": "white", "fill": True},
]


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("kind", ["uint8", "float", "grey"])
def test_boxes_are_torchvisions(options, kind):
    torch, vision = pytest.importorskip("torch"), pytest.importorskip("torchvision")
    if not hasattr(vision.utils, "draw_bounding_boxes"):
        pytest.skip("this torchvision draws no boxes")
    results = []
    for lib, draw in ((mtorch, draw_bounding_boxes), (torch, vision.utils.draw_bounding_boxes)):
        lib.manual_seed(0)
        image = lib.rand(1 if kind == "grey" else 3, 28, 32)
        if kind != "float":
            image = (image * 255).to(lib.uint8)
        found = draw(image, lib.tensor(BOXES), **options)
        results.append((found.tolist(), str(found.dtype).rpartition(".")[2]))
    assert results[0][1] == results[1][1]
    mtorch.testing.assert_close(mtorch.tensor(results[0][0]), mtorch.tensor(results[1][0]))


@pytest.mark.parametrize("options", [{}, {"alpha": 0.3, "colors": ["red", (1, 2, 3)]}, {"colors": "#0000FF"}])
@pytest.mark.parametrize("kind", ["uint8", "float32"])
def test_masks_are_torchvisions(options, kind):
    torch, vision = pytest.importorskip("torch"), pytest.importorskip("torchvision")
    results = []
    for lib, draw in ((mtorch, draw_segmentation_masks), (torch, vision.utils.draw_segmentation_masks)):
        lib.manual_seed(0)
        image = lib.rand(3, 6, 7) if kind == "float32" else lib.randint(0, 256, (3, 6, 7), dtype=lib.uint8)
        results.append([draw(image, lib.rand(2, 6, 7) > 0.5, **options).tolist(),
                        draw(image, lib.rand(6, 7) > 0.5, **options).tolist()])
    for ours, theirs in zip(*results):
        mtorch.testing.assert_close(mtorch.tensor(ours), mtorch.tensor(theirs))


def test_a_box_of_one_colour():
    picture = draw_bounding_boxes(mtorch.zeros(3, 4, 5), mtorch.tensor([[1, 1, 3, 2]]), colors="red")
    assert picture[0].tolist() == [[0.0] * 5, [0.0, 1.0, 1.0, 1.0, 0.0], [0.0, 1.0, 1.0, 1.0, 0.0], [0.0] * 5]
    assert not picture[1:].any()


def test_nothing_to_draw():
    image = mtorch.zeros(3, 4, 4)
    with pytest.warns(UserWarning, match="No box"):
        assert draw_bounding_boxes(image, mtorch.empty(0, 4)) is image
    with pytest.warns(UserWarning, match="No mask"):
        assert draw_segmentation_masks(image, mtorch.zeros(0, 4, 4, dtype=mtorch.bool)) is image
    with pytest.warns(UserWarning, match="font_size"):
        draw_bounding_boxes(image, mtorch.tensor([[0, 0, 2, 2]]), font_size=3)


RED, BOX, MASK = mtorch.zeros(3, 4, 4), mtorch.tensor([[0, 0, 2, 2]]), mtorch.zeros(1, 4, 4, dtype=mtorch.bool)


@pytest.mark.parametrize(("call", "error", "match"), [
    (lambda: draw_bounding_boxes([1], BOX), TypeError, "Tensor expected"),
    (lambda: draw_bounding_boxes(RED.long(), BOX), ValueError, "uint8 or float"),
    (lambda: draw_bounding_boxes(RED[None], BOX), ValueError, "not batches"),
    (lambda: draw_bounding_boxes(RED[:2], BOX), ValueError, "grayscale"),
    (lambda: draw_bounding_boxes(RED, BOX.flip(1)), ValueError, "xmin"),
    (lambda: draw_bounding_boxes(RED, BOX, ["a", "b"]), ValueError, "mismatch"),
    (lambda: draw_bounding_boxes(RED, BOX, colors=[]), ValueError, "Number of colors"),
    (lambda: draw_bounding_boxes(RED, BOX, colors=3), ValueError, "tuple or a string"),
    (lambda: draw_bounding_boxes(RED, BOX, colors=(1, 2)), ValueError, "triplet"),
    (lambda: draw_bounding_boxes(RED, mtorch.zeros(1, 8)), NotImplementedError, "N, 4"),
    (lambda: draw_segmentation_masks([1], MASK), TypeError, "must be a tensor"),
    (lambda: draw_segmentation_masks(RED[:1], MASK), ValueError, "RGB"),
    (lambda: draw_segmentation_masks(RED, MASK[None]), ValueError, "shape"),
    (lambda: draw_segmentation_masks(RED, MASK.int()), ValueError, "bool"),
    (lambda: draw_segmentation_masks(RED, MASK[:, :2]), ValueError, "same height"),
])
def test_what_cannot_be_drawn(call, error, match):
    with pytest.raises(error, match=match):
        call()
