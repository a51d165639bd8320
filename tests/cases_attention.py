"""Rows of the table of ops: attention."""
import numpy as np

import mtorch.ops.attention as rules
from tests.cases import call, some


def like(q, k, v, **keywords):
    import torch
    return torch.nn.functional.scaled_dot_product_attention(q, k, v, **keywords)


Q, K, V = some(2, 3, 4), some(2, 5, 4), some(2, 5, 3)
BIAS = np.where(np.tri(3, 5, k=1) > 0, 0.0, -np.inf)
call(rules.attention, Q, K, V, scale=0.5, bias=None, dropped=None, like=like)
call(rules.attention, Q, K, V, scale=0.3, bias=BIAS, dropped=None, float32=False,
     like=lambda q, k, v: like(q, k, v, attn_mask=q.new_tensor(BIAS), scale=0.3))
call(rules.attention, Q, K, V, scale=0.5, bias=None, dropped=(some(2, 3, 5) > -0.5) * 1.5, float32=False)
call(rules.attention, some(2, 3, 3, 4), some(2, 3, 5, 4), some(2, 3, 5, 4), scale=0.5, bias=None, dropped=None, as_query=True,
     like=like)
