"""Classes that take over torch's functions by `__torch_function__`.

A class asks to be called in a function's place:

    class Logged(torch.Tensor):
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            print(func.__name__)
            return super().__torch_function__(func, types, args, kwargs)

Every subclass of Tensor has Tensor's own `__torch_function__`, which runs the function and makes its results of the
subclass.  To ask each argument of each call for its class would cost every program; so nothing is asked until a program
defines a subclass of Tensor, or imports torch.overrides.  Then `begin` puts functions that ask at the public names of
torch, torch.nn.functional and their like, and `take_over` gives each subclass methods that ask.  What the package calls inside
itself never asks, as in torch.

So a class that is no Tensor is asked once a program imports `torch.overrides`; and a function that was taken by name before
(`from torch import add`), or a method of a plain Tensor that is given one of a subclass (`plain.add(logged)`, where
`plain + logged` does ask), does not ask.
"""
from __future__ import annotations

import functools
import importlib
import inspect
import threading
from collections.abc import Callable, Iterable, Iterator
from types import FunctionType
from typing import Any

from .autograd import tape
from .autograd.tape import TensorBase

_PUBLIC = ("", ".nn.functional", ".linalg", ".special", ".fft", ".sparse", ".signal.windows")
_COMPUTING = ("functions", "nn", "ops", "native", "methods", "linalg", "special", "fft", "sparse", "signal")
# Functions of nn.functional that torch has from its compiled parts, and where: a class is asked about them as they are called.
COMPILED = {
    "torch._C._nn": "avg_pool2d avg_pool3d elu_ gelu hardtanh_ leaky_relu_ linear one_hot scaled_dot_product_attention softplus "
                    "softshrink",
    "torch": "adaptive_avg_pool1d avg_pool1d bilinear celu_ channel_shuffle conv1d conv2d conv3d conv_transpose1d "
             "conv_transpose2d conv_transpose3d cosine_similarity hardshrink pairwise_distance pdist pixel_shuffle "
             "pixel_unshuffle prelu relu_ rrelu_ selu_ threshold_",
}
_COMPILED = {name for names in COMPILED.values() for name in names.split()}
_IN_PYTHON_TOO = {f"max_pool{n}d" for n in (1, 2, 3)}             # found in torch first, and in nn.functional the same
_NEVER = {"tensor", "as_tensor", "asarray", "is_tensor"}          # they make of anything a tensor, or answer what it is

# The method that torch runs, and names, for an operator; the others go by their own names.
_METHOD_OF = {"__add__": "add", "__sub__": "sub", "__mul__": "mul", "__truediv__": "div", "__mod__": "remainder",
              "__pow__": "pow", "__matmul__": "matmul", "__neg__": "neg", "__pos__": "positive", "__abs__": "abs",
              "__ne__": "ne", "__lt__": "lt", "__le__": "le", "__gt__": "gt", "__ge__": "ge", "__iadd__": "add_",
              "__isub__": "sub_", "__imul__": "mul_", "__itruediv__": "div_"}
_REFLECTED = {f"__r{name}__": f"__{name}__" for name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul",
                                                        "and", "or", "xor", "lshift", "rshift")}
_KEPT = {"__new__", "__init__", "__init_subclass__", "__deepcopy__", "__reduce_ex__", "as_subclass"}    # not taken over
_TENSORS = {"T", "mT", "H", "mH", "data", "real", "imag"}         # the attributes that are tensors


class _Asking(threading.local):
    on = True


asking = _Asking()
asking_for: dict[Callable, Callable] = {}      # a public function -> the one that asks, which stands in its place


# ---- asking ------------------------------------------------------------------------------------


class DisableTorchFunctionSubclass:
    """A `with` block in which no class is asked.

    >>> import mtorch
    >>> class Metres(mtorch.Tensor):
    ...     pass
    >>> with mtorch._C.DisableTorchFunctionSubclass():
    ...     type(Metres([1.0]) + 1).__name__
    'Tensor'
    """

    def __enter__(self) -> None:
        self.before, asking.on = asking.on, False

    def __exit__(self, *error: Any) -> None:
        asking.on = self.before


def is_disabled(method: Callable) -> bool:
    """Is this the `__torch_function__` of a class that does not want to be asked?"""
    return getattr(method, "__name__", "") == "_disabled_torch_function_impl"


def to_ask(values: Iterable[Any]) -> list:
    """The values whose classes are to be asked, one of each class, subclasses before their bases."""
    found: list = []
    for value in values:
        kind = type(value)
        method = getattr(kind, "__torch_function__", None)
        if method is None or kind is tape.Tensor or is_disabled(method) or any(type(v) is kind for v in found):
            continue
        place = next((i for i, v in enumerate(found) if issubclass(kind, type(v))), len(found))
        found.insert(place, value)
    return found


def _arguments(args: tuple, kwargs: dict) -> Iterable[Any]:
    """The arguments, and what stands in their lists: `torch.cat([a, b])` asks a and b."""
    for value in (*args, *kwargs.values()):
        if isinstance(value, (list, tuple)):
            yield from value
        else:
            yield value


def ask(func: Callable, found: list, args: tuple, kwargs: dict | None) -> Any:
    """What the first of the classes says that does not answer NotImplemented to func(*args, **kwargs)."""
    types = tuple(map(type, found))
    for value in found:
        result = value.__torch_function__(func, types, args, kwargs)
        if result is not NotImplemented:
            return result
    name = getattr(func, "public_name", f"torch.Tensor.{func.__name__}")
    raise TypeError(f"Multiple dispatch failed for '{name}'; all __torch_function__ handlers returned NotImplemented:\n\n"
                    + "".join(f"  - tensor subclass {kind}\n" for kind in types))


# ---- Tensor's own answer -----------------------------------------------------------------------

def nowrap() -> set[Callable]:
    """The functions whose result stays as it is: those that show a tensor's gradient."""
    return {tape.Tensor.grad.__get__}                              # type: ignore[attr-defined]


def of_the_class(cls: type, func: Callable, types: Iterable[type], args: tuple, kwargs: dict | None) -> Any:
    """What Tensor's `__torch_function__` does: run the function, and make its results of the class."""
    if not all(issubclass(cls, kind) for kind in types):
        return NotImplemented
    with DisableTorchFunctionSubclass():
        result = func(*args, **kwargs or {})
        return result if func in nowrap() else _converted(result, cls, args)


def _converted(result: Any, cls: Any, args: tuple) -> Any:
    kind = type(result)
    if kind is tape.Tensor and cls is not kind:
        if any(result is a for a in args):                         # in place: the program's own tensor keeps its class
            return result.as_subclass(cls)
        result.__class__ = cls
        return result
    if isinstance(result, (tuple, list)):
        parts = [_converted(r, cls, args) for r in result]
        return kind(*parts) if hasattr(result, "_fields") else kind(parts)
    return result


# ---- taking over -------------------------------------------------------------------------------

def take_over(cls: type) -> None:
    """Give a subclass of Tensor methods that ask it."""
    begin()
    own = [kind for kind in cls.__mro__ if not issubclass(tape.Tensor, kind)]
    all_properties = any("__torch_function__" in vars(kind) for kind in own)
    for kind in tape.Tensor.__mro__:
        for name, value in vars(kind).items():
            if name in _KEPT or any(name in vars(k) for k in own) or name.startswith("_") and not name.startswith("__"):
                continue
            if name == "__iter__":
                cls.__iter__ = _rows                               # type: ignore[attr-defined]
            elif isinstance(value, FunctionType):
                setattr(cls, name, _method(name, value))
            elif isinstance(value, property) and (all_properties or name in _TENSORS):
                setattr(cls, name, _property(value))


def _name_methods() -> None:
    """Have each method know its own name, for `func.__name__`: some were made by other functions, and know only theirs."""
    for kind in tape.Tensor.__mro__:
        for name, value in vars(kind).items():
            if isinstance(value, FunctionType) and not hasattr(tape.Tensor, value.__name__):
                value.__name__ = name


def _rows(self: Any) -> Iterator:
    """`for row in x`: of rows that asked."""
    if self.dim() == 0:
        raise TypeError("iteration over a 0-d tensor")
    return iter(self.unbind(0))


def _method(name: str, plain: Callable) -> Callable:
    """A method of Tensor, asking first."""
    if name in _REFLECTED:
        return _reflected(name)
    func = getattr(tape.Tensor, _METHOD_OF.get(name, name))

    @functools.wraps(plain)
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        if not asking.on:
            return plain(self, *args, **kwargs)
        return ask(func, to_ask((self, *_arguments(args, kwargs))), (self, *args), kwargs or None)
    return method


def _beside(name: str, known: Callable) -> Callable:
    """A method of a class that is not asked itself, which asks the class of a tensor beside it: `parameter * logged`."""
    func = getattr(tape.Tensor, _METHOD_OF.get(name, name))

    @functools.wraps(known)
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        if asking.on and any(isinstance(v, TensorBase) and not _is_sparse(type(v)) for v in to_ask(_arguments(args, kwargs))):
            return ask(func, to_ask((self, *_arguments(args, kwargs))), (self, *args), kwargs or None)
        return getattr(tape.Tensor, name)(self, *args, **kwargs)
    return method


def _is_sparse(cls: Any) -> bool:
    """Is this the class of sparse tensors?  Methods take them as they are."""
    return cls.is_sparse is True


def _reflected(name: str) -> Callable:
    """`2 - x`, or `plain - x`, which Python brings to x's method because x is of a subclass."""
    plain, forward = getattr(tape.Tensor, name), _REFLECTED[name]
    func = getattr(tape.Tensor, _METHOD_OF.get(forward, forward))

    def method(self: Any, other: Any) -> Any:
        if not asking.on:
            return plain(self, other)
        if isinstance(other, TensorBase):
            return ask(func, to_ask((other, self)), (other, self), None)
        commutes = name in ("__radd__", "__rmul__")
        return ask(func if commutes else plain, to_ask((self, other)), (self, other), None)
    return method


def _property(plain: property) -> property:
    """An attribute of Tensor, asking first."""
    def getter(self: Any) -> Any:
        return ask(plain.__get__, [self], (self,), None) if asking.on else plain.__get__(self)

    def setter(self: Any, value: Any) -> None:
        if asking.on:
            ask(plain.__set__, [self], (self, value), None)
        else:
            plain.__set__(self, value)
    return property(getter, setter if plain.fset else None, doc=plain.__doc__)


@functools.cache
def begin() -> None:
    """Have the public functions ask, from now on, and the methods of Parameters and their like."""
    _name_methods()
    _functions_ask()
    own_kinds: list[Any] = tape.Tensor.__subclasses__()
    for cls in own_kinds:
        if is_disabled(cls.__torch_function__) and not _is_sparse(cls):
            for name, value in ((name, value) for kind in tape.Tensor.__mro__ for name, value in vars(kind).items()):
                if isinstance(value, FunctionType) and not (name in _KEPT or name in vars(cls) or name in _REFLECTED):
                    setattr(cls, name, _beside(name, value))


def _functions_ask() -> None:
    """Put functions that ask at the public names."""
    package = __name__.partition(".")[0]
    computing = tuple(f"{package}.{part}" for part in _COMPUTING)
    for part in _PUBLIC:
        names = vars(importlib.import_module(package + part))
        for name, value in list(names.items()):
            if isinstance(value, FunctionType) and value.__module__.startswith(computing) and not name.startswith("_") \
                    and name not in _NEVER:
                own = value.__name__ if names.get(value.__name__) in (value, asking_for.get(value)) else name     # of several
                names[name] = asking_for.setdefault(value, _function(f"torch{part}", own, value))


def taken_before(names: dict[str, Any]) -> dict[str, Callable]:
    """The functions that a module took by name before they asked: what is to stand for each name so that they do."""
    return {name: asking_for[value] for name, value in names.items() if isinstance(value, FunctionType) and value in asking_for}


_signature = functools.cache(inspect.signature)


def _spelled_out(function: Callable, args: tuple, kwargs: dict) -> tuple[tuple, dict]:
    """The same arguments, those without a default by place and all others by name."""
    try:
        bound = _signature(function).bind(*args, **kwargs)
    except (TypeError, ValueError):                                # the function itself will say what is wrong
        return args, kwargs
    bound.apply_defaults()
    given = bound.arguments
    parameters = bound.signature.parameters.values()
    if any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in parameters):
        return args, kwargs
    required = [p.name for p in parameters if p.default is p.empty]
    return tuple([given.pop(name) for name in required]), dict(given)


def _function(module: str, name: str, plain: Callable) -> Callable:
    in_python = module.endswith("functional") and name not in _COMPILED or name in _IN_PYTHON_TOO

    @functools.wraps(plain)
    def function(*args: Any, **kwargs: Any) -> Any:
        if asking.on:
            found = to_ask(_arguments(args, kwargs))
            if found and in_python:                                # so torch's own Python asks: with every option named
                args, kwargs = _spelled_out(plain, args, kwargs)
            if found:
                return ask(function, found, args, kwargs if kwargs or in_python else None)
        return plain(*args, **kwargs)
    function.__name__ = name
    function.public_name = f"{module}.{name}"                      # type: ignore[attr-defined]
    return function
