"""Recurrent layers against torch: weights, values and gradients over a grid, dropout, packed input, errors, training."""

from __future__ import annotations

import copy
import itertools
import pickle
from typing import Any

import numpy as np
import pytest

import mtorch
from mtorch.autograd import gradcheck, gradgradcheck
from tests.nn.twins import said, same_in_torch

LENGTHS = (1, 2, 37)
CELLS = ("RNN", "LSTM", "GRU")


def lengths_of(T: int, N: int) -> list[int]:
    """Unequal lengths in no order, one of them T."""
    lengths = np.random.RandomState(T).randint(1, T + 1, N)
    lengths[N // 2] = T
    return lengths.tolist()


def run(t: Any, cell: str, T: int, N: int, *, packed: bool = False, dtype: str = "float64",
        **options: Any) -> dict[str, Any]:
    """Everything a layer of framework t gives, by name: outputs, states and all gradients, drawn from one seed."""
    t.manual_seed(T + N)
    real = getattr(t, dtype)
    layer = getattr(t.nn, cell)(3, 4, dtype=real, **options)
    batch_first, size = layer.batch_first, layer.proj_size or 4
    x = t.randn(T, N, 3, dtype=real).requires_grad_()
    rows = layer.num_layers * (2 if layer.bidirectional else 1)
    states = [t.randn(rows, N, s, dtype=real).requires_grad_() for s in ((size, 4) if cell == "LSTM" else (4,))]
    given = x.transpose(0, 1) if batch_first else x
    if packed:
        given = t.nn.utils.rnn.pack_padded_sequence(given, lengths_of(T, N), batch_first=batch_first,
                                                    enforce_sorted=False)
    y, last = layer(given, tuple(states) if cell == "LSTM" else states[0])
    if packed:
        y, lengths = t.nn.utils.rnn.pad_packed_sequence(y, batch_first=batch_first)
        assert lengths.tolist() == lengths_of(T, N)
    results = {"y": y, **{f"last {i}": s for i, s in enumerate(last if cell == "LSTM" else (last,))}}
    sum((r * t.randn(*r.shape, dtype=real)).sum() for r in results.values()).backward()
    results |= dict(layer.named_parameters())
    results |= {f"gradient of {name}": p.grad for name, p in [("x", x), *layer.named_parameters()]}
    results |= {f"gradient of state {i}": s.grad for i, s in enumerate(states)}
    assert all(r.dtype == real for r in results.values())
    return {name: r.detach().numpy() for name, r in results.items()}


def assert_as_in_torch(tolerance: float, *args: Any, **options: Any) -> None:
    torch = pytest.importorskip("torch")
    mine, theirs = run(mtorch, *args, **options), run(torch, *args, **options)
    assert list(mine) == list(theirs)
    for name, value in mine.items():
        np.testing.assert_allclose(value, theirs[name], rtol=tolerance, atol=tolerance,
                                   err_msg=f"{name} {args} {options}")


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(("cell", "batch"), list(itertools.product(CELLS, (1, 5))))
def test_values_and_gradients_over_the_grid(cell, batch, packed):
    for layers, both, first, bias in itertools.product((1, 2), *[(False, True)] * 3):
        for T in LENGTHS:
            options = {"num_layers": layers, "bidirectional": both, "batch_first": first, "bias": bias,
                       "packed": packed}
            assert_as_in_torch(1e-10, cell, T, batch, **options)
            if first == bias:                           # in float32 every other corner
                assert_as_in_torch(1e-5 * T ** 0.5, cell, T, batch, dtype="float32", **options)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(("cell", "options"), [
    ("RNN", {"nonlinearity": "relu"}), ("LSTM", {"proj_size": 2}),
    ("LSTM", {"proj_size": 2, "num_layers": 2, "bidirectional": True, "bias": False}),
    ("LSTM", {"num_layers": 3, "dropout": 0.4}), ("GRU", {"num_layers": 2, "dropout": 0.5, "bidirectional": True}),
    ("RNN", {"num_layers": 2, "dropout": 1.0})])
def test_options_beside_the_grid(cell, options, packed):
    assert_as_in_torch(1e-10, cell, 6, 3, packed=packed, **options)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize(("N", "hidden"), [(2, 7), (8, 256), (24, 96)])    # narrow; product in panels; one product
def test_sizes_at_which_products_are_made_differently(cell, N, hidden):
    torch = pytest.importorskip("torch")

    def program(t):
        t.manual_seed(1)
        layer = getattr(t.nn, cell)(hidden, hidden, dtype=t.float64)
        x = t.randn(5, N, hidden, dtype=t.float64)
        (layer(x)[0] ** 2).sum().backward()
        return [p.grad.numpy() for p in layer.parameters()]
    for mine, theirs in zip(program(mtorch), program(torch)):
        np.testing.assert_allclose(mine, theirs, rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("cell", ["RNNCell", "LSTMCell", "GRUCell"])
def test_cells(cell, bias):
    def program(t):
        t.manual_seed(3)
        m = getattr(t.nn, cell)(3, 4, bias=bias)
        x, h = t.randn(2, 3, requires_grad=True), t.randn(2, 4, requires_grad=True)
        state = (h, h * 0.5) if cell == "LSTMCell" else h
        first = m(x, state)
        second = m(x * 2, first)
        alone, without = m(x[0]), m(x)
        for out in (second, alone, without):
            (sum((o ** 2).sum() for o in out) if isinstance(out, tuple)
             else (out ** 2).sum()).backward(retain_graph=True)
        return (first, second, alone, without, x.grad, h.grad, [p.grad for p in m.parameters()], repr(m),
                list(m.state_dict()))
    same_in_torch(program)


def test_a_cell_repeated_is_the_layer():
    mtorch.manual_seed(0)
    layer, cell = mtorch.nn.LSTM(3, 4, dtype=mtorch.float64), mtorch.nn.LSTMCell(3, 4, dtype=mtorch.float64)
    cell.load_state_dict({name.removesuffix("_l0"): value for name, value in layer.state_dict().items()})
    x, state = mtorch.randn(6, 2, 3, dtype=mtorch.float64), None
    y, (h, c) = layer(x)
    for t in range(6):
        state = cell(x[t], state)
        assert mtorch.allclose(state[0], y[t])
    assert mtorch.allclose(state[0], h[0])
    assert mtorch.allclose(state[1], c[0])


@pytest.mark.parametrize("cell", CELLS)
def test_input_without_a_batch_and_without_states(cell):
    def program(t):
        t.manual_seed(5)
        m = getattr(t.nn, cell)(3, 4, 2, batch_first=True, bidirectional=True)
        x = t.randn(6, 3)
        state = t.randn(4, 4)
        y, last = m(x)
        other, _ = m(x, (state, state) if cell == "LSTM" else state)
        return y, last, other, m(x.unsqueeze(0))[0].is_contiguous()
    same_in_torch(program)


# ---- second order, and what the fused rules keep ---------------------------------------------

@pytest.mark.parametrize(("cell", "options"),
                         [("RNN", {}), ("RNN", {"num_layers": 2, "bidirectional": True}), ("LSTM", {}),
                                               ("LSTM", {"proj_size": 2, "bidirectional": True}),
                                               ("GRU", {"num_layers": 2})])
def test_gradcheck_and_gradgradcheck(cell, options):
    mtorch.manual_seed(2)
    layer = getattr(mtorch.nn, cell)(1, 3, dtype=mtorch.float64, **options)
    x = mtorch.randn(2, 2, 1, dtype=mtorch.float64, requires_grad=True)
    _, last = layer(x)
    states = [mtorch.randn_like(s).requires_grad_() for s in (last if cell == "LSTM" else (last,))]

    def function(x, *states):
        y, last = layer(x, states if cell == "LSTM" else states[0])
        return y, *(last if cell == "LSTM" else (last,))
    assert gradcheck(function, (x, *states))
    assert gradgradcheck(function, (x, *states))


@pytest.mark.parametrize("cell", CELLS)
def test_a_penalty_on_gradients_trains_the_weights_as_in_torch(cell):
    def program(t):
        t.manual_seed(4)
        m = getattr(t.nn, cell)(3, 4, dtype=t.float64)
        x = t.randn(5, 2, 3, dtype=t.float64, requires_grad=True)
        g, = t.autograd.grad((m(x)[0] ** 2).sum(), x, create_graph=True)
        (g ** 2).sum().backward()
        return [p.grad for p in m.parameters()], x.grad
    same_in_torch(program)


@pytest.mark.parametrize("cell", CELLS)
def test_backward_twice_over_a_kept_graph(cell):
    m, x = getattr(mtorch.nn, cell)(3, 4), mtorch.randn(5, 2, 3, requires_grad=True)
    y = m(x)[0]
    first, = mtorch.autograd.grad(y.sum(), x, retain_graph=True)
    second, = mtorch.autograd.grad(y.sum(), x, retain_graph=True)
    assert mtorch.equal(first, second)
    y.sum().backward()
    with pytest.raises(RuntimeError, match="second time"):
        y.sum().backward()


@pytest.mark.parametrize("cell", CELLS)
def test_output_changed_in_place(cell):
    """In torch an LSTM's output may not be changed before backward, those of the others may."""
    def program(t):
        t.manual_seed(0)
        m = getattr(t.nn, cell)(3, 4)
        x = t.ones(5, 2, 3, requires_grad=True)
        y, _ = m(x)
        y *= 2
        kind, text = said(y.sum().backward)
        return kind, "modified by an inplace operation" in text, x.grad
    same_in_torch(program)


def test_an_inference_keeps_no_gates():
    """What the output keeps alive is itself and the initial state, not what back-propagation would need."""
    m = mtorch.nn.LSTM(8, 16)
    with mtorch.no_grad():
        y, _ = m(mtorch.ones(50, 2, 8))
    kept = y.array if y.array.base is None else y.array.base
    assert kept.nbytes <= y.array.nbytes * 51 / 50


def test_truncated_back_propagation_through_time():
    """The gradient of a window stops where the state was detached."""
    def program(t):
        t.manual_seed(7)
        m = t.nn.GRU(1, 4)
        x, h, results = t.randn(12, 1, 1), None, []
        for window in x.split(4):
            m.zero_grad()
            y, h = m(window, h)
            y.sum().backward()
            results += [p.grad.clone() for p in m.parameters()]
            h = h.detach()
        return results
    same_in_torch(program)


# ---- as modules --------------------------------------------------------------------------------

def test_weights_move_both_ways():
    torch = pytest.importorskip("torch")
    options = {"num_layers": 2, "bidirectional": True}
    mine, theirs = mtorch.nn.LSTM(4, 6, **options), torch.nn.LSTM(4, 6, **options)
    theirs.load_state_dict({name: torch.from_numpy(value.numpy().copy()) for name, value in mine.state_dict().items()})
    x = np.random.RandomState(0).standard_normal((5, 2, 4)).astype(np.float32)
    there = theirs(torch.from_numpy(x))[0].detach().numpy()
    np.testing.assert_allclose(mine(mtorch.tensor(x))[0].detach().numpy(), there, rtol=1e-5, atol=1e-6)
    other = mtorch.nn.LSTM(4, 6, **options)
    other.load_state_dict({name: mtorch.from_numpy(value.numpy()) for name, value in theirs.state_dict().items()})
    assert mtorch.equal(other(mtorch.tensor(x))[0], mine(mtorch.tensor(x))[0])


def test_what_a_program_may_ask_of_a_layer():
    def program(t):
        t.manual_seed(0)
        layers = [t.nn.RNN(2, 3, 2, "relu", False), t.nn.GRU(2, 3, bias=False, batch_first=True),
                  t.nn.LSTM(2, 3, 2, dropout=0.25, bidirectional=True, proj_size=1)]
        said = [(repr(m), list(m.state_dict()), [[tuple(w.shape) for w in ws] for ws in m.all_weights],
                 len(m._flat_weights), m.mode, m.dropout) for m in layers]
        return said, [layers[1].double().weight_ih_l0.dtype is t.float64, layers[1].flatten_parameters()]
    same_in_torch(program)


@pytest.mark.parametrize("cell", CELLS)
def test_copies_and_replaced_weights(cell):
    m, x = getattr(mtorch.nn, cell)(3, 4), mtorch.ones(2, 1, 3)
    for other in (copy.deepcopy(m), pickle.loads(pickle.dumps(m))):
        assert mtorch.equal(other(x)[0], m(x)[0])
    m.weight_hh_l0 = mtorch.nn.Parameter(mtorch.zeros_like(m.weight_hh_l0))
    assert m._flat_weights[1] is m.weight_hh_l0
    assert m.all_weights[0][1] is m.weight_hh_l0


@pytest.mark.parametrize("cell", CELLS)
def test_empty_batch(cell):
    def program(t):
        m = getattr(t.nn, cell)(3, 4)
        y, _ = m(t.zeros(5, 0, 3))
        y.sum().backward()
        return tuple(y.shape), [tuple(p.grad.shape) for p in m.parameters()], m.weight_ih_l0.grad.abs().sum()
    same_in_torch(program)


# ---- training ------------------------------------------------------------------------------------

@pytest.mark.parametrize("cell", CELLS)
def test_two_hundred_steps_beside_torch(cell):
    """Remember the first of three numbers until the end."""
    torch = pytest.importorskip("torch")

    def losses(t):
        t.manual_seed(11)
        m, out = getattr(t.nn, cell)(1, 12), t.nn.Linear(12, 1)
        optimizer = t.optim.Adam([*m.parameters(), *out.parameters()], lr=0.005)
        x, seen = t.randn(3, 32, 1), []
        for _ in range(200):
            optimizer.zero_grad()
            loss = ((out(m(x)[0][-1]) - x[0]) ** 2).mean()
            loss.backward()
            t.nn.utils.clip_grad_norm_(m.parameters(), 1.0)
            optimizer.step()
            seen.append(loss.item())
        return seen
    mine = losses(mtorch)
    np.testing.assert_allclose(mine, losses(torch), atol=1e-4)
    assert mine[-1] < 0.01 < 1 < mine[0]


# ---- errors ------------------------------------------------------------------------------------------

def wrong_calls(t: Any, cell: str) -> dict[str, Any]:
    m, x = getattr(t.nn, cell)(4, 6), t.ones(5, 3, 4)

    def state(*shape, dtype=None):
        h = t.zeros(*shape, dtype=dtype)
        return (h, h) if cell == "LSTM" else h
    return {
        "four dimensions": lambda: m(t.ones(2, 2, 2, 4)), "one dimension": lambda: m(t.ones(4)),
        "wrong features": lambda: m(t.ones(5, 3, 7)), "no steps": lambda: m(t.ones(0, 3, 4)),
        "another dtype": lambda: m(x.double()), "integers": lambda: m(x.long()),
        "state of another batch": lambda: m(x, state(1, 2, 6)), "state of another size": lambda: m(x, state(1, 3, 5)),
        "states of two layers": lambda: m(x, state(2, 3, 6)), "state without batch": lambda: m(x, state(1, 6)),
        "state with batch": lambda: m(x[:, 0], state(1, 1, 6)),
        "state of another dtype": lambda: m(x, state(1, 3, 6, dtype=t.float64)),
    }


@pytest.mark.parametrize("cell", CELLS)
def test_wrong_input_gets_torch_s_kind_of_error(cell):
    torch = pytest.importorskip("torch")
    theirs = wrong_calls(torch, cell)
    for name, call in wrong_calls(mtorch, cell).items():
        (kind, text), (expected, _) = said(call), said(theirs[name])
        assert kind == expected != "no error", f"{name}: {kind} {text}"
    assert "(5, 3, 7)" in said(wrong_calls(mtorch, cell)["wrong features"])[1]
    first = "hidden[0]" if cell == "LSTM" else "hidden"
    assert f"Expected {first} size (1, 3, 6), got [1, 2, 6]" in said(wrong_calls(mtorch, cell)["state of another batch"])[1]


def wrong_layers(t: Any) -> list[tuple[str, Any]]:
    n = t.nn
    return [(name, said(make)) for name, make in {
        "projection too wide": lambda: n.LSTM(4, 6, proj_size=6),
        "projection below 0": lambda: n.LSTM(4, 6, proj_size=-1),
        "projection of an RNN": lambda: n.RNN(4, 6, proj_size=2),
        "projection of a GRU": lambda: n.GRU(4, 6, proj_size=2),
        "nonlinearity": lambda: n.RNN(4, 6, nonlinearity="sin"), "dropout": lambda: n.RNN(4, 6, 2, dropout=2),
        "dropout True": lambda: n.RNN(4, 6, 2, dropout=True), "bias": lambda: n.GRU(4, 6, bias=1),
        "batch_first": lambda: n.GRU(4, 6, batch_first=1), "float": lambda: n.GRU(4.0, 6), "zero": lambda: n.GRU(0, 6),
        "no hidden": lambda: n.GRU(4, 0), "no layers": lambda: n.GRU(4, 6, 0), "mode": lambda: n.RNNBase("X", 4, 6),
        "unknown": lambda: n.GRU(4, 6, hidden=3),
    }.items()]


def test_wrong_layers_get_torch_s_kind_of_error():
    torch = pytest.importorskip("torch")
    mine, theirs = wrong_layers(mtorch), wrong_layers(torch)
    assert [(name, kind) for name, (kind, _) in mine] == [(name, kind) for name, (kind, _) in theirs]


def test_dropout_on_one_layer_warns():
    with pytest.warns(UserWarning, match="num_layers greater than 1"):
        mtorch.nn.GRU(2, 3, dropout=0.5)


@pytest.mark.parametrize("cell", ["RNNCell", "LSTMCell", "GRUCell"])
def test_wrong_input_of_cells(cell):
    torch = pytest.importorskip("torch")

    def calls(t):
        m, x = getattr(t.nn, cell)(4, 6), t.ones(3, 4)

        def state(*shape):
            return (t.zeros(*shape), t.zeros(*shape)) if cell == "LSTMCell" else t.zeros(*shape)
        return [lambda: m(t.ones(2, 3, 4)), lambda: m(t.ones(3, 5)), lambda: m(x, state(3, 5)),
                lambda: m(x, state(2, 6)), lambda: m(x, state(6)), lambda: m(x, state(1, 3, 6)),
                lambda: m(x[0], state(1, 6)), lambda: m(x.double())]
    for mine, theirs in zip(calls(mtorch), calls(torch)):
        assert said(mine)[0] == said(theirs)[0] != "no error", (said(mine), said(theirs))
