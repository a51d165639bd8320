"""An activation with a backward of its own, checked against finite differences, in a network."""
import torch
from torch import nn
from torch.autograd import Function, Variable, gradcheck
from torch.autograd.function import once_differentiable


class SwishFunction(Function):
    @staticmethod
    def forward(ctx, x, beta):
        s = torch.sigmoid(beta * x)
        ctx.save_for_backward(x, s)
        ctx.beta = beta
        return x * s

    @staticmethod
    def backward(ctx, grad_output):
        x, s = ctx.saved_tensors
        grad = None
        if ctx.needs_input_grad[0]:
            grad = grad_output * (s + ctx.beta * x * s * (1 - s))
        return grad, None


class StraightThrough(Function):
    """Signs forward, the identity backward where |x| <= 1."""

    @staticmethod
    def forward(ctx, input):
        ctx.save_for_backward(input)
        return input.sign()

    @staticmethod
    @once_differentiable
    def backward(ctx, grad_output):
        input, = ctx.saved_tensors
        grad_input = grad_output.clone()
        grad_input[input.abs() > 1] = 0
        return grad_input


class Swish(nn.Module):
    def forward(self, x):
        return SwishFunction.apply(x, 1.5)


torch.manual_seed(11)
points = torch.randn(4, 3, dtype=torch.double, requires_grad=True)
assert gradcheck(SwishFunction.apply, (points, 1.5), eps=1e-6, atol=1e-4)
net = nn.Sequential(nn.Linear(10, 24), Swish(), nn.Linear(24, 24), nn.Hardtanh(), nn.Linear(24, 1))
x = Variable(torch.randn(64, 10))
y = Variable(x.data.sum(1, keepdim=True).sin())
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
for t in range(30):
    hidden = net[:3](x)
    binary = StraightThrough.apply(hidden)
    loss = torch.nn.functional.mse_loss(net[3:](hidden + 0.1 * binary), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(t, "loss", loss.item())
