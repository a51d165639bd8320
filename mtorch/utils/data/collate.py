"""How samples become a batch: `default_collate` stacks them, `default_convert` only makes tensors of arrays.

The result has the structure of a sample: a dict stays a dict, a list a list, a named tuple a named tuple; a plain tuple
becomes a list, as it does in PyTorch.
"""
from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, MutableMapping, MutableSequence, Sequence
from typing import Any

import numpy as np

from ...autograd.tape import wrap
from ...dtypes import float64
from ...functions.creation import as_tensor, tensor
from ...functions.joining import stack
from ...tensor import Tensor

_EXPECTED = "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found {}"


def default_collate(batch: Sequence[Any]) -> Any:
    """Make one batch of a list of samples, each tensor, array or number stacked along a new first dimension.

    batch: the samples, at least one, all of one structure

    tensors, arrays     -> tensor of shape (len(batch), *shape)
    floats              -> float64 tensor; ints -> int64 tensor; bools -> bool tensor
    str, bytes          -> the list of them
    dict, list, tuple   -> the same kind (a list for a tuple), with each entry collated

    Raises:
        RuntimeError: when tensors or sequences in the samples have different sizes.
        TypeError: for a sample of any other kind, and for kinds that do not go together.
        KeyError: for a dict without a key that the first one has.
        IndexError: for no sample at all.

    >>> from mtorch.utils.data import default_collate
    >>> default_collate([(1, 2.5), (3, 4.5)])
    [tensor([1, 3]), tensor([2.5000, 4.5000], dtype=torch.float64)]
    >>> default_collate([{"name": "a", "size": 1}, {"name": "b", "size": 2}])
    {'name': ['a', 'b'], 'size': tensor([1, 2])}
    """
    return collate(batch, collate_fn_map=default_collate_fn_map)


def collate(batch: Sequence[Any], *, collate_fn_map: dict[type | tuple[type, ...], Callable] | None = None) -> Any:
    """Collate with functions of your own: `collate_fn_map` gives, for a type (or types), `f(batch, *, collate_fn_map)`.

    >>> from mtorch.utils.data.collate import collate
    >>> collate([("a", 1), ("b", 2)], collate_fn_map={(str, int): lambda batch, collate_fn_map: sorted(batch)})
    [['a', 'b'], [1, 2]]
    """
    first = batch[0]
    kind = type(first)
    functions = collate_fn_map or {}
    if kind in functions:
        return functions[kind](batch, collate_fn_map=collate_fn_map)
    for candidate, function in functions.items():
        if isinstance(first, candidate):
            return function(batch, collate_fn_map=collate_fn_map)

    if isinstance(first, Mapping):
        return _like_mapping(first, {k: collate([d[k] for d in batch], collate_fn_map=collate_fn_map) for k in first})
    if isinstance(first, Sequence):
        if any(len(sample) != len(first) for sample in batch) and not hasattr(first, "_fields"):
            raise RuntimeError("each element in list of batch should be of equal size")
        columns = [collate(column, collate_fn_map=collate_fn_map) for column in zip(*batch, strict=False)]
        return _like_sequence(first, columns)
    raise TypeError(_EXPECTED.format(kind))


def default_convert(data: Any) -> Any:
    """Make tensors of the NumPy arrays and scalars in a sample; everything else stays.

    data: a sample: anything, in dicts, lists and tuples or not

    Raises: TypeError for arrays of types that tensors have not.

    >>> import numpy as np
    >>> from mtorch.utils.data import default_convert
    >>> default_convert({"x": np.arange(2), "y": 3})
    {'x': tensor([0, 1]), 'y': 3}
    """
    if isinstance(data, Tensor):
        return data
    if isinstance(data, np.ndarray):             # a masked array, say, is more than its numbers, and stays
        return data if data.dtype.kind in "SUOV" or type(data).__module__ != "numpy" else as_tensor(data)
    if isinstance(data, np.generic) and not isinstance(data, (np.str_, np.bytes_)):
        return as_tensor(data)
    if isinstance(data, Mapping):
        return _like_mapping(data, {key: default_convert(value) for key, value in data.items()})
    if isinstance(data, Sequence) and not isinstance(data, (str, bytes)):
        return _like_sequence(data, [default_convert(d) for d in data])
    return data


def _like_mapping(sample: Any, entries: dict) -> Any:
    """A mapping of the kind of `sample`, with these entries."""
    try:
        if isinstance(sample, MutableMapping):
            clone = copy.copy(sample)
            clone.update(entries)
            return clone
        return type(sample)(entries)
    except TypeError:                        # a kind that is made in another way
        return entries


def _like_sequence(sample: Any, entries: list) -> Any:
    """A sequence of the kind of `sample`, with these entries; a list for a plain tuple."""
    if isinstance(sample, tuple):
        return type(sample)(*entries) if hasattr(sample, "_fields") else entries
    try:
        if isinstance(sample, MutableSequence):
            clone = copy.copy(sample)
            for i, entry in enumerate(entries):
                clone[i] = entry
            return clone
        return type(sample)(entries)
    except TypeError:                        # a kind that is made in another way: a range, for example
        return entries


def collate_tensor_fn(batch: Any, *, collate_fn_map: Any = None) -> Any:
    """Tensors of one shape, stacked."""
    first = batch[0]
    try:
        plain = not any(t.requires_grad or t.array.dtype != first.array.dtype for t in batch)
    except AttributeError:
        other = next(t for t in batch if not isinstance(t, Tensor))
        raise TypeError("default_collate: the samples must be of one kind, but after a Tensor came a "
                        f"{type(other).__name__}") from None
    if not plain:
        return stack(list(batch), 0)
    return wrap(_stacked([t.array for t in batch]))


def collate_numpy_array_fn(batch: Any, *, collate_fn_map: Any = None) -> Any:
    """Arrays of one shape, stacked."""
    dtype = batch[0].dtype
    if dtype.kind in "SUOV":
        raise TypeError(_EXPECTED.format(dtype))
    if any(a.dtype != dtype for a in batch):
        return collate([as_tensor(a) for a in batch], collate_fn_map=collate_fn_map)
    return as_tensor(_stacked(batch))


def _stacked(arrays: Sequence[np.ndarray]) -> np.ndarray:
    shape = arrays[0].shape
    for i, a in enumerate(arrays):
        if a.shape != shape:
            raise RuntimeError(f"stack expects each tensor to be equal size, but got {list(shape)} at entry 0 "
                               f"and {list(a.shape)} at entry {i}")
    return np.stack(arrays)


def collate_numpy_scalar_fn(batch: Any, *, collate_fn_map: Any = None) -> Any:
    """NumPy's numbers keep their type."""
    return as_tensor(np.array(batch))


def collate_float_fn(batch: Any, *, collate_fn_map: Any = None) -> Any:
    """Python's floats are float64, as they are in Python."""
    return tensor(batch, dtype=float64)


def collate_int_fn(batch: Any, *, collate_fn_map: Any = None) -> Any:
    """Python's ints and bools, as `mtorch.tensor` takes them."""
    return tensor(batch)


def collate_str_fn(batch: Any, *, collate_fn_map: Any = None) -> Any:
    """Text stays as it is."""
    return batch


default_collate_fn_map: dict[type | tuple[type, ...], Callable] = {
    Tensor: collate_tensor_fn,
    np.ndarray: collate_numpy_array_fn,
    (np.bool_, np.number, np.object_): collate_numpy_scalar_fn,
    float: collate_float_fn,
    int: collate_int_fn,
    str: collate_str_fn,
    bytes: collate_str_fn,
}
