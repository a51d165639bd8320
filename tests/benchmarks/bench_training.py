"""Training steps of small networks: where the cost of a call counts most, and where products begin to."""

from __future__ import annotations

from .measure import Step, benchmark


def _training_step(torch, net, optimizer, x, y) -> Step:
    criterion = torch.nn.CrossEntropyLoss()

    def step():
        optimizer.zero_grad()
        loss = criterion(net(x), y)
        loss.backward()
        optimizer.step()
        return loss
    return step


@benchmark("MLP 4-8-3, batch 16, SGD step", at_most=0.4)
def tiny_mlp(torch) -> Step:
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.Tanh(), torch.nn.Linear(8, 3))
    x, y = torch.randn(16, 4), torch.randint(0, 3, (16,))
    return _training_step(torch, net, torch.optim.SGD(net.parameters(), lr=0.01), x, y)


@benchmark("MLP 784-128-10, batch 64, Adam step", at_most=0.65)
def digits_mlp(torch) -> Step:
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(784, 128), torch.nn.ReLU(), torch.nn.Linear(128, 10))
    x, y = torch.randn(64, 784), torch.randint(0, 10, (64,))
    return _training_step(torch, net, torch.optim.Adam(net.parameters(), lr=1e-3), x, y)
