"""What the functions of torch.nn.functional are in ONNX's operators.  See functions.py for what a translation is."""
from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..nn.functional.images import per_axis
from .errors import Untranslated
from .graph import Graph, Value

# ---- activations ----------------------------------------------------------------------------------------


def _with(kind: str, **names: str) -> Callable:
    """An operator whose attributes are the function's arguments under other names: names is {attribute: argument}."""
    arguments = list(names.values())

    def translation(g: Graph, input: Value, *args: Any, inplace: bool = False, **kwargs: Any) -> Value:
        given = {**_DEFAULTS.get(kind, {}), **dict(zip(arguments, args)), **kwargs}
        return g.op(kind, input, **{attribute: float(given[argument]) for attribute, argument in names.items()})
    return translation


_DEFAULTS = {"LeakyRelu": {"negative_slope": 0.01}, "Elu": {"alpha": 1.0}, "Celu": {"alpha": 1.0}}


def _plain(kind: str, **attributes: Any) -> Callable:
    return lambda g, input, inplace=False: g.op(kind, input, **attributes)


def _gelu(g: Graph, input: Value, approximate: str = "none") -> Value:
    number = lambda value: g.constant(value, input.dtype)
    if approximate == "tanh":
        cube = g.on_the_way("Mul", g.on_the_way("Mul", g.on_the_way("Mul", input, input), input), number(0.044715))
        inner = g.on_the_way("Mul", g.on_the_way("Add", input, cube), number(math.sqrt(2 / math.pi)))
        bent = g.on_the_way("Tanh", inner)
    else:
        bent = g.on_the_way("Erf", g.on_the_way("Mul", input, number(math.sqrt(0.5))))
    return g.op("Mul", g.on_the_way("Mul", input, number(0.5)), g.on_the_way("Add", bent, number(1)))


def _silu(g: Graph, input: Value, inplace: bool = False) -> Value:
    return g.op("Mul", input, g.on_the_way("Sigmoid", input))


def _softplus(g: Graph, input: Value, beta: float = 1, threshold: float = 20) -> Value:
    if beta == 1:
        return g.op("Softplus", input)
    factor = g.constant(beta, input.dtype)
    return g.op("Div", g.on_the_way("Softplus", g.on_the_way("Mul", input, factor)), factor)


def _logsigmoid(g: Graph, input: Value) -> Value:
    return g.op("Neg", g.on_the_way("Softplus", g.on_the_way("Neg", input)))


def _prelu(g: Graph, input: Value, weight: Value) -> Value:
    if weight.shape and weight.shape[0] > 1:
        n = input.ndim - 2
        weight = g.on_the_way("Unsqueeze", weight, g.ints(*range(1, n + 1)), shape=weight.shape + (1,) * n)
    return g.op("PRelu", input, weight)


def _between(low: float, high: float) -> Callable:
    def translation(g: Graph, input: Value, min_val: float = low, max_val: float = high, inplace: bool = False) -> Value:
        return g.op("Clip", input, g.constant(min_val, input.dtype), g.constant(max_val, input.dtype))
    return translation


def _relu6(g: Graph, input: Value, inplace: bool = False) -> Value:
    return _between(0, 6)(g, input)


def _shrink(soft: bool) -> Callable:
    return lambda g, input, lambd=0.5: g.op("Shrink", input, lambd=float(lambd), bias=float(lambd) if soft else 0.0)


def _glu(g: Graph, input: Value, dim: int = -1) -> Value:
    axis, half = input.dim(dim), input.shape[dim] // 2
    shape = g.results[0].shape
    a, b = (g.on_the_way("Slice", input, g.ints(start), g.ints(start + half), g.ints(axis), shape=shape) for start in (0, half))
    return g.op("Mul", a, g.on_the_way("Sigmoid", b))


def _over(kind: str, negated: bool = False) -> Callable:
    """softmax and its kin."""
    def translation(g: Graph, input: Value, dim: int | None = None, dtype: Any = None, _stacklevel: int = 3) -> Value:
        if dim is None:
            dim = 0 if input.ndim in (0, 1, 3) else 1
        x = g.cast(input, g.results[0].dtype)
        return g.op(kind, g.on_the_way("Neg", x) if negated else x, axis=input.dim(dim))
    return translation


# ---- products -------------------------------------------------------------------------------------------

def _linear(g: Graph, input: Value, weight: Value, bias: Value | None = None) -> Value:
    if input.ndim == 2 and bias is not None:
        return g.op("Gemm", input, weight, bias, transB=1)
    turned = g.on_the_way("Transpose", weight, shape=weight.shape[::-1], perm=[1, 0])
    if bias is None:
        return g.op("MatMul", input, turned)
    return g.op("Add", g.on_the_way("MatMul", input, turned, shape=g.results[0].shape), bias)


def _attention(g: Graph, query: Value, key: Value, value: Value, attn_mask: Value | None = None, dropout_p: float = 0.0,
               is_causal: bool = False, scale: float | None = None, enable_gqa: bool = False) -> Value:
    if enable_gqa or dropout_p:
        raise Untranslated("scaled_dot_product_attention with enable_gqa or dropout is not translated")
    order = [*range(key.ndim - 2), key.ndim - 1, key.ndim - 2]
    scale = 1 / math.sqrt(query.shape[-1]) if scale is None else scale
    shape = (*query.shape[:-1], key.shape[-2])
    turned = g.on_the_way("Transpose", key, shape=[key.shape[d] for d in order], perm=order)
    scores = g.on_the_way("Mul", g.on_the_way("MatMul", query, turned, shape=shape), g.constant(scale, query.dtype))
    if is_causal:
        ahead = np.triu(np.full(shape[-2:], -np.inf, query.dtype), 1)
        scores = g.on_the_way("Add", scores, g.constant(ahead, query.dtype))
    if attn_mask is not None and attn_mask.dtype == bool:
        scores = g.on_the_way("Where", attn_mask, scores, g.constant(-np.inf, query.dtype), shape=shape, dtype=query.dtype)
    elif attn_mask is not None:
        scores = g.on_the_way("Add", scores, attn_mask)
    return g.op("MatMul", g.on_the_way("Softmax", scores, axis=-1), value)


def _embedding(g: Graph, input: Value, weight: Value, padding_idx: int | None = None, max_norm: float | None = None,
               *args: Any, **kwargs: Any) -> Value:
    if max_norm is not None:
        raise Untranslated("embedding with max_norm, which changes the weight, is not translated")
    return g.op("Gather", weight, input, axis=0)


# ---- images ---------------------------------------------------------------------------------------------

def _each(value: Any, n: int) -> list[int]:
    """One number for each of n axes; the function has checked them."""
    return list(per_axis(value, n, "onnx.export", "value"))


def _batched(g: Graph, input: Value, n: int, name: str) -> None:
    if input.ndim != n + 2:
        raise Untranslated(f"{name} of one sample, without a batch, is not translated")


def _convolution(n: int) -> Callable:
    def translation(g: Graph, input: Value, weight: Value, bias: Value | None = None, stride: Any = 1, padding: Any = 0,
                    dilation: Any = 1, groups: int = 1) -> Value:
        _batched(g, input, n, f"conv{n}d")
        steps = _each(dilation, n)
        if padding == "same":
            total = [d * (k - 1) for d, k in zip(steps, weight.shape[2:])]
            pads = [t // 2 for t in total] + [t - t // 2 for t in total]
        else:
            pads = ([0] * n if padding == "valid" else _each(padding, n)) * 2
        return g.op("Conv", input, weight, bias, strides=_each(stride, n), pads=pads, dilations=steps, group=groups)
    return translation


def _transposed_convolution(n: int) -> Callable:
    def translation(g: Graph, input: Value, weight: Value, bias: Value | None = None, stride: Any = 1, padding: Any = 0,
                    output_padding: Any = 0, groups: int = 1, dilation: Any = 1) -> Value:
        _batched(g, input, n, f"conv_transpose{n}d")
        return g.op("ConvTranspose", input, weight, bias, strides=_each(stride, n), pads=_each(padding, n) * 2,
                    output_padding=_each(output_padding, n), dilations=_each(dilation, n), group=groups)
    return translation


def _max_pool(n: int) -> Callable:
    def translation(g: Graph, input: Value, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1,
                    ceil_mode: bool = False, return_indices: bool = False) -> Value:
        _batched(g, input, n, f"max_pool{n}d")
        if return_indices:
            raise Untranslated("max_pool with return_indices is not translated: ONNX counts places another way")
        return g.op("MaxPool", input, kernel_shape=_each(kernel_size, n), strides=_each(stride or kernel_size, n),
                    pads=_each(padding, n) * 2, dilations=_each(dilation, n), ceil_mode=int(ceil_mode))
    return translation


def _avg_pool(n: int) -> Callable:
    def translation(g: Graph, input: Value, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False,
                    count_include_pad: bool = True, divisor_override: int | None = None) -> Value:
        _batched(g, input, n, f"avg_pool{n}d")
        if divisor_override or ceil_mode and count_include_pad and padding:
            raise Untranslated("avg_pool with divisor_override, or ceil_mode and counted padding, is not translated")
        count_include_pad = count_include_pad and not ceil_mode    # a window that goes over the edge counts what is inside
        return g.op("AveragePool", input, kernel_shape=_each(kernel_size, n), strides=_each(stride or kernel_size, n),
                    pads=_each(padding, n) * 2, ceil_mode=int(ceil_mode), count_include_pad=int(count_include_pad))
    return translation


def _adaptive_pool(n: int, whole: str, windows: str) -> Callable:
    def translation(g: Graph, input: Value, output_size: Any, return_indices: bool = False) -> Value:
        _batched(g, input, n, "adaptive pooling")
        wanted, size = g.results[0].shape[2:], input.shape[2:]
        if return_indices or any(s % w for s, w in zip(size, wanted)):
            raise Untranslated(f"adaptive pooling from {size} to {wanted} is not translated: its windows are of "
                               "unequal sizes, or their indices are asked for")
        if all(w == 1 for w in wanted):
            return g.op(whole, input)
        window = [s // w for s, w in zip(size, wanted)]
        return g.op(windows, input, kernel_shape=window, strides=window)
    return translation


def _interpolate(g: Graph, input: Value, size: Any = None, scale_factor: Any = None, mode: str = "nearest",
                 align_corners: bool | None = None, recompute_scale_factor: bool | None = None,
                 antialias: bool = False) -> Value:
    if mode not in ("nearest", "linear", "bilinear", "trilinear", "bicubic") or antialias:
        raise Untranslated(f"interpolate with mode={mode!r}, antialias={antialias} is not translated")
    if mode == "nearest":
        how = {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
    else:
        how = {"mode": "cubic" if mode == "bicubic" else "linear",
               "coordinate_transformation_mode": "align_corners" if align_corners else "half_pixel"}
        if mode == "bicubic":
            how["cubic_coeff_a"] = -0.75                           # type: ignore[assignment]
    if scale_factor is not None and not recompute_scale_factor:
        scales = scale_factor if isinstance(scale_factor, (tuple, list)) else [scale_factor] * (input.ndim - 2)
        return g.op("Resize", input, None, g.constant([1, 1, *scales], np.float32), **how)
    axes = list(range(2, input.ndim))
    return g.op("Resize", input, None, None, g.ints(*g.results[0].shape[2:]), axes=axes, **how)


def _pixel_shuffle(g: Graph, input: Value, upscale_factor: int) -> Value:
    return g.op("DepthToSpace", input, blocksize=upscale_factor, mode="CRD")


def _pad(g: Graph, input: Value, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> Value:
    modes = {"constant": "constant", "reflect": "reflect", "replicate": "edge"}
    if mode not in modes:
        raise Untranslated(f"pad with mode={mode!r} is not translated")
    pairs = [(0, 0)] * (input.ndim - len(pad) // 2) + list(zip(pad[::2], pad[1::2]))[::-1]
    return g.op("Pad", input, g.ints(*[a for a, _ in pairs], *[b for _, b in pairs]),
                g.constant(value or 0, input.dtype) if mode == "constant" else None, mode=modes[mode])


# ---- normalization --------------------------------------------------------------------------------------

def _batch_norm(g: Graph, input: Value, running_mean: Value | None, running_var: Value | None, weight: Value | None = None,
                bias: Value | None = None, training: bool = False, momentum: float = 0.1, eps: float = 1e-5) -> Value:
    if training or running_mean is None or running_var is None:
        raise Untranslated("batch_norm by the numbers of the batch is not translated: call model.eval()")
    ones, zeros = _scale_and_shift(g, weight, bias, input.shape[1:2], input.dtype)
    return g.op("BatchNormalization", input, ones, zeros, running_mean, running_var, epsilon=float(eps))


def _scale_and_shift(g: Graph, weight: Value | None, bias: Value | None, shape: Sequence[int], dtype: Any) -> tuple[Value, Value]:
    return (g.constant(np.ones(shape), dtype) if weight is None else weight,
            g.constant(np.zeros(shape), dtype) if bias is None else bias)


def _layer_norm(g: Graph, input: Value, normalized_shape: Sequence[int], weight: Value | None = None, bias: Value | None = None,
                eps: float = 1e-5) -> Value:
    width = [normalized_shape] if isinstance(normalized_shape, int) else list(normalized_shape)
    scale = g.constant(np.ones(width), input.dtype) if weight is None else weight
    return g.op("LayerNormalization", input, scale, bias, axis=-len(width), epsilon=float(eps))


def _rms_norm(g: Graph, input: Value, normalized_shape: Sequence[int], weight: Value | None = None,
              eps: float | None = None) -> Value:
    axes = range(input.ndim - len(normalized_shape), input.ndim)
    kept = [1 if d in axes else n for d, n in enumerate(input.shape)]
    mean = g.on_the_way("ReduceMean", g.on_the_way("Mul", input, input), g.ints(*axes), shape=kept, keepdims=1)
    eps = np.finfo(input.dtype).eps if eps is None else eps
    root = g.on_the_way("Sqrt", g.on_the_way("Add", mean, g.constant(eps, input.dtype)))
    if weight is None:
        return g.op("Div", input, root)
    return g.op("Mul", g.on_the_way("Div", input, root), weight)


def _instance_norm(g: Graph, input: Value, running_mean: Value | None = None, running_var: Value | None = None,
                   weight: Value | None = None, bias: Value | None = None, use_input_stats: bool = True,
                   momentum: float = 0.1, eps: float = 1e-5) -> Value:
    if not use_input_stats:
        return _batch_norm(g, input, running_mean, running_var, weight, bias, eps=eps)
    scale, shift = _scale_and_shift(g, weight, bias, input.shape[1:2], input.dtype)
    return g.op("InstanceNormalization", input, scale, shift, epsilon=float(eps))


def _group_norm(g: Graph, input: Value, num_groups: int, weight: Value | None = None, bias: Value | None = None,
                eps: float = 1e-5) -> Value:
    groups = g.on_the_way("Reshape", input, g.ints(0, num_groups, -1), shape=(input.shape[0], num_groups, 1))
    scale, shift = _scale_and_shift(g, None, None, (num_groups,), input.dtype)
    normal = g.on_the_way("InstanceNormalization", groups, scale, shift, epsilon=float(eps))
    y = g.on_the_way("Reshape", normal, g.ints(*input.shape), shape=input.shape)
    for kind, each in (("Mul", weight), ("Add", bias)):
        if each is not None:
            n = input.ndim - 2
            y = g.on_the_way(kind, y, g.on_the_way("Unsqueeze", each, g.ints(*range(1, n + 1)), shape=each.shape + (1,) * n)
                             if n else each)
    return y


def _local_response_norm(g: Graph, input: Value, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> Value:
    return g.op("LRN", input, size=size, alpha=float(alpha), beta=float(beta), bias=float(k))


def _dropout(g: Graph, input: Value, p: float = 0.5, training: bool = True, inplace: bool = False) -> Value:
    if training and p:
        raise Untranslated("dropout while training is not translated: call model.eval()")
    return input


def _normalize(g: Graph, input: Value, p: float = 2.0, dim: int = 1, eps: float = 1e-12, out: None = None) -> Value:
    if p not in (1, 2) or not isinstance(dim, int):
        raise Untranslated(f"normalize with p={p} and dim={dim} is not translated")
    d = input.dim(dim)
    kept = [1 if i == d else n for i, n in enumerate(input.shape)]
    norm = g.on_the_way(f"ReduceL{int(p)}", input, g.ints(d), shape=kept, keepdims=1)
    return g.op("Div", input, g.on_the_way("Max", norm, g.constant(eps, input.dtype)))


def _one_hot(g: Graph, tensor: Value, num_classes: int = -1) -> Value:
    if num_classes == -1:
        raise Untranslated("one_hot without num_classes asks for the numbers in a tensor")
    return g.op("OneHot", tensor, g.constant(num_classes, np.int64), g.ints(0, 1), axis=-1)


# ---- all of them ----------------------------------------------------------------------------------------

TRANSLATIONS: dict[str, Callable] = {
    "leaky_relu": _with("LeakyRelu", alpha="negative_slope"), "elu": _with("Elu", alpha="alpha"),
    "celu": _with("Celu", alpha="alpha"), "selu": _plain("Selu"), "mish": _plain("Mish"), "hardswish": _plain("HardSwish"),
    "hardsigmoid": _plain("HardSigmoid", alpha=1 / 6, beta=0.5), "softsign": _plain("Softsign"), "gelu": _gelu, "silu": _silu,
    "softplus": _softplus, "logsigmoid": _logsigmoid, "prelu": _prelu, "relu6": _relu6, "hardtanh": _between(-1, 1),
    "hardshrink": _shrink(soft=False), "softshrink": _shrink(soft=True), "glu": _glu, "softmax": _over("Softmax"),
    "log_softmax": _over("LogSoftmax"), "softmin": _over("Softmax", negated=True),
    "linear": _linear, "scaled_dot_product_attention": _attention, "embedding": _embedding,
    **{f"conv{n}d": _convolution(n) for n in (1, 2, 3)},
    **{f"conv_transpose{n}d": _transposed_convolution(n) for n in (1, 2, 3)},
    **{f"max_pool{n}d": _max_pool(n) for n in (1, 2, 3)}, **{f"avg_pool{n}d": _avg_pool(n) for n in (1, 2, 3)},
    **{f"adaptive_avg_pool{n}d": _adaptive_pool(n, "GlobalAveragePool", "AveragePool") for n in (1, 2, 3)},
    **{f"adaptive_max_pool{n}d": _adaptive_pool(n, "GlobalMaxPool", "MaxPool") for n in (1, 2, 3)},
    "interpolate": _interpolate, "upsample": _interpolate, "pixel_shuffle": _pixel_shuffle, "pad": _pad,
    "batch_norm": _batch_norm, "layer_norm": _layer_norm, "rms_norm": _rms_norm, "instance_norm": _instance_norm,
    "group_norm": _group_norm, "local_response_norm": _local_response_norm, "normalize": _normalize, "one_hot": _one_hot,
    **dict.fromkeys(["dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "feature_alpha_dropout"], _dropout),
}
