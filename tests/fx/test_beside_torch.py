"""Programs that make graphs of programs, as torch.fx's tutorials do: the same graphs, code and numbers as torch's."""

from __future__ import annotations

import copy
import math
import pickle

import pytest

import mtorch

torch = pytest.importorskip("torch")


def net_of(torch):
    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.linear = torch.nn.Linear(4, 4)

        def forward(self, x, y):
            return torch.relu(torch.add(self.linear(x), y))
    torch.manual_seed(0)
    return Net()


def everything(torch):
    """All that a node can be, in one forward."""
    nn, F = torch.nn, torch.nn.functional

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.param, self.linear = nn.Parameter(torch.ones(3, 4)), nn.Linear(4, 5)
            self.layers = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU())
            self.register_buffer("buf", torch.ones(4))

        def forward(self, x, y=2, *, z=None):
            a = self.linear(x + self.param).clamp(min=0.0, max=1.0)
            b, c = a.split(2)
            d = torch.topk(torch.sum(self.linear(x + self.linear.weight).relu(), dim=-1), 3)
            e = F.relu(x, inplace=True) - x * 2 + 2 * x - (1 - x) + self.buf * x
            f = x.view(x.shape[0], -1).size(0), e[:, 1:, None, ...], torch.cat([x, e], dim=1), math.sqrt(3) * x, x.T @ x, -x
            g = self.layers(x), {"a": x, "b": [y, (z, e)]}, torch.tensor([1.0]) + x, x > 3, x.float().to(torch.float64)
            h = F.gelu(x), x[0], ~(x > 1), x ** 2, abs(x), x.new_zeros(2), slice(x, None), float("inf"), torch.asin(x)
            h = *h, F.max_pool2d(x, 2)
            return d, b, f, g, h, self.layers[0].weight, torch.einsum("ij,jk", x, x), F.conv2d(x, x)
    traced = torch.fx.symbolic_trace(Net())
    traced.graph.lint()
    return traced.graph, traced.code, str(traced), [
        (repr(n), n.op, list(n.users), n.all_input_nodes, list(n.meta), n.format_node()) for n in traced.graph.nodes]


def arguments(torch):
    fx = torch.fx

    def stars(*args, **kwargs):
        return args[0] + kwargs["a"]

    def typed(x, y=3):
        return x + y
    typed.__annotations__ = {"x": torch.Tensor, "y": int, "return": torch.Tensor}

    def nested(d):
        return d["a"] + d["b"][0]
    return (fx.symbolic_trace(stars).code, fx.symbolic_trace(typed).code, fx.symbolic_trace(typed).graph,
            fx.symbolic_trace(typed, concrete_args={"y": 5}).code, fx.symbolic_trace(nested).code)


def other_functions(torch):
    x, traced = torch.ones(2, 4), torch.fx.symbolic_trace(net_of(torch))
    for node in traced.graph.nodes:
        if node.op == "call_function" and node.target == torch.add:
            node.target = torch.mul
    traced.graph.lint()
    traced.recompile()
    return traced.code, traced(x, 2 * x)


def one_more_node(torch):
    traced = torch.fx.symbolic_trace(net_of(torch))
    for node in traced.graph.nodes:
        if any(node.target == pattern for pattern in {torch.relu, "relu", torch.nn.ReLU}):
            with traced.graph.inserting_after(node):
                new = traced.graph.call_function(torch.neg, (node,))
                node.replace_all_uses_with(new)
                new.args = (node,)
            break
    traced.recompile()
    return traced.graph, traced.code, traced(torch.ones(2, 4), torch.ones(2, 4))


def decomposed(torch):
    fx, net = torch.fx, net_of(torch)
    graph, new, env = fx.symbolic_trace(net).graph, fx.Graph(), {}
    tracer = fx.proxy.GraphAppendingTracer(new)
    for node in graph.nodes:
        if node.op == "call_function" and node.target == torch.relu:
            x = fx.Proxy(env[node.args[0].name], tracer)
            env[node.name] = ((x > 0) * x).node
        else:
            env[node.name] = new.node_copy(node, lambda n: env[n.name])
    made = fx.GraphModule(net, new)
    return made.code, made(torch.ones(2, 4), torch.ones(2, 4)), type(made).__name__


def interpreted_and_transformed(torch):
    class Shapes(torch.fx.Interpreter):
        def run_node(self, n):
            result = super().run_node(n)
            n.meta["shape"] = tuple(result.shape)
            return result

    class Bent(torch.fx.Transformer):
        def call_function(self, target, args, kwargs):
            return super().call_function(torch.sigmoid if target == torch.relu else target, args, kwargs)
    x, shapes = torch.ones(2, 4), Shapes(torch.fx.symbolic_trace(net_of(torch)))
    shapes.run(x, x)
    bent = Bent(torch.fx.symbolic_trace(net_of(torch))).transform()
    return [(n.name, n.meta["shape"]) for n in shapes.module.graph.nodes], bent.code, bent(x, x)


def shapes_noted(torch):
    import importlib
    ShapeProp = importlib.import_module(f"{torch.__name__}.fx.passes.shape_prop").ShapeProp
    traced = torch.fx.symbolic_trace(net_of(torch))
    ShapeProp(traced).propagate(torch.ones(2, 4), torch.ones(2, 4))
    return [(n.name, n.meta["tensor_meta"].shape, str(n.meta["tensor_meta"].dtype), n.meta["tensor_meta"].requires_grad)
            for n in traced.graph.nodes]


def patterns_replaced(torch):
    def program(x, w1, w2):
        m1 = torch.cat([w1, w2]).sum()
        m2 = torch.cat([w1, w2]).sum()
        return x + torch.max(m1) + torch.max(m2)
    traced = torch.fx.symbolic_trace(program)
    found = torch.fx.replace_pattern(traced, lambda w1, w2: torch.cat([w1, w2]).sum(), lambda w1, w2: torch.stack([w1, w2]))
    return len(found), traced.code


def norms_folded(torch):
    nn = torch.nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.norm = nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2)
            self.wrapped = nn.Sequential(nn.Conv2d(2, 2, 1), nn.BatchNorm2d(2))

        def forward(self, x):
            return self.wrapped(self.norm(self.conv(x)))
    torch.manual_seed(0)
    net = Net().eval()
    traced = torch.fx.symbolic_trace(net)
    modules = dict(traced.named_modules())
    for node in traced.graph.nodes:
        if node.op == "call_module" and type(modules[node.target]) is nn.BatchNorm2d:
            where, _, name = node.args[0].target.rpartition(".")
            setattr(modules[where], name, nn.utils.fusion.fuse_conv_bn_eval(modules[node.args[0].target], modules[node.target]))
            node.replace_all_uses_with(node.args[0])
            traced.graph.erase_node(node)
    traced.recompile()
    traced.delete_all_unused_submodules()
    x = torch.randn(1, 1, 5, 5)
    return traced.code, torch.allclose(traced(x), net(x), atol=1e-6), [name for name, _ in traced.named_modules()]


def copies(torch):
    traced, x = torch.fx.symbolic_trace(net_of(torch)), torch.ones(2, 4)
    copied = copy.deepcopy(traced)
    pickled = pickle.loads(pickle.dumps(torch.fx.symbolic_trace(torch.nn.Sequential(torch.nn.Linear(4, 2), torch.nn.ReLU()))))
    return torch.equal(copied(x, x), traced(x, x)), copied.linear is not traced.linear, list(traced.state_dict()), pickled.code


def own_tracer(torch):
    class Deep(torch.fx.Tracer):
        def is_leaf_module(self, m, module_qualified_name):
            return not isinstance(m, torch.nn.Linear) and super().is_leaf_module(m, module_qualified_name)
    net = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Tanh())
    graph = Deep().trace(net)
    return graph, torch.fx.GraphModule(net, graph).code


def graphs_by_hand(torch):
    graph = torch.fx.Graph()
    a = graph.placeholder("a", default_value=3)
    b = graph.create_node("call_function", torch.add, (a,), {"other": 2}, name="foo")
    graph.inserting_before(b)
    c = graph.call_method("sum", (a,))
    graph.inserting_after(b)
    graph.output((b, {"k": a}))
    shown = graph, graph.python_code("self").src, len(graph.nodes), graph.find_nodes(op="placeholder"), graph.output_node()
    return *map(str, shown), a < b, c.next is b, torch.fx.node.map_arg((a, [b, {"x": a}], slice(a, None)), lambda n: n.name)


def unused_nodes(torch):
    traced = torch.fx.symbolic_trace(lambda x: (x + 1, x.sin(), x * 2)[0])
    erased = traced.graph.eliminate_dead_code()
    traced.recompile()
    return erased, traced.graph, traced.print_readable(print_output=False)


def models(torch):
    """A network as they are: its loops are unrolled, its conditions decided."""
    nn, F = torch.nn, torch.nn.functional

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding, self.scale = nn.Embedding(4, 3), 2.0
            self.layers = nn.ModuleList([nn.Linear(3, 3) for _ in range(2)])

        def forward(self, x, mask=None):
            b, t = x.shape
            h = self.embedding(x) * self.scale
            for layer in self.layers:
                h = h + F.gelu(layer(h)).view(b, t, -1)
            if mask is not None:
                h = h.masked_fill(mask, -1e9)
            q, k = h.chunk(2, dim=-1)
            return F.dropout(torch.einsum("bij,bkj->bik", q, k).softmax(-1) @ h, p=0.1, training=self.training)
    return torch.fx.symbolic_trace(Net().eval(), concrete_args={"mask": None}).code


@pytest.mark.parametrize("program", [
    everything, arguments, other_functions, one_more_node, decomposed, interpreted_and_transformed, shapes_noted,
    patterns_replaced, norms_folded, copies, own_tracer, graphs_by_hand, unused_nodes, models], ids=lambda f: f.__name__)
def test_program(program) -> None:
    ours, theirs = (program(lib) for lib in (mtorch, torch))
    for a, b in zip(ours, theirs, strict=True) if isinstance(ours, tuple) else [(ours, theirs)]:
        assert str(a) == str(b)


@pytest.mark.parametrize(("fails", "error"), [
    (lambda torch: torch.fx.symbolic_trace(lambda x: x if x.sum() > 0 else -x), "TraceError"),
    (lambda torch: torch.fx.symbolic_trace(lambda x: [row + 1 for row in x]), "TraceError"),
    (lambda torch: torch.fx.symbolic_trace(lambda x: len(x)), "RuntimeError"),
    (lambda torch: torch.fx.Graph().placeholder("x").graph.erase_node(used_node(torch)), "RuntimeError"),
    (lambda torch: torch.fx.Graph().call_function("relu"), "ValueError"),
    (lambda torch: used_node(torch).kwargs.update(a=1), "TypeError"),
], ids=range(6))
def test_error(fails, error: str) -> None:
    for lib in (mtorch, torch):
        with pytest.raises((RuntimeError, ValueError, TypeError)) as raised:
            fails(lib)
        assert type(raised.value).__name__ == error


def used_node(torch):
    graph = torch.fx.Graph()
    x = graph.placeholder("x")
    graph.call_function(torch.relu, (x,))
    return x


def test_functions_that_stay_whole(tmp_path, monkeypatch) -> None:
    (tmp_path / "with_whole_functions.py").write_text(
        "import torch\nfrom torch import fx\n\n@fx.wrap\ndef chosen(x, y):\n    return x + y if x.sum() > 0 else x\n\n"
        "fx.wrap('len')\n\ndef program(x):\n    return chosen(x, 3) + len(x)\n")
    monkeypatch.syspath_prepend(tmp_path)
    import importlib
    import sys
    codes = []
    for lib in (torch, mtorch):
        with monkeypatch.context() as patched:
            for name in ("torch", "torch.fx"):
                patched.setitem(sys.modules, name, importlib.import_module(name.replace("torch", lib.__name__)))
            program = importlib.import_module("with_whole_functions").program
            traced = lib.fx.symbolic_trace(program)
            codes.append((traced.code, traced(lib.ones(2)).tolist()))
            del sys.modules["with_whole_functions"]
    assert codes[0] == codes[1] and codes[0][1] == [6.0, 6.0]
