"""Embedding layers."""
from __future__ import annotations

from typing import TYPE_CHECKING, Self

from ..autograd.mode import no_grad
from ..functions import creation
from ..functions.arguments import require_tensor
from ..tensor import Parameter, Tensor
from . import functional as F, init
from .functional.sparse import _padding_row
from .module import Module

if TYPE_CHECKING:
    from .. import dtypes
    from ..functions.hints import DeviceLike


def _size_of(embeddings: Tensor) -> tuple[int, ...]:
    """V and D of rows that are given."""
    if require_tensor(embeddings, "from_pretrained", "embeddings").dim() != 2:
        raise AssertionError(f"Embeddings parameter is expected to be 2-dimensional, got {embeddings.dim()} dimensions")
    return embeddings.shape


class _Rows(Module):
    """What Embedding and EmbeddingBag share: a matrix with a row for each number."""

    num_embeddings: int
    embedding_dim: int
    padding_idx: int | None
    weight: Parameter

    def _make(self, num_embeddings, embedding_dim, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse, weight,
              freeze, device, dtype) -> None:
        self.num_embeddings, self.embedding_dim = num_embeddings, embedding_dim
        self.padding_idx = _padding_row(padding_idx, num_embeddings)
        self.max_norm, self.norm_type = max_norm, norm_type
        self.scale_grad_by_freq, self.sparse = scale_grad_by_freq, sparse
        if weight is None:
            self.weight = Parameter(creation.empty(num_embeddings, embedding_dim, dtype=dtype, device=device),
                                    requires_grad=not freeze)
            self.reset_parameters()
        else:
            if tuple(weight.shape) != (num_embeddings, embedding_dim):
                raise AssertionError(f"Shape of weight {tuple(weight.shape)} does not match num_embeddings "
                                     f"{num_embeddings} and embedding_dim {embedding_dim}")
            self.weight = Parameter(weight, requires_grad=not freeze)

    def reset_parameters(self) -> None:
        init.normal_(self.weight)
        if self.padding_idx is not None:
            with no_grad():
                self.weight[self.padding_idx].fill_(0)


class Embedding(_Rows):
    """A row of numbers for each of num_embeddings things, looked up by number and learnt.

    num_embeddings: V, how many things
    embedding_dim: D, numbers in a row
    padding_idx: a thing that stands for nothing, in [-V, V): its row starts as zeros and is not learnt
    max_norm: rows that are looked up and longer than this are shortened to it, in place
    norm_type: the p of the p-norm that measures them
    scale_grad_by_freq: divide each row's gradient by how often it was looked up
    sparse: have the gradient of the weight know its rows, for SparseAdam; it is dense in any case
    device, dtype: of the weight; a floating point dtype

    weight (V, D) starts as standard normal numbers, torch's for the same seed.

    Shape: (...) of int64 or int32, in [0, V) -> (..., D).
    Raises: IndexError for a number out of range; RuntimeError for numbers of another type; AssertionError for a
    padding_idx out of range; TypeError for what is no Tensor.
    Source: Bengio, Ducharme, Vincent & Jauvin, "A Neural Probabilistic Language Model", JMLR 2003.

    >>> import mtorch
    >>> mtorch.nn.Embedding(10, 3)(mtorch.tensor([[1, 2]])).shape
    torch.Size([1, 2, 3])
    """

    def __init__(self, num_embeddings: int, embedding_dim: int, padding_idx: int | None = None,
                 max_norm: float | None = None, norm_type: float = 2.0, scale_grad_by_freq: bool = False,
                 sparse: bool = False, _weight: Tensor | None = None,
                 _freeze: bool = False, device: DeviceLike | None = None, dtype: dtypes.dtype | None = None) -> None:
        super().__init__()
        self._make(num_embeddings, embedding_dim, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse, _weight,
                   _freeze, device, dtype)

    def forward(self, input: Tensor) -> Tensor:
        return F.embedding(input, self.weight, self.padding_idx, self.max_norm, self.norm_type, self.scale_grad_by_freq,
                           self.sparse)

    def extra_repr(self) -> str:
        text = f"{self.num_embeddings}, {self.embedding_dim}"
        if self.padding_idx is not None:
            text += f", padding_idx={self.padding_idx}"
        if self.max_norm is not None:
            text += f", max_norm={self.max_norm}"
        if self.norm_type != 2:
            text += f", norm_type={self.norm_type}"
        if self.scale_grad_by_freq is not False:
            text += f", scale_grad_by_freq={self.scale_grad_by_freq}"
        if self.sparse is not False:
            text += ", sparse=True"
        return text

    @classmethod
    def from_pretrained(cls, embeddings: Tensor, freeze: bool = True, padding_idx: int | None = None,
                        max_norm: float | None = None, norm_type: float = 2.0, scale_grad_by_freq: bool = False,
                        sparse: bool = False) -> Self:
        """An embedding of these rows (V, D); freeze leaves them as they are while training."""
        rows, columns = _size_of(embeddings)
        return cls(rows, columns, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse, _weight=embeddings,
                   _freeze=freeze)


class EmbeddingBag(_Rows):
    """The sum, mean or largest of the rows of each bag of things, without keeping the rows themselves.

    num_embeddings, embedding_dim, max_norm, norm_type, scale_grad_by_freq, sparse, device, dtype: as for Embedding
    mode: "sum", "mean" or "max"
    include_last_offset: the offsets have one more at the end, the number of all things
    padding_idx: a thing that is left out of its bag, in [-V, V)

    The call takes the bags, where each begins, and, for "sum", factors of the rows, in the shape of the bags.

    Shape: (B, N) of int64 or int32, in [0, V); or (N), and offsets (B) that begin with 0 -> (B, D).
    Raises: IndexError for a number out of range; ValueError for another mode, or bags and offsets of other dimensions;
    RuntimeError for numbers of another type, or offsets that are out of order or range; NotImplementedError for factors
    in another mode; AssertionError for a padding_idx out of range.
    Source: Joulin, Grave, Bojanowski & Mikolov, "Bag of Tricks for Efficient Text Classification", 2016,
    arXiv:1607.01759.

    >>> import mtorch
    >>> mtorch.nn.EmbeddingBag(10, 3, mode="sum")(mtorch.tensor([[1, 2]])).shape
    torch.Size([1, 3])
    """

    def __init__(self, num_embeddings: int, embedding_dim: int, max_norm: float | None = None, norm_type: float = 2.0,
                 scale_grad_by_freq: bool = False, mode: str = "mean", sparse: bool = False,
                 _weight: Tensor | None = None, include_last_offset: bool = False, padding_idx: int | None = None,
                 device: DeviceLike | None = None, dtype: dtypes.dtype | None = None) -> None:
        super().__init__()
        self.mode, self.include_last_offset = mode, include_last_offset
        self._make(num_embeddings, embedding_dim, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse, _weight,
                   False, device, dtype)

    def forward(self, input: Tensor, offsets: Tensor | None = None, per_sample_weights: Tensor | None = None) -> Tensor:
        return F.embedding_bag(input, self.weight, offsets, self.max_norm, self.norm_type, self.scale_grad_by_freq,
                               self.mode, self.sparse, per_sample_weights, self.include_last_offset, self.padding_idx)

    def extra_repr(self) -> str:
        text = f"{self.num_embeddings}, {self.embedding_dim}"
        if self.max_norm is not None:
            text += f", max_norm={self.max_norm}"
        if self.norm_type != 2:
            text += f", norm_type={self.norm_type}"
        if self.scale_grad_by_freq is not False:
            text += f", scale_grad_by_freq={self.scale_grad_by_freq}"
        text += f", mode={self.mode!r}"
        if self.padding_idx is not None:
            text += f", padding_idx={self.padding_idx}"
        return text

    @classmethod
    def from_pretrained(cls, embeddings: Tensor, freeze: bool = True, max_norm: float | None = None,
                        norm_type: float = 2.0, scale_grad_by_freq: bool = False, mode: str = "mean",
                        sparse: bool = False, include_last_offset: bool = False,
                        padding_idx: int | None = None) -> Self:
        """A bag of these rows (V, D); freeze leaves them as they are while training."""
        rows, columns = _size_of(embeddings)
        bag = cls(rows, columns, max_norm, norm_type, scale_grad_by_freq, mode, sparse, embeddings, include_last_offset,
                  padding_idx)
        bag.weight.requires_grad_(not freeze)
        return bag
