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
from .functions.matrix import (addbmm, addmm, addmv, addr, baddbmm, bmm, dot, ger, matmul, mm, mm as spmm, mv,
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


def __getattr__(name: str):
    """What few programs need is loaded when it is first asked for."""
    return _find(__package__, name)


def __dir__() -> list[str]:
    return _listed(__package__)
