"""A training step of the small models that people train on a CPU, from recommendation to diffusion."""

from __future__ import annotations

from collections.abc import Callable

from .measure import Step, benchmark


def training_step(torch, parameters, loss_of: Callable, **options) -> Step:
    optimizer = torch.optim.Adam(parameters, **{"lr": 1e-3, **options})

    def step():
        optimizer.zero_grad()
        loss = loss_of()
        loss.backward()
        optimizer.step()
        return loss
    return step


def _mlp(torch, *sizes: int, act: str = "ReLU"):
    nn, layers = torch.nn, []
    for n, m in zip(sizes, sizes[1:]):
        layers += [nn.Linear(n, m), getattr(nn, act)()]
    return nn.Sequential(*layers[:-1])


@benchmark("matrix factorization, 1000 x 2000, rank 32, batch 256")
def matrix_factorization(torch) -> Step:
    torch.manual_seed(0)
    users, items = torch.nn.Embedding(1000, 32), torch.nn.Embedding(2000, 32)
    i, j, rating = torch.randint(0, 1000, (256,)), torch.randint(0, 2000, (256,)), torch.rand(256)
    return training_step(torch, [*users.parameters(), *items.parameters()],
                          lambda: torch.nn.functional.mse_loss((users(i) * items(j)).sum(1), rating))


@benchmark("table of 20 columns, batch norm and dropout, batch 64")
def table(torch) -> Step:
    torch.manual_seed(0)
    nn = torch.nn
    net = nn.Sequential(nn.Linear(20, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Dropout(0.2),
                        nn.Linear(64, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Linear(64, 1))
    x, y = torch.randn(64, 20), torch.randint(0, 2, (64, 1)).float()
    return training_step(torch, net.parameters(),
                          lambda: nn.functional.binary_cross_entropy_with_logits(net(x), y))


@benchmark("DQN, 4-128-128-2, batch 128")
def dqn(torch) -> Step:
    torch.manual_seed(0)
    net, target = _mlp(torch, 4, 128, 128, 2), _mlp(torch, 4, 128, 128, 2)
    state, after, action, reward = (torch.randn(128, 4), torch.randn(128, 4), torch.randint(0, 2, (128, 1)),
                                    torch.randn(128))

    def loss():
        with torch.no_grad():
            value = reward + 0.99 * target(after).max(1).values
        return torch.nn.functional.smooth_l1_loss(net(state).gather(1, action), value.unsqueeze(1))
    return training_step(torch, net.parameters(), loss)


@benchmark("PPO, 8-64-64-2, batch 64")
def ppo(torch) -> Step:
    torch.manual_seed(0)
    net, log_std = _mlp(torch, 8, 64, 64, 2, act="Tanh"), torch.nn.Parameter(torch.zeros(2))
    state, action, advantage, before = torch.randn(64, 8), torch.randn(64, 2), torch.randn(64), torch.randn(64) - 3

    def loss():
        policy = torch.distributions.Normal(net(state), log_std.exp().expand(64, 2))
        ratio = (policy.log_prob(action).sum(1) - before).exp()
        gain = torch.min(ratio * advantage, ratio.clamp(0.8, 1.2) * advantage).mean()
        return -gain - 0.01 * policy.entropy().sum(1).mean()
    return training_step(torch, [*net.parameters(), log_std], loss)


@benchmark("variational autoencoder 784-400-20, batch 128")
def vae(torch) -> Step:
    torch.manual_seed(0)
    nn = torch.nn
    encode, mean, log_var = _mlp(torch, 784, 400), nn.Linear(400, 20), nn.Linear(400, 20)
    decode, x = _mlp(torch, 20, 400, 784), torch.rand(128, 784)

    def loss():
        h = encode(x).relu()
        mu, lv = mean(h), log_var(h)
        seen = torch.sigmoid(decode(mu + torch.exp(0.5 * lv) * torch.randn_like(lv)))
        return (nn.functional.binary_cross_entropy(seen, x, reduction="sum")
                - 0.5 * (1 + lv - mu ** 2 - lv.exp()).sum())
    return training_step(torch, [p for m in (encode, mean, log_var, decode) for p in m.parameters()], loss)


@benchmark("diffusion of points, 3-128-128-2, batch 256")
def diffusion(torch) -> Step:
    torch.manual_seed(0)
    net, x, kept = _mlp(torch, 3, 128, 128, 2, act="SiLU"), torch.randn(256, 2), torch.linspace(0.99, 0.01, 100)

    def loss():
        t, noise = torch.randint(0, 100, (256,)), torch.randn_like(x)
        a = kept[t].unsqueeze(1)
        seen = a.sqrt() * x + (1 - a).sqrt() * noise
        return torch.nn.functional.mse_loss(net(torch.cat([seen, t.unsqueeze(1) / 100], 1)), noise)
    return training_step(torch, net.parameters(), loss)


@benchmark("u'' + u = 0 by a network 1-32-32-1, second derivatives, 64 points")
def differential_equation(torch) -> Step:
    torch.manual_seed(0)
    net, x = _mlp(torch, 1, 32, 32, 1, act="Tanh"), torch.linspace(0, 1, 64).unsqueeze(1).requires_grad_()

    def loss():
        u = net(x)
        du, = torch.autograd.grad(u.sum(), x, create_graph=True)
        ddu, = torch.autograd.grad(du.sum(), x, create_graph=True)
        return ((ddu + u) ** 2).mean()
    return training_step(torch, net.parameters(), loss)


@benchmark("graph convolution, 300 nodes, 2000 edges, 16-32-4")
def graph_convolution(torch) -> Step:
    torch.manual_seed(0)
    source, goal = torch.randint(0, 300, (2, 2000))
    first, second = torch.nn.Linear(16, 32), torch.nn.Linear(32, 4)
    x, y = torch.randn(300, 16), torch.randint(0, 4, (300,))

    def gathered(h):
        return torch.zeros(300, h.shape[1]).index_add_(0, goal, h[source])
    return training_step(torch, [*first.parameters(), *second.parameters()],
                          lambda: torch.nn.functional.cross_entropy(gathered(second(gathered(first(x)).relu())), y))


@benchmark("transformer encoder, 2 layers, width 32, 24 words, batch 16")
def transformer_encoder(torch) -> Step:
    torch.manual_seed(0)
    nn = torch.nn
    words, head = nn.Embedding(100, 32), nn.Linear(32, 2)
    encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(32, 4, 64, batch_first=True), 2)
    x, y = torch.randint(0, 100, (16, 24)), torch.randint(0, 2, (16,))
    return training_step(torch, [p for m in (words, encoder, head) for p in m.parameters()],
                          lambda: nn.functional.cross_entropy(head(encoder(words(x)).mean(1)), y))
