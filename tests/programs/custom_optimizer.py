"""Optimizers written by users: one with torch's required option and state, one that looks ahead around another."""
import torch
import torch.nn.functional as F
from torch import nn
from torch.optim.optimizer import Optimizer, required


class SignMomentum(Optimizer):
    """Steps in the direction of the sign of an interpolated momentum (Lion, Chen et al. 2023)."""

    def __init__(self, params, lr=required, betas=(0.9, 0.99), weight_decay=0.0):
        if lr is not required and lr <= 0.0:
            raise ValueError(f"Invalid learning rate: {lr}")
        defaults = dict(lr=lr, betas=betas, weight_decay=weight_decay)
        super(SignMomentum, self).__init__(params, defaults)

    @torch.no_grad()
    def step(self, closure=None):
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for p in group["params"]:
                if p.grad is None:
                    continue
                if p.grad.is_sparse:
                    raise RuntimeError("no sparse gradients")
                p.data.mul_(1 - group["lr"] * group["weight_decay"])
                grad = p.grad
                state = self.state[p]
                if len(state) == 0:
                    state["exp_avg"] = torch.zeros_like(p)
                exp_avg = state["exp_avg"]
                update = exp_avg * beta1 + grad * (1 - beta1)
                p.add_(torch.sign(update), alpha=-group["lr"])
                exp_avg.mul_(beta2).add_(grad, alpha=1 - beta2)
        return loss


class Lookahead(Optimizer):
    """Slow weights that follow those of another optimizer (Zhang et al. 2019)."""

    def __init__(self, optimizer, k=5, alpha=0.5):
        self.optimizer, self.k, self.alpha, self.count = optimizer, k, alpha, 0
        self.param_groups = optimizer.param_groups
        self.slow = [[p.clone().detach() for p in group["params"]] for group in self.param_groups]

    def zero_grad(self, set_to_none=True):
        self.optimizer.zero_grad(set_to_none)

    def step(self, closure=None):
        loss = self.optimizer.step(closure)
        self.count += 1
        if self.count % self.k == 0:
            for group, slow in zip(self.param_groups, self.slow):
                for p, q in zip(group["params"], slow):
                    q.add_(p.data - q, alpha=self.alpha)
                    p.data.copy_(q)
        return loss


torch.manual_seed(5)
x = torch.randn(128, 6)
y = (x[:, 0] * x[:, 1] > 0).float()
net = nn.Sequential(nn.Linear(6, 32), nn.SELU(), nn.Linear(32, 1))
optimizer = SignMomentum(net.parameters(), lr=3e-3, weight_decay=0.01)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=20)
for t in range(20):
    def closure():
        optimizer.zero_grad()
        loss = F.binary_cross_entropy_with_logits(net(x).squeeze(1), y)
        loss.backward()
        return loss
    print(t, "loss", optimizer.step(closure).item())
    scheduler.step()
print(sorted(optimizer.state_dict()["state"][0]), optimizer)

ahead = Lookahead(torch.optim.SGD(net.parameters(), lr=0.5, momentum=0.8))
for t in range(15):
    ahead.zero_grad()
    loss = F.binary_cross_entropy_with_logits(net(x).squeeze(-1), y)
    loss.backward()
    ahead.step()
    print(t, "loss", loss.item())
