"""torch.library: a program's own operations, under a name and with a gradient of its own."""
from __future__ import annotations

from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any

from . import ops
from .autograd.function import Function
from .autograd.mode import no_grad

__all__ = ["CustomOpDef", "custom_op", "register_autograd", "register_fake"]

_known: dict[str, CustomOpDef] = {}


class CustomOpDef:
    """An operation of a program's own; `custom_op` makes it.  Called, it runs the function, of which nothing is recorded.

    name: "namespace::name"
    fn: the function, whose name and arguments are the operation's
    """

    def __init__(self, name: str, fn: Callable[..., Any]) -> None:
        self._qualname, self._fn = name, fn
        self._kernels: dict[str | None, Callable[..., Any]] = {}       # by device; None for those that have none of their own
        self.__name__, self.__doc__ = fn.__name__, fn.__doc__
        self._recorded = self._with_gradient(self._no_formula, None)

    def _no_formula(self, ctx: Any, *grads: Any) -> Any:
        raise RuntimeError(f"Trying to backward through {self._qualname.replace('::', '.')}.default but no autograd formula was "
                           "registered. Please use register_autograd to add one.")

    def _with_gradient(self, backward: Callable[..., Any], setup_context: Callable[..., Any] | None) -> type[Function]:
        body = {"forward": staticmethod(lambda *args: self._run(args)), "backward": staticmethod(backward),
                "setup_context": staticmethod(setup_context or (lambda ctx, inputs, output: None))}
        return type(f"GeneratedBackwardFor_{self._qualname.replace('::', '_')}_default", (Function,), body)

    def _run(self, args: tuple) -> Any:
        kernel = self._kernels.get("cpu") or self._kernels.get(None)
        if kernel is None:
            raise NotImplementedError(f"Could not run '{self._qualname}' with arguments from the 'CPU' backend: its functions "
                                      f"are for {', '.join(map(str, self._kernels))}")
        with no_grad():
            return kernel(*args)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if kwargs:
            import inspect
            bound = inspect.signature(self._fn).bind(*args, **kwargs)
            bound.apply_defaults()
            args = bound.args
        return self._recorded.apply(*args)

    def register_autograd(self, backward: Callable[..., Any], /, *, setup_context: Callable[..., Any] | None = None) -> None:
        """Say how gradients go back: backward(ctx, *grads) gives one for each argument; setup_context(ctx, inputs, output)
        keeps what it needs."""
        self._recorded = self._with_gradient(backward, setup_context)

    def register_fake(self, fn: Callable[..., Any], /) -> Callable[..., Any]:
        """What shape the result has, for a compiler; nothing is compiled.  Returns the function."""
        return fn

    def register_vmap(self, func: Callable[..., Any] | None = None) -> Callable[..., Any]:
        """How `vmap` does all rows at once; it does one after the other here, and needs no rule.  Returns the function.

        Also a decorator.
        """
        return func if func is not None else self.register_vmap

    def register_kernel(self, device_types: str | Iterable[str] | None, fn: Callable[..., Any] | None = None,
                        /) -> Callable[..., Any]:
        """The function that is to run on these devices, or for None on all that have none of their own.  Returns the
        function; without one, it is a decorator.

        >>> import mtorch
        >>> @mtorch.library.custom_op("mine::twice", mutates_args=())
        ... def twice(x: mtorch.Tensor) -> mtorch.Tensor:
        ...     return x + x
        >>> @twice.register_kernel("cpu")
        ... def scaled(x):
        ...     return mtorch.mul(x, 2)
        >>> twice(mtorch.ones(2))
        tensor([2., 2.])
        """
        if fn is None:
            return lambda function: self.register_kernel(device_types, function)
        named = [device_types] if device_types is None or isinstance(device_types, str) else device_types
        self._kernels.update(dict.fromkeys(named, fn))
        return fn

    def __repr__(self) -> str:
        return f"<CustomOpDef({self._qualname})>"


def custom_op(name: str, fn: Callable[..., Any] | None = None, /, *, mutates_args: str | Iterable[str],
              device_types: Any = None, schema: str | None = None, tags: Any = None) -> Any:
    """Make an operation of a function, also as a decorator.  It is `torch.ops.namespace.name`, too.

    name: "namespace::name"
    mutates_args: which arguments it writes in place; told by the writing itself here
    device_types: the devices that the function is for, None for all; called without one for "cpu" the operation raises
        NotImplementedError
    schema, tags: for a compiler

    Raises: ValueError for a name without a namespace.

    >>> import mtorch
    >>> @mtorch.library.custom_op("mine::square", mutates_args=())
    ... def square(x: mtorch.Tensor) -> mtorch.Tensor:
    ...     return x * x
    >>> square.register_autograd(lambda ctx, g: 2 * g * ctx.saved_tensors[0],
    ...                          setup_context=lambda ctx, inputs, output: ctx.save_for_backward(*inputs))
    >>> x = mtorch.tensor([3.0], requires_grad=True)
    >>> mtorch.ops.mine.square(x).sum().backward(); x.grad
    tensor([6.])
    """
    if fn is None:
        return lambda function: custom_op(name, function, mutates_args=mutates_args, device_types=device_types)
    namespace, colons, own = name.partition("::")
    if not (namespace and colons and own):
        raise ValueError(f"custom_op(name={name!r}): expected a name of the form 'namespace::name'")
    op = _known[name] = CustomOpDef(name, fn)
    op.register_kernel(device_types, fn)
    group = vars(ops).setdefault(namespace, SimpleNamespace())
    setattr(group, own, op)
    return op


def _of(op: str | CustomOpDef) -> CustomOpDef:
    if isinstance(op, CustomOpDef):
        return op
    if op not in _known:
        raise RuntimeError(f"library: there is no operation {op!r}; custom_op makes one")
    return _known[op]


def register_autograd(op: str | CustomOpDef, backward: Callable[..., Any], /, *,
                      setup_context: Callable[..., Any] | None = None, lib: Any = None) -> None:
    """`op.register_autograd`, of an operation or its name.

    Raises: RuntimeError for a name that is not known.
    """
    _of(op).register_autograd(backward, setup_context=setup_context)


def register_fake(op: str | CustomOpDef, func: Callable[..., Any] | None = None, /, **options: Any) -> Any:
    """`op.register_fake`, of an operation or its name; also as a decorator.

    Raises: RuntimeError for a name that is not known.
    """
    known = _of(op)
    return known.register_fake if func is None else known.register_fake(func)
