"""PyTorch Geometric: nodes of a graph classified by eleven kinds of convolution, graphs in batches, its utilities."""
import torch
import torch.nn.functional as F
from torch import nn
from torch_geometric import nn as gnn
from torch_geometric.data import Data
from torch_geometric.loader import DataLoader
from torch_geometric.utils import degree, get_laplacian, scatter, softmax, to_dense_adj, to_undirected

torch.manual_seed(0)
edges = to_undirected(torch.randint(0, 30, (2, 60)))
graph = Data(x=torch.randn(30, 8), edge_index=edges, y=torch.randint(0, 3, (30,)))
print(graph, graph.num_nodes, graph.num_edges, graph.is_undirected())
kinds = {
    "GCNConv": gnn.GCNConv, "SAGEConv": gnn.SAGEConv, "GATv2Conv": gnn.GATv2Conv, "GraphConv": gnn.GraphConv,
    "TransformerConv": gnn.TransformerConv, "TAGConv": gnn.TAGConv, "SGConv": gnn.SGConv,
    "GATConv": lambda i, o: gnn.GATConv(i, o, heads=2, concat=False),
    "ChebConv": lambda i, o: gnn.ChebConv(i, o, K=2),
    "GINConv": lambda i, o: gnn.GINConv(nn.Sequential(nn.Linear(i, 16), nn.ReLU(), nn.Linear(16, o))),
    "EdgeConv": lambda i, o: gnn.EdgeConv(nn.Linear(2 * i, o)),
}
for name, conv in kinds.items():
    torch.manual_seed(1)
    first, second = conv(8, 16), conv(16, 3)
    optimizer = torch.optim.Adam([*first.parameters(), *second.parameters()], lr=0.01)
    losses = []
    for _ in range(5):
        loss = F.cross_entropy(second(F.relu(first(graph.x, edges)), edges), graph.y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    print(name, losses)
graphs = [Data(x=torch.randn(n, 4), edge_index=torch.randint(0, n, (2, 2 * n)), y=torch.tensor([n % 2])) for n in range(4, 12)]
for batch in DataLoader(graphs, batch_size=3, shuffle=True):
    print(batch, batch.batch.tolist(), gnn.global_mean_pool(batch.x, batch.batch).shape)
groups = torch.tensor([0, 0, 1, 1, 2, 2])
print(degree(edges[0], 30)[:5], softmax(torch.randn(6), groups), scatter(torch.ones(6, 2), groups, reduce="mean"))
print(to_dense_adj(torch.tensor([[0, 1], [1, 0]])), get_laplacian(torch.tensor([[0, 1], [1, 0]]), normalization="sym"))


class OfOneKind(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second, self.direct = gnn.SAGEConv((-1, -1), 16), gnn.SAGEConv((-1, -1), 4), gnn.Linear(-1, 4)

    def forward(self, x, edge_index):
        h = self.first(x, edge_index).relu()
        return self.second(h, edge_index) + self.direct(x)


# nodes of two kinds: the graph of the network above is traced, and each call becomes one for each kind
relations = [("paper", "cites", "paper"), ("paper", "written", "author"), ("author", "writes", "paper")]
network = gnn.to_hetero(OfOneKind(), (["paper", "author"], relations), aggr="sum")
sizes = {"paper": 20, "author": 10}
features = {kind: torch.randn(n, 8) for kind, n in sizes.items()}
ties = {(a, how, b): torch.stack([torch.randint(0, sizes[a], (30,)), torch.randint(0, sizes[b], (30,))])
        for a, how, b in relations}
with torch.no_grad():
    network(features, ties)
optimizer = torch.optim.Adam(network.parameters(), lr=0.01)
for _ in range(5):
    found = network(features, ties)
    loss = found["paper"].square().mean() + found["author"].abs().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(loss.item())
print(network.code)
