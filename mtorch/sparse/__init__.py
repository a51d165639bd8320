"""mtorch.sparse: what graph networks use of sparse tensors."""
from .making import DoubleTensor, FloatTensor, IntTensor, LongTensor, sparse_coo_tensor
from .normalizing import log_softmax, softmax
from .tensor import SparseTensor, addmm, mm, sum

__all__ = ["DoubleTensor", "FloatTensor", "IntTensor", "LongTensor", "SparseTensor", "addmm", "log_softmax", "mm",
           "softmax", "sparse_coo_tensor", "sum"]


def __getattr__(name: str):
    """What else torch.sparse has is said to be missing."""
    if name in ("sampled_addmm", "spdiags", "spsolve", "as_sparse_gradcheck", "to_sparse_semi_structured"):
        raise NotImplementedError(f"sparse.{name} is not implemented: there is what graph networks use")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
