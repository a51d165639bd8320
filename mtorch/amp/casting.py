"""Which functions compute in which type inside an autocast block, and how they come to do it.

PyTorch has three kinds: products, which lose little and gain most (`NARROW`); losses and what sums up or solves, which would
lose much and are brought to float32 (`WIDE`); all others take their arguments as they come.  A program that enters no such
block pays nothing: the first one puts functions that look for a block (`begin`) in the places of the plain ones.
"""
from __future__ import annotations

import functools
import importlib
import sys
import threading
from collections.abc import Callable
from types import FunctionType
from typing import Any

from ..dtypes import dtype, float32, float64
from ..nn.rnn import RNNBase
from ..nn.rnn_cell import RNNCellBase
from ..nn.utils.rnn import PackedSequence
from ..tensor import Tensor

NARROW = {
    "functions.matrix": "matmul multiplied mm bmm addmm addbmm baddbmm",
    "functions.linalg.products": "vecdot multi_dot",
    "nn.functional": "linear conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d prelu "
                     "scaled_dot_product_attention",
}
WIDE = {
    "": "trace prod cdist polar quantile nanquantile stft view_as_complex cholesky cholesky_inverse cholesky_solve inverse qr "
        "lu lu_solve triangular_solve svd pinverse orgqr",
    "linalg": "cholesky cholesky_ex cond eig eigvals eigh eigvalsh householder_product lstsq qr inv inv_ex solve matrix_rank svd "
              "svdvals tensorinv tensorsolve",
    "fft": "fft fft2 fftn ifft ifft2 ifftn rfft rfft2 rfftn irfft irfft2 irfftn hfft ihfft",
    "nn.functional": "avg_pool3d adaptive_avg_pool3d adaptive_max_pool3d max_pool3d fractional_max_pool2d "
                     "fractional_max_pool3d max_unpool1d max_unpool2d max_unpool3d grid_sample binary_cross_entropy "
                     "binary_cross_entropy_with_logits cosine_embedding_loss cross_entropy ctc_loss hinge_embedding_loss "
                     "huber_loss kl_div l1_loss linear_cross_entropy margin_ranking_loss mse_loss multi_margin_loss "
                     "multilabel_margin_loss nll_loss poisson_nll_loss smooth_l1_loss soft_margin_loss triplet_margin_loss",
}
ALONE = {                              # made of products here, and in PyTorch not
    "functions.matrix": "mv dot addmv addr",
    "nn.functional": "bilinear",
}


class _State(threading.local):
    """Of each thread."""

    def __init__(self) -> None:
        self.narrow: dtype | None = None             # what products compute in; None outside of a block
        self.blocks: list[tuple[str, Any]] = []      # the blocks around, each with its device


state = _State()


def in_type(x: Any, kind: dtype | None) -> Any:
    """An argument in this type, if it is a tensor of floating point numbers and not of float64; None for as it is."""
    if isinstance(x, Tensor):
        if kind is None or not x.is_floating_point() or x.dtype is float64:
            return x
        return x.to(kind)
    if isinstance(x, PackedSequence):
        return x._replace(data=in_type(x.data, kind))
    if isinstance(x, (list, tuple)) and not hasattr(x, "_fields"):
        return type(x)(in_type(e, kind) for e in x)
    return x


def _called(function: Callable, kind: dtype | None, args: tuple, kwargs: dict) -> Any:
    """function of its arguments in this type; what it calls does not cast again."""
    narrow, state.narrow = state.narrow, None
    try:
        return function(*(in_type(a, kind) for a in args), **{name: in_type(a, kind) for name, a in kwargs.items()})
    finally:
        state.narrow = narrow


def _looking(kind: Callable[[], dtype | None], function: Callable) -> Callable:
    """The function, which inside a block has its arguments in the type that kind gives."""
    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs) if state.narrow is None else _called(function, kind(), args, kwargs)
    return call


_narrow = functools.partial(_looking, lambda: state.narrow)
_wide = functools.partial(_looking, lambda: float32)
_alone = functools.partial(_looking, lambda: None)


def _summing(function: Callable) -> Callable:
    """einsum is a product where it sums over several operands; else it is a multiplication, or a view."""
    narrow = _narrow(function)

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if state.narrow is None or not isinstance(args[0], str):
            return narrow(*args, **kwargs)
        left, arrow, right = args[0].replace(" ", "").partition("->")
        summed = any(c not in right if arrow else left.count(c) > 1 for c in left if c.isalpha())
        return (narrow if summed and "," in left else function)(*args, **kwargs)
    return call


def _layer(run: Callable) -> Callable:
    """A recurrent layer computes in float32.  RNN and LSTM show the narrower type, as PyTorch's do, GRU that of its state."""
    @functools.wraps(run)
    def call(self: RNNBase, input: Any, states: Any) -> Any:
        narrow = state.narrow
        if narrow is None:
            return run(self, input, states)
        kind = narrow if self.mode != "GRU" else _first(states, input).dtype
        return tuple(in_type(each, kind) for each in _called(functools.partial(run, self), float32, (input, states), {}))
    return call


def _cell(step: Callable) -> Callable:
    """One step computes in float32, and shows the type of the state."""
    @functools.wraps(step)
    def call(self: RNNCellBase, rule: Callable, input: Any, states: Any, *count: int) -> Any:
        if state.narrow is None:
            return step(self, rule, input, states, *count)
        return in_type(_called(functools.partial(step, self, rule), float32, (input, states, *count), {}),
                       _first(states, input).dtype)
    return call


def _first(states: Any, input: Any) -> Tensor:
    return states[0] if states else input.data if isinstance(input, PackedSequence) else input


@functools.cache
def begin() -> None:
    """Have these functions look for a block, from now on, wherever they stand in the package."""
    package = __name__.split(".")[0]
    policies: dict[Callable, Callable] = {}
    for kinds, policy in ((NARROW, _narrow), ({"": "einsum"}, _summing), (WIDE, _wide), (ALONE, _alone)):
        for module, names in kinds.items():
            home = importlib.import_module(f"{package}.{module}".rstrip("."))
            policies |= {_plain(getattr(home, name)): policy for name in names.split()}
    RNNBase._run = _layer(RNNBase._run)                        # type: ignore[method-assign]
    RNNCellBase._step = _cell(RNNCellBase._step)               # type: ignore[method-assign]
    made: dict[Callable, Callable] = {}
    homes = [module for name, module in list(sys.modules.items()) if name.split(".")[0] == package and module]
    for place in (*homes, *Tensor.__mro__[:-1]):
        for name, value in list(vars(place).items()):
            if isinstance(value, FunctionType) and _plain(value) in policies:
                setattr(place, name, made.setdefault(value, policies[_plain(value)](value)))


def _plain(function: Callable) -> Callable:
    """The function itself, of one that asks the classes of its arguments first, see torch_function.py."""
    return function.__wrapped__ if hasattr(function, "public_name") else function      # type: ignore[attr-defined]
