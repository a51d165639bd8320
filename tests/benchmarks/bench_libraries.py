"""A training step as libraries over PyTorch make it: those that are installed."""

from __future__ import annotations

import importlib
from typing import Any

from .bench_small_models import training_step
from .measure import Step, benchmark


def library(torch, name: str) -> Any:
    """The library, over this torch."""
    if torch.__name__ == "mtorch":
        import mtorch.as_torch  # noqa: F401
    found = importlib.import_module(name)
    if name == "transformers":
        found.utils.logging.set_verbosity_error()          # it says much of models that are made without their weights
    return found


@benchmark("transformers: GPT-2 of 2 layers, width 32, batch 4 x 8", needs="transformers")
def gpt2(torch) -> Step:
    transformers = library(torch, "transformers")
    torch.manual_seed(0)
    net = transformers.GPT2LMHeadModel(transformers.GPT2Config(vocab_size=100, n_positions=32, n_embd=32, n_layer=2, n_head=4,
                                                               bos_token_id=0, eos_token_id=1))
    ids = torch.randint(0, 100, (4, 8))
    return training_step(torch, net.parameters(), lambda: net(input_ids=ids, labels=ids).loss)


@benchmark("transformers: BERT of 2 layers, width 64, batch 4 x 32", needs="transformers")
def bert(torch) -> Step:
    transformers = library(torch, "transformers")
    torch.manual_seed(0)
    net = transformers.BertForSequenceClassification(transformers.BertConfig(
        vocab_size=200, hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4))
    ids, labels = torch.randint(0, 200, (4, 32)), torch.tensor([0, 1, 0, 1])
    return training_step(torch, net.parameters(), lambda: net(ids, labels=labels).loss)


@benchmark("PyTorch Geometric: two GCNConv, 1000 nodes, 5000 edges", needs="torch_geometric")
def graph(torch) -> Step:
    conv = library(torch, "torch_geometric.nn").GCNConv
    torch.manual_seed(0)
    first, second = conv(64, 16), conv(16, 7)
    x, edges, y = torch.randn(1000, 64), torch.randint(0, 1000, (2, 5000)), torch.randint(0, 7, (1000,))
    F = torch.nn.functional
    return training_step(torch, [*first.parameters(), *second.parameters()],
                         lambda: F.cross_entropy(second(F.relu(first(x, edges)), edges), y))


@benchmark("GPyTorch: an exact Gaussian process of 100 points", needs="gpytorch")
def gaussian_process(torch) -> Step:
    gpytorch: Any = library(torch, "gpytorch")
    torch.manual_seed(0)
    x = torch.linspace(0, 1, 100)
    y = torch.sin(6 * x)

    class Process(gpytorch.models.ExactGP):
        def __init__(self):
            super().__init__(x, y, gpytorch.likelihoods.GaussianLikelihood())
            self.mean, self.kernel = gpytorch.means.ConstantMean(), gpytorch.kernels.ScaleKernel(gpytorch.kernels.RBFKernel())

        def forward(self, at):
            return gpytorch.distributions.MultivariateNormal(self.mean(at), self.kernel(at))
    net = Process()
    evidence = gpytorch.mlls.ExactMarginalLogLikelihood(net.likelihood, net)
    return training_step(torch, net.parameters(), lambda: -evidence(net(x), y))


@benchmark("torchdiffeq: dopri5 over 2-16-2, batch 8", needs="torchdiffeq")
def differential_equation(torch) -> Step:
    odeint = library(torch, "torchdiffeq").odeint
    torch.manual_seed(0)
    nn = torch.nn
    slope = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 2))
    start, times = torch.randn(8, 2), torch.linspace(0, 1, 5)
    return training_step(torch, slope.parameters(),
                         lambda: odeint(lambda t, y: slope(y), start, times, method="dopri5").pow(2).mean())
