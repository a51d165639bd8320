"""Model-agnostic meta-learning: a start from which one step fits a new sine wave; gradients go through that step."""
import math

import torch
import torch.nn.functional as F

torch.manual_seed(2)
sizes = [(40, 1), (40, 40), (1, 40)]
params = []
for out, inp in sizes:
    w = torch.empty(out, inp)
    torch.nn.init.kaiming_uniform_(w, a=math.sqrt(5))
    params += [w.requires_grad_(), torch.zeros(out, requires_grad=True)]


def net(x, ps):
    for i in range(0, len(ps) - 2, 2):
        x = torch.tanh(F.linear(x, ps[i], ps[i + 1]))
    return F.linear(x, ps[-2], ps[-1])


def sample_task():
    amplitude = torch.rand(1) * 4.9 + 0.1
    phase = torch.rand(1) * math.pi

    def sample(k):
        x = torch.rand(k, 1) * 10 - 5
        return x, amplitude * torch.sin(x + phase)
    return sample


meta = torch.optim.Adam(params, lr=1e-2)
for it in range(30):
    meta_loss = 0.0
    for _ in range(4):
        task = sample_task()
        x, y = task(10)
        fast = params
        for _step in range(2):
            inner = F.mse_loss(net(x, fast), y)
            grads = torch.autograd.grad(inner, fast, create_graph=True)
            fast = [p - 0.01 * g for p, g in zip(fast, grads)]
        x, y = task(10)
        meta_loss = meta_loss + F.mse_loss(net(x, fast), y)
    meta_loss = meta_loss / 4
    meta.zero_grad()
    meta_loss.backward()
    meta.step()
    print(f"iteration {it} loss {meta_loss.item():.8f}")
