"""NumPy's names of arguments stand for torch's, as they do in torch."""
from __future__ import annotations

import pytest

import mtorch

torch = pytest.importorskip("torch")
NUMBERS = [[1.0, 5.0, 2.0], [4.0, 0.0, 3.0]]
ALONG = ["argmax", "argmin", "max", "min", "amax", "amin", "sum", "mean", "prod", "std", "var", "all", "any", "logsumexp",
         "cumsum", "cumprod", "unbind", "sort", "argsort", "median", "softmax", "log_softmax", "squeeze", "unsqueeze"]


def shown(result) -> str:
    return " ".join(repr(result).split())


@pytest.mark.parametrize("name", ALONG)
def test_axis(name: str) -> None:
    ours, theirs = mtorch.tensor(NUMBERS), torch.tensor(NUMBERS)
    assert shown(getattr(mtorch, name)(ours, axis=1)) == shown(getattr(torch, name)(theirs, axis=1))
    assert shown(getattr(ours, name)(axis=1)) == shown(getattr(theirs, name)(axis=1))


CALLS = [
    "T.linalg.norm(x, axis=1, keepdims=True)", "T.linalg.vector_norm(x, axis=0)", "T.linalg.matrix_norm(x, axis=(0, 1))",
    "T.linalg.cross(x, x + 1, axis=1)", "T.cross(x, x + 1, axis=1)", "T.linalg.vecdot(x, x, axis=0)",
    "x.renorm(2, axis=1, maxnorm=1)",
    "T.nn.functional.cosine_similarity(x, x + 1, axis=0)", "T.gradient(x, axis=1)[0]", "T.trapezoid(x, axis=0)",
    "T.cumulative_trapezoid(x, axis=0)", "x.diff(axis=0)", "x.nanquantile(0.5, axis=1, keepdims=True)",
    "x.tensor_split(3, axis=1)[0]", "x.repeat_interleave(2, axis=0)", "x.split_with_sizes([1, 2], axis=1)[1]",
    "x.take_along_dim(i, axis=1)", "x.scatter(axis=1, index=i, value=7)", "x.scatter_add(axis=1, index=i, src=x)",
    "x.scatter_reduce(axis=1, index=i, src=x, reduce='sum')", "x.index_add(axis=0, index=i[:, 0], source=x)",
    "x.index_copy(axis=0, index=i[:, 0], source=x)", "x.index_fill(axis=1, index=i[:, 0], value=7)",
    "x.select_scatter(x[0], axis=0, index=1)", "x.slice_scatter(x[:, :1], axis=1, end=1)",
    "T.fft.fft(x, axis=0)", "T.fft.irfft(x, axis=0)", "T.fft.fft2(x, axis=(0, 1))", "T.fft.fftshift(x, axis=1)",
]


@pytest.mark.parametrize("call", CALLS)
def test_axis_in_other_calls(call: str) -> None:
    ours, theirs = (eval(call, {"T": t, "x": t.tensor(NUMBERS), "i": t.tensor([[0], [1]])}) for t in (mtorch, torch))
    assert shown(ours) == shown(theirs)


@pytest.mark.parametrize("name", ["cat", "concatenate", "stack"])
def test_axis_of_what_is_joined(name: str) -> None:
    ours = getattr(mtorch, name)([mtorch.tensor(NUMBERS)] * 2, axis=1)
    assert shown(ours) == shown(getattr(torch, name)([torch.tensor(NUMBERS)] * 2, axis=1))


def test_keepdims_and_the_axes_that_are_swapped() -> None:
    x = mtorch.tensor(NUMBERS)
    assert x.amax(axis=0, keepdims=True).shape == (1, 3)
    assert mtorch.swapaxes(x, axis0=0, axis1=1).shape == x.swapaxes(axis0=1, axis1=0).shape == (3, 2)


def test_split_size() -> None:
    assert [part.tolist() for part in mtorch.arange(5).split(split_size=2)] == [[0, 1], [2, 3], [4]]


def test_only_inputs_is_taken_as_in_older_programs() -> None:
    x = mtorch.tensor([2.0], requires_grad=True)
    gradient, = mtorch.autograd.grad((x ** 3).sum(), x, None, True, True, True)
    assert gradient.item() == 12.0
    with pytest.warns(FutureWarning, match="only_inputs argument is deprecated"):
        mtorch.autograd.grad(gradient.sum(), x, only_inputs=False)
