"""mtorch: PyTorch small enough to read in an afternoon, on NumPy alone.  Here are its public names, nothing else."""
from __future__ import annotations

import math as _math

from .dtypes import (bfloat16, bool, can_cast, cdouble, cfloat, chalf, complex32, complex64, complex128, double, dtype,
                     finfo, float, float8_e4m3fn, float8_e4m3fnuz, float8_e5m2, float8_e5m2fnuz, float8_e8m0fnu, float16,
                     float32, float64, get_default_dtype, half, iinfo, int, int8, int16, int32, int64, long,
                     promote_types, set_default_dtype, short, uint8, uint16, uint32, uint64)
from .device import device
from .strides import layout, memory_format
from .later import find as _find, listed as _listed
from . import autograd, random, return_types
from .autograd import (enable_grad, inference_mode, is_anomaly_enabled, is_grad_enabled, no_grad, set_grad_enabled)
from .autograd.mode import is_inference_mode_enabled
from .functions.arguments import Size
from .functions.activation import celu, hardshrink, prelu, relu, selu, threshold
from .functions.arithmetic import (add, addcdiv, addcmul, arctan2, atan2, copysign, div, divide, float_power,
                                   floor_divide, fmax, fmin, fmod, hypot, lerp, logaddexp, logaddexp2, maximum, minimum,
                                   mul, multiply, pow, remainder, rsub, sub, subtract, true_divide, where, xlogy)
from .functions.elementwise import (abs, absolute, ceil, clamp, clamp_max, clamp_min, clip, clone, deg2rad, fix, floor,
                                    frac, masked_fill, nan_to_num, neg, negative, positive, rad2deg, round, sign,
                                    square, trunc)
from .functions.transcendental import (acos, acosh, arccos, arccosh, arcsin, arcsinh, arctan, arctanh, asin, asinh,
                                       atan, atanh, cos, cosh, digamma, erf, erfc, erfinv, exp, exp2, expm1, lgamma,
                                       log, log1p, log2, log10, logit, polygamma, reciprocal, rsqrt, sigmoid, sin, sinc,
                                       sinh, sqrt, tan, tanh)
from .functions.comparison import (allclose, bitwise_and, bitwise_left_shift, bitwise_not, bitwise_or,
                                   bitwise_right_shift, bitwise_xor, eq, equal, ge, greater, greater_equal, gt, isclose,
                                   isfinite, isinf, isnan, isneginf, isposinf, le, less, less_equal, logical_and,
                                   logical_not, logical_or, logical_xor, lt, ne, not_equal, signbit)
from .functions.reduction import (all, amax, amin, aminmax, any, argmax, argmin, count_nonzero, logsumexp, max, mean,
                                  min, nanmean, nansum, numel, prod, std, std_mean, sum, var, var_mean)
from .functions.softmax import log_softmax, softmax
from .functions.joining import cat, chunk, concat, concatenate, split, split_with_sizes, stack, unbind
from .functions.rearranging import diag, diagonal, flip, fliplr, flipud, roll, tril, triu
from .functions.shape import (broadcast_to, flatten, moveaxis, movedim, permute, ravel, reshape, squeeze, swapaxes,
                              swapdims, t, tile, transpose, unflatten, unsqueeze)
from .functions.indexing import (argwhere, fill, gather, index_select, masked_select, narrow, nonzero, select)
from .functions.scan import (cummax, cummin, cumprod, cumsum, cumulative_trapezoid, diff, logcumsumexp, trapezoid,
                             trapz)
from .functions.counting import bincount, histc, histogram, unique, unique_consecutive
from .functions.sorting import (argsort, bucketize, isin, kthvalue, median, mode, msort, nanmedian, nanquantile,
                                quantile, searchsorted, sort, topk)
from .functions.scatter import (diagonal_scatter, index_add, index_copy, index_fill, index_put, index_put_,
                                masked_scatter, put, scatter, scatter_add, scatter_reduce, select_scatter,
                                slice_scatter, take, take_along_dim)
from .functions.einsum import einsum, inner, kron, tensordot, trace, vdot
from .functions.matrix import (addbmm, addmm, addmv, addr, baddbmm, bmm, dot, ger, matmul, mm, mm as dsmm, mm as spmm, mv,
                               outer)
from .functions.linalg.low_rank import pca_lowrank, svd_lowrank
from .functions.linalg.decomposition import (householder_product as orgqr, lu_unpack, old_cholesky as cholesky, old_lu as lu,
                                             old_lu_solve as lu_solve, old_qr as qr, old_svd as svd)
from .functions.linalg.norms import cdist, dist, old_norm as norm, pdist, renorm
from .functions.linalg.products import (chain_matmul, matrix_exp, matrix_power, old_cross as cross,
                                        old_vander as vander)
from .functions.linalg.solving import (cholesky_inverse, cholesky_solve, det, inverse, logdet, old_slogdet as slogdet,
                                       pinverse, triangular_solve)
from .functions.complex_numbers import (angle, complex, conj, conj_physical, imag, is_conj, is_neg, isreal, polar, real,
                                        resolve_conj, resolve_neg, sgn, view_as_complex, view_as_real)
from .functions.number_parts import (frexp, gcd, heaviside, is_nonzero, is_same_size, lcm, ldexp, nextafter,
                                     result_type)
from .functions.placing import (as_strided, diag_embed, diagflat, nonzero_static, rot90, tril_indices, triu_indices,
                                unravel_index)
from .functions.spectrogram import istft, stft
from .functions.special import i0, igamma, igammac, mvlgamma
from .functions.buffers import from_dlpack, frombuffer, range
from .functions.stacking import (atleast_1d, atleast_2d, atleast_3d, block_diag, broadcast_shapes, broadcast_tensors,
                                 cartesian_prod, column_stack, combinations, dsplit, dstack, hsplit, hstack, meshgrid,
                                 repeat_interleave, row_stack, tensor_split, vsplit, vstack)
from .functions.statistics import corrcoef, cov, gradient, histogramdd, index_reduce
from .functions.tapers import bartlett_window, blackman_window, hamming_window, hann_window, kaiser_window
from .functions.random import (bernoulli, binomial, multinomial, normal, poisson, rand, rand_like, randint,
                               randint_like, randn, randn_like, randperm)
from .random import (Generator, default_generator, get_rng_state, initial_seed, manual_seed, seed, set_rng_state)
from .tensor import Tensor
# after the module tensor.py: the function of that name is what `mtorch.tensor` means
from .functions.creation import (arange, as_tensor, asarray, empty, empty_like, eye, from_numpy, full, full_like,
                                 linspace, logspace, ones, ones_like, scalar_tensor, tensor, zeros, zeros_like)
from .printing import get_printoptions, printoptions, set_printoptions
from .sparse import sparse_coo_tensor, sparse_csr_tensor
from . import linalg, nn, optim, signal, sparse, special, utils
from .nn import Module, Parameter, Sequential
from .utils.data import DataLoader
from .native import alpha_dropout, batch_norm, dropout, embedding, feature_dropout, group_norm, instance_norm, layer_norm
from .nn.functional import (adaptive_avg_pool1d, adaptive_max_pool1d, avg_pool1d, bilinear, celu_, channel_shuffle,
                            conv1d, conv2d, conv3d, conv_transpose1d, conv_transpose2d, conv_transpose3d,
                            cosine_similarity, max_pool1d, max_pool2d, max_pool3d, pairwise_distance, pixel_shuffle,
                            pixel_unshuffle, relu_, rms_norm, rrelu, rrelu_, selu_, threshold_)
from .legacy import methods_as_functions as _methods_as_functions, tensor_classes as _tensor_classes

globals().update(_tensor_classes(Tensor))
globals().update(_methods_as_functions(Tensor))

strided, sparse_coo, sparse_csr = layout("torch.strided"), layout("torch.sparse_coo"), layout("torch.sparse_csr")
contiguous_format, preserve_format = memory_format("torch.contiguous_format"), memory_format("torch.preserve_format")
channels_last, channels_last_3d = memory_format("torch.channels_last"), memory_format("torch.channels_last_3d")
pi, e, inf, nan, newaxis = _math.pi, _math.e, _math.inf, _math.nan, None
__all__ = [
    "BFloat16Tensor", "BoolTensor", "ByteTensor", "CharTensor", "ComplexDoubleTensor", "ComplexFloatTensor",
    "DataLoader", "DeviceObjType", "DoubleTensor", "Event", "FloatTensor", "Future", "Generator", "GradScaler",
    "HalfTensor", "IntTensor", "LongTensor", "Module", "OutOfMemoryError", "Parameter", "PyTorchFileReader",
    "ScriptModule", "Sequential", "ShortTensor", "Size", "Stream", "SymBool", "SymFloat", "SymInt", "Tensor",
    "TensorType", "TypedStorage", "UInt16Tensor", "UInt32Tensor", "UInt64Tensor", "UntypedStorage", "abs", "abs_",
    "absolute", "acos", "acos_", "acosh", "acosh_", "adaptive_avg_pool1d", "adaptive_max_pool1d", "add", "addbmm",
    "addcdiv", "addcmul", "addmm", "addmv", "addmv_", "addr", "adjoint", "all", "allclose", "alpha_dropout", "amax",
    "amin", "aminmax", "angle", "any", "arange", "arccos", "arccos_", "arccosh", "arccosh_", "arcsin", "arcsin_",
    "arcsinh", "arcsinh_", "arctan", "arctan2", "arctan_", "arctanh", "arctanh_",
    "are_deterministic_algorithms_enabled", "argmax", "argmin", "argsort", "argwhere", "as_strided", "as_strided_",
    "as_tensor", "asarray", "asin", "asin_", "asinh", "asinh_", "atan", "atan2", "atan_", "atanh", "atanh_",
    "atleast_1d", "atleast_2d", "atleast_3d", "autocast", "avg_pool1d", "baddbmm", "bartlett_window", "batch_norm",
    "bernoulli", "bfloat16", "bilinear", "bincount", "binomial", "bitwise_and", "bitwise_left_shift", "bitwise_not",
    "bitwise_or", "bitwise_right_shift", "bitwise_xor", "blackman_window", "block_diag", "bmm", "bool",
    "broadcast_shapes", "broadcast_tensors", "broadcast_to", "bucketize", "can_cast", "cartesian_prod", "cat", "cdist",
    "cdouble", "ceil", "ceil_", "celu", "celu_", "cfloat", "chain_matmul", "chalf", "channel_shuffle", "channels_last",
    "channels_last_3d", "cholesky", "cholesky_inverse", "cholesky_solve", "chunk", "clamp", "clamp_", "clamp_max",
    "clamp_max_", "clamp_min", "clamp_min_", "clip", "clip_", "clone", "column_stack", "combinations", "compile",
    "complex", "complex128", "complex32", "complex64", "concat", "concatenate", "conj", "conj_physical",
    "conj_physical_", "contiguous_format", "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d",
    "conv_transpose3d", "copysign", "corrcoef", "cos", "cos_", "cosh", "cosh_", "cosine_similarity", "count_nonzero",
    "cov", "cross", "cummax", "cummin", "cumprod", "cumsum", "cumulative_trapezoid", "default_generator", "deg2rad",
    "deg2rad_", "det", "detach", "detach_", "device", "diag", "diag_embed", "diagflat", "diagonal", "diagonal_scatter",
    "diff", "digamma", "dist", "div", "divide", "dot", "double", "dropout", "dsmm", "dsplit", "dstack", "dtype", "e",
    "einsum", "embedding", "empty", "empty_like", "enable_grad", "eq", "equal", "erf", "erf_", "erfc", "erfc_",
    "erfinv", "exp", "exp2", "exp2_", "exp_", "expm1", "expm1_", "eye", "feature_dropout", "fill", "fill_", "finfo",
    "fix", "fix_", "flatten", "flip", "fliplr", "flipud", "float", "float16", "float32", "float64", "float8_e4m3fn",
    "float8_e4m3fnuz", "float8_e5m2", "float8_e5m2fnuz", "float8_e8m0fnu", "float_power", "floor", "floor_",
    "floor_divide", "fmax", "fmin", "fmod", "frac", "frac_", "frexp", "from_dlpack", "from_numpy", "frombuffer",
    "full", "full_like", "gather", "gcd", "gcd_", "ge", "ger", "get_autocast_cpu_dtype", "get_autocast_dtype",
    "get_autocast_gpu_dtype", "get_default_device", "get_default_dtype", "get_deterministic_debug_mode", "get_device",
    "get_float32_matmul_precision", "get_num_interop_threads", "get_num_threads", "get_printoptions", "get_rng_state",
    "gradient", "greater", "greater_equal", "group_norm", "gt", "half", "hamming_window", "hann_window", "hardshrink",
    "heaviside", "histc", "histogram", "histogramdd", "hsplit", "hstack", "hypot", "i0", "i0_", "igamma", "igammac",
    "iinfo", "imag", "index_add", "index_copy", "index_fill", "index_put", "index_put_", "index_reduce",
    "index_select", "inf", "inference_mode", "initial_seed", "inner", "instance_norm", "int", "int16", "int32",
    "int64", "int8", "inverse", "is_anomaly_enabled", "is_autocast_cache_enabled", "is_autocast_cpu_enabled",
    "is_autocast_enabled", "is_complex", "is_conj", "is_deterministic_algorithms_warn_only_enabled",
    "is_floating_point", "is_grad_enabled", "is_inference", "is_inference_mode_enabled", "is_neg", "is_nonzero",
    "is_same_size", "is_signed", "is_storage", "is_tensor", "is_warn_always_enabled", "isclose", "isfinite", "isin",
    "isinf", "isnan", "isneginf", "isposinf", "isreal", "istft", "kaiser_window", "kron", "kthvalue", "layer_norm",
    "layout", "lcm", "lcm_", "ldexp", "ldexp_", "le", "lerp", "less", "less_equal", "lgamma", "linspace", "load",
    "log", "log10", "log10_", "log1p", "log1p_", "log2", "log2_", "log_", "log_softmax", "logaddexp", "logaddexp2",
    "logcumsumexp", "logdet", "logical_and", "logical_not", "logical_or", "logical_xor", "logit", "logit_", "logspace",
    "logsumexp", "long", "lt", "lu", "lu_solve", "lu_unpack", "manual_seed", "masked_fill", "masked_scatter",
    "masked_select", "matmul", "matrix_exp", "matrix_power", "max", "max_pool1d", "max_pool2d", "max_pool3d",
    "maximum", "mean", "median", "memory_format", "meshgrid", "min", "minimum", "mm", "mode", "moveaxis", "movedim",
    "msort", "mul", "multinomial", "multiply", "mv", "mvlgamma", "nan", "nan_to_num", "nan_to_num_", "nanmean",
    "nanmedian", "nanquantile", "nansum", "narrow", "ne", "neg", "neg_", "negative", "negative_", "newaxis",
    "nextafter", "no_grad", "nonzero", "nonzero_static", "norm", "normal", "not_equal", "numel", "ones", "ones_like",
    "orgqr", "outer", "pairwise_distance", "pca_lowrank", "pdist", "permute", "pi", "pinverse", "pixel_shuffle",
    "pixel_unshuffle", "poisson", "polar", "polygamma", "positive", "pow", "prelu", "preserve_format", "printoptions",
    "prod", "promote_types", "put", "qr", "quantile", "rad2deg", "rad2deg_", "rand", "rand_like", "randint",
    "randint_like", "randn", "randn_like", "randperm", "range", "ravel", "real", "reciprocal", "reciprocal_", "relu",
    "relu_", "remainder", "renorm", "repeat_interleave", "reshape", "resize_as_", "resolve_conj", "resolve_neg",
    "result_type", "rms_norm", "roll", "rot90", "round", "round_", "row_stack", "rrelu", "rrelu_", "rsqrt", "rsqrt_",
    "rsub", "save", "scalar_tensor", "scatter", "scatter_add", "scatter_reduce", "searchsorted", "seed", "select",
    "select_scatter", "selu", "selu_", "set_default_device", "set_default_dtype", "set_default_tensor_type",
    "set_deterministic_debug_mode", "set_float32_matmul_precision", "set_flush_denormal", "set_grad_enabled",
    "set_num_interop_threads", "set_num_threads", "set_printoptions", "set_rng_state", "set_warn_always", "sgn",
    "short", "sigmoid", "sigmoid_", "sign", "signbit", "sin", "sin_", "sinc", "sinc_", "sinh", "sinh_",
    "slice_scatter", "slogdet", "softmax", "sort", "sparse_coo", "sparse_coo_tensor", "sparse_csr",
    "sparse_csr_tensor", "split", "split_with_sizes", "spmm", "sqrt", "sqrt_", "square", "square_", "squeeze", "stack",
    "std", "std_mean", "stft", "strided", "sub", "subtract", "sum", "svd", "svd_lowrank", "swapaxes", "swapdims",
    "sym_float", "sym_int", "sym_ite", "sym_max", "sym_min", "sym_not", "sym_sum", "t", "take", "take_along_dim",
    "tan", "tan_", "tanh", "tanh_", "tensor", "tensor_split", "tensordot", "threshold", "threshold_", "tile", "topk",
    "trace", "transpose", "trapezoid", "trapz", "triangular_solve", "tril", "tril_indices", "triu", "triu_indices",
    "true_divide", "trunc", "trunc_", "typename", "uint16", "uint32", "uint64", "uint8", "unbind", "unflatten",
    "unique", "unique_consecutive", "unravel_index", "unsqueeze", "use_deterministic_algorithms", "vander", "var",
    "var_mean", "vdot", "view_as_complex", "view_as_real", "vmap", "vsplit", "vstack", "where", "xlogy", "xlogy_",
    "zero_", "zeros", "zeros_like",
]


def __getattr__(name: str):
    """What few programs need is loaded when it is first asked for."""
    return _find(__package__, name)


def __dir__() -> list[str]:
    return _listed(__package__)
