"""A siamese network: one network looks at three pictures, and a triplet loss pulls pictures of a kind together."""
import torch
from torch import nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset, random_split

torch.manual_seed(42)


class SiameseNetwork(nn.Module):
    def __init__(self):
        super().__init__()
        self.cnn = nn.Sequential(
            nn.Conv2d(1, 8, 5, padding=2), nn.BatchNorm2d(8), nn.PReLU(), nn.MaxPool2d(2, 2),
            nn.Conv2d(8, 16, 3, padding="same", padding_mode="reflect"), nn.PReLU(), nn.AvgPool2d(2),
        )
        self.fc = nn.Sequential(nn.Flatten(), nn.Linear(16 * 4 * 4, 32), nn.ReLU(inplace=True), nn.Linear(32, 8))
        self.cnn.apply(self.init_weights)

    def init_weights(self, m):
        if isinstance(m, nn.Conv2d):
            torch.nn.init.xavier_uniform_(m.weight)
            m.bias.data.fill_(0.01)

    def forward_once(self, x):
        return F.normalize(self.fc(self.cnn(x)), p=2, dim=1)

    def forward(self, *inputs):
        return tuple(self.forward_once(x) for x in inputs)


kinds = torch.randn(4, 1, 16, 16)
labels = torch.randint(4, (200,))
images = kinds[labels] + 1.5 * torch.randn(200, 1, 16, 16)


def other(label, same):
    mask = (labels == label) if same else (labels != label)
    candidates = mask.nonzero().flatten()
    return candidates[torch.randint(len(candidates), (1,))].item()


positive = torch.tensor([other(label, True) for label in labels.tolist()])
negative = torch.tensor([other(label, False) for label in labels.tolist()])
dataset = TensorDataset(images, images[positive], images[negative])
train, held_out = random_split(dataset, [160, 40])
loader = DataLoader(train, batch_size=16, shuffle=True, drop_last=True)
model = SiameseNetwork()
criterion = nn.TripletMarginLoss(margin=1.0, p=2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.005, momentum=0.9, nesterov=True, weight_decay=1e-4)
for epoch in range(2):
    for anchor, pos, neg in loader:
        a, p, n = model(anchor, pos, neg)
        loss = criterion(a, p, n)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        print(f"epoch {epoch} loss {loss.item():.8f}")
model.eval()
with torch.no_grad():
    a, p, n = (model.forward_once(torch.stack(x)) for x in zip(*held_out))
    nearer = F.pairwise_distance(a, p) < F.pairwise_distance(a, n)
    print(f"{nearer.sum().item()} of {len(nearer)}; cosine {F.cosine_similarity(a, p).mean():.6f}")
