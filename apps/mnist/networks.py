"""Networks that read digits: images (N, 1, 28, 28) -> a score for each digit, (N, 10)."""

from __future__ import annotations

import mtorch
from mtorch import nn
from mtorch.nn import functional as F


class Linear(nn.Module):
    """One weight for each pixel and digit: what can be read without hidden units."""

    def __init__(self):
        super().__init__()
        self.output = nn.Linear(28 * 28, 10)

    def forward(self, x):
        return self.output(x.flatten(1))


class MLP(nn.Module):
    """Two hidden layers."""

    def __init__(self):
        super().__init__()
        self.hidden1 = nn.Linear(28 * 28, 256)
        self.hidden2 = nn.Linear(256, 128)
        self.dropout = nn.Dropout(0.1)
        self.output = nn.Linear(128, 10)

    def forward(self, x):
        x = self.dropout(F.relu(self.hidden1(x.flatten(1))))
        x = self.dropout(F.relu(self.hidden2(x)))
        return self.output(x)


class CNN(nn.Module):
    """Two convolutions, each followed by a choice of the strongest of four neighbours, and a hidden layer.

    width: the channels of the first convolution; the second has twice as many
    batch_norm: bring the channels to mean 0 and variance 1 behind each convolution
    """

    def __init__(self, width: int = 16, batch_norm: bool = False):
        super().__init__()
        self.conv1 = nn.Conv2d(1, width, kernel_size=5)
        self.conv2 = nn.Conv2d(width, 2 * width, kernel_size=5)
        self.norm1 = nn.BatchNorm2d(width) if batch_norm else nn.Identity()
        self.norm2 = nn.BatchNorm2d(2 * width) if batch_norm else nn.Identity()
        self.dropout = nn.Dropout(0.25)
        self.hidden = nn.Linear(2 * width * 4 * 4, 128)
        self.output = nn.Linear(128, 10)

    def forward(self, x):
        x = F.relu(self.norm1(F.max_pool2d(self.conv1(x), 2)))
        x = F.relu(self.norm2(F.max_pool2d(self.conv2(x), 2)))
        x = F.relu(self.hidden(self.dropout(x.flatten(1))))
        return self.output(self.dropout(x))


class Seed(nn.Module):
    """The network of the framework that mtorch grew from, which learnt by squared error and reached 95 %."""

    def __init__(self):
        super().__init__()
        self.hidden1 = nn.Linear(28 * 28, 16)
        self.hidden2 = nn.Linear(16, 16)
        self.output = nn.Linear(16, 10)

    def forward(self, x):
        x = F.relu(self.hidden1(x.flatten(1)))
        return mtorch.sigmoid(self.output(F.relu(self.hidden2(x))))


class SquaredError(nn.Module):
    """The squared distance of the outputs from 1 for the digit and 0 for the others, averaged over the images."""

    def forward(self, outputs, digits):
        return F.mse_loss(outputs, mtorch.eye(10)[digits], reduction="sum") / len(outputs)
