"""Saving and loading the state of modules: keys, messages, hooks, older versions."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import pytest

import mtorch
from tests.nn.twins import linear_class, net_class, plain, said, same_in_torch, warned


def test_keys_values_and_metadata() -> None:
    def scenario(t):
        net = net_class(t)()
        net._version = 7
        state = net.state_dict()
        return [state, type(state).__name__, dict(state._metadata), list(net.state_dict(prefix="net.")),
                [v.requires_grad for v in state.values()], state["scale"].data_ptr() == net.scale.data_ptr(),
                [type(v).__name__ == "Parameter" for v in net.state_dict(keep_vars=True).values()]]
    same_in_torch(scenario)


def test_a_destination_is_added_to() -> None:
    def scenario(t):
        held = {"old": 1}
        return [net_class(t)().state_dict(destination=held, prefix="p.") is held, list(held)]
    same_in_torch(scenario)


def test_arguments_by_position_are_deprecated() -> None:
    def scenario(t):
        held = {}
        result, texts = warned(net_class(t)().state_dict, held, "p.", True)
        return [result is held, list(held), held["p.scale"].requires_grad, len(texts),
                list(warned(net_class(t)().state_dict, None, prefix="q.")[0])]
    same_in_torch(scenario)


def test_loading_copies_into_the_same_memory() -> None:
    def scenario(t):
        net, other = net_class(t)(), net_class(t)()
        for p in other.parameters():
            p.data.mul_(3)
        other.steps.add_(5)
        before = net.scale
        address = net.scale.data_ptr()
        result = net.load_state_dict(other.state_dict())
        return [repr(result), str(result), net.state_dict(), net.scale is before, net.scale.data_ptr() == address,
                net.scale.requires_grad]
    same_in_torch(scenario)


def test_keys_that_do_not_fit() -> None:
    def scenario(t):
        net, state = net_class(t)(), net_class(t)().state_dict()
        odd = OrderedDict(state)
        del odd["first.weight"], odd["steps"]
        odd.update({"extra": t.ones(1), "encoder.7.weight": t.ones(1), "first.more": t.ones(1), "scale": t.ones(4)})
        loose = OrderedDict(state)
        del loose["first.weight"]
        loose["extra"] = t.ones(1)
        result = net.load_state_dict(loose, strict=False)
        return [said(net.load_state_dict, odd), [list(keys) for keys in result], repr(result),
                said(net.load_state_dict, {**state, "scale": t.ones(4), "extra": t.ones(1)}, strict=False),
                said(net.load_state_dict, {**state, "scale": 3})[1].split("received")[0], said(net.load_state_dict, 3)]
    same_in_torch(scenario)


def test_what_fits_is_loaded_even_when_something_does_not() -> None:
    def scenario(t):
        net, state = net_class(t)(), net_class(t)().state_dict()
        state["scale"] = t.tensor([9.0])
        state["first.bias"] = t.ones(7)
        return [said(net.load_state_dict, state)[0], net.scale]
    same_in_torch(scenario)


def test_dtypes_are_converted_and_scalars_of_one_element_fit() -> None:
    def scenario(t):
        net = t.nn.Module()
        net.w = t.nn.Parameter(t.zeros(2))
        net.register_buffer("count", t.tensor(0))
        net.load_state_dict({"w": t.ones(2, dtype=t.float64), "count": t.tensor([5])})
        return [net.w, str(net.w.dtype), net.count, str(net.count.dtype)]
    same_in_torch(scenario)


def test_assign_takes_the_tensors_themselves() -> None:
    def scenario(t):
        net = net_class(t)()
        net.first.requires_grad_(False)
        state = OrderedDict((k, v.double()) for k, v in net.state_dict().items())
        state["first.bias"] = t.nn.Parameter(t.ones(3))
        held = state["scale"]
        net.load_state_dict(state, assign=True)
        loaded = net.state_dict(keep_vars=True)
        return [[(k, str(v.dtype), v.requires_grad, type(v).__name__) for k, v in loaded.items()],
                net.scale.data_ptr() == held.data_ptr(), net.first.bias is state["first.bias"]]
    same_in_torch(scenario)


def test_loading_leaves_the_state_as_it_was() -> None:
    state = net_class(mtorch)().state_dict()
    before = {key: dict(value) for key, value in state._metadata.items()}
    net_class(mtorch)().load_state_dict(state, assign=True)
    assert state._metadata == before


def test_extra_state() -> None:
    def scenario(t):
        class Counting(t.nn.Module):
            count = 0

            def get_extra_state(self) -> Any:
                return {"count": self.count}

            def set_extra_state(self, state: Any) -> None:
                self.count = state["count"]

        net, other = t.nn.Sequential(Counting()), t.nn.Sequential(Counting())
        other[0].count = 3
        state = other.state_dict()
        net.load_state_dict(state)
        return [list(state), net[0].count, said(net.load_state_dict, {}),
                said(t.nn.Sequential(t.nn.Module()).load_state_dict, state)]
    same_in_torch(scenario)


def test_hooks_around_saving() -> None:
    def scenario(t):
        net, seen = net_class(t)(), []
        net.register_state_dict_pre_hook(lambda m, prefix, keep_vars: seen.append(("pre", prefix, keep_vars)))
        net.first.register_state_dict_post_hook(
            lambda m, state, prefix, metadata: state.__setitem__(prefix + "added", metadata["version"]))
        handle = net._register_state_dict_hook(
            lambda m, state, prefix, metadata: {k: plain(v) for k, v in state.items()})
        replaced = net.state_dict(prefix="a.")
        handle.remove()
        bad = t.nn.Module()
        bad.register_state_dict_post_hook(lambda *args: {})
        hook = lambda *args: None
        bad.register_state_dict_post_hook(hook)
        return [replaced, list(net.state_dict()), seen, said(bad.state_dict), said(bad._register_state_dict_hook, hook)]
    same_in_torch(scenario)


def test_hooks_around_loading() -> None:
    def scenario(t):
        net, seen = t.nn.Sequential(linear_class(t)(2, 2)), []
        state = net.state_dict()
        renamed = OrderedDict((k.replace("weight", "kernel"), v) for k, v in state.items())

        def rename(module: Any, state_dict: Any, prefix: str, metadata: Any, strict: bool, missing: Any,
                   unexpected: Any,
                   errors: Any) -> None:
            seen.append((type(module).__name__, prefix, strict, dict(metadata)))
            state_dict[prefix + "weight"] = state_dict.pop(prefix + "kernel")

        handle = net[0].register_load_state_dict_pre_hook(rename)
        net.load_state_dict(renamed)
        handle.remove()
        net[0]._register_load_state_dict_pre_hook(lambda state_dict, prefix, *rest: seen.append(("private", prefix)))
        net[0]._register_load_state_dict_pre_hook(lambda module, *rest: seen.append(type(module).__name__),
                                                  with_module=True)
        with net.register_load_state_dict_post_hook(lambda m, keys: keys.missing_keys.clear()):
            result = net.load_state_dict({"0.bias": t.ones(2)})
        net.register_load_state_dict_post_hook(lambda m, keys: keys)
        return [seen, repr(result), said(net.load_state_dict, state)]
    same_in_torch(scenario)


def test_a_subclass_reads_an_older_version_of_its_state() -> None:
    def scenario(t):
        class Newer(t.nn.Module):
            _version = 2

            def __init__(self) -> None:
                super().__init__()
                self.w = t.nn.Parameter(t.zeros(1))

            def _load_from_state_dict(self, state_dict: Any, prefix: str, local_metadata: Any, *rest: Any) -> None:
                if local_metadata.get("version", 1) < 2:
                    state_dict[prefix + "w"] = state_dict.pop(prefix + "old")
                super()._load_from_state_dict(state_dict, prefix, local_metadata, *rest)

        net = t.nn.Sequential(Newer())
        net.load_state_dict({"0.old": t.tensor([4.0])})
        state = net.state_dict()
        net.load_state_dict(state)
        return [net[0].w, dict(state._metadata)]
    same_in_torch(scenario)


def test_get_extra_state_is_there_to_be_overridden() -> None:
    with pytest.raises(RuntimeError, match="Module has no extra state"):
        mtorch.nn.Module().get_extra_state()
    with pytest.raises(RuntimeError, match="Module has no extra state"):
        mtorch.nn.Module().set_extra_state(1)
