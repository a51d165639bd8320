"""GPyTorch: Gaussian processes with three kernels fitted to a noisy sine."""
import math

import gpytorch
import torch

torch.manual_seed(0)
x = torch.linspace(0, 1, 40)
y = torch.sin(x * 2 * math.pi) + torch.randn(40) * 0.2


class Process(gpytorch.models.ExactGP):
    def __init__(self, x, y, likelihood, kernel):
        super().__init__(x, y, likelihood)
        self.mean_module = gpytorch.means.ConstantMean()
        self.covar_module = gpytorch.kernels.ScaleKernel(kernel)

    def forward(self, x):
        return gpytorch.distributions.MultivariateNormal(self.mean_module(x), self.covar_module(x))


for kernel in (gpytorch.kernels.RBFKernel(), gpytorch.kernels.MaternKernel(nu=2.5), gpytorch.kernels.PeriodicKernel()):
    likelihood = gpytorch.likelihoods.GaussianLikelihood()
    process = Process(x, y, likelihood, kernel)
    optimizer = torch.optim.Adam(process.parameters(), lr=0.1)
    marginal = gpytorch.mlls.ExactMarginalLogLikelihood(likelihood, process)
    losses = []
    for _ in range(20):
        optimizer.zero_grad()
        loss = -marginal(process(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    process.eval()
    likelihood.eval()
    with torch.no_grad():
        seen = likelihood(process(torch.linspace(0, 1, 5)))
    print(type(kernel).__name__, losses[::5], seen.mean, seen.variance)
