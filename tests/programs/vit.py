"""A vision transformer on random pictures, with mixup, dropout and a one-cycle learning rate."""
import torch
import torch.nn.functional as F
from torch import nn
from torch.optim.lr_scheduler import OneCycleLR
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(3)


class Patches(nn.Module):
    def __init__(self, size=16, patch=4, width=32, dropout=0.1):
        super().__init__()
        self.project = nn.Conv2d(3, width, patch, patch)
        self.first = nn.Parameter(torch.zeros(1, 1, width))
        self.places = nn.Parameter(torch.randn(1, (size // patch) ** 2 + 1, width) * 0.02)
        self.dropout = nn.Dropout(dropout)
        nn.init.trunc_normal_(self.first, std=0.02)

    def forward(self, x):
        x = self.dropout(self.project(x).flatten(2).transpose(1, 2))
        x = torch.cat([self.first.expand(x.shape[0], -1, -1), x], dim=1)
        return self.dropout(x + self.places)


class ViT(nn.Module):
    def __init__(self, width=32, depth=2, heads=4, classes=10):
        super().__init__()
        self.patches = Patches(width=width)
        layer = nn.TransformerEncoderLayer(width, heads, dim_feedforward=64, dropout=0.1, activation="gelu",
                                           batch_first=True, norm_first=True)
        self.encoder = nn.TransformerEncoder(layer, depth, norm=nn.LayerNorm(width), enable_nested_tensor=False)
        self.head = nn.Linear(width, classes)

    def forward(self, x):
        return self.head(self.encoder(self.patches(x))[:, 0])


x, y = torch.rand(64, 3, 16, 16), torch.randint(0, 10, (64,))
loader = DataLoader(TensorDataset(x, y), batch_size=16, shuffle=True, drop_last=True)
model = ViT()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.05)
scheduler = OneCycleLR(optimizer, max_lr=3e-3, total_steps=6 * len(loader))
for epoch in range(6):
    model.train()
    for images, labels in loader:
        share = torch.distributions.Beta(0.2, 0.2).sample()
        other = torch.randperm(len(images))
        out = model(share * images + (1 - share) * images[other])
        loss = (share * F.cross_entropy(out, labels, label_smoothing=0.1)
                + (1 - share) * F.cross_entropy(out, labels[other], label_smoothing=0.1))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        scheduler.step()
        print(f"loss {loss.item():.8f}")
model.eval()
with torch.inference_mode():
    print("accuracy", f"{(model(x).argmax(-1) == y).float().mean():.2f}", "lr", f"{scheduler.get_last_lr()[0]:.6f}")
