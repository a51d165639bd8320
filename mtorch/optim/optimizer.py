"""Optimizer: what the algorithms have in common - groups of parameters with their options, a state for each, step().

An algorithm is one method, `update(param, grad, state, **hyperparameters)`, on arrays, in its paper's symbols: it
changes param and state in place and leaves grad alone.  `step()` (written here, once) finds the parameters that have a
gradient and calls it; how it does so quickly is in `walk.py`.  A whole optimizer:

    class SignSGD(Optimizer):
        def __init__(self, params, lr=0.01):
            super().__init__(params, {"lr": lr})

        def update(self, param, grad, state, *, lr):
            param -= lr * np.sign(grad)
"""
from __future__ import annotations

import warnings
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeAlias, Union

import numpy as np

from .. import later
from ..autograd.mode import enable_grad
from ..autograd.tape import wrap
from ..autograd.stamps import mark_written
from ..nn.hooks import RemovableHandle, add_hook
from ..tensor import Tensor
from . import forgotten, state_dict as saved
from .arithmetic import number
from .hooks import hooked, register_optimizer_step_post_hook, register_optimizer_step_pre_hook
from .walk import Walk

if TYPE_CHECKING:
    from ..nn.module import Module

__all__ = ["Optimizer", "register_optimizer_step_post_hook", "register_optimizer_step_pre_hook", "required"]

# A Module, tensors, (name, tensor) pairs, or dicts of these with options of their own.
ParamsT: TypeAlias = Union["Module", Iterable[Tensor], Iterable[tuple[str, Tensor]], Iterable[dict[str, Any]]]


class _Required:
    """The default of an option that every group has to give."""

    def __repr__(self) -> str:
        return "<required parameter>"


required = _Required()


def __getattr__(name: str) -> Any:
    return later.find(__name__, name)


class Optimizer:
    """The base of all optimizers.

    params      what to optimize: a Module (its tree is walked), tensors, named tensors `(name, tensor)`, or a list of
                groups, dicts with "params" and options of their own
    defaults    the options of groups that give none: name -> value

    A subclass defines `update`, or overrides `step` as torch's users do, with `self.param_groups` and `self.state`.

    Raises: TypeError for what is no tensor; ValueError for an empty list, a tensor that is not a leaf, a parameter in
    two groups, a missing required option; NotImplementedError for capturable and differentiable.

    >>> import mtorch
    >>> class SignSGD(mtorch.optim.Optimizer):
    ...     def __init__(self, params, lr=0.5):
    ...         super().__init__(params, {"lr": lr})
    ...     def update(self, param, grad, state, *, lr):
    ...         param -= lr * np.sign(grad)
    >>> w = mtorch.tensor([3.0, -1.0], requires_grad=True)
    >>> optimizer = SignSGD([w])
    >>> w.square().sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([ 2.5000, -0.5000], requires_grad=True)
    """

    elementwise = False                      # may update() run on a piece of a parameter, or on several strung together
    numbers: tuple[str, ...] = ("step",)     # entries of a parameter's state that are one number, not one for each

    # Tables of hooks: these are shared and stay empty; an optimizer gets its own when a hook is registered.
    _optimizer_step_pre_hooks: OrderedDict = OrderedDict()
    _optimizer_step_post_hooks: OrderedDict = OrderedDict()
    _optimizer_state_dict_pre_hooks: OrderedDict = OrderedDict()
    _optimizer_state_dict_post_hooks: OrderedDict = OrderedDict()
    _optimizer_load_state_dict_pre_hooks: OrderedDict = OrderedDict()
    _optimizer_load_state_dict_post_hooks: OrderedDict = OrderedDict()
    _walks: dict[int, Walk]                  # how each group is walked, found at its first step
    _in_hooked_step = False
    _opt_called = False
    _warned = False                          # of a forgotten zero_grad()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "step" in cls.__dict__:
            cls.step = hooked(cls.step)     # type: ignore[method-assign]

    def __init__(self, params: ParamsT, defaults: dict[str, Any]) -> None:
        if isinstance(params, Tensor):
            raise TypeError("params argument given to the optimizer should be a Module or an iterable of Tensors or "
                            f"dicts, but got one {type(params).__name__}: write [tensor]")
        self.defaults = defaults
        self.state: defaultdict[Tensor, dict[str, Any]] = defaultdict(dict)
        self.param_groups: list[dict[str, Any]] = []
        groups = _listed(params)
        if not groups:
            raise ValueError("optimizer got an empty parameter list")
        if not isinstance(groups[0], dict):
            groups = [{"params": groups}]
        for group in groups:
            self.add_param_group(group)

    def __repr__(self) -> str:
        text = f"{type(self).__name__} ("
        for i, group in enumerate(self.param_groups):
            options = "".join(f"    {name}: {group[name]}\n" for name in sorted(group) if name != "params")
            text += f"\nParameter Group {i}\n{options}"
        return text + ")"

    # ---- the step ------------------------------------------------------------------------------

    def update(self, *args: Any, **hyperparameters: Any) -> None:
        """update(param, grad, state, **hyperparameters): change the arrays param and state in place, leave grad alone.

        state is empty at the first step; arrays put into it are there at the next, and in `state_dict()` as tensors.
        Complex numbers come as pairs of real ones, their parts, in a last dimension of two; so do those of the state.
        The hyperparameters are the options of the group that the signature names, as plain numbers.
        """
        raise NotImplementedError(f"{type(self).__name__} defines neither update() nor step()")

    @hooked
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update every parameter that has a gradient; the gradients stay as they are.

        closure     recomputes the loss and its gradients; its result is returned
        """
        loss = recomputed(closure)
        forgotten.watch(self, self.param_groups[0]["params"])
        walks = self.__dict__.setdefault("_walks", {})
        for i, group in enumerate(self.param_groups):
            walk = walks.get(i)
            if walk is None or not walk.fits(group):
                walk = walks[i] = Walk(self, group)
            walk.run(self, group)
        return loss

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients, or (set_to_none=False) fill them with zeros, in place."""
        for group in self.param_groups:
            for p in group["params"]:
                if set_to_none:
                    p._grad = None                     # as p.grad, a property, which takes ten times as long
                    continue
                grad = p.grad
                if grad is None:
                    continue
                if grad.grad_fn is not None:
                    p.grad = wrap(np.zeros_like(grad.array))
                else:
                    grad.requires_grad_(False)
                    grad.array.fill(0)
                    mark_written(grad.array)

    # ---- groups --------------------------------------------------------------------------------

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Optimize further parameters, with options of their own (`{"params": ..., "lr": ...}`) or the defaults."""
        if not isinstance(param_group, dict):
            raise TypeError(f"param_group must be a dict, but got {type(param_group)}")
        if isinstance(param_group["params"], set):
            raise TypeError("optimizer parameters need to be organized in ordered collections, but the ordering of "
                            "tensors in sets will change between runs. Please use a list instead.")
        items = _listed(param_group["params"])
        names = [item[0] for item in items if isinstance(item, tuple)]
        params = [item[1] if isinstance(item, tuple) else item for item in items]
        if names:
            if len(names) != len(params):
                raise ValueError("all optimizer params should be with/without names. Some param names are missing")
            param_group["param_names"] = names
        param_group["params"] = params
        for p in params:
            self._check_param(p)
        for name, default in self.defaults.items():
            if default is required and name not in param_group:
                raise ValueError(f"parameter group didn't specify a value of required optimization parameter {name}")
            param_group.setdefault(name, default)
        _check_options(type(self).__name__, param_group)

        if len({id(p) for p in params}) != len(params):
            warnings.warn("optimizer contains a parameter group with duplicate parameters; each step will update "
                          "them more than once", stacklevel=3)
        known = {id(p) for group in self.param_groups for p in group["params"]}
        if any(id(p) in known for p in params):
            raise ValueError("some parameters appear in more than one parameter group")
        for group in self.param_groups:
            if ("param_names" in group) != ("param_names" in param_group):
                with_or_without = "with names" if "param_names" in param_group else "without names"
                raise ValueError("all optimizer param groups should be with/without names. cannot add param group "
                                 f"{with_or_without} to the optimizer")
        self.param_groups.append(param_group)

    def _check_param(self, p: Any) -> None:
        if not isinstance(p, Tensor):
            raise TypeError(f"optimizer can only optimize Tensors, but one of the params is {type(p).__name__}")
        if not (p.is_leaf or p.retains_grad):
            raise ValueError("can't optimize a non-leaf Tensor")

    # ---- saving and loading --------------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """The state and the groups, with numbers in place of the parameters: what `load_state_dict` takes back.

        It has torch's form exactly, so that a checkpoint of either opens in the other.
        """
        for hook in self._optimizer_state_dict_pre_hooks.values():
            hook(self)
        result = saved.pack(self.param_groups, self.state)
        for hook in self._optimizer_state_dict_post_hooks.values():
            changed = hook(self, result)
            result = result if changed is None else changed
        return result

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over a state that `state_dict` gave: parameter number i gets the state of number i.  Values are copied.

        Raises: ValueError if the groups are not of the same number and sizes.
        """
        state_dict = state_dict.copy()
        for hook in self._optimizer_load_state_dict_pre_hooks.values():
            changed = hook(self, state_dict)
            state_dict = state_dict if changed is None else changed
        groups, state = saved.unpack(state_dict, self.param_groups)
        self.__setstate__({"state": state, "param_groups": groups})
        for hook in self._optimizer_load_state_dict_post_hooks.values():
            hook(self)

    def __getstate__(self) -> dict[str, Any]:
        return {"defaults": self.defaults, "state": self.state, "param_groups": self.param_groups}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.__dict__.pop("_walks", None)
        for group in self.param_groups:
            for name, default in getattr(self, "defaults", {}).items():      # a checkpoint may be older than an option
                group.setdefault(name, default)
        if type(self).update is not Optimizer.update:
            for kept in self.state.values():                 # torch kept plain numbers, long ago
                for name in self.numbers if isinstance(kept, dict) else ():
                    if isinstance(kept.get(name), (int, float)):
                        kept[name] = wrap(number(kept[name]))

    # ---- hooks ---------------------------------------------------------------------------------

    def _add_hook(self, table: str, hook: Callable, prepend: bool = False) -> RemovableHandle:
        return add_hook(self.__dict__.setdefault(table, OrderedDict()), hook, prepend=prepend)

    def _patch_step_function(self) -> None:
        """Nothing: a class's `step` has its hooks already.  Optimizers around another, which leave `__init__` out, call it."""

    def register_step_pre_hook(self, hook: Callable) -> RemovableHandle:
        """Run `hook(optimizer, args, kwargs)` before each step; it may return new (args, kwargs)."""
        return self._add_hook("_optimizer_step_pre_hooks", hook)

    def register_step_post_hook(self, hook: Callable) -> RemovableHandle:
        """Run `hook(optimizer, args, kwargs)` after each step."""
        return self._add_hook("_optimizer_step_post_hooks", hook)

    def register_state_dict_pre_hook(self, hook: Callable, prepend: bool = False) -> RemovableHandle:
        """Run `hook(optimizer)` before state_dict() gathers the state."""
        return self._add_hook("_optimizer_state_dict_pre_hooks", hook, prepend)

    def register_state_dict_post_hook(self, hook: Callable, prepend: bool = False) -> RemovableHandle:
        """Run `hook(optimizer, state_dict)` on the result of state_dict(); it may return another."""
        return self._add_hook("_optimizer_state_dict_post_hooks", hook, prepend)

    def register_load_state_dict_pre_hook(self, hook: Callable, prepend: bool = False) -> RemovableHandle:
        """Run `hook(optimizer, state_dict)` on what load_state_dict() got; it may return another."""
        return self._add_hook("_optimizer_load_state_dict_pre_hooks", hook, prepend)

    def register_load_state_dict_post_hook(self, hook: Callable, prepend: bool = False) -> RemovableHandle:
        """Run `hook(optimizer)` after load_state_dict()."""
        return self._add_hook("_optimizer_load_state_dict_post_hooks", hook, prepend)


def recomputed(closure: Callable[[], Any] | None) -> Any:
    """The result of a step's closure, run with recording on; None without one."""
    if closure is None:
        return None
    with enable_grad():
        return closure()


def _listed(params: Any) -> list:
    """The parameters as a list: of a module those of its tree, of one tensor itself."""
    if isinstance(params, Tensor):
        return [params]
    if callable(getattr(params, "parameters", None)):
        return list(params.parameters())
    if not isinstance(params, Iterable):
        raise TypeError("params argument given to the optimizer should be a Module or an iterable of Tensors or dicts, "
                        f"but got {type(params).__name__}")
    return list(params)


def _check_options(optimizer: str, group: dict[str, Any]) -> None:
    """Refuse the options that would need another machine; `foreach` and `fused` are hints about speed, all one here."""
    if group.get("differentiable"):
        raise NotImplementedError(f"{optimizer}: differentiable=True, a step that is recorded itself, is not supported")
    if group.get("capturable"):
        raise NotImplementedError(f"{optimizer}: capturable=True is about CUDA graphs, and there is no CUDA here")
    if group.get("foreach") and group.get("fused"):
        raise RuntimeError("`fused` and `foreach` cannot be `True` together.")
