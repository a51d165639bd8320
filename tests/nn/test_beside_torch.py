"""A user's own module, trained beside torch from the same weights."""
from __future__ import annotations

import numpy as np
import pytest

import mtorch


def network(torch):
    """Branches, a loop, shared weights, a residual connection, dropout left out: as a user writes it."""
    nn = torch.nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.enter = nn.Linear(6, 16)
            self.shared = nn.Linear(16, 16)
            self.left, self.right = nn.Linear(16, 16), nn.Sequential(nn.Linear(16, 8), nn.GELU(), nn.Linear(8, 16))
            self.norm = nn.LayerNorm(16)
            self.leave = nn.Linear(16, 3)
            self.scale = nn.Parameter(torch.ones(1))
            self.register_buffer("calls", torch.zeros(1))

        def forward(self, x):
            self.calls += 1
            h = torch.relu(self.enter(x))
            for _ in range(3):
                h = h + torch.tanh(self.shared(h)) * self.scale          # the same weights three times, residual
            h = self.left(h) if self.calls.item() % 2 else self.right(h)
            return self.leave(self.norm(h).relu())
    return Net()


def losses(torch, weights, x, y, make_optimizer):
    torch.manual_seed(0)
    net = network(torch)
    net.load_state_dict({k: torch.tensor(v) for k, v in weights.items()})
    optimizer, criterion = make_optimizer(torch, net.parameters()), torch.nn.CrossEntropyLoss(label_smoothing=0.1)
    x, y = torch.tensor(x), torch.tensor(y)
    history = []
    for step in range(100):
        rows = slice(step % 4 * 16, step % 4 * 16 + 16)
        optimizer.zero_grad()
        loss = criterion(net(x[rows]), y[rows])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        history.append(loss.item())
    return history


OPTIMIZERS = {
    "sgd": lambda torch, p: torch.optim.SGD(p, lr=0.02, momentum=0.5, nesterov=True, weight_decay=1e-3),
    "adam": lambda torch, p: torch.optim.Adam(p, lr=3e-3, amsgrad=True),
    "adamw": lambda torch, p: torch.optim.AdamW(p, lr=3e-3),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_same_losses_for_100_steps(name):
    torch = pytest.importorskip("torch")
    rng = np.random.RandomState(3)
    x, y = rng.standard_normal((64, 6)).astype(np.float32), rng.randint(0, 3, 64)
    torch.manual_seed(1)
    weights = {k: v.numpy().copy() for k, v in network(torch).state_dict().items()}
    theirs = losses(torch, weights, x, y, OPTIMIZERS[name])
    ours = losses(mtorch, weights, x, y, OPTIMIZERS[name])
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5)
    assert ours[-1] < 0.8 * ours[0]


def test_the_same_seed_makes_the_same_network():
    torch = pytest.importorskip("torch")
    states = []
    for T in (torch, mtorch):
        T.manual_seed(7)
        states.append({k: np.array(v.numpy()) for k, v in network(T).state_dict().items()})
    assert all(np.array_equal(states[0][k], states[1][k]) for k in states[0])
