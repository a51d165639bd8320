"""Bad input is refused with the type of error that torch raises, and in words that say what was wrong."""
from __future__ import annotations

import pytest

import mtorch

# What is called, with T for the library, and what the error says here.
REFUSED = {
    # shapes that do not broadcast
    "T.zeros(2) + T.zeros(3)":
        r"add: The size of tensor a \(2\) must match the size of tensor b \(3\) at non-singleton dimension 0. "
        r"The shapes are \[2\], \[3\]",
    "T.zeros(4, 1, 2) * T.zeros(5, 3)": r"mul: The size of tensor a \(2\) .* b \(3\) at non-singleton dimension 2",
    "T.pow(T.zeros(2), T.zeros(3))": "pow: The size of tensor a",
    "T.atan2(T.zeros(2), T.zeros(3))": "atan2: The size of tensor a",
    "T.where(T.tensor([True, True]), T.zeros(3), T.zeros(3))": r"where: The size of tensor a .* \[2\], \[3\], \[3\]",
    "T.matmul(T.zeros(2, 3, 4), T.zeros(3, 4, 5))": "matmul: the leading dimensions",
    "T.zeros(2).__setitem__(T.tensor([True, False]), T.zeros(3))": r"value tensor of shape \[3\] .* of shape \[1\]",
    "T.lerp(T.zeros(2), T.zeros(3), 0.5)": "lerp: The size of tensor a",
    # what is written is of another type, and no number or view says that it is to be converted
    "T.arange(3).__setitem__(T.tensor([0, 1]), T.tensor([1.5, 2.5]))": "Index put requires .* got Long for the destination",
    "T.zeros(3).__setitem__(T.zeros(3) == 0, T.tensor([1, 2, 3]))": "Index put requires .* Long for the source",
    "T.zeros(2).masked_fill(T.tensor([True, False]), T.tensor(1j))": "value cannot be converted to type float",
    # two bools, of which NumPy makes int8
    "T.tensor([True]) // T.tensor([True])": "not implemented for torch.bool",
    "T.tensor([True]) % True": "not implemented for torch.bool",
    "True ** T.tensor([True])": "not implemented for torch.bool",
    "T.fmod(T.tensor([True]), T.tensor([True]))": "not implemented for torch.bool",
    "T.div(T.tensor([True]), T.tensor([True]), rounding_mode='trunc')": "not implemented for torch.bool",
    "T.tensor([1.0]) % 1j": "not implemented for complex numbers",
    "T.arange(0, 5, 0.5, dtype=T.int64)": "step must be nonzero",
    # operands of the wrong kind
    "T.float_power(2, 3)": "float_power.*at least one argument must be Tensor",
    "T.float_power('a', T.zeros(2))": "float_power.*expected Tensors or numbers",
    "T.copysign(1, T.zeros(2))": "copysign.*'input' must be Tensor",
    "T.where(T.tensor([True]), 1, 'a')": "where.*got str",
    "T.div(T.zeros(2), 'a', rounding_mode='floor')": "div.*got str",
    "T.hypot(T.tensor([1]), T.tensor([1]))": "hypot.*int64",
    "T.logaddexp(T.tensor([1]), T.tensor([1]))": "logaddexp.*int64",
    "T.lerp(T.zeros(2), 1.0, 0.5)": "lerp.*'end' must be Tensor",
    "T.lerp(T.zeros(2), T.zeros(2), 'a')": "lerp.*'weight' must be Tensor or Number, not str",
    "T.lerp(T.tensor([1]), T.tensor([2]), 0.5)": "lerp.*int64",
    "T.addcmul(T.zeros(2), 1, T.zeros(2))": "addcmul.*'tensor1' must be Tensor, not int",
    "T.addcdiv(T.zeros(2), T.zeros(2), T.zeros(2), value='a')": "addcdiv.*'value' must be Number, not str",
    "T.celu(T.zeros(2), alpha='a')": "celu.*'alpha' must be Number, not str",
    "T.hardshrink(T.zeros(2), 'a')": "hardshrink.*'lambd' must be Number, not str",
    "T.threshold(T.zeros(2), 'a', 1)": "threshold.*'threshold' must be Number, not str",
    "T.threshold(T.zeros(2), 1, 'a')": "threshold.*'value' must be Number, not str",
    "T.prelu(T.tensor([1]), T.tensor([1]))": "prelu.*int64.*expected a floating point tensor",
    "T.celu(T.tensor([1]))": "celu.*int64.*expected a floating point tensor",
    "T.selu(T.tensor([1]))": "selu.*int64.*expected a floating point tensor",
    "T.hardshrink(T.tensor([1]))": "hardshrink.*int64.*expected a floating point tensor",
    "T.normal(T.zeros(2), T.tensor([1.0, float('nan')]))": "all elements of std >= 0.0",
    # a bool is no dimension
    **{f"T.ones(2, 2).{call}": "dim must be an int, not bool"
       for call in ("sort(True)", "argsort(True)", "softmax(True)", "cumsum(False)", "squeeze(True)", "unsqueeze(True)",
                    "max(True)", "argmax(True)", "sum((True,))", "unbind(True)", "select(True, 0)", "topk(1, True)")},
    # more than there is a meaning for
    **{f"T.{name}(T.ones(2, 2), {more})": f"{name}.*invalid combination of arguments" for name in ("max", "min")
       for more in ("keepdim=True", "T.ones(2, 2), 1", "0, True, True", "0, other=T.ones(2, 2)")},
    # operands of a kind that NumPy, too, refuses
    "T.atan2(T.tensor([1j]), T.ones(1))": '"atan2_cpu" not implemented for torch.complex64',
    "T.tensor([1j]) // 2": '"div_cpu" not implemented for torch.complex64',
    "T.tensor([1j]) % T.ones(1)": '"remainder_cpu" not implemented for torch.complex64',
    "T.lgamma(T.tensor([1j]))": '"lgamma_cpu" not implemented for torch.complex64',
    "T.ones(1).expand_as(2)": "expand_as.*'other' must be Tensor, not int",
    "T.ones(1).view_as(None)": "view_as.*'other' must be Tensor, not NoneType",
    "T.ones(1).reshape_as([1])": "reshape_as.*'other' must be Tensor, not list",
    "T.ones(5, 5).index_put((T.tensor([0, 1]),), T.ones(3, 5))": r"shape mismatch: value tensor of shape \[3, 5\] .* \[2, 5\]",
    "T.trapezoid(T.ones(3), T.tensor(1.0))": "There must be one `x` value for each sample point",
    "T.svd_lowrank(T.ones(3, 2), -1)": "q must be at least 0",
    # operands of two types, which would widen what goes on
    "T.einsum('ij,jk->ik', T.ones(2, 3), T.ones(3, 2, dtype=T.float64))": "einsum.*same dtype.*float32 and torch.float64",
    "T.nn.functional.linear(T.ones(2, 3), T.ones(4, 3), T.ones(4, dtype=T.float64))": "linear: .* bias is torch.float64",
    "T.nn.functional.linear(T.ones(2, 3), T.ones(4, 3), T.ones(4, dtype=T.complex64))": "linear: .* bias is torch.complex64",
    "T.nn.functional.bilinear(T.ones(2, 3), T.ones(2, 3), T.ones(4, 3, 3), T.ones(4, dtype=T.float64))": "bilinear.*float64",
    "T.cdist(T.ones(2, 3), T.ones(2, 3, dtype=T.float64))": "cdist: .*one dtype.*float32 and torch.float64",
    "T.linalg.cross(T.ones(3), T.ones(3, dtype=T.float64))": "cross: .*one dtype.*float32 and torch.float64",
    # no elements
    "T.ones(0, 5).norm(float('inf'))": "vector_norm cannot compute the inf norm on an empty tensor",
    "T.ones(0, 5).norm(float('inf'), dim=0)": "vector_norm cannot compute the inf norm on an empty tensor",
    "T.norm(T.ones(0), -1)": "vector_norm cannot compute the -1 norm on an empty tensor",
    # element types
    "T.can_cast(1, T.float32)": "can_cast.*'from_' must be torch.dtype, not int",
    "T.can_cast(T.float32, 'a')": "can_cast.*'to' must be torch.dtype, not str",
    "T.finfo(T.int64)": "finfo.* floating point type",
    "T.iinfo(T.float32)": "iinfo.* integer type",
    "T.iinfo(T.bool)": "torch.bool",
    "T.promote_types(T.uint64, T.int64)": "uint64 and int64",
    # creation
    "T.zeros()": r"zeros\(\) takes a size",
    "T.zeros('a')": r"zeros\(\): sizes must be ints, got .'str'",
    "T.asarray([1], copy=False)": "can't alias list as a tensor of torch.int64 with copy=False",
    "T.scalar_tensor(None)": "scalar_tensor.*'s' must be Number, not NoneType",
    "T.scalar_tensor([1, 2])": "scalar_tensor.*'s' must be Number, not list",
    "T.full((2,), None)": "full.*'fill_value' must be Number, not NoneType",
    "T.full((2,), T.zeros(2))": "full.*'fill_value' must be Number, not Tensor",
    "T.full((2,), 300, dtype=T.uint8)": "full: value cannot be converted to type uint8 .* fill_value is 300",
    "T.full((2,), -3.5, dtype=T.uint8)": "full: value cannot be converted to type uint8 .* fill_value is -3.5",
    "T.full((2,), 1e300)": "full: value cannot be converted to type float32 .* fill_value is 1e.300",
    "T.full((2,), float('nan'), dtype=T.int64)": "full: value cannot be converted to type int64 .* fill_value is nan",
    "T.full_like(T.zeros(2), 'a')": "full_like.*'fill_value' must be Number, not str",
    "T.zeros(2).new_full((2,), 'a')": "full.*'fill_value' must be Number, not str",
    "T.zeros_like(1)": "zeros_like.*'input' must be Tensor, not int",
    "T.arange()": r"arange\(\) takes a range",
    "T.arange('a')": "arange.*'end' must be Number, not str",
    "T.arange(0, 3, float('nan'))": "arange: step must be nonzero, got nan",
    "T.linspace('a', 1, 3)": "linspace.*'start' must be Number, not str",
    "T.linspace(0, 1, True)": "linspace.*'steps' must be int, not bool",
    "T.linspace(0, 1, 3, dtype=T.bool)": "linspace.*bool",
    "T.logspace(0, 1, 2, base='a')": "logspace.*'base' must be Number, not str",
    "T.eye(2.5)": "eye.*'n' must be int, not float",
    "T.eye(2, -1)": "m must be greater or equal to 0, got -1",
    "T.frombuffer([1], dtype=T.int64)": "frombuffer: list does not implement",
    "T.frombuffer(bytearray(8), dtype=None)": "frombuffer.*'dtype' must be torch.dtype, not NoneType",
    "T.from_dlpack([1])": "from_dlpack: .* got list without __dlpack__",
    # sums of products
    "T.einsum('ij')": "must specify.* at least one operand",
    "T.einsum(1, T.zeros(2))": "einsum.*'equation' must be str, not int",
    "T.einsum(T.zeros(2, 3), [0, 60])": "subscript 60 in a subscript list",
    "T.einsum('\xe9', T.zeros(2))": "invalid subscript",
    "T.tensordot(T.zeros(2, 3), T.zeros(2, 3), dims=([5], [5]))": "Dimension out of range .* got 5",
    "T.tensordot(T.zeros(2, 3), T.zeros(2, 3), dims=([0, 0], [0, 0]))": "tensordot: dim 0 appears multiple times",
    "T.tensordot(T.zeros(2, 3), T.zeros(2, 3), dims=None)": "tensordot expects dims .* got dims=None",
    # by index
    "T.fill(T.zeros(2), 'a')": "fill.*'value' must be Number, not str",
    "T.fill(T.zeros(2), 1j)": "fill: value cannot be converted to type float32 .* value is 1j",
    "T.zeros(2).fill_(None)": "fill_.*'value' must be Number, not NoneType",
    "T.zeros(2).long().fill_(float('nan'))": "fill_: value cannot be converted to type int64 .* value is nan",
    "T.zero_(1)": "zero_.*'input' must be Tensor, not int",
    "T.gather(T.zeros(2, 3), 0, T.tensor([[2]]))": "gather.*index 2 is out of bounds for dimension with size 2",
    "T.index_select(T.tensor(1.0), 0, T.tensor([3]))": "index_select.*index 3",
    "T.narrow(T.zeros(3), 0, 4, 1)": r"narrow\(\): start out of range .*\[-3, 3\], but got 4",
    "T.narrow(T.zeros(3), 0, 0, 1.5)": "narrow.*'length' must be int, not float",
    "T.select(T.zeros(3), 0, 'a')": "select.*'index' must be int, not str",
    "T.nonzero(T.zeros(2), out=T.zeros(2))": "nonzero: out must be one int64 tensor.*float32",
    "T.nonzero(T.zeros(2), out=T.zeros(2).long(), as_tuple=True)": "nonzero: out must be .* as_tuple=True",
    "T.argwhere(1)": "argwhere.*'input' must be Tensor, not int",
    "T.zeros(2)[1.5]": "valid indices .got float",
    "T.zeros(2)['a']": "valid indices .got str|invalid data type",
    # joining and taking apart
    "T.stack([])": "stack: expected a non-empty list",
    "T.split(T.zeros(3), 1.5)": "split.*'split_size_or_sections' must be int, not float",
    "T.split(T.zeros(3), 0)": "split_size=0 of size 3|split_size can only be 0",
    "T.split_with_sizes(T.zeros(3), 1)": "split_with_sizes.*'split_sizes' must be tuple of ints, not int",
    "T.chunk(T.zeros(3), 1.5)": "chunk.*'chunks' must be int, not float",
    # places
    "T.flip(T.zeros(2, 2))": r"flip\(\) takes the dimensions",
    "T.roll(T.zeros(2), 1.5)": "roll.*'shifts' must be int, not float",
    "T.tril(T.zeros(2, 2), 1.5)": "tril.*'diagonal' must be int, not float",
    "T.diagonal(T.zeros(2, 2), 1.5)": "diagonal.*'offset' must be int, not float",
    "T.diag(T.zeros(2, 2), 'a')": "diag.*'diagonal' must be int, not str",
    "T.rot90(T.zeros(2, 2), 1.5)": "rot90.*'k' must be int, not float",
    "T.rot90(T.zeros(2, 2), 1, 0)": "rot90.*'dims' must be tuple of ints, not int",
    "T.rot90(T.zeros(2, 2), 1, (0, 2))": "Dimension out of range",
    "T.diag_embed(T.zeros(2), 'a')": "diag_embed.*'offset' must be int, not str",
    "T.diagflat(T.zeros(2), 1.5)": "diagflat.*'offset' must be int, not float",
    "T.tril_indices(1.5, 2)": "tril_indices.*'row' must be int, not float",
    "T.triu_indices(2, 2, 1.5)": "triu_indices.*'offset' must be int, not float",
    "T.triu_indices(2, 2, dtype=T.float32)": "triu_indices.*float32",
    "T.as_strided(T.zeros(4), (-2,), (1,))": r"as_strided: sizes must not be negative, got \[-2\]",
    "T.as_strided(T.zeros(4), (2,), (1,), 'a')": "as_strided.*'storage_offset' must be int, not str",
    "T.unravel_index(T.tensor([1.0]), (2,))": "float32",
    "T.unravel_index(T.tensor([1]), None)": "unravel_index.*'shape' must be int, not NoneType",
    "T.nonzero_static(T.zeros(2), size='a')": "nonzero_static.*'size' must be int, not str",
    "T.nonzero_static(T.zeros(2), size=1, fill_value=1.5)": "nonzero_static.*'fill_value' must be int, not float",
    "T.zeros(2).unfold(0, 'a', 1)": "unfold.*'size' must be int, not str",
    # parts of numbers
    "T.gcd(T.tensor([1, 2]), T.tensor([2, 3, 4]))": "gcd: The size of tensor a",
    "T.heaviside(T.zeros(2), T.zeros(3))": "heaviside: The size of tensor a",
    "T.frexp(T.zeros(1), out=(T.zeros(1), T.zeros(1)))": "frexp: out must be .*int32, got torch.float32",
    "T.nextafter(T.tensor([1]), T.tensor([1]))": "nextafter.*int64",
    "T.conj_physical(1, out=T.ones(1))": "conj.*'input' must be Tensor, not int",
    "T.result_type(T.zeros(2), None)": "result_type.*NoneType",
    # draws
    "T.binomial(T.zeros(2), T.zeros(3))": "binomial: The size of tensor a",
    "T.binomial(T.tensor([5]), T.tensor([0.2]))": "binomial only supports floating-point dtypes .*int64",
    "T.normal(T.zeros(2), 1.0, dtype=T.float64)": "normal.*dtype .torch.float64. is given|invalid combination",
    "T.bernoulli(T.zeros(2), 'a')": "bernoulli.*'p' must be Number, not str",
    "T.multinomial(T.ones(2), 1, out=T.zeros(1))": "multinomial expects an int64 tensor out, got: torch.float32",
    # in place
    "T.zeros(2).map_(T.zeros(3), lambda a, b: a)": r"map_\(\): tensors of shapes \[3\] do not expand to \[2\]",
    "T.zeros(2).map_(T.zeros(2, 2), lambda a, b: a)": r"map_\(\): tensors of shapes \[2, 2\] do not expand to \[2\]",
    "T.resize_as_(T.zeros(4), 1)": "resize_as_.*'other' must be Tensor, not int",
    # elementwise
    "T.abs(T.tensor([True]))": "abs.*bool",
    "T.floor(T.tensor([True]))": "floor.*bool",
    "T.round(T.tensor([1]), decimals=1)": "round.*int64",
    "T.round(T.zeros(2), decimals=1.5)": "round.*'decimals' must be int, not float",
    "T.frac(T.tensor([1]))": "frac.*int64",
    "T.clamp(T.zeros(2), T.zeros(3))": "clamp: The size of tensor a",
    "T.clamp(T.zeros(2), 'a')": "clamp.*got str",
    "T.clamp(T.tensor([1j]), 1)": "clamp.*complex64",
    "T.zeros(1).byte().clamp_max(300)": "clamp: value cannot be converted to type uint8 .* max is 300",
    "T.threshold(T.zeros(1).byte(), 1, 300)": "threshold: value cannot be converted to type uint8 .* value is 300",
    "T.where(T.tensor([True]), T.zeros(1).byte(), 300)": "where: value cannot be converted to type uint8 .* other is 300",
    "T.clamp_min(T.zeros(2), None)": "clamp_min.*'min' must be Tensor or Number, not NoneType",
    "T.clamp_max(T.zeros(2), None)": "clamp_max.*'max' must be Tensor or Number, not NoneType",
    "T.nan_to_num(T.zeros(2), posinf='a')": "nan_to_num.*'posinf' must be Number, not str",
    "T.deg2rad(T.tensor([1j]))": "deg2rad.*complex64",
    "T.zeros(2).masked_fill_(T.tensor([True] * 3), 1)": "masked_fill: The size of tensor a",
    "T.masked_fill(T.zeros(1), T.tensor([True]), 1j)": "masked_fill: value cannot be converted to type float32 .* is 1j",
    "T.masked_fill(T.zeros(1), T.tensor([True]), 1e39)": "value cannot be converted to type float32 .* value is 1e.39",
    "T.masked_fill(T.zeros(1).byte(), T.tensor([True]), 300)": "value cannot be converted to type uint8 .* value is 300",
    "T.masked_fill(T.zeros(1).long(), T.tensor([True]), float('nan'))": "cannot be converted to type int64 .* is nan",
    # comparisons and bits
    "T.zeros(2) < T.zeros(3)": "less: The size of tensor a",
    "T.isclose(T.zeros(2), T.zeros(3))": "isclose: The size of tensor a",
    "T.logical_and(T.zeros(2), T.zeros(3))": "logical_and: The size of tensor a",
    "T.bitwise_and(T.tensor([1, 2]), T.tensor([1, 2, 3]))": "bitwise_and: The size of tensor a",
    "T.bitwise_and(T.zeros(2), T.zeros(2))": "bitwise_and.*float32",
    "T.bitwise_and(T.tensor([1]), 1.5)": "bitwise_and.*Tensor and float",
    "T.bitwise_left_shift(T.zeros(2), 1)": "bitwise_left_shift.*float32",
    "T.bitwise_not(T.zeros(2))": "bitwise_not.*float32",
    "~T.zeros(2)": "operator.invert.*float32",
    "T.greater(1, T.zeros(2))": "'input' must be Tensor, not int",
    "T.less(T.zeros(2), 'a')": "'other' must be Tensor or Number, not str",
    "T.isposinf(T.tensor([1j]))": "isposinf.*complex64",
    # counts
    "T.unique(T.zeros(2, 0), dim=0)": r"unique: There are 0 sized dimensions.*\[2, 0\] and dim 0",
    "T.unique_consecutive(T.zeros(2, 0), dim=0)": r"unique_consecutive: There are 0 sized dimensions",
    "T.unique_consecutive(T.tensor(1.0), dim=0)": "unique_consecutive: dim was given for a 0-dim tensor",
    "T.bincount(T.zeros(2))": "bincount.*float32",
    "T.bincount(T.tensor([1]), [1.0])": "bincount.*'weights' must be Tensor, not list",
    "T.bincount(T.tensor([1]), minlength=1.5)": "bincount.*'minlength' must be int, not float",
    "T.histc(T.tensor([1, 2]))": "histc.*int64",
    "T.histc(T.zeros(2), bins=2.5)": "histc.*'bins' must be int, not float",
    "T.histc(T.zeros(2), min='a')": "histc.*'min' must be Number, not str",
    "T.histogram(T.zeros(2), 0)": "histogram: bins must be > 0, but got 0",
    "T.histogram(T.zeros(2), 2.5)": "histogram.*'bins' must be int, not float",
    "T.histogram(T.tensor([1, 2]), 2)": "histogram.*int64",
    "T.histogram(T.zeros(2), T.zeros(2, 2))": r"histogram: a tensor of bins must be a vector.*\[2, 2\]",
    "T.histogram(T.zeros(2), T.tensor([1.0]))": "histogram: bins must be 2 or more edges in rising order",
    "T.histogram(T.zeros(2), 2, range=(3.0, 1.0))": "histogram: min should not exceed max, but got min 3.0 max 1.0",
    "T.histogram(T.zeros(2), 2, range=(3.0,))": "histogram: range should have 2 elements, but got 1",
    "T.histogram(T.tensor([float('nan')]), 2)": r"histogram: range \[nan, nan\] is not finite",
    "T.histogram(T.zeros(2), 2, weight=T.zeros(3))": "histogram: weight .* must have the type and shape of input",
    "T.histogram(T.zeros(2), 2, weight=[1, 2])": "histogram.*'weight' must be Tensor, not list",
    "T.Size([1.5])": "sizes must be ints, got .'float'",
    # products, reductions, running sums; shapes, stacks, order, writing by index; windows and older forms
    "T.addr(1.0, T.ones(2), T.ones(2))": r"addr\(\): argument 'input'",
    "T.addr(T.ones(5, 2, 2), T.ones(2), T.ones(2))": "addr: input of",
    "T.addmm(T.ones(3), T.ones(2, 2), T.ones(2, 2))": "addmm: input of",
    "T.prod(T.ones(2, 2), (0, 1))": "dim must be an int",
    "T.std(T.tensor([1, 2]))": r"std\(\)",
    "T.std_mean(T.tensor([1, 2]))": r"std_mean\(\)",
    "T.argmax(T.ones(0))": r"argmax\(\)",
    "T.diff(T.ones(2), prepend=3)": r"diff\(\): argument 'prepend'",
    "T.trapezoid(T.ones(3), 2)": r"trapezoid\(\): argument 'x'",
    "T.trapezoid(T.ones(3), T.ones(3), dx=1.0)": "x .*dx",
    "T.ravel(3)": r"ravel\(\): argument 'input'",
    "T.tile(3, (1,))": r"tile\(\): argument 'input'",
    "T.unflatten(T.ones(4), 0, 4)": "argument 'sizes'",
    "T.unflatten(T.ones(4), 0, (2.0, 2))": "ints",
    "T.unflatten(T.ones(4), 0, (-1, -1))": "only one",
    "T.column_stack([T.ones(2), 3])": "element 1 .*int",
    "T.vstack([3])": "element 0 .*int",
    "T.meshgrid(T.ones(2), 3)": "element 1 .*int",
    "T.broadcast_shapes((-2,), (3,))": "negative",
    "T.repeat_interleave(T.ones(2), 1.5)": "'repeats' must be int",
    "T.argsort(3)": r"argsort\(\): argument 'input'",
    "T.topk(T.ones(2), 1.5)": "'k' must be int",
    "T.kthvalue(T.ones(2), 'a')": "'k' must be int",
    "T.searchsorted(T.ones(2), T.ones(2), sorter=3)": "argument 'sorter'",
    "T.isin(3, 4)": "at least one",
    "T.quantile(T.ones(2), 'a')": "argument 'q'",
    "T.cov(T.ones(2, 2), fweights=[1, 2])": "argument 'fweights'",
    "T.histogramdd(T.ones(2, 2), bins=[2])": "bins must be as many",
    "T.histogramdd(T.ones(2, 2), bins=[2, 0])": "bins must be > 0",
    "T.histogramdd(T.ones(2, 2), bins='a')": "argument 'bins'",
    "T.histogramdd(T.ones(2, 2), bins=2, weight=T.ones(3))": "weight",
    "T.histogramdd(T.full((2, 2), float('nan')), bins=2)": "not finite",
    "T.gradient(T.ones(3), spacing=['a'])": "argument 'spacing'|one dimension",
    "T.ones(3).index_reduce(0, T.tensor([[0]]), T.ones(1), 'prod')": "vector",
    "T.ones(3, 2).index_reduce(0, T.tensor([0]), T.ones(1), 'prod')": "shape",
    "T.scatter(T.zeros(3), 0, T.tensor([3]), 1)": "index 3 is out of",
    "T.scatter(T.zeros(3), 0, T.tensor([0]))": "src .*missing",
    "T.scatter(T.zeros(3), 0, T.tensor([0]), 'a')": "argument 'src'",
    "T.index_copy(T.zeros(3), 0, T.tensor([0]), T.ones(2))": "Number of ind",
    "T.index_fill(T.zeros(3), 0, T.tensor([0]), 'a')": "argument 'value'",
    "T.index_put(T.zeros(3), T.tensor([0]), T.ones(1))": "'indices'",
    "T.zeros(3).put(T.tensor([0]), T.ones(2))": "same number of elements",
    "T.masked_scatter(T.zeros(3), T.tensor([True, False]), T.ones(3))": "masked_scatter: shapes",
    "T.take_along_dim(T.zeros(2, 3), T.tensor([[0], [0], [0]]), 1)": "take_along_dim: shapes",
    "T.take_along_dim(T.zeros(3), T.tensor([7]))": "index 7",
    "T.select_scatter(T.zeros(2, 2), T.ones(2), 0, 2)": "index 2 out of",
    "T.slice_scatter(T.zeros(4), T.ones(4), step=-1)": "step must be pos",
    "T.scatter(T.zeros(3, dtype=T.uint8), 0, T.tensor([0]), 300)": "src is 300",
    "T.mvlgamma(T.ones(2) * 5, 1.5)": "'p' must be int",
    "T.select_scatter(T.zeros(2, 2), T.ones(2), 0, 1.5)": "int",
    "T.tensor_split(T.ones(2), 2.5)": "argument 'indices_or_sections'",
    "T.combinations(T.ones(2), 1.5)": "'r' must be int",
    "T.broadcast_shapes('a', (3,))": "sizes must be ints",
    "T.signal.windows.hann(3.5)": "hann.*must be int",
    "T.hann_window(-1)": "hann_window requires",
    "T.kaiser_window(2, dtype=T.int64)": "kaiser_window expects",
    "T.hamming_window(2.5)": "hamming_window.*must be int",
    "T.dropout(T.ones(2), 2.0, True)": "dropout probability",
    "T.alpha_dropout(T.ones(2), -1.0, True)": "dropout probability",
    "T.feature_dropout(3, 0.5, True)": r"feature_dropout\(\): argument 'input'",
    "T.polygamma(1.5, T.ones(1))": "argument 'n' .*must be int",
}


@pytest.mark.parametrize("call", REFUSED)
def test_the_error_is_torchs_and_says_what_was_wrong(call: str) -> None:
    torch = pytest.importorskip("torch")
    run = eval(f"lambda T: {call}")
    with pytest.raises(Exception) as theirs:
        run(torch)
    with pytest.raises(theirs.type, match=REFUSED[call]) as ours:
        run(mtorch)
    assert ours.type is theirs.type


def test_the_factor_of_integers_is_an_integer() -> None:
    one = mtorch.tensor([1])
    assert mtorch.addcmul(one, one, one, value=0.5).tolist() == [1]


def test_a_number_may_be_a_tensor_of_one_element() -> None:
    x = mtorch.tensor([-2.0, 0.2])
    assert mtorch.equal(mtorch.hardshrink(x, mtorch.tensor(0.5)), mtorch.hardshrink(x))


def test_a_sum_of_numbers_is_a_tensor() -> None:
    assert isinstance(mtorch.add(1, 2), mtorch.Tensor)


def test_one_value_of_another_type_may_be_written_where_a_mask_is_set() -> None:
    x = mtorch.zeros(3)
    x[x == 0] = mtorch.tensor(1)
    assert x.tolist() == [1, 1, 1]


def test_numbers_become_elements_as_in_torch() -> None:
    mask = mtorch.tensor([True])
    assert mtorch.zeros(1, dtype=mtorch.uint8).masked_fill(mask, -1).tolist() == [255]
    assert mtorch.zeros(1, dtype=mtorch.int64).masked_fill(mask, 1.5).tolist() == [1]
    assert mtorch.zeros(1, dtype=mtorch.bool).masked_fill(mask, 2).tolist() == [True]
    assert mtorch.zeros(1, dtype=mtorch.uint8).fill_(-1).tolist() == [255]
    assert mtorch.zeros(2).copy_(1).tolist() == [1.0, 1.0]
    assert mtorch.zeros(1, dtype=mtorch.float16).masked_fill(mask, 70000).tolist() == [float("inf")]


def test_an_out_without_a_dtype_keeps_its_type() -> None:
    for make in (mtorch.zeros, mtorch.ones, mtorch.eye):
        assert make(2, out=mtorch.zeros(1, dtype=mtorch.int64)).dtype is mtorch.int64
    assert mtorch.linspace(0, 10, 3, out=mtorch.zeros(1, dtype=mtorch.float64)).dtype is mtorch.float64


def test_a_step_at_nan_is_torchs() -> None:
    assert mtorch.heaviside(mtorch.tensor([float("nan")]), mtorch.tensor(0.5)).tolist() == [0.0]


def test_what_can_be_cast_is_torchs() -> None:
    torch = pytest.importorskip("torch")
    names = "bool uint8 int8 int64 float16 float64 complex64".split()
    for a in names:
        for b in names:
            theirs = torch.can_cast(getattr(torch, a), getattr(torch, b))
            assert mtorch.can_cast(getattr(mtorch, a), getattr(mtorch, b)) is theirs, (a, b)


def test_a_diagonal_outside_of_a_matrix_is_empty() -> None:
    assert mtorch.diag(mtorch.zeros(2, 2), 3).shape == mtorch.diagonal(mtorch.zeros(2, 2), 3).shape == (0,)


def test_a_size_may_be_named() -> None:
    assert mtorch.zeros(size=(2, 3)).shape == mtorch.ones(1).new_ones(size=(2, 3)).shape == (2, 3)
    assert mtorch.Tensor().shape == (0,)


def test_rounding_to_more_digits_than_there_are_stays_in_the_type() -> None:
    assert mtorch.round(mtorch.tensor([1.55]), decimals=400).dtype is mtorch.float32


def test_large_integers_that_differ_are_not_close() -> None:
    assert not mtorch.isclose(mtorch.tensor([2**62 + 1]), mtorch.tensor([2**62]), rtol=0, atol=0).item()
    small = mtorch.tensor([1, 255], dtype=mtorch.uint8)
    assert mtorch.isclose(small, small.flip(0), rtol=0, atol=254).tolist() == [True, True]
    assert mtorch.isclose(small, small.flip(0), rtol=0, atol=253).tolist() == [False, False]


def test_an_out_of_another_shape_takes_the_results_with_torchs_warning() -> None:
    for lib in (mtorch, pytest.importorskip("torch")):
        found = lib.empty(0, dtype=lib.bool)
        assert lib.isin(lib.tensor([1.0, 2.0]), 1.0, out=found) is found and found.tolist() == [True, False]
        taken = lib.empty(0)
        assert lib.take(lib.arange(3.0), lib.tensor([0, 2]), out=taken) is taken and taken.tolist() == [0.0, 2.0]
        with pytest.warns(UserWarning, match=r"was resized since it had shape \[3\], which does not match the required output "
                                             r"shape \[2\]"):
            lib.add(lib.ones(2), 1, out=lib.ones(3))
        low, high = lib.empty(0), lib.empty(0)
        result = lib.aminmax(lib.tensor([2.0, 1.0]), out=(low, high))
        assert result.min is low and (low.item(), high.item()) == (1.0, 2.0)


@pytest.mark.parametrize("ends", [(0, 5, 1.5), (0.9, 5.9, 1.5), (0, 5.5, 1), (-1.5, 3.5, 1.9), (5.5, 0.5, -1.5)], ids=str)
@pytest.mark.parametrize("kind", ["int64", "int32", "uint8", "float32"])
def test_a_range_of_whole_numbers_between_fractions_is_torchs(kind: str, ends: tuple) -> None:
    torch = pytest.importorskip("torch")
    assert mtorch.arange(*ends, dtype=getattr(mtorch, kind)).tolist() == torch.arange(*ends, dtype=getattr(torch, kind)).tolist()


def test_a_complex_number_beside_a_tensor_is_as_exact_as_the_tensor() -> None:
    torch = pytest.importorskip("torch")

    def kinds(T):
        real, complexes = (T.float32, T.float64, T.int64), (T.complex64, T.complex128)
        return [str(T.result_type(T.ones(2, dtype=a), T.ones((), dtype=b))) for a in real for b in complexes]
    assert kinds(mtorch) == kinds(torch)


NUMBERS_THAT_ARE_LEARNT = {
    "pad": lambda F, x, t: F.pad(x, (1, 1), value=t), "huber_loss": lambda F, x, t: F.huber_loss(x, 2 * x, delta=t),
    "smooth_l1_loss": lambda F, x, t: F.smooth_l1_loss(x, 2 * x, beta=t),
    "layer_norm": lambda F, x, t: F.layer_norm(x, (2,), eps=t),
    "triplet_margin_loss": lambda F, x, t: F.triplet_margin_loss(x, -x, 2 * x, margin=t),
    "leaky_relu": lambda F, x, t: F.leaky_relu(x, t), "elu": lambda F, x, t: F.elu(x, t),
}


@pytest.mark.parametrize("name", NUMBERS_THAT_ARE_LEARNT)
def test_a_number_that_would_get_no_gradient_is_refused(name: str) -> None:
    torch = pytest.importorskip("torch")
    for t in (torch, mtorch):
        x, learnt = t.tensor([[1.0, -2.0], [0.5, 3.0]]), t.tensor(0.25, requires_grad=True)
        with pytest.raises(TypeError, match="must be (Number|float), not Tensor"):
            NUMBERS_THAT_ARE_LEARNT[name](t.nn.functional, x, learnt)


def test_numbers_that_are_learnt_where_tensors_may_stand() -> None:
    torch = pytest.importorskip("torch")
    found = []
    for t in (torch, mtorch):
        x, learnt = t.tensor([[1.0, -2.0], [0.5, 3.0]]), t.tensor(0.25, requires_grad=True)
        loss = t.nn.functional.triplet_margin_with_distance_loss(x, -x, 2 * x, margin=learnt)
        (loss + x.masked_fill(x > 0, learnt).sum() + x.clamp(min=learnt).sum()).backward()
        found.append(learnt.grad.item())
    assert found[0] == found[1]
