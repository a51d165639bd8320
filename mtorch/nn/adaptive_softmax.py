"""The adaptive softmax: a classifier of very many classes that spends little on the rare ones.

The classes are sorted by how often they come and cut into a shortlist and clusters.  The head scores the shortlist and,
as one class each, the clusters; a cluster's own classes are scored by a narrower pair of matrices, and in training only
for the samples whose target lies in it:

    log p(c) = log head(x)[c]                                    for c in the shortlist
    log p(c) = log head(x)[cluster k] + log tail_k(x)[c - low_k]  for c in the k-th cluster
"""
from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from ..functions.joining import cat
from ..functions.reduction import argmax
from ..tensor import Tensor
from .container import ModuleList, Sequential
from .functional import log_softmax
from .linear import Linear
from .module import Module

if TYPE_CHECKING:
    from .. import dtypes
    from ..functions.hints import DeviceLike


class _ASMoutput(NamedTuple):
    output: Tensor                     # log p(target) of each sample
    loss: Tensor                       # their mean, negative


class AdaptiveLogSoftmaxWithLoss(Module):
    """Log-probabilities and loss over classes sorted by frequency, the commonest first.

    in_features: I, numbers in a sample
    n_classes: C
    cutoffs: where the clusters begin, increasing, each in [1, C-1]: [10, 100] makes a shortlist of the classes 0 to 9
        and the clusters 10 to 99 and 100 to C-1
    div_value: cluster k (from 1) is scored from int(I // div_value^k) numbers
    head_bias: give the head a bias; the clusters have none
    device, dtype: of the parameters

    Called, it returns a named tuple (output, loss): log p(target) of each sample, and the mean of -output.

    Shape: input (N, I) or (I); target, classes (N) or () -> output (N) or (), loss ().
    Raises: ValueError for other cutoffs; RuntimeError for shapes that do not fit, or a class out of range.
    Source: Grave, Joulin, Cisse, Grangier & Jegou, "Efficient softmax approximation for GPUs", 2017.

    >>> import mtorch
    >>> criterion = mtorch.nn.AdaptiveLogSoftmaxWithLoss(8, 100, cutoffs=[10, 50], div_value=2)
    >>> output, loss = criterion(mtorch.randn(4, 8), mtorch.tensor([0, 9, 20, 99]))
    >>> output.shape, criterion.log_prob(mtorch.randn(4, 8)).shape
    (torch.Size([4]), torch.Size([4, 100]))
    """

    def __init__(self, in_features: int, n_classes: int, cutoffs: Sequence[int], div_value: float = 4.0,
                 head_bias: bool = False, device: DeviceLike | None = None, dtype: dtypes.dtype | None = None) -> None:
        super().__init__()
        cutoffs = list(cutoffs)
        if not cutoffs:
            raise ValueError("cutoffs should be a sequence of length larger than 0")
        ends = [0, *cutoffs, n_classes]
        if any(int(c) != c for c in cutoffs) or any(low >= high for low, high in pairwise(ends)):
            raise ValueError("cutoffs should be a sequence of unique, positive integers sorted in an increasing order, "
                             f"where each value is between 1 and n_classes-1, but got {cutoffs} with {n_classes} "
                             "classes")
        self.in_features, self.n_classes = in_features, n_classes
        self.cutoffs = [*cutoffs, n_classes]
        self.div_value, self.head_bias = div_value, head_bias
        self.shortlist_size = cutoffs[0]
        self.n_clusters = len(cutoffs)
        self.head_size = self.shortlist_size + self.n_clusters
        self.head = Linear(in_features, self.head_size, bias=head_bias, device=device, dtype=dtype)
        self.tail = ModuleList()
        for k, (low, high) in enumerate(pairwise(self.cutoffs), 1):
            width = int(in_features // div_value ** k)
            self.tail.append(Sequential(Linear(in_features, width, bias=False, device=device, dtype=dtype),
                                        Linear(width, high - low, bias=False, device=device, dtype=dtype)))

    def reset_parameters(self) -> None:
        """Draw the first weights anew."""
        for module in self.modules():
            if isinstance(module, Linear):
                module.reset_parameters()

    def forward(self, input_: Tensor, target_: Tensor) -> _ASMoutput:
        if target_.dim() > 1:
            raise RuntimeError("0D or 1D target tensor expected, multi-target not supported, but got a target of size "
                               f"{tuple(target_.shape)}")
        if input_.dim() != target_.dim() + 1:
            raise RuntimeError(f"{target_.dim()}D target tensor expects {target_.dim() + 1}D input tensors, but found "
                               f"inputs with size {input_.size()}")
        if target_.dim() == 0:
            output, loss = self.forward(input_.unsqueeze(0), target_.unsqueeze(0))
            return _ASMoutput(output.squeeze(0), loss)
        if len(input_) != len(target_):
            raise RuntimeError("Input and target should have the same size in the batch dimension, but got "
                               f"{len(input_)} and {len(target_)}")
        if ((target_ < 0) | (target_ >= self.n_classes)).any():
            raise RuntimeError(f"Target values should be in [0, {self.n_classes - 1}], but values in range "
                               f"[{target_.min().item()}, {target_.max().item()}] were found. ")
        column = target_.clone()
        within = input_.new_zeros(len(target_))            # log p(class | its cluster), 0 in the shortlist
        for k, (low, high) in enumerate(pairwise(self.cutoffs)):
            rows = ((target_ >= low) & (target_ < high)).nonzero().squeeze(1)
            if len(rows):
                column[rows] = self.shortlist_size + k
                scores = log_softmax(self.tail[k](input_[rows]), dim=1)
                within[rows] = scores.gather(1, (target_[rows] - low).unsqueeze(1)).squeeze(1)
        output = within + log_softmax(self.head(input_), dim=1).gather(1, column.unsqueeze(1)).squeeze(1)
        return _ASMoutput(output, (-output).mean())

    def log_prob(self, input: Tensor) -> Tensor:
        """The log-probability of every class: (N, I) -> (N, C)."""
        head = log_softmax(self.head(input), dim=1)
        clusters = [log_softmax(tail(input), dim=1) + head[:, self.shortlist_size + k].unsqueeze(1)
                    for k, tail in enumerate(self.tail)]
        return cat([head[:, :self.shortlist_size], *clusters], dim=1)

    def predict(self, input: Tensor) -> Tensor:
        """The likeliest class of each sample: (N, I) -> (N); a cluster is looked into only where the head chose one."""
        likeliest = argmax(self.head(input), dim=1)
        rows = (likeliest >= self.shortlist_size).nonzero().squeeze(1)
        if len(rows):
            likeliest[rows] = argmax(self.log_prob(input[rows]), dim=1)
        return likeliest
