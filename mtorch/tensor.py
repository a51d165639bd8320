"""Tensor: an array, whether it requires grad, and where it came from.

Almost every method is a function of `mtorch.functions`, assigned in the class body, one line each: `exp` is documented
once, there, and `mtorch.exp`, `Tensor.exp` and the rule behind both are found by the same name.
"""
from __future__ import annotations

import builtins
import copy
import weakref
from collections import OrderedDict
from typing import Any

import numpy as np

from . import dtypes, printing
from .autograd import engine, tape
from .autograd.mode import mode
from .autograd.tape import Node, Output, TensorBase, history, wrap
from .autograd.views import cast, inplace, is_view
from .device import device as Device
from .functions import activation, arithmetic, comparison, creation, elementwise, indexing, matrix, reduction, shape as shapes
from .functions import einsum as einsums, scan, scatter as scatters, sorting
from .functions import random, random_inplace
from .functions import transcendental
from .functions.arguments import Size
from .functions.interoperation import numpy_function, numpy_ufunc


class Tensor(TensorBase):
    """An array of numbers that remembers how it was computed.

    `mtorch.tensor(data)` makes one from numbers.  The class itself, called as `Tensor(2, 3)`, gives memory of that size,
    and `Tensor([1, 2])` a tensor of the default floating point type, as in torch.

    >>> import mtorch
    >>> x = mtorch.tensor([1.0, 2.0], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> x.grad
    tensor([2., 4.])
    """

    __slots__ = ()
    __array_priority__ = 1000
    _hooks: Any = None                 # on a leaf: functions to be shown its gradient
    _after_grad: Any = None            # on a leaf: functions to be run when .grad is there
    # on what `.data` gave: writing it is not noticed by graphs that used it, as in torch
    _silent = False
    is_cuda = is_sparse = is_mps = is_quantized = is_meta = is_complex_ = False
    layout = "torch.strided"

    def __new__(cls, *args, **kwargs):
        return object.__new__(cls)

    def __init__(self, *args, dtype=None, device=None) -> None:
        kind = dtypes.get_default_dtype() if dtype is None else dtype
        if len(args) == 1 and not isinstance(args[0], (int, np.integer, Size)):
            data = args[0]
            self.array = data.array if isinstance(data, TensorBase) else creation.array_of(data, kind)
        else:
            self.array = creation.empty(*args, dtype=kind).array
        self._requires_grad, self._grad, self._node, self._alias = False, None, None, None

    # ---- what it is ----------------------------------------------------------------------------

    @property
    def shape(self) -> Size:
        """The size of each dimension."""
        return tuple.__new__(Size, self.array.shape)

    @property
    def dtype(self) -> dtypes.dtype:
        """The type of the elements."""
        return dtypes.of(self.array.dtype)

    @property
    def device(self) -> Device:
        """Where the tensor is: always the CPU."""
        return _CPU

    ndim = property(lambda self: self.array.ndim, doc="The number of dimensions.")
    itemsize = property(lambda self: self.array.itemsize, doc="The bytes of one element.")
    nbytes = property(lambda self: self.array.nbytes, doc="The bytes of all elements.")

    def size(self, dim: int | None = None):
        """The shape, or the size of one dimension."""
        if dim is None:
            return self.shape
        from .functions.arguments import axis_of
        return self.array.shape[axis_of(dim, self.array.ndim)]

    def dim(self) -> int:
        """The number of dimensions."""
        return self.array.ndim

    ndimension = dim

    def numel(self) -> int:
        """The number of elements."""
        return self.array.size

    nelement = numel

    def element_size(self) -> int:
        """The bytes of one element."""
        return self.array.itemsize

    def stride(self, dim: int | None = None):
        """How many elements apart neighbours along each dimension lie in memory."""
        strides = tuple(s // self.array.itemsize for s in self.array.strides)
        return strides if dim is None else strides[dim]

    def storage_offset(self) -> int:
        """How many elements into its memory the tensor begins."""
        from .autograd.views import owner
        root = owner(self.array)
        return (self.array.__array_interface__["data"][0] - root.__array_interface__["data"][0]) // self.array.itemsize

    def data_ptr(self) -> int:
        """The address of the first element."""
        return self.array.__array_interface__["data"][0]

    def is_contiguous(self, memory_format=None) -> bool:
        """Whether the elements lie in memory in order."""
        return self.array.flags.c_contiguous

    def is_floating_point(self) -> bool:
        """Whether the elements are floating point numbers."""
        return self.array.dtype.kind == "f"

    def is_complex(self) -> bool:
        """Whether the elements are complex numbers."""
        return self.array.dtype.kind == "c"

    def is_signed(self) -> bool:
        """Whether the elements can be negative."""
        return self.array.dtype.kind in "ifc"

    def is_inference(self) -> bool:
        """Always False: tensors made in inference_mode are ordinary ones here."""
        return False

    def get_device(self) -> int:
        """-1, the CPU."""
        return -1

    # ---- gradients -----------------------------------------------------------------------------

    @property
    def requires_grad(self) -> bool:
        """Whether gradients are computed for this tensor."""
        return self._requires_grad

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        self.requires_grad_(value)

    def requires_grad_(self, requires_grad: bool = True):
        """Say whether gradients are to be computed for this leaf; returns the tensor."""
        if requires_grad and self.array.dtype.kind not in "fc":
            raise RuntimeError("only Tensors of floating point and complex dtype can require gradients, got "
                               + repr(self.dtype))
        if not requires_grad and self._node is not None:
            raise RuntimeError("you can only change requires_grad flags of leaf variables. If you want to use a "
                               "computed variable in a subgraph that doesn't require differentiation use var_no_grad "
                               "= var.detach().")
        if requires_grad and not self._requires_grad and is_view(self):
            self._alias = None                         # a leaf of its own now
        self._requires_grad = bool(requires_grad)
        return self

    @property
    def grad(self):
        """The gradient that backward left here, or None."""
        return self._grad

    @grad.setter
    def grad(self, value) -> None:
        if value is not None:
            if not isinstance(value, TensorBase):
                raise TypeError("assigned grad expected to be a Tensor or None but got grad of type "
                                f"{type(value).__name__}")
            if value.array.shape != self.array.shape:
                raise RuntimeError(f"assigned grad has data of a different size: {list(value.array.shape)}, the "
                                   f"tensor has {list(self.array.shape)}")
            if value.array.dtype != self.array.dtype:
                raise RuntimeError(f"assigned grad has data of a different type: {value.dtype}, the tensor has "
                                   f"{self.dtype}")
        self._grad = value

    @grad.deleter
    def grad(self) -> None:
        self._grad = None

    @property
    def is_leaf(self) -> bool:
        """Whether the tensor was made by the user, not by a recorded operation."""
        return self._node is None

    @property
    def grad_fn(self):
        """The node of the operation that made this tensor, None for a leaf."""
        if self._node is None:
            return None
        node = history(self)
        return node.node if type(node) is Output else node if type(node) is Node else None

    @property
    def output_nr(self) -> int:
        """Which output of its grad_fn this tensor is."""
        return self._node.slot if type(self._node) is Output else 0

    def backward(self, gradient=None, retain_graph=None, create_graph=False, inputs=None) -> None:
        """Add the gradient of this tensor to `.grad` of every leaf it was computed from: see `autograd.backward`."""
        engine.backward(self, None if gradient is None else [gradient], retain_graph, create_graph, inputs)

    def detach(self):
        """The same memory, without history."""
        return wrap(self.array)

    def detach_(self):
        """Forget the history, in place."""
        if is_view(self):
            raise RuntimeError("Can't detach views in-place. Use detach() instead. If you are using "
                               "DistributedDataParallel (DDP) for training, and gradient_as_bucket_view is set as "
                               "True, gradients are views of DDP buckets.")
        self._node, self._requires_grad = None, False
        return self

    @property
    def data(self):
        """The same memory, without history; writes to it are not noticed by graphs that used it."""
        twin = wrap(self.array)
        twin._silent = True
        return twin

    @data.setter
    def data(self, value) -> None:
        if not isinstance(value, TensorBase):
            raise TypeError(f"Variable data has to be a tensor, but got {type(value).__name__}")
        self.array = value.array

    def retain_grad(self) -> None:
        """Keep this intermediate result's gradient in `.grad` too."""
        if not self._requires_grad:
            raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
        if self._node is None or self.retains_grad:
            return
        this = weakref.ref(self)

        def keep(g):
            t = this()
            if t is not None:
                t._grad = wrap(g.array.copy()) if t._grad is None else t._grad + g if not g._requires_grad else g
        self._retained = True
        _attach(self, keep)

    @property
    def retains_grad(self) -> bool:
        """Whether `retain_grad` was called on this intermediate result."""
        return self.__dict__.get("_retained", False)

    def register_hook(self, hook):
        """Have hook(gradient) called when this tensor's gradient is known; what it returns takes the gradient's place."""
        if not self._requires_grad:
            raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
        return _attach(self, hook)

    def register_post_accumulate_grad_hook(self, hook):
        """Have hook(tensor) called on this leaf when its `.grad` is there."""
        if not self._requires_grad or self._node is not None:
            raise RuntimeError("post accumulate grad hooks cannot be registered on non-leaf tensors or those that do "
                               "not require grad")
        if self._after_grad is None:
            self._after_grad = _HookList()
        return self._after_grad.add(hook)

    # ---- to Python and NumPy and back ----------------------------------------------------------

    def numpy(self, *, force: bool = False) -> np.ndarray:
        """The array, sharing memory; a tensor that requires grad must be detached first, or force=True."""
        if self._requires_grad and not force:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
        return self.array

    def __array__(self, dtype=None, copy=None) -> np.ndarray:
        array = self.numpy()
        if dtype is not None and array.dtype != dtype:
            return array.astype(dtype)
        return array.copy() if copy else array

    __array_ufunc__ = numpy_ufunc
    __array_function__ = numpy_function

    def item(self):
        """The only element, as a Python number."""
        if self.array.size != 1:
            raise RuntimeError(f"a Tensor with {self.array.size} elements cannot be converted to Scalar")
        return self.array.item()

    def tolist(self):
        """The elements as nested lists of Python numbers."""
        return self.array.tolist()

    def __len__(self) -> int:
        if not self.array.ndim:
            raise TypeError("len() of a 0-d tensor")
        return self.array.shape[0]

    def __iter__(self):
        if not self.array.ndim:
            raise TypeError("iteration over a 0-d tensor")
        return iter(shapes.unbind(self))

    def __bool__(self) -> bool:
        if self.array.size != 1:
            raise RuntimeError("Boolean value of Tensor with "
                               f"{'more than one value' if self.array.size else 'no values'} is ambiguous")
        return bool(self.array.item())

    def __int__(self) -> int:
        return int(self.item())

    def __float__(self) -> float:
        return float(self.item())

    def __complex__(self) -> complex:
        return complex(self.item())

    def __index__(self) -> int:
        if self.array.size != 1 or self.array.dtype.kind not in "iub":
            raise TypeError("only integer tensors of a single element can be converted to an index")
        return int(self.array.item())

    def __contains__(self, x) -> bool:
        return bool((self.array == (x.array if isinstance(x, TensorBase) else x)).any())

    __hash__ = object.__hash__         # by identity, though == compares element by element

    def __repr__(self, *, tensor_contents=None) -> str:
        node = self.grad_fn
        return printing.format_tensor(self.array, requires_grad=self._requires_grad,
                                      grad_fn_name=None if node is None else node.name())

    def __format__(self, spec: str) -> str:
        if not self.array.ndim and type(self) is Tensor:
            return format(self.item(), spec)
        return object.__format__(self, spec)

    def __dir__(self):
        return [name for name in super().__dir__() if name != "array"] + ["array"]

    # ---- types and copies ----------------------------------------------------------------------

    def to(self, *args, dtype=None, device=None, non_blocking=False, copy=False, memory_format=None):
        """This tensor in another dtype (or that of another tensor), on the CPU."""
        for a in args:
            if isinstance(a, dtypes.dtype):
                dtype = a
            elif isinstance(a, TensorBase):
                dtype = a.dtype
            elif isinstance(a, (str, Device)) or a is None:
                device = a if a is not None else device
            elif isinstance(a, bool):
                pass                                   # non_blocking, copy: everything is in place already
            elif a in (float, int, bool):
                dtype = dtypes.of(dtypes.numpy_dtype(a))
            else:
                raise TypeError(f"to() received an invalid combination of arguments - got {type(a).__name__}")
        if device is not None:
            creation._placed(device)
        if len(args) > 0 and args[-1] is True and len(args) >= 3:
            copy = True
        kind = self.array.dtype if dtype is None else dtypes.numpy_dtype(dtype)
        if kind == self.array.dtype:
            return self.clone() if copy else self
        if self._requires_grad and kind.kind in "fc":
            return cast(self, dtype=kind)
        return wrap(self.array.astype(kind))

    def type(self, dtype=None, non_blocking=False):
        """The name of the tensor's type, as 'torch.FloatTensor'; or the tensor in another type, given by dtype or name."""
        from .legacy import dtype_of_name, type_name
        if dtype is None:
            return type_name(self.dtype)
        return self.to(dtype_of_name(dtype))

    def type_as(self, other):
        """This tensor in the type of another."""
        return self.to(other.dtype)

    def float(self, memory_format=None):
        """As float32."""
        return self.to(dtypes.float32)

    def double(self, memory_format=None):
        """As float64."""
        return self.to(dtypes.float64)

    def half(self, memory_format=None):
        """As float16."""
        return self.to(dtypes.float16)

    def long(self, memory_format=None):
        """As int64."""
        return self.to(dtypes.int64)

    def int(self, memory_format=None):
        """As int32."""
        return self.to(dtypes.int32)

    def short(self, memory_format=None):
        """As int16."""
        return self.to(dtypes.int16)

    def char(self, memory_format=None):
        """As int8."""
        return self.to(dtypes.int8)

    def byte(self, memory_format=None):
        """As uint8."""
        return self.to(dtypes.uint8)

    def bool(self, memory_format=None):
        """As bool."""
        return self.to(dtypes.bool)

    def cpu(self, memory_format=None):
        """The tensor itself: it is on the CPU."""
        return self

    def cuda(self, device=None, non_blocking=False, memory_format=None):
        """There is no GPU here: an error."""
        raise RuntimeError("mtorch computes on the CPU: no CUDA device is available")

    def pin_memory(self, device=None):
        """The tensor itself: there is no GPU to pin memory for."""
        return self

    def is_pinned(self) -> builtins.bool:
        """Never."""
        return False

    def is_shared(self) -> builtins.bool:
        """Whether the memory is shared between processes: never."""
        return False

    def share_memory_(self):
        """The tensor itself: processes here get copies."""
        return self

    def __deepcopy__(self, memo):
        if self._node is not None:
            raise RuntimeError("Only Tensors created explicitly by the user (graph leaves) support the deepcopy "
                               "protocol at the moment.")
        if id(self) in memo:
            return memo[id(self)]
        twin = object.__new__(type(self))
        memo[id(self)] = twin
        twin.array = self.array.copy(order="K")
        twin._requires_grad, twin._node, twin._alias = self._requires_grad, None, None
        twin._grad = None if self._grad is None else copy.deepcopy(self._grad, memo)
        twin.__dict__.update({k: copy.deepcopy(v, memo) for k, v in self.__dict__.items() if k not in ("_hooks", "_after_grad")})
        return twin

    def __reduce_ex__(self, protocol):
        if self._node is not None and mode.recording:
            raise RuntimeError("Cowardly refusing to serialize non-leaf tensor which requires_grad, since autograd "
                               "does not support crossing process boundaries.  If you just want to transfer the data, "
                               "call detach().")
        kept = {k: v for k, v in self.__dict__.items() if k not in ("_hooks", "_after_grad", "_retained")}
        return _rebuilt, (type(self), self.array, self._requires_grad and self._node is None, kept)

    # ---- shapes --------------------------------------------------------------------------------

    reshape, view, view_as, reshape_as = shapes.reshape, shapes.view, shapes.view_as, shapes.reshape_as
    flatten, ravel, unflatten, t = shapes.flatten, shapes.ravel, shapes.unflatten, shapes.t
    transpose = swapaxes = swapdims = shapes.transpose
    permute, squeeze, unsqueeze, expand = shapes.permute, shapes.squeeze, shapes.unsqueeze, shapes.expand
    expand_as, broadcast_to, repeat, tile = shapes.expand_as, shapes.broadcast_to, shapes.repeat, shapes.tile
    movedim = moveaxis = shapes.movedim
    flip, fliplr, flipud, roll = shapes.flip, shapes.fliplr, shapes.flipud, shapes.roll
    tril, triu, diagonal, diag = shapes.tril, shapes.triu, shapes.diagonal, shapes.diag
    split, split_with_sizes, chunk, unbind = shapes.split, shapes.split_with_sizes, shapes.chunk, shapes.unbind
    contiguous = shapes.contiguous

    @property
    def T(self):
        """The dimensions in reverse order."""
        return shapes.rules.permute(self, dims=tuple(range(self.array.ndim))[::-1])

    @property
    def mT(self):
        """The last two dimensions exchanged."""
        if self.array.ndim < 2:
            raise RuntimeError("tensor.mT is only supported on matrices or batches of matrices. Got "
                               f"{self.array.ndim}-D tensor.")
        return shapes.transpose(self, -2, -1)

    H = T
    mH = mT

    def adjoint(self):
        """The last two dimensions exchanged."""
        return self.mT

    @property
    def real(self):
        """The real part: the tensor itself."""
        return self

    # ---- indexing ------------------------------------------------------------------------------

    __getitem__, __setitem__ = indexing.getitem, indexing.setitem
    select, narrow, index_select, gather = indexing.select, indexing.narrow, indexing.index_select, indexing.gather
    masked_select, nonzero, argwhere = indexing.masked_select, indexing.nonzero, indexing.argwhere
    masked_fill, masked_fill_ = elementwise.masked_fill, indexing.masked_fill_
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

    __add__, __radd__, __iadd__ = arithmetic.plus, arithmetic.reflected(arithmetic.plus), inplace(arithmetic.plus)
    __sub__, __rsub__ = arithmetic.minus_checked, arithmetic.reflected(arithmetic.minus_checked)
    __isub__ = inplace(arithmetic.minus_checked)
    __mul__, __rmul__, __imul__ = arithmetic.times, arithmetic.reflected(arithmetic.times), inplace(arithmetic.times)
    __truediv__, __rtruediv__ = arithmetic.over, arithmetic.reflected(arithmetic.over)
    __itruediv__ = inplace(arithmetic.over)
    __floordiv__, __rfloordiv__ = arithmetic.floor_over, arithmetic.reflected(arithmetic.floor_over)
    __ifloordiv__ = inplace(arithmetic.floor_over)
    __mod__, __rmod__, __imod__ = arithmetic.modulo, arithmetic.reflected(arithmetic.modulo), inplace(arithmetic.modulo)
    __pow__, __rpow__, __ipow__ = arithmetic.to_power, arithmetic.reflected(arithmetic.to_power), inplace(arithmetic.to_power)
    __matmul__, __rmatmul__ = matrix.multiplied, arithmetic.reflected(matrix.multiplied)
    __neg__, __pos__, __abs__ = elementwise.neg, elementwise.positive, elementwise.abs
    __eq__, __ne__ = comparison.equal_to, comparison.unequal_to
    __lt__, __le__, __gt__, __ge__ = comparison.less, comparison.less_or_equal, comparison.greater, comparison.greater_or_equal
    __and__, __rand__, __iand__ = comparison.and_, arithmetic.reflected(comparison.and_), inplace(comparison.and_)
    __or__, __ror__, __ior__ = comparison.or_, arithmetic.reflected(comparison.or_), inplace(comparison.or_)
    __xor__, __rxor__, __ixor__ = comparison.xor, arithmetic.reflected(comparison.xor), inplace(comparison.xor)
    __lshift__, __rshift__ = comparison.left_shift, comparison.right_shift
    __invert__ = comparison.bitwise_not

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
    float_power = arithmetic.float_power
    maximum, minimum, fmax, fmin = arithmetic.maximum, arithmetic.minimum, arithmetic.fmax, arithmetic.fmin
    atan2, atan2_ = arithmetic.atan2, inplace(arithmetic.atan2)
    arctan2, arctan2_ = atan2, atan2_
    hypot, hypot_ = arithmetic.hypot, inplace(arithmetic.hypot)
    logaddexp, logaddexp2, xlogy = arithmetic.logaddexp, arithmetic.logaddexp2, arithmetic.xlogy
    copysign, copysign_ = arithmetic.copysign, inplace(arithmetic.copysign)
    lerp, lerp_ = arithmetic.lerp, inplace(arithmetic.lerp)
    addcmul, addcmul_ = arithmetic.addcmul, inplace(arithmetic.addcmul)
    addcdiv, addcdiv_ = arithmetic.addcdiv, inplace(arithmetic.addcdiv)

    def where(self, condition, other):
        """This tensor's elements where the condition holds, else other's."""
        return arithmetic.where(condition, self, other)

    # ---- elementwise ---------------------------------------------------------------------------

    neg, neg_ = elementwise.neg, inplace(elementwise.neg)
    negative, negative_, positive = neg, neg_, elementwise.positive
    abs, abs_ = elementwise.abs, inplace(elementwise.abs)
    absolute, absolute_ = abs, abs_
    square, square_ = elementwise.square, inplace(elementwise.square)
    sign, sign_ = elementwise.sign, inplace(elementwise.sign)
    sgn, sgn_ = sign, sign_
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

    # ---- reductions ----------------------------------------------------------------------------

    sum, mean, nansum, nanmean, prod = (reduction.sum, reduction.mean, reduction.nansum, reduction.nanmean,
                                        reduction.prod)
    var, std = reduction.var, reduction.std
    max, min, amax, amin, aminmax = reduction.max, reduction.min, reduction.amax, reduction.amin, reduction.aminmax
    argmax, argmin, all, any = reduction.argmax, reduction.argmin, reduction.all, reduction.any
    count_nonzero, logsumexp, norm = reduction.count_nonzero, reduction.logsumexp, reduction.norm
    softmax, log_softmax = reduction.softmax, reduction.log_softmax

    # ---- order and running results -------------------------------------------------------------

    sort, argsort, msort, topk, kthvalue = sorting.sort, sorting.argsort, sorting.msort, sorting.topk, sorting.kthvalue
    median, nanmedian, mode = sorting.median, sorting.nanmedian, sorting.mode
    unique, unique_consecutive = sorting.unique, sorting.unique_consecutive
    bincount, histc, histogram = sorting.bincount, sorting.histc, sorting.histogram
    quantile, nanquantile, bucketize = sorting.quantile, sorting.nanquantile, sorting.bucketize
    cumsum, cumsum_ = scan.cumsum, inplace(scan.cumsum)
    cumprod, cumprod_ = scan.cumprod, inplace(scan.cumprod)
    cummax, cummin, logcumsumexp, diff = scan.cummax, scan.cummin, scan.logcumsumexp, scan.diff

    # ---- products ------------------------------------------------------------------------------

    matmul, mm, bmm, mv, dot = matrix.matmul, matrix.mm, matrix.bmm, matrix.mv, matrix.dot
    addmm, addmm_ = matrix.addmm, inplace(matrix.addmm)
    addmv, baddbmm, addbmm, addr = matrix.addmv, matrix.baddbmm, matrix.addbmm, matrix.addr
    outer = ger = matrix.outer
    inner, kron, vdot, trace = einsums.inner, einsums.kron, einsums.vdot, einsums.trace

    # ---- random numbers ------------------------------------------------------------------------

    bernoulli, multinomial = random.bernoulli, random.multinomial
    uniform_, normal_, random_ = random_inplace.uniform_, random_inplace.normal_, random_inplace.random_
    bernoulli_, exponential_ = random_inplace.bernoulli_, random_inplace.exponential_
    geometric_, cauchy_ = random_inplace.geometric_, random_inplace.cauchy_
    log_normal_ = random_inplace.log_normal_

    # ---- new ones like it ----------------------------------------------------------------------

    new_zeros, new_ones, new_empty = creation.new_zeros, creation.new_ones, creation.new_empty
    new_full, new_tensor = creation.new_full, creation.new_tensor

    def new(self, *args):
        """A tensor of this type: of the given size, or with the given data."""
        return Tensor(*args, dtype=self.dtype)

    @property
    def _version(self) -> builtins.int:
        """A number that grows when the memory is written in place."""
        from .autograd.views import version
        return version(self.array)


class Parameter(Tensor):
    """A tensor that a Module registers when it is assigned to it: a weight to be trained.

    >>> import mtorch
    >>> mtorch.nn.Parameter(mtorch.zeros(2))
    Parameter containing:
    tensor([0., 0.], requires_grad=True)
    """

    __slots__ = ()

    def __init__(self, data=None, requires_grad: bool = True) -> None:
        if data is None:
            data = creation.empty(0)
        if not isinstance(data, TensorBase):
            raise TypeError(f"Parameter: data must be a Tensor, got {type(data).__name__}; wrap it with "
                            "mtorch.tensor()")
        if requires_grad and data.array.dtype.kind not in "fc":
            raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients, got "
                               + repr(data.dtype))
        self.array = data.array
        self._requires_grad, self._grad, self._node, self._alias = requires_grad, None, None, None

    def __repr__(self, *, tensor_contents=None) -> str:    # type: ignore[override]
        return "Parameter containing:\n" + super().__repr__()


class Buffer(Tensor):
    """A tensor that a Module registers as a buffer when it is assigned to it: state that is not trained.

    >>> import mtorch
    >>> mtorch.nn.Buffer(mtorch.zeros(2)).persistent
    True
    """

    __slots__ = ()

    def __init__(self, data=None, *, persistent: bool = True) -> None:
        self.array = (creation.empty(0) if data is None else data).array
        self._requires_grad, self._grad, self._node, self._alias = False, None, None, None
        self.persistent = persistent


class RemovableHandle:
    """What registering a hook returns: `remove()` takes the hook away again."""

    def __init__(self, hooks: dict, key: int) -> None:
        self._hooks, self.id = hooks, key

    def remove(self) -> None:
        self._hooks.pop(self.id, None)

    def __enter__(self):
        return self

    def __exit__(self, *exception) -> None:
        self.remove()


class _HookList(OrderedDict):
    """Hooks in the order they were registered."""

    def add(self, hook) -> RemovableHandle:
        key = tape.next_order()
        self[key] = hook
        return RemovableHandle(self, key)

    def __iter__(self):
        return iter(list(self.values()))


def _attach(t, hook) -> RemovableHandle:
    """Register a hook on the gradient of a leaf or of an intermediate result."""
    if t._node is None:
        if t._hooks is None:
            t._hooks = OrderedDict()
        key = tape.next_order()
        t._hooks[key] = hook
        return RemovableHandle(t._hooks, key)
    place = history(t)
    node, slot = (place.node, place.slot) if type(place) is Output else (place, None)
    if node.hooks is None:
        node.hooks = {}
    key = tape.next_order()
    node.hooks[key] = (slot, hook)
    return RemovableHandle(node.hooks, key)


def _rebuilt(cls, array, requires_grad, attributes):
    """A tensor out of a pickle."""
    t = object.__new__(cls)
    t.array, t._requires_grad, t._grad, t._node, t._alias = array, requires_grad, None, None, None
    t.__dict__.update(attributes)
    return t


_CPU = Device("cpu")
tape.Tensor = Tensor
