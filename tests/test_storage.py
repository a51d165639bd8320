"""The memory below tensors beside torch's."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import mtorch

torch = pytest.importorskip("torch")


@pytest.fixture(autouse=True)
def _outdated():
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "TypedStorage is deprecated")
        yield


TENSORS = {
    "matrix": lambda lib: lib.tensor([[4.0, 1.0], [5.0, 3.0]]),
    "transposed": lambda lib: lib.arange(6.0).reshape(2, 3).T,
    "a row": lambda lib: lib.arange(6).reshape(2, 3)[1],
    "strided": lambda lib: lib.arange(6, dtype=lib.int16)[::2],
    "bool": lambda lib: lib.tensor([True, False]),
    "float64": lambda lib: lib.tensor(2.5, dtype=lib.float64),
    "bytes of floats": lambda lib: lib.tensor([1.0, 2.0]).view(lib.uint8),
    "expanded": lambda lib: lib.tensor([7.0]).expand(3),
    "permuted": lambda lib: lib.arange(24.0).reshape(2, 3, 4).permute(2, 0, 1).clone(),
    "empty": lambda lib: lib.zeros(0, 3),
}


@pytest.mark.parametrize("name", TENSORS)
def test_what_a_storage_tells(name):
    def told(lib):
        x = TENSORS[name](lib)
        typed, untyped = x.storage(), x.untyped_storage()
        return (repr(typed), repr(untyped), len(typed), untyped.size(), typed.tolist(), untyped.tolist(), str(typed.dtype),
                typed.nbytes(), untyped.nbytes(), typed.element_size(), str(typed.device), str(type(typed)), str(type(untyped)),
                lib.is_storage(typed), lib.is_storage(x), typed.untyped() == untyped, list(typed),
                x.data_ptr() - untyped.data_ptr() == x.storage_offset() * x.element_size() or x.numel() == 0)
    assert told(mtorch) == told(torch)


def test_writing_to_it_writes_to_the_tensors():
    def written(lib):
        x = lib.arange(6.0).reshape(2, 3)
        x.storage()[4] = 10.0
        x.T[0].storage()[-1] = 20.0
        x.untyped_storage()[3] = 64                      # the exponent of the first element
        y = lib.zeros(2, 3)
        y.storage().copy_(x.storage())
        z = lib.zeros(3).storage().fill_(2.0)
        return x.tolist(), y.tolist(), z.tolist(), x.storage().clone().tolist()
    assert written(mtorch) == written(torch)


def test_views_share_it_and_copies_do_not():
    x = mtorch.arange(6.0)
    assert x[2:].untyped_storage() == x.view(2, 3).T.untyped_storage()
    assert len({t.untyped_storage().data_ptr() for t in (x, x[1:], x.clone())}) == 2
    assert x.storage()._cdata == x.detach().storage()._cdata


def test_a_gradient_that_needs_what_was_overwritten_is_refused():
    x = mtorch.ones(2, requires_grad=True)
    y = (x * 2).exp()
    (y * y).sum()
    z = (y * y).sum()
    y.storage()[0] = 3.0
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        z.backward()


@pytest.mark.parametrize("ask", [
    lambda lib: lib.ones(2).storage()["a"], lambda lib: lib.ones(2).storage()[2], lambda lib: lib.ones(2).storage()[-3],
    lambda lib: lib.ones(2).untyped_storage()[8], lambda lib: lib.ones(2).storage()[0:1],
    lambda lib: lib.ones(2).untyped_storage().copy_(lib.ones(3).untyped_storage()),
])
def test_wrong_questions(ask):
    with pytest.raises((RuntimeError, IndexError, NotImplementedError)) as expected:
        ask(torch)
    with pytest.raises(expected.type):
        ask(mtorch)


def test_memory_with_gaps_has_no_storage():
    raw = bytearray(32)
    gaps = mtorch.from_numpy(np.ndarray((2, 2), np.float32, raw, strides=(16, 4)))
    with pytest.raises(NotImplementedError, match="gaps"):
        gaps.storage()


def test_the_bytes_of_a_file(tmp_path):
    path = str(tmp_path / "bytes")
    np.arange(4, dtype=np.float32).tofile(path)
    for lib in (mtorch, torch):
        private = lib.UntypedStorage.from_file(path, False, 16)
        private[0] = 1
        x = lib.asarray(private[4:12], dtype=lib.uint8).view(lib.float32)
        assert x.tolist() == [1.0, 2.0] and np.fromfile(path, np.float32).tolist() == [0.0, 1.0, 2.0, 3.0]
    shared = mtorch.UntypedStorage.from_file(path, True, 20)
    shared[16:20] = np.frombuffer(np.float32(7.0).tobytes(), np.uint8)
    assert np.fromfile(path, np.float32).tolist() == [0.0, 1.0, 2.0, 3.0, 7.0]
    with pytest.raises(ValueError, match=r"length|size|greater"):
        mtorch.UntypedStorage.from_file(path, False, 100)
    with pytest.raises(FileNotFoundError):
        mtorch.UntypedStorage.from_file(path + "-", False, 4)


def test_it_is_called_outdated():
    with pytest.warns(UserWarning, match="TypedStorage is deprecated"):
        mtorch.ones(1).storage()
