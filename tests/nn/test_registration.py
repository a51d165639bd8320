"""What is registered by assignment, under which name, and what is refused."""

from __future__ import annotations

import copy
import pickle
from collections import OrderedDict
from typing import Any

import pytest

import mtorch
from mtorch import nn
from tests.nn.twins import kind, linear_class, net_class, said, same_in_torch


def members(module: Any) -> dict[str, Any]:
    return {"parameters": list(module._parameters), "buffers": list(module._buffers), "modules": list(module._modules),
            "named": [name for name, _ in module.named_parameters()], "state": list(module.state_dict())}


def test_members_of_a_net() -> None:
    same_in_torch(lambda t: members(net_class(t)()))


def test_names_change_their_kind_as_values_are_assigned() -> None:
    def scenario(t):
        seen = []
        net = t.nn.Module()
        net.a, net.b, net.c = 1, t.nn.Parameter(t.ones(1)), t.nn.Module()
        for value in (t.nn.Module(), t.nn.Buffer(t.ones(1)), t.nn.Parameter(t.ones(3)), None, t.nn.Module()):
            seen.append((kind(setattr, net, "a", value), members(net)))
        net.c = None
        net.register_buffer("d", t.ones(1), persistent=False)
        seen.append(members(net))
        net.d = t.ones(3)
        seen.append((members(net), net.d.tolist()))
        net.d = t.nn.Parameter(t.ones(1))
        seen.append(members(net))
        del net.b, net.d, net.c
        seen.append((members(net), hasattr(net, "b"), hasattr(net, "c")))
        return seen
    same_in_torch(scenario)


def test_a_parameter_keeps_its_place_when_it_is_replaced() -> None:
    def scenario(t):
        net = net_class(t)()
        net.scale = t.nn.Parameter(t.zeros(1))
        net.first.weight = t.nn.Parameter(t.zeros(3, 3))
        net.first = linear_class(t)(1, 1)
        return [members(net), [tuple(p.shape) for p in net.parameters()]]
    same_in_torch(scenario)


def test_what_is_refused_and_in_which_words() -> None:
    def scenario(t):
        net = t.nn.Module()
        net.p, net.m, net.plain = t.nn.Parameter(t.ones(1)), t.nn.Module(), 3
        net.register_buffer("b", t.ones(1))
        return [
            said(setattr, net, "p", t.ones(1)), said(setattr, net, "p", 3), said(setattr, net, "p", t.nn.Module())[0],
            said(setattr, net, "m", 3), said(setattr, net, "m", t.ones(1)), said(setattr, net, "b", 3),
            said(net.register_parameter, "plain", t.nn.Parameter(t.ones(1))),
            said(net.register_parameter, "x.y", None), said(net.register_parameter, "", None),
            said(net.register_parameter, 3, None), said(net.register_parameter, "q", t.ones(1)),
            said(net.register_parameter, "q", "text"),
            said(net.register_buffer, "p", None), said(net.register_buffer, "x.y", None),
            said(net.register_buffer, "", None),
            said(net.register_buffer, 3, None), said(net.register_buffer, "q", 3),
            said(net.add_module, "p", None), said(net.add_module, "x.y", t.nn.Module()), said(net.add_module, "", None),
            said(net.add_module, 3, None), said(net.add_module, "q", 3), said(net.register_module, "q", "text"),
            said(setattr, net, "plain", t.nn.Buffer(t.ones(1))), kind(delattr, net, "none"), said(getattr, net, "none"),
        ]
    same_in_torch(scenario)


def test_a_computed_parameter_is_refused() -> None:
    def scenario(t):
        net = t.nn.Module()
        computed = t.nn.Parameter(t.ones(1)) * 2
        computed.__class__ = t.nn.Parameter
        return said(net.register_parameter, "w", computed)[0]
    same_in_torch(scenario)


def test_the_views_and_the_attributes_are_one_thing() -> None:
    net = net_class(mtorch)()
    new = nn.Parameter(mtorch.zeros(1))
    net._parameters["scale"] = new
    assert net.scale is new
    assert dict(net.named_parameters())["scale"] is new
    net._parameters["added"] = new
    assert net.added is new
    del net._parameters["added"]
    assert not hasattr(net, "added")
    net._buffers["steps"] = mtorch.ones(1)
    assert net.steps.tolist() == [1.0]
    net._modules = OrderedDict(only=nn.Module())
    assert [name for name, _ in net.named_children()] == ["only"]
    assert not hasattr(net, "encoder")
    net._parameters["only"] = new                        # a name is registered as one thing
    assert "only" not in net._modules
    assert net._parameters == {"scale": new, "only": new}


def test_a_propertys_own_error_is_what_the_user_sees() -> None:
    class Net(nn.Module):
        @property
        def size(self) -> int:
            return self.misspelt

    with pytest.raises(AttributeError, match="no attribute 'misspelt'"):
        Net().size


def test_a_class_attribute_or_property_of_that_name_is_in_the_way() -> None:
    def scenario(t):
        class Net(t.nn.Module):
            width = 3

            @property
            def weight(self) -> int:
                return 1

        net = Net()
        return [said(setattr, net, name, t.nn.Parameter(t.ones(1))) for name in ("width", "weight")]
    same_in_torch(scenario)


def test_attributes_before_the_constructor_of_module() -> None:
    def scenario(t):
        class Early(t.nn.Module):
            def __init__(self, value: Any) -> None:
                self.early = value
                super().__init__()

        values = (3, t.nn.Parameter(t.ones(1)), t.nn.Module(), t.nn.Buffer(t.ones(1)), t.ones(1))
        return [kind(Early, value) for value in values]
    same_in_torch(scenario)


@pytest.mark.parametrize("value", [3, mtorch.ones(1), nn.Parameter(mtorch.ones(1)), nn.Module()])
def test_a_forgotten_call_of_super_is_named(value: Any) -> None:
    class Forgetful(nn.Module):
        def __init__(self) -> None:
            self.value = value

    with pytest.raises(AttributeError, match=r"Forgetful.__init__.*super\(\).__init__\(\)"):
        Forgetful()


def test_arguments_that_nobody_takes_are_refused() -> None:
    def scenario(t):
        return kind(t.nn.Module, 3), kind(t.nn.Module, width=3)
    same_in_torch(scenario)


def test_one_of_several_bases() -> None:
    def scenario(t):
        class Named:
            def __init__(self, name: str = "none") -> None:
                self.name = name

        class Apart(t.nn.Module, Named):
            pass

        class Together(t.nn.Module, Named):
            call_super_init = True

        return [hasattr(Apart(), "name"), Together("a").name, Together(name="b").name, kind(Apart, "a")]
    same_in_torch(scenario)


def test_dir_lists_what_can_be_typed() -> None:
    def scenario(t):
        net = t.nn.Sequential(t.nn.Module())
        net.register_buffer("steps", t.ones(1))
        return [name in dir(net) for name in ("steps", "0", "training", "forward", "_modules")]
    same_in_torch(scenario)


def test_deepcopy_and_pickle_keep_sharing_and_forget_calls() -> None:
    net = mtorch.nn.Sequential(nn.Module(), nn.ParameterList([mtorch.ones(2)]))
    net.tied = net[1][0]
    net.register_buffer("steps", mtorch.ones(1), persistent=False)
    for twin in (copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        assert twin.tied is twin[1][0]
        assert twin.tied is not net.tied
        assert members(twin) == members(net)
        assert twin.training
    double = copy.copy(net)
    assert double.tied is net.tied
    assert double._last is not net._last


def test_a_module_that_torch_pickled_keeps_its_values_in_dicts() -> None:
    weight = nn.Parameter(mtorch.ones(2))
    net = nn.Module.__new__(nn.Module)
    net.__setstate__({"training": False, "_parameters": {"weight": weight, "bias": None},
                      "_buffers": {"n": mtorch.ones(1)},
                      "_modules": OrderedDict(child=nn.Module()), "_non_persistent_buffers_set": {"n"}, "width": 3})
    assert net.weight is weight
    assert net.bias is None
    assert (net.training, net.width, list(net.state_dict())) == (False, 3, ["weight"])
    assert net.child.training


def test_registration_hooks_see_and_replace() -> None:
    def scenario(t):
        from importlib import import_module
        hooks = import_module(f"{t.__name__}.nn.{'hooks' if t is mtorch else 'modules.module'}")
        seen = []
        with hooks.register_module_parameter_registration_hook(lambda m, name, p: seen.append(("p", name))), \
                hooks.register_module_buffer_registration_hook(lambda m, name, b: b * 2), \
                hooks.register_module_module_registration_hook(lambda m, name, c: seen.append(("m", name))):
            net = t.nn.Module()
            net.w, net.child = t.nn.Parameter(t.ones(1)), t.nn.Module()
            net.register_parameter("none", None)
            net.register_buffer("b", t.ones(2))
            t.nn.Sequential(t.nn.Module())
        net.v = t.nn.Parameter(t.ones(1))
        return [seen, net.b]
    same_in_torch(scenario)


# ---- modules and parameters that stand in plain lists -------------------------------------------


@pytest.mark.parametrize("make", [
    lambda: [nn.Module()], lambda: (nn.Module(),), lambda: {"a": nn.Module()}, lambda: [[nn.Module()]],
    lambda: [nn.Parameter(mtorch.ones(1))], lambda: {"a": [nn.Parameter(mtorch.ones(1))]},
])
def test_a_plain_list_of_modules_or_parameters_is_warned_of(make: Any) -> None:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layers = make()

    with pytest.warns(UserWarning, match=r"Net.layers is a plain .* not registered.*(ModuleList|ParameterList)"):
        Net()


def test_a_list_that_is_filled_later_in_the_constructor_is_warned_of() -> None:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layers = []
            for _ in range(3):
                self.layers.append(nn.Module())

    with pytest.warns(UserWarning, match="Net.layers is a plain list"):
        Net()


def test_lists_that_are_meant_are_not_warned_of() -> None:
    """Warnings are errors here."""
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            layers = [nn.Module(), nn.Module()]
            self.layers = layers                         # each registered as well, as programs do
            for i, layer in enumerate(layers):
                self.add_module(f"layer{i}", layer)
            self.deep = nn.Sequential(nn.Sequential(nn.Module()))
            self.favourites = [self.deep[0][0]]
            self.w = nn.Parameter(mtorch.ones(1))
            self.flat = [self.w]
            self._teacher = [nn.Module()]                # not to be registered, and said so
            self.sizes, self.names = [1, 2], {"a": "b"}
            self.words = ["word"] * 100000

    Net()


def test_a_subclass_checks_once_and_at_its_end() -> None:
    class Base(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layers = [nn.Module()]

    class Net(Base):
        def __init__(self) -> None:
            super().__init__()
            self.registered = nn.ModuleList(self.layers)

    class Plain(Base):
        pass

    Net()
    with pytest.warns(UserWarning, match="Plain.layers") as caught:
        Plain()
    assert len(caught) == 1


def test_a_class_with_its_own_getattr_is_asked_for_what_is_registered() -> None:
    def scenario(t):
        asked = []

        class Asked(t.nn.Module):
            def __init__(self):
                super().__init__()
                self.plain = 1
                self.weight = t.nn.Parameter(t.ones(1))
                self.child = t.nn.Linear(1, 1)
                self.register_buffer("held", t.zeros(1))

            def __getattr__(self, name):
                asked.append(name)
                try:
                    return super().__getattr__(name)
                except AttributeError:
                    if name == "invented":
                        return 7
                    raise

        class Below(t.nn.Linear, Asked):
            def __init__(self):
                Asked.__init__(self)

        for net in (Asked(), Below()):
            asked.clear()
            found = [net.plain, net.weight.item(), type(net.child).__name__, net.held.item(), net.invented]
            with pytest.raises(AttributeError, match="has no attribute 'absent'"):
                net.absent
        return found, asked
    same_in_torch(scenario)


def test_the_error_inside_a_property_is_its_own() -> None:
    class Net(nn.Module):
        @property
        def broken(self):
            return self.nowhere

    with pytest.raises(AttributeError, match="has no attribute 'nowhere'"):
        Net().broken
    assert nn.Linear(2, 1).__getattr__("bias").shape == (1,)
