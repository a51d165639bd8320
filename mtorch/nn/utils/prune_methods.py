"""How pruning decides: each method makes a mask of ones and zeros, and the parameter is multiplied by it before each call.

A pruned parameter `weight` is `weight_orig` (the parameter) times `weight_mask` (a buffer).  Pruned again, its methods
form a container, each deciding among what the ones before it left.
"""
from __future__ import annotations

import numbers
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any

from ...functions.creation import ones_like, zeros_like
from ...functions.random import rand, rand_like
from ...functions.sorting import kthvalue, topk
from ...tensor import Tensor
from ..module import Module


class BasePruningMethod(ABC):
    """A way of pruning: a subclass says what it is (`PRUNING_TYPE`) and computes a mask.

    PRUNING_TYPE is "unstructured" (single values), "structured" (whole slices along `dim`) or "global".

    Raises: TypeError for making one of a class without compute_mask; AssertionError, when it prunes, for
        importance_scores of another shape than the parameter's.

    >>> import mtorch
    >>> class Odd(mtorch.nn.utils.prune.BasePruningMethod):
    ...     PRUNING_TYPE = "unstructured"
    ...     def compute_mask(self, t, default_mask):
    ...         mask = default_mask.clone()
    ...         mask.view(-1)[1::2] = 0
    ...         return mask
    >>> Odd().prune(mtorch.ones(4))
    tensor([1., 0., 1., 0.])
    """

    _tensor_name: str
    PRUNING_TYPE: str

    @abstractmethod
    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The mask for a tensor of importances, within what default_mask has left."""

    def __call__(self, module: Module, inputs: Any) -> None:
        setattr(module, self._tensor_name, self.apply_mask(module))

    def apply_mask(self, module: Module) -> Tensor:
        """The parameter as it is used: the original times the mask."""
        original = getattr(module, self._tensor_name + "_orig")
        return getattr(module, self._tensor_name + "_mask").to(dtype=original.dtype) * original

    @classmethod
    def apply(cls, module: Module, name: str, *args: Any, importance_scores: Tensor | None = None,
              **kwargs: Any) -> BasePruningMethod:
        """Prune a parameter of a module by this method, whose constructor takes the further arguments.

        importance_scores: decide by these instead of the parameter's own values; of its shape
        """
        method = cls(*args, **kwargs)
        method._tensor_name = name
        parameter = getattr(module, name)
        scores = parameter if importance_scores is None else importance_scores
        if scores.shape != parameter.shape:
            raise AssertionError(f"importance_scores should have the same shape as parameter {name} of {module}, got "
                                 f"{scores.shape} vs {parameter.shape}")
        known = [(number, hook) for number, hook in module._forward_pre_hooks.items()
                 if isinstance(hook, BasePruningMethod) and hook._tensor_name == name]
        if known:                                        # pruned before: decide among what is left
            number, before = known[0]
            container = before if isinstance(before, PruningContainer) else PruningContainer(before)
            default_mask = getattr(module, name + "_mask").detach().clone()
            mask = container.combined(method, scores, default_mask)
            container.add_pruning_method(method)
            del module._forward_pre_hooks[number]
            method = container
        else:
            mask = method.compute_mask(scores, ones_like(parameter))
            delattr(module, name)
            module.register_parameter(name + "_orig", parameter)
        module.register_buffer(name + "_mask", mask)
        setattr(module, name, method.apply_mask(module))
        module.register_forward_pre_hook(method)
        return method

    def prune(self, t: Tensor, default_mask: Tensor | None = None, importance_scores: Tensor | None = None) -> Tensor:
        """A pruned copy of a tensor; nothing is registered."""
        scores = t if importance_scores is None else importance_scores
        if scores.shape != t.shape:
            raise AssertionError(f"importance_scores should have the same shape as tensor t, got {scores.shape} vs "
                                 f"{t.shape}")
        return t * self.compute_mask(scores, ones_like(t) if default_mask is None else default_mask)

    def remove(self, module: Module) -> None:
        """Make the pruning permanent: the parameter itself holds the zeros, and mask and original are gone."""
        name = self._tensor_name
        weight = self.apply_mask(module)
        original = module._parameters[name + "_orig"]
        for part in (name, name + "_orig", name + "_mask"):
            delattr(module, part)
        original.data = weight.data
        setattr(module, name, original)


class PruningContainer(BasePruningMethod):
    """Several methods that pruned the same parameter, first to last.

    args: the methods

    Raises: TypeError for what is no method; ValueError for one of another parameter.

    >>> import mtorch
    >>> layer = mtorch.nn.Linear(4, 1)
    >>> for _ in range(2):
    ...     _ = mtorch.nn.utils.prune.l1_unstructured(layer, "weight", amount=1)
    >>> container, = layer._forward_pre_hooks.values()
    >>> type(container).__name__, len(container), int(layer.weight_mask.sum())
    ('PruningContainer', 2, 2)
    """

    def __init__(self, *args: BasePruningMethod) -> None:
        self._pruning_methods: tuple[BasePruningMethod, ...] = ()
        if len(args) == 1:
            self._tensor_name = args[0]._tensor_name
        for method in args:
            self.add_pruning_method(method)

    def add_pruning_method(self, method: BasePruningMethod) -> None:
        """Add a method, which must be for the same parameter."""
        if not isinstance(method, BasePruningMethod):
            raise TypeError(f"{type(method)} is not a BasePruningMethod subclass")
        if self._tensor_name != method._tensor_name:
            raise ValueError(f"Can only add pruning methods acting on the parameter named '{self._tensor_name}' to "
                             f"PruningContainer {self}. Found '{method._tensor_name}'")
        self._pruning_methods += (method,)

    def __len__(self) -> int:
        return len(self._pruning_methods)

    def __iter__(self) -> Iterator[BasePruningMethod]:
        return iter(self._pruning_methods)

    def __getitem__(self, index: Any) -> Any:
        return self._pruning_methods[index]

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        return self.combined(self._pruning_methods[-1], t, default_mask)

    def combined(self, method: BasePruningMethod, t: Tensor, mask: Tensor) -> Tensor:
        """The mask after a further method has decided among what mask has left."""
        if method.PRUNING_TYPE == "unstructured":
            left: Any = mask == 1
        elif method.PRUNING_TYPE == "structured":
            if not hasattr(method, "dim"):
                raise AttributeError('Pruning methods of PRUNING_TYPE "structured" need to have the attribute `dim` '
                                     "defined.")
            dim = method.dim + t.ndim if method.dim < 0 else method.dim
            if dim < 0:
                raise IndexError(f"Index is out of bounds for tensor with dimensions {t.ndim}")
            kept = mask.sum(dim=[d for d in range(t.ndim) if d != dim]) != 0
            left = _along(dim, kept)
        elif method.PRUNING_TYPE == "global":
            left = (slice(None),) * t.ndim
        else:
            raise ValueError(f"Unrecognized PRUNING_TYPE {method.PRUNING_TYPE}")
        result = mask.to(dtype=t.dtype).clone()
        result[left] = method.compute_mask(t[left], default_mask=mask[left]).to(dtype=result.dtype)
        return result


class Identity(BasePruningMethod):
    """Prunes nothing, but makes mask and original.

    >>> import mtorch
    >>> mtorch.nn.utils.prune.Identity().prune(mtorch.ones(2))
    tensor([1., 1.])
    """

    PRUNING_TYPE = "unstructured"

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        return default_mask


class _ByAmount(BasePruningMethod):
    """Prunes a given part or number of the values, or of the slices along dim."""

    amount: Any

    def __init__(self, amount: Any) -> None:
        if not isinstance(amount, numbers.Real):
            raise TypeError(f"Invalid type for amount: {amount}. Must be int or float.")
        if float(amount) < 0 or not isinstance(amount, numbers.Integral) and float(amount) > 1.0:
            raise ValueError(f"amount={amount} should either be a float in the range [0, 1] or a non-negative integer")
        self.amount = amount

    def number_of(self, size: int) -> int:
        """How many of so many go."""
        if not isinstance(self.amount, numbers.Integral):
            return round(self.amount * size)
        n = int(self.amount)
        if n > size:
            raise ValueError(f"amount={n} should be smaller than the number of parameters to prune={size}")
        return n


class _Unstructured(_ByAmount):
    PRUNING_TYPE = "unstructured"

    def importance(self, t: Tensor) -> Tensor:
        raise NotImplementedError

    largest = False

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        n = self.number_of(t.numel())
        mask = default_mask.clone()
        if n:
            mask.view(-1)[topk(self.importance(t).view(-1), n, largest=self.largest).indices] = 0
        return mask


class RandomUnstructured(_Unstructured):
    """Prunes values drawn at random.

    amount: a part in [0, 1], or how many, an int

    Raises: ValueError for an amount outside that, or of more values than there are; TypeError for one that is no number.

    >>> import mtorch
    >>> mtorch.nn.utils.prune.RandomUnstructured(2).prune(mtorch.ones(4)).sum()
    tensor(2.)
    """

    largest = True

    def importance(self, t: Tensor) -> Tensor:
        return rand_like(t)


class L1Unstructured(_Unstructured):
    """Prunes the values that are smallest in size; amount and errors as for RandomUnstructured.

    Source: Han, Pool, Tran & Dally, "Learning both Weights and Connections for Efficient Neural Networks", 2015,
        arXiv:1506.02626.

    >>> import mtorch
    >>> mtorch.nn.utils.prune.L1Unstructured(2).prune(mtorch.tensor([1.0, -4.0, 3.0, 2.0]))
    tensor([ 0., -4.,  3.,  0.])
    """

    def importance(self, t: Tensor) -> Tensor:
        return t.detach().abs().contiguous()


class _Structured(_ByAmount):
    PRUNING_TYPE = "structured"

    def __init__(self, amount: float, dim: int = -1) -> None:
        super().__init__(amount)
        self.dim = dim

    def kept(self, t: Tensor, n: int) -> Any:
        """Which slices along dim stay when n go."""
        raise NotImplementedError

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        if t.ndim <= 1:
            raise ValueError("Structured pruning can only be applied to multidimensional tensors. Found tensor of "
                             f"shape {t.shape} with {t.ndim} dims")
        if not -t.ndim <= self.dim < t.ndim:
            raise IndexError(f"Invalid index {self.dim} for tensor of size {t.shape}")
        n = self.number_of(t.shape[self.dim])
        if not n:
            return default_mask
        mask = zeros_like(t)
        mask[_along(self.dim % t.ndim, self.kept(t, n))] = 1
        return mask * default_mask.to(dtype=mask.dtype)


def _along(dim: int, key: Any) -> tuple:
    """The index that applies key to one dimension."""
    return (slice(None),) * dim + (key,)


class RandomStructured(_Structured):
    """Prunes slices drawn at random.

    amount: a part of the slices in [0, 1], or how many, an int
    dim: along which the slices lie

    Raises: ValueError for a tensor of fewer than 2 dimensions; IndexError for a dim that it has not; and those as for
        RandomUnstructured.

    >>> import mtorch
    >>> mtorch.nn.utils.prune.RandomStructured(1, dim=0).prune(mtorch.ones(2, 3)).sum()
    tensor(3.)
    """

    def kept(self, t: Tensor, n: int) -> Any:
        draws = rand(t.shape[self.dim])
        return draws > kthvalue(draws, n).values


class LnStructured(_Structured):
    """Prunes the slices whose norm is smallest; amount, dim and errors as for RandomStructured.

    n: the order of the norm, as of `norm`

    Source: Li, Kadav, Durdanovic, Samet & Graf, "Pruning Filters for Efficient ConvNets", 2016, arXiv:1608.08710.

    >>> import mtorch
    >>> mtorch.nn.utils.prune.LnStructured(1, n=2, dim=0).prune(mtorch.tensor([[1.0, 1.0], [3.0, 3.0]]))
    tensor([[0., 0.],
            [3., 3.]])
    """

    def __init__(self, amount: float, n: Any, dim: int = -1) -> None:
        super().__init__(amount, dim)
        self.n = n

    def kept(self, t: Tensor, n: int) -> Any:
        others = [d for d in range(t.ndim) if d != self.dim % t.ndim]
        return topk(t.detach().norm(self.n, others), t.shape[self.dim] - n).indices


class CustomFromMask(BasePruningMethod):
    """Prunes by a mask that is given.

    mask: 1 for what stays, 0 for what goes, in the shape of the parameter

    Raises: AssertionError, when it prunes, for a mask of another shape.

    >>> import mtorch
    >>> mtorch.nn.utils.prune.CustomFromMask(mtorch.tensor([0, 1])).prune(mtorch.ones(2))
    tensor([0., 1.])
    """

    PRUNING_TYPE = "global"

    def __init__(self, mask: Tensor) -> None:
        self.mask = mask

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        if default_mask.shape != self.mask.shape:
            raise AssertionError(f"default_mask shape {default_mask.shape} must match self.mask shape "
                                 f"{self.mask.shape}")
        return default_mask * self.mask.to(dtype=default_mask.dtype)
