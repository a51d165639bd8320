"""torchdiffeq: a neural differential equation learns a spiral, by several solvers, also with the adjoint method."""
import torch
from torch import nn
from torchdiffeq import odeint, odeint_adjoint


class Field(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 2))

    def forward(self, t, y):
        return self.net(y ** 3)


torch.manual_seed(0)
field, start, times = Field(), torch.tensor([[2.0, 0.0]]), torch.linspace(0.0, 1.0, 5)
turn = torch.tensor([[-0.1, 2.0], [-2.0, -0.1]])
with torch.no_grad():
    truth = odeint(lambda t, y: (y ** 3) @ turn, start, times, method="dopri5")
print(truth[:, 0])
optimizer = torch.optim.RMSprop(field.parameters(), lr=1e-3)
for solve in (odeint, odeint_adjoint):
    for method in ("dopri5", "rk4", "midpoint", "explicit_adams"):
        optimizer.zero_grad()
        loss = (solve(field, start, times, method=method) - truth).abs().mean()
        loss.backward()
        optimizer.step()
        print(solve.__name__, method, loss.item())
