"""A Module called with other parameters and buffers than its own, which are back in place afterwards."""
from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from ...tensor import Tensor
from ..module import Module

__all__ = ["functional_call"]


def functional_call(module: Module, parameters_and_buffers: dict[str, Tensor], args: Any = None,
                    kwargs: dict[str, Any] | None = None, *, tie_weights: bool = True, strict: bool = False) -> Any:
    """What module gives for args when its parameters and buffers are the given tensors; gradients flow into these.

    module: any; it is as before afterwards
    parameters_and_buffers: tensors by the names of `named_parameters` and `named_buffers`; the others stay the module's own.
        A buffer that the call replaces is replaced in the dict.
    args: a tuple of arguments, or one argument
    kwargs: arguments by name
    tie_weights: what is given for a parameter stands in all places where the module has the same parameter
    strict: the names must be those of the module, no more and no fewer

    Raises: ValueError for different tensors for tied parameters; RuntimeError for names that strict refuses;
        AttributeError for a name that leads nowhere; TypeError for what is no Tensor.

    >>> import mtorch
    >>> net = mtorch.nn.Linear(2, 1)
    >>> weights = {"weight": mtorch.tensor([[1.0, 2.0]]), "bias": mtorch.zeros(1)}
    >>> mtorch.nn.utils.stateless.functional_call(net, weights, mtorch.ones(1, 2))
    tensor([[3.]])
    """
    args = () if args is None else args if isinstance(args, tuple) else (args,)
    with _swapped(module, parameters_and_buffers, tie_weights, strict):
        return module(*args, **(kwargs or {}))


@contextlib.contextmanager
def _swapped(module: Module, given: dict[str, Any], tie_weights: bool, strict: bool) -> Iterator[None]:
    """The block in which the given tensors stand in the module, written into its `__dict__`, where all of its values are."""
    named = {**dict(module.named_parameters(remove_duplicate=False)), **dict(module.named_buffers(remove_duplicate=False))}
    swapped = _tied(named, given) if tie_weights else dict(given)
    if strict:
        _refuse_names(module, set(swapped) - set(named), set(named) - set(swapped))
    before: list[tuple[dict[str, Any], str, str, Any]] = []
    try:
        for path, value in swapped.items():
            values, name = _place(module, path)
            if not isinstance(value, Tensor) and value is not None:
                raise TypeError(f"{value} is not an instance of torch.Tensor")
            before.append((values, name, path, values.get(name, _ABSENT)))
            values[name] = value
        yield
    finally:
        for values, name, path, own in reversed(before):
            if path in given and values.get(name) is not given[path]:
                given[path] = values.get(name)           # by an assignment in forward
            if own is _ABSENT:
                values.pop(name, None)
            else:
                values[name] = own


_ABSENT = object()


def _place(module: Module, path: str) -> tuple[dict[str, Any], str]:
    """The `__dict__` in which the last name of a path stands, and that name."""
    *above, name = path.split(".")
    for part in above:
        child = module._modules.get(part)
        if child is None:
            raise AttributeError(f"{module._get_name()} has no attribute `{part}`")
        module = child
    if name in module._modules:
        raise TypeError(f"{name} is a module of {module._get_name()}, no tensor")
    return module.__dict__, name


def _tied(named: Mapping[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """What is given, also under the other names of the same tensors."""
    names_of: dict[int, list[str]] = {}
    for name, tensor in named.items():
        names_of.setdefault(id(tensor), []).append(name)
    untied = dict(given)
    for names in names_of.values():
        values = [given[name] for name in names if name in given]
        if len({id(value) for value in values}) > 1:
            raise ValueError(f"functional_call got multiple values for keys {sorted(names)}, which are tied. Consider using "
                             "tie_weights=False")
        if values:
            untied.update(dict.fromkeys(names, values[0]))
    return untied


def _refuse_names(module: Module, unexpected: set[str], missing: set[str]) -> None:
    found = [f"{what} key(s): {', '.join(map(repr, sorted(names)))}."
             for what, names in (("Unexpected", unexpected), ("Missing", missing)) if names]
    if found:
        raise RuntimeError("\n\t".join([f"Error(s) in reparametrizing for {module._get_name()}:", *found]))
