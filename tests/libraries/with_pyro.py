"""Pyro: a Bayesian regression by variational inference."""
import pyro
import pyro.distributions as dist
import torch
from pyro.infer import SVI, Predictive, Trace_ELBO
from pyro.infer.autoguide import AutoDiagonalNormal

pyro.set_rng_seed(0)
x = torch.linspace(-1, 1, 30)
y = 2.0 * x - 0.5 + 0.1 * torch.randn(30)


def model(x, y=None):
    slope = pyro.sample("slope", dist.Normal(0.0, 2.0))
    start = pyro.sample("start", dist.Normal(0.0, 2.0))
    noise = pyro.sample("noise", dist.HalfCauchy(torch.tensor(1.0)))
    with pyro.plate("data", len(x)):
        return pyro.sample("obs", dist.Normal(start + slope * x, noise), obs=y)


guide = AutoDiagonalNormal(model)
inference = SVI(model, guide, pyro.optim.Adam({"lr": 0.05}), Trace_ELBO())
losses = [inference.step(x, y) for _ in range(100)]
print(losses[::20], guide.median())
print(Predictive(model, guide=guide, num_samples=200)(x)["obs"].shape)
