"""Walking the tree, changing all of it, showing it: as torch does."""

from __future__ import annotations

from typing import Any

import pytest

import mtorch
from mtorch import nn
from tests.nn.twins import kind, linear_class, net_class, said, same_in_torch


def test_traversal() -> None:
    def scenario(t):
        net = net_class(t)()
        return [
            [name for name, _ in net.named_modules()], [name for name, _ in net.named_modules(prefix="net")],
            [name for name, _ in net.named_modules(remove_duplicate=False)],
            [name for name, _ in net.named_children()], len(list(net.children())), len(list(net.modules())),
            len(list(net.modules(remove_duplicate=False))),
            [name for name, _ in net.named_parameters()], [name for name, _ in net.named_parameters("net")],
            [name for name, _ in net.named_parameters(recurse=False)],
            [name for name, _ in net.named_parameters(remove_duplicate=False)],
            [tuple(p.shape) for p in net.parameters()], len(list(net.parameters(recurse=False))),
            [name for name, _ in net.named_buffers()], [name for name, _ in net.named_buffers("net", recurse=False)],
            [tuple(b.shape) for b in net.buffers()],
        ]
    same_in_torch(scenario)


def test_shared_parameters_are_given_once() -> None:
    def scenario(t):
        Linear = linear_class(t)
        net = t.nn.Sequential(Linear(2, 2), Linear(2, 2))
        net[1].weight = net[0].weight
        return [[name for name, _ in net.named_parameters()],
                [name for name, _ in net.named_parameters(remove_duplicate=False)], list(net.state_dict())]
    same_in_torch(scenario)


def test_by_path() -> None:
    def scenario(t):
        net = net_class(t)()
        found = [net.get_submodule("") is net, net.get_submodule("encoder.1") is net.first,
                 net.get_parameter("encoder.0.weight") is net.encoder[0].weight, net.get_parameter("scale"),
                 net.get_buffer("steps"), net.get_buffer("offset")]
        errors = [said(net.get_submodule, path) for path in ("none", "encoder.7", "scale", "encoder.0.weight")]
        errors += [said(net.get_parameter, path) for path in ("none", "encoder.0.none", "steps", "nothing")]
        errors += [said(net.get_buffer, path) for path in ("none", "scale", "nothing")]
        return found + errors
    same_in_torch(scenario)


def test_set_submodule() -> None:
    def scenario(t):
        net, new = net_class(t)(), t.nn.Module()
        net.set_submodule("encoder.0", new)
        net.set_submodule("encoder.added", new)
        net.set_submodule("fresh", new)
        found = [net.encoder[0] is new, list(net.encoder._modules), net.fresh is new]
        return [*found, said(net.set_submodule, "", new), kind(net.set_submodule, "a", 3),
                said(net.set_submodule, "scale", new), said(net.set_submodule, "none", new, strict=True),
                said(net.set_submodule, "x.y", new)]
    same_in_torch(scenario)


def test_apply_train_and_eval() -> None:
    def scenario(t):
        net, order = net_class(t)(), []
        same = net.apply(lambda module: order.append(type(module).__name__)) is net
        net.first.eval()
        modes = [[m.training for m in net.modules()]]
        modes.append([m.training for m in net.eval().modules()])
        modes.append([m.training for m in net.train().modules()])
        return [same, order, modes, kind(net.train, 1), kind(net.train, "yes")]
    same_in_torch(scenario)


def test_requires_grad_and_zero_grad() -> None:
    def scenario(t):
        net = net_class(t)()
        frozen = [p.requires_grad for p in net.requires_grad_(False).parameters()]
        thawed = [p.requires_grad for p in net.requires_grad_().parameters()]
        net(t.ones(2, 3)).sum().backward()
        before = [p.grad for p in net.parameters()]
        before = [g is not None and g.tolist() for g in before]
        net.zero_grad(set_to_none=False)
        zeros = [p.grad.tolist() for p in net.parameters()]
        net.zero_grad()
        return [frozen, thawed,
                [[round(x, 3) for x in p.grad] if p.grad is not None else None for p in net.parameters()],
                len(before), zeros]
    same_in_torch(scenario)


def test_gradients_of_the_whole_net() -> None:
    def scenario(t):
        net = net_class(t)()
        x = t.arange(6, dtype=t.float32).reshape(2, 3) / 6
        x.requires_grad_()
        y = net(x)
        (y * y).sum().backward()
        return [y, x.grad, *(p.grad for p in net.parameters())]
    same_in_torch(scenario)


def test_repr() -> None:
    def scenario(t):
        Linear = linear_class(t)

        class Long(t.nn.Module):
            def extra_repr(self) -> str:
                return "one\n\ntwo"

        class LongNet(Long):
            def __init__(self) -> None:
                super().__init__()
                self.child = Long()

        named = t.nn.Sequential()
        named.add_module("fc", Linear(1, 2))
        return [repr(m) for m in (t.nn.Module(), Linear(1, 2), Long(), LongNet(), named, net_class(t)(),
                                  t.nn.Sequential(),
                                  t.nn.Sequential(t.nn.ModuleList([Linear(1, 2), Linear(1, 2), LongNet()])))]
    same_in_torch(scenario)


def test_conversions() -> None:
    def scenario(t):
        seen = []
        for change in (lambda n: n.double(), lambda n: n.half(), lambda n: n.float(), lambda n: n.to(t.float64),
                       lambda n: n.to(dtype=t.float16), lambda n: n.to("cpu"), lambda n: n.to("cpu", t.float64),
                       lambda n: n.to(t.device("cpu")), lambda n: n.to(t.ones(1, dtype=t.float64)), lambda n: n.cpu(),
                       lambda n: n.type(t.float64), lambda n: n.to_empty(device="cpu"), lambda n: n.share_memory()):
            net = net_class(t)()
            net.register_buffer("count", t.zeros(1, dtype=t.int64))
            before = list(net.parameters())
            net(t.ones(2, 3)).sum().backward()
            same = change(net) is net
            seen.append([same, all(p is q for p, q in zip(before, net.parameters())),
                         [str(p.dtype) for p in net.parameters()], [str(p.grad.dtype) for p in net.parameters()],
                         [str(b.dtype) for b in net.buffers()], [p.requires_grad for p in net.parameters()]])
        return [seen, said(net.to, t.int64)[0]]
    same_in_torch(scenario)


def test_a_device_that_is_not_there_is_refused_before_anything_changes() -> None:
    net = net_class(mtorch)()
    for attempt in (lambda: net.to("cuda", mtorch.float64), lambda: net.cuda(), lambda: net.to_empty(device="cuda")):
        with pytest.raises(AssertionError, match="Torch not compiled with CUDA enabled"):
            attempt()
    assert {p.dtype for p in net.parameters()} == {mtorch.float32}


def test_a_shared_parameter_is_converted_once_and_stays_shared() -> None:
    layer = linear_class(mtorch)(2, 2)
    net = nn.Sequential(layer, layer).double()
    assert net[0].weight is net[1].weight
    assert net[0].weight.dtype == mtorch.float64


def test_compile_leaves_the_module_as_it_is() -> None:
    net = linear_class(mtorch)(2, 2)
    assert net.compile(fullgraph=True) is None
    assert net(mtorch.ones(1, 2)).shape == (1, 2)


def test_a_missing_forward_is_named() -> None:
    same_in_torch(lambda t: said(t.nn.Module(), t.ones(1)))


# ---- where an error was raised -------------------------------------------------------------------


class Inner(nn.Module):
    def forward(self, x: Any) -> Any:
        raise ValueError("broken")


class Encoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc1 = nn.Sequential()
        self.fc2 = Inner()

    def forward(self, x: Any) -> Any:
        return self.fc2(self.fc1(x))


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encoder = Encoder()

    def forward(self, x: Any) -> Any:
        return self.encoder(x)


def notes_of(call: Any) -> list[str]:
    with pytest.raises(ValueError, match="broken") as caught:
        call()
    return caught.value.__notes__


def test_an_error_names_the_path_of_the_module_it_was_raised_in() -> None:
    x = mtorch.ones(1)
    net = Net()
    assert notes_of(lambda: Inner()(x)) == ["in Inner"]
    assert notes_of(lambda: net(x)) == ["in Net.encoder.fc2 (Inner)"]
    assert notes_of(lambda: nn.Sequential(nn.Sequential(), net)(x)) == ["in Sequential.1.encoder.fc2 (Inner)"]
    assert notes_of(lambda: net.encoder(x)) == ["in Encoder.fc2 (Inner)"]


def test_a_grandchild_that_is_called_directly_has_its_whole_path() -> None:
    class Direct(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = Net()
            self._hidden = [Inner()]

        def forward(self, x: Any, hidden: bool = False) -> Any:
            return (self._hidden[0] if hidden else self.net.encoder.fc2)(x)

    assert notes_of(lambda: Direct()(mtorch.ones(1))) == ["in Direct.net.encoder.fc2 (Inner)"]
    assert notes_of(lambda: Direct()(mtorch.ones(1), hidden=True)) == ["in Direct.<Inner, not registered> (Inner)"]


def test_the_path_is_noted_off_the_fast_path_too() -> None:
    net = Net()
    net.register_forward_pre_hook(lambda module, args: None)
    net.encoder.fc2.register_forward_hook(lambda module, args, output: None)
    assert notes_of(lambda: net(mtorch.ones(1))) == ["in Net.encoder.fc2 (Inner)"]
    assert notes_of(lambda: net(mtorch.ones(1).numpy())) == ["in Net.encoder.fc2 (Inner)"]


def test_other_notes_stay() -> None:
    class Noted(nn.Module):
        def forward(self, x: Any) -> Any:
            error = ValueError("broken")
            error.add_note("by me")
            raise error

    assert notes_of(lambda: nn.Sequential(Noted())(mtorch.ones(1))) == ["by me", "in Sequential.0 (Noted)"]


def test_an_anomaly_names_the_module() -> None:
    class Log(nn.Module):
        def forward(self, x: Any) -> Any:
            return x.log()

    net = nn.Sequential(nn.Sequential(), nn.Sequential(Log()))
    x = mtorch.tensor([-1.0], requires_grad=True)
    with mtorch.autograd.detect_anomaly(), pytest.raises(RuntimeError, match=r"in module Sequential\.1\.0"):
        net(x)
    net(x)                                               # and nothing of it is left
