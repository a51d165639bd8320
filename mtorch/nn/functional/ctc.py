"""`ctc_loss`: a sequence of labels read off a longer input, over all the ways to align the two."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ...autograd.tape import TensorBase, wrap
from ...functions.arguments import require_tensor
from ...ops import ctc
from .loss import chosen, reduced

if TYPE_CHECKING:
    from ...tensor import Tensor


def ctc_loss(log_probs: Tensor, targets: Tensor, input_lengths: Tensor | Sequence[int],
             target_lengths: Tensor | Sequence[int], blank: int = 0, reduction: str = "mean",
             zero_infinity: bool = False) -> Tensor:
    """The negative log-probability of a sequence of labels, over all the ways to align it with a longer input.

    The network says at each step a label or a blank; repetitions are merged, then blanks dropped: "hh_e_ll_lo" says "hello".

    log_probs: log-probabilities of the classes at each step, as log_softmax gives them
    targets: the labels, 0 to C - 1 without blank
    input_lengths: how many steps of each sample count, 0 to T
    target_lengths: how many labels each target has, 0 to S
    blank: the class that stands for no label
    reduction: "mean" divides each loss by its target's length, then by the samples; "sum"; "none" keeps the samples apart
    zero_infinity: a target that no alignment yields counts 0, not inf

    Shape: log_probs (T, N, C) or (T, C); targets (N, S), or the labels of all targets one after the other, in one
        dimension; lengths (N) or () -> (), or (N) or () with reduction "none".
    Raises: RuntimeError for lengths that do not fit or are no integers, a label or blank that is no class, and log_probs
        of other dimensions; NotImplementedError for integers as log_probs; ValueError for another reduction.
    Source: Graves, Fernandez, Gomez & Schmidhuber, "Connectionist Temporal Classification: Labelling Unsegmented Sequence
        Data with Recurrent Neural Networks", ICML 2006.

    >>> import mtorch
    >>> lp = mtorch.full((2, 1, 2), 0.5).log()
    >>> mtorch.nn.functional.ctc_loss(lp, mtorch.tensor([[1]]), mtorch.tensor([2]), mtorch.tensor([1]))
    tensor(0.2877)
    """
    x = require_tensor(log_probs, "ctc_loss", "log_probs")
    reduction = chosen(reduction)
    require_tensor(targets, "ctc_loss", "targets")
    if x.array.dtype.kind != "f":
        raise NotImplementedError(f"ctc_loss: expected floating point log_probs, got {x.dtype}")
    single = x.dim() == 2
    if x.dim() not in (2, 3):
        raise RuntimeError(f"ctc_loss: log_probs must have shape (T, N, C) or (T, C), got {tuple(x.shape)}")
    rows = x.unsqueeze(1) if single else x
    steps, batch, classes = rows.shape
    inputs, lengths = _lengths("input_lengths", input_lengths), _lengths("target_lengths", target_lengths)
    if not 0 <= blank < classes:
        raise RuntimeError(f"blank must be in label range: got {blank} of {classes} classes")
    if len(inputs) != batch or len(lengths) != batch:
        raise RuntimeError(f"input_lengths must be of size batch_size: got {len(inputs)} and {len(lengths)} for "
                           f"{batch} samples")
    if len(inputs) and (inputs.max() > steps or inputs.min() < 0):
        raise RuntimeError(f"Expected input_lengths to have value at most {steps}, but got value "
                           f"{int(inputs.max() if inputs.max() > steps else inputs.min())}")
    if len(lengths) and lengths.min() < 0:
        raise RuntimeError(f"Expected target_lengths to have value at least 0, but got value {int(lengths.min())}")
    labels = targets.array
    if single and labels.ndim == 1:
        labels = labels[None]
    if labels.ndim == 1:
        if len(labels) != lengths.sum():
            raise RuntimeError(f"Expected tensor to have size {int(lengths.sum())} at dimension 0, but got size "
                               f"{len(labels)} for the targets (while checking arguments for ctc_loss)")
        pieces = np.split(labels, np.cumsum(lengths)[:-1])
    else:
        if len(lengths) and lengths.max() > labels.shape[1]:
            raise RuntimeError(f"Expected targets to have at least {int(lengths.max())} columns, got {labels.shape[1]}")
        pieces = list(labels)
    for piece, length in zip(pieces, lengths):            # what comes after a target's length is padding
        said = piece[:length]
        if said.size and not 0 <= int(said.min()) <= int(said.max()) < classes:
            raise RuntimeError(f"ctc_loss: targets hold labels from {int(said.min())} to {int(said.max())}, there are "
                               f"{classes} classes")
    losses = ctc.ctc_loss(rows, targets=pieces, input_lengths=inputs, target_lengths=lengths, blank=blank,
                          zero_infinity=zero_infinity)
    if reduction == "mean":
        return (losses / wrap(np.maximum(lengths, 1).astype(x.array.dtype))).mean()
    result = reduced(losses, reduction)
    return result.reshape(()) if single and reduction == "none" else result


def _lengths(argument: str, x: Tensor | Sequence[int]) -> np.ndarray:
    lengths = np.asarray(x.array if isinstance(x, TensorBase) else x)
    if lengths.size and lengths.dtype.kind not in "iu":
        raise RuntimeError(f"{argument} must be integral, got {lengths.dtype}")
    return lengths.astype(np.int64).reshape(-1)
