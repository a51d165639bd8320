"""A polynomial fitted to the sine, by hand-made layers and by torch.optim."""
import math

import torch
import torch.nn as nn

torch.manual_seed(0)
x = torch.linspace(-math.pi, math.pi, 2000)
y = torch.sin(x) + 0.1 * torch.randn_like(x)
powers = x.unsqueeze(-1).pow(torch.tensor([1, 2, 3]))

model = nn.Sequential(nn.Linear(3, 1), nn.Flatten(0, 1))
loss_fn = nn.MSELoss(reduction="mean")
optimizer = torch.optim.RMSprop(model.parameters(), lr=1e-3)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=10, gamma=0.5)

for t in range(40):
    loss = loss_fn(model(powers), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    scheduler.step()
    print(f"step {t} loss {loss.item():.8f}")

linear = model[0]
print(f"y = {linear.bias.item():.5f} + {linear.weight[0, 0].item():.5f} x + {linear.weight[0, 1].item():.5f} x^2")
