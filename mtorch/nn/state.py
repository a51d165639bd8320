"""Saving and loading: `state_dict` and `load_state_dict`, with torch's keys, messages and hooks."""
from __future__ import annotations

import functools
import warnings
from collections import OrderedDict, namedtuple
from collections.abc import Callable, Mapping
from typing import Any

from ..autograd.mode import no_grad
from ..tensor import Parameter, Tensor
from .hooks import HookTable, RemovableHandle, add_hook, hooks_in
from .parameter import is_lazy
from .tree import Tree

EXTRA_STATE_KEY = "_extra_state"


class _IncompatibleKeys(namedtuple("_IncompatibleKeys", ["missing_keys", "unexpected_keys"])):
    """The keys that `load_state_dict` expected and did not find, and found and did not expect."""

    __slots__ = ()

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return super().__repr__()

    __str__ = __repr__


class Stateful(Tree):
    """The part of `Module` that is saved and loaded."""

    _version = 1                                         # of what a class saves; kept in the state's _metadata
    _state_dict_hooks = HookTable(in_calls=False)
    _state_dict_pre_hooks = HookTable(in_calls=False)
    _load_state_dict_pre_hooks = HookTable(in_calls=False)
    _load_state_dict_post_hooks = HookTable(in_calls=False)

    # ---- saving ----------------------------------------------------------------------------

    def state_dict(self, *args: Any, destination: Any = None, prefix: str = "", keep_vars: bool = False) -> Any:
        """All parameters and persistent buffers by their paths; the tensors share the module's memory.

        destination  a dict to add to, instead of a new one
        prefix       what the keys begin with
        keep_vars    give the Parameters themselves, not detached tensors

        >>> import mtorch
        >>> list(mtorch.nn.ParameterList([mtorch.ones(1), mtorch.ones(2)]).state_dict())
        ['0', '1']
        """
        if args:
            warnings.warn("Positional args are being deprecated, use kwargs instead. Refer to "
                          "https://pytorch.org/docs/main/generated/torch.nn.Module.html#torch.nn.Module.state_dict for "
                          "details.", FutureWarning, stacklevel=2)
            given: Any = [*args, *[destination, prefix, keep_vars][len(args):]]
            destination, prefix, keep_vars = given
        if destination is None:
            destination = OrderedDict()
            destination._metadata = OrderedDict()
        local_metadata = {"version": self._version}
        if hasattr(destination, "_metadata"):
            destination._metadata[prefix[:-1]] = local_metadata
        for hook in list(hooks_in(self, "_state_dict_pre_hooks").values()):
            hook(self, prefix, keep_vars)
        self._save_to_state_dict(destination, prefix, keep_vars)
        for name, module in self._modules.items():
            if module is not None:
                module.state_dict(destination=destination, prefix=f"{prefix}{name}.", keep_vars=keep_vars)
        for hook in list(hooks_in(self, "_state_dict_hooks").values()):
            result = hook(self, destination, prefix, local_metadata)
            if result is not None:
                if getattr(hook, "_from_public_api", False):
                    raise RuntimeError("state_dict post-hook must return None")
                destination = result
        return destination

    def _save_to_state_dict(self, destination: Any, prefix: str, keep_vars: bool) -> None:
        """Add what this module itself holds; a subclass may override it to save in a form of its own."""
        buffers = {name: b for name, b in self._buffers.items() if name not in self._non_persistent_buffers_set}
        for name, value in [*self._parameters.items(), *buffers.items()]:
            if value is not None:
                destination[prefix + name] = value if keep_vars else value.detach()
        if _overrides(self, "get_extra_state"):
            destination[prefix + EXTRA_STATE_KEY] = self.get_extra_state()

    def get_extra_state(self) -> Any:
        """What a subclass wants saved beside its tensors; override it together with `set_extra_state`."""
        raise RuntimeError(f"{type(self).__name__} has no extra state: override get_extra_state and set_extra_state")

    def set_extra_state(self, state: Any) -> None:
        """Take back what `get_extra_state` gave."""
        raise RuntimeError(f"{type(self).__name__} has no extra state: override get_extra_state and set_extra_state")

    # ---- loading ---------------------------------------------------------------------------

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True,
                        assign: bool = False) -> _IncompatibleKeys:
        """Copy the values of a state_dict into this module's parameters and buffers.

        strict  the keys must be those of `self.state_dict()`, no more and no fewer
        assign  take the tensors of state_dict themselves instead of copying their values; make the optimizer afterwards

        Returns the missing and the unexpected keys.

        Raises: RuntimeError naming every key that is missing, unexpected or of another shape; TypeError for what is
        not a mapping.

        >>> import mtorch
        >>> net = mtorch.nn.ParameterList([mtorch.zeros(2)])
        >>> net.load_state_dict({"0": mtorch.ones(2)})
        <All keys matched successfully>
        >>> net[0].tolist()
        [1.0, 1.0]
        """
        if not isinstance(state_dict, Mapping):
            raise TypeError(f"Expected state_dict to be dict-like, got {type(state_dict)}.")
        keys = _IncompatibleKeys([], [])
        error_msgs: list[str] = []
        metadata = getattr(state_dict, "_metadata", None)
        state: Any = OrderedDict(state_dict)             # a copy, which hooks may change
        if metadata is not None:
            state._metadata = metadata

        def load(module: Any, state: Any, prefix: str) -> None:
            local_metadata = {} if metadata is None else dict(metadata.get(prefix[:-1], {}))
            if assign:
                local_metadata["assign_to_params_buffers"] = True
            module._load_from_state_dict(state, prefix, local_metadata, True, keys.missing_keys, keys.unexpected_keys,
                                         error_msgs)
            for name, child in module._modules.items():
                if child is not None:
                    below = f"{prefix}{name}."
                    load(child, OrderedDict((k, v) for k, v in state.items() if k.startswith(below)), below)
            for hook in list(hooks_in(module, "_load_state_dict_post_hooks").values()):
                if hook(module, keys) is not None:
                    raise AssertionError("Hooks registered with ``register_load_state_dict_post_hook`` are not "
                                         "expected to return new values, if incompatible_keys need to be modified, it "
                                         "should be done inplace.")

        load(self, state, "")
        if strict:
            quoted = [", ".join(f'"{key}"' for key in group) for group in keys]
            unexpected = [f"Unexpected key(s) in state_dict: {quoted[1]}. "] if quoted[1] else []
            missing = [f"Missing key(s) in state_dict: {quoted[0]}. "] if quoted[0] else []
            error_msgs = missing + unexpected + error_msgs
        if error_msgs:
            raise RuntimeError("\n\t".join([f"Error(s) in loading state_dict for {type(self).__name__}:", *error_msgs]))
        return keys

    def _load_from_state_dict(self, state_dict: Any, prefix: str, local_metadata: dict, strict: bool,
                              missing_keys: list[str], unexpected_keys: list[str], error_msgs: list[str]) -> None:
        """Load what this module itself holds; a subclass may override it to load older forms of its state.

        `local_metadata.get("version")` tells what version of the class wrote it.
        """
        for hook in list(hooks_in(self, "_load_state_dict_pre_hooks").values()):
            hook(self, state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs)
        buffers = {name: b for name, b in self._buffers.items() if name not in self._non_persistent_buffers_set}
        own = {name: value for name, value in [*self._parameters.items(), *buffers.items()] if value is not None}
        assign = local_metadata.get("assign_to_params_buffers", False)
        for name, target in own.items():
            key = prefix + name
            if key in state_dict:
                error = self._load_one(name, key, target, state_dict[key], assign)
                if error:
                    error_msgs.append(error)
            elif strict:
                missing_keys.append(key)
        extra = prefix + EXTRA_STATE_KEY
        if _overrides(self, "set_extra_state"):
            if extra in state_dict:
                self.set_extra_state(state_dict[extra])
            elif strict:
                missing_keys.append(extra)
        elif strict and extra in state_dict:
            unexpected_keys.append(extra)
        if strict:
            for key in state_dict:
                if key.startswith(prefix) and key != extra:
                    name, dot, _ = key[len(prefix):].partition(".")
                    if name not in (self._modules if dot else own):
                        unexpected_keys.append(key)

    def _load_one(self, name: str, key: str, target: Tensor, value: Any, assign: bool) -> str | None:
        """Load one tensor; returns what is wrong, if anything is."""
        if not isinstance(value, Tensor):
            return (f'While copying the parameter named "{key}", expected torch.Tensor or Tensor-like object from '
                    f"checkpoint but received {type(value)}")
        if is_lazy(target) and is_lazy(value):           # neither has numbers
            return None
        if target.shape == () and value.shape == (1,):   # how scalars were saved long ago
            value = value[0]
        if value.shape != target.shape:
            return (f"size mismatch for {key}: copying a param with shape {value.shape} from checkpoint, "
                    f"the shape in current model is {target.shape}.")
        try:
            with no_grad():
                if not assign:
                    target.copy_(value)
                elif not isinstance(target, Parameter):
                    setattr(self, name, value)
                elif isinstance(value, Parameter):
                    setattr(self, name, value.requires_grad_(target.requires_grad))
                else:
                    setattr(self, name, Parameter(value, requires_grad=target.requires_grad))
        except Exception as error:
            return (f'While copying the parameter named "{key}", whose dimensions in the model are {target.size()} and '
                    f"whose dimensions in the checkpoint are {value.size()}, an exception occurred : {error.args}.")
        return None

    # ---- hooks -----------------------------------------------------------------------------

    def register_state_dict_pre_hook(self, hook: Callable) -> RemovableHandle:
        """Run `hook(module, prefix, keep_vars)` before this module's part of a state_dict is made."""
        return add_hook(self._state_dict_pre_hooks, hook)

    def register_state_dict_post_hook(self, hook: Callable) -> RemovableHandle:
        """Run `hook(module, state_dict, prefix, local_metadata)` after; it may change state_dict, and returns None."""
        hook._from_public_api = True                     # type: ignore[attr-defined]
        return add_hook(self._state_dict_hooks, hook)

    def _register_state_dict_hook(self, hook: Callable) -> RemovableHandle:
        """As the post hook, and what it returns takes the place of the state_dict that the caller gets."""
        if getattr(hook, "_from_public_api", False):
            raise RuntimeError("Cannot register the same function as the state dict post hook that was previously "
                               "registered via register_state_dict_post_hook")
        return add_hook(self._state_dict_hooks, hook)

    def register_load_state_dict_pre_hook(self, hook: Callable) -> RemovableHandle:
        """Run a hook before this module loads its part; it may change the state_dict and the lists.

        It is `hook(module, state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs)`.
        """
        return self._register_load_state_dict_pre_hook(hook, with_module=True)

    def _register_load_state_dict_pre_hook(self, hook: Callable, with_module: bool = False) -> RemovableHandle:
        """As the public one; without with_module the hook is not given the module."""
        hook = hook if with_module else functools.partial(_without_module, hook)
        return add_hook(self._load_state_dict_pre_hooks, hook)

    def register_load_state_dict_post_hook(self, hook: Callable) -> RemovableHandle:
        """Run `hook(module, incompatible_keys)` after; it may change the two lists of keys, and returns None."""
        return add_hook(self._load_state_dict_post_hooks, hook)


def _overrides(module: Stateful, method: str) -> bool:
    return getattr(type(module), method) is not getattr(Stateful, method)


def _without_module(hook: Callable, module: Stateful, *args: Any) -> Any:
    return hook(*args)
