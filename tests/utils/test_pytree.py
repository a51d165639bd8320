"""Trees of values beside torch's own `torch.utils._pytree`."""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque, namedtuple

import pytest

import mtorch
from mtorch.utils import _pytree as ours

theirs = pytest.importorskip("torch.utils._pytree")

Pair = namedtuple("Pair", "a b")
TREES = [
    3, None, (), [], {}, (1, 2), [1, [2, (3,)]], {"b": 1, "a": {"c": 2}}, OrderedDict(x=[1, 2]), Pair(1, [2, 3]),
    defaultdict(list, a=[1], b=2), deque([1, (2,)], 5), [None, "text", 4.0], ({"k": (1, [2, {"l": 3}])}, 4),
]


@pytest.mark.parametrize("tree", TREES, ids=repr)
def test_a_tree_taken_apart_and_put_together(tree):
    leaves, spec = ours.tree_flatten(tree)
    expected, their_spec = theirs.tree_flatten(tree)
    assert leaves == expected and repr(spec) == repr(their_spec)
    assert (spec.num_leaves, spec.num_nodes, spec.num_children) == (
        their_spec.num_leaves, their_spec.num_nodes, their_spec.num_children)
    assert spec.is_leaf() == their_spec.is_leaf() and (spec.type, spec.context) == (their_spec.type, their_spec.context)
    back = ours.tree_unflatten(leaves, spec)
    assert back == tree and type(back) is type(tree)
    assert spec == ours.tree_structure(back) and (spec == ours.LeafSpec()) == spec.is_leaf()
    if tree is not None:
        paths = [(ours.keystr(path), leaf) for path, leaf in ours.tree_leaves_with_path(tree)]
        assert paths == [(theirs.keystr(path), leaf) for path, leaf in theirs.tree_leaves_with_path(tree)]
        assert all(ours.key_get(tree, path) is leaf for path, leaf in ours.tree_leaves_with_path(tree))


@pytest.mark.parametrize("compute", [
    lambda p: p.tree_map(lambda a: [a], {"x": 1, "y": (2, 3)}),
    lambda p: p.tree_map(lambda a, b: a + b, {"x": 1, "y": (2, 3)}, {"y": (20, 30), "x": 10}),
    lambda p: p.tree_map(lambda a, b: (a, b), [1, 2], [{"deep": 1}, [5]]),
    lambda p: p.tree_map(len, [(1, 2), [3]], is_leaf=lambda node: isinstance(node, tuple) or node == [3]),
    lambda p: p.tree_map_only(int, lambda a: -a, [1, 2.0, "s"]),
    lambda p: p.tree_map_only((int, float), lambda a: -a, [1, 2.0, "s"]),
    lambda p: p.tree_map_only(lambda leaf: leaf == "s", str.upper, [1, 2.0, "s"]),
    lambda p: (p.tree_all(bool, [1, (2, 0)]), p.tree_any(bool, [0, (2, 0)]), p.tree_all(bool, []), p.tree_any(bool, [])),
    lambda p: (p.tree_all_only(int, bool, [1, 0.0]), p.tree_any_only(float, bool, [1, 0.0])),
    lambda p: p.tree_map_with_path(lambda path, a: (p.keystr(path), a), {"x": [1, Pair(2, 3)]}),
    lambda p: list(p.tree_iter([1, (2,)])),
    lambda p: (p.tree_is_leaf(3), p.tree_is_leaf([]), p.tree_is_leaf([], is_leaf=lambda node: True)),
    lambda p: p._broadcast_to_and_flatten((0, (1, None)), p.tree_structure((["a", "b"], ("c", ["d"])))),
    lambda p: p._broadcast_to_and_flatten((0, 1), p.tree_structure(["a", "b"])),
    lambda p: (p.is_namedtuple(Pair), p.is_namedtuple(Pair(1, 2)), p.is_namedtuple((1, 2)), p.is_namedtuple_class(Pair(1, 2))),
])
def test_functions_of_trees(compute):
    assert compute(ours) == compute(theirs)


@pytest.mark.parametrize("compute", [
    lambda p: p.tree_unflatten([1], p.tree_structure((1, [2]))),
    lambda p: p.tree_unflatten([1], 3),
    lambda p: p.tree_map(lambda a, b: a, [1, 2], [1]),
    lambda p: p.tree_map(lambda a, b: a, [1, 2], (1, 2)),
    lambda p: p.tree_map(lambda a, b: a, {"a": 1}, {"b": 1}),
    lambda p: p.register_pytree_node(list, None, None),
])
def test_what_does_not_fit_is_said_as_torch_says_it(compute):
    with pytest.raises((ValueError, TypeError)) as expected:
        compute(theirs)
    with pytest.raises(expected.type) as got:
        compute(ours)
    assert str(got.value) == str(expected.value)


def test_a_class_of_the_users_own():
    class Point:
        def __init__(self, x, y, label):
            self.x, self.y, self.label = x, y, label

    assert ours.tree_leaves([Point(1, 2, "p")])[0].label == "p"
    ours.register_pytree_node(Point, lambda p: ([p.x, p.y], p.label), lambda parts, label: Point(*parts, label))
    moved = ours.tree_map(lambda n: n + 1, {"p": Point(1, [2], "p")})["p"]
    assert (moved.x, moved.y, moved.label) == (2, [3], "p")
    with pytest.raises(ValueError, match="flatten_with_keys_fn"):
        ours.tree_leaves_with_path(moved)


def test_results_with_names_and_sizes_are_containers():
    x = mtorch.tensor([[1.0, 2.0]])
    leaves, spec = ours.tree_flatten({"max": x.max(1), "size": x.shape})
    assert [int(leaf) for leaf in leaves] == [2, 1, 1, 2]
    back = spec.unflatten(leaves)
    assert type(back["max"]) is type(x.max(1)) and type(back["size"]) is mtorch.Size
