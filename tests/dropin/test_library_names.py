"""Names that libraries over PyTorch ask for when they are imported, and what comes of calling them, beside torch's."""

from __future__ import annotations

import io
import importlib
import subprocess
import sys
import typing

import numpy as np
import pytest

import mtorch
from mtorch import _C, _dynamo, overrides, types
from mtorch.functions.buffers import NUMPY_IS_2_0

torch = pytest.importorskip("torch")
BOTH = pytest.mark.parametrize("lib", [mtorch, torch], ids=["mtorch", "torch"])


def test_what_is_said_to_a_compiler_changes_nothing():
    def double(x):
        return 2 * x
    assert not mtorch.compiler.is_compiling() and not mtorch.compiler.is_exporting() and not mtorch.compiler.is_dynamo_compiling()
    x = mtorch.ones(2)
    for change in (mtorch.compiler.disable, mtorch.compiler.disable(), mtorch.compiler.disable(recursive=False),
                   mtorch.compiler.assume_constant_result):
        assert change(double)(x).tolist() == [2.0, 2.0]
    mtorch.compiler.reset()
    mtorch.compiler.cudagraph_mark_step_begin()
    with mtorch.compiler.set_stance("force_eager"):
        assert double(x).tolist() == [2.0, 2.0]


@BOTH
def test_settings_of_a_compiler_are_taken(lib):
    for part in ("_dynamo", "_inductor"):
        assert importlib.import_module(f"{lib.__name__}.{part}.config") is getattr(lib, part).config
    settings = lib._inductor.config
    for config, name in ((settings, "coordinate_descent_tuning"), (settings.triton, "unique_kernel_names"),
                         (lib._dynamo.config, "suppress_errors")):
        before = getattr(config, name)
        setattr(config, name, True)
        assert getattr(config, name) is True
        setattr(config, name, before)


def test_modules_written_for_the_compiler():
    class Net(mtorch.jit.ScriptModule):
        scale: mtorch.jit.Final[int]

        def __init__(self):
            super().__init__()
            self.scale = mtorch.jit.annotate(int, 3)
            self.linear = mtorch.nn.Linear(2, 1)

        @mtorch.jit.export
        def twice(self, x):
            return self.scale * self.linear(x)
    net = Net()
    assert net.twice(mtorch.ones(1, 2)).shape == (1, 1) and mtorch.jit.Final is typing.Final
    assert not isinstance(mtorch.nn.Linear(1, 1), mtorch.jit.ScriptModule)
    assert tuple(mtorch.jit.Attribute(1, int)) == (1, int)
    assert mtorch.ScriptModule is mtorch.jit.ScriptModule and issubclass(mtorch.jit.TracerWarning, Warning)


def test_classes_of_which_nothing_is_made():
    for cls in (mtorch.jit.ScriptFunction, _dynamo.OptimizedModule, mtorch.distributed.ProcessGroup):
        with pytest.raises(NotImplementedError, match=cls.__name__):
            cls()
    assert not isinstance(mtorch.compile(mtorch.nn.Linear(1, 1)), _dynamo.OptimizedModule)
    with pytest.raises(NotImplementedError, match="Mode"), overrides.TorchFunctionMode():
        pass


def test_a_traced_module_is_the_module():
    net = mtorch.nn.Linear(2, 1)
    traced = mtorch.jit.trace_module(net, {"forward": mtorch.ones(1, 2)})
    assert traced(mtorch.ones(1, 2)).tolist() == net(mtorch.ones(1, 2)).tolist()


@BOTH
def test_futures(lib):
    first, second = lib.futures.Future(), lib.futures.Future()
    seen = []
    first.add_done_callback(lambda future: seen.append(future.value()))
    after = first.then(lambda future: future.value() + 1)
    together = lib.futures.collect_all([first, second])
    assert not first.done() and not together.done()
    first.set_result(1)
    second.set_result("two")
    assert after.wait() == 2 and seen == [1] and [f.value() for f in together.wait()] == [1, "two"]
    assert lib.futures.wait_all([first, after]) == [1, 2]
    with pytest.raises(RuntimeError):
        first.set_result(3)
    failed = lib.futures.Future()
    failed.set_exception(ValueError("no"))
    with pytest.raises(ValueError, match="no"):
        failed.wait()
    broken = first.then(lambda future: 1 / 0)
    with pytest.raises((ZeroDivisionError, RuntimeError)):
        broken.wait()
    assert issubclass(lib.futures.Future, lib.Future) or lib is torch
    assert lib.futures.Future[int] is not None


def test_a_group_of_one_process():
    dist = mtorch.distributed
    assert dist.group.WORLD is None and not dist.rpc.is_available()
    with pytest.raises(NotImplementedError, match="one process"):
        dist.rpc.init_rpc("worker")
    dist.init_process_group("gloo", rank=0, world_size=1)
    try:
        got, sent = [None], ["sent"]
        dist.all_gather_object(got, {"a": 1})
        dist.broadcast_object_list(sent)
        dist.gather_object("x", into := [None])
        assert got == [{"a": 1}] and sent == ["sent"] and into == ["x"]
        with pytest.raises(ValueError, match="a list of 2 came"):
            dist.all_gather_object([None, None], 1)
        x = mtorch.ones(2, requires_grad=True)
        (dist.nn.all_reduce(x) + dist.nn.broadcast(x, 0) + dist.nn.reduce(x, 0) + dist.nn.all_gather(x)[0]).sum().backward()
        assert x.grad.tolist() == [4.0, 4.0]
    finally:
        dist.destroy_process_group()
    with pytest.raises(ValueError, match="not been initialized"):
        dist.nn.all_reduce(x)


def test_an_optimizer_whose_state_one_process_has():
    net = mtorch.nn.Linear(2, 1)
    chosen = mtorch.distributed.optim.ZeroRedundancyOptimizer(net.parameters(), optimizer_class=mtorch.optim.SGD, lr=0.5)
    assert isinstance(chosen, mtorch.optim.SGD) and chosen.param_groups[0]["lr"] == 0.5


@BOTH
def test_functions_by_the_names_of_the_core(lib):
    aten = lib.ops.aten
    x = lib.tensor([3.0, 1.0, 2.0])
    assert aten.add.Tensor(x, x).tolist() == [6.0, 2.0, 4.0]
    assert [part.tolist() for part in aten.sort.default(x, 0, True)] == [[3.0, 2.0, 1.0], [0, 2, 1]]
    assert aten.cat.default([x, x], 0).shape == (6,) and aten.index_select(x, 0, lib.tensor([1])).tolist() == [1.0]
    assert str(aten.add.Tensor) == "aten.add.Tensor" and str(aten.add) == "aten.add"
    assert repr(aten.add) == "<OpOverloadPacket(op='aten.add')>"
    assert repr(aten.add.Tensor) == "<OpOverload(op='aten.add', overload='Tensor')>"
    assert {aten.add.Tensor: 1}[aten.add.Tensor] == 1 and aten.add.Tensor is not aten.add.Scalar


def test_a_name_of_the_core_that_is_no_function_here():
    with pytest.raises(NotImplementedError, match="aten._to_copy.default"):
        mtorch.ops.aten._to_copy.default(mtorch.ones(1))


@BOTH
def test_questions(lib):
    overrides = __import__(f"{lib.__name__}.overrides").overrides

    class Like:
        __torch_function__ = None
    assert [overrides.is_tensor_like(x) for x in (lib.ones(1), Like(), 1.0)] == [True, True, False]
    assert not overrides.has_torch_function([lib.ones(1)])
    assert "built with" in lib.__config__.show() and "threads" in lib.__config__.parallel_info()


def test_types_for_annotations():
    assert types.Tensor is mtorch.Tensor and types._dtype is mtorch.dtype and isinstance(1.0, types.Number)
    assert type(mtorch.Tensor) is _C._TensorMeta
    assert _C._disabled_torch_function_impl(mtorch.add, (), (1.0, mtorch.ones(1))).tolist() == [2.0]
    assert mtorch.serialization.MAP_LOCATION is not None


@BOTH
def test_memory_shared_by_capsules(lib):
    dlpack = __import__(f"{lib.__name__}.utils.dlpack").utils.dlpack
    x = lib.arange(4.0)
    for y in (dlpack.from_dlpack(dlpack.to_dlpack(x)), lib.from_dlpack(x), lib.from_dlpack(np.arange(4.0))):
        assert y.tolist() == [0.0, 1.0, 2.0, 3.0]
    shared = dlpack.from_dlpack(dlpack.to_dlpack(x))
    (x if lib is mtorch and NUMPY_IS_2_0 else shared)[0] = 9.0        # NumPy 2.0 takes the memory for read-only
    assert shared[0] == x[0] == 9.0 and np.from_dlpack(x).tolist() == [9.0, 1.0, 2.0, 3.0]
    assert tuple(x.__dlpack_device__()) == (1, 0)
    with pytest.raises(BufferError, match="require gradient"):
        lib.ones(1, requires_grad=True).__dlpack__()


@BOTH
def test_records_of_a_file(lib):
    file = io.BytesIO()
    lib.save({"w": lib.ones(2)}, file)
    file.seek(0)
    reader = lib.PyTorchFileReader(file)
    assert "data.pkl" in reader.get_all_records() and reader.has_record("data/0") and not reader.has_record("data/1")
    assert reader.get_record("data/0") == np.ones(2, np.float32).tobytes()
    with pytest.raises(RuntimeError, match="file not found"):
        reader.get_record("data/1")


@BOTH
def test_tensors_printed_in_torchs_style(lib):
    from importlib import import_module
    printing = import_module(f"{lib.__name__}._tensor_str")
    text = printing._tensor_str(lib.tensor([[1.0, 2.5]]), 6)
    assert text == "[[1.0000, 2.5000]]" and printing.PRINT_OPTS.threshold == 1000
    assert printing._add_suffixes("Index(" + text, ["dim_size=3"], 6, False) == "Index([[1.0000, 2.5000]], dim_size=3)"


def test_results_of_several_gpus():
    assert mtorch.nn.parallel.gather([mtorch.zeros(1, 2), mtorch.ones(1, 2)]).shape == (2, 2)
    with pytest.raises(NotImplementedError, match="no GPUs"):
        mtorch.nn.parallel.scatter(mtorch.ones(2), [0, 1])


def test_a_block_on_the_meta_device_draws_nothing():
    """Torch's tensors there have no values; here they have, and the generator goes on as if they had not."""
    for lib in (mtorch, torch):
        lib.manual_seed(3)
        with lib.device("meta"):
            net = lib.nn.Linear(2, 3)
            with lib.device("meta"):
                lib.rand(5)
            x = lib.arange(3, device=net.weight.device)
            assert x.device == lib.get_default_device() == lib.device("meta") and x.is_meta
        assert net.weight.shape == (3, 2) and lib.get_default_device() == lib.device("cpu")
        drawn = lib.rand(1).item()
        lib.manual_seed(3)
        assert lib.rand(1).item() == drawn
    assert net.weight.is_meta and not mtorch.ones(1).is_meta and mtorch.ones(1).device == mtorch.device("cpu")
    with pytest.raises(RuntimeError, match="meta"):
        mtorch.ones(1, device="meta")


@pytest.mark.parametrize("check", [
    lambda lib: lib._assert(False, "m"), lambda lib: lib._assert(lib.tensor(False), "m"), lambda lib: lib._assert(True, "m"),
    lambda lib: lib._check(False, lambda: "said"), lambda lib: lib._check(False), lambda lib: lib._check(1),
    lambda lib: lib._check(True), lambda lib: lib._check_value(False, lambda: "v"), lambda lib: lib._check_index(False),
    lambda lib: lib._check_type(False), lambda lib: lib._check_not_implemented(False),
    lambda lib: lib._check_with(KeyError, False, lambda: "k"), lambda lib: lib._check_with(KeyError, True, None),
    lambda lib: lib._check_tensor_all(lib.tensor([True, False])), lambda lib: lib._check_tensor_all(True),
    lambda lib: lib._check_tensor_all(lib.ones(2)),
    lambda lib: lib._check_tensor_all_with(KeyError, lib.tensor([False]), lambda: "t"),
    lambda lib: lib._assert_async(lib.tensor(False), "bad"), lambda lib: lib._assert_async(lib.tensor(True)),
])
def test_what_has_to_be_so(check):
    def found(lib):
        try:
            return check(lib)
        except Exception as error:
            return type(error), str(error).partition(" (Could this")[0]
    assert found(mtorch) == found(torch)


@BOTH
def test_tensors_laid_end_to_end(lib):
    utils = importlib.import_module(f"{lib.__name__}._utils")
    parts = [lib.tensor([1.0, 2.0]), lib.tensor([[3.0]])]
    flat = utils._flatten_dense_tensors(parts)
    assert flat.tolist() == [1.0, 2.0, 3.0]
    again = utils._unflatten_dense_tensors(flat, parts)
    again[1].mul_(2)
    assert [part.tolist() for part in again] == [[1.0, 2.0], [[6.0]]] and flat[2] == 6
    with pytest.raises(RuntimeError):
        utils._unflatten_dense_tensors(flat[:2], parts)


@BOTH
def test_the_states_of_a_scaler(lib):
    states = importlib.import_module(f"{lib.__name__}.amp.grad_scaler").OptState
    assert [(state.name, state.value) for state in states] == [("READY", 0), ("UNSCALED", 1), ("STEPPED", 2)]


@BOTH
def test_what_a_loss_is_annotated_with_is_known_anywhere(lib):
    """Libraries ask for the hints of a loss in a namespace of their own."""
    assert typing.get_type_hints(lib.nn.MSELoss(), {}, {}) == {"reduction": str}


@BOTH
def test_random_numbers_of_a_gpu(lib):
    lib.cuda.random.manual_seed(1)
    assert lib.cuda.random.get_rng_state_all() == []


@BOTH
def test_what_is_told_of_a_tensor_to_a_compiler_changes_nothing(lib):
    dynamo = importlib.import_module(f"{lib.__name__}._dynamo")
    x = lib.ones(2)
    for mark in (dynamo.mark_static_address, dynamo.mark_static, lambda x: dynamo.mark_dynamic(x, 0),
                 lambda x: dynamo.maybe_mark_dynamic(x, 0)):
        assert mark(x) is None and x.tolist() == [1.0, 1.0]


@BOTH
def test_a_scan_with_a_function_of_the_programs_own(lib):
    scan = importlib.import_module(f"{lib.__name__}._higher_order_ops.associative_scan").associative_scan
    x = lib.arange(1.0, 7.0).view(2, 3).requires_grad_()

    def combine(a, b):
        return {"decay": a["decay"] * b["decay"], "state": a["state"] * b["decay"] + b["state"]}
    for reverse in (False, True):
        found = scan(combine, {"decay": x, "state": x + 1}, 1, reverse=reverse, combine_mode="generic")["state"]
        gradient, = lib.autograd.grad((found * found).sum(), x)
        assert found.tolist() == ([[13.0, 11.0, 4.0], [169.0, 41.0, 7.0]] if reverse else [[2.0, 7.0, 25.0], [5.0, 31.0, 193.0]])
        assert gradient.tolist() == ([[312.0, 240.0, 104.0], [14196.0, 11472.0, 7184.0]] if reverse
                                     else [[332.0, 492.0, 400.0], [11900.0, 14268.0, 12352.0]])
    for wrong in ({"combine_mode": "pointwise"}, {"combine_mode": "no"}, {}):
        with pytest.raises(ValueError):
            scan(combine, {"decay": x, "state": x}, 1, **wrong)
    with pytest.raises(ValueError):
        scan(None, x, 1, combine_mode="generic")
    with pytest.raises(ValueError):
        scan(combine, {"decay": x, "state": x[:, :2]}, 1, combine_mode="generic")


@BOTH
def test_names_for_annotations_and_generators_of_gpus(lib):
    assert lib.DeviceObjType is lib._C.DeviceObjType and lib.cuda.default_generators == ()


@BOTH
def test_dimensions_of_a_sparse_tensor(lib):
    assert lib.eye(2).to_sparse().ndimension() == 2


@BOTH
def test_numbers_that_only_a_compiler_does_not_know(lib):
    assert not isinstance(3, (lib.SymInt, lib.SymFloat, lib.SymBool))
    found = [lib.sym_int(2.7), lib.sym_float(2), lib.sym_max(1, 2), lib.sym_min(1, 2.5), lib.sym_not(0), lib.sym_sum([1, 2]),
             lib.sym_ite(True, 1, 2)]
    assert found == [2, 2.0, 2, 1.0, True, 3, 1]
    assert [type(x) for x in found] == [int, float, int, float, bool, int, int]


@BOTH
def test_what_is_asked_before_a_tensors_numbers_are_looked_at(lib):
    x = lib.ones(2)
    assert not importlib.import_module(f"{lib.__name__}._subclasses.fake_tensor").is_fake(x)
    assert importlib.import_module(f"{lib.__name__}.fx.experimental.proxy_tensor").get_proxy_mode() is None
    assert lib.autograd.forward_ad.unpack_dual(x).tangent is None
    seen = []
    lib.func.grad(lambda a: seen.append(lib._C._are_functorch_transforms_active()) or a.sum())(x)
    assert (seen, lib._C._are_functorch_transforms_active()) == ([True], False)


def test_what_only_a_compiler_makes():
    from mtorch._subclasses.fake_tensor import FakeTensor, FakeTensorMode
    for make in (mtorch.SymInt, mtorch.SymBool, FakeTensor, FakeTensorMode, mtorch.autograd.forward_ad.dual_level,
                 lambda: mtorch.autograd.forward_ad.make_dual(mtorch.ones(1), mtorch.ones(1))):
        with pytest.raises(NotImplementedError):
            make()


def test_the_nearest_name_is_looked_for_when_the_error_is_read(monkeypatch):
    """Programs try names in every step, as transformers does, and the search takes longer than a small step."""
    monkeypatch.setattr(mtorch.missing, "nearest", lambda *args: pytest.fail("looked for"))
    assert not hasattr(mtorch, "not_here") and getattr(mtorch.nn, "Linea", None) is None
    monkeypatch.undo()
    with pytest.raises(AttributeError, match="nearest name is 'Linear'"):
        mtorch.nn.Linea


@BOTH
def test_compiled_ops_that_cannot_be_loaded(lib):
    with pytest.raises(OSError):
        lib.ops.load_library("//fbgemm_gpu:metric_ops")


def of(lib, name: str):
    """A module of both: `nn.grad` is mtorch.nn.grad or torch.nn.grad."""
    return importlib.import_module(f"{lib.__name__}.{name}")


def same(function) -> None:
    """The numbers that a function of the library gives, which must be the same for both."""
    ours, theirs = ([x.tolist() for x in function(lib)] for lib in (mtorch, torch))
    for mine, one in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(mine, one, rtol=1e-4, atol=1e-3)


IMPORTED = """
from torch.nn.common_types import _size_1_t, _size_2_t, _size_any_t, _ratio_2_t, _size_2_opt_t, _maybe_indices_t
from torch.nn.modules.activation import LogSoftmax, Softmax, Softmax2d, Softmin, _arg_requires_grad, _check_arg_device
from torch.nn.modules.rnn import apply_permutation
from torch.nn.modules.transformer import _detect_is_causal_mask, _generate_square_subsequent_mask, _get_seq_len
from torch.nn.functional import _canonical_mask, _in_projection, _in_projection_packed, _mha_shape_check, _none_or_dtype
from torch.nn.functional import _Reduction, _verify_batch_size
from torch.nn.init import _no_grad_fill_, _no_grad_normal_, _no_grad_trunc_normal_, _no_grad_uniform_, _no_grad_zero_
from torch.nn import _reduction
from torch.nn.parallel import replicate, parallel_apply
from torch.nn.parallel._functions import Broadcast, Gather, ReduceAddCoalesced, Scatter
from torch.nn.parallel.parallel_apply import parallel_apply as one
from torch.nn.parallel.replicate import replicate as other
from torch.optim.lbfgs import _cubic_interpolate, _strong_wolfe
from torch.functional import F, Tensor, einsum, norm, split, stft
from torch.utils._foreach_utils import _get_foreach_kernels_supported_devices, _group_tensors_by_device_and_dtype
from torch.utils.data._utils.pin_memory import pin_memory
from torch.distributions.multivariate_normal import _precision_to_scale_tril
from torch._C import device, dtype, layout, memory_format, Size, finfo, iinfo, NoneType, Value, Node, Graph
import torch
assert torch.nn.parallel.replicate is replicate is other and parallel_apply is one and dtype is torch.dtype
assert torch.functional.norm is norm is torch.norm and F is torch.nn.functional and torch._C._is_tracing() is False
assert callable(torch.nn.grad.conv2d_weight) and torch.nn.Softmax is Softmax
assert torch.autograd.grad_mode.no_grad is torch.no_grad and torch.autograd.anomaly_mode.detect_anomaly
assert torch.amp.grad_scaler.GradScaler is torch.amp.GradScaler and torch.amp.autocast_mode.autocast is torch.autocast
assert torch.cuda.amp.grad_scaler.GradScaler is torch.cuda.amp.GradScaler and torch.cuda.amp.autocast_mode.autocast
assert torch.nn.parallel.distributed.DistributedDataParallel is torch.nn.parallel.DistributedDataParallel
assert torch.nn.parallel.scatter_gather.gather is torch.nn.parallel.gather and torch.nn.parallel._functions.Gather is Gather
print("imported")
"""


def test_names_that_files_of_pytorchs_have_are_imported_from_there(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(IMPORTED)
    run = subprocess.run([sys.executable, "-m", "mtorch", str(program)], capture_output=True, text=True)
    assert run.stdout == "imported\n", run.stderr


@pytest.mark.parametrize(("n", "how"), [(1, {"stride": 2, "padding": 1}), (2, {"padding": (1, 0), "dilation": 2}),
                                        (2, {"stride": (2, 3), "groups": 2}), (3, {})])
def test_gradients_of_convolutions(n, how):
    groups = how.get("groups", 1)

    def found(lib):
        lib.manual_seed(0)
        x, w = lib.randn(2, 4, *(7, 8, 5)[:n]), lib.randn(6, 4 // groups, *(2, 3, 2)[:n])
        g = lib.randn_like(getattr(lib.nn.functional, f"conv{n}d")(x, w, **how)).requires_grad_()
        of_input, of_weight = (getattr(of(lib, "nn.grad"), f"conv{n}d_{of_what}") for of_what in ("input", "weight"))
        gx, gw = of_input(x.shape, w, g, **how), of_weight(x, w.shape, g, **how)
        (gx.sum() + (gw * gw).mean()).backward()
        with lib.no_grad():
            assert not of_input(x.shape, w, g, **how).requires_grad
        return gx, gw, g.grad
    same(found)


def test_parts_of_attention():
    def found(lib):
        F = lib.nn.functional
        lib.manual_seed(0)
        q, k, w, b = lib.randn(3, 2, 4), lib.randn(5, 2, 4), lib.randn(12, 4), lib.randn(12)
        results = [*F._in_projection_packed(q, q, q, w, b), *F._in_projection_packed(q, k, k, w), *F._in_projection_packed(
            q, k, k + 1, w, b), *F._in_projection(q, k, k, *w.chunk(3), *b.chunk(3))]
        assert all(x.view(-1, 1).shape[1] == 1 for x in results)
        return [*results, F._canonical_mask(lib.eye(2) > 0, "mask", None, "", lib.float32)]
    same(found)
    for lib in (mtorch, torch):
        F, q, at = lib.nn.functional, lib.ones(3, 2, 4), of(lib, "nn.modules.transformer")
        assert F._mha_shape_check(q, q, q, None, None, 1) is True and F._none_or_dtype(q) is lib.float32
        with pytest.raises(AssertionError, match="Expected `attn_mask` shape"):
            F._mha_shape_check(q[0], q[0], q[0], None, lib.ones(2, 2, 2), 1)
        with pytest.raises(AssertionError, match="only bool and floating types of mask"):
            F._canonical_mask(lib.ones(2, dtype=lib.int64), "mask", None, "", lib.float32)
        with pytest.warns(UserWarning, match="Support for mismatched mask and other"):
            F._canonical_mask(lib.ones(2) > 0, "mask", lib.float32, "other", lib.float32)
        with pytest.raises(ValueError, match="more than 1 value per channel"):
            F._verify_batch_size([1, 3, 1])
        assert F._Reduction.get_enum("sum") == 2 and F._Reduction.legacy_get_string(False, None, False) == "sum"
        causal = at._generate_square_subsequent_mask(3)
        assert [at._detect_is_causal_mask(m, c, s) for m, c, s in (
            (causal, None, None), (causal, None, 2), (lib.zeros(3, 3), None, 3), (causal, False, None), (None, None, None))] == [
            True, False, False, False, False]
        assert at._get_seq_len(q, True) == 2 and at._get_seq_len(q, False) == 3 and at._get_seq_len(q[0], True) == 2


def test_line_search_by_itself():
    def found(lib):
        lbfgs = of(lib, "optim.lbfgs")
        x, d = lib.tensor([3.0, -2.0]), lib.tensor([-0.4, 0.1])

        def loss_and_gradient(x, t, d):
            at = (x + t * d).requires_grad_()
            loss = (at ** 4).sum() + at.prod()
            return loss.item(), lib.autograd.grad(loss, at)[0]
        f, g = loss_and_gradient(x, 0.0, d)
        f, g, t, evaluations = lbfgs._strong_wolfe(loss_and_gradient, x, 1.0, d, f, g, g.dot(d))
        lowest = lbfgs._cubic_interpolate(*map(lib.tensor, (0.0, 1.0, -2.0, 2.0, 1.5, 1.0)))
        return lib.tensor(f), g, lib.tensor(float(t)), lib.tensor(evaluations), lowest if hasattr(lowest, "item") else lib.tensor(
            lowest)
    same(found)


@BOTH
def test_tensors_grouped_by_type(lib):
    group = of(lib, "utils._foreach_utils")._group_tensors_by_device_and_dtype if lib is torch else of(
        lib, "optim.copies")._group_tensors_by_device_and_dtype
    a, b, c = lib.ones(1), lib.ones(1, dtype=lib.float64), lib.zeros(2)
    groups = group([[a, b, c], [b, a, b]], with_indices=True)
    assert {kind: at for (_, kind), (_, at) in groups.items()} == {lib.float32: [0, 2], lib.float64: [1]}
    assert groups[a.device, lib.float32][0][1][1] is b


@BOTH
def test_a_batch_that_is_pinned(lib):
    class Pair(typing.NamedTuple):
        x: object
        y: object

    class Mine:
        def pin_memory(self):
            return "pinned"
    pin = of(lib, "utils.data._utils.pin_memory" if lib is torch else "utils.data.pin_memory").pin_memory
    assert pin({"a": [Mine(), 1], "b": Pair("text", (Mine(),))}) == {"a": ["pinned", 1], "b": Pair("text", ("pinned",))}


def test_what_is_between_gpus_is_not_here():
    parallel = mtorch.nn.parallel
    for call in (lambda: parallel.replicate(mtorch.nn.Linear(1, 1), [0]), lambda: parallel.parallel_apply([], []),
                 lambda: parallel.ReduceAddCoalesced.apply(0, 1, mtorch.ones(1))):
        with pytest.raises(NotImplementedError, match="no GPUs"):
            call()


def test_a_permutation_of_a_state():
    with pytest.warns(FutureWarning, match="index_select"):
        assert mtorch.nn.modules.rnn.apply_permutation(mtorch.tensor([[1, 2]]), mtorch.tensor([1, 0])).tolist() == [[2, 1]]


@BOTH
def test_types_behind_torch(lib):
    assert lib._C.device("cpu") == lib.ones(1).device and lib._C.finfo(lib.float32).bits == 32 and lib._C.Size([1]) == (1,)


@BOTH
def test_what_is_told_to_the_compiler_of_torchscript(lib):
    """Megatron, StyleGAN's ports and others begin with these."""
    core = lib._C
    for name, value in (("_jit_set_profiling_mode", False), ("_jit_set_profiling_executor", False)):
        assert [getattr(core, name)(value), getattr(core, name)(True), getattr(core, name)(True)] == [True, False, True]
    for name in ("_jit_override_can_fuse_on_cpu", "_jit_override_can_fuse_on_gpu", "_jit_set_texpr_fuser_enabled"):
        assert getattr(core, name)(True) is None
