"""Pieces and bundles are a matter of speed alone: however parameters are cut or strung together, they end the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import mtorch
from mtorch import optim
from mtorch.optim import walk
from mtorch.optim.bundle import Bundle

SHAPES = [(4, 3), (3,), (1,), (2, 2, 2), (17,)]
ELEMENTWISE: list[tuple[str, dict[str, Any]]] = [
    ("SGD", {"momentum": 0.9, "nesterov": True}), ("SGD", {}), ("Adam", {"amsgrad": True, "weight_decay": 0.1}),
    ("AdamW", {}), ("Adamax", {}), ("NAdam", {}), ("RAdam", {}), ("RMSprop", {"momentum": 0.5, "centered": True}),
    ("Rprop", {}), ("Adagrad", {}), ("Adadelta", {}), ("ASGD", {"t0": 2}),
]


def parameters(order: str = "C") -> list[mtorch.Tensor]:
    rng = np.random.RandomState(3)
    return [mtorch.tensor(rng.standard_normal(shape)).requires_grad_() for shape in SHAPES]


def give_gradients(params: list, t: int, skip: tuple[int, ...] = ()) -> None:
    rng = np.random.RandomState(100 + t)
    for i, p in enumerate(params):
        g = rng.standard_normal(tuple(p.shape))
        p.grad = None if i in skip else mtorch.tensor(g)


def run(optimizer: Any, params: list, steps: int = 5, first: int = 0) -> list[np.ndarray]:
    for t in range(first, first + steps):
        give_gradients(params, t)
        optimizer.step()
    return [p.detach().numpy().copy() for p in params]


def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No bundles, whole parameters: the plain way, that the others are compared with."""
    monkeypatch.setattr(walk, "SMALL", -1)
    monkeypatch.setattr(walk, "PIECE_BYTES", 1 << 40)


def numbers_of(optimizer: Any) -> list:
    state = optimizer.state_dict()["state"]
    return [(i, key, np.asarray(value.numpy()).tolist()) for i, entry in state.items() for key, value in entry.items()]


@pytest.mark.parametrize(("name", "kwargs"), ELEMENTWISE)
@pytest.mark.parametrize("way", ["bundles", "pieces"])
def test_every_way_ends_the_same(name: str, kwargs: dict[str, Any], way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    results = []
    for method in (way, "alone"):
        params = parameters()
        optimizer = getattr(optim, name)(params, **kwargs)
        with monkeypatch.context() as patch:
            if method != "bundles":
                alone(patch)
            if method == "pieces":
                patch.setattr(walk, "PIECE_BYTES", 5 * 8)
            ends = run(optimizer, params)
            bundles = [b for w in optimizer._walks.values() for b in w.bundles]
            assert bool(bundles) == (method == "bundles")
        results.append((ends, numbers_of(optimizer)))
    for a, b in zip(results[0][0], results[1][0], strict=True):
        assert np.array_equal(a, b)
    assert results[0][1] == results[1][1]


def test_bundles_have_one_type_and_a_limit() -> None:
    params = [mtorch.zeros(1000, requires_grad=True) for _ in range(40)]
    params += [mtorch.zeros(5, dtype=mtorch.float64, requires_grad=True) for _ in range(2)]
    params += [mtorch.tensor(1.0, requires_grad=True), mtorch.zeros(50, 100, requires_grad=True)]
    for p in params:
        p.grad = mtorch.ones_like(p)
    optimizer = optim.SGD(params, lr=1.0)
    optimizer.step()
    (made,) = optimizer._walks.values()
    assert {b.x.dtype for b in made.bundles} == {np.dtype("f4"), np.dtype("f8")}
    assert max(b.x.size for b in made.bundles) <= walk.BUNDLE
    assert [p.ndim for p in made.alone] == [0, 2]
    assert all((p == -1 + float(p.ndim == 0)).all() for p in params)


def disturbances() -> dict[str, Any]:
    def replace_entry(o: Any, ps: list) -> None:
        o.state[ps[1]]["exp_avg"] = mtorch.full((3,), 0.5, dtype=mtorch.float64)

    def write_into_entry(o: Any, ps: list) -> None:
        o.state[ps[1]]["exp_avg"].fill_(0.5)

    def one_step_apart(o: Any, ps: list) -> None:
        o.state[ps[1]]["step"] += 3

    def state_of_one_is_dropped(o: Any, ps: list) -> None:
        del o.state[ps[2]]

    def all_state_is_dropped(o: Any, ps: list) -> None:
        o.state.clear()

    def new_memory(o: Any, ps: list) -> None:
        ps[0].data = mtorch.full((4, 3), 2.0, dtype=mtorch.float64)

    def written_memory(o: Any, ps: list) -> None:
        with mtorch.no_grad():
            ps[0].mul_(2.0)

    def a_further_group(o: Any, ps: list) -> None:
        ps += [mtorch.ones(2, dtype=mtorch.float64, requires_grad=True) for _ in range(2)]
        o.add_param_group({"params": ps[-2:], "lr": 0.5})

    def a_parameter_is_exchanged(o: Any, ps: list) -> None:
        del o.state[ps[0]]
        ps[0] = mtorch.ones(4, 3, dtype=mtorch.float64, requires_grad=True)
        o.param_groups[0]["params"][0] = ps[0]

    def one_gradient_is_missing(o: Any, ps: list) -> None:
        give_gradients(ps, 50, skip=(1, 3))
        o.step()

    def its_own_state_again(o: Any, ps: list) -> None:
        o.load_state_dict(o.state_dict())

    def data_of_the_state_is_set(o: Any, ps: list) -> None:
        for entry in o.state.values():
            for value in entry.values():
                value.data = value.data.clone()

    def another_type(o: Any, ps: list) -> None:
        for p in ps:
            p.data = p.data.float().double() * 1.5

    return {name: f for name, f in locals().items() if callable(f)}


@pytest.mark.parametrize("what", disturbances())
def test_whatever_is_done_between_steps_counts(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    results = []
    for plain in (False, True):
        params = parameters()
        optimizer = optim.Adam(params, lr=0.1)
        with monkeypatch.context() as patch:
            if plain:
                alone(patch)
            run(optimizer, params, 3)
            disturbances()[what](optimizer, params)
            middle = [p.detach().numpy().copy() for p in params]
            ends = run(optimizer, params, 3, first=3)
        results.append((middle, ends, numbers_of(optimizer)))
    for a, b in zip(*(middle + ends for middle, ends, _ in results), strict=True):
        assert np.array_equal(a, b)
    assert results[0][2] == results[1][2]


def test_momentum_turned_on_in_the_middle() -> None:
    a, b = (parameters() for _ in range(2))
    one, other = optim.SGD(a, lr=0.1), optim.SGD([{"params": [p]} for p in b], lr=0.1)
    for optimizer, params in ((one, a), (other, b)):
        run(optimizer, params, 2)
        assert not optimizer.state
        for group in optimizer.param_groups:
            group["momentum"] = 0.9
        run(optimizer, params, 3, first=2)
    for p, q in zip(a, b, strict=True):
        assert mtorch.equal(p.detach(), q.detach())
        assert mtorch.equal(one.state[p]["momentum_buffer"], other.state[q]["momentum_buffer"])


@pytest.mark.parametrize("way", ["bundles", "alone", "pieces"])
def test_the_tensors_of_the_state_stay_the_same_objects(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if way != "bundles":
        alone(monkeypatch)
    if way == "pieces":
        monkeypatch.setattr(walk, "PIECE_BYTES", 5 * 8)
    params = parameters()
    optimizer = optim.Adam(params)
    run(optimizer, params, 1)
    held = [list(optimizer.state[p].values()) for p in params]
    arrays = [[t.array for t in tensors] for tensors in held]
    run(optimizer, params, 3)
    for p, tensors, before in zip(params, held, arrays, strict=True):
        assert all(new is t for new, t in zip(optimizer.state[p].values(), tensors, strict=True))
        assert all(t.array is a for t, a in zip(tensors, before, strict=True))
    assert held[0][1].shape == (4, 3)


def test_a_state_that_is_not_contiguous(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk, "SMALL", -1)
    monkeypatch.setattr(walk, "PIECE_BYTES", 5 * 8)
    results = []
    for strided in (False, True):
        params = parameters()
        optimizer = optim.Adam(params)
        run(optimizer, params, 2)
        if strided:
            state = optimizer.state[params[0]]
            state["exp_avg"] = state["exp_avg"].T.clone().contiguous().T
            assert not state["exp_avg"].is_contiguous()
        results.append((run(optimizer, params, 3, first=2), numbers_of(optimizer)))
    assert all(np.array_equal(a, b) for a, b in zip(results[0][0], results[1][0], strict=True))
    assert results[0][1] == results[1][1]


@pytest.mark.parametrize("small", [True, False])
def test_memory_that_is_not_contiguous(small: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not small:
        monkeypatch.setattr(walk, "SMALL", -1)
        monkeypatch.setattr(walk, "PIECE_BYTES", 5 * 8)
    base = np.random.RandomState(0).standard_normal((6, 8))
    strided = mtorch.from_numpy(base)[::2, ::2].T.requires_grad_()
    plain = [mtorch.tensor(strided.detach().numpy().copy(), requires_grad=True) for _ in range(2)]
    second = mtorch.ones(3, dtype=mtorch.float64, requires_grad=True)
    second.grad = mtorch.zeros(3, dtype=mtorch.float64)
    optimizers = optim.Adam([strided, second], lr=0.1), optim.Adam(plain[:1], lr=0.1)
    untouched = base[1::2].copy()
    for t in range(3):
        g = np.random.RandomState(t).standard_normal((3, 4))
        strided.grad, plain[0].grad = mtorch.tensor(g).T, mtorch.tensor(g.T.copy())
        for optimizer in optimizers:
            optimizer.step()
    assert np.array_equal(strided.detach().numpy(), plain[0].detach().numpy())
    assert np.shares_memory(strided.detach().numpy(), base)
    assert np.array_equal(base[1::2], untouched)


def test_parameters_over_the_same_memory_are_updated_one_after_the_other() -> None:
    data = mtorch.zeros(3)
    a, b = mtorch.zeros(3, requires_grad=True), mtorch.zeros(3, requires_grad=True)
    a.data = b.data = data
    c = mtorch.zeros(2, requires_grad=True)
    a.grad = b.grad = mtorch.ones(3)
    c.grad = mtorch.ones(2)
    optimizer = optim.SGD([a, b, c], lr=1.0)
    for _ in range(2):
        optimizer.step()
    assert data.tolist() == [-4.0] * 3
    assert c.tolist() == [-2.0] * 2


def test_a_gradient_of_another_shape_is_refused() -> None:
    p, q = mtorch.zeros(3, 2, requires_grad=True), mtorch.zeros(2, requires_grad=True)
    optimizer = optim.SGD([p, q])
    p.grad, q.grad = mtorch.ones(3, 2), mtorch.ones(2)
    optimizer.step()
    p.data = mtorch.zeros(4, 2)
    with pytest.raises(ValueError, match=r"SGD: the gradient has shape \(3, 2\), its parameter \(4, 2\)"):
        optimizer.step()


def test_an_entry_that_update_puts_in_place_of_another_is_kept() -> None:
    class Sum(optim.Optimizer):
        elementwise = True
        numbers = ()

        def __init__(self, params: Any) -> None:
            super().__init__(params, {})

        def update(self, param: np.ndarray, grad: np.ndarray, state: dict[str, Any]) -> None:
            state["sum"] = state.get("sum", 0.0) + grad
            param -= state["sum"]

    params = [mtorch.zeros(2, requires_grad=True), mtorch.zeros(3, requires_grad=True),
              mtorch.zeros(300, 300, requires_grad=True)]
    optimizer = Sum(params)
    for p in params:
        p.grad = mtorch.ones_like(p)
    for _ in range(3):
        optimizer.step()
    assert isinstance(optimizer._walks[0].bundles[0], Bundle)
    for p in params:
        assert (p == -6).all()
        assert (optimizer.state[p]["sum"] == 3).all()


def test_options_are_read_at_every_step() -> None:
    class Scale(optim.Optimizer):
        def __init__(self, params: Any, **options: Any) -> None:
            super().__init__(params, options)

        def update(self, param: np.ndarray, grad: np.ndarray, state: dict[str, Any], **options: Any) -> None:
            param[...] = options["lr"] * 10 + options["other"]

    p = mtorch.zeros(1, requires_grad=True)
    p.grad = mtorch.zeros(1)
    lr = mtorch.tensor(1.0)
    optimizer = Scale([p], lr=lr, other=2)
    optimizer.step()
    assert p.item() == 12
    lr.fill_(3.0)
    optimizer.step()
    assert p.item() == 32
    optimizer.param_groups[0]["other"] = 5
    optimizer.param_groups[0]["lr"] = 1
    optimizer.step()
    assert p.item() == 15


def test_betas_in_a_list_may_be_written_into() -> None:
    ends = []
    for betas in ([0.5, 0.9], (0.5, 0.9)):
        p = mtorch.zeros(1, requires_grad=True)
        optimizer = optim.Adam([{"params": [p], "betas": betas}])
        for grad in (1.0, -2.0):
            p.grad = mtorch.full((1,), grad)
            optimizer.step()
            if isinstance(betas, list):
                betas[0] = 0.25
            else:
                optimizer.param_groups[0]["betas"] = (0.25, 0.9)
        ends.append(p.item())
    assert ends[0] == ends[1]
