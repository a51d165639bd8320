"""A training step of a small GPT: attention, layer norm and embeddings."""

from __future__ import annotations

from .measure import Step, benchmark


@benchmark("GPT, 2 blocks, width 96, context 64, batch 16, AdamW step", at_most=1.0)
def small_gpt(torch) -> Step:
    nn, F = torch.nn, torch.nn.functional
    torch.manual_seed(0)

    class Block(nn.Module):    # type: ignore[name-defined]
        def __init__(self, width, heads):
            super().__init__()
            self.heads = heads
            self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
            self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
            self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

        def forward(self, x):
            n, t, c = x.shape
            q, k, v = (part.view(n, t, self.heads, c // self.heads).transpose(1, 2)
                       for part in self.qkv(self.norm1(x)).split(c, 2))
            y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
            x = x + self.out(y.transpose(1, 2).reshape(n, t, c))
            return x + self.mlp(self.norm2(x))

    class GPT(nn.Module):    # type: ignore[name-defined]
        def __init__(self, vocabulary=65, width=96, context=64):
            super().__init__()
            self.tokens, self.places = nn.Embedding(vocabulary, width), nn.Embedding(context, width)
            self.blocks = nn.Sequential(Block(width, 4), Block(width, 4))
            self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, vocabulary)

        def forward(self, ids):
            x = self.tokens(ids) + self.places(torch.arange(ids.shape[1]))
            return self.head(self.norm(self.blocks(x)))

    net = GPT()
    optimizer = torch.optim.AdamW(net.parameters(), lr=1e-3)
    ids = torch.randint(0, 65, (16, 65))

    def step():
        optimizer.zero_grad()
        logits = net(ids[:, :-1])
        loss = F.cross_entropy(logits.reshape(-1, 65), ids[:, 1:].reshape(-1))
        loss.backward()
        optimizer.step()
        return loss
    return step
