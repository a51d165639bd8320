"""Values in tuples, lists and dicts, however nested: taken out as a flat list, and put back.  `torch.utils._pytree`.

A tree is a container of trees, or a leaf: anything that is no container.  `tree_flatten` gives its leaves in order and a
`TreeSpec`, the tree without them; `tree_unflatten` puts leaves into a TreeSpec.  The rest of the file is made of these.

>>> from mtorch.utils import _pytree
>>> leaves, spec = _pytree.tree_flatten({"a": 1, "b": (2, [3])})
>>> leaves, _pytree.tree_unflatten([10, 20, 30], spec)
([1, 2, 3], {'a': 10, 'b': (20, [30])})
"""
from __future__ import annotations

from collections import OrderedDict, defaultdict, deque, namedtuple
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from types import UnionType
from typing import Any, NamedTuple

from ..functions.arguments import Size

PyTree = Any
Context = Any
IsLeaf = Callable[[PyTree], bool] | None
Types = type | tuple[type, ...] | UnionType


class NodeDef(NamedTuple):
    """How a container is taken apart, into its parts and what else it takes to build it, and put together again."""

    type: Any
    flatten_fn: Callable[[Any], tuple[list[Any], Context]]
    unflatten_fn: Callable[[Iterable[Any], Context], Any]
    keys_of: Callable[[Any], list[Any]] | None = None            # the step that leads to each part


# ---- the steps of a path to a leaf --------------------------------------------------------------

@dataclass(frozen=True)
class SequenceKey:
    """A place in a tuple or list: `[0]`."""

    idx: int

    def __str__(self) -> str:
        return f"[{self.idx!r}]"

    def get(self, sequence: Any) -> Any:
        return sequence[self.idx]


@dataclass(frozen=True)
class MappingKey:
    """A key of a dict: `['weight']`."""

    key: Any

    def __str__(self) -> str:
        return f"[{self.key!r}]"

    def get(self, mapping: Any) -> Any:
        return mapping[self.key]


@dataclass(frozen=True)
class GetAttrKey:
    """A field of a named tuple: `.values`."""

    name: str

    def __str__(self) -> str:
        return f".{self.name}"

    def get(self, obj: Any) -> Any:
        return getattr(obj, self.name)


# ---- kinds of containers ------------------------------------------------------------------------

def _places(sequence: Any) -> list[Any]:
    return [SequenceKey(i) for i in range(len(sequence))]


def _keys(mapping: Any) -> list[Any]:
    return [MappingKey(key) for key in mapping]


def _sequence(cls: Any) -> NodeDef:
    return NodeDef(cls, lambda parts: (list(parts), None), lambda parts, _: cls(parts), _places)


def _dict_flatten(d: dict) -> tuple[list[Any], Context]:
    return list(d.values()), list(d)


def _dict_unflatten(values: Iterable[Any], context: Context) -> dict:
    return dict(zip(context, values, strict=True))


def _dict_flatten_with_keys(d: dict) -> tuple[list[tuple[MappingKey, Any]], Context]:
    return [(MappingKey(key), value) for key, value in d.items()], list(d)


def _mapping(cls: Any) -> NodeDef:
    return NodeDef(cls, _dict_flatten, lambda parts, keys: cls(_dict_unflatten(parts, keys)), _keys)


SUPPORTED_NODES: dict[Any, NodeDef] = {node.type: node for node in (
    _sequence(tuple), _sequence(list), _sequence(Size), _mapping(dict), _mapping(OrderedDict),
    NodeDef(defaultdict, lambda d: (list(d.values()), [d.default_factory, list(d)]),
            lambda parts, made: defaultdict(made[0], zip(made[1], parts, strict=True)), _keys),
    NodeDef(deque, lambda d: (list(d), d.maxlen), lambda parts, maxlen: deque(parts, maxlen), _places),
    NodeDef(namedtuple, lambda t: (list(t), type(t)), lambda parts, cls: cls(*parts),
            lambda t: [GetAttrKey(name) for name in t._fields]),
)}


def register_pytree_node(cls: type, flatten_fn: Callable[[Any], tuple[list[Any], Context]],
                         unflatten_fn: Callable[[Iterable[Any], Context], Any], *,
                         serialized_type_name: str | None = None, to_dumpable_context: Callable | None = None,
                         from_dumpable_context: Callable | None = None, flatten_with_keys_fn: Callable | None = None,
                         ) -> None:
    """Have the instances of a class taken apart: flatten_fn gives their parts and a context, unflatten_fn takes both.

    flatten_with_keys_fn: gives pairs of the step to a part and the part, and the context
    serialized_type_name, to_dumpable_context, from_dumpable_context: for writing TreeSpecs, which is not done here

    Raises: ValueError for a class that is registered.
    """
    if cls in SUPPORTED_NODES:
        raise ValueError(f"{cls} is already registered as pytree node.")
    keys_of = None if flatten_with_keys_fn is None else lambda node: [key for key, _ in flatten_with_keys_fn(node)[0]]
    SUPPORTED_NODES[cls] = NodeDef(cls, flatten_fn, unflatten_fn, keys_of)


def is_namedtuple_class(cls: Any) -> bool:
    """Is this a class made by namedtuple?"""
    return isinstance(cls, type) and issubclass(cls, tuple) and hasattr(cls, "_fields")


def is_namedtuple(obj: Any) -> bool:
    """Is this a named tuple, or a class of them?"""
    return is_namedtuple_class(obj if isinstance(obj, type) else type(obj))


def is_namedtuple_instance(obj: Any) -> bool:
    """Is this a named tuple?"""
    return is_namedtuple_class(type(obj))


def _get_node_type(tree: PyTree) -> Any:
    """The key of SUPPORTED_NODES that a tree would have."""
    return namedtuple if type(tree) not in SUPPORTED_NODES and is_namedtuple_instance(tree) else type(tree)


def tree_is_leaf(tree: PyTree, is_leaf: IsLeaf = None) -> bool:
    """Is this no container, or one that is_leaf takes for a leaf?"""
    return is_leaf is not None and is_leaf(tree) or _get_node_type(tree) not in SUPPORTED_NODES


# ---- a tree without its leaves ------------------------------------------------------------------

@dataclass(frozen=True)
class TreeSpec:
    """A tree without its leaves: the kind of its top, what else it takes to build that, and the TreeSpecs of its parts."""

    type: Any
    context: Context
    children_specs: list[TreeSpec]
    num_leaves: int = field(init=False, compare=False)
    num_nodes: int = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "num_nodes", 1 + sum(part.num_nodes for part in self.children_specs))
        leaves = 1 if self.is_leaf() else sum(part.num_leaves for part in self.children_specs)
        object.__setattr__(self, "num_leaves", leaves)

    def is_leaf(self) -> bool:
        """Does a single leaf stand for the whole?"""
        return self.type is None

    @property
    def num_children(self) -> int:
        """How many parts the top has."""
        return len(self.children_specs)

    def children(self) -> list[TreeSpec]:
        """The TreeSpecs of the parts."""
        return list(self.children_specs)

    def child(self, index: int) -> TreeSpec:
        """The TreeSpec of one part."""
        return self.children_specs[index]

    def unflatten(self, leaves: Iterable[Any]) -> PyTree:
        """The tree with these leaves.

        Raises: ValueError for another number of leaves.
        """
        given = list(leaves)
        if len(given) != self.num_leaves:
            raise ValueError(f"treespec.unflatten(leaves): `leaves` has length {len(given)} but the spec refers to a pytree "
                             f"that holds {self.num_leaves} items ({self}).")
        return self._filled(iter(given))

    def _filled(self, leaves: Iterator[Any]) -> PyTree:
        if self.is_leaf():
            return next(leaves)
        return SUPPORTED_NODES[self.type].unflatten_fn([part._filled(leaves) for part in self.children_specs], self.context)

    def flatten_up_to(self, tree: PyTree) -> list[PyTree]:
        """What stands in a tree where this one has its leaves.

        Raises: ValueError where the tree is built otherwise.
        """
        if self.is_leaf():
            return [tree]
        kind = _get_node_type(tree)
        if kind is not self.type and not {kind, self.type} <= {dict, OrderedDict, defaultdict}:
            raise ValueError(f"Node type mismatch; expected {self.type!r}, but got {kind!r}.")
        parts, context = SUPPORTED_NODES[kind].flatten_fn(tree)
        if isinstance(tree, dict):
            keys = self.context[1] if self.type is defaultdict else self.context
            missing, extra = {key for key in keys if key not in tree}, {key for key in tree if key not in keys}
            if missing or extra:
                told = "".join(f"; {which} key(s): {those}" for which, those in (("missing", missing), ("extra", extra)) if those)
                raise ValueError(f"Node keys mismatch{told}.")
            parts = [tree[key] for key in keys]
        elif len(parts) != self.num_children:
            raise ValueError(f"Node arity mismatch; expected {self.num_children}, but got {len(parts)}.")
        elif context != self.context and kind is not deque:
            raise ValueError(f"Node context mismatch for node type {self.type!r}; expected {self.context!r}, but got "
                             f"{context!r}.")
        return [found for spec, part in zip(self.children_specs, parts, strict=True) for found in spec.flatten_up_to(part)]

    def __repr__(self, indent: int = 0) -> str:
        if self.is_leaf():
            return "*"
        inner = ",\n".join(f"{' ' * (indent + 2 if i else 0)}{part.__repr__(indent + 2)}"
                           for i, part in enumerate(self.children_specs))
        return f"TreeSpec({self.type.__name__}, {self.context}, [{inner}])"

    __str__ = __repr__


PyTreeSpec = TreeSpec
_LEAF = TreeSpec(None, None, [])


def LeafSpec() -> TreeSpec:
    """The TreeSpec of a leaf."""
    return _LEAF


# ---- functions of trees -------------------------------------------------------------------------

def tree_flatten(tree: PyTree, is_leaf: IsLeaf = None) -> tuple[list[Any], TreeSpec]:
    """The leaves of a tree, in order, and the tree without them.

    is_leaf: tells of a container whether it is to be taken for a leaf
    """
    leaves: list[Any] = []
    return leaves, _flatten_into(leaves, tree, is_leaf)


def _flatten_into(leaves: list[Any], tree: PyTree, is_leaf: IsLeaf) -> TreeSpec:
    if tree_is_leaf(tree, is_leaf):
        leaves.append(tree)
        return _LEAF
    kind = _get_node_type(tree)
    parts, context = SUPPORTED_NODES[kind].flatten_fn(tree)
    return TreeSpec(kind, context, [_flatten_into(leaves, part, is_leaf) for part in parts])


def tree_unflatten(leaves: Iterable[Any], treespec: TreeSpec) -> PyTree:
    """The tree with these leaves: the inverse of tree_flatten.

    Raises: TypeError for what is no TreeSpec; ValueError for another number of leaves.
    """
    if not isinstance(treespec, TreeSpec):
        raise TypeError(f"Expected `treespec` to be an instance of PyTreeSpec but got item of type {type(treespec)}.")
    return treespec.unflatten(leaves)


def tree_iter(tree: PyTree, is_leaf: IsLeaf = None) -> Iterator[Any]:
    """The leaves, one after the other."""
    yield from tree_flatten(tree, is_leaf)[0]


def tree_leaves(tree: PyTree, is_leaf: IsLeaf = None) -> list[Any]:
    """The leaves, in order."""
    return tree_flatten(tree, is_leaf)[0]


def tree_structure(tree: PyTree, is_leaf: IsLeaf = None) -> TreeSpec:
    """The tree without its leaves."""
    return tree_flatten(tree, is_leaf)[1]


def tree_map(func: Callable[..., Any], tree: PyTree, *rests: PyTree, is_leaf: IsLeaf = None) -> PyTree:
    """The tree with func of each leaf in its place; of what stands there in the other trees, too.

    >>> from mtorch.utils import _pytree
    >>> _pytree.tree_map(lambda a, b: a + b, {"x": 1, "y": [2]}, {"x": 10, "y": [20]})
    {'x': 11, 'y': [22]}
    """
    leaves, spec = tree_flatten(tree, is_leaf)
    return spec.unflatten(map(func, leaves, *(spec.flatten_up_to(rest) for rest in rests)))


def tree_map_(func: Callable[..., Any], tree: PyTree, *rests: PyTree, is_leaf: IsLeaf = None) -> PyTree:
    """Call func on each leaf, for what it does; returns the tree."""
    tree_map(func, tree, *rests, is_leaf=is_leaf)
    return tree


def _is_one(types: Types | Callable[[Any], bool]) -> Callable[[Any], bool]:
    if isinstance(types, (type, tuple, UnionType)):
        return lambda leaf: isinstance(leaf, types)
    return types


def tree_map_only(type_or_types_or_pred: Types | Callable[[Any], bool], /, func: Callable[[Any], Any], tree: PyTree,
                  is_leaf: IsLeaf = None) -> PyTree:
    """tree_map over the leaves of these types (or that a predicate holds for); the others stay."""
    wanted = _is_one(type_or_types_or_pred)
    return tree_map(lambda leaf: func(leaf) if wanted(leaf) else leaf, tree, is_leaf=is_leaf)


def tree_map_only_(type_or_types_or_pred: Types | Callable[[Any], bool], /, func: Callable[[Any], Any], tree: PyTree,
                   is_leaf: IsLeaf = None) -> PyTree:
    """Call func on each leaf of these types, for what it does; returns the tree."""
    tree_map_only(type_or_types_or_pred, func, tree, is_leaf)
    return tree


def tree_all(pred: Callable[[Any], bool], tree: PyTree, is_leaf: IsLeaf = None) -> bool:
    """Does pred hold for every leaf?"""
    return all(map(pred, tree_iter(tree, is_leaf)))


def tree_any(pred: Callable[[Any], bool], tree: PyTree, is_leaf: IsLeaf = None) -> bool:
    """Does pred hold for some leaf?"""
    return any(map(pred, tree_iter(tree, is_leaf)))


def tree_all_only(type_or_types: Types, /, pred: Callable[[Any], bool], tree: PyTree, is_leaf: IsLeaf = None) -> bool:
    """Does pred hold for every leaf of these types?"""
    return all(pred(leaf) for leaf in tree_iter(tree, is_leaf) if isinstance(leaf, type_or_types))


def tree_any_only(type_or_types: Types, /, pred: Callable[[Any], bool], tree: PyTree, is_leaf: IsLeaf = None) -> bool:
    """Does pred hold for some leaf of these types?"""
    return any(pred(leaf) for leaf in tree_iter(tree, is_leaf) if isinstance(leaf, type_or_types))


# ---- paths --------------------------------------------------------------------------------------

def tree_leaves_with_path(tree: PyTree, is_leaf: IsLeaf = None) -> list[tuple[tuple[Any, ...], Any]]:
    """The leaves, each after the steps that lead to it.

    >>> from mtorch.utils import _pytree
    >>> [(_pytree.keystr(path), leaf) for path, leaf in _pytree.tree_leaves_with_path({"net": [1, 2]})]
    [("['net'][0]", 1), ("['net'][1]", 2)]

    Raises: ValueError for a container whose class was registered without a way to name its parts.
    """
    if tree_is_leaf(tree, is_leaf):
        return [((), tree)]
    node = SUPPORTED_NODES[_get_node_type(tree)]
    if node.keys_of is None:
        raise ValueError(f"Did not find a flatten_with_keys_fn for type: {type(tree)}. Please pass a flatten_with_keys_fn "
                         "argument to register_pytree_node.")
    return [((key, *path), leaf) for key, part in zip(node.keys_of(tree), node.flatten_fn(tree)[0], strict=True)
            for path, leaf in tree_leaves_with_path(part, is_leaf)]


def tree_flatten_with_path(tree: PyTree, is_leaf: IsLeaf = None) -> tuple[list[tuple[tuple[Any, ...], Any]], TreeSpec]:
    """tree_leaves_with_path, and the tree without them."""
    return tree_leaves_with_path(tree, is_leaf), tree_structure(tree, is_leaf)


def tree_map_with_path(func: Callable[..., Any], tree: PyTree, *rests: PyTree, is_leaf: IsLeaf = None) -> PyTree:
    """tree_map with a func that is given the path to the leaf first."""
    pairs, spec = tree_flatten_with_path(tree, is_leaf)
    others = [spec.flatten_up_to(rest) for rest in rests]
    return spec.unflatten(func(*pair, *more) for pair, *more in zip(pairs, *others, strict=True))


def keystr(kp: tuple[Any, ...]) -> str:
    """A path as it would be written behind the tree's name: `['net'][0].values`."""
    return "".join(map(str, kp))


def key_get(obj: Any, kp: tuple[Any, ...]) -> Any:
    """What stands at a path."""
    for key in kp:
        obj = key.get(obj)
    return obj


# ---- a value for each leaf ----------------------------------------------------------------------

def _broadcast_to_and_flatten(tree: PyTree, treespec: TreeSpec, is_leaf: IsLeaf = None) -> list[Any] | None:
    """For each leaf of a TreeSpec what `tree`, which may end earlier, has for it; None where they do not fit.

    >>> from mtorch.utils import _pytree
    >>> _pytree._broadcast_to_and_flatten((0, 1), _pytree.tree_structure(("a", ["b", "c"])))
    [0, 1, 1]
    """
    values, start = tree_flatten(tree, is_leaf)
    fitting = _repeats(start, treespec)
    return None if fitting is None else [value for value, times in zip(values, fitting, strict=True) for _ in range(times)]


def _repeats(start: TreeSpec, whole: TreeSpec) -> list[int] | None:
    """How many leaves of the whole tree each leaf of its start stands for."""
    if start.is_leaf():
        return [whole.num_leaves]
    if (start.type, start.context, start.num_children) != (whole.type, whole.context, whole.num_children):
        return None
    found = [_repeats(*pair) for pair in zip(start.children_specs, whole.children_specs, strict=True)]
    return None if any(part is None for part in found) else [times for part in found for times in part or ()]
