"""Arithmetic in ONNX's operators: functions of each element, of two tensors, and products.  See functions.py."""
from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .errors import Untranslated
from .graph import Graph, Value

# ---- one tensor in, one of its shape out --------------------------------------------------------------


def _elementwise(kind: str) -> Callable:
    def translation(g: Graph, input: Value, inplace: bool = False, out: None = None) -> Value:
        return g.op(kind, g.cast(input, g.results[0].dtype))
    return translation


def _question(kind: str) -> Callable:
    return lambda g, input: g.op(kind, input)


def _identity(g: Graph, input: Value, *args: Any, **kwargs: Any) -> Value:
    return input


def _to_type(g: Graph, input: Value, *args: Any, **kwargs: Any) -> Value:
    return g.cast(input, g.results[0].dtype)


def _square(g: Graph, input: Value) -> Value:
    return g.op("Mul", input, input)


def _rsqrt(g: Graph, input: Value) -> Value:
    return g.op("Reciprocal", g.on_the_way("Sqrt", input))


def _log_to(base: float) -> Callable:
    return lambda g, input: g.op("Div", g.on_the_way("Log", input), g.constant(math.log(base), input.dtype))


def _log1p(g: Graph, input: Value) -> Value:
    return g.op("Log", g.on_the_way("Add", input, g.constant(1, input.dtype)))


def _expm1(g: Graph, input: Value) -> Value:
    return g.op("Sub", g.on_the_way("Exp", input), g.constant(1, input.dtype))


def _exp2(g: Graph, input: Value) -> Value:
    return g.op("Pow", g.constant(2, input.dtype), input)


def _clamp(g: Graph, input: Value, min: Any = None, max: Any = None) -> Value:
    dtype = g.results[0].dtype
    x = g.cast(input, dtype)
    for kind, bound in (("Max", min), ("Min", max)):
        if bound is not None:
            x = g.on_the_way(kind, x, g.operand(bound, dtype), shape=g.results[0].shape)
    return x


def _cumsum(g: Graph, input: Value, dim: int, dtype: Any = None) -> Value:
    return g.op("CumSum", g.cast(input, g.results[0].dtype), g.constant(input.dim(dim), np.int64))


def _triangle(upper: int) -> Callable:
    return lambda g, input, diagonal=0: g.op("Trilu", input, g.constant(diagonal, np.int64), upper=upper)


# ---- two tensors, or a tensor and a number -------------------------------------------------------------

def binary(kind: str) -> Callable:
    def translation(g: Graph, input: Any, other: Any) -> Value:
        dtype = g.results[0].dtype
        return g.op(kind, g.operand(input, dtype), g.operand(other, dtype))
    return translation


def _scaled(kind: str) -> Callable:
    """add and sub: input +- alpha other."""
    plain = binary(kind)

    def translation(g: Graph, input: Any, other: Any, alpha: float = 1) -> Value:
        if alpha == 1:
            return plain(g, input, other)
        dtype = g.results[0].dtype
        return plain(g, input, g.on_the_way("Mul", g.operand(other, dtype), g.constant(alpha, dtype)))
    return translation


def _turned(translation: Callable) -> Callable:
    return lambda g, self, other: translation(g, other, self)


def _div(g: Graph, input: Any, other: Any, rounding_mode: str | None = None) -> Value:
    dtype = g.results[0].dtype
    if rounding_mode is None:
        return binary("Div")(g, input, other)
    if dtype.kind != "f":
        raise Untranslated("a rounded quotient of integers is not translated: ONNX rounds it another way")
    quotient = g.on_the_way("Div", g.operand(input, dtype), g.operand(other, dtype), shape=g.results[0].shape)
    if rounding_mode == "floor":
        return g.op("Floor", quotient)
    sign = g.on_the_way("Sign", quotient)
    return g.op("Mul", sign, g.on_the_way("Floor", g.on_the_way("Abs", quotient)))


def _floor_divide(g: Graph, input: Any, other: Any) -> Value:
    return _div(g, input, other, "floor")


def _remainder(g: Graph, input: Any, other: Any) -> Value:
    dtype = g.results[0].dtype
    a, b = g.operand(input, dtype), g.operand(other, dtype)
    if dtype.kind != "f":
        return g.op("Mod", a, b)
    whole = g.on_the_way("Floor", g.on_the_way("Div", a, b, shape=g.results[0].shape))
    return g.op("Sub", a, g.on_the_way("Mul", whole, b))


def _compare(kind: str, negated: bool = False) -> Callable:
    def translation(g: Graph, input: Any, other: Any) -> Value:
        dtype = np.result_type(*[x.dtype if isinstance(x, Value) else x for x in (input, other)])
        if dtype.kind == "b" and kind != "Equal":              # ONNX has no order of bools
            dtype = np.dtype(np.int32)
        a, b = g.operand(input, dtype), g.operand(other, dtype)
        return g.op("Not", g.on_the_way(kind, a, b, dtype=bool)) if negated else g.op(kind, a, b)
    return translation


def _logical(kind: str) -> Callable:
    return lambda g, input, other: g.op(kind, g.operand(input, bool), g.operand(other, bool))


def _bitwise(logical: str, kind: str) -> Callable:
    return lambda g, input, other: _logical(logical)(g, input, other) if g.results[0].dtype == bool \
        else binary(kind)(g, input, other)


def _invert(g: Graph, input: Value) -> Value:
    return g.op("Not" if input.dtype == bool else "BitwiseNot", input)


def _where(g: Graph, condition: Value, input: Any, other: Any) -> Value:
    dtype = g.results[0].dtype
    return g.op("Where", condition, g.operand(input, dtype), g.operand(other, dtype))


def _masked_fill(g: Graph, input: Value, mask: Value, value: Any) -> Value:
    return g.op("Where", mask, g.operand(value, input.dtype), input)


def _lerp(g: Graph, input: Value, end: Value, weight: Any) -> Value:
    way = g.on_the_way("Sub", end, input, shape=g.results[0].shape)
    return g.op("Add", input, g.on_the_way("Mul", way, g.operand(weight, input.dtype)))


def _addc(kind: str) -> Callable:
    def translation(g: Graph, input: Value, tensor1: Value, tensor2: Value, value: float = 1) -> Value:
        part = g.on_the_way(kind, tensor1, tensor2, shape=g.results[0].shape)
        return g.op("Add", input, g.on_the_way("Mul", part, g.constant(value, input.dtype)))
    return translation


# ---- products ------------------------------------------------------------------------------------------

def _matmul(g: Graph, input: Value, other: Value) -> Value:
    return g.op("MatMul", input, other)


def _addmm(g: Graph, input: Value, mat1: Value, mat2: Value, beta: float = 1, alpha: float = 1) -> Value:
    return g.op("Gemm", mat1, mat2, input, alpha=float(alpha), beta=float(beta))


def _einsum(g: Graph, equation: str, *operands: Any) -> Value:
    operands = tuple(operands[0]) if isinstance(operands[0], list) else operands
    return g.op("Einsum", *operands, equation=equation)


# ---- all of them ------------------------------------------------------------------------------------------

_UNARY = {"neg": "Neg", "abs": "Abs", "exp": "Exp", "log": "Log", "sqrt": "Sqrt", "sin": "Sin", "cos": "Cos", "tan": "Tan",
          "asin": "Asin", "acos": "Acos", "atan": "Atan", "sinh": "Sinh", "cosh": "Cosh", "tanh": "Tanh", "asinh": "Asinh",
          "acosh": "Acosh", "atanh": "Atanh", "sigmoid": "Sigmoid", "erf": "Erf", "floor": "Floor", "ceil": "Ceil",
          "round": "Round", "sign": "Sign", "reciprocal": "Reciprocal", "relu": "Relu", "absolute": "Abs", "negative": "Neg",
          "arctan": "Atan", "arcsin": "Asin", "arccos": "Acos"}

TRANSLATIONS: dict[str, Callable] = {
    **{name: _elementwise(kind) for name, kind in _UNARY.items()},
    "isnan": _question("IsNaN"), "isinf": _question("IsInf"),
    **dict.fromkeys(["logical_not", "bitwise_not", "__invert__"], _invert),
    "square": _square, "rsqrt": _rsqrt, "log2": _log_to(2), "log10": _log_to(10), "log1p": _log1p, "expm1": _expm1, "exp2": _exp2,
    "clamp": _clamp, "clip": _clamp, "clamp_min": lambda g, input, min: _clamp(g, input, min),
    "clamp_max": lambda g, input, max: _clamp(g, input, None, max), "cumsum": _cumsum, "tril": _triangle(0), "triu": _triangle(1),
    **dict.fromkeys(["contiguous", "clone", "detach", "cpu", "positive", "alias", "data", "to_dense"], _identity),
    **dict.fromkeys(["float", "double", "half", "long", "int", "short", "char", "byte", "bool", "to", "type", "type_as"],
                    _to_type),

    "add": _scaled("Add"), "sub": _scaled("Sub"), "subtract": _scaled("Sub"), "mul": binary("Mul"), "multiply": binary("Mul"),
    "div": _div, "divide": _div, "true_divide": _div, "floor_divide": _floor_divide, "__floordiv__": _floor_divide,
    "remainder": _remainder, "pow": binary("Pow"), "maximum": binary("Max"), "minimum": binary("Min"),
    "__rsub__": _turned(binary("Sub")), "rsub": _turned(binary("Sub")), "__rtruediv__": _turned(_div),
    "__rdiv__": _turned(_div),
    "__rpow__": _turned(binary("Pow")), "__rmatmul__": _turned(_matmul), "__rfloordiv__": _turned(_floor_divide),
    "__rmod__": _turned(_remainder),
    "eq": _compare("Equal"), "ne": _compare("Equal", negated=True), "lt": _compare("Less"), "le": _compare("LessOrEqual"),
    "gt": _compare("Greater"), "ge": _compare("GreaterOrEqual"), "__eq__": _compare("Equal"),
    "logical_and": _logical("And"), "logical_or": _logical("Or"), "logical_xor": _logical("Xor"),
    "bitwise_and": _bitwise("And", "BitwiseAnd"), "bitwise_or": _bitwise("Or", "BitwiseOr"),
    "bitwise_xor": _bitwise("Xor", "BitwiseXor"), "__and__": _bitwise("And", "BitwiseAnd"),
    "__or__": _bitwise("Or", "BitwiseOr"), "__xor__": _bitwise("Xor", "BitwiseXor"),
    "where": _where, "masked_fill": _masked_fill, "lerp": _lerp, "addcmul": _addc("Mul"), "addcdiv": _addc("Div"),

    **dict.fromkeys(["matmul", "mm", "bmm", "mv", "dot"], _matmul), "addmm": _addmm, "einsum": _einsum,
}
