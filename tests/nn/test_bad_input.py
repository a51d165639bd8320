"""What is wrong is said: which operation, which argument, what came, what was expected."""
from __future__ import annotations

import pytest

import mtorch
from mtorch import nn

CASES = {
    "linear features": (lambda: nn.Linear(4, 2)(mtorch.ones(3, 5)), RuntimeError,
                        r"x has 5 features.*\(2, 4\) expects 4"),
    "linear dtype": (lambda: nn.Linear(4, 2)(mtorch.ones(3, 4).double()), RuntimeError, "float64.*float32"),
    "linear scalar": (lambda: nn.Linear(4, 2)(mtorch.ones(())), RuntimeError, "no features"),
    "linear kind": (lambda: nn.Linear(4, 2)("x"), TypeError, "must be Tensor, not str"),
    "matmul shapes": (lambda: mtorch.ones(2, 3) @ mtorch.ones(2, 3), RuntimeError, r"\[2, 3\] @ \[2, 3\]"),
    "flatten kind": (lambda: nn.Flatten()([[1.0]]), TypeError, "must be Tensor, not list"),
    "unflatten kind": (lambda: nn.Unflatten(1, (1, 1))([[1.0]]), TypeError, "must be Tensor, not list"),
    "softmax2d kind": (lambda: nn.Softmax2d()([[1.0]]), TypeError, "must be Tensor, not list"),
    "buffer kind": (lambda: nn.Buffer([1.0]), TypeError, "Buffer: data must be a Tensor, got list"),
    "uninitialized integers": (lambda: nn.UninitializedParameter(dtype=mtorch.int64), RuntimeError, "int64"),
    "uninitialized device": (lambda: nn.UninitializedParameter(device="cuda"), AssertionError, "CUDA"),
    "materialized size": (lambda: nn.UninitializedParameter().materialize(-1), RuntimeError, "negative dimension"),
    "batch norm kind": (lambda: nn.BatchNorm1d(1)([[1.0]]), TypeError,
                        r"BatchNorm1d\(\): argument 'input' must be Tensor"),
    "instance norm kind": (lambda: nn.InstanceNorm1d(1)([[1.0]]), TypeError,
                           "InstanceNorm1d.*must be Tensor, not list"),
    "group norm groups": (lambda: nn.GroupNorm(0, 4), ValueError, "num_groups must be greater than 0, got 0"),
    "layer norm sizes": (lambda: nn.LayerNorm(2.5), TypeError, "sizes must be ints"),
    "lrn dimensions": (lambda: nn.CrossMapLRN2d(3)(mtorch.ones(2, 3, 3)), ValueError,
                       "Expected input to be 4D, got 3D"),
    "padding kind": (lambda: nn.ZeroPad1d(1.5)(mtorch.ones(1, 3)), TypeError,
                     "ZeroPad1d.*'padding' must be an int or a tuple of 2 ints"),
    "padding number": (lambda: nn.ZeroPad1d((1, 2, 3))(mtorch.ones(1, 3)), RuntimeError,
                       r"a list of 2 values, but got padding=\[1, 2, 3\]"),
    "kernel size": (lambda: nn.functional.conv1d(mtorch.ones(1, 3, 9), mtorch.ones(4, 3, 0)), RuntimeError,
                    "kernel size must be greater than zero"),
    "transposed kernel size": (lambda: nn.functional.conv_transpose1d(mtorch.ones(1, 3, 9), mtorch.ones(3, 4, 0)),
                               RuntimeError, "kernel size must be greater than zero"),
    "lazy linear kind": (lambda: nn.LazyLinear(3)([1.0]), TypeError, "LazyLinear.*must be Tensor, not list"),
    "lazy linear scalar": (lambda: nn.LazyLinear(3)(mtorch.ones(())), RuntimeError, "has no dimensions"),
    "lazy conv kind": (lambda: nn.LazyConv1d(3, 1)([1.0]), TypeError, "LazyConv1d.*must be Tensor, not list"),
    "lazy norm kind": (lambda: nn.LazyBatchNorm1d()([1.0]), TypeError, "LazyBatchNorm1d.*must be Tensor, not list"),
    "cell kind": (lambda: nn.GRUCell(1, 1)([[1.0]]), TypeError, "GRUCell: input and states must be Tensors, got list"),
    "cell states": (lambda: nn.LSTMCell(1, 1)(mtorch.ones(1, 1), ([1.0], [2.0])), TypeError, "got list, list"),
    "rows kind": (lambda: nn.Embedding.from_pretrained([[1.0]]), TypeError, "'embeddings' must be Tensor, not list"),
    "bag rows": (lambda: nn.EmbeddingBag.from_pretrained(mtorch.ones(3)), AssertionError, "2-dimensional, got 1"),
    "attention kind": (lambda: nn.MultiheadAttention(2, 1)([1.0], [1.0], [1.0]), TypeError,
                       "argument 'query' must be Tensor, not list"),
    "attention samples": (lambda: nn.MultiheadAttention(2, 1)(mtorch.ones(5, 2, 2), mtorch.ones(5, 3, 2),
                                                              mtorch.ones(5, 3, 2)), RuntimeError,
                          r"2 samples of query, 3 of key: shapes \(5, 2, 2\) and \(5, 3, 2\)"),
    "mask size": (lambda: nn.Transformer.generate_square_subsequent_mask(-1), RuntimeError, "negative dimension -1"),
    "mask device": (lambda: nn.Transformer.generate_square_subsequent_mask(2, device="cuda"), AssertionError, "cuda|CUDA|NVIDIA"),
    "dropout p": (lambda: nn.Dropout(1.5), ValueError, "between 0 and 1, but got 1.5"),
    "embedding index": (lambda: nn.Embedding(3, 2)(mtorch.tensor([3])), IndexError, "got 3, the weight has 3 rows"),
    "embedding dtype": (lambda: nn.Embedding(3, 2)(mtorch.tensor([1.0])), RuntimeError, "Long, Int.*float32"),
    "cross entropy batch": (lambda: nn.CrossEntropyLoss()(mtorch.ones(3, 2), mtorch.tensor([0, 1])), ValueError,
                            r"batch_size \(3\) to match target batch_size \(2\)"),
    "cross entropy class": (lambda: nn.CrossEntropyLoss()(mtorch.ones(1, 2), mtorch.tensor([5])), IndexError,
                            "Target 5 is out of bounds: there are 2 classes"),
    "cross entropy dtype": (lambda: nn.CrossEntropyLoss()(mtorch.ones(2, 3), mtorch.ones(2)), RuntimeError,
                            "Long.*float32.*target.long"),
    "cross entropy int input": (lambda: nn.CrossEntropyLoss()(mtorch.ones(2, 3).long(), mtorch.tensor([0, 1])),
                                RuntimeError, "floating point input, got torch.int64"),
    "cross entropy weight": (lambda: nn.CrossEntropyLoss(mtorch.ones(4))(mtorch.ones(2, 3), mtorch.tensor([0, 1])),
                             RuntimeError, "all 3 classes"),
    "nll shape": (lambda: nn.NLLLoss()(mtorch.ones(2, 3), mtorch.zeros(2, 2).long()), RuntimeError,
                  r"must have shape \(2,\)"),
    "bce range": (lambda: nn.BCELoss()(mtorch.tensor([1.5]), mtorch.tensor([1.0])), RuntimeError,
                  "between 0 and 1.*sigmoid"),
    "bce shape": (lambda: nn.BCELoss()(mtorch.ones(2), mtorch.ones(3)), ValueError, "different to the input size"),
    "bce logits shape": (lambda: nn.BCEWithLogitsLoss()(mtorch.ones(2), mtorch.ones(3)), ValueError,
                         "must be the same"),
    "mse broadcast": (lambda: nn.MSELoss()(mtorch.ones(2), mtorch.ones(3)), (RuntimeError, UserWarning), "2.*3|3.*2"),
    "reduction": (lambda: nn.functional.mse_loss(mtorch.ones(1), mtorch.ones(1), reduction="average"), ValueError,
                  "average"),
    "huber delta": (lambda: nn.HuberLoss(delta=0)(mtorch.ones(1), mtorch.ones(1)), RuntimeError, "delta"),
    "softmax of ints": (lambda: mtorch.ones(2).long().softmax(0), NotImplementedError, "not implemented for 'Long'"),
    "mean of ints": (lambda: mtorch.tensor([1, 2]).mean(), RuntimeError, "floating point or complex dtype. Got: Long"),
    "dim": (lambda: mtorch.ones(2, 3).sum(2), IndexError, r"expected to be in range of \[-2, 1\], but got 2"),
    "view": (lambda: mtorch.ones(2, 3).view(4), RuntimeError, r"shape '\[4\]' is invalid for input of size 6"),
    "cat": (lambda: mtorch.cat([mtorch.ones(2, 3), mtorch.ones(2, 4)]), RuntimeError, "Expected size 3 but got size 4"),
    "add shapes": (lambda: mtorch.ones(2) + mtorch.ones(3), (RuntimeError, ValueError), "2.*3"),
    "add kind": (lambda: mtorch.ones(2) + "x", TypeError, "unsupported operand"),
    "numpy of grad": (lambda: mtorch.ones(1, requires_grad=True).numpy(), RuntimeError, "detach"),
    "int grad": (lambda: mtorch.tensor([1], requires_grad=True), RuntimeError, "floating point and complex dtype"),
    "item": (lambda: mtorch.ones(2).item(), RuntimeError, "2 elements cannot be converted"),
    "bool": (lambda: bool(mtorch.ones(2)), RuntimeError, "ambiguous"),
    "ragged": (lambda: mtorch.tensor([[1, 2], [3]]), ValueError, "expected sequence of length 2"),
    "string": (lambda: mtorch.tensor("abc"), TypeError, "str"),
    "cuda": (lambda: mtorch.ones(1).to("cuda"), (RuntimeError, AssertionError), "CPU|CUDA"),
    "index": (lambda: mtorch.ones(2)[5], IndexError, "index 5 is out of bounds for dimension 0 with size 2"),
    "sgd lr": (lambda: mtorch.optim.SGD([mtorch.ones(1, requires_grad=True)], lr=-1), ValueError, "-1"),
    "sgd empty": (lambda: mtorch.optim.SGD([], lr=0.1), ValueError, "empty parameter list"),
    "sgd kind": (lambda: mtorch.optim.SGD([1, 2], lr=0.1), TypeError, "int"),
    "adam betas": (lambda: mtorch.optim.Adam([mtorch.ones(1, requires_grad=True)], betas=(2, 0.9)), ValueError, "2"),
    "loader empty": (lambda: mtorch.utils.data.DataLoader(mtorch.utils.data.TensorDataset(mtorch.ones(0, 2)), shuffle=True),
                     ValueError, "num_samples=0"),
    "tensor dataset": (lambda: mtorch.utils.data.TensorDataset(mtorch.ones(2), mtorch.ones(3)),
                       (AssertionError, ValueError), "[Ss]ize"),
}


@pytest.mark.parametrize("name", CASES)
def test_says_what_is_wrong(name):
    call, kind, message = CASES[name]
    with pytest.raises(kind, match=message):
        call()


@pytest.mark.parametrize("name", [n for n in CASES if n not in ("linear kind", "cuda", "mse broadcast")])
def test_torch_refuses_it_too(name, monkeypatch):
    torch = pytest.importorskip("torch")
    call = CASES[name][0]
    monkeypatch.setitem(call.__globals__, "mtorch", torch)
    monkeypatch.setitem(call.__globals__, "nn", torch.nn)
    with pytest.raises(Exception):                     # noqa: B017  (which one is the case above)
        call()


def test_the_module_is_named():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.encoder = nn.ModuleDict({"fc2": nn.Linear(4, 2)})

        def forward(self, x):
            return self.encoder["fc2"](x)
    with pytest.raises(RuntimeError) as error:
        Net()(mtorch.ones(1, 5))
    assert error.value.__notes__ == ["in Net.encoder.fc2 (Linear)"]


def test_torch_takes_it_for_no_layers_at_all() -> None:
    layer = nn.TransformerEncoderLayer(2, 1, 2)
    with pytest.raises(ValueError, match="num_layers must be 0 or more, got -1"):
        nn.TransformerEncoder(layer, -1)
