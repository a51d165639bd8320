"""A Wasserstein GAN with gradient penalty, spectral norm, transposed convolutions and instance norm."""
import torch
from torch import nn
from torch.autograd import Variable, grad

torch.set_default_dtype(torch.float64)
torch.manual_seed(11)


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.main = nn.Sequential(
            nn.Linear(8, 64 * 4 * 4), nn.Unflatten(1, (64, 4, 4)), nn.BatchNorm2d(64), nn.ReLU(True),
            nn.ConvTranspose2d(64, 32, 4, 2, 1, bias=False), nn.BatchNorm2d(32), nn.LeakyReLU(0.2, inplace=True),
            nn.ConvTranspose2d(32, 1, 4, 2, 1), nn.Tanh())

    def forward(self, z):
        return self.main(z)


class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        self.main = nn.Sequential(
            nn.utils.spectral_norm(nn.Conv2d(1, 16, 4, 2, 1)), nn.LeakyReLU(0.2, True), nn.Dropout2d(0.25),
            nn.Conv2d(16, 32, 4, 2, 1), nn.InstanceNorm2d(32, affine=True), nn.LeakyReLU(0.2, True),
            nn.Flatten(), nn.Linear(32 * 16, 1))

    def forward(self, x):
        return self.main(x)


def initialize(module):
    name = module.__class__.__name__
    if name.find("Conv") != -1 and hasattr(module, "weight"):
        nn.init.normal_(module.weight.data, 0.0, 0.02)
    elif name.find("BatchNorm") != -1:
        nn.init.normal_(module.weight.data, 1.0, 0.02)
        nn.init.constant_(module.bias.data, 0)


def penalty(critic, real, fake):
    share = torch.rand(len(real), 1, 1, 1)
    between = (share * real + (1 - share) * fake).requires_grad_(True)
    scores = critic(between)
    slopes = grad(outputs=scores, inputs=between, grad_outputs=torch.ones(scores.size()), create_graph=True,
                  retain_graph=True, only_inputs=True)[0].view(len(real), -1)
    return ((slopes.norm(2, dim=1) - 1) ** 2).mean()


generator, critic = Generator(), Critic()
generator.apply(initialize)
of_generator = torch.optim.Adam(generator.parameters(), lr=1e-3, betas=(0.5, 0.9))
of_critic = torch.optim.RMSprop(critic.parameters(), lr=5e-4)
images = torch.rand(64, 1, 16, 16) * 2 - 1
for _ in range(8):
    for _ in range(2):
        real = Variable(images[torch.randint(0, 64, (16,))])
        fake = generator(torch.empty(16, 8).normal_(0, 1)).detach()
        loss = critic(fake).mean() - critic(real).mean() + 10 * penalty(critic, real, fake)
        of_critic.zero_grad()
        loss.backward()
        of_critic.step()
        print(f"loss {loss.item():.6f}")
    loss = -critic(generator(torch.randn(16, 8))).mean()
    of_generator.zero_grad()
    loss.backward()
    of_generator.step()
    print(f"loss {loss.item():.6f}")
