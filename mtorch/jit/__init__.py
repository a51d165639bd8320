"""`torch.compile` and `torch.jit`: programs run as they are written here, so each gives back what it was given."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple, NoReturn

from ..nn.module import Module

__all__ = ["Attribute", "Final", "ScriptFunction", "ScriptModule", "TracerWarning", "annotate", "compile", "export", "freeze",
           "ignore", "interface", "is_scripting", "is_tracing", "load", "optimized_execution", "save", "script",
           "script_if_tracing", "script_method", "trace", "trace_module", "unused"]

_MODES = ("default", "lite", "reduce-overhead", "max-autotune-no-cudagraphs", "max-autotune")


def compile(model: Callable | None = None, *, fullgraph: bool = False, dynamic: bool | None = None,
            backend: str | Callable = "inductor", mode: str | None = None, options: dict | None = None,
            disable: bool = False) -> Any:
    """The function or Module itself; with options alone, a decorator that gives back what it decorates.

    Raises: RuntimeError for a mode that torch does not know, or for a mode together with options.

    >>> import mtorch
    >>> @mtorch.compile(mode="reduce-overhead")
    ... def double(x):
    ...     return 2 * x
    >>> double(mtorch.ones(1)), mtorch.compile(double) is double
    (tensor([2.]), True)
    """
    if mode is not None and options is not None:
        raise RuntimeError("Either mode or options can be specified, but both can't be specified at the same time.")
    if mode is not None and mode not in _MODES:
        raise RuntimeError(f"Unrecognized mode={mode}, should be one of: {', '.join(_MODES)}")
    return _given if model is None else _given(model)


def _given(thing: Any) -> Any:
    if not callable(thing):
        raise TypeError(f"expected a function or a Module, got {type(thing).__name__}")
    return thing


def script(obj: Any, optimize: Any = None, example_inputs: Any = None) -> Any:
    """The function, class or Module itself."""
    return _given(obj)


def trace(func: Any, example_inputs: Any = None, *args: Any, example_kwarg_inputs: Any = None, **kwargs: Any) -> Any:
    """The function or Module itself, after one call with the example, which shows that it can take it.

    >>> import mtorch
    >>> net = mtorch.nn.Linear(2, 1)
    >>> mtorch.jit.trace(net, mtorch.ones(1, 2)) is net
    True
    """
    from ..autograd.mode import no_grad
    with no_grad():
        if example_kwarg_inputs is not None:
            func(**example_kwarg_inputs)
        else:
            func(*example_inputs) if isinstance(example_inputs, tuple) else func(example_inputs)
    return _given(func)


def script_if_tracing(fn: Callable) -> Callable:
    """The function itself."""
    return _given(fn)


def ignore(drop: Any = False, **kwargs: Any) -> Any:
    """A decorator, with or without parentheses, that gives back the function."""
    return drop if callable(drop) else _given


def unused(fn: Callable) -> Callable:
    """The function itself."""
    return _given(fn)


export = script_method = interface = _overload = _overload_method = unused


def trace_module(mod: Any, inputs: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
    """The Module itself, after a call of each method that inputs names with its example."""
    for method, example in inputs.items():
        trace(getattr(mod, method), example)
    return _given(mod)


def annotate(the_type: Any, the_value: Any) -> Any:
    """The value itself: a type is for a compiler."""
    return the_value


class Attribute(NamedTuple):
    """A value of a ScriptModule with its type: the pair."""

    value: Any
    type: Any


class ScriptModule(Module):
    """The base class of modules written for the compiler: a Module."""


class ScriptFunction:
    """What torch makes of a function that it compiles; here functions stay what they are, and none is made."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError("ScriptFunction: nothing is compiled, jit.script gives the function back")


class TracerWarning(Warning):
    """Torch's warning of what a trace cannot see; nothing is traced."""


def is_scripting() -> bool:
    """False: nothing is compiled."""
    return False


def is_tracing() -> bool:
    """False: nothing is compiled."""
    return False


def optimized_execution(should_optimize: bool):
    """A `with` block inside which nothing is different."""
    import contextlib
    return contextlib.nullcontext()


def freeze(mod: Any, preserved_attrs: Any = None, optimize_numerics: bool = True) -> Any:
    """The Module itself."""
    return _given(mod)


def save(m: Any, f: Any, _extra_files: Any = None) -> NoReturn:
    """TorchScript's file format is not here: an error."""
    raise NotImplementedError("jit.save: mtorch writes no TorchScript; torch.save(model.state_dict(), path) keeps the "
                              "weights")


def load(f: Any, map_location: Any = None, _extra_files: Any = None) -> NoReturn:
    """TorchScript's file format is not here: an error."""
    raise NotImplementedError("jit.load: mtorch reads no TorchScript; build the model in Python and load its "
                              "state_dict")
