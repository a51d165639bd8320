"""einops: patches of images cut out, mixed and averaged by layers that say what they do."""
import torch
from einops import einsum, pack, rearrange, reduce, repeat, unpack
from einops.layers.torch import EinMix, Rearrange, Reduce
from torch import nn

torch.manual_seed(0)
x = torch.randn(2, 3, 8, 8, requires_grad=True)
print(rearrange(x, "b c (h p) (w q) -> b (h w) (c p q)", p=4, q=4).sum(-1).detach())
print(reduce(x, "b c h w -> b c", "max").detach(), repeat(x[:, 0, 0], "b w -> b r w", r=2).shape)
print(einsum(x, x, "b c h w, b d h w -> b c d").shape)

net = nn.Sequential(Rearrange("b c (h p) (w q) -> b (h w) (c p q)", p=4, q=4), nn.Linear(48, 16),
                    Reduce("b n d -> b d", "mean"), nn.Linear(16, 3))
loss = net(x).pow(2).sum()
loss.backward()
print(net, loss.item(), x.grad.abs().sum().item())

mix = EinMix("b t c -> b t d", weight_shape="c d", bias_shape="d", c=5, d=6)
print(mix(torch.randn(2, 3, 5)).detach())
packed, shapes = pack([torch.ones(2, 3), torch.zeros(2, 4, 3)], "b * c")
print(packed.shape, shapes, [part.shape for part in unpack(packed, shapes, "b * c")])
try:
    rearrange(x, "b c h -> b")
except Exception as error:
    print(type(error).__name__)
