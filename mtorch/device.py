"""`device`: where a tensor is.  Here that is always the CPU; the names exist so that ordinary programs run."""
from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from .class_names import ShownAsTorchs


class device(metaclass=ShownAsTorchs):
    """The name of a place to compute.  Only the CPU computes here; other names may be made, compared and printed.

    type: "cpu", "cuda", "mps", ..., also with a number, "cuda:1"; a number alone means cuda; another device is copied
    index: which of several such devices, >= 0

    Raises: TypeError for another type of name; RuntimeError for a kind that torch does not know, a number that is none,
        or two numbers.

    >>> import mtorch
    >>> mtorch.device("cpu"), mtorch.zeros(1).device.type
    (device(type='cpu'), 'cpu')
    """

    __slots__ = ("type", "index")
    _shown = "torch.device"

    # a `with` block after which the generator goes on as if nothing had been drawn; functions/random.py puts it here
    without_drawing: Callable[[], AbstractContextManager] = staticmethod(nullcontext)

    type: str
    index: int | None

    def __init__(self, type: str | int | device = "cpu", index: int | None = None) -> None:
        if isinstance(type, device):
            self.type, self.index = type.type, type.index
            return
        if isinstance(type, int):
            index = type
            type = "cuda"
        elif not isinstance(type, str):
            raise TypeError(f"device(): argument 'type' must be str, not {type.__class__.__name__}")
        kind, _, number = type.partition(":")
        if kind not in ("cpu", "cuda", "mps", "xpu", "meta", "hpu", "xla", "mkldnn", "vulkan", "privateuseone"):
            raise RuntimeError("Expected one of cpu, cuda, mps, xpu, meta device type at start of device string: "
                               + type)
        if number:
            if index is not None:
                raise RuntimeError("type (string) must not include an index because index was passed explicitly: "
                                   + type)
            if not number.isdigit():
                raise RuntimeError(f"Invalid device string: '{type}'")
            index = int(number)
        self.type, self.index = kind, index

    def __eq__(self, other) -> bool:
        return isinstance(other, device) and (self.type, self.index) == (other.type, other.index)

    def __hash__(self) -> int:
        return hash((self.type, self.index))

    def __str__(self) -> str:
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __repr__(self) -> str:
        return f"device(type='{self.type}')" if self.index is None else f"device(type='{self.type}', index={self.index})"

    def __reduce__(self):
        return device, (self.type, self.index)

    def __enter__(self):
        if self.type == "meta":            # where torch's tensors have a shape and no values; here they have values anyway
            places.append(self)            # a program asks a new tensor whether it is in such a block
            _blocks.append(device.without_drawing())
            _blocks[-1].__enter__()
        elif self.type != "cpu":
            raise RuntimeError(f"mtorch computes on the CPU: device '{self}' is not available")
        return self

    def __exit__(self, *exception) -> None:
        if self.type == "meta":
            _blocks.pop().__exit__(*exception)
            places.pop()


places = [device("cpu")]                           # the last is where tensors say that they are
_blocks: list[AbstractContextManager] = []         # of meta, that are open
