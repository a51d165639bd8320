"""Padding and packing of sequences against torch: the same rows, orders, gradients and kinds of error."""

from __future__ import annotations

import copy
from typing import Any

import pytest

import mtorch
from mtorch.autograd import gradcheck
from mtorch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence, unpad_sequence
from tests.nn.twins import said, same_in_torch


def packed_parts(p: Any) -> tuple:
    return type(p).__name__, p.data, p.batch_sizes, p.sorted_indices, p.unsorted_indices


@pytest.mark.parametrize("lengths", [[4, 3, 3, 1], [1, 4, 2, 4], [2, 1, 1, 2], [1, 1, 1, 1]])
@pytest.mark.parametrize("batch_first", [False, True])
@pytest.mark.parametrize("rest", [(), (3,), (2, 2)])
def test_packing_and_padding(lengths, batch_first, rest):
    def program(t):
        u = t.nn.utils.rnn
        x = t.arange(16 * int(2 ** len(rest) if len(rest) != 1 else 3)).reshape(4, 4, *rest).float().requires_grad_()
        given = x.transpose(0, 1) if batch_first else x
        p = u.pack_padded_sequence(given, t.tensor(lengths), batch_first,
                                   enforce_sorted=sorted(lengths)[::-1] == lengths)
        padded = u.pad_packed_sequence(p, batch_first, padding_value=-1.0)
        longer = u.pad_packed_sequence(p, batch_first, total_length=6)
        (padded[0] * t.arange(padded[0].numel()).reshape(padded[0].shape)).sum().backward()
        return packed_parts(p), padded, longer, x.grad, u.unpack_sequence(p)
    same_in_torch(program)


def test_lists_of_sequences():
    def program(t):
        u = t.nn.utils.rnn
        a, b, c = t.tensor([1.0, 2.0]).requires_grad_(), t.tensor([3.0]), t.tensor([4.0, 5.0, 6.0]).requires_grad_()
        padded = u.pad_sequence([a, b, c], padding_value=9.0)
        left = u.pad_sequence((a, b, c), batch_first=True, padding_side="left")
        packed = u.pack_sequence([a, b, c], enforce_sorted=False)
        (padded.sum() + (left * 2).sum() + (packed.data * t.arange(6)).sum()).backward()
        return (padded, left, packed_parts(packed), packed_parts(u.pack_sequence([c, a, b])), a.grad, c.grad,
                u.pad_sequence(t.ones(2, 3, 1)), u.pad_sequence([a, t.tensor([1, 2, 3])]).dtype is t.float32,
                u.unpad_sequence(u.pad_sequence([a, b, c], True), t.tensor([2, 1, 3]), batch_first=True))
    same_in_torch(program)


def test_unpadding_leaves_its_argument_as_it_is():
    x = mtorch.ones(5, 3, 4)
    assert [tuple(s.shape) for s in unpad_sequence(x, mtorch.tensor([5, 2, 1]))] == [(5, 4), (2, 4), (1, 4)]
    assert tuple(x.shape) == (5, 3, 4)                    # in torch it is (3, 5, 4) from here on


def test_what_a_packed_sequence_can_do():
    def program(t):
        p = t.nn.utils.rnn.pack_sequence([t.ones(2, 1), t.zeros(3, 1)], enforce_sorted=False)
        double = p.double()
        data, sizes, order, original = double
        by_hand = t.nn.utils.rnn.PackedSequence(t.ones(3), t.tensor([2, 1]), t.tensor([1, 0]))
        return (packed_parts(double), double.data.dtype is t.float64, p.to(t.float32) is p,
                p.float() is p, p.char().data, p.byte().data, p.short().data, p.half().data, p.int().data, p.cpu() is p,
                p.is_cuda,
                sizes, order, original, p.long().data, packed_parts(by_hand), by_hand[2],
                t.nn.utils.rnn.invert_permutation(None), packed_parts(copy.deepcopy(p)), isinstance(p, tuple))
    same_in_torch(program)


def test_gradients_of_packing():
    x = mtorch.randn(3, 2, 2, dtype=mtorch.float64, requires_grad=True)
    assert gradcheck(lambda x: pad_packed_sequence(pack_padded_sequence(x, [2, 3], enforce_sorted=False))[0], (x,))


def wrong(t: Any) -> dict[str, Any]:
    u, x = t.nn.utils.rnn, t.ones(5, 3, 4)
    p = u.pack_padded_sequence(x, [5, 2, 1])
    return {
        "out of order": lambda: u.pack_padded_sequence(x, [1, 2, 1]),
        "zero": lambda: u.pack_padded_sequence(x, [5, 2, 0]),
        "zero, any order": lambda: u.pack_padded_sequence(x, [0, 2, 1], enforce_sorted=False),
        "below zero": lambda: u.pack_padded_sequence(x, [5, 2, -1]),
        "too few": lambda: u.pack_padded_sequence(x, [5, 2]),
        "no sequences": lambda: u.pack_padded_sequence(t.ones(5, 0, 3), []),
        "no steps": lambda: u.pack_padded_sequence(t.ones(0, 2, 3), [1, 1]),
        "no batch": lambda: u.pack_padded_sequence(t.ones(5), [5]),
        "lengths in a column": lambda: u.pack_padded_sequence(x, t.ones(3, 1)),
        "shorter total": lambda: u.pad_packed_sequence(p, total_length=3),
        "empty list": lambda: u.pad_sequence([]), "empty list to pack": lambda: u.pack_sequence([]),
        "shapes": lambda: u.pad_sequence([t.ones(2, 3), t.ones(3, 4)]), "number": lambda: u.pad_sequence(3),
        "side": lambda: u.pad_sequence([x], padding_side="up"),
        "empty sequence": lambda: u.pack_sequence([t.ones(2), t.ones(0)]),
        "list out of order": lambda: u.pack_sequence([t.ones(2), t.ones(3)]),
        "packed with another rank": lambda: t.nn.GRU(4, 2)(u.PackedSequence(t.ones(3, 4, 4), t.tensor([2, 1]))),
        "packed with other features": lambda: t.nn.GRU(3, 2)(p),
        "state of another batch": lambda: t.nn.GRU(4, 2)(p, t.ones(1, 2, 2)),
    }


def test_wrong_use_gets_torch_s_kind_of_error():
    torch = pytest.importorskip("torch")
    theirs = wrong(torch)
    for name, call in wrong(mtorch).items():
        kind, text = said(call)
        assert kind == said(theirs[name])[0] != "no error", f"{name}: {kind} {text}"


def test_lengths_beyond_the_input():
    """Torch reads past the end of the tensor here."""
    with pytest.raises(RuntimeError, match=r"lengths \[6, 2, 1\] go beyond the 5 steps"):
        pack_padded_sequence(mtorch.ones(5, 3, 4), [6, 2, 1])


def test_batch_sizes_that_do_not_fit():
    p = PackedSequence(mtorch.ones(4, 2), mtorch.tensor([1, 3]))
    with pytest.raises(RuntimeError, match=r"batch_sizes \[1, 3\] do not fit packed data of shape \(4, 2\)"):
        mtorch.nn.GRU(2, 2)(p)


def test_what_is_no_tensor_or_no_packed_sequence():
    u = mtorch.nn.utils.rnn
    with pytest.raises(TypeError, match="element 1 in sequences, but got list"):
        u.pad_sequence([mtorch.ones(2), [1.0]])
    with pytest.raises(RuntimeError, match="sequence 0 has no dimensions"):
        u.pad_sequence([mtorch.tensor(1.0)])
    with pytest.raises(TypeError, match="must be a PackedSequence, got int"):
        u.unpack_sequence(3)
    with pytest.raises(TypeError, match="'permutation' must be Tensor, not list"):
        u.invert_permutation([1, 0])
    with pytest.raises(RuntimeError, match="permutation, got torch.float32"):
        u.invert_permutation(mtorch.tensor([1.0, 0.0]))
    with pytest.raises(TypeError, match="'padded_sequences' must be Tensor, not list"):
        u.unpad_sequence([1.0], [1])
