"""In which order results lie in memory: as torch's, for inputs that lie in order, transposed and permuted.

It is visible: `view` depends on it, and dropout and `rand_like` fill memory in its order.
"""
from __future__ import annotations

import pickle
import warnings
from collections.abc import Callable

import numpy as np
import pytest

import mtorch
from mtorch.strides import in_memory_order, memory_like, memory_order

torch = pytest.importorskip("torch")

SHAPES = {2: (3, 4), 3: (2, 3, 4), 4: (2, 3, 4, 5)}
ORDERS = ["01", "10", "012", "021", "102", "120", "210", "201",
          "0123", "0132", "0213", "0321", "1023", "1230", "3210", "0312", "3012"]


def permuted(framework, order: str):
    """A tensor of the shape for so many dimensions, which was permuted to it from one that lies in order."""
    axes = [int(axis) for axis in order]
    shape = [SHAPES[len(axes)][axes.index(i)] for i in range(len(axes))]
    numbers = np.linspace(-1, 1, int(np.prod(shape)), dtype=np.float32).reshape(shape)
    return framework.from_numpy(numbers).permute(*axes)


def strides(y) -> tuple[int, ...]:
    """Those of dimensions of size 1 say nothing."""
    return tuple(stride for stride, size in zip(y.stride(), y.shape) if size > 1)


F = {
    # in the order of their axes
    "softmax": lambda t, x: t.softmax(x, 0),
    "log_softmax": lambda t, x: t.log_softmax(x, -1),
    "softmin": lambda t, x: t.nn.functional.softmin(x, 1),
    "masked_fill": lambda t, x: x.masked_fill(x > 0, 1.0),
    "cumsum": lambda t, x: x.cumsum(0),
    "cumprod": lambda t, x: x.cumprod(-1),
    "logcumsumexp": lambda t, x: x.logcumsumexp(1),
    "pad": lambda t, x: t.nn.functional.pad(x, (1, 1)),
    "pad, shorter": lambda t, x: t.nn.functional.pad(x, (-1, 2)),
    "pad, mirrored": lambda t, x: t.nn.functional.pad(x, (1, 1) if x.ndim < 4 else (1, 1, 1, 1), mode="reflect"),
    "pad, repeated": lambda t, x: t.nn.functional.pad(x, (1, 1) if x.ndim < 4 else (1, 1, 1, 1), mode="replicate"),
    "roll": lambda t, x: x.roll(1, 0),
    "roll, all": lambda t, x: x.roll(1),
    "repeat": lambda t, x: x.repeat(*[2] * x.ndim),
    "repeat_interleave": lambda t, x: x.repeat_interleave(2, 0),
    "repeat_interleave, last": lambda t, x: x.repeat_interleave(t.arange(x.shape[-1]), -1),
    "tril": lambda t, x: x.tril(),
    "triu": lambda t, x: x.triu(),
    "interpolate": lambda t, x: t.nn.functional.interpolate(x, scale_factor=2),
    "interpolate, linear": lambda t, x: t.nn.functional.interpolate(x, scale_factor=2, mode="linear"),
    "batch_norm, eval": lambda t, x: t.nn.functional.batch_norm(x, t.zeros(x.shape[1]), t.ones(x.shape[1])),
    "layer_norm": lambda t, x: t.nn.functional.layer_norm(x, x.shape[-1:]),
    "rms_norm": lambda t, x: t.nn.functional.rms_norm(x, x.shape[-1:]),
    "group_norm": lambda t, x: t.nn.functional.group_norm(x, 1),
    "one_hot": lambda t, x: t.nn.functional.one_hot((x > 0).long(), 3),
    "cat": lambda t, x: t.cat([x, x], 0),
    "cat, last": lambda t, x: t.cat([x, x], -1),
    "stack": lambda t, x: t.stack([x, x], 0),
    "hstack": lambda t, x: t.hstack([x, x]),
    "vstack": lambda t, x: t.vstack([x, x]),
    "sum": lambda t, x: x.sum(0),
    "sum, last": lambda t, x: x.sum(-1),
    "mean": lambda t, x: x.mean(1),
    "std": lambda t, x: x.std(1),
    "var": lambda t, x: x.var(0),
    "prod": lambda t, x: x.prod(1),
    "norm": lambda t, x: x.norm(dim=0),
    "logsumexp": lambda t, x: x.logsumexp(1),
    "amax": lambda t, x: x.amax(0),
    "all": lambda t, x: (x > 0).all(1),
    "any": lambda t, x: (x > 0).any(0),
    "count_nonzero": lambda t, x: t.count_nonzero(x, dim=0),
    "argmax": lambda t, x: x.argmax(1),
    "scatter": lambda t, x: x.scatter(0, (x > 0).long(), 1.0),
    "index_add": lambda t, x: x.index_add(0, t.tensor([0]), x[:1]),
    "linear": lambda t, x: t.nn.functional.linear(x, t.ones(6, x.shape[-1]), t.ones(6)),
    "kept dim": lambda t, x: x.sum(1, keepdim=True),
    "logsigmoid": lambda t, x: t.nn.functional.logsigmoid(x),
    # as the input lies
    "flip": lambda t, x: x.flip(0),
    "flip, all": lambda t, x: x.flip(*range(x.ndim)),
    "sort": lambda t, x: x.sort(0).values,
    "sort, indices": lambda t, x: x.sort(-1).indices,
    "argsort": lambda t, x: x.argsort(0, descending=True),
    "index_fill": lambda t, x: x.index_fill(0, t.tensor([0]), 1.0),
    "index_put": lambda t, x: x.index_put((t.tensor([0]),), t.tensor(1.0)),
    "relu": lambda t, x: x.relu(),
    "gelu": lambda t, x: t.nn.functional.gelu(x),
    "compared": lambda t, x: x > 0,
    "double": lambda t, x: x.double(),
    "added to itself": lambda t, x: x + x,
    "added to a row": lambda t, x: x + t.ones(x.shape[-1]),
    "less the mean": lambda t, x: x - x.mean(1, keepdim=True),
    "normalize": lambda t, x: t.nn.functional.normalize(x, dim=1),
    "where": lambda t, x: t.where(x > 0, x, 0.0),
    "clone": lambda t, x: x.clone(),
    "contiguous": lambda t, x: x.clone(memory_format=t.contiguous_format),
    "zeros_like": lambda t, x: t.zeros_like(x),
    "ones_like": lambda t, x: t.ones_like(x, dtype=t.int64),
    "empty_like": lambda t, x: t.empty_like(x),
    "full_like": lambda t, x: t.full_like(x, 2.0),
    "rand_like": lambda t, x: t.rand_like(x),
    "randn_like": lambda t, x: t.randn_like(x),
    "randint_like": lambda t, x: t.randint_like(x, 3),
    "dropout": lambda t, x: t.nn.functional.dropout(x),
    "of a part": lambda t, x: t.zeros_like(x[:, 1:]),
    # the axis that is transformed innermost
    "fft": lambda t, x: t.fft.fft(x),
    "fft, first": lambda t, x: t.fft.ifft(x, dim=0),
    "rfft": lambda t, x: t.fft.rfft(x),
    "rfft, shorter": lambda t, x: t.fft.rfft(x, 2, dim=0),
    "rfft, longer": lambda t, x: t.fft.rfft(x, 9, dim=1),
    "rfft, first": lambda t, x: t.fft.rfft(x, dim=0),
    "rfft, second": lambda t, x: t.fft.rfft(x, dim=1),
    "irfft": lambda t, x: t.fft.irfft(x),
    "irfft, second": lambda t, x: t.fft.irfft(x, dim=1),
    "fft2": lambda t, x: t.fft.fft2(x),
    "fftn": lambda t, x: t.fft.fftn(x),
    "fft2, others": lambda t, x: t.fft.fft2(x, dim=(1, 0)),
    "rfft2": lambda t, x: t.fft.rfft2(x),
    "rfft2, others": lambda t, x: t.fft.rfft2(x, dim=(1, 0)),
    "irfft2": lambda t, x: t.fft.irfft2(x),
    "irfft2, others": lambda t, x: t.fft.irfft2(x, dim=(0, 1)),
    "hfft": lambda t, x: t.fft.hfft(x, dim=1),
    # as neither
    "added to what lies in order": lambda t, x: x + t.ones(x.shape),
    "where, with what lies in order": lambda t, x: t.where(x > 0, x, t.zeros(x.shape)),
    "like what was computed": lambda t, x: t.zeros_like(x.relu()),
}

LIKE_AN_IMAGE = "an array whose first axis is innermost is taken for an image of the rules, and stays as it lies"
CHANNELS_LAST = "torch keeps an image's channels innermost there"
MIXED = "NumPy lays what it computes of two layouts in the order of the axes; torch, as the first of the two"
KEPT = "it lies as the input, so that what is computed of the input and of it does, as in torch"
ANOTHER_IMAGE = "with one axis less, or of size 1, its first axis is innermost as an image's"

KNOWN: dict[tuple[str, str], str] = {}     # (function, order): why it differs


def known(why: str, functions: str, orders: str) -> None:
    KNOWN.update({(f, order): why for f in functions.split("; ") for order in orders.split()})


known(LIKE_AN_IMAGE, "softmax; log_softmax; softmin; masked_fill; cumsum; cumprod; logcumsumexp; pad; pad, shorter; "
      "pad, mirrored; pad, repeated; interpolate; batch_norm, eval; roll; cat; cat, last; hstack; vstack; tril; triu",
      "201 3012")
known(LIKE_AN_IMAGE, "interpolate, linear", "201")
known(LIKE_AN_IMAGE, "like what was computed", "10 201 210 3012 3210")
known(CHANNELS_LAST, "roll; cat; cat, last; hstack; vstack; stack; rms_norm; group_norm", "0312")
known(ANOTHER_IMAGE, "sum, last; mean; std; prod; logsumexp", "3012")
known(ANOTHER_IMAGE, "sum; var; norm; amax", "0312")
known(LIKE_AN_IMAGE, "fft; rfft; rfft, second; irfft; irfft, second; fftn; fft2, others; hfft", "210 201 3210 3012")
known(LIKE_AN_IMAGE, "fft2; rfft2; irfft2", "3210 3012")
known(LIKE_AN_IMAGE, "fft2; fftn; fft2, others", "10")
known("NumPy zeroes the upper triangle by `where`, which lays it as an image", "tril; triu", "210")
known(KEPT, "kept dim", "120 210 201 0132 0321 1230 3210 3012")
known(MIXED, "added to what lies in order; where, with what lies in order",
      "10 021 102 120 210 201 0132 0213 0321 1023 1230 3210 0312 3012")
known("its rule is one of NumPy's elementwise functions", "logsigmoid",
      "10 021 102 120 210 201 0132 0213 0321 1023 1230 3210 0312 3012")


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("function", F)
def test_lies_as_torchs(function: str, order: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            theirs = F[function](torch, permuted(torch, order))
        except (RuntimeError, IndexError, NotImplementedError, ValueError):
            pytest.skip("torch has it for other numbers of dimensions")
        ours = F[function](mtorch, permuted(mtorch, order))
    assert tuple(ours.shape) == tuple(theirs.shape)
    if (function, order) in KNOWN:
        assert strides(ours) != strides(theirs), f"it does lie as torch's: take it off the list ({KNOWN[function, order]})"
    else:
        assert strides(ours) == strides(theirs)


def test_what_is_known_is_tested() -> None:
    assert {f for f, _ in KNOWN} <= set(F) and {order for _, order in KNOWN} <= set(ORDERS)


@pytest.mark.parametrize("function", ["softmax", "cumsum", "pad", "cat", "roll", "batch_norm, eval"])
@pytest.mark.parametrize("order", ["201", "3012"])
def test_what_lies_as_an_image_does_not_show_it(function: str, order: str) -> None:
    """Where torch's lies in order it can be viewed, and random numbers go where torch's go."""
    theirs, ours = (F[function](framework, permuted(framework, order)) for framework in (torch, mtorch))
    torch.manual_seed(3)
    mtorch.manual_seed(3)
    np.testing.assert_array_equal(mtorch.rand_like(ours).numpy(), torch.rand_like(theirs).numpy())
    np.testing.assert_allclose(ours.view(-1).numpy(), theirs.view(-1).numpy(), rtol=1e-5, atol=1e-6)


# ---- sums of products ------------------------------------------------------------------------------------------------

EQUATIONS = """
bhid,bhjd->bhij bhij,bhjd->bhid nqhd,nkhd->nhqk nhql,nlhd->nqhd bij,jk->bik bij,kj->bik bti,oi->bot bti,oi->bto
ncwl,vw->ncvl bnd,de->ben bnd,de->bne bec,bed->bcd ij,jk->ik ij,kj->ik ij,jk->ki ji,jk->ik ij,j->i ij,ij->i ij,ij->ij
i,j->ij i,j->ji ij->ji ij->j ijk->ik ijk->kji ii->i bii->bi b,bij->bij bi,bj->bij bij,bj->bi bij,bij->b ijk,jil->kl
bhwc,hkc->bhwk bhwc,wkc->bhwk ncv,vw->ncw nctv,vw->nctw nkctv,kvw->nctw ij,jk,kl->il bn,anm,bm->ba bhld,hde->blhe
blhd,bmhd->bhlm bhlm,bmhd->blhd ...ij,...jk->...ik bqc,bkc->bqk bqk,bkc->bqc bchw,oc->bohw nchw,nchw->nc bdn,bne->bde
ik,jk->ij abcd,cdef->abef abc,bd->acd bse,hed->bhsd bhsd,hde->bse lbd,lbd->bl ibnd,jbnd->ijbn ibnd,jbnd->bjin
ijbn,jbnd->ibnd ibh,hnd->ibnd bcs,bcn->bsn kd,nd->nk i,i-> ij,ij-> bhqd,rd->bhqr bhqd,qkd->bhqk hij,jkl->khil
hij,jkl->klhi ij,jk->ijk""".split()


def factors(framework, equation: str) -> list:
    size = {letter: 2 + i for i, letter in enumerate(sorted(set(equation) - set(",->.")))}
    shapes = [((2, 3) if "..." in names else ()) + tuple(size[letter] for letter in names.replace("...", ""))
              for names in equation.split("->")[0].split(",")]
    return [framework.from_numpy(np.sin(np.arange(int(np.prod(shape)), dtype=np.float32)).reshape(shape))
            for shape in shapes]


@pytest.mark.parametrize("equation", EQUATIONS)
def test_einsum_lies_as_torchs(equation: str) -> None:
    theirs, ours = (framework.einsum(equation, *factors(framework, equation)) for framework in (torch, mtorch))
    np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-5, atol=1e-5)
    assert strides(ours) == strides(theirs)


@pytest.mark.parametrize("product", [
    lambda t: t.tensordot(t.ones(2, 3, 4), t.ones(3, 5), ([1], [0])),
    lambda t: t.tensordot(t.ones(2, 3, 4), t.ones(3, 4, 5)),
    lambda t: t.inner(t.ones(2, 3, 4), t.ones(5, 4)),
])
def test_products_lie_in_order(product: Callable) -> None:
    assert strides(product(mtorch)) == strides(product(torch))
    assert product(mtorch).is_contiguous()


# ---- attention -------------------------------------------------------------------------------------------------------

def qkv(framework, order: tuple[int, ...], **options) -> list:
    numbers = np.random.default_rng(0).standard_normal((3, 2, 3, 5, 4))
    return [framework.tensor(x, **options).permute(order) for x in numbers]


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (0, 2, 1, 3), (1, 2, 0, 3), (1, 0, 2, 3), (0, 1, 3, 2)], ids=str)
@pytest.mark.parametrize("how", ["plain", "is_causal", "mask", "mask of bools", "both", "a query may look nowhere",
                                 "mask of 3", "float64"])
def test_attention_lies_as_torchs(order: tuple[int, ...], how: str) -> None:
    results = []
    for framework in (torch, mtorch):
        kind = framework.float64 if how == "float64" else framework.float32
        q, k, v = qkv(framework, order, dtype=kind, requires_grad=True)
        length = q.shape[2]
        options: dict = {"is_causal": how in ("is_causal", "both")}
        numbers = np.random.default_rng(1).standard_normal((length, length))
        if how in ("mask", "both"):
            options["attn_mask"] = framework.tensor(numbers, dtype=kind)
        elif how == "mask of 3":
            options["attn_mask"] = framework.tensor(numbers, dtype=kind).expand(q.shape[1], length, length)
        elif how in ("mask of bools", "a query may look nowhere"):
            seen = (numbers > -0.5) | np.eye(length, dtype=bool)
            seen[0] &= how == "mask of bools"
            options["attn_mask"] = framework.tensor(seen)
        try:
            y = framework.nn.functional.scaled_dot_product_attention(q, k, v, **options)
        except RuntimeError as error:
            results.append((str(error),))
            continue
        gradients = framework.autograd.grad((y * y).sum(), [q, k, v])
        results.append((strides(y), *(x.detach().numpy() for x in (y, *gradients))))
    theirs, ours = results
    assert ours[0] == theirs[0]
    for mine, other in zip(ours[1:], theirs[1:], strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("call", [
    lambda attend, t, q, k, v: attend(q, k, v, dropout_p=0.5),
    lambda attend, t, q, k, v: attend(q[0], k[0], v[0]),
    lambda attend, t, q, k, v: attend(q[:, :, None], k[:, :, None], v[:, :, None]),
    lambda attend, t, q, k, v: attend(q, k, t.ones(2, 5, 3, 7)),
    lambda attend, t, q, k, v: attend(q, k[:1], v[:1]),
    lambda attend, t, q, k, v: attend(q, k, v, attn_mask=t.zeros(3, 3, requires_grad=True)),
    lambda attend, t, q, k, v: attend(q, k[:, :1], v[:, :1], enable_gqa=True),
    lambda attend, t, q, k, v: attend(q.contiguous(), k, v),
], ids=["dropout", "3 dimensions", "5 dimensions", "wider values", "one batch of keys", "mask with gradient",
        "grouped queries", "query in order"])
def test_where_attention_lies_in_order(call: Callable) -> None:
    results = [call(t.nn.functional.scaled_dot_product_attention, t, *qkv(t, (0, 2, 1, 3), dtype=t.float32))
               for t in (torch, mtorch)]
    assert strides(results[1]) == strides(results[0])


@pytest.mark.parametrize("options", [{"dropout_p": 0.5}, {"mask": (3, 5, 5)}], ids=str)
def test_mask_and_is_causal_where_torch_cannot_have_both(options: dict) -> None:
    said = []
    shape = options.pop("mask", (5, 5))
    for framework in (torch, mtorch):
        q = framework.ones(2, 3, 5, 4)
        with pytest.raises(RuntimeError) as error:
            framework.nn.functional.scaled_dot_product_attention(q, q, q, framework.zeros(*shape), is_causal=True, **options)
        said.append(str(error.value))
    assert said[0] == said[1]


def test_heads_of_attention_are_viewed_side_by_side() -> None:
    q = mtorch.ones(2, 5, 3, 4).transpose(1, 2)
    y = mtorch.nn.functional.scaled_dot_product_attention(q, q, q)
    assert y.transpose(1, 2).view(2, 5, 12).shape == (2, 5, 12)


# ---- batches of sequences --------------------------------------------------------------------------------------------

@pytest.mark.parametrize("options", [{}, {"batch_first": True}, {"padding_side": "left"}], ids=str)
def test_padded_sequences_lie_in_order(options: dict) -> None:
    results = [t.nn.utils.rnn.pad_sequence([t.ones(3, 2), t.zeros(2, 2), t.ones(1, 2)], padding_value=7.0, **options)
               for t in (torch, mtorch)]
    assert strides(results[1]) == strides(results[0])
    np.testing.assert_array_equal(results[1].view(-1).numpy(), results[0].view(-1).numpy())


def test_unpadded_sequences_are_copies() -> None:
    padded = mtorch.ones(4, 3, 2)
    first, _, last = mtorch.nn.utils.rnn.unpad_sequence(padded, mtorch.tensor([4, 1, 2]))
    assert first.is_contiguous() and last.shape == (2, 2)
    first.zero_()
    assert padded.sum() == 24


# ---- the order itself ------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("order", ["210", "201", "1023", "3210", "3012"])
def test_as_it_lies(order: str) -> None:
    array = permuted(mtorch, order).array
    assert memory_like(array, None, True).strides == array.strides
    assert in_memory_order(array).flags.c_contiguous
    assert array.transpose(memory_order(array)).flags.c_contiguous


@pytest.mark.parametrize("size", [(1, 1), (3, 1), (1, 3), (2, 2)])
@pytest.mark.parametrize("layer", ["prelu", "relu", "batch_norm"])
def test_images_of_one_pixel_are_dropped_in_torchs_order(layer: str, size: tuple[int, int]) -> None:
    masks = []
    for t in (mtorch, torch):
        t.manual_seed(0)
        x = t.nn.functional.conv2d(t.randn(6, 4, *size), t.randn(4, 4, 1, 1))
        x = {"prelu": lambda x, t=t: t.nn.functional.prelu(x, t.full((4,), 0.25)), "relu": lambda x: x.relu() + 1,
             "batch_norm": lambda x, t=t: t.nn.functional.batch_norm(x, t.zeros(4), t.ones(4))}[layer](x)
        masks.append((t.nn.functional.dropout(x) != 0).tolist() + t.rand_like(x).tolist())
    assert masks[0] == masks[1]


def test_layouts_and_memory_formats_have_types() -> None:
    for t in (torch, mtorch):
        assert isinstance(t.ones(2).layout, t.layout) and t.ones(2).layout == t.strided
        assert all(isinstance(x, t.memory_format) for x in (t.channels_last, t.channels_last_3d, t.contiguous_format))
        assert not isinstance(t.strided, t.memory_format) and t.strided != t.sparse_coo
    assert repr([mtorch.strided, mtorch.preserve_format]) == repr([torch.strided, torch.preserve_format])
    assert pickle.loads(pickle.dumps(mtorch.channels_last)) == mtorch.channels_last
