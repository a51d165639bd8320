"""torch.fft: discrete Fourier transforms of one, two or several dimensions."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import dtypes
from ..autograd.complex_numbers import is_complex
from ..autograd.naming import shown_as
from ..ops import fourier as rules
from ..ops.indexing import place
from .arguments import axis_of, numpy_names, require_tensor, to_type, whole_number
from .output import into
from .complex_numbers import conj
from .creation import as_tensor
from .rearranging import roll

if TYPE_CHECKING:
    from ..tensor import Tensor

Sizes = Sequence[int] | None
Axes = int | Sequence[int] | None


# ---- one dimension -------------------------------------------------------------------------------

@numpy_names
@shown_as(lambda y, input, *_, **__: "FftC2CBackward0" if is_complex(input) else "FftR2CBackward0")
def fft(input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None, *,
        out: Tensor | None = None) -> Tensor:
    """y[k] = sum over j of input[j] e^(-2 pi i jk / n): how much of each frequency is in a signal.

    n: the length of the signal, > 0: input is cut or filled up with zeros to it; None for input's
    dim: the dimension of the signal
    norm: what the sum is divided by: "backward" (the default) nothing, "forward" n, "ortho" sqrt(n)

    Shape: (..., N, ...) -> (..., n, ...), complex
    Raises: TypeError for what is no tensor; IndexError for a dim out of range; RuntimeError for an n below 1, another norm,
        and float16.
    Source: Cooley & Tukey, "An Algorithm for the Machine Calculation of Complex Fourier Series", Mathematics of Computation
        1965.

    >>> import mtorch
    >>> mtorch.fft.fft(mtorch.tensor([1.0, 0.0, -1.0, 0.0]))
    tensor([0.+0.j, 2.+0.j, 0.+0.j, 2.+0.j])
    """
    return _given(_complex_transform("fft", input, n, dim, norm, False), out)


@numpy_names
@shown_as(lambda y, input, *_, **__: "FftC2CBackward0" if is_complex(input) else "ConjBackward0")
def ifft(input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None, *,
         out: Tensor | None = None) -> Tensor:
    """The inverse of `fft`: y[j] = 1/n sum over k of input[k] e^(2 pi i jk / n).

    norm: what the sum is divided by: "backward" (the default) n, "forward" nothing, "ortho" sqrt(n)

    Other arguments, shape and errors as for `fft`.

    >>> import mtorch
    >>> mtorch.fft.ifft(mtorch.tensor([0.0, 2.0, 0.0, 2.0]))
    tensor([ 1.+0.j,  0.+0.j, -1.+0.j,  0.+0.j])
    """
    return _given(_complex_transform("ifft", input, n, dim, norm, True), out)


@numpy_names
def rfft(input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None, *,
         out: Tensor | None = None) -> Tensor:
    """The first n/2 + 1 numbers of `fft` of a real signal: the others are their conjugates.

    Other arguments and errors as for `fft`, and RuntimeError for complex numbers.

    Shape: (..., N, ...), real -> (..., n // 2 + 1, ...), complex

    >>> import mtorch
    >>> mtorch.fft.rfft(mtorch.tensor([1.0, 0.0, -1.0, 0.0]))
    tensor([0.+0.j, 2.+0.j, 0.+0.j])
    """
    x, d, norm = _checked("rfft", input, dim, norm)
    if x.array.dtype.kind == "c":
        raise RuntimeError(f"rfft expects a real input tensor, but got {x.dtype}")
    return _given(rules.real_dft(_resized(x, n, d), dim=d, norm=norm), out)


@numpy_names
def irfft(input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None, *,
          out: Tensor | None = None) -> Tensor:
    """The inverse of `rfft`: a real signal of length n.

    n: the length of the result, > 0; None for 2 (N - 1)

    Other arguments and errors as for `ifft`.

    Shape: (..., N, ...) -> (..., n, ...), real

    >>> import mtorch
    >>> mtorch.fft.irfft(mtorch.tensor([0.0, 2.0, 0.0]))
    tensor([ 1.,  0., -1.,  0.])
    """
    return _given(_real_inverse(input, n, dim, norm), out)


@numpy_names
def hfft(input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None, *,
         out: Tensor | None = None) -> Tensor:
    """`fft` of a signal that is its own conjugate turned round, given by its first half: the frequencies are real.

    Arguments, shape and errors as for `irfft`; norm as for `fft`.

    >>> import mtorch
    >>> mtorch.fft.hfft(mtorch.tensor([1.0, 0.0, -1.0]))
    tensor([0., 2., 0., 2.])
    """
    x = require_tensor(input, "hfft")
    return irfft(conj(x), n, dim, rules.OPPOSITE[_norm("hfft", norm)], out=out)


@numpy_names
def ihfft(input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None, *,
          out: Tensor | None = None) -> Tensor:
    """The inverse of `hfft`.

    Arguments, shape and errors as for `rfft`; norm as for `ifft`.

    >>> import mtorch
    >>> mtorch.fft.ihfft(mtorch.tensor([0.0, 2.0, 0.0, 2.0]))
    tensor([ 1.-0.j,  0.-0.j, -1.-0.j])
    """
    return _given(conj(rfft(input, n, dim, rules.OPPOSITE[_norm("ihfft", norm)])), out)


# ---- several dimensions --------------------------------------------------------------------------

@numpy_names
def fftn(input: Tensor, s: Sizes = None, dim: Axes = None, norm: str | None = None, *, out: Tensor | None = None) -> Tensor:
    """`fft` along several dimensions.

    s: the length along each of them; -1 for input's; None for input's along all
    dim: the dimensions; None for all, or for as many of the last as s has numbers
    norm: as for `fft`, with the product of the lengths for n

    Shape: any -> the same along other dimensions, complex.
    Raises: as `fft`; RuntimeError for a dimension that is named twice and for unequal numbers of s and dim.

    >>> import mtorch
    >>> mtorch.fft.fftn(mtorch.ones(2, 2))
    tensor([[4.+0.j, 0.+0.j],
            [0.+0.j, 0.+0.j]])
    """
    return _given(_over_axes("fftn", input, s, dim, norm, False), out)


@numpy_names
def ifftn(input: Tensor, s: Sizes = None, dim: Axes = None, norm: str | None = None, *,
          out: Tensor | None = None) -> Tensor:
    """The inverse of `fftn`.

    Arguments, shape and errors as for `fftn`; norm as for `ifft`.

    >>> import mtorch
    >>> mtorch.fft.ifftn(mtorch.tensor([[4.0, 0.0], [0.0, 0.0]])).real
    tensor([[1., 1.],
            [1., 1.]])
    """
    return _given(_over_axes("ifftn", input, s, dim, norm, True), out)


@numpy_names
def rfftn(input: Tensor, s: Sizes = None, dim: Axes = None, norm: str | None = None, *,
          out: Tensor | None = None) -> Tensor:
    """`rfft` along the last of several dimensions, `fft` along the others.

    Arguments, shape and errors as for `fftn` and `rfft`.

    >>> import mtorch
    >>> mtorch.fft.rfftn(mtorch.ones(2, 4)).shape
    torch.Size([2, 3])
    """
    x, sizes, axes = _sizes_and_axes("rfftn", input, s, dim)
    y = rfft(x, sizes[-1], axes[-1], norm)
    order = rules.order_of(x.array, axes[:-1], axes[-1:])
    return _given(_along("rfftn", y, sizes[:-1], axes[:-1], norm, False, order), out)


@numpy_names
def irfftn(input: Tensor, s: Sizes = None, dim: Axes = None, norm: str | None = None, *,
           out: Tensor | None = None) -> Tensor:
    """The inverse of `rfftn`: `irfft` along the last dimension, `ifft` along the others.

    Arguments, shape and errors as for `fftn` and `irfft`.

    >>> import mtorch
    >>> mtorch.fft.irfftn(mtorch.fft.rfftn(mtorch.ones(2, 4))).shape
    torch.Size([2, 4])
    """
    x, sizes, axes = _sizes_and_axes("irfftn", input, s, dim)
    order = rules.order_of(x.array, axes[:-1])
    y = _along("irfftn", x, sizes[:-1], axes[:-1], norm, True, order)
    last = sizes[-1] if s is not None and sizes[-1] is not None else None
    return _given(_real_inverse(y, last, axes[-1], norm, (*(d for d in order if d != axes[-1]), axes[-1])), out)


@numpy_names
def fft2(input: Tensor, s: Sizes = None, dim: Axes = (-2, -1), norm: str | None = None, *,
         out: Tensor | None = None) -> Tensor:
    """`fftn` along two dimensions, the last ones unless dim names others: of images.

    Arguments, shape and errors as for `fftn`.

    >>> import mtorch
    >>> mtorch.fft.fft2(mtorch.ones(3, 2, 2)).shape
    torch.Size([3, 2, 2])
    """
    return fftn(input, s, dim, norm, out=out)


@numpy_names
def ifft2(input: Tensor, s: Sizes = None, dim: Axes = (-2, -1), norm: str | None = None, *,
          out: Tensor | None = None) -> Tensor:
    """The inverse of `fft2`.

    Arguments, shape and errors as for `fftn`.

    >>> import mtorch
    >>> mtorch.fft.ifft2(mtorch.ones(3, 2, 2)).shape
    torch.Size([3, 2, 2])
    """
    return ifftn(input, s, dim, norm, out=out)


@numpy_names
def rfft2(input: Tensor, s: Sizes = None, dim: Axes = (-2, -1), norm: str | None = None, *,
          out: Tensor | None = None) -> Tensor:
    """`rfftn` along two dimensions, the last ones unless dim names others: of real images.

    Arguments, shape and errors as for `rfftn`.

    >>> import mtorch
    >>> mtorch.fft.rfft2(mtorch.ones(3, 2, 8)).shape
    torch.Size([3, 2, 5])
    """
    return rfftn(input, s, dim, norm, out=out)


@numpy_names
def irfft2(input: Tensor, s: Sizes = None, dim: Axes = (-2, -1), norm: str | None = None, *,
           out: Tensor | None = None) -> Tensor:
    """The inverse of `rfft2`.

    Arguments, shape and errors as for `irfftn`.

    >>> import mtorch
    >>> mtorch.fft.irfft2(mtorch.ones(3, 2, 5)).shape
    torch.Size([3, 2, 8])
    """
    return irfftn(input, s, dim, norm, out=out)


@numpy_names
def hfftn(input: Tensor, s: Sizes = None, dim: Axes = None, norm: str | None = None, *,
          out: Tensor | None = None) -> Tensor:
    """`hfft` along the last of several dimensions, `fft` along the others.

    Arguments, shape and errors as for `irfftn`; norm as for `fftn`.

    >>> import mtorch
    >>> mtorch.fft.hfftn(mtorch.ones(2, 3)).shape
    torch.Size([2, 4])
    """
    return irfftn(conj(require_tensor(input, "hfftn")), s, dim, rules.OPPOSITE[_norm("hfftn", norm)], out=out)


@numpy_names
def ihfftn(input: Tensor, s: Sizes = None, dim: Axes = None, norm: str | None = None, *,
           out: Tensor | None = None) -> Tensor:
    """The inverse of `hfftn`.

    Arguments, shape and errors as for `rfftn`; norm as for `ifftn`.

    >>> import mtorch
    >>> mtorch.fft.ihfftn(mtorch.ones(2, 4)).shape
    torch.Size([2, 3])
    """
    return _given(conj(rfftn(input, s, dim, rules.OPPOSITE[_norm("ihfftn", norm)])), out)


@numpy_names
def hfft2(input: Tensor, s: Sizes = None, dim: Axes = (-2, -1), norm: str | None = None, *,
          out: Tensor | None = None) -> Tensor:
    """`hfftn` along two dimensions, the last ones unless dim names others.

    Arguments, shape and errors as for `hfftn`.

    >>> import mtorch
    >>> mtorch.fft.hfft2(mtorch.ones(3, 2, 5)).shape
    torch.Size([3, 2, 8])
    """
    return hfftn(input, s, dim, norm, out=out)


@numpy_names
def ihfft2(input: Tensor, s: Sizes = None, dim: Axes = (-2, -1), norm: str | None = None, *,
           out: Tensor | None = None) -> Tensor:
    """The inverse of `hfft2`.

    Arguments, shape and errors as for `ihfftn`.

    >>> import mtorch
    >>> mtorch.fft.ihfft2(mtorch.ones(3, 2, 8)).shape
    torch.Size([3, 2, 5])
    """
    return ihfftn(input, s, dim, norm, out=out)


# ---- which number is which frequency ---------------------------------------------------------------

def fftfreq(n: int, d: float = 1.0, *, out: Tensor | None = None, dtype: dtypes.dtype | None = None, layout: Any = None,
            device: Any = None, requires_grad: bool = False) -> Tensor:
    """The frequency of each number that `fft` gives, in cycles per unit of d: 0, the positive ones, the negative ones.

    n: the length of the signal, > 0
    d: the time between two of its numbers
    dtype, layout, device, requires_grad: as for `zeros`

    Raises: TypeError for an n that is no int; RuntimeError for one below 1.

    >>> import mtorch
    >>> mtorch.fft.fftfreq(4)
    tensor([ 0.0000,  0.2500, -0.5000, -0.2500])
    """
    return _frequencies(np.fft.fftfreq, n, d, dtype, device, requires_grad, out)


def rfftfreq(n: int, d: float = 1.0, *, out: Tensor | None = None, dtype: dtypes.dtype | None = None, layout: Any = None,
             device: Any = None, requires_grad: bool = False) -> Tensor:
    """The frequency of each number that `rfft` gives, in cycles per unit of d.

    Arguments and errors as for `fftfreq`.

    >>> import mtorch
    >>> mtorch.fft.rfftfreq(4)
    tensor([0.0000, 0.2500, 0.5000])
    """
    return _frequencies(np.fft.rfftfreq, n, d, dtype, device, requires_grad, out)


def _frequencies(function, n, d, dtype, device, requires_grad, out):
    if whole_number(n, "fftfreq", "n") < 1:
        raise RuntimeError(f"fftfreq: n must be at least 1, got {n}")
    kind = dtypes.get_default_dtype() if dtype is None else dtype
    y = as_tensor(function(n, float(d)), dtype=kind, device=device)
    return into(out, y) if out is not None else y.requires_grad_() if requires_grad else y


@numpy_names
def fftshift(input: Tensor, dim: Axes = None) -> Tensor:
    """The numbers of `fftn` with the frequency 0 moved to the middle.

    dim: the dimensions; None for all

    Shape: any -> the same.
    Raises: TypeError for what is no tensor; IndexError for a dim out of range.

    >>> import mtorch
    >>> mtorch.fft.fftshift(mtorch.tensor([0, 1, 2, -2, -1]))
    tensor([-2, -1,  0,  1,  2])
    """
    return _shifted("fftshift", input, dim, lambda n: n // 2)


@numpy_names
def ifftshift(input: Tensor, dim: Axes = None) -> Tensor:
    """The inverse of `fftshift`.

    Arguments, shape and errors as for `fftshift`.

    >>> import mtorch
    >>> mtorch.fft.ifftshift(mtorch.tensor([-2, -1, 0, 1, 2]))
    tensor([ 0,  1,  2, -2, -1])
    """
    return _shifted("ifftshift", input, dim, lambda n: (n + 1) // 2)


def _shifted(name, input, dim, by):
    x = require_tensor(input, name)
    dims = range(x.array.ndim) if dim is None else (dim,) if isinstance(dim, (int, np.integer)) else dim
    axes = [axis_of(d, x.array.ndim) for d in dims]
    return roll(x, [by(x.array.shape[a]) for a in axes], axes) if axes else x.clone()


# ---- what they share -------------------------------------------------------------------------------

def _checked(name: str, input: Any, dim: int, norm: str | None) -> tuple[Tensor, int, str]:
    x = require_tensor(input, name)
    if x.array.dtype == np.float16:
        raise RuntimeError(f"{name}: Unsupported dtype {x.dtype}: expected float32, float64 or complex numbers")
    if x.array.dtype.kind not in "fc":
        x = to_type(x, dtypes.get_default_dtype().numpy)
    if not x.array.ndim:
        raise IndexError(f"{name}: Dimension specified as {dim} but tensor has no dimensions")
    return x, axis_of(dim, x.array.ndim), _norm(name, norm)


def _norm(name: str, norm: str | None) -> str:
    if norm is None:
        return "backward"
    if norm not in rules.OPPOSITE:
        raise RuntimeError(f"Invalid normalization mode: \"{norm}\": {name} knows backward, forward and ortho")
    return norm


def _as_complex(x: Tensor) -> Tensor:
    kind = np.result_type(x.array.dtype, np.complex64)
    return x if x.array.dtype == kind else to_type(x, kind)


def _resized(x: Tensor, n: int | None, d: int) -> Tensor:
    """x cut, or filled up with zeros, to n along d."""
    have = x.array.shape[d]
    n = have if n is None else whole_number(n, "fft", "n")
    if n < 1:
        raise RuntimeError(f"Invalid number of data points ({n}) specified")
    if n <= have:
        return x if n == have else x.narrow(d, 0, n)
    shape = (*x.array.shape[:d], n, *x.array.shape[d + 1:])
    return place(x, shape=shape, key=(*(slice(None),) * d, slice(0, have)))


def _complex_transform(name, input, n, dim, norm, inverse, order=None):
    x, d, norm = _checked(name, input, dim, norm)
    return rules.dft(_as_complex(_resized(x, n, d)), dim=d, inverse=inverse, norm=norm, order=order)


def _real_inverse(input, n, dim, norm, order=None):
    x, d, norm = _checked("irfft", input, dim, norm)
    length = 2 * (x.array.shape[d] - 1) if n is None else whole_number(n, "irfft", "n")
    if length < 1:
        raise RuntimeError(f"Invalid number of data points ({length}) specified")
    z = _resized(_as_complex(x), length // 2 + 1, d)
    return rules.inverse_real_dft(z, n=length, dim=d, norm=norm, order=order)


def _sizes_and_axes(name: str, input: Any, s: Sizes, dim: Axes) -> tuple[Tensor, list[int | None], list[int]]:
    x = require_tensor(input, name)
    ndim = x.array.ndim
    sizes = None if s is None else [None if n == -1 else n for n in ([s] if isinstance(s, int) else s)]
    if dim is None:
        count = ndim if sizes is None else len(sizes)
        if count > ndim:
            raise RuntimeError(f"{name}: Got shape with {count} values but input tensor only has {ndim} dimensions.")
        axes = list(range(ndim - count, ndim))
    else:
        axes = [axis_of(d, ndim) for d in ([dim] if isinstance(dim, (int, np.integer)) else dim)]
    if len(set(axes)) < len(axes):
        raise RuntimeError(f"{name}: FFT dims must be unique, got {axes}")
    if sizes is not None and len(sizes) != len(axes):
        raise RuntimeError(f"{name}: When given, dim and shape arguments must have the same length, got {len(axes)} and "
                           f"{len(sizes)}")
    if not axes:
        raise RuntimeError(f"{name} must transform at least one axis")
    return x, sizes if sizes is not None else [None] * len(axes), axes


def _over_axes(name, input, s, dim, norm, inverse):
    x, sizes, axes = _sizes_and_axes(name, input, s, dim)
    return _along(name, x, sizes, axes, norm, inverse, rules.order_of(x.array, axes))


def _along(name, x, sizes, axes, norm, inverse, order):
    """One transform after the other; what the last gives lies in this order."""
    for i, (n, axis) in enumerate(zip(sizes, axes), 1):
        x = _complex_transform(name, x, n, axis, norm, inverse, order if i == len(axes) else None)
    return x


def _given(result, out):
    return result if out is None else into(out, result)
