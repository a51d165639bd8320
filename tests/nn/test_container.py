"""Sequential, ModuleList, ModuleDict, ParameterList, ParameterDict: torch's whole interface."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import pytest

import mtorch
from mtorch import nn
from tests.nn.twins import kind, linear_class, said, same_in_torch


def layers(t: Any, n: int) -> list:
    return [linear_class(t)(i + 1, i + 2) for i in range(n)]


def names(container: Any) -> list[str]:
    return [f"{name}:{type(m).__name__}({m.extra_repr()})" for name, m in container.named_children()]


def test_sequential_is_a_sequence() -> None:
    def scenario(t):
        net = t.nn.Sequential(*layers(t, 4))
        named = t.nn.Sequential(OrderedDict([("a", layers(t, 1)[0]), ("b", t.nn.Sequential())]))
        seen = [len(net), names(net), net[1].extra_repr(), net[-1].extra_repr(), names(net[1:3]), names(net[::-2]),
                names(named), named.a is named[0], [type(m).__name__ for m in named], repr(net[:2]),
                said(net.__getitem__, 4), said(net.__getitem__, -5), kind(net.__getitem__, "0"),
                bool(t.nn.Sequential())]
        net[1] = linear_class(t)(9, 9)
        net[-1] = linear_class(t)(8, 8)
        seen.append(names(net))
        del net[0]
        seen.append(names(net))
        del net[:2]
        seen.append(names(net))
        del named[0]
        return [*seen, names(named), said(net.__setitem__, 5, t.nn.Module()), said(net.__delitem__, 5)]
    same_in_torch(scenario)


def test_sequential_grows() -> None:
    def scenario(t):
        net = t.nn.Sequential()
        seen = [net.append(layers(t, 1)[0]) is net, net.extend(layers(t, 2)) is net,
                net.insert(1, linear_class(t)(7, 7)) is net, names(net), names(net.insert(-1, linear_class(t)(6, 6))),
                net.pop(0).extra_repr(), names(net), names(net.pop(slice(0, 2))), names(net)]
        ends = [said(net.insert, 99, t.nn.Module()), kind(net.insert, 0, 3), kind(net.append, 3),
                kind(t.nn.Sequential, 3)]
        return seen + ends
    same_in_torch(scenario)


def test_sequential_arithmetic() -> None:
    def scenario(t):
        net, other = t.nn.Sequential(*layers(t, 2)), t.nn.Sequential(linear_class(t)(9, 9))
        seen = [names(net + other), names(net * 2), names(2 * net), names(net)]
        net += other
        seen.append(names(net))
        net *= 2
        return [*seen, names(net), net[0] is net[3], kind(lambda: net + 3), kind(lambda: net * 1.5),
                kind(lambda: net * 0),
                kind(net.__iadd__, 3)]
    same_in_torch(scenario)


def test_sequential_calls_one_after_another() -> None:
    def scenario(t):
        return t.nn.Sequential(*layers(t, 3))(t.ones(2, 1)), t.nn.Sequential()(3)
    same_in_torch(scenario)


def test_module_list() -> None:
    def scenario(t):
        rows = t.nn.ModuleList(layer for layer in layers(t, 3))
        seen = [len(rows), names(rows), rows[-1].extra_repr(), names(rows[1:]), type(rows[1:]).__name__,
                names(rows + layers(t, 1)), rows.append(t.nn.Module()) is rows, rows.extend(layers(t, 1)) is rows]
        rows.insert(1, linear_class(t)(7, 7))
        seen.append(names(rows))
        rows[0] = linear_class(t)(6, 6)
        del rows[1]
        del rows[2:4]
        rows += layers(t, 1)
        seen += [names(rows), rows.pop(0).extra_repr(), names(rows), [m.extra_repr() for m in rows]]
        return [*seen, said(rows.__getitem__, 9), said(rows.extend, 3), kind(rows.append, 3), kind(rows, t.ones(1))]
    same_in_torch(scenario)


def test_module_list_shows_equal_neighbours_once() -> None:
    def scenario(t):
        Linear = linear_class(t)
        rows = [Linear(1, 1), Linear(1, 1), Linear(2, 2), t.nn.Sequential(Linear(1, 1)), t.nn.Sequential(Linear(1, 1))]
        return [repr(t.nn.ModuleList()), repr(t.nn.ModuleList(rows)),
                repr(t.nn.ModuleList([t.nn.ModuleList(rows)] * 2))]
    same_in_torch(scenario)


def test_module_dict() -> None:
    def scenario(t):
        d = t.nn.ModuleDict({"b": layers(t, 1)[0], "a": t.nn.Module()})
        d["c"] = linear_class(t)(5, 5)
        d.update([("d", t.nn.Module()), ("a", linear_class(t)(4, 4))])
        d.update(t.nn.ModuleDict({"e": t.nn.Module()}))
        seen = [len(d), list(d), names(d), "a" in d, "z" in d, list(d.keys()), [k for k, _ in d.items()],
                len(d.values()),
                d["c"].extra_repr(), d.c is d["c"], repr(d), d.pop("c").extra_repr(), list(d)]
        del d["b"]
        ends = [kind(d.__getitem__, "z"), kind(d.__setitem__, "keys", t.nn.Module()),
                kind(d.__setitem__, "x.y", t.nn.Module()),
                said(d.update, 3), kind(d.update, [3]), said(d.update, [(1, 2, 3)]), kind(d.pop, "z"), list(d)]
        d.clear()
        return [*seen, *ends, len(d), repr(d)]
    same_in_torch(scenario)


def test_parameter_list() -> None:
    def scenario(t):
        rows = t.nn.ParameterList([t.nn.Parameter(t.ones(2)), t.zeros(2, 3)])
        seen = [len(rows), [type(p).__name__ for p in rows], [n for n, _ in rows.named_parameters()],
                rows.append(t.tensor(1.0)) is rows, rows.append("text") is rows,
                rows.extend([t.ones(1, dtype=t.float64)]) is rows]
        rows[0] = t.full((4,), 2.0)
        rows += (t.ones(3),)
        part = rows[1:3]
        return [*seen, repr(rows), rows[-1], type(part).__name__, len(part), part[0] is rows[1],
                list(rows.state_dict()),
                said(rows.__getitem__, 9), said(rows.extend, 3), said(rows.extend, t.ones(2)), said(rows), len(rows),
                [name in dir(rows) for name in ("0", "append")], kind(t.nn.ParameterList, 3)]
    same_in_torch(scenario)


def test_parameter_dict() -> None:
    def scenario(t):
        d = t.nn.ParameterDict({"b": t.nn.Parameter(t.ones(2)), "a": t.zeros(1)})
        d["c"], d["word"] = t.ones(3), "text"
        d.update([("d", t.ones(1))])
        d.update(OrderedDict(z=t.ones(1), y=t.ones(1)))
        seen = [len(d), list(d), list(reversed(d)), "a" in d, "q" in d, list(d.keys()), [k for k, _ in d.items()],
                len(list(d.values())), [type(p).__name__ for p in d.values()], repr(d), d.get("q"), d.get("q", 3),
                d.get("a"),
                d.setdefault("a", t.ones(9)), d.setdefault("new", t.ones(2)), d.pop("c"), d.popitem()[0], list(d)]
        del d["b"]
        other = t.nn.ParameterDict({"k": t.ones(1), "a": t.ones(5)})
        merged = d | other
        d |= other
        copied = d.copy()
        made = t.nn.ParameterDict().fromkeys(["m", "n"], 3)
        seen += [list(merged), list(d), list(copied), copied["k"] is d["k"], list(made.items()), list(d.state_dict()),
                 kind(t.nn.ParameterDict().__setitem__, 3, t.ones(1)), kind(d.update, 3), kind(d.update, [3]),
                 said(d.update, [(1, 2, 3)]), said(d, 1), kind(t.nn.ParameterDict().__setitem__, "keys", t.ones(1)),
                 kind(d.__delitem__, "q")]
        d.clear()
        return [*seen, len(d), list(d.parameters())]
    same_in_torch(scenario)


def test_a_key_that_is_not_there() -> None:
    d = nn.ParameterDict()
    with pytest.raises(AttributeError, match="q"):
        d["q"]
    with pytest.raises(KeyError, match="empty"):
        d.popitem()
    with pytest.raises(KeyError, match="keys"):
        d["keys"] = 3
    assert list(d) == []


def test_a_module_is_required_when_inserting() -> None:
    with pytest.raises(TypeError, match="int is not a Module subclass"):
        nn.ModuleList().insert(0, 3)  # type: ignore[arg-type]


def test_gradients_reach_parameters_in_containers() -> None:
    def scenario(t):
        class Net(t.nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.rows = t.nn.ParameterList([t.ones(2) * i for i in range(3)])
                self.choice = t.nn.ModuleDict({"left": linear_class(t)(2, 2)})

            def forward(self, x: Any) -> Any:
                for row in self.rows:
                    x = x + row
                return self.choice["left"](x)

        net = Net()
        net(t.ones(1, 2)).sum().backward()
        return [(name, p.grad) for name, p in net.named_parameters()]
    same_in_torch(scenario)


def test_names_and_modules_print_as_torchs_do() -> None:
    torch = pytest.importorskip("torch")

    def shown(t: Any) -> list[str]:
        modules = t.nn.ModuleDict({"a": t.nn.ReLU(), "b": t.nn.Tanh()})
        keys = modules.keys()
        modules["c"] = t.nn.Identity()
        net = t.nn.Sequential(modules)
        return [repr(view) for view in (keys, modules.items(), modules.values(), net._modules.keys(), net._modules.items())]
    assert shown(mtorch) == shown(torch)
