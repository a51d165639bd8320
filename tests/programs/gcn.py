"""A graph convolutional network with a dense adjacency matrix, on a graph of communities drawn here."""
import math
import time

import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
from torch.nn.modules.module import Module
from torch.nn.parameter import Parameter


class GraphConvolution(Module):
    def __init__(self, in_features, out_features, bias=True):
        super(GraphConvolution, self).__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = Parameter(torch.FloatTensor(in_features, out_features))
        if bias:
            self.bias = Parameter(torch.FloatTensor(out_features))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self):
        stdv = 1. / math.sqrt(self.weight.size(1))
        self.weight.data.uniform_(-stdv, stdv)
        if self.bias is not None:
            self.bias.data.uniform_(-stdv, stdv)

    def forward(self, input, adj):
        support = torch.mm(input, self.weight)
        output = torch.mm(adj, support)
        return output + self.bias if self.bias is not None else output

    def __repr__(self):
        return f"{self.__class__.__name__} ({self.in_features} -> {self.out_features})"


class GCN(nn.Module):
    def __init__(self, nfeat, nhid, nclass, dropout):
        super(GCN, self).__init__()
        self.gc1 = GraphConvolution(nfeat, nhid)
        self.gc2 = GraphConvolution(nhid, nclass)
        self.dropout = dropout

    def forward(self, x, adj):
        x = F.relu(self.gc1(x, adj))
        x = F.dropout(x, self.dropout, training=self.training)
        x = self.gc2(x, adj)
        return F.log_softmax(x, dim=1)


def accuracy(output, labels):
    preds = output.max(1)[1].type_as(labels)
    correct = preds.eq(labels).double()
    return correct.sum() / len(labels)


torch.manual_seed(7)
nodes, classes = 120, 4
labels = torch.LongTensor([i % classes for i in range(nodes)])
same = labels.unsqueeze(0) == labels.unsqueeze(1)
edges = torch.bernoulli(torch.where(same, torch.tensor(0.15), torch.tensor(0.02))).triu(1)
adj = edges + edges.t() + torch.eye(nodes)
d = adj.sum(1).pow(-0.5)
adj = d.unsqueeze(1) * adj * d.unsqueeze(0)
features = F.one_hot(labels, classes).float() + torch.randn(nodes, classes) * 2
idx_train, idx_val = torch.arange(40), torch.arange(40, nodes)

model = GCN(features.shape[1], 16, int(labels.max()) + 1, 0.5)
print(model)
optimizer = optim.Adam(model.parameters(), lr=0.01, weight_decay=5e-4)
start = time.time()
for epoch in range(30):
    model.train()
    optimizer.zero_grad()
    output = model(features, adj)
    loss_train = F.nll_loss(output[idx_train], labels[idx_train])
    loss_train.backward()
    optimizer.step()
    model.eval()
    output = model(features, adj)
    loss_val = F.nll_loss(output[idx_val], labels[idx_val])
    print(f"Epoch: {epoch:04d} loss {loss_train.item():.8f} val loss {loss_val.item():.8f} "
          f"acc {accuracy(output[idx_val], labels[idx_val]).item():.4f}")
assert time.time() >= start
