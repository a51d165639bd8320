"""Batches of sequences of unequal length: padded to one length, or packed without padding.

Packed, the sequences are sorted, longest first, and stored step by step: the first row of each, then the second of each
that has one, and so on.  Recurrent layers take that as it is and compute nothing for padding.
"""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from ... import dtypes
from ...autograd.tape import wrap
from ...functions.arguments import require_tensor as _require_tensor
from ...tensor import Tensor


class _PackedSequence(NamedTuple):
    data: Any
    batch_sizes: Any
    sorted_indices: Any = None
    unsorted_indices: Any = None


class PackedSequence(_PackedSequence):
    """A batch of sequences without padding; made by `pack_padded_sequence` and `pack_sequence`.

    data (M, *)                 the rows of all sequences, step by step
    batch_sizes (T)             how many sequences have a row in each step
    sorted_indices (N)          which of the original sequences stands at each place; None if they came sorted
    unsorted_indices (N)        at which place each of the original sequences stands

    Raises: ValueError for data alone, without batch_sizes.

    >>> import mtorch
    >>> from mtorch.nn.utils.rnn import pack_sequence
    >>> pack_sequence([mtorch.tensor([1, 2, 3]), mtorch.tensor([4, 5])]).data
    tensor([1, 4, 2, 5, 3])
    """

    __slots__ = ()

    def __new__(cls, data: Any, batch_sizes: Tensor | None = None, sorted_indices: Tensor | None = None,
                unsorted_indices: Tensor | None = None) -> PackedSequence:
        if batch_sizes is None:
            if not isinstance(data, (list, tuple)) or len(data) != 2:
                raise ValueError("PackedSequence: batch_sizes is missing; pack_padded_sequence makes packed sequences")
            data, batch_sizes = data
        if unsorted_indices is None:
            unsorted_indices = invert_permutation(sorted_indices)
        return super().__new__(cls, data, batch_sizes, sorted_indices, unsorted_indices)

    def to(self, *args: Any, **kwargs: Any) -> PackedSequence:
        """The same with data of another type; itself when data has that type already."""
        data = self.data.to(*args, **kwargs)
        return self if data is self.data else type(self)(data, *self[1:])

    def cpu(self) -> PackedSequence:
        return self

    def cuda(self, *args: Any, **kwargs: Any) -> PackedSequence:
        return type(self)(self.data.cuda(*args, **kwargs), *self[1:])

    def double(self) -> PackedSequence:
        return self.to(dtypes.float64)

    def float(self) -> PackedSequence:
        return self.to(dtypes.float32)

    def half(self) -> PackedSequence:
        return self.to(dtypes.float16)

    def long(self) -> PackedSequence:
        return self.to(dtypes.int64)

    def int(self) -> PackedSequence:
        return self.to(dtypes.int32)

    def short(self) -> PackedSequence:
        return self.to(dtypes.int16)

    def char(self) -> PackedSequence:
        return self.to(dtypes.int8)

    def byte(self) -> PackedSequence:
        return self.to(dtypes.uint8)

    def pin_memory(self) -> PackedSequence:
        return self

    def is_pinned(self) -> bool:
        return False

    @property
    def is_cuda(self) -> bool:
        return False


def invert_permutation(permutation: Tensor | None) -> Tensor | None:
    """Where each index stands in a permutation.

    permutation: each of 0 to N - 1 once; None gives None

    Shape: (N) -> (N).
    Raises: TypeError for what is no Tensor; RuntimeError for numbers that are no integers.

    >>> import mtorch
    >>> mtorch.nn.utils.rnn.invert_permutation(mtorch.tensor([2, 0, 1]))
    tensor([1, 2, 0])
    """
    if permutation is None:
        return None
    order = _require_tensor(permutation, "invert_permutation", "permutation").array
    if order.dtype.kind not in "iu":
        raise RuntimeError(f"invert_permutation: expected int32 or int64 for permutation, got {permutation.dtype}")
    return wrap(np.argsort(order))


def _places(lengths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The step and the sequence of each row, packed; lengths in decreasing order."""
    step, sequence = np.nonzero(np.arange(lengths[0])[:, None] < lengths)
    return step, sequence


def pack_padded_sequence(input: Tensor, lengths: Tensor | Sequence[int], batch_first: bool = False,
                         enforce_sorted: bool = True) -> PackedSequence:
    """Pack a padded batch.

    lengths: of each sequence, a list or an integer tensor, each in [1, T]
    batch_first: whether the sequences come before the steps
    enforce_sorted: expect the longest first; if not, the sequences may come in any order and are sorted

    Shape: input (T, N, *), or (N, T, *) if batch_first; lengths (N) -> data (sum of lengths, *).
    Raises: RuntimeError for lengths out of order, below 1, above T or of another number than N, and an input without
        elements; IndexError for an input of fewer than 2 dimensions; TypeError for one that is no Tensor.

    >>> import mtorch
    >>> x = mtorch.tensor([[1, 2, 3], [4, 5, 0]])
    >>> mtorch.nn.utils.rnn.pack_padded_sequence(x, [3, 2], batch_first=True).batch_sizes
    tensor([2, 2, 1])
    """
    if not isinstance(input, Tensor):
        raise TypeError(f"pack_padded_sequence: input must be a Tensor, got {type(input).__name__}")
    if input.dim() < 2:
        raise IndexError(f"pack_padded_sequence: input must have at least 2 dimensions, steps and sequences, got shape "
                         f"{tuple(input.shape)}")
    steps_first = input.transpose(0, 1) if batch_first else input
    T, N = steps_first.shape[:2]
    sizes = np.asarray(lengths.array if isinstance(lengths, Tensor) else lengths).astype(np.int64)
    if sizes.ndim != 1:
        raise RuntimeError(f"'lengths' argument should be a 1D CPU int64 tensor, but got shape {sizes.shape}")
    if input.numel() == 0:
        raise RuntimeError(f"Cannot pack empty tensors. input has shape {tuple(input.shape)}")
    if len(sizes) != N:
        raise RuntimeError(f"Expected `len(lengths)` to be equal to batch_size, but got {len(sizes)} (batch_size={N})")
    if (sizes <= 0).any():
        raise RuntimeError("Length of all samples has to be greater than 0, but found an element in 'lengths' that is "
                           f"<= 0: {sizes.tolist()}")
    if (sizes > T).any():
        raise RuntimeError(f"pack_padded_sequence: lengths {sizes.tolist()} go beyond the {T} steps of input, shape "
                           f"{tuple(input.shape)}")
    order = None
    if not enforce_sorted:
        order = np.argsort(-sizes, kind="stable")
        sizes = sizes[order]
    elif (np.diff(sizes) > 0).any():
        raise RuntimeError("`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You can "
                           "pass `enforce_sorted=False` to pack_padded_sequence and/or pack_sequence to sidestep this "
                           f"requirement. Got {sizes.tolist()}")
    step, sequence = _places(sizes)
    rows = steps_first[step, sequence if order is None else order[sequence]]
    return PackedSequence(rows, wrap(np.bincount(step)), None if order is None else wrap(order))


def pad_packed_sequence(sequence: PackedSequence, batch_first: bool = False, padding_value: float = 0.0,
                        total_length: int | None = None) -> tuple[Tensor, Tensor]:
    """A packed batch with its padding, and the lengths of its sequences, in the original order.

    sequence: what pack_padded_sequence or pack_sequence made
    batch_first: put the sequences before the steps
    padding_value: what stands where a sequence has ended
    total_length: T, at least the longest length, which it is if not given

    Shape: -> (T, N, *) or, if batch_first, (N, T, *); and (N).
    Raises: ValueError for a total_length that is too short; TypeError for what is no PackedSequence.

    >>> import mtorch
    >>> from mtorch.nn.utils.rnn import pack_sequence
    >>> padded, lengths = mtorch.nn.utils.rnn.pad_packed_sequence(pack_sequence([mtorch.ones(2), mtorch.ones(1)]))
    >>> padded.T, lengths
    (tensor([[1., 1.],
            [1., 0.]]), tensor([2, 1]))
    """
    if not isinstance(sequence, tuple) or len(sequence) != 4:
        raise TypeError(f"pad_packed_sequence: sequence must be a PackedSequence, got {type(sequence).__name__}")
    data, batch_sizes, order, _ = sequence
    sizes = batch_sizes.array
    T = len(sizes)
    if total_length is not None and total_length < T:
        raise ValueError("Expected total_length to be at least the length of the longest sequence in input, but got "
                         f"total_length={total_length} and max sequence length being {T}")
    lengths = (sizes[:, None] > np.arange(sizes[0])).sum(axis=0)
    step, place = _places(lengths)
    original = place if order is None else order.array[place]
    padded = data.new_full((total_length or T, int(sizes[0]), *data.shape[1:]), padding_value)
    padded[step, original] = data
    if order is not None:
        lengths = lengths[invert_permutation(order).array]       # type: ignore[union-attr]
    return (padded.transpose(0, 1) if batch_first else padded), wrap(lengths)


def pad_sequence(sequences: Tensor | Sequence[Tensor], batch_first: bool = False, padding_value: float = 0.0,
                 padding_side: str = "right") -> Tensor:
    """Sequences beside each other, padded to the longest.

    sequences: Tensors that differ in their first dimension alone
    batch_first: put the sequences before the steps
    padding_value: what the padding holds
    padding_side: "right", after the sequence, or "left", before it

    Shape: N of (L_i, *) -> (T, N, *) or, if batch_first, (N, T, *).
    Raises: RuntimeError for no sequences, sequences of other shapes, or another padding_side; TypeError for a sequence
        that is no Tensor.

    >>> import mtorch
    >>> mtorch.nn.utils.rnn.pad_sequence([mtorch.ones(2), mtorch.ones(1)], batch_first=True)
    tensor([[1., 1.],
            [1., 0.]])
    """
    if not isinstance(sequences, Iterable):
        raise RuntimeError("pad_sequence: Expected iterable for input sequences, but got arg of type: "
                           f"{type(sequences)}")
    sequences = list(sequences)
    if not sequences:
        raise RuntimeError("received an empty list of sequences")
    if padding_side not in ("left", "right"):
        raise RuntimeError(f"Expected padding_side to be one of left or right, but got {padding_side}.")
    for i, s in enumerate(sequences):
        if not isinstance(s, Tensor):
            raise TypeError(f"pad_sequence: expected Tensor as element {i} in sequences, but got {type(s).__name__}")
        if s.dim() == 0:
            raise RuntimeError(f"pad_sequence: sequence {i} has no dimensions, expected (length, ...)")
    rest = sequences[0].shape[1:]
    for i, s in enumerate(sequences):
        if s.shape[1:] != rest:
            raise RuntimeError(f"pad_sequence: sequence {i} has shape {tuple(s.shape)}, which differs from the first, "
                               f"{tuple(sequences[0].shape)}, in more than the length")
    T = max(len(s) for s in sequences)
    N = len(sequences)
    padded = sequences[0].new_full((N, T, *rest) if batch_first else (T, N, *rest), padding_value)
    for i, s in enumerate(sequences):
        if len(s):
            start = T - len(s) if padding_side == "left" else 0
            steps = slice(start, start + len(s))
            padded[(i, steps) if batch_first else (steps, i)] = s
    return padded


def unpad_sequence(padded_sequences: Tensor, lengths: Tensor | Sequence[int], batch_first: bool = False) -> list[Tensor]:
    """The sequences of a padded batch, each without its padding.

    padded_sequences: the batch
    lengths: of each sequence
    batch_first: whether the sequences come before the steps

    Shape: (T, N, *) or, if batch_first, (N, T, *); lengths (N) -> a list of N of (L_i, *).
    Raises: ValueError for another number of lengths than sequences; TypeError for a batch that is no Tensor.

    >>> import mtorch
    >>> mtorch.nn.utils.rnn.unpad_sequence(mtorch.ones(1, 2), mtorch.tensor([1]), batch_first=True)
    [tensor([1.])]
    """
    _require_tensor(padded_sequences, "unpad_sequence", "padded_sequences")
    each = padded_sequences if batch_first else padded_sequences.transpose(0, 1)
    if len(each) != len(lengths):
        raise ValueError(f"unpad_sequence: got {len(lengths)} lengths for {len(each)} sequences, shape "
                         f"{tuple(padded_sequences.shape)}")
    sizes: Any = lengths
    step = np.arange(each.shape[1])
    return [sequence[wrap(step < int(length))] for sequence, length in zip(each, sizes)]     # copies, as in torch


def pack_sequence(sequences: Sequence[Tensor], enforce_sorted: bool = True) -> PackedSequence:
    """Pack a list of sequences.

    sequences: Tensors (L_i, *) that differ in their first dimension alone
    enforce_sorted: expect the longest first; if not, they may come in any order and are sorted

    Raises: RuntimeError for no sequences, sequences of other shapes, an empty one, or lengths out of order; TypeError for
        a sequence that is no Tensor.

    >>> import mtorch
    >>> mtorch.nn.utils.rnn.pack_sequence([mtorch.ones(2), mtorch.ones(1)]).batch_sizes
    tensor([2, 1])
    """
    sequences = list(sequences)
    padded = pad_sequence(sequences)
    return pack_padded_sequence(padded, [len(s) for s in sequences], enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences: PackedSequence) -> list[Tensor]:
    """The list of sequences (L_i, *) in their original order.

    packed_sequences: what pack_sequence or pack_padded_sequence made

    Raises: TypeError for what is no PackedSequence.

    >>> import mtorch
    >>> from mtorch.nn.utils.rnn import pack_sequence, unpack_sequence
    >>> unpack_sequence(pack_sequence([mtorch.ones(1), mtorch.zeros(2)], enforce_sorted=False))
    [tensor([1.]), tensor([0., 0.])]
    """
    padded, lengths = pad_packed_sequence(packed_sequences, batch_first=True)
    return unpad_sequence(padded, lengths, batch_first=True)
