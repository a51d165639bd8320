"""Hooks on calls and on gradients: when they run, what they see, what they may change."""

from __future__ import annotations

import copy
import gc
import pickle
import warnings
from typing import Any

import pytest

import mtorch
from mtorch import nn
from tests.nn.twins import kind, linear_class, plain, said, same_in_torch, warned


def hooks_on_every_module(t: Any) -> Any:
    from importlib import import_module
    return import_module("mtorch.nn.hooks" if t is mtorch else "torch.nn.modules.module")


def scale_class(t: Any) -> Any:
    class Scale(t.nn.Module):
        def forward(self, x: Any, by: float = 2.0) -> Any:
            return x * by
    return Scale


def test_forward_hooks_run_in_order_and_change_what_they_return() -> None:
    def scenario(t):
        net, seen = scale_class(t)(), []
        net.register_forward_pre_hook(lambda m, args: seen.append(("pre", m is net, args)))
        net.register_forward_pre_hook(lambda m, args: args[0] + 1)
        net.register_forward_pre_hook(lambda m, args: (args[0] + 1,), prepend=True)
        net.register_forward_pre_hook(lambda m, args, kwargs: (args, {"by": kwargs.get("by", 1.0) * 10}),
                                      with_kwargs=True)
        net.register_forward_hook(lambda m, args, out: seen.append(("post", args, out)))
        net.register_forward_hook(lambda m, args, kwargs, out: out + kwargs["by"], with_kwargs=True)
        net.register_forward_hook(lambda m, args, out: seen.append(("first", out)), prepend=True)
        return [net(t.ones(1)), net(t.ones(1), by=3.0), plain(seen)]
    same_in_torch(scenario)


def test_handles_remove() -> None:
    def scenario(t):
        net, seen = scale_class(t)(), []
        one = net.register_forward_hook(lambda m, args, out: seen.append(1), always_call=True, with_kwargs=False)
        with net.register_forward_pre_hook(lambda m, args: seen.append(2)):
            net(t.ones(1))
        net(t.ones(1))
        one.remove()
        one.remove()
        net(t.ones(1))
        return [seen, len(net._forward_hooks), len(net._forward_hooks_always_called)]
    same_in_torch(scenario)


def test_a_hook_that_always_runs_runs_after_an_error() -> None:
    def scenario(t):
        class Broken(t.nn.Module):
            def forward(self, x: Any) -> Any:
                raise ValueError("broken")

        net, seen = Broken(), []
        net.register_forward_hook(lambda m, args, out: seen.append(("always", args, out)), always_call=True)
        net.register_forward_hook(lambda m, args, out: seen.append("never"))
        ends = said(net, t.ones(1))
        net.register_forward_hook(lambda m, args, out: 1 / 0, always_call=True)
        end, texts = warned(said, net, t.ones(1))
        return [ends, plain(seen), end, len(texts), "division by zero" in texts[0]]
    same_in_torch(scenario)


def test_a_pre_hook_with_kwargs_that_returns_something_else() -> None:
    def scenario(t):
        net = scale_class(t)()
        net.register_forward_pre_hook(lambda m, args, kwargs: 3, with_kwargs=True)
        return said(net, t.ones(1))
    same_in_torch(scenario)


def test_hooks_on_every_module() -> None:
    def scenario(t):
        everywhere, seen = hooks_on_every_module(t), []
        net = t.nn.Sequential(scale_class(t)())
        net.register_forward_hook(lambda m, args, out: seen.append("own"))
        with everywhere.register_module_forward_pre_hook(lambda m, args: seen.append(("pre", type(m).__name__))), \
                everywhere.register_module_forward_hook(lambda m, args, out: seen.append(("post", out))), \
                everywhere.register_module_full_backward_hook(lambda m, gi, go: seen.append(("back", gi, go))), \
                everywhere.register_module_full_backward_pre_hook(lambda m, go: seen.append(("pre back", go))):
            net(t.ones(1, requires_grad=True)).backward()
        net(t.ones(1))
        return plain(seen)
    same_in_torch(scenario)


def test_a_module_pays_for_hooks_only_after_one_was_registered() -> None:
    net = scale_class(mtorch)()
    assert net._plain
    net.register_forward_hook(lambda m, args, out: None)
    assert not net._plain
    assert scale_class(mtorch)()._plain


# ---- gradients -----------------------------------------------------------------------------------


def test_backward_hooks_see_and_replace_gradients() -> None:
    def scenario(t):
        net, seen = linear_class(t)(2, 3), []
        net.register_full_backward_pre_hook(lambda m, go: seen.append(("pre", go)))
        net.register_full_backward_pre_hook(lambda m, go: (go[0] * 2,))
        net.register_full_backward_hook(lambda m, gi, go: seen.append(("post", gi, go)))
        net.register_full_backward_hook(lambda m, gi, go: (gi[0] * 10,))
        net.register_full_backward_hook(lambda m, gi, go: seen.append(("first", gi)), prepend=True)
        x = t.ones(4, 2, requires_grad=True)
        net(x).sum().backward()
        return [seen, x.grad, net.weight.grad, net.bias.grad]
    same_in_torch(scenario)


def test_backward_hooks_with_several_inputs_and_outputs() -> None:
    def scenario(t):
        class Both(t.nn.Module):
            def forward(self, x: Any, k: float, y: Any, z: Any) -> Any:
                return x * y * k + z, "text", y * 3

        net, seen = Both(), []
        net.register_full_backward_pre_hook(lambda m, go: seen.append(("pre", go)))
        net.register_full_backward_hook(lambda m, gi, go: seen.append(("post", gi, go)))
        x, y, z = t.ones(2, requires_grad=True), t.full((2,), 2.0, requires_grad=True), t.ones(2)
        first, text, second = net(x, 2.0, y, z)
        first.sum().backward(retain_graph=True)
        second.sum().backward()
        return [seen, text, x.grad, y.grad, z.grad]
    same_in_torch(scenario)


def test_a_backward_hook_where_no_input_needs_a_gradient() -> None:
    def scenario(t):
        net, seen = linear_class(t)(2, 1), []
        net.register_full_backward_hook(lambda m, gi, go: seen.append((gi, go)))
        _, texts = warned(lambda: net(t.ones(1, 2)).sum().backward())
        net.register_full_backward_hook(lambda m, gi, go: go)
        result = warned(lambda: said(net(t.ones(1, 2)).sum().backward))[0]
        with t.no_grad():
            net(t.ones(1, 2))
        return [seen, len(texts), texts[0][:40], result]
    same_in_torch(scenario)


def test_backward_hooks_that_return_a_wrong_number() -> None:
    def scenario(t):
        ends = []
        for register in ("register_full_backward_hook", "register_full_backward_pre_hook"):
            net = linear_class(t)(2, 1)
            getattr(net, register)(lambda m, *gradients: (None, None))
            ends.append(said(net(t.ones(1, 2, requires_grad=True)).sum().backward))
        return ends
    same_in_torch(scenario)


def test_backward_hooks_on_an_output_that_is_no_tensor() -> None:
    def scenario(t):
        class Named(t.nn.Module):
            def forward(self, x: Any) -> Any:
                return {"y": x * 2}

        net = Named()
        net.register_full_backward_hook(lambda m, gi, go: None)
        _, texts = warned(lambda: net(t.ones(1, requires_grad=True)))
        return [text[:60] for text in texts]
    same_in_torch(scenario)


def test_writing_into_a_hooked_input_in_place_is_refused() -> None:
    def scenario(t):
        class InPlace(t.nn.Module):
            def forward(self, x: Any) -> Any:
                return x.mul_(2)

        net = InPlace()
        net.register_full_backward_hook(lambda m, gi, go: None)
        return kind(net, t.ones(2, requires_grad=True) * 1)
    same_in_torch(scenario)


def test_gradients_of_gradients_pass_the_hooks() -> None:
    def scenario(t):
        class Cube(t.nn.Module):
            def forward(self, x: Any) -> Any:
                return x ** 3

        net = Cube()
        net.register_full_backward_hook(lambda m, gi, go: (gi[0] * 2,))
        x = t.tensor([2.0], requires_grad=True)
        g, = t.autograd.grad(net(x).sum(), x, create_graph=True)
        return [g, t.autograd.grad(g.sum(), x)[0]]
    same_in_torch(scenario)


@pytest.mark.filterwarnings("ignore:Using a non-full backward hook")
@pytest.mark.parametrize("make", [
    lambda nn: nn.Conv2d(1, 2, 2), lambda nn: nn.ConvTranspose2d(1, 2, 2, bias=False), lambda nn: nn.ReLU(inplace=True),
    lambda nn: nn.Sequential(nn.Conv2d(1, 2, 2), nn.Tanh()), lambda nn: nn.BatchNorm2d(1), lambda nn: nn.MaxPool2d(2),
    lambda nn: nn.Flatten(), lambda nn: nn.Linear(3, 2), lambda nn: nn.Sequential(nn.Flatten(), nn.Linear(9, 2)),
    lambda nn: nn.Sequential(nn.Flatten(), nn.Linear(9, 2, bias=False)), lambda nn: nn.LayerNorm(3), lambda nn: nn.Softmax(-1),
])
def test_the_gradients_of_the_last_operation(make: Any) -> None:
    def scenario(t: Any) -> list:
        t.manual_seed(0)
        net, seen = make(t.nn).double(), []
        x = t.randn(2, 1, 3, 3, dtype=t.float64, requires_grad=True)
        handle = net.register_backward_hook(lambda module, gi, go: seen.extend(g if g is None else g.clone() for g in (*gi, *go)))
        for _ in range(2):
            y = net(x * 1)
            (y * t.arange(y.numel(), dtype=y.dtype).reshape(y.shape)).sum().backward()
            handle.remove()
        return [x.grad, t.tensor([g is None for g in seen]), *(g for g in seen if g is not None)]
    same_in_torch(scenario)


@pytest.mark.filterwarnings("ignore:Using a non-full backward hook")
def test_what_a_hook_on_the_last_operation_returns_takes_its_place() -> None:
    def scenario(t: Any) -> list:
        t.manual_seed(0)
        net = t.nn.Sequential(t.nn.Linear(3, 4), t.nn.ReLU(), t.nn.Linear(4, 1))
        x = t.randn(2, 3, requires_grad=True)
        net[1].register_backward_hook(lambda module, gi, go: (gi[0].clamp(min=0.0),))
        net[2].register_backward_hook(lambda module, gi, go: (gi[0] * 2, gi[1] * 3, gi[2] * 5))
        net(x).sum().backward()
        return [x.grad, *(p.grad for p in net.parameters())]
    same_in_torch(scenario)


def test_hooks_of_both_kinds_and_other_operations_are_refused() -> None:
    net = nn.ReLU()
    net.register_backward_hook(print)
    with pytest.raises(RuntimeError, match="both regular backward hooks and full"):
        net.register_full_backward_hook(print)
    pool = nn.AvgPool2d(2)
    pool.register_backward_hook(print)
    with pytest.raises(NotImplementedError, match="register_full_backward_hook"):
        pool(mtorch.ones(1, 2, 2, requires_grad=True))
    assert pool(mtorch.ones(1, 2, 2)).tolist() == [[[1.0]]]


def test_a_last_operation_that_is_not_the_only_one_warns() -> None:
    def scenario(t: Any) -> list:
        several, one = t.nn.Sequential(t.nn.Sigmoid(), t.nn.Tanh()), t.nn.Sigmoid()
        x, seen = t.ones(2, requires_grad=True) * 1, []
        for net in (several, one):
            net.register_backward_hook(lambda *_: None)
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                net(x)
            seen.append([w.category is FutureWarning for w in caught])
        assert seen == [[True], []]
        return [x]
    same_in_torch(scenario)


def note(module: Any, args: Any, output: Any) -> None:
    module.noted = True


def test_hooks_are_copied_and_pickled_with_their_module() -> None:
    net = scale_class(mtorch)()
    net.register_forward_hook(note)
    twin = copy.deepcopy(net)
    twin(mtorch.ones(1))
    assert twin.noted
    holder = nn.Sequential()
    handle = holder.register_forward_hook(note)
    loaded = pickle.loads(pickle.dumps(holder))
    loaded(mtorch.ones(1))
    assert loaded.noted
    assert pickle.loads(pickle.dumps(handle)).id == handle.id


def test_every_hook_gives_the_same_kind_of_handle() -> None:
    from mtorch.utils.hooks import RemovableHandle
    x = mtorch.ones(1, requires_grad=True)
    handles = [nn.Sequential().register_forward_hook(note), x.register_hook(note), (x * 2).register_hook(note),
               x.register_post_accumulate_grad_hook(note),
               mtorch.optim.SGD([x], lr=1.0).register_step_pre_hook(note)]
    assert {type(handle) for handle in handles} == {RemovableHandle}
    assert len({handle.id for handle in handles}) == len(handles)


def test_a_handle_removes_its_hook_while_the_hooks_run() -> None:
    def scenario(t):
        x, seen, handles = t.ones(1, requires_grad=True), [], []

        def once(g: Any) -> None:
            seen.append(g.tolist())
            for handle in handles:
                handle.remove()

        handles += [x.register_hook(once), x.register_post_accumulate_grad_hook(once)]
        (x * 2).sum().backward()
        (x * 2).sum().backward()
        return seen
    same_in_torch(scenario)


def test_a_handle_keeps_no_module_alive() -> None:
    import weakref
    net = scale_class(mtorch)()
    handle = net.register_forward_hook(note)
    alive = weakref.ref(net)
    del net
    gc.collect()
    assert alive() is None
    handle.remove()


def test_a_backward_hook_that_returns_what_is_no_gradient():
    net = nn.Linear(2, 2)
    net.register_full_backward_hook(lambda module, before, after: 3)
    with pytest.raises(TypeError, match="returns gradients"):
        net(mtorch.ones(1, 2, requires_grad=True)).sum().backward()


def test_a_copy_takes_its_own_hook_away():
    class Lazily(nn.Module):
        def __init__(self):
            super().__init__()
            self.calls = []
            self.handle = self.register_forward_pre_hook(self.first)

        def first(self, module, args):
            module.calls.append("first")
            module.handle.remove()

        def forward(self, x):
            return x
    original = Lazily()
    for module in (copy.deepcopy(original), copy.deepcopy(nn.ModuleList([original]))[0], original):
        module(mtorch.ones(1))
        module(mtorch.ones(1))
        assert module.calls == ["first"]
