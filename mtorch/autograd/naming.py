"""The name that a result shows: `tensor([2.], grad_fn=<AvgPool2DBackward0>)`.

torch records an average pooling as one node.  Here it is a call of a few recorded rules, and of these the last would be
shown.  `shown_as` puts torch's name in its place; what is computed, and how gradients go back, stays as it is.
"""
from __future__ import annotations

import functools
from collections.abc import Callable
from types import FunctionType
from typing import Any, TypeVar

from .tape import STALE, Custom, Node, Output, TensorBase, next_order

Function = TypeVar("Function", bound=Callable[..., Any])


def named(result: Any, name: str) -> Any:
    """A result that was just computed, to be shown under this name."""
    node = result._node
    if type(node) is Output:
        node = node.node
    if isinstance(node, Node):
        if isinstance(node.op, Custom):                        # it is this node's alone
            node.op.grad_name = name
        else:
            node.op = _renamed(node.op, name)
    return result


def shown_as(name: str | Callable[..., str]) -> Callable[[Function], Function]:
    """Make a function's results show this name, or what a function of the result and the arguments says.

    A result that was there before the call, as the argument of a function that has nothing to do, keeps its name.

    >>> import mtorch
    >>> from mtorch.autograd.naming import shown_as
    >>> @shown_as("TwiceBackward0")
    ... def twice(x):
    ...     return x + x
    >>> twice(mtorch.ones(1, requires_grad=True))
    tensor([2.], grad_fn=<TwiceBackward0>)
    """
    def decorate(function: Function) -> Function:
        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            start = next_order()
            result = function(*args, **kwargs)
            for y in result if isinstance(result, (tuple, list)) else (result,):
                if not isinstance(y, TensorBase) or y._node is STALE:       # of a view written in place torch names the view
                    continue
                if isinstance(y._node, (Node, Output)) and y._node.order > start:
                    named(y, name if isinstance(name, str) else name(result, *args, **kwargs))
            return result
        return call    # type: ignore[return-value]
    return decorate


@functools.cache
def _renamed(op: Any, name: str) -> Any:
    """The same op under another name."""
    twin: Any = FunctionType(op.__code__, op.__globals__, op.__name__, op.__defaults__, op.__closure__)
    twin.__dict__.update(op.__dict__, grad_name=name, name_of=None)
    return twin
