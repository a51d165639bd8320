"""Modules that hold modules: `Sequential` calls them in order, `ModuleList` and `ModuleDict` only keep them."""
from __future__ import annotations

import operator
from collections import OrderedDict
from collections.abc import ItemsView, Iterable, Iterator, KeysView, Mapping, ValuesView
from itertools import chain
from typing import Any, Self

from .module import Module
from .registry import type_name
from .tree import bracketed, indented


class _Row(Module):
    """What Sequential and ModuleList share: modules in order, named by it."""

    def __len__(self) -> int:
        return len(self._module_names)

    def __iter__(self) -> Iterator[Any]:
        return iter(list(self._modules.values()))

    def _name_at(self, index: Any) -> str:
        names = list(self._module_names)
        index = operator.index(index)
        if not -len(names) <= index < len(names):
            raise IndexError(f"index {index} is out of range")
        return names[index]

    def __setitem__(self, index: int, module: Module) -> None:
        setattr(self, self._name_at(index), module)

    def __delitem__(self, index: int | slice) -> None:
        names = list(self._module_names)[index] if isinstance(index, slice) else [self._name_at(index)]
        for name in names:
            delattr(self, name)
        self._modules = {str(i): module for i, module in enumerate(self)}

    def append(self, module: Module) -> Self:
        """Add a module at the end.  Returns self."""
        self.add_module(str(len(self)), module)
        return self

    def extend(self, modules: Iterable[Module]) -> Self:
        """Add several modules at the end.  Returns self."""
        if not isinstance(modules, Iterable):
            raise TypeError(f"{self._get_name()}.extend should be called with an iterable, but got "
                            f"{type(modules).__name__}")
        for module in list(modules):
            self.append(module)
        return self

    def _insert(self, index: int, module: Module) -> None:
        if not isinstance(module, Module):
            raise TypeError(f"{type_name(module)} is not a Module subclass")
        row = list(self)
        row.insert(index, module)
        self._modules = {str(i): m for i, m in enumerate(row)}

    def pop(self, key: int | slice) -> Any:
        """Take a module out and return it."""
        module = self[key]                               # type: ignore[index]
        del self[key]
        return module


class Sequential(_Row):
    """Modules called one after another, each on what the one before it gave.

    args: the modules, or one OrderedDict of them by name

    Shape: what the first module takes -> what the last one gives; without modules, the input itself.
    Raises: TypeError for what is no Module, a list of them, too; KeyError for a name that is empty or has a dot in it;
    IndexError for an index out of range.

    >>> import mtorch
    >>> double = mtorch.nn.Sequential(mtorch.nn.Sequential(), mtorch.nn.Sequential())
    >>> len(double), len(double[:1]), len(double * 3)
    (2, 1, 6)
    """

    def __init__(self, *args: Any) -> None:
        super().__init__()
        named = args[0].items() if len(args) == 1 and isinstance(args[0], OrderedDict) else enumerate(args)
        for name, module in named:
            self.add_module(name if isinstance(name, str) else str(name), module)

    def forward(self, input: Any) -> Any:
        values = self.__dict__
        for name in values["_module_names"]:
            input = values[name](input)
        return input

    def __getitem__(self, index: int | slice) -> Any:
        """The module at an index, or a Sequential of those in a slice, which keep their names."""
        if isinstance(index, slice):
            return type(self)(OrderedDict(list(self._modules.items())[index]))
        return self._modules[self._name_at(index)]

    def insert(self, index: int, module: Module) -> Self:
        """Put a module before the one at index.  Returns self."""
        if not isinstance(module, Module):
            raise AssertionError(f"module should be of type: {Module}, got {type(module).__name__}")
        if not -len(self) <= index <= len(self):
            raise IndexError(f"Index out of range: {index}")
        self._insert(index, module)
        return self

    def __add__(self, other: Sequential) -> Sequential:
        return Sequential(*self, *_modules_of(other))

    def __iadd__(self, other: Sequential) -> Self:
        return self.extend(_modules_of(other))

    def __mul__(self, other: int) -> Sequential:
        return Sequential(*list(self) * self._times(other))

    __rmul__ = __mul__

    def __imul__(self, other: int) -> Self:
        return self.extend(list(self) * (self._times(other) - 1))

    def _times(self, n: int) -> int:
        if not isinstance(n, int):
            raise TypeError(f"unsupported operand type(s) for *: {type(self)} and {type(n)}")
        if n <= 0:
            raise ValueError(f"Non-positive multiplication factor {n} for {type(self)}")
        return n


def _modules_of(other: Any) -> list[Module]:
    if not isinstance(other, Sequential):
        raise ValueError(f"add operator supports only objects of Sequential class, but {type(other)} is given.")
    return list(other)


class ModuleList(_Row):
    """A list of modules that are registered, for a forward that calls them as it likes.

    modules: any iterable of modules

    Shape: it is not called itself.
    Raises: TypeError for what is no Module, or no iterable; IndexError for an index out of range; NotImplementedError
    when called.

    >>> import mtorch
    >>> rows = mtorch.nn.ModuleList([mtorch.nn.Sequential() for _ in range(3)])
    >>> rows
    ModuleList(
      (0-2): 3 x Sequential()
    )
    """

    def __init__(self, modules: Iterable[Module] | None = None) -> None:
        super().__init__()
        if modules is not None:
            self.extend(modules)

    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return type(self)(list(self)[index])
        return self._modules[self._name_at(index)]

    def insert(self, index: int, module: Module) -> None:
        """Put a module before the one at index."""
        self._insert(index, module)

    def __iadd__(self, modules: Iterable[Module]) -> Self:
        return self.extend(modules)

    def __add__(self, other: Iterable[Module]) -> ModuleList:
        return ModuleList(chain(self, other))

    def __repr__(self) -> str:
        """Equal neighbours are shown once: `(0-2): 3 x ...`."""
        groups: list[list[Any]] = []                     # [first index, how many, text]
        for i, text in enumerate(map(repr, self)):
            if groups and groups[-1][2] == text:
                groups[-1][1] += 1
            else:
                groups.append([i, 1, text])
        lines = [f"({i}): {text}" if n == 1 else f"({i}-{i + n - 1}): {n} x {text}" for i, n, text in groups]
        return bracketed(self._get_name(), [indented(line) for line in lines])


class ModuleDict(Module):
    """A dict of modules that are registered, in the order in which they were added.

    modules: a mapping of names to modules, or an iterable of pairs

    Shape: it is not called itself.
    Raises: TypeError for what is no Module, or a name that is no string; KeyError for a name that is empty, has a dot
    in it, or is an attribute already; ValueError for what is no pair; NotImplementedError when called.

    >>> import mtorch
    >>> choice = mtorch.nn.ModuleDict({"small": mtorch.nn.Sequential()})
    >>> "small" in choice, list(choice)
    (True, ['small'])
    """

    def __init__(self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]] | None = None) -> None:
        super().__init__()
        if modules is not None:
            self.update(modules)

    def __getitem__(self, key: str) -> Any:
        return self._modules[key]

    def __setitem__(self, key: str, module: Module) -> None:
        self.add_module(key, module)

    def __delitem__(self, key: str) -> None:
        del self._modules[key]

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __contains__(self, key: object) -> bool:
        return key in self._modules

    def clear(self) -> None:
        """Take all modules out."""
        self._modules.clear()

    def pop(self, key: str) -> Any:
        """Take a module out and return it."""
        return self._modules.pop(key)

    def keys(self) -> KeysView[str]:
        """The names."""
        return self._modules.keys()

    def items(self) -> ItemsView[str, Any]:
        """The names with the modules."""
        return self._modules.items()

    def values(self) -> ValuesView[Any]:
        """The modules."""
        return self._modules.values()

    def update(self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]]) -> None:
        """Add the modules of a mapping, or of pairs of a name and a module; those there already are replaced."""
        for key, module in pairs_of(self, modules):
            self[key] = module


def pairs_of(container: Module, given: Any) -> Iterator[tuple[str, Any]]:
    """The names and values of a mapping or of an iterable of pairs."""
    name = container._get_name()
    if not isinstance(given, Iterable):
        raise TypeError(f"{name}.update should be called with an iterable of key/value pairs, but got "
                        f"{type(given).__name__}")
    if hasattr(given, "items"):
        yield from given.items()
        return
    for i, pair in enumerate(given):
        if not isinstance(pair, Iterable):
            raise TypeError(f"{name} update sequence element #{i} should be Iterable; is {type(pair).__name__}")
        pair = tuple(pair)
        if len(pair) != 2:
            raise ValueError(f"{name} update sequence element #{i} has length {len(pair)}; 2 is required")
        yield pair
