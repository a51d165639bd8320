"""Names of an older style: `FloatTensor`, `LongTensor`, `tensor.type("torch.FloatTensor")`, `torch.sin_(x)`."""
from __future__ import annotations

from . import dtypes

_NAMES = {"float32": "Float", "float64": "Double", "float16": "Half", "bfloat16": "BFloat16", "uint8": "Byte", "int8": "Char",
          "int16": "Short", "int32": "Int", "int64": "Long", "uint16": "UInt16", "uint32": "UInt32", "uint64": "UInt64",
          "bool": "Bool", "complex64": "ComplexFloat", "complex128": "ComplexDouble"}


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
            if len(args) == 1 and isinstance(args[0], tensor_class) and args[0].dtype is not dtype:
                raise TypeError(f"{name}Tensor(): expected a tensor of {dtype}, got one of "
                                f"{args[0].dtype}; .to() converts")
            return tensor_class(*args, dtype=dtype)

        def __instancecheck__(cls, instance) -> bool:
            return isinstance(instance, tensor_class) and instance.dtype is dtype     # type: ignore[attr-defined]

    return Kind(f"{name}Tensor", (), {"_legacy_dtype": dtype, "dtype": dtype,
                                      "__doc__": f"A tensor of {dtype}: `{name}Tensor([1, 2])`, `{name}Tensor(2, 3)`."})


_ALSO_FUNCTIONS = """
    abs_ acos_ acosh_ addmv_ arccos_ arccosh_ arcsin_ arcsinh_ arctan_ arctanh_ as_strided_ asin_ asinh_ atan_
    atanh_ ceil_ clamp_ clamp_max_ clamp_min_ clip_ conj_physical_ cos_ cosh_ deg2rad_ detach_ erf_ erfc_ exp2_ exp_
    expm1_ fill_ fix_ floor_ frac_ gcd_ i0_ lcm_ ldexp_ log10_ log1p_ log2_ log_ logit_ nan_to_num_ neg_ negative_
    rad2deg_ reciprocal_ resize_as_ round_ rsqrt_ sigmoid_ sin_ sinc_ sinh_ sqrt_ square_ tan_ tanh_ trunc_ xlogy_
    zero_ adjoint detach get_device is_inference is_signed
""".split()


def methods_as_functions(tensor_class: type) -> dict:
    """`sin_(x)` for `x.sin_()`, and the other methods that torch has as functions under the same name."""
    return {name: getattr(tensor_class, name) for name in _ALSO_FUNCTIONS}
