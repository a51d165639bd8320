"""The old type names: `FloatTensor`, `LongTensor`, `tensor.type("torch.FloatTensor")`."""
from __future__ import annotations

from . import dtypes

_NAMES = {"float32": "Float", "float64": "Double", "float16": "Half", "uint8": "Byte", "int8": "Char", "int16": "Short",
          "int32": "Int", "int64": "Long", "bool": "Bool", "complex64": "ComplexFloat", "complex128": "ComplexDouble",
          "uint16": "UInt16", "uint32": "UInt32", "uint64": "UInt64"}


def type_name(dtype: dtypes.dtype) -> str:
    """'torch.FloatTensor' for float32, and so on."""
    return f"torch.{_NAMES[dtype.name]}Tensor"


def dtype_of_name(kind) -> dtypes.dtype:
    """The dtype of a dtype, of 'torch.FloatTensor' or of the class FloatTensor."""
    if isinstance(kind, dtypes.dtype):
        return kind
    if isinstance(kind, type) and hasattr(kind, "_legacy_dtype"):
        return kind._legacy_dtype
    for name, old in _NAMES.items():
        if kind in (f"torch.{old}Tensor", f"torch.cuda.{old}Tensor"):
            return getattr(dtypes, name)
    raise ValueError(f"invalid type: {kind!r}")


def tensor_classes(tensor_class: type) -> dict[str, type]:
    """FloatTensor, LongTensor, ...: called, they make ordinary Tensors of their type."""
    return {f"{old}Tensor": _tensor_class(tensor_class, old, getattr(dtypes, name)) for name, old in _NAMES.items()}


def _tensor_class(tensor_class: type, name: str, dtype: dtypes.dtype) -> type:
    class Kind(type):
        def __call__(cls, *args, **kwargs):
            return tensor_class(*args, dtype=dtype)

        def __instancecheck__(cls, instance) -> bool:
            return isinstance(instance, tensor_class) and instance.dtype is dtype     # type: ignore[attr-defined]

    return Kind(f"{name}Tensor", (), {"_legacy_dtype": dtype, "dtype": dtype,
                                      "__doc__": f"A tensor of {dtype}: `{name}Tensor([1, 2])`, `{name}Tensor(2, 3)`."})
