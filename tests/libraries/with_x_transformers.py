"""x-transformers: a small language model with each of the ideas that papers have added, and what it goes on to say."""
import torch
from x_transformers import AutoregressiveWrapper, Decoder, TransformerWrapper

torch.manual_seed(0)
ids = torch.randint(0, 50, (2, 17))
ideas = [{}, {"rotary_pos_emb": True}, {"alibi_pos_bias": True, "alibi_num_heads": 2}, {"use_rmsnorm": True, "ff_glu": True},
         {"rel_pos_bias": True}, {"attn_qk_norm": True}, {"attn_kv_heads": 2},
         {"rotary_xpos": True}, {"sandwich_norm": True}, {"attn_num_mem_kv": 4}, {"macaron": True}, {"attn_flash": True}]
for idea in ideas:
    torch.manual_seed(0)
    net = AutoregressiveWrapper(TransformerWrapper(num_tokens=50, max_seq_len=32,
                                                   attn_layers=Decoder(dim=32, depth=2, heads=4, **idea)))
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
    losses = []
    for _ in range(3):
        loss = net(ids)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    net.eval()
    print(", ".join(idea) or "plain", losses, net.generate(ids[:1, :4], 6, temperature=0.0).tolist())
