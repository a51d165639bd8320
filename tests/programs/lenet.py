"""LeNet-5 with its averages and hyperbolic tangents, on pictures drawn here; the loader works in the background."""
from collections import OrderedDict

import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset


class LeNet5(nn.Module):
    def __init__(self):
        super(LeNet5, self).__init__()
        self.convnet = nn.Sequential(OrderedDict([
            ("c1", nn.Conv2d(1, 6, kernel_size=(5, 5))), ("tanh1", nn.Tanh()),
            ("s2", nn.AvgPool2d(kernel_size=(2, 2), stride=2)),
            ("c3", nn.Conv2d(6, 16, kernel_size=(5, 5))), ("tanh3", nn.Tanh()),
            ("s4", nn.AvgPool2d(kernel_size=(2, 2), stride=2)),
            ("c5", nn.Conv2d(16, 120, kernel_size=(5, 5))), ("tanh5", nn.Tanh())]))
        self.fc = nn.Sequential(OrderedDict([
            ("f6", nn.Linear(120, 84)), ("tanh6", nn.Tanh()),
            ("f7", nn.Linear(84, 10)), ("sig7", nn.LogSoftmax(dim=-1))]))

    def forward(self, img):
        output = self.convnet(img)
        output = output.view(img.size(0), -1)
        return self.fc(output)


if __name__ == "__main__":
    torch.manual_seed(8)
    kinds = torch.rand(10, 1, 32, 32)
    labels = torch.randint(0, 10, (256,))
    images = kinds.index_select(0, labels) + 0.3 * torch.randn(256, 1, 32, 32)
    loader = DataLoader(TensorDataset(images, labels), batch_size=16, shuffle=True, num_workers=2)
    net = LeNet5()
    criterion = nn.NLLLoss()
    optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
    for epoch in range(2):
        for i, (inputs, targets) in enumerate(loader):
            optimizer.zero_grad()
            loss = criterion(net(inputs), targets)
            loss.backward()
            optimizer.step()
            print(f"Train - Epoch {epoch}, Batch: {i}, loss {loss.detach().cpu().item():.8f}")
