"""torch.func beside torch: what it is used for, and what it says when it cannot."""

from __future__ import annotations

import collections
import copy

import numpy as np
import pytest

import mtorch
import mtorch.func
from mtorch.func.tree import like, structure
from mtorch.utils._pytree import tree_leaves

torch = pytest.importorskip("torch")
LIBRARIES = (mtorch, torch)
pytestmark = pytest.mark.filterwarnings("ignore:::torch", "ignore:.*deprecated", "ignore:Attempted to insert")


def numbers(tree) -> list:
    """The arrays in a result of either library, in order."""
    return [leaf.detach().numpy() for leaf in tree_leaves(tree)]


def agree(compute, tolerance=1e-5):
    """Both libraries compute the same, in the same structure, and it requires grad in both or in none."""
    ours, theirs = (compute(lib) for lib in LIBRARIES)
    assert structure(ours) == structure(theirs)
    for a, b in zip(numbers(ours), numbers(theirs), strict=True):
        assert a.shape == b.shape
        assert a.dtype == b.dtype
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)
    assert [x.requires_grad for x in tree_leaves(ours)] == [x.requires_grad for x in tree_leaves(theirs)]


def data(lib, *shape, seed=0):
    return lib.tensor(np.random.default_rng(seed).normal(size=shape).astype(np.float32))


def network(lib, seed=0):
    """A small net with the same weights in both libraries."""
    net = lib.nn.Sequential(lib.nn.Linear(3, 4), lib.nn.Tanh(), lib.nn.Linear(4, 2))
    with lib.no_grad():
        for i, p in enumerate(net.parameters()):
            p.copy_(data(lib, *p.shape, seed=10 * seed + i))
    return net


# ---- derivatives -----------------------------------------------------------------------------------------------------

CUBES = lambda lib, x: (x ** 3).sum()
DERIVATIVES = {
    "grad": lambda lib: lib.func.grad(lambda x: CUBES(lib, x))(data(lib, 3)),
    "of a leaf": lambda lib: lib.func.grad(lambda x: CUBES(lib, x))(data(lib, 3).requires_grad_()),
    "without a graph": lambda lib: lib.func.grad(lambda x: (x * 2).sum())(data(lib, 3).requires_grad_()),
    "two arguments": lambda lib: lib.func.grad(lambda x, y: (x * y * y).sum(), (0, 1))(data(lib, 3), data(lib, 3, seed=1)),
    "the last argument": lambda lib: lib.func.grad(lambda x, y: (x * y * y).sum(), -1)(data(lib, 3), data(lib, 3, seed=1)),
    "dicts": lambda lib: lib.func.grad(lambda d: (d["a"] * d["b"][0]).sum())({"a": data(lib, 2), "b": [data(lib, 2)]}),
    "aux": lambda lib: lib.func.grad(lambda x: (CUBES(lib, x), {"twice": x * 2}), has_aux=True)(data(lib, 3)),
    "value": lambda lib: lib.func.grad_and_value(lambda x: (CUBES(lib, x), x * 2), has_aux=True)(data(lib, 3)),
    "twice": lambda lib: lib.func.grad(lib.func.grad(lambda x: x ** 4))(lib.tensor(2.0)),
    "thrice": lambda lib: lib.func.grad(lib.func.grad(lib.func.grad(lib.exp)))(lib.tensor(0.5)),
    "confusion of levels": lambda lib: lib.func.grad(
        lambda x: x * lib.func.grad(lambda y: x + y)(lib.tensor(1.0)))(lib.tensor(1.0)),
    "through an inner one": lambda lib: lib.func.grad(
        lambda x: lib.func.grad(lambda y: (x * y) ** 2)(lib.tensor(3.0)))(lib.tensor(2.0)),
    "what is captured": lambda lib: [lib.func.grad(lambda x, w=w: (w * x ** 2).sum())(data(lib, 3))
                                     for w in [data(lib, 3).requires_grad_()]],
    "unused": lambda lib: lib.func.grad(lambda x, y: y.sum(), (0, 1))(data(lib, 3), data(lib, 2)),
    "hessian": lambda lib: lib.func.hessian(lambda x: CUBES(lib, x) + x.prod())(data(lib, 3)),
    "hessian of two": lambda lib: lib.func.hessian(lambda x, y: (x * y).prod(), (0, 1))(data(lib, 2), data(lib, 2, seed=1)),
    "jacrev": lambda lib: lib.func.jacrev(lambda x: x.outer(x).sin())(data(lib, 3)),
    "jacfwd": lambda lib: lib.func.jacfwd(lambda x: x.outer(x).sin())(data(lib, 3)),
    "jacrev of dicts": lambda lib: lib.func.jacrev(lambda x, y: (x * y, {"k": x.sum()}), (0, 1))(data(lib, 2), data(lib, 2)),
    "jacfwd of dicts": lambda lib: lib.func.jacfwd(lambda x, y: (x * y, {"k": x.sum()}), (0, 1))(data(lib, 2), data(lib, 2)),
    "jacfwd with aux": lambda lib: lib.func.jacfwd(lambda x: (x * x, x), has_aux=True)(data(lib, 2)),
    "jacrev with aux": lambda lib: lib.func.jacrev(lambda x: (x * x, x), has_aux=True, chunk_size=1)(data(lib, 2)),
    "jacobian of a jacobian": lambda lib: lib.func.jacrev(lib.func.jacfwd(lambda x: x ** 3))(data(lib, 2)),
    "jvp": lambda lib: lib.func.jvp(lambda x, y: (x * y).sin(), (data(lib, 3), data(lib, 3, seed=1)),
                                    (data(lib, 3, seed=2), data(lib, 3, seed=3))),
    "jvp of several": lambda lib: lib.func.jvp(lambda x: {"a": x * 2, "b": (x.sum(),)}, (data(lib, 3),),
                                               (data(lib, 3, seed=2),)),
    "jvp with aux": lambda lib: lib.func.jvp(lambda x: (x * 2, x), (data(lib, 3),), (data(lib, 3),), has_aux=True),
    "jvp of what does not depend": lambda lib: lib.func.jvp(lambda x: lib.ones(3), (data(lib, 3),), (data(lib, 3),)),
    "forward over reverse": lambda lib: lib.func.jvp(lib.func.grad(lambda x: CUBES(lib, x)), (data(lib, 3),),
                                                     (data(lib, 3, seed=1),)),
    "reverse over forward": lambda lib: lib.func.grad(
        lambda x: lib.func.jvp(lambda z: z ** 3, (x,), (lib.ones(3),))[1].sum())(data(lib, 3)),
    "vjp": lambda lib: lib.func.vjp(lambda x: x.sin(), data(lib, 3))[1](data(lib, 3, seed=1)),
    "vjp of several": lambda lib: lib.func.vjp(lambda x, y: (x * y, {"s": y.sum()}), data(lib, 3), data(lib, 3, seed=1))[1](
        (data(lib, 3, seed=2), {"s": lib.tensor(2.0)})),
    "vjp again": lambda lib: [pull(data(lib, 3, seed=i)) for pull in [lib.func.vjp(lib.sin, data(lib, 3))[1]]
                              for i in range(3)],
    "grad through a vjp": lambda lib: lib.func.grad(
        lambda v: lib.func.vjp(lambda x: x ** 3, data(lib, 3))[1](v)[0].square().sum())(data(lib, 3, seed=1)),
    "grad through a vjp from outside": lambda lib: [
        lib.func.grad(lambda v, p=pull: p(v)[0].square().sum())(data(lib, 3, seed=1))
        for pull in [lib.func.vjp(lambda x: x ** 3, data(lib, 3))[1]]],
    "grad through linearize from outside": lambda lib: [
        lib.func.grad(lambda v, p=push: p(v).square().sum())(data(lib, 3, seed=1))
        for push in [lib.func.linearize(lambda x: x ** 3, data(lib, 3))[1]]],
    "vjp with aux": lambda lib: lib.func.vjp(lambda x: (x * 2, x), data(lib, 3), has_aux=True)[::2],
    "linearize": lambda lib: lib.func.linearize(lib.sin, data(lib, 3))[1](data(lib, 3, seed=1)),
    "doubles": lambda lib: lib.func.hessian(lambda x: x.prod())(data(lib, 3).double()),
}


@pytest.mark.parametrize("name", DERIVATIVES)
def test_derivatives(name):
    agree(DERIVATIVES[name])


def test_no_grad_around_and_inside():
    def inside(lib):
        def loss(x):
            with lib.no_grad():
                scale = x * 2
            return (scale * x).sum()
        return lib.func.grad(loss)(data(lib, 3))

    def around(lib):
        with lib.no_grad():
            return lib.func.grad(lambda x: (x ** 2).sum())(data(lib, 3).requires_grad_())
    agree(inside)
    agree(around)


def test_the_outer_graph_is_reached():
    """What the regular autograd sees of a result."""
    def compute(lib):
        x, w = data(lib, 3).requires_grad_(), data(lib, 3, seed=1).requires_grad_()
        found = lib.func.grad(lambda x: (w * x ** 3).sum())(x)
        found.sum().backward()
        return x.grad, w.grad
    agree(compute)


def test_inputs_keep_their_grad():
    x = mtorch.ones(2, requires_grad=True)
    mtorch.func.grad(lambda x: (x * x).sum())(x)
    mtorch.func.jacfwd(lambda x: x * x)(x)
    assert x.grad is None


ERRORS = {
    "not one number": lambda lib: lib.func.grad(lambda x: x)(lib.ones(2)),
    "a float": lambda lib: lib.func.grad(lambda x: x.sum())(3.0),
    "a result that is a float": lambda lib: lib.func.grad(lambda x: 3.0)(lib.ones(2)),
    "argnums": lambda lib: lib.func.grad(lambda x: x.sum(), argnums=1)(lib.ones(2)),
    "aux that is none": lambda lib: lib.func.grad(lambda x: (x.sum(), 5), has_aux=True)(lib.ones(2)),
    "no aux": lambda lib: lib.func.grad(lambda x: x.sum(), has_aux=True)(lib.ones(2)),
    "integers": lambda lib: lib.func.grad(lambda x: x.sum())(lib.tensor([1, 2])),
    "a vector of another shape": lambda lib: lib.func.vjp(lambda x: x * 2, lib.ones(2))[1](lib.ones(3)),
    "a vector that is a number": lambda lib: lib.func.vjp(lambda x: x * 2, lib.ones(2))[1](1.0),
    "a complex number": lambda lib: lib.func.grad(lambda x: x.sum().to(lib.complex64))(lib.ones(2)),
    "a vjp of a number": lambda lib: lib.func.vjp(lambda x: 2, lib.ones(2)),
    "primals": lambda lib: lib.func.jvp(lambda x: x * 2, lib.ones(2), lib.ones(2)),
    "tangents of another shape": lambda lib: lib.func.jvp(lambda x: x * 2, (lib.ones(2),), (lib.ones(3),)),
    "randomness": lambda lib: lib.vmap(lambda x: x, randomness="foo")(lib.ones(2)),
    "random": lambda lib: lib.vmap(lambda x: x + lib.rand(()))(lib.ones(2)),
    "nothing mapped": lambda lib: lib.vmap(lambda x, y: x * y, in_dims=(None, None))(lib.ones(2), lib.ones(2)),
    "unequal": lambda lib: lib.vmap(lambda x, y: x * y)(lib.ones(2), lib.ones(3)),
    "a dim that is not there": lambda lib: lib.vmap(lambda x: x, in_dims=2)(lib.ones(2, 2)),
    "dims of text": lambda lib: lib.vmap(lambda x: x, in_dims="a")(lib.ones(2, 2)),
    "a result of vmap that is a float": lambda lib: lib.vmap(lambda x: 3.0)(lib.ones(2)),
    "a result that differs": lambda lib: lib.vmap(lambda x: (x, x), out_dims=(0, None))(lib.arange(3)),
    "a number": lambda lib: lib.vmap(lambda x: x)(3.0), "no inputs": lambda lib: lib.vmap(lambda x: x)(),
    "chunk_size": lambda lib: lib.vmap(lambda x: x, chunk_size=0)(lib.ones(2)),
    "out_dim": lambda lib: lib.vmap(lambda x: x, out_dims=3)(lib.ones(2, 2)),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors(name):
    messages = []
    for lib in LIBRARIES:
        with pytest.raises((ValueError, RuntimeError, IndexError, TypeError)) as caught:
            ERRORS[name](lib)
        messages.append((type(caught.value).__name__, str(caught.value).replace("mtorch.tensor", "torch")))
    assert messages[0] == messages[1]


@pytest.mark.parametrize("compute", [
    lambda: mtorch.vmap(lambda x: x, in_dims=(0, 0))(mtorch.ones(2)),
    lambda: mtorch.vmap(lambda x: x, in_dims=({"a": 0},))({"b": mtorch.ones(2)}),
    lambda: mtorch.vmap(lambda x: (x, x), out_dims=(0, 1, 0))(mtorch.ones(2, 2)),
    lambda: mtorch.func.vjp(lambda x: x, mtorch.ones(2))[1]((mtorch.ones(2),)),
    lambda: mtorch.func.jvp(lambda x: x, (mtorch.ones(2),), (mtorch.ones(2), mtorch.ones(2))),
    lambda: mtorch.func.linearize(lambda x: x, mtorch.ones(2))[1](mtorch.ones(2), mtorch.ones(2)),
])
def test_structures_that_do_not_fit(compute):
    with pytest.raises((ValueError, RuntimeError), match=r"structure.*\*"):
        compute()


# ---- vmap ------------------------------------------------------------------------------------------------------------

MAPS = {
    "rows": lambda lib: lib.vmap(lambda x: x.sum())(data(lib, 2, 3)),
    "columns": lambda lib: lib.vmap(lambda x: x * 2, in_dims=1, out_dims=-1)(data(lib, 2, 3)),
    "shared": lambda lib: lib.vmap(lib.dot, in_dims=(0, None))(data(lib, 2, 3), data(lib, 3)),
    "a number": lambda lib: lib.vmap(lambda x, n: x * n, in_dims=(0, None))(data(lib, 2, 3), 2),
    "by name": lambda lib: lib.vmap(lambda x, k=None: x + k)(data(lib, 2, 3), k=data(lib, 3)),
    "dicts": lambda lib: lib.vmap(lambda d: {"o": d["a"] * d["b"]}, in_dims=({"a": 0, "b": None},))(
        {"a": data(lib, 2, 3), "b": data(lib, 3)}),
    "several": lambda lib: lib.vmap(lambda x: [x, (x.sum(), lib.ones(2))], out_dims=[1, (0, None)])(data(lib, 2, 3)),
    "nested": lambda lib: lib.vmap(lib.vmap(lib.dot, in_dims=(None, 0)), in_dims=(0, None))(data(lib, 2, 3),
                                                                                            data(lib, 4, 3)),
    "none": lambda lib: lib.vmap(lambda x: x * 2)(data(lib, 0, 3)),
    "none, moved": lambda lib: lib.vmap(lambda x: x * 2, in_dims=1, out_dims=1)(data(lib, 3, 0)),
    "chunks": lambda lib: lib.vmap(lambda x: x * 2, chunk_size=1)(data(lib, 2, 3)),
    "of jacrev": lambda lib: lib.vmap(lib.func.jacrev(lambda x: x ** 2))(data(lib, 4, 3)),
    "of hessian": lambda lib: lib.vmap(lib.func.hessian(lambda x: x.prod()))(data(lib, 4, 3)),
    "in grad": lambda lib: lib.func.grad(lambda x: lib.vmap(lambda r: (r ** 2).sum())(x).sum())(data(lib, 4, 3)),
    "of a leaf": lambda lib: lib.vmap(lambda x: x * 2)(data(lib, 2, 3).requires_grad_()),
}


@pytest.mark.parametrize("name", MAPS)
def test_vmap(name):
    agree(MAPS[name])


def test_what_all_examples_share_is_not_written():
    for lib in LIBRARIES:
        total, rows = lib.zeros(3), lib.ones(2, 3)
        with pytest.raises(RuntimeError):
            lib.vmap(lambda t, x: t.add_(x), in_dims=(None, 0))(total, rows)
        with pytest.raises(RuntimeError):
            lib.vmap(lambda x, t: t.add_(x))(rows, t=total)
        assert lib.vmap(lambda t, x: x.clone().add_(t), in_dims=(None, 0))(lib.zeros(3), rows).tolist() == rows.tolist()


@pytest.mark.parametrize("randomness", ["same", "different"])
def test_vmap_with_random_numbers(randomness):
    def compute(lib):
        lib.manual_seed(3)
        return lib.vmap(lambda x: x + lib.rand(2), randomness=randomness)(lib.zeros(3)), lib.rand(1)
    agree(compute)


def test_a_tree_keeps_its_kinds():
    Pair = collections.namedtuple("Pair", "a b")
    tree = (Pair(1, [2]), collections.OrderedDict(x=3), {"y": (4, None)}, collections.defaultdict(list, z=5))
    assert tree_leaves(tree) == [1, 2, 3, 4, None, 5]
    made = like(tree, range(6))
    assert made == (Pair(0, [1]), collections.OrderedDict(x=2), {"y": (3, 4)}, {"z": 5})
    assert [type(part) for part in made] == [type(part) for part in tree]
    assert structure(({"a": 1}, [2])) == "({'a': *}, [*])"


# ---- with modules ----------------------------------------------------------------------------------------------------

def test_gradients_for_each_example():
    def compute(lib):
        net = network(lib)
        params = {name: p.detach() for name, p in net.named_parameters()}

        def loss(params, x, y):
            output = lib.func.functional_call(net, params, (x.unsqueeze(0),))
            return lib.nn.functional.cross_entropy(output, y.unsqueeze(0))
        each = lib.vmap(lib.func.grad(loss), in_dims=(None, 0, 0))
        return each(params, data(lib, 5, 3), lib.tensor([0, 1, 1, 0, 1]))
    agree(compute)


def test_an_ensemble():
    def compute(lib):
        models = [network(lib, seed) for seed in range(3)]
        params, buffers = lib.func.stack_module_state(models)

        def run(params, buffers, x):
            return lib.func.functional_call(models[0], (params, buffers), (x,))
        shared = lib.vmap(run, in_dims=(0, 0, None))(params, buffers, data(lib, 5, 3))
        apart = lib.vmap(run)(params, buffers, data(lib, 3, 5, 3))
        shared.sum().backward()
        return shared, apart, {name: p.grad for name, p in params.items()}
    agree(compute)


def test_maml():
    """The loss after a step of gradient descent, differentiated by the parameters before it."""
    def compute(lib):
        net = network(lib)
        params = {name: p.detach() for name, p in net.named_parameters()}

        def loss(params, x, y):
            return lib.nn.functional.mse_loss(lib.func.functional_call(net, params, x), y)

        def adapted(params, x, y, x_after, y_after):
            for _ in range(2):
                slopes = lib.func.grad(loss)(params, x, y)
                params = {name: p - 0.1 * slopes[name] for name, p in params.items()}
            return loss(params, x_after, y_after)

        def of_tasks(params):
            tasks = [data(lib, 4, 5, width, seed=seed) for seed in (0, 1) for width in (3, 2)]
            return lib.vmap(adapted, in_dims=(None, 0, 0, 0, 0))(params, *tasks).mean()
        return lib.func.grad_and_value(of_tasks)(params)
    agree(compute)


def test_maml_by_backward():
    def compute(lib):
        net = network(lib)

        def loss(params, x, y):
            return lib.nn.functional.mse_loss(lib.func.functional_call(net, params, x), y)
        params = dict(net.named_parameters())
        slopes = lib.func.grad(loss)(params, data(lib, 5, 3), data(lib, 5, 2))
        stepped = {name: p - 0.1 * slopes[name] for name, p in params.items()}
        loss(stepped, data(lib, 5, 3, seed=1), data(lib, 5, 2, seed=1)).backward()
        return [p.grad for p in net.parameters()]
    agree(compute)


def test_derivatives_by_the_input_of_a_net():
    def compute(lib):
        net = network(lib)
        of_input = lib.func.jacrev(lambda x: net(x))
        laplacian = lib.vmap(lambda x: lib.func.hessian(lambda z: net(z).sum())(x).diagonal().sum())(data(lib, 4, 3))
        return lib.vmap(of_input)(data(lib, 4, 3)), lib.func.jacfwd(net)(data(lib, 3)), laplacian
    agree(compute)


# ---- functional_call -------------------------------------------------------------------------------------------------

def tied(lib):
    net = lib.nn.Sequential(lib.nn.Linear(2, 2, bias=False), lib.nn.Linear(2, 2, bias=False))
    with lib.no_grad():
        net[0].weight.copy_(data(lib, 2, 2))
    net[1].weight = net[0].weight
    return net


CALLS = {
    "tied": lambda lib: lib.func.functional_call(tied(lib), {"0.weight": lib.ones(2, 2)}, lib.ones(1, 2)),
    "not tied": lambda lib: lib.func.functional_call(tied(lib), {"0.weight": lib.ones(2, 2)}, lib.ones(1, 2),
                                                     tie_weights=False),
    "two dicts": lambda lib: lib.func.functional_call(network(lib), ({"0.bias": lib.ones(4)}, {"2.bias": lib.ones(2)}),
                                                      (data(lib, 5, 3),)),
    "by name": lambda lib: lib.func.functional_call(network(lib), {"0.bias": lib.ones(4)}, None, {"input": data(lib, 5, 3)}),
    "stateless": lambda lib: lib.nn.utils.stateless.functional_call(network(lib), {"0.bias": lib.ones(4)}, data(lib, 5, 3)),
    "a tensor that requires grad": lambda lib: lib.func.functional_call(
        network(lib), {"0.bias": lib.ones(4, requires_grad=True)}, data(lib, 5, 3)),
}


@pytest.mark.parametrize("name", CALLS)
def test_functional_call(name):
    agree(CALLS[name])


def test_buffers_are_written_into_the_dict_and_the_module_stays():
    def compute(lib):
        net = lib.nn.BatchNorm1d(2)
        before = {name: b.clone() for name, b in net.named_buffers()}
        given = {name: b.clone() for name, b in before.items()}
        lib.func.functional_call(net, given, data(lib, 5, 2))
        assert all(lib.equal(b, before[name]) for name, b in net.named_buffers())
        assert isinstance(net.weight, lib.nn.Parameter)
        return given
    agree(compute)


def test_a_buffer_that_is_assigned():
    def compute(lib):
        class Counter(lib.nn.Module):
            def __init__(self):
                super().__init__()
                self.register_buffer("count", lib.zeros(1))

            def forward(self, x):
                self.count = self.count + 1
                return x + self.count
        net, given = Counter(), {"count": lib.ones(1)}
        y = lib.func.functional_call(net, given, lib.ones(2))
        return y, given, net.count
    agree(compute)


def test_the_module_is_as_before_after_an_error():
    net = network(mtorch)
    before = dict(net.named_parameters())
    with pytest.raises(RuntimeError):
        mtorch.func.functional_call(net, {"0.weight": mtorch.ones(7, 7)}, mtorch.ones(1, 3))
    assert all(p is before[name] for name, p in net.named_parameters())


@pytest.mark.parametrize("call", [
    lambda lib: lib.func.functional_call(network(lib), {"9.foo": lib.ones(1)}, lib.ones(1, 3)),
    lambda lib: lib.func.functional_call(network(lib), {"0.weight": lib.ones(4, 3)}, lib.ones(1, 3), strict=True),
    lambda lib: lib.func.functional_call(network(lib), {**dict(network(lib).named_parameters()), "x": lib.ones(1)},
                                         lib.ones(1, 3), strict=True),
    lambda lib: lib.func.functional_call(network(lib), ({"0.bias": lib.ones(4)}, {"0.bias": lib.ones(4)}), lib.ones(1, 3)),
    lambda lib: lib.func.functional_call(network(lib), 5, lib.ones(1, 3)),
    lambda lib: lib.func.functional_call(network(lib), [5], lib.ones(1, 3)),
    lambda lib: lib.func.functional_call(network(lib), {"0.bias": 3}, lib.ones(1, 3)),
    lambda lib: lib.func.functional_call(tied(lib), {"0.weight": lib.ones(2, 2), "1.weight": lib.zeros(2, 2)},
                                         lib.ones(1, 2)),
    lambda lib: lib.func.stack_module_state([]),
    lambda lib: lib.func.stack_module_state([network(lib), network(lib).eval()]),
    lambda lib: lib.func.stack_module_state([network(lib), lib.nn.Linear(2, 2)]),
    lambda lib: lib.func.stack_module_state([lib.nn.Linear(2, 2), lib.nn.Linear(2, 2).requires_grad_(False)]),
])
def test_errors_of_models(call):
    messages = []
    for lib in LIBRARIES:
        with pytest.raises((AttributeError, RuntimeError, ValueError, TypeError)) as caught:
            call(lib)
        messages.append((type(caught.value).__name__, str(caught.value)))
    assert messages[0] == messages[1]


def test_batch_norm_without_running_statistics():
    def compute(lib):
        net = lib.func.replace_all_batch_norm_modules_(lib.nn.Sequential(lib.nn.BatchNorm1d(3), lib.nn.Identity()))
        assert not net[0].track_running_stats
        return net.eval()(data(lib, 5, 3)), dict(net.named_buffers())
    agree(compute)


def test_an_ensemble_over_a_module_on_the_meta_device() -> None:
    """As torch's tutorial has it: the module says what to compute, and what it holds is never looked at."""
    nets = [mtorch.nn.Linear(3, 2) for _ in range(4)]
    params, buffers = mtorch.func.stack_module_state(nets)
    for device in ("meta", mtorch.device("meta")):
        base = copy.deepcopy(nets[0]).to(device)
        x = mtorch.randn(5, 3)
        result = mtorch.vmap(lambda p, b, x, base=base: mtorch.func.functional_call(base, (p, b), (x,)),
                             in_dims=(0, 0, None))(params, buffers, x)
        assert mtorch.allclose(result, mtorch.stack([net(x) for net in nets]), atol=1e-6)
    assert nets[0].to(device=mtorch.device("meta")) is nets[0]


@pytest.mark.parametrize("hints", [
    {"vectorize": True}, {"strategy": "forward-mode"}, {"strategy": "forward-mode", "vectorize": True}, {"strategy": "mine"},
    {"strategy": "forward-mode", "vectorize": True, "create_graph": True}, {"strategy": "forward-mode", "strict": True},
    {"vectorize": True, "strict": True},
])
def test_the_jacobian_s_hints_are_checked_as_in_torch(hints: dict) -> None:
    def found(lib):
        x = lib.arange(6.0).reshape(2, 3)
        try:
            return lib.autograd.functional.jacobian(lambda x: x.pow(3).sum(0), x, **hints).tolist()
        except Exception as error:
            return type(error)
    assert found(mtorch) == found(torch)


def test_the_hessian_takes_them_for_its_outer_jacobian() -> None:
    x = mtorch.arange(3.0)
    for hints in ({"vectorize": True}, {"vectorize": True, "outer_jacobian_strategy": "forward-mode"}):
        assert mtorch.equal(mtorch.autograd.functional.hessian(lambda x: x.pow(3).sum(), x, **hints), mtorch.diag(6 * x))


def test_mixed_derivatives_of_a_function_that_comes_to_its_arguments_by_many_ways() -> None:
    """The outer level is to be found among the leaves, whose nodes live no longer than they are looked at."""
    def energy(q, v):
        return 0.5 * (v ** 2).sum() * (1 + q[0] ** 2) - (1 - q.cos()).sum()

    def by_position(q, v):
        return (v ** 2).sum() * q[0]
    for lib in LIBRARIES:
        q, v = lib.tensor([1.0, 2.0]), lib.tensor([3.0, 4.0])
        F = lib.func
        for outer in (F.jacrev, F.jacfwd):
            for inner in (F.jacrev, F.jacfwd, F.grad):
                assert outer(inner(energy, 1), 0)(q, v).tolist() == [[6.0, 0.0], [8.0, 0.0]]
                assert outer(inner(by_position, 1), 0)(q, v).tolist() == [[6.0, 0.0], [8.0, 0.0]]
        assert F.grad(lambda q, F=F, v=v: F.grad(by_position, 1)(q, v).sum())(q).tolist() == [14.0, 0.0]
        assert F.jacrev(lambda q, F=F, v=v: F.jvp(lambda v: by_position(q, v), (v,), (v,))[1])(q).tolist() == [50.0, 0.0]
        one = lib.tensor(1.0)
        pulled = F.jacrev(lambda q, F=F, v=v, one=one: F.vjp(lambda v: by_position(q, v), v)[1](one)[0])(q)
        assert pulled.tolist() == [[6.0, 0.0], [8.0, 0.0]]


def test_a_refused_draw_leaves_the_generator_where_it_was() -> None:
    for lib in LIBRARIES:
        lib.manual_seed(0)
        with pytest.raises(RuntimeError, match="randomness error mode"):
            lib.vmap(lambda x, lib=lib: x + lib.randn(4))(lib.ones(3, 4))
        assert lib.rand(1).item() == pytest.approx(0.4962565899)


def test_vmap_goes_back_through_one_graph_for_each_example():
    def compute(lib):
        x = data(lib, 3).requires_grad_()
        y = (x ** 2).sin()
        rows = lib.vmap(lambda v: lib.autograd.grad(y, x, v)[0])(lib.eye(3))
        z = (x * 3).exp()
        nested = lib.vmap(lib.vmap(lambda v: lib.autograd.grad(z, x, v)[0]))(data(lib, 2, 4, 3))
        return rows, nested
    agree(compute)
    x = data(mtorch, 3).requires_grad_()
    y = x ** 2
    mtorch.vmap(lambda v: mtorch.autograd.grad(y, x, v)[0])(mtorch.eye(3))
    with pytest.raises(RuntimeError, match="a second time"):
        y.sum().backward()
