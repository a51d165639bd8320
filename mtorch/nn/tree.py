"""Walking the tree of modules: who is in it, finding one by its path, doing something to all, showing it."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Self

from ..autograd.mode import no_grad
from ..tensor import Parameter, Tensor
from .registry import Registered


class Tree(Registered):
    """The part of `Module` that walks."""

    # ---- members ---------------------------------------------------------------------------

    def children(self) -> Iterator[Any]:
        """The modules directly below this one, each once.

        >>> import mtorch
        >>> len(list(mtorch.nn.Sequential(mtorch.nn.Sequential()).children()))
        1
        """
        for _, module in self.named_children():
            yield module

    def named_children(self) -> Iterator[tuple[str, Any]]:
        """The modules directly below this one, each once, with their names."""
        seen = set()
        for name, module in self._modules.items():
            if module is not None and module not in seen:
                seen.add(module)
                yield name, module

    def modules(self, remove_duplicate: bool = True) -> Iterator[Any]:
        """This module and all below it, each once, parents before children."""
        for _, module in self.named_modules(remove_duplicate=remove_duplicate):
            yield module

    def named_modules(self, memo: set | None = None, prefix: str = "",
                      remove_duplicate: bool = True) -> Iterator[tuple[str, Any]]:
        """This module and all below it with their paths, parents before children.

        memo              modules to leave out; those found are added
        prefix            what the paths begin with
        remove_duplicate  whether a module that is reached twice is given once

        >>> import mtorch
        >>> net = mtorch.nn.Sequential(mtorch.nn.Sequential(mtorch.nn.Sequential()))
        >>> [name for name, _ in net.named_modules()]
        ['', '0', '0.0']
        """
        memo = set() if memo is None else memo
        if self not in memo:
            if remove_duplicate:
                memo.add(self)
            yield prefix, self
            for name, module in self._modules.items():
                if module is not None:
                    yield from module.named_modules(memo, f"{prefix}.{name}" if prefix else name, remove_duplicate)

    def _named_members(self, members: Callable[[Any], Any], prefix: str = "", recurse: bool = True,
                       remove_duplicate: bool = True) -> Iterator[tuple[str, Any]]:
        """The members that the function lists of each module, with their paths, without those that are None."""
        seen = set()
        modules = self.named_modules(prefix=prefix, remove_duplicate=remove_duplicate) if recurse else [(prefix, self)]
        for path, module in modules:
            for name, member in members(module):
                if member is None or id(member) in seen:
                    continue
                if remove_duplicate:
                    seen.add(id(member))
                yield f"{path}.{name}" if path else name, member

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """The parameters of this module and, with recurse, of those below it, each once.

        >>> import mtorch
        >>> [p.shape for p in mtorch.nn.ParameterList([mtorch.ones(2, 3)]).parameters()]
        [torch.Size([2, 3])]
        """
        for _, parameter in self.named_parameters(recurse=recurse):
            yield parameter

    def named_parameters(self, prefix: str = "", recurse: bool = True,
                         remove_duplicate: bool = True) -> Iterator[tuple[str, Parameter]]:
        """The parameters with their paths, such as `encoder.fc2.weight`; prefix is what the paths begin with."""
        yield from self._named_members(lambda module: module._parameters.items(), prefix, recurse, remove_duplicate)

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """The buffers of this module and, with recurse, of those below it, each once."""
        for _, buffer in self.named_buffers(recurse=recurse):
            yield buffer

    def named_buffers(self, prefix: str = "", recurse: bool = True,
                      remove_duplicate: bool = True) -> Iterator[tuple[str, Tensor]]:
        """The buffers with their paths; prefix is what the paths begin with."""
        yield from self._named_members(lambda module: module._buffers.items(), prefix, recurse, remove_duplicate)

    # ---- by path ---------------------------------------------------------------------------

    def get_submodule(self, target: str) -> Any:
        """The module at a path such as `encoder.fc2`; the empty path is this module.

        Raises: AttributeError when the path leads to nothing, or to something else.

        >>> import mtorch
        >>> mtorch.nn.Sequential(mtorch.nn.ModuleList()).get_submodule("0")
        ModuleList()
        """
        module: Any = self
        for name in target.split(".") if target else ():
            module = _attribute(module, name)
            if not isinstance(module, Registered):
                raise AttributeError(f"`{name}` is not an nn.Module")
        return module

    def set_submodule(self, target: str, module: Any, strict: bool = False) -> None:
        """Put a module at a path; strict means that there must be one there already.

        Raises: ValueError for an empty path or what is not a Module; AttributeError for a path that leads to nothing.
        """
        if target == "":
            raise ValueError("Cannot set the submodule without a target name!")
        if not isinstance(module, Registered):
            raise ValueError(f"`module` is not an nn.Module, found {type(module)}")
        path, _, name = target.rpartition(".")
        parent = self.get_submodule(path)
        if (strict or hasattr(parent, name)) and not isinstance(_attribute(parent, name), Registered):
            raise AttributeError(f"`{name}` is not an nn.Module")
        setattr(parent, name, module)

    def get_parameter(self, target: str) -> Parameter:
        """The parameter at a path such as `encoder.fc2.weight`.

        Raises: AttributeError when the path leads to nothing, or to something else.
        """
        path, _, name = target.rpartition(".")
        parameter = _attribute(self.get_submodule(path), name)
        if not isinstance(parameter, Parameter):
            raise AttributeError(f"`{name}` is not an nn.Parameter")
        return parameter

    def get_buffer(self, target: str) -> Tensor:
        """The buffer at a path.

        Raises: AttributeError when the path leads to nothing, or to something else.
        """
        path, _, name = target.rpartition(".")
        module = self.get_submodule(path)
        buffer = _attribute(module, name)
        if name not in module._buffers:
            raise AttributeError(f"`{name}` is not a buffer")
        return buffer

    # ---- to all of them --------------------------------------------------------------------

    def apply(self, fn: Callable[[Any], Any]) -> Self:
        """Call fn on every module, children before parents: the usual way to initialise a net.  Returns self.

        >>> import mtorch
        >>> _ = mtorch.nn.Sequential(mtorch.nn.ModuleList()).apply(lambda module: print(type(module).__name__))
        ModuleList
        Sequential
        """
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    def train(self, mode: bool = True) -> Self:
        """Tell this module and all below it that they are being trained, or not; dropout, for one, asks.  Returns self.

        >>> import mtorch
        >>> mtorch.nn.Sequential().train(False).training
        False
        """
        if not isinstance(mode, bool):
            raise ValueError(f"training mode is expected to be boolean, got {mode!r}")
        self.training = mode
        for module in self.children():
            module.train(mode)
        return self

    def eval(self) -> Self:
        """The same as `train(False)`."""
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Let every parameter have a gradient, or freeze them all.  Returns self.

        >>> import mtorch
        >>> frozen = mtorch.nn.ParameterList([mtorch.ones(1)]).requires_grad_(False)
        >>> frozen[0].requires_grad
        False
        """
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters, or, without set_to_none, fill them with zeros."""
        for parameter in self.parameters():
            if set_to_none or parameter.grad is None:
                parameter.grad = None
            else:
                if parameter.grad.requires_grad:
                    parameter.grad = parameter.grad.detach()
                with no_grad():
                    parameter.grad.zero_()

    # ---- showing ---------------------------------------------------------------------------

    def _get_name(self) -> str:
        return type(self).__name__

    def extra_repr(self) -> str:
        """What `repr` shows of the module beside its children; a subclass gives its sizes and settings here."""
        return ""

    def __repr__(self) -> str:
        extra = self.extra_repr()
        lines = extra.split("\n") if extra else []
        if len(lines) == 1 and not self._modules:
            return f"{self._get_name()}({extra})"
        lines += [f"({name}): {indented(repr(module))}" for name, module in self._modules.items()]
        return bracketed(self._get_name(), lines)


def bracketed(name: str, lines: list[str]) -> str:
    """`Name()`, or the lines indented between its brackets."""
    return f"{name}(\n  " + "\n  ".join(lines) + "\n)" if lines else f"{name}()"


def indented(text: str, spaces: int = 2) -> str:
    """The lines after the first, moved right; empty ones stay empty."""
    first, *rest = text.split("\n")
    return "\n".join([first, *(" " * spaces + line if line.strip() else "" for line in rest)])


def path_within(root: Tree, module: object) -> str | None:
    """The path of a module below root, None when it is not in that tree."""
    return next((path for path, found in root.named_modules() if found is module), None)


def _attribute(module: Any, name: str) -> Any:
    if not hasattr(module, name):
        raise AttributeError(f"{module._get_name()} has no attribute `{name}`")
    return getattr(module, name)
