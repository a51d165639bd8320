"""Attention whose scores a function changes, and whose mask a function says: `flex_attention`.

Both are functions of where a score stands: of which sequence of the batch, which head, which query and which key. They are
called once, with tensors of all these places that broadcast to the scores.

Source: Dong et al. 2024, "Flex Attention: A Programming Model for Generating Optimized Attention Kernels", arXiv:2412.05496.
"""
from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

from ...functions import creation
from ...functions.arguments import require_tensor
from ...tensor import Tensor

__all__ = ["AuxOutput", "AuxRequest", "BlockMask", "and_masks", "create_block_mask", "create_mask",
           "flex_attention", "noop_mask", "or_masks"]

ScoreMod = Callable[[Tensor, Tensor, Tensor, Tensor, Tensor], Tensor]     # score, batch, head, query, key -> score
MaskMod = Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]              # batch, head, query, key -> is it looked at?
_DEFAULT_SPARSE_BLOCK_SIZE = 128


def flex_attention(query: Tensor, key: Tensor, value: Tensor, score_mod: ScoreMod | None = None,
                   block_mask: BlockMask | None = None, scale: float | None = None, enable_gqa: bool = False,
                   return_lse: bool = False, kernel_options: Any = None, *, return_aux: AuxRequest | None = None) -> Any:
    """softmax(score_mod(scale q k^T)) v over the keys that block_mask lets a query look at; 0 for a query that has none.

    score_mod: makes a score of (score, batch, head, query, key), the last four the places it stands at
    block_mask: of `create_block_mask`
    scale: default 1/sqrt(E)
    enable_gqa: several heads of queries share one of keys and values (grouped-query attention)
    return_aux: what to return beside: the logarithm of the softmax's denominator, the largest score
    return_lse: torch's old word for return_aux=AuxRequest(lse=True), which returns it bare
    kernel_options: of GPUs; nothing depends on it

    Shape: query (B, Hq, L, E), key (B, H, S, E), value (B, H, S, Ev) -> (B, Hq, L, Ev), and (B, Hq, L) for what is beside.
    Raises: NotImplementedError for other than 4 dimensions; ValueError for shapes, types or a mask that do not fit.

    >>> import mtorch
    >>> from mtorch.nn.attention.flex_attention import flex_attention
    >>> q, k, v = mtorch.zeros(1, 1, 2, 4), mtorch.ones(1, 1, 2, 4), mtorch.tensor([[[[1.0], [3.0]]]])
    >>> flex_attention(q, k, v, score_mod=lambda score, b, h, i, j: score - 1000.0 * (j > i)).flatten()
    tensor([1., 2.])
    """
    q, k, v = (require_tensor(x, "flex_attention", name) for x, name in ((query, "query"), (key, "key"), (value, "value")))
    if not q.dim() == k.dim() == v.dim() == 4:
        raise NotImplementedError("NYI: query, key, and value must be 4D tensors")
    if not q.dtype == k.dtype == v.dtype:
        raise ValueError(f"Expected query, key, and value to have the same dtype, but got query.dtype: {q.dtype}, key.dtype: "
                         f"{k.dtype}, and value.dtype: {v.dtype} instead.")
    if k.shape[:3] != v.shape[:3] or q.shape[3] != k.shape[3] or q.shape[0] != k.shape[0]:
        raise ValueError(f"flex_attention: query {tuple(q.shape)}, key {tuple(k.shape)} and value {tuple(v.shape)} do not fit; "
                         "expected (B, Hq, L, E), (B, H, S, E) and (B, H, S, Ev)")
    if q.shape[1] != k.shape[1]:
        if not enable_gqa:
            raise ValueError(f"Expect query and key/value to have the same number of heads but got Hq={q.shape[1]} and "
                             f"Hkv={k.shape[1]}. Try setting enable_gqa=True for GQA.")
        if q.shape[1] % k.shape[1]:
            raise ValueError(f"Expect number of query heads to be a multiple of kv heads for GQA but got Hq={q.shape[1]} and "
                             f"Hkv={k.shape[1]}.")
        k, v = (x.repeat_interleave(q.shape[1] // x.shape[1], 1) for x in (k, v))
    scores = q @ k.mT * (1.0 / math.sqrt(q.shape[-1]) if scale is None else scale)
    places = _places(*scores.shape)
    if score_mod is not None:
        scores = score_mod(scores, *places)
    if block_mask is not None:
        B, H, L, S = block_mask.shape
        if (L, S) != tuple(scores.shape[2:]) or B not in (1, scores.shape[0]) or H not in (1, scores.shape[1]):
            raise ValueError(f"block_mask was created for block_mask.shape={block_mask.shape} but got q_len={scores.shape[2]} "
                             f"and kv_len={scores.shape[3]}, with {scores.shape[0]} sequences and {scores.shape[1]} heads.")
        scores = scores.masked_fill(block_mask.mask.logical_not(), -math.inf)
    lse = scores.logsumexp(-1)
    weights = (scores - lse.masked_fill(lse.isneginf(), 0.0).unsqueeze(-1)).exp()
    y = weights.to(v.dtype) @ v
    if return_lse:
        warnings.warn("return_lse is deprecated and will be removed in v2.10. Please use return_aux=AuxRequest(lse=True) "
                      "instead.", FutureWarning, stacklevel=2)
        return y, lse
    if return_aux is not None:
        return y, AuxOutput(lse if return_aux.lse else None, scores.amax(-1) if return_aux.max_scores else None)
    return y


class AuxRequest(NamedTuple):
    """What flex_attention is to return beside its result."""

    lse: bool = False
    max_scores: bool = False


class AuxOutput(NamedTuple):
    """What flex_attention returned beside its result: (B, Hq, L) each, None where it was not asked for."""

    lse: Tensor | None = None
    max_scores: Tensor | None = None


class BlockMask:
    """Which keys a query looks at; `create_block_mask` makes it.

    Torch keeps which blocks of the mask have anything in them; here the mask is whole, and blocks are only counted.

    mask_mod: the function that says it
    mask: what it said (B, H, L, S), bool
    BLOCK_SIZE: queries and keys of a block

    >>> from mtorch.nn.attention.flex_attention import create_block_mask
    >>> causal = create_block_mask(lambda b, h, q, k: q >= k, None, None, 256, 256)
    >>> causal.shape, causal.sparsity()
    ((1, 1, 256, 256), 25.0)
    """

    def __init__(self, mask_mod: MaskMod, mask: Tensor, BLOCK_SIZE: tuple[int, int]) -> None:
        self.mask_mod, self.mask, self.BLOCK_SIZE = mask_mod, mask, BLOCK_SIZE

    @property
    def shape(self) -> tuple[int, ...]:
        """(B, H, L, S), B and H 1 for a mask that is the same for all."""
        return tuple(self.mask.shape)

    @property
    def seq_lengths(self) -> tuple[int, int]:
        """(L, S)"""
        return self.mask.shape[2], self.mask.shape[3]

    def numel(self) -> int:
        """How many places the mask has."""
        return self.mask.numel()

    def to_dense(self) -> Tensor:
        """For each block 1 where a query of it looks at a key of it, else 0."""
        B, H, L, S = self.shape
        rows, columns = (-(-n // size) for n, size in zip((L, S), self.BLOCK_SIZE, strict=True))
        wide = creation.zeros(B, H, rows * self.BLOCK_SIZE[0], columns * self.BLOCK_SIZE[1])
        wide[:, :, :L, :S] = self.mask.to(wide.dtype)
        blocks = wide.view(B, H, rows, self.BLOCK_SIZE[0], columns, self.BLOCK_SIZE[1])
        return blocks.amax((3, 5)).int()

    def sparsity(self) -> float:
        """The percentage of the mask that is in no block somebody looks at; blocks at the edge count in full."""
        looked_at = self.to_dense().sum().item() * math.prod(self.BLOCK_SIZE)
        return 100.0 - 100.0 * looked_at / self.numel()

    def to(self, device: Any) -> BlockMask:
        """The mask itself, for the CPU."""
        self.mask.to(device)
        return self

    def __repr__(self) -> str:
        return f"BlockMask(shape={self.shape}, sparsity={self.sparsity():.2f}%)"


def create_block_mask(mask_mod: MaskMod, B: int | None, H: int | None, Q_LEN: int, KV_LEN: int, device: Any = None,
                      BLOCK_SIZE: int | tuple[int, int] = _DEFAULT_SPARSE_BLOCK_SIZE, _compile: bool = False) -> BlockMask:
    """The mask that mask_mod says.

    mask_mod: is a key looked at, of (batch, head, query, key)
    B, H: sequences and heads; None where the mask is the same for all
    Q_LEN, KV_LEN: L queries and S keys
    device: the CPU
    BLOCK_SIZE: queries and keys of a block, or one number for both

    Raises: RuntimeError for another device.
    """
    size = (BLOCK_SIZE, BLOCK_SIZE) if isinstance(BLOCK_SIZE, int) else BLOCK_SIZE
    return BlockMask(mask_mod, create_mask(mask_mod, B, H, Q_LEN, KV_LEN, device), size)


def create_mask(mod_fn: MaskMod | ScoreMod, B: int | None, H: int | None, Q_LEN: int, KV_LEN: int, device: Any = None) -> Tensor:
    """What a mask_mod says at each place (B, H, L, S); or where a score_mod does not make -inf of a score of 0.

    >>> from mtorch.nn.attention.flex_attention import create_mask
    >>> create_mask(lambda b, h, q, k: q >= k, None, None, 2, 2)
    tensor([[[[ True, False],
              [ True,  True]]]])
    """
    shape = (1 if B is None else B, 1 if H is None else H, Q_LEN, KV_LEN)
    places = _places(*shape)
    scored = mod_fn.__code__.co_argcount == 5 if hasattr(mod_fn, "__code__") else False
    if scored:
        score = mod_fn(creation.zeros(shape, device=device), *places)        # type: ignore[call-arg]
        return score.isneginf().logical_not().expand(shape).clone()
    said = mod_fn(*places)                                                    # type: ignore[call-arg]
    return (said if isinstance(said, Tensor) else creation.tensor(said)).expand(shape).clone()


def _places(B: int, H: int, L: int, S: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Of each score the sequence, the head, the query and the key, to be broadcast."""
    return (creation.arange(B).view(B, 1, 1, 1), creation.arange(H).view(1, H, 1, 1), creation.arange(L).view(1, 1, L, 1),
            creation.arange(S).view(1, 1, 1, S))


def noop_mask(batch: Tensor, head: Tensor, token_q: Tensor, token_kv: Tensor) -> Tensor:
    """A mask_mod: every key is looked at."""
    return batch.new_ones((), dtype=creation.tensor(True).dtype)


def and_masks(*mask_mods: MaskMod) -> MaskMod:
    """A mask_mod: what all of them let be looked at."""
    def both(b: Tensor, h: Tensor, q: Tensor, k: Tensor) -> Tensor:
        said = noop_mask(b, h, q, k)
        for mod in mask_mods:
            said = said & mod(b, h, q, k)
        return said
    return both


def or_masks(*mask_mods: MaskMod) -> MaskMod:
    """A mask_mod: what one of them lets be looked at."""
    def either(b: Tensor, h: Tensor, q: Tensor, k: Tensor) -> Tensor:
        said = noop_mask(b, h, q, k).logical_not()
        for mod in mask_mods:
            said = said | mod(b, h, q, k)
        return said
    return either
