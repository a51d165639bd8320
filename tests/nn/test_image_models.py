"""Networks for images as people write them: from the same seed the same losses as torch, step after step."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import mtorch


def lenet(t: Any) -> Any:
    nn, F = t.nn, t.nn.functional

    class LeNet5(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv1, self.conv2 = nn.Conv2d(1, 6, 5, padding=2), nn.Conv2d(6, 16, 5)
            self.fc1, self.fc2, self.fc3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

        def forward(self, x: Any) -> Any:
            x = F.max_pool2d(F.relu(self.conv1(x)), 2)
            x = F.max_pool2d(F.relu(self.conv2(x)), 2)
            x = x.view(-1, self.num_flat_features(x))
            return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x)))))

        def num_flat_features(self, x: Any) -> int:
            count = 1
            for size in x.size()[1:]:
                count *= size
            return count
    return LeNet5()


def resnet(t: Any) -> Any:
    nn, F = t.nn, t.nn.functional

    class BasicBlock(nn.Module):
        def __init__(self, planes_in: int, planes: int, stride: int = 1) -> None:
            super().__init__()
            self.conv1 = nn.Conv2d(planes_in, planes, kernel_size=3, stride=stride, padding=1, bias=False)
            self.bn1 = nn.BatchNorm2d(planes)
            self.conv2 = nn.Conv2d(planes, planes, kernel_size=3, stride=1, padding=1, bias=False)
            self.bn2 = nn.BatchNorm2d(planes)
            self.shortcut = nn.Sequential()
            if stride != 1 or planes_in != planes:
                self.shortcut = nn.Sequential(nn.Conv2d(planes_in, planes, kernel_size=1, stride=stride, bias=False),
                                              nn.BatchNorm2d(planes))

        def forward(self, x: Any) -> Any:
            out = F.relu(self.bn1(self.conv1(x)))
            out = self.bn2(self.conv2(out))
            out += self.shortcut(x)
            return F.relu(out)

    class ResNet(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.stem = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8),
                                      nn.ReLU(inplace=True), nn.MaxPool2d(3, stride=2, padding=1))
            self.layer1, self.layer2 = BasicBlock(8, 8), BasicBlock(8, 16, stride=2)
            self.avgpool, self.fc = nn.AdaptiveAvgPool2d((1, 1)), nn.Linear(16, 10)
            for m in self.modules():
                if isinstance(m, nn.Conv2d):
                    nn.init.kaiming_normal_(m.weight, mode="fan_out", nonlinearity="relu")

        def forward(self, x: Any) -> Any:
            return self.fc(t.flatten(self.avgpool(self.layer2(self.layer1(self.stem(x)))), 1))
    return ResNet()


def unet(t: Any) -> Any:
    nn = t.nn

    def double(i: int, o: int) -> Any:
        return nn.Sequential(nn.Conv2d(i, o, 3, padding=1), nn.BatchNorm2d(o), nn.ReLU(inplace=True),
                             nn.Conv2d(o, o, 3, padding=1), nn.GroupNorm(2, o), nn.LeakyReLU(0.1))

    class UNet(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.down1, self.down2, self.bottom = double(1, 4), double(4, 8), double(8, 8)
            self.up2, self.up1 = nn.ConvTranspose2d(8, 8, 2, stride=2), nn.Upsample(scale_factor=2, mode="bilinear")
            self.join2, self.join1, self.out = double(16, 8), double(12, 4), nn.Conv2d(4, 1, 1)

        def forward(self, x: Any) -> Any:
            a = self.down1(x)
            b = self.down2(nn.functional.max_pool2d(a, 2))
            c = self.bottom(nn.functional.avg_pool2d(b, 2))
            y = self.join2(t.cat([self.up2(c), b], dim=1))
            y = self.join1(t.cat([self.up1(y), a], dim=1))
            return t.sigmoid(self.out(y))
    return UNet()


def dice(t: Any, output: Any, target: Any) -> Any:
    p, q = output.view(-1), target.view(-1)
    return 1 - (2 * (p * q).sum() + 1) / (p.sum() + q.sum() + 1)


def losses(t: Any, make: Any, dtype: str, steps: int = 30) -> list[float]:
    t.manual_seed(0)
    net = make(t).to(getattr(t, dtype))
    rng = np.random.default_rng(0)
    x = t.tensor(rng.standard_normal((16, 1, 28, 28)).astype(dtype))
    labels = t.tensor(rng.integers(0, 10, 16))
    masks = t.tensor((rng.random((16, 1, 28, 28)) > 0.6).astype(dtype))
    optimizer = t.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
    found = []
    for _ in range(steps):
        optimizer.zero_grad()
        output = net(x)
        loss = dice(t, output, masks) if make is unet else t.nn.functional.cross_entropy(output, labels)
        loss.backward()
        optimizer.step()
        found.append(loss.item())
    net.eval()
    with t.no_grad():
        found.append(net(x).abs().mean().item())
    return found


@pytest.mark.parametrize(("dtype", "tolerance"), [("float32", 1e-4), ("float64", 1e-10)], ids=["float32", "float64"])
@pytest.mark.parametrize("make", [lenet, resnet, unet])
def test_trains_as_in_torch(make: Any, dtype: str, tolerance: float) -> None:
    """In float32 a rounding may put a ReLU on its other side, which batch norm over a few images makes large: so 16."""
    torch = pytest.importorskip("torch")
    mine, theirs = losses(mtorch, make, dtype), losses(torch, make, dtype)
    np.testing.assert_allclose(mine[:-1], theirs[:-1], rtol=tolerance, atol=tolerance)
    np.testing.assert_allclose(mine[-1], theirs[-1], rtol=10 * tolerance)
    assert mine[-2] < mine[0]
