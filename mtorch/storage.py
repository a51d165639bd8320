"""The memory below tensors: `x.storage()`, its elements in a row, and `x.untyped_storage()`, its bytes.

A tensor is a view of its storage: where it begins, how large it is and what steps it takes.  Tensors that share memory have
the same storage, so programs compare `data_ptr()` to find them.  Here a storage is the NumPy array that owns the memory.
"""
from __future__ import annotations

import os
import warnings
import weakref
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from . import dtypes
from .autograd.stamps import mark_written, owner
from .brain_float import is_bfloat16, of_halves, upper_half
from .class_names import ShownAsTorchs
from .device import device
from .strides import in_memory_order

if TYPE_CHECKING:
    from typing import Self

    from .tensor import Tensor


# id of the array that owns bfloat16's memory, float32 -> it, and the 16 bits of each of its numbers
_halves: dict[int, tuple[weakref.ref, np.ndarray]] = {}


def halves_of(root: np.ndarray) -> np.ndarray:
    """What would be in the memory of a bfloat16 tensor, for those who read memory by its address, as safetensors does.

    It is brought up to date when it is asked for, in the same place each time, and cannot be written, for the tensor would not
    see that.
    """
    key, bits = id(root), upper_half(root.reshape(-1, order="A").view(np.float32))
    known = _halves.setdefault(key, (weakref.ref(root, lambda _: _halves.pop(key)), bits))
    known[1][...] = bits
    halves = known[1].view()
    halves.flags.writeable = False
    return halves


def address_of(array: np.ndarray) -> int:
    """The address of the first element of a tensor's array."""
    address = array.__array_interface__["data"][0]
    if not is_bfloat16(array.dtype):
        return address
    root = owner(array)
    return halves_of(root).__array_interface__["data"][0] + (address - root.__array_interface__["data"][0]) // 2


class _Storage(metaclass=ShownAsTorchs):
    """What storages have in common: elements in a row, over the memory of an array."""

    _elements: np.ndarray
    is_cuda = is_sparse = False

    @property
    def device(self) -> device:
        """The CPU."""
        return device("cpu")

    @property
    def _cdata(self) -> int:
        """A number that storages of the same memory have in common."""
        return self.data_ptr()

    def data_ptr(self) -> int:
        """The address of the first element."""
        return self._elements.__array_interface__["data"][0]

    def nbytes(self) -> int:
        """How many bytes there are."""
        return self._elements.nbytes

    def size(self) -> int:
        """How many elements there are."""
        return self._elements.size

    def element_size(self) -> int:
        """The bytes of an element."""
        return self._elements.itemsize

    def is_shared(self) -> bool:
        """Whether other processes may see the memory."""
        from .sharing import is_shared                     # later: it imports multiprocessing
        return is_shared(self._elements)

    def is_pinned(self) -> bool:
        """False: there is no GPU for which it could be."""
        return False

    def cpu(self) -> Self:
        """The storage itself."""
        return self

    def tolist(self) -> list[Any]:
        """The elements as numbers."""
        return self._elements.tolist()

    def copy_(self, source: Self, non_blocking: bool | None = None) -> Self:
        """Write the elements of another storage over these, as this dtype.

        Raises: RuntimeError for another number of elements.
        """
        if source.size() != self.size():
            raise RuntimeError(f"copy_: the sizes do not match, {source.size()} elements for {self.size()}")
        self[:] = source._elements
        return self

    def fill_(self, value: Any) -> Self:
        """Write this number to every element."""
        self[:] = value
        return self

    def __getitem__(self, index: Any) -> Any:
        return self._elements[self._checked(index)].item()

    def __setitem__(self, index: Any, value: Any) -> None:
        self._elements[index if isinstance(index, slice) else self._checked(index)] = value
        mark_written(self._elements)

    def _checked(self, index: Any) -> int:
        if isinstance(index, bool) or not hasattr(index, "__index__"):
            raise RuntimeError(f"can't index a {type(self)} with {type(index)}")
        i, n = index.__index__(), self.size()
        if not -n <= i < n:
            raise IndexError(f"index {i} out of range for storage of size {n}")
        return i

    def __len__(self) -> int:
        return self.size()

    def __sizeof__(self) -> int:
        return object.__sizeof__(self) + self.nbytes()

    def __iter__(self) -> Iterator[Any]:
        return iter(self.tolist())

    def __hash__(self) -> int:
        return hash(self.data_ptr())

    def __repr__(self) -> str:
        return " " + "\n ".join(map(str, self)) + f"\n[{self._kind()} of size {self.size()}]"

    def _kind(self) -> str:
        raise NotImplementedError


class UntypedStorage(_Storage):
    """Memory as bytes.

    size: how many, when made new

    Raises: IndexError for a byte that there is not; NotImplementedError for memory that another library lays out with gaps.

    >>> import mtorch
    >>> x = mtorch.tensor([[1, 2], [3, 4]], dtype=mtorch.uint8)
    >>> memory = x.T[1].untyped_storage()
    >>> memory.tolist(), memory.data_ptr() == x.data_ptr()
    ([1, 2, 3, 4], True)
    """

    _shown = "torch.storage.UntypedStorage"

    def __init__(self, size: int = 0, *, device: Any = None) -> None:
        self._elements = np.zeros(size, np.uint8)

    @classmethod
    def _over(cls, flat: np.ndarray) -> UntypedStorage:
        """The storage of this contiguous vector's memory."""
        storage = cls.__new__(cls)
        storage._elements = flat.view(np.uint8)
        return storage

    @classmethod
    def _of(cls, array: np.ndarray) -> UntypedStorage:
        """The storage of a tensor's array."""
        whole = in_memory_order(owner(array))
        if not whole.flags.c_contiguous:
            raise NotImplementedError(f"storage: memory laid out with gaps (shape {whole.shape}, strides {whole.strides}) has "
                                      "none")
        return cls._over(halves_of(owner(array)) if is_bfloat16(array.dtype) else whole.reshape(-1))

    @classmethod
    def from_file(cls, filename: str | os.PathLike[str], shared: bool = False, nbytes: int = 0) -> UntypedStorage:
        """The bytes of a file, read when they are first asked for.

        shared: what is written goes to the file, which is made as long as nbytes
        nbytes: how many of its bytes; 0 for all

        Raises: FileNotFoundError for a file that is not there; ValueError for one that is shorter than nbytes.
        """
        size = nbytes or os.path.getsize(filename)
        if shared:
            with open(filename, "ab") as file:
                file.truncate(max(size, file.tell()))
        return cls._over(np.memmap(filename, np.uint8, "r+" if shared else "c", shape=(size,)).view(np.ndarray))

    @property
    def __array_interface__(self) -> dict[str, Any]:
        """NumPy makes an array of the bytes over this memory."""
        return self._elements.__array_interface__

    def untyped(self) -> UntypedStorage:
        """The storage itself."""
        return self

    def clone(self) -> UntypedStorage:
        """A copy."""
        return self._over(self._elements.copy())

    def __getitem__(self, index: Any) -> Any:
        return self._over(np.ascontiguousarray(self._elements[index])) if isinstance(index, slice) else super().__getitem__(index)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, UntypedStorage) and (self.data_ptr(), self.nbytes()) == (other.data_ptr(), other.nbytes())

    __hash__ = _Storage.__hash__

    def _kind(self) -> str:
        return "torch.storage.UntypedStorage(device=cpu)"


class TypedStorage(_Storage):
    """Memory as elements of one dtype.

    Tensors make it; torch takes it for outdated and says so.

    Raises: IndexError for an element that there is not; RuntimeError for an index that is no int.

    >>> import mtorch, warnings
    >>> warnings.simplefilter("ignore")
    >>> x = mtorch.tensor([[4.0, 1.0], [5.0, 3.0]])
    >>> x.T.storage()
     4.0
     1.0
     5.0
     3.0
    [torch.storage.TypedStorage(dtype=torch.float32, device=cpu) of size 4]
    >>> x.storage()[0] = 2.0
    >>> x
    tensor([[2., 1.],
            [5., 3.]])
    """

    _shown = "torch.storage.TypedStorage"

    def __init__(self, *, wrap_storage: UntypedStorage, dtype: dtypes.dtype) -> None:
        self._untyped, self.dtype = wrap_storage, dtype
        kind = dtypes.numpy_dtype(dtype)
        self._elements = of_halves(wrap_storage._elements.view(np.uint16)) if is_bfloat16(kind) else \
            wrap_storage._elements.view(kind)

    def untyped(self) -> UntypedStorage:
        """The same memory as bytes."""
        return self._untyped

    def clone(self) -> TypedStorage:
        """A copy."""
        return TypedStorage(wrap_storage=self._untyped.clone(), dtype=self.dtype)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            raise NotImplementedError("slices are only supported in UntypedStorage.__getitem__")
        return super().__getitem__(index)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TypedStorage) and (self._untyped, self.dtype) == (other._untyped, other.dtype)

    __hash__ = _Storage.__hash__

    def _kind(self) -> str:
        return f"torch.storage.TypedStorage(dtype={self.dtype}, device=cpu)"


def of(tensor: Tensor) -> TypedStorage:
    """`tensor.storage()`, with torch's warning that it is outdated."""
    warnings.warn("TypedStorage is deprecated. It will be removed in the future and UntypedStorage will be the only storage "
                  "class. This should only matter to you if you are using storages directly.  To access UntypedStorage "
                  "directly, use tensor.untyped_storage() instead of tensor.storage()", UserWarning, stacklevel=3)
    return TypedStorage(wrap_storage=tensor.untyped_storage(), dtype=tensor.dtype)
