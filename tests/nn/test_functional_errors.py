"""What nn.functional cannot compute, it refuses with torch's exception and says what came."""
from __future__ import annotations

from collections.abc import Callable

import pytest

import mtorch
from mtorch.nn import functional as F

T = mtorch.tensor

CASES: dict[str, tuple[Callable, type[Exception], str]] = {
    "hardtanh of bools": (lambda: F.hardtanh(T([True])), RuntimeError, "Bool inputs not supported for hardtanh"),
    "relu of complex": (lambda: F.relu(T([1j])), NotImplementedError, "relu: clamp is not supported for complex types"),
    "relu6 of complex": (lambda: F.relu6(T([1j])), NotImplementedError, "no order.*complex64"),
    "softsign of bools": (lambda: F.softsign(T([True])), NotImplementedError, "softsign.*bool"),
    "softsign of a list": (lambda: F.softsign([1.0]), TypeError, "softsign.*'input' must be Tensor, not list"),
    "softmax of a list": (lambda: F.softmax([1.0]), TypeError, "softmax.*must be Tensor, not list"),
    "softmin of a list": (lambda: F.softmin([1.0], 0), TypeError, "softmin.*must be Tensor, not list"),
    "threshold of bools": (lambda: F.threshold(T([True]), 0, 1), NotImplementedError, "threshold.*torch.bool"),
    "rrelu bounds": (lambda: F.rrelu(T([1.0]), 1.0, float("inf"), training=True), RuntimeError, "finite.*upper inf"),
    "gumbel of a list": (lambda: F.gumbel_softmax([1.0]), TypeError, "'logits' must be Tensor, not list"),
    "gumbel of ints": (lambda: F.gumbel_softmax(T([1])), RuntimeError, "floating point logits, got torch.int64"),
    "mse of ints": (lambda: F.mse_loss(T([1]), T([1])), NotImplementedError, "mse_loss.*torch.int64"),
    "mse of complex": (lambda: F.mse_loss(T([1j]), T([1j])), NotImplementedError, "mse_loss.*complex64"),
    "mse weight": (lambda: F.mse_loss(T([1.0]), T([2.0]), weight=T([1.0, 2.0])), ValueError, r"mse_loss.*\(2,\) and \(1,\)"),
    "l1 weight": (lambda: F.l1_loss(T([1.0]), T([2.0]), weight=[1.0]), TypeError, "'weight' must be Tensor, not list"),
    "cross entropy of a weight to learn": (lambda: F.cross_entropy(mtorch.ones(1, 2), T([0]), mtorch.ones(2, requires_grad=True)),
                                           RuntimeError, "not differentiable with respect to argument 'weight'"),
    "nll of a scalar": (lambda: F.nll_loss(T(1.0), T(0)), ValueError, "nll_loss.*1 or more dimensions"),
    "nll of ints": (lambda: F.nll_loss(T([[1, 2]]), T([0])), NotImplementedError, "nll_loss.*torch.int64"),
    "nll weight": (lambda: F.nll_loss(T([[1.0, 2.0]]), T([0]), weight=[1.0, 2.0]), TypeError, "nll_loss.*'weight'"),
    "cross entropy of complex": (lambda: F.cross_entropy(T([[1j, 2j]]), T([0])), NotImplementedError, "complex64"),
    "cross entropy of ints": (lambda: F.cross_entropy(T([[1, 2]]), T([[0.0, 1.0]])), NotImplementedError, "torch.int64"),
    "bce of ints": (lambda: F.binary_cross_entropy(T([1]), T([1])), NotImplementedError, "torch.int64"),
    "bce weight": (lambda: F.binary_cross_entropy(T([0.5]), T([1.0]), weight=T([1.0, 2.0])), RuntimeError,
                   r"weight of shape \(2,\) does not broadcast to input's \(1,\)"),
    "bce pos_weight": (lambda: F.binary_cross_entropy_with_logits(T([0.5]), T([1.0]), pos_weight=T([1.0, 2.0])),
                       RuntimeError, r"pos_weight of shape \(2,\)"),
    "kl_div of ints": (lambda: F.kl_div(T([1.0]), T([1]), reduction="sum"), RuntimeError, "kl_div: Integral.*torch.int64"),
    "poisson of a list": (lambda: F.poisson_nll_loss(T([1.0]), [1.0]), TypeError, "poisson_nll_loss.*'target'"),
    "gaussian var": (lambda: F.gaussian_nll_loss(T([1.0]), T([1.0]), 1), TypeError, "'var' must be Tensor, not int"),
    "gaussian var of ints": (lambda: F.gaussian_nll_loss(T([1.0]), T([1.0]), T([1])), RuntimeError, "var, got torch.int64"),
    "cosine shapes": (lambda: F.cosine_similarity(mtorch.ones(2), mtorch.ones(3), 0), RuntimeError, r"\(2,\).*\(3,\)"),
    "pairwise of a list": (lambda: F.pairwise_distance([1.0], T([1.0])), TypeError, "pairwise_distance.*'x1'"),
    "ranking of a list": (lambda: F.margin_ranking_loss(T([1.0]), T([1.0]), [1.0]), TypeError, "'target' must be Tensor"),
    "hinge of ints": (lambda: F.hinge_embedding_loss(T([1]), T([1])), RuntimeError, "hinge_embedding_loss.*torch.int64"),
    "soft margin of ints": (lambda: F.soft_margin_loss(T([1]), T([1])), RuntimeError, "soft_margin_loss.*torch.int64"),
    "cosine embedding of a list": (lambda: F.cosine_embedding_loss([1.0], T([1.0]), T(1.0)), TypeError, "'input1'"),
    "triplet of a list": (lambda: F.triplet_margin_loss(T([1.0]), [1.0], T([1.0])), TypeError, "'positive'"),
    "multi margin class": (lambda: F.multi_margin_loss(T([[1.0, 2.0]]), T([2])), RuntimeError, "out of range: 2 to 2 of 2"),
    "multi margin of ints": (lambda: F.multi_margin_loss(T([[1, 2]]), T([0])), NotImplementedError, "torch.int64"),
    "multi margin target": (lambda: F.multi_margin_loss(T([[1.0, 2.0]]), T([0.0])), RuntimeError, "Long.*float32"),
    "multilabel target": (lambda: F.multilabel_margin_loss(T([1.0]), T([0.0])), RuntimeError, "Long.*float32"),
    "multilabel scalar": (lambda: F.multilabel_soft_margin_loss(T(1.0), T(1.0)), IndexError, "dimension of classes"),
    "ctc label": (lambda: F.ctc_loss(mtorch.zeros(2, 1, 2), T([[2]]), T([2]), T([1])), RuntimeError, "from 2 to 2.* 2 classes"),
    "ctc lengths": (lambda: F.ctc_loss(mtorch.zeros(2, 1, 2), T([[1]]), T([2.0]), T([1])), RuntimeError,
                    "input_lengths must be integral"),
    "ctc negative length": (lambda: F.ctc_loss(mtorch.zeros(2, 1, 2), T([[1]]), T([2]), T([-1])), RuntimeError,
                            "target_lengths.*at least 0.*-1"),
    "ctc of ints": (lambda: F.ctc_loss(mtorch.zeros(2, 1, 2).long(), T([[1]]), T([2]), T([1])), NotImplementedError, "int64"),
    "linear bias": (lambda: F.linear(mtorch.ones(1, 2), mtorch.ones(3, 2), [1.0]), TypeError, "'bias' must be Tensor, not list"),
    "bilinear weight": (lambda: F.bilinear(mtorch.ones(1, 2), mtorch.ones(1, 3), mtorch.ones(2, 3)), RuntimeError,
                        r"\(O, I, J\).*\(2, 3\)"),
    "bilinear bias": (lambda: F.bilinear(mtorch.ones(1, 2), mtorch.ones(1, 3), mtorch.ones(1, 2, 3), mtorch.ones(2)),
                      RuntimeError, r"bias has shape \(2,\).*expects \(1,\)"),
    "dropout of ints": (lambda: F.dropout(T([1, 2])), RuntimeError, "dropout.*floating.*int64"),
    "alpha dropout of ints": (lambda: F.alpha_dropout(T([1, 2]), training=True), RuntimeError, "alpha_dropout.*int64"),
    "max pool of bools": (lambda: F.max_pool1d(T([[True, False]]), 2), NotImplementedError, "max_pool1d.*torch.bool"),
    "avg pool of bools": (lambda: F.avg_pool1d(T([[True, False]]), 2), NotImplementedError, "avg_pool1d.*torch.bool"),
    "adaptive max pool of complex": (lambda: F.adaptive_max_pool1d(T([[1j]]), 1), NotImplementedError, "complex64"),
    "adaptive avg pool of ints": (lambda: F.adaptive_avg_pool1d(T([[1]]), 1), NotImplementedError, "int64.*float"),
    "fractional kernel": (lambda: F.fractional_max_pool2d(mtorch.ones(1, 4, 4), 0, output_size=2), RuntimeError,
                          "kernel_size must be greater than zero"),
    "fractional size": (lambda: F.fractional_max_pool2d(mtorch.ones(1, 4, 4), 2), ValueError, "output_size or an output_ratio"),
    "pad kind": (lambda: F.pad(mtorch.ones(2), 3), TypeError, "'pad' must be a sequence of ints, got 3"),
    "pad value": (lambda: F.pad(mtorch.ones(1, 2), (1, 1), "reflect", 1.0), RuntimeError, "'reflect' takes no value"),
    "interpolate to nothing": (lambda: F.interpolate(mtorch.ones(1, 1, 2), scale_factor=0.0), RuntimeError, "greater than 0"),
    "interpolate factor": (lambda: F.interpolate(mtorch.ones(1, 1, 2), scale_factor="a"), TypeError, "'scale_factor'.*'a'"),
    "batch norm eps": (lambda: F.batch_norm(mtorch.ones(2, 2), None, None, training=True, eps=0.0), ValueError, "positive.*0.0"),
    "batch norm mean": (lambda: F.batch_norm(mtorch.ones(2, 2), [1.0], None), TypeError, "'running_mean' must be Tensor"),
    "batch norm of ints": (lambda: F.batch_norm(mtorch.ones(2, 2).long(), None, None), NotImplementedError, "int64"),
    "instance norm mean": (lambda: F.instance_norm(mtorch.ones(1, 2, 3), mtorch.ones(3), mtorch.ones(3)), RuntimeError,
                           "running_mean should contain 2 elements, not 3"),
    "instance norm weight": (lambda: F.instance_norm(mtorch.ones(1, 2, 3), weight=mtorch.ones(3)), RuntimeError,
                             "weight should contain 2 elements, not 3"),
    "group norm weight": (lambda: F.group_norm(mtorch.ones(1, 4, 2), 2, [1.0]), TypeError, "group_norm.*'weight'"),
    "response norm size": (lambda: F.local_response_norm(mtorch.ones(1, 4, 2), 0), RuntimeError, "greater than zero.*got 0"),
    "largest of a bag, sparse": (lambda: F.embedding_bag(T([[0]]), mtorch.ones(1, 1), mode="max", sparse=True), ValueError,
                                 "max mode does not support sparse weights"),
    "bag offsets kind": (lambda: F.embedding_bag(T([0]), mtorch.ones(1, 1), T([0.0])), RuntimeError, "offsets.*float32"),
    "bag offsets fall": (lambda: F.embedding_bag(T([0, 0, 0]), mtorch.ones(1, 1), T([0, 2, 1])), RuntimeError, "1 after 2"),
    "bag offsets begin": (lambda: F.embedding_bag(T([0]), mtorch.ones(1, 1), T([1])), RuntimeError, r"offsets\[0\] has to be 0"),
    "bag offsets list": (lambda: F.embedding_bag(T([0]), mtorch.ones(1, 1), [0]), TypeError, "'offsets' must be Tensor"),
    "bag weights list": (lambda: F.embedding_bag(T([[0]]), mtorch.ones(1, 1), mode="sum", per_sample_weights=[1.0]), TypeError,
                         "'per_sample_weights' must be Tensor"),
    "affine grid size": (lambda: F.affine_grid(mtorch.ones(1, 2, 3), (1, 1, 1)), NotImplementedError, r"size.*\(1, 1, 1\)"),
    "grid sample of ints": (lambda: F.grid_sample(mtorch.ones(1, 1, 2, 2).long(), mtorch.ones(1, 1, 1, 2).long(),
                                                  align_corners=False), NotImplementedError, "grid_sample.*int64"),
    "attention of ints": (lambda: F.scaled_dot_product_attention(*[mtorch.ones(1, 2).long()] * 3), RuntimeError, "int64"),
    "attention mask kind": (lambda: F.scaled_dot_product_attention(*[mtorch.ones(1, 2)] * 3, [1.0]), TypeError, "'attn_mask'"),
    "attention mask of ints": (lambda: F.scaled_dot_product_attention(*[mtorch.ones(1, 2)] * 3, mtorch.ones(1, 1).long()),
                               RuntimeError, "attn_mask dtype to be bool or float.*int64"),
    "attention mask of doubles": (lambda: F.scaled_dot_product_attention(*[mtorch.ones(1, 2)] * 3, mtorch.ones(1, 1).double()),
                                  RuntimeError, "match query dtype.*float64.*float32"),
    "attention of fewer heads": (lambda: F.scaled_dot_product_attention(mtorch.ones(6, 1, 2), *[mtorch.ones(2, 1, 2)] * 2),
                                 RuntimeError, r"attention.*tensor a \(6\) must match the size of tensor b \(2\)"),
    "attention dropping, of fewer heads": (lambda: F.scaled_dot_product_attention(
        mtorch.ones(6, 1, 2), *[mtorch.ones(2, 1, 2)] * 2, dropout_p=0.5), RuntimeError, r"\(6\) must match.*\(2\)"),
    "attention mask of more heads": (lambda: F.scaled_dot_product_attention(
        *[mtorch.ones(1, 1, 2)] * 3, mtorch.ones(2, 1, 1)), RuntimeError, r"\(2, 1, 1\).*broadcast shape"),
    "attention dropout": (lambda: F.scaled_dot_product_attention(*[mtorch.ones(1, 2)] * 3, dropout_p=2.0), RuntimeError,
                          "between 0 and 1, but got 2.0"),
    "leaky relu slope": (lambda: F.leaky_relu(T([1.0]), "a"), TypeError, "leaky_relu.*'negative_slope' must be Number, not str"),
    "leaky relu of no slope": (lambda: F.leaky_relu(T([1.0]), None), TypeError, "'negative_slope' must be Number, not NoneType"),
    "elu alpha": (lambda: F.elu(T([1.0]), "a"), TypeError, "elu.*'alpha' must be Number, not str"),
    "softplus beta": (lambda: F.softplus(T([1.0]), "a"), TypeError, "softplus.*'beta' must be Number, not str"),
    "threshold of complex": (lambda: F.threshold(T([1j]), 0, 1), NotImplementedError, "threshold.*complex64"),
}


@pytest.mark.parametrize("name", CASES)
def test_it_says_what_is_wrong(name: str) -> None:
    call, kind, message = CASES[name]
    with pytest.raises(kind, match=message):
        call()


def test_probabilities_of_a_wider_type_make_the_cross_entropy_wider() -> None:
    x = mtorch.tensor([[1.0, 2.0]], requires_grad=True)
    loss = F.cross_entropy(x, mtorch.tensor([[0.0, 1.0]], dtype=mtorch.float64))
    loss.backward()
    assert loss.dtype == mtorch.float64
    assert x.grad.dtype == mtorch.float32
    assert loss.item() == pytest.approx(0.3132617)


def test_labels_of_a_ctc_target_after_its_length_are_padding() -> None:
    log_probs = mtorch.zeros(2, 1, 2)
    padded = F.ctc_loss(log_probs, T([[1, -1]]), T([2]), T([1]))
    assert padded.item() == F.ctc_loss(log_probs, T([[1]]), T([2]), T([1])).item()


def test_a_cosine_of_two_types_is_of_their_common_one() -> None:
    assert F.cosine_similarity(T([[1.0]]), T([[2]])).item() == 1


@pytest.mark.parametrize("shape", [(4,), (3, 4), (2, 3, 4)])
def test_dropout3d_of_other_dimensions_drops_along_the_first(shape: tuple[int, ...]) -> None:
    with pytest.warns(UserWarning, match="dropout3d: Received"):
        y = F.dropout3d(mtorch.ones(*shape)).numpy()
    assert all(len(set(row.flatten().tolist())) == 1 for row in y)


def test_of_a_size_and_a_ratio_of_fractional_pooling_the_size_counts() -> None:
    assert F.fractional_max_pool2d(mtorch.ones(1, 4, 4), 2, output_size=3, output_ratio=0.5).shape == (1, 3, 3)
