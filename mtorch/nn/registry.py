"""How a module knows its parameters, buffers and children: by their being assigned to it.

A value lives once, in the instance's own `__dict__`, so that `self.weight` is an ordinary attribute (no `__getattr__`
runs, unless a class has its own, and none hides the error of a property).  What a module keeps beside it is only which names
are registered as what.  `_parameters`, `_buffers` and `_modules`, which programs read and write, are views made on
demand from the names and `__dict__`: there is no second copy that could disagree, and no reference cycle.
"""
from __future__ import annotations

from collections.abc import ItemsView, Iterator, KeysView, Mapping, MutableMapping, ValuesView
from typing import Any

from ..tensor import Buffer, Parameter, Tensor
from .hooks import buffer_registration_hooks, module_registration_hooks, parameter_registration_hooks

KINDS = ("_parameter_names", "_buffer_names", "_module_names")


class Registry(MutableMapping):
    """The registered values of one kind, by name: a view of the module's `__dict__`."""

    __slots__ = ("_names", "_values", "_kind")

    def __init__(self, module: Registered, kind: str) -> None:
        self._values = module.__dict__
        self._kind = kind
        try:
            self._names: dict[str, None] = self._values[kind]
        except KeyError:
            raise AttributeError(f"{type(module).__name__} is not set up: {_must_call_super(module)}") from None

    def __getitem__(self, name: str) -> Any:
        if name not in self._names:
            raise KeyError(name)
        return self._values[name]

    def __setitem__(self, name: str, value: Any) -> None:
        for kind in KINDS:
            if kind != self._kind:
                self._values[kind].pop(name, None)       # a name is registered as one thing
        self._names[name] = None
        self._values[name] = value

    def __delitem__(self, name: str) -> None:
        del self._names[name]
        del self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __reversed__(self) -> Iterator[str]:
        return reversed(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __repr__(self) -> str:
        return repr(dict(self))

    def copy(self) -> dict[str, Any]:
        return dict(self)

    # dict's own views, which print themselves as those of PyTorch's dicts do
    def keys(self) -> KeysView[str]:
        return self._names.keys()

    def items(self) -> ItemsView[str, Any]:
        return {name: self._values[name] for name in self._names}.items()

    def values(self) -> ValuesView[Any]:
        return {name: self._values[name] for name in self._names}.values()

    def __or__(self, other: Mapping) -> dict[str, Any]:
        return {**self, **other}

    def move_to_end(self, name: str, last: bool = True) -> None:
        """As an OrderedDict's."""
        order = [other for other in self._names if other != name]
        order.insert(len(order) if last else 0, name)
        self._names.clear()
        self._names.update(dict.fromkeys(order))


def _registry(kind: str) -> property:
    def read(self: Registered) -> Registry:
        return Registry(self, kind)

    def replace(self: Registered, values: Mapping[str, Any]) -> None:
        values, registry = dict(values), Registry(self, kind)
        registry.clear()
        registry.update(values)

    return property(read, replace)


class Registered:
    """Registration by assignment: the root of `Module`."""

    training: bool
    _parameter_names: dict[str, None]
    _buffer_names: dict[str, None]
    _module_names: dict[str, None]
    _non_persistent_buffers_set: set[str]
    _parameters = _registry("_parameter_names")
    _buffers = _registry("_buffer_names")
    _modules = _registry("_module_names")

    def __getattr__(self, name: str) -> Any:
        """What a subclass's own `__getattr__` goes on to; for a name that is nowhere, the error that Python has for it."""
        values = self.__dict__
        return values[name] if name in values else object.__getattribute__(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, _REGISTERED):
            self._assign(name, value)
        elif name in self.__dict__ and (kind := self._kind_of(name)):
            self._reassign(kind, name, value)
        else:
            object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        kind = self._kind_of(name)
        if kind:
            del Registry(self, kind)[name]
            self._non_persistent_buffers_set.discard(name)
        else:
            object.__delattr__(self, name)

    def _kind_of(self, name: str) -> str | None:
        values = self.__dict__
        for kind in KINDS:
            if name in values.get(kind, ()):
                return kind
        return None

    def _assign(self, name: str, value: Any) -> None:
        """self.name = a Parameter, a Module or a Buffer."""
        kind = self._kind_of(name)
        if isinstance(value, Parameter):
            if kind != "_parameter_names":
                self._make_room(kind, name, "parameters")
            self.register_parameter(name, value)
        elif kind == "_parameter_names" or kind == "_module_names" and not isinstance(value, Registered):
            self._reassign(kind, name, value)
        elif isinstance(value, Registered):
            if kind != "_module_names":
                self._make_room(kind, name, "module")
            _register(self, "_module_names", name, value)
        else:
            self.register_buffer(name, value, value.persistent)

    def _make_room(self, kind: str | None, name: str, what: str) -> None:
        """Forget what stands under this name, so that a Parameter or Module may take its place."""
        if "_parameter_names" not in self.__dict__:
            raise AttributeError(f"cannot assign {what} before Module.__init__() call: {_must_call_super(self)}")
        if kind:
            delattr(self, name)
        else:
            self.__dict__.pop(name, None)

    def _reassign(self, kind: str, name: str, value: Any) -> None:
        """self.name = something that is not of the kind that name is registered as."""
        if kind == "_parameter_names":
            if value is not None:
                raise TypeError(f"cannot assign '{type_name(value)}' as parameter '{name}' "
                                "(torch.nn.Parameter or None expected)")
            self.register_parameter(name, None)
        elif kind == "_module_names":
            if value is not None:
                raise TypeError(f"cannot assign '{type_name(value)}' as child module '{name}' "
                                "(torch.nn.Module or None expected)")
            _register(self, kind, name, None)
        else:
            if value is not None and not isinstance(value, Tensor):
                raise TypeError(f"cannot assign '{type_name(value)}' as buffer '{name}' "
                                "(torch.nn.Buffer, torch.Tensor or None expected)")
            self.register_buffer(name, value, name not in self._non_persistent_buffers_set)

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Add a parameter under a name; None stands for an optional parameter that is absent.

        Raises: KeyError for a name that is taken, empty or contains a dot; TypeError for what is not a Parameter;
        ValueError for a Parameter that was computed.

        >>> import mtorch
        >>> layer = mtorch.nn.Module()
        >>> layer.register_parameter("scale", mtorch.nn.Parameter(mtorch.ones(2)))
        >>> [name for name, _ in layer.named_parameters()]
        ['scale']
        """
        self._check_name("parameter", "_parameter_names", name)
        if param is not None:
            if not isinstance(param, Parameter):
                raise TypeError(f"cannot assign '{type_name(param)}' object to parameter '{name}' "
                                "(torch.nn.Parameter or None required)")
            if param.grad_fn:
                raise ValueError(f"Cannot assign non-leaf Tensor to parameter '{name}'. Model parameters must be "
                                 f"created explicitly. To express '{name}' as a function of another Tensor, compute "
                                 "the value in the forward() method.")
        _register(self, "_parameter_names", name, param)

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Add a tensor that is part of the module's state without being trained, such as a running mean.

        persistent: whether `state_dict` holds it.

        Raises: KeyError for a name that is taken, empty or contains a dot; TypeError for what is not a Tensor.

        >>> import mtorch
        >>> layer = mtorch.nn.Module()
        >>> layer.register_buffer("mean", mtorch.zeros(2))
        >>> list(layer.state_dict())
        ['mean']
        """
        self._check_name("buffer", "_buffer_names", name)
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(f"cannot assign '{type_name(tensor)}' object to buffer '{name}' (torch Tensor or None "
                            "required)")
        _register(self, "_buffer_names", name, tensor)
        if persistent:
            self._non_persistent_buffers_set.discard(name)
        else:
            self._non_persistent_buffers_set.add(name)

    def add_module(self, name: str, module: Registered | None) -> None:
        """Add a child module under a name.

        Raises: TypeError for what is not a Module; KeyError for a name that is taken, empty or contains a dot.

        >>> import mtorch
        >>> net = mtorch.nn.Module()
        >>> net.add_module("act", mtorch.nn.Sequential())
        >>> net.act
        Sequential()
        """
        if not isinstance(module, Registered) and module is not None:
            raise TypeError(f"{type_name(module)} is not a Module subclass")
        self._check_name("module", "_module_names", name)
        _register(self, "_module_names", name, module)

    def register_module(self, name: str, module: Registered | None) -> None:
        """The same as `add_module`."""
        self.add_module(name, module)

    def _check_name(self, what: str, kind: str, name: str) -> None:
        if kind not in self.__dict__:
            raise AttributeError(f"cannot assign {what} before Module.__init__() call: {_must_call_super(self)}")
        if not isinstance(name, str):
            raise TypeError(f"{what} name should be a string. Got {type_name(name)}")
        if name not in self.__dict__[kind] and hasattr(self, name):
            raise KeyError(f"attribute '{name}' already exists")
        if "." in name:
            raise KeyError(f"{what} name can't contain \".\"" + (f", got: {name}" if what == "module" else ""))
        if name == "":
            raise KeyError(f'{what} name can\'t be empty string ""')

    def __dir__(self) -> list[str]:
        return sorted(name for name in {*dir(type(self)), *self.__dict__} if not name[0].isdigit())


_REGISTERED = (Parameter, Registered, Buffer)
_REGISTRATION_HOOKS = {"_parameter_names": parameter_registration_hooks, "_buffer_names": buffer_registration_hooks,
                       "_module_names": module_registration_hooks}


def _register(module: Registered, kind: str, name: str, value: Any) -> None:
    if kind != "_parameter_names" or value is not None:
        for hook in _REGISTRATION_HOOKS[kind].values():
            changed = hook(module, name, value)
            value = value if changed is None else changed
    Registry(module, kind)[name] = value


def type_name(value: Any) -> str:
    """The type of a value as torch's messages write it: `int`, `torch.FloatTensor`, `package.module.Class`."""
    if isinstance(value, Tensor):
        return str(value.type())
    kind = type(value)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def through_getattr(self: Any, name: str) -> Any:
    """The `__getattribute__` of a class that has its own `__getattr__`: that expects to be asked for what is registered."""
    values = object.__getattribute__(self, "__dict__")
    if name in values and any(name in values.get(kind, ()) for kind in KINDS):
        return type(self).__getattr__(self, name)
    return object.__getattribute__(self, name)


def _must_call_super(module: Registered) -> str:
    return f"{type(module).__name__}.__init__ must call super().__init__() first"
