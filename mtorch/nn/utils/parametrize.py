"""Parametrizations: a parameter that is computed, anew at each use, from one or several others that are trained.

`register_parametrization(layer, "weight", Symmetric())` moves the weight to `layer.parametrizations.weight.original` and
puts in its place a property that runs Symmetric on it.  A property belongs to a class, so the layer gets a class of its
own, a subclass of what it was.
"""
from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from ...autograd.mode import no_grad
from ...tensor import Parameter, Tensor
from ..container import ModuleDict, ModuleList
from ..module import Module

_cache: dict[tuple[int, str], Tensor] = {}
_cached_blocks = 0


@contextmanager
def cached() -> Iterator[None]:
    """Within the block each parametrized tensor is computed once only.

    >>> import mtorch
    >>> layer = mtorch.nn.utils.parametrizations.weight_norm(mtorch.nn.Linear(2, 2))
    >>> with mtorch.nn.utils.parametrize.cached():
    ...     layer.weight is layer.weight
    True
    """
    global _cached_blocks
    _cached_blocks += 1
    try:
        yield
    finally:
        _cached_blocks -= 1
        if not _cached_blocks:
            _cache.clear()


def _register(module: Module, name: str, value: Tensor) -> None:
    if isinstance(value, Parameter):
        module.register_parameter(name, value)
    else:
        module.register_buffer(name, value)


def _set(tensor: Tensor, value: Tensor) -> None:
    """Give a tensor, which an optimizer may hold, other values."""
    with no_grad():
        tensor.data = value.detach()


class ParametrizationList(ModuleList):
    """The parametrizations of one tensor, in order, and the `original` (or original0, original1, ...) they start from.

    modules   the parametrizations; `right_inverse`, where they have it, gives the original from the present value
    original  the tensor to be parametrized
    unsafe    the result may have another shape or dtype than the tensor had

    Raises: ValueError when right_inverse gives no Tensor, or the result would be of another shape or dtype.
    """

    original: Tensor
    unsafe: bool

    def __init__(self, modules: Sequence[Module], original: Tensor, unsafe: bool = False) -> None:
        if len(modules) == 0:
            raise ValueError("ParametrizationList requires one or more modules.")
        super().__init__(modules)
        self.unsafe = unsafe
        shape, dtype = original.shape, original.dtype
        with no_grad():
            new: Any = original
            for module in reversed(list(self)):
                if hasattr(module, "right_inverse"):
                    try:
                        new = module.right_inverse(new)
                    except NotImplementedError:
                        pass                             # then the original is the present value
        self.is_tensor = isinstance(new, Tensor)
        if not isinstance(new, (Tensor, Sequence)):
            raise ValueError("'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). "
                             f"Got {type(new).__name__}")
        self.ntensors = 1 if isinstance(new, Tensor) else len(new)
        if isinstance(new, Tensor):
            if original.dtype != new.dtype:
                raise ValueError("When `right_inverse` outputs one tensor, it may not change the dtype.\n"
                                 f"original.dtype: {original.dtype}\nright_inverse(original).dtype: {new.dtype}")
            _set(original, new)
            _register(self, "original", original)
        else:
            for i, part in enumerate(new):
                if not isinstance(part, Tensor):
                    raise ValueError("'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). "
                                     f"Got element {i} of the sequence with type {type(part).__name__}.")
                part = Parameter(part) if isinstance(original, Parameter) else part
                _register(self, f"original{i}", part.requires_grad_(original.requires_grad))
        if not unsafe:
            result = self()
            _check_same("Registering a parametrization may not change the {} of the tensor, unless `unsafe` flag is "
                        "enabled.", result, shape, dtype, "unparametrized {}", "parametrized {}")

    def right_inverse(self, value: Tensor) -> None:
        """Set the originals so that the parametrized tensor becomes value, as far as the parametrizations can."""
        with no_grad():
            new: Any = value
            for module in reversed(list(self)):
                if not hasattr(module, "right_inverse"):
                    raise RuntimeError(f"parametrization {type(module).__name__} does not implement right_inverse.")
                new = module.right_inverse(new)
            if self.is_tensor:
                if not isinstance(new, Tensor):
                    raise ValueError(f"`right_inverse` should return a tensor. Got {type(new).__name__}")
                if new.dtype != self.original.dtype:
                    raise ValueError(f"The tensor returned by `right_inverse` has dtype {new.dtype} while `original` "
                                     f"has dtype {self.original.dtype}")
                _set(self.original, new)
                return
            if not isinstance(new, Sequence):
                raise ValueError(f"'right_inverse' must return a sequence of tensors. Got {type(new).__name__}.")
            if len(new) != self.ntensors:
                raise ValueError(f"'right_inverse' must return a sequence of tensors of length {self.ntensors}. Got a "
                                 f"sequence of length {len(new)}.")
            for i, part in enumerate(new):
                original = getattr(self, f"original{i}")
                if not isinstance(part, Tensor):
                    raise ValueError("'right_inverse' must return a sequence of tensors. Got element "
                                     f"{i} of type {type(part).__name__}")
                if original.dtype != part.dtype:
                    raise ValueError(f"Tensor {i} returned by `right_inverse` has dtype {part.dtype} while "
                                     f"`original{i}` has dtype {original.dtype}")
                _set(original, part)

    def forward(self) -> Any:
        first, *others = self
        originals = [self.original] if self.is_tensor else [getattr(self, f"original{i}") for i in range(self.ntensors)]
        x = first(*originals)
        for parametrization in others:
            x = parametrization(x)
        return x


def _check_same(complaint: str, result: Any, shape: Any, dtype: Any, before: str, after: str) -> None:
    if not isinstance(result, Tensor):
        raise ValueError(f"A parametrization must return a tensor. Got {type(result).__name__}.")
    for what, old, new in (("dtype", dtype, result.dtype), ("shape", shape, result.shape)):
        if old != new:
            raise ValueError(f"{complaint.format(what)}\n{before.format(what)}: {old}\n{after.format(what)}: {new}")


def _deepcopied(module: Any, memo: dict) -> Any:
    twin = memo[id(module)] = object.__new__(type(module))
    twin.__setstate__(copy.deepcopy(module.__dict__, memo))
    return twin


def _not_pickled(module: Any) -> Any:
    raise RuntimeError("Serialization of parametrized modules is only supported through state_dict(). See:\n"
                       "https://pytorch.org/tutorials/beginner/saving_loading_models.html"
                       "#saving-loading-a-general-checkpoint-for-inference-and-or-resuming-training")


def _give_own_class(module: Module) -> None:
    own = type(module)
    methods: dict[str, Any] = {"__getstate__": _not_pickled}
    if not hasattr(own, "__deepcopy__"):
        methods["__deepcopy__"] = _deepcopied
    module.__class__ = type(f"Parametrized{own.__name__}", (own,), methods)


def _put_property(module: Module, tensor_name: str) -> None:
    """The attribute of that name, in the module's own class, is what the parametrizations compute."""

    def get_parametrized(self: Any) -> Any:
        parametrization = self.parametrizations[tensor_name]
        if not _cached_blocks:
            return parametrization()
        key = id(self), tensor_name
        if key not in _cache:
            _cache[key] = parametrization()
        return _cache[key]

    def set_original(self: Any, value: Tensor) -> None:
        self.parametrizations[tensor_name].right_inverse(value)

    setattr(type(module), tensor_name, property(get_parametrized, set_original))


def register_parametrization(module: Module, tensor_name: str, parametrization: Module, *,
                             unsafe: bool = False) -> Module:
    """Let a parameter or buffer of a module be computed by a parametrization; returns the module.

    A second one is applied to what the first gives.  When the tensor is assigned to, `right_inverse` of the
    parametrizations, last to first, tells what the original has to be.

    module, tensor_name: a module and the name of one of its parameters or buffers
    parametrization: a Module whose forward gives the tensor from its original
    unsafe: the result may have another shape or dtype than the tensor had

    Raises: ValueError for a tensor that is not there, or a result of another shape or dtype.

    >>> import mtorch
    >>> class Doubled(mtorch.nn.Module):
    ...     def forward(self, x):
    ...         return 2 * x
    >>> layer = mtorch.nn.Linear(2, 1)
    >>> _ = mtorch.nn.utils.parametrize.register_parametrization(layer, "bias", Doubled())
    >>> bool(layer.bias == 2 * layer.parametrizations.bias.original)
    True
    """
    parametrization.train(module.training)
    if is_parametrized(module, tensor_name):
        if not unsafe:
            _check_fits(module, tensor_name, parametrization)
        module.parametrizations[tensor_name].append(parametrization)
        module.parametrizations[tensor_name].unsafe |= unsafe
    elif tensor_name in module._buffers or tensor_name in module._parameters:
        parametrizations = ParametrizationList([parametrization], getattr(module, tensor_name), unsafe=unsafe)
        delattr(module, tensor_name)
        if not is_parametrized(module):
            _give_own_class(module)
            module.parametrizations = ModuleDict()
        _put_property(module, tensor_name)
        module.parametrizations[tensor_name] = parametrizations
    else:
        raise ValueError(f"Module '{module}' does not have a parameter, a buffer, or a parametrized element with name "
                         f"'{tensor_name}'")
    return module


def _check_fits(module: Module, tensor_name: str, parametrization: Module) -> None:
    """A further parametrization must keep shape and dtype, and so must its inverse."""
    y = getattr(module, tensor_name)
    x = parametrization(y)
    _check_same("Registering a parametrization may not change the {} of the tensor, unless the `unsafe` flag is "
                "enabled.",
                x, y.shape, y.dtype, f"module.{tensor_name}.{{}}", f"parametrization(module.{tensor_name}).{{}}")
    if hasattr(parametrization, "right_inverse"):
        try:
            z = parametrization.right_inverse(x)
        except NotImplementedError:
            return
        if not isinstance(z, Tensor):
            raise ValueError(f"parametrization.right_inverse must return a tensor. Got: {type(z).__name__}")
        _check_same("The tensor returned by parametrization.right_inverse must have the same {} as "
                    f"module.{tensor_name}, unless the `unsafe` flag is enabled.",
                    z, y.shape, y.dtype, f"module.{tensor_name}.{{}}", "returned {}")


def is_parametrized(module: Module, tensor_name: str | None = None) -> bool:
    """Whether a module has parametrizations, or one of that tensor.

    module: anything; what is no module has none
    tensor_name: the name of a parameter or buffer; any if None

    >>> import mtorch
    >>> mtorch.nn.utils.parametrize.is_parametrized(mtorch.nn.Linear(1, 1))
    False
    """
    parametrizations = getattr(module, "parametrizations", None)
    if not isinstance(parametrizations, ModuleDict):
        return False
    return len(parametrizations) > 0 if tensor_name is None else tensor_name in parametrizations


def remove_parametrizations(module: Module, tensor_name: str, leave_parametrized: bool = True) -> Module:
    """Take the parametrizations of a tensor away; returns the module.

    module, tensor_name: a module and the name of a tensor that is parametrized
    leave_parametrized: the tensor keeps its present, computed value; otherwise it gets the original back

    Raises: ValueError when there is none, or when there is no single original to give back.

    >>> import mtorch
    >>> layer = mtorch.nn.utils.parametrizations.weight_norm(mtorch.nn.Linear(1, 1))
    >>> mtorch.nn.utils.parametrize.remove_parametrizations(layer, "weight")
    Linear(in_features=1, out_features=1, bias=True)
    """
    if not is_parametrized(module, tensor_name):
        raise ValueError(f"Module {module} does not have a parametrization on {tensor_name}")
    parametrizations = module.parametrizations[tensor_name]
    if parametrizations.is_tensor:
        original = parametrizations.original
        if leave_parametrized:
            with no_grad():
                _set(original, getattr(module, tensor_name))
    elif leave_parametrized:
        t = getattr(module, tensor_name)
        original = Parameter(t) if t.requires_grad else t
    else:
        raise ValueError("Cannot leave unparametrized (`leave_parametrized=False`) a tensor that is parametrized in "
                         "terms of a sequence of tensors.")
    delattr(type(module), tensor_name)
    del module.parametrizations[tensor_name]
    _register(module, tensor_name, original)
    if not is_parametrized(module):
        delattr(module, "parametrizations")
        module.__class__ = type(module).__bases__[0]
    return module


def type_before_parametrizations(module: Module) -> type:
    """The class a module had before it was parametrized.

    >>> import mtorch
    >>> layer = mtorch.nn.utils.parametrizations.weight_norm(mtorch.nn.Linear(1, 1))
    >>> mtorch.nn.utils.parametrize.type_before_parametrizations(layer).__name__
    'Linear'
    """
    return type(module).__bases__[0] if is_parametrized(module) else type(module)


def transfer_parametrizations_and_params(from_module: Module, to_module: Module,
                                         tensor_name: str | None = None) -> Module:
    """Give to_module the parametrizations and originals of from_module; returns to_module.

    from_module, to_module: to_module gets a parameter where it has none of the name
    tensor_name: of this tensor alone; of all if None

    Raises: KeyError for a tensor that is not parametrized, in a module that is.

    >>> import mtorch
    >>> from mtorch.nn.utils import parametrizations, parametrize
    >>> source = parametrizations.weight_norm(mtorch.nn.Linear(2, 1))
    >>> layer = parametrize.transfer_parametrizations_and_params(source, mtorch.nn.Linear(2, 1))
    >>> bool((layer.weight == source.weight).all())
    True
    """
    if is_parametrized(from_module):
        for name in list(from_module.parametrizations) if tensor_name is None else [tensor_name]:
            if not hasattr(to_module, name):
                setattr(to_module, name, Parameter(getattr(from_module, name)))
            source = from_module.parametrizations[name]
            for parametrization in source:
                register_parametrization(to_module, name, parametrization)
            for held in ["original"] if source.is_tensor else [f"original{i}" for i in range(source.ntensors)]:
                setattr(to_module.parametrizations[name], held, getattr(source, held))
    return to_module
