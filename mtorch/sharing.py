"""Memory that several processes see: what `share_memory_()` moves a tensor into, and how it reaches another process.

The memory is a file without a name, mapped by every process (the `Arena` of Python's multiprocessing, on which its own
`Array` stands).  A forked process has the mapping already.  A spawned one, and the receiver at the other end of a
`multiprocessing.Queue`, is sent the file's descriptor and maps it too: nothing is copied, and a write on one side is seen
on the other.
"""
from __future__ import annotations

import gc
import os
import sys
import weakref
from collections.abc import Callable
from multiprocessing import util
from multiprocessing.context import get_spawning_popen
from multiprocessing.heap import Arena
from multiprocessing.reduction import ForkingPickler
from typing import Any

import numpy as np
from numpy.lib.array_utils import byte_bounds

from .autograd.tape import TensorBase
from .autograd.stamps import owner


class SharedBytes:
    """Mapped memory: what stands below the arrays of shared tensors, at the end of their `base`s."""

    def __init__(self, arena: Arena) -> None:
        self.arena = arena
        address = np.frombuffer(arena.buffer, np.uint8).__array_interface__["data"][0]
        self.__array_interface__ = {"shape": (arena.size,), "typestr": "|u1", "data": (address, False), "version": 3}
        self._array: Callable[[], np.ndarray | None] = lambda: None

    def array(self) -> np.ndarray:
        """The bytes; the same object as long as somebody has it, as `owner` tells memories apart by it."""
        known = self._array()
        if known is None:
            known = np.asarray(self)
            self._array = weakref.ref(known)
        return known

    def __reduce__(self) -> tuple:
        return _mapped, (self.arena,)


def _mapped(arena: Arena) -> SharedBytes:
    if hasattr(arena, "fd"):                       # multiprocessing closes the descriptors of new arenas alone
        util.Finalize(arena, os.close, (arena.fd,))
    return SharedBytes(arena)


def is_shared(array: np.ndarray) -> bool:
    """Does this array lie in memory that other processes may see?"""
    return isinstance(owner(array).base, SharedBytes)


def share(t: TensorBase) -> None:
    """Move the memory of t where other processes may see it; every tensor that lies in the same memory goes along.

    NumPy arrays stay where they are, as they do in torch.
    """
    send(type(t))
    root = owner(t.array)
    if isinstance(root.base, SharedBytes):
        return
    together = [t]
    if t.array is not root or sys.getrefcount(root) > 3:           # 3: of t, of `root` here, of the call that counts
        # not isinstance: it asks the object for its class, and a library's lazy object does something then
        together = [o for o in gc.get_objects() if issubclass(type(o), TensorBase) and owner(_array_of(o)) is root]
    low, high = byte_bounds(root)
    memory = SharedBytes(Arena(max(high - low, 1))).array()
    _laid(memory, root, low)[...] = root
    for tensor in together:
        tensor.array = _laid(memory, tensor.array, low)


def _array_of(t: TensorBase) -> np.ndarray:
    try:
        return _slot.__get__(t)
    except AttributeError:                         # a sparse tensor, and one in the making
        return _NONE


def _laid(memory: np.ndarray, like: np.ndarray, low: int) -> np.ndarray:
    """An array in this memory that lies as `like` does in its own, which begins at the address `low`."""
    return np.ndarray(like.shape, like.dtype, memory, like.__array_interface__["data"][0] - low, like.strides)


def check_leaf(t: TensorBase) -> None:
    """Raise torch's error for a tensor that cannot be sent to another process."""
    if t.requires_grad and not t.is_leaf:
        raise RuntimeError("Cowardly refusing to serialize non-leaf tensor which requires_grad, since autograd does not "
                           "support crossing process boundaries.  If you just want to transfer the data, call detach() on "
                           "the tensor before serializing (e.g., putting it on the queue).")


def send(kind: type[TensorBase]) -> None:
    """Let multiprocessing send tensors of this class, Tensor or below it, by `_reduce` from now on."""
    ForkingPickler.register(kind, _reduce)


def _reduce(t: TensorBase) -> tuple:
    """How multiprocessing pickles a tensor: shared memory as its descriptor; arguments of a new process become shared."""
    check_leaf(t)
    reduced: Any = t.__reduce_ex__(5)
    rebuild, (kind, array, *rest) = reduced
    if get_spawning_popen() is not None and array is _array_of(t):
        share(t)
        array = t.array
    root = owner(array)
    if not isinstance(root.base, SharedBytes):
        return rebuild, (kind, array, *rest)
    place = array.shape, array.dtype, array.__array_interface__["data"][0] - byte_bounds(root)[0], array.strides
    return _rebuilt, (rebuild, kind, root.base, place, rest)


def _rebuilt(rebuild: Callable, kind: type, shared: SharedBytes, place: tuple, rest: list) -> TensorBase:
    shape, dtype, offset, strides = place
    return rebuild(kind, np.ndarray(shape, dtype, shared.array(), offset, strides), *rest)


_NONE = np.empty(0)
_slot: Any = TensorBase.array        # read as it is: what stands there in a lazy layer's parameter raises
