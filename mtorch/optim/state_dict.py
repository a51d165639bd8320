"""An optimizer's state as a dict that can be saved, in torch's form, and back: parameters become 0, 1, 2, ..."""
from __future__ import annotations

from collections import defaultdict
from copy import deepcopy
from typing import Any

import numpy as np

from ..autograd.tape import wrap
from ..tensor import Tensor


def pack(param_groups: list[dict[str, Any]], state: dict[Any, Any]) -> dict[str, Any]:
    """{"state": {number: state of that parameter}, "param_groups": [options and the numbers of the parameters]}"""
    number_of: dict[int, int] = {}
    groups, start = [], 0
    for group in param_groups:
        for i, p in enumerate(group["params"], start):
            number_of.setdefault(id(p), i)
        start += len(group["params"])
        options = {name: value for name, value in group.items() if name != "params"}
        groups.append({**options, "params": [number_of[id(p)] for p in group["params"]]})
    of_params = {number_of[id(key)]: value for key, value in state.items() if isinstance(key, Tensor)}
    others = {key: value for key, value in state.items() if not isinstance(key, Tensor)}
    return {"state": dict(sorted(of_params.items())) | others, "param_groups": groups}


def unpack(state_dict: dict[str, Any], param_groups: list[dict[str, Any]]) -> tuple[list, defaultdict]:
    """The groups and the state that a packed dict describes, for an optimizer that has these groups."""
    groups = deepcopy(state_dict["param_groups"])
    if len(groups) != len(param_groups):
        raise ValueError(f"loaded state dict has a different number of parameter groups: {len(groups)}, "
                         f"the optimizer has {len(param_groups)}")
    param_of: dict[int, Tensor] = {}
    for i, (new, old) in enumerate(zip(groups, param_groups, strict=True)):
        if len(new["params"]) != len(old["params"]):
            raise ValueError("loaded state dict contains a parameter group that doesn't match the size of optimizer's "
                             f"group: number {i} has {len(new['params'])} parameters, here {len(old['params'])}")
        param_of.update(zip(new["params"], old["params"], strict=True))
        new["params"] = old["params"]
        if "param_names" in old:
            new.setdefault("param_names", old["param_names"])
    state: defaultdict = defaultdict(dict)
    for key, value in state_dict["state"].items():
        if key in param_of:
            state[param_of[key]] = _copied(value, param_of[key], None)
        else:
            state[key] = value
    return groups, state


def _copied(value: Any, param: Tensor, name: Any) -> Any:
    """A copy of a value of the state; tensors take the type of the parameter, if that is floating point."""
    if isinstance(value, Tensor):
        array = np.array(value.array, order="C")
        if name != "step" and param.is_floating_point():
            array = array.astype(param.array.dtype, copy=False)
        return wrap(array)
    if isinstance(value, dict):
        return {key: _copied(v, param, key) for key, v in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_copied(v, param, None) for v in value)
    return value
