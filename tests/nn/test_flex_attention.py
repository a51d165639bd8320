"""flex_attention beside torch's."""

from __future__ import annotations

import pytest

import mtorch
from mtorch.nn.attention import flex_attention as ours

torch = pytest.importorskip("torch")
theirs = pytest.importorskip("torch.nn.attention.flex_attention")
pytestmark = pytest.mark.filterwarnings("ignore:flex_attention called without torch.compile", "ignore::DeprecationWarning")


def plus_table(table):
    return lambda score, b, h, q, k: score + table[q, k]


SCORES = {
    "none": lambda lib: None,
    "causal": lambda lib: lambda s, b, h, q, k: lib.where(q >= k, s, -float("inf")),
    "relative": lambda lib: lambda s, b, h, q, k: s + 0.1 * (q - k),
    "alibi": lambda lib: lambda s, b, h, q, k: s - (k - q).abs() * lib.exp2(-(h + 1.0)),
    "softcap": lambda lib: lambda s, b, h, q, k: 2.0 * lib.tanh(s / 2.0),
    "a table": lambda lib: plus_table(lib.linspace(0, 1, 256 * 256).reshape(256, 256)),
}
MASKS = {
    "none": lambda m: None,
    "causal": lambda m: lambda b, h, q, k: q >= k,
    "window": lambda m: m.and_masks(lambda b, h, q, k: q >= k, lambda b, h, q, k: q - k < 3),
    "prefix": lambda m: m.or_masks(lambda b, h, q, k: q >= k, lambda b, h, q, k: k < 2),
    "by head": lambda m: lambda b, h, q, k: (k + h) % 2 == 0,
    "of some nothing": lambda m: lambda b, h, q, k: (q > 3) & (k < 5),
}


def run(lib, module, score, mask, **options):
    q, k, v = (lib.linspace(-1, 1, 2 * heads * 12 * 4).sin().reshape(2, heads, 12, 4)
               for heads in (4, options.pop("kv_heads", 4), options.pop("v_heads", 4)))
    said = MASKS[mask](module)
    block = None if said is None else module.create_block_mask(said, 2, 4, 12, 12, device="cpu")
    y, beside = module.flex_attention(q, k * 3, v.flip(2), score_mod=SCORES[score](lib), block_mask=block,
                                      return_aux=module.AuxRequest(lse=True), **options)
    return [x.numpy() for x in (y, beside.lse)]


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("score", SCORES)
def test_values(score, mask):
    for our, their in zip(run(mtorch, ours, score, mask), run(torch, theirs, score, mask), strict=True):
        torch.testing.assert_close(our, their, rtol=1e-4, atol=1e-5)


def test_heads_that_share_keys_and_a_scale():
    options = {"kv_heads": 2, "v_heads": 2, "enable_gqa": True, "scale": 0.3}
    for our, their in zip(run(mtorch, ours, "none", "causal", **options), run(torch, theirs, "none", "causal", **options),
                          strict=True):
        torch.testing.assert_close(our, their, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("score", SCORES)
def test_gradients(score, mask):
    """By differences: torch has no backward of it on the CPU."""
    mtorch.manual_seed(0)
    said = MASKS[mask](ours)
    block = None if said is None else ours.create_block_mask(said, None, 2, 6, 6)
    change = SCORES[score](mtorch)
    q, k, v = (mtorch.randn(1, 2, 6, 3, dtype=mtorch.float64, requires_grad=True) for _ in range(3))
    assert mtorch.autograd.gradcheck(lambda *x: ours.flex_attention(*x, score_mod=change, block_mask=block), (q, k, v))


def test_masks_tell_what_they_are():
    for said in (lambda b, h, q, k: q >= k, lambda b, h, q, k: (q - k).abs() < 40):
        our, their = (m.create_block_mask(said, None, None, 256, 300, device="cpu") for m in (ours, theirs))
        assert our.shape == tuple(their.shape) and our.seq_lengths == their.seq_lengths and our.BLOCK_SIZE == their.BLOCK_SIZE
        assert our.numel() == their.numel() and abs(our.sparsity() - their.sparsity()) < 1e-6
        assert our.to_dense().tolist() == their.to_dense().tolist() and our.to("cpu") is our and our.mask_mod is said
    assert repr(our).startswith("BlockMask(shape=(1, 1, 256, 300), sparsity=")
    for mod in (SCORES["causal"], SCORES["relative"]):
        assert ours.create_mask(mod(mtorch), 1, 1, 3, 3).tolist() == theirs.create_mask(mod(torch), 1, 1, 3, 3, "cpu").tolist()


@pytest.mark.parametrize("shapes", [
    [(2, 4, 6, 8), (2, 2, 6, 8), (2, 2, 6, 8)], [(4, 6, 8), (4, 6, 8), (4, 6, 8)], [(2, 4, 6, 8), (2, 4, 6, 4), (2, 4, 6, 8)],
])
def test_shapes_that_do_not_fit(shapes):
    for lib, module in ((torch, theirs), (mtorch, ours)):
        with pytest.raises((ValueError, NotImplementedError, RuntimeError)):
            module.flex_attention(*[lib.ones(shape) for shape in shapes])


def test_the_old_word_for_what_is_beside():
    x = mtorch.ones(1, 1, 4, 2)
    with pytest.warns(FutureWarning, match="return_lse is deprecated"):
        _, lse = ours.flex_attention(x, x, x, return_lse=True)
    assert ours.flex_attention(x, x, x, return_aux=ours.AuxRequest(max_scores=True))[1].max_scores.shape == (1, 1, 4)
    assert lse.shape == (1, 1, 4) and ours.flex_attention(x, x, x, return_aux=ours.AuxRequest())[1] == (None, None)


def test_a_mask_of_another_length_is_refused():
    x = mtorch.ones(1, 1, 4, 2)
    with pytest.raises(ValueError, match="q_len=4"):
        ours.flex_attention(x, x, x, block_mask=ours.create_block_mask(ours.noop_mask, None, None, 5, 4))
    with pytest.raises(ValueError, match="same dtype"):
        ours.flex_attention(x.double(), x, x)
