"""What the layers of a model give, by their names, without the rest of the model being computed.

torchvision traces the model into a graph and cuts it.  Here, where layers are asked for, the model runs as it is, hooks take
what they give, and the run ends where the last of them has given it: so it need not be a model that can be traced.  What a
function gives between layers is cut out of a graph here, too (graph_features.py).
"""
from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

from ... import nn
from ...functions.comparison import equal
from ...tensor import Tensor
from .graph_features import extractor, get_graph_node_names

Names = Sequence[str] | Mapping[str, str]


class _Enough(Exception):
    """All that was asked for has been computed."""


class _FeatureExtractor(nn.Module):
    """A model that gives what some of its layers gave, under the names that were asked for."""

    _model: nn.Module

    def __init__(self, model: nn.Module, wanted: dict[bool, dict[str, str]]) -> None:
        super().__init__()
        self.__dict__["_model"] = model                    # no child: its children are children here, by their own names
        self._wanted = wanted                              # by whether it is training
        for name, child in model.named_children():
            self.add_module(name, child)
        self._parameters.update(model._parameters)
        self._buffers.update(model._buffers)
        self._non_persistent_buffers_set = set(model._non_persistent_buffers_set)
        self.training = model.training

    def train(self, mode: bool = True) -> _FeatureExtractor:
        """Say whether the model is learning."""
        self._model.training = mode
        return super().train(mode)

    def forward(self, *args: Any, **kwargs: Any) -> OrderedDict[str, Tensor]:
        """Run the model up to the last layer that is asked for."""
        wanted = self._wanted[self.training]
        taking = _Taking(self._model, wanted)
        layers = [layer for layer in self._model.modules() if layer is not self._model]
        handles = [layer.register_forward_pre_hook(taking.before) for layer in layers]
        handles += [layer.register_forward_hook(taking) for layer in layers]
        try:
            if wanted:
                self._model(*args, **kwargs)
        except _Enough:
            pass
        finally:
            for handle in handles:
                handle.remove()
        missing = [name for name, shown in wanted.items() if shown not in taking.found]
        if missing:
            raise ValueError(f"the model did not call {missing} when it ran: as often as the name says")
        return taking.found


class _Taking:
    """The hook of all layers: keeps what those give that are asked for, and lets the model go on with a copy.

    So what the model's own code changes in place, as in `out += x`, stays as the layer gave it; what another layer changes
    in place is changed here, too, as in torchvision.
    """

    def __init__(self, model: nn.Module, wanted: dict[str, str]) -> None:
        self.found: OrderedDict[str, Any] = OrderedDict()
        self._left = len(set(wanted.values()))
        self._copies: dict[str, Any] = {}
        self._calls: Counter[int] = Counter()
        self._shown: dict[tuple[int, int], str] = {}       # which layer and which call of it: the name of what it gives
        for name, shown in wanted.items():
            found = _layer_of(model, name)
            assert found is not None, name                 # create_feature_extractor has looked
            layer, count = found
            self._shown[id(model.get_submodule(layer)), count] = shown

    def before(self, layer: nn.Module, inputs: tuple) -> None:
        """Forget the copies that the model's own code has changed: what layers make of them is another thing."""
        for shown, copy in list(self._copies.items()):
            if inputs and inputs[0] is copy and not equal(copy, self.found[shown]):
                del self._copies[shown]

    def __call__(self, layer: nn.Module, inputs: tuple, output: Any) -> Any:
        changed = [shown for shown, copy in self._copies.items() if copy is output]
        shown = self._shown.get((id(layer), self._calls[id(layer)]))
        self._calls[id(layer)] += 1
        if shown is not None:
            changed.append(shown)
        for one in changed:
            self.found[one] = output
        if len(self.found) == self._left:
            raise _Enough
        if not changed or not isinstance(output, Tensor):
            return None
        copy = output.clone()
        self._copies.update(dict.fromkeys(changed, copy))
        return copy


def _layer_of(model: nn.Module, name: str) -> tuple[str, int] | None:
    """A layer and which call of it a name means: `relu_1` is the second call of `relu`.  None for what is no layer."""
    layers = dict(model.named_modules())
    if name in layers and name:
        return name, 0
    base, _, number = name.rpartition("_")
    if number.isdecimal() and base in layers and base:
        return base, int(number)
    return None


def create_feature_extractor(model: nn.Module, return_nodes: Names | None = None, train_return_nodes: Names | None = None,
                             eval_return_nodes: Names | None = None, tracer_kwargs: dict[str, Any] | None = None,
                             suppress_diff_warning: bool = False,
                             concrete_args: dict[str, Any] | None = None) -> nn.Module:
    """A model that gives what layers of another one give, and computes no more than it needs for that.

    The layers stay the model's own.  One that is called again has another name for each call: `relu`, `relu_1` and so on.
    Layers that are not needed are not run, but kept; torchvision takes them out.

    model: whose layers are asked
    return_nodes: names of layers as in `model.named_modules()`, or of what functions give between them as in
        `get_graph_node_names(model)`: a list, or the names that their results get
    train_return_nodes, eval_return_nodes: instead, one for each mode
    tracer_kwargs, concrete_args: for a name that is no layer's, of which the model is traced: of NodePathTracer, and of its trace
    suppress_diff_warning: taken, and of no effect, as nothing is warned of

    Shape: what the model takes -> an OrderedDict of what the layers gave, in the order in which they ran.
    Raises: ValueError for a name of nothing in the model, and for other than one list or one for each mode; TraceError where a
        name is no layer's and the model decides by values; when it runs, ValueError where a layer was not called.

    >>> import mtorch
    >>> from mtorch.vision.models import resnet18
    >>> part = create_feature_extractor(resnet18(), {"layer1": "fine", "layer3": "coarse"})
    >>> {name: tuple(value.shape) for name, value in part(mtorch.zeros(1, 3, 64, 64)).items()}
    {'fine': (1, 64, 16, 16), 'coarse': (1, 256, 4, 4)}
    """
    if return_nodes is None and train_return_nodes is None and eval_return_nodes is None:
        raise ValueError("Either `return_nodes` or `train_return_nodes` and `eval_return_nodes` together, should be specified")
    if (train_return_nodes is None) != (eval_return_nodes is None) or (return_nodes is None) == (train_return_nodes is None):
        raise ValueError("If any of `train_return_nodes` and `eval_return_nodes` are specified, then both should be specified, "
                         "and not `return_nodes`")
    wanted = {True: _named(return_nodes if train_return_nodes is None else train_return_nodes),
              False: _named(return_nodes if eval_return_nodes is None else eval_return_nodes)}
    if all(_layer_of(model, name) for names in wanted.values() for name in names):
        return _FeatureExtractor(model, wanted)
    return extractor(model, wanted, tracer_kwargs, concrete_args)


def _named(names: Any) -> dict[str, str]:
    """The name of each layer, and of its result."""
    return {str(a): str(b) for a, b in names.items()} if isinstance(names, Mapping) else {str(a): str(a) for a in names}


__all__ = ["create_feature_extractor", "get_graph_node_names"]
