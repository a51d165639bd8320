"""The functions that are methods of Tensor, one visible line each.

`exp = functions.exp`: the function is documented once, there, and `mtorch.exp`, `Tensor.exp` and the rule behind both
are found by the same name.
"""
from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..autograd.tape import TensorBase
from ..autograd.views import inplace
from ..caller import program_line
from ..functions import activation, arithmetic, comparison, counting, creation, einsum as einsums, elementwise, indexing
from ..functions import joining, matrix, random, random_inplace, rearranging, reduction, scan, scatter as scatters
from ..functions import shape as shapes, softmax as softmaxes, sorting, transcendental
from ..functions import complex_numbers, number_parts, placing, special, spectrogram, stacking, statistics
from ..functions import in_place
from ..functions.linalg import decomposition, norms, products, solving

if TYPE_CHECKING:
    from ..tensor import Tensor


def _warn_of_T(ndim: int) -> None:
    text = ("The use of `x.T` on tensors of dimension other than 2 to reverse their shape is deprecated and it will throw "
            "an error in a future release. Consider `x.mT` to transpose batches of matrices or "
            "`x.permute(*torch.arange(x.ndim - 1, -1, -1))` to reverse the dimensions of a tensor.") if ndim else \
        "Tensor.T is deprecated on 0-D tensors. This function is the identity in these cases."
    warnings.warn(text, stacklevel=program_line())


class Functions(TensorBase):
    """The part of Tensor that computes."""

    __slots__ = ()

    # ---- shapes --------------------------------------------------------------------------------

    reshape, view, view_as, reshape_as = shapes.reshape, shapes.view, shapes.view_as, shapes.reshape_as
    flatten, ravel, unflatten, t = shapes.flatten, shapes.ravel, shapes.unflatten, shapes.t
    transpose = swapdims = shapes.transpose
    swapaxes = shapes.swapaxes
    permute, squeeze, unsqueeze, expand = shapes.permute, shapes.squeeze, shapes.unsqueeze, shapes.expand
    expand_as, broadcast_to, repeat, tile = shapes.expand_as, shapes.broadcast_to, shapes.repeat, shapes.tile
    movedim = moveaxis = shapes.movedim
    flip, fliplr, flipud, roll = rearranging.flip, rearranging.fliplr, rearranging.flipud, rearranging.roll
    tril, triu, diagonal, diag = rearranging.tril, rearranging.triu, rearranging.diagonal, rearranging.diag
    tril_, triu_ = inplace(tril), inplace(triu)
    split_with_sizes, chunk, unbind = joining.split_with_sizes, joining.chunk, joining.unbind

    def split(self, split_size: int | Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
        """Pieces along dim, as views: `mtorch.split`, whose argument has another name.

        split_size: the size of each piece, > 0, the last one the rest; or a list of sizes, which make the whole
        dim: the dimension, in [-dim(), dim())

        Shape: (..., N, ...) -> pieces (..., n, ...)
        Raises: as for `mtorch.split`.

        >>> import mtorch
        >>> mtorch.arange(5).split(2)
        (tensor([0, 1]), tensor([2, 3]), tensor([4]))
        >>> mtorch.arange(5).split([1, 4])
        (tensor([0]), tensor([1, 2, 3, 4]))
        """
        return joining.split(self, split_size, dim)      # type: ignore[arg-type]    # it is a Tensor

    contiguous = shapes.contiguous

    @property
    def T(self) -> Tensor:
        """The dimensions in reverse order, a view: of a matrix its transpose.

        Shape: (A, B, ..., Z) -> (Z, ..., B, A)

        >>> import mtorch
        >>> mtorch.tensor([[1, 2], [3, 4]]).T
        tensor([[1, 3],
                [2, 4]])
        """
        ndim = self.array.ndim
        if ndim != 2:
            _warn_of_T(ndim)
        return shapes.rules.permute(self, dims=tuple(range(ndim))[::-1])

    @property
    def mT(self) -> Tensor:
        """The last two dimensions exchanged, a view: the transpose of each matrix of a batch.

        Shape: (..., M, N) -> (..., N, M)
        Raises: RuntimeError for fewer than 2 dimensions.

        >>> import mtorch
        >>> mtorch.zeros(5, 2, 3).mT.shape
        torch.Size([5, 3, 2])
        """
        if self.array.ndim < 2:
            raise RuntimeError("tensor.mT is only supported on matrices or batches of matrices. Got "
                               f"{self.array.ndim}-D tensor.")
        return shapes.transpose(self, -2, -1)            # type: ignore[arg-type]    # it is a Tensor

    @property
    def H(self) -> Tensor:
        """A matrix with its dimensions exchanged; of complex numbers, conjugated.

        Shape: (M, N) -> (N, M)
        Raises: RuntimeError for what is no matrix.

        >>> import mtorch
        >>> mtorch.tensor([[1 + 2j, 3.0]]).H
        tensor([[1.-2.j],
                [3.-0.j]])
        """
        if self.array.ndim not in (0, 2):
            raise RuntimeError(f"tensor.H is only supported on matrices (2-D tensors). Got {self.array.ndim}-D tensor.")
        return self.mH if self.array.ndim else complex_numbers.conj(self)    # type: ignore[arg-type]

    @property
    def mH(self) -> Tensor:
        """The last two dimensions exchanged, as `mT`; of complex numbers, conjugated.

        Shape: (..., M, N) -> (..., N, M)
        Raises: RuntimeError for fewer than 2 dimensions.

        >>> import mtorch
        >>> mtorch.tensor([[[1 + 2j, 3.0]]]).mH.shape
        torch.Size([1, 2, 1])
        """
        return self.mT.conj()

    def adjoint(self) -> Tensor:
        """The last two dimensions exchanged: the adjoint of matrices, as `mH`.

        Shape: (..., M, N) -> (..., N, M)
        Raises: RuntimeError for fewer than 2 dimensions.

        >>> import mtorch
        >>> mtorch.tensor([[1.0, 2.0], [3.0, 4.0]]).adjoint()
        tensor([[1., 3.],
                [2., 4.]])
        """
        return self.mH

    @property
    def real(self) -> Any:
        """The real part, a view: of real numbers the tensor itself.

        >>> import mtorch
        >>> x = mtorch.tensor([1.0, 2.0])
        >>> x.real is x
        True
        """
        return complex_numbers.real(self)    # type: ignore[arg-type]

    @real.setter
    def real(self, value: Any) -> None:
        self.real.copy_(value if isinstance(value, TensorBase) else creation.as_tensor(value))

    @property
    def imag(self) -> Any:
        """The imaginary part, a view.

        Raises: RuntimeError for real numbers.

        >>> import mtorch
        >>> mtorch.tensor([1 + 2j]).imag
        tensor([2.])
        """
        return complex_numbers.imag(self)    # type: ignore[arg-type]

    @imag.setter
    def imag(self, value: Any) -> None:
        self.imag.copy_(value if isinstance(value, TensorBase) else creation.as_tensor(value))

    # ---- indexing ------------------------------------------------------------------------------

    __getitem__, __setitem__ = indexing.getitem, indexing.setitem
    select, narrow, index_select, gather = indexing.select, indexing.narrow, indexing.index_select, indexing.gather
    masked_select, nonzero, argwhere = indexing.masked_select, indexing.nonzero, indexing.argwhere
    masked_fill, masked_fill_ = elementwise.masked_fill, inplace(elementwise.masked_fill)
    fill, fill_, zero_, copy_ = indexing.fill, indexing.fill_, indexing.zero_, indexing.copy_

    take, put, put_, take_along_dim = scatters.take, scatters.put, scatters.put_, scatters.take_along_dim
    scatter, scatter_ = scatters.scatter, scatters.scatter_
    scatter_add, scatter_add_ = scatters.scatter_add, scatters.scatter_add_
    scatter_reduce, scatter_reduce_ = scatters.scatter_reduce, scatters.scatter_reduce_
    index_add, index_add_ = scatters.index_add, scatters.index_add_
    index_copy, index_copy_ = scatters.index_copy, scatters.index_copy_
    index_fill, index_fill_ = scatters.index_fill, scatters.index_fill_
    index_put, index_put_ = scatters.index_put, scatters.index_put_
    masked_scatter, masked_scatter_ = scatters.masked_scatter, scatters.masked_scatter_
    select_scatter, slice_scatter = scatters.select_scatter, scatters.slice_scatter
    diagonal_scatter = scatters.diagonal_scatter

    # ---- operators -----------------------------------------------------------------------------

    __add__, __radd__, __iadd__ = arithmetic.plus, arithmetic.reflected(arithmetic.plus), arithmetic.augmented(arithmetic.plus)
    __sub__, __rsub__ = arithmetic.minus_checked, arithmetic.reflected(arithmetic.minus_checked)
    __isub__ = arithmetic.augmented(arithmetic.minus_checked)
    __mul__, __rmul__, __imul__ = arithmetic.times, arithmetic.reflected(arithmetic.times), arithmetic.augmented(arithmetic.times)
    __truediv__, __rtruediv__ = arithmetic.over, arithmetic.reflected(arithmetic.over)
    __itruediv__ = arithmetic.augmented(arithmetic.over)
    __floordiv__, __rfloordiv__ = arithmetic.floor_over, arithmetic.reflected(arithmetic.floor_over)
    __ifloordiv__ = arithmetic.augmented(arithmetic.floor_over)
    __mod__, __rmod__ = arithmetic.modulo, arithmetic.reflected(arithmetic.modulo)
    __imod__ = arithmetic.augmented(arithmetic.modulo)
    __pow__, __rpow__ = arithmetic.to_power, arithmetic.reflected(arithmetic.to_power)
    __ipow__ = arithmetic.augmented(arithmetic.to_power)
    __matmul__, __rmatmul__ = matrix.multiplied, arithmetic.reflected(matrix.multiplied)
    __neg__, __pos__, __abs__ = elementwise.neg, elementwise.positive, elementwise.abs
    __eq__, __ne__ = comparison.is_equal, comparison.is_unequal    # type: ignore[assignment]
    __hash__ = object.__hash__         # by identity, though == compares element by element
    __lt__, __le__, __gt__, __ge__ = comparison.is_less, comparison.is_at_most, comparison.is_greater, comparison.is_at_least
    __and__, __rand__, __iand__ = comparison.and_, arithmetic.reflected(comparison.and_), arithmetic.augmented(comparison.and_)
    __or__, __ror__, __ior__ = comparison.or_, arithmetic.reflected(comparison.or_), arithmetic.augmented(comparison.or_)
    __xor__, __rxor__, __ixor__ = comparison.xor, arithmetic.reflected(comparison.xor), arithmetic.augmented(comparison.xor)
    __lshift__, __rlshift__ = comparison.left_shift, arithmetic.reflected(comparison.left_shift)
    __rshift__, __rrshift__ = comparison.right_shift, arithmetic.reflected(comparison.right_shift)
    __ilshift__, __irshift__ = arithmetic.augmented(comparison.left_shift), arithmetic.augmented(comparison.right_shift)
    __invert__ = comparison.invert

    # ---- arithmetic ----------------------------------------------------------------------------

    add, add_ = arithmetic.add, inplace(arithmetic.add)
    sub, sub_ = arithmetic.sub, inplace(arithmetic.sub)
    subtract, subtract_ = sub, sub_
    mul, mul_ = arithmetic.mul, inplace(arithmetic.mul)
    multiply, multiply_ = mul, mul_
    div, div_ = arithmetic.div, inplace(arithmetic.div)
    divide, divide_, true_divide, true_divide_ = div, div_, div, div_
    floor_divide, floor_divide_ = arithmetic.floor_divide, inplace(arithmetic.floor_divide)
    remainder, remainder_ = arithmetic.remainder, inplace(arithmetic.remainder)
    fmod, fmod_ = arithmetic.fmod, inplace(arithmetic.fmod)
    pow, pow_ = arithmetic.pow, inplace(arithmetic.pow)
    float_power, float_power_ = arithmetic.float_power, inplace(arithmetic.float_power_of_double)
    maximum, minimum, fmax, fmin = arithmetic.maximum, arithmetic.minimum, arithmetic.fmax, arithmetic.fmin
    atan2, atan2_ = arithmetic.atan2, inplace(arithmetic.atan2)
    arctan2, arctan2_ = atan2, atan2_
    hypot, hypot_ = arithmetic.hypot, inplace(arithmetic.hypot)
    logaddexp, logaddexp2, xlogy = arithmetic.logaddexp, arithmetic.logaddexp2, arithmetic.xlogy
    xlogy_ = inplace(xlogy)
    copysign, copysign_ = arithmetic.copysign, inplace(arithmetic.copysign)
    lerp, lerp_ = arithmetic.lerp, inplace(arithmetic.lerp)
    addcmul, addcmul_ = arithmetic.addcmul, inplace(arithmetic.addcmul)
    addcdiv, addcdiv_ = arithmetic.addcdiv, inplace(arithmetic.addcdiv)

    def where(self, condition: Tensor, other: Any) -> Tensor:
        """This tensor's elements where the condition holds, else other's.

        condition: a bool tensor
        other: a tensor or a number

        Shape: any three that broadcast -> the shape that they broadcast to
        Raises: as for `mtorch.where`.

        >>> import mtorch
        >>> x = mtorch.tensor([1.0, -2.0, 3.0])
        >>> x.where(x > 0, 0.0)
        tensor([1., 0., 3.])
        """
        return arithmetic.where(condition, self, other)  # type: ignore[arg-type]    # it is a Tensor

    # ---- elementwise ---------------------------------------------------------------------------

    neg, neg_ = elementwise.neg, inplace(elementwise.neg)
    negative, negative_, positive = neg, neg_, elementwise.positive
    abs, abs_ = elementwise.abs, inplace(elementwise.abs)
    absolute, absolute_ = abs, abs_
    square, square_ = elementwise.square, inplace(elementwise.square)
    sign, sign_ = elementwise.sign, inplace(elementwise.sign)
    sgn, sgn_ = complex_numbers.sgn, inplace(complex_numbers.sgn)
    floor, floor_ = elementwise.floor, inplace(elementwise.floor)
    ceil, ceil_ = elementwise.ceil, inplace(elementwise.ceil)
    trunc, trunc_ = elementwise.trunc, inplace(elementwise.trunc)
    fix, fix_ = trunc, trunc_
    round, round_ = elementwise.round, inplace(elementwise.round)
    frac, frac_ = elementwise.frac, inplace(elementwise.frac)
    clamp, clamp_ = elementwise.clamp, inplace(elementwise.clamp)
    clip, clip_ = clamp, clamp_
    clamp_min, clamp_min_ = elementwise.clamp_min, inplace(elementwise.clamp_min)
    clamp_max, clamp_max_ = elementwise.clamp_max, inplace(elementwise.clamp_max)
    nan_to_num, nan_to_num_ = elementwise.nan_to_num, inplace(elementwise.nan_to_num)
    deg2rad, deg2rad_ = elementwise.deg2rad, inplace(elementwise.deg2rad)
    rad2deg, rad2deg_ = elementwise.rad2deg, inplace(elementwise.rad2deg)
    clone = elementwise.clone

    exp, exp_ = transcendental.exp, inplace(transcendental.exp)
    exp2, exp2_ = transcendental.exp2, inplace(transcendental.exp2)
    expm1, expm1_ = transcendental.expm1, inplace(transcendental.expm1)
    log, log_ = transcendental.log, inplace(transcendental.log)
    log2, log2_ = transcendental.log2, inplace(transcendental.log2)
    log10, log10_ = transcendental.log10, inplace(transcendental.log10)
    log1p, log1p_ = transcendental.log1p, inplace(transcendental.log1p)
    sqrt, sqrt_ = transcendental.sqrt, inplace(transcendental.sqrt)
    rsqrt, rsqrt_ = transcendental.rsqrt, inplace(transcendental.rsqrt)
    reciprocal, reciprocal_ = transcendental.reciprocal, inplace(transcendental.reciprocal)
    sin, sin_ = transcendental.sin, inplace(transcendental.sin)
    cos, cos_ = transcendental.cos, inplace(transcendental.cos)
    tan, tan_ = transcendental.tan, inplace(transcendental.tan)
    asin, asin_ = transcendental.asin, inplace(transcendental.asin)
    acos, acos_ = transcendental.acos, inplace(transcendental.acos)
    atan, atan_ = transcendental.atan, inplace(transcendental.atan)
    sinh, sinh_ = transcendental.sinh, inplace(transcendental.sinh)
    cosh, cosh_ = transcendental.cosh, inplace(transcendental.cosh)
    tanh, tanh_ = transcendental.tanh, inplace(transcendental.tanh)
    asinh, asinh_ = transcendental.asinh, inplace(transcendental.asinh)
    acosh, acosh_ = transcendental.acosh, inplace(transcendental.acosh)
    atanh, atanh_ = transcendental.atanh, inplace(transcendental.atanh)
    arcsin, arccos, arctan, arcsinh, arccosh, arctanh = asin, acos, atan, asinh, acosh, atanh
    arcsin_, arccos_, arctan_, arcsinh_, arccosh_, arctanh_ = asin_, acos_, atan_, asinh_, acosh_, atanh_
    sigmoid, sigmoid_ = transcendental.sigmoid, inplace(transcendental.sigmoid)
    logit, logit_ = transcendental.logit, inplace(transcendental.logit)
    erf, erf_ = transcendental.erf, inplace(transcendental.erf)
    erfc, erfc_ = transcendental.erfc, inplace(transcendental.erfc)
    erfinv, erfinv_ = transcendental.erfinv, inplace(transcendental.erfinv)
    lgamma, lgamma_ = transcendental.lgamma, inplace(transcendental.lgamma)
    digamma, digamma_ = transcendental.digamma, inplace(transcendental.digamma)
    sinc, sinc_ = transcendental.sinc, inplace(transcendental.sinc)

    relu, relu_ = activation.relu, inplace(activation.relu)
    prelu, hardshrink = activation.prelu, activation.hardshrink

    # ---- comparison ----------------------------------------------------------------------------

    eq, ne, lt, le, gt, ge = (comparison.eq, comparison.ne, comparison.lt, comparison.le, comparison.gt, comparison.ge)
    not_equal, less, less_equal, greater, greater_equal = ne, lt, le, gt, ge
    equal, isclose, allclose = comparison.equal, comparison.isclose, comparison.allclose
    isnan, isinf, isfinite = comparison.isnan, comparison.isinf, comparison.isfinite
    isposinf, isneginf, signbit = comparison.isposinf, comparison.isneginf, comparison.signbit
    logical_and, logical_or = comparison.logical_and, comparison.logical_or
    logical_xor, logical_not = comparison.logical_xor, comparison.logical_not
    bitwise_and, bitwise_or, bitwise_xor = comparison.bitwise_and, comparison.bitwise_or, comparison.bitwise_xor
    bitwise_not = comparison.bitwise_not
    bitwise_left_shift, bitwise_right_shift = comparison.bitwise_left_shift, comparison.bitwise_right_shift
    eq_, ne_, lt_ = inplace(comparison.eq), inplace(comparison.ne), inplace(comparison.lt)
    le_, gt_, ge_ = inplace(comparison.le), inplace(comparison.gt), inplace(comparison.ge)
    not_equal_, less_, less_equal_, greater_, greater_equal_ = ne_, lt_, le_, gt_, ge_
    logical_and_, logical_or_ = inplace(logical_and), inplace(logical_or)
    logical_xor_, logical_not_ = inplace(logical_xor), inplace(logical_not)
    bitwise_and_, bitwise_or_, bitwise_xor_ = inplace(bitwise_and), inplace(bitwise_or), inplace(bitwise_xor)
    bitwise_not_ = inplace(bitwise_not)
    bitwise_left_shift_, bitwise_right_shift_ = inplace(bitwise_left_shift), inplace(bitwise_right_shift)

    # ---- reductions ----------------------------------------------------------------------------

    sum, mean, nansum, nanmean, prod = (reduction.sum, reduction.mean, reduction.nansum, reduction.nanmean,
                                        reduction.prod)
    var, std = reduction.var, reduction.std
    max, min, amax, amin, aminmax = reduction.max, reduction.min, reduction.amax, reduction.amin, reduction.aminmax
    argmax, argmin, all, any = reduction.argmax, reduction.argmin, reduction.all, reduction.any
    count_nonzero, logsumexp, norm = reduction.count_nonzero, reduction.logsumexp, norms.old_norm
    softmax, log_softmax = softmaxes.softmax, softmaxes.log_softmax

    # ---- order and running results -------------------------------------------------------------

    sort, argsort, msort, topk, kthvalue = sorting.sort, sorting.argsort, sorting.msort, sorting.topk, sorting.kthvalue
    median, nanmedian, mode = sorting.median, sorting.nanmedian, sorting.mode
    unique, unique_consecutive = counting.unique, counting.unique_consecutive
    bincount, histc, histogram = counting.bincount, counting.histc, counting.histogram
    quantile, nanquantile, bucketize = sorting.quantile, sorting.nanquantile, sorting.bucketize
    cumsum, cumsum_ = scan.cumsum, inplace(scan.cumsum)
    cumprod, cumprod_ = scan.cumprod, inplace(scan.cumprod)
    cummax, cummin, logcumsumexp, diff = scan.cummax, scan.cummin, scan.logcumsumexp, scan.diff

    # ---- products ------------------------------------------------------------------------------

    matmul, mm, bmm, mv, dot = matrix.matmul, matrix.mm, matrix.bmm, matrix.mv, matrix.dot
    addmm, addmv, baddbmm, addbmm, addr = matrix.addmm, matrix.addmv, matrix.baddbmm, matrix.addbmm, matrix.addr
    addmm_, addmv_, baddbmm_ = inplace(addmm), inplace(addmv), inplace(baddbmm)
    addbmm_, addr_ = inplace(addbmm), inplace(addr)
    outer = ger = matrix.outer
    inner, kron, vdot, trace = einsums.inner, einsums.kron, einsums.vdot, einsums.trace

    # ---- linear algebra ------------------------------------------------------------------------

    det, logdet, slogdet = solving.det, solving.logdet, solving.old_slogdet
    inverse, pinverse = solving.inverse, solving.pinverse
    cholesky, cholesky_solve = decomposition.old_cholesky, solving.cholesky_solve
    cholesky_inverse, triangular_solve = solving.cholesky_inverse, solving.triangular_solve
    orgqr = decomposition.householder_product
    qr, svd = decomposition.old_qr, decomposition.old_svd
    lu, lu_solve = decomposition.old_lu, decomposition.old_lu_solve
    matrix_power, matrix_exp, cross = products.matrix_power, products.matrix_exp, products.old_cross
    dist, renorm, renorm_ = norms.dist, norms.renorm, inplace(norms.renorm)

    # ---- places, pieces and parts of numbers ---------------------------------------------------

    unfold, as_strided, sum_to_size = placing.unfold, placing.as_strided, placing.sum_to_size
    rot90, diag_embed, diagflat = placing.rot90, placing.diag_embed, placing.diagflat
    nonzero_static = placing.nonzero_static
    repeat_interleave, tensor_split = stacking.repeat_interleave, stacking.tensor_split
    hsplit, vsplit, dsplit = stacking.hsplit, stacking.vsplit, stacking.dsplit
    heaviside, heaviside_ = number_parts.heaviside, inplace(number_parts.heaviside)
    gcd, gcd_, lcm, lcm_ = number_parts.gcd, inplace(number_parts.gcd), number_parts.lcm, inplace(number_parts.lcm)
    stft, istft = spectrogram.stft, spectrogram.istft
    ldexp, ldexp_, frexp = number_parts.ldexp, inplace(number_parts.ldexp), number_parts.frexp
    nextafter, nextafter_ = number_parts.nextafter, inplace(number_parts.nextafter)
    conj, conj_physical, angle = complex_numbers.conj, complex_numbers.conj_physical, complex_numbers.angle
    conj_physical_ = inplace(conj_physical)
    resolve_conj, resolve_neg, isreal = complex_numbers.resolve_conj, complex_numbers.resolve_neg, complex_numbers.isreal
    is_conj, is_neg, is_nonzero = complex_numbers.is_conj, complex_numbers.is_neg, number_parts.is_nonzero
    is_same_size = number_parts.is_same_size
    i0, i0_, mvlgamma, mvlgamma_ = special.i0, inplace(special.i0), special.mvlgamma, inplace(special.mvlgamma)

    def polygamma(self, n: int) -> Tensor:
        """The n-th derivative of digamma, of each element: `mtorch.polygamma`, whose arguments come the other way round.

        n: how many times it is differentiated, >= 0

        Shape: any -> the same
        Raises: as for `mtorch.polygamma`.

        >>> import mtorch
        >>> mtorch.tensor([1.0, 2.0]).polygamma(1)
        tensor([1.6449, 0.6449])
        """
        return transcendental.polygamma(n, self)         # type: ignore[arg-type]    # it is a Tensor

    polygamma_ = inplace(polygamma)

    igamma, igamma_ = special.igamma, inplace(special.igamma)
    igammac, igammac_ = special.igammac, inplace(special.igammac)
    cov, corrcoef = statistics.cov, statistics.corrcoef
    index_reduce, index_reduce_ = statistics.index_reduce, statistics.index_reduce_

    # ---- in place, what the tensor is and not only its numbers ---------------------------------

    unsqueeze_, squeeze_, t_ = in_place.unsqueeze_, in_place.squeeze_, in_place.t_
    transpose_ = swapaxes_ = swapdims_ = in_place.transpose_
    as_strided_, set_ = in_place.as_strided_, in_place.set_
    resize, resize_as, resize_, resize_as_ = in_place.resize, in_place.resize_as, in_place.resize_, in_place.resize_as_
    fill_diagonal_, apply_, map_, map2_ = in_place.fill_diagonal_, in_place.apply_, in_place.map_, in_place.map2_

    # ---- random numbers ------------------------------------------------------------------------

    bernoulli, multinomial = random.bernoulli, random.multinomial
    uniform_, normal_, random_ = random_inplace.uniform_, random_inplace.normal_, random_inplace.random_
    bernoulli_, exponential_ = random_inplace.bernoulli_, random_inplace.exponential_
    geometric_, cauchy_ = random_inplace.geometric_, random_inplace.cauchy_
    log_normal_ = random_inplace.log_normal_

    # ---- new ones like it ----------------------------------------------------------------------

    new_zeros, new_ones, new_empty = creation.new_zeros, creation.new_ones, creation.new_empty
    new_full, new_tensor = creation.new_full, creation.new_tensor
